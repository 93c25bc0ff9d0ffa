"""A module of a VBA project: the ``.bas`` or ``.cls`` text that the VBA editor exports.

An exported class leaves out two attributes that its stream in the workbook holds
and carries a header that the stream lacks; documents (sheets, the workbook) are
classes with a base of their own. Source is kept in code page 1252, lines end
with CRLF.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

ENCODING = "cp1252"


class ModuleKind(Enum):
    """What a module is to Excel; the value is its word in the PROJECT stream."""

    STANDARD = "Module"
    CLASS = "Class"
    DOCUMENT = "Document"


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the project.

    Attributes:
        name: As code refers to it; for a document module, the sheet's code name.
        kind: Standard, class or document module.
        source: Attributes and code, as the stream holds them, CRLF.
        description: The attribute ``VB_Description``, which Excel repeats elsewhere.
    """

    name: str
    kind: ModuleKind
    source: str
    description: str = ""


WORKBOOK_BASE = "0{00020819-0000-0000-C000-000000000046}"
SHEET_BASE = "0{00020820-0000-0000-C000-000000000046}"
_CLASS_BASE = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"

_CLASS_HEADER = re.compile(r"\AVERSION [^\r\n]*\r\nBEGIN\r\n.*?\r\nEND\r\n", re.DOTALL)
_NAME = re.compile(r'^Attribute VB_Name = "([A-Za-z][A-Za-z0-9_]{0,30})"\r$', re.MULTILINE)
_DESCRIPTION = re.compile(r'^Attribute VB_Description = "(.*)"\r$', re.MULTILINE)


def read_module(text: str, *, base: str | None = None) -> Module:
    r"""The module in an exported ``.bas`` or ``.cls`` file.

    An export of a class leaves out attributes that its stream holds, and heads it
    with ``VERSION 1.0 CLASS``; both are put right here. ``base`` makes a class the
    module of a document: :data:`WORKBOOK_BASE` or :data:`SHEET_BASE`.

    Raises:
        ValueError: The text names no module.
    """
    text = "\r\n".join([*re.split(r"\r\n|\r|\n", text.rstrip("\r\n")), ""])
    headed = _CLASS_HEADER.match(text)
    if headed:
        text = text[headed.end() :]
    name = _NAME.search(text)
    if not name:
        raise ValueError("a module without Attribute VB_Name")
    if not headed:
        return Module(name[1], ModuleKind.STANDARD, text)
    text = text.replace(name[0], f'{name[0]}\nAttribute VB_Base = "{base or _CLASS_BASE}"\r', 1)
    text = re.sub(
        r"(Attribute VB_Exposed = \w+\r\n)",
        rf"\g<1>Attribute VB_TemplateDerived = False\r\n"
        rf"Attribute VB_Customizable = {bool(base)}\r\n",
        text,
        count=1,
    )
    described = _DESCRIPTION.search(text)
    description = described[1].replace(r"\r\n", "\r\n").replace('""', '"') if described else ""
    kind = ModuleKind.DOCUMENT if base else ModuleKind.CLASS
    return Module(name[1], kind, text, description)


def document_module(name: str, base: str) -> Module:
    """The module of a sheet or workbook without code."""
    return read_module(
        "VERSION 1.0 CLASS\nBEGIN\n  MultiUse = -1  'True\nEND\n"
        f'Attribute VB_Name = "{name}"\n'
        "Attribute VB_GlobalNameSpace = False\nAttribute VB_Creatable = False\n"
        "Attribute VB_PredeclaredId = True\nAttribute VB_Exposed = True\n"
        "Option Explicit\n",
        base=base,
    )


def read_module_file(path: Path, *, base: str | None = None) -> Module:
    """:func:`read_module` of a file in code page 1252."""
    return read_module(path.read_bytes().decode(ENCODING), base=base)
