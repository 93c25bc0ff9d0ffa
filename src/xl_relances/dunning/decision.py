"""A dunning run decided, before anything is sent: plain values that the sheets show.

What the user decides in the sheets comes back as :class:`Decisions`.

Source: product specification, section 4, rules 5, 6 and 10.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from xl_relances.dunning.history import Reached
from xl_relances.dunning.levels import NextLevel
from xl_relances.dunning.open_items import AccountPosition, OpenItem
from xl_relances.dunning.selection import Reason, Selection

Key = tuple[str, str]
"""Account and currency: one customer of one letter."""

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What the user decided in the sheets, kept over a new Prepare.

    Attributes:
        unticked: Identities of items taken out of their letter.
        ticked: Identities of items put into it.
        switched_off: Customers whose whole letter is off.
        letter_nos: Numbers typed over the proposed one.
        forced: Customers brought in by hand (« Forcer »).
    """

    unticked: Collection[str] = frozenset()
    ticked: Collection[str] = frozenset()
    switched_off: Collection[Key] = frozenset()
    letter_nos: Mapping[Key, int] = field(default_factory=dict)
    forced: Collection[Key] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDecision:
    """One open item, where it stands and whether its customer's letter lists it.

    Attributes:
        item: The open item.
        reached: Level it has and the day of the letter that gave it.
        upcoming: What comes next; None on credits, covered and undated items.
        eligible: Overdue, not disputed, not promised, uncovered and within the date bound:
            may be ticked.
        ready: Whether it makes its customer's letter go out.
        proposed: The level its letter gives it; None unless it is ready.
        suggested: Whether the rules list it, or did until the user took it out.
        listed: Whether the letter lists it.
        reason: Why it drives no letter; None for a ready item.
    """

    item: OpenItem
    reached: Reached
    upcoming: NextLevel | None
    eligible: bool
    ready: bool
    proposed: int | None
    reason: Reason | None
    suggested: bool = False
    listed: bool = False

    def placed(self, *, suggested: bool, listed: bool) -> ItemDecision:
        """The same in a letter, or out of it: once for each of many items, so no ``replace``."""
        return ItemDecision(
            item=self.item,
            reached=self.reached,
            upcoming=self.upcoming,
            eligible=self.eligible,
            ready=self.ready,
            proposed=self.proposed,
            reason=self.reason,
            suggested=suggested,
            listed=listed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDecision:
    """One customer and currency: the letter proposed, or the reason of none.

    Attributes:
        position: What the customer owes.
        items: Its open items with their decisions.
        last_letter: Number and day of its last saved letter.
        reason: Why it gets no letter; None when it is in the preparation.
        number: The number proposed; None when no ready item is listed.
        other_number: What the other way of finding levels would propose, where it differs.
        forced: Whether the user brought it in.
    """

    position: AccountPosition
    items: tuple[ItemDecision, ...]
    last_letter: Reached
    reason: Reason | None
    number: int | None = None
    other_number: int | None = None
    forced: bool = False

    @property
    def key(self) -> Key:
        """Account and currency."""
        return self.position.key

    @property
    def listed(self) -> tuple[ItemDecision, ...]:
        """The items that the letter lists."""
        return tuple(item for item in self.items if item.listed)

    @property
    def balance_due(self) -> Decimal:
        """What the letter claims: the remainders of the items it lists."""
        return sum((line.item.remainder for line in self.listed), _ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """Customers out of range or of another currency, in one row per reason and currency.

    Attributes:
        reason: Why they stay out.
        currency: Their currency.
        customers: How many there are.
        net: Sum of what they owe net.
    """

    reason: Reason
    currency: str
    customers: int
    net: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """A whole dunning run before anything is sent.

    Every customer with an open item is in exactly one of the three.

    Attributes:
        selection: The criteria it was made with.
        chased: Customers who get a letter, by account then currency.
        left_out: Customers in range who get none, with the reason.
        summaries: Customers out of range or of another currency.
    """

    selection: Selection
    chased: tuple[CustomerDecision, ...]
    left_out: tuple[CustomerDecision, ...]
    summaries: tuple[SummaryRow, ...]

    @property
    def in_range(self) -> tuple[CustomerDecision, ...]:
        """Chased and left out together, by account then currency."""
        return tuple(sorted((*self.chased, *self.left_out), key=lambda customer: customer.key))
