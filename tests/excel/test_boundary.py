"""The error boundary: one French sentence, a log without customers, never a dead Excel."""

from __future__ import annotations

import ast
import atexit
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlwings as xw

from excel.clicking import Desk
from xl_relances import excel
from xl_relances.errors import BookBusyError, Finding, FindingsError
from xl_relances.excel import boundary, journal, macros, steps, turn
from xl_relances.excel.boundary import MacroError, Said

NAME = "Société Durand"


class com_error(Exception):  # noqa: N801, N818 - as pywin32 names it
    """What pywin32 raises."""

    def __init__(self, hresult: int) -> None:
        super().__init__(hresult, NAME, None, None)
        self.hresult = hresult


def failing(error: Exception) -> Callable[..., Said]:
    def step(*_: object, **__: object) -> Said:
        raise error

    return step


def clicked(desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception) -> str:
    """What a button says whose step fails so."""
    monkeypatch.setattr(steps, "prepare", failing(error))
    (said,) = desk.click("prepare")
    assert desk.bar == " ".join(said.prompt.split())[:240]
    return said.prompt


def test_an_error_that_nobody_foresaw(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, private_journal: Path
) -> None:
    """A sentence with the log's path; the log has the code's lines and nobody's name."""
    said = clicked(desk, monkeypatch, KeyError(NAME))
    assert said == (
        "Erreur imprévue (KeyError) : vérifiez vos feuilles avant d'enregistrer le classeur.\n"
        f"Si elle se répète, joignez le journal à votre demande d'aide : {private_journal}"
    )
    log = private_journal.read_text("utf-8")
    assert "prepare: KeyError [boundary.py:" in log
    assert "test_boundary.py" in log
    assert "Durand" not in log


def test_causes_are_logged_without_what_they_say() -> None:
    def outer() -> None:
        try:
            inner()
        except ValueError as error:
            raise RuntimeError(NAME) from error

    def inner() -> None:
        raise ValueError(NAME)

    with pytest.raises(RuntimeError) as raised:
        outer()
    found = journal.origin(raised.value)
    assert found.startswith("RuntimeError [test_boundary.py:")
    assert " <- ValueError [test_boundary.py:" in found
    assert "Durand" not in found


@pytest.mark.parametrize("code", [-2147418111, -2146777998])
def test_a_busy_excel(desk: Desk, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """A cell is being typed in, or a dialog is open."""
    said = clicked(desk, monkeypatch, com_error(code))
    assert said == "Excel est occupé : validez la cellule en cours, puis recommencez."


def test_a_busy_excel_behind_another_error() -> None:
    error = RuntimeError()
    error.__context__ = com_error(-2147418111)
    assert boundary.is_busy(error)
    assert not boundary.is_busy(com_error(-2147352567))
    assert boundary.is_busy(type("CommandError", (Exception,), {"errornumber": -1712})())


def test_a_file_that_is_open_elsewhere(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    error = PermissionError(13, "Permission denied", "C:\\lettres\\411.docx")
    assert clicked(desk, monkeypatch, error).startswith(
        "Fichier inaccessible : C:\\lettres\\411.docx. Fermez-le s'il est ouvert ailleurs"
    )


def test_many_findings_in_three_lines(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Finding(where="Clients", row=row, message="à corriger.") for row in range(5, 15)]
    assert clicked(desk, monkeypatch, FindingsError(found)).splitlines() == [
        "Clients, ligne 5 : à corriger.",
        "Clients, ligne 6 : à corriger.",
        "Et 8 autres : cliquez Contrôler pour la liste.",
    ]


def test_settings_of_excel_come_back_after_an_error(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No screen that stays frozen, no calculation that stays manual."""
    monkeypatch.setattr("xl_relances.run.preparing.refresh", failing(KeyError()))
    desk.click("prepare", "yes")
    app = desk.book.app
    assert app.screen_updating
    assert app.enable_events
    assert app.display_alerts
    assert app.calculation == "automatic"


def test_a_workbook_in_the_cloud(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder here is not found: what to do is said."""

    def nowhere(_: xw.Book) -> str:
        raise xw.XlwingsError("Couldn't find the local OneDrive folder")

    monkeypatch.setattr(xw.Book, "fullname", property(nowhere))
    (said,) = desk.click("open_folder")
    assert said.prompt == boundary.IN_THE_CLOUD


def test_no_workbook_at_all(private_journal: Path) -> None:
    """Without an Excel that answers the sentence goes to xlwings, which shows it."""
    with pytest.raises(MacroError, match="Le classeur n'a pas répondu"):
        macros.prepare()
    assert "prepare: no workbook: " in private_journal.read_text("utf-8")


def test_a_message_that_cannot_be_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xw.App, "alert", failing(com_error(-2147418111)))
    with pytest.raises(MacroError, match="Excel est occupé"):
        boundary.tell(desk.book, Said("Fait."))


def test_every_click_is_logged(desk: Desk, private_journal: Path) -> None:
    desk.click("show_all")
    desk.click("clear_preparation", "no")
    desk.click("undo")
    lines = private_journal.read_text("utf-8").splitlines()
    assert [line.split(" ", 3)[3].split(",")[0] for line in lines] == [
        "show_all: done", "clear_preparation: cancelled", "undo: RefusedError",
    ]  # fmt: skip


def test_the_log_rotates(private_journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_SIZE", 300)
    for number in range(30):
        assert journal.record(f"line {number}") == private_journal
    files = sorted(path.name for path in private_journal.parent.iterdir())
    assert files == ["journal.log", "journal.log.1", "journal.log.2", "journal.log.3"]


def test_a_log_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another folder takes it."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    path = journal.record("line")
    assert path == tmp_path / "temporary" / "xl-relances" / "journal.log"
    assert path.read_text("utf-8").endswith(" line\n")


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/xl-relances"),
        ("darwin", {"HOME": "/Users/a"}, "/Users/a/Library/Logs/xl-relances"),
        ("linux", {"HOME": "/home/a"}, "/home/a/.local/state/xl-relances"),
    ],
)
def test_the_users_own_data_folder(platform: str, environ: dict[str, str], expected: str) -> None:
    assert journal.folder(platform, environ) == Path(expected)


def test_one_command_at_a_time(desk: Desk) -> None:
    """A second click, from another process too, is refused in one sentence."""
    fullname = desk.book.fullname
    with turn.one_at_a_time(fullname):
        (said,) = desk.click("prepare")
        assert said.prompt == turn.BUSY
        code = (
            "import sys; from xl_relances.excel.turn import one_at_a_time\n"
            "with one_at_a_time(sys.argv[1]): pass"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, fullname], capture_output=True, text=True, check=False
        )
        assert BookBusyError.__name__ in done.stderr
    assert not turn.lock_files(fullname)[0].exists()
    assert desk.click("show_all") == []


