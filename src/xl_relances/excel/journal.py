"""The log of the buttons: a rotating file in the user's own data folder.

It holds when which button ran, how it ended, and where an error came from. No
text of an error is written, since it may quote a customer: classes, lines of code and
numbers only.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

FOLDER, FILE = "xl-relances", "journal.log"

_SIZE, _KEPT = 200_000, 3  # bytes of a file; files kept beside it


def folder(platform: str = sys.platform, environ: Mapping[str, str] = os.environ) -> Path:
    """The user's data folder of ours: local, never in a synchronised profile."""
    home = Path(environ.get("HOME") or Path.home())
    if platform == "win32":
        local = environ.get("LOCALAPPDATA") or environ.get("TEMP")
        return Path(local) / FOLDER if local else home / f".{FOLDER}"
    if platform == "darwin":
        return home / "Library" / "Logs" / FOLDER
    state = environ.get("XDG_STATE_HOME")
    return (Path(state) if state else home / ".local" / "state") / FOLDER


def record(line: str) -> Path:
    """Add a line; returns the file. A folder that cannot be written gives way to a temporary one.

    The file is opened for the line only: on Windows two Pythons may log at a time.
    """
    import logging.handlers  # noqa: PLC0415 - half of what importing this module would cost

    for place in (folder(), Path(tempfile.gettempdir()) / FOLDER):
        path = place / FILE
        try:
            place.mkdir(parents=True, exist_ok=True)
            handler = logging.handlers.RotatingFileHandler(
                path, maxBytes=_SIZE, backupCount=_KEPT, encoding="utf-8"
            )
        except OSError:
            continue
        try:
            handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(message)s"))
            handler.handle(logging.makeLogRecord({"msg": line, "levelno": logging.INFO}))
        finally:
            handler.close()
        return path
    return folder() / FILE


def origin(error: BaseException) -> str:
    """Where an error and its causes came from, without what they say."""
    return " <- ".join(_one(each) for each in chain(error))


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error, then what it was raised from or during."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def _one(error: BaseException) -> str:
    numbers = [
        f"{name}={value}"
        for name in ("errno", "winerror", "hresult", "errornumber")
        if isinstance(value := getattr(error, name, None), int)
    ]
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return " ".join([kind, *numbers, f"[{' > '.join(frames[-12:])}]"])
