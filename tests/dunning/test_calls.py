"""The phone list: whom to call, about what, and who is left in peace.

Source: product specification, section 4, rules 2, 3 and 5.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ledgers import AS_OF, account
from xl_relances.dunning.calls import Call, calls
from xl_relances.dunning.selection import CustomerTerms, Policy, Selection

TITLES = "Compte;Pièce;Date;Échéance;Débit;Crédit;Devise;Litige;Promesse;Jusqu'au;Lettrage"
OWING = "C1;FA-1;01/09/2026;24/11/2026;0,50"
"""Half a euro since yesterday: the least that is called about."""


def called(*ledgers: str, **given: Any) -> list[Call]:
    """Whom a company in euros calls; each ledger is one account."""
    policy = Policy(
        customers={"C1": CustomerTerms(**given.pop("terms", {}))}, faults=given.pop("faults", {})
    )
    return calls(
        [account(f"{TITLES}\n{ledger.strip()}") for ledger in ledgers],
        selection=Selection(as_of=AS_OF, **given), policy=policy, currency="EUR",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ({}, 1),
        ({"first_account": "C1", "last_account": "C1", "currency": "EUR"}, 1),
        ({"first_account": "C2"}, 0),
        ({"currency": "USD"}, 0),
        ({"faults": {"C1": "Clients, ligne 5 : date attendue."}}, 0),
        ({"terms": {"do_not_dun": True}}, 0),
        ({"terms": {"blocked_until": AS_OF}}, 0),
        ({"terms": {"blocked_until": date(2026, 11, 24)}}, 1),
        ({"minimum": Decimal(1000), "letter_no": 3}, 1),
        ({"invoices_before": date(2026, 9, 1)}, 0),
        ({"invoices_before": date(2026, 9, 2)}, 1),
    ],
    ids=str,
)
def test_who_may_be_called(given: Any, number: int) -> None:
    """The criteria and what the user said of the customer bind; minimum and number do not."""
    assert len(called(OWING, **given)) == number


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("C1;FA-2;01/09/2026;25/11/2026;100", id="due-today"),
        pytest.param("C1;FA-2;;;100", id="without-due-date"),
        pytest.param("C1;FA-2;01/09/2026;01/10/2026;100;;;prix", id="disputed"),
        pytest.param("C1;FA-2;01/09/2026;01/10/2026;100;;;;oui;25/11/2026", id="promised"),
        pytest.param(
            "C1;FA-2;01/09/2026;01/10/2026;100\nC1;FA-2;01/09/2026;;;100", id="covered"
        ),
    ],
)  # fmt: skip
def test_what_nobody_is_called_about(line: str) -> None:
    """Neither alone nor beside what is overdue; a covered item leaves no days late either."""
    assert called(line) == []
    (call,) = called(f"{line}\n{OWING}")
    assert (call.overdue, call.items) == (Decimal("0.50"), 1)
    assert (call.oldest, call.days_late) == (date(2026, 11, 24), 1)


@pytest.mark.parametrize(("paid", "number"), [("0,49", 1), ("0,50", 0), ("0,51", 0)])
def test_nobody_is_called_about_an_account_that_owes_nothing(paid: str, number: int) -> None:
    """What was paid on an invoice that is gone counts, though the open item looks unpaid."""
    assert len(called(f"{OWING}\nC1;RG-1;01/11/2026;;;{paid};;;;;A")) == number


def test_a_call_is_about_all_that_is_overdue_and_names_the_oldest() -> None:
    """A promise not kept is named by its last day, the latest of several."""
    (call,) = called("""
        C1;FA-1;01/08/2026;31/08/2026;100;;;;oui;10/11/2026
        C1;FA-2;01/09/2026;30/09/2026;200;;;;oui;24/11/2026
        C1;FA-3;01/10/2026;31/10/2026;300
        C1;RG-1;15/11/2026;;;50
    """)
    assert (call.overdue, call.items) == (Decimal(550), 3)
    assert (call.oldest, call.days_late) == (date(2026, 8, 31), 86)
    assert call.broken_promise == date(2026, 11, 24)


def test_calls_stand_by_currency_then_broken_promise_then_amount() -> None:
    """The company's currency first, whatever the amounts; equals by account."""
    day = "FA-1;01/09/2026;30/09/2026"
    found = called(
        f"D1;{day};900;;CHF", f"U2;{day};100;;USD", f"U1;{day};100;;USD;;oui;10/11/2026",
        f"C4;{day};200", f"C5;{day};100;;;;oui;10/11/2026", f"C3;{day};300", f"C2;{day};200",
    )  # fmt: skip
    accounts = [call.position.account for call in found]
    assert accounts == ["C5", "C3", "C2", "C4", "D1", "U1", "U2"]
    assert [call.broken_promise is None for call in found[:2]] == [False, True]
