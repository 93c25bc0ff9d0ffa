"""A FEC of a million lines, read into ledger lines, beside ``polars.read_csv`` and a filter.

One line in four is of a customer. polars is no dependency of the product: install it
beside (``pip install polars``).
"""

from __future__ import annotations

import time
from pathlib import Path

TITLES = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
    "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\t"
    "Montantdevise\tIdevise\n"
)


def write_fec(path: Path, lines: int) -> dict[str, float]:
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
    return {"lines": written}


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
