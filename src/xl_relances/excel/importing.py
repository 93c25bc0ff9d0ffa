"""Importer: the files that the user chose, read into Grand livre and Clients.

xlwings has no file dialog. The VBA of the button shows Excel's own and writes what was
chosen into a cell of Accueil, a path a line; where there is no dialog, paths typed
there do. A file that leaves something open is refused with a question; its choices
stand on the sheet Correspondance, and the button is clicked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import xlwings as xw

from xl_relances.book import cells, layout
from xl_relances.book.settings import Settings
from xl_relances.errors import CancelledError, Finding, FindingsError, RefusedError
from xl_relances.excel import messages
from xl_relances.excel.boundary import Said
from xl_relances.excel.control import list_findings
from xl_relances.run.reading import quiet
from xl_relances.workbook.commands import IMPORT_FILES

if TYPE_CHECKING:
    from xl_relances.imports.sources import Answers
    from xl_relances.run.importing import ImportResult

_OPTIONS = re.compile(
    r"avec (?:--(?:column|sheet) \"[^\"]*\"|--(?:encoding|dates)\b|--decimal , ou --decimal \.)"
)
"""Options of the command line, which the questions name; here a sheet has the choices."""


def import_ledger(book: xw.Book) -> Said:
    """Read the chosen files, replace the ledger, list the report on Contrôle."""
    from xl_relances.run import importing, importing_mapping  # noqa: PLC0415 - only when importing

    settings = Settings(book)
    paths = list(chosen(cells.text(settings.raw(IMPORT_FILES))))
    if not paths:
        raise CancelledError("Aucun fichier choisi : rien n'a été importé.")
    answers = importing_mapping.mapping_answers(book, {path.name for path in paths})
    try:
        result = importing.import_files(book, paths, answers=answers)
    except FindingsError as error:
        questions = [each for each in error.findings if _for_excel(each) != each]
        if questions:
            asked = [str(_for_excel(each)) for each in questions]
            raise _open(book, paths, answers, asked, str(error)) from None
        with quiet(book):
            list_findings(book, error.findings)
        raise
    except RefusedError as error:
        if for_excel(str(error)) != str(error):
            raise _open(book, paths, answers, [for_excel(str(error))], str(error)) from None
        raise
    with quiet(book):
        settings.write(IMPORT_FILES, None)
        importing_mapping.show_mapping(book, importing.proposed(book, paths, answers))
        list_findings(book, list(_report(result)))
    return Said(messages.imported(result))


def chosen(text: str) -> Iterator[Path]:
    """The paths in the cell, a line each; the quotation marks of Windows' « copier » come off."""
    for line in text.splitlines():
        path = line.strip().strip('"')
        if path:
            yield Path(path)


def for_excel(text: str) -> str:
    """A sentence that names options of the command line, with where to choose instead."""
    return _OPTIONS.sub(f"sur la feuille {layout.CORRESPONDANCE}", text)


def _for_excel(finding: Finding) -> Finding:
    where = layout.CORRESPONDANCE if finding.where == "--column" else finding.where
    return replace(finding, where=where, message=for_excel(finding.message))


def _open(
    book: xw.Book, paths: Sequence[Path], answers: Answers, questions: Sequence[str], text: str
) -> RefusedError:
    """The first two questions; their choices stand on Correspondance, the first one selected."""
    from xl_relances.imports.sources import DATES, DECIMAL  # noqa: PLC0415 - only when importing
    from xl_relances.run import importing, importing_mapping  # noqa: PLC0415

    forms = ((DATES, "--dates"), (DECIMAL, "--decimal"))
    asked = [kind for kind, option in forms if option in text]
    with quiet(book):
        importing_mapping.show_mapping(book, importing.proposed(book, paths, answers, asked=asked))
    where = "Choisissez dans la liste de la cellule, puis cliquez de nouveau Importer."
    return RefusedError("\n".join([*questions[:2], where]))


def _report(result: ImportResult) -> Iterator[Finding]:
    """What was left out, then all that the import says, as a list."""
    yield from (row.finding for row in result.left_out)
    for report in result.reports:
        for sentence in report.sentences(result.currency):
            yield Finding(where=report.file, message=sentence.strip(), blocking=False)
    for note in (*result.notes, result.summary.removeprefix("Import : ")):
        yield Finding(where="Import", message=note, blocking=False)
