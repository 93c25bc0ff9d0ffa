"""Promises to pay and disputes keep an item out until their day, and no longer.

Source: issue « promise to pay and dispute »; product specification, section 4, rule 5.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import books
from xl_relances.book import layout

LEDGER = """Compte;Pièce;Date;Échéance;Débit;Crédit;Litige;Promesse;Jusqu'au;Motif
C1;FA-1;01/08/2026;01/09/2026;1000;;{litige};{promesse};{until};virement annoncé
"""


def shown(path: Path, what: str) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(books.command("show", path, what, "--json")[1])
    return records


@pytest.mark.parametrize(
    ("until", "reason"),
    [
        pytest.param("24/11/2026", None, id="the-day-before"),
        pytest.param("25/11/2026", "jusqu'au 25/11/2026 compris (virement annoncé)", id="the-day"),
        pytest.param("26/11/2026", "jusqu'au 26/11/2026 compris", id="the-day-after"),
        pytest.param("", "sans date", id="no-day"),
    ],
)
def test_a_promise_holds_until_its_day_inclusive(
    tmp_path: Path, until: str, reason: str | None
) -> None:
    """Prepared on 25/11/2026: kept out on the day itself, back the day after, said broken."""
    path = books.make(tmp_path, LEDGER.format(litige="", promesse="oui", until=until))
    code, _, errors = books.command("prepare", path)
    assert code == 0
    assert ("sans date" in errors) is (until == "")
    if reason is None:
        (row,) = shown(path, "preparation")
        assert row["Motif"].endswith("promesse du 24/11/2026 non tenue")
        assert "non tenue" in shown(path, "detail")[0]["Motif"]
    else:
        (row,) = shown(path, "excluded")
        assert row["Motif"].startswith("Promesse de paiement : FA-1")
        assert reason in row["Motif"]


def test_a_dispute_with_a_day_ends_after_it(tmp_path: Path) -> None:
    """The item is chased again the day after, and its row says since when."""
    path = books.make(tmp_path, LEDGER.format(litige="prix", promesse="", until="24/11/2026"))
    assert books.command("prepare", path)[0] == 0
    (row,) = shown(path, "preparation")
    assert row["Motif"].endswith("litige terminé le 24/11/2026")


def test_a_promise_typed_after_prepare_stops_the_letters(tmp_path: Path) -> None:
    """As a dispute does: the ledger is no longer that of the preparation."""
    path = books.make(tmp_path, LEDGER.format(litige="", promesse="", until=""))
    assert books.command("prepare", path)[0] == 0
    with books.opened(path) as book:
        books.typed(book, layout.GRAND_LIVRE_TABLE, "Promesse", "oui", Compte="C1")
    code, _, errors = books.command("issue", path)
    assert code == 1
    assert "Préparer" in errors
