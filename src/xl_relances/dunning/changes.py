"""What became of the last campaign: paid, paid in part, gone, still owed; what fell due since.

An item that the campaign claimed is, in the present ledger and by identity,

    paid         there, and nothing is left of it: allocated, or set off whole
    part-paid    there, and less is left than was claimed
    vanished     there no more: paid or taken out of the books, nobody can tell
    unchanged    there, and at least what was claimed is left; or in a row that cannot be read

and an item that it did not claim is

    new          open and overdue today, but not yet overdue on the day of the letters

A level has moved where the highest level of a customer's claimed items is another
after the campaign than before it, from the history alone.

Source: product specification, section 4, rules 1, 4 and 12 (identity, set-off, levels).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, auto

from xl_relances import french
from xl_relances.dunning.decision import Key
from xl_relances.dunning.history import HistoryRecord, Standing
from xl_relances.dunning.open_items import AccountPosition
from xl_relances.dunning.recovery import is_unread, remainders


class Fate(Enum):
    """What became of a claimed item."""

    PAID = auto()
    PART_PAID = auto()
    VANISHED = auto()
    UNCHANGED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerChange:
    """One customer and currency since the last campaign.

    ``claimed`` = ``paid`` + ``part_paid`` + ``vanished`` + ``still_due``, all 0 or more.

    Attributes:
        account: The customer's account.
        currency: Currency of the letter.
        claimed: What the letter claimed; 0 for a customer with new items alone.
        paid: Claims on items of which nothing is left.
        part_paid: What was paid of items that are still owed in part.
        vanished: Claims on items that the ledger no longer holds.
        still_due: What is left of the claims.
        new: What is left of items that fell due since.
        level_before: Highest level of the claimed items before the campaign, 0 for none.
        level: The same now.
    """

    account: str
    currency: str
    claimed: Decimal
    paid: Decimal
    part_paid: Decimal
    vanished: Decimal
    still_due: Decimal
    new: Decimal
    level_before: int
    level: int

    @property
    def key(self) -> Key:
        """Account and currency."""
        return self.account, self.currency

    @property
    def moved(self) -> bool:
        """Whether its level is another than before the campaign."""
        return self.level != self.level_before


def fate(claimed: Decimal, left: Decimal | None) -> Fate:
    """What became of an item.

    Args:
        claimed: What its letter claimed, above 0.
        left: What is left of it, 0 once allocated, below where it is a credit by now; None when
            the ledger lacks it.
    """
    if left is None:
        return Fate.VANISHED
    if left <= 0:
        return Fate.PAID
    return Fate.PART_PAID if left < claimed else Fate.UNCHANGED


def changes(
    letters: Sequence[HistoryRecord],
    *,
    before: Standing,
    now: Standing,
    positions: Iterable[AccountPosition],
    identities: Collection[str],
    as_of: date,
    unread: Collection[str] = (),
) -> list[CustomerChange]:
    """By account then currency: customers of the campaign, and those with new items.

    Args:
        letters: The campaign's records; none gives no changes.
        before: Levels without the campaign.
        now: Levels with it.
        positions: What every customer owes on ``as_of``.
        identities: Every entry of the ledger, allocated ones too.
        as_of: Today.
        unread: Accounts with a row that cannot be read, as in :func:`recoveries`.
    """
    if not letters:
        return []
    positions = list(positions)
    left = remainders(positions)
    sent = max(record.letter_date for record in letters)
    amounts: dict[Key, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    levels: dict[Key, list[tuple[int, int]]] = defaultdict(list)
    for record in letters:
        key = record.account, record.currency
        levels[key].append(
            (before.of_item(record.identity).level, now.of_item(record.identity).level)
        )
        if record.remainder <= 0:
            continue
        there = record.identity in identities
        found = left.get(record.identity, Decimal(0)) if there else None
        if not there and is_unread(record, unread):
            found = record.remainder
        _add(amounts[key], record.remainder, found)
    claimed = {record.identity for record in letters}
    for position in positions:
        for item in position.items:
            fell_due = item.due_date is not None and sent <= item.due_date < as_of
            if fell_due and item.remainder > 0 and item.identity not in claimed:
                amounts[position.key]["new"] += item.remainder
    return [
        _customer(key, amounts[key], levels[key]) for key in sorted(amounts.keys() | levels.keys())
    ]


def _add(amounts: dict[str, Decimal], claimed: Decimal, left: Decimal | None) -> None:
    amounts["claimed"] += claimed
    match fate(claimed, left):
        case Fate.VANISHED:
            amounts["vanished"] += claimed
        case Fate.PAID:
            amounts["paid"] += claimed
        case Fate.PART_PAID:
            assert left is not None  # part of it is left
            amounts["part_paid"] += claimed - left
            amounts["still_due"] += left
        case Fate.UNCHANGED:
            amounts["still_due"] += claimed


def _customer(
    key: Key, amounts: dict[str, Decimal], levels: Sequence[tuple[int, int]]
) -> CustomerChange:
    account, currency = key
    zero = 0 * french.quantum(currency)
    titles = ("claimed", "paid", "part_paid", "vanished", "still_due", "new")
    return CustomerChange(
        account=account,
        currency=currency,
        level_before=max((before for before, _ in levels), default=0),
        level=max((now for _, now in levels), default=0),
        **{title: zero + amounts.get(title, zero) for title in titles},
    )
