"""Importer: chosen files become the ledger, a file that leaves something open is a question."""

from __future__ import annotations

from pathlib import Path

import pytest

from excel.clicking import Desk
from excel.effects import EXPORT, lay_export
from xl_relances.book.layout import (
    ACCUEIL,
    CONTROLE,
    CONTROLE_TABLE,
    GRAND_LIVRE_TABLE,
    HISTORIQUE_TABLE,
)
from xl_relances.book.settings import Settings
from xl_relances.excel.importing import chosen, for_excel, parse_answers
from xl_relances.imports.sources import Answers
from xl_relances.workbook.commands import IMPORT_ANSWERS, IMPORT_FILES


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def report(desk: Desk) -> list[tuple[str, str]]:
    """Effect and text of each line of Contrôle."""
    rows = desk.rows(CONTROLE_TABLE, "Constat").values()
    return [(row["Effet"], row["Constat"]) for _, row in rows]


def test_a_ledger(desk: Desk) -> None:
    """One sentence, the report on Contrôle, the cells emptied for the next time."""
    lay_export(desk)
    (told,) = desk.click("import_ledger")
    first, *_, last = plain(told.prompt).splitlines()
    assert first == "Import : 2 lignes importées, solde clients 178,00 €."
    assert last == "Ensuite : Préparer. Le rapport est sur la feuille Contrôle."
    assert desk.book.sheets.active.name == CONTROLE
    found = report(desk)
    assert {effect for effect, _ in found} == {"à savoir"}
    assert any("à comparer à la balance" in text for _, text in found)
    settings = Settings(desk.book)
    assert settings.text(IMPORT_FILES) == settings.text(IMPORT_ANSWERS) == ""


def test_lines_left_out(desk: Desk) -> None:
    """They come first on Contrôle, with their line; the rest is imported."""
    lay_export(desk, *EXPORT, "C0002;Client;VE-A2;02/08/2026;A2;;01/09/2026;cent;;")
    (told,) = desk.click("import_ledger")
    assert ", 1 ligne laissée de côté." in told.prompt
    assert told.prompt.splitlines()[-1].startswith("Ensuite : voir Contrôle")
    assert report(desk)[0][0] == "à corriger"
    ((_, first), *_) = desk.rows(CONTROLE_TABLE, "Constat").values()
    assert first["Où"] == "export d'été.csv, ligne 4"


def test_several_files_and_the_marks_of_copied_paths() -> None:
    text = '"C:\\a b\\1.csv"\r\n\n /Users/léa/2.txt \n'
    assert list(chosen(text)) == [Path("C:\\a b\\1.csv"), Path("/Users/léa/2.txt")]
    assert list(chosen("")) == []


def test_a_dialog_that_was_cancelled(desk: Desk) -> None:
    before = desk.rows(GRAND_LIVRE_TABLE, "Pièce")
    assert desk.click("import_ledger") == []
    assert desk.bar == "Aucun fichier choisi : rien n'a été importé."
    assert desk.rows(GRAND_LIVRE_TABLE, "Pièce") == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("absent.csv", None, "absent.csv : fichier introuvable."),
        ("vide.csv", b"", "vide.csv : fichier vide."),
        ("lettre.xls", b"%PDF-1.7", "lettre.xls : "),
    ],
)
def test_what_is_no_export(desk: Desk, name: str, content: bytes | None, said: str) -> None:
    """One sentence; the ledger is as before."""
    before = desk.rows(GRAND_LIVRE_TABLE, "Pièce")
    path = desk.folder / name
    if content is not None:
        path.write_bytes(content)
    Settings(desk.book).write(IMPORT_FILES, str(path))
    (told,) = desk.click("import_ledger")
    assert told.prompt.startswith(said)
    assert "Rien n'a été importé." in told.prompt
    assert desk.rows(GRAND_LIVRE_TABLE, "Pièce") == before


TWO = ("Compte;Nom;Date;Pièce;Échéance;Date échéance;Débit;Crédit",
       "C0001;Un;01/08/2026;A1;01/09/2026;15/09/2026;101,00;")  # fmt: skip


