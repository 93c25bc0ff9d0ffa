"""Tables as rows of records, and back, through the xlwings API alone.

Columns are found by title. Users' own columns travel with their rows: when rows
move, what stands beside a row moves with it. A table is written whole, in a
constant number of calls whatever its rows, and never under an active filter:
the filter is read, cleared, and put back.

Source: excel specification, « Rules of the code that touches a book ».
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import xlwings as xw

from xl_relances.book import layout
from xl_relances.errors import BookError

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class TableRows:
    """The body of a table as Excel hands it over.

    Attributes:
        table: The table's contract.
        titles: Titles as they stand, in the sheet's order.
        rows: One list of cells a row, in the same order; wholly empty rows are left out.
        numbers: The sheet's row number of each.
    """

    table: layout.Table
    titles: tuple[str, ...]
    rows: list[Row]
    numbers: list[int]

    def index(self, title: str) -> int:
        """Where the column of that title stands."""
        return self.titles.index(title)

    def picker(self) -> Callable[[Row], tuple[Any, ...]]:
        """Takes the contract's cells out of a row, in the contract's order."""
        indexes = [self.titles.index(column.title) for column in self.table.columns]
        if indexes == list(range(len(indexes))):
            width = len(indexes)
            return lambda row: tuple(row[:width])
        return lambda row: tuple([row[index] for index in indexes])


def find_table(book: xw.Book, table: layout.Table) -> xw.main.Table:
    """The ListObject, on the sheet of its contract or wherever the user moved it.

    Raises:
        BookError: There is none, or a column of the contract is missing.
    """
    sheets = {sheet.name: sheet for sheet in book.sheets}
    home = sheets.get(table.sheet)
    ordered = [home, *sheets.values()] if home is not None else list(sheets.values())
    for sheet in ordered:
        for candidate in sheet.tables:
            if candidate.name == table.name:
                _check_titles(candidate, table)
                return candidate
    raise BookError(
        f"Feuille « {table.sheet} » : le tableau « {table.name} » est introuvable. "
        "Reprenez-le d'un classeur neuf (xl-relances new)."
    )


def _titles(found: xw.main.Table) -> tuple[str, ...]:
    header = found.header_row_range
    if header is None:
        raise BookError(f"Le tableau « {found.name} » n'a pas de ligne de titres.")
    return tuple(str(title) for title in header.options(ndim=1).value)


def _check_titles(found: xw.main.Table, table: layout.Table) -> None:
    titles = set(_titles(found))
    missing = [column.title for column in table.columns if column.title not in titles]
    if missing:
        raise BookError(
            f"{table.sheet} : colonne « {missing[0]} » introuvable dans le tableau "
            f"« {table.name} ». Remettez ce titre en ligne {found.range.row}."
        )


def read(book: xw.Book, table: layout.Table) -> TableRows:
    """The whole table in one call; Excel's errors arrive as texts such as ``#N/A``."""
    found = find_table(book, table)
    titles = _titles(found)
    body = found.data_body_range
    if body is None:
        return TableRows(table, titles, [], [])
    values = body.options(ndim=2, err_to_str=True).value
    kept = [
        (number, row)
        for number, row in enumerate(values, start=body.row)
        if any(cell is not None and cell != "" for cell in row)
    ]
    return TableRows(table, titles, [row for _, row in kept], [number for number, _ in kept])


def read_formulas(book: xw.Book, table: layout.Table, title: str) -> list[Any]:
    """One column as typed: formulas begin with « = », values are values."""
    found = find_table(book, table)
    body = found.data_body_range
    if body is None:
        return []
    column = body[:, _titles(found).index(title)]
    return _as_column(column.formula)


def _as_column(block: Any) -> list[Any]:
    if not isinstance(block, list | tuple):
        return [block]
    return [row[0] if isinstance(row, list | tuple) else row for row in block]


@contextmanager
def unfiltered(found: xw.main.Table) -> Iterator[None]:
    """Clear the table's filter for a write and put it back after.

    Excel writes a block under an active filter into the visible rows alone.
    """
    criteria = [entry for entry in found.autofilter.criteria if entry.type != "none"]
    if not criteria:
        yield
        return
    autofilter = found.autofilter
    autofilter.clear()
    yield
    for entry in criteria:
        if entry.type == "values" and entry.values:
            autofilter.apply_values(entry.field, entry.values)
        elif entry.type == "comparison" and entry.operator and entry.value1 is not None:
            autofilter.apply_comparison(entry.field, entry.operator, entry.value1, entry.value2)
        elif entry.type == "top_items" and entry.count:
            autofilter.apply_top_items(entry.field, entry.count)


def write(
    book: xw.Book,
    table: layout.Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Callable[[Mapping[str, Any]], Hashable],
    formulas: Mapping[str, str] | None = None,
) -> None:
    """Replace the table's body by ``rows`` (title -> cell), the user's columns kept.

    Args:
        book: The workbook.
        table: Which table.
        rows: The new body; a cell of a column in ``formulas`` that is None gets
            the formula, any other value is what the user typed over it.
        key: What makes a row the same row before and after; also called with
            the old rows (title -> cell as read).
        formulas: Formulas by title, for columns that Excel computes.
    """
    found = find_table(book, table)
    titles = _titles(found)
    before = _users_cells(found, table, titles, key)
    with unfiltered(found):
        _resize(found, len(rows))
        if not rows:
            body = found.data_body_range
            if body is not None:
                body.clear_contents()
            return
        body = found.data_body_range
        assert body is not None  # a table just given rows has a body
        _set_text_format(body, titles, table)
        for start, run in _runs(titles, table, formulas or {}):
            block = [[row.get(title) for title in run] for row in rows]
            body[:, start : start + len(run)].value = block
        for title, formula in (formulas or {}).items():
            _write_formula(body[:, titles.index(title)], [row.get(title) for row in rows], formula)
        _put_back(body, before, [key(row) for row in rows])


