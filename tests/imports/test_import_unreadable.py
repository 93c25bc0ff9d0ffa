"""A row that cannot be read keeps its customer from letters until it is mended."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.held_rows import rows
from imports.test_import_fec import INVOICE, PAYMENT, SALES, fec
from xl_relances import run
from xl_relances.book import layout, tables
from xl_relances.book.ledger_sheet import parse_ledger
from xl_relances.book.settings import Settings
from xl_relances.errors import Finding, FindingsError, RefusedError
from xl_relances.imports.reading import read_files
from xl_relances.imports.sources import Answers
from xl_relances.run.importing import ImportResult
from xl_relances.run.importing_unreadable import unreadable_row

NOW = datetime(2026, 11, 25, 9)
HEADER = "Compte;Nom;Écriture;Pièce;Date;Échéance;Libellé;Débit;Crédit;Lettrage\n"
SOLD = "C1;Dupont;VE-1;FA-1;05/01/2026;04/02/2026;Facture;1000,00;;\n"
OTHER = "C2;Durand;VE-2;FA-2;06/01/2026;05/02/2026;Facture;200,00;;\n"
PAID = "C1;Dupont;BQ-1;;10/03/2026;;Virement;;{};\n"


def prepared(book: xw.Book) -> tuple[dict[str, float], dict[str, str], list[Finding]]:
    """Balance due of each letter, Motif of each customer left out, findings."""
    Settings(book).write("date_relance", NOW.date())
    report = run.prepare(book, now=NOW)
    due = {row["Compte"]: row["Échéances"] for row in rows(book, layout.PREPARATION_TABLE)}
    sums = dict.fromkeys(due, 0.0)
    for row in rows(book, layout.DETAIL_TABLE):
        if row["Compte"] in sums:
            sums[row["Compte"]] += row.get("Reste", 0.0)
    excluded = {row["Compte"]: row["Motif"] for row in rows(book, layout.NON_RELANCES_TABLE)}
    return sums, excluded, list(report.findings)


def mended(book: xw.Book, row: int, **values: Any) -> None:
    """The user types into a row of Grand livre, the first one being 0."""
    held = tables.read(book, layout.GRAND_LIVRE_TABLE)
    sheet = tables.sheet_of(book, layout.GRAND_LIVRE_TABLE)
    for title, value in values.items():
        sheet.range((held.numbers[row], held.index(title) + 1)).value = value


def test_a_payment_that_cannot_be_read_holds_the_letter(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Claiming 1 000 of a customer who paid 400 would be wrong: no letter until it is mended."""
    result = imported(f__csv=HEADER + SOLD + OTHER + PAID.format("4OO,00"))
    assert result.reports[0].balance == 1200
    assert (result.reports[0].rows_kept, len(result.left_out)) == (2, 1)
    assert (
        "1 ligne illisible gardée en bas de Grand livre, à corriger : pas de lettre d'ici là à C1"
        in result.notes
    )
    due, excluded, findings = prepared(book)
    assert due == {"C2": 200.0}
    said = "Grand livre, ligne 7, colonne « Crédit » : montant attendu, « 4OO,00 » lu"
    assert excluded == {"C1": f"À corriger d'abord : {said}"}
    assert [str(finding) for finding in findings] == [f"{said}."]
    mended(book, 2, Crédit=400)
    due, excluded, findings = prepared(book)
    assert (due, excluded, findings) == ({"C1": 600.0, "C2": 200.0}, {}, [])


