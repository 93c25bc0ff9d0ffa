"""One expression for the rows of a table, learnt from the rows themselves.

The rows of a table are alike: the same columns, styles and kinds of values. What the
first rows look like becomes an expression that takes a whole row apart at once; a row
that does not fit widens it, so that a few rows teach all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from xl_relances.headless.rows import COLUMNS

_CELL = re.compile(
    rb'<c r="([A-Z]+)\d+"(?: s="(\d+)")?(?: t="(\w+)")?'
    rb"(?:/>|>(?:(?:<f[^>]*(?:/>|>[^<]*</f>))?(?:<v>[^<]*</v>|<v/>)|<is><t[^>]*>[^<]*</t></is>)?</c>)"
)
"""Cells as nearly all writers put them; not texts of several runs, nor formulas without value."""

_FORMULA = rb"(?:<f[^>]*(?:/>|>[^<]*</f>))?"
_MOST = 100
"""Lessons after which rows that still do not fit are read cell by cell."""

INLINE = b"inlineStr"


class Kind(NamedTuple):
    """What one group of the expression holds.

    Attributes:
        column: Its letters.
        style: Its style index, as written; empty for none.
        kind: Its ``t``, as written; empty for a number.
    """

    column: bytes
    style: bytes
    kind: bytes


class RowPattern:
    """The expression as learnt so far.

    Attributes:
        kinds: What its groups hold, in order.
    """

    def __init__(self, wanted: Collection[bytes]) -> None:
        """Learn from nothing; only columns in ``wanted`` (letters) become groups."""
        self.kinds: list[Kind] = []
        self._wanted = wanted
        self._known: dict[bytes, dict[bytes, set[bytes]]] = {}
        self._lessons = 0
        self._expression = re.compile(b"(?!)")

    def groups(self, cells: bytes) -> tuple[bytes | None, ...] | None:
        """Contents of the cells of a row; None when it does not fit."""
        found = self._expression.fullmatch(cells)
        return None if found is None else found.groups()

    def lesson(self, cells: bytes) -> list[Kind]:
        """What a row that does not fit has that is not known yet; nothing where it is too odd."""
        found = _CELL.findall(cells)
        if self._lessons >= _MOST or len(found) != cells.count(b"<c "):
            return []
        return [
            Kind(column, style, kind)
            for column, style, kind in found
            if kind not in self._known.get(column, {}).get(style, ())
        ]

    def learn(self, lesson: Iterable[Kind]) -> None:
        """Widen the expression; its groups are others from here on."""
        self._lessons += 1
        for column, style, kind in lesson:
            self._known.setdefault(column, {}).setdefault(style, set()).add(kind)
        self.kinds = []
        columns = sorted(self._known, key=COLUMNS.__getitem__)
        self._expression = re.compile(b"".join([self._column(column) for column in columns]))

    def _column(self, column: bytes) -> bytes:
        styles = b"|".join(
            self._cell(column, style, kinds) for style, kinds in self._known[column].items()
        )
        return rb'(?:<c r="%s\d+"(?:%s))?' % (column, styles)

    def _cell(self, column: bytes, style: bytes, kinds: Collection[bytes]) -> bytes:
        opened, closed = b"", b""
        if column in self._wanted:
            opened, closed = b"(", b")"
        alternatives = [b"/>"]
        for kind in sorted(kinds):
            if opened:
                self.kinds.append(Kind(column, style, kind))
            content = b"%s[^<]*%s" % (opened, closed)
            if kind == INLINE:
                inside = rb"(?:<is><t[^>]*>%s</t></is>)?" % content
            else:
                inside = rb"(?:%s(?:<v>%s</v>|<v/>))?" % (_FORMULA, content)
            given = b' t="%s"' % kind if kind else b""
            alternatives.append(b"%s>%s</c>" % (given, inside))
        written = b' s="%s"' % style if style else b""
        return b"%s(?:%s)" % (written, b"|".join(alternatives))
