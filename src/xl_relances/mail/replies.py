"""What a mail server answers, in French words, and when nothing more is to be tried.

Sources: letters specification, « E-mail »; RFC 5321.
"""

from __future__ import annotations

import smtplib

from xl_relances.errors import RefusedError
from xl_relances.mail.message import header_text

_NO_PASSWORDS = ("5.7.30", "5.7.139")
"""Microsoft 365: passwords are no longer taken (at all; in this company)."""


class ServerError(RefusedError):
    """The server takes no mail from us: nothing more is tried."""


def stop_without_passwords(answer: bytes) -> None:
    """Raise where the answer says that passwords are no longer taken."""
    text = answer.decode("utf-8", "replace")
    if any(status in text for status in _NO_PASSWORDS):
        raise ServerError(
            "Microsoft 365 n'accepte plus l'envoi avec un mot de passe "
            f"({_shown(text)}) : utilisez les brouillons."
        )


def reply(code: int, answer: bytes) -> str:
    """« le serveur répond 550 5.1.1 User unknown »."""
    return f"le serveur répond {code} {_shown(answer.decode('utf-8', 'replace'))}".rstrip()


def _shown(text: str) -> str:
    line = header_text(text)
    return line if len(line) <= 160 else line[:159] + "…"


def as_bytes(text: bytes | str) -> bytes:
    """What smtplib says as a text or as bytes."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")


def spoken(error: Exception) -> str:
    """Why a connection was lost, to stand in a sentence."""
    if isinstance(error, TimeoutError):
        return "délai dépassé"
    if isinstance(error, smtplib.SMTPResponseException):
        return reply(error.smtp_code, as_bytes(error.smtp_error))
    return _shown(getattr(error, "strerror", None) or str(error) or type(error).__name__)
