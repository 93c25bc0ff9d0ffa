"""Row heights, column widths and the saved selection: small splices of a sheet's part."""

from __future__ import annotations

import math
import re

from xl_relances.headless.addresses import Area, parse_area
from xl_relances.headless.markup import attributes, escaped_attribute
from xl_relances.headless.sheet_part import SheetPart, sections

_FORMAT = re.compile(r"<(?:\w+:)?sheetFormatPr\b[^>]*>")
_SELECTION = re.compile(r"<(?:\w+:)?selection\b[^>]*>")


def saved_selection(part: SheetPart) -> list[Area]:
    """What was selected when the file was saved; A1 when it does not say."""
    tags = _SELECTION.findall(part.before)
    given = attributes(tags[-1]) if tags else {}
    text = given.get("sqref") or given.get("activeCell") or "A1"
    return [parse_area(piece) for piece in text.split()]


def _format(part: SheetPart) -> dict[str, str]:
    found = _FORMAT.search(part.before)
    return attributes(found.group()) if found else {}


def row_height(part: SheetPart, number: int) -> float:
    """Height of a row, in points."""
    row = part.rows.get(number)
    own = row.given("ht") if row else None
    return float(own or _format(part).get("defaultRowHeight", "15"))


def set_row_height(part: SheetPart, number: int, points: float) -> None:
    """Give a row a height of its own."""
    row = part.row(number)
    row.attributes = re.sub(rb'\s+(?:ht|customHeight)="[^"]*"', b"", row.attributes)
    row.attributes += b' ht="%g" customHeight="1"' % points
    part.changed = True


LINE = 15.0
"""Points of a line of text in the default font."""


def lines_of(text: str, width: float) -> int:
    """Lines that a text takes in a column of that width, in characters.

    An estimate: proportional letters run a tenth narrower than the figures that
    widths are counted in.
    """
    return sum(max(1, math.ceil(len(line) / max(width * 1.1, 1))) for line in text.split("\n"))


def fit_row(part: SheetPart, number: int, lines: int) -> None:
    """Give a row the height of so many lines, as Excel does by itself; a height set by hand stays.

    Excel reckons heights when it opens a file, other readers do not.
    """
    row = part.rows.get(number)
    if row is None or b"customHeight" in row.attributes:
        return
    attributes = re.sub(rb'\s+ht="[^"]*"', b"", row.attributes)
    row.attributes = attributes + b' ht="%g"' % (lines * LINE) if lines > 1 else attributes


def column_setting(part: SheetPart, column: int) -> dict[str, str]:
    """Attributes of the ``<col>`` that covers a column."""
    for given in part.column_settings():
        if int(given["min"]) <= column <= int(given["max"]):
            return given
    return {}


def column_width(part: SheetPart, column: int) -> float:
    """Width of a column, in characters, without the cell's margins as Excel shows it."""
    own = column_setting(part, column).get("width")
    stored = float(own or _format(part).get("defaultColWidth") or "9.140625")
    return round(max(stored - 0.7109375, 0), 2) if stored > 1 else round(stored, 2)


def set_columns(part: SheetPart, first: int, last: int, **given: str | None) -> None:
    """Set or remove attributes of columns, cutting the ``<col>`` elements as needed."""
    settings: list[tuple[int, int, dict[str, str]]] = []
    covered: set[int] = set()
    for known in part.column_settings():
        low, high = int(known["min"]), int(known["max"])
        for a, b, inside in (
            (low, min(high, first - 1), False),
            (max(low, first), min(high, last), True),
            (max(low, last + 1), high, False),
        ):
            if a <= b:
                settings.append((a, b, _with(known, given) if inside else dict(known)))
                if inside:
                    covered.update(range(a, b + 1))
    settings += [(c, c, _with({}, given)) for c in range(first, last + 1) if c not in covered]
    lines = "".join(_line(a, b, known) for a, b, known in sorted(settings, key=lambda s: s[0]))
    before = part.before
    place = None
    for element in sections(before):
        if element.name == "cols":
            part.before = before[: element.start] + f"<cols>{lines}</cols>" + before[element.end :]
            break
        place = element.end
    else:
        place = len(before) if place is None else place
        part.before = before[:place] + f"<cols>{lines}</cols>" + before[place:]
    part.changed = True


def _with(known: dict[str, str], given: dict[str, str | None]) -> dict[str, str]:
    merged = {**known, **given}
    return {name: value for name, value in merged.items() if value is not None}


def _line(first: int, last: int, given: dict[str, str]) -> str:
    given = {"width": "9.140625", **given}
    rest = "".join(
        f' {name}="{escaped_attribute(value)}"'
        for name, value in given.items()
        if name not in {"min", "max"}
    )
    return f'<col min="{first}" max="{last}"{rest}/>'
