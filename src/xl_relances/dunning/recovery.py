"""Recovery: what was paid of what each campaign claimed, by the letter's number.

An item counts as recovered for all that its letter claimed once the ledger holds
it no more, allocated it or set it off whole; in part for what its remainder fell
by. Credit notes and set-offs count as payments do: what matters is that the
customer no longer owes it. A payment counts for every campaign that claimed the
item, so campaigns are compared, never added up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xl_relances.dunning.history import REPRISE, HistoryRecord
from xl_relances.dunning.open_items import AccountPosition

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """The letters of one number, in one campaign and currency.

    Attributes:
        batch: The campaign.
        letter_date: Day of its letters.
        currency: ISO 4217 code.
        letter_no: Number of the letters.
        letters: How many customers got one.
        claimed: What they claimed.
        recovered: What of it is owed no more, 0 to ``claimed``.
    """

    batch: str
    letter_date: date
    currency: str
    letter_no: int
    letters: int
    claimed: Decimal
    recovered: Decimal


def remainders(positions: Iterable[AccountPosition]) -> dict[str, Decimal]:
    """What is left of each open item, by identity."""
    return {item.identity: item.remainder for held in positions for item in held.items}


def is_unread(record: HistoryRecord, unread: Collection[str]) -> bool:
    """Whether the ledger may hold the item in a row that cannot be read; "" is any account."""
    return record.account in unread or "" in unread


def recoveries(
    records: Iterable[HistoryRecord],
    cancelled: Collection[str],
    left: Mapping[str, Decimal],
    *,
    identities: Collection[str] = (),
    unread: Collection[str] = (),
) -> list[Recovery]:
    """Every campaign that counts, oldest letters first, then by name, currency and number.

    Args:
        records: The history; letters that came with the ledger (« Reprise ») claimed
            amounts that nobody knows, and stay out.
        cancelled: Campaigns that were undone.
        left: What :func:`remainders` says of the present ledger.
        identities: Every entry of the ledger, allocated ones too.
        unread: Accounts with a row that cannot be read, "" for a row of nobody knows whom: an
            item of theirs that the ledger lacks counts as still owed.
    """
    groups: dict[tuple[str, str, int], list[HistoryRecord]] = {}
    for record in records:
        if record.batch not in cancelled and record.batch != REPRISE:
            groups.setdefault((record.batch, record.currency, record.letter_no), []).append(record)
    found = [
        Recovery(
            batch=batch,
            letter_date=max(record.letter_date for record in rows),
            currency=currency,
            letter_no=letter_no,
            letters=len({record.account for record in rows}),
            claimed=sum((max(_ZERO, record.remainder) for record in rows), _ZERO),
            recovered=sum(
                (
                    _recovered(record, left)
                    for record in rows
                    if record.identity in identities or not is_unread(record, unread)
                ),
                _ZERO,
            ),
        )
        for (batch, currency, letter_no), rows in groups.items()
    ]
    return sorted(found, key=lambda r: (r.letter_date, r.batch, r.currency, r.letter_no))


def _recovered(record: HistoryRecord, left: Mapping[str, Decimal]) -> Decimal:
    """What was claimed less what is still owed of it; an item may owe more by now."""
    still = max(_ZERO, left.get(record.identity, _ZERO))
    return max(_ZERO, record.remainder - still)
