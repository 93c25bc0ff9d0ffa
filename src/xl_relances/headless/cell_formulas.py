"""Formulas of a sheet's cells, those that several cells share among them."""

from __future__ import annotations

import re

from xl_relances.headless.addresses import Area, letters
from xl_relances.headless.formulas import moved, shown
from xl_relances.headless.markup import cell_text, escaped_cell_text
from xl_relances.headless.rows import COLUMNS, HEAD
from xl_relances.headless.sheet_part import SheetPart

FORMULA = re.compile(rb"<f\b([^>]*?)(?:/>|>([^<]*)</f>)")
"""The formula of a cell: attributes and text."""
_SHARED = re.compile(rb'<f\b(?=[^>]*t="shared")([^>]*?)(?:/>|>([^<]*)</f>)')
_INDEX = re.compile(rb'\bsi="(\d+)"')


class CellFormulas:
    """Reads the formulas of one sheet."""

    def __init__(self, part: SheetPart) -> None:
        self._part = part
        self._has_shared: bool | None = None

    def formula(self, row: int, column: int) -> str | None:
        """Stored formula of a cell, without ``=``; None when it holds none."""
        known = self._part.rows.get(row)
        if known is None or b"<f" not in known.cells:
            return None
        found = FORMULA.search(known.cell(b"%s%d" % (letters(column).encode(), row)))
        if not found:
            return None
        if found[2]:
            return cell_text(found[2].decode())
        index = _INDEX.search(found[1])
        master = self._masters().get(index[1]) if index else None
        if not master:
            return None
        text, from_row, from_column = master
        return moved(text, row - from_row, column - from_column)

    def shown_formula(self, row: int, column: int, table: str | None) -> str | None:
        """Formula of a cell as ``Range.formula`` gives it, with ``=``."""
        formula = self.formula(row, column)
        return None if formula is None else shown(formula, table)

    def _masters(self) -> dict[bytes, tuple[str, int, int]]:
        """Formula and place of the first cell of every shared formula, by its index."""
        masters = {}
        for number, row in self._part.rows.items():
            if b't="shared"' not in row.cells:
                continue
            for head in HEAD.finditer(row.cells):
                cell = row.cell(b"%s%d" % (head[1], number))
                found = _SHARED.search(cell)
                index = _INDEX.search(found[1]) if found else None
                if found and index and found[2]:
                    masters[index[1]] = (
                        cell_text(found[2].decode()), number, COLUMNS[head[1]],
                    )  # fmt: skip
        return masters

    def tell_apart(self, area: Area) -> None:
        """Give their own formula to cells that share the one of a cell about to be written."""
        if self._has_shared is None:
            self._has_shared = any(b't="shared"' in row.cells for row in self._part.rows.values())
        if not self._has_shared:
            return
        lost = {
            index: master
            for index, master in self._masters().items()
            if area.holds(master[1], master[2])
        }
        if not lost:
            return
        for number, row in self._part.rows.items():
            if b't="shared"' not in row.cells:
                continue
            for head in list(HEAD.finditer(row.cells)):
                cell = row.cell(b"%s%d" % (head[1], number))
                found = _SHARED.search(cell)
                index = _INDEX.search(found[1]) if found else None
                if not found or not index or index[1] not in lost:
                    continue
                text, from_row, from_column = lost[index[1]]
                column = COLUMNS[head[1]]
                own = escaped_cell_text(moved(text, number - from_row, column - from_column))
                plain_formula = f"<f>{own}</f>".encode()
                row.cells = row.cells.replace(cell, cell.replace(found.group(), plain_formula), 1)
