"""Pénalités and Indemnité in Préparation: what the letter claims beside the balance due."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import books
import ledgers
from books import issue, opened, place, prepare, row_of, save, show, typed, undo
from xl_relances import demo, run
from xl_relances.book import layout, preparation_sheet, tables
from xl_relances.run.desk import Desk
from xl_relances.run.reading import gather

PREPARATION, DETAIL, NIVEAUX = layout.PREPARATION_TABLE, layout.DETAIL_TABLE, layout.NIVEAUX_TABLE
LEDGER = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit;Devise
PRO;Dupont;FA-1;26/08/2026;26/09/2026;Facture;1000;;
PRO;Dupont;FA-2;26/08/2026;10/10/2026;Facture;500;;
TROIS;Leroy;FA-3;26/08/2026;16/09/2026;1er terme;100;;
TROIS;Leroy;FA-3;26/08/2026;26/09/2026;2e terme;100;;
PART;Petit;FA-4;26/08/2026;26/09/2026;Facture;1000;;
DEVISE;Smith;FA-5;26/08/2026;26/09/2026;Facture;1000;;USD
DEUX;Martin;FA-6;26/08/2026;26/10/2026;Facture;365;;
"""
CUSTOMERS = "Compte;Nom;Type\nPART;Petit;Particulier\n"
"""On 25 November 2026, 60 days late earn letter 3 and 30 days letter 2."""


@pytest.fixture
def book(tmp_path: Path) -> Iterator[xw.Book]:
    path = books.make(tmp_path, LEDGER, CUSTOMERS, calcul_niveau="Retard")
    with opened(path, keep=False) as book:
        yield book


def charges(book: xw.Book) -> dict[str, tuple[Any, Any]]:
    """The two columns by account, nothing as None."""
    rows = books.column(book, PREPARATION, "Compte", *layout.CHARGES)
    return {account: (interest or None, fixed or None) for account, interest, fixed in rows}


def hidden(book: xw.Book) -> list[bool | None]:
    header = tables.find_table(book, PREPARATION).header_row_range
    assert header is not None
    titles = header.options(ndim=1).value
    return [header[0, titles.index(title)].columns.hidden for title in layout.CHARGES]


def switch(book: xw.Book, title: str, *ticks: int) -> None:
    """The user ticks a column of Niveaux, level by level."""
    tables.write_columns(book, NIVEAUX, {title: ticks}, tables.read(book, NIVEAUX).numbers)


def put_rates(book: xw.Book, *rows: dict[str, Any]) -> None:
    tables.write(book, layout.TAUX_TABLE, rows, key=id)


def test_what_a_letter_claims_stands_beside_the_balance_due(book: xw.Book) -> None:
    """1 000 x 15 % x 60 / 365 + 500 x 15 % x 46 / 365 = 24,66 + 9,45; 40 € an invoice.

    Once for an invoice in two instalments; none of both for a consumer before any formal
    notice, nor in dollars, nor in a letter 2, which does not ask. The balance due stays.
    """
    assert prepare(book).findings == []
    assert charges(book) == {
        "PRO": (34.11, 80), "TROIS": (2.88 + 2.47, 40), "PART": (None, None),
        "DEVISE": (None, None), "DEUX": (None, None),
    }  # fmt: skip
    assert row_of(book, "preparation", Compte="PRO")["Solde dû"] == "1500.00"


def test_show_and_its_json_are_as_agreed(book: xw.Book) -> None:
    """The two columns are ours beside the contract."""
    prepare(book)
    assert not set(layout.CHARGES) & set(show(book, "preparation")[0])


def test_a_consumer_owes_interest_from_the_formal_notice(book: xw.Book) -> None:
    """At the legal rate, from the day of the letter 3, and never the 40 €."""
    put_rates(
        book,
        {"Semestre": "2026-S2", "Taux légal": 2, "Taux société": 15},
        {"Semestre": "2027-S1", "Taux légal": 3, "Taux société": 15},
    )
    switch(book, "Répéter", 0, 0, 1)
    prepare(book)
    issue(book, "PART")
    save(book)
    day = date(2027, 1, 4)
    books.set_cell(book, "date_relance", day)
    prepare(book, day)
    assert charges(book)["PART"] == (2.3, None)  # 1 000 x (36 x 2 % + 4 x 3 %) / 365


