"""Decisions of the right click: on every selected row at once, never on a hidden one."""

from __future__ import annotations

import pytest

from excel.clicking import Desk
from xl_relances import headless
from xl_relances.book.layout import DETAIL, DETAIL_TABLE, PREPARATION, PREPARATION_TABLE
from xl_relances.excel import selected_rows

CUSTOMERS = ["000123", "123", "C0001", "C0002", "C0003"]


def issue_all(desk: Desk) -> None:
    desk.click("issue", "yes")
    assert set(desk.column("Éditée").values()) == {1}


def filter_on(desk: Desk, title: str, *values: float) -> None:
    found = desk.book.sheets[PREPARATION].tables["Preparation"]
    titles = list(desk.rows(PREPARATION_TABLE)["C0001"][1])
    found.autofilter.apply_values(titles.index(title) + 1, values)


def test_several_areas_at_once(desk: Desk) -> None:
    """Each selected customer turns over, no other does, and nothing is asked."""
    desk.select_accounts(PREPARATION_TABLE, "C0001", "C0003")
    assert desk.click("toggle_dunning") == []
    assert desk.column("Relancer") == {"000123": 1, "123": 1, "C0001": 0, "C0002": 1, "C0003": 0}
    assert desk.bar == "2 clients à ne pas relancer."
    desk.click("toggle_dunning")
    assert set(desk.column("Relancer").values()) == {1}
    assert desk.bar == "2 clients à relancer."


@pytest.mark.parametrize("address", ["A:A", "5:9", "A1:N400", "$C$5:$C$9"])
def test_whole_columns_and_rows(desk: Desk, address: str) -> None:
    """What lies outside the table does not count."""
    desk.select(PREPARATION, address)
    desk.click("toggle_dunning")
    assert desk.column("Relancer") == dict.fromkeys(CUSTOMERS, 0)


def test_hidden_rows_are_never_touched(desk: Desk) -> None:
    """Neither those that a filter hides nor those that the user hid; the filter stays."""
    desk.select_accounts(PREPARATION_TABLE, "C0002")
    desk.click("toggle_dunning")
    filter_on(desk, "Relancer", 1)
    row = desk.rows(PREPARATION_TABLE)["000123"][0]
    desk.book.sheets[PREPARATION].range(f"A{row}").rows.hidden = True
    desk.select(PREPARATION, "A5:P9")
    desk.click("toggle_dunning")
    assert desk.column("Relancer") == {"000123": 1, "123": 0, "C0001": 0, "C0002": 0, "C0003": 0}
    assert desk.shown(PREPARATION_TABLE) == ["123", "C0001", "C0003"]
    table = desk.book.sheets[PREPARATION].tables["Preparation"]
    assert [entry.type for entry in table.autofilter.criteria].count("values") == 1


def test_only_hidden_rows_selected(desk: Desk) -> None:
    filter_on(desk, "Relancer", 0)
    desk.select(PREPARATION, "A5:A9")
    (said,) = desk.click("toggle_dunning")
    assert said.prompt == (
        "Sélectionnez d'abord des lignes visibles de la feuille « Préparation » ou « Détail »."
    )
    assert desk.column("Relancer") == dict.fromkeys(CUSTOMERS, 1)


