"""Each thing that is wrong is one French sentence with sheet, row and column; the rest goes on."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwings as xw

import books
from books import command, issue, opened, prepare, proposed, row_of, save, show, typed
from xl_relances.book import layout, tables
from xl_relances.errors import FindingsError

PREPARATION, DETAIL = layout.PREPARATION_TABLE, layout.DETAIL_TABLE
LEDGER_TABLE, CLIENTS_TABLE = layout.GRAND_LIVRE_TABLE, layout.CLIENTS_TABLE
LEDGER = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit
C1;Dupont;FA-11;01/09/2026;01/10/2026;Facture;1000,00;
C1;Dupont;FA-12;01/10/2026;31/10/2026;Facture;500,00;
C2;Martin;FA-21;01/09/2026;01/10/2026;Facture;300,00;
"""
CLIENTS = "Compte;Nom;Délai de paiement\nC1;Dupont SA;30\nC2;Martin SA;45FM\n"
Change = Callable[[xw.Book], object]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return books.make(tmp_path_factory.mktemp("sound"), LEDGER, CLIENTS)


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(sound, tmp_path / "relances.xlsm"))


def change(path: Path, does: Change) -> None:
    with opened(path) as book:
        does(book)


def ledger(title: str, value: object) -> Change:
    """The user types into the row of FA-12 in Grand livre, row 6."""
    return lambda book: typed(book, LEDGER_TABLE, title, value, Pièce="FA-12")


def client(title: str, value: object) -> Change:
    """The user types into the first row of Clients, row 5."""
    return lambda book: typed(book, CLIENTS_TABLE, title, value, Compte="C1")


def dated_amount(book: xw.Book) -> None:
    books.place(book, LEDGER_TABLE, "Crédit", Pièce="FA-12").number_format = "dd/mm/yyyy"
    ledger("Crédit", books.cell(books.AS_OF))(book)


def copied_client(book: xw.Book) -> None:
    tables.append(book, CLIENTS_TABLE, [{"Compte": "C1", "Nom": "Encore"}])


# ---------------------------------------------------------------- rows of ledger and customers


@pytest.mark.parametrize(
    ("does", "sentence"),
    [
        pytest.param(
            ledger("Débit", "cinq cents"),
            "Grand livre, ligne 6, colonne « Débit » : montant attendu, « cinq cents » lu.",
            id="text-in-an-amount",
        ),
        pytest.param(
            ledger("Débit", "#N/A"),
            "Grand livre, ligne 6, colonne « Débit » : montant attendu, « #N/A » lu.",
            id="error-in-an-amount",
        ),
        pytest.param(
            ledger("Crédit", 1e30),
            "Grand livre, ligne 6, colonne « Crédit » : montant démesuré, « 1e+30 » lu.",
            id="amount-beyond-measure",
        ),
        pytest.param(
            dated_amount,
            "Grand livre, ligne 6, colonne « Crédit » : montant attendu, « 25/11/2026 » lu.",
            id="date-in-an-amount",
        ),
        pytest.param(
            ledger("Échéance", "31/02/2026"),
            "Grand livre, ligne 6, colonne « Échéance » : date attendue, « 31/02/2026 » lu.",
            id="no-such-day",
        ),
        pytest.param(
            ledger("Date", -5.0),
            "Grand livre, ligne 6, colonne « Date » : date attendue, « -5 » lu.",
            id="negative-date",
        ),
        pytest.param(
            ledger("Dernière lettre", "deux"),
            "Grand livre, ligne 6, colonne « Dernière lettre » : nombre entier attendu, "
            "« deux » lu.",
            id="text-in-a-level",
        ),
        pytest.param(
            copied_client,
            "Clients, ligne 7, colonne « Compte » : compte « C1 » déjà en ligne 5.",
            id="duplicate-account",
        ),
        pytest.param(
            client("Délai de paiement", "quand il veut"),
            "Clients, ligne 5, colonne « Délai de paiement » : délai attendu (30, 45FM, FM45, "
            "30FM10), « quand il veut » lu.",
            id="unknown-terms",
        ),
        pytest.param(
            client("Ne pas relancer", "peut-être"),
            "Clients, ligne 5, colonne « Ne pas relancer » : 1 ou 0 attendu, « peut-être » lu.",
            id="no-tick",
        ),
        pytest.param(
            client("Bloqué jusqu'au", "fin du mois"),
            "Clients, ligne 5, colonne « Bloqué jusqu'au » : date attendue, « fin du mois » lu.",
            id="block-without-a-day",
        ),
    ],
)
def test_an_unreadable_row_keeps_its_customer_from_letters(
    path: Path, does: Change, sentence: str
) -> None:
    """The customer's balance is unknown: it waits in Non relancés; the others go on."""
    change(path, does)
    code, _, errors = command("prepare", path)
    assert (code, errors) == (1, f"{sentence}\n")
    code, _, errors = command("check", path)
    assert code == 1
    assert sentence in errors.splitlines()
    with opened(path, keep=False) as book:
        assert set(proposed(book)) == {"C2"}
        assert row_of(book, "excluded", Compte="C1")["Motif"] == (
            f"À corriger d'abord : {sentence.rstrip('.')}"
        )
        assert len(tables.read(book, LEDGER_TABLE).rows) == 3


