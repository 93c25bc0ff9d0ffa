"""Prepare: ledger, history and selection become Préparation, Détail and Non relancés.

No file and no history is written. What the user decided in the sheets is kept;
rows already issued stay as their letters are.

Source: product specification, sections 1, 3 and 4 (rules 5, 10 and 12).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import xlwings as xw

from xl_relances import french
from xl_relances.book import layout, named_cells, preparation_sheet
from xl_relances.book import settings as named
from xl_relances.book.preparation_rows import Sheets
from xl_relances.book.settings import Criteria
from xl_relances.dunning.decision import Decisions
from xl_relances.dunning.selection import Selection
from xl_relances.errors import RefusedError
from xl_relances.run.freezing import readable_letters, with_current_letters
from xl_relances.run.limitations import barred_items
from xl_relances.run.reading import Snapshot, confirm, gather, quiet, writable
from xl_relances.run.refreshing import (
    PrepareReport,
    previous_criteria,
    proposed,
    refresh,
    selection_of,
)


def prepare(
    book: xw.Book, *, now: datetime, typed: Mapping[str, str] | None = None
) -> PrepareReport:
    """Fill the three sheets from the ledger, the history and the criteria.

    Args:
        book: The workbook.
        now: The moment of the click; its day is the letters' when no date is entered.
        typed: Criteria (setting name to text) that stand over those of the sheet.

    Raises:
        RefusedError: The ledger is empty.
        CancelledError: The user would have lost decisions and answered no.
        FindingsError: A criterion, a setting or the procedure cannot be read.
        BookBusyError: A sheet is protected.
    """
    with quiet(book):
        snapshot = gather_ledger(book)
        passing = writable(
            book,
            layout.PREPARATION_TABLE,
            layout.DETAIL_TABLE,
            layout.NON_RELANCES_TABLE,
            *(() if snapshot.ledger.is_identified else (layout.GRAND_LIVRE_TABLE,)),
            state=snapshot.settings,
        )
        criteria = named.read_criteria(snapshot.settings, typed or {})
        selection = selection_of(snapshot, criteria, now)
        sheets = readable_letters(preparation_sheet.read(book, snapshot.procedure.highest))
        sheets = with_current_letters(book, sheets)
        decisions, lost = kept_decisions(snapshot, sheets, criteria, selection)
        if lost:
            confirm(
                book,
                "Les critères ont changé : "
                + french.count(
                    lost, "choix fait à la main sera perdu", "choix faits à la main seront perdus"
                )
                + " (échéances, numéros, clients retirés ou forcés). Continuer ?",
            )
        report = proposed(snapshot, sheets, criteria, decisions, now=now)
        report = refresh(book, snapshot, report, criteria, now=now)
        in_range = [
            position
            for position in report.positions
            if selection.in_range(position.account) and selection.in_currency(position.currency)
        ]
        barred = barred_items(snapshot, in_range, selection.as_of)
        return replace(report, findings=[*report.findings, *barred, *passing])


def gather_ledger(book: xw.Book) -> Snapshot:
    """The workbook's records.

    Raises:
        RefusedError: The ledger is empty.
    """
    snapshot = gather(book)
    if not snapshot.ledger.entries and not snapshot.ledger.findings:
        raise RefusedError(
            "Grand livre : aucune écriture. Collez ou importez le grand livre, puis Préparer."
        )
    return snapshot


def clear(book: xw.Book) -> int:
    """Empty the three sheets (« Supprimer les relances en cours »), after asking.

    Returns:
        How many customers were taken out of Préparation.
    """
    with quiet(book):
        settings = named.Settings(book)
        sheets = preparation_sheet.read(book, named.procedure(book).highest)
        if not sheets.customers and not sheets.others and not sheets.excluded:
            raise RefusedError("Aucune relance en cours : rien à supprimer.")
        writable(
            book,
            layout.PREPARATION_TABLE,
            layout.DETAIL_TABLE,
            layout.NON_RELANCES_TABLE,
            state=settings,
        )
        issued = sum(row.issued for row in sheets.customers)
        lost = f", dont {issued} déjà éditées et non sauvegardées" if issued else ""
        confirm(
            book,
            f"Supprimer {french.count(len(sheets.customers), 'relance')} en cours{lost} ? "
            "L'historique et les lettres déjà faites restent.",
        )
        preparation_sheet.write(book, [], [], [])
        for setting in named_cells.PREPARATION_STATE:
            settings.write(setting.name, None)
        return len(sheets.customers)


def kept_decisions(
    snapshot: Snapshot, sheets: Sheets, criteria: Criteria, selection: Selection
) -> tuple[Decisions, int]:
    """All decisions under the same criteria, « Forcer » alone under others; how many are lost."""
    decisions = sheets.decisions
    previous = previous_criteria(snapshot)
    if previous is None or previous.same_choice(criteria):
        return decisions, 0
    waiting = {row.key for row in sheets.customers if not row.issued}
    items = {i.identity for row in sheets.customers if not row.issued for i in row.items}
    lost = (
        sum(identity in items for identity in {*decisions.unticked, *decisions.ticked})
        + sum(key in waiting for key in decisions.switched_off)
        + sum(key in waiting for key in decisions.letter_nos)
        + sum(
            not (selection.in_range(account) and selection.in_currency(currency))
            for account, currency in decisions.forced
        )
    )
    return Decisions(forced=decisions.forced), lost
