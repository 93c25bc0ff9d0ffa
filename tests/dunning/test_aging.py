"""Aged balance: every euro in one band, by days past the due date.

Source: product specification, section 2, Tableau de bord.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ledgers import account
from xl_relances.dunning.aging import (
    BANDS,
    CREDITS,
    aged,
    balance_by_currency,
    band,
    overdue,
)

AS_OF = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-400, "Non échu"), (-1, "Non échu"), (0, "Non échu"), (1, "1–30"), (30, "1–30"),
        (31, "31–60"), (60, "31–60"), (61, "61–90"), (90, "61–90"), (91, "> 90"), (5000, "> 90"),
    ],
)  # fmt: skip
def test_the_last_day_of_a_band_and_the_day_after(days: int, expected: str) -> None:
    """On its due date an item is not due yet; the day after it is 1 day late."""
    assert band(days) == expected


def shown(entries: str) -> dict[str, Decimal]:
    """The bands that hold something, for the entries of one account."""
    found = aged(account(entries, AS_OF), AS_OF)
    assert tuple(found) == (*BANDS, CREDITS)
    return {title: amount for title, amount in found.items() if amount}


def test_what_is_owed_stands_in_the_band_of_its_due_date() -> None:
    assert shown("""
        Compte;Pièce;Date;Échéance;Débit
        C1;A;01/08/2026;22/08/2026;1000
        C1;B;01/08/2026;24/11/2026;20
        C1;C;01/08/2026;26/10/2026;3
        C1;D;01/08/2026;25/11/2026;0,40
    """) == {"Non échu": Decimal("0.40"), "1–30": Decimal(23), "> 90": Decimal(1000)}


def test_a_payment_takes_the_oldest_and_leaves_the_rest_where_it_is() -> None:
    assert shown("""
        Compte;Pièce;Date;Échéance;Débit;Crédit
        C1;A;01/08/2026;22/08/2026;100;
        C1;B;01/08/2026;16/10/2026;50;
        C1;V;20/11/2026;;;120
    """) == {"31–60": Decimal(30)}


def test_what_nothing_absorbs_stands_apart_negative() -> None:
    """All debits are paid and not due: the credit is not a claim of less lateness."""
    assert shown("""
        Compte;Pièce;Date;Échéance;Débit;Crédit
        C1;A;01/08/2026;22/08/2026;100;
        C1;V;20/11/2026;;;120
    """) == {"Crédits": Decimal(-20)}


def test_the_balances_of_a_currency_are_summed_up_in_its_own_places() -> None:
    """Band by band; a customer without an open item brings no currency of its own."""
    line = "Compte;Pièce;Date;Échéance;Débit;Crédit;Devise;Lettrage\nC1;A;01/08/2026;"
    found = balance_by_currency(
        [
            account(f"{line}24/11/2026;30;;USD;A", AS_OF),
            account(f"{line}22/08/2026;100", AS_OF),
            account(f"{line}24/11/2026;20", AS_OF),
            account(f"{line}24/11/2026;5", AS_OF),
            account(f"{line};;7", AS_OF),
            account(f"{line}25/11/2026;900;;JPY", AS_OF),
        ],
        AS_OF,
    )
    assert {
        currency: [str(amount) for amount in bands.values()] for currency, bands in found.items()
    } == {
        "EUR": ["0.00", "25.00", "0.00", "0.00", "100.00", "-7.00"],
        "JPY": ["900", "0", "0", "0", "0", "0"],
    }
    assert [overdue(bands) for bands in found.values()] == [Decimal(125), Decimal(0)]
