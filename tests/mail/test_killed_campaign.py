"""A campaign of 500 letters and 500 mails, its commands killed at random places, taken up again.

Every letter is there once and opens; no mail is delivered twice; what may have gone is
asked about, and nothing else.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from post_office import LOST, PASSWORD, TAKEN, USER, PostOffice, opened

import books
from xl_relances import headless, run
from xl_relances.book import preparation_sheet
from xl_relances.mail.journal import State
from xl_relances.mail.server import PASSWORD_VARIABLE
from xl_relances.run import mailing
from xl_relances.run.mailing import Result, Way

CUSTOMERS = 500
ACCOUNTS = [f"411K{at:03}" for at in range(CUSTOMERS)]
FOLDER = Path("Relances", date.isoformat(books.AS_OF))

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")


def prepared(folder: Path, **settings: Any) -> Path:
    """A workbook with a letter to make, and a mail to send, for each of the customers."""
    due = books.AS_OF - timedelta(days=20)
    ledger = [
        {
            "Compte": account, "Nom": f"Client {account}", "Écriture": f"VE-{account}",
            "Pièce": f"FA-{account}", "Date": due - timedelta(days=30), "Échéance": due,
            "Libellé": "Facture", "Débit": Decimal(100), "Devise": "EUR",
        }
        for account in ACCOUNTS
    ]  # fmt: skip
    customers = [
        {
            "Compte": account, "Nom": f"Client {account}", "Adresse 1": "1 rue A",
            "Ville": "Nantes", "Envoi": "E-mail", "E-mail": address(account),
        }
        for account in ACCOUNTS
    ]  # fmt: skip
    path = books.make(folder, ledger, customers, **settings)
    with headless.open_book(path) as book:
        run.prepare(book, now=books.moment(books.AS_OF))
        book.save()
    return path


def address(account: str) -> str:
    return f"{account}@clients.example".lower()


def command(*words: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "xl_relances.cli", *map(str, words)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def killed(process: subprocess.Popen[str], done: Callable[[], int], number: int) -> None:
    """Kill a command that was not told before, a little after it has done so many."""
    until = time.monotonic() + 60
    while process.poll() is None and done() < number and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(random.uniform(0, 0.02))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def test_500_letters_and_500_mails_killed_on_the_way_all_leave_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as office:
        monkeypatch.setenv("SSL_CERT_FILE", str(office.certificate))
        monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
        path = prepared(
            tmp_path / "société", smtp_serveur="localhost", smtp_port=office.port,
            smtp_utilisateur=USER, smtp_expediteur=USER, smtp_par_minute=1_000_000,
        )  # fmt: skip
        _letters(path)
        _mails(path, office)


def _letters(path: Path) -> None:
    folder = path.parent / FOLDER

    def there() -> int:
        return len(list(folder.glob("*.docx")))

    stamps: dict[str, int] = {}
    again: set[str] = set()
    for goal in sorted(random.sample(range(10, CUSTOMERS - 60), 3)):
        killed(command("issue", path), there, goal)
        assert goal <= there() < CUSTOMERS
        with (folder / "lettres.jsonl").open("a", encoding="utf-8") as torn:
            torn.write('{"fichier": "411K')  # what a cut in the middle of a line leaves
        now = {letter.name: letter.stat().st_mtime_ns for letter in folder.glob("*.docx")}
        again |= {name for name, stamp in stamps.items() if now[name] != stamp}
        stamps = now

    process = command("issue", path)
    said, errors = process.communicate(timeout=120)
    said = " ".join(said.split())
    assert (process.returncode, errors.count("a été coupée")) == (0, 1)
    assert f"{CUSTOMERS} lettres éditées" in said
    again |= {name for name, at in stamps.items() if (folder / name).stat().st_mtime_ns != at}
    assert len(again) <= 3  # one a kill: it lay there but was not yet written down
    assert "déjà faites" in said
    assert sorted(each.name for each in folder.iterdir()) == sorted(
        ["lettres.jsonl", *(f"{account}_EUR_L1.docx" for account in ACCOUNTS)]
    )
    for account in ACCOUNTS:
        with zipfile.ZipFile(folder / f"{account}_EUR_L1.docx") as letter:
            assert f">{account}<".encode() in letter.read("word/document.xml")
    with headless.open_book(path, read_only=True) as opened_book:
        rows = preparation_sheet.read(opened_book, 3).customers
    assert [row.account for row in rows if row.issued] == ACCOUNTS
    assert [row.file for row in rows] == [
        f"{FOLDER.as_posix()}/{account}_EUR_L1.docx" for account in ACCOUNTS
    ]


def _kill_at(at: int, process: subprocess.Popen[str], reply: str | None, number: int) -> str | None:
    """Kill the command while the server holds that mail, and answer nobody."""
    if number != at:
        return None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return reply


def _mails(path: Path, office: PostOffice) -> None:
    replies = [TAKEN, *[None] * 39, LOST, *[None] * 39]

    def break_now_and_then(_: int) -> str | None:
        """Every 40th mail the connection breaks, the mail taken or not."""
        replies.append(reply := replies.pop(0))
        return reply

    def arrived() -> int:
        return len(office.arrived)

    for reply in (None, "451 refusé"):  # killed while the server holds the mail, taken or not
        process = command("mail", path, "--smtp", "--yes")
        office.on_data = partial(_kill_at, arrived() + random.randint(5, 60), process, reply)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    office.on_data = break_now_and_then
    for goal in random.sample(range(20, 100), 3):
        killed(command("mail", path, "--smtp", "--yes"), arrived, arrived() + goal)
    assert arrived() < CUSTOMERS

    process = command("mail", path, "--smtp", "--yes")  # --yes answers no doubt
    said, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    doubtful = {account for account, state in _states(path).items() if state == State.SENDING}
    assert set(office.unanswered) <= set(map(address, doubtful))
    assert len(office.unanswered) + 2 <= len(doubtful) <= len(office.unanswered) + 5
    assert f"{len(doubtful)} e-mails à vérifier" in " ".join(said.split())
    assert errors.count("à vérifier") == len(doubtful)

    office.on_data = lambda _: None
    taken = {to for _, recipients in office.envelopes for to in recipients}
    questions: list[str] = []

    def knowing(prompt: str, _title: str | None, buttons: str, _mode: str | None) -> str:
        """The user, who looked among the messages sent."""
        if buttons != "yes_no_cancel":
            return "yes"
        questions.append(prompt.split(maxsplit=1)[0])
        return "yes" if address(questions[-1]) in taken else "no"

    headless.engine.answer = knowing
    with headless.open_book(path) as book:
        report = mailing.mail(book, clock=datetime.now, way=Way.SMTP)
        again = mailing.mail(book, clock=datetime.now, way=Way.SMTP)
    assert sorted(questions) == sorted(doubtful)
    assert report.count(Result.SENT, Result.ALREADY) == again.count(Result.ALREADY) == CUSTOMERS
    delivered = Counter(to for _, recipients in office.envelopes for to in recipients)
    assert delivered == Counter(map(address, ACCOUNTS))
    assert len({mail["Message-ID"] for mail in office.arrived}) == CUSTOMERS
    mails = path.parent / FOLDER / mailing.SENT_FOLDER
    assert sorted(each.name for each in mails.iterdir()) == [
        f"{account}_EUR_L1.eml" for account in ACCOUNTS
    ]


def _states(path: Path) -> dict[str, str]:
    """Last state of each mail of the journal."""
    journal = (path.parent / FOLDER / "envois.jsonl").read_text().splitlines(keepends=True)
    entries = [json.loads(line) for line in journal if line.endswith("\n")]
    return {entry["account"]: entry["state"] for entry in entries}
