"""A draft opens whole: subject and text to the character, the letter under a name all read."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from post_office import parsed

from xl_relances.mail.addresses import addresses
from xl_relances.mail.message import (
    Mail,
    attachment_name,
    draft,
    header_text,
    message_id,
    sealed,
)

SUBJECT = "Relance – échéance dépassée : 1\u202f234,56\u00a0€"
MAIL = Mail(
    sender="relances@kervalou.example",
    sender_name="Kervalou Emballages",
    to=("compta@elan.example",),
    subject=SUBJECT,
    text="Madame, Monsieur,\n\nVoici l'été : 1\u202f234,56\u00a0€ 📦 שלום <b>&\n\nCordialement,",
    footer="Kervalou Emballages, SAS · SIREN 123 456 789",
    language="fr",
    letter="ÉLAN_01_EUR_L2.docx",
    content=b"PK\x03\x04 a letter\r\n.\r\n",
)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)
LINE_BREAKS = "a\r\nBcc: voleur@ailleurs.example"


class Text(HTMLParser):
    """The text of an HTML part."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - its interface
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def parts(message: EmailMessage) -> tuple[str, str, EmailMessage]:
    """Plain text, HTML, attachment; asserts the shape that mail programs expect."""
    assert message.get_content_type() == "multipart/mixed"
    both, letter = message.iter_parts()
    assert both.get_content_type() == "multipart/alternative"
    plain, html = both.iter_parts()
    kinds = [part.get_content_type() for part in (plain, html)]
    assert kinds == ["text/plain", "text/html"]
    assert {part["Content-Transfer-Encoding"] for part in (plain, html)} == {"quoted-printable"}
    assert isinstance(plain, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert isinstance(letter, EmailMessage)
    texts = [part.get_content().replace("\r\n", "\n") for part in (plain, html)]
    return texts[0], texts[1], letter


def test_a_draft_has_what_mail_programs_open_as_one() -> None:
    """Field case D17: account « ÉLAN 01 », accents, no-break spaces and € in the subject."""
    message = parsed(draft(MAIL))
    assert message["X-Unsent"] == "1"
    assert message["X-Uniform-Type-Identifier"] == "com.apple.mail-draft"
    assert not {"Message-ID", "Date", "Bcc"} & set(message.keys())
    assert message["Subject"] == SUBJECT
    plain, html, letter = parts(message)
    assert plain == f"{MAIL.text}\n\n{MAIL.footer}\n"
    assert "שלום" in Text(html).text
    assert "<b>&" in Text(html).text
    assert "b" not in Text(html).tags
    assert letter.get_filename() == "ELAN_01_EUR_L2.docx"
    assert b'filename="ELAN_01_EUR_L2.docx"' in draft(MAIL)
    assert letter.get_content() == MAIL.content
    assert letter.get_content_type().endswith("wordprocessingml.document")
    assert not any(part.defects for part in message.walk())


def test_the_bytes_of_a_draft_are_plain_ascii_lines_and_the_same_each_time() -> None:
    content = draft(MAIL)
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 100
    assert content == draft(MAIL)


def test_what_is_sent_has_a_date_and_an_identity_that_do_not_change_with_the_attempt() -> None:
    identity = message_id(MAIL, "2026-11-25", "411ELAN", "EUR")
    assert identity == message_id(MAIL, "2026-11-25", "411ELAN", "EUR")
    assert identity != message_id(MAIL, "2026-11-25", "411ELAN", "USD")
    when = dt.datetime(2026, 11, 25, 9, 30, tzinfo=dt.UTC)
    message = parsed(sealed(replace(MAIL, reply_to="a@b.example"), message_id=identity, date=when))
    assert message["Message-ID"] == identity
    assert message["Date"].datetime == when
    assert message["Reply-To"] == "a@b.example"
    assert "X-Unsent" not in message


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
@example("=?utf-8?q?Bcc=3A?= x", LINE_BREAKS, LINE_BREAKS)
@example("a" * 300, 'Dupont, "Léa" <x@y.example>', "")
@example("mot  mot   " + "long " * 40, "é" * 120, "\u202eabc")
def test_no_text_adds_a_header_and_a_subject_stays_to_the_character(
    subject: str, company: str, text: str
) -> None:
    subject, company = header_text(subject) or "x", header_text(company)
    mail = replace(MAIL, subject=subject, sender_name=company, text=header_text(text))
    message = parsed(draft(mail))
    assert message["Subject"] == subject
    assert set(message.keys()) == {
        "Content-Type", "MIME-Version", "From", "To", "Subject", "Content-Language", "X-Unsent",
        "X-Uniform-Type-Identifier",
    }  # fmt: skip
    assert [each.addr_spec for each in message["From"].addresses] == [mail.sender]
    assert [each.addr_spec for each in message["To"].addresses] == list(mail.to)
    plain, html, _ = parts(message)
    assert plain == f"{mail.text}\n\n{mail.footer}\n"
    assert set(Text(html).tags) == {"html", "head", "meta", "body", "p"}


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": LINE_BREAKS},
        {"sender_name": LINE_BREAKS},
        {"to": (LINE_BREAKS,)},
        {"to": ()},
        {"sender": "x@y.example>\nBcc: z@z.example"},
        {"reply_to": "pas une adresse"},
        {"to": ("a@b.example; c@d.example",)},
    ],
)
def test_a_mail_that_would_smuggle_a_header_cannot_be_made(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"not an address|line break"):
        replace(MAIL, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("411DUPONT_EUR_L1.pdf", "411DUPONT_EUR_L1.pdf"),
        ("ÉLAN_01_EUR_L1.PDF", "ELAN_01_EUR_L1.pdf"),
        ("שלום_EUR_L3.docx", "lettre_EUR_L3.docx"),
        ("客户_USD_L3.docx", "lettre_USD_L3.docx"),
        ("A" * 70 + "_EUR_L12.docx", "A" * 52 + "_EUR_L12.docx"),
        ("...docx", "lettre.docx"),
    ],
)
def test_an_attachment_has_a_name_that_every_program_reads(file: str, name: str) -> None:
    assert attachment_name(file) == name


