"""The encoding of a text file, by evidence: what makes French of its accented letters.

UTF-8 and UTF-16 prove themselves. Among the single-byte encodings (ISO-8859-15,
CP1252, CP850, Mac Roman) the one wins under which the words that carry an accent
look like French: the right letters, in the right case, quotes between letters,
no-break spaces between digits.

Source: product specification, section 6.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

BLOCK = 1 << 20

SINGLE_BYTE = {
    "ISO-8859-15": "iso8859-15",
    "CP1252": "cp1252",
    "CP850": "cp850",
    "Mac Roman": "mac-roman",
}
CODECS = {
    "ASCII": "ascii",
    "UTF-8": "utf-8",
    "UTF-16": "utf-16",
    "UTF-16 LE": "utf-16-le",
    "UTF-16 BE": "utf-16-be",
    **SINGLE_BYTE,
}
"""Names as the report says them, and as Python knows them."""

_MOST_WORDS = 4000
_SEARCHED = 4 * BLOCK
_ASCII = bytes(range(128))
_WORD = re.compile(rb"[^\s;|,\t\"\0]{0,24}[\x80-\xff][^\s;|,\t\"\0]{0,24}")
_QUOTED = re.compile(rb'(?:^|[\r\n\t|;,])[ ]*"')
_ACCENTED = dict.fromkeys("éèàçêùôîâûëï", 3.0) | dict.fromkeys("äöüÿœæñ", 1.0)
"""French letters beyond ASCII, and how much each says for an encoding."""
_CAPITALS = frozenset("ÉÈÀÇÊÔÎÂÛËÏÙŒÆÖÜ")
_SPACES = frozenset("\u00a0\u202f")
_MARKS = frozenset("«»“”–—…°§µ·ºª²³")


@dataclass(slots=True)
class Survey:
    """What the bytes of a whole file show.

    Attributes:
        size: Bytes.
        head: The first 4,096 of them.
        tail: The last 8.
        has_nul: Whether a NUL byte occurs.
        ascii: Whether all are ASCII.
        utf8: Whether all are valid UTF-8.
        cut: Whether it is UTF-8 but for a last letter cut in two.
        quoted: Whether a quote mark may open a field somewhere.
        words: Distinct words that hold a byte beyond ASCII, the first few thousand.
    """

    size: int = 0
    head: bytes = b""
    tail: bytes = b""
    has_nul: bool = False
    ascii: bool = True
    utf8: bool = True
    cut: bool = False
    quoted: bool = False
    words: set[bytes] = field(default_factory=set)


def survey(path: Path) -> Survey:
    """Read the file once, block by block."""
    found = Survey()
    known = bytearray(_ASCII)
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            if not found.size:
                found.head = block[:4096]
            found.size += len(block)
            found.tail = (found.tail + block[-8:])[-8:]
            found.has_nul = found.has_nul or b"\0" in block
            if not found.quoted and b'"' in block:
                found.quoted = block.startswith(b'"') or _QUOTED.search(block) is not None
            if block.isascii() and not decoder.getstate()[0]:
                continue
            found.ascii = False
            if found.utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    found.utf8 = False
            _collect(block, found, known)
    if found.utf8 and decoder.getstate()[0]:
        found.utf8, found.cut = False, True
    return found


def _collect(block: bytes, found: Survey, known: bytearray) -> None:
    """Words of a block: the first ones of the file, then those with a byte not known yet."""
    fresh = set(block.translate(None, known))
    if found.size <= _SEARCHED:
        found.words.update(match.group() for match in islice(_WORD.finditer(block), _MOST_WORDS))
    for byte in fresh:
        at = block.index(byte)
        found.words.update(_WORD.findall(block, max(0, at - 24), at + 24))
    known += bytes(fresh)


def detect(found: Survey) -> str | None:
    """The encoding's name; None when it stays open."""
    head = found.head
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    if found.has_nul:
        pairs = max(len(head) // 2, 1)
        if head[1::2].count(0) > pairs * 0.4 and head[::2].count(0) < pairs * 0.1:
            return "UTF-16 LE"
        if head[::2].count(0) > pairs * 0.4 and head[1::2].count(0) < pairs * 0.1:
            return "UTF-16 BE"
    if head.startswith(codecs.BOM_UTF8):
        return "UTF-8"
    if found.ascii:
        return "ASCII"
    if found.utf8 or found.cut:
        return "UTF-8"
    return _single_byte(found.words)


def _single_byte(words: Iterable[bytes]) -> str | None:
    known = list(words)
    scores = {name: french_score(known, codec) for name, codec in SINGLE_BYTE.items()}
    best = max(scores.values())
    winners = [name for name, score in scores.items() if score == best]
    if best <= 0:
        return None
    first = [_decoded(known, SINGLE_BYTE[name]) for name in winners]
    if any(texts != first[0] for texts in first):
        return None
    return winners[0]


def _decoded(words: Iterable[bytes], codec: str) -> list[str]:
    return [word.decode(codec, "replace") for word in words]


def french_score(words: Iterable[bytes], codec: str) -> float:
    """How much like French the words are when ``codec`` reads them; above 0 is likely."""
    total = 0.0
    for word in words:
        try:
            text = word.decode(codec)
        except UnicodeDecodeError:
            total -= 20
            continue
        padded = f"  {text} "
        for index, letter in enumerate(text, start=2):
            if letter >= "\x80":
                total += _fit(padded[index - 2 : index], letter, padded[index + 1])
    return total


def _fit(two_before: str, letter: str, after: str) -> float:
    """How well a character beyond ASCII stands between its neighbours in French."""
    before = two_before[1]
    near_digit = before.isdigit() or after.isdigit()
    if letter in _ACCENTED:
        if near_digit:
            return -3
        if after.isupper() or (before.isupper() and two_before[0].isalpha()):
            return -3
        return _ACCENTED[letter] if _is_spelt(before.lower(), letter, after) else -2
    if letter in _CAPITALS:
        if before.islower() or near_digit or (before.isalpha() and after.islower()):
            return -4
        if not before.isalpha() and not after.isalpha():
            return 2 if letter == "À" else -1
        return 2 if _is_spelt(before.lower(), letter.lower(), after.lower()) else -1
    if letter in _SPACES:
        return 2 if near_digit or before in " «" or after in " »€:;!?" else -0.5
    if letter == "’":
        return 2 if before.isalpha() and after.isalpha() else -0.5
    if letter == "€":
        return 2 if before in "0123456789 \u00a0\u202f" or after.isdigit() else -1
    if letter == "°":
        return 2 if before in "nNrR0123456789" else -1
    if letter in _MARKS:
        near = before.isalnum() or after.isalnum()
        return -2 if near and letter not in "«»“”…²³" else 0.5
    if "\x80" <= letter < "\xa0":
        return -6
    return -3


def _is_spelt(before: str, letter: str, after: str) -> bool:
    """Whether French spells a lower-case accented letter between these two."""
    ends = not after.isalpha()
    if letter == "à":
        return ends
    if letter == "ù":
        return before == "o" and ends
    if letter == "ç":
        return after in "aouàéèô" or ends
    if letter in "ëïü":
        return before in "aeiouyg"
    if letter in "âîôû":
        return before not in "aeo" and not (ends and letter in "âî")
    if letter == "ê":
        return not ends
    return True
