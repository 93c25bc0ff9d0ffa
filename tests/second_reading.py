"""A second, naive reading of the dunning rules, to be compared with the product.

Written from the specification alone (``product.md`` §3 and §4, rules 1-10, 14,
and of rule 12 what becomes history rows and levels) by somebody who never read
the product's own ``dunning`` package. Slow and plain on purpose: each rule is
one function, nothing is cached, every customer is computed from the whole
ledger. Rows are dicts whose keys are the French column titles; dates are
``datetime.date`` or None, amounts ``Decimal`` or None, ticks ``bool``.

Instead of the French sentence of « Motif », a row has a key ``raison``:

    ""                    in the letter (or a credit with something left)
    "hors plage"          account outside the range (summary row)
    "hors devise"         currency not selected (summary row)
    "solde nul", "compte créditeur", "ne pas relancer", "bloqué", "sous le minimum"
    "couvert", "trop récent", "dernier niveau", "niveau 0", "sans échéance",
    "litige", "promesse", "après la date limite", "non échu"
    "hors lettre"         items only: could be ticked, but the user unticked it or this
                          letter does not list it (formal notice); no reason of rule 5 fits

Readings chosen, where the text leaves two:

 1. An item with several reasons says the first of rule 5's list (« couvert » before all,
    « litige » before « après la date limite » before « non échu »). The three reasons about
    letters are judged only on items in play: overdue, undisputed, uncovered, in the bound.
 2. At the last level without Répéter it is « dernier niveau », and under « Retard » below the
    first threshold « niveau 0 », even while the customer's interval runs.
 3. The customer's « furthest reason » is taken over its debits, never over its credits (a
    used-up payment is « couvert », yet does not explain why nobody is dunned). Covered debits
    do count, as the text orders them first.
 4. Items of a customer left out say their own reason; one that would have been in the letter
    says the customer's. ``Lettre proposée`` in Détail is filled for customers in Préparation.
 5. A disputed credit is set off like any other: keeping it back would claim more than N
    (rule 4). Field case D13 (« disputed credit not set off against it ») is then step (b):
    the credit note of a disputed invoice goes to that invoice, not to another one.
 6. « Pièce of one document date »: the open debits of the account and currency that carry the
    piece have one and the same document date (none missing); the credit's date is free.
 7. Order of credits: date, piece, entry, signed amount ascending (the larger credit first).
    Missing dates come last in every order.
 8. Lower case is ``str.islower()``: "a1" is partial, "A", "aB" and "12" are full.
 9. Rank among equals is ordered by the due date as the ledger states it, none last.
10. With a date bound, a debit without document date is past the bound.
11. A used-up or unused credit has no lateness; ``Retard`` is 0 on a debit not yet overdue.
12. Ready needs overdue: with Délai 0 the first day is the day after the due date, which
    ``Prochaine lettre`` shows. It leaves out the customer's interval. Under « Retard » it is the
    first day on which the item is (or was) ready for a higher level or for a repetition.
13. « Reminded since its present due date »: level >= 1 and the letter that gave the level dated
    strictly after the due date (on the due date it was not overdue).
14. Under a manual number below the last level, a ready item at the last level (Répéter or
    Forcer) is not listed (« all but those at the last level »); when no other item is ready the
    row has no number until the user ticks it.
15. A manual number shows in ``Lettre proposée`` of Détail's ready items too.
16. When the user has unticked every ready item, the row stays in Préparation without a number,
    and nothing is ticked but what the user ticked himself.
17. Forcer overrides delays, interval, last level, minimum and block; not range, currency,
    date bound, dispute. « None ready » is asked before ticks and interval.
18. The minimum counts all items in play, ticked or not, at the last level or not.
19. The interval counts every live history row of the account and currency, « pour mémoire »,
    lettered since, and Reprise included. Last level = latest date, then latest row.
20. Reprise needs a level >= 1; a history row of any kind, undone ones too, ends it.
21. Out of range is said before out of currency. A customer is an account and a currency.
22. Terms that cannot be read are no terms: neither the company's nor a guess.
23. A zero amount is an open item, « couvert », neither debit nor credit.
24. Détail lists range and currency; « identity » as the last tie of an order is the rank.
25. ``Dernière lettre`` / ``Relancé le`` of Préparation: number and date of the customer's last
    saved letter; of Détail: the item's level and the letter that gave it.
26. Every ticked item gets the last level when the number sent is the last, as proposed too.
27. A promise or a dispute keeps its item out until « Jusqu'au », inclusive; without a day both
    last until removed (a promise without one is a finding besides). A promise moves no set-off,
    a dispute does while it lasts. Neither an item disputed nor one promised can be ticked, Forcer
    or not; with both marks it says « litige ». On credits they mean nothing. Any text is a
    mark but a plain no (0, non, n, faux), which exports write.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
Key = tuple[str, str]
"""Account and currency."""

ZERO = Decimal(0)
REPRISE = "Reprise"
GAP_LABEL = "Écart de lettrage"
FURTHEST_FIRST = (
    "couvert", "trop récent", "dernier niveau", "niveau 0", "sans échéance", "litige",
    "promesse", "après la date limite", "non échu",
)  # fmt: skip


@dataclass(kw_only=True)
class Item:
    """An open item, or the gap line (``source`` None)."""

    source: int | None
    identity: str
    entry: str = ""
    piece: str = ""
    label: str = ""
    document_date: date | None = None
    due_date: date | None = None
    amount: Decimal = ZERO
    code: str = ""
    disputed: bool = False
    promised: bool = False
    broken: bool = False
    left: Decimal = ZERO
    level: int = 0
    reminded: date | None = None
    next_level: int = 0
    in_play: bool = False
    ready: bool = False
    reason: str = ""
    next_day: date | None = None
    ticked: bool = False

    @property
    def is_debit(self) -> bool:
        return self.amount > 0


@dataclass(kw_only=True)
class Account:
    """One account in one currency, with everything rule 2 says about it."""

    key: Key
    name: str
    total: Decimal
    """T: all entries."""
    open_total: Decimal
    """U: open items."""
    items: list[Item] = field(default_factory=list)
    gap: Item | None = None
    codes: list[tuple[str, Decimal]] = field(default_factory=list)
    """Full codes that do not sum to zero, where T < U."""

    @property
    def net(self) -> Decimal:
        """N = min(T, U)."""
        return min(self.total, self.open_total)

    @property
    def lines(self) -> list[Item]:
        return ([self.gap] if self.gap else []) + self.items


# ---------------------------------------------------------------- the ledger, read cell by cell


def text(value: object) -> str:
    return "" if value is None else str(value).strip()


def account_of(row: Row) -> str:
    return text(row.get("Compte"))


def currency_of(row: Row, settings: Row) -> str:
    return text(row.get("Devise")).upper() or text(settings.get("societe_devise")).upper() or "EUR"


def key_of(row: Row, settings: Row) -> Key:
    return account_of(row), currency_of(row, settings)


def amount_of(row: Row) -> Decimal:
    """Debit positive, credit negative; a negative debit is a credit."""
    return (row.get("Débit") or ZERO) - (row.get("Crédit") or ZERO)


def marked(row: Row, column: str) -> bool:
    """Any text is a mark but a plain no."""
    return text(row.get(column)).lower() not in {"", "0", "non", "n", "faux"}


def holds(row: Row, as_of: date) -> bool:
    """Whether the dispute or promise beside the item still keeps it out."""
    until: date | None = row.get("Jusqu'au")
    return until is None or as_of <= until


def is_open(row: Row) -> bool:
    """Rule 1: no code, or a code in lower case (partial allocation)."""
    code = text(row.get("Lettrage"))
    return not code or code.islower()


def missing_last(day: date | None) -> tuple[bool, date]:
    return day is None, day or date.min


# ---------------------------------------------------------------- rule 1: identity


def identities(ledger: list[Row], settings: Row) -> list[str]:
    """One string a row: account, currency, entry (or piece and date), amount, rank among equals.

    Lettered rows count. Equals are ranked by due date, label, sheet order. A
    row that has its ``Identité`` already keeps it.
    """
    result = [text(row.get("Identité")) for row in ledger]
    used = {identity for identity in result if identity}
    groups: dict[str, list[int]] = {}
    for index, row in enumerate(ledger):
        entry = text(row.get("Écriture"))
        mark: tuple[object, ...]
        if entry:
            mark = ("écriture", entry)
        else:
            mark = ("pièce", text(row.get("Pièce")), text(row.get("Date")))
        cents = amount_of(row).quantize(Decimal("0.000001"))
        base = repr((*key_of(row, settings), *mark, str(cents + 0)))
        groups.setdefault(base, []).append(index)
    for base, members in groups.items():
        order = sorted(
            members,
            key=lambda i: (missing_last(ledger[i].get("Échéance")), text(ledger[i]["Libellé"]), i),
        )
        for index in order:
            if result[index]:
                continue
            rank = 1
            while f"{base}#{rank:06}" in used:
                rank += 1
            result[index] = f"{base}#{rank:06}"
            used.add(result[index])
    return result


# ---------------------------------------------------------------- rule 3: due dates


def end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def apply_terms(document_date: date, terms: str) -> date | None:
    """Due date under ``30``, ``45FM``, ``FM45`` or ``30FM10``; None when the terms are not read."""
    terms = terms.replace(" ", "").upper()
    match = re.fullmatch(r"(\d*)(FM)?(\d*)", terms)
    if not match or not terms:
        return None
    before, month_end, after = match.groups()
    day = document_date + timedelta(days=int(before or 0))
    if not month_end:
        return day
    day = end_of_month(day)
    if not after:
        return day
    if not before:  # FM45: days after the end of the month
        return day + timedelta(days=int(after))
    following = day + timedelta(days=1)  # 30FM10: the 10th after that end of month
    return following.replace(day=min(int(after), end_of_month(following).day))


def due_date_of(row: Row, customer: Row, settings: Row) -> date | None:
    if row.get("Échéance") is not None:
        stated: date = row["Échéance"]
        return stated
    if row.get("Date") is None:
        return None
    terms = text(customer.get("Délai de paiement")) or text(settings.get("delai_de_paiement"))
    return apply_terms(row["Date"], terms)


# ---------------------------------------------------------------- rules 2 and 4: what is owed


def oldest_due_first(item: Item) -> tuple[object, ...]:
    """The order of rule 4 (c)."""
    return (
        missing_last(item.due_date), missing_last(item.document_date),
        item.piece, item.entry, item.amount, item.identity,
    )  # fmt: skip


def oldest_document_first(item: Item) -> tuple[object, ...]:
    """The order of the gap line: document date, ties as in rule 4 (c)."""
    return missing_last(item.document_date), oldest_due_first(item)


def credit_order(item: Item) -> tuple[object, ...]:
    return (
        missing_last(item.document_date), item.piece, item.entry, item.amount, item.identity,
    )  # fmt: skip


def set_off(credit: Item, debits: Iterable[Item]) -> None:
    for debit in debits:
        taken = min(-credit.left, debit.left)
        if taken > 0:
            credit.left += taken
            debit.left -= taken


def same_piece(credit: Item, debits: list[Item]) -> list[Item]:
    """Rule 4 (b): debits of the credit's piece, when that piece is one document."""
    if not credit.piece.strip("0"):
        return []
    found = [debit for debit in debits if debit.piece == credit.piece]
    dates = {debit.document_date for debit in found}
    return found if len(dates) == 1 and None not in dates else []


