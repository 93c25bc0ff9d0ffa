"""What must hold whatever is written: nothing lost, nothing moved, nothing retyped."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from crafted import GENERAL, TEXT, Sheet, write
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_relances import headless
from xl_relances.headless.addresses import Area
from xl_relances.headless.cells import CellError, CellReader
from xl_relances.headless.formulas import moved, shown, stored
from xl_relances.headless.markup import cell_text, escaped_cell_text
from xl_relances.headless.serials import to_datetime, to_serial
from xl_relances.headless.sheet_part import SheetPart
from xl_relances.headless.typed import SUSPECT, entry

ROWS, COLUMNS = 8, 30
numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)
moments = st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 12, 30)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
texts = st.text(max_size=12).filter(lambda text: not SUSPECT.match(text))
values = st.one_of(st.none(), numbers, st.booleans(), texts)


@given(st.text())
def test_any_text_fits_in_xml(text: str) -> None:
    """Every text a cell may hold is read as it was written, control characters included."""
    escaped = escaped_cell_text(text)
    escaped.encode()
    assert cell_text(escaped) == text


@given(moments, st.booleans())
def test_dates_there_and_back(moment: dt.datetime, date1904: bool) -> None:
    """A moment is the same after a trip through its serial, in both date systems."""
    if date1904:
        moment = max(moment, dt.datetime(1904, 1, 1))
    read = to_datetime(to_serial(moment, date1904), date1904)
    assert read is not None
    assert abs(read - moment) <= dt.timedelta(milliseconds=1)


CELLS = [
    "",
    '<c r="{}"/>',
    '<c r="{}" s="1"/>',
    '<c r="{}"><v>12.5</v></c>',
    '<c r="{}" s="1" t="n"><v>46000</v></c>',
    '<c r="{}" t="s"><v>1</v></c>',
    '<c r="{}" s="2" t="s"><v>0</v></c>',
    '<c r="{}" t="inlineStr"><is><t>0042</t></is></c>',
    '<c r="{}" s="2" t="inlineStr"><is><t xml:space="preserve"> a&amp;b_x0041_</t></is></c>',
    '<c r="{}" t="inlineStr"><is><r><t>two </t></r><r><t>runs</t></r></is></c>',
    '<c r="{}" t="str"><f>A1&amp;"x"</f><v>shown</v></c>',
    '<c r="{}" s="1"><f t="shared" si="0"/><v>3</v></c>',
    '<c r="{}" t="b"><v>1</v></c>',
    '<c r="{}" t="e"><v>#N/A</v></c>',
    '<c r="{}" cm="1"><f>1</f><v>7</v></c>',
    '<c r="{}" s="1"><f>A1+1</f></c>',
    '<c r="{}"><f t="shared" si="1"/></c>',
]


@given(st.lists(st.lists(st.sampled_from(CELLS), min_size=5, max_size=5), max_size=12))
def test_rows_read_at_once_and_cell_by_cell(sheet: list[list[str]]) -> None:
    """However unlike the rows of a sheet are, each cell is read as it would be alone."""
    reader = CellReader(["un", "deux"], [1], date1904=False)
    rows = [
        "".join(cell.format(f"{name}{number}") for name, cell in zip("ABCDE", row, strict=True))
        for number, row in enumerate(sheet, 1)
    ]
    body = "".join(f'<row r="{number}">{row}</row>' for number, row in enumerate(rows, 1))
    part = SheetPart(f"<worksheet><sheetData>{body}</sheetData></worksheet>".encode())
    block = reader.block(part, Area(1, 2, len(rows) + 1, 3))
    for row, read in zip([*rows, ""], block, strict=True):
        alone = dict(reader.slow_row(row.encode()))
        assert read == [alone.get(name) for name in (b"B", b"C", b"D")]
    assert block.errors == any(value.__class__ is CellError for row in block for value in row)


@given(st.text())
def test_only_suspects_change(text: str) -> None:
    """A text that looks like nothing else stays as it is."""
    if not SUSPECT.match(text):
        assert entry(text).value == text


titles = st.sampled_from(["Compte", "Solde dû", "N° lettre", "E-mail", "A1", "Écriture"])


@given(st.lists(titles, min_size=1, max_size=4), st.sampled_from(["Detail", "T_1"]))
def test_this_row_there_and_back(columns: list[str], other: str) -> None:
    """``[@Column]`` is the same after a trip through the file's spelling."""
    formula = "=" + "+".join(
        [f"[@[{c}]]" if not c.isalnum() else f"[@{c}]" for c in columns]
        + [f'SUMIFS({other}[Reste],{other}[{c}],"[@{c}]")' for c in columns]
    )
    assert shown(stored(formula, "Preparation"), "Preparation") == formula


@given(st.integers(0, 50), st.integers(0, 50))
def test_moved_there_and_back(rows: int, columns: int) -> None:
    """Moving a formula down and up again changes nothing; texts and titles never move."""
    formula = "IF($A1+B$2+C3>0,\"C3\",T[[#This Row],[C3]])+'C3 é'!D4+LOG10(E5)"
    there = moved(formula, rows, columns)
    assert moved(there, -rows, -columns) == formula
    assert "\"C3\",T[[#This Row],[C3]])+'C3 é'!" in there
    assert "LOG10(" in there


block = st.tuples(st.integers(1, ROWS), st.integers(1, COLUMNS)).flatmap(
    lambda start: st.tuples(
        st.just(start),
        st.integers(1, 4).flatmap(
            lambda width: st.lists(
                st.lists(values, min_size=width, max_size=width), min_size=1, max_size=3
            )
        ),
    )
)


@settings(max_examples=40, deadline=None)
@given(st.lists(block, max_size=6))
def test_blocks_land_where_they_were_written(
    blocks: list[tuple[tuple[int, int], list[list[object]]]],
) -> None:
    """After any sequence of blocks the saved file holds exactly what a grid would."""
    grid: dict[tuple[int, int], object] = {}
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "grille.xlsx", Sheet("S"))
        with headless.open_book(path) as book:
            for (row, column), rows in blocks:
                book.sheets[0][row - 1, column - 1].value = rows
                for i, line in enumerate(rows):
                    for j, value in enumerate(line):
                        grid[row + i, column + j] = None if value == "" else value
            book.save()
        with headless.open_book(path) as book:
            read = book.sheets[0].range((1, 1), (ROWS + 3, COLUMNS + 4)).options(ndim=2).value
        opened = openpyxl.load_workbook(BytesIO(path.read_bytes())).active
        assert opened is not None
        for i, line in enumerate(read, 1):
            for j, value in enumerate(line, 1):
                written = grid.get((i, j))
                assert value == written
                assert type(value) is type(written)
                assert (opened.cell(i, j).value is None) == (written is None)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=30))
def test_text_columns_keep_any_text(text: str) -> None:
    """In a cell in format ``@`` any text is kept, formulas and numbers too."""
    cells = f'<row r="1"><c r="A1" s="{TEXT}"/><c r="B1" s="{GENERAL}"/></row>'
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "texte.xlsx", Sheet("S", cells))
        with headless.open_book(path) as book:
            book.sheets[0]["A1"].value = text
            book.save()
        with headless.open_book(path) as book:
            assert book.sheets[0]["A1"].value == text
