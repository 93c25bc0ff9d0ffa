"""Customers' lines of a plain FEC become entries, a column at a time.

Plain is what the law describes: dates AAAAMMJJ, amounts that read one way only. What a
text means is worked out once, and columns are made by what Python has in C: a loop over
lines and cells would take three times as long. What the general reader would report, or
decide from the whole file, is left to it (:class:`NotPlainError`); both read the same
lines the same way, tests compare them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate, compress, filterfalse, repeat
from operator import mul
from typing import TypeVar

from xl_relances import french
from xl_relances.dunning.ledger import NO_HOLD, LedgerEntry
from xl_relances.imports import fec
from xl_relances.imports.amounts import PLAIN, bare, evidence, rounded, well_grouped
from xl_relances.imports.columns import Columns
from xl_relances.imports.lines import NO_MARKS, ZERO, Line, clean, code

_MOST_KNOWN = 100_000
_DOUBTFUL = frozenset(".,+")
_USUAL = re.compile(r"-?\d{1,15}[.,]\d\d(?:\n-?\d{1,15}[.,]\d\d)*+")
_FIGURES = re.compile(r"[\d\s.,'’+()\u2010-\u2013\u2212-]*")
_OTHERS = frozenset({
    "reference", "dispute", "promise", "hold_until", "hold_reason", "level", "letter_date", "date",
})  # fmt: skip
"""Fields that no FEC has: where one is there all the same, the general reader reads it."""

_V = TypeVar("_V")


class NotPlainError(Exception):
    """Something that only the whole file can decide, or a row to be reported."""


class Known(dict[str, _V]):
    """What a text means, worked out once."""

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[str], _V]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> _V:
        if len(self) > _MOST_KNOWN:
            self.clear()
        value = self[text] = self._read(text)
        return value

    def all(self, texts: Iterable[str]) -> list[_V]:
        """What each of the texts means."""
        return list(map(self.__getitem__, texts))


@dataclass(frozen=True, slots=True)
class Cells:
    """Lines of customers' accounts, and of those beside them.

    Attributes:
        lines: How many lines they were found among.
        numbers: Their numbers in the file.
        texts: All their cells, one line behind the other.
        width: How many cells each line has.
    """

    lines: int
    numbers: Sequence[int]
    texts: Sequence[str]
    width: int

    def column(self, index: int | None) -> Sequence[str]:
        """The texts of a column; empty ones where the lines do not have it."""
        if index is None or index >= self.width:
            return [""] * len(self.numbers)
        return self.texts[index :: self.width]


class Entries:
    """Makes the entries of one file.

    Attributes:
        lines: Customers' lines so far.
    """

    def __init__(self, columns: Columns, roots: tuple[str, ...], base: str) -> None:
        """Prepare for a file.

        Args:
            columns: Where the fields stand.
            roots: Beginnings of customers' accounts.
            base: The company's currency.

        Raises:
            NotPlainError: A plain FEC has not these columns.
        """
        if not _are_plain(columns):
            raise NotPlainError
        self.lines: list[Line] = []
        self._beside: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self._columns, self._roots, self._base = columns, roots, base
        self._places = places = french.decimal_places(base)
        self._accounts, self._customers = Known(_account), Known(_customer)
        self._names, self._codes = Known(clean), Known(code)
        self._sides, self._days = Known(_side), Known(_day)
        self._money = Known(lambda text: _in_places(_amount(text), places))
        self._currencies = Known(lambda text: _currency(text, base))

    @property
    def balances(self) -> dict[tuple[str, str], Decimal]:
        """Balances of 413, 416, 4191 by customer and account, but those of 0."""
        return {key: value for key, value in self._beside.items() if value}

    def add(self, cells: Cells) -> None:
        """Make entries of these lines.

        Raises:
            NotPlainError: The general reader must look at the whole file.
        """
        if not cells.numbers:
            return

        def texts(name: str) -> Sequence[str]:
            return cells.column(self._columns.index(name))

        general = self._accounts.all(texts("account"))
        accounts, names = self._named(general, texts)
        owed, paid, euros = self._amounts(texts)
        currencies = self._abroad(owed, paid, euros, texts)
        journals = self._codes.all(texts("journal"))
        booked, issued = self._days.all(texts("entry_date")), self._days.all(texts("document_date"))
        booked, issued = _either(booked, issued), _either(issued, booked)
        others = {number for number in set(general) if not number.startswith(self._roots)}
        ours = [number not in others for number in general]
        make = tuple.__new__
        entries = map(
            make,
            repeat(LedgerEntry),
            zip(  # noqa: B905 - some repeat without end
                accumulate(ours, initial=len(self.lines)),
                accounts,
                names,
                _references(journals, booked, texts("entry_no")),
                self._documents(texts),
                issued,
                self._days.all(texts("due_date")),
                _cleaned(texts("label")),
                owed,
                paid,
                currencies,
                _coded(texts("allocation")),
                *_UNSAID,
            ),
        )
        opening = _openings(journals, texts("journal_name"))
        lines = map(
            make,
            repeat(Line),
            zip(entries, euros, opening, booked, cells.numbers, journals, repeat(NO_MARKS)),
        )
        if not others:
            self.lines += lines
            return
        self.lines += compress(lines, ours)
        for account, number, amount in zip(accounts, general, euros, strict=True):
            if number in others:
                self._beside[account, number] += amount

    def _documents(self, texts: _Texts) -> list[str]:
        """References of documents: the invoice's, else the piece's."""
        pieces = list(map(fec.document, _coded(texts("document_no"))))
        if "invoice_no" not in self._columns:
            return pieces
        return _either(list(map(fec.document, _coded(texts("invoice_no")))), pieces)

    def _named(self, general: list[str], texts: _Texts) -> tuple[list[str], list[str]]:
        """Whose each line is, and the name that it gives."""
        coded = self._customers.all(texts("customer_code"))
        names = self._names.all(texts("customer_name"))
        if all(coded):
            return coded, names
        if any(name and not account for account, name in zip(coded, names, strict=True)):
            raise NotPlainError  # one account of several customers, or not
        titles = self._names.all(texts("account_name"))
        return _either(coded, general), [
            name if account else title
            for account, name, title in zip(coded, names, titles, strict=True)
        ]

    def _amounts(self, texts: _Texts) -> tuple[list[Decimal], list[Decimal], list[Decimal]]:
        """Debit, credit and their balance in the company's currency.

        A negative debit is a credit.
        """
        if "debit" in self._columns:
            said = [texts("debit"), texts("credit")]
            owed, paid = map(self._read, said)
        else:
            said = [texts("amount")]
            owed = list(map(mul, self._read(said[0]), self._sides.all(texts("side"))))
            paid = [ZERO] * len(owed)
        euros = [
            debit - credit if credit else debit for debit, credit in zip(owed, paid, strict=True)
        ]
        if not all(euros) and any(
            not (debit or credit or all(map(str.strip, cells)))
            for debit, credit, *cells in zip(owed, paid, *said, strict=True)
        ):
            raise NotPlainError  # whether 0 beside nothing is an amount, the file says
        if min(*owed, *paid) < ZERO:
            for at, (debit, credit) in enumerate(zip(owed, paid, strict=True)):
                if debit < ZERO or credit < ZERO:
                    owed[at] = max(debit, ZERO) - min(credit, ZERO)
                    paid[at] = max(credit, ZERO) - min(debit, ZERO)
        return owed, paid, euros

    def _read(self, texts: Sequence[str]) -> list[Decimal]:
        """Amounts in the company's currency; those of the usual form all at once."""
        if len(self._money) > _MOST_KNOWN:
            self._money.clear()
        new = set(filterfalse(self._money.__contains__, texts))
        joined = "\n".join(new)
        if self._places == 2 and _USUAL.fullmatch(joined):
            amounts = map(Decimal, joined.replace(",", ".").split("\n"))
            self._money.update(zip(new, amounts, strict=True))
        return self._money.all(texts)

    def _abroad(
        self, owed: list[Decimal], paid: list[Decimal], euros: Sequence[Decimal], texts: _Texts
    ) -> Sequence[str]:
        """Currencies; the amounts of lines in another one become those in that one."""
        currencies, amounts = self._currencies.all(texts("currency")), texts("currency_amount")
        for text in set(amounts):
            _amount(text)  # an open one would have to be asked about, wherever it stands
        if currencies.count(self._base) == len(currencies):
            return currencies
        for at, currency in enumerate(currencies):
            if currency == self._base:
                continue
            if not amounts[at].strip():
                raise NotPlainError  # of the company's currency, or to be reported
            amount = _in_places(_amount(amounts[at]), french.decimal_places(currency))
            if euros[at]:
                amount = abs(amount) if euros[at] > 0 else -abs(amount)
            owed[at], paid[at] = max(amount, ZERO), max(-amount, ZERO)
        return currencies


