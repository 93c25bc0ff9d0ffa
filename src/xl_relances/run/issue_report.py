"""What Issue did, and the sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xl_relances import french
from xl_relances.book.preparation_rows import CustomerRow
from xl_relances.errors import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueReport:
    """What Issue did.

    Attributes:
        folders: Folders of the letters.
        issued: Rows whose letter is there now.
        resumed: How many of them lay there already, from a run that was cut off.
        failed: Letters that could not be made, as findings.
        findings: What to know about the letters that were made.
        passed_by: Sentences on chosen rows that get no letter.
    """

    folders: tuple[Path, ...]
    issued: tuple[CustomerRow, ...]
    resumed: int
    failed: tuple[Finding, ...]
    findings: tuple[Finding, ...]
    passed_by: tuple[str, ...]


def message(report: IssueReport) -> str:
    """What happened, in at most three lines."""
    folder = report.folders[0] if report.folders else None
    lines = [
        f"{french.count(len(report.issued), 'lettre éditée', 'lettres éditées')}"
        + (f" dans {folder}" if folder else "")
        + (f", dont {report.resumed} déjà faites." if report.resumed else ".")
    ]
    if report.failed:
        lines.append(french.count(len(report.failed), "lettre en échec", "lettres en échec") + ".")
    return "\n".join(lines)
