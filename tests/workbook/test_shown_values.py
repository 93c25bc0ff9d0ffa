"""What a file of our engine shows before anybody recalculates it, formula by formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from filled_workbook import convert, soffice
from openpyxl import load_workbook

from books import issue, opened, prepare, save, typed, undo
from readers import Validator
from xl_relances import demo
from xl_relances.book import layout

STEPS: dict[str, Callable[[xw.Book], object]] = {
    "prepared": prepare,
    "issued": lambda book: issue(book, "411AMBROIS", "411BELLANG"),
    "saved": save,
    "undone": undo,
}


def _plain(value: Any) -> Any:
    """A cell's value; spaces and minus signs of any kind are one."""
    if isinstance(value, str):
        return re.sub(r"[\u00a0\u202f\u2009]", " ", value).replace("\u2212", "-")
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    return round(value, 6) if isinstance(value, float) else value or ""


@pytest.mark.libreoffice
@pytest.mark.skipif(soffice() is None, reason="soffice is not installed")
def test_every_formula_already_shows_what_it_gives(tmp_path: Path, validator: Validator) -> None:
    """Issued in part, saved, and undone: Protected View shows what a recalculation would."""
    path = demo.lay(tmp_path / "demo")
    with opened(path) as book:  # a plain no is no mark, and a row that cannot be read is a row
        ledger = layout.GRAND_LIVRE_TABLE
        typed(book, ledger, "Litige", "Non", Pièce="FA-2026-0303")
        typed(book, ledger, "Promesse", "faux", Pièce="FA-2026-0357")
        typed(book, ledger, "Débit", "cent", Pièce="FA-2026-0343")
    copies = []
    for name, step in STEPS.items():
        with opened(path) as book:
            step(book)
        if name != "prepared":
            copies.append(path.with_name(f"{name}.xlsm"))
            copies[-1].write_bytes(path.read_bytes())
    validator.check(*copies)
    for copy in copies:
        formulas, stored = load_workbook(copy), load_workbook(copy, data_only=True)
        computed = load_workbook(convert(copy, tmp_path, "xlsx"), data_only=True)
        for sheet in formulas.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        place = cell.coordinate
                        shown, expected = stored[sheet.title][place], computed[sheet.title][place]
                        assert _plain(shown.value) == _plain(expected.value), (copy.stem, cell)
