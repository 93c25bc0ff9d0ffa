"""DSO (délai moyen de règlement): how many days of sales the customers still owe.

    DSO = receivables / sales × days

all taxes included, in one currency. Receivables are the balance of the
customers' accounts on a day: debits less credits of every entry dated up to it,
inclusive. Sales are the debits of the days before it, that day among them: 365,
or as many as the ledger covers. Credit notes are not deducted, because a ledger
does not tell them from payments; entries that carry a balance over from the year
before are no sales. Entries without a date count in neither.

Source: usual definition, « méthode comptable » : encours clients TTC / chiffre
d'affaires TTC × nombre de jours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from xl_relances.dunning.ledger import LedgerEntry

YEAR = 365
LEAST_DAYS = 30
"""Days that the ledger must cover; on fewer the figure would mean nothing."""

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesOutstanding:
    """The DSO of one day.

    Attributes:
        day: The day, at its end.
        receivables: What the customers' accounts come to.
        sales: Debits of the ``span`` days up to ``day``, inclusive; above 0.
        span: Days that the sales are those of, 30 to 365.
    """

    day: date
    receivables: Decimal
    sales: Decimal
    span: int

    @property
    def days(self) -> int:
        """The DSO, in whole days; negative where customers have paid ahead."""
        exact = self.receivables / self.sales * self.span
        return int(exact.to_integral_value(ROUND_HALF_UP))


def sales_outstanding(
    entries: Iterable[LedgerEntry], *, currency: str, as_of: date, months: int = 6
) -> list[SalesOutstanding]:
    """The DSO on ``as_of`` and on the ends of the months before it, oldest first.

    Args:
        entries: The whole ledger, allocated entries too.
        currency: The only currency that counts.
        as_of: The last day.
        months: How many days to give at most, ``as_of`` among them.

    Returns:
        Days on which the ledger had begun ``LEAST_DAYS`` before and had sales; none at all
        where it holds open entries only: what was paid of the sales is unknown then.
    """
    moved: dict[date, Decimal] = defaultdict(Decimal)
    sold: dict[date, Decimal] = defaultdict(Decimal)
    allocated = False
    for entry in entries:
        if entry.currency != currency:
            continue
        allocated = allocated or not entry.is_open
        day = entry.document_date
        if day is None:
            continue
        moved[day] += entry.debit - entry.credit
        if not entry.opens_a_year:
            sold[day] += entry.debit
    if not allocated or not sold:
        return []
    first = min(sold)  # an opening entry may keep the day of its invoice, years before
    points = []
    for day in _days(as_of, months):
        span = min(YEAR, (day - first).days + 1)
        since = day - timedelta(days=span)
        sales = sum((amount for when, amount in sold.items() if since < when <= day), _ZERO)
        if span >= LEAST_DAYS and sales > 0:
            owed = sum((amount for when, amount in moved.items() if when <= day), _ZERO)
            points.append(SalesOutstanding(day=day, receivables=owed, sales=sales, span=span))
    return points


def _days(as_of: date, months: int) -> list[date]:
    """The ends of the months before, then the day itself."""
    days = [as_of]
    while len(days) < months:
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return days[::-1]
