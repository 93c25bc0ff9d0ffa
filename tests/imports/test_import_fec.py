"""FEC in all its variants: what the tax authority's tester tolerates, and what packages write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlwings as xw

from imports.held_rows import rows
from imports.ledgers_written import lines_of
from xl_relances.book.settings import Settings
from xl_relances.errors import RefusedError
from xl_relances.imports.reading import read_files
from xl_relances.imports.taking import Taker
from xl_relances.run.importing import ImportResult

TITLES = (
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|"
    "PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|"
    "Idevise"
)


def fec(*lines: str, titles: str = TITLES, separator: str = "|", end: str = "\n") -> str:
    """A FEC; a line is written journal;number;date;account;aux;name;piece;debit;credit.

    Behind these may stand allocation code, amount in its currency, currency.
    """
    made = []
    for line in lines:
        journal, number, day, account, aux, name, piece, debit, credit, *rest = line.split(";")
        code, amount, currency = [*rest, "", "", ""][:3]
        made.append(
            f"{journal}|Journal|{number}|{day}|{account}|Compte {account}|{aux}|{name}|{piece}|"
            f"{day}|Libellé|{debit}|{credit}|{code}|||{amount}|{currency}"
        )
    return end.join([titles, *made]).replace("|", separator) + end


INVOICE = "VE;1;20260105;411000;C1;Société d'été;FA-1;1200,00;0,00"
SALES = "VE;1;20260105;706000;;;FA-1;0,00;1000,00"
PAYMENT = "BQ;7;20260210;411000;C1;Société d'été;;0,00;200,00;a"


def amounts(path: Path, content: str | bytes, **options: object) -> list[tuple[str, Decimal]]:
    """Account and signed amount of each line read."""
    lines = lines_of(path, content, **options)  # type: ignore[arg-type]
    return [(line.entry.account, line.entry.amount) for line in lines]


EXPECTED = [("C1", Decimal(1200)), ("C1", Decimal(-200))]
PLAIN = fec(INVOICE, SALES, PAYMENT)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso8859-15", "cp1252", "cp850",
                                      "mac-roman", "utf-16"])  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
@pytest.mark.parametrize("separator", ["|", "\t"])
def test_encodings_line_ends_and_separators(
    tmp_path: Path, encoding: str, end: str, separator: str
) -> None:
    """However the file was written, the customers' lines are the same."""
    content = fec(INVOICE, SALES, PAYMENT, end=end, separator=separator)
    lines = lines_of(tmp_path / "f.txt", content, encoding=encoding)
    assert [(line.entry.account, line.entry.amount) for line in lines] == EXPECTED
    assert lines[0].entry.name == "Société d'été"
    assert lines[0].entry.entry_no == "VE-2026-1"


VARIANTS = {
    "upper-case": PLAIN.replace(TITLES, TITLES.upper()),
    "misspelt": PLAIN.replace("CompAuxNum", "CompteAuxNum").replace("CompAuxLib", "CompteAuxLib")
    .replace("Montantdevise", "MontantDevise"),
    "trailing-separator": PLAIN.replace("\n", "|\n"),
    "trailing-separator-but-in-titles": PLAIN.replace("\n", "|\n").replace("Idevise|", "Idevise"),
    "22-columns": PLAIN.replace("Idevise\n", "Idevise|DateRglt|ModeRglt|NatOp|IdClient\n")
    .replace("|||\n", "||||CB|Vente|\n"),
    "no-final-line-end": PLAIN.removesuffix("\n"),
    "quoted": "\n".join("|".join(f'"{f}"' for f in row.split("|")) for row in PLAIN.splitlines()),
    "padded": PLAIN.replace("1200,00", " 000000001200,00").replace("|200,00", "|     200,00"),
    "spaces-around-account": PLAIN.replace("|411000|", "| 411000 |"),
    "points": PLAIN.replace(",00", ".00"),
    "trimmed-ends": PLAIN.replace("|||\n", "\n").replace("|a\n", "|a\n"),
    "blank-lines": PLAIN.replace("\n", "\n\n"),
    "semicolons": PLAIN.replace("|", ";"),
    "commas": PLAIN.replace(",00", ".00").replace("|", ","),
}  # fmt: skip


@pytest.mark.parametrize("content", VARIANTS.values(), ids=VARIANTS)
def test_variants_of_shape(tmp_path: Path, content: str) -> None:
    """Titles, columns and padding vary; amounts do not."""
    assert amounts(tmp_path / "f.txt", content) == EXPECTED


@pytest.mark.parametrize(("owed", "paid"), [("D", "C"), ("+1", "-1"), ("1", "-1"), ("d", "c"),
                                            ("Débit", "Crédit")])  # fmt: skip
def test_amount_and_side(tmp_path: Path, owed: str, paid: str) -> None:
    """« Montant » and « Sens » stand for Debit and Credit."""
    titles = TITLES.replace("Debit|Credit", "Montant|Sens")
    content = fec(
        f"VE;1;20260105;411000;C1;Été;FA-1;1200,00;{owed}",
        f"BQ;7;20260210;411000;C1;Été;;200,00;{paid}",
        titles=titles,
    )
    assert amounts(tmp_path / "f.txt", content) == EXPECTED