def append(book: xw.Book, table: layout.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add ``rows`` below what the table holds; nothing above is touched."""
    if not rows:
        return
    found = find_table(book, table)
    titles = _titles(found)
    held = len(read(book, table).rows)
    old = found.range
    with unfiltered(found):
        found.resize(old.resize(1 + held + len(rows), len(titles)))
        body = found.data_body_range
        assert body is not None  # a table just given rows has a body
        new = body[held : held + len(rows), :]
        _set_text_format(new, titles, table)
        for start, run in _runs(titles, table, {}):
            new[:, start : start + len(run)].value = [
                [row.get(title) for title in run] for row in rows
            ]


def write_columns(
    book: xw.Book, table: layout.Table, columns: Mapping[str, Sequence[Any]], numbers: Sequence[int]
) -> None:
    """Write whole columns, one value for each row in ``numbers``; other rows keep theirs."""
    found = find_table(book, table)
    titles = _titles(found)
    body = found.data_body_range
    if body is None or not numbers:
        return
    with unfiltered(found):
        for title, values in columns.items():
            column = body[:, titles.index(title)]
            block = column.options(ndim=2).value
            for number, value in zip(numbers, values, strict=True):
                block[number - body.row][0] = value
            if table.column(title).kind is layout.Kind.TEXT:
                _as_text(column)
            column.value = block


def is_protected(book: xw.Book, table: layout.Table) -> bool:
    """Whether the table's sheet refuses to be written, found out on its empty cell A3.

    Excel raises, or on a Mac ignores the write in silence: either shows here.
    """
    cell = find_table(book, table).range.sheet["A3"]
    try:
        cell.value = "…"
        written = cell.value == "…"
        cell.clear_contents()
    except Exception:  # noqa: BLE001 - each engine has its own way to refuse
        return True
    return not written


def _resize(found: xw.main.Table, rows: int) -> None:
    old = found.range
    height = 1 + max(rows, 1)
    if old.shape[0] > height:
        old[height:, :].clear_contents()
    if old.shape[0] != height:
        found.resize(old.resize(height, old.shape[1]))


def _runs(
    titles: Sequence[str], table: layout.Table, formulas: Mapping[str, str]
) -> list[tuple[int, list[str]]]:
    """Our value columns as runs of neighbours: (first index, titles)."""
    ours = {column.title for column in table.columns} - set(formulas)
    runs: list[tuple[int, list[str]]] = []
    for index, title in enumerate(titles):
        if title not in ours:
            continue
        if runs and runs[-1][0] + len(runs[-1][1]) == index:
            runs[-1][1].append(title)
        else:
            runs.append((index, [title]))
    return runs


def _set_text_format(body: xw.Range, titles: Sequence[str], table: layout.Table) -> None:
    """Text columns are « @ » before they are written, or Excel retypes what they hold."""
    texts = {column.title for column in table.columns if column.kind is layout.Kind.TEXT}
    start = None
    for index, title in enumerate([*titles, ""]):
        if title in texts:
            start = index if start is None else start
        elif start is not None:
            _as_text(body[:, start:index])
            start = None


def _as_text(cells: xw.Range) -> None:
    if cells.number_format != "@":
        cells.number_format = "@"


def _write_formula(column: xw.Range, typed: Sequence[Any], formula: str) -> None:
    if all(value is None for value in typed):
        column.formula = formula
    else:
        column.formula = [[formula if value is None else value] for value in typed]


@dataclass(frozen=True, slots=True)
class _UsersCells:
    """What stands in the user's own columns, by row."""

    columns: tuple[int, ...]
    keys: list[Hashable]
    cells: dict[Hashable, list[Any]]


def _users_cells(
    found: xw.main.Table,
    table: layout.Table,
    titles: Sequence[str],
    key: Callable[[Mapping[str, Any]], Hashable],
) -> _UsersCells | None:
    ours = {column.title for column in table.columns}
    columns = tuple(index for index, title in enumerate(titles) if title not in ours)
    body = found.data_body_range
    if not columns or body is None:
        return None
    values = body.options(ndim=2, err_to_str=True).value
    keys = [key(dict(zip(titles, row, strict=True))) for row in values]
    formulas = [_as_column(body[:, index].formula) for index in columns]
    cells = {
        row_key: [column[position] for column in formulas] for position, row_key in enumerate(keys)
    }
    return _UsersCells(columns, keys, cells)


def _put_back(body: xw.Range, before: _UsersCells | None, keys: Sequence[Hashable]) -> None:
    """The user's cells beside their rows again; new rows get the column's formula."""
    if before is None or list(keys) == before.keys:
        return
    for position, index in enumerate(before.columns):
        column = body[:, index]
        filled = [row[position] for row in before.cells.values()]
        formula = next(
            (cell for cell in filled if isinstance(cell, str) and cell.startswith("=")), None
        )
        fresh = formula if formula and all(cell == formula for cell in filled) else None
        column.formula = [
            [before.cells[row_key][position] if row_key in before.cells else fresh]
            for row_key in keys
        ]
