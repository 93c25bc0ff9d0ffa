"""Exports in the shapes that packages write: each customer's balance, to the cent."""

from __future__ import annotations

import io
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from imports.ledgers_written import lines_of
from xl_relances.errors import RefusedError
from xl_relances.imports.lines import Line
from xl_relances.imports.reading import read_files

SAGE_PRINTED = """SOCIETE BIJOU;;;;;;;;
Grand-livre des tiers;;;;;Période du 01/01/26;au 31/12/26;;
Date;C.j;N° pièce;Libellé écriture;Let.;Débit;Crédit;Solde;
411DUPONT;;Dupont SA;;;;;;
01/01/26;RAN;1;Report à nouveau;;500,00;;500,00;
05/01/26;VTE;12;Facture FA0012;A;1 200,00;;1 700,00;
10/02/26;BQ1;44;Virement;A;;1 200,00;500,00;
;;;Total tiers 411DUPONT;;1 700,00;1 200,00;500,00;
411MARTIN;;Martin & Fils;;;;;;
11/01/26;VTE;13;Facture FA0013;;600,00;;600,00;
;;;A reporter;;600,00;;600,00;
Date;C.j;N° pièce;Libellé écriture;Let.;Débit;Crédit;Solde;
;;;Report;;600,00;;600,00;
12/01/26;VTE;14;Facture FA0014;;100,00;;700,00;
;;;Totaux;;2 400,00;1 200,00;1 200,00;
"""
ACD_PRINTED = """Cabinet;;;;;;
Compte 411DUPONT - Dupont SA;;;;;;
Date;Journal;Pièce;Libellé;Débit;Crédit;Lettre
05/01/2026;VE;12;Facture;1200,00;;
10/02/2026;BQ;V3;Virement;;700,00;
Compte 411MARTIN - Martin & Fils;;;;;;
Date;Journal;Pièce;Libellé;Débit;Crédit;Lettre
11/01/2026;VE;13;Facture;700,00;;
Total général;;;;1900,00;700,00;
"""
CEGID = """\
Auxiliaire;Libellé;Général;Date comptable;Date échéance;Réf. interne;Débit;Crédit;Solde;Lettrage
CDUPONT;Dupont SA;41100000;05/01/2026;04/02/2026;FA12;1.200,00;;1.200,00;
CDUPONT;Dupont SA;41100000;10/02/2026;;RG1;;700,00;-700,00;
CMARTIN;Martin & Fils;41100000;10/02/2026;;FA13;700,00;;700,00;
"""
DOLIBARR = """\
"Num. transaction","Date","Réf. pièce","Compte comptable","Compte auxiliaire",\
"Libellé compte auxiliaire","Libellé opération","Débit","Crédit","Code journal","Journal","Lettrage"
"1","2026-01-05","FA2601-0001","411000","CU1","Dupont SA","Vente","1200.0000","0","VT","Ventes",""
"1","2026-01-05","FA2601-0001","706000","","","Vente","0","1000.0000","VT","Ventes",""
"2","2026-02-10","VIR","411000","CU1","Dupont SA","Paiement","0","700.0000","BQ","Banque",""
"3","2026-02-10","FA2601-0002","411000","CU2","Martin & Fils","Vente","700.00","0","VT","Ventes",""
"""
ODOO = """\
"Date","Écriture comptable","Compte","Partenaire","Libellé","Date d'échéance",\
"Débit","Crédit","Devise","Correspondance"
"2026-01-05","FAC/1","411100 Clients","Dupont SA","FAC/1","2026-02-04","1200.0","0.0","EUR","P7"
"2026-01-05","FAC/1","707100 Ventes","Dupont SA","Presta","","0.0","1000.0","EUR",""
"2026-02-10","BNK1/1","411100 Clients","Dupont SA","Virement","2026-02-10","0.0","700.0","EUR","P7"
"2026-02-10","FAC/2","411100 Clients","Martin & Fils","FAC/2","2026-03-10","700.0","0.0","EUR",""
"""
NUMBER_AND_TITLE_IN_A_CELL = """Compte;Date;Journal;Pièce;Libellé;Débit;Crédit;Solde
411DUP Dupont SA;;;;;;;
;05/01/2026;VE;F1;Facture;1 200,00;;1 200,00
;06/01/2026;BQ;R1;Virement;;700,00;500,00
Total 411DUP;;;;;1 200,00;700,00;500,00
411MAR Martin & Fils;;;;;;;
;05/01/2026;VE;F2;Facture;700,00;;700,00
Total 411MAR;;;;;700,00;;700,00
401FOU Fournisseur;;;;;;;
;05/01/2026;AC;F9;Achat;;70,00;-70,00
"""
TITLES_ON_TWO_LINES = """Compte;;Mouvement;;;Montants;
Numéro;Intitulé;Date;Pièce;Libellé;Débit;Crédit
411DUPONT;Dupont SA;05/01/2026;12;Facture;500,00;
411MARTIN;Martin & Fils;05/01/2026;12;Facture;700,00;
"""
CONTENTS = {
    "sage-printed": SAGE_PRINTED,
    "acd-printed": ACD_PRINTED,
    "cegid": CEGID,
    "dolibarr": DOLIBARR,
    "odoo": ODOO,
    "number-and-title-in-a-cell": NUMBER_AND_TITLE_IN_A_CELL,
    "titles-on-two-lines": TITLES_ON_TWO_LINES,
}


