"""What users put into the workbook with Excel outlives a whole campaign.

Shapes, sparklines, slicers, threaded comments, extended formats, spilled
formulas: every part that a command does not write is byte for byte the same,
and what stands around the rows of a sheet that is written stays too.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from readers import Validator
from xl_relances import demo, headless, run

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office"
X14 = f"{MICROSOFT}/spreadsheetml/2009/9/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
NOW = datetime(2026, 11, 25, 9)

SPARKLINES = f"""<ext uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}" xmlns:x14="{X14}">
<x14:sparklineGroups xmlns:xm="{MICROSOFT}/excel/2006/main"><x14:sparklineGroup>
<x14:sparklines><x14:sparkline><xm:f>Préparation!D5:F5</xm:f><xm:sqref>T5</xm:sqref>
</x14:sparkline></x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext>"""
EXTENDED_FORMAT = f"""<ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" xmlns:x14="{X14}">
<x14:conditionalFormattings><x14:conditionalFormatting xmlns:xm="{MICROSOFT}/excel/2006/main">
<x14:cfRule type="dataBar" id="{{6B3F2A1C-0000-4000-8000-000000000001}}"><x14:dataBar>
<x14:cfvo type="autoMin"/><x14:cfvo type="autoMax"/></x14:dataBar></x14:cfRule>
<xm:sqref>D5:D60</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>"""
SLICERS = f"""<ext uri="{{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}}" xmlns:x15="{MICROSOFT}\
/spreadsheetml/2010/11/main" xmlns:x14="{X14}"><x14:slicerList>
<x14:slicer r:id="rIdSlicer"/></x14:slicerList></ext>"""
SHAPE = f"""<xdr:wsDr xmlns:xdr="{DRAWING}/spreadsheetDrawing" xmlns:a="{DRAWING}/main">
<xdr:absoluteAnchor><xdr:pos x="0" y="0"/><xdr:ext cx="900000" cy="300000"/><xdr:sp>
<xdr:nvSpPr><xdr:cNvPr id="2" name="Voir Léa"/><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:sp><xdr:clientData/>
</xdr:absoluteAnchor></xdr:wsDr>"""
COMMENT = f"""<ThreadedComments xmlns="{MICROSOFT}/spreadsheetml/2018/threadedcomments">
<threadedComment ref="B5" dT="2026-11-25T09:00:00.00" personId="{{00000000-0000-4000-8000-\
000000000001}}" id="{{00000000-0000-4000-8000-000000000002}}"><text>À rappeler</text>
</threadedComment></ThreadedComments>"""
SLICER = f"""<slicers xmlns="{X14}"><slicer name="Devise" cache="Segment_Devise" caption="Devise" \
rowHeight="225425"/></slicers>"""
SPILLED = (
    f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" cm="1"><f t="array" ref="A1:A3">'
    '_xlfn.SEQUENCE(3)</f><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
    '<row r="3"><c r="A3"><v>3</v></c></row></sheetData></worksheet>'
)
METADATA = f"""<metadata xmlns="{MAIN}" xmlns:xda="{MICROSOFT}/spreadsheetml/2017/dynamicarray">
<metadataTypes count="1"><metadataType name="XLDAPR" minSupportedVersion="120000" copy="1" \
pasteAll="1" pasteValues="1" merge="1" splitFirst="1" rowColShift="1" clearFormats="1" \
clearComments="1" assign="1" coerce="1" cellMeta="1"/></metadataTypes>
<futureMetadata name="XLDAPR" count="1"><bk><extLst><ext uri="{{bdbb8cdc-fa1e-496e-a857-\
3c3f30c029c3}}"><xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext></extLst></bk>
</futureMetadata><cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>"""

ADDED = {
    "xl/drawings/drawing99.xml": (
        SHAPE, "application/vnd.openxmlformats-officedocument.drawing+xml",
    ),
    "xl/threadedComments/threadedComment9.xml": (
        COMMENT, "application/vnd.ms-excel.threadedcomments+xml",
    ),
    "xl/slicers/slicer9.xml": (SLICER, "application/vnd.ms-excel.slicer+xml"),
    "xl/worksheets/sheet99.xml": (
        SPILLED, "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
    ),
    "xl/metadata.xml": (
        METADATA, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml",
    ),
}  # fmt: skip


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name).decode("latin-1") for name in package.namelist()}


def enriched(path: Path) -> None:
    """The workbook with all of that, as Excel would have put it there."""
    with zipfile.ZipFile(path) as package:
        found = {name: package.read(name) for name in package.namelist()}
    sheet = "xl/worksheets/sheet3.xml"  # Préparation
    xml = found[sheet].decode()
    xml = xml.replace("<worksheet ", f'<worksheet xmlns:r="{OFFICE}" ', 1)
    tables = re.search(r"<tableParts.*</tableParts>", xml, re.DOTALL)
    assert tables is not None
    drawing = '<drawing r:id="rIdShape"/>'
    extensions = f"<extLst>{EXTENDED_FORMAT}{SPARKLINES}{SLICERS}</extLst>"
    found[sheet] = xml.replace(tables.group(), f"{drawing}{tables.group()}{extensions}", 1).encode()
    relations = "xl/worksheets/_rels/sheet3.xml.rels"
    more = (
        f'<Relationship Id="rIdShape" Type="{OFFICE}/drawing" Target="../drawings/drawing99.xml"/>'
        f'<Relationship Id="rIdTalk" Type="{MICROSOFT}/2017/10/'
        'relationships/threadedComment" Target="../threadedComments/threadedComment9.xml"/>'
        f'<Relationship Id="rIdSlicer" Type="{MICROSOFT}/2007/relationships/slicer"'
        ' Target="../slicers/slicer9.xml"/>'
    )
    found[relations] = found[relations].replace(
        b"</Relationships>", f"{more}</Relationships>".encode()
    )
    found["xl/workbook.xml"] = found["xl/workbook.xml"].replace(
        b"</sheets>",
        f'<sheet xmlns:r="{OFFICE}" name="Notes" sheetId="99" r:id="rIdNotes"/></sheets>'.encode(),
    )
    found["xl/_rels/workbook.xml.rels"] = found["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        (
            f'<Relationship Id="rIdNotes" Type="{OFFICE}/worksheet" '
            'Target="worksheets/sheet99.xml"/>'
            f'<Relationship Id="rIdMeta" Type="{OFFICE}/sheetMetadata" Target="metadata.xml"/>'
            "</Relationships>"
        ).encode(),
    )
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, (_, kind) in ADDED.items()
    )
    found["[Content_Types].xml"] = found["[Content_Types].xml"].replace(
        b"</Types>", f"{types}</Types>".encode()
    )
    found |= {name: content.encode() for name, (content, _) in ADDED.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in found.items():
            package.writestr(name, content)


def around_rows(xml: str) -> str:
    """A sheet's part without its rows and its dimension."""
    return re.sub(r"<sheetData.*</sheetData>|<dimension [^>]*>", "", xml, flags=re.DOTALL)


