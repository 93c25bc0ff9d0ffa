"""Sélection and Paramètres: named cells and the two tables of rates and levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlwings as xw

from xl_relances import french
from xl_relances.book import cells, layout, named_cells, tables
from xl_relances.book.cells import CellError
from xl_relances.book.ledger_sheet import faulty_cells
from xl_relances.dunning.due_dates import PaymentTerms, parse_terms
from xl_relances.dunning.levels import DunningLevel, DunningProcedure, LevelMethod
from xl_relances.dunning.selection import Selection
from xl_relances.errors import Finding, FindingsError

_BY_NAME = {setting.name: setting for setting in named_cells.SETTINGS}


class Settings:
    """The named cells of a workbook, read when first asked for, written at once."""

    def __init__(self, book: xw.Book) -> None:
        self._names = {name.name: name for name in book.names}
        self._held: dict[str, Any] = {}

    def raw(self, name: str) -> Any:
        """The cell as Excel hands it over.

        Raises:
            FindingsError: The workbook has no such name.
        """
        if name not in self._held:
            self._held[name] = self._cell(name).options(err_to_str=True).value
        return self._held[name]

    def text(self, name: str) -> str:
        """The cell as text, « » when empty."""
        return str(self._convert(name, cells.text))

    @property
    def currency(self) -> str:
        """The company's own, of rows that name none."""
        return self.text("societe_devise").upper() or "EUR"

    def day(self, name: str) -> date | None:
        """The cell as a day."""
        day: date | None = self._convert(name, cells.day)
        return day

    def integer(self, name: str) -> int | None:
        """The cell as a whole number."""
        number: int | None = self._convert(name, cells.integer)
        return number

    def days(self, name: str) -> int | None:
        """The cell as a number of days, 0 or more."""
        days = self.integer(name)
        if days is not None and days < 0:
            raise self._error(name, f"nombre de jours attendu, 0 ou plus, {days} lu.")
        return days

    def amount(self, name: str, currency: str) -> Decimal:
        """The cell as an amount of that currency; empty is 0."""
        return Decimal(self._convert(name, lambda value: cells.amount(value, currency)))

    def choice(self, name: str) -> str:
        """The cell as one of its choices; the default when empty or, in an older book, missing."""
        setting = _BY_NAME[name]
        value = (self.text(name) if name in self._names else "") or str(setting.default)
        for choice in setting.choices:
            if choice.lower() == value.lower():
                return choice
        raise self._error(name, f"« {' » ou « '.join(setting.choices)} » attendu, « {value} » lu.")

    def write(self, name: str, value: str | float | date | datetime | None) -> None:
        """Fill the cell; an amount is a float."""
        self._held.pop(name, None)
        cell = self._cell(name)
        if isinstance(value, date) and not isinstance(value, datetime):
            value = cells.moment(value)
        if isinstance(value, str) and cell.number_format != "@":
            cell.number_format = "@"
        if value is None:
            cell.clear_contents()
        else:
            cell.value = value

    def sheets(self, settings: Sequence[named_cells.Setting]) -> list[xw.Sheet]:
        """The sheets on which these cells lie."""
        found = [self._cell(setting.name).sheet for setting in settings]
        return list({sheet.name: sheet for sheet in found}.values())

    def finding(self, name: str, message: str) -> Finding:
        """A finding at that cell."""
        setting = _BY_NAME.get(name)
        here = (*named_cells.SELECTION_SETTINGS, *named_cells.ISSUE_SETTINGS)
        sheet = layout.SELECTION if setting in here else layout.PARAMETRES
        cell = self._range(name)
        return Finding(
            where=cell.sheet.name if cell is not None else sheet,
            row=cell.row if cell is not None else None,
            column=setting.label if setting else name,
            message=message,
        )

    def _error(self, name: str, message: str) -> FindingsError:
        return FindingsError([self.finding(name, message)])

    def _cell(self, name: str) -> xw.Range:
        cell = self._range(name)
        if cell is None:
            raise self._error(name, f"le nom « {name} » est introuvable dans le classeur.")
        return cell

    def _range(self, name: str) -> xw.Range | None:
        """The first cell of that name; None where it is missing or its sheet is gone (#REF!)."""
        known = self._names.get(name)
        if known is None or "#REF!" in str(known.refers_to):
            return None
        cells: xw.Range = known.refers_to_range
        return cells if cells.shape == (1, 1) else cells[0, 0]

    def _convert(self, name: str, reader: Any) -> Any:
        value = self.raw(name)
        try:
            return reader(value)
        except CellError as error:
            raise self._error(name, f"{error}.") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """The selection as entered, before « today » stands in for an empty date.

    Attributes:
        values: Setting name to text, as typed; an empty cell is "".
    """

    values: Mapping[str, str] = field(default_factory=dict)

    def described(self, as_of: date) -> str:
        """One line for people, from which :func:`parse_criteria` reads it back."""
        shown = dict(self.values) | {"date_relance": french.short_date(as_of)}
        return " ; ".join(
            f"{_BY_NAME[name].label} : {value}" for name, value in shown.items() if value
        )

    def same_choice(self, other: Criteria) -> bool:
        """Whether both choose the same customers; the date of the letters apart."""
        return _chosen(self.values) == _chosen(other.values)


