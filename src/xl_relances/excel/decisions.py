"""Buttons that decide on the selected rows: the right click of the old screen."""

from __future__ import annotations

import xlwings as xw

from xl_relances import french
from xl_relances.book import layout
from xl_relances.excel.boundary import Said
from xl_relances.excel.selected_rows import selected_rows
from xl_relances.run import deciding
from xl_relances.run.deciding import DecisionReport

_PREPARATION = layout.PREPARATION_TABLE
_DETAIL = layout.DETAIL_TABLE


def toggle_dunning(book: xw.Book) -> Said:
    """In Préparation the whole letters, in Détail the items: off, or on again."""
    table, numbers = selected_rows(book, _PREPARATION, _DETAIL)
    if table is _DETAIL:
        report = deciding.switch_items(book, numbers)
        return _said(report, ("échéance remise", "échéances remises"),
                     ("échéance retirée", "échéances retirées"))  # fmt: skip
    report = deciding.switch_customers(book, numbers)
    return _said(report, ("client à relancer", "clients à relancer"),
                 ("client à ne pas relancer", "clients à ne pas relancer"))  # fmt: skip


def raise_level(book: xw.Book) -> Said:
    """One number more for the selected customers."""
    return _level(book, 1)


def lower_level(book: xw.Book) -> Said:
    """One number less for the selected customers."""
    return _level(book, -1)


def _level(book: xw.Book, step: int) -> Said:
    _, numbers = selected_rows(book, _PREPARATION)
    report = deciding.change_level(book, numbers, step)
    return _said(report, ("numéro monté", "numéros montés"), ("numéro baissé", "numéros baissés"))


def toggle_issued(book: xw.Book) -> Said:
    """The selected letters count as issued, or no longer."""
    _, numbers = selected_rows(book, _PREPARATION)
    report = deciding.switch_issued(book, numbers)
    return _said(report, ("lettre considérée comme éditée", "lettres considérées comme éditées"),
                 ("lettre de nouveau non éditée", "lettres de nouveau non éditées"))  # fmt: skip


def remove_item(book: xw.Book) -> Said:
    """The selected items out of their letters."""
    _, numbers = selected_rows(book, _DETAIL)
    report = deciding.remove_items(book, numbers)
    return _said(report, ("échéance remise", "échéances remises"),
                 ("échéance retirée", "échéances retirées"))  # fmt: skip


def _said(report: DecisionReport, on: tuple[str, str], off: tuple[str, str]) -> Said:
    """What changed, in the status bar; a box only where something did not."""
    changes = [
        french.count(number, *words)
        for number, words in ((report.on, on), (report.off, off))
        if number
    ]
    lines = [f"{french.listing(changes) or 'Rien de changé'}."]
    if report.reopened:
        lines.append(
            french.count(
                report.reopened, "lettre n'est plus éditée", "lettres ne sont plus éditées"
            )
            + " : cliquez Éditer pour la refaire."
        )
    if report.left:
        lines.append(
            "Laissé : " + " ; ".join(f"{n} ({why})" for why, n in report.left.items()) + "."
        )
    return Said("\n".join(lines), box=bool(report.left))
