"""Tableau de bord: five charts, each under the sentence that it shows, and their figures.

Prepare, Save and Undo write the figures, as values: they are right wherever the
file is read. They stand below the charts, so that they can be checked and copied.
"""

from __future__ import annotations

from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xl_relances.book import layout
from xl_relances.book.layout import (
    AGES_FIGURES,
    DASHBOARD,
    DEBTORS_FIGURES,
    DSO_FIGURES,
    LETTERS_FIGURES,
    RECOVERY_FIGURES,
    Figures,
    Kind,
)
from xl_relances.workbook import look
from xl_relances.workbook.charts import Bars, Box, Stack, place_bars, place_stack
from xl_relances.workbook.draft import Draft, link, prepare_sheet, title_rows, write

_FIRST = 33
"""Row of the titles of the first block of figures, below the charts."""

_CORNERS = {
    AGES_FIGURES: "A5", LETTERS_FIGURES: "H5", DEBTORS_FIGURES: "A18", RECOVERY_FIGURES: "E18",
    DSO_FIGURES: "J18",
}  # fmt: skip
"""Upper left cell of each chart; its sentence stands in the cell above."""

_TITLES = {
    AGES_FIGURES: "Balance âgée par devise",
    DEBTORS_FIGURES: "Premiers débiteurs",
    LETTERS_FIGURES: "Lettres par campagne",
    RECOVERY_FIGURES: "Rentré après chaque campagne",
    DSO_FIGURES: "DSO (délai moyen de règlement)",
}
_NOTES = {
    AGES_FIGURES: "Reste dû après imputation, en jours de retard. Crédits : avoirs et règlements "
    "non imputés. Total : ce que les écritures ouvertes font ensemble.",
    DEBTORS_FIGURES: "Échu de tout le grand livre, dans la devise de la société.",
    LETTERS_FIGURES: "Un client et une devise : une lettre. En cours : la préparation.",
    RECOVERY_FIGURES: "De ce que la campagne réclamait, ce qui n’est plus dû au grand livre "
    "d’aujourd’hui : payé, crédité, lettré ou sorti. Un paiement compte pour chaque campagne "
    "qui l’a réclamé.",
    DSO_FIGURES: "Encours TTC ÷ ventes TTC × jours. Encours : solde des comptes clients. Ventes : "
    "débits des 365 jours, ou depuis le début du grand livre, hors à-nouveaux, avoirs non déduits.",
}
_STILL_DUE = "D9D9D9"
_THOUSANDS = '[<1000]#,##0;#,##0," k"'
"""Short enough for the label of a narrow bar: 12 k."""


def add_dashboard(draft: Draft) -> None:
    """One screen and one printed page of charts; the figures follow on the next."""
    sheet = draft.book[layout.TABLEAU_DE_BORD]
    prepare_sheet(sheet, titles=None)
    sheet.row_breaks.append(Break(id=_FIRST - 2))
    for index in range(1, 17):
        sheet.column_dimensions[get_column_letter(index)].width = look.excel_width(12)
    sheet.column_dimensions["A"].width = look.excel_width(38)
    _heading(draft, sheet)
    row = _FIRST
    for figures in DASHBOARD:
        corner = _CORNERS[figures]
        column = corner.rstrip("0123456789")
        above = f"{column}{int(corner.removeprefix(column)) - 1}"
        write(sheet, above, figures.empty, look.GROUP).number_format = "@"
        draft.name(figures.finding, sheet, above)
        _draw(sheet, figures, row)
        row = _block(draft, sheet, figures, row) + 3


def _heading(draft: Draft, sheet: Worksheet) -> None:
    title_rows(
        sheet, layout.EMPTY[sheet.title],
        "Tout le grand livre, au jour de la dernière préparation ; les chiffres sont sous les "
        "graphiques.",
    )  # fmt: skip
    draft.name(layout.DASHBOARD_LINE, sheet, "C1")
    link(sheet, "A2", "← Accueil", f"'{layout.ACCUEIL}'!A1")


