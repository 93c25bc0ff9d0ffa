"""Late-payment charges: interest and the fixed sum for recovery costs.

Rates are per cent a year, one for each half-year. Days count from the day after
the due date to ``as_of``, both inclusive, a year has 365 of them, and an item's
interest is rounded once, to the nearest cent, half a cent upwards.

    professionals   ECB refinancing rate + 10 points, or the company's own rate;
                    40 € for each late invoice (C. com. L441-10, D441-5)
    consumers       the legal rate from the formal notice on (C. civ. 1344-1);
                    no fixed sum (CPCE L111-8)

Both are for debts in euros only, and neither is part of the balance due.

Source: product specification, section 4, rule 11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from xl_relances.dunning.history import HistoryRecord
from xl_relances.errors import LetterError
from xl_relances.french import listing

FIXED_SUM = Decimal("40.00")
"""Euros for each late invoice (C. com. D441-5)."""

ABOVE_ECB = Decimal(10)
"""Points added to the ECB's rate where the contract says nothing (C. com. L441-10)."""

FLOOR = 3
"""A contract's rate is at least this many times the legal rate (C. com. L441-10)."""

_CENT = Decimal("0.01")
_ZERO = Decimal("0.00")
_YEAR = 365
_EURO = "EUR"
_PROFESSIONAL, _LEGAL = "colonne « Taux BCE » ou « Taux société »", "colonne « Taux légal »"


class HalfYear(NamedTuple):
    """January to June is half 1, July to December half 2."""

    year: int
    half: int

    @classmethod
    def of(cls, day: date) -> HalfYear:
        """The half-year of that day."""
        return cls(day.year, 1 if day.month <= 6 else 2)

    @classmethod
    def parse(cls, text: str) -> HalfYear | None:
        """``2026-S1``, with or without the hyphen; None for anything else."""
        found = re.fullmatch(r"(\d{4})\s*-?\s*[Ss]([12])", text.strip(), re.ASCII)
        return cls(int(found[1]), int(found[2])) if found else None

    @property
    def first(self) -> date:
        """1 January or 1 July."""
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def last(self) -> date:
        """30 June or 31 December."""
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    @property
    def following(self) -> HalfYear:
        """The next one."""
        return HalfYear(self.year, 2) if self.half == 1 else HalfYear(self.year + 1, 1)

    def __str__(self) -> str:
        return f"{self.year}-S{self.half}"


