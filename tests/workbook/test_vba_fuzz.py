"""Whatever bytes stand for a VBA project, the reader reads them or refuses them in one way."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from readers_of_vba import read_or_refused
from test_vba_project import SAMPLE, SHIPPED_BY_XLWINGS, project_of

from fuzzing import answers_within, fuzzed, mangled
from xl_relances.workbook.vba_project import VbaProject

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such alarm")


@fuzzed(150)
@given(mangled([SAMPLE, *map(project_of, SHIPPED_BY_XLWINGS)], most=4))
def test_any_bytes_are_a_project_or_refused(content: bytes) -> None:
    """Bits turned, sectors lost, doubled or swapped, cut off; ours and those that Excel wrote."""
    with (
        answers_within(10, megabytes=300),
        read_or_refused("^(damaged|no VBA project|no compound file|compound file of)"),
    ):
        VbaProject.from_bytes(content)
