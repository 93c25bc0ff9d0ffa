"""Every button of the shipped workbook, from the ribbon's callback to what it does.

LibreOffice runs our VBA in relances.xlsm itself, with a RunPython that records what it is
told; the very command then runs on the file engine and does what the button says.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from excel.clicking import Desk
from excel.effects import EFFECTS, stage
from readers import LibreOffice
from xl_relances.workbook.build import COMMITTED
from xl_relances.workbook.commands import COMMANDS, NO_DAY

SCRIPT = Path(__file__).parents[1] / "workbook" / "vba_in_libreoffice.py"
PYTHON = Path("/usr/bin/python3")
"""The Python of the system, which has LibreOffice's uno module."""


def check(desk: Desk, name: str, command: str) -> None:
    effect = EFFECTS[name]
    stage(desk, effect)
    alerts = desk.run(command, *effect.answers)
    told = alerts[len(effect.answers) :]
    assert len(alerts) - len(effect.answers) == bool(effect.told), [a.prompt for a in alerts]
    assert effect.told in (told[0].prompt if told else "")
    assert all(len(alert.prompt.splitlines()) <= 3 for alert in alerts)
    assert effect.seen(desk)


def test_every_command_is_described() -> None:
    assert EFFECTS.keys() == COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_button_does(name: str, desk: Desk, request: pytest.FixtureRequest) -> None:
    if name == "export_pdf":
        request.getfixturevalue("soffice")
    check(desk, name, COMMANDS[name].python)


@pytest.fixture(scope="module")
def recorded(
    soffice: LibreOffice, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[list[str], list[str]]]:
    """What RunPython was told by the ribbon and by the menu, by command."""
    if (
        not PYTHON.exists()
        or subprocess.run([PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode
    ):
        pytest.skip("python3-uno is not installed")
    book = tmp_path_factory.mktemp("shipped") / COMMITTED.name
    shutil.copyfile(COMMITTED, book)
    calls: list[list[str | int]] = [["recorder.PressButton", name] for name in COMMANDS]
    calls += [[f"Relances.{command.macro}"] for command in COMMANDS.values()]
    calls += [["recorder.Choose", 2], ["recorder.Choose", 1], ["recorder.Choose", 0]]
    calls += [["recorder.Hold", answer] for answer in range(4)]
    done = subprocess.run(
        [PYTHON, SCRIPT, book, soffice.profile],
        input=json.dumps(calls), capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    half = len(COMMANDS)
    pressed = dict(
        zip(COMMANDS, zip(answers[:half], answers[half : 2 * half], strict=True), strict=True)
    )
    files, boxes = answers[2 * half : -4], answers[-4:]
    return pressed | {
        "files": ([line for noted in files for line in noted], []),
        "boxes": ([" / ".join(noted) for noted in boxes], []),
    }


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", COMMANDS)
def test_from_the_callback_to_the_effect(
    name: str, recorded: dict[str, tuple[list[str], list[str]]], desk: Desk
) -> None:
    """Ribbon, right click and Alt+F8 tell Python one and the same thing."""
    by_ribbon, by_menu = recorded[name]
    assert by_ribbon == by_menu
    command = by_ribbon[-1]
    check(desk, name, command)


@pytest.mark.libreoffice
def test_the_vba_notes_what_a_file_dialog_answered(
    recorded: dict[str, tuple[list[str], list[str]]],
) -> None:
    """Two files, one file, and a dialog that was cancelled: a path a line, none at last."""
    assert recorded["files"][0] == ["/a/1 b.csv", "/a/2.txt", "/a/1 b.csv", ""]


@pytest.mark.libreoffice
def test_the_vba_notes_what_its_boxes_answered(
    recorded: dict[str, tuple[list[str], list[str]]],
) -> None:
    """Day and reason; no day; either box cancelled, after which nothing is left of before."""
    assert recorded["boxes"][0] == [
        "10/12/2026 / virement", f"{NO_DAY} / ", " / ", " / ",
    ]  # fmt: skip
