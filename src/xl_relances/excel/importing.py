"""Importer: the files that the user chose, read into Grand livre and Clients.

xlwings has no file dialog. The VBA of the button shows Excel's own and writes what was
chosen into a cell of Accueil, a path a line; where there is no dialog, paths typed
there do. A file that leaves something open is refused with a question; its answer goes
into the cell below, « Échéance=Date échéance », and the button is clicked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import xlwings as xw

from xl_relances.book import cells
from xl_relances.book.settings import Settings
from xl_relances.errors import CancelledError, Finding, FindingsError, RefusedError
from xl_relances.excel import messages
from xl_relances.excel.boundary import Said
from xl_relances.excel.control import list_findings
from xl_relances.run.reading import quiet
from xl_relances.workbook.commands import IMPORT_ANSWERS, IMPORT_FILES

if TYPE_CHECKING:
    from xl_relances.imports.sources import Answers
    from xl_relances.run.importing import ImportResult

ANSWERS_LABEL = "Précisions"
"""What stands beside the cell of the answers."""

_KINDS = {"encodage": "encoding", "feuille": "sheet", "dates": "dates", "décimale": "decimal"}
"""Answers that name no column of ours."""

_OPTIONS = (
    (re.compile(r'--column "([^"]*)"'), r"« \1 »"),
    (re.compile(r'--sheet "([^"]*)"'), r"« feuille=\1 »"),
    (re.compile(r"--encoding\b"), "« encodage=… »"),
    (re.compile(r"--dates\b"), "« dates=… »"),
    (re.compile(r"--decimal ([,.])"), r"« décimale=\1 »"),
)
"""Options of the command line, which the questions name, as they are entered in the cell."""


def import_ledger(book: xw.Book) -> Said:
    """Read the chosen files, replace the ledger, list the report on Contrôle."""
    from xl_relances.run.importing import import_files  # noqa: PLC0415 - only when importing

    settings = Settings(book)
    paths = list(chosen(cells.text(settings.raw(IMPORT_FILES))))
    if not paths:
        raise CancelledError("Aucun fichier choisi : rien n'a été importé.")
    answers = parse_answers(cells.text(settings.raw(IMPORT_ANSWERS)))
    book.app.status_bar = f"Importation de {', '.join(path.name for path in paths)}…"
    try:
        result = import_files(book, paths, answers=answers)
    except FindingsError as error:
        questions = [_for_excel(each) for each in error.findings if _for_excel(each) != each]
        if questions:
            raise _open(book, list(map(str, questions))) from None
        with quiet(book):
            list_findings(book, error.findings)
        raise
    except RefusedError as error:
        if for_excel(str(error)) != str(error):
            raise _open(book, [for_excel(str(error))]) from None
        raise
    with quiet(book):
        for name in (IMPORT_FILES, IMPORT_ANSWERS):
            settings.write(name, None)
        list_findings(book, list(_report(result)))
    return Said(messages.imported(result))


def chosen(text: str) -> Iterator[Path]:
    """The paths in the cell, a line each; the quotation marks of Windows' « copier » come off."""
    for line in text.splitlines():
        path = line.strip().strip('"')
        if path:
            yield Path(path)


def parse_answers(text: str) -> Answers:
    """« Échéance=Date échéance ; encodage=CP850 », parted by semicolons or lines.

    Raises:
        RefusedError: A part holds no « = ».
    """
    from xl_relances.imports.sources import Answers  # noqa: PLC0415 - only when importing

    columns: dict[str, str] = {}
    others: dict[str, str] = {}
    for part in re.split(r"[;\n]", text):
        if not part.strip():
            continue
        ours, equals, theirs = (piece.strip() for piece in part.strip(" «»\u00a0").partition("="))
        if not equals or not ours or not theirs:
            raise RefusedError(
                f"Accueil, « {ANSWERS_LABEL} » : « {part.strip()} » lu, « Échéance=Date échéance » "
                "ou « encodage=CP850 » attendu. Rien n'a été importé."
            )
        kind = _KINDS.get(ours.casefold())
        if kind:
            others[kind] = theirs
        else:
            columns[ours] = theirs
    return Answers(columns=columns, **others)


def for_excel(text: str) -> str:
    """A sentence that names options of the command line, with what to enter instead."""
    for pattern, entry in _OPTIONS:
        text = pattern.sub(entry, text)
    return text


def _for_excel(finding: Finding) -> Finding:
    where = ANSWERS_LABEL if finding.where == "--column" else finding.where
    return replace(finding, where=where, message=for_excel(finding.message))


def _open(book: xw.Book, questions: Sequence[str]) -> RefusedError:
    """The first two questions, and where the answers go: that cell is selected."""
    cell = book.names[IMPORT_ANSWERS].refers_to_range
    cell.sheet.activate()
    cell.select()
    where = (
        f"Tapez-le sur Accueil dans « {ANSWERS_LABEL} » (plusieurs : séparés par ;), puis cliquez "
        "de nouveau Importer."
    )
    return RefusedError("\n".join([*questions[:2], where]))


def _report(result: ImportResult) -> Iterator[Finding]:
    """What was left out, then all that the import says, as a list."""
    yield from (row.finding for row in result.left_out)
    for report in result.reports:
        for sentence in report.sentences(result.currency):
            yield Finding(where=report.file, message=sentence.strip(), blocking=False)
    for note in (*result.notes, result.summary.removeprefix("Import : ")):
        yield Finding(where="Import", message=note, blocking=False)
