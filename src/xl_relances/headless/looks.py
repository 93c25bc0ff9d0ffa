"""How the cells of a range look: formats, grounds, heights, widths, what is hidden.

Methods without a docstring do what xlwings documents under the same name.
"""

# ruff: noqa: D102  the signatures and their meaning are those of xlwings.base_classes

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from xl_relances.headless import measures
from xl_relances.headless.addresses import LAST_COLUMN, LAST_ROW, Area
from xl_relances.headless.calls import count
from xl_relances.headless.colors import rgb_of, rgb_text
from xl_relances.headless.fonts import Font

if TYPE_CHECKING:
    from xl_relances.headless.sheets import Sheet
    from xl_relances.headless.worksheet import Worksheet


class Looks:
    """The looks of a range, which is a sheet and areas."""

    _sheet: Sheet
    areas: list[Area]

    @property
    def area(self) -> Area:
        """The first area."""
        return self.areas[0]

    @property
    def worksheet(self) -> Worksheet:
        """What reads and writes its sheet."""
        return self._sheet.worksheet

    def same(self, of: Callable[[int], Any]) -> Any:
        """What all cells of the range have in common; None when they differ."""
        writer, area = self.worksheet.writer, self.area
        columns = range(area.column, min(area.last_column, LAST_COLUMN) + 1)
        last_row = max(area.row, min(area.last_row, self.worksheet.part.last_row))
        styles: set[int] = set()
        if area.last_row > last_row:  # rows that hold nothing look as their columns do
            styles.update(writer.style(last_row + 1, column) for column in columns)
        if area.columns == 1:
            styles |= writer.styles_of(area.column, area.row, last_row)
        else:
            known = writer.styles_between(area.row, last_row)
            for column in columns:
                styles |= known.get(column) or {writer.style(area.row, column)}
        found = {of(style) for style in styles}
        return found.pop() if len(found) == 1 else None

    def change(self, change: Callable[[int], int]) -> None:
        known: dict[int, int] = {}

        def styled(_column: int, style: int) -> int:
            if style not in known:
                known[style] = change(style)
            return known[style]

        part = self.worksheet.part
        for area in self.areas:
            kept = area
            if area.rows == LAST_ROW:
                for column in range(area.column, area.last_column + 1):
                    style = int(measures.column_setting(part, column).get("style", "0"))
                    measures.set_columns(part, column, column, style=str(change(style)))
                self.worksheet.forget_column_styles()
                kept = area._replace(rows=part.last_row)
            if area.columns == LAST_COLUMN:
                kept = kept._replace(columns=part.used().last_column)
            self.worksheet.restyle(kept, styled)

    @property
    def number_format(self) -> Any:
        count("Range.number_format")
        return self.same(self.worksheet.workbook.styles.code)

    @number_format.setter
    def number_format(self, value: str) -> None:
        count("Range.set_number_format")
        styles = self.worksheet.workbook.styles
        self.change(lambda style: styles.with_code(style, value))

    @property
    def color(self) -> tuple[int, int, int] | None:
        count("Range.color")
        rgb = self.same(self.worksheet.workbook.styles.fill)
        return None if rgb is None else rgb_of(rgb)

    @color.setter
    def color(self, color_or_rgb: Any) -> None:
        count("Range.set_color")
        styles = self.worksheet.workbook.styles
        rgb = rgb_text(color_or_rgb)
        self.change(lambda style: styles.with_fill(style, rgb))

    @property
    def font(self) -> Font:
        return Font(self)

    def autofit(self, axis: str | None = None) -> None:
        """Fit rows to their wrapped texts; columns keep their widths."""
        count("Range.autofit")
        if axis not in {None, "r", "rows"}:
            return
        part, styles = self.worksheet.part, self.worksheet.workbook.styles
        area = self.area
        last_row = min(area.last_row, part.last_row)
        between = self.worksheet.writer.styles_between(area.row, last_row)
        wrapping = [
            column
            for column in range(area.column, area.last_column + 1)
            if any(styles.wraps(style) for style in between.get(column, ()))
        ]
        if not wrapping or last_row < area.row:
            return
        lines = [1] * (last_row - area.row + 1)
        for column in wrapping:
            width = measures.column_width(part, column)
            values = self.worksheet.read(Area(area.row, column, len(lines), 1))
            for index, (value,) in enumerate(values):
                if isinstance(value, str):
                    lines[index] = max(lines[index], measures.lines_of(value, width))
        for number, needed in enumerate(lines, area.row):
            measures.fit_row(part, number, needed)
        part.changed = True

    @property
    def row_height(self) -> float | None:
        part = self.worksheet.part
        last = min(self.area.last_row, max(self.area.row, part.last_row))
        found = {measures.row_height(part, number) for number in range(self.area.row, last + 1)}
        return found.pop() if len(found) == 1 else None

    @row_height.setter
    def row_height(self, value: float) -> None:
        count("Range.row_height")
        for number in range(self.area.row, self.area.last_row + 1):
            measures.set_row_height(self.worksheet.part, number, value)

    @property
    def column_width(self) -> float | None:
        part = self.worksheet.part
        found = {measures.column_width(part, c) for c in self._column_numbers}
        return found.pop() if len(found) == 1 else None

    @column_width.setter
    def column_width(self, value: float) -> None:
        count("Range.column_width")
        self._set_columns(width=f"{value + 0.7109375:.7g}", customWidth="1")

    @property
    def _column_numbers(self) -> range:
        return range(self.area.column, self.area.last_column + 1)

    def _set_columns(self, **given: str | None) -> None:
        part = self.worksheet.part
        measures.set_columns(part, self.area.column, self.area.last_column, **given)

    @property
    def merge_cells(self) -> bool | None:
        """None where only some of its cells are merged."""
        area = self.area
        merged = [cells for cells in self.worksheet.merged if cells.overlaps(area)]
        if not merged:
            return False
        whole = merged[0].holds(area.row, area.column) and merged[0].holds(
            area.last_row, area.last_column
        )
        return True if whole else None

    @property
    def row_hidden(self) -> bool | None:
        rows = self.worksheet.part.rows
        found = {
            number in rows and rows[number].hidden
            for number in range(self.area.row, self.area.last_row + 1)
        }
        return found.pop() if len(found) == 1 else None

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        count("Range.row_hidden")
        part = self.worksheet.part
        for number in range(self.area.row, self.area.last_row + 1):
            part.row(number).hide(value)
        part.changed = True

    @property
    def column_hidden(self) -> bool | None:
        found = {
            measures.column_setting(self.worksheet.part, c).get("hidden") in {"1", "true"}
            for c in self._column_numbers
        }
        return found.pop() if len(found) == 1 else None

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        count("Range.column_hidden")
        self._set_columns(hidden="1" if value else None)
