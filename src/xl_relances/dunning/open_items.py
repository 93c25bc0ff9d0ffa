"""Open items: what each customer still owes once everything paid is set off.

Per account and currency, T is the sum of all entries, U the sum of the open
ones and the net N = min(T, U). No claim is ever more than N. Where 0 < T < U
some payment was allocated to an invoice that the ledger no longer holds: the
difference is set off, visibly, as « Écart de lettrage ».

Set-off runs over the whole account, before anything is chosen, each step for
all credits before the next:

    gap   on all open debits whatever their state, oldest document first
    (a)   a credit to the debits of its own lower-case allocation code
    (b)   to the debits of the same document, where that is of one date
    (c)   what is left, to overdue undisputed debits, oldest due date first

Source: product specification, section 4, rules 2 and 4; Code civil, art. 1342-10.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xl_relances.dunning.due_dates import PaymentTerms, days_overdue
from xl_relances.dunning.ledger import NO_HOLD, Hold, LedgerEntry

GAP = "gap"
"""Last part of the identity of an « Écart de lettrage »."""

_ZERO = Decimal(0)
_LAST = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """An open entry, or the gap of allocation, with what was set off.

    Attributes:
        entry: The ledger's line; None for the gap.
        account: The customer's account.
        currency: Its currency.
        identity: Key of its history.
        due_date: The ledger's due date, else document date plus terms, else None.
        amount: Signed open amount: positive when owed.
        set_off: What was set off: positive on a debit, negative on a credit.
        against: Identities of the other side, in order of set-off.
        disputed: Whether the customer contests it on the day of the set-off.
        promised: Whether its payment is promised for that day or later; what is owed stays owed.
    """

    entry: LedgerEntry | None
    account: str
    currency: str
    identity: str
    due_date: date | None
    amount: Decimal
    set_off: Decimal
    against: tuple[str, ...]
    disputed: bool
    promised: bool

    @property
    def remainder(self) -> Decimal:
        """What is left of it: 0 for a covered debit and for a used-up credit."""
        return self.amount - self.set_off

    @property
    def is_debit(self) -> bool:
        """Whether the customer owes it; an amount of zero owes nothing."""
        return self.amount > 0

    @property
    def is_gap(self) -> bool:
        """Whether it is the gap of allocation, which no ledger line carries."""
        return self.entry is None

    @property
    def document_date(self) -> date | None:
        """Day of the document, when known."""
        return self.entry.document_date if self.entry else None

    @property
    def hold(self) -> Hold:
        """The promise, and until when it or a dispute keeps the item out."""
        return self.entry.hold if self.entry else NO_HOLD

    def ended_dispute(self, as_of: date) -> date | None:
        """Last day of the dispute that held it until before ``as_of``."""
        over = self.entry is not None and self.entry.disputed and not self.hold.lasts(as_of)
        return self.hold.until if over and self._is_owed else None

    def broken_promise(self, as_of: date) -> date | None:
        """Day for which its payment was promised, when that is over and something is still owed."""
        over = self.hold.promised and not self.hold.lasts(as_of)
        return self.hold.until if over and self._is_owed else None

    @property
    def _is_owed(self) -> bool:
        return self.remainder > 0

    @property
    def reference(self) -> str:
        """How people name it: its document, else its label, else its entry."""
        if self.entry is None:
            return ""
        return self.entry.document or self.entry.label or self.entry.entry_no

    def is_overdue(self, as_of: date) -> bool:
        """Whether its due date lies before ``as_of``."""
        return self.due_date is not None and self.due_date < as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPosition:
    """One customer in one currency.

    Attributes:
        account: The customer's account.
        currency: ISO 4217 code.
        name: The customer's name, the last one that the ledger gives.
        total: T, the sum of all entries.
        open_total: U, the sum of the open entries.
        items: Open items, the gap first, in the order of their due dates.
        unbalanced: Allocation codes whose entries do not sum to zero, with their sum.
    """

    account: str
    currency: str
    name: str
    total: Decimal
    open_total: Decimal
    items: tuple[OpenItem, ...]
    unbalanced: tuple[tuple[str, Decimal], ...]

    @property
    def key(self) -> tuple[str, str]:
        """Account and currency."""
        return self.account, self.currency

    @property
    def net(self) -> Decimal:
        """N = min(T, U): the most that may be claimed."""
        return min(self.total, self.open_total)

    @property
    def has_gap(self) -> bool:
        """Whether allocated entries leave the account below its open items."""
        return self.total < self.open_total


class _Amount:
    """An open amount while set-off runs: what is left, and where it went."""

    __slots__ = ("against", "amount", "identity", "left")

    def __init__(self, identity: str, amount: Decimal) -> None:
        self.identity = identity
        self.amount = amount
        self.left = abs(amount)
        self.against: list[str] = []

    @property
    def set_off(self) -> Decimal:
        """As :attr:`OpenItem.set_off`."""
        used = abs(self.amount) - self.left
        return used if self.amount > 0 else -used


class _Side(_Amount):
    """The open amount of a ledger's line."""

    __slots__ = ("disputed", "due_date", "entry")

    def __init__(
        self, entry: LedgerEntry, amount: Decimal, due_date: date | None, *, disputed: bool
    ) -> None:
        super().__init__(entry.identity, amount)
        self.entry = entry
        self.due_date = due_date
        self.disputed = disputed

    @property
    def by_due_date(self) -> tuple[date, date, str, str, Decimal, str]:
        """Order of step (c): due date, document date, document, entry, amount, identity."""
        entry = self.entry
        return (
            self.due_date or _LAST,
            entry.document_date or _LAST,
            entry.document,
            entry.entry_no,
            self.amount,
            self.identity,
        )

    @property
    def by_document_date(self) -> tuple[date, date, str, str, Decimal, str]:
        """The same with the document date first: order in which the gap is set off."""
        due, document, *rest = self.by_due_date
        return (document, due, *rest)  # type: ignore[return-value]  # mypy loses the star

    @property
    def as_credit(self) -> tuple[date, str, str, Decimal, str]:
        """Order in which credits are used: date, document, entry, amount, identity."""
        _, day, document, entry_no, amount, identity = self.by_due_date
        return day, document, entry_no, amount, identity


