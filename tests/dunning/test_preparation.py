"""Preparation by hand: the number of a letter, what it lists and what the user's ticks do.

``test_two_readings`` compares all of it with a second reading; these are the cases that a
credit controller would ask about first.

Source: product specification, section 4, rules 5 to 8 and 10.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledgers import AS_OF, account
from xl_relances.dunning.decision import CustomerDecision, Decisions, Preparation
from xl_relances.dunning.history import Reached, Standing
from xl_relances.dunning.levels import DunningLevel, DunningProcedure, LevelMethod
from xl_relances.dunning.preparation import level_given, prepare
from xl_relances.dunning.selection import Policy, Reason, Selection

LEVELS = [
    DunningLevel(rank=rank, delay=delay, lateness=lateness)
    for rank, delay, lateness in ((1, 8, 8), (2, 14, 22), (3, 14, 36))
]
LADDER = """
    Compte;Pièce;Date;Échéance;Débit
    C1;THREE;01/05/2026;01/06/2026;100
    C1;TWO;01/06/2026;01/07/2026;100
    C1;ONE;01/07/2026;01/08/2026;100
    C1;NEW;01/08/2026;01/09/2026;100
    C1;RECENT;01/10/2026;20/11/2026;100
    C1;TODAY;01/10/2026;25/11/2026;100
"""
"""One item for each level that it stands at, by its document; letters of 1 October."""


def prepared(*texts: str, **given: Any) -> Preparation:
    """The shipped procedure; ``levels`` by document, ``letter`` the last one's day."""
    held = [account(text) for text in texts]
    names = {item.reference: item.identity for each in held for item in each.items}
    day = given.pop("letter", date(2026, 10, 1))
    levels = given.pop("levels", {"THREE": 3, "TWO": 2, "ONE": 1})
    standing = Standing(
        {names[name]: Reached(level, day) for name, level in levels.items() if name in names},
        {each.key: Reached(max(levels.values()), day) for each in held} if levels else {},
    )
    ticked, unticked = ({names[name] for name in given.pop(t, ())} for t in ("ticked", "unticked"))
    forced = {each.key for each in held} if given.pop("forced", False) else set()
    policy = Policy(
        interval=given.pop("interval", 14), ready_items_only=given.pop("ready_items_only", False)
    )
    procedure = DunningProcedure.of(given.pop("procedure", LEVELS))
    return prepare(
        held, selection=Selection(as_of=AS_OF, **given), procedure=procedure, policy=policy,
        standing=standing, decisions=Decisions(forced=forced, ticked=ticked, unticked=unticked),
    )  # fmt: skip


def only(text: str, **given: Any) -> CustomerDecision:
    (customer,) = prepared(text, **given).in_range
    return customer


def listed(customer: CustomerDecision) -> list[str]:
    return [line.item.reference for line in customer.listed]


@pytest.mark.parametrize(
    ("given", "number", "documents"),
    [
        pytest.param({}, 3, ["TWO", "ONE"], id="a-formal-notice-takes-in-the-reminded"),
        pytest.param(
            {"unticked": ["TWO"]}, 2, ["ONE", "NEW", "RECENT"], id="without-it-the-number-falls"
        ),
        pytest.param(
            {"unticked": ["TWO"], "ready_items_only": True}, 2, ["ONE", "NEW"], id="ready-only"
        ),
        pytest.param({"unticked": ["TWO", "ONE"]}, 1, ["NEW", "RECENT"], id="and-falls"),
        pytest.param({"unticked": ["TWO", "ONE", "NEW"]}, None, [], id="nothing-ready-is-left"),
        pytest.param({"ticked": ["RECENT"]}, 3, ["TWO", "ONE", "RECENT"], id="one-put-in"),
        pytest.param(
            {"ticked": ["RECENT"], "unticked": ["TWO", "ONE", "NEW"]}, None, ["RECENT"],
            id="put-in-alone-it-makes-no-letter",
        ),
        pytest.param({"ticked": ["TODAY"]}, 3, ["TWO", "ONE"], id="not-overdue-cannot-be-put-in"),
        pytest.param(
            {"ticked": ["NEW"], "unticked": ["TWO", "ONE"], "ready_items_only": True}, 1, ["NEW"],
            id="put-in-and-ready",
        ),
        pytest.param({"letter_no": 3}, 3, ["TWO", "ONE", "NEW"], id="the-last-number-for-all"),
        pytest.param(
            {"letter_no": 2}, 2, ["TWO", "ONE", "NEW", "RECENT"], id="a-number-for-all"
        ),
        pytest.param(
            {"method": LevelMethod.LATENESS}, 3, ["TWO", "ONE", "NEW"], id="by-lateness"
        ),
    ],
)  # fmt: skip
def test_a_letter_lists_what_its_number_is_for(
    given: dict[str, Any], number: int | None, documents: list[str]
) -> None:
    """The number is the highest of the ready items that the user left in."""
    customer = only(LADDER, **given)
    assert (customer.number, listed(customer)) == (number, documents)
    assert customer.reason is None
    taken_out = [line.item.reference for line in customer.items if line.suggested]
    assert set(given.get("unticked", ())) <= set(taken_out)
    assert number is not None or set(taken_out) == set(given["unticked"])
    assert customer.balance_due == 100 * len(documents)


