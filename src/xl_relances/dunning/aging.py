"""Aged balance: what a customer owes, by days past the due date, set off first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from xl_relances import french
from xl_relances.dunning.due_dates import days_overdue
from xl_relances.dunning.open_items import AccountPosition

BANDS = ("Non échu", "1–30", "31–60", "61–90", "> 90")
"""Days past the due date; an item without a due date is not due."""

CREDITS = "Crédits"
"""What is left of credits that nothing absorbed, negative."""


def aged(position: AccountPosition, as_of: date) -> dict[str, Decimal]:
    """Remainders of the open items by band, then of credits, in the currency's places."""
    amounts = dict.fromkeys((*BANDS, CREDITS), 0 * french.quantum(position.currency))
    for item in position.items:
        if item.remainder > 0:
            amounts[band(days_overdue(item.due_date, as_of))] += item.remainder
        else:
            amounts[CREDITS] += item.remainder
    return amounts


def band(days: int) -> str:
    """The band of an item that many days past its due date; 0 and less is not due."""
    if days < 1:
        return BANDS[0]
    return BANDS[min(4, 1 + (days - 1) // 30)]


def balance_by_currency(
    positions: Iterable[AccountPosition], as_of: date
) -> dict[str, dict[str, Decimal]]:
    """The aged balances of all customers summed up, by currency.

    The bands and the credits of a currency sum to what its open items come to, less the
    gaps of allocation that were set off.
    """
    totals: dict[str, dict[str, Decimal]] = {}
    for position in positions:
        if not position.items:
            continue
        bands = aged(position, as_of)
        known = totals.setdefault(position.currency, bands)
        if known is not bands:
            for title, amount in bands.items():
                known[title] += amount
    return totals


def overdue(bands: Mapping[str, Decimal]) -> Decimal:
    """What is at least one day late, credits apart."""
    return sum((bands[title] for title in BANDS[1:]), Decimal(0))
