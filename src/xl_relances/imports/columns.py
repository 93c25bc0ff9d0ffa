"""Columns: which holds what, by its title and by what its values look like.

Two columns that could both be one thing are asked about, unless one is empty or
both say the same. ``--column "Échéance=Date échéance"`` answers; the answer is
kept for files with the same titles.

Source: product specification, section 6.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from xl_relances.errors import Finding, FindingsError
from xl_relances.imports import fec
from xl_relances.imports.amounts import bare
from xl_relances.imports.dates import Cell, is_none, looks_dated
from xl_relances.imports.headers import Header
from xl_relances.imports.lines import clean
from xl_relances.imports.paid import has_payments, is_telling
from xl_relances.imports.printed import Headings, heading, named_by_totals
from xl_relances.imports.titles import TITLES, misspelt, normal, our_title, synonyms

SURE, LIKELY, BY_VALUES, GIVEN = "sûr", "probable", "d'après les valeurs", "indiqué"

_UNASKED = frozenset({
    "ignored", "bucket", "running", "identity", "validation_date", "allocation_date",
    "journal_name", "reference", "account_name", "entry_date", "state",
})  # fmt: skip
_VAGUE = frozenset({"type", "state", "reference", "entry_no", "ignored"})
"""Fields whose titles (« Type », « Nature », « Mvt ») may head debit or credit too."""

_LEFT = re.compile(
    r"(?!.*(?:progress|cumul|initial|ancien|precedent|livrer|facturer|expedier|contrat|commande"
    r"|compte|client))"
    r"(?:solde|reste|restant|impaye|outstanding|remaining|openbalance|balancedue)"
)
_IDENTIFIERS = ("customer_code", "account", "customer")
_MONEY = ("debit", "credit", "amount", "balance", "balance_debit", "balance_credit")


@dataclass(frozen=True, slots=True)
class Match:
    """A column and the field that it holds."""

    field: str
    index: int
    title: str
    confidence: str


@dataclass(slots=True)
class Columns:
    """Fields by name, where they stand and why.

    Attributes:
        matches: The column of each field.
        rivals: Columns that compete for a field, when the user has to choose.
        headings: Account and name that a heading says, by its text, where totals prove it.
    """

    matches: dict[str, Match] = field(default_factory=dict)
    rivals: dict[str, list[Match]] = field(default_factory=dict)
    headings: Headings = field(default_factory=dict)

    def index(self, name: str) -> int | None:
        """The column of a field; None when the file has none."""
        match = self.matches.get(name)
        return match.index if match else None

    def title(self, name: str) -> str:
        """The file's own title of that field."""
        match = self.matches.get(name)
        return match.title if match else our_title(name)

    def __contains__(self, name: str) -> bool:
        return name in self.matches

    @property
    def has_amounts(self) -> bool:
        """Whether it can tell what is owed."""
        return any(name in self.matches for name in _MONEY)

    @property
    def has_partial_codes(self) -> bool:
        """Whether allocation codes are Odoo's, whose « P12 » is a partial one."""
        return normal(self.title("allocation")) in {"correspondance", "matching"}


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
    _left_to_pay(candidates, header, column, taken)
    _part_journals(candidates)
    mapping = Columns()
    for name, matches in candidates.items():
        chosen = matches[0]
        if len(matches) > 1:
            rest = _telling(matches, column)
            chosen = rest[0]
            if len(rest) > 1 and name not in _UNASKED:
                mapping.rivals[name] = rest
        mapping.matches[name] = chosen
    _name_contacts(mapping, column)
    _name_customers(mapping, column)
    _paid_or_not(mapping, column)
    _by_values(mapping, header, column, taken, roots)
    _side_by_values(mapping, header, column)
    _name_beside(mapping, column)
    _untitled_days(mapping, header, column)
    if not {"dispute", "promise"} & set(mapping.matches):
        for name in ("hold_until", "hold_reason"):  # « Motif » alone may be of anything
            mapping.matches.pop(name, None)
            mapping.rivals.pop(name, None)
    return mapping


