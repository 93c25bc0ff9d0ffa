"""How an issued letter leaves, as Clients wants it and as the journal says it went.

What Mail found out is said in « Motif » of Préparation, and by Save in « Envoi » of
Historique.

Source: product specification, sections 2 and 5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import xlwings as xw

from xl_relances.book import named_cells
from xl_relances.book.customers_sheet import Customer
from xl_relances.book.preparation_rows import CustomerRow
from xl_relances.letters.cleaning import safe_name
from xl_relances.mail.addresses import addresses
from xl_relances.mail.journal import Journal, State
from xl_relances.run.freezing import SINCE
from xl_relances.run.reading import Snapshot

IMPOSSIBLE = "E-mail impossible → Courrier"
DOUBTFUL = "E-mail à vérifier"

DRAFTS_FOLDER = "brouillons"
"""In a campaign's folder: the drafts that are files."""

DRAFT_READY = "brouillon prêt"
DRAFT_STALE = "brouillon à refaire, la lettre a changé"
_NOTE = " ; e-mail : "


@dataclass(frozen=True, slots=True)
class Means:
    """« Envoi »: by post, by e-mail, or both; by post when it says neither."""

    post: bool
    email: bool
    understood: bool = True


def means_of(sending: str) -> Means:
    """« Courrier », « E-mail », « Courrier et e-mail », and what people type instead."""
    text = re.sub(r"[\s\u2010\u2011-]", "", sending).casefold()
    email = any(word in text for word in ("email", "mail", "mél", "courriel"))
    post = any(word in text for word in ("courrier", "poste", "papier", "lettre"))
    if not email and not post:
        return Means(post=True, email=False, understood=not text)
    return Means(post=post, email=email)


def goes_by_post(customer: Customer) -> bool:
    """Whether the customer's letters are posted: wanted so, or no valid address for a mail."""
    means = means_of(customer.sending)
    return means.post or not addresses(customer.email).valid


def campaign_folder(book: xw.Book, snapshot: Snapshot, batch: str) -> Path:
    """The campaign's folder in « Dossier des lettres », wherever its letters were put."""
    home = Path(book.fullname).parent
    return home / (snapshot.settings.text("dossier_lettres") or "Relances") / safe_name(batch)


def noted(motif: str, note: str) -> str:
    """« Motif » with what became of the mail, in place of what was said before; "" says nothing."""
    reason, since, changed = motif.partition(SINCE)
    reason = reason.split(_NOTE, 1)[0]
    return reason + (f"{_NOTE}{note}" if note else "") + since + changed


def changed_since(motif: str) -> str:
    """What « Motif » says of the ledger's changes since the letter; empty for none."""
    return motif.partition(SINCE)[2]


def with_letter_anew(motif: str) -> str:
    """« Motif » of a row whose letter was made anew: a draft of the former one is none any more."""
    if f"{_NOTE}{DRAFT_READY}" not in motif:
        return motif
    return noted(motif, DRAFT_STALE)


class SentBy:
    """What « Envoi » of Historique says of each saved row; reads each journal once."""

    def __init__(self, book: xw.Book, snapshot: Snapshot) -> None:
        self._book, self._snapshot = book, snapshot
        self._journals: dict[str, Journal] = {}

    def of(self, row: CustomerRow) -> str:
        """How the row's letter left; as Clients wants it where Mail was not used for it.

        Raises:
            RefusedError: The campaign's journal is damaged.
        """
        customer = self._snapshot.customers.of(row.account, row.name)
        means = means_of(customer.sending)
        if not means.email:
            return named_cells.COURRIER
        went = named_cells.COURRIER_ET_EMAIL if means.post else named_cells.EMAIL
        if row.batch not in self._journals:
            folder = campaign_folder(self._book, self._snapshot, row.batch)
            self._journals[row.batch] = Journal.read(folder)
        entry = self._journals[row.batch].of(*row.key)
        if entry is None or entry.state is State.PREPARED:
            return went if addresses(customer.email).valid else IMPOSSIBLE
        if entry.state is State.FAILED:
            return IMPOSSIBLE
        return DOUBTFUL if entry.state is State.SENDING else went
