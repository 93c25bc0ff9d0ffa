"""Sheets of a workbook: the one that holds a ledger or customers, and its rows.

Source: product specification, section 6.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import python_calamine as calamine

from xl_relances import french
from xl_relances.errors import RefusedError
from xl_relances.imports import headers
from xl_relances.imports.dates import Cell
from xl_relances.imports.sheet_scan import Scan
from xl_relances.imports.sources import NOTHING, Answers, Source
from xl_relances.imports.titles import AMOUNTS, normal, synonyms
from xl_relances.imports.workbook_file import OpenedWorkbook, damaged, opened


def open_workbook(path: Path, answers: Answers) -> Source:
    """The sheet that holds a ledger or customers, and its header row.

    Raises:
        RefusedError: The file is protected, damaged, no workbook, or has no such sheet.
    """
    book_file = opened(path, path.read_bytes())
    found: list[tuple[int, str, headers.Header, list[list[Cell]], int]] = []
    wanted = (answers.sheet or "").strip().casefold()
    names = [
        sheet.name
        for sheet in book_file.book.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    if wanted and wanted not in {name.casefold() for name in names}:
        raise RefusedError(
            f"{path.name} : feuille « {answers.sheet} » introuvable ; le classeur a : "
            f"{', '.join(names)}. {NOTHING}"
        )
    for name in names:
        if wanted and name.casefold() != wanted:
            continue
        rows, first = _rows(path, book_file, name)
        titled = headers.find_header(enumerate(rows[:60], start=first))
        if titled is not None:
            found.append((titled[0], name, titled[1], rows, first))
    if not found:
        raise RefusedError(
            f"{path.name} : aucune feuille avec une ligne de titres reconnue (compte, date, débit, "
            f"crédit…) parmi {french.listing(names)}. {NOTHING}"
        )
    best = max(points for points, *_ in found)
    chosen = [entry for entry in found if entry[0] == best]
    ledgers = [entry for entry in found if _is_filled_ledger(*entry[2:])]
    if len(ledgers) > 1:
        chosen = ledgers  # invoices on one sheet, payments on the other
    filled = [entry for entry in chosen if len(entry[3]) > entry[2].line - entry[4] + 1]
    if len(filled) > 1:
        sheets = french.listing([f"« {entry[1]} »" for entry in filled], most=8)
        raise RefusedError(
            f"{path.name} : plusieurs feuilles possibles, {sheets}. Choisissez avec "
            f'--sheet "{filled[0][1]}". {NOTHING}'
        )
    _, name, header, rows, first = (filled or chosen)[0]
    scan = book_file.scans.get(name, Scan())
    width = len(header.titles)
    body = [
        (line, [*row, *([None] * (width - len(row)))] if len(row) < width else row)
        for line, row in enumerate(rows, start=first)
        if line > header.line
    ]
    notes = [f"feuille « {name} », titres en ligne {header.line}", *book_file.notes]
    if others := [f"« {other} »" for other in names if other != name]:
        notes.append(f"feuilles non lues : {french.listing(others, most=8)}")
    if scan.strays:
        notes.append(
            french.count(scan.strays, "cellule égarée", "cellules égarées")
            + " loin du tableau, laissée"
            + ("s" if scan.strays > 1 else "")
        )
    return Source(
        file=path.name,
        encoding=book_file.kind,
        separator=None,
        header=header,
        rows=body,
        hidden=frozenset(scan.hidden),
        errors={(row, column): text for (row, column), text in scan.errors.items()},
        notes=notes,
        above=rows[: header.line - first],
    )


def _is_filled_ledger(header: headers.Header, rows: list[list[Cell]], first: int) -> bool:
    """Whether entries of customers may stand there: an account, a day, an amount, and rows."""
    known = synonyms()
    fields = {known.get(normal(title)) for title in header.titles}
    return (
        len(rows) > header.line - first + 1
        and bool(fields & {"account", "customer_code", "customer"})
        and bool(fields & {"document_date", "date", "entry_date"})
        and bool(fields & set(AMOUNTS))
    )


def _rows(path: Path, book_file: OpenedWorkbook, name: str) -> tuple[list[list[Cell]], int]:
    """The sheet's rows from its first used cell on, and that row's number."""
    try:
        sheet = book_file.book.get_sheet_by_name(name)
        rows = sheet.to_python(skip_empty_area=False)
    except (calamine.CalamineError, OSError, ValueError):
        raise damaged(path) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise damaged(path) from None
        raise
    return [[_cell(value) for value in row] for row in rows], 1


def _cell(value: object) -> Cell:
    if value == "":
        return None
    if isinstance(value, str) and "_x000D_" in value:
        return value.replace("_x000D_\n", "\n").replace("_x000D_", "\n")
    if isinstance(value, dt.time | dt.timedelta):
        return str(value)
    return value
