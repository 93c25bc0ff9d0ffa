"""Columns that compete, dates and amounts that stay open: asked, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlwings as xw

from imports.held_rows import rows
from imports.ledgers_written import lines_of
from xl_relances.errors import FindingsError, RefusedError
from xl_relances.imports import amounts, dates
from xl_relances.imports.dates import OpenError
from xl_relances.imports.sources import Answers
from xl_relances.run.importing import ImportResult

TWO = (
    "Compte;Nom;Pièce;Date;Échéance;Date échéance;Débit;Crédit\n"
    "C1;Été;FA-1;05/01/2026;04/02/2026;06/03/2026;10,00;\n"
)


def test_two_candidates_are_asked_about(tmp_path: Path) -> None:
    """The sentence names both and the option that answers."""
    with pytest.raises(FindingsError) as raised:
        lines_of(tmp_path / "f.csv", TWO)
    assert str(raised.value) == (
        "f.csv, ligne 1, colonne « Échéance » : plusieurs colonnes possibles, « Échéance » et "
        '« Date échéance ». Choisissez avec --column "Échéance=Échéance".'
    )


def test_an_answer_is_remembered_for_files_with_the_same_titles(
    book: xw.Book, imported: Callable[..., ImportResult]
) -> None:
    """Next month the question does not come again."""
    imported(f__csv=TWO, answers=Answers(columns={"Échéance": "Date échéance"}))
    assert rows(book)[0]["Échéance"] == datetime(2026, 3, 6)
    book.save()
    imported(g__csv=TWO.replace("06/03/2026", "07/03/2026"))
    assert rows(book)[0]["Échéance"] == datetime(2026, 3, 7)


DOUBTFUL = {
    "dates": (
        "Compte;Nom;Pièce;Date;Débit\nC1;Dupont;FA-1;{}0203;10,00\n",
        Answers(dates="AAMMJJ"),
        "forme des dates et des montants : comme au dernier import",
    ),
    "decimal": (
        "Compte;Nom;Pièce;Date;Débit\nC1;Dupont;FA-{};05/01/2026;1,234\n",
        Answers(decimal="."),
        "forme des dates et des montants : comme au dernier import",
    ),
    "encoding": (
        "Compte;Nom;Facture;Date;Debit\nC1;\xfe\xfe;FA-{};05/01/2026;10,00\n",
        Answers(encoding="CP1252"),
        "encodage : comme au dernier import",
    ),
}


@pytest.mark.parametrize("kind", DOUBTFUL)
def test_other_answers_are_remembered_too(
    book: xw.Book, imported: Callable[..., ImportResult], kind: str
) -> None:
    """Next month's file of the same titles, or name, is read the same way, and that is said."""
    content, answers, note = DOUBTFUL[kind]
    first, second = (content.format(number).encode("cp1252") for number in ("04", "05"))
    with pytest.raises((FindingsError, RefusedError)):
        imported(export_01__csv=first)
    before = imported(export_01__csv=first, answers=answers)
    book.save()
    after = imported(export_02__csv=second)
    assert note in after.reports[0].notes
    assert note not in before.reports[0].notes
    assert after.reports[0].balance == before.reports[0].balance


def test_what_a_file_proves_beats_what_was_answered_before(
    imported: Callable[..., ImportResult],
) -> None:
    """Last month's decimal mark is no reason to misread this month's."""
    content = DOUBTFUL["decimal"][0]
    imported(f__csv=content.format("1"), answers=Answers(decimal="."))
    proved = content.format("1") + "C1;Dupont;FA-2;05/01/2026;12,50\n"
    report = imported(f__csv=proved).reports[0]
    assert report.balance == Decimal("13.73")
    assert "comme au dernier import" not in " ".join(report.notes)


def test_candidates_that_say_nothing_or_the_same_do_not_compete(tmp_path: Path) -> None:
    """An empty column, or the same dates twice, is no question."""
    for other in ("", "04/02/2026"):
        (line,) = lines_of(tmp_path / "f.csv", TWO.replace("06/03/2026", other))
        assert line.entry.due_date == date(2026, 2, 4)


def test_an_answer_that_names_nothing_is_refused(tmp_path: Path) -> None:
    """Typing errors in --column are told with what the file has."""
    with pytest.raises(FindingsError, match="introuvable ; le fichier a : Compte, Nom"):
        lines_of(tmp_path / "f.csv", TWO, answers=Answers(columns={"Échéance": "Echeanse"}))
    with pytest.raises(FindingsError, match="n'est pas une de nos colonnes"):
        lines_of(tmp_path / "f.csv", TWO, answers=Answers(columns={"Délais": "Date échéance"}))


def test_misspelt_titles_are_likely(imported: Callable[..., ImportResult]) -> None:
    """« Échéeance » is read, and shown as probable."""
    result = imported(
        f__csv=TWO.replace("Date échéance", "Commercial").replace("Débit", "Montant débitt")
    )
    assert ("Débit", "Montant débitt", "probable") in result.reports[0].columns


