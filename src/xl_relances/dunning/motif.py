"""« Motif »: why this row, in one French sentence.

Every row of Préparation, Détail and Non relancés says why it is there and what
it waits for. The first reason named is the one of the specification; others of
the same customer follow.

Source: product specification, section 4, rules 2, 5, 7 and 9.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from xl_relances import french
from xl_relances.dunning.decision import CustomerDecision, ItemDecision, SummaryRow
from xl_relances.dunning.due_dates import days_overdue
from xl_relances.dunning.ledger import NO_HOLD, Hold
from xl_relances.dunning.levels import LevelMethod
from xl_relances.dunning.limitation import is_barred, is_near, limitation_day
from xl_relances.dunning.open_items import AccountPosition, OpenItem
from xl_relances.dunning.selection import CustomerTerms, Policy, Reason, Selection

_COUNTED = {
    Reason.COVERED: ("couverte", "couvertes"),
    Reason.TOO_RECENT: ("en attente du délai", "en attente du délai"),
    Reason.LAST_LEVEL: ("au dernier niveau", "au dernier niveau"),
    Reason.LEVEL_ZERO: ("au niveau 0", "au niveau 0"),
    Reason.NO_DUE_DATE: ("sans échéance", "sans échéance"),
    Reason.DISPUTED: ("en litige", "en litige"),
    Reason.PROMISED: ("promise", "promises"),
    Reason.PAST_BOUND: ("hors de la date limite", "hors de la date limite"),
    Reason.NOT_DUE: ("non échue", "non échues"),
}


HELD = DISPUTED, PROMISED = "En litige", "Promesse de paiement"
"""What the sentence of an item begins with while the user holds it back."""


@dataclass(frozen=True, slots=True)
class Motifs:
    """The sentences of one dunning run.

    Attributes:
        selection: Its criteria.
        policy: The company's settings.
        highest: The last level: its letter, a formal notice, lists nothing « pour mémoire ».
    """

    selection: Selection
    policy: Policy
    highest: int

    def customer(self, customer: CustomerDecision) -> str:
        """Beside a customer, chased or left out."""
        parts = [self._chased(customer) if customer.reason is None else self._left_out(customer)]
        if customer.forced:
            parts.append("forcé" if customer.reason is None else "Forcer sans effet")
        if customer.reason is None and customer.other_number is not None:
            parts.append(self._other_method(customer.other_number))
        terms = self.policy.of(customer.position.account)
        if customer.reason is None and terms.block_ended(self.selection.as_of):
            parts.append(_block_ended(terms))
        parts += self._barred([line.item for line in customer.listed])
        if customer.reason is None or customer.reason >= Reason.COVERED:
            parts += self._holds_ended([line.item for line in customer.items])
        if customer.position.has_gap:
            parts.extend(unbalanced(customer.position))
        return " ; ".join(parts)

    def summary(self, row: SummaryRow) -> str:
        """Beside the customers out of range or of another currency."""
        return out_of_selection(row.reason, self.selection)

    def unreadable(self, account: str) -> str:
        """Beside a customer of whom something cannot be read."""
        return f"À corriger d'abord : {self.policy.faults[account].rstrip('.')}"

    def items(self, customer: CustomerDecision) -> list[str]:
        """Beside each item of a customer, in the order of ``customer.items``."""
        names = {line.item.identity: _name(line.item) for line in customer.items}
        return [self._item(line, customer, names) for line in customer.items]

    def _chased(self, customer: CustomerDecision) -> str:
        if customer.number is None:
            return "Pas de lettre : aucune échéance prête n'est cochée"
        ready = [line for line in customer.listed if line.proposed]
        lead = max(ready, key=lambda line: (line.proposed or 0, self._late(line.item)))
        sentence = f"Lettre {customer.number} : {self._history(lead)}"
        others = len(customer.listed) - 1
        if others:
            sentence += f", et {french.count(others, 'autre échéance', 'autres échéances')}"
            memory = len(customer.listed) - len(ready)
            if memory and customer.number != self.highest:
                sentence += f" dont {memory} pour mémoire" if others > memory else " pour mémoire"
        return sentence

    def _history(self, line: ItemDecision) -> str:
        sentence = f"{_name(line.item)}, {self._late(line.item)} j de retard"
        if line.reached.level and line.reached.letter_date:
            day = french.short_date(line.reached.letter_date)
            sentence += f", lettre {line.reached.level} le {day}"
        return sentence

    def _left_out(self, customer: CustomerDecision) -> str:
        position, reason = customer.position, customer.reason
        terms = self.policy.of(position.account)
        if reason is Reason.UNREADABLE:
            return self.unreadable(position.account)
        if reason is Reason.NIL_ACCOUNT:
            return "Compte soldé"
        if reason is Reason.CREDIT_ACCOUNT:
            return "Compte créditeur"
        if reason is Reason.DO_NOT_DUN:
            return "Ne pas relancer (fiche client)"
        if reason is Reason.BLOCKED:
            if terms.blocked_until is None:
                return f"Bloqué sans date de fin : {terms.block_reason}"
            sentence = f"Bloqué jusqu'au {french.short_date(terms.blocked_until)} compris"
            return f"{sentence} : {terms.block_reason}" if terms.block_reason else sentence
        if reason is Reason.BELOW_MINIMUM:
            overdue = sum(
                (line.item.remainder for line in customer.items if line.eligible), Decimal(0)
            )
            return (
                f"Sous le minimum : {french.amount(overdue, position.currency)} échus, "
                f"minimum {french.amount(self.selection.minimum, position.currency)}"
            )
        return self._item_reasons(customer)

    def _item_reasons(self, customer: CustomerDecision) -> str:
        """The furthest reason with its item, then how many items have another one."""
        debits = [line for line in customer.items if line.item.is_debit and line.reason]
        lead = next(line for line in debits if line.reason is customer.reason)
        sentence = self._reason(lead, customer)
        counts = Counter(line.reason for line in debits if line.reason and line is not lead)
        rest = [
            f"{number} {_COUNTED[reason][number > 1]}" for reason, number in sorted(counts.items())
        ]
        return f"{sentence} ; aussi : {', '.join(rest)}" if rest else sentence

    def _reason(self, line: ItemDecision, customer: CustomerDecision) -> str:
        name, item = _name(line.item), line.item
        match line.reason:
            case Reason.COVERED:
                return f"Couvert : {name}"
            case Reason.TOO_RECENT:
                return self._too_recent(line, customer)
            case Reason.LAST_LEVEL:
                return f"Dernier niveau atteint : {self._history(line)}"
            case Reason.LEVEL_ZERO:
                return f"Niveau 0 : {name}, {self._late(item)} j de retard"
            case Reason.NO_DUE_DATE:
                return f"Sans échéance : {name}, ni date ni délai de paiement"
            case Reason.DISPUTED:
                return f"{DISPUTED} : {name}{_until(item.hold)}"
            case Reason.PROMISED:
                dateless = "" if item.hold.until else ", sans date"
                return f"{PROMISED} : {name}{dateless}{_until(item.hold)}"
            case Reason.PAST_BOUND:
                assert self.selection.invoices_before is not None  # the bound it is past
                day = french.short_date(self.selection.invoices_before)
                return f"Hors de la date limite : {name}, pas établie avant le {day}"
            case Reason.NOT_DUE:
                assert item.due_date is not None  # the day it waits for
                return f"Non échue : {name}, échéance le {french.short_date(item.due_date)}"
            case _:
                raise AssertionError(line.reason)  # a customer's, or none

    def _too_recent(self, line: ItemDecision, customer: CustomerDecision) -> str:
        last, upcoming = customer.last_letter, line.upcoming
        assert upcoming is not None  # a delay runs for what is overdue only
        if upcoming.ready:
            assert last.letter_date is not None  # the letter whose interval holds it back
            again = last.letter_date + timedelta(days=self.policy.interval)
            return (
                f"Lettre trop récente : lettre {last.level} le "
                f"{french.short_date(last.letter_date)}, pas d'autre avant le "
                f"{french.short_date(again)}"
            )
        assert upcoming.day is not None  # without a next day it is at the last level
        day = french.short_date(upcoming.day)
        return f"Délai en cours : {self._history(line)}, prochaine lettre le {day}"

    def _other_method(self, number: int) -> str:
        by_count = self.selection.method is LevelMethod.COUNT
        return f"selon le {'retard' if by_count else 'nombre'} : lettre {number}"

    def _item(
        self, line: ItemDecision, customer: CustomerDecision, names: Mapping[str, str]
    ) -> str:
        item = line.item
        against = french.listing([names.get(identity, "") for identity in item.against])
        if item.is_gap:
            return f"Écart de lettrage imputé sur {against}"
        if not item.is_debit:
            return _credit(item, against)
        if not item.remainder:
            return f"Couvert par {against}"
        sentence = self._debit(line, customer)
        for ended in self._holds_ended([item]):
            sentence += f" ; {ended}"
        if item.set_off:
            sentence += f" ; {french.amount(item.set_off, item.currency)} imputés ({against})"
        return sentence + self._limitation(item)

    def _limitation(self, item: OpenItem) -> str:
        """« ; prescription le 15/03/2027 » in its last six months, « ; prescrite le … » after."""
        day, as_of = limitation_day(item, self.policy), self.selection.as_of
        if day is None or not is_near(day, as_of):
            return ""
        what = "prescrite" if is_barred(day, as_of) else "prescription"
        return f" ; {what} le {french.short_date(day)}"

    def _barred(self, listed: Sequence[OpenItem]) -> list[str]:
        """« 2 échéances prescrites » where the letter lists some."""
        days = [limitation_day(item, self.policy) for item in listed]
        barred = sum(day is not None and is_barred(day, self.selection.as_of) for day in days)
        what = french.count(barred, "échéance prescrite", "échéances prescrites")
        return [what] if barred else []

    def _holds_ended(self, items: Sequence[OpenItem]) -> list[str]:
        """« promesse du 10/11/2026 non tenue », « litige terminé le 10/11/2026 »."""
        as_of = self.selection.as_of
        items = [item for item in items if item.hold is not NO_HOLD]
        if not items:
            return []
        broken = sorted({day for item in items if (day := item.broken_promise(as_of))})
        over = sorted({day for item in items if (day := item.ended_dispute(as_of))})
        parts = []
        if broken:
            what, kept = ("promesses des", "tenues") if broken[1:] else ("promesse du", "tenue")
            parts.append(f"{what} {french.listing(map(french.short_date, broken))} non {kept}")
        if over:
            what = "litiges terminés les" if over[1:] else "litige terminé le"
            parts.append(f"{what} {french.listing(map(french.short_date, over))}")
        return parts

    def _debit(self, line: ItemDecision, customer: CustomerDecision) -> str:
        if line.listed:
            if line.ready:
                return f"Lettre {line.proposed} : {self._history(line)}"
            return f"Dans la lettre, pas encore prête : {self._history(line)}"
        if line.reason is not None:
            return self._reason(line, customer)
        if customer.reason is not None:
            return self._left_out(customer)
        if line.suggested:
            return f"Retirée par vous : {self._history(line)}"
        return f"Pas dans la lettre {customer.number or ''} : {self._history(line)}"

    def _late(self, item: OpenItem) -> int:
        return days_overdue(item.due_date, self.selection.as_of)


def out_of_selection(reason: Reason, selection: Selection) -> str:
    """Of customers whom the range of accounts or the currency leaves out."""
    if reason is Reason.OUT_OF_RANGE:
        return "Hors de la plage de comptes"
    return f"Autre devise que {selection.currency}"


def unbalanced(position: AccountPosition) -> list[str]:
    """« lettrage A : −1 000,00 sans facture dans le grand livre », one a code."""
    return [
        f"lettrage {code} : {french.amount(value, position.currency)} "
        f"sans {'facture' if value < 0 else 'règlement'} dans le grand livre"
        for code, value in position.unbalanced
    ]


def _until(hold: Hold) -> str:
    """« , jusqu'au 10/12/2026 compris (virement annoncé) »."""
    day = f", jusqu'au {french.short_date(hold.until)} compris" if hold.until else ""
    return f"{day} ({hold.reason})" if hold.reason else day


def _block_ended(terms: CustomerTerms) -> str:
    assert terms.blocked_until is not None  # a block without a day never ends
    sentence = f"blocage terminé le {french.short_date(terms.blocked_until)}"
    return f"{sentence} ({terms.block_reason})" if terms.block_reason else sentence


def _credit(item: OpenItem, against: str) -> str:
    if not item.amount:
        return "Couvert : montant nul"
    if not item.set_off:
        return "Crédit sans échéance à solder"
    if not item.remainder:
        return f"Imputé sur {against}"
    return f"Imputé sur {against}, reste {french.amount(item.remainder, item.currency)}"


def _name(item: OpenItem) -> str:
    return "écart de lettrage" if item.is_gap else item.reference or "sans référence"
