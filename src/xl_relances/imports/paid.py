"""What a list of invoices says was paid: an amount, a yes, or a state.

Without what is left to pay, the whole invoice would be claimed again.

Source: product specification, section 6; the report must agree with what is owed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from xl_relances.imports.amounts import AmountError, AmountForm, bare
from xl_relances.imports.dates import Cell
from xl_relances.imports.lines import ZERO, clean
from xl_relances.imports.titles import normal

_YES = frozenset({"oui", "o", "yes", "y", "x", "vrai", "true", "totalement"})
_NO = frozenset({"non", "n", "no", "faux", "false"})
_SETTLED = re.compile(
    r"(?:pay|regl|acquitt|sold|encaiss|annul)e(?:e?s?)|paid|void(?:ed)?|cancell?ed"
)
_PARTLY = re.compile(r".*(?:partiel|partial|partly).*")


def is_telling(cells: Iterable[Cell]) -> bool:
    """Whether all cells of a column say what was paid: an amount, or yes and no."""
    texts = {clean(cell) for cell in cells} - {""}
    return bool(texts) and all(
        normal(text) in _YES | _NO or (any(map(str.isdigit, text)) and bare(text) is not None)
        for text in texts
    )


def has_payments(amounts: Iterable[Cell], states: Iterable[Cell]) -> bool:
    """Whether payments stand among the invoices, so that « payée » says nothing more."""
    return any(
        _SETTLED.fullmatch(normal(clean(state)))
        and ((found := bare(clean(amount))) is not None and found[1])
        for amount, state in zip(amounts, states, strict=False)
    )


def rest(amount: Decimal, paid: Cell, state: Cell, form: AmountForm) -> Decimal:
    """What is left of an invoice's amount.

    Raises:
        AmountError: Something was paid, and nothing says how much.
    """
    said = normal(clean(state))
    if _SETTLED.fullmatch(said) or normal(clean(paid)) in _YES:
        return ZERO
    if _PARTLY.fullmatch(said) and not clean(paid):
        raise AmountError(f"« {clean(state)} » : rien ne dit ce qui reste dû")
    if normal(clean(paid)) in _NO:
        return amount
    return amount - form.read(paid)
