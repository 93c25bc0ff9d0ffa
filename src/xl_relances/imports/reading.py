"""Several files of any kind, read: which are ledgers, which are customers.

Source: product specification, section 6.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xl_relances import french
from xl_relances.errors import FindingsError, RefusedError
from xl_relances.imports import fec
from xl_relances.imports.column_titles import check_answers, match_columns
from xl_relances.imports.columns import Columns
from xl_relances.imports.customers import read_customers
from xl_relances.imports.dates import Cell
from xl_relances.imports.ledger import read_ledger
from xl_relances.imports.lines import FileRead
from xl_relances.imports.sources import (
    NOTHING,
    Answers,
    Source,
    named_signature,
    open_source,
)
from xl_relances.imports.titles import SHOWN, our_title

Remembered = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class FilesRead:
    """All files of one import, opening entries that repeat a year left out.

    Attributes:
        files: Each file.
        openings: How many opening entries were left out.
    """

    files: list[FileRead]
    openings: int


def _nothing(_signature: str) -> Mapping[str, str]:
    return {}


def read_files(
    paths: Sequence[Path],
    *,
    roots: Sequence[str] = ("411",),
    currency: str = "EUR",
    answers: Answers | None = None,
    remembered: Remembered = _nothing,
) -> FilesRead:
    """Read files into ledger lines and customers; nothing is written anywhere.

    Args:
        paths: The files.
        roots: Beginnings of customers' accounts in a ledger of all accounts.
        currency: The company's.
        answers: What the user said beforehand.
        remembered: Answers kept for files of that signature.

    Raises:
        RefusedError: A file is no export or cannot be read.
        FindingsError: Columns, dates or amounts stay open.
    """
    answers = answers or Answers()
    sources: list[Source] = []
    digests: dict[str, str] = {}
    for path in paths:
        digest = _digest(path) if len(paths) > 1 else str(path)
        if digest and digest in digests:
            raise RefusedError(
                f"{path.name} et {digests[digest]} sont le même fichier : donnez-le une seule "
                f"fois. {NOTHING}"
            )
        sources.append(opened(path, answers, remembered))
        digests[digest] = path.name
    check_answers(answers.columns, [source.header for source in sources])
    files = [
        _read(source, roots, currency, answers, remembered(source.header.signature))
        for source in sources
    ]
    for file, digest in zip(files, digests, strict=True):
        file.digest = digest
    _check_overlap(files)
    lines, openings = fec.without_repeated_openings([file.lines for file in files])
    for file, rest in zip(files, lines, strict=True):
        gone = len(file.lines) - len(rest)
        if gone:
            file.notes.append(
                french.count(gone, "écriture d'à-nouveau laissée", "écritures d'à-nouveau laissées")
                + " : l'année d'avant est importée aussi"
            )
        file.lines = rest
    return FilesRead(files, openings)


def opened(path: Path, answers: Answers, remembered: Remembered) -> Source:
    """The file, in the encoding answered for its source where it leaves that open again.

    Raises:
        RefusedError: As :func:`open_source`.
    """
    try:
        return open_source(path, answers)
    except RefusedError:
        kept = answers.completed(remembered(named_signature(path.name)))
        if kept.encoding == answers.encoding:
            raise
        source = open_source(path, replace(answers, encoding=kept.encoding))
        source.notes.append("encodage : comme au dernier import")
        return source


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, hashlib.blake2b).hexdigest()
    except OSError:
        return ""


def _read(
    source: Source,
    roots: Sequence[str],
    currency: str,
    answers: Answers,
    remembered: Mapping[str, str],
) -> FileRead:
    given = {**remembered, **answers.columns}

    def column(index: int) -> Iterator[Cell]:
        for _, cells in source.records():
            if index < len(cells):
                yield cells[index]

    columns = match_columns(source.file, source.header, column, given, roots)
    kind = _kind(source, columns)
    if kind == "customers":
        result = read_customers(source, columns)
    else:
        try:
            result = read_ledger(source, columns, roots=roots, currency=currency, answers=answers)
        except FindingsError:
            kept = answers.completed(remembered)
            if kept == answers:
                raise
            result = read_ledger(source, columns, roots=roots, currency=currency, answers=kept)
            result.notes.append("forme des dates et des montants : comme au dernier import")
    result.columns = [
        (our_title(match.field), match.title, match.confidence)
        for match in columns.matches.values()
        if match.field in SHOWN
    ]
    faults = any(row.fault for row in result.left_out)  # said one by one, whoever asked
    if not result.lines and not result.customers and not faults:
        counts = Counter(row.reason for row in result.left_out)
        read = "".join(f" ({reason} : {count})" for reason, count in sorted(counts.items()))
        raise RefusedError(f"{source.file} : des titres, mais aucune écriture{read}. {NOTHING}")
    return result


def _kind(source: Source, columns: Columns) -> str:
    """« ledger » or « customers »; anything else is refused in a sentence that says why."""
    identified = any(name in columns for name in ("customer_code", "account", "heading"))
    titles = ", ".join(filter(None, source.header.titles))
    if not identified:
        raise RefusedError(
            f"{source.file} : aucune colonne de compte client reconnue parmi {titles}. Dites "
            f'laquelle avec --column "Compte=…". {NOTHING}'
        )
    ledger = {"debit", "credit", "amount", "balance_debit"} & set(columns.matches)
    dated = any(name in columns for name in ("document_date", "date", "entry_date", "due_date"))
    detailed = dated or any(n in columns for n in ("invoice_no", "document_no", "entry_no"))
    described = {"address_1", "email", "postal_code", "city", "phone", "terms"} & set(
        columns.matches
    )
    if columns.has_amounts and detailed:
        return "ledger"
    if described or (not columns.has_amounts and "customer_name" in columns):
        return "customers"
    if columns.has_amounts:
        raise RefusedError(
            f"{source.file} : un solde par client, sans le détail des factures (balance). "
            f"Exportez le grand livre ou les écritures non lettrées. {NOTHING}"
        )
    missing = "montants (Débit et Crédit, ou Montant)" if not ledger else "dates"
    raise RefusedError(
        f"{source.file} : colonnes de {missing} introuvables parmi {titles}. Dites lesquelles "
        f'avec --column "Débit=…". {NOTHING}'
    )


def _check_overlap(files: Sequence[FileRead]) -> None:
    """Two exports that hold the same entries would count them twice."""
    if sum(bool(file.lines) for file in files) < 2:
        return
    known: dict[tuple[object, ...], str] = {}
    for file in files:
        keys = {
            (e.account, e.currency, e.entry_no, e.document, e.document_date, e.amount)
            for e in (line.entry for line in file.lines)
            if e.entry_no or e.document
        }
        shared = [known[key] for key in keys if key in known]
        if len(shared) * 2 > len(keys):
            raise RefusedError(
                f"{file.file} et {shared[0]} tiennent les mêmes écritures : donnez l'un des deux. "
                f"{NOTHING}"
            )
        known.update(dict.fromkeys(keys, file.file))


__all__ = ["Answers", "FilesRead", "read_files"]