def balances(lines: list[Line]) -> dict[str, Decimal]:
    """What each customer, by name, owes."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        found[line.entry.name] += line.entry.amount
    return dict(found)


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_each_customers_balance(tmp_path: Path, content: str) -> None:
    """Names beside, above or below the titles, pages carried forward, other accounts between."""
    lines = lines_of(tmp_path / "f.csv", content)
    assert balances(lines) == {"Dupont SA": 500, "Martin & Fils": 700}


EXPORTS = sorted((Path(__file__).parent / "exports").glob("*.txt"))


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_each_packages_export(path: Path) -> None:
    """Invented exports in the packages' manner: each customer's balance, and nothing left unread.

    Headings that totals name, accounts of all classes, rules and heads of pages, what was
    paid beside an invoice.
    """
    (read,) = read_files([path]).files
    assert balances(read.lines) == {"Dupont SA": 500, "Martin & Fils": 700}
    assert not [row.finding for row in read.left_out if row.fault]


def test_an_invoice_partly_paid_without_saying_how_much(tmp_path: Path) -> None:
    """Claimed whole it would be claimed twice: the row is told, its customer gets no letter."""
    path = tmp_path / "f.csv"
    path.write_text(
        "Numéro;Date;Client;Total TTC;Statut\n"
        "FA12;05/01/2026;Dupont SA;500,00;Partiellement payée\n"
        "FA13;11/01/2026;Martin & Fils;700,00;Envoyée\n",
        encoding="utf-8",
    )
    (read,) = read_files([path]).files
    assert balances(read.lines) == {"Martin & Fils": 700}
    assert [row.reason for row in read.left_out] == [
        "« Partiellement payée » : rien ne dit ce qui reste dû"
    ]
    assert read.left_out[0].kept is not None


def test_payments_among_the_invoices_say_what_was_paid(tmp_path: Path) -> None:
    """Where they have rows of their own, « Payée » takes nothing off a second time."""
    content = (
        "Numéro;Date;Client;Total TTC;Statut\n"
        "FA12;05/01/2026;Dupont SA;500,00;Payée\n"
        "R1;11/01/2026;Dupont SA;-500,00;Encaissé\n"
        "FA13;11/01/2026;Dupont SA;700,00;Envoyée\n"
    )
    assert balances(lines_of(tmp_path / "f.csv", content)) == {"Dupont SA": 700}


def test_odoos_ledger_of_partners(tmp_path: Path) -> None:
    """Days in a column without a title, customers' names and totals above their lines."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (
        ["Grand livre des partenaires"],
        [None, "Journal", "Compte", "Réf.", "Date d'échéance", "Débit", "Crédit", "Solde"],
        ["Dupont SA", None, None, None, None, 1200, 700, 500],
        [date(2026, 1, 5), "FAC", "411100", "FAC/1", date(2026, 2, 4), 1200, None, 1200],
        [date(2026, 2, 10), "BNK1", "411100", "BNK1/1", None, None, 700, 500],
        ["Martin & Fils", None, None, None, None, 700, 0, 700],
        [date(2026, 2, 10), "FAC", "411100", "FAC/2", date(2026, 3, 10), 700, None, 700],
        ["Total", None, None, None, None, 1900, 700, 1200],
    ):
        sheet.append(row)
    stream = io.BytesIO()
    made.save(stream)
    lines = lines_of(tmp_path / "f.xlsx", stream.getvalue())
    assert balances(lines) == {"Dupont SA": 500, "Martin & Fils": 700}
    assert {line.entry.account for line in lines} == {"Dupont SA", "Martin & Fils"}
    assert lines[0].entry.document_date == date(2026, 1, 5)


def test_odoos_partial_matching_leaves_items_open(tmp_path: Path) -> None:
    """« P7 » is a partial allocation there, as a code in lower case is in Sage."""
    lines = lines_of(tmp_path / "f.csv", ODOO)
    assert [(line.entry.allocation_code, line.entry.is_open) for line in lines] == [
        ("p7", True), ("p7", True), ("", True),
    ]  # fmt: skip


def test_a_label_beside_the_account_stays_a_label(tmp_path: Path) -> None:
    """It differs from line to line of one customer: it names no customer."""
    content = "Compte;Libellé;Date;Débit\n" + "".join(
        f"411{name};Facture {n};05/01/2026;10,00\n" for n, name in enumerate("AABB")
    )
    lines = lines_of(tmp_path / "f.csv", content)
    assert [line.entry.label for line in lines] == [f"Facture {n}" for n in range(4)]


PRINTED = "Date;Journal;Pièce;Libellé;Débit;Crédit\n"


