"""What a sheet's XML says that no reader does: hidden rows, errors, how far it reaches.

A stray cell in the last row and column would make a reader allocate the whole
sheet. Strays are cells far from all others and few: more than 5,000 empty rows
or 200 empty columns away, less than a hundredth of them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_NUMBER = re.compile(rb'\br="(\d+)"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)(\d+)"')
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)(\d+)"[^>]*?\bt="e"[^>]*>.*?<(?:\w+:)?v>([^<]*)<', re.DOTALL
)
_FAR_ROWS, _FAR_COLUMNS, _FEW = 5_000, 200, 0.01
_CHUNK = 8 << 20
_MOST_ERRORS = 10_000


@dataclass(slots=True)
class Scan:
    """What was found.

    Attributes:
        rows: Number of the last row with a cell.
        columns: Number of the last column with a cell.
        cells: How many cells there are.
        hidden: Numbers of hidden rows.
        errors: Excel's error by row number and column index (from 0).
        strays: How many cells were left out as strays.
    """

    rows: int = 0
    columns: int = 0
    cells: int = 0
    hidden: set[int] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    strays: int = 0
    row_counts: Counter[int] = field(default_factory=Counter)
    column_counts: Counter[bytes] = field(default_factory=Counter)


def column_number(letters: bytes) -> int:
    """``A`` is 1, ``XFD`` is 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def scan_sheet(xml: bytes) -> Scan:
    """Look at the whole sheet, a few megabytes at a time."""
    scan = Scan()
    for match in _ROW.finditer(xml):
        if _HIDDEN.search(match[1]) and (number := _NUMBER.search(match[1])):
            scan.hidden.add(int(number[1]))
    at, size = 0, len(xml)
    while at < size:
        end = min(at + _CHUNK, size)
        if end < size:
            end = max(xml.rfind(b"<", at, end), at + 1)
        found = _CELL.findall(xml, at, end)
        scan.cells += len(found)
        scan.column_counts.update([letters for letters, _ in found])
        scan.row_counts.update([int(row) for _, row in found])
        at = end
    scan.rows = max(scan.row_counts, default=0)
    scan.columns = max(map(column_number, scan.column_counts), default=0)
    if b't="e"' in xml:
        for letters, row, text in _ERROR.findall(xml)[:_MOST_ERRORS]:
            scan.errors[int(row), column_number(letters) - 1] = text.decode("utf-8", "replace")
    return scan


def _limit(counts: dict[int, int], far: int) -> int:
    """The last row or column before a gap beyond which only few cells stand."""
    numbers = sorted(counts)
    total = sum(counts.values())
    beyond = total
    for before, after in pairwise(numbers):
        beyond -= counts[before]
        if after - before > far and beyond <= max(1, total * _FEW):
            return before
    return numbers[-1] if numbers else 0


def without_strays(xml: bytes, scan: Scan) -> bytes:
    """The sheet's XML without its strays; ``scan`` says then how far the rest reaches."""
    columns = {column_number(letters): n for letters, n in scan.column_counts.items()}
    last_row = _limit(dict(scan.row_counts), _FAR_ROWS)
    last_column = _limit(columns, _FAR_COLUMNS)

    def is_stray(match: re.Match[bytes]) -> bool:
        return int(match[2]) > last_row or column_number(match[1]) > last_column

    pieces: list[bytes] = []
    at = 0
    for match in _CELL.finditer(xml):
        if not is_stray(match):
            continue
        start = match.start()
        tag_end = xml.index(b">", start)
        if xml[tag_end - 1 : tag_end] == b"/":
            end = tag_end + 1
        else:
            closing = re.compile(rb"</(?:\w+:)?c>").search(xml, tag_end)
            if closing is None:
                continue
            end = closing.end()
        pieces.append(xml[at:start])
        at = end
        scan.strays += 1
    pieces.append(xml[at:])
    scan.rows, scan.columns = last_row, last_column
    cleaned = b"".join(pieces)
    return re.sub(rb"<(?:\w+:)?dimension\b[^>]*/>", b"", cleaned, count=1)
