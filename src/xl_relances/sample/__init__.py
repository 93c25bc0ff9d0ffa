"""Kervalou Emballages, the company of ``xl-relances demo``: all invented.

What there is to show is written in ``customers.csv``, one line a customer, and
explained in :mod:`xl_relances.sample.account`. Nothing here reads the clock or
a global random state: every call returns the same.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from xl_relances.book.layout import CLIENTS_TABLE, GRAND_LIVRE_TABLE
from xl_relances.sample.account import AS_OF, FORMER_SYSTEM, NOVEMBER, OCTOBER, Account, Entry

__all__ = [
    "AS_OF", "FORMER_SYSTEM", "NOVEMBER", "OCTOBER", "EarlierLetter", "Row",
    "company", "customers", "earlier_letters", "ledger", "rates",
]  # fmt: skip

Cell = str | date | Decimal | bool | int | None
Row = dict[str, Cell]


class EarlierLetter(NamedTuple):
    """A letter already saved.

    Attributes:
        row: Index into :func:`ledger`.
        level: The level that the letter gave the item.
        sent: The letter's date.
    """

    row: int
    level: int
    sent: date


def company() -> dict[str, Cell]:
    """Settings of the company, by the name of their cell."""
    return {
        "societe_nom": "Kervalou Emballages",
        "societe_forme": "SAS",
        "societe_capital": "150\u202f000\u00a0€",
        "societe_siren": "732829320",
        "societe_rcs": "RCS Nantes",
        "societe_tva": "FR44732829320",
        "societe_adresse_1": "12 rue des Tonneliers",
        "societe_adresse_2": "Zone du Moulin-Neuf",
        "societe_code_postal": "44000",
        "societe_ville": "Nantes",
        "societe_pays": None,
        "societe_telephone": "01 99 00 42 17",
        "societe_email": "relances@kervalou-emballages.example",
        "societe_site": "www.kervalou-emballages.example",
        "societe_contact": "Mme Aurore Tanguy",
        "societe_signataire": "Étienne Kervalou",
        "societe_fonction": "Responsable du crédit clients",
        "societe_titulaire": None,
        "societe_iban": "FR76 3000 6000 0112 3456 7890 189",
        "societe_bic": "AGRIFRPP",
        "societe_devise": "EUR",
        "societe_langue": "fr",
        "delai_de_paiement": "30",
    }


def rates() -> list[Row]:
    """Half-years for which the company's terms of sale state 15 % a year.

    A rate of its own, so that the sample needs no published rate of a half-year
    whose rates are still to be entered.
    """
    return [
        {"Semestre": half_year, "Taux société": Decimal("15.00")}
        for half_year in ("2025-S2", "2026-S1", "2026-S2")
    ]


def customers() -> list[Row]:
    """Rows of the sheet Clients, by account."""
    rows = []
    for line in _lines():
        row: Row = {title: line[title] or None for title in CLIENTS_TABLE.contract}
        row["Ne pas relancer"] = line["Ne pas relancer"] == "1"
        until = line["Bloqué jusqu'au"]
        row["Bloqué jusqu'au"] = date.fromisoformat(until) if until else None
        rows.append(row)
    return rows


def ledger() -> list[Row]:
    """Rows of the sheet Grand livre, by account and date; ``Identité`` is left to the core."""
    return [_row(line, entry) for line, entry in _ledger()]


def earlier_letters() -> list[EarlierLetter]:
    """What was saved on :data:`OCTOBER` and :data:`NOVEMBER`, oldest first.

    The last letter of each item also stands in its ledger row, as Save leaves it.
    """
    letters = [
        EarlierLetter(index, level, sent)
        for index, (_, entry) in enumerate(_ledger())
        for level, sent in entry.letters
    ]
    return sorted(letters, key=lambda letter: (letter.sent, letter.row))


def _row(line: dict[str, str], entry: Entry) -> Row:
    level, sent = entry.reminded or (None, None)
    piece = entry.piece if isinstance(entry.piece, str) else entry.piece.piece
    assert isinstance(piece, str)
    row: Row = {
        "Compte": line["Compte"],
        "Nom": line["Nom"],
        "Écriture": entry.number,
        "Pièce": piece,
        "Date": entry.day,
        "Échéance": entry.due,
        "Libellé": entry.label.format(piece=piece, number=4_470_000 + int(entry.number[-6:])),
        "Débit": entry.amount if entry.amount > 0 else None,
        "Crédit": -entry.amount if entry.amount < 0 else None,
        "Devise": entry.currency,
        "Lettrage": entry.code or None,
        "Litige": entry.dispute or None,
        "Promesse": "oui" if entry.promised else None,
        "Jusqu'au": entry.promised,
        "Motif": entry.reason or None,
        "Dernière lettre": level,
        "Relancé le": sent,
        "Identité": None,
    }
    assert tuple(row) == GRAND_LIVRE_TABLE.contract
    return row


@cache
def _lines() -> tuple[dict[str, str], ...]:
    text = (files("xl_relances.sample") / "customers.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines(), delimiter=";"))


@cache
def _ledger() -> tuple[tuple[dict[str, str], Entry], ...]:
    """Every entry with its customer's line, numbered in the order of the journals."""
    accounts = [(line, Account(line).entries) for line in _lines()]
    last: Counter[str] = Counter({"FA-2025": 1180})
    for entry in sorted((e for _, entries in accounts for e in entries), key=lambda e: e.day):
        journal = f"{entry.journal}-{entry.day.year}"
        last[journal] += 1
        entry.number = f"{journal}-{last[journal]:06}"
        if isinstance(entry.piece, str):
            year = 2025 if entry.journal == "AN" else entry.day.year
            series = f"{entry.piece}-{year}"
            last[series] += 1
            width = 4 if entry.piece == "FA" else 3
            entry.piece = f"{series}-{last[series]:0{width}}"
    return tuple(
        (line, entry)
        for line, entries in accounts
        for entry in sorted(entries, key=lambda e: (e.day, e.number))
    )
