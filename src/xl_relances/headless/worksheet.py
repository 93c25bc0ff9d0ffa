"""A sheet that can be read and written as Excel would: tables grow, filters and locks bite."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from xl_relances.headless import filters
from xl_relances.headless.addresses import Area, a1, parse_area
from xl_relances.headless.cells import Block
from xl_relances.headless.errors import FilteredRangeError, NotAWorkbookError, ProtectedSheetError
from xl_relances.headless.growth import lay
from xl_relances.headless.links import Links
from xl_relances.headless.markup import (
    attributes,
    children,
    decoded,
    encoded,
    with_attribute,
    without_prefix,
)
from xl_relances.headless.relations import relations
from xl_relances.headless.sheet_part import SheetPart, sections
from xl_relances.headless.sheet_writer import SheetWriter
from xl_relances.headless.strays import used_without_strays
from xl_relances.headless.tables import TablePart
from xl_relances.headless.workbook import Workbook, reason_of

LARGEST_BLOCK = 50_000_000
"""Cells of one block; Excel itself runs out of memory near there."""


class Worksheet:
    """One sheet of an open workbook; its part is read when first needed."""

    def __init__(self, workbook: Workbook, index: int) -> None:
        self.workbook = workbook
        self.index = index
        self.entry = workbook.sheets[index]
        self._part: SheetPart | None = None
        self._writer: SheetWriter | None = None
        self._tables: list[TablePart] | None = None
        self._links: Links | None = None

    @property
    def title(self) -> str:
        """Its name on the tab."""
        return self.entry.title

    @property
    def part(self) -> SheetPart:
        """Its XML, taken apart."""
        if self._part is None:
            try:
                self._part = SheetPart(
                    self.workbook.package.xml(self.entry.part), str(self.workbook.path)
                )
            except (KeyError, ValueError) as error:
                path, detail = str(self.workbook.path), f"{self.entry.part}: {error}"
                raise NotAWorkbookError(path, reason_of(error), detail) from error
        return self._part

    @property
    def writer(self) -> SheetWriter:
        """Writes its cells, without asking anything."""
        if self._writer is None:
            self._writer = SheetWriter(
                self.part, self.workbook.writer, self.workbook.reader, self.table_name_at
            )
        return self._writer

    @property
    def tables(self) -> list[TablePart]:
        """Its tables, in the order the sheet names them."""
        if self._tables is None:
            package = self.workbook.package
            found = [
                relation.target
                for relation in relations(package, self.entry.part).values()
                if relation.kind == "table" and relation.target in package
            ]
            try:
                self._tables = [
                    TablePart(part, without_prefix(decoded(package.xml(part)))) for part in found
                ]
            except (KeyError, ValueError) as error:
                path, detail = str(self.workbook.path), f"{self.entry.part}: {error}"
                raise NotAWorkbookError(path, reason_of(error), detail) from error
        return self._tables

    @property
    def links(self) -> Links:
        """Its hyperlinks."""
        if self._links is None:
            self._links = Links(self.workbook.package, self.entry.part, self.part)
        return self._links

    def table_at(self, row: int, column: int) -> TablePart | None:
        """The table that holds a cell."""
        return next((t for t in self.tables if t.area.holds(row, column)), None)

    def table_name_at(self, row: int, column: int) -> str | None:
        """Name of the table that holds a cell."""
        return self._table_names(Area(row, column, 1, 1))(row, column)

    def _table_names(self, area: Area) -> Callable[[int, int], str | None]:
        """Gives the name of the table that holds a cell of an area."""
        near = [(table.area, table.name) for table in self.tables if table.area.overlaps(area)]
        return lambda row, column: next((name for a, name in near if a.holds(row, column)), None)

    # Reading

    def read(self, area: Area) -> Block:
        """Values of an area."""
        if area.rows * area.columns > LARGEST_BLOCK:
            raise ValueError(f"{a1(area)} of {self.title!r} is too large to be read at once")
        reader = self.workbook.reader
        try:
            return reader.block(self.part, area)
        except (ValueError, IndexError, ET.ParseError) as error:
            path, detail = str(self.workbook.path), f"{self.entry.part}: {error}"
            raise NotAWorkbookError(path, "damaged", detail) from error

    @property
    def merged(self) -> list[Area]:
        """Areas that show as one cell."""
        after = self.part.after
        return [
            parse_area(attributes(after[cell.start : cell.tag_end])["ref"])
            for section in sections(after)
            if section.name == "mergeCells"
            for cell in children(after, section.tag_end, section.end)
        ]

    @property
    def used(self) -> Area:
        """The rectangle of its cells, strays left out."""
        return used_without_strays(self.part)

    # Guards

    @property
    def protected(self) -> bool:
        """Whether locked cells refuse to be written."""
        for element in sections(self.part.after):
            if element.name == "sheetProtection":
                given = attributes(self.part.after[element.start : element.tag_end])
                return given.get("sheet", "0") in {"1", "true"}
        return False

    def guard(self, area: Area) -> None:
        """Raise where Excel would refuse the write, or write wrong values."""
        path = str(self.workbook.path)
        if self.protected and any(
            self.workbook.styles.locked(self.writer.style(row, column))
            for row in range(area.row, area.row + area.rows)
            for column in range(area.column, area.column + area.columns)
        ):
            raise ProtectedSheetError(path, self.title)
        if area.rows * area.columns > 1 and any(area.overlaps(a) for a in self._filtered()):
            raise FilteredRangeError(path, self.title)

    def _filtered(self) -> list[Area]:
        """Data rows under an active filter."""
        found = []
        for xml in [self.filter_xml, *(table.filter_xml for table in self.tables)]:
            if xml is not None and filters.is_active(xml):
                area = filters.filtered_area(xml)
                found.append(Area(area.row + 1, area.column, area.rows - 1, area.columns))
        return found

    # Writing

    def write(self, area: Area, rows: Sequence[Sequence[Any]]) -> None:
        """Write values, as typed."""
        self._written(area, rows, lambda: self.writer.write(area, rows))

    def write_formulas(self, area: Area, rows: Sequence[Sequence[Any]]) -> None:
        """Write formulas, and values where there is no ``=``."""
        names = self._table_names(area)
        self._written(area, rows, lambda: self.writer.write_formulas(area, rows, names))

    def _written(
        self, area: Area, rows: Sequence[Sequence[Any]], write: Callable[[], None]
    ) -> None:
        self.guard(area)
        write()
        self.workbook.values_changed = True
        for table in self.tables:
            self._follow(table, area, rows)

    def _follow(self, table: TablePart, area: Area, rows: Sequence[Sequence[Any]]) -> None:
        """What a table does after its cells, or those just below it, were written."""
        whole = table.area
        if table.header_rows and area.row <= whole.row <= area.last_row:
            titles = rows[whole.row - area.row]
            for column, title in enumerate(titles, area.column):
                if title not in (None, "") and whole.holds(whole.row, column):
                    table.rename_column(column - whole.column, str(title))
        if table.is_empty and table.body.overlaps(area) and _any_value(rows):
            table.filled()
        below = whole.last_row + 1
        inside = whole.column <= area.last_column and area.column <= whole.last_column
        if table.totals_rows or not inside or not area.row <= below <= area.last_row:
            return
        first = max(area.column, whole.column) - area.column
        last = min(area.last_column, whole.last_column) - area.column
        if any(value not in (None, "") for value in rows[below - area.row][first : last + 1]):
            grown = Area(whole.row, whole.column, area.last_row - whole.row + 1, whole.columns)
            if not any(t is not table and t.area.overlaps(grown) for t in self.tables):
                lay(self, table, grown)

    def cache(self, area: Area, rows: Iterable[Sequence[Any]]) -> None:
        """Store known results of formulas."""
        self.writer.cache(area, rows)

    def restyle(self, area: Area, change: Callable[[int, int], int]) -> None:
        """Give cells other styles."""
        self.guard(Area(area.row, area.column, 1, 1))
        self.writer.restyle(area, change)

    def forget_column_styles(self) -> None:
        """Columns were given other styles: new cells take those."""
        self.writer.read_column_styles()

    # Tables

    def resize(self, table: TablePart, area: Area) -> None:
        """Lay a table over another area, which begins at the same header."""
        before = table.area
        if area.row != before.row or area.column != before.column:
            raise ValueError(f"table {table.name} must keep its first cell")
        if area.rows < table.header_rows + table.totals_rows + 1:
            raise ValueError(f"table {table.name} must keep one row below its header")
        if any(other is not table and other.area.overlaps(area) for other in self.tables):
            raise ValueError(f"{a1(area)} lies over another table")
        if self.protected:
            raise ProtectedSheetError(str(self.workbook.path), self.title)
        lay(self, table, area)

    # Filters

    @property
    def filter_xml(self) -> str | None:
        """The sheet's own ``<autoFilter>``."""
        for element in sections(self.part.after):
            if element.name == "autoFilter":
                return self.part.after[element.start : element.end]
        return None

    @filter_xml.setter
    def filter_xml(self, xml: str | None) -> None:
        after = self.part.after
        place = 0
        for element in sections(after):
            if element.name == "autoFilter":
                self.part.after = after[: element.start] + (xml or "") + after[element.end :]
                break
            if element.name in {"sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios"}:
                place = element.end
        else:
            self.part.after = after[:place] + (xml or "") + after[place:]
        active = filters.is_active(xml)
        found = re.search(r"<(?:\w+:)?sheetPr\b[^>]*>", self.part.before)
        if found:
            tag = with_attribute(found.group(), "filterMode", "1" if active else None)
            self.part.before = (
                self.part.before[: found.start()] + tag + self.part.before[found.end() :]
            )
        self.part.changed = True

    # Saving

    def show_tab(self, selected: bool) -> None:
        """Mark the sheet as the one that is shown."""
        found = re.search(r"<(?:\w+:)?sheetView\b[^>]*>", self.part.before)
        if found:
            tag = with_attribute(found.group(), "tabSelected", "1" if selected else None)
            if tag != found.group():
                self.part.before = (
                    self.part.before[: found.start()] + tag + self.part.before[found.end() :]
                )
                self.part.changed = True

    def finish(self) -> None:
        """Put what changed into the package."""
        package = self.workbook.package
        for table in self._tables or []:
            if table.changed:
                package.write(table.part, encoded(table.xml))
                table.changed = False
        if self._writer is not None and self._writer.formulas_changed:
            self.workbook.formulas_changed = True
            self._writer.formulas_changed = False
        if self._part is not None and self._part.changed:
            package.write(self.entry.part, self._part.pieces())
            self._part.changed = False


def _any_value(rows: Iterable[Iterable[Any]]) -> bool:
    return any(value not in (None, "") for row in rows for value in row)
