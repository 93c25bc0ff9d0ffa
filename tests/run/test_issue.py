"""Issue makes files and freezes what they say; no letter changes behind one's back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import xlwings as xw
from docx import Document

import books
import ledgers
from books import AS_OF, issue, opened, prepare, row_of, save, show, typed, undo
from xl_relances import headless, run
from xl_relances.book import layout, tables
from xl_relances.errors import CancelledError, FindingsError, RefusedError

PREPARATION, DETAIL = layout.PREPARATION_TABLE, layout.DETAIL_TABLE
LEDGER = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit
C1;Dupont;FA-11;01/09/2026;01/10/2026;Facture;1000,00;
C1;Dupont;FA-12;10/10/2026;20/11/2026;Facture;500,00;
C2;Martin;FA-21;01/09/2026;01/10/2026;Facture;300,00;
C3;Leroy;FA-31;01/09/2026;01/10/2026;Facture;700,00;
"""
PAYMENT = {"Compte": "C1", "Nom": "Dupont", "Pièce": "VIR", "Date": books.cell(AS_OF)}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[xw.Book]:
    with opened(books.make(tmp_path, LEDGER), keep=False) as book:
        prepare(book)
        yield book


def letters(book: xw.Book) -> dict[str, int]:
    """Every letter in the folder, and when it was written."""
    home = Path(book.fullname).parent
    return {
        path.relative_to(home).as_posix(): path.stat().st_mtime_ns
        for path in sorted((home / "Relances").rglob("*.docx"))
    }


def add_entry(book: xw.Book, **cells: object) -> None:
    tables.append(book, layout.GRAND_LIVRE_TABLE, [{**PAYMENT, **cells}])


def test_a_letter_for_each_row(book: xw.Book) -> None:
    """Relances/<campagne>/<compte>_<devise>_L<n>.docx; no level moves."""
    report = issue(book)
    assert [row.account for row in report.issued] == ["C1", "C2", "C3"]
    assert list(letters(book)) == [
        f"Relances/2026-11-25/C{number}_EUR_L1.docx" for number in (1, 2, 3)
    ]
    assert show(book, "history") == []
    assert [row["Éditée"] for row in show(book, "preparation")] == [True] * 3


def test_the_cell_of_a_letter_opens_it(book: xw.Book) -> None:
    """« Lettre » is a link to the file, quotes in its name included; show gives the path."""
    assert row_of(book, "preparation", Compte="C1")["Lettre"] is None
    issue(book, "C1")
    cell = books.place(book, PREPARATION, "Lettre", Compte="C1")
    path = "Relances/2026-11-25/C1_EUR_L1.docx"
    assert cell.formula == f'=HYPERLINK("{path}","C1_EUR_L1.docx")'
    assert row_of(book, "preparation", Compte="C1")["Lettre"] == path
    assert row_of(book, "preparation", Compte="C2")["Lettre"] is None
    issue(book, "C2")
    prepare(book)
    assert books.place(book, PREPARATION, "Lettre", Compte="C1").formula == cell.formula


def test_the_subject_is_filled_in_and_in_the_customers_language(book: xw.Book) -> None:
    """« Objet » may name fields; a customer who reads English gets no French subject."""
    typed(book, layout.NIVEAUX_TABLE, "Objet", "Compte {{ client.compte }} : rappel", **{"N°": 1})
    tables.append(
        book, layout.CLIENTS_TABLE, [{"Compte": "C2", "Nom": "Martin Ltd", "Langue": "en"}]
    )
    issue(book)
    folder = Path(book.fullname).parent / "Relances" / "2026-11-25"
    french, english = (
        "\n".join(paragraph.text for paragraph in Document(str(folder / name)).paragraphs)
        for name in ("C1_EUR_L1.docx", "C2_EUR_L1.docx")
    )
    assert "Compte C1 : rappel" in french
    assert "Payment reminder" in english
    assert "rappel" not in english


