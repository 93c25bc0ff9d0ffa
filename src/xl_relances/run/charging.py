"""Late-payment charges of a letter, from what the sheets say.

Source: product specification, section 4, rule 11.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import xlwings as xw

from xl_relances.book import layout, tables
from xl_relances.book import rates as taux
from xl_relances.book.customers_sheet import Customer
from xl_relances.book.preparation_rows import CustomerRow
from xl_relances.dunning.charges import Charges, Claim, charges, formal_notices
from xl_relances.dunning.levels import DunningLevel
from xl_relances.dunning.rates import Rates
from xl_relances.errors import Finding
from xl_relances.run.reading import Snapshot


@dataclass(frozen=True, slots=True)
class Charging:
    """The rates of Paramètres and the formal notices of the history."""

    rates: Rates
    notices: Mapping[str, date]

    @classmethod
    def at(cls, book: xw.Book, snapshot: Snapshot) -> Charging:
        """Read once for all letters; not at all where no level asks for interest.

        Raises:
            FindingsError: A rate cannot be read.
        """
        if not snapshot.procedure.with_interest:
            return cls(Rates(), {})
        return cls(taux.read_rates(book), _notices(snapshot))

    @classmethod
    def readable(cls, book: xw.Book, snapshot: Snapshot) -> tuple[Charging, list[Finding]]:
        """The same with the rates that can be read, and findings on the others."""
        if not snapshot.procedure.with_interest:
            return cls(Rates(), {}), []
        rates, findings = taux.parse_rates(tables.read(book, layout.TAUX_TABLE))
        return cls(rates, _notices(snapshot)), findings

    def of(self, row: CustomerRow, level: DunningLevel, customer: Customer, day: date) -> Charges:
        """The charges of the letter of that row, dated ``day``.

        Raises:
            MissingRateError: A half-year has no rate; nothing was made.
        """
        return self.under(
            row, customer, day, with_interest=level.interest, with_fixed_sum=level.fixed_sum
        )

    def under(
        self,
        row: CustomerRow,
        customer: Customer,
        day: date,
        *,
        with_interest: bool,
        with_fixed_sum: bool,
    ) -> Charges:
        """The same under a level that claims these.

        Raises:
            MissingRateError: Interest is claimed and a half-year has no rate.
        """
        claims = [
            Claim(
                identity=item.identity,
                document=item.document,
                entry_no=item.entry_no,
                document_date=item.document_date,
                due_date=item.due_date,
                remainder=item.remainder,
            )
            for item in row.listed
        ]
        return charges(
            claims,
            currency=row.currency,
            is_professional=not customer.is_consumer,
            with_interest=with_interest,
            with_fixed_sum=with_fixed_sum,
            as_of=day,
            rates=self.rates,
            notices=self.notices,
        )

    def doubts(
        self, row: CustomerRow, level: DunningLevel, customer: Customer, day: date
    ) -> list[Finding]:
        """The company's own rate where the law wants a higher one, in that letter's half-years."""
        if customer.is_consumer or not level.interest:
            return []
        return taux.floor_findings(self.rates, self.of(row, level, customer, day).half_years)


def _notices(snapshot: Snapshot) -> dict[str, date]:
    records = [*snapshot.carried_over, *snapshot.history.records]
    cancelled = snapshot.campaigns.cancelled
    return formal_notices(records, cancelled, highest=snapshot.procedure.highest)
