"""A ledger written the way some package would: every choice a field of ``Variant``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from xl_relances.imports.lines import Line
from xl_relances.imports.reading import read_files
from xl_relances.imports.sources import Answers

Entry = dict[str, Any]

SYNONYMS = {
    "account": ("Compte", "N° compte", "Compte client", "Code tiers", "N° Client"),
    "name": ("Nom", "Intitulé", "Raison sociale", "NOM CLIENT"),
    "entry": ("Écriture", "N° écriture", "Numéro d'écriture"),
    "piece": ("Pièce", "N° pièce", "N° facture", "Référence", "Numéro de pièce"),
    "date": ("Date", "Date pièce", "Date facture", "DATE PIECE"),
    "due": ("Échéance", "Echéance", "Date d'échéance", "Date éch."),
    "label": ("Libellé", "Libellé écriture", "Désignation"),
    "debit": ("Débit", "Montant débit", "DEBIT", "Mvt débit"),
    "credit": ("Crédit", "Montant crédit", "CREDIT", "Mvt crédit"),
    "amount": ("Montant", "Montant signé", "Montant EUR"),
    "side": ("Sens", "D/C"),
    "currency": ("Devise", "Code devise", "Monnaie"),
    "code": ("Lettrage", "Code lettrage", "Lettre"),
}
CODECS = {
    "UTF-8": "utf-8", "UTF-8 marked": "utf-8-sig", "UTF-16": "utf-16", "UTF-16 LE": "utf-16-le",
    "ISO-8859-15": "iso8859-15", "CP1252": "cp1252", "CP850": "cp850", "Mac Roman": "mac-roman",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """How a ledger is written."""

    encoding: str = "UTF-8"
    separator: str = ";"
    line_end: str = "\r\n"
    final_end: bool = True
    declared: bool = False
    decimal: str = ","
    thousands: str = ""
    negative: str = "before"
    amounts: str = "two columns"
    dates: str = "%d/%m/%Y"
    order: tuple[int, ...] = ()
    synonym: int = 0
    quoting: str = "needed"
    titles_above: int = 0


def money(value: Decimal, variant: Variant) -> str:
    """The amount in the variant's form; nothing for none."""
    digits = f"{abs(value):,.2f}"
    digits = digits.replace(",", "T").replace(".", variant.decimal).replace("T", variant.thousands)
    if value >= 0:
        return digits
    forms = {"before": "-{}", "behind": "{}-", "parentheses": "({})", "true minus": "\u2212{}",
             "dash": "\u2013{}"}  # fmt: skip
    return forms[variant.negative].format(digits)


def day(value: date | None, variant: Variant) -> str:
    """The day in the variant's form."""
    if value is None:
        return {"%Y%m%d": "00000000", "%d/%m/%Y": "00/00/0000"}.get(variant.dates, "")
    if variant.dates == "serial":
        return str((value - date(1899, 12, 30)).days)
    return value.strftime(variant.dates)


def written(entries: list[Entry], variant: Variant) -> bytes:
    """The file's bytes."""
    columns = ["account", "name", "entry", "piece", "date", "due", "label"]
    columns += {"two columns": ["debit", "credit"], "signed": ["amount"],
                "side": ["amount", "side"]}[variant.amounts]  # fmt: skip
    columns += ["currency", "code"]
    if variant.order:
        ranked = sorted(
            range(len(columns)), key=lambda i: (variant.order[i % len(variant.order)], i)
        )
        columns = [columns[i] for i in ranked]
    titles = [SYNONYMS[c][variant.synonym % len(SYNONYMS[c])] for c in columns]
    rows = [titles]
    for entry in entries:
        amount = entry["amount"]
        cells = {
            **{name: entry[name] for name in ("account", "name", "entry", "piece", "label",
                                              "currency", "code")},
            "date": day(entry["date"], variant),
            "due": day(entry["due"], variant),
            "debit": money(amount, variant) if amount > 0 else "",
            "credit": money(-amount, variant) if amount < 0 else "",
            "amount": money(abs(amount) if variant.amounts == "side" else amount, variant),
            "side": "D" if amount >= 0 else "C",
        }  # fmt: skip
        rows.append([cells[c] for c in columns])
    lines = [variant.separator.join(quoted(cell, variant) for cell in row) for row in rows]
    lines = [
        f"Société Été - grand livre, page {n + 1}" for n in range(variant.titles_above)
    ] + lines
    if variant.declared:
        lines.insert(0, f"sep={variant.separator}")
    text = variant.line_end.join(lines) + (variant.line_end if variant.final_end else "")
    return text.encode(CODECS[variant.encoding])


def quoted(cell: str, variant: Variant) -> str:
    """The cell with the quotes that it needs, or that all have."""
    needs = variant.separator in cell or cell.startswith('"')
    if variant.quoting == "all" or needs:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def lines_of(
    path: Path, content: bytes | str, *, encoding: str = "utf-8", **options: Any
) -> list[Line]:
    """What the import reads from a file of that content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    answers = options.pop("answers", Answers())
    return [
        line for file in read_files([path], answers=answers, **options).files for line in file.lines
    ]
