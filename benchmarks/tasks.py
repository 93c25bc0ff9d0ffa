"""What runs in a process of its own: ``python -m benchmarks.tasks NAME ARGUMENT...``.

Prints one line of JSON: ``seconds`` of the work alone, and its figures.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import books, imports, letters, recalculation


def _letters(words: list[str]) -> tuple[Path, int, Path]:
    """Template, number of letters, folder."""
    template, count, folder = words
    return Path(template), int(count), Path(folder)


def _kind(words: list[str]) -> dict[str, Any]:
    """Items a letter, and whether it has a payment code."""
    items, code = words
    return {"items": int(items), "coded": code == "coded"}


TASKS: dict[str, Callable[[list[str]], dict[str, float]]] = {
    "fill": lambda words: books.fill(Path(words[0]), Path(words[1]), int(words[2]), int(words[3])),
    "read-ours": lambda words: books.read_ours(Path(words[0])),
    "read-calamine": lambda words: books.read_calamine(Path(words[0])),
    "read-openpyxl": lambda words: books.read_openpyxl(Path(words[0])),
    "read-openpyxl-lean": lambda words: books.read_openpyxl_lean(Path(words[0])),
    "write-ours": lambda words: books.write_ours(Path(words[0]), Path(words[1])),
    "write-openpyxl": lambda words: books.write_openpyxl(Path(words[0]), Path(words[1])),
    "fec": lambda words: imports.write_fec(Path(words[0]), int(words[1])),
    "import-ours": lambda words: imports.ours(Path(words[0])),
    "import-polars": lambda words: imports.usual(Path(words[0])),
    "mark": lambda words: books.mark(Path(words[0])),
    "open in LibreOffice": lambda words: recalculation.open_in_libreoffice(
        Path(words[0]), words[1], Path(words[2])
    ),
    "round-trip": lambda words: books.round_trip(Path(words[0]), Path(words[1])),
    "letters-ours": lambda words: letters.ours(*_letters(words[:3]), **_kind(words[3:])),
    "letters-docxtpl": lambda words: letters.usual(*_letters(words[:3]), **_kind(words[3:])),
    "merge-ours": lambda words: letters.merged(*_letters(words)),
    "merge-docxcompose": lambda words: letters.composed(*_letters(words)),
    "print-ours": lambda words: letters.printed(*_letters(words)),
    "print-one by one": lambda words: letters.printed_one_by_one(*_letters(words)),
}


def main(arguments: Sequence[str]) -> None:
    """Run the task named first with the words that follow it."""
    name, *words = arguments
    print(json.dumps(TASKS[name](words)))


if __name__ == "__main__":
    main(sys.argv[1:])
