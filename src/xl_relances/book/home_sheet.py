"""What the formulas of Accueil and of the titles give, told to an engine that does not calculate.

Excel calculates them itself. A file that our own engine saved would show what
they gave the last time somebody calculated: in Protected View and in previews
« Aucune relance » above a full table.

Each sentence below says in Python what its formula says: those of the workbook's
build (``workbook.home``, ``workbook.working_sheets``), compared by a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlwings as xw

from xl_relances import french
from xl_relances.book import formulas, layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One of the last campaigns.

    Attributes:
        batch: Its name.
        letter_date: Day of its letters.
        customers: How many got one, each currency counted.
        amount: What was claimed in the company's currency.
        saved_at: When it was saved.
        cancelled_at: When it was undone; None while it counts.
    """

    batch: str
    letter_date: date | None
    customers: int
    amount: Decimal
    saved_at: datetime
    cancelled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the sheets hold, counted.

    Attributes:
        currency: The company's currency.
        company: Whether its name, number and address are filled in.
        entries: Rows of Grand livre.
        first_day: Earliest document date.
        last_day: Latest document date.
        disputed: Entries in dispute.
        promised: Entries whose payment was promised, kept or not.
        cards: Rows of Clients.
        addresses: Those with an e-mail.
        by_mail: Those who are written to otherwise than by post alone.
        stopped: Those not to be dunned.
        prepared_at: When the preparation was made; None without one.
        letters_of: Day of its letters.
        rows: Rows of Préparation with items.
        wanted: Those that get a letter: ticked « Relancer », with a number.
        issued: Those issued.
        left: Those ticked and not issued.
        due: Solde dû of all rows in the company's currency.
        chased: The same of those ticked.
        other_currencies: Rows in another currency.
        by_number: How many ticked rows of each letter number.
        items: Rows of Détail.
        listed: Those ticked.
        left_out: Rows of Non relancés.
        forced: Those ticked « Forcer ».
        history: Rows of Historique.
        last_letter: Day of the newest letter.
        campaign_rows: Rows of Campagnes.
        cancelled_rows: Those undone.
        campaigns: How many campaigns there are, undone ones too.
        lines: The newest three, newest first.
    """

    currency: str
    company: bool
    entries: int
    first_day: date | None
    last_day: date | None
    disputed: int
    promised: int
    cards: int
    addresses: int
    by_mail: int
    stopped: int
    prepared_at: datetime | None
    letters_of: date | None
    rows: int
    wanted: int
    issued: int
    left: int
    due: Decimal
    chased: Decimal
    other_currencies: int
    by_number: Mapping[int, int]
    items: int
    listed: int
    left_out: int
    forced: int
    history: int
    last_letter: date | None
    campaign_rows: int
    cancelled_rows: int
    campaigns: int
    lines: tuple[Line, ...]


def calculates(book: xw.Book) -> bool:
    """Whether the engine behind the workbook works formulas out by itself."""
    return not hasattr(book.sheets[0]["A1"].impl, "cache")


def show(book: xw.Book, held: Held, finding: str | None) -> None:
    """Store what the formulas give.

    Args:
        book: A workbook whose engine does not calculate.
        held: What the sheets hold.
        finding: The sentence over the aged balance, which Accueil repeats; None as it stands.
    """
    sheets = {sheet.name: sheet for sheet in book.sheets}
    names = {name.name: name for name in book.names}
    for title, sentence in _sentences(held).items():
        if title in sheets:
            _store(sheets[title]["C1"], [[sentence]])
    for name, state, figures in zip(layout.STEP_NAMES, _states(held), _figures(held), strict=True):
        if name in names and "#REF!" not in str(names[name].refers_to):
            cell = names[name].refers_to_range
            _store(cell.resize(1, 2), [[state, figures]])
    if "preparation_le" in names:
        stamp = names["preparation_le"].refers_to_range
        above = stamp.sheet[stamp.row - 2, stamp.column]
        when = held.prepared_at
        _store(above, [[f"Préparé le {_moment(when)}" if when else "Pas encore préparé."]])
    if layout.ACCUEIL in sheets:
        home = sheets[layout.ACCUEIL]
        if finding is not None:
            _store(home["G4"], [[finding]])
        for number in range(3):
            row = layout.CAMPAIGN_LINES + number
            line = held.lines[number] if number < len(held.lines) else None
            _store(home[f"B{row}:E{row}"], [_campaign(line, held.currency, newest=not number)])
            moment = home[f"{layout.CAMPAIGN_MOMENTS}{row}"]
            _store(moment, [[line.saved_at if line else 0.0]])


def _store(place: xw.Range, values: list[list[Any]]) -> None:
    place.impl.cache(values)


def _money(amount: Decimal, currency: str) -> str:
    sign = "€" if currency == "EUR" else currency
    return f"{french.amount(round(amount, 2))} {sign}".replace(french.MINUS, "-")


def _moment(when: datetime) -> str:
    return f"{french.short_date(when)} à {when:%H:%M}"


def _day(when: date | None) -> str:
    """An empty cell is day 0 to a formula."""
    return french.short_date(when) if when else "00/01/1900"


def _sentences(held: Held) -> dict[str, str]:
    """Row 1 of each sheet; what holds nothing says so."""
    count = french.count
    filled: dict[str, str] = {}
    if held.entries:
        filled[layout.ACCUEIL] = _next_step(held)
        filled[layout.GRAND_LIVRE] = (
            f"{count(held.entries, 'écriture')} du {_day(held.first_day)} au {_day(held.last_day)}"
            + (f", dont {held.disputed} en litige" if held.disputed else "")
            + (f", {french.count(held.promised, 'promesse')}" if held.promised else "")
        )
    if held.cards:
        filled[layout.CLIENTS] = f"{count(held.cards, 'client')}, {held.addresses} avec e-mail" + (
            f", {held.stopped} à ne pas relancer" if held.stopped else ""
        )
    if held.rows:
        filled[layout.PREPARATION] = _preparation(held)
    if held.items:
        filled[layout.DETAIL] = (
            f"{count(held.items, 'échéance ouverte', 'échéances ouvertes')}, "
            f"dont {count(held.listed, 'relancée')}"
        )
    if held.left_out:
        filled[layout.NON_RELANCES] = count(
            held.left_out, "ligne laissée de côté", "lignes laissées de côté"
        ) + (f", dont {count(held.forced, 'forcée')}" if held.forced else "")
    if held.history:
        filled[layout.HISTORIQUE] = (
            f"{count(held.history, 'échéance relancée', 'échéances relancées')}, "
            f"dernière lettre le {_day(held.last_letter)}"
        )
    if held.campaign_rows:
        filled[layout.CAMPAGNES] = count(held.campaign_rows, "campagne") + (
            f", dont {count(held.cancelled_rows, 'annulée')}" if held.cancelled_rows else ""
        )
    told = (
        layout.ACCUEIL, layout.PREPARATION, layout.DETAIL, layout.NON_RELANCES,
        layout.GRAND_LIVRE, layout.CLIENTS, layout.HISTORIQUE, layout.CAMPAGNES, layout.PARAMETRES,
    )  # fmt: skip
    if held.company:
        filled[layout.PARAMETRES] = "Société renseignée."
    return {title: filled.get(title, layout.EMPTY[title]) for title in told}


def _next_step(held: Held) -> str:
    if not held.rows:
        return "Prochaine étape : Préparer."
    if held.left:
        return f"Prochaine étape : Éditer {french.count(held.left, 'lettre')}."
    if held.issued:
        return f"Prochaine étape : Sauvegarder {french.count(held.issued, 'relance')}."
    return formulas.NOTHING_CHASED


def _preparation(held: Held) -> str:
    others = held.other_currencies
    first, second = held.by_number.get(1, 0), held.by_number.get(2, 0)
    higher = sum(rows for number, rows in held.by_number.items() if number > 2)
    aside = french.count(held.left_out, "laissé de côté", "laissés de côté")
    return (
        f"Campagne du {_day(held.letters_of)} : {french.count(held.rows, 'relance')}, "
        f"{_money(held.chased, held.currency)}"
        + (f" et {others} en autre devise" if others else "")
        + f", lettres 1 : {first}, 2 : {second}, 3 et plus : {higher}"
        + (f" ; {aside}" if held.left_out else "")
    )


def _states(held: Held) -> tuple[str, ...]:
    """The state of each step."""
    saved = held.lines[0].saved_at if held.lines else None
    if not held.rows:
        letters = "sans objet"
    elif not held.issued:
        letters = "à faire"
    else:
        letters = "en cours" if held.left else "fait"
    return (
        f"fait : jusqu’au {_day(held.last_day)}" if held.entries else "à faire",
        f"fait le {_moment(held.prepared_at)}" if held.prepared_at else "à faire",
        letters,
        "à faire après Éditer" if held.rows and held.by_mail else "sans objet",
        "à faire" if held.issued else f"fait le {_moment(saved)}" if saved else "sans objet",
    )


def _figures(held: Held) -> tuple[str, ...]:
    """The figures beside each state."""
    count = french.count
    letters = count(held.rows, "relance")
    return (
        f"{count(held.entries, 'écriture')}, {count(held.cards, 'fiche client', 'fiches clients')}",
        f"{letters}, {_money(held.due, held.currency)}" if held.rows else "",
        f"{count(held.issued, 'lettre éditée', 'lettres éditées')} sur {held.wanted}"
        if held.rows
        else "",
        f"{count(held.by_mail, 'client')} par e-mail" if held.by_mail else "",
        f"{count(held.campaigns, 'campagne')} en tout" if held.campaigns else "",
    )


def _campaign(line: Line | None, currency: str, *, newest: bool) -> list[str]:
    if line is None:
        return ["Aucune campagne." if newest else "", "", "", ""]
    state = (
        f"annulée le {_day(line.cancelled_at)}"
        if line.cancelled_at
        else f"sauvegardée le {_day(line.saved_at)}"
    )
    return [
        line.batch,
        _day(line.letter_date),
        f"{french.count(line.customers, 'client')}, {_money(line.amount, currency)}",
        state,
    ]
