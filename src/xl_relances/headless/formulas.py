"""Formulas as people write them and as files hold them.

Files spell ``[@Compte]`` as ``Preparation[[#This Row],[Compte]]`` and put ``_xlfn.``
before functions younger than the format. Relative references move when a
formula is filled down or a shared formula is told apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from xl_relances.headless.addresses import LAST_COLUMN, LAST_ROW, column_number, letters

_YOUNG = (
    "ACOT|AGGREGATE|ARABIC|BASE|CEILING\\.MATH|CONCAT|COT|DAYS|FILTER|FLOOR\\.MATH|FORMULATEXT|"
    "HSTACK|IFNA|IFS|ISOWEEKNUM|LAMBDA|LET|MAXIFS|MINIFS|NUMBERVALUE|RANDARRAY|SEQUENCE|SHEETS?|"
    "SORTBY|SORT|SWITCH|TEXTAFTER|TEXTBEFORE|TEXTJOIN|TEXTSPLIT|TOCOL|TOROW|UNICHAR|UNICODE|"
    "UNIQUE|VSTACK|WRAPCOLS|WRAPROWS|XLOOKUP|XMATCH|XOR|CHOOSECOLS|CHOOSEROWS|DROP|TAKE|EXPAND"
)
_TWICE_YOUNG = {"FILTER", "SORT"}
"""Files write ``_xlfn._xlws.`` before these."""

_TEXT = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'!')
_FUNCTION = re.compile(rf"(?<![\w.])({_YOUNG})(?=\()", re.IGNORECASE)
_STORED_FUNCTION = re.compile(r"_xlfn\.(?:_xlws\.)?|_xlpm\.|_xlws\.")
_THIS_ROW = re.compile(
    r"(?<![\w.\]])(?P<table>[^\W\d][\w.]*)?\[@(?:(?P<plain>[^\[\]:]*)|\[(?P<wrapped>(?:[^\[\]']|'.)*)\]"
    r"(?::\[(?P<last>(?:[^\[\]']|'.)*)\])?)\]"
)
_STORED_THIS_ROW = re.compile(
    r"(?P<table>[^\W\d][\w.]*)\[\[#This Row\](?:,\[(?P<column>(?:[^\[\]']|'.)*)\]"
    r"(?::\[(?P<last>(?:[^\[\]']|'.)*)\])?)?\]"
)
_PLAIN_COLUMN = re.compile(r"\w+")
_REFERENCE = re.compile(
    r"(?<![\w.\[$])(?P<dc>\$?)(?P<column>[A-Za-z]{1,3})(?P<dr>\$?)(?P<row>\d{1,7})(?![\w(.\[!])"
)
_BRACKETS = re.compile(r"\[(?:[^\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])*\]")


@lru_cache(maxsize=1024)
def stored(formula: str, table: str | None) -> str:
    """A formula as files hold it, without ``=``.

    Args:
        formula: As written, with or without ``=``.
        table: Name of the table that holds the cell, for ``[@Column]``.
    """
    formula = formula.removeprefix("=")

    def this_row(match: re.Match[str]) -> str:
        name = match["table"] or table
        if name is None:
            return match.group()
        column = match["wrapped"] if match["wrapped"] is not None else match["plain"]
        if not column:
            return f"{name}[#This Row]"
        last = f":[{match['last']}]" if match["last"] is not None else ""
        return f"{name}[[#This Row],[{column}]{last}]"

    def young(match: re.Match[str]) -> str:
        inner = "_xlws." if match[1].upper() in _TWICE_YOUNG else ""
        return f"_xlfn.{inner}{match[1]}"

    return _outside_texts(
        formula, lambda piece: _FUNCTION.sub(young, _THIS_ROW.sub(this_row, piece))
    )


def shown(formula: str, table: str | None) -> str:
    """The reverse of ``stored``, with ``=``; the cell's own table is not named."""

    def this_row(match: re.Match[str]) -> str:
        same = table is not None and match["table"].casefold() == table.casefold()
        name = "" if same else match["table"]
        column, last = match["column"], match["last"]
        if column is None:
            return f"{name}[@]"
        if last is not None:
            return f"{name}[@[{column}]:[{last}]]"
        return f"{name}[@{column}]" if _PLAIN_COLUMN.fullmatch(column) else f"{name}[@[{column}]]"

    return "=" + _outside_texts(
        formula, lambda piece: _STORED_THIS_ROW.sub(this_row, _STORED_FUNCTION.sub("", piece))
    )


def moved(formula: str, rows: int, columns: int) -> str:
    """A stored formula with its relative references moved; ``#REF!`` off the sheet."""
    if not rows and not columns:
        return formula

    def reference(match: re.Match[str]) -> str:
        column = column_number(match["column"]) + (0 if match["dc"] else columns)
        row = int(match["row"]) + (0 if match["dr"] else rows)
        if not column_number(match["column"]) <= LAST_COLUMN:
            return match.group()
        if not (1 <= column <= LAST_COLUMN and 1 <= row <= LAST_ROW):
            return "#REF!"
        return f"{match['dc']}{letters(column)}{match['dr']}{row}"

    def outside_brackets(piece: str) -> str:
        return _apart(piece, _BRACKETS, lambda text: _REFERENCE.sub(reference, text))

    return _outside_texts(formula, outside_brackets)


def filled(formula: str, rows: Sequence[int], columns: Sequence[int]) -> list[list[str]]:
    """Formulas with ``=`` for a block: each ``formula`` moved so many rows and columns."""
    if moved(formula, 1, 1) == formula:  # it has no relative reference
        return [[f"={formula}"] * len(columns)] * len(rows)
    return [[f"={moved(formula, row, column)}" for column in columns] for row in rows]


def _outside_texts(formula: str, change: object) -> str:
    return _apart(formula, _TEXT, change)


def _apart(formula: str, kept: re.Pattern[str], change: object) -> str:
    """Apply ``change`` to what lies between the matches of ``kept``."""
    assert callable(change)
    pieces: list[str] = []
    position = 0
    for match in kept.finditer(formula):
        pieces += [str(change(formula[position : match.start()])), match.group()]
        position = match.end()
    pieces.append(str(change(formula[position:])))
    return "".join(pieces)
