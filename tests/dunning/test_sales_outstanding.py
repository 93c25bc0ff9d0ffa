"""DSO: worked by hand, and where the ledger cannot tell it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_two_readings import ledger_of

import ledgers
from xl_relances.dunning.ledger import LedgerEntry
from xl_relances.dunning.sales_outstanding import sales_outstanding

AS_OF = date(2026, 11, 30)


def entry(
    day: date | None, debit: int = 0, credit: int = 0, *,
    entry_no: str = "VE-2026-1", code: str = "A", currency: str = "EUR",
) -> LedgerEntry:  # fmt: skip
    return LedgerEntry(
        0, "411A", "", entry_no, "", day, None, "", Decimal(debit), Decimal(credit), currency, code
    )  # fmt: skip


def test_receivables_over_sales_times_days() -> None:
    """100 000 sold in 365 days, 30 000 still owed: 109,5 days, rounded to 110."""
    ledger = [
        entry(date(2025, 12, 1), 60_000), entry(date(2026, 11, 30), 40_000),
        entry(date(2026, 10, 1), credit=70_000, code=""),
    ]  # fmt: skip
    (point,) = sales_outstanding(ledger, currency="EUR", as_of=AS_OF, months=1)
    assert (int(point.receivables), int(point.sales), point.span) == (30_000, 100_000, 365)
    assert point.days == 110


def test_sales_older_than_a_year_are_owed_but_no_longer_sales() -> None:
    """The day 366 days before counts in the balance only."""
    ledger = [entry(date(2025, 11, 30), 50_000), entry(date(2025, 12, 1), 100_000)]
    (point,) = sales_outstanding(ledger, currency="EUR", as_of=AS_OF, months=1)
    assert (int(point.receivables), int(point.sales), point.days) == (150_000, 100_000, 548)


def test_another_currency_a_later_day_and_no_day_count_for_nothing() -> None:
    """Wherever they stand in the ledger."""
    others = [
        entry(date(2026, 1, 1), 7_000, currency="USD"), entry(date(2026, 12, 1), 7_000),
        entry(None, 7_000),
    ]  # fmt: skip
    ledger = [*others, entry(date(2026, 9, 1), 1)]
    (point,) = sales_outstanding(ledger, currency="EUR", as_of=AS_OF, months=1)
    assert (int(point.receivables), int(point.sales), point.span) == (1, 1, 91)
    assert sales_outstanding(others[:1], currency="EUR", as_of=AS_OF) == []


def test_a_short_ledger_counts_its_own_days() -> None:
    """From its first day on, both days included; fewer than 30 give no figure."""
    for first, span in ((date(2026, 11, 1), 30), (date(2026, 11, 2), None)):
        points = sales_outstanding([entry(first, 1_000)], currency="EUR", as_of=AS_OF, months=1)
        assert [point.span for point in points] == ([] if span is None else [span])


def test_a_balance_carried_over_is_no_sale() -> None:
    """Opening entries are owed, but were sold the year before."""
    ledger = [
        entry(date(2026, 1, 1), 5_000, entry_no="AN-2026-1"), entry(date(2026, 9, 1), 10_000),
        entry(date(2026, 9, 2), 1, entry_no="ANJOU-2026-1"),
    ]  # fmt: skip
    (point,) = sales_outstanding(ledger, currency="EUR", as_of=AS_OF, months=1)
    assert (int(point.receivables), int(point.sales)) == (15_001, 10_001)


def test_a_ledger_of_open_entries_alone_says_nothing() -> None:
    """What was paid is not in it: the figure would be too high. Nor does one of balances alone."""
    ledger = [entry(date(2026, 1, 1), 1_000, code="")]
    assert sales_outstanding(ledger, currency="EUR", as_of=AS_OF) == []
    carried_over = [entry(date(2026, 1, 1), 1_000, entry_no="AN-2026-1")]
    assert sales_outstanding(carried_over, currency="EUR", as_of=AS_OF) == []


def test_months_end_with_their_last_day() -> None:
    """Six figures: the day itself and the five ends of month before, each as of its own day."""
    points = sales_outstanding(
        [
            entry(date(2025, 1, 1), 1_000), entry(date(2026, 5, 1), 1),
            entry(date(2025, 11, 30), credit=100), entry(date(2025, 12, 31), credit=300),
        ],
        currency="EUR", as_of=date(2026, 3, 31),
    )  # fmt: skip
    assert [int(point.receivables) for point in points] == [1_000, 900, 600]
    days = [point.day for point in points]
    assert days == [date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 31)]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=ledgers.worlds(), currency=st.sampled_from(ledgers.CURRENCIES))
def test_the_order_of_rows_does_not_matter(world: dict[str, object], currency: str) -> None:
    entries = ledger_of(world).entries
    once = sales_outstanding(entries, currency=currency, as_of=ledgers.AS_OF)
    assert sales_outstanding(entries[::-1], currency=currency, as_of=ledgers.AS_OF) == once
    assert all(30 <= point.span <= 365 and point.sales > 0 for point in once)


def test_an_opening_entry_with_an_old_date_makes_no_year_of_it() -> None:
    """It keeps the day of its invoice; sales are known since the ledger began only."""
    ledger = [
        entry(date(2024, 6, 15), 5_000, entry_no="AN-2026-1"), entry(date(2026, 9, 1), 10_000),
    ]  # fmt: skip
    (point,) = sales_outstanding(ledger, currency="EUR", as_of=AS_OF, months=1)
    assert (point.span, point.days) == (91, 137)


def test_a_partial_allocation_settles_nothing() -> None:
    """A ledger of open entries says nothing of what was paid, lower-case codes or not."""
    ledger = [entry(date(2026, 1, 1), 1_000, code="a"), entry(date(2026, 9, 1), 1_000, code="")]
    assert sales_outstanding(ledger, currency="EUR", as_of=AS_OF) == []
