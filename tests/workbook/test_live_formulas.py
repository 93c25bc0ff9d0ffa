"""The live formulas say what Python says, for accounts that a spreadsheet likes to misread."""

from __future__ import annotations

from pathlib import Path

import pytest
from filled_workbook import convert, put_rows, soffice
from openpyxl import load_workbook

from xl_relances.book import layout
from xl_relances.book.formulas import STORED, TYPED, stored
from xl_relances.book.layout import HEADER_ROW
from xl_relances.workbook.build import COMMITTED, draft_workbook

ACCOUNTS = ("000123", "123", "C*1", "C1", "c1", "<5", "=A", ">", "é", "e", "~", "1E2", "")
CURRENCIES = ("EUR", "JPY")

needs_soffice = pytest.mark.skipif(soffice() is None, reason="soffice is not installed")


def items() -> list[dict[str, object]]:
    """Six items for each account and currency: ticked or not, with a proposed letter or not."""
    rows: list[dict[str, object]] = []
    for key, (account, currency) in enumerate(
        ((account, currency) for account in ACCOUNTS for currency in CURRENCIES), 1
    ):
        rows += [
            {
                "Compte": account, "Devise": currency, "Clé": key,
                "Reste": round(key * 10.1 + number / 10, 2),
                "Relancer": int((key + number) % 3 > 0),
                "Lettre proposée": number if number < 4 and key % 4 else None,
            }
            for number in range(1, 7)
        ]  # fmt: skip
    rows.reverse()
    return rows


@pytest.fixture(scope="module")
def recalculated(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[tuple[str, str], tuple[object, ...]]:
    """Solde dû, Échéances, Lettre proposée and N° lettre by account and currency."""
    folder = tmp_path_factory.mktemp("live")
    book = load_workbook(COMMITTED)
    put_rows(book, layout.DETAIL_TABLE, items())
    customers = [(account, currency) for account in ACCOUNTS for currency in CURRENCIES]
    put_rows(
        book,
        layout.PREPARATION_TABLE,
        [
            {"Compte": account, "Devise": currency, "Clé": key}
            for key, (account, currency) in enumerate(customers, 1)
        ],
    )
    filled = folder / "filled.xlsx"
    book.save(filled)
    (folder / "out").mkdir()
    sheet = load_workbook(convert(filled, folder / "out", "xlsx"), data_only=True)[
        layout.PREPARATION
    ]
    places = [
        [column.title for column in layout.PREPARATION_TABLE.columns].index(title) + 1
        for title in STORED
    ]
    return {
        customer: tuple(sheet.cell(row, place).value for place in places)
        for row, customer in enumerate(customers, HEADER_ROW + 1)
    }


@pytest.mark.libreoffice
@needs_soffice
def test_formulas_follow_the_ticks(
    recalculated: dict[tuple[str, str], tuple[object, ...]],
) -> None:
    """Each account and currency gets the sum, count and highest letter of its own ticked items."""
    for (account, currency), (due, count, proposed, number) in recalculated.items():
        ticked = [
            item
            for item in items()
            if item["Compte"] == account and item["Devise"] == currency and item["Relancer"]
        ]
        letters = [item["Lettre proposée"] for item in ticked if item["Lettre proposée"]]
        assert due == round(sum(float(str(item["Reste"])) for item in ticked), 3)
        assert count == len(ticked)
        assert (proposed or None) == max(letters, key=lambda letter: int(str(letter)), default=None)
        assert number == proposed


@pytest.mark.libreoffice
@needs_soffice
def test_the_empty_workbook_shows_what_its_formulas_say(tmp_path: Path) -> None:
    """Stored values are LibreOffice's own: previews and Protected View tell the truth."""
    shown = draft_workbook().shown
    computed = load_workbook(convert(COMMITTED, tmp_path, "xlsx"), data_only=True)
    stored_values = load_workbook(COMMITTED, data_only=True)
    for (sheet, place), value in shown.items():
        assert (stored_values[sheet][place].value or "") == (value or ""), (sheet, place)
        assert (computed[sheet][place].value or "") == (value or ""), (sheet, place)


def test_newer_functions_are_prefixed_in_files_only() -> None:
    assert "_xlfn" not in "".join(TYPED.values())
    assert "_xlfn.MAXIFS(" in STORED["Lettre proposée"]
    assert stored(STORED["Lettre proposée"]) == STORED["Lettre proposée"]


def test_calculated_columns_are_the_formulas_of_the_first_row() -> None:
    """Otherwise Excel marks the cell, and new rows get another formula."""
    sheet = load_workbook(COMMITTED)[layout.PREPARATION]
    columns = {column.name: column for column in sheet.tables["Preparation"].tableColumns}
    for index, column in enumerate(layout.PREPARATION_TABLE.columns, 1):
        calculated = columns[column.title].calculatedColumnFormula
        if column.title in STORED:
            assert calculated is not None
            assert sheet.cell(HEADER_ROW + 1, index).value == f"={calculated.attr_text}"
        else:
            assert calculated is None
