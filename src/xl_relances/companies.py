"""Prepare on the books of several companies: a process for each, a few at a time.

Each is the very command that prepares one book, run apart: one that fails, or dies, leaves the
others alone. A process that is asked something answers as without a terminal: it refuses.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one book.

    Attributes:
        book: Its path, as the user named it.
        told: What its command printed as JSON; None where it failed.
        errors: What it said on standard error, a sentence a line.
        clean: Whether it did everything and had nothing to remark.
    """

    book: Path
    told: dict[str, Any] | None
    errors: tuple[str, ...]
    clean: bool

    @property
    def line(self) -> str:
        """The book and what was done, or why nothing was, in one line."""
        found = len(self.errors)
        if self.told is None:
            first = self.errors[0] if found else "arrêté sans un mot, rien de sûr : recommencez."
            more = f" (et {found - 1} de plus)" if found > 1 else ""
            return f"{self.book} : {first.removeprefix(f'{self.book.name} : ')}{more}"
        remark = f" ; {found} remarque{'s' if found > 1 else ''}" if found else ""
        if lost := self.told.get("Choix perdus"):
            remark += f" ; {lost} choix à la main à perdre"
        return f"{self.book} : {self.told['Résumé']}{remark}"

    @property
    def record(self) -> dict[str, Any]:
        """The same for ``--json``."""
        return {
            "Classeur": str(self.book),
            "Fait": self.told is not None,
            **(self.told or {}),
            "Constats": list(self.errors),
        }


def once_each(books: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The books without repetition, and those named again, by whatever path."""
    first: dict[str, int] = {}
    places = [first.setdefault(os.path.normcase(b.resolve()), n) for n, b in enumerate(books)]
    once = [book for number, book in enumerate(books) if places[number] == number]
    return once, [book for number, book in enumerate(books) if places[number] != number]


def prepare_each(books: Sequence[Path], options: Sequence[str], jobs: int) -> Iterator[Outcome]:
    """Prepare the books, ``jobs`` at a time; outcomes in the order of the books.

    Args:
        books: Each once: two processes would lock each other out.
        options: Those of the command for all of them, ``--json`` apart.
        jobs: How many at a time, 1 or more.
    """
    with ThreadPoolExecutor(jobs) as threads:
        yield from threads.map(lambda book: _prepare(book, options), books)


def _prepare(book: Path, options: Sequence[str]) -> Outcome:
    command = [sys.executable, "-m", "xl_relances.cli", "prepare", "--json", *options, "--"]
    done = subprocess.run(  # noqa: S603 - no shell; the book is one argument, never an option
        [*command, str(book)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    whole = done.returncode in {0, 1} and done.stdout  # a process that was ended has another code
    told: dict[str, Any] | None = json.loads(done.stdout) if whole else None
    return Outcome(book, told, tuple(done.stderr.splitlines()), clean=done.returncode == 0)
