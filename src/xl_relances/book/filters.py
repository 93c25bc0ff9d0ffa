"""Filters around a write: read, cleared, put back.

Source: excel specification, rule 6 (a block written under a filter goes wrong).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import xlwings as xw


@contextmanager
def unfiltered(found: xw.main.Table) -> Iterator[None]:
    """Clear the table's filter for a write and put it back after, failed or not.

    Excel writes a block under an active filter into the visible rows alone.
    """
    autofilter = found.autofilter
    criteria = [entry for entry in autofilter.criteria if entry.type != "none"]
    if not criteria:
        yield
        return
    autofilter.clear()
    try:
        yield
    finally:
        for entry in criteria:
            reapply(autofilter, entry)


def reapply(autofilter: Any, entry: Any) -> bool:
    """Put one criterion back; False where xlwings knows no way to (dates, colours, two terms)."""
    match entry.type:
        case "values" if entry.values:
            autofilter.apply_values(entry.field, entry.values)
        case "comparison" if entry.operator:
            autofilter.apply_comparison(entry.field, entry.operator, entry.value1, entry.value2)
        case "top_items" if entry.count:
            autofilter.apply_top_items(entry.field, entry.count)
        case "bottom_items" if entry.count:
            autofilter.apply_bottom_items(entry.field, entry.count)
        case "top_percent" if entry.percent is not None:
            autofilter.apply_top_percent(entry.field, entry.percent)
        case "bottom_percent" if entry.percent is not None:
            autofilter.apply_bottom_percent(entry.field, entry.percent)
        case _:
            return False
    return True


class Nothing:
    """An autofilter on which everything has no effect."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: None
