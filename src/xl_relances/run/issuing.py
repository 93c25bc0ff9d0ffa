"""Issue: a Word letter for each chosen row of Préparation, which becomes « éditée ».

Only files are made and three cells of each row filled; no level moves. A letter
that fails is said and does not stop the others. A run that was cut off goes on
where it stopped: a letter that lies there and says the same is not made again.

Source: product specification, sections 4 (rules 12, 13) and 5.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import xlwings as xw

from xl_relances import french
from xl_relances.book import formulas, layout, preparation_rows, preparation_sheet, tables
from xl_relances.book.customers_sheet import Customer
from xl_relances.book.preparation_rows import CustomerRow, DetailRow
from xl_relances.book.settings import Settings
from xl_relances.dunning.charges import Charge
from xl_relances.dunning.levels import DunningLevel
from xl_relances.dunning.preparation import Key
from xl_relances.errors import Finding, FindingsError, LetterError, RefusedError
from xl_relances.letters.letter import (
    EarlierLetter,
    Letter,
    LetterLine,
    Recipient,
    Sender,
    check_sender,
)
from xl_relances.letters.render import TemplateCache
from xl_relances.run.charging import Charging
from xl_relances.run.freezing import with_current_letters
from xl_relances.run.reading import Snapshot, gather, quiet, writable

Choice = Callable[[CustomerRow], bool]
"""Which rows are issued."""

JOURNAL = "lettres.jsonl"
"""In a campaign's folder: what each letter there says, one JSON object a line."""


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


class NothingToIssueError(RefusedError):
    """No chosen row waits for a letter; those issued before can still be printed."""


def not_yet_issued(row: CustomerRow) -> bool:
    """The choice of all rows that have no letter yet."""
    return not row.issued


def chosen(
    *, accounts: Collection[str] = (), level: int | None = None, keys: Collection[Key] = ()
) -> Choice:
    """Rows of these accounts, keys or level; named ones are issued again where they were.

    Nothing named chooses all rows not yet issued.
    """

    def choice(row: CustomerRow) -> bool:
        if accounts and row.account not in accounts:
            return False
        if keys and row.key not in keys:
            return False
        if level is not None and row.letter_no != level:
            return False
        return bool(accounts or keys) or not row.issued

    return choice


def issue(
    book: xw.Book, *, choice: Choice = not_yet_issued, folder: Path | None = None
) -> IssueReport:
    """Make the letters of the chosen rows.

    Args:
        book: The workbook.
        choice: Which rows.
        folder: Where the campaigns' folders lie; None is « Dossier des lettres ».

    Raises:
        RefusedError: Nothing to issue, or the ledger changed since Prepare.
        FindingsError: The company or a template lacks what every letter needs; nothing was made.
        BookBusyError: Préparation is protected.
    """
    with quiet(book):
        snapshot = gather(book)
        sheets = preparation_sheet.read(book, snapshot.procedure.highest)
        if None in sheets.faults:
            raise FindingsError([sheets.faults[None]])
        issued_before = {row.key for row in sheets.customers if row.issued}
        sheets = with_current_letters(book, sheets)
        rows, passed_by = _rows(sheets.customers, choice, snapshot.procedure.highest)
        doubtful = [sheets.faults[row.key] for row in rows if row.key in sheets.faults]
        rows = [row for row in rows if row.key not in sheets.faults]
        if not rows:
            if doubtful:
                raise FindingsError(doubtful)
            sentence = "Aucune lettre à éditer : préparez les relances, ou choisissez des lignes."
            raise NothingToIssueError(" ".join([sentence, *passed_by]))
        if snapshot.settings.text("preparation_grand_livre") != snapshot.ledger.digest:
            raise RefusedError(
                "Le grand livre a changé depuis la préparation : cliquez Préparer (vos choix sont "
                "gardés), puis Éditer. Aucune lettre n'a été faite."
            )
        passing = writable(book, layout.PREPARATION_TABLE)
        desk = _Desk.at(book, snapshot, folder)
        desk.check(rows)
        report = desk.write(rows, sheets.customers)
        done = {row.key for row in report.issued}
        stale = [
            replace(row, file="")
            for row in sheets.customers
            if row.key in issued_before and not row.issued and row.key not in done
        ]
        _mark(book, [*report.issued, *stale])
        return replace(
            report,
            passed_by=passed_by,
            failed=(*report.failed, *doubtful),
            findings=(*report.findings, *passing),
        )


