"""Fuzzing: bytes and files mangled at random, and the bounds within which a reader must answer.

A few seconds in CI; ``XL_RELANCES_FUZZ=200 pytest -n0 -k fuzz`` tries 200 times as many.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

_TIMES = int(os.environ.get("XL_RELANCES_FUZZ", "1"))
_SPECIAL = (0x00, 0x01, 0x0A, 0x0D, 0x1A, 0x20, 0x22, 0x3B, 0x7F, 0x80, 0xA0, 0xE9, 0xFE, 0xFF)
_LONGEST_RUN = 3_000
_SHOWN = 2_000


def fuzzed(examples: int) -> settings:
    """That many examples in CI, more where ``XL_RELANCES_FUZZ`` says how many times."""
    return settings(
        max_examples=examples * _TIMES,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@contextmanager
def answers_within(seconds: int, megabytes: int) -> Iterator[None]:
    """Fail a reader that computes for longer, or takes more memory than this at its height."""
    before = _peak()

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"no answer within {seconds} s")

    former = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)
    assert _peak() - before < megabytes << 20


def _peak() -> int:
    """Bytes of memory at the highest point of this process."""
    import resource  # Unix only

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used << 10


class Content(bytes):
    """Bytes of a file, too many to be shown."""

    def __repr__(self) -> str:
        return f"{len(self)} bytes" if len(self) > _SHOWN else super().__repr__()


@st.composite
def mangled(draw: st.DrawFn, samples: Sequence[bytes], most: int = 6) -> bytes:
    """One of the samples with bytes changed, cut, doubled, swapped or put in; at times cut off."""
    content = bytearray(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(1, most))):
        size = len(content)
        at = draw(st.integers(0, size))
        end = min(size, at + draw(st.integers(1, 64)))
        match draw(st.sampled_from(["bit", "byte", "out", "double", "swap", "in", "run", "end"])):
            case "bit" if at < size:
                content[at] ^= 1 << draw(st.integers(0, 7))
            case "byte" if at < size:
                content[at] = draw(st.sampled_from(_SPECIAL))
            case "out":
                del content[at:end]
            case "double":
                content[at:at] = content[at:end]
            case "swap":
                other = draw(st.integers(0, size))
                content[at:end], content[other:other] = b"", content[at:end]
            case "in":
                content[at:at] = draw(st.binary(max_size=24))
            case "run":
                byte = draw(st.sampled_from(_SPECIAL))
                content[at:at] = bytes([byte]) * draw(st.integers(1, _LONGEST_RUN))
            case "end":
                del content[max(at, size - 200) :]
    return Content(content)
