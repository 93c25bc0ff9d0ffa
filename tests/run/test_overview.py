"""Tableau de bord and Accueil after Prepare, Save and Undo: right wherever the file is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import xlwings as xw

import books
from books import issue, opened, prepare, save, undo
from xl_relances.book import formulas, layout, tables

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


def listed(book: xw.Book, table: layout.Table) -> list[dict[str, Any]]:
    """The rows of a list as they stand, blank amounts as None."""
    rows = tables.read(book, table)
    return [dict(zip(rows.titles, row, strict=True)) for row in rows.rows]


def test_the_aged_balance_of_the_sheet_is_that_of_the_command_line(tmp_path: Path) -> None:
    """The same customers, the same amounts, and a total for each currency."""
    path = books.make(tmp_path, LEDGER)
    with opened(path) as book:
        prepare(book)
        records = books.show(book, "aging")
        rows = listed(book, layout.BALANCE_AGEE_TABLE)
    titles = [title for title in records[0] if title not in {"Compte", "Nom", "Devise"}]
    for row, record in zip(rows, records, strict=False):
        assert [row["Compte"], row["Nom"]] == [record["Compte"], record["Nom"]]
        assert [row[title] or 0 for title in titles] == [float(record[t]) for t in titles]
    totals = rows[len(records) :]
    assert [(row["Compte"], row["Nom"], row["Total"]) for row in totals] == [
        (None, "Total EUR", 1220.5), (None, "Total USD", 70),
    ]  # fmt: skip
    for row in totals:
        same = [r for r in records if r["Devise"] == row["Devise"]]
        for title in titles:
            assert (row[title] or 0) == sum(float(record[title]) for record in same)


CHANGED = """
Compte;Nom;Pièce;Date;Échéance;Débit;Crédit;Dernière lettre;Relancé le
C1;Dupont;FA-1;01/09/2026;01/10/2026;100,00;;1;20/10/2026
C1;Dupont;FA-2;01/09/2026;01/10/2026;40,00;;;
C2;Martin;FA-3;01/09/2026;01/10/2026;80,00;;;
C3;Leroy;FA-4;01/09/2026;01/10/2026;60,00;;;
C4;Petit;FA-5;01/09/2026;01/10/2026;20,00;;;
C5;Roux;FA-6;01/11/2026;25/11/2026;10,00;;;
C5;Roux;FA-7;01/11/2026;08/12/2026;11,00;;;
C6;Blanc;FA-8;01/11/2026;10/12/2026;12,00;;;
"""


def test_what_became_of_the_last_campaign(tmp_path: Path) -> None:
    """Paid, paid in part, gone, still owed, and what fell due since, to the cent."""
    path = books.make(tmp_path, CHANGED)
    ledger = layout.GRAND_LIVRE_TABLE
    later = date(2026, 12, 9)
    with opened(path) as book:
        prepare(book)
        issue(book)
        save(book)
        books.typed(book, ledger, "Lettrage", "A", Pièce="FA-2")
        books.typed(book, ledger, "Lettrage", "A", Pièce="FA-4")
        rows = [dict(zip(tables.read(book, ledger).titles, row, strict=True))
                for row in tables.read(book, ledger).rows]  # fmt: skip
        kept = [row for row in rows if row["Pièce"] != "FA-5"]
        payment = {"Compte": "C2", "Pièce": "RG-1", "Date": books.cell(date(2026, 12, 1)),
                   "Crédit": 30.0, "Identité": None}  # fmt: skip
        tables.write(book, ledger, [*kept, payment], key=lambda row: row["Pièce"])
        books.set_cell(book, "date_relance", later)
        prepare(book, later)
        records = books.show(book, "changes")
        sheet = listed(book, layout.EVOLUTION_TABLE)
        line = sentence(book, layout.LINES[layout.EVOLUTION])
    columns = ("Compte", "Réclamé", "Payé", "Payé en partie", "Sorti du grand livre", "Encore dû",
               "Nouvel échu", "État")  # fmt: skip
    assert [tuple(record[title] for title in columns) for record in records] == [
        ("C1", "140.00", "40.00", "0.00", "0.00", "100.00", "0.00",
         "Payé en partie, niveau 1 → 2"),
        ("C2", "80.00", "0.00", "30.00", "0.00", "50.00", "0.00",
         "Payé en partie, niveau 0 → 1"),
        ("C3", "60.00", "60.00", "0.00", "0.00", "0.00", "0.00", "Payé, niveau 0 → 1"),
        ("C4", "20.00", "0.00", "0.00", "20.00", "0.00", "0.00",
         "Sorti du grand livre, niveau 0 → 1"),
        ("C5", "0.00", "0.00", "0.00", "0.00", "0.00", "21.00", "Nouveau"),
    ]  # fmt: skip
    assert [(row["Compte"], row["Encore dû"] or 0) for row in sheet] == [
        (record["Compte"], float(record["Encore dû"])) for record in records
    ]
    assert line.replace("\u202f", " ").replace("\u00a0", " ") == (
        "Campagne 2026-11-25, au 09/12/2026 : 150,00 € rentrés ou sortis sur 300,00 €."
    )


def test_without_a_campaign_there_is_nothing_to_compare(tmp_path: Path) -> None:
    """An undone campaign counts no more."""
    path = books.make(tmp_path, LEDGER)
    with opened(path) as book:
        prepare(book)
        issue(book)
        save(book)
        assert len(listed(book, layout.EVOLUTION_TABLE)) == 3
        undo(book)
        assert listed(book, layout.EVOLUTION_TABLE) == books.show(book, "changes") == []
        assert sentence(book, layout.LINES[layout.EVOLUTION]) == (
            "Aucune campagne sauvegardée : rien à comparer."
        )


CLIENTS = """
Compte;Nom;Contact;Téléphone;Ne pas relancer;Bloqué jusqu'au;Motif du blocage
C1;Dupont SA;Mme Roy;01 99 00 00 01;;;
C3;Leroy;;;;24/11/2026;
C4;Petit;;;;25/11/2026;
C5;Roux;;;1;;
"""
PHONES = """
Compte;Nom;Pièce;Date;Échéance;Débit;Crédit;Devise;Litige
C1;Dupont;FA-1;01/09/2026;01/10/2026;100,00;;;
C1;Dupont;FA-2;01/10/2026;24/11/2026;40,00;;;
C1;Dupont;FA-3;01/10/2026;24/11/2026;7,00;;;qualité
C1;Dupont;FA-4;01/10/2026;25/11/2026;9,00;;;
C2;Martin;FA-5;01/09/2026;01/10/2026;900,00;;USD;
C3;Leroy;FA-6;01/09/2026;01/10/2026;300,00;;;
C4;Petit;FA-7;01/09/2026;01/10/2026;300,00;;;
C5;Roux;FA-8;01/09/2026;01/10/2026;300,00;;;
C6;Blanc;FA-9;01/09/2026;01/10/2026;50,00;;;
C6;Blanc;AV-9;01/09/2026;;;60,00;;
"""


def test_whom_to_call(tmp_path: Path) -> None:
    """The largest overdue amount first, euros before dollars; whom nobody may dun is not called."""
    path = books.make(tmp_path, PHONES, CLIENTS)
    with opened(path) as book:
        prepare(book)
        records = books.show(book, "calls")
        sheet = listed(book, layout.APPELS_TABLE)
        line = sentence(book, layout.LINES[layout.A_APPELER])
    titles = ("Compte", "Nom", "Contact", "Téléphone", "Échu", "Échéances", "Plus ancienne",
              "Retard")  # fmt: skip
    assert [tuple(record[title] for title in titles) for record in records] == [
        ("C3", "Leroy", None, None, "300.00", 1, "2026-10-01", 55),
        ("C1", "Dupont SA", "Mme Roy", "01 99 00 00 01", "140.00", 2, "2026-10-01", 55),
        ("C2", "Martin", None, None, "900.00", 1, "2026-10-01", 55),
    ]
    assert [row["Compte"] for row in sheet] == ["C3", "C1", "C2"]
    assert line.replace("\u202f", " ").replace("\u00a0", " ") == (
        "3 clients à appeler, 440,00 € + 900,00 $US échus, 2 sans téléphone."
    )


def test_a_long_name_to_call_is_read_to_its_end(tmp_path: Path) -> None:
    """It takes lines, and its row their height; the next column hides nothing."""
    ledger = "Compte;Nom;Pièce;Date;Échéance;Débit\nC1;x;FA-1;01/06/2026;01/07/2026;100,00\n"
    contact = "Mme Marie-Antoinette de la Roche-Montbrison, comptabilité fournisseurs"
    customer = {"Compte": "C1", "Nom": "Établissements Roux", "Contact": contact}
    with books.opened(books.make(tmp_path, ledger, [customer]), keep=False) as book:
        books.prepare(book)
        cell = books.place(book, layout.APPELS_TABLE, "Contact", Compte="C1")
        assert cell.value == contact
        assert (cell.row_height or 0) >= 2 * 15


def test_the_criteria_choose_whom_to_call(tmp_path: Path) -> None:
    """A controller who prepares a range of accounts gets the calls of that range."""
    path = books.make(tmp_path, PHONES, CLIENTS, compte_fin="C1")
    with opened(path) as book:
        prepare(book)
        assert [row["Compte"] for row in books.show(book, "calls")] == ["C1"]


def test_a_list_without_its_column_stops_nothing(tmp_path: Path) -> None:
    """The list stays as it was, and Prepare says which title is missing."""
    path = books.make(tmp_path, LEDGER)
    with opened(path) as book:
        head = tables.find_table(book, layout.APPELS_TABLE).header_row_range
        assert head is not None
        head[0, 2].value = "Interlocuteur"
        report = prepare(book)
        assert len(report.customers) == 3
        (hint,) = [finding for finding in report.findings if finding.where == layout.A_APPELER]
        assert "« Contact »" in str(hint)
        assert len(listed(book, layout.BALANCE_AGEE_TABLE)) == 6


def test_accueil_leads_on_where_no_letter_is_left_to_issue(tmp_path: Path) -> None:
    """Rows without a number are none: then Save, or nothing at all, is the next step."""
    with opened(books.make(tmp_path, LEDGER), keep=False) as book:
        prepare(book)
        table = layout.PREPARATION_TABLE
        for account in ("C1", "C2", "C3", "C4"):
            if account in books.proposed(book):
                books.typed(book, table, "Relancer", 0, Compte=account)
        prepare(book)
        assert book.sheets["Accueil"]["C1"].value == formulas.NOTHING_CHASED


def test_a_small_letter_currency_of_the_company_is_the_same(tmp_path: Path) -> None:
    """« eur » typed in Paramètres: amounts of Accueil and Préparation stay those in euros."""
    with opened(books.make(tmp_path, LEDGER, societe_devise="eur"), keep=False) as book:
        prepare(book)
        assert "relances, 850,50" in book.sheets["Préparation"]["C1"].value


def test_a_filter_that_cannot_be_put_back_is_said_on_lists_too(tmp_path: Path) -> None:
    """As on Préparation: a list shows all its customers again, and the user knows it."""
    with opened(books.make(tmp_path, LEDGER), keep=False) as book:
        prepare(book)
        found = tables.find_table(book, layout.BALANCE_AGEE_TABLE)
        found.autofilter.apply_values(2, ["x"])
        part = found.impl.part
        part.filter_xml = part.filter_xml.replace(
            '<filter val="x"/>', '<dateGroupItem year="2026" dateTimeGrouping="year"/>'
        )
        report = prepare(book)
        assert any(finding.where == "Balance âgée" for finding in report.findings)


def test_a_row_in_no_currency_keeps_its_customer_in_sight(tmp_path: Path) -> None:
    """« livres » is no currency: with one selected, the customer is left out with its reason."""
    odd = "C9;Perdu;FA-9;01/08/2026;31/08/2026;5,00;;livres;;;\n"
    with opened(books.make(tmp_path, LEDGER + odd, devise="EUR"), keep=False) as book:
        prepare(book)
        motif = books.row_of(book, "excluded", Compte="C9")["Motif"]
    assert motif.startswith("À corriger d'abord : Grand livre, ligne ")