@pytest.mark.parametrize(("due", "takes_in"), [("30/09", True), ("01/10", False)])
def test_a_formal_notice_takes_in_what_was_reminded_since_its_due_date(
    due: str, takes_in: bool
) -> None:
    """A letter of the due date itself, before an extension, say, came before it was overdue."""
    customer = only(LADDER.replace("01/08/2026;100", f"{due}/2026;100"))
    assert (customer.number, "ONE" in listed(customer)) == (3, takes_in)


@pytest.mark.parametrize(
    ("given", "other"),
    [
        pytest.param({"levels": {}, "letter": None}, 3, id="by-lateness-it-would-be-the-last"),
        pytest.param({"levels": {}, "letter": None, "letter_no": 1}, None, id="a-number-for-all"),
        pytest.param({"levels": {}, "method": LevelMethod.LATENESS}, 1, id="and-the-other-way"),
        pytest.param({"unticked": ["TWO"]}, 3, id="what-is-taken-out-does-not-count"),
        pytest.param({}, None, id="nothing-to-say-when-both-agree"),
        pytest.param(
            {"levels": {"THREE": 3}, "method": LevelMethod.LATENESS, "forced": True},
            1,
            id="forced-with-something-ready-what-is-not-does-not-count",
        ),
    ],
)
def test_the_other_way_of_finding_levels_is_told_where_it_differs(
    given: dict[str, Any], other: int | None
) -> None:
    """Rule 7: by count, or by lateness; what may be in no letter does not count."""
    assert only(LADDER, **given).other_number == other
    disputed = LADDER.replace("Débit", "Débit;Litige").replace("/06/2026;100", "/06/2026;100;prix")
    recent: dict[str, Any] = {"levels": {}, "unticked": ["TWO", "ONE", "NEW"]}
    assert only(disputed, **recent).other_number is None


@pytest.mark.parametrize("method", list(LevelMethod))
def test_a_forced_letter_is_the_first_though_nothing_is_late_enough(method: LevelMethod) -> None:
    """Both ways give number 1, so none is told beside it."""
    recent = "\n".join(LADDER.strip().splitlines()[:1] + LADDER.strip().splitlines()[-2:])
    customer = only(recent, levels={}, method=method, forced=True, minimum=Decimal(5000))
    assert (customer.number, customer.other_number, listed(customer)) == (1, None, ["RECENT"])
    assert customer.forced
    assert customer.items[1].reason is Reason.NOT_DUE  # what is due today is asked for by nobody
    assert not only(recent, levels={}, method=method).forced


def test_what_may_be_in_no_letter_was_not_taken_out_of_one() -> None:
    """It is not shown as taken out by the user, though the tick is off."""
    by_document = {line.item.reference: line for line in only(LADDER, unticked=["TODAY"]).items}
    assert not by_document["TODAY"].suggested


def test_forced_early_the_other_way_of_finding_levels_is_told_too() -> None:
    """At level 2 since five days, ten days late: 3 by count, still 2 by lateness."""
    ledger = "Compte;Pièce;Date;Échéance;Débit\nC1;FA-1;01/10/2026;15/11/2026;100"
    customer = only(ledger, levels={"FA-1": 2}, letter=date(2026, 11, 20), forced=True)
    assert (customer.number, customer.other_number) == (3, 2)


@pytest.mark.parametrize(("days", "reason"), [(13, Reason.TOO_RECENT), (14, None), (15, None)])
def test_the_interval_after_the_last_letter(days: int, reason: Reason | None) -> None:
    """14 days after it the next may go, whatever is ready."""
    letter = AS_OF - timedelta(days=days)
    customer = only(LADDER, levels={"ONE": 1}, letter=letter)
    assert (customer.reason, customer.last_letter) == (reason, Reached(1, letter))
    assert (customer.number is None) == (reason is not None)
    assert any(line.proposed for line in customer.items) == (reason is None)


@pytest.mark.parametrize(("minimum", "reason"), [(500, None), (501, Reason.BELOW_MINIMUM)])
def test_the_minimum_is_on_what_is_overdue(minimum: int, reason: Reason | None) -> None:
    """500 € of 600 € are: what is due today does not count, what is at the last level does."""
    assert only(LADDER, minimum=Decimal(minimum)).reason == reason


