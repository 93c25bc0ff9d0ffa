"""The phone list: whom to call about what is overdue, the most pressing first.

A customer is called about the overdue remainders of its account that are neither
disputed nor promised for a day still to come, in range of the selection, unless
nothing may be claimed at all: nil and credit accounts, « ne pas relancer », a block
that still holds, a row that cannot be read.
No delay and no interval binds: a call costs less than a letter.

Source: product specification, section 4, rules 2, 3 and 5.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xl_relances.dunning.due_dates import days_overdue
from xl_relances.dunning.open_items import AccountPosition
from xl_relances.dunning.selection import Policy, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One customer to call, in one currency.

    Attributes:
        position: What the customer owes.
        overdue: What of it is overdue, neither disputed nor promised, above 0 and never more
            than the net.
        items: How many items that is.
        oldest: Due date of the oldest of them.
        days_late: Days since then.
        broken_promise: Last day for which the customer promised one of them; None without one.
    """

    position: AccountPosition
    overdue: Decimal
    items: int
    oldest: date
    days_late: int
    broken_promise: date | None = None


def calls(
    positions: Iterable[AccountPosition], *, selection: Selection, policy: Policy, currency: str
) -> list[Call]:
    """Whom to call: the company's currency first, broken promises, the largest overdue amount.

    Args:
        positions: What every customer owes on the day of the selection.
        selection: The criteria; minimum and letter number do not bind a call.
        policy: What the company decided about its customers.
        currency: The company's.
    """
    found = []
    for position in positions:
        call = _call(position, selection, policy)
        if call is not None:
            found.append(call)

    def urgency(call: Call) -> tuple[bool, str, bool, Decimal, str]:
        position = call.position
        kept = call.broken_promise is None
        return (
            position.currency != currency, position.currency, kept, -call.overdue, position.account
        )  # fmt: skip

    return sorted(found, key=urgency)


def _call(position: AccountPosition, selection: Selection, policy: Policy) -> Call | None:
    as_of, terms = selection.as_of, policy.of(position.account)
    if (
        not selection.in_range(position.account)
        or not selection.in_currency(position.currency)
        or position.account in policy.faults
        or position.net <= 0
        or terms.do_not_dun
        or terms.is_blocked(as_of)
    ):
        return None
    due = [
        item
        for item in position.items
        if item.remainder > 0
        and not (item.disputed or item.promised)
        and item.is_overdue(as_of)
        and selection.within_bound(item.document_date)
    ]
    days = [item.due_date for item in due if item.due_date is not None]
    if not days:
        return None
    oldest = min(days)
    return Call(
        position=position,
        overdue=sum((item.remainder for item in due), Decimal(0)),
        items=len(due),
        oldest=oldest,
        days_late=days_overdue(oldest, as_of),
        broken_promise=max(
            (day for item in due if (day := item.broken_promise(as_of))), default=None
        ),
    )
