"""WordprocessingML from text: paragraphs, tables, frames and a package, part by part.

Written out rather than made with python-docx: the same input gives the same
bytes, a template holds no part it does not need (letters are copied from it by
the thousand), and what the page rules ask for (page-anchored tables, frames,
fields) has no interface there anyway.

Lengths are in twips (1/20 pt; 56.7 to the millimetre), sizes in half-points.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STAMP = (2026, 1, 1, 0, 0, 0)
_NO_BREAK = (
    (re.compile(r" (?=[:;!?»])(?![^{]*\}\})"), "\u00a0"),
    (re.compile("« "), "«\u00a0"),
    (re.compile(r"(?<=\w)'(?=\w)(?![^{]*[%}]\})"), "’"),
)


def mm(length: float) -> int:
    """Millimetres in twips."""
    return round(length * 1440 / 25.4)


def typeset(text: str) -> str:
    """``text`` with French no-break spaces and apostrophes, outside tags."""
    for pattern, sign in _NO_BREAK:
        text = pattern.sub(sign, text)
    return text


def runs(text: str, properties: str = "") -> str:
    """Runs of ``text``; what stands between ``**`` is bold, ``||`` is a tab."""
    found = []
    for at, piece in enumerate(text.split("**")):
        inside = ("<w:b/>" if at % 2 else "") + properties
        shape = f"<w:rPr>{inside}</w:rPr>" if inside else ""
        for cut, part in enumerate(piece.split("||")):
            if cut:
                found.append(f"<w:r>{shape}<w:tab/></w:r>")
            if part:
                found.append(f'<w:r>{shape}<w:t xml:space="preserve">{escape(part)}</w:t></w:r>')
    return "".join(found)


def paragraph(text: str, style: str = "", properties: str = "", *, content: str = "") -> str:
    """A paragraph in ``style``; ``content`` is XML that follows its text."""
    inside = (f'<w:pStyle w:val="{style}"/>' if style else "") + properties
    shape = f"<w:pPr>{inside}</w:pPr>" if inside else ""
    return f"<w:p>{shape}{runs(text)}{content}</w:p>"


def field(code: str, shown: str) -> str:
    """A field such as ``PAGE``, and what it shows until Word computes it."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f"<w:r><w:t>{shown}</w:t></w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def border(side: str, *, eighths: int = 4, colour: str = "BFBFBF", space: int = 0) -> str:
    """A single line at ``side``, ``eighths`` of a point thick."""
    return f'<w:{side} w:val="single" w:sz="{eighths}" w:space="{space}" w:color="{colour}"/>'


def cell(
    content: str, width: int, *, borders: str = "", span: int = 1, properties: str = ""
) -> str:
    """A table cell; ``content`` is one paragraph or more."""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>'
        + (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "")
        + (f"<w:tcBorders>{borders}</w:tcBorders>" if borders else "")
        + f"{properties}</w:tcPr>{content}</w:tc>"
    )


def row(
    cells: Sequence[str], *, exact: int = 0, header: bool = False, may_split: bool = False
) -> str:
    """A table row; ``exact`` is its height, ``header`` repeats it on every page."""
    inside = "" if may_split else "<w:cantSplit/>"
    inside += f'<w:trHeight w:val="{exact}" w:hRule="exact"/>' if exact else ""
    inside += "<w:tblHeader/>" if header else ""
    return f"<w:tr>{f'<w:trPr>{inside}</w:trPr>' if inside else ''}{''.join(cells)}</w:tr>"


def table(
    rows: Sequence[str],
    widths: Sequence[int],
    *,
    style: str = "",
    floating: tuple[int, int] | None = None,
    padding: tuple[int, int] = (0, 0),
) -> str:
    """A table of fixed widths; ``floating`` is its place on the page from the top left corner.

    ``padding`` is the space left and right of a cell's text.
    """
    place = (
        f'<w:tblpPr w:leftFromText="0" w:rightFromText="0" w:vertAnchor="page" '
        f'w:horzAnchor="page" w:tblpX="{floating[0]}" w:tblpY="{floating[1]}"/>'
        '<w:tblOverlap w:val="never"/>'
        if floating
        else ""
    )
    named = f'<w:tblStyle w:val="{style}"/>' if style else ""
    return (
        f"<w:tbl><w:tblPr>{named}{place}"
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:left w:w="{padding[0]}" w:type="dxa"/>'
        f'<w:right w:w="{padding[1]}" w:type="dxa"/></w:tblCellMar>'
        "</w:tblPr><w:tblGrid>"
        + "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        + f"</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def frame_line(x: int, y: int, width: int) -> str:
    """A hairline on the page: a paragraph in a frame with a line above."""
    return (
        f'<w:p><w:pPr><w:framePr w:w="{width}" w:h="20" w:hRule="exact" w:wrap="around" '
        f'w:vAnchor="page" w:hAnchor="page" w:x="{x}" w:y="{y}"/>'
        f"<w:pBdr>{border('top', eighths=4, colour='A6A6A6')}</w:pBdr>"
        '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr></w:p>'
    )


def package(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of ``parts`` in their order, with a fixed date: the same parts, the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return file.getvalue()
