"""Compound files: the small file system inside one file of VBA projects and of ``.xls`` workbooks.

Written and read as [MS-CFB] version 3 says: sectors of 512 bytes, streams shorter
than 4,096 bytes in the mini stream. A tree of streams is a ``dict`` whose values
are ``bytes`` (a stream) or another such ``dict`` (a storage).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TypeAlias

SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
SECTOR = 512
MINI_SECTOR = 64
MINI_CUTOFF = 4096
ENTRY = 128
"""Bytes of a directory entry."""

_FREE, _END_OF_CHAIN, _FAT_SECTOR, _NO_STREAM = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_HEADER_FATS = 109
"""FAT sectors that the header can name; more would need a DIFAT (past 6.8 MB)."""
_BLACK = 1
"""[MS-CFB] 2.6.4: a tree of black nodes only is a valid, if unbalanced, tree."""

Tree: TypeAlias = "dict[str, bytes | Tree]"


class MalformedProjectError(ValueError):
    """A compound file or a VBA project that cannot be what it claims to be."""


@dataclass(slots=True)
class _Entry:
    name: str
    kind: int
    content: bytes = b""
    left: int = _NO_STREAM
    right: int = _NO_STREAM
    child: int = _NO_STREAM
    start: int = 0
    size: int = 0

    def packed(self) -> bytes:
        name = self.name.encode("utf-16-le")
        return (
            name.ljust(64, b"\0")
            + struct.pack("<HBB", len(name) + 2, self.kind, _BLACK)
            + struct.pack("<III", self.left, self.right, self.child)
            + bytes(36)  # class id, state bits, times: none, so that builds repeat
            + struct.pack("<IQ", self.start, self.size)
        )


class _Sectors:
    """Sectors and their chains (FAT) of a file being written."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.content = bytearray()
        self.chain: list[int] = []

    def store(self, stream: bytes) -> int:
        """Append ``stream`` and return the number of its first sector."""
        if not stream:
            return _END_OF_CHAIN
        first, count = len(self.chain), -(-len(stream) // self.size)
        self.chain += [*range(first + 1, first + count), _END_OF_CHAIN]
        self.content += stream.ljust(count * self.size, b"\0")
        return first


def write_compound_file(tree: Tree) -> bytes:
    """The bytes of a compound file that holds ``tree``; equal trees give equal bytes.

    Raises:
        ValueError: A name is empty, longer than 31 characters or not allowed, or all
            streams together exceed what a file without DIFAT holds (6.8 MB).
    """
    entries = _directory(tree)
    sectors, mini = _Sectors(SECTOR), _Sectors(MINI_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.content)
            place = mini if entry.size < MINI_CUTOFF else sectors
            entry.start = place.store(entry.content)
    root = entries[0]
    root.start, root.size = sectors.store(bytes(mini.content)), len(mini.content)

    mini_fat = _padded(struct.pack(f"<{len(mini.chain)}I", *mini.chain), b"\xff")
    mini_fat_start = sectors.store(mini_fat)
    unused = _Entry("", 0).packed()[:64] + bytes(4) + b"\xff" * 12 + bytes(48)
    directory = b"".join(entry.packed() for entry in entries)
    directory += unused * (-len(entries) % (SECTOR // ENTRY))
    directory_start = sectors.store(directory)

    fats = 0
    while fats * (SECTOR // 4) < len(sectors.chain) + fats:
        fats += 1
    if fats > _HEADER_FATS:
        raise ValueError("VBA project larger than 6.8 MB")
    first_fat = len(sectors.chain)
    chain = [*sectors.chain, *[_FAT_SECTOR] * fats]
    fat = _padded(struct.pack(f"<{len(chain)}I", *chain), b"\xff")
    places = [first_fat + n if n < fats else _FREE for n in range(_HEADER_FATS)]
    header = (
        SIGNATURE
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)  # versions, byte order, sector shifts
        + bytes(6)
        + struct.pack("<IIII", 0, fats, directory_start, 0)
        + struct.pack("<IIIII", MINI_CUTOFF, mini_fat_start, len(mini_fat) // SECTOR,
                      _END_OF_CHAIN, 0)
        + struct.pack(f"<{_HEADER_FATS}I", *places)
    )  # fmt: skip
    return header + bytes(sectors.content) + fat


def _padded(content: bytes, filler: bytes) -> bytes:
    return content + filler * (-len(content) % SECTOR)


def _directory(tree: Tree) -> list[_Entry]:
    entries = [_Entry("Root Entry", _ROOT)]

    def add(parent: int, children: Tree) -> None:
        numbers = []
        for name, value in children.items():
            if not 0 < len(name.encode("utf-16-le")) <= 62 or set(name) & set("/\\:!\0"):
                raise ValueError(f"no name for a stream: {name!r}")
            numbers.append(len(entries))
            if isinstance(value, dict):
                entries.append(_Entry(name, _STORAGE))
                add(numbers[-1], value)
            else:
                entries.append(_Entry(name, _STREAM, value))
        if len({_key(entries[number]) for number in numbers}) < len(numbers):
            raise ValueError("two streams of one name")
        entries[parent].child = link(sorted(numbers, key=lambda number: _key(entries[number])))

    def link(numbers: list[int]) -> int:
        if not numbers:
            return _NO_STREAM
        middle = len(numbers) // 2
        entry = entries[numbers[middle]]
        entry.left, entry.right = link(numbers[:middle]), link(numbers[middle + 1 :])
        return numbers[middle]

    add(0, tree)
    return entries


def _key(entry: _Entry) -> tuple[int, str]:
    """Order of siblings: shorter names first, then upper-case letters ([MS-CFB] 2.6.4)."""
    return len(entry.name.encode("utf-16-le")), entry.name.upper()


def read_compound_file(content: bytes) -> Tree:
    """The tree of streams in a version 3 compound file.

    Raises:
        MalformedProjectError: It is none, or it is damaged.
    """
    try:
        return _Reader(content).tree()
    except (struct.error, IndexError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedProjectError(f"damaged compound file: {error}") from error


class _Reader:
    def __init__(self, content: bytes) -> None:
        if content[:8] != SIGNATURE:
            raise MalformedProjectError("no compound file: its signature is missing")
        version, _, shift, mini_shift = struct.unpack_from("<HHHH", content, 26)
        if (version, shift, mini_shift) != (3, 9, 6):
            raise MalformedProjectError(f"compound file of version {version}, not 3")
        self.content = content
        self.steps_left = 2 * len(content) // MINI_SECTOR
        """Sectors that all chains together may name: no file can keep the reader busy."""
        (directory_start,) = struct.unpack_from("<I", content, 48)
        self.cutoff, mini_fat_start, _, difat_start, difats = struct.unpack_from(
            "<IIIII", content, 56
        )
        self.fat = self._fat(difat_start, difats)
        directory = self._stream(directory_start)
        self.entries = [self._entry(directory, at) for at in range(0, len(directory), ENTRY)]
        root = self.entries[0]
        self.mini_fat = _integers(self._stream(mini_fat_start)) if root.size else ()
        self.mini = self._stream(root.start)[: root.size] if root.size else b""

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * SECTOR
        if start >= len(self.content):
            raise MalformedProjectError(f"damaged compound file: no sector {number}")
        return self.content[start : start + SECTOR]

    def _fat(self, difat_start: int, difats: int) -> tuple[int, ...]:
        places = list(struct.unpack_from(f"<{_HEADER_FATS}I", self.content, 76))
        seen: set[int] = set()
        for _ in range(min(difats, len(self.content) // SECTOR)):
            if difat_start >= _FAT_SECTOR or difat_start in seen:
                break
            seen.add(difat_start)
            *more, difat_start = _integers(self._sector(difat_start))
            places += more
        used = [place for place in places if place < _FAT_SECTOR]
        if len(used) != len(set(used)):
            raise MalformedProjectError("damaged compound file: a FAT sector named twice")
        return tuple(number for place in used for number in _integers(self._sector(place)))

    def _chain(self, fat: tuple[int, ...], start: int) -> list[int]:
        numbers: list[int] = []
        while start != _END_OF_CHAIN:
            self.steps_left -= 1
            if start >= len(fat) or self.steps_left < 0:
                raise MalformedProjectError("damaged compound file: a chain that leads nowhere")
            numbers.append(start)
            start = fat[start]
        return numbers

    def _stream(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in self._chain(self.fat, start))

    @staticmethod
    def _entry(directory: bytes, at: int) -> _Entry:
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le")
        left, right, child = struct.unpack_from("<III", directory, at + 68)
        start, size = struct.unpack_from("<II", directory, at + 116)
        return _Entry(name, kind, b"", left, right, child, start, size)

    def tree(self) -> Tree:
        return self._children(self.entries[0].child, set())

    def _children(self, first: int, seen: set[int]) -> Tree:
        found: Tree = {}
        waiting = [first]
        while waiting:
            number = waiting.pop()
            if number == _NO_STREAM:
                continue
            if number in seen:
                raise MalformedProjectError("damaged compound file: a directory in a circle")
            seen.add(number)
            entry = self.entries[number]
            waiting += [entry.left, entry.right]
            if entry.name in found:
                raise MalformedProjectError(f"damaged compound file: two of {entry.name!r}")
            if entry.kind == _STORAGE:
                found[entry.name] = self._children(entry.child, seen)
            elif entry.kind == _STREAM:
                found[entry.name] = self._content(entry)
        return found

    def _content(self, entry: _Entry) -> bytes:
        if not entry.size:
            return b""
        if entry.size >= self.cutoff:
            content = self._stream(entry.start)
        else:
            places = (n * MINI_SECTOR for n in self._chain(self.mini_fat, entry.start))
            content = b"".join(self.mini[place : place + MINI_SECTOR] for place in places)
        if len(content) < entry.size:
            raise MalformedProjectError(f"damaged compound file: {entry.name!r} is cut off")
        return content[: entry.size]


def _integers(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 4}I", content)