def test_visible_cells_as_excel_tells_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows Excel says which areas can be seen; an error of its own is no answer."""
    answers: list[str] = []

    def special(this: headless.ranges.Range, kind: str, _: object) -> list[headless.ranges.Range]:
        answers.append(kind)
        if len(answers) > 1:
            raise RuntimeError("Aucune cellule correspondante.")
        return [this.sheet.range("A6:B7"), this.sheet.range("A9")]

    monkeypatch.setattr(selected_rows, "ON_WINDOWS", True)
    monkeypatch.setattr(headless.ranges.Range, "get_special_cells", special, raising=False)
    desk.select(PREPARATION, "A5:B9")
    desk.click("toggle_dunning")
    assert desk.column("Relancer") == {"000123": 1, "123": 0, "C0001": 0, "C0002": 1, "C0003": 0}
    desk.click("toggle_dunning")
    assert answers == ["visible", "visible"]
    assert desk.column("Relancer") == {"000123": 0, "123": 1, "C0001": 1, "C0002": 0, "C0003": 1}


def test_an_address_that_excel_cuts_is_refused(desk: Desk) -> None:
    """Rows beyond the 255th character would be forgotten without a word."""
    desk.select(PREPARATION, ",".join(f"$A${row}" for row in range(5, 70)))
    (said,) = desk.click("toggle_dunning")
    assert said.prompt == "Trop de zones sélectionnées à la fois : faites-le en plusieurs fois."


def test_items_in_detail(desk: Desk) -> None:
    """The item leaves its letter and comes back; one that is not due cannot be ticked."""
    places = [desk.rows(DETAIL_TABLE, "Pièce")[name][0] for name in ("A1", "N1", "B2")]
    desk.select(DETAIL, ",".join(f"C{place}" for place in places))
    (said,) = desk.click("toggle_dunning")
    assert said.prompt == (
        "2 échéances retirées.\n"
        "Laissé : 1 (non échue, couverte, en litige, promise ou avoir : ne peut être cochée)."
    )
    ticks = desk.column("Relancer", DETAIL_TABLE)
    assert (ticks["A1"], ticks["N1"], ticks["B2"], ticks["A2"]) == (0, 0, 0, 1)
    desk.click("toggle_dunning")
    assert desk.column("Relancer", DETAIL_TABLE)["A1"] == 1


def test_remove_item_only_takes_out(desk: Desk) -> None:
    place = desk.rows(DETAIL_TABLE, "Pièce")["A1"][0]
    desk.select(DETAIL, f"C{place}")
    assert desk.click("remove_item") == []
    assert desk.bar == "1 échéance retirée."
    (said,) = desk.click("remove_item")
    assert said.prompt == "Rien de changé.\nLaissé : 1 (déjà décochée)."
    assert desk.column("Relancer", DETAIL_TABLE)["A1"] == 0


def test_items_of_a_customer_left_out(desk: Desk) -> None:
    """A tick there would change no letter."""
    desk.select(DETAIL, f"C{desk.rows(DETAIL_TABLE, 'Pièce')['NZ9'][0]}")
    (said,) = desk.click("toggle_dunning")
    assert said.prompt == (
        "Rien de changé.\nLaissé : 1 (client laissé de côté : cochez Forcer dans Non relancés)."
    )


def test_an_empty_table(desk: Desk) -> None:
    """Its one blank row is nothing to decide on."""
    desk.click("clear_preparation", "yes")
    for name in ("toggle_dunning", "raise_level", "toggle_issued"):
        desk.select(PREPARATION, "A5:N9")
        (said,) = desk.click(name)
        assert said.prompt in {
            "Ces lignes sont vides : cliquez Préparer.",
            f"Sélectionnez d'abord des lignes visibles de la feuille « {PREPARATION} ».",
        }


def test_rows_that_cannot_be_read(desk: Desk) -> None:
    """They stay as they are, and are told."""
    place = desk.rows(PREPARATION_TABLE)["C0001"][0]
    titles = list(desk.rows(PREPARATION_TABLE)["C0001"][1])
    cell = desk.book.sheets[PREPARATION].range((place, titles.index("Relancer") + 1))
    cell.value = "peut-être"
    desk.select_accounts(PREPARATION_TABLE, "C0001", "C0002")
    (said,) = desk.click("toggle_dunning")
    assert said.prompt == ("1 client à ne pas relancer.\nLaissé : 1 (illisible, voir Contrôler).")
    assert cell.value == "peut-être"


def test_levels_up_and_down(desk: Desk) -> None:
    """One number for each selected customer; at the proposed one the formula is back."""
    desk.select_accounts(PREPARATION_TABLE, "C0001", "C0002")
    desk.click("raise_level")
    assert desk.numbers() == {"000123": "", "123": "", "C0001": "2", "C0002": "2", "C0003": ""}
    assert desk.bar == "2 numéros montés."
    desk.select_accounts(PREPARATION_TABLE, "C0001")
    desk.click("raise_level")
    (said,) = desk.click("raise_level")
    assert said.prompt == "Rien de changé.\nLaissé : 1 (déjà au dernier numéro)."
    assert desk.numbers()["C0001"] == "3"
    desk.click("lower_level")
    desk.click("lower_level")
    assert desk.numbers()["C0001"] == ""
    (said,) = desk.click("lower_level")
    assert said.prompt == "Rien de changé.\nLaissé : 1 (déjà au premier numéro)."


def test_levels_under_a_filter(desk: Desk) -> None:
    filter_on(desk, "Devise", 0)
    table = desk.book.sheets[PREPARATION].tables["Preparation"]
    table.autofilter.apply_values(3, ["EUR"])
    desk.select_accounts(PREPARATION_TABLE, "C0001")
    desk.click("raise_level")
    desk.click("raise_level")
    desk.click("lower_level")
    desk.click("lower_level")
    desk.select_accounts(PREPARATION_TABLE, "C0003")
    desk.click("raise_level")
    assert desk.numbers() == {"000123": "", "123": "", "C0001": "", "C0002": "", "C0003": "2"}


def test_issued_without_a_letter(desk: Desk) -> None:
    """The letter counts as issued though none was made, and no longer; Save then takes it."""
    desk.select_accounts(PREPARATION_TABLE, "C0001")
    assert desk.click("toggle_issued") == []
    assert desk.column("Éditée")["C0001"] == 1
    assert desk.column("Empreinte")["C0001"]
    desk.click("toggle_issued")
    assert desk.column("Éditée")["C0001"] == 0
    assert not desk.column("Empreinte")["C0001"]
    desk.click("toggle_issued")
    asked, told = desk.click("save", "yes")
    assert asked.prompt.startswith("Sauvegarder 1 relance (111,00")
    assert told.prompt.splitlines()[0].startswith("1 relance sauvegardée dans 2026-11-25")
    assert "C0001" not in desk.column("Éditée")


def test_nothing_to_issue_is_not_issued(desk: Desk) -> None:
    """Without a ready item ticked there is no number, hence no letter."""
    rows = desk.rows(DETAIL_TABLE, "Pièce")
    desk.select(DETAIL, ",".join(f"C{rows[name][0]}" for name in ("A1", "B1")))
    desk.click("remove_item")
    desk.select_accounts(PREPARATION_TABLE, "C0001", "C0002")
    desk.click("toggle_dunning")
    desk.click("toggle_dunning")
    (said,) = desk.click("toggle_issued")
    assert said.prompt == (
        "1 lettre considérée comme éditée.\n"
        "Laissé : 1 (aucune échéance prête n'est cochée : pas de numéro)."
    )


@pytest.mark.parametrize("name", ["raise_level", "remove_item"])
def test_a_letter_already_issued_is_asked_about(desk: Desk, name: str) -> None:
    """No changes nothing at all; yes changes, and the letter is to be made again."""
    issue_all(desk)
    before = (desk.numbers(), desk.column("Relancer", DETAIL_TABLE))
    if name == "raise_level":
        desk.select_accounts(PREPARATION_TABLE, "C0001")
    else:
        desk.select(DETAIL, f"C{desk.rows(DETAIL_TABLE, 'Pièce')['A1'][0]}")
    (asked,) = desk.click(name, "no")
    assert asked.prompt == (
        "1 lettre déjà éditée (Client C0001) : changer quand même, et retirer la coche "
        "« Éditée » pour refaire la lettre ?"
    )
    assert desk.bar == "Annulé : rien n'a été changé."
    assert (desk.numbers(), desk.column("Relancer", DETAIL_TABLE)) == before
    assert desk.column("Éditée")["C0001"] == 1
    desk.click(name, "yes")
    assert (desk.numbers(), desk.column("Relancer", DETAIL_TABLE)) != before
    issued = desk.column("Éditée")
    assert (issued["C0001"], issued["C0002"]) == (0, 1)
    assert "1 lettre n'est plus éditée" in desk.bar


def test_an_untouched_letter_stays_issued(desk: Desk) -> None:
    """Only the letters of the changed rows are asked about."""
    desk.select_accounts(PREPARATION_TABLE, "C0001")
    desk.click("toggle_issued")
    desk.select_accounts(PREPARATION_TABLE, "C0002")
    assert desk.click("raise_level") == []
    assert desk.column("Éditée")["C0001"] == 1


@pytest.mark.parametrize(
    ("name", "sheet", "where"),
    [
        ("toggle_dunning", "Grand livre", "« Préparation » ou « Détail »"),
        ("raise_level", DETAIL, "« Préparation »"),
        ("lower_level", "Accueil", "« Préparation »"),
        ("toggle_issued", DETAIL, "« Préparation »"),
        ("remove_item", PREPARATION, "« Détail »"),
        ("show_detail", "Clients", "« Préparation » ou « Non relancés » ou « Détail »"),
    ],
)
def test_a_button_that_cannot_work_here_says_so(
    desk: Desk, name: str, sheet: str, where: str
) -> None:
    desk.select(sheet, "A5")
    (said,) = desk.click(name)
    assert said.prompt == f"Sélectionnez d'abord des lignes visibles de la feuille {where}."


def test_a_protected_sheet(desk: Desk) -> None:
    """Found before anything is written."""
    part = desk.book.sheets[PREPARATION].impl.worksheet.part
    part.after = '<sheetProtection sheet="1" objects="1" scenarios="1"/>' + part.after
    desk.select(PREPARATION, "A5:A9")
    (said,) = desk.click("toggle_dunning")
    assert said.prompt.startswith("La feuille « Préparation » est protégée : ôtez la protection")
