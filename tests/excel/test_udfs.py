"""Worksheet functions: cells and ranges, empty cells, errors, and their help in Excel."""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import Any

import pytest

from xl_relances.book import layout
from xl_relances.excel import udfs
from xl_relances.excel.udfs import (
    RELANCE_BALANCEAGEE,
    RELANCE_DATE,
    RELANCE_ECHEANCE,
    RELANCE_INDEMNITE,
    RELANCE_NIVEAU,
    RELANCE_PENALITES,
    RELANCE_RETARD,
    RELANCE_SOLDE,
    NotAvailableError,
)

DAY = datetime(2026, 1, 1)
LEVELS = [[8.0, 8.0, 0.0], [14.0, 22.0, 0.0], [14.0, 36.0, None]]
"""Délai, Retard, Répéter as Excel gives them."""


def one(value: Any) -> list[list[Any]]:
    """A single cell as ``ndim=2`` hands it over."""
    return [[value]]


@pytest.mark.parametrize(
    ("as_of", "days"),
    [
        pytest.param(datetime(2025, 12, 31), 0, id="day-before"),
        pytest.param(datetime(2026, 1, 1), 0, id="due-day"),
        pytest.param(datetime(2026, 1, 2), 1, id="day-after"),
        pytest.param(46054.0, 31, id="serial-number"),
        pytest.param("01/02/2026", 31, id="text"),
    ],
)
def test_days_late(as_of: object, days: int) -> None:
    assert RELANCE_RETARD(one(DAY), one(as_of)) == one(days)


def test_ranges_give_ranges() -> None:
    """A single cell goes with each cell of a range; empty cells stay empty."""
    column = [[DAY], [None], [datetime(2026, 1, 11)]]
    assert RELANCE_RETARD(column, one(datetime(2026, 1, 21))) == [[20], [None], [10]]
    row = [[DAY, ""]]
    assert RELANCE_RETARD(row, one(datetime(2026, 1, 21))) == [[20, None]]


def test_ranges_of_different_shapes() -> None:
    with pytest.raises(ValueError, match="tailles différentes"):
        RELANCE_RETARD([[DAY], [DAY]], [[DAY, DAY]])


@pytest.mark.parametrize("value", ["abc", "31/02/2026", True, -5])
def test_what_is_no_day(value: object) -> None:
    """#VALEUR! in the cell."""
    with pytest.raises(ValueError, match="date attendue"):
        RELANCE_RETARD(one(value), one(DAY))


def test_an_empty_day_where_one_is_needed() -> None:
    with pytest.raises(ValueError, match="cellule vide"):
        RELANCE_RETARD(one(DAY), one(None))


@pytest.mark.parametrize(
    ("terms", "due"),
    [(30.0, date(2026, 3, 17)), ("45FM", date(2026, 4, 30)), ("FM45", date(2026, 4, 14))],
)
def test_due_date(terms: object, due: date) -> None:
    """15 February: the two readings of « 45 jours fin de mois »."""
    (result,) = RELANCE_ECHEANCE(one(datetime(2026, 2, 15)), one(terms))
    assert [day.date() for day in result] == [due]


def test_terms_that_nobody_knows() -> None:
    with pytest.raises(ValueError, match="délai de paiement inconnu"):
        RELANCE_ECHEANCE(one(DAY), one("un jour"))


@pytest.mark.parametrize(
    ("as_of", "level", "letter", "expected"),
    [
        pytest.param(datetime(2026, 1, 8), None, None, 0, id="day-before-the-first"),
        pytest.param(datetime(2026, 1, 9), None, None, 1, id="first"),
        pytest.param(datetime(2026, 1, 22), 1.0, datetime(2026, 1, 9), 1, id="waiting"),
        pytest.param(datetime(2026, 1, 23), 1.0, datetime(2026, 1, 9), 2, id="second"),
        pytest.param(datetime(2026, 6, 1), 3.0, datetime(2026, 2, 9), 3, id="last"),
    ],
)
def test_level(as_of: datetime, level: float | None, letter: Any, expected: int) -> None:
    """By count: one letter after the other."""
    result = RELANCE_NIVEAU(one(DAY), one(as_of), one(level), one(letter), LEVELS)
    assert result == one(expected)


