"""What reading one ledger export shares: the file, its columns, and where findings go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from xl_relances import french
from xl_relances.errors import RefusedError
from xl_relances.imports import fec
from xl_relances.imports.columns import Columns
from xl_relances.imports.dates import Cell
from xl_relances.imports.lines import FileRead, LeftOut, clean, code
from xl_relances.imports.sources import NOTHING, Answers, Source
from xl_relances.imports.titles import AMOUNTS

FIELDS = (
    "account", "customer_code", "customer_name", "account_name", "journal", "journal_name",
    "entry_no", "invoice_no", "document_no", "reference", "document_date", "date", "entry_date",
    "due_date", "label", "debit", "credit", "amount", "side", "balance", "balance_debit",
    "balance_credit", "allocation", "currency", "currency_amount", "dispute", "promise",
    "hold_until", "hold_reason", "level", "letter_date", "paid", "state",
)  # fmt: skip
"""What is picked out of each row, in this order."""

AT = {name: index for index, name in enumerate(FIELDS)}
MONEY = tuple(AT[name] for name in AMOUNTS)
DAYS = tuple(AT[name] for name in ("document_date", "date", "entry_date", "due_date"))

Picked = tuple[Cell, ...]
"""The cells of a row in the order of :data:`FIELDS`; None where the file has no such column."""


@dataclass(slots=True, kw_only=True)
class Job:
    """One ledger export being read.

    Attributes:
        source: The file.
        columns: Where its fields stand.
        roots: Beginnings of customers' accounts.
        base: The company's currency.
        answers: What the user said beforehand.
        result: What has been read, and what was left out.
        grouped: Whether customers' names stand above their lines, on a common account.
        broken: Fields of each line that has too many or too few, by place in ``left_out``.
        unread: Other rows to be kept unread, by place in ``left_out``: the row picked, its
            account ("" for none) and the field at fault.
    """

    source: Source
    columns: Columns
    roots: tuple[str, ...]
    base: str
    answers: Answers
    result: FileRead
    grouped: bool = False
    broken: dict[int, Sequence[Cell]] = field(default_factory=dict)
    unread: dict[int, tuple[Picked, str, str]] = field(default_factory=dict)

    @property
    def is_fec(self) -> bool:
        """Whether it is one."""
        return self.result.is_fec

    @property
    def width(self) -> int:
        """How many titles its header has."""
        return len(self.source.header.titles)

    @property
    def indexes(self) -> tuple[int | None, ...]:
        """The column of each of :data:`FIELDS`."""
        return tuple(self.columns.index(name) for name in FIELDS)

    def picker(self) -> Callable[[Sequence[Cell]], Picked]:
        """Takes our fields out of a row."""
        pick = itemgetter(*(-1 if i is None else i for i in self.indexes))
        return lambda cells: pick((*cells, None))

    def references(self, picked: Picked) -> tuple[str, str]:
        """The document's reference and the entry's number."""
        invoice = fec.document(code(picked[AT["invoice_no"]]))
        piece = fec.document(code(picked[AT["document_no"]]))
        number = code(picked[AT["entry_no"]])
        if "entry_no" not in self.columns and {"journal", "invoice_no"} <= set(
            self.columns.matches
        ):
            number, piece = piece, ""  # Sage: the piece is the entry's number in its journal
        return invoice or piece or fec.document(code(picked[AT["reference"]])), number

    def leave(
        self,
        line: int,
        name: str | None,
        value: Cell,
        reason: str,
        *,
        fault: bool = True,
        kept: Mapping[str, Cell] | None = None,
        at: str = "",
    ) -> int:
        """Report a row that is left out; its place in the report."""
        self.result.left_out.append(
            LeftOut(
                file=self.source.file,
                line=line,
                column=self.columns.title(name) if name else None,
                value=clean(value)[:120],
                reason=clean(reason),
                fault=fault,
                kept=kept,
                at=at,
            )
        )
        return len(self.result.left_out) - 1

    def forget(self) -> None:
        """Nothing was left out: the file is read again from its start."""
        self.result.left_out.clear()
        self.broken.clear()
        self.unread.clear()

    def no_customers(self, others: Iterable[str]) -> RefusedError:
        """The sentence on a ledger without a line of a customer's account."""
        seen = french.listing(sorted(set(others))) or "aucun"
        return RefusedError(
            f"{self.source.file} : aucune écriture sur les comptes clients "
            f"({', '.join(self.roots)}) ; comptes lus : {seen}. Donnez les racines dans "
            f"Paramètres, « Racines des comptes clients ». {NOTHING}"
        )
