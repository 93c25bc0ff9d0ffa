"""A FEC of a million lines, read into ledger lines, beside ``polars.read_csv`` and a filter.

``python -m benchmarks.imports [LINES]`` writes the file once and runs each way in a
process of its own, alternately. polars is no dependency of the product: install it
beside (``pip install polars``).
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import clock

TITLES = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
    "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\t"
    "Montantdevise\tIdevise\n"
)


def write_fec(path: Path, lines: int) -> None:
    """Sales, payments and purchases in turn; one line in four is of a customer."""
    with path.open("w", encoding="iso8859-15", newline="") as stream:
        stream.write(TITLES)
        written = number = 0
        while written < lines:
            number += 1
            day = f"2026{number % 12 + 1:02}{number % 28 + 1:02}"
            customer, net = number * 7919 % 20_000, number * 37 % 90_000 + 10_000
            gross = net * 12 // 10
            owed = f"{gross / 100:.2f}"
            account = f"411000\tClients\tC{customer:05}\tSociété d'été n° {customer}"
            sale = f"VE\tVentes\t{number}\t{day}\t"
            piece = f"FA-{number:07}\t{day}\tFacture à régler\t"
            made = [
                f"{sale}{account}\t{piece}{gross / 100:.2f}\t0,00",
                f"{sale}707000\tVentes de marchandises\t\t\t{piece}0,00\t{(net - 5000) / 100:.2f}",
                f"{sale}708500\tPorts facturés\t\t\t{piece}0,00\t50.00",
                f"{sale}445710\tTVA collectée\t\t\t{piece}0,00\t{(gross - net) / 100:.2f}",
            ]
            code = ""
            if number % 2:
                code = f"L{number}"
                bank = f"BQ\tBanque\t{number}\t{day}\t"
                made += [
                    f"{bank}{account}\t{piece}0,00\t{gross / 100:.2f}",
                    f"{bank}512000\tBanque\t\t\t{piece}{gross / 100:.2f}\t0,00",
                ]
            else:
                buy = f"AC\tAchats\t{number}\t{day}\t"
                made += [
                    f"{buy}607000\tAchats\t\t\t{piece}{net / 100:.2f}\t0,00",
                    f"{buy}445660\tTVA déductible\t\t\t{piece}{(gross - net) / 100:.2f}\t0,00",
                    f"{buy}401000\tFournisseurs\tF{customer}\tMartin\t{piece}0,00\t{owed}",
                ]
            for line in made[: lines - written]:
                let = code if line.startswith(("VE", "BQ")) and "411000" in line else ""
                stream.write(f"{line}\t{let}\t\t{day}\t\t\n".replace(".", ","))
            written += len(made[: lines - written])


def ours(path: Path) -> dict[str, float]:
    """Read as Import reads it, up to ledger lines with exact amounts and dates."""
    from xl_relances.imports.reading import read_files  # noqa: PLC0415 - one way a process

    start = time.perf_counter()
    (file,) = read_files([path]).files
    return {"seconds": time.perf_counter() - start, "rows": len(file.lines)}


def usual(path: Path) -> dict[str, float]:
    """With polars: every column as text, then the customers' lines alone."""
    import polars as pl  # noqa: PLC0415 - no dependency of ours

    start = time.perf_counter()
    frame = pl.read_csv(
        path, separator="\t", encoding="iso8859-15", infer_schema=False, quote_char=None
    )
    kept = frame.filter(pl.col("CompteNum").str.starts_with("411"))
    return {"seconds": time.perf_counter() - start, "rows": kept.height}


WAYS = {"ours": ours, "polars": usual}


def main() -> None:
    """Measure, or be the process that is measured."""
    words = sys.argv[1:]
    if words and words[0] in WAYS:
        print(json.dumps(WAYS[words[0]](Path(words[1]))))
        return
    lines = int(words[0]) if words else 1_000_000
    with tempfile.TemporaryDirectory(prefix="xl-relances-") as folder:
        path = Path(folder) / "123456789FEC20261231.txt"
        write_fec(path, lines)
        size = path.stat().st_size >> 20
        print(f"{lines:,} lines, {size} MB, best of three\n")
        print("| way | seconds | processor | peak MB | rows |\n|---|---|---|---|---|")
        for way in WAYS:
            runs = [
                clock.command([sys.executable, "-m", "benchmarks.imports", way, str(path)])
                for _ in range(3)
            ]
            best = min(runs, key=lambda run: run.seconds)
            print(
                f"| {way} | {best.seconds:.2f} | {best.processor:.2f} | {best.megabytes:.0f} | "
                f"{best.figures['rows']:.0f} |"
            )


if __name__ == "__main__":
    main()
