"""What a letter says: the fields of :class:`Letter`, from a row of Préparation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from xl_relances.book import named_cells
from xl_relances.book.customers_sheet import Customer
from xl_relances.book.preparation_rows import CustomerRow, DetailRow
from xl_relances.book.settings import Settings
from xl_relances.dunning.charges import Charge
from xl_relances.dunning.levels import DunningLevel
from xl_relances.dunning.preparation import level_given
from xl_relances.errors import LetterError
from xl_relances.letters.letter import EarlierLetter, Letter, LetterLine, Recipient, Sender
from xl_relances.run.charging import Charging
from xl_relances.run.reading import Snapshot
from xl_relances.run.sending import goes_by_post


def content(
    row: CustomerRow,
    level: DunningLevel,
    customer: Customer,
    *,
    language: str,
    snapshot: Snapshot,
    sender: Sender,
    charging: Charging,
) -> Letter:
    """What the letter of a row says.

    Args:
        row: The row of Préparation, with the items it lists.
        level: Its level.
        customer: Its customer.
        language: That of its template.
        snapshot: The settings, and the history for the earlier letters.
        sender: The company.
        charging: What it may charge.

    Raises:
        LetterError: It has no date, a charge no rate, or « Objet » a field without a value.
    """
    from xl_relances.mail.wording import subject_of  # noqa: PLC0415 - templates, for letters alone

    day = row.letter_date
    if day is None:
        raise LetterError("la date de la lettre manque (colonne « Campagne » modifiée).")
    owed = charging.of(row, level, customer, day)
    last = snapshot.procedure.highest
    letter = Letter(
        recipient=_recipient(customer, row),
        sender=sender,
        level=level.rank,
        date=day,
        deadline=day + timedelta(days=level.days_to_pay),
        payments_until=day,
        currency=row.currency,
        language=language,
        subject=level.subject or level.label,
        batch=row.batch,
        lines=tuple(
            _line(item, owed.of(item.identity), for_memory=_for_memory(item, row, last=last))
            for item in row.listed
        ),
        earlier=_earlier(row, snapshot),
        reference=row.account,
        registered=level.registered and goes_by_post(customer),
        payment_code=_wants_code(snapshot.settings),
    )
    return replace(letter, subject=subject_of(level, letter, last=level.rank == last))


def _earlier(row: CustomerRow, snapshot: Snapshot) -> tuple[EarlierLetter, ...]:
    """Letters that already listed one of the items, oldest first; one a day."""
    listed = {item.identity for item in row.listed}
    letters: dict[date, int] = {}
    for record in (*snapshot.carried_over, *snapshot.history.records):
        counts = record.batch not in snapshot.campaigns.cancelled
        if counts and record.identity in listed:
            day = record.letter_date
            letters[day] = max(record.letter_no, letters.get(day, 0))
    return tuple(EarlierLetter(level=letters[day], date=day) for day in sorted(letters))


def sender(settings: Settings, home: Path) -> Sender:
    """The company of Paramètres."""
    text = settings.text
    logo = text("societe_logo")
    return Sender(
        name=text("societe_nom"),
        legal_form=text("societe_forme"),
        capital=text("societe_capital"),
        siren=text("societe_siren"),
        registry=text("societe_rcs"),
        vat_number=text("societe_tva"),
        address=tuple(filter(None, (text("societe_adresse_1"), text("societe_adresse_2")))),
        postal_code=text("societe_code_postal"),
        city=text("societe_ville"),
        country=text("societe_pays"),
        phone=text("societe_telephone"),
        email=text("societe_email"),
        site=text("societe_site"),
        contact=text("societe_contact"),
        signatory=text("societe_signataire"),
        role=text("societe_fonction"),
        account_holder=text("societe_titulaire"),
        iban=text("societe_iban"),
        bic=text("societe_bic"),
        logo=home / logo if logo else None,
    )


def _recipient(customer: Customer, row: CustomerRow) -> Recipient:
    return Recipient(
        account=row.account,
        name=customer.name or row.name or row.account,
        contact=customer.contact,
        address=customer.address,
        postal_code=customer.postal_code,
        city=customer.city,
        country=customer.country,
        is_professional=not customer.is_consumer,
        phone=customer.phone,
        email=customer.email,
    )


def _wants_code(settings: Settings) -> bool:
    """« Selon l'IBAN »: few French banks' apps read the code, those abroad do."""
    choice = settings.choice("code_de_paiement")
    if choice == named_cells.SELON_IBAN:
        return not settings.text("societe_iban").upper().startswith("FR")
    return choice == named_cells.OUI


def _for_memory(item: DetailRow, row: CustomerRow, *, last: int) -> bool:
    """Whether Save will leave the item's level as it is; a formal notice raises all it lists."""
    assert row.letter_no is not None  # a row with a letter has a number, and what proposed it
    assert row.suggested_no is not None
    given = level_given(
        sent=row.letter_no, suggested=row.suggested_no, proposed=item.proposed, highest=last
    )
    return given is None


def _line(item: DetailRow, charge: Charge, *, for_memory: bool) -> LetterLine:
    assert item.due_date is not None  # a listed item is overdue
    return LetterLine(
        document=item.document,
        entry=item.entry_no,
        document_date=item.document_date,
        due_date=item.due_date,
        days_overdue=item.days_late or 0,
        label=item.label,
        amount=item.amount,
        set_off=item.set_off,
        last_level=item.level or 0,
        last_reminded=item.letter_date,
        for_memory=for_memory,
        interest=charge.interest.amount if charge.interest else Decimal(0),
        interest_days=charge.interest.days if charge.interest else 0,
        interest_rates=charge.interest.rates if charge.interest else (),
        fixed_sum=charge.fixed_sum,
    )
