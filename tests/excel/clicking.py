"""A workbook on the file engine, whose buttons are clicked as Excel would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlwings as xw

from xl_relances import headless
from xl_relances.book import layout, tables
from xl_relances.headless import Alert


class Desk:
    """A workbook that is open, a user who selects, clicks and answers.

    Attributes:
        book: The workbook.
        opened: Files and folders that buttons opened.
    """

    def __init__(self, book: xw.Book) -> None:
        self.book = book
        self.opened: list[Path] = []

    @property
    def folder(self) -> Path:
        return Path(self.book.fullname).parent

    def click(self, name: str, *answers: str) -> list[Alert]:
        """Press a button; returns what was asked and told. Without an answer a question is no."""
        return self.run(f"import xl_relances.excel.macros as m; m.{name}()", *answers)

    def run(self, command: str, *answers: str) -> list[Alert]:
        """Run a command as RunPython does."""
        engine = headless.engine
        engine.alerts.clear()
        engine.answers.clear()
        engine.answers.extend(answers)
        engine.answer = None
        exec(command, {})
        assert not engine.answers, "a question that was expected was not asked"
        return list(engine.alerts)

    @staticmethod
    def agree() -> None:
        """Answer yes to every question of the next clicks made behind the desk's back."""
        headless.engine.alerts.clear()
        headless.engine.answers.clear()
        headless.engine.answer = lambda *_: "yes"

    @property
    def bar(self) -> str:
        return str(self.book.app.status_bar)

    def select(self, sheet: str, address: str) -> None:
        self.book.sheets[sheet].activate()
        self.book.sheets[sheet].range(address).select()

    def select_accounts(self, table: layout.Table, *accounts: str) -> None:
        """Select the accounts' cells, an area each."""
        rows = self.rows(table)
        places = [f"A{rows[account][0]}" for account in accounts]
        self.select(table.sheet, ",".join(places))

    def rows(self, table: layout.Table, key: str = "Compte") -> dict[str, tuple[int, Any]]:
        """Row number and cells by title of each row, by its cell under ``key``."""
        found = tables.read(self.book, table)
        return {
            str(row[found.index(key)]): (number, dict(zip(found.titles, row, strict=True)))
            for number, row in zip(found.numbers, found.rows, strict=True)
        }

    def column(self, title: str, table: layout.Table = layout.PREPARATION_TABLE) -> dict[str, Any]:
        """A column by account, or by document in Détail."""
        key = "Pièce" if table is layout.DETAIL_TABLE else "Compte"
        return {name: row[title] for name, (_, row) in self.rows(table, key).items()}

    def numbers(self) -> dict[str, str]:
        """« N° lettre » as typed, by account; "" where it follows the proposed one."""
        typed = tables.read_formulas(self.book, layout.PREPARATION_TABLE, "N° lettre")
        accounts = self.rows(layout.PREPARATION_TABLE)
        return {
            account: "" if str(value).startswith("=") else str(value)
            for account, value in zip(accounts, typed, strict=True)
        }

    def shown(self, table: layout.Table) -> list[str]:
        """Documents, or accounts, of the rows that a filter leaves."""
        key = "Pièce" if table is layout.DETAIL_TABLE else "Compte"
        sheet = self.book.sheets[table.sheet]
        rows = self.rows(table, key)
        return [
            name for name, (number, _) in rows.items() if not sheet.range(f"A{number}").rows.hidden
        ]


def open_desk(path: Path) -> Iterator[Desk]:
    with headless.open_book(path) as book:
        book.set_mock_caller()
        headless.engine.answer = None
        try:
            yield Desk(book)
        finally:
            delattr(xw.Book, "_mock_caller")