def set_off_all(account: Account, as_of: date) -> None:
    """Rules 2 and 4 on the whole account and currency: gap, own code, own piece, oldest due."""
    for item in account.lines:
        item.left = item.amount
    debits = [item for item in account.items if item.amount > 0]
    if account.gap:
        set_off(account.gap, sorted(debits, key=oldest_document_first))
    debits.sort(key=oldest_due_first)
    credits_ = sorted((item for item in account.items if item.amount < 0), key=credit_order)
    for credit in credits_:
        if credit.code:
            set_off(credit, [debit for debit in debits if debit.code == credit.code])
    for credit in credits_:
        set_off(credit, same_piece(credit, debits))
    for credit in credits_:
        set_off(credit, [d for d in debits if is_overdue(d, as_of) and not d.disputed])


def is_overdue(item: Item, as_of: date) -> bool:
    return item.due_date is not None and item.due_date < as_of


def read_account(
    key: Key,
    *,
    ledger: list[Row],
    names: list[str],
    customer: Row,
    settings: Row,
    as_of: date,
) -> Account:
    rows = [(i, row) for i, row in enumerate(ledger) if key_of(row, settings) == key]
    known = [text(customer.get("Nom")), *(text(row.get("Nom")) for _, row in rows)]
    account = Account(
        key=key,
        name=next((name for name in known if name), ""),
        total=sum((amount_of(row) for _, row in rows), ZERO),
        open_total=sum((amount_of(row) for _, row in rows if is_open(row)), ZERO),
    )
    for index, row in rows:
        if is_open(row):
            account.items.append(
                Item(
                    source=index,
                    identity=names[index],
                    entry=text(row.get("Écriture")),
                    piece=text(row.get("Pièce")),
                    label=text(row.get("Libellé")),
                    document_date=row.get("Date"),
                    due_date=due_date_of(row, customer, settings),
                    amount=amount_of(row),
                    code=text(row.get("Lettrage")),
                    disputed=marked(row, "Litige") and holds(row, as_of),
                    promised=marked(row, "Promesse") and holds(row, as_of),
                    broken=marked(row, "Promesse") and not holds(row, as_of),
                )
            )
    if account.total < account.open_total:
        sums: dict[str, Decimal] = {}
        for _, row in rows:
            if not is_open(row):
                code = text(row["Lettrage"])
                sums[code] = sums.get(code, ZERO) + amount_of(row)
        account.codes = sorted((code, amount) for code, amount in sums.items() if amount)
    if 0 < account.total < account.open_total:
        account.gap = Item(
            source=None,
            identity=f"{key!r} {GAP_LABEL}",
            label=GAP_LABEL,
            amount=account.total - account.open_total,
        )
    set_off_all(account, as_of)
    return account


