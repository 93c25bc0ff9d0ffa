"""Save is the only way a level moves, and Undo takes back all that Save did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import xlwings as xw

import books
import ledgers
from books import AS_OF, column, issue, opened, place, prepare, proposed, save, show, shown, undo
from xl_relances import headless
from xl_relances.book import layout, tables
from xl_relances.errors import CancelledError, RefusedError

LEDGER = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit;Devise;Litige;Dernière lettre;Relancé le
C1;Dupont;FA-11;01/09/2026;01/10/2026;Facture;1000,00;;;;;
C1;Dupont;FA-12;01/10/2026;31/10/2026;Facture;500,00;;;;;
C1;Dupont;FA-13;20/10/2026;19/11/2026;Facture;250,50;;;;;
C1;Dupont;FA-14;20/11/2026;20/12/2026;Facture;80,00;;;;;
C2;Martin;FA-21;01/09/2026;01/10/2026;Facture;300,00;;;;1;20/10/2026
C2;Martin;FA-22;10/10/2026;10/11/2026;Facture;40,00;;;;;
C3;Leroy;FA-31;01/09/2026;01/10/2026;Facture;700,00;;;;2;20/10/2026
C3;Leroy;FA-32;01/10/2026;31/10/2026;Facture;70,00;;;;;
C4;Petit;FA-41;01/10/2026;31/10/2026;Facture;60,00;;;;;
C5;Moreau;FA-51;01/10/2026;31/10/2026;Facture;90,00;;;;;
C5;Moreau;FA-52;01/10/2026;31/10/2026;Bill;12000;;JPY;;;
C6;Girard;FA-61;01/11/2026;24/11/2026;Facture;66,00;;;;;
C7;Blocked;FA-71;01/10/2026;31/10/2026;Facture;77,00;;;;;
"""
CLIENTS = """
Compte;Nom;Délai de paiement;Ne pas relancer;Bloqué jusqu'au;Motif du blocage
C7;Bloqué SARL;;;31/12/2026;échéancier
"""


@pytest.fixture
def book(tmp_path: Path) -> Iterator[xw.Book]:
    with opened(books.make(tmp_path, LEDGER, CLIENTS), keep=False) as book:
        prepare(book)
        yield book


def levels(book: xw.Book) -> list[tuple[object, ...]]:
    return column(book, layout.GRAND_LIVRE_TABLE, "Pièce", "Dernière lettre", "Relancé le")


def decide(book: xw.Book) -> None:
    """Everything a user can decide in cells, on one customer each."""
    detail, preparation = layout.DETAIL_TABLE, layout.PREPARATION_TABLE
    books.typed(book, detail, "Relancer", 0, Pièce="FA-12")
    books.typed(book, detail, "Relancer", 1, Pièce="FA-32")
    books.typed(book, preparation, "N° lettre", 1, Compte="C2")
    books.typed(book, preparation, "Relancer", 0, Compte="C4")
    books.typed(book, layout.NON_RELANCES_TABLE, "Forcer", 1, Compte="C6")
    books.typed(book, layout.NON_RELANCES_TABLE, "Forcer", 1, Compte="C7")
    prepare(book)


def test_save_adds_each_letter_once(book: xw.Book) -> None:
    """Saving again adds nothing: there is nothing left to save."""
    issue(book)
    report = save(book)
    history = show(book, "history")
    assert report.letters == 6
    assert len([row for row in history if row["Campagne"] == "2026-11-25"]) == report.items
    with pytest.raises(RefusedError, match="Aucune relance éditée à sauvegarder"):
        save(book)
    assert show(book, "history") == history


def test_prepare_right_after_save_proposes_nobody(book: xw.Book) -> None:
    """Until the delays have passed there is no second letter, however often one prepares."""
    issue(book)
    save(book)
    assert proposed(book) == {}
    prepare(book)
    assert proposed(book) == {}
    assert {row["Compte"] for row in show(book, "excluded")} == {f"C{n}" for n in range(1, 8)}


@pytest.mark.parametrize("delays", [(0, 0, 0), (8, 14, 14)], ids=["no-delays", "as-shipped"])
def test_a_letter_just_saved_leaves_the_preparation(
    tmp_path: Path, delays: tuple[int, ...]
) -> None:
    """Even where delays and interval of nothing would allow a second letter the same day."""
    path = books.make(tmp_path, LEDGER, levels=ledgers.procedure(*delays), intervalle_relances=0)
    with opened(path, keep=False) as book:
        prepare(book)
        issue(book, "C1")
        save(book)
        assert "C1" not in proposed(book)
        assert "C4" in proposed(book)


