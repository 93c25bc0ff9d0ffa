"""The contract of an engine: each behaviour of Excel once, as a sentence.

It runs on our file engine and on LibreOffice; what only one of them does is listed, with
the reason, in ``libreoffice_differs.py``.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

import openpyxl
import pytest
import xlwings as xw
from crafted import (
    AMOUNT,
    DATE,
    STAMP,
    TEXT,
    TICK,
    UNLOCKED,
    Sheet,
    Table,
    ledger,
    number,
    parts_of,
    row,
    text,
    write,
)  # fmt: skip
from libreoffice_differs import DIFFERS
from openpyxl.styles import Alignment

from xl_relances import headless

Opener: TypeAlias = Callable[[Path | str], xw.Book]


@pytest.fixture(params=["file", "libreoffice"])
def open_book(request: pytest.FixtureRequest) -> Opener:
    """Opens a workbook on the engine under test."""
    if request.param == "file":
        return headless.open_book
    name = request.node.name.replace("[libreoffice-", "[").replace("[libreoffice]", "")
    if name in DIFFERS:
        request.applymarker(pytest.mark.xfail(reason=DIFFERS[name], strict=True))
    office = request.getfixturevalue("office")
    opener: Opener = office.open
    return opener


@pytest.fixture
def book(tmp_path: Path, open_book: Opener) -> Iterator[xw.Book]:
    """A ledger of three rows."""
    with open_book(ledger(tmp_path / "livre.xlsx")) as opened:
        yield opened


@pytest.fixture
def sheet(book: xw.Book) -> xw.Sheet:
    return book.sheets["Grand livre"]


@pytest.fixture
def table(sheet: xw.Sheet) -> xw.main.Table:
    return sheet.tables["GrandLivre"]


def there(found: xw.Range | None) -> xw.Range:
    """A range that must be there."""
    assert found is not None
    return found


def reopened(book: xw.Book) -> xw.Book:
    """The book as a fresh reader of its saved file sees it."""
    path, app = book.fullname, book.app
    book.save()
    book.close()
    return app.books.open(path)


class TestOpening:
    def test_no_paid_part_of_xlwings(self) -> None:
        """Nothing of xlwings that needs a key is imported."""
        assert xw.__pro__ is False

    def test_as_any_book(self, tmp_path: Path) -> None:
        """Once the engine is registered, ``xw.Book(path)`` opens files."""
        headless.register()
        with xw.Book(str(ledger(tmp_path / "a.xlsx"))) as book:
            assert book.sheets[0]["A1"].value == "Grand livre"
            assert headless.runs_on(book)

    def test_same_book_twice(self, book: xw.Book, open_book: Opener) -> None:
        """A book already open is given again, unsaved changes included."""
        book.sheets[0]["B1"].value = "ici"
        assert open_book(book.fullname).sheets[0]["B1"].value == "ici"
        assert xw.Book(book.fullname).sheets[0]["B1"].value == "ici"

    def test_caller_from_arguments(self, book: xw.Book, monkeypatch: pytest.MonkeyPatch) -> None:
        """``Book.caller()`` finds the book of ``--wb=… --from_xl=1``."""
        monkeypatch.delattr(xw.Book, "_mock_caller", raising=False)
        monkeypatch.setattr(sys, "argv", ["x", f"--wb={book.fullname}", "--from_xl=1"])
        assert xw.Book.caller().fullname == book.fullname

    def test_mock_caller(self, book: xw.Book, monkeypatch: pytest.MonkeyPatch) -> None:
        """``set_mock_caller`` works as in xlwings' own tests."""
        monkeypatch.setattr(xw.Book, "_mock_caller", book, raising=False)
        assert xw.Book.caller() == book

    def test_version(self, book: xw.Book) -> None:
        """The app passes for an Excel that xlwings supports."""
        assert book.app.version.major >= 15


