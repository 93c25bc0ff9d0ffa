"""AutoFilters of tables and sheets, as xlwings asks an engine for them.

Methods without a docstring do what xlwings documents under the same name.
"""

# ruff: noqa: D102  the signatures and their meaning are those of xlwings.base_classes

from __future__ import annotations

from typing import Any

from xlwings import base_classes

from xl_relances.headless import filters
from xl_relances.headless.addresses import Area, a1
from xl_relances.headless.calls import count
from xl_relances.headless.cells import Value
from xl_relances.headless.tables import TablePart
from xl_relances.headless.worksheet import Worksheet


class RangeFilter(base_classes.AutoFilter):
    """The filter of a table, or of a sheet's range when ``table`` is None."""

    def __init__(self, worksheet: Worksheet, area: Area, table: TablePart | None) -> None:
        self._worksheet = worksheet
        self._area = area
        self._table = table

    @property
    def _xml(self) -> str | None:
        if self._table is not None:
            return self._table.filter_xml
        xml = self._worksheet.filter_xml
        if xml is None or filters.filtered_area(xml) != self._area:
            return None
        return xml

    @property
    def criteria(self) -> list[dict[str, Any]]:
        count("AutoFilter.criteria")
        return filters.criteria(self._xml, self._area.columns)

    def _apply(self, field: int, criterion: str | None) -> None:
        count("AutoFilter.apply")
        xml = self._xml
        if xml is None:
            if self._table is None and self._worksheet.filter_xml is not None:
                raise ValueError("This worksheet already has an AutoFilter on a different range")
            xml = f'<autoFilter ref="{a1(self._filtered())}"/>'
        self._put(filters.with_criterion(xml, field, criterion))

    def _filtered(self) -> Area:
        totals = self._table.totals_rows if self._table else 0
        return Area(self._area.row, self._area.column, self._area.rows - totals, self._area.columns)

    def _put(self, xml: str) -> None:
        if self._table is not None:
            self._table.filter_xml = xml
        else:
            self._worksheet.filter_xml = xml
        hide_filtered_rows(self._worksheet, xml)

    def apply_values(self, field: int, values: list[str]) -> None:
        self._apply(field, filters.values_xml(values))

    def apply_comparison(self, field: int, operator: str, value1: Any, value2: Any) -> None:
        date1904 = self._worksheet.workbook.date1904
        self._apply(field, filters.comparison_xml(operator, value1, value2, date1904))

    def apply_top_items(self, field: int, count: int) -> None:
        self._apply(field, filters.top_xml(count, top=True, percent=False))

    def apply_bottom_items(self, field: int, count: int) -> None:
        self._apply(field, filters.top_xml(count, top=False, percent=False))

    def apply_top_percent(self, field: int, percent: float) -> None:
        self._apply(field, filters.top_xml(percent, top=True, percent=True))

    def apply_bottom_percent(self, field: int, percent: float) -> None:
        self._apply(field, filters.top_xml(percent, top=False, percent=True))

    def clear(self, field: int | None = None) -> None:
        count("AutoFilter.clear")
        xml = self._xml
        if xml is None:
            return
        if field is None:
            self._put(filters.without_criteria(xml))
        else:
            self._put(filters.with_criterion(xml, field, None))


def hide_filtered_rows(sheet: Worksheet, xml: str) -> None:
    """Show the rows that pass an ``<autoFilter>`` and hide the others."""
    area = filters.filtered_area(xml)
    data = Area(area.row + 1, area.column, area.rows - 1, area.columns)

    def column_values(field: int) -> list[Value]:
        column = Area(data.row, data.column + field - 1, data.rows, 1)
        return [row[0] for row in sheet.read(column)]

    tests = filters.tests(xml, column_values)
    columns = {field: column_values(field) for field in tests}
    styles = sheet.workbook.styles
    for i in range(data.rows):
        number = data.row + i
        passes = all(
            test(
                columns[field][i],
                filters.shown_text(
                    columns[field][i],
                    styles.code(sheet.writer.style(number, data.column + field - 1)),
                ),
            )
            for field, test in tests.items()
        )
        row = sheet.part.rows.get(number)
        if row is None and not passes:
            row = sheet.part.row(number)
        if row is not None and row.hidden == passes:
            row.hide(not passes)
            sheet.part.changed = True
