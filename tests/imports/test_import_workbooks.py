"""Workbooks to import: hidden rows, 1904, errors, damaged numbers, several sheets."""

from __future__ import annotations

import io
import shutil
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw
from openpyxl.worksheet.worksheet import Worksheet

from imports.held_rows import rows
from imports.ledgers_written import lines_of
from readers import LibreOffice
from xl_relances.errors import FindingsError, RefusedError
from xl_relances.imports.hidden_rows import scan_binary
from xl_relances.imports.reading import read_files
from xl_relances.imports.sources import Answers
from xl_relances.run.importing import ImportResult

TITLES = ["Compte", "Nom", "Pièce", "Date", "Libellé", "Débit", "Crédit"]
DAY = datetime(2026, 1, 5)
TITLES_OF_FEC = (
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|"
    "PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|"
    "Idevise"
)


def workbook(*lines: list[Any], change: Callable[[Worksheet], None] | None = None) -> bytes:
    """An .xlsx of those rows."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    if change:
        change(sheet)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def test_the_header_is_found_below_titles_and_blank_lines(tmp_path: Path) -> None:
    """Company name, date and blank rows stand above."""
    content = workbook(["Société Été"], [], ["Grand livre", None, DAY], [], TITLES,
                       ["C1", "Été", 17, DAY, "Facture", 12.5, None])  # fmt: skip
    (line,) = lines_of(tmp_path / "f.xlsx", content)
    assert (line.number, line.entry.document, line.entry.document_date) == (
        6, "17", date(2026, 1, 5),
    )  # fmt: skip


def test_hidden_rows_are_read_and_said(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """D09: 3 of 5 rows hidden by a filter, names only on the first row of each block."""

    def hide(sheet: Worksheet) -> None:
        sheet.auto_filter.ref = "A1:G6"
        for row in (3, 4, 6):
            sheet.row_dimensions[row].hidden = True

    result = imported(
        f__xlsx=workbook(
            TITLES,
            ["C1", "Dupont", "1", DAY, "x", 1, None], [None, None, "2", DAY, "x", 2, None],
            [None, None, "3", DAY, "x", 3, None], ["C2", "Durand", "4", DAY, "x", 4, None],
            [None, None, "5", DAY, "x", 5, None], change=hide,
        )
    )  # fmt: skip
    assert "3 lignes masquées lues" in result.reports[0].notes
    assert result.reports[0].balance == 15
    assert [r["Nom"] for r in rows(book)] == ["Dupont"] * 3 + ["Durand"] * 2


def test_damaged_numbers_are_findings(imported: Callable[..., ImportResult]) -> None:
    """D06: 000123 intact, 411000123 without « .0 », nineteen digits refused."""
    result = imported(
        f__xlsx=workbook(
            TITLES,
            ["000123", "A", "1", DAY, "x", 1, None], [411000123, "A", "2", DAY, "x", 2, None],
            [1.9143100000101e18, "A", "3", DAY, "x", 3, None],
        )
    )  # fmt: skip
    assert result.reports[0].rows_kept == 2
    (left,) = result.left_out
    assert (left.line, left.column) == (4, "Compte")
    assert "abîmé par le tableur" in left.reason


def test_days_swapped_by_an_english_excel_are_noticed(tmp_path: Path) -> None:
    """D07: real dates beside day-first texts; the cells are named, nothing is imported."""
    content = workbook(
        TITLES,
        ["C1", "A", "1", datetime(2026, 3, 4), "x", 1, None],
        ["C1", "A", "2", "25/04/2026", "x", 2, None],
        ["C1", "A", "3", datetime(2026, 12, 1), "x", 3, None],
    )
    with pytest.raises(FindingsError) as raised:
        lines_of(tmp_path / "f.xlsx", content)
    said = str(raised.value)
    assert "interverti jours et mois" in said
    assert "lignes 2 et 4 : dates, lignes 3 : textes" in said


def test_the_1904_system_and_line_breaks_as_text(tmp_path: Path) -> None:
    """D08: serial 44560 is 31/12/2025 in a Mac's workbook; no « _x000D_ » anywhere."""
    content = workbook(TITLES, ["C1", "Été_x000D_\nService", "1", DAY, "x", 1, None])
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "xl/workbook.xml":
                data = data.replace(b"<workbookPr", b'<workbookPr date1904="1"')
            if info.filename == "xl/worksheets/sheet1.xml":
                data = data.replace(b"<v>46027</v>", b"<v>44560</v>")
            new.writestr(info.filename, data)
    (line,) = lines_of(tmp_path / "f.xlsx", stream.getvalue())
    assert line.entry.document_date == date(2025, 12, 31)
    assert line.entry.name == "Été Service"


