"""Import: files of accounting packages become Grand livre and Clients, in one step.

Everything is read and decided before the first cell is written. History, levels,
disputes and the users' own columns stay with their items, matched by identity;
the same file again changes nothing.

Source: product specification, section 6 and section 4, rules 1 and 3.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlwings as xw

from xl_relances import french
from xl_relances.book import layout
from xl_relances.book.settings import Settings
from xl_relances.errors import FindingsError
from xl_relances.imports.lines import FileRead, LeftOut
from xl_relances.imports.proposals import Proposal, propose
from xl_relances.imports.reading import FilesRead, read_files
from xl_relances.imports.report import ImportReport
from xl_relances.imports.sources import (
    DATES,
    DECIMAL,
    ENCODING,
    OPTIONS,
    Answers,
    named_signature,
)
from xl_relances.imports.titles import normal
from xl_relances.run.importing_customers import plan_customers, write_customers
from xl_relances.run.importing_ledger import plan_ledger, write_ledger
from xl_relances.run.reading import quiet, writable

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What Import did.

    Attributes:
        reports: One a file.
        left_out: Rows that were left out though they should not be.
        changed: Whether Grand livre changed.
        customers_added: Rows added to Clients.
        customers_completed: Customers of whom empty cells of Clients were filled.
        notes: On the whole import, French sentences without a full stop.
        currency: The company's.
    """

    reports: tuple[ImportReport, ...]
    left_out: tuple[LeftOut, ...]
    changed: bool
    customers_added: int
    customers_completed: int
    notes: tuple[str, ...]
    currency: str

    @property
    def summary(self) -> str:
        """The result in one sentence."""
        rows = sum(report.rows_kept for report in self.reports)
        balance = sum((report.balance for report in self.reports), _ZERO)
        sentence = f"Import : {french.count(rows, 'ligne importée', 'lignes importées')}"
        if any(report.customers for report in self.reports):
            sentence += f", solde clients {french.amount(balance, self.currency)}"
        if self.left_out:
            sentence += ", " + french.count(
                len(self.left_out), "ligne laissée de côté", "lignes laissées de côté"
            )
        if not self.changed and not self.customers_added and not self.customers_completed:
            sentence += " ; rien n'a changé"
        return f"{sentence}."

    @property
    def sentences(self) -> list[str]:
        """The report for people, a line each."""
        lines: list[str] = []
        for report in self.reports:
            lines += report.sentences(self.currency)
        if self.customers_added:
            lines.append(
                "Clients : "
                + french.count(self.customers_added, "client ajouté", "clients ajoutés")
            )
        if self.customers_completed:
            lines.append(
                "Clients : "
                + french.count(self.customers_completed, "fiche complétée", "fiches complétées")
            )
        lines += self.notes
        lines.append(self.summary)
        return lines

    def as_json(self) -> list[dict[str, Any]]:
        """The reports for machines."""
        places = french.decimal_places(self.currency)
        return [report.as_json(places) for report in self.reports]


def import_files(
    book: xw.Book, paths: Sequence[Path], *, answers: Answers | None = None
) -> ImportResult:
    """Read files and replace the ledger, complete the customers.

    Args:
        book: The workbook.
        paths: Ledger exports, customers' files, or both.
        answers: What the user said about columns, encodings, dates beforehand.

    Raises:
        RefusedError: A file is no export or holds nothing; nothing was written.
        FindingsError: A file leaves something open; nothing was written.
        CancelledError: The user did not want another company's ledger.
        BookBusyError: A sheet is protected; nothing was written.
    """
    answers = answers or Answers()
    with quiet(book), told(book) as tell:
        tell(f"lecture de {french.listing(path.name for path in paths)}")
        settings = Settings(book)
        currency = settings.currency
        read = read_files(
            paths,
            roots=_roots(settings),
            currency=currency,
            answers=answers,
            remembered=lambda signature: _remembered(book, signature),
        )
        writable(book, layout.GRAND_LIVRE_TABLE, layout.CLIENTS_TABLE)
        rows = sum(file.rows_read for file in read.files)
        tell(f"{french.count(rows, 'ligne lue', 'lignes lues')}, comparaison avec Grand livre")
        clients = plan_customers(book, read, currency)
        notes: list[str] = []
        changed = False
        absent: tuple[dict[str, Any], ...] = ()
        lines = [line for file in read.files for line in file.lines]
        faults = tuple(row for file in read.files for row in file.left_out if row.fault)
        if not lines and not any(file.customers for file in read.files):
            raise FindingsError([row.finding for row in faults])
        if lines:
            left_out = [row for file in read.files for row in file.left_out]
            plan = plan_ledger(book, lines, left_out, clients.customers, settings, currency)
            changed, absent = plan.changed, plan.absent
            notes += plan.notes
            tell(f"écriture de {french.count(len(plan.rows), 'ligne')} dans Grand livre")
            write_ledger(book, plan)
        tell("écriture de Clients")
        write_customers(book, clients)
        _remember(book, read, answers)
        return ImportResult(
            reports=_reports(read, absent, currency),
            left_out=faults,
            changed=changed,
            customers_added=len(clients.added),
            customers_completed=len(clients.completed),
            notes=tuple(notes),
            currency=currency,
        )


