"""Dispute and promise to pay by command: written beside the entry, in force at once, undone by one.

Source: product specification, section 2 (Grand livre); issue « Promise to pay and dispute ».
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import books
from books import AS_OF, issue, opened, place, prepare, proposed, row_of, save, typed
from xl_relances import headless
from xl_relances.book import layout, tables
from xl_relances.errors import BookBusyError, CancelledError, RefusedError
from xl_relances.run import holding
from xl_relances.run.hold_choice import Choice, documents, selected
from xl_relances.run.hold_report import HoldReport, Mark

LEDGER = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit;Litige;Promesse;Jusqu'au;Motif
C1;Deux;FA-11;01/09/2026;01/10/2026;Facture;1000;;;;;
C1;Deux;FA-12;01/09/2026;02/10/2026;Facture;500;;;;;
C1;Deux;FA-13;20/11/2026;20/12/2026;Facture;70;;;;;
C2;Litige;FA-21;01/09/2026;01/10/2026;Facture;300;;Prix contesté;;;
C3;Un;FA-31;01/09/2026;01/10/2026;Facture;200;;;;;à voir avec Léa
C3;Un;AV-32;01/09/2026;;Avoir;;50;;;;
C3;Un;FA-33;01/09/2026;01/10/2026;Facture;100;;;;;
"""
GRAND_LIVRE, DETAIL, PREPARATION = (
    layout.GRAND_LIVRE_TABLE, layout.DETAIL_TABLE, layout.PREPARATION_TABLE,
)  # fmt: skip
DAY = date(2026, 12, 10)
MARKS = ("Litige", "Promesse", "Jusqu'au", "Motif")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[xw.Book]:
    with opened(books.make(tmp_path, LEDGER), keep=False) as book:
        prepare(book)
        yield book


def rows(book: xw.Book, table: layout.Table, **wanted: Any) -> Choice:
    """The first row of a sheet with these values, selected."""
    title = "Pièce" if "Pièce" in wanted else "Compte"
    return selected(table, [place(book, table, title, **wanted).row])


def promise(book: xw.Book, choice: Choice, until: date = DAY, why: str = "") -> HoldReport:
    return holding.hold(
        book, choice, Mark.PROMISE, until=until, reason=why, now=books.moment(AS_OF)
    )


def dispute(book: xw.Book, choice: Choice, until: date | None = None, why: str = "") -> HoldReport:
    return holding.hold(
        book, choice, Mark.DISPUTE, until=until, reason=why, now=books.moment(AS_OF)
    )


def lift(book: xw.Book, choice: Choice) -> HoldReport:
    return holding.lift(book, choice, now=books.moment(AS_OF))


def marks(book: xw.Book, document: str) -> tuple[Any, ...]:
    """Litige, Promesse, Jusqu'au and Motif of Grand livre beside a document."""
    (found,) = [
        row[1:] for row in books.column(book, GRAND_LIVRE, "Pièce", *MARKS) if row[0] == document
    ]
    return found


def test_a_promise_takes_the_item_out_of_its_letter_at_once(book: xw.Book) -> None:
    """The entry says so in Grand livre, the letter claims the rest, and it comes back alone."""
    report = promise(book, rows(book, DETAIL, Pièce="FA-11"), why="virement annoncé")
    assert report.sentences == ["1 échéance promise pour le 10/12/2026."]
    assert marks(book, "FA-11") == (None, "oui", books.cell(DAY), "virement annoncé")
    assert row_of(book, "preparation", Compte="C1")["Solde dû"] == "500.00"
    item = row_of(book, "detail", Pièce="FA-11")
    assert (item["Relancer"], item["Motif"]) == (
        False,
        "Promesse de paiement : FA-11, jusqu'au 10/12/2026 compris (virement annoncé)",
    )
    after = DAY + timedelta(1)
    books.set_cell(book, "date_relance", after)
    prepare(book, after)
    assert row_of(book, "detail", Pièce="FA-11")["Motif"].endswith(
        " ; promesse du 10/12/2026 non tenue"
    )


def test_a_dispute_without_a_day_lasts_until_it_is_lifted(book: xw.Book) -> None:
    choice = rows(book, DETAIL, Pièce="FA-12")
    assert dispute(book, choice, why="quantité").sentences == [
        "1 échéance en litige, jusqu'à ce que vous le leviez."
    ]
    assert marks(book, "FA-12") == ("oui", None, None, "quantité")
    assert row_of(book, "detail", Pièce="FA-12")["Motif"] == "En litige : FA-12 (quantité)"
    assert lift(book, choice).sentences == [
        "1 échéance reprise : ni litige ni promesse (1 motif effacé)."
    ]
    assert marks(book, "FA-12") == (None, None, None, None)
    assert row_of(book, "preparation", Compte="C1")["Solde dû"] == "1500.00"


