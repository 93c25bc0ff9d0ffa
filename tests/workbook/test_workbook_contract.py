"""relances.xlsm holds every sheet, table, column and name of the contract, and opens calm."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xl_relances.book import layout, named_cells
from xl_relances.book.formulas import STORED
from xl_relances.book.layout import HEADER_ROW, Kind, Table
from xl_relances.workbook.build import COMMITTED, CONF
from xl_relances.workbook.commands import IMPORT_FILES
from xl_relances.workbook.draft import BOOK_CODE_NAME, CODE_NAMES
from xl_relances.workbook.procedure import LEVELS

WORKING = [table for table in layout.TABLES if table.sheet != layout.PARAMETRES]
LAST_ROW = 1_048_576


@pytest.fixture(scope="module")
def book() -> Workbook:
    return load_workbook(COMMITTED, keep_vba=False)


def titles(sheet: Worksheet, table: Table) -> list[object]:
    left, top, right, _ = range_boundaries(sheet.tables[table.name].ref)
    return [sheet.cell(top or 0, index).value for index in range(left or 0, (right or 0) + 1)]


def named_cell(book: Workbook, name: str) -> Cell:
    sheet, place = book.defined_names[name].attr_text.replace("$", "").split("!")
    cell: Cell = book[sheet.strip("'")][place]
    return cell


def formulas(book: Workbook) -> Iterator[Cell]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if isinstance(cell, Cell) and cell.data_type == "f")


def test_sheets_in_order(book: Workbook) -> None:
    """All sheets of the contract in the order of the tabs; the last three are hidden."""
    assert tuple(book.sheetnames) == layout.SHEETS
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    assert hidden == [layout.CONTROLE, layout.CORRESPONDANCE, layout.XLWINGS_CONF]
    assert book.active is not None
    assert book.active.title == layout.ACCUEIL


@pytest.mark.parametrize("table", layout.TABLES, ids=lambda table: table.name)
def test_tables(book: Workbook, table: Table) -> None:
    """Each table bears its titles in order, in its header cells and in its own part."""
    sheet = book[table.sheet]
    listed = sheet.tables[table.name]
    expected = [column.title for column in table.columns]
    assert titles(sheet, table) == expected
    assert [column.name for column in listed.tableColumns] == expected
    assert range_boundaries(listed.ref)[1] == HEADER_ROW
    if table in WORKING:
        assert listed.autoFilter is not None
        assert listed.autoFilter.ref == listed.ref


def test_table_ids_differ() -> None:
    """Two tables with one id make Excel offer a repair."""
    with zipfile.ZipFile(COMMITTED) as package:
        names = [name for name in package.namelist() if name.startswith("xl/tables/")]
        numbers = [
            re.findall(r'<table [^>]*?\bid="(\d+)"', package.read(name).decode()) for name in names
        ]
    flat = [number for found in numbers for number in found]
    assert len(flat) == len(set(flat)) == len(layout.TABLES)


@pytest.mark.parametrize("table", WORKING, ids=lambda table: table.name)
def test_an_empty_table_has_one_blank_row(book: Workbook, table: Table) -> None:
    """Excel needs a row below the header; nothing but our formulas stands in it."""
    sheet = book[table.sheet]
    _, top, right, bottom = range_boundaries(sheet.tables[table.name].ref)
    assert (top, bottom) == (HEADER_ROW, HEADER_ROW + 1)
    filled = {
        column.title
        for index, column in enumerate(table.columns, 1)
        if sheet.cell(HEADER_ROW + 1, index).value is not None
    }
    assert filled == (set(STORED) if table is layout.PREPARATION_TABLE else set())
    assert right == len(table.columns)


@pytest.mark.parametrize("setting", named_cells.SETTINGS, ids=lambda setting: setting.name)
def test_settings(book: Workbook, setting: named_cells.Setting) -> None:
    """Each setting is a named cell that holds its default in its own format."""
    cell = named_cell(book, setting.name)
    assert cell.value == setting.default
    assert cell.number_format == layout.NUMBER_FORMATS[setting.kind]


def test_step_and_line_names(book: Workbook) -> None:
    """The states of Accueil stand beside figures; Préparation has its sentence."""
    for name in layout.STEP_NAMES:
        cell = named_cell(book, name)
        assert cell.parent.title == layout.ACCUEIL
        assert cell.offset(column=1).data_type == "f"
    assert named_cell(book, layout.PREPARATION_LINE).row == 1


def test_the_cell_that_importer_reads(book: Workbook) -> None:
    """An empty text cell of Accueil: a path is never taken for a number or a formula."""
    cell = named_cell(book, IMPORT_FILES)
    assert cell.parent.title == layout.ACCUEIL
    assert cell.value is None
    assert cell.number_format == "@"


@pytest.mark.parametrize("table", WORKING, ids=lambda table: table.name)
def test_whole_columns_are_styled(book: Workbook, table: Table) -> None:
    """A row pasted anywhere below has the right format, whatever the length of the table."""
    sheet = book[table.sheet]
    for index, column in enumerate(table.columns, 1):
        dimension = sheet.column_dimensions[get_column_letter(index)]
        expected = layout.NUMBER_FORMATS[column.kind]
        assert dimension.number_format == expected, column.title
        assert sheet.cell(HEADER_ROW + 1, index).number_format == expected, column.title
        assert dimension.hidden == column.hidden, column.title


@pytest.mark.parametrize("table", WORKING, ids=lambda table: table.name)
def test_ticks_take_one_and_zero_only(book: Workbook, table: Table) -> None:
    """Every tick column is validated to the last row of the sheet."""
    sheet = book[table.sheet]
    covered = {
        str(part): validation
        for validation in sheet.data_validations.dataValidation
        for part in validation.sqref.ranges
    }
    for index, column in enumerate(table.columns, 1):
        if column.kind is Kind.TICK:
            letter = get_column_letter(index)
            validation = covered[f"{letter}{HEADER_ROW + 1}:{letter}{LAST_ROW}"]
            assert (validation.type, validation.formula1) == ("list", '"1,0"')


def test_validations_and_conditions_reach_the_last_row(book: Workbook) -> None:
    """Growth needs no change."""
    for table in WORKING:
        sheet = book[table.sheet]
        ranges = [
            part
            for validation in sheet.data_validations.dataValidation
            for part in validation.sqref.ranges
        ]
        ranges += [
            part for format_ in sheet.conditional_formatting for part in format_.sqref.ranges
        ]
        assert {(part.min_row, part.max_row) for part in ranges} <= {(HEADER_ROW + 1, LAST_ROW)}


def test_excel_accepts_the_lists(book: Workbook) -> None:
    """A list of constants may have 255 characters, a title 32, a message 255."""
    for sheet in book.worksheets:
        for validation in sheet.data_validations.dataValidation:
            assert len(validation.formula1 or "") <= 255
            assert len(validation.errorTitle or "") <= 32
            assert len(validation.error or "") <= 255


def test_no_formula_in_a_text_cell(book: Workbook) -> None:
    """In a text cell a formula that is edited once turns into its own text."""
    assert [cell.coordinate for cell in formulas(book) if cell.number_format == "@"] == []


def test_sheets_open_calm(book: Workbook) -> None:
    """No gridlines, no merged cells, row 3 empty, frozen under the header with two columns."""
    for sheet in book.worksheets:
        if sheet.title == layout.XLWINGS_CONF:
            continue
        assert not sheet.sheet_view.showGridLines
        assert not sheet.merged_cells.ranges
        assert all(cell.value is None for cell in sheet[3])
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToWidth == 1
    for table in WORKING:
        assert book[table.sheet].freeze_panes == f"C{HEADER_ROW + 1}"
        assert book[table.sheet].print_title_rows == "$1:$4"


def test_code_names(book: Workbook) -> None:
    """The VBA project finds its document modules by these names."""
    assert book.code_name == BOOK_CODE_NAME
    for sheet in book.worksheets:
        assert sheet.sheet_properties.codeName == CODE_NAMES[sheet.title]


def test_xlwings_settings_are_texts(book: Workbook) -> None:
    """A boolean would read « Faux » on a French Excel and stop xlwings."""
    sheet = book[layout.XLWINGS_CONF]
    assert tuple(sheet.iter_rows(max_col=2, values_only=True)) == CONF
    for row in sheet.iter_rows():
        assert all(cell.number_format == "@" and isinstance(cell.value, str) for cell in row)


def test_procedure_and_rates(book: Workbook) -> None:
    """Three levels as specified; every half-year to 2026-S2, whose rates the user enters."""
    sheet = book[layout.PARAMETRES]
    left, top, right, bottom = range_boundaries(sheet.tables["Niveaux"].ref)
    rows = tuple(
        sheet.iter_rows(
            min_row=(top or 0) + 1, max_row=bottom, min_col=left, max_col=right, values_only=True
        )
    )
    assert rows == LEVELS
    assert [row[:9] for row in rows] == [
        (1, "Rappel", "relance_1.docx", 8, 8, 1, 0, 0, 0),
        (2, "Relance", "relance_2.docx", 14, 22, 1, 0, 0, 0),
        (3, "Mise en demeure", "mise_en_demeure.docx", 14, 36, 0, 1, 1, 1),
    ]
    left, top, right, bottom = range_boundaries(sheet.tables["Taux"].ref)
    rates = list(
        sheet.iter_rows(
            min_row=(top or 0) + 1, max_row=bottom, min_col=left, max_col=right, values_only=True
        )
    )
    assert rates[-2:] == [("2026-S1", 2.15, 2.62, None), ("2026-S2", None, None, None)]
    assert ("2024-S1", 4.5, 5.07, None) in rates


def test_tables_on_parameters_may_grow(book: Workbook) -> None:
    """Nothing stands below Niveaux and Taux."""
    sheet = book[layout.PARAMETRES]
    for name in ("Niveaux", "Taux"):
        left, _, right, bottom = range_boundaries(sheet.tables[name].ref)
        below = sheet.iter_rows(
            min_row=(bottom or 0) + 1, min_col=left, max_col=right, values_only=True
        )
        assert all(value is None for row in below for value in row)
