"""Records become rows of the sheets and records again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from xl_relances import french
from xl_relances.book import layout
from xl_relances.book.history_sheet import (
    Campaign,
    campaign_row,
    checksum,
    history_row,
    parse_campaigns,
    parse_history,
)
from xl_relances.book.tables import TableRows
from xl_relances.dunning.history import HistoryRecord

letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs"])
texts = st.text(letters, max_size=8).map(lambda text: text.lstrip("#").strip())
named = texts.filter(bool)
days = st.dates(date(1950, 1, 1), date(2199, 12, 31))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)
currencies = st.sampled_from(["EUR", "USD", "JPY", "TND"])


@st.composite
def money(draw: st.DrawFn, currency: str) -> Decimal:
    return draw(st.integers(-(10**12), 10**12)) * french.quantum(currency)


@st.composite
def records(draw: st.DrawFn) -> HistoryRecord:
    currency = draw(currencies)
    return HistoryRecord(
        batch=draw(named), letter_date=draw(days), account=draw(named), currency=currency,
        letter_no=draw(st.integers(1, 9)), level=draw(st.none() | st.integers(1, 9)),
        identity=draw(texts), saved_at=draw(st.none() | moments), name=draw(texts),
        entry_no=draw(texts), document=draw(texts), due_date=draw(st.none() | days),
        remainder=draw(money(currency)), sending=draw(texts), file=draw(texts), user=draw(texts),
    )  # fmt: skip


@st.composite
def campaigns(draw: st.DrawFn) -> Campaign:
    currency = draw(currencies)
    return Campaign(
        batch=draw(named), letter_date=draw(days), criteria=draw(texts), currency=currency,
        customers=draw(st.integers(0, 9999)), items=draw(st.integers(0, 99999)),
        amount=draw(money(currency)), digest=draw(texts), user=draw(texts),
        saved_at=draw(st.none() | moments), cancelled_at=draw(st.none() | moments),
    )  # fmt: skip


def through_a_sheet(table: layout.Table, rows: list[Mapping[str, Any]]) -> TableRows:
    """The cells as Excel hands them over: floats, and None for an empty text."""

    def cell(value: Any) -> Any:
        if value == "":
            return None
        return float(value) if isinstance(value, int) else value

    titles = tuple(column.title for column in table.columns)
    body = [[cell(row.get(title)) for title in titles] for row in rows]
    return TableRows(table, titles, body, list(range(5, 5 + len(body))))


@settings(max_examples=100, deadline=None)
@given(st.lists(records(), max_size=3))
def test_history_comes_back(written: list[HistoryRecord]) -> None:
    """And no row counts as edited by hand."""
    rows = through_a_sheet(layout.HISTORIQUE_TABLE, [history_row(record) for record in written])
    history = parse_history(rows)
    assert history.findings == []
    assert history.records == written
    assert history.checksums == [checksum(record) for record in written]
    assert history.edited == []


@settings(max_examples=100, deadline=None)
@given(st.lists(campaigns(), max_size=3))
def test_campaigns_come_back(written: list[Campaign]) -> None:
    rows = through_a_sheet(layout.CAMPAGNES_TABLE, [campaign_row(row) for row in written])
    parsed = parse_campaigns(rows)
    assert parsed.findings == []
    assert parsed.rows == written
