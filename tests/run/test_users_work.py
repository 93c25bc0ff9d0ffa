"""What users decide, add and arrange in the workbook survives every command."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

import books
from books import AS_OF, issue, opened, prepare, proposed, row_of, save, show, shown, typed, undo
from xl_relances import headless
from xl_relances.book import layout, tables
from xl_relances.errors import CancelledError
from xl_relances.headless.addresses import letters

PREPARATION, DETAIL = layout.PREPARATION_TABLE, layout.DETAIL_TABLE
LEDGER = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit
C1;Dupont;FA-11;01/09/2026;01/10/2026;Facture;1000,00;
C1;Dupont;FA-12;01/10/2026;31/10/2026;Facture;500,00;
C2;Martin;FA-21;01/09/2026;01/10/2026;Facture;300,00;
C3;Leroy;FA-31;01/09/2026;01/10/2026;Facture;700,00;
C4;Petit;FA-41;10/11/2026;10/12/2026;Facture;60,00;
"""
EVERY_TABLE = [
    layout.PREPARATION_TABLE, layout.DETAIL_TABLE, layout.NON_RELANCES_TABLE,
    layout.GRAND_LIVRE_TABLE, layout.CLIENTS_TABLE, layout.HISTORIQUE_TABLE,
    layout.CAMPAGNES_TABLE, layout.NIVEAUX_TABLE,
]  # fmt: skip


@pytest.fixture
def book(tmp_path: Path) -> Iterator[xw.Book]:
    with opened(books.make(tmp_path, LEDGER), keep=False) as book:
        prepare(book)
        yield book


def decide(book: xw.Book) -> None:
    typed(book, DETAIL, "Relancer", 0, Pièce="FA-12")
    typed(book, PREPARATION, "N° lettre", 2, Compte="C1")
    typed(book, PREPARATION, "Relancer", 0, Compte="C2")
    typed(book, layout.NON_RELANCES_TABLE, "Forcer", 1, Compte="C4")


# ---------------------------------------------------------------- decisions


def test_decisions_survive_a_new_prepare(book: xw.Book) -> None:
    """With the same criteria, on the same day or another; nobody is asked."""
    decide(book)
    prepare(book)
    first = {row["Compte"]: row for row in show(book, "preparation")}
    assert (first["C1"]["Solde dû"], first["C1"]["N° lettre"]) == ("1000.00", 2)
    assert first["C2"]["Relancer"] is False
    assert row_of(book, "excluded", Compte="C4")["Forcer"] is True
    books.set_cell(book, "date_relance", AS_OF + timedelta(1))
    prepare(book, AS_OF + timedelta(1))
    again = {row["Compte"]: row for row in show(book, "preparation")}
    for title in ("Solde dû", "N° lettre", "Relancer"):
        assert {k: row[title] for k, row in again.items()} == {
            k: row[title] for k, row in first.items()
        }
    assert books.questions() == []


def test_items_taken_out_stay_out_however_often_one_prepares(book: xw.Book) -> None:
    """Even all of them, when the row has no number left that would list any."""
    for piece in ("FA-11", "FA-12"):
        typed(book, DETAIL, "Relancer", 0, Pièce=piece)
    for _ in range(3):
        prepare(book)
        row = row_of(book, "preparation", Compte="C1")
        assert (row["Échéances"], row["N° lettre"], row["Motif"]) == (
            0, None, "Pas de lettre : aucune échéance prête n'est cochée",
        )  # fmt: skip
    typed(book, DETAIL, "Relancer", 1, Pièce="FA-11")
    prepare(book)
    assert row_of(book, "preparation", Compte="C1")["Solde dû"] == "1000.00"


def test_a_decision_on_one_item_touches_no_other(book: xw.Book) -> None:
    before = {row["Pièce"]: row for row in show(book, "detail")}
    typed(book, DETAIL, "Relancer", 0, Pièce="FA-12")
    prepare(book)
    after = {row["Pièce"]: row for row in show(book, "detail")}
    changed = {piece for piece in before if before[piece] != after[piece]}
    assert changed == {"FA-12"}
    assert after["FA-12"]["Motif"].startswith("Retirée par vous : FA-12")


