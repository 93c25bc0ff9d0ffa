"""What stops a command is found before the first cell is written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwings as xw

import books
from books import AS_OF, issue, opened, part_of, prepare, protect, save, show, shown, undo
from xl_relances import headless, run
from xl_relances.book import layout, tables
from xl_relances.errors import BookBusyError, CancelledError, FindingsError, RefusedError

LEDGER = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit
C1;Dupont;FA-11;01/09/2026;01/10/2026;Facture;1000,00;
C2;Martin;FA-21;01/09/2026;01/10/2026;Facture;300,00;
C3;Leroy;FA-31;10/11/2026;10/12/2026;Facture;700,00;
"""
WRITTEN = {
    "prepare": ("Préparation", "Détail", "Non relancés", "Grand livre", "Sélection"),
    "issue": ("Préparation",),
    "save": ("Historique", "Campagnes", "Grand livre", "Préparation", "Détail", "Non relancés"),
    "undo": ("Campagnes", "Grand livre", "Préparation", "Détail", "Non relancés"),
    "clear": ("Préparation", "Détail", "Non relancés"),
}


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A workbook just before each command."""
    folder = tmp_path_factory.mktemp("stages")
    path = books.make(folder, LEDGER)
    steps: list[tuple[str, Callable[[xw.Book], object]]] = [
        ("prepare", prepare), ("issue", issue), ("save", save), ("undo", undo),
    ]  # fmt: skip
    result = {}
    for name, step in steps:
        result[name] = folder / f"{name}.xlsm"
        result[name].write_bytes(path.read_bytes())
        with opened(path) as book:
            step(book)
    result["clear"] = result["save"]
    return result


@pytest.mark.parametrize(
    ("command", "title"), [(name, title) for name, titles in WRITTEN.items() for title in titles]
)
def test_protected_sheets_are_found_first(
    stages: dict[str, Path], tmp_path: Path, command: str, title: str
) -> None:
    """One sentence names the sheet; in memory and on disk nothing was written."""
    path = tmp_path / "relances.xlsm"
    protect(stages[command], title, path)
    before = path.read_bytes()
    steps: dict[str, Callable[[xw.Book], object]] = {
        "prepare": prepare, "issue": issue, "save": save, "undo": undo, "clear": run.clear,
    }  # fmt: skip
    with opened(path, keep=False) as book:
        sheets = shown(book), show(book, "history"), show(book, "campaigns")
        with pytest.raises(BookBusyError) as caught:
            steps[command](book)
        assert str(caught.value) == (
            f"La feuille « {title} » est protégée : ôtez la protection (Révision, "
            "Ôter la protection de la feuille), puis recommencez. Rien n'a été écrit."
        )
        assert (shown(book), show(book, "history"), show(book, "campaigns")) == sheets
    assert path.read_bytes() == before
    assert not (tmp_path / "Relances").exists()


def test_a_ledger_that_knows_its_rows_is_only_read(stages: dict[str, Path], tmp_path: Path) -> None:
    """A second Prepare writes nothing in Grand livre: it may be protected, its part stays."""
    path = tmp_path / "relances.xlsm"
    protect(stages["issue"], layout.GRAND_LIVRE, path)
    before = part_of(path, layout.GRAND_LIVRE)
    with opened(path) as book:
        prepare(book)
    assert part_of(path, layout.GRAND_LIVRE) == before


@pytest.mark.parametrize("typed", ["À rappeler lundi", "=TODAY()", 12.0])
def test_notes_above_a_table_survive(
    stages: dict[str, Path], tmp_path: Path, typed: object
) -> None:
    """Whether a sheet is protected is found out without touching what the user wrote there."""
    path = shutil.copyfile(stages["prepare"], tmp_path / "relances.xlsm")
    with opened(path, keep=False) as book:
        sheet = book.sheets[layout.PREPARATION]
        for address in ("A3", "B3"):
            sheet[address].value = typed
        prepare(book)
        expected = typed if isinstance(typed, str) else 12.0
        for address in ("A3", "B3"):
            cell = sheet[address]
            assert (cell.formula if expected == "=TODAY()" else cell.value) == expected
        sheet["A1:Z3"].value = [["note"] * 26] * 3
        prepare(book)
        assert sheet["A1:Z3"].value == [["note"] * 26] * 3


def test_save_refuses_a_history_that_changed(stages: dict[str, Path], tmp_path: Path) -> None:
    """A colleague saved or undid a campaign since Prepare: levels are not what they were."""
    path = shutil.copyfile(stages["save"], tmp_path / "relances.xlsm")
    with opened(path, keep=False) as book:
        history_row = books.history_row_for_tests("C3", AS_OF)
        tables.append(book, layout.HISTORIQUE_TABLE, [history_row])
        before = show(book, "history")
        with pytest.raises(RefusedError, match="L'historique a changé depuis la préparation"):
            save(book)
        assert show(book, "history") == before
        prepare(book)
        assert save(book).letters == 2


@pytest.mark.parametrize("command", ["save", "undo"])
def test_rows_edited_by_hand_are_named(
    stages: dict[str, Path], tmp_path: Path, command: str
) -> None:
    """Save and Undo say which rows of the history were edited, and ask."""
    path = shutil.copyfile(stages["undo"], tmp_path / "relances.xlsm")
    with opened(path, keep=False) as book:
        if command == "save":
            books.typed(book, layout.NON_RELANCES_TABLE, "Forcer", 1, Compte="C1")
            prepare(book)
            issue(book)
        books.typed(book, layout.HISTORIQUE_TABLE, "Niveau", 2, Pièce="FA-11")
        books.typed(book, layout.HISTORIQUE_TABLE, "AR le", books.cell(AS_OF), Pièce="FA-21")
        step = save if command == "save" else undo
        headless.engine.alerts.clear()
        headless.engine.answer = lambda *_: "no"
        before = shown(book), show(book, "history"), show(book, "campaigns")
        with pytest.raises(CancelledError):
            step(book)
        assert books.questions() == [
            (
                "Historique : ligne 5 (C1, FA-11) a été modifiée à la main depuis la sauvegarde. "
                "Les niveaux suivront ce qui est écrit. Continuer ?"
            )
        ]
        assert (shown(book), show(book, "history"), show(book, "campaigns")) == before
        headless.engine.answer = lambda *_: "yes"
        step(book)


@pytest.mark.parametrize("command", ["save", "undo"])
def test_rows_deleted_by_hand_are_counted(
    stages: dict[str, Path], tmp_path: Path, command: str
) -> None:
    """What a deleted row said is gone; Save and Undo say how many are missing, and ask."""
    path = shutil.copyfile(stages["undo"], tmp_path / "relances.xlsm")
    with opened(path, keep=False) as book:
        found = tables.find_table(book, layout.HISTORIQUE_TABLE)
        second = found.range[2, :]
        second.clear_contents()
        found.resize(found.range.resize(2, found.range.shape[1]))
        if command == "save":
            prepare(book)
            books.typed(book, layout.NON_RELANCES_TABLE, "Forcer", 1, Compte="C1")
            prepare(book)
            issue(book)
        headless.engine.alerts.clear()
        headless.engine.answer = lambda *_: "no"
        with pytest.raises(CancelledError):
            (save if command == "save" else undo)(book)
        assert books.questions() == [
            (
                "Historique : campagne 2026-11-25 : 1 ligne au lieu de 2, ajoutées ou supprimées à "
                "la main. Les niveaux suivront ce qui est écrit. Continuer ?"
            )
        ]


def test_an_unreadable_history_row_keeps_its_customer_from_letters(
    stages: dict[str, Path], tmp_path: Path
) -> None:
    """What its items reached is unknown; nothing is guessed, the row stays, Undo asks."""
    path = shutil.copyfile(stages["undo"], tmp_path / "relances.xlsm")
    with opened(path, keep=False) as book:
        books.typed(book, layout.HISTORIQUE_TABLE, "Date", "hier", Pièce="FA-11")
        later = books.french_day("20/12/2026")
        books.set_cell(book, "date_relance", later)
        report = prepare(book, later)
        sentence = "Historique, ligne 5, colonne « Date » : date attendue, « hier » lu."
        assert [str(finding) for finding in report.findings if finding.blocking] == [sentence]
        assert books.row_of(book, "excluded", Compte="C1")["Motif"] == (
            f"À corriger d'abord : {sentence.rstrip('.')}"
        )
        assert set(books.proposed(book)) == {"C2", "C3"}
        issue(book)
        headless.engine.alerts.clear()
        save(book, later)
        assert "ligne 5 (illisible) a été modifiée à la main" in books.questions()[0]
        assert "Reprise" not in {row["Campagne"] for row in show(book, "history")}
        assert show(book, "history")[0]["Date"] == "hier"


@pytest.mark.parametrize("command", ["save", "undo"])
def test_an_unreadable_campaign_stops_save_and_undo(
    stages: dict[str, Path], tmp_path: Path, command: str
) -> None:
    """Its row would be lost when the sheet is written."""
    path = shutil.copyfile(stages["undo"], tmp_path / "relances.xlsm")
    with opened(path, keep=False) as book:
        books.typed(book, layout.CAMPAGNES_TABLE, "Montant", "beaucoup", Campagne="2026-11-25")
        if command == "save":
            prepare(book)
            books.typed(book, layout.NON_RELANCES_TABLE, "Forcer", 1, Compte="C1")
            prepare(book)
            issue(book)
        with pytest.raises(FindingsError, match="Campagnes, ligne 5, colonne « Montant »"):
            (save if command == "save" else undo)(book)
        assert show(book, "campaigns")[0]["Montant"] == "beaucoup"


def test_undo_knows_the_day_when_the_criteria_cannot_be_read(
    stages: dict[str, Path], tmp_path: Path
) -> None:
    """The letters' date stands in Campagnes too; what else was chosen is then empty."""
    path = shutil.copyfile(stages["undo"], tmp_path / "relances.xlsm")
    with opened(path, keep=False) as book:
        books.typed(book, layout.CAMPAGNES_TABLE, "Critères", "???", Campagne="2026-11-25")
        undo(book, books.french_day("30/11/2026"))
        assert {row["Retard max"] for row in show(book, "preparation")} == {55}
        assert [row["Éditée"] for row in show(book, "preparation")] == [True, True]