def _left_to_pay(
    candidates: dict[str, list[Match]],
    header: Header,
    column: Callable[[int], Iterable[Cell]],
    taken: set[int],
) -> None:
    """« Solde à payer » in any wording: beside it an invoice's amount would be claimed twice."""
    chosen = any(match.confidence == GIVEN for match in candidates.get("amount", ()))
    if chosen or {"debit", "credit", "balance", "side"} & set(candidates):
        return
    for index, title in enumerate(header.titles):
        if index not in taken and _LEFT.match(normal(title)) and _holds_amounts(column(index)):
            candidates["balance"] = [Match("balance", index, title, LIKELY)]
            taken.add(index)
            return


def _holds_amounts(cells: Iterable[Cell]) -> bool:
    """Whether there is nothing but amounts, one at least."""
    said = [cell for cell in cells if cell is not None and clean(cell)]
    return bool(said) and all(map(_is_amount, said))


def _part_journals(candidates: dict[str, list[Match]]) -> None:
    """« Code journal » beside « Journal »: the second is the journal's name."""
    found = candidates.get("journal", [])
    coded = [match for match in found if "code" in normal(match.title)]
    if len(coded) == 1 and len(found) == 2 and "journal_name" not in candidates:
        (other,) = (match for match in found if match is not coded[0])
        candidates["journal"] = coded
        candidates["journal_name"] = [replace(other, field="journal_name")]


def _name_beside(mapping: Columns, column: Callable[[int], Iterable[Cell]]) -> None:
    """« Libellé » right of the account, the same on all lines of each: the customer's name."""
    label = mapping.matches.get("label")
    if label is None or label.confidence == GIVEN or "customer_name" in mapping:
        return
    if "account_name" in mapping:
        return
    beside = next((m for n in ("customer_code", "account") if (m := mapping.matches.get(n))), None)
    if beside is None or label.index != beside.index + 1:
        return
    texts: dict[str, set[str]] = defaultdict(set)
    rows = 0
    for account, text in zip(column(beside.index), column(label.index), strict=False):
        if _said(account) and isinstance(text, str):
            texts[str(account)].add(text.strip())
            rows += 1
    distinct = {text for found in texts.values() for text in found}
    if (
        rows > len(texts)
        and all(len(found) == 1 for found in texts.values())
        and (len(distinct) * 2 > len(texts) and len(distinct) > 1)
    ):
        del mapping.matches["label"]
        mapping.matches["customer_name"] = Match(
            "customer_name", label.index, label.title, BY_VALUES
        )


def _side_by_values(
    mapping: Columns, header: Header, column: Callable[[int], Iterable[Cell]]
) -> None:
    """Beside one amount, a column of nothing but D and C says which it is."""
    if "amount" not in mapping or {"side", "debit", "credit"} & set(mapping.matches):
        return
    used = {match.index for name, match in mapping.matches.items() if name not in _VAGUE}
    for index, title in enumerate(header.titles):
        if index in used:
            continue
        texts = {str(cell).strip() for cell in column(index) if not is_none(cell)}
        if {fec.side(text) for text in texts if text.isalpha()} == {1, -1} and all(
            text.isalpha() and fec.side(text) for text in texts
        ):
            for name in _VAGUE & set(mapping.matches):
                if mapping.matches[name].index == index:
                    del mapping.matches[name]
            mapping.matches["side"] = Match("side", index, title, BY_VALUES)
            return


def _untitled_days(
    mapping: Columns, header: Header, column: Callable[[int], Iterable[Cell]]
) -> None:
    """A column of days without a title, where no other says the day of the entries."""
    if any(name in mapping for name in ("document_date", "date", "entry_date")):
        return
    for index, title in enumerate(header.titles):
        if title:
            continue
        cells = [cell for cell in column(index) if not is_none(cell)]
        if cells and 2 * sum(map(looks_dated, cells)) >= len(cells):
            mapping.matches["date"] = Match("date", index, title, BY_VALUES)
            return


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


def _telling(matches: list[Match], column: Callable[[int], Iterable[Cell]]) -> list[Match]:
    """Candidates that say something, and not the same thing."""
    cells = {match.index: [_said(cell) for cell in column(match.index)] for match in matches}
    told = [match for match in matches if any(cells[match.index])]
    if not told:
        return matches[:1]
    rest = [told[0]]
    for match in told[1:]:
        if all(cells[match.index] != cells[known.index] for known in rest):
            rest.append(match)
    return rest


def _said(cell: Cell) -> Cell:
    return cell.strip() if isinstance(cell, str) else cell


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
            if not clean(cell) and _is_amount(beside):
                return title
    return ""


