"""Decide and fill the three sheets: what Prepare does, and Save and Undo after their own.

Source: product specification, section 4, rules 5, 10 and 12.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import xlwings as xw

from xl_relances import french
from xl_relances.book import cells, decided_rows, layout, preparation_sheet, tables
from xl_relances.book import settings as named
from xl_relances.book.preparation_rows import CustomerRow, DetailRow, ExcludedRow, Sheets
from xl_relances.book.settings import Criteria
from xl_relances.dunning import preparation as core
from xl_relances.dunning.decision import Decisions, Key, Preparation
from xl_relances.dunning.history import HistoryRecord
from xl_relances.dunning.motif import Motifs
from xl_relances.dunning.open_items import AccountPosition
from xl_relances.dunning.selection import Reason, Selection
from xl_relances.errors import Finding
from xl_relances.run.freezing import frozen_letter, letter_again
from xl_relances.run.overview import show_overview
from xl_relances.run.reading import Snapshot
from xl_relances.run.row_charges import show_columns, with_charges


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareReport:
    """What Prepare did.

    Attributes:
        batch: The campaign that its letters will belong to.
        as_of: The day of the letters.
        positions: What every customer of the ledger owes on that day.
        customers: Rows of Préparation.
        others: Rows of Détail of customers who are not in Préparation.
        excluded: Rows of Non relancés.
        reasons: How many customers were left out, by reason.
        findings: What could not be read or relied on.
        live: Whether Préparation follows the ticks by formulas.
    """

    batch: str
    as_of: date
    positions: Sequence[AccountPosition]
    customers: list[CustomerRow]
    others: list[DetailRow]
    excluded: list[ExcludedRow]
    reasons: Mapping[Reason, int]
    findings: list[Finding]
    live: bool = True

    @property
    def summary(self) -> str:
        """What the sheet holds now, in one sentence."""
        return summary(self.customers, self.as_of, sum(self.reasons.values()))


def summary(customers: list[CustomerRow], as_of: date, left_out: int) -> str:
    """« Campagne du 25/11/2026 : 42 clients, 118 340,22 €, lettres 1 : 21, 2 : 14, 3 : 7 »."""
    chased = [row for row in customers if row.is_chased]
    if not chased:
        return f"Campagne du {french.short_date(as_of)} : aucune relance ; {_left_out(left_out)}"
    numbers = Counter(row.letter_no for row in chased if row.letter_no)
    return (
        f"Campagne du {french.short_date(as_of)} : "
        f"{french.count(len({row.account for row in chased}), 'client')}, "
        + french.amounts((row.currency, row.balance_due) for row in chased)
        + ", lettres "
        + ", ".join(f"{number} : {count}" for number, count in sorted(numbers.items()))
        + f" ; {_left_out(left_out)}"
    )


def _left_out(number: int) -> str:
    return french.count(number, "client laissé de côté", "clients laissés de côté")


def selection_of(snapshot: Snapshot, criteria: Criteria, now: datetime) -> Selection:
    """The criteria as the core reads them.

    Raises:
        FindingsError: One means nothing.
    """
    return named.selection(
        snapshot.settings, criteria, today=now.date(), highest=snapshot.procedure.highest
    )


def decide(
    snapshot: Snapshot,
    selection: Selection,
    decisions: Decisions,
    positions: Sequence[AccountPosition] | None = None,
) -> Preparation:
    """The preparation of the workbook's records, nothing written.

    Args:
        snapshot: The records.
        selection: The criteria.
        decisions: The user's decisions.
        positions: What every customer owes on that day, where the caller knows it already.
    """
    return core.prepare(
        snapshot.positions(selection.as_of) if positions is None else positions,
        selection=selection,
        procedure=snapshot.procedure,
        policy=snapshot.policy,
        standing=snapshot.standing(),
        decisions=decisions,
    )


def refresh(
    book: xw.Book, snapshot: Snapshot, report: PrepareReport, criteria: Criteria, *, now: datetime
) -> PrepareReport:
    """Write the three sheets as :func:`proposed`, and what they were made with."""
    customers, doubts = with_charges(book, snapshot, report.customers)
    report = replace(report, customers=customers, findings=[*report.findings, *doubts])
    live = preparation_sheet.write(book, report.customers, report.others, report.excluded)
    show_columns(book, snapshot.settings, snapshot.procedure)
    _write_identities(book, snapshot)
    hints = show_overview(
        book, snapshot, report.positions, report.customers, report.others, report.excluded,
        selection=selection_of(snapshot, criteria, now), now=now,
    )  # fmt: skip
    _write_state(snapshot, report, criteria, now)
    return replace(report, live=live, findings=[*report.findings, *hints])


def proposed(
    snapshot: Snapshot,
    sheets: Sheets,
    criteria: Criteria,
    decisions: Decisions,
    *,
    now: datetime,
    just_saved: Collection[Key] = (),
    restored: Mapping[Key, Sequence[HistoryRecord]] | None = None,
) -> PrepareReport:
    """What the three sheets will hold, nothing written; issued rows of ``sheets`` stay as they are.

    Args:
        snapshot: The workbook's records.
        sheets: The three sheets as they stand; issued rows freeze.
        criteria: The criteria as entered.
        decisions: The user's decisions to keep.
        now: The moment of the click.
        just_saved: Customers whose letter was saved by this very command.
        restored: What each letter listed of a campaign undone by this very command.
    """
    selection = selection_of(snapshot, criteria, now)
    positions = snapshot.positions(selection.as_of)
    decided = _without(decide(snapshot, selection, decisions, positions), just_saved)
    batch = _batch(snapshot, selection.as_of, criteria)
    motifs = Motifs(selection, snapshot.policy, snapshot.procedure.highest)
    names = {account: c.name for account, c in snapshot.customers.by_account.items() if c.name}
    issued = {row.key: row for row in sheets.customers if row.issued}
    letters = dict(restored or {})
    customers: list[CustomerRow] = []
    others: list[DetailRow] = []
    for customer in decided.in_range:
        name = names.get(customer.position.account) or customer.position.name
        row = decided_rows.customer_row(customer, motifs, decisions, name=name, batch=batch)
        records = letters.pop(customer.key, None)
        if records is not None:
            issued.pop(customer.key, None)  # a later letter, of levels that are undone
            customers.append(letter_again(records, row))
        elif customer.key in issued:
            customers.append(frozen_letter(issued.pop(customer.key), row.items))
        elif customer.reason is None:
            customers.append(row)
        else:
            others.extend(row.items)
    customers += [frozen_letter(row, ()) for row in issued.values()]
    customers += [letter_again(records, None) for records in letters.values()]
    customers.sort(key=lambda row: row.key)
    kept = {row.key for row in customers}
    decided = replace(decided, left_out=tuple(c for c in decided.left_out if c.key not in kept))
    excluded = decided_rows.excluded_rows(decided, motifs, names, decisions.forced)
    unknown = _unknown(snapshot, selection, names, decisions.forced)
    first_summary = sum(bool(row.account) for row in excluded)
    excluded[:first_summary] = sorted([*excluded[:first_summary], *unknown], key=lambda r: r.key)
    return PrepareReport(
        batch=batch,
        as_of=selection.as_of,
        positions=positions,
        customers=customers,
        others=others,
        excluded=excluded,
        reasons=Counter(customer.reason for customer in decided.left_out if customer.reason)
        + Counter({row.reason: row.customers for row in decided.summaries})
        + Counter({Reason.UNREADABLE: len(unknown)}),
        findings=[*snapshot.findings, *_undated(decided, snapshot), *sheets.findings],
    )


def previous_criteria(snapshot: Snapshot) -> Criteria | None:
    """The criteria of the preparation in the sheet; None without one."""
    text = snapshot.settings.text("preparation_criteres")
    return named.parse_criteria(text) if text else None


def _without(decided: Preparation, just_saved: Collection[Key]) -> Preparation:
    """A letter just saved leaves Préparation, however short the delays are."""
    if not just_saved:
        return decided
    again = [c for c in decided.chased if c.key in just_saved]
    waiting = [
        replace(
            customer,
            reason=Reason.TOO_RECENT,
            number=None,
            items=tuple(
                replace(
                    line,
                    listed=False,
                    ready=False,
                    proposed=None,
                    reason=Reason.TOO_RECENT if line.ready else line.reason,
                )
                for line in customer.items
            ),
        )
        for customer in again
    ]
    return replace(
        decided,
        chased=tuple(c for c in decided.chased if c.key not in just_saved),
        left_out=tuple(sorted((*decided.left_out, *waiting), key=lambda c: c.key)),
    )


def _batch(snapshot: Snapshot, as_of: date, criteria: Criteria) -> str:
    """The campaign's name: the day of its letters, and a number from the second on.

    The same criteria on the same day go on with the same campaign, saved in part or not.
    """
    previous = previous_criteria(snapshot)
    current = snapshot.settings.text("preparation_campagne")
    same = previous is not None and previous.same_choice(criteria)
    if (
        same
        and current.startswith(as_of.isoformat())
        and current not in snapshot.campaigns.cancelled
    ):
        return current
    return free_batch(as_of, {row.batch for row in snapshot.campaigns.rows})


def free_batch(as_of: date, taken: Collection[str]) -> str:
    """``2026-11-25``, or ``2026-11-25-2`` where that campaign is in the history."""
    name, number = as_of.isoformat(), 1
    while name in taken:
        number += 1
        name = f"{as_of.isoformat()}-{number}"
    return name


def _unknown(
    snapshot: Snapshot, selection: Selection, names: Mapping[str, str], forced: Collection[Key]
) -> list[ExcludedRow]:
    """Customers in range of whom the ledger holds unreadable rows alone."""
    ledger = snapshot.ledger
    known = {(entry.account, entry.currency) for entry in ledger.entries}
    return [
        ExcludedRow(
            account=account,
            name=names.get(account) or name,
            currency=currency,
            net=None,
            forced=(account, currency) in forced,
            motif=Motifs(selection, snapshot.policy, snapshot.procedure.highest).unreadable(
                account
            ),
        )
        for (account, currency), name in ledger.lost.items()
        if (account, currency) not in known
        and selection.in_range(account)
        and selection.in_currency(currency)
    ]


def _undated(decided: Preparation, snapshot: Snapshot) -> list[Finding]:
    """Items without a due date, in the ledger's place: a finding, never a guess."""
    rows = dict(
        zip((e.identity for e in snapshot.ledger.entries), snapshot.ledger.numbers, strict=True)
    )
    return [
        Finding(
            where=layout.GRAND_LIVRE,
            row=rows.get(line.item.identity),
            column="Échéance",
            message="échéance manquante, et aucun délai de paiement pour la calculer.",
            blocking=False,
        )
        for customer in decided.in_range
        for line in customer.items
        if line.reason is Reason.NO_DUE_DATE
    ]


def _write_identities(book: xw.Book, snapshot: Snapshot) -> None:
    ledger = snapshot.ledger
    if not ledger.is_identified:
        given = [entry.identity for entry in ledger.entries]
        tables.write_columns(book, layout.GRAND_LIVRE_TABLE, {"Identité": given}, ledger.numbers)


def _write_state(
    snapshot: Snapshot, report: PrepareReport, criteria: Criteria, now: datetime
) -> None:
    settings = snapshot.settings
    settings.write("preparation_le", now.replace(microsecond=0))
    settings.write("preparation_date", cells.moment(report.as_of))
    settings.write("preparation_campagne", report.batch)
    settings.write("preparation_criteres", criteria.described(report.as_of))
    settings.write("preparation_grand_livre", snapshot.ledger.digest)
    settings.write("preparation_historique", snapshot.fingerprint)
