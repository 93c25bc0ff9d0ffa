"""Importing again: history, levels, disputes and the users' own columns stay with their items."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from openpyxl import Workbook

import books
from imports.held_rows import rows
from imports.test_import_fec import DOWN_PAYMENT, fec
from xl_relances import french, headless, run
from xl_relances.book import layout, tables
from xl_relances.book.settings import Settings
from xl_relances.errors import CancelledError, FindingsError
from xl_relances.run import importing_ledger
from xl_relances.run.importing import ImportResult

HEADER = "Compte;Nom;Écriture;Pièce;Date;Échéance;Libellé;Débit;Crédit;Lettrage\n"
A = "C1;Dupont;VE-1;FA-1;05/01/2026;04/02/2026;Facture;100,00;;\n"
B = "C2;Durand;VE-2;FA-2;06/01/2026;05/02/2026;Facture;200,00;;\n"
PAID = "C1;Dupont;BQ-1;FA-1;10/12/2026;;Virement;;100,00;\n"
NOW = datetime(2026, 11, 25, 9)


def campaign(book: xw.Book) -> None:
    """Prepare, tick everything as issued, save."""
    Settings(book).write("date_relance", NOW.date())
    run.prepare(book, now=NOW)
    held = tables.read(book, layout.PREPARATION_TABLE)
    tables.write_columns(
        book, layout.PREPARATION_TABLE, {"Éditée": [1] * len(held.rows)}, held.numbers
    )
    run.save(book, now=NOW, user="x")


def test_the_same_file_again_changes_nothing(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Not a cell of Grand livre, not a row of Clients."""
    assert imported(f__csv=HEADER + A + B).changed
    book.save()
    before = Path(book.fullname).read_bytes()
    result = imported(f__csv=HEADER + A + B)
    assert not result.changed
    assert result.customers_added == 0
    assert "rien n'a changé" in result.summary
    book.save()
    assert sheet_parts(before) == sheet_parts(Path(book.fullname).read_bytes())


def sheet_parts(content: bytes) -> dict[str, bytes]:
    """The worksheets of a workbook, byte for byte."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {n: archive.read(n) for n in archive.namelist() if n.startswith("xl/worksheets/")}


def test_rows_that_the_user_sorted_stay_sorted(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """The same file again is no reason to put them back into its order."""
    imported(f__csv=HEADER + A + B)
    assert not imported(f__csv=HEADER + B + A).changed
    assert [r["Compte"] for r in rows(book)] == ["C1", "C2"]


def test_levels_and_disputes_stay_with_their_items(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Rows in another order, a new one first: each keeps what was written beside it."""
    imported(f__csv=HEADER + A + B)
    campaign(book)
    held = tables.read(book, layout.GRAND_LIVRE_TABLE)
    tables.write_columns(book, layout.GRAND_LIVRE_TABLE, {"Litige": [None, "Prix"]}, held.numbers)
    imported(f__csv=HEADER + "C0;Neuf;VE-3;FA-3;07/01/2026;06/02/2026;Facture;5,00;;\n" + B + A)
    seen = [(r["Pièce"], r.get("Dernière lettre"), r.get("Litige")) for r in rows(book)]
    assert seen == [("FA-3", None, None), ("FA-2", 1.0, "Prix"), ("FA-1", 1.0, None)]
    identities = {r["Identité"] for r in rows(book, layout.HISTORIQUE_TABLE)}
    assert identities == {r["Identité"] for r in rows(book)[1:]}


