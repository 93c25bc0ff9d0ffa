"""Small nasty ledgers: text tables for examples, hypothesis strategies for the rest.

Everything is drawn from few values close to one another, so that equals,
collisions of pieces and codes, exact covers and the day before / the day / the
day after are common. Rows are dicts with the French column titles, as in
``second_reading``.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from xl_relances.book import layout
from xl_relances.book.ledger_sheet import parse_ledger
from xl_relances.book.tables import TableRows
from xl_relances.dunning.due_dates import PaymentTerms
from xl_relances.dunning.open_items import AccountPosition, position

Row = dict[str, Any]

AS_OF = date(2026, 11, 25)
ACCOUNTS = ("000123", "123", "1234", "411", "411A", "411AB", "411B", "C1", "ÉLAN 01")
CURRENCIES = ("EUR", "USD", "JPY", "TND")
PLACES = {"JPY": 0, "TND": 3}
TERMS = ("", "30", "0", "45FM", "FM45", "30FM10", "30FM", "10")
CODES = ("a", "b", "A", "B")
PIECES = ("", "0", "0000", "FA-1", "FA-2", "FA-3", "VE11")
ENTRIES = ("", "VE2026-1", "VE2026-2", "BQ2026-1")
GRAND_LIVRE = (
    "Compte", "Nom", "Écriture", "Pièce", "Date", "Échéance", "Libellé", "Débit", "Crédit",
    "Devise", "Lettrage", "Litige", "Promesse", "Jusqu'au", "Motif", "Dernière lettre",
    "Relancé le",
)  # fmt: skip
CLIENTS = (
    "Compte", "Nom", "Délai de paiement", "Ne pas relancer", "Bloqué jusqu'au", "Motif du blocage",
)  # fmt: skip
_DATES = {"Date", "Échéance", "Jusqu'au", "Relancé le", "Bloqué jusqu'au"}
_AMOUNTS = {"Débit", "Crédit"}
_NUMBERS = {"Dernière lettre", "N°", "Délai", "Retard"}
_TICKS = {"Ne pas relancer", "Répéter"}

# ---------------------------------------------------------------- text tables


def cell(title: str, value: str) -> Any:
    """Read one cell by what its column holds; dates JJ/MM/AAAA."""
    value = value.strip()
    if title in _TICKS:
        return value in {"1", "oui", "x"}
    if not value and title in _DATES | _AMOUNTS | _NUMBERS:
        return None
    if title in _DATES:
        return datetime.strptime(value, "%d/%m/%Y").date()
    if title in _AMOUNTS:
        return Decimal(value.replace(" ", "").replace(",", "."))
    return int(value) if title in _NUMBERS else value


def table(lines: str, titles: tuple[str, ...] = GRAND_LIVRE) -> list[Row]:
    """Rows of a ``;`` table whose first line names its columns; the other titles are empty."""
    rows = [line.strip() for line in lines.strip().splitlines()]
    header = [title.strip() for title in rows[0].split(";")]
    result = []
    for line in rows[1:]:
        values = line.split(";") + [""] * len(header)
        given = dict(zip(header, values, strict=False))
        columns = dict.fromkeys((*titles, *header))
        result.append({title: cell(title, given.get(title, "")) for title in columns})
    return result


def account(text: str, as_of: date = AS_OF) -> AccountPosition:
    """The position of the one account of a small text table."""
    titles = tuple(column.title for column in layout.GRAND_LIVRE_TABLE.columns)
    rows = [[row.get(title) for title in titles] for row in table(text)]
    read = TableRows(layout.GRAND_LIVRE_TABLE, titles, rows, list(range(5, 5 + len(rows))))
    ledger = parse_ledger(read, currency="EUR", highest=3)
    assert not ledger.faults
    return position(ledger.entries, terms=PaymentTerms(days=30), as_of=as_of)


def procedure(*delays: int, lateness: tuple[int, ...] = (), repeat: bool = False) -> list[Row]:
    """Niveaux with those delays; lateness adds them up unless given; only the last may repeat."""
    return [
        {
            "N°": number,
            "Libellé": f"Lettre {number}",
            "Délai": delay,
            "Retard": lateness[number - 1] if lateness else sum(delays[:number]),
            "Répéter": repeat and number == len(delays),
        }
        for number, delay in enumerate(delays, 1)
    ]


def selection(**criteria: Any) -> Row:
    """Sélection, empty but for what is given."""
    return {
        "compte_debut": "", "compte_fin": "", "devise": "", "factures_avant_le": None,
        "solde_minimum": None, "numero_lettre": "Automatique", "calcul_niveau": "Nombre",
        **criteria,
    }  # fmt: skip


def settings(**values: Any) -> Row:
    """Paramètres as shipped, but for what is given."""
    return {
        "intervalle_relances": 14, "contenu_lettre": "Tous les échus", "delai_de_paiement": "",
        "societe_devise": "EUR", **values,
    }  # fmt: skip


# ---------------------------------------------------------------- strategies


def often(value: Any, *others: Any, weight: int = 3) -> st.SearchStrategy[Any]:
    """``value`` that many times as often as all the others together."""
    return st.sampled_from([value] * weight * len(others) + list(others))


@st.composite
def seldom(
    draw: st.DrawFn, strategy: st.SearchStrategy[Any], *, weight: int, otherwise: Any
) -> Any:
    """``otherwise``, and ``weight`` times less often a value of the strategy."""
    return draw(strategy) if draw(often(False, True, weight=weight)) else otherwise


def days_ago(first: int = -2, final: int = 12) -> st.SearchStrategy[date]:
    """Close around ``AS_OF``, seldom long before it."""
    near = st.integers(first, final)
    far = st.sampled_from([20, 45, 177])
    return often(near, far, weight=5).flatmap(
        lambda chosen: chosen.map(lambda days: AS_OF - timedelta(days=days))
    )


def amounts(currency: str, *wholes: int) -> st.SearchStrategy[Decimal]:
    """In the currency's places; round ones repeat, some end in the last place; 0 gives cents."""
    unit = Decimal(1).scaleb(-PLACES.get(currency, 2))
    whole = st.sampled_from(wholes).map(Decimal)
    tails = st.sampled_from([0, 0, 0, 0, 1, 5])
    return st.builds(lambda w, t: (w + t * unit).quantize(unit), whole, tails)