class MissingRateError(LetterError):
    """Half-years without the rate that a charge needs; the sentence names them."""

    def __init__(self, half_years: Sequence[HalfYear], columns: str) -> None:
        self.half_years = tuple(half_years)
        several = len(self.half_years) > 1
        super().__init__(
            f"taux {'des semestres' if several else 'du semestre'} "
            f"{listing(map(str, self.half_years))} manquant{'s' if several else ''} : saisissez-"
            f"{'les' if several else 'le'} dans Paramètres, tableau « Taux », {columns}. Aucune "
            "pénalité n'est calculée sans."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The rates of one half-year, in per cent a year; None where not entered.

    Attributes:
        ecb: The ECB's refinancing rate on its first day.
        legal: The legal rate, that of creditors who are no consumers.
        own: The company's own, from its terms of sale.
    """

    ecb: Decimal | None = None
    legal: Decimal | None = None
    own: Decimal | None = None

    @property
    def late_payment(self) -> Decimal | None:
        """What professionals owe: the company's own, else ECB + 10 points."""
        if self.own is not None:
            return self.own
        return None if self.ecb is None else self.ecb + ABOVE_ECB

    @property
    def is_below_floor(self) -> bool:
        """Whether the company's own rate is below three times the legal one."""
        return self.own is not None and self.legal is not None and self.own < FLOOR * self.legal


_NO_RATE = Rate()


@dataclass(frozen=True, slots=True)
class Rates:
    """Every half-year's rates."""

    by_half_year: Mapping[HalfYear, Rate] = field(default_factory=dict)

    def late_payment(self, half_year: HalfYear) -> Decimal | None:
        """The rate between professionals; None where it is missing."""
        return self.by_half_year.get(half_year, _NO_RATE).late_payment

    def legal(self, half_year: HalfYear) -> Decimal | None:
        """The legal rate; None where it is missing."""
        return self.by_half_year.get(half_year, _NO_RATE).legal

    def below_floor(self, half_years: Collection[HalfYear]) -> list[HalfYear]:
        """Those in which the company's own rate is below three times the legal one."""
        return sorted(h for h in half_years if self.by_half_year.get(h, _NO_RATE).is_below_floor)


@dataclass(frozen=True, slots=True)
class Period:
    """Days of one half-year, at its rate in per cent a year."""

    half_year: HalfYear
    days: int
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest on one item.

    Attributes:
        since: The last day without interest: its due date, or that of a formal notice.
        periods: Half-year by half-year, oldest first; empty for none.
        amount: Euros, rounded once.
    """

    since: date
    periods: tuple[Period, ...]
    amount: Decimal

    @property
    def days(self) -> int:
        """Days that bear interest."""
        return sum(period.days for period in self.periods)

    @property
    def rates(self) -> tuple[Decimal, ...]:
        """The rates in force one after the other, neighbours that are the same once."""
        rates: list[Decimal] = []
        for period in self.periods:
            if not rates or rates[-1] != period.rate:
                rates.append(period.rate)
        return tuple(rates)


def half_years(since: date, as_of: date) -> Iterator[tuple[HalfYear, int]]:
    """Each half-year from the day after ``since`` to ``as_of``, with its days of them."""
    if as_of <= since:
        return
    half_year, before = HalfYear.of(since), since
    while before < as_of:
        until = min(half_year.last, as_of)
        if until > before:
            yield half_year, (until - before).days
        half_year, before = half_year.following, until


def unrounded_interest(base: Decimal, periods: Iterable[Period]) -> Decimal:
    """Euros before rounding: base x rate x days / 365, summed over the periods."""
    weight = sum((period.rate * period.days for period in periods), Decimal(0))
    return base * weight / (100 * _YEAR)


def interest(
    base: Decimal,
    *,
    since: date,
    as_of: date,
    rate_of: Callable[[HalfYear], Decimal | None],
    columns: str = _PROFESSIONAL,
) -> Interest:
    """Interest on ``base`` from the day after ``since`` to ``as_of``, both inclusive.

    Args:
        base: Euros still owed; nothing is owed on zero or less.
        since: The due date, or the day of the formal notice.
        as_of: Until when.
        rate_of: The rate of a half-year, such as :meth:`Rates.late_payment`.
        columns: Where a missing rate is to be entered, for the sentence.

    Raises:
        MissingRateError: A half-year in between has no rate; names all of them.
    """
    if base <= 0:
        return Interest(since, (), _ZERO)
    found = [(half_year, days, rate_of(half_year)) for half_year, days in half_years(since, as_of)]
    missing = [half_year for half_year, _, rate in found if rate is None]
    if missing:
        raise MissingRateError(missing, columns)
    periods = tuple(Period(half, days, rate) for half, days, rate in found if rate is not None)
    amount = unrounded_interest(base, periods).quantize(_CENT, ROUND_HALF_UP)
    return Interest(since, periods, amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One item that a letter lists, as charges are counted on it.

    Attributes:
        identity: The item.
        document: Number of the invoice; empty or only zeros names none.
        entry_no: Number of the entry.
        document_date: Day of the invoice.
        due_date: Its due date; None bears no charge.
        remainder: What is owed of it after set-off; charges need it above zero.
    """

    identity: str
    document: str
    entry_no: str
    document_date: date | None
    due_date: date | None
    remainder: Decimal

    @property
    def invoice(self) -> tuple[str, str, date | None]:
        """What its instalments have in common, within one account: document and its date.

        Without a document the entry stands for it, without an entry the item.
        """
        if self.document.strip("0 "):
            return "document", self.document, self.document_date
        if self.entry_no.strip("0 "):
            return "entry", self.entry_no, self.document_date
        return "item", self.identity, None


@dataclass(frozen=True, slots=True)
class Charge:
    """What is charged on one item.

    Attributes:
        interest: None where none is asked or owed.
        fixed_sum: 40 € on the first listed instalment of a late invoice, else 0.
    """

    interest: Interest | None
    fixed_sum: Decimal


_NOTHING = Charge(None, _ZERO)


@dataclass(frozen=True, slots=True)
class Charges:
    """The charges of one letter; items without any are absent."""

    by_item: Mapping[str, Charge]

    def of(self, identity: str) -> Charge:
        """The charge of that item."""
        return self.by_item.get(identity, _NOTHING)

    @property
    def interest(self) -> Decimal:
        """Σ of the interest of its items, each rounded."""
        amounts = (charge.interest.amount for charge in self.by_item.values() if charge.interest)
        return sum(amounts, _ZERO)

    @property
    def fixed_sums(self) -> Decimal:
        """Σ of its fixed sums."""
        return sum((charge.fixed_sum for charge in self.by_item.values()), _ZERO)

    @property
    def half_years(self) -> set[HalfYear]:
        """All half-years in which interest runs."""
        return {
            period.half_year
            for charge in self.by_item.values()
            if charge.interest
            for period in charge.interest.periods
        }


def charges(
    claims: Sequence[Claim],
    *,
    currency: str,
    is_professional: bool,
    with_interest: bool,
    with_fixed_sum: bool,
    as_of: date,
    rates: Rates,
    notices: Mapping[str, date] | None = None,
) -> Charges:
    """The charges on the items of one account that a letter lists.

    Args:
        claims: Its items in the order of the letter.
        currency: Any other than euros bears none.
        is_professional: Consumers owe no fixed sum, and interest from a formal notice only.
        with_interest: Whether the level asks for interest.
        with_fixed_sum: Whether the level asks for the fixed sum.
        as_of: The letter's date: until when interest runs, inclusive.
        rates: The rates of the half-years.
        notices: Day of the first formal notice by identity (see :func:`formal_notices`).

    Raises:
        MissingRateError: A half-year has no rate; names all of them.
    """
    late = [
        claim
        for claim in claims
        if claim.remainder > 0 and claim.due_date is not None and claim.due_date < as_of
    ]
    if currency != _EURO:
        return Charges({})
    found: dict[str, Charge] = {}
    starts = _starts(late, None if is_professional else notices or {}) if with_interest else {}
    rate_of = rates.late_payment if is_professional else rates.legal
    columns = _PROFESSIONAL if is_professional else _LEGAL
    _all_known({start for start in starts.values() if start < as_of}, as_of, rate_of, columns)
    invoices: set[tuple[str, str, date | None]] = set()
    for claim in late:
        owed = None
        if claim.identity in starts:
            owed = interest(
                claim.remainder, since=starts[claim.identity], as_of=as_of, rate_of=rate_of
            )
        fixed_sum = _ZERO
        if with_fixed_sum and is_professional and claim.invoice not in invoices:
            invoices.add(claim.invoice)
            fixed_sum = FIXED_SUM
        if fixed_sum or (owed is not None and owed.days):
            found[claim.identity] = Charge(owed, fixed_sum)
    return Charges(found)


def _starts(claims: Sequence[Claim], notices: Mapping[str, date] | None) -> dict[str, date]:
    """The last day without interest by identity; a consumer's needs a formal notice."""
    starts = {}
    for claim in claims:
        assert claim.due_date is not None  # those without are not late
        if notices is None:
            starts[claim.identity] = claim.due_date
        elif claim.identity in notices:
            starts[claim.identity] = max(claim.due_date, notices[claim.identity])
    return starts


def _all_known(
    starts: Collection[date],
    as_of: date,
    rate_of: Callable[[HalfYear], Decimal | None],
    columns: str,
) -> None:
    """Raise for all missing rates at once: the earliest start spans what the others do."""
    if starts:
        spanned = half_years(min(starts), as_of)
        missing = [half_year for half_year, _ in spanned if rate_of(half_year) is None]
        if missing:
            raise MissingRateError(missing, columns)


def formal_notices(
    records: Iterable[HistoryRecord], cancelled: Collection[str], *, highest: int
) -> dict[str, date]:
    """Day of the first formal notice (a letter of the last level) of each item, by identity.

    Args:
        records: The history, letters of a former system included.
        cancelled: Campaigns that were undone.
        highest: The last level.
    """
    notices: dict[str, date] = {}
    for record in records:
        if record.batch in cancelled or record.level is None or record.level < highest:
            continue
        day = notices.get(record.identity)
        if day is None or record.letter_date < day:
            notices[record.identity] = record.letter_date
    return notices
