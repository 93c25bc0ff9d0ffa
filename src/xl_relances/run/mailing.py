"""Mail: an e-mail with the letter for each issued customer who is written to that way.

Drafts unless sending is asked for. Who cannot be reached by mail gets the letter by
post, and is named. The campaign's journal says what went; what went never goes again,
and what may have gone is asked about (see :mod:`xl_relances.mail.journal`).

Source: product specification, section 5; letters specification, « E-mail ».
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from glob import escape
from pathlib import Path

import xlwings as xw

from xl_relances import french
from xl_relances.book import layout, preparation_sheet, tables
from xl_relances.book.preparation_rows import CustomerRow
from xl_relances.book.settings import Settings
from xl_relances.dunning.decision import Key
from xl_relances.errors import FindingsError, LetterError, RefusedError
from xl_relances.mail.delivery import Fate, Outbox
from xl_relances.mail.journal import Entry, Journal, State
from xl_relances.mail.message import Mail, draft, message_id, sealed
from xl_relances.mail.outlook import Drafts, find_outlook
from xl_relances.mail.replies import ServerError
from xl_relances.mail.server import Server, password_of
from xl_relances.run.mail_office import Office, Plan, clause, has, when
from xl_relances.run.mail_report import (
    MailLine,
    MailReport,
    Result,
    Way,
    as_records,
    findings,
    message,
    note,
    unclear,
)
from xl_relances.run.reading import confirm, gather, quiet, writable
from xl_relances.run.sending import DRAFTS_FOLDER, changed_since, noted

__all__ = ["MailLine", "MailReport", "Result", "Way", "as_records", "mail", "message", "usual_way"]

SENT_FOLDER = "envois"
"""In a campaign's folder: the mails exactly as they were handed over."""


def usual_way(book: xw.Book) -> Way:
    """What the button does: send where a server is set, else Outlook drafts, else files."""
    if Settings(book).text("smtp_serveur"):
        return Way.SMTP
    return Way.OUTLOOK if find_outlook() else Way.EML


def mail(
    book: xw.Book,
    *,
    clock: Callable[[], datetime],
    way: Way = Way.EML,
    folder: Path | None = None,
    dry_run: bool = False,
    server: Server | None = None,
    outlook: Drafts | None = None,
) -> MailReport:
    """Write, or send, the mails of the issued rows.

    Args:
        book: The workbook.
        clock: The present moment, local time.
        way: Drafts as files, drafts in Outlook, or sent by SMTP.
        folder: Where draft files go; None is ``brouillons`` in the campaign's folder.
        dry_run: Only say what would go to whom: nothing is written, asked or sent.
        server: Stands in for the one of Paramètres.
        outlook: Stands in for the Outlook of this computer.

    Raises:
        RefusedError: Nothing is issued, or the server cannot be used.
        FindingsError: The company, a level's text or the sender lacks what every mail needs.
        CancelledError: The user does not want to send.
        BookBusyError: Préparation is protected.
    """
    with quiet(book):
        snapshot = gather(book)
        sheets = preparation_sheet.read(book, snapshot.procedure.highest)
        rows = [row for row in sheets.customers if row.issued and row.on and row.letter_no]
        if not rows:
            raise RefusedError("Aucune lettre éditée à envoyer : cliquez Éditer, puis E-mails.")
        if not dry_run:
            writable(book, layout.PREPARATION_TABLE)
        office = Office(book, snapshot, way, clock)
        plans = [plan for row in rows if (plan := office.plan(row)) is not None]
        office.check(plans)
        if dry_run:
            lines, stopped, folders = [office.foreseen(plan) for plan in plans], "", set[Path]()
        else:
            dispatch = _Dispatch(book, office, snapshot.settings)
            wanted = dispatch.asked(plans)
            if way is Way.SMTP:
                lines, stopped = dispatch.send(plans, wanted, server)
                folders = set()
            else:
                outlook = outlook or (find_outlook() if way is Way.OUTLOOK else None)
                lines, folders = dispatch.put(plans, wanted, folder, outlook)
                stopped = ""
            _mark(book, lines)
        return MailReport(
            way=way,
            lines=tuple(lines),
            folder=min(folders, default=None),
            findings=(*unclear(rows, snapshot.customers), *findings(lines)),
            by_post=len(rows) - len(plans),
            stopped=stopped,
        )


