"""Prepare: ledger, history and selection become Préparation, Détail and Non relancés.

No file and no history is written. What the user decided in the sheets is kept;
rows already issued stay as their letters are.

Source: product specification, sections 1, 3 and 4 (rules 5, 10 and 12).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

import xlwings as xw

from xl_relances import french
from xl_relances.book import cells, layout, preparation_sheet, tables
from xl_relances.book import settings as named
from xl_relances.book.preparation_sheet import CustomerRow, DetailRow, ExcludedRow, Sheets
from xl_relances.book.settings import Criteria
from xl_relances.dunning import preparation as core
from xl_relances.dunning.due_dates import days_overdue
from xl_relances.dunning.history import HistoryRecord
from xl_relances.dunning.motif import Motifs
from xl_relances.dunning.preparation import Decisions, Key
from xl_relances.dunning.selection import Reason, Selection
from xl_relances.errors import Finding, FindingsError, RefusedError
from xl_relances.run.reading import Snapshot, confirm, gather, quiet, writable


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareReport:
    """What Prepare did.

    Attributes:
        batch: The campaign that its letters will belong to.
        as_of: The day of the letters.
        customers: Rows of Préparation.
        excluded: Rows of Non relancés.
        reasons: How many customers were left out, by reason.
        findings: What could not be read or relied on.
        live: Whether Préparation follows the ticks by formulas.
    """

    batch: str
    as_of: date
    customers: list[CustomerRow]
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
    chased = [row for row in customers if row.on and row.letter_no is not None]
    if not chased:
        return f"Campagne du {french.short_date(as_of)} : aucune relance ; {_left_out(left_out)}"
    totals: dict[str, Decimal] = {}
    for row in chased:
        totals[row.currency] = totals.get(row.currency, Decimal(0)) + row.balance_due
    numbers = Counter(row.letter_no for row in chased if row.letter_no)
    return (
        f"Campagne du {french.short_date(as_of)} : "
        f"{french.count(len({row.account for row in chased}), 'client')}, "
        + " + ".join(french.amount(value, currency) for currency, value in sorted(totals.items()))
        + ", lettres "
        + ", ".join(f"{number} : {count}" for number, count in sorted(numbers.items()))
        + f" ; {_left_out(left_out)}"
    )


def _left_out(number: int) -> str:
    return french.count(number, "client laissé de côté", "clients laissés de côté")


def prepare(
    book: xw.Book, *, now: datetime, typed: Mapping[str, str] | None = None
) -> PrepareReport:
    """Fill the three sheets from the ledger, the history and the criteria.

    Args:
        book: The workbook.
        now: The moment of the click; its day is the letters' when no date is entered.
        typed: Criteria (setting name to text) that stand over those of the sheet.

    Raises:
        RefusedError: The ledger is empty.
        CancelledError: The user would have lost decisions and answered no.
        FindingsError: A criterion, a setting or the procedure cannot be read.
        BookBusyError: A sheet is protected.
    """
    with quiet(book):
        snapshot = gather(book)
        if not snapshot.ledger.entries and not snapshot.ledger.findings:
            raise RefusedError(
                "Grand livre : aucune écriture. Collez ou importez le grand livre, puis Préparer."
            )
        passing = writable(
            book,
            layout.PREPARATION_TABLE,
            layout.DETAIL_TABLE,
            layout.NON_RELANCES_TABLE,
            layout.GRAND_LIVRE_TABLE,
            state=snapshot.settings,
        )
        criteria = named.read_criteria(snapshot.settings, typed or {})
        selection = selection_of(snapshot, criteria, now)
        sheets = readable_letters(preparation_sheet.read(book, snapshot.procedure.highest))
        sheets = with_current_letters(book, sheets)
        decisions = _kept_decisions(book, snapshot, sheets, criteria, selection)
        report = refresh(book, snapshot, sheets, criteria, decisions, now=now)
        return replace(report, findings=[*report.findings, *passing])


def clear(book: xw.Book) -> int:
    """Empty the three sheets (« Supprimer les relances en cours »), after asking.

    Returns:
        How many customers were taken out of Préparation.
    """
    with quiet(book):
        settings = named.Settings(book)
        sheets = preparation_sheet.read(book, named.procedure(book).highest)
        if not sheets.customers and not sheets.others and not sheets.excluded:
            raise RefusedError("Aucune relance en cours : rien à supprimer.")
        writable(
            book,
            layout.PREPARATION_TABLE,
            layout.DETAIL_TABLE,
            layout.NON_RELANCES_TABLE,
            state=settings,
        )
        issued = sum(row.issued for row in sheets.customers)
        lost = f", dont {issued} déjà éditées et non sauvegardées" if issued else ""
        confirm(
            book,
            f"Supprimer {french.count(len(sheets.customers), 'relance')} en cours{lost} ? "
            "L'historique et les lettres déjà faites restent.",
        )
        preparation_sheet.write(book, [], [], [])
        for setting in layout.PREPARATION_STATE:
            settings.write(setting.name, None)
        return len(sheets.customers)


def selection_of(snapshot: Snapshot, criteria: Criteria, now: datetime) -> Selection:
    """The criteria as the core reads them.

    Raises:
        FindingsError: One means nothing.
    """
    return named.selection(
        snapshot.settings, criteria, today=now.date(), highest=snapshot.procedure.highest
    )


def decide(snapshot: Snapshot, selection: Selection, decisions: Decisions) -> core.Preparation:
    """The preparation of the workbook's records, nothing written."""
    return core.prepare(
        snapshot.positions(selection.as_of),
        selection=selection,
        procedure=snapshot.procedure,
        policy=snapshot.policy,
        standing=snapshot.standing(),
        decisions=decisions,
    )


