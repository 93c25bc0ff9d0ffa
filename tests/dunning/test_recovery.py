"""Aged balance and recovery: worked by hand, and properties over whatever ledger."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_two_readings import ledger_of

import ledgers
from xl_relances.dunning import aging
from xl_relances.dunning.history import REPRISE, HistoryRecord
from xl_relances.dunning.ledger import by_account
from xl_relances.dunning.open_items import AccountPosition, position
from xl_relances.dunning.recovery import recoveries, remainders

many = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
DAY = date(2026, 10, 28)


def record(identity: str, claimed: str, **given: Any) -> HistoryRecord:
    values = {
        "batch": "2026-10-28", "letter_date": DAY, "account": identity[:2], "currency": "EUR",
        "letter_no": 1, "level": 1, **given,
    }  # fmt: skip
    return HistoryRecord(identity=identity, remainder=Decimal(claimed), **values)


def test_what_a_campaign_brought_in() -> None:
    """Paid whole, gone from the ledger, paid in part, not at all, and owing more by now."""
    letters = [
        record("C1|a", "100.00"), record("C1|b", "50.00"), record("C2|c", "80.00"),
        record("C3|d", "10.00"), record("C3|e", "20.00"),
    ]  # fmt: skip
    left = {"C1|a": Decimal(0), "C2|c": Decimal(30), "C3|d": Decimal(10), "C3|e": Decimal(25)}
    letters[0] = replace(letters[0], letter_date=DAY - timedelta(days=1))
    (found,) = recoveries(letters, (), left)
    assert found.letter_date == DAY  # the last one, of letters of several days
    assert (found.letters, found.claimed, found.recovered) == (3, Decimal(260), Decimal(200))


def test_by_number_and_currency_oldest_first() -> None:
    """A letter counts under its own number, « pour mémoire » items too; undone ones do not."""
    letters = [
        record("C1|a", "9", batch="2026-11-16", letter_date=date(2026, 11, 16)),
        record("C2|a", "7", letter_no=2, level=2),
        record("C2|b", "5", letter_no=2, level=None),
        record("C1|a", "9"),
        record("C9|a", "3", currency="USD"),
        record("C4|a", "4", batch="annulée"),
        record("C5|a", "4", batch=REPRISE),
    ]
    found = recoveries(letters, {"annulée"}, {})
    assert [(r.batch, r.currency, r.letter_no, r.letters, int(r.claimed)) for r in found] == [
        ("2026-10-28", "EUR", 1, 1, 9), ("2026-10-28", "EUR", 2, 1, 12),
        ("2026-10-28", "USD", 1, 1, 3), ("2026-11-16", "EUR", 1, 1, 9),
    ]  # fmt: skip
    assert all(r.recovered == r.claimed for r in found)


def positions_of(world: dict[str, Any]) -> list[AccountPosition]:
    groups = by_account(ledger_of(world).entries)
    return [position(entries, terms=None, as_of=ledgers.AS_OF) for entries in groups.values()]


@many
@given(world=ledgers.worlds())
def test_the_aged_balance_is_the_open_total_of_the_ledger(world: dict[str, Any]) -> None:
    """Σ bands and credits = Σ open entries, less the gaps of allocation, by currency."""
    expected: dict[str, Decimal] = defaultdict(Decimal)
    for entries in by_account(ledger_of(world).entries).values():
        still_open = [entry.amount for entry in entries if entry.is_open]
        if still_open:
            total = sum((entry.amount for entry in entries), Decimal(0))
            open_total = sum(still_open, Decimal(0))
            gap = 0 < total < open_total
            expected[entries[0].currency] += total if gap else open_total
    balances = aging.balance_by_currency(positions_of(world), ledgers.AS_OF)
    assert {code: sum(bands.values()) for code, bands in balances.items()} == expected
    assert all(amount >= 0 for b in balances.values() for amount in list(b.values())[:5])


@many
@given(world=ledgers.worlds(), data=st.data())
def test_no_campaign_recovers_more_than_it_claimed(world: dict[str, Any], data: Any) -> None:
    """0 ≤ recovered ≤ claimed, whatever became of the items."""
    left = remainders(positions_of(world))
    known = sorted(left) or ["parti"]
    claims = data.draw(
        st.lists(st.tuples(st.sampled_from([*known, "parti"]), st.integers(-5, 2000)))
    )
    letters = [record(identity, str(amount)) for identity, amount in claims]
    for found in recoveries(letters, (), left):
        assert 0 <= found.recovered <= found.claimed


def test_a_row_that_cannot_be_read_is_not_a_payment() -> None:
    """Its invoice is not among the open items, and nobody knows what it says by now."""
    letters = [record("C1|a", "100"), record("C2|b", "50"), record("C2|c", "7")]
    known = {"C2|c"}  # allocated: there, and no longer open
    for unread, came_in in (((), 157), ({"C1"}, 57), ({"C2"}, 107), ({""}, 7)):
        (found,) = recoveries(letters, (), {}, identities=known, unread=unread)
        assert found.recovered == came_in
