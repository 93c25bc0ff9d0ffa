"""The steps of the day as buttons: one message each, questions that name their numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from books import typed
from excel.clicking import Desk
from xl_relances import headless
from xl_relances.book.layout import (
    CAMPAGNES_TABLE,
    DETAIL_TABLE,
    GRAND_LIVRE_TABLE,
    HISTORIQUE_TABLE,
    PREPARATION,
    PREPARATION_TABLE,
    SELECTION,
)
from xl_relances.book.settings import Settings
from xl_relances.errors import Finding
from xl_relances.excel import messages
from xl_relances.run.simulation import Claim, LevelCount, Move, Simulation


def letters(desk: Desk) -> set[str]:
    return {path.stem for path in (desk.folder / "Relances").rglob("*.docx")}


def lines(desk: Desk, name: str, *answers: str) -> list[str]:
    """The lines of the last message of a button."""
    return desk.click(name, *answers)[-1].prompt.splitlines()


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_prepare(fresh_desk: Desk) -> None:
    """What happened, who is left out and why, what is next; the sheet is shown."""
    found = [plain(line) for line in lines(fresh_desk, "prepare")]
    assert found == [
        "Campagne du 25/11/2026 : 5 clients, 436,00 €, lettres 1 : 5.",
        "1 laissé de côté : non échu 1.",
        "Ensuite : vérifiez Préparation, puis Éditer.",
    ]
    assert fresh_desk.book.sheets.active.name == PREPARATION
    assert len(fresh_desk.rows(PREPARATION_TABLE)) == 5


def test_prepare_with_findings(fresh_desk: Desk) -> None:
    """What cannot be relied on comes before the next step."""
    cell = fresh_desk.book.sheets["Grand livre"].range("H5")
    cell.number_format = "@"
    cell.value = "cent"
    _, left_out, following = lines(fresh_desk, "prepare")
    assert left_out == "2 laissés de côté : ligne illisible 1, non échu 1."
    assert following == "1 constat : cliquez Contrôler pour les voir."


def test_prepare_with_nobody_to_remind(fresh_desk: Desk) -> None:
    Settings(fresh_desk.book).write("compte_debut", "Z")
    first, left_out, following = lines(fresh_desk, "prepare")
    assert first == "Campagne du 25/11/2026 : aucune relance."
    assert left_out == "6 laissés de côté : hors de la plage de comptes 5, non échu 1."
    assert following == "Rien à éditer : voir Non relancés, ou élargissez la sélection."


def test_prepare_without_a_ledger(fresh_desk: Desk) -> None:
    body = fresh_desk.book.sheets["Grand livre"].tables["GrandLivre"].data_body_range
    assert body is not None
    body.clear_contents()
    (line,) = lines(fresh_desk, "prepare")
    assert line.startswith("Grand livre : aucune écriture.")


def test_simulate_names_the_heaviest_customers_and_why(desk: Desk) -> None:
    """Letters before and after, who moves, what is next; the sheets stay as they are."""
    before = desk.rows(PREPARATION_TABLE)
    Settings(desk.book).write("compte_fin", "C0001")
    found = [plain(line) for line in lines(desk, "simulate")]
    assert found == [
        "Simulation du 25/11/2026 : 5 → 3 lettres, 436,00 € → 211,00 €. Rien n'est écrit.",
        "Compte client fin : vide → C0001.",
        "Lettres 1 : 5 → 3 ; 2 clients sortent.",
        "• Client C0003 : lettre 1, 113,00 € → aucune. Hors de la plage de comptes",
        "• Client C0002 : lettre 1, 112,00 € → aucune. Hors de la plage de comptes",
        "Ensuite : Préparer, ou changez la sélection ou les niveaux.",
    ]
    assert desk.rows(PREPARATION_TABLE) == before


def test_simulate_fits_a_message_box(desk: Desk) -> None:
    """Five customers by name, however long; a message box cuts at 1,024 characters."""
    Settings(desk.book).write("compte_debut", "Z")
    table = desk.book.sheets[PREPARATION].tables["Preparation"]
    body = table.data_body_range
    assert body is not None
    body.columns[1].value = [["Société très longue " * 12]] * 5
    (said,) = desk.click("simulate")
    assert len(said.prompt) < 1000
    assert sum(line.startswith("• ") for line in said.prompt.splitlines()) == 5
    Settings(desk.book).write("compte_debut", None)
    assert lines(desk, "simulate")[-1] == "Préparer donnerait les mêmes lettres."


def test_simulate_says_that_a_letter_is_to_be_done_again(desk: Desk) -> None:
    """Issued, then given another number: Prepare will not give the same letters."""
    desk.click("issue", "yes")
    typed(desk.book, PREPARATION_TABLE, "N° lettre", 2, Compte="C0002")
    found = [plain(line) for line in lines(desk, "simulate")]
    assert found[1:] == [
        "Client C0002 : la lettre éditée ne dit plus ce qui est coché, elle serait à refaire.",
        "Ensuite : Préparer, ou changez la sélection ou les niveaux.",
    ]


def test_simulate_keeps_its_warnings_whole() -> None:
    """Three currencies, all kinds of moves, long names: the customers are cut, not the rest."""
    euros = Decimal("1234567.89")
    claims = [Claim(1, euros), Claim(2, euros), Claim(1, euros - 1)]
    pairs = [(claims[0], None), (None, claims[0]), (claims[0], claims[1]), (claims[0], claims[2])]
    moves = tuple(
        Move(account=f"C{n}", name="Société très longue " * 9, currency="EUR", before=b, after=a,
             why="Lettre 1 : FA-2026-0001, 34 j de retard")
        for n, (b, a) in enumerate(pairs * 5)
    )  # fmt: skip
    simulation = Simulation(
        as_of=date(2026, 11, 25), stale=("Untel",), moves=moves, lost_choices=3,
        changes=("le grand livre a changé", "l'historique a changé", "Untel " * 60),
        levels=tuple(
            LevelCount(number=number, currency=code, before=10, after=12, amount_before=euros,
                       amount_after=euros)
            for number in (1, 2, 3) for code in ("EUR", "USD", "GBP")
        ),
        findings=(Finding(where="", message="?"),),
    )  # fmt: skip
    said = messages.simulated(simulation)
    assert len(said) < 1000
    assert "3 choix faits à la main à perdre" in said
    assert "1 constat : cliquez Contrôler" in said
    assert said.endswith("ou changez la sélection ou les niveaux.")
    assert any(line.startswith("• ") for line in said.splitlines())


def test_clear_asks_first(desk: Desk) -> None:
    (asked,) = desk.click("clear_preparation", "no")
    assert asked.prompt.startswith("Supprimer 5 relances en cours ?")
    assert len(desk.rows(PREPARATION_TABLE)) == 5
    assert desk.bar == "Annulé : rien n'a été changé."
    assert lines(desk, "clear_preparation", "yes") == [
        "5 relances supprimées. L'historique et les lettres restent.", "Ensuite : Préparer.",
    ]  # fmt: skip
    assert desk.rows(PREPARATION_TABLE) == desk.rows(DETAIL_TABLE) == {}
    assert lines(desk, "clear_preparation") == ["Aucune relance en cours : rien à supprimer."]


def test_issue_all_not_yet_issued(desk: Desk) -> None:
    asked, told = desk.click("issue", "yes")
    assert plain(asked.prompt) == (
        "Éditer 5 lettres non éditées (436,00 €, lettres 1 : 5) ?\n"
        "Non : choisir autrement (des lignes sélectionnées)."
    )
    assert told.prompt.splitlines()[0] == "5 lettres éditées dans Relances/2026-11-25."
    assert told.prompt.splitlines()[-1] == "Ensuite : Sauvegarder."
    assert letters(desk) == {
        f"{account}_EUR_L1" for account in ("000123", "123", "C0001", "C0002", "C0003")
    }
    assert set(desk.column("Éditée").values()) == {1}


def test_issue_can_be_cancelled(desk: Desk) -> None:
    (asked,) = desk.click("issue", "cancel")
    assert asked.buttons == "yes_no_cancel"
    assert desk.bar == "Annulé : aucune lettre n'a été faite."
    assert letters(desk) == set()
    assert set(desk.column("Éditée").values()) == {0}


def test_issue_the_selected_rows(desk: Desk) -> None:
    """Several selected rows are what the user means: they are offered first."""
    desk.select_accounts(PREPARATION_TABLE, "C0001", "123")
    asked, _ = desk.click("issue", "yes")
    assert plain(asked.prompt) == (
        "Éditer 2 lettres des lignes sélectionnées (161,00 €, lettres 1 : 2) ?\n"
        "Non : choisir autrement (non éditées)."
    )
    assert letters(desk) == {"C0001_EUR_L1", "123_EUR_L1"}


def test_issue_one_selected_row_after_all_the_others_were_declined(desk: Desk) -> None:
    desk.select_accounts(PREPARATION_TABLE, "000123")
    _, second, _ = desk.click("issue", "no", "yes")
    assert second.prompt.startswith("Éditer 1 lettre des lignes sélectionnées")
    assert letters(desk) == {"000123_EUR_L1"}


def test_a_selected_letter_is_made_again(desk: Desk) -> None:
    desk.click("issue", "yes")
    desk.select_accounts(PREPARATION_TABLE, "C0001")
    asked, told = desk.click("issue", "yes")
    assert plain(asked.prompt).splitlines()[0] == (
        "Éditer 1 lettre des lignes sélectionnées (111,00 €, lettres 1 : 1, dont 1 à refaire) ?"
    )
    assert told.prompt.startswith("1 lettre éditée dans Relances/2026-11-25, dont 1 déjà faite")


@pytest.mark.parametrize(
    ("cells", "what", "expected"),
    [
        pytest.param(
            {"edition_compte_debut": "C0001", "edition_compte_fin": "C0002"},
            "des comptes C0001 à C0002", {"C0001", "C0002"}, id="range",
        ),
        pytest.param(
            {"edition_compte_fin": "0"}, "des comptes … à 0", {"000123"}, id="all-that-begin-so",
        ),
        pytest.param({"edition_lettre": 2}, "de numéro 2", {"C0002"}, id="number"),
        pytest.param(
            {"edition_compte_debut": "C", "edition_lettre": 1},
            "des comptes C à … de numéro 1", {"C0001", "C0003"}, id="both",
        ),
    ],
)  # fmt: skip
def test_issue_a_part(
    desk: Desk, cells: dict[str, str | int], what: str, expected: set[str]
) -> None:
    """The account range and number of Sélection, both bounds included."""
    desk.select_accounts(PREPARATION_TABLE, "C0002")
    desk.click("raise_level")
    for name, value in cells.items():
        Settings(desk.book).write(name, value)
    desk.select(SELECTION, "A1")
    first, second, _ = desk.click("issue", "no", "yes")
    assert first.prompt.endswith(f"Non : choisir autrement ({what}).")
    assert second.prompt.startswith(f"Éditer {len(expected)} lettre")
    assert f" {what} (" in second.prompt
    assert {stem.split("_")[0] for stem in letters(desk)} == expected


def test_no_to_every_offer_leads_to_the_cells(desk: Desk) -> None:
    """The last word says where to enter a range or a number."""
    desk.select("Accueil", "A1")
    asked, told = desk.click("issue", "no")
    assert asked.prompt.endswith("Non : choisir autrement (une plage de comptes ou un numéro).")
    assert told.prompt.startswith("Indiquez sous « Éditer une partie »")
    assert desk.book.sheets.active.name == SELECTION
    named = desk.book.names["edition_compte_debut"].refers_to_range
    assert desk.book.selection is not None
    assert desk.book.selection.address == named.address
    assert letters(desk) == set()


def test_issue_with_nothing_prepared(fresh_desk: Desk) -> None:
    (line,) = lines(fresh_desk, "issue")
    assert line.startswith("Aucune lettre à éditer : préparez les relances")


def test_save_then_undo(desk: Desk) -> None:
    """Asked with their numbers; the workbook's own file is saved each time."""
    desk.click("issue", "yes")
    file = Path(desk.book.fullname)
    before = file.stat().st_mtime_ns
    (asked,) = desk.click("save", "no")
    assert plain(asked.prompt) == "Sauvegarder 5 relances (436,00 €, 8 échéances) ?"
    assert desk.rows(HISTORIQUE_TABLE, "Identité") == {}
    assert file.stat().st_mtime_ns == before
    assert [plain(line) for line in lines(desk, "save", "yes")] == [
        "5 relances sauvegardées dans 2026-11-25 (436,00 €, lettres 1 : 5).",
        "Terminé : Annuler la campagne revient en arrière.",
    ]
    assert len(desk.rows(HISTORIQUE_TABLE, "Identité")) == 8
    assert desk.rows(PREPARATION_TABLE) == {}
    levels = desk.rows(GRAND_LIVRE_TABLE, "Pièce")
    assert levels["A1"][1]["Dernière lettre"] == 1
    saved = file.stat().st_mtime_ns
    assert saved != before
    with headless.open_book(file, read_only=True) as again:
        assert again.fullname == desk.book.fullname
    assert lines(desk, "undo", "yes") == [
        "Campagne 2026-11-25 annulée : 5 lettres, 8 échéances. Niveaux et dates sont ceux d'avant.",
        "Ensuite : ses lettres sont dans Préparation, éditées et non sauvegardées.",
    ]
    assert set(desk.column("Éditée").values()) == {1}
    (campaign,) = desk.rows(CAMPAGNES_TABLE, "Campagne").values()
    assert campaign[1]["Annulée le"] is not None
    assert file.stat().st_mtime_ns != saved


