"""Hand mails to the company's server, encrypted, one at a time, and know what became of each.

Port 465 speaks TLS from the first byte, any other must offer STARTTLS; certificates are
verified and nothing ever goes in clear. A reply of the server is certain; a connection
that is lost once the text is on its way is not: the mail may have gone.

Sources: letters specification, « E-mail »; RFC 5321, RFC 8314.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import os
import smtplib
import ssl
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Self

from xl_relances.errors import RefusedError
from xl_relances.mail.message import header_text

PASSWORD_VARIABLE = "XL_RELANCES_SMTP_MOT_DE_PASSE"  # noqa: S105 - its name, not a password
KEYRING_SERVICE = "xl-relances"
IMPLICIT_TLS = 465
LOSSES = 3
"""Connections lost in a row after which no more mail is tried."""

_OURSELVES = "[127.0.0.1]"
"""What we call ourselves in EHLO: the name of a user's computer is nobody's business."""

_NO_PASSWORDS = ("5.7.30", "5.7.139")
"""Microsoft 365: passwords are no longer taken (at all; in this company)."""


class ServerError(RefusedError):
    """The server takes no mail from us: nothing more is tried."""


class Fate(StrEnum):
    """What became of a mail."""

    SENT = "sent"
    FAILED = "failed"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the server did with one mail.

    Attributes:
        fate: FAILED is certain not to have gone; DOUBTFUL may have.
        reason: A French clause; empty when all went well.
        refused: Addresses that the server refused while it took the others.
    """

    fate: Fate
    reason: str = ""
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The company's outgoing server.

    Attributes:
        host: Its name, which its certificate must carry.
        port: 587 or another with STARTTLS, or 465.
        user: Empty where it asks for none.
        password: For the user.
        timeout: Seconds to wait for an answer.
        context: How certificates are verified; None is what the system trusts.
        implicit: Whether TLS begins with the first byte; None follows the port.
    """

    host: str
    port: int = 587
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 60
    context: ssl.SSLContext | None = None
    implicit: bool | None = None


def password_of(user: str, environ: Mapping[str, str] = os.environ) -> str:
    """The user's password, from the environment, else from the system's keyring.

    Raises:
        RefusedError: There is none.
    """
    found = environ.get(PASSWORD_VARIABLE) or _from_keyring(user)
    if not found:
        raise RefusedError(
            f"Mot de passe de {user} introuvable : rangez-le dans le trousseau (pip install "
            f"keyring, puis keyring set {KEYRING_SERVICE} {user}) ou donnez-le dans la variable "
            f"{PASSWORD_VARIABLE}. Sans lui, faites des brouillons."
        )
    return found


def _from_keyring(user: str) -> str:
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        return ""
    try:
        return str(keyring.get_password(KEYRING_SERVICE, user) or "")
    except keyring.errors.KeyringError:
        return ""


class Outbox:
    """A connection to the server, opened on entry, renewed when it was lost.

    Args:
        server: The server.
        per_minute: Mails in any sixty seconds, at most.
        clock: Seconds that only go forward.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        server: Server,
        *,
        per_minute: int = 30,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._server = server
        self._clock, self._sleep = clock, sleep
        self._lately: deque[float] = deque(maxlen=max(1, per_minute))
        self._smtp: smtplib.SMTP | None = None
        self._losses = 0

    def __enter__(self) -> Self:
        self._smtp = self._connected()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._smtp is not None:
            with contextlib.suppress(OSError):
                self._smtp.quit()
            self._drop()

    def send(
        self, content: bytes, sender: str, to: tuple[str, ...], *, going: Callable[[], None]
    ) -> Delivery:
        """Hand over one mail.

        Args:
            content: The message.
            sender: Address that errors come back to.
            to: Addresses it goes to.
            going: Called when the server has accepted the addresses, before the text goes.

        Raises:
            ServerError: The server takes none from us, or cannot be reached any more; this
                mail has surely not gone.
        """
        self._pace()
        smtp = self._ready()
        try:
            accepted, refused = _envelope(smtp, sender, to)
        except ServerError:
            raise
        except OSError as error:
            self._lost()
            return Delivery(Fate.FAILED, f"connexion perdue avant l'envoi ({_spoken(error)})")
        if not accepted:
            self._losses = 0
            with contextlib.suppress(OSError):
                smtp.rset()
            return Delivery(Fate.FAILED, "; ".join(refused.values()))
        going()
        try:
            code, answer = smtp.data(content)
        except smtplib.SMTPDataError as error:
            code, answer = error.smtp_code, _bytes(error.smtp_error)
        except OSError as error:
            self._lost()
            return Delivery(
                Fate.DOUBTFUL, f"connexion perdue avant la réponse du serveur ({_spoken(error)})"
            )
        self._losses = 0
        if 200 <= code < 300:
            return Delivery(Fate.SENT, refused=tuple(refused.values()))
        _stop_without_passwords(answer)
        return Delivery(Fate.FAILED, _reply(code, answer))

    def _pace(self) -> None:
        """Wait until the limit of a minute allows another mail."""
        if len(self._lately) == self._lately.maxlen:
            wait = self._lately[0] + 60 - self._clock()
            if wait > 0:
                self._sleep(wait)
        self._lately.append(self._clock())

    def _ready(self) -> smtplib.SMTP:
        """A connection that answers; a server that closed it while we waited is called again."""
        if self._losses >= LOSSES:
            raise ServerError(
                f"{self._server.host} : la connexion a été coupée {LOSSES} fois de suite. Les "
                "e-mails restants ne sont pas partis ; recommencez plus tard."
            )
        if self._smtp is not None:
            try:
                if self._smtp.noop()[0] == 250:
                    return self._smtp
            except OSError:
                pass
            self._drop()
        self._smtp = self._connected()
        return self._smtp

    def _lost(self) -> None:
        self._losses += 1
        self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        place = f"{server.host}, port {server.port}"
        context = server.context or ssl.create_default_context()
        implicit = server.port == IMPLICIT_TLS if server.implicit is None else server.implicit
        smtp: smtplib.SMTP | None = None
        try:
            if implicit:
                smtp = smtplib.SMTP_SSL(
                    server.host, server.port, _OURSELVES, timeout=server.timeout, context=context
                )
            else:
                smtp = smtplib.SMTP(server.host, server.port, _OURSELVES, timeout=server.timeout)
                _encrypt(smtp, context, place)
            smtp.ehlo()
            _log_in(smtp, server)
        except (OSError, UnicodeError, ServerError) as error:
            if smtp is not None:
                smtp.close()
            if isinstance(error, ServerError):
                raise
            raise ServerError(f"{place} : {_trouble(error)}") from error
        return smtp