# ---------------------------------------------------------------- history and rule 14


def reprise_rows(
    ledger: list[Row], names: list[str], history: list[Row], settings: Row
) -> list[Row]:
    """Rule 14: levels that came with the ledger, on items without any history of ours."""
    known = {row["Identité"] for row in history}
    return [
        {
            "Campagne": REPRISE,
            "Date": row.get("Relancé le"),
            "Compte": account_of(row),
            "Devise": currency_of(row, settings),
            "N° lettre": row["Dernière lettre"],
            "Niveau": row["Dernière lettre"],
            "Identité": names[index],
            "source": index,
        }
        for index, row in enumerate(ledger)
        if row.get("Dernière lettre") and names[index] not in known
    ]


def latest(rows: list[Row]) -> Row | None:
    """Latest date, then latest row."""
    found: Row | None = None
    for row in rows:
        if found is None or (row["Date"] or date.min) >= (found["Date"] or date.min):
            found = row
    return found


def last_letter(key: Key, live: list[Row], settings: Row) -> tuple[int | None, date | None]:
    """Number and date of the last saved letter of a customer and currency."""
    rows = [row for row in live if key_of(row, settings) == key]
    last = latest(rows)
    if last is None:
        return None, None
    letter = [r for r in rows if (r["Campagne"], r["Date"]) == (last["Campagne"], last["Date"])]
    return max(row["N° lettre"] for row in letter), last["Date"]


