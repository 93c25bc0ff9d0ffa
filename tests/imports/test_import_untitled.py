"""Entries without titles, as packages hand them to one another: same ledger, same Grand livre."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.ledgers_written import lines_of
from imports.untitled_written import TELLS, WRITERS, Booked
from xl_relances.errors import RefusedError
from xl_relances.imports.reading import read_files
from xl_relances.run.importing import ImportResult

_CUSTOMERS = {"411DUP": "Dupont & Fils", "411ELA": "Société d'Élan", "411M01": "Martin, Paul"}
_LABELS = ("Facture FA-1", "Règlement reçu", "Total, report", 'dit "la Poste"', "Été 2026")


def _sale(customer: str, day: date, amount: str, **fields: Any) -> list[Booked]:
    """An invoice and its sale, or with a negative amount a payment and the bank."""
    value = Decimal(amount)
    journal, other = ("VE", "706000") if value > 0 else ("BQ", "512000")
    booked = Booked(
        journal=journal,
        day=day,
        account=customer,
        customer=customer,
        name=_CUSTOMERS[customer],
        amount=value,
        **{"label": "Facture", "piece": "F1", **fields},
    )
    return [
        booked,
        Booked(journal=journal, day=day, account=other, amount=-value, label="Suite", piece="F1"),
    ]


AMOUNT_ENDS = {
    "Quadra (ASCII)": 55, "Cegid (TRA)": 150, "Sage 100 (PNM)": 104, "Ciel (XIMPORT)": 85,
}  # fmt: skip
"""Where amount and side end, in formats of fixed places."""

SMALL = [
    *_sale("411DUP", date(2026, 1, 5), "1200", due=date(2026, 2, 4)),
    *_sale("411DUP", date(2026, 2, 10), "-700.10", piece="R1", label="Virement"),
    *_sale("411ELA", date(2026, 2, 11), "600.05", piece="F2", due=date(2026, 3, 31)),
]


@st.composite
def journals(draw: st.DrawFn) -> list[Booked]:
    """A few balanced entries."""
    lines: list[Booked] = []
    for number in range(draw(st.integers(1, 6))):
        day = date(2025, 11, 1) + timedelta(days=draw(st.integers(0, 300)))
        cents = draw(st.sampled_from([1, 99, 100, 12_345, 100_000, 123_456_789]))
        due = draw(st.sampled_from([None, 0, 30, 45]))
        lines += _sale(
            draw(st.sampled_from(sorted(_CUSTOMERS))),
            day,
            str(Decimal(cents * draw(st.sampled_from([1, -1]))) / 100),
            due=None if due is None else day + timedelta(days=due),
            piece=draw(st.sampled_from(["", f"F{number}", "00042"])),
            label=draw(st.sampled_from(_LABELS)).replace('"', "'"),
            code=draw(st.sampled_from(["", "A", "AB"])),
        )
    return lines


@settings(max_examples=150, deadline=None)
@given(
    journals(),
    st.sampled_from(sorted(WRITERS)),
    st.sampled_from(["cp1252", "cp850", "utf-8", "iso8859-15"]),
)
def test_a_journal_in_any_packages_format_is_the_same_ledger(
    booked: list[Booked], package: str, codec: str
) -> None:
    """All that the format has of the customers' lines, nothing of the sales and the bank."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.txt"
        lines = lines_of(path, WRITERS[package](booked), encoding=codec)
    tells = TELLS.get(package, set())
    assert [
        (e.account, e.document_date, e.amount, e.document, e.label, e.currency)
        for e in (line.entry for line in lines)
    ] == [(b.customer, b.day, b.amount, b.piece, b.label, "EUR") for b in booked if b.customer]
    for field, read in (
        ("due", [line.entry.due_date for line in lines]),
        ("name", [line.entry.name for line in lines]),
        ("code", [line.entry.allocation_code for line in lines]),
    ):
        if field in tells:
            assert read == [getattr(b, field) for b in booked if b.customer]


@pytest.mark.parametrize("package", WRITERS)
def test_the_report_names_the_format(imported: Callable[..., ImportResult], package: str) -> None:
    """Which package's format, sums of the whole file, and the balance of 411 to the cent."""
    report = imported(export__txt=WRITERS[package](SMALL)).reports[0]
    assert (report.balance, report.rows_kept, report.customers) == (Decimal("1099.95"), 3, 2)
    assert any(note.startswith(f"format {package}, sans ligne de titres") for note in report.notes)
    assert "non équilibré" not in " ".join(report.notes)


@pytest.mark.parametrize("package", WRITERS)
def test_a_file_cut_in_its_last_line_is_refused(tmp_path: Path, package: str) -> None:
    """Shorter by the last amount, never by a part of its figures."""
    content = WRITERS[package](SMALL)
    last = content.rindex("411ELA")
    start = content.rindex("\n", 0, last)
    amount = re.compile(r"600[.,]?05").search(content, start)
    assert amount is not None
    path = tmp_path / "export.txt"
    path.write_text(content[: amount.start() + 3], encoding="utf-8", newline="")
    with pytest.raises(RefusedError, match="coupé avant la fin"):
        read_files([path])


