"""A power cut, a full disk or a second command at any moment: nothing is lost, all is said."""

from __future__ import annotations

import errno
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docx import Document

import books
import faults
from faults import KILL, WAIT, Fault, Machine
from xl_relances import headless
from xl_relances.run.letter_journal import JOURNAL, read_journal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, forks")

LEDGER = """
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit
C1;Dupont;FA-11;01/09/2026;01/10/2026;Facture;1000,00;
C2;Martin;FA-21;01/09/2026;01/10/2026;Facture;300,00;
C3;Leroy;FA-31;10/11/2026;10/12/2026;Facture;700,00;
"""
CUSTOMERS = """
Compte;Nom;Adresse 1;Code postal;Ville
C1;Dupont;1 rue A;44000;Nantes
C2;Martin;2 rue B;44000;Nantes
"""
EXPORT = """\
Compte;Nom;Pièce;Date;Échéance;Libellé;Débit;Crédit
C1;Dupont;FA-11;01/09/2026;01/10/2026;Facture;1000,00;
C4;Noël;FA-41;01/09/2026;01/10/2026;Facture;50,00;
"""
NOW = "2026-11-25T10:00:00"
COMMANDS: dict[str, tuple[str, ...]] = {
    "import": ("export.csv", "--yes"),
    "prepare": (), "issue": (), "save": ("--yes",), "undo": ("--yes",),
}  # fmt: skip
INTACT = "relances.xlsm : {} Le fichier d'avant est intact.\n"
CUT = "relances.xlsm : la commande précédente a été coupée (machine éteinte, programme tué) "
BEFORE = f"{CUT}avant d'enregistrer le classeur : il est resté comme avant elle.\n"
AFTER = (
    f"{CUT}après avoir enregistré le classeur : ce qu'elle y a fait est fait, la version d'avant "
    "est dans relances.xlsm.bak.\n"
)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    running = Machine(tmp_path_factory.mktemp("machine"))
    yield running
    running.close()


class Stage:
    """A folder just before a command, and what the command makes of it when nothing fails."""

    def __init__(self, folder: Path, verb: str, machine: Machine) -> None:
        self.folder, self.verb = folder, verb
        after = copied(folder, folder.parent / f"{verb}-after")
        done = run(machine, verb, after)
        assert (done.code, done.errors) == (0, "")
        self.steps = done.steps
        self.before, self.after = Seen(folder), Seen(after)
        assert self.before.book != self.after.book


class Seen:
    """All that counts in a folder: the workbook, its former version, the letters, what else."""

    def __init__(self, folder: Path) -> None:
        self.book = folder.joinpath("relances.xlsm").read_bytes()
        former = folder / "relances.xlsm.bak"
        self.former = former.read_bytes() if former.exists() else None
        self.letters = {path.name: path.read_bytes() for path in folder.rglob("*_L1.docx")
                        if not path.name.startswith(".")}  # fmt: skip
        self.names = {str(path.relative_to(folder)) for path in folder.rglob("*")}
        self.journal = [read_journal(path.parent) for path in folder.rglob(JOURNAL)]

    @property
    def temporary(self) -> set[str]:
        return {name for name in self.names if name.endswith((".tmp", ".lock"))}


def short_template(place: Path) -> Path:
    """A folder with a template of a few lines, which is read in no time."""
    target = place / "templates" / "fr" / "relance_1.docx"
    target.parent.mkdir(parents=True)
    letter = Document()
    letter.add_paragraph(
        "{{ client.compte }} {{ client.nom }} doit {{ solde_du }} avant le {{ date_limite }}, "
        "règlements jusqu'au {{ reglements_jusquau }} :"
    )
    for line in ("{%p for e in echeances %}", "{{ e.piece }}", "{%p endfor %}"):
        letter.add_paragraph(line)
    letter.save(str(target))
    return target.parents[1]


def copied(folder: Path, to: Path) -> Path:
    """A copy to break."""
    if to.exists():
        shutil.rmtree(to)
    shutil.copytree(folder, to)
    return to


def run(
    machine: Machine, verb: str, folder: Path, fault: Fault | None = None, at: str = NOW
) -> faults.Done:
    words = [folder / word if word.endswith(".csv") else word for word in COMMANDS[verb]]
    return machine.run(verb, folder / "relances.xlsm", *words, watch=folder, fault=fault, at=at)


@pytest.fixture(scope="module")
def stages(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stage]:
    """The folder before each command of a campaign."""
    place = tmp_path_factory.mktemp("stages")
    folder = place / "now"
    books.make(folder, LEDGER, CUSTOMERS, dossier_modeles=str(short_template(place)))
    folder.joinpath("export.csv").write_text(EXPORT, "utf-8")
    found = {}
    for verb in COMMANDS:
        found[verb] = Stage(copied(folder, place / verb), verb, machine)
        if verb != "import":
            run(machine, verb, folder)
    return found


