"""What an import says: one report a file, and the sums to compare with the trial balance."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from xl_relances import french
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

    def sentences(self, currency: str) -> list[str]:
        """The report for people: a line on the file, then what was noticed."""

        def shown(value: Decimal) -> str:
            return french.amount(value, currency)

        form = ", ".join(
            filter(
                None,
                (self.encoding, f"séparateur {_named(self.separator)}" if self.separator else ""),
            )
        )
        read = french.count(self.rows_read, "ligne lue", "lignes lues")
        kept = french.count(self.rows_kept, "importée", "importées")
        lines = [f"{self.file} ({form}) : {read}, {kept}."]
        if self.customers:
            lines.append(
                f"  débit {shown(self.debit)}, crédit {shown(self.credit)}, solde clients "
                f"{shown(self.balance)} à comparer à la balance (non lettré "
                f"{shown(self.unallocated_balance)}), {french.count(self.customers, 'client')}"
            )
        if self.columns:
            sure = ", ".join(f"{o} = « {t} »" for o, t, c in self.columns if c == "sûr")
            unsure = ", ".join(f"{o} = « {t} » ({c})" for o, t, c in self.columns if c != "sûr")
            lines.append("  colonnes : " + " ; ".join(filter(None, (sure, unsure))))
        lines += [f"  {note}" for note in self.notes]
        if self.accounts_nil_with_open_items:
            accounts = self.accounts_nil_with_open_items
            nil = french.count(
                len(accounts), "compte soldé mais non lettré", "comptes soldés mais non lettrés"
            )
            lines.append(f"  {nil} ({french.listing(accounts)})")
        if self.absent_since_last:
            count = len(self.absent_since_last)
            named_items = french.listing(
                f"{item['Compte']} {item['Pièce'] or item['Écriture'] or ''}".strip()
                for item in self.absent_since_last
            )
            lines.append(
                "  "
                + french.count(count, "échéance ouverte absente", "échéances ouvertes absentes")
                + f" du nouveau fichier, payée ou retirée ({named_items})"
            )
        harmless = [row for row in self.left_out if not row.fault]
        lines += [
            f"  ligne {row.line} laissée : {row.reason} (« {row.value} »)" for row in harmless[:5]
        ]
        return lines


def _named(separator: str) -> str:
    """A separator as people say it."""
    return "tabulation" if separator == "\t" else f"« {separator} »"
