"""Letters to try a template with: everything filled in, and next to nothing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from xl_relances.letters.letter import EarlierLetter, Letter, LetterLine, Recipient, Sender

_DAY = dt.date(2026, 11, 25)

SENDER = Sender(
    name="Ateliers Morvan",
    legal_form="SAS",
    capital="50 000 €",
    siren="732829320",
    registry="RCS Nantes",
    vat_number="FR40732829320",
    address=("12 quai de la Fosse",),
    postal_code="44000",
    city="Nantes",
    phone="02 40 12 34 56",
    email="comptabilite@ateliers-morvan.example",
    site="www.ateliers-morvan.example",
    contact="Léa Martin",
    signatory="Claire Le Goff",
    role="Directrice administrative et financière",
    iban="FR7630006000011234567890189",
    bic="AGRIFRPP",
)

FULL = Letter(
    recipient=Recipient(
        account="411DUPONT",
        name="Établissements Dupont & Fils",
        contact="À l'attention de Mme Anne Roux",
        address=("Bâtiment C", "18 rue de l'Église"),
        postal_code="35000",
        city="Rennes",
        phone="02 99 11 22 33",
        email="a.roux@dupont.example",
    ),
    sender=SENDER,
    level=2,
    date=_DAY,
    deadline=_DAY + dt.timedelta(days=8),
    payments_until=_DAY - dt.timedelta(days=1),
    currency="EUR",
    language="fr",
    subject="Relance : factures échues",
    batch="2026-11-25",
    lines=(
        LetterLine(
            document="FA-1042",
            document_date=dt.date(2026, 9, 20),
            due_date=dt.date(2026, 10, 22),
            days_overdue=34,
            label="Entretien de septembre",
            amount=Decimal("1334.56"),
            set_off=Decimal(100),
            last_level=1,
            last_reminded=dt.date(2026, 11, 2),
            interest=Decimal("17.25"),
            interest_days=34,
            interest_rates=(Decimal(15),),
            fixed_sum=Decimal(40),
        ),
        LetterLine(
            document="",
            document_date=dt.date(2026, 10, 1),
            due_date=dt.date(2026, 10, 31),
            days_overdue=25,
            label="Fournitures",
            amount=Decimal("880.00"),
            for_memory=True,
            interest=Decimal("9.04"),
            interest_days=25,
            interest_rates=(Decimal(15),),
            fixed_sum=Decimal(40),
        ),
    ),
    earlier=(EarlierLetter(level=1, date=dt.date(2026, 11, 2)),),
    registered=True,
    payment_code=True,
)

BARE = Letter(
    recipient=Recipient(account="411X", name="M. Petit", is_professional=False),
    sender=Sender(name="Morvan", siren="732829320", address=("1 rue A",), city="Nantes"),
    level=1,
    date=_DAY,
    deadline=_DAY,
    payments_until=_DAY,
    currency="EUR",
    language="fr",
    subject="Rappel",
    batch="2026-11-25",
    lines=(
        LetterLine(
            document="FA-1",
            document_date=_DAY,
            due_date=_DAY,
            days_overdue=1,
            amount=Decimal("0.01"),
        ),
    ),
)

SAMPLES = (FULL, BARE)