def test_undo_gives_back_sheets_and_levels(book: xw.Book) -> None:
    """With every decision of the user: items, numbers, customers off and forced."""
    decide(book)
    issue(book)
    before, before_levels = shown(book), levels(book)
    assert {row["Compte"]: row["N° lettre"] for row in before["preparation"]} == {
        "C1": 1, "C2": 1, "C3": 3, "C4": 1, "C5": 1, "C6": 1, "C7": 1,
    }  # fmt: skip
    save(book)
    assert set(proposed(book)) == {"C4"}
    assert levels(book) != before_levels
    undo(book)
    assert shown(book) == before
    assert levels(book) == before_levels


def test_undo_days_later_gives_back_the_letters_of_their_day(book: xw.Book) -> None:
    """The letters are those that were sent, dated and numbered as then."""
    decide(book)
    issue(book)
    before, before_levels = shown(book), levels(book)
    save(book)
    books.set_cell(book, "date_relance", AS_OF + timedelta(5))
    prepare(book, AS_OF + timedelta(5))
    undo(book, AS_OF + timedelta(6))
    after = shown(book)
    issued = [row for row in after["preparation"] if row["Éditée"]]
    assert issued == [row for row in before["preparation"] if row["Éditée"]]
    assert levels(book) == before_levels


def test_a_second_undo_takes_the_campaign_before(book: xw.Book) -> None:
    """Newest first; the letters of the later campaign do not outlive the one before."""
    issue(book)
    first, first_levels = shown(book), levels(book)
    save(book)
    later = AS_OF + timedelta(20)
    books.set_cell(book, "date_relance", later)
    prepare(book, later)
    issue(book)
    second, second_levels = shown(book), levels(book)
    assert {row["Compte"] for row in second["preparation"]} == {
        "C1", "C2", "C3", "C4", "C5", "C6",
    }  # fmt: skip
    save(book, later)
    assert undo(book, later).batch == later.isoformat()
    assert (shown(book), levels(book)) == (second, second_levels)
    assert undo(book, later, 12).batch == AS_OF.isoformat()
    assert (shown(book)["preparation"], levels(book)) == (first["preparation"], first_levels)
    with pytest.raises(RefusedError, match="Aucune campagne à annuler"):
        undo(book, later, 13)


def test_undo_never_deletes_history(book: xw.Book) -> None:
    """The rows stay; the campaign is dated « Annulée le » and counts no more."""
    issue(book)
    save(book)
    history = show(book, "history")
    undo(book)
    assert show(book, "history") == history
    campaigns = {row["Campagne"]: row["Annulée le"] for row in show(book, "campaigns")}
    assert campaigns == {"Reprise": None, "2026-11-25": "2026-11-25T11:00:00"}


def test_letters_taken_back_can_be_saved_again(book: xw.Book) -> None:
    """Save after Undo writes them into a campaign of their own."""
    issue(book)
    save(book)
    saved_levels = levels(book)
    undo(book)
    report = save(book, hour=15)
    assert report.batches == ("2026-11-25-2",)
    assert levels(book) == saved_levels
    assert undo(book).batch == "2026-11-25-2"


def test_a_campaign_saved_in_parts_is_undone_in_one(book: xw.Book) -> None:
    """The rest is saved later into the same campaign; Undo takes back all of it."""
    before_levels = levels(book)
    issue(book, "C1", "C2")
    save(book)
    assert set(proposed(book)) == {"C3", "C4", "C5"}
    issue(book)
    before = {row["Compte"]: row for row in show(book, "preparation")}
    save(book, hour=12)
    assert {row["Campagne"] for row in show(book, "history")} == {"Reprise", "2026-11-25"}
    (euros, yens) = [r for r in show(book, "campaigns") if r["Campagne"] == "2026-11-25"]
    assert (euros["Clients"], yens["Clients"], yens["Montant"]) == (5, 1, "12000")
    report = undo(book)
    assert report.letters == 6
    assert {row["Compte"] for row in show(book, "preparation") if row["Éditée"]} == {
        "C1", "C2", "C3", "C4", "C5",
    }  # fmt: skip
    assert before["C3"] in show(book, "preparation")
    assert levels(book) == before_levels


def test_letters_issued_and_not_saved_outlive_an_undo(book: xw.Book) -> None:
    """Undo takes back what was saved, and touches no other letter of the same campaign."""
    books.typed(book, layout.DETAIL_TABLE, "Relancer", 0, Pièce="FA-12")
    prepare(book)
    issue(book, "C1", "C3")
    books.typed(book, layout.PREPARATION_TABLE, "Relancer", 0, Compte="C1")
    prepare(book)
    before = shown(book)
    assert save(book).letters == 1
    undo(book)
    for view, rows in before.items():
        assert show(book, view) == rows