def _block(draft: Draft, sheet: Worksheet, figures: Figures, row: int) -> int:
    """Title and note, titles of the columns at ``row``, blank rows; returns the last row."""
    write(sheet, f"A{row - 1}", _TITLES[figures], look.GROUP)
    write(sheet, f"C{row - 1}", _NOTES[figures], look.MEANING)
    for index, column in enumerate(figures.columns, 1):
        side, indent = ("left", 0) if index == 1 else ("right", 1)
        head = sheet.cell(row, index, column.title)
        head.font, head.fill = look.HEADER, look.ground(look.ACCENT)
        head.alignment = Alignment(horizontal=side, vertical="top", wrap_text=True, indent=indent)
        for number in range(row + 1, row + figures.rows + 2):
            cell = sheet.cell(number, index)
            cell.number_format = _form(figures, column.kind)
            cell.font, cell.border = look.BODY, look.rule_below()
            cell.alignment = Alignment(
                horizontal=side, vertical="top", wrap_text=index == 1, indent=indent
            )
    two_lines = figures in (LETTERS_FIGURES, RECOVERY_FIGURES)
    sheet.row_dimensions[row].height = 32 if two_lines else 18
    last = row + figures.rows + 1
    for number in range(row + 1, last + 1):
        sheet.row_dimensions[number].hidden = True
    end = get_column_letter(len(figures.columns))
    draft.define(figures.name, f"'{sheet.title}'!$A${row + 1}:${end}${last}")
    return last


def _form(figures: Figures, kind: Kind) -> str:
    """Whole euros for the balance and the sales of a year, which would not fit otherwise."""
    if kind is Kind.AMOUNT and figures is DSO_FIGURES:
        return "#,##0"
    return "0.0" if kind is Kind.PERCENT else look.number_format(kind)


def _boxes(figures: Figures, row: int, first: int, last: int) -> tuple[Box, Box]:
    """The categories and the values in columns ``first`` to ``last`` of a block."""
    end = row + figures.rows
    return (1, row + 1, 1, end), (first, row + 1, last, end)


def age_bars(sheet: Worksheet) -> Bars:
    """The aged balance in the company's currency; ``sheet`` is the dashboard."""
    return Bars(
        source=sheet,
        names=(2, _FIRST, 6, _FIRST),
        values=(2, _FIRST + 1, 6, _FIRST + 1),
        colours=look.AGE_COLOURS,
    )


def _draw(sheet: Worksheet, figures: Figures, row: int) -> None:
    """The chart of a block whose titles stand in ``row``; sizes in pixels."""
    corner = _CORNERS[figures]
    if figures is AGES_FIGURES:
        names, values = _boxes(figures, row, 2, 6)
        stack = Stack(
            source=sheet, names=names, values=values, colours=look.AGE_COLOURS, shares=True
        )
        place_stack(sheet, corner, 745, 225, stack)
    elif figures is LETTERS_FIGURES:
        names, values = _boxes(figures, row, 2, 4)
        stack = Stack(source=sheet, names=names, values=values, colours=look.LEVEL_BARS)
        place_stack(sheet, corner, 480, 225, stack)
    elif figures is RECOVERY_FIGURES:
        names, values = _boxes(figures, row, 2, 5)
        colours = (*look.LEVEL_BARS, _STILL_DUE)
        stack = Stack(
            source=sheet, names=names, values=values, colours=colours, form=_THOUSANDS, shares=True
        )
        place_stack(sheet, corner, 440, 260, stack)
    elif figures is DEBTORS_FIGURES:
        names, values = _boxes(figures, row, 2, 2)
        bars = Bars(source=sheet, names=names, values=values, colours=(look.ACCENT,), lying=True)
        place_bars(sheet, corner, 520, 260, bars)
    else:
        names, values = _boxes(figures, row, 2, 2)
        bars = Bars(source=sheet, names=names, values=values, colours=(look.LEVEL_BARS[0],))
        place_bars(sheet, corner, 300, 260, bars)
