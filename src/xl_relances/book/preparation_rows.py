"""Rows of Préparation, Détail and Non relancés as records.

The sheets are the truth: what is ticked is what a letter lists. Sums and numbers
are computed from the ticks, never read from a formula's cell.

Source: product specification, sections 2 and 4 (rules 6, 10 and 12).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from xl_relances import french
from xl_relances.dunning.decision import Decisions, Key
from xl_relances.errors import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailRow:
    """A row of Détail: one open item.

    Attributes:
        suggested: Whether Prepare ticked it; None where the user may not tick it.
        listed: Its tick.
        proposed: The level its letter gives it; None unless it is ready.
        limitation: The last day on which it may be claimed in court; None where not claimed.

    The others are the columns of the sheet, amounts signed as there.
    """

    account: str
    name: str
    currency: str
    entry_no: str
    document: str
    document_date: date | None
    due_date: date | None
    days_late: int | None
    label: str
    debit: Decimal | None
    credit: Decimal | None
    amount: Decimal
    set_off: Decimal
    remainder: Decimal
    level: int | None
    letter_date: date | None
    proposed: int | None
    next_day: date | None
    limitation: date | None
    listed: bool
    motif: str
    identity: str
    suggested: bool | None

    @property
    def reference(self) -> str:
        """What people call it: its document, else its label, else its entry."""
        return self.document or self.label or self.entry_no

    @property
    def key(self) -> Key:
        """Account and currency."""
        return self.account, self.currency


@dataclass(frozen=True, slots=True)
class RowCharge:
    """What a letter claims beside the balance due; never part of it.

    Attributes:
        amount: Euros; 0 for nothing, None where a half-year has no rate.
        numbers: The letters that claim it.
        made: Whether the letter is made, and says so: only its own number claims it.
    """

    amount: Decimal | None
    numbers: tuple[int, ...]
    made: bool = False


@dataclass(frozen=True, kw_only=True)
class CustomerRow:
    """A row of Préparation: one customer and currency that may get a letter.

    Attributes:
        typed: Number typed over the proposed one; None where it was left.
        on: The « Relancer » tick.
        issued: The « Éditée » tick.
        file: The letter's file, relative to the workbook.
        batch: The campaign of its letter.
        digest: What an issued letter listed; "" while none was made.
        items: Its rows of Détail.
        charges: What the letter claims beside, by title of ``layout.CHARGES``, those that no
            level asks for left out; None while nobody has reckoned them.

    The others are the columns of the sheet.
    """

    account: str
    name: str
    currency: str
    max_late: int
    last_letter: int | None
    last_date: date | None
    typed: int | None
    on: bool
    issued: bool
    file: str
    motif: str
    forced: bool
    batch: str
    digest: str
    items: tuple[DetailRow, ...]
    number_of_row: int | None = None
    charges: Mapping[str, RowCharge] | None = None

    @property
    def key(self) -> Key:
        """Account and currency."""
        return self.account, self.currency

    @cached_property
    def listed(self) -> tuple[DetailRow, ...]:
        """Items that the letter lists: ticked ones that may be."""
        return tuple(item for item in self.items if item.listed and item.suggested is not None)

    @property
    def balance_due(self) -> Decimal:
        """What the letter claims, with the currency's decimals."""
        return sum((item.remainder for item in self.listed), 0 * french.quantum(self.currency))

    @cached_property
    def suggested_no(self) -> int | None:
        """« Lettre proposée »: the highest level proposed among the listed items."""
        return max((item.proposed for item in self.listed if item.proposed), default=None)

    @property
    def letter_no(self) -> int | None:
        """« N° lettre »: the typed number, else the proposed one; none with no ready item."""
        suggested = self.suggested_no
        return suggested if self.typed is None or suggested is None else self.typed

    @property
    def is_chased(self) -> bool:
        """Whether it gets a letter: « Relancer » is ticked, and there is a number."""
        return self.on and self.letter_no is not None

    @property
    def letter_date(self) -> date | None:
        """Day of its letter, from the name of its campaign."""
        try:
            return date.fromisoformat(self.batch[:10])
        except ValueError:
            return None

    def content_digest(self) -> str:
        """Changes with the items listed, their amounts and the letter's number.

        Not with their order: the user may sort Détail.
        """
        items = sorted(f"{item.identity}={item.remainder:f}" for item in self.listed)
        return digest(str(self.letter_no), *items)


def digest(*parts: str) -> str:
    """A short digest of some texts in order."""
    text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedRow:
    """A row of Non relancés; a summary row has no account and its count in ``name``.

    Attributes:
        net: What the customer owes net; None where no row of theirs can be read.

    The others are the columns of the sheet.
    """

    account: str
    name: str
    currency: str
    net: Decimal | None
    forced: bool
    motif: str

    @property
    def key(self) -> Key:
        """Account and currency."""
        return self.account, self.currency


@dataclass(frozen=True, slots=True)
class Sheets:
    """The three sheets as they stand.

    Attributes:
        customers: Préparation, in sheet order.
        others: Items of customers who are not in Préparation.
        excluded: Non relancés, in sheet order.
        findings: What could not be read.
        items: Détail, in sheet order.
        faults: The first unreadable cell of a customer's rows: what their letter lists is
            unknown, so none is made or saved. The key is None where nobody knows whose it is.
    """

    customers: list[CustomerRow]
    others: list[DetailRow]
    excluded: list[ExcludedRow]
    findings: list[Finding]
    items: list[DetailRow] = field(default_factory=list)
    faults: Mapping[Key | None, Finding] = field(default_factory=dict)

    @property
    def decisions(self) -> Decisions:
        """What the user decided, compared with what Prepare wrote."""
        items = [item for row in self.customers for item in row.items]
        return Decisions(
            unticked=frozenset(i.identity for i in items if i.suggested and not i.listed),
            ticked=frozenset(i.identity for i in items if i.suggested is False and i.listed),
            switched_off=frozenset(row.key for row in self.customers if not row.on),
            letter_nos={row.key: row.typed for row in self.customers if row.typed is not None},
            forced=frozenset(
                [
                    *(row.key for row in self.customers if row.forced),
                    *(row.key for row in self.excluded if row.forced and row.account),
                ]
            ),
        )
