"""What a simulation found: letters by level before and after, and the customers who move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from xl_relances import french
from xl_relances.errors import Finding
from xl_relances.run.showing import as_json


class Kind(Enum):
    """What happens to a customer's letter."""

    LEAVES = "sort"
    ENTERS = "entre"
    LEVEL = "change de lettre"
    CONTENT = "change de contenu"


@dataclass(frozen=True, slots=True)
class Claim:
    """A letter in short: its number and what it claims."""

    number: int
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One customer and currency whose letter would not be the same.

    Attributes:
        before: Its letter in the sheets; None without one.
        after: Its letter once prepared; None without one.
        why: The reason, a French sentence: the new Motif, or the items that come and go.
    """

    account: str
    name: str
    currency: str
    before: Claim | None
    after: Claim | None
    why: str

    @property
    def kind(self) -> Kind:
        """What happens to the letter."""
        if self.after is None:
            return Kind.LEAVES
        if self.before is None:
            return Kind.ENTERS
        return Kind.CONTENT if self.before.number == self.after.number else Kind.LEVEL

    @property
    def weight(self) -> Decimal:
        """The larger of the two amounts, to name the heaviest first."""
        return max(claim.amount for claim in (self.before, self.after) if claim is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCount:
    """The letters of one number and currency, before and after."""

    number: int
    currency: str
    before: int
    after: int
    amount_before: Decimal
    amount_after: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What Prepare would change.

    Attributes:
        as_of: The day of the letters.
        changes: What differs from when the sheets were filled, one sentence each.
        stale: Customers whose issued letter no longer says what is ticked: to be done again.
        levels: Letters by number and currency, before and after.
        moves: Customers whose letter would change, by account then currency.
        lost_choices: Choices made by hand that Prepare would ask to lose.
        findings: What could not be read or relied on.
    """

    as_of: date
    changes: tuple[str, ...]
    stale: tuple[str, ...]
    levels: tuple[LevelCount, ...]
    moves: tuple[Move, ...]
    lost_choices: int
    findings: tuple[Finding, ...]

    def count(self, kind: Kind) -> int:
        """How many customers move so."""
        return sum(move.kind is kind for move in self.moves)

    @property
    def summary(self) -> str:
        """« Simulation du 25/11/2026 : 42 → 38 lettres, 118 340,22 € → 99 120,00 € »."""
        amounts: dict[str, list[Decimal]] = {}
        for level in self.levels:
            sums = amounts.setdefault(level.currency, [Decimal(0), Decimal(0)])
            sums[0] += level.amount_before
            sums[1] += level.amount_after
        after = sum(level.after for level in self.levels)
        letters = f"{sum(level.before for level in self.levels)} → {french.count(after, 'lettre')}"
        shown = [
            " → ".join(french.amount(amount, currency) for amount in sums)
            for currency, sums in sorted(amounts.items())
        ]
        return ", ".join([f"Simulation du {french.short_date(self.as_of)} : {letters}", *shown])

    @property
    def movements(self) -> str:
        """« 2 clients sortent, 1 entre », or that nothing changes."""
        words = {
            Kind.LEAVES: ("client sort", "clients sortent"),
            Kind.ENTERS: ("client entre", "clients entrent"),
            Kind.LEVEL: ("client change de lettre", "clients changent de lettre"),
            Kind.CONTENT: ("lettre change de contenu", "lettres changent de contenu"),
        }
        counted = {kind: self.count(kind) for kind in words}
        said = [french.count(number, *words[kind]) for kind, number in counted.items() if number]
        return french.listing(said) or "aucun client ne change"


def records(simulation: Simulation) -> dict[str, Any]:
    """The simulation as ``--json`` prints it: keys are titles of columns where there is one."""
    levels = [
        {
            "N° lettre": level.number,
            "Devise": level.currency,
            "Clients avant": level.before,
            "Clients après": level.after,
            "Solde dû avant": level.amount_before,
            "Solde dû après": level.amount_after,
        }
        for level in simulation.levels
    ]
    moves = [
        {
            "Compte": move.account,
            "Nom": move.name,
            "Devise": move.currency,
            "Mouvement": move.kind.value,
            "N° lettre avant": move.before.number if move.before else None,
            "N° lettre après": move.after.number if move.after else None,
            "Solde dû avant": move.before.amount if move.before else None,
            "Solde dû après": move.after.amount if move.after else None,
            "Motif": move.why,
        }
        for move in simulation.moves
    ]
    return {
        "Résumé": f"{simulation.summary} ; {simulation.movements}",
        "Date de relance": simulation.as_of.isoformat(),
        "Changements": list(simulation.changes),
        "Lettres": as_json(levels),
        "Mouvements": as_json(moves),
        "Choix perdus": simulation.lost_choices,
    }
