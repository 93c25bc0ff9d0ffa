"""Formulas that we write, and users' formulas that move with their rows."""

from __future__ import annotations

import pytest

from xl_relances.book import formulas


@pytest.mark.parametrize(
    ("formula", "lower"),
    [
        ("=D5*2", "=D8*2"),
        ("=$D$5+$D5+D$5", "=$D$5+$D8+D$5"),
        ("=SUM(D5:D9)", "=SUM(D8:D12)"),
        ("='Grand livre'!B2&Détail!C3", "='Grand livre'!B5&Détail!C6"),
        ('="A1"&A1', '="A1"&A4'),
        ('="dit ""A1"""&A1', '="dit ""A1"""&A4'),
        ("=[@[Solde dû]]*LOG10(A1)", "=[@[Solde dû]]*LOG10(A4)"),
        ("=Detail[A1]+SUM(Detail[[#This Row],[A1]:[B2]])",) * 2,
        ("=ATAN2(A1,B2)", "=ATAN2(A4,B5)"),
        ("=taux_2026*X1Y2", "=taux_2026*X1Y2"),
        ("=1E5+A1", "=1E5+A4"),
        ("=A:A+5:5", "=A:A+5:5"),
    ],
)
def test_a_formula_moves_as_when_excel_sorts(formula: str, lower: str) -> None:
    """Relative rows move with the row; absolute ones, texts and titles stay."""
    assert formulas.moved(formula, 3) == lower
    assert formulas.moved(formula, 0) == formula
    assert formulas.moved(lower, -3) == formula


@pytest.mark.parametrize(
    "path",
    [
        "Relances/2026-11-25/C1_EUR_L1.docx",
        'Relances/a"b/C"1_EUR_L1.docx',
        "/ailleurs/2026-11-25/ÉLAN 01_EUR_L1.docx",
        "L1.docx",
        "Relances/" + "x" * 300 + ".docx",
    ],
)
def test_a_link_gives_its_path_back(path: str) -> None:
    """Quotes doubled; a path too long for a formula stays a text."""
    link = formulas.link(path)
    assert link is not None
    assert formulas.linked(link) == path
    assert link.startswith("=HYPERLINK(") == (len(path) <= formulas.LONGEST_LINK)


def test_no_link() -> None:
    assert formulas.link("") is None
    assert formulas.linked("") == ""
