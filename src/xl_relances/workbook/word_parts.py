"""The parts of a letter's package that are not its page: styles, settings, relations.

Styles carry French names, because users find them in Word's gallery.
"""

from __future__ import annotations

import struct
import zlib
from functools import partial

from xl_relances.workbook.word import HEAD, NS, border, mm

ACCENT, INK, GREY = "1F4E79", "262626", "595959"
TEXT_WIDTH = mm(160)


def _style(
    identifier: str,
    name: str,
    *,
    size: float = 11,
    line: str = 'w:line="240" w:lineRule="auto"',
    before: float = 0,
    after: float = 0,
    align: str = "",
    bold: bool = False,
    colour: str = "",
    font: str = "",
    extra: str = "",
    tail: str = "",
) -> str:
    """A paragraph style; ``extra`` stands before the spacing, ``tail`` after it."""
    face = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:cs="{font}"/>' if font else ""
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{identifier}">'
        f'<w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
        f'<w:pPr>{extra}<w:spacing w:before="{round(before * 20)}" w:after="{round(after * 20)}" '
        f"{line}/>{tail}"
        + (f'<w:jc w:val="{align}"/>' if align else "")
        + f"</w:pPr><w:rPr>{face}{'<w:b/><w:bCs/>' if bold else ''}"
        + (f'<w:color w:val="{colour}"/>' if colour else "")
        + f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/></w:rPr></w:style>'
    )


def styles(language: str) -> str:
    """The styles a user finds in Word's gallery, named in French."""
    exact = 'w:line="227" w:lineRule="exact"'
    tab = f'<w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH}"/></w:tabs>'
    rule_above = f"<w:pBdr>{border('top', eighths=4, colour='BFBFBF', space=4)}</w:pBdr>"
    rule_below = f"<w:pBdr>{border('bottom', eighths=8, colour=ACCENT, space=3)}</w:pBdr>"
    keep = "<w:keepNext/>"
    date_tab = f'<w:tabs><w:tab w:val="left" w:pos="{mm(85)}"/></w:tabs>'
    inset = f'<w:ind w:left="{mm(2)}" w:right="{mm(2)}"/>'
    title = partial(_style, size=8.5, bold=True, colour=ACCENT, before=1, after=1, extra=keep)
    item = partial(_style, size=9, before=0.5, after=0.5)
    total = partial(_style, size=10, bold=True, before=1.5, after=1)
    own = (
        _style("EnteteNom", "Lettre En-tête nom", size=17, bold=True, colour=ACCENT, after=2),
        _style("EnteteLogo", "Lettre En-tête logo", after=2),
        _style("Entete", "Lettre En-tête", size=8.5, colour=GREY, align="right"),
        _style("Destinataire", "Lettre Destinataire", size=10, font="Arial", line=exact),
        _style("DestinataireLong", "Lettre Destinataire long", size=9, font="Arial", line=exact),
        _style("PayerTitre", "Lettre Payer titre", size=9, colour=GREY, before=3, tail=inset),
        _style(
            "PayerMontant", "Lettre Payer montant", size=17, bold=True, colour=ACCENT, tail=inset
        ),
        _style("PayerDate", "Lettre Payer date", size=9.5, bold=True, after=3, tail=inset),
        _style("Payer", "Lettre Payer", size=9, after=1),
        _style("LieuEtDate", "Lettre Lieu et date", after=6, extra=date_tab),
        _style("Objet", "Lettre Objet", bold=True, colour=ACCENT, after=7),
        _style("Note", "Lettre Note", size=9, colour=GREY, after=5),
        _style(
            "Charge",
            "Lettre Charge",
            size=10,
            after=5,
            extra=keep
            + f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{mm(135)}"/></w:tabs>',
            tail=f'<w:ind w:left="{mm(5)}"/><w:contextualSpacing/>',
        ),
        _style(
            "Decompte", "Lettre Décompte", bold=True, colour=ACCENT, before=14, after=3, extra=keep
        ),
        _style("Code", "Lettre Code de paiement", size=9, colour=GREY, align="right"),
        _style("Apres", "Lettre Après tableau", size=2, line='w:line="60" w:lineRule="exact"'),
        _style("Fin", "Lettre Fin", size=1, line='w:line="20" w:lineRule="exact"'),
        _style("Signature1", "Lettre Signataire", bold=True, before=18, extra=keep),
        _style("Signature2", "Lettre Fonction", colour=GREY),
        _style("Suite", "Lettre Suite", size=9, colour=GREY, extra=rule_below + tab),
        _style("Pied", "Lettre Pied", size=7.5, colour=GREY, align="center", extra=rule_above),
        _style("PiedPage", "Lettre Pied page", size=7.5, colour=GREY, align="right"),
        title("TitreTexte", "Tableau Titre texte"),
        title("TitreCentre", "Tableau Titre centré", align="center"),
        title("TitreChiffre", "Tableau Titre chiffre", align="right"),
        item("CelluleTexte", "Tableau Texte"),
        item("CelluleCentre", "Tableau Centré", align="center"),
        item("CelluleChiffre", "Tableau Chiffre", align="right"),
        total("TotalTexte", "Tableau Total texte"),
        total("TotalChiffre", "Tableau Total chiffre", align="right"),
    )
    return (
        f"{HEAD}<w:styles {NS}><w:docDefaults><w:rPrDefault><w:rPr>"
        '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Calibri" w:cs="Calibri"/>'
        f'<w:color w:val="{INK}"/><w:sz w:val="22"/><w:szCs w:val="22"/>'
        f'<w:lang w:val="{language}" w:eastAsia="en-US" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        '<w:qFormat/><w:pPr><w:spacing w:before="0" w:after="90" w:line="276" '
        'w:lineRule="auto"/></w:pPr></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableauNormal">'
        '<w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr>'
        '<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
        '<w:left w:w="0" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
        '<w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        f"{''.join(own)}</w:styles>"
    )


