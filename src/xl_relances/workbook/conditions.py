"""Conditional formats of the working tables.

Each covers its whole column below the header, so that growth changes nothing,
and is a plain comparison within its row, cheap enough for 100,000 rows.
"""

from __future__ import annotations

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Border, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xl_relances.book.layout import BALANCE_AGEE_TABLE, HEADER_ROW, NO_MARK, Kind, Table
from xl_relances.dunning.aging import BANDS
from xl_relances.dunning.limitation import WARNING_MONTHS
from xl_relances.dunning.motif import HELD
from xl_relances.workbook import look

FIRST_ROW = HEADER_ROW + 1
LAST_ROW = 1_048_576
LEVEL_LIST = "liste_niveaux"
"""Workbook name of ``Niveaux[N°]``: conditions and lists may not name a table."""

_LEVELS = ("Dernière lettre", "Lettre proposée", "N° lettre", "Niveau")
_LATENESS = ("Retard", "Retard max")
_ASIDE = ("Couvert", *HELD, "Bloqué")


def letter(table: Table, title: str) -> str:
    """The shipped column letter of a title."""
    return get_column_letter(table.columns.index(table.column(title)) + 1)


def below(column: str, first: int = FIRST_ROW) -> str:
    """The whole column below its header."""
    return f"{column}{first}:{column}{LAST_ROW}"


def condition(
    formula: str, *, font: Font | None = None, fill: PatternFill | None = None,
    border: Border | None = None, form: NumberFormat | None = None, stop: bool = False,
) -> Rule:  # fmt: skip
    """One rule; ``formula`` is written for the first row of its range."""
    return Rule(
        type="expression",
        formula=[formula],
        stopIfTrue=stop or None,
        dxf=DifferentialStyle(font=font, fill=fill, border=border, numFmt=form),
    )


def add_conditions(sheet: Worksheet, table: Table) -> None:
    """All rules of a working table, the most telling first."""
    titles = [column.title for column in table.columns]
    if {"N° lettre", "Lettre proposée"} <= set(titles):
        _changed_level(sheet, table)
    _level_tags(sheet, [letter(table, title) for title in titles if title in _LEVELS])
    _lateness(sheet, [letter(table, title) for title in titles if title in _LATENESS])
    if "Prescription" in titles:
        _limitation(sheet, letter(table, "Prescription"))
    _amounts(sheet, table)
    if "Échéance calculée" in titles:
        due, reckoned = letter(table, "Échéance"), letter(table, "Échéance calculée")
        test = f"AND(LEN({due}{FIRST_ROW})>0,{due}{FIRST_ROW}=${reckoned}{FIRST_ROW})"
        sheet.conditional_formatting.add(below(due), condition(test, font=Font(italic=True)))
    if "Effet" in titles:
        effect = letter(table, "Effet")
        test = f'{effect}{FIRST_ROW}="à corriger"'
        warm = condition(test, font=Font(bold=True, color=look.WARM))
        sheet.conditional_formatting.add(below(effect), warm)
    if table is BALANCE_AGEE_TABLE:
        _ages(sheet, table)
    whole = f"A{FIRST_ROW}:{get_column_letter(len(table.columns))}{LAST_ROW}"
    aside = _aside(table)
    if aside:
        sheet.conditional_formatting.add(
            whole, condition(aside, font=Font(italic=True, color=look.GREY))
        )


def _changed_level(sheet: Worksheet, table: Table) -> None:
    """Invalid: white on red. Changed by hand: bold in a thin frame, the tag stays."""
    number, proposed = letter(table, "N° lettre"), letter(table, "Lettre proposée")
    cell = f"{number}{FIRST_ROW}"
    invalid = (
        f"AND(LEN({cell})>0,IF(ISNUMBER({cell}),"
        f"OR({cell}<1,{cell}>MAX({LEVEL_LIST}),{cell}<>INT({cell})),TRUE))"
    )
    changed = f"AND(LEN({cell})>0,{cell}<>${proposed}{FIRST_ROW})"
    place = below(number)
    sheet.conditional_formatting.add(
        place,
        condition(
            invalid,
            font=Font(bold=True, color=look.WHITE),
            fill=look.conditional_ground(look.ERROR_GROUND),
            stop=True,
        ),
    )
    sheet.conditional_formatting.add(
        place, condition(changed, font=Font(bold=True), border=look.FRAME)
    )


def _level_tags(sheet: Worksheet, columns: list[str]) -> None:
    """In sheet order: a condition on several columns is written for the leftmost."""
    if not columns:
        return
    cell, places = f"{columns[0]}{FIRST_ROW}", " ".join(map(below, columns))
    tests = (f"{cell}=1", f"{cell}=2", f"AND(ISNUMBER({cell}),{cell}>=3)")
    for test, (ground, ink) in zip(tests, look.LEVELS, strict=True):
        sheet.conditional_formatting.add(
            places, condition(test, font=Font(color=ink), fill=look.conditional_ground(ground))
        )


def _lateness(sheet: Worksheet, columns: list[str]) -> None:
    """The colour of an age is the ground of its days; not due yet has none."""
    for column in columns:
        cell = f"{column}{FIRST_ROW}"
        for days, colour in zip((90, 60, 30, 0), reversed(look.AGE_COLOURS), strict=False):
            sheet.conditional_formatting.add(
                below(column),
                condition(
                    f"AND(ISNUMBER({cell}),{cell}>{days})",
                    font=Font(color=look.INK),
                    fill=look.conditional_ground(colour),
                ),
            )