def body(book: xw.Book, name: str) -> str:
    """The text of a letter, its tables included."""
    path = Path(book.fullname).parent / "Relances" / "2026-11-25" / name
    root = Document(str(path)).element.body
    return "\n".join("".join(p.itertext()) for p in root.iter(f"{{{root.nsmap['w']}}}p"))


def test_without_templates_in_the_customers_language_figures_are_those_of_the_text(
    book: xw.Book,
) -> None:
    """A German customer of a company that writes English reads English, amounts and dates too."""
    books.set_cell(book, "societe_langue", "en")
    tables.append(book, layout.CLIENTS_TABLE, [{"Compte": "C2", "Nom": "Martin", "Langue": "de"}])
    issue(book, "C2")
    text = body(book, "C2_EUR_L1.docx")
    assert "Payment reminder" in text
    assert "€300.00" in text
    assert "1\u00a0October\u00a02026" in text or "1\u00a0Oct\u00a02026" in text
    assert "300,00" not in text


def test_a_language_by_its_name_is_that_language_and_one_without_templates_is_told(
    book: xw.Book,
) -> None:
    """« Anglais » pasted into Clients gets the English letter; « de » a French one, and a word."""
    pasted = [("C1", "Anglais"), ("C2", "de"), ("C3", "français")]
    tables.append(
        book,
        layout.CLIENTS_TABLE,
        [{"Compte": account, "Nom": account, "Langue": language} for account, language in pasted],
    )
    report = issue(book)
    assert "Payment reminder" in body(book, "C1_EUR_L1.docx")
    for account in ("C2", "C3"):
        assert "Payment reminder" not in body(book, f"{account}_EUR_L1.docx")
    assert [str(finding) for finding in report.findings if "langue" in str(finding)] == [
        "Modèle de/relance_1.docx : absent, la lettre sera en langue « fr »"
    ]


@pytest.mark.parametrize(
    ("sending", "email", "said"),
    [
        pytest.param("Courrier", "c@c2.example", True, id="by-post"),
        pytest.param("Courrier et e-mail", "c@c2.example", True, id="both"),
        pytest.param("E-mail", "c@c2.example", False, id="by-mail-alone"),
        pytest.param("E-mail", "", True, id="no-address-so-by-post"),
    ],
)
def test_a_letter_says_registered_only_where_it_is_posted(
    book: xw.Book, sending: str, email: str, *, said: bool
) -> None:
    typed(book, layout.NIVEAUX_TABLE, "Recommandé", 1, **{"N°": 1})
    customer = {"Compte": "C2", "Nom": "Martin", "Envoi": sending, "E-mail": email}
    tables.append(book, layout.CLIENTS_TABLE, [customer])
    issue(book, "C2")
    assert ("Lettre recommandée" in body(book, "C2_EUR_L1.docx")) is said


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param(
            {"Crédit": 400.0}, "FA-11 reste 600,00 € au lieu de 1 000,00 €", id="payment"
        ),
        pytest.param(
            {"Pièce": "FA-19", "Débit": 90.0, "Échéance": books.cell(AS_OF - timedelta(9))},
            "FA-19 nouvelle", id="invoice",
        ),
        pytest.param(
            {"Crédit": 1500.0},
            "FA-11 reste 0,00 € au lieu de 1 000,00 € et FA-12 reste 0,00 € au lieu de 500,00 €",
            id="paid",
        ),
    ],
)  # fmt: skip
def test_an_issued_row_outlives_changes_of_the_ledger(
    book: xw.Book, change: dict[str, object], sentence: str
) -> None:
    """Number, items, amounts, date and campaign stay; Motif names what changed since."""
    issue(book, "C1")
    before = row_of(book, "preparation", Compte="C1")
    add_entry(book, **change)
    later = AS_OF + timedelta(3)
    books.set_cell(book, "date_relance", later)
    for _ in range(2):  # a second Prepare names the same
        prepare(book, later)
        after = row_of(book, "preparation", Compte="C1")
        motif = after["Motif"].translate({0xA0: " ", 0x202F: " "})
        assert motif == f"{before['Motif']} ; depuis l'édition : {sentence}"
        assert {**after, "Motif": before["Motif"]} == before
    save(book, later)
    saved = [row for row in show(book, "history") if row["Compte"] == "C1"]
    assert {(row["Campagne"], row["Date"]) for row in saved} == {("2026-11-25", "2026-11-25")}
    assert [(row["Pièce"], row["Reste"]) for row in saved] == [
        ("FA-11", "1000.00"), ("FA-12", "500.00"),
    ]  # fmt: skip