class TestReading:
    def test_block(self, table: xw.main.Table) -> None:
        """A block reads as rows of texts, floats, datetimes under a date format, and None."""
        assert there(table.data_body_range).value[0] == [
            "411005", "Client 5", dt.datetime(2025, 1, 6), 5.5,
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("cell", "expected"),
        [
            pytest.param(number("A1", 45658, DATE), dt.datetime(2025, 1, 1), id="date"),
            pytest.param(number("A1", 45658.75, STAMP), dt.datetime(2025, 1, 1, 18), id="stamp"),
            pytest.param(number("A1", 60, DATE), dt.datetime(1900, 2, 28), id="no-such-day"),
            pytest.param(number("A1", 59, DATE), dt.datetime(1900, 2, 27), id="before-it"),
            pytest.param(number("A1", -1, DATE), -1.0, id="negative-date"),
            pytest.param(number("A1", 1, TICK), 1.0, id="tick-is-no-date"),
            pytest.param('<c r="A1" t="b"><v>1</v></c>', True, id="boolean"),
            pytest.param('<c r="A1" t="e"><v>#N/A</v></c>', None, id="error"),
            pytest.param('<c r="A1" t="str"><f>"a"</f><v>a</v></c>', "a", id="formula-text"),
            pytest.param('<c r="A1"><f>1+1</f><v>2</v></c>', 2.0, id="formula-cached"),
            pytest.param('<c r="A1"><f>1+1</f></c>', None, id="formula-never-calculated"),
            pytest.param('<c r="A1" t="inlineStr"><is><t></t></is></c>', None, id="empty-text"),
            pytest.param('<c r="A1" s="1"/>', None, id="blank"),
            pytest.param('<c t="inlineStr"><is><t>x</t></is></c>', "x", id="without-address"),
            pytest.param("<c><v>3</v></c>", 3.0, id="without-attributes"),
            pytest.param("<c r='A1' t='inlineStr'><is><t>x</t></is></c>", "x", id="single-quotes"),
            pytest.param('<c t="n" r="A1">\n<v>3</v>\n</c>', 3.0, id="pretty-printed"),
            pytest.param(
                '<c r="A1" t="d"><v>2025-01-01T00:00:00</v></c>',
                dt.datetime(2025, 1, 1),
                id="iso-date",
            ),
            pytest.param(
                '<c r="A1" t="inlineStr"><is><r><t>UR</t></r><r><rPr><b/></rPr><t>GENT</t></r></is>'
                "</c>",
                "URGENT",
                id="runs",
            ),
            pytest.param(
                text("A1", "12 rue Bleue_x000D_\nBâtiment B"),
                "12 rue Bleue\r\nBâtiment B",
                id="carriage-return",
            ),
            pytest.param(text("A1", "_x005F_x000D_"), "_x000D_", id="escaped-escape"),
            pytest.param(text("A1", "a & b < c"), "a & b < c", id="entities"),
            pytest.param(
                '<c r="A1" t="inlineStr"><is><t><![CDATA[a<b]]></t></is></c>', "a<b", id="cdata"
            ),
        ],
    )
    def test_cell(self, tmp_path: Path, cell: str, expected: object, open_book: Opener) -> None:
        """A cell reads as Excel gives it to xlwings, however its writer spelled it."""
        with open_book(write(tmp_path / "c.xlsx", Sheet("S", row(1, cell)))) as book:
            assert book.sheets[0]["A1"].value == expected
            assert book.sheets[0]["A1:B2"].value[0] == [expected, None]

    def test_errors_as_text(self, tmp_path: Path, open_book: Opener) -> None:
        """With ``err_to_str`` an error cell is its text, so that it is no empty cell."""
        cells = row(1, '<c r="A1" t="e"><v>#N/A</v></c>', number("B1", 1))
        with open_book(write(tmp_path / "c.xlsx", Sheet("S", cells))) as book:
            block = book.sheets[0]["A1:B1"]
            assert block.value == [None, 1.0]
            assert block.options(err_to_str=True).value == ["#N/A", 1.0]

    def test_options(self, table: xw.main.Table) -> None:
        """Xlwings' options for numbers, dates and empty cells are followed."""
        body = there(table.data_body_range)
        line = body.options(numbers=int, dates=dt.date, empty="-").value[0]
        assert line == ["411005", "Client 5", dt.date(2025, 1, 6), 6]
        assert table.parent["F9"].options(empty="-").value == "-"

    def test_shared_strings(self, tmp_path: Path, open_book: Opener) -> None:
        """Shared strings read as their text: of all runs, without phonetic readings."""
        strings = (
            "<si><t>plain</t></si><si><r><rPr><b/></rPr><t>URGENT</t></r><r><t>"
            " voir Léa</t></r></si><si><t>日</t><rPh sb='0' eb='1'><t>ni</t></rPh></si><si/>"
        )
        cells = "".join(f'<c r="{c}1" t="s"><v>{i}</v></c>' for i, c in enumerate("ABCD"))
        path = write(tmp_path / "c.xlsx", Sheet("S", row(1, cells)), strings=strings)
        with open_book(path) as book:
            assert book.sheets[0]["A1:D1"].value == ["plain", "URGENT voir Léa", "日", None]

    def test_1904(self, tmp_path: Path, open_book: Opener) -> None:
        """A book of an old Mac counts from 1904: 44560 is 31 December 2025."""
        path = write(
            tmp_path / "mac.xlsx", Sheet("S", row(1, number("A1", 44560, DATE))),
            setting='<workbookPr date1904="1"/>',
        )  # fmt: skip
        with open_book(path) as book:
            cell = book.sheets[0]["A1"]
            assert cell.value == dt.datetime(2025, 12, 31)
            cell.value = dt.datetime(2026, 1, 1)
            assert cell.value == dt.datetime(2026, 1, 1)
            cell.number_format = "0"
            assert cell.value == 44561

    def test_stray_cell(self, tmp_path: Path, open_book: Opener) -> None:
        """A stray cell at the end of the sheet is left out of the used range, said, and kept."""
        lines = "".join(row(n, number(f"A{n}", n), number(f"C{n}", n)) for n in range(1, 301))
        lines += row(1048576, text("XFD1048576", "égaré"))
        with open_book(write(tmp_path / "c.xlsx", Sheet("S", lines))) as book:
            sheet = book.sheets[0]
            assert sheet.used_range.address == "$A$1:$C$300"
            assert sheet.impl.strays == ["XFD1048576"]
            sheet["A1"].value = 0.5
            again = reopened(book)
            assert again.sheets[0]["XFD1048576"].value == "égaré"
            again.close()

    def test_stray_column(self, tmp_path: Path, open_book: Opener) -> None:
        """A stray cell far to the right is left out as well."""
        lines = "".join(row(n, number(f"A{n}", n)) for n in range(1, 300))
        lines += row(300, number("A300", 300), text("ZZ300", "égaré"))
        with open_book(write(tmp_path / "c.xlsx", Sheet("S", lines))) as book:
            assert book.sheets[0].used_range.address == "$A$1:$A$300"
            assert book.sheets[0].impl.strays == ["ZZ300"]

    def test_damaged_cell(self, tmp_path: Path, open_book: Opener) -> None:
        """A cell that makes no sense is said to be damage, not read as something."""
        bad = row(1, '<c r="A1" t="s"><v>12</v></c>')
        with open_book(write(tmp_path / "c.xlsx", Sheet("S", bad))) as book:
            with pytest.raises(headless.NotAWorkbookError) as caught:
                _ = book.sheets[0]["A1"].value
            assert caught.value.reason == "damaged"

    def test_moving_about(self, sheet: xw.Sheet) -> None:
        """``end``, ``expand``, ``current_region`` and ``used_range`` go where Excel goes."""
        assert sheet["A4"].expand().address == "$A$4:$D$7"
        assert sheet["A4"].end("down").address == "$A$7"
        assert sheet["A7"].end("up").address == "$A$4"
        assert sheet["A7"].end("down").address == "$A$1048576"
        assert sheet["A1048576"].end("up").address == "$A$7"
        assert sheet["A4"].end("right").address == "$D$4"
        assert sheet["A1"].end("down").address == "$A$4"
        assert sheet["B5"].current_region.address == "$A$4:$D$7"
        assert sheet.used_range.address == "$A$1:$D$7"
        assert sheet.used_range.last_cell.address == "$D$7"
        assert sheet.range("A:B").address == "$A:$B"
        assert sheet.range("5:7").shape == (3, 16384)

    def test_addresses_of_tables(self, sheet: xw.Sheet) -> None:
        """A table, or a column of one, is an address."""
        assert sheet.range("GrandLivre[Nom]").address == "$B$5:$B$7"
        assert sheet.range("GrandLivre").address == "$A$5:$D$7"


