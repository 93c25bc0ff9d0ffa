"""One command at a time on a workbook.

On a Mac RunPython returns at once, so that a second click can overtake the first. The
lock belongs to the operating system: it ends with the process that holds it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from xl_relances.errors import BookBusyError
from xl_relances.excel import journal

if sys.platform == "win32":
    import msvcrt

    def _hold(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _hold(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


BUSY = "Une commande est déjà en cours sur ce classeur : attendez qu'elle finisse."


def lock_files(fullname: str) -> list[Path]:
    """Where the lock of a workbook may lie: beside it, else in the user's data folder."""
    name = hashlib.blake2b(fullname.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    elsewhere = journal.folder() / f"{name}.lock"
    if not fullname or "://" in fullname:
        return [elsewhere]
    book = Path(fullname)
    return [book.with_name(f".{book.name}.encours"), elsewhere]


@contextmanager
def one_at_a_time(fullname: str) -> Iterator[None]:
    """Hold the workbook's lock.

    Raises:
        BookBusyError: Another command of ours runs on that workbook.
    """
    taken = _take(lock_files(fullname))
    if taken is None:  # nowhere to write: nothing else of ours can run there either
        yield
        return
    descriptor, path = taken
    try:
        yield
    finally:
        if sys.platform != "win32":
            path.unlink(missing_ok=True)
        os.close(descriptor)
        if sys.platform == "win32":
            with suppress(OSError):  # the next command holds it already
                path.unlink(missing_ok=True)


def _take(places: list[Path]) -> tuple[int, Path] | None:
    for path in places:
        while True:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError:
                break
            try:
                _hold(descriptor)
            except OSError:
                os.close(descriptor)
                raise BookBusyError(BUSY) from None
            if _is_current(descriptor, path):
                return descriptor, path
            os.close(descriptor)
    return None


def _is_current(descriptor: int, path: Path) -> bool:
    """False where its last holder took the file away while we opened it."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False
