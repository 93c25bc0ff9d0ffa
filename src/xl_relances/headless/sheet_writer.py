"""Writing into the rows of a sheet: only the cells written change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from xl_relances.headless.addresses import Area, letters
from xl_relances.headless.cell_formulas import FORMULA, CellFormulas
from xl_relances.headless.cells import CellError, CellReader
from xl_relances.headless.encode import CellWriter, Look, TableAt, plain
from xl_relances.headless.markup import escaped_cell_text
from xl_relances.headless.rows import COLUMNS, HEAD, Row, no_collection
from xl_relances.headless.serials import to_serial
from xl_relances.headless.sheet_part import SheetPart

_STYLE = re.compile(rb'(<c r="[A-Z]+\d+") s="\d+"')

Encode: TypeAlias = Callable[
    [Sequence[int], Sequence[str], Sequence[Look], Sequence[Sequence[Any]]], list[bytes]
]
"""Makes the cells of rows of their numbers, column letters, common looks and values."""

_AT_ONCE = 1_024
"""Rows encoded together at most."""


class _Alike:
    """Neighbouring rows that look alike, gathered to be encoded together."""

    def __init__(self, sheet_rows: dict[int, Row], encode: Encode, names: Sequence[str]) -> None:
        self._sheet_rows = sheet_rows
        self._encode = encode
        self._names = names
        self._styles: Sequence[int] = ()
        self._bare: Sequence[int] = ()
        self._numbers: list[int] = []
        self._values: list[Sequence[Any]] = []
        self._around: list[tuple[bytes, bytes]] = []

    def add(
        self,
        number: int,
        values: Sequence[Any],
        styles: Sequence[int],
        bare: Sequence[int],
        left: bytes = b"",
        right: bytes = b"",
    ) -> None:
        """One more row.

        Args:
            number: Its number.
            values: What is written.
            styles: Of the cells as they are.
            bare: Of those cells when the row does not hold them.
            left: Cells that stay, before those written.
            right: And after them.
        """
        same = styles == self._styles and bare == self._bare
        if not same or len(self._numbers) == _AT_ONCE:
            self.write()
            self._styles, self._bare = styles, bare
        self._numbers.append(number)
        self._values.append(values)
        self._around.append((left, right))

    def write(self) -> None:
        """Encode what was gathered and put it into the sheet."""
        if not self._numbers:
            return
        looks = list(map(Look, self._styles, self._bare))
        made = self._encode(self._numbers, self._names, looks, self._values)
        for number, (left, right), cells in zip(self._numbers, self._around, made, strict=True):
            row = self._sheet_rows.get(number)
            if row is not None:
                row.cells = left + cells + right
            elif cells:
                self._sheet_rows[number] = Row(b"", cells)
        self._numbers, self._values, self._around = [], [], []


def _lies_within(cells: bytes, area: Area) -> bool:
    """Whether a row holds cells, all of them between the first and the last column of an area."""
    ends = HEAD.match(cells), HEAD.match(cells, cells.rfind(b"<c "))
    return all(
        head is not None and area.column <= COLUMNS[head[1]] <= area.last_column for head in ends
    )


class SheetWriter:
    """The cells of one sheet.

    Attributes:
        formulas: Reads its formulas.
        formulas_changed: Whether a formula came or went, so that the calculation chain is void.
    """

    def __init__(
        self, part: SheetPart, writer: CellWriter, reader: CellReader, table_at: TableAt
    ) -> None:
        self.formulas = CellFormulas(part)
        self._part = part
        self._writer = writer
        self._reader = reader
        self._table_at = table_at
        self.read_column_styles()
        self.formulas_changed = False
        self._styles: tuple[tuple[int, int, int], dict[int, set[int]]] | None = None

    def read_column_styles(self) -> None:
        """Look at the columns' own styles, which new cells take."""
        self._column_styles = self._part.column_styles()

    def style(self, row: int, column: int) -> int:
        """Style of a cell, the one it would get when it does not exist yet."""
        known = self._part.rows.get(row)
        if known is not None:
            head = HEAD.match(known.cell(b"%s%d" % (letters(column).encode(), row)))
            if head:
                return int(head[2] or 0)
            if (own := known.style) is not None:
                return own
        return self._column_default(column)

    def styles_between(self, first: int, last: int) -> dict[int, set[int]]:
        """Styles of the cells of each column from one row to another, in one pass over them.

        Columns beyond the last cell there are absent: theirs is the column's own style.
        """
        key = (self._part.version, first, last)
        if self._styles is None or self._styles[0] != key:
            self._styles = key, self._gathered_styles(first, last)
        return self._styles[1]

    def _gathered_styles(self, first: int, last: int) -> dict[int, set[int]]:
        alike: set[bytes] = set()
        looks: set[tuple[int | None, tuple[tuple[bytes, bytes], ...]]] = set()
        for number in range(first, last + 1):
            row = self._part.rows.get(number)
            if row is None:
                looks.add((None, ()))
                continue
            own = row.style
            if own is None and b"</c>" not in row.cells:  # without values: alike but for the number
                key = row.cells.replace(b'%d" s=' % number, b'" s=')
                if key in alike:
                    continue
                alike.add(key)
            looks.add((own, tuple(HEAD.findall(row.cells))))
        width = max((COLUMNS[heads[-1][0]] for _, heads in looks if heads), default=0)
        found: dict[int, set[int]] = {column: set() for column in range(1, width + 1)}
        for own, heads in looks:
            present = {COLUMNS[name]: int(style or 0) for name, style in heads}
            for column, styles in found.items():
                if column in present:
                    styles.add(present[column])
                else:
                    styles.add(self._column_default(column) if own is None else own)
        return found

    def styles_of(self, column: int, first: int, last: int) -> set[int]:
        """Styles of the cells of one column from one row to another."""
        if self._styles is not None and self._styles[0] == (self._part.version, first, last):
            return self._styles[1].get(column) or {self.style(first, column)}
        reference, default = b'<c r="%s' % letters(column).encode(), self._column_default(column)
        found: set[int] = set()
        written: set[bytes] = set()
        for number in range(first, last + 1):
            row = self._part.rows.get(number)
            place = -1 if row is None else row.cells.find(b'%s%d"' % (reference, number))
            if row is None or place < 0:
                own = None if row is None else row.style
                found.add(default if own is None else own)
                continue
            head = HEAD.match(row.cells, place)
            assert head is not None
            written.add(head[2] or b"0")
        return found | set(map(int, written))

    def _known_styles(self, area: Area) -> list[int] | None:
        """Style of the cells of each column, where a pass over the rows just found one for all."""
        key = (self._part.version, area.row, area.last_row)
        if self._styles is None or self._styles[0] != key:
            return None
        found = [
            self._styles[1].get(column, {self._column_default(column)})
            for column in range(area.column, area.last_column + 1)
        ]
        return [next(iter(styles)) for styles in found] if max(map(len, found)) == 1 else None

    def _column_default(self, column: int) -> int:
        return next(
            (style for first, last, style in self._column_styles if first <= column <= last), 0
        )

    def _cut(
        self, row: Row, first: int, last: int, defaults: Sequence[int]
    ) -> tuple[bytes, bytes, bytes, list[int]]:
        """Cells before ``first``, from there to ``last``, and after; and the styles between."""
        cells = row.cells
        if first == last and (place := cells.find(b'<c r="%s' % letters(first).encode())) >= 0:
            head = HEAD.match(cells, place)
            if head and COLUMNS[head[1]] == first:
                end = cells.find(b"<c ", head.end())
                end = len(cells) if end < 0 else end
                return cells[:place], cells[place:end], cells[end:], [int(head[2] or 0)]
        own = row.style
        styles = list(defaults) if own is None else [own] * len(defaults)
        end_head = HEAD.match(cells, cells.rfind(b"<c "))
        if end_head is None or COLUMNS[end_head[1]] < first:
            return cells, b"", b"", styles
        heads = HEAD.findall(cells)
        if COLUMNS[heads[0][0]] >= first and COLUMNS[heads[-1][0]] <= last:
            for name, style in heads:
                styles[COLUMNS[name] - first] = int(style or 0)
            return b"", cells, b"", styles
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
        self.formulas.tell_apart(area)
        self._writer.table_at = self._table_at
        encode = encode or self._writer.rows
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
        alike = _Alike(sheet_rows, encode, names)
        known = self._known_styles(area)
        for number, values in enumerate(rows, area.row):
            row = sheet_rows.get(number)
            if row is None:
                alike.add(number, values, defaults, defaults)
                continue
            own = row.style
            if known is not None and _lies_within(row.cells, area):
                left, old, right, styles = b"", row.cells, b"", known
            else:
                left, old, right, styles = self._cut(row, area.column, area.last_column, defaults)
            if b"<f" in old:
                self.formulas_changed = True
            bare = defaults if own is None else [own] * len(defaults)
            alike.add(number, values, styles, bare, left, right)
        alike.write()

    def write_formulas(self, area: Area, rows: Iterable[Sequence[Any]], table_at: TableAt) -> None:
        """Write rows of formulas; what does not begin with ``=`` is written as a value.

        Args:
            area: Where.
            rows: As many as the area has, each as wide.
            table_at: Name of the table at a row and column, for ``[@Column]``.
        """
        text_styles = self._writer.text_styles
        places = {letters(area.column + j): area.column + j for j in range(area.columns)}

        def encode(
            numbers: Sequence[int],
            names: Sequence[str],
            looks: Sequence[Look],
            rows: Sequence[Sequence[Any]],
        ) -> list[bytes]:
            made = []
            for number, values in zip(numbers, rows, strict=True):
                cells = []
                for name, look, value in zip(names, looks, values, strict=True):
                    typed = isinstance(value, str) and value[:1] == "="
                    if typed and look.style not in text_styles:
                        table = table_at(number, places[name])
                        cells.append(self._writer.formula(name, number, look.style, value, table))
                    else:
                        cells.append(self._writer.cell(name, number, look, value))
                made.append("".join(cells).encode())
            return made

        self.write(area, rows, encode)

    def restyle(self, area: Area, change: Callable[[int, int], int]) -> None:
        """Give every cell of the area the style ``change(column, present style)``.

        An empty cell that would look as its row or its column does is not made.
        """
        defaults = [self._column_default(area.column + j) for j in range(area.columns)]
        names = [letters(area.column + j).encode() for j in range(area.columns)]
        fresh = b"".join(
            b'<c r="%s#" s="%d"/>' % (name, style)
            for j, (name, default) in enumerate(zip(names, defaults, strict=True))
            if (style := change(area.column + j, default)) != default
        )
        for number in range(area.row, area.row + area.rows):
            row = self._part.rows.get(number)
            if row is None or (not row.cells and row.style is None):
                if fresh:
                    self._part.row(number).cells = fresh.replace(b"#", b"%d" % number)
                continue
            own = row.style
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
                elif style != (defaults[j] if own is None else own):
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
                found = FORMULA.search(cell)
                if found:
                    head = HEAD.match(cell)
                    assert head is not None
                    extra = b"".join(re.findall(rb' (?:cm|vm)="\d+"', cell[: found.start()]))
                    kind, content = self._cached(value)
                    new = head.group() + kind + extra + b">" + found.group() + content + b"</c>"
                    if new != cell:
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

    def is_empty(self, row: int, column: int) -> bool:
        """Whether a cell holds neither value nor formula."""
        known = self._part.rows.get(row)
        if known is None:
            return True
        cell = known.cell(b"%s%d" % (letters(column).encode(), row))
        if b"<f" in cell:
            return False
        if cell.count(b"<") <= 1:
            return True
        return next((value is None for _, value in self._reader.slow_row(cell)), True)
