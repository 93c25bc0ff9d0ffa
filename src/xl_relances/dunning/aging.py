"""Aged balance: what a customer owes, by days past the due date, set off first."""

from __future__ import annotations

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
