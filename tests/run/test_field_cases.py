"""Cases from the field that show in a run (D12, D13, D18 and D23 of the specification)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import books
from books import AS_OF, issue, opened, prepare, proposed, row_of, save, show

LATE = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit
C1;Dupont;FA-1;01/05/2026;01/06/2026;Facture;1000,00;
"""


@pytest.mark.parametrize(
    ("method", "number", "motif"),
    [
        ("Nombre", 1, "Lettre 1 : FA-1, 177 j de retard ; selon le retard : lettre 3"),
        ("Retard", 3, "Lettre 3 : FA-1, 177 j de retard ; selon le nombre : lettre 1"),
    ],
)
def test_a_very_late_item_never_reminded(
    tmp_path: Path, method: str, number: int, motif: str
) -> None:
    """D12: one letter only, the same day and the next; Motif says what the other way would give."""
    with opened(books.make(tmp_path, LATE, calcul_niveau=method), keep=False) as book:
        prepare(book)
        row = row_of(book, "preparation", Compte="C1")
        assert (row["N° lettre"], row["Motif"]) == (number, motif)
        issue(book)
        save(book)
        for days in (0, 1):
            books.set_cell(book, "date_relance", AS_OF + timedelta(days))
            prepare(book, AS_OF + timedelta(days))
            assert proposed(book) == {}


def test_stopped_disputed_and_promised(tmp_path: Path) -> None:
    """D13: three ways not to chase, each with its reason; a promise ends by itself."""
    ledger = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit;Litige
C1;Bloqué;FA-1;01/09/2026;01/10/2026;Facture;100,00;;
C2;Litige;FA-2;01/09/2026;01/10/2026;Facture;200,00;;
C2;Litige;FA-3;01/09/2026;01/10/2026;Facture;300,00;;qualité
C2;Litige;FA-3;05/11/2026;05/11/2026;Avoir;;50,00;qualité
C3;Promesse;FA-4;01/09/2026;01/10/2026;Facture;400,00;;
"""
    clients = """
Compte;Nom;Bloqué jusqu'au;Motif du blocage
C1;Bloqué;30/11/2026;échéancier
C3;Promesse;24/11/2026;promesse
"""
    with opened(books.make(tmp_path, ledger, clients), keep=False) as book:
        prepare(book)
        assert row_of(book, "excluded", Compte="C1")["Motif"] == (
            "Bloqué jusqu'au 30/11/2026 compris : échéancier"
        )
        assert proposed(book) == {"C2": 1, "C3": 1}
        assert row_of(book, "preparation", Compte="C2")["Solde dû"] == "200.00"
        assert row_of(book, "detail", Pièce="FA-2")["Imputé"] == "0.00"
        assert (
            "blocage terminé le 24/11/2026 (promesse)"
            in (row_of(book, "preparation", Compte="C3")["Motif"])
        )


def test_letters_land_beside_the_workbook(tmp_path: Path) -> None:
    """D23: a folder with spaces and accents, as synchronised folders have them."""
    folder = tmp_path / "Clients" / "Documents partagés – Élan"
    with opened(books.make(folder, LATE)) as book:
        prepare(book)
        issue(book)
        assert [path.name for path in folder.rglob("*.docx")] == ["C1_EUR_L1.docx"]
        assert row_of(book, "preparation", Compte="C1")["Lettre"] == (
            "Relances/2026-11-25/C1_EUR_L1.docx"
        )
        save(book)
        assert show(book, "history")[0]["Fichier"] == "Relances/2026-11-25/C1_EUR_L1.docx"
