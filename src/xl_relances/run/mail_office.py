"""The mails of one command: who gets what, and what the journals know of each.

Nothing here goes anywhere: see :mod:`xl_relances.run.mailing`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import xlwings as xw

from xl_relances import french
from xl_relances.book.customers_sheet import Customer
from xl_relances.book.preparation_rows import CustomerRow
from xl_relances.book.settings import Settings
from xl_relances.dunning.levels import DunningLevel
from xl_relances.errors import FindingsError, LetterError
from xl_relances.letters.letter import Letter, check_sender
from xl_relances.mail.addresses import addresses
from xl_relances.mail.journal import Entry, Journal, State
from xl_relances.mail.message import Mail, header_text
from xl_relances.mail.wording import check_wording, worded
from xl_relances.run.desk import Desk
from xl_relances.run.mail_report import MailLine, Result, Way
from xl_relances.run.reading import Snapshot
from xl_relances.run.sending import DRAFT_STALE, campaign_folder, means_of


@dataclass(frozen=True, slots=True)
class Plan:
    """A customer who wants mail: what is to go, or why nothing can."""

    line: MailLine
    customer: Customer
    level: DunningLevel

    @property
    def row(self) -> CustomerRow:
        """Its row of Préparation."""
        return self.line.row


class Office:
    """What the mails of one command share: the company, the journals, the moment."""

    def __init__(
        self, book: xw.Book, snapshot: Snapshot, way: Way, clock: Callable[[], datetime]
    ) -> None:
        self._book, self._snapshot = book, snapshot
        self.way, self.clock = way, clock
        self._desk = Desk.at(book, snapshot, None)
        self._journals: dict[str, Journal] = {}
        self._standing = snapshot.standing()
        company = addresses(snapshot.settings.text("societe_email")).valid
        chosen = snapshot.settings.text("smtp_expediteur")
        self._sender_cell = chosen
        self.senders = addresses(chosen).valid if chosen else company
        replies = addresses(optional(book, snapshot.settings, "repondre_a")).valid or company
        self._reply_to = replies[0] if replies and replies != self.senders else ""

    def plan(self, row: CustomerRow) -> Plan | None:
        """What the row's customer gets by mail; None for one who wants post alone."""
        customer = self._snapshot.customers.of(row.account, row.name)
        means = means_of(customer.sending)
        if not means.email:
            return None
        assert row.letter_no is not None  # rows without a number were passed by
        level = self._snapshot.procedure.level(row.letter_no)
        found = addresses(customer.email)
        line = MailLine(
            row=row,
            sending=customer.sending,
            to=found.valid,
            refused=found.refused,
            result=Result.TO_SEND,
            formal=level.registered or level.rank == self._snapshot.procedure.highest,
        )
        letter, stale_pdf = _attached(self._desk.home / row.file if row.file else None)
        why, result = "", Result.FAILED
        if not row.file:
            why = "pas de lettre à joindre, éditez-la"
        elif row.digest and row.digest != row.content_digest():
            why = "la lettre ne dit plus ce qui est coché, éditez-la à nouveau"
        elif letter is None:
            why = f"{Path(row.file).name} introuvable, éditez la lettre à nouveau"
        elif not found.valid:
            why = "adresse incorrecte" if found.refused else "adresse manquante"
            result = Result.BY_POST
        if why:
            line = replace(line, result=result, reason=why)
        return Plan(replace(line, letter=letter, stale_pdf=stale_pdf), customer, level)

    def check(self, plans: Sequence[Plan]) -> None:
        """What every mail needs, looked for before the first one is made."""
        levels = {plan.level.rank: plan.level for plan in plans if plan.line.can_go}
        findings = [
            *check_sender(self._desk.sender),
            *check_wording(levels[rank] for rank in sorted(levels)),
        ]
        needed = self.way is Way.SMTP or self._sender_cell
        if levels and needed and len(self.senders) != 1:
            name = "smtp_expediteur" if self._sender_cell else "societe_email"
            findings.append(
                self._snapshot.settings.finding(name, "une adresse attendue, d'où partir.")
            )
        blocking = [finding for finding in findings if finding.blocking]
        if blocking:
            raise FindingsError(blocking)

    def foreseen(self, plan: Plan) -> MailLine:
        """What would become of it, for a dry run."""
        line, entry = plan.line, self.journal(plan.row).of(*plan.row.key)
        if entry is not None and entry.state in {State.SENT, State.SENDING}:
            return self.settled(plan)
        if not line.can_go:
            return line
        try:
            return replace(line, subject=self.mail_of(plan, content=b"").subject)
        except LetterError as error:
            return replace(line, result=Result.FAILED, reason=str(error))

    def settled(self, plan: Plan) -> MailLine:
        """A mail that was not tried: what the journal knows of it."""
        line, row = plan.line, plan.row
        entry = self.journal(row).of(*row.key)
        if entry is None or not (line.can_go or entry.state in {State.SENT, State.SENDING}):
            return line
        match entry.state:
            case State.SENT:
                changed = " ; la lettre a changé depuis" if self._changed(plan, entry) else ""
                return replace(
                    line, to=entry.to, result=Result.ALREADY, reason=gone(entry) + changed
                )
            case State.SENDING:
                return replace(line, to=entry.to, result=Result.DOUBTFUL, reason=gone(entry))
            case State.DRAFTED:
                if self._changed(plan, entry):  # Éditer took that draft away
                    return replace(line, reason=DRAFT_STALE)
                return replace(line, result=Result.DRAFTED, reason="déjà fait")
            case State.FAILED:
                return replace(line, result=Result.FAILED, reason=entry.reason)
            case State.PREPARED:
                return line

    def _changed(self, plan: Plan, entry: Entry) -> bool:
        if not plan.line.can_go:
            return True
        try:
            return self.mail_of(plan).digest != entry.digest
        except (LetterError, OSError):
            return True

    def mail_of(self, plan: Plan, content: bytes | None = None) -> Mail:
        """The mail of a plan that can go.

        Raises:
            LetterError: The level's text cannot be filled in for this customer.
            OSError: The letter cannot be read.
        """
        line, letter = plan.line, self._letter(plan)
        assert line.letter is not None  # a plan that can go has a letter
        last = plan.level.rank == self._snapshot.procedure.highest
        wording = worded(plan.level, letter, last=last)
        return Mail(
            sender=self.senders[0] if len(self.senders) == 1 else "",
            sender_name=header_text(letter.sender.name),
            to=line.to,
            subject=wording.subject,
            text=wording.text,
            footer=wording.footer,
            language=letter.language,
            letter=line.letter.name,
            content=line.letter.read_bytes() if content is None else content,
            reply_to=self._reply_to,
        )

    def _letter(self, plan: Plan) -> Letter:
        return self._desk.content(plan.row, plan.level, plan.customer)

    def campaign(self, row: CustomerRow) -> Path:
        """The folder of its campaign."""
        return campaign_folder(self._book, self._snapshot, row.batch)

    def journal(self, row: CustomerRow) -> Journal:
        """The journal of its campaign, read once."""
        return self._journal_of(row.batch)

    def _journal_of(self, batch: str) -> Journal:
        if batch not in self._journals:
            folder = campaign_folder(self._book, self._snapshot, batch)
            self._journals[batch] = Journal.read(folder)
        return self._journals[batch]

    def written_before_undo(self, row: CustomerRow) -> bool:
        """Whether a mail went, or may have gone, for a campaign undone since the last letter.

        The last letter that counts; a draft may have been sent by hand.
        """
        last = self._standing.customers.get(row.key)
        since = last.letter_date if last is not None else None
        return any(
            batch != row.batch
            and (since is None or batch[:10] > since.isoformat())
            and self._may_have_gone(self._journal_of(batch), row)
            for batch in self._snapshot.campaigns.cancelled
        )

    @staticmethod
    def _may_have_gone(journal: Journal, row: CustomerRow) -> bool:
        entry = journal.of(*row.key)
        gone = entry is not None and entry.state in {State.SENT, State.SENDING}
        return gone or journal.draft_of(*row.key) is not None

    @staticmethod
    def stem(row: CustomerRow) -> str:
        """Name of its letter, without the extension."""
        return Path(row.file).stem

    @property
    def company(self) -> str:
        """What tells our Message-IDs from those of another company."""
        return self._desk.sender.siren

    def now(self) -> str:
        """The present moment, as the journal writes it."""
        return self.clock().replace(microsecond=0).isoformat()

    def entry(self, mail_: Mail, row: CustomerRow, identity: str = "") -> Entry:
        """The first line of a mail in the journal."""
        return Entry(
            account=row.account,
            currency=row.currency,
            state=State.PREPARED,
            at=self.now(),
            way=self.way,
            to=mail_.to,
            digest=mail_.digest,
            message_id=identity,
        )

    def failed(self, entry: Entry, reason: str) -> Entry:
        """The line of one that surely did not go."""
        return replace(entry, state=State.FAILED, at=self.now(), reason=reason)


