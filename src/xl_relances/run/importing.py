"""Import: files of accounting packages become Grand livre and Clients, in one step.

Everything is read and decided before the first cell is written. History, levels,
disputes and the users' own columns stay with their items, matched by identity;
the same file again changes nothing.

Source: product specification, section 6 and section 4, rules 1 and 3.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlwings as xw

from xl_relances import french
from xl_relances.book import cells, layout, tables
from xl_relances.book import settings as named
from xl_relances.book.customers_sheet import Customers, parse_customers
from xl_relances.book.history_sheet import parse_history
from xl_relances.book.ledger_sheet import Ledger, parse_ledger
from xl_relances.book.settings import Settings
from xl_relances.book.tables import TableRows
from xl_relances.dunning.due_dates import PaymentTerms, parse_terms
from xl_relances.dunning.history import HistoryRecord
from xl_relances.dunning.ledger import LedgerEntry, identities
from xl_relances.errors import FindingsError, RefusedError
from xl_relances.imports.headers import normal
from xl_relances.imports.lines import FileRead, LeftOut, Line
from xl_relances.imports.reading import FilesRead, read_files
from xl_relances.imports.report import ImportReport
from xl_relances.imports.sources import Answers
from xl_relances.run.reading import confirm, quiet, writable

COMPUTED = "Échéance calculée"
"""Column, where the workbook has it, of due dates that we computed: while « Échéance »
holds the same day, it is ours; once the user types another, it is theirs."""

ROWS = 1_048_576 - layout.HEADER_ROW
"""Rows of the ledger sheet below its titles."""

_ZERO = Decimal(0)
_LEDGER, _CLIENTS = layout.GRAND_LIVRE_TABLE, layout.CLIENTS_TABLE


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
            lines += _told(report, self.currency)
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


def _told(report: ImportReport, currency: str) -> list[str]:
    def shown(value: Decimal) -> str:
        return french.amount(value, currency)

    form = ", ".join(
        filter(
            None,
            (report.encoding, f"séparateur {report.separator}" if report.separator else ""),
        )
    )
    lines = [
        f"{report.file} ({form}) : {french.count(report.rows_read, 'ligne lue', 'lignes lues')}, "
        f"{french.count(report.rows_kept, 'importée', 'importées')}."
    ]
    if report.customers:
        lines.append(
            f"  débit {shown(report.debit)}, crédit {shown(report.credit)}, solde clients "
            f"{shown(report.balance)} à comparer à la balance (non lettré "
            f"{shown(report.unallocated_balance)}), {french.count(report.customers, 'client')}"
        )
    if report.columns:
        sure = ", ".join(f"{o} = « {t} »" for o, t, c in report.columns if c == "sûr")
        unsure = ", ".join(f"{o} = « {t} » ({c})" for o, t, c in report.columns if c != "sûr")
        lines.append("  colonnes : " + " ; ".join(filter(None, (sure, unsure))))
    lines += [f"  {note}" for note in report.notes]
    if report.accounts_nil_with_open_items:
        count = len(report.accounts_nil_with_open_items)
        lines.append(
            "  "
            + french.count(count, "compte soldé mais non lettré", "comptes soldés mais non lettrés")
            + f" ({french.listing(report.accounts_nil_with_open_items)})"
        )
    if report.absent_since_last:
        count = len(report.absent_since_last)
        named_items = french.listing(
            f"{item['Compte']} {item['Pièce'] or item['Écriture'] or ''}".strip()
            for item in report.absent_since_last
        )
        lines.append(
            "  "
            + french.count(count, "échéance ouverte absente", "échéances ouvertes absentes")
            + f" du nouveau fichier, payée ou retirée ({named_items})"
        )
    harmless = [row for row in report.left_out if not row.fault]
    lines += [
        f"  ligne {row.line} laissée : {row.reason} (« {row.value} »)" for row in harmless[:5]
    ]
    return lines


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
    with quiet(book):
        settings = Settings(book)
        currency = settings.text("societe_devise").upper() or "EUR"
        read = read_files(
            paths,
            roots=_roots(settings),
            currency=currency,
            answers=answers,
            remembered=lambda signature: _remembered(book, signature),
        )
        writable(book, _LEDGER, _CLIENTS)
        clients = _clients(book, read)
        notes: list[str] = []
        changed = False
        absent: tuple[dict[str, Any], ...] = ()
        lines = [line for file in read.files for line in file.lines]
        faults = tuple(row for file in read.files for row in file.left_out if row.fault)
        if not lines and not any(file.customers for file in read.files):
            raise FindingsError([row.finding for row in faults])
        if lines:
            plan = _plan(book, lines, clients.customers, settings, currency)
            changed, absent = plan.changed, plan.absent
            notes += plan.notes
            _write_ledger(book, plan)
        _write_clients(book, clients)
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


def _roots(settings: Settings) -> tuple[str, ...]:
    text = settings.text("racines_clients")
    return tuple(filter(None, re.split(r"[\s,;]+", text))) or ("411",)


# -------------------------------------------------------------------- ledger


@dataclass(slots=True, kw_only=True)
class _Plan:
    """What Grand livre will hold.

    Attributes:
        rows: Its rows, our titles to cells.
        changed: Whether they differ from what it holds.
        before: The ledger as it stands.
        absent: Open items that are gone.
        notes: French sentences without a full stop.
    """

    rows: list[dict[str, Any]]
    changed: bool
    before: Ledger
    absent: tuple[dict[str, Any], ...]
    notes: list[str] = field(default_factory=list)


def _plan(
    book: xw.Book,
    lines: Sequence[Line],
    customers: Mapping[str, PaymentTerms | None],
    settings: Settings,
    currency: str,
) -> _Plan:
    held = tables.read(book, _LEDGER)
    highest = named.procedure(book).highest
    before = parse_ledger(held, currency=currency, highest=highest)
    history = parse_history(tables.read(book, layout.HISTORIQUE_TABLE)).records
    notes: list[str] = []
    if before.entries:
        known = {entry.account for entry in before.entries}
        if known.isdisjoint({line.entry.account for line in lines}):
            confirm(
                book,
                "Aucun compte de ces fichiers n'est dans le grand livre actuel "
                f"({french.count(len(known), 'client')}). Le remplacer quand même ?",
            )
    given = _matched(lines, before, history, notes)
    entries = [
        line.entry._replace(position=position, identity=identity)
        for position, (line, identity) in enumerate(zip(lines, given, strict=True))
    ]
    entries = [
        entry if entry.identity == identity else entry._replace(identity=identity)
        for entry, identity in zip(entries, identities(entries), strict=True)
    ]
    old = _OldRows(held, before)
    terms = named.company_terms(settings)
    rows: list[dict[str, Any]] = []
    computed = unset = 0
    for line, entry in zip(lines, entries, strict=True):
        row, ours = _row(line, entry, old, customers.get(entry.account) or terms)
        computed += ours
        unset += row["Échéance"] is None and entry.is_open and entry.amount > 0
        rows.append(row)
    if computed:
        notes.append(
            french.count(computed, "échéance calculée", "échéances calculées")
            + " d'après le délai de paiement (absente du fichier)"
        )
    if unset:
        notes.append(
            french.count(unset, "facture sans échéance", "factures sans échéance")
            + " : donnez un délai de paiement (Paramètres ou Clients)"
        )
    present = {entry.identity for entry in entries}
    if len(rows) > ROWS:
        kept = len(rows)
        rows = _compressed(rows, entries)
        notes.append(
            f"{french.count(kept, 'ligne')}, plus qu'une feuille n'en tient : seules les écritures "
            "ouvertes sont reprises, et le total de chaque code de lettrage qui n'est pas soldé ; "
            "les soldes restent ceux du fichier entier"
        )
        if len(rows) > ROWS:
            raise RefusedError(
                f"{french.count(len(rows), 'écriture ouverte', 'écritures ouvertes')}, plus qu'une "
                "feuille Excel n'en tient. Exportez une plage de comptes. Rien n'a été importé."
            )
    return _Plan(
        rows=rows,
        changed=not old.same(rows),
        before=before,
        absent=tuple(
            _item(entry)
            for entry in before.entries
            if entry.is_open and entry.amount and entry.identity not in present
        ),
        notes=notes,
    )


def _item(entry: LedgerEntry) -> dict[str, Any]:
    places = french.decimal_places(entry.currency)
    return {
        "Compte": entry.account,
        "Nom": entry.name or None,
        "Devise": entry.currency,
        "Écriture": entry.entry_no or None,
        "Pièce": entry.document or None,
        "Échéance": entry.due_date.isoformat() if entry.due_date else None,
        "Solde": f"{entry.amount:.{places}f}",
        "Identité": entry.identity,
    }


def _stems(entries: Sequence[LedgerEntry]) -> list[str]:
    """Identities without their rank, as if none had been given before."""
    fresh = identities([entry._replace(identity="") for entry in entries])
    return [identity.rpartition("|")[0] for identity in fresh]


def _matched(
    lines: Sequence[Line], before: Ledger, history: Sequence[HistoryRecord], notes: list[str]
) -> list[str]:
    """The identity of each line that the workbook knows already; "" for a new one.

    Equals are matched by due date first, then by rank. An opening entry of a new
    year takes the identity of the item with its account, currency and document.
    """
    given = [""] * len(lines)
    old: dict[str, list[LedgerEntry]] = defaultdict(list)
    ranked = sorted(before.entries, key=_rank)
    for stem, entry in zip(_stems(ranked), ranked, strict=True):
        old[stem].append(entry)
    order = sorted(range(len(lines)), key=lambda index: _rank(lines[index].entry))
    waiting: dict[str, list[int]] = defaultdict(list)
    for stem, index in zip(
        _stems([lines[i].entry._replace(position=i) for i in order]), order, strict=True
    ):
        if stem in old:
            waiting[stem].append(index)
    for stem, indexes in waiting.items():
        free = old[stem]
        rest = []
        for index in indexes:
            due = lines[index].entry.due_date
            same = next((e for e in free if due is not None and e.due_date == due), None)
            if same is None:
                rest.append(index)
            else:
                given[index] = same.identity
                free = [entry for entry in free if entry is not same]
        for index, entry in zip(rest, free, strict=False):
            given[index] = entry.identity
    _take_over(lines, given, before, history, notes)
    return given


def _rank(entry: LedgerEntry) -> tuple[date, str, int]:
    return entry.due_date or date.max, entry.label, entry.position


def _take_over(
    lines: Sequence[Line],
    given: list[str],
    before: Ledger,
    history: Sequence[HistoryRecord],
    notes: list[str],
) -> None:
    """Opening entries take over the items of the year before."""
    taken = set(given)
    known: dict[tuple[str, str, str], list[tuple[Decimal, str]]] = defaultdict(list)
    for entry in before.entries:
        if entry.identity not in taken and entry.document.strip("0 "):
            key = entry.account, entry.currency, entry.document
            known[key].append((entry.amount, entry.identity))
    seen = {identity for found in known.values() for _, identity in found} | taken
    for record in history:
        if record.identity and record.identity not in seen and record.document.strip("0 "):
            seen.add(record.identity)
            key = record.account, record.currency, record.document
            known[key].append((record.remainder, record.identity))
    lost = 0
    for index, line in enumerate(lines):
        entry = line.entry
        if given[index] or not line.opening or not entry.amount:
            continue
        found = known.get((entry.account, entry.currency, entry.document), [])
        same = [pair for pair in found if (pair[0] > 0) == (entry.amount > 0)]
        best = next((pair for pair in same if pair[0] == entry.amount), same[0] if same else None)
        if best is None:
            lost += entry.is_open and entry.amount > 0 and bool(before.entries or history)
            continue
        given[index] = best[1]
        found.remove(best)
    if lost:
        notes.append(
            french.count(
                lost,
                "à-nouveau ne correspond à aucune pièce connue : il repart",
                "à-nouveaux ne correspondent à aucune pièce connue : ils repartent",
            )
            + " sans relance"
        )


class _OldRows:
    """Grand livre as it stands, by identity."""

    def __init__(self, held: TableRows, before: Ledger) -> None:
        self.titles = [column.title for column in _LEDGER.columns]
        pick = held.picker()
        self.rows = [pick(row) for row in held.rows]
        place = {number: index for index, number in enumerate(held.numbers)}
        self.by_identity = {
            entry.identity: dict(zip(self.titles, self.rows[place[number]], strict=True))
            for entry, number in zip(before.entries, before.numbers, strict=True)
        }

    def same(self, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Whether ``rows`` are what the sheet holds."""
        if len(rows) != len(self.rows):
            return False
        titles = self.titles
        return all(
            _plain(cell) == _plain(row.get(title))
            for row, old in zip(rows, self.rows, strict=True)
            for title, cell in zip(titles, old, strict=True)
        )