SETTINGS = (
    f'{HEAD}<w:settings {NS}><w:zoom w:percent="100"/><w:defaultTabStop w:val="708"/>'
    '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting '
    'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    "</w:compat></w:settings>"
)

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KINDS = {
    "document": "document.main", "styles": "styles", "settings": "settings",
    "header1": "header", "header2": "header", "footer1": "footer", "footer2": "footer",
}  # fmt: skip
CONTENT_TYPES = (
    f'{HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="png" ContentType="image/png"/>'
    + "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{_WORD}.{kind}+xml"/>'
        for part, kind in _KINDS.items()
    )
    + '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    '<Override PartName="/docProps/app.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>'
)
RELATIONS = (
    f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
    'Target="docProps/core.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/extended-properties" Target="docProps/app.xml"/>'
    "</Relationships>"
)
DOCUMENT_RELATIONS = (
    f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    + "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/{part.rstrip("12")}" Target="{part}.xml"/>'
        for at, part in enumerate(list(_KINDS)[1:], start=1)
    )
    + "</Relationships>"
)
APP = (
    f'{HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    'extended-properties"><Application>xl-relances</Application></Properties>'
)


def core(name: str, language: str) -> str:
    """Title, language and a fixed date; no tag and no customer belongs here."""
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{name}</dc:title><dc:language>{language}</dc:language>"
        '<dcterms:created xsi:type="dcterms:W3CDTF">2026-01-01T00:00:00Z</dcterms:created>'
        "</cp:coreProperties>"
    )


LOGO_RELATIONS = (
    f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/image" Target="media/logo.png"/></Relationships>'
)
LOGO_SIZE = (55, 17)
"""Most that a logo takes, in millimetres."""

CODE_SIZE = (30, 30)
"""A payment code with its white border, in millimetres."""
CODE_RELATION = "rId7"
LETTER_RELATIONS = DOCUMENT_RELATIONS.replace(
    "</Relationships>",
    f'<Relationship Id="{CODE_RELATION}" Type="{_OFFICE}/image" Target="media/code.png"/>'
    "</Relationships>",
)


def logo_drawing() -> str:
    """The picture that a company's logo replaces, marked by its alternative text."""
    return picture_drawing("Logo", "logo", LOGO_SIZE, "rId1")


def picture_drawing(name: str, text: str, millimetres: tuple[int, int], relation: str) -> str:
    """A picture in the line, with ``text`` as its alternative text."""
    width, height = (round(length * 36000) for length in millimetres)
    size = f'cx="{width}" cy="{height}"'
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {size}/><wp:docPr id="1" name="{name}" descr="{text}"/><wp:cNvGraphicFramePr/>'
        "<a:graphic><a:graphicData "
        'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
        f'<pic:cNvPr id="1" name="{name}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
        f'<a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        "<pic:spPr>"
        f'<a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
        "</w:r>"
    )


def placeholder(millimetres: tuple[int, int]) -> bytes:
    """A light grey PNG of a picture's shape, which whoever opens the template sees."""
    width, height = millimetres

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    rows = (b"\x00" + b"\xd9" * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )
