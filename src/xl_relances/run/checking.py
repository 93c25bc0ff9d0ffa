"""Check: ledger, parameters and templates, all findings at once, nothing written."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import xlwings as xw

from xl_relances.book import layout, preparation_sheet, tables
from xl_relances.book.rates import floor_findings, parse_rates
from xl_relances.dunning.motif import unbalanced
from xl_relances.errors import Finding
from xl_relances.letters.letter import check_sender
from xl_relances.run.letter_content import sender
from xl_relances.run.limitations import barred_items
from xl_relances.run.reading import Snapshot, gather, templates_folder


def check(book: xw.Book, *, today: date) -> list[Finding]:
    """Everything to mend, by sheet: what stops a letter, then what is worth knowing.

    Raises:
        BookError: A table or a column is missing.
        FindingsError: A setting or the procedure cannot be read.
    """
    snapshot = gather(book)
    home = Path(book.fullname).parent
    findings = [
        *snapshot.findings,
        *_ledger(snapshot, today),
        *_procedure(snapshot),
        *_rates(book),
        *preparation_sheet.read(book, snapshot.procedure.highest).findings,
        *check_sender(sender(snapshot.settings, home)),
        *_templates(snapshot, templates_folder(book, snapshot)),
        *_wording(snapshot),
    ]
    return sorted(findings, key=lambda finding: not finding.blocking)


def _ledger(snapshot: Snapshot, today: date) -> list[Finding]:
    findings = []
    numbers = {
        entry.identity: number
        for entry, number in zip(snapshot.ledger.entries, snapshot.ledger.numbers, strict=True)
    }
    known = {entry.account for entry in snapshot.ledger.entries}
    currencies = set()
    positions = snapshot.positions(today)
    for position in positions:
        if position.items:
            currencies.add(position.currency)
        findings += [
            _note(layout.GRAND_LIVRE, f"compte {position.account} : {sentence}.")
            for sentence in unbalanced(position)
        ]
        findings += [
            Finding(
                where=layout.GRAND_LIVRE,
                row=numbers.get(item.identity),
                column="Échéance",
                message="échéance manquante, et aucun délai de paiement pour la calculer.",
                blocking=False,
            )
            for item in position.items
            if item.is_debit and item.due_date is None
        ]
    findings += [
        _note(
            layout.GRAND_LIVRE,
            f"compte {account} : hors des racines, {customer.beside} pour ce client (au dernier "
            "import).",
        )
        for account, customer in snapshot.customers.by_account.items()
        if customer.beside and account in known
    ]
    findings += barred_items(snapshot, positions, today)
    chosen = snapshot.settings.text("devise")
    if len(currencies) > 1 and not chosen and snapshot.settings.raw("solde_minimum"):
        findings.append(
            _note(
                layout.SELECTION,
                f"le solde minimum s'applique dans chaque devise ({', '.join(sorted(currencies))}) "
                "telle quelle.",
            )
        )
    return findings


def _procedure(snapshot: Snapshot) -> list[Finding]:
    levels = snapshot.procedure.levels
    return [
        _note(
            layout.PARAMETRES,
            f"niveau {after.rank} : « Retard » {after.lateness} inférieur à celui du niveau "
            f"{before.rank} ({before.lateness}).",
        )
        for before, after in pairwise(levels)
        if after.lateness < before.lateness
    ]


def _templates(snapshot: Snapshot, folder: Path) -> list[Finding]:
    from xl_relances.letters.templates import check_templates  # noqa: PLC0415 - heavy

    language = snapshot.settings.choice("societe_langue")
    languages = {customer.language for customer in snapshot.customers.by_account.values()}
    return check_templates(
        folder,
        [level.template for level in snapshot.procedure.levels],
        sorted(filter(None, languages)),
        default_language=language,
    )


def _rates(book: xw.Book) -> list[Finding]:
    rates, unreadable = parse_rates(tables.read(book, layout.TAUX_TABLE))
    return [*unreadable, *floor_findings(rates, rates.by_half_year)]


def _wording(snapshot: Snapshot) -> list[Finding]:
    from xl_relances.mail.wording import check_wording  # noqa: PLC0415 - heavy

    return check_wording(snapshot.procedure.levels)


def _note(where: str, message: str) -> Finding:
    return Finding(where=where, message=message, blocking=False)
