"""Doctor: what this machine and this workbook need for Excel, and what to do, line by line.

Nothing is changed. What only Excel can tell (a permission given in a dialog) is said
as a thing to look at, never guessed.

Source: excel specification, « What doctor checks ».
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import xlwings as xw

from xl_relances import __version__
from xl_relances.excel import workbook_file
from xl_relances.excel.machine import Line, Machine, dll_line, machine_lines
from xl_relances.excel.workbook_file import WorkbookFile

_NAME_SIGNS = '=|%;"'
"""Signs of a file name that xlwings, cmd.exe or AppleScript read as something else."""

_MAC_SIGNS = '$`|"\\'
"""The same in the folder on a Mac, where a shell reads the path."""


def examine(book: Path | None, machine: Machine | None = None) -> list[Line]:
    """All checks of the machine, then those of the workbook when one is named."""
    machine = machine or Machine()
    lines = [*machine_lines(machine)]
    if book is None:
        lines.append(Line(None, "Classeur", "aucun nommé",
                          "xl-relances doctor CLASSEUR contrôle aussi le vôtre."))  # fmt: skip
        return lines
    named = _name_line(book, machine)
    if "://" in str(book) or not book.is_file():
        return [*lines, *named]
    content = workbook_file.read(book)
    return [
        *lines,
        *named,
        *_content(content),
        *_conf(content, machine),
        *_interpreter(content.conf_texts(), machine),
        *_folders(book, content),
        _mark_of_the_web(book, machine),
    ]


def _name_line(book: Path, machine: Machine) -> Iterator[Line]:
    text = str(book)
    if "://" in text or text.startswith(("https:", "http:")):
        yield Line(False, "Classeur", "une adresse de SharePoint ou OneDrive",
                   "Synchronisez le dossier, ou enregistrez une copie locale.")  # fmt: skip
        return
    if not book.is_file():
        yield Line(False, "Classeur", f"{book} introuvable",
                   "Vérifiez le chemin ; xl-relances new DOSSIER en fait un neuf.")  # fmt: skip
        return
    bad = sorted(set(book.name) & set(_NAME_SIGNS))
    if bad:
        yield Line(False, "Nom du classeur", f"{book.name} contient {' '.join(bad)}",
                   "Renommez-le sans ces signes.")  # fmt: skip
    else:
        yield Line(True, "Classeur", str(book))
    folder = str(book.resolve().parent)
    bad = sorted(set(folder) & set(_MAC_SIGNS)) if machine.mac else []
    if bad:
        yield Line(False, "Dossier du classeur", f"{folder} contient {' '.join(bad)}",
                   "Renommez le dossier sans ces signes.")  # fmt: skip
    roots = {
        machine.environ[name]
        for name in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
        if machine.environ.get(name)
    }
    if any(Path(folder).is_relative_to(root) for root in roots):
        yield Line(
            None, "OneDrive", "le classeur est dans un dossier synchronisé",
            "Si un bouton dit que le classeur n'a pas répondu : désactivez l'enregistrement "
            "automatique, ou déplacez le classeur.",
        )  # fmt: skip


def _content(content: WorkbookFile) -> Iterator[Line]:
    again = "Reprenez un classeur neuf (xl-relances new) et copiez-y vos feuilles."
    if content.problem:
        yield Line(False, "Contenu", content.problem, "Reprenez la sauvegarde .bak à côté.")
        return
    if content.has_ribbon:
        yield Line(True, "Ruban", "l'onglet Relances est dans le fichier")
    else:
        yield Line(False, "Ruban", "absent : un autre programme qu'Excel a enregistré ce fichier",
                   again)  # fmt: skip
    if content.vba_version is None:
        yield Line(False, "Macros", "le module xlwings manque", again)
    elif content.vba_version != xw.__version__:
        yield Line(
            False, "Macros", f"xlwings {content.vba_version} dans le classeur, {xw.__version__} "
            "dans Python", f"pip install xlwings=={content.vba_version}, ou {again.lower()}",
        )  # fmt: skip
    else:
        yield Line(True, "Macros", f"xlwings {content.vba_version}, comme Python")


def _conf(content: WorkbookFile, machine: Machine) -> Iterator[Line]:
    if content.problem:
        return
    found = list(content.conf_problems())
    for problem in found:
        yield Line(False, "Feuille xlwings.conf", problem,
                   "Affichez la feuille et corrigez-la : deux colonnes de texte.")  # fmt: skip
    texts = content.conf_texts()
    wanted = {"ADD_WORKBOOK_TO_PYTHONPATH": "false", "SHOW CONSOLE": "false"}
    if machine.windows:
        wanted["USE UDF SERVER"] = "true"
    for key, value in wanted.items():
        if texts.get(key, "").lower() != value:
            yield Line(False, "Feuille xlwings.conf", f"{key} n'est pas {value.capitalize()}",
                       f"Écrivez {value.capitalize()} en texte à côté de {key}.")  # fmt: skip
            found.append(key)
    if not found:
        yield Line(True, "Feuille xlwings.conf", "en ordre")


def _interpreter(conf: Mapping[str, str], machine: Machine) -> Iterator[Line]:
    if not (machine.windows or machine.mac):
        return
    key = "INTERPRETER_WIN" if machine.windows else "INTERPRETER_MAC"
    named = conf.get(key, "")
    mend = f"Écrivez {machine.python} à côté de {key}, en texte, dans la feuille xlwings.conf."
    if not named:
        yield Line(False, "Python du classeur", f"{key} manque", mend)
        return
    where = machine.path(named)
    if not where.is_absolute():
        yield Line(False, "Python du classeur", f"{named} n'est pas un chemin complet", mend)
    elif "WindowsApps" in where.parts:
        yield Line(
            False, "Python du classeur", "il vient du Microsoft Store, où les fonctions échouent",
            "Installez Python de python.org, puis pip install xl-relances et xl-relances new.",
        )  # fmt: skip
    elif machine.windows and not _encodable(named, machine.code_page):
        yield Line(
            False, "Python du classeur", f"{named} : des lettres hors de la page de codes",
            "Installez Python dans un dossier sans accents rares, comme C:\\Python.",
        )  # fmt: skip
    elif not Path(named).is_file():
        yield Line(False, "Python du classeur", f"{named} n'existe pas", mend)
    else:
        yield from _its_packages(named, machine)


def _encodable(text: str, code_page: str) -> bool:
    try:
        text.encode(code_page)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _its_packages(named: str, machine: Machine) -> Iterator[Line]:
    """Whether the workbook's Python has what the buttons import, in the same versions."""
    if machine.path(named) == machine.path(machine.python):
        yield Line(True, "Python du classeur", named)
        return
    code = "import xlwings, xl_relances; print(xlwings.__version__, xl_relances.__version__)"
    try:
        done = subprocess.run(  # noqa: S603 - the user's own Python
            [named, "-c", code], capture_output=True, text=True, timeout=60, check=False
        )
        says = done.stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        says = []
    if says == [xw.__version__, __version__]:
        yield Line(True, "Python du classeur", named)
        if machine.windows:
            yield dll_line(named)
    else:
        has = " et ".join(says) or "ni xlwings ni xl-relances"
        yield Line(False, "Python du classeur", f"{named} a {has}",
                   f"{named} -m pip install xl-relances=={__version__}")  # fmt: skip


