"""A workbook that its users took apart: each command works as before, or says why not at once."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwings as xw

import books
from books import command, issue, opened, prepare, save, show, typed
from xl_relances.book import layout, tables
from xl_relances.headless.addresses import Area, a1

LEDGER = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit
C1;Dupont;FA-11;01/09/2026;01/10/2026;Facture;1000,00;
C1;Dupont;FA-12;01/09/2026;01/10/2026;Facture;100,00;
C2;Martin;FA-21;01/09/2026;01/10/2026;Facture;300,00;
C3;Leroy;FA-31;10/11/2026;10/12/2026;Facture;700,00;
"""
CUSTOMERS = "Compte;Nom;Adresse 1;Code postal;Ville\nC1;Dupont;1 rue A;44000;Nantes\n"
EXPORT = "Compte;Nom;Pièce;Date;Débit;Crédit\nC9;Neuf;F9;01/09/2026;5,00;\n"
COMMANDS = ("import", "prepare", "issue", "save", "undo")
NEEDED = {
    "import": ("GrandLivre", "Clients", "Historique", "Niveaux"),
    "prepare": ("GrandLivre", "Clients", "Historique", "Niveaux", "Campagnes", "Preparation",
                "Detail", "NonRelances"),
    "issue": ("GrandLivre", "Clients", "Historique", "Niveaux", "Campagnes", "Preparation",
              "Detail", "NonRelances", "Taux"),
    "save": ("GrandLivre", "Clients", "Historique", "Niveaux", "Campagnes", "Preparation",
             "Detail", "NonRelances"),
}  # fmt: skip
"""Tables without which a command cannot do its work; Undo needs those of Save."""
TABLES = {
    table.name: table
    for table in (
        layout.GRAND_LIVRE_TABLE, layout.CLIENTS_TABLE, layout.HISTORIQUE_TABLE,
        layout.CAMPAGNES_TABLE, layout.PREPARATION_TABLE, layout.DETAIL_TABLE,
        layout.NON_RELANCES_TABLE, layout.NIVEAUX_TABLE, layout.TAUX_TABLE,
    )
}  # fmt: skip
Change = Callable[[xw.Book, layout.Table], object]


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A workbook just before each command."""
    path = books.make(tmp_path_factory.mktemp("stages"), LEDGER, CUSTOMERS)
    found = {"import": path.read_bytes()}
    for verb, step in (("prepare", prepare), ("issue", issue), ("save", save)):
        found[verb] = path.read_bytes()
        with opened(path) as book:
            step(book)
    return {**found, "undo": path.read_bytes()}


def run(verb: str, path: Path) -> tuple[int, str, str]:
    """The command, every question answered yes."""
    if verb != "import":
        return command(verb, path, "--yes")
    export = path.with_name("export.csv")
    export.write_text(EXPORT, encoding="utf-8")
    return command(verb, path, export, "--yes")


def refused(verb: str, path: Path) -> str:
    """The one sentence of a command that must do nothing: the file as it was, no letter made."""
    before = path.read_bytes()
    code, out, errors = run(verb, path)
    assert (code, out) == (1, "")
    assert errors.count("\n") == 1
    assert path.read_bytes() == before
    assert not list(path.parent.rglob("*.docx"))
    return errors.removesuffix("\n")


def renamed(book: xw.Book, table: layout.Table) -> None:
    tables.find_table(book, table).impl.part.name = "Tableau1"


def without_third_column(book: xw.Book, table: layout.Table) -> None:
    """As Excel deletes a column of a table: what stood right of it moves left."""
    found = tables.find_table(book, table)
    whole = found.range
    height, width = whole.shape
    rows = [[*row[:2], *row[3:], None] for row in whole.formula]
    found.resize(whole.resize(height, width - 1))
    whole.formula = rows


def with_a_double_title(book: xw.Book, table: layout.Table) -> None:
    """No Excel allows it, other programs do."""
    found = tables.find_table(book, table)
    whole = found.range
    found.resize(whole.resize(whole.shape[0], whole.shape[1] + 1))
    whole.sheet.range((whole.row, whole.last_cell.column + 1)).value = table.columns[0].title


def without_titles(book: xw.Book, table: layout.Table) -> None:
    """« Ligne d'en-tête » unticked in the tab « Création de table »."""
    part = tables.find_table(book, table).impl.part
    row, column, rows, columns = part.area
    part._set(headerRowCount="0", ref=a1(Area(row + 1, column, rows - 1, columns)))
    part.filter_xml = None