def test_negative_debits_are_credits(imported: Callable[..., ImportResult]) -> None:
    """D01: 1000 debit, 1000 credit (cancelled), 50 debit (refund); balance 50."""
    result = imported(
        f__txt=fec(
            "VE;1;20260105;411000;C1;Été;FA-1;1000,00;0,00",
            "VE;2;20260106;411000;C1;Été;FA-1;-1000,00;0,00",
            "BQ;3;20260107;411000;C1;Été;;0,00;-50,00",
        )
    )
    report = result.as_json()[0]
    assert (report["debit"], report["credit"], report["balance"]) == ("1050.00", "1000.00", "50.00")


def test_sales_lines_with_the_customers_number_are_no_customers_lines(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """D02: an internal partner number on every line; one item of 120 on customer 57."""
    result = imported(
        f__txt=fec(
            "VE;1;20260105;411100;57;Martin;;120,00;0,00",
            "VE;1;20260105;706000;57;Martin;;0,00;100,00",
            "VE;1;20260105;445710;57;Martin;;0,00;20,00",
            "AC;2;20260105;401100;57;Martin;;0,00;300,00",
        )
    )
    assert [(row["Compte"], row["Débit"], "Pièce" in row) for row in rows(book)] == [
        ("57", 120.0, False)
    ]
    assert result.reports[0].balance == 120
    assert result.reports[0].rows_read == 4


DOWN_PAYMENT = (
    "VE;1;20260105;411000;C1;Été;FA-1;1000,00;0,00",
    "BQ;2;20260106;419100;C1;Été;;0,00;1000,00",
)


def test_a_down_payment_on_4191_is_told(imported: Callable[..., ImportResult]) -> None:
    """D10: with 411 alone, the report says what 4191 holds for the customer."""
    result = imported(f__txt=fec(*DOWN_PAYMENT))
    assert result.reports[0].balance == 1000
    assert (
        "C1 : le compte 419100 tient −1\u202f000,00\u00a0€ pour ce client, hors des racines"
        in result.reports[0].notes
    )


def test_a_down_payment_counts_when_4191_is_a_root(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """D10: with the roots 411 and 4191 nothing is due."""
    Settings(book).write("racines_clients", "411, 4191")
    result = imported(f__txt=fec(*DOWN_PAYMENT))
    assert result.reports[0].balance == 0
    assert result.reports[0].accounts_nil_with_open_items == ("C1",)


def test_without_auxiliary_the_account_is_the_customer(tmp_path: Path) -> None:
    """411DUPONT and 4110001 are customers, named by CompteLib."""
    lines = lines_of(
        tmp_path / "f.txt",
        fec("VE;1;20260105;411DUPONT;;;FA-1;10,00;0,00", "VE;2;20260105;4110001;;;FA-2;20,00;0,00"),
    )
    assert [(line.entry.account, line.entry.name) for line in lines] == [
        ("411DUPONT", "Compte 411DUPONT"),
        ("4110001", "Compte 4110001"),
    ]


def test_appended_due_date_and_invoice_number_come_first(tmp_path: Path) -> None:
    """DateLimitReglmt and NumFacture, where an export appends them."""
    content = PLAIN.replace("Idevise\n", "Idevise|DateLimitReglmt|NumFacture\n")
    content = content.replace("1200,00|0,00|||||\n", "1200,00|0,00||||||20260204|F2026-17\n")
    content = content.replace("|a||||\n", "|a||||||\n").replace(
        "1000,00|||||\n", "1000,00|||||||\n"
    )
    entry = lines_of(tmp_path / "f.txt", content)[0].entry
    assert (entry.due_date, entry.document) == (date(2026, 2, 4), "F2026-17")


def test_a_foreign_line_is_an_entry_of_its_currency(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Its amount is Montantdevise with the sign of Debit − Credit; its euros count for 411.

    Without an amount it is of the company's currency, but of a customer who owes in that
    currency nobody knows by how much.
    """
    result = imported(
        f__txt=fec(
            "VE;1;20260105;411000;C1;Été;FA-1;900,00;0,00;;1000,00;USD",
            "BQ;2;20260115;411000;C1;Été;FA-1;0,00;400,00;;-450,00;USD",
            "VE;3;20260105;411000;C1;Été;FA-2;50,00;0,00;;50,00;EUR",
            "VE;4;20260105;411000;C2;Sud;FA-3;60,00;0,00;;;USD",
            "BQ;5;20260205;411000;C1;Été;FA-1;0,00;70,00;;;USD",
        )
    )
    held = [(r["Devise"], r.get("Débit"), r.get("Crédit")) for r in rows(book)]
    assert held == [
        ("USD", 1000.0, None), ("USD", None, 450.0), ("EUR", 50.0, None), ("EUR", 60.0, None),
        ("USD", None, "? 70.00"),
    ]  # fmt: skip
    assert result.reports[0].balance == Decimal(610)
    assert "solde en USD : 550,00\u00a0$US" in result.reports[0].notes


def test_numbers_that_say_nothing_are_no_reference(tmp_path: Path) -> None:
    """EcritureNum of zeros and PieceRef « - » name nothing."""
    entry = lines_of(tmp_path / "f.txt", fec("VE;000000;20260105;411000;C1;Été;-;10,00;0,00"))[
        0
    ].entry
    assert (entry.entry_no, entry.document) == ("", "")


def test_a_separator_in_a_label_breaks_the_line_and_is_told(
    imported: Callable[..., ImportResult],
) -> None:
    """The line's number in the file, its number of fields; the others are imported."""
    result = imported(f__txt=fec(INVOICE, PAYMENT).replace("Libellé", "Li|bellé", 1))
    (row,) = result.left_out
    assert row.line == 2
    assert str(row.finding).startswith(
        "f.txt, ligne 2 : ligne coupée ou séparateur dans un texte : 19 champs au lieu de 18"
    )
    assert result.reports[0].rows_kept == 1


def test_a_damaged_account_is_told_in_a_shortened_line_too(
    imported: Callable[..., ImportResult],
) -> None:
    """« 41l000 » on a payment without its last, empty fields: told, and the customer kept back."""
    payment = fec(PAYMENT.replace("411000", "41l000")).splitlines()[1].rstrip("|")
    result = imported(f__txt=PLAIN + payment + "\n")
    (row,) = result.left_out
    assert row.reason == "numéro de compte abîmé ou manquant, « 41l000 » lu"
    assert row.kept is not None
    assert (row.kept["Compte"], row.kept["Crédit"]) == ("C1", 200)


def test_a_line_break_in_a_label_breaks_two_lines(imported: Callable[..., ImportResult]) -> None:
    """Both halves are told; neither is imported."""
    result = imported(f__txt=fec(SALES, INVOICE, PAYMENT).replace("Libellé|1200", "Lib\nellé|1200"))
    assert [row.line for row in result.left_out] == [3, 4]
    assert result.reports[0].balance == -200


OPENING = "AN;1;20270101;411000;C1;Société d'été;FA-1;1000,00;0,00"
NEXT_YEAR = fec(OPENING, "VE;1;20270105;411000;C1;Société d'été;FA-2;50,00;0,00")


def test_opening_entries_are_left_out_when_the_year_before_is_there_too(
    imported: Callable[..., ImportResult],
) -> None:
    """Two years at once: 1 000 opened again would be counted twice."""
    result = imported(a2026__txt=fec(INVOICE, PAYMENT), b2027__txt=NEXT_YEAR)
    assert sum(report.balance for report in result.reports) == Decimal(1050)
    assert (
        "1 écriture d'à-nouveau laissée : l'année d'avant est importée aussi"
        in result.reports[1].notes
    )


def test_one_late_document_is_not_the_year_before(tmp_path: Path) -> None:
    """An invoice dated in December in the file of the new year drops no opening entry."""
    content = NEXT_YEAR + fec("VE;9;20261230;411000;C1;Été;FA-0;7,00;0,00").split("\n", 1)[1]
    assert sum(amount for _, amount in amounts(tmp_path / "f.txt", content)) == 1057


def test_two_years_in_one_file(tmp_path: Path) -> None:
    """Entries of three months before the opening: its year before is there."""
    before = [f"VE;{m};2026{m:02}05;411000;C1;Été;F{m};1,00;0,00" for m in (9, 10, 11, 12)]
    content = fec(*before, OPENING)
    assert sum(amount for _, amount in amounts(tmp_path / "f.txt", content)) == 4


def test_opening_entries_stay_when_their_year_is_alone(tmp_path: Path) -> None:
    """Nothing else says what was owed before."""
    assert amounts(tmp_path / "f.txt", NEXT_YEAR) == [("C1", Decimal(1000)), ("C1", Decimal(50))]


def test_the_same_file_twice_is_refused(tmp_path: Path) -> None:
    """It would count twice."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(PLAIN, encoding="utf-8")
    with pytest.raises(RefusedError, match="le même fichier"):
        read_files([tmp_path / "a.txt", tmp_path / "b.txt"])
    (tmp_path / "b.txt").write_text(PLAIN.replace("\n", "\r\n"), encoding="utf-8", newline="")
    with pytest.raises(RefusedError, match="tiennent les mêmes écritures"):
        read_files([tmp_path / "a.txt", tmp_path / "b.txt"])


def test_a_fec_without_customers_names_the_setting(tmp_path: Path) -> None:
    """A company with other roots learns where they are set."""
    path = tmp_path / "f.txt"
    path.write_text(fec(SALES), encoding="utf-8")
    with pytest.raises(RefusedError, match="Racines des comptes clients"):
        read_files([path])


@pytest.mark.parametrize("content", [PLAIN, NEXT_YEAR, *VARIANTS.values()])
def test_one_pass_and_the_general_reader_agree(
    tmp_path: Path, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plain FEC streams; any other takes the general way: the lines are the same."""
    streamed = lines_of(tmp_path / "f.txt", content)
    monkeypatch.setattr(Taker, "stream", lambda _: None)
    assert lines_of(tmp_path / "f.txt", content) == streamed