def test_a_folder_that_cannot_be_written(tmp_path: Path, private_journal: Path) -> None:
    """The user's data folder holds the lock; with nowhere to write nothing is locked."""
    book = str(tmp_path / "missing" / "none" / "relances.xlsm")
    (tmp_path / "missing").touch()
    beside, elsewhere = turn.lock_files(book)
    with turn.one_at_a_time(book):
        assert elsewhere.exists()
    assert not beside.parent.exists()
    assert not elsewhere.exists()
    elsewhere.parent.rmdir()
    private_journal.parent.parent.rmdir()
    private_journal.parent.parent.touch()
    with turn.one_at_a_time(book):
        pass


def test_the_lock_of_a_workbook_in_the_cloud(private_journal: Path) -> None:
    """Beside an address there is nothing: the user's data folder holds it."""
    (place,) = turn.lock_files("https://firme.sharepoint.com/sites/relances.xlsm")
    assert place.parent == private_journal.parent
    with (
        turn.one_at_a_time("https://firme.sharepoint.com/sites/relances.xlsm"),
        pytest.raises(BookBusyError),
        turn.one_at_a_time("https://firme.sharepoint.com/sites/relances.xlsm"),
    ):
        pass


def test_other_excels_are_spared(monkeypatch: pytest.MonkeyPatch) -> None:
    """What xlwings would do as our process ends is taken back, on Windows."""
    ended: list[str] = []
    taken_back: list[object] = []
    cleanup = lambda: ended.append("every Excel without a window")  # noqa: E731
    monkeypatch.setattr(xw, "_xlwindows", SimpleNamespace(cleanup=cleanup), raising=False)
    monkeypatch.setattr(atexit, "unregister", taken_back.append)
    excel.spare_other_excels()
    assert taken_back == []
    monkeypatch.setattr(sys, "platform", "win32")
    excel.spare_other_excels()
    assert taken_back == [cleanup]


@pytest.mark.parametrize("module", ["macros", "udfs", "doctor"])
def test_other_excels_are_spared_as_soon_as_something_is_imported(module: str) -> None:
    """Python may live for the worksheet functions alone."""
    code = """
import atexit, sys, types
import xlwings
fake = types.ModuleType("xlwings._xlwindows")
fake.cleanup = lambda: print("every Excel was ended")
atexit.register(fake.cleanup)
xlwings._xlwindows = fake
sys.platform = "win32"
import xl_relances.excel
sys.platform = "linux"
import importlib
importlib.import_module("xl_relances.excel." + sys.argv[1])
"""
    done = subprocess.run(
        [sys.executable, "-c", code, module], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""


def test_no_key_of_xlwings_is_needed() -> None:
    assert xw.__pro__ is False


def test_a_click_imports_little() -> None:
    """What a button does not use is not loaded: least of all letters, Word and openpyxl."""
    code = """
import sys
import xlwings
before = set(sys.modules)
import xl_relances.excel.macros
print(*sorted(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {
        "copy", "dataclasses", "xl_relances", "xl_relances.errors", "xl_relances.excel",
        "xl_relances.excel.boundary", "xl_relances.excel.journal", "xl_relances.excel.macros",
        "xl_relances.excel.turn",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("views", ("docxtpl", "openpyxl", "rich", "typer", "xl_relances.imports")),
        ("decisions", ("docxtpl", "openpyxl", "rich", "typer", "xl_relances.imports")),
        ("steps", ("docxtpl", "openpyxl", "rich", "typer", "xl_relances.imports")),
        ("control", ("docxtpl", "openpyxl", "rich", "typer", "xl_relances.imports")),
        ("importing", ("docxtpl", "openpyxl", "rich", "typer", "xl_relances.imports")),
        ("folders", ("docxtpl", "openpyxl", "rich", "typer", "xl_relances.imports")),
    ],
)
def test_the_module_of_a_step_loads_no_library_before_it_is_used(
    module: str, heavy: tuple[str, ...]
) -> None:
    code = f"import sys, xl_relances.excel.{module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & set(heavy)
    assert not [name for name in loaded if name.startswith("xl_relances.headless")]


def test_nothing_of_excel_outlives_a_click() -> None:
    """No Book, App or Range at module level: Excel would not close. And never sys.exit."""
    for path in Path(excel.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        assert "sys.exit" not in path.read_text("utf-8")
        for node in tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                made = {
                    ast.unparse(call.func)
                    for call in ast.walk(node.value)
                    if isinstance(call, ast.Call)
                }
                assert not made & {"xw.Book", "xw.App", "xw.Book.caller", "Settings"}, path.name