@pytest.mark.parametrize("verb", COMMANDS)
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (renamed, "Feuille « {sheet} » : le tableau « {name} » est introuvable."),
        (without_third_column, "colonne « {third} » introuvable dans le tableau « {name} »."),
        (with_a_double_title, "{sheet} : le tableau « {name} » a deux colonnes « {first} »."),
        (without_titles, "Le tableau « {name} » n'a pas de ligne de titres."),
    ],
    ids=["renamed", "column-deleted", "title-twice", "titles-hidden"],
)
def test_a_table_taken_apart_is_said_before_anything_is_written(
    stages: dict[str, bytes], tmp_path: Path, verb: str, change: Change, sentence: str
) -> None:
    """By every command that needs it, whichever table it is."""
    for name in NEEDED["save" if verb == "undo" else verb]:
        table = TABLES[name]
        path = tmp_path / name / "relances.xlsm"
        path.parent.mkdir()
        path.write_bytes(stages[verb])
        with opened(path) as book:
            change(book, table)
        first, third = table.columns[0].title, table.columns[2].title
        said = refused(verb, path)
        assert sentence.format(sheet=table.sheet, name=name, first=first, third=third) in said


WRITTEN = {
    "import": layout.CLIENTS_TABLE, "prepare": layout.DETAIL_TABLE,
    "issue": layout.PREPARATION_TABLE, "save": layout.HISTORIQUE_TABLE,
    "undo": layout.CAMPAGNES_TABLE,
}  # fmt: skip


@pytest.mark.parametrize("verb", COMMANDS)
def test_merged_cells_in_a_table_are_said_before_anything_is_written(
    stages: dict[str, bytes], tmp_path: Path, verb: str
) -> None:
    """What is written into the hidden part of a merged cell would be lost."""
    path = tmp_path / "relances.xlsm"
    path.write_bytes(stages[verb])
    table = WRITTEN[verb]
    with opened(path) as book:
        found = tables.find_table(book, table).range
        part = found.sheet.impl.worksheet.part
        cells = a1(Area(found.row + 1, found.column, 1, 2))
        part.after = f'<mergeCells count="1"><mergeCell ref="{cells}"/></mergeCells>{part.after}'
        part.changed = True
    assert refused(verb, path) == (
        f"{table.sheet} : des cellules du tableau « {table.name} » sont fusionnées, ce qu'on y "
        "écrit se perdrait : défusionnez-les (Accueil, Fusionner et centrer), puis recommencez. "
        "Rien n'a été écrit."
    )


# ---------------------------------------------------------------- sheets


def rewritten(path: Path, change: Callable[[list[str], str], tuple[list[str], str]]) -> None:
    """Other ``<sheet>`` elements and names in ``xl/workbook.xml``, the rest byte for byte."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    xml = parts["xl/workbook.xml"].decode()
    sheets = re.findall(r"<sheet .*?/>", xml)
    kept, rest = change(sheets, xml)
    xml = re.sub(r"<sheets>.*</sheets>", f"<sheets>{''.join(kept)}</sheets>", rest)
    places = {sheets.index(sheet): number for number, sheet in enumerate(kept)}
    xml = re.sub(
        r'localSheetId="(\d+)"', lambda m: f'localSheetId="{places.get(int(m[1]), 0)}"', xml
    )
    parts["xl/workbook.xml"] = re.sub(r'activeTab="\d+"', 'activeTab="0"', xml).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def without(title: str) -> Callable[[list[str], str], tuple[list[str], str]]:
    """As Excel deletes a sheet: names that led there lead to #REF!."""

    def change(sheets: list[str], xml: str) -> tuple[list[str], str]:
        number = next(n for n, sheet in enumerate(sheets) if f'name="{title}"' in sheet)
        local = rf'<definedName [^>]*localSheetId="{number}"[^>]*>[^<]*</definedName>'
        xml = re.sub(local, "", xml)
        xml = re.sub(rf"'?{title}'?!(\$[A-Z]+\$\d+)", r"#REF!\1", xml)
        return [sheet for n, sheet in enumerate(sheets) if n != number], xml

    return change


