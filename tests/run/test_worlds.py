"""Nasty small ledgers through a real workbook: what ``show --json`` says is what the rules say.

Each world is written into relances.xlsm, prepared, decided upon, saved and undone by the
public commands; the second reading of the specification says what must stand there.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlwings as xw
from compared_sheets import COMMON, numbers_alike, picked
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import books
import ledgers
import second_reading
from xl_relances import headless, run
from xl_relances.book import layout, preparation_sheet, tables
from xl_relances.book import settings as named
from xl_relances.run.showing import as_json

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""A world costs a tenth of a second: a failing one is shown as found, not made smaller."""

FOLDER = Path(tempfile.mkdtemp(prefix="worlds-"))
"""One workbook for all worlds: hypothesis makes many, each is written over the one before."""


def teardown_module() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)


def written(world: dict[str, Any]) -> Path:
    criteria = dict(world["selection"])
    return books.make(
        FOLDER,
        world["ledger"],
        world["customers"],
        levels=world["levels"],
        **{**world["settings"], **{k: v or None for k, v in criteria.items()}},
    )


def compare(book: xw.Book, theirs: dict[str, list[dict[str, Any]]]) -> None:
    for view, titles in COMMON.items():
        ours = as_json(run.show(book, view, today=ledgers.AS_OF))
        expected = theirs[view]
        mine = numbers_alike(picked(ours, titles, key=True))
        naive = numbers_alike(picked(expected, titles, key=True))
        assert mine == naive, view
    motifs = [row["Motif"] for row in books.show(book, "detail")]
    broken = sum(row["promesse non tenue"] for row in theirs["detail"])
    assert sum("non tenue" in motif for motif in motifs) == broken
    accounted(book)


def accounted(book: xw.Book) -> None:
    """Préparation, Non relancés and summary rows: every euro of the ledger is in one of them."""
    rows = as_json(run.show(book, "aging", today=ledgers.AS_OF))
    detail = as_json(run.show(book, "detail", today=ledgers.AS_OF))
    assert sum(Decimal(row["Imputé"]) for row in detail) == 0
    kept = {
        (row["Compte"], row["Devise"]): Decimal(row["Solde dû"])
        for row in as_json(run.show(book, "preparation", today=ledgers.AS_OF))
    }
    totals = {(row["Compte"], row["Devise"]): Decimal(row["Total"]) for row in rows}
    for key, claimed in kept.items():
        assert claimed <= max(totals[key], Decimal(0))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(data=st.data(), world=ledgers.worlds())
def test_a_world_through_the_workbook(data: st.DataObject, world: dict[str, Any]) -> None:
    """Prepare, decide in cells, prepare again, save, undo: sheets, history and levels agree."""
    decided = data.draw(ledgers.decisions(world))
    names = second_reading.identities(world["ledger"], world["settings"])
    headless.engine.answer = lambda *_: "yes"
    with headless.open_book(written(world)) as book:
        books.prepare(book, ledgers.AS_OF)
        compare(book, second_reading.prepare(**world))
        decisions = decide(book, names, decided)
        books.prepare(book, ledgers.AS_OF)
        theirs = second_reading.prepare(**world, **decisions)
        compare(book, theirs)
        issue_by_hand(book)
        before = books.shown(book), levels(book)
        if not any(row["N° lettre"] for row in books.show(book, "preparation")):
            return
        books.save(book, ledgers.AS_OF)
        saved = [r for r in books.show(book, "history") if r["Campagne"] != "Reprise"]
        naive = second_reading.save(
            theirs,
            typed={},
            issued={(row["Compte"], row["Devise"]) for row in theirs["preparation"]},
            campaign=ledgers.AS_OF.isoformat(),
            as_of=ledgers.AS_OF,
            levels=world["levels"],
        )
        naive = [row for row in naive if row["Campagne"] != "Reprise"]
        titles = ("Compte", "Devise", "Pièce", "Reste", "N° lettre", "Niveau")
        assert numbers_alike(picked(saved, titles, key=True)) == numbers_alike(
            picked(naive, titles, key=True)
        )
        books.undo(book, ledgers.AS_OF)
        assert levels(book) == before[1]
        assert without_forced(books.shown(book)) == without_forced(before[0])
    headless.engine.answer = None


def without_forced(sheets: dict[str, list[dict[str, Any]]]) -> list[tuple[Any, ...]]:
    """Every cell; but « forcé » is not said of a customer who would have been chased anyway."""
    return [
        (view, number, title, str(value).replace(" ; forcé", ""))
        for view, rows in sheets.items()
        for number, row in enumerate(rows)
        for title, value in row.items()
    ]


def levels(book: xw.Book) -> list[tuple[Any, ...]]:
    rows = books.column(book, layout.GRAND_LIVRE_TABLE, "Dernière lettre", "Relancé le")
    return [tuple(cell or None for cell in row) for row in rows]


