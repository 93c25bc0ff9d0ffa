"""The parts of a workbook file: read, mended, added to, written again, compared.

openpyxl writes the sheets. What it does not know is added here to the text of
its parts: the type of a workbook with macros, our table style, the values that
formulas show, and the order of elements that Microsoft's validator wants. Dates
and names of machines are taken out, so that the same sources give the same parts.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from xml.sax.saxutils import escape

Parts = dict[str, bytes]
"""Content by part name, without a leading slash."""

CONTENT_TYPES = "[Content_Types].xml"
WORKBOOK = "xl/workbook.xml"

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_XLSM = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_ZIP_DATE = (2026, 1, 1, 0, 0, 0)
_MOMENT = b"2026-01-01T00:00:00Z"
_APP = (
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'extended-properties"><Application>xl-relances</Application></Properties>'
)
"""Not « Microsoft Excel », which keeps LibreOffice from fitting rows and recalculating."""
_CHART_FORM = re.compile(rb'(<(?:c:)?numFmt formatCode="[^"]*")\s*/>')
_FONT_ORDER = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz",
    "color", "name", "family", "charset", "scheme",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A part to add, with its content type and the relationship that leads to it.

    Attributes:
        name: Part name, such as ``xl/vbaProject.bin``.
        content: Its bytes.
        content_type: Its own content type; None where its extension has a default one.
        relationship: Type of the relationship; None for a part that nothing points to.
        source: Part that the relationship starts from; empty for the package itself.
        identifier: Id of the relationship, unique within its source.
    """

    name: str
    content: bytes
    content_type: str | None = None
    relationship: str | None = None
    source: str = WORKBOOK
    identifier: str = ""


def read(file: BytesIO | str) -> Parts:
    """All parts of a zip package."""
    with zipfile.ZipFile(file) as package:
        return {name: package.read(name) for name in package.namelist()}


def assemble(parts: Mapping[str, bytes], additions: Iterable[Addition] = ()) -> bytes:
    """The file: content types first, every date the same."""
    whole = dict(parts)
    for addition in additions:
        whole = add(whole, addition)
    names = sorted(whole, key=lambda name: (name != CONTENT_TYPES, name != "_rels/.rels", name))
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name in names:
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            package.writestr(entry, whole[name])
    return file.getvalue()


def add(parts: Mapping[str, bytes], addition: Addition) -> Parts:
    """The parts with one more; a relationship with the same id is an impossibility."""
    whole = dict(parts)
    whole[addition.name] = addition.content
    if addition.content_type:
        override = f'<Override PartName="/{addition.name}" ContentType="{addition.content_type}"/>'
        whole[CONTENT_TYPES] = _before_end(whole[CONTENT_TYPES], "Types", override)
    if addition.relationship:
        folder, _, file = addition.source.rpartition("/")
        name = f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"
        if f'Id="{addition.identifier}"'.encode() in whole[name]:
            raise ValueError(f"{name} has a relationship {addition.identifier} already")
        target = addition.name.removeprefix(f"{folder}/") if folder else addition.name
        link = (
            f'<Relationship Id="{addition.identifier}" Type="{addition.relationship}" '
            f'Target="{target}"/>'
        )
        whole[name] = _before_end(whole[name], "Relationships", link)
    return whole


