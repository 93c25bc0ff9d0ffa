"""Whatever the ledger and the customers' file hold, it is text: shown, printed, sent, never run.

One customer for each kind of attack, its text in every column of both files, through
the whole way by the command line: import, prepare, issue with PDF and one document,
drafts, save. Every output is read by something that did not write it.
"""

from __future__ import annotations

import csv
import json
import os
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from html import unescape
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

import books
from xl_relances.book import layout, tables

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from readers import LibreOffice, Validator

ATTACKS = {
    "formula": '=HYPERLINK("http://pirate.example","pirate")',
    "dde": "=cmd|' /C calc'!A0 pirate",
    "sum": "@SUM(1+1)*cmd pirate",
    "sign": "-2+3+cmd pirate",
    "template": "{{ 7*7 }} {% for x in [1] %}pirate{% endfor %} {{ client.__class__ }}",
    "path": "../../../pirate",
    "windows": "C:\\Windows\\CON:pirate.exe",
    "header": "pirate\r\nBcc: victime@pirate.example\r\n\r\ncorps",
    "markup": '</w:t></w:r><w:r><w:t>&amp;]]><script>alert("pirate")</script>',
    "console": "[bold red]pirate[/nothing] [/] :skull: \x9b31m",
}
"""The word « pirate » is in each, so that what leaks is found."""

_LEDGER = ("Compte", "Nom", "Écriture", "Pièce", "Date", "Échéance", "Libellé", "Débit", "Crédit",
           "Devise", "Lettrage")  # fmt: skip
_NO_ATTACK = {
    "Date",
    "Échéance",
    "Débit",
    "Crédit",
    "Devise",
    "E-mail",
    "Envoi",
    "Motif du blocage",
}
"""Columns of other types, those that an attack would take out of the run, and the addresses,
where it stands behind a right one."""

_CUSTOMERS = ("Compte", "Nom", "Contact", "Téléphone", "Adresse 1", "Adresse 2", "Adresse 3",
              "Code postal", "Ville", "Pays", "E-mail", "Langue", "Envoi",
              "Motif du blocage")  # fmt: skip
HARMLESS = "C0"


def accounts() -> dict[str, str]:
    """Account of each kind of attack: the attack itself, on one line."""
    return {kind: " ".join(text.split()) for kind, text in ATTACKS.items()}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a company that went the whole way; the commands' output beside it."""
    root = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(root / "log"))
        patch.setenv("LOCALAPPDATA", str(root / "log"))
        said = []
        home = root / "société"
        book = books.make(home, date_relance=books.AS_OF)
        for words in (
            ("import", book, _ledger(root), _customers(root), "--yes"),
            ("prepare", book),
            ("check", book),
            ("show", book),
            ("show", book, "detail"),
            ("show", book, "excluded"),
            ("issue", book, "--pdf", "--merged"),
            ("mail", book, "--dry-run"),
            ("mail", book),
            ("save", book, "--yes"),
            ("show", book, "history"),
        ):
            code, out, err = books.command(*words)
            assert code in {0, 1}, (words, out, err)
            assert "Erreur imprévue" not in err
            said.append(f"$ {words[0]} {code}\n{out}{err}")
            if words[0] == "import":
                _typed(book)
    (root / "said.txt").write_text("\n".join(said), encoding="utf-8")
    return home


def _ledger(root: Path) -> Path:
    """Per attack an overdue invoice, two entries that settle each other, one to dispute."""
    due = books.AS_OF - timedelta(days=40)
    day, late = (f"{each:%d/%m/%Y}" for each in (due - timedelta(days=30), due))
    rows = [(HARMLESS, "Client sûr", "VE0", "FA-0", day, late, "Facture", "100,00", "", "EUR", "")]
    for kind, text in ATTACKS.items():
        account = accounts()[kind]
        rows += [
            (account, text, text, text, day, late, text, "100,00", "", "EUR", ""),
            (account, text, text, "R1", day, late, text, "50,00", "", "EUR", text),
            (account, text, text, "R2", day, late, text, "", "50,00", "EUR", text),
            (account, text, text, "R3", day, late, text, "30,00", "", "EUR", ""),
        ]
    return _written(root / "ecritures.csv", _LEDGER, rows)


