"""Who has a workbook open: Excel, LibreOffice, or another run of ours.

Our own lock is held by the operating system on a small file beside the workbook,
so it ends with the process that took it, however that process ends. The file says how
the workbook was and how it was about to be: where it outlives its process, that run was
killed, and the next one knows whether before or after it had saved.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal

from xl_relances.headless.errors import WorkbookBusyError

if sys.platform == "win32":
    import msvcrt

    def _hold(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _hold(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


Interruption = Literal["before", "after", "changed"]
"""Where the run before was killed: before it had saved, after; or somebody else saved since."""

Stamp = tuple[int, int]
"""What tells that a file was written by somebody else: time in nanoseconds, and size."""

_LONGEST = 4096
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_HELD = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
"""Another process has it; any other error means that this file system knows no locks."""


def stamp(path: Path) -> Stamp | None:
    """That of a file; None when there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def check_owner_files(path: Path) -> None:
    """Raise ``WorkbookBusyError`` when Excel or LibreOffice left its mark beside the file."""
    if path.with_name(f"~${path.name}").exists():
        raise WorkbookBusyError(str(path), "excel")
    if path.with_name(f".~lock.{path.name}#").exists():
        raise WorkbookBusyError(str(path), "libreoffice")


def _line(stamp: Stamp | None) -> bytes:
    return f"{stamp}\n".encode()


class Lock:
    """The right to change one workbook, until ``release``.

    Attributes:
        file: Beside the workbook; in it the stamps of the workbook as it was found and as
            it was about to be saved, a line each.
        refused: Whether no file can be made in that folder.
        interruption: Where the run before was killed; None when it ended as it should.
    """

    def __init__(self, path: Path) -> None:
        """Take the lock; ``WorkbookBusyError`` when another process has it.

        In a folder that cannot be written nothing can be saved either, and some network
        folders know no locks: ``held`` is then False.
        """
        self.refused = False
        self.interruption: Interruption | None = None
        self.file = path.with_name(f".{path.name}.lock")
        self._descriptor: int | None = None
        while self._descriptor is None:
            try:
                descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o666)
            except OSError as error:
                self.refused = error.errno in _REFUSED
                return
            try:
                _hold(descriptor)
            except OSError as error:
                os.close(descriptor)
                if error.errno not in _HELD:
                    return
                raise WorkbookBusyError(str(path), "locked") from error
            if self._is_current(descriptor):
                self._descriptor = descriptor
                self.interruption = self._take_over(stamp(path))
            else:
                os.close(descriptor)

    def _is_current(self, descriptor: int) -> bool:
        """False when the file was deleted by its last holder while we waited."""
        try:
            return os.path.samestat(os.fstat(descriptor), self.file.stat())
        except OSError:
            return False

    @property
    def held(self) -> bool:
        """Whether the lock is ours."""
        return self._descriptor is not None

    def _take_over(self, now: Stamp | None) -> Interruption | None:
        """Read what the run before left, and begin anew."""
        assert self._descriptor is not None
        known = os.read(self._descriptor, _LONGEST).decode("ascii", "replace").splitlines()
        with suppress(OSError):  # on a full disk the next run will not know, no more
            os.ftruncate(self._descriptor, 0)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, _line(now))
        if not known:
            return None
        at = str(now)
        return "before" if at == known[0] else "after" if at in known else "changed"

    def announce(self, stamp: Stamp | None) -> None:
        """Note how the workbook will be once it is saved."""
        if self._descriptor is not None:
            with suppress(OSError):
                os.write(self._descriptor, _line(stamp))

    def release(self) -> None:
        """Give it back and take the file away."""
        if self._descriptor is None:
            return
        with suppress(OSError):  # emptied first: where it cannot be taken away it says nothing
            os.ftruncate(self._descriptor, 0)
        if sys.platform != "win32":
            self.file.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None
        if sys.platform == "win32":
            try:
                self.file.unlink(missing_ok=True)
            except OSError:
                return
