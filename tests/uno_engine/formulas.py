"""Formulas between Excel's English spelling and LibreOffice's own.

LibreOffice separates arguments by ``;``, sheets from cells by ``.``, and writes
``Table[[#This Row];[Column]]`` where Excel shows ``[@Column]``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_TEXT = re.compile(r'("(?:[^"]|"")*")')
_SHEET = re.compile(r"((?:'(?:[^']|'')*'|\b[\w]+))!(?=\$?[A-Z]{1,3}\$?\d)")
_SHEET_BACK = re.compile(r"\$?((?:'(?:[^']|'')*'|\b[^\W\d]\w*))\.(?=\$?[A-Z]{1,3}\$?\d)")
_THIS_ROW = re.compile(r"(\w*)\[@(?:\[([^\[\]]+)\]|([^\[\]]+))\]")
_COLUMN = re.compile(r"(?<![\w\[\]])(\[[^\[\]#@]+\])(?!\])")
_THIS_ROW_BACK = re.compile(r"(\w+)\[\[#This Row\],\[([^\[\]]+)\]\]")


def to_office(formula: str, table: str | None) -> str:
    """What LibreOffice is told for a formula typed in Excel.

    Args:
        formula: With its ``=``.
        table: The table in which its cell lies.
    """

    def outside(text: str) -> str:
        text = _THIS_ROW.sub(lambda m: f"{m[1] or table}[[#This Row],[{m[2] or m[3]}]]", text)
        text = _COLUMN.sub(rf"{table}\1", text)
        return _SHEET.sub(r"$\1.", text).replace(",", ";")

    return _apart_from_texts(formula, outside)


def to_excel(formula: str, table: str | None) -> str:
    """A formula of LibreOffice's as Excel shows it."""

    def outside(text: str) -> str:
        text = _SHEET_BACK.sub(r"\1!", text.replace(";", ","))
        return _THIS_ROW_BACK.sub(
            lambda m: ("" if m[1] == table else m[1]) + _shown(m[2], m[1] == table), text
        )

    return _apart_from_texts(formula, outside)


def _shown(title: str, inside: bool) -> str:
    plain = inside and re.fullmatch(r"\w+", title)
    return f"[@{title}]" if plain or not inside else f"[@[{title}]]"


def _apart_from_texts(formula: str, outside: Callable[[str], str]) -> str:
    pieces = _TEXT.split(formula)
    pieces[::2] = [outside(piece) for piece in pieces[::2]]
    return "".join(pieces)
