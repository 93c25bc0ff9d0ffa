"""The XML of one sheet, cut into what is kept and the rows.

Everything outside ``<sheetData>`` is kept as text and spliced; each row keeps the
XML of its cells until it is written, and a cell nobody writes keeps its own for ever.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from xl_relances.headless.addresses import Area, a1, column_number, letters, parse_area
from xl_relances.headless.markup import (
    attributes,
    children,
    decoded,
    encoded,
    with_attribute,
    without_prefix,
)

HEAD = re.compile(rb'<c r="([A-Z]+)\d+"(?: s="(\d+)")?')
"""Start of every cell; style only where it stands second, as all known writers put it."""


class _Columns(dict[bytes, int]):
    """Column numbers by letters, reckoned once each."""

    def __missing__(self, name: bytes) -> int:
        number = self[name] = column_number(name.decode())
        return number


COLUMNS = _Columns()
"""``b"AB"`` → 28."""

_ROW_NUMBER = re.compile(rb"""\sr=["'](\d+)["']""")
_SPANS = re.compile(rb"""\s+spans=["'][^"']*["']""")
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_CDATA = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_PREFIXED = re.compile(rb"<(\w+):worksheet\b")
_STRAY_ROWS = 5_000
_STRAY_COLUMNS = 200
_STRAY_SHARE = 0.01


class Row:
    """One row: its attributes but its number, and the XML of its cells."""

    __slots__ = ("attributes", "cells")

    def __init__(self, attributes: bytes = b"", cells: bytes = b"") -> None:
        self.attributes = attributes
        self.cells = cells

    @property
    def hidden(self) -> bool:
        """Whether a filter or the user hides it."""
        return b' hidden="1"' in self.attributes or b' hidden="true"' in self.attributes

    def hide(self, hidden: bool) -> None:
        """Hide it or show it."""
        if hidden != self.hidden:
            self.attributes = re.sub(rb'\s+hidden="[^"]*"', b"", self.attributes)
            if hidden:
                self.attributes += b' hidden="1"'

    def given(self, name: str) -> str | None:
        """One of its attributes; None when it has none of that name."""
        found = re.search(rb'\s%s="([^"]*)"' % name.encode(), self.attributes)
        return found[1].decode() if found else None

    @property
    def style(self) -> int:
        """Style of cells that it does not hold yet; 0 when it has none of its own."""
        if b"customFormat" not in self.attributes:
            return 0
        return int(self.given("s") or 0)

    def cell(self, reference: bytes) -> bytes:
        """XML of one cell; empty when the row has none there."""
        start = self.cells.find(b'<c r="%s"' % reference)
        if start < 0:
            return b""
        end = self.cells.find(b"<c ", start + 3)
        return self.cells[start:] if end < 0 else self.cells[start:end]


class SheetPart:
    """A worksheet's part, taken apart.

    Attributes:
        before: Text before ``<sheetData>``.
        after: Text after it.
        rows: By number, in ascending order.
        changed: Whether anything differs from the file.
    """

    def __init__(self, content: bytes) -> None:
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
            self.rows = split_rows(_plain(content[tag_end:body_end]))
        self.changed = False

    def content(self) -> bytes:
        """The part as it is to be saved."""
        before = self._with_dimension(self.before).encode()
        pieces = [before, b"<sheetData>"]
        numbers: list[int] = list(self.rows)
        if any(first > second for first, second in pairwise(numbers)):
            numbers.sort()
        for number in numbers:
            row = self.rows[number]
            if row.cells:
                pieces.append(b'<row r="%d"%s>%s</row>' % (number, row.attributes, row.cells))
            elif row.attributes:
                pieces.append(b'<row r="%d"%s/>' % (number, row.attributes))
        pieces.append(b"</sheetData>")
        pieces.append(self.after.encode())
        return b"".join(pieces)

    def _with_dimension(self, before: str) -> str:
        for element in children(before, before.index("worksheet")):
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
        last = HEAD.match(row.cells, row.cells.rindex(b"<c r="))
        assert last is not None
        return COLUMNS[first[1]], COLUMNS[last[1]]

    def used(self) -> Area:
        """The rectangle of all cells; A1 on an empty sheet."""
        top = bottom = left = right = 0
        for number, row in self.rows.items():
            if row.cells:
                first, last = self.columns_of(row)
                top = min(top or number, number)
                bottom = max(bottom, number)
                left = min(left or first, first)
                right = max(right, last)
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
        for element in children(self.before, self.before.index("worksheet")):
            if element.name == "cols":
                return [
                    attributes(self.before[child.start : child.tag_end])
                    for child in children(self.before, element.tag_end, element.end)
                ]
        return []

    def strays(self) -> list[Area]:
        """Cells so far from all others that no block should reach for them.

        They are kept in the file; ``used_range`` leaves them out. Far is more than 5,000
        empty rows or 200 empty columns, and few is less than a hundredth of all cells.
        """
        spans = {n: self.columns_of(row) for n, row in self.rows.items() if row.cells}
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
                    for column in self._columns_beyond(self.rows[n], limit)
                ]
                break
        return found

    def _columns_beyond(self, row: Row, limit: int) -> Iterator[int]:
        for match in HEAD.finditer(row.cells):
            column = COLUMNS[match[1]]
            if column > limit:
                yield column


