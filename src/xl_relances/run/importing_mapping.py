"""Correspondance: which column of a file holds what, and what the user chose instead.

The sheet shows each field of the files last imported. What the user changes there
is an answer for the next import of a file of that name; the import keeps it for
all files of the same layout.

Source: product specification, section 6.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import xlwings as xw

from xl_relances.book import cells, layout, tables
from xl_relances.imports.proposals import OPEN, Proposal
from xl_relances.imports.sources import OPTIONS, Answers

_TABLE = layout.CORRESPONDANCE_TABLE


def show_mapping(book: xw.Book, proposals: Sequence[Proposal]) -> None:
    """Write the sheet anew; it shows itself where something is not sure."""
    rows = [
        {
            "Fichier": proposal.file,
            "Champ": proposal.ours,
            "Colonne du fichier": proposal.theirs or None,
            "Exemples": proposal.examples or None,
            "Certitude": proposal.confidence,
            "Proposée": proposal.theirs or None,
            **dict(zip(layout.CHOIX, proposal.choices, strict=False)),
        }
        for proposal in sorted(proposals, key=lambda each: each.confidence != OPEN)
    ]
    tables.write(book, _TABLE, rows, key=lambda row: (row["Fichier"], row["Champ"]))
    if any(proposal.confidence == OPEN for proposal in proposals):
        sheet = tables.sheet_of(book, _TABLE)
        sheet.visible = True
        sheet.activate()
        first = layout.HEADER_ROW + 1
        sheet.range((first, 1 + _index("Colonne du fichier"))).select()


def _index(title: str) -> int:
    return [column.title for column in _TABLE.columns].index(title)


def mapping_answers(book: xw.Book, files: Collection[str]) -> Answers:
    """What the user chose on the sheet, for files of these names, other than was proposed."""
    held = tables.read(book, _TABLE)
    pick = held.picker()
    columns: dict[str, str] = {}
    others: dict[str, str] = {}
    for row in held.rows:
        file, ours, theirs, _, _, proposed, *_ = map(cells.text_or_error, pick(row))
        if file not in files or not theirs or theirs == proposed:
            continue
        if ours in OPTIONS:
            others[OPTIONS[ours]] = theirs
        else:
            columns[ours] = theirs
    return Answers(columns=columns, **others)
