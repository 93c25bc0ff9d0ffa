"""Preparation: per customer, the letter that is proposed and what it lists.

The preparation is a decision returned as plain values; the Préparation and
Détail sheets show it, the user changes it there, Issue and Save apply it.

Source: product specification, section 4, rules 5 to 8 and 10.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from xl_relances.dunning.decision import (
    CustomerDecision,
    Decisions,
    ItemDecision,
    Preparation,
    SummaryRow,
)
from xl_relances.dunning.history import Reached, Standing
from xl_relances.dunning.levels import DunningProcedure, LevelMethod, NextLevel
from xl_relances.dunning.open_items import AccountPosition, OpenItem
from xl_relances.dunning.selection import Policy, Reason, Selection

_ZERO = Decimal(0)


def prepare(
    positions: Iterable[AccountPosition],
    *,
    selection: Selection,
    procedure: DunningProcedure,
    policy: Policy,
    standing: Standing,
    decisions: Decisions,
) -> Preparation:
    """Decide for every customer with an open item: which letter, or why none."""
    run = _Run(selection, procedure, policy, standing, decisions)
    chased: list[CustomerDecision] = []
    left_out: list[CustomerDecision] = []
    outside: dict[tuple[Reason, str], list[Decimal]] = {}
    for position in positions:
        if not position.items:
            continue
        reason = _outside(position, selection)
        if reason is not None:
            outside.setdefault((reason, position.currency), []).append(position.net)
            continue
        customer = run.decide(position)
        (chased if customer.reason is None else left_out).append(customer)
    return Preparation(
        selection=selection,
        chased=tuple(sorted(chased, key=lambda customer: customer.key)),
        left_out=tuple(sorted(left_out, key=lambda customer: customer.key)),
        summaries=tuple(
            SummaryRow(reason=reason, currency=currency, customers=len(nets), net=sum(nets, _ZERO))
            for (reason, currency), nets in sorted(outside.items())
        ),
    )


def _outside(position: AccountPosition, selection: Selection) -> Reason | None:
    if not selection.in_range(position.account):
        return Reason.OUT_OF_RANGE
    if not selection.in_currency(position.currency):
        return Reason.OTHER_CURRENCY
    return None


@dataclass(frozen=True, slots=True)
class _Run:
    """What every customer of a run is decided with."""

    selection: Selection
    procedure: DunningProcedure
    policy: Policy
    standing: Standing
    decisions: Decisions
    _steps: dict[tuple[LevelMethod, int, date, date | None], NextLevel] = field(
        default_factory=dict
    )

    def decide(self, position: AccountPosition) -> CustomerDecision:
        forced = position.key in self.decisions.forced
        items = [self._judge(item, self.selection.method) for item in position.items]
        if forced and not any(line.ready for line in items):
            items = [self._make_ready(line) for line in items]
        last_letter = self.standing.of_customer(*position.key)
        reason = self._customer_reason(position, items, last_letter, forced=forced)
        if reason is not None:  # no letter is proposed, whatever each item is ready for
            items = [
                replace(line, proposed=None) if line.proposed is not None else line
                for line in items
            ]
        decided = CustomerDecision(
            position=position,
            items=tuple(items),
            last_letter=last_letter,
            reason=reason,
            forced=forced,
        )
        if reason is not None:
            return decided
        decided = self._with_letter(decided, items)
        other = self._other_number(items, forced=forced)
        return replace(decided, other_number=other) if other != decided.number else decided

    def _judge(self, item: OpenItem, method: LevelMethod) -> ItemDecision:
        reached = self.standing.of_item(item.identity)
        if reached.level > self.procedure.highest:
            reached = Reached(self.procedure.highest, reached.letter_date)
        upcoming = self._upcoming(item, reached, method)
        reason = self._state(item)
        eligible = reason is None and item.is_debit
        proposed = None
        if eligible:
            assert upcoming is not None  # it is owed and has a due date
            reason = _not_ready(upcoming)
            proposed = self._proposed(upcoming) if reason is None else None
        return ItemDecision(
            item=item,
            reached=reached,
            upcoming=upcoming,
            eligible=eligible,
            ready=eligible and reason is None,
            proposed=proposed,
            reason=reason,
        )

    def _upcoming(self, item: OpenItem, reached: Reached, method: LevelMethod) -> NextLevel | None:
        if not item.is_debit or not item.remainder or item.due_date is None:
            return None
        asked = (method, reached.level, item.due_date, reached.letter_date)
        step = self._steps.get(asked)
        if step is None:
            step = self._steps[asked] = self.procedure.next_level(
                method,
                level=reached.level,
                due_date=item.due_date,
                letter_date=reached.letter_date,
                as_of=self.selection.as_of,
            )
        return step

    def _state(self, item: OpenItem) -> Reason | None:
        """Why the item may be in no letter at all, in the order of the specification."""
        if not item.remainder:
            return Reason.COVERED
        if not item.is_debit:
            return None
        if item.due_date is None:
            return Reason.NO_DUE_DATE
        if item.disputed:
            return Reason.DISPUTED
        if item.promised:
            return Reason.PROMISED
        if not self.selection.within_bound(item.document_date):
            return Reason.PAST_BOUND
        if not item.is_overdue(self.selection.as_of):
            return Reason.NOT_DUE
        return None

    def _proposed(self, upcoming: NextLevel) -> int:
        number = self.selection.letter_no
        return upcoming.level if number is None else number

    def _make_ready(self, line: ItemDecision) -> ItemDecision:
        """« Forcer » with nothing ready: every item that may be in a letter is."""
        if not line.eligible:
            return line
        assert line.upcoming is not None  # as of every item that may be in a letter
        upcoming = replace(line.upcoming, level=max(line.upcoming.level, 1), ready=True)
        return replace(
            line, upcoming=upcoming, ready=True, reason=None, proposed=self._proposed(upcoming)
        )

    def _customer_reason(
        self,
        position: AccountPosition,
        items: list[ItemDecision],
        last_letter: Reached,
        *,
        forced: bool,
    ) -> Reason | None:
        if position.account in self.policy.faults:
            return Reason.UNREADABLE
        if position.net <= 0:
            return Reason.NIL_ACCOUNT if position.net == 0 else Reason.CREDIT_ACCOUNT
        terms = self.policy.of(position.account)
        if terms.do_not_dun:
            return Reason.DO_NOT_DUN
        if not forced:
            if terms.is_blocked(self.selection.as_of):
                return Reason.BLOCKED
            overdue = sum((line.item.remainder for line in items if line.eligible), _ZERO)
            if 0 < overdue < self.selection.minimum:
                return Reason.BELOW_MINIMUM
            if self._too_soon(last_letter):
                _hold_back(items)
        if any(line.ready for line in items):
            return None
        return min(line.reason for line in items if line.item.is_debit and line.reason)

    def _too_soon(self, last_letter: Reached) -> bool:
        if last_letter.letter_date is None:
            return False
        return self.selection.as_of < last_letter.letter_date + timedelta(days=self.policy.interval)

    def _with_letter(
        self, customer: CustomerDecision, items: list[ItemDecision]
    ) -> CustomerDecision:
        """The letter's number from the items not unticked, then exactly what it lists."""
        unticked, ticked = self.decisions.unticked, self.decisions.ticked
        number = highest_proposed(line for line in items if line.item.identity not in unticked)
        suggested = {line.item.identity for line in items if self._lists(line, number)}
        by_hand = {
            line.item.identity for line in items if line.eligible and line.item.identity in ticked
        }
        listed = (suggested | by_hand) - set(unticked)
        if not any(line.ready and line.item.identity in listed for line in items):
            listed = by_hand - set(unticked)
        # Taken out by hand, the number may fall below what would list it: it stays taken out.
        suggested |= {
            line.item.identity for line in items if line.eligible and line.item.identity in unticked
        }
        concerned = suggested | listed
        lines = tuple(
            line.placed(
                suggested=line.item.identity in suggested,
                listed=line.item.identity in listed,
            )
            if line.item.identity in concerned
            else line
            for line in items
        )
        return replace(
            customer, items=lines, number=highest_proposed(line for line in lines if line.listed)
        )

    def _lists(self, line: ItemDecision, number: int | None) -> bool:
        """Whether a letter of that number lists the item, the user's ticks apart."""
        highest = self.procedure.highest
        if number is None or not line.eligible:
            return False
        if number == highest:
            if line.proposed == highest:
                return True
            return line.reached.level < highest and _reminded_since_due(line)
        if line.reached.level >= highest:
            return False
        return line.ready or not self.policy.ready_items_only

    def _other_number(self, items: list[ItemDecision], *, forced: bool) -> int | None:
        """The number that the other way of finding levels would give."""
        if self.selection.letter_no is not None:
            return None
        by_count = self.selection.method is LevelMethod.COUNT
        method = LevelMethod.LATENESS if by_count else LevelMethod.COUNT
        lines = [
            line
            for line in items
            if line.eligible and line.item.identity not in self.decisions.unticked
        ]
        steps = [self._upcoming(line.item, line.reached, method) for line in lines]
        upcoming = [step for step in steps if step is not None]
        ready = [step.level for step in upcoming if step.ready]
        if forced and not ready:
            ready = [max(step.level, 1) for step in upcoming]
        return max(ready, default=None)


