"""The build says the same twice, and tells which part of a file is not its own."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from readers import Validator
from xl_relances.workbook import build, checks, guide, package
from xl_relances.workbook.build import COMMITTED
from xl_relances.workbook.macro_parts import RIBBON, VBA_PROJECT, vba_project
from xl_relances.workbook.package import Addition
from xl_relances.workbook.ribbon import ribbon_xml

MACROS = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def test_the_committed_workbook_is_what_the_sources_build() -> None:
    assert build.main(["--check"]) == 0


def test_two_builds_are_one() -> None:
    """Byte for byte, dates and names included."""
    assert build.build() == build.build()


def test_check_names_the_part(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1, and the part that differs; a missing file too."""
    parts = package.read(str(COMMITTED))
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"Accueil", b"Entree")
    changed = tmp_path / "changed.xlsm"
    changed.write_bytes(package.assemble(parts))
    assert build.main(["--check", "--out", str(changed)]) == 1
    assert "xl/workbook.xml differs from what the sources build" in capsys.readouterr().err
    assert build.main(["--check", "--out", str(tmp_path / "none.xlsm")]) == 1
    assert "missing" in capsys.readouterr().err


def test_a_workbook_with_macros_and_nobody_s_name() -> None:
    parts = package.read(str(COMMITTED))
    assert MACROS in parts[package.CONTENT_TYPES]
    assert b"2026-01-01T00:00:00Z" in parts["docProps/core.xml"]
    assert b"openpyxl" not in b"".join(parts.values()).lower()


def test_another_way_to_write_the_same_xml_is_no_difference() -> None:
    one = {"a.xml": b'<a xmlns="u"><b x="1" y="2"></b></a>', "b.bin": b"1"}
    other = {"a.xml": b'<p:a xmlns:p="u"><p:b y="2" x="1"/></p:a>', "b.bin": b"2"}
    assert package.differences(one, other) == ["b.bin"]
    assert package.differences(one, {"a.xml": b'<a xmlns="u"/>'}) == ["a.xml", "b.bin"]


def test_the_workbook_has_its_macros_and_its_ribbon() -> None:
    """Related to as in the files that xlwings ships, by relative targets."""
    parts = package.read(str(COMMITTED))
    assert parts[VBA_PROJECT] == vba_project().to_bytes()
    assert parts[RIBBON] == ribbon_xml()
    assert b'Target="vbaProject.bin"' in parts["xl/_rels/workbook.xml.rels"]
    assert b'Target="customUI/customUI14.xml"' in parts["_rels/.rels"]
    assert b'PartName="/xl/vbaProject.bin"' in parts[package.CONTENT_TYPES]
    assert checks.problems(parts) == []


def test_a_workbook_that_excel_would_spoil_is_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Excel drops a ribbon with a mistake, and a macro without function fails at the click."""
    monkeypatch.setattr(checks, "functions_of", lambda _: frozenset({"prepare"}))
    with pytest.raises(build.BuildError, match=r"xl_relances\.excel\.macros\.save does not exist"):
        build.build()


def test_the_guide_is_part_of_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its tables of buttons and fields are written with the workbook, and compared."""
    right = {name: (guide.DOCS / name).read_text("utf-8") for name in ("boutons.md", "lettres.md")}
    for name, text in right.items():
        (tmp_path / name).write_text(text.replace("Remplit", "Calcule").replace("SIREN", "SIRET"))
    monkeypatch.setattr(guide, "DOCS", tmp_path)
    assert build.main(["--check"]) == 1
    assert capsys.readouterr().err.count("its table differs") == len(right)
    assert len(guide.write()) == len(right)
    assert guide.differing() == []
    for name, text in right.items():
        assert (tmp_path / name).read_text("utf-8").count("SIREN") == text.count("SIREN")


def test_a_part_may_be_added() -> None:
    """With its content type, and the relationship that leads to it."""
    parts = build.workbook_parts()
    ribbon = Addition(
        name="customUI/customUI14.xml", content=b"<customUI/>", content_type="application/xml",
        relationship="http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
        source="", identifier="rIdRibbon",
    )  # fmt: skip
    whole = package.read(BytesIO(package.assemble(parts, [ribbon])))
    assert whole["customUI/customUI14.xml"] == b"<customUI/>"
    assert b'Target="customUI/customUI14.xml"' in whole["_rels/.rels"]
    assert b'PartName="/customUI/customUI14.xml"' in whole[package.CONTENT_TYPES]
    with pytest.raises(ValueError, match="rIdRibbon"):
        package.assemble(whole, [ribbon])


@pytest.mark.node
def test_microsoft_s_validator_finds_nothing(validator: Validator) -> None:
    """In the workbook as shipped, macros and ribbon included."""
    validator.check(COMMITTED)