def _is_amount(cell: Cell) -> bool:
    if isinstance(cell, str):
        return any(map(str.isdecimal, cell)) and bare(cell) is not None
    return isinstance(cell, int | float) and not isinstance(cell, bool)


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


def _name_customers(mapping: Columns, column: Callable[[int], Iterable[Cell]]) -> None:
    """« Client » or « Tiers » holds a code or a name: its values and its neighbours tell."""
    match = mapping.matches.pop("customer", None)
    if match is None:
        return
    texts = [cell for cell in column(match.index) if isinstance(cell, str) and cell.strip()]
    names = sum(" " in text.strip() or text != text.upper() for text in texts)
    is_name = names * 2 > len(texts)
    has_code = "customer_code" in mapping
    if is_name or has_code:
        if "customer_name" not in mapping and (has_code or "account" in mapping):
            mapping.matches["customer_name"] = Match(
                "customer_name", match.index, match.title, BY_VALUES
            )
            return
        if has_code:
            return
    mapping.matches["customer_code"] = Match("customer_code", match.index, match.title, BY_VALUES)


def _paid_or_not(mapping: Columns, column: Callable[[int], Iterable[Cell]]) -> None:
    """What was paid counts only beside amounts of invoices, and where every cell says it."""
    rest = {"debit", "credit", "balance", "side", "balance_debit"} & set(mapping.matches)
    paid, state, amount = map(mapping.matches.get, ("paid", "state", "amount"))
    if paid is not None and (rest or not is_telling(column(paid.index))):
        del mapping.matches["paid"]
    if state is not None and (
        rest or amount is None or has_payments(column(amount.index), column(state.index))
    ):
        del mapping.matches["state"]


def _name_contacts(mapping: Columns, column: Callable[[int], Iterable[Cell]]) -> None:
    """Xero: « Contact » is the customer, where all share one account and none has another name."""
    match = mapping.matches.get("contact")
    named = {"customer_code", "customer_name", "account_name"} & set(mapping.matches)
    if match is None or named or not mapping.has_amounts or match.confidence == GIVEN:
        return
    account = mapping.matches.get("account")
    if account is None or all(map(is_collective, filter(None, map(clean, column(account.index))))):
        del mapping.matches["contact"]
        mapping.matches["customer"] = replace(match, field="customer")


def is_collective(account: str) -> bool:
    """Whether it looks like the account of all customers: 411, 411000, 41110000."""
    return account.isdecimal() and len(account.rstrip("0")) <= 4


def _by_values(
    mapping: Columns,
    header: Header,
    column: Callable[[int], Iterable[Cell]],
    taken: set[int],
    roots: Sequence[str],
) -> None:
    """Columns without a title that we know, when what they hold leaves no doubt.

    A printed ledger names its accounts in headings of their own, « 411DUP Dupont »:
    that column is the field « heading ».
    """
    if any(name in mapping for name in _IDENTIFIERS):
        return
    for index in range(len(header.titles)):
        texts = [str(cell).strip() for cell in column(index) if not is_none(cell)]
        ours = sum(text.startswith(tuple(roots)) for text in texts)
        free = index not in taken or _is_weak(mapping, index)
        if free and texts and ours > 0.9 * len(texts):
            if _is_weak(mapping, index):
                del mapping.matches["reference"]
            mapping.matches["account"] = Match("account", index, header.titles[index], BY_VALUES)
            return
        if any(heading(text, roots, labelled=not header.titles[index]) for text in texts):
            mapping.matches["heading"] = Match("heading", index, header.titles[index], BY_VALUES)
            return
    texts_of = [
        {clean(cell) for cell in column(index) if isinstance(cell, str)}
        for index in range(len(header.titles))
    ]
    if found := named_by_totals(texts_of):
        index, mapping.headings = found
        mapping.matches["heading"] = Match("heading", index, header.titles[index], BY_VALUES)
        return
    if "customer_name" in mapping and mapping.has_amounts:
        match = mapping.matches["customer_name"]
        mapping.matches["customer_code"] = Match(
            "customer_code", match.index, match.title, BY_VALUES
        )


def _is_weak(mapping: Columns, index: int) -> bool:
    """Whether « Numéro » or « N° » alone named the column: it may be of anything."""
    match = mapping.matches.get("reference")
    return match is not None and match.index == index
