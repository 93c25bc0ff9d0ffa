"""What a command knows before it decides: the whole workbook as records."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import xlwings as xw

from xl_relances.book import layout, named_cells, tables
from xl_relances.book import settings as named
from xl_relances.book.customers_sheet import Customers, parse_customers
from xl_relances.book.history_sheet import (
    Campaign,
    Campaigns,
    History,
    checksum,
    fingerprint,
    parse_campaigns,
    parse_history,
)
from xl_relances.book.ledger_sheet import Ledger, parse_ledger
from xl_relances.book.settings import Settings
from xl_relances.dunning.history import HistoryRecord, Standing, carried_over, standing
from xl_relances.dunning.ledger import by_account
from xl_relances.dunning.levels import DunningProcedure
from xl_relances.dunning.open_items import AccountPosition, position
from xl_relances.dunning.selection import Policy
from xl_relances.errors import BookBusyError, CancelledError, Finding


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The workbook as records, before anything is decided.

    Attributes:
        settings: Named cells.
        procedure: The levels.
        ledger: Grand livre.
        customers: Clients.
        history: Historique.
        campaigns: Campagnes.
        carried_over: Letters that came with the ledger and are not in the history yet.
        policy: The company's settings as the core reads them.
    """

    settings: Settings
    procedure: DunningProcedure
    ledger: Ledger
    customers: Customers
    history: History
    campaigns: Campaigns
    carried_over: list[HistoryRecord]
    policy: Policy

    @property
    def findings(self) -> list[Finding]:
        """What could not be read, sheet after sheet."""
        return [
            *self.ledger.findings,
            *self.customers.findings,
            *self.history.findings,
            *self.campaigns.findings,
        ]

    @property
    def fingerprint(self) -> str:
        """Changes when a campaign is saved or undone."""
        return fingerprint(self.history, self.campaigns)

    def standing(self) -> Standing:
        """Levels and last letters, from every campaign that counts."""
        return standing([*self.carried_over, *self.history.records], self.campaigns.cancelled)

    def after(self, records: Sequence[HistoryRecord], campaigns: Sequence[Campaign]) -> Snapshot:
        """The same once ``records`` are in the history and ``campaigns`` on their sheet."""
        added = [*self.history.records, *records]
        return replace(
            self,
            history=History(
                added,
                [*self.history.numbers, *([0] * len(records))],
                [*self.history.checksums, *map(checksum, records)],
                self.history.findings,
                self.history.faults,
                self.history.lost,
            ),
            campaigns=Campaigns(list(campaigns), self.campaigns.findings),
            carried_over=_carried_over(self.ledger, added, self.history.lost),
        )

    def positions(self, as_of: date) -> list[AccountPosition]:
        """What every customer owes on ``as_of``, set off."""
        return [
            position(entries, terms=self.policy.of(account).terms or self.policy.terms, as_of=as_of)
            for (account, _), entries in by_account(self.ledger.entries).items()
        ]


def templates_folder(book: xw.Book, snapshot: Snapshot) -> Path:
    """Where the Word templates lie, a folder a language: « Dossier des modèles »."""
    return Path(book.fullname).parent / (
        snapshot.settings.text("dossier_modeles") or "word_templates"
    )


def gather(book: xw.Book) -> Snapshot:
    """Read the workbook.

    Raises:
        BookError: A table or a column is missing.
        FindingsError: A setting or the procedure cannot be read.
    """
    settings = Settings(book)
    procedure = named.procedure(book)
    currency = settings.currency
    ledger = parse_ledger(
        tables.read(book, layout.GRAND_LIVRE_TABLE), currency=currency, highest=procedure.highest
    )
    customers = parse_customers(tables.read(book, layout.CLIENTS_TABLE))
    history = parse_history(tables.read(book, layout.HISTORIQUE_TABLE))
    interval = settings.days("intervalle_relances")
    return Snapshot(
        settings=settings,
        procedure=procedure,
        ledger=ledger,
        customers=customers,
        history=history,
        campaigns=parse_campaigns(tables.read(book, layout.CAMPAGNES_TABLE)),
        carried_over=_carried_over(ledger, history.records, history.lost),
        policy=Policy(
            interval=14 if interval is None else interval,
            ready_items_only=settings.choice("contenu_lettre") == named_cells.ECHEANCES_PRETES,
            terms=named.company_terms(settings),
            customers={
                account: customer.terms for account, customer in customers.by_account.items()
            },
            faults={**history.faults, **customers.faults, **ledger.faults},
        ),
    )


def _carried_over(
    ledger: Ledger, records: Sequence[HistoryRecord], lost: Collection[str]
) -> list[HistoryRecord]:
    """Letters that came with the ledger; items of unreadable history rows had theirs from us."""
    carried = carried_over(ledger.entries, records)
    return [record for record in carried if record.identity not in lost] if lost else carried


@contextmanager
def quiet(book: xw.Book) -> Iterator[None]:
    """One command: no redraw, no events of ours, one calculation at the end.

    The garbage collector rests meanwhile: it would walk a million live cells
    again and again, and rows hold no cycles.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        with (
            book.app.properties(
                screen_updating=False,
                enable_events=False,
                calculation="manual",
                display_alerts=False,
            ),
            tables.found_once(book),
        ):
            yield
    finally:
        if collects:
            gc.enable()


def confirm(book: xw.Book, question: str) -> None:
    """Ask, and go on only on yes.

    Raises:
        CancelledError: The user answered no.
    """
    if book.app.alert(question, "xl-relances", "yes_no", "info") != "yes":
        raise CancelledError("Annulé : rien n'a été changé.")


def writable(book: xw.Book, *wanted: layout.Table, state: Settings | None = None) -> list[Finding]:
    """Make sure, before anything is written, that all these sheets can be.

    Args:
        book: The workbook.
        wanted: The tables that will be written.
        state: The settings, where what the preparation was made with is written too.

    Returns:
        Filters of the user that the write cannot keep.

    Raises:
        BookBusyError: A sheet is protected, or cells of a table are merged; the sentence
            names it.
    """
    sheets = {sheet.name: sheet for sheet in (tables.sheet_of(book, table) for table in wanted)}
    if state is not None:
        sheets |= {sheet.name: sheet for sheet in state.sheets(named_cells.PREPARATION_STATE)}
    for name, sheet in sheets.items():
        if tables.is_protected(sheet):
            raise BookBusyError(
                f"La feuille « {name} » est protégée : ôtez la protection (Révision, "
                "Ôter la protection de la feuille), puis recommencez. Rien n'a été écrit."
            )
    for table in wanted:
        if tables.is_merged(book, table):
            raise BookBusyError(
                f"{table.sheet} : des cellules du tableau « {table.name} » sont fusionnées, ce "
                "qu'on y écrit se perdrait : défusionnez-les (Accueil, Fusionner et centrer), puis "
                "recommencez. Rien n'a été écrit."
            )
    return [finding for table in wanted for finding in tables.passing_filters(book, table)]