def _plain(cell: Any) -> Any:
    if cell is None or cell == "":
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return round(float(cell), 6)
    return cell


def _row(
    line: Line, entry: LedgerEntry, old: _OldRows, terms: PaymentTerms | None
) -> tuple[dict[str, Any], bool]:
    """An entry as a row of Grand livre, and whether its due date was computed.

    What users and Save wrote beside the item stays.
    """
    before = old.by_identity.get(entry.identity, {})
    due, computed = entry.due_date, None
    if due is None:
        stood = _day(before.get("Échéance"))
        if stood is not None and stood != _day(before.get(COMPUTED)):
            due = stood
        elif terms is not None and entry.document_date is not None and entry.amount > 0:
            due = computed = terms.due_date(entry.document_date)
    level, sent = entry.recorded_level or None, entry.recorded_date
    if before.get("Dernière lettre") not in {None, "", 0}:
        level, sent = before["Dernière lettre"], _day(before.get("Relancé le"))
    row = {
        "Compte": entry.account,
        "Nom": entry.name or before.get("Nom"),
        "Écriture": entry.entry_no or None,
        "Pièce": entry.document or None,
        "Date": cells.moment(entry.document_date),
        "Échéance": cells.moment(due),
        "Libellé": entry.label or None,
        "Débit": float(entry.debit) if entry.debit else None,
        "Crédit": float(entry.credit) if entry.credit else None,
        "Devise": entry.currency,
        "Lettrage": entry.allocation_code or None,
        "Litige": before.get("Litige") or line.dispute or None,
        "Dernière lettre": level,
        "Relancé le": cells.moment(sent),
        "Identité": entry.identity,
        COMPUTED: cells.moment(computed),
    }
    return row, computed is not None


