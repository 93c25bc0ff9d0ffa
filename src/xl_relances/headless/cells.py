"""Cells to values: what a block of a sheet holds, as xlwings gives it.

Numbers are floats, serials under a date format datetimes, empty texts None; an error
cell is a ``CellError``, which becomes None or its text where xlwings is asked.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias
from xml.etree import ElementTree as ET

from xl_relances.headless.addresses import Area, letters
from xl_relances.headless.markup import cell_text
from xl_relances.headless.rows import no_collection
from xl_relances.headless.serials import to_datetime
from xl_relances.headless.sheet_part import SheetPart

Value: TypeAlias = "float | str | bool | dt.datetime | None"

_FAST = re.compile(
    rb'<c r="([A-Z]+)\d+"(?: s="(\d+)")?(?: t="(\w+)")?'
    rb"(?:/>|>(?:<f[^>]*(?:/>|>[^<]*</f>))?"
    rb"(?:<v>([^<]*)</v>|<v/>|<is><t[^>]*>([^<]*)</t></is>)?</c>)"
)
_ANY = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb'([\w:.-]+)\s*=\s*"([^"]*)"')
_V = re.compile(rb"<v(?:\s[^>]*)?>([^<]*)</v>")
_IS = re.compile(rb"<is\b.*</is>", re.DOTALL)
_PLAIN_SI = re.compile(r"<si>\s*<t[^>]*>([^<]*)</t>\s*</si>")
_SI = re.compile(rb"<si>\s*<t[^>]*>([^<]*)</t>\s*</si>")


_NUMBERS = frozenset((b"", b"n"))


class CellError(str):
    """An error value, ``#N/A``: not a text."""

    __slots__ = ()


UNCALCULATED = CellError("#CALC!")
"""A formula without its value: whoever wrote it did not calculate, and Excel has not opened it."""
_BARE = (b"</f></c>", b'"/></c>')
"""How a cell ends that holds a formula and no value."""


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
        self._texts = texts
        self._dates = frozenset(b"%d" % index for index in dates)
        self._date1904 = date1904

    def block(self, sheet: SheetPart, area: Area) -> Block:
        """The values of an area, row by row."""
        with no_collection():
            return self._block(sheet, area)

    def _block(self, sheet: SheetPart, area: Area) -> Block:
        width = area.columns
        index = {letters(area.column + j).encode(): j for j in range(width)}
        block = Block()
        rows = sheet.rows
        texts, dates, date1904 = self._texts, self._dates, self._date1904
        moments: dict[bytes, dt.datetime | float] = {}
        inline: dict[bytes, str] = {}
        for number in range(area.row, area.row + area.rows):
            values: list[Value] = [None] * width
            block.append(values)
            row = rows.get(number)
            if row is None or not row.cells:
                continue
            found = _FAST.findall(row.cells)
            if len(found) != row.cells.count(b"<c ") or any(end in row.cells for end in _BARE):
                for column, value in self.slow_row(row.cells):
                    if column in index:
                        values[index[column]] = value
                        if value.__class__ is CellError:
                            block.errors = True
                continue
            for column, style, kind, content, text in found:
                j = index.get(column)
                if j is None:
                    continue
                if kind == b"s":
                    if content:
                        values[j] = texts[int(content)] or None
                elif kind == b"inlineStr":
                    known = inline.get(text)
                    if known is None:
                        known = inline[text] = cell_text(text.decode())
                    values[j] = known or None
                elif not content:
                    continue
                elif kind in _NUMBERS:
                    if style in dates:
                        moment = moments.get(content)
                        if moment is None:
                            serial = float(content)
                            moment = moments[content] = to_datetime(serial, date1904) or serial
                        values[j] = moment
                    else:
                        values[j] = float(content)
                else:
                    values[j] = value = self._other(kind, content)
                    if value.__class__ is CellError:
                        block.errors = True
        return block

    def _other(self, kind: bytes, content: bytes) -> Value:
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
            return self._texts[int(content[1])] or None
        if kind in _NUMBERS:
            serial = float(content[1])
            if style in self._dates:
                return to_datetime(serial, self._date1904) or serial
            return serial
        return self._other(kind, content[1])


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