def test_a_customer_of_whom_nothing_can_be_read_is_named(path: Path) -> None:
    """Its only row is the unreadable one: the finding names the row, and nothing is lost."""
    change(path, lambda book: typed(book, LEDGER_TABLE, "Débit", "?", Pièce="FA-21"))
    code, _, errors = command("prepare", path)
    assert (code, errors) == (
        1, "Grand livre, ligne 7, colonne « Débit » : montant attendu, « ? » lu.\n",
    )  # fmt: skip
    with opened(path, keep=False) as book:
        assert row_of(book, "excluded", Compte="C2") == {
            "Compte": "C2", "Nom": "Martin SA", "Devise": "EUR", "Solde": None, "Forcer": False,
            "Motif": "À corriger d'abord : Grand livre, ligne 7, colonne « Débit » : montant "
            "attendu, « ? » lu",
        }  # fmt: skip


def test_a_row_without_an_account_is_named(path: Path) -> None:
    change(path, ledger("Compte", None))
    code, _, errors = command("prepare", path)
    assert code == 1
    assert errors == (
        "Grand livre, ligne 6, colonne « Compte » : compte client manquant, ligne comptée pour "
        "personne. Complétez-la, ou supprimez-la si elle n'est pas d'un client.\n"
    )
    with opened(path, keep=False) as book:
        assert set(proposed(book)) == {"C1", "C2"}


@pytest.mark.parametrize(
    ("typed_amount", "read"),
    [
        ("1\u202f234,56", "1234.56"), ("1\u00a0234,56", "1234.56"), ("1 234.56", "1234.56"),
        ("(12,5)", "-12.50"), ("12,50-", "-12.50"), ("\u22127,00", "-7.00"), ("0,005", "0.01"),
    ],
)  # fmt: skip
def test_amounts_typed_as_texts(path: Path, typed_amount: str, read: str) -> None:
    """A number typed as a text with a thin space is that number."""

    def type_as_text(book: xw.Book) -> None:
        cell = books.place(book, LEDGER_TABLE, "Débit", Pièce="FA-12")
        cell.number_format = "@"
        cell.value = typed_amount

    change(path, type_as_text)
    assert command("prepare", path)[0] == 0
    with opened(path, keep=False) as book:
        assert row_of(book, "detail", Pièce="FA-12")["Solde"] == read


