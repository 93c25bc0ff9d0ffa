"""Late-payment charges: interest and the fixed sum for recovery costs.

    professionals   ECB refinancing rate + 10 points, or the company's own rate;
                    40 € for each late invoice (C. com. L441-10, D441-5)
    consumers       the legal rate from the formal notice on (C. civ. 1344-1);
                    no fixed sum (CPCE L111-8)

Both are for debts in euros only, and neither is part of the balance due.

Source: product specification, section 4, rule 11.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xl_relances.dunning.history import HistoryRecord
from xl_relances.dunning.interest import Interest, half_years, interest
from xl_relances.dunning.rates import LEGAL, PROFESSIONAL, HalfYear, MissingRateError, Rates

FIXED_SUM = Decimal("40.00")
"""Euros for each late invoice (C. com. D441-5)."""


_ZERO = Decimal("0.00")
_EURO = "EUR"


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
    columns = PROFESSIONAL if is_professional else LEGAL
    known = _known(rate_of, starts.values(), as_of, columns)
    invoices: set[tuple[str, str, date | None]] = set()
    for claim in late:
        owed = None
        if claim.identity in starts:
            owed = interest(claim.remainder, since=starts[claim.identity], as_of=as_of, rates=known)
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


def _known(
    rate_of: Callable[[HalfYear], Decimal | None],
    starts: Iterable[date],
    as_of: date,
    columns: str,
) -> dict[HalfYear, Decimal]:
    """The rates of all half-years in which interest runs: the earliest start spans the others'."""
    spanned = {half_year for half_year, _ in half_years(min(starts, default=as_of), as_of)}
    known = {half: rate for half in spanned if (rate := rate_of(half)) is not None}
    if missing := sorted(spanned - known.keys()):
        raise MissingRateError(missing, columns)
    return known


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
        day = record.letter_date
        notices[record.identity] = min(day, notices.get(record.identity, day))
    return notices
