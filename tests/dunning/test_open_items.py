"""Set-off, line by line, and the guard of the account's balance."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ledgers import account
from xl_relances.dunning.open_items import AccountPosition


def remainders(found: AccountPosition) -> dict[str, Decimal]:
    return {item.reference or "écart": item.remainder for item in found.items}


def test_credits_go_to_the_oldest_overdue_debit() -> None:
    """Code civil 1342-10: what names no invoice pays the oldest due first."""
    found = account("""
        Compte;Pièce;Date;Échéance;Débit;Crédit
        C1;FA-2;01/09/2026;01/10/2026;1000;
        C1;FA-1;01/08/2026;31/08/2026;1000;
        C1;FA-3;01/11/2026;01/12/2026;1000;
        C1;RG-1;10/11/2026;;;1500
    """)
    assert remainders(found) == {"FA-1": 0, "FA-2": 500, "FA-3": 1000, "RG-1": 0}


def test_a_credit_note_goes_to_its_own_invoice_though_not_due() -> None:
    """Step (b): the same document, whatever its state."""
    found = account("""
        Compte;Pièce;Date;Échéance;Débit;Crédit
        C1;FA-1;01/08/2026;31/08/2026;1000;
        C1;FA-2;20/11/2026;20/12/2026;400;
        C1;FA-2;22/11/2026;;;400
    """)
    assert found.net == 1000
    assert [item.remainder for item in found.items if item.reference == "FA-2"] == [0, 0]
    assert remainders(found)["FA-1"] == 1000


def test_a_document_of_several_dates_names_no_invoice() -> None:
    """« VE11 » on two invoices is a journal and a month: step (b) passes it by."""
    found = account("""
        Compte;Pièce;Date;Échéance;Débit;Crédit;Libellé
        C1;VE11;01/11/2026;20/12/2026;400;;tard
        C1;VE11;02/11/2026;20/12/2026;400;;plus tard
        C1;FA-1;01/08/2026;31/08/2026;500;;ancienne
        C1;VE11;10/11/2026;;;300;avoir
    """)
    assert remainders(found)["FA-1"] == 200


def test_a_partial_allocation_comes_first() -> None:
    """Step (a): a lower-case code binds a payment to its invoices."""
    found = account("""
        Compte;Pièce;Date;Échéance;Débit;Crédit;Lettrage
        C1;FA-1;01/08/2026;31/08/2026;1000;;
        C1;FA-2;01/09/2026;01/10/2026;1000;;b
        C1;RG-1;10/11/2026;;;600;b
    """)
    assert remainders(found) == {"FA-1": 1000, "FA-2": 400, "RG-1": 0}


def test_the_gap_of_allocation_is_a_line_of_its_own() -> None:
    """0 < T < U: what was paid on an invoice that is gone is set off, and its code named."""
    found = account("""
        Compte;Pièce;Date;Échéance;Débit;Crédit;Lettrage
        C1;FA-1;01/08/2026;31/08/2026;1000;;
        C1;FA-2;01/09/2026;01/10/2026;1000;;
        C1;RG-0;10/11/2026;;;1000;A
    """)
    totals = [found.total, found.open_total, found.net]
    assert totals == [Decimal(1000), Decimal(2000), Decimal(1000)]
    gap = found.items[0]
    assert gap.is_gap
    shown = [gap.amount, gap.set_off, gap.remainder]
    assert shown == [Decimal(-1000), Decimal(-1000), Decimal(0)]
    assert remainders(found)["FA-1"] == 0
    assert found.unbalanced == (("A", Decimal("-1000.00")),)


@pytest.mark.parametrize(
    ("credit", "net"),
    [pytest.param("1000", 0, id="nil"), pytest.param("1500", -500, id="credit-balance")],
)
def test_what_is_paid_all_told_is_never_claimed(credit: str, net: int) -> None:
    """T ≤ 0: no claim, however many open items there are, and no gap line either."""
    found = account(f"""
        Compte;Pièce;Date;Échéance;Débit;Crédit;Lettrage
        C1;FA-1;01/08/2026;31/08/2026;1000;;
        C1;RG-0;10/11/2026;;;{credit};A
    """)
    assert found.net == net
    assert not any(item.is_gap for item in found.items)


def test_a_negative_debit_is_a_credit() -> None:
    """Field case D01: a cancelled line and a refund are read with the right sign."""
    found = account("""
        Compte;Pièce;Date;Échéance;Débit;Crédit
        C1;FA-1;01/08/2026;31/08/2026;1000;
        C1;FA-1;01/08/2026;31/08/2026;-1000;
        C1;RB-1;10/08/2026;10/08/2026;;-50
    """)
    assert found.net == 50
    assert all((item.entry.debit >= 0 <= item.entry.credit) for item in found.items if item.entry)


def test_yen_have_no_cents_and_dinars_three() -> None:
    """Amounts are exact in the currency's own places."""
    yen = account("""
        Compte;Devise;Date;Échéance;Débit
        C1;JPY;01/08/2026;31/08/2026;1000,4
    """)
    assert str(yen.net) == "1000"
    dinars = account("""
        Compte;Devise;Date;Échéance;Débit
        C1;TND;01/08/2026;31/08/2026;0,1255
    """)
    assert str(dinars.net) == "0.126"