def test_a_level_that_the_company_no_longer_has_is_its_last() -> None:
    """Where the procedure was shortened since the letter."""
    customer = only(LADDER, procedure=LEVELS[:2])
    by_document = {line.item.reference: line for line in customer.items}
    assert by_document["THREE"].reached == Reached(2, date(2026, 10, 1))
    assert by_document["THREE"].reason is by_document["TWO"].reason is Reason.LAST_LEVEL
    assert (customer.number, listed(customer)) == (2, ["ONE"])


def test_a_last_letter_that_comes_again_stands_in_no_letter_of_a_lower_number() -> None:
    """With nothing else ready there is no letter to list the others « pour mémoire »."""
    repeating = [*LEVELS[:2], replace(LEVELS[2], repeat=True)]
    ledger = "\n".join(
        line
        for line in LADDER.splitlines()
        if not any(f";{d};" in line for d in ("TWO", "ONE", "NEW"))
    )
    given: dict[str, Any] = {"procedure": repeating, "letter_no": 1}
    customer = only(ledger, **given)
    assert (customer.reason, customer.number, listed(customer)) == (None, None, [])
    customer = only(ledger, **given, ticked=["THREE"])
    assert (customer.number, listed(customer)) == (1, ["THREE", "RECENT"])
    assert listed(only(ledger, procedure=repeating)) == ["THREE"]


def test_a_used_up_payment_is_no_reason_and_half_a_euro_is_owed() -> None:
    """What is not due explains why there is no letter, not the payment that was set off."""
    customer = only(
        """
        Compte;Pièce;Date;Échéance;Débit;Crédit
        C1;FA-1;01/10/2026;20/12/2026;100;
        C1;FA-1;02/10/2026;;;99,50
    """,
        minimum=Decimal(1000),
    )  # nothing overdue is not too little
    assert (customer.position.net, customer.reason) == (Decimal("0.50"), Reason.NOT_DUE)
    cents = only("Compte;Date;Échéance;Débit\nC1;01/08/2026;01/09/2026;0,50", minimum=Decimal(0))
    assert (cents.number, cents.balance_due) == (1, Decimal("0.50"))
    below = only("Compte;Date;Échéance;Débit\nC1;01/08/2026;01/09/2026;0,50", minimum=Decimal(1))
    assert below.reason is Reason.BELOW_MINIMUM
    left = only("Compte;Date;Échéance;Débit\nC1;01/08/2026;;-5\nC1;01/08/2026;20/12/2026;9")
    assert [line.reason for line in left.items] == [None, Reason.NOT_DUE]


def test_customers_out_of_range_or_currency_are_counted_together() -> None:
    """One row each, by reason then currency; an account without an open item is nowhere."""
    line = "Compte;Date;Échéance;Débit;Devise;Lettrage\n{};01/08/2026;01/09/2026;{};{};{}"
    found = prepared(
        line.format("C3", 8, "USD", ""), line.format("C9", 1, "USD", ""),
        line.format("C9", 2, "EUR", ""), line.format("C8", 4, "EUR", ""),
        line.format("C7", 16, "EUR", "A"), line.format("C2", 32, "EUR", ""),
        line.format("C1", 64, "EUR", ""), line.format("C0", -1, "EUR", ""),
        line.format("B9", -1, "EUR", ""),
        levels={}, last_account="C3", currency="EUR",
    )  # fmt: skip
    assert [(row.reason, row.currency, row.customers, int(row.net)) for row in found.summaries] == [
        (Reason.OUT_OF_RANGE, "EUR", 2, 6), (Reason.OUT_OF_RANGE, "USD", 1, 1),
        (Reason.OTHER_CURRENCY, "USD", 1, 8),
    ]  # fmt: skip
    assert [customer.key[0] for customer in found.chased] == ["C1", "C2"]
    assert [customer.key[0] for customer in found.left_out] == ["B9", "C0"]
    assert [customer.key[0] for customer in found.in_range] == ["B9", "C0", "C1", "C2"]


@pytest.mark.parametrize(
    ("sent", "suggested", "proposed", "level"),
    [
        pytest.param(2, 2, 1, 1, id="as-proposed-each-gets-its-own"),
        pytest.param(2, 2, None, None, id="for-memory"),
        pytest.param(1, 2, 2, 1, id="a-lower-number-typed"),
        pytest.param(2, 1, 1, 2, id="a-higher-number-typed"),
        pytest.param(2, 1, None, None, id="for-memory-whatever-was-typed"),
        pytest.param(3, 3, 1, 3, id="a-formal-notice"),
        pytest.param(3, 1, None, 3, id="a-formal-notice-typed"),
    ],
)
def test_the_level_that_a_saved_letter_gives(
    sent: int, suggested: int, proposed: int | None, level: int | None
) -> None:
    """A formal notice is one for all that it lists; below it « pour mémoire » changes nothing."""
    assert level_given(sent=sent, suggested=suggested, proposed=proposed, highest=3) == level
