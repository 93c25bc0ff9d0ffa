"""``xl-relances demo``: a whole campaign of the sample company, told as it goes."""

from __future__ import annotations

import shutil
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import xlwings as xw
from rich.console import Console

from xl_relances import french, headless, reporting, run, sample
from xl_relances.book import cells, layout, tables
from xl_relances.book.history_sheet import campaign_row, history_row, summarize
from xl_relances.book.settings import Settings
from xl_relances.dunning.history import HistoryRecord
from xl_relances.errors import RefusedError
from xl_relances.run.reading import gather
from xl_relances.starting import BOOK, TEMPLATES, start

_USER = "exemple"
_NINE = time(9)


def play(folder: Path, console: Console) -> None:
    """Lay the sample company into ``folder``, prepare, issue and save; may be run again.

    Raises:
        RefusedError: A workbook of another company lies there.
    """
    path = lay(folder)
    now = datetime.combine(sample.AS_OF, _NINE)
    headless.engine.answer = lambda *_: "yes"
    with headless.open_book(path) as book:
        console.rule("Préparer")
        prepared = run.prepare(book, now=now)
        reporting.prepared(prepared, console)
        console.rule("Éditer")
        issued = run.issue(book)
        reporting.issued(issued, console)
        book.save()
        console.rule("Sauvegarder")
        reporting.saved(run.save(book, now=now, user=_USER), console)
        book.save()
    console.rule("Et ensuite")
    console.print(f"Classeur  {path}")
    for letters in issued.folders:
        console.print(f"Lettres   {letters}")
    console.print(f"Voir      xl-relances show {path} history\nDéfaire   xl-relances undo {path}")


def lay(folder: Path) -> Path:
    """The sample company's workbook, with two campaigns in its history, ready to prepare."""
    path = folder / BOOK
    if path.exists():
        with headless.open_book(path, read_only=True) as book:
            if Settings(book).text("societe_nom") != sample.company()["societe_nom"]:
                raise RefusedError(
                    f"{path} est le classeur d'une autre société : choisissez un autre dossier."
                )
        path.unlink()
        shutil.rmtree(folder / TEMPLATES, ignore_errors=True)
    start(folder)
    with headless.open_book(path) as book:
        fill(book)
        book.save()
    path.with_name(f"{path.name}.bak").unlink(missing_ok=True)
    return path


def fill(book: xw.Book) -> None:
    """Settings, customers, ledger and earlier campaigns of the sample company."""
    settings = Settings(book)
    for name, value in sample.company().items():
        settings.write(name, _cell(value))
    settings.write("date_relance", sample.AS_OF)
    fill_rates(book)
    _fill_table(book, layout.CLIENTS_TABLE, sample.customers())
    _fill_table(book, layout.GRAND_LIVRE_TABLE, sample.ledger())
    _fill_history(book)


def _fill_table(book: xw.Book, table: layout.Table, rows: list[sample.Row]) -> None:
    tables.write(
        book,
        table,
        [{title: _cell(value) for title, value in row.items()} for row in rows],
        key=lambda row: row["Compte"],
    )


def fill_rates(book: xw.Book) -> None:
    """The company's own rate in the half-years that the sample states, beside the shipped ones."""
    own = {row["Semestre"]: _cell(row["Taux société"]) for row in sample.rates()}
    rows = tables.read(book, layout.TAUX_TABLE)
    half_years = [row[rows.index("Semestre")] for row in rows.rows]
    found = [(n, h) for n, h in zip(rows.numbers, half_years, strict=True) if h in own]
    assert len(found) == len(own)  # the shipped table has them all
    tables.write_columns(
        book, layout.TAUX_TABLE, {"Taux société": [own[h] for _, h in found]}, [n for n, _ in found]
    )


def _fill_history(book: xw.Book) -> None:
    """The two campaigns that were saved before, as Save writes them."""
    snapshot = gather(book)
    entries = snapshot.ledger.entries
    records: dict[str, list[HistoryRecord]] = {}
    letters = [letter for letter in sample.earlier_letters() if letter.sent != sample.FORMER_SYSTEM]
    numbers: dict[tuple[str, str, date], int] = {}
    for letter in letters:
        key = (entries[letter.row].account, entries[letter.row].currency, letter.sent)
        numbers[key] = max(letter.level, numbers.get(key, 0))
    for letter in letters:
        entry = entries[letter.row]
        records.setdefault(letter.sent.isoformat(), []).append(
            HistoryRecord(
                batch=letter.sent.isoformat(),
                letter_date=letter.sent,
                account=entry.account,
                name=entry.name,
                currency=entry.currency,
                entry_no=entry.entry_no,
                document=entry.document,
                due_date=entry.due_date,
                remainder=entry.amount,
                letter_no=numbers[entry.account, entry.currency, letter.sent],
                level=letter.level,
                sending=snapshot.customers.of(entry.account, entry.name).sending,
                user=_USER,
                saved_at=datetime.combine(letter.sent, _NINE),
                identity=entry.identity,
            )
        )
    for batch, rows in records.items():
        tables.append(book, layout.HISTORIQUE_TABLE, [history_row(record) for record in rows])
        day = rows[0].letter_date
        campaigns = summarize(
            batch,
            rows,
            criteria=f"Date de relance : {french.short_date(day)} ; Calcul du niveau : Nombre",
            ledger_digest=snapshot.ledger.digest,
            user=_USER,
            saved_at=datetime.combine(day, _NINE),
        )
        tables.append(book, layout.CAMPAGNES_TABLE, [campaign_row(row) for row in campaigns])
    identities = {"Identité": [entry.identity for entry in entries]}
    tables.write_columns(book, layout.GRAND_LIVRE_TABLE, identities, snapshot.ledger.numbers)


def _cell(value: Any) -> Any:
    """A sample value as a cell holds it: floats, datetimes, 1 and 0."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime) or not hasattr(value, "year"):
        return float(value)
    return cells.moment(value)
