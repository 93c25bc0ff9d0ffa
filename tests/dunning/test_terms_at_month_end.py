"""Terms counted from the end of a month, on its last day and for the day of the next.

Source: product specification, section 4, rule 3.
"""

from __future__ import annotations

from datetime import date

from xl_relances.dunning.due_dates import PaymentTerms, parse_terms


def test_a_document_of_the_last_day_stays_in_its_month() -> None:
    """FM45 on 31 October: the end of October, then 45 days."""
    terms = parse_terms("FM45")
    assert terms is not None
    assert terms.due_date(date(2026, 10, 31)) == date(2026, 12, 15)
    assert PaymentTerms(month_end=True).due_date(date(2026, 10, 31)) == date(2026, 10, 31)


def test_no_month_has_a_32nd() -> None:
    assert parse_terms("30FM31") is not None
    assert parse_terms("30FM32") is None
