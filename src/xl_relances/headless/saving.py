"""Saving so that a power cut leaves either the old file or the new one, both whole.

The new file is written beside the old one, flushed to the disk, read back, and
only then renamed over it. The previous version stays as ``<name>.bak``. What a run
that was killed left beside the file, the next one sweeps away.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from xl_relances.headless.errors import (
    NotAWorkbookError,
    Unwritable,
    UnwritableError,
    WorkbookBusyError,
)
from xl_relances.headless.locks import Stamp, stamp
from xl_relances.headless.package import Package, is_shared

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_PASSING = {errno.EACCES, errno.EPERM, errno.EBUSY, errno.EAGAIN, errno.EINTR, errno.ETIMEDOUT}
"""What a virus scanner, a synchronised folder or a network drive says for a moment."""
_PATIENCE = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between the tries to rename."""


def save(package: Package, path: Path, announce: Callable[[Stamp | None], None]) -> None:
    """Write the package at ``path``; ``UnwritableError`` leaves what was there intact.

    Args:
        package: What to write.
        path: Where.
        announce: Told the stamp of the new file just before it takes the old one's place.
    """
    if path.exists() and not os.access(path, os.W_OK):
        raise UnwritableError(str(path), "read-only")
    package.check_whole()  # or the sound version in .bak would give way to a damaged one
    written: Path | None = None
    try:
        handle, name = _beside(path)
        written = Path(name)
        with os.fdopen(handle, "wb") as stream:
            package.write_to(stream)
            stream.flush()
            os.fsync(stream.fileno())
        _verify(package, written, path)
        if path.exists():
            shutil.copymode(path, written)
            _keep_previous(path)
        else:
            written.chmod(0o666 & ~_umask())
        announce(stamp(written))
        _rename(written, path)
        _flush_folder(path.parent)
    except OSError as error:
        if is_shared(error):
            raise WorkbookBusyError(str(path), "excel") from error
        raise UnwritableError(str(path), _reason(error), str(error)) from error
    finally:
        if written is not None:
            _discard(written)


def sweep(path: Path) -> None:
    """Take away what killed runs left beside ``path``; only for who holds its lock."""
    left = re.compile(re.escape(f".{path.name}-") + r"[a-z0-9_]{8}\.tmp")
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(path.parent)):
            if left.fullmatch(entry.name):
                _discard(Path(entry.path))


def _beside(path: Path) -> tuple[int, str]:
    return tempfile.mkstemp(prefix=f".{path.name}-", suffix=".tmp", dir=path.parent)


def _rename(written: Path, path: Path) -> None:
    """Put a file in the place of another, at once or after a moment."""
    for pause in _PATIENCE:
        try:
            written.replace(path)
        except OSError as error:
            if error.errno not in _PASSING and not is_shared(error):
                raise
            time.sleep(pause)
        else:
            return
    written.replace(path)


def _discard(written: Path) -> None:
    """Take a file away; where that fails the next run does it."""
    with contextlib.suppress(OSError):
        written.unlink(missing_ok=True)


def _reason(error: OSError) -> Unwritable:
    if error.errno in _FULL:
        return "disk-full"
    return "read-only" if error.errno in _REFUSED else "failed"


def _verify(package: Package, written: Path, path: Path) -> None:
    """Read the new file back: every part there, changed ones what ``Package.write`` took."""
    try:
        fresh = Package(str(written), written.read_bytes())
        if not fresh.same_parts(package):
            raise UnwritableError(str(path), "not-verified", "parts are missing")
        for name in package.changed:
            fresh.check(name)
    except NotAWorkbookError as error:
        raise UnwritableError(str(path), "not-verified", str(error)) from error


def _keep_previous(path: Path) -> None:
    """Leave the present file as ``.bak`` too, without ever taking it away."""
    backup = path.with_name(f"{path.name}.bak")
    handle, name = _beside(path)
    os.close(handle)
    copy = Path(name)
    try:
        shutil.copy2(path, copy)
        _rename(copy, backup)
    finally:
        _discard(copy)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _flush_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
