"""A promise to pay and a dispute keep an item out until their day, and bring it back alone.

Source: issue « Promise to pay and dispute »; product specification, section 4, rule 5.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

import books
from books import AS_OF, issue, opened, place, prepare, proposed, row_of, typed
from xl_relances.book import layout
from xl_relances.errors import RefusedError

LEDGER = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit;Litige;Promesse;Jusqu'au;Motif
C1;Deux;FA-11;01/09/2026;01/10/2026;Facture;1000;;;oui;25/11/2026;virement annoncé
C1;Deux;FA-12;01/09/2026;02/10/2026;Facture;500;;;;;
C2;Litige;FA-21;01/09/2026;01/10/2026;Facture;300;;prix;;25/11/2026;
C3;Sans date;FA-31;01/09/2026;01/10/2026;Facture;200;;;oui;;
C4;Oubli;FA-41;01/09/2026;01/10/2026;Facture;100;;;non;25/11/2026;
"""
NEXT = AS_OF + timedelta(1)


@pytest.mark.parametrize("day", [AS_OF - timedelta(1), AS_OF], ids=["the-day-before", "the-day"])
def test_until_its_day_a_promise_waits(tmp_path: Path, day: date) -> None:
    """« Jusqu'au » is inclusive: the letter claims the other invoice alone."""
    with opened(books.make(tmp_path, LEDGER, date_relance=day), keep=False) as book:
        prepare(book, day)
        assert proposed(book) == {"C1": 1, "C4": 1}
        assert row_of(book, "preparation", Compte="C1")["Solde dû"] == "500.00"
        item = row_of(book, "detail", Pièce="FA-11")
        assert (item["Relancer"], item["Motif"]) == (
            False,
            "Promesse de paiement : FA-11, jusqu'au 25/11/2026 compris (virement annoncé)",
        )
        assert row_of(book, "excluded", Compte="C2")["Motif"] == (
            "En litige : FA-21, jusqu'au 25/11/2026 compris"
        )


def test_the_day_after_it_comes_back_and_the_broken_promise_is_said(tmp_path: Path) -> None:
    """Beside the customer and beside the item; a dispute that ended is said as well."""
    with opened(books.make(tmp_path, LEDGER, date_relance=NEXT), keep=False) as book:
        prepare(book, NEXT)
        assert proposed(book) == {"C1": 1, "C2": 1, "C4": 1}
        assert row_of(book, "preparation", Compte="C1")["Solde dû"] == "1500.00"
        broken = " ; promesse du 25/11/2026 non tenue"
        assert row_of(book, "preparation", Compte="C1")["Motif"].endswith(broken)
        assert row_of(book, "detail", Pièce="FA-11")["Motif"].endswith(broken)
        assert "promesse" not in row_of(book, "detail", Pièce="FA-12")["Motif"]
        ended = " ; litige terminé le 25/11/2026"
        assert row_of(book, "preparation", Compte="C2")["Motif"].endswith(ended)
        assert row_of(book, "detail", Pièce="FA-21")["Motif"].endswith(ended)


def test_a_promise_that_was_kept_is_not_called_broken(tmp_path: Path) -> None:
    """Paid in full, by a payment that nobody allocated yet, the invoice is covered."""
    paid = LEDGER + "C1;Deux;FA-11;26/11/2026;;Virement;;1000;;;;\n"
    with opened(books.make(tmp_path, paid, date_relance=NEXT), keep=False) as book:
        prepare(book, NEXT)
        assert row_of(book, "detail", Pièce="FA-11", Crédit=None)["Motif"] == "Couvert par FA-11"
        assert "promesse" not in row_of(book, "preparation", Compte="C1")["Motif"]


def test_a_promise_moves_no_set_off(tmp_path: Path) -> None:
    """A payment that names no invoice still pays the oldest one, promised or not."""
    paid = LEDGER + "C1;Deux;VIR;20/11/2026;;Virement;;400;;;;\n"
    with opened(books.make(tmp_path, paid), keep=False) as book:
        prepare(book)
        assert row_of(book, "detail", Pièce="FA-11")["Reste"] == "600.00"
        assert row_of(book, "preparation", Compte="C1")["Solde dû"] == "500.00"


