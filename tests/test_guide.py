"""The guide is true: its commands run, its examples come out so, its reasons are all of them."""

from __future__ import annotations

import json
import re
import shlex
from decimal import Decimal
from pathlib import Path

import pytest

import books
import ledgers
from xl_relances import headless, sample
from xl_relances.book import layout
from xl_relances.book.settings import Settings

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(path.stem for path in DOCS.glob("*.md"))
FEC = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
    "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\t"
    "ValidDate\tMontantdevise\tIdevise\tDateLimitReglmt\n"
    "VE\tVentes\t1\t20260901\t411000\tClients\tDUPONT\tDupont\tFA-1\t20260901\tFacture\t"
    "1200,00\t0,00\t\t\t20260901\t\t\t20261001\n"
)
LEDGER = "Compte;Nom;Pièce;Date;Échéance;Débit\nDUPONT;Dupont;FA-1;01/09/2026;01/10/2026;1200\n"
CLIENTS = "Compte;Nom;E-mail;Envoi\nDUPONT;Dupont;compta@dupont.example;E-mail\n"
EXPORT = (
    "Compte;Nom;Date;Date échéance;Pièce;Libellé;Débit;Crédit\n"
    "411DUPONT;Dupont;01/09/2026;01/10/2026;FA-1;Réglée à l'été;1200,00;\n"
)


