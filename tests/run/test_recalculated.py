"""After LibreOffice recalculates the saved workbook, each formula says what the core says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

import books
from books import issue, opened, prepare, show, typed
from readers import LibreOffice
from xl_relances.book import layout

PREPARATION, DETAIL = layout.PREPARATION_TABLE, layout.DETAIL_TABLE
LEDGER = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit;Devise;Dernière lettre;Relancé le
000123;Zéros;FA-01;01/09/2026;01/10/2026;Facture;0,10;;;;
000123;Zéros;FA-02;01/09/2026;02/10/2026;Facture;0,20;;;;
123;Sans zéros;FA-03;01/09/2026;01/10/2026;Facture;50,00;;;1;20/10/2026
C*1;Étoile;FA-04;01/09/2026;01/10/2026;Facture;1;;JPY;;
C1;Dupont;FA-11;01/09/2026;01/10/2026;Facture;1000,00;;;2;20/10/2026
C1;Dupont;FA-12;01/10/2026;31/10/2026;Facture;500,33;;;1;01/11/2026
C1;Dupont;FA-13;01/10/2026;31/10/2026;Facture;70,00;;;;
C1;Dupont;AV-14;05/10/2026;05/10/2026;Avoir;;100,11;;;
C2;Martin;FA-21;01/09/2026;01/10/2026;Facture;7,125;;TND;;
C2;Martin;FA-22;01/09/2026;01/10/2026;Facture;300,00;;;;
C3;Leroy;FA-31;01/10/2026;31/10/2026;Facture;9,00;;;;
C4;Blanc;FA-41;01/09/2026;01/10/2026;Facture;100,00;;;2;20/10/2026
C4;Blanc;FA-42;01/09/2026;01/10/2026;Facture;200,00;;;2;20/10/2026
C5;Noir;FA-51;01/09/2026;01/10/2026;Facture;365,00;;;2;20/10/2026
"""


def calculated(path: Path) -> list[dict[str, Any]]:
    """Rows of Préparation as the file's values have them."""
    sheet = load_workbook(path, data_only=True)[layout.PREPARATION]
    rows = list(sheet.iter_rows(min_row=layout.HEADER_ROW, values_only=True))
    titles = [str(title) for title in rows[0]]
    return [dict(zip(titles, row, strict=True)) for row in rows[1:] if row[0]]


def of_formulas(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What the formulas of a row give, empty texts as None."""
    titles = ("Compte", "Devise", "Solde dû", "Échéances", "Lettre proposée", "N° lettre")
    return [
        tuple(
            None if row[title] == "" else int(row[title]) if title == "Échéances" else row[title]
            for title in titles
        )
        for row in rows
    ]


def of_charges(rows: list[dict[str, Any]]) -> dict[str, tuple[Any, Any]]:
    """Pénalités and Indemnité by account, where anything stands there."""
    found = {
        row["Compte"]: (row[layout.PENALITES] or None, row[layout.INDEMNITE] or None)
        for row in rows
    }
    return {account: two for account, two in found.items() if any(two)}


def decided(records: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return of_formulas([{**row, "Solde dû": float(row["Solde dû"])} for row in records])


@pytest.mark.libreoffice
def test_live_formulas_say_what_the_core_says(tmp_path: Path, soffice: LibreOffice) -> None:
    """As prepared, and after the user's own ticks; the file tells it before any recalculation."""
    path = books.make(tmp_path, LEDGER)
    stages = {}
    with opened(path) as book:
        prepare(book)
        stages["prepared"] = decided(show(book, "preparation"))
    copies = {"prepared": path.with_name("prepared.xlsm")}
    copies["prepared"].write_bytes(path.read_bytes())
    with opened(path) as book:
        typed(book, DETAIL, "Relancer", 0, Pièce="FA-11")
        typed(book, DETAIL, "Relancer", 0, Pièce="FA-01")
        typed(book, DETAIL, "Relancer", 0, Pièce="FA-31")
        typed(book, DETAIL, "Relancer", 1, Pièce="FA-13")
        typed(book, PREPARATION, "N° lettre", 3, Compte="123")
        typed(book, DETAIL, "Relancer", 0, Pièce="FA-41")
        typed(book, PREPARATION, "N° lettre", 2, Compte="C5")
        stages["ticked"] = decided(show(book, "preparation"))
    copies["ticked"] = path.with_name("ticked.xlsm")
    copies["ticked"].write_bytes(path.read_bytes())
    with opened(path) as book:
        prepare(book)
        issue(book)
        stages["issued"] = decided(show(book, "preparation"))
    copies["issued"] = path.with_name("issued.xlsm")
    copies["issued"].write_bytes(path.read_bytes())
    assert of_formulas(calculated(copies["prepared"])) == stages["prepared"]
    assert of_formulas(calculated(copies["issued"])) == stages["issued"]
    claimed = {
        "prepared": of_charges(calculated(copies["prepared"])),
        "issued": of_charges(calculated(copies["issued"])),
        # 50 x 15 % x 55 / 365; FA-41 taken out; a letter 2 claims nothing, nor does C1's now
        "ticked": {"123": (1.13, 40), "C4": ("à recalculer", "à recalculer")},
    }
    assert set(claimed["prepared"]) == {"C1", "C4", "C5"}
    assert claimed["issued"] == {"123": (1.13, 40), "C4": (4.52, 40)}
    written = soffice.convert(list(copies.values()), "xlsx", tmp_path / "out")
    assert len(written) == len(copies)
    for name, expected in stages.items():
        recalculated = calculated(tmp_path / "out" / f"{name}.xlsx")
        assert of_formulas(recalculated) == expected, name
        assert of_charges(recalculated) == claimed[name], name
    files = {row["Compte"]: row["Lettre"] for row in calculated(tmp_path / "out" / "issued.xlsx")}
    assert files["C1"] == "C1_EUR_L2.docx"
    assert files["C3"] is None
