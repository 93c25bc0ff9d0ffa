"""Letters: docxtpl as in its manual beside ours, then one document and PDFs of many.

Both ways get the same template and the same values and write the same parts, the
payment code among them where there is one. docxcompose is measured where it is
installed by hand (``pip install docxcompose``).
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import subprocess
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from xl_relances.letters.letter import Letter, LetterLine, Recipient, Sender
from xl_relances.sample import AS_OF, company, customers, ledger

LINES = 6
"""Items a letter: about what a customer who is late has."""


def usual(
    template: Path, count: int, folder: Path, items: int = LINES, *, coded: bool = False
) -> dict[str, float]:
    """``DocxTemplate(path)``, ``render``, ``save``, for each letter; ``replace_pic`` for a code."""
    from docxtpl import DocxTemplate  # noqa: PLC0415 - its import is not what is measured
    from segno.helpers import make_epc_qr  # noqa: PLC0415

    from xl_relances.letters.fields import context  # noqa: PLC0415

    written = letters(count, items, coded=coded)
    start = time.perf_counter()
    for number, letter in enumerate(written):
        document = DocxTemplate(template)
        if coded:
            code, amount = io.BytesIO(), letter.balance_due
            text = letter.recipient.account
            make_epc_qr(
                letter.sender.name, letter.sender.iban.replace(" ", ""), amount, text=text
            ).save(code, kind="png", scale=10)
            code.seek(0)
            document.replace_pic("Code", code)
        document.render(context(letter), autoescape=True)
        document.save(folder / f"{number}.docx")
    return {"seconds": time.perf_counter() - start, "letters": count}


def ours(
    template: Path, count: int, folder: Path, items: int = LINES, *, coded: bool = False
) -> dict[str, float]:
    """Our renderer, each file verified and renamed into place as in the product."""
    import docxtpl  # noqa: F401, PLC0415 - imported before the clock starts, as above
    import segno.helpers  # noqa: F401, PLC0415

    from xl_relances.letters.render import TemplateCache  # noqa: PLC0415

    written = letters(count, items, coded=coded)
    start = time.perf_counter()
    templates = TemplateCache()
    for number, letter in enumerate(written):
        templates.render(letter, template, folder / f"{number}.docx")
    return {"seconds": time.perf_counter() - start, "letters": count}


def merged(template: Path, count: int, folder: Path) -> dict[str, float]:
    """One document of that many letters, a section each; writing the letters is not counted."""
    from xl_relances.letters.merging import merge  # noqa: PLC0415

    paths = _written(template, count, folder)
    start = time.perf_counter()
    merge(paths, folder / "campaign.docx")
    return {"seconds": time.perf_counter() - start, "letters": count}


def has_docxcompose() -> bool:
    """Whether it is installed: no dependency of ours."""
    return importlib.util.find_spec("docxcompose") is not None


def composed(template: Path, count: int, folder: Path) -> dict[str, float]:
    """One document as docxcompose's manual makes it: append, save."""
    from docx import Document  # noqa: PLC0415

    composer_of = importlib.import_module("docxcompose.composer").Composer

    first, *others = _written(template, count, folder)
    start = time.perf_counter()
    composer = composer_of(Document(str(first)))
    for path in others:
        composer.append(Document(str(path)))
    composer.save(str(folder / "composed.docx"))
    return {"seconds": time.perf_counter() - start, "letters": count}


def printed(template: Path, count: int, folder: Path) -> dict[str, float]:
    """PDFs as the product makes them; writing the letters is not counted."""
    from xl_relances.letters.printing import print_letters  # noqa: PLC0415

    paths = _written(template, count, folder)
    start = time.perf_counter()
    made = sum(one.pdf is not None for one in print_letters(paths))
    return {"seconds": time.perf_counter() - start, "letters": made}


def printed_one_by_one(template: Path, count: int, folder: Path) -> dict[str, float]:
    """A start of LibreOffice for each letter, on a profile of its own."""
    paths = _written(template, count, folder)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    start = time.perf_counter()
    for path in paths:
        line = ["soffice", profile, "--headless", "--convert-to", "pdf"]
        subprocess.run([*line, "--outdir", str(folder), str(path)], check=True, capture_output=True)
    return {"seconds": time.perf_counter() - start, "letters": count}


def _written(template: Path, count: int, folder: Path) -> list[Path]:
    ours(template, count, folder)
    return [folder / f"{number}.docx" for number in range(count)]


def letters(count: int, items: int = LINES, *, coded: bool = False) -> list[Letter]:
    """Letters to the customers of the sample, over and over, each with so many items."""
    settings = {name: str(value or "") for name, value in company().items()}
    sender = Sender(
        name=settings["societe_nom"],
        legal_form=settings["societe_forme"],
        capital=settings["societe_capital"],
        siren=settings["societe_siren"],
        registry=settings["societe_rcs"],
        vat_number=settings["societe_tva"],
        address=(settings["societe_adresse_1"], settings["societe_adresse_2"]),
        postal_code=settings["societe_code_postal"],
        city=settings["societe_ville"],
        phone=settings["societe_telephone"],
        email=settings["societe_email"],
        contact=settings["societe_contact"],
        signatory=settings["societe_signataire"],
        role=settings["societe_fonction"],
        iban=settings["societe_iban"],
        bic=settings["societe_bic"],
    )
    lines = _lines()
    rows = customers()
    return [
        Letter(
            recipient=_recipient({k: str(v or "") for k, v in rows[number % len(rows)].items()}),
            sender=sender,
            level=1,
            date=AS_OF,
            deadline=AS_OF + timedelta(days=8),
            payments_until=AS_OF,
            currency="EUR",
            language="fr",
            subject="Rappel de factures échues",
            batch=AS_OF.isoformat(),
            lines=tuple(lines[(number * items + line) % len(lines)] for line in range(items)),
            payment_code=coded,
        )
        for number in range(count)
    ]


def _recipient(row: dict[str, str]) -> Recipient:
    return Recipient(
        account=row["Compte"],
        name=row["Nom"],
        contact=row["Contact"],
        address=tuple(row[f"Adresse {line}"] for line in (1, 2, 3) if row[f"Adresse {line}"]),
        postal_code=row["Code postal"],
        city=row["Ville"],
        country=row["Pays"],
    )


def _lines() -> list[LetterLine]:
    lines = []
    for row in ledger():
        issued, due, debit = row["Date"], row["Échéance"], row["Débit"]
        if isinstance(issued, date) and isinstance(due, date) and isinstance(debit, Decimal):
            lines.append(
                LetterLine(
                    document=str(row["Pièce"]),
                    document_date=issued,
                    due_date=due,
                    days_overdue=max(1, (AS_OF - due).days),
                    amount=debit,
                    label=str(row["Libellé"]),
                )
            )
    return lines
