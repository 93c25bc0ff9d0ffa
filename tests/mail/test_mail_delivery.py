"""Mails are handed over encrypted or not at all, and what became of each is known."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from post_office import PASSWORD, USER, PostOffice, opened
from test_mail_message import MAIL

from xl_relances.errors import RefusedError
from xl_relances.mail.delivery import Delivery, Fate, Outbox
from xl_relances.mail.message import draft
from xl_relances.mail.replies import ServerError
from xl_relances.mail.server import PASSWORD_VARIABLE, Server, password_of

CONTENT = draft(MAIL)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    with opened(tmp_path) as running:
        yield running


def send(outbox: Outbox, *to: str, gone: list[str] | None = None) -> Delivery:
    noted = [] if gone is None else gone
    return outbox.send(CONTENT, USER, to or MAIL.to, going=lambda: noted.append("going"))


def test_a_mail_arrives_whole_over_starttls_with_a_password(office: PostOffice) -> None:
    with Outbox(office.server()) as outbox:
        assert send(outbox) == Delivery(Fate.SENT)
    assert office.envelopes == [(USER, MAIL.to)]
    assert office.subjects() == [MAIL.subject]
    letter = next(office.arrived[0].iter_attachments())
    assert letter.get_content() == MAIL.content


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # aiosmtpd: it does not count TLS at once
def test_a_mail_arrives_over_tls_from_the_first_byte(tmp_path: Path) -> None:
    with opened(tmp_path, implicit=True) as office:
        with Outbox(office.server(implicit=True)) as outbox:
            assert send(outbox).fate is Fate.SENT
        assert office.logins == 1


def test_a_password_with_accents_is_sent_as_utf_8(office: PostOffice) -> None:
    office.password = "pässé€"
    with pytest.raises(ServerError, match="utilisateur ou mot de passe refusé"):
        Outbox(office.server(password="été")).__enter__()
    with Outbox(office.server(password="pässé€")) as outbox:
        assert send(outbox).fate is Fate.SENT
    assert office.logins == 2


def test_nothing_is_sent_in_clear(tmp_path: Path) -> None:
    with opened(tmp_path, tls=False) as office:
        with pytest.raises(ServerError, match="n'offre pas de chiffrement"):
            Outbox(office.server()).__enter__()
        assert office.logins == 0
        assert not office.arrived


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("implicit", [False, True])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    tmp_path: Path, *, implicit: bool
) -> None:
    with opened(tmp_path, implicit=implicit) as office:
        with pytest.raises(ServerError, match=r"certificat du serveur refusé \(self.signed"):
            Outbox(office.server(implicit=implicit, context=None)).__enter__()
        assert office.logins == 0


def test_a_certificate_of_another_name_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path, host="ailleurs.example") as office:
        with pytest.raises(ServerError, match=r"certificat du serveur refusé \(Hostname mismatch"):
            Outbox(office.server()).__enter__()
        assert office.logins == 0


def test_tls_expected_where_none_begins_says_to_look_at_the_port(office: PostOffice) -> None:
    with pytest.raises(ServerError, match="vérifiez le port"):
        Outbox(office.server(implicit=True)).__enter__()


def test_a_server_that_is_not_there_is_said_in_a_sentence(office: PostOffice) -> None:
    with pytest.raises(ServerError, match="serveur injoignable"):
        Outbox(replace(office.server(), port=1)).__enter__()
    with pytest.raises(ServerError, match=r"n'en est pas un|injoignable"):
        Outbox(Server(host="é" * 80 + ".example")).__enter__()


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        ("535 5.7.8 Bad credentials", "mot de passe refusé pour .* 535 5.7.8 Bad credentials"),
        ("550 5.7.30 Basic authentication is not supported", "utilisez les brouillons"),
        ("535 5.7.139 SmtpClientAuthentication is disabled", "utilisez les brouillons"),
    ],
)
def test_a_refused_password_says_what_to_do(office: PostOffice, reply: str, sentence: str) -> None:
    office.login_reply = reply
    with pytest.raises(ServerError, match=sentence):
        Outbox(office.server()).__enter__()


def test_the_end_of_passwords_at_the_sender_stops_all(office: PostOffice) -> None:
    office.sender_reply = "550 5.7.30 Basic authentication is not supported for Client Submission."
    with Outbox(office.server()) as outbox, pytest.raises(ServerError, match="brouillons"):
        send(outbox)


def test_an_address_refused_keeps_no_other_from_its_mail(office: PostOffice) -> None:
    office.answers["parti@elan.example"] = "550 5.1.1 inconnu"
    gone: list[str] = []
    with Outbox(office.server()) as outbox:
        some = send(outbox, "parti@elan.example", "compta@elan.example")
        none = send(outbox, "parti@elan.example", gone=gone)
        after = send(outbox)
    said = "parti@elan.example : le serveur répond 550 5.1.1 inconnu"
    assert some == Delivery(Fate.SENT, refused=(said,))
    assert none == Delivery(Fate.FAILED, said)
    assert gone == []
    assert after.fate is Fate.SENT
    assert [to for _, to in office.envelopes] == [("compta@elan.example",), MAIL.to]


def test_a_text_refused_is_certain_not_to_have_gone(office: PostOffice) -> None:
    office.on_data = lambda _: "554 5.6.0 trop gros"
    with Outbox(office.server()) as outbox:
        found = send(outbox)
    assert found == Delivery(Fate.FAILED, "le serveur répond 554 5.6.0 trop gros")


def test_a_connection_dropped_before_the_reply_is_doubtful_and_the_next_mail_goes(
    office: PostOffice,
) -> None:
    office.on_data = lambda number: "" if number == 1 else None
    gone: list[str] = []
    with Outbox(office.server()) as outbox:
        first = send(outbox, gone=gone)
        second = send(outbox)
    assert first.fate is Fate.DOUBTFUL
    assert "connexion perdue avant la réponse du serveur" in first.reason
    assert gone == ["going"]
    assert second.fate is Fate.SENT
    assert len(office.arrived) == 2


def test_three_connections_dropped_in_a_row_end_it(office: PostOffice) -> None:
    office.on_data = lambda _: ""
    with Outbox(office.server()) as outbox:
        assert [send(outbox).fate for _ in range(3)] == [Fate.DOUBTFUL] * 3
        with pytest.raises(ServerError, match="coupée 3 fois de suite"):
            send(outbox)
    assert len(office.arrived) == 3


def test_no_more_mails_a_minute_than_the_server_allows(office: PostOffice) -> None:
    now, waits = [0.0], []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    with Outbox(office.server(), per_minute=2, clock=lambda: now[0], sleep=sleep) as outbox:
        for _ in range(5):
            send(outbox)
            now[0] += 1
    assert waits == [58.0, 58.0]
    assert len(office.arrived) == 5


def test_a_password_is_in_the_environment_or_the_keyring_never_shown() -> None:
    assert password_of(USER, {PASSWORD_VARIABLE: "secret"}) == "secret"
    with pytest.raises(RefusedError, match=f"{PASSWORD_VARIABLE}.*brouillons"):
        password_of(USER, {})
    server = Server(host="h.example", user=USER, password=PASSWORD, context=None)
    assert PASSWORD not in repr(server)


def test_the_system_verifies_certificates_by_default() -> None:
    assert Server(host="h.example").context is None
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED
