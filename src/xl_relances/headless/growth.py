"""What a table does when it grows or shrinks: styles, calculated columns, totals, titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xl_relances.headless.addresses import Area
from xl_relances.headless.formulas import filled
from xl_relances.headless.tables import TablePart

if TYPE_CHECKING:
    from xl_relances.headless.worksheet import Worksheet


def lay(sheet: Worksheet, table: TablePart, area: Area) -> None:
    """Lay a table over another area with the same header.

    New rows take the styles of the last one, and the formulas of calculated columns where
    nothing was typed; the totals row moves to the new end.
    """
    before = table.area
    body = table.body
    was_empty = table.is_empty
    if table.totals_rows and area.rows != before.rows:
        _move_totals(sheet, table, before, area)
    table.resize(area, _titles(sheet, table, area))
    grown = table.body
    new_rows = grown.last_row - body.last_row
    if new_rows > 0 and body.rows:
        source = [sheet.writer.style(body.last_row, c) for c in _columns(grown)]
        added = Area(body.last_row + 1, grown.column, new_rows, grown.columns)
        first = grown.column
        sheet.writer.restyle(added, lambda column, style: style or source[column - first])
        _fill_down(sheet, table, body, added)
    if was_empty and body.rows:
        _fill_down(sheet, table, None, Area(body.row, body.column, 1, body.columns))
    sheet.workbook.values_changed = True


def _titles(sheet: Worksheet, table: TablePart, area: Area) -> list[str]:
    """Titles of the columns under the new area; a new column's comes from its cell."""
    titles = [column.name for column in table.columns][: area.columns]
    known = {title.casefold() for title in titles}
    while len(titles) < area.columns:
        column = area.column + len(titles)
        cell = Area(area.row, column, 1, 1)
        given = sheet.read(cell)[0][0]
        title = str(given) if given is not None else f"Column{len(titles) + 1}"
        number = 2
        while title.casefold() in known:
            title, number = f"{given or 'Column'}{number}", number + 1
        if title != given:
            sheet.writer.write(cell, [[title]])
        known.add(title.casefold())
        titles.append(title)
    return titles


def _fill_down(sheet: Worksheet, table: TablePart, body: Area | None, added: Area) -> None:
    """Fill the formulas of calculated columns into rows that have nothing there."""
    name = table.name

    def named(_row: int, _column: int) -> str:
        return name

    for j, column in enumerate(table.columns):
        if column.formula is None:
            continue
        place = added.column + j
        origin, formula = table.body.row, column.formula
        if body is not None:
            above = sheet.writer.formulas.formula(body.last_row, place)
            if above is not None:
                origin, formula = body.last_row, above
        for run in _empty_runs(sheet, added, place):
            texts = filled(formula, range(run.row - origin, run.last_row - origin + 1), (0,))
            sheet.writer.write_formulas(run, texts, named)


def _empty_runs(sheet: Worksheet, rows: Area, column: int) -> list[Area]:
    """The stretches of empty cells of a column."""
    runs: list[list[int]] = []
    for number in range(rows.row, rows.row + rows.rows):
        if sheet.writer.is_empty(number, column):
            if runs and runs[-1][1] == number - 1:
                runs[-1][1] = number
            else:
                runs.append([number, number])
    return [Area(first, column, last - first + 1, 1) for first, last in runs]


def _move_totals(sheet: Worksheet, table: TablePart, before: Area, area: Area) -> None:
    """Move the totals row to the table's new last row."""
    old, new = before.last_row, area.last_row
    columns = list(_columns(before))
    styles = [sheet.writer.style(old, column) for column in columns]
    body_styles = [sheet.writer.style(old - 1, column) for column in columns]
    place = Area(old, before.column, 1, before.columns)
    target = Area(new, before.column, 1, before.columns)
    values = sheet.read(place)
    texts = [
        sheet.writer.formulas.shown_formula(old, column, table.name) or values[0][j]
        for j, column in enumerate(columns)
    ]
    first = before.column
    sheet.writer.write(place, [[None] * before.columns])
    sheet.writer.restyle(place, lambda column, _: body_styles[column - first])
    sheet.writer.restyle(target, lambda column, _: styles[column - first])
    sheet.writer.write_formulas(target, [texts], lambda _row, _column: table.name)


def _columns(area: Area) -> range:
    return range(area.column, area.column + area.columns)
