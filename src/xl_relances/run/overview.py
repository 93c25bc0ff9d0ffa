"""What Prepare, Save and Undo show beside the three sheets, once those are written.

A sheet that is protected, or that an older workbook does not have, is passed by:
nothing here may stop a campaign half-way.

Source: product specification, section 2 (Accueil, Tableau de bord).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlwings as xw

from xl_relances.book import cells, dashboard_sheet, home_sheet, layout, named_cells, tables
from xl_relances.book.preparation_rows import CustomerRow, DetailRow, ExcludedRow, Sheets
from xl_relances.dunning import aging
from xl_relances.dunning.history import REPRISE
from xl_relances.dunning.open_items import AccountPosition
from xl_relances.dunning.selection import Selection
from xl_relances.errors import BookError, Finding
from xl_relances.run import listings
from xl_relances.run.dashboard import dashboard
from xl_relances.run.reading import Snapshot

_ZERO = Decimal(0)
_COMPANY = ("societe_nom", "societe_siren", "societe_adresse_1")


def show_overview(
    book: xw.Book,
    snapshot: Snapshot,
    positions: Sequence[AccountPosition],
    customers: Sequence[CustomerRow],
    others: Sequence[DetailRow],
    excluded: Sequence[ExcludedRow],
    *,
    selection: Selection,
    now: datetime,
) -> list[Finding]:
    """Fill Tableau de bord and the lists, and tell what Accueil and the titles say.

    Args:
        book: The workbook, its three sheets written.
        snapshot: Its records.
        positions: What every customer of the ledger owes on the day of the letters.
        customers: Préparation.
        others: Items of customers who are not in it.
        excluded: Non relancés.
        selection: The criteria.
        now: The moment of the click.

    Returns:
        Protected sheets, which stay as they were.
    """
    findings, as_of = [], selection.as_of
    shown = dashboard(snapshot, positions, customers, as_of)
    places = dashboard_sheet.places(book)
    sheet = places[layout.DASHBOARD_LINE].sheet if places else None
    if sheet is not None and tables.is_protected(sheet):
        findings.append(_protected(sheet.name))
    else:
        dashboard_sheet.write(places, shown)
    findings += _fill_lists(book, snapshot, positions, selection)
    sheets = Sheets(list(customers), list(others), list(excluded), [])
    finding = shown.findings[layout.AGES_FIGURES]
    tell_titles(book, snapshot, sheets, day=as_of, prepared_at=now, finding=finding)
    return findings


def tell_titles(
    book: xw.Book,
    snapshot: Snapshot,
    sheets: Sheets,
    *,
    day: date | None,
    prepared_at: datetime | None,
    finding: str | None = None,
) -> None:
    """Tell what Accueil and the titles say, where nothing calculates it.

    Args:
        book: The workbook.
        snapshot: Its records.
        sheets: The three sheets as they are now.
        day: The day of the letters; None without a preparation.
        prepared_at: When it was made.
        finding: The sentence over the aged balance; None where it stays.
    """
    if not home_sheet.calculates(book):
        held = _held(snapshot, sheets, day=day, prepared_at=prepared_at)
        home_sheet.show(book, held, finding)


def _fill_lists(
    book: xw.Book,
    snapshot: Snapshot,
    positions: Sequence[AccountPosition],
    selection: Selection,
) -> list[Finding]:
    """À appeler, Balance âgée and Évolution, as far as the workbook has them."""
    as_of = selection.as_of
    balance = listings.aged_balance(snapshot, positions, as_of)
    balances = aging.balance_by_currency(positions, as_of)
    owing = len({record["Compte"] for record in balance})
    changes = listings.evolution(snapshot, positions, as_of)
    calls = listings.phone_list(snapshot, positions, selection)
    held = {table.name for sheet in book.sheets for table in sheet.tables}
    names = {name.name: name for name in book.names}
    findings = []
    for table, records, line in (
        (layout.APPELS_TABLE, calls, listings.phone_line(calls)),
        (
            layout.BALANCE_AGEE_TABLE,
            [*balance, *listings.totals(balances)],
            listings.aged_line(balances, owing, as_of, snapshot.ledger.unread),
        ),
        (layout.EVOLUTION_TABLE, changes, listings.evolution_line(changes, as_of)),
    ):
        if table.name not in held:
            continue
        try:
            sheet = tables.sheet_of(book, table)
            if tables.is_protected(sheet):
                findings.append(_protected(sheet.name))
                continue
            findings += tables.passing_filters(book, table)
            rows = [{title: _cell(title, value) for title, value in r.items()} for r in records]
            tables.write(book, table, rows, key=lambda row: (row["Compte"], row["Devise"]))
        except BookError as error:  # a column is gone: its list is passed by, never the campaign
            findings.append(Finding(where=table.sheet, message=str(error), blocking=False))
            continue
        name = names.get(layout.LINES[table.sheet])
        if name is not None and "#REF!" not in str(name.refers_to):
            name.refers_to_range.value = line
    return findings


def _cell(title: str, value: Any) -> Any:
    """Nought is left blank where most of a column would be noughts."""
    return cells.of(value) if value or title == listings.TOTAL else None


def _protected(sheet: str) -> Finding:
    return Finding(
        where=sheet,
        message="feuille protégée : elle montre encore la situation d'avant.",
        blocking=False,
    )


def _held(
    snapshot: Snapshot, sheets: Sheets, *, day: date | None, prepared_at: datetime | None
) -> home_sheet.Held:
    """The sheets as they stand now, counted as their formulas count."""
    customers, excluded = sheets.customers, sheets.excluded
    currency = snapshot.settings.currency
    entries, cards = snapshot.ledger.entries, list(snapshot.customers.by_account.values())
    days = [entry.document_date for entry in entries if entry.document_date]
    rows = [row for row in customers if row.items]
    ticked = [row for row in customers if row.on]
    own = [row for row in customers if row.currency == currency]
    campaigns = snapshot.campaigns.rows
    items = [*(item for row in customers for item in row.items), *sheets.others]
    return home_sheet.Held(
        currency=currency,
        company=all(map(snapshot.settings.text, _COMPANY)),
        entries=len(entries) + snapshot.ledger.unread,
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        disputed=sum(entry.disputed for entry in entries),
        promised=sum(entry.hold.promised for entry in entries),
        cards=len(cards),
        addresses=sum(bool(card.email) for card in cards),
        by_mail=sum(card.sending.lower() != named_cells.COURRIER.lower() for card in cards),
        stopped=sum(card.terms.do_not_dun for card in cards),
        prepared_at=prepared_at,
        letters_of=day,
        rows=len(rows),
        wanted=sum(row.is_chased for row in customers),
        issued=sum(row.issued for row in customers),
        left=sum(row.is_chased and not row.issued for row in customers),
        due=sum((row.balance_due for row in own), _ZERO),
        chased=sum((row.balance_due for row in own if row.on), _ZERO),
        other_currencies=len(customers) - len(own),
        by_number=Counter(row.letter_no for row in ticked if row.letter_no),
        items=len(items),
        listed=sum(item.listed for item in items),
        left_out=len(excluded),
        forced=sum(row.forced for row in excluded),
        history=len(snapshot.history.records),
        last_letter=max((r.letter_date for r in snapshot.history.records), default=None),
        campaign_rows=len(campaigns),
        cancelled_rows=sum(row.cancelled_at is not None for row in campaigns),
        campaigns=len({row.batch for row in campaigns} - {REPRISE}),
        lines=_lines(snapshot, currency),
    )


def _lines(snapshot: Snapshot, currency: str) -> tuple[home_sheet.Line, ...]:
    """The three newest by the moment they were saved; one saved in two currencies is one."""
    moments: dict[datetime, list[int]] = {}
    rows = snapshot.campaigns.rows
    for index, row in enumerate(rows):
        if row.saved_at is not None and row.batch != REPRISE:
            moments.setdefault(row.saved_at, []).append(index)
    lines = []
    for saved_at in sorted(moments, reverse=True)[:3]:
        group = [rows[index] for index in moments[saved_at]]
        lines.append(
            home_sheet.Line(
                batch=group[-1].batch,
                letter_date=group[-1].letter_date,
                customers=sum(row.customers for row in group),
                amount=sum((row.amount for row in group if row.currency == currency), _ZERO),
                saved_at=saved_at,
                cancelled_at=group[-1].cancelled_at,
            )
        )
    return tuple(lines)