class _Dispatch:
    """Asks what only a person knows, then sends or puts one mail after the other."""

    def __init__(self, book: xw.Book, office: Office, settings: Settings) -> None:
        self._book, self._office, self._settings = book, office, settings
        self._way = office.way

    def asked(self, plans: Sequence[Plan]) -> list[Plan]:
        """The plans that go, once the user was asked about what may have gone already."""
        wanted: list[Plan] = []
        drafted: list[Plan] = []
        undone: list[Plan] = []
        for plan in plans:
            key = plan.row.key
            journal = self._office.journal(plan.row)
            entry = journal.of(*key)
            if not plan.line.can_go or (entry and entry.state is State.SENT):
                continue
            if entry and entry.state is State.SENDING and not self._went_not(plan, entry, journal):
                continue
            if self._way is not Way.SMTP:
                wanted.append(plan)
            elif self._office.written_before_undo(plan.row):
                undone.append(plan)
            else:
                (drafted if journal.draft_of(*key) else wanted).append(plan)
        if drafted and self._answer(self._about_drafts(drafted)) == "yes":
            wanted += drafted
        if undone and self._answer(self._about_undone(undone)) == "yes":
            wanted += undone
        wanted = [plan for plan in plans if plan in wanted]
        if self._way is Way.SMTP and wanted:
            self._confirm(wanted)
        return wanted

    def _went_not(self, plan: Plan, entry: Entry, journal: Journal) -> bool:
        """Ask a person whether a mail that was cut off went; True when surely not."""
        row = plan.row
        place = "les brouillons d'Outlook" if entry.way == Way.OUTLOOK else "les messages envoyés"
        answer = self._answer(
            f"{row.account} {row.name} : l'e-mail du {when(entry)} à {french.listing(entry.to)} "
            f"était en route quand tout s'est arrêté. Est-il parti (voyez {place}, ou demandez au "
            "client) ? Oui : il est compté comme envoyé. Non : il repart. Annuler : il reste « à "
            "vérifier »."
        )
        if answer == "yes":
            done = State.DRAFTED if entry.way == Way.OUTLOOK else State.SENT
            journal.record(
                replace(entry, state=done, at=self._office.now(), reason="dit l'utilisateur")
            )
        return answer == "no"

    @staticmethod
    def _about_drafts(plans: Sequence[Plan]) -> str:
        made = french.count(len(plans), "brouillon a été fait", "brouillons ont été faits")
        return (
            f"{_names(plans)} : {made}, peut-être envoyé depuis à la main. Envoyer aussi par le "
            "serveur ? Non ou Annuler : rien ne part vers ces clients."
        )

    @staticmethod
    def _about_undone(plans: Sequence[Plan]) -> str:
        gone = french.count(
            len(plans),
            "e-mail est parti, ou a pu partir,",
            "e-mails sont partis, ou ont pu partir,",
        )
        return (
            f"{_names(plans)} : {gone} pour une campagne annulée depuis. Envoyer aussi la nouvelle "
            "lettre ? Non ou Annuler : rien ne part vers ces clients."
        )

    def _confirm(self, wanted: Sequence[Plan]) -> None:
        formal = sum(plan.line.formal for plan in wanted)
        warning = ""
        if formal:
            notices = french.count(formal, "mise en demeure", "mises en demeure")
            warning = f" dont {notices} : un e-mail ne prouve pas qu'elle est arrivée,"
        old = [plan for plan in wanted if changed_since(plan.row.motif)]
        doubt = f" {_names(old)} : le grand livre a changé depuis (voyez Motif)." if old else ""
        confirm(
            self._book,
            f"Envoyer {french.count(len(wanted), 'e-mail')},{warning} au nom de "
            f"{self._office.senders[0]} ?{doubt} Un e-mail parti ne se rattrape pas.",
        )

    def _answer(self, question: str) -> str:
        return str(self._book.app.alert(question, "xl-relances", "yes_no_cancel", "info"))

    def send(
        self, plans: Sequence[Plan], wanted: Sequence[Plan], server: Server | None
    ) -> tuple[list[MailLine], str]:
        """Send the wanted mails; what became of all, and why it stopped."""
        if not wanted:
            return [self._office.settled(plan) for plan in plans], ""
        rate = _rate(self._book, self._settings)
        ended: dict[Key, MailLine] = {}
        stopped = ""
        with Outbox(server or _server(self._settings), per_minute=rate) as outbox:
            for plan in self._shown(wanted):
                try:
                    ended[plan.row.key] = self._sent(plan, outbox)
                except ServerError as error:
                    stopped = str(error)
                    break
                except OSError as error:
                    stopped = f"Dossier de la campagne : {clause(error)}. L'envoi s'arrête."
                    break
        return [ended.get(plan.row.key) or self._office.settled(plan) for plan in plans], stopped

    def _sent(self, plan: Plan, outbox: Outbox) -> MailLine:
        row, line = plan.row, plan.line
        try:
            mail_ = self._office.mail_of(plan)
        except (LetterError, OSError) as error:
            return replace(line, result=Result.FAILED, reason=clause(error))
        journal = self._office.journal(row)
        entry = self._office.entry(
            mail_, row, message_id(mail_, self._office.company, row.batch, *row.key)
        )
        content = sealed(mail_, message_id=entry.message_id, date=self._office.clock().astimezone())
        _write(self._office.campaign(row) / SENT_FOLDER / f"{self._office.stem(row)}.eml", content)
        journal.record(entry)

        def going() -> None:
            journal.record(replace(entry, state=State.SENDING, at=self._office.now()))

        try:
            delivery = outbox.send(content, mail_.sender, mail_.to, going=going)
        except ServerError as error:
            last = journal.of(*row.key)
            if last is not None and last.state is State.SENDING:  # it answered, and took nothing
                journal.record(self._office.failed(entry, str(error)))
            raise
        line = replace(line, subject=mail_.subject)
        match delivery.fate:
            case Fate.SENT:
                journal.record(replace(entry, state=State.SENT, at=self._office.now()))
                self._drop_drafts(row)
                return replace(line, result=Result.SENT, reason="; ".join(delivery.refused))
            case Fate.FAILED:
                journal.record(self._office.failed(entry, delivery.reason))
                return replace(line, result=Result.FAILED, reason=delivery.reason)
            case Fate.DOUBTFUL:
                return replace(line, result=Result.DOUBTFUL, reason=delivery.reason)

    def put(
        self,
        plans: Sequence[Plan],
        wanted: Sequence[Plan],
        folder: Path | None,
        outlook: Drafts | None,
    ) -> tuple[list[MailLine], set[Path]]:
        """Put the wanted drafts; what became of all, and the folders of the files."""
        ended: dict[Key, MailLine] = {}
        folders: set[Path] = set()
        for plan in self._shown(wanted):
            row, line = plan.row, plan.line
            try:
                mail_ = self._office.mail_of(plan)
                if outlook is not None:
                    reason = self._into_outlook(plan, mail_, outlook)
                else:
                    place = folder or self._office.campaign(row) / DRAFTS_FOLDER
                    self._drop_drafts(row)
                    _write(place / f"{self._office.stem(row)}.eml", draft(mail_))
                    self._office.journal(row).record(
                        replace(self._office.entry(mail_, row), state=State.DRAFTED, way=Way.EML)
                    )
                    folders.add(place)
                    reason = ""
            except (LetterError, OSError) as error:
                ended[row.key] = replace(line, result=Result.FAILED, reason=clause(error))
            else:
                ended[row.key] = replace(
                    line, result=Result.DRAFTED, subject=mail_.subject, reason=reason
                )
        return [ended.get(plan.row.key) or self._office.settled(plan) for plan in plans], folders

    def _into_outlook(self, plan: Plan, mail_: Mail, outlook: Drafts) -> str:
        """A draft in Outlook, unless the same lies there; what to know about it."""
        row, journal = plan.row, self._office.journal(plan.row)
        before = journal.draft_of(*row.key)
        known = before is not None and before.way == Way.OUTLOOK
        entry = self._office.entry(mail_, row)
        if known and before is not None and before.digest == entry.digest:
            return "déjà dans Outlook"
        assert plan.line.letter is not None  # a plan that can go has a letter
        journal.record(replace(entry, state=State.SENDING))
        try:
            outlook.save(mail_, plan.line.letter)
        except OSError as error:
            journal.record(self._office.failed(entry, clause(error)))
            raise
        journal.record(replace(entry, state=State.DRAFTED, at=self._office.now()))
        return "supprimez le brouillon d'avant, la lettre a changé" if known else ""

    def _drop_drafts(self, row: CustomerRow) -> None:
        """Take away what was drafted for the customer before: nobody must send both."""
        letter = re.sub(r"_L\d+(-\d+)?$", "", self._office.stem(row))
        for former in (self._office.campaign(row) / DRAFTS_FOLDER).glob(f"{escape(letter)}_L*.eml"):
            former.unlink(missing_ok=True)

    def _shown(self, plans: Sequence[Plan]) -> Iterator[Plan]:
        """The plans, one after the other; progress shows in the status bar."""
        try:
            for number, plan in enumerate(plans, 1):
                self._book.app.status_bar = f"E-mails : {number} sur {len(plans)}"
                yield plan
        finally:
            self._book.app.status_bar = False


