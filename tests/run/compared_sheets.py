"""The three sheets as the second reading of the rules has them: which columns, in which form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

COMMON = {
    "preparation": (
        "Compte", "Devise", "Solde dû", "Échéances", "Retard max", "Dernière lettre", "Relancé le",
        "Lettre proposée",
    ),
    "detail": (
        "Compte", "Devise", "Écriture", "Pièce", "Date", "Échéance", "Retard", "Débit", "Crédit",
        "Solde", "Imputé", "Reste", "Niveau", "Relancé le", "Lettre proposée", "Prochaine lettre",
        "Relancer",
    ),
    "excluded": ("Compte", "Devise", "Solde"),
}  # fmt: skip
"""The columns that the second reading fills, by view."""


def picked(rows: Iterable[dict[str, Any]], titles: tuple[str, ...], *, key: bool) -> list[Any]:
    """These columns of each row, as JSON has them."""

    def plain(value: Any) -> Any:
        if isinstance(value, Decimal):
            return f"{value:f}"
        if isinstance(value, date):
            return value.isoformat()
        return None if value == "" else value

    found = [tuple(plain(row.get(title)) for title in titles) for row in rows]
    return sorted(found, key=repr) if key else found


def numbers_alike(rows: list[Any]) -> list[Any]:
    """Amounts by value: the second reading does not care how many zeros it writes."""

    def alike(cell: Any) -> Any:
        try:
            return Decimal(cell) if isinstance(cell, str) else cell
        except ArithmeticError:
            return cell

    return [tuple(alike(cell) for cell in row) for row in rows]