@pytest.mark.parametrize(
    ("level", "day", "sentence", "reached"),
    [
        (9, "20/10/2026", "colonne « Dernière lettre » : niveau 9 inconnu, de 1 à 3 attendu.", 3),
        (
            2,
            None,
            (
                "colonne « Relancé le » : date de la dernière lettre manquante : l'échéance en "
                "tient lieu."
            ),
            2,
        ),
        (
            None,
            "20/10/2026",
            (
                "colonne « Dernière lettre » : numéro de la lettre manquant : la date "
                "est sans effet."
            ),
            0,
        ),
    ],
    ids=["unknown-level", "level-without-a-day", "day-without-a-level"],
)
def test_a_doubtful_last_letter_is_said(
    path: Path, level: int | None, day: str | None, sentence: str, reached: int
) -> None:
    """What came with the ledger is used as far as it can be."""

    def type_both(book: xw.Book) -> None:
        ledger("Dernière lettre", level)(book)
        ledger("Relancé le", books.cell(books.french_day(day)) if day else None)(book)

    change(path, type_both)
    code, _, errors = command("prepare", path)
    assert (code, errors) == (0, f"Grand livre, ligne 6, {sentence}\n")
    with opened(path, keep=False) as book:
        assert row_of(book, "detail", Pièce="FA-12")["Niveau"] == reached


# ---------------------------------------------------------------- the workbook itself


def renamed_column(book: xw.Book) -> None:
    header = tables.find_table(book, LEDGER_TABLE).header_row_range
    assert header is not None
    header[5].value = "Echeance"


def swapped_tables(book: xw.Book) -> None:
    one = tables.find_table(book, LEDGER_TABLE).impl.part
    other = tables.find_table(book, CLIENTS_TABLE).impl.part
    one.name, other.name = other.name, one.name


def no_table(book: xw.Book) -> None:
    tables.find_table(book, LEDGER_TABLE).impl.part.name = "Tableau1"