def _encrypt(smtp: smtplib.SMTP, context: ssl.SSLContext, place: str) -> None:
    smtp.ehlo()
    if not smtp.has_extn("starttls"):
        raise ServerError(
            f"{place} : le serveur n'offre pas de chiffrement (STARTTLS). Rien n'est envoyé en "
            "clair ; essayez le port 465."
        )
    smtp.starttls(context=context)


def _log_in(smtp: smtplib.SMTP, server: Server) -> None:
    if not server.user:
        return
    try:
        if f"{server.user}{server.password}".isascii():
            smtp.login(server.user, server.password)
            return
        # smtplib speaks ASCII only; RFC 4616 says UTF-8
        secret = base64.b64encode(f"\0{server.user}\0{server.password}".encode()).decode()
        code, answer = smtp.docmd("AUTH", f"PLAIN {secret}")
    except smtplib.SMTPAuthenticationError as error:
        code, answer = error.smtp_code, _bytes(error.smtp_error)
    except smtplib.SMTPNotSupportedError:
        raise ServerError(
            f"{server.host} : ce serveur ne prend pas de mot de passe ici. Vérifiez le port, ou "
            "laissez l'utilisateur vide."
        ) from None
    if code not in {235, 503}:
        _stop_without_passwords(answer)
        raise ServerError(
            f"{server.host} : utilisateur ou mot de passe refusé pour {server.user} "
            f"({_reply(code, answer)}). Rien n'est parti."
        )


def _envelope(
    smtp: smtplib.SMTP, sender: str, to: tuple[str, ...]
) -> tuple[list[str], dict[str, str]]:
    """Tell the server who writes to whom: addresses taken, and what it says on the others."""
    code, answer = smtp.mail(sender)
    if code != 250:
        _stop_without_passwords(answer)
        if code == 421:
            raise smtplib.SMTPServerDisconnected(_reply(code, answer))
        raise ServerError(
            f"Expéditeur {sender} : {_reply(code, answer)}. Rien de plus n'est parti."
        )
    accepted, refused = [], {}
    for address in to:
        code, answer = smtp.rcpt(address)
        if code == 421:
            raise smtplib.SMTPServerDisconnected(_reply(code, answer))
        if code in {250, 251}:
            accepted.append(address)
        else:
            refused[address] = f"{address} : {_reply(code, answer)}"
    return accepted, refused


def _stop_without_passwords(answer: bytes) -> None:
    text = answer.decode("utf-8", "replace")
    if any(status in text for status in _NO_PASSWORDS):
        raise ServerError(
            "Microsoft 365 n'accepte plus l'envoi avec un mot de passe "
            f"({_shown(text)}) : utilisez les brouillons."
        )


def _reply(code: int, answer: bytes) -> str:
    return f"le serveur répond {code} {_shown(answer.decode('utf-8', 'replace'))}".rstrip()


def _shown(text: str) -> str:
    line = header_text(text)
    return line if len(line) <= 160 else line[:159] + "…"


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")


def _trouble(error: Exception) -> str:
    """Why there is no connection, and what to do."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"certificat du serveur refusé ({error.verify_message}). Vérifiez le nom du serveur "
            "avec votre informaticien ; rien n'est envoyé sans certificat valable."
        )
    if isinstance(error, ssl.SSLError):
        return (
            "le chiffrement n'aboutit pas (465 attend TLS dès le début, 587 STARTTLS) : "
            "vérifiez le port."
        )
    if isinstance(error, UnicodeError):
        return "ce nom de serveur n'en est pas un."
    if isinstance(error, TimeoutError):
        return "le serveur ne répond pas. Vérifiez nom, port et pare-feu."
    return f"serveur injoignable ({_spoken(error)}). Vérifiez nom, port et réseau."


def _spoken(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "délai dépassé"
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, _bytes(error.smtp_error))
    return _shown(getattr(error, "strerror", None) or str(error) or type(error).__name__)
