"""The command line: what it prints for people, what it prints for programs, how it ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import books
from books import command, issue, opened, prepare
from xl_relances import cli, run
from xl_relances.book import layout
from xl_relances.book.settings import Settings

LEDGER = """
Compte;Nom;Écriture;Pièce;Date;Échéance;Libellé;Débit;Crédit;Devise;Litige
000123;Dupont;VE-1;FA-11;01/09/2026;01/10/2026;Facture;1000;;;
000123;Dupont;;;01/10/2026;31/10/2026;;500,5;;;
000123;Dupont;BQ-1;VIR;02/11/2026;02/11/2026;Virement;;100;;
C2;Martin;VE-2;FA-21;01/09/2026;01/10/2026;Bill;12000;;JPY;
C2;Martin;VE-3;FA-22;01/09/2026;01/10/2026;Facture;7,125;;TND;
C3;Leroy;VE-4;FA-31;01/09/2026;01/10/2026;Facture;0,1;;USD;oui
"""


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = books.make(tmp_path_factory.mktemp("cli"), LEDGER)
    with opened(path) as book:
        prepare(book)
        issue(book, "000123")
    return path


@pytest.fixture
def path(issued: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(issued, tmp_path / "relances.xlsm"))


def records(path: Path, view: str) -> list[dict[str, Any]]:
    code, out, errors = command("show", path, view, "--json")
    assert (code, errors) == (0, "")
    found: list[dict[str, Any]] = json.loads(out)
    return found


# ---------------------------------------------------------------- show --json


@pytest.mark.parametrize(
    ("view", "table"),
    [
        ("preparation", layout.PREPARATION_TABLE), ("detail", layout.DETAIL_TABLE),
        ("excluded", layout.NON_RELANCES_TABLE), ("history", layout.HISTORIQUE_TABLE),
        ("campaigns", layout.CAMPAGNES_TABLE),
    ],
)  # fmt: skip
def test_keys_are_the_titles_of_the_sheet(path: Path, view: str, table: layout.Table) -> None:
    """A list of objects whose keys are the columns, in order, « Identité » included."""
    if view in {"history", "campaigns"}:
        assert command("save", path, "--yes")[0] == 0
    rows = records(path, view)
    assert rows
    assert all(tuple(row) == table.contract for row in rows)


def test_a_record_of_preparation(path: Path) -> None:
    """Amounts are strings with the currency's decimals, ticks booleans, empty cells null."""
    assert records(path, "preparation") == [
        {
            "Compte": "000123", "Nom": "Dupont", "Devise": "EUR", "Solde dû": "1400.50",
            "Échéances": 2, "Retard max": 55, "Dernière lettre": None, "Relancé le": None,
            "Lettre proposée": 1, "N° lettre": 1, "Relancer": True, "Éditée": True,
            "Lettre": "Relances/2026-11-25/000123_EUR_L1.docx",
            "Motif": "Lettre 1 : FA-11, 55 j de retard, et 1 autre échéance ; selon le retard : "
            "lettre 3",
        },
        {
            "Compte": "C2", "Nom": "Martin", "Devise": "JPY", "Solde dû": "12000",
            "Échéances": 1, "Retard max": 55, "Dernière lettre": None, "Relancé le": None,
            "Lettre proposée": 1, "N° lettre": 1, "Relancer": True, "Éditée": False,
            "Lettre": None,
            "Motif": "Lettre 1 : FA-21, 55 j de retard ; selon le retard : lettre 3",
        },
        {
            "Compte": "C2", "Nom": "Martin", "Devise": "TND", "Solde dû": "7.125",
            "Échéances": 1, "Retard max": 55, "Dernière lettre": None, "Relancé le": None,
            "Lettre proposée": 1, "N° lettre": 1, "Relancer": True, "Éditée": False,
            "Lettre": None,
            "Motif": "Lettre 1 : FA-22, 55 j de retard ; selon le retard : lettre 3",
        },
    ]  # fmt: skip


