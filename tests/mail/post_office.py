"""A real SMTP server on loopback with TLS and AUTH, which can also misbehave; its certificate."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from xl_relances.mail.server import Server

USER, PASSWORD = "relances@kervalou.example", "p4ss; mot"
TAKEN, LOST = "", "lost"
"""The connection breaks before any reply, the mail taken or not."""


def parsed(content: bytes) -> EmailMessage:
    """The message as the standard library's newer parser, which we do not write with, reads it."""
    return BytesParser(policy=policy.default).parsebytes(content)


def certificate(folder: Path, host: str = "localhost") -> tuple[Path, Path]:
    """A certificate signed by its own key, valid today, and the key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names[: 2 if host == "localhost" else 1]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificat.pem", folder / "cle.pem"
    certificate_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_file, key_file


@dataclass
class PostOffice:
    """What arrived, and what the server does to each mail.

    Attributes:
        certificate: What clients must trust.
        port: Where it listens.
        arrived: Mails taken, in order, those whose sender never heard of it too.
        unanswered: Addresses of the mails at which the connection broke, taken or not.
        on_data: Called with the number (from 1) of a mail taken; a reply, TAKEN or LOST, or
            None for 250.
        answers: Replies to give to an address instead of 250.
        login_reply: Reply to every password, instead of checking it.
    """

    certificate: Path
    port: int = 0
    arrived: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    on_data: Callable[[int], str | None] = lambda _: None
    answers: dict[str, str] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    sender_reply: str = ""
    login_reply: str = ""
    password: str = PASSWORD
    logins: int = 0

    def server(self, **changes: Any) -> Server:
        """The client's description of it."""
        trusting = ssl.create_default_context(cafile=str(self.certificate))
        fields: dict[str, Any] = {
            "host": "localhost", "port": self.port, "user": USER, "password": PASSWORD,
            "timeout": 5, "context": trusting, "implicit": False,
        }  # fmt: skip
        return Server(**(fields | changes))

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _s: SMTP, _c: Session, envelope: Envelope, address: str, _o: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.sender_reply or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _s: SMTP, _c: Session, envelope: Envelope, address: str, _o: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _c: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        reply = self.on_data(len(self.arrived) + 1)
        if reply in {None, TAKEN}:
            self.arrived.append(parsed(content))
            self.envelopes.append((str(envelope.mail_from), tuple(map(str, envelope.rcpt_tos))))
        if reply in {TAKEN, LOST}:
            self.unanswered += envelope.rcpt_tos
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]
            return "451 never heard"
        return reply or "250 2.0.0 OK"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _kind: str, given: Any
    ) -> AuthResult:
        """Check a login, or give the reply that was asked for."""
        self.logins += 1
        if self.login_reply:
            return AuthResult(success=False, handled=False, message=self.login_reply)
        known = LoginPassword(USER.encode(), self.password.encode())
        return AuthResult(success=given == known, handled=False)

    def subjects(self) -> list[str]:
        """Subjects of what arrived."""
        return [str(mail["subject"]) for mail in self.arrived]


@contextmanager
def opened(
    folder: Path, *, implicit: bool = False, tls: bool = True, host: str = "localhost"
) -> Iterator[PostOffice]:
    """The server, running until the block ends."""
    certificate_file, key_file = certificate(folder, host)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate_file, key_file)
    office = PostOffice(certificate_file)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        office.port = free.getsockname()[1]
    login = {"authenticator": office.authenticate, "auth_required": True}
    options: dict[str, Any] = {}
    if implicit:
        options = {"ssl_context": context, "auth_require_tls": False, **login}
    elif tls:
        options = {"tls_context": context, "require_starttls": True, **login}
    controller = Controller(office, hostname="127.0.0.1", port=office.port, **options)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