def test_a_balance_by_customer_is_not_enough(tmp_path: Path) -> None:
    """Aged balances hold no invoices."""
    with pytest.raises(RefusedError, match="sans le détail des factures"):
        lines_of(tmp_path / "f.csv", "Compte;Nom;Solde;Non échu;0-30 j\nC1;Été;10,00;10,00;\n")


@pytest.mark.parametrize(
    ("titles", "row", "amount"),
    [
        ("Montant", "-12,50", Decimal("-12.50")),
        ("Montant;Sens", "12,50;C", Decimal("-12.50")),
        ("Montant TTC;Reste à payer", "100,00;12,50", Decimal("12.50")),
        ("Montant;Solde", "12,50;112,50", Decimal("12.50")),
        ("Solde débiteur;Solde créditeur", ";12,50", Decimal("-12.50")),
        ("Débit;Crédit;Solde", "12,50;;999,00", Decimal("12.50")),
        ("Montant", "12,50 C", Decimal("-12.50")),
        ("Montant", "1 234,56 D", Decimal("1234.56")),
        ("Montant", "(1.234,56)", Decimal("-1234.56")),
        ("Montant", "1'234.56-", Decimal("-1234.56")),
        ("Montant", "\u2212\u202f12,50 €", Decimal("-12.50")),
    ],
)
def test_amount_columns(tmp_path: Path, titles: str, row: str, amount: Decimal) -> None:
    """Debit and credit, a signed amount, amount and side, what is left to pay."""
    content = f"Compte;Nom;Pièce;Date;{titles}\nC1;Été;FA-1;05/01/2026;{row}\n"
    (line,) = lines_of(tmp_path / "f.csv", content)
    assert line.entry.amount == amount


def _decide(texts: list[str]) -> list[Decimal]:
    form = amounts.decide(texts)
    return [form.read(text) for text in texts]


def test_a_doubtful_amount_is_decided_by_the_others() -> None:
    """1,234 is a thousand beside 12.50, and one and a bit beside 12,50."""
    assert _decide(["1,234", "12.50"]) == [Decimal(1234), Decimal("12.50")]
    assert _decide(["1,234", "12,50"]) == [Decimal("1.234"), Decimal("12.50")]
    with pytest.raises(OpenError):
        _decide(["1,234", "500"])
    with pytest.raises(OpenError):
        _decide(["1,234", "12,50", "12.50"])
    assert amounts.decide(["1,234"], forced=".").read("1,234") == 1234


def _days(texts: list[object]) -> Iterator[date | None]:
    column = dates.decide(texts)
    return (column.read(text) for text in texts)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["03/04/2026"], [date(2026, 4, 3)]),
        (["03/14/2026", "04/05/2026"], [date(2026, 3, 14), date(2026, 4, 5)]),
        (["260115", "261231"], [date(2026, 1, 15), date(2026, 12, 31)]),
        (["150126", "311226"], [date(2026, 1, 15), date(2026, 12, 31)]),
        (["50126", "311226"], [date(2026, 1, 5), date(2026, 12, 31)]),
        (["20260115"], [date(2026, 1, 15)]),
        (["15012026"], [date(2026, 1, 15)]),
        (["2026-01-15 12:30:00", "2026-01-16T08:00:00Z"], [date(2026, 1, 15), date(2026, 1, 16)]),
        (["15/01/26", "16/01/26"], [date(2026, 1, 15), date(2026, 1, 16)]),
        (["1er mars 2026", "3 févr. 2026"], [date(2026, 3, 1), date(2026, 2, 3)]),
        (["46037"], [date(2026, 1, 15)]),
        ([46037.0, 46037.5], [date(2026, 1, 15), date(2026, 1, 15)]),
        (["00/00/0000", "31/12/9999", "", "0", "15/01/2026"],
         [None, None, None, None, date(2026, 1, 15)]),
        ([datetime(2026, 1, 15), "15/01/2026"], [date(2026, 1, 15), date(2026, 1, 15)]),
    ],
)  # fmt: skip
def test_forms_of_dates(texts: list[object], expected: list[date | None]) -> None:
    """Each column in its own form."""
    assert list(_days(texts)) == expected


@pytest.mark.parametrize(
    "texts",
    [
        ["101112"],
        ["13/01/2026", "01/13/2026"],
        [datetime(2026, 3, 4), "25/04/2026", datetime(2026, 12, 1)],
    ],
)
def test_forms_that_stay_open(texts: list[object]) -> None:
    """Never half of a column one way and half the other."""
    with pytest.raises(OpenError):
        dates.decide(texts)


def test_a_day_that_does_not_exist_is_told(imported: Callable[..., ImportResult]) -> None:
    """31/02/2026 is no date, and does not turn the column round."""
    result = imported(
        f__csv="Compte;Nom;Pièce;Date;Montant\nC1;Été;FA-1;31/02/2026;1,00\nC1;Été;FA-2;25/02/2026;2,00\n"
    )
    (left,) = result.left_out
    assert str(left.finding) == (
        "f.csv, ligne 2, colonne « Date » : date attendue, « 31/02/2026 » lu."
    )
