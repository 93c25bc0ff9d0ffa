"""Our VBA run by LibreOffice, with a RunPython that records what it is told."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TypeAlias

import pytest
from macro_book import macro_book_parts

from readers import LibreOffice
from xl_relances.book.layout import PREPARATION, SHEETS
from xl_relances.workbook import package
from xl_relances.workbook.commands import COMMANDS, MACROS
from xl_relances.workbook.draft import CODE_NAMES

pytestmark = pytest.mark.libreoffice

SCRIPT = Path(__file__).with_name("vba_in_libreoffice.py")
PYTHON = Path("/usr/bin/python3")
"""The Python of the system, which has LibreOffice's uno module."""
SHEET = SHEETS.index(PREPARATION) + 1

Calls: TypeAlias = list[list[str | int]]

CLICKS: Calls = [["recorder.PressButton", name] for name in COMMANDS]
MENU: Calls = [[f"Relances.{command.macro}"] for command in COMMANDS.values()]
TICKS: Calls = [
    ["recorder.DoubleClickOn", SHEET, place] for place in ("B2", "B2", "B3", "B4", "C2")
]
TEXTS: Calls = [["RelancesFunctions.DescribeFunctions"]]


@pytest.fixture(scope="module")
def answers(
    soffice: LibreOffice, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[str] | None]:
    """What every call recorded, by the call; one start of LibreOffice for all."""
    if (
        not PYTHON.exists()
        or subprocess.run([PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode
    ):
        pytest.skip("python3-uno is not installed")
    folder = tmp_path_factory.mktemp("vba")
    book = folder / "macros.xlsm"
    book.write_bytes(package.assemble(macro_book_parts()))
    calls: Calls = [
        *CLICKS,
        *MENU,
        *TICKS,
        *TEXTS,
        ["recorder.PressButton", "no_such_command"],
        ["code names"],
    ]
    done = subprocess.run(
        [PYTHON, SCRIPT, book, soffice.profile],
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str] | None] = {}
    for call, answer in zip(calls, json.loads(done.stdout), strict=True):
        key = " ".join(str(part) for part in call)
        found[f"{key} again" if key in found else key] = answer
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_each_button_runs_its_command(name: str, answers: dict[str, list[str] | None]) -> None:
    """Ribbon and right click: the tag alone decides, and exactly one command runs."""
    expected = [f"import {MACROS} as m; m.{name}()"]
    if name == "restart_python":
        expected.insert(0, "KillPy")
    assert answers[f"recorder.PressButton {name}"] == expected
    assert answers[f"Relances.{COMMANDS[name].macro}"] == expected


def test_a_double_click_toggles_a_tick(answers: dict[str, list[str] | None]) -> None:
    """1 becomes 0, 0 becomes 1, empty becomes 1; Python is not asked."""
    first = f"recorder.DoubleClickOn {SHEET} B2"
    assert answers[first] == ["taken", "0"]
    assert answers[f"{first} again"] == ["taken", "1"]
    assert answers[f"recorder.DoubleClickOn {SHEET} B3"] == ["taken", "1"]


def test_a_double_click_elsewhere_is_left_to_excel(answers: dict[str, list[str] | None]) -> None:
    """Only the format of a tick makes a tick."""
    assert answers[f"recorder.DoubleClickOn {SHEET} B4"] == ["1"]
    assert answers[f"recorder.DoubleClickOn {SHEET} C2"] == [""]


def test_texts_of_the_function_wizard(answers: dict[str, list[str] | None]) -> None:
    """Where they cannot be set, opening the workbook goes on in silence."""
    assert answers["RelancesFunctions.DescribeFunctions"] == []


def test_libreoffice_sees_every_code_name(answers: dict[str, list[str] | None]) -> None:
    assert answers["code names"] == list(CODE_NAMES.values())


def test_an_unknown_tag_runs_nothing(answers: dict[str, list[str] | None]) -> None:
    assert answers["recorder.PressButton no_such_command"] == []