def test_level_by_lateness() -> None:
    result = RELANCE_NIVEAU(
        one(DAY), one(datetime(2026, 2, 6)), one(None), one(None), LEVELS, one("Retard")
    )
    assert result == one(3)


def test_day_of_the_next_letter() -> None:
    result = RELANCE_DATE(one(DAY), one(DAY), one(1), one(datetime(2026, 1, 9)), LEVELS)
    assert result == one(datetime(2026, 1, 23))


def test_no_letter_after_the_last() -> None:
    """#N/A in the cell."""
    with pytest.raises(NotAvailableError):
        RELANCE_DATE(one(DAY), one(DAY), one(3), one(DAY), LEVELS)


TITLES = [column.title for column in layout.GRAND_LIVRE_TABLE.columns]


def ledger(*rows: dict[str, Any]) -> list[list[Any]]:
    return [list(TITLES), *([row.get(title) for title in TITLES] for row in rows)]


def sale(account: str, amount: float, **more: Any) -> dict[str, Any]:
    return {"Compte": account, "Pièce": "FA", "Date": DAY, "Débit": amount, **more}


LEDGER = ledger(
    sale("411A", 100.1),
    sale("411A", 50.0, Lettrage="A"),
    {},
    {"Compte": "411A", "Date": DAY, "Crédit": 80.0, "Lettrage": "A"},
    sale("411B", 20.0, Devise="USD"),
    sale("411C", 7.0) | {"Débit": "sept"},
)


def test_balance_is_never_more_than_the_account_owes() -> None:
    """100,10 open, but 30,00 paid too much under letter A."""
    assert RELANCE_SOLDE([["411A"], [""]], LEDGER) == [[70.1], [None]]


def test_balance_in_another_currency() -> None:
    assert RELANCE_SOLDE(one("411B"), LEDGER, one("usd")) == one(20.0)
    with pytest.raises(NotAvailableError):
        RELANCE_SOLDE(one("411B"), LEDGER)


def test_balance_of_an_account_with_an_unreadable_row() -> None:
    """An unknown balance is an error, not a number."""
    with pytest.raises(ValueError, match="montant attendu, « sept » lu"):
        RELANCE_SOLDE(one("411C"), LEDGER)


def test_aged_balance() -> None:
    """One row a customer of the currency, by days past the due date, what is set off left out."""
    as_of = datetime(2026, 4, 1)
    grid = RELANCE_BALANCEAGEE(
        ledger(
            sale("411B", 10.0, Nom="Bazin", Échéance=datetime(2026, 4, 1)),
            sale("411B", 20.0, Nom="Bazin", Échéance=datetime(2026, 3, 31)),
            sale("411B", 30.0, Nom="Bazin", Échéance=datetime(2026, 3, 2)),
            sale("411B", 40.0, Nom="Bazin", Échéance=datetime(2026, 3, 1)),
            sale("411B", 50.0, Nom="Bazin", Échéance=datetime(2026, 1, 1)),
            sale("411B", 60.0, Nom="Bazin", Échéance=datetime(2025, 12, 31)),
            {"Compte": "411A", "Nom": "Arnaud", "Date": DAY, "Crédit": 5.0},
            sale("411D", 9.0, Échéance=DAY, Devise="USD"),
        ),
        one(as_of),
    )
    assert grid == [
        ["Compte", "Nom", "Non échu", "1–30", "31–60", "61–90", "> 90", "Crédits", "Total"],
        ["411A", "Arnaud", 0.0, 0.0, 0.0, 0.0, 0.0, -5.0, -5.0],
        ["411B", "Bazin", 10.0, 50.0, 40.0, 50.0, 60.0, 0.0, 210.0],
    ]


