"""Balance âgée, Évolution and À appeler: their rows, and the sentence over them.

The same records fill the sheets and answer ``xl-relances show``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from xl_relances import french
from xl_relances.dunning import aging
from xl_relances.dunning.calls import Call, calls
from xl_relances.dunning.changes import CustomerChange, changes
from xl_relances.dunning.history import standing
from xl_relances.dunning.open_items import AccountPosition
from xl_relances.dunning.selection import Selection
from xl_relances.run.reading import Snapshot

Record = dict[str, Any]
"""Title of a column to what it holds: amounts Decimal, days date, nothing None."""

Balances = Mapping[str, Mapping[str, Decimal]]
"""Currency to the aged balance of all customers in it."""

_ZERO = Decimal(0)
_CURRENCIES = 3
TOTAL = "Total"


def aged_balance(
    snapshot: Snapshot, positions: Iterable[AccountPosition], as_of: date
) -> list[Record]:
    """What each customer owes by age, set off, and credits that nothing absorbed."""
    records = []
    for position in sorted(positions, key=lambda position: position.key):
        if position.items:
            bands = aging.aged(position, as_of)
            zero = 0 * french.quantum(position.currency)
            records.append(
                {
                    "Compte": position.account,
                    "Nom": _name(snapshot, position.account, position.name),
                    "Devise": position.currency,
                    **bands,
                    TOTAL: sum(bands.values(), zero),
                }
            )
    return records


def totals(balances: Balances) -> list[Record]:
    """One row a currency, without an account: what its customers owe together."""
    return [
        {
            "Compte": None,
            "Nom": f"{TOTAL} {currency}",
            "Devise": currency,
            **bands,
            TOTAL: sum(bands.values(), _ZERO),
        }
        for currency, bands in sorted(balances.items())
    ]


def aged_line(balances: Balances, customers: int, as_of: date, unread: int) -> str:
    """« Au 25/11/2026 : 79 clients, 696 584,12 € dont 553 874,89 € échus ».

    Args:
        balances: What all customers owe, by currency.
        customers: How many they are.
        as_of: The day of the letters.
        unread: Rows of the ledger that cannot be read.
    """
    beside = f", {unread_rows(unread)}" if unread else ""
    if not balances:
        return f"Au {french.short_date(as_of)} : rien n’est dû{beside}."
    parts = [
        f"{french.amount(sum(bands.values(), _ZERO), currency)} dont "
        f"{french.amount(aging.overdue(bands), currency)} échus"
        for currency, bands in sorted(balances.items())
    ]
    counted = french.count(customers, "client")
    return f"Au {french.short_date(as_of)} : {counted}, {_some(parts, ' ; ')}{beside}."


def unread_rows(count: int) -> str:
    """« 2 lignes illisibles non comptées »."""
    plural = "s" if count > 1 else ""
    return french.count(count, "ligne illisible", "lignes illisibles") + f" non comptée{plural}"


def evolution(
    snapshot: Snapshot, positions: Sequence[AccountPosition], as_of: date
) -> list[Record]:
    """What became of the newest campaign that counts, by customer; nothing without one."""
    batch = snapshot.campaigns.newest
    letters = [record for record in snapshot.history.records if record.batch == batch]
    cancelled = snapshot.campaigns.cancelled
    every = [*snapshot.carried_over, *snapshot.history.records]
    found = changes(
        letters,
        before=standing(every, {*cancelled, batch or ""}),
        now=standing(every, cancelled),
        positions=positions,
        identities={entry.identity for entry in snapshot.ledger.entries},
        as_of=as_of,
        unread=snapshot.ledger.faults,
    )
    names = {record.account: record.name for record in letters}
    names |= {position.account: position.name for position in positions}
    return [
        {
            "Compte": change.account,
            "Nom": _name(snapshot, change.account, names.get(change.account, "")),
            "Devise": change.currency,
            "Réclamé": change.claimed,
            "Payé": change.paid,
            "Payé en partie": change.part_paid,
            "Sorti du grand livre": change.vanished,
            "Encore dû": change.still_due,
            "Nouvel échu": change.new,
            "Niveau avant": change.level_before or None,
            "Niveau": change.level or None,
            "État": _state(change),
            "Campagne": batch,
        }
        for change in found
    ]


def _state(change: CustomerChange) -> str:
    """The most telling thing about a customer, then its level where that moved."""
    if not change.claimed:
        state = "Nouveau"
    elif not change.still_due:
        state = "Sorti du grand livre" if change.vanished else "Payé"
    elif change.paid or change.part_paid or change.vanished:
        state = "Payé en partie"
    else:
        state = "Rien reçu"
    if change.moved:
        state += f", niveau {change.level_before} → {change.level}"
    return state


def evolution_line(records: Sequence[Record], as_of: date) -> str:
    """« Campagne 2026-10-28, au 25/11/2026 : 42 694,00 € rentrés sur 298 244,39 € »."""
    if not records:
        return "Aucune campagne sauvegardée : rien à comparer."
    came_in: dict[str, Decimal] = {}
    claimed: dict[str, Decimal] = {}
    for row in records:
        currency = row["Devise"]
        part = row["Payé"] + row["Payé en partie"] + row["Sorti du grand livre"]
        came_in[currency] = came_in.get(currency, _ZERO) + part
        claimed[currency] = claimed.get(currency, _ZERO) + row["Réclamé"]
    parts = [
        f"{french.amount(came_in[currency], currency)} rentrés ou sortis sur "
        f"{french.amount(claimed[currency], currency)}"
        for currency in sorted(claimed)
        if claimed[currency]
    ]
    return (
        f"Campagne {records[0]['Campagne']}, au {french.short_date(as_of)} : {_some(parts, ' ; ')}."
    )


def phone_list(
    snapshot: Snapshot, positions: Iterable[AccountPosition], selection: Selection
) -> list[Record]:
    """Whom to call, the most pressing first."""
    currency = snapshot.settings.currency
    reached = snapshot.standing()
    found = calls(positions, selection=selection, policy=snapshot.policy, currency=currency)
    return [_call(snapshot, call, reached.customers.get(call.position.key)) for call in found]


def _call(snapshot: Snapshot, call: Call, last_letter: Any) -> Record:
    position = call.position
    customer = snapshot.customers.of(position.account, position.name)
    return {
        "Compte": position.account,
        "Nom": customer.name or position.name,
        "Contact": customer.contact or None,
        "Téléphone": customer.phone or None,
        "Devise": position.currency,
        "Échu": call.overdue,
        "Échéances": call.items,
        "Plus ancienne": call.oldest,
        "Retard": call.days_late,
        "Dernière lettre": last_letter.level if last_letter else None,
        "Relancé le": last_letter.letter_date if last_letter else None,
        "Promesse non tenue": call.broken_promise,
    }


def phone_line(records: Sequence[Mapping[str, Any]]) -> str:
    """« 42 clients à appeler, 553 874,89 € échus, 3 sans téléphone »."""
    if not records:
        return "Personne à appeler."
    sums: dict[str, Decimal] = {}
    for row in records:
        sums[row["Devise"]] = sums.get(row["Devise"], _ZERO) + row["Échu"]
    customers = len({row["Compte"] for row in records})
    silent = len({row["Compte"] for row in records if not row["Téléphone"]})
    amounts = _some([french.amount(sums[code], code) for code in sorted(sums)], " + ")
    return (
        f"{french.count(customers, 'client')} à appeler, {amounts} échus"
        + (f", {silent} sans téléphone" if silent else "")
        + "."
    )


def _some(parts: Sequence[str], between: str) -> str:
    """The first three: a text cell shows no more than 255 characters."""
    rest = len(parts) - _CURRENCIES
    more = f" et {french.count(rest, 'autre devise', 'autres devises')}" if rest > 0 else ""
    return between.join(parts[:_CURRENCIES]) + more


def _name(snapshot: Snapshot, account: str, name: str) -> str:
    return snapshot.customers.of(account, name).name or name
