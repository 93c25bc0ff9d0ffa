"""One document of many letters, and their PDFs: nothing lost, nothing taken on trust."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import MagicMock

import pytest
from lxml import etree
from paper import letter, many, shipped, text_of, to, word_file
from pypdf import PdfReader, PdfWriter

from xl_relances.errors import LetterError
from xl_relances.letters import printers
from xl_relances.letters.merging import merge
from xl_relances.letters.page_totals import of_many, pages_of
from xl_relances.letters.printers import LibreOffice, Word
from xl_relances.letters.printing import print_letters
from xl_relances.letters.render import TemplateCache
from xl_relances.letters.sample import SENDER
from xl_relances.workbook.word import NS
from xl_relances.workbook.word_parts import DOCUMENT_RELATIONS, LOGO_RELATIONS, logo_drawing

if TYPE_CHECKING:
    import readers


def letters(folder: Path, count: int) -> list[Path]:
    cache = TemplateCache()
    return [
        cache.render(
            replace(to(account=f"411C{at:03}"), level=at % 3 + 1, lines=many(1 + at % 7)),
            shipped(at % 3 + 1),
            folder / f"c{at:03}.docx",
        ).path
        for at in range(count)
    ]


def sections(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return len(re.findall(r"<w:sectPr[ >]", archive.read("word/document.xml").decode()))


def test_all_letters_are_there_in_order_a_section_each(tmp_path: Path) -> None:
    paths = letters(tmp_path / "in", 9)
    ((written, members),) = merge(paths, tmp_path / "all.docx")
    assert (written, members) == (tmp_path / "all.docx", paths)
    assert sections(written) == 9
    found = re.findall(r"Référence à rappeler\u00a0: (411C\d{3})", text_of(written))
    assert found == [f"411C{at:03}" for at in range(9)]
    with zipfile.ZipFile(written) as archive:
        main = archive.read("word/document.xml").decode()
    assert main.count('<w:pgNumType w:start="1"/>') == 9
    assert main.count("<w:titlePg/>") == 9


def test_parts_that_are_the_same_are_stored_once(tmp_path: Path) -> None:
    few, more = letters(tmp_path / "a", 3), letters(tmp_path / "b", 30)
    merge(few, tmp_path / "few.docx")
    merge(more, tmp_path / "more.docx")
    with (
        zipfile.ZipFile(tmp_path / "few.docx") as one,
        zipfile.ZipFile(tmp_path / "more.docx") as other,
    ):
        shared = [{name for name in each.namelist() if "/code_" not in name}
                  for each in (one, other)]  # fmt: skip
        assert shared[0] == shared[1]
        assert sum("/code_" in name for name in other.namelist()) == 30  # each customer's own


def test_letters_with_their_own_header_and_logo_keep_them(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(_PNG)
    cache = TemplateCache()
    senders = (replace(SENDER, name="Morvan Nord"), replace(SENDER, name="Morvan Sud", logo=logo))
    paths = [
        cache.render(letter(sender=each), shipped(1), tmp_path / f"{at}.docx").path
        for at, each in enumerate(senders)
    ]
    ((written, _),) = merge(paths, tmp_path / "all.docx")
    with zipfile.ZipFile(written) as archive:
        names = archive.namelist()
        headers = [archive.read(name).decode() for name in names if "word/header" in name]
        assert sum("Morvan Nord" in text for text in headers) == 2
        assert sum("Morvan Sud" in text for text in headers) == 1  # the logo instead, on page 1
        (media,) = [name for name in names if "societe-logo" in name]
        assert archive.read(media) == _PNG
        for name in names:
            etree.fromstring(archive.read(name)) if name.endswith((".xml", ".rels")) else None


def test_letters_of_other_styles_go_to_a_further_document(tmp_path: Path) -> None:
    cache = TemplateCache()
    paths = [
        cache.render(letter(language=tongue), shipped(1, tongue), tmp_path / f"{at}.docx").path
        for at, tongue in enumerate(("fr", "en", "fr"))
    ]
    written = merge(paths, tmp_path / "all.docx")
    assert [(path.name, [each.name for each in members]) for path, members in written] == [
        ("all.docx", ["0.docx", "2.docx"]), ("all-2.docx", ["1.docx"]),
    ]  # fmt: skip


def test_a_letter_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.docx").write_text("rien")
    with pytest.raises(LetterError, match=r"^x\.docx : lettre illisible"):
        merge([tmp_path / "x.docx"], tmp_path / "all.docx")
    assert not (tmp_path / "all.docx").exists()


@pytest.mark.node
def test_microsofts_validator_finds_nothing_in_a_merged_document(
    tmp_path: Path, validator: readers.Validator
) -> None:
    merge(letters(tmp_path / "in", 7), tmp_path / "all.docx")
    validator.check(tmp_path / "all.docx")


@pytest.mark.libreoffice
def test_every_merged_letter_begins_a_page(tmp_path: Path, soffice: readers.LibreOffice) -> None:
    merge(letters(tmp_path / "in", 7), tmp_path / "all.docx")
    pdf = soffice.pdf(tmp_path / "all.docx", tmp_path / "pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 7


@pytest.mark.libreoffice
def test_each_letter_gets_its_pdf_with_the_number_of_its_pages(
    tmp_path: Path, soffice: readers.LibreOffice
) -> None:
    """And a letter that is none is reported without stopping the others."""
    paths = letters(tmp_path, 2)
    paths.append(
        TemplateCache().render(letter(lines=many(60)), shipped(2), tmp_path / "x.docx").path
    )
    (tmp_path / "bad.docx").write_text("rien")
    found = print_letters([tmp_path / "bad.docx", *paths], LibreOffice(soffice.program))
    assert [(each.letter, each.problem) for each in found] == [
        (tmp_path / "bad.docx", "lettre illisible"), *((path, "") for path in paths),
    ]  # fmt: skip
    assert [each.pdf for each in found[1:]] == [path.with_suffix(".pdf") for path in paths]
    text = subprocess.run(
        ["pdftotext", tmp_path / "x.pdf", "-"], capture_output=True, check=True, encoding="utf-8"
    ).stdout
    assert "Page 2 / 2" in text

    merge(
        paths, tmp_path / "all.docx", {each: pages_of(each.with_suffix(".pdf")) for each in paths}
    )
    pages = PdfReader(soffice.pdf(tmp_path / "all.docx", tmp_path / "pdf")).pages
    totals = [re.findall(r"Page \d / \d", page.extract_text()) for page in pages]
    assert totals == [["Page 1 / 1"], ["Page 1 / 1"], ["Page 1 / 2"], ["Page 2 / 2"]]


@pytest.mark.parametrize(
    "instruction", [" SECTIONPAGES ", " SECTIONPAGES  \\* Arabic \\* MERGEFORMAT "]
)
def test_a_total_of_pages_as_word_saves_it_is_filled_in(instruction: str) -> None:
    """Only that figure: Word computes it anew, LibreOffice prints what it finds."""
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">{}'
        '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:rPr>'
        '<w:noProof/></w:rPr><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    footer = (
        f"<w:p>{field.format(' PAGE ')} / {field.format(instruction)}</w:p><w:p><w:t>1</w:t></w:p>"
    )
    filled = of_many("word/footer1.xml", footer.encode(), 12).decode()
    assert re.findall(r"<w:t>(\d+)</w:t>", filled) == ["1", "12", "1"]
    assert of_many("word/footer1.xml", footer.encode(), None).decode() == footer
    assert of_many("word/document.xml", footer.encode(), 12).decode() == footer


def pdf_beside(letter: Path) -> Path:
    return letter.with_suffix(".pdf")


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!{sys.executable}\nimport sys, pathlib\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")
@pytest.mark.parametrize(
    ("script", "problem"),
    [
        pytest.param("", "LibreOffice n'a pas écrit de PDF", id="exit-0-and-nothing-written"),
        pytest.param("sys.exit(139)", "LibreOffice s'est arrêté (code 139)", id="killed"),
        pytest.param(
            "out = pathlib.Path(sys.argv[sys.argv.index('--outdir') + 1]); out.mkdir()\n"
            "(out / '0.pdf').write_bytes(b'%PDF-1.6 cut')",
            "le PDF n'est pas entier",
            id="cut-short",
        ),
    ],
)
def test_a_pdf_that_is_not_there_is_reported(script: str, problem: str, tmp_path: Path) -> None:
    """Field case D22: exit 0 proves nothing."""
    source = word_file(tmp_path / "a.docx", "x")
    (found,) = print_letters([source], LibreOffice(program(tmp_path / "soffice", script)))
    assert (found.pdf, found.problem) == (None, problem)
    assert not (tmp_path / "a.pdf").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")
def test_libreoffice_is_given_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printers, "_SECONDS_FOR_A_START", 0)
    monkeypatch.setattr(printers, "_SECONDS_FOR_A_LETTER", 1)
    source = word_file(tmp_path / "a.docx", "x")
    sleeper = program(tmp_path / "soffice", "import time; time.sleep(30)")
    start = time.monotonic()
    (found,) = print_letters([source], LibreOffice(sleeper))
    assert found.problem == "LibreOffice n'a pas fini en 1 seconde"
    assert time.monotonic() - start < 20


def test_word_prints_each_letter_and_one_that_fails_stops_no_other(tmp_path: Path) -> None:
    """The calls that a person checks on Windows; here a stand-in of the COM objects takes them."""
    sources = [word_file(tmp_path / f"{name}.docx", "x") for name in "abc"]
    application = MagicMock(spec_set=[
        "Visible", "DisplayAlerts", "AutomationSecurity", "Documents", "Quit",
    ])  # fmt: skip
    application.Documents = MagicMock(spec_set=["Open"])
    document = application.Documents.Open.return_value

    def export(OutputFileName: str, **_: object) -> None:  # noqa: N803 - Word's name
        if OutputFileName.endswith("1.pdf"):
            raise KeyError("occupé")
        writer = PdfWriter()
        writer.add_blank_page(100, 100)
        writer.write(OutputFileName)

    document.ExportAsFixedFormat = MagicMock(side_effect=export)
    found = print_letters(sources, Word(lambda: application, KeyError))
    assert [each.problem for each in found] == ["", "Word : 'occupé'", ""]
    assert [path.exists() for path in map(pdf_beside, sources)] == [True, False, True]
    opened = application.Documents.Open.call_args.kwargs
    assert Path(opened.pop("FileName")).name == "2.docx"
    assert opened == {
        "ConfirmConversions": False, "ReadOnly": True, "AddToRecentFiles": False,
    }  # fmt: skip
    exported = document.ExportAsFixedFormat.call_args.kwargs
    assert (exported["ExportFormat"], exported["OpenAfterExport"]) == (17, False)
    assert document.Close.call_count == 3
    document.Close.assert_called_with(SaveChanges=0)
    application.Quit.assert_called_once_with(SaveChanges=0)
    assert (application.DisplayAlerts, application.AutomationSecurity) == (0, 3)


def test_a_word_that_does_not_start_is_reported(tmp_path: Path) -> None:
    source = word_file(tmp_path / "a.docx", "x")
    (found,) = print_letters([source], Word(MagicMock(side_effect=KeyError("x")), KeyError))
    assert (found.pdf, found.problem) == (None, "Word ne démarre pas ('x')")


def test_libreoffice_comes_before_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    word = Word(MagicMock(), KeyError)
    monkeypatch.setattr(printers, "find_word", lambda: word)
    monkeypatch.setattr(printers, "find_soffice", lambda: tmp_path)
    assert printers.find_printer() == LibreOffice(tmp_path)
    monkeypatch.setattr(printers, "find_soffice", lambda: None)
    assert printers.find_printer() is word


def test_without_libreoffice_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printers, "find_soffice", lambda: None)
    monkeypatch.setattr(printers, "find_word", lambda: None)
    with pytest.raises(LetterError, match="ni LibreOffice ni Word"):
        print_letters([tmp_path / "a.docx"])


def test_a_click_that_needs_no_letter_does_not_pay_for_word() -> None:
    """Importing the modules loads neither docxtpl nor jinja2 nor lxml."""
    code = (
        "import sys\n"
        "from xl_relances.letters import fields, letter, merging, printing, render, templates\n"
        "print({'docxtpl', 'docx', 'jinja2', 'lxml'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "set()"


_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


def test_what_word_adds_to_a_document_survives_the_merge(tmp_path: Path) -> None:
    """Prefixes to ignore are declared once, paragraph ids dropped, drawings numbered anew.

    A letter that ends with a table gets a paragraph for its section.
    """
    picture = logo_drawing().replace("rId1", "rId99")
    body = (
        f'<w:p w14:paraId="0A0B0C0D" w14:textId="01020304">{picture}'
        "<w:r><w:t>{{ reference }}</w:t></w:r></w:p><w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc>"
        '<w:p/></w:tc></w:tr></w:tbl><w:sectPr><w:type w:val="continuous"/></w:sectPr>'
    )
    root = (
        f'{NS} xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'mc:Ignorable="w14"'
    )
    link = LOGO_RELATIONS.split("<Relationship ")[1].split("/>")[0].replace("rId1", "rId99")
    relations = DOCUMENT_RELATIONS.replace("</Relationships>", f"<Relationship {link}/></Relation"
                                           "ships>")  # fmt: skip
    template = word_file(
        tmp_path / "t.docx",
        "",
        **{
            "word__document.xml": f"<w:document {root}><w:body>{body}</w:body></w:document>",
            "word__media__logo.png": "png",
            "word___rels__document.xml.rels": relations,
        },
    )
    cache = TemplateCache()
    paths = [
        cache.render(to(account=f"411{at}"), template, tmp_path / f"{at}.docx").path
        for at in range(3)
    ]
    ((written, _),) = merge(paths, tmp_path / "all.docx")
    with zipfile.ZipFile(written) as archive:
        main = archive.read("word/document.xml").decode()
        links = archive.read("word/_rels/document.xml.rels").decode()
        assert len([name for name in archive.namelist() if "/media/" in name]) == 1
    assert main.count("mc:Ignorable=") == 1
    assert "paraId" not in main
    assert re.findall(r'<wp:docPr id="(\d+)"', main) == ["1", "2", "3"]
    assert main.count('<w:type w:val="nextPage"/>') == 3
    assert len(re.findall(r"<w:sectPr", main)) == 3
    (used,) = set(re.findall(r'r:embed="(\w+)"', main))
    assert re.search(rf'Id="{used}"[^>]*media|media[^>]*Id="{used}"', links)
    assert re.findall("411[012]", text_of(written)) == ["4110", "4111", "4112"]
