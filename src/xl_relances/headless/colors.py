"""Colours in the ways of xlwings and of files."""

from __future__ import annotations


def rgb_of(text: str) -> tuple[int, int, int]:
    """``RRGGBB`` or ``#RRGGBB`` → red, green and blue."""
    digits = text.removeprefix("#")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def rgb_text(color: tuple[int, int, int] | int | str | None) -> str | None:
    """``RRGGBB`` of a colour given in any of xlwings' ways; an integer is blue-green-red."""
    if color is None:
        return None
    if isinstance(color, str):
        color = rgb_of(color)
    elif isinstance(color, int):
        color = (color & 0xFF, color >> 8 & 0xFF, color >> 16 & 0xFF)
    red, green, blue = color
    return f"{red:02X}{green:02X}{blue:02X}"
