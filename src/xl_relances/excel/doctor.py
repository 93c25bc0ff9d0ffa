"""Doctor: what this machine and this workbook need for Excel, and what to do, line by line.

Nothing is changed. What only Excel can tell (a permission given in a dialog) is said
as a thing to look at, never guessed.

Source: excel specification, « What doctor checks ».
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import xlwings as xw

from xl_relances import __version__
from xl_relances.excel import workbook_file
from xl_relances.excel.workbook_file import WorkbookFile

_NAME_SIGNS = '=|%;"'
"""Signs of a file name that xlwings, cmd.exe or AppleScript read as something else."""

_MAC_SIGNS = '$`|"\\'
"""The same in the folder on a Mac, where a shell reads the path."""


@dataclass(frozen=True, slots=True)
class Line:
    """One check.

    Attributes:
        good: True is fine, False must be mended, None is for the reader to know.
        what: What was looked at.
        says: What was found.
        to_do: What to do; empty when fine.
    """

    good: bool | None
    what: str
    says: str
    to_do: str = ""

    def __str__(self) -> str:
        sign = {True: "✓", False: "✗", None: "·"}[self.good]
        line = f"{sign} {self.what} : {self.says}"
        return f"{line}\n    → {self.to_do}" if self.to_do else line


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The machine as doctor sees it; tests describe others.

    Attributes:
        platform: As ``sys.platform``.
        python: The interpreter that runs.
        home: The user's folder.
        environ: Environment variables.
        code_page: The ANSI code page of Windows, in which the DLL is told the interpreter.
    """

    platform: str = sys.platform
    python: str = sys.executable
    home: Path = field(default_factory=Path.home)
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    code_page: str = "mbcs" if sys.platform == "win32" else "cp1252"

    @property
    def windows(self) -> bool:
        """Whether it is Windows."""
        return self.platform == "win32"

    @property
    def mac(self) -> bool:
        """Whether it is a Mac."""
        return self.platform == "darwin"

    def path(self, text: str) -> PurePath:
        """A path as this machine writes it."""
        return PureWindowsPath(text) if self.windows else PurePosixPath(text)


def examine(book: Path | None, machine: Machine | None = None) -> list[Line]:
    """All checks of the machine, then those of the workbook when one is named."""
    machine = machine or Machine()
    lines = [*_versions(machine), *_machine(machine)]
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


def _versions(machine: Machine) -> Iterator[Line]:
    version = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    yield Line(True, "Python", f"{version}, {machine.python}")
    yield Line(True, "xl-relances", f"{__version__}, xlwings {xw.__version__}")


def _machine(machine: Machine) -> Iterator[Line]:
    if machine.windows:
        yield from _windows(machine)
    elif machine.mac:
        yield from _mac(machine)
    else:
        yield Line(None, "Excel", "n'existe pas sur ce système ; la ligne de commande suffit")
    yield _pdf(machine)


def _windows(machine: Machine) -> Iterator[Line]:
    if find_spec("win32com") is None:
        yield Line(False, "pywin32", "absent, Excel ne peut pas être piloté",
                   "pip install --force-reinstall xl-relances")  # fmt: skip
    yield _dll(machine.python)
    yield Line(
        None, "Defender", "une règle peut empêcher Excel de démarrer Python",
        "Si rien ne se passe au clic : l'informatique autorise « Bloquer la création de processus "
        "enfants par Office » (D4F940AB-401B-4EFC-AADC-AD5F3C50688A) pour Excel.",
    )  # fmt: skip


def _dll(python: str) -> Line:
    """The DLL that the VBA loads lies beside the interpreter, or a folder above in a venv."""
    dll = f"xlwings64-{xw.__version__}.dll"
    folder = Path(python).parent
    if any((place / dll).is_file() for place in (folder, folder.parent)):
        return Line(True, "DLL de xlwings", dll)
    return Line(False, "DLL de xlwings", f"{dll} absente de {folder}",
                f"{python} -m pip install --force-reinstall xlwings=={xw.__version__}")  # fmt: skip


def _mac(machine: Machine) -> Iterator[Line]:
    script = f"xlwings-{xw.__version__}.applescript"
    place = machine.home / "Library" / "Application Scripts" / "com.microsoft.Excel" / script
    if place.is_file():
        yield Line(True, "AppleScript", script)
    else:
        yield Line(False, "AppleScript", f"{script} absent",
                   "Dans Terminal, une fois : xlwings runpython install")  # fmt: skip
    yield Line(
        None, "Automatisation", "Excel demande au premier clic s'il peut être piloté",
        "Acceptez ; sinon : Réglages Système, Confidentialité et sécurité, Automatisation.",
    )  # fmt: skip


def _pdf(machine: Machine) -> Line:
    found = _libreoffice(machine) or _word(machine)
    if found:
        return Line(True, "PDF", found)
    return Line(
        None, "PDF", "LibreOffice absent" if machine.mac else "ni LibreOffice ni Word",
        "Les lettres se font en Word quand même ; pour des PDF, installez LibreOffice.",
    )  # fmt: skip


def _word(machine: Machine) -> str:
    if sys.platform == "win32" and machine.windows:
        import winreg  # noqa: PLC0415 - Windows only

        try:
            winreg.CloseKey(winreg.OpenKey(winreg.HKEY_CLASSES_ROOT, "Word.Application"))
        except OSError:
            return ""
        return "Word"
    return ""


def _libreoffice(machine: Machine) -> str:
    folders = [machine.environ.get(name, "") for name in ("PROGRAMFILES", "PROGRAMFILES(X86)")]
    places = [
        Path("/Applications/LibreOffice.app"),
        *(Path(folder, "LibreOffice", "program", "soffice.exe") for folder in folders if folder),
    ]
    on_path = shutil.which("soffice", path=machine.environ.get("PATH"))
    return "LibreOffice" if on_path or any(place.exists() for place in places) else ""


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
            yield _dll(named)
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
