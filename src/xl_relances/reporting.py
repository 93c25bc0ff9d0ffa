"""What a command did, on a terminal: few lines, aligned amounts, what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from xl_relances import french
from xl_relances.run import IssueReport, PrepareReport, SaveReport, Simulation, UndoReport
from xl_relances.run.issue_report import message
from xl_relances.run.showing import as_json
from xl_relances.run.simulation import Claim, Kind
from xl_relances.run.wording import REASONS


def prepared(report: PrepareReport, console: Console) -> None:
    """Letters by level and customers left out by reason."""
    console.print(report.summary)
    letters = _letters(report)
    if letters:
        table = _table("Proposées", "Lettre", "Devise")
        table.add_column("Clients", justify="right")
        table.add_column("Solde dû", justify="right")
        for (number, currency), amounts in letters.items():
            total = french.amount(sum(amounts, Decimal(0)), currency)
            table.add_row(str(number), currency, str(len(amounts)), total)
        console.print(table)
    if report.reasons:
        table = _table("Laissés de côté", "Motif")
        table.add_column("Clients", justify="right")
        for reason, number in sorted(report.reasons.items()):
            table.add_row(REASONS[reason], str(number))
        console.print(table)
    if not report.live:
        console.print(
            "Grand classeur : Préparation tient des valeurs, relancez Préparer après avoir coché."
        )


def _letters(report: PrepareReport) -> dict[tuple[int, str], list[Decimal]]:
    """What the letters of each number and currency claim, in that order."""
    letters: dict[tuple[int, str], list[Decimal]] = {}
    for row in report.customers:
        if row.is_chased and row.letter_no is not None:
            letters.setdefault((row.letter_no, row.currency), []).append(row.balance_due)
    return dict(sorted(letters.items()))


def preparation_record(report: PrepareReport) -> dict[str, Any]:
    """The same for ``--json``."""
    letters = [
        {"N° lettre": number, "Devise": currency, "Clients": len(amounts), "Solde dû": sum(amounts)}
        for (number, currency), amounts in _letters(report).items()
    ]
    return {
        "Résumé": report.summary,
        "Date de relance": report.as_of.isoformat(),
        "Campagne": report.batch,
        "Lettres": as_json(letters),
        "Laissés de côté": {
            REASONS[reason]: number for reason, number in sorted(report.reasons.items())
        },
    }


def simulated(simulation: Simulation, console: Console) -> None:
    """What differs, letters by level before and after, and everybody who moves with the reason."""
    console.print(f"{simulation.summary} ; {simulation.movements}. Rien n'est écrit.")
    for change in simulation.changes:
        console.print(f"  {change}")
    if simulation.lost_choices:
        lost = french.count(simulation.lost_choices, "choix fait", "choix faits")
        console.print(f"  {lost} à la main à perdre : Préparer le demandera d'abord")
    if simulation.levels:
        table = _table("Lettres", "Lettre", "Devise")
        for title in ("Clients avant", "après", "Solde dû avant", "après"):
            table.add_column(title, justify="right")
        for level in simulation.levels:
            amounts = (level.amount_before, level.amount_after)
            table.add_row(
                str(level.number), level.currency, str(level.before), str(level.after),
                *(french.amount(amount, level.currency) for amount in amounts),
            )  # fmt: skip
        console.print(table)
    for kind in Kind:
        moves = [move for move in simulation.moves if move.kind is kind]
        if not moves:
            continue
        table = _table(_KINDS[kind], "Compte")
        table.add_column("Nom", max_width=22)
        table.add_column("Avant", justify="right")
        table.add_column("Après", justify="right")
        table.add_column("Motif", ratio=1)
        for move in moves:
            claims = (_claim(claim, move.currency) for claim in (move.before, move.after))
            table.add_row(move.account, move.name, *claims, move.why)
        console.print(table)


_KINDS = {
    Kind.LEAVES: "Sortent",
    Kind.ENTERS: "Entrent",
    Kind.LEVEL: "Changent de lettre",
    Kind.CONTENT: "Même lettre, autre contenu",
}


def _claim(claim: Claim | None, currency: str) -> str:
    return f"L{claim.number} {french.amount(claim.amount, currency)}" if claim else "—"


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=title, title_justify="left", box=box.SIMPLE_HEAD)


def issued(report: IssueReport, console: Console) -> None:
    """How many letters, where, and what was passed by."""
    console.print(message(report))
    for sentence in report.passed_by:
        console.print(sentence)


def saved(report: SaveReport, console: Console) -> None:
    """What went into the history."""
    numbers = ", ".join(f"{number} : {count}" for number, count in sorted(report.by_number.items()))
    amounts = french.amounts(report.amounts.items())
    console.print(
        f"{french.count(report.letters, 'relance sauvegardée', 'relances sauvegardées')} dans "
        f"{french.listing(report.batches)} ({french.count(report.items, 'échéance')}, {amounts} ; "
        f"lettres {numbers})."
    )
    for sentence in report.passed_by:
        console.print(sentence)
    console.print(report.preparation.summary)


def undone(report: UndoReport, console: Console) -> None:
    """What was taken back."""
    console.print(
        f"Campagne {report.batch} annulée : {french.count(report.letters, 'lettre')}, "
        f"{french.count(report.items, 'échéance')}. Les niveaux sont ceux d'avant."
    )
    console.print(report.preparation.summary)


_COLUMNS = {
    "preparation": ("Compte", "Nom", "Devise", "Solde dû", "N° lettre", "Relancer", "Éditée",
                    "Motif"),
    "detail": ("Compte", "Pièce", "Solde", "Imputé", "Reste", "Relancer", "Motif"),
    "excluded": ("Compte", "Nom", "Devise", "Solde", "Motif"),
    "history": ("Campagne", "Compte", "Nom", "Pièce", "Reste", "N° lettre", "Niveau"),
    "campaigns": ("Campagne", "Devise", "Clients", "Échéances", "Montant", "Enregistrée le",
                  "Annulée le"),
    "aging": ("Compte", "Devise", "Non échu", "1–30", "31–60", "61–90", "> 90", "Crédits", "Total"),
    "changes": ("Compte", "Devise", "Réclamé", "Payé", "Payé en partie", "Sorti du grand livre",
                "Encore dû", "Nouvel échu", "État"),
    "calls": ("Compte", "Nom", "Téléphone", "Échu", "Retard", "Dernière lettre", "Relancé le",
              "Promesse non tenue"),
}  # fmt: skip
_HEADERS = {"Retard max": "Retard", "N° lettre": "N°", "Relancer": "R", "Éditée": "É",
            "Niveau": "Niv.", "Devise": "Dev.", "Payé en partie": "Partie",
            "Sorti du grand livre": "Sorti", "Nouvel échu": "Nouveau",
            "Dernière lettre": "L.", "Promesse non tenue": "Promis"}  # fmt: skip
_FEW = 8
"""Columns up to which a view of 100 characters has room between them."""


def shown(view: str, records: Sequence[Mapping[str, Any]], console: Console) -> None:
    """A view as a table of the columns worth a line; ``--json`` has them all."""
    if not records:
        console.print(f"{view} : rien.")
        return
    titles = _COLUMNS.get(view) or tuple(records[0])
    tight = len(titles) > _FEW
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 0) if tight else (0, 1))
    for title in titles:
        right = any(isinstance(record[title], Decimal) for record in records)
        wraps = title in {"Motif", "État"}
        table.add_column(
            _HEADERS.get(title, title),
            justify="right" if right else "left",
            no_wrap=not wraps,
            ratio=1 if wraps else None,
            max_width=22 if title == "Nom" else None,
        )
    for record in records:
        table.add_row(*(_cell(record[title]) for title in titles))
    console.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "☑" if value else "☐"
    if isinstance(value, Decimal):
        return french.amount(value)
    if isinstance(value, date):
        return french.short_date(value)
    return str(value)
