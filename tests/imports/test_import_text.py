"""Encodings by evidence, quotes, line breaks, carried-down names, totals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlwings as xw

from imports.held_rows import rows
from imports.ledgers_written import lines_of
from xl_relances.errors import RefusedError
from xl_relances.imports.encoding import CODECS, detect, survey
from xl_relances.imports.sources import Answers
from xl_relances.run.importing import ImportResult

HEADER = "Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit\n"


WORDS = (
    "Société", "SOCIÉTÉ", "Échéance", "Libellé règlement reçu", "Noël", "FRANÇOIS", "À payer",
    "Où", "Hôtel de l'Île", "CHÈQUE N° 12", "Cœur", "forêt", "maïs", "Bâtiment",
)  # fmt: skip
WRITTEN = [
    (codec, word)
    for codec in ("iso8859-15", "cp1252", "cp850", "mac-roman")
    for word in WORDS
    if word.encode(codec, "ignore").decode(codec) == word  # œ is not in CP850
]


@pytest.mark.parametrize(("codec", "word"), WRITTEN)
def test_one_word_tells_the_encoding(tmp_path: Path, codec: str, word: str) -> None:
    """What makes French of the accented letters is the encoding."""
    content = f"Compte;Nom\nC1;{word}\n".encode(codec)
    path = tmp_path / "f.txt"
    path.write_bytes(content)
    name = detect(survey(path))
    assert name is not None
    assert content.decode(CODECS[name]).split(";")[-1].strip() == word


def test_the_euro_sign_tells_iso_8859_15_from_cp1252(tmp_path: Path) -> None:
    """They differ in a few letters only."""
    for codec, name in (("iso8859-15", "ISO-8859-15"), ("cp1252", "CP1252")):
        path = tmp_path / "f.txt"
        path.write_bytes("Débit en €;Été\n12 €;œuvre\n".encode(codec))
        assert detect(survey(path)) == name


def test_typographic_quotes_are_cp1252(tmp_path: Path) -> None:
    """ISO-8859-15 has none."""
    path = tmp_path / "f.txt"
    path.write_bytes("l’été à l’hôtel".encode("cp1252"))
    assert detect(survey(path)) == "CP1252"


def test_an_encoding_that_stays_open_is_asked(tmp_path: Path) -> None:
    """No French comes of these bytes in any encoding; --encoding answers."""
    content = HEADER.encode("ascii", "ignore") + b"C1;\xd8\xfe;FA;05/01/2026;;x;1,00;\n"
    content = b"Compte;Nom;Piece;Date;Echeance;Libelle;Debit;Credit\n" + content.split(b"\n", 1)[1]
    with pytest.raises(RefusedError, match="--encoding"):
        lines_of(tmp_path / "f.csv", content)
    (line,) = lines_of(tmp_path / "f.csv", content, answers=Answers(encoding="ISO-8859-15"))
    assert line.entry.name == "Øþ"


def test_a_line_break_inside_quotes_belongs_to_the_field(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """D05: three rows, name and label on one line, line numbers those of the file."""
    result = imported(
        f__csv=HEADER + 'C1;"Dupont\nService compta";FA-1;05/01/2026;04/02/2026;'
        '"Ligne 1\r\nLigne ""2""";100,00;\n'
        "C2;Durand;FA-2;05/01/2026;04/02/2026;Facture;200,00;\n"
        "C3;Petit;FA-3;05/01/2026;04/02/2026;Facture;cent;\n"
        "C4;Noir;FA-4;05/01/2026;04/02/2026;Facture;300,00;\n"
    )
    held = rows(book)
    assert [row["Nom"] for row in held] == ["Dupont Service compta", "Durand", "Noir", "Petit"]
    assert held[0]["Libellé"] == 'Ligne 1 Ligne "2"'
    (left,) = result.left_out
    assert str(left.finding) == "f.csv, ligne 6, colonne « Débit » : montant attendu, « cent » lu."


@pytest.mark.parametrize("name", ['"Lone', 'Le "Cèdre', '5" pouces', '"La Poste" SA', '""'])
def test_a_lone_quote_mark_opens_nothing(tmp_path: Path, name: str) -> None:
    """The next lines are not swallowed."""
    content = HEADER + f"C1;{name};FA-1;05/01/2026;;x;1,00;\n" * 1
    content += 'C2;Autre "x;FA-2;05/01/2026;;y;2,00;\nC3;B;FA-3;05/01/2026;;"z";3,00;\n'
    read = lines_of(tmp_path / "f.csv", content)
    assert [line.entry.debit for line in read] == [1, 2, 3]
    assert read[0].entry.name == ("" if name == '""' else name)


