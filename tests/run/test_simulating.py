"""What if: what Prepare would change, told without writing a byte.

Source: product specification, sections 3 and 4 (rules 5, 6 and 10).
"""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
import xlwings as xw

import books
from books import command, issue, moment, opened, prepare, proposed, put_levels, set_cell, typed
from xl_relances import french, run
from xl_relances.book import layout
from xl_relances.run.simulation import Claim, Kind, Move, Simulation

LEDGER = """
Compte;Nom;Écriture;Pièce;Date;Échéance;Libellé;Débit;Crédit;Devise
C1;Dupont;VE-1;FA-11;01/09/2026;01/10/2026;Facture;1000;;
C1;Dupont;VE-2;FA-12;20/10/2026;20/11/2026;Facture;200;;
C2;Martin;VE-3;FA-21;01/09/2026;10/11/2026;Facture;500;;
C3;Leroy;VE-4;FA-31;01/11/2026;18/11/2026;Facture;70;;
C4;Nakamura;VE-5;FA-41;01/09/2026;01/10/2026;Bill;12000;;JPY
"""
"""On 25/11/2026 C1, C2 and C4 get letter 1; the item of C3 is 7 days late, its delay 8."""


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = books.make(tmp_path_factory.mktemp("simulated"), LEDGER)
    with opened(path) as book:
        prepare(book)
        assert proposed(book) == {"C1": 1, "C2": 1, "C4": 1}
    return path


@pytest.fixture
def path(ready: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(ready, tmp_path / "relances.xlsm"))


def simulate(book: xw.Book, **criteria: str) -> Simulation:
    return run.simulate(book, now=moment(books.AS_OF), typed=criteria)


def one(simulation: Simulation) -> Move:
    (move,) = simulation.moves
    return move


def euros(text: str) -> Decimal:
    return Decimal(text)


def test_nothing_changed_nothing_moves(path: Path) -> None:
    with opened(path, keep=False) as book:
        simulation = simulate(book)
    assert simulation.moves == ()
    assert simulation.changes == ()
    assert simulation.movements == "aucun client ne change"


def test_a_narrower_range_says_who_leaves_and_why(path: Path) -> None:
    """C4 is beyond the last account: its letter would go, those of C1 and C2 stay."""
    with opened(path, keep=False) as book:
        simulation = simulate(book, compte_fin="C3")
    move = one(simulation)
    assert (move.account, move.kind, move.after) == ("C4", Kind.LEAVES, None)
    assert move.before == Claim(1, euros("12000"))
    assert move.why == "Hors de la plage de comptes"
    assert simulation.changes == ("Compte client fin : vide → C3",)
    counted = [(level.currency, level.before, level.after) for level in simulation.levels]
    assert counted == [("EUR", 2, 2), ("JPY", 1, 0)]


def test_a_minimum_says_by_how_much_a_customer_falls_below(path: Path) -> None:
    with opened(path, keep=False) as book:
        move = one(simulate(book, solde_minimum="600"))
    assert (move.account, move.kind) == ("C2", Kind.LEAVES)
    assert move.why.startswith("Sous le minimum : 500,00")


def test_another_currency_is_a_reason(path: Path) -> None:
    with opened(path, keep=False) as book:
        moves = simulate(book, devise="JPY").moves
    assert [(move.account, move.why) for move in moves] == [
        ("C1", "Autre devise que JPY"),
        ("C2", "Autre devise que JPY"),
    ]


def test_a_shorter_delay_brings_a_customer_in(path: Path) -> None:
    """The procedure of Paramètres as it stands now, not as it was when prepared."""
    with opened(path, keep=False) as book:
        put_levels(book, [{"N°": 1, "Délai": 7, "Retard": 7}, {"N°": 2, "Délai": 14, "Retard": 22}])
        move = one(simulate(book))
    assert (move.account, move.kind, move.before) == ("C3", Kind.ENTERS, None)
    assert move.after == Claim(1, euros("70"))
    assert move.why == "Lettre 1 : FA-31, 7 j de retard"


