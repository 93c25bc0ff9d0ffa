"""« PDF » and « Document à imprimer » on the letters already issued, and the registered ones."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook
from paper import text_of
from pypdf import PdfReader, PdfWriter

import books
from xl_relances import run
from xl_relances.book import layout
from xl_relances.errors import LetterError, RefusedError
from xl_relances.excel import messages
from xl_relances.letters import printers, printing
from xl_relances.letters.printers import LibreOffice
from xl_relances.letters.printing import Printed, join, print_letters
from xl_relances.letters.registered import RegisteredLetter, write_list
from xl_relances.mail.journal import Entry, Journal, State
from xl_relances.run.print_report import merge_message, pdf_message

if TYPE_CHECKING:
    import readers

LATE = {"411A": 60, "411B": 12, "411C": 61, "411D": 30, "411E": 13}
"""Days late: letters 3, 1, 3, 2, 1."""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Issued: five letters of three levels, one of them in English."""
    ledger: list[dict[str, Any]] = [
        {
            "Compte": account, "Nom": f"Société {account}", "Écriture": f"VE-{account}",
            "Pièce": f"FA-{account}", "Date": books.AS_OF - timedelta(days=days + 30),
            "Échéance": books.AS_OF - timedelta(days=days), "Débit": Decimal("1234.56"),
            "Devise": "EUR",
        }
        for account, days in LATE.items()
    ]  # fmt: skip
    customers = [
        {
            "Compte": account, "Nom": f"Société {account}", "Adresse 1": "1, rue de l'Église",
            "Code postal": "01000", "Ville": "Bourg", "Langue": "en" if account == "411B" else "",
        }
        for account in LATE
    ]  # fmt: skip
    path = books.make(tmp_path, ledger, customers, calcul_niveau="Retard")
    with books.opened(path) as opened:
        books.prepare(opened)
        assert not books.issue(opened).failed
    return path


@pytest.fixture
def letters(book: Path) -> Path:
    return book.parent / "Relances" / date.isoformat(books.AS_OF)


def paper_pdf(path: Path, pages: int = 1) -> Path:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    writer.write(path)
    return path


def stand_in(monkeypatch: pytest.MonkeyPatch, *failing: str) -> list[str]:
    """Blank PDFs instead of LibreOffice's, none for ``failing``; the files asked for."""
    asked: list[str] = []

    def pretend(paths: Sequence[Path], **_: Any) -> list[Printed]:
        asked.extend(path.stem for path in paths)
        return [
            Printed(path, None, "LibreOffice n'a pas écrit de PDF")
            if path.stem in failing
            else Printed(path, paper_pdf(path.with_suffix(".pdf")))
            for path in paths
        ]

    monkeypatch.setattr("xl_relances.run.printing.print_letters", pretend)
    return asked


def test_one_document_for_each_template_in_the_order_of_preparation(
    book: Path, letters: Path
) -> None:
    with books.opened(book) as opened:
        order = [row["Compte"] for row in books.show(opened, "preparation")]
        report = run.merge_letters(opened)
    assert {path.name: count for path, count in report.documents} == {
        "a-imprimer_relance_1_en.docx": 1, "a-imprimer_relance_1_fr.docx": 1,
        "a-imprimer_relance_2_fr.docx": 1, "a-imprimer_mise_en_demeure_fr.docx": 2,
    }  # fmt: skip
    assert report.documents[-1][0].name == "a-imprimer_mise_en_demeure_fr.docx"
    text = text_of(letters / "a-imprimer_mise_en_demeure_fr.docx")
    found = [account for account in order if f"FA-{account}" in text]
    assert found == [account for account in order if LATE[account] >= 60]
    assert sorted(found, key=text.index) == found
    assert (report.joined, report.failed, report.passed_by) == ((), (), ())
    assert merge_message(report).splitlines()[-1] == (
        f"Recommandés : {letters / 'recommandes.xlsx'} (2 lettres)"
    )


def test_what_goes_by_mail_alone_is_not_printed(book: Path, letters: Path) -> None:
    """A customer gets a letter by post or by mail as Clients says, by post where no mail can go."""
    envoi = {
        "411A": ("E-mail", "a@client.example"), "411B": ("E-mail", ""),
        "411C": ("Courrier et e-mail", "c@client.example"), "411D": ("E-mail", "d@client.example"),
    }  # fmt: skip
    with books.opened(book) as opened:
        for account, (sending, address) in envoi.items():
            books.typed(opened, layout.CLIENTS_TABLE, "Envoi", sending, Compte=account)
            books.typed(opened, layout.CLIENTS_TABLE, "E-mail", address, Compte=account)
        report = run.merge_letters(opened)
        assert {path.name: count for path, count in report.documents} == {
            "a-imprimer_relance_1_en.docx": 1, "a-imprimer_relance_1_fr.docx": 1,
            "a-imprimer_mise_en_demeure_fr.docx": 1,
        }  # fmt: skip
        assert report.passed_by == (
            "2 lettres partent par e-mail seul (Clients, « Envoi ») : hors du document à imprimer.",
        )
        assert [row[1] for row in rows_of(letters / "recommandes.xlsx")] == ["411C"]
        report = run.merge_letters(opened, run.among_issued(accounts=["411D"]))
    assert not report.documents
    assert not list(letters.glob("a-imprimer*")), "the former document would be printed"
    assert messages.merged(report, book.parent) == (
        "0 lettre à imprimer.\n"
        "1 lettre part par e-mail seul (Clients, « Envoi ») : hors du document à imprimer."
    )


