"""What makes a plain workbook ``relances.xlsm``: its VBA project and its ribbon.

The VBA is ours (``vba/`` and ``vba_commands``), the standalone module of the pinned
xlwings with the dictionary it needs on a Mac, and generated wrappers of the worksheet
functions. The build gives ``additions()`` to ``package.assemble`` and fails on what
``checks.problems`` finds.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from xl_relances.workbook.draft import BOOK_CODE_NAME, CODE_NAMES
from xl_relances.workbook.package import Addition
from xl_relances.workbook.ribbon import ribbon_xml
from xl_relances.workbook.udf_wrappers import function_modules
from xl_relances.workbook.vba_commands import command_subs
from xl_relances.workbook.vba_module import (
    SHEET_BASE,
    WORKBOOK_BASE,
    Module,
    document_module,
    read_module_file,
)
from xl_relances.workbook.vba_project import VbaProject

VBA_PROJECT = "xl/vbaProject.bin"
RIBBON = "customUI/customUI14.xml"
COMMANDS = "Relances"
"""The module that gets a Sub for each command."""

_VBA = Path(__file__).parent / "vba"


def additions() -> tuple[Addition, ...]:
    """The two parts, with their types and relationships; the same bytes each time."""
    return (
        Addition(
            name=VBA_PROJECT,
            content=vba_project().to_bytes(),
            content_type="application/vnd.ms-office.vbaProject",
            relationship="http://schemas.microsoft.com/office/2006/relationships/vbaProject",
            identifier="rIdVba",
        ),
        Addition(
            name=RIBBON,
            content=ribbon_xml(),
            relationship="http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
            source="",
            identifier="rIdRibbon",
        ),
    )


def vba_project() -> VbaProject:
    """The project of ``relances.xlsm``: documents, our modules, xlwings, functions."""
    documents = [_document(BOOK_CODE_NAME, WORKBOOK_BASE)]
    documents += [_document(name, SHEET_BASE) for name in CODE_NAMES.values()]
    ours = [read_module_file(path) for path in sorted(_VBA.glob("*.bas"))]
    ours = [_with_commands(module) if module.name == COMMANDS else module for module in ours]
    return VbaProject(modules=(*documents, *ours, *xlwings_modules(), *function_modules()))


def _with_commands(module: Module) -> Module:
    return replace(module, source=module.source + "\r\n" + "\r\n".join(command_subs().split("\n")))


def _document(name: str, base: str) -> Module:
    path = _VBA / f"{name}.cls"
    return read_module_file(path, base=base) if path.exists() else document_module(name, base)


def xlwings_modules() -> tuple[Module, ...]:
    """``xlwings`` and ``Dictionary`` as the installed, pinned wheel holds them (BSD-3, MIT)."""
    spec = find_spec("xlwings")
    assert spec
    assert spec.origin
    folder = Path(spec.origin).parent
    return (
        read_module_file(folder / "xlwings.bas"),
        read_module_file(folder / "addin" / "Dictionary.cls"),
    )
