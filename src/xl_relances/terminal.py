"""The terminal: how a command opens its workbook, asks its questions and says what went wrong.

One of the two error boundaries: whatever goes wrong is one French sentence on
standard error.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from xl_relances import french
from xl_relances.errors import CancelledError, Finding, FindingsError, RelancesError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class _Console(Console):
    """A console that takes what it prints for text: names in a ledger hold brackets too."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Every string of a print and of a table passes here."""
        return super().render_str(shown(text), **options)


def console() -> Console:
    """Standard output; 100 columns where it is no terminal."""
    width = None if sys.stdout.isatty() else 100
    return _Console(highlight=False, markup=False, emoji=False, width=width)


def shown(text: object) -> str:
    """``text`` with control signs as U+FFFD: no name in a ledger steers the terminal."""
    return _CONTROL.sub("\ufffd", str(text))


def tell(text: object) -> None:
    """One or more lines on standard output."""
    print(shown(text))


@contextmanager
def boundary() -> Iterator[None]:
    """Every error as French sentences on standard error, and exit 1."""
    from xl_relances import headless  # noqa: PLC0415 - each command imports what it uses
    from xl_relances.excel import spare_other_excels  # noqa: PLC0415

    spare_other_excels()
    try:
        yield
    except FindingsError as error:
        say(error.findings)
        raise typer.Exit(1) from None
    except RelancesError as error:
        _fail(str(error))
    except headless.HeadlessError as error:
        _fail(_engine_sentence(error))
    except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):  # typer knows them
        raise
    except OSError as error:
        where = f"{error.filename} : " if error.filename else ""
        _fail(f"{where}{french.refusal(error)}. Vérifiez le disque et vos droits, recommencez.")
    except Exception as error:  # noqa: BLE001 - the boundary: nobody reads a traceback
        from xl_relances.excel import journal  # noqa: PLC0415

        place = journal.record(f"command: {journal.origin(error)}")
        _fail(
            f"Erreur imprévue ({type(error).__name__} : {error}). Détails pour l'assistance : "
            f"{place}"
        )


def _fail(sentence: str) -> NoReturn:
    print(shown(sentence), file=sys.stderr)
    raise typer.Exit(1)


def say(findings: Sequence[Finding]) -> None:
    """Findings, one a line, on standard error."""
    for finding in findings:
        print(shown(" ".join(str(finding).splitlines())), file=sys.stderr)


def _engine_sentence(error: Exception) -> str:
    from xl_relances import headless  # noqa: PLC0415

    name = Path(getattr(error, "path", "")).name
    match error:
        case headless.NotAWorkbookError():
            return f"{name} : {_NOT_A_WORKBOOK[error.reason]}"
        case headless.WorkbookBusyError():
            return f"{name} : {_BUSY[error.reason]}"
        case headless.ProtectedSheetError():
            return f"{name} : la feuille « {error.sheet} » est protégée. Rien n'a été écrit."
        case headless.FilteredRangeError():
            return f"{name} : un filtre est actif sur « {error.sheet} ». Effacez-le."
        case headless.UnwritableError():
            return f"{name} : {_UNWRITABLE[error.reason]} Le fichier d'avant est intact."
        case _:
            return f"{name} : {error}"


_NOT_A_WORKBOOK = {
    "missing": "fichier introuvable.",
    "not-a-zip": "ce n'est pas un classeur .xlsm (page HTML ou texte sous ce nom ?).",
    "xls": "ancien format .xls : enregistrez-le en .xlsm dans Excel.",
    "encrypted": "protégé par un mot de passe : ôtez-le dans Excel (Fichier, Informations).",
    "not-a-workbook": "ce fichier n'est pas un classeur Excel.",
    "damaged": "classeur abîmé ; la version d'avant est à côté, en .bak.",
    "too-large": "classeur d'une taille démesurée, refusé.",
    "dtd": "classeur au contenu suspect (entités XML), refusé.",
}
_BUSY = {
    "excel": "ouvert dans Excel. Fermez-le, puis recommencez.",
    "libreoffice": "ouvert dans LibreOffice. Fermez-le, puis recommencez.",
    "locked": "une autre commande y travaille. Attendez qu'elle finisse.",
    "changed": "enregistré par quelqu'un d'autre entre-temps. Recommencez.",
}
_UNWRITABLE = {
    "read-only": "le fichier ou son dossier est en lecture seule.",
    "disk-full": "le disque est plein.",
    "not-verified": "ce qui a été écrit ne se relit pas.",
    "failed": "écriture impossible.",
}


_CUT = "la commande précédente a été coupée (machine éteinte, programme tué) "
_INTERRUPTED = {
    "before": _CUT + "avant d'enregistrer le classeur : il est resté comme avant elle.",
    "after": _CUT + "après avoir enregistré le classeur : ce qu'elle y a fait est fait, la "
    "version d'avant est dans {name}.bak.",
    "changed": _CUT + "et le classeur a été enregistré depuis : voyez dans Accueil où il en est.",
}


@contextmanager
def open_book(path: Path, *, yes: bool = False, read_only: bool = False) -> Iterator[Any]:
    """A workbook on the file engine; questions go to the terminal, or are answered yes."""
    from xl_relances import headless  # noqa: PLC0415

    headless.register()
    headless.engine.answer = _ask(yes=yes)
    book = headless.open_book(path, read_only=read_only)
    try:
        if not read_only:
            headless.check_writable(book)
            found = headless.interruption(book)
            if found is not None:
                sentence = _INTERRUPTED[found].format(name=path.name)
                print(f"{path.name} : {sentence}", file=sys.stderr)
        yield book
    finally:
        book.close()


def _ask(*, yes: bool) -> Callable[[str, str | None, str, str | None], str]:
    def answer(prompt: str, _title: str | None, buttons: str, _mode: str | None) -> str:
        if buttons == "yes_no_cancel":  # a fact that only a person knows: --yes does not say it
            return _fact(prompt) if sys.stdin.isatty() and not yes else "cancel"
        if yes:
            return "yes"
        if not sys.stdin.isatty():
            raise CancelledError(f"{prompt} Ajoutez --yes pour accepter. Rien n'a été fait.")
        return "yes" if typer.confirm(shown(prompt)) else "no"

    return answer


def _fact(question: str) -> str:
    answers = {"o": "yes", "oui": "yes", "n": "no", "non": "no"}
    answer = typer.prompt(f"{shown(question)} [oui/non/annuler]")
    return answers.get(answer.strip().lower(), "cancel")