def test_a_letter_that_no_mail_could_carry_is_printed(book: Path, letters: Path) -> None:
    with books.opened(book) as opened:
        books.typed(opened, layout.CLIENTS_TABLE, "Envoi", "E-mail", Compte="411D")
        books.typed(opened, layout.CLIENTS_TABLE, "E-mail", "d@client.example", Compte="411D")
        Journal.read(letters).record(
            Entry(
                account="411D", currency="EUR", state=State.FAILED, at="2026-11-25T09:30:00",
                way="smtp", to=("d@client.example",), digest="", reason="adresse inconnue",
            )
        )  # fmt: skip
        assert sum(count for _, count in run.merge_letters(opened).documents) == len(LATE)


def test_what_was_merged_before_does_not_stay_to_be_printed_again(
    book: Path, letters: Path
) -> None:
    with books.opened(book) as opened:
        run.merge_letters(opened)
        run.merge_letters(opened, run.among_issued(level=3))
    names = {path.name for path in letters.glob("a-imprimer*")}
    assert names == {"a-imprimer_mise_en_demeure_fr.docx"}


def test_a_letter_without_a_pdf_is_named_and_stays_issued(
    book: Path, letters: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, "411D_EUR_L2")
    with books.opened(book) as opened:
        report = run.merge_letters(opened, pdf=True)
        ticks = [row["Éditée"] for row in books.show(opened, "preparation")]
    assert ticks == [True] * 5
    (failed,) = report.failed
    assert str(failed) == "PDF de 411D : LibreOffice n'a pas écrit de PDF."
    assert report.joined == ((letters / "a-imprimer.pdf", 4),)
    assert len(PdfReader(letters / "a-imprimer.pdf").pages) == 4
    assert len(report.documents) == 4


