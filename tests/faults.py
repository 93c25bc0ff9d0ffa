"""A file layer that fails: a command dies, or is refused by the disk, at the write one chooses.

``Machine`` is a process of its own in which everything is imported; each command runs in
a fork of it, under a layer that counts what changes the files of one folder and, at a chosen
step, kills the process (kill -9, a write torn in half) or lets the system refuse.
POSIX only, and ``/proc`` for the names of open files.
"""

from __future__ import annotations

import builtins
import contextlib
import errno
import fcntl
import importlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Self

Step = tuple[str, str]
"""What is done to which file: ``("replace", "relances.xlsm")``."""

KILL, WAIT = -9, -1
"""Instead of an error's number: die; or wait until ``go_on``."""
_BUFFER = 1 << 20
_UNDOING = frozenset({"unlink", "remove", "mkdir"})
"""What changes nothing where the file is gone, or the folder there."""
FILLING = frozenset({"open", "write", "sendfile", "mkdir"})
"""What a full disk refuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong.

    Attributes:
        what: The error's number, ``KILL`` or ``WAIT``.
        at: The step at which it begins, the first is 1.
        kinds: Only steps of these kinds; empty for all.
        times: How often; for ever when 0.
    """

    what: int
    at: int = 1
    kinds: tuple[str, ...] = ()
    times: int = 0

    @classmethod
    def full_disk(cls, at: int) -> Self:
        """From that step on nothing fits."""
        return cls(what=errno.ENOSPC, at=at, kinds=tuple(FILLING))


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended.

    Attributes:
        code: Its exit code; -9 when it was killed.
        out: Its standard output.
        errors: Its standard error.
        steps: What it did to the folder, the last one perhaps not done.
    """

    code: int
    out: str
    errors: str
    steps: tuple[Step, ...]


class Machine:
    """Runs ``xl-relances`` on a failing disk."""

    def __init__(self, folder: Path) -> None:
        """Files of the run lie in ``folder``, outside of what is watched."""
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONUTF8": "1"},
            encoding="utf-8",
        )

    def close(self) -> None:
        """Stop it."""
        self._process.communicate(timeout=30)

    def start(
        self, *words: str | Path, watch: Path, fault: Fault | None = None, at: str = ""
    ) -> None:
        """Begin a command; ``at`` is what the clock says, ISO."""
        order = {
            "words": [str(word) for word in words], "watch": str(watch), "at": at,
            "fault": asdict(fault) if fault else None,
        }  # fmt: skip
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        if fault is not None and fault.what == WAIT:
            waits = watch.parent / f"{watch.name}.waits"
            while not waits.exists():
                time.sleep(0.005)

    def end(self) -> Done:
        """Wait for a command to end: the last one begun, then the one that waited for it."""
        assert self._process.stdout is not None
        name, code = json.loads(self._process.stdout.readline())
        steps = (self._folder / f"{name}.steps").read_text("utf-8").splitlines()
        return Done(
            code,
            (self._folder / f"{name}.out").read_text("utf-8"),
            (self._folder / f"{name}.errors").read_text("utf-8"),
            tuple((line.partition(" ")[0], line.partition(" ")[2]) for line in steps),
        )

    def run(
        self, *words: str | Path, watch: Path, fault: Fault | None = None, at: str = ""
    ) -> Done:
        """A command from its beginning to its end."""
        self.start(*words, watch=watch, fault=fault, at=at)
        return self.end()


def go_on(watch: Path) -> None:
    """Let commands go on that wait."""
    (watch.parent / f"{watch.name}.go").touch()


class _Layer:
    """Stands between Python and the files of one folder."""

    def __init__(self, watch: str, fault: Fault | None, log: int) -> None:
        self.watch, self.fault, self.log = watch, fault, log
        self.count = self.hits = 0
        self.write = os.write

    def name(self, file: Any) -> str | None:
        """A file's path below the folder; None for any other."""
        path = Path(f"/proc/self/fd/{file}").readlink() if isinstance(file, int) else Path(file)
        path = path.parent.resolve() / path.name
        return str(path.relative_to(self.watch)) if path.is_relative_to(self.watch) else None

    def step(self, kind: str, file: Any, torn: Callable[[], object] | None = None) -> None:
        """Count a step on a file of the folder, and fail there if that is its turn."""
        name = self.name(file)
        if name is None or (kind in _UNDOING and os.path.lexists(file) == (kind == "mkdir")):
            return
        self.write(self.log, f"{kind} {name}\n".encode())
        fault = self.fault
        if fault is None or (fault.kinds and kind not in fault.kinds):
            self.count += 1
            return
        self.count += 1
        if self.count < fault.at or (fault.times and self.hits >= fault.times):
            return
        self.hits += 1
        if fault.what == KILL:
            if torn is not None:
                torn()
            os.kill(os.getpid(), signal.SIGKILL)
        elif fault.what == WAIT:
            Path(f"{self.watch}.waits").touch()
            until = time.monotonic() + 30
            while not Path(f"{self.watch}.go").exists() and time.monotonic() < until:
                time.sleep(0.005)
        else:
            raise OSError(fault.what, os.strerror(fault.what), name)

    def install(self) -> None:
        """Put it in place of what Python calls."""
        for kind in ("replace", "rename"):
            self._wrap(os, kind, lambda args: args[1], kind)
        for kind in ("unlink", "remove", "mkdir", "rmdir", "fsync", "truncate", "ftruncate",
                     "write", "sendfile"):  # fmt: skip
            self._wrap(os, kind, lambda args: args[0], kind)
        plain_open = os.open

        def opened(path: Any, flags: int, *args: Any, **more: Any) -> int:
            if flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR):
                self.step("open", path)
            return plain_open(path, flags, *args, **more)

        os.open = opened
        io.open = builtins.open = self._file  # type: ignore[assignment]

    def _wrap(self, module: Any, name: str, of: Callable[[Any], Any], kind: str) -> None:
        plain = getattr(module, name)

        def wrapped(*args: Any, **more: Any) -> Any:
            self.step(kind, of(args))
            return plain(*args, **more)

        setattr(module, name, wrapped)

    def _file(
        self, file: Any, mode: str = "r", buffering: int = -1, encoding: str | None = None,
        errors: str | None = None, newline: str | None = None, closefd: bool = True,
        opener: Any = None,
    ) -> IO[Any]:  # fmt: skip
        """What ``open`` returns, with writes that count."""
        if not set(mode) & set("wax+") or self.name(file) is None:
            return _open(file, mode, buffering, encoding, errors, newline, closefd, opener)
        if not isinstance(file, int):
            self.step("open", file)
        layer = self

        class Raw(io.FileIO):
            def write(self, content: Any) -> int:
                view = memoryview(content).cast("B")
                plain = super().write
                layer.step("write", self.fileno(), lambda: plain(view[: len(view) // 2]))
                return plain(view)

        raw = Raw(file, mode.replace("b", "").replace("t", ""), closefd, opener)
        binary: Any = (
            io.BufferedRandom(raw, _BUFFER) if "+" in mode else io.BufferedWriter(raw, _BUFFER)
        )
        return binary if "b" in mode else io.TextIOWrapper(binary, encoding, errors, newline)


_open = io.open


def _no_locks(*_: object) -> None:
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


def _clock(at: str) -> None:
    """Let the command line read another clock."""
    cli: Any = importlib.import_module("xl_relances.cli")
    moment = datetime.fromisoformat(at)

    class Moment(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # noqa: ARG003
            return moment

    class Day(date):
        @classmethod
        def today(cls) -> date:  # type: ignore[override]
            return moment.date()

    cli.datetime, cli.date = Moment, Day


def _command(order: dict[str, Any], files: Path) -> int:
    """Run the command in this process, a fork."""
    from xl_relances import cli

    for number, ending in ((1, "out"), (2, "errors")):
        os.dup2(os.open(f"{files}.{ending}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    log = os.open(f"{files}.steps", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    if order["at"]:
        _clock(order["at"])
    fault = Fault(**order["fault"]) if order["fault"] else None
    if fault is not None and "flock" in fault.kinds:
        fcntl.flock = _no_locks
        fault = fault if fault.what else None
    elif fault is not None and fault.what == errno.EROFS:
        os.access = lambda _, mode, **__: not mode & os.W_OK
    _Layer(os.path.realpath(order["watch"]), fault, log).install()
    sys.argv[1:] = order["words"]
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8", write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), "utf-8", write_through=True)
    try:
        cli.app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _serve(folder: Path) -> None:
    """Fork for each order read, and tell how each one ended, in their order."""
    _warm(folder)
    running: list[tuple[str, int]] = []
    for number, line in enumerate(sys.stdin):
        order = json.loads(line)
        name = f"{number:05}"
        child = os.fork()
        if not child:
            code = 70
            with contextlib.suppress(BaseException):
                code = _command(order, folder / name)
            os._exit(code)
        running.append((name, child))
        if (order["fault"] or {}).get("what") != WAIT:
            running.sort(key=lambda entry: entry[1] != child)
            for waiting, process in running:
                _, status = os.waitpid(process, 0)
                print(json.dumps([waiting, os.waitstatus_to_exitcode(status)]), flush=True)
            running.clear()


def _warm(folder: Path) -> None:
    """Import what commands import when they run."""
    import books

    path = books.make(folder / "warm", "Compte;Nom;Pièce;Date;Échéance;Débit\nC;C;F;01/09/2026;"
                      "01/10/2026;9,00\n")  # fmt: skip
    export = folder / "warm.csv"
    export.write_text("Compte;Nom;Pièce;Date;Débit;Crédit\nC;C;F;01/09/2026;9,00;\n", "utf-8")
    for words in (("import", path, export), ("prepare", path), ("issue", path),
                  ("save", path, "--yes"), ("undo", path, "--yes")):  # fmt: skip
        books.command(*words)
    shutil.rmtree(folder / "warm")


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
