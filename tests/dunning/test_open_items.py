"""Set-off, line by line, and the guard of the account's balance."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from ledgers import AS_OF, account
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


def test_several_payments_of_one_invoice_go_on_to_the_next() -> None:
    """The oldest payment first; each side names those that it was set off against, and no other."""
    found = account("""
        Compte;Pièce;Date;Échéance;Débit;Crédit
        C1;FA-1;01/08/2026;31/08/2026;100;
        C1;FA-2;01/09/2026;30/09/2026;100;
        C1;RG-3;12/11/2026;;;30
        C1;RG-1;10/11/2026;;;40
        C1;RG-2;11/11/2026;;;80
        C1;FA-1;13/11/2026;;;10
        C1;FA-1;14/11/2026;;;5
    """)
    names = {item.identity: f"{item.reference} {item.amount:.0f}" for item in found.items}
    assert {
        names[item.identity]: [names[other] for other in item.against] for item in found.items
    } == {
        "FA-1 100": ["FA-1 -10", "FA-1 -5", "RG-1 -40", "RG-2 -80"],
        "FA-2 100": ["RG-2 -80", "RG-3 -30"],
        "RG-1 -40": ["FA-1 100"],
        "RG-2 -80": ["FA-1 100", "FA-2 100"],
        "RG-3 -30": ["FA-2 100"],
        "FA-1 -10": ["FA-1 100"],
        "FA-1 -5": ["FA-1 100"],
    }
    twice = account("""
        Compte;Pièce;Date;Échéance;Débit;Crédit
        C1;FA-1;01/08/2026;31/08/2026;100;
        C1;FA-1;13/11/2026;;;100
        C1;FA-1;14/11/2026;;;50
    """)
    assert [len(item.against) for item in twice.items] == [1, 1, 0]


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


def test_a_document_without_a_date_names_no_invoice() -> None:
    """Step (b) passes it by: nobody knows that it is of one date."""
    found = account("""
        Compte;Pièce;Date;Échéance;Débit;Crédit
        C1;FA-2;;20/12/2026;400;
        C1;FA-1;01/08/2026;31/08/2026;500;
        C1;FA-2;10/11/2026;;;300
    """)
    assert remainders(found)["FA-1"] == 200


@pytest.mark.parametrize("document", ["0", "00 0", ""])
def test_a_document_of_zeros_or_none_names_no_invoice(document: str) -> None:
    """Step (b) passes it by, on one date too: the payment goes to the oldest overdue debit."""
    found = account(f"""
        Compte;Pièce;Date;Échéance;Débit;Crédit;Libellé
        C1;{document};01/11/2026;20/12/2026;400;;récente
        C1;FA-1;01/08/2026;31/08/2026;500;;ancienne
        C1;{document};10/11/2026;;;300;règlement
    """)
    assert remainders(found)["FA-1"] == 200


def test_a_disputed_debit_is_paid_by_what_names_it_only() -> None:
    """Step (c) passes it by, however old it is; steps (a) and (b) do not."""
    found = account("""
        Compte;Pièce;Date;Échéance;Débit;Crédit;Lettrage;Litige
        C1;FA-1;01/07/2026;31/07/2026;1000;;a;prix
        C1;FA-2;01/08/2026;31/08/2026;1000;;;prix
        C1;FA-3;01/09/2026;30/09/2026;1000;;;
        C1;RG-1;10/09/2026;;;100;a;
        C1;FA-2;11/09/2026;;;200;;
        C1;RG-2;12/09/2026;;;300;;
    """)
    left = [item.remainder for item in found.items if item.is_debit]
    assert left == [900, 800, 700]


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
    assert (gap.reference, gap.due_date, gap.disputed, gap.promised) == ("", None, False, False)
    shown = [gap.amount, gap.set_off, gap.remainder]
    assert shown == [Decimal(-1000), Decimal(-1000), Decimal(0)]
    assert remainders(found)["FA-1"] == 0
    assert (found.items[1].against, gap.identity) == ((gap.identity,), "C1|EUR|gap")
    assert found.unbalanced == (("A", Decimal("-1000.00")),)


def test_the_gap_goes_to_the_oldest_document_though_another_falls_due_first() -> None:
    """Whatever the state of the invoice: disputed and not yet due, it is paid first."""
    found = account("""
        Compte;Pièce;Date;Échéance;Débit;Crédit;Lettrage;Litige
        C1;FA-1;01/07/2026;31/12/2026;1000;;;prix
        C1;FA-2;01/08/2026;31/08/2026;1000;;;
        C1;RG-0;10/11/2026;;;1000;A;
    """)
    assert remainders(found) == {"écart": 0, "FA-1": 0, "FA-2": 1000}


def test_allocation_codes_that_do_not_balance_are_named_in_order() -> None:
    """Those that do sum to zero are not; nobody reads codes as they come in the export."""
    found = account("""
        Compte;Pièce;Date;Échéance;Débit;Crédit;Lettrage
        C1;RG-1;10/08/2026;;;30;C
        C1;FA-2;01/08/2026;31/08/2026;500;;B
        C1;RG-2;10/08/2026;;;500;B
        C1;RG-3;10/08/2026;;;20;A
        C1;FA-1;01/08/2026;31/08/2026;1000;;
    """)
    assert found.unbalanced == (("A", Decimal(-20)), ("C", Decimal(-30)))
    assert found.has_gap
    even = account("""
        Compte;Pièce;Date;Échéance;Débit;Crédit;Lettrage
        C1;RG-1;10/08/2026;;;20;A
        C1;FA-2;01/08/2026;31/08/2026;20;;B
        C1;FA-1;01/08/2026;31/08/2026;1000;;
    """)
    assert (len(even.unbalanced), even.has_gap) == (2, False)


def test_cents_are_set_off_like_euros() -> None:
    """Nothing is too small to be owed, to be paid, or to be missing."""
    found = account("""
        Compte;Pièce;Date;Échéance;Débit;Crédit;Lettrage
        C1;FA-1;01/08/2026;31/08/2026;0,50;;
        C1;FA-2;01/09/2026;30/09/2026;0,50;;
        C1;RG-1;10/11/2026;;;0,30;
        C1;RG-2;10/11/2026;;;0,40;A
    """)
    assert (found.net, found.items[0].is_gap) == (Decimal("0.30"), True)
    left = [(item.set_off, item.remainder) for item in found.items if item.is_debit]
    assert left == [(Decimal("0.50"), 0), (Decimal("0.20"), Decimal("0.30"))]


def test_an_item_is_named_by_its_document_else_its_label_else_its_entry() -> None:
    """And a customer by the last name that the ledger gives, or by none."""
    found = account("""
        Compte;Nom;Écriture;Pièce;Libellé;Date;Échéance;Débit
        C1;Dupont;VE-1;FA-1;Facture;01/07/2026;31/07/2026;1
        C1;Durand;VE-2;;Facture;01/08/2026;31/08/2026;1
        C1;;VE-3;;;01/09/2026;30/09/2026;1
    """)
    assert [item.reference for item in found.items] == ["FA-1", "Facture", "VE-3"]
    assert found.name == "Durand"
    nameless = account("""
        Compte;Date;Échéance;Débit
        C1;01/07/2026;31/07/2026;1
    """)
    assert nameless.name == ""


def test_a_dispute_or_a_promise_is_over_the_day_after_while_something_is_owed() -> None:
    """Until its day, inclusive, it holds; a covered item has nothing left to dispute."""
    ledger = """
        Compte;Pièce;Date;Échéance;Débit;Crédit;Litige;Jusqu'au
        C1;FA-1;01/07/2026;31/07/2026;0,50;;prix;25/11/2026
        C1;FA-2;01/08/2026;31/08/2026;100;;prix;25/11/2026
        C1;FA-2;01/08/2026;;;100;;
        C1;FA-3;01/09/2026;30/09/2026;100;;;25/11/2026
        C1;FA-4;01/10/2026;31/10/2026;100;;prix;
    """
    day = AS_OF
    for as_of, over in ((day, None), (day + timedelta(days=1), day)):
        items = [item for item in account(ledger, as_of).items if item.is_debit]
        assert [item.ended_dispute(as_of) for item in items] == [over, None, None, None]
        assert [item.disputed for item in items] == [not over, not over, False, True]
        assert not any(item.broken_promise(as_of) for item in items)
    promised = """
        Compte;Pièce;Date;Échéance;Débit;Crédit;Promesse;Jusqu'au
        C1;FA-1;01/07/2026;31/07/2026;0,50;;oui;24/11/2026
        C1;FA-2;01/08/2026;31/08/2026;100;;oui;24/11/2026
        C1;FA-2;01/08/2026;;;100;;
        C1;FA-3;01/09/2026;30/09/2026;100;;oui;25/11/2026
    """
    items = [item for item in account(promised).items if item.is_debit]
    broken = [item.broken_promise(AS_OF) for item in items]
    assert broken == [AS_OF - timedelta(days=1), None, None]


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