def say_the_same(book: xw.Book) -> int:
    """Each row that gets a letter says what the letter would; how many claim something."""
    snapshot = gather(book)
    desk = Desk.at(book, snapshot, None)
    rows = preparation_sheet.read(book, snapshot.procedure.highest).customers
    columns = books.column(book, PREPARATION, "Compte", "Devise", *layout.CHARGES)
    shown = {(account, currency): tuple(v or 0 for v in two) for account, currency, *two in columns}
    claiming = 0
    for row in rows:
        if not row.is_chased or row.letter_no is None:
            continue
        level = snapshot.procedure.level(row.letter_no)
        letter = desk.content(row, level, snapshot.customers.of(row.account, row.name))
        assert shown[row.key] == (float(letter.interest), float(letter.fixed_sums)), row.key
        claiming += any(shown[row.key])
    return claiming


def test_the_sample_company_s_letters_say_the_same_to_the_cent(tmp_path: Path) -> None:
    """Before they are made, once they are, and after a new Prepare."""
    with opened(demo.lay(tmp_path), keep=False) as book:
        prepare(book)
        before = charges(book)
        assert say_the_same(book) == 10
        assert issue(book).failed == ()
        assert charges(book) == before
        assert say_the_same(book) == 10
        prepare(book)
        assert charges(book) == before


FOLDER = Path(tempfile.mkdtemp(prefix="charges-"))


def teardown_module() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)


@given(data=st.data(), world=ledgers.worlds(max_rows=6))
@settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)  # fmt: skip
def test_any_ledger_s_letters_say_the_same_to_the_cent(
    data: st.DataObject, world: dict[str, Any]
) -> None:
    """Whatever is owed, whoever owes it and whichever levels ask."""
    for level in world["levels"]:
        level |= {title: data.draw(st.booleans()) for title in layout.CHARGES}
    for customer in world["customers"]:
        customer["Type"] = data.draw(st.sampled_from(["Particulier", None]))
    criteria = {name: value or None for name, value in world["selection"].items()}
    path = books.make(
        FOLDER, world["ledger"], world["customers"], levels=world["levels"],
        **{**world["settings"], **criteria},
    )  # fmt: skip
    with opened(path, keep=False) as book:
        put_rates(
            book,
            *(
                {"Semestre": f"{year}-S{half}", "Taux société": 14 + half, "Taux légal": 3}
                for year in range(2023, 2028)
                for half in (1, 2)
            ),
        )
        prepare(book)
        say_the_same(book)


def test_a_letter_that_is_made_keeps_what_it_says(book: xw.Book) -> None:
    """Through a new rate, a new Prepare and levels that no longer ask."""
    prepare(book)
    issue(book, "PRO")
    put_rates(book, {"Semestre": "2026-S2", "Taux société": 30})
    prepare(book)
    assert charges(book)["PRO"] == (34.11, 80)
    assert charges(book)["TROIS"] == (10.68, 40)
    switch(book, "Indemnité", 0, 0, 0)
    prepare(book)
    assert charges(book)["PRO"] == (34.11, 80)
    assert charges(book)["TROIS"] == (10.68, None)


def test_a_letter_made_while_no_level_asked_claims_nothing(book: xw.Book) -> None:
    """Whatever the levels ask afterwards."""
    for title in layout.CHARGES:
        switch(book, title, 0, 0, 0)
    prepare(book)
    issue(book, "PRO")
    for title in layout.CHARGES:
        switch(book, title, 0, 0, 1)
    prepare(book)
    assert charges(book)["PRO"] == (None, None)
    assert charges(book)["TROIS"] == (5.35, 40)


def test_a_letter_decided_anew_is_reckoned_anew(book: xw.Book) -> None:
    """Issued, then an item taken out: the letter goes, and so does what it claimed."""
    prepare(book)
    issue(book, "PRO")
    typed(book, DETAIL, "Relancer", 0, Pièce="FA-2")
    prepare(book)
    assert row_of(book, "preparation", Compte="PRO")["Éditée"] is False
    assert charges(book)["PRO"] == (24.66, 40)


def test_undo_brings_the_charges_back(book: xw.Book) -> None:
    """Save takes them out with their row, Undo puts both back as they were."""
    prepare(book)
    issue(book)
    before = charges(book)
    save(book)
    assert charges(book) == {}
    undo(book)
    assert charges(book) == before


def test_rows_may_be_sorted_and_columns_moved(tmp_path: Path) -> None:
    """What a letter claims goes where its row goes, and is found by its title."""
    path = books.make(tmp_path, LEDGER, CUSTOMERS, calcul_niveau="Retard")
    with opened(path, keep=False) as book:
        prepare(book)
        expected = charges(book)
        issue(book, "PRO")
        found = tables.find_table(book, PREPARATION)
        body = found.data_body_range
        assert body is not None
        held = [list(row) for row in body.formula]
        body.formula = held[::-1]
        books.reverse_columns(found.range)
        prepare(book)
        assert charges(book) == expected
        issue(book)
        assert say_the_same(book) == 2


