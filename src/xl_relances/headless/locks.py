"""Who has a workbook open: Excel, LibreOffice, or another run of ours.

Our own lock is held by the operating system on a small file beside the workbook,
so it ends with the process that took it, however that process ends.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from xl_relances.headless.errors import WorkbookBusyError

if sys.platform == "win32":
    import msvcrt

    def _hold(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _hold(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_HELD = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
"""Another process has it; any other error means that this file system knows no locks."""


def check_owner_files(path: Path) -> None:
    """Raise ``WorkbookBusyError`` when Excel or LibreOffice left its mark beside the file."""
    if path.with_name(f"~${path.name}").exists():
        raise WorkbookBusyError(str(path), "excel")
    if path.with_name(f".~lock.{path.name}#").exists():
        raise WorkbookBusyError(str(path), "libreoffice")


class Lock:
    """The right to change one workbook, until ``release``."""

    def __init__(self, path: Path) -> None:
        """Take the lock; ``WorkbookBusyError`` when another process has it.

        In a folder that cannot be written nothing can be saved either, and some network
        folders know no locks: ``held`` is then False.
        """
        self.file = path.with_name(f".{path.name}.lock")
        self._descriptor: int | None = None
        while self._descriptor is None:
            try:
                descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o666)
            except OSError:
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

    def release(self) -> None:
        """Give it back and take the file away."""
        if self._descriptor is None:
            return
        if sys.platform != "win32":
            self.file.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None
        if sys.platform == "win32":
            try:
                self.file.unlink(missing_ok=True)
            except OSError:
                return