def _attached(letter: Path | None) -> tuple[Path | None, bool]:
    """The file to attach: the PDF beside the letter, else the letter; whether the PDF is old."""
    if letter is None or not letter.is_file():
        return None, False
    pdf = letter.with_suffix(".pdf")
    if not pdf.is_file():
        return letter, False
    is_old = pdf.stat().st_mtime_ns < letter.stat().st_mtime_ns
    return (letter, True) if is_old else (pdf, False)


def optional(book: xw.Book, settings: Settings, name: str) -> str:
    """A setting that workbooks made before it lack."""
    return settings.text(name) if has(book, name) else ""


def has(book: xw.Book, name: str) -> bool:
    """Whether the workbook has that name."""
    return any(known.name == name for known in book.names)


def gone(entry: Entry) -> str:
    """« envoyé le 25/11/2026 à 09:30 à compta@client.example »."""
    what = "envoyé" if entry.state is State.SENT else "envoi interrompu"
    said = f", {entry.reason}" if entry.reason else ""
    return f"{what} le {when(entry)} à {french.listing(entry.to)}{said}"


def when(entry: Entry) -> str:
    """« 25/11/2026 à 09:30 »."""
    try:
        moment = datetime.fromisoformat(entry.at)
    except ValueError:
        return entry.at
    return f"{french.short_date(moment.date())} à {moment:%H:%M}"


def clause(error: Exception) -> str:
    """Why a file or a text failed, to stand in a sentence."""
    return french.refusal(error) if isinstance(error, OSError) else str(error).rstrip(".")