@pytest.mark.parametrize("verb", COMMANDS)
@pytest.mark.parametrize(
    "title", [layout.GRAND_LIVRE, layout.CLIENTS, layout.HISTORIQUE, layout.PARAMETRES]
)
def test_a_deleted_sheet_is_said_before_anything_is_written(
    stages: dict[str, bytes], tmp_path: Path, verb: str, title: str
) -> None:
    """The sentence names the sheet and the first thing that is looked for on it."""
    path = tmp_path / "relances.xlsm"
    path.write_bytes(stages[verb])
    rewritten(path, without(title))
    said = refused(verb, path)
    assert title in said
    assert "est introuvable" in said


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_deleted_dashboard_or_order_of_sheets_changes_nothing(
    stages: dict[str, bytes], tmp_path: Path, verb: str
) -> None:
    """Sheets are found by title: reversed, and without those for the eye, all goes on."""
    results = []
    for folder in ("whole", "taken-apart"):
        path = tmp_path / folder / "relances.xlsm"
        path.parent.mkdir()
        path.write_bytes(stages[verb])
        if folder != "whole":
            rewritten(path, without(layout.TABLEAU_DE_BORD))
            rewritten(path, without(layout.ACCUEIL))
            rewritten(path, lambda sheets, xml: (sheets[::-1], xml))
        code, _, errors = run(verb, path)
        assert code == 0
        with opened(path, keep=False) as book:
            views = ("preparation", "detail", "excluded", "history", "campaigns")
            results.append((errors, [masked(show(book, view)) for view in views]))
    assert results[0] == results[1]


def masked(rows: list[books.Record]) -> list[books.Record]:
    """Rows without the moment of the test."""
    moments = {"Enregistré le", "Enregistrée le", "Annulée le"}
    return [{k: v for k, v in row.items() if k not in moments} for row in rows]


# ---------------------------------------------------------------- rows and cells


@pytest.mark.parametrize("verb", COMMANDS)
def test_hidden_rows_are_worked_on_like_any_other(
    stages: dict[str, bytes], tmp_path: Path, verb: str
) -> None:
    """Hidden by hand, not by a filter: what they hold counts, and they stay hidden."""
    results = []
    for hides in (False, True):
        path = tmp_path / f"{hides}" / "relances.xlsm"
        path.parent.mkdir()
        path.write_bytes(stages[verb])
        if hides:
            with opened(path) as book:
                for table in TABLES.values():
                    tables.find_table(book, table).range.impl.row_hidden = True
        assert run(verb, path)[0] == 0
        with opened(path, keep=False) as book:
            views = ("preparation", "detail", "excluded", "history", "campaigns")
            results.append([masked(show(book, view)) for view in views])
    assert results[0] == results[1]


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A", "#NAME?"])
def test_an_error_of_excel_in_an_amount_is_a_finding(
    stages: dict[str, bytes], tmp_path: Path, error: str
) -> None:
    """Never a nil: the customer waits until the cell is mended."""
    path = tmp_path / "relances.xlsm"
    path.write_bytes(stages["prepare"])
    with opened(path) as book:
        typed(book, layout.GRAND_LIVRE_TABLE, "Débit", error, Pièce="FA-21")
    code, _, errors = command("prepare", path)
    assert (code, errors) == (
        1, f"Grand livre, ligne 7, colonne « Débit » : montant attendu, « {error} » lu.\n",
    )  # fmt: skip
    with opened(path, keep=False) as book:
        assert set(books.proposed(book)) == {"C1"}


def test_a_formula_that_was_never_calculated_is_no_nil(
    stages: dict[str, bytes], tmp_path: Path
) -> None:
    """Written by a program that does not calculate: the amount is unknown, and that is said."""
    path = tmp_path / "relances.xlsm"
    path.write_bytes(stages["prepare"])
    with opened(path) as book:
        books.place(book, layout.GRAND_LIVRE_TABLE, "Débit", Pièce="FA-21").formula = "=100+200"
    code, _, errors = command("prepare", path)
    assert (code, errors) == (
        1, "Grand livre, ligne 7, colonne « Débit » : montant attendu, « #CALC! » lu.\n",
    )  # fmt: skip
    with opened(path, keep=False) as book:
        assert set(books.proposed(book)) == {"C1"}


def test_formulas_of_the_user_in_our_columns_count_by_their_value(
    stages: dict[str, bytes], tmp_path: Path
) -> None:
    """A due date or an amount may be computed; Prepare and Save leave the formula as it is."""
    path = tmp_path / "relances.xlsm"
    path.write_bytes(stages["prepare"])
    with opened(path) as book:
        amount = books.place(book, layout.GRAND_LIVRE_TABLE, "Débit", Pièce="FA-21")
        amount.formula = "=100+200"
        amount.impl.cache([[300.0]])
        address = amount.address
    for verb in ("prepare", "issue", "save", "undo"):
        assert run(verb, path)[0] == 0
    with opened(path, keep=False) as book:
        cell = book.sheets[layout.GRAND_LIVRE][address]
        assert (cell.formula, cell.value) == ("=100+200", 300.0)
        assert books.row_of(book, "preparation", Compte="C2")["Solde dû"] == "300.00"