def test_a_mended_file_replaces_the_row(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """The same file again changes nothing; the mended one brings the right balance."""
    bad = HEADER + SOLD + PAID.format("4OO,00")
    imported(f__csv=bad)
    assert not imported(f__csv=bad).changed
    prepared(book)
    assert not imported(f__csv=bad).changed
    result = imported(f__csv=bad.replace("4OO", "400"))
    assert result.changed
    assert len(rows(book)) == 2
    assert prepared(book)[0] == {"C1": 600.0}


def test_an_item_that_turns_unreadable_is_not_said_to_be_paid(
    imported: Callable[..., ImportResult],
) -> None:
    """« Payée ou retirée » would be false of a row that is in the file."""
    imported(f__csv=HEADER + SOLD + OTHER)
    result = imported(f__csv=HEADER + SOLD.replace("1000,00", "mille") + OTHER)
    assert result.as_json()[0]["absent_since_last"] == []


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [
        (PAID.format("1").replace("10/03/2026", "31/02/2026"), "Date", "31/02/2026"),
        (PAID.format("1").replace("10/03/2026", "10/03/1926"), "Date", "? 10/03/1926"),
        (PAID.format("=1+1"), "Crédit", "=1+1"),
        (PAID.format("-@SUM(A1)"), "Crédit", "-@SUM(A1)"),
        (PAID.format("#REF!"), "Crédit", "#REF!"),
    ],
)
def test_the_text_at_fault_stands_in_its_cell(
    book: xw.Book, imported: Callable[..., ImportResult], line: str, column: str, text: str
) -> None:
    """As text, never live, also once a campaign was saved beside it."""
    imported(f__csv=HEADER + SOLD + OTHER + line)
    Settings(book).write("date_relance", NOW.date())
    run.prepare(book, now=NOW)
    held = tables.read(book, layout.PREPARATION_TABLE)
    tables.write_columns(book, layout.PREPARATION_TABLE, {"Éditée": [1]}, held.numbers)
    run.save(book, now=NOW, user="x")
    assert rows(book)[-1][column] == text
    assert tables.read_formulas(book, layout.GRAND_LIVRE_TABLE, column)[-1] == text
    book.save()
    sheet = openpyxl.load_workbook(book.fullname)["Grand livre"]
    last = {sheet.cell(4, c).value: sheet.cell(7, c) for c in range(1, 17)}
    assert (
        last[column].data_type in {"s", "e"} if text == "#REF!" else last[column].data_type == "s"
    )


def test_a_day_of_the_last_letter_that_is_no_day_never_turns_into_a_formula(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Save writes that column again: what stands in it from the file stays a text."""
    titles = HEADER.replace("Lettrage", "Lettrage;Relancé le")
    imported(f__csv=titles + SOLD.replace(";;\n", ";;;=1+1\n") + OTHER.replace(";;\n", ";;;\n"))
    Settings(book).write("date_relance", NOW.date())
    run.prepare(book, now=NOW)
    held = tables.read(book, layout.PREPARATION_TABLE)
    tables.write_columns(book, layout.PREPARATION_TABLE, {"Éditée": [1]}, held.numbers)
    run.save(book, now=NOW, user="x")
    found = {row["Compte"]: row["Relancé le"] for row in rows(book)}
    assert found == {"C1": "=1+1", "C2": datetime(2026, 11, 25)}


def test_an_unknown_currency_holds_the_letter(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """A payment in « livres » is of no currency that a balance could be made of."""
    titles = HEADER.replace("Lettrage", "Lettrage;Devise")
    imported(
        f__csv=titles + SOLD.replace(";;\n", ";;;EUR\n") + PAID.format("9;;livres")[:-2] + "\n"
    )
    _, excluded, _ = prepared(book)
    assert excluded["C1"].endswith(
        "colonne « Devise » : devise attendue (EUR, USD…), « LIVRES » lu"
    )


def test_a_line_without_account_is_told_at_every_prepare(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Nobody knows whose payment it is: it stands in the sheet until somebody says."""
    result = imported(f__csv=HEADER + SOLD + "4,11E+08" + PAID.format("400,00")[2:])
    assert any("un client peut être relancé de trop" in note for note in result.notes)
    due, _, findings = prepared(book)
    assert due == {"C1": 1000.0}
    assert [finding.column for finding in findings] == ["Compte"]
    assert findings[0].blocking
    assert "comptée pour personne" in findings[0].message
    mended(book, 1, Compte="C1")
    assert prepared(book)[0] == {"C1": 600.0}


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        pytest.param(
            fec(PAYMENT, INVOICE).replace("Libellé", "Li|bellé", 1), ["C1"], id="its-customer"
        ),
        pytest.param(
            fec(PAYMENT, INVOICE).replace("Compte 411000", "Com|pte", 1), ["C1"], id="shifted"
        ),
        pytest.param(
            fec(PAYMENT.replace("C1", "C9"), INVOICE).replace("Libellé", "Li|bellé", 1),
            ["C9"], id="a-customer-of-another-file",
        ),
        pytest.param(
            fec("VE;1;20260105;706000;;;FA-1;0,00;1000,00", INVOICE).replace("Libellé", "Li|b", 1),
            [], id="a-sales-line",
        ),
        pytest.param(
            fec(INVOICE, PAYMENT).replace("Libellé|0,00|200", "Lib\nellé|0,00|200"),
            ["C1", None], id="cut-in-two",
        ),
        pytest.param(
            fec(INVOICE, PAYMENT).replace("Libellé|0,00|200", '"Lib|"ellé|0,00|2x00'),
            ["C1"], id="read-the-general-way",
        ),
    ],
)  # fmt: skip
def test_a_broken_line_is_its_customers_where_it_says_so(
    book: xw.Book, imported: Callable[..., ImportResult], content: str, kept: list[str | None]
) -> None:
    """In its place or shifted, the account of other lines; sales lines are of no customer."""
    result = imported(f__txt=content)
    assert len(result.left_out) == max(1, len(kept))
    held = [r.get("Compte") for r in rows(book)[result.reports[0].rows_kept :]]
    assert held == kept


