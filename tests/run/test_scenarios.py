"""Months of dunning that a credit controller could sign, on a real workbook.

What happened is printed as a table and compared with ``tests/cases/<scenario>/expected.txt``.
To sign a change, run with ``XL_RELANCES_SIGN=1`` and read the difference.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import xlwings as xw

import books
import ledgers
from xl_relances import french
from xl_relances.book import layout, tables

CASES = Path(__file__).parents[1] / "cases"
DUE = date(2026, 9, 1)


def compare(case: str, lines: Iterable[str]) -> None:
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    text = text.translate({0xA0: " ", 0x202F: " "})
    expected = CASES / case / "expected.txt"
    if os.environ.get("XL_RELANCES_SIGN"):
        expected.parent.mkdir(parents=True, exist_ok=True)
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as what they hold, the last one free."""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]) - 1)]
    return [
        " | ".join(
            [*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]
        )
        for row in rows
    ]


def run_on(book: xw.Book, day: date, *, letters: bool = False) -> list[tuple[str, ...]]:
    """Prepare, issue and save; what both sheets said, a line a customer."""
    report = books.prepare(book, day)
    lines: list[tuple[str, ...]] = [
        (
            row["Compte"], str(row["N° lettre"] or "-"), row["Solde dû"].replace(".", ","),
            row["Motif"],
        )
        for row in books.show(book, "preparation")
    ] + [
        (row["Compte"], "", row["Solde"].replace(".", ","), row["Motif"])
        for row in books.show(book, "excluded")
    ]  # fmt: skip
    if report.customers:
        if letters:
            assert not books.issue(book).failed
        else:  # « considérer la lettre comme éditée même si elle ne l'a pas été physiquement »
            rows = tables.read(book, layout.PREPARATION_TABLE).numbers
            tables.write_columns(book, layout.PREPARATION_TABLE, {"Éditée": [1] * len(rows)}, rows)
        books.save(book, day)
    return lines


def test_an_invoice_from_its_first_reminder_to_its_payment(tmp_path: Path) -> None:
    """Due 1 September, délais 5/15/15, a letter every 10 days at most."""
    invoice = "Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit\n"
    ledger = ledgers.table(
        invoice
        + "C1;Dupont;FA-1;02/08/2026;01/09/2026;Facture;1000,00;\n"
        + "C2;Martin;FA-2;02/08/2026;01/09/2026;Facture;400,00;\n"
        + "C3;Leroy;FA-3;02/08/2026;01/09/2026;Facture;300,00;\n"
        + "C3;Leroy;AV-3;20/08/2026;20/08/2026;Avoir;;350,00\n"
    )
    paid = "C2;Martin;VIR-1;12/09/2026;12/09/2026;Virement;;400,00\n"
    paid_too = "C1;Dupont;VIR-2;28/10/2026;28/10/2026;Virement;;1000,00\n"
    days = [
        (4, "nobody is late enough", "", None),
        (5, "the first letter", "", None),
        (12, "not again: the interval, then the delay; Martin has paid", paid, None),
        (20, "the second letter", "", None),
        (35, "blocked", "", DUE + timedelta(45)),
        (45, "blocked, the last day", "", DUE + timedelta(45)),
        (50, "the third letter, the block being over", "", DUE + timedelta(45)),
        (60, "paid", paid_too, None),
    ]
    path = books.make(tmp_path, ledger, levels=ledgers.procedure(5, 15, 15), intervalle_relances=10)
    table: list[tuple[str, ...]] = [("Jour", "Date", "Compte", "Lettre", "Solde", "Motif")]
    with books.opened(path) as book:
        for day, _, payment, blocked_until in days:
            if payment:
                ledger += ledgers.table(invoice + payment)
                held = tables.read(book, layout.GRAND_LIVRE_TABLE)
                assert len(held.rows) == len(ledger) - 1
                (row,) = ledgers.table(invoice + payment)
                tables.append(
                    book,
                    layout.GRAND_LIVRE_TABLE,
                    [{title: books.cell(value) for title, value in row.items()}],
                )
            blocked = [
                {"Compte": "C1", "Nom": "Dupont", "Bloqué jusqu'au": blocked_until,
                 "Motif du blocage": "échéancier promis"}
            ]  # fmt: skip
            books.put(book, layout.CLIENTS_TABLE, blocked if blocked_until else [])
            typed = french.short_date(DUE + timedelta(day))
            books.set_cell(book, "date_relance", books.french_day(typed))
            lines = run_on(book, DUE + timedelta(day), letters=day in {5, 50})
            table += [(f"J+{day}", typed, *line) for line in lines]
        sent = books.show(book, "history")
    compare("an-invoice-to-its-payment", aligned(table))
    assert [
        (row["Compte"], row["Date"], row["N° lettre"], row["Niveau"], row["Reste"]) for row in sent
    ] == [
        ("C1", "2026-09-06", 1, 1, "1000.00"),
        ("C2", "2026-09-06", 1, 1, "400.00"),
        ("C1", "2026-09-21", 2, 2, "1000.00"),
        ("C1", "2026-10-21", 3, 3, "1000.00"),
    ]


def test_an_invoice_and_a_run_every_week(tmp_path: Path) -> None:
    """The shipped procedure on a customer who buys every week and never pays."""
    invoices = "Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit\n" + "".join(
        f"C1;Dupont;FA-{number:02};{french.short_date(day)};"
        f"{french.short_date(day + timedelta(14))};Facture;{number}00,00;\n"
        for number in range(1, 13)
        for day in [date(2026, 8, 3) + timedelta(7 * (number - 1))]
    )
    path = books.make(tmp_path, invoices, date_relance=None)
    table = [("Jour", "Lettre", "Solde dû", "Fait avancer", "Pour mémoire", "Motif")]
    with books.opened(path) as book:
        for week in range(13):
            day = date(2026, 8, 21) + timedelta(7 * week)
            ((_, letter, balance, motif),) = run_on(book, day)
            rows = [row for row in books.show(book, "history") if row["Date"] == day.isoformat()]
            advanced = [f"{r['Pièce'][3:]}→{r['Niveau']}" for r in rows if r["Niveau"]]
            memory = [r["Pièce"][3:] for r in rows if not r["Niveau"]]
            table.append(
                (french.short_date(day), letter, balance if letter else "", " ".join(advanced),
                 " ".join(memory), motif)
            )  # fmt: skip
    compare("an-invoice-a-week", aligned(table))