@contextmanager
def told(book: xw.Book) -> Iterator[Callable[[str], None]]:
    """What says in the status bar how far the import is; cleared at the end."""

    def tell(step: str) -> None:
        book.app.status_bar = f"Import : {step}…"

    try:
        yield tell
    finally:
        book.app.status_bar = False


def proposed(
    book: xw.Book, paths: Sequence[Path], answers: Answers, *, asked: Collection[str] = ()
) -> list[Proposal]:
    """Which column of these files holds what, as an import would take it, with the choices."""
    return propose(
        paths,
        roots=_roots(Settings(book)),
        answers=answers,
        remembered=lambda signature: _remembered(book, signature),
        asked=asked,
    )


def _roots(settings: Settings) -> tuple[str, ...]:
    text = settings.text("racines_clients")
    return tuple(filter(None, re.split(r"[\s,;]+", text))) or ("411",)


def _reports(
    read: FilesRead, absent: tuple[dict[str, Any], ...], currency: str
) -> tuple[ImportReport, ...]:
    totals: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    with_open: set[tuple[str, str]] = set()
    for file in read.files:
        for line in file.lines:
            entry = line.entry
            totals[entry.account, entry.currency] += entry.amount
            if entry.is_open and entry.amount:
                with_open.add((entry.account, entry.currency))
    nil = {key for key in with_open if not totals[key]}
    reports = []
    for file in read.files:
        reports.append(_report(file, nil, absent if file.lines else (), currency))
        if file.lines:
            absent = ()
    return tuple(reports)


def _report(
    file: FileRead,
    nil: Collection[tuple[str, str]],
    absent: tuple[dict[str, Any], ...],
    currency: str,
) -> ImportReport:
    debit = credit = unallocated = _ZERO
    foreign: dict[str, Decimal] = defaultdict(Decimal)
    for line in file.lines:
        entry = line.entry
        if entry.currency == currency:
            debit += entry.debit
            credit += entry.credit
        else:
            foreign[entry.currency] += entry.amount
            debit += max(line.euros, _ZERO)
            credit += max(-line.euros, _ZERO)
        if entry.is_open:
            unallocated += line.euros
    notes = list(file.notes)
    notes += [
        f"solde en {code} : {french.amount(value, code)}" for code, value in sorted(foreign.items())
    ]
    accounts = {(line.entry.account, line.entry.currency) for line in file.lines}
    customers = {account for account, _ in accounts}
    notes += [
        f"{account} : le compte {general} tient {french.amount(value, currency)} pour ce client, "
        "hors des racines"
        for (account, general), value in sorted(file.beside.items())
        if account in customers
    ]
    return ImportReport(
        file=file.file,
        encoding=file.encoding,
        separator=file.separator,
        rows_read=file.rows_read,
        rows_kept=len(file.lines) + len(file.customers),
        left_out=tuple(file.left_out),
        debit=debit,
        credit=credit,
        balance=debit - credit,
        unallocated_balance=unallocated,
        customers=len(customers) or len(file.customers),
        accounts_nil_with_open_items=tuple(sorted({a for a, c in nil if (a, c) in accounts})),
        absent_since_last=absent,
        columns=tuple(file.columns),
        notes=tuple(notes),
    )


_MOST = 250


def _name(signature: str) -> str:
    return f"import_{signature}"


def _remembered(book: xw.Book, signature: str) -> dict[str, str]:
    """Answers kept for a layout or a source, in a name of the workbook that holds a text."""
    wanted = _name(signature)
    for name in book.names:
        if name.name == wanted:
            text = str(name.refers_to).removeprefix("=").strip('"').replace('""', '"')
            return dict(pair.split("=", 1) for pair in text.split("|") if "=" in pair)
    return {}


def _remember(book: xw.Book, read: FilesRead, answers: Answers) -> None:
    """Keep the answers given for files of each layout and source, where they applied."""
    for file in read.files:
        titles = {normal(title) for _, title, _ in file.columns}
        used = {
            ours: theirs for ours, theirs in answers.columns.items() if normal(theirs) in titles
        }
        _keep(book, file.signature, used | _said(answers, DATES, DECIMAL))
        _keep(book, named_signature(file.file), _said(answers, ENCODING))


def _said(answers: Answers, *kinds: str) -> dict[str, str]:
    given = {kind: getattr(answers, OPTIONS[kind]) for kind in kinds}
    return {kind: text for kind, text in given.items() if text and "|" not in text}


def _keep(book: xw.Book, signature: str, used: Mapping[str, str]) -> None:
    """Write answers into the name of the workbook that stands for a signature."""
    if not used:
        return
    kept = {**_remembered(book, signature), **used}
    text = "|".join(f"{ours}={theirs}" for ours, theirs in kept.items()).replace('"', '""')
    if len(text) > _MOST:
        return
    wanted = _name(signature)
    known = next((name for name in book.names if name.name == wanted), None)
    if known is None:
        book.names.add(wanted, f'="{text}"')
    elif known.refers_to != f'="{text}"':
        known.refers_to = f'="{text}"'


__all__ = ["Answers", "ImportResult", "import_files", "proposed"]
