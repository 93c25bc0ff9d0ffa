"""Hand mails to the company's server, one at a time, and know what became of each.

A reply of the server is certain; a connection that is lost once the text is on its way
is not: the mail may have gone.

Sources: letters specification, « E-mail »; RFC 5321.
"""

from __future__ import annotations

import contextlib
import smtplib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from xl_relances.mail.replies import ServerError, as_bytes, reply, spoken, stop_without_passwords
from xl_relances.mail.server import Server, connected

LOSSES = 3
"""Connections lost in a row after which no more mail is tried."""


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
        self._smtp = connected(self._server)
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
            return Delivery(Fate.FAILED, f"connexion perdue avant l'envoi ({spoken(error)})")
        if not accepted:
            self._losses = 0
            with contextlib.suppress(OSError):
                smtp.rset()
            return Delivery(Fate.FAILED, "; ".join(refused.values()))
        going()
        try:
            code, answer = smtp.data(content)
        except smtplib.SMTPDataError as error:
            code, answer = error.smtp_code, as_bytes(error.smtp_error)
        except OSError as error:
            self._lost()
            return Delivery(
                Fate.DOUBTFUL, f"connexion perdue avant la réponse du serveur ({spoken(error)})"
            )
        self._losses = 0
        if 200 <= code < 300:
            return Delivery(Fate.SENT, refused=tuple(refused.values()))
        stop_without_passwords(answer)
        return Delivery(Fate.FAILED, reply(code, answer))

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
        self._smtp = connected(self._server)
        return self._smtp

    def _lost(self) -> None:
        self._losses += 1
        self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _envelope(
    smtp: smtplib.SMTP, sender: str, to: tuple[str, ...]
) -> tuple[list[str], dict[str, str]]:
    """Tell the server who writes to whom: addresses taken, and what it says on the others."""
    code, answer = smtp.mail(sender)
    if code != 250:
        stop_without_passwords(answer)
        if code == 421:
            raise smtplib.SMTPServerDisconnected(reply(code, answer))
        raise ServerError(f"Expéditeur {sender} : {reply(code, answer)}. Rien de plus n'est parti.")
    accepted, refused = [], {}
    for address in to:
        code, answer = smtp.rcpt(address)
        if code == 421:
            raise smtplib.SMTPServerDisconnected(reply(code, answer))
        if code in {250, 251}:
            accepted.append(address)
        else:
            refused[address] = f"{address} : {reply(code, answer)}"
    return accepted, refused
