"""A fresh workbook to import into, and files to import."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from xl_relances import headless
from xl_relances.run.importing import ImportResult, import_files
from xl_relances.shipped import shipped


@pytest.fixture
def book(tmp_path: Path) -> Iterator[xw.Book]:
    """The shipped workbook, open on the file engine; questions are answered yes."""
    path = tmp_path / "relances.xlsm"
    shutil.copy(shipped("relances.xlsm"), path)
    headless.register()
    headless.engine.answer = lambda *_: "yes"
    opened = headless.open_book(path)
    yield opened
    opened.close()


@pytest.fixture
def imported(book: xw.Book, tmp_path: Path) -> Callable[..., ImportResult]:
    """Import contents (name to text or bytes) into the book."""

    def run(
        *, answers: Any = None, encoding: str = "utf-8", **contents: str | bytes
    ) -> ImportResult:
        paths = []
        for name, content in contents.items():
            path = tmp_path / name.replace("__", ".")
            path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
            paths.append(path)
        return import_files(book, paths, answers=answers)

    return run
