"""The second reading answers the specification's own examples, before it is used as a witness."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from ledgers import (
    AS_OF,
    CLIENTS,
    campaigns,
    decisions,
    procedure,
    selection,
    settings,
    table,
    worlds,
)
from second_reading import (
    REPRISE,
    apply_terms,
    identities,
    key_of,
    lists,
    prepare,
    save,
)
from second_reading import Item as ReadItem

Row = dict[str, Any]
SHIPPED = procedure(8, 14, 14, lateness=(8, 22, 36))


def run(ledger: list[Row], **given_: Any) -> dict[str, list[Row]]:
    """Prepare with the shipped procedure and empty criteria, but for what is given."""
    arguments: dict[str, Any] = {
        "customers": [], "history": [], "cancelled": set(), "levels": SHIPPED,
        "selection": selection(), "settings": settings(), "as_of": AS_OF,
    }  # fmt: skip
    return prepare(ledger=ledger, **{**arguments, **given_})


def saved(prepared: dict[str, list[Row]], as_of: date, **given_: Any) -> list[Row]:
    """History rows when every letter is issued."""
    arguments: dict[str, Any] = {
        "typed": {}, "levels": SHIPPED, "campaign": f"{as_of}",
        "issued": {(row["Compte"], row["Devise"]) for row in prepared["preparation"]},
    }  # fmt: skip
    return save(prepared, as_of=as_of, **{**arguments, **given_})


def numbers(prepared: dict[str, list[Row]]) -> dict[str, int | None]:
    return {row["Compte"]: row["Lettre proposée"] for row in prepared["preparation"]}


def reasons(prepared: dict[str, list[Row]]) -> dict[str, str]:
    return {row["Compte"]: row["raison"] for row in prepared["excluded"]}


def left(prepared: dict[str, list[Row]]) -> list[int]:
    """``Reste`` in ledger order."""
    rows = sorted(
        (row for row in prepared["detail"] if row["source"] is not None), key=lambda r: r["source"]
    )
    return [int(row["Reste"]) for row in rows]


def item_reasons(prepared: dict[str, list[Row]]) -> list[str]:
    """Items' reasons in ledger order, the gap line left out."""
    rows = [row for row in prepared["detail"] if row["source"] is not None]
    return [row["raison"] for row in sorted(rows, key=lambda row: row["source"])]


# ---------------------------------------------------------------- due dates (D11)


@pytest.mark.parametrize(
    ("document", "terms", "due"),
    [
        ("28/02/2026", "30FM", "31/03/2026"),
        ("31/01/2026", "30FM", "31/03/2026"),
        ("13/09/2026", "45FM", "31/10/2026"),
        ("13/09/2026", "FM45", "14/11/2026"),
        ("22/04/2026", "30FM10", "10/06/2026"),
        ("31/01/2026", "30", "02/03/2026"),
    ],
)
def test_d11_terms(document: str, terms: str, due: str) -> None:
    day, month, year = (int(part) for part in document.split("/"))
    result = apply_terms(date(year, month, day), terms)
    assert result is not None
    assert f"{result:%d/%m/%Y}" == due


def test_unreadable_terms_give_no_due_date() -> None:
    assert apply_terms(AS_OF, "trente jours") is None
    assert apply_terms(AS_OF, "") is None


# ---------------------------------------------------------------- identity


def test_equals_are_ranked_by_due_date_whatever_their_place() -> None:
    rows = table("""
        Compte;Écriture;Date;Échéance;Débit;Lettrage
        C1;VE-1;01/09/2026;30/11/2026;100;
        C1;VE-1;01/09/2026;31/10/2026;100;A
    """)
    first, second = identities(rows, settings())
    assert first.endswith("2")
    assert second.endswith("1")
    assert identities(rows[::-1], settings()) == [second, first]


def test_an_extension_resets_no_level() -> None:
    rows = table("Compte;Écriture;Date;Échéance;Débit\nC1;VE-1;01/09/2026;01/10/2026;100")
    before = identities(rows, settings())
    rows[0]["Échéance"] = date(2026, 12, 31)
    assert identities(rows, settings()) == before


# ---------------------------------------------------------------- guard and set-off


