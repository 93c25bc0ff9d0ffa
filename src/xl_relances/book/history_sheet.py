"""Historique and Campagnes: saved letters and the campaigns that they belong to.

History is only ever appended to. Each row carries a checksum of what was saved,
so that a row edited by hand is known, and named, before it is relied on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xl_relances.book import cells, layout
from xl_relances.book.cells import CellError
from xl_relances.book.ledger_sheet import faulty_cells
from xl_relances.book.tables import TableRows
from xl_relances.dunning.history import REPRISE, HistoryRecord
from xl_relances.errors import Finding

_HISTORIQUE = layout.HISTORIQUE_TABLE
_CAMPAGNES = layout.CAMPAGNES_TABLE


@dataclass(frozen=True, slots=True)
class History:
    """Historique as read.

    Attributes:
        records: Readable rows, in sheet order.
        numbers: The sheet's row number of each.
        checksums: The checksum beside each; "" where the row was typed by hand.
        findings: Rows that could not be read.
        faults: The first unreadable row of an account, as a sentence, by account: what its
            items reached is unknown.
        lost: Identities that stand in unreadable rows.
    """

    records: list[HistoryRecord]
    numbers: list[int]
    checksums: list[str]
    findings: list[Finding]
    faults: dict[str, str] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)

    @property
    def edited(self) -> list[tuple[int, HistoryRecord]]:
        """Rows changed by hand since they were saved, with their row numbers."""
        return [
            (number, record)
            for number, record, stored in zip(
                self.numbers, self.records, self.checksums, strict=True
            )
            if stored and stored != checksum(record)
        ]


def checksum(record: HistoryRecord) -> str:
    """A digest of what a row says of its letter; what users fill in later is no part of it."""
    return _digest(
        [
            record.batch,
            record.letter_date,
            record.account,
            record.currency,
            record.entry_no,
            record.document,
            record.due_date,
            f"{record.remainder:f}",
            record.letter_no,
            record.level,
            record.identity,
        ]
    )


def _digest(parts: Iterable[object]) -> str:
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def parse_history(rows: TableRows) -> History:
    """Every row of Historique as a record, or as a finding."""
    pick = rows.picker()
    history = History([], [], [], [])
    for row, number in zip(rows.rows, rows.numbers, strict=True):
        picked = pick(row)
        try:
            record, stored = _record(picked), cells.text(picked[19])
        except CellError:
            bad = list(faulty_cells(_HISTORIQUE, picked, number)) or [_undated(number)]
            history.findings.extend(bad)
            history.faults.setdefault(cells.text_or_error(picked[2]), str(bad[0]))
            history.lost.add(cells.text_or_error(picked[18]))
            continue
        history.records.append(record)
        history.numbers.append(number)
        history.checksums.append(stored)
    return history


def _undated(number: int) -> Finding:
    return Finding(where=_HISTORIQUE.sheet, row=number, column="Date", message="date manquante.")


def _record(row: tuple[Any, ...]) -> HistoryRecord:
    text = cells.text
    letter_date = cells.day(row[1])
    if letter_date is None:
        raise CellError
    currency = text(row[4]).upper()
    return HistoryRecord(
        batch=text(row[0]),
        letter_date=letter_date,
        account=text(row[2]),
        name=text(row[3]),
        currency=currency,
        entry_no=text(row[5]),
        document=text(row[6]),
        due_date=cells.day(row[7]),
        remainder=cells.amount(row[8], currency),
        letter_no=cells.integer(row[9]) or 0,
        level=cells.integer(row[10]),
        sending=text(row[11]),
        file=text(row[12]),
        user=text(row[16]),
        saved_at=cells.stamp(row[17]),
        identity=text(row[18]),
    )


def history_row(record: HistoryRecord) -> dict[str, Any]:
    """A record as a row of Historique."""
    return {
        "Campagne": record.batch,
        "Date": cells.moment(record.letter_date),
        "Compte": record.account,
        "Nom": record.name,
        "Devise": record.currency,
        "Écriture": record.entry_no,
        "Pièce": record.document,
        "Échéance": cells.moment(record.due_date),
        "Reste": cells.number(record.remainder),
        "N° lettre": record.letter_no,
        "Niveau": record.level,
        "Envoi": record.sending,
        "Fichier": record.file,
        "Utilisateur": record.user,
        "Enregistré le": record.saved_at,
        "Identité": record.identity,
        "Contrôle": checksum(record),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A row of Campagnes: one campaign in one currency.

    Attributes:
        batch: Its name, its first ten characters the letters' date in ISO.
        letter_date: Day of its letters.
        criteria: The criteria as :meth:`Criteria.described` writes them.
        currency: ISO 4217 code.
        customers: How many got a letter.
        items: How many items the letters listed.
        amount: What the letters claimed.
        digest: Digests of the ledger and of the campaign's history rows.
        user: Who saved it.
        saved_at: When it was saved last.
        cancelled_at: When it was undone; None while it counts.
    """

    batch: str
    letter_date: date | None
    criteria: str
    currency: str
    customers: int
    items: int
    amount: Decimal
    digest: str
    user: str
    saved_at: datetime | None
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Campaigns:
    """Campagnes as read, in sheet order."""

    rows: list[Campaign]
    findings: list[Finding]

    @property
    def cancelled(self) -> frozenset[str]:
        """Names of the campaigns that were undone."""
        return frozenset(row.batch for row in self.rows if row.cancelled_at is not None)

    @property
    def newest(self) -> str | None:
        """The campaign to undo next: the one saved last among those that count."""
        counted = [
            (row.saved_at or datetime.min, position, row.batch)
            for position, row in enumerate(self.rows)
            if row.cancelled_at is None and row.batch != REPRISE
        ]
        return max(counted)[2] if counted else None

    def of(self, batch: str) -> list[Campaign]:
        """The rows of that campaign, one a currency."""
        return [row for row in self.rows if row.batch == batch]


