"""VBA projects: what Excel's own files hold survives, ours equals its sources."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
import xlwings
from hypothesis import given, settings
from hypothesis import strategies as st
from readers_of_vba import modules_seen_by_olevba, read_or_refused

from xl_relances.compound_file import (
    MalformedProjectError,
    Tree,
    read_compound_file,
    write_compound_file,
)
from xl_relances.workbook.commands import COMMANDS
from xl_relances.workbook.draft import BOOK_CODE_NAME, CODE_NAMES
from xl_relances.workbook.macro_parts import additions, vba_project, xlwings_modules
from xl_relances.workbook.ovba import compress, unseal
from xl_relances.workbook.vba_commands import command_subs
from xl_relances.workbook.vba_module import SHEET_BASE, ModuleKind, document_module, read_module
from xl_relances.workbook.vba_project import OFFICE, STDOLE, VbaProject

XLWINGS = Path(xlwings.__file__).parent
VBA = Path(vba_project.__code__.co_filename).parent / "vba"
SHIPPED_BY_XLWINGS = (
    "quickstart.xlsm", "quickstart_standalone.xlsm", "quickstart_addin.xlam",
    "quickstart_addin_ribbon.xlam",
)  # fmt: skip


def project_of(book: str) -> bytes:
    with zipfile.ZipFile(XLWINGS / book) as package:
        return package.read("xl/vbaProject.bin")


@pytest.mark.parametrize("book", SHIPPED_BY_XLWINGS)
def test_round_trip_of_files_that_excel_opens(book: str) -> None:
    """Read and written again, olevba sees the same modules, and so do we."""
    theirs = project_of(book)
    project = VbaProject.from_bytes(theirs)
    ours = project.to_bytes()
    assert list(modules_seen_by_olevba(ours).items()) == list(
        modules_seen_by_olevba(theirs).items()
    )
    assert VbaProject.from_bytes(ours) == project


@pytest.mark.parametrize("book", SHIPPED_BY_XLWINGS)
def test_attributes_as_in_files_that_excel_opens(book: str) -> None:
    """A document module and a class carry the attributes that theirs carry."""
    for module in VbaProject.from_bytes(project_of(book)).modules:
        if module.kind is ModuleKind.DOCUMENT and "Sheet" in module.name:
            made = document_module(module.name, SHEET_BASE).source
            assert made.startswith(module.source.rstrip())
        elif module.name == "Dictionary":
            made = xlwings_modules()[1].source
            attributes = re.compile("^Attribute .*$", re.MULTILINE)
            assert attributes.findall(made) == attributes.findall(module.source)


def test_olevba_lists_exactly_our_modules() -> None:
    """Documents, ours, the two of xlwings and the two generated, equal to the sources."""
    project = vba_project()
    seen = modules_seen_by_olevba(project.to_bytes())
    endings = {ModuleKind.STANDARD: "bas", ModuleKind.CLASS: "cls", ModuleKind.DOCUMENT: "cls"}
    assert seen == {
        f"{module.name}.{endings[module.kind]}": module.source for module in project.modules
    }
    assert set(seen) == {
        f"{BOOK_CODE_NAME}.cls", *(f"{name}.cls" for name in CODE_NAMES.values()),
        "Relances.bas", "RelancesEvents.bas", "RelancesFunctions.bas", "xlwings.bas",
        "xlwings_udfs.bas", "Dictionary.cls",
    }  # fmt: skip


def test_our_files_are_in_the_project() -> None:
    """Each file of vba/ is a module, and its code is there word for word.

    Behind that of Relances stand the Subs of the commands.
    """
    project = vba_project()
    for path in VBA.iterdir():
        code = path.read_bytes().decode("ascii").rpartition("Option Explicit")[2]
        if path.stem == "Relances":
            code += "\r\n" + command_subs().replace("\n", "\r\n")
        assert project.module(path.stem).source.endswith(code)


def test_one_sub_for_each_command() -> None:
    """One line of Python each, in the order of the tab; nothing for a command that waits."""
    source = vba_project().module("Relances").source
    subs = re.findall(r"^Public Sub (\w+)\(\)\r\n(.*?)^End Sub", source, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in subs] == [command.macro for command in COMMANDS.values()]
    for (_, body), command in zip(subs, COMMANDS.values(), strict=True):
        first = f"    {command.first}\r\n" if command.first else ""
        assert body == f'{first}    Python "{command.python}"\r\n'
        assert not command.first or f"Private Sub {command.first}()\r\n" in source
    assert "    VoirLeDetail\r\n" in vba_project().module("RelancesEvents").source
    assert "VoirLeDetail" in dict(subs)


def test_the_module_of_xlwings_is_the_installed_one() -> None:
    """Workbook, VBA and DLL carry one version, or the first click fails."""
    source = vba_project().module("xlwings").source
    assert f"'Version: {xlwings.__version__}\r\n" in source
    assert source.encode() == (XLWINGS / "xlwings.bas").read_bytes().rstrip() + b"\r\n"


@pytest.mark.parametrize("path", sorted(VBA.iterdir()), ids=lambda path: path.name)
def test_vba_of_ours(path: Path) -> None:
    """ASCII, CRLF, nothing on selection, no decision that is not Python's."""
    text = path.read_bytes()
    assert text.isascii()
    assert text.endswith(b"\r\n")
    assert b"\n" not in text.replace(b"\r\n", b"")
    assert b"Option Explicit" in text
    assert not re.search(rb"SelectionChange|Worksheet_Change|Workbook_SheetChange", text)