class TestWriting:
    def test_round_trip(self, book: xw.Book) -> None:
        """What is written is read again, here and after saving."""
        rows = [
            ["=1+1", "  espaces  ", dt.datetime(2026, 2, 28), -1250.5],
            ["000123", "a & <b> \"c\" 'd'\n\tlignes\r\n_x000D_", dt.datetime(2026, 3, 1), 1e20],
            ["@SUM(A1)", "émoji 😀 \x07", None, 0.1],
        ]
        there(book.sheets[0].tables[0].data_body_range).value = rows
        assert there(book.sheets[0].tables[0].data_body_range).value == rows
        again = reopened(book)
        assert there(again.sheets[0].tables[0].data_body_range).value == rows
        again.close()

    @pytest.mark.parametrize(
        ("written", "becomes", "code"),
        [
            pytest.param("000123", 123.0, "General", id="leading-zeros"),
            pytest.param("12E5", 1200000.0, "0.00E+00", id="exponent"),
            pytest.param("1,5", 15.0, "#,##0", id="decimal-comma"),
            pytest.param("1.5", 1.5, "General", id="number"),
            pytest.param("-12", -12.0, "General", id="minus"),
            pytest.param("(5)", -5.0, "General", id="parentheses"),
            pytest.param("5%", 0.05, "0%", id="per-cent"),
            pytest.param("TRUE", True, "General", id="boolean"),
            pytest.param("1/2/2025", dt.datetime(2025, 1, 2), "m/d/yyyy", id="month-first"),
            pytest.param("31/12/2025", dt.datetime(2025, 12, 31), "m/d/yyyy", id="no-such-month"),
            pytest.param("2025-12-31", dt.datetime(2025, 12, 31), "m/d/yyyy", id="iso"),
            pytest.param("5 jan 2025", dt.datetime(2025, 1, 5), "d-mmm-yy", id="month-in-words"),
            pytest.param("5%5", "5%5", "General", id="no-per-cent"),
            pytest.param("$5", 5.0, "$#,##0.00", id="dollars"),
            pytest.param("1 1/2", 1.5, "# ?/?", id="fraction"),
            pytest.param("12:30", dt.datetime(1899, 12, 30, 12, 30), "h:mm", id="time"),
            pytest.param("1:30 pm", dt.datetime(1899, 12, 30, 13, 30), "h:mm", id="afternoon"),
            pytest.param("12:75", "12:75", "General", id="no-time"),
            pytest.param("Jan 2025", dt.datetime(2025, 1, 1), "mmm-yy", id="month-and-year"),
            pytest.param("jan 5, 2025", dt.datetime(2025, 1, 5), "d-mmm-yy", id="month-day-year"),
            pytest.param("3-45", dt.datetime(1945, 3, 1), "mmm-yy", id="month-and-short-year"),
            pytest.param("2025/1", "2025/1", "General", id="year-and-month"),
            pytest.param("--5", None, "General", id="two-minus-signs-are-a-formula"),
            pytest.param("'000123", "000123", "General", id="apostrophe"),
            pytest.param("#N/A", None, "General", id="error"),
            pytest.param("FA-3/4", "FA-3/4", "General", id="piece"),
            pytest.param("12 rue Bleue", "12 rue Bleue", "General", id="address"),
            pytest.param("marché", "marché", "General", id="begins-like-a-month"),
            pytest.param("32/13/2025", "32/13/2025", "General", id="no-date"),
        ],
    )
    def test_typed(self, sheet: xw.Sheet, written: str, becomes: object, code: str) -> None:
        """A text becomes what Excel makes of it when typed in US English."""
        sheet["F1"].value = written
        assert sheet["F1"].value == becomes
        assert sheet["F1"].number_format == code

    def test_three_quarters(self, sheet: xw.Sheet) -> None:
        """« 3/4 » is the fourth of March of this year."""
        sheet["F1"].value = "3/4"
        assert sheet["F1"].value == dt.datetime(dt.datetime.now().year, 3, 4)

    @pytest.mark.parametrize(
        "hostile", ["=1+1", "+33 1", "-10 % remise", "@SUM(A1)", "=HYPERLINK(1)"]
    )
    def test_formula_from_text(self, sheet: xw.Sheet, hostile: str) -> None:
        """In a cell that is not ``@`` a text that begins like a formula is one; in ``@`` not."""
        sheet["F1"].value = hostile
        assert str(sheet["F1"].formula).startswith("=")
        sheet["A5"].value = hostile
        assert sheet["A5"].value == hostile

    def test_formula_not_calculated(self, sheet: xw.Sheet) -> None:
        """The file engine does not calculate: a formula just written has no value."""
        sheet["F1"].formula = "=1+1"
        assert sheet["F1"].value is None

    def test_text_format_makes_text(self, sheet: xw.Sheet) -> None:
        """In a cell in format ``@`` numbers and formulas become text."""
        sheet["A5"].value = 12.0
        assert sheet["A5"].value == "12"
        sheet["A5"].formula = "=1+1"
        assert sheet["A5"].value == "=1+1"

    def test_date_in_general(self, sheet: xw.Sheet) -> None:
        """A date written to a General cell gets a date format, and so reads back as a date."""
        sheet["F1"].value = [dt.datetime(2026, 1, 2), dt.date(2026, 1, 3)]
        sheet["F2"].value = dt.datetime(2026, 1, 2, 10, 30)
        assert sheet["F1:G1"].value == [dt.datetime(2026, 1, 2), dt.datetime(2026, 1, 3)]
        assert sheet["F2"].value == dt.datetime(2026, 1, 2, 10, 30)
        assert sheet["F1"].number_format == "m/d/yyyy"

    def test_decimal_refused(self, sheet: xw.Sheet) -> None:
        """A Decimal would turn the cell into a currency: it is refused."""
        with pytest.raises(TypeError, match="Decimal"):
            sheet["D5"].value = Decimal("12.50")

    def test_scalar_fills(self, sheet: xw.Sheet) -> None:
        """One value fills its range, and a formula is filled down with it."""
        sheet["F1:G2"].value = 1
        assert sheet["F1:G2"].value == [[1, 1], [1, 1]]
        sheet["H1:H2"].formula = "=F1*$G$1"
        assert sheet["H1:H2"].formula == (("=F1*$G$1",), ("=F2*$G$1",))

    def test_clear_contents(self, sheet: xw.Sheet) -> None:
        """Clearing keeps formats."""
        sheet["A5:D7"].clear_contents()
        assert sheet["A5:D5"].value == [None] * 4
        assert sheet["C5"].number_format == "dd/mm/yyyy"

    def test_column_style(self, tmp_path: Path, open_book: Opener) -> None:
        """A new cell takes the style of its row, else of its column."""
        columns = f'<cols><col min="2" max="2" width="12" style="{TEXT}"/></cols>'
        rows = row(3, attributes=f' s="{TEXT}" customFormat="1"')
        with open_book(write(tmp_path / "c.xlsx", Sheet("S", rows, columns=columns))) as book:
            sheet = book.sheets[0]
            sheet["A1"].value = [["01", "02"], ["03", "04"], ["05", "06"]]
            assert sheet["A1:B3"].value == [[1.0, "02"], [3.0, "04"], ["05", "06"]]

    def test_structured_references(self, sheet: xw.Sheet) -> None:
        """``[@Column]`` is written and read as people do."""
        formula = '=IF([@Compte]="[@Nom]",MAXIFS(GrandLivre[Débit],GrandLivre[Nom],[@Nom]),0)'
        sheet["D5"].formula = formula.replace("[@Nom])", "[@[Nom]])")
        assert sheet["D5"].formula == formula
        sheet["F5"].formula = "=GrandLivre[@Compte]"
        assert sheet["F5"].formula == "=GrandLivre[@Compte]"

    def test_structured_references_stored(self, sheet: xw.Sheet) -> None:
        """Files spell ``[@Column]`` in full, and prefix newer functions."""
        sheet["D5"].formula = '=IF([@Compte]="[@Nom]",MAXIFS(GrandLivre[Débit],[Nom],[@[Nom]]),0)'
        stored = sheet.impl.worksheet.writer.formulas.formula(5, 4)
        assert stored == (
            'IF(GrandLivre[[#This Row],[Compte]]="[@Nom]",'
            "_xlfn.MAXIFS(GrandLivre[Débit],[Nom],GrandLivre[[#This Row],[Nom]]),0)"
        )

    def test_structured_references_typed_as_values(self, sheet: xw.Sheet) -> None:
        """The same in a formula that is typed as a value, in a block of values."""
        sheet["D5:D6"].value = [['=IF([@Compte]="[@Nom]",1,0)'], [2.5]]
        assert sheet["D5"].formula == '=IF([@Compte]="[@Nom]",1,0)'
        assert sheet["D6"].value == 2.5
        stored = sheet.impl.worksheet.writer.formulas.formula(5, 4)
        assert stored == 'IF(GrandLivre[[#This Row],[Compte]]="[@Nom]",1,0)'

    def test_cached_value(self, book: xw.Book) -> None:
        """The result of a formula that the caller knows is stored beside it."""
        sheet = book.sheets[0]
        sheet["D5:D7"].formula = "=1+1"
        assert headless.cache_values(sheet["C5:D7"], [[None, 2.0], [None, "x"], [None, True]])
        again = reopened(book)
        assert again.sheets[0]["D5:D7"].value == [2.0, "x", True]
        assert again.sheets[0]["C5"].value == dt.datetime(2025, 1, 6)
        assert again.sheets[0]["D5"].formula == "=1+1"
        again.close()

    def test_formula_of_values(self, sheet: xw.Sheet) -> None:
        """``formula`` of a cell without one is its value as one would type it."""
        assert flat(sheet["A5:D5"].formula) == (("411005", "Client 5", "45663", "5.5"),)
        assert sheet["F1"].formula == ""


