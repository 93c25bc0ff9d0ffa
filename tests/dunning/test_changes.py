"""What became of the last campaign: each state by hand, and no euro lost between them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_recovery import positions_of, record

import ledgers
from ledgers import account
from xl_relances.dunning.changes import Fate, changes, fate
from xl_relances.dunning.history import Reached, Standing, standing
from xl_relances.dunning.recovery import recoveries, remainders


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        pytest.param(None, Fate.VANISHED, id="not-in-the-ledger"),
        pytest.param("-5", Fate.PAID, id="a-credit-by-now"),
        pytest.param("0", Fate.PAID, id="nothing-left"),
        pytest.param("0.01", Fate.PART_PAID, id="a-cent-left"),
        pytest.param("99.99", Fate.PART_PAID, id="a-cent-paid"),
        pytest.param("100", Fate.UNCHANGED, id="nothing-paid"),
        pytest.param("120", Fate.UNCHANGED, id="more-is-owed"),
    ],
)
def test_fate(left: str | None, expected: Fate) -> None:
    """Of 100 € that a letter claimed."""
    assert fate(Decimal(100), None if left is None else Decimal(left)) is expected


def test_the_level_of_a_customer_is_the_highest_of_what_its_letter_listed() -> None:
    """An item « pour mémoire » keeps its own; other items of the customer do not count."""
    earlier = [
        record("C1|a", "9", level=2, batch="2026-09-01"),
        record("C1|z", "9", level=3, batch="2026-09-01"),
    ]
    letters = [record("C1|a", "9", level=None), record("C1|b", "5", level=1)]
    (found,) = changes(
        letters,
        before=standing(earlier, ()),
        now=standing([*earlier, *letters], ()),
        positions=[],
        identities=(),
        as_of=ledgers.AS_OF,
    )
    assert (found.level_before, found.level, found.moved) == (2, 2, False)


def test_without_a_campaign_nothing_has_changed() -> None:
    """However much fell due: there is no day to compare with."""
    held = account("Compte;Pièce;Date;Échéance;Débit\nC1;FA-1;01/10/2026;31/10/2026;30")
    assert changes(
        [], before=Standing(), now=Standing(), positions=[held], identities=(), as_of=ledgers.AS_OF
    ) == []  # fmt: skip


def test_what_fell_due_since_is_new_whoever_owes_it() -> None:
    """Overdue today, not yet on the day of the letters, claimed by none of them."""
    one = account("""
        Compte;Pièce;Date;Échéance;Débit;Crédit
        C1;FA-1;01/10/2026;19/11/2026;1;
        C1;FA-2;01/10/2026;20/11/2026;2;
        C1;FA-3;01/10/2026;24/11/2026;4;
        C1;FA-4;01/10/2026;25/11/2026;8;
        C1;FA-5;;;16;
        C1;FA-6;01/10/2026;22/11/2026;32;
        C1;FA-6;01/10/2026;;;32
        C1;FA-7;01/10/2026;23/11/2026;64;
    """)
    two = account("Compte;Pièce;Date;Échéance;Débit\nC2;FA-8;01/10/2026;22/11/2026;0,50")
    three = account("Compte;Pièce;Date;Échéance;Crédit\nC4;AV-1;01/10/2026;22/11/2026;100")
    (claimed,) = (item.identity for item in one.items if item.amount == 64)
    day = ledgers.AS_OF - timedelta(days=5)
    found = changes(
        [
            record("C5|y", "-9", letter_date=day - timedelta(days=9), level=3),
            record(claimed, "64", letter_date=day), record("C3|x", "0.50", letter_date=day),
        ],
        before=Standing(), now=Standing({"C5|y": Reached(3, day)}),
        positions=iter([one, two, three]), identities={claimed}, as_of=ledgers.AS_OF,
    )  # fmt: skip
    shown = [
        (each.account, str(each.new), str(each.claimed), int(each.still_due)) for each in found
    ]
    assert shown == [
        ("C1", "6.00", "64.00", 64), ("C2", "0.50", "0.00", 0), ("C3", "0.00", "0.50", 0),
        ("C5", "0.00", "0.00", 0),
    ]  # fmt: skip
    assert [(each.level, each.moved) for each in found] == [(0, False)] * 3 + [(3, True)]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=ledgers.worlds(), data=st.data())
def test_what_was_claimed_is_paid_gone_or_due(world: dict[str, Any], data: Any) -> None:
    """Claimed = paid + part-paid + vanished + still due; the first three are what was recovered."""
    positions = positions_of(world)
    items = {item.identity: item for held in positions for item in held.items}
    claims = data.draw(
        st.dictionaries(
            st.sampled_from([*sorted(items), "X1|parti", "X2|parti"]), st.integers(0, 2000)
        )
    )
    letters = [
        record(
            identity,
            str(amount),
            account=items[identity].account if identity in items else identity[:2],
            currency=items[identity].currency if identity in items else "EUR",
            letter_date=ledgers.AS_OF - timedelta(days=5),
        )
        for identity, amount in claims.items()
    ]
    found = changes(
        letters,
        before=Standing(),
        now=Standing(),
        positions=positions,
        identities=set(items),
        as_of=ledgers.AS_OF,
    )
    assert [change.key for change in found] == sorted({change.key for change in found})
    for change in found:
        parts = (change.paid, change.part_paid, change.vanished, change.still_due)
        assert min(*parts, change.new) >= 0
        assert sum(parts) == change.claimed
    for recovery in recoveries(letters, (), remainders(positions)):
        same = [change for change in found if change.currency == recovery.currency]
        gone = sum((c.paid + c.part_paid + c.vanished for c in same), Decimal(0))
        assert gone == recovery.recovered
    for change in found:
        due = [
            item.remainder
            for item in items.values()
            if (item.account, item.currency) == change.key
            and item.identity not in claims
            and item.remainder > 0
            and item.due_date is not None
            and ledgers.AS_OF - timedelta(days=5) <= item.due_date < ledgers.AS_OF
        ]
        assert change.new == sum(due, Decimal(0))


def test_a_row_that_cannot_be_read_is_still_owed() -> None:
    """Neither paid nor gone, as far as anybody knows."""
    letters = [record("C1|a", "100", account="C1", letter_date=ledgers.AS_OF)]
    for unread, still_due in ((set[str](), 0), ({"C1"}, 100), ({""}, 100), ({"C2"}, 0)):
        (change,) = changes(
            letters, before=Standing(), now=Standing(), positions=[], identities=(),
            as_of=ledgers.AS_OF, unread=unread,
        )  # fmt: skip
        assert [change.still_due, change.vanished] == [Decimal(still_due), Decimal(100 - still_due)]


def test_an_item_that_is_there_is_judged_whatever_else_cannot_be_read() -> None:
    """Its own row is read: what was paid of it is known; allocated, all of it was."""
    held = account("Compte;Pièce;Date;Échéance;Débit\nC1;FA-1;01/10/2026;31/10/2026;30")
    open_item = held.items[0].identity
    letters = [record(open_item, "100", account="C1"), record("C1|b", "50", account="C1")]
    (change,) = changes(
        letters, before=Standing(), now=Standing(), positions=[held],
        identities={open_item, "C1|b"}, as_of=ledgers.AS_OF, unread={"C1"},
    )  # fmt: skip
    assert [int(each) for each in (change.part_paid, change.still_due, change.paid)] == [70, 30, 50]
