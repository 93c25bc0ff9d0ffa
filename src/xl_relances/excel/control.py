"""Contrôler and Vérifier les modèles: the findings as a list with links, on a sheet of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import xlwings as xw

from xl_relances import run
from xl_relances.book import layout, tables
from xl_relances.errors import Finding, FindingsError
from xl_relances.excel import messages
from xl_relances.excel.boundary import Said
from xl_relances.run.reading import quiet, writable

_TABLE = layout.CONTROLE_TABLE
_TO_MEND, _TO_KNOW = "à corriger", "à savoir"
_TEMPLATES = "Modèle"
"""How the place of a finding on a template begins."""


def control(book: xw.Book) -> Said:
    """Check ledger, customers, settings and templates, and list what is found."""
    with quiet(book):
        try:
            findings = run.check(book, today=date.today())
        except FindingsError as error:
            findings = list(error.findings)
        list_findings(book, findings)
    return Said(messages.checked(findings, "Contrôle"))


def check_templates(book: xw.Book) -> Said:
    """Check the Word templates only, and list what is found."""
    with quiet(book):
        findings = [f for f in run.check(book, today=date.today()) if _is_template(f)]
        list_findings(book, findings)
    return Said(messages.checked(findings, "Modèles"))


def _is_template(finding: Finding) -> bool:
    return finding.where.startswith((_TEMPLATES, "Niveaux"))


def list_findings(book: xw.Book, findings: Sequence[Finding]) -> None:
    """Write the list and show it; with nothing to list, the sheet is emptied and left."""
    places = _Places(book)
    sheet = tables.find_table(book, _TABLE).range.sheet
    writable(book, _TABLE)
    rows = [
        {
            "n": number,
            "Où": places.link(finding),
            "Colonne": finding.column,
            "Effet": _TO_MEND if finding.blocking else _TO_KNOW,
            "Constat": finding.message[:1].upper() + finding.message[1:],
        }
        for number, finding in enumerate(findings)
    ]
    tables.write(book, _TABLE, rows, key=lambda row: row.get("n"))
    if findings:
        sheet.visible = True
        sheet.activate()


class _Places:
    """Where the titles of columns stand, read once a sheet."""

    def __init__(self, book: xw.Book) -> None:
        self._book = book
        self._sheets = {sheet.name: sheet for sheet in book.sheets}
        self._titles: dict[str, dict[str, int]] = {}

    def link(self, finding: Finding) -> str:
        """A formula that goes to the cell; plain text where there is no such sheet."""
        name = finding.where
        shown = name if finding.row is None else f"{name}, ligne {finding.row}"
        if name not in self._sheets:  # a file: its name must not be read as a formula or number
            return shown if shown[:1].isalpha() else f'="{_quoted(shown)}"'
        column = self._columns(name).get(finding.column or "")
        if column is None:
            column = 2 if finding.column and name in _FORMS else 1
        address = f"{_letters(column)}{finding.row or layout.HEADER_ROW}"
        target = "#'" + name.replace("'", "''") + f"'!{address}"
        return f'=HYPERLINK("{_quoted(target)}","{_quoted(shown)}")'

    def _columns(self, name: str) -> dict[str, int]:
        """Column numbers of the titles of all tables on a sheet."""
        if name not in self._titles:
            found: dict[str, int] = {}
            for table in self._sheets[name].tables:
                header = table.header_row_range
                if header is not None:
                    titles = header.options(ndim=1).value
                    found |= {
                        str(title): header.column + index for index, title in enumerate(titles)
                    }
            self._titles[name] = found
        return self._titles[name]


_FORMS = (layout.SELECTION, layout.PARAMETRES)
"""Sheets where a setting stands in the second column."""


def _letters(column: int) -> str:
    """The letters of a column number: 28 is AB."""
    letters = ""
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def _quoted(text: str) -> str:
    return text.replace('"', '""')
