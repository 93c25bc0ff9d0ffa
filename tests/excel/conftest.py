"""Companies in folders of their own, open on the file engine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from excel.clicking import Desk, open_desk
from excel.company import lay
from xl_relances.excel import folders, journal, macros


@pytest.fixture(autouse=True)
def private_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The log of this test alone."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "state"))
    return journal.folder() / journal.FILE


@pytest.fixture(scope="session")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company of three customers and two look-alikes, not yet prepared."""
    return lay(tmp_path_factory.mktemp("laid"))


@pytest.fixture(scope="session")
def prepared(laid: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, prepared."""
    folder = tmp_path_factory.mktemp("prepared") / "x"
    shutil.copytree(laid.parent, folder)
    for desk in open_desk(folder / laid.name):
        macros.prepare()
        desk.book.save()
    return folder / laid.name


@pytest.fixture
def desk(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A prepared workbook."""
    yield from _copied(prepared, tmp_path, monkeypatch)


@pytest.fixture
def fresh_desk(laid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A workbook not yet prepared."""
    yield from _copied(laid, tmp_path, monkeypatch)


def _copied(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    folder = tmp_path / "Compta d'été & co"
    shutil.copytree(path.parent, folder)
    for desk in open_desk(folder / path.name):
        monkeypatch.setattr(folders, "show", desk.opened.append)
        yield desk
