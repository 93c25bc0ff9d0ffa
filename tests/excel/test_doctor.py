"""Doctor says, line by line, what a machine and a workbook need, and what to do."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlwings as xw

from xl_relances import __version__, headless
from xl_relances.book.layout import XLWINGS_CONF
from xl_relances.excel import workbook_file
from xl_relances.excel.doctor import examine
from xl_relances.excel.machine import Line, Machine
from xl_relances.starting import NOTICE, start

CLI = [sys.executable, "-m", "xl_relances.cli"]
DLL = f"xlwings64-{xw.__version__}.dll"
SCRIPT = f"xlwings-{xw.__version__}.applescript"


def windows(tmp_path: Path, **environ: str) -> Machine:
    """A Windows machine whose Python has the DLL beside it."""
    (tmp_path / "python").mkdir(exist_ok=True)
    (tmp_path / "python" / DLL).touch()
    return Machine(
        platform="win32", python=str(tmp_path / "python" / "python.exe"), home=tmp_path,
        environ=environ, code_page="cp1252",
    )  # fmt: skip


def mac(tmp_path: Path) -> Machine:
    folder = tmp_path / "Library" / "Application Scripts" / "com.microsoft.Excel"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SCRIPT).touch()
    return Machine(platform="darwin", python=sys.executable, home=tmp_path, environ={})


def found(lines: list[Line], what: str) -> Line:
    (line,) = [line for line in lines if line.what == what]
    return line


def wrong(lines: list[Line]) -> dict[str, str]:
    return {line.what: line.says for line in lines if line.good is False}


def with_conf(path: Path, *rows: tuple[object, object]) -> Path:
    """Give a workbook these rows of xlwings.conf instead of its own."""
    with headless.open_book(path) as book:
        sheet = book.sheets[XLWINGS_CONF]
        sheet["A1:B20"].clear_contents()
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                cell = sheet.range((number, column))
                cell.number_format = "@" if isinstance(value, str) else "General"
                cell.value = value
        book.save()
    return path


GOOD = (
    ("USE UDF SERVER", "True"), ("SHOW CONSOLE", "False"), ("ADD_WORKBOOK_TO_PYTHONPATH", "False"),
)  # fmt: skip


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return start(tmp_path_factory.mktemp("new") / "recette")[0]


@pytest.fixture
def path(new: Path, tmp_path: Path) -> Path:
    """A new workbook in a folder of this test."""
    shutil.copytree(new.parent, tmp_path / "book")
    return tmp_path / "book" / new.name


def test_a_new_workbook_on_a_mac(path: Path, tmp_path: Path) -> None:
    """Nothing to do; what only Excel can ask is told."""
    lines = examine(path, mac(tmp_path))
    assert wrong(lines) == {}
    assert found(lines, "AppleScript").good
    assert found(lines, "Automatisation").good is None
    assert found(lines, "Python du classeur").says == sys.executable


def test_a_new_workbook_on_windows(path: Path, tmp_path: Path) -> None:
    """This test's machine has no pywin32; the workbook still lacks this machine's Python."""
    lines = examine(path, windows(tmp_path))
    assert wrong(lines).keys() == {"pywin32", "Python du classeur"}
    line = found(lines, "Python du classeur")
    assert line.says == "INTERPRETER_WIN manque"
    assert line.to_do.startswith(f"Écrivez {tmp_path / 'python' / 'python.exe'}")
    assert "D4F940AB-401B-4EFC-AADC-AD5F3C50688A" in found(lines, "Defender").to_do
    assert found(lines, "DLL de xlwings").says == DLL


def test_the_dll_and_the_script_of_another_version(path: Path, tmp_path: Path) -> None:
    machine = windows(tmp_path)
    (tmp_path / "python" / DLL).unlink()
    line = found(examine(path, machine), "DLL de xlwings")
    assert line.good is False
    assert line.to_do.endswith(f"-m pip install --force-reinstall xlwings=={xw.__version__}")
    machine = mac(tmp_path)
    next(tmp_path.rglob(SCRIPT)).unlink()
    line = found(examine(path, machine), "AppleScript")
    assert line.to_do == "Dans Terminal, une fois : xlwings runpython install"


@pytest.mark.parametrize(
    ("python", "says"),
    [
        pytest.param("python", "python n'est pas un chemin complet", id="relative"),
        pytest.param(
            "C:\\Users\\a\\AppData\\Local\\Microsoft\\WindowsApps\\python.exe",
            "il vient du Microsoft Store, où les fonctions échouent", id="store",
        ),
        pytest.param(
            "C:\\Łódź\\python.exe", "C:\\Łódź\\python.exe : des lettres hors de la page de codes",
            id="code-page",
        ),
        pytest.param("C:\\Python\\python.exe", "C:\\Python\\python.exe n'existe pas", id="missing"),
    ],
)  # fmt: skip
def test_interpreters_that_do_not_work(path: Path, tmp_path: Path, python: str, says: str) -> None:
    with_conf(path, *GOOD, ("INTERPRETER_WIN", python))
    line = found(examine(path, windows(tmp_path)), "Python du classeur")
    assert (line.good, line.says) == (False, says)


def test_another_python_is_asked_what_it_has(path: Path, tmp_path: Path) -> None:
    """The same versions are needed there."""
    other = tmp_path / "other"
    other.write_text(f"#!/bin/sh\necho {xw.__version__} {__version__}\n")
    other.chmod(0o755)
    with_conf(path, *GOOD, ("INTERPRETER_MAC", str(other)))
    assert found(examine(path, mac(tmp_path)), "Python du classeur").good
    other.write_text("#!/bin/sh\necho 0.30.0 0.0.1\n")
    line = found(examine(path, mac(tmp_path)), "Python du classeur")
    assert (line.good, line.says) == (False, f"{other} a 0.30.0 et 0.0.1")
    other.write_text("#!/bin/sh\nexit 1\n")
    line = found(examine(path, mac(tmp_path)), "Python du classeur")
    assert line.says == f"{other} a ni xlwings ni xl-relances"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        pytest.param(
            [*GOOD, ("DEBUG UDFS", False)],
            "DEBUG UDFS n'est pas un texte : un Excel français lirait autre chose", id="boolean",
        ),
        pytest.param(
            [*GOOD, ("PYTHONPATH", None)],
            "PYTHONPATH sans valeur : il cache le réglage de l'utilisateur", id="empty",
        ),
        pytest.param(
            [GOOD[0], (None, None), *GOOD[1:]], "ligne 2 vide : xlwings s'arrête là", id="gap",
        ),
        pytest.param([*GOOD, ("show console", "True")], "SHOW CONSOLE deux fois", id="twice"),
        pytest.param([], "absente ou vide", id="none"),
        pytest.param(
            [*GOOD[:2], ("ADD_WORKBOOK_TO_PYTHONPATH", "True")],
            "ADD_WORKBOOK_TO_PYTHONPATH n'est pas False", id="path",
        ),
    ],
)  # fmt: skip
def test_settings_that_stop_xlwings(
    path: Path, tmp_path: Path, rows: list[tuple[object, object]], says: str
) -> None:
    with_conf(path, *rows)
    lines = examine(path, mac(tmp_path))
    assert says in [line.says for line in lines if line.what == "Feuille xlwings.conf"]


def test_a_file_that_another_program_saved(path: Path, tmp_path: Path) -> None:
    """The ribbon is gone though its part may still lie in the file."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"customUI/customUI14.xml", b"none.xml")
    del parts["xl/vbaProject.bin"]
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    lines = examine(path, mac(tmp_path))
    assert wrong(lines) == {
        "Ruban": "absent : un autre programme qu'Excel a enregistré ce fichier",
        "Macros": "le module xlwings manque",
    }