class TestTables:
    def test_ranges(self, table: xw.main.Table) -> None:
        """A table tells its ranges."""
        assert table.range.address == "$A$4:$D$7"
        assert there(table.header_row_range).value == ["Compte", "Nom", "Échéance", "Débit"]
        assert there(table.data_body_range).address == "$A$5:$D$7"
        assert table.totals_row_range is None
        assert [column.name for column in table.columns] == ["Compte", "Nom", "Échéance", "Débit"]
        assert there(table.columns["Nom"].data_body_range).value[0] == "Client 5"

    def test_grows_below(self, book: xw.Book) -> None:
        """Rows written directly under a table belong to it, in the styles of its columns."""
        sheet = book.sheets[0]
        sheet["A8"].value = [["'411008", "Huit", dt.datetime(2026, 1, 1), 8.5]]
        table = sheet.tables[0]
        assert table.range.address == "$A$4:$D$8"
        assert sheet["A8"].number_format == "@"
        assert sheet["D8"].number_format == "#,##0.00\\ "
        again = reopened(book)
        assert there(again.sheets[0].tables[0].data_body_range).value[-1][1] == "Huit"
        again.close()

    def test_not_grown_by(self, sheet: xw.Sheet) -> None:
        """Neither a row further down nor an empty one makes it grow."""
        sheet["A9"].value = "loin"
        sheet["A8:D8"].value = [[None] * 4]
        assert sheet.tables[0].range.address == "$A$4:$D$7"

    def test_resize_styles(self, book: xw.Book) -> None:
        """Growing gives new rows the styles of the last one, so that text stays text."""
        table = book.sheets[0].tables[0]
        table.resize(table.range.resize(7))
        book.sheets[0]["A8"].value = [["000123"], ["=1"], ["3/4"]]
        assert book.sheets[0]["A8:A10"].value == ["000123", "=1", "3/4"]
        again = reopened(book)
        assert again.sheets[0].tables[0].range.address == "$A$4:$D$10"
        again.close()

    def test_shrink(self, book: xw.Book) -> None:
        """Shrinking leaves what lay below where it is."""
        table = book.sheets[0].tables[0]
        table.resize(table.range.resize(2))
        again = reopened(book)
        assert again.sheets[0].tables[0].range.address == "$A$4:$D$5"
        assert again.sheets[0]["B7"].value == "Client 7"
        again.close()

    def test_header_stays(self, table: xw.main.Table) -> None:
        """A table keeps its first cell and one row below its header."""
        with pytest.raises(ValueError, match="first cell"):
            table.resize(table.range.offset(1, 0))
        with pytest.raises(ValueError, match="one row"):
            table.resize(table.range.resize(1))

    def test_empty_table(self, tmp_path: Path, open_book: Opener) -> None:
        """An empty table has an insert row and no data; writing into it makes it data."""
        with open_book(ledger(tmp_path / "vide.xlsx", rows=0)) as book:
            table = book.sheets[0].tables[0]
            assert table.data_body_range is None
            assert there(table.insert_row_range).address == "$A$5:$D$5"
            book.sheets[0]["A5"].value = "0001"
            assert there(table.data_body_range).value == ["0001", None, None, None]
            again = reopened(book)
            assert there(again.sheets[0].tables[0].data_body_range).shape == (1, 4)

    def test_empty_table_resized(self, tmp_path: Path, open_book: Opener) -> None:
        """Resizing an empty table makes its rows data, with the styles of the insert row."""
        with open_book(ledger(tmp_path / "vide.xlsx", rows=0)) as book:
            table = book.sheets[0].tables[0]
            table.resize(table.range.resize(4))
            there(table.data_body_range).value = [
                ["01", "a", None, 1],
                ["02", "b", None, 2],
                ["3", "", None, 3],
            ]
            assert there(table.columns[0].data_body_range).value == ["01", "02", "3"]

    def test_calculated_columns(self, tmp_path: Path, open_book: Opener) -> None:
        """A calculated column is filled into new rows; what was typed there is kept."""
        lines = row(1, text("A1", "Net"), text("B1", "TTC"), text("C1", "Cumul"))
        lines += row(
            2, number("A2", 10), '<c r="B2"><f>T[[#This Row],[Net]]*1.2</f><v>12</v></c>',
            '<c r="C2"><f>SUM($A$2:A2)</f><v>10</v></c>',
        )  # fmt: skip
        columns: list[str | tuple[str, str]] = [
            "Net", ("TTC", "T[[#This Row],[Net]]*1.2"), ("Cumul", "SUM($A$2:A2)"),
        ]  # fmt: skip
        path = write(tmp_path / "t.xlsx", Sheet("S", lines, [Table("T", "A1:C2", columns)]))
        with open_book(path) as book:
            sheet = book.sheets[0]
            sheet["A3:B4"].value = [[20, None], [30, 99]]
            assert sheet.tables["T"].range.address == "$A$1:$C$4"
            assert sheet["B3"].formula == "=[@Net]*1.2"
            assert sheet["B4"].value == 99
            assert sheet["C4"].formula == "=SUM($A$2:A4)"

    def test_totals_row(self, tmp_path: Path, open_book: Opener) -> None:
        """A totals row moves down as the table grows; writing under it extends nothing."""
        lines = row(1, text("A1", "Net")) + row(2, number("A2", 10, AMOUNT))
        lines += row(3, '<c r="A3"><f>SUBTOTAL(109,T[Net])</f><v>10</v></c>')
        path = write(
            tmp_path / "t.xlsx", Sheet("S", lines, [Table("T", "A1:A3", ["Net"], totals=True)])
        )
        with open_book(path) as book:
            sheet = book.sheets[0]
            table = sheet.tables["T"]
            assert there(table.data_body_range).address == "$A$2"
            table.resize(sheet["A1:A5"])
            assert there(table.totals_row_range).formula == "=SUBTOTAL(109,T[Net])"
            assert sheet["A3"].formula == ""
            assert sheet["A3"].number_format == "#,##0.00\\ "
            assert 'autoFilter ref="A1:A4"' in table.impl.part.xml
            sheet["A6"].value = 1
            assert table.range.address == "$A$1:$A$5"

    def test_wider(self, book: xw.Book) -> None:
        """A wider table takes its new titles from the cells, a narrower one drops its last."""
        sheet = book.sheets[0]
        sheet["E4"].value = "Débit "
        sheet["E4"].value = "Litige"
        table = sheet.tables[0]
        table.resize(sheet["A4:F7"])
        assert there(table.header_row_range).value[-2:] == ["Litige", "Column6"]
        table.resize(sheet["A4:E7"])
        again = reopened(book)
        assert [c.name for c in again.sheets[0].tables[0].columns][-1] == "Litige"
        assert 'tableColumns count="5"' in again.sheets[0].tables[0].impl.part.xml
        again.close()

    def test_header_rewritten(self, table: xw.main.Table) -> None:
        """The titles of the table's part stay those of its header cells."""
        there(table.header_row_range).value = ["Compte", "Nom & prénom", "Échéance", "Débit"]
        assert [column.name for column in table.columns][1] == "Nom & prénom"