def _rows(
    customers: Sequence[CustomerRow], choice: Choice, highest: int
) -> tuple[list[CustomerRow], tuple[str, ...]]:
    rows: list[CustomerRow] = []
    passed_by: list[str] = []
    for row in customers:
        if not choice(row):
            continue
        if row.on and row.letter_no is not None and row.letter_no > highest:
            passed_by.append(
                f"{row.account} {row.name} : lettre {row.letter_no}, mais Paramètres n'a que "
                f"{french.count(highest, 'niveau', 'niveaux')} ; préparez à nouveau."
            )
        elif row.on and row.letter_no is not None:
            rows.append(row)
        else:
            why = "aucune échéance prête n'est cochée" if row.on else "Relancer n'est pas coché"
            passed_by.append(f"{row.account} {row.name} : {why}, pas de lettre.")
    return rows, tuple(passed_by)


def _mark(book: xw.Book, rows: Sequence[CustomerRow]) -> None:
    """« Éditée » and « Lettre », only now that the files are there."""
    numbers = [row.number_of_row for row in rows if row.number_of_row is not None]
    tables.write_columns(
        book,
        layout.PREPARATION_TABLE,
        {
            "Éditée": [int(row.issued) for row in rows],
            "Lettre": [formulas.link(row.file) for row in rows],
            "Campagne": [row.batch for row in rows],
            "Empreinte": [row.digest or None for row in rows],
        },
        numbers,
    )
    links = tables.read_formulas(book, layout.PREPARATION_TABLE, "Lettre")
    shown = [formulas.linked(str(typed or "")).rpartition("/")[2] or None for typed in links]
    tables.cache(book, layout.PREPARATION_TABLE, {"Lettre": shown})


