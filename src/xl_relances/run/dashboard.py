"""What Tableau de bord shows: the ledger's age, who owes most, what letters brought in, DSO.

All figures are of the whole ledger, whatever the selection. Charts in money are in
the company's currency, or in another one where the ledger has none of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from xl_relances import french
from xl_relances.book import cells, layout
from xl_relances.book.dashboard_sheet import Dashboard, Rows
from xl_relances.book.preparation_rows import CustomerRow
from xl_relances.dunning import aging
from xl_relances.dunning.due_dates import days_overdue
from xl_relances.dunning.open_items import AccountPosition
from xl_relances.dunning.recovery import Recovery, recoveries, remainders
from xl_relances.dunning.sales_outstanding import SalesOutstanding, sales_outstanding
from xl_relances.run.listings import unread_rows
from xl_relances.run.reading import Snapshot

_ZERO = Decimal(0)
_HIGHEST = 3
"""Letters of that number and above share a column."""


def dashboard(
    snapshot: Snapshot,
    positions: Sequence[AccountPosition],
    customers: Sequence[CustomerRow],
    as_of: date,
) -> Dashboard:
    """The figures and the sentences over their charts.

    Args:
        snapshot: The workbook's records.
        positions: What every customer owes on ``as_of``.
        customers: The rows of Préparation.
        as_of: The day of the letters.
    """
    balances = aging.balance_by_currency(positions, as_of)
    currency = _main_currency(snapshot, balances)
    sent = recoveries(
        snapshot.history.records,
        snapshot.campaigns.cancelled,
        remainders(positions),
        identities={entry.identity for entry in snapshot.ledger.entries},
        unread=snapshot.ledger.faults,
    )
    points = sales_outstanding(snapshot.ledger.entries, currency=currency, as_of=as_of)
    late = _late(snapshot, positions, currency, as_of)
    debtors = sorted(late, key=lambda row: (-row[1], row[0]))[: layout.DEBTORS_FIGURES.rows]
    owing = [row.letter_no for row in customers if row.on and row.letter_no is not None]
    letters = _letters(sent, owing)
    recovery = _recovery(sent, currency)
    return Dashboard(
        line=_line(balances, currency, as_of, snapshot.ledger.unread),
        rows={
            layout.AGES_FIGURES: _ages(balances, currency),
            layout.DEBTORS_FIGURES: [
                [name, cells.number(due), days] for name, due, days in debtors
            ],
            layout.LETTERS_FIGURES: letters,
            layout.RECOVERY_FIGURES: recovery,
            layout.DSO_FIGURES: [_point(point) for point in points],
        },
        findings={
            layout.AGES_FIGURES: _age_finding(balances, currency),
            layout.DEBTORS_FIGURES: _debtors_finding(debtors, late),
            layout.LETTERS_FIGURES: _letters_finding(owing, sent),
            layout.RECOVERY_FIGURES: _recovery_finding(sent, currency, as_of),
            layout.DSO_FIGURES: _dso_finding(points),
        },
    )


def _main_currency(snapshot: Snapshot, balances: Mapping[str, Any]) -> str:
    own = snapshot.settings.currency
    return own if own in balances or not balances else min(balances)


def _line(
    balances: Mapping[str, Mapping[str, Decimal]], currency: str, as_of: date, unread: int
) -> str:
    bands = balances.get(currency)
    if bands is None:
        return "Aucune créance ouverte dans le grand livre."
    others = len(balances) - 1
    return (
        f"Au {french.short_date(as_of)} : {french.amount(_total(bands), currency)} dus, dont "
        f"{french.amount(aging.overdue(bands), currency)} échus"
        + (f", et {french.count(others, 'autre devise', 'autres devises')}" if others else "")
        + (f", {unread_rows(unread)}" if unread else "")
        + "."
    )


def _total(bands: Mapping[str, Decimal]) -> Decimal:
    return sum(bands.values(), _ZERO)


def _owed(bands: Mapping[str, Decimal]) -> Decimal:
    return _total(bands) - bands[aging.CREDITS]


def _percent(part: Decimal, whole: Decimal) -> int:
    return round(100 * part / whole)


def _ages(balances: Mapping[str, Mapping[str, Decimal]], currency: str) -> Rows:
    """The main currency first, then by code."""
    rows: list[list[Any]] = []
    for code in sorted(balances, key=lambda code: (code != currency, code)):
        bands = balances[code]
        owed, old = _owed(bands), bands[aging.BANDS[3]] + bands[aging.BANDS[4]]
        share = round(float(100 * old / owed), 1) if owed else None
        amounts = [cells.number(amount) for amount in bands.values()]
        rows.append([code, *amounts, cells.number(_total(bands)), share])
    return rows


def _age_finding(balances: Mapping[str, Mapping[str, Decimal]], currency: str) -> str:
    bands = balances.get(currency)
    if bands is None or not _owed(bands):
        return "Balance âgée : rien n’est dû"
    old = bands[aging.BANDS[3]] + bands[aging.BANDS[4]]
    return f"{_percent(old, _owed(bands))} % du dû a plus de 60 jours"


def _late(
    snapshot: Snapshot, positions: Sequence[AccountPosition], currency: str, as_of: date
) -> list[tuple[str, Decimal, int]]:
    """Name, overdue amount and days late of each customer with something overdue."""
    rows = []
    for position in positions:
        if position.currency != currency:
            continue
        due = [item for item in position.items if item.remainder > 0 and item.is_overdue(as_of)]
        if due:
            name = snapshot.customers.of(position.account, position.name).name or position.name
            amount = sum((item.remainder for item in due), _ZERO)
            days = max(days_overdue(item.due_date, as_of) for item in due)
            rows.append((name or position.account, amount, days))
    return rows


def _debtors_finding(
    debtors: Sequence[tuple[str, Decimal, int]], late: Sequence[tuple[str, Decimal, int]]
) -> str:
    if not debtors:
        return "Aucun client en retard"
    share = _percent(sum((d for _, d, _ in debtors), _ZERO), sum((d for _, d, _ in late), _ZERO))
    who = "un client" if len(debtors) == 1 else f"{len(debtors)} clients"
    return f"{share} % de l’échu chez {who}"


def _column(letter_no: int) -> int:
    return min(letter_no, _HIGHEST) - 1


def _counts(numbers: Mapping[int, int]) -> list[int | None]:
    counts = [0] * _HIGHEST
    for letter_no, count in numbers.items():
        counts[_column(letter_no)] += count
    return [count or None for count in counts]


def _by_batch(sent: Sequence[Recovery]) -> dict[str, list[Recovery]]:
    campaigns: dict[str, list[Recovery]] = defaultdict(list)
    for recovery in sent:
        campaigns[recovery.batch].append(recovery)
    return campaigns


def _title(batch: str, rows: Sequence[Recovery]) -> str:
    """« 25/11/2026 », and « 25/11/2026 (2) » for the second campaign of a day."""
    day = max(row.letter_date for row in rows)
    number = batch.removeprefix(day.isoformat()).removeprefix("-")
    return french.short_date(day) + (f" ({number})" if number and number != batch else "")


def _letters(sent: Sequence[Recovery], owing: Sequence[int]) -> Rows:
    """The last campaigns, and the preparation in hand."""
    rows: list[list[Any]] = []
    for batch, group in _by_batch(sent).items():
        numbers: Counter[int] = Counter()
        for recovery in group:
            numbers[recovery.letter_no] += recovery.letters
        rows.append([_title(batch, group), *_counts(numbers)])
    rows = rows[-layout.LETTERS_FIGURES.rows + 1 :]
    if owing:
        rows.append(["en cours", *_counts(Counter(owing))])
    return rows


def _letters_finding(owing: Sequence[int], sent: Sequence[Recovery]) -> str:
    if owing:
        return f"{french.count(len(owing), 'lettre')} en préparation"
    if not sent:
        return "Aucune lettre : cliquez Préparer, puis Éditer"
    batch, group = list(_by_batch(sent).items())[-1]
    letters = sum(recovery.letters for recovery in group)
    return f"{french.count(letters, 'lettre')} le {_title(batch, group)}"


def _recovery(sent: Sequence[Recovery], currency: str) -> Rows:
    own = [recovery for recovery in sent if recovery.currency == currency]
    rows: list[list[Any]] = []
    for batch, group in _by_batch(own).items():
        paid = [_ZERO] * _HIGHEST
        for recovery in group:
            paid[_column(recovery.letter_no)] += recovery.recovered
        claimed = sum((recovery.claimed for recovery in group), _ZERO)
        still = claimed - sum(paid, _ZERO)
        amounts = [cells.number(amount or None) for amount in (*paid, still)]
        title, share = _title(batch, group), None
        if claimed:
            title += f" : {_percent(claimed - still, claimed)} %"
            share = round(float(100 * (claimed - still) / claimed), 1)
        rows.append([title, *amounts, share])
    return rows[-layout.RECOVERY_FIGURES.rows :]


def _recovery_finding(sent: Sequence[Recovery], currency: str, as_of: date) -> str:
    """Of the newest campaign to which customers had a day to answer."""
    own = _by_batch([recovery for recovery in sent if recovery.currency == currency])
    if not own:
        return layout.RECOVERY_FIGURES.empty
    answered = [(b, g) for b, g in own.items() if max(r.letter_date for r in g) < as_of]
    if not answered:
        return "Rentré : première campagne du jour, à suivre"
    batch, group = answered[-1]
    claimed = sum((recovery.claimed for recovery in group), _ZERO)
    paid = sum((recovery.recovered for recovery in group), _ZERO)
    share = _percent(paid, claimed) if claimed else 0
    return f"{share} % rentré depuis la campagne du {_title(batch, group)}"


def _point(point: SalesOutstanding) -> list[Any]:
    return [
        french.short_date(point.day),
        point.days,
        cells.number(point.receivables),
        cells.number(point.sales),
        point.span,
    ]


def _dso_finding(points: Sequence[SalesOutstanding]) -> str:
    if not points:
        return "DSO : il faut un grand livre avec ses écritures lettrées"
    last = points[-1]
    return f"DSO : {french.count(last.days, 'jour')} au {french.short_date(last.day)}"