def _day(cell: Any) -> date | None:
    try:
        return cells.day(cell)
    except cells.CellError:
        return None


def _compressed(
    rows: Sequence[dict[str, Any]], entries: Sequence[LedgerEntry]
) -> list[dict[str, Any]]:
    """Open items, and one line for each allocation code that does not come to zero."""
    kept: list[dict[str, Any]] = []
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    first: dict[tuple[str, str, str], tuple[dict[str, Any], LedgerEntry]] = {}
    for row, entry in zip(rows, entries, strict=True):
        if entry.is_open:
            kept.append(row)
            continue
        key = entry.account, entry.currency, entry.allocation_code
        sums[key] += entry.amount
        first.setdefault(key, (row, entry))
    for key, total in sums.items():
        if total:
            row, entry = first[key]
            kept.append(
                row
                | {
                    "Écriture": None,
                    "Pièce": None,
                    "Libellé": f"Solde du lettrage {entry.allocation_code}",
                    "Débit": float(total) if total > 0 else None,
                    "Crédit": float(-total) if total < 0 else None,
                    "Dernière lettre": None,
                    "Relancé le": None,
                }
            )
    return kept


def _write_ledger(book: xw.Book, plan: _Plan) -> None:
    if not plan.changed:
        return
    before = plan.before
    stored = [entry.identity for entry in before.entries]
    if stored != before.stored:
        tables.write_columns(book, _LEDGER, {"Identité": stored}, before.numbers)
    tables.write(book, _LEDGER, plan.rows, key=lambda row: row["Identité"] or id(row))


