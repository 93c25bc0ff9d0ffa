"""AutoFilters: their criteria, as xlwings tells them, and the rows that pass.

An ``<autoFilter>`` element is the state; the rows it hides are recomputed whenever
a criterion is set through this engine. Values are compared as they are shown.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from fnmatch import translate
from functools import partial
from typing import Any

from xlwings import base_classes

from xl_relances.headless.addresses import Area, parse_area
from xl_relances.headless.cells import CellError, Value
from xl_relances.headless.encode import general, plain
from xl_relances.headless.markup import (
    attributes,
    children,
    descendant_tags,
    escaped_attribute,
    with_attribute,
)
from xl_relances.headless.serials import to_serial

_OPERATORS = {
    "equal": "=", "notEqual": "<>", "greaterThan": ">", "greaterThanOrEqual": ">=",
    "lessThan": "<", "lessThanOrEqual": "<=",
}  # fmt: skip
_STORED_OPERATORS = {
    "equal_to": ["equal"], "not_equal_to": ["notEqual"], "greater_than": ["greaterThan"],
    "less_than": ["lessThan"], "greater_than_or_equal": ["greaterThanOrEqual"],
    "less_than_or_equal": ["lessThanOrEqual"],
    "between": ["greaterThanOrEqual", "lessThanOrEqual"],
    "not_between": ["lessThan", "greaterThan"],
}  # fmt: skip


def filtered_area(xml: str) -> Area:
    """Header and data rows that an ``<autoFilter>`` covers."""
    return parse_area(attributes(xml[: xml.index(">") + 1])["ref"])


def _columns(xml: str) -> list[tuple[int, str]]:
    start = xml.index(">") + 1
    found = []
    for element in children(xml, start):
        if element.name == "filterColumn":
            given = attributes(xml[element.start : element.tag_end])
            if xml[element.start : element.end].count("<") > 1:
                found.append((int(given.get("colId", "0")) + 1, xml[element.start : element.end]))
    return found


def is_active(xml: str | None) -> bool:
    """Whether a criterion is set, so that rows may be hidden."""
    return bool(xml and any(_has_criterion(column) for _, column in _columns(xml)))


def _has_criterion(xml: str) -> bool:
    start = xml.index(">") + 1
    return any(element.name != "extLst" for element in children(xml, start, xml.rindex("<")))


def criteria(xml: str | None, columns: int) -> list[dict[str, Any]]:
    """One snapshot a column, as ``AutoFilter.criteria`` gives them."""
    snapshots = [base_classes.empty_autofilter_criteria(field) for field in range(1, columns + 1)]
    for field, column in _columns(xml) if xml else []:
        if _has_criterion(column) and field <= columns:
            snapshots[field - 1] = _snapshot(field, column)
    return snapshots


def _snapshot(field: int, xml: str) -> dict[str, Any]:
    make = base_classes.autofilter_criteria_snapshot
    if any(True for _ in descendant_tags(xml, "dateGroupItem")):
        return base_classes.empty_autofilter_criteria(field, "unknown")
    for tag in descendant_tags(xml, "filters"):
        if tag.endswith("/>") and _true(attributes(tag).get("blank")):
            return make(field, "comparison", "=")
        values = [attributes(t).get("val", "") for t in descendant_tags(xml, "filter")]
        if _true(attributes(tag).get("blank")):
            values.append("")
        return make(field, "values", [f"={value}" for value in values])
    for tag in descendant_tags(xml, "customFilters"):
        terms = [
            _OPERATORS[given.get("operator", "equal")] + given.get("val", "").strip()
            for given in map(attributes, descendant_tags(xml, "customFilter"))
        ]
        join = "and" if _true(attributes(tag).get("and")) else "or"
        return make(field, "comparison", terms[0], *([terms[1], join] if terms[1:] else []))
    for tag in descendant_tags(xml, "top10"):
        given = attributes(tag)
        kind = "top" if _true(given.get("top", "1")) else "bottom"
        kind += "_percent" if _true(given.get("percent")) else "_items"
        return make(field, kind, given.get("val", ""))
    return base_classes.empty_autofilter_criteria(field, "unknown")


def _true(text: str | None) -> bool:
    return text in {"1", "true"}


def values_xml(values: Sequence[str]) -> str:
    """Criterion that shows the rows of these values."""
    blank = ' blank="1"' if any(value in {"", "="} for value in values) else ""
    inner = "".join(
        f'<filter val="{escaped_attribute(value)}"/>' for value in values if value not in {"", "="}
    )
    return f"<filters{blank}>{inner}</filters>"


def comparison_xml(operator: str, value1: Any, value2: Any, date1904: bool) -> str:
    """Criterion that compares; values as ``main.AutoFilter`` hands them to an engine."""
    if value1 is None:
        if operator == "equal_to":
            return '<filters blank="1"/>'
        return '<customFilters><customFilter operator="notEqual" val=" "/></customFilters>'
    terms = ""
    for name, value in zip(_STORED_OPERATORS[operator], (value1, value2), strict=False):
        text = str(value)
        if isinstance(value, dict):
            text = plain(to_serial(dt.datetime.fromisoformat(value["value"]), date1904))
        stored = "" if name == "equal" else f' operator="{name}"'
        terms += f'<customFilter{stored} val="{escaped_attribute(text)}"/>'
    join = ' and="1"' if operator == "between" else ""
    return f"<customFilters{join}>{terms}</customFilters>"


def top_xml(count: float, top: bool, percent: bool) -> str:
    """Criterion of the first or last ones."""
    return f'<top10 top="{top:d}" percent="{percent:d}" val="{plain(count)}"/>'


def with_criterion(xml: str, field: int, criterion: str | None) -> str:
    """The ``<autoFilter>`` with one column's criterion set, or taken away."""
    tag_end = xml.index(">") + 1
    tag = xml[:tag_end]
    if tag.endswith("/>"):
        name = tag[1:-2].split()[0]
        tag = tag[:-2].rstrip() + ">"
        inner, closing = "", f"</{name}>"
    else:
        closing = xml[xml.rindex("</") :]
        inner = xml[tag_end : xml.rindex("</")]
    kept: list[tuple[int, str]] = []
    rest = ""
    for element in children(inner):
        piece = inner[element.start : element.end]
        number = attributes(inner[element.start : element.tag_end]).get("colId")
        if element.name != "filterColumn":
            rest += piece
        elif int(number or 0) + 1 != field:
            kept.append((int(number or 0) + 1, piece))
    if criterion is not None:
        kept.append((field, f'<filterColumn colId="{field - 1}">{criterion}</filterColumn>'))
    inner = "".join(piece for _, piece in sorted(kept)) + rest
    return (
        f"{tag}{inner}{closing}"
        if inner
        else with_attribute(tag[:-1] + "/>", "ref", attributes(tag)["ref"])
    )


