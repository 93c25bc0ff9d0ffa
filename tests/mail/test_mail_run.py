"""Who is written to, what is said of those who cannot be, and that nothing goes twice."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import MagicMock

import pytest
import xlwings as xw
from campaign import NOW, customers, issued, motifs, settings
from post_office import PostOffice, opened, parsed
from test_mail_message import MAIL
from typer.testing import CliRunner

import books
from books import typed
from xl_relances import headless, run
from xl_relances.book import layout, named_cells, preparation_sheet, tables
from xl_relances.cli import app
from xl_relances.errors import CancelledError, FindingsError, RefusedError
from xl_relances.mail.journal import JOURNAL, State
from xl_relances.mail.message import Mail
from xl_relances.mail.outlook import Outlook
from xl_relances.run import mailing
from xl_relances.run.mailing import MailReport, Result, Way
from xl_relances.run.reading import gather
from xl_relances.run.sending import DOUBTFUL, IMPOSSIBLE, SentBy, means_of, noted
from xl_relances.workbook import procedure

FOLDER = Path("Relances/2026-11-25")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[xw.Book]:
    """The sample campaign; one customer who wants mail (411CORVISY) has no valid address."""
    with headless.open_book(issued(tmp_path)) as found:
        yield found
    headless.engine.answer = None
    headless.engine.answers.clear()
    headless.engine.alerts.clear()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    with opened(tmp_path) as running:
        yield running


def say(*answers: str) -> None:
    """Answers to the questions to come, in order."""
    headless.engine.answers.extend(answers)
    headless.engine.alerts.clear()


def asked() -> list[str]:
    return [alert.prompt for alert in headless.engine.alerts]


def mail(book: xw.Book, way: Way = Way.EML, **more: object) -> MailReport:
    return mailing.mail(book, clock=lambda: NOW, way=way, **more)  # type: ignore[arg-type]


def home(book: xw.Book) -> Path:
    return Path(book.fullname).parent


def wanted(book: xw.Book) -> int:
    """How many mails can go."""
    return mail(book, dry_run=True).count(Result.TO_SEND)


def states(book: xw.Book) -> Counter[str]:
    """Last state of each mail of the journal."""
    last = {}
    for line in (home(book) / FOLDER / JOURNAL).read_text().splitlines():
        entry = json.loads(line)
        last[entry["account"], entry["currency"]] = entry["state"]
    return Counter(last.values())


def one(book: xw.Book, **more: str) -> None:
    """Only 411ACIDROU wants mail."""
    change = {"Envoi": "E-mail"} | more
    customers(book, {"411ACIDROU": change, "*": {"Envoi": "Courrier"}})


def history(book: xw.Book) -> dict[str, str]:
    sheets = preparation_sheet.read(book, 3)
    sent = SentBy(book, gather(book))
    return {row.account: sent.of(row) for row in sheets.customers}


def test_each_customer_who_wants_mail_gets_a_draft_and_the_others_none(book: xw.Book) -> None:
    number = wanted(book)
    report = mail(book)
    assert report.count(Result.DRAFTED) == number > 10
    assert report.count(Result.BY_POST) == 1
    assert number + 1 + report.by_post == len(motifs(book))
    drafts = sorted((home(book) / FOLDER / "brouillons").iterdir())
    assert len(drafts) == number
    message = parsed((home(book) / FOLDER / "brouillons" / "411ACIDROU_EUR_L1.eml").read_bytes())
    assert message["To"] == "comptabilite@acieries-drouais.example"
    assert message["Subject"] == "Rappel : règlement en attente"
    assert "relances@kervalou-emballages.example" in message["From"]
    body = message.get_body(("plain",))
    assert body is not None
    assert "SIREN" in body.get_content()
    letter = next(message.iter_attachments())
    made = home(book) / FOLDER / "411ACIDROU_EUR_L1.docx"
    assert letter.get_content() == made.read_bytes()
    found = motifs(book)
    assert found["411ACIDROU EUR"].endswith(
        " ; e-mail : brouillon prêt pour comptabilite@acieries-drouais.example"
    )
    assert found["411CORVISY EUR"].endswith(
        " ; e-mail : impossible (adresse incorrecte), partira par courrier"
    )
    assert not asked()
    before = [path.read_bytes() for path in drafts]
    mail(book)
    assert [path.read_bytes() for path in drafts] == before
    assert motifs(book) == found


def test_what_cannot_go_by_mail_is_said_and_goes_by_post(book: xw.Book) -> None:
    one(book, **{"E-mail": "compta@@drouais.example; "})
    report = mail(book)
    (finding,) = report.findings
    assert str(finding) == (
        "E-mail à 411ACIDROU : adresse incorrecte (« compta@@drouais.example » : ce n'est pas une "
        "adresse (nom@domaine.fr)) : la lettre part par courrier."
    )
    assert history(book)["411ACIDROU"] == IMPOSSIBLE
    one(book, **{"E-mail": "a@b.example; faux"})
    report = mail(book)
    assert report.lines[0].to == ("a@b.example",)
    assert "« faux » : adresse sans @ ; l'e-mail ne s'adresse qu'aux" in str(report.findings[0])


def test_history_will_say_how_each_letter_left(book: xw.Book) -> None:
    customers(book, {
        "411ACIDROU": {"Envoi": "E-mail"}, "411ARMORIC": {"Envoi": "courriel + courrier"},
        "411BOULANG": {"Envoi": "E-mail", "E-mail": ""}, "*": {"Envoi": "Courrier"},
    })  # fmt: skip
    for _ in range(2):
        found = history(book)
        assert found.pop("411ACIDROU") == named_cells.EMAIL
        assert found.pop("411ARMORIC") == named_cells.COURRIER_ET_EMAIL
        assert found.pop("411BOULANG") == IMPOSSIBLE
        assert set(found.values()) == {named_cells.COURRIER}
        mail(book)


def test_a_dry_run_says_what_would_go_to_whom_and_does_nothing(book: xw.Book) -> None:
    before = sorted((home(book) / FOLDER).iterdir())
    report = mail(book, Way.SMTP, dry_run=True)
    line = next(line for line in report.lines if line.row.account == "411ACIDROU")
    assert (line.result, line.subject) == (Result.TO_SEND, "Rappel : règlement en attente")
    assert report.count(Result.TO_SEND) == len(report.lines) - 1
    assert sorted((home(book) / FOLDER).iterdir()) == before
    assert not asked()


def test_a_formal_notice_by_mail_warns_that_it_proves_nothing(book: xw.Book) -> None:
    one(book)
    rows = tables.read(book, layout.NIVEAUX_TABLE)
    tables.write_columns(book, layout.NIVEAUX_TABLE, {"Recommandé": [1] * 3}, rows.numbers)
    report = mail(book)
    assert [finding.blocking for finding in report.findings] == [False]
    assert "un e-mail ne prouve pas sa réception" in str(report.findings[0])
    one(book, Envoi="Courrier et e-mail")
    assert not mail(book).findings  # the original is posted


def test_no_shipped_mail_says_that_the_letter_is_posted_too() -> None:
    """Whether it is depends on « Envoi » of the customer, not on the level."""
    messages = [str(level[-1]) for level in procedure.LEVELS]
    assert len(messages) == 3
    assert not [text for text in messages if re.search("recommand|original|poste", text)]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_shipped_mail_recalls_a_letter_that_was_never_sent(
    tmp_path: Path, language: str
) -> None:
    """By lateness a first letter may be the second or the formal notice."""
    late = {"C1": 10, "C2": 30, "C3": 60}
    ledger = [
        {"Compte": account, "Nom": account, "Pièce": f"FA-{account}", "Débit": 100,
         "Date": NOW.date() - timedelta(days + 30), "Échéance": NOW.date() - timedelta(days)}
        for account, days in late.items()
    ]  # fmt: skip
    cards = [
        {"Compte": account, "Nom": account, "Langue": language, "Envoi": "E-mail",
         "E-mail": "c@client.example"}
        for account in late
    ]  # fmt: skip
    path = books.make(tmp_path, ledger, cards, calcul_niveau="Retard", date_relance=NOW.date())
    with books.opened(path, keep=False) as found:
        books.prepare(found)
        books.issue(found)
        assert books.proposed(found) == {"C1": 1, "C2": 2, "C3": 3}
        mail(found)
    drafts = [parsed(draft.read_bytes()) for draft in tmp_path.rglob("*.eml")]
    bodies = [body for draft in drafts if (body := draft.get_body(("plain",))) is not None]
    assert len(bodies) == len(late)
    said = " ".join(
        [*(body.get_content() for body in bodies), *(str(draft["Subject"]) for draft in drafts)]
    )
    assert not re.findall(
        r"(?i)précédent|nos relances|sans effet|earlier|our reminder|second", said
    )


def test_an_english_customer_is_written_to_in_english(book: xw.Book) -> None:
    mail(book)
    message = parsed((home(book) / FOLDER / "brouillons/411NORTHWE_USD_L1.eml").read_bytes())
    assert message["Subject"] == "Payment reminder"
    assert message["Content-Language"] == "en"


def test_the_pdf_goes_where_there_is_one_that_is_not_older_than_the_letter(book: xw.Book) -> None:
    one(book)
    word = home(book) / FOLDER / "411ACIDROU_EUR_L1.docx"
    pdf = word.with_suffix(".pdf")
    pdf.write_bytes(b"%PDF-1.7 %%EOF")
    assert mail(book).lines[0].letter == pdf
    os.utime(pdf, ns=(0, 0))
    report = mail(book)
    assert report.lines[0].letter == word
    assert "le PDF est plus ancien que la lettre" in str(report.findings[0])


def test_a_letter_that_no_longer_says_what_is_ticked_does_not_go(book: xw.Book) -> None:
    one(book)
    rows = tables.read(book, layout.PREPARATION_TABLE)
    accounts = [row[0] for row in rows.rows]
    values: list[object] = ["autre" if name == "411ACIDROU" else "" for name in accounts]
    tables.write_columns(book, layout.PREPARATION_TABLE, {"Empreinte": values}, rows.numbers)
    report = mail(book)
    assert report.lines[0].result is Result.FAILED
    assert "éditez-la à nouveau" in report.lines[0].reason
    (home(book) / FOLDER / "411ACIDROU_EUR_L1.docx").unlink()


@pytest.mark.parametrize(
    ("subject", "text", "sentence"),
    [
        ("{{ client.nomm }}", "x", r"« Objet » : niveau 1 : champ inconnu « client.nomm ».*nom \?"),
        ("x", "Bonjour {{ client.nom", "« Message » : niveau 1 : balise incorrecte"),
        ("x", "{% if client.professionnel %}", "« Message » : niveau 1 : balise incorrecte"),
        ("x", "", "« Message » : niveau 1 : vide"),
    ],
)
def test_a_text_that_cannot_be_filled_in_stops_before_the_first_mail(
    book: xw.Book, subject: str, text: str, sentence: str
) -> None:
    levels(book, subject, text)
    with pytest.raises(FindingsError, match=sentence):
        mail(book)
    assert not (home(book) / FOLDER / "brouillons").exists()


def levels(book: xw.Book, subject: str, text: str) -> None:
    rows = tables.read(book, layout.NIVEAUX_TABLE)
    tables.write_columns(
        book, layout.NIVEAUX_TABLE,
        {"Objet": [subject] * len(rows.rows), "Message": [text] * len(rows.rows)}, rows.numbers,
    )  # fmt: skip


def test_data_are_printed_never_evaluated_and_never_tags(book: xw.Book) -> None:
    name = "{{ 7*7 }} <b>Aciéries</b> & Fils\u202e\r\nBcc: x@y.example"
    one(book, Nom=name)
    levels(
        book, "{{ client.nom }} : {{ solde_du }}",
        "Bonjour <i>{{ client.nom }}</i>\n{% for e in echeances %}\n- {{ e.piece }}\n{% endfor %}",
    )  # fmt: skip
    mail(book)
    message = parsed((home(book) / FOLDER / "brouillons/411ACIDROU_EUR_L1.eml").read_bytes())
    printed = "{{ 7*7 }} <b>Aciéries</b> & Fils Bcc: x@y.example"
    assert re.fullmatch(re.escape(printed) + r" : [\d\u202f]+,\d\d\u00a0€", message["Subject"])
    assert "Bcc" not in message
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n").startswith(f"Bonjour <i>{printed}</i>\n- ")
    assert "&lt;b&gt;Aciéries&lt;/b&gt; &amp; Fils" in html.get_content()
    assert "<b>" not in html.get_content()


def test_mails_go_once_whatever_is_clicked(book: xw.Book, office: PostOffice) -> None:
    say("yes")
    settings(book, smtp_par_minute=1000)
    number = wanted(book)
    report = mail(book, Way.SMTP, server=office.server())
    assert asked()[0].startswith(f"Envoyer {number} e-mails,")
    assert report.count(Result.SENT) == len(office.arrived) == number
    assert len({mail["Message-ID"] for mail in office.arrived}) == number
    assert states(book) == {State.SENT: number}
    kept = home(book) / FOLDER / "envois" / "411ACIDROU_EUR_L1.eml"
    assert parsed(kept.read_bytes())["Message-ID"] in {m["Message-ID"] for m in office.arrived}
    say()
    again = mail(book, Way.SMTP, server=office.server())
    drafts = mail(book)
    assert again.count(Result.ALREADY) == drafts.count(Result.ALREADY) == number
    assert not asked()
    assert len(office.arrived) == number
    assert "envoyé le 25/11/2026 à 09:30 à comptabilite@acier" in motifs(book)["411ACIDROU EUR"]
    assert not (home(book) / FOLDER / "brouillons").exists()
    assert history(book)["411ACIDROU"] == named_cells.EMAIL


def test_no_is_no(book: xw.Book, office: PostOffice) -> None:
    say("no")
    with pytest.raises(CancelledError):
        mail(book, Way.SMTP, server=office.server())
    assert office.logins == 0
    assert not (home(book) / FOLDER / JOURNAL).exists()


def test_a_letter_changed_after_its_mail_is_said_and_nothing_goes_again(
    book: xw.Book, office: PostOffice
) -> None:
    one(book)
    say("yes")
    mail(book, Way.SMTP, server=office.server())
    with (home(book) / FOLDER / "411ACIDROU_EUR_L1.docx").open("ab") as letter:
        letter.write(b"x")
    report = mail(book, Way.SMTP, server=office.server())
    assert "la lettre a changé depuis : rien n'est renvoyé" in str(report.findings[0])
    assert len(office.arrived) == 1


def test_a_refused_mail_goes_by_post_or_again_later(book: xw.Book, office: PostOffice) -> None:
    one(book)
    office.answers["comptabilite@acieries-drouais.example"] = "450 4.2.1 boîte pleine"
    say("yes", "yes")
    report = mail(book, Way.SMTP, server=office.server())
    assert report.count(Result.FAILED) == 1
    assert "450 4.2.1" in motifs(book)["411ACIDROU EUR"]
    assert history(book)["411ACIDROU"] == IMPOSSIBLE
    office.answers.clear()
    assert mail(book, Way.SMTP, server=office.server()).count(Result.SENT) == 1
    assert len(office.arrived) == 1


@pytest.mark.parametrize(
    ("answer", "arrived", "result"),
    [
        ("yes", 1, Result.ALREADY),
        ("no", 2, Result.SENT),
        ("cancel", 1, Result.DOUBTFUL),
    ],
)
def test_a_mail_that_may_have_gone_is_asked_about(
    book: xw.Book, office: PostOffice, answer: str, arrived: int, result: Result
) -> None:
    one(book)
    office.on_data = lambda number: "" if number == 1 else None
    say("yes")
    report = mail(book, Way.SMTP, server=office.server())
    assert report.count(Result.DOUBTFUL) == 1
    assert states(book) == {State.SENDING: 1}
    assert history(book)["411ACIDROU"] == DOUBTFUL
    say(answer, "yes")
    again = mail(book, Way.SMTP, server=office.server())
    assert "était en route quand tout s'est arrêté. Est-il parti" in asked()[0]
    assert len(office.arrived) == arrived
    assert again.lines[0].result is result
    assert len({mail["Message-ID"] for mail in office.arrived}) == 1


def test_a_server_that_stops_taking_mails_stops_the_run_and_the_rest_waits(
    book: xw.Book, office: PostOffice
) -> None:
    settings(book, smtp_par_minute=1000)
    office.on_data = lambda number: None if number < 4 else "550 5.7.30 Basic authentication"
    number = wanted(book)
    say("yes", "yes")
    report = mail(book, Way.SMTP, server=office.server())
    assert "utilisez les brouillons" in report.stopped
    assert report.count(Result.SENT) == 3
    assert report.count(Result.FAILED) == 1
    assert report.count(Result.TO_SEND) == number - 4
    office.on_data = lambda _: None
    mail(book, Way.SMTP, server=office.server())
    assert len(office.arrived) == len({m["Message-ID"] for m in office.arrived}) == number


def test_customers_with_a_draft_are_not_sent_to_unasked(book: xw.Book, office: PostOffice) -> None:
    one(book)
    mail(book)
    say("cancel")
    report = mail(book, Way.SMTP, server=office.server())
    assert "1 brouillon a été fait, peut-être envoyé depuis à la main" in asked()[0]
    assert report.lines[0].result is Result.DRAFTED
    assert not office.arrived
    say("yes", "yes")
    assert mail(book, Way.SMTP, server=office.server()).count(Result.SENT) == 1
    assert list((home(book) / FOLDER / "brouillons").iterdir()) == []


def test_whom_an_undone_campaign_wrote_to_is_not_written_to_again_unasked(
    book: xw.Book, office: PostOffice
) -> None:
    """Undo takes levels back, never a mail: the letter made in its place goes after a question."""
    one(book)
    say("yes")
    mail(book, Way.SMTP, server=office.server())
    headless.engine.answer = lambda *_: "yes"
    run.save(book, now=NOW, user="léa")
    run.undo(book, now=NOW)
    typed(book, layout.PREPARATION_TABLE, "N° lettre", 2, Compte="411ACIDROU")
    run.issue(book, choice=run.chosen(accounts=["411ACIDROU"]))
    headless.engine.answer = None
    say("no")
    assert mail(book, Way.SMTP, server=office.server()).count(Result.TO_SEND) == 1
    assert "1 e-mail est parti, ou a pu partir, pour une campagne annulée depuis." in asked()[0]
    assert len(office.arrived) == 1
    say("yes", "yes")
    assert mail(book, Way.SMTP, server=office.server()).count(Result.SENT) == 1
    assert len(office.arrived) == 2
    say()
    assert mail(book, Way.SMTP, server=office.server()).count(Result.ALREADY) == 1
    assert not asked()


def test_a_draft_of_an_undone_campaign_may_have_been_sent_by_hand(
    book: xw.Book, office: PostOffice
) -> None:
    """It is asked about as a mail that went; the file goes once its letter is made anew."""
    one(book)
    mail(book)
    (draft,) = (home(book) / FOLDER / "brouillons").iterdir()
    headless.engine.answer = lambda *_: "yes"
    run.save(book, now=NOW, user="léa")
    run.undo(book, now=NOW)
    assert draft.exists()
    typed(book, layout.PREPARATION_TABLE, "N° lettre", 2, Compte="411ACIDROU")
    run.issue(book, choice=run.chosen(accounts=["411ACIDROU"]))
    headless.engine.answer = None
    assert not draft.exists()
    say("no")
    assert mail(book, Way.SMTP, server=office.server()).count(Result.TO_SEND) == 1
    assert "1 e-mail est parti, ou a pu partir, pour une campagne annulée" in asked()[0]
    assert not office.arrived


def test_a_payment_since_the_letter_is_said_before_its_mail_goes(
    book: xw.Book, office: PostOffice
) -> None:
    """Nobody should learn from the customer that he has paid."""
    one(book)
    held = tables.read(book, layout.PREPARATION_TABLE)
    place = [row[held.index("Compte")] for row in held.rows].index("411ACIDROU")
    motif = held.rows[place][held.index("Motif")]
    since = f"{motif} ; depuis l'édition : FA-1 n'est plus ouverte"
    tables.write_columns(book, layout.PREPARATION_TABLE, {"Motif": [since]}, [held.numbers[place]])
    told = "E-mail à 411ACIDROU : depuis l'édition de la lettre : FA-1 n'est plus ouverte."
    assert any(str(finding).startswith(told) for finding in mail(book, dry_run=True).findings)
    say("no")
    with pytest.raises(CancelledError):
        mail(book, Way.SMTP, server=office.server())
    assert "le grand livre a changé depuis (voyez Motif). Un e-mail parti" in asked()[0]
    assert not office.arrived


class Recorded:
    """What a COM client of Outlook would see."""

    def __init__(self) -> None:
        self.saved: list[tuple[Mail, Path]] = []

    def save(self, mail: Mail, letter: Path) -> None:
        if mail.to == ("refus@b.example",):
            raise OSError("Outlook : refusé")
        self.saved.append((mail, letter))


def test_outlook_drafts_are_made_once_and_again_when_the_letter_changed(book: xw.Book) -> None:
    one(book)
    outlook = Recorded()
    assert mail(book, Way.OUTLOOK, outlook=outlook).count(Result.DRAFTED) == 1
    mail(book, Way.OUTLOOK, outlook=outlook)
    assert len(outlook.saved) == 1
    with (home(book) / FOLDER / "411ACIDROU_EUR_L1.docx").open("ab") as letter:
        letter.write(b"x")
    report = mail(book, Way.OUTLOOK, outlook=outlook)
    assert "supprimez le brouillon d'avant" in report.lines[0].reason
    assert len(outlook.saved) == 2


def test_a_letter_made_anew_takes_the_draft_of_the_former_away(
    book: xw.Book, office: PostOffice
) -> None:
    """Nobody must send letter 1 once letter 2 stands in its place; « Motif » says what to do."""
    one(book)
    mail(book)
    drafts = home(book) / FOLDER / "brouillons"
    assert [path.name for path in drafts.iterdir()] == ["411ACIDROU_EUR_L1.eml"]
    typed(book, layout.PREPARATION_TABLE, "N° lettre", 2, Compte="411ACIDROU")
    say("yes")
    run.issue(book, choice=run.chosen(accounts=["411ACIDROU"]))
    assert not list(drafts.iterdir())
    assert motifs(book)["411ACIDROU EUR"].endswith(
        " ; e-mail : brouillon à refaire, la lettre a changé"
    )
    say("no")
    assert mail(book, Way.SMTP, server=office.server()).count(Result.TO_SEND) == 1
    assert motifs(book)["411ACIDROU EUR"].endswith("brouillon à refaire, la lettre a changé")
    mail(book)
    assert [path.name for path in drafts.iterdir()] == ["411ACIDROU_EUR_L2.eml"]
    assert " ; e-mail : brouillon prêt pour " in motifs(book)["411ACIDROU EUR"]


def test_a_draft_taken_away_by_a_run_that_was_cut_off_is_not_called_ready(book: xw.Book) -> None:
    """The letter and the journal are there, the sheet does not know yet."""
    one(book)
    mail(book)
    typed(book, layout.PREPARATION_TABLE, "N° lettre", 2, Compte="411ACIDROU")
    before = tables.read(book, layout.PREPARATION_TABLE)
    say("yes")
    run.issue(book, choice=run.chosen(accounts=["411ACIDROU"]))
    for title in ("Éditée", "Lettre", "Motif", "Empreinte"):  # as the sheet was before
        values = [row[before.index(title)] for row in before.rows]
        tables.write_columns(book, layout.PREPARATION_TABLE, {title: values}, before.numbers)
    say("yes")
    assert run.issue(book, choice=run.chosen(accounts=["411ACIDROU"])).resumed == 1
    assert motifs(book)["411ACIDROU EUR"].endswith("brouillon à refaire, la lettre a changé")


@pytest.mark.parametrize("lost", [True, False])
def test_an_address_that_is_none_is_named_whatever_became_of_the_mail(
    book: xw.Book, *, lost: bool
) -> None:
    """Nothing is called sent that was drafted or failed."""
    one(book, **{"E-mail": "compta@drouais.example; pas une adresse"})
    if lost:
        (home(book) / FOLDER / "411ACIDROU_EUR_L1.docx").unlink()
    report = mail(book)
    assert report.count(Result.FAILED if lost else Result.DRAFTED) == 1
    assert (
        "E-mail à 411ACIDROU : « pas une adresse » : adresse sans @ ; l'e-mail ne s'adresse "
        "qu'aux autres."
    ) in map(str, report.findings)


def test_a_draft_that_outlook_refuses_is_said_and_tried_again(book: xw.Book) -> None:
    one(book, **{"E-mail": "refus@b.example"})
    report = mail(book, Way.OUTLOOK, outlook=Recorded())
    assert report.lines[0].reason == "Outlook : refusé"
    assert states(book) == {State.FAILED: 1}


def test_outlook_is_told_to_keep_a_draft_and_never_to_send(tmp_path: Path) -> None:
    """The calls that a person checks on Windows; here a stand-in of the COM objects takes them."""
    application = MagicMock(spec_set=["CreateItem"])
    item = application.CreateItem.return_value
    letter = tmp_path / "ÉLAN_EUR_L1.docx"
    Outlook(application, KeyError).save(replace(MAIL, reply_to="a@b.example"), letter)
    application.CreateItem.assert_called_once_with(0)
    assert (item.To, item.Subject, item.HTMLBody) == (MAIL.to[0], MAIL.subject, MAIL.html)
    item.ReplyRecipients.Add.assert_called_once_with("a@b.example")
    item.Attachments.Add.assert_called_once_with(str(letter), 1, 1, "ELAN_01_EUR_L2.docx")
    item.Save.assert_called_once_with()
    item.Send.assert_not_called()
    item.Save.side_effect = KeyError("occupé")
    with pytest.raises(OSError, match="Outlook : 'occupé'"):
        Outlook(application, KeyError).save(MAIL, letter)


def test_without_outlook_there_are_files(book: xw.Book, tmp_path: Path) -> None:
    one(book)
    report = mail(book, Way.OUTLOOK, folder=tmp_path / "b")
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["411ACIDROU_EUR_L1.eml"]
    assert report.folder == tmp_path / "b"


def test_answers_go_where_the_settings_say(book: xw.Book) -> None:
    one(book)
    settings(book, repondre_a="credit@kervalou-emballages.example")
    mail(book)
    path = home(book) / FOLDER / "brouillons/411ACIDROU_EUR_L1.eml"
    assert parsed(path.read_bytes())["Reply-To"] == "credit@kervalou-emballages.example"
    settings(book, smtp_expediteur="a@b.example; c@d.example")
    with pytest.raises(FindingsError, match="« Expéditeur » : une adresse attendue"):
        mail(book)


def test_an_envoi_that_says_neither_is_told(book: xw.Book) -> None:
    one(book, Envoi="Télécopie")
    report = mail(book)
    assert "« Télécopie » lu : la lettre part par courrier" in str(report.findings[0])


def test_nothing_issued_is_said(book: xw.Book) -> None:
    say("yes")
    run.save(book, now=NOW, user="x")
    with pytest.raises(RefusedError, match="Aucune lettre éditée à envoyer"):
        mail(book)


@pytest.mark.parametrize(
    ("typed", "post", "email"),
    [
        ("Courrier", True, False), ("E-mail", False, True), ("e\u2011mail", False, True),
        ("EMAIL", False, True), ("Courriel", False, True), ("Courrier et e-mail", True, True),
        ("", True, False), ("Fax", True, False),
    ],
)  # fmt: skip
def test_envoi_as_people_type_it(typed: str, *, post: bool, email: bool) -> None:
    found = means_of(typed)
    assert (found.post, found.email) == (post, email)
    assert found.understood == (typed != "Fax")


def test_a_note_stands_once_before_what_changed_since() -> None:
    first = noted("Lettre 2 : FA-1 ; depuis l'édition : FA-2 réglée", "brouillon prêt")
    assert first == "Lettre 2 : FA-1 ; e-mail : brouillon prêt ; depuis l'édition : FA-2 réglée"
    assert noted(first, "") == "Lettre 2 : FA-1 ; depuis l'édition : FA-2 réglée"


def test_the_command_lists_drafts_and_refuses_to_send_without_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = issued(tmp_path)
    with headless.open_book(path) as book:
        settings(book, smtp_serveur="smtp.kervalou.example", smtp_utilisateur="relances")
        number = wanted(book)
        book.save()
    monkeypatch.delenv("XL_RELANCES_SMTP_MOT_DE_PASSE", raising=False)
    command = CliRunner()
    shown = command.invoke(app, ["mail", str(path), "--dry-run", "--json"])
    assert shown.exit_code == 0
    records = json.loads(shown.stdout)
    assert len(records) == number + 1
    record = next(each for each in records if each["Compte"] == "411ACIDROU")
    assert record["Résultat"] == "à envoyer"
    assert record["À"] == ["comptabilite@acieries-drouais.example"]
    refused = command.invoke(app, ["mail", str(path), "--smtp", "--yes"])
    assert refused.exit_code == 1
    assert "Mot de passe de relances introuvable" in refused.stderr
    done = command.invoke(app, ["mail", str(path), "--drafts", str(tmp_path / "b")])
    assert done.exit_code == 0
    assert done.stdout.startswith(f"{number} brouillons prêts, 1 e-mail impossible, en courrier")
    assert len(list((tmp_path / "b").iterdir())) == number
    both = command.invoke(app, ["mail", str(path), "--smtp", "--drafts", "b"])
    assert both.exit_code == 2
    headless.engine.answer = None