def position(
    entries: Sequence[LedgerEntry], *, terms: PaymentTerms | None, as_of: date
) -> AccountPosition:
    """What the customer of ``entries`` (one account, one currency) owes on ``as_of``.

    Args:
        entries: Every entry of the account, allocated ones too, identities given.
        terms: Terms for entries without a due date; None leaves them without one.
        as_of: The day from which « overdue » is judged.
    """
    first = entries[0]
    total = _ZERO
    by_code: dict[str, Decimal] = defaultdict(Decimal)
    sides: list[_Side] = []
    for entry in entries:
        amount = entry.debit - entry.credit
        total += amount
        if entry.is_open:
            due_date = entry.due_date
            if due_date is None and terms is not None and entry.document_date is not None:
                due_date = terms.due_date(entry.document_date)
            disputed = entry.is_disputed(as_of)
            sides.append(_Side(entry, amount, due_date, disputed=disputed))
        else:
            by_code[entry.allocation_code] += amount
    open_total = sum((side.amount for side in sides), _ZERO)
    gap = None
    if 0 < total < open_total:
        gap = _Amount(f"{first.account}|{first.currency}|{GAP}", total - open_total)
    _set_off(sides, gap, as_of)
    return AccountPosition(
        account=first.account,
        currency=first.currency,
        name=next((entry.name for entry in reversed(entries) if entry.name), ""),
        total=total,
        open_total=open_total,
        items=_items(first.account, first.currency, sides, gap, as_of),
        unbalanced=tuple((code, value) for code, value in sorted(by_code.items()) if value),
    )


def _items(
    account: str, currency: str, sides: list[_Side], gap: _Amount | None, as_of: date
) -> tuple[OpenItem, ...]:
    items = [
        OpenItem(
            entry=side.entry,
            account=account,
            currency=currency,
            identity=side.identity,
            due_date=side.due_date,
            amount=side.amount,
            set_off=side.set_off,
            against=tuple(side.against),
            disputed=side.disputed,
            promised=side.entry.is_promised(as_of),
        )
        for side in sorted(sides, key=lambda side: side.by_due_date)
    ]
    if gap is None:
        return tuple(items)
    found = OpenItem(
        entry=None,
        account=account,
        currency=currency,
        identity=gap.identity,
        due_date=None,
        amount=gap.amount,
        set_off=gap.set_off,
        against=tuple(gap.against),
        disputed=False,
        promised=False,
    )
    return found, *items


def _set_off(sides: list[_Side], gap: _Amount | None, as_of: date) -> None:
    debits = sorted((side for side in sides if side.amount > 0), key=lambda side: side.by_due_date)
    payments = sorted((side for side in sides if side.amount < 0), key=lambda side: side.as_credit)
    if gap is not None:
        _use(gap, sorted(debits, key=lambda side: side.by_document_date))
    if not payments:
        return  # most accounts: nothing else to set off
    by_code: dict[str, list[_Side]] = defaultdict(list)
    for debit in debits:
        if debit.entry.allocation_code:
            by_code[debit.entry.allocation_code].append(debit)
    for credit in payments:
        _use(credit, by_code.get(credit.entry.allocation_code, ()))
    by_document = _by_document(debits)
    for credit in payments:
        _use(credit, by_document.get(credit.entry.document, ()))
    due = [
        side
        for side in debits
        if side.left and not side.disputed and days_overdue(side.due_date, as_of)
    ]
    first = 0
    for credit in payments:
        while credit.left and first < len(due):
            _use(credit, due[first : first + 1])
            if not due[first].left:
                first += 1


def _by_document(debits: Iterable[_Side]) -> dict[str, list[_Side]]:
    """Debits by document, for documents that name one invoice.

    An empty reference, one of zeros only and one that several dates share (a
    journal and month, say) or that has no date name no invoice.
    """
    groups: dict[str, list[_Side]] = defaultdict(list)
    for debit in debits:
        if debit.entry.document.strip("0 "):
            groups[debit.entry.document].append(debit)
    return {
        document: group
        for document, group in groups.items()
        if len(days := {side.entry.document_date for side in group}) == 1 and None not in days
    }


def _use(credit: _Amount, debits: Sequence[_Side]) -> None:
    for debit in debits:
        if not credit.left:
            return
        part = min(credit.left, debit.left)
        if part:
            credit.left -= part
            debit.left -= part
            credit.against.append(debit.identity)
            debit.against.append(credit.identity)