def test_records_of_detail_and_excluded(path: Path) -> None:
    """Dates are ISO; what the sheet leaves empty is null."""
    detail = records(path, "detail")
    assert [row["Pièce"] for row in detail] == ["FA-11", None, "VIR", "FA-21", "FA-22", "FA-31"]
    assert detail[1] == {
        "Compte": "000123", "Nom": "Dupont", "Devise": "EUR", "Écriture": None, "Pièce": None,
        "Date": "2026-10-01", "Échéance": "2026-10-31", "Retard": 25, "Libellé": None,
        "Débit": "500.50", "Crédit": None, "Solde": "500.50", "Imputé": "0.00", "Reste": "500.50",
        "Niveau": 0, "Relancé le": None, "Lettre proposée": 1, "Prochaine lettre": "2026-11-08",
        "Relancer": True,
        "Motif": "Lettre 1 : sans référence, 25 j de retard",
        "Identité": "000123|EUR| 2026-10-01|500.50|1",
    }  # fmt: skip
    credit = detail[2]
    assert (credit["Solde"], credit["Imputé"], credit["Reste"]) == ("-100.00", "-100.00", "0.00")
    assert (credit["Niveau"], credit["Retard"], credit["Relancer"]) == (0, None, False)
    assert records(path, "excluded") == [
        {
            "Compte": "C3", "Nom": "Leroy", "Devise": "USD", "Solde": "0.10", "Forcer": False,
            "Motif": "En litige : FA-31",
        }
    ]  # fmt: skip


def test_a_letter_without_items_claims_nothing(path: Path) -> None:
    """Zero has the currency's decimals too."""
    with opened(path) as book:
        books.typed(book, layout.DETAIL_TABLE, "Relancer", 0, Pièce="FA-21")
        books.typed(book, layout.DETAIL_TABLE, "Relancer", 0, Pièce="FA-22")
    yen, dinar = records(path, "preparation")[1:]
    assert (yen["Solde dû"], yen["Lettre proposée"], yen["N° lettre"]) == ("0", None, None)
    assert dinar["Solde dû"] == "0.000"


def test_records_of_history_and_campaigns(path: Path) -> None:
    command("save", path, "--yes")
    history = records(path, "history")
    assert [(row["Compte"], row["Reste"], row["N° lettre"], row["Niveau"]) for row in history] == [
        ("000123", "900.00", 1, 1), ("000123", "500.50", 1, 1),
    ]  # fmt: skip
    assert history[0]["Fichier"] == "Relances/2026-11-25/000123_EUR_L1.docx"
    assert history[0]["Date"] == "2026-11-25"
    assert history[0]["AR le"] is None
    (campaign,) = records(path, "campaigns")
    assert (campaign["Montant"], campaign["Clients"], campaign["Annulée le"]) == (
        "1400.50", 1, None
    )  # fmt: skip
    assert campaign["Enregistrée le"].startswith("20")


def test_the_aged_balance(path: Path) -> None:
    """Each customer's remainders by age, and the credits that nothing absorbed."""
    rows = records(path, "aging")
    assert rows[0] == {
        "Compte": "000123", "Nom": "Dupont", "Devise": "EUR", "Non échu": "0.00",
        "1–30": "500.50", "31–60": "900.00", "61–90": "0.00", "> 90": "0.00",
        "Crédits": "0.00", "Total": "1400.50",
    }  # fmt: skip
    assert [row["Total"] for row in rows] == ["1400.50", "12000", "7.125", "0.10"]


@pytest.mark.parametrize("view", sorted(run.VIEWS))
def test_views_for_people(path: Path, view: str) -> None:
    """A table, or one word when there is nothing."""
    code, out, errors = command("show", path, view)
    assert (code, errors) == (0, "")
    assert out


def test_show_writes_nothing(path: Path) -> None:
    before = path.read_bytes()
    for view in run.VIEWS:
        command("show", path, view)
    command("check", path)
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["relances.xlsm"]


# ---------------------------------------------------------------- options over the sheet