def test_losing_decisions_is_asked_first(book: xw.Book) -> None:
    """Other criteria choose other customers: what was decided by hand is counted, then asked."""
    decide(book)
    headless.engine.answer = lambda *_: "no"
    before = shown(book)
    with pytest.raises(CancelledError):
        prepare(book, compte_fin="C3")
    assert shown(book) == before
    assert books.questions() == [
        (
            "Les critères ont changé : 4 choix faits à la main seront perdus "
            "(échéances, numéros, clients retirés ou forcés). Continuer ?"
        )
    ]
    headless.engine.answer = lambda *_: "yes"
    prepare(book, compte_fin="C3")
    rows = {row["Compte"]: row for row in show(book, "preparation")}
    assert (rows["C1"]["Solde dû"], rows["C1"]["N° lettre"], rows["C2"]["Relancer"]) == (
        "1500.00", 1, True,
    )  # fmt: skip


def test_other_criteria_without_decisions_ask_nothing(book: xw.Book) -> None:
    prepare(book, compte_debut="C2")
    assert books.questions() == []
    assert set(proposed(book)) == {"C2", "C3"}
    summary = row_of(book, "excluded", Compte=None)
    assert (summary["Nom"], summary["Solde"], summary["Motif"]) == (
        "1 client", "1500.00", "Hors de la plage de comptes",
    )  # fmt: skip


def test_unticked_forcer_leaves_the_customer_out_again(book: xw.Book) -> None:
    """« Forcer » stands in Préparation too, where the customer then is."""
    books.put(book, layout.CLIENTS_TABLE, "Compte;Motif du blocage\nC3;litige\n", ("Compte",))
    prepare(book)
    typed(book, layout.NON_RELANCES_TABLE, "Forcer", 1, Compte="C3")
    prepare(book)
    assert "C3" in proposed(book)
    typed(book, PREPARATION, "Forcer", 0, Compte="C3")
    prepare(book)
    assert row_of(book, "excluded", Compte="C3")["Forcer"] is False


# ---------------------------------------------------------------- the user's own columns


def note_of(title: str) -> Callable[[dict[str, Any]], str]:
    return lambda row: f"note {row[title]}"


def notes(book: xw.Book, table: layout.Table, key: str) -> dict[object, object]:
    rows = books.column(book, table, key, "Note")
    return {row[0]: row[1] for row in rows}


def formulas(book: xw.Book, table: layout.Table, title: str) -> list[object]:
    return tables.read_formulas(book, table, title)


def test_notes_follow_their_rows(book: xw.Book) -> None:
    """A customer comes, another leaves: each note stays beside its own row."""
    for table, key in [
        (PREPARATION, "Compte"),
        (DETAIL, "Pièce"),
        (layout.NON_RELANCES_TABLE, "Compte"),
    ]:
        books.add_column(book, table, "Note", note_of(key))
    for _ in range(2):
        books.put(
            book, layout.GRAND_LIVRE_TABLE, LEDGER + "B0;Avant;FA-01;01/09/2026;01/10/2026;F;9;\n"
        )
        prepare(book)
    expected = {account: f"note {account}" for account in ("C1", "C2", "C3")}
    assert notes(book, PREPARATION, "Compte") == {"B0": None, **expected}
    issue(book, "B0")
    assert notes(book, PREPARATION, "Compte") == {"B0": None, **expected}
    save(book)
    assert notes(book, PREPARATION, "Compte") == expected
    assert notes(book, layout.NON_RELANCES_TABLE, "Compte") == {"B0": None, "C4": "note C4"}
    undo(book)
    assert notes(book, PREPARATION, "Compte") == {"B0": None, **expected}
    assert notes(book, DETAIL, "Pièce") == {
        "FA-01": None, **{p: f"note {p}" for p in ("FA-11", "FA-12", "FA-21", "FA-31", "FA-41")},
    }  # fmt: skip