FILTERED = '<filterColumn colId="1"><filters><filter val="Client 6"/></filters></filterColumn>'


class TestFilters:
    @pytest.fixture
    def filtered(self, tmp_path: Path, open_book: Opener) -> Iterator[xw.Book]:
        """A ledger filtered on « Client 6 »."""
        path = ledger(tmp_path / "filtre.xlsx", filter=FILTERED)
        with open_book(path) as book:
            book.sheets[0]["5:5"].rows.hidden = True
            book.sheets[0]["7:7"].rows.hidden = True
            yield book

    def test_write_refused(self, filtered: xw.Book) -> None:
        """A block over filtered rows is refused, since Excel would write wrong values."""
        sheet = filtered.sheets[0]
        with pytest.raises(headless.FilteredRangeError) as caught:
            sheet["D5:D7"].value = [[1], [2], [3]]
        assert caught.value.sheet == "Grand livre"
        with pytest.raises(headless.FilteredRangeError):
            sheet["A6:D6"].clear_contents()
        with pytest.raises(headless.FilteredRangeError):
            sheet["A6:D6"].delete()
        sheet["D6"].value = 1

    def test_clear_write_apply(self, filtered: xw.Book) -> None:
        """Criteria read, filter cleared, block written, criteria applied again."""
        sheet = filtered.sheets[0]
        table = sheet.tables[0]
        [kept] = [c for c in table.autofilter.criteria if c.type != "none"]
        assert (kept.field, kept.type, kept.values) == (2, "values", ["Client 6"])
        table.autofilter.clear()
        assert sheet["5:7"].rows.hidden is False
        there(table.columns["Nom"].data_body_range).value = [["Client 6"], ["x"], ["CLIENT 6"]]
        table.autofilter.apply_values(kept.field, kept.values or [])
        assert [sheet[f"{n}:{n}"].rows.hidden for n in (5, 6, 7)] == [False, True, False]
        again = reopened(filtered)
        assert again.sheets[0].tables[0].autofilter.criteria[1].values == ["Client 6"]
        assert again.sheets[0]["6:6"].rows.hidden is True
        again.close()

    @pytest.mark.parametrize(
        ("field", "operator", "values", "shown"),
        [
            pytest.param(4, "greater_than", (6,), [6, 7], id="amount"),
            pytest.param(4, "between", (5.5, 6.5), [5, 6], id="between"),
            pytest.param(4, "not_between", (5.9, 6.9), [5, 7], id="not-between"),
            pytest.param(3, "equal_to", (dt.date(2025, 1, 7),), [6], id="date"),
            pytest.param(2, "equal_to", ("client*",), [5, 6, 7], id="wildcard"),
            pytest.param(2, "not_equal_to", ("Client 5",), [6, 7], id="other-than"),
            pytest.param(2, "equal_to", (None,), [], id="blank"),
            pytest.param(2, "not_equal_to", (None,), [5, 6, 7], id="not-blank"),
        ],
    )
    def test_comparisons(
        self,
        sheet: xw.Sheet,
        field: int,
        operator: str,
        values: tuple[object, ...],
        shown: list[int],
    ) -> None:
        """Comparisons are stored as Excel stores them and hide the other rows."""
        table = sheet.tables[0]
        table.autofilter.apply_comparison(field, operator, *values)  # type: ignore[arg-type]
        assert [n for n in (5, 6, 7) if not sheet[f"{n}:{n}"].rows.hidden] == shown
        assert table.autofilter.criteria[field - 1].operator == operator or values == (None,)

    def test_top_items(self, sheet: xw.Sheet) -> None:
        """Top items keep the greatest."""
        sheet.tables[0].autofilter.apply_top_items(4, 2)
        assert [n for n in (5, 6, 7) if not sheet[f"{n}:{n}"].rows.hidden] == [6, 7]

    @pytest.mark.parametrize(
        ("method", "count", "shown"),
        [
            ("apply_bottom_items", 1, [5]),
            ("apply_top_percent", 34, [7]),
            ("apply_bottom_percent", 100, [5, 6, 7]),
        ],
    )
    def test_tops_and_bottoms(
        self, sheet: xw.Sheet, method: str, count: int, shown: list[int]
    ) -> None:
        """Top and bottom criteria keep the greatest and the least, by number or share."""
        table = sheet.tables[0]
        getattr(table.autofilter, method)(4, count)
        assert [n for n in (5, 6, 7) if not sheet[f"{n}:{n}"].rows.hidden] == shown
        assert method.endswith(table.autofilter.criteria[3].type)
        table.autofilter.clear(4)
        assert sheet["5:7"].rows.hidden is False

    def test_values_as_shown(self, sheet: xw.Sheet) -> None:
        """Value criteria compare with what cells show."""
        sheet.tables[0].autofilter.apply_values(3, ["07/01/2025"])
        assert [n for n in (5, 6, 7) if not sheet[f"{n}:{n}"].rows.hidden] == [6]

    def test_sheet_filter(self, tmp_path: Path, open_book: Opener) -> None:
        """The filter of a sheet's range works like a table's."""
        lines = row(1, text("A1", "Devise")) + row(2, text("A2", "EUR")) + row(3, text("A3", "USD"))
        after = '<autoFilter ref="A1:A3"/><pageMargins left="1" right="1" top="1" bottom="1" '
        after += 'header="1" footer="1"/>'
        with open_book(write(tmp_path / "f.xlsx", Sheet("S", lines, after=after))) as book:
            sheet = book.sheets[0]
            sheet["A1:A3"].autofilter.apply_values(1, ["EUR"])
            with pytest.raises(headless.FilteredRangeError):
                sheet["A2:A3"].value = [["a"], ["b"]]
            assert sheet["A1:A3"].autofilter.criteria[0].values == ["EUR"]
            sheet["A1:A3"].autofilter.clear()
            sheet["A2:A3"].value = [["a"], ["b"]]
            assert sheet["3:3"].rows.hidden is False


