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
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeAlias

import xlwings as xw

from xl_relances.book import cells, layout
from xl_relances.book.filters import Nothing, reapply, unfiltered
from xl_relances.book.formats import set_format, set_formats
from xl_relances.book.users_columns import NO_ROW, put_back, users_cells
from xl_relances.errors import BookError, Finding

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class TableRows:
    """The body of a table as Excel hands it over.

    Attributes:
        table: The table's contract.
        titles: Titles as they stand, in the sheet's order.
        rows: One list of cells a row, in the same order; rows that hold nothing of ours
            are left out, whatever the user's own columns say there.
        numbers: The sheet's row number of each.
    """

    table: layout.Table
    titles: tuple[str, ...]
    rows: Sequence[Row]
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


Found: TypeAlias = tuple[xw.main.Table, tuple[str, ...]]
"""A ListObject and its titles."""

_known: ContextVar[tuple[xw.Book, dict[str, Found]] | None] = ContextVar("_known", default=None)


@contextmanager
def found_once(book: xw.Book) -> Iterator[None]:
    """Meanwhile each table of the book is looked for once: a command moves and renames none.

    In Excel every look at a sheet, a table or a title is a call into another process.
    """
    token = _known.set((book, {}))
    try:
        yield
    finally:
        _known.reset(token)


def find_table(book: xw.Book, table: layout.Table) -> xw.main.Table:
    """The ListObject, on the sheet of its contract or wherever the user moved it.

    Raises:
        BookError: There is none, or a column of the contract is missing.
    """
    return _found(book, table)[0]


def _found(book: xw.Book, table: layout.Table) -> Found:
    known = _known.get()
    if known is None or known[0] is not book:
        return _looked_for(book, table)
    if table.name not in known[1]:
        known[1][table.name] = _looked_for(book, table)
    return known[1][table.name]


def _looked_for(book: xw.Book, table: layout.Table) -> Found:
    sheets = {sheet.name: sheet for sheet in book.sheets}
    home = sheets.get(table.sheet)
    ordered = [home, *sheets.values()] if home is not None else list(sheets.values())
    for sheet in ordered:
        for candidate in sheet.tables:
            if candidate.name == table.name:
                titles = _titles(candidate)
                _check_titles(candidate, titles, table, sheet.name)
                return candidate, titles
    raise BookError(
        f"Feuille « {table.sheet} » : le tableau « {table.name} » est introuvable. "
        "Reprenez-le d'un classeur neuf (xl-relances new)."
    )


def _titles(found: xw.main.Table) -> tuple[str, ...]:
    header = found.header_row_range
    if header is None:
        raise BookError(f"Le tableau « {found.name} » n'a pas de ligne de titres.")
    return tuple(str(title) for title in header.options(ndim=1).value)


def _check_titles(
    found: xw.main.Table, titles: Sequence[str], table: layout.Table, sheet: str
) -> None:
    double = [column.title for column in table.columns if titles.count(column.title) > 1]
    if double:
        raise BookError(
            f"{sheet} : le tableau « {table.name} » a deux colonnes « {double[0]} ». Renommez ou "
            f"supprimez celle de trop, en ligne {found.range.row}."
        )
    missing = [column.title for column in table.columns if column.title not in titles]
    if missing:
        raise BookError(
            f"{sheet} : colonne « {missing[0]} » introuvable dans le tableau "
            f"« {table.name} ». Remettez ce titre en ligne {found.range.row}."
        )


def read(book: xw.Book, table: layout.Table) -> TableRows:
    """The whole table in one call; Excel's errors arrive as texts such as ``#N/A``."""
    found, titles = _found(book, table)
    body = found.data_body_range
    if body is None:
        return TableRows(table, titles, [], [])
    values = body.options(ndim=2, err_to_str=True).value
    filled = _filled(table, titles)
    kept = [(number, row) for number, row in enumerate(values, start=body.row) if filled(row)]
    return TableRows(table, titles, [row for _, row in kept], [number for number, _ in kept])


