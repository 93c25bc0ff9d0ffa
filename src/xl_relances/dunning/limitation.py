"""Limitation: the last day on which what is owed may still be claimed in court.

    between traders   five years (C. com. L110-4; C. civ. 2224)
    from a consumer   two years  (C. conso. L218-2)

Counted from the earlier of document date and due date: sources disagree on which of the
two starts the period, and the warning must not come too late. The first day does not count and
the last one does (C. civ. 2228 and 2229): from 15 March 2021 a claim may be brought until
15 March 2026, inclusive, and is time-barred from 16 March on. Where the month has no such day its
last one stands: 29 February 2024 gives 28 February 2026.

What interrupts the period (a claim in court, an acknowledgment of the debt such as a part
payment: C. civ. 2240 and 2241) is in no ledger: the true day may be later. A reminder interrupts
nothing, a formal notice neither.

Source: domain specification, « Late payment ».
"""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, date
from functools import lru_cache

from xl_relances.dunning.open_items import OpenItem
from xl_relances.dunning.selection import Policy

YEARS, CONSUMER_YEARS = 5, 2

WARNING_MONTHS = 6
"""Months before the last day in which the sheets warn."""


def limitation_day(item: OpenItem, policy: Policy) -> date | None:
    """The last day, inclusive, on which ``item`` may be claimed in court.

    None for credits and for debits with nothing left, which are not claimed; where neither
    date is known; and where a row of the customer cannot be read, whose kind is unknown.
    A line that opens a year on its first day says nothing of the invoice's own date: only an
    earlier due date counts then.
    """
    if item.amount <= 0 or not item.remainder or item.account in policy.faults:
        return None
    days = [day for day in (item.document_date, item.due_date) if day is not None]
    if item.entry is not None and item.entry.opens_a_year:
        opening = item.document_date
        if opening is not None and opening.day == 1:
            days = [day for day in days if day < opening]
    years = CONSUMER_YEARS if policy.of(item.account).is_consumer else YEARS
    return later(min(days), 12 * years) if days else None


def is_near(day: date, as_of: date) -> bool:
    """Whether ``day`` is the last one and ``as_of`` in its last six months, or past it."""
    warned = later(as_of, WARNING_MONTHS)
    return warned is None or day <= warned


def is_barred(day: date, as_of: date) -> bool:
    """Whether a claim whose last day is ``day`` comes too late on ``as_of``."""
    return day < as_of


@lru_cache(maxsize=4_096)  # thousands of items share a few hundred days
def later(day: date, months: int) -> date | None:
    """The same day so many months later, as ``EDATE`` has it; None past the year 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > MAXYEAR:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
