"""Dunning history: which letter each item got, and each customer last.

History is never deleted: a campaign is undone by dating its cancellation, and
levels are read again from what still counts.

Source: product specification, section 4, rules 6, 12 and 14.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from xl_relances.dunning.ledger import LedgerEntry

REPRISE = "Reprise"
"""Campaign of the letters that came with the ledger, sent by another system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRecord:
    """One item of one saved letter.

    Attributes:
        batch: The campaign (campagne).
        letter_date: Day of the letter.
        account: The customer's account.
        currency: Currency of the letter.
        letter_no: Number of the letter that was sent.
        level: The level the item got by it; None where it was listed for memory only.
        identity: The item, as :func:`xl_relances.dunning.ledger.identities` names it.
        saved_at: When it was saved; None in histories typed by hand.
        name: The customer's name then.
        entry_no: The entry's number.
        document: The document's reference.
        due_date: The item's due date then.
        remainder: What the letter claimed of it.
        sending: How the letter went.
        file: The letter's file, relative to the workbook.
        user: Who saved it.
    """

    batch: str
    letter_date: date
    account: str
    currency: str
    letter_no: int
    level: int | None
    identity: str
    saved_at: datetime | None = None
    name: str = ""
    entry_no: str = ""
    document: str = ""
    due_date: date | None = None
    remainder: Decimal = Decimal(0)
    sending: str = ""
    file: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """A level and the day of the letter that gave it; the day may be unknown."""

    level: int
    letter_date: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where items and customers stand, from all letters that count.

    Attributes:
        items: Level reached by identity; items without a letter are absent.
        customers: Last letter (its number, its day) by account and currency.
    """

    items: Mapping[str, Reached] = field(default_factory=dict)
    customers: Mapping[tuple[str, str], Reached] = field(default_factory=dict)

    def of_item(self, identity: str) -> Reached:
        """Level 0 with no day for an item that never got a letter."""
        return self.items.get(identity, _NEVER)

    def of_customer(self, account: str, currency: str) -> Reached:
        """Number 0 with no day for a customer who never got a letter."""
        return self.customers.get((account, currency), _NEVER)


_NEVER = Reached(0, None)


def standing(records: Iterable[HistoryRecord], cancelled: Collection[str]) -> Standing:
    """Where everybody stands after ``records``, campaigns in ``cancelled`` left out.

    An item keeps the level it was given last; « pour mémoire » changes nothing.
    A customer's last letter is the one with the latest day; of two on that day,
    the one saved last. Its number is the highest that its items were sent under.
    """
    counted = [record for record in records if record.batch not in cancelled]
    counted.sort(key=lambda record: (record.saved_at or datetime.min, record.letter_date))
    items: dict[str, Reached] = {}
    last: dict[tuple[str, str], tuple[date, str, int]] = {}
    for record in counted:
        if record.level is not None:
            items[record.identity] = Reached(record.level, record.letter_date)
        key = (record.account, record.currency)
        day, batch, number = last.get(key, (date.min, "", 0))
        if (record.letter_date, record.batch) == (day, batch):
            last[key] = day, batch, max(number, record.letter_no)
        elif record.letter_date >= day:
            last[key] = record.letter_date, record.batch, record.letter_no
    customers = {key: Reached(number, day) for key, (day, _, number) in last.items()}
    return Standing(items, customers)


def carried_over(
    entries: Iterable[LedgerEntry], records: Iterable[HistoryRecord]
) -> list[HistoryRecord]:
    """Letters that came with the ledger, as records of the campaign « Reprise ».

    They count for items, allocated ones too, that no campaign ever listed,
    undone ones included: what Save wrote beside an item is no letter of another
    system. A level without a day gives no record: Prepare reports it.
    """
    known = {record.identity for record in records}
    return [
        HistoryRecord(
            batch=REPRISE,
            letter_date=entry.recorded_date,
            account=entry.account,
            currency=entry.currency,
            letter_no=entry.recorded_level,
            level=entry.recorded_level,
            identity=entry.identity,
            name=entry.name,
            entry_no=entry.entry_no,
            document=entry.document,
            due_date=entry.due_date,
            remainder=entry.amount,
        )
        for entry in entries
        if entry.recorded_level and entry.recorded_date and entry.identity not in known
    ]
