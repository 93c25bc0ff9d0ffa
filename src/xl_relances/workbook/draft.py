"""The workbook being built: openpyxl's, and what its formulas show while it is empty.

openpyxl stores no value beside a formula. A preview, Protected View and readers
of values would then see blanks, so each formula is put in with what it shows in
the shipped workbook; a test compares these with LibreOffice's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from xl_relances.book.formulas import stored
from xl_relances.book.layout import (
    A_APPELER,
    ACCUEIL,
    BALANCE_AGEE,
    CAMPAGNES,
    CLIENTS,
    CONTROLE,
    CORRESPONDANCE,
    DETAIL,
    EVOLUTION,
    GRAND_LIVRE,
    HISTORIQUE,
    NON_RELANCES,
    PARAMETRES,
    PREPARATION,
    SELECTION,
    TABLEAU_DE_BORD,
    XLWINGS_CONF,
)  # fmt: skip
from xl_relances.workbook import look

CODE_NAMES = {
    ACCUEIL: "FeuilAccueil",
    SELECTION: "FeuilSelection",
    PREPARATION: "FeuilPreparation",
    DETAIL: "FeuilDetail",
    NON_RELANCES: "FeuilNonRelances",
    A_APPELER: "FeuilAAppeler",
    GRAND_LIVRE: "FeuilGrandLivre",
    CLIENTS: "FeuilClients",
    HISTORIQUE: "FeuilHistorique",
    CAMPAGNES: "FeuilCampagnes",
    PARAMETRES: "FeuilParametres",
    TABLEAU_DE_BORD: "FeuilTableauDeBord",
    BALANCE_AGEE: "FeuilBalanceAgee",
    EVOLUTION: "FeuilEvolution",
    CONTROLE: "FeuilControle",
    CORRESPONDANCE: "FeuilCorrespondance",
    XLWINGS_CONF: "FeuilXlwingsConf",
}
"""Names of the sheets' document modules in the VBA project, by title; ASCII."""

BOOK_CODE_NAME = "ThisWorkbook"


@dataclass(slots=True)
class Draft:
    """One workbook in the making.

    Attributes:
        book: openpyxl's workbook.
        shown: What each formula cell shows when nothing is filled in, by sheet and cell.
        quiet: Ranges in which Excel must not mark numbers kept as text, by sheet.
        repeated: Ranges of calculated columns that the user types over, by sheet.
    """

    book: Workbook
    shown: dict[tuple[str, str], str | float] = field(default_factory=dict)
    quiet: dict[str, list[str]] = field(default_factory=dict)
    repeated: dict[str, list[str]] = field(default_factory=dict)

    def formula(self, sheet: Worksheet, place: str, formula: str, shown: str | float = "") -> Cell:
        """Put in a formula as typed in Excel, and what it shows for now."""
        cell = sheet[place]
        cell.value = stored(formula)
        self.shown[sheet.title, place] = shown
        return cell  # type: ignore[no-any-return]

    def name(self, name: str, sheet: Worksheet, place: str) -> None:
        """Give a cell its workbook name."""
        column, row = "".join(filter(str.isalpha, place)), "".join(filter(str.isdigit, place))
        self.define(name, f"'{sheet.title}'!${column}${row}")

    def define(self, name: str, formula: str) -> None:
        """A workbook name for a range or a formula."""
        self.book.defined_names[name] = DefinedName(name, attr_text=formula)


def write(
    sheet: Worksheet, place: str, text: str | float | None, font: Font = look.BODY,
    alignment: Alignment | None = None,
) -> Cell:  # fmt: skip
    """Write a constant in a style."""
    cell: Cell = sheet[place]
    cell.value = text
    cell.font = font
    cell.alignment = alignment or Alignment(vertical="center")
    return cell


def link(sheet: Worksheet, place: str, text: str, target: str) -> None:
    """A link to a place of this workbook: ``'Détail'!A5``."""
    cell = write(sheet, place, text, look.LINK)
    cell.hyperlink = Hyperlink(ref=place, location=target, display=text)
    cell.font = look.LINK


def heading(draft: Draft, sheet: Worksheet, sentence: str, shown: str, instruction: str) -> None:
    """Row 1: title and a live sentence; row 2: what to do; row 3 stays empty."""
    title_rows(sheet, None, instruction)
    draft.formula(sheet, "C1", sentence, shown)


def title_rows(sheet: Worksheet, sentence: str | None, instruction: str) -> None:
    """The same with a sentence that a command writes, a text whatever it begins with."""
    write(sheet, "A1", sheet.title, look.TITLE)
    cell = write(sheet, "C1", sentence, look.SENTENCE)
    if sentence is not None:
        cell.number_format = "@"
    write(sheet, "C2", instruction, look.INSTRUCTION)
    for row, height in ((1, 26.0), (2, 18.0), (3, 6.0)):
        sheet.row_dimensions[row].height = height


def prepare_sheet(sheet: Worksheet, *, titles: str | None = "1:4") -> None:
    """No gridlines; A4 landscape on one page of width, numbered, dated, titles repeated."""
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.zoomScale = 100
    sheet.sheet_view.tabSelected = sheet.title == ACCUEIL
    sheet.sheet_properties.codeName = CODE_NAMES[sheet.title]
    setup = sheet.page_setup
    setup.orientation, setup.paperSize = "landscape", 9
    setup.fitToWidth, setup.fitToHeight = 1, 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.5, 0.6, 0.3, 0.3
    footer = sheet.oddFooter
    assert footer is not None
    for item, text in (
        (footer.left, "&A"), (footer.center, "page &P / &N"), (footer.right, "&D"),
    ):  # fmt: skip
        if item is not None:
            item.text = text
    if titles:
        sheet.print_title_rows = titles
