"""Ledger entries: what the books say of a customer, one line each.

Amounts are exact decimals in the entry's own currency, debit positive and
credit negative. Days are dates, never instants.

Source: product specification, section 4, rule 1.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

OPENING_JOURNAL = r"(?:R?AN|ANO|A?NOUV\w*|A-?NOUVEAUX?|R?AN[-_]?\d+|REPORT)"
"""Codes of the journals that open a year, letters of either case."""

_OPENS = re.compile(rf"{OPENING_JOURNAL}(?:-|$)", re.IGNORECASE)


class Hold(NamedTuple):
    """What the user wrote beside an item to keep it out of letters.

    One day and one reason serve a promise and a dispute alike.

    Attributes:
        promised: Whether the customer promised to pay it.
        until: Last day on which it stays out, inclusive; None lasts until the mark is removed.
        reason: Free text.
    """

    promised: bool = False
    until: date | None = None
    reason: str = ""

    def lasts(self, as_of: date) -> bool:
        """Whether its day is not over."""
        return self.until is None or as_of <= self.until


NO_HOLD = Hold()
"""That of an item beside which nothing is written."""


class LedgerEntry(NamedTuple):
    """One line of the customers' ledger.

    A named tuple, not a dataclass: a ledger holds a hundred thousand of them.

    Attributes:
        position: 0 for the first line of the sheet, then 1, 2, ...
        account: The customer's account, text: ``000123`` is not ``123``.
        name: The customer's name as the ledger has it.
        entry_no: Journal, year and number, or empty.
        document: The document's reference (pièce), or empty.
        document_date: Day of the document, when known.
        due_date: Day it falls due as the ledger says, before any payment terms.
        label: Free text.
        debit: What the customer owes more; may be negative in some ledgers.
        credit: What the customer owes less.
        currency: ISO 4217 code.
        allocation_code: Lettrage; empty or lower case leaves the entry open.
        disputed: Whether the customer contests it, or did until ``hold`` ended.
        recorded_level: Level of the last letter that came with the ledger, 0 for none.
        recorded_date: Day of that letter, when known.
        identity: The key of its history; empty until :func:`identities` gave one.
        hold: A promise to pay, and until when it or the dispute keeps the item out.
    """

    position: int
    account: str
    name: str
    entry_no: str
    document: str
    document_date: date | None
    due_date: date | None
    label: str
    debit: Decimal
    credit: Decimal
    currency: str
    allocation_code: str = ""
    disputed: bool = False
    recorded_level: int = 0
    recorded_date: date | None = None
    identity: str = ""
    hold: Hold = NO_HOLD

    @property
    def amount(self) -> Decimal:
        """Debit less credit: positive when the customer owes it."""
        return self.debit - self.credit

    @property
    def opens_a_year(self) -> bool:
        """Whether it carries a balance over from the year before: no sale, no payment."""
        return _OPENS.match(self.entry_no) is not None

    @property
    def is_open(self) -> bool:
        """Whether it lacks a full allocation: no code, or a code in lower case."""
        return not self.allocation_code or self.allocation_code.islower()

    def is_disputed(self, as_of: date) -> bool:
        """Whether the customer contests it on that day."""
        return self.disputed and self.hold.lasts(as_of)

    def is_promised(self, as_of: date) -> bool:
        """Whether its payment is promised for that day or a later one, or for none."""
        return self.hold.promised and self.hold.lasts(as_of)


_NO_DATE = date.max


def identities(entries: Sequence[LedgerEntry]) -> list[str]:
    """The identity of each entry, in the same order.

    An identity is account, currency, entry number (without one: document and
    its date), signed amount, and a rank among equals. Equals are ordered by due
    date, then label, then sheet order, allocated ones counted. The due date is
    no part of it, so that a granted extension resets no level. An identity that
    an entry already carries is kept; a second entry that carries the same one
    (a copied row) gets one of its own.
    """
    result = [entry.identity for entry in entries]
    taken: set[str] = set()
    nameless: dict[str, list[int]] = defaultdict(list)
    for index, entry in enumerate(entries):
        if entry.identity and entry.identity not in taken:
            taken.add(entry.identity)
        else:
            nameless[_stem(entry)].append(index)
    for stem, indexes in nameless.items():
        if len(indexes) > 1:
            indexes.sort(key=lambda index: _among_equals(entries[index]))
        rank = 1
        for index in indexes:
            while (candidate := f"{stem}|{rank}") in taken:
                rank += 1
            taken.add(candidate)
            result[index] = candidate
    return result


def _stem(entry: LedgerEntry) -> str:
    if entry.entry_no:
        reference = entry.entry_no
    else:
        day = entry.document_date.isoformat() if entry.document_date else ""
        reference = f"{entry.document} {day}"
    stem = f"{entry.account}|{entry.currency}|{reference}"
    if stem.count("|") > 2:
        parts = (entry.account, entry.currency, reference)
        stem = "|".join([part.replace("|", "||") for part in parts])
    return f"{stem}|{entry.amount}"


def _among_equals(entry: LedgerEntry) -> tuple[date, str, int]:
    return entry.due_date or _NO_DATE, entry.label, entry.position


def by_account(
    entries: Iterable[LedgerEntry],
) -> dict[tuple[str, str], list[LedgerEntry]]:
    """Entries by account and currency, in the order in which they first occur."""
    groups: dict[tuple[str, str], list[LedgerEntry]] = {}
    for entry in entries:
        groups.setdefault((entry.account, entry.currency), []).append(entry)
    return groups
