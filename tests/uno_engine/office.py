"""A soffice of our own, listening on a pipe, and how to speak to it."""

from __future__ import annotations

import builtins
import importlib
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import xlwings as xw

DEBIAN = "/usr/lib/python3/dist-packages"
"""Where python3-uno lies; pip has no package of it."""

SECONDS_TO_START = 60


def load_uno() -> Any:
    """The ``uno`` module, without the import hook that it puts into Python.

    Raises:
        ImportError: python3-uno is not installed, or is of another Python.
    """
    ordinary = builtins.__import__
    sys.path.append(DEBIAN)
    try:
        return importlib.import_module("uno")
    finally:
        sys.path.remove(DEBIAN)
        builtins.__import__ = ordinary


def uno_missing() -> str | None:
    """Why this Python cannot speak UNO; None when it can."""
    try:
        load_uno()
    except ImportError as error:
        return f"python3-uno is not installed, or not for Python {sys.version_info[:2]}: {error}"
    return None


class Office:
    """A running LibreOffice.

    Attributes:
        uno: The module.
        error: The class of what LibreOffice raises.
    """

    def __init__(self, process: subprocess.Popen[bytes], context: Any, uno: Any) -> None:
        from uno_engine.books import App, Engine

        self._process = process
        self._context = context
        self.uno = uno
        self.error: type[Exception] = uno.getClass("com.sun.star.uno.Exception")
        self._desktop = self.service("com.sun.star.frame.Desktop")
        self.engine = Engine(self)
        self.app: App = self.engine.apps.add()
        xw.engines.add(xw.Engine(impl=self.engine))

    @classmethod
    def start(cls, program: Path, profile: Path) -> Office:
        """Start one with a profile of its own."""
        uno = load_uno()
        pipe = f"relances-{time.time_ns()}"
        process = subprocess.Popen(
            [
                program, "--headless", "--norestore", "--nolockcheck", "--nodefault",
                f"-env:UserInstallation={profile.resolve().as_uri()}",
                f"--accept=pipe,name={pipe};urp;",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", local
        )
        until = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            except uno.getClass("com.sun.star.uno.Exception"):
                if time.monotonic() > until:
                    process.kill()
                    raise
                time.sleep(0.1)
            else:
                return cls(process, context, uno)

    def stop(self) -> None:
        """End it."""
        self.app.quit()
        try:
            self._desktop.terminate()
            self._process.wait(20)
        except (self.error, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait(20)

    def service(self, name: str) -> Any:
        """A service of its."""
        return self._context.ServiceManager.createInstanceWithContext(name, self._context)

    def struct(self, name: str, **values: Any) -> Any:
        """One of its records."""
        record = self.uno.createUnoStruct(f"com.sun.star.{name}")
        for field, value in values.items():
            setattr(record, field, value)
        return record

    def enum(self, kind: str, value: str) -> Any:
        """One value of its enumerations."""
        return self.uno.Enum(f"com.sun.star.{kind}", value)

    def options(self, **values: Any) -> tuple[Any, ...]:
        """Named arguments."""
        return tuple(
            self.struct("beans.PropertyValue", Name=name, Value=value)
            for name, value in values.items()
        )

    def load(self, path: Path) -> Any:
        """A document, hidden, its macros not run."""
        return self._desktop.loadComponentFromURL(
            path.resolve().as_uri(), "_blank", 0, self.options(Hidden=True)
        )

    def open(self, path: str | Path) -> xw.Book:
        """A workbook on this engine."""
        return xw.Book(impl=self.app.books.open(str(path)))
