"""The product's rules against a second, naive reading of the same specification.

Two implementations written apart agree on thousands of nasty small ledgers, or
one of them has misread a rule.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

import ledgers
import second_reading
from xl_relances.book import layout, named_cells
from xl_relances.book.customers_sheet import parse_customers
from xl_relances.book.ledger_sheet import Ledger, parse_ledger
from xl_relances.book.tables import TableRows
from xl_relances.dunning import preparation as core
from xl_relances.dunning.decision import Decisions, Preparation
from xl_relances.dunning.due_dates import parse_terms
from xl_relances.dunning.history import HistoryRecord, carried_over, standing
from xl_relances.dunning.ledger import by_account
from xl_relances.dunning.levels import DunningLevel, DunningProcedure, LevelMethod
from xl_relances.dunning.open_items import position
from xl_relances.dunning.selection import Policy, Reason, Selection

REASONS = {
    Reason.OUT_OF_RANGE: "hors plage",
    Reason.OTHER_CURRENCY: "hors devise",
    Reason.NIL_ACCOUNT: "solde nul",
    Reason.CREDIT_ACCOUNT: "compte créditeur",
    Reason.DO_NOT_DUN: "ne pas relancer",
    Reason.BLOCKED: "bloqué",
    Reason.BELOW_MINIMUM: "sous le minimum",
    Reason.COVERED: "couvert",
    Reason.TOO_RECENT: "trop récent",
    Reason.LAST_LEVEL: "dernier niveau",
    Reason.LEVEL_ZERO: "niveau 0",
    Reason.NO_DUE_DATE: "sans échéance",
    Reason.DISPUTED: "litige",
    Reason.PROMISED: "promesse",
    Reason.PAST_BOUND: "après la date limite",
    Reason.NOT_DUE: "non échu",
}


def rows_of(table: layout.Table, rows: Iterable[dict[str, Any]]) -> TableRows:
    """Records as the cells that Excel would hand over."""

    def cell(value: Any) -> Any:
        if isinstance(value, Decimal):
            return float(value)
        if isinstance(value, date) and not isinstance(value, datetime):
            return datetime(value.year, value.month, value.day)
        if isinstance(value, bool):
            return float(value)
        return float(value) if isinstance(value, int) else value

    titles = tuple(column.title for column in table.columns)
    body = [[cell(row.get(title)) for title in titles] for row in rows]
    return TableRows(table, titles, body, list(range(5, 5 + len(body))))


def procedure_of(world: dict[str, Any]) -> DunningProcedure:
    return DunningProcedure.of(
        [
            DunningLevel(
                rank=row["N°"], delay=row["Délai"], lateness=row["Retard"], repeat=row["Répéter"]
            )
            for row in world["levels"]
        ]
    )


def selection_of(world: dict[str, Any], as_of: date) -> Selection:
    criteria = world["selection"]
    number = criteria["numero_lettre"]
    by_lateness = criteria["calcul_niveau"] == "Retard"
    return Selection(
        as_of=as_of,
        first_account=criteria["compte_debut"],
        last_account=criteria["compte_fin"],
        currency=criteria["devise"],
        invoices_before=criteria["factures_avant_le"],
        minimum=criteria["solde_minimum"] or Decimal(0),
        letter_no=None if number == "Automatique" else int(number),
        method=LevelMethod.LATENESS if by_lateness else LevelMethod.COUNT,
    )


def ledger_of(world: dict[str, Any]) -> Ledger:
    return parse_ledger(
        rows_of(layout.GRAND_LIVRE_TABLE, world["ledger"]),
        currency=world["settings"]["societe_devise"],
        highest=len(world["levels"]),
    )


def prepared(
    world: dict[str, Any],
    decided: dict[str, Any],
    records: list[HistoryRecord],
    cancelled: set[str],
    as_of: date,
) -> Preparation:
    """The product's preparation of a world, without a workbook."""
    ledger = ledger_of(world)
    clients = parse_customers(rows_of(layout.CLIENTS_TABLE, world["customers"]))
    chosen = world["settings"]
    policy = Policy(
        interval=chosen["intervalle_relances"],
        ready_items_only=chosen["contenu_lettre"] == named_cells.ECHEANCES_PRETES,
        terms=parse_terms(chosen["delai_de_paiement"]),
        customers={account: client.terms for account, client in clients.by_account.items()},
        faults=clients.faults,
    )
    entries = ledger.entries
    names = [entry.identity for entry in entries]
    return core.prepare(
        [
            position(group, terms=policy.of(account).terms or policy.terms, as_of=as_of)
            for (account, _), group in by_account(entries).items()
        ],
        selection=selection_of(world, as_of),
        procedure=procedure_of(world),
        policy=policy,
        standing=standing([*carried_over(entries, records), *records], cancelled),
        decisions=Decisions(
            forced=decided["forced"],
            unticked={names[index] for index in decided["unticked"]},
            ticked={names[index] for index in decided["ticked"]},
        ),
    )


def naive(
    world: dict[str, Any],
    decided: dict[str, Any],
    history: list[dict[str, Any]],
    cancelled: set[str],
    as_of: date,
) -> dict[str, list[dict[str, Any]]]:
    names = second_reading.identities(world["ledger"], world["settings"])
    return second_reading.prepare(
        **{**world, "history": history, "cancelled": cancelled, "as_of": as_of},
        forced=decided["forced"],
        unticked={names[index] for index in decided["unticked"]},
        ticked={names[index] for index in decided["ticked"]},
    )


