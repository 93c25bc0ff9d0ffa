"""Buttons that open something beside Excel: the letters, the templates, the guide."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import xlwings as xw

import xl_relances
from xl_relances.book import layout
from xl_relances.book.settings import Settings
from xl_relances.errors import RefusedError
from xl_relances.excel.boundary import Said
from xl_relances.shipped import shipped

GUIDES = ("guide/index.html", "docs/index.md")
"""As an installed package has it; in a checkout, as it is written."""


def open_folder(book: xw.Book) -> Said:
    """Show the letters of the present campaign, or of all while it has none."""
    settings = Settings(book)
    letters = _home(book) / (settings.text("dossier_lettres") or "Relances")
    campaign = settings.text("preparation_campagne")
    folder = letters / campaign if campaign and (letters / campaign).is_dir() else letters
    if not folder.is_dir():
        raise RefusedError(f"Pas encore de lettres : Éditer les mettra dans {folder}.")
    return _opened(folder)


def open_templates(book: xw.Book) -> Said:
    """Show the folder of the Word templates."""
    folder = _home(book) / (Settings(book).text("dossier_modeles") or "word_templates")
    if not folder.is_dir():
        raise RefusedError(
            f"Pas de modèles dans {folder} : copiez-y ceux d'un classeur neuf (xl-relances new)."
        )
    return _opened(folder)


def open_guide(book: xw.Book) -> Said:
    """Open the guide; without it, the sheet that says what each button does."""
    for name in GUIDES:
        try:
            return _opened(shipped(name))
        except FileNotFoundError:
            continue
    book.sheets[layout.ACCUEIL].activate()
    return Said("Accueil dit les cinq étapes et ce que fait chaque bouton.", box=False)


def restart_python(_: xw.Book) -> Said:
    """Say which Python runs now; the old one was stopped by the button."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    return Said(
        f"Python {version} a redémarré : xl-relances {xl_relances.__version__}, "
        f"xlwings {xw.__version__}.\n{sys.executable}"
    )


def _home(book: xw.Book) -> Path:
    return Path(book.fullname).parent


def _opened(path: Path) -> Said:
    try:
        show(path)
    except OSError:
        return Said(f"Ouvrez vous-même : {path}")
    return Said(f"Ouvert : {path}", box=False)


def show(path: Path) -> None:
    """Open a file or folder as a double-click would.

    Raises:
        OSError: The system has nothing to open it with.
    """
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - a folder or file of ours
    else:
        program = "open" if sys.platform == "darwin" else "xdg-open"
        subprocess.run([program, path], check=False, capture_output=True, timeout=20)  # noqa: S603
