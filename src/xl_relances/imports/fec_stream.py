"""A FEC in one pass: a million lines stream by as bytes, those of customers become entries.

A block whose lines all have their fields is searched as it is, and only customers' lines
are decoded. In any other block each line is looked at. Where a row has to be reported,
or the whole file decides, the general reader takes over from the start
(:class:`~xl_relances.imports.fec_entries.NotPlainError`).
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import compress, count

from xl_relances.imports import fec
from xl_relances.imports.fec_entries import Cells, Entries, Known, NotPlainError
from xl_relances.imports.job import Job
from xl_relances.imports.lines import code
from xl_relances.imports.text import SEPARATORS, TextFile

Fields = Sequence[str]


@dataclass(slots=True)
class Streamed:
    """What the one pass found.

    Attributes:
        entries: Customers' lines, and the balances beside them.
        read: How many lines were read.
        last: Number and fields of the last line, where it was looked at by itself.
    """

    entries: Entries
    read: int = 0
    last: tuple[int, Fields] | None = None


def stream(
    job: Job, text: TextFile, *, usual: int, whole: Callable[[int, Fields], Fields | None]
) -> Streamed:
    """Entries of customers' accounts.

    Args:
        job: The FEC.
        text: Its file; no quote mark opens a field in it.
        usual: How many fields most lines have, those that must be there included.
        whole: Given a line with another number of fields than titles: its fields where it
            can be read all the same, else None (and it has been reported).

    Raises:
        NotPlainError: The general reader must look at the whole file.
    """
    found = Streamed(Entries(job.columns, job.roots, job.base))
    prefixes = (*job.roots, *fec.BESIDE)
    account_at, customer_at = job.columns.index("account"), job.columns.index("customer_code")
    if account_at is None:
        raise NotPlainError
    alike = _Alike(text, prefixes, account_at, usual, usual - job.width)
    codes = Known(code)

    def each(block: bytes, first: int) -> Cells:
        """Customers' lines of a block in which some are not like the others."""
        numbers: list[int] = []
        texts: list[str] = []
        lines = text.lines(block)
        for number, line in enumerate(lines, first):
            cells = text.split(line)
            if not any(map(str.strip, cells)):
                found.read -= 1
                continue
            found.last = number, cells
            fields = cells if len(cells) == job.width else whole(number, cells)
            if fields is None:
                continue
            account = codes[fields[account_at]]
            if account.startswith(prefixes):
                numbers.append(number)
                texts += fields
            elif not fec.is_account(account) and (
                customer_at is not None and codes[fields[customer_at]]
            ):
                raise NotPlainError  # a customer's line with a damaged account
        return Cells(len(lines), numbers, texts, job.width)

    with _no_collection():
        number = job.source.header.line + 1
        for block in _below(text.blocks(), job.source.header.line):
            cells = alike.cells(block, number)
            if cells is not None:
                found.last = None
            else:
                cells = each(block, number)
            found.entries.add(cells)
            found.read += cells.lines
            number += cells.lines
    return found


class _Alike:
    """Finds customers' lines where all lines are alike: their fields, accounts of three digits."""

    def __init__(
        self, text: TextFile, prefixes: Sequence[str], account_at: int, usual: int, surplus: int
    ) -> None:
        if text.separator not in SEPARATORS or not all(map(str.isascii, prefixes)):
            raise NotPlainError
        self._text, self._usual = text, usual
        mark = text.separator.encode()
        self._marks = mark * (usual - 1) + b"\n"
        self._others = bytes(byte for byte in range(256) if byte not in self._marks)
        self._end = mark * surplus + b"\n"
        mark = re.escape(mark)
        before = b"[^%b]*+%b" % (mark, mark) * account_at
        ours = b"|".join(re.escape(prefix.encode()) for prefix in prefixes)
        other = rb"(?!%b)\d{3}[0-9A-Za-z]*+ *+(?=[%b\n])" % (ours, mark)
        self._line = re.compile(b"\n(?:%b%b|(%b(?:%b)[^\n]*+))" % (before, other, before, ours))

    def cells(self, block: bytes, number: int) -> Cells | None:
        """Those of customers' lines; None where each line has to be looked at.

        Args:
            block: Whole lines.
            number: That of the first.
        """
        marks = block.translate(None, self._others)
        lines = len(marks) // self._usual
        if marks != self._marks * lines:
            return None
        if len(self._end) > 1 and block.count(self._end) != lines:
            return None
        found = self._line.findall(b"\n" + block)  # b"" for a line of another account
        if len(found) != lines:
            return None
        separator = self._text.separator
        kept = self._text.decoded(separator.encode().join(filter(None, found)))
        numbers = list(compress(count(number), found))
        return Cells(lines, numbers, kept.split(separator), self._usual)


def _below(blocks: Iterator[bytes], lines: int) -> Iterator[bytes]:
    """What stands below the first ``lines``."""
    for block in blocks:
        at = 0
        while lines and at < len(block):
            at = block.index(b"\n", at) + 1
            lines -= 1
        if at < len(block):
            yield block[at:]


@contextmanager
def _no_collection() -> Iterator[None]:
    """No search for garbage while hundreds of thousands of tuples are made: there is none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # what was made counts as old at once, and is not searched through
        gc.unfreeze()
        if enabled:
            gc.enable()
