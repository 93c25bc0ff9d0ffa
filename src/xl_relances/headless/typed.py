"""What Excel makes of a text that arrives in a cell, as if typed in US English.

``=…`` is a formula, and so are ``+…``, ``-…`` and ``@…`` that are no number;
``3/4`` is a date, ``12E5``, ``000123``, ``1,5`` and ``5%`` are numbers. Only a cell
whose format is ``@`` takes a text as it is: that is why text columns must be ``@``
before anything is written to them, and what the tests of this engine make sure of.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

ERRORS = frozenset(
    {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!",
     "#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!"}
)  # fmt: skip

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = "|".join(_MONTHS) + "|january|february|march|april|june|july|august|september|october"
_MONTH += "|november|december|sept"

SUSPECT = re.compile(rf"\s*[=+\-@'#$(.,\d]|\s*(?:true|false|{_MONTH})\b", re.IGNORECASE)
"""Texts that Excel may change; all others stay as they are."""

_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[+-]?)\s*(?P<currency>\$?)\s*(?P<sign2>[+-]?)"
    r"(?P<whole>\d[\d,]*)?(?P<decimals>\.\d*)?(?P<exponent>[eE][+-]?\d+)?\s*(?P<percent>%?)"
    r"(?P<close>\))?(?P<behind>-?)"
)
_FRACTION = re.compile(r"([+-]?\d+) (\d+)/(\d+)")
_TIME = re.compile(
    r"(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d+)?))?(?:\s*([ap])\.?m\.?)?", re.IGNORECASE
)
_NUMERIC_DATE = re.compile(r"(\d{1,4})([/-])(\d{1,2})(?:\2(\d{1,4}))?")
_DAY_MONTH = re.compile(rf"(\d{{1,2}})[ -]?({_MONTH})(?:[ ,-]+(\d{{1,4}}))?", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"({_MONTH})[ -]?(\d{{1,4}})(?:[ ,]+(\d{{1,4}}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a typed text becomes.

    Attributes:
        value: Number, boolean, moment or text; None when it is a formula or an error.
        formula: Without its ``=``.
        error: ``#N/A`` and the like.
        code: Format that Excel gives to a cell in General.
    """

    value: float | bool | dt.datetime | str | None = None
    formula: str | None = None
    error: str | None = None
    code: str | None = None


def entry(text: str, today: dt.date | None = None) -> Entry:
    """What Excel makes of ``text`` in a cell that is not in format ``@``.

    Args:
        text: As written to the cell.
        today: The day whose year a date without year takes; the clock's when None.
    """
    if not SUSPECT.match(text):
        return Entry(value=text)
    if text.startswith("'"):
        return Entry(value=text[1:])
    stripped = text.strip()
    if stripped.upper() in {"TRUE", "FALSE"}:
        return Entry(value=stripped.upper() == "TRUE")
    if stripped.upper() in ERRORS:
        return Entry(error=stripped.upper())
    return (
        _number(stripped)
        or _time(stripped)
        or _date(stripped, today or dt.datetime.now().date())
        or _formula(text)
        or Entry(value=text)
    )


def _formula(text: str) -> Entry | None:
    if text[0] == "=" and len(text) > 1:
        return Entry(formula=text[1:])
    if text[0] in "+-@" and len(text) > 1:
        return Entry(formula=text)
    return None


def _number(text: str) -> Entry | None:
    match = _NUMBER.fullmatch(text)
    if not match or not (match["whole"] or (match["decimals"] or ".") != "."):
        fraction = _FRACTION.fullmatch(text)
        if fraction and int(fraction[3]):
            whole = int(fraction[1])
            part = int(fraction[2]) / int(fraction[3])
            return Entry(value=whole - part if text[0] == "-" else whole + part, code="# ?/?")
        return None
    signs = (match["sign"] or "") + (match["sign2"] or "") + match["behind"]
    if bool(match["open"]) != bool(match["close"]) or len(signs) + bool(match["open"]) > 1:
        return None
    number = float(
        (match["whole"] or "0").replace(",", "")
        + (match["decimals"] or "")
        + (match["exponent"] or "")
    )
    if number in {float("inf"), float("-inf")}:
        return None
    if "-" in signs or match["open"]:
        number = -number
    code = None
    if match["percent"]:
        number /= 100
        code = "0.00%" if match["decimals"] else "0%"
    elif match["currency"]:
        code = "$#,##0.00"
    elif match["exponent"]:
        code = "0.00E+00"
    elif "," in (match["whole"] or ""):
        code = "#,##0.00" if match["decimals"] else "#,##0"
    return Entry(value=number, code=code)


def _time(text: str) -> Entry | None:
    match = _TIME.fullmatch(text)
    if not match:
        return None
    hours, minutes, seconds = int(match[1]), int(match[2]), float(match[3] or 0)
    half = (match[4] or "").lower()
    if minutes > 59 or seconds >= 60 or (half and not 1 <= hours <= 12):
        return None
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    code = "h:mm:ss" if match[3] else "h:mm"
    return Entry(value=(hours * 3600 + minutes * 60 + seconds) / 86400, code=code)


def _date(text: str, today: dt.date) -> Entry | None:
    """Month first, as in the United States; day first only where the month would not fit."""
    numeric = _NUMERIC_DATE.fullmatch(text)
    if numeric:
        first, second, third = numeric[1], int(numeric[3]), numeric[4]
        if len(first) > 2:
            return _moment(int(first), second, int(third), "m/d/yyyy") if third else None
        if third is not None:
            return _moment(_year(third), int(first), second, "m/d/yyyy") or _moment(
                _year(third), second, int(first), "m/d/yyyy"
            )
        return (
            _moment(today.year, int(first), second, "d-mmm")
            or _moment(today.year, second, int(first), "d-mmm")
            or (_moment(_year(numeric[3]), int(first), 1, "mmm-yy") if second > 31 else None)
        )
    worded = _DAY_MONTH.fullmatch(text)
    if worded:
        year = _year(worded[3]) if worded[3] else today.year
        return _moment(
            year, _month(worded[2]), int(worded[1]), "d-mmm-yy" if worded[3] else "d-mmm"
        )
    worded = _MONTH_DAY.fullmatch(text)
    if not worded:
        return None
    if worded[3]:
        return _moment(_year(worded[3]), _month(worded[1]), int(worded[2]), "d-mmm-yy")
    if int(worded[2]) > 31:
        return _moment(_year(worded[2]), _month(worded[1]), 1, "mmm-yy")
    return _moment(today.year, _month(worded[1]), int(worded[2]), "d-mmm")


def _month(word: str) -> int:
    return _MONTHS.index(word[:3].lower()) + 1


def _year(digits: str) -> int:
    """Two digits below 30 are of this century, as Excel's default is."""
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < 30 else 1900)


def _moment(year: int, month: int, day: int, code: str) -> Entry | None:
    try:
        moment = dt.datetime(year, month, day)
    except ValueError:
        return None
    return Entry(value=moment, code=code) if 1900 <= year <= 9999 else None
