"""A whole campaign in a spreadsheet that calculates, beside the same on our file engine.

The same run code over the real relances.xlsm: what stands in the sheets after every step is
the same, and what LibreOffice calculates in Préparation is what Python says.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import xlwings as xw

import books
from books import show, typed
from uno_engine import Office
from xl_relances.book import layout, tables
from xl_relances.run.importing import import_files

pytestmark = pytest.mark.libreoffice

PREPARATION, DETAIL = layout.PREPARATION_TABLE, layout.DETAIL_TABLE
LEDGER = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit;Devise;Litige;Dernière lettre;Relancé le
000123;Zéro;FA-01;01/09/2026;01/10/2026;Facture;10,10;;;;;
000123;Zéro;FA-02;01/09/2026;02/10/2026;Facture;20,20;;;;;
123;Sans zéro;FA-03;01/09/2026;01/10/2026;Facture;30,30;;;;;
C1;Dupont;FA-11;01/09/2026;01/10/2026;Facture;1000,00;;;;;
C1;Dupont;FA-12;01/10/2026;31/10/2026;Facture;500,00;;;;;
C1;Dupont;FA-13;10/10/2026;20/11/2026;Facture;200,00;;;;;
C1;Dupont;FA-14;20/11/2026;20/12/2026;Facture;80,00;;;;;
C1;Dupont;VIR;02/11/2026;02/11/2026;Virement;;300,00;;;;
C2;Martin;FA-21;01/09/2026;01/10/2026;Facture;300,00;;;;1;20/10/2026
C3;Leroy;FA-31;01/08/2026;31/08/2026;=1+1;700,00;;;;2;20/10/2026
C3;Leroy;FA-32;01/10/2026;31/10/2026;@SOMME(A1);90,50;;;;;
C4;Petit;FA-41;01/10/2026;31/10/2026;Facture;60,00;;;prix;;
C5;Moreau;FA-51;01/10/2026;31/10/2026;Facture;90,00;;;;;
C5;Moreau;FA-52;01/10/2026;31/10/2026;Bill;12000;;JPY;;;
C6;Girard;FA-61;01/11/2026;24/11/2026;Facture;66,00;;;;;
"""


def untick(book: xw.Book) -> None:
    typed(book, DETAIL, "Relancer", 0, Pièce="FA-11")


def tick(book: xw.Book) -> None:
    typed(book, DETAIL, "Relancer", 1, Pièce="FA-32")


def type_numbers(book: xw.Book) -> None:
    typed(book, PREPARATION, "N° lettre", 3, Compte="C2")
    typed(book, PREPARATION, "Relancer", 0, Compte="123")
    typed(book, layout.NON_RELANCES_TABLE, "Forcer", 1, Compte="C6")


def add_a_column(book: xw.Book) -> None:
    books.add_column(book, PREPARATION, "Note", lambda row: f"note {row['Compte']}")


def filter_a_customer(book: xw.Book) -> None:
    tables.find_table(book, DETAIL).autofilter.apply_values(1, ["C1"])


def import_again(book: xw.Book) -> None:
    """The ledger has moved on: an invoice more, one paid."""
    export = Path(book.fullname).with_name("export.csv")
    lines = LEDGER.strip().replace("FA-21;01/09/2026;01/10/2026;Facture;300,00", "FA-99;;;Avoir;1")
    export.write_text(
        lines + "\nD1;Dumas;FA-91;05/10/2026;04/11/2026;Facture;50,00;;;;;\n", encoding="utf-8"
    )
    import_files(book, [export])


EDITS = (untick, tick, type_numbers, add_a_column, filter_a_customer)
STEPS: list[Callable[[xw.Book], object]] = [
    books.prepare, *EDITS, books.prepare, lambda book: books.issue(book, "000123", "C1", "C2"),
    books.save, books.issue, lambda book: books.save(book, hour=12), books.undo, import_again,
    books.prepare,
]  # fmt: skip
VIEWS = ("detail", "excluded", "history", "campaigns")


def test_a_campaign_ends_as_in_the_file(office: Office, tmp_path: Path) -> None:
    """Prepare, tick, untick, type a number, issue, save, undo: the same sheets after each."""
    in_file = books.make(tmp_path / "file", LEDGER)
    in_office = tmp_path / "office" / in_file.name
    in_office.parent.mkdir()
    shutil.copy(in_file, in_office)
    with books.opened(in_file, keep=False) as ours, office.open(in_office) as theirs:
        for number, step in enumerate(STEPS):
            step(ours)
            step(theirs)
            shown = show(theirs, "preparation")
            assert shown == show(ours, "preparation"), number
            assert calculated(tables.read(theirs, PREPARATION)) == expected(shown), number
            for view in () if step in EDITS else VIEWS:
                assert show(theirs, view) == show(ours, view), (number, view)
        ledger = books.column(ours, layout.GRAND_LIVRE_TABLE, *layout.GRAND_LIVRE_TABLE.contract)
        assert ledger == books.column(
            theirs, layout.GRAND_LIVRE_TABLE, *layout.GRAND_LIVRE_TABLE.contract
        )
        notes = books.column(ours, PREPARATION, "Compte", "Note")
        assert books.column(theirs, PREPARATION, "Compte", "Note") == notes


def calculated(rows: tables.TableRows) -> list[tuple[object, ...]]:
    """What the live formulas of Préparation are worth, as LibreOffice says."""
    titles = ("Compte", "Devise", "Solde dû", "Échéances", "Lettre proposée", "N° lettre")
    places = [rows.index(title) for title in titles]
    return [tuple(row[place] or None for place in places) for row in rows.rows]


def expected(shown: list[books.Record]) -> list[tuple[object, ...]]:
    """The same, as Python computes it from the ticks."""
    return [
        (
            row["Compte"], row["Devise"], float(Decimal(row["Solde dû"])) or None,
            row["Échéances"] or None, row["Lettre proposée"], row["N° lettre"],
        )
        for row in shown
    ]  # fmt: skip