# ---------------------------------------------------------------- rules 5 to 7: one item


def level_row(levels: list[Row], number: int) -> Row:
    return next(row for row in levels if row["N°"] == number)


def days(value: object) -> timedelta:
    return timedelta(days=int(str(value)) if value is not None else 0)


def judge(item: Item, *, levels: list[Row], selection: Row, as_of: date) -> None:
    """Set next level, readiness, the day of the next letter and the item's own reason."""
    last = max(row["N°"] for row in levels)
    at_last = item.level >= last
    repeats = bool(level_row(levels, last)["Répéter"])
    bound = selection.get("factures_avant_le")
    past_bound = bound is not None and (item.document_date is None or item.document_date >= bound)
    owes = item.is_debit and item.left > 0
    held = item.disputed or item.promised
    item.in_play = owes and is_overdue(item, as_of) and not held and not past_bound
    by_lateness = selection.get("calcul_niveau") == "Retard"
    item.next_level = min(item.level + 1, last)
    if item.due_date is not None:
        base = max(item.due_date, item.reminded or item.due_date)
        day_after = item.due_date + timedelta(days=1)
        mornings: list[date] = []
        if by_lateness:
            reached = [row["N°"] for row in levels if item.due_date + days(row["Retard"]) <= as_of]
            item.next_level = min(max(reached, default=0), last)
            item.next_level = max(item.next_level, min(item.level, last))
            mornings += [
                item.due_date + days(row["Retard"]) for row in levels if row["N°"] > item.level
            ]
            if item.level:
                same = level_row(levels, min(item.level, last))
                if same["Répéter"]:
                    mornings.append(base + days(same["Délai"]))
        elif not at_last or repeats:
            mornings.append(base + days(level_row(levels, item.next_level)["Délai"]))
        if owes and mornings:
            item.next_day = max(min(mornings), day_after)
        item.ready = item.in_play and any(morning <= as_of for morning in mornings)
    item.reason = own_reason(
        item,
        level_zero=by_lateness and item.next_level == 0,
        last_reached=at_last and not repeats,
        past_bound=past_bound,
    )


