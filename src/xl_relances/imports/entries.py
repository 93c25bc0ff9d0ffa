"""Rows to entries: exact amounts, days, accounts; what cannot be read is a finding.

Source: product specification, section 6; domain notes; field cases D01 to D10.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from xl_relances import french
from xl_relances.dunning.ledger import LedgerEntry
from xl_relances.imports import fec
from xl_relances.imports.amounts import AmountError, AmountForm, rounded
from xl_relances.imports.columns import BY_VALUES, is_collective
from xl_relances.imports.dates import Cell, DateColumn, DateError
from xl_relances.imports.job import AT, FIELDS, MONEY, Job, Picked
from xl_relances.imports.lines import NO_MARKS, ZERO, Line, Marks, clean, code
from xl_relances.imports.paid import rest
from xl_relances.imports.taking import account_number
from xl_relances.imports.titles import AMOUNTS, normal
from xl_relances.imports.unreadable import Unreadable, title_of

_DAMAGED = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_PARTIAL = re.compile(r"P\d+")
_FIGURE = re.compile(r"[1-9]")
_TRAILING = re.compile(r"(\d{3,})[.,]0+")


class Converter:
    """Turns the rows of one file into lines of its result."""

    def __init__(self, job: Job, form: AmountForm, days: Mapping[str, DateColumn]) -> None:
        self.job = job
        self._form = form
        self._days = days
        self._filled: bool | None = None

    def convert(self, rows: Sequence[tuple[int, Picked]]) -> None:
        """Every row as a line, or as one left out."""
        form = self._form
        money = self._money(form)
        unreadable = Unreadable(self.job, form, self._days, money)
        at = AT
        has = self.job.columns
        reads = {name: column.read for name, column in self._days.items()}
        coded = "customer_code" in has
        marked = bool({"dispute", "promise"} & set(has.matches))
        filtered = coded and "account" in has
        errors = self.job.source.errors
        base_places = french.decimal_places(self.job.base)
        lines = self.job.result.lines
        beside: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        nil: list[int] = []
        collective = self._collective(rows)
        abroad = self._abroad(rows)
        unreadable.keep(self.job.unread, lambda picked: self._account(picked, collective))
        unnamed = not {"customer_name", "account_name"} & set(has.matches) and (
            coded and has.matches["customer_code"].confidence == BY_VALUES
        )

        partial = has.has_partial_codes

        def matched(text: str) -> str:
            """An allocation code; a partial one is lower case with us."""
            return text.lower() if partial and _PARTIAL.fullmatch(text) else text

        def leave(name: str, value: Cell, reason: str) -> None:
            """Report the row at hand, and keep it where it is of a customer."""
            kept, title = None, ""
            if ours(general) or title_of(name) == "Compte":
                kept, title = unreadable.row(picked, account, name, value), title_of(name)
            self.job.leave(line, name, value, reason, kept=kept, at=title)

        def ours(general: str) -> bool:
            """Whether a row of that account is a customer's; 413 … stand beside."""
            return (
                not (filtered or self.job.is_fec)
                or general.startswith(self.job.roots)
                or not general.startswith(fec.BESIDE)
            )

        for line, picked in rows:
            general = account_number(code(picked[0]))
            account = self._account(picked, collective)
            if errors and (found := self._excel_error(line)):
                leave(*found)
                continue
            bad = _damaged(picked[1] if coded and code(picked[1]) else picked[0], account)
            if bad:
                leave("customer_code" if coded else "account", account, bad)
                continue
            day: dict[str, date | None] = {}
            name = "debit"
            try:
                for name, read in reads.items():
                    day[name] = read(picked[at[name]])
                name = "debit"
                debit, credit = money(picked)
            except DateError as error:
                leave(name, picked[at[name]], str(error))
                continue
            except AmountError as error:
                name = self._money_at_fault(picked, form)
                leave(name, picked[at[name]], str(error))
                continue
            if not any(clean(picked[i]) for i in MONEY):
                leave("debit", "", "montant manquant")
                continue
            if not debit and not credit and (blank := self._blank_side(picked)):
                if self._fills_both(rows):
                    leave(blank, "", "montant manquant, à côté de 0")
                    continue
                nil.append(line)
            currency = self.job.base
            if (cell := picked[at["currency"]]) is not None and (given := clean(cell).upper()):
                known = fec.currency(given)
                if known is None:
                    leave("currency", given, f"devise inconnue, « {given} » lu")
                    continue
                currency = known
            euros = debit - credit
            if currency == self.job.base:
                places = base_places
            else:
                places = french.decimal_places(currency)
                try:
                    foreign = self._foreign(picked, euros, form)
                except AmountError as error:
                    leave("currency_amount", picked[at["currency_amount"]], str(error))
                    continue
                if foreign is not None:
                    debit, credit = max(foreign, ZERO), max(-foreign, ZERO)
                elif (account, currency) in abroad:
                    leave("currency_amount", "", f"montant en {currency} manquant")
                    continue
                elif self.job.is_fec or "currency_amount" in has:
                    currency, places = self.job.base, base_places
                else:
                    euros = ZERO
            if not ours(general) and general.startswith(fec.BESIDE):
                beside[account, general] += euros
                continue
            customer = clean(picked[at["customer_name"]]) or (
                clean(picked[at["account_name"]])
                if not (coded and "account" in has and code(picked[1]))
                else ""
            )
            if not customer and unnamed:
                customer = account
            journal = code(picked[at["journal"]])
            booked = day.get("entry_date") or day.get("date") or day.get("document_date")
            issued = day.get("document_date") or day.get("date") or day.get("entry_date")
            piece, number = self.job.references(picked)
            lines.append(
                Line(
                    LedgerEntry(
                        len(lines),
                        account,
                        customer,
                        fec.entry_reference(journal, booked, number),
                        piece,
                        issued,
                        day.get("due_date"),
                        clean(picked[at["label"]]),
                        rounded(debit, places),
                        rounded(credit, places),
                        currency,
                        matched(code(picked[at["allocation"]])),
                        bool(_mark(picked[at["dispute"]])),
                        _level(picked[at["level"]]),
                        day.get("letter_date"),
                    ),
                    rounded(euros, base_places),
                    bool(journal) and fec.is_opening(journal, clean(picked[at["journal_name"]])),
                    booked,
                    line,
                    journal,
                    Marks(
                        _mark(picked[at["dispute"]]),
                        _mark(picked[at["promise"]]),
                        day.get("hold_until"),
                        clean(picked[at["hold_reason"]]),
                    )
                    if marked
                    else NO_MARKS,
                )
            )
        self.job.result.beside = {key: value for key, value in beside.items() if value}
        if nil:
            self.job.result.notes.append(
                french.count(len(nil), "ligne d'un montant nul", "lignes d'un montant nul")
                + f", débit ou crédit vide : {french.listing(map(str, nil), most=8)}"
            )

    def _blank_side(self, picked: Picked) -> str:
        """Of debit and credit the one that says nothing where the other says something."""
        said = [n for n in ("debit", "credit") if n in self.job.columns and clean(picked[AT[n]])]
        whole = not {"debit", "credit"} <= set(self.job.columns.matches)
        if whole or len(said) != 1 or clean(picked[AT["currency_amount"]]):
            return ""
        return "credit" if said == ["debit"] else "debit"

    def _fills_both(self, rows: Sequence[tuple[int, Picked]]) -> bool:
        """Whether other rows say 0 for the side that they are not on: a blank one is missing."""
        if self._filled is None:
            both = alone = 0
            for _, picked in rows:
                said = [text for i in (AT["debit"], AT["credit"]) if (text := clean(picked[i]))]
                if any(_FIGURE.search(text) for text in said):
                    both += len(said) == 2
                    alone += len(said) == 1
            self._filled = both > alone
        return self._filled

    def _account(self, picked: Picked, collective: Collection[str]) -> str:
        """Whose a row is: its code, else its account, else the name on a common account."""
        account = code(picked[1]) if "customer_code" in self.job.columns else ""
        account = account or account_number(code(picked[0]))
        if account in collective:
            return clean(picked[AT["customer_name"]]) or account
        match = _TRAILING.fullmatch(account) if "." in account or "," in account else None
        return match[1] if match else account

    def _abroad(self, rows: Sequence[tuple[int, Picked]]) -> set[tuple[str, str]]:
        """Accounts and foreign currencies in which some row says its own amount."""
        at, held = AT, AT["currency_amount"]
        return {
            (self._account(picked, ()), fec.currency(clean(picked[at["currency"]])) or "")
            for _, picked in rows
            if picked[held] is not None and clean(picked[held]) and picked[at["currency"]]
        }

    def _collective(self, rows: Sequence[tuple[int, Picked]]) -> set[str]:
        """General accounts that several customers without a code of their own share.

        Their names tell them apart: one letter to all of them would be for nobody.
        """
        named = "customer_name" in self.job.columns or self.job.grouped
        if not named or "account" not in self.job.columns:
            return set()
        coded = "customer_code" in self.job.columns
        names: dict[str, set[str]] = defaultdict(set)
        for _, picked in rows:
            general = account_number(code(picked[0]))
            if not (coded and code(picked[1])) and is_collective(general):
                names[general].add(clean(picked[AT["customer_name"]]).casefold())
        shared = {general for general, found in names.items() if len(found - {""}) > 1}
        self.job.result.notes += [
            f"compte {general} commun à {french.count(len(names[general] - {''}), 'client')} : le "
            "nom tient lieu de compte"
            for general in sorted(shared)
            if general.startswith(self.job.roots)
        ]
        return shared

    def _excel_error(self, line: int) -> tuple[str, str, str] | None:
        """The first cell of the row that holds an error of Excel: field, error, sentence."""
        for name, index in zip(FIELDS, self.job.indexes, strict=True):
            if index is not None and (error := self.job.source.errors.get((line, index))):
                return name, error, f"erreur {error} dans la cellule"
        return None

    def _money(self, form: AmountForm) -> Callable[[Picked], tuple[Decimal, Decimal]]:
        """What reads debit and credit out of a row; a negative debit is a credit."""
        has, at, read = self.job.columns, AT, form.read
        debit, credit = at["debit"], at["credit"]
        if "debit" not in has and "credit" not in has and "balance_debit" in has:
            debit, credit = at["balance_debit"], at["balance_credit"]
        elif "debit" not in has and "credit" not in has:
            return self._one_amount(form)

        def both(picked: Picked) -> tuple[Decimal, Decimal]:
            owed, paid = read(picked[debit]), read(picked[credit])
            if owed < 0 or paid < 0:
                return (
                    max(owed, ZERO) - min(paid, ZERO),
                    max(paid, ZERO) - min(owed, ZERO),
                )
            return owed, paid

        return both

    def _one_amount(self, form: AmountForm) -> Callable[[Picked], tuple[Decimal, Decimal]]:
        has, at = self.job.columns, AT
        amount, side = at["amount"], at["side"]
        name = "amount"
        if "balance" in has and (
            "amount" not in has or ("side" not in has and normal(has.title("balance")) != "solde")
        ):
            amount, name = at["balance"], "balance"
            if "amount" in has:
                self.job.result.notes.append(
                    f"« {has.title('balance')} » importé, et non « {has.title('amount')} »"
                )
        sided = "side" in has and name == "amount"
        told = [n for n in ("paid", "state") if n in has] if name == "amount" else []
        if told:
            titles = " et ".join(f"« {has.title(n)} »" for n in told)
            self.job.result.notes.append(f"« {has.title('amount')} » moins ce que dit {titles}")

        def one(picked: Picked) -> tuple[Decimal, Decimal]:
            value = form.read(picked[amount])
            if told:
                value = rest(value, picked[at["paid"]], picked[at["state"]], form)
            if sided:
                text = clean(picked[side])
                sign = fec.side(text)
                if sign is None and value:
                    raise AmountError(f"sens D ou C attendu, « {text} » lu")
                value *= sign or 1
            return (value, ZERO) if value >= 0 else (ZERO, -value)

        return one

    def _money_at_fault(self, picked: Picked, form: AmountForm) -> str:
        for name in AMOUNTS:
            if name in self.job.columns and name != "currency_amount":
                try:
                    form.read(picked[AT[name]])
                except AmountError:
                    return name
        return "side" if "side" in self.job.columns else "amount"

    def _foreign(self, picked: Picked, euros: Decimal, form: AmountForm) -> Decimal | None:
        """The amount in the line's own currency, signed; None where the line gives none."""
        cell = picked[AT["currency_amount"]]
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return None
        amount = form.read(cell)
        if euros:
            return abs(amount) if euros > 0 else -abs(amount)
        return amount


def _damaged(cell: Cell, account: str) -> str:
    """Why an account's number cannot be trusted; "" when it can."""
    if isinstance(cell, float) and (abs(cell) >= 1e15 or not cell.is_integer()):
        return (
            "numéro de compte abîmé par le tableur (plus de 15 chiffres) : mettez la colonne au "
            "format Texte et exportez à nouveau"
        )
    if isinstance(cell, str) and _DAMAGED.fullmatch(account) and ("+" in account or "," in account):
        return (
            f"numéro de compte abîmé par le tableur, « {account} » lu : exportez à nouveau sans "
            "ouvrir le fichier dans Excel"
        )
    return ""


def _mark(cell: Cell) -> str:
    """What is written beside a disputed or promised entry; "" for none."""
    text = clean(cell)
    return "" if text.lower() in {"", "0", "non", "n", "faux", "false"} else text


def _level(cell: Cell) -> int:
    text = clean(cell)
    digits = re.search(r"\d+", text)
    return int(digits[0]) if digits and len(digits[0]) < 4 else 0
