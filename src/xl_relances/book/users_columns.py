"""The users' own columns: what stands beside a row goes where the row goes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlwings as xw

from xl_relances.book import cells, layout
from xl_relances.book import formulas as live


@dataclass(frozen=True, slots=True)
class UsersCells:
    """What stands in the user's own columns, by row.

    Attributes:
        columns: Where they stand in the table.
        keys: The rows, in the order in which they stood.
        cells: By row: its row number, and what was typed in each of those columns.
    """

    columns: tuple[int, ...]
    keys: list[Hashable]
    cells: dict[Hashable, tuple[int, list[Any]]]


NO_ROW = object()
"""The row that stays in an emptied table."""


def users_cells(
    found: xw.main.Table,
    table: layout.Table,
    titles: Sequence[str],
    key: Callable[[Mapping[str, Any]], Hashable],
) -> UsersCells | None:
    """What the columns that are not ours hold; None where there are none or the table is empty."""
    ours = {column.title for column in table.columns}
    columns = tuple(index for index, title in enumerate(titles) if title not in ours)
    body = found.data_body_range
    if not columns or body is None:
        return None
    values = body.options(ndim=2, err_to_str=True).value
    keys = _numbered(key(dict(zip(titles, row, strict=True))) for row in values)
    typed = [
        [
            formula if isinstance(formula, str) and formula.startswith("=") else row[index]
            for formula, row in zip(cells.as_column(body[:, index].formula), values, strict=True)
        ]
        for index in columns
    ]
    by_row = {
        row_key: (body.row + position, [column[position] for column in typed])
        for position, row_key in enumerate(keys)
    }
    return UsersCells(columns, keys, by_row)


def put_back(body: xw.Range, before: UsersCells | None, keys: Sequence[Hashable]) -> None:
    """The user's cells beside their rows again; new rows get the column's formula."""
    if before is None:
        return
    keys = _numbered(keys)
    if keys == before.keys:
        return
    for position, index in enumerate(before.columns):
        column = body[:, index]
        is_text = column.number_format == "@"
        held = [(number, row[position]) for number, row in before.cells.values()]
        fresh = _common_formula(held)
        block = []
        for number, row_key in enumerate(keys, start=body.row):
            if row_key in before.cells:
                origin, held_there = before.cells[row_key]
                typed = held_there[position]
            else:
                origin, typed = held[0][0] if held else number, fresh
            block.append([typed if is_text else _retyped(typed, number - origin)])
        column.value = block


def _numbered(keys: Iterable[Hashable]) -> list[Hashable]:
    """Each key with its rank among equals, so that no row takes another's cells."""
    seen = Counter[Hashable]()
    found: list[Hashable] = []
    for key in keys:
        found.append((key, seen[key]))
        seen[key] += 1
    return found


def _common_formula(held: Sequence[tuple[int, Any]]) -> str | None:
    """The formula of a column whose every cell holds it, as its first row writes it."""
    if not held or not all(isinstance(cell, str) and cell.startswith("=") for _, cell in held):
        return None
    first, formula = held[0]
    same = all(live.moved(cell, first - number) == formula for number, cell in held)
    return str(formula) if same else None


_RETYPED = re.compile(
    r"\s*([+\-@'#$(.,\d]|(true|false|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))",
    re.IGNORECASE,
)
"""Texts that Excel may take for a number, a date, a formula or a boolean."""

_ERROR = re.compile(r"#[A-Z/0]+[!?]?|#N/A")


def _retyped(cell: Any, rows: int) -> Any:
    """What to type for a cell to hold the same ``rows`` lower down; a text stays a text."""
    if not isinstance(cell, str):
        return cell
    if cell.startswith("="):
        return live.moved(cell, rows)
    return f"'{cell}" if _RETYPED.match(cell) and not _ERROR.fullmatch(cell) else cell or None