def test_another_way_of_finding_levels_changes_the_letter(path: Path) -> None:
    """By lateness C1, 55 days late, gets the formal notice at once, C2 letter 1 as before."""
    with opened(path, keep=False) as book:
        simulation = simulate(book, calcul_niveau="Retard")
    moved = {move.account: move for move in simulation.moves}
    assert moved["C1"].kind is Kind.LEVEL
    assert moved["C1"].before == Claim(1, euros("1200"))
    assert moved["C1"].after is not None
    assert moved["C1"].after.number == 3
    assert moved["C1"].why.startswith("Lettre 3 : FA-11, 55 j de retard")
    assert "C2" not in moved


def test_a_date_bound_names_the_items_that_go(path: Path) -> None:
    with opened(path, keep=False) as book:
        move = one(simulate(book, factures_avant_le="01/10/2026"))
    assert (move.account, move.kind) == ("C1", Kind.CONTENT)
    assert (move.before, move.after) == (Claim(1, euros("1200")), Claim(1, euros("1000")))
    assert move.why.startswith("en moins : FA-12 (Hors de la date limite : FA-12")


def test_an_item_that_arrives_or_owes_less_is_named(path: Path) -> None:
    """A new invoice and a part payment in the ledger, not yet prepared again."""
    with opened(path, keep=False) as book:
        other_invoice = LEDGER.replace("C2;Martin;VE-3;FA-21", "C2;Martin;VE-9;FA-29").rstrip()
        paid = "C1;Dupont;BQ-1;VIR;24/11/2026;24/11/2026;Virement;;300;"
        books.put(book, layout.GRAND_LIVRE_TABLE, f"{other_invoice}\n{paid}")
        simulation = simulate(book)
    assert simulation.changes == ("le grand livre a changé",)
    why = {move.account: move.why for move in simulation.moves}
    owed = [french.amount(euros(amount), "EUR") for amount in ("700", "1000")]
    assert why["C1"] == f"FA-11 reste {owed[0]} au lieu de {owed[1]}"
    assert why["C2"] == "en plus : FA-29 ; en moins : FA-21 (plus ouverte)"


def test_a_customer_who_has_paid_everything_is_said_to_have(path: Path) -> None:
    with opened(path, keep=False) as book:
        books.put(book, layout.GRAND_LIVRE_TABLE, LEDGER.replace("C2;Martin", "C1;Dupont"))
        gone = {move.account: move.why for move in simulate(book).moves}
    assert gone["C2"] == "Plus aucune échéance ouverte"


def test_choices_made_by_hand_are_counted_before_they_are_lost(path: Path) -> None:
    """Other criteria lose the tick; the simulation says so and asks nothing."""
    with opened(path, keep=False) as book:
        typed(book, layout.PREPARATION_TABLE, "Relancer", 0, Compte="C2")
        kept, lost = simulate(book), simulate(book, compte_fin="C9")
        assert books.questions() == []
    assert (kept.moves, kept.lost_choices) == ((), 0)
    assert lost.lost_choices == 1
    assert (one(lost).account, one(lost).kind) == ("C2", Kind.ENTERS)


def test_an_issued_letter_stays_as_it_is(path: Path) -> None:
    """Issue freezes: a narrower selection does not take the letter back."""
    with opened(path, keep=False) as book:
        issue(book, "C4")
        assert simulate(book, compte_fin="C3").moves == ()


def test_an_issued_letter_that_is_out_of_date_is_named(path: Path) -> None:
    with opened(path, keep=False) as book:
        issue(book, "C2")
        typed(book, layout.PREPARATION_TABLE, "N° lettre", 2, Compte="C2")
        changes = simulate(book).changes
        assert books.questions() == []
        wider = simulate(book, compte_fin="C9")
    assert changes == (
        "Martin : la lettre éditée ne dit plus ce qui est coché, elle serait à refaire",
    )
    assert (wider.stale, wider.lost_choices) == (("Martin",), 1)  # its number, typed by hand


