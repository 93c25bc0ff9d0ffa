"""An xlwings engine over a workbook file: the same macros without Excel.

Entry points::

    with headless.open_book("relances.xlsm") as book:      # an xw.Book
        table = book.sheets["Grand livre"].tables["GrandLivre"]
        rows = table.data_body_range.value
        table.resize(table.range.resize(len(rows) + 2))    # then write
        book.save()

    headless.register()              # from then on xw.Book(path) and Book.caller() work too
    headless.cache_values(rng, rows) # results of formulas that the caller knows
    headless.engine.calls            # Counter of calls, by kind
    headless.engine.answers.append("yes")   # what the next app.alert answers
    headless.engine.alerts           # what was shown

What it does as Excel does: values under their formats (dates, errors, ``@``), texts retyped as in
US English, tables that grow when rows are written under them, calculated columns filled down,
totals moved, formulas with structured references (written ``[@Column]``, stored as files want
them, read as ``[@Column]`` again), AutoFilters that hide rows, both date systems.

What it refuses where Excel would do harm or nothing: a block over filtered rows
(``FilteredRangeError``), a locked cell of a protected sheet (``ProtectedSheetError``), a Decimal
(``TypeError``), moving cells (``NotImplementedError``).

What it does not do: calculate (the file asks Excel to, on load; a formula without its value is
the error ``#CALC!``, hence None, until it is told by ``cache_values``), run VBA, add or remove
sheets and tables, print.

A save rewrites the rows that changed and leaves every other part byte for byte; see ``saving``
for what makes it safe, ``errors`` for what can go wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import xlwings as xw

from xl_relances.headless.app import Alert, App, Engine
from xl_relances.headless.books import Book
from xl_relances.headless.cells import CellError
from xl_relances.headless.errors import (
    FilteredRangeError,
    HeadlessError,
    NotAWorkbookError,
    ProtectedSheetError,
    UnwritableError,
    WorkbookBusyError,
)
from xl_relances.headless.locks import Interruption
from xl_relances.headless.ranges import Range

__all__ = [
    "Alert",
    "CellError",
    "Engine",
    "FilteredRangeError",
    "HeadlessError",
    "Interruption",
    "NotAWorkbookError",
    "ProtectedSheetError",
    "UnwritableError",
    "WorkbookBusyError",
    "cache_values",
    "check_writable",
    "engine",
    "interruption",
    "open_book",
    "register",
    "runs_on",
]

engine = Engine()
"""The one engine: its ``calls``, ``alerts``, ``answers`` and ``answer`` are for the caller."""


def register() -> Engine:
    """Make the engine known to xlwings, and the active one, so that ``xw.Book(path)`` works.

    Where Excel is there too, it is the active one again when the last book here is closed.
    """
    if not any(known.name == engine.name for known in xw.engines):
        xw.engines.add(xw.Engine(impl=engine))
    if not len(engine.apps):
        engine.apps.add()
    ours = xw.engines[engine.name]
    before = xw.engines.active
    if before is not None and before.name != engine.name:
        engine.when_idle = before.activate
    ours.activate()
    return engine


def open_book(path: str | PathLike[str], *, read_only: bool = False) -> xw.Book:
    """Open a workbook on this engine; close it, or use it as a context manager.

    Args:
        path: Of an .xlsx or .xlsm file.
        read_only: Take no lock and do not mind Excel's; the book cannot be saved in place.
    """
    register()
    app: App = next(iter(engine.apps))
    fullname = str(Path(path).resolve())
    for known in app.books:
        if known.fullname == fullname:
            return xw.Book(impl=known)
    return xw.Book(impl=app.books.open(fullname, None, read_only))


def interruption(book: xw.Book) -> Interruption | None:
    """Where the last run that had this book to change was killed; None when it was not.

    ``before`` it saved, ``after``, or it cannot be told since somebody else saved (``changed``).
    The workbook is whole in any case: a save is one rename.
    """
    known: Interruption | None = book.impl.workbook.interruption
    return known


def check_writable(book: xw.Book) -> None:
    """Raise ``UnwritableError`` where no save can succeed, before anything is done for one."""
    book.impl.workbook.check_writable()


def runs_on(thing: xw.Book | xw.Range) -> bool:
    """Whether a book or a range lives on this engine."""
    return isinstance(thing.impl, (Book, Range))


def cache_values(target: xw.Range, values: Sequence[Sequence[Any]]) -> bool:
    """Tell the results of formulas that the caller knows, so that previews show them.

    Cells of ``target`` that hold no formula are left alone. On any other engine, which
    calculates by itself, nothing happens.

    Args:
        target: The range.
        values: Its rows of results: numbers, texts, booleans, dates or None.

    Returns:
        Whether the range is of this engine.
    """
    if not isinstance(target.impl, Range):
        return False
    target.impl.cache(values)
    return True
