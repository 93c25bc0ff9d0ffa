"""What an import yields: ledger lines, customers, and what was left out and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from xl_relances.dunning.ledger import LedgerEntry
from xl_relances.errors import Finding
from xl_relances.imports.dates import Cell

ZERO = Decimal(0)
_BREAKS = re.compile(r"(?:_x000D_)?[\r\n\v\f\x85\u2028\u2029]+|_x000D_")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_AS_TEXT = re.compile(r'="(.*)"')
_LONGEST = 32_767


def clean(value: Cell, joint: str = " ") -> str:
    """A cell as text on one line, without control characters; ``joint`` parts its lines."""
    if value is None:
        return ""
    if isinstance(value, str):
        if value.isprintable() and "_x" not in value:
            return value.strip()
        text = _BREAKS.sub("\n", value).replace("\t", " ")
        text = _CONTROLS.sub("", text)
        parts = [part.strip() for part in text.strip().split("\n")]
        return joint.join(filter(None, parts))[:_LONGEST]
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, date):
        return f"{value.day:02}/{value.month:02}/{value.year:04}"
    return str(value)


def code(value: Cell) -> str:
    """An identifier: what spreadsheets put around it to keep it text is taken off."""
    text = clean(value)
    if text.startswith("=") and (match := _AS_TEXT.fullmatch(text)):
        text = match[1].strip()
    if text.startswith("'") and text[1:2].isalnum():
        text = text[1:]
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A row that was not imported.

    Attributes:
        file: Its file.
        line: Its line or row number there.
        column: The column at fault, as the file names it.
        value: What stands there.
        reason: A French clause.
        fault: Whether something is wrong; a line of totals is left out as it should be.
        kept: The row as Grand livre keeps it until it is mended, our titles to cells, so
            that its customer gets no letter; None where it is of no customer.
        at: Our title of the cell that cannot be read, in ``kept``.
    """

    file: str
    line: int
    column: str | None
    value: str
    reason: str
    fault: bool = True
    kept: Mapping[str, Cell] | None = None
    at: str = ""

    @property
    def finding(self) -> Finding:
        """The same as a finding."""
        value = f" (« {self.value} »)" if self.value and self.value not in self.reason else ""
        return Finding(
            where=self.file, row=self.line, column=self.column, message=f"{self.reason}{value}."
        )


class Marks(NamedTuple):
    """What the file says of a dispute or a promise to pay.

    Attributes:
        dispute: What the dispute is about, "" for none.
        promise: The word that marks a promise, "" for none.
        until: Last day of either, when known.
        reason: Why, free text.
    """

    dispute: str = ""
    promise: str = ""
    until: date | None = None
    reason: str = ""


NO_MARKS = Marks()
"""Those of an entry of which the file says nothing."""


class Line(NamedTuple):
    """An entry with what the ledger sheet does not hold.

    Attributes:
        entry: The entry, in its own currency; no identity yet.
        euros: Its signed amount in the company's currency, for the balance of 411.
        opening: Whether it opens a year (journal AN or RAN).
        entry_date: Its day in the books.
        number: Its line in the file.
        journal: The journal's code.
        marks: What keeps it out of letters.
    """

    entry: LedgerEntry
    euros: Decimal
    opening: bool
    entry_date: date | None
    number: int
    journal: str
    marks: Marks


@dataclass(slots=True, kw_only=True)
class FileRead:
    """One file as read.

    Attributes:
        file: Its name.
        encoding: Of a text file, else the kind of workbook.
        separator: Of a text file.
        signature: What tells files of the same layout.
        columns: Our title, the file's title and how sure we are.
        is_fec: Whether it is one.
        rows_read: Rows below the header that are not empty.
        lines: Ledger lines.
        customers: Customers' rows: our title to text.
        left_out: Rows not imported.
        notes: French sentences without a full stop.
        beside: Balance of 413, 416, 4191 … by customer and account.
        digest: Digest of the whole file.
    """

    file: str
    encoding: str | None = None
    separator: str | None = None
    signature: str = ""
    columns: list[tuple[str, str, str]] = field(default_factory=list)
    is_fec: bool = False
    rows_read: int = 0
    lines: list[Line] = field(default_factory=list)
    customers: list[Mapping[str, str]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    beside: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    digest: str = ""
