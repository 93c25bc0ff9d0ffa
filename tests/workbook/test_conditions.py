"""Conditional formats mean what they say: their formulas, calculated by LibreOffice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from filled_workbook import convert, put_rows, soffice
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from xl_relances.book import layout
from xl_relances.book.formulas import moved
from xl_relances.workbook.build import COMMITTED
from xl_relances.workbook.conditions import FIRST_ROW, below, letter

pytestmark = pytest.mark.skipif(soffice() is None, reason="soffice is not installed")

AS_OF = dt.datetime(2026, 11, 25)
PREPARED, NEVER = "$CA$1", "$CA$2"
"""Cells that stand for ``preparation_date``: with a day, and before the first Prepare."""


def formulas(sheet: Worksheet, places: str, word: str) -> list[str]:
    """The conditions of that range that name ``word``, first row, most telling first."""
    rules = [
        rule
        for part in sheet.conditional_formatting
        for rule in part.rules
        if str(part.sqref) == places and word in rule.formula[0]
    ]
    return [rule.formula[0] for rule in sorted(rules, key=lambda rule: rule.priority)]


def calculate(book: Workbook, sheet: Worksheet, rows: int, tests: list[str], out: Path) -> None:
    """Write each condition beside each row: columns BA, BB… with a day, BK, BL… without one."""
    sheet[PREPARED.replace("$", "")] = AS_OF
    for at, test in enumerate(tests):
        for day, first in ((PREPARED, 53), (NEVER, 63)):
            for row in range(rows):
                typed = moved(test, row).replace("preparation_date", day)
                sheet.cell(FIRST_ROW + row, first + at).value = f"={typed}"
    book.save(out)


def results(path: Path, title: str, rows: int, tests: int) -> list[tuple[list[bool], list[bool]]]:
    """For each row what each condition gives, with a day and before the first Prepare."""
    sheet = load_workbook(path, data_only=True)[title]
    return [
        tuple(  # type: ignore[misc]
            [bool(sheet.cell(FIRST_ROW + row, first + at).value) for at in range(tests)]
            for first in (53, 63)
        )
        for row in range(rows)
    ]


@pytest.fixture(scope="module")
def calculated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Limitation dates in Détail, marked rows in Grand livre, and their conditions beside them."""
    folder = tmp_path_factory.mktemp("conditions")
    book = load_workbook(COMMITTED)
    days = [None, *LIMITATIONS]
    put_rows(book, layout.DETAIL_TABLE, [{"Compte": "C", "Prescription": day} for day in days])
    put_rows(book, layout.GRAND_LIVRE_TABLE, [dict(mark) for mark in MARKS])
    filled = folder / "filled.xlsx"
    detail, ledger = book[layout.DETAIL], book[layout.GRAND_LIVRE]
    calculate(book, detail, len(days), limitation_rules(detail), filled)
    calculate(book, ledger, len(MARKS), formulas(ledger, *ASIDE), filled)
    (folder / "out").mkdir()
    return convert(filled, folder / "out", "xlsx")


def limitation_rules(sheet: Worksheet) -> list[str]:
    return formulas(sheet, below(letter(layout.DETAIL_TABLE, "Prescription")), "preparation_date")


LIMITATIONS = {
    dt.datetime(2026, 11, 24): "brick",
    dt.datetime(2026, 11, 25): "amber",
    dt.datetime(2027, 5, 25): "amber",
    dt.datetime(2027, 5, 26): "",
}


def test_a_limitation_is_amber_for_six_months_and_brick_the_day_after(calculated: Path) -> None:
    """On the day of the preparation; nothing before there is one, nothing without a date."""
    found = results(calculated, layout.DETAIL, len(LIMITATIONS) + 1, 2)
    colours = ["brick" if passed else "amber" if near else "" for (passed, near), _ in found]
    assert colours == ["", *LIMITATIONS.values()]
    assert not any(any(before) for _, before in found)


LAST = layout.GRAND_LIVRE_TABLE.columns[-1].title
ASIDE = (f"A{FIRST_ROW}:{below(letter(layout.GRAND_LIVRE_TABLE, LAST)).split(':')[1]}", "OR(")
MARKS: list[dict[str, object]] = [
    {"Compte": "C"},
    {"Compte": "C", "Litige": "prix"},
    {"Compte": "C", "Litige": "prix", "Jusqu'au": AS_OF},
    {"Compte": "C", "Promesse": "oui", "Jusqu'au": AS_OF - dt.timedelta(1)},
    {"Compte": "C", "Promesse": "oui", "Jusqu'au": AS_OF + dt.timedelta(1)},
    {"Compte": "C", "Promesse": "non", "Jusqu'au": AS_OF},
]


def test_a_held_row_is_grey_until_its_day(calculated: Path) -> None:
    """Before the first Prepare no day is chosen yet: only a hold without an end is sure."""
    found = results(calculated, layout.GRAND_LIVRE, len(MARKS), 1)
    assert [prepared for (prepared,), _ in found] == [False, True, True, False, True, False]
    assert [before for _, (before,) in found] == [False, True, False, False, False, False]
