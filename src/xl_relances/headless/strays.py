"""Cells so far from all others that no block should reach for them.

One stray cell at the end of a sheet makes its rectangle seventeen thousand million
cells large. Strays stay in the file, are told, and are no part of the used range.
"""

from __future__ import annotations

from collections.abc import Iterator

from xl_relances.headless.addresses import Area
from xl_relances.headless.rows import COLUMNS, HEAD, Row
from xl_relances.headless.sheet_part import SheetPart

_STRAY_ROWS = 5_000
_STRAY_COLUMNS = 200
_STRAY_SHARE = 0.01


def strays(part: SheetPart) -> list[Area]:
    """Cells so far from all others that no block should reach for them.

    They are kept in the file; ``used_range`` leaves them out. Far is more than 5,000
    empty rows or 200 empty columns, and few is less than a hundredth of all cells.
    """
    spans = {n: part.columns_of(row) for n, row in part.rows.items() if row.cells}
    if not spans:
        return []
    numbers = sorted(spans)
    total = len(numbers)
    far_from = None
    for index in range(1, total):
        if numbers[index] - numbers[index - 1] > _STRAY_ROWS and (
            total - index <= max(1, total * _STRAY_SHARE)
        ):
            far_from = numbers[index]
            break
    near = [n for n in numbers if far_from is None or n < far_from]
    found = [
        Area(n, spans[n][0], 1, spans[n][1] - spans[n][0] + 1)
        for n in numbers
        if far_from is not None and n >= far_from
    ]
    ends = sorted(spans[n][1] for n in near)
    for index in range(1, len(ends)):
        if ends[index] - ends[index - 1] > _STRAY_COLUMNS and (
            len(ends) - index <= max(1, len(ends) * _STRAY_SHARE)
        ):
            limit = ends[index - 1]
            found += [
                Area(n, column, 1, 1)
                for n in near
                if spans[n][1] > limit
                for column in _columns_beyond(part.rows[n], limit)
            ]
            break
    return found


def _columns_beyond(row: Row, limit: int) -> Iterator[int]:
    for match in HEAD.finditer(row.cells):
        column = COLUMNS[match[1]]
        if column > limit:
            yield column
