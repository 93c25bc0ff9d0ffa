"""What can go wrong, as French sentences for the people who read them.

    RelancesError               something the user must know; its text is the sentence
    ├── BookError               the workbook lacks a sheet, a table, a column or a name, or is none
    ├── BookBusyError           the workbook is open elsewhere, locked, or cannot be written
    ├── FindingsError           findings about the user's data that stop a command (holds them all)
    ├── RefusedError            a command that must not run now (nothing to do, history changed)
    ├── CancelledError          the user answered no to a question
    └── LetterError             a template or a letter that cannot be made

A :class:`Finding` is about the user's data: it is returned and listed, and only
raised, inside :class:`FindingsError`, where going on would do harm.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_LONGEST = 400
"""Characters of a finding; a cell that it quotes may hold 32,767."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to mend in the user's workbook, files or templates.

    Attributes:
        where: Sheet title or file name, as the user knows it.
        message: What is wrong and what to do, a French clause without its place.
        row: Row number as Excel shows it, when one cell or row is at fault.
        column: Column title, when one column is at fault.
        blocking: Whether the row or command concerned cannot go on.
    """

    where: str
    message: str
    row: int | None = None
    column: str | None = None
    blocking: bool = True

    def __str__(self) -> str:
        place = self.where
        if self.row is not None:
            place += f", ligne {self.row}"
        if self.column is not None:
            place += f", colonne « {self.column} »"
        message = _BREAKS.sub(" ", self.message)
        if len(message) > _LONGEST:
            message = f"{message[:250]} … {message[-120:]}"
        return f"{place} : {message}"


class RelancesError(Exception):
    """Something the user must know; ``str(error)`` is one French sentence."""


class BookError(RelancesError):
    """The workbook lacks a part that the product needs, or is no workbook."""


class BookBusyError(RelancesError):
    """The workbook is open elsewhere, locked or cannot be written."""


class FindingsError(RelancesError):
    """Findings that stop a command; ``findings`` is never empty."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class RefusedError(RelancesError):
    """A command that must not run now; the sentence says why and what to do."""


class CancelledError(RelancesError):
    """The user answered no: nothing was done."""


class LetterError(RelancesError):
    """A template or a letter that cannot be made; the sentence names it."""
