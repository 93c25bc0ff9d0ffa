"""Books, as xlwings asks an engine for them.

Methods without a docstring do what xlwings documents under the same name.
"""

# ruff: noqa: D102, ARG002  the signatures and their meaning are those of xlwings.base_classes

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from xl_relances.headless.calls import count
from xl_relances.headless.names import Names
from xl_relances.headless.sheets import Sheet, Sheets
from xl_relances.headless.workbook import Workbook
from xl_relances.headless.worksheet import Worksheet

if TYPE_CHECKING:
    from xl_relances.headless.app import App


class Books(base_classes.Books):
    """The open books of an app; the first is the active one."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._books: list[Book] = []

    @property
    def api(self) -> Books:
        return self

    @property
    def current(self) -> Book | None:
        """The active book; None when none is open."""
        return self._books[0] if self._books else None

    @property
    def active(self) -> Book:
        if not self._books:
            raise KeyError("no book is open")
        return self._books[0]

    def __call__(self, name_or_index: str | int) -> Book:
        if isinstance(name_or_index, int):
            return self._books[name_or_index - 1]
        for book in self._books:
            if book.name.casefold() == name_or_index.casefold():
                return book
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self._books)

    def __iter__(self) -> Iterator[Book]:
        return iter(tuple(self._books))

    def open(self, fullname: str, update_links: Any = None, read_only: Any = None, *_: Any) -> Book:
        count("Books.open")
        book = Book(self, Workbook(Path(fullname), read_only=bool(read_only)))
        self._books.insert(0, book)
        return book

    def bring_forward(self, book: Book) -> None:
        """Make a book the active one."""
        self._books.remove(book)
        self._books.insert(0, book)

    def discard(self, book: Book) -> None:
        """Forget a closed book."""
        if book in self._books:
            self._books.remove(book)
        engine = self.app.engine
        if engine.when_idle is not None and not any(len(app.books) for app in engine.apps):
            engine.when_idle()


class Book(base_classes.Book):
    """An open workbook."""

    def __init__(self, books: Books, workbook: Workbook) -> None:
        self._books = books
        self.workbook = workbook
        self._sheets = [
            Sheet(self, Worksheet(workbook, index))
            for index, entry in enumerate(workbook.sheets)
            if entry.kind == "worksheet"
        ]
        index = workbook.active_index
        known = [s for s in self._sheets if s.worksheet.index == index]
        self.active_sheet = known[0] if known else self._sheets[0]
        self._activated = False

    @property
    def api(self) -> Book:
        return self

    @property
    def name(self) -> str:
        return self.workbook.path.name

    @property
    def fullname(self) -> str:
        return str(self.workbook.path)

    @property
    def app(self) -> App:
        return self._books.app

    @property
    def sheets(self) -> Sheets:
        return Sheets(self, self._sheets)

    @property
    def names(self) -> Names:
        count("Book.names")
        return Names(self, None)

    def activate(self) -> None:
        self._books.bring_forward(self)

    def activate_sheet(self, sheet: Sheet) -> None:
        """Show that sheet."""
        self.active_sheet = sheet
        self._activated = True

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Write the file; parts that nobody changed are copied byte for byte."""
        if password is not None:
            raise NotImplementedError("this engine sets no password")
        count("Book.save")
        if self._activated:
            self.workbook.set_active(self.active_sheet.worksheet.index)
            for sheet in self._sheets:
                sheet.worksheet.show_tab(sheet is self.active_sheet)
            self._activated = False
        for sheet in self._sheets:
            sheet.worksheet.finish()
        self.workbook.finish()
        self.workbook.save(Path(os.path.realpath(path)) if path else None)

    def close(self) -> None:
        """Forget the book; what was not saved is lost."""
        self.workbook.close()
        self._books.discard(self)
