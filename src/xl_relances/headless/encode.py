"""Values to cells: the XML of what is written, as Excel would have stored it.

A text goes in as an inline string, so the shared strings stay untouched. In a cell
that is not in format ``@`` it becomes whatever Excel makes of it when typed; in
one that is, everything becomes text, numbers too.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from functools import lru_cache
from numbers import Real
from types import NoneType
from typing import Any, NamedTuple, TypeAlias

from xl_relances.headless.addresses import column_number
from xl_relances.headless.formulas import stored
from xl_relances.headless.markup import escaped_cell_text
from xl_relances.headless.serials import to_serial
from xl_relances.headless.styles import Styles
from xl_relances.headless.typed import SUSPECT, entry

LONGEST_TEXT = 32_767
"""Characters that a cell can hold."""


TableAt: TypeAlias = Callable[[int, int], str | None]
"""Name of the table at a row and column."""


class Look(NamedTuple):
    """How a cell looks.

    Attributes:
        style: Its style index.
        bare: The one that it has when the file holds no such cell: its row's or its column's.
    """

    style: int
    bare: int


class _Dates(dict[Any, str]):
    """What follows the style in a cell that shows a moment, reckoned once for each."""

    def __init__(self, date1904: bool) -> None:
        super().__init__({None: ""})
        self._date1904 = date1904

    def __missing__(self, moment: dt.datetime) -> str:
        content = self[moment] = f"><v>{to_serial(moment, self._date1904)}</v></c>"
        return content


class CellWriter:
    """Encodes values into cells of one workbook.

    Attributes:
        formulas: Formula cells written so far.
        table_at: Name of the table at a row and column of the sheet being written, for
            ``[@Column]`` in a formula among values.
        date1904: Whether the workbook counts days from 1904.
    """

    def __init__(self, styles: Styles, date1904: bool) -> None:
        self._styles = styles
        self.date1904 = date1904
        self._variants: dict[tuple[int, str], int] = {}
        self._dates = _Dates(date1904)
        self.formulas = 0
        self.table_at: TableAt = lambda _row, _column: None

    @property
    def text_styles(self) -> set[int]:
        """Style indexes whose format is ``@``."""
        return self._styles.text

    def rows(
        self,
        numbers: Sequence[int],
        columns: Sequence[str],
        looks: Sequence[Look],
        rows: Sequence[Sequence[Any]],
    ) -> list[bytes]:
        """XML of the cells of rows that look alike.

        A column holds values of one kind: what kind it is, is asked once for all of them.

        Args:
            numbers: Of the rows.
            columns: Letters, one a value.
            looks: Of the cells of each row, one a value.
            rows: What is written; None or an empty text empties the cell.
        """
        made = [
            self._column(column, numbers, look, values)
            for column, look, values in zip(columns, looks, zip(*rows, strict=True), strict=True)
        ]
        return ["".join(cells).encode() for cells in zip(*made, strict=True)]

    def _column(
        self, column: str, numbers: Sequence[int], look: Look, values: Sequence[Any]
    ) -> list[str]:
        style, bare = look
        contents = self._contents(style, values)
        if contents is None:
            return [
                self.cell(column, number, look, value)
                for number, value in zip(numbers, values, strict=True)
            ]
        start, given = f'<c r="{column}', f'" s="{style}"' if style else '"'
        if style != bare:
            return [
                f"{start}{number}{given}{content or '/>'}"
                for number, content in zip(numbers, contents, strict=True)
            ]
        return [
            f"{start}{number}{given}{content}" if content else ""
            for number, content in zip(numbers, contents, strict=True)
        ]

    def _contents(self, style: int, values: Sequence[Any]) -> Sequence[str] | None:
        """What follows the style in each cell, nothing in an empty one.

        None where each has to be looked at by itself.
        """
        kinds = set(map(type, values))
        kinds.discard(NoneType)
        if kinds == {str}:
            return self._texts(style, values)
        if not kinds:
            return [""] * len(values)
        if style in self._styles.text:
            return None
        if kinds <= {float, int}:
            held = [value for value in values if value is not None]
            if not (math.isfinite(sum(held)) and min(held) > -1e15 and max(held) < 1e15):
                return None
            return [
                ""
                if value is None
                else f"><v>{int(value) if value == int(value) else value}</v></c>"
                for value in values
            ]
        if kinds == {dt.datetime} and style in self._styles.dates:
            dates = self._dates
            return [dates[value] for value in values]
        return None

    def _texts(self, style: int, values: Sequence[str | None]) -> list[str] | None:
        """The same of texts; None where Excel would retype one, or refuse it."""
        known = dict.fromkeys([value for value in values if value], "")
        if not known:
            return [""] * len(values)
        if max(map(len, known)) > LONGEST_TEXT:
            return None
        if style not in self._styles.text and any(map(SUSPECT.match, known)):
            return None
        if _is_plain(known):
            return [
                f' t="inlineStr"><is><t>{value}</t></is></c>' if value else "" for value in values
            ]
        for text in known:
            known[text] = _inline(text)
        return [known[value] if value else "" for value in values]

    def cell(self, column: str, number: int, look: Look, value: Any) -> str:
        """One cell, whatever its look and its value."""
        style, bare = look
        if value is None or value == "":
            if style == bare:
                return ""
            return (
                f'<c r="{column}{number}" s="{style}"/>' if style else f'<c r="{column}{number}"/>'
            )
        if isinstance(value, str):
            if style in self._styles.text or not SUSPECT.match(value):
                return self._text(column, number, style, str(value))
            return self._typed(column, number, look, str(value))
        if style in self._styles.text:
            return self._as_text(column, number, style, value)
        if isinstance(value, bool):
            s = f' s="{style}"' if style else ""
            return f'<c r="{column}{number}"{s} t="b"><v>{value:d}</v></c>'
        if isinstance(value, dt.date):
            dated = style if style in self._styles.dates else self._dated(style, value)
            return (
                f'<c r="{column}{number}" s="{dated}"><v>{to_serial(value, self.date1904)}</v></c>'
            )
        return _number(column, number, style, _plain_number(value, f"{column}{number}"))

    def _text(self, column: str, number: int, style: int, value: str) -> str:
        if len(value) > LONGEST_TEXT:
            raise ValueError(f"{column}{number}: a cell holds at most {LONGEST_TEXT} characters")
        s = f' s="{style}"' if style else ""
        return f'<c r="{column}{number}"{s}{_inline(value)}'

    def _as_text(self, column: str, number: int, style: int, value: Any) -> str:
        """What a cell in format ``@`` makes of a number, a boolean or a date."""
        if isinstance(value, bool):
            text = "TRUE" if value else "FALSE"
        elif isinstance(value, dt.datetime) and (value.hour or value.minute or value.second):
            text = f"{value.month}/{value.day}/{value.year} {value:%H:%M:%S}"
        elif isinstance(value, dt.date):
            text = f"{value.month}/{value.day}/{value.year}"
        else:
            text = general(_plain_number(value, f"{column}{number}"))
        return self._text(column, number, style, text)

    def _typed(self, column: str, number: int, look: Look, text: str) -> str:
        style = look.style
        typed = entry(text)
        if typed.formula is not None:
            structured = "[@" in typed.formula
            table = self.table_at(number, column_number(column)) if structured else None
            return self.formula(column, number, style, typed.formula, table)
        if typed.error is not None:
            s = f' s="{style}"' if style else ""
            return f'<c r="{column}{number}"{s} t="e"><v>{typed.error}</v></c>'
        if typed.code and self._styles.is_general(style):
            style = self._variant(style, typed.code)
        if isinstance(typed.value, str) and typed.value:
            return self._text(column, number, style, typed.value)
        if isinstance(typed.value, dt.datetime):
            serial = to_serial(typed.value, self.date1904)
            return _number(column, number, style, serial)
        return self.cell(column, number, Look(style, look.bare), typed.value)

    def formula(self, column: str, number: int, style: int, formula: str, table: str | None) -> str:
        """A formula without value; ``formula`` with or without ``=``."""
        self.formulas += 1
        s = f' s="{style}"' if style else ""
        text = _stored_text(formula, table)
        return f'<c r="{column}{number}"{s}><f>{text}</f></c>'

    def _dated(self, style: int, value: dt.date) -> int:
        """Excel shows a date in a General cell as a date."""
        if not self._styles.is_general(style):
            return style
        timed = isinstance(value, dt.datetime) and bool(value.hour or value.minute or value.second)
        return self._variant(style, "m/d/yyyy h:mm" if timed else "m/d/yyyy")

    def _variant(self, style: int, code: str) -> int:
        key = (style, code)
        if key not in self._variants:
            self._variants[key] = self._styles.with_code(style, code)
        return self._variants[key]


def _is_plain(texts: Collection[str]) -> bool:
    """Whether all of some texts stand in XML as they are."""
    whole = "|".join(texts)
    odd = not whole.isprintable() or any(mark in whole for mark in "&<>_")
    return not odd and list(map(str.strip, texts)) == list(texts)


def _inline(text: str) -> str:
    """What follows the style in a cell that holds a text."""
    space = ""
    if text[0].isspace() or text[-1].isspace() or "\n" in text:
        space = ' xml:space="preserve"'
    return f' t="inlineStr"><is><t{space}>{escaped_cell_text(text)}</t></is></c>'


@lru_cache(maxsize=64)
def _stored_text(formula: str, table: str | None) -> str:
    """A column repeats its formula: it is reckoned once."""
    return escaped_cell_text(stored(formula, table))


def _plain_number(value: Any, where: str) -> float:
    """A float; ``TypeError`` for a Decimal and all that is no number."""
    if isinstance(value, Decimal):
        raise TypeError(
            f"{where}: a Decimal turns the cell into a currency in Excel: write a float"
        )
    if not isinstance(value, Real):
        raise TypeError(f"{where}: a cell cannot hold {type(value).__name__}")
    return float(value)


def _number(column: str, number: int, style: int, value: float) -> str:
    s = f' s="{style}"' if style else ""
    if value != value:  # noqa: PLR0124  not a number: an empty cell, as on Windows
        return f'<c r="{column}{number}"{s}/>' if s else ""
    return f'<c r="{column}{number}"{s}><v>{plain(value)}</v></c>'


def plain(value: float) -> str:
    """A number as files hold it: the shortest text that reads back the same."""
    if not math.isfinite(value):
        raise ValueError("a cell cannot hold an infinite number")
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def general(value: float) -> str:
    """A number as the General format shows it, in US English."""
    return plain(value) if abs(value) < 1e11 and value == int(value) else f"{value:.10G}"
