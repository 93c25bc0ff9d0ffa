"""A plain FEC in one pass: a million lines stream by, customers' lines become entries.

Plain is what the law describes: one field after the other, dates AAAAMMJJ, amounts
that read one way only. At the first cell that needs the whole column to be decided
(:class:`NotPlainError`) the general reader takes over from the start; both read the
same lines the same way, a test compares them.
"""

from __future__ import annotations

import gc
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from xl_relances import french
from xl_relances.dunning.ledger import NO_HOLD, LedgerEntry
from xl_relances.imports import fec
from xl_relances.imports.amounts import PLAIN, bare, evidence, rounded, well_grouped
from xl_relances.imports.columns import Columns
from xl_relances.imports.lines import ZERO, Line, clean, code
from xl_relances.imports.text import TextFile

_MOST_KNOWN = 100_000


class NotPlainError(Exception):
    """Something that only the whole column can decide, or a row to be reported."""


_V = TypeVar("_V")


class _Known(dict[str, _V]):
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


@dataclass(slots=True)
class Streamed:
    """What the one pass found.

    Attributes:
        lines: Customers' lines.
        read: How many lines were read.
        last: Number of the last one.
        beside: Balance of 413, 416, 4191 by customer and account.
    """

    lines: list[Line] = field(default_factory=list)
    read: int = 0
    last: int = 0
    beside: dict[tuple[str, str], Decimal] = field(default_factory=dict)


def stream(
    text: TextFile,
    columns: Columns,
    *,
    roots: tuple[str, ...],
    base: str,
    after: int,
    usual: int,
    surplus: str,
    ends: str,
    other: Callable[[int, str], Sequence[str] | None],
) -> Streamed:
    """Entries of the accounts that begin with one of ``roots``.

    Args:
        text: The file; no quote mark opens a field in it.
        columns: Where the fields stand.
        roots: Beginnings of customers' accounts.
        base: The company's currency.
        after: Number of the header's line.
        usual: How many fields most lines have.
        surplus: What lines with fields beyond the titles must end with; "" for none.
        ends: What to put behind a line so that no field is missing and one more is empty.
        other: Given a line with another number of fields: its fields where it can
            be read all the same, else None (and it has been reported).

    Raises:
        NotPlainError: The general reader must look at the whole file.
    """
    found = Streamed()
    append = found.lines.append
    beside: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    prefixes = (*roots, *fec.BESIDE)
    separator, full = text.separator, usual - 1

    def at(name: str) -> int:
        """Where a field stands; -1, an empty field put at the end, where the file has none."""
        index = columns.index(name)
        return -1 if index is None else index

    account_at, aux_at = at("account"), at("customer_code")
    needle = ((separator if account_at else "") + _common_start(prefixes)).encode()
    shape, surplus_end = (separator * full + "\n").encode(), (surplus + "\n").encode()
    odd = _odd_account(separator, account_at)
    contents = bytes(byte for byte in range(256) if byte not in shape)
    name_at, general_name_at = at("customer_name"), at("account_name")
    journal_at, journal_name_at, number_at = at("journal"), at("journal_name"), at("entry_no")
    invoice_at, piece_at, label_at = at("invoice_no"), at("document_no"), at("label")
    booked_at, issued_at, due_at = at("entry_date"), at("document_date"), at("due_date")
    debit_at, credit_at = at("debit"), at("credit")
    amount_at, side_at = at("amount"), at("side")
    amounts_at = (debit_at, credit_at, amount_at)
    sided = "debit" not in columns or "credit" not in columns
    if sided and not ("amount" in columns and "side" in columns):
        raise NotPlainError
    code_at, currency_at, foreign_at = at("allocation"), at("currency"), at("currency_amount")
    if any(name in columns for name in _OTHERS):
        raise NotPlainError
    places = french.decimal_places(base)
    codes: _Known[str] = _Known(_plain_code)
    names: _Known[str] = _Known(clean)
    sides: _Known[int] = _Known(_side)
    days: _Known[date | None] = _Known(_day)
    money: _Known[Decimal] = _Known(lambda value: _money(value, places))
    currencies: _Known[str] = _Known(lambda value: _currency(value, base))
    openings: dict[tuple[str, str], bool] = {}
    make = tuple.__new__
    position = 0
    with _no_collection():
        for start, batch in text.blocks():
            block, first = batch, start
            if start <= after:
                block, first = _below(batch, after - start + 1), after + 1
            count = block.count(b"\n")
            found.read += count
            plain = block.translate(None, contents) == shape * count and (
                block.count(surplus_end) == count
            )
            numbered: Iterable[tuple[int, str]]
            if plain and odd.search(b"\n" + block[:-1]):
                raise NotPlainError
            if plain:
                numbers, lines = _with(block, needle, first)
                numbered = zip(numbers, text.lines(lines) if lines else (), strict=True)
            else:
                numbered = enumerate(text.lines(block), first)
            for number, line in numbered:
                if plain or (line.count(separator) == full and line.endswith(surplus)):
                    f = (line + ends).split(separator)
                    if not f[account_at].startswith(prefixes):
                        if not fec.is_account(f[account_at]):
                            raise NotPlainError  # padded, damaged or missing
                        continue
                elif not line.strip():
                    found.read -= 1
                    continue
                else:
                    mended = other(number, line)
                    if mended is None or not mended[account_at].strip().startswith(prefixes):
                        continue
                    f = [*mended, ""]
                if sided:
                    owed, paid = money[f[amount_at]] * sides[f[side_at]], ZERO
                else:
                    owed, paid = money[f[debit_at]], money[f[credit_at]]
                if not owed and not paid and not any(f[i].strip() for i in amounts_at):
                    raise NotPlainError  # nothing is not 0: the row is to be reported
                if owed < ZERO or paid < ZERO:  # a negative debit is a credit, and the reverse
                    owed, paid = (
                        max(owed, ZERO) - min(paid, ZERO),
                        max(paid, ZERO) - min(owed, ZERO),
                    )
                euros = owed - paid
                general, aux = codes[f[account_at]], codes[f[aux_at]]
                account = aux or general
                if not aux and f[name_at] and f[name_at].strip():
                    raise NotPlainError  # one account of several customers, or not
                if not general.startswith(roots):
                    beside[account, general] += euros
                    continue
                currency = currencies[f[currency_at]]
                if currency != base:
                    if not f[foreign_at].strip():
                        raise NotPlainError  # of the company's currency, or to be reported
                    amount = _money(f[foreign_at], french.decimal_places(currency))
                    if euros:
                        amount = abs(amount) if euros > 0 else -abs(amount)
                    owed, paid = max(amount, ZERO), max(-amount, ZERO)
                journal = codes[f[journal_at]]
                key = journal, f[journal_name_at]
                opening = openings.get(key)
                if opening is None:
                    opening = openings[key] = fec.is_opening(journal, clean(key[1]))
                booked = days[f[booked_at]]
                entry_no, document, allocation = f[number_at], f[piece_at], f[code_at]
                if entry_no.isalnum() and journal and booked and entry_no.strip("0"):
                    entry_no = f"{journal}-{booked.year}-{entry_no}"
                else:
                    entry_no = fec.entry_reference(journal, booked, code(entry_no))
                if f[invoice_at] or not document.isprintable() or not document[:1].isalnum():
                    document = fec.document(code(f[invoice_at])) or fec.document(code(document))
                if allocation and not allocation.isalnum():
                    allocation = codes[allocation]
                entry = make(
                    LedgerEntry,
                    (
                        position, account, names[f[name_at]] or ("" if aux else
                        names[f[general_name_at]]), entry_no, document.strip(),
                        days[f[issued_at]] or booked, days[f[due_at]], names[f[label_at]], owed,
                        paid, currency, allocation, False, 0, None, "", NO_HOLD,
                    ),
                )  # fmt: skip
                append(make(Line, (entry, euros, opening, booked, number, journal, "")))
                position += 1
            if count:
                found.last = first + count - 1
    found.beside = {key: value for key, value in beside.items() if value}
    return found


