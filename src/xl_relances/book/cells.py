"""What a cell holds, turned into what it means; once, at the border.

Excel hands over floats, datetimes, texts, booleans and None. A cell that means
nothing raises :class:`CellError`, whose text is the French clause of a finding.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from xl_relances import french


class CellError(ValueError):
    """A cell that does not hold what its column is for; ``str`` is French."""


_FIRST_DAY = date(1899, 12, 30)
_NOUGHT = Decimal(0)
_TOO_MUCH = Decimal(10) ** 15
"""Beyond it a cell, which holds 15 digits, no longer knows the cents."""

_CURRENCY = re.compile(r"[A-Z]{3}")
_TRUE = {"1", "oui", "o", "x", "vrai", "true", "☑"}
_FALSE = {"", "0", "non", "n", "faux", "false", "☐"}
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")


def text(value: Any) -> str:
    """The cell as text; a whole number has no decimal point, an empty cell is ``""``."""
    if value is None:
        return ""
    if isinstance(value, str):
        if value[:1] == "#" and value in ERRORS:
            raise CellError(f"texte attendu, erreur {value} lue")
        return value.strip()
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date):
        return french.short_date(value)
    return str(value)


def amount(value: Any, currency: str) -> Decimal:
    """The cell as an exact amount rounded to the currency's places; empty is 0."""
    if value is None or value == "":
        return _NOUGHT
    if isinstance(value, bool | datetime | date):
        raise CellError(f"montant attendu, « {text(value)} » lu")
    if isinstance(value, float | int):
        number = Decimal(repr(value))
    elif isinstance(value, Decimal):
        number = value
    else:
        parsed = french.parse_amount(value)
        if parsed is None:
            if not value.strip():
                return Decimal(0)
            raise CellError(f"montant attendu, « {value} » lu")
        number = parsed
    if not number.is_finite():
        raise CellError(f"montant attendu, « {text_or_error(value)} » lu")
    if abs(number) >= _TOO_MUCH:
        raise CellError(f"montant démesuré, « {text_or_error(value)} » lu")
    rounded = number.quantize(french.quantum(currency), ROUND_HALF_UP)
    return rounded or abs(rounded)  # no « -0,00 »


def day(value: Any) -> date | None:
    """The cell as a day; empty is None. A bare serial number is a day too."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float | int) and not isinstance(value, bool):
        if 1 <= value < 2958466:
            return _FIRST_DAY + timedelta(days=int(value))
        if value == 0:
            return None
    elif isinstance(value, str):
        if not value.strip():
            return None
        parsed = french.parse_date(value)
        if parsed is not None:
            return parsed
    raise CellError(f"date attendue, « {text_or_error(value)} » lu")


def currency(value: Any) -> str:
    """The cell as a currency's code of three letters, in capitals; empty is ""."""
    return _code(text(value))


@lru_cache(maxsize=64)
def _code(typed: str) -> str:
    code = typed.upper()
    if code and not _CURRENCY.fullmatch(code):
        raise CellError(f"devise attendue (EUR, USD…), « {typed} » lu")
    return code


def stamp(value: Any) -> datetime | None:
    """The cell as a moment; empty or unreadable is None."""
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    return None


def integer(value: Any) -> int | None:
    """The cell as a whole number; empty is None."""
    if value is None or value == "":
        return None
    if isinstance(value, float | int) and not isinstance(value, bool):
        whole = abs(value) < 1e9 and value == int(value)
        if whole:
            return int(value)
    if isinstance(value, str):
        digits = value.strip()
        if not digits:
            return None
        if re.fullmatch(r"[+-]?[0-9]{1,9}", digits):
            return int(digits)
    raise CellError(f"nombre entier attendu, « {text_or_error(value)} » lu")


def tick(value: Any) -> bool:
    """The cell as a tick: 1 or 0; empty is unticked."""
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    if isinstance(value, float | int) and value in {0, 1}:
        return bool(value)
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
    raise CellError(f"1 ou 0 attendu, « {text_or_error(value)} » lu")


def text_or_error(value: Any) -> str:
    """The cell as a reader sees it, Excel's errors included."""
    try:
        return text(value)
    except CellError:
        return str(value)


def number(value: Decimal | None) -> float | None:
    """An amount as the float that a cell holds."""
    return None if value is None else float(value)


def moment(value: date | None) -> datetime | None:
    """A day as the datetime that a cell holds."""
    return None if value is None else datetime(value.year, value.month, value.day)


def as_text(value: Any) -> Any:
    """What to type, outside text columns, for a text to stay one; other values as they are."""
    return f"'{value}" if isinstance(value, str) and value and value not in ERRORS else value


def of(value: Any) -> Any:
    """A record's value as a cell holds it: amounts as floats, days as datetimes."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return moment(value)
    return value


def as_column(block: Any) -> list[Any]:
    """A column as a list, whatever shape its engine gave it: a cell, a list, rows of one."""
    if not isinstance(block, list | tuple):
        return [block]
    return [row[0] if isinstance(row, list | tuple) else row for row in block]
