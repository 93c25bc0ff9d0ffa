"""Drop-downs and checks on what the user types, over whole columns.

They catch slips at the keyboard; what is pasted is checked by the code that reads.
"""

from __future__ import annotations

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xl_relances.book.layout import CHOIX, Column, Kind, Table
from xl_relances.book.named_cells import (
    COURRIER,
    COURRIER_ET_EMAIL,
    EMAIL,
    PARTICULIER,
    PROFESSIONNEL,
)
from xl_relances.workbook.conditions import LAST_ROW, LEVEL_LIST, letter

NUMBER_LIST = "liste_numeros"
"""Workbook name of « Automatique » and the level numbers, for ``numero_lettre``."""

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "CAD", "MAD", "TND", "XOF", "XAF", "JPY")

_FIRST_DAY, _LAST_DAY = 32874, 73050  # 01/01/1990 and 31/12/2099 as Excel counts days
_CHOICES = {
    "Langue": ("fr", "en"),
    "Type": (PROFESSIONNEL, PARTICULIER),
    "Envoi": (COURRIER, EMAIL, COURRIER_ET_EMAIL),
}
_WHOLE = {"N°": (1, 9), "Délai": (0, 999), "Retard": (0, 999), "Délai accordé": (0, 999)}


def choices(values: tuple[str, ...], *, open_ended: bool = False) -> DataValidation:
    """A drop-down of constants; ``open_ended`` asks before it takes another value."""
    listed = ", ".join(values)
    return DataValidation(
        type="list",
        formula1=f'"{",".join(values)}"',
        errorStyle="warning" if open_ended else "stop",
        errorTitle="Autre valeur" if open_ended else "Valeur non prévue",
        error=f"Valeurs habituelles : {listed}." if open_ended else f"Choisissez : {listed}.",
    )


def named_choices(name: str, error: str) -> DataValidation:
    """A drop-down of the cells that a workbook name stands for."""
    return DataValidation(type="list", formula1=name, errorTitle="Valeur non prévue", error=error)


def of_its_row(first: str, last: str, row: int = 5) -> DataValidation:
    """A drop-down of what stands in these columns of the row itself, from the left."""
    return DataValidation(
        type="list", errorStyle="warning",
        formula1=f"OFFSET(${first}{row},0,0,1,MAX(1,COUNTA(${first}{row}:${last}{row})))",
        errorTitle="Autre colonne", error="Choisissez une colonne de la liste.",
    )  # fmt: skip


def ticks() -> DataValidation:
    """1 shows ☑, 0 shows ☐."""
    return DataValidation(
        type="list", formula1='"1,0"', errorTitle="Case à cocher",
        error="1 coche la case, 0 la décoche ; un double-clic aussi.",
    )  # fmt: skip


def dates() -> DataValidation:
    """A day between 1990 and 2099, not a text that looks like one."""
    return DataValidation(
        type="date", operator="between", formula1=str(_FIRST_DAY), formula2=str(_LAST_DAY),
        errorTitle="Date attendue", error="Tapez une date : JJ/MM/AAAA.",
    )  # fmt: skip


def amounts() -> DataValidation:
    """A number."""
    return DataValidation(
        type="decimal", operator="between", formula1="-1000000000000", formula2="1000000000000",
        errorTitle="Montant attendu", error="Tapez un nombre : 1234,56.",
    )  # fmt: skip


def whole(least: int, most: int) -> DataValidation:
    """A whole number, bounds included."""
    return DataValidation(
        type="whole", operator="between", formula1=str(least), formula2=str(most),
        errorTitle="Nombre attendu", error=f"Tapez un nombre entier de {least} à {most}.",
    )  # fmt: skip


def for_column(table: Table, column: Column) -> DataValidation | None:
    """What a column accepts, or None where anything may stand."""
    if column.title == "N° lettre" and column.typed:
        return named_choices(LEVEL_LIST, "Choisissez un numéro de lettre du tableau Niveaux.")
    if column.title == "Devise":
        return choices(CURRENCIES, open_ended=True) if column.typed else None
    if column.title == "Colonne du fichier":
        return of_its_row(letter(table, CHOIX[0]), letter(table, CHOIX[-1]))
    if column.title in _CHOICES and column.typed:
        return choices(_CHOICES[column.title])
    if column.kind is Kind.TICK:
        return ticks()
    if column.title == "Recommandé n°":
        return DataValidation(
            type="textLength", operator="lessThanOrEqual", formula1="20",
            errorTitle="Numéro trop long", error="Vingt caractères au plus.",
        )  # fmt: skip
    if not column.typed:
        return None
    match column.kind:
        case Kind.DATE:
            return dates()
        case Kind.AMOUNT | Kind.PERCENT:
            return amounts()
        case Kind.INTEGER if column.title in _WHOLE and table.name == "Niveaux":
            return whole(*_WHOLE[column.title])
        case _:
            return None


def add_validations(
    sheet: Worksheet, table: Table, *, first_column: int = 1, first_row: int = 5
) -> None:
    """One validation a column, from the first data row to the last row of a sheet."""
    for index, column in enumerate(table.columns, first_column):
        validation = for_column(table, column)
        if validation is not None:
            validation.allow_blank = True
            validation.showErrorMessage = True
            name = get_column_letter(index)
            validation.add(f"{name}{first_row}:{name}{LAST_ROW}")
            sheet.add_data_validation(validation)
