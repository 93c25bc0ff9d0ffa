"""Buttons that only show: the criteria, the items of a customer, all rows again."""

from __future__ import annotations

import xlwings as xw

from xl_relances import french
from xl_relances.book import layout, tables
from xl_relances.errors import RefusedError
from xl_relances.excel.boundary import Said
from xl_relances.excel.selected_rows import selected_rows
from xl_relances.run.deciding import keys_of_rows
from xl_relances.run.reading import quiet, writable


def go_to_selection(book: xw.Book) -> Said:
    """Show the sheet of the criteria, at the first of them."""
    cell = book.names["compte_debut"].refers_to_range
    cell.sheet.activate()
    cell.select()
    return Said("Remplissez ce qui restreint la sélection, puis cliquez Préparer.", box=False)


def show_detail(book: xw.Book) -> Said:
    """Show in Détail the items of the selected customers only; it is a filter.

    The filter goes by ``Clé``, a number of ours: by account, 000123 would show 123 too.
    """
    with quiet(book):
        table, numbers = selected_rows(
            book, layout.PREPARATION_TABLE, layout.NON_RELANCES_TABLE, layout.DETAIL_TABLE
        )
        wanted = set(keys_of_rows(book, table, numbers))
        rows = tables.read(book, layout.DETAIL_TABLE)
        account, currency, key = (rows.index(title) for title in ("Compte", "Devise", "Clé"))
        matching = [
            (number, row)
            for number, row in zip(rows.numbers, rows.rows, strict=True)
            if (str(row[account] or ""), str(row[currency] or "").upper()) in wanted
        ]
        if not matching:
            raise RefusedError(
                "Pas d'échéance à montrer : Détail ne tient que les comptes de la sélection."
            )
        keys = sorted({int(row[key]) for _, row in matching if row[key] is not None})
        writable(book, layout.DETAIL_TABLE)
        found = tables.find_table(book, layout.DETAIL_TABLE)
        found.autofilter.clear()
        found.autofilter.apply_values(key + 1, keys)
        sheet = found.range.sheet
        sheet.activate()
        sheet.range((matching[0][0], found.range.column + account)).select()
    what = french.count(len(matching), "échéance")
    whose = french.count(len(keys), "client")
    return Said(f"{what} de {whose}. Tout afficher remet toutes les lignes.", box=False)


def show_all(book: xw.Book) -> Said:
    """Take the filters of Préparation and Détail away."""
    with quiet(book):
        writable(book, layout.PREPARATION_TABLE, layout.DETAIL_TABLE)
        for table in (layout.PREPARATION_TABLE, layout.DETAIL_TABLE):
            tables.find_table(book, table).autofilter.clear()
    return Said("Préparation et Détail montrent toutes leurs lignes.", box=False)
