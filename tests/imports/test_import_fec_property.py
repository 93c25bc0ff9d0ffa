"""The fast way through a FEC reads what the careful one does, or leaves the file to it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import Content, fuzzed, mangled
from xl_relances.errors import RelancesError
from xl_relances.imports import text
from xl_relances.imports.lines import FileRead
from xl_relances.imports.reading import read_files
from xl_relances.imports.taking import Taker

TITLES = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip

USUAL = {
    "JournalCode": ("VE", "BQ", "AN"),
    "JournalLib": ("Ventes", "Banque", "À-nouveaux"),
    "EcritureNum": ("1", "2", "000042"),
    "EcritureDate": ("20260105", "20260331", "20250131"),
    "CompteNum": ("411000", "411000", "411100", "706000", "512000"),
    "CompteLib": ("Clients", "Ventes"),
    "CompAuxNum": ("C1", "C2", "000123"),
    "CompAuxLib": ("Société d'été", "Dupont & Fils"),
    "PieceRef": ("FA-1", "000042"),
    "PieceDate": ("20260105", "20260228"),
    "EcritureLib": ("Facture", "Règlement reçu"),
    "Debit": ("1200,00", "0,00", "99.5", "12"),
    "Credit": ("0,00", "200,00"),
    "EcritureLet": ("", "A", "a"),
    "DateLet": ("",),
    "ValidDate": ("20260131",),
    "Montantdevise": ("",),
    "Idevise": ("", "EUR"),
    "Montant": ("1200,00", "-12,50"),
    "Sens": ("D", "C"),
}  # fmt: skip
"""What a plain FEC holds, column by column."""

ODD = {
    "JournalCode": ("", "ve ", "'VE", "RAN", "\u00a0"),
    "JournalLib": ("", "A nouveau", "Bilan d'ouverture"),
    "EcritureNum": ("", "0", "00 0", "A/7", " 3 ", "'12", '="9"'),
    "EcritureDate": ("", "00000000", "2026-01-05", "20260230", "19491231", "20260105 "),
    "CompteNum": ("", "411", "4111DUP", " 411000 ", "411000 ", "411000 Clients", "'411000",
                  "413000", "416000", "419100", "707 000", "70-7", "4,11E+05", "411.5", "CompteNum",
                  "41"),
    "CompteLib": ("", "Dupont"),
    "CompAuxNum": ("", "C1 ", "12.0", "1e+5", "4,11E+05", "'C1", "C_x0041_1", "=C1", "Ç1"),
    "CompAuxLib": ("", " ", "Dupont  ", "Élan\x0b2", "_x000D_", "d\u00a0e"),
    "PieceRef": ("", "-", " / ", "'7", '="8"', "FA_x000D_1", ".5", "FA 1 "),
    "PieceDate": ("", "0", "05/01/2026", "20261301"),
    "EcritureLib": ("", "  x ", "a\x01b", 'dit "la Poste"', "Total", "_x000D_"),
    "Debit": ("", " ", "1 234,50", "000000001200,00", "-50,00", "50,00-", "(3,00)", "1,234",
              "12,345", "1.234,56", "1,234.56", "x", "12,00 €", "5 D", "$1", "1E3", "-0,00",
              "9999999999999999"),
    "Credit": ("", "  ", "1 234,50", "-50,00", "0", "0,005", "−4,00", "1'000,00", "12.345,67"),
    "EcritureLet": ("P12", " B ", "'C", "1.2", "ab-1"),
    "DateLet": ("20260131",),
    "ValidDate": ("", "x"),
    "Montantdevise": ("", "100,00", "-80,00", "1,234", "0", "x", " "),
    "Idevise": ("USD", "usd ", "€", "E", "???", "JPY", "KWD", " "),
    "Montant": ("", "x", "0", "1,234"),
    "Sens": ("", "d", "-1", "x", "Débit"),
}  # fmt: skip
"""What stands there in some file all the same."""


@st.composite
def fecs(draw: st.DrawFn) -> Content:
    """A FEC as the law describes it but for a few cells, lines and line ends."""
    titles = list(TITLES)
    if draw(st.integers(0, 5)) == 0:
        titles[11:13] = ["Montant", "Sens"]
    titles += draw(st.sampled_from([(), (), (), ("DateEcheance", "NumFacture"), ("Divers",)]))
    extra = {"DateEcheance": ("", "20260331"), "NumFacture": ("", "F9", "-"), "Divers": ("", "x")}
    usual = {**USUAL, **extra}
    rows = draw(
        st.lists(
            st.tuples(*(st.sampled_from(usual[title]) for title in titles)).map(list),
            min_size=1,
            max_size=12,
        )
    )
    for row in rows:
        if not row[4].startswith("411"):
            row[6:8] = draw(st.sampled_from([["", ""], ["C1", "Dupont"]]))
    separator = draw(st.sampled_from("\t\t|;"))
    for _ in range(draw(st.integers(0, 3))):
        row = draw(st.sampled_from(rows))
        at = draw(st.integers(0, len(row) - 1))
        row[at] = draw(st.sampled_from(ODD.get(titles[at % len(titles)], ("", "x"))))
    lines = [separator.join(row) for row in rows]
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(
            st.sampled_from(["blank", "empty", "more", "fewer", "cut", "end", "trim", "titles"])
        ):
            case "blank":
                lines.insert(at, draw(st.sampled_from(["", "  "])))
            case "empty":
                lines.insert(at, separator * draw(st.integers(1, 20)))
            case "more":
                lines[at] = lines[at].replace(separator, separator * 2, 1)
            case "fewer":
                lines[at] = lines[at].replace(separator, "", 1)
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case "end":
                lines[at] += separator * draw(st.integers(1, 3))
            case "trim":
                lines[at] = lines[at].rstrip(separator)
            case _:
                lines.insert(at, separator.join(titles))
    if draw(st.integers(0, 6)) == 0:
        ends = separator * draw(st.integers(1, 2))
        lines = [line + ends for line in lines]
    ending = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    content = ending.join([separator.join(titles), *lines]) + draw(st.sampled_from([ending, ""]))
    return Content(
        content.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252"])), "replace")
    )


def read(path: Path) -> FileRead | str:
    """What the import reads of a file, or the sentence that refuses it."""
    try:
        (file,) = read_files([path]).files
    except RelancesError as error:
        return str(error)
    return file


def both_ways(content: bytes, block: int) -> tuple[FileRead | str, FileRead | str, bool]:
    """What the fast way and the careful one read, and whether the fast one read it all."""
    fast = False

    def stream(taker: Taker) -> object:
        nonlocal fast
        found = whole_stream(taker)
        fast = found is not None
        return found

    whole_stream = Taker.stream
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "fec.txt"
        path.write_bytes(content)
        patch.setattr(text, "BLOCK", block)
        patch.setattr(Taker, "stream", stream)
        quick = read(path)
        patch.setattr(Taker, "stream", lambda _: None)
        return quick, read(path), fast


BLOCKS = st.sampled_from([150, 400, 1 << 20])
"""Bytes read at a time: a line, a few, all."""


@fuzzed(400)
@given(fecs(), BLOCKS)
def test_the_fast_way_reads_what_the_careful_one_reads_fuzz(content: bytes, block: int) -> None:
    """Entries, balances beside, lines left out and every word about them are the same."""
    fast, careful, _ = both_ways(content, block)
    assert fast == careful


PLAIN = "\n".join(
    "\t".join(row) for row in [TITLES, *zip(*(USUAL[title] * 30 for title in TITLES), strict=False)]
).encode()


@fuzzed(200)
@given(mangled([PLAIN, PLAIN.replace(b"\t", b"|").replace(b"\n", b"\r\n")], most=3), BLOCKS)
def test_damaged_bytes_change_nothing_about_it_fuzz(content: bytes, block: int) -> None:
    """Bytes changed, doubled or lost: neither way loses a line that the other has."""
    fast, careful, _ = both_ways(content, block)
    if not isinstance(careful, str) or "illisible" not in careful:  # in a line that is not ours
        assert fast == careful


def test_a_plain_fec_takes_the_fast_way() -> None:
    """Nothing but the general reader's own cases is left to it."""
    broken = PLAIN + b"\nVE\tVentes\tcut\n" + PLAIN.split(b"\n", 1)[1]
    for content in (
        PLAIN,
        PLAIN.replace(b"\n", b"\r\n"),
        PLAIN.decode().encode("cp1252"),
        broken,
    ):
        for block in (150, 400, 1 << 20):
            fast, careful, streamed = both_ways(content, block)
            assert streamed
            assert fast == careful
            assert isinstance(fast, FileRead)
            assert len(fast.lines) > 10
