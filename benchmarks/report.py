"""Tables of measures: seconds, peak memory, ratio to the usual way, growth."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.clock import Measure, growth


@dataclass(frozen=True, slots=True)
class Line:
    """One way of doing one work at one size.

    Attributes:
        size: Ledger rows, or letters.
        way: Who does it.
        measure: What it cost.
    """

    size: int
    way: str
    measure: Measure


def table(title: str, unit: str, lines: Sequence[Line], *, base: str, aim: str) -> str:
    """A Markdown table; ratios are to ``base`` at the same size, above 1 is faster.

    Seconds are of the work; processor seconds and peak of its whole process, imports included.
    """
    at_base = {line.size: line.measure.seconds for line in lines if line.way == base}
    rows = [
        f"### {title}",
        "",
        f"| {unit} | way | seconds | processor s | peak MB | times as fast as {base} |",
        "|--:|---|--:|--:|--:|--:|",
    ]
    for line in lines:
        cost, reference = line.measure, at_base.get(line.size)
        ratio = f"{reference / cost.seconds:.2f}" if reference else ""
        rows.append(
            f"| {line.size:,} | {line.way} | {cost.seconds:.3f} | {cost.processor:.2f} "
            f"| {cost.megabytes:.0f} | {ratio} |"
        )
    rows += ["", *_growth(lines), f"Aim: {aim}", ""]
    return "\n".join(rows)


def machine() -> str:
    """What it ran on, without naming it: only ratios within one run mean anything."""
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"


def _growth(lines: Sequence[Line]) -> list[str]:
    by_way: dict[str, list[tuple[int, float]]] = {}
    for line in lines:
        by_way.setdefault(line.way, []).append((line.size, line.measure.seconds))
    found = []
    for way, points in by_way.items():
        if len(points) < 2:
            continue
        last = growth(sorted(points)[-2:])
        found.append(f"{way} {growth(points):.2f} (last step {last:.2f})")
    return [f"Growth exponent: {'; '.join(found)}", ""] if found else []
