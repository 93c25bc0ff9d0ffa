"""Workbooks made of raw XML, so that a test can hold exactly what Excel would write."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

GENERAL, TEXT, DATE, AMOUNT, UNLOCKED, TICK, STAMP = range(7)
"""Style indexes of ``STYLES``."""

STYLES = f"""{HEADER}<styleSheet xmlns="{MAIN}"><numFmts count="4">\
<numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="#,##0.00\\ "/>\
<numFmt numFmtId="166" formatCode="[=1]&quot;☑&quot;;[=0]&quot;☐&quot;;General"/>\
<numFmt numFmtId="167" formatCode="dd/mm/yyyy\\ hh:mm"/></numFmts>\
<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill \
patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/>\
<diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" \
borderId="0"/></cellStyleXfs><cellXfs count="7">\
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyProtection="1">\
<protection locked="0"/></xf>\
<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="167" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>\
<dxfs count="0"/></styleSheet>"""


@dataclass
class Table:
    """A table part to be."""

    name: str
    ref: str
    columns: list[str | tuple[str, str]]
    filter: str | None = None
    more: str = ""
    totals: bool = False

    def xml(self, number: int) -> str:
        """Its part; a column given as a pair has a formula."""
        columns = ""
        for index, column in enumerate(self.columns, 1):
            title, formula = column if isinstance(column, tuple) else (column, None)
            inner = (
                f"<calculatedColumnFormula>{escape(formula)}</calculatedColumnFormula>"
                if formula
                else ""
            )
            columns += f'<tableColumn id="{index}" name={quoteattr(title)}>{inner}</tableColumn>'
        head, _, last = self.ref.partition(":")
        bottom = int("".join(filter(str.isdigit, last))) - (1 if self.totals else 0)
        letters = "".join(filter(str.isalpha, last))
        filtered = f'<autoFilter ref="{head}:{letters}{bottom}">{self.filter or ""}</autoFilter>'
        totals = 'totalsRowCount="1"' if self.totals else 'totalsRowShown="0"'
        return (
            f'{HEADER}<table xmlns="{MAIN}" id="{number}" name="{self.name}" '
            f'displayName="{self.name}" ref="{self.ref}" {totals}{self.more}>{filtered}'
            f'<tableColumns count="{len(self.columns)}">{columns}</tableColumns>'
            '<tableStyleInfo name="TableStyleMedium2" showFirstColumn="0" showLastColumn="0" '
            'showRowStripes="1" showColumnStripes="0"/></table>'
        )


@dataclass
class Sheet:
    """A sheet part to be: rows as XML, and what stands around them."""

    title: str
    rows: str = ""
    tables: list[Table] = field(default_factory=list)
    before: str = ""
    after: str = ""
    attributes: str = ""
    state: str = ""
    relations: str = ""
    columns: str = ""

    def xml(self) -> str:
        """Its part."""
        tables = "".join(f'<tablePart r:id="rId{n}"/>' for n in range(1, len(self.tables) + 1))
        parts = f'<tableParts count="{len(self.tables)}">{tables}</tableParts>' if tables else ""
        tail = self.after if "{tables}" in self.after else self.after + "{tables}"
        return (
            f'{HEADER}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"{self.attributes}>{self.before}'
            '<dimension ref="A1"/><sheetViews><sheetView workbookViewId="0"><selection '
            'activeCell="A1" sqref="A1"/></sheetView></sheetViews><sheetFormatPr '
            f'defaultRowHeight="15"/>{self.columns}<sheetData>{self.rows}</sheetData>'
            f"{tail.replace('{tables}', parts)}</worksheet>"
        )


def text(reference: str, value: str, style: int = 0) -> str:
    """An inline text cell."""
    s = f' s="{style}"' if style else ""
    return f'<c r="{reference}"{s} t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def number(reference: str, value: float, style: int = 0) -> str:
    """A number cell."""
    s = f' s="{style}"' if style else ""
    return f'<c r="{reference}"{s}><v>{value}</v></c>'


def row(index: int, *cells: str, attributes: str = "") -> str:
    """A row of cells."""
    return f'<row r="{index}"{attributes}>{"".join(cells)}</row>'