def test_reprise_is_written_once_and_never_undone(book: xw.Book) -> None:
    """Letters that came with the ledger become a campaign « Reprise » at the first Save."""
    assert show(book, "history") == []
    issue(book)
    save(book)
    reprise = [row for row in show(book, "history") if row["Campagne"] == "Reprise"]
    assert [(row["Compte"], row["Pièce"], row["Niveau"], row["Date"]) for row in reprise] == [
        ("C2", "FA-21", 1, "2026-10-20"),
        ("C3", "FA-31", 2, "2026-10-20"),
    ]
    undo(book)
    with pytest.raises(RefusedError):
        undo(book)
    save(book, hour=14)
    assert [r for r in show(book, "history") if r["Campagne"] == "Reprise"] == reprise


def test_what_users_wrote_beside_an_item_without_a_letter_stays(tmp_path: Path) -> None:
    """A day without a number has no effect, is said, and is not wiped out."""
    ledger = LEDGER.replace("FA-14;20/11/2026;20/12/2026;Facture;80,00;;;;;",
                            "FA-14;20/11/2026;20/12/2026;Facture;80,00;;;;;03/11/2026")  # fmt: skip
    with opened(books.make(tmp_path, ledger), keep=False) as book:
        report = prepare(book)
        assert any("numéro de la lettre manquant" in str(f) for f in report.findings)
        issue(book)
        save(book)
        assert place(book, layout.GRAND_LIVRE_TABLE, "Relancé le", Pièce="FA-14").value == (
            books.cell(date(2026, 11, 3))
        )


@pytest.mark.parametrize(
    ("typed", "ready", "memory"),
    [
        pytest.param(None, [("FA-11", 1), ("FA-12", 1)], ["FA-13"], id="as-proposed"),
        pytest.param(2, [("FA-11", 2), ("FA-12", 2)], ["FA-13"], id="higher"),
        pytest.param(3, [("FA-11", 3), ("FA-12", 3), ("FA-13", 3)], [], id="the-last"),
    ],
)
def test_a_typed_number_is_the_level_of_what_was_ready(
    book: xw.Book, typed: int | None, ready: list[tuple[str, int]], memory: list[str]
) -> None:
    """« Pour mémoire » gets no level, but where the letter sent is the last."""
    if typed is not None:
        books.typed(book, layout.PREPARATION_TABLE, "N° lettre", typed, Compte="C1")
    assert books.row_of(book, "preparation", Compte="C1")["N° lettre"] == (typed or 1)
    assert books.row_of(book, "preparation", Compte="C1")["Lettre proposée"] == 1
    issue(book, "C1")
    save(book)
    rows = [row for row in show(book, "history") if row["Compte"] == "C1"]
    assert {row["N° lettre"] for row in rows} == {typed or 1}
    assert [(row["Pièce"], row["Niveau"]) for row in rows if row["Niveau"]] == ready
    assert [row["Pièce"] for row in rows if row["Niveau"] is None] == memory
    written = {piece: level for piece, level, _ in levels(book)}
    assert written["FA-13"] == (3 if typed == 3 else None)


def test_a_lower_number_takes_the_level_down(book: xw.Book) -> None:
    """Letter 1 typed over letter 2: the item that was at 1 is at 1, at a later day."""
    books.typed(book, layout.PREPARATION_TABLE, "N° lettre", 1, Compte="C2")
    issue(book, "C2")
    save(book)
    assert place(book, layout.GRAND_LIVRE_TABLE, "Dernière lettre", Pièce="FA-21").value == 1
    assert place(book, layout.GRAND_LIVRE_TABLE, "Relancé le", Pièce="FA-21").value == (
        books.cell(AS_OF)
    )


def test_a_row_without_a_ready_item_is_passed_by(book: xw.Book) -> None:
    """With no ready item ticked the row has no number; Issue and Save say so."""
    for piece in ("FA-11", "FA-12"):
        books.typed(book, layout.DETAIL_TABLE, "Relancer", 0, Pièce=piece)
    assert books.row_of(book, "preparation", Compte="C1")["N° lettre"] is None
    report = issue(book)
    assert report.passed_by == ("C1 Dupont : aucune échéance prête n'est cochée, pas de lettre.",)
    books.typed(book, layout.PREPARATION_TABLE, "Éditée", 1, Compte="C1")
    assert "C1 Dupont : aucune échéance prête n'est cochée, laissé." in save(book).passed_by