def own_reason(item: Item, *, level_zero: bool, last_reached: bool, past_bound: bool) -> str:
    """Rule 5, the item's part; "" when it is ready (or a credit with something left)."""
    if item.left == 0:
        return "couvert"
    if not item.is_debit:
        return "litige" if item.disputed else ""
    if item.ready:
        return ""
    if item.in_play:
        if last_reached:
            return "dernier niveau"
        return "niveau 0" if level_zero else "trop récent"
    if item.due_date is None:
        return "sans échéance"
    if item.disputed:
        return "litige"
    if item.promised:
        return "promesse"
    return "après la date limite" if past_bound else "non échu"


# ---------------------------------------------------------------- rules 5, 6 and 8: one customer


def in_range(compte: str, selection: Row) -> bool:
    first, final = text(selection.get("compte_debut")), text(selection.get("compte_fin"))
    if first and compte < first:
        return False
    return not final or compte <= final or compte.startswith(final)


def is_blocked(customer: Row, as_of: date) -> bool:
    until: date | None = customer.get("Bloqué jusqu'au")
    if until is not None:
        return as_of <= until
    return bool(text(customer.get("Motif du blocage")))


def below_minimum(account: Account, selection: Row) -> bool:
    minimum = selection.get("solde_minimum")
    remainder = sum((item.left for item in account.items if item.in_play), ZERO)
    return minimum is not None and 0 < remainder < minimum


def furthest(account: Account) -> str:
    reasons = {item.reason for item in account.items if item.is_debit}
    return next(reason for reason in FURTHEST_FIRST if reason in reasons)


def left_out(
    account: Account, customer: Row, *, selection: Row, as_of: date, forced: bool, waiting: bool
) -> str:
    """The one reason of a customer in range and currency; "" when it is in Préparation."""
    if account.net == 0:
        return "solde nul"
    if account.net < 0:
        return "compte créditeur"
    if customer.get("Ne pas relancer"):
        return "ne pas relancer"
    if not forced and is_blocked(customer, as_of):
        return "bloqué"
    if not forced and below_minimum(account, selection):
        return "sous le minimum"
    if waiting or not any(item.ready for item in account.items):
        return furthest(account)
    return ""


def lists(item: Item, number: int, *, last: int, manual: bool, only_ready: bool) -> bool:
    """Rule 6: whether a letter of that number lists the item, user's ticks apart."""
    if not item.in_play:
        return False
    at_last = item.level >= last
    if number == last:
        reminded = (
            item.level >= 1
            and item.reminded is not None
            and item.due_date is not None
            and item.reminded > item.due_date
        )
        return (reminded and not at_last) or (item.ready and (manual or item.next_level == last))
    return not at_last and (item.ready or not only_ready)


