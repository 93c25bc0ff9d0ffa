"""What [MS-OVBA] wraps around VBA source: its compression and its three sealed values."""

from __future__ import annotations

import struct

from xl_relances.compound_file import MalformedProjectError

CHUNK = 4096
"""Bytes of source in one compressed chunk ([MS-OVBA] 2.4.1.1.4)."""
_SIGNATURE = 0x01
_COMPRESSED = 0xB000
_RAW = 0x3000
_CANDIDATES = 64
"""Earlier places tried for each copy: longer searches gain next to nothing."""
_LIMIT = 16 << 20
"""Bytes that one stream may unfold to; the largest project seen has 0.5 MB."""


def compress(source: bytes) -> bytes:
    """``source`` as a compressed container ([MS-OVBA] 2.4.1.3.6).

    Raises:
        ValueError: The last chunk would not shrink (no text does that): the format
            could only store it with zeros behind.
    """
    container = bytearray([_SIGNATURE])
    for start in range(0, len(source), CHUNK):
        chunk = source[start : start + CHUNK]
        body = _compressed_chunk(chunk)
        if len(body) < CHUNK:
            container += struct.pack("<H", _COMPRESSED | (len(body) - 1)) + body
        elif len(chunk) == CHUNK:
            container += struct.pack("<H", _RAW | (CHUNK - 1)) + chunk
        else:
            raise ValueError("source that does not compress")
    return bytes(container)


def _compressed_chunk(chunk: bytes) -> bytes:
    body = bytearray()
    places: dict[bytes, list[int]] = {}
    position = 0
    while position < len(chunk):
        flags_at, flags = len(body), 0
        body.append(0)
        for bit in range(8):
            if position >= len(chunk):
                break
            offset_bits, longest = _copy_token_shape(position)
            offset, length = _longest_match(chunk, position, longest, places)
            if length:
                flags |= 1 << bit
                body += struct.pack("<H", (offset - 1) << (16 - offset_bits) | (length - 3))
            else:
                length = 1
                body.append(chunk[position])
            for place in range(position, position + length):
                places.setdefault(chunk[place : place + 3], []).append(place)
            position += length
        body[flags_at] = flags
    return bytes(body)


def _copy_token_shape(position: int) -> tuple[int, int]:
    """Bits of a copy's offset and its greatest length, ``position`` bytes into a chunk."""
    bits = max(4, (position - 1).bit_length())
    return bits, (0xFFFF >> bits) + 3


def _longest_match(
    chunk: bytes, position: int, longest: int, places: dict[bytes, list[int]]
) -> tuple[int, int]:
    """Offset and length of the best earlier copy; 0, 0 when none has three bytes."""
    limit = min(longest, len(chunk) - position)
    best_offset = best_length = 0
    if limit < 3:
        return 0, 0
    for place in reversed(places.get(chunk[position : position + 3], [])[-_CANDIDATES:]):
        length = 3
        while length < limit and chunk[place + length] == chunk[position + length]:
            length += 1
        if length > best_length:
            best_offset, best_length = position - place, length
            if length == limit:
                break
    return best_offset, best_length


def decompress(container: bytes) -> bytes:
    """The source in a compressed container.

    Raises:
        MalformedProjectError: It is none, or it is damaged.
    """
    if container[:1] != bytes([_SIGNATURE]):
        raise MalformedProjectError("damaged VBA project: no compressed container")
    source = bytearray()
    at = 1
    while at < len(container):
        if len(source) > _LIMIT:
            raise MalformedProjectError("damaged VBA project: a module without end")
        if at + 2 > len(container):
            raise MalformedProjectError("damaged VBA project: a chunk is cut off")
        (header,) = struct.unpack_from("<H", container, at)
        body = container[at + 2 : at + 3 + (header & 0x0FFF)]
        at += 3 + (header & 0x0FFF)
        source += _decompressed_chunk(body) if header & 0x8000 else body
    return bytes(source)


def _decompressed_chunk(body: bytes) -> bytes:
    chunk = bytearray()
    at = 0
    while at < len(body):
        flags = body[at]
        at += 1
        for bit in range(8):
            if at >= len(body):
                break
            if not flags >> bit & 1:
                chunk.append(body[at])
                at += 1
                continue
            if at + 2 > len(body):
                raise MalformedProjectError("damaged VBA project: a copy is cut off")
            (token,) = struct.unpack_from("<H", body, at)
            at += 2
            bits, _ = _copy_token_shape(len(chunk))
            offset, length = (token >> (16 - bits)) + 1, (token & (0xFFFF >> bits)) + 3
            if offset > len(chunk) or len(chunk) + length > CHUNK:
                raise MalformedProjectError("damaged VBA project: a copy of nothing")
            pattern = chunk[-offset:]  # a copy may run into what it writes
            chunk += (pattern * (length // offset + 1))[:length]
    return bytes(chunk)


def seal(value: bytes, project_id: str, seed: int) -> str:
    """A value of the PROJECT stream (CMG, DPB, GC), sealed as [MS-OVBA] 2.4.3.2 asks.

    It hides nothing: the key is the sum of the letters of ``project_id``. Excel
    refuses a project whose three values do not open with it.
    """
    key = sum(project_id.encode("ascii")) & 0xFF
    sealed = bytearray([seed, seed ^ 2, seed ^ key])
    before, last_two = key, (seed ^ 2, seed ^ key)
    for byte in bytes((seed & 6) // 2) + struct.pack("<I", len(value)) + value:
        sealed.append(byte ^ ((last_two[0] + before) & 0xFF))
        before, last_two = byte, (last_two[1], sealed[-1])
    return sealed.hex().upper()


def unseal(sealed: str) -> bytes:
    """The value under :func:`seal`.

    Raises:
        MalformedProjectError: It is no sealed value.
    """
    try:
        content = bytes.fromhex(sealed)
        seed, version, key = content[0], content[1], content[0] ^ content[2]
    except (ValueError, IndexError) as error:
        raise MalformedProjectError("damaged VBA project: a sealed value is none") from error
    plain = bytearray()
    before, last_two = key, (version, content[2])
    for byte in content[3:]:
        before = byte ^ ((last_two[0] + before) & 0xFF)
        plain.append(before)
        last_two = last_two[1], byte
    value = bytes(plain[(seed & 6) // 2 :])
    if (
        version ^ seed != 2
        or len(value) < 4
        or len(value) != 4 + int.from_bytes(value[:4], "little")
    ):
        raise MalformedProjectError("damaged VBA project: a sealed value does not open")
    return value[4:]
