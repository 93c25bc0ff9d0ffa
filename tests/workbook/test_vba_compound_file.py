"""Compound files: what is written is what anybody reads, and no file can harm the reader."""

from __future__ import annotations

import io
import string

import olefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readers_of_vba import read_or_refused

from xl_relances.compound_file import (
    MalformedProjectError,
    Tree,
    read_compound_file,
    write_compound_file,
)

names = st.text(string.ascii_letters + string.digits + "_\u00e9", min_size=1, max_size=31)
sizes = st.sampled_from([63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 70_000])
streams = st.binary(max_size=200) | sizes.map(bytes)


def siblings(values: st.SearchStrategy[bytes | Tree]) -> st.SearchStrategy[Tree]:
    """Names that differ in more than case, as the format asks."""
    return st.lists(
        st.tuples(names, values), max_size=12, unique_by=lambda pair: pair[0].upper()
    ).map(dict)


trees = siblings(st.one_of(streams, siblings(streams)))


def as_olefile_sees(content: bytes) -> dict[tuple[str, ...], bytes]:
    with olefile.OleFileIO(io.BytesIO(content), raise_defects=olefile.DEFECT_INCORRECT) as file:
        return {tuple(path): file.openstream(path).read() for path in file.listdir()}


def flat(tree: Tree, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], bytes]:
    found: dict[tuple[str, ...], bytes] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            found |= flat(value, (*path, name))
        else:
            found[*path, name] = value
    return found


@given(trees)
@settings(deadline=5000)
def test_round_trip(tree: Tree) -> None:
    """Whatever is written is read back, by us and by olefile."""
    content = write_compound_file(tree)
    assert read_compound_file(content) == tree
    assert as_olefile_sees(content) == flat(tree)


def test_four_hundred_streams() -> None:
    """A workbook of four hundred sheets has as many modules."""
    tree: Tree = {"VBA": {f"Feuille{n}": bytes([n % 256]) * n * 20 for n in range(400)}}
    assert as_olefile_sees(write_compound_file(tree)) == flat(tree)


def test_same_bytes_each_time() -> None:
    """A build repeats: there is no time and no chance in the file."""
    tree: Tree = {"VBA": {"dir": b"x" * 5000}, "PROJECT": b"y"}
    assert write_compound_file(tree) == write_compound_file(tree)


@pytest.mark.parametrize("name", ["", "a" * 32, "a/b", "a\\b", "a:b", "a!b"])
def test_names_that_the_format_refuses(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a stream"):
        write_compound_file({name: b""})


def test_two_names_that_differ_in_case_only() -> None:
    with pytest.raises(ValueError, match="two streams of one name"):
        write_compound_file({"Module": b"", "MODULE": b""})


def test_more_than_the_header_can_name() -> None:
    with pytest.raises(ValueError, match=r"larger than 6\.8 MB"):
        write_compound_file({"big": bytes(8_000_000)})


SAMPLE = write_compound_file({"VBA": {"dir": b"d" * 700, "M": b"m" * 5000}, "PROJECT": b"p" * 90})


@given(st.data())
@settings(deadline=2000)
def test_damaged_files_give_one_error(data: st.DataObject) -> None:
    """Bytes changed anywhere, or cut off: read, or refused in one way; never a hang."""
    content = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(0, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)) | st.just(len(content)))
    with read_or_refused("compound file"):
        read_compound_file(bytes(content[:cut]))


@given(st.binary(max_size=600))
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(MalformedProjectError, match=r"signature is missing|damaged"):
        read_compound_file(content)


def test_a_file_whose_fat_is_listed_in_a_sector_of_its_own() -> None:
    """We never write one, Excel does for projects past 6.8 MB."""
    fat = SAMPLE[76:80]
    listed = fat + b"\xff" * (508 - 4) + (0xFFFFFFFE).to_bytes(4, "little")
    content = bytearray(SAMPLE + listed)
    content[76:80] = b"\xff" * 4
    content[68:76] = (len(SAMPLE) // 512 - 1).to_bytes(4, "little") + (1).to_bytes(4, "little")
    assert read_compound_file(bytes(content)) == read_compound_file(SAMPLE)


def test_a_stream_longer_than_its_sectors() -> None:
    content = bytearray(SAMPLE)
    name = content.index("PROJECT".encode("utf-16-le"))
    content[name + 120 : name + 124] = (3000).to_bytes(4, "little")
    with pytest.raises(MalformedProjectError, match="'PROJECT' is cut off"):
        read_compound_file(bytes(content))


def test_a_directory_in_a_circle() -> None:
    """An entry that is its own neighbour would be walked for ever."""
    content = bytearray(SAMPLE)
    name = content.index("PROJECT".encode("utf-16-le"))
    content[name + 68 : name + 72] = content[name + 72 : name + 76] = (1).to_bytes(4, "little")
    with pytest.raises(MalformedProjectError, match="in a circle"):
        read_compound_file(bytes(content))


def test_a_chain_in_a_circle() -> None:
    """A stream whose last sector leads to its first would be read for ever."""
    fat = len(SAMPLE) - 512
    content = bytearray(SAMPLE)
    content[fat : fat + 512] = (0).to_bytes(4, "little") * 128
    with pytest.raises(MalformedProjectError, match="leads nowhere"):
        read_compound_file(bytes(content))