def test_a_customer_whose_items_all_wait_leaves_preparation_and_returns(book: xw.Book) -> None:
    """And the sentence says so, since the row leaves the user's sight."""
    report = promise(book, rows(book, PREPARATION, Compte="C1"))
    assert report.sentences == [
        "2 échéances promises pour le 10/12/2026 ; 1 client sort de Préparation."
    ]
    assert "C1" not in proposed(book)
    assert marks(book, "FA-13") == (None, None, None, None)  # not due: the letter never claimed it
    report = lift(book, rows(book, layout.NON_RELANCES_TABLE, Compte="C1"))
    assert report.sentences == [
        "2 échéances reprises : ni litige ni promesse ; 1 client revient dans Préparation."
    ]
    assert proposed(book)["C1"] == 1


def test_a_row_of_the_phone_list_stands_for_what_it_sums_up(book: xw.Book) -> None:
    """Also where the letter claims less: the customer was called about all that is overdue."""
    typed(book, DETAIL, "Relancer", 0, Pièce="FA-12")
    promise(book, rows(book, layout.APPELS_TABLE, Compte="C1"))
    held = [row[0] for row in books.column(book, GRAND_LIVRE, "Pièce", "Promesse") if row[1]]
    assert held == ["FA-11", "FA-12"]


def test_rows_of_the_ledger_itself(book: xw.Book) -> None:
    """Selected where they stand; payments and credit notes cannot be promised."""
    found = tables.read(book, GRAND_LIVRE)
    report = promise(book, selected(GRAND_LIVRE, [*found.numbers, 4, 400]))
    what, left = report.sentences
    assert what == (
        "6 échéances promises pour le 10/12/2026 (1 litige levé) ; "
        "2 clients sortent de Préparation."
    )
    assert left == "Laissé : 1 (avoir, règlement, ou plus ouverte au grand livre)."
    assert marks(book, "AV-32") == (None, None, None, None)


def test_one_mark_takes_the_place_of_the_other(book: xw.Book) -> None:
    """Who contests pays nothing, who promises contests no more; the old reason goes with it."""
    choice = rows(book, GRAND_LIVRE, Pièce="FA-21")
    report = promise(book, choice, why="accord trouvé")
    assert report.sentences == ["1 échéance promise pour le 10/12/2026 (1 litige levé)."]
    assert marks(book, "FA-21") == (None, "oui", books.cell(DAY), "accord trouvé")
    report = dispute(book, choice)
    assert report.sentences == [
        "1 échéance en litige, jusqu'à ce que vous le leviez (1 promesse effacée)."
    ]
    assert marks(book, "FA-21") == ("oui", None, None, None)


def test_what_the_user_wrote_stays(book: xw.Book) -> None:
    """A word in Litige, and a reason where none is given now."""
    dispute(book, rows(book, GRAND_LIVRE, Pièce="FA-21"), DAY)
    assert marks(book, "FA-21") == ("Prix contesté", None, books.cell(DAY), None)
    promise(book, rows(book, GRAND_LIVRE, Pièce="FA-31"))
    assert marks(book, "FA-31") == (None, "oui", books.cell(DAY), "à voir avec Léa")


def test_nothing_else_of_the_ledger_changes(book: xw.Book) -> None:
    """Neither other rows nor other columns, a column of the user's own and its formula too."""
    books.add_column(book, GRAND_LIVRE, "Note", lambda row: f"=LEN({row['Pièce']!r})".upper())
    before = tables.find_table(book, GRAND_LIVRE).range.formula
    promise(book, rows(book, DETAIL, Pièce="FA-11"))
    after = tables.find_table(book, GRAND_LIVRE).range.formula
    titles = tables.read(book, GRAND_LIVRE).titles
    changed = [
        (row, title)
        for row, (old, new) in enumerate(zip(before, after, strict=True))
        for title, one, other in zip(titles, old, new, strict=True)
        if one != other
    ]
    assert changed == [(1, "Promesse"), (1, "Jusqu'au")]