class TestProtection:
    def test_locked(self, tmp_path: Path, open_book: Opener) -> None:
        """A locked cell of a protected sheet is not written, an unlocked one is."""
        lines = row(1, text("A1", "verrouillé"), number("B1", 1, UNLOCKED))
        path = write(
            tmp_path / "p.xlsx", Sheet("Historique", lines, after='<sheetProtection sheet="1"/>')
        )
        with open_book(path) as book:
            sheet = book.sheets[0]
            with pytest.raises(headless.ProtectedSheetError) as caught:
                sheet["A1"].value = "x"
            assert caught.value.sheet == "Historique"
            assert Path(caught.value.path) == path
            sheet["B1"].value = 2
            with pytest.raises(headless.ProtectedSheetError):
                sheet["A1"].number_format = "@"


class TestNamesSheetsLooks:
    def test_names(self, tmp_path: Path, open_book: Opener) -> None:
        """Names of the book and of a sheet lead to their cells."""
        names = (
            "<definedName name=\"devise\">'Grand livre'!$B$2</definedName><definedName "
            "name='local' localSheetId=\"0\">'Grand livre'!$A$1:$B$2</definedName>"
        )
        path = write(
            tmp_path / "n.xlsx", Sheet("Grand livre", row(2, text("B2", "EUR"))), names=names
        )
        with open_book(path) as book:
            assert book.names["devise"].refers_to_range.value == "EUR"
            assert book.names["devise"].refers_to == "='Grand livre'!$B$2"
            assert book.sheets[0].range("devise").address == "$B$2"
            assert [n.name for n in book.sheets[0].names] == ["'Grand livre'!local"]
            assert "absent" not in book.names
            book.names["devise"].refers_to = "='Grand livre'!$C$3"
            book.names.add("nouveau", "='Grand livre'!$A$1")
            book.sheets[0]["D4"].name = "quatre"
            again = reopened(book)
            assert again.names["devise"].refers_to_range.address == "$C$3"
            assert again.names["quatre"].refers_to_range.address == "$D$4"
            del again.names["nouveau"]
            assert "nouveau" not in again.names
            again.close()

    def test_formats_of_rows_that_hold_nothing(self, tmp_path: Path, open_book: Opener) -> None:
        """Cells that no row of the file holds have a format all the same: their column's."""
        path = write(tmp_path / "f.xlsx", Sheet("Un", row(2, text("A2", "a"))))
        with open_book(path) as book:
            sheet = book.sheets[0]
            sheet["A2:B2"].number_format = "dd/mm/yyyy"
            assert sheet["A2:A2"].number_format == "dd/mm/yyyy"
            assert sheet["A2:A3"].number_format is None
            assert sheet["A2:B3"].number_format is None
            assert sheet["A3:B4"].number_format == "General"

    def test_sheets(self, tmp_path: Path, open_book: Opener) -> None:
        """Sheets are found by title whatever its case, shown, hidden and activated."""
        path = write(tmp_path / "s.xlsx", Sheet("Un"), Sheet("Deux", state="veryHidden"))
        with open_book(path) as book:
            assert book.sheet_names == ["Un", "Deux"]
            assert book.sheets["un"].name == "Un"
            assert "Trois" not in book.sheets
            assert book.sheets["Deux"].visible is False
            book.sheets["Deux"].visible = True
            book.sheets["Deux"].activate()
            assert book.sheets.active.name == "Deux"
            again = reopened(book)
            assert again.sheets.active.name == "Deux"
            assert again.sheets["Deux"].visible is True
            again.close()

    def test_selection(self, book: xw.Book) -> None:
        """Cells can be selected, several areas too, as a person would."""
        assert there(book.selection).address == "$A$1"
        book.sheets[0].range("A5:A6,A7").select()
        assert there(book.app.selection).address == "$A$5:$A$6,$A$7"
        assert there(book.selection).row == 5

    def test_hyperlinks(self, book: xw.Book) -> None:
        """Links lead out of the book or, with ``#``, to a place inside."""
        sheet = book.sheets[0]
        sheet["F1"].add_hyperlink("https://example.org/a b?c=1&d=2#e", "Lien")
        sheet["F2"].add_hyperlink("#'Grand livre'!A5", "Voir", "Voir le compte")
        sheet["F1"].add_hyperlink("https://example.org/", "Lien neuf")
        again = reopened(book)
        assert again.sheets[0]["F1"].hyperlink == "https://example.org/"
        assert again.sheets[0]["F1"].value == "Lien neuf"
        assert again.sheets[0]["F2"].hyperlink == "#'Grand livre'!A5"
        with pytest.raises(ValueError, match="hyperlink"):
            _ = again.sheets[0]["F3"].hyperlink
        again.close()

    def test_hidden_columns(self, sheet: xw.Sheet) -> None:
        """A cell's column is hidden whole and shown again; its neighbours stay."""
        sheet["C4"].columns.hidden = True
        assert [sheet[f"{c}1"].columns.hidden for c in "BCD"] == [False, True, False]
        assert sheet["B1:D1"].columns.hidden is None
        sheet["C9"].columns.hidden = False
        assert sheet["B1:D1"].columns.hidden is False

    def test_looks(self, book: xw.Book) -> None:
        """Formats, grounds, fonts, heights and widths are set and read."""
        sheet = book.sheets[0]
        sheet["A5:B7"].number_format = "0.00"
        sheet["A5"].color = (255, 0, 16)
        sheet["A5"].font.bold = True
        sheet["A5"].font.color = "#00FF00"
        sheet["5:5"].row_height = 30
        sheet["B:C"].column_width = 20
        again = reopened(book).sheets[0]
        assert again["A5:B7"].number_format == "0.00"
        assert again["A5:C5"].number_format is None
        assert again["A5"].color == (255, 0, 16)
        assert again["A6"].color is None
        assert again["A5"].font.bold is True
        assert again["A5"].font.color == (0, 255, 0)
        assert again["A5"].font.name == "Calibri"
        assert again["A5"].row_height == 30
        assert again["B1"].column_width == pytest.approx(20, abs=0.01)
        assert again["D1"].column_width == pytest.approx(8.43, abs=0.01)
        again.book.close()