def _filled(table: layout.Table, titles: Sequence[str]) -> Callable[[Row], bool]:
    """Whether a row holds anything in our columns."""
    ours = {column.title for column in table.columns}
    others = {index for index, title in enumerate(titles) if title not in ours}

    def filled(row: Row) -> bool:
        return any(
            cell is not None and cell != "" and index not in others
            for index, cell in enumerate(row)
        )

    return filled


def body_column(book: xw.Book, table: layout.Table, title: str) -> xw.Range | None:
    """The cells under a title; None in an empty table."""
    found, titles = _found(book, table)
    body = found.data_body_range
    return None if body is None else body[:, titles.index(title)]


def read_formulas(book: xw.Book, table: layout.Table, title: str) -> list[Any]:
    """One column as typed: formulas begin with « = », values are values."""
    column = body_column(book, table, title)
    return [] if column is None else cells.as_column(column.formula)


def read_values(book: xw.Book, table: layout.Table, title: str) -> tuple[int, list[Any]]:
    """The sheet's number of the first row, and one column as it shows, blank rows too."""
    found, titles = _found(book, table)
    body = found.data_body_range
    if body is None:
        return found.range.row + 1, []
    column = body[:, titles.index(title)]
    return body.row, cells.as_column(column.options(ndim=2, err_to_str=True).value)


def passing_filters(book: xw.Book, table: layout.Table) -> list[Finding]:
    """Filters that a write clears for good, to be told: xlwings cannot apply them again."""
    found, titles = _found(book, table)
    return [
        Finding(
            where=found.range.sheet.name,
            column=titles[entry.field - 1],
            message="le filtre de cette colonne (dates, couleur ou deux conditions) ne peut être "
            "gardé : remettez-le.",
            blocking=False,
        )
        for entry in found.autofilter.criteria
        if entry.type != "none" and not reapply(Nothing(), entry)
    ]


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
    found, titles = _found(book, table)
    before = users_cells(found, table, titles, key)
    with unfiltered(found):
        old_rows = _resize(found, len(rows))
        if not rows:
            body = found.data_body_range
            if body is not None:
                _empty(body, titles, table)
                put_back(body, before, [NO_ROW])
            return
        body = found.data_body_range
        assert body is not None  # a table just given rows has a body
        set_formats(body, titles, table, old_rows=old_rows)
        for start, run in _runs(titles, table, formulas or {}):
            block = [list(map(row.get, run)) for row in rows]
            body[:, start : start + len(run)].value = block
        for title, formula in (formulas or {}).items():
            _write_formula(body[:, titles.index(title)], [row.get(title) for row in rows], formula)
        put_back(body, before, [key(row) for row in rows])
        if table in _WRAPPED and len(rows) <= _FITTED:
            body.rows.autofit()


_WRAPPED = (
    layout.PREPARATION_TABLE, layout.DETAIL_TABLE, layout.NON_RELANCES_TABLE,
    layout.BALANCE_AGEE_TABLE, layout.APPELS_TABLE,
)  # fmt: skip
_FITTED = 5_000
"""Rows up to which heights follow wrapped texts; beyond, Excel would take seconds for it."""


def _empty(body: xw.Range, titles: Sequence[str], table: layout.Table) -> None:
    """Clear our columns; a user's formula stays in the one row left, for the next to fill."""
    for start, run in _runs(titles, table, {}):
        body[:, start : start + len(run)].clear_contents()