def number_and_tick(
    account: Account,
    *,
    manual: int | None,
    last: int,
    only_ready: bool,
    unticked: set[str],
    ticked: set[str],
) -> int | None:
    """Number from the items not unticked, then tick exactly what that number lists (rule 6)."""
    for item in account.items:
        item.ticked = item.in_play and item.identity in ticked - unticked
    drivers = [i for i in account.items if i.ready and i.identity not in unticked]
    if not drivers:
        return None
    number = manual if manual is not None else max(item.next_level for item in drivers)
    listed = [
        item
        for item in account.items
        if item.identity not in unticked
        and lists(item, number, last=last, manual=manual is not None, only_ready=only_ready)
    ]
    if not any(item.ready for item in account.items if item.ticked or item in listed):
        return None
    for item in listed:
        item.ticked = True
    return number


# ---------------------------------------------------------------- the three sheets


def prepare(
    *,
    ledger: list[Row],
    customers: list[Row],
    history: list[Row],
    cancelled: set[str],
    levels: list[Row],
    selection: Row,
    settings: Row,
    as_of: date,
    forced: set[Key] | frozenset[Key] = frozenset(),
    unticked: set[str] | frozenset[str] = frozenset(),
    ticked: set[str] | frozenset[str] = frozenset(),
) -> dict[str, list[Row]]:
    """The rows of Préparation, Détail and Non relancés, and the pending rows of « Reprise »."""
    names = identities(ledger, settings)
    reprise = reprise_rows(ledger, names, history, settings)
    live = reprise + [
        row for row in history if row["Campagne"] == REPRISE or row["Campagne"] not in cancelled
    ]
    last = max(row["N°"] for row in levels)
    wanted = text(selection.get("devise")).upper()
    chosen = selection.get("numero_lettre")
    manual = None if chosen in {None, "", "Automatique"} else int(str(chosen))
    only_ready = settings.get("contenu_lettre") == "Échéances prêtes"
    interval = timedelta(days=int(settings.get("intervalle_relances") or 0))

    preparation: list[Row] = []
    detail: list[Row] = []
    excluded: list[Row] = []
    summaries: dict[tuple[str, str], list[Decimal]] = {}
    for key in sorted({key_of(row, settings) for row in ledger if is_open(row)}):
        customer = next((row for row in customers if account_of(row) == key[0]), {})
        account = read_account(
            key, ledger=ledger, names=names, customer=customer, settings=settings, as_of=as_of
        )
        if not in_range(key[0], selection):
            summaries.setdefault(("hors plage", key[1]), []).append(account.net)
            continue
        if wanted and key[1] != wanted:
            summaries.setdefault(("hors devise", key[1]), []).append(account.net)
            continue

        for item in account.items:
            given = latest(
                [r for r in live if r["Identité"] == item.identity and r["Niveau"] is not None]
            )
            if given:
                item.level, item.reminded = given["Niveau"], given["Date"]
            judge(item, levels=levels, selection=selection, as_of=as_of)
        letter, letter_date = last_letter(key, live, settings)
        is_forced = key in forced
        waiting = letter_date is not None and as_of - letter_date < interval and not is_forced
        if is_forced and not any(item.ready for item in account.items):
            for item in account.items:
                if item.in_play:
                    item.ready, item.reason = True, ""
                    item.next_level = max(item.next_level, 1)
        if waiting:
            for item in account.items:
                if item.ready:
                    item.reason = "trop récent"

        reason = left_out(
            account, customer,
            selection=selection, as_of=as_of, forced=is_forced, waiting=waiting,
        )  # fmt: skip
        number = None
        if reason:
            excluded.append(excluded_row(account, reason, forced=is_forced))
        else:
            number = number_and_tick(
                account, manual=manual, last=last, only_ready=only_ready,
                unticked=set(unticked), ticked=set(ticked),
            )  # fmt: skip
            preparation.append(preparation_row(account, number, letter, letter_date, as_of))
        detail += [
            detail_row(account, item, as_of=as_of, customer_reason=reason, manual=manual)
            for item in account.lines
        ]
    for (reason, currency), nets in sorted(summaries.items()):
        excluded.append(
            {
                "Compte": "",
                "Nom": len(nets),
                "Devise": currency,
                "Solde": sum(nets, ZERO),
                "Forcer": False,
                "raison": reason,
                "lettrages": [],
            }
        )
    return {
        "preparation": preparation,
        "detail": detail,
        "excluded": excluded,
        "reprise": reprise,
    }


