"""A letter on disk is whole, prints its data to the character, and evaluates none of it."""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import docx
import docxtpl
import pytest
from docx.document import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from paper import letter, line, many, recipient, shipped, text_of, to, word_file

from xl_relances.errors import LetterError
from xl_relances.letters.cleaning import clean, one_line
from xl_relances.letters.fields import context
from xl_relances.letters.render import TemplateCache, render
from xl_relances.letters.sample import FULL, SENDER
from xl_relances.workbook.word_parts import logo_drawing

NASTY = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=40),
    st.sampled_from([
        "{{ 7*7 }}", "{% for x in y %}", "}}", "{#", "{_{ x", "</w:t><w:p>", "&amp;", "<select>",
        "שלום \u202eabc", "شركة النور SARL 12", "Livraison 📦 nº 5", "x" * 3000,
        "\ud83d", "\x00\x0b", "a\x0cb",
        "]]>", "<!--", "a\nb\tc", "{{ cycler.__init__ }}", "$1 \\1 \\g<0>", "%s %(x)s {0}",
    ]),
)  # fmt: skip


def readable(path: Path) -> Document:
    """The file as python-docx opens it, every XML part well-formed."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))
    return docx.Document(str(path))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture],
          deadline=None)  # fmt: skip
@given(name=NASTY, street=NASTY, label=NASTY, contact=NASTY, level=st.sampled_from([1, 2, 3]))
def test_whatever_a_field_holds_the_letter_opens_and_prints_it_or_says_what_was_cleaned(
    tmp_path: Path, *, name: str, street: str, label: str, contact: str, level: int
) -> None:
    written = letter(
        recipient=recipient(name=name, address=(street,), contact=contact),
        lines=(line(document="", entry="VE1", label=label),),
    )
    found = TemplateCache().render(written, shipped(level), tmp_path / "a.docx")
    readable(found.path)
    text = text_of(found.path)
    said = " ".join(map(str, found.findings))
    for wanted in (name, label):
        kept, removed = clean(wanted)
        assert one_line(kept) in text
        assert all(code in said for code in removed)
    assert sorted(tmp_path.iterdir()) == [found.path]
    with zipfile.ZipFile(found.path) as archive:  # docxtpl makes a page break of a form feed
        assert b'w:type="page"' not in archive.read("word/document.xml")


@pytest.mark.parametrize("name", ["{{ 7*7 }}", "{% if 1 %}x{% endif %}", "{{ client }}", "{_{ a"])
def test_data_are_never_evaluated(name: str, tmp_path: Path) -> None:
    found = render(to(name=name), shipped(1), tmp_path / "a.docx")
    assert name in text_of(found.path)


def test_hostile_signs_are_printed_to_the_character(tmp_path: Path) -> None:
    """Field case D14: name, two address lines, label; header and footer too."""
    name, label = 'Pons & Fils <Sud> d\'« Aix » "SA"', "<b>Remise</b> 5 % & plus"
    written = letter(
        recipient=recipient(name=name, address=("Bât. A\nEscalier 2",)),
        sender=replace(SENDER, name="Morvan & <Cie>"),
        lines=(line(document="", label=label),),
    )
    path = render(written, shipped(2), tmp_path / "a.docx").path
    readable(path)
    text = text_of(path)
    assert name in text
    assert label in text
    assert "BAT. A\n" in text
    assert "ESCALIER 2\n" in text
    assert "Morvan & <Cie>" in text_of(path, "word/header1.xml")
    assert "Morvan & <Cie>" in text_of(path, "word/header2.xml")
    assert "Morvan & <Cie>, SAS au capital" in text_of(path, "word/footer1.xml")


def test_what_was_cleaned_is_said_by_field(tmp_path: Path) -> None:
    found = render(to(name="Du\x00pont\ud800", city="Ren\x07nes"), shipped(1), tmp_path / "a.docx")
    assert [str(finding) for finding in found.findings] == [
        "Lettre de 411DUPONT : nom : caractères U+0000, U+D800 retirés, que Word ne peut imprimer",
        "Lettre de 411DUPONT : ville : caractère U+0007 retiré, que Word ne peut imprimer",
    ]
    assert not any(finding.blocking for finding in found.findings)


def test_lines_and_their_sum_are_printed(tmp_path: Path) -> None:
    written = letter(lines=many(140))
    text = text_of(render(written, shipped(3), tmp_path / "a.docx").path)
    assert all(each.document in text for each in written.lines)
    total = text[text.index("Total dû (EUR)") :]
    assert f"{written.balance_due:,.2f}".replace(",", "\u202f").replace(".", ",") in total


def test_the_last_item_is_kept_with_the_total(tmp_path: Path) -> None:
    """Field case D16: header repeated, no row cut in two, total not alone on the last page."""
    path = render(letter(lines=many(140)), shipped(3), tmp_path / "a.docx").path
    rows = readable(path).tables[2].rows
    assert [row._tr.xpath("boolean(w:trPr/w:tblHeader)") for row in rows[:2]] == [True, False]
    assert all(row._tr.xpath("boolean(w:trPr/w:cantSplit)") for row in rows)
    kept = [
        at for at, row in enumerate(rows) if row._tr.xpath("boolean(w:tc/w:p/w:pPr/w:keepNext)")
    ]
    assert kept == [140]


def test_consumers_read_no_article_for_professionals(tmp_path: Path) -> None:
    for level in (2, 3):
        path = render(to(is_professional=False), shipped(level), tmp_path / "a.docx").path
        assert not {"L441-10", "D441-5"} & set(text_of(path).split())
        assert "commerce" not in text_of(path)
    assert "article 1344-1 du code civil" in text_of(path)


def test_without_earlier_letters_none_is_recalled(tmp_path: Path) -> None:
    for level in (2, 3):
        path = render(letter(earlier=()), shipped(level), tmp_path / "a.docx").path
        assert "Malgré" not in text_of(path)


def test_an_optional_field_that_is_empty_leaves_no_label(tmp_path: Path) -> None:
    bare = replace(SENDER, iban="", bic="", contact="", phone="", email="", site="", signatory="")
    lines = many(2)
    path = render(letter(sender=bare, lines=lines), shipped(1), tmp_path / "a.docx").path
    text = text_of(path)
    assert not [label for label in ("IBAN", "BIC", "Votre contact") if label in text]
    assert text.rstrip().endswith("Ateliers Morvan")


def test_one_failure_leaves_what_stood_there(tmp_path: Path) -> None:
    target = tmp_path / "a.docx"
    target.write_text("la lettre d'avant")
    bad = word_file(tmp_path / "m" / "t.docx", "{{ reference }} {{ nombre_echeances + 'x' }}")
    with pytest.raises(LetterError, match=r"Modèle t\.docx : "):
        render(FULL, bad, target)
    assert target.read_text() == "la lettre d'avant"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.docx", "m"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("{{ inconnu }}", "champ inconnu « inconnu »", id="unknown"),
        pytest.param("{% set x = none %}{{ x }}", "un champ sans valeur", id="none"),
        pytest.param("{{ client.professionnel }}", "un oui ou non", id="boolean"),
        pytest.param("{{ client }}", "un groupe de champs", id="group"),
        pytest.param("{{ client.nom.__class__ }}", "n'est pas permis", id="sandbox"),
        pytest.param("{{ echeances.append(1) }}", "« append » n'est pas permis", id="immutable"),
        pytest.param("{% if x %}", "balise incorrecte", id="syntax"),
        pytest.param("{{ 1 // 0 }}", "division", id="arithmetic"),
    ],
)
def test_a_template_that_cannot_be_used_is_named(body: str, message: str, tmp_path: Path) -> None:
    template = word_file(tmp_path / "t.docx", body)
    with pytest.raises(LetterError, match=rf"^Modèle t\.docx : .*{message}"):
        render(FULL, template, tmp_path / "a.docx")
    assert not (tmp_path / "a.docx").exists()


def test_a_missing_template_and_a_file_that_is_none_are_named(tmp_path: Path) -> None:
    with pytest.raises(LetterError, match=r"Modèle rien\.docx : introuvable dans "):
        render(FULL, tmp_path / "rien.docx", tmp_path / "a.docx")
    (tmp_path / "faux.docx").write_text("<html>")
    with pytest.raises(LetterError, match="ce n'est pas un document Word"):
        render(FULL, tmp_path / "faux.docx", tmp_path / "a.docx")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "plein").write_text("un fichier")
    with pytest.raises(LetterError, match=r"a\.docx : "):
        render(FULL, shipped(1), tmp_path / "plein" / "a.docx")


def test_a_cell_that_loses_its_paragraphs_keeps_one(tmp_path: Path) -> None:
    """Word refuses a cell without a paragraph."""
    cell = "<w:tc><w:tcPr/>{}</w:tc>"
    steps = "".join(
        f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
        for text in ("{%p if not client.professionnel %}", "x", "{%p endif %}")
    )
    table = f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr>{cell.format(steps)}</w:tr></w:tbl><w:p/>"
    path = render(FULL, word_file(tmp_path / "t.docx", table), tmp_path / "a.docx").path
    assert len(readable(path).tables[0].rows[0].cells[0].paragraphs) == 1


def test_columns_repeated_by_a_tag_get_their_widths(tmp_path: Path) -> None:
    """A row of cells made by {%tc …%}: the grid has as many columns as the row."""
    cells = "".join(
        f"<w:tc><w:tcPr/><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"
        for text in ("{%tc for e in echeances %}", "{{ e.piece }}", "{%tc endfor %}")
    )
    grid = '<w:tblGrid><w:gridCol w:w="3000"/></w:tblGrid>'
    table = f"<w:tbl><w:tblPr/>{grid}<w:tr>{cells}</w:tr></w:tbl><w:p/>"
    path = render(FULL, word_file(tmp_path / "t.docx", table), tmp_path / "a.docx").path
    (found,) = readable(path).tables
    assert [cell.text for cell in found.rows[0].cells] == ["FA-1042", "Fournitures"]
    assert len(found.columns) == 2


def test_pictures_repeated_by_a_loop_have_numbers_of_their_own(tmp_path: Path) -> None:
    body = "{%p for e in echeances %}\n" + f"<w:p>{logo_drawing()}</w:p>" + "\n{%p endfor %}"
    path = render(FULL, word_file(tmp_path / "t.docx", body), tmp_path / "a.docx").path
    with zipfile.ZipFile(path) as archive:
        found = re.findall(r'<wp:docPr id="(\d+)"', archive.read("word/document.xml").decode())
    assert len(set(found)) == len(found) == 2


def test_tags_split_by_word_over_runs_are_read(tmp_path: Path) -> None:
    split = "<w:p>" + "".join(
        f"<w:r><w:rPr/><w:t>{text}</w:t></w:r>" for text in ("{", "{ cli", "ent.nom }", "}")
    )
    path = render(FULL, word_file(tmp_path / "t.docx", split + "</w:p>"), tmp_path / "a.docx").path
    assert "Établissements Dupont & Fils" in text_of(path)


def test_a_template_is_patched_once_for_all_its_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    patch_xml = docxtpl.DocxTemplate.patch_xml

    def counted(self: docxtpl.DocxTemplate, xml: str) -> str:
        calls.append(1)
        return str(patch_xml(self, xml))

    monkeypatch.setattr(docxtpl.DocxTemplate, "patch_xml", counted)
    cache = TemplateCache()
    template = tmp_path / "t.docx"
    template.write_bytes(shipped(1).read_bytes())
    for at in range(5):
        cache.render(FULL, template, tmp_path / f"{at}.docx")
    assert len(calls) == 5  # the body, two headers, two footers
    template.write_bytes(shipped(2).read_bytes())
    os.utime(template, ns=(1, 1))
    cache.render(FULL, template, tmp_path / "x.docx")
    assert len(calls) == 10


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_letter_says_what_docxtpl_as_in_its_manual_says(level: int, tmp_path: Path) -> None:
    """The same text in body, header and footer, only faster."""
    found = render(FULL, shipped(level), tmp_path / "a.docx").path
    manual = docxtpl.DocxTemplate(shipped(level))
    manual.render(context(FULL), autoescape=True)
    manual.save(tmp_path / "b.docx")
    for part in ("document", "header1", "header2", "footer1", "footer2"):
        name = f"word/{part}.xml"
        assert text_of(found, name) == text_of(tmp_path / "b.docx", name)


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress((b"\0" + b"\x40" * width) * height))
        + chunk(b"IEND", b"")
    )


def jpeg(width: int, height: int) -> bytes:
    frame = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8\xff\xe0\0\4ab\xff\xc0" + frame + b"\xff\xd9"


@pytest.mark.parametrize(
    ("content", "name"),
    [(png(400, 100), "societe-logo.png"), (jpeg(400, 100), "societe-logo.jpeg")],
)
def test_the_logo_takes_its_place_with_its_shape(content: bytes, name: str, tmp_path: Path) -> None:
    logo = tmp_path / "logo.bin"
    logo.write_bytes(content)
    written = letter(sender=replace(SENDER, logo=logo))
    path = render(written, shipped(1), tmp_path / "a.docx").path
    readable(path)
    with zipfile.ZipFile(path) as archive:
        assert archive.read(f"word/media/{name}") == content
        assert "word/media/logo.png" not in archive.namelist()
        header = etree.fromstring(archive.read("word/header1.xml"))
        assert f"media/{name}" in archive.read("word/_rels/header1.xml.rels").decode()
    size = header.find(".//{*}inline/{*}extent")
    assert size is not None
    assert int(size.get("cx", "0")) == pytest.approx(4 * int(size.get("cy", "0")), rel=0.01)
    assert int(size.get("cx", "0")) <= 55 * 36000


def test_a_logo_that_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "logo.gif").write_bytes(b"GIF89a")
    for name, message in (("logo.gif", "PNG ou JPEG"), ("rien.png", "illisible")):
        with pytest.raises(LetterError, match=rf"Logo {name} : .*{message}"):
            render(letter(sender=replace(SENDER, logo=tmp_path / name)), shipped(1),
                   tmp_path / "a.docx")  # fmt: skip
