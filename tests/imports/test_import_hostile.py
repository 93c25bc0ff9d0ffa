"""Files that are no export, or mean harm: one French sentence, the workbook untouched."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

from imports.held_rows import rows
from xl_relances.book import layout, tables
from xl_relances.errors import RefusedError
from xl_relances.imports import text as text_module
from xl_relances.run.importing import import_files

HEADER = "Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit\n"
ROW = "C1;Dupont;FA-1;05/01/2026;04/02/2026;Facture;100,00;\n"


def xlsx(rows: list[list[object]]) -> bytes:
    """A workbook of those rows."""
    stream = io.BytesIO()
    made = openpyxl.Workbook()
    assert made.active is not None
    for row in rows:
        made.active.append(row)
    made.save(stream)
    return stream.getvalue()


def with_part(content: bytes, name: str, change: bytes | None) -> bytes:
    """The zip with one part replaced."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for info in before.infolist():
            data = before.read(info)
            after.writestr(info.filename, change if info.filename == name and change else data)
    return stream.getvalue()


SHEET = xlsx(
    [["Compte", "Nom", "Date", "Débit", "Crédit"], ["C1", "Dupont", "05/01/2026", 100, None]]
)
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    b"<worksheet>&b;</worksheet>"
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504

CASES = [
    pytest.param("balance.xls", b"<html><body><table><tr><td>Compte</td></tr></table></html>",
                 "ce fichier est une page HTML, ouvrez-le dans Excel et enregistrez-le en .xlsx.",
                 id="html-named-xls"),
    pytest.param("balance.xls", b'\xef\xbb\xbf<table border="1"><tr><td>Compte</td></tr></table>',
                 "ce fichier est une page HTML, ouvrez-le dans Excel et enregistrez-le en .xlsx.",
                 id="html-table-with-mark"),
    pytest.param("balance.xls", b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>'
                 b"<Workbook></Workbook>",
                 "ce fichier est un classeur XML 2003, ouvrez-le dans Excel et enregistrez-le en "
                 ".xlsx.", id="xml-2003"),
    pytest.param("export.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
                 "c'est un PDF. Demandez au logiciel comptable un export .csv, .xlsx ou FEC.",
                 id="pdf-named-csv"),
    pytest.param("export.csv", b"", "fichier vide.", id="empty"),
    pytest.param("export.csv", b"\r\n \r\n", "fichier vide.", id="blank"),
    pytest.param("export.csv", (HEADER + ROW).encode() + b"C2;\0\0;FA-2\n",
                 "contient des octets nuls, ce n'est pas un fichier texte.", id="nul-bytes"),
    pytest.param("export.xlsx", OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 4096,
                 "protégé par un mot de passe : ôtez-le dans Excel (Fichier, Informations).",
                 id="password"),
    pytest.param("export.xls", OLE + "WordDocument".encode("utf-16-le") + b"\0" * 4096,
                 "ancien document Office qui n'est pas un classeur.", id="word-97"),
    pytest.param("export.xlsx", SHEET[: len(SHEET) // 2],
                 "classeur abîmé ou coupé. Exportez-le à nouveau.", id="cut-off-workbook"),
    pytest.param("export.csv", (HEADER + ROW + "C2;Durand;FA-2;05/01").encode(),
                 "fichier coupé avant la fin (la ligne 3, la dernière, est incomplète).",
                 id="cut-off-text"),
    pytest.param("export.csv", ("é" + HEADER + ROW).encode() + b"C2;Andr\xc3",
                 "fichier coupé avant la fin.", id="cut-in-a-letter"),
    pytest.param("export.xlsx", with_part(SHEET, "xl/worksheets/sheet1.xml", ENTITIES),
                 "classeur au contenu suspect (entités XML), refusé.", id="entity-bomb"),
    pytest.param("export.xml", ENTITIES,
                 "fichier XML au contenu suspect (entités), refusé.", id="entity-bomb-xml"),
    pytest.param("export.xlsx", with_part(SHEET, "xl/styles.xml", b" " * (80 << 20)),
                 "classeur d'une taille démesurée, refusé.", id="zip-bomb"),
    pytest.param("export.txt", (HEADER + ";Dupont;FA-1;05/01/2026\n").encode(),
                 "aucune écriture (ligne sans montant : 1).", id="no-amount-anywhere"),
    pytest.param("export.txt", HEADER.encode(), "des titres, mais aucune écriture.",
                 id="titles-only"),
    pytest.param("export.txt", b"Bonjour,\nvoici le fichier.\n",
                 "aucune ligne de titres reconnue (compte, date, débit, crédit…)", id="a-letter"),
    pytest.param("archive.zip", with_part(SHEET, "", None)[:0] + b"PK\x05\x06" + b"\0" * 18,
                 "archive vide ou abîmée.", id="empty-zip"),
    pytest.param("export.csv", b"\x89PNG\r\n\x1a\n\0\0\0", "c'est une image.", id="picture"),
    pytest.param("export.parquet", b"PAR1\0\0\0\0", "Parquet", id="parquet-cut"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "sentence"), CASES)
def test_what_is_no_export_is_refused_in_one_sentence(
    book: xw.Book, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    """The sentence names the file, says what it is and what to do; nothing is written."""
    path = tmp_path / name
    path.write_bytes(content)
    before = Path(book.fullname).read_bytes()
    with pytest.raises(RefusedError) as raised:
        import_files(book, [path])
    said = str(raised.value)
    assert said.startswith(f"{name} : ")
    assert sentence in said
    assert "\n" not in said
    assert tables.read(book, layout.GRAND_LIVRE_TABLE).rows == []
    assert Path(book.fullname).read_bytes() == before


def test_a_line_without_end_is_given_up_early(
    book: xw.Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two gigabytes of one line are not read into memory to find that out."""
    monkeypatch.setattr(text_module, "LONGEST_LINE", 1000)
    path = tmp_path / "export.csv"
    path.write_bytes(b"A" * (5 << 20))
    with pytest.raises(RefusedError, match="une ligne de plus d'un million de caractères"):
        import_files(book, [path])


def test_a_missing_file_and_a_folder_are_named(book: xw.Book, tmp_path: Path) -> None:
    """A path typed wrong is no crash."""
    with pytest.raises(RefusedError, match=r"absent\.csv : fichier introuvable"):
        import_files(book, [tmp_path / "absent.csv"])
    with pytest.raises(RefusedError, match="c'est un dossier"):
        import_files(book, [tmp_path])


def test_a_stray_cell_in_the_last_row_and_column_is_left_out_and_said(
    book: xw.Book, tmp_path: Path
) -> None:
    """One cell in XFD1048576 does not make the reader allocate the whole sheet."""
    made = openpyxl.load_workbook(io.BytesIO(SHEET))
    assert made.active is not None
    made.active["XFD1048576"] = "x"
    path = tmp_path / "export.xlsx"
    made.save(path)
    result = import_files(book, [path])
    assert [len(r) for r in [tables.read(book, layout.GRAND_LIVRE_TABLE).rows]] == [1]
    assert "1 cellule égarée loin du tableau, laissée" in result.reports[0].notes


FORMULAS = ("=cmd|' /C calc'!A0", "=1+1", "+33 1 02 03 04 05", "-10 % remise", "@SUM(A1)", "'=1")


@pytest.mark.parametrize("label", FORMULAS)
def test_texts_that_look_like_formulas_stay_texts(
    book: xw.Book, tmp_path: Path, label: str
) -> None:
    """D23a: shown as typed, no apostrophe added, amounts stay numbers, nothing live."""
    path = tmp_path / "export.csv"
    path.write_text(
        "Compte;Nom;Pièce;Date;Libellé;Montant\n"
        f"C1;{label};{label};05/01/2026;{label};-1250,50\nC2;\t{label};FA;05/01/2026;\r;10,00\n"
        if label != "'=1"
        else f"Compte;Nom;Pièce;Date;Libellé;Montant\nC1;{label};P;05/01/2026;{label};-1250,50\n",
        encoding="utf-8",
        newline="",
    )
    import_files(book, [path])
    book.save()
    made = openpyxl.load_workbook(book.fullname)["Grand livre"]
    cells = {made.cell(4, c).value: made.cell(5, c) for c in range(1, 16)}
    assert cells["Libellé"].value == label
    assert cells["Libellé"].data_type == "s"
    assert cells["Nom"].value == label
    assert cells["Nom"].data_type == "s"
    assert cells["Libellé"].number_format == "@"
    assert cells["Crédit"].value == 1250.5


def test_an_amount_beyond_measure_is_left_out(book: xw.Book, tmp_path: Path) -> None:
    """Thirty digits are a mistake of the export, in any kind of file: that row waits as a text."""
    digits = "1" * 30
    fec = (
        "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|"
        "PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|"
        f"Idevise\nVE|V|1|20260105|411|C|C1|D|F1|20260105|F|{digits}|0,00|||20260105||\n"
        "VE|V|2|20260105|411|C|C1|D|F2|20260105|F|10,00|0,00|||20260105||\n"
    )
    for content in (fec, HEADER + ROW + ROW.replace("100,00", digits)):
        path = tmp_path / "export.txt"
        path.write_text(content, encoding="utf-8")
        result = import_files(book, [path])
        assert [row.reason for row in result.left_out] == [f"montant démesuré, « {digits} » lu"]
        debits = [row["Débit"] for row in rows(book)]
        assert sorted(map(str, debits)) in (["10.0", digits], ["100.0", digits])


def test_a_finding_is_one_line_however_long_the_cell(book: xw.Book, tmp_path: Path) -> None:
    """A cell of several lines, or of forty thousand characters, is quoted on one line, in short."""
    for value in ('"cent\neuros"', "A" * 40_000):
        path = tmp_path / "export.csv"
        path.write_text(HEADER + ROW + ROW.replace("100,00", value), encoding="utf-8")
        (left,) = import_files(book, [path]).left_out
        assert "\n" not in str(left.finding)
        assert len(str(left.finding)) < 500
        assert str(left.finding).startswith("export.csv, ligne 3, colonne « Débit » : montant")
