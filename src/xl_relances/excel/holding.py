"""Litige, Promesse and Lever: the selected entries out of the letters, or back.

xlwings has no box to type into. The VBA of the two buttons shows Excel's own and writes
what was answered into two cells of Accueil, which are emptied once read: an empty day is a
box that was cancelled, or never shown.
"""

from __future__ import annotations

from datetime import date, datetime

import xlwings as xw

from xl_relances import french
from xl_relances.book import layout
from xl_relances.book.settings import Settings
from xl_relances.errors import CancelledError, RefusedError
from xl_relances.excel.boundary import Said
from xl_relances.excel.selected_rows import selected_rows
from xl_relances.run import holding
from xl_relances.run.hold_choice import selected
from xl_relances.run.hold_report import HoldReport, Mark
from xl_relances.workbook.commands import HOLD_REASON, HOLD_UNTIL, NO_DAY

_ITEMS = (layout.DETAIL_TABLE, layout.PREPARATION_TABLE, layout.GRAND_LIVRE_TABLE)


def dispute(book: xw.Book) -> Said:
    """The selected entries are contested, until a day or until they are lifted."""
    return _hold(book, Mark.DISPUTE)


def promise(book: xw.Book) -> Said:
    """The selected entries will be paid, the customer says, by a day."""
    return _hold(book, Mark.PROMISE)


def lift(book: xw.Book) -> Said:
    """The selected entries are neither contested nor promised any more."""
    table, numbers = selected_rows(book, *_ITEMS, layout.NON_RELANCES_TABLE, layout.APPELS_TABLE)
    report = holding.lift(book, selected(table, numbers), now=datetime.now())
    return _said(report)


def _hold(book: xw.Book, mark: Mark) -> Said:
    until, reason = _answers(book)
    table, numbers = selected_rows(book, *_ITEMS, layout.APPELS_TABLE)
    report = holding.hold(
        book,
        selected(table, numbers),
        mark,
        until=until,
        reason=reason,
        now=datetime.now(),
    )
    return _said(report)


def _answers(book: xw.Book) -> tuple[date | None, str]:
    """Day and reason as typed into the boxes; the cells are empty for the next time.

    Raises:
        CancelledError: A box was cancelled.
        RefusedError: The day is none.
    """
    settings = Settings(book)
    day, reason = settings.text(HOLD_UNTIL), settings.text(HOLD_REASON)
    for name in (HOLD_UNTIL, HOLD_REASON):
        settings.write(name, None)
    if not day:
        raise CancelledError("Annulé : rien n'a été changé.")
    until = french.parse_date(day)
    if until is None and day != NO_DAY:
        raise RefusedError(
            f"« {day} » n'est pas une date : tapez JJ/MM/AAAA, par exemple "
            f"{french.short_date(datetime.now().date())}. Rien n'a été changé."
        )
    return until, reason


def _said(report: HoldReport) -> Said:
    """In the status bar; a box only where the user has something to do or to know."""
    return Said("\n".join(report.sentences), box=len(report.sentences) > 1)
