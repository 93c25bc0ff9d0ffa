"""Files by what they hold: text, workbook, or something that is no export at all.

The name's extension decides nothing. What cannot be read is refused in one
sentence that says what it is and what to do.

Source: product specification, section 6; field cases D03 and D04.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from xl_relances import french
from xl_relances.errors import RefusedError
from xl_relances.imports import headers, untitled
from xl_relances.imports.dates import Cell
from xl_relances.imports.encoding import survey
from xl_relances.imports.headers import Header
from xl_relances.imports.text import SEPARATORS, TextFile, open_text

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCODING, SHEET, DATES, DECIMAL = "Encodage", "Feuille", "Dates", "Décimale"
"""What is asked about beside columns."""

OPTIONS = {ENCODING: "encoding", SHEET: "sheet", DATES: "dates", DECIMAL: "decimal"}
"""The field of :class:`Answers` that each of these is."""

NOTHING = "Rien n'a été importé."
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "un PDF. Demandez au logiciel comptable un export .csv, .xlsx ou FEC"),
    (b"{\\rtf", "un document texte (RTF). Exportez en .csv ou .xlsx"),
    (b"\x89PNG", "une image. Exportez en .csv ou .xlsx"),
    (b"\xff\xd8\xff", "une image. Exportez en .csv ou .xlsx"),
    (b"GIF8", "une image. Exportez en .csv ou .xlsx"),
    (b"\x1f\x8b", "une archive compressée. Décompressez-la d'abord"),
    (b"7z\xbc\xaf", "une archive compressée. Décompressez-la d'abord"),
    (b"Rar!", "une archive compressée. Décompressez-la d'abord"),
    (b"MZ", "un programme, pas un export comptable"),
    (b"SQLite format", "une base de données, pas un export comptable"),
)
_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|div|style)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the user said beforehand about files that leave something open.

    Attributes:
        columns: Our title to the file's title.
        encoding: Of text files.
        sheet: Of workbooks.
        dates: A form such as ``JJMMAA``.
        decimal: The decimal mark.
    """

    columns: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None
    sheet: str | None = None
    dates: str | None = None
    decimal: str | None = None

    def completed(self, kept: Mapping[str, str]) -> Answers:
        """These, and for what they do not say what was answered at an earlier import.

        But for the sheet: last month's may still be in this month's workbook.
        """
        return replace(
            self,
            encoding=self.encoding or kept.get(ENCODING),
            dates=self.dates or kept.get(DATES),
            decimal=self.decimal or kept.get(DECIMAL),
        )


