"""Opening and saving safely: locks, full disks, files that are no workbook, bombs."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from crafted import Sheet, ledger, number, parts_of, row, write

from xl_relances import headless
from xl_relances.headless import markup, package

SRC = str(Path(headless.__file__).parents[2])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return ledger(tmp_path / "relances.xlsx")


def folder(path: Path) -> set[str]:
    return {entry.name for entry in path.parent.iterdir()}


def test_previous_version(path: Path) -> None:
    """The previous version stays as ``.bak``; nothing else is left in the folder."""
    before = path.read_bytes()
    with headless.open_book(path) as book:
        book.sheets[0]["A1"].value = "Nouveau"
        book.save()
    assert folder(path) == {"relances.xlsx", "relances.xlsx.bak"}
    assert path.with_name("relances.xlsx.bak").read_bytes() == before
    with headless.open_book(path) as book:
        assert book.sheets[0]["A1"].value == "Nouveau"


def test_saved_twice(path: Path) -> None:
    """A book can be changed and saved again."""
    with headless.open_book(path) as book:
        for text in ("un", "deux", "trois"):
            book.sheets[0]["A1"].value = text
            book.save()
    with headless.open_book(path) as book:
        assert book.sheets[0]["A1"].value == "trois"


def test_save_elsewhere(path: Path, tmp_path: Path) -> None:
    """Saved under another name, the book goes on there; the first file is as it was."""
    before = path.read_bytes()
    other = tmp_path / "copie.xlsx"
    with headless.open_book(path) as book:
        book.sheets[0]["A1"].value = "copie"
        book.save(other)
        assert Path(book.fullname) == other
        book.sheets[0]["A1"].value = "copie 2"
        book.save()
        with pytest.raises(ValueError, match="xlsm"):
            book.save(tmp_path / "copie.xlsm")
    assert path.read_bytes() == before
    with headless.open_book(other) as book:
        assert book.sheets[0]["A1"].value == "copie 2"


@pytest.mark.parametrize(
    ("mark", "reason"), [("~$relances.xlsx", "excel"), (".~lock.relances.xlsx#", "libreoffice")]
)
def test_open_elsewhere(path: Path, mark: str, reason: str) -> None:
    """A book open in Excel or LibreOffice is refused, before and at the save; it can be read."""
    with headless.open_book(path) as book:
        path.with_name(mark).touch()
        book.sheets[0]["A1"].value = "x"
        with pytest.raises(headless.WorkbookBusyError) as caught:
            book.save()
        assert caught.value.reason == reason
    with pytest.raises(headless.WorkbookBusyError):
        headless.open_book(path)
    with headless.open_book(path, read_only=True) as book:
        assert book.sheets[0]["A1"].value == "Grand livre"
        with pytest.raises(headless.UnwritableError):
            book.save()


def test_our_own_lock(path: Path) -> None:
    """A second run on the same book is refused while the first lives, and only then."""
    code = (
        f"import sys; sys.path.insert(0, {SRC!r})\nfrom xl_relances import headless\n"
        f"try:\n    headless.open_book({str(path)!r})\n"
        "except headless.WorkbookBusyError as error:\n"
        "    print(error.reason)\nelse:\n    print('opened')"
    )

    def run() -> str:
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()

    with headless.open_book(path):
        assert run() == "locked"
    assert run() == "opened"
    assert run() == "opened"


def test_changed_behind_our_back(path: Path) -> None:
    """A file that somebody saved since it was opened is not written over."""
    with headless.open_book(path) as book:
        book.sheets[0]["A1"].value = "x"
        ledger(path, rows=9)
        with pytest.raises(headless.WorkbookBusyError) as caught:
            book.save()
        assert caught.value.reason == "changed"


def test_full_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk leaves the old file and no debris."""
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with headless.open_book(path) as book:
        book.sheets[0]["A1"].value = "x"
        monkeypatch.setattr(package.Package, "write_to", fail)
        with pytest.raises(headless.UnwritableError) as caught:
            book.save()
        assert caught.value.reason == "disk-full"
    assert path.read_bytes() == before
    assert folder(path) == {"relances.xlsx"}


