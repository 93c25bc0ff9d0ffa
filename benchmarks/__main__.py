"""Time the product beside the usual way: ``python -m benchmarks [WORK...]``.

Works: ``reading`` ``writing`` ``prepare`` ``campaign`` ``formulas`` ``click``
``importing`` ``letters`` ``merging`` ``printing``; all of them by default.
Run it from the root of the repository with the package installed (or
``PYTHONPATH=src``). Two ways are always measured in the same run, on the same
files: only their ratio means anything on another machine.
"""

from __future__ import annotations

import argparse
import compileall
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import xl_relances
from benchmarks import clock
from benchmarks.letters import LINES, has_docxcompose
from benchmarks.report import Line, machine, table

ROOT = Path(__file__).parents[1]
SIZES = (1_000, 10_000, 100_000)
"""Ledger rows; a tenth as many customers."""

CLI = (sys.executable, "-c", "from xl_relances.cli import main; main()")
"""The command line, whether or not its script is installed."""

AS_OF = "2026-11-25"


def main() -> None:
    """Measure what the command line asks for and print Markdown."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("works", nargs="*", metavar="WORK", help=", ".join(WORKS))
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="ledger rows")
    parser.add_argument("--fec", default="1000000", help="lines of FEC files")
    parser.add_argument("--letters", default="50,200", help="letters")
    parser.add_argument("--repeat", type=int, default=1, help="best of so many runs")
    given = parser.parse_args()
    if unknown := [work for work in given.works if work not in WORKS]:
        parser.error(f"unknown work: {', '.join(unknown)}")
    sizes = [int(size) for size in given.sizes.split(",")]
    counts_of_letters = [int(count) for count in given.letters.split(",")]
    counts_of_lines = [int(count) for count in given.fec.split(",")]
    compileall.compile_dir(Path(xl_relances.__file__).parent, quiet=1)  # as pip does
    print(f"{machine()}\n")
    with tempfile.TemporaryDirectory(prefix="xl-relances-") as name:
        folder = Path(name)
        for work in given.works or WORKS:
            counts = counts_of_letters
            if work in _BY_ROWS:
                counts = sizes
            elif work == "importing":
                counts = counts_of_lines
            print(WORKS[work](folder, counts, given.repeat), flush=True)


def reading(folder: Path, sizes: Sequence[int], repeat: int) -> str:
    """The ledger of a workbook, into Python values."""
    ways = ("calamine", "ours", "openpyxl", "openpyxl-lean")
    lines = [
        Line(size, way, clock.task(f"read-{way}", _book(folder, size), repeat=repeat))
        for size in sizes
        for way in ways
    ]
    aim = "at 100,000 rows within 1.5 x calamine (a ratio above 0.67)."
    return table("Read the ledger", "rows", lines, base="calamine", aim=aim)


def writing(folder: Path, sizes: Sequence[int], repeat: int) -> str:
    """The whole ledger into a workbook that exists, and the file saved."""
    target = folder / "written.xlsm"
    lines = [
        Line(size, way, clock.task(f"write-{way}", _book(folder, size), target, repeat=repeat))
        for size in sizes
        for way in ("openpyxl", "ours")
    ]
    aim = "at 100,000 rows 3 x as fast as openpyxl, every part of the package kept."
    return table("Write the ledger into its workbook", "rows", lines, base="openpyxl", aim=aim)


def prepare(folder: Path, sizes: Sequence[int], repeat: int) -> str:
    """The command ``xl-relances prepare``, file to file, start of Python included."""
    lines = []
    for size in sizes:
        book = _book(folder, size)
        usual = clock.task("round-trip", book, folder / "copy.xlsm", repeat=repeat)
        lines.append(Line(size, "openpyxl load + save alone", usual))
        runs = [_prepared(book, folder / "prepared.xlsm") for _ in range(repeat)]
        lines.append(
            Line(size, "xl-relances prepare", min(runs, key=lambda measure: measure.seconds))
        )
    aim = (
        "at 100,000 rows 10 x as fast as the round trip alone; "
        "growth at most 1.05; peak below 700 MB."
    )
    base = "openpyxl load + save alone"
    return table("Prepare, from file to file", "rows", lines, base=base, aim=aim)


def importing(folder: Path, counts: Sequence[int], repeat: int) -> str:
    """A FEC into ledger lines with exact amounts and days; with polars, into columns of texts."""
    ways = ["ours"]
    if find_spec("polars"):
        ways.append("polars")
    else:
        print("polars is not installed: the import is measured alone.\n")
    lines = []
    for count in counts:
        path = folder / f"123456789FEC{count}.txt"
        clock.task("fec", path, count)
        lines += [
            Line(count, way, clock.task(f"import-{way}", path, repeat=repeat)) for way in ways
        ]
    aim = "within 2 x polars (a ratio above 0.5), memory bounded by the customers' lines."
    return table("Read a FEC", "lines", lines, base="polars", aim=aim)


def campaign(folder: Path, sizes: Sequence[int], _repeat: int) -> str:
    """The other commands on the same workbook, each from file to file, once."""
    lines = []
    for size in sizes:
        book = folder / "campaign.xlsm"
        shutil.copyfile(_book(folder, size), book)
        shutil.copytree(ROOT / "word_templates", folder / "word_templates", dirs_exist_ok=True)
        account = f"411{size // 20:06}"
        for way, words in (
            ("prepare", ["prepare", str(book), "--as-of", AS_OF]),
            ("prepare again", ["prepare", str(book), "--as-of", AS_OF]),
            ("issue one letter", ["issue", str(book), "--account", account]),
            ("all ticked « Éditée »", None),
            ("prepare with all issued", ["prepare", str(book), "--as-of", AS_OF]),
            ("save", ["save", str(book), "--yes"]),
            ("undo", ["undo", str(book), "--yes"]),
        ):
            measure = clock.command([*CLI, *words]) if words else clock.task("mark", book)
            lines.append(Line(size, way, measure))
    aim = "peak of each below 700 MB at 100,000 rows."
    return table("A campaign, command by command", "rows", lines, base="prepare", aim=aim)


def formulas(folder: Path, _sizes: Sequence[int], repeat: int) -> str:
    """Opening a prepared workbook in LibreOffice, calculated anew or with its stored values."""
    lines = []
    for customers, rows in ((500, 10_000), (1_000, 20_000), (2_000, 40_000)):
        book = folder / f"live-{rows}.xlsm"
        clock.task("fill", ROOT / "relances.xlsm", book, customers, rows)
        clock.command([*CLI, "prepare", str(book), "--as-of", AS_OF])
        lines += [
            Line(rows, way, clock.task("open in LibreOffice", book, way, folder, repeat=repeat))
            for way in ("stored", "anew")
        ]
    aim = (
        "right first: SUMIFS while customers x items stay below 50 million; "
        "above that Prepare writes values."
    )
    return table(
        "Live formulas of Préparation in LibreOffice", "ledger rows", lines, base="stored", aim=aim
    )


def click(_folder: Path, _sizes: Sequence[int], repeat: int) -> str:
    """What Python loads at a click in Excel, start of the interpreter included."""
    ways = {
        "xlwings alone": "import xlwings",
        "a click": "import xl_relances.excel.macros",
        "Prepare": "import xl_relances.excel.macros, xl_relances.run.preparing",
        "letters": "import xl_relances.excel.macros, xl_relances.run.issuing, docxtpl",
    }
    lines = []
    for way, code in ways.items():
        runs = [clock.command([sys.executable, "-c", code]) for _ in range(max(repeat, 3))]
        lines.append(Line(1, way, min(runs, key=lambda measure: measure.seconds)))
    aim = "nothing but xlwings and our core where no letter is made."
    return table("What a click loads", "click", lines, base="xlwings alone", aim=aim)


def letters(folder: Path, counts: Sequence[int], repeat: int) -> str:
    """Letters from the shipped template of level 1: short, long, with a payment code."""
    tables = []
    for title, items, code, aim in (
        (f"Letters of {LINES} items", LINES, "plain", "5 x docxtpl as in its manual; linear."),
        ("Letters of 140 items", 140, "plain", "5 x docxtpl as in its manual; linear."),
        ("Letters with a payment code", LINES, "coded", "3 x docxtpl as in its manual; linear."),
    ):
        lines = [
            _letters(folder, "letters", way, count, repeat, str(items), code)
            for count in counts
            for way in ("docxtpl", "ours")
        ]
        tables.append(table(title, "letters", lines, base="docxtpl", aim=aim))
    return "\n".join(tables)


def merging(folder: Path, counts: Sequence[int], repeat: int) -> str:
    """One Word document of the whole campaign."""
    ways = ["docxcompose", "ours"] if has_docxcompose() else ["ours"]
    lines = [_letters(folder, "merge", way, count, repeat) for count in counts for way in ways]
    absent = "" if has_docxcompose() else "docxcompose is not installed: not measured.\n"
    return (
        table("One document", "letters", lines, base=ways[0], aim="linear, no part lost.") + absent
    )


def printing(folder: Path, counts: Sequence[int], repeat: int) -> str:
    """PDFs of the letters through LibreOffice, a tenth as many: it takes its time."""
    lines = [_letters(folder, "print", way, max(1, count // 10), repeat) for count in counts
             for way in ("one by one", "ours")]  # fmt: skip
    aim = "within 1.5 x 0.14 s a letter in one start of LibreOffice."
    return table("PDF", "letters", lines, base="one by one", aim=aim)


def _letters(folder: Path, work: str, way: str, count: int, repeat: int, *more: str) -> Line:
    template = ROOT / "word_templates" / "fr" / "relance_1.docx"
    target = folder / f"{work}-{count}"
    target.mkdir(exist_ok=True)
    cost = clock.task(f"{work}-{way}", template, count, target, *more, repeat=repeat)
    return Line(count, way, cost)


def _prepared(book: Path, copy: Path) -> clock.Measure:
    shutil.copyfile(book, copy)
    return clock.command([*CLI, "prepare", str(copy), "--as-of", AS_OF])


def _book(folder: Path, size: int) -> Path:
    """The shipped workbook with a ledger of that size, made once a run."""
    path = folder / f"{size}.xlsm"
    if not path.exists():
        clock.task("fill", ROOT / "relances.xlsm", path, max(1, size // 10), size)
    return path


_BY_ROWS = {"reading", "writing", "prepare", "campaign", "formulas", "click"}

WORKS: dict[str, Callable[[Path, Sequence[int], int], str]] = {
    "reading": reading,
    "writing": writing,
    "prepare": prepare,
    "campaign": campaign,
    "formulas": formulas,
    "click": click,
    "importing": importing,
    "letters": letters,
    "merging": merging,
    "printing": printing,
}

if __name__ == "__main__":
    main()