def parse_campaigns(rows: TableRows) -> Campaigns:
    """Every row of Campagnes; an unreadable cell is a finding and counts as empty."""
    pick = rows.picker()
    campaigns = Campaigns([], [])
    for row, number in zip(rows.rows, rows.numbers, strict=True):
        picked = pick(row)
        bad = list(faulty_cells(_CAMPAGNES, picked, number))
        campaigns.findings.extend(bad)
        unreadable = {finding.column for finding in bad}
        campaigns.rows.append(
            _campaign(
                tuple(
                    None if column.title in unreadable else value
                    for column, value in zip(_CAMPAGNES.columns, picked, strict=True)
                )
            )
        )
    return campaigns


def _campaign(row: tuple[Any, ...]) -> Campaign:
    text = cells.text
    currency = text(row[3]).upper()
    cancelled = row[10]
    return Campaign(
        batch=text(row[0]),
        letter_date=cells.day(row[1]),
        criteria=text(row[2]),
        currency=currency,
        customers=cells.integer(row[4]) or 0,
        items=cells.integer(row[5]) or 0,
        amount=cells.amount(row[6], currency),
        digest=text(row[7]),
        user=text(row[8]),
        saved_at=cells.stamp(row[9]),
        cancelled_at=cells.stamp(cancelled) or (datetime.min if text(cancelled) else None),
    )


def campaign_row(campaign: Campaign) -> dict[str, Any]:
    """A campaign as a row of Campagnes."""
    cancelled = campaign.cancelled_at
    return {
        "Campagne": campaign.batch,
        "Date": cells.moment(campaign.letter_date),
        "Critères": campaign.criteria,
        "Devise": campaign.currency,
        "Clients": campaign.customers,
        "Échéances": campaign.items,
        "Montant": cells.number(campaign.amount),
        "Empreinte": campaign.digest,
        "Utilisateur": campaign.user,
        "Enregistrée le": campaign.saved_at,
        "Annulée le": cells.moment(date(1900, 1, 1)) if cancelled == datetime.min else cancelled,
    }


def summarize(
    batch: str,
    records: Sequence[HistoryRecord],
    *,
    criteria: str,
    ledger_digest: str,
    user: str,
    saved_at: datetime,
) -> list[Campaign]:
    """The rows of Campagnes for all records of a campaign, one a currency."""
    by_currency: dict[str, list[HistoryRecord]] = {}
    for record in records:
        by_currency.setdefault(record.currency, []).append(record)
    return [
        Campaign(
            batch=batch,
            letter_date=max(record.letter_date for record in rows),
            criteria=criteria,
            currency=currency,
            customers=len({record.account for record in rows}),
            items=len(rows),
            amount=sum((record.remainder for record in rows), Decimal(0)),
            digest=f"{ledger_digest} {_digest(checksum(record) for record in rows)}",
            user=user,
            saved_at=saved_at,
        )
        for currency, rows in sorted(by_currency.items())
    ]


def fingerprint(history: History, campaigns: Campaigns) -> str:
    """Changes when a campaign is saved or undone; a row edited by hand keeps it.

    Hand-edited rows are known by their own checksums, and asked about.
    """
    rows = [
        stored or checksum(record)
        for stored, record in zip(history.checksums, history.records, strict=True)
    ]
    undone: Mapping[str, object] = {row.batch: row.cancelled_at for row in campaigns.rows}
    return _digest([*sorted(rows), *(f"{batch}={when}" for batch, when in sorted(undone.items()))])
