"""Seconds and peak memory of work done in a process of its own.

The parent stays small: on Linux a child's peak is never below what its parent
held when it started, so nothing is generated or read here.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """What one run cost.

    Attributes:
        seconds: Wall-clock time of the work; of the whole process for a command.
        processor: Processor seconds of the whole process: less moved by what else runs.
        megabytes: Peak resident memory of the whole process.
        figures: What the work itself says of its result.
    """

    seconds: float
    processor: float
    megabytes: float
    figures: dict[str, float]


class TaskFailedError(Exception):
    """The child failed; the text is the end of what it said."""


def command(arguments: Sequence[str], *, figures: dict[str, float] | None = None) -> Measure:
    """Run a command; its whole life counts, start of the interpreter included."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            list(arguments), stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode(errors="replace")
    if process.returncode:
        raise TaskFailedError(f"{' '.join(arguments)}\n{text[-2000:]}")
    inside = _last_json(text)
    unit = 1024 if sys.platform != "darwin" else 1024 * 1024
    return Measure(
        seconds=inside.pop("seconds", seconds),
        processor=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / unit,
        figures={**inside, **(figures or {})},
    )


def task(name: str, *arguments: object, repeat: int = 1) -> Measure:
    """Run one function of :mod:`benchmarks.tasks` in a fresh interpreter; the best of ``repeat``.

    Only the function's own seconds count, without the start of the interpreter
    and without what it imports.
    """
    line = [sys.executable, "-m", "benchmarks.tasks", name, *map(str, arguments)]
    return min((command(line) for _ in range(repeat)), key=lambda measure: measure.seconds)


def growth(points: Sequence[tuple[int, float]]) -> float:
    """The exponent k in seconds ~ size**k, by least squares over the logarithms.

    1 is linear, 2 quadratic. Sizes and seconds are above 0; two points at least.
    """
    xs = [math.log(size) for size, _ in points]
    ys = [math.log(seconds) for _, seconds in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    over = sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True))
    return over / sum((a - x) ** 2 for a in xs)


def _last_json(text: str) -> dict[str, float]:
    """The figures that a task printed as its last line; none for a plain command."""
    last = text.rstrip().rpartition("\n")[2]
    if not last.startswith("{"):
        return {}
    try:
        found = json.loads(last)
    except json.JSONDecodeError:
        return {}
    return {key: float(value) for key, value in found.items()}