def contents(path: Path) -> list[Any]:
    """Every value of every sheet."""
    with headless.open_book(path, read_only=True) as book:
        return [(sheet.name, sheet.used_range.formula) for sheet in book.sheets]


# ---------------------------------------------------------------- kill -9


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_command_killed_at_any_write_leaves_the_old_workbook_or_the_new_one(
    stages: dict[str, Stage], machine: Machine, tmp_path: Path, verb: str
) -> None:
    """Whole, its former version and each letter too; the next command says what it found."""
    stage = stages[verb]
    noted = stage.steps.index(("write", ".relances.xlsm.lock")) + 1
    ended = len(stage.steps) - stage.steps[::-1].index(("ftruncate", ".relances.xlsm.lock"))
    saved = stage.steps.index(("replace", "relances.xlsm"))
    for number in range(1, len(stage.steps) + 1):
        folder = copied(stage.folder, tmp_path / "killed")
        done = run(machine, verb, folder, Fault(what=KILL, at=number))
        assert (done.code, done.out if number <= saved else "") == (KILL, "")
        left = Seen(folder)
        assert left.book == (stage.before.book if number <= saved + 1 else stage.after.book)
        assert left.former in {stage.before.former, stage.before.book}
        assert left.letters.items() <= stage.after.letters.items()

        again = run(machine, verb, folder)
        found = Seen(folder)
        notice = "" if not noted < number <= ended else BEFORE if number <= saved + 1 else AFTER
        assert again.errors.startswith(notice)
        assert found.temporary == set()
        assert found.names - {"relances.xlsm.bak"} == stage.after.names - {"relances.xlsm.bak"}
        assert (found.letters, found.journal) == (stage.after.letters, stage.after.journal)
        if number <= saved + 1:
            assert (again.code, again.errors) == (0, notice)
        if found.book != stage.after.book:
            assert contents(folder / "relances.xlsm") == contents(
                stage.folder.parent / f"{verb}-after" / "relances.xlsm"
            )


def test_a_new_folder_cut_off_anywhere_is_begun_again(machine: Machine, tmp_path: Path) -> None:
    """The workbook comes last and whole: `new` need not be told another folder."""
    place = tmp_path / "compta"
    whole = machine.run("new", place, watch=tmp_path)
    assert whole.code == 0
    parts = contents(place / "relances.xlsm")
    names = Seen(place).names
    for number in range(1, len(whole.steps) + 1, 7):
        for what in (KILL, errno.ENOSPC):
            shutil.rmtree(place)
            done = machine.run("new", place, watch=tmp_path, fault=Fault(what=what, at=number))
            if done.code == 0:
                continue
            assert "imprévue" not in done.errors
            assert not (place / "relances.xlsm").exists() or what == KILL
            if not (place / "relances.xlsm").exists():
                again = machine.run("new", place, watch=tmp_path)
                assert (again.code, again.errors) == (0, "")
            assert Seen(place).names - {"..relances.xlsm.lock"} == names
            assert contents(place / "relances.xlsm") == parts


def test_the_new_workbook_is_on_the_disk_before_it_takes_the_old_ones_place(
    stages: dict[str, Stage],
) -> None:
    """Written through, then renamed: after a power cut no empty file stands under its name."""
    for stage in stages.values():
        kinds = [kind for kind, name in stage.steps if name.startswith(".relances.xlsm-")]
        assert kinds[:3] == ["open", "write", "fsync"]
        assert stage.steps.index(("replace", "relances.xlsm.bak")) < stage.steps.index(
            ("replace", "relances.xlsm")
        )


def test_letters_are_on_the_disk_before_they_are_marked(stages: dict[str, Stage]) -> None:
    """« Éditée » is never said of a letter that a power cut can still take away."""
    steps = stages["issue"].steps
    saved = steps.index(("replace", "relances.xlsm"))
    for account in ("C1", "C2"):
        assert ("fsync", f"Relances/{NOW[:10]}/{account}_EUR_L1.docx") in steps[:saved]


def test_a_letter_that_a_power_cut_emptied_is_made_again(
    stages: dict[str, Stage], machine: Machine, tmp_path: Path
) -> None:
    """Its name and the journal outlived what it said."""
    stage = stages["issue"]
    folder = copied(stage.folder, tmp_path / "folder")
    at = stage.steps.index(("replace", "relances.xlsm")) + 1
    run(machine, "issue", folder, Fault(what=KILL, at=at))
    (folder / "Relances" / NOW[:10] / "C1_EUR_L1.docx").write_bytes(b"")
    again = run(machine, "issue", folder)
    assert again.code == 0
    assert "dont 1 déjà faite" in " ".join(again.out.split())
    assert Seen(folder).letters == stage.after.letters


