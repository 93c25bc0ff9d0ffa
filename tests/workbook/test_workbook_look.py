"""Colours can be read, and currencies have the places that they have."""

from __future__ import annotations

import pytest

from xl_relances import french
from xl_relances.book.layout import TABLES, Table
from xl_relances.workbook import look

PAIRS = [
    (look.INK, look.WHITE), (look.ACCENT, look.WHITE), (look.WARM, look.WHITE),
    (look.GREY, look.WHITE), (look.GREY, look.TINT), (look.INK, look.TINT),
    (look.NEGATIVE, look.TINT), (look.NEGATIVE, look.BAND), (look.GREY, look.BAND),
    *((ink, ground) for ground, ink in look.LEVELS),
    *((look.INK, ground) for ground in look.AGE_COLOURS),
]  # fmt: skip


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 has it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_contrast(one: str, other: str) -> None:
    """At least 4.5 : 1."""
    low, high = sorted((luminance(one), luminance(other)))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_every_odd_currency_is_shown_in_its_places() -> None:
    """Those that have neither two places nor a format of their own would be shown wrong."""
    assert set(look.NO_PLACES) | set(look.THREE_PLACES) == set(french._PLACES)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_headers_fit(table: Table) -> None:
    """The longest word of each title fits its column."""
    for column in table.columns:
        if not column.hidden:
            longest = max(column.title.split(), key=len)
            assert len(longest) * 1.08 <= column.width, column.title
