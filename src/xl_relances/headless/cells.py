"""Cells to values: what a block of a sheet holds, as xlwings gives it.

Numbers are floats, serials under a date format datetimes, empty texts None; an error
cell is a ``CellError``, which becomes None or its text where xlwings is asked.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias
from xml.etree import ElementTree as ET

from xl_relances.headless.addresses import Area, letters
from xl_relances.headless.markup import cell_text
from xl_relances.headless.row_pattern import INLINE, Kind, RowPattern
from xl_relances.headless.rows import no_collection
from xl_relances.headless.serials import to_datetime
from xl_relances.headless.sheet_part import SheetPart

Value: TypeAlias = "float | str | bool | dt.datetime | None"

_ANY = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb'([\w:.-]+)\s*=\s*"([^"]*)"')
_V = re.compile(rb"<v(?:\s[^>]*)?>([^<]*)</v>")
_IS = re.compile(rb"<is\b.*</is>", re.DOTALL)
_PLAIN_SI = re.compile(r"<si>\s*<t[^>]*>([^<]*)</t>\s*</si>")
_SI = re.compile(rb"<si>\s*<t[^>]*>([^<]*)</t>\s*</si>")


_NUMBERS = frozenset((b"", b"n"))
_AT_ONCE = 4_096
"""Rows whose contents are held before they become values."""


class CellError(str):
    """An error value, ``#N/A``: not a text."""

    __slots__ = ()


UNCALCULATED = CellError("#CALC!")
"""A formula without its value: whoever wrote it did not calculate, and Excel has not opened it."""


class Block(list[list[Value]]):
    """Rows of values.

    Attributes:
        errors: Whether one of them is a ``CellError``.
    """

    errors = False


class CellReader:
    """Turns cells of one workbook into values."""

    def __init__(self, texts: list[str], dates: Iterable[int], date1904: bool) -> None:
        """Prepare for a workbook.

        Args:
            texts: Its shared strings.
            dates: Its style indexes that show dates.
            date1904: Whether it counts days from 1904.
        """
        self.texts = texts
        self.dates = frozenset(b"%d" % index for index in dates)
        self._date1904 = date1904

    def block(self, sheet: SheetPart, area: Area) -> Block:
        """The values of an area, row by row."""
        with no_collection():
            reading, first = _Reading(self, area), letters(area.column).encode()
            for number in range(area.row, area.row + area.rows):
                row = sheet.rows.get(number)
                if row is None:
                    reading.take(b"")
                elif area.columns > 1:
                    reading.take(row.cells)
                else:
                    reading.take(row.cell(b"%s%d" % (first, number)))
            reading.flush()
        return reading.block

    def other(self, kind: bytes, content: bytes) -> Value:
        """A cell of any type but number and shared or inline text."""
        if kind == b"str":
            return cell_text(content.decode()) or None
        if kind == b"b":
            return content.strip() in (b"1", b"true")
        if kind == b"e":
            return CellError(content.decode())
        if kind == b"d":
            return dt.datetime.fromisoformat(content.decode()).replace(tzinfo=None)
        return float(content)

    def slow_row(self, cells: bytes) -> Iterator[tuple[bytes, Value]]:
        """Column letters and value of every cell, however it is written."""
        for match in _ANY.finditer(cells):
            given = dict(_ATTRIBUTE.findall(match[1]))
            column = given.get(b"r", b"").rstrip(b"0123456789")
            yield column, self.value(given.get(b"s", b""), given.get(b"t", b""), match[2] or b"")

    def moment(self, serial: float) -> dt.datetime | float:
        """A serial as a moment; beyond the calendar it stays a number."""
        return to_datetime(serial, self._date1904) or serial

    def value(self, style: bytes, kind: bytes, inside: bytes) -> Value:
        """The value of one cell, from what lies between its tags."""
        if kind == b"inlineStr":
            found = _IS.search(inside)
            return (rich_text(found.group()) or None) if found else None
        content = _V.search(inside)
        if not content or not content[1]:
            uncalculated = b"<f" in inside and b"<v" not in inside
            return UNCALCULATED if uncalculated else None
        if kind == b"s":
            return self.texts[int(content[1])] or None
        if kind in _NUMBERS:
            serial = float(content[1])
            return self.moment(serial) if style in self.dates else serial
        return self.other(kind, content[1])


class _Known(dict[bytes, Any]):
    """What contents mean, reckoned once each: columns repeat theirs."""

    def __init__(self, meaning: Callable[[bytes], Value]) -> None:
        self._meaning = meaning

    def __missing__(self, content: bytes) -> Value:
        value = self[content] = self._meaning(content)
        return value


