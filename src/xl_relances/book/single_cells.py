"""Single cells of a table, in the rows that a user selected; all other cells stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import xlwings as xw

from xl_relances.book import formulas, layout, tables
from xl_relances.book.cells import as_column
from xl_relances.book.formats import set_format


def write(book: xw.Book, table: layout.Table, cells: Mapping[str, Mapping[int, Any]]) -> None:
    """Write single cells of columns, by title and row number.

    A whole column goes in one call. Under a filter each cell goes by itself, so that
    the filter stays and no row leaves the user's sight: Excel takes blocks wrongly there.
    So it does in a column where the user has formulas of his own, which a block would end.
    """
    criteria = tables.find_table(book, table).autofilter.criteria
    filtered = any(entry.type != "none" for entry in criteria)
    for title, values in cells.items():
        column = tables.body_column(book, table, title)
        if column is None or not values:
            continue
        if title in formulas.TYPED and not filtered:
            typed = tables.read_formulas(book, table, title)
            for number, value in values.items():
                typed[number - column.row] = value
            column.value = [[None if value == "" else value] for value in typed]
        elif filtered or formula_rows(book, table, title):
            for number, value in values.items():
                cell = column[number - column.row]
                if title not in formulas.TYPED:
                    set_format(cell, table.column(title).kind, old_rows=1)
                cell.value = value
        else:
            tables.write_columns(book, table, {title: list(values.values())}, list(values))


def formula_rows(book: xw.Book, table: layout.Table, title: str) -> set[int]:
    """Numbers of the rows in which the column holds a formula; a text « =… » is none."""
    column = tables.body_column(book, table, title)
    if column is None:
        return set()
    typed = as_column(column.formula)
    alike = [i for i, each in enumerate(typed) if isinstance(each, str) and each.startswith("=")]
    if not alike:
        return set()
    shown = as_column(column.options(err_to_str=True).value)
    return {column.row + i for i in alike if shown[i] != typed[i]}
