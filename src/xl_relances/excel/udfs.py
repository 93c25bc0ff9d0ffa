"""Worksheet functions ``RELANCE_*``: one line each over the core, on Windows.

Every argument may be a cell or a range: results come back in the shape of the
largest, a single cell going with each. An empty first cell gives an empty
result. What cannot be computed raises: the cell then shows ``#VALEUR!``, or
``#N/A`` where a value is missing (:class:`NotAvailableError`). Docstrings and
argument texts are French: Excel's function wizard shows them.

Source: product specification, section 7.
"""
# ruff: noqa: N802 - names of worksheet functions; Excel passes arguments by position

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, TypeAlias

import xlwings as xw

from xl_relances.book import cells, layout, named_cells
from xl_relances.book.ledger_sheet import Ledger, parse_ledger
from xl_relances.book.rates import parse_rates
from xl_relances.book.tables import Row, TableRows
from xl_relances.dunning.aging import BANDS, CREDITS, aged
from xl_relances.dunning.charges import Charge, Claim, charges
from xl_relances.dunning.due_dates import days_overdue, parse_terms
from xl_relances.dunning.ledger import by_account
from xl_relances.dunning.levels import DunningLevel, DunningProcedure, LevelMethod, NextLevel
from xl_relances.dunning.open_items import position
from xl_relances.dunning.rates import MissingRateError, Rates

Grid: TypeAlias = list[list[Any]]


_CONSUMER = named_cells.PARTICULIER.casefold()
_TYPES = frozenset({"", _CONSUMER, named_cells.PROFESSIONNEL.casefold()})


class NotAvailableError(LookupError):
    """A value that is not there: the cell shows ``#N/A``."""


_Echeance = Annotated[Any, {"ndim": 2, "doc": "Date d'échéance, une cellule ou une plage."}]
_Relance = Annotated[Any, {"ndim": 2, "doc": "Date de relance, à laquelle compter le retard."}]
_Niveau = Annotated[Any, {"ndim": 2, "doc": "Niveau de la dernière lettre ; vide : aucune."}]
_Derniere = Annotated[Any, {"ndim": 2, "doc": "Date de la dernière lettre ; vide : aucune."}]
_Niveaux = Annotated[
    Any, {"ndim": 2, "doc": "Niveaux[[Délai]:[Répéter]] de la feuille Paramètres."}
]
_Calcul = Annotated[Any, {"ndim": 2, "doc": "« Nombre » (vide aussi) ou « Retard »."}]
_Piece = Annotated[Any, {"ndim": 2, "doc": "Date de la pièce, une cellule ou une plage."}]
_Compte = Annotated[Any, {"ndim": 2, "doc": "Compte du client, une cellule ou une plage."}]
_Livre = Annotated[Any, {"ndim": 2, "doc": "Le tableau du grand livre : GrandLivre[#Tout]."}]
_Devise = Annotated[Any, {"ndim": 2, "doc": "Code de la devise ; vide : EUR."}]
_Reste = Annotated[Any, {"ndim": 2, "doc": "Reste dû en euros, une cellule ou une plage."}]
_Taux = Annotated[Any, {"ndim": 2, "doc": "Le tableau des taux : Taux[#Tout], feuille Paramètres."}]
_Type = Annotated[Any, {"ndim": 2, "doc": "« Professionnel » (vide aussi) ou « Particulier »."}]
_Notice = Annotated[
    Any, {"ndim": 2, "doc": "Particulier : date de la mise en demeure ; vide : pas de pénalités."}
]
_Delai = Annotated[Any, {"ndim": 2, "doc": "Délai de paiement : 30, 45FM, FM45 ou 30FM10."}]


@xw.func
def RELANCE_RETARD(echeance: _Echeance, date_relance: _Relance) -> Any:
    """Jours de retard : 0 le jour de l'échéance et avant, 1 le lendemain."""
    return _each(lambda due, as_of: days_overdue(_day(due), _day(as_of)), echeance, date_relance)


@xw.func
def RELANCE_ECHEANCE(date_piece: _Piece, delai: _Delai) -> Any:
    """Date d'échéance d'une pièce d'après son délai de paiement (30, 45FM, FM45, 30FM10)."""
    return _each(_due_date, date_piece, delai)


