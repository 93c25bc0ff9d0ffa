"""Until when what is owed may be claimed in court.

Source: C. com. L110-4 (five years), C. conso. L218-2 (two from a consumer), C. civ. 2228 and 2229
(the first day does not count, the last one does).
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_relances.dunning.ledger import LedgerEntry
from xl_relances.dunning.limitation import is_barred, is_near, later, limitation_day
from xl_relances.dunning.open_items import OpenItem
from xl_relances.dunning.selection import CustomerTerms, Policy

POLICY = Policy(customers={"P": CustomerTerms(is_consumer=True)}, faults={"X": "illisible"})
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


def item(
    document_date: date | None, due_date: date | None = None, account: str = "C", **changes: Any
) -> OpenItem:
    entry = LedgerEntry(
        position=5, account=account, name="", entry_no=changes.pop("entry_no", ""),
        document="FA-1", document_date=document_date, due_date=due_date, label="",
        debit=Decimal(100), credit=Decimal(0), currency="EUR", identity="i",
    )  # fmt: skip
    fields: dict[str, Any] = {
        "entry": entry, "account": account, "currency": "EUR", "identity": "i",
        "due_date": due_date, "amount": Decimal(100), "set_off": Decimal(0), "against": (),
        "disputed": False, "promised": False,
    }  # fmt: skip
    return OpenItem(**fields | changes)


def last_day(
    document_date: date | None, due_date: date | None = None, account: str = "C"
) -> date | None:
    return limitation_day(item(document_date, due_date, account), POLICY)


def test_five_years_and_two_for_a_consumer() -> None:
    """From 15 March 2021: traders until 15 March 2026, consumers until 15 March 2023."""
    assert last_day(date(2021, 3, 15)) == date(2026, 3, 15)
    assert last_day(date(2021, 3, 15), account="P") == date(2023, 3, 15)


@pytest.mark.parametrize(
    ("document_date", "due_date", "expected"),
    [
        pytest.param(date(2021, 3, 15), date(2021, 4, 30), date(2026, 3, 15), id="invoice-first"),
        pytest.param(date(2021, 4, 30), date(2021, 3, 15), date(2026, 3, 15), id="due-first"),
        pytest.param(None, date(2021, 4, 30), date(2026, 4, 30), id="no-document-date"),
        pytest.param(date(2021, 3, 15), None, date(2026, 3, 15), id="no-due-date"),
        pytest.param(None, None, None, id="no-date-at-all"),
        pytest.param(date(9996, 1, 1), None, None, id="past-the-last-year"),
    ],
)
def test_it_counts_from_the_earlier_of_document_and_due_date(
    document_date: date | None, due_date: date | None, expected: date | None
) -> None:
    """Sources disagree on which starts the period; a warning must not come too late."""
    assert last_day(document_date, due_date) == expected


@pytest.mark.parametrize(
    ("start", "account", "expected"),
    [
        (date(2024, 2, 29), "C", date(2029, 2, 28)),
        (date(2024, 2, 29), "P", date(2026, 2, 28)),
        (date(2023, 2, 28), "C", date(2028, 2, 28)),
        (date(2024, 12, 31), "P", date(2026, 12, 31)),
    ],
)
def test_29_february_ends_on_the_28th(start: date, account: str, expected: date) -> None:
    assert last_day(start, account=account) == expected


def test_the_last_day_is_in_time_and_the_day_after_is_not() -> None:
    last = date(2026, 3, 15)
    assert not is_barred(last, date(2026, 3, 14))
    assert not is_barred(last, last)
    assert is_barred(last, date(2026, 3, 16))


def test_the_warning_begins_six_months_before() -> None:
    """15 September for 15 March; 1 March for 31 August, as Excel's EDATE has it."""
    assert not is_near(date(2026, 3, 15), date(2025, 9, 14))
    assert is_near(date(2026, 3, 15), date(2025, 9, 15))
    assert is_near(date(2026, 3, 15), date(2026, 3, 16))
    assert not is_near(date(2026, 8, 31), date(2026, 2, 28))
    assert is_near(date(2026, 8, 31), date(2026, 3, 1))
    assert is_near(date(9999, 12, 31), date(9999, 8, 1))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(item(date(2021, 3, 15), amount=Decimal(-100)), id="a-credit"),
        pytest.param(item(date(2021, 3, 15), set_off=Decimal(100)), id="covered"),
        pytest.param(item(date(2021, 3, 15), account="X"), id="a-customer-to-mend"),
    ],
)
def test_what_is_not_claimed_has_no_limitation(other: OpenItem) -> None:
    """Neither has an item of a customer whose row in Clients, or another, cannot be read."""
    assert limitation_day(other, POLICY) is None


@pytest.mark.parametrize(
    ("document_date", "due_date", "expected"),
    [
        pytest.param(date(2026, 1, 1), date(2026, 1, 31), None, id="the-years-first-day"),
        pytest.param(date(2026, 1, 1), None, None, id="no-due-date"),
        pytest.param(date(2026, 1, 1), date(2022, 5, 31), date(2027, 5, 31), id="its-due-date"),
        pytest.param(date(2022, 5, 2), date(2022, 5, 31), date(2027, 5, 2), id="its-own-date"),
    ],
)
def test_a_line_that_opens_a_year_hides_the_invoices_date(
    document_date: date, due_date: date | None, expected: date | None
) -> None:
    """« Solde à nouveau » of 1 January: how old the invoice is nobody knows."""
    opening = item(document_date, due_date, entry_no="AN-2026-1")
    assert limitation_day(opening, POLICY) == expected


@given(DAYS, DAYS, st.sampled_from(["C", "P"]))
def test_it_is_never_later_than_the_law_allows(one: date, other: date, account: str) -> None:
    """So many years after the start, on the same day, whichever date comes first."""
    found = last_day(one, other, account=account)
    assert found is not None
    assert found == last_day(other, one, account=account)
    start, years = min(one, other), 2 if account == "P" else 5
    assert (found.year, found.month) == (start.year + years, start.month)
    assert found.day == min(start.day, calendar.monthrange(found.year, found.month)[1])


@given(DAYS, st.integers(0, 120))
def test_months_later_never_skip_a_month(day: date, months: int) -> None:
    """The same day so many months on, or the last of a shorter month."""
    found = later(day, months)
    assert found is not None
    passed = (found.year - day.year) * 12 + found.month - day.month
    assert passed == months
    assert found.day == day.day or (found + timedelta(1)).day == 1
