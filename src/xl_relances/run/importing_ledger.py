"""Import into Grand livre: what the sheet will hold, decided before it is written.

Source: product specification, section 6 and section 4, rules 1 and 3.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import xlwings as xw

from xl_relances import french
from xl_relances.book import cells, layout, tables
from xl_relances.book import settings as named
from xl_relances.book.history_sheet import parse_history
from xl_relances.book.ledger_sheet import Ledger, parse_ledger
from xl_relances.book.settings import Settings
from xl_relances.book.tables import TableRows
from xl_relances.dunning.due_dates import PaymentTerms
from xl_relances.dunning.ledger import LedgerEntry, identities
from xl_relances.errors import RefusedError
from xl_relances.imports.lines import LeftOut, Line
from xl_relances.imports.matching import matched
from xl_relances.run.importing_unreadable import may_be, notes_on, typed, unreadable_row
from xl_relances.run.reading import confirm

COMPUTED = "Échéance calculée"
"""Column, where the workbook has it, of due dates that we computed: while « Échéance »
holds the same day, it is ours; once the user types another, it is theirs."""

ROWS = 1_048_576 - layout.HEADER_ROW
"""Rows of the ledger sheet below its titles."""

_LEDGER = layout.GRAND_LIVRE_TABLE


@dataclass(slots=True, kw_only=True)
class LedgerPlan:
    """What Grand livre will hold.

    Attributes:
        rows: Its rows, our titles to cells.
        unread: Rows below them that cannot be read, and keep their customers from letters.
        changed: Whether they differ from what it holds.
        before: The ledger as it stands.
        absent: Open items that are gone.
        notes: French sentences without a full stop.
    """

    rows: list[dict[str, Any]]
    unread: list[dict[str, Any]]
    changed: bool
    before: Ledger
    absent: tuple[dict[str, Any], ...]
    notes: list[str] = field(default_factory=list)


def plan_ledger(
    book: xw.Book,
    lines: Sequence[Line],
    left_out: Sequence[LeftOut],
    customers: Mapping[str, PaymentTerms | None],
    settings: Settings,
    currency: str,
) -> LedgerPlan:
    """What Grand livre will hold once these lines replace it.

    Args:
        book: The workbook.
        lines: Ledger lines of all files.
        left_out: Rows of all files that are none.
        customers: Terms of every customer known then.
        settings: Named cells.
        currency: The company's.

    Raises:
        CancelledError: No account is in common with the ledger, and the user answered no.
        RefusedError: More open items than a sheet has rows.
    """
    held = tables.read(book, _LEDGER)
    highest = named.procedure(book).highest
    before = parse_ledger(held, currency=currency, highest=highest)
    history = parse_history(tables.read(book, layout.HISTORIQUE_TABLE)).records
    notes: list[str] = []
    if before.entries and history:
        known = {entry.account for entry in before.entries}
        if known.isdisjoint({line.entry.account for line in lines}):
            confirm(
                book,
                "Aucun compte de ces fichiers n'est dans le grand livre actuel "
                f"({french.count(len(known), 'client')}, déjà relancés). Le remplacer quand même ?",
            )
    given = matched(lines, before.entries, history, notes)
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
    unread = [unreadable_row(row, currency) for row in left_out if row.kept is not None]
    notes += notes_on(unread)
    if len(rows) + len(unread) > ROWS:
        kept = len(rows)
        rows = _compressed(rows, entries)
        notes.append(
            f"{french.count(kept, 'ligne')}, plus qu'une feuille n'en tient : seules les écritures "
            "ouvertes sont reprises, et le total de chaque code de lettrage qui n'est pas soldé ; "
            "les soldes restent ceux du fichier entier"
        )
        if len(rows) + len(unread) > ROWS:
            raise RefusedError(
                f"{french.count(len(rows), 'écriture ouverte', 'écritures ouvertes')}, plus qu'une "
                "feuille Excel n'en tient. Exportez une plage de comptes. Rien n'a été importé."
            )
    return LedgerPlan(
        rows=rows,
        unread=unread,
        changed=not old.same([*rows, *unread]),
        before=before,
        absent=tuple(
            _item(entry)
            for entry in before.entries
            if entry.is_open
            and entry.amount
            and entry.identity not in present
            and not any(may_be(entry, row) for row in unread)
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
        """Whether ``rows`` are what the sheet holds, in whatever order the user sorted them."""
        if len(rows) != len(self.rows):
            return False
        stored = self.titles.index("Identité")
        held = {row[stored]: row for row in self.rows if row[stored]}
        nameless = Counter(tuple(map(_plain, row)) for row in self.rows if not row[stored])
        for row in rows:
            cells_now = tuple(map(row.get, self.titles))
            if not row.get("Identité"):
                nameless[tuple(map(_plain, cells_now))] -= 1
                continue
            old = held.get(row["Identité"])
            if old is None:
                return False
            if old != cells_now and tuple(map(_plain, old)) != tuple(map(_plain, cells_now)):
                return False
        return not any(nameless.values())


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
        **_hold(line, before),
        "Dernière lettre": level,
        "Relancé le": cells.moment(sent),
        "Identité": entry.identity,
        COMPUTED: cells.moment(computed),
    }
    return row, computed is not None


def _hold(line: Line, before: Mapping[str, Any]) -> dict[str, Any]:
    """What keeps the item out: what stands beside it, else what the file says.

    One day serves both marks: the file's may not end a dispute that the user noted without one.
    """
    held = {title: before.get(title) for title in ("Litige", "Promesse", "Jusqu'au", "Motif")}
    marks = line.marks
    if any(held.values()):
        return {**held, "Litige": held["Litige"] or marks.dispute or None}
    return {
        "Litige": marks.dispute or None,
        "Promesse": marks.promise or None,
        "Jusqu'au": cells.moment(marks.until),
        "Motif": marks.reason or None,
    }


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


def write_ledger(book: xw.Book, plan: LedgerPlan) -> None:
    """Replace the ledger in one write; users' columns follow their items."""
    if not plan.changed:
        return
    before = plan.before
    stored = [entry.identity for entry in before.entries]
    if stored != before.stored:
        tables.write_columns(book, _LEDGER, {"Identité": stored}, before.numbers)
    tables.write(book, _LEDGER, [*plan.rows, *map(typed, plan.unread)], key=_key)


def _key(row: Mapping[str, Any]) -> Hashable:
    """What a row is known by: its identity, or the texts of one that cannot be read."""
    return row.get("Identité") or tuple(
        cells.text_or_error(row.get(title)) for title in ("Compte", "Écriture", "Pièce", "Libellé")
    )
