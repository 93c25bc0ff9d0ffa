"""How the workbook looks: one palette, and the styles made of it.

One typeface, one accent, one warm tone for what needs a decision, greys for the
rest. Every pair of text and ground below has a contrast of at least 4.5 : 1.
Colour never speaks alone: a level is also a number, a changed one also bold.

Source: ``look.md`` of the specification.
"""

from __future__ import annotations

from typing import Final

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.styleable import StyleableObject
from openpyxl.worksheet.dimensions import ColumnDimension

from xl_relances import french
from xl_relances.book.layout import NUMBER_FORMATS, Column, Kind, Table

TYPEFACE: Final = "Calibri"

INK: Final = "262626"
ACCENT: Final = "1F4E79"
WARM: Final = "B34E0F"
GREY: Final = "5F5F5F"
LINE: Final = "E1E1E1"
BAND: Final = "F7F9FB"
TINT: Final = "FFF8EA"
WHITE: Final = "FFFFFF"
NEGATIVE: Final = "C00000"
ERROR_GROUND: Final = "C00000"

AGE_COLOURS: Final = ("B5C7B8", "DDD9AE", "F3CE83", "EBAA74", "D98471")
"""Green-grey to amber to brick: the same for an age in every sheet and chart."""

LEVELS: Final = (("DCE9F5", "1F4E79"), ("FFE3A3", "6B4400"), ("EDBFB0", "7A1F0E"))
"""Ground and text of the tags of letters 1, 2, and 3 or higher."""

LIMITATION: Final = (LEVELS[1], LEVELS[2])
"""Ground and text of a limitation in its last six months, and of one that has passed."""

LEVEL_BARS: Final = ("9DC3E6", "F0C24B", "C46A52")
"""The same three, strong enough for the bars of a chart."""

ODD_CURRENCIES: Final = (
    "JPY",
    "KRW",
    "XAF",
    "XOF",
    "XPF",
    "CLP",
    "VND",
    "ISK",
    "TND",
    "KWD",
    "BHD",
    "OMR",
    "JOD",
    "IQD",
    "LYD",
)
NO_PLACES: Final = tuple(code for code in ODD_CURRENCIES if french.decimal_places(code) == 0)
THREE_PLACES: Final = tuple(code for code in ODD_CURRENCIES if french.decimal_places(code) == 3)


def font(
    *, size: float = 11, bold: bool = False, italic: bool = False, colour: str = INK,
    underline: bool = False,
) -> Font:  # fmt: skip
    """The one typeface."""
    return Font(
        name=TYPEFACE, family=2, size=size, bold=bold, italic=italic, color=colour,
        underline="single" if underline else None,
    )  # fmt: skip


def ground(colour: str) -> PatternFill:
    """A plain ground for a cell (conditional formats want :func:`conditional_ground`)."""
    return PatternFill("solid", fgColor=colour)


def conditional_ground(colour: str) -> PatternFill:
    """A plain ground as a differential style knows it."""
    return PatternFill(bgColor=colour)


def rule_below(colour: str = LINE, style: str = "thin") -> Border:
    """A light line under a row."""
    return Border(bottom=Side(style=style, color=colour))  # type: ignore[arg-type]


_EDGE = Side(style="thin", color=INK)
FRAME: Final = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)

TITLE: Final = font(size=16, bold=True, colour=ACCENT)
SENTENCE: Final = font(size=12, bold=True, colour=ACCENT)
INSTRUCTION: Final = font(colour=GREY)
MEANING: Final = font(size=10, colour=GREY)
LABEL: Final = font()
GROUP: Final = font(size=12, bold=True, colour=ACCENT)
HEADER: Final = font(bold=True, colour=WHITE)
LINK: Final = font(colour=ACCENT, underline=True)
BODY: Final = font()

_LINKED = {("Preparation", "Échéances"), ("Preparation", "Lettre"), ("Controle", "Où")}
_WRAPPED = ("Motif", "Critères")
_WHOLE = {
    ("Preparation", "Nom"), ("NonRelances", "Nom"), ("BalanceAgee", "Nom"), ("Appels", "Nom"),
    ("Appels", "Contact"),
}  # fmt: skip
"""Names to decide or to call by: the next column may hide nothing of them."""
_CENTRED_TEXTS = ("Devise", "Langue", "Campagne")


def alignment(column: Column) -> Alignment:
    """Amounts right, dates, ticks and small numbers centred, texts left; reasons wrap."""
    if column.title in _WRAPPED:
        return Alignment(horizontal="left", vertical="top", wrap_text=True)
    match column.kind:
        case Kind.AMOUNT | Kind.PERCENT:
            horizontal = "right"
        case Kind.DATE | Kind.STAMP | Kind.TICK | Kind.INTEGER:
            horizontal = "center"
        case _:
            horizontal = "center" if column.title in _CENTRED_TEXTS else "left"
    indent = 1 if horizontal == "right" else 0
    return Alignment(horizontal=horizontal, vertical="top", indent=indent)


def decides(table: Table, column: Column) -> bool:
    """Whether the header is warm: a typed column among computed ones."""
    return column.typed and sum(other.typed for other in table.columns) * 2 < len(table.columns)


def computed_among_typed(table: Table, column: Column) -> bool:
    """Whether the header is grey: filled by a command on a sheet that the user fills."""
    return not column.typed and sum(other.typed for other in table.columns) * 2 >= len(
        table.columns
    )


def style_header(cell: Cell, table: Table, column: Column) -> None:
    """White on the accent; on the warm tone where the user decides, on grey where he must not.

    At the top of two lines, so that the filter's arrow, at the bottom, hides no letter.
    """
    cell.font = HEADER
    tone = (
        WARM if decides(table, column) else GREY if computed_among_typed(table, column) else ACCENT
    )
    cell.fill = ground(tone)
    placed = alignment(column)
    cell.alignment = Alignment(
        horizontal=placed.horizontal, vertical="top", indent=placed.indent, wrap_text=True
    )


def style_cell(cell: StyleableObject | ColumnDimension, table: Table, column: Column) -> None:
    """A data cell, or a whole column of them: form, place, light line, ground of decisions."""
    cell.number_format = number_format(column.kind)
    cell.alignment = (
        Alignment(horizontal="left", vertical="top", wrap_text=True)
        if (table.name, column.title) in _WHOLE
        else alignment(column)
    )
    cell.font = LINK if (table.name, column.title) in _LINKED else BODY
    cell.border = rule_below()
    if decides(table, column):
        cell.fill = ground(TINT)


def number_format(kind: Kind) -> str:
    """The stored code of a kind; French forms appear where Excel is French."""
    return NUMBER_FORMATS[kind]


def excel_width(characters: float) -> float:
    """The width that Excel stores for so many characters: with its margins."""
    return characters + 0.7109375