def test_an_error_cell_is_no_empty_cell(imported: Callable[..., ImportResult]) -> None:
    """#N/A in an amount is left out and named, not read as nothing."""
    content = workbook(TITLES, ["C1", "A", "1", DAY, "x", 1, None],
                       ["C1", "A", "2", DAY, "x", "#N/A", None])  # fmt: skip
    result = imported(f__xlsx=content)
    (left,) = result.left_out
    assert str(left.finding) == "f.xlsx, ligne 3, colonne « Débit » : erreur #N/A dans la cellule."


def test_several_sheets_are_asked_about(tmp_path: Path) -> None:
    """One sheet a month: which one, or all, is for the user to say."""
    made = openpyxl.Workbook()
    for name in ("Janvier", "Février"):
        sheet = made.create_sheet(name)
        sheet.append(TITLES)
        sheet.append(["C1", "A", name, DAY, "x", 1, None])
    path = tmp_path / "f.xlsx"
    made.save(path)
    with pytest.raises(RefusedError, match=r"« Janvier » et « Février ».*--sheet"):
        read_files([path])
    (file,) = read_files([path], answers=Answers(sheet="février")).files
    assert file.lines[0].entry.document == "Février"


def test_amounts_of_a_workbook_are_exact(tmp_path: Path) -> None:
    """0.1 + 0.2 in a cell is thirty cents."""
    content = workbook(TITLES, ["C1", "A", "1", DAY, "x", 0.1 + 0.2, None],
                       ["C1", "A", "2", DAY, "x", "1 234,56", None])  # fmt: skip
    assert [str(line.entry.debit) for line in lines_of(tmp_path / "f.xlsx", content)] == [
        "0.30", "1234.56",
    ]  # fmt: skip


def test_a_fec_saved_as_workbook(tmp_path: Path) -> None:
    """Excel turned dates and amounts of a FEC into numbers."""
    titles = TITLES_OF_FEC.split("|")
    content = workbook(
        titles,
        [
            "VE",
            "Ventes",
            1,
            20260105,
            411000,
            "Clients",
            "C1",
            "Été",
            "FA-1",
            20260105,
            "F",
            12.5,
            0,
        ],
        ["VE", "Ventes", 1, 20260105, 706000, "Ventes", None, None, "FA-1", 20260105, "F", 0, 12.5],
    )
    (line,) = lines_of(tmp_path / "f.xlsx", content)
    assert (line.entry.account, line.entry.entry_no, line.entry.document_date) == (
        "C1", "VE-2026-1", date(2026, 1, 5),
    )  # fmt: skip


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_other_workbooks_read_like_xlsx(tmp_path: Path, soffice: LibreOffice, kind: str) -> None:
    """.xls and .ods, by content: the extension says nothing."""
    source = tmp_path / "f.xlsx"
    source.write_bytes(
        workbook(TITLES, ["000123", "Été", "1", DAY, "x", 1234.56, None],
                 ["C1", "A", "2", DAY, "x", None, 5])
    )  # fmt: skip
    (made,) = soffice.convert([source], kind, tmp_path / "out")
    renamed = tmp_path / "export.csv"
    shutil.copy(made, renamed)
    (file,) = read_files([renamed]).files
    assert [(x.entry.account, str(x.entry.amount), x.entry.document_date) for x in file.lines] == [
        ("000123", "1234.56", date(2026, 1, 5)),
        ("C1", "-5.00", date(2026, 1, 5)),
    ]


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_hidden_rows_of_other_workbooks(tmp_path: Path, soffice: LibreOffice, kind: str) -> None:
    """Hidden by hand or by a filter, they are read and said."""

    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    source = tmp_path / "f.xlsx"
    source.write_bytes(
        workbook(
            TITLES,
            *(["C1", "A", str(n), DAY, "x", n, None] for n in range(1, 4)),
            change=hide,
        )
    )
    (made,) = soffice.convert([source], kind, tmp_path / "out")
    (file,) = read_files([made]).files
    assert "1 ligne masquée lue" in file.notes
    assert len(file.lines) == 3


def test_repeated_cells_of_an_ods_are_not_unfolded(tmp_path: Path) -> None:
    """One cell repeated over the whole sheet is refused before anything is allocated."""
    content = (
        b'<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t">'
        b'<office:body><office:spreadsheet><table:table table:name="A">'
        b'<table:table-row table:number-rows-repeated="1048576">'
        b'<table:table-cell table:number-columns-repeated="16384" office:value-type="float" '
        b'office:value="1"/></table:table-row></table:table></office:spreadsheet></office:body>'
        b"</office:document-content>"
    )
    path = tmp_path / "f.ods"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", content)
    with pytest.raises(RefusedError, match="taille démesurée"):
        read_files([path])


