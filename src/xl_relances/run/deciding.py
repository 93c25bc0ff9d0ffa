"""Decisions on rows: what a right click on Préparation or Détail does, on many rows at once.

Cells of the decision columns change and nothing else: no letter, no history. A row
that cannot take the decision stays as it is and is told. Where a letter already
issued would no longer say what is decided, the user is asked first, and « Éditée »
goes.

Source: product specification, section 4, rules 6, 10, 12 and 13.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import xlwings as xw

from xl_relances import french
from xl_relances.book import formulas, layout, preparation_sheet, single_cells, tables
from xl_relances.book import settings as named
from xl_relances.book.preparation_rows import CustomerRow, DetailRow, Sheets
from xl_relances.dunning.decision import Key
from xl_relances.errors import RefusedError
from xl_relances.run.reading import confirm, quiet, writable

_PREPARATION = layout.PREPARATION_TABLE
_DETAIL = layout.DETAIL_TABLE

AS_PROPOSED = formulas.TYPED["N° lettre"]
"""What « N° lettre » holds where the user typed nothing over it."""

_EMPTY = "Ces lignes sont vides : cliquez Préparer."
_UNREADABLE = "illisible, voir Contrôler"
_NOT_TICKABLE = "non échue, couverte, en litige, promise ou avoir : ne peut être cochée"
_LEFT_OUT = "client laissé de côté : cochez Forcer dans Non relancés"
_ALREADY_OUT = "déjà décochée"
_NO_NUMBER = "aucune échéance prête n'est cochée : pas de numéro"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionReport:
    """What a decision changed.

    Attributes:
        on: Rows ticked, or given a higher number.
        off: Rows unticked, or given a lower number.
        reopened: Letters that lost « Éditée » because they no longer say what is decided.
        left: How many rows stay as they were, by the reason.
    """

    on: int
    off: int
    reopened: int
    left: Mapping[str, int]

    @property
    def changed(self) -> int:
        """How many rows changed."""
        return self.on + self.off


def switch_customers(book: xw.Book, numbers: Collection[int]) -> DecisionReport:
    """Turn « Relancer » of these rows of Préparation over: the whole letter, off or on.

    A letter already issued stays as it is: switched off, Save passes it by and says so.

    Args:
        book: The workbook.
        numbers: Row numbers of the sheet.

    Raises:
        RefusedError: All these rows are blank.
        BookBusyError: The sheet is protected; nothing was written.
    """
    with quiet(book):
        desk = _Desk.at(book)
        rows, left = desk.customers(numbers)
        desk.writable(_PREPARATION)
        ticks = {number: int(not row.on) for number, row in rows.items()}
        single_cells.write(book, _PREPARATION, {"Relancer": ticks})
        return _report(ticks.values(), left)


def switch_items(book: xw.Book, numbers: Collection[int]) -> DecisionReport:
    """Turn « Relancer » of these rows of Détail over: the item, out of the letter or into it.

    Raises:
        CancelledError: A letter already issued lists one of them, and the user answered no.
        BookBusyError: A sheet is protected; nothing was written.
    """
    return _tick_items(book, numbers, lambda item: not item.listed)


def remove_items(book: xw.Book, numbers: Collection[int]) -> DecisionReport:
    """Take the items of these rows of Détail out of their letters; they stay in the ledger.

    Raises:
        CancelledError: A letter already issued lists one of them, and the user answered no.
        BookBusyError: A sheet is protected; nothing was written.
    """
    return _tick_items(book, numbers, lambda _: False)


def _tick_items(
    book: xw.Book, numbers: Collection[int], wanted: Callable[[DetailRow], bool]
) -> DecisionReport:
    with quiet(book):
        desk = _Desk.at(book)
        left: Counter[str] = Counter()
        ticks: dict[int, int] = {}
        changed: dict[str, bool] = {}
        known = desk.items_by_row()
        unreadable = desk.unreadable(_DETAIL, numbers)
        if not unreadable and not known.keys() & set(numbers):
            raise RefusedError(_EMPTY)
        aside = {item.key for item in desk.sheets.others}
        for number in sorted(numbers):
            item = known.get(number)
            if number in unreadable:
                left[_UNREADABLE] += 1
            elif item is None:
                continue  # a blank row
            elif item.key in aside:
                left[_LEFT_OUT] += 1
            elif item.suggested is None:
                left[_NOT_TICKABLE] += 1
            elif wanted(item) == item.listed:
                left[_ALREADY_OUT] += 1
            else:
                ticks[number] = int(wanted(item))
                changed[item.identity] = wanted(item)
        desk.writable(_DETAIL, _PREPARATION)
        reopened = desk.reopened(
            replace(
                row,
                items=tuple(
                    replace(item, listed=changed.get(item.identity, item.listed))
                    for item in row.items
                ),
            )
            for row in desk.sheets.customers
            if any(item.identity in changed for item in row.items)
        )
        single_cells.write(book, _DETAIL, {"Relancer": ticks})
        single_cells.write(book, _PREPARATION, _reopening(reopened))
        return _report(ticks.values(), left, len(reopened))


def change_level(book: xw.Book, numbers: Collection[int], step: int) -> DecisionReport:
    """Give these rows of Préparation a letter ``step`` (1 or -1) from the one they have.

    A number that is the proposed one again follows it from then on.

    Raises:
        CancelledError: One of their letters is issued, and the user answered no.
        BookBusyError: The sheet is protected; nothing was written.
    """
    with quiet(book):
        desk = _Desk.at(book)
        rows, left = desk.customers(numbers)
        typed: dict[int, int | str] = {}
        changed: list[CustomerRow] = []
        for place, row in rows.items():
            if row.letter_no is None:
                left[_NO_NUMBER] += 1
            elif not 1 <= row.letter_no + step <= desk.highest:
                left["déjà au premier numéro" if step < 0 else "déjà au dernier numéro"] += 1
            else:
                number = row.letter_no + step
                typed[place] = AS_PROPOSED if number == row.suggested_no else number
                changed.append(replace(row, typed=number))
        desk.writable(_PREPARATION)
        reopened = desk.reopened(changed)
        single_cells.write(book, _PREPARATION, {"N° lettre": typed, **_reopening(reopened)})
        ups = [int(step > 0)] * len(typed)
        return _report(ups, left, len(reopened))


def switch_issued(book: xw.Book, numbers: Collection[int]) -> DecisionReport:
    """Consider the letters of these rows of Préparation as issued, or as not issued again.

    No file is written or removed. A letter considered as issued is frozen as it is decided now.

    Raises:
        BookBusyError: The sheet is protected; nothing was written.
    """
    with quiet(book):
        desk = _Desk.at(book)
        rows, left = desk.customers(numbers)
        ticks: dict[int, int] = {}
        digests: dict[int, str | None] = {}
        for place, row in rows.items():
            if not row.issued and row.letter_no is None:
                left[_NO_NUMBER] += 1
            elif not row.issued and not row.on:
                left["« Relancer » n'est pas coché"] += 1
            else:
                ticks[place] = int(not row.issued)
                digests[place] = None if row.issued else row.content_digest()
        desk.writable(_PREPARATION)
        single_cells.write(book, _PREPARATION, {"Éditée": ticks, "Empreinte": digests})
        return _report(ticks.values(), left)


@dataclass(frozen=True, slots=True)
class _Desk:
    """The three sheets as they stand."""

    book: xw.Book
    sheets: Sheets
    highest: int

    @classmethod
    def at(cls, book: xw.Book) -> _Desk:
        highest = named.procedure(book).highest
        return cls(book, preparation_sheet.read(book, highest), highest)

    def customers(self, numbers: Collection[int]) -> tuple[dict[int, CustomerRow], Counter[str]]:
        """The rows of Préparation with those numbers, and how many cannot be read."""
        known = self.customers_by_row()
        whole = sorted(set(numbers) - self.unreadable(_PREPARATION, numbers))
        rows = {number: known[number] for number in whole if number in known}
        unreadable = self.unreadable(_PREPARATION, numbers)
        if not rows and not unreadable:
            raise RefusedError(_EMPTY)
        return rows, Counter({_UNREADABLE: len(unreadable)} if unreadable else {})

    def unreadable(self, table: layout.Table, numbers: Collection[int]) -> set[int]:
        """Rows that hold something that means nothing; neither blank ones nor a wrong number."""
        faulty = {
            finding.row
            for finding in self.sheets.findings
            if finding.where == table.sheet and finding.column != "N° lettre"
        }
        return {number for number in numbers if number in faulty}

    def customers_by_row(self) -> dict[int, CustomerRow]:
        """The rows of Préparation by number."""
        rows = self.sheets.customers
        return {row.number_of_row: row for row in rows if row.number_of_row is not None}

    def items_by_row(self) -> dict[int, DetailRow]:
        """The rows of Détail by number."""
        items = [*(i for row in self.sheets.customers for i in row.items), *self.sheets.others]
        known = {item.identity: item for item in items}
        rows = tables.read(self.book, _DETAIL)
        place = rows.index("Identité")
        return {
            number: known[str(row[place])]
            for number, row in zip(rows.numbers, rows.rows, strict=True)
            if str(row[place]) in known
        }

    def writable(self, *wanted: layout.Table) -> None:
        writable(self.book, *wanted)

    def reopened(self, changed: Iterable[CustomerRow]) -> list[CustomerRow]:
        """Issued rows whose letter says something else once changed so, after asking."""
        before = {row.key: row for row in self.sheets.customers}
        stale = [
            row for row in changed if row.issued and row.content_digest() != _said(before[row.key])
        ]
        if stale:
            names = french.listing(row.name or row.account for row in stale)
            confirm(
                self.book,
                f"{french.count(len(stale), 'lettre déjà éditée', 'lettres déjà éditées')} "
                f"({names}) : changer quand même, et retirer la coche « Éditée » pour refaire "
                "la lettre ?",
            )
        return stale


def _said(row: CustomerRow) -> str:
    """What its letter says; one issued by hand says what is decided."""
    return row.digest or row.content_digest()


def _reopening(rows: Sequence[CustomerRow]) -> dict[str, dict[int, Any]]:
    numbers = [row.number_of_row for row in rows if row.number_of_row is not None]
    return {"Éditée": dict.fromkeys(numbers, 0), "Empreinte": dict.fromkeys(numbers)}


def _report(ticks: Iterable[int], left: Mapping[str, int], reopened: int = 0) -> DecisionReport:
    counted = Counter(ticks)
    return DecisionReport(on=counted[1], off=counted[0], reopened=reopened, left=left)


def keys_of_rows(book: xw.Book, table: layout.Table, numbers: Collection[int]) -> list[Key]:
    """Account and currency of these rows, in the order of the sheet, each once."""
    rows = tables.read(book, table)
    account, currency = rows.index("Compte"), rows.index("Devise")
    wanted = set(numbers)
    return list(
        dict.fromkeys(
            (str(row[account] or ""), str(row[currency] or "").upper())
            for number, row in zip(rows.numbers, rows.rows, strict=True)
            if number in wanted
        )
    )
