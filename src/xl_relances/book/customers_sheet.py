"""Clients: whom letters go to, and what the company decided about each.

A doubtful row (a second row of an account, unreadable terms) is a finding, and
its customer gets no letter until it is mended.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from xl_relances import french
from xl_relances.book import cells, layout, named_cells
from xl_relances.book.ledger_sheet import faulty_cells
from xl_relances.book.tables import Row, TableRows
from xl_relances.dunning.due_dates import PaymentTerms, parse_terms
from xl_relances.dunning.selection import CustomerTerms
from xl_relances.errors import Finding

_CLIENTS = layout.CLIENTS_TABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A row of Clients: whom the letter goes to, and what was decided about them."""

    account: str
    name: str = ""
    contact: str = ""
    phone: str = ""
    address: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country: str = ""
    email: str = ""
    language: str = ""
    sending: str = named_cells.COURRIER
    terms: CustomerTerms = field(default_factory=CustomerTerms)
    beside: str = ""

    @property
    def is_consumer(self) -> bool:
        """Whether it is a private person."""
        return self.terms.is_consumer


@dataclass(frozen=True, slots=True)
class Customers:
    """Clients as read: by account, with what could not be read."""

    by_account: dict[str, Customer]
    findings: list[Finding]
    faults: dict[str, str]

    def of(self, account: str, name: str) -> Customer:
        """The customer of that account, or one with a name alone."""
        return self.by_account.get(account) or Customer(account=account, name=name)


def parse_customers(rows: TableRows) -> Customers:
    """Every row of Clients; a doubtful one keeps its customer from any letter."""
    pick = rows.picker()
    customers: dict[str, Customer] = {}
    findings: list[Finding] = []
    faults: dict[str, str] = {}
    first: dict[str, int] = {}
    for row, number in zip(rows.rows, rows.numbers, strict=True):
        picked = pick(row)
        account = cells.text_or_error(picked[0])
        bad = list(faulty_cells(_CLIENTS, picked, number))
        if not bad:
            terms = cells.text(picked[14])
            if not account:
                bad = [_client_finding(number, "Compte", "compte client manquant.")]
            elif account in first:
                bad = [
                    _client_finding(
                        number, "Compte", f"compte « {account} » déjà en ligne {first[account]}."
                    )
                ]
            elif terms and parse_terms(terms) is None:
                bad = [
                    _client_finding(
                        number,
                        "Délai de paiement",
                        f"délai attendu (30, 45FM, FM45, 30FM10), « {terms} » lu.",
                    )
                ]
        if bad:
            findings.extend(bad)
            faults.setdefault(account, str(bad[0]))
            continue
        first[account] = number
        customers[account] = _customer(picked)
    return Customers(customers, findings, faults)


def _client_finding(number: int, column: str, message: str) -> Finding:
    return Finding(where=_CLIENTS.sheet, row=number, column=column, message=message)


def _customer(row: Row) -> Customer:
    text = cells.text
    kind = text(row[12]).lower()
    return Customer(
        account=text(row[0]),
        name=text(row[1]),
        contact=text(row[2]),
        phone=text(row[3]),
        address=tuple(line for line in map(text, row[4:7]) if line),
        postal_code=text(row[7]),
        city=text(row[8]),
        country=text(row[9]),
        email=text(row[10]),
        language=french.language(text(row[11])),
        sending=text(row[13]) or named_cells.COURRIER,
        terms=CustomerTerms(
            terms=_terms(text(row[14])),
            do_not_dun=cells.tick(row[15]),
            blocked_until=cells.day(row[16]),
            block_reason=text(row[17]),
            is_consumer=kind.startswith("particulier"),
        ),
        beside=text(row[18]),
    )


def _terms(text: str) -> PaymentTerms | None:
    return parse_terms(text) if text else None
