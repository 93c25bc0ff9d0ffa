"""Import into Clients: customers are added and completed, never overwritten.

Source: product specification, section 6.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlwings as xw

from xl_relances import french
from xl_relances.book import cells, layout, tables
from xl_relances.book.customers_sheet import Customers, parse_customers
from xl_relances.book.tables import TableRows
from xl_relances.dunning.due_dates import PaymentTerms, parse_terms
from xl_relances.imports.reading import FilesRead

_CLIENTS = layout.CLIENTS_TABLE


@dataclass(slots=True, kw_only=True)
class ClientsPlan:
    """What Clients will hold.

    Attributes:
        added: New rows.
        completed: Cells to fill: row number to title to text.
        customers: Terms of every customer known then.
        held: Rows as they stand.
        beside: What 413, 416, 4191 hold, by customer; None when no ledger was read.
    """

    added: list[dict[str, Any]]
    completed: dict[int, dict[str, Any]]
    customers: dict[str, PaymentTerms | None]
    held: TableRows
    beside: dict[str, str] | None = None


def plan_customers(book: xw.Book, read: FilesRead, currency: str) -> ClientsPlan:
    """What Clients will hold once these files are in it."""
    held = tables.read(book, _CLIENTS)
    known: Customers = parse_customers(held)
    titles = [column.title for column in _CLIENTS.columns]
    pick = held.picker()
    standing: dict[str, tuple[int, dict[str, Any]]] = {}
    for row, number in zip(held.rows, held.numbers, strict=True):
        record = dict(zip(titles, pick(row), strict=True))
        standing.setdefault(cells.text_or_error(record["Compte"]), (number, record))
    added: dict[str, dict[str, Any]] = {}
    completed: dict[int, dict[str, Any]] = defaultdict(dict)
    terms = {account: customer.terms.terms for account, customer in known.by_account.items()}
    for file in read.files:
        for customer in file.customers:
            account = customer["Compte"]
            given = {title: _client_cell(title, text) for title, text in customer.items() if text}
            if account in standing:
                number, record = standing[account]
                for title, cell in given.items():
                    if record[title] is None or record[title] == "":
                        completed[number][title] = cell
            else:
                added[account] = {**given, **added.get(account, {})}
            if customer.get("Délai de paiement") and terms.get(account) is None:
                terms[account] = parse_terms(customer["Délai de paiement"])
    for file in read.files:
        for line in file.lines:
            account, name = line.entry.account, line.entry.name
            if account not in standing:
                fresh = added.setdefault(account, {"Compte": account})
                if name:
                    fresh.setdefault("Nom", name)
    beside = None
    if any(file.lines for file in read.files):
        beside = _beside(read, currency)
        for account in added.keys() & beside.keys():
            added[account]["Autres comptes"] = beside[account]
    return ClientsPlan(
        added=list(added.values()),
        completed=dict(completed),
        customers=terms,
        held=held,
        beside=beside,
    )


def _beside(read: FilesRead, currency: str) -> dict[str, str]:
    """« 419100 tient −1 000,00 € », by customer: what stands outside of the roots."""
    totals: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for file in read.files:
        for key, value in file.beside.items():
            totals[key] += value
    parts: dict[str, list[str]] = defaultdict(list)
    for (account, general), value in sorted(totals.items()):
        if value:
            parts[account].append(f"{general} tient {french.amount(value, currency)}")
    return {account: ", ".join(found) for account, found in parts.items()}


def _client_cell(title: str, text: str) -> Any:
    if title == "Ne pas relancer":
        return 1
    if title == "Bloqué jusqu'au":
        return datetime.fromisoformat(text)
    return text


def write_customers(book: xw.Book, plan: ClientsPlan) -> None:
    """Fill empty cells and add rows; a column that holds formulas of the user is left alone."""
    titles = {title for row in plan.completed.values() for title in row}
    pick = plan.held.picker()
    order = [column.title for column in _CLIENTS.columns]
    rows = [dict(zip(order, pick(row), strict=True)) for row in plan.held.rows]
    if plan.beside is not None:
        now = [plan.beside.get(cells.text_or_error(row["Compte"])) for row in rows]
        if now != [row["Autres comptes"] or None for row in rows]:
            tables.write_columns(book, _CLIENTS, {"Autres comptes": now}, plan.held.numbers)
    for title in order:
        if title not in titles:
            continue
        typed = tables.read_formulas(book, _CLIENTS, title)
        if any(isinstance(cell, str) and cell.startswith("=") for cell in typed):
            continue
        values = [
            plan.completed.get(number, {}).get(title, row[title])
            for row, number in zip(rows, plan.held.numbers, strict=True)
        ]
        tables.write_columns(book, _CLIENTS, {title: values}, plan.held.numbers)
    tables.append(book, _CLIENTS, plan.added)