def test_a_balanced_account_is_never_dunned() -> None:
    prepared = run(
        table("""
            Compte;Pièce;Date;Échéance;Débit;Crédit;Lettrage
            C1;AN-1;01/01/2026;31/01/2026;1000;;
            C1;BQ-7;15/02/2026;;;1000;A
            C2;FA-1;01/09/2026;30/09/2026;100;;
            C2;AV-1;01/09/2026;;;300;
        """)
    )
    assert reasons(prepared) == {"C1": "solde nul", "C2": "compte créditeur"}
    assert prepared["excluded"][0]["lettrages"] == [("A", Decimal(-1000))]
    assert prepared["excluded"][1]["Solde"] == -200


def test_the_gap_is_set_off_first_on_the_oldest_document_whatever_its_state() -> None:
    prepared = run(
        table("""
            Compte;Pièce;Date;Échéance;Débit;Crédit;Lettrage;Litige
            C1;FA-1;01/01/2026;31/12/2026;1000;;;
            C1;FA-2;01/02/2026;01/03/2026;1000;;;prix
            C1;FA-3;01/03/2026;01/04/2026;1000;;;
            C1;BQ-1;01/02/2026;;;1500;A;
            C1;BQ-2;01/06/2026;;;600;;
        """)
    )
    gap = next(row for row in prepared["detail"] if row["source"] is None)
    assert (gap["Libellé"], gap["Crédit"], gap["Reste"]) == ("Écart de lettrage", 1500, 0)
    assert left(prepared) == [0, 500, 400, 0]
    (row,) = prepared["preparation"]
    assert row["Solde dû"] == 400


def test_set_off_goes_by_code_then_piece_then_oldest_overdue() -> None:
    prepared = run(
        table("""
            Compte;Pièce;Date;Échéance;Débit;Crédit;Lettrage;Litige
            C1;FA-1;01/07/2026;31/07/2026;1000;;;
            C1;FA-2;01/08/2026;31/08/2026;1000;;a;prix
            C1;FA-3;01/11/2026;31/12/2026;1000;;;
            C1;BQ-1;05/08/2026;;;400;a;
            C1;FA-3;15/11/2026;;;300;;
            C1;BQ-2;06/08/2026;;;250;;
        """)
    )
    assert left(prepared) == [750, 600, 700, 0, 0, 0]


def test_a_piece_of_two_document_dates_is_no_document() -> None:
    prepared = run(
        table("""
            Compte;Pièce;Date;Échéance;Débit;Crédit
            C1;FA-0;01/06/2026;01/07/2026;500;
            C1;VE09;01/09/2026;01/10/2026;500;
            C1;VE09;02/09/2026;02/10/2026;500;
            C1;VE09;20/09/2026;;;200
        """)
    )
    assert left(prepared) == [300, 500, 500, 0]


def test_a_piece_of_zeros_is_no_piece() -> None:
    prepared = run(
        table("""
            Compte;Pièce;Date;Échéance;Débit;Crédit
            C1;FA-0;01/06/2026;01/07/2026;500;
            C1;000;01/09/2026;01/10/2026;500;
            C1;000;20/09/2026;;;200
        """)
    )
    assert left(prepared) == [300, 500, 0]


def test_d10_an_advance_counts_only_when_its_account_is_a_customer_root() -> None:
    rows = table("""
        Compte;Date;Échéance;Débit;Crédit
        C1;01/09/2026;01/10/2026;1000;
        C1;01/08/2026;;;1000
    """)
    assert run(rows[:1])["preparation"][0]["Solde dû"] == 1000
    assert reasons(run(rows)) == {"C1": "solde nul"}


# ---------------------------------------------------------------- who is left out


def test_d13_blocked_disputed_and_broken_promise() -> None:
    rows = table("""
        Compte;Pièce;Date;Échéance;Débit;Crédit;Litige
        C1;FA-1;01/09/2026;01/10/2026;1000;;
        C2;FA-2;01/09/2026;01/10/2026;1000;;
        C2;FA-3;01/09/2026;01/10/2026;500;;prix
        C2;AV-1;05/09/2026;;;300;prix
        C3;FA-4;01/09/2026;01/10/2026;1000;;
    """)
    clients = table(
        """
        Compte;Bloqué jusqu'au;Motif du blocage
        C1;30/11/2026;
        C3;24/11/2026;promesse
    """,
        CLIENTS,
    )
    prepared = run(rows, customers=clients)
    assert reasons(prepared) == {"C1": "bloqué"}
    assert numbers(prepared) == {"C2": 1, "C3": 1}
    assert left(prepared) == [1000, 700, 500, 0, 1000]
    assert item_reasons(prepared)[2:4] == ["litige", "couvert"]
    assert run(rows, customers=clients, as_of=date(2026, 12, 1))["excluded"] == []