@dataclass(slots=True)
class Source:
    """A file opened: its header found, its rows to come.

    Attributes:
        file: Its name.
        encoding: Of a text file, else the kind of workbook.
        separator: Of a text file.
        header: The row of titles.
        rows: Rows below the header, as often as asked for; of a workbook.
        text: The text file, when it is one.
        hidden: Rows below the header that the sheet hides.
        errors: Excel's error in a cell, by row and column index.
        notes: What was noticed, French sentences without a full stop.
        above: The few rows above the titles.
        every_account: Whether it holds all accounts of the books, as a journal does: what is
            on none of the customers' roots is of no customer.
    """

    file: str
    encoding: str | None
    separator: str | None
    header: Header
    rows: Iterable[tuple[int, Sequence[Cell]]] = ()
    text: TextFile | None = None
    hidden: frozenset[int] = frozenset()
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    above: Sequence[Sequence[Cell]] = ()
    every_account: bool = False

    def records(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Rows below the header with their numbers; of a text file, read again from disk."""
        if self.text is None:
            yield from self.rows
            return
        split = self.text.split
        for line, record in self.text.records():
            if line > self.header.line and record.strip():
                yield line, split(record)


def named_signature(name: str) -> str:
    """What tells exports of one source before they can be read: the name but for its figures."""
    text = "\x1e" + re.sub(r"[\W\d_]+", "", name.lower())
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def open_source(path: Path, answers: Answers) -> Source:
    """The file, by its content.

    Raises:
        RefusedError: It is no export, or cannot be read; the sentence says what to do.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
    except FileNotFoundError:
        raise RefusedError(f"{path.name} : fichier introuvable. {NOTHING}") from None
    except IsADirectoryError:
        raise RefusedError(f"{path.name} : c'est un dossier, pas un fichier. {NOTHING}") from None
    except OSError as error:
        raise RefusedError(
            f"{path.name} : lecture impossible ({french.refusal(error)}). "
            f"Fermez-le s'il est ouvert ailleurs. {NOTHING}"
        ) from None
    if not head.strip(b"\0 \t\r\n\x1a") and path.stat().st_size <= len(head):
        raise RefusedError(f"{path.name} : fichier vide. {NOTHING}")
    if head.startswith((b"PK\x03\x04", OLE)):
        from xl_relances.imports.spreadsheet import open_workbook  # noqa: PLC0415 - heavy

        return open_workbook(path, answers)
    if head.startswith(b"PK"):
        raise RefusedError(f"{path.name} : archive vide ou abîmée. {NOTHING}")
    if head.startswith(b"PAR1"):
        from xl_relances.imports.parquet import open_parquet  # noqa: PLC0415 - optional

        return open_parquet(path)
    _refuse(path, head)
    return _open_text(path, answers)


def _refuse(path: Path, head: bytes) -> None:
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        bare = head.decode("utf-16", "ignore").encode("utf-8", "ignore").lstrip()
    for signature, what in _SIGNATURES:
        if bare.startswith(signature):
            raise RefusedError(f"{path.name} : c'est {what}. {NOTHING}")
    if bare[:5].lower() == b"<?xml" or bare[:9] in {b"<Workbook", b"<!DOCTYPE"}:
        if b"<html" in bare.lower():
            what = "une page HTML"
        elif b"Excel.Sheet" in bare or b"office:spreadsheet" in bare or b"<Workbook" in bare:
            what = "un classeur XML 2003"
        elif b"<!ENTITY" in bare or b"<!DOCTYPE" in bare:
            raise RefusedError(
                f"{path.name} : fichier XML au contenu suspect (entités), refusé. {NOTHING}"
            )
        else:
            raise RefusedError(
                f"{path.name} : c'est un fichier XML, pas un export de grand livre. Exportez en "
                f".csv, .xlsx ou FEC. {NOTHING}"
            )
    elif _HTML.match(bare):
        what = "une page HTML"
    else:
        return
    raise RefusedError(
        f"{path.name} : ce fichier est {what}, ouvrez-le dans Excel et enregistrez-le en .xlsx. "
        f"{NOTHING}"
    )


def _open_text(path: Path, answers: Answers) -> Source:
    text = open_text(path, answers.encoding, survey(path))
    if not any(line.strip() for line in text.sample):
        raise RefusedError(f"{path.name} : fichier vide. {NOTHING}")
    best: tuple[int, str, Header] | None = None
    for separator in (text.separator,) if text.declared else SEPARATORS:
        text.separator = separator
        rows = (
            (line, text.split(record))
            for line, record in enumerate(text.sample, start=text.first_line)
        )
        found = headers.find_header(rows)
        if found is not None and (best is None or found[0] > best[0]):
            best = found[0], separator, found[1]
    is_fec = best is not None and best[2].is_fec
    if not (text.declared or is_fec) and (entries := untitled.recognised(text)) is not None:
        return Source(
            file=path.name,
            encoding=text.encoding,
            separator=text.separator or None,
            header=Header(0, entries.titles),
            rows=entries,
            notes=entries.notes,
            every_account=True,
        )
    if best is None:
        shown = next(line for line in text.sample if line.strip()).strip()[:60]
        raise RefusedError(
            f"{path.name} : aucune ligne de titres reconnue (compte, date, débit, crédit…), "
            f"« {shown} » lu. {NOTHING}"
        )
    text.separator = best[1]
    header = _with_untitled(text, best[2])
    text.width = len(header.titles)
    return Source(
        file=path.name,
        encoding=text.encoding,
        separator=best[1],
        header=header,
        text=text,
        notes=["séparateur donné par la ligne « sep= »"] if text.declared else [],
        above=[text.split(line) for line in text.sample[: header.line - text.first_line]],
    )


def _with_untitled(text: TextFile, header: Header) -> Header:
    """The header with empty titles for columns that most lines fill beyond it."""
    width = len(header.titles)
    lengths: Counter[int] = Counter()
    for line, record in enumerate(text.sample, start=text.first_line):
        if line > header.line and record.strip():
            fields = text.split(record)
            filled = len(fields) if any(cell.strip() for cell in fields[width:]) else width
            lengths[filled] += 1
    if not lengths:
        return header
    most, times = lengths.most_common(1)[0]
    if most <= width or times * 2 <= lengths.total():
        return header
    return Header(header.line, (*header.titles, *([""] * (most - width))))


def is_bomb(archive: zipfile.ZipFile) -> bool:
    """Whether a zip unpacks to something far beyond any workbook."""
    total = 0
    for info in archive.infolist():
        total += info.file_size
        if info.file_size > 64 << 20 and info.file_size > 400 * max(info.compress_size, 1):
            return True
    return total > 4 << 30
