"""``envois.jsonl``: what became of each mail of a campaign, so that none goes twice.

One JSON object a line, written through to the disk before what it announces:

    prepared → sending → sent | failed        by SMTP
    sending → drafted                         a draft put into Outlook
    drafted                                   a draft put into a folder

A mail that stands at ``sending`` may have gone: nobody but a person can tell. The end
of a line that a cut left half written is dropped, which leaves the state before it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from xl_relances.errors import RefusedError

JOURNAL = "envois.jsonl"


class State(StrEnum):
    """How far a mail has come."""

    PREPARED = "prepared"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DRAFTED = "drafted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: what happened to the mail of one customer and currency.

    Attributes:
        account: Compte.
        currency: Devise.
        state: What it reached.
        at: When, ISO 8601, local time.
        way: ``smtp``, ``outlook`` or ``eml``.
        to: Addresses.
        digest: Of what the mail says and carries.
        message_id: Its Message-ID; empty for a draft.
        reason: Why it failed, or who said that it went; French.
    """

    account: str
    currency: str
    state: State
    at: str
    way: str
    to: tuple[str, ...]
    digest: str
    message_id: str = ""
    reason: str = ""


class Journal:
    """The journal of one campaign's folder; made when the first line is written."""

    def __init__(self, path: Path, entries: list[Entry]) -> None:
        self._path = path
        self._last: dict[tuple[str, str], Entry] = {}
        self._drafted: dict[tuple[str, str], Entry] = {}
        for entry in entries:
            self._keep(entry)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The journal of ``folder``, empty where there is none yet.

        Raises:
            RefusedError: It was damaged: what was sent cannot be known.
        """
        path = folder / JOURNAL
        try:
            lines = path.read_bytes().split(b"\n")[:-1]
        except FileNotFoundError:
            return cls(path, [])
        return cls(path, [_entry(line, number, path) for number, line in enumerate(lines, 1)])

    def of(self, account: str, currency: str) -> Entry | None:
        """What happened last to that customer's mail."""
        return self._last.get((account, currency))

    def draft_of(self, account: str, currency: str) -> Entry | None:
        """The last draft made for that customer, whatever came after."""
        return self._drafted.get((account, currency))

    def record(self, entry: Entry) -> None:
        """Write a line; it is on the disk when this returns.

        Raises:
            OSError: It cannot be written: what it announces must not be done.
        """
        line = json.dumps(asdict(entry), ensure_ascii=True).encode() + b"\n"
        is_new = not self._path.exists()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            _drop_half_line(file.fileno())
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        if is_new and os.name == "posix":
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        self._keep(entry)

    def _keep(self, entry: Entry) -> None:
        key = (entry.account, entry.currency)
        self._last[key] = entry
        if entry.state is State.DRAFTED:
            self._drafted[key] = entry


def _entry(line: bytes, number: int, path: Path) -> Entry:
    try:
        fields = json.loads(line)
        fields["state"] = State(fields["state"])
        fields["to"] = tuple(map(str, fields["to"]))
        return Entry(**fields)
    except (ValueError, TypeError, KeyError):
        raise RefusedError(
            f"{path}, ligne {number} : journal des envois abîmé, ce qui est déjà parti n'est plus "
            "sûr. Rétablissez ce fichier d'une sauvegarde. Rien n'a été envoyé."
        ) from None


def _drop_half_line(file: int) -> None:
    """Cut what follows the last line break: a line that was being written when all stopped."""
    end = os.fstat(file).st_size
    at = end
    while at:
        start = max(0, at - 4096)
        os.lseek(file, start, os.SEEK_SET)
        found = os.read(file, at - start).rfind(b"\n")
        if found >= 0:
            at = start + found + 1
            break
        at = start
    if at != end:
        os.ftruncate(file, at)