def test_the_final_account_takes_in_all_that_begin_with_it() -> None:
    rows = table("""
        Compte;Date;Échéance;Débit
        411A;01/09/2026;01/10/2026;1
        411B;01/09/2026;01/10/2026;2
        411BZ;01/09/2026;01/10/2026;3
        411C;01/09/2026;01/10/2026;4
    """)
    prepared = run(rows, selection=selection(compte_debut="411B", compte_fin="411B"))
    assert list(numbers(prepared)) == ["411B", "411BZ"]
    (summary,) = prepared["excluded"]
    assert summary["raison"] == "hors plage"
    assert (summary["Compte"], summary["Nom"], summary["Solde"]) == ("", 2, 5)


@pytest.mark.parametrize(
    ("minimum", "expected"), [("99.99", {}), ("100", {}), ("100.01", {"C1": "sous le minimum"})]
)
def test_minimum(minimum: str, expected: dict[str, str]) -> None:
    rows = table("""
        Compte;Date;Échéance;Débit
        C1;01/09/2026;01/10/2026;100
        C1;01/09/2026;01/12/2026;900
    """)
    assert reasons(run(rows, selection=selection(solde_minimum=Decimal(minimum)))) == expected


def test_one_reason_each() -> None:
    prepared = run(
        table("""
            Compte;Date;Échéance;Débit;Crédit;Litige
            C1;01/09/2026;01/12/2026;100;;prix
            C1;01/09/2026;25/11/2026;100;;
            C1;01/09/2026;;100;;
            C1;01/09/2026;24/11/2026;100;;
            C1;20/11/2026;24/11/2026;100;;
        """),
        selection=selection(factures_avant_le=date(2026, 11, 20)),
    )
    assert item_reasons(prepared) == [
        "litige", "non échu", "sans échéance", "trop récent", "après la date limite",
    ]  # fmt: skip
    assert reasons(prepared) == {"C1": "trop récent"}


def test_forcer_makes_the_overdue_ready() -> None:
    rows = table("""
        Compte;Date;Échéance;Débit
        C1;01/09/2026;24/11/2026;100
        C1;01/09/2026;25/11/2026;100
    """)
    for way in ("Nombre", "Retard"):
        chosen = selection(calcul_niveau=way, solde_minimum=Decimal(1000))
        assert numbers(run(rows, selection=chosen, forced={("C1", "EUR")})) == {"C1": 1}


# ---------------------------------------------------------------- levels


def test_scenario_one_letter_after_the_other() -> None:
    """Due on 1 September; nobody on day 4, letters on days 5, 20 and 50, not on day 12."""
    rows = table("Compte;Pièce;Date;Échéance;Débit\nC1;FA-1;01/08/2026;01/09/2026;100")
    levels = procedure(5, 15, 15)
    history: list[Row] = []
    seen = {}
    for day in (4, 5, 12, 19, 20, 50, 100):
        as_of = date(2026, 9, 1) + timedelta(days=day)
        prepared = run(
            rows, history=history, levels=levels, as_of=as_of,
            settings=settings(intervalle_relances=10),
        )  # fmt: skip
        seen[day] = numbers(prepared).get("C1"), reasons(prepared).get("C1")
        history += saved(prepared, as_of, levels=levels)
    assert seen == {
        4: (None, "trop récent"),
        5: (1, None),
        12: (None, "trop récent"),
        19: (None, "trop récent"),
        20: (2, None),
        50: (3, None),
        100: (None, "dernier niveau"),
    }


@pytest.mark.parametrize(("way", "first"), [("Nombre", 1), ("Retard", 3)])
def test_d12_a_missed_day(way: str, first: int) -> None:
    rows = table("Compte;Date;Échéance;Débit\nC1;01/05/2026;01/06/2026;100")
    chosen = selection(calcul_niveau=way)
    prepared = run(rows, selection=chosen)
    assert numbers(prepared) == {"C1": first}
    assert prepared["detail"][0]["Retard"] == 177
    history = saved(prepared, AS_OF)
    assert [row["Niveau"] for row in history] == [first]
    for as_of in (AS_OF, AS_OF + timedelta(days=1)):
        assert run(rows, selection=chosen, history=history, as_of=as_of)["preparation"] == []


