"""Interest on one item, half-year by half-year.

Days count from the day after the due date to ``as_of``, both inclusive, a year has
365 of them, and an item's interest is rounded once, to the nearest cent, half a cent
upwards. Whoever rounds each half-year of it apart comes out at most half a cent away for
each, and half a cent for the whole: one cent for two half-years, two for three or four.

Source: product specification, section 4, rule 11.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from xl_relances.dunning.rates import HalfYear

_CENT = Decimal("0.01")
_ZERO = Decimal("0.00")
_YEAR = 365


@dataclass(frozen=True, slots=True)
class Period:
    """Days of one half-year, at its rate in per cent a year."""

    half_year: HalfYear
    days: int
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest on one item.

    Attributes:
        since: The last day without interest: its due date, or that of a formal notice.
        periods: Half-year by half-year, oldest first; empty for none.
        amount: Euros, rounded once.
    """

    since: date
    periods: tuple[Period, ...]
    amount: Decimal

    @property
    def days(self) -> int:
        """Days that bear interest."""
        return sum(period.days for period in self.periods)

    @property
    def rates(self) -> tuple[Decimal, ...]:
        """The rates in force one after the other, neighbours that are the same once."""
        rates: list[Decimal] = []
        for period in self.periods:
            if not rates or rates[-1] != period.rate:
                rates.append(period.rate)
        return tuple(rates)


def half_years(since: date, as_of: date) -> Iterator[tuple[HalfYear, int]]:
    """Each half-year from the day after ``since`` to ``as_of``, with its days of them."""
    half_year, before = HalfYear.of(since), since
    while before < as_of:
        until = min(half_year.last, as_of)
        if until > before:
            yield half_year, (until - before).days
        half_year, before = half_year.following, until


def unrounded_interest(base: Decimal, periods: Iterable[Period]) -> Decimal:
    """Euros before rounding: base x rate x days / 365, summed over the periods."""
    weight = sum((period.rate * period.days for period in periods), Decimal(0))
    return base * weight / (100 * _YEAR)


def interest(
    base: Decimal, *, since: date, as_of: date, rates: Mapping[HalfYear, Decimal]
) -> Interest:
    """Interest on ``base`` from the day after ``since`` to ``as_of``, both inclusive.

    Args:
        base: Euros still owed; nothing is owed on zero or less.
        since: The due date, or the day of the formal notice.
        as_of: Until when.
        rates: Per cent a year, at least of every half-year in between.
    """
    if base <= 0:
        return Interest(since, (), _ZERO)
    periods = tuple(
        Period(half_year, days, rates[half_year]) for half_year, days in half_years(since, as_of)
    )
    amount = unrounded_interest(base, periods).quantize(_CENT, ROUND_HALF_UP)
    return Interest(since, periods, amount)
