"""The header row: the one whose cells name columns.

Source: product specification, section 6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xl_relances.imports.dates import Cell
from xl_relances.imports.titles import normal, synonyms

_MOST_HEADERS = 60


@dataclass(frozen=True, slots=True)
class Header:
    """The header row.

    Attributes:
        line: Its line or row number.
        titles: Its cells as texts.
    """

    line: int
    titles: tuple[str, ...]

    @property
    def signature(self) -> str:
        """What tells exports of the same layout: eight figures from its titles."""
        text = "\x1f".join(map(normal, self.titles))
        return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()

    @property
    def is_fec(self) -> bool:
        """Whether these are the fields of the article A47 A-1."""
        return {"journalcode", "ecriturenum", "ecrituredate", "comptenum"} <= set(
            map(normal, self.titles)
        )


def score(cells: Sequence[Cell]) -> int:
    """How much a row looks like titles: distinct fields named in it, 0 when it is none."""
    known = synonyms()
    named = [
        name
        for cell in cells
        if isinstance(cell, str) and (name := known.get(normal(cell))) is not None
    ]
    fields = set(named)
    useful = fields - {"ignored", "bucket"}
    if len(useful) < 2:
        return 0
    if any(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells):
        return 0
    return 2 * len(useful) + len(fields & {"ignored", "bucket"})


def find_header(rows: Iterable[tuple[int, Sequence[Cell]]]) -> tuple[int, Header] | None:
    """The row that names the columns among the first ones, with its score."""
    best: tuple[int, Header] | None = None
    for count, (line, cells) in enumerate(rows):
        if count >= _MOST_HEADERS:
            break
        points = score(cells)
        if points and (best is None or points > best[0]):
            titles = tuple(
                " ".join(cell.split()) if isinstance(cell, str) else "" for cell in cells
            )
            best = points, Header(line, titles)
    return best
