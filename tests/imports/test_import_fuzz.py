"""Whatever a file holds, the import reads it or refuses it in French; it never hangs or crashes."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import books
from fuzzing import Content, answers_within, fuzzed, mangled
from imports.ledgers_written import Entry, Variant, written
from xl_relances.errors import RelancesError
from xl_relances.imports.reading import read_files

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no alarm")

FEC_TITLES = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
FEC_ROWS = (
    "VE|Ventes|1|20260105|411000|Clients|C1|Dupont|FA-1|20260105|Facture|1200,00|0,00|||20260131||",
    "VE|Ventes|1|20260105|706000|Ventes|||FA-1|20260105|Facture|0,00|1200,00|||20260131||",
    "BQ|Banque|2|20260210|411000|Clients|C1|Dupont|VIR|20260210|Reçu|0,00|200,00|A|20260210|||",
    "VE|Ventes|3|20260301|411000|Clients|C2|Noël|FA-2|20260301|Export|90,00|0,00||||100,00|USD",
)
ENTRIES: list[Entry] = [
    {
        "account": f"411C{number}", "name": "Établissements Élan", "entry": f"VE-{number}",
        "piece": f"FA-{number}", "date": date(2026, 1, number), "due": date(2026, 2, number),
        "label": 'Facture ; dite "Été"', "amount": Decimal(amount), "currency": "EUR",
        "code": "A" if number == 3 else "",
    }
    for number, amount in enumerate(("1000.00", "-250.50", "12345.67", "0.99"), start=1)
]  # fmt: skip
CUSTOMERS = (
    "Compte;Nom;Adresse 1;Code postal;Ville;E-mail;Délai de paiement\n"
    "411C1;Élan;1 rue A;44000;Nantes;a@elan.example;45FM\n"
)
SAMPLES = [
    "\r\n".join(["|".join(FEC_TITLES), *FEC_ROWS, ""]).encode(),
    "\n".join(["\t".join(FEC_TITLES), *FEC_ROWS]).replace("|", "\t").encode("iso8859-15"),
    CUSTOMERS.encode("cp1252"),
    written(ENTRIES, Variant()),
    written(ENTRIES, Variant(encoding="UTF-16", separator="\t", quoting="all")),
    written(ENTRIES, Variant(encoding="CP850", amounts="side", dates="%Y%m%d", titles_above=2)),
    written(ENTRIES, Variant(encoding="Mac Roman", amounts="signed", line_end="\r")),
    written(ENTRIES, Variant(declared=True, separator=",", decimal=".", dates="serial")),
]


def workbook() -> bytes:
    """The same as an .xlsx file."""
    made, stream = openpyxl.Workbook(), io.BytesIO()
    assert made.active is not None
    for line in written(ENTRIES, Variant(separator="|")).decode().splitlines():
        made.active.append(line.split("|"))
    made.save(stream)
    return stream.getvalue()


WORKBOOK = workbook()


@st.composite
def mangled_workbooks(draw: st.DrawFn) -> bytes:
    """A zip that is damaged, or whose parts are while all checksums are right."""
    if draw(st.booleans()):
        return draw(mangled([WORKBOOK]))
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = draw(st.sampled_from(sorted(parts)))
    parts[name] = draw(mangled([parts[name]], most=3))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(zipfile.ZipInfo(part), content, zipfile.ZIP_DEFLATED)
    return Content(stream.getvalue())


HOSTILE = (
    "", " ", '"', '""', '"""', "0", "-", "+", "--1", "1e400", "-1e-400", "9" * 400, "NaN", "inf",
    "1.234.567,89", "1,2,3", "(12", "12-", "\u2212", "\u0661\u0662", "1\u00b2", "½", "1\u202f000",
    "31/02/2026", "00/00/0000", "99999999", "20261332", "1/1/1", "2958466", "-1", "1E5", "1_000",
    "=1+1", "é", "\ufeff", "\u202e", "\ud7ff", "\x1a", "\x85", "\u2028", "Total", "411", "EUR",
    "euro", "D", "C", "A" * 40_000, "sep=;", "Compte", "Débit", "\n", "\r", "\r\r\n",
)  # fmt: skip


