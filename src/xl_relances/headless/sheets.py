"""Sheets, as xlwings asks an engine for them.

Methods without a docstring do what xlwings documents under the same name.
"""

# ruff: noqa: D102  the signatures and their meaning are those of xlwings.base_classes

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from xl_relances.headless import measures
from xl_relances.headless.addresses import Area, a1, parse_area, split_sheet
from xl_relances.headless.calls import count
from xl_relances.headless.list_objects import Tables
from xl_relances.headless.names import Names
from xl_relances.headless.ranges import Range
from xl_relances.headless.strays import strays
from xl_relances.headless.tables import TablePart
from xl_relances.headless.worksheet import Worksheet

if TYPE_CHECKING:
    from xl_relances.headless.books import Book


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
        return [a1(area) for area in strays(self.worksheet.part)]

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


def _table_area(part: TablePart, column: str) -> Area:
    keyword = column.casefold()
    if keyword == "#all":
        return part.area
    if keyword == "#headers":
        area = part.area
        return Area(area.row, area.column, 1, area.columns)
    body = part.body
    if keyword in {"", "#data"}:
        return body
    titles = [known.name.casefold() for known in part.columns]
    return Area(body.row, body.column + titles.index(keyword), body.rows, 1)
