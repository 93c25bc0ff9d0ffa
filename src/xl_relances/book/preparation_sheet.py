"""Préparation, Détail and Non relancés: the decision shown, and what users made of it.

Reading takes unreadable cells as Prepare left them and reports them; writing
fills the three tables at once.

Source: product specification, sections 2 and 4 (rules 6, 10 and 12).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

import xlwings as xw

from xl_relances.book import cells, formulas, layout, tables
from xl_relances.book import charge_columns as charges
from xl_relances.book.cells import CellError
from xl_relances.book.ledger_sheet import faulty_cells
from xl_relances.book.preparation_rows import CustomerRow, DetailRow, ExcludedRow, Sheets
from xl_relances.dunning.decision import Key
from xl_relances.errors import Finding

_PREPARATION = layout.PREPARATION_TABLE
_DETAIL = layout.DETAIL_TABLE
_NON_RELANCES = layout.NON_RELANCES_TABLE


def read(book: xw.Book, highest: int) -> Sheets:
    """The three sheets; an unreadable cell is a finding and counts as Prepare left it."""
    findings: list[Finding] = []
    faults: dict[Key | None, Finding] = {}
    by_customer: dict[Key, list[DetailRow]] = {}
    items: list[DetailRow] = []
    for _, item, bad in _parsed(tables.read(book, _DETAIL), _detail_row, findings):
        if "Relancer" in bad:
            item = replace(item, listed=bool(item.suggested))  # noqa: PLW2901 - as Prepare left it
        items.append(item)
        by_customer.setdefault(item.key, []).append(item)
        _at_fault(item.key, bad, faults, identity=item.identity)
    preparation = tables.read(book, _PREPARATION)
    typed = _typed(book, preparation, "N° lettre")
    live = [column.title for column in _PREPARATION.columns if column.live]
    held = {title: _typed(book, preparation, title) for title in live}
    customers: dict[Key, CustomerRow] = {}
    for number, row, bad in _parsed(
        preparation, _customer_row, findings, skip=(*formulas.TYPED, *live)
    ):
        read_before = len(findings)
        row = replace(  # noqa: PLW2901 - with what stands elsewhere
            row,
            typed=_letter_no(typed.get(number), number, highest, findings),
            file=formulas.linked(str(held["Lettre"].get(number) or "")),
            items=tuple(by_customer.get(row.key, ())),
            number_of_row=number,
        )
        if "Relancer" in bad:
            row = replace(row, on=True)  # noqa: PLW2901
        if "Éditée" in bad:
            row = replace(row, issued=bool(row.digest))  # noqa: PLW2901
        said = charges.made(row, {title: held[title].get(number) for title in layout.CHARGES})
        row = replace(row, charges=said)  # noqa: PLW2901
        if findings[read_before:]:
            bad = {**bad, "N° lettre": findings[-1]}  # noqa: PLW2901
        customers.setdefault(row.key, row)
        _at_fault(row.key, bad, faults)
    excluded = [
        row for _, row, _ in _parsed(tables.read(book, _NON_RELANCES), _excluded_row, findings)
    ]
    others = [item for key, some in by_customer.items() if key not in customers for item in some]
    return Sheets(list(customers.values()), others, excluded, findings, items, faults)


_R = TypeVar("_R")


def _parsed(
    rows: tables.TableRows,
    parse: Callable[[tuple[Any, ...]], _R],
    findings: list[Finding],
    skip: Sequence[str] = (),
) -> Iterable[tuple[int, _R, Mapping[str, Finding]]]:
    """Row number, record, and findings by column; unreadable cells and those to skip are empty."""
    pick = rows.picker()
    columns = rows.table.columns
    skipped = {index for index, column in enumerate(columns) if column.title in skip}
    for row, number in zip(rows.rows, rows.numbers, strict=True):
        picked = pick(row)
        if skipped:
            picked = tuple(None if i in skipped else value for i, value in enumerate(picked))
        try:
            yield number, parse(picked), _SOUND
        except CellError:
            bad = {str(f.column): f for f in faulty_cells(rows.table, picked, number)}
            findings.extend(bad.values())
            readable = tuple(
                None if column.title in bad else value
                for column, value in zip(columns, picked, strict=True)
            )
            yield number, parse(readable), bad


_SOUND: Mapping[str, Finding] = {}


def _at_fault(
    key: Key,
    bad: Mapping[str, Finding],
    faults: dict[Key | None, Finding],
    *,
    identity: str = "-",
) -> None:
    """Note whose letter is in doubt; a row that has lost its customer puts all in doubt."""
    for finding in bad.values():
        faults.setdefault(key if all(key) and identity else None, finding)


def _detail_row(row: tuple[Any, ...]) -> DetailRow:
    text, day, integer = cells.text, cells.day, cells.integer
    currency = text(row[2]).upper()

    def amount(value: Any) -> Decimal:
        return cells.amount(value, currency)

    return DetailRow(
        account=text(row[0]),
        name=text(row[1]),
        currency=currency,
        entry_no=text(row[3]),
        document=text(row[4]),
        document_date=day(row[5]),
        due_date=day(row[6]),
        days_late=integer(row[7]),
        label=text(row[8]),
        debit=None if row[9] is None else amount(row[9]),
        credit=None if row[10] is None else amount(row[10]),
        amount=amount(row[11]),
        set_off=amount(row[12]),
        remainder=amount(row[13]),
        level=integer(row[14]),
        letter_date=day(row[15]),
        proposed=integer(row[16]),
        next_day=day(row[17]),
        limitation=day(row[18]),
        listed=cells.tick(row[19]),
        motif=text(row[20]),
        identity=text(row[21]),
        suggested=None if row[22] is None or row[22] == "" else cells.tick(row[22]),
    )


def _customer_row(row: tuple[Any, ...]) -> CustomerRow:
    """A row of Préparation; its items and what is typed over formulas are not in its values."""
    text = cells.text
    return CustomerRow(
        account=text(row[0]),
        name=text(row[1]),
        currency=text(row[2]).upper(),
        max_late=cells.integer(row[7]) or 0,
        last_letter=cells.integer(row[8]),
        last_date=cells.day(row[9]),
        typed=None,
        on=cells.tick(row[12]),
        issued=cells.tick(row[13]),
        file="",
        motif=text(row[15]),
        forced=cells.tick(row[16]),
        batch=text(row[17]),
        digest=text(row[18]),
        items=(),
    )


def _excluded_row(row: tuple[Any, ...]) -> ExcludedRow:
    text = cells.text
    currency = text(row[2]).upper()
    return ExcludedRow(
        account=text(row[0]),
        name=text(row[1]),
        currency=currency,
        net=None if row[3] in {None, ""} else cells.amount(row[3], currency),
        forced=cells.tick(row[4]),
        motif=text(row[5]),
    )


def _typed(book: xw.Book, rows: tables.TableRows, title: str) -> dict[int, Any]:
    """A column of Préparation by row number, as typed: formulas begin with « = »."""
    if not rows.rows:
        return {}
    body = tables.find_table(book, _PREPARATION).data_body_range
    assert body is not None  # the table has rows
    return dict(enumerate(tables.read_formulas(book, _PREPARATION, title), start=body.row))


def _letter_no(value: Any, number: int, highest: int, findings: list[Finding]) -> int | None:
    """The number typed over the formula; None where the formula stands, or nothing."""
    if value in {None, ""} or (isinstance(value, str) and value.startswith("=")):
        return None
    try:
        letter_no = cells.integer(value)
    except CellError:
        letter_no = 0
    if letter_no is not None and 1 <= letter_no <= highest:
        return letter_no
    findings.append(
        Finding(
            where=_PREPARATION.sheet,
            row=number,
            column="N° lettre",
            message=f"numéro de 1 à {highest} attendu, « {cells.text_or_error(value)} » lu : "
            "la lettre proposée est gardée.",
        )
    )
    return None


FORMULA_LIMIT = 50_000_000
"""Customers times items from which SUMIFS, which is quadratic, would freeze Excel."""


def write(
    book: xw.Book,
    customers: Sequence[CustomerRow],
    others: Sequence[DetailRow],
    excluded: Sequence[ExcludedRow],
) -> bool:
    """Fill the three sheets; returns whether Préparation follows ticks by formulas."""
    items = sorted(
        [*(item for row in customers for item in row.items), *others], key=lambda item: item.key
    )
    keys = {key: number for number, key in enumerate(dict.fromkeys(i.key for i in items), 1)}
    live = follows_ticks(len(customers), len(items))
    tables.write(
        book,
        _DETAIL,
        [_detail_cells(item, keys[item.key]) for item in items],
        key=lambda row: row["Identité"] or None,
    )
    columns = formulas.TYPED if live else {"N° lettre": formulas.TYPED["N° lettre"]}
    tables.write(
        book,
        _PREPARATION,
        [
            _customer_cells(row, keys.get(row.key), live=live) | charges.typed(row, live=live)
            for row in customers
        ],
        key=lambda row: (row["Compte"], row["Devise"]),
        formulas=columns,
    )
    _show_results(book, customers, columns)
    tables.write(
        book,
        _NON_RELANCES,
        [_excluded_cells(row) for row in excluded],
        key=lambda row: (row["Compte"], row["Devise"], row["Motif"] if not row["Compte"] else ""),
    )
    return live


def follows_ticks(customers: int, items: int) -> bool:
    """Whether Préparation follows the ticks of Détail by formulas, at these heights."""
    return customers * items <= FORMULA_LIMIT


def _show_results(
    book: xw.Book, customers: Sequence[CustomerRow], columns: Mapping[str, str]
) -> None:
    """What the formulas give, known before anything calculates them."""
    results: dict[str, list[Any]] = {
        "Solde dû": [cells.number(row.balance_due) for row in customers],
        "Échéances": [len(row.listed) for row in customers],
        "Lettre proposée": [row.suggested_no or "" for row in customers],
        "N° lettre": [row.letter_no or "" for row in customers],
    }
    known = {title: results[title] for title in columns}
    known["Lettre"] = [row.file.rpartition("/")[2] or None for row in customers]
    tables.cache(book, _PREPARATION, known | charges.results(customers))


def _detail_cells(item: DetailRow, key: int) -> dict[str, Any]:
    return {
        "Compte": item.account,
        "Nom": item.name,
        "Devise": item.currency,
        "Écriture": item.entry_no or None,
        "Pièce": item.document or None,
        "Date": cells.moment(item.document_date),
        "Échéance": cells.moment(item.due_date),
        "Retard": item.days_late,
        "Libellé": item.label or None,
        "Débit": cells.number(item.debit),
        "Crédit": cells.number(item.credit),
        "Solde": cells.number(item.amount),
        "Imputé": cells.number(item.set_off),
        "Reste": cells.number(item.remainder),
        "Niveau": item.level,
        "Relancé le": cells.moment(item.letter_date),
        "Lettre proposée": item.proposed,
        "Prochaine lettre": cells.moment(item.next_day),
        "Prescription": cells.moment(item.limitation),
        "Relancer": int(item.listed),
        "Motif": item.motif,
        "Identité": item.identity,
        "Proposé": None if item.suggested is None else int(item.suggested),
        "Clé": key,
    }


def _customer_cells(row: CustomerRow, key: int | None, *, live: bool) -> dict[str, Any]:
    computed: dict[str, Any] = {}
    if not live:
        computed = {
            "Solde dû": cells.number(row.balance_due),
            "Échéances": len(row.listed),
            "Lettre proposée": row.suggested_no,
        }
    return computed | {
        "Compte": row.account,
        "Nom": row.name,
        "Devise": row.currency,
        "Retard max": row.max_late,
        "Dernière lettre": row.last_letter,
        "Relancé le": cells.moment(row.last_date),
        "N° lettre": row.typed,
        "Relancer": int(row.on),
        "Éditée": int(row.issued),
        "Lettre": formulas.link(row.file),
        "Motif": row.motif,
        "Forcer": int(row.forced),
        "Campagne": row.batch,
        "Empreinte": row.digest or None,
        "Clé": key,
    }


def _excluded_cells(row: ExcludedRow) -> dict[str, Any]:
    return {
        "Compte": row.account or None,
        "Nom": row.name,
        "Devise": row.currency,
        "Solde": cells.number(row.net),
        "Forcer": int(row.forced) if row.account else None,
        "Motif": row.motif,
    }
