"""One sample customer's entries, written from its line of ``customers.csv``.

After the columns of the sheet Clients a line says what the account looks like
on :data:`AS_OF`.

    Factures    its reminded or open invoices, each ``days late[:word]...``; days
                below zero are not due yet. ``o2`` letter 2 of October, ``n1``
                letter 1 of November, ``r1`` letter 1 taken over from the former
                system; ``litige`` disputed, ``sans`` no due date, ``petit`` a few
                euros, ``promis`` payment promised for next week, ``tenu`` promised and
                paid on the day (with ``paye``), ``rompu`` promised for last week and
                not paid, ``usd`` in dollars, ``paye`` paid since, ``partiel``
                part-paid under a lower-case code, ``avoir`` with a credit note on
                the same document; what was invoiced last year is an opening entry
    Réglées     how many invoices were settled without a letter
    Montant     its usual invoice, in euros or dollars before VAT
    Autres      ``avoir`` ``acompte`` ``virement`` a credit that names no invoice,
                ``reglement`` one that names the oldest, ``crediteur`` more than it
                owes, ``nul`` all it owes, ``ecart`` an allocation code that does not
                balance, ``regle-sans-facture`` one whose invoice stands open in AN
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from xl_relances.dunning.due_dates import parse_terms

AS_OF = date(2026, 11, 25)
"""The day on which the sample company sends its reminders."""

FORMER_SYSTEM = date(2026, 10, 7)
"""Date of the letters that came with the ledger (« Reprise »)."""

OCTOBER, NOVEMBER = date(2026, 10, 28), date(2026, 11, 16)
"""Dates of the two campaigns already in the history; the second reached two customers."""

_OPENING = date(2026, 1, 1)
_LETTERS = {"r": FORMER_SYSTEM, "o": OCTOBER, "n": NOVEMBER}
_DISPUTES = ("Qualité contestée", "Livraison incomplète", "Prix contesté")
_PROMISES = {
    "promis": (AS_OF + timedelta(days=9), "Virement annoncé par M. Claudel"),
    "rompu": (AS_OF - timedelta(days=7), "Chèque promis par le gérant"),
}
_PAYMENTS = ("Virement", "Virement", "Virement", "Chèque n° {number}", "Prélèvement SEPA")


@dataclass(slots=True, eq=False)
class Entry:
    """A ledger row before it is numbered; debits are positive."""

    journal: str
    day: date
    piece: str | Entry
    label: str
    amount: Decimal
    currency: str
    due: date | None = None
    code: str = ""
    dispute: str = ""
    promised: date | None = None
    reason: str = ""
    letters: list[tuple[int, date]] = field(default_factory=list)
    reminded: tuple[int, date] | None = None
    number: str = ""


class Account:
    """Writes one customer's entries from its line; its own random numbers, always the same."""

    def __init__(self, line: dict[str, str]) -> None:
        self.random = Random(f"Kervalou {line['Compte']}")
        self.usual = int(line["Montant"])
        terms = parse_terms(line["Délai de paiement"] or "30")
        assert terms is not None, line
        self.terms = terms
        invoices = line["Factures"].split()
        in_dollars = invoices and all("usd" in words.split(":") for words in invoices)
        self.currency = "USD" if in_dollars else "EUR"
        self.entries: list[Entry] = []
        self.codes: defaultdict[bool, int] = defaultdict(int)
        for _ in range(int(line["Réglées"])):
            self.settled()
        reminded = [self.invoice(*words.split(":")) for words in invoices]
        for word in line["Autres"].split():
            self.other(word, [entry for entry in reminded if not entry.code])

    def amount(self) -> Decimal:
        """An invoice of about the usual size, including 20 % VAT."""
        cents = self.random.randrange(self.usual * 60, self.usual * 150)
        return (Decimal(cents) * 12 / 1000).quantize(Decimal("0.01"))

    def code(self, *, partial: bool = False) -> str:
        """The account's next allocation code: A, B, C ... or a, b, c ... ."""
        letter = chr(ord("a" if partial else "A") + self.codes[partial])
        self.codes[partial] += 1
        return letter

    def issued(self, due: date) -> date:
        """A day on which an invoice due on ``due`` was issued, by the customer's terms."""
        days = [due - timedelta(days=days) for days in range(110)]
        return self.random.choice([day for day in days if self.terms.due_date(day) == due])

    def debit(self, issued: date, amount: Decimal, currency: str | None = None) -> Entry:
        """An invoice of that day; one of an earlier year stands as opening entry."""
        opening = issued <= _OPENING
        entry = Entry(
            journal="AN" if opening else "VE",
            day=_OPENING if opening else issued,
            piece="FA",
            label="Report facture {piece}" if opening else "Facture {piece}",
            amount=amount,
            currency=currency or self.currency,
            due=self.terms.due_date(issued),
        )
        self.entries.append(entry)
        return entry

    def credit(
        self, day: date, amount: Decimal, kind: str = "RG", *, of: Entry | None = None
    ) -> Entry:
        """A payment (RG), down payment (AC) or credit note (AV), on the document ``of`` if any."""
        labels = {"RG": self.random.choice(_PAYMENTS), "AC": "Acompte à la commande",
                  "AV": "Avoir {piece}"}  # fmt: skip
        entry = Entry(
            journal="VE" if kind == "AV" else "BQ",
            day=_weekday(day),
            piece=of or kind,
            label="Avoir sur facture {piece}" if of and kind == "AV" else labels[kind],
            amount=-amount,
            currency=of.currency if of else self.currency,
            due=_weekday(day) if kind == "AV" else None,
        )
        self.entries.append(entry)
        return entry

    def settled(self) -> None:
        """One payment for one invoice, or for two, or for one less a credit note.

        Most of what the company sells is paid in time, so that its DSO is that of a real one.
        """
        share = self.random.random()
        last = (self.terms.due_date(AS_OF) - AS_OF).days + 50  # paid before AS_OF, whatever comes
        issued = AS_OF - timedelta(days=round(last + share * (340 - last)))
        due = self.terms.due_date(issued)
        group = [self.debit(issued, 3 * self.amount())]
        shape = self.random.random()
        if shape < 0.15:
            group.append(self.debit(issued, self.amount()))
        elif shape < 0.25:
            credit = (group[0].amount / 10).quantize(Decimal("0.01"))
            group.append(self.credit(due - timedelta(days=9), credit, "AV"))
        paid = due + timedelta(days=self.random.randint(-4, 18))
        group.append(self.credit(paid, sum((e.amount for e in group), Decimal())))
        code = self.code()
        for entry in group:
            entry.code = code

    def invoice(self, days: str, *words: str) -> Entry:
        """An open invoice as the column Factures describes it, with what came upon it."""
        amount = self.amount()
        if "petit" in words:
            amount = Decimal(self.random.randrange(320, 1490)) / 100
        currency = "USD" if "usd" in words else None
        entry = self.debit(self.issued(AS_OF - timedelta(days=int(days))), amount, currency)
        if "litige" in words:
            entry.dispute = self.random.choice(_DISPUTES)
        if "sans" in words:
            entry.due = None
        if "avoir" in words:
            credit = (amount * 15 / 100).quantize(Decimal("0.01"))
            self.credit(entry.day + timedelta(days=6), credit, "AV", of=entry)
        if "partiel" in words:
            part = (amount * 40 / 100).quantize(Decimal("0.01"))
            payment = self.credit(OCTOBER + timedelta(days=8), part)
            entry.code = payment.code = self.code(partial=True)
        if "paye" in words:
            paid = OCTOBER + timedelta(days=self.random.randint(4, 22))
            payment = self.credit(paid, amount)
            entry.code = payment.code = self.code()
            if "tenu" in words:
                entry.promised, entry.reason = payment.day, "Virement promis au téléphone"
        for word, (day, reason) in _PROMISES.items():
            if word in words:
                entry.promised, entry.reason = day, reason
        for word in words:
            if word[0] in _LETTERS and word[1:].isdigit():
                entry.reminded = (int(word[1:]), _LETTERS[word[0]])
                entry.letters = list(_campaigns(*entry.reminded))
        return entry

    def other(self, word: str, open_invoices: list[Entry]) -> None:
        """What the column Autres describes, dated in the last weeks."""
        recent = AS_OF - timedelta(days=self.random.randint(6, 30))
        part = (self.amount() / 4).quantize(Decimal("0.01"))
        owed = sum((entry.amount for entry in open_invoices), Decimal())
        match word:
            case "avoir":
                self.credit(recent, part, "AV")
            case "acompte":
                self.credit(recent, part, "AC")
            case "virement":
                self.credit(recent, open_invoices[0].amount + part)
            case "reglement":
                self.credit(recent, part, of=open_invoices[0])
            case "crediteur":
                self.credit(recent, owed + part)
            case "nul":
                invoice = self.debit(AS_OF - timedelta(days=50), self.amount())
                self.credit(recent, invoice.amount)
            case "ecart":
                invoice = self.debit(AS_OF - timedelta(days=100), self.amount())
                payment = self.credit(recent, invoice.amount + part)
                invoice.code = payment.code = self.code()
            case "regle-sans-facture":
                report = self.debit(_OPENING - timedelta(days=18), self.amount())
                self.credit(_OPENING + timedelta(days=20), report.amount).code = self.code()
            case _:
                raise ValueError(word)


def _weekday(day: date) -> date:
    """The day, or the Friday before a weekend: banks and offices are closed."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _campaigns(level: int, sent: date) -> Iterator[tuple[int, date]]:
    """The letters of the history that brought an item to ``level`` on ``sent``."""
    if sent == NOVEMBER and level > 1:
        yield level - 1, OCTOBER
    if sent != FORMER_SYSTEM:
        yield level, sent
