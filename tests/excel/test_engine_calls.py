"""A command asks Excel for a constant number of things, however many rows there are.

Each call crosses into another process there. ``headless.engine.calls`` counts them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from excel.clicking import Desk, open_desk
from excel.company import LOOK_ALIKES, lay
from excel.effects import EXPORT, lay_answers, lay_export
from xl_relances import headless
from xl_relances.book.layout import DETAIL, PREPARATION
from xl_relances.excel import folders

FEW, MANY = 20, 400
ANSWERED = {"issue": ("yes",), "save": ("yes",), "undo": ("yes",), "clear_preparation": ("yes",)}
ORDER = (
    "prepare", "control", "check_templates", "go_to_selection", "toggle_dunning", "toggle_dunning",
    "raise_level", "lower_level", "toggle_issued", "toggle_issued", "toggle_items", "toggle_items",
    "remove_item", "toggle_items", "dispute", "promise", "lift", "show_detail", "show_all",
    "simulate", "prepare", "issue", "mail", "print_merged", "open_folder", "open_templates",
    "open_guide", "restart_python", "save", "undo", "clear_preparation", "import_ledger",
    "import_ledger",
)  # fmt: skip
"""One after the other on the same workbook, everything selected; all but the PDFs, which take
LibreOffice seconds and ask Excel for nothing but to show how far they are."""


def calls_of_each(desk: Desk, rows: int) -> Iterator[tuple[str, Counter[str]]]:
    for name in ORDER:
        items = name in {"toggle_items", "remove_item", "dispute", "promise", "lift"}
        lay_answers("31/12/2099", "motif")(desk)
        if name == "import_ledger":
            lay_export(desk, EXPORT[0], *(EXPORT[2].replace("C0777", f"C{n}") for n in range(rows)))
        desk.select(DETAIL if items else PREPARATION, "A5:C3000")
        headless.engine.calls.clear()
        desk.click(name.replace("toggle_items", "toggle_dunning"), *ANSWERED.get(name, ()))
        yield name, Counter(headless.engine.calls)


@pytest.fixture(scope="module")
def counted(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[int, list[tuple[str, Counter[str]]]]:
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folders, "show", lambda _: None)
        for customers in (FEW, MANY):
            folder: Path = tmp_path_factory.mktemp(f"of{customers}")
            for desk in open_desk(lay(folder, customers - len(LOOK_ALIKES))):
                found[customers] = list(calls_of_each(desk, customers))
    return found


@pytest.mark.parametrize("place", range(len(ORDER)), ids=lambda place: f"{place}-{ORDER[place]}")
def test_calls_do_not_grow_with_the_rows(
    place: int, counted: dict[int, list[tuple[str, Counter[str]]]]
) -> None:
    name, few = counted[FEW][place]
    _, many = counted[MANY][place]
    assert name == ORDER[place]
    assert many == few


def test_a_decision_is_a_handful_of_calls(
    counted: dict[int, list[tuple[str, Counter[str]]]],
) -> None:
    """So that Excel answers at once; measured on 400 selected rows."""
    for name, calls in counted[MANY]:
        if name in {"toggle_dunning", "raise_level", "lower_level", "show_detail"}:
            assert calls.total() < 150, (name, calls)
