"""Rates of interest on late payment, in per cent a year, one for each half-year.

Professionals owe the company's own rate, else the ECB's refinancing rate + 10 points
(C. com. L441-10); consumers the legal rate (C. civ. 1344-1).

Source: product specification, section 4, rule 11.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from xl_relances.errors import LetterError
from xl_relances.french import listing

ABOVE_ECB = Decimal(10)
"""Points added to the ECB's rate where the contract says nothing (C. com. L441-10)."""

FLOOR = 3
"""A contract's rate is at least this many times the legal rate (C. com. L441-10)."""

PROFESSIONAL, LEGAL = "colonne « Taux BCE » ou « Taux société »", "colonne « Taux légal »"
"""Where the rates of professionals and the legal ones are entered, for the sentence."""


class HalfYear(NamedTuple):
    """January to June is half 1, July to December half 2."""

    year: int
    half: int

    @classmethod
    def of(cls, day: date) -> HalfYear:
        """The half-year of that day."""
        return cls(day.year, 1 if day.month <= 6 else 2)

    @classmethod
    def parse(cls, text: str) -> HalfYear | None:
        """``2026-S1``, with or without the hyphen; None for anything else."""
        found = re.fullmatch(r"(\d{4})\s*-?\s*[Ss]([12])", text.strip(), re.ASCII)
        return cls(int(found[1]), int(found[2])) if found else None

    @property
    def last(self) -> date:
        """30 June or 31 December."""
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    @property
    def following(self) -> HalfYear:
        """The next one."""
        return HalfYear(self.year, 2) if self.half == 1 else HalfYear(self.year + 1, 1)

    def __str__(self) -> str:
        return f"{self.year}-S{self.half}"


class MissingRateError(LetterError):
    """Half-years without the rate that a charge needs; the sentence names them."""

    def __init__(self, half_years: Sequence[HalfYear], columns: str) -> None:
        self.half_years = tuple(half_years)
        self.columns = columns
        several = len(self.half_years) > 1
        super().__init__(
            f"taux {'des semestres' if several else 'du semestre'} "
            f"{listing(map(str, self.half_years))} manquant{'s' if several else ''} : saisissez-"
            f"{'les' if several else 'le'} dans Paramètres, tableau « Taux », {columns}. Aucune "
            "pénalité n'est calculée sans."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The rates of one half-year, in per cent a year; None where not entered.

    Attributes:
        ecb: The ECB's refinancing rate on its first day.
        legal: The legal rate, that of creditors who are no consumers.
        own: The company's own, from its terms of sale.
    """

    ecb: Decimal | None = None
    legal: Decimal | None = None
    own: Decimal | None = None

    @property
    def late_payment(self) -> Decimal | None:
        """What professionals owe: the company's own, else ECB + 10 points."""
        if self.own is not None:
            return self.own
        return None if self.ecb is None else self.ecb + ABOVE_ECB

    @property
    def is_below_floor(self) -> bool:
        """Whether the company's own rate is below three times the legal one."""
        return self.own is not None and self.legal is not None and self.own < FLOOR * self.legal


_NO_RATE = Rate()


@dataclass(frozen=True, slots=True)
class Rates:
    """Every half-year's rates."""

    by_half_year: Mapping[HalfYear, Rate] = field(default_factory=dict)

    def late_payment(self, half_year: HalfYear) -> Decimal | None:
        """The rate between professionals; None where it is missing."""
        return self.by_half_year.get(half_year, _NO_RATE).late_payment

    def legal(self, half_year: HalfYear) -> Decimal | None:
        """The legal rate; None where it is missing."""
        return self.by_half_year.get(half_year, _NO_RATE).legal

    def below_floor(self, half_years: Collection[HalfYear]) -> list[HalfYear]:
        """Those in which the company's own rate is below three times the legal one."""
        return sorted(h for h in half_years if self.by_half_year.get(h, _NO_RATE).is_below_floor)
