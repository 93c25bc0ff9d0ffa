"""Save: the only way a level moves.

Each issued row of Préparation becomes history, one row an item of its letter,
and leaves Préparation. Everything that could stop it is looked for before the
first cell is written; saving again adds nothing.

Source: product specification, section 4, rules 12 to 14.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import xlwings as xw

from xl_relances import french
from xl_relances.book import cells, layout, preparation_sheet, tables
from xl_relances.book.history_sheet import (
    Campaign,
    campaign_row,
    history_row,
    summarize,
)
from xl_relances.book.preparation_rows import CustomerRow, Sheets
from xl_relances.book.settings import Criteria
from xl_relances.dunning.history import REPRISE, HistoryRecord
from xl_relances.dunning.preparation import level_given
from xl_relances.errors import Finding, FindingsError, RefusedError
from xl_relances.run.freezing import readable_letters, with_current_letters
from xl_relances.run.hand_edits import ask_about_edited
from xl_relances.run.reading import Snapshot, confirm, gather, quiet, writable
from xl_relances.run.refreshing import (
    PrepareReport,
    free_batch,
    previous_criteria,
    proposed,
    refresh,
    selection_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveReport:
    """What Save wrote.

    Attributes:
        batches: Campaigns that it wrote into.
        letters: Customers whose letter was saved.
        items: Items of those letters.
        amounts: What they claimed, by currency.
        by_number: How many letters of each number.
        passed_by: Sentences on issued rows that could not be saved.
        preparation: What is left in Préparation.
        findings: Filters of the user that could not be kept.
    """

    batches: tuple[str, ...]
    letters: int
    items: int
    amounts: Mapping[str, Decimal]
    by_number: Mapping[int, int]
    passed_by: tuple[str, ...]
    preparation: PrepareReport
    findings: tuple[Finding, ...] = ()


def save(book: xw.Book, *, now: datetime, user: str) -> SaveReport:
    """Write the issued rows of Préparation into the history.

    Raises:
        RefusedError: No row is issued, or the history changed since Prepare.
        CancelledError: The user answered no.
        BookBusyError: A sheet is protected; nothing was written.
    """
    from xl_relances.run.sending import SentBy  # noqa: PLC0415 - mail, for this click alone

    with quiet(book):
        snapshot = gather(book)
        if snapshot.campaigns.findings:
            raise FindingsError(snapshot.campaigns.findings)
        criteria = previous_criteria(snapshot) or Criteria()
        selection_of(snapshot, criteria, now)
        sheets = readable_letters(preparation_sheet.read(book, snapshot.procedure.highest))
        sheets = with_current_letters(book, sheets)
        due, passed_by = _to_save(sheets)
        if not due:
            sentence = "Aucune relance éditée à sauvegarder : éditez les lettres, ou cochez Éditée."
            raise RefusedError(" ".join([sentence, *passed_by]))
        _check_history(book, snapshot)
        passing = writable(
            book,
            layout.HISTORIQUE_TABLE,
            layout.CAMPAGNES_TABLE,
            layout.GRAND_LIVRE_TABLE,
            layout.PREPARATION_TABLE,
            layout.DETAIL_TABLE,
            layout.NON_RELANCES_TABLE,
            state=snapshot.settings,
        )
        confirm(book, _question(due, snapshot.procedure.highest))
        saved_at = _after_the_last(snapshot, now.replace(microsecond=0))
        batches = _batches(due, snapshot)
        sent_by = SentBy(book, snapshot)
        records = [
            record
            for row in due
            for record in _records(
                row,
                snapshot,
                batch=batches[row.batch],
                sending=sent_by.of(row),
                user=user,
                saved_at=saved_at,
            )
        ]
        carried_over = [
            replace(record, user=user, saved_at=saved_at) for record in snapshot.carried_over
        ]
        campaigns = _campaigns(snapshot, [*carried_over, *records], criteria, user, saved_at)
        rows = [history_row(record) for record in [*carried_over, *records]]
        tables.append(book, layout.HISTORIQUE_TABLE, rows)
        store_campaigns(book, campaigns)
        snapshot = snapshot.after([*carried_over, *records], campaigns)
        write_levels(book, snapshot)
        saved = {row.key for row in due}
        left = replace(sheets, customers=[row for row in sheets.customers if row.key not in saved])
        report = proposed(snapshot, left, criteria, left.decisions, now=now, just_saved=saved)
        preparation = refresh(book, snapshot, report, criteria, now=now)
        return SaveReport(
            batches=tuple(sorted({record.batch for record in records})),
            letters=len(due),
            items=len(records),
            amounts=_totals(due),
            by_number=Counter(row.letter_no for row in due if row.letter_no),
            passed_by=passed_by,
            preparation=preparation,
            findings=tuple(passing),
        )


def write_levels(book: xw.Book, snapshot: Snapshot) -> None:
    """« Dernière lettre » and « Relancé le » of Grand livre, read again from the history."""
    standing = snapshot.standing()
    ledger = snapshot.ledger
    ours = {record.identity for record in snapshot.history.records}
    changed = []
    for entry, number, recorded in zip(
        ledger.entries, ledger.numbers, ledger.recorded, strict=True
    ):
        reached = standing.of_item(entry.identity)
        # What no letter of ours gave or took away is the user's, legible or not.
        if entry.identity in ours and (reached.level, reached.letter_date) != recorded:
            changed.append((number, reached))
    tables.write_columns(
        book,
        layout.GRAND_LIVRE_TABLE,
        {
            "Dernière lettre": [reached.level or None for _, reached in changed],
            "Relancé le": [cells.moment(reached.letter_date) for _, reached in changed],
        },
        [number for number, _ in changed],
    )


def store_campaigns(book: xw.Book, campaigns: Sequence[Campaign]) -> None:
    """Write the Campagnes sheet."""
    tables.write(
        book,
        layout.CAMPAGNES_TABLE,
        [campaign_row(campaign) for campaign in campaigns],
        key=lambda row: (row["Campagne"], row["Devise"]),
    )


def _to_save(sheets: Sheets) -> tuple[list[CustomerRow], tuple[str, ...]]:
    due: list[CustomerRow] = []
    passed_by: list[str] = []
    for row in sheets.customers:
        if not row.issued:
            continue
        if row.is_chased:
            due.append(row)
            continue
        why = "« Relancer » n'est pas coché" if not row.on else "aucune échéance prête n'est cochée"
        passed_by.append(f"{row.account} {row.name} : {why}, laissé.")
    return due, tuple(passed_by)


def _check_history(book: xw.Book, snapshot: Snapshot) -> None:
    if snapshot.settings.text("preparation_historique") != snapshot.fingerprint:
        raise RefusedError(
            "L'historique a changé depuis la préparation (campagne sauvegardée ou annulée par "
            "quelqu'un d'autre) : cliquez Préparer, les lettres éditées restent. Rien n'est écrit."
        )
    ask_about_edited(book, snapshot)


def _question(due: Sequence[CustomerRow], highest: int) -> str:
    notices = sum(row.letter_no == highest for row in due)
    amounts = french.amounts(_totals(due).items())
    formal = ""
    if notices and highest > 1:
        formal = f", dont {french.count(notices, 'mise en demeure', 'mises en demeure')}"
    items = sum(len(row.listed) for row in due)
    return (
        f"Sauvegarder {french.count(len(due), 'relance')} "
        f"({amounts}, {french.count(items, 'échéance')}{formal}) ?"
    )


def _totals(due: Sequence[CustomerRow]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for row in due:
        totals[row.currency] = totals.get(row.currency, Decimal(0)) + row.balance_due
    return dict(sorted(totals.items()))


def _batches(due: Sequence[CustomerRow], snapshot: Snapshot) -> dict[str, str]:
    """The campaign each row is saved into: its own, or a new one where that was undone."""
    taken = {row.batch for row in snapshot.campaigns.rows}
    current = snapshot.settings.text("preparation_campagne")
    batches: dict[str, str] = {}
    for row in due:
        if row.batch in batches:
            continue
        if row.batch in snapshot.campaigns.cancelled:
            same_day = (
                current[:10] == row.batch[:10] and current not in snapshot.campaigns.cancelled
            )
            batches[row.batch] = (
                current if same_day else free_batch(_letter_date(row, snapshot), taken)
            )
        else:
            batches[row.batch] = row.batch or current
    return batches


def _after_the_last(snapshot: Snapshot, now: datetime) -> datetime:
    """Now, or just after the campaign saved last: the clock may have been set back since.

    Undo takes back the newest.
    """
    last = max((row.saved_at for row in snapshot.campaigns.rows if row.saved_at), default=now)
    return now if now >= last else last + timedelta(seconds=1)


def _letter_date(row: CustomerRow, snapshot: Snapshot) -> date:
    day = row.letter_date or snapshot.settings.day("preparation_date")
    if day is None:
        raise RefusedError(
            f"{row.account} {row.name} : la date de la lettre manque (colonne « Campagne » "
            "modifiée). Cliquez Préparer."
        )
    return day


def _records(
    row: CustomerRow,
    snapshot: Snapshot,
    *,
    batch: str,
    sending: str,
    user: str,
    saved_at: datetime,
) -> list[HistoryRecord]:
    sent, suggested = row.letter_no, row.suggested_no
    assert sent is not None  # rows without a number were passed by
    assert suggested is not None
    day = _letter_date(row, snapshot)
    return [
        HistoryRecord(
            batch=batch,
            letter_date=day,
            account=row.account,
            name=row.name,
            currency=row.currency,
            entry_no=item.entry_no,
            document=item.document,
            due_date=item.due_date,
            remainder=item.remainder,
            letter_no=sent,
            level=level_given(
                sent=sent,
                suggested=suggested,
                proposed=item.proposed,
                highest=snapshot.procedure.highest,
            ),
            sending=sending,
            file=row.file,
            user=user,
            saved_at=saved_at,
            identity=item.identity,
        )
        for item in row.listed
    ]


def _campaigns(
    snapshot: Snapshot,
    records: Sequence[HistoryRecord],
    criteria: Criteria,
    user: str,
    saved_at: datetime,
) -> list[Campaign]:
    """Campagnes with the rows of what was just saved, a campaign saved in parts summed up."""
    written = {record.batch: record.letter_date for record in records}
    campaigns = [row for row in snapshot.campaigns.rows if row.batch not in written]
    for batch, day in written.items():
        everything = [r for r in (*snapshot.history.records, *records) if r.batch == batch]
        before = snapshot.campaigns.of(batch)
        described = before[0].criteria if before else criteria.described(day)
        campaigns += summarize(
            batch,
            everything,
            criteria="Lettres venues avec le grand livre" if batch == REPRISE else described,
            ledger_digest=snapshot.ledger.digest,
            user=user,
            saved_at=saved_at,
        )
    return campaigns
