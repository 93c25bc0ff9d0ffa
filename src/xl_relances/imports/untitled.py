"""Entries without titles, as one accounting package hands them to another.

Which package it is, the lines prove: nearly all of them must be whole records of its
layout, with an account, a day that exists, a side and an amount in their places. A line
that is none stays in the ledger as unreadable, whole, like any row that cannot be read.

Source: product specification, section 6; :mod:`xl_relances.imports.layouts`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from xl_relances import french
from xl_relances.imports.dates import Cell
from xl_relances.imports.layouts import LAYOUTS, Layout, Place
from xl_relances.imports.text import TextFile, cut_off

_TITLES = {
    "account": "Compte général", "customer": "Code tiers", "name": "Nom du tiers",
    "journal": "Journal", "entry": "N° écriture", "piece": "N° pièce", "date": "Date",
    "due": "Échéance", "label": "Libellé", "amount": "Montant", "allocation": "Lettrage",
    "currency": "Devise", "currency_amount": "Montant devise",
}  # fmt: skip
"""What the columns are called, since the file does not say."""

_ACCOUNT = re.compile(r"\w[\w .&/'-]*")
_CURRENCY = re.compile(r"(?:[A-Z]{3})?")
_NO_DAY = re.compile(r"[0 ]*")
_KINDS = frozenset({"", "X", "G"})
"""General and auxiliary accounts; any other kind of line is no entry that we know."""
_UNITS = frozenset({"", "E", "-"})
"""Euros; Cegid may put francs or a foreign currency first."""
_BROKEN = 0.1
"""Part of the first lines that may be damaged; one always may."""
_LOOKED_AT = 50_000
"""Records among which an entry must stand: before it come the customers' own, one each."""
_ZERO = Decimal(0)

Row = tuple[Cell, ...]


