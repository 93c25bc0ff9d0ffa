"""The charts of the sample company show something, and no euro is missing from them.

Microsoft's validator reads the same charts in ``test_shown_values``.
"""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from openpyxl import Workbook, load_workbook

from books import opened, prepare
from xl_relances import demo
from xl_relances.book import layout

_SPACE = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company after its third Prepare, two campaigns saved before."""
    path = demo.lay(tmp_path_factory.mktemp("charts") / "demo")
    with opened(path) as book:
        prepare(book)
    return path


@pytest.fixture(scope="module")
def sheets(prepared: Path) -> Workbook:
    return load_workbook(prepared, data_only=True)


def charts(path: Path) -> Iterator[list[tuple[str | None, str, str]]]:
    """For each chart its series: where title, categories and values stand."""
    with zipfile.ZipFile(path) as package:
        parts = [name for name in package.namelist() if name.startswith("xl/charts/chart")]
        for part in parts:
            series = etree.fromstring(package.read(part)).iter(f"{_SPACE}ser")
            yield [
                (each.findtext(f"{_SPACE}tx//{_SPACE}f"), place(each, "cat"), place(each, "val"))
                for each in series
            ]


def place(series: etree._Element, what: str) -> str:
    found = series.findtext(f"{_SPACE}{what}//{_SPACE}f")
    assert found is not None
    return found


def shown(sheets: Workbook, reference: str) -> list[Any]:
    """The cells that a chart shows: those of hidden rows are passed by."""
    title, _, cells = reference.rpartition("!")
    sheet = sheets[title.strip("'")]
    found = sheet[cells.replace("$", "")]
    rows = found if isinstance(found, tuple) else ((found,),)
    return [cell.value for row in rows for cell in row if not sheet.row_dimensions[cell.row].hidden]


def test_each_chart_names_what_it_shows_and_shows_it(prepared: Path, sheets: Workbook) -> None:
    """Six charts; a name for each bar, a title for each colour, and figures in every series."""
    found = list(charts(prepared))
    assert len(found) == len(layout.DASHBOARD) + 1
    for series in found:
        for title, categories, values in series:
            names, figures = shown(sheets, categories), shown(sheets, values)
            assert names
            assert all(names)
            assert len(figures) == len(names)
            titles = shown(sheets, title) if title else [None]
            assert titles[0] or len(series) == 1
            assert any(figures), titles


def test_the_aged_balance_sums_to_what_is_open_in_grand_livre(sheets: Workbook) -> None:
    """Bars and credits of each currency, and the list by customer, to the cent.

    What is open counts up to the balance of the account, the most that is owed.
    """
    open_by: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    all_by: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in records(sheets, layout.GRAND_LIVRE_TABLE):
        key = row["Compte"], row["Devise"] or "EUR"
        amount = cents(row["Débit"]) - cents(row["Crédit"])
        all_by[key] += amount
        if not row["Lettrage"] or row["Lettrage"].islower():
            open_by[key] += amount
    expected: dict[str, Decimal] = defaultdict(Decimal)
    for key, amount in open_by.items():
        expected[key[1]] += all_by[key] if 0 < all_by[key] < amount else amount
    customers: dict[str, Decimal] = defaultdict(Decimal)
    totals = {}
    for row in records(sheets, layout.BALANCE_AGEE_TABLE):
        if row["Compte"]:
            customers[row["Devise"]] += cents(row["Total"])
        else:
            totals[row["Devise"]] = cents(row["Total"])
    drawn = {
        row[0]: (sum(map(cents, row[1:7])), cents(row[7]))
        for row in block(sheets, layout.AGES_FIGURES)
    }
    assert len(expected) > 1
    assert customers == totals == expected
    assert drawn == {code: (amount, amount) for code, amount in expected.items()}


def cents(value: Any) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.01"))


def records(sheets: Workbook, table: layout.Table) -> Iterator[dict[str, Any]]:
    """The rows of a table by title."""
    sheet = sheets[table.sheet]
    titles, *rows = sheet[sheet.tables[table.name].ref]
    for row in rows:
        yield {title.value: cell.value for title, cell in zip(titles, row, strict=True)}


def block(sheets: Workbook, figures: layout.Figures) -> Iterator[list[Any]]:
    """The rows of a block of the dashboard that are shown."""
    sheet = sheets[layout.TABLEAU_DE_BORD]
    cells = sheets.defined_names[figures.name].attr_text.rpartition("!")[2].replace("$", "")
    for row in sheet[cells]:
        if not sheet.row_dimensions[row[0].row].hidden:
            yield [cell.value for cell in row]
