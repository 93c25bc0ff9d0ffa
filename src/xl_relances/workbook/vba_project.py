"""A VBA project: modules of text to ``vbaProject.bin``, and back.

What Excel accepts was learnt from the workbooks that xlwings ships, which are
known to open, and from [MS-OVBA]: no compiled cache (version 0xFFFF makes Excel
compile from source), ``PROJECTwm`` never compressed, document modules named in
``PROJECT`` and equal to the code names of the sheets.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from xl_relances.compound_file import (
    MalformedProjectError,
    Tree,
    read_compound_file,
    write_compound_file,
)
from xl_relances.workbook.ovba import compress, decompress, seal
from xl_relances.workbook.vba_module import ENCODING, Module, ModuleKind

PROJECT_ID = "{6B0C5B7E-52B0-4B5F-9C1D-3A7F2E94D0C6}"
"""Our project's GUID: fixed, so that builds repeat."""
_CODE_PAGE = 1252
_LONGEST_LINE = 1023
"""Characters that the VBA compiler takes in one line."""
_MOST_SOURCE = 32 << 20
"""Bytes of source that a project may unfold to when read."""
_CACHE = bytes.fromhex("CC61FFFF000100")
"""The ``_VBA_PROJECT`` stream without a cache ([MS-OVBA] 2.3.4.1)."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A type library that the project uses."""

    name: str
    library: str


