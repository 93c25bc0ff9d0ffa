"""IBAN, BIC and SIREN: what their own check digits and shapes say against them.

python-stdnum knows the IBANs of all countries; the key of a French account number
inside a French IBAN (RIB), which banks check too, is checked here.
"""

from __future__ import annotations

from xl_relances.letters.cleaning import clean

_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
"""A French account number's letters as the digits that its key counts them as."""


def compact(number: str) -> str:
    """``number`` without spaces and unprintable characters, in capitals."""
    return "".join(clean(number)[0].split()).upper()


def iban_problem(iban: str) -> str:
    """Why ``iban`` cannot be right, a French clause; empty where it can, or is empty."""
    from stdnum import iban as ibans  # noqa: PLC0415 - loads a table of countries
    from stdnum.exceptions import ValidationError  # noqa: PLC0415

    number = compact(iban)
    if not number:
        return ""
    try:
        ibans.validate(number)
    except ValidationError:
        return f"« {iban.strip()} » n'est pas un IBAN, un caractère est faux, manque ou est en trop"
    if number.startswith(("FR", "MC")) and not _french_key_holds(number):
        return f"« {iban.strip()} » : la clé RIB (les deux derniers chiffres) est fausse"
    return ""


def bic_problem(bic: str) -> str:
    """Why ``bic`` cannot be right; empty where it can, or is empty."""
    from stdnum import bic as bics  # noqa: PLC0415

    if not compact(bic) or bics.is_valid(compact(bic)):
        return ""
    return f"« {bic.strip()} » n'est pas un BIC de 8 ou 11 caractères"


def siren_problem(siren: str) -> str:
    """Why ``siren`` cannot be right; empty where it can, or is empty."""
    from stdnum.fr import siren as sirens  # noqa: PLC0415

    if not compact(siren) or sirens.is_valid(compact(siren)):
        return ""
    return f"« {siren.strip()} » : clé de contrôle fausse, ou pas neuf chiffres"


def _french_key_holds(iban: str) -> bool:
    """Whether bank, branch, account and key agree: their weighted sum is 0 modulo 97."""
    rib = iban[4:].translate(_LETTERS)
    if not rib.isdecimal():
        return False
    bank, branch, account, key = int(rib[:5]), int(rib[5:10]), int(rib[10:21]), int(rib[21:])
    return (89 * bank + 15 * branch + 3 * account + key) % 97 == 0
