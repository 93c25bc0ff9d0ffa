"""Sélection and Paramètres: named cells with their meaning, and the two tables of rules."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xl_relances.book import layout, named_cells
from xl_relances.book.formulas import column, counted, stamp
from xl_relances.book.layout import HEADER_ROW, NIVEAUX_TABLE, TAUX_TABLE, Kind
from xl_relances.book.named_cells import (
    COMPANY_SETTINGS,
    DUNNING_SETTINGS,
    ISSUE_SETTINGS,
    MAIL_SETTINGS,
    PREPARATION_STATE,
    SELECTION_SETTINGS,
    SHOWN_CHARGES,
    Setting,
)
from xl_relances.workbook import look, validations
from xl_relances.workbook.conditions import FIRST_ROW, LEVEL_LIST
from xl_relances.workbook.draft import Draft, heading, link, prepare_sheet, write
from xl_relances.workbook.procedure import LEVELS, rates
from xl_relances.workbook.tables import add_table
from xl_relances.workbook.validations import NUMBER_LIST, add_validations

_LONG = ("preparation_criteres",)
"""Values that run on over the place of their meaning."""

_VALUE = Alignment(horizontal="left", vertical="center")


def add_selection(draft: Draft) -> None:
    """The criteria of the reference screen, and what the last Prepare was made with."""
    sheet = draft.book[layout.SELECTION]
    prepare_sheet(sheet)
    _widths(sheet, (34, 24, 92))
    names = [setting.name for setting in SELECTION_SETTINGS[:5]]
    filled = f"COUNTA({','.join(names)})"
    heading(
        draft, sheet,
        f'=IF({filled}=0,"Tous les clients du grand livre.",'
        f'{counted(filled, "critère restreint", "critères restreignent")}&" la sélection.")',
        "Tous les clients du grand livre.",
        "Remplissez ce qui restreint la sélection, laissez vide le reste, puis cliquez Préparer.",
    )  # fmt: skip
    link(sheet, "A2", "→ Préparation", f"'{layout.PREPARATION}'!A5")
    _titles(sheet, HEADER_ROW, ("Critère", "Valeur", "Ce que cela fait"))
    row = _settings(draft, sheet, HEADER_ROW + 1, SELECTION_SETTINGS)
    write(sheet, f"A{row + 1}", "Éditer une partie", look.GROUP)
    write(sheet, f"C{row + 1}", "Facultatif : proposé par le bouton Éditer…, après les lettres "
          "non éditées et les lignes sélectionnées.", look.MEANING)  # fmt: skip
    row = _settings(draft, sheet, row + 2, ISSUE_SETTINGS)
    write(sheet, f"A{row + 1}", "Dernière préparation", look.GROUP)
    draft.formula(
        sheet, f"C{row + 1}",
        f'=IF(preparation_le="","Pas encore préparé.","Préparé le "&{stamp("preparation_le")})',
        "Pas encore préparé.",
    ).font = look.MEANING  # fmt: skip
    _settings(draft, sheet, row + 2, (*PREPARATION_STATE, SHOWN_CHARGES), typed=False)
    _number_choices(draft, sheet)
    sheet.freeze_panes = f"A{FIRST_ROW}"


def _number_choices(draft: Draft, sheet: Worksheet) -> None:
    """A hidden column of texts, since a drop-down takes its choices from one range.

    They are texts because ``numero_lettre`` is a text cell: 1 typed there is "1".
    """
    sheet.column_dimensions["H"].hidden = True
    write(sheet, "H4", named_cells.AUTOMATIQUE)
    levels = column(NIVEAUX_TABLE, "N°")
    for level in range(1, 10):
        shown = str(level) if level <= len(LEVELS) else ""
        draft.formula(sheet, f"H{4 + level}", f'=IF(MAX({levels})>={level},"{level}","")', shown)
    draft.define(LEVEL_LIST, levels)
    place = f"'{sheet.title}'!$H$4"
    draft.define(NUMBER_LIST, f"{place}:INDEX('{sheet.title}'!$H$4:$H$13,1+MAX({levels}))")


def add_parameters(draft: Draft) -> None:
    """Settings in groups, the dangerous ones last; beside them two tables free to grow."""
    sheet = draft.book[layout.PARAMETRES]
    prepare_sheet(sheet)
    _widths(sheet, (30, 30, 62, 3))
    missing = "COUNTBLANK(societe_nom)+COUNTBLANK(societe_siren)+COUNTBLANK(societe_adresse_1)"
    heading(
        draft, sheet,
        f'=IF({missing}=0,"Société renseignée.",'
        f'"{layout.EMPTY[layout.PARAMETRES]}")',
        layout.EMPTY[layout.PARAMETRES],
        "Taux et niveaux sont à droite. Tout vaut dès le prochain Préparer.",
    )  # fmt: skip
    rate_column = 5
    level_column = rate_column + len(TAUX_TABLE.columns) + 1
    link(sheet, "A2", "← Accueil", f"'{layout.ACCUEIL}'!A1")
    levels = f"{get_column_letter(level_column)}"
    link(sheet, "B2", "→ Niveaux et taux", f"'{sheet.title}'!{get_column_letter(rate_column)}4")
    _titles(sheet, HEADER_ROW, ("Réglage", "Valeur", "Ce que cela fait"))
    row = HEADER_ROW + 1
    for title, settings in (
        ("Relances", DUNNING_SETTINGS), ("Société", COMPANY_SETTINGS), ("E-mails", MAIL_SETTINGS),
    ):  # fmt: skip
        write(sheet, f"A{row}", title, look.GROUP)
        row = _settings(draft, sheet, row + 1, settings) + 1
    for table, first, rows in (
        (TAUX_TABLE, rate_column, rates()), (NIVEAUX_TABLE, level_column, LEVELS),
    ):  # fmt: skip
        corner = get_column_letter(first)
        write(sheet, f"{corner}2", f"Tableau {table.name}", look.GROUP)
        add_table(draft, sheet, table, first_column=first, rows=rows, filterable=False)
        add_validations(sheet, table, first_column=first)
        for index, described in enumerate(table.columns, first):
            dimension = sheet.column_dimensions[get_column_letter(index)]
            dimension.width = look.excel_width(described.width)
    sheet.column_dimensions[levels].width = look.excel_width(NIVEAUX_TABLE.columns[0].width)
    sheet.column_dimensions[get_column_letter(level_column - 1)].width = 3
    last = get_column_letter(level_column + len(NIVEAUX_TABLE.columns) - 1)
    rate_end = get_column_letter(level_column - 2)
    sheet.print_area = (
        f"A1:C{row},{get_column_letter(rate_column)}1:{rate_end}60,{levels}1:{last}20"
    )
    sheet.freeze_panes = f"A{FIRST_ROW}"


def _widths(sheet: Worksheet, widths: Sequence[float]) -> None:
    """Column widths, and rows a little higher than usual: labels want air."""
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = 18, True
    for index, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(index)].width = look.excel_width(width)


def _titles(sheet: Worksheet, row: int, titles: Sequence[str]) -> None:
    for index, title in enumerate(titles, 1):
        cell = sheet.cell(row, index, title)
        cell.font, cell.fill = look.HEADER, look.ground(look.ACCENT)
        cell.alignment = Alignment(vertical="top")
    sheet.row_dimensions[row].height = 20


def _settings(
    draft: Draft, sheet: Worksheet, row: int, settings: Sequence[Setting], *, typed: bool = True
) -> int:
    """One row a setting: label, named cell, meaning. Returns the row below the last."""
    for setting in settings:
        write(sheet, f"A{row}", setting.label, look.LABEL)
        cell = write(sheet, f"B{row}", setting.default, look.BODY, _VALUE)
        cell.number_format = look.number_format(setting.kind)
        if setting.name not in _LONG:
            write(sheet, f"C{row}", setting.meaning, look.MEANING)
        for place in sheet[f"A{row}:C{row}"][0]:
            place.border = look.rule_below()
        if typed:
            cell.fill = look.ground(look.TINT)
        draft.name(setting.name, sheet, f"B{row}")
        validation = _validation(setting) if typed else None
        if validation is not None:
            validation.allow_blank = True
            validation.add(f"B{row}")
            sheet.add_data_validation(validation)
        if setting.kind is Kind.TEXT:
            draft.quiet.setdefault(sheet.title, []).append(f"B{row}")
        row += 1
    return row


def _validation(setting: Setting) -> DataValidation | None:
    if setting.name == "numero_lettre":
        return validations.named_choices(
            NUMBER_LIST, "Choisissez Automatique ou un numéro du tableau Niveaux."
        )
    if setting.name == "edition_lettre":
        return validations.named_choices(
            LEVEL_LIST, "Choisissez un numéro de lettre du tableau Niveaux."
        )
    if setting.name in {"devise", "societe_devise"}:
        return validations.choices(validations.CURRENCIES, open_ended=True)
    if setting.choices:
        return validations.choices(setting.choices)
    match setting.kind:
        case Kind.DATE:
            return validations.dates()
        case Kind.AMOUNT:
            return validations.amounts()
        case Kind.INTEGER:
            return validations.whole(0, 65_535)
        case _:
            return None
