"""Taux: the half-years' rates in Paramètres, and what is doubtful about them.

A rate is typed in per cent a year: 15 or « 15 % » as text is 15 %. An empty cell
is a rate not entered, never zero and never that of another half-year.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

import xlwings as xw

from xl_relances import french
from xl_relances.book import cells, layout, tables
from xl_relances.book.cells import CellError
from xl_relances.book.tables import TableRows
from xl_relances.dunning.rates import FLOOR, HalfYear, Rate, Rates
from xl_relances.errors import Finding, FindingsError

_TAUX = layout.TAUX_TABLE
_MOST = Decimal(100)
"""Per cent; more is a slip of the keyboard."""


def read_rates(book: xw.Book) -> Rates:
    """The rates of Paramètres.

    Raises:
        FindingsError: A cell is unreadable, or a half-year stands there twice.
    """
    rates, findings = parse_rates(tables.read(book, _TAUX))
    if findings:
        raise FindingsError(findings)
    return rates


def parse_rates(rows: TableRows) -> tuple[Rates, list[Finding]]:
    """Every row of Taux that can be read, and findings on the others."""
    pick = rows.picker()
    found: dict[HalfYear, Rate] = {}
    findings: list[Finding] = []
    for row, number in zip(rows.rows, rows.numbers, strict=True):
        written, *percents = pick(row)
        label = cells.text_or_error(written)
        half_year = HalfYear.parse(label)
        if half_year is None:
            findings.append(_finding(number, "Semestre", f"2026-S1 attendu, « {label} » lu."))
            continue
        if half_year in found:
            findings.append(_finding(number, "Semestre", f"{half_year} en double."))
            continue
        values: list[Decimal | None] = []
        for column, value in zip(_TAUX.columns[1:], percents, strict=True):
            try:
                values.append(percent(value))
            except CellError as error:
                values.append(None)
                findings.append(_finding(number, column.title, f"{error}."))
        ecb, legal, own = values
        found[half_year] = Rate(ecb=ecb, legal=legal, own=own)
    return Rates(found), findings


def percent(value: Any) -> Decimal | None:
    """The cell as per cent a year; empty is None.

    Raises:
        CellError: It holds no rate from 0 to 100.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    rate = None
    if isinstance(value, float | int) and not isinstance(value, bool):
        rate = Decimal(repr(value))
    elif isinstance(value, Decimal):
        rate = value
    elif isinstance(value, str):
        rate = french.parse_amount(value.strip().removesuffix("%"))
    if rate is None or not 0 <= rate <= _MOST:
        raise CellError(f"taux en % par an attendu, « {cells.text_or_error(value)} » lu")
    return rate


def floor_findings(rates: Rates, half_years: Collection[HalfYear]) -> list[Finding]:
    """The company's own rate where the law wants a higher one, among ``half_years``."""
    return [
        Finding(
            where=_TAUX.sheet,
            column="Taux société",
            message=f"{half_year} : {_shown(rates.by_half_year[half_year].own)} est inférieur à "
            f"{FLOOR} × le taux légal ({_shown(rates.legal(half_year), FLOOR)}), minimum de "
            "l'article L441-10 du code de commerce.",
            blocking=False,
        )
        for half_year in rates.below_floor(half_years)
    ]


def _shown(rate: Decimal | None, times: int = 1) -> str:
    return f"{french.amount((rate or Decimal(0)) * times)}\u00a0%"


def _finding(number: int, column: str, message: str) -> Finding:
    return Finding(where=_TAUX.sheet, row=number, column=column, message=message)
