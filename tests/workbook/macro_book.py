"""The smallest workbook with our macros: every sheet of ours, empty but for a few cells."""

from __future__ import annotations

from io import BytesIO

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from xl_relances.book.layout import NUMBER_FORMATS, Kind
from xl_relances.workbook import package
from xl_relances.workbook.commands import IMPORT_FILES
from xl_relances.workbook.draft import BOOK_CODE_NAME, CODE_NAMES
from xl_relances.workbook.macro_parts import additions

_PLAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACROS = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def macro_book_parts() -> dict[str, bytes]:
    """Parts of a workbook whose sheets all have a ticked B2, an empty tick in B3, text in B4."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    book.code_name = BOOK_CODE_NAME
    for title, code_name in CODE_NAMES.items():
        sheet = book.create_sheet(title)
        sheet.sheet_properties.codeName = code_name
        sheet["B2"], sheet["B4"] = 1, "1"
        for place in ("B2", "B3"):
            sheet[place].number_format = NUMBER_FORMATS[Kind.TICK]
    book.defined_names[IMPORT_FILES] = DefinedName(IMPORT_FILES, attr_text="Accueil!$B$6")
    file = BytesIO()
    book.save(file)
    parts = package.read(file)
    parts[package.CONTENT_TYPES] = parts[package.CONTENT_TYPES].replace(_PLAIN, _MACROS)
    for addition in additions():
        parts = package.add(parts, addition)
    return parts
