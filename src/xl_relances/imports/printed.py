"""What a printed ledger says between its entries: headings of accounts, heads of pages, rules.

A heading says whose the rows below are. It begins like a customer's account, is called
« Client », or is named by a total: « Total compte DUPONT ». Anything else (an address, a
telephone number) is none, for the rows below would be of nobody.

Source: product specification, section 6.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from xl_relances.imports.dates import Cell
from xl_relances.imports.lines import clean

RULES = " \t-=_+|*"
"""What lines between printed rows are made of."""

PAGE = re.compile(r"(?:page|folio)\s*(?:n°)?\s*:?\s*\d+(?:\s*(?:/|sur|de)\s*\d+)?", re.IGNORECASE)
HEAD = re.compile(r"(?!.*\d[.,]\d).*[^\W\d].*")
"""A line of a page's head that no separator parts: words, and no amount."""

NAME = re.compile(r"(?i:nom|raison sociale|name)\s*:?\s+(.+)")

_HEADING = re.compile(
    r"(?:n° ?)?(?:compte|tiers|client)?\s*:?\s*(?P<account>[0-9A-Z][0-9A-Z.]*)[\s:–-]*(?P<name>.*)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?i:(?:n° ?)?(?:compte )?(?:client|tiers|auxiliaire|débiteur|customer))\s*:?\s+"
    r"(?P<account>[0-9A-Z][0-9A-Z._/-]*)(?:[\s:–-]+(?P<name>.*))?"
)
_OTHER = re.compile(
    r"(?i:compte\s*:?\s*)?(?![0-3]\d(?:0[1-9]|1[0-2])\d\d(?:\d\d)?\b)"
    r"(?P<account>[1-7]\d{5,7}|4[0-7]\d[A-Z][0-9A-Z]+)(?:[\s:–-]+(?P<name>.*))?"
)
"""An account that is no customer's: no day, street number or postal code."""

_CODED = re.compile(r"([0-9A-Z][0-9A-Z._/]*)\s+[-–:]\s+(.+)")
_TOTAL = re.compile(
    r"(?i:(?:sous[\s-]*)?total(?:\s+(?:de|du|des|pour|for|compte|tiers|client|auxiliaire))*\s*:?)\s+"
    r"(?P<name>.+)"
)

Headings = Mapping[str, tuple[str, str]]
"""Account and name that each heading says, by its text."""


def heading(text: str, roots: Sequence[str], *, labelled: bool = False) -> tuple[str, str] | None:
    """Account and name of a customer that a heading says; None for any other text.

    Args:
        text: What may be one.
        roots: Beginnings of customers' accounts.
        labelled: Whether « Client 100234 » is one too, whatever the account begins with.
    """
    match = _HEADING.fullmatch(text.strip())
    if match is not None and match["account"].startswith(tuple(roots)):
        return match["account"], match["name"].strip()
    return _said(_LABELLED.fullmatch(text.strip())) if labelled else None


def heading_of(
    cells: Sequence[Cell], roots: Sequence[str], headings: Headings, *, labelled: bool
) -> tuple[str, str] | None:
    """Account and name that a row says from its heading's cell on, a customer's or another's.

    Args:
        cells: The name may stand in a cell of its own.
        roots: Beginnings of customers' accounts.
        headings: The only ones, where totals name them.
        labelled: As :func:`heading` has it.
    """
    text = clean(cells[0])
    if headings:
        said = headings.get(text)
    else:
        said = heading(text, roots, labelled=labelled) or _said(_OTHER.fullmatch(text))
    if said and not said[1]:
        return said[0], next(filter(None, map(clean, cells[1:])), "")
    return said


def _said(match: re.Match[str] | None) -> tuple[str, str] | None:
    return (match["account"], (match["name"] or "").strip()) if match else None


def _is_code(word: str) -> bool:
    return any(map(str.isdigit, word))


def named_by_totals(columns: Sequence[Collection[str]]) -> tuple[int, Headings] | None:
    """The column of headings that totals prove, and what they say; None where none is proved.

    The customer's code, or name, need not begin like an account. The first word of a total
    is a code when figures are in it; else it may be that of a name, which a total may cut short.

    Args:
        columns: The texts of each column.
    """
    named = [m["name"] for texts in columns for text in texts if (m := _TOTAL.fullmatch(text))]
    words = {*named, *(first for name in named if _is_code(first := name.partition(" ")[0]))}
    for index, texts in enumerate(columns):
        headings: dict[str, tuple[str, str]] = {}
        for text in texts:
            first, _, rest = text.partition(" ")
            if text in words and (parted := _CODED.fullmatch(text)):
                headings[text] = parted[1], parted[2]
            elif text in words:
                headings[text] = text, "" if text == text.upper() else text
            elif first in words and rest:
                headings[text] = first, rest.strip(" -–:")
        if len({code for code, _ in headings.values()}) < len(set(headings.values())):
            continue  # one code of two names: the first words of names, then
        said = {word for text, (code, _) in headings.items() for word in (text, code)}
        proved = sum(name in said or name.partition(" ")[0] in said for name in named)
        if headings and 2 * proved >= len(named):
            return index, headings
    return None
