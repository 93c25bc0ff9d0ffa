"""What a column holds by what its values look like, where its title does not say it alone.

Source: product specification, section 6.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from xl_relances.imports import fec
from xl_relances.imports.amounts import bare
from xl_relances.imports.columns import BY_VALUES, GIVEN, LIKELY, Columns, Match, is_collective
from xl_relances.imports.dates import Cell, is_none, looks_dated
from xl_relances.imports.headers import Header
from xl_relances.imports.lines import clean
from xl_relances.imports.paid import has_payments, is_telling
from xl_relances.imports.printed import heading, named_by_totals
from xl_relances.imports.titles import normal

_VAGUE = frozenset({"type", "state", "reference", "entry_no", "ignored"})
"""Fields whose titles (« Type », « Nature », « Mvt ») may head debit or credit too."""

_LEFT = re.compile(
    r"(?!.*(?:progress|cumul|initial|ancien|precedent|livrer|facturer|expedier|contrat|commande"
    r"|compte|client))"
    r"(?:solde|reste|restant|impaye|outstanding|remaining|openbalance|balancedue)"
)
_IDENTIFIERS = ("customer_code", "account", "customer")


def left_to_pay(
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
    return bool(said) and all(map(is_amount, said))


def name_beside(mapping: Columns, column: Callable[[int], Iterable[Cell]]) -> None:
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


def side_by_values(
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


def untitled_days(
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


def telling(matches: list[Match], column: Callable[[int], Iterable[Cell]]) -> list[Match]:
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


def is_amount(cell: Cell) -> bool:
    """Whether a cell holds an amount, in whatever form."""
    if isinstance(cell, str):
        return any(map(str.isdecimal, cell)) and bare(cell) is not None
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def name_customers(mapping: Columns, column: Callable[[int], Iterable[Cell]]) -> None:
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


def paid_or_not(mapping: Columns, column: Callable[[int], Iterable[Cell]]) -> None:
    """What was paid counts only beside amounts of invoices, and where every cell says it."""
    rest = {"debit", "credit", "balance", "side", "balance_debit"} & set(mapping.matches)
    paid, state, amount = map(mapping.matches.get, ("paid", "state", "amount"))
    if paid is not None and (rest or not is_telling(column(paid.index))):
        del mapping.matches["paid"]
    if state is not None and (
        rest or amount is None or has_payments(column(amount.index), column(state.index))
    ):
        del mapping.matches["state"]


def name_contacts(mapping: Columns, column: Callable[[int], Iterable[Cell]]) -> None:
    """Xero: « Contact » is the customer, where all share one account and none has another name."""
    match = mapping.matches.get("contact")
    named = {"customer_code", "customer_name", "account_name"} & set(mapping.matches)
    if match is None or named or not mapping.has_amounts or match.confidence == GIVEN:
        return
    account = mapping.matches.get("account")
    if account is None or all(map(is_collective, filter(None, map(clean, column(account.index))))):
        del mapping.matches["contact"]
        mapping.matches["customer"] = replace(match, field="customer")


def by_values(
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