@given(ANY_TEXT)
def test_an_attachment_name_is_short_ascii_without_a_path(stem: str) -> None:
    name = attachment_name(f"{stem}_EUR_L1.docx")
    assert name.isascii()
    assert len(name) <= 75
    assert not set(name) & set('\\/:*?"<>| \r\n')


@pytest.mark.parametrize(
    ("cell", "valid", "refused"),
    [
        ("a@b.example", ["a@b.example"], 0),
        ("a@b.example; c@d.example", ["a@b.example", "c@d.example"], 0),
        ("a@b.example,C@d.example\n e@f.example ; ",
         ["a@b.example", "C@d.example", "e@f.example"], 0),
        ("\u202aa@b.example\u00a0", ["a@b.example"], 0),
        ("mailto:a@b.example", ["a@b.example"], 0),
        ('"Martin, Léa" <lea.martin@b.example>', ["lea.martin@b.example"], 0),
        ("A@b.example; a@B.example", ["A@b.example"], 0),
        ("compta@société.example", ["compta@xn--socit-esab.example"], 0),
        ('"a@b.example; c@d.example"', [], 1),
        ("comptabilite@agencements,example", [], 2),
        ("a@b.example; c@@d.example", ["a@b.example"], 1),
        ("a@b.example c@d.example", [], 1),
        ("a@b", [], 1),
        ("a@b.example.", [], 1),
        (".a@b.example", [], 1),
        ("a..b@c.example", [], 1),
        ("hélène@b.example", [], 1),
        ("a@[127.0.0.1]", [], 1),
        ("a@1.2.3.4", [], 1),
        ("a@b.example\r\nBcc: c@d.example", ["a@b.example"], 1),
        ("a@b.example\x00", [], 1),
        (f"{'a' * 65}@b.example", [], 1),
        ("néant", [], 1),
        ("", [], 0),
    ],
)  # fmt: skip
def test_the_addresses_of_a_cell_are_parted_and_each_is_checked(
    cell: str, valid: list[str], refused: int
) -> None:
    found = addresses(cell)
    assert list(found.valid) == valid
    assert len(found.refused) == refused


@given(st.one_of(ANY_TEXT, st.text('a@b.;,"<> \n\\()[]:é', max_size=30)))
def test_whatever_passes_for_an_address_is_one_and_is_read_back(cell: str) -> None:
    found = addresses(cell)
    for address in found.valid:
        assert addresses(address).valid == (address,)
    if found.valid:
        message = parsed(draft(replace(MAIL, to=found.valid)))
        assert [each.addr_spec for each in message["To"].addresses] == list(found.valid)
        assert not message["To"].defects
