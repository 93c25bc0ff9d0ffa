"""The company's outgoing server: how it is reached, encrypted, and by which password.

Port 465 speaks TLS from the first byte, any other must offer STARTTLS; certificates are
verified and nothing ever goes in clear.

Sources: letters specification, « E-mail »; RFC 8314.
"""

from __future__ import annotations

import base64
import importlib
import os
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from xl_relances.errors import RefusedError
from xl_relances.mail.replies import ServerError, as_bytes, reply, spoken, stop_without_passwords

PASSWORD_VARIABLE = "XL_RELANCES_SMTP_MOT_DE_PASSE"  # noqa: S105 - its name, not a password
KEYRING_SERVICE = "xl-relances"
IMPLICIT_TLS = 465

_OURSELVES = "[127.0.0.1]"
"""What we call ourselves in EHLO: the name of a user's computer is nobody's business."""


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


def connected(server: Server) -> smtplib.SMTP:
    """A connection that is encrypted and logged in.

    Raises:
        ServerError: There is none to be had.
    """
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
        code, answer = error.smtp_code, as_bytes(error.smtp_error)
    except smtplib.SMTPNotSupportedError:
        raise ServerError(
            f"{server.host} : ce serveur ne prend pas de mot de passe ici. Vérifiez le port, ou "
            "laissez l'utilisateur vide."
        ) from None
    if code not in {235, 503}:
        stop_without_passwords(answer)
        raise ServerError(
            f"{server.host} : utilisateur ou mot de passe refusé pour {server.user} "
            f"({reply(code, answer)}). Rien n'est parti."
        )


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
    return f"serveur injoignable ({spoken(error)}). Vérifiez nom, port et réseau."
