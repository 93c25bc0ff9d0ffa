"""Dates, decided for a whole column: never one row this way and the next the other.

Forms: JJ/MM/AAAA, MM/JJ/AAAA (only where the first cannot be), the same with two
figures for the year, AAAAMMJJ, JJMMAAAA, JJMMAA, AAMMJJ, ISO, with a time or not,
months in letters, Excel serials. ``00/00/0000``, serial 0 and 31/12/9999 are no date.

Source: product specification, section 6; field case D07.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

Cell = Any
"""A cell as read: a text, a number, a date, a truth or nothing."""


class DateError(ValueError):
    """A cell that is no date in a column of dates; ``str`` is French."""


class OpenError(ValueError):
    """A column whose form stays open; ``str`` is the question, in French."""


_EPOCH = date(1899, 12, 30)
_YEARS = range(1950, 2100)
_TIME = re.compile(r"[T\s]\s*\d{1,2}[:h]\d{2}.*$")
_PARTS = re.compile(r"(\d{1,4})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{1,4})")
_NONE = re.compile(r"[0\s/.:\-–T]*|n/?a|null|none|nat", re.IGNORECASE)
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan janv janvier", "fev fevr fevrier feb", "mar mars", "avr avril apr", "mai may",
         "jun juin", "jul juil juillet", "aou aout aug", "sep sept septembre",
         "oct octobre", "nov novembre", "dec decembre"), start=1)
    for name in names.split()
}  # fmt: skip
_NAMED = re.compile(r"(\d{1,2})(?:er)?[\s./-]+([a-zéûôà]{3,9})\.?[\s./-]+(\d{2,4})", re.IGNORECASE)

FORMS = ("JJ/MM/AAAA", "MM/JJ/AAAA", "AAAA-MM-JJ", "AAAAMMJJ", "JJMMAAAA", "JJMMAA", "AAMMJJ",
         "JJ/MM/AA", "MM/JJ/AA", "AA/MM/JJ")  # fmt: skip
"""What ``--dates`` accepts."""


def _day(year: int, month: int, day: int) -> date | None:
    if year < 100:
        year += 2000 if year < 70 else 1900
    if year == 9999:
        return date.max
    if year not in _YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


Parser = Callable[[str], "date | None"]


def _slashed(order: str) -> Parser:
    def parse(text: str) -> date | None:
        match = _PARTS.fullmatch(text)
        if match is None:
            return None
        parts = dict(zip(order, map(int, match.groups()), strict=True))
        return _day(parts["A"], parts["M"], parts["J"])

    return parse


def _packed(order: str, *widths: int) -> Parser:
    def parse(text: str) -> date | None:
        if len(text) == sum(widths) - 1 and order[0] == "J":
            text = "0" + text
        if len(text) != sum(widths) or not text.isdecimal():
            return None
        parts, at = {}, 0
        for letter, width in zip(order, widths, strict=True):
            parts[letter] = int(text[at : at + width])
            at += width
        return _day(parts["A"], parts["M"], parts["J"])

    return parse


def _named(text: str) -> date | None:
    match = _NAMED.fullmatch(text)
    if match is None:
        return None
    word = match[2].lower().translate(str.maketrans("éûôà", "euoa"))
    month = _MONTHS.get(word) or _MONTHS.get(word[:4]) or _MONTHS.get(word[:3])
    return _day(int(match[3]), month, int(match[1])) if month else None


def _serial(text: str) -> date | None:
    number = float(text.replace(",", "."))
    return _EPOCH + timedelta(days=int(number)) if 18264 <= number < 73051 else None


_PARSERS: dict[str, Parser] = {
    "AAAA-MM-JJ": _slashed("AMJ"),
    "JJ/MM/AAAA": _slashed("JMA"),
    "MM/JJ/AAAA": _slashed("MJA"),
    "JJ/MM/AA": _slashed("JMA"),
    "MM/JJ/AA": _slashed("MJA"),
    "AA/MM/JJ": _slashed("AMJ"),
    "AAAAMMJJ": _packed("AMJ", 4, 2, 2),
    "JJMMAAAA": _packed("JMA", 2, 2, 4),
    "JJMMAA": _packed("JMA", 2, 2, 2),
    "AAMMJJ": _packed("AMJ", 2, 2, 2),
    "JJ mois AAAA": _named,
    "numéro de jour": _serial,
}
_SHAPES: dict[str, tuple[str, ...]] = {
    "iso": ("AAAA-MM-JJ",),
    "slash4": ("JJ/MM/AAAA", "MM/JJ/AAAA"),
    "slash2": ("JJ/MM/AA", "MM/JJ/AA", "AA/MM/JJ"),
    "d8": ("AAAAMMJJ", "JJMMAAAA"),
    "d6": ("JJMMAA", "AAMMJJ"),
    "d5": ("numéro de jour",),
    "named": ("JJ mois AAAA",),
}


def _shape(text: str) -> str:
    if text.isdecimal():
        size = len(text)
        return {8: "d8", 7: "d8", 6: "d6", 5: "d5"}.get(size, "bad")
    match = _PARTS.fullmatch(text)
    if match is not None:
        if len(match[1]) == 4:
            return "iso"
        if len(match[1]) > 2:
            return "bad"
        return {4: "slash4", 2: "slash2"}.get(len(match[3]), "bad")
    if _NAMED.fullmatch(text):
        return "named"
    if re.fullmatch(r"\d{5}[.,]\d+", text):
        return "d5"
    return "bad"


def _plain(value: Cell) -> str:
    """A cell as the text that says its day; a number loses its « .0 »."""
    if isinstance(value, str):
        text = value.strip().strip("\u00a0\u202f")
        return _TIME.sub("", text).strip() if len(text) > 8 else text
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def is_none(value: Cell) -> bool:
    """Whether the cell means « no date »."""
    if value is None or value == "":
        return True
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return value == 0
    if isinstance(value, datetime | date):
        return value.year >= 9999 or value.year < 1901
    return isinstance(value, str) and _NONE.fullmatch(value.strip()) is not None


@lru_cache(maxsize=20_000, typed=True)
def looks_dated(value: Cell) -> bool:
    """Whether a cell holds something like a day, whatever its form."""
    if is_none(value) or isinstance(value, bool):
        return False
    return not isinstance(value, str) or _shape(_plain(value)) != "bad"


@dataclass(slots=True)
class DateColumn:
    """How the dates of a column read.

    Attributes:
        forms: The form of each shape that occurs, as the report names it.
        notes: What was noticed, as French clauses.
    """

    forms: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    known: dict[Cell, date | None] = field(default_factory=dict)

    def read(self, value: Cell) -> date | None:
        """The day in a cell, None for « no date ».

        Raises:
            DateError: It holds something else.
        """
        try:
            return self.known[value]
        except (KeyError, TypeError):
            pass
        day = self._read(value)
        self.known[value] = day
        return day

    def _read(self, value: Cell) -> date | None:
        if is_none(value):
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = _plain(value)
        shape = _shape(text)
        if shape == "d5" and "d6" in self.forms and text.isdecimal():
            shape = "d6"
        form = self.forms.get(shape)
        day = _PARSERS[form](text) if form else None
        if day is None:
            raise DateError(f"date attendue, « {text} » lu")
        return None if day == date.max else day


def short_figures(values: Iterable[Cell]) -> set[str]:
    """Texts of six figures: all columns of a file decide together how they read."""
    return {
        text for value in values if not is_none(value) and _shape(text := _plain(value)) == "d6"
    }


def decide(
    values: Iterable[Cell], *, forced: str | None = None, pool: Iterable[str] = ()
) -> DateColumn:
    """How a column of dates reads, from all its cells.

    Args:
        values: Distinct cells of the column.
        pool: What :func:`short_figures` found in all columns of the file.
        forced: A form of :data:`FORMS` that the user gave.

    Raises:
        OpenError: Two readings remain, or real dates and texts are mixed.
    """
    shapes: dict[str, list[str]] = {}
    real: list[date] = []
    for value in values:
        if is_none(value) or isinstance(value, bool):
            continue
        if isinstance(value, datetime | date):
            real.append(value)
            continue
        text = _plain(value)
        shapes.setdefault(_shape(text), []).append(text)
    shapes.pop("bad", None)
    if "d6" in shapes and "d5" in shapes:
        shapes["d6"] += [text for text in shapes.pop("d5") if text.isdecimal()]
    column = DateColumn()
    for shape, texts in shapes.items():
        pooled = [*texts, *pool] if shape == "d6" else texts
        column.forms[shape] = _form(shape, pooled, forced)
    if real:
        _mixture(real, shapes, column, forced)
    return column


def _form(shape: str, texts: list[str], forced: str | None) -> str:
    forms = _SHAPES[shape]
    if forced in forms:
        return str(forced)
    short = f"{str(forced)[:-2]}" if forced else None
    if short in forms:
        return str(short)
    if shape == "slash2" and forced and f"{forced}"[:5] == "JJ/MM":
        return "JJ/MM/AA"
    fitting = {form: [d for text in texts if (d := _PARSERS[form](text))] for form in forms}
    whole = [form for form, days in fitting.items() if len(days) == len(texts)]
    if not whole:
        most = max(len(days) for days in fitting.values())
        best = next(form for form, days in fitting.items() if len(days) == most)
        fits = {text for text in texts if _PARSERS[best](text)}
        others = [
            text
            for text in texts
            if text not in fits and any(_PARSERS[form](text) for form in forms if form != best)
        ]
        if others and most < len(texts):
            first = next(iter(fits), "")
            raise OpenError(
                f"jours et mois se contredisent : « {first} » ne se lit que {best}, "
                f"« {others[0]} » non"
                if first
                else f"« {others[0]} » ne se lit pas {best}"
            )
        return best
    if len(whole) == 1 or shape in {"slash4", "d8"}:
        return whole[0]
    spans = {form: max(fitting[form]) - min(fitting[form]) for form in whole}
    if shape == "slash2" and "JJ/MM/AA" in spans:
        spans.pop("MM/JJ/AA", None)
    usual, *others = spans
    if all(spans[usual] < spans[form] or fitting[usual] == fitting[form] for form in others):
        return usual
    best = min(spans, key=lambda form: spans[form])
    if spans[usual] > 3 * spans[best] + timedelta(days=60):
        return best
    if shape == "slash2":
        return usual
    raise OpenError(f"« {texts[0]} » se lit {usual} ou {others[0]}")


def _mixture(
    real: list[date], shapes: dict[str, list[str]], column: DateColumn, forced: str | None
) -> None:
    """Real dates beside texts: harmless only where Excel cannot have swapped day and month."""
    texts = [*shapes.get("slash4", ()), *shapes.get("slash2", ())]
    if not texts:
        return
    if forced is None and all(day.day <= 12 for day in real):
        shown = f"{real[0].day:02}/{real[0].month:02}/{real[0].year}"
        raise OpenError(
            f"mélange de vraies dates ({shown}) et de textes (« {texts[0]} ») : Excel a sans "
            "doute lu ce fichier à l'anglaise et interverti jours et mois. Reprenez l'export "
            "d'origine (.csv)"
        )
    column.notes.append("vraies dates et textes mêlés, lus jour puis mois")