def decide(book: xw.Book, names: list[str], decided: dict[str, Any]) -> dict[str, Any]:
    """Type the decisions that the sheets allow; what they are in the second reading's words."""
    identities = [
        row["Identité"]
        for row in [
            dict(zip(layout.GRAND_LIVRE_TABLE.contract, row, strict=True))
            for row in books.column(
                book, layout.GRAND_LIVRE_TABLE, *layout.GRAND_LIVRE_TABLE.contract
            )
        ]
    ]
    chased = {(row["Compte"], row["Devise"]) for row in books.show(book, "preparation")}
    rows = tables.read(book, layout.DETAIL_TABLE)
    place = {
        row[rows.index("Identité")]: number
        for row, number in zip(rows.rows, rows.numbers, strict=True)
    }
    result: dict[str, Any] = {"forced": set(), "unticked": set(), "ticked": set()}
    ticks: dict[int, int] = {}
    for kind, tick in (("unticked", 0), ("ticked", 1)):
        for index in decided[kind]:
            number = place.get(identities[index])
            row = (
                dict(zip(rows.titles, rows.rows[number - rows.numbers[0]], strict=True))
                if number
                else {}
            )
            possible = row and row["Proposé"] is not None and row["Relancer"] == 1 - tick
            if possible and (row["Compte"], row["Devise"]) in chased:
                assert number is not None
                ticks[number] = tick
                result[kind].add(names[index])
    tables.write_columns(book, layout.DETAIL_TABLE, {"Relancer": list(ticks.values())}, list(ticks))
    excluded = tables.read(book, layout.NON_RELANCES_TABLE)
    force = [
        number
        for row, number in zip(excluded.rows, excluded.numbers, strict=True)
        if (row[excluded.index("Compte")], row[excluded.index("Devise")]) in decided["forced"]
    ]
    tables.write_columns(book, layout.NON_RELANCES_TABLE, {"Forcer": [1] * len(force)}, force)
    result["forced"] = {
        (row[excluded.index("Compte")], row[excluded.index("Devise")])
        for row, number in zip(excluded.rows, excluded.numbers, strict=True)
        if number in force
    }
    return result


def issue_by_hand(book: xw.Book) -> None:
    numbers = tables.read(book, layout.PREPARATION_TABLE).numbers
    tables.write_columns(book, layout.PREPARATION_TABLE, {"Éditée": [1] * len(numbers)}, numbers)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(data=st.data(), world=ledgers.worlds())
def test_campaign_after_campaign(data: st.DataObject, world: dict[str, Any]) -> None:
    """Days apart, in part, with typed numbers, some undone: the workbook and the rules agree."""
    names = second_reading.identities(world["ledger"], world["settings"])
    history: list[dict[str, Any]] = []
    cancelled: set[str] = set()
    day = ledgers.AS_OF
    headless.engine.answer = lambda *_: "yes"
    with headless.open_book(written(world)) as book:
        for hour, campaign in enumerate(data.draw(ledgers.campaigns(world)), 10):
            day += timedelta(campaign["days"])
            books.set_cell(book, "date_relance", day)
            now = {**world, "history": history, "cancelled": cancelled, "as_of": day}
            books.prepare(book, day)
            compare(book, second_reading.prepare(**now, **decisions_of(book, names)))
            decide(book, names, campaign)
            books.prepare(book, day)
            theirs = second_reading.prepare(**now, **decisions_of(book, names))
            compare(book, theirs)
            issued = issue_some(book, campaign)
            if not issued:
                continue
            before = books.shown(book), levels(book)
            report = books.save(book, day, hour)
            (batch,) = report.batches
            first_part = all(row["Campagne"] != batch for row in history)
            history += second_reading.save(
                theirs,
                typed=campaign["typed"],
                issued=issued,
                campaign=batch,
                as_of=day,
                levels=world["levels"],
            )
            compare_history(books.show(book, "history"), history)
            if campaign["undo"]:
                books.undo(book, day, hour)
                cancelled.add(batch)
                if first_part:  # else Undo takes the earlier parts of the campaign back, too
                    assert levels(book) == before[1]
                    assert without_forced(books.shown(book)) == without_forced(before[0])
                run.clear(book)
    headless.engine.answer = None


def compare_history(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> None:
    titles = ("Campagne", "Date", "Compte", "Devise", "Pièce", "N° lettre", "Niveau")

    def named_by_campaign(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row | ({"Pièce": None} if row["Campagne"] == "Reprise" else {}) for row in rows]

    assert picked(named_by_campaign(ours), titles, key=True) == picked(
        named_by_campaign(theirs), titles, key=True
    )


def decisions_of(book: xw.Book, names: list[str]) -> dict[str, Any]:
    """What the sheets hold of the user's decisions, in the second reading's words."""
    ours = [row[0] for row in books.column(book, layout.GRAND_LIVRE_TABLE, "Identité")]
    known = dict(zip(ours, names, strict=True))
    kept = preparation_sheet.read(book, named.procedure(book).highest).decisions
    return {
        "forced": set(kept.forced),
        "unticked": {known[identity] for identity in kept.unticked},
        "ticked": {known[identity] for identity in kept.ticked},
    }


def issue_some(book: xw.Book, campaign: dict[str, Any]) -> set[tuple[str, str]]:
    """Type the numbers and tick « Éditée » where the campaign says so and there is a number."""
    rows = tables.read(book, layout.PREPARATION_TABLE)
    place = {
        (row[rows.index("Compte")], row[rows.index("Devise")]): number
        for row, number in zip(rows.rows, rows.numbers, strict=True)
    }
    wanted = {
        (row["Compte"], row["Devise"])
        for row in books.show(book, "preparation")
        if row["Lettre proposée"] and (row["Compte"], row["Devise"]) in campaign["issued"]
    }
    for key in wanted & set(campaign["typed"]):
        books.place(
            book, layout.PREPARATION_TABLE, "N° lettre", Compte=key[0], Devise=key[1]
        ).value = campaign["typed"][key]
    numbers = [place[key] for key in wanted]
    tables.write_columns(book, layout.PREPARATION_TABLE, {"Éditée": [1] * len(numbers)}, numbers)
    return wanted