def refresh(
    book: xw.Book,
    snapshot: Snapshot,
    sheets: Sheets,
    criteria: Criteria,
    decisions: Decisions,
    *,
    now: datetime,
    just_saved: Collection[Key] = (),
    restored: Mapping[Key, Sequence[HistoryRecord]] | None = None,
) -> PrepareReport:
    """Decide again and write the three sheets; issued rows of ``sheets`` stay as they are.

    Args:
        book: The workbook.
        snapshot: Its records.
        sheets: The three sheets as they stand; issued rows freeze.
        criteria: The criteria as entered.
        decisions: The user's decisions to keep.
        now: The moment of the click.
        just_saved: Customers whose letter was saved by this very command.
        restored: What each letter listed of a campaign undone by this very command.
    """
    selection = selection_of(snapshot, criteria, now)
    decided = _without(decide(snapshot, selection, decisions), just_saved)
    batch = _batch(snapshot, selection.as_of, criteria)
    motifs = Motifs(selection, snapshot.policy)
    names = {account: c.name for account, c in snapshot.customers.by_account.items() if c.name}
    issued = {row.key: row for row in sheets.customers if row.issued}
    letters = dict(restored or {})
    customers: list[CustomerRow] = []
    others: list[DetailRow] = []
    for customer in decided.in_range:
        name = names.get(customer.position.account) or customer.position.name
        row = preparation_sheet.customer_row(customer, motifs, decisions, name=name, batch=batch)
        records = letters.pop(customer.key, None)
        if records is not None:
            issued.pop(customer.key, None)  # a later letter, of levels that are undone
            customers.append(letter_again(records, row))
        elif customer.key in issued:
            customers.append(_frozen(issued.pop(customer.key), row.items))
        elif customer.reason is None:
            customers.append(row)
        else:
            others.extend(row.items)
    customers += [_frozen(row, ()) for row in issued.values()]
    customers += [letter_again(records, None) for records in letters.values()]
    customers.sort(key=lambda row: row.key)
    kept = {row.key for row in customers}
    decided = replace(decided, left_out=tuple(c for c in decided.left_out if c.key not in kept))
    excluded = preparation_sheet.excluded_rows(decided, motifs, names, decisions.forced)
    unknown = _unknown(snapshot, selection, names, decisions.forced)
    first_summary = sum(bool(row.account) for row in excluded)
    excluded[:first_summary] = sorted([*excluded[:first_summary], *unknown], key=lambda r: r.key)
    live = preparation_sheet.write(book, customers, others, excluded)
    _write_identities(book, snapshot)
    report = PrepareReport(
        batch=batch,
        as_of=selection.as_of,
        customers=customers,
        excluded=excluded,
        reasons=Counter(customer.reason for customer in decided.left_out if customer.reason)
        + Counter({row.reason: row.customers for row in decided.summaries})
        + Counter({Reason.UNREADABLE: len(unknown)}),
        findings=[*snapshot.findings, *_undated(decided, snapshot), *sheets.findings],
        live=live,
    )
    _write_state(snapshot, report, criteria, now)
    return report


