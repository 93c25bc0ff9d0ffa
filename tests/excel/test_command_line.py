"""Each button through the literal command line that xlwings builds on Windows and on a Mac.

The lines are put together as the installed xlwings does, and read as the system there
reads them. Excel is stood in for by the file engine (``runs/sitecustomize.py``).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import xlwings as xw

from excel.clicking import Desk, open_desk
from excel.effects import EFFECTS, stage
from excel.windows_command_line import python_arguments
from xl_relances import headless
from xl_relances.book.layout import DETAIL, PREPARATION
from xl_relances.workbook.commands import COMMANDS
from xl_relances.workbook.macro_parts import xlwings_modules

XLWINGS = Path(xw.__file__).parent
NASTY = "Compta d'été & co (2026)"
PLACES = [
    ("relances", "relances.xlsm"), ("Mes relances", "Relances Noël.xlsm"),
    ("Été à Orléans", "relances.xlsm"), ("L'étude d'Aïcha", "RELANCES.XLSM"),
    ("Durand & fils", "relances d'été & co.xlsm"), (NASTY, "relances 2026 (1).xlsm"),
]  # fmt: skip
"""Folders and workbooks as people name them."""
OPENERS = ("open_folder", "open_templates", "open_guide")
"""They open a window of the system: no matter of the command line."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a Python that xlwings started has shown.

    Attributes:
        shown: Message boxes.
        status: The status bar.
    """

    shown: list[str]
    status: str


def windows_line(book: Path, command: str) -> str:
    """As ``RunPython`` and ``ExecuteWindows`` of xlwings.bas put it together."""
    fullname = f"C:\\Users\\Léa\\{book.parent.name}\\{book.name}"
    search = f"False;{fullname};{fullname};;;;"
    search = search.replace("&", "^&").replace("\\", "\\\\")
    return (
        'cmd.exe /C C: & cd "C:\\Program Files\\Python 3.12" & '
        '"C:\\Program Files\\Python 3.12\\python.exe" -B -c '
        f'"import xlwings.utils;xlwings.utils.prepare_sys_path(\\"{search}\\"); {command}" '
        f' --wb="{book.name}" --from_xl=1 --app="C:\\Program Files\\Office\\Microsoft Excel" '
        '--hwnd="132456" 2> "C:\\Users\\Léa\\Temp\\xlwings-1.log" '
    )


def mac_line(book: Path, command: str, log: Path) -> str:
    """As ``ExecuteMac`` of xlwings.bas and the AppleScript put it together."""
    search = f"False;{book};{book};;;;".replace("'", "\\'") + ";"
    parameters = [search, sys.executable, command, book.name, "/Applications/Microsoft Excel",
                  str(log)]  # fmt: skip
    search, python, command, name, app, error_file = "|".join(parameters).split("|")
    return (
        f"{python} -B -u -W ignore -c \"import xlwings.utils;xlwings.utils.prepare_sys_path('"
        f'{search}\');{command} " "--wb={name}" "--from_xl=1" "--app={app}" '
        f'> /dev/null 2>"{error_file}" & '
    )


def test_the_lines_are_those_of_the_installed_xlwings() -> None:
    """Pieces that must stand in its sources; a new version would show here."""
    vba = xlwings_modules()[0].source
    for piece in (
        (
            '" -B -c ""import xlwings.utils;xlwings.utils.prepare_sys_path(\\""" & PYTHONPATH & '
            '"\\""); " & PythonCommand & """ "'
        ),
        '" --wb=" & """" & ThisWorkbook.Name & """ --from_xl=1" & " --app=" & Chr(34)',
        '" --hwnd=" & Chr(34) & Application.Hwnd & Chr(34)',
        'PYTHONPATH = Replace(PYTHONPATH, "&", "^&")',
        'PYTHONPATH = Replace(PYTHONPATH, "\\", "\\\\")',
        'PYTHONPATH = Replace(PYTHONPATH, "\'", "\\\'")',
        'ParameterString = PYTHONPATH + ";"',
    ):
        assert piece in vba
    script = (XLWINGS / f"xlwings-{xw.__version__}.applescript").read_text("utf-8")
    for piece in (
        (
            '" -B -u -W ignore -c \\"import xlwings.utils;xlwings.utils.prepare_sys_path(\'" & '
            'PYTHONPATH & "\');" & ¬'
        ),
        (
            'PythonCommand & " \\" \\"--wb=" & WorkbookName & "\\" \\"--from_xl=1\\" \\"--app=" & '
            'ApplicationFullName & "\\" > /dev/null 2>\\"" & LOG_FILE & "\\" & "'
        ),
    ):
        assert piece in script