def test_an_opening_balance_without_a_day_holds_the_letter(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """« Report à nouveau −500 » is part of what the customer owes; a day makes it an entry."""
    line = "C1;Dupont;;;;;Report à nouveau;;500,00;\n"
    imported(f__csv=HEADER + SOLD + line)
    assert prepared(book)[0] == {}
    mended(book, 1, Date=datetime(2026, 1, 1))
    assert prepared(book)[0] == {"C1": 500.0}


def test_errors_of_excel_stay_with_their_customer(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """#N/A beside a known account keeps that customer out; in the account's cell, nobody."""
    made = openpyxl.Workbook()
    assert made.active is not None
    made.active.append(["Compte", "Nom", "Pièce", "Date", "Débit", "Crédit"])
    made.active.append(["C1", "Dupont", "FA-1", "05/01/2026", 100, None])
    made.active.append(["C1", "Dupont", "BQ-1", "05/03/2026", None, "#N/A"])
    made.active.append(["#REF!", "Dupont", "BQ-2", "05/03/2026", None, 10])
    made.active["F3"].data_type = made.active["A4"].data_type = "e"
    stream = io.BytesIO()
    made.save(stream)
    imported(f__xlsx=stream.getvalue())
    held = [(r.get("Compte"), r.get("Débit"), r.get("Crédit")) for r in rows(book)]
    assert held == [("C1", 100.0, None), ("C1", None, "#N/A"), (None, None, 10.0)]


INVOICED = INVOICE.replace("1200,00", "1000,00")
DATED = "Compte;Nom;Date;Échéance;Libellé;Débit;Crédit\n"
SOLD_TO = "{};{};25/01/2026;25/02/2026;Facture;{};\n"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(HEADER + SOLD + OTHER + "C1;Dupont;BQ-1;;1O/03/2026;;Solde FA-1;;400,00;\n",
                     id="looks-like-a-total"),
        pytest.param(HEADER + SOLD + OTHER + "C1;Dupont;BQ-1;;10/03/2026;;Virement;;;\n",
                     id="no-amount"),
        pytest.param(HEADER + SOLD + OTHER + "C1;Dupont;BQ-1;;10/03/2026;;Vir.;;4.00.00;\n",
                     id="points-that-part-no-thousands"),
        pytest.param(HEADER + SOLD + OTHER + "C1;Dupont;BQ-1;;10/03/2026;;Virement;;400 USD;\n",
                     id="another-currency-in-the-cell"),
        pytest.param("Compte;Code client;Nom;Pièce;Date;Échéance;Débit;Crédit\n"
                     "CLI;C1;Dupont;FA-1;25/01/2026;25/02/2026;1000,00;\n"
                     "CLI;C1;Dupont;;25/03/2026;;;4OO,00\n", id="an-account-without-a-number"),
        pytest.param("Compte général;Code client;Nom;Pièce;Date;Échéance;Débit;Crédit\n"
                     "411000;C1;Dupont;FA-1;25/01/2026;25/02/2026;1000,00;\n"
                     ";C1;Dupont;;25/03/2026;;;4OO,00\n", id="no-general-account"),
        pytest.param(DATED + SOLD_TO.format("411001 Dupont", "", "1000,00") +
                     "411001 Dupont;;;;Report à nouveau;;400,00\n"
                     + SOLD_TO.format("411002 Durand", "", "10,00"), id="a-title-in-the-account"),
        pytest.param(DATED + SOLD_TO.format("411000", "Dupont", "1000,00") +
                     "411000;Dupont;;;Report à nouveau;;400,00\n"
                     + SOLD_TO.format("411000", "Durand", "10,00"), id="an-account-of-all"),
        pytest.param(DATED + SOLD_TO.format("411000", "Dupont", "1000,00") +
                     "411000;Dupont;25/03/2026;;Vir;ement;;400,00\n"
                     + SOLD_TO.format("411000", "Durand", "10,00"), id="broken-of-all"),
        pytest.param("Compte;Date;Échéance;Libellé;Débit;Crédit\n"
                     "C1;25/01/2026;25/02/2026;Facture;1000,00;\n"
                     ";1O/03/2026;;Virement;;400,00\nC2;25/01/2026;;Facture;10,00;\n",
                     id="carried-down"),
        pytest.param(fec(INVOICED, PAYMENT.replace(";411000;", ";4,11E+11;")),
                     id="fec-damaged-account"),
        pytest.param(fec(INVOICED, PAYMENT.replace(";411000;", ";;")), id="fec-no-account"),
        pytest.param(fec(INVOICED, PAYMENT.replace("0,00;200,00", ";")), id="fec-no-amount"),
    ],
)  # fmt: skip
def test_no_claim_forgets_a_payment_that_cannot_be_read(
    book: xw.Book, imported: Callable[..., ImportResult], content: str
) -> None:
    """Whatever hides it, the customer of 1 000,00 gets no letter until somebody mends it."""
    Settings(book).write("delai_de_paiement", "30")
    imported(f__csv=content)
    due, excluded, _ = prepared(book)
    assert not {"C1", "411001", "Dupont"} & set(due)
    assert any(motif.startswith("À corriger d'abord") for motif in excluded.values())


