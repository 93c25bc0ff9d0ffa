"""Files of entries that bear no titles: where packages put each field.

Positions and columns count from 1, as their publishers print them. Facts from: Cegid
KB0014530 « Fichier d'entrée ASCII » (Quadra), the « CommunicationsSx » movements file
(.TRA), Sage's PNM of 138 characters, Ciel's XIMPORT, EBP's ECRITURES.TXT, and what other
software writes for these packages. A field that two sources place differently is left out.

Source: product specification, section 6.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

_CENTS = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(r"[+-]?\d+(?:[.,]\d{1,4})?")
_MARKED = re.compile(r"[+-]?\d+[.,]\d{2,4}")
_SIDES = {"D": 1, "C": -1}

Place = tuple[int, int]
"""Position from 1 and length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How one package writes entries.

    Attributes:
        name: As the report says it.
        days: Forms of its days, as ``strptime`` has them.
        places: Where each field of an entry stands; the first place that is filled counts.
        columns: Fields in their order instead, where a separator parts them; "" for others.
        separator: That separator; "" where positions part them.
        cents: Whether amounts are in cents; else a decimal mark parts these.
        marked: Whether an amount always has its decimal mark.
        headings: First lines that may be anything.
        passed: What lines begin with that are no entries: analytic shares, other records.
        masters: What lines begin with that name an account; "" for none.
        master: Where its number, name and general account stand there.
        parts: What lines begin with that give one part of the entry above its own due date.
        part: Where its day and amount stand there.
    """

    name: str
    days: tuple[str, ...]
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    separator: str = ""
    cents: bool = False
    marked: bool = False
    headings: int = 0
    passed: str = ""
    masters: str = ""
    master: Mapping[str, Place] = field(default_factory=dict)
    parts: str = ""
    part: Mapping[str, Place] = field(default_factory=dict)

    @property
    def fields(self) -> frozenset[str]:
        """The fields that it tells."""
        return frozenset(self.places) | frozenset(filter(None, self.columns))

    def day(self, text: str) -> date | None:
        """The day that a text says; None for any other text."""
        return _day(text, self.days)

    def amount(self, text: str) -> Decimal | None:
        """The amount that a text says, with its sign; None for any other text."""
        form = _CENTS if self.cents else _MARKED if self.marked else _DECIMAL
        if not form.fullmatch(text):
            return None
        amount = Decimal(text.replace(",", "."))
        return amount.scaleb(-2) if self.cents else amount

    def money(self, texts: Mapping[str, str]) -> Decimal | None:
        """The amount of an entry, debit positive; None where its fields say none."""
        if "debit" in texts:
            said = [self.amount(text) for name in ("debit", "credit") if (text := texts[name])]
            if not said or None in said or (len(said) == 1 and not said[0]):
                return None  # 0 beside nothing: the amount may be what is missing
            debit, credit = (self.amount(texts[name] or "0") for name in ("debit", "credit"))
            return (debit or Decimal(0)) - (credit or Decimal(0))
        amount, sign = self.amount(texts["amount"]), _SIDES.get(texts["side"])
        return None if amount is None or sign is None else sign * amount


@lru_cache(maxsize=20_000)
def _day(text: str, forms: tuple[str, ...]) -> date | None:
    for form in forms:
        if text.isdecimal() and len(text) != (8 if "%Y" in form else 6):
            continue
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


LAYOUTS = (
    Layout(
        name="Quadra (ASCII)",
        days=("%d%m%y",),
        cents=True,
        passed=r"[A-LN-Z]",
        masters="C",
        master={"account": (2, 8), "name": (10, 30), "general": (99, 8)},
        parts="R",
        part={"due": (2, 6), "amount": (8, 13)},
        places={
            "account": ((2, 8),), "journal": ((111, 3), (10, 2)), "date": ((15, 6),),
            "label": ((117, 30), (22, 20)), "side": ((42, 1),), "amount": ((43, 13),),
            "due": ((64, 6),), "allocation": ((70, 2),),
            "piece": ((232, 20), (149, 10), (100, 8), (75, 5)), "currency": ((108, 3),),
            "currency_amount": ((169, 13),),
        },
    ),
    Layout(
        name="Cegid (TRA)",
        days=("%d%m%Y",),
        marked=True,
        passed=r"\*\*\*|.{30}A|.{30}G.{98} ",
        masters=r"\*\*\*CAE",
        master={"account": (7, 17), "name": (24, 35), "general": (63, 17)},
        places={
            "journal": ((1, 3),), "date": ((4, 8),), "account": ((14, 17),), "kind": ((31, 1),),
            "customer": ((32, 17),), "piece": ((49, 35),), "label": ((84, 35),),
            "due": ((122, 8),), "side": ((130, 1),), "amount": ((131, 20),),
            "entry": ((152, 8),), "unit": ((173, 1),),
        },
    ),
    Layout(
        name="Sage 100 (PNM)",
        days=("%d%m%y",),
        marked=True,
        headings=1,
        passed=r".{24}A",
        places={
            "journal": ((1, 3),), "date": ((4, 6),), "account": ((12, 13),), "kind": ((25, 1),),
            "customer": ((26, 13),), "piece": ((39, 13),), "label": ((52, 25),),
            "due": ((78, 6),), "side": ((84, 1),), "amount": ((85, 20),), "entry": ((106, 7),),
        },
    ),
    Layout(
        name="Ciel (XIMPORT)",
        days=("%Y%m%d",),
        places={
            "entry": ((1, 5),), "journal": ((6, 2),), "date": ((8, 8),), "due": ((16, 8),),
            "piece": ((24, 12),), "account": ((36, 11),), "label": ((47, 25),),
            "amount": ((72, 13),), "side": ((85, 1),), "name": ((104, 34),),
        },
    ),
    Layout(
        name="EBP (ECRITURES.TXT)",
        days=("%d%m%Y", "%d%m%y"),
        separator=",",
        columns=("", "date", "journal", "account", "", "label", "piece", "amount", "side", "due",
                 "currency"),
    ),
    Layout(
        name="EBP (ECRITURES.TXT, sans libellé automatique)",
        days=("%d%m%Y", "%d%m%y"),
        separator=",",
        columns=("", "date", "journal", "account", "label", "piece", "amount", "side", "due"),
    ),
    Layout(
        name="Cegid (mouvements)",
        days=("%d%m%Y",),
        separator=";",
        columns=("date", "journal", "account", "customer", "side", "amount", "label", "piece"),
    ),
    Layout(
        name="Coala",
        days=("%d/%m/%Y",),
        separator=";",
        columns=("date", "journal", "account", "piece", "label", "debit", "credit", "", "customer"),
    ),
    Layout(
        name="WinFic",
        days=("%d%m%Y",),
        separator="|",
        columns=("journal", "date", "", "entry", "", "account", "debit", "credit", "label",
                 "allocation", "piece", "", "due", "", "", "", "", ""),
    ),
)  # fmt: skip
