"""Time-barred items are said before their letter goes, and stop nothing.

Source: issue « Charges of late payment », limitation date in Détail.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import books
from books import AS_OF, column, issue, opened, prepare, row_of, typed
from xl_relances import run
from xl_relances.book import layout

LEDGER = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit;Devise
C1;Dumas;FA-1;25/11/2021;25/12/2021;Facture;1000;;EUR
C1;Dumas;FA-2;24/11/2021;24/12/2021;Facture;500;;EUR
C2;Leroy;FA-3;01/09/2026;01/10/2026;Facture;300;;EUR
D1;Jones;FA-4;20/11/2021;20/12/2021;Facture;200;;USD
"""
BEYOND = "« Prescription », dans Détail, dit le dernier jour pour réclamer chacune en justice."


def test_prepare_and_check_count_what_is_barred_in_one_line(tmp_path: Path) -> None:
    """FA-1 may still be claimed today; FA-2 and FA-4 could until yesterday and before."""
    with opened(books.make(tmp_path, LEDGER), keep=False) as book:
        report = prepare(book)
        (finding,) = report.findings
        assert str(finding) == (
            "Grand livre, ligne 8, colonne « Échéance » : 2 échéances prescrites au 25/11/2026, "
            "500,00\xa0€ + 200,00\xa0$US : la plus ancienne FA-4 du compte D1, le 20/11/2026. "
            f"{BEYOND}"
        )
        assert not finding.blocking
        barred = [f for f in run.check(book, today=AS_OF) if "prescrite" in f.message]
        assert barred == [finding]
        assert [f for f in run.check(book, today=AS_OF - timedelta(6)) if "presc" in str(f)] == []


def test_prepare_counts_the_customers_in_range_alone(tmp_path: Path) -> None:
    with opened(books.make(tmp_path, LEDGER, compte_fin="C1"), keep=False) as book:
        (finding,) = prepare(book).findings
        assert finding.message == (
            "1 échéance prescrite au 25/11/2026, 500,00\xa0€ : FA-2 du compte C1, le 24/11/2026. "
            f"{BEYOND}"
        )


def test_the_row_says_that_its_letter_lists_a_barred_item(tmp_path: Path) -> None:
    """Until the user unticks it."""
    with opened(books.make(tmp_path, LEDGER), keep=False) as book:
        prepare(book)
        assert row_of(book, "preparation", Compte="C1")["Motif"].endswith(" ; 1 échéance prescrite")
        assert "prescrite" not in row_of(book, "preparation", Compte="C2")["Motif"]
        typed(book, layout.DETAIL_TABLE, "Relancer", 0, Pièce="FA-2")
        prepare(book)
        assert "prescrite" not in row_of(book, "preparation", Compte="C1")["Motif"]


def test_an_issued_row_shows_the_limitation_of_today(tmp_path: Path) -> None:
    """Its letter is frozen, the law is not: the customer turns out to be a private person."""
    path = books.make(tmp_path, LEDGER, [{"Compte": "C2", "Nom": "Leroy"}])
    with opened(path, keep=False) as book:
        prepare(book)
        issue(book, "C2")
        days = dict(column(book, layout.DETAIL_TABLE, "Pièce", "Prescription"))
        assert f"{days['FA-3']:%d/%m/%Y}" == "01/09/2031"
        typed(book, layout.CLIENTS_TABLE, "Type", "Particulier", Compte="C2")
        prepare(book)
        days = dict(column(book, layout.DETAIL_TABLE, "Pièce", "Prescription"))
        assert f"{days['FA-3']:%d/%m/%Y}" == "01/09/2028"
        assert row_of(book, "preparation", Compte="C2")["Éditée"] is True
