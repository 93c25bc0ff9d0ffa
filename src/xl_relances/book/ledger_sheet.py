"""Grand livre: rows of the sheet to ledger entries.

Parsing returns the good and the bad: a row that cannot be read is a finding,
and its customer, whose balance is then unknown, gets no letter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from xl_relances.book import cells, layout
from xl_relances.book.cells import CellError
from xl_relances.book.tables import TableRows
from xl_relances.dunning.ledger import NO_HOLD, Hold, LedgerEntry, identities
from xl_relances.errors import Finding

_LEDGER = layout.GRAND_LIVRE_TABLE
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Ledger:
    """The ledger as read.

    Attributes:
        entries: Readable rows, identities given, in sheet order.
        numbers: The sheet's row number of each.
        stored: The identity that each row already carried, or "".
        recorded: What « Dernière lettre » and « Relancé le » hold, as read.
        findings: What could not be read, or not be relied on.
        faults: The first unreadable row of an account, as a sentence, by account.
        lost: Name of the customer of each unreadable row, by account and currency.
        unread: How many rows of an account could not be read.
    """

    entries: list[LedgerEntry]
    numbers: list[int]
    stored: list[str]
    recorded: list[tuple[int, date | None]]
    findings: list[Finding]
    faults: dict[str, str]
    lost: dict[tuple[str, str], str] = field(default_factory=dict)
    unread: int = 0

    @cached_property
    def is_identified(self) -> bool:
        """Whether every row carries its identity in the sheet already."""
        return [entry.identity for entry in self.entries] == self.stored

    @cached_property
    def digest(self) -> str:
        """A digest that rows in another order share and any other change alters.

        « Dernière lettre », « Relancé le » and « Identité », which we write, are no part of it.
        """
        total = 0
        for entry in self.entries:
            row = "\x1f".join(map(str, entry[1:13] + entry.hold[:2]))
            total += int.from_bytes(hashlib.blake2b(row.encode(), digest_size=12).digest(), "big")
        return f"{total % 2**96:024x}"


def parse_ledger(rows: TableRows, *, currency: str, highest: int) -> Ledger:
    """Every row of Grand livre as an entry, or as a finding.

    Args:
        rows: The sheet's rows.
        currency: Currency of rows that name none.
        highest: The last level of the procedure; a recorded level beyond it counts as it.
    """
    pick = rows.picker()
    entries: list[LedgerEntry] = []
    numbers: list[int] = []
    recorded: list[tuple[int, date | None]] = []
    findings: list[Finding] = []
    faults: dict[str, str] = {}
    lost: dict[tuple[str, str], str] = {}
    unread = 0
    for row, number in zip(rows.rows, rows.numbers, strict=True):
        picked = pick(row)
        try:
            entry = _entry(picked, len(entries), currency)
        except CellError:
            bad = list(_faulty_cells(picked, number))
            findings.extend(bad)
            account = cells.text_or_error(picked[0])
            faults.setdefault(account, str(bad[0]))
            if account and account not in cells.ERRORS:
                unread += 1
                try:
                    code = cells.currency(picked[9]) or currency
                except CellError:
                    code = currency
                lost.setdefault((account, code), cells.text_or_error(picked[1]))
            continue
        recorded.append((entry.recorded_level, entry.recorded_date))
        if entry.recorded_level or entry.recorded_date:
            entry = _checked_level(entry, number, highest, findings)
        if entry.document_date is None:
            findings.append(_note(number, "Date", "date de pièce manquante."))
        if entry.hold is not NO_HOLD and (doubt := _doubtful_hold(entry)):
            findings.append(_note(number, "Jusqu'au", doubt))
        entries.append(entry)
        numbers.append(number)
    stored = [entry.identity for entry in entries]
    entries = [
        entry if entry.identity == identity else entry._replace(identity=identity)
        for entry, identity in zip(entries, identities(entries), strict=True)
    ]
    return Ledger(entries, numbers, stored, recorded, findings, faults, lost, unread)


def is_readable(row: Mapping[str, Any], currency: str) -> bool:
    """Whether a row (title to cell) would be read as an entry."""
    try:
        _entry([row.get(column.title) for column in _LEDGER.columns], 0, currency)
    except CellError:
        return False
    return True


def _entry(row: Sequence[Any], position: int, default_currency: str) -> LedgerEntry:
    text, day = cells.text, cells.day
    (account, name, entry_no, document, document_date, due_date, label, debit, credit,
     currency, allocation, dispute, promise, until, reason, level, letter_date, identity,
     _) = row  # fmt: skip
    code = cells.currency(currency) or default_currency
    account = text(account)
    if not account:
        raise CellError
    owed, paid = cells.amount(debit, code), cells.amount(credit, code)
    if owed < 0 or paid < 0:  # a negative debit is a credit, and the reverse
        owed, paid = (
            max(owed, _ZERO) - min(paid, _ZERO),
            max(paid, _ZERO) - min(owed, _ZERO),
        )
    return LedgerEntry(
        position,
        account,
        text(name),
        text(entry_no),
        text(document),
        day(document_date),
        day(due_date),
        text(label),
        owed,
        paid,
        code,
        text(allocation),
        _is_marked(dispute),
        cells.integer(level) or 0,
        day(letter_date),
        text(identity),
        Hold(_is_marked(promise), day(until), text(reason))
        if promise or until or reason
        else NO_HOLD,
    )


def _is_marked(value: Any) -> bool:
    """Any text marks the item, but a plain no."""
    return bool(value) and cells.text(value).lower() not in {"", *layout.NO_MARK}


READERS: Mapping[layout.Kind, Callable[[Any], Any]] = {
    layout.Kind.TEXT: cells.text,
    layout.Kind.DATE: cells.day,
    layout.Kind.INTEGER: cells.integer,
    layout.Kind.AMOUNT: lambda value: cells.amount(value, "EUR"),
    layout.Kind.TICK: cells.tick,
    layout.Kind.STAMP: cells.stamp,
    layout.Kind.LINK: cells.text,
    layout.Kind.PERCENT: lambda value: cells.amount(value, "TND"),
}
"""What reads a cell, by the kind of its column."""


_NO_ACCOUNT = (
    "compte client manquant, ligne comptée pour personne. Complétez-la, ou supprimez-la si elle "
    "n'est pas d'un client."
)


def _faulty_cells(row: Sequence[Any], number: int) -> Iterable[Finding]:
    if not cells.text_or_error(row[0]):
        yield Finding(where=_LEDGER.sheet, row=number, column="Compte", message=_NO_ACCOUNT)
    yield from faulty_cells(_LEDGER, row, number)
    if cells.text_or_error(row[9]) in cells.ERRORS:
        return
    try:
        cells.currency(row[9])
    except CellError as error:
        yield Finding(where=_LEDGER.sheet, row=number, column="Devise", message=f"{error}.")


def faulty_cells(table: layout.Table, row: Sequence[Any], number: int) -> Iterable[Finding]:
    """A finding for each cell of a row, in the contract's order, that means nothing."""
    for column, value in zip(table.columns, row, strict=True):
        try:
            READERS[column.kind](value)
        except CellError as error:
            yield Finding(where=table.sheet, row=number, column=column.title, message=f"{error}.")


