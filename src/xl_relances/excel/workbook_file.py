"""What doctor reads in a workbook's file: ribbon, VBA version, xlwings.conf, two settings."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import python_calamine

from xl_relances import headless
from xl_relances.book import layout
from xl_relances.book.settings import Settings
from xl_relances.compound_file import MalformedProjectError
from xl_relances.errors import FindingsError
from xl_relances.workbook.macro_parts import RIBBON, VBA_PROJECT
from xl_relances.workbook.vba_project import VbaProject

_VERSION = re.compile(r'^Public Const XLWINGS_VERSION As String = "([\d.]+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookFile:
    """A workbook as it lies on the disk.

    Attributes:
        problem: Why it cannot be read; then nothing else is known.
        has_ribbon: Whether our tab is in it and related to.
        vba_version: The version of its xlwings module; None without one.
        conf: Key and value of each row of xlwings.conf, as the cells hold them.
        letters_folder: « Dossier des lettres ».
        templates_folder: « Dossier des modèles ».
    """

    problem: str = ""
    has_ribbon: bool = False
    vba_version: str | None = None
    conf: list[tuple[Any, Any]] = field(default_factory=list)
    letters_folder: str = ""
    templates_folder: str = ""

    def conf_texts(self) -> dict[str, str]:
        """The settings of xlwings, keys in capitals; the first of doubles."""
        texts: dict[str, str] = {}
        for key, value in self.conf:
            if key is not None:
                texts.setdefault(str(key).upper(), "" if value is None else str(value))
        return texts

    def conf_problems(self) -> Iterator[str]:
        """What stops xlwings in its settings: no text, no value, a gap, a key twice."""
        if not self.conf:
            yield "absente ou vide"
        for number, (key, value) in enumerate(self.conf, 1):
            if key is None or key == "":
                yield f"ligne {number} vide : xlwings s'arrête là"
            elif value is None or value == "":
                yield f"{key} sans valeur : il cache le réglage de l'utilisateur"
            elif not isinstance(value, str) or not isinstance(key, str):
                yield f"{key} n'est pas un texte : un Excel français lirait autre chose"
        keys = Counter(str(key).upper() for key, _ in self.conf if key)
        yield from (f"{key} deux fois" for key, times in keys.items() if times > 1)


def read(path: Path) -> WorkbookFile:
    """Read it, however it is; nothing is locked or changed."""
    try:
        content = path.read_bytes()
        with zipfile.ZipFile(BytesIO(content)) as package:
            names = set(package.namelist())
            related = package.read("_rels/.rels").decode("utf-8", "replace")
            project = package.read(VBA_PROJECT) if VBA_PROJECT in names else None
    except (
        OSError, KeyError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error
    ) as error:  # fmt: skip
        return WorkbookFile(problem=f"le fichier ne se lit pas ({type(error).__name__})")
    try:
        conf = _conf(content)
        letters, templates = _folders(path)
    except (headless.HeadlessError, python_calamine.CalamineError, FindingsError) as error:
        return WorkbookFile(problem=f"le fichier ne se lit pas ({type(error).__name__})")
    return WorkbookFile(
        has_ribbon=RIBBON in names and RIBBON in related,
        vba_version=_vba_version(project),
        conf=conf,
        letters_folder=letters,
        templates_folder=templates,
    )


def _conf(content: bytes) -> list[tuple[Any, Any]]:
    """Rows down to the last that holds anything, cells as they are typed."""
    book = python_calamine.CalamineWorkbook.from_object(BytesIO(content))
    if layout.XLWINGS_CONF not in book.sheet_names:
        return []
    rows = [
        tuple((None if cell == "" else cell) for cell in (*row, "", "")[:2])
        for row in book.get_sheet_by_name(layout.XLWINGS_CONF).to_python(skip_empty_area=False)
    ]
    while rows and rows[-1] == (None, None):
        rows.pop()
    return [(key, value) for key, value in rows]


def _folders(path: Path) -> tuple[str, str]:
    with headless.open_book(path, read_only=True) as book:
        settings = Settings(book)
        return settings.text("dossier_lettres"), settings.text("dossier_modeles")


def _vba_version(project: bytes | None) -> str | None:
    if project is None:
        return None
    try:
        module = VbaProject.from_bytes(project).module("xlwings")
    except (MalformedProjectError, KeyError, ValueError):
        return None
    found = _VERSION.search(module.source)
    return found[1] if found else None