def findings_of(validator: Validator, path: Path) -> set[str]:
    """What the validator says, without the name of the file."""
    return {finding.replace(path.name, "") for finding in validator.findings(path)}


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sample company's workbook so enriched, before and after a whole campaign."""
    folder = tmp_path_factory.mktemp("campaign")
    path = demo.lay(folder)
    enriched(path)
    before = folder / "before.xlsm"
    shutil.copyfile(path, before)
    for command in (
        lambda book: run.prepare(book, now=NOW),
        lambda book: run.issue(book, choice=run.chosen(level=2)),
        lambda book: run.save(book, now=NOW, user="Léa"),
        lambda book: run.undo(book, now=NOW),
    ):
        headless.register().answer = lambda *_: "yes"
        with headless.open_book(path) as book:
            command(book)
            book.save()
    return before, path


def test_parts_that_are_not_ours_stay_byte_for_byte(campaign: tuple[Path, Path]) -> None:
    """Prepare, issue, save and undo write the sheets, their tables and names, nothing else."""
    before, after = map(parts, campaign)
    assert set(after) == set(before)
    changed = {name for name in before if before[name] != after[name]}
    ours = re.compile(r"xl/(workbook|styles)\.xml|xl/worksheets/sheet\d+\.xml|xl/tables/.*")
    assert [name for name in changed if not ours.fullmatch(name)] == []
    assert changed.isdisjoint(ADDED)
    assert changed.isdisjoint({"xl/vbaProject.bin", "customUI/customUI14.xml"})


def test_what_stands_around_the_rows_stays(campaign: tuple[Path, Path]) -> None:
    """Sparklines, extended formats, the slicer and the shape of Préparation are still there."""
    before, after = map(parts, campaign)
    sheet = "xl/worksheets/sheet3.xml"
    assert around_rows(after[sheet]) == around_rows(before[sheet])


def test_the_validator_finds_nothing_new(campaign: tuple[Path, Path], validator: Validator) -> None:
    """No error that was not there before, says Microsoft's validator."""
    before, after = (findings_of(validator, path) for path in campaign)
    assert after - before == set()