def _plain(body: bytes) -> bytes:
    """Rows without comment or character section, each cell with its address first."""
    if b"!" in body and b"<!" in body:
        body = _COMMENT.sub(b"", body)
        body = _CDATA.sub(
            lambda m: (
                m[1].replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
            ),
            body,
        )
    return body


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the garbage collector from counting a million new objects again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def split_rows(body: bytes) -> dict[int, Row]:
    """Rows by number, of the inside of ``<sheetData>``."""
    rows: dict[int, Row] = {}
    number = 0
    regular = body.count(b"<c ") == body.count(b'<c r="') and b"<c>" not in body[:65536]
    for chunk in body.split(b"</row>"):
        if regular and chunk.startswith(b'<row r="'):
            quote = chunk.index(b'"', 8)
            end = chunk.index(b">", quote)
            if end == quote + 1:
                number = int(chunk[8:quote])
                rows[number] = Row(b"", chunk[end + 1 :])
                continue
        start = chunk.find(b"<row")
        while start >= 0:
            end = chunk.index(b">", start)
            if chunk[end - 1] == ord("/"):
                given, cells = chunk[start + 4 : end - 1], b""
                following = chunk.find(b"<row", end)
            else:
                given, cells = chunk[start + 4 : end], chunk[end + 1 :]
                following = -1
            if given.startswith(b' r="'):
                quote = given.index(b'"', 4)
                number = int(given[4:quote])
                given = given[quote + 1 :]
            elif found := _ROW_NUMBER.search(given):
                number = int(found[1])
                given = given[: found.start()] + given[found.end() :]
            else:
                number += 1
            if b"spans" in given:
                given = _SPANS.sub(b"", given)
            if not regular:
                cells = _regular(number, cells)
            rows[number] = Row(given.rstrip(), cells)
            start = following
    return rows


def _regular(number: int, cells: bytes) -> bytes:
    """Cells with their address first and their style second, as most writers put them."""
    pieces = []
    column = 0
    for match in _CELL.finditer(cells):
        given = {m[1]: m[2] or m[3] or b"" for m in _ATTRIBUTE.finditer(match[1])}
        reference = given.pop(b"r", None)
        if reference:
            column = parse_area(reference.decode()).column
        else:
            column += 1
        head = b'<c r="%s%d"' % (letters(column).encode(), number)
        style = given.pop(b"s", None)
        if style:
            head += b' s="%s"' % style
        for name, value in given.items():
            head += b' %s="%s"' % (name, value)
        pieces.append(head + (b"/>" if match[2] is None else b">%s</c>" % match[2]))
    return b"".join(pieces)
