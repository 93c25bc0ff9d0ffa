"""An e-mail as bytes: the draft that a mail program opens, or the message that is sent.

``multipart/mixed`` { ``alternative`` { plain, html }, the letter }, quoted-printable,
pure ASCII on the wire. A draft carries no Message-ID, no Date and no Bcc: the program
that sends it gives them. Headers are folded and encoded by ``email.header``, which
keeps a subject to the character; the newer folder loses spaces of long ones.

Sources: letters specification, « E-mail »; field case D17.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import re
import unicodedata
from dataclasses import dataclass
from email import charset, policy
from email.header import Header
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from pathlib import PurePath

from xl_relances.letters.cleaning import clean, one_line
from xl_relances.mail.addresses import is_address

_UTF8 = charset.Charset("utf-8")
_UTF8.body_encoding = charset.QP
_CRLF = policy.compat32.clone(linesep="\r\n", max_line_length=100)
"""Long enough for Word's media type on the line of its header, where every program looks."""
_TYPES = {
    ".pdf": "pdf",
    ".docx": "vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_LONGEST_STEM = 60
_ENDING = re.compile(r"_[A-Z0-9]{1,8}_L\d+(?:-\d+)?\Z")
_BREAK = re.compile("[\r\n\x0b\x0c\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One e-mail with a letter.

    Attributes:
        sender: Address it comes from; empty in a draft means the user's own.
        sender_name: The company, shown beside it.
        to: Bare addresses, at least one.
        subject: One line.
        text: What it says, signature included; line breaks count.
        footer: The legal notice under it, one line.
        language: Of its text: ``fr``, ``en``.
        letter: File name of the letter; the attachment's is the same in ASCII.
        content: The letter.
        reply_to: Address for answers; empty means the sender's.

    Raises:
        ValueError: An address is none, or a header would hold a line break.
    """

    sender: str
    sender_name: str
    to: tuple[str, ...]
    subject: str
    text: str
    footer: str
    language: str
    letter: str
    content: bytes
    reply_to: str = ""

    def __post_init__(self) -> None:
        wrong = [each for each in (self.sender, self.reply_to) if each and not is_address(each)]
        wrong += [each for each in self.to if not is_address(each)]
        if wrong or not self.to:
            raise ValueError(f"not an address: {wrong}")
        if _BREAK.search(self.subject) or _BREAK.search(self.sender_name):
            raise ValueError("a line break in a header")

    @property
    def digest(self) -> str:
        """Changes with anything that the customer would see."""
        seen = hashlib.blake2b(digest_size=10)
        for text in (self.subject, self.text, self.footer, self.letter, *self.to):
            seen.update(text.encode("utf-8", "surrogatepass") + b"\0")
        seen.update(self.content)
        return seen.hexdigest()

    @property
    def html(self) -> str:
        """The text as paragraphs, everything in it escaped; each finds its own direction."""
        paragraphs = re.split(r"\n(?:[ \t]*\n)+", self.text.strip("\n"))
        body = "\n".join(f'<p dir="auto">{_lines(text)}</p>' for text in paragraphs)
        return (
            f'<!DOCTYPE html>\n<html lang="{html.escape(self.language)}">\n'
            '<head><meta charset="utf-8"></head>\n'
            '<body style="font-family:Arial,Helvetica,sans-serif;font-size:14px;color:#222222">\n'
            f"{body}\n"
            '<p dir="auto" style="font-size:11px;color:#666666;border-top:1px solid #cccccc;'
            f'padding-top:8px">{_lines(self.footer)}</p>\n</body>\n</html>\n'
        )


def header_text(text: str) -> str:
    """``text`` as a header can hold it: one line, no control character."""
    return one_line(clean(text)[0])


def draft(mail: Mail) -> bytes:
    """The ``.eml`` that opens as a message to be sent; the same mail gives the same bytes."""
    message = _message(mail)
    message["X-Unsent"] = "1"
    message["X-Uniform-Type-Identifier"] = "com.apple.mail-draft"
    return message.as_bytes(policy=_CRLF)


def sealed(mail: Mail, *, message_id: str, date: dt.datetime) -> bytes:
    """The message as it goes to the server.

    Args:
        mail: The mail; it has a sender.
        message_id: With its angle brackets.
        date: With its time zone.
    """
    message = _message(mail)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    return message.as_bytes(policy=_CRLF)


def message_id(mail: Mail, *parts: str) -> str:
    """Of ``mail`` in the place that ``parts`` name; the same each time it is tried.

    A server that gets it twice can tell.
    """
    name = hashlib.blake2b("\0".join((*parts, mail.digest)).encode("utf-8", "surrogatepass"))
    return f"<{name.hexdigest()[:32]}@{mail.sender.rpartition('@')[2]}>"


def attachment_name(letter: str) -> str:
    """``ELAN_01_EUR_L1.pdf`` for ``ÉLAN_01_EUR_L1.pdf``: a name that every mail program reads."""
    path = PurePath(letter)
    bare = unicodedata.normalize("NFKD", path.stem).encode("ascii", "ignore").decode()
    ending = _ENDING.search(bare)
    end = ending[0] if ending else ""
    account = re.sub(r"[^A-Za-z0-9.~-]+", "_", bare.removesuffix(end)).strip("._")
    stem = (account[: _LONGEST_STEM - len(end)] or "lettre") + end
    return stem + path.suffix.lower()


def _message(mail: Mail) -> MIMEMultipart:
    boundary = f"=_{mail.digest}"  # « =_ » never stands in quoted-printable or base64
    mixed = MIMEMultipart("mixed", boundary=f"{boundary}_m")
    if mail.sender:
        mixed["From"] = _mailbox(mail.sender_name, mail.sender)
    mixed["To"] = ", ".join(mail.to)
    if mail.reply_to:
        mixed["Reply-To"] = mail.reply_to
    mixed["Subject"] = _subject(mail.subject)
    mixed["Content-Language"] = mail.language if mail.language.isascii() else "fr"
    both = MIMEMultipart("alternative", boundary=f"{boundary}_a")
    both.attach(_part(f"{mail.text}\n\n{mail.footer}\n", "plain"))
    both.attach(_part(mail.html, "html"))
    mixed.attach(both)
    name = attachment_name(mail.letter)
    kind = _TYPES.get(PurePath(name).suffix, "octet-stream")
    letter = MIMEApplication(mail.content, kind, name=name)
    letter.add_header("Content-Disposition", "attachment", filename=name)
    mixed.attach(letter)
    for part in mixed.walk():
        if part is not mixed:
            del part["MIME-Version"]  # says it once, at the top
    return mixed


def _part(text: str, kind: str) -> Message:
    part = MIMEText("", kind)
    del part["Content-Type"], part["Content-Transfer-Encoding"]
    part["Content-Type"] = f'text/{kind}; charset="utf-8"'
    part.set_payload(text, _UTF8)
    return part


def _subject(text: str) -> str:
    """What a program might fold, trim or take for an encoded word is encoded."""
    is_plain = text.isascii() and text.isprintable() and "=?" not in text
    if is_plain and len(text) <= 60 and text == " ".join(text.split()):
        return text
    return Header(text, _UTF8, header_name="Subject").encode()


def _mailbox(name: str, address: str) -> str:
    if not name:
        return address
    if name.isascii() and "=?" not in name:
        return formataddr((name, address))
    return f"{Header(name, _UTF8, header_name='From').encode()} <{address}>"


def _lines(text: str) -> str:
    return "<br>\n".join(html.escape(line) for line in text.split("\n"))