@pytest.mark.parametrize(
    ("does", "sentence"),
    [
        pytest.param(
            renamed_column,
            "Grand livre : colonne « Échéance » introuvable dans le tableau « GrandLivre ». "
            "Remettez ce titre en ligne 4.",
            id="missing-column",
        ),
        pytest.param(
            swapped_tables,
            "Clients : colonne « Écriture » introuvable dans le tableau « GrandLivre ». "
            "Remettez ce titre en ligne 4.",
            id="swapped-tables",
        ),
        pytest.param(
            no_table,
            "Feuille « Grand livre » : le tableau « GrandLivre » est introuvable. Reprenez-le d'un "
            "classeur neuf (xl-relances new).",
            id="missing-table",
        ),
        pytest.param(
            lambda book: books.put(book, LEDGER_TABLE, []),
            "Grand livre : aucune écriture. Collez ou importez le grand livre, puis Préparer.",
            id="empty-ledger",
        ),
        pytest.param(
            lambda book: book.names["intervalle_relances"].delete(),
            "Paramètres, colonne « Intervalle entre deux lettres » : le nom "
            "« intervalle_relances » est introuvable dans le classeur.",
            id="missing-name",
        ),
        pytest.param(
            lambda book: book.names["date_relance"].impl.__setattr__("refers_to", "=#REF!$B$3"),
            "Sélection, colonne « Date de relance » : le nom « date_relance » est introuvable dans "
            "le classeur.",
            id="broken-name",
        ),
        pytest.param(
            lambda book: typed(book, layout.NIVEAUX_TABLE, "N°", 0, Délai=8.0),
            "Paramètres, ligne {row}, colonne « N° » : niveau 0 inférieur à 1 : numérotez 1, 2, 3…",
            id="level-0",
        ),
        pytest.param(
            lambda book: typed(book, layout.NIVEAUX_TABLE, "N°", 2, Délai=8.0),
            "Paramètres, ligne {next}, colonne « N° » : niveau 2 en double : numérotez 1, 2, 3…",
            id="level-twice",
        ),
        pytest.param(
            lambda book: typed(book, layout.NIVEAUX_TABLE, "N°", 7, Délai=8.0),
            "Paramètres, ligne {row}, colonne « N° » : un niveau manque dans le tableau "
            "« Niveaux » : numérotez 1, 2, 3…",
            id="level-missing",
        ),
        pytest.param(
            lambda book: typed(book, layout.NIVEAUX_TABLE, "Délai", -8, Délai=8.0),
            "Paramètres, ligne {row}, colonne « Délai » : nombre de jours attendu, 0 ou plus, "
            "-8 lu.",
            id="negative-delay",
        ),
        pytest.param(
            lambda book: books.put(book, layout.NIVEAUX_TABLE, []),
            "Paramètres, colonne « N° » : aucun niveau dans le tableau « Niveaux » : numérotez "
            "1, 2, 3…",
            id="no-level",
        ),
    ],
)
def test_a_workbook_that_lacks_a_part_is_refused(path: Path, does: Change, sentence: str) -> None:
    """One sentence, exit 1, and the file is what it was."""
    with opened(path, keep=False) as book:
        first = tables.read(book, layout.NIVEAUX_TABLE).numbers[0]
    change(path, does)
    before = path.read_bytes()
    code, out, errors = command("prepare", path)
    assert (code, out) == (1, "")
    assert errors == sentence.format(row=first, next=first + 1) + "\n"
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("date_relance", "demain", "colonne « Date de relance » : date attendue, « demain » lu."),
        (
            "factures_avant_le",
            "31/02/2026",
            "colonne « Factures établies avant le » : date attendue, « 31/02/2026 » lu.",
        ),
        (
            "solde_minimum",
            "peu",
            ("colonne « Laisser les soldes inférieurs à » : montant attendu, « peu » lu."),
        ),
        (
            "solde_minimum",
            -5.0,
            ("colonne « Laisser les soldes inférieurs à » : montant attendu, « -5 » lu."),
        ),
        (
            "numero_lettre",
            "9",
            (
                "colonne « Numéro de la lettre à éditer » : « Automatique » ou un "
                "numéro de 1 à 3 attendu, « 9 » lu."
            ),
        ),
        (
            "calcul_niveau",
            "Au pif",
            ("colonne « Calcul du niveau » : « Nombre » ou « Retard » attendu, « Au pif » lu."),
        ),
        (
            "contenu_lettre",
            "Tout",
            (
                "colonne « Contenu de la lettre » : « Tous les échus » ou "
                "« Échéances prêtes » attendu, « Tout » lu."
            ),
        ),
        (
            "intervalle_relances",
            "souvent",
            ("colonne « Intervalle entre deux lettres » : nombre entier attendu, « souvent » lu."),
        ),
        (
            "intervalle_relances",
            -3.0,
            (
                "colonne « Intervalle entre deux lettres » : nombre de jours "
                "attendu, 0 ou plus, -3 lu."
            ),
        ),
        (
            "delai_de_paiement",
            "un jour",
            (
                "colonne « Délai de paiement » : délai attendu (30, 45FM, "
                "FM45, 30FM10), « un jour » lu."
            ),
        ),
    ],
)
def test_an_unreadable_setting_names_its_cell(
    path: Path, name: str, value: object, sentence: str
) -> None:
    place = []

    def write(book: xw.Book) -> None:
        cell = book.names[name].refers_to_range
        place.append(f"{cell.sheet.name}, ligne {cell.row}, ")
        cell.number_format = "@" if isinstance(value, str) else "General"
        cell.value = value

    change(path, write)
    before = path.read_bytes()
    assert command("prepare", path) == (1, "", f"{place[0]}{sentence}\n")
    assert path.read_bytes() == before


def test_a_stray_cell_in_the_last_corner(path: Path) -> None:
    """A value in XFD1048576 costs nothing and is still there afterwards."""

    def stray(book: xw.Book) -> None:
        for title in (layout.GRAND_LIVRE, layout.PREPARATION, layout.HISTORIQUE):
            book.sheets[title].range((1048576, 16384)).value = "perdu"

    change(path, stray)
    for arguments in (("prepare", path), ("issue", path), ("save", path, "--yes")):
        assert command(*arguments)[0] == 0
    with opened(path, keep=False) as book:
        assert book.sheets[layout.PREPARATION].range((1048576, 16384)).value == "perdu"
        assert len(show(book, "history")) == 3