@pytest.mark.parametrize(
    "note",
    ["000123", "1/2", "1,5", "-10 % remise", "+33 1 02", "@SUM(A1)", "mars 2026", "TRUE", 12.5,
     True, books.cell(AS_OF), "«\u202fà voir\u202f»", "l'été", "' guillemet"],
)  # fmt: skip
def test_notes_keep_what_they_hold(book: xw.Book, note: object) -> None:
    """A text stays a text, a day a day, when its row moves: nothing is typed anew."""
    books.add_column(book, PREPARATION, "Note", lambda _: None)
    cell = books.place(book, PREPARATION, "Note", Compte="C1")
    cell.value = f"'{note}" if isinstance(note, str) else note
    assert cell.value == note
    books.put(book, layout.GRAND_LIVRE_TABLE, LEDGER + "B0;Avant;F;01/09/2026;01/10/2026;F;9;\n")
    prepare(book)
    moved = books.place(book, PREPARATION, "Note", Compte="C1")
    assert moved.row == cell.row + 1
    assert moved.value == note


@pytest.mark.parametrize(
    "formula",
    [
        pytest.param("=[@[Solde dû]]*2", id="structured"),
        pytest.param("=D{row}*2", id="relative"),
        pytest.param("=IF($K{row}=1,\"A1\",'Grand livre'!$B$2)&D$4", id="mixed"),
        pytest.param("=SUM(D$5:D{row})+LOG10(Detail[Reste])", id="running-sum"),
    ],
)
def test_a_column_of_formulas_goes_on(book: xw.Book, formula: str) -> None:
    """Each row keeps the column's formula, as Excel writes it there; new rows get it too."""
    found = tables.find_table(book, PREPARATION).range
    books.add_column(book, PREPARATION, "Double", lambda _: "x")
    sheet, right = found.sheet, found.last_cell.column + 1
    for number in tables.read(book, PREPARATION).numbers:
        sheet.range((number, right)).formula = formula.format(row=number)

    def as_written() -> list[object]:
        numbers = tables.read(book, PREPARATION).numbers
        return [formula.format(row=number) for number in numbers]

    assert formulas(book, PREPARATION, "Double") == as_written()
    books.put(book, layout.GRAND_LIVRE_TABLE, LEDGER + "B0;Avant;F;01/09/2026;01/10/2026;F;9;\n")
    prepare(book)
    assert len(as_written()) == 4
    assert formulas(book, PREPARATION, "Double") == as_written()
    issue(book)
    save(book)
    undo(book)
    assert len(as_written()) == 4
    assert formulas(book, PREPARATION, "Double") == as_written()


@pytest.mark.parametrize("table", EVERY_TABLE, ids=lambda table: table.name)
def test_a_column_of_ones_own_in_each_table(book: xw.Book, table: layout.Table) -> None:
    """It may stand in any table through prepare, issue, save and undo."""
    issue(book, "C1")
    save(book)
    first = {"Niveaux": "N°", "Campagnes": "Campagne", "Clients": "Nom"}.get(table.name, "Compte")
    books.add_column(book, table, "Note", lambda row: f"n. {row[first]}")
    before = notes(book, table, first)
    prepare(book)
    issue(book, "C2")
    save(book, hour=12)
    undo(book)
    prepare(book)
    after = notes(book, table, first)
    if table is PREPARATION:  # a row that Save took out comes back without its note
        del before["C2"]
    if table is layout.NON_RELANCES_TABLE:  # back in Préparation
        del before["C1"]
    assert {key: after[key] for key in before} == before


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    """Columns are found by title, never by position."""
    stages = []
    for folder in ("shipped", "moved"):
        path = books.make(tmp_path / folder, LEDGER, customers="Compte;Nom\nC1;Dupont\n")
        with opened(path, keep=False) as book:
            prepare(book)
            if folder == "moved":
                for table in (*EVERY_TABLE[:4], layout.CLIENTS_TABLE):
                    books.reverse_columns(tables.find_table(book, table).range)
            decide(book)
            for step in (prepare, issue, save, undo):
                step(book)
                stages.append(shown(book))
    assert stages[:4] == stages[4:]