def test_a_promise_without_a_day_waits_and_is_a_finding(tmp_path: Path) -> None:
    """Nobody guesses the day: no letter, and each Prepare says which cell is to be filled."""
    with opened(books.make(tmp_path, LEDGER), keep=False) as book:
        for _ in range(2):
            report = prepare(book)
            dateless, idle = map(str, report.findings)
            assert dateless == (
                "Grand livre, ligne 8, colonne « Jusqu'au » : promesse de paiement sans date : "
                "l'échéance n'est plus relancée. Tapez la date promise, ou effacez « Promesse »."
            )
            assert idle == (
                "Grand livre, ligne 9, colonne « Jusqu'au » : date sans effet : ni « Litige » ni "
                "« Promesse » n'est rempli."
            )
            assert not any(finding.blocking for finding in report.findings)
        assert row_of(book, "excluded", Compte="C3")["Motif"] == (
            "Promesse de paiement : FA-31, sans date"
        )


def test_forcer_lifts_no_promise(tmp_path: Path) -> None:
    """Like a dispute, a promise is lifted where it stands: in Grand livre."""
    with opened(books.make(tmp_path, LEDGER), keep=False) as book:
        prepare(book)
        typed(book, layout.NON_RELANCES_TABLE, "Forcer", 1, Compte="C3")
        prepare(book)
        assert row_of(book, "excluded", Compte="C3")["Motif"].endswith(" ; Forcer sans effet")
        typed(book, layout.GRAND_LIVRE_TABLE, "Promesse", None, Compte="C3")
        prepare(book)
        assert proposed(book)["C3"] == 1


@pytest.mark.parametrize(
    ("title", "value"),
    [("Promesse", "oui"), ("Litige", "prix"), ("Jusqu'au", books.cell(date(2026, 12, 10)))],
)
def test_a_promise_typed_since_prepare_stops_issue(
    tmp_path: Path, title: str, value: object
) -> None:
    """The ledger changed: the letters must be prepared again."""
    with opened(books.make(tmp_path, LEDGER), keep=False) as book:
        prepare(book)
        typed(book, layout.GRAND_LIVRE_TABLE, title, value, Pièce="FA-12")
        with pytest.raises(RefusedError, match="grand livre a changé"):
            issue(book)


def test_a_promise_after_the_letter_is_named_beside_it(tmp_path: Path) -> None:
    """The letter stays as it was issued; Motif says that the customer promised since."""
    with opened(books.make(tmp_path, LEDGER), keep=False) as book:
        prepare(book)
        issue(book, "C1")
        typed(book, layout.GRAND_LIVRE_TABLE, "Promesse", "oui", Pièce="FA-12")
        day = books.cell(date(2026, 12, 10))
        typed(book, layout.GRAND_LIVRE_TABLE, "Jusqu'au", day, Pièce="FA-12")
        prepare(book)
        row = row_of(book, "preparation", Compte="C1")
        assert (row["Éditée"], row["Solde dû"]) == (True, "500.00")
        assert row["Motif"].endswith(
            " ; depuis l'édition : promesse de paiement : FA-12, jusqu'au 10/12/2026 compris"
        )


def test_a_day_that_means_nothing_keeps_the_customer_out(tmp_path: Path) -> None:
    """An unreadable « Jusqu'au » is a cell to mend, never taken for no day."""
    with opened(books.make(tmp_path, LEDGER), keep=False) as book:
        typed(book, layout.GRAND_LIVRE_TABLE, "Jusqu'au", "bientôt", Pièce="FA-12")
        assert place(book, layout.GRAND_LIVRE_TABLE, "Jusqu'au", Pièce="FA-12").value == "bientôt"
        prepare(book)
        assert "C1" not in proposed(book)
        assert row_of(book, "excluded", Compte="C1")["Motif"] == (
            "À corriger d'abord : Grand livre, ligne 6, colonne « Jusqu'au » : date attendue, "
            "« bientôt » lu"
        )


def test_a_promised_item_is_no_reason_to_call(tmp_path: Path) -> None:
    """Until its day the customer is called about the rest; the day after, about all."""
    with opened(books.make(tmp_path, LEDGER), keep=False) as book:
        for day, claims, broken in ((AS_OF, "500.00", None), (NEXT, "1500.00", "2026-11-25")):
            books.set_cell(book, "date_relance", day)
            prepare(book, day)
            (call,) = [row for row in books.show(book, "calls", day) if row["Compte"] == "C1"]
            assert (call["Échu"], call["Promesse non tenue"]) == (claims, broken)


def test_a_broken_promise_is_called_about_first(tmp_path: Path) -> None:
    """Before larger amounts of the same currency."""
    larger = "C9;Gros;FA-91;01/09/2026;01/10/2026;Facture;9000;;;;;\n"
    with opened(books.make(tmp_path, LEDGER + larger, date_relance=NEXT), keep=False) as book:
        prepare(book, NEXT)
        called = [row["Compte"] for row in books.show(book, "calls", NEXT)]
        assert called[:2] == ["C1", "C9"]