def differences(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """Names of the parts that are missing on one side or do not say the same."""
    return sorted(
        name
        for name in one.keys() | other.keys()
        if name not in one or name not in other or not _same(name, one[name], other[name])
    )


def _same(name: str, one: bytes, other: bytes) -> bool:
    """Equal bytes, or XML that differs in its writing only (another serialiser)."""
    if one == other:
        return True
    if not name.endswith((".xml", ".rels")):
        return False
    canonical = [
        ET.canonicalize(text.decode("utf-8"), rewrite_prefixes=True) for text in (one, other)
    ]
    return canonical[0] == canonical[1]


def mend(
    parts: Mapping[str, bytes],
    *,
    shown: Mapping[tuple[str, str], str | float],
    quiet: Mapping[str, Iterable[str]],
    repeated: Mapping[str, Iterable[str]],
    table_style: tuple[str, str],
) -> Parts:
    """What openpyxl leaves out, in.

    Args:
        parts: As openpyxl wrote them.
        shown: Values of formula cells by sheet part and cell.
        quiet: By sheet part, ranges whose numbers are texts on purpose.
        repeated: By sheet part, ranges of calculated columns that users type over.
        table_style: Differential styles and the table style that uses them, as XML; ``{n}``
            in the second stands for the index of the n-th of the first.
    """
    whole = dict(parts)
    whole[CONTENT_TYPES] = whole[CONTENT_TYPES].replace(_XLSX.encode(), _XLSM.encode())
    whole["docProps/app.xml"] = _APP
    whole["docProps/core.xml"] = re.sub(
        rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", _MOMENT, whole["docProps/core.xml"]
    )
    whole["xl/styles.xml"] = _styles(whole["xl/styles.xml"].decode("utf-8"), *table_style)
    for name, part in parts.items():
        if name.startswith("xl/charts/chart"):
            whole[name] = _CHART_FORM.sub(rb'\1 sourceLinked="0"/>', part)
    for (name, place), value in shown.items():
        whole[name] = _show(whole[name], place, value)
    for name in {*quiet, *repeated}:
        whole[name] = _ignore(whole[name], quiet.get(name, ()), repeated.get(name, ()))
    return whole


def _before_end(part: bytes, root: str, element: str) -> bytes:
    text = part.decode("utf-8")
    end = text.rindex(f"</{root}>")
    return (text[:end] + element + text[end:]).encode("utf-8")


def _styles(text: str, formats: str, style: str) -> bytes:
    text = re.sub(r"<font>(.*?)</font>", _font_in_order, text, flags=re.DOTALL)
    match = re.search(r'<dxfs count="(\d+)"\s*>', text)
    if match is None:
        raise ValueError("xl/styles.xml has no conditional formats")
    first = int(match[1])
    count = formats.count("<dxf>")
    text = text.replace(match[0], f'<dxfs count="{first + count}">').replace(
        "</dxfs>", f"{formats}</dxfs>"
    )
    style = style.format(*range(first, first + count))
    return re.sub(
        r"<tableStyles[^>]*/>",
        '<tableStyles count="1" defaultTableStyle="TableStyleMedium9" '
        f'defaultPivotStyle="PivotStyleLight16">{style}</tableStyles>',
        text,
    ).encode("utf-8")


def _font_in_order(match: re.Match[str]) -> str:
    elements = re.findall(r"<(\w+)\b[^>]*/>", match[1])
    texts = re.findall(r"<\w+\b[^>]*/>", match[1])
    pairs = sorted(zip(elements, texts, strict=True), key=lambda pair: _FONT_ORDER.index(pair[0]))
    return f"<font>{''.join(text for _, text in pairs)}</font>"


def _show(part: bytes, place: str, value: str | float) -> bytes:
    """Store what a formula cell shows, so that a reader without formulas sees it."""
    kind, text = (' t="str"', escape(value)) if isinstance(value, str) else ("", f"{value:g}")
    pattern = rf'<c r="{place}"([^>]*)><f>([^<]*)</f><v\s*(?:/>|></v>)</c>'

    def filled(match: re.Match[str]) -> str:
        style = re.sub(r' t="\w+"', "", match[1])
        return f'<c r="{place}"{style}{kind}><f>{match[2]}</f><v>{text}</v></c>'

    whole, found = re.subn(pattern, filled, part.decode("utf-8"), count=1)
    if not found:
        raise ValueError(f"no formula at {place}")
    return whole.encode("utf-8")


def _ignore(part: bytes, quiet: Iterable[str], repeated: Iterable[str]) -> bytes:
    """No green corner on accounts kept as text, nor on a number typed over its formula."""
    rules = [(" ".join(quiet), "numberStoredAsText"), (" ".join(repeated), "calculatedColumn")]
    element = "".join(
        f'<ignoredError sqref="{ranges}" {rule}="1"/>' for ranges, rule in rules if ranges
    )
    text = part.decode("utf-8")
    match = re.search(r"<(drawing|legacyDrawing|tableParts|extLst)\b", text)
    at = match.start() if match else text.rindex("</worksheet>")
    return (text[:at] + f"<ignoredErrors>{element}</ignoredErrors>" + text[at:]).encode("utf-8")