def compare(ours: Preparation, theirs: dict[str, list[dict[str, Any]]]) -> None:
    assert [
        (c.key, c.number, c.balance_due, len(c.listed), c.last_letter.level or None)
        for c in ours.chased
    ] == [
        (
            (row["Compte"], row["Devise"]),
            row["Lettre proposée"],
            row["Solde dû"],
            row["Échéances"],
            row["Dernière lettre"],
        )
        for row in theirs["preparation"]
    ]
    left_out = [(*c.key, c.position.net, REASONS[c.reason]) for c in ours.left_out if c.reason]
    summaries = [("", r.currency, r.net, REASONS[r.reason], r.customers) for r in ours.summaries]
    assert left_out == [
        (row["Compte"], row["Devise"], row["Solde"], row["raison"])
        for row in theirs["excluded"]
        if row["Compte"]
    ]
    assert sorted(summaries) == sorted(
        ("", row["Devise"], row["Solde"], row["raison"], row["Nom"])
        for row in theirs["excluded"]
        if not row["Compte"]
    )
    assert items_of(ours) == {
        (row["Compte"], row["Devise"], row["source"]): (
            row["Solde"],
            row["Imputé"],
            row["Reste"],
            row["Échéance"],
            row["Niveau"] or 0,
            row["Relancé le"],
            row["Lettre proposée"],
            row["Prochaine lettre"],
            row["Relancer"],
            row["promesse non tenue"],
        )
        for row in theirs["detail"]
    }


def items_of(ours: Preparation) -> dict[tuple[str, str, int | None], tuple[Any, ...]]:
    return {
        (*customer.key, line.item.entry.position if line.item.entry else None): (
            line.item.amount,
            line.item.set_off,
            line.item.remainder,
            line.item.due_date,
            line.reached.level,
            line.reached.letter_date,
            line.proposed,
            line.upcoming.day if line.upcoming else None,
            line.listed,
            line.item.broken_promise(ours.selection.as_of) is not None,
        )
        for customer in ours.in_range
        for line in customer.items
    }


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), world=ledgers.worlds())
def test_two_readings_prepare_alike(data: st.DataObject, world: dict[str, Any]) -> None:
    """Whatever the ledger and the decisions, both readings fill the sheets alike."""
    decided = data.draw(ledgers.decisions(world))
    ours = prepared(world, decided, [], set(), ledgers.AS_OF)
    event(f"chased: {bool(ours.chased)}")
    compare(ours, naive(world, decided, [], set(), ledgers.AS_OF))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), world=ledgers.worlds())
def test_two_readings_save_alike(data: st.DataObject, world: dict[str, Any]) -> None:
    """Campaign after campaign, saved or undone, both readings reach the same levels."""
    records: list[HistoryRecord] = []
    history: list[dict[str, Any]] = []
    cancelled: set[str] = set()
    as_of = ledgers.AS_OF
    for number, campaign in enumerate(data.draw(ledgers.campaigns(world))):
        as_of = date.fromordinal(as_of.toordinal() + campaign["days"])
        ours = prepared(world, campaign, records, cancelled, as_of)
        theirs = naive(world, campaign, history, cancelled, as_of)
        compare(ours, theirs)
        batch = f"C{number}"
        saved = _saved(ours, world, records, campaign, batch, as_of)
        naive_rows = second_reading.save(
            theirs,
            typed=campaign["typed"],
            issued=campaign["issued"],
            campaign=batch,
            as_of=as_of,
            levels=world["levels"],
        )
        assert sorted(_row(record, world) for record in saved) == sorted(
            (row["Campagne"], row["source"], row["N° lettre"], row["Niveau"] or 0)
            for row in naive_rows
        )
        records += saved
        history += naive_rows
        if campaign["undo"] and saved:
            cancelled.add(batch)


def _row(record: HistoryRecord, world: dict[str, Any]) -> tuple[str, int, int, int]:
    names = [entry.identity for entry in ledger_of(world).entries]
    return record.batch, names.index(record.identity), record.letter_no, record.level or 0


def _saved(
    ours: Preparation,
    world: dict[str, Any],
    records: list[HistoryRecord],
    campaign: dict[str, Any],
    batch: str,
    as_of: date,
) -> list[HistoryRecord]:
    written = []
    for customer in ours.chased:
        if customer.key not in campaign["issued"] or customer.number is None:
            continue
        sent = campaign["typed"].get(customer.key, customer.number)
        written += [
            HistoryRecord(
                batch=batch,
                letter_date=as_of,
                account=customer.position.account,
                currency=customer.position.currency,
                letter_no=sent,
                level=core.level_given(
                    sent=sent,
                    suggested=customer.number,
                    proposed=line.proposed,
                    highest=len(world["levels"]),
                ),
                identity=line.item.identity,
            )
            for line in customer.listed
        ]
    if not written:
        return []
    entries = ledger_of(world).entries
    reprise = [dataclasses.replace(r) for r in carried_over(entries, records)]
    return reprise + written