def test_a_formula_in_a_mark_is_the_users(book: xw.Book) -> None:
    """Its row is left, and said; in other rows of that column the formula stays a formula."""
    cell = place(book, GRAND_LIVRE, "Litige", Pièce="FA-33")
    cell.number_format = "General"
    cell.formula = '=IF(1=2,"oui","non")'
    cell.impl.cache([["non"]])  # as Excel would have calculated it
    report = dispute(book, rows(book, GRAND_LIVRE, Pièce="FA-33"))
    assert report.sentences == [
        "Rien de changé.",
        "Laissé : 1 (formule dans Grand livre : changez-la là).",
    ]
    dispute(book, rows(book, GRAND_LIVRE, Pièce="FA-31"))
    assert marks(book, "FA-31")[0] == "oui"
    assert cell.formula == '=IF(1=2,"oui","non")'


def test_a_filter_of_the_ledger_stays_and_hides_what_it_hid(book: xw.Book) -> None:
    found = tables.find_table(book, GRAND_LIVRE)
    titles = tables.read(book, GRAND_LIVRE).titles
    found.autofilter.apply_values(titles.index("Compte") + 1, ["C3"])
    promise(book, rows(book, DETAIL, Pièce="FA-11"))
    assert marks(book, "FA-11")[:2] == (None, "oui")
    assert [e.type for e in found.autofilter.criteria].count("values") == 1
    sheet = found.range.sheet
    assert sheet["A5"].impl.row_hidden
    assert not sheet["A9"].impl.row_hidden


def test_columns_in_another_order(book: xw.Book) -> None:
    books.reverse_columns(tables.find_table(book, GRAND_LIVRE).range)
    promise(book, rows(book, DETAIL, Pièce="FA-11"), why="chèque")
    assert marks(book, "FA-11") == (None, "oui", books.cell(DAY), "chèque")
    assert row_of(book, "preparation", Compte="C1")["Solde dû"] == "500.00"


@pytest.mark.parametrize("reason", ["=1+1", "3/4", "+33 1", "@x", "'oui", "00123"])
def test_a_reason_stays_the_text_that_was_typed(book: xw.Book, reason: str) -> None:
    """Never a formula, a date or a number."""
    place(book, GRAND_LIVRE, "Motif", Pièce="FA-11").number_format = "General"
    promise(book, rows(book, DETAIL, Pièce="FA-11"), why=reason)
    assert marks(book, "FA-11")[3] == reason
    assert row_of(book, "detail", Pièce="FA-11")["Motif"].endswith(f"({reason})")


@pytest.mark.parametrize("mark", list(Mark))
def test_a_day_that_is_over_is_refused(book: xw.Book, mark: Mark) -> None:
    """The day itself is not over: « Jusqu'au » is inclusive."""
    choice = rows(book, DETAIL, Pièce="FA-11")
    now = books.moment(AS_OF)
    with pytest.raises(RefusedError) as refused:
        holding.hold(book, choice, mark, until=AS_OF - timedelta(1), now=now)
    assert str(refused.value) == (
        "Le 24/11/2026 est déjà passé : donnez une date à partir d'aujourd'hui. "
        "Rien n'a été changé."
    )
    assert marks(book, "FA-11") == (None, None, None, None)
    assert holding.hold(book, choice, mark, until=AS_OF, now=now).changed == 1


def test_a_promise_needs_a_day(book: xw.Book) -> None:
    with pytest.raises(RefusedError, match="Une promesse a besoin de sa date"):
        holding.hold(
            book, rows(book, DETAIL, Pièce="FA-11"), Mark.PROMISE, until=None,
            now=books.moment(AS_OF),
        )  # fmt: skip


def test_a_promise_before_the_day_of_the_letters(tmp_path: Path) -> None:
    """Letters of next week claim it: that is said, since nothing else shows it."""
    path = books.make(tmp_path, LEDGER, date_relance=DAY + timedelta(1))
    with opened(path, keep=False) as book:
        prepare(book)
        report = promise(book, rows(book, DETAIL, Pièce="FA-11"))
        assert report.sentences[1] == (
            "Les lettres sont du 11/12/2026, après cette date : elles n'en tiennent pas compte."
        )
        assert row_of(book, "preparation", Compte="C1")["Solde dû"] == "1500.00"


