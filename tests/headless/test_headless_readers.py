"""Independent readers of what the engine saved: LibreOffice, Microsoft's validator, openpyxl."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import openpyxl
import pytest
from crafted import Sheet, ledger, row, text
from test_headless_preservation import everything

from readers import LibreOffice, Validator
from xl_relances import headless

SHIPPED = Path(__file__).parents[2] / "relances.xlsm"


def worked_on(path: Path) -> Path:
    """A ledger on which about everything was done that the engine can do."""
    with headless.open_book(ledger(path)) as book:
        sheet = book.sheets[0]
        table = sheet.tables[0]
        table.resize(table.range.resize(20))
        sheet["A8"].value = [
            ["01", " a & b ", dt.datetime(2026, 1, 1), 2.5],
            ["=1+1", "é 😀\nligne_x000D_", None, None],
        ]
        sheet["F1"].value = ["3/4", "12E5", True, "#N/A"]
        sheet["F2"].add_hyperlink("https://example.org/?a=1&b=2", "dehors")
        sheet["F3"].add_hyperlink("#'Grand livre'!A5", "dedans")
        sheet["G1"].formula = "=SUM(GrandLivre[Débit])"
        sheet["H2"].formula = "=MAXIFS(GrandLivre[Débit],GrandLivre[Compte],A5)"
        headless.cache_values(sheet["G1"], [[21.0]])
        sheet["A5"].color = "#ff0000"
        sheet["A5"].font.bold = True
        sheet["B:C"].column_width = 30
        sheet["J:J"].number_format = "0.000"
        sheet["5:5"].row_height = 22
        table.autofilter.apply_values(2, ["Client 5", "Client 6"])
        table.autofilter.apply_comparison(4, "greater_than", 1)
        book.names.add("nouveau", "='Grand livre'!$A$1")
        book.save()
    return path


@pytest.mark.node
def test_microsofts_validator(tmp_path: Path, validator: Validator) -> None:
    """Microsoft's validator finds nothing in what was saved."""
    validator.check(worked_on(tmp_path / "livre.xlsx"))


@pytest.mark.node
@pytest.mark.skipif(not SHIPPED.exists(), reason="the shipped workbook is not built")
def test_microsofts_validator_on_a_real_book(tmp_path: Path, validator: Validator) -> None:
    """A book with VBA, ribbon, charts and formulas is still valid after every table grew."""
    path = Path(shutil.copy(SHIPPED, tmp_path / "r.xlsm"))
    with headless.open_book(path) as book:
        for sheet in book.sheets:
            for table in sheet.tables:
                rows = table.range.shape[0] + 5
                if sheet.name != "Paramètres":
                    table.resize(table.range.resize(rows))
        book.save()
    validator.check(path)


@pytest.mark.libreoffice
def test_libreoffice_calculates(tmp_path: Path, soffice: LibreOffice) -> None:
    """LibreOffice opens what was saved and calculates its formulas."""
    path = everything(tmp_path / "tout.xlsm")
    with headless.open_book(path) as book:
        sheet = book.sheets[0]
        table = sheet.tables[0]
        table.resize(table.range.resize(5))
        sheet["A2:B5"].value = [["0001", 1], ["=2", 2], ["a & b\nc", 3], ["é😀", 4]]
        sheet["H1"].formula = "=SUM(Clients[Total])"
        sheet["H2"].formula = '=MAXIFS(Clients[Total],Clients[Compte],"0001")'
        headless.cache_values(sheet["H1"], [[99.0]])
        book.save()
    fresh = LibreOffice(soffice.program, tmp_path / "profile")  # sure to calculate on load
    lines = fresh.sheets(path, tmp_path / "lu")["Données"]
    assert lines[0][7] == "10"
    assert lines[1][:2] == ["0001", "1"]
    assert lines[1][7] == "1"
    assert lines[2][:2] == ["=2", "2"]
    assert lines[3][0] == "a & b\nc"


@pytest.mark.libreoffice
def test_libreoffice_saved_books_are_read(tmp_path: Path, soffice: LibreOffice) -> None:
    """What another writer made of a book, shared strings and all, is read the same."""
    path = ledger(tmp_path / "livre.xlsx", rows=40)
    with headless.open_book(path) as book:
        before = book.sheets[0].used_range.value
    with headless.open_book(soffice.xlsx(path, tmp_path / "relu")) as book:
        assert book.sheets[0].used_range.value == before
        table = book.sheets[0].tables[0]
        assert table.range.address == "$A$4:$D$44"


def test_openpyxl_agrees(tmp_path: Path) -> None:
    """Openpyxl reads values, formulas, tables, names and links as they were written."""
    path = worked_on(tmp_path / "livre.xlsx")
    opened = openpyxl.load_workbook(path)
    sheet = opened["Grand livre"]
    assert sheet["A8"].value == "01"
    assert sheet["B8"].value == " a & b "
    assert sheet["A9"].value == "=1+1"
    assert sheet["A9"].data_type != "f"
    assert sheet["C8"].value == dt.datetime(2026, 1, 1)
    assert sheet["G1"].value == "=SUM(GrandLivre[Débit])"
    assert sheet["H2"].value == "=_xlfn.MAXIFS(GrandLivre[Débit],GrandLivre[Compte],A5)"
    assert sheet["F2"].hyperlink.target == "https://example.org/?a=1&b=2"
    assert sheet["F3"].hyperlink.location == "'Grand livre'!A5"
    assert sheet.tables["GrandLivre"].ref == "A4:D23"
    assert opened.defined_names["nouveau"].attr_text == "'Grand livre'!$A$1"
    assert sheet.row_dimensions[8].hidden


def test_crafted_books_are_sound(tmp_path: Path) -> None:
    """The hand-made books of these tests are themselves read by openpyxl."""
    opened = openpyxl.load_workbook(ledger(tmp_path / "livre.xlsx"))
    assert opened["Grand livre"]["A4"].value == "Compte"
    assert Sheet("S", row(1, text("A1", "a"))).xml().count("<c ") == 1