def test_references() -> None:
    """OLE Automation and Office, the latter for IRibbonControl."""
    assert VbaProject.from_bytes(vba_project().to_bytes()).references == (STDOLE, OFFICE)


def test_a_project_that_is_open_to_its_users() -> None:
    """Not locked, no password, visible; document modules named as such; no compiled cache."""
    tree = read_compound_file(vba_project().to_bytes())
    project = tree["PROJECT"]
    assert isinstance(project, bytes)
    lines = project.decode("ascii").split("\r\n")
    assert "Document=ThisWorkbook/&H00000000" in lines
    assert "Document=FeuilPreparation/&H00000000" in lines
    assert {"Module=Relances", "Class=Dictionary"} <= set(lines)
    sealed = dict(line.split("=", 1) for line in lines if line[:3] in {"CMG", "DPB", "GC="})
    assert {name: unseal(value.strip('"')) for name, value in sealed.items()} == {
        "CMG": bytes(4), "DPB": bytes(1), "GC": b"\xff",
    }  # fmt: skip
    assert isinstance(tree["VBA"], dict)
    assert tree["VBA"]["_VBA_PROJECT"] == bytes.fromhex("CC61FFFF000100")
    assert isinstance(tree["PROJECTwm"], bytes)
    assert tree["PROJECTwm"].startswith(b"ThisWorkbook\0T\0h\0")


def test_the_same_bytes_each_time() -> None:
    """The build repeats."""
    assert additions() == additions()


def test_modules_that_vba_would_refuse() -> None:
    one = read_module('Attribute VB_Name = "One"\nSub A()\nEnd Sub\n')
    with pytest.raises(ValueError, match="two modules named one"):
        VbaProject(modules=(one, read_module('Attribute VB_Name = "ONE"'))).to_bytes()
    long = read_module(f'Attribute VB_Name = "One"\n{"x" * 1024}')
    with pytest.raises(ValueError, match="One, line 2: too long for VBA"):
        VbaProject(modules=(long,)).to_bytes()
    with pytest.raises(UnicodeEncodeError):
        VbaProject(modules=(read_module('Attribute VB_Name = "One"\n\u2611'),)).to_bytes()
    with pytest.raises(ValueError, match="without Attribute VB_Name"):
        read_module("Sub A()\nEnd Sub\n")
    with pytest.raises(KeyError):
        VbaProject(modules=(one,)).module("Two")


SAMPLE = VbaProject(
    modules=(
        document_module("ThisWorkbook", SHEET_BASE),
        read_module('Attribute VB_Name = "Module1"\nSub A()\nEnd Sub\n'),
    )
).to_bytes()


@given(st.data())
@settings(max_examples=300, deadline=2000)
def test_damaged_projects_give_one_error(data: st.DataObject) -> None:
    """Bytes changed anywhere: read, or refused in one way; never another error, never a hang."""
    content = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with read_or_refused("^(damaged|no VBA project|no compound file|compound file of)"):
        VbaProject.from_bytes(bytes(content))


@given(st.binary(max_size=300), st.binary(max_size=100))
@settings(deadline=2000)
def test_damaged_directories_give_one_error(directory: bytes, project: bytes) -> None:
    """The same for what lies under the compression."""
    tail = b"\x19\0\x01\0\0\0A" + directory
    for content in (directory, tail):
        tree: Tree = {"VBA": {"dir": compress(content), "A": compress(b"")}, "PROJECT": project}
        with read_or_refused("VBA project"):
            VbaProject.from_bytes(write_compound_file(tree))


def test_what_is_no_project() -> None:
    with pytest.raises(MalformedProjectError, match="VBA or PROJECT is missing"):
        VbaProject.from_bytes(write_compound_file({"Workbook": b"1"}))
