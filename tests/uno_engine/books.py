"""The engine, its app, books, sheets and names, as xlwings asks for them.

Methods without a docstring do what xlwings documents under the same name.
"""

# ruff: noqa: ARG002  the signatures and their meaning are those of xlwings.base_classes

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from uno_engine.ranges import CellError, Range, quoted
from uno_engine.tables import Table, Tables

if TYPE_CHECKING:
    from uno_engine.office import Office


class Engine:
    """Runs the xlwings API over LibreOffice.

    Attributes:
        answer: The button that is pressed in every message.
        prompts: What was shown.
    """

    name = "libreoffice"
    type = "desktop"

    def __init__(self, office: Office) -> None:
        self.office = office
        self.apps = Apps(self)
        self.answer = "yes"
        self.prompts: list[str] = []

    @staticmethod
    def prepare_xl_data_element(x: Any, _options: Any) -> Any:
        return x

    @staticmethod
    def clean_value_data(
        data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool
    ) -> Any:
        def clean(value: Any) -> Any:
            if value is None or value == "":
                return empty_as
            if isinstance(value, CellError):
                return str(value) if err_to_str else None
            if isinstance(value, float) and number_builder is not None:
                return number_builder(value)
            if isinstance(value, dt.datetime) and datetime_builder is not dt.datetime:
                return datetime_builder(
                    year=value.year, month=value.month, day=value.day, hour=value.hour,
                    minute=value.minute, second=value.second, microsecond=value.microsecond,
                    tzinfo=None,
                )  # fmt: skip
            return value

        return [[clean(value) for value in row] for row in data]


class Apps(base_classes.Apps):
    """One app: the soffice."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._apps: list[App] = []

    def keys(self) -> list[int]:
        return [app.pid for app in self._apps]

    def add(
        self, spec: Any = None, add_book: Any = None, xl: Any = None, visible: Any = None
    ) -> App:
        self._apps = [App(self._engine)]
        return self._apps[0]

    @staticmethod
    def cleanup() -> None:
        pass

    def __iter__(self) -> Iterator[App]:
        return iter(self._apps)

    def __len__(self) -> int:
        return len(self._apps)

    def __getitem__(self, pid: int) -> App:
        return self._apps[0]


class App(base_classes.App):
    """What Excel's window would be."""

    screen_updating = True
    display_alerts = True
    enable_events = True
    interactive = True
    visible = False
    status_bar: Any = False
    version = "16.0"
    pid = 1

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._books = Books(self)
        self._calculation = "automatic"

    @property
    def engine(self) -> Engine:
        return self._engine

    @property
    def office(self) -> Office:
        return self._engine.office

    @property
    def books(self) -> Books:
        return self._books

    @property
    def selection(self) -> Range | None:
        return self._books.active.active_sheet.selection

    @property
    def calculation(self) -> str:
        return self._calculation

    @calculation.setter
    def calculation(self, value: str) -> None:
        self._calculation = value
        for book in self._books:
            book.document.enableAutomaticCalculation(value == "automatic")
            if value == "automatic":
                book.document.calculate()

    def calculate(self) -> None:
        for book in self._books:
            book.document.calculateAll()

    def alert(self, prompt: str, *_: Any) -> str:
        self._engine.prompts.append(prompt)
        return self._engine.answer

    def quit(self) -> None:
        for book in tuple(self._books):
            book.close()


