"""Workbook files: .xlsx, .xls, .xlsb and .ods by content, opened with python-calamine.

calamine allocates the whole rectangle up to the last cell, and loses which cells
are errors and which rows are hidden: the sheet's own XML is looked at first.

Source: product specification, section 6; excel specification, « keep the package ».
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import python_calamine as calamine

from xl_relances.errors import RefusedError
from xl_relances.imports.hidden_rows import binary_sheets, hidden_in_xls, scan_binary
from xl_relances.imports.sheet_scan import Scan, scan_sheet, without_strays
from xl_relances.imports.sources import NOTHING, OLE, is_bomb

_MOST_CELLS = 60_000_000
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_ODS_TAG = re.compile(rb"<table:(?:table-row|table-cell|table(?=[\s>]))\b[^>]*>")
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="(\d+)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_ATTRIBUTE = re.compile(rb'([\w:.-]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')


@dataclass(slots=True)
class OpenedWorkbook:
    """An open workbook and what calamine does not tell."""

    book: calamine.CalamineWorkbook
    kind: str
    scans: dict[str, Scan] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def opened(path: Path, content: bytes) -> OpenedWorkbook:
    """The workbook that a file holds, by its content.

    Raises:
        RefusedError: The file is protected, damaged, too large, or no workbook.
    """
    if content.startswith(OLE):
        return _open_ole(path, content)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
            if any(info.flag_bits & 1 for info in archive.infolist()):
                raise _protected(path)
            if is_bomb(archive):
                raise _too_large(path)
            _check_xml(path, archive)
            if "xl/workbook.xml" in names:
                return _open_xlsx(path, content, archive)
            if "xl/workbook.bin" in names:
                return _open_xlsb(path, content, archive)
            if "content.xml" in names and b"spreadsheet" in _mimetype(archive):
                return _open_ods(path, content, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        raise damaged(path) from None
    if any(name.startswith("word/") for name in names) or "content.xml" in names:
        raise RefusedError(
            f"{path.name} : c'est un document texte, pas un classeur. Exportez en .xlsx ou .csv. "
            f"{NOTHING}"
        )
    raise RefusedError(
        f"{path.name} : c'est une archive zip. Décompressez-la, puis importez le fichier qu'elle "
        f"contient. {NOTHING}"
    )


def _mimetype(archive: zipfile.ZipFile) -> bytes:
    return archive.read("mimetype") if "mimetype" in archive.namelist() else b"spreadsheet"


def _check_xml(path: Path, archive: zipfile.ZipFile) -> None:
    """Every part unpacks to what it says, and no XML part declares entities."""
    for info in archive.infolist():
        name = info.filename.lower()
        if not name.endswith((".xml", ".rels", ".bin")):
            continue
        with archive.open(info) as stream:
            head = stream.read(4096)
            if _DTD.search(head):
                raise RefusedError(
                    f"{path.name} : classeur au contenu suspect (entités XML), refusé. {NOTHING}"
                )


def _open_xlsx(path: Path, content: bytes, archive: zipfile.ZipFile) -> OpenedWorkbook:
    book = _calamine(path, content)
    targets = _sheet_parts(archive)
    scans: dict[str, Scan] = {}
    changed: dict[str, bytes] = {}
    for sheet in book.sheet_names:
        part = targets.get(sheet)
        if part is None or part not in archive.namelist():
            continue
        xml = archive.read(part)
        scan = scan_sheet(xml)
        if scan.rows * scan.columns > max(2_000_000, 50 * scan.cells):
            xml = without_strays(xml, scan)
            changed[part] = xml
        if scan.rows * scan.columns > _MOST_CELLS:
            raise _too_large(path)
        scans[sheet] = scan
    if changed:
        book = _calamine(path, _rewritten(archive, changed))
    return OpenedWorkbook(book, "Excel (.xlsx)", scans)


def _rewritten(archive: zipfile.ZipFile, changed: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for info in archive.infolist():
            out.writestr(info.filename, changed.get(info.filename) or archive.read(info))
    return stream.getvalue()


def _attributes(tag: bytes) -> dict[bytes, str]:
    from html import unescape  # noqa: PLC0415

    return {k: unescape((a or b).decode("utf-8")) for k, a, b in _ATTRIBUTE.findall(tag)}


def _relations(rels: bytes) -> dict[str, str]:
    """Part by its relation, of the workbook's own relations."""
    targets = {}
    for tag in _RELATION.findall(rels):
        given = _attributes(tag)
        target = given.get(b"Target", "")
        target = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        targets[given.get(b"Id", "")] = target
    return targets


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part of each sheet by its title."""
    targets = _relations(archive.read("xl/_rels/workbook.xml.rels"))
    parts = {}
    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        given = _attributes(tag)
        rid = next((v for k, v in given.items() if k.endswith(b":id") or k == b"id"), "")
        if rid in targets:
            parts[given.get(b"name", "")] = targets[rid]
    return parts


def _open_xlsb(path: Path, content: bytes, archive: zipfile.ZipFile) -> OpenedWorkbook:
    names = set(archive.namelist())
    targets = _relations(archive.read("xl/_rels/workbook.bin.rels"))
    scans: dict[str, Scan] = {}
    for title, relation in binary_sheets(archive.read("xl/workbook.bin")).items():
        part = targets.get(relation, "")
        if part not in names:
            continue
        scan = scan_binary(archive.read(part))
        if scan.rows * scan.columns > _MOST_CELLS:
            raise _stray(path)
        scans[title] = scan
    return OpenedWorkbook(_calamine(path, content), "Excel (.xlsb)", scans)


def _open_ods(path: Path, content: bytes, archive: zipfile.ZipFile) -> OpenedWorkbook:
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read(
        "META-INF/manifest.xml"
    ):
        raise _protected(path)
    scans, cells = _scan_ods(archive.read("content.xml"))
    if cells > _MOST_CELLS:
        raise _too_large(path)
    book = _calamine(path, content)
    return OpenedWorkbook(
        book, "OpenDocument (.ods)", dict(zip(book.sheet_names, scans, strict=False))
    )


def _scan_ods(xml: bytes) -> tuple[list[Scan], int]:
    """Hidden rows of each sheet, and how many cells repetition unfolds to."""
    scans: list[Scan] = []
    row = total = repeat = 0
    extent = width = 0
    for match in _ODS_TAG.finditer(xml):
        tag = match.group()
        times = 1
        if b"repeated" in tag and (found := _REPEATED.search(tag)):
            times = int(found[1])
        if tag.startswith(b"<table:table-row"):
            repeat, width = times, 0
            if scans and re.search(rb'visibility="(?:collapse|filter)"', tag) and times < 100_000:
                scans[-1].hidden.update(range(row + 1, row + times + 1))
            row += times
        elif tag.startswith(b"<table:table-cell"):
            width += times
            if b"office:value-type" in tag:
                extent = row * width
                total += repeat * times
        else:
            scans.append(Scan())
            total, row = total + extent, 0
            extent = 0
    return scans, max(total, total + extent)


def _open_ole(path: Path, content: bytes) -> OpenedWorkbook:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _protected(path)
    if not any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        if len(content) < 4096:
            raise damaged(path)
        raise RefusedError(
            f"{path.name} : ancien document Office qui n'est pas un classeur. Exportez en .xlsx ou "
            f".csv. {NOTHING}"
        )
    book = _calamine(path, content)
    scans = hidden_in_xls(content)
    if scans is None or len(scans) != len(book.sheet_names):
        return OpenedWorkbook(
            book, "Excel (.xls)", notes=["lignes masquées, s'il y en a, lues comme les autres"]
        )
    return OpenedWorkbook(book, "Excel (.xls)", dict(zip(book.sheet_names, scans, strict=True)))


def _calamine(path: Path, content: bytes) -> calamine.CalamineWorkbook:
    try:
        return calamine.CalamineWorkbook.from_filelike(BytesIO(content))
    except calamine.PasswordError:
        raise _protected(path) from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        if "password" in str(error).lower():
            raise _protected(path) from None
        raise damaged(path) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise damaged(path) from None
        raise


def _protected(path: Path) -> RefusedError:
    return RefusedError(
        f"{path.name} : protégé par un mot de passe : ôtez-le dans Excel (Fichier, Informations). "
        f"{NOTHING}"
    )


def damaged(path: Path) -> RefusedError:
    """The refusal of a workbook that cannot be read."""
    return RefusedError(f"{path.name} : classeur abîmé ou coupé. Exportez-le à nouveau. {NOTHING}")


def _too_large(path: Path) -> RefusedError:
    return RefusedError(f"{path.name} : classeur d'une taille démesurée, refusé. {NOTHING}")


def _stray(path: Path) -> RefusedError:
    return RefusedError(
        f"{path.name} : une cellule égarée très loin du tableau. Supprimez les lignes et colonnes "
        f"vides après lui, ou enregistrez en .xlsx. {NOTHING}"
    )
