"""Late-payment charges of a letter, from what the sheets say.

Source: product specification, section 4, rule 11.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import xlwings as xw

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
        levels = snapshot.procedure.levels
        if not any(level.interest for level in levels):
            return cls(Rates(), {})
        records = [*snapshot.carried_over, *snapshot.history.records]
        cancelled = snapshot.campaigns.cancelled
        notices = formal_notices(records, cancelled, highest=snapshot.procedure.highest)
        return cls(taux.read_rates(book), notices)

    def of(self, row: CustomerRow, level: DunningLevel, customer: Customer, day: date) -> Charges:
        """The charges of the letter of that row, dated ``day``.

        Raises:
            MissingRateError: A half-year has no rate; nothing was made.
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
            with_interest=level.interest,
            with_fixed_sum=level.fixed_sum,
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