# -------------------------------------------------------------------- customers


@dataclass(slots=True, kw_only=True)
class _ClientsPlan:
    """What Clients will hold.

    Attributes:
        added: New rows.
        completed: Cells to fill: row number to title to text.
        customers: Terms of every customer known then.
        held: Rows as they stand.
    """

    added: list[dict[str, Any]]
    completed: dict[int, dict[str, Any]]
    customers: dict[str, PaymentTerms | None]
    held: TableRows


def _clients(book: xw.Book, read: FilesRead) -> _ClientsPlan:
    held = tables.read(book, _CLIENTS)
    known: Customers = parse_customers(held)
    titles = [column.title for column in _CLIENTS.columns]
    pick = held.picker()
    standing: dict[str, tuple[int, dict[str, Any]]] = {}
    for row, number in zip(held.rows, held.numbers, strict=True):
        record = dict(zip(titles, pick(row), strict=True))
        standing.setdefault(cells.text_or_error(record["Compte"]), (number, record))
    added: dict[str, dict[str, Any]] = {}
    completed: dict[int, dict[str, Any]] = defaultdict(dict)
    terms = {account: customer.terms.terms for account, customer in known.by_account.items()}
    for file in read.files:
        for customer in file.customers:
            account = customer["Compte"]
            row = {title: _client_cell(title, text) for title, text in customer.items() if text}
            if account in standing:
                number, record = standing[account]
                for title, cell in row.items():
                    if record[title] is None or record[title] == "":
                        completed[number][title] = cell
            else:
                added[account] = {**row, **added.get(account, {})}
            if customer.get("Délai de paiement") and terms.get(account) is None:
                terms[account] = parse_terms(customer["Délai de paiement"])
    for file in read.files:
        for line in file.lines:
            account, name = line.entry.account, line.entry.name
            if account not in standing:
                row = added.setdefault(account, {"Compte": account})
                if name:
                    row.setdefault("Nom", name)
    return _ClientsPlan(
        added=list(added.values()), completed=dict(completed), customers=terms, held=held
    )


