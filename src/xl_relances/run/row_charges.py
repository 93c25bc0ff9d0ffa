"""The charges that Préparation shows beside the balance due, and when it shows their columns.

Source: product specification, section 4, rule 11.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import xlwings as xw

from xl_relances import french
from xl_relances.book import charge_columns, layout, named_cells
from xl_relances.book import rates as taux
from xl_relances.book.customers_sheet import Customer
from xl_relances.book.preparation_rows import CustomerRow, RowCharge
from xl_relances.book.settings import Settings
from xl_relances.dunning.charges import Charges
from xl_relances.dunning.levels import DunningProcedure
from xl_relances.dunning.rates import HalfYear, MissingRateError
from xl_relances.errors import Finding
from xl_relances.run.charging import Charging
from xl_relances.run.reading import Snapshot


def claiming(procedure: DunningProcedure) -> dict[str, tuple[int, ...]]:
    """Numbers of the letters that claim it, by title of ``layout.CHARGES``; none is left out."""
    numbers = {
        layout.PENALITES: procedure.with_interest,
        layout.INDEMNITE: procedure.with_fixed_sum,
    }
    return {title: ranks for title, ranks in numbers.items() if ranks}


def with_charges(
    book: xw.Book, snapshot: Snapshot, rows: Sequence[CustomerRow]
) -> tuple[list[CustomerRow], list[Finding]]:
    """The rows with what their letters claim beside, reckoned on the items ticked now.

    A letter that is made keeps what it says. Of the others all are reckoned, whatever their
    number: the user may type one that claims. A half-year without a rate is one finding for
    all letters that need it, and so is each in which the company's own rate is too low.
    """
    claimed = claiming(snapshot.procedure)
    if not claimed:
        return list(rows), []
    charging, unreadable = Charging.readable(book, snapshot)
    findings = [replace(finding, blocking=False) for finding in unreadable]
    shown: list[CustomerRow] = []
    missing: list[MissingRateError] = []
    doubtful: set[HalfYear] = set()
    for row in rows:
        day = row.letter_date
        if row.charges is not None or day is None:
            shown.append(row)
            continue
        customer = snapshot.customers.of(row.account, row.name)
        asks = row.is_chased and row.letter_no in claimed.get(layout.PENALITES, ())
        owed, error = _reckoned(charging, row, customer, day, claimed)
        if asks and error is not None:
            missing.append(error)
        if asks and not customer.is_consumer:
            doubtful |= owed.half_years
        amounts = {
            layout.PENALITES: owed.interest if error is None else None,
            layout.INDEMNITE: owed.fixed_sums,
        }
        charges = {title: RowCharge(amounts[title], ranks) for title, ranks in claimed.items()}
        shown.append(replace(row, charges=charges))
    if missing and not unreadable:
        findings.append(_missing(missing))
    return shown, [*findings, *taux.floor_findings(charging.rates, doubtful)]


def _reckoned(
    charging: Charging,
    row: CustomerRow,
    customer: Customer,
    day: date,
    claimed: Mapping[str, Sequence[int]],
) -> tuple[Charges, MissingRateError | None]:
    """What a letter that claims all of this would; without interest where a rate is missing."""
    with_fixed_sum = layout.INDEMNITE in claimed
    try:
        owed = charging.under(
            row,
            customer,
            day,
            with_interest=layout.PENALITES in claimed,
            with_fixed_sum=with_fixed_sum,
        )
    except MissingRateError as error:
        owed = charging.under(
            row, customer, day, with_interest=False, with_fixed_sum=with_fixed_sum
        )
        return owed, error
    return owed, None


def _missing(errors: Sequence[MissingRateError]) -> Finding:
    """One sentence for all letters that need a rate which is not entered."""
    half_years = sorted({half_year for error in errors for half_year in error.half_years})
    columns = sorted({error.columns for error in errors})
    letters = french.count(
        len(errors), "lettre ne peut être éditée", "lettres ne peuvent être éditées"
    )
    return Finding(
        where=layout.PREPARATION,
        column=layout.PENALITES,
        message=f"{MissingRateError(half_years, ' et '.join(columns))} {letters}.",
        blocking=False,
    )


def charges_made(
    procedure: DunningProcedure, letter_no: int, *, interest: Decimal, fixed_sums: Decimal
) -> dict[str, RowCharge]:
    """What a letter that is made claims, as its row keeps it."""
    amounts = {layout.PENALITES: interest, layout.INDEMNITE: fixed_sums}
    return {
        title: RowCharge(amounts[title], (letter_no,), made=True) for title in claiming(procedure)
    }


def show_columns(book: xw.Book, settings: Settings, procedure: DunningProcedure) -> None:
    """Show the columns of the charges that a level claims, hide the others.

    Only when the levels claim others than at the last Prepare: what the user hid or
    showed since stays so.
    """
    name = named_cells.SHOWN_CHARGES.name
    before = [title for title in layout.CHARGES if title in settings.text(name)]
    titles = list(claiming(procedure))
    if titles != before:
        charge_columns.show(book, titles, before)
        settings.write(name, ", ".join(titles))