def write(
    path: Path,
    *sheets: Sheet,
    names: str = "",
    strings: str | None = None,
    setting: str = "<workbookPr/>",
    parts: dict[str, str | bytes] | None = None,
    types: str = "",
    book_relations: str = "",
    tail: str = "",
    styles: str = STYLES,
) -> Path:
    """Write a workbook of those sheets.

    Args:
        path: Where.
        sheets: Its sheets.
        names: ``<definedName>`` elements.
        strings: ``<si>`` elements of the shared strings.
        setting: The ``workbookPr``.
        parts: Other parts, by name.
        types: Their content types.
        book_relations: More relationships of the workbook.
        tail: What follows the names in the workbook's part.
        styles: The style sheet.
    """
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    content: dict[str, str | bytes] = {}
    overrides = ""
    listed = related = ""
    tables = 0
    for index, sheet in enumerate(sheets, 1):
        name = f"xl/worksheets/sheet{index}.xml"
        content[name] = sheet.xml()
        overrides += f'<Override PartName="/{name}" ContentType="{kind}.worksheet+xml"/>'
        state = f' state="{sheet.state}"' if sheet.state else ""
        listed += (
            f'<sheet name={quoteattr(sheet.title)} sheetId="{index}"{state} r:id="rId{index}"/>'
        )
        related += _relation(index, "worksheet", f"worksheets/sheet{index}.xml")
        lines = ""
        for place, table in enumerate(sheet.tables, 1):
            tables += 1
            part = f"xl/tables/table{tables}.xml"
            content[part] = table.xml(tables)
            overrides += f'<Override PartName="/{part}" ContentType="{kind}.table+xml"/>'
            lines += _relation(place, "table", f"../tables/table{tables}.xml")
        if lines or sheet.relations:
            content[f"xl/worksheets/_rels/sheet{index}.xml.rels"] = (
                f'{HEADER}<Relationships xmlns="{RELS}">{lines}{sheet.relations}</Relationships>'
            )
    related += _relation(901, "styles", "styles.xml")
    if strings is not None:
        related += _relation(902, "sharedStrings", "sharedStrings.xml")
        overrides += (
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/>'
        )
        content["xl/sharedStrings.xml"] = f'{HEADER}<sst xmlns="{MAIN}">{strings}</sst>'
    defined = f"<definedNames>{names}</definedNames>" if names else ""
    content["xl/workbook.xml"] = (
        f'{HEADER}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{setting}<bookViews><workbookView '
        f'activeTab="0"/></bookViews><sheets>{listed}</sheets>{defined}{tail}</workbook>'
    )
    content["xl/styles.xml"] = styles
    content["xl/_rels/workbook.xml.rels"] = (
        f'{HEADER}<Relationships xmlns="{RELS}">{related}{book_relations}</Relationships>'
    )
    content["_rels/.rels"] = (
        f'{HEADER}<Relationships xmlns="{RELS}">'
        f"{_relation(1, 'officeDocument', 'xl/workbook.xml')}</Relationships>"
    )
    content.update(parts or {})
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    if path.suffix == ".xlsm":
        main = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    listing = (
        f'{HEADER}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{main}"/><Override PartName='
        f'"/xl/styles.xml" ContentType="{kind}.styles+xml"/>{overrides}{types}</Types>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", listing)
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def _relation(index: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{index}" Type="{OFFICE}/{kind}" Target="{target}"/>'


def parts_of(path: Path) -> dict[str, bytes]:
    """Content of every part of a file."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def ledger(path: Path, rows: int = 3, **table: object) -> Path:
    """One sheet « Grand livre » with a table of four columns: text, text, date, amount."""
    titles = ["Compte", "Nom", "Échéance", "Débit"]
    lines = row(4, *(text(f"{c}4", t) for c, t in zip("ABCD", titles, strict=True)))
    for n in range(5, 5 + rows):
        lines += row(
            n, text(f"A{n}", f"411{n:03}", TEXT), text(f"B{n}", f"Client {n}", TEXT),
            number(f"C{n}", 45658 + n, DATE), number(f"D{n}", n + 0.5, AMOUNT),
        )  # fmt: skip
    if not rows:
        lines += row(
            5, *(f'<c r="{c}5" s="{s}"/>' for c, s in zip("ABCD", (1, 1, 2, 3), strict=True))
        )
    given = {"more": "" if rows else ' insertRow="1"', **table}
    part = Table("GrandLivre", f"A4:D{4 + max(rows, 1)}", list(titles), **given)  # type: ignore[arg-type]
    return write(path, Sheet("Grand livre", row(1, text("A1", "Grand livre")) + lines, [part]))