def test_promises_stay_with_their_items(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Mark, day and reason move with the item; the same file again then changes nothing."""
    imported(f__csv=HEADER + A + B)
    held = tables.read(book, layout.GRAND_LIVRE_TABLE)
    promise: dict[str, list[Any]] = {
        "Promesse": [None, "oui"],
        "Jusqu'au": [None, datetime(2026, 3, 1)],
        "Motif": [None, "Virement annoncé"],
    }
    tables.write_columns(book, layout.GRAND_LIVRE_TABLE, promise, held.numbers)
    assert not imported(f__csv=HEADER + B + A).changed
    imported(f__csv=HEADER + "C0;Neuf;VE-3;FA-3;07/01/2026;06/02/2026;Facture;5,00;;\n" + B + A)
    seen = {r["Pièce"]: tuple(r.get(title) for title in promise) for r in rows(book)}
    assert seen == {
        "FA-3": (None, None, None),
        "FA-1": (None, None, None),
        "FA-2": ("oui", datetime(2026, 3, 1), "Virement annoncé"),
    }


HELD = "Compte;Nom;Écriture;Pièce;Date;Échéance;Débit;Crédit;Litige;Promesse;Jusqu'au;Motif\n"
MARKED = (
    'C1;Un;VE-1;FA-1;05/01/2026;04/02/2026;10,00;;;oui;01/03/2026;"virement ; annoncé"\n'
    "C1;Un;VE-2;FA-2;05/01/2026;04/02/2026;20,00;;Prix contesté;non;31/12/2026;=1+1\n"
    "C2;Deux;VE-3;FA-3;05/01/2026;04/02/2026;30,00;;;;;\n"
    "C2;Deux;VE-4;FA-4;05/01/2026;04/02/2026;40,00;;qualité;;;\n"
)


def marks(book: xw.Book) -> dict[str, tuple[Any, ...]]:
    titles = ("Litige", "Promesse", "Jusqu'au", "Motif")
    return {row["Pièce"]: tuple(row.get(title) for title in titles) for row in rows(book)}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_exported_ledger_loses_nothing_in_an_empty_workbook(
    book: xw.Book, imported: Callable[..., ImportResult], tmp_path: Path, kind: str
) -> None:
    """Marks, day and reason come back with their entries, a reason « =1+1 » as a text."""
    if kind == "csv":
        imported(f__csv=HELD + MARKED)
    else:
        exported = Workbook()
        sheet = exported.active
        assert sheet is not None
        for line in csv.reader(io.StringIO(HELD + MARKED), delimiter=";"):
            sheet.append([french.parse_date(cell) or cell or None for cell in line])
        sheet["L3"].data_type = "s"
        exported.save(tmp_path / "held.xlsx")
        imported(f__xlsx=(tmp_path / "held.xlsx").read_bytes())
    assert marks(book) == {
        "FA-1": (None, "oui", datetime(2026, 3, 1), "virement ; annoncé"),
        "FA-2": ("Prix contesté", None, datetime(2026, 12, 31), "=1+1"),
        "FA-3": (None, None, None, None),
        "FA-4": ("qualité", None, None, None),
    }
    assert not imported(f__csv=HELD + MARKED).changed


def test_what_the_user_noted_is_not_ended_by_the_file(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """One day serves both marks: a dispute without an end keeps none."""
    imported(f__csv=HELD + MARKED)
    later = MARKED.replace("qualité;;;", "prix;oui;31/01/2026;autre")
    imported(f__csv=HELD + later.replace("30,00;;;;;", "30,00;;;oui;31/01/2027;chèque"))
    assert marks(book)["FA-4"] == ("qualité", None, None, None)
    assert marks(book)["FA-3"] == (None, "oui", datetime(2027, 1, 31), "chèque")


def test_a_reason_beside_no_mark_is_of_something_else(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """« Motif » and « Jusqu'au » of an export that knows neither dispute nor promise."""
    imported(f__csv=HEADER[:-1] + ";Motif;Jusqu'au\n" + A[:-1] + ";rejet bancaire;peut-être\n")
    assert marks(book) == {"FA-1": (None, None, None, None)}


def test_a_day_of_a_promise_that_means_nothing(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """The row is kept to be mended, with all that it says; its customer gets no letter."""
    result = imported(f__csv=HELD + MARKED.replace("01/03/2026", "bientôt"))
    assert [(left.line, left.column, left.value) for left in result.left_out] == [
        (2, "Jusqu'au", "bientôt")
    ]
    assert marks(book)["FA-1"] == (None, "oui", "bientôt", "virement ; annoncé")


def test_a_due_date_granted_since_resets_no_level(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """The due date is no part of an item's identity."""
    imported(f__csv=HEADER + A)
    campaign(book)
    imported(f__csv=HEADER + A.replace("04/02/2026", "31/12/2026"))
    (row,) = rows(book)
    assert (row["Échéance"], row["Dernière lettre"]) == (datetime(2026, 12, 31), 1.0)


def test_equals_are_matched_by_due_date_first(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Three instalments of 100 under one number: the one that is gone takes no level along."""
    parts = [A.replace("04/02/2026", f"0{n}/0{n}/2026") for n in (2, 3, 4)]
    imported(f__csv=HEADER + "".join(parts))
    before = {r["Échéance"]: r["Identité"] for r in rows(book)}
    imported(f__csv=HEADER + "".join(reversed(parts[1:])))
    after = {r["Échéance"]: r["Identité"] for r in rows(book)}
    assert after == {due: before[due] for due in after}


def test_what_is_gone_is_told(book: xw.Book, imported: Callable[..., ImportResult]) -> None:
    """Paid or removed: said, never guessed; the history stays."""
    imported(f__csv=HEADER + A + B)
    campaign(book)
    result = imported(f__csv=HEADER + A)
    (gone,) = result.as_json()[0]["absent_since_last"]
    assert (gone["Compte"], gone["Pièce"], gone["Solde"]) == ("C2", "FA-2", "200.00")
    assert len(rows(book, layout.HISTORIQUE_TABLE)) == 2


def test_a_users_column_moves_with_its_rows(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """A column « Suivi » added to the right of the table."""
    imported(f__csv=HEADER + A + B)
    found = tables.find_table(book, layout.GRAND_LIVRE_TABLE)
    area = found.range
    found.resize(area.resize(area.shape[0], area.shape[1] + 1))
    column = area.shape[1]
    sheet = area.sheet
    sheet.range((area.row, column + 1)).value = "Suivi"
    sheet.range((area.row + 1, column + 1)).value = "voir Léa"
    imported(f__csv=HEADER + B + PAID + A)
    assert [r.get("Suivi") for r in rows(book)] == [None, None, "voir Léa"]


def test_opening_entries_of_a_new_year_take_over_the_history(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Same account, currency and piece: the level goes on; others are told."""
    titles = HEADER.replace("Écriture", "Journal;N° écriture")
    old = A.replace("VE-1", "VE;1")
    imported(f__csv=titles + old + B.replace("VE-2", "VE;2"))
    campaign(book)
    before = {r["Pièce"]: r["Identité"] for r in rows(book)}
    new = titles + old.replace("VE;1", "AN;1").replace("05/01/2026", "01/01/2027")
    new += B.replace("VE-2", "AN;1").replace("06/01/2026", "01/01/2027").replace("FA-2", "RAN")
    result = imported(g__csv=new)
    held = rows(book)
    assert [(r["Pièce"], r.get("Dernière lettre")) for r in held] == [("FA-1", 1.0), ("RAN", None)]
    assert held[0]["Identité"] == before["FA-1"]
    assert (
        "1 à-nouveau ne correspond à aucune pièce connue : il repart sans relance" in result.notes
    )
    assert not imported(g__csv=new).changed


def test_customers_are_added_and_never_overwritten(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Empty cells are filled, what the user typed stays; doubtful addresses are told."""
    result = imported(
        l__csv=HEADER + A + B,
        c__csv="Code client;Raison sociale;Adresse;CP;Ville;E-mail;Conditions de règlement\n"
        "C1;Dupont SA;1 rue Été;01000;Bourg;a@b.fr;45 jours fin de mois\nC9;Neuf;;;;pas-un-mail;\n",
    )
    held = {r["Compte"]: r for r in rows(book, layout.CLIENTS_TABLE)}
    assert held["C1"]["Code postal"] == "01000"
    assert held["C1"]["Délai de paiement"] == "45 jours fin de mois"
    assert held["C2"]["Nom"] == "Durand"
    assert any("adresse e-mail douteuse, « pas-un-mail » lu" in n for n in result.reports[1].notes)
    again = imported(
        c__csv="Code client;Raison sociale;Téléphone;Ville\nC1;Autre nom;01 02 03;Lyon\n"
    )
    held = {r["Compte"]: r for r in rows(book, layout.CLIENTS_TABLE)}
    assert (held["C1"]["Nom"], held["C1"]["Ville"], held["C1"]["Téléphone"]) == (
        "Dupont SA", "Bourg", "01 02 03",
    )  # fmt: skip
    assert (again.customers_added, again.customers_completed) == (0, 1)
    assert len(rows(book)) == 2


def test_languages_and_ways_to_send_as_other_packages_write_them(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """A language with templates of the company's own is kept; what is no way to send is told."""
    result = imported(
        l__csv=HEADER + A + B,
        c__csv="Compte;Nom;Ville;Langue;Envoi\n"
        "C1;Dupont;Bourg;Anglais;Mél\nC2;Durand;Köln;DE;Fax\nC3;Neuf;Lyon;FR;Poste + e-mail\n",
    )
    held = {r["Compte"]: r for r in rows(book, layout.CLIENTS_TABLE)}
    assert {account: (row["Langue"], row["Envoi"]) for account, row in held.items()} == {
        "C1": ("en", "E-mail"), "C2": ("de", "Courrier"), "C3": ("fr", "Courrier et e-mail"),
    }  # fmt: skip
    assert any("« Fax » lu, mis en courrier" in note for note in result.reports[1].notes)


@pytest.mark.parametrize(
    ("day", "terms", "due"),
    [
        ("28/02/2026", "30FM", datetime(2026, 3, 31)),
        ("31/01/2026", "30FM", datetime(2026, 3, 31)),
        ("13/09/2026", "45FM", datetime(2026, 10, 31)),
        ("13/09/2026", "FM45", datetime(2026, 11, 14)),
        ("22/04/2026", "30FM10", datetime(2026, 6, 10)),
    ],
)  # fmt: skip
def test_missing_due_dates_are_computed_from_terms(
    book: xw.Book, imported: Callable[..., ImportResult], day: str, terms: str, due: datetime
) -> None:
    """D11: for invoices, from the customer's terms, else the company's; said in the report."""
    Settings(book).write("delai_de_paiement", "30")
    content = HEADER + A.replace("05/01/2026;04/02/2026", f"{day};") + PAID
    result = imported(l__csv=content, c__csv=f"Compte;Nom;Délai de paiement\nC1;Dupont;{terms}\n")
    held = rows(book)
    assert [r.get("Échéance") for r in held] == [due, None]
    assert any("1 échéance calculée" in note for note in result.notes)


def test_another_companys_ledger_is_asked_about(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Not one account in common with customers already reminded: no, and nothing is written."""
    imported(f__csv=HEADER + A)
    campaign(book)
    headless.engine.answer = lambda *_: "no"
    with pytest.raises(CancelledError):
        imported(f__csv=HEADER + B)
    assert [r["Compte"] for r in rows(book)] == ["C1"]


def test_more_rows_than_a_sheet_keeps_what_the_guard_needs(
    book: xw.Book, imported: Callable[..., ImportResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Open items, and one line for each allocation code that is not balanced; T and U as before."""
    monkeypatch.setattr(importing_ledger, "ROWS", 3)
    content = HEADER + A + B.replace(";;\n", ";;A\n") + PAID.replace(";\n", ";B\n")
    content += "C2;Durand;BQ-9;FA-2;07/03/2026;;Virement;;200,00;A\n"
    result = imported(f__csv=content)
    held = [(r["Compte"], r.get("Débit"), r.get("Crédit"), r.get("Lettrage")) for r in rows(book)]
    assert held == [("C1", 100.0, None, None), ("C1", None, 100.0, "B")]
    assert any("plus qu'une feuille n'en tient" in note for note in result.notes)


def test_when_no_line_can_be_read_nothing_is_replaced(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """All lines left out: the ledger stays."""
    imported(f__csv=HEADER + A)
    with pytest.raises(FindingsError):
        imported(f__csv=HEADER + A.replace("100,00", "cent"))
    assert len(rows(book)) == 1


def test_check_says_again_what_stands_beside_the_roots(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """D10: 4191 of the same customer, until an import says otherwise."""

    def said() -> list[str]:
        return [f.message for f in run.check(book, today=NOW.date()) if "racines" in f.message]

    imported(f__txt=fec(*DOWN_PAYMENT))
    (sentence,) = said()
    assert sentence.replace("\u202f", " ").replace("\u00a0", " ") == (
        "compte C1 : hors des racines, 419100 tient −1 000,00 € pour ce client (au dernier import)."
    )
    imported(f__txt=fec(*DOWN_PAYMENT[:1]))
    assert said() == []


def test_days_stay_days_where_columns_were_moved(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """A new row stands where another column's texts would have stood: 05/11 never becomes 11/05."""
    imported(f__csv=HEADER + A)
    books.reverse_columns(tables.find_table(book, layout.GRAND_LIVRE_TABLE).range)
    late = "C3;Dumas;VE-3;FA-3;05/11/2026;12/11/2026;Facture;30,50;;\n"
    imported(f__csv=HEADER + A + late)
    (row,) = [row for row in rows(book) if row["Compte"] == "C3"]
    assert (row["Date"], row["Échéance"], row["Débit"]) == (
        datetime(2026, 11, 5), datetime(2026, 11, 12), 30.5,
    )  # fmt: skip
    assert not imported(f__csv=HEADER + A + late).changed