def test_a_changed_due_date_is_named(book: xw.Book) -> None:
    """A granted extension does not change a letter that is made, but it is said."""
    issue(book, "C1")
    typed(
        book, layout.GRAND_LIVRE_TABLE, "Échéance", books.cell(AS_OF + timedelta(30)), Pièce="FA-11"
    )
    prepare(book)
    row = row_of(book, "preparation", Compte="C1")
    assert row["Motif"].endswith("depuis l'édition : échéance de FA-11 au 25/12/2026")
    assert row["Échéances"] == 2


def test_an_item_gone_from_the_ledger_is_named(book: xw.Book) -> None:
    """Lettered in full since: its letter still lists it until it is saved or made anew."""
    issue(book, "C2")
    typed(book, layout.GRAND_LIVRE_TABLE, "Lettrage", "AA", Pièce="FA-21")
    prepare(book)
    row = row_of(book, "preparation", Compte="C2")
    assert row["Motif"].endswith("depuis l'édition : FA-21 n'est plus ouverte")
    assert (row["Solde dû"], row["Éditée"]) == ("300.00", True)


def test_issue_refuses_a_ledger_that_changed(book: xw.Book) -> None:
    """A letter says what Préparation shows, and Préparation what the ledger says."""
    add_entry(book, Crédit=10.0)
    with pytest.raises(RefusedError, match="Le grand livre a changé depuis la préparation"):
        issue(book)
    assert letters(book) == {}
    prepare(book)
    assert len(issue(book).issued) == 3


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_changing_an_issued_row_asks(book: xw.Book, answer: str) -> None:
    """Changing its ticks or number clears « Éditée », after asking."""
    issue(book)
    typed(book, DETAIL, "Relancer", 0, Pièce="FA-12")
    typed(book, PREPARATION, "N° lettre", 2, Compte="C2")
    headless.engine.alerts.clear()
    headless.engine.answer = lambda *_: answer
    if answer == "no":
        with pytest.raises(CancelledError):
            prepare(book)
        return
    prepare(book)
    assert books.questions() == [
        (
            "Dupont et Martin : la lettre éditée ne dit plus ce qui est coché (échéances ou numéro "
            "changés depuis). Retirer la coche « Éditée » pour la refaire ?"
        )
    ]
    rows = {row["Compte"]: row for row in show(book, "preparation")}
    assert {account: row["Éditée"] for account, row in rows.items()} == {
        "C1": False, "C2": False, "C3": True,
    }  # fmt: skip
    assert (rows["C1"]["Solde dû"], rows["C2"]["N° lettre"]) == ("1000.00", 2)


def test_a_letter_made_anew_replaces_the_former(book: xw.Book) -> None:
    """One letter for a customer in a campaign's folder, whatever its number was before."""
    issue(book)
    typed(book, PREPARATION, "N° lettre", 2, Compte="C2")
    typed(book, DETAIL, "Relancer", 0, Pièce="FA-12")
    before = letters(book)
    report = issue(book)
    assert {row.account for row in report.issued} == {"C1", "C2"}
    after = letters(book)
    assert list(after) == [
        "Relances/2026-11-25/C1_EUR_L1.docx",
        "Relances/2026-11-25/C2_EUR_L2.docx",
        "Relances/2026-11-25/C3_EUR_L1.docx",
    ]
    assert (
        after["Relances/2026-11-25/C1_EUR_L1.docx"] > before["Relances/2026-11-25/C1_EUR_L1.docx"]
    )
    assert (
        after["Relances/2026-11-25/C3_EUR_L1.docx"] == before["Relances/2026-11-25/C3_EUR_L1.docx"]
    )