class Books(base_classes.Books):
    """The open books; the last opened is the active one."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._books: list[Book] = []

    @property
    def active(self) -> Book:
        return self._books[0]

    def __call__(self, name_or_index: str | int) -> Book:
        if isinstance(name_or_index, int):
            return self._books[name_or_index - 1]
        for book in self._books:
            if book.name == name_or_index:
                return book
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self._books)

    def __iter__(self) -> Iterator[Book]:
        return iter(tuple(self._books))

    def open(self, fullname: str, *_: Any) -> Book:
        known = [book for book in self._books if book.fullname == fullname]
        if known:
            return known[0]
        book = Book(self, Path(fullname))
        self._books.insert(0, book)
        return book

    def discard(self, book: Book) -> None:
        self._books = [known for known in self._books if known is not book]


class Book(base_classes.Book):
    """A document."""

    def __init__(self, books: Books, path: Path) -> None:
        self._books = books
        self._path = path
        self.office = books.app.office
        self.document = self.office.load(path)
        self.filled_tables: set[str] = set()
        self._kinds: dict[int, int] = {}
        # Every question to LibreOffice takes a moment: what cannot change is asked once.
        self.all_sheets = [Sheet(self, sheet) for sheet in self.document.Sheets]
        active = str(self.document.CurrentController.ActiveSheet.Name)
        self.active_sheet = self.sheets(active)

    @property
    def name(self) -> str:
        return self._path.name

    @property
    def fullname(self) -> str:
        return str(self._path)

    @property
    def app(self) -> App:
        return self._books.app

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self, None)

    def kind_of_format(self, key: int) -> int:
        """What a number format shows (com.sun.star.util.NumberFormat)."""
        if key not in self._kinds:
            self._kinds[key] = int(self.document.NumberFormats.getByKey(key).Type)
        return self._kinds[key]

    def activate(self) -> None:
        pass

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """LibreOffice's own writing of the file."""
        self._path = Path(path) if path else self._path
        options = self.office.options(FilterName="Calc MS Excel 2007 XML", Overwrite=True)
        self.document.storeToURL(self._path.resolve().as_uri(), options)

    def close(self) -> None:
        if self in self._books:
            self.document.close(True)
        self._books.discard(self)