@pytest.mark.parametrize(
    ("options", "accounts"),
    [
        (["--from", "C"], ["C2", "C2"]),
        (["--to", "0"], ["000123"]),
        (["--to", "C2", "--from", "C2"], ["C2", "C2"]),
        (["--currency", "jpy"], ["C2"]),
        (["--invoices-before", "2026-09-01"], []),
        (["--invoices-before", "02/09/2026"], ["000123", "C2", "C2"]),
        (["--min-balance", "1400,51"], ["C2"]),
        (["--min-balance", "1400.50"], ["000123", "C2"]),
        (["--as-of", "2026-10-08"], []),
        (["--as-of", "09/10/2026"], ["000123", "C2", "C2"]),
    ],
    ids=" ".join,
)
def test_options_stand_over_the_sheet(path: Path, options: list[str], accounts: list[str]) -> None:
    """For this run; the cells of Sélection keep what they hold. Dates ISO or JJ/MM/AAAA."""
    with opened(path) as book:
        run.clear(book)
    assert command("prepare", path, *options)[0] == 0
    assert [row["Compte"] for row in records(path, "preparation")] == accounts
    with opened(path, keep=False) as book:
        settings = Settings(book)
        assert settings.raw("compte_debut") is None
        assert settings.day("date_relance") == books.AS_OF


@pytest.mark.parametrize(("letter", "number"), [("2", 2), ("auto", 1), ("Automatique", 1)])
def test_a_number_given_to_all(path: Path, letter: str, number: int) -> None:
    """It replaces « Lettre proposée » for all rows."""
    with opened(path) as book:
        run.clear(book)
    assert command("prepare", path, "--letter", letter)[0] == 0
    assert {row["Lettre proposée"] for row in records(path, "preparation")} == {number}


def test_issue_options(path: Path, tmp_path: Path) -> None:
    """--account, repeated; --level; --out."""
    out = tmp_path / "ailleurs"
    assert command("issue", path, "--account", "C2", "--out", out)[0] == 0
    names = sorted(p.relative_to(out).as_posix() for p in out.rglob("*.docx"))
    assert names == ["2026-11-25/C2_JPY_L1.docx", "2026-11-25/C2_TND_L1.docx"]
    assert records(path, "preparation")[1]["Lettre"] == "ailleurs/2026-11-25/C2_JPY_L1.docx"
    code, _, errors = command("issue", path, "--level", "3")
    assert (code, errors) == (
        1, "Aucune lettre à éditer : préparez les relances, ou choisissez des lignes.\n"
    )  # fmt: skip


# ---------------------------------------------------------------- how it ends


def test_a_whole_campaign(tmp_path: Path) -> None:
    """Each step ends with 0; what there is nothing left to do with ends with 1 and a sentence."""
    path = books.make(tmp_path, LEDGER)
    ends = [
        command(*arguments)
        for arguments in [
            ("prepare", path), ("issue", path), ("save", path, "--yes"), ("save", path, "--yes"),
            ("undo", path, "--yes"), ("undo", path, "--yes"),
        ]
    ]  # fmt: skip
    assert [code for code, _, _ in ends] == [0, 0, 0, 1, 0, 1]
    assert ends[3][2] == (
        "Aucune relance éditée à sauvegarder : éditez les lettres, ou cochez Éditée.\n"
    )
    assert ends[5][2] == "Aucune campagne à annuler : l'historique n'en a pas d'autre.\n"
    assert path.with_name("relances.xlsm.bak").is_file()


def test_a_promise_and_its_end(path: Path) -> None:
    """Noted beside the document, in force at once; lifted, the letter claims it again."""
    day = "31/12/2099"
    options = ("--item", "FA-21", "--until", day, "--reason", "virement")
    assert command("hold", path, "promise", *options)[:2] == (
        0, f"1 échéance promise pour le {day} ; 1 client sort de Préparation.\n",
    )  # fmt: skip
    (item,) = [row for row in records(path, "detail") if row["Pièce"] == "FA-21"]
    assert item["Motif"].endswith(f"jusqu'au {day} compris (virement)")
    code, out, _ = command("hold", path, "lift", "--account", "C2")
    assert code == 0
    assert out == (
        "1 échéance reprise : ni litige ni promesse (1 motif effacé) ; 1 client revient dans "
        "Préparation.\n"
    )


