"""Dunning levels: how late an open item must be to earn which letter.

Days overdue are counted from the due date, so an item is 0 days overdue on
its due date and 1 day overdue the day after.

Source: product specification, section 4, rules 6 and 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class DunningLevel:
    """One step of the dunning procedure.

    Attributes:
        rank: 1 for the first reminder, then 2, 3, ...
        delay: Days to wait, after the due date for rank 1, else after the previous letter.
        lateness: Days overdue from which the method by lateness reaches this level.
        repeat: Whether the letter may be sent again once its delay has passed.
        label: What the users call it.
        template: File name of the Word template, in ``word_templates/<language>/``.
        registered: Whether it goes by registered letter.
        interest: Whether late-payment interest is claimed.
        fixed_sum: Whether the fixed sum for recovery costs is claimed.
        days_to_pay: Days from the letter to its pay-by date.
        subject: Subject of the letter's mail.
        message: Text of the letter's mail.
    """

    rank: int
    delay: int
    lateness: int = 0
    repeat: bool = False
    label: str = ""
    template: str = ""
    registered: bool = False
    interest: bool = False
    fixed_sum: bool = False
    days_to_pay: int = 8
    subject: str = ""
    message: str = ""


class LevelMethod(StrEnum):
    """How the next level of an item is found."""

    COUNT = "count"
    LATENESS = "lateness"


@dataclass(frozen=True, slots=True)
class NextLevel:
    """What comes next for one overdue item.

    Attributes:
        level: The level it would get now; 0 when lateness reaches none.
        ready: Whether it may get it now, the customer's interval apart.
        day: First day on which it is or was ready; None when it never will be.
    """

    level: int
    ready: bool
    day: date | None


@dataclass(frozen=True, slots=True)
class DunningProcedure:
    """The levels of a company, ranks 1 to n without a gap.

    Raises:
        ValueError: There is no level, or the ranks are not 1, 2, ..., n.
    """

    levels: tuple[DunningLevel, ...]

    def __post_init__(self) -> None:
        if [level.rank for level in self.levels] != list(range(1, len(self.levels) + 1)):
            raise ValueError("ranks must be 1, 2, ..., n")
        if not self.levels:
            raise ValueError("a procedure has at least one level")

    @classmethod
    def of(cls, levels: Sequence[DunningLevel]) -> DunningProcedure:
        """The procedure of these levels, in any order."""
        return cls(tuple(sorted(levels, key=lambda level: level.rank)))

    @property
    def highest(self) -> int:
        """Rank of the last level, the formal notice."""
        return len(self.levels)

    @property
    def with_interest(self) -> tuple[int, ...]:
        """Ranks of the levels that claim interest, ascending."""
        return tuple(level.rank for level in self.levels if level.interest)

    @property
    def with_fixed_sum(self) -> tuple[int, ...]:
        """Ranks of the levels that claim the fixed sum, ascending."""
        return tuple(level.rank for level in self.levels if level.fixed_sum)

    def level(self, rank: int) -> DunningLevel:
        """The level of that rank, 1 or more."""
        if rank < 1:
            raise IndexError(rank)
        return self.levels[rank - 1]

    def next_level(
        self,
        method: LevelMethod,
        *,
        level: int,
        due_date: date,
        letter_date: date | None,
        as_of: date,
    ) -> NextLevel:
        """What comes next for an item that stands at ``level`` since ``letter_date``."""
        base = max(due_date, letter_date) if letter_date else due_date
        if method is LevelMethod.COUNT:
            following, day = self._next_by_count(level, base)
        else:
            following, day = self._next_by_lateness(level, due_date, base, as_of)
        if day is None:
            return NextLevel(following, ready=False, day=None)
        day = max(day, due_date + timedelta(days=1))  # nothing is asked for before it is overdue
        return NextLevel(following, ready=as_of >= day, day=day)

    def _next_by_count(self, level: int, base: date) -> tuple[int, date | None]:
        following = min(level + 1, self.highest)
        if following == level and not self.level(level).repeat:
            return following, None
        return following, base + timedelta(days=self.level(following).delay)

    def _next_by_lateness(
        self, level: int, due_date: date, base: date, as_of: date
    ) -> tuple[int, date | None]:
        late = (as_of - due_date).days
        reached = max((step.rank for step in self.levels if step.lateness <= late), default=0)
        following = max(level, reached)
        days = [due_date + timedelta(days=step.lateness) for step in self.levels[level:]]
        if level and self.level(level).repeat:
            days.append(base + timedelta(days=self.level(level).delay))
        return following, min(days, default=None)