class TestApp:
    def test_properties(self, book: xw.Book) -> None:
        """Settings are remembered and put back."""
        app = book.app
        with app.properties(
            screen_updating=False, enable_events=False, calculation="manual", display_alerts=False,
            status_bar="Préparation…",
        ):  # fmt: skip
            assert app.calculation == "manual"
            assert app.status_bar == "Préparation…"
            app.calculate()
        assert app.screen_updating is True
        assert app.calculation == "automatic"
        assert str(app.status_bar) == "False"

    def test_alerts(self, book: xw.Book, monkeypatch: pytest.MonkeyPatch) -> None:
        """A question is answered as the test says, else by the button that does nothing."""
        engine = headless.engine
        monkeypatch.setattr(engine, "alerts", [])
        assert book.app.alert("Continuer ?", "Relances", "yes_no") == "no"
        engine.answers.append("yes")
        assert book.app.alert("Continuer ?", "Relances", "yes_no") == "yes"
        monkeypatch.setattr(engine, "answer", lambda _prompt, _title, buttons, _mode: buttons[:2])
        assert book.app.alert("Fini.") == "ok"
        assert [alert.prompt for alert in engine.alerts] == ["Continuer ?", "Continuer ?", "Fini."]

    def test_calls_are_counted(self, tmp_path: Path, open_book: Opener) -> None:
        """The engine counts calls, and their number does not depend on rows."""
        counts = []
        for rows in (3, 300):
            with open_book(ledger(tmp_path / f"n{rows}.xlsx", rows=rows)) as book:
                headless.engine.calls.clear()
                body = there(book.sheets[0].tables[0].data_body_range)
                body.value = body.value
                counts.append(dict(headless.engine.calls))
        assert counts[0] == counts[1]
        assert counts[0]["Range.read"] == counts[0]["Range.write"] == 1


