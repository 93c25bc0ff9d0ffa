"""Drafts in classic Outlook on Windows; where it is not there, ``.eml`` files do.

Everything said to Outlook stands in this file. Nothing here sends: ``Save`` puts the
mail among the drafts, the user reads it and sends it.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any, Protocol

from xl_relances.mail.message import Mail, attachment_name

_MAIL_ITEM, _BY_VALUE, _AT_THE_END = 0, 1, 1
"""olMailItem, olByValue, and the place of the attachment."""


class Drafts(Protocol):
    """Where drafts are put."""

    def save(self, mail: Mail, letter: Path) -> None:
        """Put a draft of ``mail``, ``letter`` attached.

        Raises:
            OSError: It cannot be; nothing was put.
        """


class Outlook:
    """The drafts of a running or startable Outlook (an ``Outlook.Application``)."""

    def __init__(self, application: Any, error: type[Exception]) -> None:
        self._application = application
        self._error = error

    def save(self, mail: Mail, letter: Path) -> None:
        """Put a draft; text and footer as HTML, from which Outlook makes the plain text."""
        try:
            item = self._application.CreateItem(_MAIL_ITEM)
            item.To = "; ".join(mail.to)
            item.Subject = mail.subject
            item.HTMLBody = mail.html
            if mail.reply_to:
                item.ReplyRecipients.Add(mail.reply_to)
            name = attachment_name(mail.letter)
            item.Attachments.Add(str(letter.resolve()), _BY_VALUE, _AT_THE_END, name)
            item.Save()
        except self._error as error:
            raise OSError(f"Outlook : {error}") from error


def find_outlook() -> Outlook | None:
    """Classic Outlook, started if need be; None on another system or where there is none."""
    if sys.platform != "win32":
        return None
    try:
        client = importlib.import_module("win32com.client")
        error: type[Exception] = importlib.import_module("pywintypes").com_error
    except ImportError:
        return None
    try:
        return Outlook(client.Dispatch("Outlook.Application"), error)
    except error:
        return None
