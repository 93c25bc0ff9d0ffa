"""The independent readers do contradict."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from docx import Document
from openpyxl import Workbook

from readers import LibreOffice, Validator


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "livre.xlsx"
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Grand livre"
    sheet.append(["Débit", 1000.5])
    sheet.append(["Double", "=B1*2"])
    workbook.create_sheet("Détail").append(["é", 1])
    workbook.save(path)
    return path


@pytest.mark.libreoffice
def test_libreoffice_computes_what_the_file_does_not_hold(
    soffice: LibreOffice, book: Path, tmp_path: Path
) -> None:
    """Formulas are computed on load, a wrong cached value included."""
    cached = tmp_path / "cached.xlsx"
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(cached, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part.replace(b"<v></v>", b"<v>7</v>").replace(b"<v />", b"<v>7</v>"))
    with zipfile.ZipFile(cached) as package:
        assert b"<v>7</v>" in package.read("xl/worksheets/sheet1.xml")
    sheets = soffice.sheets(cached, tmp_path / "csv")
    assert sheets == {
        "Grand livre": [["Débit", "1000.5"], ["Double", "2001"]],
        "Détail": [["é", "1"]],
    }


@pytest.mark.libreoffice
def test_libreoffice_prints(soffice: LibreOffice, book: Path, tmp_path: Path) -> None:
    """A workbook becomes a PDF in another folder."""
    assert soffice.pdf(book, tmp_path / "pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.node
def test_the_validator_finds_what_is_wrong(validator: Validator, tmp_path: Path) -> None:
    """A good document passes, one with an element out of place does not."""
    good, broken = tmp_path / "good.docx", tmp_path / "broken.docx"
    Document().save(str(good))
    validator.check(good)
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<w:body>", b"<w:body><w:wrong/>"))
    (finding,) = validator.findings(broken)
    assert finding.startswith("broken.docx/word/document.xml: ")
    assert "wrong" in finding
