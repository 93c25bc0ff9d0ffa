"""Tables, as xlwings asks an engine for them.

Methods without a docstring do what xlwings documents under the same name.
"""

# ruff: noqa: D102  the signatures and their meaning are those of xlwings.base_classes

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from xl_relances.headless.addresses import Area
from xl_relances.headless.calls import count
from xl_relances.headless.range_filter import RangeFilter
from xl_relances.headless.ranges import Range
from xl_relances.headless.tables import TablePart

if TYPE_CHECKING:
    from xl_relances.headless.sheets import Sheet


class Tables(base_classes.Tables):
    """The tables of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def api(self) -> Tables:
        return self

    def __call__(self, key: str | int) -> Table:
        count("Tables.get")
        parts = self._sheet.worksheet.tables
        if isinstance(key, int):
            return Table(self._sheet, parts[key - 1])
        for part in parts:
            if part.name.casefold() == key.casefold():
                return Table(self._sheet, part)
        raise KeyError(key)

    def __len__(self) -> int:
        return len(self._sheet.worksheet.tables)

    def __iter__(self) -> Iterator[Table]:
        for part in self._sheet.worksheet.tables:
            yield Table(self._sheet, part)

    def __contains__(self, key: object) -> bool:
        wanted = str(key).casefold()
        return any(part.name.casefold() == wanted for part in self._sheet.worksheet.tables)


class Table(base_classes.Table):
    """A table, which Excel's own model calls a list object."""

    def __init__(self, sheet: Sheet, part: TablePart) -> None:
        self._sheet = sheet
        self.part = part

    @property
    def api(self) -> Table:
        return self

    @property
    def parent(self) -> Sheet:
        return self._sheet

    @property  # type: ignore[misc]  # read only here
    def name(self) -> str:
        return self.part.name

    @property  # type: ignore[misc]  # read only here
    def display_name(self) -> str:
        return self.part.name

    def _range(self, area: Area) -> Range:
        count("Table.range")
        return Range(self._sheet, [area])

    @property
    def range(self) -> Range:
        return self._range(self.part.area)

    @property
    def data_body_range(self) -> Range | None:
        """None on an empty table, whose insert row is no data."""
        if self.part.is_empty or not self.part.body.rows:
            return None
        return self._range(self.part.body)

    @property
    def insert_row_range(self) -> Range | None:
        return self._range(self.part.body) if self.part.is_empty else None

    @property
    def header_row_range(self) -> Range | None:
        if not self.part.header_rows:
            return None
        area = self.part.area
        return self._range(Area(area.row, area.column, 1, area.columns))

    @property
    def totals_row_range(self) -> Range | None:
        if not self.part.totals_rows:
            return None
        area = self.part.area
        return self._range(Area(area.last_row, area.column, 1, area.columns))

    @property  # type: ignore[misc]  # read only here
    def show_headers(self) -> bool:
        return bool(self.part.header_rows)

    @property  # type: ignore[misc]  # read only here
    def show_totals(self) -> bool:
        return bool(self.part.totals_rows)

    @property  # type: ignore[misc]  # read only here
    def show_autofilter(self) -> bool:
        return self.part.filter_xml is not None

    @property  # type: ignore[misc]  # read only here
    def table_style(self) -> str:
        return self.part.style

    @property
    def autofilter(self) -> RangeFilter:
        return RangeFilter(self._sheet.worksheet, self.part.area, self.part)

    def resize(self, range: Any) -> None:  # noqa: A002  the name xlwings gives it
        """Lay the table over a range that begins at the same header."""
        count("Table.resize")
        self._sheet.worksheet.resize(self.part, range.impl.area)

    @property
    def columns(self) -> TableColumns:
        return TableColumns(self)


class TableColumns(base_classes.TableColumns):
    """The columns of a table."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def _all(self) -> list[TableColumn]:
        return [
            TableColumn(self.table, index, known.name)
            for index, known in enumerate(self.table.part.columns)
        ]

    def __call__(self, key: str | int) -> TableColumn:
        columns = self._all()
        if isinstance(key, int):
            return columns[key - 1]
        for column in columns:
            if column.name.casefold() == key.casefold():
                return column
        raise KeyError(key)

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[TableColumn]:
        return iter(self._all())


class TableColumn(base_classes.TableColumn):
    """A column of a table."""

    def __init__(self, table: Table, place: int, name: str) -> None:
        self._table = table
        self._place = place
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def index(self) -> int:
        return self._place + 1

    def _cut(self, whole: Range) -> Range:
        area = whole.area
        return Range(whole.sheet, [Area(area.row, area.column + self._place, area.rows, 1)])

    @property
    def range(self) -> Range:
        return self._cut(self._table.range)

    @property
    def data_body_range(self) -> Range | None:
        body = self._table.data_body_range
        return None if body is None else self._cut(body)