def test_a_letter_already_issued_stays_as_it_is(book: xw.Book) -> None:
    """It is out; Motif and the sentence say what was promised since, and Save saves it."""
    issue(book, "C1")
    report = promise(book, rows(book, DETAIL, Pièce="FA-11"))
    assert report.sentences[1] == (
        "1 lettre déjà éditée reste en l'état (Deux) : pour refaire, décochez Éditée, puis "
        "Préparer."
    )
    row = row_of(book, "preparation", Compte="C1")
    assert (row["Éditée"], row["Solde dû"]) == (True, "1500.00")
    assert row["Motif"].endswith("promesse de paiement : FA-11, jusqu'au 10/12/2026 compris")
    assert save(book).items == 2


def test_a_letter_that_no_longer_says_what_is_ticked_is_asked_about(book: xw.Book) -> None:
    """As by Prepare; no writes nothing at all."""
    issue(book, "C1")
    typed(book, DETAIL, "Relancer", 0, Pièce="FA-12")
    headless.engine.answer = lambda *_: "no"
    with pytest.raises(CancelledError):
        promise(book, rows(book, DETAIL, Pièce="FA-11"))
    assert marks(book, "FA-11") == (None, None, None, None)


def test_decisions_of_others_stay(book: xw.Book) -> None:
    """A number, a customer switched off, an item unticked elsewhere."""
    typed(book, PREPARATION, "N° lettre", 2, Compte="C1")
    typed(book, PREPARATION, "Relancer", 0, Compte="C3")
    typed(book, DETAIL, "Relancer", 0, Pièce="FA-33")
    promise(book, rows(book, DETAIL, Pièce="FA-11"))
    assert row_of(book, "preparation", Compte="C1")["N° lettre"] == 2
    assert row_of(book, "preparation", Compte="C3")["Relancer"] is False
    assert row_of(book, "detail", Pièce="FA-33")["Relancer"] is False


def test_the_day_of_the_letters_stays(book: xw.Book) -> None:
    """A promise noted the day after is no new preparation: campaign and days late are the same."""
    books.set_cell(book, "date_relance", None)
    before = books.show(book, "preparation")
    holding.hold(
        book, rows(book, DETAIL, Pièce="FA-31"), Mark.PROMISE, until=DAY,
        now=books.moment(AS_OF + timedelta(5)),
    )  # fmt: skip
    after = books.show(book, "preparation")
    assert [row for row in after if row["Compte"] == "C1"] == [
        row for row in before if row["Compte"] == "C1"
    ]
    assert issue(book, "C1").folders[0].name == "2026-11-25"  # the ledger is that of the sheets


def test_before_any_preparation(tmp_path: Path) -> None:
    """In Grand livre alone: the marks wait for Prepare, and nothing is filled."""
    with opened(books.make(tmp_path, LEDGER), keep=False) as book:
        report = promise(book, rows(book, GRAND_LIVRE, Pièce="FA-11"))
        assert report.sentences == ["1 échéance promise pour le 10/12/2026.", "Ensuite : Préparer."]
        assert marks(book, "FA-11")[1] == "oui"
        assert books.show(book, "detail") == []


def test_documents_by_name(book: xw.Book) -> None:
    """As the command line names them; a document of one customer needs no account."""
    assert promise(book, documents([], ["FA-31"])).changed == 1
    assert promise(book, documents(["C1"], [])).changed == 2  # what is overdue, not FA-13
    assert lift(book, documents(["C1", "C3"], [])).changed == 3


@pytest.mark.parametrize(
    ("accounts", "references", "sentence"),
    [
        (["C1"], ["FA-31"], "« FA-31 » : ni pièce ni écriture ouverte de ce nom."),
        (["C9"], [], "C9 : aucune écriture ouverte au grand livre."),
        ([], ["AV-32"], "« AV-32 » : ni pièce ni écriture ouverte de ce nom."),
        ([], ["FA-9"], "« FA-9 » est à plusieurs clients (C1 et C3) : dites lequel."),
    ],
)
def test_documents_that_are_not_there(
    tmp_path: Path, accounts: list[str], references: list[str], sentence: str
) -> None:
    """Nothing is guessed, and nothing written of the others named beside."""
    twice = LEDGER.replace("FA-13", "FA-9").replace("FA-33", "FA-9")
    with opened(books.make(tmp_path, twice), keep=False) as book:
        prepare(book)
        with pytest.raises(RefusedError) as refused:
            promise(book, documents(accounts, ["FA-11", *references] if references else []))
        assert str(refused.value) == f"{sentence} Rien n'a été changé."
        assert marks(book, "FA-11") == (None, None, None, None)


