"""The recipient's block, as the French postal norm and window envelopes want it.

At most 6 lines of 38 characters, 7 abroad with the country last; the last three
in capitals without accents; no punctuation from line 4 (source: postal norm,
product letters.md). A rule that the data do not fit is a warning, never a cut.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from xl_relances.letters.cleaning import lines

LONGEST_LINE = 38
MOST_LINES = 6
MOST_LINES_ABROAD = 7

_HOME = {"", "FRANCE", "FR", "FRA", "FRANCE METROPOLITAINE"}
_PUNCTUATION = re.compile(r"[.,;:!?\"«»“”()\[\]]+")
_JOINTS = re.compile(r"['’‐‑–—-]+")
_LIGATURES = str.maketrans({"Œ": "OE", "Æ": "AE", "ß": "SS"})


@dataclass(frozen=True, slots=True)
class PostalBlock:
    """Lines to print, none of them empty, and what does not fit the norm (French clauses)."""

    lines: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def capitals(text: str) -> str:
    """``text`` in capitals without accents: ``Évry`` is ``EVRY``."""
    decomposed = unicodedata.normalize("NFD", text.upper().translate(_LIGATURES))
    plain = "".join(char for char in decomposed if not "\u0300" <= char <= "\u036f")
    return unicodedata.normalize("NFC", plain)


def is_abroad(country: str) -> bool:
    """Whether ``country`` is named and is not France."""
    return capitals(country.strip()) not in _HOME


def postal_block(
    name: str,
    address: Sequence[str],
    *,
    postal_code: str,
    city: str,
    country: str = "",
    contact: str = "",
) -> PostalBlock:
    """The recipient's block.

    The name and the contact stand as they are written; capitals and punctuation
    concern the lines the post reads. Line breaks inside a field part lines.

    Args:
        name: The customer's name, line 1.
        address: Street and what goes before it, most precise first, as typed.
        postal_code: Text; leading zeros count.
        city: The town.
        country: Empty or France prints no country.
        contact: A person, printed below the name.
    """
    abroad = is_abroad(country)
    head = [" ".join(lines(name))] + ([" ".join(lines(contact))] if contact.strip() else [])
    head = [line for line in head if line]
    street = [line for field in address for line in lines(field)]
    town = [" ".join(f"{postal_code} {city}".split())] if (postal_code + city).strip() else []
    tail = street + town + ([" ".join(country.split())] if abroad else [])
    warnings: list[str] = []
    if not street or not city.strip():
        missing = "la rue" if not street else "la ville"
        warnings.append(f"adresse incomplète : {missing} manque")

    most = MOST_LINES_ABROAD if abroad else MOST_LINES
    if len(head) + len(tail) > most:
        warnings.append(f"adresse de {len(head) + len(tail)} lignes, {most} au plus : regroupée")
        tail = _grouped(tail, max(most - len(head), 1), kept=len(tail) - len(street))
    first_capital = max(len(head), len(head) + len(tail) - 3)
    block = head + [
        _posted(line, place, capital=place - 1 >= first_capital, abroad=abroad)
        for place, line in enumerate(tail, start=len(head) + 1)
    ]
    warnings += [
        f"« {line} » a {len(line)} caractères, {LONGEST_LINE} au plus sur une ligne d'adresse"
        for line in block
        if len(line) > LONGEST_LINE
    ]
    return PostalBlock(tuple(line for line in block if line), tuple(warnings))


def _posted(line: str, place: int, *, capital: bool, abroad: bool) -> str:
    """``line`` at ``place`` (from 1) as the post reads it; abroad hyphens and apostrophes stay."""
    bare = line.replace(",", " ") if capital else line
    if place >= 4:
        bare = _PUNCTUATION.sub(" ", bare)
        if not abroad:
            bare = _JOINTS.sub(" ", bare)
    bare = " ".join(bare.split()) or line
    return capitals(bare) if capital else bare


def _grouped(tail: list[str], most: int, *, kept: int) -> list[str]:
    """``tail`` in ``most`` lines: shortest neighbours joined; its last ``kept`` stand alone."""
    tail = list(tail)
    while len(tail) > most and len(tail) - kept >= 2:
        joined = min(range(len(tail) - kept - 1), key=lambda at: len(tail[at]) + len(tail[at + 1]))
        tail[joined : joined + 2] = [f"{tail[joined]} {tail[joined + 1]}"]
    return tail
