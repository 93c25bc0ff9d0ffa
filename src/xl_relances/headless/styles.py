"""Cell styles: what a style index means, and variants of one with another format.

``xl/styles.xml`` is only ever added to, at the end of ``numFmts``, ``fonts``,
``fills`` and ``cellXfs``: an index that a cell holds keeps its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from xl_relances.headless.markup import attributes, children, escaped_attribute, with_attribute

BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
    11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "m/d/yyyy", 15: "d-mmm-yy", 16: "d-mmm",
    17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "m/d/yyyy h:mm", 37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)", 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""Format codes that files name by number only, as US Excel shows them."""

_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_FIRST_OWN = 164
_DEFAULT = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts '
    'count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/>'
    '</borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="1"><xf/></cellXfs>'
    "</styleSheet>"
)


def is_date_code(code: str) -> bool:
    """Whether a format code shows a number as a date or a time."""
    plain = _LITERAL.sub("", code.partition(";")[0])
    return "general" not in plain.lower() and bool(re.search("[dmyhs]", plain, re.IGNORECASE))


class Styles:
    """The style sheet of a workbook.

    Attributes:
        changed: Whether a style was added since it was read.
        text: Indexes of styles whose format is ``@``.
        dates: Indexes of styles that show dates.
    """

    def __init__(self, xml: str | None) -> None:
        self.xml = xml or _DEFAULT
        self.changed = False
        self._sections = {
            element.name: [
                self.xml[child.start : child.end]
                for child in children(self.xml, element.tag_end, element.end)
            ]
            for element in children(self.xml, self._inside())
        }
        self._codes: dict[int, str] = {}
        for tag in self._sections.get("numFmts", []):
            given = attributes(tag[: tag.index(">") + 1])
            self._codes[int(given.get("numFmtId", "0"))] = given.get("formatCode", "General")
        self.text: set[int] = set()
        self.dates: set[int] = set()
        for index in range(len(self._xfs)):
            self._classify(index)

    def _inside(self) -> int:
        root = next(children(self.xml))
        return root.tag_end

    @property
    def _xfs(self) -> list[str]:
        return self._sections.setdefault("cellXfs", [])

    def _classify(self, index: int) -> None:
        number = self._format_number(index)
        code = self.code(index)
        if code == "@":
            self.text.add(index)
        elif is_date_code(code) or (number not in self._codes and number in _BUILT_IN_DATES):
            self.dates.add(index)

    def _xf(self, index: int) -> dict[str, str]:
        if not 0 <= index < len(self._xfs):
            return {}
        xf = self._xfs[index]
        return attributes(xf[: xf.index(">") + 1])

    def _format_number(self, index: int) -> int:
        return int(self._xf(index).get("numFmtId", "0"))

    def code(self, index: int) -> str:
        """Format code of a style."""
        number = self._format_number(index)
        return self._codes.get(number) or BUILT_IN.get(number, "General")

    def is_general(self, index: int) -> bool:
        """Whether Excel may choose a format when a date is typed there."""
        return self.code(index).lower() == "general"

    def locked(self, index: int) -> bool:
        """Whether a protected sheet keeps such a cell from being written."""
        xf = self._xfs[index] if 0 <= index < len(self._xfs) else ""
        found = re.search(r"<(?:\w+:)?protection\b[^>]*>", xf)
        return not found or attributes(found.group()).get("locked", "1") not in {"0", "false"}

    def wraps(self, index: int) -> bool:
        """Whether long texts break into lines in such a cell."""
        xf = self._xfs[index] if 0 <= index < len(self._xfs) else ""
        return re.search(r'\bwrapText="(?:1|true)"', xf) is not None

    def _add(self, section: str, xml: str) -> int:
        """Index of that element in its section, added at the end when it is new."""
        known = self._sections.setdefault(section, [])
        if xml in known:
            return known.index(xml)
        known.append(xml)
        self.changed = True
        for element in children(self.xml, self._inside()):
            if element.name == section:
                whole = self.xml[element.start : element.end]
                tag = self.xml[element.start : element.tag_end]
                opened = with_attribute(tag, "count", str(len(known)))
                if tag.endswith("/>"):
                    name = tag[1:-2].split()[0]
                    rewritten = f"{opened[:-2].rstrip()}>{xml}</{name}>"
                else:
                    cut = whole.rindex("</")
                    rewritten = opened + whole[len(tag) : cut] + xml + whole[cut:]
                self.xml = self.xml[: element.start] + rewritten + self.xml[element.end :]
                return len(known) - 1
        place = self._inside()
        self.xml = (
            f'{self.xml[:place]}<{section} count="{len(known)}">{"".join(known)}</{section}>'
            f"{self.xml[place:]}"
        )
        return len(known) - 1

    def _variant(self, index: int, change: Callable[[str], str]) -> int:
        base = self._xfs[index] if 0 <= index < len(self._xfs) else "<xf/>"
        end = base.index(">") + 1
        added = self._add("cellXfs", change(base[:end]) + base[end:])
        self._classify(added)
        return added

    def with_code(self, index: int, code: str) -> int:
        """The style like ``index`` but with that format code."""
        if self.code(index) == code:
            return index
        number = next((n for n, known in self._codes.items() if known == code), None)
        if number is None:
            number = next((n for n, known in BUILT_IN.items() if known == code), None)
        if number is None:
            number = max([_FIRST_OWN - 1, *self._codes]) + 1
            self._codes[number] = code
            self._add(
                "numFmts", f'<numFmt numFmtId="{number}" formatCode="{escaped_attribute(code)}"/>'
            )

        def change(tag: str) -> str:
            tag = with_attribute(tag, "numFmtId", str(number))
            return with_attribute(tag, "applyNumberFormat", "1")

        return self._variant(index, change)

    def with_fill(self, index: int, rgb: str | None) -> int:
        """The style like ``index`` on that ground (``RRGGBB``), or on none."""
        fill = 0
        if rgb is not None:
            fill = self._add(
                "fills",
                f'<fill><patternFill patternType="solid"><fgColor rgb="FF{rgb}"/>'
                '<bgColor indexed="64"/></patternFill></fill>',
            )

        def change(tag: str) -> str:
            return with_attribute(with_attribute(tag, "fillId", str(fill)), "applyFill", "1")

        return self._variant(index, change)

    def fill(self, index: int) -> str | None:
        """``RRGGBB`` of a solid ground; None for none, or a theme's colour."""
        fills = self._sections.get("fills", [])
        number = int(self._xf(index).get("fillId", "0"))
        xml = fills[number] if number < len(fills) else ""
        if 'patternType="solid"' not in xml:
            return None
        found = re.search(r'<(?:\w+:)?fgColor\b[^>]*rgb="(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})"', xml)
        return found[1].upper() if found else None

    def font(self, index: int) -> str:
        """XML of a style's font."""
        fonts = self._sections.get("fonts", [])
        number = int(self._xf(index).get("fontId", "0"))
        return fonts[number] if number < len(fonts) else "<font/>"

    def with_font(self, index: int, xml: str) -> int:
        """The style like ``index`` with that font."""
        font = self._add("fonts", xml)

        def change(tag: str) -> str:
            return with_attribute(with_attribute(tag, "fontId", str(font)), "applyFont", "1")

        return self._variant(index, change)