def without_criteria(xml: str) -> str:
    """The ``<autoFilter>`` that shows every row."""
    for field, _ in _columns(xml):
        xml = with_criterion(xml, field, None)
    return xml


Test = Callable[[Value, str], bool]


def tests(xml: str, column_values: Callable[[int], list[Value]]) -> dict[int, Test]:
    """What the cells of each filtered column must pass, by column (1 is the first).

    Args:
        xml: The ``<autoFilter>``.
        column_values: The data of a column, asked for by top and bottom criteria only.
    """
    found: dict[int, Test] = {}
    for field, column in _columns(xml):
        if _has_criterion(column):
            found[field] = _test(_snapshot(field, column), partial(column_values, field))
    return found


def _test(snapshot: dict[str, Any], values: Callable[[], list[Value]]) -> Test:
    kind = snapshot["type"]
    if kind == "values":
        wanted = {value.casefold() for value in snapshot["values"]}
        return lambda value, text: (
            text.casefold() in wanted or (value is None and "" in wanted) or _plain(value) in wanted
        )
    if kind == "comparison":
        return _comparison(snapshot["operator"], snapshot["value1"], snapshot["value2"])
    if kind in {"top_items", "bottom_items", "top_percent", "bottom_percent"}:
        numbers = sorted(
            (n for n in map(_number, values()) if n is not None), reverse=kind.startswith("top")
        )
        count = snapshot["count"] or int(len(numbers) * (snapshot["percent"] or 0) / 100)
        kept = numbers[: max(count, 1)]
        if not kept:
            return lambda _value, _text: False
        limit = kept[-1]
        if kind.startswith("top"):
            return lambda value, _: (n := _number(value)) is not None and n >= limit
        return lambda value, _: (n := _number(value)) is not None and n <= limit
    return lambda _value, _text: True


def _number(value: Value) -> float | None:
    if isinstance(value, dt.datetime):
        return float(to_serial(value, date1904=False))
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _plain(value: Value) -> str:
    number = _number(value)
    return "" if number is None else general(number).casefold()


def _comparison(operator: str, value1: str | None, value2: str | None) -> Test:
    if value1 is None:
        blank = operator == "equal_to"
        return lambda value, _: (value is None) == blank
    compare: Callable[[Any, Any, Any], bool] = {
        "equal_to": lambda a, b, _: bool(a == b),
        "not_equal_to": lambda a, b, _: bool(a != b),
        "greater_than": lambda a, b, _: bool(a > b),
        "less_than": lambda a, b, _: bool(a < b),
        "greater_than_or_equal": lambda a, b, _: bool(a >= b),
        "less_than_or_equal": lambda a, b, _: bool(a <= b),
        "between": lambda a, b, c: bool(b <= a <= c),
        "not_between": lambda a, b, c: bool(a < b or a > c),
    }[operator]
    low, high = _as_number(value1), _as_number(value2 or value1)
    pattern = re.compile(translate(value1.casefold()))
    negative = operator in {"not_equal_to", "not_between"}

    def passes(value: Value, text: str) -> bool:
        number = _number(value)
        if low is not None and high is not None:
            if number is None:
                return negative
            return bool(compare(number, low, high))
        if operator in {"equal_to", "not_equal_to"}:
            return bool(pattern.fullmatch(text.casefold())) != negative
        if number is not None or value is None:
            return negative
        return bool(compare(text.casefold(), value1.casefold(), (value2 or value1).casefold()))

    return passes


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def shown_text(value: Value, code: str) -> str:
    """A value as its cell shows it, for the formats that tables use; else as General does."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (str, CellError)):
        return value
    if isinstance(value, dt.datetime):
        text = code.partition(";")[0]
        for letters, shown in (
            ("yyyy", f"{value.year:04}"), ("dd", f"{value.day:02}"), ("hh", f"{value.hour:02}"),
            ("ss", f"{value.second:02}"),
        ):  # fmt: skip
            text = text.replace(letters, shown)
        text = re.sub(r"(?<=\d:)mm", f"{value.minute:02}", text)
        return text.replace("mm", f"{value.month:02}").replace("\\", "").replace('"', "")
    fixed = re.fullmatch(r"(#,##)?0(?:\.(0+))?(%?)", code.partition(";")[0])
    if fixed:
        number = value * 100 if fixed[3] else value
        return f"{number:{',' if fixed[1] else ''}.{len(fixed[2] or '')}f}{fixed[3]}"
    return general(value)
