"""What printing did, as sentences for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xl_relances import french
from xl_relances.errors import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfReport:
    """What « PDF » did.

    Attributes:
        made: A PDF for each letter, in the order of Préparation, those that lay there too.
        kept: How many of them lay there, newer than their letter.
        failed: Letters without a PDF, as findings.
        passed_by: Sentences on chosen rows that have no letter.
    """

    made: tuple[Path, ...]
    kept: int
    failed: tuple[Finding, ...]
    passed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeReport:
    """What « Document à imprimer » did.

    Attributes:
        documents: Each Word document, with the number of its letters.
        joined: The PDFs of all letters, with the number of their pages.
        registered: Each list of registered letters, with the number of its lines.
        failed: What could not be made, as findings.
        passed_by: Sentences on chosen rows that have no letter.
    """

    documents: tuple[tuple[Path, int], ...]
    joined: tuple[tuple[Path, int], ...]
    registered: tuple[tuple[Path, int], ...]
    failed: tuple[Finding, ...]
    passed_by: tuple[str, ...]


def pdf_message(report: PdfReport) -> str:
    """What happened, in at most two lines."""
    made = french.count(len(report.made), "lettre en PDF", "lettres en PDF")
    where = f" dans {report.made[0].parent}" if report.made else ""
    kept = f", dont {report.kept} déjà faites" if report.kept else ""
    return "\n".join([f"{made}{where}{kept}.", *_failures(report.failed)])


def merge_message(report: MergeReport) -> str:
    """What happened and what to print."""
    lines = [
        f"À imprimer : {path} ({french.count(count, 'lettre')})" for path, count in report.documents
    ]
    lines += [
        f"En un PDF : {path} ({french.count(count, 'page')})" for path, count in report.joined
    ]
    lines += [
        f"Recommandés : {path} ({french.count(count, 'lettre')})"
        for path, count in report.registered
    ]
    return "\n".join([*lines, *_failures(report.failed)])


def _failures(failed: Sequence[Finding]) -> list[str]:
    return [french.count(len(failed), "échec") + "."] if failed else []