def test_a_pdf_newer_than_its_letter_is_kept_and_an_older_one_is_made_again(
    book: Path, letters: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = stand_in(monkeypatch)
    with books.opened(book) as opened:
        assert run.export_pdf(opened).kept == 0
        assert len(asked) == 5
        edited = letters / "411A_EUR_L3.docx"
        later = (letters / "411A_EUR_L3.pdf").stat().st_mtime_ns + 1_000_000
        os.utime(edited, ns=(later, later))
        report = run.export_pdf(opened)
    assert asked[5:] == ["411A_EUR_L3"]
    assert (len(report.made), report.kept) == (5, 4)
    assert pdf_message(report) == f"5 lettres en PDF dans {letters}, dont 4 déjà faites."


def test_a_letter_made_again_loses_its_pdf(
    book: Path, letters: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch)
    with books.opened(book) as opened:
        run.export_pdf(opened)
        books.set_cell(opened, "societe_telephone", "03 00 00 00 00")
        books.issue(opened, "411A")
    assert not (letters / "411A_EUR_L3.pdf").exists()
    assert (letters / "411B_EUR_L1.pdf").exists()


def test_letters_that_cannot_be_printed_are_told(book: Path, letters: Path) -> None:
    """Gone from the folder, no longer what is ticked, or issued by hand."""
    (letters / "411A_EUR_L3.docx").unlink()
    with books.opened(book) as opened:
        books.typed(opened, layout.PREPARATION_TABLE, "N° lettre", 1, Compte="411D")
        books.typed(opened, layout.PREPARATION_TABLE, "Lettre", None, Compte="411C")
        report = run.merge_letters(opened)
    assert {str(each) for each in report.failed} == {
        "Lettre de 411A : Relances/2026-11-25/411A_EUR_L3.docx introuvable : éditez-la à nouveau.",
        "Lettre de 411D : ses échéances ou son numéro ont changé depuis : éditez-la à nouveau.",
    }
    assert report.passed_by == ("411C Société 411C : éditée sans lettre.",)
    assert sum(count for _, count in report.documents) == 2


def test_nothing_issued_nothing_printed(book: Path) -> None:
    with (
        books.opened(book) as opened,
        pytest.raises(RefusedError, match="Aucune lettre éditée à imprimer : cliquez Éditer"),
    ):
        run.merge_letters(opened, run.among_issued(accounts=["411X"]))


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    sheet: Any = load_workbook(path).worksheets[0]
    return list(sheet.iter_rows(min_row=4, values_only=True))


def test_the_registered_letters_are_listed_with_what_was_typed_there(
    book: Path, letters: Path
) -> None:
    """Numbers typed in stay; a letter that is not listed anew keeps its line, below."""
    path = letters / "recommandes.xlsx"
    with books.opened(book) as opened:
        run.merge_letters(opened, run.among_issued(accounts=["411A"]))
        filled = load_workbook(path)
        sheet: Any = filled.worksheets[0]
        assert sheet["B1"].value == "Kervalou Emballages : 1 lettre recommandée du 25/11/2026"
        sheet["H4"], sheet["I4"] = "1A 234 567 8901 2", books.moment(books.AS_OF)
        filled.save(path)
        run.merge_letters(opened, run.among_issued(accounts=["411C"]))
    first, second = rows_of(path)
    assert (*first[:3], *first[4:7]) == (
        1, "411C", "Société 411C", "EUR", 1234.56, "411C_EUR_L3.docx",
    )  # fmt: skip
    assert first[3].split("\n")[-1] == "01000 BOURG"
    assert first[7:] == (None, None, None)
    assert second[:2] == (2, "411A")
    assert second[7:] == ("1A 234 567 8901 2", books.moment(books.AS_OF), None)


def test_a_name_that_looks_like_a_formula_is_a_name(tmp_path: Path) -> None:
    entry = RegisteredLetter(
        account="=1+1", name='=HYPERLINK("http://x")\x00', address=("@x",), currency="JPY",
        amount=Decimal(5), file="a.docx",
    )  # fmt: skip
    write_list([entry], tmp_path / "l.xlsx", company="=A1", day=books.AS_OF)
    with zipfile.ZipFile(tmp_path / "l.xlsx") as package:
        assert "<f>" not in package.read("xl/worksheets/sheet1.xml").decode()
    assert rows_of(tmp_path / "l.xlsx")[0][2] == '=HYPERLINK("http://x")'


@pytest.mark.node
def test_microsofts_validator_accepts_what_is_to_be_printed(
    book: Path, letters: Path, validator: readers.Validator
) -> None:
    with books.opened(book) as opened:
        run.merge_letters(opened)
    validator.check(letters / "recommandes.xlsx", *letters.glob("a-imprimer*.docx"))


def test_pdfs_are_joined_in_order_and_a_broken_one_is_named(tmp_path: Path) -> None:
    parts = [paper_pdf(tmp_path / f"{pages}.pdf", pages) for pages in (1, 2)]
    assert join(parts, tmp_path / "all.pdf") == 3
    (tmp_path / "bad.pdf").write_bytes(b"nothing")
    with pytest.raises(LetterError, match=r"^bad\.pdf : PDF illisible"):
        join([*parts, tmp_path / "bad.pdf"], tmp_path / "all.pdf")
    assert len(PdfReader(tmp_path / "all.pdf").pages) == 3
    assert not list(tmp_path.glob(".*"))


@pytest.mark.libreoffice
def test_the_command_prints_everything_and_each_pdf_names_its_customer(
    book: Path, letters: Path, soffice: readers.LibreOffice
) -> None:
    assert soffice.program.exists()
    code, said, errors = books.command("issue", book, "--pdf", "--merged")
    assert (code, errors) == (0, "")
    assert "En un PDF :" in said
    for path in letters.glob("411*.docx"):
        assert path.stem[:4] in PdfReader(path.with_suffix(".pdf")).pages[0].extract_text()
    assert len(PdfReader(letters / "a-imprimer.pdf").pages) == 5


@pytest.mark.libreoffice
def test_a_pdf_that_does_not_name_the_customer_is_refused(
    letters: Path, soffice: readers.LibreOffice
) -> None:
    """Ligatures, accents and line breaks of the page do not count."""
    path = letters / "411A_EUR_L3.docx"
    proofs = {path: ("411A", "SOCIÉTÉ  411a")}
    (found,) = print_letters([path], LibreOffice(soffice.program), proofs=proofs)
    assert found.problem == ""
    other = print_letters([letters / "411C_EUR_L3.docx"], LibreOffice(soffice.program))[0].pdf
    assert other is not None
    found = printing._placed(path, other, "", ("411A", "Société 411A"))
    assert (found.pdf, found.problem) == (None, "« 411A » n'est pas dans le PDF")


@pytest.mark.libreoffice
def test_what_a_template_does_not_print_is_not_looked_for_in_the_pdf(
    letters: Path, soffice: readers.LibreOffice
) -> None:
    """Nor a name read from the right, whose parts a PDF tells in any order."""
    path = letters / "411A_EUR_L3.docx"
    proofs = {path: ("Autre client", "شركة 12 SARL")}
    (found,) = print_letters([path], LibreOffice(soffice.program), proofs=proofs)
    assert found.problem == ""


def test_without_libreoffice_the_command_says_so_and_the_letters_stay(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printers, "find_soffice", lambda: None)
    code, _, errors = books.command("issue", book, "--pdf")
    assert code == 1
    sentence = "PDF : ni LibreOffice ni Word (sous Windows) n'est installé sur ce poste"
    assert errors.strip() == sentence
