"""Whatever package wrote it, the same ledger is the same Grand livre."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from imports.ledgers_written import CODECS, Entry, Variant, lines_of, written

_ACCOUNTS = ("000123", "123", "411DUPONT", "C001", "ÉLAN 01")
_NAMES = {
    "000123": "Établissements Vauzelle", "123": "Société d'Été", "411DUPONT": "Dupont & Fils",
    "C001": "Aciéries du Drouais", "ÉLAN 01": 'Élan, Hôtel "Le Cèdre"',
}  # fmt: skip
_LABELS = (
    "Facture", "Règlement reçu", "Déjà payé ; merci", "=1+1", "@SUM(A1)", "-10 % remise",
    "Avoir n° 3", 'dit "la Poste"', '"Lone', "a|b, c", "Total à payer plus tard",
)  # fmt: skip


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """A few entries, one at least with accents so that the encoding shows."""
    rows: list[Entry] = []
    for number in range(draw(st.integers(1, 8))):
        account = draw(st.sampled_from(_ACCOUNTS))
        cents = draw(st.sampled_from([1, 99, 100, 12_345, 100_000, 1_234_567, 123_456_789]))
        issued = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 300)))
        due = draw(st.sampled_from([None, 0, 30, 45]))
        rows.append(
            {
                "account": account,
                "name": _NAMES[account],
                "entry": f"VE-2026-{number + 1:04}",
                "piece": draw(st.sampled_from(["", "FA-1", "000042", "12E5", "3/4"])),
                "date": issued,
                "due": None if due is None else issued + timedelta(days=due),
                "label": draw(st.sampled_from(_LABELS)),
                "amount": Decimal(cents * draw(st.sampled_from([1, -1]))) / 100,
                "currency": draw(st.sampled_from(["EUR", "EUR", "EUR", "USD"])),
                "code": draw(st.sampled_from(["", "", "A", "a", "AB"])),
            }
        )
    rows.append(
        rows[0]
        | {
            "entry": "VE-2026-9999",
            "label": "Créée à l'été",
            "date": date(2026, 12, 25),
            "due": None,
            "amount": Decimal("12.50"),
        }
    )
    return rows


@st.composite
def variants(draw: st.DrawFn) -> Variant:
    """Any way to write it that a reader can still make sense of."""
    decimal = draw(st.sampled_from(",."))
    separator = draw(st.sampled_from("\t|;,"))
    encoding = draw(st.sampled_from(sorted(CODECS)))
    unicode = encoding.startswith("UTF")
    thousands = ["", " ", "'", "." if decimal == "," else ","]
    thousands.append("\u00a0")
    thousands += ["\u202f", "\u2009"] if unicode else []
    negatives = ["before", "behind", "parentheses"] + (["true minus", "dash"] if unicode else [])
    return Variant(
        encoding=encoding,
        separator=separator,
        line_end=draw(st.sampled_from(["\n", "\r\n", "\r", "\r\r\n"])),
        final_end=draw(st.booleans()),
        declared=draw(st.booleans()) and not encoding.startswith("UTF-16"),
        decimal=decimal,
        thousands=draw(st.sampled_from(thousands)),
        negative=draw(st.sampled_from(negatives)),
        amounts=draw(st.sampled_from(["two columns", "signed", "side"])),
        dates=draw(
            st.sampled_from(
                [
                    "%d/%m/%Y",
                    "%Y%m%d",
                    "%Y-%m-%d",
                    "%d.%m.%Y",
                    "%d/%m/%Y 00:00:00",
                    "%Y-%m-%dT00:00:00",
                    "serial",
                ]
            )
        ),
        order=draw(st.sampled_from([(), (3, 1, 2), (2, 1), (5, 3, 4, 1)])),
        synonym=draw(st.integers(0, 4)),
        quoting=draw(st.sampled_from(["needed", "all"])),
        titles_above=draw(st.sampled_from([0, 0, 1, 3])),
    )


def _seen(rows: list[Any]) -> list[tuple[Any, ...]]:
    return [
        (e.account, e.name, e.entry_no, e.document, e.document_date, e.due_date, e.label,
         e.debit, e.credit, e.currency, e.allocation_code)
        for e in (line.entry for line in rows)
    ]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(entries(), variants())
def test_a_ledger_written_in_any_variant_imports_the_same(
    ledger: list[Entry], variant: Variant
) -> None:
    """Encoding, separator, line ends, amounts, dates, order, titles, quotes change nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        read = lines_of(path, written(ledger, variant))
    zero = Decimal(0)
    assert _seen(read) == [
        (e["account"], e["name"], e["entry"], e["piece"], e["date"], e["due"], e["label"],
         max(e["amount"], zero), max(-e["amount"], zero), e["currency"], e["code"])
        for e in ledger
    ]  # fmt: skip
