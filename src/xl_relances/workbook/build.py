"""Build relances.xlsm from its sources, or tell whether the committed one still is that.

    python -m xl_relances.workbook.build [--out PATH] [--check]

The guide's tables of buttons and of letter fields are written, or compared, with them.
The same sources give the same parts; only the compression of the zip may differ.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xl_relances.book import layout
from xl_relances.workbook import checks, guide, look, macro_parts, package
from xl_relances.workbook.dashboard import add_dashboard
from xl_relances.workbook.draft import BOOK_CODE_NAME, CODE_NAMES, Draft
from xl_relances.workbook.forms import add_parameters, add_selection
from xl_relances.workbook.home import add_home
from xl_relances.workbook.package import Parts
from xl_relances.workbook.tables import TABLE_STYLE
from xl_relances.workbook.working_sheets import add_working_sheets

COMMITTED = Path(__file__).parents[3] / "relances.xlsm"
"""The shipped workbook, at the top of the repository."""


class BuildError(Exception):
    """The sources do not make a workbook that Excel takes whole."""


CONF = (
    ("USE UDF SERVER", "True"),
    ("SHOW CONSOLE", "False"),
    ("DEBUG UDFS", "False"),
    ("ADD_WORKBOOK_TO_PYTHONPATH", "False"),
)
"""Texts, not booleans: « Faux » on a French Excel would stop xlwings."""

_FORMATS = (
    '<dxf><border><horizontal style="thin"><color rgb="FF{line}"/></horizontal></border></dxf>'
    '<dxf><font><b/><color rgb="FF{white}"/></font>'
    '<fill><patternFill patternType="solid"><bgColor rgb="FF{accent}"/></patternFill></fill></dxf>'
    '<dxf><fill><patternFill patternType="solid"><bgColor rgb="FF{band}"/></patternFill></fill>'
    "</dxf>"
)
_STYLE = (
    '<tableStyle name="{name}" pivot="0" count="3">'
    '<tableStyleElement type="wholeTable" dxfId="{{0}}"/>'
    '<tableStyleElement type="headerRow" dxfId="{{1}}"/>'
    '<tableStyleElement type="secondRowStripe" dxfId="{{2}}"/></tableStyle>'
)


def draft_workbook() -> Draft:
    """Every sheet of the contract, filled and named."""
    book = Workbook()
    book.remove(book.worksheets[0])
    draft = Draft(book)
    for title in layout.SHEETS:
        book.create_sheet(title)
    add_selection(draft)
    add_parameters(draft)
    add_working_sheets(draft)
    add_dashboard(draft)
    add_home(draft)
    _add_conf(book[layout.XLWINGS_CONF])
    for title, colour in _tab_colours().items():
        book[title].sheet_properties.tabColor = colour
    book.active = 0
    book.code_name = BOOK_CODE_NAME
    properties = book.properties
    properties.creator = properties.lastModifiedBy = "xl-relances"
    properties.title = "Relances clients"
    properties.language = "fr-FR"
    properties.created = dt.datetime(2026, 1, 1)
    return draft


def _tab_colours() -> dict[str, str]:
    """The accent for the sheets of the day, grey for what they draw on."""
    daily = (layout.ACCUEIL, layout.SELECTION, layout.PREPARATION, layout.DETAIL,
             layout.NON_RELANCES)  # fmt: skip
    return {title: look.ACCENT if title in daily else "A6A6A6" for title in layout.SHEETS}


def _add_conf(sheet: Worksheet) -> None:
    sheet.sheet_state = "hidden"
    sheet.sheet_properties.codeName = CODE_NAMES[sheet.title]
    sheet.sheet_view.tabSelected = False
    for row, pair in enumerate(CONF, 1):
        for column, text in enumerate(pair, 1):
            cell = sheet.cell(row, column, text)
            cell.number_format = "@"
    for letter in "AB":
        dimension = sheet.column_dimensions[letter]
        dimension.width = 34
        dimension.number_format = "@"


def workbook_parts() -> Parts:
    """The parts that openpyxl writes, mended: all but the VBA project and the ribbon."""
    draft = draft_workbook()
    file = BytesIO()
    draft.book.save(file)
    part = {
        title: f"xl/worksheets/sheet{number}.xml" for number, title in enumerate(layout.SHEETS, 1)
    }
    formats = _FORMATS.format(line=look.LINE, white=look.WHITE, accent=look.ACCENT, band=look.BAND)
    return package.mend(
        package.read(file),
        shown={(part[sheet], place): value for (sheet, place), value in draft.shown.items()},
        quiet={part[sheet]: ranges for sheet, ranges in draft.quiet.items()},
        repeated={part[sheet]: ranges for sheet, ranges in draft.repeated.items()},
        table_style=(formats, _STYLE.format(name=TABLE_STYLE)),
    )


def build() -> bytes:
    """The whole file.

    Raises:
        BuildError: Excel would refuse or drop something of it; the sentences say what.
    """
    parts = workbook_parts()
    for addition in macro_parts.additions():
        parts = package.add(parts, addition)
    found = checks.problems(parts)
    if found:
        raise BuildError("\n".join(found))
    return package.assemble(parts)


def main(arguments: list[str] | None = None) -> int:
    """Write the workbook, or compare: 1 when the file is not what the sources build."""
    parser = argparse.ArgumentParser(prog="xl_relances.workbook.build", description=__doc__)
    parser.add_argument("--out", type=Path, default=COMMITTED, help="where to write or compare")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)
    content = build()
    ours = options.out == COMMITTED
    if not options.check:
        options.out.write_bytes(content)
        print(f"{options.out}: {len(content)} bytes")
        for page in guide.write() if ours else []:
            print(f"{page}: its table")
        return 0
    pages = guide.differing() if ours else []
    for page in pages:
        print(f"{page}: its table differs", file=sys.stderr)
    if not options.out.exists():
        print(f"{options.out}: missing", file=sys.stderr)
        return 1
    apart = package.differences(package.read(str(options.out)), package.read(BytesIO(content)))
    for name in apart:
        print(f"{options.out}: {name} differs from what the sources build", file=sys.stderr)
    return 1 if apart or pages else 0


if __name__ == "__main__":
    raise SystemExit(main())
