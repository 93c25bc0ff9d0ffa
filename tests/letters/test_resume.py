"""Issue cut off with kill -9, twice, then run again: every letter is there once and opens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from docx import Document

import books
from xl_relances import headless, run
from xl_relances.book import preparation_sheet

CUSTOMERS = 240
ACCOUNTS = [f"411K{at:03}" for at in range(CUSTOMERS)]


def prepared(folder: Path) -> Path:
    """A workbook with a letter to make for each of many customers."""
    due = books.AS_OF - timedelta(days=20)
    ledger: list[dict[str, Any]] = [
        {
            "Compte": account, "Nom": f"Client {account}", "Écriture": f"VE-{account}-{item}",
            "Pièce": f"FA-{account}-{item}", "Date": due - timedelta(days=30), "Échéance": due,
            "Libellé": "Facture", "Débit": Decimal(100 + item), "Devise": "EUR",
        }
        for account in ACCOUNTS
        for item in range(3)
    ]  # fmt: skip
    customers = [
        {"Compte": account, "Nom": f"Client {account}", "Adresse 1": "1 rue A", "Ville": "Nantes"}
        for account in ACCOUNTS
    ]
    path = books.make(folder, ledger, customers)
    with headless.open_book(path) as book:
        run.prepare(book, now=books.moment(books.AS_OF))
        book.save()
    return path


def issuing(book: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "xl_relances.cli", "issue", str(book)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def killed_after(book: Path, letters: Path, number: int) -> int:
    """Letters there once the command was killed, which it was not told before."""
    process = issuing(book)
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        if len(list(letters.glob("*.docx"))) >= number:
            break
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return len(list(letters.glob("*.docx")))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_a_run_killed_twice_is_taken_up_and_no_letter_is_made_twice(tmp_path: Path) -> None:
    book = prepared(tmp_path)
    letters = tmp_path / "Relances" / date.isoformat(books.AS_OF)
    first = killed_after(book, letters, CUSTOMERS // 4)
    assert CUSTOMERS // 4 <= first < CUSTOMERS
    journal = letters / "lettres.jsonl"
    with journal.open("a", encoding="utf-8") as torn:
        torn.write('{"fichier": "411K')  # what a cut in the middle of a line leaves
    second = killed_after(book, letters, CUSTOMERS // 2)
    assert first <= second < CUSTOMERS
    made = {path.name: path.stat().st_mtime_ns for path in letters.glob("*.docx")}

    process = issuing(book)
    said, errors = process.communicate(timeout=120)
    said = " ".join(said.split())
    assert process.returncode == 0
    assert errors == (
        "relances.xlsm : la commande précédente a été coupée (machine éteinte, programme tué) "
        "avant d'enregistrer le classeur : il est resté comme avant elle.\n"
    )
    assert f"{CUSTOMERS} lettres éditées" in said
    again = [name for name, stamp in made.items() if (letters / name).stat().st_mtime_ns != stamp]
    assert len(again) <= 1  # the one that lay there but was not yet written down
    assert f"dont {second - len(again)} déjà faites" in said

    assert sorted(path.name for path in letters.iterdir()) == sorted(
        ["lettres.jsonl", *(f"{account}_EUR_L1.docx" for account in ACCOUNTS)]
    )
    for account in ACCOUNTS[::12]:
        text = "\n".join(
            paragraph.text
            for paragraph in Document(str(letters / f"{account}_EUR_L1.docx")).paragraphs
        )
        assert account in text
    with headless.open_book(book, read_only=True) as opened:
        rows = preparation_sheet.read(opened, 3).customers
    assert [row.account for row in rows if row.issued] == ACCOUNTS
    assert {row.file for row in rows} == {
        f"Relances/{letters.name}/{account}_EUR_L1.docx" for account in ACCOUNTS
    }