def test_a_row_of_one_s_own_beside_keeps_its_place(book: xw.Book) -> None:
    """A note goes with its customer, as beside any other column."""
    prepare(book)
    books.add_column(book, PREPARATION, "Note", lambda row: f"n. {row['Compte']}")
    issue(book, "PRO")
    prepare(book)
    assert all(note == f"n. {account}" for account, note in
               books.column(book, PREPARATION, "Compte", "Note"))  # fmt: skip


def test_the_columns_are_hidden_while_no_level_asks(book: xw.Book) -> None:
    """Each by itself, by the Prepare after the tick in Niveaux."""
    assert hidden(book) == [False, False]
    prepare(book)
    assert hidden(book) == [False, False]
    switch(book, "Indemnité", 0, 0, 0)
    prepare(book)
    assert hidden(book) == [False, True]
    switch(book, "Pénalités", 0, 0, 0)
    prepare(book)
    assert hidden(book) == [True, True]
    assert set(charges(book).values()) == {(None, None)}
    switch(book, "Indemnité", 0, 1, 0)
    prepare(book)
    assert hidden(book) == [True, False]
    assert charges(book)["DEUX"] == (None, 40)


@pytest.mark.parametrize("asked", [1, 0])
def test_what_the_user_hides_or_shows_stays_so(book: xw.Book, asked: int) -> None:
    """Through any number of Prepares, even from an empty sheet, until a level asks otherwise."""
    for title in layout.CHARGES:
        switch(book, title, 0, 0, asked)
    prepare(book)
    place(book, PREPARATION, "Pénalités", Compte="PRO").columns.hidden = bool(asked)
    for step in (prepare, issue, prepare, save, undo, run.clear, prepare):
        step(book)
        assert hidden(book) == [bool(asked), not asked], step
    for title in layout.CHARGES:
        switch(book, title, 0, 0, 1 - asked)
    prepare(book)
    assert hidden(book) == [bool(asked), bool(asked)]


def test_a_rate_that_is_missing_is_said_once(book: xw.Book) -> None:
    """The half-year and where to enter it; Prepare goes on, and the 40 € need no rate."""
    put_rates(book, {"Semestre": "2026-S1", "Taux BCE": 2.15})
    report = prepare(book)
    (finding,) = report.findings
    assert str(finding) == (
        "Préparation, colonne « Pénalités » : taux du semestre 2026-S2 manquant : saisissez-le "
        "dans Paramètres, tableau « Taux », colonne « Taux BCE » ou « Taux société ». Aucune "
        "pénalité n'est calculée sans. 2 lettres ne peuvent être éditées."
    )
    assert not finding.blocking
    assert charges(book)["PRO"] == (None, 80)
    assert len(issue(book).failed) == 2


def test_a_rate_that_no_letter_needs_is_not_asked_for(book: xw.Book) -> None:
    """Letters 2 do not claim interest; nor does a letter that is switched off."""
    put_rates(book)
    switch(book, "Pénalités", 0, 0, 0)
    assert prepare(book).findings == []
    switch(book, "Pénalités", 0, 0, 1)
    for account in ("PRO", "TROIS"):
        typed(book, PREPARATION, "Relancer", 0, Compte=account)
    assert prepare(book).findings == []


def test_rates_are_not_even_read_while_no_level_claims_interest(book: xw.Book) -> None:
    """A cell of Taux that nobody can read is then no matter of Prepare's; else it is said once."""
    put_rates(book, {"Semestre": "2026-S2", "Taux société": "quinze"})
    switch(book, "Pénalités", 0, 0, 0)
    assert prepare(book).findings == []
    switch(book, "Pénalités", 0, 0, 1)
    (finding,) = prepare(book).findings
    assert (finding.where, finding.column, finding.blocking) == (
        "Paramètres",
        "Taux société",
        False,
    )
    assert charges(book)["PRO"] == (None, 80)


def test_an_own_rate_below_the_floor_is_said_once(book: xw.Book) -> None:
    """Once a half-year, however many letters claim it."""
    put_rates(book, {"Semestre": "2026-S2", "Taux légal": 6, "Taux société": 15})
    (finding,) = prepare(book).findings
    assert finding.message.startswith("2026-S2 : 15,00\u00a0% est inférieur à 3 × le taux légal")
    assert charges(book)["PRO"] == (34.11, 80)