@st.composite
def entries(draw: st.DrawFn, accounts: list[str], currencies: list[str], top_level: int) -> Row:
    """One row of Grand livre."""
    account, currency = draw(st.sampled_from(accounts)), draw(st.sampled_from(currencies))
    side = draw(
        st.sampled_from(["D"] * 12 + ["C"] * 5 + ["big C", "negative D", "negative C", "zero"])
    )
    if side in {"D", "negative C"}:
        amount = draw(amounts(currency, 0, 100, 200, 300, 500, 1000))
    else:
        amount = draw(amounts(currency, 0, 50, 100, 100, 200))
    zero = amount - amount
    if side == "big C":
        amount *= 5
    debit, credit = {
        "D": (amount, None),
        "C": (None, amount),
        "big C": (None, amount),
        "negative D": (-amount, None),
        "negative C": (zero, -amount),
        "zero": (zero, zero),
    }[side]
    document = None
    if draw(often(True, False, weight=9)):
        document = draw(days_ago(-1, 12) if draw(st.booleans()) else days_ago(10, 50))
    due = None if draw(often(False, True, weight=4)) else draw(days_ago())
    reminded = draw(often(False, True, weight=6))
    return {
        "Compte": account,
        "Nom": f"Client {account}",
        "Écriture": draw(often("", *ENTRIES[1:], weight=1)),
        "Pièce": draw(st.sampled_from(PIECES)),
        "Date": document,
        "Échéance": due,
        "Libellé": draw(st.sampled_from(["", "Facture", "Règlement"])),
        "Débit": debit,
        "Crédit": credit,
        "Devise": draw(st.sampled_from(["EUR", "EUR", ""])) if currency == "EUR" else currency,
        "Lettrage": draw(often("", *CODES, weight=2)),
        **draw(holds()),
        "Dernière lettre": draw(st.integers(1, top_level)) if reminded else None,
        "Relancé le": draw(days_ago(0, 12)) if reminded else None,
    }


@st.composite
def holds(draw: st.DrawFn) -> Row:
    """Dispute and promise, mostly none: without a day, or until one around ``AS_OF``."""
    dispute = draw(seldom(st.sampled_from(["qualité", "Non"]), weight=9, otherwise=""))
    promise = draw(seldom(st.sampled_from(["oui", "oui", "faux"]), weight=9, otherwise=""))
    until = None
    if (dispute or promise or draw(often(False, True, weight=14))) and draw(st.booleans()):
        until = draw(days_ago(-2, 2))
    return {"Litige": dispute, "Promesse": promise, "Jusqu'au": until, "Motif": ""}


@st.composite
def customers(draw: st.DrawFn, accounts: list[str]) -> list[Row]:
    """Rows of Clients for some of the accounts."""
    return [
        {
            "Compte": account,
            "Nom": draw(st.sampled_from([f"Client {account}", "", "Autre nom"])),
            "Délai de paiement": draw(st.sampled_from(TERMS)),
            "Ne pas relancer": draw(often(False, True, weight=14)),
            "Bloqué jusqu'au": draw(seldom(days_ago(-1, 1), weight=8, otherwise=None)),
            "Motif du blocage": draw(often("", "promesse", weight=14)),
        }
        for account in accounts
        if draw(often(True, False, weight=4))
    ]


@st.composite
def procedures(draw: st.DrawFn) -> list[Row]:
    """One to four levels; thresholds of lateness never fall; the last level may repeat."""
    delays = draw(st.lists(st.sampled_from([0, 1, 3, 5, 8]), min_size=1, max_size=4))
    lateness = draw(
        st.lists(
            st.sampled_from([0, 1, 3, 5, 8, 12, 36]),
            min_size=len(delays), max_size=len(delays), unique=True,
        )
    )  # fmt: skip
    rows = procedure(*delays, lateness=tuple(sorted(lateness)))
    for row in rows:
        row["Répéter"] = draw(st.booleans() if row is rows[-1] else often(False, True, weight=6))
    return rows


