"""Ledgers of any size with the shapes of a real one, quickly made and always the same.

Customers are of unequal size: a few have hundreds of rows, most a handful. Six
rows in ten are allocated in pairs; of the rest some are not due yet, some
part-paid, disputed, without a due date or a credit that names no invoice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from xl_relances.sample import AS_OF, Cell

Values = tuple[Cell, ...]

_NAMES = ("Établissements", "Société", "Maison", "Ateliers", "Comptoir", "Transports", "Garage")
_PLACES = ("du Val d'Erve", "de l'Étang", "Kermorvan & Fils", "des Trois Chênes", "Saint-Aubin")
_TOWNS = (("44000", "Nantes"), ("06400", "Cannes"), ("01100", "Oyonnax"), ("59800", "Lille"))


@dataclass(frozen=True, slots=True)
class Books:
    """A ledger and its customers.

    Attributes:
        ledger: Rows of Grand livre, in the order of its columns.
        customers: Rows of Clients, in the order of its columns.
    """

    ledger: list[Values]
    customers: list[Values]


def generate(customers: int, rows: int, seed: int = 1) -> Books:
    """``rows`` ledger rows, by account and date, over ``customers`` accounts (at most as many)."""
    random = Random(seed)
    accounts = [f"411{number:06}" for number in range(customers)]
    names = [
        f"{random.choice(_NAMES)} {random.choice(_PLACES)} {number}" for number in range(customers)
    ]
    ledger: list[Values] = []
    for account, name, size in zip(accounts, names, _sizes(random, customers, rows), strict=True):
        ledger.extend(_account(random, account, name, size, len(ledger)))
    return Books(
        ledger=ledger,
        customers=[
            _customer(random, account, name) for account, name in zip(accounts, names, strict=True)
        ],
    )


def _sizes(random: Random, customers: int, rows: int) -> list[int]:
    """One row each, the others dealt out unevenly."""
    if not 0 < customers <= rows:
        raise ValueError(f"{customers} customers cannot share {rows} rows")
    sizes = [1] * customers
    weights = [random.expovariate(1) ** 2 for _ in range(customers)]
    for index in random.choices(range(customers), weights, k=rows - customers):
        sizes[index] += 1
    return sizes


def _customer(random: Random, account: str, name: str) -> Values:
    postal_code, town = random.choice(_TOWNS)
    terms = random.choice((None, None, "30", "45FM"))
    sending = random.choice(("Courrier", "E-mail"))
    return (
        *(account, name, None, None, "12 rue de la Gare", None, None, postal_code, town, None),
        *(f"compta@c{account}.example", None, "Professionnel", sending, terms),
        *(random.random() < 0.01, None, None),
    )


def _account(random: Random, account: str, name: str, size: int, first: int) -> Iterator[Values]:
    settled = int(size * random.uniform(0.4, 0.8)) // 2
    rows: list[tuple[date, date | None, str, Decimal, str, str]] = []
    for pair in range(settled):
        issued = AS_OF - timedelta(days=random.randrange(90, 330))
        amount, code = _amount(random), _code(pair)
        rows.append((issued, issued + timedelta(days=30), "FA", amount, code, ""))
        paid = issued + timedelta(days=random.randrange(20, 60))
        rows.append((paid, None, "RG", -amount, code, ""))
    for _ in range(size - 2 * settled):
        issued = AS_OF - timedelta(days=random.randrange(1, 150))
        chance = random.random()
        due = None if chance < 0.02 else issued + timedelta(days=30)
        code = "a" if 0.02 <= chance < 0.05 else ""
        dispute = "Prix contesté" if 0.05 <= chance < 0.08 else ""
        if 0.08 <= chance < 0.18:
            rows.append((issued, None, "RG", -_amount(random) / 2, "", ""))
        else:
            rows.append((issued, due, "FA", _amount(random), code, dispute))
    rows.sort(key=lambda row: (row[0], row[2], row[3]))
    for number, (day, due, kind, amount, code, dispute) in enumerate(rows, first + 1):
        piece = f"{kind}-2026-{number:06}"
        yield (
            *(account, name, f"{'VE' if kind == 'FA' else 'BQ'}-2026-{number:06}", piece),
            *(day, due, f"Facture {piece}" if kind == "FA" else "Virement"),
            *(amount if amount > 0 else None, -amount if amount < 0 else None, "EUR"),
            *(code or None, dispute or None),
            *(None, None, None),  # neither promise nor end of dispute
            *(None, None, None),  # no letter yet, no identity
        )


def _amount(random: Random) -> Decimal:
    return Decimal(random.randrange(2_000, 900_000) * 2).scaleb(-2)


def _code(number: int) -> str:
    """A, B, ... Z, AA, AB, ..."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