def _mark(book: xw.Book, lines: Sequence[MailLine]) -> None:
    """« Motif » says what became of each mail."""
    marked = [line for line in lines if line.row.number_of_row is not None]
    tables.write_columns(
        book,
        layout.PREPARATION_TABLE,
        {"Motif": [noted(line.row.motif, note(line)) for line in marked]},
        [line.row.number_of_row for line in marked if line.row.number_of_row is not None],
    )


def _server(settings: Settings) -> Server:
    host, user = settings.text("smtp_serveur"), settings.text("smtp_utilisateur")
    if not host:
        raise FindingsError(
            [settings.finding("smtp_serveur", "vide : sans serveur, faites des brouillons.")]
        )
    return Server(
        host=host,
        port=settings.integer("smtp_port") or 587,
        user=user,
        password=password_of(user) if user else "",
    )


def _rate(book: xw.Book, settings: Settings) -> int:
    name = "smtp_par_minute"
    return max(1, (settings.integer(name) if has(book, name) else None) or 30)


def _write(path: Path, content: bytes) -> None:
    """A file that is whole under its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_name(f".{path.name}.tmp")  # a run cut off leaves it to the next one
    try:
        waiting.write_bytes(content)
        waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)


def _names(plans: Iterable[Plan]) -> str:
    return french.listing(plan.row.name or plan.row.account for plan in plans)
