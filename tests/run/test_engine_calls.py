"""In Excel each call crosses into another process: their number must not grow with the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwings as xw

import books
from books import issue, opened, prepare, save, shown, undo
from xl_relances import headless, run
from xl_relances.book import layout, tables


def ledger(customers: int) -> str:
    lines = ["Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit;Dernière lettre;Relancé le"]
    for number in range(customers):
        lines += [
            f"C{number:03};Client;FA-{number}-1;01/09/2026;01/10/2026;Facture;100;;1;15/10/2026",
            f"C{number:03};Client;FA-{number}-2;01/10/2026;31/10/2026;Facture;50;;;",
            f"D{number:03};Autre;FB-{number};01/11/2026;01/12/2026;Facture;10;;;",
        ]
    return "\n".join(lines)


def by_hand(book: xw.Book) -> None:
    numbers = tables.read(book, layout.PREPARATION_TABLE).numbers
    tables.write_columns(book, layout.PREPARATION_TABLE, {"Éditée": [1] * len(numbers)}, numbers)


STEPS: dict[str, Callable[[xw.Book], object]] = {
    "prepare": prepare,
    "prepare again": prepare,
    "issue": lambda book: issue(book, "C000", "C001"),
    "issue by hand": by_hand,
    "prepare with issued rows": prepare,
    "save": save,
    "prepare after save": prepare,
    "undo": undo,
    "show": shown,
    "check": lambda book: run.check(book, today=books.AS_OF),
    "clear": run.clear,
}


def calls(path: Path, *, own_column: bool) -> dict[str, Counter[str]]:
    """How often each kind of call is made, by step; progress in the status bar apart."""
    result = {}
    with opened(path, keep=False) as book:
        if own_column:
            prepare(book)
            for table in (layout.PREPARATION_TABLE, layout.DETAIL_TABLE, layout.GRAND_LIVRE_TABLE):
                books.add_column(book, table, "Note", lambda row: f"note {row['Compte']}")
            found = tables.find_table(book, layout.DETAIL_TABLE)
            found.autofilter.apply_values(1, ["C000"])
        for name, step in STEPS.items():
            headless.engine.calls.clear()
            step(book)
            result[name] = Counter(headless.engine.calls)
            result[name].pop("App.status_bar", None)
    return result


@pytest.mark.parametrize("own_column", [False, True], ids=["plain", "users-columns-and-filter"])
def test_the_calls_of_a_command_do_not_grow(tmp_path: Path, own_column: bool) -> None:
    """As many for 90 rows as for 9, and no more than 700."""
    few = calls(books.make(tmp_path / "few", ledger(3)), own_column=own_column)
    many = calls(books.make(tmp_path / "many", ledger(30)), own_column=own_column)
    for name in STEPS:
        assert many[name] == few[name], name
        assert sum(many[name].values()) < 700, (name, many[name])