def _customers(root: Path) -> Path:
    """One more customer is blocked for a reason that is an attack too."""
    rows = []
    for kind, text in ATTACKS.items():
        mail = f"{kind}@clients.example; {text}"
        rows.append((accounts()[kind], *[text] * 9, mail, text, "Courrier et e-mail", ""))
    rows.append((HARMLESS, "Client sûr", *[""] * 11, ATTACKS["formula"]))
    return _written(root / "clients.csv", _CUSTOMERS, rows)


def _typed(path: Path) -> None:
    """What the import leaves to the user: language and dispute."""
    attacks = {squeezed(accounts()[kind]): text for kind, text in ATTACKS.items()}
    with books.opened(path) as book:
        rows = tables.read(book, layout.CLIENTS_TABLE)
        texts = [attacks.get(squeezed(str(row[0])), "") for row in rows.rows]
        tables.write_columns(book, layout.CLIENTS_TABLE, {"Langue": texts}, rows.numbers)
        rows = tables.read(book, layout.GRAND_LIVRE_TABLE)
        piece = rows.index("Pièce")
        texts = [attacks[squeezed(str(row[0]))] if row[piece] == "R3" else "" for row in rows.rows]
        tables.write_columns(book, layout.GRAND_LIVRE_TABLE, {"Litige": texts}, rows.numbers)


