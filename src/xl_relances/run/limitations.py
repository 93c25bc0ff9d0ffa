"""Items that may no longer be claimed in court: one line for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from xl_relances import french
from xl_relances.book import layout
from xl_relances.dunning.limitation import is_barred, limitation_day
from xl_relances.dunning.open_items import AccountPosition
from xl_relances.errors import Finding
from xl_relances.run.reading import Snapshot


def barred_items(
    snapshot: Snapshot, positions: Iterable[AccountPosition], as_of: date
) -> list[Finding]:
    """How many items are time-barred on ``as_of``, how much they are and which is the oldest.

    They stop no letter: the debt is still owed, and what interrupted its limitation is in no
    ledger.
    """
    barred = [
        (day, item)
        for position in positions
        for item in position.items
        if (day := limitation_day(item, snapshot.policy)) is not None and is_barred(day, as_of)
    ]
    if not barred:
        return []
    day, oldest = min(barred, key=lambda found: (found[0], found[1].account, found[1].identity))
    amounts = french.amounts((item.currency, item.remainder) for _, item in barred)
    count = french.count(len(barred), "échéance prescrite", "échéances prescrites")
    first = "la plus ancienne " if len(barred) > 1 else ""
    ledger = snapshot.ledger
    return [
        Finding(
            where=layout.GRAND_LIVRE,
            row=dict(
                zip((entry.identity for entry in ledger.entries), ledger.numbers, strict=True)
            ).get(oldest.identity),
            column="Échéance",
            message=f"{count} au {french.short_date(as_of)}, {amounts} : {first}"
            f"{oldest.reference or 'sans référence'} du compte {oldest.account}, le "
            f"{french.short_date(day)}. « Prescription », dans Détail, dit le dernier jour pour "
            "réclamer chacune en justice.",
            blocking=False,
        )
    ]