def test_a_stale_row_that_is_not_made_anew_loses_its_tick(book: xw.Book) -> None:
    """Even when Issue was asked for another customer."""
    issue(book, "C1", "C2")
    typed(book, PREPARATION, "N° lettre", 2, Compte="C2")
    issue(book, "C3")
    rows = {
        row["Compte"]: (row["Éditée"], row["Lettre"] is None) for row in show(book, "preparation")
    }
    assert rows == {"C1": (True, False), "C2": (False, True), "C3": (True, False)}


def test_a_saved_letter_is_never_overwritten(book: xw.Book) -> None:
    """A second letter of the same number in the same campaign gets a name of its own."""
    issue(book, "C1")
    save(book)
    before = letters(book)
    typed(book, layout.NON_RELANCES_TABLE, "Forcer", 1, Compte="C1")
    prepare(book)
    typed(book, PREPARATION, "N° lettre", 1, Compte="C1")
    report = issue(book, "C1")
    assert report.issued[0].file == "Relances/2026-11-25/C1_EUR_L1-2.docx"
    assert letters(book) == {**before, **letters(book)}


def test_letters_of_an_undone_campaign_stay_as_they_are(book: xw.Book) -> None:
    """Made anew after Undo, they go to a folder of their own."""
    issue(book, "C1")
    save(book)
    before = letters(book)
    undo(book)
    report = issue(book, "C1")
    assert report.issued[0].file == "Relances/2026-11-25-2/C1_EUR_L1.docx"
    assert letters(book) == {**letters(book), **before}


def test_a_run_that_was_cut_off_makes_no_letter_twice(tmp_path: Path) -> None:
    """The files lie there, the workbook was not saved: the next run finds them."""
    path = books.make(tmp_path, LEDGER)
    with opened(path) as book:
        prepare(book)
    with opened(path, keep=False) as book:
        issue(book, "C1", "C2")
        before = letters(book)
    (tmp_path / "Relances/2026-11-25/C2_EUR_L1.docx").unlink()
    with opened(path) as book:
        assert [row["Éditée"] for row in show(book, "preparation")] == [False] * 3
        report = issue(book)
        assert (len(report.issued), report.resumed) == (3, 1)
        assert (
            letters(book)["Relances/2026-11-25/C1_EUR_L1.docx"]
            == (before["Relances/2026-11-25/C1_EUR_L1.docx"])
        )


def test_a_half_written_journal_is_no_obstacle(book: xw.Book, tmp_path: Path) -> None:
    """The cut may fall in the middle of a line."""
    issue(book, "C1")
    journal = tmp_path / "Relances/2026-11-25/lettres.jsonl"
    journal.write_text(journal.read_text("utf-8") + '{"fichier": "C2_EU', encoding="utf-8")
    assert len(issue(book).issued) == 2


def test_a_failing_customer_does_not_stop_the_others(book: xw.Book, tmp_path: Path) -> None:
    """It is said, and only the others become éditées."""
    (tmp_path / "Relances/2026-11-25/C2_EUR_L1.docx").mkdir(parents=True)
    report = issue(book)
    assert [row.account for row in report.issued] == ["C1", "C3"]
    assert [finding.where for finding in report.failed] == ["Lettre de C2"]
    assert [row["Éditée"] for row in show(book, "preparation")] == [True, False, True]


def test_editee_by_hand_needs_no_letter(book: xw.Book) -> None:
    """« Considérer la lettre comme éditée même si elle ne l'a pas été physiquement »."""
    typed(book, PREPARATION, "Éditée", 1, Compte="C1")
    prepare(book)
    add_entry(book, Crédit=400.0)
    prepare(book)
    assert row_of(book, "preparation", Compte="C1")["Solde dû"] == "1500.00"
    assert "au lieu de" in row_of(book, "preparation", Compte="C1")["Motif"]
    report = save(book)
    assert (report.letters, report.items) == (1, 2)
    assert {row["Fichier"] for row in show(book, "history")} == {None}
    assert letters(book) == {}


