"""Where items and customers stand, from the letters that were saved.

Source: product specification, section 4, rules 6, 12 and 14.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from xl_relances.dunning.history import (
    REPRISE,
    HistoryRecord,
    Reached,
    carried_over,
    standing,
)
from xl_relances.dunning.ledger import LedgerEntry

OCTOBER, NOVEMBER = date(2026, 10, 12), date(2026, 11, 2)


def record(
    day: date, level: int | None, *, item: str = "A", hour: int = 9, **changes: object
) -> HistoryRecord:
    """One line of a letter to C1, of the campaign named after its day, saved on that day."""
    made = HistoryRecord(
        batch=day.isoformat(), letter_date=day, account="C1", currency="EUR",
        letter_no=level or 1, level=level, identity=item,
        saved_at=datetime(day.year, day.month, day.day, hour),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def test_never_reminded_is_level_0_without_a_day() -> None:
    nobody = standing([], ())
    assert nobody.of_item("A") == nobody.of_customer("C1", "EUR") == Reached(0, None)


def test_an_item_has_the_level_it_was_given_last_even_a_lower_one() -> None:
    """In the order in which they were saved, whatever that of the rows."""
    for rows in (
        [record(OCTOBER, 2), record(NOVEMBER, 1)],
        [record(NOVEMBER, 1), record(OCTOBER, 2)],
    ):
        found = standing(rows, ())
        assert found.of_item("A") == Reached(1, NOVEMBER)
        assert found.of_customer("C1", "EUR") == Reached(1, NOVEMBER)


def test_for_memory_changes_no_level_but_is_a_letter_to_the_customer() -> None:
    found = standing([record(OCTOBER, 1), record(NOVEMBER, None, letter_no=2)], ())
    assert found.of_item("A") == Reached(1, OCTOBER)
    assert found.of_customer("C1", "EUR") == Reached(2, NOVEMBER)


def test_an_undone_campaign_counts_for_nothing() -> None:
    rows = [record(OCTOBER, 1), record(NOVEMBER, 2)]
    found = standing(rows, {NOVEMBER.isoformat()})
    assert found.of_item("A") == found.of_customer("C1", "EUR") == Reached(1, OCTOBER)


def test_the_last_letter_is_that_of_the_latest_day_though_saved_before() -> None:
    """A letter of October saved in December is not the last one."""
    late = record(OCTOBER, 3, item="B", saved_at=datetime(2026, 12, 1))
    found = standing([record(NOVEMBER, 1), late], ())
    assert found.of_customer("C1", "EUR") == Reached(1, NOVEMBER)
    assert found.of_item("B") == Reached(3, OCTOBER)


def test_of_two_letters_of_one_day_the_one_saved_last_counts() -> None:
    rows = [record(NOVEMBER, 2, hour=9), record(NOVEMBER, 1, hour=10, batch="2026-11-02-2")]
    for order in (rows, rows[::-1]):
        assert standing(order, ()).of_customer("C1", "EUR") == Reached(1, NOVEMBER)


def test_the_number_of_a_letter_is_the_highest_of_its_lines() -> None:
    """Lines of one letter that were sent under several numbers, a former system's for instance."""
    rows = [record(NOVEMBER, 2), record(NOVEMBER, 1, item="B")]
    for order in (rows, rows[::-1]):
        assert standing(order, ()).of_customer("C1", "EUR") == Reached(2, NOVEMBER)


def test_currencies_and_customers_stand_apart() -> None:
    found = standing([record(OCTOBER, 1), record(NOVEMBER, 2, currency="JPY", item="B")], ())
    assert found.of_customer("C1", "EUR") == Reached(1, OCTOBER)
    assert found.of_customer("C1", "JPY") == Reached(2, NOVEMBER)
    assert found.of_customer("C2", "EUR") == Reached(0, None)


def test_rows_typed_by_hand_without_a_time_come_first_by_the_day_of_their_letter() -> None:
    rows = [
        record(NOVEMBER, 3, saved_at=None), record(OCTOBER, 2, saved_at=None), record(OCTOBER, 1),
    ]  # fmt: skip
    assert standing(rows[:2], ()).of_item("A") == Reached(3, NOVEMBER)
    assert standing(rows, ()).of_item("A") == Reached(1, OCTOBER)


def entry(level: int, day: date | None, identity: str = "A") -> LedgerEntry:
    return LedgerEntry(
        position=0, account="C1", name="Dupont", entry_no="VE-1", document="FA-1",
        document_date=date(2026, 8, 1), due_date=date(2026, 9, 1), label="Facture",
        debit=Decimal("120.50"), credit=Decimal("0.50"), currency="EUR",
        recorded_level=level, recorded_date=day, identity=identity,
    )  # fmt: skip


def test_a_letter_of_the_former_system_counts_as_a_campaign_reprise() -> None:
    assert carried_over([entry(2, OCTOBER)], []) == [
        HistoryRecord(
            batch=REPRISE, letter_date=OCTOBER, account="C1", currency="EUR", letter_no=2, level=2,
            identity="A", name="Dupont", entry_no="VE-1", document="FA-1",
            due_date=date(2026, 9, 1), remainder=Decimal("120.00"),
        )
    ]  # fmt: skip


def test_the_campaign_of_a_former_system_keeps_its_name() -> None:
    """Users see it in Historique, and workbooks hold it."""
    assert REPRISE == "Reprise"
    plain = record(OCTOBER, 1)
    assert plain.remainder == 0
    assert (plain.name, plain.entry_no, plain.document) == ("", "", "")
    assert (plain.sending, plain.file, plain.user) == ("", "", "")


def test_no_reprise_without_level_or_day_nor_for_an_item_that_had_a_letter_of_ours() -> None:
    """Of an undone campaign too: what stands beside the item is what Save wrote."""
    assert carried_over([entry(0, OCTOBER), entry(1, None)], []) == []
    assert carried_over([entry(1, OCTOBER)], [record(NOVEMBER, 1)]) == []
    assert len(carried_over([entry(1, OCTOBER)], [record(NOVEMBER, 1, item="B")])) == 1
