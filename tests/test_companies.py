"""Many companies: one command prepares all their books, and says which it could not.

Source: product specification, section 8.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import books
from books import command, opened, proposed
from xl_relances.book import layout
from xl_relances.companies import Outcome, once_each

LEDGER = """
Compte;Nom;Écriture;Pièce;Date;Échéance;Libellé;Débit;Crédit;Devise
C1;Dupont;VE-1;FA-11;01/09/2026;01/10/2026;Facture;1000;;
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return books.make(tmp_path_factory.mktemp("company"), LEDGER)


@pytest.fixture
def companies(made: Path, tmp_path: Path) -> list[Path]:
    """The books of two companies, and between them a file that is none."""
    paths = [tmp_path / name / "relances.xlsm" for name in ("Nord", "Cassé", "Sud & fils")]
    for path in paths:
        path.parent.mkdir()
        shutil.copyfile(made, path)
    paths[1].write_bytes(b"not a workbook")
    return paths


def test_one_that_fails_leaves_the_others_alone(companies: list[Path]) -> None:
    """A line each; the exit status says that not everything is done."""
    north, broken, south = companies
    code, out, errors = command("prepare", *companies, "--jobs", "2")
    assert code == 1
    first, second = out.splitlines()
    assert first.startswith(f"{north} : Campagne du 25/11/2026 : 1 client, ")
    assert second.startswith(f"{south} : Campagne du 25/11/2026 : 1 client, ")
    assert errors == (
        f"{broken} : ce n'est pas un classeur .xlsm (page HTML ou texte sous ce nom ?).\n"
    )
    for path in (north, south):
        with opened(path, keep=False) as book:
            assert proposed(book) == {"C1": 1}


def test_json_says_which_were_done(companies: list[Path]) -> None:
    """In the order in which they were named, criteria for all of them."""
    code, out, errors = command("prepare", *companies, "--letter", "2", "--json")
    assert (code, errors) == (1, "")
    north, broken, south = json.loads(out)
    assert [north["Classeur"], broken["Classeur"], south["Classeur"]] == [*map(str, companies)]
    assert [told["Fait"] for told in (north, broken, south)] == [True, False, True]
    assert north["Lettres"] == [
        {"N° lettre": 2, "Devise": "EUR", "Clients": 1, "Solde dû": "1000.00"}
    ]
    assert (north["Constats"], broken.keys()) == ([], {"Classeur", "Fait", "Constats"})
    (why,) = broken["Constats"]
    assert "ce n'est pas un classeur" in why


def test_a_book_named_twice_is_prepared_once(companies: list[Path]) -> None:
    """Said, and no failure: by another way to the same file too."""
    north, _, south = companies
    by_another_way = north.parent / ".." / "Nord" / north.name
    code, out, errors = command("prepare", north, south, by_another_way, "--dry-run")
    assert code == 0
    assert errors == f"{by_another_way} : nommé deux fois, préparé une seule.\n"
    assert [line.partition(" : ")[0] for line in out.splitlines()] == [str(north), str(south)]
    assert all("0 → 1 lettre" in line for line in out.splitlines())
    assert not list(north.parent.glob("*.bak"))


def test_a_question_nobody_can_answer_is_a_refusal(companies: list[Path]) -> None:
    """Other criteria would lose a tick: without --yes that book stays as it is."""
    north, _, south = companies
    assert command("prepare", north)[0] == 0
    with opened(north) as book:
        books.typed(book, layout.PREPARATION_TABLE, "Relancer", 0, Compte="C1")
    before = north.read_bytes()
    code, out, errors = command("prepare", north, south, "--to", "C9")
    assert code == 1
    assert "1 choix fait à la main sera perdu" in errors
    assert "--yes" in errors
    assert out.startswith(f"{south} : ")
    assert north.read_bytes() == before
    assert command("prepare", north, south, "--to", "C9", "--yes")[0] == 0


def test_one_book_as_json(companies: list[Path]) -> None:
    code, out, _ = command("prepare", companies[0], "--json")
    assert code == 0
    assert json.loads(out)["Campagne"] == "2026-11-25"


def test_the_first_path_of_a_book_is_the_one_that_counts(tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsm", tmp_path / "b.xlsm"
    again = tmp_path / "x" / ".." / "a.xlsm"
    assert once_each([first, second, again, first]) == ([first, second], [again, first])


def test_a_process_that_dies_without_a_word_is_no_success(tmp_path: Path) -> None:
    """Ended by the system, out of memory for instance: said of that book alone."""
    outcome = Outcome(tmp_path / "a.xlsm", None, (), clean=False)
    assert outcome.line == f"{outcome.book} : arrêté sans un mot, rien de sûr : recommencez."
    assert outcome.record == {"Classeur": str(outcome.book), "Fait": False, "Constats": []}


def test_what_was_found_is_said_book_by_book(tmp_path: Path) -> None:
    """An item without a due date: the book is prepared, and its remark stands on stderr."""
    undated = LEDGER + "C2;Martin;VE-2;FA-12;01/09/2026;;Facture;10;;\n"
    paths = [books.make(tmp_path / name, undated, delai_de_paiement="") for name in ("a", "b")]
    _, out, errors = command("prepare", *paths)
    assert all(line.endswith(" ; 1 remarque") for line in out.splitlines())
    said = errors.splitlines()
    assert [line.partition(" : ")[0] for line in said] == [str(path) for path in paths]
    assert all("échéance" in line for line in said)
