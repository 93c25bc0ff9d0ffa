"""Values to cells: the XML of what is written, as Excel would have stored it.

A text goes in as an inline string, so the shared strings stay untouched. In a cell
that is not in format ``@`` it becomes whatever Excel makes of it when typed; in
one that is, everything becomes text, numbers too.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from numbers import Real
from typing import Any, TypeAlias

from xl_relances.headless.addresses import column_number
from xl_relances.headless.formulas import stored
from xl_relances.headless.markup import escaped_cell_text
from xl_relances.headless.serials import to_serial
from xl_relances.headless.styles import Styles
from xl_relances.headless.typed import SUSPECT, entry

LONGEST_TEXT = 32_767
"""Characters that a cell can hold."""

_PLAIN = re.compile(
    rf"(?!\s)[^&<>_\x00-\x1f\ud800-\udfff\ufffe\uffff]{{1,{LONGEST_TEXT}}}(?<!\s)\Z"
)
"""Texts that need no escape, no mark that keeps their spaces, and fit."""


TableAt: TypeAlias = Callable[[int, int], str | None]
"""Name of the table at a row and column."""


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
        self._serials: dict[dt.date, float] = {}
        self.formulas = 0
        self.table_at: TableAt = lambda _row, _column: None

    @property
    def text_styles(self) -> set[int]:
        """Style indexes whose format is ``@``."""
        return self._styles.text

    def row(
        self, number: int, columns: Sequence[str], styles: Sequence[int], values: Sequence[Any]
    ) -> bytes:
        """XML of the cells of one row.

        Args:
            number: Of the row.
            columns: Letters, one a value.
            styles: Style indexes of the cells as they are.
            values: What is written; None or an empty text empties the cell.
        """
        pieces: list[str] = []
        add = pieces.append
        text_styles = self._styles.text
        dates = self._styles.dates
        serials = self._serials
        for column, style, value in zip(columns, styles, values, strict=True):
            kind = value.__class__
            if kind is str:
                if not value:
                    if style:
                        add(f'<c r="{column}{number}" s="{style}"/>')
                elif style in text_styles or not SUSPECT.match(value):
                    if style and _PLAIN.match(value):
                        add(
                            f'<c r="{column}{number}" s="{style}" t="inlineStr"><is><t>{value}</t>'
                            "</is></c>"
                        )
                    else:
                        add(self._text(column, number, style, value))
                else:
                    add(self._typed(column, number, style, value))
            elif value is None:
                if style:
                    add(f'<c r="{column}{number}" s="{style}"/>')
            elif style in text_styles:
                add(self._as_text(column, number, style, value))
            elif kind is float:
                if style and value - value == 0:
                    text = int(value) if value.is_integer() and abs(value) < 1e15 else value
                    add(f'<c r="{column}{number}" s="{style}"><v>{text}</v></c>')
                else:
                    add(_number(column, number, style, value))
            elif kind is int and style and -(10**15) < value < 10**15:
                add(f'<c r="{column}{number}" s="{style}"><v>{value}</v></c>')
            elif kind is bool:
                s = f' s="{style}"' if style else ""
                add(f'<c r="{column}{number}"{s} t="b"><v>{value:d}</v></c>')
            elif kind is dt.datetime or isinstance(value, dt.date):
                dated = style if style in dates else self._dated(style, value)
                serial = serials.get(value)
                if serial is None:
                    serial = serials[value] = to_serial(value, self.date1904)
                add(f'<c r="{column}{number}" s="{dated}"><v>{serial}</v></c>')
            else:
                add(self._rest(column, number, style, value))
        return "".join(pieces).encode()

    def _text(self, column: str, number: int, style: int, value: str) -> str:
        if len(value) > LONGEST_TEXT:
            raise ValueError(f"{column}{number}: a cell holds at most {LONGEST_TEXT} characters")
        s = f' s="{style}"' if style else ""
        text = escaped_cell_text(value)
        space = (
            ' xml:space="preserve"'
            if text[0].isspace() or text[-1].isspace() or "\n" in text
            else ""
        )
        return f'<c r="{column}{number}"{s} t="inlineStr"><is><t{space}>{text}</t></is></c>'

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

    def _typed(self, column: str, number: int, style: int, text: str) -> str:
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
        if isinstance(typed.value, str):
            return self._text(column, number, style, typed.value) if typed.value else ""
        if isinstance(typed.value, dt.datetime):
            serial = to_serial(typed.value, self.date1904)
            return _number(column, number, style, serial)
        return self.row(number, [column], [style], [typed.value]).decode()

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

    def _rest(self, column: str, number: int, style: int, value: Any) -> str:
        """Integers, numbers of other libraries, subclasses of str; the others are refused."""
        if isinstance(value, str):
            return self.row(number, [column], [style], [str(value)]).decode()
        return _number(column, number, style, _plain_number(value, f"{column}{number}"))


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
