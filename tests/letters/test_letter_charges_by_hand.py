"""What a letter charges, computed by hand beside: from the ledger's rows to the printed sums.

Source: product specification, section 4, rule 11; issue « Charges of late payment ».
"""

from __future__ import annotations

import pytest
from paper import text_of

import books
from xl_relances import run
from xl_relances.book import layout

LEDGER = """
Compte;Nom;Écriture;Pièce;Date;Échéance;Libellé;Débit;Crédit
411AVOIR;Avoir;VE-1;FA-1;22/08/2026;22/09/2026;Facture;1000;
411AVOIR;Avoir;AV-1;FA-1;01/10/2026;;Avoir;;400
411TROIS;Trois fois;VE-2;FA-2;01/07/2026;31/07/2026;Facture 1/3;100;
411TROIS;Trois fois;VE-2;FA-2;01/07/2026;31/08/2026;Facture 2/3;100;
411TROIS;Trois fois;VE-2;FA-2;01/07/2026;30/09/2026;Facture 3/3;100;
411VIEUX;Vieux;VE-3;FA-3;10/04/2025;10/05/2025;Facture;1000;
"""
RATES = [
    {"Semestre": "2024-S2", "Taux légal": 9.0, "Taux société": 15.0},
    {"Semestre": "2025-S1", "Taux légal": 3.71, "Taux société": 14.5},
    {"Semestre": "2025-S2", "Taux légal": 5.01, "Taux société": 15.0},
    {"Semestre": "2026-S1", "Taux légal": 2.62, "Taux société": 15.0},
    {"Semestre": "2026-S2", "Taux légal": 2.62, "Taux société": 12.0},
]


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> tuple[run.IssueReport, dict[str, str]]:
    """The letters of 25 November 2026, all of the last level, by account."""
    path = books.make(tmp_path_factory.mktemp("charges"), LEDGER, calcul_niveau="Retard")
    with books.opened(path) as book:
        books.put(book, layout.TAUX_TABLE, RATES)
        books.prepare(book)
        report = books.issue(book)
    letters = path.parent.glob("Relances/*/*.docx")
    return report, {letter.stem.partition("_")[0]: text_of(letter) for letter in letters}


def test_interest_is_on_what_a_credit_note_left(
    issued: tuple[run.IssueReport, dict[str, str]],
) -> None:
    """1 000 € less the credit note of 400: 600 x 12 % x 64 / 365 = 12,62 €, not 21,04."""
    _, letters = issued
    assert "FA-122/09/2026600,006412\xa0%12,6240,00" in figures(letters["411AVOIR"])
    assert "21,04" not in letters["411AVOIR"]


def test_three_instalments_of_one_invoice_bear_40_euros_once(
    issued: tuple[run.IssueReport, dict[str, str]],
) -> None:
    """Interest on each, of its own days: 117, 86 and 56 at 12 % of 100 € make 8,52 €."""
    _, letters = issued
    table = figures(letters["411TROIS"])
    assert "FA-231/07/2026100,0011712\xa0%3,8540,00" in table
    assert "FA-231/08/2026100,008612\xa0%2,83FA-2" in table
    assert "FA-230/09/2026100,005612\xa0%1,84Total (EUR)8,5240,00" in table


def test_each_half_year_bears_its_own_rate(
    issued: tuple[run.IssueReport, dict[str, str]],
) -> None:
    """Due 10 May 2025, 1 000 €.

    11 May to 30 June 2025           51 days at 14,50 %
    1 July 2025 to 30 June 2026     365 days at 15,00 %
    1 July to 25 November 2026      148 days at 12,00 %
    51 x 14,50 + 365 x 15 + 148 x 12 = 7990,5; 1000 x 7990,5 / 36500 = 218,917… = 218,92
    """
    _, letters = issued
    assert "56414,5\xa0% puis 15\xa0% puis 12\xa0%218,92" in figures(letters["411VIEUX"])


def test_an_own_rate_under_the_floor_of_any_half_year_it_spans_is_told(
    issued: tuple[run.IssueReport, dict[str, str]],
) -> None:
    """3 x 5,01 % in the second half of 2025 is more than 15 %.

    The second half of 2024 is under the floor too, but no interest runs there.
    """
    report, _ = issued
    (told,) = [str(each) for each in report.findings if "L441-10" in each.message]
    assert "2025-S2 : 15,00\xa0% est inférieur à 3 × le taux légal (15,03\xa0%)" in told


def figures(letter: str) -> str:
    """What stands in the tables of a letter, without line breaks."""
    return letter.replace("\n", "")
