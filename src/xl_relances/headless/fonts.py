"""The font of a range: the few properties that code asks for.

Methods without a docstring do what xlwings documents under the same name.
"""

# ruff: noqa: D102  the signatures and their meaning are those of xlwings.base_classes

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from xl_relances.headless.calls import count
from xl_relances.headless.colors import rgb_of, rgb_text
from xl_relances.headless.markup import attributes, escaped_attribute

if TYPE_CHECKING:
    from xl_relances.headless.looks import Looks

_ORDER = ("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz",
          "color", "name", "family", "charset", "scheme")  # fmt: skip
"""Order in which the file format wants a font's elements."""


class Font(base_classes.Font):
    """Font of a range."""

    def __init__(self, parent: Looks) -> None:
        self._range = parent

    @property
    def api(self) -> Font:
        return self

    def _get(self, element: str) -> Any:
        count("Font.get")
        styles = self._range.worksheet.workbook.styles

        def of(style: int) -> str | None:
            found = re.search(rf"<(?:\w+:)?{element}\b[^>]*>", styles.font(style))
            return found.group() if found else ""

        tag = self._range.same(of)
        return None if tag is None else attributes(tag) if tag else {}

    def _set(self, element: str, xml: str) -> None:
        count("Font.set")
        styles = self._range.worksheet.workbook.styles

        def change(style: int) -> int:
            font = styles.font(style)
            pieces = dict(re.findall(r"(<(?:\w+:)?(\w+)\b[^>]*/>)", font))
            kept = {name: tag for tag, name in pieces.items()}
            kept.pop(element, None)
            if xml:
                kept[element] = xml
            ordered = sorted(
                kept.items(), key=lambda item: _ORDER.index(item[0]) if item[0] in _ORDER else 99
            )
            return styles.with_font(style, f"<font>{''.join(tag for _, tag in ordered)}</font>")

        self._range.change(change)

    def _flag(self, element: str) -> bool | None:
        given = self._get(element)
        if given is None:
            return None
        found = self._range.same(
            lambda style: bool(
                re.search(
                    rf"<(?:\w+:)?{element}\b(?![^>]*val=\"(?:0|false)\")[^>]*>",
                    self._range.worksheet.workbook.styles.font(style),
                )
            )
        )
        return found if isinstance(found, bool) else None

    @property
    def bold(self) -> bool | None:
        return self._flag("b")

    @bold.setter
    def bold(self, value: bool) -> None:
        self._set("b", "<b/>" if value else "")

    @property
    def italic(self) -> bool | None:
        return self._flag("i")

    @italic.setter
    def italic(self, value: bool) -> None:
        self._set("i", "<i/>" if value else "")

    @property
    def size(self) -> float | None:
        given = self._get("sz")
        return None if given is None else float(given.get("val", "11"))

    @size.setter
    def size(self, value: float) -> None:
        self._set("sz", f'<sz val="{value:g}"/>')

    @property
    def name(self) -> str | None:
        given = self._get("name")
        return None if given is None else str(given.get("val", "Calibri"))

    @name.setter
    def name(self, value: str) -> None:
        self._set("name", f'<name val="{escaped_attribute(value)}"/>')

    @property
    def color(self) -> tuple[int, int, int] | None:
        given = self._get("color")
        rgb = (given or {}).get("rgb")
        return rgb_of(rgb[-6:]) if rgb else None

    @color.setter
    def color(self, color_or_rgb: Any) -> None:
        self._set("color", f'<color rgb="FF{rgb_text(color_or_rgb)}"/>')