def test_aged_balance_in_another_currency_or_of_an_unreadable_ledger() -> None:
    good = [row for row in LEDGER if "411C" not in row]
    grid = RELANCE_BALANCEAGEE(good, one(DAY), one("usd"))
    assert [row[0] for row in grid[1:]] == ["411B"]
    with pytest.raises(ValueError, match="montant attendu, « sept » lu"):
        RELANCE_BALANCEAGEE(LEDGER, one(DAY))


RATES: list[list[Any]] = [
    ["Semestre", "Taux BCE", "Taux légal", "Taux société"],
    ["2026-S1", 5.0, 6.67, None],
    ["2026-S2", 4.5, 6.67, None],
    [None, None, None, None],
]


@pytest.mark.parametrize(
    ("left", "due", "as_of", "expected"),
    [
        pytest.param(
            15_000.0, date(2026, 3, 1), date(2026, 3, 31), 184.93, id="vector-15-per-cent"
        ),
        pytest.param(
            1_000.0, date(2026, 9, 1), date(2026, 10, 1), 11.92, id="vector-14.5-per-cent"
        ),
        pytest.param(1_000.0, date(2026, 3, 1), date(2026, 3, 1), 0.0, id="due-day"),
        pytest.param(1_000.0, date(2026, 3, 1), date(2026, 3, 2), 0.41, id="day-after"),
        pytest.param(-50.0, date(2026, 3, 1), date(2026, 3, 31), 0.0, id="credit"),
    ],
)
def test_interest(left: float, due: date, as_of: date, expected: float) -> None:
    """Rule 11's own vectors: ECB + 10 points, days / 365."""
    moments = (datetime.combine(day, datetime.min.time()) for day in (due, as_of))
    due_cell, as_of_cell = map(one, moments)
    assert RELANCE_PENALITES(one(left), due_cell, as_of_cell, RATES) == one(expected)


def test_interest_of_a_range() -> None:
    """Empty amounts stay empty."""
    column = [[15_000.0], [None]]
    as_of = one(datetime(2026, 1, 31))
    assert RELANCE_PENALITES(column, one(DAY), as_of, RATES) == [[184.93], [None]]


def test_interest_of_a_consumer() -> None:
    """None before a formal notice, the legal rate from its day on."""
    arguments = one(1_000.0), one(DAY), one(datetime(2026, 3, 31)), RATES, one("particulier")
    assert RELANCE_PENALITES(*arguments) == one(0.0)
    assert RELANCE_PENALITES(*arguments, one(datetime(2026, 3, 1))) == one(5.48)


def test_interest_without_the_rate() -> None:
    """#N/A in the cell: no half-year stands in for another."""
    with pytest.raises(NotAvailableError, match="2025-S2"):
        RELANCE_PENALITES(one(10.0), one(datetime(2025, 12, 1)), one(DAY), RATES)


def test_rates_that_cannot_be_read() -> None:
    spoilt = [RATES[0], ["2026-S1", "cinq", None, None]]
    with pytest.raises(ValueError, match="taux en % par an attendu"):
        RELANCE_PENALITES(one(10.0), one(DAY), one(datetime(2026, 2, 1)), spoilt)


def test_fixed_sum() -> None:
    """40 € for each late invoice of a professional."""
    due = [[datetime(2026, 1, 30)], [datetime(2026, 1, 31)], [datetime(2026, 1, 30)]]
    left = [[10.0], [10.0], [0.0]]
    as_of = one(datetime(2026, 1, 31))
    assert RELANCE_INDEMNITE(left, due, as_of) == [[40.0], [0.0], [0.0]]
    assert RELANCE_INDEMNITE(left, due, as_of, one("Particulier")) == [[0.0], [0.0], [0.0]]
    with pytest.raises(ValueError, match="type de client inconnu : ami"):
        RELANCE_INDEMNITE(left, due, as_of, one("ami"))


def test_importing_needs_no_paid_part_of_xlwings() -> None:
    import xlwings

    assert xlwings.__pro__ is False
    assert "xlwings.udfs" not in sys.modules
    assert udfs.__doc__
