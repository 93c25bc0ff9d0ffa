"""Ranges, as xlwings asks an engine for them.

Methods without a docstring do what xlwings documents under the same name.
"""

# ruff: noqa: D102, ARG002  the signatures and their meaning are those of xlwings.base_classes

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from xl_relances.headless.addresses import LAST_COLUMN, LAST_ROW, Area, a1, letters, quoted_sheet
from xl_relances.headless.calls import count
from xl_relances.headless.cells import Value
from xl_relances.headless.encode import general
from xl_relances.headless.formulas import filled
from xl_relances.headless.looks import Looks
from xl_relances.headless.range_filter import RangeFilter
from xl_relances.headless.serials import to_serial

if TYPE_CHECKING:
    from xl_relances.headless.list_objects import Table
    from xl_relances.headless.sheets import Sheet


class Range(Looks, base_classes.Range):
    """One area of a sheet, or several; all but ``address`` speak of the first.

    Attributes:
        areas: Its areas; an area may be empty.
    """

    max_cells_per_read = None
    max_cells_per_write = None

    def __init__(self, sheet: Sheet, areas: list[Area]) -> None:
        self._sheet = sheet
        self.areas = areas
        self.options: dict[str, Any] = {}

    @property
    def api(self) -> Range:
        return self

    @property
    def sheet(self) -> Sheet:
        return self._sheet

    @property
    def coords(self) -> tuple[Any, int, int, int, int]:
        return self._sheet, *self.area

    @property
    def row(self) -> int:
        return self.area.row

    @property
    def column(self) -> int:
        return self.area.column

    @property
    def shape(self) -> tuple[int, int]:
        return self.area.rows, self.area.columns

    def __len__(self) -> int:
        return sum(area.rows * area.columns for area in self.areas)

    def __bool__(self) -> bool:
        return len(self) > 0

    def __call__(self, arg1: int, arg2: int | None = None) -> Range:
        """The cell at a row and column inside the area, or the n-th cell, by rows."""
        area = self.area
        if arg2 is None:
            row, column = divmod(arg1 - 1, area.columns)
            arg1, arg2 = row + 1, column + 1
        return Range(self._sheet, [Area(area.row + arg1 - 1, area.column + arg2 - 1, 1, 1)])

    # Values

    @property
    def raw_value(self) -> Any:
        count("Range.read")
        if not self:
            return None
        block = self._sheet.worksheet.read(self.area)
        return block[0][0] if self.shape == (1, 1) else block

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        if self:
            count("Range.write")
            self._sheet.worksheet.write(self.area, self._rows_of(data))

    def _rows_of(self, data: Any) -> Sequence[Sequence[Any]]:
        """Rows to write: one value fills the range, as in Excel."""
        if not isinstance(data, (list, tuple)):
            return [[data] * self.area.columns] * self.area.rows
        if not isinstance(data[0], (list, tuple)):
            return [data] * self.area.rows
        return data

    def clear_contents(self) -> None:
        count("Range.clear_contents")
        part = self._sheet.worksheet.part
        for area in self.areas:
            rows = min(area.last_row, part.last_row) - area.row + 1
            columns = area.columns
            if columns == LAST_COLUMN:
                columns = part.used().last_column
            if rows > 0 and columns > 0:
                kept = Area(area.row, area.column, rows, columns)
                self._sheet.worksheet.write(kept, [[None] * columns] * rows)

    @property
    def formula(self) -> Any:
        count("Range.formula")
        worksheet = self._sheet.worksheet
        tables = [(t.area, t.name) for t in worksheet.tables if t.area.overlaps(self.area)]
        known = worksheet.part.rows
        rows = []
        for number, values in enumerate(worksheet.read(self.area), self.row):
            texts = [self._as_typed(value) for value in values]
            if number in known and b"<f" in known[number].cells:
                for j in range(len(texts)):
                    column = self.column + j
                    table = next((name for a, name in tables if a.holds(number, column)), None)
                    formula = worksheet.writer.formulas.shown_formula(number, column, table)
                    texts[j] = texts[j] if formula is None else formula
            rows.append(tuple(texts))
        return rows[0][0] if self.shape == (1, 1) else tuple(rows)

    @formula.setter
    def formula(self, value: Any) -> None:
        if not self:
            return
        count("Range.write_formula")
        rows = self._rows_of(value)
        if isinstance(value, str) and value.startswith("="):
            rows = filled(value[1:], range(self.area.rows), range(self.area.columns))
        self._sheet.worksheet.write_formulas(self.area, rows)

    formula2 = formula

    def _as_typed(self, value: Value) -> str:
        """A value as one would type it."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, str):
            return value
        if isinstance(value, float):
            return general(value)
        return general(to_serial(value, self._sheet.worksheet.workbook.date1904))

    def cache(self, values: Sequence[Sequence[Any]]) -> None:
        """Store the results of formulas that the caller knows (see ``headless.cache_values``)."""
        self.sheet.worksheet.cache(self.area, values)

    @property
    def has_array(self) -> bool:
        known = self._sheet.worksheet.part.rows.get(self.row)
        reference = f"{letters(self.column)}{self.row}".encode()
        return known is not None and b't="array"' in known.cell(reference)

    # Moving about

    def end(self, direction: str) -> Range:
        count("Range.end")
        down, right = {
            "down": (1, 0), "d": (1, 0), "up": (-1, 0), "u": (-1, 0),
            "right": (0, 1), "r": (0, 1), "left": (0, -1), "l": (0, -1),
        }[direction]  # fmt: skip
        empty = self._sheet.worksheet.writer.is_empty
        used = self._sheet.worksheet.part.used()
        row, column = self.row, self.column

        def outside(r: int, c: int) -> bool:
            return not (1 <= r <= LAST_ROW and 1 <= c <= LAST_COLUMN)

        def beyond(r: int, c: int) -> bool:
            return (
                (down > 0 and r > used.last_row) or (right > 0 and c > used.last_column)
                or (down < 0 and r < used.row) or (right < 0 and c < used.column)
            )  # fmt: skip

        following = (row + down, column + right)
        if outside(*following):
            return Range(self._sheet, [Area(row, column, 1, 1)])
        run = not empty(row, column) and not empty(*following)
        while True:
            following = (row + down, column + right)
            if outside(*following):
                break
            if beyond(*following):
                if not run:
                    row = LAST_ROW if down > 0 else 1 if down < 0 else row
                    column = LAST_COLUMN if right > 0 else 1 if right < 0 else column
                break
            if run and empty(*following):
                break
            row, column = following
            if not run and not empty(row, column):
                break
        return Range(self._sheet, [Area(row, column, 1, 1)])

    @property
    def current_region(self) -> Range:
        count("Range.current_region")
        used = self._sheet.worksheet.used
        block = self._sheet.worksheet.read(used)
        top, left, bottom, right = self.row, self.column, self.row, self.column

        def filled(r1: int, c1: int, r2: int, c2: int) -> bool:
            return any(
                used.holds(r, c) and block[r - used.row][c - used.column] is not None
                for r in range(r1, r2 + 1)
                for c in range(c1, c2 + 1)
            )

        while True:
            if top > 1 and filled(top - 1, max(left - 1, 1), top - 1, right + 1):
                top -= 1
            elif filled(bottom + 1, max(left - 1, 1), bottom + 1, right + 1):
                bottom += 1
            elif left > 1 and filled(max(top - 1, 1), left - 1, bottom + 1, left - 1):
                left -= 1
            elif filled(max(top - 1, 1), right + 1, bottom + 1, right + 1):
                right += 1
            else:
                return Range(self._sheet, [Area(top, left, bottom - top + 1, right - left + 1)])

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        text = ",".join(a1(area, row_absolute, col_absolute) for area in self.areas)
        if not external:
            return text
        sheet = f"[{self._sheet.book.name}]{self._sheet.name}"
        return f"{quoted_sheet(sheet)}!{text}"

    @property
    def address(self) -> str:
        if not self:
            return f"${letters(self.column)}${self.row}{{{self.area.rows}x{self.area.columns}}}"
        return self.get_address(True, True, False)

    @property
    def table(self) -> Table | None:
        from xl_relances.headless.list_objects import Table  # noqa: PLC0415  it returns ranges

        part = self._sheet.worksheet.table_at(self.row, self.column)
        return None if part is None else Table(self._sheet, part)

    @property
    def autofilter(self) -> RangeFilter:
        return RangeFilter(self._sheet.worksheet, self.area, None)

    def select(self) -> None:
        count("Range.select")
        self._sheet.book.activate_sheet(self._sheet)
        self._sheet.select_range(self)

    @property
    def name(self) -> Any:
        wanted = f"{quoted_sheet(self._sheet.name)}!{self.address}".replace("$", "")
        for _, name in self._sheet.book.names.snapshot():
            if name.refers_to.removeprefix("=").replace("$", "") == wanted:
                return name
        return None

    @name.setter
    def name(self, value: str) -> None:
        target = f"={quoted_sheet(self._sheet.name)}!{self.address}"
        names = self._sheet.book.names
        if names.contains(value):
            names(value).refers_to = target
        else:
            names.add(value, target)

    # Links

    @property
    def hyperlink(self) -> str:
        count("Range.hyperlink")
        address = self._sheet.worksheet.links.address(self.row, self.column)
        if address is None:
            raise ValueError("The cell doesn't seem to contain a hyperlink!")
        return address

    def add_hyperlink(
        self, address: str, text_to_display: str | None = None, screen_tip: str | None = None
    ) -> None:
        count("Range.add_hyperlink")
        self._sheet.worksheet.write(self.area, self._rows_of(text_to_display))
        self._sheet.worksheet.links.add(self.area, address, screen_tip or "")

    def delete(self, shift: str | None = None) -> None:
        """Refused: every formula, format and drawing below would have to move."""
        self._sheet.worksheet.guard(self.area)
        raise NotImplementedError("this engine moves no cells: write the rows that stay, resize")

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        """Refused, see ``delete``."""
        self.delete(shift)
