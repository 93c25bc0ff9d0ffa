"""A working sheet: its table under row 4, styled down to the last row of the sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table as ListObject
from openpyxl.worksheet.table import TableColumn, TableFormula, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from xl_relances.book.layout import HEADER_ROW, Kind, Table
from xl_relances.workbook import look
from xl_relances.workbook.conditions import FIRST_ROW, add_conditions, below
from xl_relances.workbook.draft import Draft, link, prepare_sheet
from xl_relances.workbook.validations import add_validations

TABLE_STYLE = "Relances"
"""Our own table style, defined in the package: banded, light lines, header on the accent."""

type_of_cell = str | float | int | None


def add_table(
    draft: Draft,
    sheet: Worksheet,
    table: Table,
    *,
    first_column: int = 1,
    rows: Sequence[Sequence[type_of_cell]] = (),
    formulas: Mapping[str, str] | None = None,
    filterable: bool = True,
) -> None:
    """Write header and rows (one blank row when there are none) and declare the ListObject.

    Args:
        draft: The workbook in the making.
        sheet: Where the table lies.
        table: The contract.
        first_column: Column number of the first title.
        rows: Values in the order of the columns.
        formulas: Calculated columns by title, as stored.
        filterable: Whether the titles bear filter arrows.
    """
    formulas = formulas or {}
    last_row = HEADER_ROW + max(1, len(rows))
    for index, column in enumerate(table.columns, first_column):
        cell = sheet.cell(HEADER_ROW, index, column.title)
        look.style_header(cell, table, column)
        for row in range(FIRST_ROW, last_row + 1):
            place = sheet.cell(row, index)
            look.style_cell(place, table, column)
            if rows:
                place.value = rows[row - FIRST_ROW][index - first_column]
            elif column.title in formulas:
                draft.formula(sheet, place.coordinate, formulas[column.title])
    corner = get_column_letter(first_column)
    end = get_column_letter(first_column + len(table.columns) - 1)
    reference = f"{corner}{HEADER_ROW}:{end}{last_row}"
    listed = ListObject(id=1, name=table.name, displayName=table.name, ref=reference)
    if filterable:
        listed.autoFilter = AutoFilter(ref=reference)
    listed.tableStyleInfo = TableStyleInfo(
        name=TABLE_STYLE, showFirstColumn=False, showLastColumn=False, showRowStripes=True,
        showColumnStripes=False,
    )  # fmt: skip
    listed.tableColumns = [
        _table_column(number, column.title, formulas.get(column.title))
        for number, column in enumerate(table.columns, 1)
    ]
    sheet.add_table(listed)


def _table_column(number: int, title: str, formula: str | None) -> TableColumn:
    column = TableColumn(id=number, name=title)
    if formula is not None:
        column.calculatedColumnFormula = TableFormula(attr_text=formula.removeprefix("="))
    return column


def style_columns(sheet: Worksheet, table: Table) -> None:
    """Widths and the styles of whole columns, so that pasted and new rows are right."""
    for index, column in enumerate(table.columns, 1):
        dimension = sheet.column_dimensions[get_column_letter(index)]
        dimension.width = look.excel_width(column.width)
        dimension.hidden = column.hidden
        look.style_cell(dimension, table, column)


def clear_above(sheet: Worksheet, columns: Iterable[int]) -> None:
    """Rows 1 to 3 are no part of the columns below them: plain cells, whatever the column."""
    for column in columns:
        for row in range(1, HEADER_ROW):
            cell = sheet.cell(row, column)
            cell.number_format = "General"
            cell.alignment = Alignment(vertical="center")


def working_sheet(
    draft: Draft,
    sheet: Worksheet,
    table: Table,
    *,
    back: tuple[str, str],
    formulas: Mapping[str, str] | None = None,
) -> None:
    """A sheet that is one table: frozen, filterable, printable, with its link in row 2.

    Args:
        draft: The workbook in the making.
        sheet: An empty sheet.
        table: The contract.
        back: Text and target of the link in A2.
        formulas: Calculated columns by title, as stored.
    """
    prepare_sheet(sheet)
    clear_above(sheet, range(1, len(table.columns) + 1))
    style_columns(sheet, table)
    add_table(draft, sheet, table, formulas=formulas)
    sheet.row_dimensions[HEADER_ROW].height = 32
    sheet.freeze_panes = f"C{FIRST_ROW}"
    sheet.sheet_view.selection[-1].activeCell = f"C{FIRST_ROW}"
    sheet.sheet_view.selection[-1].sqref = f"C{FIRST_ROW}"
    add_validations(sheet, table)
    add_conditions(sheet, table)
    link(sheet, "A2", *back)
    draft.quiet[sheet.title] = [
        below(get_column_letter(index))
        for index, column in enumerate(table.columns, 1)
        if column.kind is Kind.TEXT
    ]
