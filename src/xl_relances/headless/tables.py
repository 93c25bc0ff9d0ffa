"""A table's part: where it lies, its columns, its filter; edited by splicing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xl_relances.headless.addresses import Area, a1, parse_area
from xl_relances.headless.markup import (
    attributes,
    cell_text,
    children,
    escaped_attribute,
    with_attribute,
)

_TABLE = re.compile(r"<(?:\w+:)?table\b[^>]*>")
_CALCULATED = re.compile(
    r"<(?:\w+:)?calculatedColumnFormula\b[^>]*>([^<]*)</(?:\w+:)?calculatedColumnFormula>"
)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table.

    Attributes:
        name: Its title; equal to the header cell.
        formula: Stored formula of a calculated column; None for any other.
    """

    name: str
    formula: str | None


class TablePart:
    """One ``xl/tables/tableN.xml``.

    Attributes:
        part: Its name in the package.
        xml: Its text.
        changed: Whether it differs from the file.
    """

    def __init__(self, part: str, xml: str) -> None:
        self.part = part
        self.xml = xml
        self.changed = False
        if not _TABLE.search(xml):
            raise ValueError(f"no table in {part}")
        if self._section("tableColumns") is None:
            raise ValueError(f"no columns in {part}")
        numbers = [int(attributes(xml[: xml.index(">") + 1])["id"]) for xml in self._elements()]
        lies_right = self.header_rows in {0, 1} and self.totals_rows in {0, 1}
        if not lies_right or len(self.columns) != self.area.columns or not numbers:
            raise ValueError(f"columns of {part} are not those of {a1(self.area)}")

    @property
    def _tag(self) -> str:
        found = _TABLE.search(self.xml)
        assert found is not None
        return found.group()

    def _given(self) -> dict[str, str]:
        return attributes(self._tag)

    def _set(self, **given: str | None) -> None:
        tag = new = self._tag
        for name, value in given.items():
            new = with_attribute(new, name, value)
        self.xml = self.xml.replace(tag, new, 1)
        self.changed = True

    @property
    def name(self) -> str:
        """The name that formulas and code use."""
        given = self._given()
        return given.get("displayName") or given.get("name", "")

    @name.setter
    def name(self, value: str) -> None:
        self._set(name=value, displayName=value)

    @property
    def area(self) -> Area:
        """Header, data and totals."""
        return parse_area(self._given()["ref"])

    @property
    def header_rows(self) -> int:
        """1, or 0 when the header is hidden."""
        return int(self._given().get("headerRowCount", "1"))

    @property
    def totals_rows(self) -> int:
        """1 when the totals row is shown."""
        return int(self._given().get("totalsRowCount", "0"))

    @property
    def is_empty(self) -> bool:
        """Whether the one row below the header is only there to insert into."""
        return self._given().get("insertRow", "0") in {"1", "true"}

    @property
    def body(self) -> Area:
        """Data rows, the insert row of an empty table included."""
        area = self.area
        rows = area.rows - self.header_rows - self.totals_rows
        return Area(area.row + self.header_rows, area.column, max(rows, 0), area.columns)

    @property
    def style(self) -> str:
        """Name of its table style, empty when it has none."""
        found = re.search(r"<(?:\w+:)?tableStyleInfo\b[^>]*>", self.xml)
        return attributes(found.group()).get("name", "") if found else ""

    def _section(self, name: str) -> tuple[int, int, int] | None:
        root = _TABLE.search(self.xml)
        assert root is not None
        for element in children(self.xml, root.end()):
            if element.name == name:
                return element.start, element.tag_end, element.end
        return None

    @property
    def columns(self) -> list[TableColumn]:
        """Its columns, from left to right."""
        return [
            TableColumn(
                cell_text(attributes(xml[: xml.index(">") + 1])["name"]),
                cell_text(found[1]) if (found := _CALCULATED.search(xml)) else None,
            )
            for xml in self._elements()
        ]

    def _elements(self) -> list[str]:
        section = self._section("tableColumns")
        assert section is not None
        return [self.xml[e.start : e.end] for e in children(self.xml, section[1], section[2])]

    def _set_columns(self, elements: list[str]) -> None:
        section = self._section("tableColumns")
        assert section is not None
        start, tag_end, end = section
        tag = with_attribute(self.xml[start:tag_end], "count", str(len(elements)))
        closing = self.xml[self.xml.rindex("</", tag_end, end) : end]
        self.xml = self.xml[:start] + tag + "".join(elements) + closing + self.xml[end:]
        self.changed = True

    def rename_column(self, index: int, name: str) -> None:
        """Give a column (0 is the first) the title of its header cell."""
        elements = self._elements()
        tag = elements[index][: elements[index].index(">") + 1]
        elements[index] = with_attribute(tag, "name", name) + elements[index][len(tag) :]
        self._set_columns(elements)

    def resize(self, area: Area, titles: list[str]) -> None:
        """Lay the table over another area.

        Args:
            area: Header, data and totals, of at least one data row.
            titles: Of its columns; those beyond the present ones become new columns.
        """
        elements = self._elements()
        ids = [int(attributes(xml[: xml.index(">") + 1])["id"]) for xml in elements]
        prefix = elements[0][1 : elements[0].index("tableColumn")]
        for title in titles[len(elements) :]:
            ids.append(max(ids) + 1)
            elements.append(
                f'<{prefix}tableColumn id="{ids[-1]}" name="{escaped_attribute(title)}"/>'
            )
        if len(elements) != area.columns or len(self._elements()) != area.columns:
            self._set_columns(elements[: area.columns])
        self._set(ref=a1(area), insertRow=None)
        filtered = Area(area.row, area.column, area.rows - self.totals_rows, area.columns)
        for section in ("autoFilter", "sortState"):
            self._set_reference(section, filtered)

    def _set_reference(self, section: str, area: Area) -> None:
        found = self._section(section)
        if found is None:
            return
        start, tag_end, _ = found
        if section == "sortState":
            area = Area(area.row + 1, area.column, area.rows - 1, area.columns)
        tag = with_attribute(self.xml[start:tag_end], "ref", a1(area))
        self.xml = self.xml[:start] + tag + self.xml[tag_end:]

    def filled(self) -> None:
        """The insert row of an empty table became its first data row."""
        if self.is_empty:
            self._set(insertRow=None)

    @property
    def filter_xml(self) -> str | None:
        """Its ``<autoFilter>``; None when it shows no buttons."""
        found = self._section("autoFilter")
        return None if found is None else self.xml[found[0] : found[2]]

    @filter_xml.setter
    def filter_xml(self, xml: str | None) -> None:
        found = self._section("autoFilter")
        if found is not None:
            self.xml = self.xml[: found[0]] + (xml or "") + self.xml[found[2] :]
        elif xml:
            root = _TABLE.search(self.xml)
            assert root is not None
            self.xml = self.xml[: root.end()] + xml + self.xml[root.end() :]
        self.changed = True
