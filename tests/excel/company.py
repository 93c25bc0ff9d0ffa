"""A small company in a folder: a workbook with a ledger of regular rows, ready to prepare."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from xl_relances import headless, sample
from xl_relances.book import layout, tables
from xl_relances.book.settings import Settings
from xl_relances.demo import _cell
from xl_relances.starting import BOOK, start

AS_OF = datetime(2026, 11, 25)
LONG_DUE, DUE, NOT_DUE = datetime(2026, 9, 1), datetime(2026, 11, 1), datetime(2026, 12, 24)
LOOK_ALIKES = ("000123", "123")
"""Two accounts that a spreadsheet likes to take for one."""


def entry(account: str, document: str, due: datetime, amount: float) -> dict[str, Any]:
    return {
        "Compte": account,
        "Nom": f"Client {account}",
        "Écriture": f"VE-{document}",
        "Pièce": document,
        "Date": datetime(2026, 8, 1),
        "Échéance": due,
        "Libellé": f"Facture {document}",
        "Débit": amount,
        "Devise": "EUR",
    }


def ledger(customers: int) -> list[dict[str, Any]]:
    """Two overdue items and one that is not due for each of C0001, C0002…, and the look-alikes."""
    rows = []
    for number in range(1, customers + 1):
        account = f"C{number:04}"
        rows += [
            entry(account, f"A{number}", LONG_DUE, 100.0 + number),
            entry(account, f"B{number}", DUE, 10.0),
            entry(account, f"N{number}", NOT_DUE, 1.0),
        ]
    rows += [entry(account, f"L{account}", LONG_DUE, 50.0) for account in LOOK_ALIKES]
    return [*rows, entry("Z9", "NZ9", NOT_DUE, 5.0)]


def lay(folder: Path, customers: int = 3, book_name: str = BOOK) -> Path:
    """The workbook in ``folder``; Z9 owes nothing that is due."""
    start(folder)
    path = folder / BOOK
    with headless.open_book(path) as book:
        settings = Settings(book)
        for name, value in sample.company().items():
            settings.write(name, _cell(value))
        settings.write("date_relance", AS_OF)
        tables.write(book, layout.GRAND_LIVRE_TABLE, ledger(customers), key=id)
        book.save()
    path.with_name(f"{BOOK}.bak").unlink(missing_ok=True)
    return path.rename(folder / book_name)
