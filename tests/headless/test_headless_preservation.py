"""What the engine does not write stays byte for byte, whatever it is."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import pytest
import xlwings as xw
from crafted import OFFICE, TEXT, Sheet, Table, number, parts_of, row, text, write

from xl_relances import headless

X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XR = "http://schemas.microsoft.com/office/spreadsheetml/2014/revision"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"

SPARKLINES = (
    f'<extLst><ext uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}" xmlns:x14="{X14}">'
    '<x14:sparklineGroups xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
    "<x14:sparklineGroup><x14:sparklines><x14:sparkline><xm:f>Notes!A1:B1</xm:f><xm:sqref>C1"
    "</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext>"
    f'<ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" xmlns:x14="{X14}">'
    '<x14:conditionalFormattings><x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/'
    'office/excel/2006/main"><x14:cfRule type="expression" priority="1" id="{0B1E1C6D-0000-4000-8'
    '000-000000000001}"><xm:f>A1&gt;0</xm:f></x14:cfRule><xm:sqref>A1:A9</xm:sqref>'
    "</x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"
)
AROUND = (
    '<mergeCells count="1"><mergeCell ref="F1:G1"/></mergeCells>'
    '<conditionalFormatting sqref="A1:A9"><cfRule type="expression" priority="2">'
    "<formula>A1&gt;0</formula></cfRule>"
    '</conditionalFormatting><dataValidations count="1"><dataValidation type="list" sqref="B2:B9">'
    '<formula1>"EUR,USD"</formula1></dataValidation></dataValidations>'
    '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
    '<pageSetup orientation="landscape"/>{tables}' + SPARKLINES
)


def everything(path: Path) -> Path:
    """A book with all that other writers lose; two sheets, a table, VBA, a ribbon, comments."""
    header = row(1, text("A1", "Compte"), text("B1", "Total"), '<c r="E1" t="s"><v>0</v></c>')
    lines = header + row(
        2, text("A2", "0001", TEXT),
        '<c r="B2" cm="1"><f t="array" ref="B2:B3">SEQUENCE(2)</f><v>1</v></c>',
        number("C2", 1.5), '<c r="D2" vm="1" t="e"><v>#VALUE!</v></c>',
        attributes=' spans="1:5" ht="30" customHeight="1" x14ac:dyDescent="0.25"',
    )  # fmt: skip
    lines += row(3, number("B3", 2), attributes=' hidden="1"')
    lines += row(
        4, '<c r="C4"><f t="shared" ref="C4:C6" si="0">A4*2</f><v>0</v></c>',
        '<c r="G4"><f>SUM(C4:C6)</f><v>0</v></c>',
    )  # fmt: skip
    lines += row(5, '<c r="C5"><f t="shared" si="0"/><v>0</v></c>')
    lines += row(6, '<c r="C6"><f t="shared" si="0"/><v>0</v></c>')
    table = Table("Clients", "A1:B2", ["Compte", "Total"])
    attributes = (
        f' xmlns:mc="{MC}" mc:Ignorable="x14ac xr" xmlns:xr="{XR}" xr:uid="{{AB-1}}" '
        'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
    )
    relations = (
        f'<Relationship Id="rId9" Type="{OFFICE}/comments" Target="../comments1.xml"/>'
        '<Relationship Id="rId8" Type="http://schemas.microsoft.com/office/2017/10/relationships/'
        'threadedComment" Target="../threadedComments/threadedComment1.xml"/>'
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts: dict[str, str | bytes] = {
        "xl/vbaProject.bin": bytes(range(256)) * 40,
        "customUI/customUI14.xml": "<customUI/>",
        "xl/calcChain.xml": f'<calcChain xmlns="{main}"><c r="B2" i="1"/></calcChain>',
        "xl/comments1.xml": f'<comments xmlns="{main}"><authors><author>a</author></authors>'
        '<commentList><comment ref="A2" authorId="0"><text><t>tc</t></text></comment></commentList>'
        "</comments>",
        "xl/threadedComments/threadedComment1.xml": "<ThreadedComments/>",
        "xl/metadata.xml": f'<metadata xmlns="{main}"/>',
        "xl/slicers/slicer1.xml": "<slicers/>",
        "xl/media/image1.png": b"\x89PNG\r\n",
    }
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = (
        '<Default Extension="png" ContentType="image/png"/><Override PartName="/xl/vbaProject.bin" '
        'ContentType="application/vnd.ms-office.vbaProject"/>'
        '<Override PartName="/xl/calcChain.xml" '
        f'ContentType="{kind}.calcChain+xml"/><Override PartName="/xl/comments1.xml" '
        f'ContentType="{kind}.comments+xml"/><Override PartName="/xl/metadata.xml" ContentType='
        f'"{kind}.sheetMetadata+xml"/>'
    )
    related = (
        f'<Relationship Id="rId50" Type="{OFFICE}/calcChain" Target="calcChain.xml"/>'
        f'<Relationship Id="rId51" Type="{OFFICE}/sheetMetadata" Target="metadata.xml"/>'
        '<Relationship Id="rId52" Type="http://schemas.microsoft.com/office/2006/relationships/'
        'vbaProject" Target="vbaProject.bin"/>'
    )
    strings = "<si><r><rPr><b/></rPr><t>URGENT</t></r><r><t> voir Léa</t></r></si>"
    return write(
        path,
        Sheet("Données", lines, [table], after=AROUND, attributes=attributes, relations=relations,
              before='<sheetPr codeName="Feuil1"/>'),
        Sheet("Notes", row(1, '<c r="A1" t="s"><v>0</v></c>'), state="veryHidden"),
        strings=strings, parts=parts, types=types, book_relations=related,
        setting='<workbookPr codeName="ThisWorkbook"/>', tail='<calcPr calcId="191029"/>',
    )  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return everything(tmp_path / "tout.xlsm")


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    """Names of the parts that differ."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_one_value(path: Path) -> None:
    """A value written changes its sheet's rows and the request to calculate, nothing else."""
    before = parts_of(path)
    with headless.open_book(path) as book:
        book.sheets["Données"]["C2"].value = 2.5
        book.save()
    after = parts_of(path)
    assert changed(before, after) == {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    sheet = before["xl/worksheets/sheet1.xml"].decode()
    expected = sheet.replace('<c r="C2"><v>1.5</v></c>', '<c r="C2"><v>2.5</v></c>')
    expected = expected.replace(' spans="1:5"', "").replace(
        'ref="A1"/><sheetViews', 'ref="A1:G6"/><sheetViews'
    )
    assert after["xl/worksheets/sheet1.xml"].decode() == expected
    assert after["xl/workbook.xml"] == before["xl/workbook.xml"].replace(
        b'<calcPr calcId="191029"/>', b'<calcPr calcId="191029" fullCalcOnLoad="1"/>'
    )


def test_untouched_parts_are_not_even_recompressed(path: Path) -> None:
    """The compressed bytes of other parts are copied."""
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/vbaProject.bin")
        before = path.read_bytes()[info.header_offset :][: info.compress_size]
    with headless.open_book(path) as book:
        book.sheets[0]["C2"].value = 2.5
        book.save()
    assert before[30:] in path.read_bytes()


def test_formula_gone(path: Path) -> None:
    """A formula that goes takes the calculation chain with it, and its mention everywhere."""
    before = parts_of(path)
    with headless.open_book(path) as book:
        book.sheets[0]["G4"].value = 3
        book.save()
    after = parts_of(path)
    assert changed(before, after) == {
        "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/calcChain.xml", "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
    }  # fmt: skip
    assert not any(b"calcChain" in content for content in after.values())


def test_shared_formula_survives_its_first_cell(path: Path) -> None:
    """Writing over the first cell of a shared formula leaves the others their own formula."""
    with headless.open_book(path) as book:
        sheet = book.sheets[0]
        sheet["C4"].value = 1
        assert [str(cell.formula) for cell in sheet["C4:C6"]] == ["1", "=A5*2", "=A6*2"]


def test_dynamic_array_survives(path: Path) -> None:
    """A spilled formula and a linked data type keep their markers."""
    with headless.open_book(path) as book:
        book.sheets[0]["A2:A3"].value = [["0002"], ["x"]]
        book.save()
    content = parts_of(path)["xl/worksheets/sheet1.xml"]
    assert b'<c r="B2" cm="1"><f t="array" ref="B2:B3">SEQUENCE(2)</f><v>1</v></c>' in content
    assert b'<c r="D2" vm="1" t="e"><v>#VALUE!</v></c>' in content


def test_growing_table(path: Path) -> None:
    """A growing table changes its part and nothing around the rows of its sheet."""
    before = parts_of(path)
    with headless.open_book(path) as book:
        table = book.sheets[0].tables[0]
        table.resize(table.range.resize(50))
        book.save()
    after = parts_of(path)
    assert changed(before, after) == {
        "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/tables/table1.xml",
        *({"xl/calcChain.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"}
          & changed(before, after)),
    }  # fmt: skip
    assert b'ref="A1:B50"' in after["xl/tables/table1.xml"]
    old, new = (p["xl/worksheets/sheet1.xml"] for p in (before, after))
    assert old[old.index(b"</sheetData>") :] == new[new.index(b"</sheetData>") :]


def test_new_format_adds_only(path: Path) -> None:
    """A new format is added to the styles; existing ones keep their place."""
    before = parts_of(path)["xl/styles.xml"]
    with headless.open_book(path) as book:
        book.sheets[0]["C2"].number_format = "0.000"
        book.save()
    after = parts_of(path)["xl/styles.xml"]
    assert re.findall(rb"<xf [^>]*>", after)[:8] == re.findall(rb"<xf [^>]*>", before)[:8]
    assert b'<numFmt numFmtId="168" formatCode="0.000"/></numFmts>' in after
    assert b'cellXfs count="8"' in after


def test_links_in_their_place(path: Path) -> None:
    """Hyperlinks come after validations and before margins, with their relationship."""
    with headless.open_book(path) as book:
        book.sheets[0]["C2"].add_hyperlink("https://example.org/?a=1&b=2", "x")
        book.save()
    parts = parts_of(path)
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    assert "</dataValidations><hyperlinks><hyperlink " in sheet
    assert "</hyperlinks><pageMargins" in sheet
    assert b"https://example.org/?a=1&amp;b=2" in parts["xl/worksheets/_rels/sheet1.xml.rels"]


def test_prefixed_sheet(tmp_path: Path) -> None:
    """A sheet whose writer prefixes every element is read, and saved in the usual spelling."""
    path = write(tmp_path / "x.xlsx", Sheet("S", row(1, number("A1", 1), text("B1", "b"))))
    parts = parts_of(path)
    xml = parts["xl/worksheets/sheet1.xml"].decode()
    prefixed = re.sub(r"<(/?)(?=\w)", r"<\1x:", xml).replace("xmlns=", "xmlns:x=")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            given = prefixed.encode() if name == "xl/worksheets/sheet1.xml" else content
            archive.writestr(name, given)
    with headless.open_book(path) as book:
        assert book.sheets[0]["A1:B1"].value == [1.0, "b"]
        book.sheets[0]["C1"].value = 3
        book.sheets[0]["D1"].add_hyperlink("#S!A1", "là")
        book.save()
    with headless.open_book(path) as book:
        assert book.sheets[0]["A1:D1"].value == [1.0, "b", 3.0, "là"]
        assert book.sheets[0]["D1"].hyperlink == "#S!A1"
    xml = parts_of(path)["xl/worksheets/sheet1.xml"].decode()
    assert "x:" not in xml


def test_utf16_part(tmp_path: Path) -> None:
    """A sheet in UTF-16 is read, and written as UTF-8 when it changes."""
    path = write(tmp_path / "u.xlsx", Sheet("S", row(1, text("A1", "été"))))
    parts = parts_of(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            wide = content.decode().replace("UTF-8", "UTF-16").encode("utf-16")
            archive.writestr(name, wide if name == "xl/worksheets/sheet1.xml" else content)
    with headless.open_book(path) as book:
        assert book.sheets[0]["A1"].value == "été"
        book.sheets[0]["A2"].value = "hiver"
        book.save()
    with headless.open_book(path) as book:
        assert book.sheets[0]["A1:A2"].value == ["été", "hiver"]


@pytest.mark.parametrize("name", ["quickstart.xlsm", "quickstart_standalone.xlsm"])
def test_xlwings_own_books(tmp_path: Path, name: str) -> None:
    """Real books with VBA keep everything but what is written."""
    path = tmp_path / name
    shutil.copy(Path(xw.__file__).parent / name, path)
    before = parts_of(path)
    with headless.open_book(path) as book:
        book.sheets[0]["A1"].value = "Bonjour"
        book.save()
    after = parts_of(path)
    assert "xl/vbaProject.bin" not in changed(before, after)
    assert changed(before, after) <= {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    with headless.open_book(path) as book:
        assert book.sheets[0]["A1"].value == "Bonjour"


def test_each_row_keeps_its_own_formats(tmp_path: Path) -> None:
    """Rows whose formats are numbered like the rows are no two of a kind."""
    blank = [row(n, f'<c r="A{n}" s="{n}"/>', f'<c r="B{n}" s="{n}"/>') for n in (2, 3)]
    path = write(tmp_path / "s.xlsx", Sheet("S", "".join(blank)))
    with headless.open_book(path) as book:
        cells = book.sheets[0]["A2:B3"]
        assert cells.number_format is None
        cells.value = [[44000.0, "x"], [1234.5, "y"]]
        book.save()
    written = parts_of(path)["xl/worksheets/sheet1.xml"].decode()
    assert re.findall(r'r="([AB]\d)" s="(\d)"', written) == [
        ("A2", "2"), ("B2", "2"), ("A3", "3"), ("B3", "3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("attributes", "kept"),
    [
        pytest.param(' s="0" customFormat="1"', True, id="a-row-of-no-format-counts-first"),
        pytest.param(' s="3" customFormat="1"', True, id="a-row-of-another-format"),
        pytest.param(' s="3" customFormat="0"', False, id="a-style-of-a-row-that-does-not-count"),
        pytest.param(' s="2" customFormat="1"', False, id="a-row-of-the-same-format"),
        pytest.param("", False, id="the-column-alone"),
    ],
)
def test_an_empty_cell_keeps_its_format_in_a_formatted_row(
    tmp_path: Path, attributes: str, kept: bool
) -> None:
    """What would look otherwise without its cell keeps it: the row counts before the column."""
    column = '<cols><col min="1" max="1" width="9" style="2"/></cols>'
    cells = row(2, '<c r="A2" s="2"/>', text("B2", "b"), attributes=attributes)
    path = write(tmp_path / "s.xlsx", Sheet("S", cells, columns=column))
    with headless.open_book(path) as book:
        book.sheets[0]["A2:B2"].value = [[None, "x"]]
        book.save()
    assert (b'<c r="A2" s="2"/>' in parts_of(path)["xl/worksheets/sheet1.xml"]) is kept
