"""Importer: chosen files become the ledger, a file that leaves something open is a question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from excel.clicking import Desk
from excel.effects import EXPORT, lay_export
from xl_relances.book.layout import (
    CHOIX,
    CONTROLE,
    CONTROLE_TABLE,
    CORRESPONDANCE,
    CORRESPONDANCE_TABLE,
    GRAND_LIVRE_TABLE,
    HISTORIQUE_TABLE,
)
from xl_relances.book.settings import Settings
from xl_relances.excel.importing import chosen, for_excel
from xl_relances.workbook.commands import IMPORT_FILES


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def report(desk: Desk) -> list[tuple[str, str]]:
    """Effect and text of each line of Contrôle."""
    rows = desk.rows(CONTROLE_TABLE, "Constat").values()
    return [(row["Effet"], row["Constat"]) for _, row in rows]


def test_a_ledger(desk: Desk) -> None:
    """One sentence, the report on Contrôle, the cell emptied for the next time."""
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
    assert settings.text(IMPORT_FILES) == ""


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


def mapping(desk: Desk) -> dict[str, dict[str, Any]]:
    """Rows of Correspondance by field."""
    return {ours: row for ours, (_, row) in desk.rows(CORRESPONDANCE_TABLE, "Champ").items()}


def choose(desk: Desk, ours: str, theirs: str) -> None:
    """The user picks in the drop-down of a field."""
    number, _ = desk.rows(CORRESPONDANCE_TABLE, "Champ")[ours]
    desk.book.sheets[CORRESPONDANCE].range((number, 3)).value = theirs


def test_a_question_on_columns_and_its_answer(desk: Desk) -> None:
    """Its choices stand in a drop-down, with values; the answer is kept for such files."""
    lay_export(desk, *TWO)
    (asked,) = desk.click("import_ledger")
    question, where = asked.prompt.splitlines()
    assert "--" not in asked.prompt
    assert question.endswith(
        "plusieurs colonnes possibles, « Échéance » et « Date échéance ». Choisissez sur la "
        "feuille Correspondance."
    )
    assert where == "Choisissez dans la liste de la cellule, puis cliquez de nouveau Importer."
    assert desk.book.sheets.active.name == CORRESPONDANCE
    assert desk.book.sheets[CORRESPONDANCE].visible
    assert desk.book.selection is not None
    assert desk.book.selection.address == "$C$5"
    row = mapping(desk)["Échéance"]
    assert row["Exemples"] == "Échéance : 01/09/2026 ; Date échéance : 15/09/2026"
    assert (row["Certitude"], row.get("Colonne du fichier")) == ("à choisir", None)
    assert [row[title] for title in CHOIX[:3]] == ["Échéance", "Date échéance", "Compte"]
    assert mapping(desk)["Débit"]["Colonne du fichier"] == "Débit"
    assert mapping(desk)["Lettrage"]["Certitude"] == "absente"
    choose(desk, "Échéance", "Date échéance")
    (told,) = desk.click("import_ledger")
    assert told.prompt.startswith("Import : 1 ligne importée")
    (held,) = (row for _, row in desk.rows(GRAND_LIVRE_TABLE, "Pièce").values())
    assert held["Échéance"].day == 15
    assert mapping(desk)["Échéance"]["Certitude"] == "indiqué"
    lay_export(desk, *TWO)
    (told,) = desk.click("import_ledger")
    assert "rien n'a changé" in told.prompt


def test_a_column_taken_wrongly_is_corrected_there(desk: Desk) -> None:
    """What the import was sure of too: the next import takes the user's column."""
    lay_export(desk)
    desk.click("import_ledger")
    choose(desk, "Pièce", "Écriture")
    lay_export(desk)
    desk.click("import_ledger")
    assert "VE-A1" in desk.rows(GRAND_LIVRE_TABLE, "Pièce")


@pytest.mark.parametrize(
    ("lines", "ours", "answer", "choices"),
    [
        (
            ["Compte;Nom;Date;Débit", "C0001;Un;010203;10,00", "C0001;Un;020304;10,00"],
            "Dates", "AAMMJJ", ["JJ/MM/AAAA", "MM/JJ/AAAA"],
        ),
        (["Compte;Nom;Date;Débit", "C0001;Un;01/08/2026;1,234"], "Décimale", ".", [",", "."]),
        (
            ["Client;Chose;Date facture;Total à payer", "C0001;Un;01/08/2026;12,30"],
            "Montant", "Total à payer", ["Client", "Chose"],
        ),
    ],
)  # fmt: skip
def test_other_questions(
    desk: Desk, lines: list[str], ours: str, answer: str, choices: list[str]
) -> None:
    """Form of dates, decimal mark, a column that no title tells: chosen in the same place."""
    lay_export(desk, *lines)
    (asked,) = desk.click("import_ledger")
    assert "feuille Correspondance" in asked.prompt
    row = mapping(desk)[ours]
    assert [row[title] for title in CHOIX[:2]] == choices
    choose(desk, ours, answer)
    (told,) = desk.click("import_ledger")
    assert told.prompt.startswith("Import : "), told.prompt


def test_an_encoding_that_stays_open(desk: Desk) -> None:
    """Its names are the choices; the file is read with the one chosen."""
    lay_export(desk)
    path = desk.folder / "export d'été.csv"
    path.write_bytes("Compte;Nom;Date;Débit\nC0001;\xfe\xfe;01/08/2026;10,00\n".encode("latin-1"))
    (asked,) = desk.click("import_ledger")
    assert "encodage" in asked.prompt
    assert desk.book.sheets.active.name == CORRESPONDANCE
    choose(desk, "Encodage", "CP1252")
    (told,) = desk.click("import_ledger")
    assert told.prompt.startswith("Import : 1 ligne importée")


def test_an_answer_that_names_no_column(desk: Desk) -> None:
    """Typed over the list: one sentence says which columns there are."""
    lay_export(desk, *TWO)
    desk.click("import_ledger")
    choose(desk, "Échéance", "Prévue le")
    (told,) = desk.click("import_ledger")
    assert told.prompt.startswith("Correspondance : colonne « Prévue le » introuvable")


@pytest.mark.parametrize(
    ("for_the_command_line", "expected"),
    [
        ('avec --column "Débit=…".', "sur la feuille Correspondance."),
        ('avec --sheet "Mars 26".', "sur la feuille Correspondance."),
        ("avec --encoding (UTF-8)", "sur la feuille Correspondance (UTF-8)"),
        ("avec --dates (JJMMAA)", "sur la feuille Correspondance (JJMMAA)"),
        ("avec --decimal , ou --decimal .", "sur la feuille Correspondance"),
    ],
)
def test_options_of_the_command_line_become_the_sheet(
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
