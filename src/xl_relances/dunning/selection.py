"""Selection: which customers are dunned, and the one reason of all the others.

Criteria choose what is dunned; they never change what an item still owes.

Source: product specification, section 3 and section 4, rule 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import IntEnum

from xl_relances.dunning.due_dates import PaymentTerms
from xl_relances.dunning.levels import LevelMethod


class Reason(IntEnum):
    """Why a customer or an item is left out; the lowest that holds is the one given."""

    OUT_OF_RANGE = 1
    OTHER_CURRENCY = 2
    UNREADABLE = 3
    NIL_ACCOUNT = 4
    CREDIT_ACCOUNT = 5
    DO_NOT_DUN = 6
    BLOCKED = 7
    BELOW_MINIMUM = 8
    COVERED = 9
    TOO_RECENT = 10
    LAST_LEVEL = 11
    LEVEL_ZERO = 12
    NO_DUE_DATE = 13
    DISPUTED = 14
    PROMISED = 15
    PAST_BOUND = 16
    NOT_DUE = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The criteria of one dunning run.

    Attributes:
        as_of: The day of the letters, from which everything is judged.
        first_account: Lowest account, inclusive, text order; empty for no bound.
        last_account: Highest account, inclusive with all that begin with it; empty for no bound.
        currency: The only currency dunned; empty for every one.
        invoices_before: Debits whose document date is on or after it stay out; None for no bound.
        minimum: Customers who owe more than nothing but less than this stay out.
        letter_no: Number given to all letters; None leaves each to its items.
        method: How levels are found.
    """

    as_of: date
    first_account: str = ""
    last_account: str = ""
    currency: str = ""
    invoices_before: date | None = None
    minimum: Decimal = Decimal(0)
    letter_no: int | None = None
    method: LevelMethod = LevelMethod.COUNT

    def in_range(self, account: str) -> bool:
        """Whether the account lies between the bounds."""
        # An empty bound is below every account, and every account begins with it.
        last = self.last_account
        return self.first_account <= account and (account <= last or account.startswith(last))

    def in_currency(self, currency: str) -> bool:
        """Whether amounts in that currency are dunned."""
        return not self.currency or currency == self.currency

    def within_bound(self, document_date: date | None) -> bool:
        """Whether a debit of that document date is dunned; an unknown day is before no bound."""
        if self.invoices_before is None:
            return True
        return document_date is not None and document_date < self.invoices_before


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerTerms:
    """What the company decided about one customer.

    Attributes:
        terms: Payment terms; None for the company's.
        do_not_dun: « Ne pas relancer ».
        blocked_until: Last day of the block, inclusive.
        block_reason: Why; without a day it blocks until it is removed.
        is_consumer: Whether it is a private person (« Particulier »).
    """

    terms: PaymentTerms | None = None
    do_not_dun: bool = False
    blocked_until: date | None = None
    block_reason: str = ""
    is_consumer: bool = False

    def is_blocked(self, as_of: date) -> bool:
        """Whether letters wait on that day."""
        if self.blocked_until is not None:
            return as_of <= self.blocked_until
        return bool(self.block_reason)

    def block_ended(self, as_of: date) -> bool:
        """Whether a dated block is over, a promise that was not kept among them."""
        return self.blocked_until is not None and self.blocked_until < as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The company's settings that rule every run.

    Attributes:
        interval: Days between two letters to a customer, whatever their levels.
        ready_items_only: Whether a reminder lists only the items that advance.
        terms: The company's payment terms; None leaves items without a due date.
        customers: What was decided customer by customer, by account.
        faults: Accounts of which a row cannot be read, with the sentence that says which:
            their balance is unknown, so they get no letter.
    """

    interval: int = 14
    ready_items_only: bool = False
    terms: PaymentTerms | None = None
    customers: Mapping[str, CustomerTerms] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    def of(self, account: str) -> CustomerTerms:
        """What was decided about that customer; nothing when unknown."""
        return self.customers.get(account, _PLAIN)


_PLAIN = CustomerTerms()