def test_forcer_lasts_until_the_letter_is_saved(book: xw.Book) -> None:
    """It brings a blocked customer in at the next Prepare; Save takes the tick away."""
    books.typed(book, layout.NON_RELANCES_TABLE, "Forcer", 1, Compte="C7")
    prepare(book)
    assert books.row_of(book, "preparation", Compte="C7")["Motif"].split(" ; ")[1] == "forcé"
    prepare(book)
    assert "C7" in proposed(book)
    issue(book, "C7")
    save(book)
    excluded = books.row_of(book, "excluded", Compte="C7")
    assert (excluded["Forcer"], excluded["Motif"]) == (
        False, "Bloqué jusqu'au 31/12/2026 compris : échéancier",
    )  # fmt: skip


def test_forcer_without_effect_says_so(tmp_path: Path) -> None:
    """Nil and credit accounts and « ne pas relancer » hold; the tick stays, the Motif says why."""
    ledger = LEDGER + "C8;Nul;FA-81;01/10/2026;31/10/2026;Facture;10,00;;;;;\n"
    ledger += "C8;Nul;VIR;01/11/2026;01/11/2026;Virement;;10,00;;;;\n"
    clients = CLIENTS + "C4;Petit;;1;;\n"
    with opened(books.make(tmp_path, ledger, clients), keep=False) as book:
        prepare(book)
        for account in ("C4", "C8"):
            books.typed(book, layout.NON_RELANCES_TABLE, "Forcer", 1, Compte=account)
        prepare(book)
        rows = {row["Compte"]: row for row in show(book, "excluded")}
        assert (rows["C4"]["Forcer"], rows["C4"]["Motif"]) == (
            True, "Ne pas relancer (fiche client) ; Forcer sans effet",
        )  # fmt: skip
        assert (rows["C8"]["Forcer"], rows["C8"]["Motif"]) == (
            True, "Compte soldé ; Forcer sans effet",
        )  # fmt: skip


def test_answering_no_writes_nothing(book: xw.Book) -> None:
    """Save and Undo ask first."""
    issue(book)
    before = shown(book), levels(book), show(book, "history"), show(book, "campaigns")
    headless.engine.answer = lambda *_: "no"
    with pytest.raises(CancelledError, match="rien n'a été changé"):
        save(book)
    assert (shown(book), levels(book), show(book, "history"), show(book, "campaigns")) == before
    headless.engine.answer = lambda *_: "yes"
    save(book)
    before = shown(book), levels(book), show(book, "history"), show(book, "campaigns")
    headless.engine.answer = lambda *_: "no"
    with pytest.raises(CancelledError):
        undo(book)
    assert (shown(book), levels(book), show(book, "history"), show(book, "campaigns")) == before


def test_the_question_of_save_says_what_it_will_write(book: xw.Book) -> None:
    issue(book)
    headless.engine.alerts.clear()
    save(book)
    assert books.questions() == [
        (
            "Sauvegarder 6 relances (2\u202f940,50\u00a0€ + 12\u202f000\u00a0JPY, 9 échéances, "
            "dont 1 mise en demeure) ?"
        )
    ]


@pytest.mark.parametrize("paid", [150, 1000], ids=["in-part", "in-full"])
def test_undo_after_a_payment_keeps_the_letter_and_names_the_change(
    book: xw.Book, paid: int
) -> None:
    """A letter taken back is éditée again: it stays as it was sent, and Motif says what moved."""
    issue(book, "C4", "C1")
    before = {row["Compte"]: row for row in show(book, "preparation")}
    save(book)
    row = dict.fromkeys(layout.GRAND_LIVRE_TABLE.contract)
    payment = {"Compte": "C4", "Pièce": "VIR", "Date": books.cell(AS_OF), "Crédit": float(paid)}
    tables.append(book, layout.GRAND_LIVRE_TABLE, [row | payment])
    undo(book)
    after = {row["Compte"]: row for row in show(book, "preparation")}
    assert after["C1"] == before["C1"]
    assert after["C4"]["Éditée"] is True
    assert after["C4"]["Solde dû"] == "60.00"
    assert after["C4"]["N° lettre"] == 1
    assert (
        "depuis l'édition : FA-41 reste 0,00\u00a0€ au lieu de 60,00\u00a0€" in after["C4"]["Motif"]
    )
    save(book, hour=16)
    assert [r["Reste"] for r in show(book, "history") if r["Pièce"] == "FA-41"] == ["60.00"] * 2
