"""French amounts, dates and lists, and back."""

from __future__ import annotations

import errno
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_relances import french


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        pytest.param("1234.56", "EUR", "1\u202f234,56\u00a0€", id="euros"),
        pytest.param("-1000", None, "\u22121\u202f000,00", id="negative-without-currency"),
        pytest.param("1500", "JPY", "1\u202f500\u00a0JPY", id="yen-have-no-cents"),
        pytest.param("12.5", "TND", "12,500\u00a0TND", id="dinars-have-three-places"),
        pytest.param("-0.001", "EUR", "0,00\u00a0€", id="what-rounds-to-zero-has-no-sign"),
        pytest.param("0.125", None, "0,125", id="no-place-is-lost-without-a-currency"),
    ],
)
def test_amounts(value: str, currency: str | None, shown: str) -> None:
    """Thousands are parted by U+202F, the currency follows U+00A0, the minus is U+2212."""
    assert french.amount(Decimal(value), currency) == shown


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1\u202f234,56", "1234.56"),
        ("1 234,56 €", "1234.56"),
        ("1\u00a0234\u2009567", "1234567"),
        ("-12,5", "-12.5"),
        ("12,5-", "-12.5"),
        ("(12,50)", "-12.50"),
        ("\u221212", "-12"),
        (",5", "0.5"),
    ],
)
def test_amounts_read(text: str, value: str) -> None:
    """Spaces of any kind part thousands; the minus stands before, behind or around."""
    assert french.parse_amount(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "abc", "1,2,3", "12 euros", "--5", "1e5", "NaN", "∞"])
def test_what_is_no_amount(text: str) -> None:
    """Text is never taken for an amount."""
    assert french.parse_amount(text) is None


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_an_amount_reads_back(value: Decimal) -> None:
    """Writing and reading an amount are inverse."""
    assert french.parse_amount(french.amount(value)) == value


@given(st.dates(min_value=date(1900, 1, 1)))
def test_a_day_reads_back(day: date) -> None:
    """Writing and reading a day are inverse."""
    assert french.parse_date(french.short_date(day)) == day
    assert french.parse_date(day.isoformat()) == day


@pytest.mark.parametrize("text", ["31/02/2026", "2026-13-01", "hier", "", "45000"])
def test_what_is_no_day(text: str) -> None:
    """A day that the calendar lacks is none."""
    assert french.parse_date(text) is None


def test_long_dates() -> None:
    """The first of a month is « 1er », and no break parts day and month."""
    assert french.long_date(date(2026, 3, 1)) == "1er\u00a0mars 2026"
    assert french.long_date(date(2025, 2, 3)) == "3\u00a0février 2025"


def test_counts_and_lists() -> None:
    """Zero is singular in French; long lists say how many more there are."""
    assert french.count(0, "client") == "0 client"
    assert french.count(1200, "client") == "1\u202f200 clients"
    assert french.listing(["A"]) == "A"
    assert french.listing(["A", "B", "C"]) == "A, B et C"
    assert french.listing("ABCDEF", most=3) == "A, B, C et 3 autres"


def test_amounts_of_several_currencies() -> None:
    """Those of one currency are summed up, none is added to another."""
    owed = [("USD", Decimal(10)), ("EUR", Decimal(1)), ("USD", Decimal("0.5")), ("TND", Decimal(2))]
    assert french.amounts(owed) == "1,00\u00a0€ + 2,000\u00a0TND + 10,50\u00a0$US"
    assert french.amounts([]) == ""


def test_why_the_system_refused() -> None:
    """In French whatever the system's language; a reason that we do not know as it says it."""
    assert french.refusal(OSError(errno.ENOSPC, "No space left on device")) == "disque plein"
    assert french.refusal(PermissionError(errno.EACCES, "Permission denied")) == "accès refusé"
    assert french.refusal(OSError(errno.ESRCH, "No such process.")) == "No such process"
    assert french.refusal(OSError("trop court.")) == "trop court"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Anglais", "en"), ("EN-GB", "en"), ("eng", "en"), (" English ", "en"), ("us", "en"),
        ("Français", "fr"), ("fr_FR", "fr"), ("DE", "de"), ("engadinois", "engadinois"), ("", ""),
    ],
)  # fmt: skip
def test_a_language_as_people_write_it(typed: str, code: str) -> None:
    """A language that we do not know is the name of its folder of templates."""
    assert french.language(typed) == code
