"""Small real workbooks: relances.xlsm in a folder, filled from text tables, on the file engine."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlwings as xw
from typer.testing import CliRunner

import ledgers
from xl_relances import cli, headless, run, sample
from xl_relances.book import cells, layout, tables
from xl_relances.book.history_sheet import history_row
from xl_relances.book.settings import Settings
from xl_relances.dunning.history import HistoryRecord
from xl_relances.run.showing import as_json
from xl_relances.shipped import shipped

AS_OF = date(2026, 11, 25)
THREE_SHEETS = ("preparation", "detail", "excluded")
Record = dict[str, Any]
PROTECTION = b'<sheetProtection password="CC1A" sheet="1" objects="1" scenarios="1"/>'


def moment(day: date, hour: int = 9) -> datetime:
    """The click on that day."""
    return datetime.combine(day, time(hour))


def french_day(text: str) -> date:
    """``25/11/2026`` as a day."""
    return datetime.strptime(text, "%d/%m/%Y").date()


def cell(value: Any) -> Any:
    """A value as a cell holds it."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal | int):
        return float(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return cells.moment(value)
    return value


def make(
    folder: Path,
    ledger: str | Sequence[Mapping[str, Any]] = "",
    customers: str | Sequence[Mapping[str, Any]] = "",
    *,
    levels: Sequence[Mapping[str, Any]] | None = None,
    name: str = "relances.xlsm",
    **settings: Any,
) -> Path:
    """A workbook of the sample company in ``folder`` with that ledger, those customers.

    Args:
        folder: Where it goes; its letters go to « Relances » beside it.
        ledger: A ``;`` table whose first line names the columns (see ``ledgers.table``), or rows.
        customers: The same for Clients.
        levels: Rows of Niveaux put over the shipped three (see ``ledgers.procedure``).
        name: The file's name.
        settings: Named cells; ``date_relance`` is ``AS_OF`` unless given.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    shutil.copyfile(shipped("relances.xlsm"), path)
    templates = str(shipped("word_templates").resolve())
    named = {
        **sample.company(), "dossier_modeles": templates, "date_relance": AS_OF, **settings,
    }  # fmt: skip
    with headless.open_book(path) as book:
        for setting, value in named.items():
            set_cell(book, setting, value)
        if levels is not None:
            put_levels(book, levels)
        put(book, layout.GRAND_LIVRE_TABLE, ledger)
        put(book, layout.CLIENTS_TABLE, customers, ledgers.CLIENTS)
        put(book, layout.TAUX_TABLE, sample.rates())
        book.save()
    path.with_name(f"{name}.bak").unlink(missing_ok=True)
    return path


def put(
    book: xw.Book,
    table: layout.Table,
    rows: str | Sequence[Mapping[str, Any]],
    titles: tuple[str, ...] = ledgers.GRAND_LIVRE,
) -> None:
    """Replace the body of a table."""
    if isinstance(rows, str):
        rows = ledgers.table(rows, titles) if rows.strip() else []
    tables.write(
        book,
        table,
        [{title: cell(value) for title, value in row.items()} for row in rows],
        key=id,
    )


def set_cell(book: xw.Book, name: str, value: Any) -> None:
    """The user fills a named cell."""
    Settings(book).write(name, cell(value))


def put_levels(book: xw.Book, levels: Sequence[Mapping[str, Any]]) -> None:
    """Replace Niveaux; the first templates of the shipped three serve."""
    templates = ("relance_1.docx", "relance_2.docx", "mise_en_demeure.docx")
    rows = [
        {"Modèle": templates[min(number, 2)], "Délai accordé": 8, "Objet": "Relance", **level}
        for number, level in enumerate(levels)
    ]
    put(book, layout.NIVEAUX_TABLE, rows)


@contextmanager
def opened(path: Path, *, answer: str = "yes", keep: bool = True) -> Iterator[xw.Book]:
    """The workbook, questions answered, saved at the end unless ``keep`` is false."""
    headless.engine.alerts.clear()
    headless.engine.answers.clear()
    headless.engine.answer = lambda *_: answer
    with headless.open_book(path) as book:
        yield book
        if keep:
            book.save()
    headless.engine.answer = None


def questions() -> list[str]:
    """What was asked since the workbook was opened."""
    return [alert.prompt for alert in headless.engine.alerts]


def prepare(book: xw.Book, day: date = AS_OF, **typed: str) -> run.PrepareReport:
    return run.prepare(book, now=moment(day), typed=typed)


def issue(book: xw.Book, *accounts: str) -> run.IssueReport:
    return run.issue(book, choice=run.chosen(accounts=accounts))


def save(book: xw.Book, day: date = AS_OF, hour: int = 10) -> run.SaveReport:
    return run.save(book, now=moment(day, hour), user="léa")


def undo(book: xw.Book, day: date = AS_OF, hour: int = 11) -> run.UndoReport:
    return run.undo(book, now=moment(day, hour))


def show(book: xw.Book, view: str, day: date = AS_OF) -> list[Record]:
    """What ``xl-relances show VIEW --json`` prints."""
    return as_json(run.show(book, view, today=day))


def shown(book: xw.Book) -> dict[str, list[Record]]:
    """The three sheets."""
    return {view: show(book, view) for view in THREE_SHEETS}


def proposed(book: xw.Book) -> dict[str, int | None]:
    """Préparation in short: account to letter number."""
    return {row["Compte"]: row["N° lettre"] for row in show(book, "preparation")}


def row_of(book: xw.Book, view: str, **wanted: Any) -> Record:
    """The one record of a view with these values; underscores stand for spaces."""
    titles = {key.replace("_", " "): value for key, value in wanted.items()}
    (found,) = [
        row for row in show(book, view) if all(row[key] == value for key, value in titles.items())
    ]
    return found


def place(book: xw.Book, table: layout.Table, title: str, **wanted: Any) -> xw.Range:
    """The cell of a column in the first row with these values."""
    rows = tables.read(book, table)
    titles = {key.replace("_", " "): value for key, value in wanted.items()}
    for row, number in zip(rows.rows, rows.numbers, strict=True):
        if all(row[rows.index(key)] == value for key, value in titles.items()):
            sheet = tables.sheet_of(book, table)
            first = tables.find_table(book, table).range.column
            return sheet[number - 1, first - 1 + rows.index(title)]
    raise AssertionError(f"no row with {titles}")


def typed(book: xw.Book, table: layout.Table, title: str, value: Any, **wanted: Any) -> None:
    """The user types into a cell of the row with these values."""
    place(book, table, title, **wanted).value = value


def column(book: xw.Book, table: layout.Table, *titles: str) -> list[tuple[Any, ...]]:
    """Columns of a table as they stand, row by row."""
    rows = tables.read(book, table)
    return [tuple(row[rows.index(title)] for title in titles) for row in rows.rows]


def add_column(
    book: xw.Book, table: layout.Table, title: str, values: Callable[[Record], Any]
) -> None:
    """A column of the user's own at the right of a table; a text with ``=`` is a formula."""
    found = tables.find_table(book, table)
    whole = found.range
    sheet, right = whole.sheet, whole.last_cell.column + 1
    found.resize(whole.resize(whole.shape[0], whole.shape[1] + 1))
    sheet.range((whole.row, right)).value = title
    rows = tables.read(book, table)
    for row, number in zip(rows.rows, rows.numbers, strict=True):
        sheet.range((number, right)).value = values(dict(zip(rows.titles, row, strict=True)))


def reverse_columns(whole: xw.Range) -> None:
    """The user turns a table's columns around, their formats with them."""
    columns = [
        (whole[:, index].formula, whole[1:, index].number_format) for index in range(whole.shape[1])
    ]
    for index, (typed_there, number_format) in enumerate(reversed(columns)):
        whole[1:, index].number_format = number_format or "General"
        whole[:, index].formula = typed_there


def command(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of ``xl-relances ARGUMENTS``."""
    headless.engine.answers.clear()
    result = CliRunner().invoke(cli.app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def history_row_for_tests(account: str, day: date, level: int = 1) -> dict[str, Any]:
    """A row of Historique that a colleague's Save may have written."""
    return history_row(
        HistoryRecord(
            batch="2026-11-01", letter_date=day, account=account, currency="EUR",
            letter_no=level, level=level, identity=f"{account}|autre",
        )
    )  # fmt: skip


def part_of(path: Path, title: str) -> bytes:
    """The XML of a sheet as the file holds it."""
    with zipfile.ZipFile(path) as source:
        return source.read(_part(source, title))


def _part(source: zipfile.ZipFile, title: str) -> str:
    workbook = source.read("xl/workbook.xml").decode()
    rels = source.read("xl/_rels/workbook.xml.rels").decode()
    found = re.search(rf'<sheet [^>]*name="{title}"[^>]*r:id="(\w+)"', workbook)
    assert found
    relation = re.search(rf'<Relationship [^>]*Id="{found[1]}"[^>]*>', rels)
    assert relation
    place = re.search(r'Target="/?(?:xl/)?([^"]+)"', relation[0])
    assert place
    return f"xl/{place[1]}"


def protect(path: Path, title: str, target: Path) -> None:
    """The same workbook with that sheet protected by a password."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        part = _part(source, title)
        for name in source.namelist():
            data = source.read(name)
            if name == part:
                data = data.replace(b"</sheetData>", b"</sheetData>" + PROTECTION)
            out.writestr(name, data)