def nothing(target: Path) -> None:
    target.unlink()


def text(target: Path) -> None:
    target.write_text("Compte;Nom\n", encoding="utf-8")


def page(target: Path) -> None:
    target.write_text("<html><table><tr><td>1</td></tr></table></html>", encoding="utf-8")


def empty(target: Path) -> None:
    target.write_bytes(b"")


def archive(target: Path) -> None:
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("lisezmoi.txt", "x")


def cut(target: Path) -> None:
    target.write_bytes(target.read_bytes()[:20_000])


def old(target: Path) -> None:
    target.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


@pytest.mark.parametrize("spoil", [nothing, text, page, empty, archive, cut, old])
@pytest.mark.parametrize("verb", ["prepare", "show", "check"])
def test_a_file_that_is_no_workbook(path: Path, spoil: Callable[[Path], None], verb: str) -> None:
    """One sentence that names the file; exit 1."""
    spoil(path)
    code, out, errors = command(verb, path)
    assert (code, out) == (1, "")
    assert errors.startswith("relances.xlsm : ")
    assert errors.count("\n") == 1


# ---------------------------------------------------------------- what users type in the sheets


@pytest.fixture
def prepared(path: Path) -> Path:
    change(path, prepare)
    return path


@pytest.mark.parametrize("number", [0, 9, "abc", 1.5])
def test_a_letter_number_that_means_nothing(prepared: Path, number: object) -> None:
    """No letter is made of a doubtful number; Prepare keeps the proposed one and says so."""
    change(prepared, lambda book: typed(book, PREPARATION, "N° lettre", number, Compte="C1"))
    sentence = (
        f"Préparation, ligne 5, colonne « N° lettre » : numéro de 1 à 3 attendu, « {number} » lu : "
        "la lettre proposée est gardée."
    )
    code, out, errors = command("issue", prepared)
    assert (code, errors.splitlines()[0]) == (1, sentence)
    assert out.startswith("1 lettre éditée")
    assert command("issue", prepared, "--account", "C1") == (1, "", f"{sentence}\n")
    code, _, errors = command("prepare", prepared)
    assert (code, errors) == (1, f"{sentence}\n")
    with opened(prepared, keep=False) as book:
        assert proposed(book) == {"C1": 1, "C2": 1}
    assert command("issue", prepared)[0] == 0


@pytest.mark.parametrize("tick", ["x", "X", "oui", "☑", True, "1"])
def test_ticks_in_other_words(prepared: Path, tick: object) -> None:
    """« x » and « oui » are ticks; Prepare writes them as 1."""

    def type_ticks(book: xw.Book) -> None:
        typed(book, DETAIL, "Relancer", tick, Pièce="FA-12")
        typed(book, PREPARATION, "Éditée", tick, Compte="C2")

    change(prepared, type_ticks)
    with opened(prepared, keep=False) as book:
        prepare(book)
        assert books.place(book, DETAIL, "Relancer", Pièce="FA-12").value == 1
        assert row_of(book, "preparation", Compte="C2")["Éditée"] is True
        assert save(book).letters == 1