def _chosen(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value and name != "date_relance"}


def parse_criteria(text: str) -> Criteria:
    """What :meth:`Criteria.described` wrote."""
    by_label = {setting.label: setting.name for setting in named_cells.SELECTION_SETTINGS}
    values = {}
    for part in text.split(" ; "):
        label, _, value = part.partition(" : ")
        if label in by_label:
            values[by_label[label]] = value
    return Criteria(values=values)


def read_criteria(settings: Settings, typed: Mapping[str, str]) -> Criteria:
    """The sheet's criteria with ``typed`` (setting name to text) put over them."""
    values = {}
    for setting in named_cells.SELECTION_SETTINGS:
        if setting.name in typed:
            values[setting.name] = typed[setting.name]
        elif setting.kind is layout.Kind.DATE:
            day = settings.day(setting.name)
            values[setting.name] = french.short_date(day) if day else ""
        elif setting.kind is layout.Kind.AMOUNT:
            amount = settings.amount(setting.name, "TND")
            values[setting.name] = f"{amount.normalize():f}" if amount else ""
        else:
            values[setting.name] = settings.text(setting.name)
    return Criteria(values=values)


def selection(settings: Settings, criteria: Criteria, *, today: date, highest: int) -> Selection:
    """The criteria as the core reads them.

    Raises:
        FindingsError: A criterion means nothing; the finding names its cell.
    """
    values = criteria.values
    findings: list[Finding] = []

    def wrong(name: str, message: str) -> None:
        findings.append(settings.finding(name, message))

    def day(name: str) -> date | None:
        text = values.get(name, "")
        found = french.parse_date(text) if text else None
        if text and found is None:
            wrong(name, f"date attendue, « {text} » lu.")
        return found

    minimum = french.parse_amount(values.get("solde_minimum") or "0")
    if minimum is None or minimum < 0:
        wrong("solde_minimum", f"montant attendu, « {values['solde_minimum']} » lu.")
    letter = values.get("numero_lettre") or named_cells.AUTOMATIQUE
    letter_no = None
    if letter.lower() not in {named_cells.AUTOMATIQUE.lower(), "auto"}:
        if letter.isdecimal() and 1 <= int(letter) <= highest:
            letter_no = int(letter)
        else:
            wrong(
                "numero_lettre",
                f"« {named_cells.AUTOMATIQUE} » ou un numéro de 1 à {highest} attendu, "
                f"« {letter} » lu.",
            )
    method = values.get("calcul_niveau") or named_cells.PAR_NOMBRE
    if method.lower() not in {named_cells.PAR_NOMBRE.lower(), named_cells.PAR_RETARD.lower()}:
        wrong("calcul_niveau", f"« Nombre » ou « Retard » attendu, « {method} » lu.")
    as_of, bound = day("date_relance") or today, day("factures_avant_le")
    if findings:
        raise FindingsError(findings)
    return Selection(
        as_of=as_of,
        first_account=values.get("compte_debut", ""),
        last_account=values.get("compte_fin", ""),
        currency=values.get("devise", "").upper(),
        invoices_before=bound,
        minimum=minimum or Decimal(0),
        letter_no=letter_no,
        method=(
            LevelMethod.LATENESS
            if method.lower() == named_cells.PAR_RETARD.lower()
            else LevelMethod.COUNT
        ),
    )


