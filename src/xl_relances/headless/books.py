"""Books, sheets and names, as xlwings asks an engine for them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from xl_relances.headless import measures
from xl_relances.headless.addresses import Area, a1, parse_area, quoted_sheet, split_sheet
from xl_relances.headless.calls import count
from xl_relances.headless.list_objects import Tables
from xl_relances.headless.ranges import Range
from xl_relances.headless.workbook import DefinedName, Workbook
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


class Sheets(base_classes.Sheets):
    """The worksheets of a book."""

    def __init__(self, book: Book, sheets: list[Sheet]) -> None:
        self._book = book
        self._sheets = sheets

    @property
    def api(self) -> Sheets:
        return self

    @property
    def active(self) -> Sheet:
        return self._book.active_sheet

    def __call__(self, name_or_index: str | int) -> Sheet:
        if isinstance(name_or_index, int):
            return self._sheets[name_or_index - 1]
        for sheet in self._sheets:
            if sheet.name.casefold() == name_or_index.casefold():
                return sheet
        raise KeyError(name_or_index)

    def __contains__(self, name: object) -> bool:
        return any(sheet.name.casefold() == str(name).casefold() for sheet in self._sheets)

    def __len__(self) -> int:
        return len(self._sheets)

    def __iter__(self) -> Iterator[Sheet]:
        return iter(self._sheets)


class Sheet(base_classes.Sheet):
    """A worksheet.

    Attributes:
        worksheet: What reads and writes it.
    """

    def __init__(self, book: Book, worksheet: Worksheet) -> None:
        self._book = book
        self.worksheet = worksheet
        self._selection: Range | None = None

    @property
    def api(self) -> Sheet:
        return self

    @property  # type: ignore[misc]  # sheets are not renamed here
    def name(self) -> str:
        return self.worksheet.title

    @property
    def book(self) -> Book:
        return self._book

    @property
    def index(self) -> int:
        return self.worksheet.index + 1

    @property
    def names(self) -> Names:
        count("Sheet.names")
        return Names(self._book, self)

    @property
    def tables(self) -> Tables:
        return Tables(self)

    @property
    def strays(self) -> list[str]:
        """Addresses of cells too far from all others to be part of the used range."""
        return [a1(area) for area in self.worksheet.part.strays()]

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        count("Sheet.range")
        if isinstance(arg1, tuple) and len(arg1) == 4:
            return Range(self, [Area(*arg1)])
        if isinstance(arg1, int) and isinstance(arg2, int):
            arg1, arg2 = (arg1, arg2), None
        first = self._resolve(arg1)
        if arg2 is None:
            return first
        last = self._resolve(arg2)
        a, b = first.area, last.area
        row, column = min(a.row, b.row), min(a.column, b.column)
        bottom = max(a.last_row, b.last_row)
        right = max(a.last_column, b.last_column)
        return Range(self, [Area(row, column, bottom - row + 1, right - column + 1)])

    def _resolve(self, given: Any) -> Range:
        if isinstance(given, Range):
            return given
        if isinstance(given, tuple):
            if 0 in given:
                raise IndexError(
                    "Attempted to access 0-based Range. xlwings/Excel Ranges are 1-based."
                )
            return Range(self, [Area(given[0], given[1], 1, 1)])
        text = str(given)
        sheet, address = split_sheet(text)
        if sheet is not None and sheet.casefold() != self.name.casefold():
            return self._book.sheets(sheet).range(address)
        try:
            return Range(self, [parse_area(part) for part in address.split(",")])
        except ValueError:
            return self._named(address)

    def _named(self, text: str) -> Range:
        """``compte_debut``, ``Preparation`` or ``Preparation[Compte]``."""
        names = Names(self._book, None)
        if names.contains(text):
            return names(text).refers_to_range
        table, _, column = text.partition("[")
        for sheet in self._book.sheets:
            for part in sheet.worksheet.tables:
                if part.name.casefold() == table.casefold():
                    return Range(sheet, [_table_area(part, column.rstrip("]"))])
        raise ValueError(f"no range: {text!r}")

    @property
    def cells(self) -> Range:
        return self.range("1:1048576")

    @property
    def used_range(self) -> Range:
        count("Sheet.used_range")
        return Range(self, [self.worksheet.used])

    @property
    def selection(self) -> Range:
        """What is selected on it; in a file just opened, what was when it was saved."""
        if self._selection is None:
            self._selection = Range(self, measures.saved_selection(self.worksheet.part))
        return self._selection

    def select_range(self, selected: Range) -> None:
        """Select cells; the sheet must be the active one, as in Excel."""
        self._selection = selected

    def activate(self) -> None:
        count("Sheet.activate")
        self._book.activate_sheet(self)

    def select(self) -> None:
        self.activate()

    def clear_contents(self) -> None:
        self.used_range.clear_contents()

    @property
    def visible(self) -> bool:
        return self.worksheet.entry.state == "visible"

    @visible.setter
    def visible(self, value: bool) -> None:
        count("Sheet.visible")
        state = "visible" if value else "hidden"
        self._book.workbook.set_state(self.worksheet.index, state)


def _table_area(part: Any, column: str) -> Area:
    keyword = column.casefold()
    if keyword in {"#all"}:
        return part.area  # type: ignore[no-any-return]
    if keyword in {"#headers"}:
        area: Area = part.area
        return Area(area.row, area.column, 1, area.columns)
    body: Area = part.body
    if keyword in {"", "#data"}:
        return body
    titles = [known.name.casefold() for known in part.columns]
    return Area(body.row, body.column + titles.index(keyword), body.rows, 1)


class Names(base_classes.Names):
    """The names of a book, or of one sheet."""

    def __init__(self, book: Book, sheet: Sheet | None) -> None:
        self._book = book
        self._sheet = sheet

    def _known(self) -> list[DefinedName]:
        names = self._book.workbook.names
        if self._sheet is None:
            return names
        return [name for name in names if name.scope == self._sheet.worksheet.index]

    def _find(self, given: str | int) -> DefinedName | None:
        known = self._known()
        if isinstance(given, int):
            return known[given - 1] if 1 <= given <= len(known) else None
        sheet, plain = split_sheet(given)
        scope = None
        if sheet is not None:
            scope = self._book.sheets(sheet).worksheet.index
        elif self._sheet is not None:
            scope = self._sheet.worksheet.index
        found = [n for n in known if n.name.casefold() == plain.casefold()]
        exact = [n for n in found if n.scope == scope]
        if exact or sheet is not None:
            return exact[0] if exact else None
        return found[0] if found else None

    def __call__(self, name_or_index: str | int) -> Name:
        count("Names.get")
        found = self._find(name_or_index)
        if found is None:
            raise KeyError(name_or_index)
        return Name(self._book, found)

    def contains(self, name_or_index: str | int) -> bool:
        return self._find(name_or_index) is not None

    def __len__(self) -> int:
        return len(self._known())

    def snapshot(self) -> list[tuple[str, Name]]:
        count("Names.snapshot")
        return [(known.name, Name(self._book, known)) for known in self._known()]

    def add(self, name: str, refers_to: str) -> Name:
        count("Names.add")
        scope = None if self._sheet is None else self._sheet.worksheet.index
        return Name(self._book, self._book.workbook.new_name(name, refers_to, scope))


class Name(base_classes.Name):
    """A defined name."""

    def __init__(self, book: Book, known: DefinedName) -> None:
        self._book = book
        self._known = known

    @property
    def api(self) -> Name:
        return self

    @property  # type: ignore[misc]  # names are not renamed here
    def name(self) -> str:
        if self._known.scope is None:
            return self._known.name
        sheet = self._book.workbook.sheets[self._known.scope].title
        return f"{quoted_sheet(sheet)}!{self._known.name}"

    @property
    def refers_to(self) -> str:
        return f"={self._known.refers_to}"

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        count("Name.refers_to")
        self._known.refers_to = value.removeprefix("=")
        self._book.workbook.names_changed = True

    @property
    def refers_to_range(self) -> Range:
        count("Name.refers_to_range")
        sheet, address = split_sheet(self._known.refers_to)
        if sheet is None:
            raise ValueError(f"{self.name} refers to no range: {self.refers_to}")
        return self._book.sheets(sheet).range(address)

    def delete(self) -> None:
        self._book.workbook.names.remove(self._known)
        self._book.workbook.names_changed = True