@xw.func
def RELANCE_NIVEAU(
    echeance: _Echeance,
    date_relance: _Relance,
    niveau: _Niveau,
    derniere_lettre: _Derniere,
    niveaux: _Niveaux,
    calcul: _Calcul = None,
) -> Any:
    """Niveau que l'échéance atteint à la date de relance ; inchangé si rien ne peut partir."""
    return _each(
        _following(niveaux, lambda now, upcoming: upcoming.level if upcoming.ready else now),
        echeance, date_relance, niveau, derniere_lettre, calcul,
    )  # fmt: skip


@xw.func
def RELANCE_DATE(
    echeance: _Echeance,
    date_relance: _Relance,
    niveau: _Niveau,
    derniere_lettre: _Derniere,
    niveaux: _Niveaux,
    calcul: _Calcul = None,
) -> Any:
    """Premier jour où la prochaine lettre peut partir ; #N/A après le dernier niveau."""
    return _each(
        _following(niveaux, lambda _, upcoming: _known(upcoming.day)),
        echeance, date_relance, niveau, derniere_lettre, calcul,
    )  # fmt: skip


@xw.func
def RELANCE_SOLDE(compte: _Compte, grand_livre: _Livre, devise: _Devise = None) -> Any:
    """Solde non lettré du client, jamais plus que le solde de son compte ; #N/A sans écriture."""
    return _each(_balances(grand_livre, "EUR"), compte, devise)


@xw.func
def RELANCE_BALANCEAGEE(grand_livre: _Livre, date_relance: _Relance, devise: _Devise = None) -> Any:
    """Balance âgée, une ligne par client : non échu, 1–30, 31–60, 61–90, plus de 90 jours."""
    currency = cells.text(devise[0][0]).upper() if devise else ""
    return _aged_balance(grand_livre, _day(date_relance[0][0]), currency or "EUR")


@xw.func
def RELANCE_PENALITES(
    reste: _Reste,
    echeance: _Echeance,
    date_relance: _Relance,
    taux: _Taux,
    type_client: _Type = None,
    mise_en_demeure: _Notice = None,
) -> Any:
    """Pénalités de retard en euros jusqu'à la date de relance comprise ; #N/A si un taux manque."""
    return _each(
        _charged(taux, lambda charge: charge.interest.amount if charge.interest else 0),
        reste, echeance, date_relance, type_client, mise_en_demeure,
    )  # fmt: skip


@xw.func
def RELANCE_INDEMNITE(
    reste: _Reste, echeance: _Echeance, date_relance: _Relance, type_client: _Type = None
) -> Any:
    """Indemnité de recouvrement : 40 € par facture en retard d'un professionnel, 0 sinon."""
    return _each(
        _charged(None, lambda charge: charge.fixed_sum), reste, echeance, date_relance, type_client
    )


def _due_date(document_date: Any, written: Any) -> datetime | None:
    terms = parse_terms(cells.text(written))
    if terms is None:
        raise ValueError(f"délai de paiement inconnu : {written}")
    return cells.moment(terms.due_date(_day(document_date)))


def _following(
    steps: Grid, wanted: Callable[[int, NextLevel], Any]
) -> Callable[[Any, Any, Any, Any, Any], Any]:
    procedure = DunningProcedure(
        tuple(
            DunningLevel(
                rank=rank,
                delay=cells.integer(delay) or 0,
                lateness=cells.integer(late) or 0,
                repeat=cells.tick(repeat),
            )
            for rank, (delay, late, repeat) in enumerate(steps, 1)
        )
    )

    def following(due: Any, as_of: Any, level: Any, letter: Any, method: Any) -> Any:
        now = cells.integer(level) or 0
        upcoming = procedure.next_level(
            LevelMethod.LATENESS if method == "Retard" else LevelMethod.COUNT,
            level=now,
            due_date=_day(due),
            letter_date=cells.day(letter),
            as_of=_day(as_of),
        )
        return wanted(now, upcoming)

    return following


def _known(day: date | None) -> datetime | None:
    if day is None:
        raise NotAvailableError("no further letter")
    return cells.moment(day)


