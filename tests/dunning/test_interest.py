"""Interest is right to the cent, whatever the days, the amount and the rates.

Source: product specification, section 4, rule 11. The figures computed by hand stand in
``test_charges``.
"""

from __future__ import annotations

import math
from collections import Counter
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xl_relances.dunning.interest import interest, unrounded_interest
from xl_relances.dunning.rates import HalfYear

D = Decimal
RatesByHalfYear = dict[HalfYear, Decimal]
HALF_YEARS = [HalfYear(year, half) for year in range(2015, 2030) for half in (1, 2)]
AMOUNTS = st.decimals(min_value=0, max_value=10_000_000, places=2)
DAYS = st.integers(0, 1200)
SINCE = st.dates(date(2015, 1, 1), date(2021, 12, 31))
RATES = st.lists(
    st.decimals(0, 30, places=2), min_size=len(HALF_YEARS), max_size=len(HALF_YEARS)
).map(lambda values: dict(zip(HALF_YEARS, values, strict=True)))


def of(base: Decimal, since: date, days: int, rates: RatesByHalfYear) -> Decimal:
    """Interest until so many days after ``since``."""
    return interest(base, since=since, as_of=since + timedelta(days=days), rates=rates).amount


def cents(exact: Fraction) -> Decimal:
    """The nearest cent, half a cent upwards."""
    return D(math.floor(exact * 100 + Fraction(1, 2))) / 100


@given(AMOUNTS, SINCE, DAYS, RATES)
def test_each_day_bears_its_own_rate_and_the_whole_is_rounded_once(
    base: Decimal, since: date, days: int, rates: RatesByHalfYear
) -> None:
    """Day by day in exact fractions: amount x rate of that day / 365, then one rounding."""
    passed = [since + timedelta(days=number) for number in range(1, days + 1)]
    shares = Counter(rates[HalfYear(day.year, 1 if day.month < 7 else 2)] for day in passed)
    exact = sum(
        (Fraction(base) * Fraction(rate) * number / 36500 for rate, number in shares.items()),
        Fraction(0),
    )
    assert of(base, since, days, rates) == cents(exact)


@given(AMOUNTS, AMOUNTS, SINCE, DAYS, DAYS, RATES)
def test_interest_never_falls_with_days_nor_with_the_amount(
    base: Decimal, more: Decimal, since: date, days: int, later: int, rates: RatesByHalfYear
) -> None:
    """To the cent, as the letter states it; nothing at all on the due date and before."""
    assert of(base, since, 0, rates) == of(base, since, -days, rates) == 0
    assert of(base, since, days, rates) <= of(base, since, days + later, rates)
    assert of(base, since, days, rates) <= of(base + more, since, days, rates)


@given(AMOUNTS, SINCE, DAYS, RATES)
@example(D("1000.00"), date(2024, 5, 15), 271, dict.fromkeys(HALF_YEARS, D("14.50")))
def test_half_years_add_up_to_the_cent(
    base: Decimal, since: date, days: int, rates: RatesByHalfYear
) -> None:
    """What each half-year adds to the interest claimed so far is, in sum, the whole.

    What it adds differs from the exact share of that half-year by less than a cent, and is
    never below zero.
    """
    end = since + timedelta(days=days)
    whole = interest(base, since=since, as_of=end, rates=rates)
    claimed = D(0)
    for period in whole.periods:
        until = min(period.half_year.last, end)
        so_far = interest(base, since=since, as_of=until, rates=rates).amount
        added = so_far - claimed
        assert added >= 0
        assert abs(added - unrounded_interest(base, [period])) < D("0.01") + D("1e-15")
        claimed = so_far
    assert claimed == whole.amount


@given(AMOUNTS, SINCE, DAYS, RATES)
def test_half_years_rounded_apart_are_a_cent_or_so_away(
    base: Decimal, since: date, days: int, rates: RatesByHalfYear
) -> None:
    """Half a cent for each half-year and half a cent for the whole, in whole cents."""
    whole = interest(base, since=since, as_of=since + timedelta(days=days), rates=rates)
    apart = sum(
        (
            unrounded_interest(base, [period]).quantize(D("0.01"), ROUND_HALF_UP)
            for period in whole.periods
        ),
        D(0),
    )
    assert abs(apart - whole.amount) <= D((len(whole.periods) + 1) // 2) / 100
    assert len(whole.periods) > 1 or apart == whole.amount


@pytest.mark.parametrize(
    ("base", "rate", "apart", "whole"),
    [
        pytest.param("200", "15", "5.02", "5.01", id="a-cent-more"),
        pytest.param("250", "15", "6.26", "6.27", id="a-cent-less"),
    ],
)
def test_the_cent_between_both_ways_of_rounding(
    base: str, rate: str, apart: str, whole: str
) -> None:
    """31 days before 1 July and 30 from it on: 200 x 15 % x 61 / 365 = 5,0137, so 5,01.

    Apart they are 2,5479 and 2,4658, which round to 2,55 and 2,47: a cent more than is owed.
    """
    rates = dict.fromkeys(HALF_YEARS, D(rate))
    found = interest(D(base), since=date(2025, 5, 30), as_of=date(2025, 7, 30), rates=rates)
    assert [period.days for period in found.periods] == [31, 30]
    each = [unrounded_interest(D(base), [period]) for period in found.periods]
    assert sum(part.quantize(D("0.01"), ROUND_HALF_UP) for part in each) == D(apart)
    assert found.amount == D(whole)