@pytest.mark.parametrize(
    ("table", "title", "row"),
    [(DETAIL, "Relancer", {"Pièce": "FA-12"}), (PREPARATION, "Relancer", {"Compte": "C1"}),
     (PREPARATION, "Éditée", {"Compte": "C1"})],
    ids=["item", "customer", "issued"],
)  # fmt: skip
def test_a_tick_that_means_nothing(
    prepared: Path, table: layout.Table, title: str, row: dict[str, str]
) -> None:
    """The customer waits; nothing it had is lost, and the others get their letters."""
    change(prepared, lambda book: typed(book, table, title, "?", **row))
    number = 6 if "Pièce" in row else 5
    sentence = f"{table.sheet}, ligne {number}, colonne « {title} » : 1 ou 0 attendu, « ? » lu."
    code, _, errors = command("issue", prepared)
    assert (code, errors.splitlines()[0]) == (1, sentence)
    with opened(prepared, keep=False) as book:
        rows = {row["Compte"]: row for row in show(book, "preparation")}
        assert (rows["C1"]["Solde dû"], rows["C1"]["Éditée"]) == ("1500.00", False)
        assert rows["C2"]["Éditée"] is True
    code, _, errors = command("prepare", prepared)
    assert (code, errors) == (1, f"{sentence}\n")
    assert command("prepare", prepared)[0] == 0


def test_an_issued_customer_with_an_unreadable_cell_stops_prepare_and_save(prepared: Path) -> None:
    """What its letter lists would be forgotten."""
    with opened(prepared, keep=False) as book:
        issue(book)
        typed(book, DETAIL, "Relancer", "?", Pièce="FA-12")
        for step in (prepare, save):
            with pytest.raises(FindingsError, match="Détail, ligne 6, colonne « Relancer »"):
                step(book)
        typed(book, DETAIL, "Relancer", 1, Pièce="FA-12")
        assert save(book).items == 3


def test_a_row_of_detail_that_lost_its_customer_stops_issue(prepared: Path) -> None:
    """Nobody knows which letter would miss it."""
    change(prepared, lambda book: typed(book, DETAIL, "Compte", "#N/A", Pièce="FA-12"))
    with opened(prepared, keep=False) as book:
        books.place(book, DETAIL, "Compte", Pièce="FA-12").number_format = "General"
        books.place(book, DETAIL, "Compte", Pièce="FA-12").formula = "#N/A"
        with pytest.raises(FindingsError, match="Détail, ligne 6, colonne « Compte »"):
            issue(book)
        prepare(book)
        assert len(issue(book).issued) == 2


def test_show_and_history_with_broken_cells(prepared: Path) -> None:
    """What cannot be read is shown as it stands."""
    change(prepared, issue)
    change(prepared, save)
    change(prepared, lambda book: typed(book, layout.HISTORIQUE_TABLE, "Reste", "?", Pièce="FA-11"))
    for view in ("history", "campaigns", "preparation", "detail", "excluded", "aging"):
        code, out, errors = command("show", prepared, view, "--json")
        assert (code, errors) == (0, "")
        assert out
    assert '"Reste": "?"' in command("show", prepared, "history", "--json")[1]


def test_any_text_a_bookkeeper_may_paste(tmp_path: Path) -> None:
    """Formulas, errors and figures in labels and names stay the texts they are."""
    labels = ["=1+1", "-10 % remise", "@SUM(A1)", "+33 1 02", "=cmd|' /C calc'!A0", "3/4", "12E5",
              "000123", "'quote", "\u202eabc", "{{ 7*7 }}", "TRUE"]  # fmt: skip
    rows = [
        {"Compte": f"{number:06}", "Nom": label, "Pièce": label, "Libellé": label, "Débit": 10.0,
         "Date": books.AS_OF.replace(month=8), "Échéance": books.AS_OF.replace(month=9)}
        for number, label in enumerate(labels, 1)
    ]  # fmt: skip
    path = books.make(tmp_path, rows)
    for _ in range(2):
        assert command("prepare", path)[0] == 0
    assert command("issue", path)[0] == 0
    assert command("save", path, "--yes")[0] == 0
    assert command("undo", path, "--yes")[0] == 0
    with opened(path, keep=False) as book:
        for view, title in (("preparation", "Nom"), ("detail", "Libellé"), ("history", "Pièce")):
            assert [row[title] for row in show(book, view)] == labels
        assert next(iter(proposed(book))) == "000001"
