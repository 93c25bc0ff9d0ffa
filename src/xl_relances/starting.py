"""A new workbook beside its Word templates, ready to open."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from xl_relances import headless
from xl_relances.book import layout
from xl_relances.errors import RefusedError
from xl_relances.shipped import shipped

NOTICE = """\
Ce que l'informatique doit parfois autoriser :
- Macros : ce classeur vient d'être fait ici, Office ne le bloque pas. Envoyé par message ou
  téléchargé, il le serait : Propriétés, « Débloquer », ou un emplacement approuvé.
- Windows : la règle de Defender « Bloquer la création de processus enfants par Office »
  (D4F940AB-401B-4EFC-AADC-AD5F3C50688A) empêche Excel de démarrer Python.
- Mac : une fois, dans Terminal : xlwings runpython install ; puis accepter qu'Excel soit piloté.
Sans rien de cela, la ligne de commande xl-relances fait les mêmes choses.
Ensuite : xl-relances doctor CLASSEUR dit ce qui manque, ligne par ligne."""
"""Printed by ``xl-relances new``; nothing is unblocked by us."""

BOOK = "relances.xlsm"
TEMPLATES = "word_templates"


def start(folder: Path) -> list[Path]:
    """Put the workbook and the templates into ``folder``; nothing there is overwritten.

    The workbook gets the path of this very Python, so that the ribbon finds it.

    Raises:
        RefusedError: A workbook of that name is there already.
    """
    book, templates = folder / BOOK, folder / TEMPLATES
    if book.exists():
        raise RefusedError(f"{book} existe déjà : choisissez un autre dossier. Rien n'a été écrit.")
    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(shipped(TEMPLATES).rglob("*.docx")):
        target = templates / source.relative_to(shipped(TEMPLATES))
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    waiting = book.with_name(f".{BOOK}")  # the workbook last and whole: cut off, begin again
    shutil.copyfile(shipped(BOOK), waiting)
    _name_interpreter(waiting)
    waiting.replace(book)
    return [book, templates]


def _name_interpreter(path: Path) -> None:
    """The Python of this installation in ``xlwings.conf``, as text."""
    key = "INTERPRETER_WIN" if sys.platform == "win32" else "INTERPRETER_MAC"
    with headless.open_book(path) as book:
        sheet = book.sheets[layout.XLWINGS_CONF]
        keys = [row[0] for row in sheet["A1:B40"].value]
        if key in keys:
            sheet.range((keys.index(key) + 1, 2)).value = sys.executable
        else:
            row = next(number for number, value in enumerate(keys, 1) if value is None)
            sheet.range((row, 1), (row, 2)).number_format = "@"
            sheet.range((row, 1), (row, 2)).value = [key, sys.executable]
        book.save()
    path.with_name(f"{path.name}.bak").unlink(missing_ok=True)
