"""A letter before it is one: exactly the fields a template may name.

:class:`Letter` holds dates, decimals and texts; :func:`xl_relances.letters.fields.context`
turns it into the plain French names, strings and lists that a template sees.
The balance due is never given: it is the sum of the lines.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from xl_relances.errors import Finding
from xl_relances.letters.address import PostalBlock, postal_block
from xl_relances.letters.cleaning import clean
from xl_relances.letters.numbers import bic_problem, iban_problem, siren_problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """The customer, as the sheet Clients knows them.

    Attributes:
        account: Account in the ledger, printed as the reference to quote.
        name: Company or person.
        contact: Person the letter is for; empty when there is none.
        address: Street lines, most precise first; line breaks part lines.
        postal_code: Text: leading zeros count.
        city: Town.
        country: Empty or France prints none.
        is_professional: Whether the articles for professionals apply.
        phone: As typed.
        email: As typed.
    """

    account: str
    name: str
    contact: str = ""
    address: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country: str = ""
    is_professional: bool = True
    phone: str = ""
    email: str = ""

    @property
    def postal_block(self) -> PostalBlock:
        """The lines for the window, and what does not fit the postal norm."""
        return postal_block(
            self.name,
            self.address,
            postal_code=self.postal_code,
            city=self.city,
            country=self.country,
            contact=self.contact,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The company that writes, as the sheet Paramètres knows it (names ``societe_*``).

    Attributes:
        logo: A PNG or JPEG file; None prints none.
        account_holder: Empty means ``name``.
    """

    name: str
    legal_form: str = ""
    capital: str = ""
    siren: str = ""
    registry: str = ""
    vat_number: str = ""
    address: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country: str = ""
    phone: str = ""
    email: str = ""
    site: str = ""
    contact: str = ""
    signatory: str = ""
    role: str = ""
    account_holder: str = ""
    iban: str = ""
    bic: str = ""
    logo: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """One open item that the letter lists.

    Attributes:
        document: Number of the invoice (``Pièce``); where it is empty the label stands for it.
        entry: Number of the entry (``Écriture``); stands for a missing document and label.
        document_date: Date of the invoice; None where the ledger has none.
        due_date: Day until which it was to be paid, inclusive.
        days_overdue: Days past the due date, at the letter's date.
        label: Text of the entry.
        amount: Open amount before set-off (``Solde``), positive.
        set_off: Payments and credit notes counted against it (``Imputé``), positive.
        last_level: Level of the last saved letter that listed it; 0 for none.
        last_reminded: Date of that letter.
        for_memory: Whether it is listed without climbing a level.
        interest: Interest on the remainder, in euros; 0 where none is asked.
        interest_days: Days that bear it.
        interest_rates: Per cent a year, one after the other as they were in force.
        fixed_sum: Fixed sum for recovery costs; 0 where none is asked.
    """

    document: str
    document_date: dt.date | None
    due_date: dt.date
    days_overdue: int
    amount: Decimal
    set_off: Decimal = Decimal(0)
    label: str = ""
    entry: str = ""
    last_level: int = 0
    last_reminded: dt.date | None = None
    for_memory: bool = False
    interest: Decimal = Decimal(0)
    interest_days: int = 0
    interest_rates: tuple[Decimal, ...] = ()
    fixed_sum: Decimal = Decimal(0)

    @property
    def remainder(self) -> Decimal:
        """What is still owed (``Reste``): ``amount`` less ``set_off``."""
        return self.amount - self.set_off

    @property
    def title(self) -> str:
        """What names the item to the customer: document, else label, else entry."""
        return next((t for t in (self.document, self.label, self.entry) if t.strip()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierLetter:
    """A letter already sent that this one recalls."""

    level: int
    date: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter to one customer in one currency.

    Attributes:
        level: Its number: 1 reminder, 2, … up to the formal notice.
        date: Printed on it.
        deadline: Last day to pay, inclusive.
        payments_until: Last day whose payments are taken into account, inclusive.
        currency: ISO 4217 code of every amount.
        language: ``fr`` or ``en``: how dates and amounts are written.
        subject: Its subject line.
        batch: Name of the campaign.
        lines: What is owed, in the order to print; never empty.
        earlier: Letters to recall, oldest first.
        reference: What the customer is to quote; empty means the account.
        registered: Whether it goes by registered post.
        payment_code: Whether a code to pay the balance due is to be printed, where one can be.
    """

    recipient: Recipient
    sender: Sender
    level: int
    date: dt.date
    deadline: dt.date
    payments_until: dt.date
    currency: str
    language: str
    subject: str
    batch: str
    lines: tuple[LetterLine, ...]
    earlier: tuple[EarlierLetter, ...] = ()
    reference: str = ""
    registered: bool = False
    payment_code: bool = False

    @property
    def balance_due(self) -> Decimal:
        """Σ of the remainders of its lines."""
        return sum((line.remainder for line in self.lines), Decimal(0))

    @property
    def interest(self) -> Decimal:
        """Σ of the interest of its lines; no part of the balance due."""
        return sum((line.interest for line in self.lines), Decimal(0))

    @property
    def fixed_sums(self) -> Decimal:
        """Σ of the fixed sums of its lines; no part of the balance due."""
        return sum((line.fixed_sum for line in self.lines), Decimal(0))


def cleaned(letter: Letter) -> tuple[Letter, list[Finding]]:
    """``letter`` with nothing in it that Word cannot hold, and what to tell the user.

    Findings name the customer, never block: removed characters, once a field,
    and what of the address does not fit the postal norm.
    """
    removed: dict[str, tuple[str, ...]] = {}
    letter = _cleaned(letter, "", removed)
    who = f"Lettre de {letter.recipient.account or letter.recipient.name}"
    findings = [
        Finding(
            where=who,
            message=f"{_TITLES.get(field, field)} : {_listed(codes)}, que Word ne peut imprimer",
            blocking=False,
        )
        for field, codes in removed.items()
    ]
    findings += [
        Finding(where=who, message=warning, blocking=False)
        for warning in letter.recipient.postal_block.warnings
    ]
    return letter, findings


def check_sender(sender: Sender) -> list[Finding]:
    """What the law wants on every letter and the settings do not say (C. com. R123-237).

    And numbers whose own check digits contradict them.
    """
    wanted = {
        "la raison sociale (societe_nom)": sender.name,
        "le SIREN (societe_siren)": sender.siren,
        "le siège (societe_adresse_1, societe_ville)": " ".join(sender.address) and sender.city,
    }
    return [
        *(
            Finding(where="Paramètres", message=f"{what} manque : aucune lettre n'est éditée sans")
            for what, text in wanted.items()
            if not text.strip()
        ),
        *check_numbers(sender),
    ]


def check_numbers(sender: Sender) -> list[Finding]:
    """IBAN, BIC and SIREN that cannot be right; a wrong IBAN stops every letter."""
    problems = (
        ("IBAN (societe_iban)", iban_problem(sender.iban), True),
        ("BIC (societe_bic)", bic_problem(sender.bic), False),
        ("SIREN (societe_siren)", siren_problem(sender.siren), False),
    )
    return [
        Finding(where="Paramètres", message=f"{what} : {problem}", blocking=blocking)
        for what, problem, blocking in problems
        if problem
    ]


_WITHOUT_TEXT = frozenset({bool, int, Decimal, dt.date, type(None)})
_TITLES = {
    "account": "compte", "name": "nom", "contact": "contact", "address": "adresse",
    "postal_code": "code postal", "city": "ville", "country": "pays", "phone": "téléphone",
    "email": "e-mail", "document": "pièce", "label": "libellé", "entry": "écriture",
    "subject": "objet", "reference": "référence", "batch": "campagne",
}  # fmt: skip


def _listed(codes: Sequence[str]) -> str:
    plural = "s" if len(codes) > 1 else ""
    return f"caractère{plural} {', '.join(codes)} retiré{plural}"


def _cleaned(value: Any, field: str, removed: dict[str, tuple[str, ...]]) -> Any:
    """``value`` with every text in it cleaned; fills ``removed`` by field name."""
    if type(value) in _WITHOUT_TEXT:
        return value
    if isinstance(value, str):
        text, codes = clean(value)
        if codes:
            removed[field] = tuple(dict.fromkeys(removed.get(field, ()) + codes))
        return text
    if isinstance(value, tuple):
        return tuple(_cleaned(item, field, removed) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {}
        for name in value.__dataclass_fields__:
            old = getattr(value, name)
            new = _cleaned(old, name, removed)
            if new is not old and new != old:
                changes[name] = new
        return dataclasses.replace(value, **changes) if changes else value
    return value
