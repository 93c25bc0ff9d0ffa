"""The payment code, read back from the printed page, and when there is none."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from paper import letter, line, many, recipient, shipped, text_of, to, word_file
from PIL import Image

from xl_relances.letters.letter import check_numbers
from xl_relances.letters.merging import merge
from xl_relances.letters.payment_code import BLANK, CODE_TEXT, Transfer, picture, transfer
from xl_relances.letters.render import render
from xl_relances.letters.sample import SENDER
from xl_relances.workbook.word_parts import CODE_RELATION, LETTER_RELATIONS, picture_drawing

if TYPE_CHECKING:
    from readers import LibreOffice

IBAN = "FR7630006000011234567890189"


def read(image: Path) -> list[str]:
    with Image.open(image) as opened:
        return [found.text for found in zxingcpp.read_barcodes(opened.convert("L"))]


def said(paying: Transfer, folder: Path) -> list[str]:
    path = folder / "code.png"
    path.write_bytes(picture(paying))
    (text,) = read(path)
    return text.split("\n")


@pytest.mark.libreoffice
def test_the_code_is_read_back_from_the_printed_page(tmp_path: Path, soffice: LibreOffice) -> None:
    """At 100 dots an inch: name, IBAN, BIC, principal and reference, to the character."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm (poppler-utils) is not installed")
    paths = [
        render(to(account=f"411É{at}"), shipped(at), tmp_path / f"{at}.docx").path for at in (1, 3)
    ]
    ((merged, _),) = merge(paths, tmp_path / "all.docx")
    pdf = soffice.pdf(merged, tmp_path / "pdf")
    subprocess.run(["pdftoppm", "-r", "100", "-png", pdf, tmp_path / "page"], check=True)
    found = [text for page in sorted(tmp_path.glob("page*.png")) for text in read(page)]
    assert found == [
        f"BCD\n002\n1\nSCT\nAGRIFRPP\nAteliers Morvan\n{IBAN}\nEUR2114.56\n\n\n411É{at}"
        for at in (1, 3)
    ]


def test_it_pays_the_principal_without_the_charges() -> None:
    paying = transfer(letter())
    assert letter().interest + letter().fixed_sums > 0
    assert paying == Transfer("Ateliers Morvan", IBAN, "AGRIFRPP", Decimal("2114.56"), "411DUPONT")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"payment_code": False}, id="not-wanted"),
        pytest.param({"currency": "USD"}, id="not-in-euros"),
        pytest.param({"lines": (line("0.00"),)}, id="nothing-due"),
        pytest.param({"lines": (line("5.00", set_off=Decimal(9)),)}, id="less-than-nothing"),
        pytest.param({"lines": (line("1000000000.00"),)}, id="too-much"),
        pytest.param({"sender": replace(SENDER, iban="")}, id="no-iban"),
        pytest.param({"sender": replace(SENDER, iban=IBAN[:-1] + "8")}, id="wrong-iban"),
        pytest.param({"sender": replace(SENDER, name="\x00", account_holder=" ")}, id="no-name"),
    ],
)
def test_when_there_is_no_code(changes: dict[str, Any], tmp_path: Path) -> None:
    """The letter is whole without, and IBAN, BIC and reference stand in it in clear anyway."""
    without = letter(**changes)
    assert transfer(without) is None
    path = render(without, shipped(1), tmp_path / "a.docx").path
    assert "scannez" not in text_of(path)
    assert "a:blip" not in zipfile.ZipFile(path).read("word/document.xml").decode()
    if without.sender is SENDER:
        assert {"FR76 3000 6000 0112 3456 7890 189", "AGRIFRPP"} <= set(
            re.split(r"\u00a0: |\n", text_of(path))
        )


@pytest.mark.parametrize("amount", ["0.01", "1.50", "100.00", "999999999.99"])
def test_amounts_are_exact(amount: str, tmp_path: Path) -> None:
    paying = transfer(letter(lines=(line(amount),)))
    assert paying is not None
    assert Decimal(said(paying, tmp_path)[7].removeprefix("EUR")) == Decimal(amount)


