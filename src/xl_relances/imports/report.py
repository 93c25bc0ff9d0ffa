"""What an import says: one report a file, and the sums to compare with the trial balance."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from xl_relances.imports.lines import LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What came of one file.

    Amounts are in the company's currency, debit positive.

    Attributes:
        file: Its name.
        encoding: Of a text file; the kind of workbook else.
        separator: Of a text file; None else.
        rows_read: Rows below the titles that are not empty.
        rows_kept: Rows that are in Grand livre or Clients now.
        left_out: Rows left out, each with line, column, value and reason.
        debit: Sum of the debits of customers' accounts.
        credit: Sum of their credits.
        balance: The balance of 411, to compare with the trial balance.
        unallocated_balance: The part of it that no allocation settles.
        customers: How many customers.
        accounts_nil_with_open_items: Accounts that owe nothing but hold open items.
        absent_since_last: Open items of the former ledger that are in no file now.
        columns: Our title, the file's title, how sure we are.
        notes: French sentences without a full stop.
    """

    file: str
    encoding: str | None
    separator: str | None
    rows_read: int
    rows_kept: int
    left_out: tuple[LeftOut, ...]
    debit: Decimal
    credit: Decimal
    balance: Decimal
    unallocated_balance: Decimal
    customers: int
    accounts_nil_with_open_items: tuple[str, ...]
    absent_since_last: tuple[dict[str, Any], ...] = ()
    columns: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[str, ...] = field(default=())

    def as_json(self, places: int) -> dict[str, Any]:
        """The report for machines: amounts as texts with the currency's places."""
        record = asdict(self)
        del record["columns"], record["notes"]
        record["left_out"] = [
            {"line": r.line, "column": r.column, "value": r.value, "reason": r.reason}
            for r in self.left_out
        ]
        for name in ("debit", "credit", "balance", "unallocated_balance"):
            record[name] = f"{record[name]:.{places}f}"
        for name in ("accounts_nil_with_open_items", "absent_since_last"):
            record[name] = list(record[name])
        return record