def test_how_windows_reads_it() -> None:
    book = Path("/x", NASTY, "relances d'été & co.xlsm")
    arguments = python_arguments(windows_line(book, "m.prepare()"))
    path = f"C:\\\\Users\\\\Léa\\\\{NASTY}\\\\relances d'été & co.xlsm"
    assert arguments == [
        "C:\\Program Files\\Python 3.12\\python.exe", "-B", "-c",
        (f'import xlwings.utils;xlwings.utils.prepare_sys_path("False;{path};{path};;;;"); '
        "m.prepare()"),
        "--wb=relances d'été & co.xlsm", "--from_xl=1",
        "--app=C:\\Program Files\\Office\\Microsoft Excel", "--hwnd=132456",
    ]  # fmt: skip


def run(book: Path, platform: str, name: str, selected: tuple[str, str], *answers: str) -> Run:
    """Start Python by the platform's command line and wait for it."""
    told, log = book.parent / "told.json", book.parent / "stderr.log"
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(
            [str(Path(__file__).with_name("runs")), str(Path(headless.__file__).parents[2])]
        ),
        "XLR_STAGE": json.dumps(
            {"book": str(book), "selected": selected, "answers": answers, "told": str(told)}
        ),
    }
    command = COMMANDS[name].python
    if platform == "mac":
        line = [shutil.which("bash") or "sh", "-c", mac_line(book, command, log) + "wait"]
        done = subprocess.run(line, env=environment, capture_output=True, check=False, timeout=60)
        error = log.read_text("utf-8")
        log.unlink()
    else:
        _, *arguments = python_arguments(windows_line(book, command))
        done = subprocess.run(
            [sys.executable, *arguments], env=environment, capture_output=True, check=False,
            timeout=60,
        )  # fmt: skip
        error = done.stderr.decode("utf-8", "replace")
    assert done.returncode == 0, error
    assert error == ""
    shown, status = json.loads(told.read_text("utf-8"))
    told.unlink()
    return Run(shown, status)


def staged(path: Path, name: str) -> tuple[str, str]:
    """Press in this process what comes before; returns what is selected then."""
    for desk in open_desk(path):
        stage(desk, EFFECTS[name])
        selection = desk.book.selection
        assert selection is not None
        selected = selection.sheet.name, str(selection.address)
        desk.book.save()
    return selected


@pytest.mark.parametrize("platform", ["windows", "mac"])
@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in OPENERS])
def test_each_button(
    name: str, platform: str, prepared: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if name == "export_pdf":
        request.getfixturevalue("soffice")
    folder = tmp_path / NASTY
    shutil.copytree(prepared.parent, folder)
    path = (folder / prepared.name).rename(folder / "Relances d'été & co.xlsm")
    effect = EFFECTS[name]
    done = run(path, platform, name, staged(path, name), *effect.answers)
    assert effect.told in (done.shown[-1] if done.shown else "")
    for desk in open_desk(path):
        sheet = {"show_detail": DETAIL, "prepare": PREPARATION}.get(name)
        if sheet:
            assert desk.book.sheets.active.name == sheet
        assert effect.seen(desk)


@pytest.mark.parametrize("platform", ["windows", "mac"])
@pytest.mark.parametrize(("folder", "book"), PLACES)
def test_names_of_folders_and_workbooks(
    folder: str, book: str, platform: str, laid: Path, tmp_path: Path
) -> None:
    """Spaces, accents, apostrophes, ampersands; a module lying there is never imported."""
    home = tmp_path / folder
    shutil.copytree(laid.parent, home)
    path = (home / laid.name).rename(home / book)
    (home / "email.py").write_text("raise SystemExit('imported')")
    done = run(path, platform, "prepare", ("Accueil", "A1"))
    assert "Ensuite : vérifiez Préparation, puis Éditer." in done.shown[-1]
    assert done.status.startswith("Campagne du 25/11/2026 : 5 clients")


def test_a_second_click_while_the_first_runs(prepared: Path, tmp_path: Path) -> None:
    """On a Mac RunPython does not wait: one of the two is refused."""
    folder = tmp_path / NASTY
    shutil.copytree(prepared.parent, folder)
    from xl_relances.excel.turn import BUSY, one_at_a_time

    with one_at_a_time(str(folder / prepared.name)):
        done = run(folder / prepared.name, "mac", "show_all", ("Accueil", "A1"))
    assert done.shown == [BUSY]


def test_desk_is_the_same_as_a_click(desk: Desk) -> None:
    """The stand-in for Excel adds nothing: in one process the same words are shown."""
    (said,) = desk.click("undo")
    path = Path(desk.book.fullname)
    desk.book.close()
    assert run(path, "windows", "undo", ("Accueil", "A1")).shown == [said.prompt]