def procedure(book: xw.Book) -> DunningProcedure:
    """The levels of Paramètres.

    Raises:
        FindingsError: A cell is unreadable, or the numbers are not 1, 2, ..., n.
    """
    table = layout.NIVEAUX_TABLE
    rows = tables.read(book, table)
    pick = rows.picker()
    findings: list[Finding] = []
    levels: list[DunningLevel] = []
    seen: set[int] = set()
    for row, number in zip(rows.rows, rows.numbers, strict=True):
        picked = pick(row)
        bad = list(faulty_cells(table, picked, number))
        if not bad:
            level = _level(picked)
            bad = _negative_days(level, number)
            if level.rank < 1 or level.rank in seen:
                what = "en double" if level.rank in seen else "inférieur à 1"
                bad = [
                    Finding(
                        where=table.sheet,
                        row=number,
                        column="N°",
                        message=f"niveau {level.rank} {what} : numérotez 1, 2, 3…",
                    )
                ]
            seen.add(level.rank)
            levels.append(level)
        findings.extend(bad)
    if not findings and (not levels or sorted(seen) != list(range(1, len(levels) + 1))):
        what = "aucun niveau" if not levels else "un niveau manque"
        findings.append(
            Finding(
                where=table.sheet,
                row=rows.numbers[0] if rows.numbers else None,
                column="N°",
                message=f"{what} dans le tableau « {table.name} » : numérotez 1, 2, 3…",
            )
        )
    if findings:
        raise FindingsError(findings)
    return DunningProcedure.of(levels)


def _negative_days(level: DunningLevel, number: int) -> list[Finding]:
    days = {"Délai": level.delay, "Retard": level.lateness, "Délai accordé": level.days_to_pay}
    return [
        Finding(
            where=layout.PARAMETRES,
            row=number,
            column=column,
            message=f"nombre de jours attendu, 0 ou plus, {value} lu.",
        )
        for column, value in days.items()
        if value < 0
    ]


def _level(row: tuple[Any, ...]) -> DunningLevel:
    (rank, label, template, delay, lateness, repeat, interest, fixed_sum, registered,
     days_to_pay, subject, message) = row  # fmt: skip
    allowed = cells.integer(days_to_pay)
    return DunningLevel(
        rank=cells.integer(rank) or 0,
        delay=cells.integer(delay) or 0,
        lateness=cells.integer(lateness) or 0,
        repeat=cells.tick(repeat),
        label=cells.text(label),
        template=cells.text(template),
        registered=cells.tick(registered),
        interest=cells.tick(interest),
        fixed_sum=cells.tick(fixed_sum),
        days_to_pay=8 if allowed is None else allowed,
        subject=cells.text(subject),
        message=cells.text(message),
    )


def company_terms(settings: Settings) -> PaymentTerms | None:
    """The company's payment terms; None when it has none."""
    text = settings.text("delai_de_paiement")
    if not text:
        return None
    terms = parse_terms(text)
    if terms is None:
        raise FindingsError(
            [
                settings.finding(
                    "delai_de_paiement",
                    f"délai attendu (30, 45FM, FM45, 30FM10), « {text} » lu.",
                )
            ]
        )
    return terms
