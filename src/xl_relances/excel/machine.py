"""The machine that Excel runs Python on: what it has, line by line.

Source: excel specification, « What doctor checks ».
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import xlwings as xw

from xl_relances import __version__


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


def machine_lines(machine: Machine) -> Iterator[Line]:
    """Python and xlwings, then what Excel and PDFs need here."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    yield Line(True, "Python", f"{version}, {machine.python}")
    yield Line(True, "xl-relances", f"{__version__}, xlwings {xw.__version__}")
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
    yield dll_line(machine.python)
    yield Line(
        None, "Defender", "une règle peut empêcher Excel de démarrer Python",
        "Si rien ne se passe au clic : l'informatique autorise « Bloquer la création de processus "
        "enfants par Office » (D4F940AB-401B-4EFC-AADC-AD5F3C50688A) pour Excel.",
    )  # fmt: skip


def dll_line(python: str) -> Line:
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