def test_a_question_on_columns_and_its_answer(desk: Desk) -> None:
    """It says what to type and where, in three lines; the answer is kept for such files."""
    lay_export(desk, *TWO)
    (asked,) = desk.click("import_ledger")
    question, where = asked.prompt.splitlines()
    assert "--" not in asked.prompt
    assert question.endswith(
        "plusieurs colonnes possibles, « Échéance » et « Date échéance ». Choisissez avec "
        "« Échéance=Échéance »."
    )
    assert where.startswith("Tapez-le sur Accueil dans « Précisions »")
    cell = desk.book.names[IMPORT_ANSWERS].refers_to_range
    assert desk.book.sheets.active.name == ACCUEIL
    assert desk.book.selection is not None
    assert desk.book.selection.address == cell.address
    cell.value = "Échéance=Date échéance"
    (told,) = desk.click("import_ledger")
    assert told.prompt.startswith("Import : 1 ligne importée")
    (row,) = (row for _, row in desk.rows(GRAND_LIVRE_TABLE, "Pièce").values())
    assert row["Échéance"].day == 15
    assert cell.value is None
    lay_export(desk, *TWO)
    (told,) = desk.click("import_ledger")
    assert "rien n'a changé" in told.prompt


def test_an_answer_that_names_no_column(desk: Desk) -> None:
    lay_export(desk, *TWO)
    Settings(desk.book).write(IMPORT_ANSWERS, "Échéance=Prévue le")
    (told,) = desk.click("import_ledger")
    assert told.prompt.startswith("Précisions : colonne « Prévue le » introuvable")
    Settings(desk.book).write(IMPORT_ANSWERS, "CP850")
    (told,) = desk.click("import_ledger")
    assert told.prompt.startswith("Accueil, « Précisions » : « CP850 » lu")


def test_answers() -> None:
    """Columns, and the four that are none; parted by semicolons or lines."""
    text = "« Échéance=Date échéance » ; encodage=CP850\nFeuille = Mars;Décimale=,;dates=JJMMAA;"
    assert parse_answers(text) == Answers(
        columns={"Échéance": "Date échéance"}, encoding="CP850", sheet="Mars", decimal=",",
        dates="JJMMAA",
    )  # fmt: skip
    assert parse_answers("") == Answers()


@pytest.mark.parametrize(
    ("for_the_command_line", "expected"),
    [
        ('avec --column "Débit=…".', "avec « Débit=… »."),
        ('avec --sheet "Mars 26".', "avec « feuille=Mars 26 »."),
        ("avec --encoding (UTF-8)", "avec « encodage=… » (UTF-8)"),
        ("avec --dates (JJMMAA)", "avec « dates=… » (JJMMAA)"),
        ("avec --decimal , ou --decimal .", "avec « décimale=, » ou « décimale=. »"),
    ],
)
def test_options_of_the_command_line_in_the_words_of_the_cell(
    for_the_command_line: str, expected: str
) -> None:
    assert for_excel(for_the_command_line) == expected


def test_no_question_of_the_import_speaks_of_an_option_unknown_here() -> None:
    """Whatever --option a sentence of the import names has its words for Excel."""
    import re

    import xl_relances.imports
    from xl_relances.run import importing

    places = [*Path(xl_relances.imports.__file__).parent.glob("*.py"), Path(importing.__file__)]
    options = {o for path in places for o in re.findall(r"--[a-z]+", path.read_text("utf-8"))}
    assert options <= {"--column", "--sheet", "--encoding", "--dates", "--decimal"}


def test_history_stays(desk: Desk) -> None:
    desk.click("issue", "yes")
    desk.click("save", "yes")
    before = desk.rows(HISTORIQUE_TABLE, "Pièce")
    lay_export(desk)
    desk.click("import_ledger")
    assert desk.rows(HISTORIQUE_TABLE, "Pièce") == before
    assert desk.rows(GRAND_LIVRE_TABLE, "Pièce")["A1"][1]["Dernière lettre"] == 1
