"""Tables, which LibreOffice calls database ranges, and their filters.

Methods without a docstring do what xlwings documents under the same name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes
from xlwings.base_classes import empty_autofilter_criteria

from uno_engine.ranges import FORMULAS, Range

if TYPE_CHECKING:
    from uno_engine.books import Sheet

OPERATORS = {
    "equal_to": 2, "not_equal_to": 3, "greater_than": 4, "greater_than_or_equal": 5,
    "less_than": 6, "less_than_or_equal": 7,
}  # fmt: skip
TOPS = {"top_items": 8, "top_percent": 9, "bottom_items": 10, "bottom_percent": 11}
PAIRS = {
    ("greater_than_or_equal", "less_than_or_equal"): "between",
    ("less_than", "greater_than"): "not_between",
}
EMPTY, NOT_EMPTY, EQUAL = 0, 1, 2
"""Operators (com.sun.star.sheet.FilterOperator2)."""


class Tables(base_classes.Tables):
    """The tables of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def at(self, row: int, column: int) -> Table | None:
        """The table that holds a cell, counted from 0."""
        for table in self:
            area = table.area
            rows = area.StartRow <= row <= area.EndRow
            if rows and area.StartColumn <= column <= area.EndColumn:
                return table
        return None

    def __call__(self, key: str | int) -> Table:
        if isinstance(key, int):
            return self._sheet.all_tables[key - 1]
        for table in self:
            if table.name.casefold() == key.casefold():
                return table
        raise KeyError(key)

    def __len__(self) -> int:
        return len(self._sheet.all_tables)

    def __iter__(self) -> Iterator[Table]:
        return iter(self._sheet.all_tables)

    def __contains__(self, key: object) -> bool:
        return any(table.name.casefold() == str(key).casefold() for table in self)


class Table(base_classes.Table):
    """A table."""

    def __init__(self, sheet: Sheet, database_range: Any) -> None:
        self._sheet = sheet
        self.database_range = database_range
        self._name = str(database_range.Name)

    @property
    def area(self) -> Any:
        """Where it lies, as LibreOffice says."""
        return self.database_range.DataArea

    @property
    def parent(self) -> Sheet:
        return self._sheet

    @property  # type: ignore[misc]  # read only here
    def name(self) -> str:
        return self._name

    @property  # type: ignore[misc]  # read only here
    def display_name(self) -> str:
        return self.name

    def was_written(self) -> None:
        """Its one row is data from now on: LibreOffice knows no row to insert into."""
        self._sheet.book.filled_tables.add(self.name)

    def _rows(self, first: int, last: int) -> Range:
        area = self.area
        return self._sheet.area(first, area.StartColumn, last, area.EndColumn)

    @property
    def range(self) -> Range:
        return self._rows(self.area.StartRow, self.area.EndRow)

    @property
    def _body(self) -> Range:
        totals = int(self.database_range.TotalsRow)
        return self._rows(self.area.StartRow + 1, self.area.EndRow - totals)

    @property
    def _empty(self) -> bool:
        body = self._body
        if body.shape[0] > 1 or self.name in self._sheet.book.filled_tables:
            return False
        typed = body.cells.getDataArray()[0]
        formulas = body.cells.getFormulaArray()[0]
        return all(
            value == "" or str(formula).startswith("=")
            for value, formula in zip(typed, formulas, strict=True)
        )

    @property
    def data_body_range(self) -> Range | None:
        return None if self._empty else self._body

    @property
    def insert_row_range(self) -> Range | None:
        return self._body if self._empty else None

    @property
    def header_row_range(self) -> Range | None:
        return self._rows(self.area.StartRow, self.area.StartRow)

    @property
    def totals_row_range(self) -> Range | None:
        return self._rows(self.area.EndRow, self.area.EndRow) if self.show_totals else None

    @property  # type: ignore[misc]  # read only here
    def show_totals(self) -> bool:
        return bool(self.database_range.TotalsRow)

    @property
    def autofilter(self) -> AutoFilter:
        return AutoFilter(self)

    def resize(self, range: Any) -> None:  # noqa: A002  the name xlwings gives it
        """What Excel does beside: new rows take the formats and formulas of the last one."""
        before = self._body
        top, left, bottom, right = range.impl.corners
        if (top, left) != (self.area.StartRow, self.area.StartColumn):
            raise ValueError("a table keeps its first cell")
        if bottom == top:
            raise ValueError("a table has one row below its header")
        area = self._sheet.book.office.struct(
            "table.CellRangeAddress", Sheet=self._sheet.index - 1, StartRow=top,
            StartColumn=left, EndRow=bottom, EndColumn=right,
        )  # fmt: skip
        self.database_range.setDataArea(area)
        self.was_written()
        last, new_last = before.corners[2], self._body.corners[2]
        if new_last <= last:
            return
        for column in range_of(left, min(right, before.corners[3])):
            source = self._sheet.sheet.getCellByPosition(column, last)
            added = self._sheet.sheet.getCellRangeByPosition(column, last + 1, column, new_last)
            added.NumberFormat = source.NumberFormat
            added.IsTextWrapped = source.IsTextWrapped
            if source.queryContentCells(FORMULAS).RangeAddresses:
                down = self._sheet.book.office.enum("sheet.FillDirection", "TO_BOTTOM")
                whole = self._sheet.sheet.getCellRangeByPosition(column, last, column, new_last)
                whole.fillAuto(down, 1)

    @property
    def columns(self) -> TableColumns:
        return TableColumns(self)


def range_of(first: int, last: int) -> range:
    """Both ends included; here ``range`` is xlwings' word."""
    return range(first, last + 1)


