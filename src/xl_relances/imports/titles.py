"""Titles that columns bear: ours, those of exports, and the field that each names.

Source: product specification, section 6; titles seen in exports are facts, listed
in ``synonyms.csv``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

TITLES = {
    "Compte": "customer_code", "Compte général": "account", "Nom": "customer_name",
    "Écriture": "entry_no", "Journal": "journal", "Pièce": "invoice_no", "Date": "document_date",
    "Échéance": "due_date", "Libellé": "label", "Débit": "debit", "Crédit": "credit",
    "Montant": "amount", "Sens": "side", "Solde": "balance", "Devise": "currency",
    "Montant devise": "currency_amount", "Lettrage": "allocation", "Litige": "dispute",
    "Promesse": "promise", "Jusqu'au": "hold_until", "Motif": "hold_reason",
    "Dernière lettre": "level", "Relancé le": "letter_date", "Contact": "contact",
    "Téléphone": "phone", "Adresse 1": "address_1", "Adresse 2": "address_2",
    "Adresse 3": "address_3", "Code postal": "postal_code", "Ville": "city", "Pays": "country",
    "E-mail": "email", "Langue": "language", "Type": "type", "Envoi": "sending",
    "Délai de paiement": "terms", "Ne pas relancer": "do_not_dun",
    "Bloqué jusqu'au": "blocked_until", "Motif du blocage": "block_reason",
}  # fmt: skip
"""What the left side of ``--column`` may be, and the field it names."""

_FRENCH = {
    **{name: title for title, name in TITLES.items()},
    "account": "Compte", "customer": "Compte", "account_name": "Nom", "document_no": "Pièce",
    "heading": "Compte", "reference": "Pièce", "date": "Date", "entry_date": "Date",
    "balance_debit": "Débit", "balance_credit": "Crédit",
}  # fmt: skip

SHOWN = frozenset(_FRENCH)
"""Fields whose column the report shows."""

AMOUNTS = (
    "debit", "credit", "amount", "balance", "balance_debit", "balance_credit", "currency_amount",
)  # fmt: skip


def our_title(name: str) -> str:
    """Our title of a field."""
    return _FRENCH.get(name, name)


def normal(title: str) -> str:
    """A title without accents, case, spaces and marks: « N° pièce » is ``npiece``."""
    text = unicodedata.normalize("NFKD", title.replace("œ", "oe").replace("°", ""))
    return "".join(c for c in text.lower() if c.isascii() and c.isalnum())


@cache
def synonyms() -> Mapping[str, str]:
    """Field of each normal title."""
    text = (files("xl_relances.imports") / "synonyms.csv").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for line in text.splitlines()[1:]:
        name, _, titles = line.partition(";")
        for title in titles.split("|"):
            found.setdefault(normal(title), name)
    return found


def misspelt(plain: str) -> str | None:
    """The field of a known title one letter away (two in long ones)."""
    if len(plain) < 6:
        return None
    room = 1 if len(plain) < 11 else 2
    for known, name in synonyms().items():
        if abs(len(known) - len(plain)) <= room and len(known) >= 6 and _near(known, plain, room):
            return name
    return None


def _near(one: str, other: str, room: int) -> bool:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1] <= room
