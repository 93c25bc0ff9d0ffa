"""What a dispute or a promise by command did, as sentences for the status bar and the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xl_relances import french
from xl_relances.dunning.ledger import LedgerEntry
from xl_relances.errors import Finding
from xl_relances.run.refreshing import PrepareReport


class Mark(StrEnum):
    """What keeps an item out: the title of its column in Grand livre."""

    DISPUTE = "Litige"
    PROMISE = "Promesse"

    @property
    def other(self) -> Mark:
        """The one that it takes the place of."""
        return Mark.PROMISE if self is Mark.DISPUTE else Mark.DISPUTE

    def is_on(self, entry: LedgerEntry) -> bool:
        """Whether it stands beside that entry, its day over or not."""
        return entry.disputed if self is Mark.DISPUTE else entry.hold.promised


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReport:
    """What became of the chosen entries.

    Attributes:
        mark: What was set; None where marks were lifted.
        until: Its last day, inclusive; None without one.
        changed: Entries that were marked, or are no longer.
        replaced: Entries whose other mark gave way to this one.
        erased: Entries whose Motif went with the mark that was lifted.
        letters: Customers whose issued letter claims one of them, by name.
        left: How many stay as they were, by the reason.
        gone: Customers who are no longer in Préparation.
        back: Customers who are in Préparation again.
        preparation: The three sheets as they are now; None where there is no preparation.
        findings: Filters of the user that could not be kept.
    """

    mark: Mark | None
    until: date | None
    changed: int
    replaced: int = 0
    erased: int = 0
    letters: tuple[str, ...] = ()
    left: Mapping[str, int]
    gone: int = 0
    back: int = 0
    preparation: PrepareReport | None = None
    findings: Sequence[Finding] = ()

    @property
    def sentences(self) -> list[str]:
        """What happened, what of letters, what stays as it was; at most three."""
        lines = [f"{self._what}.", " ".join(self._letters)]
        notes = [f"{n} ({why})" for why, n in self.left.items()]
        rest = [f"Laissé : {' ; '.join(notes)}."] if notes else []
        return [line for line in (*lines, " ".join([*rest, *map(str, self.findings)])) if line]

    @property
    def _what(self) -> str:
        if not self.changed:
            return "Rien de changé"
        day = french.short_date(self.until) if self.until else ""
        if self.mark is Mark.PROMISE:
            what = french.count(self.changed, "échéance promise", "échéances promises")
            what += f" pour le {day}"
            replaced = french.count(self.replaced, "litige levé", "litiges levés")
        elif self.mark is Mark.DISPUTE:
            what = french.count(self.changed, "échéance") + " en litige"
            what += f" jusqu'au {day} compris" if day else ", jusqu'à ce que vous le leviez"
            replaced = french.count(self.replaced, "promesse effacée", "promesses effacées")
        else:
            what = french.count(self.changed, "échéance reprise", "échéances reprises")
            what += " : ni litige ni promesse"
            replaced = french.count(self.erased, "motif effacé", "motifs effacés")
        parts = [what + (f" ({replaced})" if self.replaced or self.erased else "")]
        if self.gone:
            parts.append(french.count(self.gone, "client sort", "clients sortent"))
            parts[-1] += " de Préparation"
        if self.back:
            parts.append(french.count(self.back, "client revient", "clients reviennent"))
            parts[-1] += " dans Préparation"
        return " ; ".join(parts)

    @property
    def _letters(self) -> Iterator[str]:
        if self.preparation is None:
            if self.changed:
                yield "Ensuite : Préparer."
            return
        day = self.preparation.as_of
        if self.until is not None and self.until < day:
            yield (
                f"Les lettres sont du {french.short_date(day)}, après cette date : elles n'en "
                "tiennent pas compte."
            )
        if self.letters:
            stay = ("lettre déjà éditée reste", "lettres déjà éditées restent")
            yield (
                f"{french.count(len(self.letters), *stay)} en l'état "
                f"({french.listing(self.letters)}) : pour refaire, décochez Éditée, puis Préparer."
            )
