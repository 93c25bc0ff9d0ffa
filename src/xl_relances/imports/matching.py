"""Items known again: which line of a new file is which item of the workbook.

The history is joined on identities; an item keeps its identity whatever its due
date, its place in the file or, across a year's end, its entry becomes.

Source: product specification, section 4, rule 1, and section 6, « Several years ».
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from xl_relances import french
from xl_relances.dunning.history import HistoryRecord
from xl_relances.dunning.ledger import LedgerEntry, identities
from xl_relances.imports.lines import Line


def matched(
    lines: Sequence[Line],
    before: Sequence[LedgerEntry],
    history: Sequence[HistoryRecord],
    notes: list[str],
) -> list[str]:
    """The identity of each line that the workbook knows already; "" for a new one.

    Equals are matched by due date first, then by rank. An opening entry of a new
    year takes the identity of the item with its account, currency and document;
    one that finds none is told in ``notes``.
    """
    given = [""] * len(lines)
    old: dict[str, list[LedgerEntry]] = defaultdict(list)
    ranked = sorted(before, key=_rank)
    for stem, entry in zip(_stems(ranked), ranked, strict=True):
        old[stem].append(entry)
    order = sorted(range(len(lines)), key=lambda index: _rank(lines[index].entry))
    waiting: dict[str, list[int]] = defaultdict(list)
    for stem, index in zip(
        _stems([lines[i].entry._replace(position=i) for i in order]), order, strict=True
    ):
        if stem in old:
            waiting[stem].append(index)
    for stem, indexes in waiting.items():
        free = old[stem]
        rest = []
        for index in indexes:
            due = lines[index].entry.due_date
            same = next((e for e in free if due is not None and e.due_date == due), None)
            if same is None:
                rest.append(index)
            else:
                given[index] = same.identity
                free = [entry for entry in free if entry is not same]
        for index, entry in zip(rest, free, strict=False):
            given[index] = entry.identity
    _take_over(lines, given, before, history, notes)
    return given


def _stems(entries: Sequence[LedgerEntry]) -> list[str]:
    """Identities without their rank, as if none had been given before."""
    fresh = identities([entry._replace(identity="") for entry in entries])
    return [identity.rpartition("|")[0] for identity in fresh]


def _rank(entry: LedgerEntry) -> tuple[date, str, int]:
    return entry.due_date or date.max, entry.label, entry.position


def _take_over(
    lines: Sequence[Line],
    given: list[str],
    before: Sequence[LedgerEntry],
    history: Sequence[HistoryRecord],
    notes: list[str],
) -> None:
    """Opening entries take over the items of the year before."""
    taken = set(given)
    known: dict[tuple[str, str, str], list[tuple[Decimal, str]]] = defaultdict(list)
    for entry in before:
        if entry.identity not in taken and entry.document.strip("0 "):
            key = entry.account, entry.currency, entry.document
            known[key].append((entry.amount, entry.identity))
    seen = {identity for found in known.values() for _, identity in found} | taken
    for record in history:
        if record.identity and record.identity not in seen and record.document.strip("0 "):
            seen.add(record.identity)
            key = record.account, record.currency, record.document
            known[key].append((record.remainder, record.identity))
    lost = 0
    for index, line in enumerate(lines):
        entry = line.entry
        if given[index] or not line.opening or not entry.amount:
            continue
        found = known.get((entry.account, entry.currency, entry.document), [])
        same = [pair for pair in found if (pair[0] > 0) == (entry.amount > 0)]
        best = next((pair for pair in same if pair[0] == entry.amount), same[0] if same else None)
        if best is None:
            lost += entry.is_open and entry.amount > 0 and bool(before or history)
            continue
        given[index] = best[1]
        found.remove(best)
    if lost:
        notes.append(
            french.count(
                lost,
                "à-nouveau ne correspond à aucune pièce connue : il repart",
                "à-nouveaux ne correspondent à aucune pièce connue : ils repartent",
            )
            + " sans relance"
        )