def _charged(rates: Grid | None, wanted: Callable[[Charge], Any]) -> Callable[..., float]:
    """What one invoice bears; without ``rates`` no interest is asked for."""
    known = _rates(rates) if rates else Rates()

    def charged(left: Any, due: Any, as_of: Any, kind: Any, notice: Any = None) -> float:
        if cells.text(kind).casefold() not in _TYPES:
            raise ValueError(f"type de client inconnu : {kind}")
        claim = Claim(
            identity="", document="", entry_no="", document_date=None,
            due_date=_day(due), remainder=cells.amount(left, "EUR"),
        )  # fmt: skip
        sent = cells.day(notice)
        try:
            found = charges(
                [claim],
                currency="EUR",
                is_professional=cells.text(kind).casefold() != _CONSUMER,
                with_interest=rates is not None,
                with_fixed_sum=rates is None,
                as_of=_day(as_of),
                rates=known,
                notices={"": sent} if sent else {},
            )
        except MissingRateError as error:
            raise NotAvailableError(str(error)) from None
        return float(wanted(found.of("")))

    return charged


def _rates(table: Grid) -> Rates:
    titles = tuple(cells.text(title) for title in table[0])
    rows: list[Row] = [row for row in table[1:] if any(cell is not None for cell in row)]
    rates, findings = parse_rates(
        TableRows(layout.TAUX_TABLE, titles, rows, list(range(len(rows))))
    )
    for finding in findings:
        raise ValueError(str(finding))
    return rates


def _balances(ledger: Grid, default_currency: str) -> Callable[[Any, Any], float]:
    parsed = _parsed(ledger, default_currency)
    accounts = by_account(parsed.entries)

    def balance(account: Any, currency: Any) -> float:
        name = cells.text(account)
        if name in parsed.faults:
            raise ValueError(parsed.faults[name])
        entries = accounts.get((name, cells.text(currency).upper() or default_currency))
        if entries is None:
            raise NotAvailableError(name)
        return float(position(entries, terms=None, as_of=date.max).net)

    return balance


def _aged_balance(ledger: Grid, as_of: date, currency: str) -> Grid:
    """Titles, then one row a customer of that currency with an open item, by account."""
    parsed = _parsed(ledger, "EUR")
    for fault in parsed.faults.values():
        raise ValueError(fault)
    grid: Grid = [["Compte", "Nom", *BANDS, CREDITS, "Total"]]
    for (account, its_currency), entries in sorted(by_account(parsed.entries).items()):
        if its_currency != currency:
            continue
        held = position(entries, terms=None, as_of=as_of)
        if held.items:
            amounts = aged(held, as_of).values()
            grid.append([account, held.name, *map(float, amounts), float(sum(amounts))])
    return grid


def _parsed(ledger: Grid, default_currency: str) -> Ledger:
    titles = tuple(cells.text(title) for title in ledger[0])
    rows: list[Row] = [row for row in ledger[1:] if any(cell is not None for cell in row)]
    table = TableRows(layout.GRAND_LIVRE_TABLE, titles, rows, list(range(len(rows))))
    return parse_ledger(table, currency=default_currency, highest=9)


def _day(value: Any) -> date:
    """The day in a cell.

    Raises:
        ValueError: It holds none.
    """
    day = cells.day(value)
    if day is None:
        raise ValueError("date attendue, cellule vide")
    return day


def _each(compute: Callable[..., Any], *arguments: Grid | None) -> Grid:
    """``compute`` for each cell; a single cell goes with each, an empty first gives empty.

    Raises:
        ValueError: Two ranges have different shapes.
    """
    grids = [[[None]] if argument is None else argument for argument in arguments]
    shapes = {(len(grid), len(grid[0])) for grid in grids} - {(1, 1)}
    if len(shapes) > 1:
        raise ValueError("plages de tailles différentes")
    rows, columns = shapes.pop() if shapes else (1, 1)

    def cell(grid: Grid, row: int, column: int) -> Any:
        return grid[0][0] if (len(grid), len(grid[0])) == (1, 1) else grid[row][column]

    return [
        [
            None
            if cell(grids[0], row, column) in {None, ""}
            else compute(*(cell(grid, row, column) for grid in grids))
            for column in range(columns)
        ]
        for row in range(rows)
    ]