@st.composite
def mangled_tables(draw: st.DrawFn) -> bytes:
    """A ledger with cells, rows, columns and titles that an odd package might have written."""
    separator = draw(st.sampled_from("\t|;,"))
    sample = draw(st.sampled_from(["fec", "export", "customers"]))
    if sample == "fec":
        rows = [list(FEC_TITLES), *(row.split("|") for row in FEC_ROWS)]
    elif sample == "customers":
        rows = [line.split(";") for line in CUSTOMERS.splitlines()]
    else:
        amounts = draw(st.sampled_from(["two columns", "signed", "side"]))
        plain = written(ENTRIES, Variant(separator="|", amounts=amounts)).decode()
        rows = [line.split("|") for line in plain.splitlines()]
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(rows) - 1)) if rows else 0
        row = rows[at] if rows else []
        column = draw(st.integers(0, max(0, len(row) - 1)))
        match draw(st.sampled_from(["cell", "cell", "any", "copy", "drop", "title", "column"])):
            case "cell" if row:
                row[column] = draw(st.sampled_from(HOSTILE))
            case "any" if row:
                row[column] = draw(st.text(max_size=12))
            case "copy" if row:
                rows.insert(at, list(row))
            case "drop" if row:
                del row[column]
            case "title" if rows and row:
                rows[0][column % max(1, len(rows[0])) :] = [draw(st.sampled_from(HOSTILE))]
            case "column":
                value = draw(st.sampled_from(HOSTILE))
                for line in rows[1:]:
                    if column < len(line):
                        line[column] = value
    ending = draw(st.sampled_from(["\n", "\r\n", "\r", "\r\r\n"]))
    text = ending.join(separator.join(row) for row in rows) + draw(st.sampled_from(["", ending]))
    codec = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp850", "mac-roman"]))
    return Content(text.encode(codec, "replace"))


ANY_FILE = st.one_of(
    mangled(SAMPLES), mangled_tables(), mangled_tables(), mangled_workbooks(),
    st.binary(max_size=400),
)  # fmt: skip


@pytest.fixture(scope="module")
def empty_book() -> Iterator[Path]:
    """A workbook without a ledger."""
    with tempfile.TemporaryDirectory() as folder:
        yield books.make(Path(folder))


def is_french(sentence: str, name: str) -> bool:
    """Whether it is one sentence that names the file, with nothing of Python in it."""
    python = ("Error", "Exception", "Traceback", "codec", "None", "object")
    return (
        sentence.startswith(name)
        and "\n" not in sentence
        and not any(word in sentence.replace(name, "") for word in python)
    )


@fuzzed(120)
@given(ANY_FILE)
def test_any_bytes_are_read_or_refused_in_one_sentence(content: bytes) -> None:
    """A report, or a French sentence that names the file; rows are kept or said to be left out."""
    with tempfile.TemporaryDirectory() as folder, answers_within(10, megabytes=400):
        path = Path(folder) / "export.csv"
        path.write_bytes(content)
        try:
            (read,) = read_files([path]).files
        except RelancesError as error:
            sentences, lines = str(error).split("\n"), []
        else:
            sentences, lines = [str(row.finding) for row in read.left_out], read.lines
    for sentence in sentences:
        assert is_french(sentence, "export.csv")
    for line in lines:
        assert line.entry.account
        assert line.entry.amount.is_finite()


@fuzzed(25)
@given(ANY_FILE)
def test_any_bytes_leave_a_workbook_whole(empty_book: Path, content: bytes) -> None:
    """Imported and prepared, or refused with the workbook untouched: no other error."""
    with tempfile.TemporaryDirectory() as folder, answers_within(20, megabytes=400):
        book = Path(shutil.copyfile(empty_book, Path(folder) / "relances.xlsm"))
        path = book.with_name("export.csv")
        path.write_bytes(content)
        before = book.read_bytes()
        for verb in ("import", "prepare"):
            arguments = (verb, book, path) if verb == "import" else (verb, book)
            code, out, errors = books.command(*arguments)
            assert "imprévue" not in errors
            assert code == 0 or errors
            if verb == "import" and not out:
                assert book.read_bytes() == before
                return
