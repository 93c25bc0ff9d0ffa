"""History rows that somebody edited by hand since they were saved: named, and asked about.

Levels follow whatever the history says, so Save and Undo ask before they rely on it.

Source: product specification, section 4, rule 12.
"""

from __future__ import annotations

from collections import Counter

import xlwings as xw

from xl_relances import french
from xl_relances.run.reading import Snapshot, confirm


def ask_about_edited(book: xw.Book, snapshot: Snapshot, batch: str | None = None) -> None:
    """Name the history rows that were edited by hand since they were saved, and ask.

    Rows that can no longer be read are named too, of whatever campaign, and campaigns that
    lost or gained rows.

    Args:
        book: The workbook.
        snapshot: Its records.
        batch: Only rows of that campaign; None for all.
    """
    edited = [
        (number, record)
        for number, record in snapshot.history.edited
        if batch is None or record.batch == batch
    ]
    places = [
        f"ligne {number} ({record.account}, {record.document or record.entry_no})"
        for number, record in edited
    ]
    unreadable = sorted({finding.row or 0 for finding in snapshot.history.findings})
    places += [f"ligne {number} (illisible)" for number in unreadable]
    sentences = []
    if places:
        sentences.append(
            french.listing(places)
            + (" a été modifiée" if len(places) == 1 else " ont été modifiées")
            + " à la main depuis la sauvegarde"
        )
    counts = [] if unreadable else _miscounted(snapshot, batch)
    if counts:
        sentences.append(f"{french.listing(counts)}, ajoutées ou supprimées à la main")
    if sentences:
        confirm(
            book,
            f"Historique : {' ; '.join(sentences)}. Les niveaux suivront ce qui est écrit. "
            "Continuer ?",
        )


def _miscounted(snapshot: Snapshot, batch: str | None) -> list[str]:
    """Campaigns that have more or fewer rows in the history than were saved."""
    held = Counter(record.batch for record in snapshot.history.records)
    saved: Counter[str] = Counter()
    for row in snapshot.campaigns.rows:
        saved[row.batch] += row.items
    return [
        f"campagne {name} : {french.count(held[name], 'ligne')} au lieu de {count}"
        for name, count in saved.items()
        if held[name] != count and batch in {None, name}
    ]