def _checked_level(
    entry: LedgerEntry, number: int, highest: int, findings: list[Finding]
) -> LedgerEntry:
    """A recorded letter that can be relied on: a level we know, with a day."""

    def report(column: str, message: str) -> None:
        findings.append(_note(number, column, message))

    level = entry.recorded_level
    if not 0 <= level <= highest:
        report("Dernière lettre", f"niveau {level} inconnu, de 1 à {highest} attendu.")
        level = min(max(level, 0), highest)
    day = entry.recorded_date
    if level and day is None:
        day = entry.due_date or entry.document_date
        report("Relancé le", "date de la dernière lettre manquante : l'échéance en tient lieu.")
    if day and not level:
        report("Dernière lettre", "numéro de la lettre manquant : la date est sans effet.")
        day = None
    return entry._replace(recorded_level=level, recorded_date=day)


def _doubtful_hold(entry: LedgerEntry) -> str:
    """What is missing for a promise or a day to mean something; "" for nothing.

    A promise without a day keeps its item out: the user wants no letter now, and nobody
    but the user knows the day. Each Prepare tells it, so that it is not forgotten.
    """
    if not entry.is_open or entry.amount <= 0:
        return ""
    hold = entry.hold
    if hold.promised and hold.until is None:
        return (
            "promesse de paiement sans date : l'échéance n'est plus relancée. Tapez la date "
            "promise, ou effacez « Promesse »."
        )
    if hold.until is not None and not hold.promised and not entry.disputed:
        return "date sans effet : ni « Litige » ni « Promesse » n'est rempli."
    return ""


def _note(number: int, column: str, message: str) -> Finding:
    return Finding(where=_LEDGER.sheet, row=number, column=column, message=message, blocking=False)
