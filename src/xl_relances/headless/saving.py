"""Saving so that a power cut leaves either the old file or the new one, both whole.

The new file is written beside the old one, flushed to the disk, read back, and
only then renamed over it. The previous version stays as ``<name>.bak``.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from pathlib import Path
from xml.parsers import expat

from xl_relances.headless.errors import (
    NotAWorkbookError,
    Unwritable,
    UnwritableError,
    WorkbookBusyError,
)
from xl_relances.headless.markup import DoctypeError, check_well_formed
from xl_relances.headless.package import Package, is_shared

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def save(package: Package, path: Path) -> None:
    """Write the package at ``path``; ``UnwritableError`` leaves what was there intact."""
    if path.exists() and not os.access(path, os.W_OK):
        raise UnwritableError(str(path), "read-only")
    written: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
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
        written.replace(path)
        _flush_folder(path.parent)
    except OSError as error:
        if is_shared(error):
            raise WorkbookBusyError(str(path), "excel") from error
        raise UnwritableError(str(path), _reason(error), str(error)) from error
    finally:
        if written is not None:
            written.unlink(missing_ok=True)


def _reason(error: OSError) -> Unwritable:
    if error.errno in _FULL:
        return "disk-full"
    return "read-only" if error.errno in _REFUSED else "failed"


def _verify(package: Package, written: Path, path: Path) -> None:
    """Read the new file back: every part there, changed ones sound."""
    try:
        fresh = Package(str(written), written.read_bytes())
        if list(fresh) != list(package):
            raise UnwritableError(str(path), "not-verified", "parts are missing")
        for name in fresh:
            if name in package.changed:
                content = fresh.read(name)
                if name.endswith((".xml", ".rels", ".vml")):
                    check_well_formed(content)
    except (NotAWorkbookError, expat.ExpatError, DoctypeError) as error:
        raise UnwritableError(str(path), "not-verified", str(error)) from error


def _keep_previous(path: Path) -> None:
    """Leave the present file as ``.bak`` too, without ever taking it away."""
    backup = path.with_name(f"{path.name}.bak")
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
    os.close(handle)
    copy = Path(name)
    try:
        shutil.copy2(path, copy)
        copy.replace(backup)
    finally:
        copy.unlink(missing_ok=True)


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
