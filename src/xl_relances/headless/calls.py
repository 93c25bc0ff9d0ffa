"""Counting what code asks of the engine.

In Excel each of these calls crosses into another process: a command must make a
constant number of them, whatever the rows, and tests assert it on the count.
"""

from __future__ import annotations

from collections import Counter

CALLS: Counter[str] = Counter()
"""How often each kind of call was made: ``Range.read``, ``Range.write``, ``Table.resize``…"""


def count(kind: str) -> None:
    """One more call of that kind."""
    CALLS[kind] += 1
