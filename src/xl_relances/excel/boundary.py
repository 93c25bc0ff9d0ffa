"""The error boundary of the buttons: whatever goes wrong is one French sentence in Excel.

The other boundary is the command line. Nothing leaves :func:`click`: an error is
logged and shown; Excel is never left waiting for a process that died.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import xlwings as xw

from xl_relances.errors import CancelledError, FindingsError, RelancesError
from xl_relances.excel import journal
from xl_relances.excel.turn import one_at_a_time

TITLE = "Relances"

BUSY = "Excel est occupé : validez la cellule en cours, puis recommencez."

_EXCEL_BUSY = frozenset({-2147418111, -2146777998})  # RPC_E_CALL_REJECTED, VBA_E_IGNORE
_MAC_BUSY = frozenset({-1712, -609})  # Apple events: timed out, connection invalid
_LINES = 3
_LONGEST = 900  # characters: a message box cuts at 1,024


@dataclass(frozen=True, slots=True)
class Said:
    """What a command tells the user.

    Attributes:
        text: At most three lines: what happened, who is left out and why, what is next.
        box: Whether a message box shows it; else the status bar alone.
    """

    text: str
    box: bool = True


Step = Callable[[xw.Book], Said]
"""What a button does; it raises RelancesError where it cannot."""


class MacroError(Exception):
    """A sentence for which there is no Excel to show it: xlwings shows it instead."""


def click(module: str, name: str) -> None:
    """Run the step ``name`` of ``xl_relances.excel.<module>`` on the calling workbook.

    The module is imported only now: a click pays for what it uses.
    """
    try:
        book = xw.Book.caller()
    except Exception as error:  # noqa: BLE001 - the boundary
        journal.record(f"{name}: no workbook: {journal.origin(error)}")
        raise MacroError(BUSY if is_busy(error) else _NO_BOOK) from None
    started = time.monotonic()
    fullname = _fullname(book)
    try:
        with one_at_a_time(fullname):
            step: Step = getattr(import_module(f"xl_relances.excel.{module}"), name)
            said = step(book)
    except CancelledError as error:
        said, outcome = Said(str(error), box=False), "cancelled"
    except RelancesError as error:
        said, outcome = Said(short(error)), type(error).__name__
    except Exception as error:  # noqa: BLE001 - the boundary
        outcome = journal.origin(error)
        path = journal.record(f"{name}: {outcome}")
        if is_busy(error):
            said = Said(BUSY)
        elif fullname.startswith(_NOWHERE) and isinstance(error, xw.XlwingsError):
            said = Said(IN_THE_CLOUD)
        else:
            said = Said(unexpected(error, str(path)))
    else:
        outcome = "done"
    journal.record(f"{name}: {outcome.partition(' ')[0]}, {time.monotonic() - started:.1f} s")
    tell(book, said)


IN_THE_CLOUD = (
    "Le classeur est dans OneDrive ou SharePoint, et son dossier sur cet ordinateur est "
    "introuvable : synchronisez le dossier, ou enregistrez une copie locale."
)

_NOWHERE = "://"
_NO_BOOK = (
    "Le classeur n'a pas répondu : enregistrez-le dans un dossier de cet ordinateur, rouvrez-le, "
    "puis recommencez."
)


def _fullname(book: xw.Book) -> str:
    """Where the workbook lies; an address that xlwings cannot turn into a path is as good."""
    try:
        return str(book.fullname)
    except xw.XlwingsError:
        return f"{_NOWHERE}{book.name}"


def tell(book: xw.Book, said: Said) -> None:
    """Show it, in the status bar and in a message box."""
    try:
        book.app.status_bar = " ".join(said.text.split())[:240]
        if said.box:
            book.app.alert(said.text, TITLE, "ok", "info")
    except Exception as error:  # noqa: BLE001 - the boundary
        journal.record(f"message not shown: {journal.origin(error)}")
        raise MacroError(BUSY if is_busy(error) else said.text) from None


def is_busy(error: BaseException) -> bool:
    """Whether Excel refused because a cell is being typed in or a dialog is open."""
    for each in journal.chain(error):
        codes = {getattr(each, "hresult", None), getattr(each, "errornumber", None)}
        if type(each).__name__ == "com_error" and each.args:
            codes.add(each.args[0])
        if codes & (_EXCEL_BUSY | _MAC_BUSY) or type(each).__name__ == "ExcelBusyError":
            return True
    return False


def short(error: RelancesError) -> str:
    """The error in three lines at most."""
    lines = str(error).splitlines() or [type(error).__name__]
    if isinstance(error, FindingsError) and len(lines) > _LINES:
        rest = len(lines) - 2
        lines = [*lines[:2], f"Et {rest} autres : cliquez Contrôler pour la liste."]
    return "\n".join(lines[:_LINES])[:_LONGEST]


def unexpected(error: BaseException, log: str) -> str:
    """The sentence of an error that nobody foresaw, with where its log lies."""
    for each in journal.chain(error):
        if isinstance(each, OSError) and each.filename:
            return (
                f"Fichier inaccessible : {each.filename}. Fermez-le s'il est ouvert ailleurs, "
                f"vérifiez vos droits, puis recommencez.\nJournal : {log}"
            )
    return (
        f"Erreur imprévue ({type(error).__name__}) : vérifiez vos feuilles avant d'enregistrer le "
        f"classeur.\nSi elle se répète, joignez le journal à votre demande d'aide : {log}"
    )