def test_sep_line_with_another_separator(tmp_path: Path) -> None:
    """D03: « sep= » names any character."""
    content = ("sep=^\n" + HEADER + "C1;Été;FA;05/01/2026;;x;1,50;\n").replace(";", "^")
    (line,) = lines_of(tmp_path / "f.csv", content)
    assert line.entry.debit == Decimal("1.50")


def test_accounts_keep_their_zeros_and_lose_what_protected_them(tmp_path: Path) -> None:
    """D06: 000123, '="000123"' and an apostrophe; 4,11E+08 is a finding."""
    from xl_relances.imports.reading import read_files

    path = tmp_path / "f.csv"
    path.write_text(
        HEADER + '"000123";A;1;05/01/2026;;x;1,00;\n"=""000124""";A;1;05/01/2026;;x;1,00;\n'
        "'000125;A;1;05/01/2026;;x;1,00;\n4,11E+08;A;1;05/01/2026;;x;1,00;\n"
        "1.9143100000101E+18;A;1;05/01/2026;;x;1,00;\n12E5;A;1;05/01/2026;;x;1,00;\n",
        encoding="utf-8",
    )
    (file,) = read_files([path]).files
    assert [line.entry.account for line in file.lines] == ["000123", "000124", "000125", "12E5"]
    assert [(r.line, r.column, r.value) for r in file.left_out] == [
        (5, "Compte", "4,11E+08"),
        (6, "Compte", "1.9143100000101E+18"),
    ]
    assert "abîmé par le tableur" in file.left_out[0].reason


