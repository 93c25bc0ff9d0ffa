"""Rows of a workbook's table, for comparisons."""

from __future__ import annotations

from typing import Any

import xlwings as xw

from xl_relances.book import layout, tables


def rows(book: xw.Book, table: layout.Table = layout.GRAND_LIVRE_TABLE) -> list[dict[str, Any]]:
    """A table's rows, empty cells left out."""
    held = tables.read(book, table)
    return [
        {
            t: cell
            for t, cell in zip(held.titles, row, strict=True)
            if cell is not None and cell != ""
        }
        for row in held.rows
    ]