_Texts = Callable[[str], Sequence[str]]
_UNSAID = tuple(map(repeat, (False, 0, None, "", NO_HOLD)))
"""What no FEC says of an entry: dispute, level, day of the last letter; identity and hold."""


def _are_plain(columns: Columns) -> bool:
    """Whether a FEC of the law may have these columns, and no other that we would read."""
    sided = {"amount", "side"} <= columns.matches.keys()
    debits = len({"debit", "credit"} & columns.matches.keys())
    return (
        {"account", "account_name", "entry_no"} <= columns.matches.keys()
        and not _OTHERS & columns.matches.keys()
        and (debits == 2 or (sided and not debits))
        and not columns.has_partial_codes
    )


def _either(first: list[_V], second: list[_V]) -> list[_V]:
    """The first where it says something, else the second."""
    return first if all(first) else [a or b for a, b in zip(first, second, strict=True)]


def _references(
    journals: Sequence[str], days: Sequence[date | None], numbers: Sequence[str]
) -> list[str]:
    """References of entries: journal, year and number."""
    if (
        all(journals)
        and all(days)
        and all(map(str.isalnum, numbers))
        and all(map(str.strip, numbers, repeat("0")))
    ):
        years: dict[date | None, str] = {day: str(day.year) for day in set(days) if day}
        return list(
            map("-".join, zip(journals, map(years.__getitem__, days), numbers, strict=True))
        )
    return [
        fec.entry_reference(journal, day, code(number))
        for journal, day, number in zip(journals, days, numbers, strict=True)
    ]


