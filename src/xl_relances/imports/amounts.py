"""Amounts, their decimal mark decided for the whole file.

Decimal comma or point; thousands parted by spaces of any kind, point, comma or
apostrophe; minus before or behind, U+2212, en dash, parentheses, ``D`` or ``C``.
``1,234`` alone says nothing: other amounts of the file decide, else it is asked.

Source: product specification, section 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from xl_relances.imports.dates import Cell, OpenError
from xl_relances.imports.fec import currency

ZERO = Decimal(0)
PLAIN = re.compile(r"-?\d{1,15}(?:[.,]\d{1,2})?")
_TOO_MUCH = Decimal(10) ** 15
"""What Grand livre takes for no amount either."""
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f'’_]")
_MINUSES = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-"})
_SYMBOLS = re.compile(r"€|EUR(?:OS?)?|\$|£|USD|GBP|CHF", re.IGNORECASE)
_SIDES = {"D": 1, "DB": 1, "C": -1, "CR": -1}
_SIDED = re.compile(r"(?:(DB?|CR?)(?=[\d(+.,-]))?([-+(]?[\d.,]+[-+)]?)(DB?|CR?)?", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")


class AmountError(ValueError):
    """A cell that is no amount; ``str`` is French."""


def bare(text: str) -> tuple[str, bool] | None:
    """Figures and marks of an amount, and whether it is negative; None where there is none."""
    cleaned = _SYMBOLS.sub("", _SPACES.sub("", text)).translate(_MINUSES)
    if cleaned in {"", "-"}:
        return "0", False
    match = _SIDED.fullmatch(cleaned)
    if match is None or (match[1] and match[3]):
        return None
    negative = _SIDES.get((match[1] or match[3] or "D").upper(), 1) < 0
    figures = match[2]
    if figures.startswith("("):
        if not figures.endswith(")"):
            return None
        figures, negative = figures[1:-1], not negative
    elif figures.endswith(")"):
        return None
    if figures[:1] in "+-" and figures[-1:] in "+-":
        return None
    if "-" in figures:
        negative = not negative
    figures = figures.strip("+-")
    if not figures.strip(".,"):
        return None
    return figures, negative


def evidence(figures: str) -> str:
    """The decimal mark that these figures prove; "?" for ``1,234``, "" where none is needed."""
    if PLAIN.fullmatch(figures):
        return "," if "," in figures else "." if "." in figures else ""
    commas, points = figures.count(","), figures.count(".")
    if not commas and not points:
        return ""
    if commas and points:
        return "," if figures.rfind(",") > figures.rfind(".") else "."
    mark = "," if commas else "."
    other = "." if commas else ","
    if commas + points > 1:
        return other
    whole, fraction = figures.split(mark)
    if len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0"):
        return "?"
    return mark


def well_grouped(figures: str, mark: str) -> bool:
    """Whether the other mark parts thousands, as in 1.234.567,89; 1.234.56 is no amount."""
    whole = figures.partition(mark)[0] if mark else figures
    return not {",", "."} & set(whole) or _GROUPED.fullmatch(whole) is not None


@dataclass(slots=True)
class AmountForm:
    """How amounts of a file read.

    Attributes:
        mark: The decimal mark.
        base: The currency of them all; "" where a column says it, row by row.
    """

    mark: str = ","
    base: str = ""
    known: dict[str, Decimal] = field(default_factory=dict)

    def read(self, value: Cell) -> Decimal:
        """The exact amount in a cell; an empty one is 0.

        Raises:
            AmountError: It holds something else.
        """
        if value is None or value == "":
            return ZERO
        if isinstance(value, str):
            amount = self.known.get(value)
            if amount is None:
                amount = self._read(value)
                if len(self.known) < 200_000:
                    self.known[value] = amount
            return amount
        if isinstance(value, bool | datetime | date | time | timedelta):
            raise AmountError(f"montant attendu, « {value} » lu")
        number = value if isinstance(value, Decimal) else Decimal(repr(value))
        if not number.is_finite():
            raise AmountError(f"montant attendu, « {value} » lu")
        return _measured(number, value)

    def _read(self, text: str) -> Decimal:
        if PLAIN.fullmatch(text):
            return Decimal(text.replace(",", "."))
        found = bare(text)
        if found is None:
            raise AmountError(f"montant attendu, « {text.strip()} » lu")
        sign = _SYMBOLS.search(text)
        if self.base and sign and currency(sign[0]) not in {None, self.base}:
            raise AmountError(f"montant dans une autre devise, « {text.strip()} » lu")
        figures, negative = found
        mark = evidence(figures)
        if mark in {"?", ""}:
            mark = self.mark
        if not well_grouped(figures, mark):
            raise AmountError(f"montant attendu, « {text.strip()[:40]} » lu")
        other = "." if mark == "," else ","
        figures = figures.replace(other, "").replace(mark, ".")
        if len(figures) > 30:
            raise AmountError(f"montant attendu, « {text.strip()[:40]} » lu")
        try:
            amount = Decimal(figures)
        except InvalidOperation:
            raise AmountError(f"montant attendu, « {text.strip()} » lu") from None
        return _measured(-amount if negative else amount, text.strip())


def _measured(amount: Decimal, value: object) -> Decimal:
    if abs(amount) >= _TOO_MUCH:
        raise AmountError(f"montant démesuré, « {value} » lu")
    return amount


def decide(values: Iterable[Cell], *, forced: str | None = None) -> AmountForm:
    """How the amounts of a file read, from all of them.

    Raises:
        OpenError: ``1,234`` might be a thousand or one and a bit.
    """
    votes = {",": 0, ".": 0}
    doubtful: str | None = None
    doubtful_marks: set[str] = set()
    for value in values:
        if not isinstance(value, str):
            continue
        if PLAIN.fullmatch(value):
            if "," in value:
                votes[","] += 1
            elif "." in value:
                votes["."] += 1
            continue
        found = bare(value)
        if found is None:
            continue
        mark = evidence(found[0])
        if mark == "?":
            doubtful = doubtful or value.strip()
            doubtful_marks.add("," if "," in found[0] else ".")
        elif mark:
            votes[mark] += 1
    if forced in votes:
        return AmountForm(str(forced))
    if doubtful is None:
        return AmountForm("," if votes[","] >= votes["."] else ".")
    if votes[","] and not votes["."]:
        return AmountForm(",")
    if votes["."] and not votes[","]:
        return AmountForm(".")
    if len(doubtful_marks) == 2 and not any(votes.values()):
        raise OpenError(f"« {doubtful} » : virgules et points mêlés")
    raise OpenError(
        f"« {doubtful} » se lit mille et plus, ou avec trois décimales ; aucun autre montant ne "
        "le dit"
    )


def rounded(value: Decimal, places: int) -> Decimal:
    """The amount in its currency's own places, half up."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
