"""Entries written without titles, field by field, as the packages' own documents lay them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """One line of a journal.

    Attributes:
        account: General account.
        customer: The customer's own account; "" on other lines.
        name: The customer's name.
        amount: Debit positive.
    """

    journal: str
    day: date
    account: str
    amount: Decimal
    label: str
    customer: str = ""
    name: str = ""
    piece: str = ""
    due: date | None = None
    code: str = ""

    @property
    def side(self) -> str:
        """D or C."""
        return "D" if self.amount >= 0 else "C"

    @property
    def euros(self) -> str:
        """Its amount without a sign, decimal point."""
        return f"{abs(self.amount):.2f}"


def _day(value: date | None, form: str, none: str = "") -> str:
    return value.strftime(form) if value else none


def quadra(lines: list[Booked]) -> str:
    """M lines of cents; C lines say which account is a customer's, as some exports do."""
    text = []
    for account, name in dict.fromkeys((b.customer, b.name) for b in lines if b.customer):
        text.append(
            f"C{account:8}{name:30}{'':7}{'':13}{'':13}{'':13}{'':13}{'411000':8}{'':110}2C"
        )
    for b in lines:
        cents = f"{int(abs(b.amount) * 100):012}"
        text.append(
            f"M{b.customer or b.account:8}{b.journal:2.2}000{b.day:%d%m%y} {b.label:20.20}{b.side}"
            f"+{cents}{'':8}{_day(b.due, '%d%m%y', '000000')}{b.code:2}{'':3}{'':5}{'':10}{'':10}"
            f"{'':8}EUR{b.journal:3}{'':3}{b.label:30}{'':2}{b.piece:10}"
        )
    return "\r\n".join(text) + "\r\n"


def tra(lines: list[Booked]) -> str:
    """A header and accounts marked ***, movements of 222 characters, analytic shares."""
    text = [f"{'***S5CLIJRLSTD':222}"]
    for account, name in dict.fromkeys((b.customer, b.name) for b in lines if b.customer):
        text.append(f"***CAE{account:17}{name:35}CLIX{'411000':17}")
    for b in lines:
        general = "411000" if b.customer else b.account
        text.append(
            f"{b.journal:3}{b.day:%d%m%Y}FC{general:17}{'X' if b.customer else ' '}{b.customer:17}"
            f"{b.piece:35}{b.label:35}{'VIR':3}{_day(b.due, '%d%m%Y'):8}{b.side}"
            f"{b.euros.replace('.', ','):>20}N{'':8}{'EUR':3}{'':10}E--{'':46}"
        )
        if not b.customer:
            text.append(
                f"{b.journal:3}{b.day:%d%m%Y}FC{general:17}A{'SECTION':17}{'':35}{'':35}{'':11}"
                f"{b.side}{b.euros.replace('.', ','):>20}N"
            )
    return "\r\n".join(text) + "\r\n"


def pnm(lines: list[Booked]) -> str:
    """The company's name, then 138 characters a line."""
    text = ["MIROITERIE DU VAL"]
    for b in lines:
        general, kind = ("411000", "X") if b.customer else (b.account, " ")
        text.append(
            f"{b.journal:3}{b.day:%d%m%y}FC{general:13}{kind}{b.customer:13}{b.piece:13}"
            f"{b.label:25.25}S{_day(b.due, '%d%m%y'):6}{b.side}{b.euros:>20}N{'':7}{'':26}"
        )
    return "\r\n".join(text) + "\r\n"


def ciel(lines: list[Booked]) -> str:
    """XIMPORT.TXT; the account's name at the end of the line."""
    return "".join(
        f"{number:05}{b.journal:2.2}{b.day:%Y%m%d}{_day(b.due, '%Y%m%d'):8}{b.piece:12}"
        f"{b.customer or b.account:11}{b.label:25.25}{b.euros:>13}{b.side}{'':18}"
        f"{b.name or 'Ventes':34}O2003\r\n"
        for number, b in enumerate(lines, start=1)
    )


def ebp(lines: list[Booked]) -> str:
    """ECRITURES.TXT: commas, label and piece in quotes."""
    return "".join(
        f'{number},{b.day:%d%m%y},{b.journal},{b.customer or b.account},,"{b.label}","{b.piece}",'
        f"{b.euros},{b.side},{_day(b.due, '%d%m%Y')},EUR\n"
        for number, b in enumerate(lines, start=1)
    )


def ebp_short(lines: list[Booked]) -> str:
    """The same as other software writes it for EBP."""
    return "".join(
        f'{number},{b.day:%d%m%Y},{b.journal},{b.customer or b.account},"{b.label}","{b.piece}",'
        f"{b.euros},{b.side},{_day(b.due, '%d%m%Y')}\n"
        for number, b in enumerate(lines, start=1)
    )


def cegid(lines: list[Booked]) -> str:
    """Movements parted by semicolons, general account and auxiliary."""
    return "".join(
        f"{b.day:%d%m%Y};{b.journal};{'41100000' if b.customer else b.account};{b.customer};"
        f"{b.side};{b.euros.replace('.', ',')};{b.label};{b.piece}\r\n"
        for b in lines
    )


def coala(lines: list[Booked]) -> str:
    """Debit and credit in columns of their own, 0 in the other."""
    return "".join(
        f"{b.day:%d/%m/%Y};{b.journal};{'411000' if b.customer else b.account};{b.piece};{b.label};"
        f"{b.euros if b.amount >= 0 else 0};{b.euros if b.amount < 0 else 0};E;{b.customer}\n"
        for b in lines
    )


def winfic(lines: list[Booked]) -> str:
    """Bars between padded fields."""
    rows = []
    for number, b in enumerate(lines, start=1):
        euros = b.euros.replace(".", ",")
        debit, credit = (euros, "0,00") if b.amount >= 0 else ("0,00", euros)
        rows.append(
            f"{b.journal:2.2}|{b.day:%d%m%Y}|     1|{number:6}|{b.day:%d%m%y}|"
            f"{b.customer or b.account:6}|{debit:>13}|{credit:>13}|{b.label:30.30}|{b.code:2}|"
            f"{b.piece:>5}|    |{_day(b.due, '%d%m%Y')}|1| | |0,000000000|  |\r\n"
        )
    return "".join(rows)


WRITERS: dict[str, Callable[[list[Booked]], str]] = {
    "Quadra (ASCII)": quadra,
    "Cegid (TRA)": tra,
    "Sage 100 (PNM)": pnm,
    "Ciel (XIMPORT)": ciel,
    "EBP (ECRITURES.TXT)": ebp,
    "EBP (ECRITURES.TXT, sans libellé automatique)": ebp_short,
    "Cegid (mouvements)": cegid,
    "Coala": coala,
    "WinFic": winfic,
}
TELLS = {
    "Quadra (ASCII)": {"name", "due", "code"},
    "Cegid (TRA)": {"name", "due"},
    "Sage 100 (PNM)": {"due"},
    "Ciel (XIMPORT)": {"name", "due"},
    "EBP (ECRITURES.TXT)": {"due"},
    "EBP (ECRITURES.TXT, sans libellé automatique)": {"due"},
    "WinFic": {"due", "code"},
}
"""What a format says of a customer's line beyond journal, day, account, amount, piece, label."""