@st.composite
def selections(draw: st.DrawFn, accounts: list[str], currencies: list[str], last: int) -> Row:
    """Sélection: mostly open, sometimes each criterion, bounds at and beside the accounts."""
    bounds = ["41", "411", "1", "000123", "C", *accounts]
    return selection(
        compte_debut=draw(often("", *bounds, weight=4)),
        compte_fin=draw(often("", *bounds, weight=4)),
        devise=draw(often("", *currencies, weight=5)),
        factures_avant_le=draw(seldom(days_ago(-1, 12), weight=5, otherwise=None)),
        solde_minimum=draw(
            seldom(
                st.sampled_from(["0", "100", "100.01", "300", "1000"]).map(Decimal),
                weight=3,
                otherwise=None,
            )
        ),
        numero_lettre=draw(often("Automatique", *range(1, last + 1), weight=2)),
        calcul_niveau=draw(st.sampled_from(["Nombre", "Nombre", "Retard"])),
    )


@st.composite
def worlds(draw: st.DrawFn, *, max_rows: int = 12) -> dict[str, Any]:
    """The arguments of ``second_reading.prepare`` for a first Prepare, decisions apart."""
    most = draw(st.sampled_from([1, 1, 1, 2, 2, 3, 4]))
    accounts = draw(st.lists(st.sampled_from(ACCOUNTS), min_size=1, max_size=most, unique=True))
    currencies = draw(
        st.one_of(
            st.just(["EUR"]),
            st.lists(st.sampled_from(CURRENCIES), min_size=1, max_size=3, unique=True),
        )
    )
    levels = draw(procedures())
    size = draw(st.sampled_from([size for size in (1, 2, 3, 4, 5, 6, 8, 12) if size <= max_rows]))
    row = entries(accounts, currencies, len(levels))
    ledger = draw(st.lists(row, min_size=size, max_size=size))
    if draw(often(False, True, weight=2)):
        twin = dict(draw(st.sampled_from(ledger)))
        if draw(st.booleans()):
            twin["Échéance"] = draw(days_ago())
        ledger.insert(draw(st.integers(0, len(ledger))), twin)
    criteria = draw(selections(accounts, currencies, len(levels)))
    return {
        "ledger": ledger,
        "customers": draw(customers(accounts)),
        "history": [],
        "cancelled": set(),
        "levels": levels,
        "selection": criteria,
        "settings": settings(
            intervalle_relances=draw(st.sampled_from([0, 1, 5, 10, 14])),
            contenu_lettre=draw(often("Tous les échus", "Échéances prêtes", weight=3)),
            delai_de_paiement=draw(st.sampled_from(TERMS)),
        ),
        "as_of": AS_OF,
    }


@st.composite
def decisions(draw: st.DrawFn, world: dict[str, Any]) -> dict[str, Any]:
    """What the user decided: pairs forced, and ledger rows (by index) unticked or ticked by hand.

    Indices, not identities: each implementation has its own.
    """
    ledger, home = world["ledger"], world["settings"]["societe_devise"]
    pairs = sorted({(row["Compte"], row["Devise"] or home) for row in ledger})
    indices = st.sets(st.integers(0, len(ledger) - 1), max_size=3)
    unticked = draw(st.one_of(st.just(set[int]()), indices))
    return {
        "forced": draw(st.one_of(st.just(set[Any]()), st.sets(st.sampled_from(pairs)))),
        "unticked": unticked,
        "ticked": draw(st.one_of(st.just(set[int]()), indices)) - unticked,
    }


@st.composite
def campaigns(draw: st.DrawFn, world: dict[str, Any]) -> list[dict[str, Any]]:
    """Up to four campaigns after one another on the same ledger.

    Each has ``days`` since the one before, ``issued`` (pairs the user issues,
    where they are in Préparation), ``typed`` (a number typed over a pair's),
    ``unticked`` / ``ticked`` / ``forced`` as in ``decisions``, and ``undo``
    (whether the campaign is taken back once saved).
    """
    ledger, home = world["ledger"], world["settings"]["societe_devise"]
    pairs = sorted({(row["Compte"], row["Devise"] or home) for row in ledger})
    numbers = st.integers(1, len(world["levels"]))
    return [
        {
            "days": 0 if first else draw(st.sampled_from([0, 1, 3, 5, 8, 10, 14, 30])),
            "issued": draw(
                st.one_of(st.just(set(pairs)), st.just(set(pairs)), st.sets(st.sampled_from(pairs)))
            ),
            "typed": draw(
                st.one_of(
                    st.just({}),
                    st.dictionaries(st.sampled_from(pairs), numbers, max_size=2),
                )
            ),
            "undo": draw(often(False, True, weight=5)),
            **draw(decisions(world)),
        }
        for first in [True, *[False] * draw(st.integers(0, 3))]
    ]
