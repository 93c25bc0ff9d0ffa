"""Columns of a file: which field each one holds, and why.

Source: product specification, section 6.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from xl_relances.imports.printed import Headings
from xl_relances.imports.titles import normal, our_title

SURE, LIKELY, BY_VALUES, GIVEN = "sûr", "probable", "d'après les valeurs", "indiqué"

_MONEY = ("debit", "credit", "amount", "balance", "balance_debit", "balance_credit")


@dataclass(frozen=True, slots=True)
class Match:
    """A column and the field that it holds."""

    field: str
    index: int
    title: str
    confidence: str


@dataclass(slots=True)
class Columns:
    """Fields by name, where they stand and why.

    Attributes:
        matches: The column of each field.
        rivals: Columns that compete for a field, when the user has to choose.
        headings: Account and name that a heading says, by its text, where totals prove it.
    """

    matches: dict[str, Match] = field(default_factory=dict)
    rivals: dict[str, list[Match]] = field(default_factory=dict)
    headings: Headings = field(default_factory=dict)

    def index(self, name: str) -> int | None:
        """The column of a field; None when the file has none."""
        match = self.matches.get(name)
        return match.index if match else None

    def title(self, name: str) -> str:
        """The file's own title of that field."""
        match = self.matches.get(name)
        return match.title if match else our_title(name)

    def __contains__(self, name: str) -> bool:
        return name in self.matches

    @property
    def has_amounts(self) -> bool:
        """Whether it can tell what is owed."""
        return any(name in self.matches for name in _MONEY)

    @property
    def has_partial_codes(self) -> bool:
        """Whether allocation codes are Odoo's, whose « P12 » is a partial one."""
        return normal(self.title("allocation")) in {"correspondance", "matching"}


def is_collective(account: str) -> bool:
    """Whether it looks like the account of all customers: 411, 411000, 41110000."""
    return account.isdecimal() and len(account.rstrip("0")) <= 4
