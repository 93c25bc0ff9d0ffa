"""Which entries a dispute or a promise is about: the selected rows, or documents by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import xlwings as xw

from xl_relances import french
from xl_relances.book import layout, preparation_sheet, tables
from xl_relances.book.preparation_rows import DetailRow, Sheets
from xl_relances.dunning.decision import Key
from xl_relances.dunning.ledger import LedgerEntry
from xl_relances.errors import RefusedError
from xl_relances.run.deciding import keys_of_rows
from xl_relances.run.freezing import readable_letters
from xl_relances.run.hold_report import Mark
from xl_relances.run.reading import Snapshot, gather

NOTHING = "Rien n'a été changé."


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


def documents(accounts: Collection[str], references: Collection[str]) -> Choice:
    """The open entries of these customers with these references, a document or an entry each.

    Without accounts, those of the one customer who has them; without references, what the
    customers have overdue, or to lift all that is marked of them.
    """

    def choose(desk: Desk, lifting: bool) -> Sequence[str | int]:
        mine = [
            entry
            for _, entry in desk.entries.values()
            if entry.is_open and (not accounts or entry.account in accounts)
        ]
        missing = [each for each in accounts if each not in {entry.account for entry in mine}]
        if missing:
            raise RefusedError(
                f"{french.listing(missing)} : aucune écriture ouverte au grand livre. {NOTHING}"
            )
        if not references:
            keys = {(entry.account, entry.currency) for entry in mine}
            return desk.marked(keys) if lifting else desk.overdue(keys)
        found: list[str] = []
        for reference in references:
            named = [e for e in mine if e.amount > 0 and reference in {e.document, e.entry_no}]
            owners = sorted({entry.account for entry in named})
            if not named:
                raise RefusedError(
                    f"« {reference} » : ni pièce ni écriture ouverte de ce nom. {NOTHING}"
                )
            if len(owners) > 1 and not accounts:
                raise RefusedError(
                    f"« {reference} » est à plusieurs clients ({french.listing(owners)}) : dites "
                    f"lequel. {NOTHING}"
                )
            found += [entry.identity for entry in named]
        return found

    return choose
