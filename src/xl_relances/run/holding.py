"""Dispute and promise to pay: marks beside entries of Grand livre, set and lifted on many at once.

Each mark is written as the user would type it, in Litige or Promesse, Jusqu'au and
Motif of the entry's own row; nothing else of the ledger changes. Then the three sheets
are decided again under the criteria and the day of the preparation, as after Save: the
item leaves its letter at once, or comes back. A letter already issued stays as it is.

Source: product specification, section 4, rules 5, 10 and 12; issue « Promise to pay and
dispute ».
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias

import xlwings as xw

from xl_relances import french
from xl_relances.book import cells, layout, preparation_sheet, single_cells, tables
from xl_relances.book.preparation_rows import DetailRow, Sheets
from xl_relances.dunning.decision import Key
from xl_relances.dunning.ledger import LedgerEntry
from xl_relances.errors import Finding, RefusedError
from xl_relances.run.deciding import keys_of_rows
from xl_relances.run.freezing import readable_letters, with_current_letters
from xl_relances.run.reading import Snapshot, gather, quiet, writable
from xl_relances.run.refreshing import (
    PrepareReport,
    previous_criteria,
    proposed,
    refresh,
    selection_of,
)

_LEDGER = layout.GRAND_LIVRE_TABLE

Plan: TypeAlias = dict[str, Any]
"""What is written into a row of Grand livre, by title."""

YES = "oui"
"""What a mark says in its column; a word that the user typed there stays."""

_NOT_OWED = "avoir, règlement, ou plus ouverte au grand livre"
_NOT_HELD = "ni litige ni promesse"
_UNREADABLE = "illisible, voir Contrôler"
_FORMULA = "formule dans Grand livre : changez-la là"


class Mark(StrEnum):
    """What keeps an item out: the title of its column in Grand livre."""

    DISPUTE = "Litige"
    PROMISE = "Promesse"

    @property
    def other(self) -> Mark:
        """The one that it takes the place of."""
        return Mark.PROMISE if self is Mark.DISPUTE else Mark.DISPUTE

    def is_on(self, entry: LedgerEntry) -> bool:
        """Whether it stands beside that entry, its day over or not."""
        return entry.disputed if self is Mark.DISPUTE else entry.hold.promised


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReport:
    """What became of the chosen entries.

    Attributes:
        mark: What was set; None where marks were lifted.
        until: Its last day, inclusive; None without one.
        changed: Entries that were marked, or are no longer.
        replaced: Entries whose other mark gave way to this one.
        letters: Customers whose issued letter claims one of them, by name.
        left: How many stay as they were, by the reason.
        gone: Customers who are no longer in Préparation.
        back: Customers who are in Préparation again.
        preparation: The three sheets as they are now; None where there is no preparation.
        findings: Filters of the user that could not be kept.
    """

    mark: Mark | None
    until: date | None
    changed: int
    replaced: int = 0
    letters: tuple[str, ...] = ()
    left: Mapping[str, int]
    gone: int = 0
    back: int = 0
    preparation: PrepareReport | None = None
    findings: Sequence[Finding] = ()

    @property
    def sentences(self) -> list[str]:
        """What happened, what of letters, what stays as it was; at most three."""
        lines = [f"{self._what}.", " ".join(self._letters)]
        notes = [f"{n} ({why})" for why, n in self.left.items()]
        rest = [f"Laissé : {' ; '.join(notes)}."] if notes else []
        return [line for line in (*lines, " ".join([*rest, *map(str, self.findings)])) if line]

    @property
    def _what(self) -> str:
        if not self.changed:
            return "Rien de changé"
        day = french.short_date(self.until) if self.until else ""
        if self.mark is Mark.PROMISE:
            what = french.count(self.changed, "échéance promise", "échéances promises")
            what += f" pour le {day}"
            replaced = french.count(self.replaced, "litige levé", "litiges levés")
        elif self.mark is Mark.DISPUTE:
            what = french.count(self.changed, "échéance") + " en litige"
            what += f" jusqu'au {day} compris" if day else ", jusqu'à ce que vous le leviez"
            replaced = french.count(self.replaced, "promesse effacée", "promesses effacées")
        else:
            what = french.count(self.changed, "échéance reprise", "échéances reprises")
            what += " : ni litige ni promesse"
            replaced = ""
        parts = [what + (f" ({replaced})" if self.replaced else "")]
        if self.gone:
            parts.append(french.count(self.gone, "client sort", "clients sortent"))
            parts[-1] += " de Préparation"
        if self.back:
            parts.append(french.count(self.back, "client revient", "clients reviennent"))
            parts[-1] += " dans Préparation"
        return " ; ".join(parts)

    @property
    def _letters(self) -> Iterator[str]:
        if self.preparation is None:
            if self.changed:
                yield "Ensuite : Préparer."
            return
        day = self.preparation.as_of
        if self.until is not None and self.until < day:
            yield (
                f"Les lettres sont du {french.short_date(day)}, après cette date : elles la "
                "réclament encore."
            )
        if self.letters:
            stay = ("lettre déjà éditée reste", "lettres déjà éditées restent")
            yield (
                f"{french.count(len(self.letters), *stay)} en l'état "
                f"({french.listing(self.letters)}) : pour refaire, décochez Éditée, puis Préparer."
            )


@dataclass(frozen=True, slots=True)
class Desk:
    """The workbook before a mark is set or lifted."""

    book: xw.Book
    snapshot: Snapshot
    sheets: Sheets
    entries: Mapping[str, tuple[int, LedgerEntry]]

    @classmethod
    def at(cls, book: xw.Book) -> Desk:
        """Read it."""
        snapshot = gather(book)
        ledger = snapshot.ledger
        return cls(
            book,
            snapshot,
            readable_letters(preparation_sheet.read(book, snapshot.procedure.highest)),
            {
                entry.identity: (number, entry)
                for entry, number in zip(ledger.entries, ledger.numbers, strict=True)
            },
        )

    def is_held(self, item: DetailRow) -> bool:
        """Whether a mark keeps it out today, that of the preparation."""
        _, entry = self.entries.get(item.identity, (0, None))
        as_of = self.snapshot.settings.day("preparation_date")
        if entry is None or as_of is None:
            return False
        return entry.is_disputed(as_of) or entry.is_promised(as_of)

    def overdue(self, keys: Collection[Key]) -> list[str]:
        """Identities of what À appeler sums up: overdue, neither contested nor promised."""
        return [
            item.identity
            for item in self.sheets.items
            if item.key in keys
            and item.remainder > 0
            and (item.days_late or 0) > 0
            and not self.is_held(item)
        ]

    def marked(self, keys: Collection[Key]) -> list[str]:
        """Identities of all that is marked of these customers."""
        return [
            entry.identity
            for _, entry in self.entries.values()
            if (entry.account, entry.currency) in keys
            and any(mark.is_on(entry) for mark in Mark)
            and entry.is_open
        ]


Choice: TypeAlias = Callable[[Desk, bool], Sequence[str | int]]
"""Identities of the entries to mark, or to lift the marks of; a number is a row of Grand livre
that cannot be read."""


def selected(table: layout.Table, numbers: Collection[int]) -> Choice:
    """The entries of these rows of a sheet.

    A row of Détail or Grand livre is an entry. A customer's row stands for what it sums up:
    in Préparation what is ticked, in À appeler what is overdue; to lift, for all that is marked.
    """

    def choose(desk: Desk, lifting: bool) -> Sequence[str | int]:
        if table is layout.GRAND_LIVRE_TABLE:
            by_row = {number: identity for identity, (number, _) in desk.entries.items()}
            faulty = {each.row for each in desk.snapshot.ledger.findings if each.blocking}
            return [by_row.get(n, n) for n in sorted(numbers) if n in by_row or n in faulty]
        if table is layout.DETAIL_TABLE:
            rows = tables.read(desk.book, table)
            place = rows.index("Identité")
            wanted = set(numbers)
            return [
                str(row[place])
                for number, row in zip(rows.numbers, rows.rows, strict=True)
                if number in wanted and row[place]
            ]
        keys = keys_of_rows(desk.book, table, numbers)
        if lifting:
            return desk.marked(keys)
        if table is layout.PREPARATION_TABLE:
            chosen = [row for row in desk.sheets.customers if row.key in keys]
            return [item.identity for row in chosen for item in row.listed]
        return desk.overdue(keys)

    return choose


def hold(
    book: xw.Book,
    choice: Choice,
    mark: Mark,
    *,
    until: date | None,
    reason: str = "",
    now: datetime,
) -> HoldReport:
    """Mark the chosen entries, and decide the three sheets again.

    One day and one reason serve both marks, so that a new one takes the other's place.
    Without a reason the one that stands there stays, unless it was the other mark's.

    Args:
        book: The workbook.
        choice: Which entries.
        mark: Dispute or promise.
        until: Last day on which they stay out, inclusive; None until the dispute is lifted.
        reason: Free text, repeated in Motif of Détail.
        now: The moment of the click.

    Raises:
        RefusedError: A promise has no day, the day is over, or nothing was chosen.
        CancelledError: An issued letter no longer says what is ticked, and the user answered no.
        BookBusyError: A sheet is protected; nothing was written.
    """
    if mark is Mark.PROMISE and until is None:
        raise RefusedError("Une promesse a besoin de sa date. Rien n'a été changé.")
    if until is not None and until < now.date():
        raise RefusedError(
            f"Le {french.short_date(until)} est déjà passé : donnez une date à partir "
            "d'aujourd'hui. Rien n'a été changé."
        )

    def marked(entry: LedgerEntry) -> Plan | str:
        if not entry.is_open or entry.amount <= 0:
            return _NOT_OWED
        written: dict[str, Any] = {"Jusqu'au": cells.moment(until)}
        if not mark.is_on(entry):
            written[mark] = YES
        if mark.other.is_on(entry):
            written[mark.other] = None
        if reason or (mark.other.is_on(entry) and not mark.is_on(entry)):
            written["Motif"] = reason or None
        return written

    return _change(book, choice, marked, mark, until, now)


def lift(book: xw.Book, choice: Choice, *, now: datetime) -> HoldReport:
    """Take the marks of the chosen entries away, their day and reason with them.

    Raises:
        RefusedError: Nothing was chosen.
        CancelledError: An issued letter no longer says what is ticked, and the user answered no.
        BookBusyError: A sheet is protected; nothing was written.
    """

    def lifted(entry: LedgerEntry) -> Plan | str:
        if not any(mark.is_on(entry) for mark in Mark):
            return _NOT_HELD
        marks = {str(mark): None for mark in Mark if mark.is_on(entry)}
        return {**marks, "Jusqu'au": None, "Motif": None}

    return _change(book, choice, lifted, None, None, now)


def _change(
    book: xw.Book,
    choice: Choice,
    planned: Callable[[LedgerEntry], Plan | str],
    mark: Mark | None,
    until: date | None,
    now: datetime,
) -> HoldReport:
    """Write what is planned for each chosen entry, cells by title or why it stays as it is."""
    with quiet(book):
        desk = Desk.at(book)
        criteria = previous_criteria(desk.snapshot)
        if criteria is not None:
            selection_of(desk.snapshot, criteria, now)  # one that means nothing is found first
        chosen = list(dict.fromkeys(choice(desk, mark is None)))
        if not chosen:
            raise RefusedError(
                "Rien à lever : ni litige ni promesse."
                if mark is None
                else "Rien à suspendre : sélectionnez des échéances ouvertes."
            )
        plan, left = _plan(desk, chosen, planned)
        if not plan:
            return HoldReport(mark=mark, until=until, changed=0, left=left)
        entries = {identity: desk.entries[identity] for identity in plan}
        written = {title for row in plan.values() for title in row}
        sheets_of_run = (
            layout.PREPARATION_TABLE, layout.DETAIL_TABLE, layout.NON_RELANCES_TABLE,
        )  # fmt: skip
        if criteria is None:
            writable(book, _LEDGER)
            sheets, findings = desk.sheets, list[Finding]()
        else:
            findings = writable(book, _LEDGER, *sheets_of_run, state=desk.snapshot.settings)
            sheets = with_current_letters(book, desk.sheets)
        single_cells.write(
            book,
            _LEDGER,
            {
                title: {entries[i][0]: row[title] for i, row in plan.items() if title in row}
                for title in sorted(written)
            },
        )
        other = mark.other if mark else None
        result = HoldReport(
            mark=mark,
            until=until,
            changed=len(plan),
            replaced=sum(other.is_on(entry) for _, entry in entries.values()) if other else 0,
            letters=tuple(
                row.name or row.account
                for row in sheets.customers
                if mark and row.issued and any(item.identity in plan for item in row.listed)
            ),
            left=left,
            findings=findings,
        )
        if criteria is None:
            return result
        snapshot = gather(book)
        report = proposed(snapshot, sheets, criteria, sheets.decisions, now=now)
        report = refresh(book, snapshot, report, criteria, now=now)
        before = {row.key for row in sheets.customers}
        after = {row.key for row in report.customers}
        return replace(
            result,
            gone=len(before - after),
            back=len(after - before),
            preparation=report,
        )


def _plan(
    desk: Desk, chosen: Sequence[str | int], planned: Callable[[LedgerEntry], Plan | str]
) -> tuple[dict[str, Plan], Counter[str]]:
    """Cells to write by identity and title, and how many entries stay, by the reason."""
    plan: dict[str, Plan] = {}
    left: Counter[str] = Counter()
    formulas = {
        title: single_cells.formula_rows(desk.book, _LEDGER, title)
        for title in (*Mark, "Jusqu'au", "Motif")
    }
    for identity in chosen:
        if isinstance(identity, int):
            left[_UNREADABLE] += 1
            continue
        number, entry = desk.entries.get(identity, (0, None))
        row = _NOT_OWED if entry is None else planned(entry)
        if isinstance(row, str):
            left[row] += 1
        elif any(number in formulas[title] for title in row):
            left[_FORMULA] += 1
        else:
            plan[identity] = row
    return plan, left