def _openings(journals: Sequence[str], names: Sequence[str]) -> Iterable[bool]:
    """Whether each line opens a year."""
    opening = {journal for journal in set(journals) if fec.is_opening(journal, "")}
    opened = {name for name in set(names) if fec.is_opening("", clean(name))}
    if not opening and not opened:
        return repeat(False)
    return [
        bool(journal) and (journal in opening or name in opened)
        for journal, name in zip(journals, names, strict=True)
    ]


def _coded(texts: Sequence[str]) -> list[str]:
    """Each as :func:`code` reads it, all at once where nothing stands around them."""
    joined = "".join(texts)
    return _cleaned(texts) if "=" not in joined and "'" not in joined else list(map(code, texts))


def _cleaned(texts: Sequence[str]) -> list[str]:
    """Each as :func:`clean` reads it, all at once where there is nothing but letters."""
    distinct = set(texts)
    joined = "".join(distinct)
    read = str.strip if joined.isprintable() and "_x" not in joined else clean
    if len(distinct) * 2 > len(texts):
        return list(map(read, texts))
    known = dict(zip(distinct, map(read, distinct), strict=True))  # one text in memory for all
    return list(map(known.__getitem__, texts))


def _customer(text: str) -> str:
    found = code(text)
    if not _DOUBTFUL.isdisjoint(found):
        raise NotPlainError  # a spreadsheet may have damaged it
    return found


def _account(text: str) -> str:
    found = _customer(text)
    if len(found.split()) > 1:
        raise NotPlainError  # its title may stand behind it
    return found


def _amount(text: str) -> Decimal:
    """The amount that a text means whatever the other amounts look like."""
    if PLAIN.fullmatch(text):
        return Decimal(text.replace(",", "."))
    found = bare(text) if _FIGURES.fullmatch(text) else None
    if found is None:
        raise NotPlainError
    figures, negative = found
    mark = evidence(figures)
    if mark == "?" or len(figures) > 15 or not well_grouped(figures, mark):
        raise NotPlainError
    other = "." if mark == "," else ","
    amount = Decimal(figures.replace(other, "").replace(mark or ",", "."))
    return -amount if negative else amount


def _in_places(amount: Decimal, places: int) -> Decimal:
    found = rounded(amount, places)
    if found != amount:
        raise NotPlainError  # sums are rounded, not what they are made of
    return found


def _side(text: str) -> int:
    sign = fec.side(clean(text))
    if sign is None:
        raise NotPlainError
    return sign


def _day(text: str) -> date | None:
    found = text.strip()
    if not found.strip("0"):
        return None
    if (
        len(found) != 8
        or not (found.isdecimal() and found.isascii())
        or not 1950 <= int(found[:4]) < 2100
    ):
        raise NotPlainError
    try:
        return date(int(found[:4]), int(found[4:6]), int(found[6:]))
    except ValueError:
        raise NotPlainError from None


def _currency(text: str, base: str) -> str:
    currency = fec.currency(clean(text)) if clean(text) else base
    if currency is None:
        raise NotPlainError
    return currency
