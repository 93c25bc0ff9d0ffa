"""The code that a banking app reads to fill in a transfer (EPC069-12, version 002).

It pays the balance due, never the charges, and only euros. IBAN, BIC and reference
stand in clear in the letter anyway: few French apps read the code.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal

from xl_relances import french
from xl_relances.letters.cleaning import clean, one_line
from xl_relances.letters.letter import Letter
from xl_relances.letters.numbers import bic_problem, compact, iban_problem

CODE_TEXT = "code de paiement"
"""Alternative text of the picture that the code replaces in a template."""

BLANK = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a4944415478da63f80f00010101001cb08c990000000049454e44ae426082"
)
"""A white PNG of one dot, for a letter without code in a template that always shows one."""

_MOST = Decimal("999999999.99")
_LONGEST_NAME, _LONGEST_TEXT = 70, 140


@dataclass(frozen=True, slots=True)
class Transfer:
    """What the code says; every text on one line."""

    name: str
    iban: str
    bic: str
    amount: Decimal
    text: str


def transfer(letter: Letter) -> Transfer | None:
    """The transfer that settles ``letter``; None where no code can say it.

    That is: none is wanted, the balance is not in euros, is zero or less or above
    999 999 999,99 €, or the IBAN is missing or wrong.
    """
    sender = letter.sender
    amount = letter.balance_due
    if not letter.payment_code or letter.currency.upper() != "EUR" or not 0 < amount <= _MOST:
        return None
    iban = compact(sender.iban)
    name = _plain(sender.account_holder) or _plain(sender.name)
    text = _plain(letter.reference) or _plain(letter.recipient.account)
    if not (iban and name and text) or iban_problem(iban):
        return None
    return Transfer(
        name=name[:_LONGEST_NAME].strip(),
        iban=iban,
        bic="" if bic_problem(sender.bic) else compact(sender.bic),
        amount=amount.quantize(french.quantum("EUR")),
        text=text[:_LONGEST_TEXT].strip(),
    )


def picture(paying: Transfer) -> bytes:
    """The code as a PNG, ten dots a module and a border of four modules.

    The standard holds 331 bytes: the text is cut, then the name, until all fits.
    """
    from segno.helpers import make_epc_qr  # noqa: PLC0415 - a letter without code must not pay

    name, text = paying.name, paying.text
    while True:
        try:
            code = make_epc_qr(
                name, paying.iban, paying.amount, text=text, bic=paying.bic, encoding="utf-8"
            )
            break
        except ValueError:
            if len(text) > 1:
                text = text[:-1].rstrip()
            elif len(name) > 1:
                name = name[:-1].rstrip()
            else:
                raise
    file = io.BytesIO()
    code.save(file, kind="png", scale=10, border=4, compresslevel=6)
    return file.getvalue()


def _plain(text: str) -> str:
    return " ".join(one_line(clean(text)[0]).split())
