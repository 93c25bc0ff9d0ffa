"""Who is dunned: bounds, currency, date bound and blocks, the day before, the day, the day after.

Source: product specification, section 3 and section 4, rule 5.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from xl_relances.dunning.levels import LevelMethod
from xl_relances.dunning.selection import CustomerTerms, Policy, Reason, Selection

AS_OF = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("first", "last", "account", "expected"),
    [
        ("", "", "411", True),
        ("411B", "", "411A", False),
        ("411B", "", "411B", True),
        ("411B", "", "412", True),
        ("", "411B", "411A", True),
        ("", "411B", "411B", True),
        ("", "411B", "411B9", True),
        ("", "411B", "411C", False),
        ("411B", "411C", "411A", False),
        ("000123", "000123", "123", False),
    ],
)
def test_bounds_are_inclusive_and_the_last_takes_in_all_that_begin_with_it(
    first: str, last: str, account: str, expected: bool
) -> None:
    selection = Selection(as_of=AS_OF, first_account=first, last_account=last)
    assert selection.in_range(account) is expected


@pytest.mark.parametrize(
    ("chosen", "currency", "expected"),
    [("", "EUR", True), ("", "JPY", True), ("EUR", "EUR", True), ("EUR", "JPY", False)],
)
def test_a_currency_chosen_is_the_only_one(chosen: str, currency: str, expected: bool) -> None:
    assert Selection(as_of=AS_OF, currency=chosen).in_currency(currency) is expected


@pytest.mark.parametrize(
    ("bound", "document_date", "expected"),
    [
        (None, date(2026, 11, 1), True),
        (None, None, True),
        (date(2026, 11, 1), date(2026, 10, 31), True),
        (date(2026, 11, 1), date(2026, 11, 1), False),
        (date(2026, 11, 1), date(2026, 11, 2), False),
        (date(2026, 11, 1), None, False),
    ],
)
def test_invoices_before_means_strictly_before(
    bound: date | None, document_date: date | None, expected: bool
) -> None:
    """An invoice of an unknown day is before no bound."""
    selection = Selection(as_of=AS_OF, invoices_before=bound)
    assert selection.within_bound(document_date) is expected


@pytest.mark.parametrize(
    ("until", "reason", "blocked", "ended"),
    [
        (None, "", False, False),
        (None, "litige", True, False),
        (date(2026, 11, 24), "promesse", False, True),
        (date(2026, 11, 25), "promesse", True, False),
        (date(2026, 11, 26), "", True, False),
        (date(2026, 11, 24), "", False, True),
    ],
)
def test_a_block_holds_through_its_last_day(
    until: date | None, reason: str, blocked: bool, ended: bool
) -> None:
    """A reason without a date blocks until it is removed."""
    terms = CustomerTerms(blocked_until=until, block_reason=reason)
    assert (terms.is_blocked(AS_OF), terms.block_ended(AS_OF)) == (blocked, ended)


def test_nothing_entered_chooses_everybody_by_count_of_letters() -> None:
    selection = Selection(as_of=AS_OF)
    assert (selection.minimum, selection.letter_no) == (Decimal(0), None)
    assert selection.method is LevelMethod.COUNT
    assert all(selection.in_range(account) for account in ("", "000", "411", "ÉLAN"))


def test_a_customer_without_a_card_is_under_the_rules_of_all() -> None:
    """Neither blocked nor kept out, on the company's terms; 14 days between two letters."""
    known = CustomerTerms(do_not_dun=True)
    policy = Policy(customers={"C1": known})
    assert policy.of("C1") is known
    assert policy.of("C2") == CustomerTerms()
    assert not policy.of("C2").do_not_dun
    assert (policy.interval, policy.ready_items_only) == (14, False)


def test_the_reasons_stand_in_the_order_of_the_specification() -> None:
    """Customer's reasons first, then those of items, the furthest first; no two are one."""
    assert [reason.name for reason in sorted(Reason)] == [
        "OUT_OF_RANGE", "OTHER_CURRENCY", "UNREADABLE", "NIL_ACCOUNT", "CREDIT_ACCOUNT",
        "DO_NOT_DUN", "BLOCKED", "BELOW_MINIMUM", "COVERED", "TOO_RECENT", "LAST_LEVEL",
        "LEVEL_ZERO", "NO_DUE_DATE", "DISPUTED", "PROMISED", "PAST_BOUND", "NOT_DUE",
    ]  # fmt: skip
