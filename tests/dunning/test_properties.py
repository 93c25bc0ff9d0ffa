"""No euro lost, nobody vanishes, whatever the ledger: properties of the core.

Worlds are those of ``ledgers``; ``test_two_readings`` compares the figures
themselves with a second reading of the same rules.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_two_readings import ledger_of, prepared

import ledgers
from xl_relances.dunning.decision import Preparation
from xl_relances.dunning.history import HistoryRecord
from xl_relances.dunning.ledger import by_account
from xl_relances.dunning.preparation import level_given
from xl_relances.dunning.selection import Reason

NOTHING: dict[str, Any] = {"forced": set(), "unticked": set(), "ticked": set()}
many = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def everybody(preparation: Preparation) -> Counter[tuple[str, str]]:
    return Counter(customer.key for customer in preparation.in_range)


@many
@given(data=st.data(), world=ledgers.worlds())
def test_every_open_item_is_somewhere(data: st.DataObject, world: dict[str, Any]) -> None:
    """Each customer with an open item is kept, or left out with one reason, or in a summary row."""
    decided = data.draw(ledgers.decisions(world))
    result = prepared(world, decided, [], set(), ledgers.AS_OF)
    groups = by_account(ledger_of(world).entries)
    open_items = {
        key: [entry.identity for entry in entries if entry.is_open]
        for key, entries in groups.items()
        if any(entry.is_open for entry in entries)
    }
    in_range = everybody(result)
    assert set(in_range.values()) <= {1}
    assert set(in_range) <= set(open_items)
    assert len(in_range) + sum(row.customers for row in result.summaries) == len(open_items)
    for customer in result.in_range:
        identities = [line.item.identity for line in customer.items if line.item.entry]
        assert sorted(identities) == sorted(open_items[customer.key])
        assert (customer.reason is None) == (customer in result.chased)
        assert all(line.listed is False for line in customer.items if customer.reason is not None)


@many
@given(data=st.data(), world=ledgers.worlds())
def test_the_nets_of_all_rows_are_the_ledgers(data: st.DataObject, world: dict[str, Any]) -> None:
    """Σ N of kept, left out and summary rows = Σ min(T, U) of the ledger, by currency."""
    decided = data.draw(ledgers.decisions(world))
    result = prepared(world, decided, [], set(), ledgers.AS_OF)
    shown: Counter[str] = Counter()
    for customer in result.in_range:
        shown[customer.position.currency] += customer.position.net  # type: ignore[assignment]
    for row in result.summaries:
        shown[row.currency] += row.net  # type: ignore[assignment]
    expected: Counter[str] = Counter()
    for (_, currency), entries in by_account(ledger_of(world).entries).items():
        still_open = [entry.amount for entry in entries if entry.is_open]
        if still_open:
            total = sum((entry.amount for entry in entries), Decimal(0))
            expected[currency] += min(total, sum(still_open, Decimal(0)))  # type: ignore[assignment]
    assert dict(shown) == dict(expected)


@many
@given(data=st.data(), world=ledgers.worlds())
def test_set_off_moves_money_and_makes_none(data: st.DataObject, world: dict[str, Any]) -> None:
    """Σ Imputé = 0; nobody is asked for more than N; a remainder has the sign of its item."""
    decided = data.draw(ledgers.decisions(world))
    for customer in prepared(world, decided, [], set(), ledgers.AS_OF).in_range:
        items = [line.item for line in customer.items]
        assert sum((item.set_off for item in items), Decimal(0)) == 0
        assert all(0 <= item.set_off <= item.amount for item in items if item.amount > 0)
        assert all(item.amount <= item.set_off <= 0 for item in items if item.amount < 0)
        assert customer.balance_due <= max(customer.position.net, Decimal(0))
        for line in customer.listed:
            assert line.eligible
            assert line.item.remainder > 0


@many
@given(data=st.data(), world=ledgers.worlds(), seed=st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(
    data: st.DataObject, world: dict[str, Any], seed: int
) -> None:
    """Once identities stand in the sheet, it may be sorted any way."""
    decided = data.draw(ledgers.decisions(world))
    rows = [
        {**row, "Identité": entry.identity}
        for row, entry in zip(world["ledger"], ledger_of(world).entries, strict=True)
    ]
    order = list(range(len(rows)))
    random.Random(seed).shuffle(order)
    place = {index: position for position, index in enumerate(order)}
    moved = {
        "forced": decided["forced"],
        "unticked": {place[index] for index in decided["unticked"]},
        "ticked": {place[index] for index in decided["ticked"]},
    }
    before = prepared({**world, "ledger": rows}, decided, [], set(), ledgers.AS_OF)
    after = prepared(
        {**world, "ledger": [rows[index] for index in order]}, moved, [], set(), ledgers.AS_OF
    )
    assert said(before) == said(after)


def said(preparation: Preparation) -> list[Any]:
    return [
        [(c.key, c.number, c.reason, c.balance_due, c.position.net) for c in preparation.in_range],
        [
            (line.item.identity, line.item.set_off, line.listed, line.proposed, line.reason)
            for c in preparation.in_range
            for line in sorted(c.items, key=lambda line: line.item.identity)
        ],
        preparation.summaries,
    ]


@many
@given(world=ledgers.worlds())
def test_no_level_is_skipped_nor_lowered(world: dict[str, Any]) -> None:
    """By count an item climbs one level; a formal notice lifts all it lists to the last."""
    world = {**world, "selection": {**world["selection"], "calcul_niveau": "Nombre",
                                    "numero_lettre": "Automatique"}}  # fmt: skip
    highest = len(world["levels"])
    for customer in prepared(world, NOTHING, [], set(), ledgers.AS_OF).chased:
        for line in customer.listed:
            assert customer.number is not None
            given_level = level_given(
                sent=customer.number, suggested=customer.number,
                proposed=line.proposed, highest=highest,
            )  # fmt: skip
            if given_level is None:
                assert not line.ready
            elif customer.number == highest:
                assert given_level == highest
            else:
                assert given_level == line.reached.level + 1


@many
@given(world=ledgers.worlds())
def test_a_saved_letter_waits_for_its_interval(world: dict[str, Any]) -> None:
    """Right after Save nobody gets another letter before interval and delays have passed."""
    interval = world["settings"]["intervalle_relances"]
    first = prepared(world, NOTHING, [], set(), ledgers.AS_OF)
    records = [
        HistoryRecord(
            batch="C1", letter_date=ledgers.AS_OF, account=c.position.account,
            currency=c.position.currency, letter_no=c.number or 0, level=line.proposed,
            identity=line.item.identity,
        )
        for c in first.chased
        if c.number
        for line in c.listed
    ]  # fmt: skip
    sent = {(record.account, record.currency) for record in records}
    for days in {0, 1, max(interval - 1, 0)}:
        later = date.fromordinal(ledgers.AS_OF.toordinal() + days)
        if days >= interval:
            continue
        again = prepared(world, NOTHING, records, set(), later)
        assert not sent & {c.key for c in again.chased}


@many
@given(world=ledgers.worlds())
def test_forcer_never_touches_another_customer(world: dict[str, Any]) -> None:
    """Forcing one leaves all others as they were, and nil accounts and « ne pas relancer » hold."""
    plain = prepared(world, NOTHING, [], set(), ledgers.AS_OF)
    for left_out in plain.left_out:
        forced = prepared(world, {**NOTHING, "forced": {left_out.key}}, [], set(), ledgers.AS_OF)
        others = [c for c in forced.in_range if c.key != left_out.key]
        assert others == [c for c in plain.in_range if c.key != left_out.key]
        if left_out.reason in {Reason.NIL_ACCOUNT, Reason.CREDIT_ACCOUNT, Reason.DO_NOT_DUN}:
            assert left_out.key in {c.key for c in forced.left_out}