def _not_ready(upcoming: NextLevel) -> Reason | None:
    if upcoming.ready:
        return None
    if upcoming.level == 0:
        return Reason.LEVEL_ZERO
    if upcoming.day is None:
        return Reason.LAST_LEVEL
    return Reason.TOO_RECENT


def _hold_back(items: list[ItemDecision]) -> None:
    """The customer's interval holds: ready items wait for it."""
    items[:] = [
        replace(line, ready=False, reason=Reason.TOO_RECENT) if line.ready else line
        for line in items
    ]


def _reminded_since_due(line: ItemDecision) -> bool:
    day, due_date = line.reached.letter_date, line.item.due_date
    return line.reached.level > 0 and day is not None and due_date is not None and day > due_date


def highest_proposed(lines: Iterable[ItemDecision]) -> int | None:
    """A letter's number: the highest level proposed among them, None without any."""
    return max((line.proposed for line in lines if line.proposed), default=None)


def level_given(*, sent: int, suggested: int, proposed: int | None, highest: int) -> int | None:
    """The level that a listed item gets when its letter is saved.

    Args:
        sent: Number of the letter that was sent.
        suggested: Number that the ticked items propose.
        proposed: The item's own level in that proposal; None when it is not ready.
        highest: The last level of the procedure.

    Returns:
        The level, lower than the item's present one if the user typed so; None
        for an item listed « pour mémoire », which keeps what it has.
    """
    if sent == highest:
        return highest
    if proposed is None:
        return None
    return proposed if sent == suggested else sent
