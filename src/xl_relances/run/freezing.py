"""Issue freezes: a row once « éditée » stays as its letter is until it is saved.

What changed in the ledger since is named beside it; ticks or a number changed
since clear « Éditée », after asking.

Source: product specification, section 4, rule 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import xlwings as xw

from xl_relances import french
from xl_relances.book.preparation_rows import CustomerRow, DetailRow, Sheets
from xl_relances.dunning.due_dates import days_overdue
from xl_relances.dunning.history import HistoryRecord
from xl_relances.dunning.motif import HELD
from xl_relances.errors import FindingsError
from xl_relances.run.reading import confirm


def with_current_letters(book: xw.Book, sheets: Sheets) -> Sheets:
    """Issued rows whose letter no longer says what is ticked lose « Éditée », after asking.

    A row issued by hand, without a letter, freezes from here on.
    """
    stale = stale_letters(sheets)
    if stale:
        names = french.listing(row.name or row.account for row in stale)
        confirm(
            book,
            f"{names} : la lettre éditée ne dit plus ce qui est coché (échéances ou numéro "
            "changés depuis). Retirer la coche « Éditée » pour la refaire ?",
        )
    return reopened(sheets)


def stale_letters(sheets: Sheets) -> list[CustomerRow]:
    """Issued rows whose letter no longer says what is ticked."""
    return [
        row
        for row in sheets.customers
        if row.issued and row.digest and row.digest != row.content_digest()
    ]


def reopened(sheets: Sheets) -> Sheets:
    """The same, stale letters no longer issued; those issued by hand freeze as they are."""
    keys = {row.key for row in stale_letters(sheets)}
    customers = [
        replace(row, issued=False, digest="", charges=None)
        if row.key in keys
        else replace(row, digest=row.digest or row.content_digest())
        if row.issued
        else row
        for row in sheets.customers
    ]
    return replace(sheets, customers=customers)


def readable_letters(sheets: Sheets) -> Sheets:
    """The same, when what each issued letter lists can be read.

    Raises:
        FindingsError: A cell of an issued customer means nothing: what its letter says would
            be forgotten.
    """
    issued = {row.key for row in sheets.customers if row.issued}
    stopping = [fault for key, fault in sheets.faults.items() if key is None or key in issued]
    if issued and stopping:
        raise FindingsError(stopping)
    return sheets


SINCE = " ; depuis l'édition : "
"""Behind the reason of an issued row: what changed in the ledger."""

NEW_SINCE = "Arrivée depuis l'édition : "
"""Begins the Motif of an item that an issued letter could not know."""


def frozen_letter(row: CustomerRow, fresh: tuple[DetailRow, ...]) -> CustomerRow:
    """An issued row: what its letter lists stays; other open items stand beside it, unticked."""
    listed = {item.identity: item for item in row.listed}
    old = {item.identity: item for item in row.items}
    items = []
    arrived = []
    for item in fresh:
        if item.identity in listed:
            items.append(replace(listed[item.identity], limitation=item.limitation))
            continue
        before = old.get(item.identity)
        suggested = item.suggested
        if suggested is not None:
            suggested = bool(before.suggested) if before is not None else False
        motif = item.motif
        if item.amount > 0 and (before is None or before.motif.startswith(NEW_SINCE)):
            motif = NEW_SINCE + motif
            arrived.append(item)
        proposed = before.proposed if before is not None else None
        items.append(
            replace(item, listed=False, suggested=suggested, proposed=proposed, motif=motif)
        )
    open_now = {item.identity: item for item in fresh}
    gone = [item for identity, item in listed.items() if identity not in open_now]
    changed = [
        *(f"{item.reference} n'est plus ouverte" for item in gone),
        *(
            sentence
            for identity, item in listed.items()
            if identity in open_now
            for sentence in _differences(item, open_now[identity])
        ),
        *(f"{item.reference} nouvelle" for item in arrived),
    ]
    return replace(_with_note(row, french.listing(changed)), items=(*items, *gone))


def _differences(item: DetailRow, now: DetailRow) -> list[str]:
    changed = []
    if now.remainder != item.remainder:
        changed.append(
            f"{item.reference} reste {french.amount(now.remainder, item.currency)} au lieu de "
            f"{french.amount(item.remainder, item.currency)}"
        )
    if now.due_date != item.due_date:
        day = f"au {french.short_date(now.due_date)}" if now.due_date else "inconnue"
        changed.append(f"échéance de {item.reference} {day}")
    if now.motif.startswith(HELD):
        held, _, _ = now.motif.partition(" ; ")
        changed.append(held[0].lower() + held[1:])
    return changed


def letter_again(records: Sequence[HistoryRecord], row: CustomerRow | None) -> CustomerRow:
    """The row of a saved letter as it was before Save: éditée, with all that its letter lists.

    Args:
        records: What the history says that the letter listed.
        row: The customer's row as it would be proposed now; None when nothing is open.
    """
    sent = {record.identity: record for record in records}
    first = records[0]
    proposed = row is not None and {
        item.identity: (item.remainder, item.due_date) for item in row.listed
    } == {identity: (record.remainder, record.due_date) for identity, record in sent.items()}
    if row is not None and proposed and row.letter_no == first.letter_no:
        row = replace(row, issued=True, file=first.file, batch=first.batch)
        return replace(row, digest=row.content_digest())
    fresh = row.items if row is not None else ()
    now = {item.identity: item for item in fresh}
    as_sent = [_item_sent(record, now.get(record.identity)) for record in records]
    unlisted = [item for item in fresh if item.identity not in sent]
    named_first = max(as_sent, key=lambda item: (item.proposed or 0, item.days_late or 0))
    letter = CustomerRow(
        account=first.account,
        name=row.name if row is not None else first.name,
        currency=first.currency,
        max_late=max(item.days_late or 0 for item in as_sent),
        last_letter=row.last_letter if row is not None else None,
        last_date=row.last_date if row is not None else None,
        typed=None,
        on=True,
        issued=True,
        file=first.file,
        motif=f"Lettre {first.letter_no} du {french.short_date(first.letter_date)} : "
        f"{named_first.reference}",
        forced=row.forced if row is not None else False,
        batch=first.batch,
        digest="",
        items=(*as_sent, *(replace(item, listed=False) for item in unlisted)),
    )
    letter = replace(letter, digest=letter.content_digest())
    return frozen_letter(letter, fresh)


def _item_sent(record: HistoryRecord, now: DetailRow | None) -> DetailRow:
    """A row of Détail as its letter listed it."""
    late = days_overdue(record.due_date, record.letter_date)
    if now is not None:
        return replace(
            now,
            due_date=record.due_date,
            days_late=late,
            set_off=now.amount - record.remainder,
            remainder=record.remainder,
            proposed=record.level,
            listed=True,
            suggested=True,
        )
    return DetailRow(
        account=record.account,
        name=record.name,
        currency=record.currency,
        entry_no=record.entry_no,
        document=record.document,
        document_date=None,
        due_date=record.due_date,
        days_late=late,
        label="",
        debit=record.remainder,
        credit=None,
        amount=record.remainder,
        set_off=0 * record.remainder,
        remainder=record.remainder,
        level=None,
        letter_date=None,
        proposed=record.level,
        next_day=None,
        limitation=None,
        listed=True,
        motif=f"Dans la lettre du {french.short_date(record.letter_date)}",
        identity=record.identity,
        suggested=True,
    )


def _with_note(row: CustomerRow, changed: str) -> CustomerRow:
    """The row saying what changed in the ledger since its letter."""
    note = f"{SINCE}{changed}" if changed else ""
    kept = row.motif.split(SINCE, 1)[0]
    return replace(row, motif=kept + note)
