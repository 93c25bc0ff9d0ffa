"""Litige, Promesse and Lever: what the boxes answered, on the rows that can be seen."""

from __future__ import annotations

import pytest

from excel.clicking import Desk
from excel.effects import held, lay_answers
from xl_relances.book.layout import (
    APPELS_TABLE,
    DETAIL,
    DETAIL_TABLE,
    GRAND_LIVRE_TABLE,
    PREPARATION,
)
from xl_relances.book.settings import Settings
from xl_relances.workbook.commands import HOLD_REASON, HOLD_UNTIL, NO_DAY


def answers(desk: Desk) -> tuple[str, str]:
    settings = Settings(desk.book)
    return settings.text(HOLD_UNTIL), settings.text(HOLD_REASON)


def select_item(desk: Desk, document: str) -> None:
    desk.select(DETAIL, f"C{desk.rows(DETAIL_TABLE, 'Pièce')[document][0]}")


def test_a_promise(desk: Desk) -> None:
    """Said in the status bar alone; the cells of the answers are empty again."""
    select_item(desk, "A1")
    lay_answers("31/12/2099", "virement annoncé")(desk)
    assert desk.click("promise") == []
    assert desk.bar == "1 échéance promise pour le 31/12/2099."
    assert answers(desk) == ("", "")
    row = desk.rows(GRAND_LIVRE_TABLE, "Pièce")["A1"][1]
    assert (row["Promesse"], row["Motif"]) == ("oui", "virement annoncé")
    assert desk.column("Motif", DETAIL_TABLE)["A1"] == (
        "Promesse de paiement : A1, jusqu'au 31/12/2099 compris (virement annoncé)"
    )


@pytest.mark.parametrize("name", ["dispute", "promise"])
def test_a_box_that_was_cancelled(desk: Desk, name: str) -> None:
    """Or never shown, where nothing was typed into the cells: an empty day is no answer."""
    select_item(desk, "A1")
    assert desk.click(name) == []
    assert desk.bar == "Annulé : rien n'a été changé."
    assert held(desk, "Litige") == held(desk, "Promesse") == set()


@pytest.mark.parametrize("name", ["dispute", "promise"])
@pytest.mark.parametrize("typed", ["bientôt", "31/02/2099", "10/12", "=1+1", "31/12/99"])
def test_a_day_that_is_none(desk: Desk, name: str, typed: str) -> None:
    """One sentence with what was read and what is wanted; nothing written, nothing kept."""
    select_item(desk, "A1")
    lay_answers(typed, "motif")(desk)
    (said,) = desk.click(name)
    assert said.prompt.startswith(f"« {typed} » n'est pas une date : tapez JJ/MM/AAAA, par exemple")
    assert said.prompt.endswith("Rien n'a été changé.")
    assert held(desk, "Litige") == held(desk, "Promesse") == held(desk, "Motif") == set()
    assert answers(desk) == ("", "")


def test_a_promise_without_a_day(desk: Desk) -> None:
    select_item(desk, "A1")
    lay_answers(NO_DAY)(desk)
    (said,) = desk.click("promise")
    assert said.prompt == "Une promesse a besoin de sa date. Rien n'a été changé."
    assert held(desk, "Promesse") == set()


def test_hidden_rows_are_never_touched(desk: Desk) -> None:
    """Neither those of a filter nor those that the user hid; the filter stays."""
    found = desk.book.sheets[DETAIL].tables["Detail"]
    found.autofilter.apply_values(1, ["C0001", "C0002"])
    place = desk.rows(DETAIL_TABLE, "Pièce")["B1"][0]
    desk.book.sheets[DETAIL].range(f"A{place}").rows.hidden = True
    desk.select(DETAIL, "A5:C400")
    lay_answers("31/12/2099")(desk)
    desk.click("promise")
    assert held(desk, "Promesse") == {"A1", "N1", "A2", "B2", "N2"}
    assert [entry.type for entry in found.autofilter.criteria].count("values") == 1
    assert {"A3", "B3"}.isdisjoint(desk.shown(DETAIL_TABLE))


def test_what_could_not_be_marked_is_told_in_a_box(desk: Desk) -> None:
    select_item(desk, "A1")
    (said,) = desk.click("lift")
    assert said.prompt == "Rien de changé.\nLaissé : 1 (ni litige ni promesse)."


def test_on_the_phone(desk: Desk) -> None:
    """À appeler: the customer promises all that is overdue, and is no longer to be called."""
    desk.select_accounts(APPELS_TABLE, "C0002")
    lay_answers("31/12/2099")(desk)
    desk.click("promise")
    assert held(desk, "Promesse") == {"A2", "B2"}
    assert "C0002" not in desk.rows(APPELS_TABLE)
    assert desk.bar == "2 échéances promises pour le 31/12/2099 ; 1 client sort de Préparation."


@pytest.mark.parametrize("name", ["dispute", "promise", "lift"])
def test_a_button_that_cannot_work_here_says_so(desk: Desk, name: str) -> None:
    """And what was answered in vain is not kept for another row."""
    desk.select("Clients", "A5")
    if name != "lift":
        lay_answers("31/12/2099")(desk)
    (said,) = desk.click(name)
    assert said.prompt.startswith("Sélectionnez d'abord des lignes visibles de la feuille « Détail")
    assert ("« Non relancés »" in said.prompt) == (name == "lift")
    assert answers(desk) == ("", "")


def test_an_issued_letter_is_told_in_a_box(desk: Desk) -> None:
    desk.select(PREPARATION, "A5:A9")
    desk.click("issue", "yes")
    select_item(desk, "A1")
    lay_answers("31/12/2099")(desk)
    (said,) = desk.click("promise")
    assert said.prompt.splitlines()[1] == (
        "1 lettre déjà éditée reste en l'état (Client C0001) : pour refaire, décochez Éditée, "
        "puis Préparer."
    )
    assert desk.column("Éditée")["C0001"] == 1
