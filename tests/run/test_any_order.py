"""Whatever is done, in whatever order: the book and a model in plain Python agree after each step.

The rules are those of the second reading (``tests/second_reading.py``). The model adds what it
does not know: the ledger of the accounting package that moves on, letters that are issued and
frozen, campaigns saved and undone, and what users write and arrange in the sheets.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from compared_sheets import COMMON, numbers_alike, picked
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import books
import ledgers
import second_reading
from xl_relances import headless, run
from xl_relances.book import layout, preparation_sheet, tables
from xl_relances.book import settings as named
from xl_relances.errors import RefusedError
from xl_relances.run import holding
from xl_relances.run.hold_choice import selected
from xl_relances.run.hold_report import Mark
from xl_relances.run.importing import ImportResult, import_files

Row: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[str, str]

ACCOUNTS = ("000123", "C1", "C2", "=C3")
COLUMNS = (
    "Compte", "Nom", "Écriture", "Pièce", "Date", "Échéance", "Libellé", "Débit", "Crédit",
    "Devise", "Lettrage",
)  # fmt: skip
"""What the accounting package exports."""

PREPARATION, DETAIL, LEFT_OUT = (
    layout.PREPARATION_TABLE, layout.DETAIL_TABLE, layout.NON_RELANCES_TABLE,
)  # fmt: skip
LEDGER = layout.GRAND_LIVRE_TABLE
TABLES = {
    PREPARATION: ("Compte", "Devise"),
    DETAIL: ("Identité",),
    LEFT_OUT: ("Compte", "Devise"),
    LEDGER: ("Écriture",),
}
"""What tells a row of each table from the others."""
BY_NAME = {table.name: table for table in TABLES}

PROMISE = Mark.PROMISE
NOTE = "Ma note"
LIVES, STEPS = map(int, os.environ.get("XL_RELANCES_LIVES", "12 20").split())
"""How many books are lived through, and how many steps in each; « 500 60 » for a night."""


@dataclass(frozen=True)
class Letter:
    """An issued letter as it was when it was issued.

    Attributes:
        shown: Solde dû, Échéances and N° lettre of its row.
        history: The rows that Save will write, without a campaign.
        ledger: The ledger; what changed in it since is told beside the letter, and by Undo no more.
    """

    shown: tuple[Any, ...]
    history: tuple[Row, ...]
    ledger: tuple[list[str], dict[str, Row]]


class AnyOrder(RuleBasedStateMachine):
    """One company's book in the hands of a busy user."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="any-order-"))
        self.exported: list[Row] = []
        self.ledger: list[Row] = []
        self.holds: dict[str, Row] = {}
        self.customers: dict[str, Row] = {}
        self.history: list[Row] = []
        self.cancelled: set[str] = set()
        self.saved: list[tuple[str, date, dict[Key, Letter]]] = []
        self.issued: dict[Key, Letter] = {}
        self.sheets: dict[str, list[Row]] = {"preparation": [], "detail": [], "excluded": []}
        self.typed: dict[Key, int] = {}
        self.off: set[Key] = set()
        self.notes: dict[layout.Table, dict[Any, str | None]] = {}
        self.filters: dict[layout.Table, str] = {}
        self.day = self.prepared = books.AS_OF
        self.hour = 8
        self.at_prepare: tuple[list[str], dict[str, Row]] = [], {}
        self.touched = False
        self.number = 0

    def teardown(self) -> None:
        if hasattr(self, "book"):
            self.book.close()
        headless.engine.answer = None
        shutil.rmtree(self.folder, ignore_errors=True)

    # ------------------------------------------------------------ the accounting package

    @initialize(
        data=st.data(),
        delays=st.sampled_from([(8, 14, 14), (1, 1, 1), (0, 3)]),
        lateness=st.sampled_from(["Nombre", "Nombre", "Retard"]),
        interval=st.sampled_from([1, 5, 14]),
    )
    def begin(
        self, data: st.DataObject, delays: tuple[int, ...], lateness: str, interval: int
    ) -> None:
        self.levels = ledgers.procedure(*delays)
        self.selection = ledgers.selection(calcul_niveau=lateness)
        self.settings = ledgers.settings(intervalle_relances=interval)
        path = books.make(
            self.folder, levels=self.levels, calcul_niveau=lateness, intervalle_relances=interval
        )
        headless.engine.answer = lambda *_: "yes"
        self.book = headless.open_book(path)
        for _ in range(data.draw(st.integers(1, 4))):
            self._invoice(data)
        self._import()
        self._prepare()

    def _entry(self, **given: Any) -> Row:
        self.number += 1
        row = {
            **dict.fromkeys(ledgers.GRAND_LIVRE), "Nom": "Client", "Libellé": "", "Lettrage": "",
            "Litige": "", "Écriture": f"E-{self.number}", **given,
        }  # fmt: skip
        self.exported.append(row)
        return row

    def _invoice(self, data: st.DataObject) -> None:
        document = self.day - timedelta(data.draw(st.sampled_from([0, 8, 20, 45])))
        self._entry(
            Compte=data.draw(st.sampled_from(ACCOUNTS)),
            Pièce=f"FA-{self.number}",
            Date=document,
            Échéance=document + timedelta(data.draw(st.sampled_from([0, 7, 8, 30]))),
            Débit=Decimal(data.draw(st.sampled_from(["100", "250.55", "0.01"]))),
            Devise=data.draw(st.sampled_from(["EUR", "EUR", "EUR", "JPY"])),
        )
        if self.exported[-1]["Devise"] == "JPY":
            self.exported[-1]["Débit"] = Decimal(1000)

    def _open_invoices(self) -> list[Row]:
        return [r for r in self.exported if r["Débit"] and not r["Lettrage"]]

    @rule(data=st.data(), what=st.sampled_from(["invoice", "payment", "part", "purge", "same"]))
    def the_ledger_moves_on(self, data: st.DataObject, what: str) -> None:
        """New items, payments with their allocation, old entries archived; then Import."""
        invoices = self._open_invoices()
        if what == "invoice":
            self._invoice(data)
        elif what in {"payment", "part"} and invoices:
            paid = data.draw(st.sampled_from(invoices))
            whole = what == "payment"
            credit = self._entry(
                Compte=paid["Compte"], Devise=paid["Devise"], Pièce="VIR", Date=self.day,
                Échéance=self.day,
                Crédit=paid["Débit"] if whole else Decimal(data.draw(st.sampled_from([1, 40]))),
            )  # fmt: skip
            if whole:
                paid["Lettrage"] = credit["Lettrage"] = f"L{self.number}"
        elif what == "purge" and len(self._open_invoices()) > 1:
            self.exported = [row for row in self.exported if not row["Lettrage"]]
        if data.draw(st.booleans()):
            data.draw(st.randoms(use_true_random=False)).shuffle(self.exported)
        changed = self._import().changed
        assert not (what == "same" and changed)

    def _import(self) -> ImportResult:
        lines = [";".join(COLUMNS)]
        for row in self.exported:
            cells = []
            for title in COLUMNS:
                value = row[title]
                if isinstance(value, date):
                    value = f"{value:%d/%m/%Y}"
                elif isinstance(value, Decimal):
                    value = str(value).replace(".", ",")
                cells.append("" if value is None else str(value))
            lines.append(";".join(cells))
        path = self.folder / "export.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        result = import_files(self.book, [path])
        assert not result.left_out, result.sentences
        self.ledger = [dict(row) for row in self.exported]
        return result

    # ------------------------------------------------------------ the commands

    @rule(days=st.sampled_from([1, 2, 7, 14, 15, 30]))
    def days_pass(self, days: int) -> None:
        self.day += timedelta(days)
        self.hour = 8
        books.set_cell(self.book, "date_relance", self.day)

    @rule()
    def prepare(self) -> None:
        """What the user decided stays; everything else is as the rules say."""
        before = self._decisions()
        typed, off = dict(self.typed), set(self.off)
        self._prepare()
        after = self._decisions()
        possible = {row["Identité"] for row in self.sheets["detail"] if row["Relancer"] is not None}
        listed = {self._key(row) for row in self.sheets["preparation"]} - set(self.issued)
        mine = {
            row["Identité"] for row in self.sheets["detail"] if self._key(row) in listed
        } & possible
        assert before["unticked"] & mine <= after["unticked"] | self._not_eligible()
        assert {k: n for k, n in typed.items() if k in listed} == self.typed
        assert off & listed == self.off

    def _not_eligible(self) -> set[str]:
        """Items that no letter can list any more: a decision on them is moot."""
        return {
            row["Identité"]
            for row in self.sheets["detail"]
            if row["raison"] in {"couvert", "litige", "promesse", "non échu", "sans échéance"}
        }

    def _prepare(self) -> None:
        decisions = self._decisions()
        books.prepare(self.book, self.day)
        self.prepared = self.day
        self._agree(decisions)

    @precondition(lambda self: self._waiting())
    @rule(data=st.data(), by_hand=st.booleans())
    def issue(self, data: st.DataObject, by_hand: bool) -> None:
        """A letter, or « considérer comme éditée »; refused when the ledger has changed."""
        waiting = sorted(self._waiting())
        chosen = data.draw(st.lists(st.sampled_from(waiting), min_size=1, unique=True))
        if by_hand:
            for compte, devise in chosen:
                books.typed(self.book, PREPARATION, "Éditée", 1, Compte=compte, Devise=devise)
        elif self.stale:
            with pytest.raises(RefusedError, match="Le grand livre a changé"):
                run.issue(self.book, choice=run.chosen(keys=chosen))
            return
        else:
            report = run.issue(self.book, choice=run.chosen(keys=chosen))
            assert not report.failed
        for key in chosen:
            self.issued[key] = self._letter(key)

    def _letter(self, key: Key) -> Letter:
        theirs = {
            view: [row for row in rows if self._key(row) == key]
            for view, rows in self.sheets.items()
        }
        written = second_reading.save(
            {**theirs, "reprise": []}, typed=self.typed, issued={key}, campaign="",
            as_of=self.prepared, levels=self.levels,
        )  # fmt: skip
        rows = [row | {"typed": key in self.typed} for row in written]
        return Letter(self._shown()[key], tuple(rows), self._ledger_now())

    @precondition(lambda self: self.issued)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        """« Éditée » unticked by hand: the row follows the ledger again."""
        key = data.draw(st.sampled_from(sorted(self.issued)))
        books.typed(self.book, PREPARATION, "Éditée", 0, Compte=key[0], Devise=key[1])
        del self.issued[key]
        self.touched = True

    @precondition(lambda self: self.issued)
    @rule(twice=st.booleans(), back=st.booleans())
    def save(self, twice: bool, back: bool) -> None:
        """One row an item of each letter, once; and Undo at once takes back just that."""
        leaving = {key: letter for key, letter in self.issued.items() if key not in self.off}
        before, settled = self._everything(), not (self.stale or self.touched)
        now = self._ledger_now()
        settled &= all(letter.ledger == now for letter in leaving.values())
        rows = len(books.show(self.book, "history"))
        if not leaving:
            with pytest.raises(RefusedError, match="Aucune relance éditée"):
                self._save()
            return
        report = self._save()
        written = books.show(self.book, "history")[rows:]
        self._compare_history(written, [row for let in leaving.values() for row in let.history])
        batch_of = {(row["Compte"], row["Devise"]): row["Campagne"] for row in written}
        assert set(batch_of.values()) == set(report.batches)
        for key, letter in leaving.items():
            self.history += [row | {"Campagne": batch_of[key]} for row in letter.history]
            self.saved.append((batch_of[key], letter.history[0]["Date"], {key: letter}))
            del self.issued[key]
        self._agree(just_saved=set(leaving))
        if twice and not self.issued:
            again = self._everything()
            with pytest.raises(RefusedError, match="Aucune relance éditée"):
                self._save()
            assert self._everything() == again
        if back and len(report.batches) == 1 and len({d for _, d, _ in self.saved[-1:]}) == 1:
            alone = sum(batch == report.batches[0] for batch, _, _ in self.saved) == len(leaving)
            same_day = self.saved[-1][1] == self.prepared
            self.users_cells_stay_beside_their_rows()  # those of saved rows leave with them
            self.undo()
            if alone and same_day and settled:
                assert self._everything() == before

    def _save(self) -> run.SaveReport:
        self.hour += 1
        return books.save(self.book, self.day, self.hour % 24)

    @precondition(lambda self: any(b not in self.cancelled for b, _, _ in self.saved))
    @rule()
    def undo(self) -> None:
        """The newest campaign's letters are issued and unsaved again, in its preparation."""
        batches = [row["Campagne"] for row in books.show(self.book, "campaigns")]
        self.hour += 1
        batch = books.undo(self.book, self.day, self.hour % 24).batch
        assert batch in batches
        assert batch not in self.cancelled
        came_back = {k: v for b, _, some in self.saved if b == batch for k, v in some.items()}
        (self.prepared,) = {day for b, day, _ in self.saved if b == batch}
        batch_of = self._batches_before
        self.issued = {
            key: letter
            for key, letter in self.issued.items()
            if batch_of.get(key) not in self.cancelled
        } | came_back
        self.cancelled.add(batch)
        self._agree()

    # ------------------------------------------------------------ what users do in the sheets

    @precondition(lambda self: self._items_to_tick())
    @rule(data=st.data())
    def tick(self, data: st.DataObject) -> None:
        """What is ticked is what the letter lists, whatever was proposed."""
        item = data.draw(st.sampled_from(self._items_to_tick()))
        item["Relancer"] = not item["Relancer"]
        self.touched = True
        books.typed(
            self.book, DETAIL, "Relancer", int(item["Relancer"]),
            Compte=item["Compte"], Écriture=item["Écriture"],
        )  # fmt: skip
        self._follow_the_ticks(self._key(item))

    def _items_to_tick(self) -> list[Row]:
        chased = {self._key(row) for row in self.sheets["preparation"]} - set(self.issued)
        return [
            row
            for row in self.sheets["detail"]
            if self._key(row) in chased
            and row["Reste"] > 0
            and row["Échéance"]
            and row["Échéance"] < self.prepared
            and row["Écriture"] not in self.at_prepare[1]
        ]

    def _follow_the_ticks(self, key: Key) -> None:
        (row,) = [row for row in self.sheets["preparation"] if self._key(row) == key]
        ticked = [r for r in self.sheets["detail"] if self._key(r) == key and r["Relancer"]]
        row["Solde dû"] = sum((item["Reste"] for item in ticked), Decimal(0))
        row["Échéances"] = len(ticked)
        proposed = [item["Lettre proposée"] for item in ticked if item["Lettre proposée"]]
        row["Lettre proposée"] = max(proposed, default=None)

    @precondition(lambda self: self._waiting())
    @rule(data=st.data())
    def type_a_number(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self._waiting())))
        number = data.draw(st.integers(1, len(self.levels)))
        books.typed(self.book, PREPARATION, "N° lettre", number, Compte=key[0], Devise=key[1])
        self.typed[key] = number

    @precondition(lambda self: self.sheets["preparation"])
    @rule(data=st.data())
    def switch(self, data: st.DataObject) -> None:
        """« Relancer » of a customer, off and on again."""
        key = self._key(data.draw(st.sampled_from(self.sheets["preparation"])))
        if key in self.issued:
            return
        self.off ^= {key}
        on = int(key not in self.off)
        books.typed(self.book, PREPARATION, "Relancer", on, Compte=key[0], Devise=key[1])

    @precondition(lambda self: self._left_out())
    @rule(data=st.data(), tick=st.booleans())
    def force(self, data: st.DataObject, tick: bool) -> None:
        key = data.draw(st.sampled_from(self._left_out()))
        self.touched = True
        books.typed(self.book, LEFT_OUT, "Forcer", int(tick), Compte=key[0], Devise=key[1])

    def _left_out(self) -> list[Key]:
        return [
            self._key(row)
            for row in self.sheets["excluded"]
            if row["Compte"] and self._key(row) not in self.issued
        ]

    @rule(data=st.data())
    def dispute(self, data: st.DataObject) -> None:
        """A word beside an item in Grand livre; the item stays with its customer, unclaimed."""
        row = data.draw(st.sampled_from(self.ledger))
        entry = row["Écriture"]
        held = dict(self.holds.pop(entry, {}))
        held["Litige"] = "" if held.get("Litige") else "qualité"
        books.typed(
            self.book, LEDGER, "Litige", held["Litige"] or None, Compte=row["Compte"],
            Écriture=entry,
        )  # fmt: skip
        if any(held.values()):
            self.holds[entry] = held

    @precondition(lambda self: any(self._keys(DETAIL)))
    @rule(
        data=st.data(), mark=st.sampled_from([*Mark, None]), days=st.sampled_from([0, 1, 20, None])
    )
    def hold(self, data: st.DataObject, mark: Mark | None, days: int | None) -> None:
        """By button, from Détail: in force at once, on the day of the preparation."""
        rows = tables.read(self.book, DETAIL)
        entries = [row[rows.index("Écriture")] for row in rows.rows]
        place = data.draw(st.integers(0, len(entries) - 1))
        entry = entries[place]
        ours = next((row for row in self.ledger if row["Écriture"] == entry), None)
        decisions, choice = self._decisions(), selected(DETAIL, [rows.numbers[place]])
        now = books.moment(self.day, 7)
        if mark is None:
            possible = entry in self.holds and ours is not None
            report = holding.lift(self.book, choice, now=now)
            self.holds = {e: held for e, held in self.holds.items() if e != entry or not possible}
        else:
            possible = ours is not None and bool(ours["Débit"]) and not ours["Lettrage"]
            until = self.day + timedelta(days or 0) if days is not None or mark is PROMISE else None
            report = holding.hold(self.book, choice, mark, until=until, now=now)
            if possible:
                self.holds[entry] = {mark: "oui", mark.other: "", "Jusqu'au": until}
        assert report.changed == possible
        if possible:
            self._agree(decisions)

    @rule(data=st.data(), days=st.sampled_from([0, 7, 30]), never=st.booleans())
    def spare(self, data: st.DataObject, days: int, never: bool) -> None:
        """Clients: blocked until a day, or never to be chased; and back again."""
        account = data.draw(st.sampled_from(sorted({row["Compte"] for row in self.ledger})))
        before = self.customers.pop(account, None)
        now: Row = {"Compte": account, "Bloqué jusqu'au": None, "Ne pas relancer": False}
        if before is None:
            now["Ne pas relancer" if never else "Bloqué jusqu'au"] = never or self.day + timedelta(
                days
            )
            self.customers[account] = now
        for title in ("Bloqué jusqu'au", "Ne pas relancer"):
            books.typed(
                self.book, layout.CLIENTS_TABLE, title, books.cell(now[title]), Compte=account
            )
        self.touched = True

    @rule(data=st.data(), name=st.sampled_from(list(BY_NAME)))
    def note(self, data: st.DataObject, name: str) -> None:
        """A column of the user's own, and a word in one of its rows."""
        table = BY_NAME[name]
        if table not in self.notes:
            self._unfilter(table)
            books.add_column(self.book, table, NOTE, lambda _: None)
            self.notes[table] = dict.fromkeys(self._keys(table))
        keys = sorted(key for key in self.notes[table] if all(key))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        said = f"note {self.number} {data.draw(st.integers(0, 9))}"
        books.typed(
            self.book, table, NOTE, said, **dict(zip(TABLES[table], key, strict=True))
        )  # fmt: skip
        self.notes[table][key] = said

    @rule(name=st.sampled_from(list(BY_NAME)))
    def sort(self, name: str) -> None:
        """Rows the other way round."""
        table = BY_NAME[name]
        self._unfilter(table)
        body = tables.find_table(self.book, table).data_body_range
        if body is not None and body.shape[0] > 1:
            body.formula = list(reversed(body.formula))

    @rule(name=st.sampled_from(list(BY_NAME)))
    def reorder(self, name: str) -> None:
        """Columns the other way round."""
        table = BY_NAME[name]
        self._unfilter(table)
        books.reverse_columns(tables.find_table(self.book, table).range)

    @rule(name=st.sampled_from(list(BY_NAME)), account=st.sampled_from(ACCOUNTS))
    def filter(self, name: str, account: str) -> None:
        table = BY_NAME[name]
        found = tables.find_table(self.book, table)
        titles = list(tables.read(self.book, table).titles)
        found.autofilter.apply_values(titles.index("Compte") + 1, [account])
        self.filters[table] = account

    def _unfilter(self, table: layout.Table) -> None:
        if self.filters.pop(table, None):
            tables.find_table(self.book, table).autofilter.clear()

    @rule()
    def close_and_open(self) -> None:
        path = self.book.fullname
        self.book.save()
        self.book.close()
        self.book = headless.open_book(path)

    # ------------------------------------------------------------ what must always hold

    @invariant()
    def no_level_moves_but_by_save_and_undo(self) -> None:
        """Grand livre says of each item what the letters that count say."""
        live = [row for row in self.history if row["Campagne"] not in self.cancelled]
        entries = {row["Écriture"] for row in self.ledger}
        expected = dict.fromkeys(entries, (None, None))
        for row in live:
            if row["Niveau"] is not None and row["Écriture"] in entries:
                of_item = [
                    r for r in live if r["Écriture"] == row["Écriture"] and r["Niveau"] is not None
                ]
                last = second_reading.latest(of_item)
                assert last is not None
                expected[row["Écriture"]] = (last["Niveau"], books.cell(last["Date"]))
        found = books.column(self.book, LEDGER, "Écriture", "Dernière lettre", "Relancé le")
        assert {row[0]: tuple(cell or None for cell in row[1:]) for row in found} == expected
        assert len(found) == len(entries)

    @invariant()
    def no_level_is_skipped(self) -> None:
        """By count, as proposed and not typed, an item climbs one level a letter."""
        if self.selection["calcul_niveau"] == "Retard":
            return
        reached: dict[str, int] = {}
        for row in [row for row in self.history if row["Campagne"] not in self.cancelled]:
            if row["Niveau"] is not None:
                if not row["typed"] and row["N° lettre"] < len(self.levels):
                    assert row["Niveau"] <= reached.get(row["Écriture"], 0) + 1
                reached[row["Écriture"]] = row["Niveau"]

    @invariant()
    def each_customer_once(self) -> None:
        keys = Counter(
            (row["Compte"], row["Devise"])
            for view in ("preparation", "excluded")
            for row in books.show(self.book, view)
        )
        assert set(keys.values()) <= {1}
        assert {self._key(row) for row in self.sheets["preparation"]} <= set(keys)

    @invariant()
    def what_the_sheet_shows(self) -> None:
        """Rows follow ticks and typed numbers; an issued row stays as its letter is."""
        shown = self._shown()
        for key, letter in self.issued.items():
            assert shown[key] == letter.shown
        for row in self.sheets["preparation"]:
            key = self._key(row)
            if key not in self.issued:
                proposed = row["Lettre proposée"]
                number = proposed and self.typed.get(key, proposed)
                assert shown[key] == (row["Solde dû"], row["Échéances"], number)
        self._batches_before = {
            (row[0], row[1]): row[2]
            for row in books.column(self.book, PREPARATION, "Compte", "Devise", "Campagne")
        }

    @invariant()
    def users_cells_stay_beside_their_rows(self) -> None:
        for table, before in self.notes.items():
            rows = books.column(self.book, table, *TABLES[table], NOTE)
            now = {row[:-1]: row[-1] or None for row in rows}
            assert now == {key: before.get(key) for key in now}
            self.notes[table] = now

    @invariant()
    def filters_hide_what_they_hid(self) -> None:
        for table, account in self.filters.items():
            rows = tables.read(self.book, table)
            sheet = tables.sheet_of(self.book, table)
            for row, number in zip(rows.rows, rows.numbers, strict=True):
                hidden = sheet[number - 1, 0].impl.row_hidden
                assert hidden == (row[rows.index("Compte")] != account)

    # ------------------------------------------------------------ book and model

    @property
    def stale(self) -> bool:
        """Whether the ledger says something else than when it was prepared."""
        return self._ledger_now() != self.at_prepare

    def _ledger_now(self) -> tuple[list[str], dict[str, Row]]:
        here = {row["Écriture"] for row in self.ledger}
        holds = {entry: held for entry, held in self.holds.items() if entry in here}
        return sorted(map(repr, self.ledger)), holds

    def _key(self, row: Row) -> Key:
        return row["Compte"], row["Devise"]

    def _keys(self, table: layout.Table) -> list[Any]:
        return books.column(self.book, table, *TABLES[table])

    def _waiting(self) -> set[Key]:
        """Customers with a letter that can be issued."""
        return {
            self._key(row)
            for row in self.sheets["preparation"]
            if row["Lettre proposée"] and self._key(row) not in {*self.issued, *self.off}
        }

    def _shown(self) -> dict[Key, tuple[Any, ...]]:
        return {
            self._key(row): (Decimal(row["Solde dû"]), row["Échéances"], row["N° lettre"])
            for row in books.show(self.book, "preparation")
        }

    def _everything(self) -> dict[str, Any]:
        """All sheets that a campaign touches, history apart."""
        sheets: dict[str, Any] = {
            view: [
                {title: str(cell).replace(" ; forcé", "") for title, cell in row.items()}
                for row in sorted(books.show(self.book, view), key=repr)
            ]
            for view in books.THREE_SHEETS
        }
        sheets["levels"] = sorted(
            books.column(self.book, LEDGER, "Écriture", "Dernière lettre", "Relancé le"), key=repr
        )
        return sheets

    def _decisions(self) -> dict[str, Any]:
        """What the sheets hold of the user's decisions, in the second reading's words."""
        sheets = preparation_sheet.read(self.book, named.procedure(self.book).highest)
        kept = sheets.decisions
        self.typed = {k: n for k, n in kept.letter_nos.items() if k not in self.issued}
        self.off = set(kept.switched_off)
        names = second_reading.identities(self.ledger, self.settings)
        of_entry = {row["Écriture"]: name for row, name in zip(self.ledger, names, strict=True)}
        known = {
            identity: of_entry[entry]
            for identity, entry in books.column(self.book, LEDGER, "Identité", "Écriture")
            if identity
        }
        return {
            "forced": set(kept.forced),
            "unticked": {known[i] for i in kept.unticked if i in known},
            "ticked": {known[i] for i in kept.ticked if i in known},
        }

    def _agree(
        self, decisions: dict[str, Any] | None = None, *, just_saved: Collection[Key] = ()
    ) -> None:
        """The three sheets are what the rules say, letters that are out apart.

        A letter just saved leaves Préparation, even where the next one is due already.
        """
        after = self._decisions()
        self.touched = False
        ledger = [row | self.holds.get(row["Écriture"], {}) for row in self.ledger]
        self.at_prepare = self._ledger_now()
        self.sheets = second_reading.prepare(
            ledger=ledger, customers=list(self.customers.values()),
            history=self.history, cancelled=self.cancelled,
            levels=self.levels, selection=self.selection, settings=self.settings,
            as_of=self.prepared, **(decisions or after),
        )  # fmt: skip
        apart = {*self.issued, *just_saved}
        for view, titles in COMMON.items():
            everybody = books.show(self.book, view)
            if view == "preparation":
                assert not {self._key(row) for row in everybody} & set(just_saved)
            ours = [row for row in everybody if self._key(row) not in apart]
            self.sheets[view] = [row for row in self.sheets[view] if self._key(row) not in apart]
            assert numbers_alike(picked(ours, titles, key=True)) == numbers_alike(
                picked(self.sheets[view], titles, key=True)
            ), view
        nets: dict[Key, Decimal] = {}
        for row in books.show(self.book, "detail"):
            key = self._key(row)
            if key not in self.issued:
                nets[key] = nets.get(key, Decimal(0)) + Decimal(row["Imputé"])
        assert not any(nets.values())

    def _compare_history(self, ours: list[Row], theirs: list[Row]) -> None:
        titles = (
            "Date", "Compte", "Devise", "Écriture", "Pièce", "Reste", "N° lettre", "Niveau",
        )  # fmt: skip
        assert numbers_alike(picked(ours, titles, key=True)) == numbers_alike(
            picked(theirs, titles, key=True)
        )


def test_in_whatever_order() -> None:
    """No euro lost, no level moved but by Save and Undo, what users wrote stays where it was."""
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            report_multiple_bugs=False,
        ),
    )
