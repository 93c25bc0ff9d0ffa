"""What a sheet in one of Excel's binary forms says that no reader does: hidden rows.

``.xls``: records of two bytes of kind and two of length ([MS-XLS] 2.4.221, ``Row``).
``.xlsb``: records whose kind and length take as many bytes as they need ([MS-XLSB]
2.4.736, ``BrtRowHdr``). Both are looked at once, cell by cell nothing is kept.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from xl_relances.compound_file import MalformedProjectError, read_compound_file
from xl_relances.imports.sheet_scan import Scan

_BEGIN, _END, _SHEET, _ROW = 0x0809, 0x000A, 0x0085, 0x0208
_ROW_HEADER, _BUNDLE_SHEET = 0, 156


def hidden_in_xls(content: bytes) -> list[Scan] | None:
    """Hidden rows of each sheet, in the order of the tabs; None where they cannot be told."""
    try:
        tree = read_compound_file(content)
        stream = next(
            (found for name, found in tree.items() if name.lower() in {"workbook", "book"}), b""
        )
        if not isinstance(stream, bytes):
            return None
        return [_hidden_from(stream, start) for start in _sheets(stream)]
    except (MalformedProjectError, struct.error):
        return None


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Kind and place of each record of a substream, nested ones left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _BEGIN:
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, at + 4
        at += 4 + length


def _sheets(stream: bytes) -> list[int]:
    """Where the substream of each sheet begins."""
    return [
        struct.unpack_from("<I", stream, at)[0]
        for kind, at in _records(stream, 0)
        if kind == _SHEET
    ]


def _hidden_from(stream: bytes, start: int) -> Scan:
    scan = Scan()
    for kind, at in _records(stream, start):
        if kind == _ROW and struct.unpack_from("<H", stream, at + 12)[0] & 0x20:
            scan.hidden.add(struct.unpack_from("<H", stream, at)[0] + 1)
    return scan


def binary_records(part: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind, place and length of each record of a part of an ``.xlsb``."""
    at, size = 0, len(part)
    while at < size:
        kind = part[at]
        at += 1
        if kind & 0x80 and at < size:
            kind |= part[at] << 7
            at += 1
        length = shift = 0
        while at < size:
            byte = part[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        yield kind, at, length
        at += length


def scan_binary(part: bytes) -> Scan:
    """Hidden rows of a sheet of an ``.xlsb``, and how far it really reaches."""
    scan = Scan()
    row = 0
    for kind, at, length in binary_records(part):
        if kind == _ROW_HEADER and length >= 4:
            row = int.from_bytes(part[at : at + 4], "little")
            if length > 11 and part[at + 11] & 0x10:
                scan.hidden.add(row + 1)
        elif 2 <= kind <= 11 and length >= 4:
            scan.rows = max(scan.rows, row + 1)
            scan.columns = max(scan.columns, int.from_bytes(part[at : at + 4], "little") + 1)
    return scan


def binary_sheets(part: bytes) -> dict[str, str]:
    """Relation of each sheet by its title, from ``workbook.bin``."""
    found: dict[str, str] = {}
    for kind, at, length in binary_records(part):
        if kind == _BUNDLE_SHEET and length >= 16:
            relation, after = _wide(part, at + 8)
            found[_wide(part, after)[0]] = relation
    return found


def _wide(part: bytes, at: int) -> tuple[str, int]:
    """A counted UTF-16 text, and where it ends."""
    end = at + 4 + 2 * int.from_bytes(part[at : at + 4], "little")
    return part[at + 4 : end].decode("utf-16-le", "replace"), end