def documented(page: str) -> list[list[str]]:
    """The commands that a page shows in its ``sh`` and ``console`` blocks, as words."""
    text = (DOCS / f"{page}.md").read_text("utf-8")
    blocks = re.findall(r"^```(?:sh|console)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("page", [page for page in PAGES if documented(page)])
def test_every_command_of_the_guide_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order of the page, as written; only « check » may have something to say."""
    monkeypatch.chdir(tmp_path)
    Path("732829320FEC20261231.txt").write_text(FEC, "utf-8")
    Path("clients.csv").write_text(CLIENTS, "utf-8")
    Path("export.csv").write_text(EXPORT, "cp850")
    for company in ("compta", "nord", "sud"):
        if ["xl-relances", "new", company] not in documented(page):
            book = books.make(Path(company), LEDGER, CLIENTS)
            assert books.command("prepare", book)[0] == books.command("issue", book)[0] == 0
    for program, *words in documented(page):
        assert program == "xl-relances"
        code, out, errors = books.command(*words)
        assert code in ({0, 1} if words[0] == "check" else {0}), f"{words}: {out}{errors}"
        if words[0] == "new":
            fill_in_the_company(Path(words[1], "relances.xlsm"))


def fill_in_the_company(path: Path) -> None:
    """What a reader does between « new » and the next command."""
    with headless.open_book(path) as book:
        for name, value in sample.company().items():
            Settings(book).write(name, books.cell(value))
        book.save()


def test_the_demo_page_ends_with_a_saved_campaign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newcomer who follows it has letters, drafts and one more campaign."""
    monkeypatch.chdir(tmp_path)
    for _, *words in documented("premiere-campagne"):
        if "essai/relances.xlsm" in words or words[0] == "demo":
            assert books.command(*words)[0] == 0
    code, out, _ = books.command("show", "essai/relances.xlsm", "campaigns", "--json")
    saved = [row["Campagne"] for row in json.loads(out) if not row["Annulée le"]]
    assert code == 0
    assert saved[-1] == "2026-12-09"
    assert any(Path("essai/Relances/2026-12-09").glob("*.docx"))
    assert any(Path("essai/Relances/2026-12-09/brouillons").glob("*.eml"))


def tables(marker: str) -> list[list[list[str]]]:
    """Tables of the rules' page under ``<!-- marker -->``, titles first."""
    text = (DOCS / "regles.md").read_text("utf-8")
    found = []
    for block in re.findall(rf"<!-- {marker} -->\n\n(.*?)\n\n", text, re.DOTALL):
        lines = [
            [cell.strip() for cell in line.strip("|").split("|")] for line in block.split("\n")
        ]
        found.append([lines[0], *lines[2:]])
    return found


def amount(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace(" ", "").replace(",", "."))


@pytest.mark.parametrize("number", [0, 1])
def test_examples_of_set_off_come_out_as_written(number: int) -> None:
    """Each ledger of the page, and below it what was set off against what."""
    titles, *rows = tables("grand livre")[number]
    text = "\n".join(";".join(["Compte", *titles] if row is titles else ["C1", *row])
                     for row in [titles, *rows])  # fmt: skip
    found = ledgers.account(text)
    _, *expected = tables("imputation")[number]
    came_out = sorted(
        ("Écart de lettrage" if item.is_gap else item.reference, item.amount, item.set_off,
         item.remainder)
        for item in found.items
    )  # fmt: skip
    assert came_out == sorted((row[0], *map(amount, row[1:])) for row in expected)
    assert sum(item.set_off for item in found.items) == 0


def test_the_calendar_of_levels_comes_out_as_written(tmp_path: Path) -> None:
    """One invoice, prepared on each day of the page, saved whenever a letter is due."""
    path = books.make(
        tmp_path, "Compte;Pièce;Date;Échéance;Débit\nC1;FA-1;01/08/2026;01/09/2026;1000\n"
    )
    ((_, *days),) = tables("calendrier")
    for day, letter, _ in days:
        assert books.command("prepare", path, "--as-of", day, "--yes")[0] == 0
        rows = json.loads(books.command("show", path, "--json")[1])
        assert [str(row["N° lettre"]) for row in rows] == [letter] * bool(letter), day
        if rows:
            assert books.command("issue", path)[0] == 0
            assert books.command("save", path, "--yes")[0] == 0


def test_the_limitation_dates_come_out_as_written(tmp_path: Path) -> None:
    """Each invoice of the page in Détail on that day, with what Motif adds."""
    ((_, *rows),) = tables("prescription")
    ledger = "\n".join(
        f"C{number};FA-{number};{row[1]};{row[2]};1000" for number, row in enumerate(rows)
    )
    customers = [{"Compte": f"C{number}", "Type": row[0]} for number, row in enumerate(rows)]
    path = books.make(tmp_path, f"Compte;Pièce;Date;Échéance;Débit\n{ledger}\n", customers)
    with books.opened(path) as book:
        report = books.prepare(book)
        items = books.column(book, layout.DETAIL_TABLE, "Prescription", "Motif")
    assert [(f"{day:%d/%m/%Y}", motif.split(" ; ")[1:]) for day, motif in items] == [
        (row[3], [row[4]] if row[4] else []) for row in rows
    ]
    (barred,) = (f for f in report.findings if "prescrite" in f.message)
    assert barred.message.startswith("2 échéances prescrites au 25/11/2026, 2\u202f000,00")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every Motif of the sample company, before and after its campaign."""
    folder = tmp_path_factory.mktemp("demo")
    path = folder / "relances.xlsm"
    assert books.command("demo", "--out", folder)[0] == 0
    found = set()
    for what in ("excluded", "detail"):
        found |= {
            row["Motif"] for row in json.loads(books.command("show", path, what, "--json")[1])
        }
    assert books.command("undo", path, "--yes")[0] == 0
    for what in ("preparation", "excluded", "detail"):
        found |= {
            row["Motif"] for row in json.loads(books.command("show", path, what, "--json")[1])
        }
    return found


def test_every_reason_is_in_the_guide(said: set[str]) -> None:
    """The beginning of each sentence stands on the page of reasons."""
    page = (DOCS / "raisons.md").read_text("utf-8")
    first = re.findall(r"^\| ([^|]+?) \|", page, re.MULTILINE)
    known = {re.split(r"…|\d|\.\.\.", cell)[0].strip(" :;") for cell in first} - {""}
    known |= {"Lettre", "Pas de lettre", "Crédit sans échéance"}
    assert len(said) > 30
    unknown = sorted(m for m in said if m and not m.startswith(tuple(known)))
    assert unknown == []


def test_every_column_is_in_the_guide() -> None:
    """Visible columns of the working sheets, by their titles."""
    page = (DOCS / "feuilles.md").read_text("utf-8")
    sections = dict(part.split("\n", 1) for part in re.split(r"^## ", page, flags=re.MULTILINE)[1:])
    missing = [
        f"{table.name}: {column.title}"
        for table in layout.TABLES
        for column in table.columns
        if not column.hidden and column.title not in titles(sections[table.sheet])
    ]
    assert missing == []


def titles(section: str) -> set[str]:
    """The first cells of its tables, which may name several columns."""
    first = re.findall(r"^\| ([^|]+?) \|", section, re.MULTILINE)
    return {title for cell in first for title in cell.split(", ")}
