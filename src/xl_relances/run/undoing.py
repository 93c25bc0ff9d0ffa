"""Undo: the newest campaign not yet undone is taken back, and its letters are issued again.

History is not deleted: the campaign is dated as undone, levels are read again
from what still counts, and the three sheets become what they were before Save.

Source: product specification, section 4, rule 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import xlwings as xw

from xl_relances import french
from xl_relances.book import layout, preparation_sheet
from xl_relances.book import settings as named
from xl_relances.book.preparation_rows import Sheets
from xl_relances.book.settings import Criteria
from xl_relances.dunning.decision import Decisions, Key
from xl_relances.dunning.history import HistoryRecord
from xl_relances.errors import Finding, FindingsError, RefusedError
from xl_relances.run.freezing import readable_letters
from xl_relances.run.hand_edits import ask_about_edited
from xl_relances.run.reading import Snapshot, confirm, gather, quiet, writable
from xl_relances.run.refreshing import (
    PrepareReport,
    decide,
    previous_criteria,
    proposed,
    refresh,
    selection_of,
)
from xl_relances.run.saving import store_campaigns, write_levels


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoReport:
    """What Undo took back.

    Attributes:
        batch: The campaign.
        letters: How many letters it held.
        items: How many items they listed.
        preparation: Préparation as it is again.
        findings: Filters of the user that could not be kept.
    """

    batch: str
    letters: int
    items: int
    preparation: PrepareReport
    findings: tuple[Finding, ...] = ()


def undo(book: xw.Book, *, now: datetime) -> UndoReport:
    """Take back the newest campaign not yet undone.

    Raises:
        RefusedError: There is none.
        CancelledError: The user answered no.
        BookBusyError: A sheet is protected; nothing was written.
    """
    with quiet(book):
        snapshot = gather(book)
        if snapshot.campaigns.findings:
            raise FindingsError(snapshot.campaigns.findings)
        batch = snapshot.campaigns.newest
        if batch is None:
            raise RefusedError("Aucune campagne à annuler : l'historique n'en a pas d'autre.")
        records = [record for record in snapshot.history.records if record.batch == batch]
        if not records:
            raise RefusedError(f"Campagne {batch} : ses lignes manquent dans l'historique.")
        letters = _letters(records)
        criteria = _criteria_of(snapshot, records)
        selection_of(snapshot, criteria, now)
        ask_about_edited(book, snapshot, batch)
        passing = writable(
            book,
            layout.CAMPAGNES_TABLE,
            layout.GRAND_LIVRE_TABLE,
            layout.PREPARATION_TABLE,
            layout.DETAIL_TABLE,
            layout.NON_RELANCES_TABLE,
            state=snapshot.settings,
        )
        sheets = readable_letters(preparation_sheet.read(book, snapshot.procedure.highest))
        confirm(book, _question(snapshot, sheets, records, criteria))
        decisions = sheets.decisions if _same_preparation(snapshot, criteria) else Decisions()
        sheets = _without_undone(sheets, snapshot)
        undone_at = now.replace(microsecond=0)
        campaigns = [
            replace(row, cancelled_at=undone_at) if row.batch == batch else row
            for row in snapshot.campaigns.rows
        ]
        store_campaigns(book, campaigns)
        snapshot = snapshot.after([], campaigns)
        write_levels(book, snapshot)
        decisions = _as_sent(snapshot, criteria, decisions, letters, now)
        report = proposed(snapshot, sheets, criteria, decisions, now=now, restored=letters)
        preparation = refresh(book, snapshot, report, criteria, now=now)
        return UndoReport(
            batch=batch,
            letters=len(letters),
            items=len(records),
            preparation=preparation,
            findings=tuple(passing),
        )


def _letters(records: Sequence[HistoryRecord]) -> dict[Key, list[HistoryRecord]]:
    letters: dict[Key, list[HistoryRecord]] = {}
    for record in records:
        letters.setdefault((record.account, record.currency), []).append(record)
    return letters


def _criteria_of(snapshot: Snapshot, records: Sequence[HistoryRecord]) -> Criteria:
    """The criteria of the campaign, on the day of its letters whatever the text says."""
    written = named.parse_criteria(snapshot.campaigns.of(records[0].batch)[0].criteria)
    day = french.short_date(records[0].letter_date)
    return Criteria(values={**written.values, "date_relance": day})


def _question(
    snapshot: Snapshot, sheets: Sheets, records: Sequence[HistoryRecord], criteria: Criteria
) -> str:
    batch, letters, items = records[0].batch, len(_letters(records)), len(records)
    amounts = french.amounts((row.currency, row.amount) for row in snapshot.campaigns.of(batch))
    question = (
        f"Annuler la campagne {batch} ({french.count(letters, 'lettre')}, "
        f"{french.count(items, 'échéance')}, {amounts}) ? Ses lettres redeviennent éditées et "
        "non sauvegardées, les niveaux reviennent à ce qu'ils étaient."
    )
    if sheets.customers and not _same_preparation(snapshot, criteria):
        question += " La préparation en cours est remplacée par celle de cette campagne."
    return question


def _same_preparation(snapshot: Snapshot, criteria: Criteria) -> bool:
    previous = previous_criteria(snapshot)
    return previous is not None and previous.values == criteria.values


def _without_undone(sheets: Sheets, snapshot: Snapshot) -> Sheets:
    """Letters that an earlier Undo brought back do not outlive the campaign before theirs."""
    customers = [
        replace(row, issued=False) if row.batch in snapshot.campaigns.cancelled else row
        for row in sheets.customers
    ]
    return replace(sheets, customers=customers)


def _as_sent(
    snapshot: Snapshot,
    criteria: Criteria,
    decisions: Decisions,
    letters: dict[Key, list[HistoryRecord]],
    now: datetime,
) -> Decisions:
    """The decisions under which Prepare lists again exactly what those letters listed."""
    selection = selection_of(snapshot, criteria, now)
    chased = {c.key for c in decide(snapshot, selection, decisions).chased}
    decisions = replace(
        decisions,
        forced={*decisions.forced, *(key for key in letters if key not in chased)},
        switched_off=set(decisions.switched_off) - set(letters),
    )
    sent = {record.identity for records in letters.values() for record in records}
    numbers = {key: records[0].letter_no for key, records in letters.items()}
    for _ in range(3):  # an item taken out may change the number, hence what else is listed
        preparation = decide(snapshot, selection, decisions)
        customers = [c for c in preparation.chased if c.key in letters]
        items = [line for customer in customers for line in customer.items]
        wrong = {line.item.identity for line in items if line.listed} - sent
        missing = {line.item.identity for line in items if line.eligible and not line.listed} & sent
        if not wrong and not missing:
            break
        decisions = replace(
            decisions,
            unticked=(set(decisions.unticked) | wrong) - sent,
            ticked=(set(decisions.ticked) | missing) - wrong,
        )
    return replace(
        decisions,
        letter_nos={
            **decisions.letter_nos,
            **{c.key: numbers[c.key] for c in customers if c.number != numbers[c.key]},
        },
    )
