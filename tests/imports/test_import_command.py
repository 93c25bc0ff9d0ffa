"""``xl-relances import``: what it prints, and with which exit code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xl_relances.cli import app
from xl_relances.shipped import shipped

LEDGER = (
    "Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit\n"
    "C1;Été;FA-1;05/01/2026;04/02/2026;Facture;1000,00;\n"
    "C1;Été;RG-1;06/02/2026;;Virement;;1000,00\nC2;Noël;FA-2;05/01/2026;04/02/2026;F;50,00;\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workbook and a ledger."""
    shutil.copy(shipped("relances.xlsm"), tmp_path / "relances.xlsm")
    (tmp_path / "gl.csv").write_text(LEDGER, encoding="cp1252")
    return tmp_path


def run(*words: object) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    result = CliRunner().invoke(app, ["import", *map(str, words)])
    return result.exit_code, result.stdout, result.stderr


def test_json_has_one_object_a_file(folder: Path) -> None:
    """Amounts as texts, keys as agreed."""
    code, out, _ = run(folder / "relances.xlsm", folder / "gl.csv", "--json")
    (report,) = json.loads(out)
    assert code == 0
    assert report == {
        "file": "gl.csv", "encoding": "ISO-8859-15", "separator": ";", "rows_read": 3,
        "rows_kept": 3, "left_out": [], "debit": "1050.00", "credit": "1000.00",
        "balance": "50.00", "unallocated_balance": "50.00", "customers": 2,
        "accounts_nil_with_open_items": ["C1"], "absent_since_last": [],
    }  # fmt: skip


def test_rows_left_out_are_findings(folder: Path) -> None:
    """Exit 1, the sentence on standard error; the other rows are imported."""
    path = folder / "gl.csv"
    path.write_text(LEDGER.replace("50,00", "cinquante"), encoding="cp1252")
    code, out, err = run(folder / "relances.xlsm", path)
    assert code == 1
    assert err.strip() == (
        "gl.csv, ligne 4, colonne « Débit » : montant attendu, « cinquante » lu."
    )
    assert out.splitlines()[-1] == (
        "Import : 2 lignes importées, solde clients 0,00\u00a0€, 1 ligne laissée de côté."
    )


def test_a_refused_file_leaves_the_workbook_untouched(folder: Path) -> None:
    """Exit 1, one sentence, not one byte changed."""
    book = folder / "relances.xlsm"
    before = book.read_bytes()
    (folder / "gl.csv").write_bytes(b"%PDF-1.4")
    code, out, err = run(book, folder / "gl.csv")
    assert (code, out) == (1, "")
    assert err.startswith("gl.csv : c'est un PDF.")
    assert len(err.strip().splitlines()) == 1
    assert book.read_bytes() == before


def test_options_that_mean_nothing_are_usage_errors(folder: Path) -> None:
    """Exit 2."""
    for option in (("--column", "Échéance"), ("--decimal", ";")):
        assert run(folder / "relances.xlsm", folder / "gl.csv", *option)[0] == 2