def _below(block: bytes, lines: int) -> bytes:
    """What stands below the first ``lines`` of a block."""
    at = 0
    for _ in range(lines):
        at = block.find(b"\n", at) + 1
        if not at:
            return b""
    return block[at:]


def _with(block: bytes, needle: bytes, first: int) -> tuple[list[int], bytes]:
    """Numbers of the lines that hold ``needle``, and these lines."""
    numbers: list[int] = []
    pieces: list[bytes] = []
    at, number = 0, first
    while (hit := block.find(needle, at)) >= 0:
        start = block.rfind(b"\n", at, hit) + 1 or at
        number += block.count(b"\n", at, start)
        at = block.find(b"\n", hit) + 1
        numbers.append(number)
        pieces.append(block[start:at])
        number += 1
    return numbers, b"".join(pieces)


def _odd_account(separator: str, at: int) -> re.Pattern[bytes]:
    """Finds a line, the end of the one before included, whose account starts otherwise."""
    mark = re.escape(separator.encode())
    return re.compile(b"\n" + b"[^%b\n]*%b" % (mark, mark) * at + rb"(?!\d{3})")


def _common_start(texts: Sequence[str]) -> str:
    """What all of them begin with."""
    shortest = min(texts, key=len)
    size = len(shortest)
    while not all(text.startswith(shortest[:size]) for text in texts):
        size -= 1
    return shortest[:size]


_OTHERS = frozenset({"reference", "dispute", "level", "letter_date", "date"})
"""Fields that no FEC has: where one is there all the same, the general reader reads it."""


@contextmanager
def _no_collection() -> Iterator[None]:
    """No search for garbage while hundreds of thousands of tuples are made: there is none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # what was made counts as old at once, and is not searched through
        gc.unfreeze()
        if enabled:
            gc.enable()


def _plain_code(value: str) -> str:
    text = code(value)
    if "." in text or "," in text or "E+" in text:
        raise NotPlainError
    return text


def _money(value: str, places: int) -> Decimal:
    if PLAIN.fullmatch(value):
        if places == 2 and value[-3:-2] in {",", "."}:
            return Decimal(value.replace(",", "."))
        return rounded(Decimal(value.replace(",", ".")), places)
    found = bare(value)
    if found is None:
        raise NotPlainError
    figures, negative = found
    mark = evidence(figures)
    if mark == "?" or len(figures) > 15 or not well_grouped(figures, mark):
        raise NotPlainError
    other = "." if mark == "," else ","
    amount = rounded(Decimal(figures.replace(other, "").replace(mark or ",", ".")), places)
    return -amount if negative else amount


def _side(value: str) -> int:
    sign = fec.side(value)
    if sign is None:
        raise NotPlainError
    return sign


def _day(value: str) -> date | None:
    text = value.strip()
    if not text.strip("0"):
        return None
    if len(text) != 8 or not text.isdecimal() or not 1950 <= int(text[:4]) < 2100:
        raise NotPlainError
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise NotPlainError from None


def _currency(value: str, base: str) -> str:
    currency = fec.currency(clean(value)) if value.strip() else base
    if currency is None:
        raise NotPlainError
    return currency