def _limitation(sheet: Worksheet, column: str) -> None:
    """Amber in its last six months on the day of the preparation, bold on brick once passed."""
    cell = f"{column}{FIRST_ROW}"
    passed = f"{cell}<preparation_date"
    near = f"{cell}<=EDATE(preparation_date,{WARNING_MONTHS})"
    (amber, brown), (brick, red) = look.LIMITATION
    for test, ground, font in (
        (passed, brick, Font(bold=True, color=red)),
        (near, amber, Font(color=brown)),
    ):
        sheet.conditional_formatting.add(
            below(column),
            condition(
                f"AND(ISNUMBER({cell}),{test})",
                font=font,
                fill=look.conditional_ground(ground),
            ),
        )


def _ages(sheet: Worksheet, table: Table) -> None:
    """Each age on its own colour; rows without an account are totals, in bold."""
    end = get_column_letter(len(table.columns))
    total = condition(f"AND(LEN($A{FIRST_ROW})=0,LEN($B{FIRST_ROW})>0)", font=Font(bold=True))
    sheet.conditional_formatting.add(f"A{FIRST_ROW}:{end}{LAST_ROW}", total)
    for title, colour in zip(BANDS[1:], look.AGE_COLOURS[1:], strict=True):
        column = letter(table, title)
        cell = f"{column}{FIRST_ROW}"
        late = condition(
            f"AND(LEN($A{FIRST_ROW})>0,ISNUMBER({cell}),{cell}>0)",
            fill=look.conditional_ground(colour),
        )
        sheet.conditional_formatting.add(below(column), late)


def _amounts(sheet: Worksheet, table: Table) -> None:
    """Negative in red, « à recalculer » in italics; no place for yen, three for dinars."""
    amounts = [
        get_column_letter(index)
        for index, column in enumerate(table.columns, 1)
        if column.kind is Kind.AMOUNT
    ]
    titles = {column.title for column in table.columns}
    for column in amounts:
        cell = f"{column}{FIRST_ROW}"
        sheet.conditional_formatting.add(
            below(column),
            condition(f"AND(ISNUMBER({cell}),{cell}<0)", font=Font(color=look.NEGATIVE)),
        )
    for column in [letter(table, column.title) for column in table.columns if column.live]:
        if column in amounts:
            stale = f"AND(ISTEXT({column}{FIRST_ROW}),LEN({column}{FIRST_ROW})>0)"
            waiting = condition(stale, font=Font(italic=True, color=look.WARM))
            sheet.conditional_formatting.add(below(column), waiting)
    if not amounts or "Devise" not in titles:
        return
    currency = f"${letter(table, 'Devise')}{FIRST_ROW}"
    forms = (
        (look.NO_PLACES, NumberFormat(numFmtId=3, formatCode="#,##0")),
        (look.THREE_PLACES, NumberFormat(numFmtId=190, formatCode="#,##0.000")),
    )
    places = " ".join(below(column) for column in amounts)
    for codes, form in forms:
        test = f'AND(LEN({currency})=3,ISNUMBER(FIND({currency},"{" ".join(codes)}")))'
        sheet.conditional_formatting.add(places, condition(test, form=form))


def _is_marked(cell: str) -> str:
    """Whether a cell holds a mark, as ``layout.NO_MARK`` has it, without a list of values."""
    others = ",".join(f'{cell}&""<>"{no}"' for no in NO_MARK)
    return f"AND(LEN({cell})>0,{others})"


def _aside(table: Table) -> str:
    """What makes a row stand aside in grey italics; its reason stays readable."""
    titles = {column.title for column in table.columns}
    tests: list[str] = []
    if "Motif" in titles and not table.column("Motif").typed:
        reason = f"${letter(table, 'Motif')}{FIRST_ROW}"
        tests += [f'LEFT({reason},{len(word)})="{word}"' for word in _ASIDE]
    if table.name == "Preparation":
        tests.append(f"AND(${letter(table, 'Relancer')}{FIRST_ROW}=0,LEN($A{FIRST_ROW})>0)")
    if "Litige" in titles:
        marks = ",".join(
            _is_marked(f"${letter(table, title)}{FIRST_ROW}") for title in ("Litige", "Promesse")
        )
        last_day = letter(table, "Jusqu'au")
        until = f"${last_day}{FIRST_ROW}"
        # Before the first Prepare no day is chosen: whether a dated hold lasts is not known yet.
        lasts = f"AND(LEN(preparation_date)>0,{until}>=preparation_date)"
        tests.append(f"AND(OR({marks}),OR(LEN({until})=0,{lasts}))")
    if "Ne pas relancer" in titles:
        tests.append(f"${letter(table, 'Ne pas relancer')}{FIRST_ROW}=1")
        tests.append(f"LEN(${letter(table, 'Motif du blocage')}{FIRST_ROW})>0")
    if "Annulée le" in titles:
        tests.append(f"LEN(${letter(table, 'Annulée le')}{FIRST_ROW})>0")
    return f"OR({','.join(tests)})" if tests else ""