def cache(book: xw.Book, table: layout.Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Tell an engine that does not calculate the results of formulas, row by row, for previews."""
    found, titles = _found(book, table)
    body = found.data_body_range
    if body is None:
        return
    for title, values in columns.items():
        column = body[:, titles.index(title)]
        store = getattr(column.impl, "cache", None)
        if store is not None:
            store([[value] for value in values])


def append(book: xw.Book, table: layout.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add ``rows`` below what the table holds; nothing above is touched."""
    if not rows:
        return
    found, titles = _found(book, table)
    held = _height_held(found, table, titles)
    old = found.range
    with unfiltered(found):
        found.resize(old.resize(1 + held + len(rows) + _totals(found), len(titles)))
        body = found.data_body_range
        assert body is not None  # a table just given rows has a body
        last = max(held - 1, 0)
        set_formats(body[last : held + len(rows), :], titles, table, old_rows=held - last)
        new = body[held : held + len(rows), :]
        for start, run in _runs(titles, table, {}):
            new[:, start : start + len(run)].value = [list(map(row.get, run)) for row in rows]


def _height_held(found: xw.main.Table, table: layout.Table, titles: Sequence[str]) -> int:
    """Rows down to the last that holds anything of ours, gaps above it counted."""
    body = found.data_body_range
    if body is None:
        return 0
    filled = _filled(table, titles)
    height = int(body.shape[0])
    if filled(body[height - 1, :].options(ndim=1, err_to_str=True).value):
        return height
    values = body.options(ndim=2, err_to_str=True).value
    return max((number for number, row in enumerate(values, 1) if filled(row)), default=0)


def _totals(found: xw.main.Table) -> int:
    """1 where the user shows a totals row, which is part of the table's range."""
    return int(found.totals_row_range is not None)


def write_columns(
    book: xw.Book, table: layout.Table, columns: Mapping[str, Sequence[Any]], numbers: Sequence[int]
) -> None:
    """Write whole columns, one value for each row in ``numbers``; other rows keep theirs."""
    found, titles = _found(book, table)
    body = found.data_body_range
    if body is None or not numbers:
        return
    first = body.row
    with unfiltered(found):
        for title, values in columns.items():
            column = body[:, titles.index(title)]
            kind, live = table.column(title).kind, table.column(title).live
            if len(numbers) == body.shape[0]:
                block = [[None] for _ in numbers]
            elif live:  # formulas, which show something else than they hold
                block = [[typed] for typed in cells.as_column(column.formula)]
            else:
                block = column.options(ndim=2, err_to_str=True).value
                if kind is not layout.Kind.TEXT:
                    block = [[cells.as_text(held)] for (held,) in block]
            for number, value in zip(numbers, values, strict=True):
                block[number - first][0] = value
            set_format(column, kind, old_rows=len(block))
            column.value = block


def sheet_of(book: xw.Book, table: layout.Table) -> xw.Sheet:
    """The sheet on which the table lies."""
    return find_table(book, table).range.sheet


def is_protected(sheet: xw.Sheet) -> bool:
    """Whether the sheet refuses to be written, found out on an empty cell above its table.

    Excel raises, or on a Mac ignores the write in silence: either shows here. Where the
    user filled all of them, a cell is given what it holds.
    """
    top = sheet["A1:Z3"]
    empty = [
        (row, column)
        for row, line in enumerate(top.formula)
        for column, typed in enumerate(line)
        if typed in {"", None}
    ]
    try:
        if not empty:
            top[2, 0].formula = top[2, 0].formula
            return False
        cell = top[max(empty, key=lambda place: (place[0], -place[1]))]
        cell.value = "…"
        written = cell.value == "…"
        cell.clear_contents()
    except Exception:  # noqa: BLE001 - each engine has its own way to refuse
        return True
    return not written


def is_merged(book: xw.Book, table: layout.Table) -> bool:
    """Whether cells of the table are merged; Excel allows it in no table, other programs do."""
    return find_table(book, table).range.merge_cells is not False


def _resize(found: xw.main.Table, rows: int) -> int:
    """Give the table a body of that many rows, at least one; returns how many it had."""
    old, totals = found.range, _totals(found)
    height = 1 + max(rows, 1) + totals
    held = int(old.shape[0])
    if held > height:
        old[height - totals : held - totals, :].clear_contents()
    if held != height:
        found.resize(old.resize(height, old.shape[1]))
    return held - 1 - totals


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


def _write_formula(column: xw.Range, typed: Sequence[Any], formula: str) -> None:
    if all(value is None for value in typed):
        column.formula = formula
    else:
        column.formula = [[formula if value is None else value] for value in typed]
