"""Ranges: values, formulas, formats.

Methods without a docstring do what xlwings documents under the same name.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xlwings import base_classes
from xlwings.utils import col_name

from uno_engine.formulas import to_excel, to_office

if TYPE_CHECKING:
    from uno_engine.books import Sheet
    from uno_engine.tables import AutoFilter, Table

DATE, TIME, TEXT, LOGICAL = 2, 4, 256, 1024
"""Kinds of number formats (com.sun.star.util.NumberFormat)."""
ERRORS = 4
"""Formulas whose result is an error (com.sun.star.sheet.FormulaResult)."""
FORMULAS = 16
"""Cells that hold a formula (com.sun.star.sheet.CellFlags)."""
CONTENTS = 1 | 2 | 4 | 16
EXCEL_DATE = {DATE: "m/d/yyyy", TIME: "h:mm", DATE | TIME: "m/d/yyyy h:mm"}


class CellError(str):
    """An error in a cell, such as ``#N/A``."""

    __slots__ = ()


def quoted(sheet: str) -> str:
    """A sheet's title as it stands in a reference."""
    return sheet if sheet.isidentifier() else f"'{sheet}'"


class Range(base_classes.Range):
    """Cells of a sheet."""

    max_cells_per_read = None
    max_cells_per_write = None

    def __init__(self, sheet: Sheet, corners: tuple[int, int, int, int]) -> None:
        self._sheet = sheet
        self.corners = corners
        self.options: dict[str, Any] = {}

    @functools.cached_property
    def cells(self) -> Any:
        """The cells as LibreOffice knows them."""
        return self._part(0, 0, *self.shape)

    @property
    def api(self) -> Range:
        return self

    @property
    def sheet(self) -> Sheet:
        return self._sheet

    @property
    def row(self) -> int:
        return int(self.corners[0]) + 1

    @property
    def column(self) -> int:
        return int(self.corners[1]) + 1

    @property
    def shape(self) -> tuple[int, int]:
        top, left, bottom, right = self.corners
        return bottom - top + 1, right - left + 1

    @property
    def coords(self) -> tuple[Any, ...]:
        return self._sheet, self.row, self.column, *self.shape

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __bool__(self) -> bool:
        return True

    def __call__(self, arg1: int, arg2: int | None = None) -> Range:
        if arg2 is None:
            row, column = divmod(arg1 - 1, self.shape[1])
            arg1, arg2 = row + 1, column + 1
        row, column = self.corners[0] + arg1 - 1, self.corners[1] + arg2 - 1
        return self._sheet.area(row, column, row, column)

    def _part(self, row: int, column: int, rows: int = 1, columns: int = 1) -> Any:
        top, left = self.corners[0] + row, self.corners[1] + column
        return self._sheet.sheet.getCellRangeByPosition(
            left, top, left + columns - 1, top + rows - 1
        )

    # Values

    @property
    def raw_value(self) -> Any:
        rows = [list(row) for row in self.cells.getDataArray()]
        top, left, bottom, right = self.corners
        numbers = any(isinstance(value, float) for row in rows for value in row)
        for kind, area in self._formats() if numbers else ():
            if kind & (DATE | TIME | LOGICAL) and not kind & TEXT:
                for row in range(max(area.StartRow, top), min(area.EndRow, bottom) + 1):
                    line = rows[row - top]
                    for column in range(
                        max(area.StartColumn, left), min(area.EndColumn, right) + 1
                    ):
                        line[column - left] = self._meant(line[column - left], kind)
        for area in self.cells.queryFormulaCells(ERRORS).RangeAddresses:
            for row in range(area.StartRow, area.EndRow + 1):
                for column in range(area.StartColumn, area.EndColumn + 1):
                    shown = self._sheet.sheet.getCellByPosition(column, row).String
                    rows[row - top][column - left] = CellError(shown)
        block = [[None if value == "" else value for value in row] for row in rows]
        return block[0][0] if self.shape == (1, 1) else block

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        self._type(self._rows_of(data))

    def _formats(self) -> list[tuple[int, Any]]:
        """The kind of number format of each stretch of cells."""
        key = _format_of(self.cells)
        if key is not None:  # one for all
            return [(self._kind(key), self.cells.RangeAddress)]
        found = []
        for ranges in self.cells.getUniqueCellFormatRanges():
            kind = self._kind(ranges.getByIndex(0).NumberFormat)
            found += [(kind, area) for area in ranges.RangeAddresses]
        return found

    def _meant(self, value: Any, kind: int) -> Any:
        if not isinstance(value, float):
            return value
        if kind & LOGICAL:
            return bool(value)
        if value < 0:
            return value
        return self._epoch + dt.timedelta(milliseconds=round(value * 86_400_000))

    @property
    def _epoch(self) -> dt.datetime:
        first = self._sheet.book.document.NullDate
        return dt.datetime(first.Year, first.Month, first.Day)

    def _rows_of(self, data: Any) -> Sequence[Sequence[Any]]:
        if not isinstance(data, (list, tuple)):
            return [[data] * self.shape[1]] * self.shape[0]
        if not isinstance(data[0], (list, tuple)):
            return [data] * self.shape[0]
        return data

    def _type(self, rows: Sequence[Sequence[Any]]) -> None:
        """Write what a person would have typed: texts are texts only in cells of format ``@``."""
        height, width = len(rows), len(rows[0])
        block: list[list[Any]] = [[""] * width for _ in range(height)]
        formulas: list[tuple[int, int, str]] = []
        formats: dict[tuple[int, int], str | int] = {}
        for column in range(width):
            whole = _format_of(self._part(0, column, height))
            for row in range(height):
                value = rows[row][column]
                if isinstance(value, Decimal):
                    raise TypeError("a Decimal would turn the cell into a currency")
                key = whole if whole is not None else self._part(row, column).NumberFormat
                if value is None or value == "":
                    continue
                if self._kind(key) & TEXT:
                    block[row][column] = _text(value)
                elif isinstance(value, bool):
                    block[row][column] = float(value)
                    formats[row, column] = "BOOLEAN"
                elif isinstance(value, dt.date):
                    block[row][column], kind = self._serial(value)
                    if not self._kind(key) & (DATE | TIME):
                        formats[row, column] = EXCEL_DATE[kind]
                elif not isinstance(value, str):
                    block[row][column] = float(value)
                elif value.startswith("'"):
                    block[row][column] = value[1:]
                elif value.startswith("=") and len(value) > 1:
                    formulas.append((row, column, value))
                else:
                    self._typed_text(value, key, row, column, block, formats)
        try:
            self._part(0, 0, height, width).setDataArray(tuple(map(tuple, block)))
        except self._sheet.book.office.error as error:
            raise PermissionError(f"{self._sheet.name} cannot be written: {error}") from None
        table = self.table
        for row, column, formula in formulas:
            cell = self._part(row, column).getCellByPosition(0, 0)
            cell.setFormula(to_office(formula, table.name if table else None))
        for (row, column), code in formats.items():
            self._part(row, column).NumberFormat = self._key(code)
        if table is not None:
            table.was_written()

    def _typed_text(
        self, text: str, key: int, row: int, column: int, block: list[list[Any]],
        formats: dict[tuple[int, int], str | int],
    ) -> None:  # fmt: skip
        """A number, a date, a text: LibreOffice decides, in US English."""
        formatter = self._sheet.book.office.service("com.sun.star.util.NumberFormatter")
        formatter.attachNumberFormatsSupplier(self._sheet.book.document)
        standard = self._sheet.book.document.NumberFormats.getStandardIndex(self._english)
        try:
            found = formatter.detectNumberFormat(standard, text)
            block[row][column] = formatter.convertStringToNumber(found, text)
        except self._sheet.book.office.error:
            block[row][column] = text
            return
        if found != standard and not self._kind(key) & (DATE | TIME):
            formats[row, column] = found

    def _serial(self, moment: dt.date) -> tuple[float, int]:
        if not isinstance(moment, dt.datetime):
            moment = dt.datetime(moment.year, moment.month, moment.day)
        serial = (moment.replace(tzinfo=None) - self._epoch) / dt.timedelta(days=1)
        return serial, DATE if serial == int(serial) else DATE | TIME

    def clear_contents(self) -> None:
        self.cells.clearContents(CONTENTS)

    @property
    def formula(self) -> Any:
        table = self.table
        stored = self.cells.getFormulaArray()
        rows = [[self._as_typed(value) for value in row] for row in self.cells.getDataArray()]
        top, left = self.corners[:2]
        for area in self.cells.queryContentCells(FORMULAS).RangeAddresses:
            for row in range(area.StartRow - top, area.EndRow - top + 1):
                for column in range(area.StartColumn - left, area.EndColumn - left + 1):
                    rows[row][column] = to_excel(stored[row][column], table.name if table else None)
        return rows[0][0] if self.shape == (1, 1) else tuple(tuple(row) for row in rows)

    @formula.setter
    def formula(self, value: Any) -> None:
        if isinstance(value, str) and value.startswith("=") and self.shape != (1, 1):
            self._sheet.area(*self.corners[:2], *self.corners[:2]).formula = value
            fill = self._sheet.book.office.enum
            if self.shape[0] > 1:
                self._part(0, 0, self.shape[0]).fillAuto(
                    fill("sheet.FillDirection", "TO_BOTTOM"), 1
                )
            if self.shape[1] > 1:
                self.cells.fillAuto(fill("sheet.FillDirection", "TO_RIGHT"), 1)
            return
        self._type(self._rows_of(value))

    formula2 = formula

    @staticmethod
    def _as_typed(value: Any) -> str:
        return _text(value) if isinstance(value, float) else value or ""

    # Formats

    @property
    def _english(self) -> Any:
        return self._sheet.book.office.struct("lang.Locale", Language="en", Country="US")

    def _kind(self, key: int) -> int:
        return self._sheet.book.kind_of_format(key)

    def _key(self, code: str | int) -> int:
        if isinstance(code, int):
            return code
        formats = self._sheet.book.document.NumberFormats
        known = formats.queryKey(code, self._english, False)
        return int(known if known != -1 else formats.addNew(code, self._english))

    @property
    def number_format(self) -> str | None:
        key = _format_of(self.cells)
        if key is None:
            return None
        code = str(self._sheet.book.document.NumberFormats.getByKey(key).FormatString)
        return code.lower() if self._kind(key) & (DATE | TIME) else code

    @number_format.setter
    def number_format(self, value: str) -> None:
        self.cells.NumberFormat = self._key(value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        color = self.cells.CellBackColor
        return None if color == -1 else (color >> 16, color >> 8 & 255, color & 255)

    @color.setter
    def color(self, value: tuple[int, int, int]) -> None:
        self.cells.CellBackColor = value[0] << 16 | value[1] << 8 | value[2]

    @property
    def merge_cells(self) -> bool | None:
        """None, as in Excel, where some are merged and others not."""
        if self.cells.getIsMerged():
            return True
        kinds = self.cells.getUniqueCellFormatRanges()
        some = any(
            kinds.getByIndex(at).getByIndex(0).getIsMerged() for at in range(kinds.getCount())
        )
        return None if some else False

    def autofit(self, axis: str | None = None) -> None:
        if axis in {None, "r", "rows"}:
            self.cells.Rows.OptimalHeight = True

    @property
    def row_hidden(self) -> bool | None:
        rows = self.cells.Rows
        found = {not rows.getByIndex(number).IsVisible for number in range(self.shape[0])}
        return found.pop() if len(found) == 1 else None

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        self.cells.Rows.IsVisible = not value

    @property
    def column_hidden(self) -> bool | None:
        columns = self.cells.Columns
        found = {not columns.getByIndex(number).IsVisible for number in range(self.shape[1])}
        return found.pop() if len(found) == 1 else None

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        self.cells.Columns.IsVisible = not value

    # Moving about

    def end(self, direction: str) -> Range:
        raise NotImplementedError("LibreOffice has no such cursor: our code does not ask for it")

    @property
    def current_region(self) -> Range:
        cursor = self._sheet.sheet.createCursorByRange(self.cells)
        cursor.collapseToCurrentRegion()
        return self._sheet.at(cursor.RangeAddress)

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        top, left, bottom, right = self.corners
        r, c = "$" * row_absolute, "$" * col_absolute
        if (left, right) == (0, 16383):
            return f"{r}{top + 1}:{r}{bottom + 1}"
        if (top, bottom) == (0, 1048575):
            return f"{c}{_letters(left)}:{c}{_letters(right)}"
        first = f"{c}{_letters(left)}{r}{top + 1}"
        last = f"{c}{_letters(right)}{r}{bottom + 1}"
        text = first if first == last else f"{first}:{last}"
        book = f"[{self._sheet.book.name}]{self._sheet.name}"
        return f"{quoted(book)}!{text}" if external else text

    @property
    def address(self) -> str:
        return self.get_address(True, True, False)

    @property
    def table(self) -> Table | None:
        return self._sheet.tables.at(self.corners[0], self.corners[1])

    @property
    def autofilter(self) -> AutoFilter:
        raise NotImplementedError("filters of tables only")

    def select(self) -> None:
        self._sheet.activate()
        self._sheet.select_range(self)

    @property
    def name(self) -> Any:
        return None

    @name.setter
    def name(self, value: str) -> None:
        self._sheet.book.names.add(value, f"={quoted(self._sheet.name)}!{self.address}")


def _format_of(cells: Any) -> int | None:
    """The key of their number format; None when they differ."""
    if cells.getPropertyState("NumberFormat").value == "AMBIGUOUS_VALUE":
        return None
    return int(cells.NumberFormat)


def _letters(column: int) -> str:
    return str(col_name(column + 1))  # type: ignore[no-untyped-call]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return str(value)