def test_totals_titles_and_carried_names(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """A printed ledger: headings, subtotals, repeated titles; names only on the first row."""
    result = imported(
        f__csv="Grand livre clients;;;;;;;\nÉdité le 25/11/2026;;;;;;;\n\n"
        + HEADER
        + "C1;Dupont;FA-1;05/01/2026;04/02/2026;Facture;100,00;\n"
        + ";;RG-1;06/01/2026;;Règlement;;40,00\n"
        + "Total C1;;;;;;100,00;40,00\n"
        + HEADER
        + "C2;Durand;;;;;;\n;;FA-2;05/01/2026;04/02/2026;Total à payer;200,00;\n"
        + "Sous-total;;;;;;200,00;\nTOTAL GÉNÉRAL;;;;;;300,00;40,00\n"
    )
    held = [(r["Compte"], r["Nom"], r.get("Débit", 0) - r.get("Crédit", 0)) for r in rows(book)]
    assert held == [
        ("C1", "Dupont", 100.0), ("C1", "Dupont", -40.0), ("C2", "Durand", 200.0),
    ]  # fmt: skip
    notes = result.reports[0].notes
    assert "3 lignes de total laissées" in notes
    assert "1 ligne de titres répétée" in notes
    assert "compte et nom repris de la ligne d'au-dessus pour 2 lignes" in notes
    assert [r.value for r in result.reports[0].left_out if not r.fault] == [
        "Total C1", "Sous-total", "TOTAL GÉNÉRAL",
    ]  # fmt: skip
    assert not result.left_out


def test_a_name_is_not_carried_to_another_account(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """D09: names go down only with their account."""
    imported(
        f__csv=HEADER + "C1;Dupont;FA-1;05/01/2026;;x;1,00;\nC2;;FA-2;05/01/2026;;x;1,00;\n"
        "C1;;FA-3;05/01/2026;;x;1,00;\n"
    )
    assert [(r["Compte"], r.get("Nom")) for r in rows(book)] == [
        ("C1", "Dupont"), ("C2", None), ("C1", "Dupont"),
    ]  # fmt: skip


def test_other_accounts_of_a_general_ledger_are_counted(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """A ledger of all accounts: customers stay, suppliers and sales are counted."""
    result = imported(
        f__csv="Compte;Intitulé;Date;Pièce;Libellé;Débit;Crédit\n"
        "411DUP;Dupont;05/01/2026;FA-1;Facture;120,00;\n707000;Ventes;05/01/2026;FA-1;V;;100,00\n"
        "445710;TVA;05/01/2026;FA-1;V;;20,00\n401MAR;Martin;05/01/2026;F1;Achat;;50,00\n"
        "000123;Ancien;05/01/2026;F1;x;5,00;\n"
    )
    assert [r["Compte"] for r in rows(book)] == ["411DUP", "000123"]
    assert any("3 lignes d'autres comptes que 411" in note for note in result.reports[0].notes)


def test_sage_columns_account_and_customer(tmp_path: Path) -> None:
    """Sage: journal, general account, customer, piece and invoice each in a column."""
    content = (
        "Jo;Date saisie;N° pièce;N° facture;Référence;N° compte général;N° compte tiers;"
        "Libellé écriture;Date échéance;Débit;Crédit\n"
        "VTE;050126;12;F2026-1;R;4110000;DUPON;Facture;040226;120,00;\n"
        "VTE;050126;12;F2026-1;R;7070000;;Facture;;;100,00\n"
        "BQ;060226;13;;CHQ;4110000;DUPON;Règlement;;;20,00\n"
    )
    read = [line.entry for line in lines_of(tmp_path / "f.txt", content)]
    assert [(e.account, e.entry_no, e.document, str(e.amount)) for e in read] == [
        ("DUPON", "VTE-2026-12", "F2026-1", "120.00"), ("DUPON", "BQ-2026-13", "CHQ", "-20.00"),
    ]  # fmt: skip
    assert read[0].due_date == date(2026, 2, 4)


def test_a_column_without_title_breaks_no_line(tmp_path: Path) -> None:
    """Every line has one field more than the titles: it is a column, not a broken line."""
    content = HEADER + "C1;A;1;05/01/2026;;x;1,00;;note\nC2;A;2;05/01/2026;;x;2,00;;autre\n"
    assert [line.entry.debit for line in lines_of(tmp_path / "f.csv", content)] == [1, 2]


def test_the_end_mark_of_dos_is_no_line(imported: Callable[..., ImportResult]) -> None:
    """Old packages end a file with Ctrl-Z."""
    result = imported(f__csv=HEADER + "C1;A;1;05/01/2026;;x;1,00;\r\n\x1a")
    assert (result.reports[0].rows_read, result.left_out) == (1, ())


def test_a_customer_called_total_is_no_total(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Neither as a heading nor on its lines; an opening balance without a date is told."""
    result = imported(
        f__csv=HEADER + "411TOT;Total Énergies;;;;;;\n;;F1;05/01/2026;;x;1,00;\n"
        "411TOT;Total Énergies;F2;06/01/2026;;Solde de tout compte;2,00;\n"
        "411TOT;Total Énergies;;;;Report à nouveau;9,00;\n"
    )
    assert [(r["Compte"], r["Débit"]) for r in rows(book)] == [
        ("411TOT", 1.0), ("411TOT", 2.0), ("411TOT", 9.0),
    ]  # fmt: skip
    assert rows(book)[2]["Date"] == "solde d'ouverture sans date ni pièce"
    (left,) = result.left_out
    assert left.reason == "solde d'ouverture sans date ni pièce"


PRINTED = """SOCIETE TEST;;;;;;;
Date;Jl;N° pièce;Libellé;Échéance;Débit;Crédit;Solde
Compte : 411DUP - Dupont SA;;;;;;;
05/01/2026;VE;FA-1;Facture;04/02/2026;120,00;;120,00
10/01/2026;BQ;RG-1;Virement;;;20,00;100,00
Total compte 411DUP;;;;;120,00;20,00;100,00
411DUR Durand;;;;;;;
05/01/2026;VE;FA-2;Facture;04/02/2026;1 220,00;;1 220,00
TOTAL GENERAL;;;;;1 340,00;20,00;1 320,00
"""


def test_a_printed_ledger_with_headings(tmp_path: Path) -> None:
    """Accounts stand in headings of their own, above their lines."""
    read = [line.entry for line in lines_of(tmp_path / "f.csv", PRINTED, encoding="cp1252")]
    assert [(e.account, e.name, str(e.amount)) for e in read] == [
        ("411DUP", "Dupont SA", "120.00"), ("411DUP", "Dupont SA", "-20.00"),
        ("411DUR", "Durand", "1220.00"),
    ]  # fmt: skip


def test_one_account_for_all_customers_is_told_apart_by_name(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Odoo: every customer on 411100; never one letter for all of them."""
    result = imported(
        f__csv="Date;Journal;Partenaire;Compte;Étiquette;Débit;Crédit\n"
        "2026-01-05;INV;Dupont SA;411100 Clients;Facture;120.00;0.00\n"
        "2026-01-06;INV;Durand & Fils;411100 Clients;Facture;1,220.00;0.00\n"
    )
    assert [r["Compte"] for r in rows(book)] == ["Dupont SA", "Durand & Fils"]
    assert (
        "compte 411100 commun à 2 clients : le nom tient lieu de compte" in result.reports[0].notes
    )
