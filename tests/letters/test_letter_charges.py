"""Charges from the sheets into the letter: rates, levels, consumers, and what stops one letter."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from paper import text_of

import books
import ledgers
from xl_relances import headless, run
from xl_relances.book import layout, tables
from xl_relances.book.rates import floor_findings, parse_rates, read_rates
from xl_relances.dunning.rates import HalfYear
from xl_relances.errors import FindingsError
from xl_relances.shipped import shipped

D = Decimal
OVERDUE = date(2026, 9, 26)
"""60 days before the letters, and no reminder yet: the lateness gives level 3."""


def invoice(account: str, amount: int, number: str = "1", **cells: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "Compte": account, "Nom": f"Client {account}", "Écriture": f"VE-{account}-{number}",
        "Pièce": f"FA-{account}-{number}", "Date": date(2026, 8, 26), "Échéance": OVERDUE,
        "Libellé": "Facture", "Débit": D(amount), "Devise": "EUR",
    }  # fmt: skip
    return row | cells


def customer(account: str, **cells: Any) -> dict[str, Any]:
    return {"Compte": account, "Nom": f"Client {account}", "Adresse 1": "1 rue A",
            "Ville": "Nantes", **cells}  # fmt: skip


LEDGER = [
    invoice("411PRO", 1000), invoice("411PRO", 500, "2", Échéance=date(2026, 10, 10)),
    invoice("411PART", 1000), invoice("411USD", 1000, Devise="USD"),
    invoice("411SOON", 1000, Échéance=date(2026, 11, 10)),
]  # fmt: skip
CUSTOMERS = [
    customer("411PRO"), customer("411PART", Type="Particulier"), customer("411USD"),
    customer("411SOON"),
]  # fmt: skip


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return books.make(tmp_path, LEDGER, CUSTOMERS, calcul_niveau="Retard")


def rates(opened: xw.Book, *rows: dict[str, Any]) -> None:
    tables.write(opened, layout.TAUX_TABLE, rows, key=id)


def texts(folder: Path) -> dict[str, str]:
    return {path.stem: text_of(path) for path in folder.glob("Relances/*/*.docx")}


def test_the_level_decides_the_ledger_and_the_customer_how_much(book: Path) -> None:
    """1 000 x 15 % x 60 / 365 = 24,66; 500 x 15 % x 46 / 365 = 9,45; two invoices, 80 €."""
    with books.opened(book) as opened:
        books.prepare(opened)
        report = books.issue(opened)
    assert not report.failed
    found = texts(book.parent)
    assert set(found) == {"411PRO_EUR_L3", "411PART_EUR_L3", "411USD_USD_L3", "411SOON_EUR_L1"}
    pro = found.pop("411PRO_EUR_L3")
    assert "34,11\u00a0€" in pro
    assert "2 × 40,00\u00a0€80,00\u00a0€" in pro
    for sum_ in ("24,66", "9,45", "15\u00a0%", "1\u202f500,00\u00a0€"):
        assert sum_ in pro
    assert "1\u202f614,11" not in pro
    for name, text in found.items():
        assert "Décompte" not in text, name
        assert "40,00" not in text, name


def test_a_consumer_pays_interest_from_the_saved_formal_notice_on(tmp_path: Path) -> None:
    """A second notice, 30 days after the first: 1 000 x 2,62 % x 30 / 365 = 2,15 €."""
    steps = ledgers.procedure(8, 14, 14)
    for step in steps:
        step["Répéter"] = True
    steps[-1] |= {"Pénalités": True, "Indemnité": True, "Modèle": "mise_en_demeure.docx"}
    book = books.make(
        tmp_path, [LEDGER[2] | {"Dernière lettre": 3, "Relancé le": date(2026, 10, 26)}],
        CUSTOMERS, levels=steps,
    )  # fmt: skip
    with books.opened(book) as opened:
        rates(opened, {"Semestre": "2026-S2", "Taux légal": 2.62, "Taux société": 15.0})
        books.prepare(opened)
        assert not books.issue(opened).failed
    (text,) = texts(tmp_path).values()
    assert "Intérêts2,15\u00a0€" in text
    assert "Décompte des intérêts au taux légal" in text
    assert "Indemnité" not in text


def test_a_half_year_without_a_rate_stops_that_letter_and_no_other(book: Path) -> None:
    with books.opened(book) as opened:
        rates(opened, {"Semestre": "2026-S1", "Taux BCE": 2.15}, {"Semestre": "2026-S2"})
        books.prepare(opened)
        report = books.issue(opened)
    (failed,) = report.failed
    assert str(failed) == (
        "Lettre de 411PRO : taux du semestre 2026-S2 manquant : saisissez-le dans Paramètres, "
        "tableau « Taux », colonne « Taux BCE » ou « Taux société ». Aucune pénalité n'est "
        "calculée sans."
    )
    assert set(texts(book.parent)) == {"411PART_EUR_L3", "411USD_USD_L3", "411SOON_EUR_L1"}
    with headless.open_book(book, read_only=True) as opened:
        ticked = {row["Compte"]: row["Éditée"] for row in books.show(opened, "preparation")}
    assert ticked == {"411PRO": False, "411PART": True, "411USD": True, "411SOON": True}


def test_an_own_rate_below_the_floor_is_told_once(book: Path) -> None:
    """3 x 5,01 % is 15,03 %; the letter goes with the rate of the contract."""
    with books.opened(book) as opened:
        rates(opened, {"Semestre": "2026-S2", "Taux légal": 5.01, "Taux société": 15.0})
        books.prepare(opened)
        report = books.issue(opened)
    assert not report.failed
    (told,) = report.findings
    assert str(told) == (
        "Paramètres, colonne « Taux société » : 2026-S2 : 15,00\u00a0% est inférieur à 3 × le taux "
        "légal (15,03\u00a0%), minimum de l'article L441-10 du code de commerce."
    )


def test_doubtful_rates_stop_everything_before_the_first_letter(book: Path) -> None:
    with books.opened(book) as opened:
        rates(
            opened, {"Semestre": "2026-S2", "Taux BCE": "?"}, {"Semestre": "2026-S2"},
            {"Semestre": "été"}, {"Semestre": "2026-S1", "Taux légal": 262},
        )  # fmt: skip
        books.prepare(opened)
        with pytest.raises(FindingsError) as found:
            books.issue(opened)
    assert [each.message for each in found.value.findings] == [
        "taux en % par an attendu, « ? » lu.", "2026-S2 en double.", "2026-S1 attendu, « été » lu.",
        "taux en % par an attendu, « 262 » lu.",
    ]  # fmt: skip
    assert texts(book.parent) == {}


def test_the_shipped_rates_are_read_and_2026_s2_is_for_the_user_to_fill(tmp_path: Path) -> None:
    book = tmp_path / "relances.xlsm"
    book.write_bytes(shipped("relances.xlsm").read_bytes())
    with headless.open_book(book, read_only=True) as opened:
        found = read_rates(opened)
    assert found.late_payment(HalfYear(2024, 1)) == D("14.5")
    assert found.late_payment(HalfYear(2026, 1)) == D("12.15")
    assert found.late_payment(HalfYear(2026, 2)) is None
    assert floor_findings(found, list(found.by_half_year)) == []


def test_a_rate_typed_as_text_is_a_rate() -> None:
    rows = tables.TableRows(
        layout.TAUX_TABLE, layout.TAUX_TABLE.contract, [["2026-S2", "2,15 %", " ", 15]], [30]
    )
    found, findings = parse_rates(rows)
    assert findings == []
    rate = found.by_half_year[HalfYear(2026, 2)]
    assert (rate.ecb, rate.legal, rate.own) == (D("2.15"), None, D(15))


def test_an_invoice_without_a_date_prints_none(tmp_path: Path) -> None:
    """Its due date does not stand in for it."""
    book = books.make(tmp_path, [invoice("411A", 100, Date=None)], [customer("411A")])
    with books.opened(book) as opened:
        books.prepare(opened)
        assert not books.issue(opened).failed
    (text,) = texts(tmp_path).values()
    assert text.count("26/09/2026") == 1


def test_the_code_is_printed_as_the_setting_says(tmp_path: Path) -> None:
    """By default for an IBAN that is not French: few French apps read it."""
    german: dict[str, Any] = {"societe_iban": "DE89 3704 0044 0532 0130 00"}
    for name, settings, expected in (("fr", {}, False), ("de", german, True)):
        book = books.make(tmp_path / name, [LEDGER[0]], [CUSTOMERS[0]], **settings)
        with books.opened(book) as opened:
            books.prepare(opened)
            assert not run.issue(opened).failed
        (text,) = texts(tmp_path / name).values()
        assert ("scannez ce code" in text) == expected