@dataclass(slots=True)
class Entries:
    """The entries of a file, cut anew as often as asked for.

    Attributes:
        text: The file.
        layout: How it is written.
        masters: Name and general account of the accounts that it names.
        accounts: Accounts that entries are on.
        count: How many entries can be read.
        debit: Their sum, whatever the account.
        credit: Likewise.
        broken: How many records cannot be read.
        cut_at: The last line, when it stops in its middle; else 0.
        others: Records that are no entries, by their first letter or mark.
        in_bytes: Whether positions count bytes of UTF-8, as some programs pad their fields.
        fields: What is told of an entry, in the order of :attr:`titles`.
    """

    text: TextFile
    layout: Layout
    masters: dict[str, tuple[str, str]] = field(default_factory=dict)
    accounts: set[str] = field(default_factory=set)
    count: int = 0
    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    broken: int = 0
    cut_at: int = 0
    others: Counter[str] = field(default_factory=Counter)
    in_bytes: bool = False
    fields: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        told = {"customer", "amount", *self.layout.fields, *self.layout.master}
        self.fields = tuple(name for name in _TITLES if name in told)

    def fits(self) -> bool:
        """Whether nearly all of the first lines are whole records, one at least an entry."""
        sample = enumerate(map(self._placed, self.text.sample), start=self.text.first_line)
        for lines in (sample, islice(self._records(), _LOOKED_AT)):
            good = bad = entries = 0
            for number, line in lines:
                if not line.strip() or number <= self.layout.headings:
                    continue
                is_entry = self._kind(line) == "entry"
                if is_entry and self._values(line) is None:
                    bad += 1
                    if bad > good:  # the first line, a line of titles for one
                        return False
                    continue
                good += 1
                entries += is_entry
            if bad >= good or bad > max(1, _BROKEN * (good + bad)):
                return False
            if entries:
                return True
        return False

    def survey(self) -> None:
        """Read the file once: accounts, sums, and whether its end is there."""
        last, whole = 0, True
        for number, record in self._records():
            last, kind, whole = number, self._kind(record), True
            if kind == "master":
                self._learn(record)
            elif kind == "other":
                self.others[record[: 6 if record.startswith("***") else 1]] += 1
            elif kind == "entry":
                values = self._values(record)
                whole = values is not None
                self.broken += not whole
                if values is not None:
                    self.count += 1
                    self.debit += max(values["amount"], _ZERO)
                    self.credit += max(-values["amount"], _ZERO)
                    self.accounts.add(values["account"])
        self.cut_at = last if self.text.ends_open and not whole else 0

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        """Rows under :attr:`titles`, with their line."""
        waiting: tuple[int, dict[str, Cell]] | None = None
        parts: list[tuple[int, date, Decimal]] = []
        for line, record in self._records():
            kind = self._kind(record)
            if kind == "part" and (part := self._part(record)) is not None:
                parts.append((line, *part))
            if kind != "entry":
                continue
            if waiting:
                yield from self._parted(*waiting, parts)
            parts, waiting = [], None
            values = self._values(record)
            if values is None:
                yield line, self._unreadable(record)
            else:
                waiting = line, values
        if waiting:
            yield from self._parted(*waiting, parts)

    @property
    def titles(self) -> tuple[str, ...]:
        """Titles for what the format tells."""
        return tuple(_TITLES[name] for name in self.fields)

    @property
    def notes(self) -> list[str]:
        """What was recognised, and what the format does not tell."""
        found = (
            f"format {self.layout.name}, sans ligne de titres : "
            f"{french.count(self.count, 'ligne')} de tous comptes, débit "
            f"{french.amount(self.debit)}, crédit {french.amount(self.credit)}"
        )
        if self.debit != self.credit:
            found += " (non équilibré : extrait de la comptabilité, ou lignes manquantes)"
        notes = [found]
        if self.others:
            told = (f"{mark} : {number}" for mark, number in sorted(self.others.items()))
            notes.append(
                french.count(
                    self.others.total(),
                    "autre enregistrement laissé",
                    "autres enregistrements laissés",
                )
                + f", qui ne sont pas des écritures ({french.listing(told, most=6)})"
            )
        if "allocation" not in self.layout.fields:
            notes.append("ce format ne dit pas le lettrage")
        return notes

    def _records(self) -> Iterator[tuple[int, str]]:
        for line, record in self.text.records():
            if record.strip() and line > self.layout.headings:
                yield line, self._placed(record)

    def _placed(self, record: str) -> str:
        """The record, a character for each of its places."""
        return record.encode().decode("latin-1") if self.in_bytes else record

    def _kind(self, record: str) -> str:
        """« master », « part », « other » or « entry »."""
        layout = self.layout
        for kind, pattern in (
            ("master", layout.masters), ("part", layout.parts), ("other", layout.passed),
        ):  # fmt: skip
            if pattern and re.match(pattern, record):
                return kind
        return "entry"

    def _texts(self, record: str) -> dict[str, str] | None:
        """The fields of an entry as they stand; None where its amount is not all there."""
        layout = self.layout
        if layout.separator:
            fields = [text.strip() for text in self.text.split(record)]
            columns = layout.columns
            if len(fields) < len(columns) or any(fields[len(columns) :]):
                return None
            return dict(zip(columns, fields, strict=False))
        end = sum(layout.places["amount"][0]) - 1
        if (
            len(record) < end
            or (layout.cents and not record[end - 1].isdecimal())  # cents fill their place
            or (layout.marked and record[end : end + 1].isdecimal())  # a letter follows others
        ):
            return None
        return {
            name: next(filter(None, (self._cut(record, place) for place in places)), "")
            for name, places in layout.places.items()
        }

    def _cut(self, record: str, place: Place) -> str:
        start, length = place
        text = record[start - 1 : start - 1 + length].strip()
        return text.encode("latin-1").decode(errors="ignore") if self.in_bytes else text

    def _values(self, record: str) -> dict[str, Any] | None:
        """An entry with its days and its signed amount; None where one cannot be read."""
        texts = self._texts(record)
        if texts is None or not _ACCOUNT.fullmatch(texts["account"]):
            return None
        day, due = (self.layout.day(texts.get(name, "")) for name in ("date", "due"))
        amount = self.layout.money(texts)
        if day is None or amount is None:
            return None
        if due is None and not _NO_DAY.fullmatch(texts.get("due", "")):
            return None
        if texts.get("kind", "") not in _KINDS or texts.get("unit", "") not in _UNITS:
            return None
        if not _CURRENCY.fullmatch(texts.get("currency", "")):
            return None
        foreign = self.layout.amount(texts.get("currency_amount", ""))
        return {
            **texts,
            "date": day,
            "due": due,
            "amount": amount,
            "currency": texts.get("currency", "") if foreign else "",
            "currency_amount": foreign or None,
        }

    def _learn(self, record: str) -> None:
        account, name, general = (
            self._cut(record, self.layout.master[key]) for key in ("account", "name", "general")
        )
        known = self.masters.get(account, ("", ""))
        self.masters[account] = known[0] or name, known[1] or general

    def _part(self, record: str) -> tuple[date, Decimal] | None:
        day = self.layout.day(self._cut(record, self.layout.part["due"]))
        amount = self.layout.amount(self._cut(record, self.layout.part["amount"]))
        return None if day is None or amount is None else (day, abs(amount))

    def _parted(
        self, line: int, values: dict[str, Any], parts: list[tuple[int, date, Decimal]]
    ) -> Iterator[tuple[int, Row]]:
        """An entry, or its parts with a due date each where they add up to it."""
        amount = values["amount"]
        if values["currency"] or sum(part for _, _, part in parts) != abs(amount) or not parts:
            yield line, self._row(values)
            return
        for own, day, part in parts:
            yield own, self._row({**values, "due": day, "amount": part.copy_sign(amount)})

    def _row(self, values: Mapping[str, Cell]) -> Row:
        account, customer = values["account"], values.get("customer", "")
        name, general = self.masters.get(customer or account, ("", ""))
        if general and not customer:
            account, customer = general, account
        whole = {
            **values, "account": account, "customer": customer, "name": values.get("name") or name,
        }  # fmt: skip
        return tuple(map(whole.get, self.fields))

    def _unreadable(self, record: str) -> Row:
        """A broken line as an amount that nobody can read, of its account where others have it."""
        texts = self._texts(record) or {}
        account = texts.get("account", "")
        known = account in self.accounts
        return self._row(
            {
                "account": account if known else "",
                "customer": texts.get("customer", "") if known else "",
                "amount": " ".join(self._cut(record, (1, len(record))).split()),
            }
        )


def recognised(text: TextFile) -> Entries | None:
    """The entries of a file without titles; None where its lines prove no layout.

    Raises:
        RefusedError: Its last line stops in its middle.
    """
    before = text.separator, text.quoted, text.width
    for layout in LAYOUTS:
        text.separator, text.width = layout.separator, len(layout.columns)
        text.quoted = before[1] and bool(layout.separator)
        ways = (False, True) if text.encoding == "UTF-8" and not layout.separator else (False,)
        found = [entries for way in ways if (entries := Entries(text, layout, in_bytes=way)).fits()]
        for entries in found:
            entries.survey()
        if found:
            best = min(found, key=lambda entries: entries.broken)
            if best.cut_at:
                raise cut_off(text.path, best.cut_at)
            return best
    text.separator, text.quoted, text.width = before
    return None
