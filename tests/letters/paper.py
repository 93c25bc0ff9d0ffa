"""Letters, templates and their texts for the tests of letters."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

from xl_relances.letters.letter import Letter, LetterLine, Recipient
from xl_relances.letters.sample import FULL
from xl_relances.workbook.word import HEAD, NS, package, paragraph
from xl_relances.workbook.word_parts import CONTENT_TYPES, DOCUMENT_RELATIONS, RELATIONS

SHIPPED = Path(__file__).parents[2] / "word_templates"
MODELS = {1: "relance_1", 2: "relance_2", 3: "mise_en_demeure"}


def shipped(level: int, language: str = "fr") -> Path:
    return SHIPPED / language / f"{MODELS[level]}.docx"


def letter(**changes: Any) -> Letter:
    return replace(FULL, **changes)


def to(**changes: Any) -> Letter:
    """The sample letter to another recipient."""
    return letter(recipient=replace(FULL.recipient, **changes))


def line(amount: str = "100.00", **changes: Any) -> LetterLine:
    due = dt.date(2026, 10, 22)
    fields: dict[str, Any] = {
        "document": "FA-1", "document_date": due - dt.timedelta(days=30), "due_date": due,
        "days_overdue": 34, "amount": Decimal(amount), "label": "Facture",
    }  # fmt: skip
    return LetterLine(**fields | changes)


def many(count: int) -> tuple[LetterLine, ...]:
    return tuple(
        line(
            f"{1000 + at * 37}.5{at % 10}",
            document=f"FA-2026-{at:04}",
            set_off=Decimal(100 if at % 5 == 1 else 0),
            last_level=at % 2,
            for_memory=at % 4 == 3,
        )
        for at in range(count)
    )


def charged(
    lines: tuple[LetterLine, ...], *, fixed_sum: bool = True, rates: tuple[str, ...] = ("15",)
) -> tuple[LetterLine, ...]:
    """The same with interest at the last of the rates, and 40 € each."""
    last = Decimal(rates[-1])
    return tuple(
        replace(
            each,
            interest=(each.remainder * last * each.days_overdue / 36500).quantize(Decimal("0.01")),
            interest_days=each.days_overdue,
            interest_rates=tuple(map(Decimal, rates)),
            fixed_sum=Decimal(40 if fixed_sum else 0),
        )
        for each in lines
    )


def word_file(path: Path, body: str, *, header: str = "", **parts: str) -> Path:
    """A Word document with that body; a line without XML is a paragraph.

    ``parts`` replaces or adds parts, ``/`` written ``__``.
    """
    content = "".join(
        row if row.startswith("<") else paragraph(row) for row in body.split("\n") if row
    )
    empty = f"{HEAD}<w:ftr {NS}>{paragraph('')}</w:ftr>"
    content_of: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": RELATIONS,
        "docProps/core.xml": f'{HEAD}<a xmlns="urn:x"/>',
        "docProps/app.xml": f'{HEAD}<a xmlns="urn:x"/>',
        "word/document.xml": f"{HEAD}<w:document {NS}><w:body>{content}</w:body></w:document>",
        "word/_rels/document.xml.rels": DOCUMENT_RELATIONS,
        "word/styles.xml": f"{HEAD}<w:styles {NS}/>",
        "word/settings.xml": f"{HEAD}<w:settings {NS}/>",
        "word/header1.xml": f"{HEAD}<w:hdr {NS}>{paragraph(header)}</w:hdr>",
        "word/header2.xml": f"{HEAD}<w:hdr {NS}>{paragraph('')}</w:hdr>",
        "word/footer1.xml": empty,
        "word/footer2.xml": empty,
    }
    content_of |= {name.replace("__", "/"): text for name, text in parts.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(package(content_of))
    return path


def text_of(path: Path, part: str = "word/document.xml") -> str:
    """The text of a part, a paragraph a line, as a reader sees it."""
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(part).decode()
    rows = re.split(r"</w:p>", xml)
    return "\n".join(
        unescape("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", row))) for row in rows
    )


def recipient(**changes: Any) -> Recipient:
    return replace(FULL.recipient, **changes)