def with_current_letters(book: xw.Book, sheets: Sheets) -> Sheets:
    """Issued rows whose letter no longer says what is ticked lose « Éditée », after asking.

    A row issued by hand, without a letter, freezes from here on.
    """
    stale = [row for row in sheets.customers if row.digest and row.digest != row.content_digest()]
    stale = [row for row in stale if row.issued]
    if stale:
        names = french.listing(row.name or row.account for row in stale)
        confirm(
            book,
            f"{names} : la lettre éditée ne dit plus ce qui est coché (échéances ou numéro "
            "changés depuis). Retirer la coche « Éditée » pour la refaire ?",
        )
    keys = {row.key for row in stale}
    customers = [
        replace(row, issued=False, digest="")
        if row.key in keys
        else replace(row, digest=row.digest or row.content_digest())
        if row.issued
        else row
        for row in sheets.customers
    ]
    return replace(sheets, customers=customers)


def readable_letters(sheets: Sheets) -> Sheets:
    """The same, when what each issued letter lists can be read.

    Raises:
        FindingsError: A cell of an issued customer means nothing: what its letter says would
            be forgotten.
    """
    issued = {row.key for row in sheets.customers if row.issued}
    stopping = [fault for key, fault in sheets.faults.items() if key is None or key in issued]
    if issued and stopping:
        raise FindingsError(stopping)
    return sheets


def previous_criteria(snapshot: Snapshot) -> Criteria | None:
    """The criteria of the preparation in the sheet; None without one."""
    text = snapshot.settings.text("preparation_criteres")
    return named.parse_criteria(text) if text else None


def _kept_decisions(
    book: xw.Book,
    snapshot: Snapshot,
    sheets: Sheets,
    criteria: Criteria,
    selection: Selection,
) -> Decisions:
    """All decisions under the same criteria; « Forcer » alone, after asking, under others."""
    decisions = sheets.decisions
    previous = previous_criteria(snapshot)
    if previous is None or previous.same_choice(criteria):
        return decisions
    waiting = {row.key for row in sheets.customers if not row.issued}
    items = {i.identity for row in sheets.customers if not row.issued for i in row.items}
    lost = (
        sum(identity in items for identity in {*decisions.unticked, *decisions.ticked})
        + sum(key in waiting for key in decisions.switched_off)
        + sum(key in waiting for key in decisions.letter_nos)
        + sum(
            not (selection.in_range(account) and selection.in_currency(currency))
            for account, currency in decisions.forced
        )
    )
    if lost:
        confirm(
            book,
            "Les critères ont changé : "
            + french.count(
                lost, "choix fait à la main sera perdu", "choix faits à la main seront perdus"
            )
            + " (échéances, numéros, clients retirés ou forcés). Continuer ?",
        )
    return Decisions(forced=decisions.forced)


def _without(decided: core.Preparation, just_saved: Collection[Key]) -> core.Preparation:
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


NEW_SINCE = "Arrivée depuis l'édition : "
"""Begins the Motif of an item that an issued letter could not know."""


def _frozen(row: CustomerRow, fresh: tuple[DetailRow, ...]) -> CustomerRow:
    """An issued row: what its letter lists stays; other open items stand beside it, unticked."""
    listed = {item.identity: item for item in row.listed}
    old = {item.identity: item for item in row.items}
    items = []
    arrived = []
    for item in fresh:
        if item.identity in listed:
            items.append(listed[item.identity])
            continue
        before = old.get(item.identity)
        suggested = item.suggested
        if suggested is not None:
            suggested = bool(before.suggested) if before is not None else False
        motif = item.motif
        if item.amount > 0 and (before is None or before.motif.startswith(NEW_SINCE)):
            motif = NEW_SINCE + motif
            arrived.append(item)
        proposed = before.proposed if before is not None else None
        items.append(
            replace(item, listed=False, suggested=suggested, proposed=proposed, motif=motif)
        )
    open_now = {item.identity: item for item in fresh}
    gone = [item for identity, item in listed.items() if identity not in open_now]
    changed = [
        *(f"{_name(item)} n'est plus ouverte" for item in gone),
        *(
            sentence
            for identity, item in listed.items()
            if identity in open_now
            for sentence in _differences(item, open_now[identity])
        ),
        *(f"{_name(item)} nouvelle" for item in arrived),
    ]
    return replace(preparation_sheet.frozen(row, french.listing(changed)), items=(*items, *gone))


