"""A copy of relances.xlsm with rows in it, and LibreOffice to recalculate it."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xl_relances.book import layout
from xl_relances.book.formulas import STORED
from xl_relances.book.layout import HEADER_ROW, Table
from xl_relances.workbook import package

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>fr-FR</value></prop></item>
</oor:items>
"""
"""Always recalculate on load, as a French machine would."""

Row = Mapping[str, Any]


def soffice() -> str | None:
    return shutil.which("soffice")


def convert(file: Path, out: Path, form: str) -> Path:
    """Convert with LibreOffice under a profile of its own; formulas are recalculated."""
    program = soffice()
    assert program is not None
    with tempfile.TemporaryDirectory() as profile:
        settings = Path(profile, "user", "registrymodifications.xcu")
        settings.parent.mkdir()
        settings.write_text(PROFILE, "utf-8")
        subprocess.run(
            [
                program, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless",
                "--convert-to", form, "--outdir", str(out), str(file),
            ],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
    return out / f"{file.stem}.{form}"


def put_rows(book: Workbook, table: Table, rows: Sequence[Row]) -> None:
    """Write rows under a table's titles in the styles of its columns, and let it grow."""
    sheet: Worksheet = book[table.sheet]
    listed = sheet.tables[table.name]
    for number, row in enumerate(rows, HEADER_ROW + 1):
        for index, column in enumerate(table.columns, 1):
            cell = sheet.cell(number, index)
            model = sheet.cell(HEADER_ROW + 1, index)
            if number > HEADER_ROW + 1:
                cell._style = copy(model._style)  # type: ignore[union-attr]
            value = row.get(column.title)
            if table is layout.PREPARATION_TABLE and column.title in STORED and value is None:
                value = STORED[column.title]
            cell.value = value
            if isinstance(value, str) and column.title not in STORED:
                cell.data_type = "s"
            if cell.alignment.wrap_text and len(str(value or "")) > column.width:
                sheet.row_dimensions[number].height = 30  # as Excel fits it by itself
    corner, end = listed.ref.split(":")
    letters = "".join(filter(str.isalpha, end))
    listed.ref = f"{corner}:{letters}{HEADER_ROW + max(1, len(rows))}"
    if listed.autoFilter is not None:
        listed.autoFilter.ref = listed.ref


def fill_demo(source: Path, target: Path, count: int) -> None:
    """Invented customers, items, ledger, history: ``count`` rows in the long tables."""
    book = load_workbook(source)
    book["Sélection"]["B5"] = "411"
    for name, value in (
        ("preparation_le", dt.datetime(2026, 11, 25, 9, 12)),
        ("preparation_date", dt.datetime(2026, 11, 25)),
        ("preparation_campagne", "2026-11-25"),
        ("preparation_criteres", "Comptes 411 ; lettre automatique ; d’après le nombre"),
    ):
        sheet, place = book.defined_names[name].attr_text.replace("$", "").split("!")
        book[sheet.strip("'")][place].value = value
    for table, maker in _MAKERS:
        put_rows(book, table, [maker(number) for number in range(count)])
    put_rows(book, layout.CAMPAGNES_TABLE, [_campaign(number) for number in range(min(count, 5))])
    if "xlwings.conf" in book.sheetnames:
        del book["xlwings.conf"]
    book.save(target)
    parts = package.read(str(target))
    parts["docProps/app.xml"] = package.read(str(source))["docProps/app.xml"]
    target.write_bytes(package.assemble(parts))


_NAMES = (
    "Boulangerie Martin", "SAS Établissements Lefèvre & Fils", "Garage de l’Avenue",
    "Pharmacie du Marché", "Ateliers Réunis de l’Ouest", "Mme Bénédicte d’Hautefeuille",
    "SCI Les Tilleuls", "Transports Guérin",
)  # fmt: skip
_DAY = dt.datetime(2026, 11, 25)


def _account(number: int) -> str:
    return f"411{number // 2 + 1:05}"


def _currency(number: int) -> str:
    return "JPY" if number % 23 == 22 else "TND" if number % 29 == 28 else "EUR"


def _late(number: int) -> int:
    return (number * 37) % 140 - 12


def _level(number: int) -> int:
    return 1 + number % 3


def _item(number: int) -> Row:
    due = _DAY - dt.timedelta(days=_late(number))
    amount = round(180.5 + number * 97.13 % 6400, 2)
    kind = number % 9
    ready = _late(number) > 8 and kind not in (4, 6, 7)
    reason = {
        4: "En litige : FA-1042", 6: "Couvert par AV-0007", 7: "Avoir imputé sur FA-1042",
    }.get(kind, f"Lettre {_level(number)} : FA-{1000 + number}, {_late(number)} j de retard, "
                f"lettre {_level(number) - 1} le 12/10/2026" if ready
          else f"Non échue : FA-{1000 + number}, échéance le {due:%d/%m/%Y}")  # fmt: skip
    balance = -amount if kind == 7 else amount
    set_off = balance if kind in (6, 7) else 0.0
    return {
        "Compte": _account(number), "Nom": _NAMES[number // 2 % 8],
        "Devise": _currency(number // 2),
        "Écriture": f"VE-2026-{number + 101:05}", "Pièce": f"FA-{1000 + number}",
        "Date": due - dt.timedelta(days=30), "Échéance": due, "Retard": max(0, _late(number)),
        "Libellé": "Facture de fournitures octobre", "Débit": None if kind == 7 else amount,
        "Crédit": amount if kind == 7 else None, "Solde": balance, "Imputé": set_off,
        "Reste": round(balance - set_off, 2), "Niveau": _level(number) - 1,
        "Relancé le": dt.datetime(2026, 10, 12) if _level(number) > 1 else None,
        "Lettre proposée": _level(number) if ready else None,
        "Prochaine lettre": due + dt.timedelta(days=8), "Relancer": int(ready), "Motif": reason,
        "Identité": f"id{number}", "Proposé": int(ready), "Clé": number // 2 + 1,
    }  # fmt: skip


def _customer(number: int) -> Row:
    return {
        "Compte": f"411{number + 1:05}", "Nom": _NAMES[number % 8], "Devise": _currency(number),
        "Retard max": max(0, _late(2 * number)), "Dernière lettre": number % 3 or None,
        "Relancé le": dt.datetime(2026, 10, 12) if number % 3 else None,
        "N° lettre": 2 if number == 1 else 7 if number == 6 else None,
        "Relancer": int(number % 11 != 5), "Éditée": int(number % 4 == 0),
        "Lettre": f"411{number + 1:05}_EUR_L2.docx" if number % 4 == 0 else None,
        "Motif": f"Lettre {_level(number)} : FA-{1000 + number}, {_late(number)} j de retard, "
                 "lettre 1 le 12/10/2026, et 1 autre échéance dont 1 pour mémoire",
        "Forcer": 0, "Campagne": "2026-11-25", "Clé": number + 1,
    }  # fmt: skip


def _left_out(number: int) -> Row:
    reasons = ("Compte soldé", "Bloqué jusqu'au 30/11/2026 compris : promesse de paiement",
               ("Délai en cours : FA-1003, 12 j de retard, lettre 1 le 20/11/2026, prochaine "
               "lettre le 04/12/2026"), "Compte créditeur")  # fmt: skip
    return {
        "Compte": f"4119{number:04}", "Nom": _NAMES[number % 8], "Devise": "EUR",
        "Solde": (-1) ** number * (350.2 + number), "Forcer": int(number == 2),
        "Motif": reasons[number % 4],
    }  # fmt: skip


def _entry(number: int) -> Row:
    item = _item(number)
    return {title: item.get(title) for title in (
        "Compte", "Nom", "Écriture", "Pièce", "Date", "Échéance", "Libellé", "Débit", "Crédit",
        "Devise", "Relancé le", "Identité",
    )} | {
        "Lettrage": "A" if number % 7 == 3 else None,
        "Litige": "qualité" if number % 9 == 4 else None,
        "Dernière lettre": _level(number) - 1 or None,
    }  # fmt: skip


def _card(number: int) -> Row:
    return {
        "Compte": f"411{number + 1:05}", "Nom": _NAMES[number % 8],
        "Contact": "Service comptabilité",
        "Téléphone": "+33 2 40 00 00 00", "Adresse 1": "12 rue de la République",
        "Adresse 2": "Bâtiment B", "Code postal": "01000", "Ville": "Bourg-en-Bresse",
        "E-mail": "compta@martin.example", "Langue": "fr",
        "Type": "Particulier" if number % 5 == 4 else "Professionnel",
        "Envoi": ("Courrier", "E-mail", "Courrier et e-mail")[number % 3],
        "Délai de paiement": "30FM", "Ne pas relancer": int(number % 6 == 5),
        "Bloqué jusqu'au": dt.datetime(2026, 11, 30) if number % 8 == 2 else None,
        "Motif du blocage": "promesse de paiement" if number % 8 == 2 else None,
    }  # fmt: skip


def _record(number: int) -> Row:
    item = _item(number)
    return {
        "Campagne": "2026-10-12", "Date": dt.datetime(2026, 10, 12), "Compte": item["Compte"],
        "Nom": item["Nom"], "Devise": "EUR", "Écriture": item["Écriture"], "Pièce": item["Pièce"],
        "Échéance": item["Échéance"], "Reste": item["Reste"], "N° lettre": _level(number),
        "Niveau": _level(number), "Envoi": "Courrier", "Fichier": "41100001_EUR_L1.docx",
        "Recommandé n°": "1A 123 456 7890 1" if _level(number) == 3 else None,
        "Utilisateur": "c.martin", "Enregistré le": dt.datetime(2026, 10, 12, 16, 40),
    }  # fmt: skip


def _campaign(number: int) -> Row:
    day = dt.datetime(2026, 7, 20) + dt.timedelta(days=21 * number)
    return {
        "Campagne": f"{day:%Y-%m-%d}", "Date": day,
        "Critères": "Comptes 411 ; lettre automatique ; d’après le nombre ; minimum 15,00",
        "Devise": "EUR", "Clients": 31 + number, "Échéances": 74 + number,
        "Montant": 91340.22 + 1000 * number, "Empreinte": "9f2c51d0a7be", "Utilisateur": "c.martin",
        "Enregistrée le": day.replace(hour=16, minute=40, second=13),
        "Annulée le": day.replace(hour=17) if number == 2 else None,
    }  # fmt: skip


_MAKERS = (
    (layout.PREPARATION_TABLE, _customer), (layout.DETAIL_TABLE, _item),
    (layout.NON_RELANCES_TABLE, _left_out), (layout.GRAND_LIVRE_TABLE, _entry),
    (layout.CLIENTS_TABLE, _card), (layout.HISTORIQUE_TABLE, _record),
)  # fmt: skip
