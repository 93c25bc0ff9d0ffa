"""The parts of a workbook file: a zip whose untouched parts are copied as they are.

The whole file is read into memory, so nothing stays open. Part names are keys,
never paths on disk. A changed part is compressed anew; every other part's
compressed bytes are copied, so it stays byte for byte.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from xl_relances.headless.errors import NotAWorkbookError, UnwritableError, WorkbookBusyError
from xl_relances.headless.markup import DoctypeError, check_well_formed

LARGEST_PART = 2 << 30
"""Bytes of one part; Excel's own sheets stay far below."""
LARGEST_RATIO = 400
"""Uncompressed to compressed, above ``RATIO_FROM`` bytes; sheets reach about 100."""
RATIO_FROM = 64 << 20
CHECKED = 16 << 20
"""Bytes up to which XML is parsed once when it is read; a writer that damages large parts
damages small ones too, and a whole ledger would take a second."""
_FAST_FROM = 1 << 20
_PIECE = 1 << 16

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_UTF8_NAME = 0x800


def is_shared(error: OSError) -> bool:
    """Whether Windows refused because another program has the file open."""
    return getattr(error, "winerror", None) in {32, 33}


@dataclass(slots=True)
class _Stored:
    """A part as it lies in the zip."""

    method: int
    crc: int
    size: int
    raw: bytes | memoryview
    date_time: tuple[int, int, int, int, int, int]
    attributes: int


class _Packer:
    """Packs a part piece by piece.

    Attributes:
        crc: Checksum of what was packed.
        size: Bytes before packing.
    """

    def __init__(self, level: int) -> None:
        self.crc = self.size = 0
        self._packer = zlib.compressobj(level, zlib.DEFLATED, -15)
        self._raw = bytearray()

    def _add(self, piece: bytes) -> None:
        self.crc = zlib.crc32(piece, self.crc)
        self.size += len(piece)
        self._raw += self._packer.compress(piece)

    def take(self, pieces: Iterable[bytes], other: Executor | None) -> Iterator[bytes]:
        """The same pieces, each handed on while the other thread, if any, packs it."""
        for piece in pieces:
            if other is None:
                self._add(piece)
                yield piece
            else:
                packed = other.submit(self._add, piece)
                yield piece
                packed.result()

    def packed(self) -> bytes:
        """All of it."""
        return bytes(self._raw + self._packer.flush())


