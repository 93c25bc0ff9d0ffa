"""Show: what the sheets hold, as records whose keys are the columns' titles.

Sums and numbers are computed from the ticks, as Issue and Save do; a formula's
cell is never read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import xlwings as xw

from xl_relances.book import layout, preparation_sheet, tables
from xl_relances.book import settings as named
from xl_relances.book.cells import CellError, text_or_error
from xl_relances.book.cells import amount as amount_cell
from xl_relances.book.ledger_sheet import READERS
from xl_relances.book.preparation_rows import CustomerRow, DetailRow, Sheets
from xl_relances.run import listings
from xl_relances.run.reading import Snapshot, gather
from xl_relances.run.refreshing import previous_criteria, selection_of

Record = dict[str, Any]


def show(book: xw.Book, view: str, *, today: date) -> list[Record]:
    """The records of a view: amounts Decimal, days date, ticks bool, empty cells None.

    Args:
        book: The workbook.
        view: A key of :data:`VIEWS`.
        today: The day of the aged balance when the workbook holds no preparation.
    """
    return VIEWS[view](book, today)


def _preparation(book: xw.Book, _: date) -> list[Record]:
    return [_customer(row) for row in _sheets(book).customers]


def _detail(book: xw.Book, _: date) -> list[Record]:
    return [_item(item) for item in _sheets(book).items]


def _excluded(book: xw.Book, _: date) -> list[Record]:
    return [
        {
            "Compte": row.account or None,
            "Nom": row.name,
            "Devise": row.currency,
            "Solde": row.net,
            "Forcer": row.forced,
            "Motif": row.motif,
        }
        for row in _sheets(book).excluded
    ]


def _history(book: xw.Book, _: date) -> list[Record]:
    rows = tables.read(book, layout.HISTORIQUE_TABLE)
    return _plain(rows, "Devise")


def _campaigns(book: xw.Book, _: date) -> list[Record]:
    return _plain(tables.read(book, layout.CAMPAGNES_TABLE), "Devise")


def _plain(rows: tables.TableRows, currency_column: str) -> list[Record]:
    """Rows as they stand, cells read by the kind of their column; unreadable ones as text."""
    pick = rows.picker()
    currency = [column.title for column in rows.table.columns].index(currency_column)
    records = []
    for row in rows.rows:
        picked = pick(row)
        record = {}
        for column, value in zip(rows.table.columns, picked, strict=True):
            if column.added:
                continue
            record[column.title] = _cell(column, value, str(picked[currency] or "EUR"))
        records.append(record)
    return records


def _cell(column: layout.Column, value: Any, currency: str) -> Any:
    if value is None or value == "":
        return None
    try:
        if column.kind is layout.Kind.AMOUNT:
            return amount_cell(value, currency)
        return READERS[column.kind](value)
    except CellError:
        return text_or_error(value)


def _aging(book: xw.Book, today: date) -> list[Record]:
    """What each customer owes by age, set off, and credits that nothing absorbed."""
    snapshot, as_of = _today(book, today)
    return listings.aged_balance(snapshot, snapshot.positions(as_of), as_of)


def _changes(book: xw.Book, today: date) -> list[Record]:
    """What became of the newest campaign that counts, by customer."""
    snapshot, as_of = _today(book, today)
    return listings.evolution(snapshot, snapshot.positions(as_of), as_of)


def _calls(book: xw.Book, today: date) -> list[Record]:
    """Whom to call, the most pressing first, under the criteria of the preparation."""
    snapshot, as_of = _today(book, today)
    criteria = previous_criteria(snapshot) or named.read_criteria(snapshot.settings, {})
    selection = replace(
        selection_of(snapshot, criteria, datetime.combine(as_of, time())), as_of=as_of
    )
    return listings.phone_list(snapshot, snapshot.positions(as_of), selection)


def _today(book: xw.Book, today: date) -> tuple[Snapshot, date]:
    """The workbook's records and the day of its preparation, else today."""
    snapshot = gather(book)
    return snapshot, snapshot.settings.day("preparation_date") or today


def _sheets(book: xw.Book) -> Sheets:
    return preparation_sheet.read(book, named.procedure(book).highest)


def _customer(row: CustomerRow) -> Record:
    return {
        "Compte": row.account,
        "Nom": row.name,
        "Devise": row.currency,
        "Solde dû": row.balance_due,
        "Échéances": len(row.listed),
        "Retard max": row.max_late,
        "Dernière lettre": row.last_letter,
        "Relancé le": row.last_date,
        "Lettre proposée": row.suggested_no,
        "N° lettre": row.letter_no,
        "Relancer": row.on,
        "Éditée": row.issued,
        "Lettre": row.file or None,
        "Motif": row.motif,
    }


def _item(item: DetailRow) -> Record:
    return {
        "Compte": item.account,
        "Nom": item.name,
        "Devise": item.currency,
        "Écriture": item.entry_no or None,
        "Pièce": item.document or None,
        "Date": item.document_date,
        "Échéance": item.due_date,
        "Retard": item.days_late,
        "Libellé": item.label or None,
        "Débit": item.debit,
        "Crédit": item.credit,
        "Solde": item.amount,
        "Imputé": item.set_off,
        "Reste": item.remainder,
        "Niveau": item.level,
        "Relancé le": item.letter_date,
        "Lettre proposée": item.proposed,
        "Prochaine lettre": item.next_day,
        "Relancer": item.listed and item.suggested is not None,
        "Motif": item.motif,
        "Identité": item.identity,
    }


VIEWS: dict[str, Callable[[xw.Book, date], list[Record]]] = {
    "preparation": _preparation,
    "detail": _detail,
    "excluded": _excluded,
    "history": _history,
    "campaigns": _campaigns,
    "aging": _aging,
    "changes": _changes,
    "calls": _calls,
}
"""What ``xl-relances show`` can show."""


def as_json(records: Iterable[Record]) -> list[Record]:
    """Amounts as texts with the currency's decimals, days in ISO: what JSON can hold."""
    return [{title: _json(value) for title, value in record.items()} for record in records]


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return value
