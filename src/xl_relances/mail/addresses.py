"""The e-mail addresses of a cell: parted, each checked, doubtful ones refused and named.

A mail that reaches somebody else, or half of those it was meant for without a
word, is worse than a letter by post: what is not plainly an address is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.policy import SMTP

_PARTS = re.compile(r'(?:"[^"\n]*"|[^;,\n"]|")+')
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_AROUND = " \t\u00a0\u202f\u200b\u200e\u200f\u202a\u202b\u202c\u2060\ufeff"
"""Signs that a copy from a web page or an address book leaves around an address."""

_NAMED = re.compile(r'(?:"[^"<>\n]*"|[^"<>@\n]*) *<([^<>\n]*)>')
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?=[^.]*[A-Za-z]){_LABEL}")
_LONGEST_LOCAL, _LONGEST = 64, 254
"""RFC 5321, 4.5.3.1, and the erratum on the length of a path."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a cell holds.

    Attributes:
        valid: Bare addresses in the order of the cell, each once, ASCII.
        refused: A French clause on each of the others.
    """

    valid: tuple[str, ...]
    refused: tuple[str, ...]


def addresses(cell: str) -> Addresses:
    """The addresses of ``cell``, parted by ``;``, ``,`` or line breaks.

    A name before an address (``Compta <a@b.example>``) is left aside.
    """
    valid: dict[str, str] = {}
    refused: list[str] = []
    for part in _PARTS.findall(_BREAKS.sub("\n", cell)):
        text = part.strip(_AROUND)
        if not text:
            continue
        try:
            address = _checked(text)
        except ValueError as error:
            refused.append(f"« {_shown(text)} » : {error}")
        else:
            valid.setdefault(address.casefold(), address)
    return Addresses(tuple(valid.values()), tuple(refused))


def is_address(text: str) -> bool:
    """Whether ``text`` is one bare address and nothing else."""
    return addresses(text).valid == (text,)


def _checked(text: str) -> str:
    named = _NAMED.fullmatch(text)
    spec = (named[1] if named else text).strip(_AROUND)
    spec = re.sub(r"^mailto:", "", spec, flags=re.IGNORECASE)
    local, at, domain = spec.rpartition("@")
    if not at:
        raise ValueError("adresse sans @")
    if not local.isascii():
        raise ValueError("lettre accentuée ou signe rare avant le @")
    domain = _ascii(domain)
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise ValueError("ce n'est pas une adresse (nom@domaine.fr)")
    if len(local) > _LONGEST_LOCAL or len(local) + 1 + len(domain) > _LONGEST:
        raise ValueError("adresse trop longue")
    address = f"{local}@{domain}"
    header = SMTP.header_factory("to", address)
    if header.defects or [each.addr_spec for each in header.addresses] != [address]:
        raise ValueError("ce n'est pas une adresse (nom@domaine.fr)")
    return address


def _ascii(domain: str) -> str:
    """The domain as the mail servers know it: ``société.example`` is ``xn--socit-esab.example``."""
    if domain.isascii():
        return domain
    try:
        encoded = domain.encode("idna").decode("ascii")
        faithful = encoded.encode("ascii").decode("idna") == domain.lower()
    except UnicodeError:
        faithful = False
    if not faithful:
        raise ValueError("domaine illisible")
    return encoded


def _shown(text: str) -> str:
    printable = "".join(char if char.isprintable() else "\ufffd" for char in text)
    return printable if len(printable) <= 60 else printable[:59] + "…"
