"""Rows of a sheet as their XML: cut apart once, put together again at the save."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager

from xl_relances.headless.addresses import column_number, letters, parse_area

HEAD = re.compile(rb'<c r="([A-Z]+)\d+"(?: s="(\d+)")?')
"""Start of every cell; style only where it stands second, as all known writers put it."""

_ROW_NUMBER = re.compile(rb"""\sr=["'](\d+)["']""")
_SPANS = re.compile(rb"""\s+spans=["'][^"']*["']""")
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_CDATA = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)


class _Columns(dict[bytes, int]):
    """Column numbers by letters, reckoned once each."""

    def __missing__(self, name: bytes) -> int:
        number = self[name] = column_number(name.decode())
        return number


COLUMNS = _Columns()
"""``b"AB"`` → 28."""


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
    def style(self) -> int | None:
        """Style of cells that it does not hold, before the column's; None where it has none."""
        if b"customFormat" not in self.attributes:
            return None
        if self.given("customFormat") not in {"1", "true"}:
            return None
        return int(self.given("s") or 0)

    def cell(self, reference: bytes) -> bytes:
        """XML of one cell; empty when the row has none there."""
        start = self.cells.find(b'<c r="%s"' % reference)
        if start < 0:
            return b""
        end = self.cells.find(b"<c ", start + 3)
        return self.cells[start:] if end < 0 else self.cells[start:end]


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


def plain_rows(body: bytes) -> bytes:
    """Rows without comment or character section, each cell with its address first."""
    return _CDATA.sub(
        lambda m: m[1].replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;"),
        _COMMENT.sub(b"", body),
    )


def split_rows(body: bytes, start: int, end: int) -> dict[int, Row]:
    """Rows by number, of the inside of ``<sheetData>``, which is ``body[start:end]``."""
    if body.find(b"<!", start, end) >= 0:
        body = plain_rows(body[start:end])
        start, end = 0, len(body)
    rows: dict[int, Row] = {}
    number = 0
    regular = (
        body.count(b"<c ", start, end) == body.count(b'<c r="', start, end)
        and body.find(b"<c>", start, min(end, start + 65536)) < 0
    )
    for chunk in _chunks(body, start, end):
        if regular and chunk.startswith(b'<row r="'):
            quote = chunk.index(b'"', 8)
            closed = chunk.index(b">", quote)
            if closed == quote + 1:
                number = int(chunk[8:quote])
                rows[number] = Row(b"", chunk[closed + 1 :])
                continue
        place = chunk.find(b"<row")
        while place >= 0:
            closed = chunk.index(b">", place)
            if chunk[closed - 1] == ord("/"):
                given, cells = chunk[place + 4 : closed - 1], b""
                following = chunk.find(b"<row", closed)
            else:
                given, cells = chunk[place + 4 : closed], chunk[closed + 1 :]
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
            place = following
    return rows


def _chunks(body: bytes, start: int, end: int) -> Iterator[bytes]:
    """What lies between the ends of rows, one at a time: a sheet is not held twice."""
    while (stop := body.find(b"</row>", start, end)) >= 0:
        yield body[start:stop]
        start = stop + len(b"</row>")
    yield body[start:end]


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