def _differences(item: DetailRow, now: DetailRow) -> list[str]:
    changed = []
    if now.remainder != item.remainder:
        changed.append(
            f"{_name(item)} reste {french.amount(now.remainder, item.currency)} au lieu de "
            f"{french.amount(item.remainder, item.currency)}"
        )
    if now.due_date != item.due_date:
        day = f"au {french.short_date(now.due_date)}" if now.due_date else "inconnue"
        changed.append(f"échéance de {_name(item)} {day}")
    return changed


def letter_again(records: Sequence[HistoryRecord], row: CustomerRow | None) -> CustomerRow:
    """The row of a saved letter as it was before Save: éditée, with all that its letter lists.

    Args:
        records: What the history says that the letter listed.
        row: The customer's row as it would be proposed now; None when nothing is open.
    """
    sent = {record.identity: record for record in records}
    first = records[0]
    proposed = row is not None and {i.identity: i.remainder for i in row.listed} == {
        identity: record.remainder for identity, record in sent.items()
    }
    if row is not None and proposed and row.letter_no == first.letter_no:
        row = replace(row, issued=True, file=first.file, batch=first.batch)
        return replace(row, digest=row.content_digest())
    fresh = row.items if row is not None else ()
    now = {item.identity: item for item in fresh}
    as_sent = [_item_sent(record, now.get(record.identity)) for record in records]
    unlisted = [item for item in fresh if item.identity not in sent]
    named_first = max(as_sent, key=lambda item: (item.proposed or 0, item.days_late or 0))
    letter = CustomerRow(
        account=first.account,
        name=row.name if row is not None else first.name,
        currency=first.currency,
        max_late=max(item.days_late or 0 for item in as_sent),
        last_letter=row.last_letter if row is not None else None,
        last_date=row.last_date if row is not None else None,
        typed=None,
        on=True,
        issued=True,
        file=first.file,
        motif=f"Lettre {first.letter_no} du {french.short_date(first.letter_date)} : "
        f"{_name(named_first)}",
        forced=row.forced if row is not None else False,
        batch=first.batch,
        digest="",
        items=(*as_sent, *(replace(item, listed=False) for item in unlisted)),
    )
    letter = replace(letter, digest=letter.content_digest())
    return _frozen(letter, fresh)


def _item_sent(record: HistoryRecord, now: DetailRow | None) -> DetailRow:
    """A row of Détail as its letter listed it."""
    late = days_overdue(record.due_date, record.letter_date)
    if now is not None:
        return replace(
            now,
            due_date=record.due_date,
            days_late=late,
            set_off=now.amount - record.remainder,
            remainder=record.remainder,
            proposed=record.level,
            listed=True,
            suggested=True,
        )
    return DetailRow(
        account=record.account,
        name=record.name,
        currency=record.currency,
        entry_no=record.entry_no,
        document=record.document,
        document_date=None,
        due_date=record.due_date,
        days_late=late,
        label="",
        debit=record.remainder,
        credit=None,
        amount=record.remainder,
        set_off=0 * record.remainder,
        remainder=record.remainder,
        level=None,
        letter_date=None,
        proposed=record.level,
        next_day=None,
        listed=True,
        motif=f"Dans la lettre du {french.short_date(record.letter_date)}",
        identity=record.identity,
        suggested=True,
    )


def _name(item: DetailRow) -> str:
    return item.document or item.label or item.entry_no


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
            motif=Motifs(selection, snapshot.policy).unreadable(account),
        )
        for (account, currency), name in ledger.lost.items()
        if (account, currency) not in known
        and selection.in_range(account)
        and selection.in_currency(currency)
    ]


def _undated(decided: core.Preparation, snapshot: Snapshot) -> list[Finding]:
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
    given = [entry.identity for entry in ledger.entries]
    if given != ledger.stored:
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