def _client_cell(title: str, text: str) -> Any:
    if title == "Ne pas relancer":
        return 1
    if title == "Bloqué jusqu'au":
        return datetime.fromisoformat(text)
    return text


def _write_clients(book: xw.Book, plan: _ClientsPlan) -> None:
    titles = {title for row in plan.completed.values() for title in row}
    pick = plan.held.picker()
    order = [column.title for column in _CLIENTS.columns]
    for title in order:
        if title not in titles:
            continue
        typed = tables.read_formulas(book, _CLIENTS, title)
        if any(isinstance(cell, str) and cell.startswith("=") for cell in typed):
            continue
        at = order.index(title)
        values = [
            plan.completed.get(number, {}).get(title, pick(row)[at])
            for row, number in zip(plan.held.rows, plan.held.numbers, strict=True)
        ]
        tables.write_columns(book, _CLIENTS, {title: values}, plan.held.numbers)
    tables.append(book, _CLIENTS, plan.added)


# -------------------------------------------------------------------- reports


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


# -------------------------------------------------------------------- remembered answers


_MOST = 250


def _name(signature: str) -> str:
    return f"import_{signature}"


def _remembered(book: xw.Book, signature: str) -> dict[str, str]:
    """Answers kept for files with these titles, in a name of the workbook that holds a text."""
    wanted = _name(signature)
    for name in book.names:
        if name.name == wanted:
            text = name.refers_to.removeprefix("=").strip('"').replace('""', '"')
            return dict(pair.split("=", 1) for pair in text.split("|") if "=" in pair)
    return {}


def _remember(book: xw.Book, read: FilesRead, answers: Answers) -> None:
    """Keep the answers given for files of each layout, where they applied."""
    for file in read.files:
        titles = {normal(title) for _, title, _ in file.columns}
        used = {
            ours: theirs for ours, theirs in answers.columns.items() if normal(theirs) in titles
        }
        if not used:
            continue
        kept = {**_remembered(book, file.signature), **used}
        text = "|".join(f"{ours}={theirs}" for ours, theirs in kept.items()).replace('"', '""')
        if len(text) > _MOST:
            continue
        wanted = _name(file.signature)
        known = next((name for name in book.names if name.name == wanted), None)
        if known is None:
            book.names.add(wanted, f'="{text}"')
        elif known.refers_to != f'="{text}"':
            known.refers_to = f'="{text}"'


__all__ = ["Answers", "ImportResult", "import_files"]