def test_read_only_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that must not be written is said to be so."""
    path.chmod(0o444)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with headless.open_book(path) as book:
        with pytest.raises(headless.UnwritableError) as caught:
            book.save()
        assert caught.value.reason == "read-only"


def test_not_verified(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not read back is not put in place of the old file."""
    before = path.read_bytes()

    def unsound(_: bytes) -> None:
        raise markup.DoctypeError

    with headless.open_book(path) as book:
        book.sheets[0]["A1"].value = "x"
        monkeypatch.setattr(package, "check_well_formed", unsound)
        with pytest.raises(headless.UnwritableError) as caught:
            book.save()
        assert caught.value.reason == "not-verified"
    assert path.read_bytes() == before


def test_long_sheet_of_few_bytes(path: Path) -> None:
    """A column of 4,000 numbers, saved, written on and saved again, is there to the last row."""
    with headless.open_book(path) as book:
        book.sheets[0]["H1:H4000"].value = [[number] for number in range(4000)]
        book.save()
        book.sheets[0]["H4001"].value = 4000
        book.save()
    with headless.open_book(path, read_only=True) as book:
        assert book.sheets[0]["H1:H4001"].value == list(range(4001))


def test_a_torn_write_is_not_verified(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte that the disk changed is found before the new file takes the old one's place."""
    before = path.read_bytes()
    written = package.Package.write_to

    def torn(self: package.Package, stream: BinaryIO) -> None:
        whole = BytesIO()
        written(self, whole)
        content = bytearray(whole.getvalue())
        info = zipfile.ZipFile(whole).getinfo("xl/worksheets/sheet1.xml")
        content[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0x55
        stream.write(content)

    with headless.open_book(path) as book:
        book.sheets[0]["A1"].value = "x"
        monkeypatch.setattr(package.Package, "write_to", torn)
        with pytest.raises(headless.UnwritableError) as caught:
            book.save()
        assert caught.value.reason == "not-verified"
    assert path.read_bytes() == before


def zipped(path: Path, **parts: str) -> bytes:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path.read_bytes()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "not-a-zip", id="empty"),
        pytest.param(b"<html><table>", "not-a-zip", id="html"),
        pytest.param(OLE + bytes(600), "xls", id="xls"),
        pytest.param(OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted", id="password"),
        pytest.param(b"PK\x03\x04" + bytes(50), "damaged", id="cut"),
        pytest.param(None, "not-a-workbook", id="other-zip"),
    ],
)
def test_not_a_workbook(tmp_path: Path, content: bytes | None, reason: str) -> None:
    """What is no workbook is told apart, and no lock is left behind."""
    path = tmp_path / "faux.xlsx"
    path.write_bytes(zipped(path, mimetype="x") if content is None else content)
    with pytest.raises(headless.NotAWorkbookError) as caught:
        headless.open_book(path)
    assert caught.value.reason == reason
    assert caught.value.path == str(path)
    assert folder(path) == {"faux.xlsx"}


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is said to be missing."""
    with pytest.raises(headless.NotAWorkbookError) as caught:
        headless.open_book(tmp_path / "absent.xlsx")
    assert caught.value.reason == "missing"


def replaced(path: Path, name: str, content: bytes) -> None:
    """Put other content into one part."""
    parts = parts_of(path) | {name: content}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/tables/table1.xml"]
)
def test_entity_bomb(path: Path, part: str) -> None:
    """A part that declares entities is refused, not expanded."""
    xml = parts_of(path)[part].decode()
    head, _, rest = xml.partition("?>")
    bomb = f'{head}?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>{rest}'
    replaced(path, part, bomb.encode())
    with pytest.raises(headless.NotAWorkbookError) as caught, headless.open_book(path) as book:
        _ = [table.range.value for table in book.sheets[0].tables]
    assert caught.value.reason == "dtd"


def test_zip_bomb(tmp_path: Path) -> None:
    """A part that would unpack to far more than any sheet is refused before it is unpacked."""
    path = write(tmp_path / "bombe.xlsx", Sheet("S", row(1, number("A1", 1))))
    replaced(path, "xl/worksheets/sheet1.xml", bytes(80 << 20))
    with pytest.raises(headless.NotAWorkbookError) as caught:
        headless.open_book(path)
    assert caught.value.reason == "too-large"


def test_part_names_are_not_paths(tmp_path: Path) -> None:
    """A part named like a path outside the folder is kept as a part and written nowhere."""
    path = write(tmp_path / "z.xlsx", Sheet("S"), parts={"../../evil.txt": "x"})
    with headless.open_book(path) as book:
        book.sheets[0]["A1"].value = 1
        book.save()
    assert "../../evil.txt" in parts_of(path)
    assert not (tmp_path.parent.parent / "evil.txt").exists()


def test_damaged_part(path: Path) -> None:
    """A part that does not match its checksum is not believed."""
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    start = info.header_offset + 30 + len(info.filename)
    content[start + 40] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(headless.NotAWorkbookError) as caught, headless.open_book(path) as book:
        _ = book.sheets[0]["A1"].value
    assert caught.value.reason == "damaged"


def test_damaged_part_that_nobody_reads(path: Path) -> None:
    """Nothing is saved over a damaged workbook: its sound former version must stay beside it."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/media/image1.png", b"picture" * 30)
        offset = archive.getinfo("xl/media/image1.png").header_offset
    damaged = bytearray(path.read_bytes())
    damaged[offset + 30 + len("xl/media/image1.png") + 50] ^= 0xFF
    content = bytes(damaged)
    path.write_bytes(content)
    former = path.with_name("relances.xlsx.bak")
    former.write_bytes(b"sound")
    with headless.open_book(path) as book:
        book.sheets[0]["A1"].value = "x"
        with pytest.raises(headless.NotAWorkbookError) as caught:
            book.save()
    assert caught.value.reason == "damaged"
    assert (path.read_bytes(), former.read_bytes()) == (content, b"sound")


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        pytest.param("xl/tables/table1.xml", b' ref="', b' ref="A0', id="table-nowhere"),
        pytest.param("xl/tables/table1.xml", b"<tableColumn ", b"<other ", id="table-of-nothing"),
        pytest.param("xl/tables/table1.xml", b' id="2"', b' id="x"', id="column-without-number"),
        pytest.param("xl/worksheets/sheet1.xml", b"</row>", b"</rom>", id="not-well-formed"),
        pytest.param("xl/worksheets/sheet1.xml", b"<sheetData>", b"", id="no-rows"),
        pytest.param("xl/workbook.xml", b"<sheets>", b"<sheets><sheet/>", id="sheet-of-nothing"),
        pytest.param("xl/workbook.xml", b"r:id=", b"r:ip=", id="sheet-nowhere"),
        pytest.param("xl/styles.xml", b"<cellXfs", b"<cellXfs\xe9", id="not-utf-8"),
        pytest.param("xl/_rels/workbook.xml.rels", b"worksheets/", b"nowhere/", id="no-part"),
    ],
)
def test_xml_that_another_program_broke(path: Path, part: str, old: bytes, new: bytes) -> None:
    """Each is found before anything is written, and said in the one way."""
    content = parts_of(path)[part]
    replaced(path, part, content.replace(old, new))
    before = path.read_bytes()

    def work() -> None:
        with headless.open_book(path) as book:
            sheet = book.sheets[0]
            for table in sheet.tables:
                table.range.value = table.range.value
            book.save()

    with pytest.raises(headless.NotAWorkbookError) as caught:
        work()
    assert caught.value.reason == "damaged"
    assert path.read_bytes() == before
