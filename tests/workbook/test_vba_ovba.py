"""Compression and seals of [MS-OVBA], against its examples, oletools and files that open."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from random import Random

import pytest
import xlwings
from hypothesis import given, settings
from hypothesis import strategies as st
from readers_of_vba import decompress_stream, read_or_refused

from xl_relances.compound_file import MalformedProjectError, read_compound_file
from xl_relances.workbook.ovba import compress, decompress, seal, unseal

FOLDER = Path(xlwings.__file__).parent

EXAMPLES = [
    pytest.param(
        "abcdefghijklmnopqrstuv.",
        "0119B000616263646566676800696A6B6C6D6E6F70007172737475762E",
        id="nothing-repeats",
    ),
    pytest.param(
        "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa",
        "012FB000236161616263646582660070616768696A013808616B6C00306D6E6F70067102700410727374757610"
        "7778797A003C",
        id="normal",
    ),
    pytest.param("a" * 73, "0103B002614500", id="nothing-but-repeats"),
]
"""[MS-OVBA] 3.2."""


@pytest.mark.parametrize(("plain", "container"), EXAMPLES)
def test_the_examples_of_the_specification(plain: str, container: str) -> None:
    assert decompress(bytes.fromhex(container)) == plain.encode()
    assert decompress(compress(plain.encode())) == plain.encode()


words = st.sampled_from(["Sub ", "End Sub\r\n", "x", "    Dim i As Long\r\n", "RunPython ", "\0"])
sources = st.lists(words, max_size=4000).map("".join).map(str.encode)


@given(sources | st.binary(max_size=3600))
@settings(deadline=5000)
def test_round_trip(source: bytes) -> None:
    """What is compressed is what we and oletools unfold."""
    container = compress(source)
    assert decompress(container) == source
    if source:
        assert decompress_stream(container) == source


@given(st.integers(), st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_whole_chunks_that_do_not_shrink_are_kept_raw(seed: int, chunks: int) -> None:
    source = Random(seed).randbytes(4096 * chunks)
    assert decompress(compress(source)) == source
    assert decompress_stream(compress(source)) == source


def test_a_tail_that_does_not_shrink_is_refused() -> None:
    """The format could only hold it with zeros behind: better no module than a changed one."""
    tail = Random(1).randbytes(4090)
    with pytest.raises(ValueError, match="does not compress"):
        compress(tail)


@given(st.binary(max_size=400))
def test_damaged_containers_give_one_error(content: bytes) -> None:
    for container in (content, b"\x01" + content):
        with read_or_refused("^damaged VBA project"):
            decompress(container)


def test_a_container_without_end() -> None:
    """Six bytes can stand for 4,096: the reader stops at 16 MB, before it fills the memory."""
    chunk = bytes.fromhex("03B00261FC0F")
    assert decompress(b"\x01" + chunk) == b"a" * 4096
    with pytest.raises(MalformedProjectError, match="without end"):
        decompress(b"\x01" + chunk * 5000)


@given(st.binary(max_size=40), st.integers(0, 255))
def test_a_seal_opens(value: bytes, seed: int) -> None:
    project_id = "{6B0C5B7E-52B0-4B5F-9C1D-3A7F2E94D0C6}"
    assert unseal(seal(value, project_id, seed)) == value


@pytest.mark.parametrize("book", ["quickstart.xlsm", "quickstart_standalone.xlsm"])
def test_seals_of_files_that_excel_opens(book: str) -> None:
    """Not locked, no password, visible: the three values that ours hold too, and their seal."""
    with zipfile.ZipFile(FOLDER / book) as package:
        project = read_compound_file(package.read("xl/vbaProject.bin"))["PROJECT"]
    assert isinstance(project, bytes)
    text = project.decode("cp1252")
    project_id = re.findall(r'^ID="(.*)"', text, re.MULTILINE)[0]
    for name, value in (("CMG", bytes(4)), ("DPB", bytes(1)), ("GC", b"\xff")):
        sealed = re.findall(rf'^{name}="(.*)"', text, re.MULTILINE)[0]
        assert unseal(sealed) == value
        assert len(seal(value, project_id, int(sealed[:2], 16))) == len(sealed)


@given(st.text("0123456789ABCDEFX", max_size=20))
def test_what_is_no_seal(text: str) -> None:
    with read_or_refused("sealed value"):
        unseal(text)
