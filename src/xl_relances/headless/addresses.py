"""Cell addresses: letters and numbers of columns, areas in A1 notation."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

_PART = re.compile(r"\$?([A-Za-z]{1,3})?\$?(\d{1,7})?")


class Area(NamedTuple):
    """A rectangle of cells, 1-based; an area of no rows or columns holds no cell."""

    row: int
    column: int
    rows: int
    columns: int

    @property
    def last_row(self) -> int:
        """Its last row, inclusive."""
        return self.row + self.rows - 1

    @property
    def last_column(self) -> int:
        """Its last column, inclusive."""
        return self.column + self.columns - 1

    def overlaps(self, other: Area) -> bool:
        """Whether the two share a cell."""
        return (
            self.row <= other.last_row
            and other.row <= self.last_row
            and self.column <= other.last_column
            and other.column <= self.last_column
        )

    def holds(self, row: int, column: int) -> bool:
        """Whether that cell lies inside."""
        return self.row <= row <= self.last_row and self.column <= column <= self.last_column


@cache
def letters(column: int) -> str:
    """``28`` → ``AB``."""
    if not 1 <= column <= LAST_COLUMN:
        raise ValueError(f"no column {column}")
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@cache
def column_number(text: str) -> int:
    """``AB`` → ``28``."""
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number


def parse_area(address: str) -> Area:
    """``B2``, ``$B$2:C9``, ``5:7`` or ``A:C`` (no sheet); ``ValueError`` for anything else."""
    first, colon, last = address.strip().partition(":")
    start = _PART.fullmatch(first)
    stop = _PART.fullmatch(last) if colon else start
    if not start or not stop or not (start[1] or start[2]) or bool(start[1]) != bool(stop[1]):
        raise ValueError(f"no address: {address!r}")
    if bool(start[2]) != bool(stop[2]) or (not colon and not (start[1] and start[2])):
        raise ValueError(f"no address: {address!r}")
    rows = sorted((int(start[2]), int(stop[2]))) if start[2] else [1, LAST_ROW]
    columns = (
        sorted((column_number(start[1]), column_number(stop[1]))) if start[1] else [1, LAST_COLUMN]
    )
    if rows[0] < 1 or rows[1] > LAST_ROW or columns[1] > LAST_COLUMN:
        raise ValueError(f"no address: {address!r}")
    return Area(rows[0], columns[0], rows[1] - rows[0] + 1, columns[1] - columns[0] + 1)


def a1(area: Area, row_absolute: bool = False, column_absolute: bool = False) -> str:
    """The area in A1 notation; one cell without colon, whole rows and columns as Excel does."""
    rows = "$" if row_absolute else ""
    columns = "$" if column_absolute else ""
    if area.columns == LAST_COLUMN and area.column == 1:
        return f"{rows}{area.row}:{rows}{area.last_row}"
    if area.rows == LAST_ROW and area.row == 1:
        return f"{columns}{letters(area.column)}:{columns}{letters(area.last_column)}"
    first = f"{columns}{letters(area.column)}{rows}{area.row}"
    if area.rows == 1 and area.columns == 1:
        return first
    return f"{first}:{columns}{letters(area.last_column)}{rows}{area.last_row}"


def quoted_sheet(name: str) -> str:
    """A sheet's name as formulas write it, in quotes where they are needed."""
    if re.fullmatch(r"[^\W\d]\w*", name) and not re.fullmatch(
        r"[A-Za-z]{1,3}\d+|[RC]\d*(?:[RC]\d*)?", name, re.IGNORECASE
    ):
        return name
    return "'" + name.replace("'", "''") + "'"


def split_sheet(reference: str) -> tuple[str | None, str]:
    """``'Grand livre'!$A$1`` → ``("Grand livre", "$A$1")``; no sheet → ``(None, …)``."""
    sheet, mark, address = reference.rpartition("!")
    if not mark:
        return None, reference
    if sheet.startswith("'") and sheet.endswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    return sheet, address
