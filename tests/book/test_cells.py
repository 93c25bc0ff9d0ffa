"""What a cell means, read once at the border."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from xl_relances.book import cells
from xl_relances.book.cells import CellError


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [
        (0.1, "EUR", "0.10"),
        (1234.565, "EUR", "1234.57"),
        (-0.001, "EUR", "0.00"),
        (-0.0, "EUR", "0.00"),
        (1e-30, "EUR", "0.00"),
        (12000.4, "JPY", "12000"),
        (7.1254, "TND", "7.125"),
        (Decimal("12.3450"), "EUR", "12.35"),
        ("1\u202f234,5", "EUR", "1234.50"),
        ("  ", "EUR", "0.00"),
        (None, "EUR", "0"),
        (999_999_999_999_999.0, "EUR", "999999999999999.00"),
    ],
)
def test_amounts(value: Any, currency: str, expected: str) -> None:
    """Exact, in the currency's own places, halves away from zero, never « −0,00 »."""
    assert str(cells.amount(value, currency)) in {expected, expected.split(".", maxsplit=1)[0]}
    assert cells.amount(value, currency) == Decimal(expected)
    assert not cells.amount(value, currency).is_signed() or Decimal(expected) < 0


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("abc", "montant attendu, « abc » lu"),
        ("#N/A", "montant attendu, « #N/A » lu"),
        (True, "montant attendu, « 1 » lu"),
        (datetime(2026, 11, 25), "montant attendu, « 25/11/2026 » lu"),
        (1e16, "montant démesuré, « 1e+16 » lu"),
        ("9" * 40, f"montant démesuré, « {'9' * 40} » lu"),
        (float("inf"), "montant attendu, « inf » lu"),
        (float("nan"), "montant attendu, « nan » lu"),
    ],
)
def test_no_amounts(value: Any, sentence: str) -> None:
    with pytest.raises(CellError) as caught:
        cells.amount(value, "EUR")
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None), ("", None), (" ", None), (0, None),
        (datetime(2026, 11, 25, 14, 30), date(2026, 11, 25)), (date(2026, 11, 25),) * 2,
        (46351.0, date(2026, 11, 25)), (46351.9, date(2026, 11, 25)), (1.0, date(1899, 12, 31)),
        ("25/11/2026", date(2026, 11, 25)), ("2026-11-25", date(2026, 11, 25)),
    ],
)  # fmt: skip
def test_days(value: Any, expected: date | None) -> None:
    """A bare serial number is a day too."""
    assert cells.day(value) == expected


@pytest.mark.parametrize("value", ["31/02/2026", "hier", -1.0, 3e6, True, "#REF!", 1e300])
def test_no_days(value: Any) -> None:
    with pytest.raises(CellError, match=r"date attendue, « .* » lu"):
        cells.day(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, None), ("", None), (2.0, 2), (2, 2), ("2", 2), (" -3 ", -3), ("+4", 4)],
)
def test_integers(value: Any, expected: int | None) -> None:
    assert cells.integer(value) == expected


@pytest.mark.parametrize(
    "value", [1.5, "1,5", "--5", "²", "٣", "#N/A", True, 1e300, float("inf"), "9" * 5000]
)
def test_no_integers(value: Any) -> None:
    with pytest.raises(CellError, match="nombre entier attendu"):
        cells.integer(value)


@pytest.mark.parametrize("value", [1, 1.0, True, "x", "X", "oui", "☑", "1", "VRAI"])
def test_ticks(value: Any) -> None:
    assert cells.tick(value) is True


@pytest.mark.parametrize("value", [0, 0.0, False, None, "", "non", "☐", "FAUX"])
def test_unticked(value: Any) -> None:
    assert cells.tick(value) is False


@pytest.mark.parametrize("value", [2, -1, 0.5, "peut-être", "#N/A", datetime(2026, 1, 1)])
def test_no_ticks(value: Any) -> None:
    with pytest.raises(CellError, match="1 ou 0 attendu"):
        cells.tick(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (411000.0, "411000"), ("000123", "000123"), (" C1 ", "C1"), (None, ""), (0.5, "0.5"),
        (1.9143100000101e18, "1.9143100000101e+18"), (datetime(2026, 11, 25), "25/11/2026"),
    ],
)  # fmt: skip
def test_texts(value: Any, expected: str) -> None:
    """A whole number has no decimal point; leading zeros stay."""
    assert cells.text(value) == expected