LADDER = table("""
    Compte;Pièce;Date;Échéance;Débit;Dernière lettre;Relancé le
    C1;LAST;01/06/2026;01/07/2026;100;3;01/10/2026
    C1;TWO;01/07/2026;01/08/2026;100;2;01/10/2026
    C1;ONE;01/08/2026;01/09/2026;100;1;01/11/2026
    C1;EXTENDED;01/08/2026;05/11/2026;100;1;01/10/2026
    C1;NEW;01/09/2026;01/10/2026;100;;
    C1;RECENT;01/10/2026;20/11/2026;100;;
""")


def test_a_formal_notice_lists_the_reminded_and_advances_them() -> None:
    prepared = run(LADDER)
    assert numbers(prepared) == {"C1": 3}
    listed = [row["Pièce"] for row in prepared["detail"] if row["Relancer"]]
    assert listed == ["TWO", "ONE"]
    assert item_reasons(prepared) == [
        "dernier niveau", "", "", "hors lettre", "hors lettre", "trop récent",
    ]  # fmt: skip
    rows = saved(prepared, AS_OF)
    assert [row["Campagne"] for row in rows] == [REPRISE] * 4 + [f"{AS_OF}"] * 2
    assert [row["Niveau"] for row in rows[4:]] == [3, 3]


def test_below_the_last_level_the_others_stand_for_the_record() -> None:
    two = next(row for row in run(LADDER)["detail"] if row["Pièce"] == "TWO")
    prepared = run(LADDER, unticked={two["Identité"]})
    assert numbers(prepared) == {"C1": 2}
    assert [row["Pièce"] for row in prepared["detail"] if row["Relancer"]] == [
        "ONE", "EXTENDED", "NEW", "RECENT",
    ]  # fmt: skip
    levels = [row["Niveau"] for row in saved(prepared, AS_OF) if row["Campagne"] != REPRISE]
    assert levels == [2, 2, 1, None]
    typed = saved(prepared, AS_OF, typed={("C1", "EUR"): 1})
    assert [row["Niveau"] for row in typed if row["Campagne"] != REPRISE] == [1, 1, 1, None]
    typed = saved(prepared, AS_OF, typed={("C1", "EUR"): 3})
    assert [row["Niveau"] for row in typed if row["Campagne"] != REPRISE] == [3, 3, 3, 3]


def test_only_ready_ones_on_request() -> None:
    prepared = run(LADDER[4:], settings=settings(contenu_lettre="Échéances prêtes"))
    assert [row["Pièce"] for row in prepared["detail"] if row["Relancer"]] == ["NEW"]


def test_a_manual_last_number_lists_every_ready_item() -> None:
    prepared = run(LADDER, selection=selection(numero_lettre=3))
    assert numbers(prepared) == {"C1": 3}
    assert [row["Pièce"] for row in prepared["detail"] if row["Relancer"]] == [
        "TWO", "ONE", "EXTENDED", "NEW",
    ]  # fmt: skip


def test_a_manual_number_is_the_level_saved() -> None:
    prepared = run(LADDER, selection=selection(numero_lettre=1))
    rows = [row for row in saved(prepared, AS_OF) if row["Campagne"] != REPRISE]
    assert [(row["Pièce"], row["Niveau"]) for row in rows] == [
        ("TWO", 1), ("ONE", 1), ("EXTENDED", 1), ("NEW", 1), ("RECENT", None),
    ]  # fmt: skip


def test_a_row_whose_ready_items_are_all_unticked_keeps_no_number() -> None:
    rows = LADDER[4:]
    new = identities(rows, settings())[0]
    prepared = run(rows, unticked={new})
    assert numbers(prepared) == {"C1": None}
    assert not any(row["Relancer"] for row in prepared["detail"])
    assert saved(prepared, AS_OF) == []


