"""What a step did, in at most three lines: what happened, who is left out and why, what is next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from xl_relances import french
from xl_relances.errors import Finding
from xl_relances.run import (
    IssueReport,
    MergeReport,
    PdfReport,
    PrepareReport,
    SaveReport,
    Simulation,
    UndoReport,
)
from xl_relances.run.wording import left_out

if TYPE_CHECKING:
    from xl_relances.run.importing import ImportResult
    from xl_relances.run.mailing import MailReport

NOT_KEPT = "Le classeur n'a pas pu être enregistré : enregistrez-le vous-même."


def prepared(report: PrepareReport) -> str:
    """« Campagne du 25/11/2026 : 42 clients, … », the reasons of the others, what to do."""
    whom, _, _ = report.summary.partition(" ; ")
    chased = sum(row.is_chased for row in report.customers)
    if report.findings:
        found = french.count(len(report.findings), "constat", "constats")
        following = f"{found} : cliquez Contrôler pour les voir."
    elif not report.live:
        following = "Grand classeur : cliquez de nouveau Préparer après avoir coché."
    elif chased:
        following = "Ensuite : vérifiez Préparation, puis Éditer."
    else:
        following = "Rien à éditer : voir Non relancés, ou élargissez la sélection."
    return _lines(f"{whom}.", left_out(report.reasons), following)


_NAMED = 5
"""Customers that the message of a simulation names at most: more would not fit its box."""
_ROOM = 980
"""Characters of that message: the box cuts at 1,024."""
_LEAST = 60
"""Characters below which a customer's line says too little to stand there."""


def simulated(simulation: Simulation) -> str:
    """« Simulation du 25/11/2026 : 42 → 38 lettres… », who moves, the heaviest first, why.

    What the user must know stands whole; customers share the room that is left.
    """
    lines = [f"{simulation.summary}. Rien n'est écrit."]
    lines += [_cut(f"{change[0].upper()}{change[1:]}.", 120) for change in simulation.changes[:3]]
    levels = Counter[int](), Counter[int]()
    for level in simulation.levels:
        levels[0][level.number] += level.before
        levels[1][level.number] += level.after
    if simulation.moves:
        numbers = sorted(levels[0] | levels[1])
        shown = (f"{number} : {levels[0][number]} → {levels[1][number]}" for number in numbers)
        lines.append(f"Lettres {', '.join(shown)} ; {simulation.movements}.")
    following = []
    if simulation.lost_choices:
        lost = french.count(simulation.lost_choices, "choix fait", "choix faits")
        following.append(f"{lost} à la main à perdre : Préparer le demandera d'abord.")
    if simulation.findings:
        found = french.count(len(simulation.findings), "constat", "constats")
        following.append(f"{found} : cliquez Contrôler pour les voir.")
    if simulation.moves or simulation.stale:
        following.append("Ensuite : Préparer, ou changez la sélection ou les niveaux.")
    else:
        following.append("Préparer donnerait les mêmes lettres.")
    room = _ROOM - sum(len(line) + 1 for line in (*lines, *following))
    return _lines(*lines, *_heaviest(simulation, room), *following)