class Package:
    """Parts by name, in the order of the file."""

    def __init__(self, path: str, content: bytes) -> None:
        """Read the zip's directory; ``NotAWorkbookError`` when it is none or a bomb."""
        self.path = path
        self.changed: set[str] = set()
        self._parts: dict[str, _Stored] = {}
        self._read: dict[str, bytes] = {}
        self._whole: set[str] = set()
        self._sound: set[str] = set()
        if content.startswith(_OLE):
            encrypted = "EncryptedPackage".encode("utf-16-le") in content
            raise NotAWorkbookError(path, "encrypted" if encrypted else "xls")
        if not content.startswith(b"PK"):
            raise NotAWorkbookError(path, "not-a-zip")
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                for info in archive.infolist():
                    self._add(info, content)
        except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError) as error:
            raise NotAWorkbookError(path, "damaged", str(error)) from error

    @classmethod
    def open(cls, path: str) -> Package:
        """The package of a file; ``NotAWorkbookError`` when there is none."""
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            if is_shared(error):
                raise WorkbookBusyError(path, "excel") from error
            raise NotAWorkbookError(path, "missing", str(error)) from error
        return cls(path, content)

    def _add(self, info: zipfile.ZipInfo, content: bytes) -> None:
        if info.is_dir():
            return
        if info.flag_bits & 1:
            raise NotAWorkbookError(self.path, "encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotAWorkbookError(self.path, "damaged", f"compression of {info.filename}")
        ratio = info.file_size / max(info.compress_size, 1)
        if info.file_size > LARGEST_PART or (info.file_size > RATIO_FROM and ratio > LARGEST_RATIO):
            raise NotAWorkbookError(self.path, "too-large", info.filename)
        header = _LOCAL.unpack_from(content, info.header_offset)
        start = info.header_offset + _LOCAL.size + header[9] + header[10]
        self._parts[info.filename.lstrip("/")] = _Stored(
            info.compress_type, info.CRC, info.file_size,
            memoryview(content)[start : start + info.compress_size],
            info.date_time, info.external_attr,
        )  # fmt: skip

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._parts))

    def find(self, name: str) -> str | None:
        """The part of that name, whatever its case; None when there is none."""
        if name in self._parts:
            return name
        wanted = name.casefold()
        return next((part for part in self._parts if part.casefold() == wanted), None)

    def read(self, name: str) -> bytes:
        """The content of a part; ``NotAWorkbookError`` when it does not match its checksum."""
        known = self._read.get(name)
        if known is not None:
            return known
        part = self._parts[name]
        if part.method == zipfile.ZIP_STORED:
            content = bytes(part.raw)
        else:
            try:
                content = zlib.decompressobj(-15).decompress(part.raw, part.size + 1)
            except zlib.error as error:
                raise NotAWorkbookError(self.path, "damaged", name) from error
        if len(content) != part.size or zlib.crc32(content) != part.crc:
            raise NotAWorkbookError(self.path, "damaged", name)
        self._whole.add(name)
        return content

    def check_whole(self) -> None:
        """``NotAWorkbookError`` when a part that nobody read does not match its checksum."""
        for name in self._parts:
            if name not in self._whole and name not in self.changed:
                self.check(name)

    def xml(self, name: str) -> bytes:
        """The content of an XML part; ``NotAWorkbookError`` when it is not well-formed."""
        content = self.read(name)
        if name not in self._sound and name not in self.changed and len(content) <= CHECKED:
            try:
                check_well_formed([content])
            except DoctypeError as error:
                raise NotAWorkbookError(self.path, "dtd", name) from error
            except (expat.ExpatError, ValueError, LookupError) as error:
                raise NotAWorkbookError(self.path, "damaged", f"{name}: {error}") from error
            self._sound.add(name)
        return content

    def check(self, name: str) -> None:
        """Unpack a part piece by piece; ``NotAWorkbookError`` where it is not what was packed."""
        part = self._parts[name]
        unpacker = zlib.decompressobj(-15)
        crc = size = 0
        try:
            for start in range(0, len(part.raw), _PIECE):
                piece = part.raw[start : start + _PIECE]
                content = piece if part.method == zipfile.ZIP_STORED else unpacker.decompress(piece)
                crc, size = zlib.crc32(content, crc), size + len(content)
        except zlib.error as error:
            raise NotAWorkbookError(self.path, "damaged", name) from error
        if (crc, size) != (part.crc, part.size):
            raise NotAWorkbookError(self.path, "damaged", name)
        self._whole.add(name)

    def same_parts(self, other: Package) -> bool:
        """Whether both hold the same parts in the same order, by their checksums."""
        return [(name, part.crc, part.size) for name, part in self._parts.items()] == [
            (name, part.crc, part.size) for name, part in other._parts.items()
        ]

    def write(self, name: str, content: bytes | Iterable[bytes]) -> None:
        """Replace a part, or add it at the end.

        XML is parsed once more before it counts as written, each piece while another thread
        packs it where the part is large. ``UnwritableError`` where it is not sound.

        Args:
            name: Of the part.
            content: The whole, or its pieces: those of a large sheet are never held together.
        """
        pieces = iter([content] if isinstance(content, bytes) else content)
        first = b""
        while len(first) < _FAST_FROM and (piece := next(pieces, None)) is not None:
            first += piece
        fast = len(first) >= _FAST_FROM
        packer = _Packer(1 if fast else 6)
        try:
            with ThreadPoolExecutor(1) if fast else nullcontext() as other:
                handed = packer.take(chain((first,), pieces), other)
                if name.endswith((".xml", ".rels", ".vml")):
                    check_well_formed(handed)
                for _ in handed:
                    pass
        except (expat.ExpatError, DoctypeError) as error:
            raise UnwritableError(self.path, "not-verified", f"{name}: {error}") from error
        before = self._parts.get(name)
        self._parts[name] = _Stored(
            zipfile.ZIP_DEFLATED, packer.crc, packer.size, packer.packed(),
            before.date_time if before else (1980, 1, 1, 0, 0, 0),
            before.attributes if before else 0,
        )  # fmt: skip
        self._read.pop(name, None)
        if not fast:
            self._read[name] = first
        self.changed.add(name)

    def remove(self, name: str) -> None:
        """Drop a part."""
        del self._parts[name]
        self._read.pop(name, None)
        self.changed.discard(name)

    def write_to(self, stream: BinaryIO) -> None:
        """Write the zip."""
        directory = bytearray()
        offset = 0
        for name, part in self._parts.items():
            year, month, day, hour, minute, second = part.date_time
            day_field = (max(year, 1980) - 1980) << 9 | month << 5 | day
            time_field = hour << 11 | minute << 5 | second // 2
            raw_name = name.encode("utf-8")
            flags = 0 if raw_name.isascii() else _UTF8_NAME
            common = (
                20, flags, part.method, time_field, day_field,
                part.crc, len(part.raw), part.size, len(raw_name), 0,
            )  # fmt: skip
            stream.write(_LOCAL.pack(b"PK\x03\x04", *common))
            stream.write(raw_name)
            stream.write(part.raw)
            directory += _CENTRAL.pack(b"PK\x01\x02", 20, *common, 0, 0, 0, part.attributes, offset)
            directory += raw_name
            offset += _LOCAL.size + len(raw_name) + len(part.raw)
        count = len(self._parts)
        stream.write(directory)
        stream.write(_END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), offset, 0))
