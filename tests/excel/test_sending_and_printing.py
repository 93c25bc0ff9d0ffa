"""E-mails, PDF and Document à imprimer: three lines each, and nothing sent or made twice."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from excel.clicking import Desk
from excel.effects import lay_addresses
from xl_relances.book import tables
from xl_relances.book.layout import CLIENTS_TABLE
from xl_relances.book.named_cells import COURRIER
from xl_relances.book.settings import Settings
from xl_relances.excel import messages
from xl_relances.mail.server import PASSWORD_VARIABLE

sys.path.append(str(Path(__file__).parents[1] / "mail"))
from post_office import PASSWORD, USER, PostOffice, opened

CAMPAIGN = "Relances/2026-11-25"


def lines(desk: Desk, name: str, *answers: str) -> list[str]:
    found = desk.click(name, *answers)[-1].prompt.splitlines()
    assert len(found) <= 3
    return found


@pytest.fixture
def mailed_desk(desk: Desk) -> Desk:
    """Five letters issued; C0001 is written to by e-mail, C0003 would be but has no address."""
    lay_addresses(desk)
    desk.click("issue", "yes")
    return desk


@pytest.fixture
def office(
    mailed_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PostOffice]:
    """A mail server that the workbook names, which asks for a password."""
    with opened(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
        monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
        settings = Settings(mailed_desk.book)
        settings.write("smtp_serveur", "localhost")
        settings.write("smtp_port", running.port)
        settings.write("smtp_utilisateur", USER)
        yield running


def test_mail_before_anything_is_issued(desk: Desk) -> None:
    (line,) = lines(desk, "mail")
    assert line == "Aucune lettre éditée à envoyer : cliquez Éditer, puis E-mails."


def test_drafts(mailed_desk: Desk) -> None:
    """How many, where, who has no address, what is next; clicking again makes no second."""
    for _ in range(2):
        what, left, following = lines(mailed_desk, "mail")
        assert what == (
            f"1 brouillon prêt, 1 e-mail impossible, en courrier ; brouillons dans "
            f"{Path(CAMPAIGN, 'brouillons')}. 3 clients en courrier."
        )
        assert left == "E-mail à C0003 : adresse manquante : la lettre part par courrier."
        assert following == "Ensuite : relisez et envoyez les brouillons, puis Sauvegarder."
        drafts = mailed_desk.folder / CAMPAIGN / "brouillons"
        assert [path.name for path in drafts.iterdir()] == ["C0001_EUR_L1.eml"]
    assert mailed_desk.bar.startswith("1 brouillon prêt")


def test_everybody_by_post(desk: Desk) -> None:
    rows = [{"Compte": "C0001", "Nom": "Client C0001", "Envoi": COURRIER}]
    tables.write(desk.book, CLIENTS_TABLE, rows, key=id)
    desk.click("issue", "yes")
    assert lines(desk, "mail") == ["5 clients en courrier.", "Ensuite : Sauvegarder."]


def test_sent_once(mailed_desk: Desk, office: PostOffice) -> None:
    """A question first; a second click asks nothing and sends nothing."""
    (asked,) = mailed_desk.click("mail", "no")
    assert asked.prompt.startswith("Envoyer 1 e-mail, au nom de ")
    assert office.arrived == []
    what, _, following = lines(mailed_desk, "mail", "yes")
    assert what.startswith("1 e-mail envoyé")
    assert following == "Ensuite : Sauvegarder."
    assert lines(mailed_desk, "mail")[0].startswith("1 e-mail déjà envoyé")
    assert [mail["to"] for mail in office.arrived] == ["un@client.example"]


def test_a_server_that_takes_no_passwords_any_more(mailed_desk: Desk, office: PostOffice) -> None:
    """Microsoft 365: what to do instead is the last line; nothing went."""
    office.login_reply = "550 5.7.30 Basic authentication is not supported for Client Submission."
    found = lines(mailed_desk, "mail", "yes")
    assert "utilisez les brouillons" in found[0]
    assert found[1] == "Pour des brouillons, videz « Serveur SMTP » dans Paramètres."
    assert office.arrived == []


def test_cut_off_while_sending(mailed_desk: Desk, office: PostOffice) -> None:
    """Nobody knows whether it went: the next click asks, and « yes » sends nothing."""
    office.on_data = lambda _: ""
    what, _, following = lines(mailed_desk, "mail", "yes")
    assert what.startswith("1 e-mail à vérifier")
    assert following == "Ensuite : voir Motif, puis E-mails de nouveau."
    asked, told = mailed_desk.click("mail", "yes")
    assert asked.buttons == "yes_no_cancel"
    assert "était en route quand tout s'est arrêté. Est-il parti" in asked.prompt
    assert told.prompt.startswith("1 e-mail déjà envoyé")
    assert len(office.arrived) == 1


@pytest.mark.parametrize("name", ["export_pdf", "print_merged"])
def test_nothing_to_print(desk: Desk, name: str) -> None:
    (line,) = lines(desk, name)
    assert line == "Aucune lettre éditée à imprimer : cliquez Éditer."


def test_a_document_to_print(mailed_desk: Desk) -> None:
    """One a template; a letter that is missing is said."""
    (mailed_desk.folder / CAMPAIGN / "C0001_EUR_L1.docx").unlink()
    what, failed, following = lines(mailed_desk, "print_merged")
    assert what == f"4 lettres à imprimer en 1 document dans {CAMPAIGN}."
    assert failed.startswith("Lettre de C0001 : ")
    assert following == "Ensuite : Ouvrir le dossier, puis imprimer."


def test_registered_letters_are_counted() -> None:
    from xl_relances.run.print_report import MergeReport

    folder = Path("/x/Relances/2026-11-25")
    report = MergeReport(
        documents=((folder / "a.docx", 40), (folder / "b.docx", 2)),
        joined=(),
        registered=((folder / "x", 2),),
        failed=(),
        passed_by=(),
    )
    assert messages.merged(report, Path("/x")).splitlines() == [
        "42 lettres à imprimer en 2 documents dans Relances/2026-11-25 ; 2 recommandés dans x.",
        "Ensuite : Ouvrir le dossier, puis imprimer.",
    ]


def test_pdf_without_libreoffice(mailed_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xl_relances.letters.printers.find_soffice", lambda: None)
    (line,) = lines(mailed_desk, "export_pdf")
    assert line.startswith("PDF : ")
