"""The number formats without which Excel changes what is written.

A text in a cell that is not « @ » is retyped in US English; a number or a day in one that is
becomes a text. Excel may leave cells that have a format as they are when a table grows over
them, and where the user moved columns the formats of others stand below the table: a day
would become a text there, a number a day.

Source: excel specification, rule 3 of « Rules of the code that touches a book ».
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import xlwings as xw

from xl_relances.book import layout

_STRICT = (layout.Kind.TEXT, layout.Kind.LINK)
"""Texts are « @ »; links are not, or they stay texts. Other kinds keep the user's format."""


def set_formats(
    area: xw.Range, titles: Sequence[str], table: layout.Table, *, old_rows: int
) -> None:
    """Make each column of a body, or of its last rows, ready for what it will hold.

    Args:
        area: The rows, as wide as the table.
        titles: Its columns.
        table: Its contract.
        old_rows: How many of the rows, the first ones, were in the table before.
    """
    kinds = {column.title: column.kind for column in table.columns}
    index = 0
    for kind, run in groupby(titles, key=kinds.get):
        width = len(list(run))
        if kind is not None or old_rows < area.shape[0]:
            set_format(area[:, index : index + width], kind, old_rows=old_rows)
        index += width


def set_format(area: xw.Range, kind: layout.Kind | None, *, old_rows: int) -> None:
    """The same for neighbouring columns of one kind; None is the user's own."""
    found = area.number_format
    wanted: str | None = None if kind is None else layout.NUMBER_FORMATS[kind]
    if wanted is not None and (kind in _STRICT or found == "@"):
        if found != wanted:
            area.number_format = wanted
    elif found is None and area.shape[1] > 1:
        for index in range(area.shape[1]):
            set_format(area[:, index], kind, old_rows=old_rows)
    elif found is None and 0 < old_rows < area.shape[0]:
        above = area[old_rows - 1, 0].number_format
        area[old_rows:, :].number_format = (wanted or above) if above == "@" else above