def _folders(book: Path, content: WorkbookFile) -> Iterator[Line]:
    home = book.resolve().parent
    letters = home / (content.letters_folder or "Relances")
    existing = next(place for place in (letters, *letters.parents) if place.is_dir())
    if os.access(existing, os.W_OK):
        yield Line(True, "Dossier des lettres", str(letters))
    else:
        yield Line(
            False, "Dossier des lettres", f"{existing} ne peut être écrit",
            "Changez « Dossier des lettres » dans Paramètres, ou demandez le droit.",
        )  # fmt: skip
    templates = home / (content.templates_folder or "word_templates")
    if any(templates.rglob("*.docx")):
        yield Line(True, "Modèles Word", str(templates))
    else:
        yield Line(False, "Modèles Word", f"aucun dans {templates}",
                   "Copiez-y word_templates d'un classeur neuf (xl-relances new).")  # fmt: skip


def _mark_of_the_web(book: Path, machine: Machine) -> Line:
    if machine.windows:
        mark = Path(f"{book}:Zone.Identifier")
        if mark.exists():
            return Line(
                False, "Blocage des macros", "le fichier vient d'internet ou d'un message",
                "Clic droit sur le fichier, Propriétés, « Débloquer » ; ou faites-en un neuf "
                "(xl-relances new) ; ou un emplacement approuvé.",
            )  # fmt: skip
        return Line(True, "Blocage des macros", "le fichier n'a pas la marque d'internet")
    return Line(None, "Macros", "Excel demande à l'ouverture",
                "Cliquez « Activer les macros » (« Activer le contenu »).")  # fmt: skip