class Sheets(base_classes.Sheets):
    """The sheets of a document."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def active(self) -> Sheet:
        return self._book.active_sheet

    def __call__(self, name_or_index: str | int) -> Sheet:
        if isinstance(name_or_index, int):
            return self._book.all_sheets[name_or_index - 1]
        for sheet in self:
            if sheet.name.casefold() == name_or_index.casefold():
                return sheet
        raise KeyError(name_or_index)

    def __contains__(self, name: object) -> bool:
        return any(sheet.name.casefold() == str(name).casefold() for sheet in self)

    def __len__(self) -> int:
        return len(self._book.all_sheets)

    def __iter__(self) -> Iterator[Sheet]:
        return iter(self._book.all_sheets)


class Sheet(base_classes.Sheet):
    """A sheet."""

    def __init__(self, book: Book, sheet: Any) -> None:
        self._book = book
        self.sheet = sheet
        self._name = str(sheet.Name)
        self._index = int(sheet.RangeAddress.Sheet) + 1
        self._selection: Range | None = None
        ranges = book.document.DatabaseRanges
        found = [ranges.getByName(name) for name in ranges.ElementNames]
        here = [known for known in found if known.DataArea.Sheet + 1 == self._index]
        self.all_tables = [Table(self, known) for known in here]

    @property  # type: ignore[misc]  # read only here
    def name(self) -> str:
        return self._name

    @property
    def book(self) -> Book:
        return self._book

    @property
    def api(self) -> Sheet:
        return self

    @property
    def index(self) -> int:
        return self._index

    @property
    def names(self) -> Names:
        return Names(self._book, self)

    @property
    def tables(self) -> Tables:
        return Tables(self)

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        if isinstance(arg1, int) and isinstance(arg2, int):
            arg1, arg2 = (arg1, arg2), None
        first = self._resolve(arg1)
        if arg2 is None:
            return first
        last = self._resolve(arg2)
        (a, b, c, d), (e, f, g, h) = first.corners, last.corners
        return self.area(min(a, e), min(b, f), max(c, g), max(d, h))

    def area(self, top: int, left: int, bottom: int, right: int) -> Range:
        """The cells between two corners, counted from 0."""
        return Range(self, (top, left, bottom, right))

    def at(self, address: Any) -> Range:
        """The cells of an address of LibreOffice's."""
        return self.area(address.StartRow, address.StartColumn, address.EndRow, address.EndColumn)

    def _resolve(self, given: Any) -> Range:
        if isinstance(given, Range):
            return given
        if isinstance(given, tuple):
            row, column, rows, columns = (*given, 1, 1)[:4]
            return self.area(row - 1, column - 1, row + rows - 2, column + columns - 2)
        text = str(given)
        table, _, column = text.rstrip("]").partition("[")
        for sheet in self._book.sheets:
            if table in sheet.tables:
                found = sheet.tables(table)
                body = found.columns(column).data_body_range if column else found.data_body_range
                assert body is not None
                return body
        if self._book.names.contains(text):
            return self._book.names(text).refers_to_range
        try:
            return self.at(self.sheet.getCellRangeByName(text).RangeAddress)
        except self._book.office.error:
            raise ValueError(f"no range: {text!r}") from None

    @property
    def cells(self) -> Range:
        return self.range("1:1048576")

    @property
    def used_range(self) -> Range:
        cursor = self.sheet.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        return self.at(cursor.RangeAddress)

    @property
    def selection(self) -> Range:
        return self._selection or self.range("A1")

    def activate(self) -> None:
        self._book.document.CurrentController.setActiveSheet(self.sheet)
        self._book.active_sheet = self

    def select(self) -> None:
        self.activate()

    def select_range(self, selected: Range) -> None:
        self._selection = selected

    @property
    def visible(self) -> bool:
        return bool(self.sheet.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        self.sheet.IsVisible = value


class Names(base_classes.Names):
    """The names of a document, or of one sheet."""

    def __init__(self, book: Book, sheet: Sheet | None) -> None:
        self._book = book
        self._sheet = sheet
        self._names = book.document.NamedRanges if sheet is None else sheet.sheet.NamedRanges

    def __call__(self, name_or_index: str | int) -> Name:
        if isinstance(name_or_index, int):
            return Name(self._book, self._sheet, self._names.getByIndex(name_or_index - 1))
        if not self.contains(name_or_index):
            raise KeyError(name_or_index)
        return Name(self._book, self._sheet, self._names.getByName(name_or_index))

    def contains(self, name_or_index: str | int) -> bool:
        return bool(self._names.hasByName(str(name_or_index)))

    def __len__(self) -> int:
        return int(self._names.Count)

    def snapshot(self) -> list[tuple[str, Name]]:
        return [(name, self(name)) for name in self._names.ElementNames]

    def add(self, name: str, refers_to: str) -> Name:
        start = self._book.office.struct("table.CellAddress")
        self._names.addNewByName(name, _content(refers_to), start, 0)
        return self(name)


class Name(base_classes.Name):
    """A defined name."""

    def __init__(self, book: Book, sheet: Sheet | None, named: Any) -> None:
        self._book = book
        self._sheet = sheet
        self._named = named

    @property  # type: ignore[misc]  # read only here
    def name(self) -> str:
        local = "" if self._sheet is None else f"{quoted(self._sheet.name)}!"
        return f"{local}{self._named.Name}"

    @property
    def refers_to(self) -> str:
        content = str(self._named.Content)
        if content.startswith("$"):
            sheet, _, cells = content[1:].rpartition(".")
            return f"={quoted(sheet.strip(chr(39)))}!{cells}"
        return f"={content}"

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self._named.setContent(_content(value))

    @property
    def refers_to_range(self) -> Range:
        cells = self._named.ReferredCells
        if cells is None:
            raise ValueError(f"{self.name} refers to no range: {self.refers_to}")
        address = cells.RangeAddress
        return self._book.sheets(address.Sheet + 1).at(address)

    def delete(self) -> None:
        names = self._book.document if self._sheet is None else self._sheet.sheet
        names.NamedRanges.removeByName(self._named.Name)


def _content(refers_to: str) -> str:
    text = refers_to.removeprefix("=")
    return text if text.startswith('"') else "$" + text.replace("!", ".")