def test_nothing_changed_nothing_rewritten(book: xw.Book) -> None:
    """Saving a book that nobody changed changes no part."""
    before = parts_of(Path(book.fullname))
    _ = book.sheets[0].used_range.value
    book.save()
    assert parts_of(Path(book.fullname)) == before


def flat(value: object) -> tuple[object, ...]:
    """Formulas of a block, whatever the engine wraps rows in."""
    assert isinstance(value, (list, tuple))
    return tuple(tuple(row) for row in value)


def test_no_empty_cell_that_looks_as_its_column(tmp_path: Path) -> None:
    """An emptied cell that looks as its column does leaves nothing; another keeps its look."""
    columns = f'<cols><col min="2" max="2" width="12" style="{TEXT}"/></cols>'
    path = write(tmp_path / "c.xlsx", Sheet("S", row(1), columns=columns))
    with headless.open_book(path) as book:
        sheet = book.sheets[0]
        sheet["A1:B3"].number_format = "@"
        sheet["A1"].value = [["01", "02"], ["", "04"], ["05", None]]
        sheet["A1"].clear_contents()
        sheet["B2"].clear_contents()
        assert [sheet[place].number_format for place in ("A1", "B2", "B3")] == ["@"] * 3
        book.save()
    cells = re.findall(rb'<c r="(\w+)"', parts_of(path)["xl/worksheets/sheet1.xml"])
    assert cells == [b"A1", b"B1", b"A2", b"A3"]


def test_rows_fit_their_wrapped_texts(tmp_path: Path, open_book: Opener) -> None:
    """``autofit`` gives a row the height of its wrapped text, and leaves a height set by hand."""
    path = tmp_path / "wrapped.xlsx"
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.column_dimensions["A"].width = 10
    for place, words in enumerate(["court", "un texte bien plus long que dix", "long " * 9], 1):
        sheet.cell(place, 1, words).alignment = Alignment(wrap_text=True)
    sheet.row_dimensions[3].height = 20
    workbook.save(path)
    with open_book(path) as book:
        cells = book.sheets[0]["A1:A3"]
        cells.rows.autofit()
        assert [cells[row, 0].row_height for row in range(3)] == [15, 60, 20]