def test_reprise_of_a_lettered_item_counts_for_the_interval() -> None:
    rows = table("""
        Compte;Pièce;Date;Échéance;Débit;Crédit;Lettrage;Dernière lettre;Relancé le
        C1;FA-1;01/08/2026;01/09/2026;100;;A;1;20/11/2026
        C1;BQ-1;24/11/2026;;;100;A;;
        C1;FA-2;01/09/2026;01/10/2026;100;;;;
    """)
    assert reasons(run(rows)) == {"C1": "trop récent"}
    assert numbers(run(rows, as_of=date(2026, 12, 4))) == {"C1": 1}


def test_an_undone_campaign_gives_no_level() -> None:
    rows = LADDER[4:]
    history = saved(run(rows), AS_OF)
    assert reasons(run(rows, history=history)) == {"C1": "trop récent"}
    assert numbers(run(rows, history=history, cancelled={f"{AS_OF}"})) == {"C1": 1}


@pytest.mark.parametrize("lag", [-1, 0, 1])
def test_reminded_since_means_after_the_due_date(lag: int) -> None:
    due = date(2026, 10, 1)
    item = ReadItem(
        source=0, identity="x", due_date=due, level=1, reminded=due + timedelta(days=lag),
        in_play=True, next_level=2,
    )  # fmt: skip
    assert lists(item, 3, last=3, manual=False, only_ready=False) == (lag > 0)


# ---------------------------------------------------------------- properties


patient = effort(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def decide(world: Row, decided: Row) -> Row:
    names = identities(world["ledger"], world["settings"])
    return {
        "forced": decided["forced"],
        "unticked": {names[index] for index in decided["unticked"]},
        "ticked": {names[index] for index in decided["ticked"]},
    }


def check(world: Row, prepared: dict[str, list[Row]]) -> None:
    """What holds of every Prepare."""
    pairs = {key_of(row, world["settings"]) for row in world["ledger"]}
    shown = [
        (row["Compte"], row["Devise"])
        for row in prepared["preparation"] + prepared["excluded"]
        if row["Compte"]
    ]
    assert len(shown) == len(set(shown)), "in one sheet only"
    for key in pairs:
        items = [row for row in prepared["detail"] if (row["Compte"], row["Devise"]) == key]
        assert sum(row["Imputé"] for row in items) == 0, "no euro lost in the set-off"
        for row in items:
            assert row["Solde"] >= 0 or row["Solde"] <= row["Reste"] <= 0
            assert row["Solde"] <= 0 or row["Solde"] >= row["Reste"] >= 0
            assert not row["Relancer"] or row["raison"] == ""
            debit_left = row["Reste"] > 0
            assert not debit_left or row["Relancer"] or row["raison"], "exactly one reason"
    for row in prepared["preparation"]:
        ticked = [
            item
            for item in prepared["detail"]
            if item["Relancer"] and (item["Compte"], item["Devise"])
            == (row["Compte"], row["Devise"])
        ]  # fmt: skip
        assert row["Solde dû"] <= sum(item["Reste"] for item in ticked)
        has_driver = any(item["Lettre proposée"] is not None for item in ticked)
        assert has_driver == (row["Lettre proposée"] is not None)


@given(st.data())
@patient
def test_every_prepare_holds(data: st.DataObject) -> None:
    world = data.draw(worlds())
    check(world, prepare(**world, **decide(world, data.draw(decisions(world)))))


@given(st.data())
@patient
def test_a_saved_batch_undone_changes_nothing(data: st.DataObject) -> None:
    """Levels live in the history: without the undone campaigns Prepare answers as before."""
    world = data.draw(worlds(max_rows=8))
    as_of = AS_OF
    history: list[Row] = []
    cancelled: set[str] = set()
    for number, step in enumerate(data.draw(campaigns(world))):
        as_of += timedelta(days=step["days"])
        now = {**world, "as_of": as_of, "history": list(history), "cancelled": set(cancelled)}
        prepared = prepare(**now, **decide(world, step))
        check(world, prepared)
        pending = prepared["reprise"]
        written = save(
            prepared, typed=step["typed"], issued=step["issued"], campaign=f"{number}",
            as_of=as_of, levels=world["levels"],
        )  # fmt: skip
        history += written
        if step["undo"]:
            cancelled.add(f"{number}")
            undone = {**now, "history": list(history), "cancelled": set(cancelled)}
            again = prepare(**undone, **decide(world, step))
            if not pending or written:
                assert again["preparation"] == prepared["preparation"]
                assert again["detail"] == prepared["detail"]