def test_a_workbook_that_cannot_be_saved_itself(desk: Desk, private_journal: Path) -> None:
    """The campaign is saved in the sheets; the file is left to the user, and that is said."""
    desk.click("issue", "yes")
    file = Path(desk.book.fullname)
    file.touch()  # as somebody else would have done
    assert lines(desk, "save", "yes")[-1] == (
        "Le classeur n'a pas pu être enregistré : enregistrez-le vous-même."
    )
    assert "workbook not saved: " in private_journal.read_text("utf-8")
    assert len(desk.rows(HISTORIQUE_TABLE, "Identité")) == 8


def test_save_with_nothing_issued(desk: Desk) -> None:
    (line,) = lines(desk, "save")
    assert line.startswith("Aucune relance éditée à sauvegarder")


def test_undo_with_nothing_saved(desk: Desk) -> None:
    (line,) = lines(desk, "undo")
    assert line.startswith("Aucune campagne à annuler")


def test_a_letter_that_cannot_be_made(desk: Desk) -> None:
    """A template with an unknown field: two lines of it, and where to find all."""
    for template in (desk.folder / "word_templates").rglob("*.docx"):
        template.write_bytes(b"no document")
    found = lines(desk, "issue", "yes")
    assert len(found) <= 3
    assert "relance_1.docx" in found[0]
    assert set(desk.column("Éditée").values()) == {0}
