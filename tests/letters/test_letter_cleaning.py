"""What Word and Windows cannot hold is taken out, and said."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from xl_relances.letters.cleaning import clean, file_name, letter_path, safe_name


@pytest.mark.parametrize(
    ("text", "expected", "removed"),
    [
        pytest.param("Dupont & Fils <Sud>", "Dupont & Fils <Sud>", (), id="nothing"),
        pytest.param("a\x00b\x07c", "abc", ("U+0000", "U+0007"), id="controls"),
        pytest.param("a\ud800b", "ab", ("U+D800",), id="lone-surrogate"),
        pytest.param("\ud83d\udce6", "📦", (), id="pair-of-surrogates"),
        pytest.param("a\ufffeb\U0001ffff", "ab", ("U+FFFE", "U+1FFFF"), id="noncharacters"),
        pytest.param("a\r\nb\x0bc\u2028d\x85e", "a\nb\nc\nd\ne", (), id="line-breaks"),
        pytest.param("a\tb", "a b", (), id="tab"),
        pytest.param("\u202eabc", "abc", ("U+202E",), id="direction-override"),
        pytest.param("شركة النور", "شركة النور", (), id="arabic"),
    ],
)
def test_clean(text: str, expected: str, removed: tuple[str, ...]) -> None:
    assert clean(text) == (expected, removed)


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_what_is_clean_is_xml_and_stays_as_it_is(text: str) -> None:
    """XML 1.0, 2.2: the parser takes it; cleaning again changes nothing."""
    found, _ = clean(text)
    etree.fromstring(f"<a>{escape(found)}</a>".encode())
    assert clean(found) == (found, ())


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("411DUPONT", "411DUPONT_EUR_L2.docx"),
        ("411-01.b", "411-01.b_EUR_L2.docx"),
        ("Élan", "Élan_EUR_L2.docx"),
    ],
)
def test_an_ordinary_account_names_its_file(account: str, expected: str) -> None:
    assert file_name(account, "EUR", 2) == expected


@pytest.mark.parametrize(
    "account",
    ["A/B", "..\\..\\x", "../../etc/passwd", "CON", "con.txt", "COM1", "a:b", "a ", "a.", ".a",
     "", " ", "x" * 300, "a\x00b", "a\nb", 'a"b', "a|b*?", "\ud800", "LPT¹", "C:\\x"],
)  # fmt: skip
def test_a_hostile_account_stays_in_its_folder(account: str, tmp_path: Path) -> None:
    path = letter_path(tmp_path, "2026-11-25", account, "EUR", 1)
    assert path.resolve().parent == tmp_path / "2026-11-25"
    assert len(path.name) < 100
    assert not set(path.name) & set('<>:"/\\|?*\n\x00')
    assert path.name.split(".")[0].upper() not in {"CON", "COM1"}
    path.parent.mkdir()
    path.write_bytes(b"")


def test_accounts_that_clean_to_the_same_name_keep_two_files() -> None:
    names = {safe_name(account) for account in ("A/B", "A\\B", "A:B", "A_B", "A B")}
    assert len(names) == 5


def test_accounts_that_differ_by_capitals_keep_two_files() -> None:
    """Windows takes 411a and 411A for the same file."""
    both = ("411Dupont", "411DUPONT")
    names = {file_name(account, "EUR", 1, among=both).casefold() for account in both}
    assert len(names) == 2
    assert file_name("411Dupont", "EUR", 1, among=["411Dupont", "411X"]) == "411Dupont_EUR_L1.docx"


@given(st.lists(st.text(max_size=20), min_size=2, max_size=6, unique=True))
def test_no_two_accounts_of_a_campaign_share_a_file(accounts: list[str]) -> None:
    names = {file_name(account, "EUR", 1, among=accounts).casefold() for account in accounts}
    assert len(names) == len(accounts)