def test_what_cannot_be_disputed_is_an_exit_of_1(path: Path) -> None:
    """Nothing is written: the workbook is the same file."""
    before = path.read_bytes()
    code, _, errors = command("hold", path, "dispute", "--item", "VIR")
    assert (code, errors) == (
        1, "« VIR » : ni pièce ni écriture ouverte de ce nom. Rien n'a été changé.\n",
    )  # fmt: skip
    code, out, _ = command("hold", path, "lift", "--item", "FA-11")
    assert (code, out) == (1, "Rien de changé.\nLaissé : 1 (ni litige ni promesse).\n")
    code, _, errors = command("hold", path, "promise", "--item", "FA-11")
    assert (code, errors) == (1, "Une promesse a besoin de sa date. Rien n'a été changé.\n")
    assert path.read_bytes() == before


def test_without_yes_and_without_a_terminal_nothing_is_done(path: Path) -> None:
    """The question is printed, with the option that answers it."""
    before = path.read_bytes()
    code, out, errors = command("save", path)
    assert (code, out) == (1, "")
    assert errors == (
        "Sauvegarder 1 relance (1\u202f400,50\u00a0€, 2 échéances) ? Ajoutez --yes pour accepter. "
        "Rien n'a été fait.\n"
    )
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["prepare"], ["nothing"], ["prepare", "BOOK", "--as-of", "31/02/2026"],
        ["prepare", "BOOK", "--invoices-before", "hier"], ["show", "BOOK", "everything"],
        ["prepare", "BOOK", "--unknown"], ["issue", "BOOK", "--level", "deux"],
        ["prepare", "BOOK", "--min-balance", "beaucoup"], ["prepare", "BOOK", "--letter", "deux"],
        ["save", "BOOK", "extra"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_usage_errors_exit_2(path: Path, arguments: list[str]) -> None:
    """A command line that means nothing is told apart from a refusal."""
    before = path.read_bytes()
    code, out, errors = command(*[path if word == "BOOK" else word for word in arguments])
    assert (code, out) == (2, "")
    assert errors
    assert path.read_bytes() == before


def test_a_letter_beyond_the_procedure_is_refused(path: Path) -> None:
    code, _, errors = command("prepare", path, "--letter", "9")
    assert code == 1
    assert errors.endswith("« Automatique » ou un numéro de 1 à 3 attendu, « 9 » lu.\n")


def test_check_says_what_stops_a_letter(path: Path) -> None:
    """Findings with sheet, row and column on standard error, exit 1; none, exit 0."""
    with opened(path) as book:
        books.typed(book, layout.GRAND_LIVRE_TABLE, "Débit", "?", Pièce="FA-11")
    code, out, errors = command("check", path)
    assert (code, out) == (1, "")
    assert errors.splitlines()[0] == (
        "Grand livre, ligne 5, colonne « Débit » : montant attendu, « ? » lu."
    )
    code, out, errors = command("check", path, "--json")
    assert json.loads(out)[0] == {
        "Où": "Grand livre", "Ligne": 5, "Colonne": "Débit",
        "Constat": "montant attendu, « ? » lu.",
    }  # fmt: skip


def test_a_workbook_open_in_excel_is_refused(path: Path) -> None:
    """Its owner file lies beside it; reading is allowed, writing is not."""
    path.with_name("~$relances.xlsm").write_bytes(b"\x03lea" + bytes(161))
    code, out, errors = command("prepare", path)
    assert (code, out) == (1, "")
    assert errors == "relances.xlsm : ouvert dans Excel. Fermez-le, puis recommencez.\n"
    assert command("show", path)[0] == 0


def test_no_traceback_ever_reaches_the_user(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What nobody foresaw is one sentence too, that says where the details are."""

    def broken(*_: object, **__: object) -> None:
        raise KeyError("unforeseen")

    monkeypatch.setattr(run, "prepare", broken)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "state"))
    before = path.read_bytes()
    code, out, errors = command("prepare", path)
    assert (code, out) == (1, "")
    assert errors.startswith("Erreur imprévue (KeyError : 'unforeseen')")
    assert "Traceback" not in errors
    assert path.read_bytes() == before


def test_the_program_itself(tmp_path: Path) -> None:
    """As a process of its own: UTF-8 on both streams, the same exit codes."""
    path = books.make(tmp_path, [{"Compte": "C1", "Nom": "Émile", "Débit": "?"}])
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1]), "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-m", "xl_relances.cli", "prepare", path],
        capture_output=True, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.decode("utf-8").strip() == (
        "Grand livre, ligne 5, colonne « Débit » : montant attendu, « ? » lu."
    )
