"""What a list of invoices says was paid: an amount, a yes, or a state.

Without what is left to pay, the whole invoice would be claimed again.

Source: product specification, section 6; the report must agree with what is owed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from xl_relances.imports.amounts import AmountError, AmountForm, bare
from xl_relances.imports.dates import Cell, looks_dated
from xl_relances.imports.lines import ZERO, clean
from xl_relances.imports.titles import normal

_YES = frozenset({"oui", "o", "yes", "y", "x", "vrai", "true", "totalement"})
_NO = frozenset({"non", "n", "no", "faux", "false"})
_PAID = (
    r"(?:(?:pay|regl|acquitt|sold|encaiss|annul|rembours)ee?s?"
    r"|paid|void(?:ed)?|cancell?ed|refunded)"
)
_WHOLLY = r"(?:totalement|entierement|integralement|entotalite|fully|infull)"
_SETTLED = re.compile(rf"{_WHOLLY}?{_PAID}{_WHOLLY}?(?:(?:le|on)?\d+)?")
_DRAFT = re.compile(r"brouillons?|drafts?")
"""An invoice that was not issued is not owed."""

_PARTLY = re.compile(r".*(?:partiel|partial|partly).*")
_PERHAPS = re.compile(
    r"(?!.*\b(?:non|not|pas|jamais|never)\b)"
    r".*\b(?:(?:pay|regl|acquitt|encaiss)ee?s?|soldee?s|paid)\b.*"
)
"""Something of payment, without a word that denies it: « Payée sauf frais »."""

_PERCENT = re.compile(r"(\d{1,3})(?:[.,]0*)?\s*%")


def is_telling(cells: Iterable[Cell]) -> bool:
    """Whether cells of a column say what was paid: an amount, a day, a share, yes or no.

    Where one does, each other cell that says something is to be understood, or reported.
    """
    return any(_says(cell) for cell in cells)


def has_payments(amounts: Iterable[Cell], states: Iterable[Cell]) -> bool:
    """Whether payments stand among the invoices, so that « payée » says nothing more."""
    return any(
        _SETTLED.fullmatch(normal(clean(state)))
        and ((found := bare(clean(amount))) is not None and found[1])
        for amount, state in zip(amounts, states, strict=False)
    )


def rest(amount: Decimal, paid: Cell, state: Cell, form: AmountForm) -> Decimal:
    """What is left of an invoice's amount; what was paid of it has its sign, whatever is written.

    Raises:
        AmountError: Something was paid, and nothing says how much.
    """
    said, text = normal(clean(state)), clean(paid)
    if _SETTLED.fullmatch(said) or _DRAFT.fullmatch(said) or normal(text) in _YES or _is_day(paid):
        return ZERO
    if not text and (_PARTLY.fullmatch(said) or _PERHAPS.fullmatch(_words(clean(state)))):
        raise AmountError(f"« {clean(state)} » : rien ne dit ce qui reste dû")
    if normal(text) in _NO:
        return amount
    share = _PERCENT.fullmatch(text)
    if share is not None:
        if int(share[1]) not in {0, 100}:
            raise AmountError(f"« {text} » : rien ne dit ce qui reste dû, au centime")
        return amount if int(share[1]) == 0 else ZERO
    return amount - abs(form.read(paid)).copy_sign(amount)


def _says(cell: Cell) -> bool:
    text = clean(cell)
    return bool(text) and (
        normal(text) in _YES | _NO
        or _is_day(cell)
        or _PERCENT.fullmatch(text) is not None
        or (any(map(str.isdigit, text)) and bare(text) is not None)
    )


def _is_day(cell: Cell) -> bool:
    """Whether it is the day of a payment, and no amount."""
    if isinstance(cell, str):
        return any(map(str.isdigit, cell)) and bare(clean(cell)) is None and looks_dated(cell)
    return isinstance(cell, date) and looks_dated(cell)


def _words(text: str) -> str:
    """A text without accents and case, its spaces kept."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))
