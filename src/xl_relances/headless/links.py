"""Hyperlinks of a sheet: its ``<hyperlinks>`` element and the addresses it relates to."""

from __future__ import annotations

from xl_relances.headless.addresses import Area, a1, parse_area
from xl_relances.headless.markup import attributes, children, escaped_attribute
from xl_relances.headless.package import Package
from xl_relances.headless.relations import add_external_relation, relations
from xl_relances.headless.sheet_part import SheetPart, sections

_BEFORE = {
    "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState",
    "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting",
    "dataValidations",
}  # fmt: skip
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Links:
    """The hyperlinks of one sheet."""

    def __init__(self, package: Package, part: str, sheet: SheetPart) -> None:
        self._package = package
        self._part = part
        self._sheet = sheet

    def address(self, row: int, column: int) -> str | None:
        """Where the link of a cell leads, ``#Sheet!A1`` inside the workbook; None without link."""
        related = relations(self._package, self._part)
        for element in sections(self._sheet.after):
            if element.name != "hyperlinks":
                continue
            for child in children(self._sheet.after, element.tag_end, element.end):
                given = attributes(self._sheet.after[child.start : child.tag_end])
                if not parse_area(given["ref"]).holds(row, column):
                    continue
                location = f"#{given['location']}" if "location" in given else ""
                key = next((v for k, v in given.items() if k.endswith(":id")), None)
                return (related[key].target if key in related else "") + location
        return None

    def add(self, area: Area, address: str, tip: str) -> None:
        """Link an area to an address, or with ``#`` to a place in the workbook."""
        target, _, location = address.partition("#")
        given = f'ref="{a1(area)}"'
        if target:
            key = add_external_relation(self._package, self._part, "hyperlink", target)
            given += f' xmlns:r="{_RELATION}" r:id="{key}"'
        if location:
            given += f' location="{escaped_attribute(location)}"'
        line = f'<hyperlink {given} tooltip="{escaped_attribute(tip[:255])}"/>'
        after = self._sheet.after
        place = 0
        for element in sections(after):
            if element.name == "hyperlinks":
                kept = "".join(
                    after[child.start : child.end]
                    for child in children(after, element.tag_end, element.end)
                    if attributes(after[child.start : child.tag_end]).get("ref") != a1(area)
                )
                tag = after[element.start : element.tag_end]
                self._sheet.after = (
                    after[: element.start]
                    + f"{tag}{kept}{line}</hyperlinks>"
                    + after[element.end :]
                )
                break
            if element.name in _BEFORE:
                place = element.end
        else:
            section = f"<hyperlinks>{line}</hyperlinks>"
            self._sheet.after = after[:place] + section + after[place:]
        self._sheet.changed = True
