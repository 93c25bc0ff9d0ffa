"""A damaged workbook is refused in one way, or worked on without losing anything in silence."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import books
from fuzzing import Content, answers_within, fuzzed, mangled
from xl_relances import headless
from xl_relances.excel import workbook_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no alarm")

LEDGER = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit
C1;Dupont;FA-11;01/09/2026;01/10/2026;Facture;1000,00;
C2;Martin;FA-21;01/09/2026;01/10/2026;Facture;300,00;
"""


def sound() -> bytes:
    """A workbook with one campaign saved and the next one prepared."""
    with tempfile.TemporaryDirectory() as folder:
        path = books.make(Path(folder), LEDGER)
        for verb in (("prepare",), ("issue",), ("save", "--yes"), ("prepare",)):
            assert books.command(verb[0], path, *verb[1:])[0] == 0
        return path.read_bytes()


SOUND = sound()
PARTS = {}
with zipfile.ZipFile(io.BytesIO(SOUND)) as _archive:
    PARTS = {name: _archive.read(name) for name in _archive.namelist()}
READ = [
    name
    for name in PARTS
    if name.endswith((".rels", "workbook.xml", "styles.xml", "sharedStrings.xml"))
    or "/tables/" in name
    or "/worksheets/" in name
]


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


@st.composite
def mangled_parts(draw: st.DrawFn) -> bytes:
    """The zip is sound; a part in it is damaged, missing, or stands under another's name."""
    parts = dict(PARTS)
    for _ in range(draw(st.integers(1, 2))):
        name = draw(st.sampled_from(READ))
        match draw(st.sampled_from(["mangled", "mangled", "mangled", "gone", "swapped", "empty"])):
            case "mangled":
                parts[name] = draw(mangled([PARTS[name]], most=3))
            case "gone":
                parts.pop(name, None)
            case "swapped":
                other = draw(st.sampled_from(READ))
                parts[name], parts[other] = PARTS[other], PARTS[name]
            case "empty":
                parts[name] = b""
    return Content(packed(parts))


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as place:
        yield Path(place)


def tries(folder: Path, content: bytes) -> None:
    """Every command on such a file: it works, or says why not and leaves the file as it was."""
    path = folder / "relances.xlsm"
    shutil.rmtree(folder)
    folder.mkdir()
    path.write_bytes(content)
    workbook_file.read(path)
    for words in (("show",), ("prepare", "--yes"), ("issue", "--yes"), ("save", "--yes")):
        before = path.read_bytes()
        code, out, errors = books.command(words[0], path, *words[1:])
        assert "imprévue" not in errors, (words, errors)
        assert code == 0 or errors or out
        if code and not out:
            assert path.read_bytes() == before
        if path.read_bytes() != before:
            assert path.with_name("relances.xlsm.bak").read_bytes() == before
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None
            with headless.open_book(path, read_only=True) as book:
                assert len(book.sheets)


@fuzzed(25)
@given(mangled([SOUND], most=4))
def test_a_mangled_file(folder: Path, content: bytes) -> None:
    """Bits turned, bytes lost, cut off: what does not match its checksum is not believed."""
    with answers_within(20, megabytes=400):
        tries(folder, content)


@fuzzed(50)
@given(mangled_parts())
def test_a_file_with_mangled_parts(folder: Path, content: bytes) -> None:
    """As another program may have left it: all checksums right, the XML is not."""
    with answers_within(20, megabytes=400):
        tries(folder, content)
