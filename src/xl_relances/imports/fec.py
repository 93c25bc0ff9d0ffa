"""FEC: the file of accounting entries of the article A47 A-1, in all its variants.

A million lines stream by; only those of customers' accounts, and of the accounts
that stand beside them (413, 416, 4191), are kept.

Source: product specification, section 6; domain notes, « FEC ».
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import chain
from operator import attrgetter

from xl_relances.dunning.ledger import OPENING_JOURNAL
from xl_relances.imports.lines import Line
from xl_relances.imports.titles import normal

BESIDE = ("413", "416", "4191")
"""Where notes receivable, doubtful customers and down payments stand."""

_OPENING = re.compile(OPENING_JOURNAL, re.IGNORECASE)
_OPENING_NAME = re.compile(r"anouveau|reportnouveau|bilandouverture")
_ZEROS = re.compile(r"[0\s]*")

_SIDES = {"d": 1, "debit": 1, "1": 1, "+1": 1, "+": 1, "db": 1,
          "c": -1, "credit": -1, "-1": -1, "-": -1, "cr": -1}  # fmt: skip
_SYMBOLS = {"€": "EUR", "EURO": "EUR", "EUROS": "EUR", "E": "EUR", "$": "USD", "US$": "USD",
            "$US": "USD", "£": "GBP"}  # fmt: skip
_ACCOUNT = re.compile(r"\d{3}[0-9A-Za-z]*")
_CURRENCY = re.compile(r"[A-Z]{3}")


def is_account(text: str) -> bool:
    """Whether it is the number of an account of the chart: three digits first, no damage."""
    return _ACCOUNT.fullmatch(text) is not None


def side(text: str) -> int | None:
    """1 for debit, −1 for credit, None for anything else."""
    plain = text.strip().lower()
    return _SIDES.get(plain, _SIDES.get(normal(plain)) if plain[:1].isalpha() else None)


def currency(text: str) -> str | None:
    """The ISO code that a text means; None for anything else."""
    given = text.strip().upper()
    known = _SYMBOLS.get(given, given)
    return known if _CURRENCY.fullmatch(known) else None


def is_opening(journal: str, journal_name: str) -> bool:
    """Whether a journal opens the year."""
    if _OPENING.fullmatch(journal):
        return True
    return bool(journal_name) and _OPENING_NAME.search(normal(journal_name)) is not None


def entry_reference(journal: str, day: date | None, number: str) -> str:
    """Journal, year and number; "" where the number says nothing."""
    if _ZEROS.fullmatch(number):
        return ""
    if not journal:
        return number
    year = str(day.year) if day else ""
    return "-".join(filter(None, (journal, year, number)))


def document(text: str) -> str:
    """A document's reference; « - » and « / » are none."""
    return text if text.strip("-/. ") else ""


def without_repeated_openings(files: Sequence[list[Line]]) -> tuple[list[list[Line]], int]:
    """Lines without the opening entries of a year whose previous year is there too.

    The previous year is there when another file has entries of the twelve months
    before the opening, or when its own file has them in three months at least: a
    single late document is no year.

    Returns:
        The lines of each file, and how many opening entries were left out.
    """
    if not any(map(attrgetter("opening"), chain.from_iterable(files))):
        return list(files), 0
    days = [_days(lines) for lines in files]
    left_out = 0
    kept: list[list[Line]] = []
    for index, lines in enumerate(files):
        others = sorted({day for i, found in enumerate(days) if i != index for day in found})
        repeated = {
            opening
            for opening in {line.entry_date for line in lines if line.opening}
            if opening is not None
            and (_year_before(others, opening) or len(_months(days[index], opening)) >= 3)
        }
        rest = [line for line in lines if not (line.opening and line.entry_date in repeated)]
        left_out += len(lines) - len(rest)
        kept.append(rest)
    return kept, left_out


def _days(lines: Sequence[Line]) -> list[date]:
    return sorted(
        {line.entry_date for line in lines if line.entry_date is not None and not line.opening}
    )


def _year_before(days: Sequence[date], opening: date) -> Sequence[date]:
    """Those of the twelve months before an opening."""
    return days[bisect_left(days, opening - timedelta(days=366)) : bisect_left(days, opening)]


def _months(days: Sequence[date], opening: date) -> set[tuple[int, int]]:
    return {(day.year, day.month) for day in _year_before(days, opening)}
