"""The engine, its apps and what a person would see of them: questions, status, selection.

Methods without a docstring do what xlwings documents under the same name.
"""

# ruff: noqa: D102, ARG002  the signatures and their meaning are those of xlwings.base_classes

from __future__ import annotations

import datetime as dt
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from xlwings import base_classes

from xl_relances.headless.books import Book, Books
from xl_relances.headless.calls import CALLS, count
from xl_relances.headless.cells import Block, CellError
from xl_relances.headless.ranges import Range

VERSION = "16.0"
"""That of the Excel whose behaviour is followed; xlwings asks for 15 at least."""

CAUTIOUS_ANSWERS = {"ok": "ok", "ok_cancel": "cancel", "yes_no": "no", "yes_no_cancel": "cancel"}


@dataclass(frozen=True, slots=True)
class Alert:
    """A message that was shown, and how it was answered.

    Attributes:
        prompt: The message.
        title: Of its window.
        buttons: ``ok``, ``ok_cancel``, ``yes_no`` or ``yes_no_cancel``.
        mode: ``info``, ``critical`` or None.
        answer: The button that was pressed.
    """

    prompt: str
    title: str | None
    buttons: str
    mode: str | None
    answer: str


class Engine:
    """Runs the xlwings API over files.

    Attributes:
        apps: Its apps; one until code asks for more.
        calls: How often each kind of call was made; clear it to begin anew.
        alerts: Every message shown so far, oldest first.
        answers: Answers to give, oldest first, before anything else is asked.
        answer: Decides an answer when ``answers`` is empty: given prompt, title, buttons and
            mode it returns a button, or None for the cautious one.
        when_idle: Called when the last book is closed.
    """

    name = "headless"
    type = "desktop"
    calls: ClassVar[Counter[str]] = CALLS

    def __init__(self) -> None:
        self.apps = Apps(self)
        self.alerts: list[Alert] = []
        self.answers: deque[str] = deque()
        self.answer: Callable[[str, str | None, str, str | None], str | None] | None = None
        self.when_idle: Callable[[], None] | None = None

    @staticmethod
    def prepare_xl_data_element(x: Any, _options: Any) -> Any:
        """Values reach the cells as they are; the writer of cells knows them all."""
        return x

    @staticmethod
    def clean_value_data(
        data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool
    ) -> Any:
        """Values as the caller's options ask for them; the very block when they ask nothing."""
        as_read = datetime_builder is dt.datetime and empty_as is None and number_builder is None
        if as_read and isinstance(data, Block) and not data.errors:
            return data

        def clean(value: Any) -> Any:
            if value is None or value == "":
                return empty_as
            kind = value.__class__
            if kind is float:
                return number_builder(value) if number_builder else value
            if kind is CellError:
                return str(value) if err_to_str else None
            if kind is dt.datetime and datetime_builder is not dt.datetime:
                return datetime_builder(
                    year=value.year, month=value.month, day=value.day, hour=value.hour,
                    minute=value.minute, second=value.second, microsecond=value.microsecond,
                    tzinfo=None,
                )  # fmt: skip
            return value

        return [[clean(value) for value in row] for row in data]


class Apps(base_classes.Apps):
    """The apps of the engine; the first is the active one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._apps: list[App] = []

    def keys(self) -> list[int]:
        """Process ids, invented but distinct."""
        return [app.pid for app in self._apps]

    def add(
        self, spec: Any = None, add_book: Any = None, xl: Any = None, visible: Any = None
    ) -> App:
        """A new app, the active one from now on; it has no book yet, whatever ``add_book`` says."""
        app = App(self._engine, os.getpid() * 100 + len(self._apps))
        self._apps.insert(0, app)
        return app

    def discard(self, app: App) -> None:
        """Forget an app that was quit."""
        if app in self._apps:
            self._apps.remove(app)

    @staticmethod
    def cleanup() -> None:
        """There is no process to clean up."""

    def __iter__(self) -> Iterator[App]:
        return iter(tuple(self._apps))

    def __len__(self) -> int:
        return len(self._apps)

    def __getitem__(self, pid: int) -> App:
        for app in self._apps:
            if app.pid == pid:
                return app
        raise KeyError(pid)


class App(base_classes.App):
    """What Excel's window would be."""

    def __init__(self, engine: Engine, pid: int) -> None:
        self._engine = engine
        self._pid = pid
        self._books = Books(self)
        self._calculation = "automatic"
        self._settings: dict[str, Any] = {
            "screen_updating": True, "display_alerts": True, "enable_events": True,
            "interactive": True, "visible": False, "status_bar": False, "cut_copy_mode": None,
        }  # fmt: skip
        self.status_texts: list[str] = []

    @property
    def engine(self) -> Engine:
        return self._engine

    @property
    def api(self) -> App:
        return self

    @property
    def books(self) -> Books:
        return self._books

    @property
    def pid(self) -> int:
        return self._pid

    @property
    def hwnd(self) -> None:
        return None

    @property
    def version(self) -> str:
        return VERSION

    @property
    def path(self) -> str:
        return ""

    @property
    def startup_path(self) -> str:
        return ""

    @property
    def selection(self) -> Range | None:
        count("App.selection")
        book: Book | None = self._books.current
        return None if book is None else book.active_sheet.selection

    def activate(self, steal_focus: bool = False) -> None:
        self._engine.apps.discard(self)
        self._engine.apps._apps.insert(0, self)  # noqa: SLF001

    def quit(self) -> None:
        for book in tuple(self._books):
            book.close()
        self._engine.apps.discard(self)

    def kill(self) -> None:
        self.quit()

    def calculate(self) -> None:
        """Nothing: Excel calculates when it opens the file."""
        count("App.calculate")

    @property
    def calculation(self) -> str:
        return self._calculation

    @calculation.setter
    def calculation(self, value: str) -> None:
        if value not in {"manual", "automatic", "semiautomatic"}:
            raise KeyError(value)
        count("App.calculation")
        self._calculation = value

    def run(self, macro: str, args: Any) -> Any:
        raise NotImplementedError("VBA needs Excel")

    def alert(
        self, prompt: str, title: str | None, buttons: str, mode: str | None, callback: Any
    ) -> str:
        """Answer as the engine was told to, else cautiously; the message is kept."""
        count("App.alert")
        engine = self._engine
        answer = engine.answers.popleft() if engine.answers else None
        if answer is None and engine.answer is not None:
            answer = engine.answer(prompt, title, buttons, mode)
        answer = answer or CAUTIOUS_ANSWERS[buttons or "ok"]
        engine.alerts.append(Alert(prompt, title, buttons or "ok", mode, answer))
        return answer

    def _get(self, name: str) -> Any:
        return self._settings[name]

    def _set(self, name: str, value: Any) -> None:
        count(f"App.{name}")
        self._settings[name] = value
        if name == "status_bar" and isinstance(value, str):
            self.status_texts.append(value)


def _setting(name: str) -> property:
    return property(
        lambda self: self._get(name),
        lambda self, value: self._set(name, value),
        doc=f"The setting ``{name}``, remembered.",
    )


for _name in (
    "screen_updating", "display_alerts", "enable_events", "interactive", "visible", "status_bar",
    "cut_copy_mode",
):  # fmt: skip
    setattr(App, _name, _setting(_name))
