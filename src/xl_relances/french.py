"""Amounts, dates and lists as French readers write them, and back.

Thousands are parted by U+202F and a currency follows U+00A0 (``1 234,56 €``);
a negative amount carries U+2212, which no line break can separate from it.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache

THIN_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet",
    "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip

_SYMBOLS = {"EUR": "€", "USD": "$US", "GBP": "£", "CHF": "CHF"}
_PLACES = {"JPY": 0, "KRW": 0, "XAF": 0, "XOF": 0, "XPF": 0, "CLP": 0, "VND": 0, "ISK": 0} | {
    "TND": 3, "KWD": 3, "BHD": 3, "OMR": 3, "JOD": 3, "IQD": 3, "LYD": 3,
}  # fmt: skip

_REFUSALS = {
    errno.EACCES: "accès refusé", errno.EPERM: "accès refusé",
    errno.EROFS: "disque en lecture seule", errno.ENOSPC: "disque plein",
    errno.ENOENT: "introuvable", errno.EEXIST: "existe déjà", errno.EISDIR: "c'est un dossier",
    errno.ENOTDIR: "ce n'est pas un dossier", errno.EBUSY: "fichier occupé",
    errno.ENAMETOOLONG: "nom trop long", errno.EIO: "le disque ne répond plus",
    errno.EXDEV: "le lecteur ne sait pas renommer", errno.EMFILE: "trop de fichiers ouverts",
    errno.EFBIG: "fichier trop grand", errno.ENOTEMPTY: "dossier non vide",
    **dict.fromkeys(
        (errno.ETIMEDOUT, errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH,
         errno.ECONNRESET, errno.ENOTCONN),
        "le lecteur réseau ne répond plus",
    ),
    **{getattr(errno, name): text for name, text in
       (("EDQUOT", "quota du disque atteint"), ("ESTALE", "le lecteur réseau ne répond plus"))
       if hasattr(errno, name)},
}  # fmt: skip
"""Why the system refused; on Windows it says so in the user's language, elsewhere in English."""

_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]")
_MINUSES = str.maketrans({"\u2212": "-", "\u2013": "-"})


def decimal_places(currency: str) -> int:
    """Digits after the decimal mark in ``currency`` (ISO 4217): 0, 2 or 3."""
    return _PLACES.get(currency.upper(), 2)


@cache
def quantum(currency: str) -> Decimal:
    """The smallest amount of ``currency``: ``Decimal("0.01")`` for euros."""
    return Decimal(1).scaleb(-decimal_places(currency))


def amount(value: Decimal, currency: str | None = None) -> str:
    """``1 234,56``, or ``1 234,56 €`` when a currency is named.

    Without a currency two places are shown, more where the value has more.
    """
    if currency is None:
        exponent = value.as_tuple().exponent
        places = max(2, -exponent) if isinstance(exponent, int) else 2
    else:
        places = decimal_places(currency)
    digits = f"{abs(value):,.{places}f}".replace(",", THIN_SPACE).replace(".", ",")
    sign = MINUS if round(value, places) < 0 else ""
    if currency is None:
        return sign + digits
    return f"{sign}{digits}{NO_BREAK_SPACE}{_SYMBOLS.get(currency.upper(), currency)}"


def amounts(values: Iterable[tuple[str, Decimal]]) -> str:
    """``1 234,56 € + 10,00 $US``: amounts with their currency summed up by it, by code."""
    sums: dict[str, Decimal] = {}
    for currency, value in values:
        sums[currency] = sums.get(currency, Decimal(0)) + value
    return " + ".join(amount(value, currency) for currency, value in sorted(sums.items()))


def parse_amount(text: str) -> Decimal | None:
    """The amount that a French reader sees in ``text``, or None where there is none.

    Spaces of any kind part thousands; the decimal mark is a comma or a point;
    the minus stands before, behind, or is a pair of parentheses.
    """
    cleaned = _SPACES.sub("", text).translate(_MINUSES).removesuffix("€")
    negative = False
    if cleaned.startswith("(") and cleaned.endswith(")"):
        negative, cleaned = True, cleaned[1:-1]
    if cleaned.endswith("-"):
        negative, cleaned = True, cleaned[:-1]
    if not re.fullmatch(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)", cleaned):
        return None
    try:
        value = Decimal(cleaned.replace(",", "."))
    except InvalidOperation:
        return None
    return -value if negative else value


def short_date(value: date) -> str:
    """``03/02/2025``."""
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def long_date(value: date) -> str:
    """``3 février 2025``, ``1er mars 2026``, with no break between day and month."""
    day = "1er" if value.day == 1 else str(value.day)
    return f"{day}{NO_BREAK_SPACE}{MONTHS[value.month - 1]} {value.year}"


def parse_date(text: str) -> date | None:
    """The day in ``text``, JJ/MM/AAAA or ISO, or None where there is none."""
    text = text.strip()
    for pattern in ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None


def count(number: int, singular: str, plural: str | None = None) -> str:
    """``1 client``, ``42 clients``; zero is singular in French."""
    digits = f"{number:,}".replace(",", THIN_SPACE)
    return f"{digits} {singular if number < 2 else plural or singular + 's'}"


_LANGUAGES = {"fr": ("fr", "fra", "fre", "fran", "french"),
              "en": ("en", "eng", "engl", "gb", "uk", "us", "angl")}  # fmt: skip
_WHOLE = 3
"""Letters of a code; a longer beginning is that of the language's name."""


def language(text: str) -> str:
    """``en`` for « Anglais », « EN-GB » or « eng »; another language as it is written, small."""
    written = text.strip().casefold()
    first = re.split(r"[-_ (/,]", written, maxsplit=1)[0]
    for code, beginnings in _LANGUAGES.items():
        if any(
            first == each or (len(each) > _WHOLE and first.startswith(each)) for each in beginnings
        ):
            return code
    return written


def listing(words: Iterable[str], most: int = 4) -> str:
    """``A, B et C``; past ``most``, ``A, B, C, D et 3 autres``."""
    items = list(words)
    if len(items) > most:
        rest = len(items) - most
        return f"{', '.join(items[:most])} et {rest} autre{'s' if rest > 1 else ''}"
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} et {items[-1]}"


def refusal(error: OSError) -> str:
    """Why the system refused a file, a clause to stand in a sentence."""
    known = _REFUSALS.get(error.errno or 0)
    return known or (error.strerror or str(error)).rstrip(".")
