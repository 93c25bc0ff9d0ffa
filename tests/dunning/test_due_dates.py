"""Payment terms: the two readings of « 45 jours fin de mois » and their kin."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_relances.dunning.due_dates import PaymentTerms, days_overdue, parse_terms


@pytest.mark.parametrize(
    ("document_date", "terms", "due_date"),
    [
        pytest.param("2026-02-28", "30FM", "2026-03-31", id="short-month-ends-on-its-last-day"),
        pytest.param("2026-01-31", "30FM", "2026-03-31", id="thirty-days-jump-february"),
        pytest.param("2026-09-13", "45FM", "2026-10-31", id="days-then-end-of-month"),
        pytest.param("2026-09-13", "FM45", "2026-11-14", id="end-of-month-then-days"),
        pytest.param("2026-02-15", "45FM", "2026-04-30", id="first-reading-of-the-law"),
        pytest.param("2026-02-15", "FM45", "2026-04-14", id="second-reading-of-the-law"),
        pytest.param("2026-04-22", "30FM10", "2026-06-10", id="the-tenth-after"),
        pytest.param("2024-01-31", "30", "2024-03-01", id="plain-days-over-a-leap-year"),
        pytest.param("2026-12-31", "0FM", "2026-12-31", id="end-of-the-same-month"),
        pytest.param("2025-12-31", "30FM31", "2026-02-28", id="a-day-the-month-lacks-is-its-last"),
    ],
)
def test_due_date(document_date: str, terms: str, due_date: str) -> None:
    """Rule 3 and field case D11."""
    parsed = parse_terms(terms)
    assert parsed is not None
    assert parsed.due_date(date.fromisoformat(document_date)) == date.fromisoformat(due_date)


@pytest.mark.parametrize(
    "text", ["45 jours fin de mois", "45 j FM", "45FDM", "45 jours FM", "45 fm", "45 fin de mois"]
)
def test_the_ways_people_write_the_same_terms(text: str) -> None:
    """Spaces, « jours » and « fin de mois » in full are understood."""
    assert parse_terms(text) == PaymentTerms(days=45, month_end=True)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("30 j nets", PaymentTerms(days=30)),
        ("30 jours net", PaymentTerms(days=30)),
        ("60J", PaymentTerms(days=60)),
        ("Fin de mois", PaymentTerms(month_end=True)),
        ("30 jours fin de mois le 10", PaymentTerms(days=30, month_end=True, day_of_next_month=10)),
        ("30 j. fin mois le 31", PaymentTerms(days=30, month_end=True, day_of_next_month=31)),
        ("fin de mois le 15", PaymentTerms(month_end=True, day_of_next_month=15)),
        ("fin de mois 15 jours", PaymentTerms(month_end=True, days_after=15)),
        ("FM0", PaymentTerms(month_end=True)),
    ],
)
def test_terms_in_words(text: str, terms: PaymentTerms) -> None:
    """« le 15 » is a day of the month after, « 15 jours » are counted."""
    assert parse_terms(text) == terms


@pytest.mark.parametrize("text", ["le 10", "30 le 10", "30JA", "fin de mois le 32"])
def test_terms_half_understood_are_none(text: str) -> None:
    assert parse_terms(text) is None


@pytest.mark.parametrize("text", ["", "comptant", "30FM45", "-5", "3O", "30/60"])
def test_terms_that_mean_nothing(text: str) -> None:
    """What is not understood is no terms, never a guess."""
    assert parse_terms(text) is None


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 120))
def test_end_of_month_terms_fall_on_a_last_day(day: date, days: int) -> None:
    """« n jours fin de mois » is never before n days, and the day after is a first."""
    due = PaymentTerms(days=days, month_end=True).due_date(day)
    assert due >= day + timedelta(days=days)
    assert (due + timedelta(days=1)).day == 1


def test_days_overdue() -> None:
    """An item is 0 days overdue on its due date and 1 the day after."""
    due = date(2026, 11, 24)
    assert [days_overdue(due, due + timedelta(days=n)) for n in (-1, 0, 1)] == [0, 0, 1]
    assert days_overdue(None, due) == 0
