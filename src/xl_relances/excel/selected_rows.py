"""The selected rows of our tables: several areas at once, hidden rows left out."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import xlwings as xw

from xl_relances.book import layout, tables
from xl_relances.errors import RefusedError

ON_WINDOWS = sys.platform == "win32"

_TRUNCATED = 250
"""Excel tells the first 255 characters or so of an address, without a word on the rest."""


def selected_rows(book: xw.Book, *wanted: layout.Table) -> tuple[layout.Table, list[int]]:
    """The table that is selected in, and its selected rows that can be seen, top to bottom.

    Args:
        book: The workbook.
        wanted: The tables on which the command works.

    Returns:
        One of them, and row numbers of its sheet; at least one.

    Raises:
        RefusedError: Nothing of theirs is selected, or nothing that can be seen.
    """
    selection = book.selection
    if selection is not None and selection.sheet.book.name == book.name:
        title = selection.sheet.name
        for table in wanted:
            found = tables.find_table(book, table)
            if found.range.sheet.name == title and found.data_body_range is not None:
                rows = visible_rows(found.data_body_range, selection)
                if rows:
                    return table, rows
    names = " ou ".join(f"« {table.sheet} »" for table in wanted)
    raise RefusedError(f"Sélectionnez d'abord des lignes visibles de la feuille {names}.")


def visible_rows(body: xw.Range, selection: xw.Range) -> list[int]:
    """Row numbers of ``body`` that ``selection`` touches and that are not hidden."""
    first, last = body.row, body.row + body.shape[0] - 1
    areas = _visible_areas(selection)
    seen = areas is not None
    rows: set[int] = set()
    for area in areas if areas is not None else _areas(selection):
        top = max(first, area.row)
        bottom = min(last, area.row + area.shape[0] - 1)
        if top <= bottom:
            rows |= set(range(top, bottom + 1) if seen else _shown(area.sheet, top, bottom))
    return sorted(rows)


def _visible_areas(selection: xw.Range) -> list[xw.Range] | None:
    """What can be seen of a selection, as Excel on Windows tells; None where it does not.

    There, asking row by row whether it is hidden costs a call each, and the address of
    many areas is cut. Where nothing can be seen Excel raises, in its own language. On a
    Mac the areas come back as an address, which is cut too.
    """
    if not ON_WINDOWS:
        return None
    try:
        areas: list[xw.Range] = selection.get_special_cells("visible")  # type: ignore[assignment]
    except Exception:  # noqa: BLE001 - the other way answers as well, only slower
        return None
    return areas


def _areas(selection: xw.Range) -> list[xw.Range]:
    address = str(selection.address)
    if len(address) >= _TRUNCATED:
        raise RefusedError("Trop de zones sélectionnées à la fois : faites-le en plusieurs fois.")
    return [selection.sheet.range(part) for part in address.split(",")]


def _shown(sheet: xw.Sheet, top: int, bottom: int) -> Iterator[int]:
    """Rows of a block that are not hidden, found by halving: one call where all are alike."""
    hidden = sheet.range((top, 1), (bottom, 1)).rows.hidden
    if hidden is None:
        middle = (top + bottom) // 2
        yield from _shown(sheet, top, middle)
        yield from _shown(sheet, middle + 1, bottom)
    elif not hidden:
        yield from range(top, bottom + 1)
