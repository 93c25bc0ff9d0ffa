"""Cells so far from all others that no block should reach for them.

One stray cell at the end of a sheet makes its rectangle seventeen thousand million
cells large. Strays stay in the file, are told, and are no part of the used range.
"""

from __future__ import annotations

from collections.abc import Sequence

from xl_relances.headless.addresses import LAST_COLUMN, LAST_ROW, Area
from xl_relances.headless.rows import COLUMNS, HEAD, Row
from xl_relances.headless.sheet_part import SheetPart

FAR_ROWS = 5_000
"""Empty rows between a stray and the rows that count."""
FAR_COLUMNS = 200
"""Empty columns between a stray and the columns that count."""
FEW = 0.01
"""Share of the rows that strays lie in, at most (one row is always few)."""


def limits(part: SheetPart) -> tuple[int, int]:
    """Last row and last column that count; those of the sheet when nothing is astray."""
    ends = {n: part.columns_of(row)[1] for n, row in part.rows.items() if row.cells}
    last_row = _last_near(sorted(ends), FAR_ROWS) or LAST_ROW
    near = sorted(column for number, column in ends.items() if number <= last_row)
    return last_row, _last_near(near, FAR_COLUMNS) or LAST_COLUMN


def _last_near(numbers: Sequence[int], far: int) -> int | None:
    """The number before the first wide gap that only few numbers follow."""
    total = len(numbers)
    for index in range(1, total):
        if numbers[index] - numbers[index - 1] > far and total - index <= max(1, total * FEW):
            return numbers[index - 1]
    return None


def strays(part: SheetPart) -> list[Area]:
    """Cells, or stretches of a row, beyond the limits."""
    last_row, last_column = limits(part)
    found = []
    for number, row in part.rows.items():
        if not row.cells:
            continue
        first, last = part.columns_of(row)
        if number > last_row:
            found.append(Area(number, first, 1, last - first + 1))
        elif last > last_column:
            found += [Area(number, c, 1, 1) for c in _columns(row) if c > last_column]
    return found


def used_without_strays(part: SheetPart) -> Area:
    """The rectangle of the cells that count."""
    whole = part.used()
    last_row, last_column = limits(part)
    if whole.last_row <= last_row and whole.last_column <= last_column:
        return whole
    kept = [
        (number, [c for c in _columns(row) if c <= last_column])
        for number, row in part.rows.items()
        if row.cells and number <= last_row
    ]
    rows = [number for number, columns in kept if columns]
    columns = [column for _, columns in kept for column in columns]
    top, left = min(rows), min(columns)
    return Area(top, left, max(rows) - top + 1, max(columns) - left + 1)


def _columns(row: Row) -> list[int]:
    return [COLUMNS[name] for name, _ in HEAD.findall(row.cells)]
