"""Dispute and promise to pay: marks beside entries of Grand livre, set and lifted on many at once.

Each mark is written as the user would type it, in Litige or Promesse, Jusqu'au and
Motif of the entry's own row; nothing else of the ledger changes. Then the three sheets
are decided again under the criteria and the day of the preparation, as after Save: the
item leaves its letter at once, or comes back. A letter already issued stays as it is.

Source: product specification, section 4, rules 5, 10 and 12.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeAlias

import xlwings as xw

from xl_relances import french
from xl_relances.book import cells, layout, single_cells
from xl_relances.dunning.ledger import LedgerEntry
from xl_relances.errors import Finding, RefusedError
from xl_relances.run.freezing import with_current_letters
from xl_relances.run.hold_choice import NOTHING, Choice, Desk
from xl_relances.run.hold_report import HoldReport, Mark
from xl_relances.run.reading import gather, quiet, writable
from xl_relances.run.refreshing import previous_criteria, proposed, refresh, selection_of

_LEDGER = layout.GRAND_LIVRE_TABLE

Plan: TypeAlias = dict[str, Any]
"""What is written into a row of Grand livre, by title."""

YES = "oui"
"""What a mark says in its column; a word that the user typed there stays."""

_NOT_OWED = "avoir, règlement, ou plus ouverte au grand livre"
_NOT_HELD = "ni litige ni promesse"
_UNREADABLE = "illisible, voir Contrôler"
_FORMULA = "formule dans Grand livre : changez-la là"


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
        raise RefusedError(f"Une promesse a besoin de sa date. {NOTHING}")
    if until is not None and until < now.date():
        raise RefusedError(
            f"Le {french.short_date(until)} est déjà passé : donnez une date à partir "
            f"d'aujourd'hui. {NOTHING}"
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
        writable(book, _LEDGER)  # whose filters stay: single cells are written
        sheets, findings = desk.sheets, list[Finding]()
        if criteria is not None:
            findings = writable(book, *sheets_of_run, state=desk.snapshot.settings)
            sheets = with_current_letters(book, sheets)
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
            erased=0 if mark else sum(bool(entry.hold.reason) for _, entry in entries.values()),
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