@pytest.mark.parametrize("back", [False, True], ids=["moved", "moved-and-back"])
def test_decisions_survive_moved_columns_and_a_new_row(book: xw.Book, back: bool) -> None:
    """The new row stands where other columns' formats once were: a tick is no day of 1899."""
    typed(book, PREPARATION, "Relancer", 0, Compte="C3")
    body = tables.find_table(book, PREPARATION).data_body_range
    assert body is not None
    body.formula = list(reversed(body.formula))
    books.reverse_columns(tables.find_table(book, PREPARATION).range)
    for account in ("B0", "B1"):
        more = f"{account};;FA-0;;01/10/2026;Facture;9;\n"
        books.put(book, layout.GRAND_LIVRE_TABLE, LEDGER + more)
        prepare(book)
        switches = {row["Compte"]: row["Relancer"] for row in show(book, "preparation")}
        assert switches == {account: True, "C1": True, "C2": True, "C3": False}
        books.put(book, layout.GRAND_LIVRE_TABLE, LEDGER)
        prepare(book)
        if back:
            books.reverse_columns(tables.find_table(book, PREPARATION).range)


def test_a_sorted_table_keeps_the_users_decisions(book: xw.Book) -> None:
    """Sorting moves rows; ticks and numbers belong to their row, show follows the sheet."""
    decide(book)
    by_document = [row["Pièce"] for row in show(book, "detail")]
    for table in (PREPARATION, DETAIL):
        body = tables.find_table(book, table).data_body_range
        assert body is not None
        body.formula = list(reversed(body.formula))
    assert [row["Pièce"] for row in show(book, "detail")] == by_document[::-1]
    assert list(proposed(book).items()) == [("C3", 1), ("C2", 1), ("C1", 2)]
    issue(book)
    rows = {row["Compte"]: row for row in show(book, "preparation")}
    assert [rows[account]["Éditée"] for account in ("C1", "C2", "C3")] == [True, False, True]
    assert rows["C1"]["Lettre"] == "Relances/2026-11-25/C1_EUR_L2.docx"
    prepare(book)
    assert list(proposed(book).items()) == [("C1", 2), ("C2", 1), ("C3", 1)]


def test_sorting_the_items_takes_no_letter_back(book: xw.Book) -> None:
    """A letter of two items still says what is ticked when Détail is sorted: nobody is asked."""
    issue(book, "C1")
    body = tables.find_table(book, DETAIL).data_body_range
    assert body is not None
    body.formula = list(reversed(body.formula))
    prepare(book)
    assert books.questions() == []
    assert row_of(book, "preparation", Compte="C1")["Éditée"] is True


# ---------------------------------------------------------------- filters, sheets, totals


def hidden(book: xw.Book, table: layout.Table) -> set[int]:
    body = tables.find_table(book, table).data_body_range
    assert body is not None
    return {
        number
        for number in range(body.row, body.row + body.shape[0])
        if body.sheet.range((number, 1)).impl.row_hidden
    }


def test_filters_are_kept(book: xw.Book) -> None:
    """Values are right in hidden rows too, and the filter hides what it hid, no more."""
    issue(book, "C1", "C2")
    detail = tables.find_table(book, DETAIL)
    ledger = tables.find_table(book, layout.GRAND_LIVRE_TABLE)
    detail.autofilter.apply_values(1, ["C1"])
    ledger.autofilter.apply_comparison(8, "greater_than", 400)
    ledger.autofilter.apply_comparison(11, "equal_to", None)
    for step in (prepare, save, undo):
        step(book)
        criteria = [c.impl for c in ledger.autofilter.criteria if c.type != "none"]
        assert [(c["field"], c["operator"], c["value1"]) for c in criteria] == [
            (8, "greater_than", "400"), (11, "equal_to", None),
        ]  # fmt: skip
        assert [c.values for c in detail.autofilter.criteria if c.type != "none"] == [["C1"]]
    assert len(hidden(book, DETAIL)) == 3
    assert len(hidden(book, layout.GRAND_LIVRE_TABLE)) == 2
    assert {row["Compte"] for row in show(book, "detail")} == {"C1", "C2", "C3", "C4"}


