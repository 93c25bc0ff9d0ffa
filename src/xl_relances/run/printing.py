"""Print: PDFs of the letters already issued, one document of them, the registered ones listed.

Works on the files named in « Lettre »; nothing in the workbook changes. A letter
that cannot be printed is said and stops no other, and stays « éditée ».

Source: product specification, section 5.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlwings as xw

from xl_relances import french
from xl_relances.book import preparation_sheet
from xl_relances.book.preparation_rows import CustomerRow
from xl_relances.dunning.decision import Key
from xl_relances.dunning.levels import DunningLevel
from xl_relances.errors import Finding, LetterError, RefusedError
from xl_relances.letters.cleaning import safe_name
from xl_relances.letters.letter import Recipient
from xl_relances.letters.merging import merge
from xl_relances.letters.page_totals import pages_of
from xl_relances.letters.printing import join, print_letters
from xl_relances.letters.registered import RegisteredLetter, write_list
from xl_relances.run.issuing import Choice
from xl_relances.run.print_report import MergeReport, PdfReport
from xl_relances.run.reading import Snapshot, gather, quiet, templates_folder
from xl_relances.run.sending import IMPOSSIBLE, SentBy, goes_by_post

PRINTED = "a-imprimer"
"""How the names of documents of many letters begin, in the campaign's folder."""

REGISTERED = "recommandes.xlsx"
"""In the campaign's folder: the list of its registered letters."""


def every_letter(_: CustomerRow) -> bool:
    """The choice of all letters that were issued."""
    return True


def among_issued(
    *, accounts: Collection[str] = (), level: int | None = None, keys: Collection[Key] = ()
) -> Choice:
    """Issued rows of these accounts, keys or level; nothing named chooses all."""

    def choice(row: CustomerRow) -> bool:
        return (
            (not accounts or row.account in accounts)
            and (not keys or row.key in keys)
            and (level is None or row.letter_no == level)
        )

    return choice


@dataclass(frozen=True, slots=True)
class _Issued:
    """A row of Préparation, the file of its letter and its level."""

    row: CustomerRow
    letter: Path
    level: DunningLevel


@dataclass(frozen=True, slots=True)
class _Desk:
    """The letters to print, and why others are not."""

    snapshot: Snapshot
    letters: tuple[_Issued, ...]
    failed: tuple[Finding, ...]
    passed_by: tuple[str, ...]


def export_pdf(book: xw.Book, choice: Choice = every_letter) -> PdfReport:
    """The PDF of each letter issued, beside it; one newer than its letter is kept.

    Raises:
        RefusedError: No letter of that choice was issued.
        LetterError: Neither Word nor LibreOffice can print here.
    """
    with quiet(book):
        return _pdfs(book, _desk(book, choice))


def merge_letters(
    book: xw.Book, choice: Choice = every_letter, *, pdf: bool = False
) -> MergeReport:
    """One Word document to print for each template, in the order of Préparation.

    Only letters that are posted, or no mail can carry, are printed: « Envoi » decides.
    Beside them the list of the registered ones, and with ``pdf`` one PDF of all.

    Raises:
        RefusedError: No letter of that choice was issued.
        LetterError: A PDF is wanted and LibreOffice is not there.
    """
    with quiet(book):
        desk = _desk(book, choice)
        posted = _posted(book, desk)
        printed = _pdfs(book, desk) if pdf else None
        documents: list[tuple[Path, int]] = []
        joined: list[tuple[Path, int]] = []
        registered: list[tuple[Path, int]] = []
        templates = templates_folder(book, desk.snapshot)
        failed = [*(printed.failed if printed else desk.failed)]
        for folder in dict.fromkeys(each.letter.parent for each in desk.letters):
            here = [each for each in posted if each.letter.parent == folder]
            before = set(folder.glob(f"{PRINTED}*"))
            try:
                for name, letters in _by_template(desk.snapshot, templates, here).items():
                    pages = {
                        path: pages_of(path.with_suffix(".pdf"))
                        for path in letters
                        if _has_pdf(path)
                    }
                    written = merge(letters, folder / name, pages)
                    documents += [(path, len(members)) for path, members in written]
                if printed is not None:
                    posted_here = {each.letter.with_suffix(".pdf") for each in here}
                    pdfs = [path for path in printed.made if path in posted_here]
                    target = folder / f"{PRINTED}.pdf"
                    joined += [(target, join(pdfs, target))] if pdfs else []
                registered += _registered(desk.snapshot, here, folder)
            except LetterError as error:
                failed.append(Finding(where=folder.name, message=f"{error}."))
            for stale in before - {path for path, _ in (*documents, *joined)}:
                with contextlib.suppress(OSError):  # open somewhere: it stays
                    stale.unlink()
        return MergeReport(
            documents=tuple(documents),
            joined=tuple(joined),
            registered=tuple(registered),
            failed=tuple(failed),
            passed_by=(*_by_mail_alone(len(desk.letters) - len(posted)), *desk.passed_by),
        )