class _Reading:
    """The rows of an area as they are read: some taken apart, the rest values already."""

    def __init__(self, reader: CellReader, area: Area) -> None:
        names = [letters(area.column + j).encode() for j in range(area.columns)]
        self.block = Block()
        self._reader = reader
        self._places = {name: j for j, name in enumerate(names)}
        self._pattern = RowPattern(self._places)
        self._taken: list[Sequence[bytes | None] | None] = []
        self._odd: dict[int, list[Value]] = {}
        texts = reader.texts
        self._inline = _Known(lambda content: cell_text(content.decode()) or None)
        self._shared = _Known(lambda content: texts[int(content)] or None)
        self._moments = _Known(lambda content: reader.moment(float(content)))

    def take(self, cells: bytes) -> None:
        """One more row."""
        groups = self._pattern.groups(cells) if cells else None
        if cells and groups is None:
            lesson = self._pattern.lesson(cells)
            if lesson:
                self.flush()
                self._pattern.learn(lesson)
                groups = self._pattern.groups(cells)
            if groups is None:
                self._odd[len(self._taken)] = self._one_by_one(cells)
        self._taken.append(groups)
        if len(self._taken) >= _AT_ONCE:
            self.flush()

    def _one_by_one(self, cells: bytes) -> list[Value]:
        values: list[Value] = [None] * len(self._places)
        for column, value in self._reader.slow_row(cells):
            if column in self._places:
                values[self._places[column]] = value
                self.block.errors |= value.__class__ is CellError
        return values

    def flush(self) -> None:
        """Rows taken apart become rows of values, column by column."""
        rows, blank = self._taken, (None,) * len(self._pattern.kinds)
        empty: Sequence[Value] = (None,) * len(rows)
        columns = [empty] * len(self._places)
        groups = zip(*[blank if row is None else row for row in rows], strict=True)
        for kind, contents in zip(self._pattern.kinds, groups, strict=bool(rows)):
            if any(contents):
                j = self._places[kind.column]
                values = self._values(kind, contents)
                if columns[j] is not empty:  # its cells have several styles or kinds
                    both = zip(columns[j], values, strict=True)
                    values = [b if a is None else a for a, b in both]
                columns[j] = values
        start = len(self.block)
        self.block += map(list, zip(*columns, strict=True))
        for position, values in self._odd.items():
            self.block[start + position] = values
        self._taken, self._odd = [], {}

    def _values(self, kind: Kind, contents: Sequence[bytes | None]) -> Sequence[Value]:
        if kind.kind in _NUMBERS:
            if kind.style in self._reader.dates:
                known = self._moments
            else:
                return [float(content) if content else None for content in contents]
        elif kind.kind == INLINE:
            if len(set(contents)) * 2 > len(contents):
                return _texts(contents)
            known = self._inline
        elif kind.kind == b"s":
            known = self._shared
        else:
            other = self._reader.other
            self.block.errors |= kind.kind == b"e"
            return [other(kind.kind, content) if content else None for content in contents]
        return [known[content] if content else None for content in contents]


def _texts(contents: Sequence[bytes | None]) -> list[Value]:
    """Texts that hardly repeat, all resolved at once where none needs it."""
    whole = b"\0".join([content or b"" for content in contents])
    if b"&" in whole or b"_x" in whole or b"\r" in whole:
        return [cell_text(content.decode()) or None if content else None for content in contents]
    return [text or None for text in whole.decode().split("\0")]


def shared_strings(content: bytes) -> list[str]:
    """The texts of ``xl/sharedStrings.xml``, formats and phonetics left out."""
    prefix = re.search(rb"<(\w+):sst\b", content[:2048])
    if prefix:
        content = content.replace(b"<" + prefix[1] + b":", b"<")
        content = content.replace(b"</" + prefix[1] + b":", b"</")
    plain = _PLAIN_SI.findall(content.decode())
    if len(plain) == content.count(b"<si"):
        odd = b"&" in content or b"_x" in content or b"\r" in content
        return [cell_text(text) for text in plain] if odd else plain
    texts: list[str] = []
    content = content.replace(b"<si/>", b"<si></si>")
    for chunk in content.split(b"</si>")[:-1]:
        start = chunk.index(b"<si")
        item = chunk[start:] + b"</si>"
        simple = _SI.match(item)
        texts.append(cell_text(simple[1].decode()) if simple else rich_text(item))
    return texts


def rich_text(xml: bytes) -> str:
    """The text of ``<si>`` or ``<is>``: of its runs, without phonetic readings."""
    xml = re.sub(rb"(</?)\w+:", rb"\1", xml)
    root = ET.fromstring(re.sub(rb"\s[\w.-]+:[\w.-]+=\"[^\"]*\"", b"", xml))  # noqa: S314  no DTD
    pieces = [t.text or "" for t in root.findall("t")]
    pieces += [t.text or "" for t in root.findall("r/t")]
    text = "".join(pieces)
    return cell_text(text.replace("&", "&amp;")) if "_x" in text else text
