"""The XML of one sheet, cut into what is kept and the rows.

Everything outside ``<sheetData>`` is kept as text and spliced; each row keeps the
XML of its cells until it is written, and a cell nobody writes keeps its own for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from xl_relances.headless.addresses import Area, a1
from xl_relances.headless.errors import NotAWorkbookError
from xl_relances.headless.markup import (
    Element,
    attributes,
    children,
    decoded,
    encoded,
    with_attribute,
    without_prefix,
)
from xl_relances.headless.rows import COLUMNS, HEAD, Row, no_collection, split_rows

_PREFIXED = re.compile(rb"<(\w+):worksheet\b")


_AT_ONCE = 1_024
"""Rows put together at once."""


class SheetPart:
    """A worksheet's part, taken apart.

    Attributes:
        before: Text before ``<sheetData>``.
        after: Text after it.
        rows: By number, in ascending order.
        version: Counts the changes, for what is reckoned from the rows and kept.
    """

    def __init__(self, content: bytes, path: str = "") -> None:
        """Take a part apart; ``ValueError`` or ``KeyError`` where it is no worksheet.

        Args:
            content: The part.
            path: Of the workbook, for what is only found wrong later.
        """
        self._path = path
        head = content[:100].lower()
        odd = head[:2] in (b"\xff\xfe", b"\xfe\xff") or (
            b"encoding" in head and b"utf-8" not in head
        )
        if odd or _PREFIXED.search(content[:4096]):
            content = encoded(without_prefix(decoded(content)))
        content = content.removeprefix(b"\xef\xbb\xbf")
        start = content.find(b"<sheetData")
        if start < 0:
            raise ValueError("no sheetData")
        tag_end = content.index(b">", start) + 1
        if content[tag_end - 2 : tag_end] == b"/>":
            end = body_end = tag_end
        else:
            body_end = content.rindex(b"</sheetData>")
            end = body_end + len(b"</sheetData>")
        self.before = decoded(content[:start])
        self.after = content[end:].decode()
        with no_collection():
            self.rows = split_rows(content, tag_end, body_end)
        self.version = 0
        self._saved = 0
        self._used: tuple[int, Area] | None = None
        self._last: tuple[int, int] | None = None
        self.column_styles()  # found wrong here rather than in the middle of a write

    @property
    def changed(self) -> bool:
        """Whether anything differs from the file."""
        return self.version != self._saved

    @changed.setter
    def changed(self, changed: bool) -> None:
        if changed:
            self.version += 1
        else:
            self._saved = self.version

    def pieces(self) -> Iterator[bytes]:
        """The part as it is to be saved, one stretch of rows after the other."""
        yield self._with_dimension(self.before).encode() + b"<sheetData>"
        numbers: list[int] = list(self.rows)
        if any(first > second for first, second in pairwise(numbers)):
            numbers.sort()
        for start in range(0, len(numbers), _AT_ONCE):
            yield b"".join([self._row(number) for number in numbers[start : start + _AT_ONCE]])
        yield b"</sheetData>" + self.after.encode()

    def _row(self, number: int) -> bytes:
        row = self.rows[number]
        if row.cells:
            return b'<row r="%d"%s>%s</row>' % (number, row.attributes, row.cells)
        return b'<row r="%d"%s/>' % (number, row.attributes) if row.attributes else b""

    def _with_dimension(self, before: str) -> str:
        for element in sections(before):
            if element.name == "dimension":
                tag = before[element.start : element.tag_end]
                reference = a1(self.used())
                return (
                    before[: element.start]
                    + with_attribute(tag, "ref", reference)
                    + before[element.tag_end :]
                )
        return before

    def row(self, number: int) -> Row:
        """The row of that number, made when the sheet has none."""
        row = self.rows.get(number)
        if row is None:
            row = self.rows[number] = Row()
        return row

    def columns_of(self, row: Row) -> tuple[int, int]:
        """First and last column with a cell; (0, 0) when it has none."""
        first = HEAD.match(row.cells)
        if not first:
            return 0, 0
        last = HEAD.match(row.cells, row.cells.rindex(b"<c "))
        if last is None:
            raise NotAWorkbookError(self._path, "damaged", "a cell without an address")
        return COLUMNS[first[1]], COLUMNS[last[1]]

    @property
    def last_row(self) -> int:
        """The last row with a cell; 1 on an empty sheet."""
        if self._last is None or self._last[0] != self.version:
            last = max((number for number, row in self.rows.items() if row.cells), default=1)
            self._last = self.version, last
        return self._last[1]

    def used(self) -> Area:
        """The rectangle of all cells; A1 on an empty sheet."""
        if self._used is None or self._used[0] != self.version:
            self._used = self.version, self._rectangle()
        return self._used[1]

    def _rectangle(self) -> Area:
        top = bottom = left = right = 0
        for number, row in self.rows.items():
            cells = row.cells
            if cells:
                start = cells.rindex(b'<c r="') + 6
                last = COLUMNS[cells[start : cells.index(b'"', start)].rstrip(b"0123456789")]
                right = max(right, last)
                if left != 1:
                    first = COLUMNS[cells[6 : cells.index(b'"', 6)].rstrip(b"0123456789")]
                    left = min(left or first, first)
                top = min(top or number, number)
                bottom = max(bottom, number)
        if not top:
            return Area(1, 1, 1, 1)
        return Area(top, left, bottom - top + 1, right - left + 1)

    def column_styles(self) -> list[tuple[int, int, int]]:
        """(first column, last column, style) of the columns that have a style."""
        found = []
        for given in self.column_settings():
            style = int(given.get("style", "0"))
            if style:
                found.append((int(given["min"]), int(given["max"]), style))
        return found

    def column_settings(self) -> list[dict[str, str]]:
        """Attributes of the ``<col>`` elements."""
        for element in sections(self.before):
            if element.name == "cols":
                return [
                    attributes(self.before[child.start : child.tag_end])
                    for child in children(self.before, element.tag_end, element.end)
                ]
        return []


@lru_cache(maxsize=32)
def sections(text: str) -> tuple[Element, ...]:
    """The elements side by side in what stands before or after the rows of a sheet."""
    root = text.find("<worksheet")
    return tuple(children(text, root + 1 if root >= 0 else 0))