# ---------------------------------------------------------------- a disk that refuses


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_disk_full_at_any_write_leaves_everything_as_it_was(
    stages: dict[str, Stage], machine: Machine, tmp_path: Path, verb: str
) -> None:
    """One sentence, exit 1, no debris; with room again the command does all it should."""
    stage = stages[verb]
    saved = stage.steps.index(("replace", "relances.xlsm"))
    announced = saved - 1  # the lock's note of the save to come, which a save can do without
    for number, (kind, _) in enumerate(stage.steps[:announced], start=1):
        if kind not in faults.FILLING:
            continue
        folder = copied(stage.folder, tmp_path / "full")
        done = run(machine, verb, folder, Fault.full_disk(number))
        assert (done.code, done.out) == (1, "")
        assert done.errors == INTACT.format("le disque est plein.")
        left = Seen(folder)
        assert (left.book, left.temporary) == (stage.before.book, set())
        assert left.former in {stage.before.former, stage.before.book}
        assert left.letters.items() <= stage.after.letters.items()
    again = run(machine, verb, folder)
    assert (again.code, again.errors) == (0, "")
    assert Seen(folder).letters == stage.after.letters


def test_a_letter_that_does_not_fit_is_said_and_the_others_are_kept(
    stages: dict[str, Stage], machine: Machine, tmp_path: Path
) -> None:
    """The disk is full for one write only: the other letter is made, and marked."""
    stage = stages["issue"]
    number = stage.steps.index(("write", f"Relances/{NOW[:10]}/.C1_EUR_L1.docx.tmp")) + 1
    folder = copied(stage.folder, tmp_path / "folder")
    once = Fault(what=errno.ENOSPC, at=number, kinds=("write",), times=1)
    done = run(machine, "issue", folder, once)
    assert done.code == 1
    assert done.errors == "Lettre de C1 : C1_EUR_L1.docx : écriture impossible (disque plein)\n"
    assert done.out.startswith("1 lettre éditée")
    assert set(Seen(folder).letters) == {"C2_EUR_L1.docx"}
    again = run(machine, "issue", folder)
    assert (again.code, again.errors) == (0, "")
    assert Seen(folder).letters == stage.after.letters


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_folder_that_cannot_be_written_is_said_before_anything_is_done(
    stages: dict[str, Stage], machine: Machine, tmp_path: Path, verb: str
) -> None:
    """Read-only, or on a disk that is: no letter is made that could not be marked."""
    folder = copied(stages[verb].folder, tmp_path / "folder")
    for refusal in (errno.EACCES, errno.EROFS):
        done = run(machine, verb, folder, Fault(what=refusal, kinds=("open", "mkdir", "replace")))
        assert (done.code, done.out) == (1, "")
        assert done.errors == INTACT.format("le fichier ou son dossier est en lecture seule.")
        assert Seen(folder).names == stages[verb].before.names
        assert Seen(folder).book == stages[verb].before.book


@pytest.mark.parametrize("verb", COMMANDS)
@pytest.mark.parametrize(
    ("mark", "who"), [("~$relances.xlsm", "Excel"), (".~lock.relances.xlsm#", "LibreOffice")]
)
def test_a_workbook_open_elsewhere_is_said_before_anything_is_done(
    stages: dict[str, Stage], machine: Machine, tmp_path: Path, verb: str, mark: str, who: str
) -> None:
    folder = copied(stages[verb].folder, tmp_path / "folder")
    folder.joinpath(mark).touch()
    done = run(machine, verb, folder)
    assert (done.code, done.out) == (1, "")
    assert done.errors == f"relances.xlsm : ouvert dans {who}. Fermez-le, puis recommencez.\n"
    assert Seen(folder).names == {*stages[verb].before.names, mark}
    assert Seen(folder).book == stages[verb].before.book


@pytest.mark.parametrize("refusal", [errno.EACCES, errno.EBUSY, errno.EPERM])
def test_a_rename_that_fails_for_a_moment_is_tried_again(
    stages: dict[str, Stage], machine: Machine, tmp_path: Path, refusal: int
) -> None:
    """A virus scanner or a network drive holds the file for an instant."""
    folder = copied(stages["save"].folder, tmp_path / "folder")
    done = run(machine, "save", folder, Fault(what=refusal, kinds=("replace",), times=2))
    assert (done.code, done.errors) == (0, "")
    assert Seen(folder).book == stages["save"].after.book


