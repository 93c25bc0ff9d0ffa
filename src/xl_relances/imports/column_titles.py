"""Columns by their titles, and what to ask where titles and values leave it open.

Two columns that could both be one thing are asked about, unless one is empty or
both say the same. ``--column "Échéance=Date échéance"`` answers; the answer is
kept for files with the same titles.

Source: product specification, section 6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from xl_relances.errors import Finding, FindingsError
from xl_relances.imports.column_values import (
    by_values,
    is_amount,
    left_to_pay,
    name_beside,
    name_contacts,
    name_customers,
    paid_or_not,
    side_by_values,
    telling,
    untitled_days,
)
from xl_relances.imports.columns import GIVEN, LIKELY, SURE, Columns, Match
from xl_relances.imports.dates import Cell
from xl_relances.imports.headers import Header
from xl_relances.imports.lines import clean
from xl_relances.imports.titles import TITLES, misspelt, normal, our_title, synonyms

_UNASKED = frozenset({
    "ignored", "bucket", "running", "identity", "validation_date", "allocation_date",
    "journal_name", "reference", "account_name", "entry_date", "state",
})  # fmt: skip


def match_columns(
    file: str,
    header: Header,
    column: Callable[[int], Iterable[Cell]],
    given: Mapping[str, str],
    roots: Sequence[str],
) -> Columns:
    """The field of each column.

    Args:
        file: Its name, for the question.
        header: The titles.
        column: All cells of a column, by index.
        given: Answers of the user: our title to the file's title.
        roots: Beginnings of customers' accounts.

    Raises:
        FindingsError: Two columns compete.
    """
    columns = matched_columns(header, column, given, roots)
    if columns.rivals:
        raise FindingsError(
            [_question(file, header, name, rivals) for name, rivals in columns.rivals.items()]
        )
    lone = [name for name in ("debit", "credit") if name in columns]
    if len(lone) == 1 and (other := _amounts_beside(columns, lone[0], header, column)):
        raise FindingsError([_lone(file, header, columns, lone[0], other)])
    return columns


def matched_columns(
    header: Header,
    column: Callable[[int], Iterable[Cell]],
    given: Mapping[str, str],
    roots: Sequence[str],
) -> Columns:
    """The field of each column, competing ones left open."""
    known = synonyms()
    candidates: dict[str, list[Match]] = {}
    taken: set[int] = set()
    for ours, theirs in given.items():
        name = _ours(ours)
        index = next((i for i, t in enumerate(header.titles) if normal(t) == normal(theirs)), None)
        if name is None or index is None:
            continue
        candidates[name] = [Match(name, index, header.titles[index], GIVEN)]
        taken.add(index)
    answered = set(candidates)
    for index, title in enumerate(header.titles):
        if index in taken:
            continue
        plain = normal(title)
        if (name := known.get(plain)) is not None:
            if name not in answered:
                candidates.setdefault(name, []).append(Match(name, index, title, SURE))
            taken.add(index)
    for index, title in enumerate(header.titles):
        name = None if index in taken else misspelt(normal(title))
        if name is not None and name not in candidates:
            candidates[name] = [Match(name, index, title, LIKELY)]
            taken.add(index)
    left_to_pay(candidates, header, column, taken)
    _part_journals(candidates)
    mapping = Columns()
    for name, matches in candidates.items():
        chosen = matches[0]
        if len(matches) > 1:
            rest = telling(matches, column)
            chosen = rest[0]
            if len(rest) > 1 and name not in _UNASKED:
                mapping.rivals[name] = rest
        mapping.matches[name] = chosen
    name_contacts(mapping, column)
    name_customers(mapping, column)
    paid_or_not(mapping, column)
    by_values(mapping, header, column, taken, roots)
    side_by_values(mapping, header, column)
    name_beside(mapping, column)
    untitled_days(mapping, header, column)
    if not {"dispute", "promise"} & set(mapping.matches):
        for name in ("hold_until", "hold_reason"):  # « Motif » alone may be of anything
            mapping.matches.pop(name, None)
            mapping.rivals.pop(name, None)
    return mapping


def _part_journals(candidates: dict[str, list[Match]]) -> None:
    """« Code journal » beside « Journal »: the second is the journal's name."""
    found = candidates.get("journal", [])
    coded = [match for match in found if "code" in normal(match.title)]
    if len(coded) == 1 and len(found) == 2 and "journal_name" not in candidates:
        (other,) = (match for match in found if match is not coded[0])
        candidates["journal"] = coded
        candidates["journal_name"] = [replace(other, field="journal_name")]


def _ours(title: str) -> str | None:
    wanted = normal(title)
    return next((name for ours, name in TITLES.items() if normal(ours) == wanted), None)


def check_answers(given: Mapping[str, str], headers: Sequence[Header]) -> None:
    """Refuse an answer that names a column neither we nor any of the files have."""
    findings = []
    for ours, theirs in given.items():
        if _ours(ours) is None:
            findings.append(
                Finding(
                    where="--column",
                    message=f"« {ours} » n'est pas une de nos colonnes : {', '.join(TITLES)}.",
                )
            )
        elif headers and not any(
            normal(title) == normal(theirs) for header in headers for title in header.titles
        ):
            titles = ", ".join(filter(None, headers[0].titles))
            findings.append(
                Finding(
                    where="--column",
                    message=f"colonne « {theirs} » introuvable ; le fichier a : {titles}.",
                )
            )
    if findings:
        raise FindingsError(findings)


def _question(file: str, header: Header, name: str, matches: Sequence[Match]) -> Finding:
    ours = our_title(name)
    named = " et ".join(f"« {match.title} »" for match in matches)
    return Finding(
        where=file,
        row=header.line,
        column=ours,
        message=f"plusieurs colonnes possibles, {named}. Choisissez avec "
        f'--column "{ours}={matches[0].title}".',
    )


def _amounts_beside(
    columns: Columns, name: str, header: Header, column: Callable[[int], Iterable[Cell]]
) -> str:
    """Title of a column that holds amounts where the only one of debit and credit holds none."""
    alone = columns.index(name)
    assert alone is not None
    known = {match.index for match in columns.matches.values()}
    for index, title in enumerate(header.titles):
        if index in known or not title or synonyms().get(normal(title)):
            continue
        for cell, beside in zip(column(alone), column(index), strict=False):
            if not clean(cell) and is_amount(beside):
                return title
    return ""


def _lone(file: str, header: Header, columns: Columns, name: str, other: str) -> Finding:
    """Every payment would be missing."""
    missing = our_title("credit" if name == "debit" else "debit")
    return Finding(
        where=file,
        row=header.line,
        column=missing,
        message=f"colonne introuvable, à côté de « {columns.title(name)} ». Si c'est « {other} », "
        f'choisissez-la avec --column "{missing}={other}".',
    )