def test_a_filter_that_cannot_be_kept_is_said(book: xw.Book) -> None:
    """A filter by month is one that no call can put back by month: it goes, and that is said."""
    found = tables.find_table(book, DETAIL)
    found.autofilter.apply_values(7, ["x"])
    part = found.impl.part
    part.filter_xml = part.filter_xml.replace(
        '<filter val="x"/>', '<dateGroupItem year="2026" month="10" dateTimeGrouping="month"/>'
    )
    report = prepare(book)
    assert [str(finding) for finding in report.findings] == [
        (
            "Détail, colonne « Échéance » : le filtre de cette colonne (dates, couleur ou deux "
            "conditions) ne peut être gardé : remettez-le."
        )
    ]
    assert len(show(book, "detail")) == 5


def test_a_sheet_of_the_users_own_is_left_alone(tmp_path: Path) -> None:
    """Its part is byte for byte what it was."""
    path = books.make(tmp_path, LEDGER)
    with opened(path) as book:
        sheet = book.sheets[layout.CONTROLE]
        sheet["Z90"].value = "à moi"
    own = f"xl/worksheets/sheet{layout.SHEETS.index(layout.CONTROLE) + 1}.xml"
    parts: dict[str, bytes] = {}
    for step in (prepare, issue, save, undo):
        with opened(path) as book:
            step(book)
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                if name == own or "vba" in name or "ribbon" in name:
                    assert parts.setdefault(name, package.read(name)) == package.read(name)
    assert parts


def test_a_totals_row_stays_below_its_table(book: xw.Book) -> None:
    """It moves with the table's last row."""
    found = tables.find_table(book, PREPARATION)
    whole = found.range
    below = whole.sheet.range((whole.last_cell.row + 1, 1))
    part = found.impl.part
    below.offset(1, 3).formula = "=SUBTOTAL(109,Preparation[Solde dû])"
    found.resize(whole.resize(whole.shape[0], whole.shape[1]))
    part.xml = part.xml.replace('totalsRowShown="0"', 'totalsRowCount="1"')
    below.offset(1, 3).clear_contents()
    area = part.area
    right = letters(area.last_column)
    part._set(
        ref=f"A{area.row}:{right}{area.last_row + 1}", totalsRowCount="1", totalsRowShown=None
    )
    below.offset(0, 3).formula = "=SUBTOTAL(109,Preparation[Solde dû])"
    below.value = "Total"
    for ledger in (LEDGER, LEDGER + "B0;Avant;F;01/09/2026;01/10/2026;F;9;\n"):
        books.put(book, layout.GRAND_LIVRE_TABLE, ledger)
        prepare(book)
        rows = len(show(book, "preparation"))
        assert {row["Compte"] for row in show(book, "preparation")} >= {"C1", "C2", "C3"}
        totals = found.totals_row_range
        assert totals is not None
        assert totals.row == layout.HEADER_ROW + rows + 1
        assert totals[0, 0].value == "Total"
        assert totals[0, 3].formula == "=SUBTOTAL(109,Preparation[Solde dû])"
    issue(book, "B0")
    save(book)
    assert len(show(book, "preparation")) == 3


def test_notes_beside_rows_that_look_the_same_stay_apart(book: xw.Book) -> None:
    """Two entries that nothing tells apart: each keeps a note of its own, none gets the other's."""

    def key(row: Mapping[str, Any]) -> tuple[Any, Any]:
        return row["Compte"], row["Pièce"]

    table = layout.GRAND_LIVRE_TABLE
    held = tables.read(book, table)
    body = [dict(zip(held.titles, row, strict=True)) for row in (held.rows[0], *held.rows)]
    tables.write(book, table, body, key=key)
    places = iter(range(len(body)))
    books.add_column(book, table, "Note", lambda _: f"note {next(places)}")
    tables.write(book, table, [body[-1] | {"Pièce": "neuve"}, *body], key=key)
    notes = [note for (note,) in books.column(book, table, "Note")]
    assert notes == [None, *(f"note {number}" for number in range(len(body)))]
