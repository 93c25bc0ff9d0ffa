"""Samples that others wrote, beside the project: facts of their files, never shipped."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from xl_relances.errors import RefusedError
from xl_relances.imports.reading import read_files
from xl_relances.imports.titles import normal, synonyms

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="samples are beside the project only")


@pytest.mark.parametrize(
    ("name", "encoding", "separator", "balance"),
    [
        ("fec_montant_sens/sample_pipe.txt", "UTF-8", "|", Decimal("2500.00")),
        ("fec_montant_sens/sample_tab.txt", "UTF-8", "\t", Decimal("1200.00")),
        ("fec_odoo_expected/542107651FEC20210502.txt", "ASCII", "|", Decimal("7760.45")),
    ],
)
def test_fec_of_others(name: str, encoding: str, separator: str, balance: Decimal) -> None:
    """Montant and Sens, no final line end, zeros and spaces before amounts."""
    (file,) = read_files([DATA / name]).files
    assert (file.encoding, file.separator) == (encoding, separator)
    assert sum(line.euros for line in file.lines) == balance
    assert not file.left_out


@pytest.mark.parametrize("name", ["balance_client", "factures", "paiements"])
def test_three_small_files_named_csv(name: str) -> None:
    """None of them is a ledger: each is refused in one sentence."""
    with pytest.raises(RefusedError) as raised:
        read_files([DATA / "lettrage_mini" / f"{name}.csv"])
    assert str(raised.value).startswith(f"{name}.csv : ")


def test_titles_seen_in_exports_are_known() -> None:
    """Each title of the list of facts names a field of ours."""
    lines = (DATA / "synonyms" / "header_synonyms.csv").read_text(encoding="utf-8").splitlines()
    titles = [line.split(";")[1] for line in lines[1:]]
    single = [t for t in titles if "(" not in t and "=" not in t and t != "amount + side"]
    assert [title for title in single if normal(title) not in synonyms()] == []
