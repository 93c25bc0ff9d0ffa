"""The journal of a campaign's folder: what each letter there says, so that none is made twice."""

from __future__ import annotations

import json
from pathlib import Path

from xl_relances.book import preparation_rows
from xl_relances.letters.letter import Letter

JOURNAL = "lettres.jsonl"
"""In a campaign's folder: what each letter there says, one JSON object a line."""


def proof(letter: Letter, template: Path) -> str:
    """Changes with anything the letter says and with the template that says it."""
    status = template.stat()
    return preparation_rows.digest(repr(letter), template.name, str(status.st_mtime_ns))


def read_journal(folder: Path) -> dict[str, str]:
    """Proof of each letter by its file name; a line that a cut left half written is none."""
    path = folder / JOURNAL
    if not path.is_file():
        return {}
    journal: dict[str, str] = {}
    text = path.read_text("utf-8", errors="replace")
    if text and not text.endswith("\n"):  # cut short: the next entry gets a line of its own
        with path.open("a", encoding="utf-8") as torn:
            torn.write("\n")
    for line in text.splitlines():
        try:
            entry = json.loads(line)
            journal[str(entry["fichier"])] = str(entry["empreinte"])
        except (ValueError, KeyError, TypeError):
            continue  # the line that a cut left half written
    return journal


def log(folder: Path, name: str, proof: str) -> None:
    """Add a letter that is there now."""
    with (folder / JOURNAL).open("a", encoding="utf-8") as journal:
        journal.write(json.dumps({"fichier": name, "empreinte": proof}) + "\n")
