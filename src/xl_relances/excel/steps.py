"""Buttons of the steps: prepare, issue, send, print, save, undo, start again."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path

import xlwings as xw

from xl_relances import run
from xl_relances.book import layout, tables
from xl_relances.errors import RefusedError
from xl_relances.excel import issue_choice, journal, messages
from xl_relances.excel.boundary import Said


def prepare(book: xw.Book) -> Said:
    """Fill the three sheets and show Préparation."""
    report = run.prepare(book, now=datetime.now())
    _show_preparation(book)
    return Said(messages.prepared(report))


def simulate(book: xw.Book) -> Said:
    """Tell what Prepare would change; the sheets stay as they are."""
    return Said(messages.simulated(run.simulate(book, now=datetime.now())))


def clear_preparation(book: xw.Book) -> Said:
    """Empty the three sheets, after asking."""
    customers = run.clear(book)
    return Said(messages.cleared(customers))


def issue(book: xw.Book) -> Said:
    """Ask for which customers, then make their letters."""
    keys = issue_choice.ask(book)
    choice = run.chosen() if keys is None else run.chosen(keys=keys)
    report = run.issue(book, choice=choice)
    return Said(messages.issued(report, Path(book.fullname).parent))


def mail(book: xw.Book) -> Said:
    """A draft, or by the company's server a mail, for each issued customer who wants one."""
    from xl_relances.run import mailing  # noqa: PLC0415 - only when mails are made

    try:
        report = mailing.mail(book, clock=datetime.now, way=mailing.usual_way(book))
    except RefusedError as error:
        raise RefusedError(messages.with_drafts(str(error))) from None
    return Said(messages.mailed(report, Path(book.fullname).parent))


def export_pdf(book: xw.Book) -> Said:
    """A PDF of each letter issued."""
    report = run.export_pdf(book)
    return Said(messages.printed(report, Path(book.fullname).parent))


def print_merged(book: xw.Book) -> Said:
    """One document to print for each template, and the list of the registered letters."""
    report = run.merge_letters(book)
    return Said(messages.merged(report, Path(book.fullname).parent))


def save(book: xw.Book) -> Said:
    """Write what was issued into the history, after asking; then the workbook itself is saved."""
    report = run.save(book, now=datetime.now(), user=_user())
    return Said(messages.saved(report, kept=_keep(book)))


def undo(book: xw.Book) -> Said:
    """Take the newest campaign back, after asking; then the workbook itself is saved."""
    report = run.undo(book, now=datetime.now())
    return Said(messages.undone(report, kept=_keep(book)))


def _keep(book: xw.Book) -> bool:
    """Save the workbook: a history that a crash takes away is none. False where it cannot be.

    The command is done by then: a workbook opened for reading only must not turn it into an error.
    """
    try:
        book.save()
    except Exception as error:  # noqa: BLE001 - each engine has its own way to refuse
        journal.record(f"workbook not saved: {journal.origin(error)}")
        return False
    return True


def _show_preparation(book: xw.Book) -> None:
    tables.find_table(book, layout.PREPARATION_TABLE).range.sheet.activate()


def _user() -> str:
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return ""
