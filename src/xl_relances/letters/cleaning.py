"""Text that Word and Windows can hold: what is taken out, and file names that are safe.

Ledgers come from many systems; a field may hold control characters, halves of
surrogate pairs or line breaks. XML 1.0 (section 2.2) refuses most of them, and
Word refuses the whole file with them. They are removed and named, never a
reason for a broken letter.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

# XML 1.0 allows tab, line feed, carriage return, then from U+0020 without
# surrogates, U+FFFE and U+FFFF. The other noncharacters and the C1 controls are
# allowed but mean nothing; embeddings and overrides of direction (U+202A-202E,
# U+2066-2069) left open would turn round whatever follows them in the paragraph.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\u202a-\u202e\u2066-\u2069"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_LINE_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_SUSPECT = re.compile(f"{_UNPRINTABLE.pattern}|{_LINE_BREAK.pattern}|\t")

_RESERVED = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"} | {
    f"{device}{digit}" for device in ("COM", "LPT") for digit in "123456789¹²³"
}
"""Device names that Windows keeps for itself, with any extension."""

_FORBIDDEN_IN_NAMES = re.compile(r'[<>:"/\\|?*\s]+')
LONGEST_NAME = 60
"""Characters of an account in a file name: the whole path must stay below Windows' 260."""


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    r"""``text`` without what Word cannot hold, and the code points removed.

    Line breaks are kept, as ``\n``; a tab becomes a space. Two halves of a
    surrogate pair that lie side by side become the character they stand for.

    Returns:
        The text, and each removed code point once, in order: ``("U+0000", "U+D800")``.
    """
    if not _SUSPECT.search(text):
        return text, ()
    if any("\ud800" <= char <= "\udfff" for char in text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    removed = dict.fromkeys(f"U+{ord(char):04X}" for char in _UNPRINTABLE.findall(text))
    text = _LINE_BREAK.sub("\n", _UNPRINTABLE.sub("", text)).replace("\t", " ")
    return text, tuple(removed)


def one_line(text: str) -> str:
    """``text`` with its line breaks turned into spaces."""
    return " ".join(part for part in map(str.strip, text.split("\n")) if part)


def lines(text: str) -> list[str]:
    """The lines of ``text`` that are not empty, without spaces around them."""
    return [part for part in map(str.strip, text.split("\n")) if part]


def safe_name(text: str, *, longest: int = LONGEST_NAME) -> str:
    """``text`` as one part of a path, on Windows, macOS and Linux.

    What had to be changed carries a short digest of the original, so that two
    accounts which clean to the same name keep two files.
    """
    name = unicodedata.normalize("NFC", clean(text)[0])
    name = _FORBIDDEN_IN_NAMES.sub("_", name).strip().rstrip(".")
    if name.lstrip(".") != name:
        name = "_" + name.lstrip(".")
    if name.split(".")[0].upper() in _RESERVED:
        name = "_" + name
    name = name[:longest].rstrip(". ") or "_"
    return name if name == text else f"{name}~{digest(text)}"


def digest(text: str) -> str:
    """Six hexadecimal digits that tell ``text`` from its likes."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]


def file_name(account: str, currency: str, level: int, *, among: Iterable[str] = ()) -> str:
    """``411DUPONT_EUR_L2.docx``: the file of one letter in its campaign's folder.

    Args:
        account: The customer's account, any text.
        currency: Its currency, any text.
        level: The letter's number.
        among: Accounts of the same campaign. Windows does not tell ``411a`` from
            ``411A``: where one of them differs by that only, a digest parts them.
    """
    name = safe_name(account)
    folded = name.casefold()
    if any(other != account and safe_name(other).casefold() == folded for other in among):
        name = f"{name}~{digest(account)}"
    return f"{name}_{safe_name(currency, longest=8) if currency else 'XXX'}_L{level}.docx"


def letter_path(
    folder: Path, batch: str, account: str, currency: str, level: int, *, among: Iterable[str] = ()
) -> Path:
    """``<folder>/<campagne>/<compte>_<devise>_L<n>.docx``, never outside ``folder``."""
    return folder / safe_name(batch) / file_name(account, currency, level, among=among)