def record(kind: int, content: bytes = b"") -> bytes:
    """A record of a part of an .xlsb."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(content) & 0x7F | 0x80, len(content) >> 7]) + content


def wide(text: str) -> bytes:
    """A counted text."""
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(lines: list[list[Any]], hidden: set[int]) -> bytes:
    """A workbook in Excel's binary form; rows numbered from 1."""
    rows = b""
    for number, line in enumerate(lines, start=1):
        flags = 0x10 if number in hidden else 0
        rows += record(0, struct.pack("<IIHBBBI", number - 1, 0, 300, 0, flags, 0, 0))
        for column, value in enumerate(line):
            place = struct.pack("<II", column, 0)
            if isinstance(value, str):
                rows += record(6, place + wide(value))
            elif value is not None:
                rows += record(5, place + struct.pack("<d", value))
    reach = struct.pack("<IIII", 0, len(lines) - 1, 0, max(map(len, lines)) - 1)
    sheet = record(129) + record(148, reach) + record(145) + rows + record(146) + record(130)
    bundle = struct.pack("<II", 0, 1) + wide("rId1") + wide("Été")
    book = record(131) + record(143) + record(156, bundle) + record(144) + record(132)
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def relations(kind: str, target: str) -> str:
        return (
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/{kind}" Target="{target}"/></Relationships>'
        )

    types = "".join(
        f'<Override PartName="/xl/{part}.bin" ContentType="application/vnd.ms-excel.{kind}"/>'
        for part, kind in (
            ("workbook", "sheet.binary.macroEnabled.main"), ("worksheets/sheet1", "worksheet")
        )
    )  # fmt: skip
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
            f'"application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
        )
        made.writestr("_rels/.rels", relations("officeDocument", "xl/workbook.bin"))
        made.writestr("xl/_rels/workbook.bin.rels", relations("worksheet", "worksheets/sheet1.bin"))
        made.writestr("xl/workbook.bin", book)
        made.writestr("xl/worksheets/sheet1.bin", sheet)
    return stream.getvalue()


def test_an_xlsb_and_its_hidden_rows(tmp_path: Path) -> None:
    """Read like any workbook; the rows that a filter hides are read and said."""
    path = tmp_path / "f.xlsb"
    lines = [["C1", "Été", str(n), "05/01/2026", "x", 100.5 * n, None] for n in (1, 2, 3)]
    path.write_bytes(xlsb([TITLES, *lines], {3, 4}))
    (file,) = read_files([path]).files
    assert file.encoding == "Excel (.xlsb)"
    assert "2 lignes masquées lues" in file.notes
    assert [str(line.entry.amount) for line in file.lines] == ["100.50", "201.00", "301.50"]


def test_a_stray_cell_of_an_xlsb_is_refused() -> None:
    """The last row and column come from its records, not from what it claims."""
    row = bytes([0, 4]) + (1_048_575).to_bytes(4, "little")
    cell = bytes([5, 4]) + (16_383).to_bytes(4, "little")
    scan = scan_binary(row + cell)
    assert (scan.rows, scan.columns) == (1_048_576, 16_384)


def test_a_really_encrypted_workbook(tmp_path: Path) -> None:
    """As Excel protects it with a password."""
    office = pytest.importorskip("msoffcrypto.format.ooxml")
    path = tmp_path / "f.xlsx"
    with path.open("wb") as out:
        office.OOXMLFile(io.BytesIO(workbook(TITLES))).encrypt("secret", out)
    with pytest.raises(RefusedError, match="protégé par un mot de passe"):
        read_files([path])


def test_parquet(tmp_path: Path) -> None:
    """With the optional pyarrow; exact decimals stay exact."""
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "f.dat"
    pq.write_table(
        pa.table(
            {
                "Compte": ["000123", "C1"], "Nom": ["Été", "A"], "Pièce": ["1", "2"],
                "Date": [date(2026, 1, 5), date(2026, 1, 6)],
                "Montant": [Decimal("1234.50"), Decimal("-5.00")],
            }
        ),
        path,
    )  # fmt: skip
    (file,) = read_files([path]).files
    assert [(x.entry.account, str(x.entry.amount), x.entry.document_date) for x in file.lines] == [
        ("000123", "1234.50", date(2026, 1, 5)), ("C1", "-5.00", date(2026, 1, 6)),
    ]  # fmt: skip
