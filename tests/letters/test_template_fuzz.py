"""A template that was damaged is refused in French, or found at fault; it never crashes a run."""

from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import Content, answers_within, fuzzed, mangled
from xl_relances.errors import LetterError
from xl_relances.letters.template_check import check_template
from xl_relances.letters.template_file import load
from xl_relances.shipped import shipped

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such alarm")

TEMPLATE = (shipped("word_templates") / "fr" / "relance_1.docx").read_bytes()
with zipfile.ZipFile(io.BytesIO(TEMPLATE)) as _archive:
    PARTS = {name: _archive.read(name) for name in _archive.namelist()}
TAGS = (b"{{", b"}}", b"{% if %}", b"{%p for %}", b"{{ x.y }}", b"{#", b"&", b"<!DOCTYPE a>")


@st.composite
def mangled_templates(draw: st.DrawFn) -> bytes:
    """A damaged file, or a sound zip with a damaged part, or one with a tag too many."""
    if draw(st.integers(0, 2)) == 0:
        return draw(mangled([TEMPLATE], most=3))
    parts = dict(PARTS)
    name = draw(st.sampled_from(["word/document.xml", *sorted(PARTS)]))
    if draw(st.booleans()):
        parts[name] = draw(mangled([PARTS[name]], most=2))
    else:
        at = draw(st.integers(0, len(PARTS[name])))
        parts[name] = PARTS[name][:at] + draw(st.sampled_from(TAGS)) + PARTS[name][at:]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(zipfile.ZipInfo(part), content, zipfile.ZIP_DEFLATED)
    return Content(stream.getvalue())


@fuzzed(25)
@given(mangled_templates())
def test_any_template_is_sound_at_fault_or_refused(content: bytes) -> None:
    """Findings or one sentence, each naming the template."""
    with tempfile.TemporaryDirectory() as folder, answers_within(10, megabytes=300):
        path = Path(folder) / "relance_1.docx"
        path.write_bytes(content)
        try:
            said = [str(finding) for finding in check_template(path)]
        except LetterError as error:
            said = [str(error)]
    assert all("relance_1.docx" in sentence for sentence in said)
    assert not any("\n" in sentence for sentence in said)


def damaged_stream() -> bytes:
    """A bit turned in the text, as a bad disk turns it."""
    with zipfile.ZipFile(io.BytesIO(TEMPLATE)) as archive:
        info = archive.getinfo("word/document.xml")
    content = bytearray(TEMPLATE)
    for at in range(40, 80):
        content[info.header_offset + 30 + len(info.filename) + at] ^= 0xFF
    return bytes(content)


def broken_part() -> bytes:
    """Relations that are no XML, in a sound zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in PARTS.items():
            whole = name != "word/_rels/document.xml.rels"
            archive.writestr(name, content if whole else content[:-9])
    return stream.getvalue()


@pytest.mark.parametrize("content", [damaged_stream(), broken_part()], ids=["bits", "part"])
def test_a_damaged_template_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "relance_1.docx"
    path.write_bytes(content)
    with pytest.raises(LetterError, match="Modèle relance_1") as raised:
        load(path)
    assert str(raised.value).removeprefix("Modèle relance_1.docx : ") in {
        "document abîmé ; rouvrez-le dans Word et enregistrez-le, ou reprenez une sauvegarde",
        "ce n'est pas un document Word (.docx) entier",
    }
