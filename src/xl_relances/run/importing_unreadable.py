"""Rows that the import could not read, as they stand at the foot of Grand livre.

Source: product specification, section 4, rule 5, and section 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from xl_relances import french
from xl_relances.book import cells, layout
from xl_relances.book.ledger_sheet import is_readable
from xl_relances.dunning.ledger import LedgerEntry
from xl_relances.imports.lines import LeftOut


def unreadable_row(left: LeftOut, currency: str) -> dict[str, Any]:
    """A row that the sheet cannot read either, whatever it makes of the text at fault."""
    assert left.kept is not None
    row = {title: _cell(value) for title, value in left.kept.items()}
    if is_readable(row, currency):
        row[left.at] = f"? {left.kept[left.at]}"
    return row


def _cell(value: Any) -> Any:
    """A value as the cell that holds it; nothing for an empty text."""
    if isinstance(value, Decimal):
        return float(value)
    return cells.moment(value) if isinstance(value, date) else value or None


def notes_on(rows: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """What unreadable rows mean for letters."""
    accounts = sorted({row["Compte"] for row in rows if row["Compte"]})
    lost = sum(not row["Compte"] for row in rows)
    if accounts:
        count = len(rows) - lost
        yield (
            french.count(count, "ligne illisible gardée", "lignes illisibles gardées")
            + f" en bas de Grand livre, à corriger : pas de lettre d'ici là à "
            f"{french.listing(accounts, most=8)}"
        )
    if lost:
        yield (
            french.count(
                lost, "ligne sans compte client gardée", "lignes sans compte client gardées"
            )
            + " en bas de Grand livre, à compléter ou à supprimer : comptée"
            f"{'s' if lost > 1 else ''} pour personne, un client peut être relancé de trop"
        )


def may_be(entry: LedgerEntry, row: Mapping[str, Any]) -> bool:
    """Whether an unreadable row may be that entry."""
    known = (entry.account, entry.entry_no, entry.document)
    return known == (row["Compte"], row.get("Écriture") or "", row.get("Pièce") or "")


def typed(row: Mapping[str, Any]) -> dict[str, Any]:
    """An unreadable row as it is typed: texts among amounts and dates stay texts."""
    return {
        title: cell
        if layout.GRAND_LIVRE_TABLE.column(title).kind is layout.Kind.TEXT
        else cells.as_text(cell)
        for title, cell in row.items()
    }
