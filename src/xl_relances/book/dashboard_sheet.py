"""Tableau de bord: blocks of figures as values, each under the sentence that its chart shows.

A workbook made before these blocks lacks their names: it is left as it is.
Blank rows of a block are hidden, because charts pass hidden rows by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlwings as xw

from xl_relances.book import layout

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """What the sheet shows.

    Attributes:
        line: The sentence of row 1.
        rows: The rows of each block, cells in the order of its columns.
        findings: The sentence over each chart.
    """

    line: str
    rows: Mapping[layout.Figures, Rows]
    findings: Mapping[layout.Figures, str]


def places(book: xw.Book) -> dict[str, xw.Range]:
    """The cells of the blocks and sentences by name; none in a workbook made before them."""
    wanted = {layout.DASHBOARD_LINE}
    for figures in layout.DASHBOARD:
        wanted |= {figures.name, figures.finding}
    found = {
        name.name: name.refers_to_range
        for name in book.names
        if name.name in wanted and "#REF!" not in str(name.refers_to)
    }
    return found if layout.DASHBOARD_LINE in found else {}


def write(found: Mapping[str, xw.Range], dashboard: Dashboard) -> None:
    """Fill the blocks at :func:`places`; one that the user deleted is passed by."""
    texts = {layout.DASHBOARD_LINE: dashboard.line}
    texts |= {figures.finding: text for figures, text in dashboard.findings.items()}
    for name, text in texts.items():
        if name in found:
            found[name].value = text
    for figures, rows in dashboard.rows.items():
        if figures.name in found:
            _fill(found[figures.name], figures, rows)


def _fill(place: xw.Range, figures: layout.Figures, rows: Rows) -> None:
    """Values in one write; the last row of the place is never filled, so some row is hidden."""
    width, height = len(figures.columns), place.shape[0]
    shown = [list(row) for row in rows[: min(figures.rows, height - 1)]]
    blank = [[None] * width for _ in range(height - len(shown))]
    place[:, :width].value = shown + blank
    place.rows.hidden = False
    place.rows.autofit()
    place[len(shown) :, :].rows.hidden = True
