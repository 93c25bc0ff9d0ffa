"""The columns of Préparation that show what letters claim beside the balance due.

Source: product specification, section 4, rule 11.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import xlwings as xw

from xl_relances.book import cells, formulas, layout, tables
from xl_relances.book.layout import DETAIL_TABLE, PREPARATION_TABLE
from xl_relances.book.preparation_rows import CustomerRow, RowCharge

RECKON_AGAIN = "à recalculer"
"""What a charge shows once other items are ticked than those it was reckoned on."""


def formula(
    amount: Decimal | None,
    numbers: Collection[int],
    *,
    items: int,
    balance: Decimal,
    late: int,
    live: bool = True,
    made: bool = False,
) -> str:
    """Formula of a charge: ``amount`` under these letter numbers, nothing under others.

    The sheet cannot reckon it: 40 € go to an invoice once, whatever instalments of it are
    ticked. So Prepare does, on the items ticked then, and the formula says
    :data:`RECKON_AGAIN` as soon as their number, their sum or their days late is another.
    That of an issued letter says so under any other number too.

    Args:
        amount: What the letter claims; None or nought shows nothing.
        numbers: The letters that claim it; that of the letter alone once it is made.
        items: How many items were ticked.
        balance: Σ of their ``Reste``.
        late: Σ of their ``Retard``, in days.
        live: Whether the row follows the ticks of Détail (see ``preparation_sheet``).
        made: Whether the letter is made.
    """
    number = formulas.this_row(PREPARATION_TABLE, "N° lettre")
    equal = ",".join(f"{number}={rank}" for rank in numbers)
    claimed = f"OR({equal})" if len(numbers) > 1 else equal
    same = (
        f"AND({formulas.this_row(PREPARATION_TABLE, 'Échéances')}={items},"
        f"{formulas.this_row(PREPARATION_TABLE, 'Solde dû')}={balance:f},"
        f"SUMIFS({formulas.column(DETAIL_TABLE, 'Retard')},{formulas.TICKED})={late})"
        if live
        else "TRUE"
    )
    shown, again = f"{amount:f}" if amount else '""', f'"{RECKON_AGAIN}"'
    if made:
        return f"=IF({claimed},IF({same},{shown},{again}),{again})"
    return f'=IF({claimed},IF({same},{shown},{again}),"")'


_MADE = re.compile(rf'=IF\(.*,(""|[\d.]+),"{RECKON_AGAIN}"\),"{RECKON_AGAIN}"\)')


def _amount_made(typed: str) -> Decimal | None:
    """What a letter that is made claims, from such a formula; None where it is not one."""
    found = _MADE.fullmatch(typed)
    return Decimal(found[1].strip('"') or 0) if found else None


def typed(row: CustomerRow, *, live: bool) -> dict[str, str]:
    """What stands in a row's columns of charges, by title."""
    return {
        title: formula(
            charge.amount,
            charge.numbers,
            items=len(row.listed),
            balance=row.balance_due,
            late=sum(item.days_late or 0 for item in row.listed),
            live=live,
            made=charge.made,
        )
        for title, charge in (row.charges or {}).items()
    }


def made(row: CustomerRow, held: Mapping[str, Any]) -> Mapping[str, RowCharge] | None:
    """What an issued letter claims, as its cells keep it; None where they do not say.

    Args:
        row: The row of Préparation.
        held: What is typed in its columns of charges, by title; an empty cell is that of a
            letter made while no level asked for the charge.
    """
    if not row.issued or row.letter_no is None:
        return None
    found = {}
    for title, cell in held.items():
        if cell in {None, ""}:
            continue
        amount = _amount_made(str(cell))
        if amount is None:
            return None
        found[title] = RowCharge(amount, (row.letter_no,), made=True)
    return found


def results(rows: Sequence[CustomerRow]) -> dict[str, list[Any]]:
    """What the formulas give, by title, row by row."""
    return {title: [_result(row, title) for row in rows] for title in layout.CHARGES}


def _result(row: CustomerRow, title: str) -> float | str | None:
    charge = (row.charges or {}).get(title)
    if charge is None or not charge.amount or row.letter_no not in charge.numbers:
        return ""
    return cells.number(charge.amount)


def write(book: xw.Book, letters: Sequence[CustomerRow], *, live: bool) -> None:
    """Put what these letters claim into their rows; the other rows stay as they are.

    Args:
        book: The workbook.
        letters: Rows of Préparation whose letter was just made.
        live: Whether Préparation follows the ticks of Détail.
    """
    rows = [typed(row, live=live) for row in letters]
    numbers = [row.number_of_row for row in letters if row.number_of_row is not None]
    known = results(letters)
    for title in layout.CHARGES:
        if not any(title in row for row in rows):
            continue
        first, shown = tables.read_values(book, PREPARATION_TABLE, title)
        tables.write_columns(
            book, PREPARATION_TABLE, {title: [row.get(title) for row in rows]}, numbers
        )
        for number, result in zip(numbers, known[title], strict=True):
            shown[number - first] = result
        tables.cache(book, PREPARATION_TABLE, {title: shown})


def show(book: xw.Book, titles: Collection[str], before: Collection[str]) -> None:
    """Show these columns and hide the others; what stands as ``before`` is left alone."""
    header = tables.find_table(book, PREPARATION_TABLE).header_row_range
    assert header is not None  # find_table read the titles
    places = list(header.options(ndim=1).value)
    for title in layout.CHARGES:
        if (title in titles) != (title in before):
            header[0, places.index(title)].columns.hidden = title not in titles
