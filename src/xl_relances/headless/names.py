"""Defined names, as xlwings asks an engine for them.

Methods without a docstring do what xlwings documents under the same name.
"""

# ruff: noqa: D102  the signatures and their meaning are those of xlwings.base_classes

from __future__ import annotations

from typing import TYPE_CHECKING

from xlwings import base_classes

from xl_relances.headless.addresses import quoted_sheet, split_sheet
from xl_relances.headless.calls import count
from xl_relances.headless.errors import NotAWorkbookError
from xl_relances.headless.workbook import DefinedName

if TYPE_CHECKING:
    from xl_relances.headless.books import Book
    from xl_relances.headless.ranges import Range
    from xl_relances.headless.sheets import Sheet


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
        if sheet not in self._book.sheets:
            path = str(self._book.workbook.path)
            raise NotAWorkbookError(path, "damaged", f"{self.name} refers to {sheet!r}")
        return self._book.sheets(sheet).range(address)

    def delete(self) -> None:
        self._book.workbook.names.remove(self._known)
        self._book.workbook.names_changed = True
