"""Identities: an item keeps its history through every new export.

Source: product specification, section 4, rule 1.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count

import pytest

from xl_relances.dunning.ledger import LedgerEntry, by_account, identities

_LINES = count()


def entry(**changes: object) -> LedgerEntry:
    """An invoice of C1, on the next line of the sheet."""
    plain = LedgerEntry(
        position=next(_LINES), account="C1", name="Dupont", entry_no="VE-1", document="FA-1",
        document_date=date(2026, 8, 1), due_date=date(2026, 9, 1), label="Facture",
        debit=Decimal("100.00"), credit=Decimal("0.00"), currency="EUR",
    )  # fmt: skip
    return plain._replace(**changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"account": "C2"}, {"currency": "USD"}, {"entry_no": "VE-2"}, {"debit": Decimal("100.01")},
        {"debit": Decimal("0.00"), "credit": Decimal("100.00")},
    ],
    ids=str,
)  # fmt: skip
def test_what_makes_another_item(changes: dict[str, object]) -> None:
    """Account, currency, entry and signed amount; each is the first of its kind."""
    first, second = identities([entry(), entry(**changes)])
    assert first != second
    assert (first.rpartition("|")[2], second.rpartition("|")[2]) == ("1", "1")


@pytest.mark.parametrize(
    "changes",
    [
        {"due_date": date(2026, 12, 31)}, {"due_date": None}, {"label": "Autre"},
        {"document": "FA-9"}, {"name": "DUPONT"}, {"allocation_code": "A"}, {"disputed": True},
    ],
    ids=str,
)  # fmt: skip
def test_what_leaves_it_the_same_item(changes: dict[str, object]) -> None:
    """A granted extension above all: it must not start again at letter 1."""
    assert identities([entry(**changes)]) == identities([entry()])


def test_without_an_entry_number_the_document_and_its_day_stand_for_it() -> None:
    plain = entry(entry_no="")
    others = [
        entry(entry_no="", document="FA-2"),
        entry(entry_no="", document_date=date(2026, 8, 2)),
        entry(entry_no="", document_date=None),
    ]
    assert len(set(identities([plain, *others]))) == 4
    assert identities([entry(entry_no="", label="Autre")]) == identities([plain])


def test_equals_are_ranked_by_due_date_then_label_then_place() -> None:
    """Whatever the order of the export; allocated ones are counted, an unknown day comes last."""
    rows = [
        entry(due_date=None),
        entry(due_date=date(2026, 10, 1)),
        entry(due_date=date(2026, 9, 1), label="b"),
        entry(due_date=date(2026, 9, 1), label="a", allocation_code="A"),
        entry(due_date=date(2026, 9, 1), label="b"),
    ]
    ranks = [identity.rpartition("|")[2] for identity in identities(rows)]
    assert ranks == ["5", "4", "2", "1", "3"]
    assert identities(rows[::-1]) == identities(rows)[::-1]


def test_an_identity_given_once_is_kept_and_a_copied_row_gets_its_own() -> None:
    (given,) = identities([entry()])
    kept, copied, new = identities([entry(identity=given), entry(identity=given), entry()])
    assert kept == given
    assert len({kept, copied, new}) == 3
    assert identities([entry(identity="ours")]) == ["ours"]


def test_a_bar_in_the_data_makes_no_two_items_one() -> None:
    assert len(set(identities([entry(account="C|1", entry_no="X"),
                               entry(account="C", entry_no="1|X")]))) == 2  # fmt: skip


@pytest.mark.parametrize(
    ("code", "is_open"), [("", True), ("a", True), ("A", False), ("Ab", False)]
)
def test_a_code_in_lower_case_is_a_partial_allocation(code: str, is_open: bool) -> None:
    assert entry(allocation_code=code).is_open is is_open


def test_accounts_stand_apart_by_currency_in_the_order_of_the_ledger() -> None:
    rows = [entry(account="C2"), entry(), entry(currency="JPY"), entry(account="C2")]
    groups = by_account(rows)
    assert list(groups) == [("C2", "EUR"), ("C1", "EUR"), ("C1", "JPY")]
    assert groups["C2", "EUR"] == [rows[0], rows[3]]
    assert rows[0].amount == Decimal("100.00")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "C1|EUR|VE-1|100.00|1"),
        ({"entry_no": ""}, "C1|EUR|FA-1 2026-08-01|100.00|1"),
        ({"entry_no": "", "document_date": None}, "C1|EUR|FA-1 |100.00|1"),
        ({"account": "C|1"}, "C||1|EUR|VE-1|100.00|1"),
    ],
    ids=str,
)
def test_an_identity_is_written_as_users_workbooks_hold_it(
    changes: dict[str, object], expected: str
) -> None:
    """Histories are joined on these texts: written otherwise, every item would be new."""
    assert identities([entry(**changes)]) == [expected]


def test_a_ledger_that_says_nothing_of_disputes_and_letters_has_none() -> None:
    assert (entry().disputed, entry().recorded_level) == (False, 0)
    assert (entry().allocation_code, entry().hold.reason, entry().hold.promised) == ("", "", False)
