"""Dunning levels: the day before, the day, the day after."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from xl_relances.dunning.levels import DunningLevel, DunningProcedure, LevelMethod, NextLevel

DUE = date(2026, 9, 1)


def procedure(*, repeat_last: bool = False) -> DunningProcedure:
    """The shipped procedure."""
    return DunningProcedure.of(
        [
            DunningLevel(rank=1, delay=8, lateness=8),
            DunningLevel(rank=2, delay=14, lateness=22),
            DunningLevel(rank=3, delay=14, lateness=36, repeat=repeat_last),
        ]
    )


def next_level(
    method: LevelMethod, level: int, late: int, letter: int | None = None, *, repeat: bool = False
) -> NextLevel:
    return procedure(repeat_last=repeat).next_level(
        method,
        level=level,
        due_date=DUE,
        letter_date=None if letter is None else DUE + timedelta(days=letter),
        as_of=DUE + timedelta(days=late),
    )


@pytest.mark.parametrize(
    ("late", "ready"),
    [
        pytest.param(7, False, id="the-day-before"),
        pytest.param(8, True, id="on-the-day"),
        pytest.param(177, True, id="very-late-but-never-reminded"),
    ],
)
def test_first_letter_by_count(late: int, ready: bool) -> None:
    """The first letter waits its delay after the due date, however late the item is."""
    upcoming = next_level(LevelMethod.COUNT, 0, late)
    assert (upcoming.level, upcoming.ready) == (1, ready)
    assert upcoming.day == DUE + timedelta(days=8)


@pytest.mark.parametrize(("late", "ready"), [(33, False), (34, True)])
def test_next_letter_by_count(late: int, ready: bool) -> None:
    """The next letter waits its delay after the letter before."""
    assert next_level(LevelMethod.COUNT, 1, late, 20).ready is ready


def test_a_granted_extension_moves_the_next_letter() -> None:
    """The base is the later of the due date and the letter: a new due date waits again."""
    upcoming = next_level(LevelMethod.COUNT, 1, 10, -30)
    assert (upcoming.level, upcoming.ready, upcoming.day) == (2, False, DUE + timedelta(days=14))


def test_the_last_level_is_the_end_unless_it_repeats() -> None:
    """« Dernier niveau atteint » has no next day; « Répéter » has one after its delay."""
    assert next_level(LevelMethod.COUNT, 3, 200, 50) == NextLevel(3, ready=False, day=None)
    again = next_level(LevelMethod.COUNT, 3, 64, 50, repeat=True)
    assert again == NextLevel(3, ready=True, day=DUE + timedelta(days=64))


@pytest.mark.parametrize(
    ("late", "level"),
    [(7, 0), (8, 1), (21, 1), (22, 2), (35, 2), (36, 3), (177, 3)],
)
def test_level_by_lateness(late: int, level: int) -> None:
    """By lateness an item gets the highest level it is late enough for."""
    upcoming = next_level(LevelMethod.LATENESS, 0, late)
    assert (upcoming.level, upcoming.ready) == (level, level > 0)


def test_by_lateness_a_level_never_falls() -> None:
    """An item at level 2 whose due date was extended stays at 2 and waits for 3."""
    upcoming = next_level(LevelMethod.LATENESS, 2, 9, -40)
    assert (upcoming.level, upcoming.ready) == (2, False)
    assert upcoming.day == DUE + timedelta(days=36)


def test_nothing_is_ready_before_it_is_overdue() -> None:
    """A delay of 0 means the day after the due date."""
    eager = DunningProcedure.of([DunningLevel(rank=1, delay=0)])
    for late, ready in ((0, False), (1, True)):
        upcoming = eager.next_level(
            LevelMethod.COUNT,
            level=0,
            due_date=DUE,
            letter_date=None,
            as_of=DUE + timedelta(days=late),
        )
        assert (upcoming.ready, upcoming.day) == (ready, DUE + timedelta(days=1))


@pytest.mark.parametrize("ranks", [[], [2], [1, 3], [1, 1], [0, 1]])
def test_a_procedure_counts_from_one_without_a_gap(ranks: list[int]) -> None:
    """Levels that nobody could reach are refused."""
    with pytest.raises(ValueError, match=r"rank|level"):
        DunningProcedure.of([DunningLevel(rank=rank, delay=8) for rank in ranks])
