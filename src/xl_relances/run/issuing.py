"""Issue: a Word letter for each chosen row of Préparation, which becomes « éditée ».

Only files are made and three cells of each row filled; no level moves. A letter
that fails is said and does not stop the others. A run that was cut off goes on
where it stopped: a letter that lies there and says the same is not made again.

Source: product specification, sections 4 (rules 12, 13) and 5.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

import xlwings as xw

from xl_relances import french
from xl_relances.book import cells, charge_columns, formulas, layout, preparation_sheet, tables
from xl_relances.book.preparation_rows import CustomerRow, Sheets
from xl_relances.dunning.decision import Key
from xl_relances.errors import FindingsError, RefusedError
from xl_relances.run.desk import Desk
from xl_relances.run.freezing import with_current_letters
from xl_relances.run.issue_report import IssueReport
from xl_relances.run.overview import tell_titles
from xl_relances.run.reading import Snapshot, gather, quiet, writable

Choice = Callable[[CustomerRow], bool]
"""Which rows are issued."""


class NothingToIssueError(RefusedError):
    """No chosen row waits for a letter; those issued before can still be printed."""


def not_yet_issued(row: CustomerRow) -> bool:
    """The choice of all rows that have no letter yet."""
    return not row.issued


def chosen(
    *, accounts: Collection[str] = (), level: int | None = None, keys: Collection[Key] = ()
) -> Choice:
    """Rows of these accounts, keys or level; named ones are issued again where they were.

    Nothing named chooses all rows not yet issued.
    """

    def choice(row: CustomerRow) -> bool:
        if accounts and row.account not in accounts:
            return False
        if keys and row.key not in keys:
            return False
        if level is not None and row.letter_no != level:
            return False
        return bool(accounts or keys) or not row.issued

    return choice


def issue(
    book: xw.Book, *, choice: Choice = not_yet_issued, folder: Path | None = None
) -> IssueReport:
    """Make the letters of the chosen rows.

    Args:
        book: The workbook.
        choice: Which rows.
        folder: Where the campaigns' folders lie; None is « Dossier des lettres ».

    Raises:
        RefusedError: Nothing to issue, or the ledger changed since Prepare.
        FindingsError: The company or a template lacks what every letter needs; nothing was made.
        BookBusyError: Préparation is protected.
    """
    with quiet(book):
        snapshot = gather(book)
        sheets = preparation_sheet.read(book, snapshot.procedure.highest)
        if None in sheets.faults:
            raise FindingsError([sheets.faults[None]])
        issued_before = {row.key for row in sheets.customers if row.issued}
        sheets = with_current_letters(book, sheets)
        rows, passed_by = _rows(sheets.customers, choice, snapshot.procedure.highest)
        doubtful = [sheets.faults[row.key] for row in rows if row.key in sheets.faults]
        rows = [row for row in rows if row.key not in sheets.faults]
        if not rows:
            if doubtful:
                raise FindingsError(doubtful)
            sentence = "Aucune lettre à éditer : préparez les relances, ou choisissez des lignes."
            raise NothingToIssueError(" ".join([sentence, *passed_by]))
        if snapshot.settings.text("preparation_grand_livre") != snapshot.ledger.digest:
            raise RefusedError(
                "Le grand livre a changé depuis la préparation : cliquez Préparer (vos choix sont "
                "gardés), puis Éditer. Aucune lettre n'a été faite."
            )
        passing = writable(book, layout.PREPARATION_TABLE)
        desk = Desk.at(book, snapshot, folder)
        to_know = desk.check(rows)
        report = desk.write(rows, sheets.customers)
        done = {row.key for row in report.issued}
        stale = [
            replace(row, file="")
            for row in sheets.customers
            if row.key in issued_before and not row.issued and row.key not in done
        ]
        marked = [*report.issued, *stale]
        _mark(book, marked)
        live = preparation_sheet.follows_ticks(len(sheets.customers), len(sheets.items))
        charge_columns.write(book, report.issued, live=live)
        _tell(book, snapshot, sheets, marked)
        return replace(
            report,
            passed_by=passed_by,
            failed=(*report.failed, *doubtful),
            findings=(*to_know, *report.findings, *passing),
        )


def _rows(
    customers: Sequence[CustomerRow], choice: Choice, highest: int
) -> tuple[list[CustomerRow], tuple[str, ...]]:
    rows: list[CustomerRow] = []
    passed_by: list[str] = []
    for row in customers:
        if not choice(row):
            continue
        if row.on and row.letter_no is not None and row.letter_no > highest:
            passed_by.append(
                f"{row.account} {row.name} : lettre {row.letter_no}, mais Paramètres n'a que "
                f"{french.count(highest, 'niveau', 'niveaux')} ; préparez à nouveau."
            )
        elif row.is_chased:
            rows.append(row)
        else:
            why = "aucune échéance prête n'est cochée" if row.on else "Relancer n'est pas coché"
            passed_by.append(f"{row.account} {row.name} : {why}, pas de lettre.")
    return rows, tuple(passed_by)


def _tell(book: xw.Book, snapshot: Snapshot, sheets: Sheets, marked: Sequence[CustomerRow]) -> None:
    """What the titles say of Préparation with those rows as they are now."""
    known = {row.key: row for row in marked}
    customers = [known.get(row.key, row) for row in sheets.customers]
    tell_titles(
        book,
        snapshot,
        replace(sheets, customers=customers),
        day=snapshot.settings.day("preparation_date"),
        prepared_at=cells.stamp(snapshot.settings.raw("preparation_le")),
    )


def _mark(book: xw.Book, rows: Sequence[CustomerRow]) -> None:
    """« Éditée », « Lettre » and what « Motif » says of a mail, now that the files are there."""
    numbers = [row.number_of_row for row in rows if row.number_of_row is not None]
    tables.write_columns(
        book,
        layout.PREPARATION_TABLE,
        {
            "Éditée": [int(row.issued) for row in rows],
            "Lettre": [formulas.link(row.file) for row in rows],
            "Campagne": [row.batch for row in rows],
            "Empreinte": [row.digest or None for row in rows],
            "Motif": [row.motif for row in rows],
        },
        numbers,
    )
    links = tables.read_formulas(book, layout.PREPARATION_TABLE, "Lettre")
    shown = [formulas.linked(str(typed or "")).rpartition("/")[2] or None for typed in links]
    tables.cache(book, layout.PREPARATION_TABLE, {"Lettre": shown})
