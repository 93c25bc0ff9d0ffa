"""The desk where letters are written: the company, the templates, the folders.

A letter that fails is said and does not stop the others; one that lies there and says
the same is not made again.

Source: product specification, sections 4 (rules 12, 13) and 5.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import xlwings as xw

from xl_relances import french
from xl_relances.book.customers_sheet import Customer
from xl_relances.book.preparation_rows import CustomerRow
from xl_relances.dunning.levels import DunningLevel
from xl_relances.errors import Finding, FindingsError, LetterError
from xl_relances.letters.letter import Letter, Sender, check_sender
from xl_relances.letters.render import TemplateCache, is_whole, write_through
from xl_relances.run.charging import Charging
from xl_relances.run.issue_report import IssueReport
from xl_relances.run.letter_content import content, sender
from xl_relances.run.letter_journal import log, proof, read_journal
from xl_relances.run.reading import Snapshot, templates_folder
from xl_relances.run.row_charges import charges_made
from xl_relances.run.sending import DRAFTS_FOLDER, campaign_folder, with_letter_anew


@dataclass(frozen=True, slots=True)
class Desk:
    """Where letters are written: the company, the templates, the folders."""

    book: xw.Book
    snapshot: Snapshot
    sender: Sender
    home: Path
    folder: Path
    templates: Path
    saved: frozenset[str]
    charging: Charging
    cache: TemplateCache

    @classmethod
    def at(cls, book: xw.Book, snapshot: Snapshot, folder: Path | None) -> Desk:
        """That of a workbook; None as folder is « Dossier des lettres »."""
        settings = snapshot.settings
        home = Path(book.fullname).parent
        return cls(
            book=book,
            snapshot=snapshot,
            sender=sender(settings, home),
            home=home,
            folder=folder or home / (settings.text("dossier_lettres") or "Relances"),
            templates=templates_folder(book, snapshot),
            saved=frozenset(record.file for record in snapshot.history.records),
            charging=Charging.at(book, snapshot),
            cache=TemplateCache(),
        )

    def check(self, rows: Sequence[CustomerRow]) -> list[Finding]:
        """What every letter needs, looked for before the first one is made; what to know of it.

        Raises:
            FindingsError: The company or a template lacks something.
        """
        from xl_relances.letters.templates import check_templates  # noqa: PLC0415 - heavy

        findings = check_sender(self.sender)
        language = self.snapshot.settings.choice("societe_langue")
        findings += check_templates(
            self.templates,
            dict.fromkeys(self._level(row).template for row in rows),
            dict.fromkeys(self._customer(row).language or language for row in rows),
            default_language=language,
        )
        blocking = [finding for finding in findings if finding.blocking]
        if blocking:
            raise FindingsError(blocking)
        return findings

    def write(self, rows: Sequence[CustomerRow], customers: Sequence[CustomerRow]) -> IssueReport:
        """The letters, one after the other; progress shows in the status bar."""
        issued: list[CustomerRow] = []
        failed: list[Finding] = []
        findings: list[Finding] = []
        resumed = 0
        accounts = {row.account for row in customers}
        journals: dict[Path, dict[str, str]] = {}
        made: list[Path] = []
        step = max(1, len(rows) // 20)
        for number, row in enumerate(rows, 1):
            if number % step == 0:
                self.book.app.status_bar = f"Lettres : {number} sur {len(rows)}"
            try:
                done, notes, was_there = self._letter(self._in_campaign(row), accounts, journals)
            except LetterError as error:
                failed.append(Finding(where=f"Lettre de {row.account}", message=str(error)))
            except OSError as error:
                message = f"écriture impossible ({french.refusal(error)})."
                failed.append(Finding(where=f"Lettre de {row.account}", message=message))
            else:
                issued.append(done)
                findings += notes
                if row.file and row.batch != done.batch:  # of a campaign that was undone
                    self._drop_draft(row, self.home / row.file)
                resumed += was_there
                if not was_there:
                    made.append(self.home / done.file)
        self.book.app.status_bar = False
        write_through(made)  # before they are marked « éditée », whatever the power does then
        return IssueReport(
            folders=tuple(sorted(journals)),
            issued=tuple(issued),
            resumed=resumed,
            failed=tuple(failed),
            findings=tuple(dict.fromkeys(findings)),
            passed_by=(),
        )

    def _in_campaign(self, row: CustomerRow) -> CustomerRow:
        """A letter of an undone campaign is made anew in the present one."""
        if row.batch and row.batch not in self.snapshot.campaigns.cancelled:
            return row
        return replace(row, batch=self.snapshot.settings.text("preparation_campagne"))

    def _letter(
        self, row: CustomerRow, accounts: Collection[str], journals: dict[Path, dict[str, str]]
    ) -> tuple[CustomerRow, Sequence[Finding], bool]:
        from xl_relances.letters.cleaning import letter_path  # noqa: PLC0415
        from xl_relances.letters.templates import find_template  # noqa: PLC0415

        level, customer = self._level(row), self._customer(row)
        default = self.snapshot.settings.choice("societe_langue")
        template = find_template(
            self.templates,
            level.template,
            customer.language or default,
            default_language=default,
            account=row.account,
        )
        assert row.letter_no is not None  # rows without a number were passed by
        target = self._unsaved(
            letter_path(
                self.folder, row.batch, row.account, row.currency, row.letter_no, among=accounts
            )
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        journal = journals.setdefault(target.parent, read_journal(target.parent))
        letter = self.content(row, level, customer)
        said = proof(letter, template)
        was_there = journal.get(target.name) == said and is_whole(target)
        notes = self.charging.doubts(row, level, customer, letter.date)
        if not was_there:
            target.with_suffix(".pdf").unlink(missing_ok=True)  # it would show the former letter
            notes += self.cache.render(letter, template, target).findings
            self._drop_draft(row, target)
            log(target.parent, target.name, said)
            journal[target.name] = said
        if (
            not was_there  # or made by a run that was cut off before the sheet said so
            or row.file != self._shown(target)
            or row.digest != row.content_digest()
        ):
            row = replace(row, motif=with_letter_anew(row.motif))
        for level_no in range(1, self.snapshot.procedure.highest + 1):
            former = letter_path(
                self.folder, row.batch, row.account, row.currency, level_no, among=accounts
            )
            if (
                former != target
                and former.name in journal
                and self._shown(former) not in self.saved
            ):
                former.unlink(missing_ok=True)  # replaced: nobody must print or send both
                former.with_suffix(".pdf").unlink(missing_ok=True)
                self._drop_draft(row, former)
        done = replace(
            row,
            issued=True,
            file=self._shown(target),
            digest=row.content_digest(),
            charges=charges_made(
                self.snapshot.procedure,
                level.rank,
                interest=letter.interest,
                fixed_sums=letter.fixed_sums,
            ),
        )
        return done, notes, was_there

    def _drop_draft(self, row: CustomerRow, letter: Path) -> None:
        """Take away the draft that carries a letter which is replaced."""
        folder = campaign_folder(self.book, self.snapshot, row.batch) / DRAFTS_FOLDER
        with contextlib.suppress(OSError):  # open in a mail program: « Motif » says it is old
            (folder / f"{letter.stem}.eml").unlink(missing_ok=True)

    def _unsaved(self, target: Path) -> Path:
        """That path, or a further one where a saved campaign's letter lies there."""
        number, path = 1, target
        while self._shown(path) in self.saved:
            number += 1
            path = target.with_stem(f"{target.stem}-{number}")
        return path

    def _shown(self, target: Path) -> str:
        """Relative to the workbook where it lies below, with forward slashes."""
        try:
            return target.resolve().relative_to(self.home.resolve()).as_posix()
        except ValueError:
            return str(target.resolve())

    def _level(self, row: CustomerRow) -> DunningLevel:
        assert row.letter_no is not None  # rows without a number were passed by
        return self.snapshot.procedure.level(row.letter_no)

    def _customer(self, row: CustomerRow) -> Customer:
        return self.snapshot.customers.of(row.account, row.name)

    def content(self, row: CustomerRow, level: DunningLevel, customer: Customer) -> Letter:
        """What the letter of that row says.

        Raises:
            LetterError: It has no date, or a charge no rate.
        """
        from xl_relances.letters.templates import language_written  # noqa: PLC0415

        default = self.snapshot.settings.choice("societe_langue")
        return content(
            row,
            level,
            customer,
            language=language_written(
                self.templates,
                level.template,
                customer.language,
                default_language=default,
                account=row.account,
            ),
            snapshot=self.snapshot,
            sender=self.sender,
            charging=self.charging,
        )