def test_a_line_break_in_a_name_cannot_move_the_iban(tmp_path: Path) -> None:
    sender = replace(SENDER, account_holder="Morvan\nDE00 EVIL\x07\r\n\tSAS")
    paying = transfer(letter(sender=sender, reference="R\n\nX"))
    assert paying is not None
    rows = said(paying, tmp_path)
    assert rows[5:7] == ["Morvan DE00 EVIL SAS", IBAN]
    assert rows[10:] == ["R X"]


@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_name_and_reference_hold_there_is_a_code_that_fits(name: str, text: str) -> None:
    paying = transfer(letter(sender=replace(SENDER, account_holder=name), reference=text))
    assert paying is not None
    assert len(paying.name) <= 70
    assert len(paying.text) <= 140
    assert not re.search(r"[\x00-\x1f]", paying.name + paying.text)
    assert picture(paying).startswith(b"\x89PNG")


def test_a_text_too_long_for_the_standard_is_cut(tmp_path: Path) -> None:
    """331 bytes in all: accents count twice."""
    rows = said(Transfer("é" * 70, IBAN, "AGRIFRPP", Decimal(1), "ü" * 140), tmp_path)
    assert rows[5] == "é" * 70
    assert set(rows[10]) == {"ü"}
    assert 300 < len("\n".join(rows).encode()) <= 331


def test_a_template_that_always_shows_the_picture_prints_a_white_dot(tmp_path: Path) -> None:
    drawing = picture_drawing("Code", CODE_TEXT, (30, 30), CODE_RELATION)
    template = word_file(
        tmp_path / "t.docx",
        f"<w:p>{drawing}</w:p>\n{{{{ reference }}}}",
        **{"word___rels__document.xml.rels": LETTER_RELATIONS, "word__media__code.png": "grey"},
    )
    for wanted in (False, True):
        path = render(letter(payment_code=wanted), template, tmp_path / "a.docx").path
        with zipfile.ZipFile(path) as package:
            assert package.namelist().count("word/media/code.png") == 1
            assert (package.read("word/media/code.png") == BLANK) == (not wanted)
    (tmp_path / "blank.png").write_bytes(BLANK)
    with Image.open(tmp_path / "blank.png") as dot:
        assert dot.getpixel((0, 0)) == 255


_WRONG = (
    "IBAN (societe_iban) : « FR7630006000011234567890188 » n'est pas un IBAN, un caractère est "
    "faux, manque ou est en trop"
)
_WRONG_KEY = (
    "IBAN (societe_iban) : « FR0630006000011234567890188 » : la clé RIB (les deux derniers "
    "chiffres) est fausse"
)
_WRONG_SIREN = (
    "SIREN (societe_siren) : « 732829321 » : clé de contrôle fausse, ou pas neuf chiffres"
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"iban": "", "bic": "", "siren": ""}, []),
        ({"iban": "DE89 3704 0044 0532 0130 00"}, []),
        ({"iban": "FR14 2004 1010 0505 0001 3M02 606"}, []),
        ({"iban": IBAN[:-1] + "8"}, [_WRONG]),
        ({"iban": "FR0630006000011234567890188"}, [_WRONG_KEY]),
        ({"bic": "AGRI"}, ["BIC (societe_bic) : « AGRI » n'est pas un BIC de 8 ou 11 caractères"]),
        ({"siren": "732829321"}, [_WRONG_SIREN]),
    ],
)  # fmt: skip
def test_numbers_that_contradict_themselves_are_found(
    changes: dict[str, Any], expected: list[str]
) -> None:
    """A wrong IBAN stops every letter; BIC and SIREN are only told."""
    found = check_numbers(replace(SENDER, **changes))
    assert [each.message for each in found] == expected
    assert [each.blocking for each in found] == ["IBAN" in each for each in expected]


def test_each_letter_of_a_merged_document_has_its_own_code(tmp_path: Path) -> None:
    paths = [
        render(
            letter(recipient=recipient(account=f"411{at}"), lines=many(at + 1)),
            shipped(1),
            tmp_path / f"{at}.docx",
        ).path
        for at in range(3)
    ]
    ((merged, _),) = merge(paths, tmp_path / "all.docx")
    with zipfile.ZipFile(merged) as package:
        codes = [name for name in package.namelist() if "media/code" in name]
        for name in codes:
            (tmp_path / Path(name).name).write_bytes(package.read(name))
    texts = [read(tmp_path / Path(name).name)[0].split("\n")[-1] for name in codes]
    assert texts == ["4110", "4111", "4112"]