STDOLE = Reference(
    "stdole",
    r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#"
    r"C:\Windows\System32\stdole2.tlb#OLE Automation",
)
OFFICE = Reference(
    "Office",
    r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#"
    r"C:\Program Files\Common Files\Microsoft Shared\OFFICE16\MSO.DLL"
    r"#Microsoft Office 16.0 Object Library",
)
"""Needed for ``IRibbonControl``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VbaProject:
    """All modules and references of a workbook.

    Attributes:
        modules: In the order of the VBA editor.
        references: Type libraries.
        name: As code in other projects would refer to it.
        project_id: A GUID in braces.
    """

    modules: tuple[Module, ...]
    references: tuple[Reference, ...] = (STDOLE, OFFICE)
    name: str = "VBAProject"
    project_id: str = PROJECT_ID

    def module(self, name: str) -> Module:
        """The module of that name; ``KeyError`` when there is none."""
        for module in self.modules:
            if module.name == name:
                return module
        raise KeyError(name)

    def to_bytes(self) -> bytes:
        """``vbaProject.bin``; equal projects give equal bytes.

        Raises:
            ValueError: Two modules of one name, a line too long for VBA, or a
                character that code page 1252 lacks.
        """
        names = [module.name.lower() for module in self.modules]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two modules named {name}")
        vba: Tree = {"_VBA_PROJECT": _CACHE, "dir": compress(self._dir())}
        for module in self.modules:
            for number, line in enumerate(module.source.splitlines(), 1):
                if len(line) > _LONGEST_LINE:
                    raise ValueError(f"{module.name}, line {number}: too long for VBA")
            vba[module.name] = compress(module.source.encode(ENCODING))
        return write_compound_file(
            {"VBA": vba, "PROJECT": self._project(), "PROJECTwm": self._name_map()}
        )

    def _dir(self) -> bytes:
        """The ``dir`` stream, [MS-OVBA] 2.3.4.2, in the order of files that Excel opens."""
        records = [
            _record(0x01, struct.pack("<I", 1)),  # made on 32-bit Windows: runs on 64 bits too
            _record(0x02, struct.pack("<I", 0x409)),
            _record(0x14, struct.pack("<I", 0x409)),
            _record(0x03, struct.pack("<H", _CODE_PAGE)),
            _record(0x04, self.name.encode(ENCODING)),
            _text_record(0x05, 0x40, ""),
            _record(0x06, b""),
            _record(0x3D, b""),
            _record(0x07, bytes(4)),
            _record(0x08, bytes(4)),
            struct.pack("<HIIH", 0x09, 4, 0x65BE0257, 17),
            _text_record(0x0C, 0x3C, ""),
        ]
        for reference in self.references:
            library = reference.library.encode(ENCODING)
            records += [
                _text_record(0x16, 0x3E, reference.name),
                _record(0x0D, struct.pack("<I", len(library)) + library + bytes(6)),
            ]
        records += [
            _record(0x0F, struct.pack("<H", len(self.modules))),
            _record(0x13, b"\xff\xff"),
        ]
        for module in self.modules:
            standard = module.kind is ModuleKind.STANDARD
            records += [
                _text_record(0x19, 0x47, module.name),
                _text_record(0x1A, 0x32, module.name),
                _text_record(0x1C, 0x48, module.description),
                _record(0x31, bytes(4)),  # source begins at 0: no cache before it
                _record(0x1E, bytes(4)),
                _record(0x2C, b"\xff\xff"),
                _record(0x21 if standard else 0x22, b""),
                _record(0x2B, b""),
            ]
        return b"".join([*records, _record(0x10, b"")])

    def _project(self) -> bytes:
        """The ``PROJECT`` stream, [MS-OVBA] 2.3.1: not locked, no password, visible."""
        lines = [f'ID="{self.project_id}"']
        for module in self.modules:
            suffix = "/&H00000000" if module.kind is ModuleKind.DOCUMENT else ""
            lines.append(f"{module.kind.value}={module.name}{suffix}")
        lines += [
            f'Name="{self.name}"',
            'HelpContextID="0"',
            'VersionCompatible32="393222000"',
            f'CMG="{seal(bytes(4), self.project_id, 0x11)}"',
            f'DPB="{seal(bytes(1), self.project_id, 0x22)}"',
            f'GC="{seal(bytes([0xFF]), self.project_id, 0x33)}"',
            "",
            "[Host Extender Info]",
            "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
            "",
            "[Workspace]",
            *(f"{module.name}=0, 0, 0, 0, C" for module in self.modules),
            "",
        ]
        return "\r\n".join(lines).encode(ENCODING)

    def _name_map(self) -> bytes:
        names = (module.name for module in self.modules)
        pairs = (n.encode(ENCODING) + b"\0" + n.encode("utf-16-le") + b"\0\0" for n in names)
        return b"".join(pairs) + b"\0\0"

    @staticmethod
    def from_bytes(content: bytes) -> VbaProject:
        """Read ``vbaProject.bin``, whoever wrote it.

        References other than registered type libraries (controls, other projects)
        are left out.

        Raises:
            MalformedProjectError: It is no VBA project, or it is damaged.
        """
        tree = read_compound_file(content)
        vba, project = tree.get("VBA"), tree.get("PROJECT")
        if not isinstance(vba, dict) or not isinstance(project, bytes):
            raise MalformedProjectError("no VBA project: VBA or PROJECT is missing")
        try:
            return _read_project(vba, project)
        except (struct.error, LookupError, UnicodeError) as error:
            raise MalformedProjectError(f"damaged VBA project: {error}") from error


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HI", number, len(content)) + content


def _text_record(number: int, wide_number: int, text: str) -> bytes:
    return _record(number, text.encode(ENCODING)) + _record(wide_number, text.encode("utf-16-le"))


@dataclass(slots=True)
class _Reading:
    """What the ``dir`` stream has said so far."""

    encoding: str = ENCODING
    name: str = "VBAProject"
    reference: str = ""
    references: list[Reference] = field(default_factory=list)
    modules: list[dict[int, bytes]] = field(default_factory=list)


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 6 <= len(stream):
        number, size = struct.unpack_from("<HI", stream, at)
        if number == 0x09:  # the one record that is longer than it says
            size = 6
        if at + 6 + size > len(stream):
            raise MalformedProjectError("damaged VBA project: a record is cut off")
        yield number, stream[at + 6 : at + 6 + size]
        at += 6 + size


def _read_project(vba: Mapping[str, bytes | Tree], project: bytes) -> VbaProject:
    reading = _Reading()
    for number, content in _records(decompress(_stream(vba, "dir"))):
        if number == 0x03:
            (page,) = struct.unpack("<H", content)
            reading.encoding = {10000: "mac-roman", 65001: "utf-8"}.get(page, f"cp{page}")
        elif number == 0x04:
            reading.name = content.decode(reading.encoding)
        elif number == 0x16:
            reading.reference = content.decode(reading.encoding)
        elif number == 0x0D:
            (size,) = struct.unpack_from("<I", content)
            library = content[4 : 4 + size].decode(reading.encoding)
            reading.references.append(Reference(reading.reference, library))
        elif number == 0x19:
            reading.modules.append({})
        if reading.modules:
            reading.modules[-1][number] = content
    text = project.decode(reading.encoding)
    documents = set(re.findall(r"^Document=([^/\r\n]+)/", text, re.MULTILINE))
    project_id = re.search(r'^ID="(\{[0-9A-Fa-f-]{36}\})"', text, re.MULTILINE)
    modules: list[Module] = []
    size = 0
    for described in reading.modules:
        name = described[0x19].decode(reading.encoding)
        (offset,) = struct.unpack("<I", described[0x31])
        stream = _stream(vba, described[0x32].decode("utf-16-le"))
        source = decompress(stream[offset:]).decode(reading.encoding)
        size += len(source)
        if size > _MOST_SOURCE or name in {module.name for module in modules}:
            raise MalformedProjectError("damaged VBA project: its modules repeat")
        kind = ModuleKind.CLASS if 0x22 in described else ModuleKind.STANDARD
        kind = ModuleKind.DOCUMENT if name in documents else kind
        description = described.get(0x1C, b"").decode(reading.encoding)
        modules.append(Module(name, kind, source, description))
    return VbaProject(
        modules=tuple(modules),
        references=tuple(reading.references),
        name=reading.name,
        project_id=project_id[1] if project_id else PROJECT_ID,
    )


def _stream(storage: Mapping[str, bytes | Tree], name: str) -> bytes:
    stream = storage.get(name)
    if not isinstance(stream, bytes):
        raise MalformedProjectError(f"no VBA project: stream {name!r} is missing")
    return stream