@pytest.mark.parametrize(
    ("name", "refusal", "sentence"),
    [
        ("relances.xlsm.bak", errno.EBUSY, "écriture impossible."),
        ("relances.xlsm", errno.EACCES, "le fichier ou son dossier est en lecture seule."),
        ("relances.xlsm", errno.EXDEV, "écriture impossible."),
    ],
)
def test_a_rename_that_always_fails_leaves_the_old_workbook(
    stages: dict[str, Stage],
    machine: Machine,
    tmp_path: Path,
    name: str,
    refusal: int,
    sentence: str,
) -> None:
    stage = stages["save"]
    folder = copied(stage.folder, tmp_path / "folder")
    at = stage.steps.index(("replace", name)) + 1
    done = run(machine, "save", folder, Fault(what=refusal, at=at, kinds=("replace",)))
    assert (done.code, done.out, done.errors) == (1, "", INTACT.format(sentence))
    left = Seen(folder)
    assert (left.book, left.temporary) == (stage.before.book, set())
    assert run(machine, "save", folder).code == 0
    assert Seen(folder).book == stage.after.book


# ---------------------------------------------------------------- two at once, clocks, hands


@pytest.mark.parametrize("second", ["prepare", "issue", "save"])
@pytest.mark.parametrize("first", ["issue", "save"])
def test_two_commands_at_once(
    stages: dict[str, Stage], machine: Machine, tmp_path: Path, first: str, second: str
) -> None:
    """The second is told to wait, wherever the first has come to; nothing is written twice."""
    stage = stages[first]
    for at in (4, stage.steps.index(("replace", "relances.xlsm")) + 1):
        folder = copied(stage.folder, tmp_path / f"folder{at}")
        book = folder / "relances.xlsm"
        machine.start(
            first, book, "--yes", watch=folder, fault=Fault(what=WAIT, at=at, times=1), at=NOW
        )
        done = run(machine, second, folder)
        assert (done.code, done.out) == (1, "")
        assert done.errors == (
            "relances.xlsm : une autre commande y travaille. Attendez qu'elle finisse.\n"
        )
        faults.go_on(folder)
        assert machine.end().code == 0
        assert (Seen(folder).book, Seen(folder).letters) == (
            stage.after.book,
            stage.after.letters,
        )


@pytest.mark.parametrize("second", ["prepare", "save"])
def test_two_commands_at_once_on_a_drive_without_locks(
    stages: dict[str, Stage], machine: Machine, tmp_path: Path, second: str
) -> None:
    """Who comes last finds that the file was saved meanwhile, and writes nothing over it."""
    stage = stages["save"]
    folder = copied(stage.folder, tmp_path / "folder")
    at = stage.steps.index(("write", ".relances.xlsm.lock")) + 1
    waits = Fault(what=WAIT, at=at, times=1, kinds=("open", "flock"))
    machine.start("save", folder / "relances.xlsm", "--yes", watch=folder, fault=waits, at=NOW)
    done = run(machine, second, folder, Fault(what=0, kinds=("flock",)))
    assert (done.code, done.errors) == (0, "")
    meanwhile = Seen(folder).book
    faults.go_on(folder)
    late = machine.end()
    assert (late.code, late.out) == (1, "")
    assert late.errors == (
        "relances.xlsm : enregistré par quelqu'un d'autre entre-temps. Recommencez.\n"
    )
    assert Seen(folder).book == meanwhile


def test_a_clock_set_back_changes_no_letter_and_undo_takes_back_the_last_campaign(
    machine: Machine, tmp_path: Path
) -> None:
    """The letters keep the day they were prepared for; campaigns keep the order of saving."""
    folder = tmp_path / "folder"
    book = books.make(folder, LEDGER, CUSTOMERS, date_relance=None)

    def at(moment: str, *words: str) -> faults.Done:
        done = machine.run(words[0], book, *words[1:], watch=folder, at=moment)
        assert (done.code, done.errors) == (0, "")
        return done

    at("2026-11-25T10:00:00", "prepare")
    at("2026-11-20T10:00:00", "issue", "--account", "C1")
    at("2026-11-19T10:00:00", "save", "--yes")
    at("2026-11-24T10:00:00", "prepare")
    at("2026-11-24T10:00:00", "issue", "--account", "C2")
    at("2026-11-18T10:00:00", "save", "--yes")
    with headless.open_book(book, read_only=True) as opened:
        history = books.show(opened, "history")
        assert [(row["Compte"], row["Date"], row["N° lettre"]) for row in history] == [
            ("C1", "2026-11-25", 1), ("C2", "2026-11-24", 1),
        ]  # fmt: skip
        assert "Trop récent" not in str(books.show(opened, "preparation"))
    undone = at("2026-11-17T10:00:00", "undo", "--yes")
    assert undone.out.startswith("Campagne 2026-11-24 annulée")
    undone = at("2026-11-16T10:00:00", "undo", "--yes")
    assert undone.out.startswith("Campagne 2026-11-25 annulée")
