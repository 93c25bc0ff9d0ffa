"""Payment terms: from a document's date to the day it falls due.

    30       30 days after the document
    45FM     45 days after it, then the end of that month
    FM45     the end of its month, then 45 days
    30FM10   30 days, the end of that month, then the 10th of the next

Sources: product specification, section 4, rule 3; C. com. L441-10 for the two
readings of « 45 jours fin de mois ».
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTerms:
    """How long a customer has to pay.

    Attributes:
        days: Days counted first, from the document's date.
        month_end: Whether the end of the month reached is then taken.
        days_after: Days counted from that end of month.
        day_of_next_month: The day of the month after, when the terms name one.
    """

    days: int = 0
    month_end: bool = False
    days_after: int = 0
    day_of_next_month: int | None = None

    def due_date(self, document_date: date) -> date:
        """The day on which a document of that date falls due."""
        reached = document_date + timedelta(days=self.days)
        if self.month_end:
            reached = _month_end(reached) + timedelta(days=self.days_after)
        if self.day_of_next_month is not None:
            first = _month_end(reached) + timedelta(days=1)
            last = calendar.monthrange(first.year, first.month)[1]
            reached = first.replace(day=min(self.day_of_next_month, last))
        return reached


_BLANKS = re.compile(r"[\s.]")
_MONTH_END = re.compile(r"FINDEMOIS|FINMOIS|FDM")
_WORDS = re.compile(r"JOURS?|(?<=\d)J|NETS?")
_TERMS = re.compile(r"(?P<days>\d{1,3})?(?P<end>FM(?:(?P<on>LE)?(?P<after>\d{1,3}))?)?")


def parse_terms(text: str) -> PaymentTerms | None:
    """The terms that ``text`` writes, or None when it writes none that we know."""
    compact = _WORDS.sub("", _MONTH_END.sub("FM", _BLANKS.sub("", text.upper())))
    match = _TERMS.fullmatch(compact)
    if not compact or match is None:
        return None
    days = int(match["days"] or 0)
    if match["end"] is None:
        return PaymentTerms(days=days)
    after = int(match["after"] or 0)
    counted = match["days"] is None and match["on"] is None
    if counted or not after:
        return PaymentTerms(days=days, month_end=True, days_after=after)
    if after > 31:
        return None
    return PaymentTerms(days=days, month_end=True, day_of_next_month=after)


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def days_overdue(due_date: date | None, as_of: date) -> int:
    """Days since the due date: 0 on the day itself and before, 1 the day after."""
    return max(0, (as_of - due_date).days) if due_date else 0
