"""Workbooks: reading, writing and the round trip, openpyxl and calamine beside our engine.

Imports of the libraries stand inside the functions: each runs in a process of
its own and pays for what it uses only.
"""

from __future__ import annotations

import time
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from xl_relances.book import layout

SHEET = layout.GRAND_LIVRE


def fill(shipped: Path, target: Path, customers: int, rows: int) -> dict[str, float]:
    """The shipped workbook with a generated ledger and its customers, written by our engine."""
    from benchmarks.ledgers import generate  # noqa: PLC0415
    from xl_relances.book import tables  # noqa: PLC0415
    from xl_relances.headless import open_book  # noqa: PLC0415
    from xl_relances.sample import company  # noqa: PLC0415

    made = generate(customers, rows)
    target.write_bytes(shipped.read_bytes())
    start = time.perf_counter()
    with open_book(target) as book:
        for table, values in (
            (layout.GRAND_LIVRE_TABLE, made.ledger),
            (layout.CLIENTS_TABLE, made.customers),
        ):
            titles = table.contract
            records = [
                dict(zip(titles, map(_cell, row), strict=True), row=number)
                for number, row in enumerate(values)
            ]
            tables.write(book, table, records, key=lambda record: record.get("row"))
        for name, value in {**company(), "delai_de_paiement": "30"}.items():
            book.names[name].refers_to_range.value = value
        book.save()
    return {"seconds": time.perf_counter() - start, "rows": rows}


def mark(path: Path) -> dict[str, float]:
    """Tick « Éditée » of every customer, as a user may in the cells: letters made elsewhere."""
    from xl_relances.book import tables  # noqa: PLC0415
    from xl_relances.headless import open_book  # noqa: PLC0415

    start = time.perf_counter()
    with open_book(path) as book:
        numbers = tables.read(book, layout.PREPARATION_TABLE).numbers
        ticks = {"Éditée": [1] * len(numbers)}
        tables.write_columns(book, layout.PREPARATION_TABLE, ticks, numbers)
        book.save()
    return {"seconds": time.perf_counter() - start, "customers": len(numbers)}


def read_ours(path: Path) -> dict[str, float]:
    """Our engine: the table's values as the macros get them."""
    from xl_relances.book import tables  # noqa: PLC0415
    from xl_relances.headless import open_book  # noqa: PLC0415

    start = time.perf_counter()
    with open_book(path, read_only=True) as book:
        rows = tables.read(book, layout.GRAND_LIVRE_TABLE).rows
    return {"seconds": time.perf_counter() - start, "rows": len(rows)}


def read_calamine(path: Path) -> dict[str, float]:
    """python-calamine, which is written in Rust: the floor."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415

    start = time.perf_counter()
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(SHEET).to_python()
    return {"seconds": time.perf_counter() - start, "rows": len(rows) - layout.HEADER_ROW}


def read_openpyxl(path: Path) -> dict[str, float]:
    """As usual with openpyxl, cell by cell objects."""
    from openpyxl import load_workbook  # noqa: PLC0415

    start = time.perf_counter()
    sheet = load_workbook(path, keep_vba=True)[SHEET]
    rows = list(sheet.iter_rows(min_row=layout.HEADER_ROW + 1, values_only=True))
    return {"seconds": time.perf_counter() - start, "rows": len(rows)}


def read_openpyxl_lean(path: Path) -> dict[str, float]:
    """With openpyxl in read-only mode."""
    from openpyxl import load_workbook  # noqa: PLC0415

    start = time.perf_counter()
    sheet = load_workbook(path, read_only=True)[SHEET]
    rows = list(sheet.iter_rows(min_row=layout.HEADER_ROW + 1, values_only=True))
    return {"seconds": time.perf_counter() - start, "rows": len(rows)}


def write_openpyxl(path: Path, target: Path) -> dict[str, float]:
    """Every cell of the ledger set and the workbook saved; loading it is not counted."""
    from openpyxl import load_workbook  # noqa: PLC0415

    book = load_workbook(path, keep_vba=True)
    sheet: Any = book[SHEET]
    values = list(sheet.iter_rows(min_row=layout.HEADER_ROW + 1, values_only=True))
    start = time.perf_counter()
    for number, row in enumerate(values, layout.HEADER_ROW + 1):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column).value = value
    book.save(target)
    return {"seconds": time.perf_counter() - start, "rows": len(values)}


def write_ours(path: Path, target: Path) -> dict[str, float]:
    """The same through our engine: values into the table's body, and the file saved."""
    from xl_relances.book.tables import find_table  # noqa: PLC0415
    from xl_relances.headless import open_book  # noqa: PLC0415

    target.write_bytes(path.read_bytes())
    with open_book(target) as book:
        body = find_table(book, layout.GRAND_LIVRE_TABLE).data_body_range
        assert body is not None
        values = body.value
        start = time.perf_counter()
        body.value = values
        book.save()
        return {"seconds": time.perf_counter() - start, "rows": len(values)}


def round_trip(path: Path, target: Path) -> dict[str, float]:
    """Load and save with openpyxl: what any macro with it pays before it does a thing."""
    from openpyxl import load_workbook  # noqa: PLC0415

    start = time.perf_counter()
    book = load_workbook(path, keep_vba=True)
    loaded = time.perf_counter()
    book.save(target)
    saved = time.perf_counter()
    return {"seconds": saved - start, "load": loaded - start, "save": saved - loaded}


def _cell(value: Any) -> Any:
    """As the macros write it: money as float, days as datetime."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    return int(value) if isinstance(value, bool) else value