@pytest.mark.parametrize("zero", ["0,00;", ";0,00"])
def test_zero_beside_nothing_is_no_payment_where_the_file_fills_both(
    imported: Callable[..., ImportResult], zero: str
) -> None:
    """Other rows write 0,00 on the side they are not on: here the amount is missing."""
    titles, *filled = (HEADER + SOLD + OTHER).splitlines(keepends=True)
    content = titles + "".join(row.replace(",00;;", ",00;0,00;") for row in filled)
    (left,) = imported(f__csv=content + PAID.replace(";{}", zero)).left_out
    assert (left.line, left.reason) == (4, "montant manquant, à côté de 0")
    assert left.column == ("Crédit" if zero == "0,00;" else "Débit")
    assert left.kept is not None
    assert left.kept["Compte"] == "C1"


def test_zero_beside_nothing_is_told_elsewhere(imported: Callable[..., ImportResult]) -> None:
    """Where a side is left blank 0,00 is an amount of nothing: an entry, and a note."""
    result = imported(f__csv=HEADER + SOLD + PAID.replace(";{}", "0,00;"))
    assert not result.left_out
    (report,) = result.reports
    assert (report.rows_kept, report.balance) == (2, Decimal(1000))
    assert "1 ligne d'un montant nul, débit ou crédit vide : 3" in report.notes


def test_zero_beside_nothing_in_a_fec(imported: Callable[..., ImportResult]) -> None:
    """The plain FEC that fills both sides holds the customer too."""
    paid = PAYMENT.replace("200,00", "")
    assert paid != PAYMENT
    (left,) = imported(f__txt=fec(INVOICE, SALES, paid)).left_out
    assert left.reason == "montant manquant, à côté de 0"


