"""What if: what Prepare would change in the preparation that the sheets hold; nothing is written.

The criteria, the procedure and the ledger are taken as they stand in the workbook now, the
preparation as the user left it, ticks and typed numbers included.

Source: product specification, sections 3 and 4 (rules 5, 6 and 10).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

import xlwings as xw

from xl_relances import french
from xl_relances.book import named_cells, preparation_sheet
from xl_relances.book import settings as named
from xl_relances.book.preparation_rows import CustomerRow, DetailRow, Sheets
from xl_relances.book.settings import Criteria
from xl_relances.dunning.decision import Key
from xl_relances.dunning.motif import out_of_selection
from xl_relances.dunning.selection import Reason, Selection
from xl_relances.run.freezing import readable_letters, reopened, stale_letters
from xl_relances.run.preparing import gather_ledger, kept_decisions
from xl_relances.run.reading import Snapshot, quiet
from xl_relances.run.refreshing import PrepareReport, previous_criteria, proposed, selection_of
from xl_relances.run.simulation import Claim, LevelCount, Move, Simulation


def simulate(book: xw.Book, *, now: datetime, typed: Mapping[str, str] | None = None) -> Simulation:
    """Compare what Prepare would fill in with what the sheets hold; write and ask nothing.

    Args:
        book: The workbook.
        now: The moment of the click; its day is the letters' when no date is entered.
        typed: Criteria (setting name to text) that stand over those of the sheet.

    Raises:
        RefusedError: The ledger is empty.
        FindingsError: A criterion, a setting, the procedure or an issued letter cannot be read.
    """
    with quiet(book):
        snapshot = gather_ledger(book)
        criteria = named.read_criteria(snapshot.settings, typed or {})
        selection = selection_of(snapshot, criteria, now)
        sheets = readable_letters(preparation_sheet.read(book, snapshot.procedure.highest))
        current = reopened(sheets)
        decisions, lost = kept_decisions(snapshot, current, criteria, selection)
        report = proposed(snapshot, current, criteria, decisions, now=now)
        return Simulation(
            as_of=report.as_of,
            changes=tuple(_changes(snapshot, sheets, criteria, report.as_of)),
            stale=tuple(row.name or row.account for row in stale_letters(sheets)),
            levels=_levels(sheets.customers, report.customers),
            moves=tuple(_moves(sheets, report, selection)),
            lost_choices=lost,
            findings=tuple(report.findings),
        )


def _changes(snapshot: Snapshot, sheets: Sheets, criteria: Criteria, as_of: date) -> Iterable[str]:
    """What differs from when the sheets were filled; the procedure leaves no trace there."""
    previous = previous_criteria(snapshot)
    if previous is None:
        yield "aucune préparation en cours"
        return
    settings = snapshot.settings
    day = settings.day("preparation_date")
    if day is not None and day != as_of:
        yield f"date de relance : {french.short_date(day)} → {french.short_date(as_of)}"
    for setting in named_cells.SELECTION_SETTINGS:
        before, after = previous.values.get(setting.name, ""), criteria.values[setting.name]
        if setting.name != "date_relance" and before != after:
            yield f"{setting.label} : {before or 'vide'} → {after or 'vide'}"
    if settings.text("preparation_grand_livre") != snapshot.ledger.digest:
        yield "le grand livre a changé"
    if settings.text("preparation_historique") != snapshot.fingerprint:
        yield "l'historique a changé"
    if stale := stale_letters(sheets):
        names = french.listing(row.name or row.account for row in stale)
        yield f"{names} : la lettre éditée ne dit plus ce qui est coché, elle serait à refaire"


def _levels(before: Iterable[CustomerRow], after: Iterable[CustomerRow]) -> tuple[LevelCount, ...]:
    amounts: dict[tuple[int, str], tuple[list[Decimal], list[Decimal]]] = {}
    for side, rows in enumerate((before, after)):
        for row in rows:
            if (claim := _claim(row)) is not None:
                sides = amounts.setdefault((claim.number, row.currency), ([], []))
                sides[side].append(claim.amount)
    return tuple(
        LevelCount(
            number=number,
            currency=currency,
            before=len(old),
            after=len(new),
            amount_before=sum(old, 0 * french.quantum(currency)),
            amount_after=sum(new, 0 * french.quantum(currency)),
        )
        for (number, currency), (old, new) in sorted(amounts.items())
    )


def _claim(row: CustomerRow | None) -> Claim | None:
    if row is None or not row.on or row.letter_no is None:
        return None
    return Claim(row.letter_no, row.balance_due)


def _moves(sheets: Sheets, report: PrepareReport, selection: Selection) -> Iterable[Move]:
    old = {row.key: row for row in sheets.customers}
    new = {row.key: row for row in report.customers}
    excluded = {row.key: row.motif for row in report.excluded if row.account}
    for key in sorted(old.keys() | new.keys()):
        before, after = _claim(old.get(key)), _claim(new.get(key))
        if before == after and _content(old.get(key)) == _content(new.get(key)):
            continue
        row = new.get(key) or old[key]
        if after is None:
            why = _why_out(key, new.get(key), excluded, selection)
        elif before is not None and before.number == after.number:
            why = _other_items(old[key].listed, new[key])
        else:
            why = new[key].motif
        yield Move(
            account=row.account,
            name=row.name,
            currency=row.currency,
            before=before,
            after=after,
            why=why,
        )


def _content(row: CustomerRow | None) -> str:
    return row.content_digest() if _claim(row) and row else ""


def _why_out(
    key: Key, row: CustomerRow | None, excluded: Mapping[Key, str], selection: Selection
) -> str:
    account, currency = key
    if row is not None:
        return row.motif if row.on else "« Relancer » n'est pas coché"
    if key in excluded:
        return excluded[key]
    if not selection.in_range(account):
        return out_of_selection(Reason.OUT_OF_RANGE, selection)
    if not selection.in_currency(currency):
        return out_of_selection(Reason.OTHER_CURRENCY, selection)
    return "Plus aucune échéance ouverte"


def _other_items(before: Iterable[DetailRow], row: CustomerRow) -> str:
    """Which items come and go, and which owe another amount."""
    old = {item.identity: item for item in before}
    now = {item.identity: item for item in row.listed}
    beside = {item.identity: item.motif for item in row.items}
    come = [item.reference for identity, item in now.items() if identity not in old]
    gone = [
        f"{item.reference} ({beside.get(identity, 'plus ouverte')})"
        for identity, item in old.items()
        if identity not in now
    ]
    other = [
        f"{item.reference} reste {french.amount(item.remainder, item.currency)} au lieu de "
        f"{french.amount(old[identity].remainder, item.currency)}"
        for identity, item in now.items()
        if identity in old and old[identity].remainder != item.remainder
    ]
    parts = [("en plus : ", come), ("en moins : ", gone), ("", other)]
    return " ; ".join(lead + french.listing(names) for lead, names in parts if names)