def test_two_customers_whose_names_begin_alike_are_never_one(tmp_path: Path) -> None:
    """Totals cut long names short: their first word names nobody, and the file is refused."""
    content = (
        PRINTED + "GARAGE DU CENTRE VILLE;;;;;\n05/01/26;VE;F1;Facture;100,00;\n"
        "Total GARAGE DU CENTRE VI;;;;100,00;\n"
        "GARAGE MARTIN ET FILS;;;;;\n06/01/26;VE;F2;Facture;90,00;\n"
        "Total GARAGE MARTIN ET FI;;;;90,00;\n"
    )
    path = tmp_path / "f.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RefusedError, match="aucune colonne de compte client"):
        read_files([path])


def test_a_total_closes_its_customer(tmp_path: Path) -> None:
    """What stands below it, under a heading that nothing proves, is of nobody, and told."""
    content = (
        PRINTED + "100234 - DUPONT SA;;;;;\n05/01/26;VE;F1;Facture;500,00;\n"
        "Total 100234;;;;500,00;\n"
        "100236 - LEROY;;;;;\n05/01/26;VE;F3;Facture;90,00;\n"
        "100235 - MARTIN;;;;;\n06/01/26;VE;F2;Facture;700,00;\nTotal 100235;;;;700,00;\n"
    )
    path = tmp_path / "f.csv"
    path.write_text(content, encoding="utf-8")
    (read,) = read_files([path]).files
    assert balances(read.lines) == {"DUPONT SA": 500, "MARTIN": 700}
    assert [row.reason for row in read.left_out if row.fault] == ["compte client manquant"]


INVOICES = "N° facture;Date;Client;Montant TTC;"


@pytest.mark.parametrize(
    ("title", "said", "owed"),
    [
        pytest.param("Payée", ("Oui", "Non", "Partiel"), (0, 700, None), id="partly"),
        pytest.param("Payé", ("15/01/2026", "", "Non"), (0, 700, 100), id="days"),
        pytest.param("Payé", ("100 %", "0 %", "50 %"), (0, 700, None), id="shares"),
        pytest.param("Déjà réglé", ("-300,00", "0,00", "100,00"), (200, 700, 0), id="signs"),
        pytest.param("Statut", ("Payée le 15/01/2026", "Envoyée", "Brouillon"), (0, 700, 0),
                     id="paid-on-a-day"),
        pytest.param("Statut", ("Entièrement payée", "Non payée", "Fully paid"), (0, 700, 0),
                     id="wholly"),
        pytest.param("Statut", ("Payée sauf frais", "Impayée", "Remboursée"), (None, 700, 0),
                     id="perhaps"),
        pytest.param("Statut", ("Payé intégralement", "À payer", "Jamais réglée"), (0, 700, 100),
                     id="denied"),
    ],
)  # fmt: skip
def test_what_a_list_says_was_paid(
    tmp_path: Path, title: str, said: tuple[str, ...], owed: tuple[int | None, ...]
) -> None:
    """Taken off, in whatever words; where nobody can tell, the row is reported, never claimed."""
    customers = ("Dupont SA", "Martin & Fils", "Zola")
    amounts = ("500,00", "700,00", "100,00")
    path = tmp_path / "f.csv"
    path.write_text(
        f"{INVOICES}{title}\n"
        + "".join(
            f"FA{n};05/01/2026;{customer};{amount};{word}\n"
            for n, (customer, amount, word) in enumerate(zip(customers, amounts, said, strict=True))
        ),
        encoding="utf-8",
    )
    (read,) = read_files([path]).files
    assert balances(read.lines) == {
        customer: amount
        for customer, amount in zip(customers, owed, strict=True)
        if amount is not None
    }
    assert sum(row.fault for row in read.left_out) == owed.count(None)


@pytest.mark.parametrize(
    ("title", "cells"),
    [
        pytest.param("Reste à livrer", ("1900,00", "1900,00"), id="not-of-money-owed"),
        pytest.param("Solde du compte client", ("1900,00", "1900,00"), id="of-the-whole-account"),
        pytest.param("Reste du contrat à facturer", ("5000,00", "0,00"), id="of-a-contract"),
        pytest.param("Impayé", ("oui", "non"), id="no-amount"),
    ],
)
def test_a_column_beside_is_not_what_is_left_to_pay(
    tmp_path: Path, title: str, cells: tuple[str, ...]
) -> None:
    content = (
        f"{INVOICES}{title}\nFA1;05/01/2026;Dupont SA;500,00;{cells[0]}\n"
        f"FA2;05/01/2026;Martin & Fils;700,00;{cells[1]}\n"
    )
    lines = lines_of(tmp_path / "f.csv", content)
    assert balances(lines) == {"Dupont SA": 500, "Martin & Fils": 700}


@pytest.mark.parametrize("title", ["Type", "Mvt", "Nature", "Catégorie", "Mode de règlement", ""])
def test_debit_and_credit_under_any_title(tmp_path: Path, title: str) -> None:
    """A column of nothing but D and C says the side, whatever it is called."""
    content = (
        f"Compte;Date;Pièce;Montant;{title}\n411D;05/01/2026;F1;700,00;D\n"
        "411D;06/01/2026;R1;200,00;C\n"
    )
    lines = lines_of(tmp_path / "f.csv", content)
    assert sum(line.entry.amount for line in lines) == 500