def excluded_row(account: Account, reason: str, *, forced: bool) -> Row:
    return {
        "Compte": account.key[0],
        "Nom": account.name,
        "Devise": account.key[1],
        "Solde": account.net,
        "Forcer": forced,
        "raison": reason,
        "lettrages": account.codes,
    }


def preparation_row(
    account: Account,
    number: int | None,
    letter: int | None,
    letter_date: date | None,
    as_of: date,
) -> Row:
    ticked = [item for item in account.items if item.ticked]
    return {
        "Compte": account.key[0],
        "Nom": account.name,
        "Devise": account.key[1],
        "Solde dû": min(sum((item.left for item in ticked), ZERO), account.net),
        "Échéances": len(ticked),
        "Retard max": max((lateness(item, as_of) or 0 for item in ticked), default=0),
        "Dernière lettre": letter,
        "Relancé le": letter_date,
        "Lettre proposée": number,
        "N° lettre": number,
        "Relancer": bool(ticked),
        "Éditée": False,
        "raison": "",
        "lettrages": account.codes,
    }


def lateness(item: Item, as_of: date) -> int | None:
    if item.due_date is None or item.amount < 0:
        return None
    return max((as_of - item.due_date).days, 0)


def detail_row(
    account: Account, item: Item, *, as_of: date, customer_reason: str, manual: int | None
) -> Row:
    if item.source is None:
        reason = "couvert"
    elif item.ticked:
        reason = ""
    elif item.reason or not item.is_debit:
        reason = item.reason
    else:
        reason = customer_reason or "hors lettre"
    proposed = None
    if item.ready and not customer_reason:
        proposed = item.next_level if manual is None else manual
    return {
        "Compte": account.key[0],
        "Nom": account.name,
        "Devise": account.key[1],
        "Écriture": item.entry,
        "Pièce": item.piece,
        "Date": item.document_date,
        "Échéance": item.due_date,
        "Retard": lateness(item, as_of),
        "Libellé": item.label,
        "Débit": item.amount if item.amount > 0 else None,
        "Crédit": -item.amount if item.amount < 0 else None,
        "Solde": item.amount,
        "Imputé": item.amount - item.left,
        "Reste": item.left,
        "Niveau": None if item.source is None else item.level,
        "Relancé le": item.reminded,
        "Lettre proposée": proposed,
        "Prochaine lettre": item.next_day,
        "Relancer": item.ticked,
        "raison": reason,
        "promesse non tenue": item.broken and item.is_debit and item.left > 0,
        "Identité": item.identity,
        "source": item.source,
    }


# ---------------------------------------------------------------- rule 12: what Save writes


def save(
    prepared: dict[str, list[Row]],
    *,
    typed: dict[Key, int],
    issued: set[Key],
    campaign: str,
    as_of: date,
    levels: list[Row],
) -> list[Row]:
    """The history rows of the issued letters, after the pending « Reprise » ones.

    ``Niveau`` is None for an item « pour mémoire ». Customers without a number
    (no ready item ticked) are passed by. Nothing issued, nothing written.
    """
    last = max(row["N°"] for row in levels)
    written: list[Row] = []
    for row in prepared["preparation"]:
        key = row["Compte"], row["Devise"]
        proposed = row["Lettre proposée"]
        if key not in issued or proposed is None:
            continue
        number = typed.get(key, proposed)
        for item in prepared["detail"]:
            if (item["Compte"], item["Devise"]) != key or not item["Relancer"]:
                continue
            level: int | None
            if number == last:
                level = last
            elif item["Lettre proposée"] is None:
                level = None
            elif number == proposed:
                level = item["Lettre proposée"]
            else:
                level = number
            written.append(
                {
                    "Campagne": campaign,
                    "Date": as_of,
                    "Compte": row["Compte"],
                    "Nom": row["Nom"],
                    "Devise": row["Devise"],
                    "Écriture": item["Écriture"],
                    "Pièce": item["Pièce"],
                    "Échéance": item["Échéance"],
                    "Reste": item["Reste"],
                    "N° lettre": number,
                    "Niveau": level,
                    "Identité": item["Identité"],
                    "source": item["source"],
                }
            )
    return prepared["reprise"] + written if written else []