def _heaviest(simulation: Simulation, room: int) -> list[str]:
    """A line for each of the customers who move with most money, in so many characters."""
    moves = sorted(simulation.moves, key=lambda move: -move.weight)
    named = min(_NAMED, len(moves), max(1, room // _LEAST))
    rest = f"Et {french.count(len(moves) - named, 'autre', 'autres')}."
    room -= len(rest) + 1
    lines = []
    for move in moves[:named]:
        claims = " → ".join(
            f"lettre {claim.number}, {french.amount(claim.amount, move.currency)}"
            if claim
            else "aucune"
            for claim in (move.before, move.after)
        )
        lines.append(
            _cut(f"• {move.name or move.account} : {claims}. {move.why}", room // named - 1)
        )
    return [*lines, rest] if len(moves) > named else lines


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"


def cleared(customers: int) -> str:
    """« 42 relances supprimées… »."""
    what = french.count(customers, "relance supprimée", "relances supprimées")
    return _lines(f"{what}. L'historique et les lettres restent.", "Ensuite : Préparer.")


def issued(report: IssueReport, home: Path) -> str:
    """« 42 lettres éditées dans Relances/2026-11-25. », failures, what is next."""
    what = french.count(len(report.issued), "lettre éditée", "lettres éditées")
    if report.folders:
        what += f" dans {_shown(report.folders[0], home)}"
    if report.resumed:
        what += f", dont {report.resumed} déjà faites"
    following = "Ensuite : Sauvegarder." if report.issued else "Corrigez, puis Éditer de nouveau."
    notes = [*map(str, report.failed), *report.passed_by, *map(str, report.findings)]
    return _lines(f"{what}.", _noted(notes), following)


def mailed(report: MailReport, home: Path) -> str:
    """« 4 brouillons prêts ; brouillons dans Relances/… », who is left, what is next."""
    from xl_relances.run.mailing import Result, Way, message  # noqa: PLC0415 - where it was used

    folder = Path(_shown(report.folder, home)) if report.folder else None
    what = message(replace(report, folder=folder, stopped="")).splitlines()
    if report.stopped:
        following = with_drafts(report.stopped, " ")
    elif report.way is not Way.SMTP and report.count(Result.DRAFTED):
        following = "Ensuite : relisez et envoyez les brouillons, puis Sauvegarder."
    elif report.count(Result.FAILED, Result.DOUBTFUL):
        following = "Ensuite : voir Motif, puis E-mails de nouveau."
    else:
        following = "Ensuite : Sauvegarder."
    return _lines(" ".join(what), _noted([*map(str, report.findings)]), following)


def with_drafts(text: str, joint: str = "\n") -> str:
    """The sentence of a server that takes nothing; where it speaks of drafts, how to get them."""
    if "brouillons" not in text:
        return text
    return f"{text}{joint}Pour des brouillons, videz « Serveur SMTP » dans Paramètres."


def printed(report: PdfReport, home: Path) -> str:
    """« 42 lettres en PDF dans Relances/2026-11-25. », failures, what is next."""
    what = french.count(len(report.made), "lettre en PDF", "lettres en PDF")
    if report.made:
        what += f" dans {_shown(report.made[0].parent, home)}"
    if report.kept:
        what += f", dont {french.count(report.kept, 'déjà faite', 'déjà faites')}"
    following = "Ensuite : Ouvrir le dossier." if report.made else ""
    notes = [*map(str, report.failed), *report.passed_by]
    return _lines(f"{what}.", _noted(notes), following)


def merged(report: MergeReport, home: Path) -> str:
    """« 42 lettres à imprimer en 3 documents dans Relances/… », failures, what is next."""
    letters = sum(count for _, count in report.documents)
    what = french.count(letters, "lettre à imprimer", "lettres à imprimer")
    if report.documents:
        what += f" en {french.count(len(report.documents), 'document')}"
        what += f" dans {_shown(report.documents[0][0].parent, home)}"
    listed = sum(count for _, count in report.registered)
    if listed:
        registered = french.count(listed, "recommandé", "recommandés")
        what += f" ; {registered} dans {report.registered[0][0].name}"
    following = "Ensuite : Ouvrir le dossier, puis imprimer." if report.documents else ""
    notes = [*map(str, report.failed), *report.passed_by]
    return _lines(f"{what}.", _noted(notes), following)


def imported(result: ImportResult) -> str:
    """The result in one sentence, where its report is, what is next."""
    what = result.summary
    if result.left_out:
        following = "Ensuite : voir Contrôle, corrigez à la source, puis Importer de nouveau."
    else:
        following = "Ensuite : Préparer. Le rapport est sur la feuille Contrôle."
    return _lines(what, _noted([f"{note}." for note in result.notes]), following)


def saved(report: SaveReport, *, kept: bool) -> str:
    """« 42 relances sauvegardées dans 2026-11-25 (…) », what is left, what is next."""
    what = french.count(report.letters, "relance sauvegardée", "relances sauvegardées")
    amounts = french.amounts(report.amounts.items())
    numbers = ", ".join(f"{number} : {count}" for number, count in sorted(report.by_number.items()))
    first = f"{what} dans {french.listing(report.batches)} ({amounts}, lettres {numbers})."
    left = len(report.preparation.customers)
    following = (
        f"Ensuite : {french.count(left, 'relance reste', 'relances restent')} dans Préparation."
        if left
        else "Terminé : Annuler la campagne revient en arrière."
    )
    return _lines(first, _noted(report.passed_by), following if kept else NOT_KEPT)


def undone(report: UndoReport, *, kept: bool) -> str:
    """« Campagne 2026-11-25 annulée… », what is back, what is next."""
    letters = french.count(report.letters, "lettre")
    first = (
        f"Campagne {report.batch} annulée : {letters}, {french.count(report.items, 'échéance')}. "
        "Niveaux et dates sont ceux d'avant."
    )
    following = "Ensuite : ses lettres sont dans Préparation, éditées et non sauvegardées."
    return _lines(first, following if kept else NOT_KEPT)


def checked(findings: Sequence[Finding], subject: str) -> str:
    """« 12 constats, dont 3 à corriger… », or that there is nothing."""
    if not findings:
        return f"{subject} : rien à signaler."
    blocking = sum(finding.blocking for finding in findings)
    found = french.count(len(findings), "constat", "constats")
    return _lines(
        f"{subject} : {found}, dont {blocking} à corriger.",
        "La feuille Contrôle les liste, avec un lien vers chaque cellule.",
    )


def _noted(notes: Sequence[str]) -> str:
    """The first note and how many more there are."""
    if not notes:
        return ""
    more = len(notes) - 1
    tail = f" (et {more} autre{'s' if more > 1 else ''})" if more else ""
    return f"{notes[0]}{tail}"


def _shown(folder: Path, home: Path) -> str:
    """Relative to the workbook where it lies below, as the user knows it."""
    try:
        return folder.resolve().relative_to(home.resolve()).as_posix()
    except ValueError:
        return str(folder)


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
