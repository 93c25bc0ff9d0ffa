"""Amounts, dates and the recall of earlier letters in the languages of the templates.

A language other than English is written the French way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from xl_relances import french
from xl_relances.french import MINUS, NO_BREAK_SPACE

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_SYMBOLS = {"EUR": "€", "USD": "US$", "GBP": "£"}


def figures(value: Decimal, currency: str, language: str) -> str:
    """``1 234,56`` or ``1,234.56``: the currency's places, without its symbol."""
    if language == "en":
        text = f"{abs(value):,.{french.decimal_places(currency)}f}"
        return MINUS + text if value < 0 and text.strip("0.,") else text
    return french.amount(value, currency or "EUR").rpartition(NO_BREAK_SPACE)[0]


def money(value: Decimal, currency: str, language: str) -> str:
    """``1 234,56 €`` or ``€1,234.56``; a currency without symbol by its code."""
    if language != "en":
        return french.amount(value, currency)
    text = figures(value, currency, language)
    sign, digits = (MINUS, text[1:]) if text.startswith(MINUS) else ("", text)
    symbol = _SYMBOLS.get(currency.upper(), currency + NO_BREAK_SPACE)
    return f"{sign}{symbol}{digits}"


def rates(values: Sequence[Decimal], language: str) -> str:
    """``12,15 % puis 15 %``: per cent a year, one after the other; empty for none."""
    texts = [f"{value.normalize():f}" for value in values]
    if language == "en":
        return " then ".join(f"{text}%" for text in texts)
    return " puis ".join(f"{text.replace('.', ',')}{NO_BREAK_SPACE}%" for text in texts)


def long_date(day: date, language: str) -> str:
    """``3 février 2026`` or ``3 February 2026``, day and month never parted."""
    if language == "en":
        return f"{day.day}{NO_BREAK_SPACE}{_MONTHS[day.month - 1]} {day.year}"
    return french.long_date(day)


def short_date(day: date, language: str) -> str:
    """``03/02/2026`` or ``3 Feb 2026``, which no English reader takes for 2 March."""
    if language == "en":
        name = _MONTHS[day.month - 1][:3]
        return f"{day.day}{NO_BREAK_SPACE}{name}{NO_BREAK_SPACE}{day.year}"
    return french.short_date(day)


def recall(days: Sequence[date], language: str) -> str:
    """``notre lettre du 3 mars 2026``, ``nos lettres des … et …``; empty for no day."""
    if not days:
        return ""
    dates = [long_date(day, language) for day in days]
    last = dates.pop()
    if language == "en":
        return f"our letters of {', '.join(dates)} and {last}" if dates else f"our letter of {last}"
    return f"nos lettres des {', '.join(dates)} et {last}" if dates else f"notre lettre du {last}"