def test_the_simulation_is_what_prepare_then_does(path: Path) -> None:
    """Letters and amounts foretold are those of the sheet once prepared."""
    criteria = {"compte_fin": "C3", "calcul_niveau": "Retard", "factures_avant_le": "01/10/2026"}
    with opened(path, keep=False) as book:
        simulation = simulate(book, **criteria)
        report = prepare(book, books.AS_OF, **criteria)
        again = simulate(book, **criteria)
    after = {(level.number, level.currency): level.amount_after for level in simulation.levels}
    filled: dict[tuple[int, str], Decimal] = {}
    for row in report.customers:
        assert row.letter_no is not None
        key = row.letter_no, row.currency
        filled[key] = filled.get(key, Decimal(0)) + row.balance_due
    assert {key: amount for key, amount in after.items() if amount} == filled
    assert again.moves == ()


def test_without_a_preparation_everybody_enters(tmp_path: Path) -> None:
    with opened(books.make(tmp_path, LEDGER), keep=False) as book:
        simulation = simulate(book)
    assert simulation.changes == ("aucune préparation en cours",)
    assert {move.kind for move in simulation.moves} == {Kind.ENTERS}
    assert len(simulation.moves) == 3


def test_a_later_day_is_one_of_the_changes(path: Path) -> None:
    with opened(path, keep=False) as book:
        set_cell(book, "date_relance", books.french_day("26/11/2026"))
        simulation = simulate(book)
    assert simulation.changes == ("date de relance : 25/11/2026 → 26/11/2026",)
    assert one(simulation).account == "C3"


# ---------------------------------------------------------------- the command


def test_the_command_writes_nothing(path: Path) -> None:
    """Neither a byte of the workbook nor its time, and no file beside it."""
    before, stamp = path.read_bytes(), path.stat().st_mtime_ns
    code, out, errors = command("prepare", path, "--dry-run", "--to", "C3")
    assert (code, errors) == (0, "")
    assert out.startswith("Simulation du 25/11/2026 : 3 → 2 lettres")
    assert "1 client sort. Rien n'est écrit." in " ".join(out.split())
    assert "Compte client fin : vide → C3" in out
    assert "Hors de la plage de comptes" in out
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, stamp)
    assert list(path.parent.iterdir()) == [path]


def test_the_command_while_excel_has_the_workbook_open(path: Path) -> None:
    """Reading is safe then, on what was saved last."""
    path.with_name(f"~${path.name}").write_bytes(b"")
    assert command("prepare", path, "--dry-run")[0] == 0


def test_json(path: Path) -> None:
    code, out, _ = command("prepare", path, "--dry-run", "--to", "C3", "--json")
    assert code == 0
    told = json.loads(out)
    assert told["Date de relance"] == "2026-11-25"
    assert told["Changements"] == ["Compte client fin : vide → C3"]
    assert told["Choix perdus"] == 0
    assert told["Lettres"][1] == {
        "N° lettre": 1, "Devise": "JPY", "Clients avant": 1, "Clients après": 0,
        "Solde dû avant": "12000", "Solde dû après": "0",
    }  # fmt: skip
    assert told["Mouvements"] == [
        {
            "Compte": "C4", "Nom": "Nakamura", "Devise": "JPY", "Mouvement": "sort",
            "N° lettre avant": 1, "N° lettre après": None,
            "Solde dû avant": "12000", "Solde dû après": None,
            "Motif": "Hors de la plage de comptes",
        },
    ]  # fmt: skip


def test_every_move_in_one_sentence() -> None:
    """« 2 clients sortent, 1 client entre » in the order of what it means for the money."""
    claim, other = Claim(1, euros("10")), Claim(2, euros("20"))
    pairs = [(claim, None), (claim, None), (None, claim), (claim, other)]
    moves = tuple(
        Move(account=f"C{n}", name="", currency="EUR", before=b, after=a, why="")
        for n, (b, a) in enumerate(pairs)
    )
    simulation = Simulation(
        as_of=books.AS_OF,
        changes=(),
        stale=(),
        levels=(),
        moves=moves,
        lost_choices=0,
        findings=(),
    )
    assert simulation.movements == "2 clients sortent, 1 client entre et 1 client change de lettre"
    assert moves[3].weight == euros("20")