@dataclass(frozen=True, slots=True)
class _Desk:
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
    def at(cls, book: xw.Book, snapshot: Snapshot, folder: Path | None) -> _Desk:
        settings = snapshot.settings
        home = Path(book.fullname).parent
        return cls(
            book=book,
            snapshot=snapshot,
            sender=sender(settings, home),
            home=home,
            folder=folder or home / (settings.text("dossier_lettres") or "Relances"),
            templates=home / (settings.text("dossier_modeles") or "word_templates"),
            saved=frozenset(record.file for record in snapshot.history.records),
            charging=Charging.at(book, snapshot),
            cache=TemplateCache(),
        )

    def check(self, rows: Sequence[CustomerRow]) -> None:
        """What every letter needs, looked for before the first one is made."""
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

    def write(self, rows: Sequence[CustomerRow], customers: Sequence[CustomerRow]) -> IssueReport:
        """The letters, one after the other; progress shows in the status bar."""
        issued: list[CustomerRow] = []
        failed: list[Finding] = []
        findings: list[Finding] = []
        resumed = 0
        accounts = {row.account for row in customers}
        journals: dict[Path, dict[str, str]] = {}
        step = max(1, len(rows) // 20)
        for number, row in enumerate(rows, 1):
            if number % step == 0:
                self.book.app.status_bar = f"Lettres : {number} sur {len(rows)}"
            row = self._in_campaign(row)  # noqa: PLW2901 - the row as it will be
            try:
                done, notes, was_there = self._letter(row, accounts, journals)
            except LetterError as error:
                failed.append(Finding(where=f"Lettre de {row.account}", message=str(error)))
            except OSError as error:
                reason = error.strerror or str(error)
                failed.append(Finding(where=f"Lettre de {row.account}", message=f"{reason}."))
            else:
                issued.append(done)
                findings += notes
                resumed += was_there
        self.book.app.status_bar = False
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
        journal = journals.setdefault(target.parent, _read_journal(target.parent))
        letter = self._content(row, level, customer)
        proof = _proof(letter, template)
        was_there = journal.get(target.name) == proof and target.is_file()
        notes = self.charging.doubts(row, level, customer, letter.date)
        if not was_there:
            target.with_suffix(".pdf").unlink(missing_ok=True)  # it would show the former letter
            notes += self.cache.render(letter, template, target).findings
            _log(target.parent, target.name, proof)
            journal[target.name] = proof
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
        done = replace(row, issued=True, file=self._shown(target), digest=row.content_digest())
        return done, notes, was_there

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

    def _content(self, row: CustomerRow, level: DunningLevel, customer: Customer) -> Letter:
        day = row.letter_date
        if day is None:
            raise LetterError("la date de la lettre manque (colonne « Campagne » modifiée).")
        owed = self.charging.of(row, level, customer, day)
        return Letter(
            recipient=_recipient(customer, row),
            sender=self.sender,
            level=level.rank,
            date=day,
            deadline=day + timedelta(days=level.days_to_pay),
            payments_until=day,
            currency=row.currency,
            language=customer.language or self.snapshot.settings.choice("societe_langue"),
            subject=level.subject or level.label,
            batch=row.batch,
            lines=tuple(_line(item, owed.of(item.identity)) for item in row.listed),
            earlier=self._earlier(row),
            reference=row.account,
            registered=level.registered,
            payment_code=_wants_code(self.snapshot.settings),
        )

    def _earlier(self, row: CustomerRow) -> tuple[EarlierLetter, ...]:
        """Letters that already listed one of the items, oldest first; one a day."""
        listed = {item.identity for item in row.listed}
        letters: dict[date, int] = {}
        for record in (*self.snapshot.carried_over, *self.snapshot.history.records):
            counts = record.batch not in self.snapshot.campaigns.cancelled
            if counts and record.identity in listed:
                day = record.letter_date
                letters[day] = max(record.letter_no, letters.get(day, 0))
        return tuple(EarlierLetter(level=letters[day], date=day) for day in sorted(letters))


def sender(settings: Settings, home: Path) -> Sender:
    """The company of Paramètres."""
    text = settings.text
    logo = text("societe_logo")
    return Sender(
        name=text("societe_nom"),
        legal_form=text("societe_forme"),
        capital=text("societe_capital"),
        siren=text("societe_siren"),
        registry=text("societe_rcs"),
        vat_number=text("societe_tva"),
        address=tuple(filter(None, (text("societe_adresse_1"), text("societe_adresse_2")))),
        postal_code=text("societe_code_postal"),
        city=text("societe_ville"),
        country=text("societe_pays"),
        phone=text("societe_telephone"),
        email=text("societe_email"),
        site=text("societe_site"),
        contact=text("societe_contact"),
        signatory=text("societe_signataire"),
        role=text("societe_fonction"),
        account_holder=text("societe_titulaire"),
        iban=text("societe_iban"),
        bic=text("societe_bic"),
        logo=home / logo if logo else None,
    )


def _recipient(customer: Customer, row: CustomerRow) -> Recipient:
    return Recipient(
        account=row.account,
        name=customer.name or row.name or row.account,
        contact=customer.contact,
        address=customer.address,
        postal_code=customer.postal_code,
        city=customer.city,
        country=customer.country,
        is_professional=not customer.is_consumer,
        phone=customer.phone,
        email=customer.email,
    )


def _wants_code(settings: Settings) -> bool:
    """« Selon l'IBAN »: few French banks' apps read the code, those abroad do."""
    choice = settings.choice("code_de_paiement")
    if choice == layout.SELON_IBAN:
        return not settings.text("societe_iban").upper().startswith("FR")
    return choice == layout.OUI


def _line(item: DetailRow, charge: Charge) -> LetterLine:
    assert item.due_date is not None  # a listed item is overdue
    return LetterLine(
        document=item.document,
        entry=item.entry_no,
        document_date=item.document_date,
        due_date=item.due_date,
        days_overdue=item.days_late or 0,
        label=item.label,
        amount=item.amount,
        set_off=item.set_off,
        last_level=item.level or 0,
        last_reminded=item.letter_date,
        for_memory=item.proposed is None,
        interest=charge.interest.amount if charge.interest else Decimal(0),
        interest_days=charge.interest.days if charge.interest else 0,
        interest_rates=charge.interest.rates if charge.interest else (),
        fixed_sum=charge.fixed_sum,
    )


def _proof(letter: Letter, template: Path) -> str:
    """Changes with anything the letter says and with the template that says it."""
    status = template.stat()
    return preparation_rows.digest(repr(letter), template.name, str(status.st_mtime_ns))


def _read_journal(folder: Path) -> dict[str, str]:
    path = folder / JOURNAL
    if not path.is_file():
        return {}
    journal: dict[str, str] = {}
    text = path.read_text("utf-8", errors="replace")
    if text and not text.endswith("\n"):  # cut short: the next entry gets a line of its own
        with path.open("a", encoding="utf-8") as torn:
            torn.write("\n")
    for line in text.splitlines():
        try:
            entry = json.loads(line)
            journal[str(entry["fichier"])] = str(entry["empreinte"])
        except (ValueError, KeyError, TypeError):
            continue  # the line that a cut left half written
    return journal


def _log(folder: Path, name: str, proof: str) -> None:
    with (folder / JOURNAL).open("a", encoding="utf-8") as journal:
        journal.write(json.dumps({"fichier": name, "empreinte": proof}) + "\n")


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