@pytest.mark.parametrize("package", WRITERS)
def test_a_broken_line_keeps_its_customer_from_letters(
    imported: Callable[..., ImportResult], package: str
) -> None:
    """A payment without its date is reported whole, never dropped."""
    content = WRITERS[package]([*SMALL, *SMALL, *SMALL, *SMALL])
    lines = content.splitlines(keepends=True)
    at = next(index for index, line in enumerate(lines) if "Virement" in line)
    shown = next(
        form for form in ("10022026", "20260210", "100226", "10/02/2026") if form in lines[at]
    )
    lines[at] = lines[at].replace(shown, "9" * len(shown), 1)
    result = imported(export__txt="".join(lines))
    assert [(row.line, row.file) for row in result.left_out] == [(at + 1, "export.txt")]
    assert "Virement" in result.left_out[0].value
    assert result.left_out[0].kept is not None
    assert result.left_out[0].kept["Compte"] == "411DUP"


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(AMOUNT_ENDS)),
    st.integers(0, 60),
    st.integers(0, 149),
    st.sampled_from(["", "x", "0", " "]),
    st.booleans(),
)
def test_a_damaged_character_loses_no_payment(
    package: str, line: int, place: int, typed: str, shifts: bool
) -> None:
    """The balance is right, or the line is told; a figure for a figure nobody can see."""
    lines = WRITERS[package](SMALL * 10).splitlines(keepends=True)
    place %= AMOUNT_ENDS[package]
    ours = [
        at for at, text in enumerate(lines) if at > 9 and any(map(text.__contains__, _CUSTOMERS))
    ]
    line = ours[line % len(ours)]
    if lines[line][place] in "0123456789.," and typed in "0 ":
        shifts = True
    lines[line] = lines[line][:place] + typed + lines[line][place + (not shifts or not typed) :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.txt"
        path.write_text("".join(lines), encoding="utf-8", newline="")
        (read,) = read_files([path]).files
    right = sum(entry.entry.amount for entry in read.lines) == 10 * Decimal("1099.95")
    other = "31 lignes d'autres comptes" in " ".join(read.notes)  # it was 30, of which one more
    assert right or other or any(row.fault for row in read.left_out)


QUADRA_PARTS = (
    f"C9DUPONT {'Dupont SA':30}{'DUPONT':59}41100000\n"
    """\
M9DUPONT VE000050126 Facture F1          D+000000120000        000000     F1
R040226+000000060000VI
R040326+000000060000VI
I10000+000000120000SITE
M0FOURNI AC000060126 Achat               C+000000007000        000000
M9DUPONT BQ000100226 Virement            C+000000050050        000000
M70600000VE000050126 Facture F1          C+000000120000        000000
"""
)


def test_quadras_due_dates_and_general_accounts(imported: Callable[..., ImportResult]) -> None:
    """R lines part an entry by due date; C lines say which accounts are customers'."""
    result = imported(quadra__txt=QUADRA_PARTS)
    assert result.reports[0].balance == Decimal("699.50")
    assert not result.left_out
    assert "2 lignes d'autres comptes que 411 non reprises (0FO et 706)" in result.reports[0].notes


def test_quadras_due_dates_line_by_line(tmp_path: Path) -> None:
    """Two halves of 600,00, each due on its own day; the payment whole."""
    lines = lines_of(tmp_path / "quadra.txt", QUADRA_PARTS)
    entries = [line.entry for line in lines]
    assert [(e.account, e.name, e.amount, e.due_date) for e in entries] == [
        ("9DUPONT", "Dupont SA", 600, date(2026, 2, 4)),
        ("9DUPONT", "Dupont SA", 600, date(2026, 3, 4)),
        ("9DUPONT", "Dupont SA", Decimal("-500.50"), None),
    ]


def test_accounts_that_nothing_calls_customers_are_not_guessed(tmp_path: Path) -> None:
    """Without C lines 9DUPONT may be anything: the sentence names it and the setting."""
    path = tmp_path / "quadra.txt"
    path.write_text("".join(QUADRA_PARTS.splitlines(keepends=True)[1:]), encoding="utf-8")
    with pytest.raises(RefusedError, match=r"aucune écriture sur les comptes clients.*9DUPONT"):
        read_files([path])
    (read,) = read_files([path], roots=("411", "9")).files
    assert {line.entry.account for line in read.lines} == {"9DUPONT"}


def test_titles_are_believed_before_any_layout(tmp_path: Path) -> None:
    """The same columns as Coala's, in another order under titles."""
    content = "Date;Journal;Compte;Libellé;Pièce;Crédit;Débit;X;Code tiers\n" + WRITERS["Coala"](
        SMALL
    )
    lines = lines_of(tmp_path / "f.csv", content)
    assert sum(line.entry.amount for line in lines) == Decimal("-1099.95")


@pytest.mark.parametrize("package", ["Quadra (ASCII)", "Sage 100 (PNM)", "Ciel (XIMPORT)"])
def test_fields_padded_by_the_byte(tmp_path: Path, package: str) -> None:
    """Programs that pad UTF-8 by its bytes put what follows an accent one place further."""
    accented = [replace(each, label="E~te~ a~ Ni~mes") for each in SMALL]
    content = WRITERS[package](accented + SMALL * 20).replace("E~te~ a~ Ni~mes", "Été à Nîmes")
    lines = lines_of(tmp_path / "f.txt", content)
    assert sum(line.entry.amount for line in lines) == 21 * Decimal("1099.95")
    assert lines[0].entry.label == "Été à Nîmes"


def test_a_letter_or_a_list_is_no_package(tmp_path: Path) -> None:
    """What proves no layout keeps its sentence."""
    path = tmp_path / "note.txt"
    path.write_text("Madame,\nMerci de trouver ci-joint le grand livre.\n" * 5, encoding="utf-8")
    with pytest.raises(RefusedError, match="aucune ligne de titres reconnue"):
        read_files([path])
