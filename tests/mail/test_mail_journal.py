"""The journal knows, after any cut, what went and what may have gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xl_relances.errors import RefusedError
from xl_relances.mail.journal import JOURNAL, Entry, Journal, State

ENTRY = Entry(
    account="411ÉLAN \u2028", currency="EUR", state=State.PREPARED, at="2026-11-25T09:30:00",
    way="smtp", to=("a@b.example",), digest="d1",
)  # fmt: skip


def test_the_last_line_of_a_customer_counts_and_other_customers_are_untouched(
    tmp_path: Path,
) -> None:
    journal = Journal.read(tmp_path / "campagne")
    assert journal.of("411ÉLAN \u2028", "EUR") is None
    for state in (State.PREPARED, State.SENDING, State.SENT):
        journal.record(replace(ENTRY, state=state))
    journal.record(replace(ENTRY, currency="USD", state=State.DRAFTED))
    journal.record(replace(ENTRY, currency="USD"))
    again = Journal.read(tmp_path / "campagne")
    assert again.of("411ÉLAN \u2028", "EUR") == replace(ENTRY, state=State.SENT)
    assert again.of("411ÉLAN \u2028", "USD") == replace(ENTRY, currency="USD")
    assert again.draft_of("411ÉLAN \u2028", "USD") == replace(
        ENTRY, currency="USD", state=State.DRAFTED
    )
    assert again.draft_of("411ÉLAN \u2028", "EUR") is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_a_line_cut_anywhere_leaves_the_state_before_it(
    tmp_path: Path, data: st.DataObject
) -> None:
    """Power lost while the last line was being written: « sending » is never forgotten."""
    path = tmp_path / JOURNAL
    path.unlink(missing_ok=True)
    journal = Journal.read(tmp_path)
    journal.record(replace(ENTRY, state=State.SENDING, reason="x" * 5000))
    whole = path.stat().st_size
    journal.record(replace(ENTRY, state=State.SENT))
    content = path.read_bytes()
    path.write_bytes(content[: data.draw(st.integers(whole, len(content) - 1))])
    again = Journal.read(tmp_path)
    found = again.of(ENTRY.account, "EUR")
    assert found is not None
    assert found.state is State.SENDING
    again.record(replace(ENTRY, state=State.FAILED))
    last = Journal.read(tmp_path).of(ENTRY.account, "EUR")
    assert last == replace(ENTRY, state=State.FAILED)


@pytest.mark.parametrize("line", [b"\0\0\0\n", b"{}\n", b'{"state":"lost"}\n', b"[]\n", b"\n"])
def test_a_journal_damaged_in_its_middle_stops_everything(tmp_path: Path, line: bytes) -> None:
    Journal.read(tmp_path).record(ENTRY)
    path = tmp_path / JOURNAL
    path.write_bytes(line + path.read_bytes())
    with pytest.raises(RefusedError, match=r"ligne 1 : journal des envois abîmé.*Rien n'a été"):
        Journal.read(tmp_path)
