"""From a decision of the core to the rows that show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xl_relances.book.preparation_rows import CustomerRow, DetailRow, ExcludedRow
from xl_relances.dunning.decision import CustomerDecision, Decisions, ItemDecision, Key, Preparation
from xl_relances.dunning.due_dates import days_overdue
from xl_relances.dunning.limitation import limitation_day
from xl_relances.dunning.motif import Motifs


def customer_row(
    customer: CustomerDecision, motifs: Motifs, decisions: Decisions, *, name: str, batch: str
) -> CustomerRow:
    """A chased customer as a row of Préparation, the user's decisions kept."""
    items = detail_rows(customer, motifs, name)
    late = [item.days_late or 0 for item in items if item.listed]
    last = customer.last_letter
    typed = decisions.letter_nos.get(customer.key)
    return CustomerRow(
        account=customer.position.account,
        name=name,
        currency=customer.position.currency,
        max_late=max(late, default=0),
        last_letter=last.level or None,
        last_date=last.letter_date,
        typed=typed,
        on=customer.key not in decisions.switched_off,
        issued=False,
        file="",
        motif=motifs.customer(customer),
        forced=customer.forced,
        batch=batch,
        digest="",
        items=tuple(items),
    )


def detail_rows(customer: CustomerDecision, motifs: Motifs, name: str) -> list[DetailRow]:
    """The customer's open items as rows of Détail."""
    sentences = motifs.items(customer)
    return [
        _item_row(line, sentence, name, motifs)
        for line, sentence in zip(customer.items, sentences, strict=True)
    ]


def _item_row(line: ItemDecision, sentence: str, name: str, motifs: Motifs) -> DetailRow:
    item, entry = line.item, line.item.entry
    upcoming = line.upcoming if item.remainder else None
    return DetailRow(
        account=item.account,
        name=name,
        currency=item.currency,
        entry_no=entry.entry_no if entry else "",
        document=entry.document if entry else "",
        document_date=item.document_date,
        due_date=item.due_date,
        days_late=days_overdue(item.due_date, motifs.selection.as_of)
        if item.due_date and item.amount >= 0
        else None,
        label=entry.label if entry else "Écart de lettrage",
        debit=(entry.debit or None) if entry else None,
        credit=(entry.credit or None) if entry else -item.amount,
        amount=item.amount,
        set_off=item.set_off,
        remainder=item.remainder,
        level=line.reached.level if entry else None,
        letter_date=line.reached.letter_date,
        proposed=line.proposed,
        next_day=upcoming.day if upcoming else None,
        limitation=limitation_day(item, motifs.policy),
        listed=line.listed,
        motif=sentence,
        identity=item.identity,
        suggested=line.suggested if line.eligible else None,
    )


def excluded_rows(
    preparation: Preparation, motifs: Motifs, names: Mapping[str, str], forced: Iterable[Key]
) -> list[ExcludedRow]:
    """Customers left out, then one row for each kind of customers out of range."""
    kept = set(forced)
    rows = [
        ExcludedRow(
            account=customer.position.account,
            name=names.get(customer.position.account) or customer.position.name,
            currency=customer.position.currency,
            net=customer.position.net,
            forced=customer.key in kept,
            motif=motifs.customer(customer),
        )
        for customer in preparation.left_out
    ]
    rows += [
        ExcludedRow(
            account="",
            name=f"{row.customers} client{'s' if row.customers > 1 else ''}",
            currency=row.currency,
            net=row.net,
            forced=False,
            motif=motifs.summary(row),
        )
        for row in preparation.summaries
    ]
    return rows