class TableColumns(base_classes.TableColumns):
    """The columns of a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def _all(self) -> list[TableColumn]:
        header = self._table.header_row_range
        assert header is not None
        (titles,) = header.cells.getDataArray()
        return [TableColumn(self._table, place, title) for place, title in enumerate(titles)]

    def __call__(self, key: str | int) -> TableColumn:
        columns = self._all()
        if isinstance(key, int):
            return columns[key - 1]
        return next(column for column in columns if column.name.casefold() == key.casefold())

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[TableColumn]:
        return iter(self._all())


class TableColumn(base_classes.TableColumn):
    """A column of a table."""

    def __init__(self, table: Table, place: int, title: str) -> None:
        self._table = table
        self._place = place
        self._title = title

    @property
    def name(self) -> str:
        return self._title

    @property
    def index(self) -> int:
        return self._place + 1

    @property
    def data_body_range(self) -> Range | None:
        body = self._table.data_body_range
        if body is None:
            return None
        top, left, bottom, _ = body.corners
        return body.sheet.area(top, left + self._place, bottom, left + self._place)


class AutoFilter(base_classes.AutoFilter):
    """The filter of a table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._office = table.parent.book.office

    @property
    def _fields(self) -> list[Any]:
        return list(self._table.database_range.getFilterDescriptor().getFilterFields3())

    def _put(self, fields: list[Any]) -> None:
        cells = self._table.range.cells
        descriptor = cells.createFilterDescriptor(True)  # one without criteria
        descriptor.ContainsHeader = True
        descriptor.setFilterFields3(tuple(fields))
        cells.filter(descriptor)

    @property
    def criteria(self) -> list[dict[str, Any]]:
        width = self._table.range.shape[1]
        found = [empty_autofilter_criteria(number) for number in range(1, width + 1)]
        for field in self._fields:
            before = found[field.Field]
            now = self._criterion(field)
            pair = (before["operator"], now.get("operator"))
            if pair in PAIRS:
                before |= {"operator": PAIRS[pair], "value2": now["value1"]}
            else:
                before |= now
        return found

    def _criterion(self, field: Any) -> dict[str, Any]:
        texts = [value.StringValue for value in field.Values]
        if field.Operator in {EMPTY, NOT_EMPTY}:
            operator = "equal_to" if field.Operator == EMPTY else "not_equal_to"
            return {"type": "comparison", "operator": operator}
        if field.Operator in TOPS.values():
            kind = next(name for name, code in TOPS.items() if code == field.Operator)
            number = field.Values[0].NumericValue
            measure = "count" if kind.endswith("items") else "percent"
            return {"type": kind, measure: int(number) if measure == "count" else number}
        if field.Operator == EQUAL and not field.Values[0].IsNumeric:
            return {"type": "values", "values": texts}
        operator = next(name for name, code in OPERATORS.items() if code == field.Operator)
        value = field.Values[0]
        shown = f"{value.NumericValue:g}" if value.IsNumeric else value.StringValue
        return {"type": "comparison", "operator": operator, "value1": shown}

    def _field(self, number: int, operator: int, *values: Any) -> Any:
        records = []
        for value in values:
            numeric = not isinstance(value, str)
            records.append(
                self._office.struct(
                    "sheet.FilterFieldValue",
                    NumericValue=float(value) if numeric else 0.0,
                    StringValue="" if numeric else value,
                    IsNumeric=numeric,
                    FilterType=int(not numeric),
                )
            )  # fmt: skip
        return self._office.struct(
            "sheet.TableFilterField3", Field=number - 1, Operator=operator, Values=tuple(records)
        )

    def _replace(self, number: int, *fields: Any) -> None:
        kept = [field for field in self._fields if field.Field != number - 1]
        self._put([*kept, *fields])

    def apply_values(self, field: int, values: list[str]) -> None:
        self._replace(field, self._field(field, EQUAL, *values))

    def apply_comparison(self, field: int, operator: str, value1: Any, value2: Any) -> None:
        if value1 is None:
            self._replace(field, self._field(field, int(operator == "not_equal_to")))
            return
        value1, value2 = self._number(value1), self._number(value2)
        if operator == "between":
            self._replace(
                field,
                self._field(field, OPERATORS["greater_than_or_equal"], value1),
                self._field(field, OPERATORS["less_than_or_equal"], value2),
            )
            return
        if operator == "not_between":
            other = self._field(field, OPERATORS["greater_than"], value2)
            other.Connection = self._office.enum("sheet.FilterConnection", "OR")
            self._replace(field, self._field(field, OPERATORS["less_than"], value1), other)
            return
        self._replace(field, self._field(field, OPERATORS[operator], value1))

    def _number(self, value: Any) -> Any:
        if isinstance(value, dict):  # a day, as xlwings hands it over
            return (dt.datetime.fromisoformat(value["value"]) - dt.datetime(1899, 12, 30)).days
        if isinstance(value, str):
            try:
                return float(value)
            except ValueError:
                return value
        return value

    def apply_top_items(self, field: int, count: int) -> None:
        self._replace(field, self._field(field, TOPS["top_items"], count))

    def apply_bottom_items(self, field: int, count: int) -> None:
        self._replace(field, self._field(field, TOPS["bottom_items"], count))

    def apply_top_percent(self, field: int, percent: float) -> None:
        self._replace(field, self._field(field, TOPS["top_percent"], percent))

    def apply_bottom_percent(self, field: int, percent: float) -> None:
        self._replace(field, self._field(field, TOPS["bottom_percent"], percent))

    def clear(self, field: int | None = None) -> None:
        self._put([f for f in self._fields if field is not None and f.Field != field - 1])
