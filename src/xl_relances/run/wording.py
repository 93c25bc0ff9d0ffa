"""The reasons for which customers are left out, in the words of a count: « 12 non échus »."""

from __future__ import annotations

from collections.abc import Mapping

from xl_relances.dunning.selection import Reason

REASONS = {
    Reason.OUT_OF_RANGE: "hors de la plage de comptes",
    Reason.OTHER_CURRENCY: "autre devise",
    Reason.UNREADABLE: "ligne illisible",
    Reason.NIL_ACCOUNT: "compte soldé",
    Reason.CREDIT_ACCOUNT: "compte créditeur",
    Reason.DO_NOT_DUN: "ne pas relancer",
    Reason.BLOCKED: "bloqué",
    Reason.BELOW_MINIMUM: "sous le minimum",
    Reason.COVERED: "couvert",
    Reason.TOO_RECENT: "lettre trop récente, délai en cours",
    Reason.LAST_LEVEL: "dernier niveau atteint",
    Reason.LEVEL_ZERO: "niveau 0",
    Reason.NO_DUE_DATE: "sans échéance",
    Reason.DISPUTED: "en litige",
    Reason.PROMISED: "paiement promis",
    Reason.PAST_BOUND: "hors de la date limite",
    Reason.NOT_DUE: "non échu",
}


def left_out(reasons: Mapping[Reason, int]) -> str:
    """« 26 laissés de côté : non échu 12, compte soldé 9, en litige 5 », the most first.

    Empty when nobody was left out; past four reasons the rest is summed up.
    """
    total = sum(reasons.values())
    if not total:
        return ""
    ordered = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    named = [f"{REASONS[reason]} {number}" for reason, number in ordered[:4]]
    rest = sum(number for _, number in ordered[4:])
    if rest:
        named.append(f"autres {rest}")
    return f"{total} laissé{'s' if total > 1 else ''} de côté : {', '.join(named)}."