def test_issue_by_level(book: xw.Book) -> None:
    """All not yet issued, accounts, or one level."""
    typed(book, PREPARATION, "N° lettre", 2, Compte="C2")
    assert [r.account for r in run.issue(book, choice=run.chosen(level=2)).issued] == ["C2"]
    assert [r.account for r in run.issue(book).issued] == ["C1", "C3"]
    with pytest.raises(RefusedError, match="Aucune lettre à éditer"):
        run.issue(book)
    assert [r.account for r in issue(book, "C3").issued] == ["C3"]


def test_a_level_that_was_taken_out_of_the_procedure(book: xw.Book) -> None:
    """A number that Paramètres no longer has is passed by, not guessed."""
    typed(book, PREPARATION, "N° lettre", 3, Compte="C1")
    typed(book, DETAIL, "Lettre proposée", 3, Pièce="FA-21")
    books.put_levels(book, ledgers.procedure(8, 14))
    with pytest.raises(FindingsError, match="N° lettre"):
        issue(book, "C1")
    report = issue(book, "C2", "C3")
    assert [row.account for row in report.issued] == ["C3"]
    assert report.passed_by == (
        "C2 Martin : lettre 3, mais Paramètres n'a que 2 niveaux ; préparez à nouveau.",
    )


@pytest.mark.parametrize(
    ("typed_no", "starred"),
    [
        pytest.param(None, True, id="reminder-as-proposed"),
        pytest.param(2, True, id="another-reminder-typed"),
        pytest.param(3, False, id="formal-notice-typed"),
    ],
)
def test_a_letter_says_for_memory_only_of_what_keeps_its_level(
    book: xw.Book, tmp_path: Path, *, typed_no: int | None, starred: bool
) -> None:
    """« Pour mémoire » in the letter is an empty Niveau in the history: in no formal notice."""
    if typed_no is not None:
        typed(book, PREPARATION, "N° lettre", typed_no, Compte="C1")
    issue(book, "C1")
    (path,) = (tmp_path / "Relances").rglob("*.docx")
    printed = [cell.text for table in Document(str(path)).tables for cell in table._cells]
    assert ("FA-12 *" in printed) == starred
    assert ("FA-12" in printed) == (not starred)
    save(book)
    levels = {row["Pièce"]: row["Niveau"] for row in show(book, "history")}
    assert levels == {"FA-11": typed_no or 1, "FA-12": None if starred else 3}


def test_a_formal_notice_raises_all_that_it_lists_and_says_so(tmp_path: Path) -> None:
    """FA-2, reminded five days ago, goes to the last level with FA-1: not « pour mémoire »."""
    ledger = """
Compte;Nom;Pièce;Date;Échéance;Débit;Dernière lettre;Relancé le
C1;Dupont;FA-1;01/06/2026;01/07/2026;100,00;2;01/10/2026
C1;Dupont;FA-2;01/09/2026;01/10/2026;100,00;1;20/11/2026
"""
    with opened(books.make(tmp_path, ledger, intervalle_relances=2), keep=False) as book:
        prepare(book)
        motif = row_of(book, "preparation", Compte="C1")["Motif"]
        assert motif == (
            "Lettre 3 : FA-1, 147 j de retard, lettre 2 le 01/10/2026, et 1 autre échéance"
        )
        issue(book)
        (path,) = (tmp_path / "Relances").rglob("*.docx")
        assert "mémoire" not in "".join(p.text for p in Document(str(path)).paragraphs)
        save(book)
        levels = [row["Niveau"] for row in show(book, "history") if row["Campagne"] != "Reprise"]
        assert levels == [3, 3]
