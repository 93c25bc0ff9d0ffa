"""A workbook whose letters are issued and none is sent, and changes a user may make in it."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Mapping
from datetime import datetime, time
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import xlwings as xw

from xl_relances import headless, run, sample
from xl_relances.book import layout, tables
from xl_relances.book.settings import Settings
from xl_relances.demo import lay

NOW = datetime.combine(sample.AS_OF, time(9, 30))


def issued(folder: Path) -> Path:
    """The sample company's workbook, every letter issued, none sent."""
    target = folder / "société"
    shutil.copytree(_issued(), target)
    return target / "relances.xlsm"


@cache
def _issued() -> Path:
    folder = Path(mkdtemp(prefix="relances-mail-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    headless.register()
    headless.engine.answer = lambda *_: "yes"
    path = lay(folder / "s")
    with headless.open_book(path) as book:
        run.prepare(book, now=NOW)
        run.issue(book)
        book.save()
    headless.engine.answer = None
    return path.parent


def customers(book: xw.Book, changes: Mapping[str, Mapping[str, str]]) -> None:
    """Change rows of Clients by account; "*" is every other account."""
    rows = tables.read(book, layout.CLIENTS_TABLE)
    titles = {title for change in changes.values() for title in change}
    for title in titles:
        column = rows.index(title)
        values = []
        for row in rows.rows:
            change = changes.get(str(row[0]), changes.get("*", {}))
            values.append(change.get(title, row[column]))
        tables.write_columns(book, layout.CLIENTS_TABLE, {title: values}, rows.numbers)


def settings(book: xw.Book, **values: str | int) -> None:
    """Fill named cells."""
    for name, value in values.items():
        Settings(book).write(name, value)


def motifs(book: xw.Book) -> dict[str, str]:
    """« Motif » of Préparation by account and currency."""
    return {f"{row['Compte']} {row['Devise']}": row["Motif"]
            for row in run.show(book, "preparation", today=NOW.date())}  # fmt: skip
