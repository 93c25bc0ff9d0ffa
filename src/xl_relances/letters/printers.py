"""Who makes PDFs of Word files: LibreOffice, else Word on Windows.

Neither is taken at its word: :mod:`xl_relances.letters.printing` verifies each PDF.
Everything said to Word stands in this file.
"""

from __future__ import annotations

import contextlib
import importlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from xl_relances import french
from xl_relances.errors import LetterError

_SECONDS_FOR_A_START, _SECONDS_FOR_A_LETTER = 90, 6
"""Time limits, many times what was measured (1.5 s and 0.14 s)."""

_FILTER = (
    'pdf:writer_pdf_Export:{"UseLosslessCompression":{"type":"boolean","value":"true"},'
    '"ReduceImageResolution":{"type":"boolean","value":"false"}}'
)
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)
_AS_PDF, _FOR_PRINT, _NO_ALERTS, _NO_MACROS, _UNSAVED = 17, 0, 0, 3, 0
"""wdExportFormatPDF, wdExportOptimizeForPrint, wdAlertsNone, msoAutomationSecurityForceDisable,
wdDoNotSaveChanges."""


class Printer(Protocol):
    """A program that makes PDFs."""

    @property
    def name(self) -> str:
        """What users know it by."""

    def convert(self, sources: Sequence[Path], place: Path) -> dict[Path, str]:
        """Write ``<place>/pdf/<stem>.pdf`` for each Word file, which is ours and closed.

        Args:
            sources: The files, at most as many as one start of the program can do.
            place: An empty folder of our own; what else the program needs goes there too.

        Returns:
            What went wrong, as French clauses, for the files of which that is known.
        """


@dataclass(frozen=True, slots=True)
class LibreOffice:
    """LibreOffice, started once for all files, on a profile of its own.

    It exits 0 although files failed, and does nothing when another one runs on the same
    profile.
    """

    program: Path
    name: str = "LibreOffice"

    def convert(self, sources: Sequence[Path], place: Path) -> dict[Path, str]:
        """One problem for all: it does not say which file it failed on."""
        limit = _SECONDS_FOR_A_START + _SECONDS_FOR_A_LETTER * len(sources)
        command = [
            str(self.program), f"-env:UserInstallation={(place / 'profile').as_uri()}",
            "--headless", "--norestore", "--nolockcheck", "--convert-to", _FILTER,
            "--outdir", str(place / "pdf"), *map(str, sources),
        ]  # fmt: skip
        hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0) if sys.platform == "win32" else 0
        problem = ""
        try:
            done = subprocess.run(  # noqa: S603 - no shell; our own temporary names only
                command, capture_output=True, timeout=limit, check=False, creationflags=hidden
            )
        except subprocess.TimeoutExpired:
            problem = f"LibreOffice n'a pas fini en {french.count(limit, 'seconde')}"
        except OSError as error:
            problem = f"LibreOffice ne démarre pas ({error.strerror})"
        else:
            if done.returncode:
                problem = f"LibreOffice s'est arrêté (code {done.returncode})"
        return dict.fromkeys(sources, problem) if problem else {}


@dataclass(frozen=True, slots=True)
class Word:
    """Word on Windows, one of our own: the documents that the user has open are not in it.

    Attributes:
        start: Gives a new ``Word.Application``.
        error: What its calls raise.
    """

    start: Callable[[], Any]
    error: type[Exception]
    name: str = "Word"

    def convert(self, sources: Sequence[Path], place: Path) -> dict[Path, str]:
        """Each file opened to be read and exported; one that fails stops no other."""
        (place / "pdf").mkdir()
        problems: dict[Path, str] = {}
        try:
            application = self.start()
        except self.error as error:
            return dict.fromkeys(sources, f"Word ne démarre pas ({error})")
        try:
            application.Visible = False
            application.DisplayAlerts = _NO_ALERTS
            application.AutomationSecurity = _NO_MACROS
            for source in sources:
                try:
                    _export(application, source, place / "pdf" / f"{source.stem}.pdf")
                except self.error as error:
                    problems[source] = f"Word : {error}"
        except self.error as error:
            return dict.fromkeys(sources, f"Word : {error}")
        finally:
            with contextlib.suppress(self.error):
                application.Quit(SaveChanges=_UNSAVED)
        return problems


def _export(application: Any, source: Path, target: Path) -> None:
    document = application.Documents.Open(
        FileName=str(source), ConfirmConversions=False, ReadOnly=True, AddToRecentFiles=False
    )
    try:
        document.ExportAsFixedFormat(
            OutputFileName=str(target),
            ExportFormat=_AS_PDF,
            OpenAfterExport=False,
            OptimizeFor=_FOR_PRINT,
        )
    finally:
        document.Close(SaveChanges=_UNSAVED)


def find_printer() -> Printer:
    """LibreOffice where it is installed, else Word on Windows.

    Raises:
        LetterError: Neither is there.
    """
    program = find_soffice()
    if program is not None:
        return LibreOffice(program)
    word = find_word()
    if word is None:
        raise LetterError("PDF : ni LibreOffice ni Word (sous Windows) n'est installé sur ce poste")
    return word


def find_soffice() -> Path | None:
    """LibreOffice's program, or None where it is not installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return Path(found) if found else next((Path(p) for p in _PLACES if Path(p).exists()), None)


def find_word() -> Word | None:
    """Word, not started yet; None on another system or where there is none."""
    if sys.platform != "win32":
        return None
    import winreg  # noqa: PLC0415 - Windows only

    try:
        client = importlib.import_module("win32com.client")
        error: type[Exception] = importlib.import_module("pywintypes").com_error
        winreg.CloseKey(winreg.OpenKey(winreg.HKEY_CLASSES_ROOT, "Word.Application"))
    except (ImportError, OSError):
        return None
    return Word(lambda: client.DispatchEx("Word.Application"), error)