def test_nothing_to_lift(book: xw.Book) -> None:
    report = lift(book, rows(book, DETAIL, Pièce="FA-11"))
    assert report.sentences == ["Rien de changé.", "Laissé : 1 (ni litige ni promesse)."]
    with pytest.raises(RefusedError, match="Rien à lever : ni litige ni promesse"):
        lift(book, rows(book, PREPARATION, Compte="C1"))


def test_rows_that_are_not_in_the_ledger_any_more(book: xw.Book) -> None:
    """Détail of yesterday: its entry is gone, and no other is taken for it."""
    choice = rows(book, DETAIL, Pièce="FA-11")
    books.put(book, GRAND_LIVRE, LEDGER.replace("FA-11", "FA-99"))
    assert promise(book, choice).sentences == [
        "Rien de changé.",
        "Laissé : 1 (avoir, règlement, ou plus ouverte au grand livre).",
    ]


def test_a_row_that_cannot_be_read_stays(book: xw.Book) -> None:
    typed(book, GRAND_LIVRE, "Débit", "cent", Pièce="FA-33")
    report = promise(book, rows(book, GRAND_LIVRE, Pièce="FA-33"))
    assert report.sentences == ["Rien de changé.", "Laissé : 1 (illisible, voir Contrôler)."]
    assert marks(book, "FA-33") == (None, None, None, None)


@pytest.mark.parametrize("title", ["Grand livre", "Détail"])
def test_a_protected_sheet_is_found_before_anything_is_written(tmp_path: Path, title: str) -> None:
    path = books.make(tmp_path, LEDGER)
    with opened(path) as book:
        prepare(book)
    books.protect(path, title, tmp_path / "protected.xlsm")
    with opened(tmp_path / "protected.xlsm", keep=False) as book:
        with pytest.raises(BookBusyError, match=f"La feuille « {title} » est protégée"):
            promise(book, rows(book, DETAIL, Pièce="FA-11"))
        assert marks(book, "FA-11") == (None, None, None, None)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[xw.Book]:
    with opened(books.make(tmp_path_factory.mktemp("any"), LEDGER), keep=False) as book:
        prepare(book)
        yield book


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_exactly_the_selected_rows_and_back(data: st.DataObject, shared: xw.Book) -> None:
    """Whatever rows of Détail: their entries are marked and no others; lifted, all is as before."""
    numbers = tables.read(shared, DETAIL).numbers
    chosen = data.draw(st.sets(st.sampled_from(numbers), min_size=1))
    mark = data.draw(st.sampled_from(list(Mark)))
    documents = {
        row[0]
        for number, row in zip(
            numbers, books.column(shared, DETAIL, "Pièce", "Débit", "Motif"), strict=True
        )
        if number in chosen and row[1] and not row[2].startswith("En litige")
    }
    before = books.column(shared, GRAND_LIVRE, "Pièce", *MARKS), books.shown(shared)
    others = {row[0]: row[1:] for row in before[0] if row[0] not in documents and row[1] is None}
    report = holding.hold(
        shared, selected(DETAIL, chosen), mark, until=DAY, reason="x",
        now=books.moment(AS_OF),
    )  # fmt: skip
    now = {row[0]: row[1:] for row in books.column(shared, GRAND_LIVRE, "Pièce", *MARKS)}
    assert report.changed + sum(report.left.values()) == len(chosen)
    column = 0 if mark is Mark.DISPUTE else 1
    assert all(now[document][column] == "oui" for document in documents)
    assert {document: now[document] for document in others} == others
    books.put(shared, GRAND_LIVRE, LEDGER)
    prepare(shared)
    assert books.shown(shared) == before[1]


def test_as_many_calls_for_any_number_of_rows(tmp_path: Path) -> None:
    """In Excel each crosses into another process."""

    def calls(customers: int) -> Counter[str]:
        titles = LEDGER.split("\n")[1]
        lines = [
            f"D{number};Client;FB-{number};01/09/2026;01/10/2026;Facture;10;;;;;"
            for number in range(customers)
        ]
        path = books.make(tmp_path / str(customers), "\n".join([titles, *lines]))
        with opened(path, keep=False) as book:
            prepare(book)
            headless.engine.calls.clear()
            numbers = tables.read(book, DETAIL).numbers
            promise(book, selected(DETAIL, numbers))
            lift(book, selected(DETAIL, numbers))
            return Counter(headless.engine.calls)

    few, many = calls(3), calls(40)
    assert many == few
    assert sum(many.values()) < 1400, many