def test_a_workbook_of_another_xlwings(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_file, "_vba_version", lambda _: "0.30.0")
    lines = examine(path, mac(tmp_path))
    line = next(line for line in lines if line.what == "Macros" and line.good is False)
    assert line.says == f"xlwings 0.30.0 dans le classeur, {xw.__version__} dans Python"


def test_a_file_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "relances.xlsm"
    path.write_text("<html>")
    assert wrong(examine(path, mac(tmp_path)))["Contenu"].startswith("le fichier ne se lit pas")


def test_addresses_and_names(path: Path, tmp_path: Path) -> None:
    machine = mac(tmp_path)
    line = examine(Path("https://firme.sharepoint.com/relances.xlsm"), machine)[-1]
    assert line.to_do == "Synchronisez le dossier, ou enregistrez une copie locale."
    assert wrong(examine(tmp_path / "none.xlsm", machine)).keys() == {"Classeur"}
    bad = path.rename(path.with_name("relances 100% = tout;.xlsm"))
    assert wrong(examine(bad, machine)) == {
        "Nom du classeur": "relances 100% = tout;.xlsm contient % ; ="
    }
    folder = bad.parent.rename(bad.parent.with_name("à 10 $"))
    assert found(examine(folder / bad.name, machine), "Dossier du classeur").good is False


def test_a_synchronised_folder(path: Path, tmp_path: Path) -> None:
    lines = examine(path, windows(tmp_path, OneDrive=str(tmp_path)))
    assert found(lines, "OneDrive").good is None


def test_folders(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters must find a place, and their templates."""
    shutil.rmtree(path.parent / "word_templates")
    monkeypatch.setattr("os.access", lambda *_: False)
    assert wrong(examine(path, mac(tmp_path))) == {
        "Dossier des lettres": f"{path.parent} ne peut être écrit",
        "Modèles Word": f"aucun dans {path.parent / 'word_templates'}",
    }


def test_a_file_from_the_internet(path: Path, tmp_path: Path) -> None:
    machine = windows(tmp_path)
    assert found(examine(path, machine), "Blocage des macros").good
    Path(f"{path}:Zone.Identifier").touch()  # the stream's own name, as a file here
    assert "« Débloquer »" in found(examine(path, machine), "Blocage des macros").to_do


def test_a_line_reads_well() -> None:
    assert str(Line(False, "Ruban", "absent", "Faites.")) == "✗ Ruban : absent\n    → Faites."
    assert str(Line(None, "PDF", "rien")) == "· PDF : rien"


def test_the_command(path: Path) -> None:
    """0 when nothing must be done, 1 when something must."""
    done = subprocess.run([*CLI, "doctor", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ Ruban : l'onglet Relances est dans le fichier" in done.stdout
    with_conf(path, ("SHOW CONSOLE", False))
    done = subprocess.run([*CLI, "doctor", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "    → " in done.stdout
    done = subprocess.run([*CLI, "doctor"], capture_output=True, text=True, check=False)
    assert done.returncode == 0


def test_new_says_what_it_may_need_to_allow(tmp_path: Path) -> None:
    """The workbook knows the Python that made it; nothing is unblocked by us."""
    home = tmp_path / "neuf"
    done = subprocess.run([*CLI, "new", str(home)], capture_output=True, text=True, check=True)
    assert done.stdout == f"{home / 'relances.xlsm'}\n{home / 'word_templates'}\n{NOTICE}\n"
    assert "D4F940AB-401B-4EFC-AADC-AD5F3C50688A" in NOTICE
    texts = workbook_file.read(home / "relances.xlsm").conf_texts()
    assert texts["INTERPRETER_MAC"] == sys.executable