def test_a_padded_account_is_read_wherever_it_stands(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Behind hundreds of plain lines of the same FEC, too."""
    imported(f__txt=fec(INVOICED, *[SALES] * 300, PAYMENT.replace(";411000;", "; 411000;")))
    held = [(r.get("Débit"), r.get("Crédit")) for r in rows(book)]
    assert held == [(1000.0, None), (None, 200.0)]


def test_rows_below_a_broken_one_are_of_the_customer_it_names(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Not of the one above: nobody is claimed another's invoice."""
    imported(
        f__csv=DATED + SOLD_TO.format("C1", "Dupont", "1000,00")
        + "C2;Durand;25/01/2026;25/02/2026;Fac;ture;10,00;\n"
        + ";;26/01/2026;26/02/2026;Facture;500,00;\n"
    )  # fmt: skip
    due, excluded, _ = prepared(book)
    assert due == {"C1": 1000.0}
    assert excluded["C2"].startswith("À corriger d'abord")


def test_payments_in_a_column_of_another_title_are_asked_about(
    imported: Callable[..., ImportResult],
) -> None:
    """Nothing is imported while every payment would be missing."""
    with pytest.raises(FindingsError, match="« Avoirs et règlements »"):
        imported(
            f__csv="Compte;Nom;Date;Débit;Avoirs et règlements\nC1;Dupont;25/01/2026;1000,00;\n"
            "C1;Dupont;25/02/2026;;400,00\n"
        )


def test_a_column_of_d_and_c_is_the_side_whatever_its_title(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Payments are never added to what is owed."""
    imported(
        f__csv="Compte;Nom;Date;Échéance;Montant;S\nC1;Dupont;25/01/2026;25/02/2026;1000,00;D\n"
        "C1;Dupont;25/03/2026;;400,00;C\n"
    )
    assert prepared(book)[0] == {"C1": 600.0}


def test_two_sheets_of_entries_are_asked_about(imported: Callable[..., ImportResult]) -> None:
    """Invoices on one, payments on the other: neither alone makes a balance."""
    made = openpyxl.Workbook()
    assert made.active is not None
    made.active.title = "Factures"
    made.active.append(["Compte", "Nom", "Pièce", "Date", "Échéance", "Débit", "Crédit"])
    made.active.append(["C1", "Dupont", "FA-1", "05/01/2026", "05/02/2026", 1000, None])
    paid = made.create_sheet("Règlements")
    paid.append(["Compte", "Nom", "Pièce", "Date", "Débit", "Crédit"])
    paid.append(["C1", "Dupont", "BQ-1", "05/03/2026", None, 400])
    stream = io.BytesIO()
    made.save(stream)
    with pytest.raises(RefusedError, match="« Factures » et « Règlements »"):
        imported(f__xlsx=stream.getvalue())


JUNK = ("31/02/2026", "12O,5", "?", "=1+1", "1926-01-01", "#N/A", "1e5", "1,2,3.4.5", "mars")


@st.composite
def damaged(draw: st.DrawFn) -> list[dict[str, str]]:
    """Rows of three customers, some with junk in one cell."""
    made = []
    for number in range(draw(st.integers(2, 8))):
        row = {
            "Compte": draw(st.sampled_from(["C1", "C2", "C3"])), "Pièce": f"P{number}",
            "Date": "05/01/2026", "Échéance": draw(st.sampled_from(["04/02/2026", ""])),
            "Débit": draw(st.sampled_from(["100,00", ""])), "Crédit": "", "Devise": "EUR",
        }  # fmt: skip
        if not row["Débit"]:
            row["Crédit"] = "40,00"
        if draw(st.booleans()):
            at = draw(st.sampled_from(["Date", "Échéance", "Débit", "Crédit", "Devise"]))
            row[at] = draw(st.sampled_from(JUNK))
        made.append(row)
    return made


@settings(max_examples=150)
@given(damaged())
def test_every_row_is_an_entry_or_holds_its_customer(made: list[dict[str, str]]) -> None:
    """Whatever a cell holds: no row of a ledger disappears between the file and the sheet."""
    titles = list(made[0])
    last = dict.fromkeys(titles, "") | {"Compte": "C4", "Pièce": "P", "Date": "25/01/2026"}
    made = [*made, last | {"Débit": "1,50"}]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.csv"
        path.write_text(
            "\n".join([";".join(titles), *(";".join(row.values()) for row in made)]),
            encoding="utf-8",
        )
        answers = Answers(dates="JJ/MM/AAAA", decimal=",")
        (file,) = read_files([path], answers=answers).files
    table = layout.GRAND_LIVRE_TABLE
    contract = [column.title for column in table.columns]
    unread = [unreadable_row(row, "EUR") for row in file.left_out if row.kept]
    sheet = tables.TableRows(
        table, tuple(contract), [[row.get(title) for title in contract] for row in unread],
        list(range(5, 5 + len(unread))),
    )  # fmt: skip
    parsed = parse_ledger(sheet, currency="EUR", highest=3)
    assert parsed.entries == []
    entries = {line.entry.document: line.entry for line in file.lines}
    for row in made:
        entry = entries.get(row["Pièce"])
        if entry is None:
            assert row["Compte"] in parsed.faults
    assert len(unread) + len(entries) == len(made)
