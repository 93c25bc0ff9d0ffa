"""Writing into the rows of a sheet: only the cells written change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from xl_relances.headless.addresses import Area, column_number, letters
from xl_relances.headless.cells import CellError, CellReader
from xl_relances.headless.encode import CellWriter, plain
from xl_relances.headless.formulas import moved, shown
from xl_relances.headless.markup import cell_text, escaped_cell_text
from xl_relances.headless.serials import to_serial
from xl_relances.headless.sheet_part import COLUMNS, HEAD, Row, SheetPart, no_collection

_FORMULA = re.compile(rb"<f\b([^>]*?)(?:/>|>([^<]*)</f>)")
_SHARED = re.compile(rb'<f\b(?=[^>]*t="shared")([^>]*?)(?:/>|>([^<]*)</f>)')
_INDEX = re.compile(rb'\bsi="(\d+)"')
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STYLE = re.compile(rb'(<c r="[A-Z]+\d+") s="\d+"')

Encode: TypeAlias = Callable[[int, Sequence[str], Sequence[int], Sequence[Any]], bytes]
"""Makes the cells of a row of its number, column letters, styles and values."""


class SheetWriter:
    """The cells of one sheet.

    Attributes:
        formulas_changed: Whether a formula came or went, so that the calculation chain is void.
    """

    def __init__(self, part: SheetPart, writer: CellWriter, reader: CellReader) -> None:
        self._part = part
        self._writer = writer
        self._reader = reader
        self._column_styles = part.column_styles()
        self.formulas_changed = False
        self._has_shared: bool | None = None
        self._blank_cuts: dict[tuple[bytes, int, int], tuple[list[int], bool]] = {}

    def style(self, row: int, column: int) -> int:
        """Style of a cell, the one it would get when it does not exist yet."""
        known = self._part.rows.get(row)
        if known is not None:
            head = HEAD.match(known.cell(b"%s%d" % (letters(column).encode(), row)))
            if head:
                return int(head[2] or 0)
            if known.style:
                return known.style
        return self._column_default(column)

    def _column_default(self, column: int) -> int:
        return next(
            (style for first, last, style in self._column_styles if first <= column <= last), 0
        )

    def _cut(
        self, row: Row, first: int, last: int, defaults: Sequence[int]
    ) -> tuple[bytes, bytes, bytes, list[int]]:
        """Cells before ``first``, from there to ``last``, and after; and the styles between."""
        cells = row.cells
        own = row.style if row.attributes else 0
        if not own and b"</c>" not in cells:
            return self._cut_blank(row, first, last, defaults)
        heads = HEAD.findall(cells)
        if heads and COLUMNS[heads[0][0]] >= first and COLUMNS[heads[-1][0]] <= last:
            styles = [own] * len(defaults) if own else list(defaults)
            for name, style in heads:
                styles[COLUMNS[name] - first] = int(style or 0)
            return b"", cells, b"", styles
        styles = [own] * len(defaults) if own else list(defaults)
        start, end = None, len(cells)
        for head in HEAD.finditer(cells):
            column = COLUMNS[head[1]]
            if column < first:
                continue
            if start is None:
                start = head.start()
            if column > last:
                end = head.start()
                break
            styles[column - first] = int(head[2] or 0)
        if start is None:
            start = end
        return cells[:start], cells[start:end], cells[end:], styles

    def _cut_blank(
        self, row: Row, first: int, last: int, defaults: Sequence[int]
    ) -> tuple[bytes, bytes, bytes, list[int]]:
        """``_cut`` of a row without values: many rows are alike, so their cut is kept."""
        cells = row.cells
        number = b""
        if cells:
            number = cells[6 : cells.index(b'"', 6)].lstrip(_LETTERS)
        key = (cells.replace(number + b'"', b'"'), first, last)
        known = self._blank_cuts.get(key)
        if known is None:
            start, end = None, len(cells)
            styles = list(defaults)
            for head in HEAD.finditer(cells):
                column = COLUMNS[head[1]]
                if column < first:
                    continue
                if start is None:
                    start = head.start()
                if column > last:
                    end = head.start()
                    break
                styles[column - first] = int(head[2] or 0)
            start = end if start is None else start
            inside = not start and end == len(cells)
            known = self._blank_cuts[key] = (styles, inside)
            return cells[:start], cells[start:end], cells[end:], styles
        styles, inside = known
        if inside:
            return b"", cells, b"", styles
        start = end = 0
        for head in HEAD.finditer(cells):
            column = COLUMNS[head[1]]
            if column < first:
                start = end = cells.index(b"/>", head.start()) + 2
            elif column <= last:
                end = cells.index(b"/>", head.start()) + 2
        return cells[:start], cells[start:end], cells[end:], styles

    def write(
        self,
        area: Area,
        rows: Iterable[Sequence[Any]],
        encode: Encode | None = None,
    ) -> None:
        """Write rows of values from the area's first cell on.

        Args:
            area: Where.
            rows: As many as the area has, each as wide.
            encode: What makes cells of a row; by default of plain values.
        """
        self._tell_apart(area)
        encode = encode or self._writer.row
        names = [letters(area.column + j) for j in range(area.columns)]
        defaults = [self._column_default(area.column + j) for j in range(area.columns)]
        before_formulas = self._writer.formulas
        with no_collection():
            self._splice(area, rows, encode, names, defaults)
        if self._writer.formulas != before_formulas:
            self.formulas_changed = True
        self._part.changed = True

    def _splice(
        self,
        area: Area,
        rows: Iterable[Sequence[Any]],
        encode: Encode,
        names: list[str],
        defaults: list[int],
    ) -> None:
        sheet_rows = self._part.rows
        for number, values in enumerate(rows, area.row):
            row = sheet_rows.get(number)
            if row is None:
                cells = encode(number, names, defaults, values)
                if cells:
                    sheet_rows[number] = Row(b"", cells)
                continue
            left, old, right, styles = self._cut(row, area.column, area.last_column, defaults)
            if b"<f" in old:
                self.formulas_changed = True
            row.cells = left + encode(number, names, styles, values) + right

    def write_formulas(
        self, area: Area, rows: Iterable[Sequence[Any]], table_at: Callable[[int, int], str | None]
    ) -> None:
        """Write rows of formulas; what does not begin with ``=`` is written as a value.

        Args:
            area: Where.
            rows: As many as the area has, each as wide.
            table_at: Name of the table at a row and column, for ``[@Column]``.
        """
        text_styles = self._writer.text_styles

        def encode(
            number: int, names: Sequence[str], styles: Sequence[int], values: Sequence[Any]
        ) -> bytes:
            pieces = []
            for name, style, value in zip(names, styles, values, strict=True):
                if isinstance(value, str) and value.startswith("=") and style not in text_styles:
                    table = table_at(number, column_number(name))
                    pieces.append(self._writer.formula(name, number, style, value, table).encode())
                else:
                    pieces.append(self._writer.row(number, [name], [style], [value]))
            return b"".join(pieces)

        self.write(area, rows, encode)

    def restyle(self, area: Area, change: Callable[[int, int], int]) -> None:
        """Give every cell of the area the style ``change(column, present style)``."""
        defaults = [self._column_default(area.column + j) for j in range(area.columns)]
        names = [letters(area.column + j).encode() for j in range(area.columns)]
        fresh = [
            (name, style)
            for j, name in enumerate(names)
            if (style := change(area.column + j, defaults[j]))
        ]
        for number in range(area.row, area.row + area.rows):
            row = self._part.row(number)
            if not row.cells and not row.style:
                row.cells = b"".join([b'<c r="%s%d" s="%d"/>' % (n, number, s) for n, s in fresh])
                continue
            left, old, right, styles = self._cut(row, area.column, area.last_column, defaults)
            present = {m[1]: m for m in HEAD.finditer(old)}
            pieces = []
            for j, name in enumerate(names):
                style = change(area.column + j, styles[j])
                if name in present:
                    cell = row.cell(b"%s%d" % (name, number))
                    cell = _STYLE.sub(rb"\1", cell, count=1)
                    if style:
                        end = len(b'<c r="%s%d"' % (name, number))
                        cell = cell[:end] + b' s="%d"' % style + cell[end:]
                    pieces.append(cell)
                elif style:
                    pieces.append(b'<c r="%s%d" s="%d"/>' % (name, number, style))
            row.cells = left + b"".join(pieces) + right
        self._part.changed = True

    def cache(self, area: Area, rows: Iterable[Sequence[Any]]) -> None:
        """Store known results in the formula cells of the area; other cells stay as they are."""
        for number, values in enumerate(rows, area.row):
            row = self._part.rows.get(number)
            if row is None or b"<f" not in row.cells:
                continue
            for column, value in enumerate(values, area.column):
                name = letters(column).encode()
                cell = row.cell(b"%s%d" % (name, number))
                found = _FORMULA.search(cell)
                if found:
                    head = HEAD.match(cell)
                    assert head is not None
                    extra = b"".join(re.findall(rb' (?:cm|vm)="\d+"', cell[: found.start()]))
                    kind, content = self._cached(value)
                    new = head.group() + kind + extra + b">" + found.group() + content + b"</c>"
                    row.cells = row.cells.replace(cell, new, 1)
        self._part.changed = True

    def _cached(self, value: Any) -> tuple[bytes, bytes]:
        """Type attribute and ``<v>`` of a cached result."""
        if value is None:
            return b"", b""
        if isinstance(value, bool):
            return b' t="b"', b"<v>%d</v>" % value
        if isinstance(value, CellError):
            return b' t="e"', b"<v>%s</v>" % value.encode()
        if isinstance(value, str):
            return b' t="str"', f"<v>{escaped_cell_text(value)}</v>".encode()
        if isinstance(value, (int, float)):
            return b"", f"<v>{plain(value)}</v>".encode()
        return b"", f"<v>{plain(to_serial(value, self._writer.date1904))}</v>".encode()

    def formula(self, row: int, column: int) -> str | None:
        """Stored formula of a cell, without ``=``; None when it holds none."""
        known = self._part.rows.get(row)
        if known is None or b"<f" not in known.cells:
            return None
        found = _FORMULA.search(known.cell(b"%s%d" % (letters(column).encode(), row)))
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
                        cell_text(found[2].decode()), number, column_number(head[1].decode()),
                    )  # fmt: skip
        return masters

    def _tell_apart(self, area: Area) -> None:
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
                column = column_number(head[1].decode())
                own = escaped_cell_text(moved(text, number - from_row, column - from_column))
                plain_formula = f"<f>{own}</f>".encode()
                row.cells = row.cells.replace(cell, cell.replace(found.group(), plain_formula), 1)

    def is_empty(self, row: int, column: int) -> bool:
        """Whether a cell holds neither value nor formula."""
        known = self._part.rows.get(row)
        if known is None:
            return True
        cell = known.cell(b"%s%d" % (letters(column).encode(), row))
        if b"<f" in cell:
            return False
        return next((value is None for _, value in self._reader.slow_row(cell)), True)
