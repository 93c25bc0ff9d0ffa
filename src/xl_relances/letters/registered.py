"""The list of registered letters: what the post office stamps, numbers still to fill in.

A spreadsheet made to be printed. What was typed into it (number, day of deposit,
day of receipt) is kept when it is made again, and so are the lines of letters that
are not listed anew, because they were saved since, and still lie beside it.
"""

from __future__ import annotations

import contextlib
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from xl_relances import french
from xl_relances.errors import LetterError
from xl_relances.letters.cleaning import clean, one_line

_TITLES = ("", "Compte", "Destinataire", "Adresse", "Devise", "Montant", "Lettre",
           "Recommandé n°", "Déposé le", "AR le")  # fmt: skip
_WIDTHS = (4, 14, 32, 36, 8, 14, 24, 22, 12, 12)
_TYPED = 3
"""The last columns are the user's."""
_HEAD = 3
_ACCENT = "1F4E79"
_FONT = ("b", "sz", "color", "name", "family", "scheme")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredLetter:
    """One line of the list.

    Attributes:
        address: The lines below the name in the window of the envelope.
        amount: What the letter claims.
        file: Name of the letter's file, which also tells lines apart.
    """

    account: str
    name: str
    address: tuple[str, ...]
    currency: str
    amount: Decimal
    file: str


def write_list(
    letters: Sequence[RegisteredLetter], target: Path, *, company: str, day: date
) -> None:
    """Write the list to ``target`` (.xlsx), in the order given, then what is kept.

    Raises:
        LetterError: The file is open elsewhere, cannot be read or cannot be written.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - only when letters are printed

    former = _former(target)
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Recommandés"
    anew = {letter.file for letter in letters}
    kept = [
        (row[4], row)
        for file, row in former.items()
        if file not in anew and target.with_name(file).is_file()
    ]
    total = len(letters) + len(kept)
    count = french.count(total, "lettre recommandée", "lettres recommandées")
    _fill(sheet, 1, [None, f"{one_line(clean(company)[0])} : {count} du {french.short_date(day)}"])
    _fill(sheet, _HEAD, _TITLES)
    for at, letter in enumerate(letters, start=1):
        texts = (letter.account, letter.name, "\n".join(letter.address), letter.currency)
        values = [at, *(clean(text)[0] for text in texts), letter.amount, letter.file]
        typed = former.get(letter.file, (None,) * len(_TITLES))[-_TYPED:]
        _fill(sheet, _HEAD + at, [*values, *typed])
    for at, (_, row) in enumerate(kept, start=len(letters) + 1):
        _fill(sheet, _HEAD + at, [at, *row[1:]])
    _shape(sheet, [*(letter.currency for letter in letters), *(str(name) for name, _ in kept)])
    waiting = target.with_name(f".{target.stem}.tmp.xlsx")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        book.save(waiting)
        _reorder_fonts(waiting)
        waiting.replace(target)
    except OSError as error:
        raise LetterError(
            f"{target.name} : écriture impossible ({french.refusal(error)}) ; "
            "fermez-le s'il est ouvert"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            waiting.unlink(missing_ok=True)


def _reorder_fonts(path: Path) -> None:
    """Write the parts of each font as Microsoft's schema orders them, which openpyxl does not."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}

    def ordered(font: re.Match[str]) -> str:
        pieces = re.findall(r"<(\w+)[^>]*/>", font[2])
        found = dict(zip(pieces, re.findall(r"<\w+[^>]*/>", font[2]), strict=True))
        return font[1] + "".join(found.pop(name, "") for name in _FONT) + font[3]

    styles = parts["xl/styles.xml"].decode()
    parts["xl/styles.xml"] = re.sub(r"(<font>)(.*?)(</font>)", ordered, styles).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


def _fill(sheet: Any, row: int, values: Sequence[Any]) -> None:
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(row, column, value)
        if isinstance(value, str):
            cell.data_type = "s"  # a name that begins with = is a name
            cell.number_format = "@"


def _former(target: Path) -> dict[str, tuple[Any, ...]]:
    """The lines of the list that lies there, by the letter's file."""
    from openpyxl import load_workbook  # noqa: PLC0415

    if not target.exists():
        return {}
    try:
        sheet: Any = load_workbook(target).worksheets[0]
        rows = list(sheet.iter_rows(min_row=_HEAD + 1, values_only=True))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise LetterError(
            f"{target.name} : illisible ({error}) ; renommez-le pour garder ce qui y est saisi"
        ) from error
    width = len(_TITLES)
    padded = [(*row, *[None] * width)[:width] for row in rows]
    return {str(row[-_TYPED - 1]): row for row in padded if row[-_TYPED - 1]}


def _shape(sheet: Any, currencies: Sequence[str]) -> None:
    """A page in landscape, head repeated, lines to write on."""
    from openpyxl.styles import Alignment, Border, Font, Side  # noqa: PLC0415

    for letter, width in zip("ABCDEFGHIJ", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet["B1"].font = Font(name="Calibri", family=2, bold=True, size=14, color=_ACCENT)
    line, rule = Side(style="thin", color="BFBFBF"), Side(style="medium", color=_ACCENT)
    for cell in sheet[_HEAD]:
        cell.font = Font(name="Calibri", family=2, bold=True, size=11, color=_ACCENT)
        cell.border = Border(bottom=rule)
        cell.alignment = Alignment(horizontal="right" if cell.column == 6 else "left", indent=1)
    for row, currency in zip(sheet.iter_rows(min_row=_HEAD + 1), currencies, strict=True):
        for cell in row:
            side = "right" if cell.column in {1, 6} else "left"
            cell.alignment = Alignment(
                horizontal=side,
                vertical="top",
                indent=int(cell.column > 1),
                wrap_text=cell.column in {3, 4},
            )
            cell.border = Border(bottom=line)
        places = french.decimal_places(currency)
        row[5].number_format = "#,##0" + ("." + "0" * places if places else "")
        row[7].number_format = "@"
        for day in row[8:]:
            day.number_format = "dd/mm/yyyy"
        height = max(2, str(row[3].value or "").count("\n") + 1, -(-len(str(row[2].value)) // 28))
        sheet.row_dimensions[row[0].row].height = 15 * height
    sheet.freeze_panes = sheet.cell(_HEAD + 1, 1)
    sheet.print_title_rows = f"{_HEAD}:{_HEAD}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.sheet_view.showGridLines = False
    sheet.oddFooter.right.text = "Page &P / &N"
