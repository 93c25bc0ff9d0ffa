"""The procedure as a whole: its ranks, and a last level that repeats by lateness.

Source: product specification, section 4, rules 6 and 7.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from xl_relances.dunning.levels import DunningLevel, DunningProcedure, LevelMethod

DUE = date(2026, 9, 1)


def level(rank: int, *, repeat: bool = False) -> DunningLevel:
    return DunningLevel(rank=rank, delay=14, lateness=10 * rank, repeat=repeat)


def test_levels_are_found_by_rank_from_1_on() -> None:
    """Level 0 is « no letter yet », not a level: it must not stand for the last one."""
    procedure = DunningProcedure.of([level(2), level(1)])
    assert [procedure.level(rank).rank for rank in (1, 2)] == [1, 2]
    for rank in (0, -1, 3):
        with pytest.raises(IndexError):
            procedure.level(rank)


@pytest.mark.parametrize(
    ("ranks", "sentence"),
    [
        ([], r"^a procedure has at least one level$"),
        ([2], r"^ranks must be 1, 2, \.\.\., n$"),
        ([1, 1], r"^ranks must be 1, 2, \.\.\., n$"),
        ([1, 3], r"^ranks must be 1, 2, \.\.\., n$"),
    ],
)
def test_ranks_have_no_gap_and_no_double(ranks: list[int], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        DunningProcedure.of([level(rank) for rank in ranks])


@pytest.mark.parametrize("days", [13, 14, 15])
@pytest.mark.parametrize("repeat", [True, False])
def test_by_lateness_the_last_level_comes_again_only_where_it_repeats(
    days: int, repeat: bool
) -> None:
    """After its delay, counted from the letter; elsewhere never."""
    letter = DUE + timedelta(days=30)
    found = DunningProcedure.of([level(1), level(2, repeat=repeat)]).next_level(
        LevelMethod.LATENESS,
        level=2,
        due_date=DUE,
        letter_date=letter,
        as_of=letter + timedelta(days=days),
    )
    assert found.level == 2
    assert found.ready is (repeat and days >= 14)
    assert found.day == (letter + timedelta(days=14) if repeat else None)


def test_a_level_asks_for_nothing_that_was_not_entered() -> None:
    """No registered letter, no charges, no repetition; reached on the first day late."""
    plain = DunningLevel(rank=1, delay=8)
    assert (plain.registered, plain.interest, plain.fixed_sum, plain.repeat) == (False,) * 4
    assert (plain.lateness, plain.days_to_pay) == (0, 8)
    assert (plain.label, plain.template, plain.subject, plain.message) == ("",) * 4