def test_criteria_that_no_longer_hold_stop_before_anything_is_written(
    stages: dict[str, Path], tmp_path: Path
) -> None:
    """A campaign made with a letter that the procedure no longer has."""
    path = shutil.copyfile(stages["undo"], tmp_path / "relances.xlsm")
    with opened(path, keep=False) as book:
        text = "Numéro de la lettre à éditer : 7 ; Date de relance : 25/11/2026"
        books.typed(book, layout.CAMPAGNES_TABLE, "Critères", text, Campagne="2026-11-25")
        before = shown(book), show(book, "campaigns")
        with pytest.raises(FindingsError, match="« 7 » lu"):
            undo(book)
        assert (shown(book), show(book, "campaigns")) == before


def test_rows_appended_below_a_gap_overwrite_nothing(
    stages: dict[str, Path], tmp_path: Path
) -> None:
    """A blank row in the middle of the history does not make Save write over the last one."""
    path = shutil.copyfile(stages["undo"], tmp_path / "relances.xlsm")
    with opened(path, keep=False) as book:
        body = tables.find_table(book, layout.HISTORIQUE_TABLE).data_body_range
        assert body is not None
        whole = tables.find_table(book, layout.HISTORIQUE_TABLE).range
        cells = body.options(ndim=2).value
        tables.find_table(book, layout.HISTORIQUE_TABLE).resize(whole.resize(6, whole.shape[1]))
        sheet = whole.sheet
        sheet.range((5, 1), (9, whole.shape[1])).clear_contents()
        for row, values in ((5, cells[0]), (8, cells[1])):
            sheet.range((row, 1), (row, whole.shape[1])).value = [values]
        assert len(show(book, "history")) == 2
        tables.append(book, layout.HISTORIQUE_TABLE, [books.history_row_for_tests("C3", AS_OF)])
        assert [row["Compte"] for row in show(book, "history")] == ["C1", "C2", "C3"]
        numbers = tables.read(book, layout.HISTORIQUE_TABLE).numbers
        assert numbers == [5, 8, 9]
