"""The shipped templates are what the code makes, and letters from them look as they should."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from paper import MODELS, SHIPPED, charged, letter, many, recipient, shipped, text_of

from xl_relances.letters.letter import EarlierLetter, Letter
from xl_relances.letters.render import TemplateCache
from xl_relances.workbook.templates import differences, main, template
from xl_relances.workbook.wording import TEXTS

if TYPE_CHECKING:
    from readers import LibreOffice, Validator

MM = 72 / 25.4
"""Points to the millimetre, as pdftotext counts."""

LONG = recipient(
    account="411LONG", name="Société coopérative des maraîchers bio du Val de Loire et d'Anjou",
    contact="Service comptabilité fournisseurs", address=("Zone d'activités, bâtiment 12",
    "3 bis, avenue du Général-de-Gaulle"), postal_code="44220", city="Couëron",
)  # fmt: skip
ABROAD = recipient(
    account="411SMITH", name="Smith & Sons Ltd", contact="Attn. Mr John Smith",
    address=("Unit 4, Riverside Park", "12 O'Connell Street"), postal_code="",
    city="London SW1A 1AA", country="Royaume-Uni",
)  # fmt: skip
ARABIC = recipient(account="411NOUR", name="شركة النور SARL")

SENT = tuple(EarlierLetter(level=at, date=dt.date(2026, 9 + at, 12)) for at in (1, 2))
LETTERS: dict[str, Letter] = {
    f"{language}-{level}-{count}-{who}": letter(
        level=level, language=language, lines=many(count), earlier=SENT[: level - 1],
        recipient=to, registered=level == 3, payment_code=level < 3,
    )
    for language, level, count, who, to in (
        ("fr", 1, 1, "home", recipient()), ("fr", 1, 15, "long", LONG), ("fr", 2, 15, "home",
        recipient()), ("fr", 2, 15, "long", LONG), ("fr", 3, 12, "home", recipient()),
        ("fr", 3, 140, "home", recipient()), ("fr", 3, 3, "consumer",
        recipient(is_professional=False)), ("en", 1, 15, "abroad", ABROAD),
        ("en", 2, 15, "abroad", ABROAD), ("en", 3, 12, "abroad", ABROAD),
        ("fr", 1, 2, "arabic", ARABIC),
    )
}  # fmt: skip
LETTERS |= {
    f"{language}-{level}-{count}-{who}": letter(
        level=level, language=language, earlier=SENT[: level - 1], recipient=to,
        registered=level == 3, payment_code=code,
        lines=charged(many(count), fixed_sum=to.is_professional),
    )
    for language, level, count, who, code, to in (
        ("fr", 3, 1, "charged", True, recipient()), ("fr", 3, 12, "charged", False, recipient()),
        ("fr", 3, 140, "charged", False, recipient()), ("en", 3, 1, "charged", True, ABROAD),
        ("fr", 3, 3, "interest", False, recipient(is_professional=False)),
        ("fr", 2, 5, "charged", False, recipient()),
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, cache = tmp_path_factory.mktemp("letters"), TemplateCache()
    return {
        name: cache.render(each, shipped(each.level, each.language), folder / f"{name}.docx").path
        for name, each in LETTERS.items()
    }


@pytest.fixture(scope="module")
def printed(
    written: dict[str, Path], soffice: LibreOffice, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    found = soffice.convert(list(written.values()), "pdf", tmp_path_factory.mktemp("pdf"))
    return {path.stem: path for path in found}


def read(path: Path, *options: str) -> str:
    done = subprocess.run(
        ["pdftotext", *options, path, "-"], capture_output=True, check=True, encoding="utf-8"
    )
    return done.stdout


def pages(path: Path) -> list[str]:
    return read(path, "-layout").split("\f")[:-1]


def lines_at(path: Path) -> list[tuple[float, float, float, float, str]]:
    """Lines of page 1: left, top, right, bottom in millimetres, text."""
    first = read(path, "-bbox-layout").split("</page>")[0]
    found = []
    for at, inside in re.findall(r"<line (.*?)>(.*?)</line>", first, re.DOTALL):
        box = [float(value) / MM for value in re.findall(r'"([\d.]+)"', at)]
        words = re.findall(r">([^<]*)</word>", inside)
        found.append((box[0], box[1], box[2], box[3], " ".join(words)))
    return found


def test_the_shipped_files_are_what_the_code_makes() -> None:
    """Part by part; ``python -m xl_relances.workbook.templates`` makes them again."""
    for language, name in TEXTS:
        path = SHIPPED / language / f"{name}.docx"
        assert differences(path, template(language, name)) == []
    assert {name for _, name in TEXTS} == set(MODELS.values())


def test_the_command_makes_them_and_its_check_says_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().out.count("(le fichier)") == len(TEXTS)
    assert main(["--out", str(tmp_path)]) == 0
    assert main(["--check", "--out", str(tmp_path)]) == 0
    made = tmp_path / "fr" / "relance_1.docx"
    assert made.read_bytes() == (SHIPPED / "fr" / "relance_1.docx").read_bytes()
    made.write_bytes((SHIPPED / "fr" / "relance_2.docx").read_bytes())
    assert main(["--check", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().out == f"{made} : docProps/core.xml, word/document.xml\n"


def test_no_customer_field_stands_in_a_header_or_footer() -> None:
    for language, name in TEXTS:
        with zipfile.ZipFile(SHIPPED / language / f"{name}.docx") as archive:
            for part in archive.namelist():
                if re.search(r"header|footer|docProps", part) and part.endswith(".xml"):
                    assert "client" not in archive.read(part).decode()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_formal_notice_says_so_in_its_body(language: str, written: dict[str, Path]) -> None:
    text = text_of(written[f"{language}-3-12-{'home' if language == 'fr' else 'abroad'}"])
    wanted = "mettons en demeure" if language == "fr" else "formal notice (mise en demeure)"
    assert wanted in text
    assert {"fr": "Lettre recommandée", "en": "Registered letter"}[language] in text


@pytest.mark.node
def test_microsofts_validator_finds_nothing(written: dict[str, Path], validator: Validator) -> None:
    validator.check(*written.values(), *sorted(SHIPPED.glob("*/*.docx")))


@pytest.mark.libreoffice
def test_the_address_stands_in_the_window(printed: dict[str, Path]) -> None:
    """110 mm from the left, 55 mm from the top, 85 × 33 mm; the rest of it stays empty."""
    for name, path in printed.items():
        block = LETTERS[name].recipient.postal_block.lines
        window = [line for line in lines_at(path) if line[0] > 88 and 35.5 < line[1] < 91]
        # the first word may be any of an Arabic name, which is read from the right
        assert window[0][0] == pytest.approx(110, abs=1), name
        assert window[0][1] == pytest.approx(55, abs=1), name
        assert window[-1][3] < 55 + 33, name
        assert max(line[2] for line in window) < 110 + 85, name
        assert block[-1] in window[-1][4], name


@pytest.mark.libreoffice
def test_what_a_payment_needs_stands_in_the_first_third_of_the_page(
    printed: dict[str, Path],
) -> None:
    for name, path in printed.items():
        top = "\n".join(line[4] for line in lines_at(path) if line[3] < 99)
        for wanted in (
            LETTERS[name].recipient.account,
            "FR76 3000 6000",
            "AGRIFRPP",
            "Léa Martin",
            "02 40 12 34 56",
            "cembre 2026" if name[:2] == "fr" else "December 2026",
        ):
            assert wanted in top, (name, wanted)


@pytest.mark.libreoffice
def test_fifteen_items_fit_the_first_page_of_letters_1_and_2(printed: dict[str, Path]) -> None:
    """With a payment code too, and 12 that of the formal notice; page 1 ends at 278 mm."""
    for name, path in printed.items():
        assert len(pages(path)) == 1 or re.search("-140-|-(5|12)-charged", name), name


@pytest.mark.libreoffice
def test_a_statement_of_charges_stays_on_one_page(printed: dict[str, Path]) -> None:
    """Below the signature where it fits, on a page of its own, or in parts with its head again."""
    title = "Décompte des pénalités de retard et indemnités, arrêté au"
    assert title in pages(printed["fr-3-1-charged"])[0]
    letter_page, statement = pages(printed["fr-3-12-charged"])
    assert "Claire Le Goff" in letter_page
    assert title not in letter_page
    assert title in statement
    assert len(re.findall(r"FA-2026-\d{4}", statement)) == 12
    long = pages(printed["fr-3-140-charged"])
    start = next(at for at, page in enumerate(long) if title in page)
    listed = [re.findall(r"FA-2026-\d{4}.*40,00$", page, re.MULTILINE) for page in long[start:]]
    assert sum(map(len, listed)) == 140
    assert all("Taux annuel" in page for page, items in zip(long[start:], listed, strict=True)
               if items)  # fmt: skip
    assert listed[0], "the title stands alone"


@pytest.mark.libreoffice
def test_charges_are_told_apart_from_the_total_and_never_added_to_it(
    printed: dict[str, Path],
) -> None:
    """1 000,50 x 15 % x 34 / 365 = 13,98 €."""
    (page,) = pages(printed["fr-3-1-charged"])
    assert re.search(r"Pénalités de retard \(article L441-10 [^)]*\)\.+ ?13,98\s€", page)
    assert re.search(r"\(article D441-5\), 1 × 40,00\s€\.+ ?40,00\s€", page)
    assert re.search(r"FA-2026-0000 +22/10/2026 +1\s000,50 +34 +15\s% +13,98 +40,00", page)
    assert re.search(r"Total dû \(EUR\) +1\s000,50 +1\s000,50", page)
    assert "1 054,48" not in page.replace("\u202f", " ")
    (english,) = pages(printed["en-3-1-charged"])
    assert re.search(r"Penalties \(article L441-10 [^)]*\)\.+ ?€13.98", english)


@pytest.mark.libreoffice
def test_a_consumer_is_asked_for_the_legal_rate_and_nothing_else(printed: dict[str, Path]) -> None:
    """No 40 €, no article for professionals (C. com. L441-10, D441-5)."""
    for name in ("fr-3-3-consumer", "fr-3-3-interest"):
        text = "\n".join(pages(printed[name]))
        assert not re.search("40,00|ndemnité|énalité|L441|D441|code de commerce", text), name
        assert ("Décompte des intérêts au taux légal" in text) == (name == "fr-3-3-interest")


@pytest.mark.libreoffice
def test_a_long_table_repeats_its_header_and_keeps_its_total_with_an_item(
    printed: dict[str, Path],
) -> None:
    found = pages(printed["fr-3-140-home"])
    assert len(found) > 2
    listed = [re.findall(r"FA-2026-\d{4}", page) for page in found]
    assert [item for page in listed for item in page] == [f"FA-2026-{at:04}" for at in range(140)]
    assert all("Échéance" in page for page, items in zip(found, listed, strict=True) if items)
    assert all(items for page, items in zip(found, listed, strict=True) if "Total dû" in page)


@pytest.mark.libreoffice
def test_arabic_is_readable(printed: dict[str, Path]) -> None:
    """Field case D16: letters joined and from the right, figures in order."""
    text = read(printed["fr-1-2-arabic"])
    assert "SARL" in text
    assert re.search("[\u0600-\u06ff\ufb50-\ufeff]{3}", text)
