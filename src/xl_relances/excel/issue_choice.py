"""Éditer…: for which customers? Asked with their number, claims and letters, one offer at a time.

First all letters not yet issued, then the selected rows, then the account range and
number entered on Sélection under « Éditer une partie ». Where several rows are
selected they come first. Message boxes and cells work on Windows and on the Mac
alike; each question can be cancelled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import xlwings as xw

from xl_relances import french
from xl_relances.book import layout, preparation_sheet
from xl_relances.book import settings as named
from xl_relances.book.preparation_rows import CustomerRow
from xl_relances.book.settings import Settings
from xl_relances.dunning.decision import Key
from xl_relances.dunning.selection import Selection
from xl_relances.errors import CancelledError, RefusedError
from xl_relances.excel.boundary import TITLE
from xl_relances.excel.selected_rows import selected_rows

_NOTHING = "Annulé : aucune lettre n'a été faite."


@dataclass(frozen=True, slots=True)
class Offer:
    """Letters that Éditer proposes to make.

    Attributes:
        what: Which they are, behind « 42 lettres ».
        rows: Their rows of Préparation.
    """

    what: str
    rows: Sequence[CustomerRow]

    @property
    def keys(self) -> frozenset[Key]:
        """Whose letters they are."""
        return frozenset(row.key for row in self.rows)

    @property
    def question(self) -> str:
        """« Éditer 42 lettres non éditées (118 340,22 €, lettres 1 : 21, 2 : 14, 3 : 7) ? »."""
        again = sum(row.issued for row in self.rows)
        redone = f", dont {again} à refaire" if again else ""
        what = f" {self.what}" if self.what else ""
        letters = french.count(len(self.rows), "lettre")
        return f"Éditer {letters}{what} ({figures(self.rows)}{redone}) ?"


def figures(rows: Collection[CustomerRow]) -> str:
    """« 118 340,22 €, lettres 1 : 21, 2 : 14 »."""
    numbers = Counter(row.letter_no or 0 for row in rows)
    amounts = french.amounts((row.currency, row.balance_due) for row in rows)
    letters = ", ".join(f"{number} : {count}" for number, count in sorted(numbers.items()))
    return f"{amounts}, lettres {letters}"


def ask(book: xw.Book) -> frozenset[Key] | None:
    """Whose letters the user wants; None where there is none to offer.

    Raises:
        CancelledError: The user wants none.
        RefusedError: None of the offers suits: the sentence says where to enter another.
    """
    offers = offered(book)
    if not offers:
        return None
    for number, offer in enumerate(offers, 1):
        following = (
            offers[number].what if number < len(offers) else "une plage de comptes ou un numéro"
        )
        text = f"{offer.question}\nNon : choisir autrement ({following or 'les autres'})."
        answer = book.app.alert(text, TITLE, "yes_no_cancel", "info")
        if answer == "yes":
            return offer.keys
        if answer != "no":
            raise CancelledError(_NOTHING)
    cell = book.names["edition_compte_debut"].refers_to_range
    cell.sheet.activate()
    cell.select()
    raise RefusedError(
        "Indiquez sous « Éditer une partie » la plage de comptes, le numéro de lettre ou les "
        "deux, puis cliquez de nouveau Éditer….\nAucune lettre n'a été faite."
    )


def offered(book: xw.Book) -> list[Offer]:
    """What can be issued, the likeliest wish first; no offer without a letter, none twice."""
    highest = named.procedure(book).highest
    rows = [row for row in preparation_sheet.read(book, highest).customers if row.is_chased]
    waiting = Offer("non éditées", [row for row in rows if not row.issued])
    numbers = set(_selected(book))
    selected = Offer("des lignes sélectionnées", [r for r in rows if r.number_of_row in numbers])
    part = _part(book, waiting.rows)
    ordered = [waiting, selected, *part] if len(numbers) < 2 else [selected, waiting, *part]
    offers: list[Offer] = []
    for offer in ordered:
        if offer.rows and all(offer.keys != other.keys for other in offers):
            offers.append(offer)
    return offers


def _selected(book: xw.Book) -> list[int]:
    """Rows of Préparation that are selected; none where the user is elsewhere."""
    try:
        return selected_rows(book, layout.PREPARATION_TABLE)[1]
    except RefusedError:
        return []


def _part(book: xw.Book, waiting: Sequence[CustomerRow]) -> list[Offer]:
    """Letters within the range and of the number that Sélection names, when it names any."""
    settings = Settings(book)
    first, last = settings.text("edition_compte_debut"), settings.text("edition_compte_fin")
    number = settings.integer("edition_lettre")
    if not first and not last and number is None:
        return []
    bounds = Selection(as_of=date.min, first_account=first, last_account=last)
    what = []
    if first or last:
        what.append(f"des comptes {first or '…'} à {last or '…'}")
    if number is not None:
        what.append(f"de numéro {number}")
    rows = [
        row for row in waiting if bounds.in_range(row.account) and number in {None, row.letter_no}
    ]
    return [Offer(" ".join(what), rows)]