def _written(path: Path, titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([titles, *rows])
    return path


def squeezed(text: str) -> str:
    """Without what a cell, a page or a folded header may change: spaces and control signs."""
    text = text.replace("_x000D_", "")  # a CR as Excel stores it, which openpyxl does not read
    return "".join(
        char for char in text if not char.isspace() and unicodedata.category(char) != "Cc"
    )


def columns(sheet: Worksheet) -> Iterator[tuple[str, set[str]]]:
    """Titles of a working sheet, and what stands below each."""
    for column in sheet.iter_cols(min_row=4):
        title, *cells = (str(cell.value or "") for cell in column)
        yield title, set(map(squeezed, cells))


def test_in_the_workbook_it_is_text(home: Path) -> None:
    """Every text is there; no cell that begins with = is live but our links to the letters."""
    book = load_workbook(home / "relances.xlsm", keep_vba=True)
    texts = {squeezed(text) for text in ATTACKS.values()}
    for sheet, titles in (("Grand livre", _LEDGER), ("Clients", _CUSTOMERS)):
        for title, found in columns(book[sheet]):
            if title in {*titles, "Litige"} - _NO_ATTACK:
                assert found >= texts, (sheet, title)
    assert dict(columns(book["Historique"]))["Nom"] >= texts
    link = r'=HYPERLINK\("Relances/2026-11-25/[^/"]+\.docx","[^/"]+\.docx"\)'
    for each in book:
        for cell in (cell for row in each.iter_rows() for cell in row):
            assert cell.hyperlink is None or "pirate" not in str(cell.hyperlink.target)
            if cell.data_type == "f" and "pirate" in str(cell.value):
                assert re.fullmatch(link, str(cell.value))


def test_in_the_letter_it_is_text(home: Path) -> None:
    """To the character, and no element but text holds any of it."""
    letters = []
    for path in (home / "Relances").rglob("*_L*.docx"):
        with zipfile.ZipFile(path) as package:
            xml = package.read("word/document.xml").decode()
        assert "pirate" not in re.sub(r">[^<]*<", "><", xml)
        letters.append(squeezed(unescape(re.sub(r"<[^>]+>", "", xml))))
    assert len(letters) == len(ATTACKS)
    for text in ATTACKS.values():
        parts = [squeezed(part) for part in text.splitlines() if part]
        assert sum(all(part in letter for part in parts) for letter in letters) == 1


@pytest.mark.libreoffice
def test_in_the_pdf_it_is_text(home: Path, soffice: LibreOffice) -> None:
    """No link, no script, no attachment; the page reads as the file said."""
    assert soffice.program.exists()
    pdfs = sorted((home / "Relances").rglob("*_L*.pdf"))
    assert len(pdfs) == len(ATTACKS)
    pages = ""
    for path in [*pdfs, *(home / "Relances").rglob("a-imprimer*.pdf")]:
        reader = PdfReader(path)
        assert not reader.attachments
        assert b"/JavaScript" not in path.read_bytes()
        for page in reader.pages:
            assert not [a for a in page.get("/Annots", ()) if "/A" in a.get_object()]
            pages += page.extract_text()
    for word in ("{{7*7}}", "=cmd|'/Ccalc'!A0", '<script>alert("pirate")</script>'):
        assert squeezed(word) in squeezed(pages)


def test_in_a_mail_it_is_text(home: Path) -> None:
    """The headers are ours, one address is written to, nobody else hears of it."""
    drafts = sorted((home / "Relances").rglob("*.eml"))
    assert len(drafts) == len(ATTACKS)
    for path in drafts:
        mail = BytesParser(policy=default).parsebytes(path.read_bytes())
        assert isinstance(mail, EmailMessage)
        assert not mail.defects
        assert {key.lower() for key in mail} == {
            "content-language", "content-type", "from", "mime-version", "subject", "to",
            "x-uniform-type-identifier", "x-unsent",
        }  # fmt: skip
        (address,) = mail["To"].addresses
        assert address.addr_spec in {f"{kind}@clients.example" for kind in ATTACKS}
        html = mail.get_body(("html",))
        assert html is not None
        assert "<script" not in html.get_content()
        (attachment,) = mail.iter_attachments()
        name = attachment.get_filename()
        assert name is not None
        assert re.fullmatch(r"[A-Za-z0-9._~-]+\.(pdf|docx)", name)


def test_no_file_is_outside_of_the_folder_nor_named_by_an_attack(home: Path) -> None:
    """Nothing but ours beside it; every name is one that Windows takes too."""
    assert sorted(path.name for path in home.parent.iterdir() if path.name != "log") == [
        "clients.csv", "ecritures.csv", "said.txt", home.name,
    ]  # fmt: skip
    assert not (home.parent.parent / "pirate").exists()
    assert sorted(path.name for path in home.iterdir()) == [
        "Relances", "relances.xlsm", "relances.xlsm.bak",
    ]  # fmt: skip
    for folder, _, files in os.walk(home / "Relances"):
        for name in files:
            assert PureWindowsPath(name).name == name
            assert not re.search(r'[<>:"|?*\\/\x00-\x1f]', name), name
            assert not name.upper().startswith(("..", "CON.")), name
            assert Path(folder, name).resolve().is_relative_to(home.resolve())


def test_on_the_terminal_it_is_text(home: Path) -> None:
    """Square brackets stand as typed, no control sequence reaches the terminal."""
    said = (home.parent / "said.txt").read_text("utf-8")
    assert not {char for char in said if unicodedata.category(char) == "Cc"} - {"\n"}
    assert squeezed("[bold red]pirate[/nothing] [/] :skull:") in squeezed(said)


def test_the_log_holds_nothing_of_the_files(home: Path) -> None:
    for path in (home.parent / "log").rglob("*"):
        assert path.is_dir() or "pirate" not in path.read_text("utf-8")


@pytest.mark.node
def test_microsofts_validator_accepts_all_of_it(home: Path, validator: Validator) -> None:
    validator.check(home / "relances.xlsm", *(home / "Relances").rglob("a-imprimer*.docx"))


def test_json_is_the_text_of_the_cell(home: Path) -> None:
    code, out, _ = books.command("show", home / "relances.xlsm", "history", "--json")
    assert code == 0
    names = {squeezed(row["Nom"]) for row in json.loads(out)}
    assert names == {squeezed(text) for text in ATTACKS.values()}
