"""What Mail did for each customer, as records, sentences and findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from xl_relances import french
from xl_relances.book.customers_sheet import Customers
from xl_relances.book.preparation_rows import CustomerRow
from xl_relances.errors import Finding
from xl_relances.run.sending import DRAFT_READY, changed_since, means_of


class Way(StrEnum):
    """How mails leave."""

    EML = "eml"
    OUTLOOK = "outlook"
    SMTP = "smtp"


class Result(StrEnum):
    """What became of one customer's mail, as users read it."""

    TO_SEND = "à envoyer"
    DRAFTED = "brouillon"
    SENT = "envoyé"
    ALREADY = "déjà envoyé"
    DOUBTFUL = "à vérifier"
    FAILED = "échec"
    BY_POST = "courrier"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLine:
    """One customer who is to be written to by e-mail.

    Attributes:
        row: Its row of Préparation.
        sending: Its « Envoi ».
        to: Addresses the mail goes to.
        subject: Its subject; empty when there is no mail.
        letter: The file that is attached; None when there is none.
        result: What became of it.
        reason: Why, or when and where; a French clause.
        formal: Whether it carries a formal notice.
        refused: A clause on each address of the customer that is none.
        stale_pdf: Whether the letter has a PDF that is older than itself.
    """

    row: CustomerRow
    sending: str
    to: tuple[str, ...] = ()
    subject: str = ""
    letter: Path | None = None
    result: Result
    reason: str = ""
    formal: bool = False
    refused: tuple[str, ...] = ()
    stale_pdf: bool = False

    @property
    def can_go(self) -> bool:
        """Whether nothing stands against its mail so far."""
        return self.result is Result.TO_SEND


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReport:
    """What Mail did, or with a dry run would do.

    Attributes:
        way: How.
        lines: Every customer to be written to by e-mail, in the order of Préparation.
        folder: Where the drafts lie; None when there are none.
        findings: What to know: addresses refused, fallbacks to post, formal notices.
        by_post: Issued customers who are written to by post alone.
        stopped: Why no more mails were tried; empty when all were.
    """

    way: Way
    lines: tuple[MailLine, ...]
    folder: Path | None
    findings: tuple[Finding, ...]
    by_post: int
    stopped: str = ""

    def count(self, *results: Result) -> int:
        """How many ended so."""
        return sum(line.result in results for line in self.lines)


def message(report: MailReport) -> str:
    """What happened, in a few lines."""
    what = {
        Result.TO_SEND: ("e-mail à envoyer", "e-mails à envoyer"),
        Result.DRAFTED: ("brouillon prêt", "brouillons prêts"),
        Result.SENT: ("e-mail envoyé", "e-mails envoyés"),
        Result.ALREADY: ("e-mail déjà envoyé", "e-mails déjà envoyés"),
        Result.DOUBTFUL: ("e-mail à vérifier", "e-mails à vérifier"),
        Result.FAILED: ("e-mail en échec", "e-mails en échec"),
        Result.BY_POST: ("e-mail impossible, en courrier", "e-mails impossibles, en courrier"),
    }
    counts = [
        french.count(number, *words)
        for result, words in what.items()
        if (number := report.count(result))
    ]
    place = f" dans {report.folder}" if report.folder else ""
    place = place or (" dans Outlook" if report.way is Way.OUTLOOK else "")
    lines = [", ".join(counts) + (f" ; brouillons{place}" if place and counts else "")]
    if report.by_post:
        lines.append(french.count(report.by_post, "client en courrier", "clients en courrier"))
    return "\n".join(
        [f"{line}." for line in lines if line] + [report.stopped] * bool(report.stopped)
    )


def as_records(report: MailReport) -> list[dict[str, object]]:
    """The lines for ``--json``: one object a customer, keys as users read them."""
    return [
        {
            "Compte": line.row.account,
            "Nom": line.row.name,
            "Devise": line.row.currency,
            "N° lettre": line.row.letter_no,
            "Envoi": line.sending,
            "À": list(line.to),
            "Objet": line.subject or None,
            "Pièce jointe": str(line.letter) if line.letter else None,
            "Résultat": str(line.result),
            "Motif": line.reason or None,
        }
        for line in report.lines
    ]


def note(line: MailLine) -> str:
    """What « Motif » says of the mail; empty for one that was never tried."""
    why = f" ({line.reason})" if line.reason else ""
    match line.result:
        case Result.TO_SEND:
            return line.reason
        case Result.DRAFTED:
            return f"{DRAFT_READY} pour {french.listing(line.to)}"
        case Result.SENT:
            return f"envoyé à {french.listing(line.to)}{why}"
        case Result.ALREADY:
            return line.reason
        case Result.DOUBTFUL:
            return f"à vérifier, peut-être parti{why}"
        case Result.FAILED:
            return f"échec{why}, à refaire ou en courrier"
        case Result.BY_POST:
            return f"impossible{why}, partira par courrier"


def unclear(rows: Iterable[CustomerRow], customers: Customers) -> Iterator[Finding]:
    """Customers whose « Envoi » says nothing that we know."""
    for row in rows:
        sending = customers.of(row.account, row.name).sending
        if not means_of(sending).understood:
            yield _told(
                f"E-mail à {row.account}",
                f"« Courrier », « E-mail » ou « Courrier et e-mail » attendu dans la colonne "
                f"« Envoi » de Clients, « {sending} » lu : la lettre part par courrier.",
            )


_LEAVES = frozenset({Result.TO_SEND, Result.DRAFTED, Result.SENT})


def findings(lines: Iterable[MailLine]) -> Iterator[Finding]:
    """What to know about the mails: fallbacks to post, failures, formal notices."""
    formal: list[str] = []
    for line in lines:
        where = f"E-mail à {line.row.account}"
        refused = french.listing(line.refused)
        if line.result is Result.BY_POST:
            detail = f" ({refused})" if refused else ""
            yield _told(where, f"{line.reason}{detail} : la lettre part par courrier.")
        elif refused and line.to:
            yield _told(where, f"{refused} ; l'e-mail ne s'adresse qu'aux autres.")
        if line.result in {Result.FAILED, Result.DOUBTFUL}:
            yield Finding(where=where, message=f"{line.result}, {line.reason}.")
        elif line.result is Result.ALREADY and "changé" in line.reason:
            yield _told(where, f"{line.reason} : rien n'est renvoyé, écrivez-lui vous-même.")
        elif line.result is Result.SENT and line.reason:
            yield _told(where, f"{line.reason}.")
        if line.result in _LEAVES and (changed := changed_since(line.row.motif)):
            yield _told(
                where, f"depuis l'édition de la lettre : {changed}. Vérifiez avant d'écrire."
            )
        if line.stale_pdf:
            yield _told(where, "le PDF est plus ancien que la lettre : la lettre Word est jointe.")
        alone = not means_of(line.sending).post
        if line.formal and alone and line.result in _LEAVES:
            formal.append(line.row.name or line.row.account)
    if formal:
        yield _told(
            "Mise en demeure par e-mail",
            f"{french.listing(formal)} : un e-mail ne prouve pas sa réception. Pour poster aussi "
            "l'original : « Courrier et e-mail » dans Clients, puis Éditer de nouveau.",
        )


def _told(where: str, what: str) -> Finding:
    return Finding(where=where, message=what, blocking=False)