def _desk(book: xw.Book, choice: Choice) -> _Desk:
    snapshot = gather(book)
    sheets = preparation_sheet.read(book, snapshot.procedure.highest)
    home = Path(book.fullname).parent
    letters: list[_Issued] = []
    failed: list[Finding] = []
    passed_by: list[str] = []
    for row in sheets.customers:
        if not (row.issued and choice(row)):
            continue
        if not row.file or row.letter_no is None:
            passed_by.append(f"{row.account} {row.name} : éditée sans lettre.")
            continue
        letter = home / row.file
        problem = ""
        if not letter.is_file():
            problem = f"{row.file} introuvable : éditez-la à nouveau."
        elif row.digest and row.digest != row.content_digest():
            problem = "ses échéances ou son numéro ont changé depuis : éditez-la à nouveau."
        if problem:
            failed.append(Finding(where=f"Lettre de {row.account}", message=problem))
        else:
            level = min(row.letter_no, snapshot.procedure.highest)
            letters.append(_Issued(row, letter, snapshot.procedure.level(level)))
    if not letters and not failed:
        raise RefusedError(
            " ".join(["Aucune lettre éditée à imprimer : cliquez Éditer.", *passed_by])
        )
    return _Desk(snapshot, tuple(letters), tuple(failed), tuple(passed_by))


def _posted(book: xw.Book, desk: _Desk) -> list[_Issued]:
    """The letters that « Envoi » wants posted, and those that Mail tried in vain."""
    customers, sent_by = desk.snapshot.customers, SentBy(book, desk.snapshot)
    return [
        each
        for each in desk.letters
        if goes_by_post(customers.of(each.row.account, each.row.name))
        or sent_by.of(each.row) == IMPOSSIBLE
    ]


def _by_mail_alone(letters: int) -> list[str]:
    if not letters:
        return []
    what = french.count(letters, "lettre part", "lettres partent")
    return [f"{what} par e-mail seul (Clients, « Envoi ») : hors du document à imprimer."]


def _pdfs(book: xw.Book, desk: _Desk) -> PdfReport:
    waiting = [each for each in desk.letters if not _has_pdf(each.letter)]
    total = len(waiting)

    def progress(done: int) -> None:
        book.app.status_bar = f"PDF : {done} sur {total}"

    if waiting:
        book.app.status_bar = f"PDF : 0 sur {total}"
    proofs = {each.letter: (each.row.account, _name(desk.snapshot, each.row)) for each in waiting}
    try:
        found = print_letters([e.letter for e in waiting], proofs=proofs, progress=progress)
    finally:
        book.app.status_bar = False
    problems = {one.letter: one.problem for one in found if one.pdf is None}
    accounts = {each.letter: each.row.account for each in waiting}
    return PdfReport(
        made=tuple(
            each.letter.with_suffix(".pdf") for each in desk.letters if each.letter not in problems
        ),
        kept=len(desk.letters) - total,
        failed=(
            *desk.failed,
            *(
                Finding(where=f"PDF de {accounts[letter]}", message=f"{problem}.")
                for letter, problem in problems.items()
            ),
        ),
        passed_by=desk.passed_by,
    )


def _has_pdf(letter: Path) -> bool:
    """Whether a PDF lies there that was made after the letter was last written."""
    try:
        pdf = letter.with_suffix(".pdf").stat()
    except OSError:
        return False
    return pdf.st_mtime_ns >= letter.stat().st_mtime_ns


def _by_template(
    snapshot: Snapshot, templates: Path, letters: Sequence[_Issued]
) -> dict[str, list[Path]]:
    """Letters by the name of the document that they go to, level by level, each in order."""
    from xl_relances.letters.templates import (  # noqa: PLC0415 - heavy
        language_written,
        template_name,
    )

    default = snapshot.settings.choice("societe_langue")
    groups: dict[str, list[Path]] = {}
    for each in sorted(letters, key=lambda each: each.level.rank):
        customer = snapshot.customers.of(each.row.account, each.row.name)
        language = language_written(
            templates,
            each.level.template,
            customer.language,
            default_language=default,
            account=each.row.account,
        )
        stem = Path(template_name(each.level.template)).stem
        name = f"{PRINTED}_{safe_name(stem)}_{safe_name(language, longest=8)}.docx"
        groups.setdefault(name, []).append(each.letter)
    return groups


def _registered(
    snapshot: Snapshot, letters: Sequence[_Issued], folder: Path
) -> list[tuple[Path, int]]:
    listed = [_entry(snapshot, each) for each in letters if each.level.registered]
    if not listed:
        return []
    day = next((e.row.letter_date for e in letters if e.row.letter_date), None)
    assert day is not None  # a letter was issued, so its campaign has a date
    target = folder / REGISTERED
    write_list(listed, target, company=snapshot.settings.text("societe_nom"), day=day)
    return [(target, len(listed))]


def _entry(snapshot: Snapshot, each: _Issued) -> RegisteredLetter:
    row = each.row
    customer = snapshot.customers.of(row.account, row.name)
    recipient = Recipient(
        account=row.account,
        name=_name(snapshot, row),
        contact=customer.contact,
        address=customer.address,
        postal_code=customer.postal_code,
        city=customer.city,
        country=customer.country,
    )
    return RegisteredLetter(
        account=row.account,
        name=recipient.name,
        address=recipient.postal_block.lines[1:],
        currency=row.currency,
        amount=row.balance_due,
        file=each.letter.name,
    )


def _name(snapshot: Snapshot, row: CustomerRow) -> str:
    return snapshot.customers.of(row.account, row.name).name or row.name or row.account
