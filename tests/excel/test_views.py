"""Buttons that show: the criteria, the items of a customer, the findings, folders."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from excel.clicking import Desk
from xl_relances.book import tables
from xl_relances.book.layout import (
    ACCUEIL,
    CONTROLE,
    CONTROLE_TABLE,
    DETAIL,
    DETAIL_TABLE,
    NON_RELANCES_TABLE,
    PREPARATION_TABLE,
    SELECTION,
)
from xl_relances.book.settings import Settings
from xl_relances.excel import folders


def test_selection(desk: Desk) -> None:
    assert desk.click("go_to_selection") == []
    assert desk.book.sheets.active.name == SELECTION
    first = desk.book.names["compte_debut"].refers_to_range
    assert desk.book.selection is not None
    assert desk.book.selection.address == first.address


@pytest.mark.parametrize("account", ["000123", "123"])
def test_detail_of_one_account_and_not_of_its_look_alike(desk: Desk, account: str) -> None:
    desk.select_accounts(PREPARATION_TABLE, account)
    assert desk.click("show_detail") == []
    assert desk.book.sheets.active.name == DETAIL
    assert desk.shown(DETAIL_TABLE) == [f"L{account}"]
    assert desk.bar == "1 échéance de 1 client. Tout afficher remet toutes les lignes."


def test_detail_of_several_customers(desk: Desk) -> None:
    """Another filter that was there gives way, or it would hide some of them."""
    table = desk.book.sheets[DETAIL].tables["Detail"]
    table.autofilter.apply_values(3, ["USD"])
    desk.select_accounts(PREPARATION_TABLE, "C0001", "C0003")
    desk.click("show_detail")
    assert desk.shown(DETAIL_TABLE) == ["A1", "B1", "N1", "A3", "B3", "N3"]
    desk.select(DETAIL, f"A{desk.rows(DETAIL_TABLE, 'Pièce')['A3'][0]}")
    desk.click("show_detail")
    assert desk.shown(DETAIL_TABLE) == ["A3", "B3", "N3"]


def test_detail_of_a_customer_left_out(desk: Desk) -> None:
    desk.select_accounts(NON_RELANCES_TABLE, "Z9")
    desk.click("show_detail")
    assert desk.shown(DETAIL_TABLE) == ["NZ9"]


def test_detail_of_customers_out_of_range(desk: Desk) -> None:
    """A summary row has no items in Détail."""
    Settings(desk.book).write("compte_debut", "C0001")
    desk.click("prepare", "yes")
    place = next(number for account, (number, _) in desk.rows(NON_RELANCES_TABLE).items()
                 if account in {"", "None"})  # fmt: skip
    desk.select("Non relancés", f"A{place}")
    (said,) = desk.click("show_detail")
    assert said.prompt.startswith("Pas d'échéance à montrer")


def test_show_all(desk: Desk) -> None:
    desk.select_accounts(PREPARATION_TABLE, "C0001")
    desk.click("show_detail")
    desk.book.sheets["Préparation"].tables["Preparation"].autofilter.apply_values(1, ["C0002"])
    assert desk.click("show_all") == []
    assert len(desk.shown(DETAIL_TABLE)) == len(desk.rows(DETAIL_TABLE, "Pièce"))
    assert len(desk.shown(PREPARATION_TABLE)) == 5


def links(desk: Desk) -> list[str]:
    return [str(typed) for typed in tables.read_formulas(desk.book, CONTROLE_TABLE, "Où")]


def test_control_with_nothing_to_say(desk: Desk) -> None:
    (said,) = desk.click("control")
    assert said.prompt == "Contrôle : rien à signaler."
    assert desk.rows(CONTROLE_TABLE, "Constat") == {}
    assert not desk.book.sheets[CONTROLE].visible


def test_control_links_to_each_cell(desk: Desk) -> None:
    """Sheet, row and column of what is at fault, one click away."""
    sheet = desk.book.sheets["Grand livre"]
    sheet.range("E6").number_format = "@"
    sheet.range("E6").value = "31/02/2026"
    sheet.range("H7").number_format = "@"
    sheet.range("H7").value = "douze"
    (said,) = desk.click("control")
    head, tail = said.prompt.splitlines()
    assert re.fullmatch(r"Contrôle : \d constats, dont 2 à corriger\.", head)
    assert tail == "La feuille Contrôle les liste, avec un lien vers chaque cellule."
    assert desk.book.sheets.active.name == CONTROLE
    assert desk.book.sheets[CONTROLE].visible
    found = list(desk.rows(CONTROLE_TABLE, "Constat").values())[:2]
    assert [row["Effet"] for _, row in found] == ["à corriger"] * 2
    assert [row["Colonne"] for _, row in found] == ["Date", "Débit"]
    assert found[0][1]["Constat"] == "Date attendue, « 31/02/2026 » lu."
    assert links(desk)[:2] == [
        '=HYPERLINK("#\'Grand livre\'!E6","Grand livre, ligne 6")',
        '=HYPERLINK("#\'Grand livre\'!H7","Grand livre, ligne 7")',
    ]
    sheet.range("E6").number_format = "dd/mm/yyyy"
    sheet.range("E6").value = sheet.range("E5").value
    sheet.range("H7").number_format = "#,##0.00"
    sheet.range("H7").value = 5
    desk.click("control")
    assert not [row for _, row in desk.rows(CONTROLE_TABLE, "Constat").values()
                if row["Effet"] == "à corriger"]  # fmt: skip


def test_control_of_a_setting_that_stops_everything(desk: Desk) -> None:
    """It is listed like any other, at its own cell."""
    cell = desk.book.names["intervalle_relances"].refers_to_range
    cell.number_format = "@"
    cell.value = "souvent"
    desk.click("control")
    place = cell.get_address(row_absolute=False, column_absolute=False)
    assert links(desk) == [f'=HYPERLINK("#\'Paramètres\'!{place}","Paramètres, ligne {cell.row}")']


def test_check_templates(desk: Desk) -> None:
    (said,) = desk.click("check_templates")
    assert said.prompt == "Modèles : rien à signaler."
    (desk.folder / "word_templates" / "fr" / "relance_1.docx").unlink()
    (said,) = desk.click("check_templates")
    assert said.prompt.splitlines()[0].endswith("à corriger.")
    assert any("relance_1.docx" in where for where in links(desk))


def test_open_folder(desk: Desk) -> None:
    """The letters of the campaign, once there are any."""
    (said,) = desk.click("open_folder")
    assert said.prompt.startswith("Pas encore de lettres : Éditer les mettra dans ")
    desk.click("issue", "yes")
    assert desk.click("open_folder") == []
    assert desk.opened == [desk.folder / "Relances" / "2026-11-25"]


def test_open_templates(desk: Desk) -> None:
    desk.click("open_templates")
    assert desk.opened == [desk.folder / "word_templates"]
    (desk.folder / "word_templates").rename(desk.folder / "ailleurs")
    (said,) = desk.click("open_templates")
    assert said.prompt.startswith("Pas de modèles dans ")


def test_open_guide(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guide, or the sheet that says what each button does."""
    monkeypatch.setattr(folders, "GUIDES", ("docs/boutons.md",))
    desk.click("open_guide")
    (opened,) = desk.opened
    assert opened.name == "boutons.md"
    monkeypatch.setattr(folders, "GUIDES", ("docs/none.md",))
    desk.click("open_guide")
    assert desk.book.sheets.active.name == ACCUEIL


def test_nothing_to_open_with(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: Path) -> None:
        raise FileNotFoundError("xdg-open")

    monkeypatch.setattr(folders, "show", missing)
    (said,) = desk.click("open_templates")
    assert said.prompt == f"Ouvrez vous-même : {desk.folder / 'word_templates'}"


def test_restart(desk: Desk) -> None:
    """By then the VBA has stopped the old Python: this one says which runs."""
    (said,) = desk.click("restart_python")
    assert re.match(r"Python 3\.\d+\.\d+ a redémarré : xl-relances [\d.]+", said.prompt)
