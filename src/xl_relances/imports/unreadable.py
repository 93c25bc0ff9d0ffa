"""A row that cannot be read, as Grand livre keeps it until it is mended.

Left out, a payment would leave its customer claimed too much. The row stands in the
sheet with the text of its cell at fault: Grand livre cannot read it either, so that
its customer gets no letter. A row whose account cannot be told stands there without
one, a finding of every Prepare.

Source: product specification, section 4, rule 5, and section 6.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from xl_relances.imports import dates, fec
from xl_relances.imports.amounts import AmountError, AmountForm
from xl_relances.imports.columns import is_collective
from xl_relances.imports.dates import Cell, DateColumn, DateError
from xl_relances.imports.job import AT, Job, Picked
from xl_relances.imports.lines import clean, code
from xl_relances.imports.taking import account_number

Money = Callable[[Picked], tuple[Decimal, Decimal]]

BROKEN = "ligne coupée"
"""What stands for the amount of a line with too many or too few fields."""

_TITLES = {
    "account": "Compte", "customer_code": "Compte", "customer_name": "Nom", "account_name": "Nom",
    "journal": "Écriture", "journal_name": "Écriture", "entry_no": "Écriture",
    "invoice_no": "Pièce", "document_no": "Pièce", "reference": "Pièce", "document_date": "Date",
    "date": "Date", "entry_date": "Date", "due_date": "Échéance", "label": "Libellé",
    "credit": "Crédit", "balance_credit": "Crédit", "currency": "Devise",
    "allocation": "Lettrage", "dispute": "Litige", "promise": "Promesse",
    "hold_until": "Jusqu'au", "hold_reason": "Motif", "level": "Dernière lettre",
    "letter_date": "Relancé le",
}  # fmt: skip
"""Our title of the cell that shows what could not be read; « Débit » for other fields."""
_ISSUED = ("document_date", "date", "entry_date")
_GENERAL = re.compile(r"[1-9]\d\d[0-9A-Z]*")


def title_of(name: str) -> str:
    """Our title of the cell that shows a field at fault."""
    return _TITLES.get(name, "Débit")


class Unreadable:
    """Makes rows of Grand livre of what one file holds but cannot say."""

    def __init__(
        self, job: Job, form: AmountForm, days: Mapping[str, DateColumn], money: Money
    ) -> None:
        self._job = job
        self._form = form
        self._days = days
        self._money = money

    def row(self, picked: Picked, account: str, name: str, value: Cell) -> dict[str, Cell]:
        """The row with what could be read of it.

        Args:
            picked: Its cells.
            account: Its customer, "" when the account is what cannot be read.
            name: The field at fault.
            value: What stands there.
        """
        day = {field: self._day(field, picked) for field in self._days}
        known = [found for field in reversed(_ISSUED) if isinstance(found := day.get(field), date)]
        piece, number = self._job.references(picked)
        title = title_of(name)
        row: dict[str, Cell] = {
            "Compte": account or None,
            "Nom": clean(picked[AT["customer_name"]]) or clean(picked[AT["account_name"]]),
            "Écriture": fec.entry_reference(
                code(picked[AT["journal"]]), known[0] if known else None, number
            ),
            "Pièce": piece,
            "Date": next(filter(None, (day.get(field) for field in _ISSUED)), None),
            "Échéance": day.get("due_date"),
            "Libellé": clean(picked[AT["label"]]),
            "Débit": self._amount(picked, "debit", "amount", "balance", "balance_debit"),
            "Crédit": self._amount(picked, "credit", "balance_credit"),
            "Devise": fec.currency(clean(picked[AT["currency"]])) or self._job.base,
            "Lettrage": code(picked[AT["allocation"]]),
            "Litige": clean(picked[AT["dispute"]]),
            "Promesse": clean(picked[AT["promise"]]),
            "Jusqu'au": day.get("hold_until"),
            "Motif": clean(picked[AT["hold_reason"]]),
            "Relancé le": day.get("letter_date"),
        }
        try:
            owed, paid = self._money(picked)
        except AmountError:
            pass
        else:
            row |= {"Débit": owed or None, "Crédit": paid or None}
        if name == "currency_amount" and row["Crédit"]:
            title, row["Débit"] = "Crédit", None
        shown = clean(value)[:120]
        if title == "Compte":
            row |= {"Compte": None, "Libellé": f"compte lu « {shown} » ; {row['Libellé']}"}
        else:
            row[title] = shown or f"? {row[title] or ''}".rstrip()
        return row

    def keep(
        self,
        taken: Mapping[int, tuple[Picked, str, str]],
        account_of: Callable[[Picked], str],
    ) -> None:
        """Keep rows that were left out before any cell was read.

        Args:
            taken: As :attr:`Job.unread` has them.
            account_of: Whose an entry of that row would be.
        """
        left_out = self._job.result.left_out
        for place, (picked, account, name) in taken.items():
            left = left_out[place]
            account = account and account_of(picked)  # noqa: PLW2901 - as entries have it
            value = left.reason if title_of(name) != "Compte" else ""
            row = self.row(picked, account, name, value)
            left_out[place] = replace(left, kept=row, at=title_of(name))

    def _day(self, field: str, picked: Picked) -> date | str | None:
        """The day, or the text that is none."""
        cell = picked[AT[field]]
        try:
            return self._days[field].read(cell)
        except DateError:
            return clean(cell)[:120]

    def _amount(self, picked: Picked, *fields: str) -> Decimal | str | None:
        """The amount of the first of these fields that says one, or its text."""
        for field in fields:
            cell = picked[AT[field]]
            if cell is None or not clean(cell):
                continue
            try:
                return self._form.read(cell) or None
            except AmountError:
                return clean(cell)[:120]
        return None


def keep_broken(job: Job, customers: Collection[str]) -> None:
    """Keep lines with too many or too few fields that may be of a customer.

    A line is of a customer where its account stands in its place, or shifted by the
    fields too many, and other lines know it; of no customer where it names another
    account of the books; else its account cannot be told.
    """
    for place, fields in job.broken.items():
        left = job.result.left_out[place]
        account = _account(job, fields, customers)
        if account is None:
            continue
        row: dict[str, Cell] = {
            "Compte": account or None,
            "Libellé": left.value,
            "Débit": BROKEN,
            "Devise": job.base,
        }
        job.result.left_out[place] = replace(left, kept=row, at="Débit")


def _account(job: Job, fields: Sequence[Cell], customers: Collection[str]) -> str | None:
    """The customer of a broken line; "" where it cannot be told, None for no customer."""
    shift = max(0, len(fields) - job.width)

    def cell(name: str, by: int = 0) -> str:
        index = job.columns.index(name)
        return code(fields[index + by]) if index is not None and index + by < len(fields) else ""

    for by in (0, shift):
        for name in ("customer_code", "account"):
            found = account_number(cell(name, by))
            if found in customers:
                return found
            if is_collective(found) and (named := cell("customer_name", by)) in customers:
                return named
    general = cell("account")
    both = job.is_fec or ("customer_code" in job.columns and "account" in job.columns)
    booked = job.columns.index("entry_date")
    in_place = not job.is_fec or (
        booked is not None and booked < len(fields) and dates.looks_dated(fields[booked])
    )
    if both and in_place and _GENERAL.fullmatch(general):
        if not general.startswith(job.roots):
            return None
        if job.is_fec:  # a customer of another file, or of this line alone
            return cell("customer_code") or general
    return ""
