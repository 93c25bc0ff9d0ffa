"""Tableau de bord and Accueil after Prepare, Save and Undo: right wherever the file is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import xlwings as xw

import books
from books import issue, opened, prepare, save, undo
from xl_relances.book import layout

LEDGER = """
Compte;Nom;Pièce;Date;Échéance;Débit;Crédit;Devise;Lettrage;Dernière lettre;Relancé le
C1;Dupont;FA-1;01/01/2026;31/01/2026;1000,00;;;A;;
C1;Dupont;RG-1;10/02/2026;;;1000,00;;A;;
C1;Dupont;FA-2;01/08/2026;31/08/2026;600,00;;;;;
C1;Dupont;FA-3;10/11/2026;10/12/2026;400,00;;;;;
C2;=Martin;FA-4;01/10/2026;31/10/2026;250,50;;;;;
C3;Leroy;FA-5;01/10/2026;31/10/2026;70,00;;USD;;;
C4;Petit;AV-6;01/10/2026;;;30,00;;;;
"""


def block(book: xw.Book, figures: layout.Figures) -> list[list[Any]]:
    """The rows of a block that are shown."""
    place = book.names[figures.name].refers_to_range
    rows = place.options(ndim=2).value
    shown = [row for row, line in zip(rows, place.rows, strict=True) if not line.rows.hidden]
    assert all(cell is None for row in rows[len(shown) :] for cell in row)
    return shown


def sentence(book: xw.Book, name: str) -> Any:
    return book.names[name].refers_to_range.value


def test_prepare_fills_the_dashboard(tmp_path: Path) -> None:
    """The aged balance by currency, who is late, letters in hand and DSO, all by hand."""
    path = books.make(tmp_path, LEDGER)
    with opened(path) as book:
        prepare(book)
        assert block(book, layout.AGES_FIGURES) == [
            ["EUR", 400, 250.5, 0, 600, 0, -30, 1220.5, 48.0],
            ["USD", 0, 70, 0, 0, 0, 0, 70, 0.0],
        ]
        assert block(book, layout.DEBTORS_FIGURES) == [["Dupont", 600, 86], ["=Martin", 250.5, 25]]
        assert block(book, layout.LETTERS_FIGURES) == [["en cours", 3, None, None]]
        assert block(book, layout.RECOVERY_FIGURES) == []
        # 31/10/2026: balance 1000 − 1000 + 600 + 250,50 − 30 in 304 days since 01/01/2026
        assert block(book, layout.DSO_FIGURES)[-2:] == [
            ["31/10/2026", 135, 820.5, 1850.5, 304],
            ["25/11/2026", 178, 1220.5, 2250.5, 329],
        ]
        assert sentence(book, layout.AGES_FIGURES.finding) == "48 % du dû a plus de 60 jours"
        assert sentence(book, layout.DSO_FIGURES.finding) == "DSO : 178 jours au 25/11/2026"
        assert sentence(book, layout.RECOVERY_FIGURES.finding) == layout.RECOVERY_FIGURES.empty
        line = sentence(book, layout.DASHBOARD_LINE).replace("\u202f", " ").replace("\u00a0", " ")
        assert line == ("Au 25/11/2026 : 1 220,50 € dus, dont 850,50 € échus, et 1 autre devise.")


def test_what_the_last_campaign_brought_in_shows_at_the_next_prepare(tmp_path: Path) -> None:
    """Saved, it is all still due; a payment lettered since is what it brought in."""
    path = books.make(tmp_path, LEDGER)
    with opened(path) as book:
        prepare(book)
        issue(book)
        save(book)
        assert block(book, layout.LETTERS_FIGURES) == [["25/11/2026", 3, None, None]]
        assert block(book, layout.RECOVERY_FIGURES) == [
            ["25/11/2026 : 0 %", None, None, None, 850.5, 0]
        ]
        books.typed(book, layout.GRAND_LIVRE_TABLE, "Lettrage", "B", Pièce="FA-2")
        books.set_cell(book, "date_relance", date(2026, 12, 10))
        prepare(book, date(2026, 12, 10))
        assert block(book, layout.RECOVERY_FIGURES) == [
            ["25/11/2026 : 71 %", 600, None, None, 250.5, 70.5]
        ]
        assert sentence(book, layout.RECOVERY_FIGURES.finding) == (
            "71 % rentré depuis la campagne du 25/11/2026"
        )
        undo(book)
        assert block(book, layout.RECOVERY_FIGURES) == []


def test_a_protected_dashboard_stops_nothing(tmp_path: Path) -> None:
    """It stays as it was, and Prepare says so."""
    path = tmp_path / "protected.xlsm"
    books.protect(books.make(tmp_path, LEDGER), layout.TABLEAU_DE_BORD, path)
    with opened(path) as book:
        report = prepare(book)
        assert [str(f) for f in report.findings if f.where == layout.TABLEAU_DE_BORD] == [
            "Tableau de bord : feuille protégée : elle montre encore la situation d'avant."
        ]
        assert len(report.customers) == 3


def test_a_workbook_made_before_the_blocks_still_prepares(tmp_path: Path) -> None:
    """Without their names nothing is filled, and nothing is said."""
    path = books.make(tmp_path, LEDGER)
    with opened(path) as book:
        for name in list(book.names):
            if name.name.startswith(("tdb_", "titre_", layout.DASHBOARD_LINE)):
                name.delete()
        report = prepare(book)
        assert len(report.customers) == 3
        assert not report.findings
