"""Which column of a file holds what, laid out as questions with their choices.

A file that leaves something open, or that was understood wrongly, is answered by
choosing among its own columns, seen with a few of their values.

Source: product specification, section 6.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from xl_relances.errors import RefusedError
from xl_relances.imports.column_titles import matched_columns
from xl_relances.imports.columns import Columns, Match
from xl_relances.imports.dates import FORMS, Cell
from xl_relances.imports.encoding import SINGLE_BYTE
from xl_relances.imports.lines import clean
from xl_relances.imports.reading import Remembered, opened
from xl_relances.imports.sources import DATES, DECIMAL, ENCODING, SHEET, Answers, Source
from xl_relances.imports.titles import SHOWN, our_title

OPEN, ABSENT = "à choisir", "absente"
"""How sure we are of a column that the user must choose, or that the file seems to lack."""

_EXAMPLES, _SAMPLE = 3, 200
_ALWAYS = ("Compte", "Nom", "Pièce", "Date", "Échéance", "Lettrage", "Devise")
_AMOUNTS = ("Débit", "Crédit", "Montant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One field of one file.

    Attributes:
        file: The file's name.
        ours: Our title of the field, or what else is asked.
        theirs: The file's column, or what else was chosen; "" while open.
        examples: A few values.
        confidence: How sure we are.
        choices: What it may be, likeliest first.
    """

    file: str
    ours: str
    theirs: str
    examples: str
    confidence: str
    choices: tuple[str, ...]


def propose(
    paths: Sequence[Path],
    *,
    roots: Sequence[str],
    answers: Answers,
    remembered: Remembered,
    asked: Collection[str] = (),
) -> list[Proposal]:
    """All fields of all files, whatever is open left so.

    Args:
        paths: The files; one that cannot be opened has what would open it, or nothing.
        roots: Beginnings of customers' accounts.
        answers: What the user said so far.
        remembered: Answers kept for files of that signature.
        asked: :data:`DATES` and :data:`DECIMAL`, where they stay open.
    """
    found: list[Proposal] = []
    for path in paths:
        try:
            source = opened(path, answers, remembered)
        except RefusedError as error:
            found += _to_open(path, str(error))
            continue
        found += _to_read(source, asked)
        found += _columns(source, {**remembered(source.header.signature), **answers.columns}, roots)
    return found


def _to_open(path: Path, refusal: str) -> Iterator[Proposal]:
    if "--encoding" in refusal:
        yield _asked(path.name, ENCODING, ("UTF-8", *SINGLE_BYTE))
    elif "--sheet" in refusal:
        from xl_relances.imports import workbook_file  # noqa: PLC0415 - heavy

        names = workbook_file.opened(path, path.read_bytes()).book.sheet_names
        yield _asked(path.name, SHEET, names)


def _to_read(source: Source, asked: Collection[str]) -> Iterator[Proposal]:
    if DATES in asked:
        yield _asked(source.file, DATES, FORMS)
    if DECIMAL in asked:
        yield _asked(source.file, DECIMAL, (",", "."))


def _asked(file: str, ours: str, choices: Sequence[str]) -> Proposal:
    return Proposal(
        file=file, ours=ours, theirs="", examples="", confidence=OPEN, choices=tuple(choices)
    )


def _columns(source: Source, given: Mapping[str, str], roots: Sequence[str]) -> Iterator[Proposal]:
    def column(index: int) -> Iterator[Cell]:
        return (cells[index] for _, cells in source.records() if index < len(cells))

    columns = matched_columns(source.header, column, given, roots)
    sample = [cells for _, cells in islice(source.records(), _SAMPLE)]
    titles = tuple(dict.fromkeys(filter(None, source.header.titles)))
    matches = _by_title(columns)
    for ours, match in matches.items():
        rivals = columns.rivals.get(match.field, ())
        first = [rival.title for rival in rivals] or [match.title]
        yield Proposal(
            file=source.file,
            ours=ours,
            theirs="" if rivals else match.title,
            examples=" ; ".join(
                f"{rival.title} : {_examples(sample, rival.index)}" for rival in rivals
            )
            or _examples(sample, match.index),
            confidence=OPEN if rivals else match.confidence,
            choices=tuple(dict.fromkeys([*first, *titles])),
        )
    wanted = _ALWAYS if columns.has_amounts else (*_ALWAYS, *_AMOUNTS)
    for ours in wanted:
        if ours not in matches:
            yield Proposal(
                file=source.file, ours=ours, theirs="", examples="", confidence=ABSENT,
                choices=titles,
            )  # fmt: skip


def _by_title(columns: Columns) -> dict[str, Match]:
    """The first column of each of our titles; the general account beside an auxiliary one."""
    found: dict[str, Match] = {}
    for name, match in columns.matches.items():
        if name in SHOWN:
            both = name == "account" and "customer_code" in columns
            found.setdefault("Compte général" if both else our_title(name), match)
    return found


def _examples(sample: Sequence[Sequence[Cell]], index: int) -> str:
    texts = (clean(cells[index])[:40] for cells in sample if index < len(cells))
    return ", ".join(islice(dict.fromkeys(filter(None, texts)), _EXAMPLES))
