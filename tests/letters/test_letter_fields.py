"""The fields of a template: one table, and what each holds in French and in English."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper import letter, line, recipient

from xl_relances.letters.fields import FIELDS, context, legal_notice
from xl_relances.letters.language import figures, money, recall, short_date
from xl_relances.letters.letter import EarlierLetter, Sender, check_sender
from xl_relances.letters.sample import BARE, FULL, SENDER

CENTS = st.decimals(min_value=0, max_value=10_000_000, places=2)


def names(values: dict[str, Any], prefix: str = "") -> set[str]:
    found = set()
    for name, value in values.items():
        path = prefix + name
        if isinstance(value, dict):
            found |= names(value, f"{path}.")
            continue
        found.add(path)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            found |= names(value[0], f"{path}.")
    return found


def test_the_documented_fields_are_those_that_a_letter_has() -> None:
    assert names(dict(context(FULL))) == set(FIELDS)


def plain(value: object) -> bool:
    if isinstance(value, list):
        return all(map(plain, value))
    if isinstance(value, dict):
        return all(map(plain, value.values()))
    return type(value) in {str, int, bool}


@pytest.mark.parametrize("each", [FULL, BARE], ids=["full", "bare"])
def test_a_template_sees_plain_values_only(each: Any) -> None:
    assert plain(dict(context(each)))


@given(st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=20))
def test_the_total_is_the_sum_of_the_lines(amounts: list[tuple[Decimal, Decimal]]) -> None:
    found = letter(lines=tuple(line(str(max(pair)), set_off=min(pair)) for pair in amounts))
    assert found.balance_due == sum(each.remainder for each in found.lines)
    values: dict[str, Any] = dict(context(found))
    printed = [
        Decimal(each["reste"].replace("\u202f", "").replace(",", "."))
        for each in values["echeances"]
    ]
    assert sum(printed) == found.balance_due
    assert values["total"] == figures(found.balance_due, "EUR", "fr")


@pytest.mark.parametrize(
    ("currency", "language", "expected"),
    [
        ("EUR", "fr", "1\u202f234,50\u00a0€"),
        ("EUR", "en", "€1,234.50"),
        ("JPY", "fr", "1\u202f234\u00a0JPY"),
        ("TND", "en", "TND\u00a01,234.500"),
        ("USD", "en", "US$1,234.50"),
    ],
)
def test_money_has_the_places_of_its_currency(currency: str, language: str, expected: str) -> None:
    assert money(Decimal("1234.5") if currency != "JPY" else Decimal(1234), currency, language) == (
        expected
    )


def test_a_negative_amount_carries_its_sign_first() -> None:
    assert money(Decimal("-12.5"), "EUR", "en") == "−€12.50"
    assert figures(Decimal("-0.001"), "EUR", "en") == "0.00"


def test_an_english_date_cannot_be_read_two_ways() -> None:
    assert short_date(dt.date(2026, 2, 3), "en") == "3\u00a0Feb\u00a02026"
    assert short_date(dt.date(2026, 2, 3), "fr") == "03/02/2026"


@pytest.mark.parametrize(
    ("count", "language", "expected"),
    [
        (0, "fr", ""),
        (1, "fr", "notre lettre du 1er\u00a0mars 2026"),
        (2, "fr", "nos lettres des 1er\u00a0mars 2026 et 2\u00a0mars 2026"),
        (1, "en", "our letter of 1\u00a0March 2026"),
        (3, "en", "our letters of 1\u00a0March 2026, 2\u00a0March 2026 and 3\u00a0March 2026"),
    ],
)
def test_earlier_letters_are_recalled_with_their_dates(
    count: int, language: str, expected: str
) -> None:
    assert recall([dt.date(2026, 3, day + 1) for day in range(count)], language) == expected


def test_where_the_document_number_is_missing_the_label_shows_then_the_entry() -> None:
    shown = [
        line(document=" ", label="Acompte").title,
        line(document="", label="", entry="VE-12").title,
    ]
    assert shown == ["Acompte", "VE-12"]


def test_the_reference_is_the_account_unless_one_is_given() -> None:
    assert context(letter())["reference"] == "411DUPONT"
    assert context(letter(reference="RF18 1042"))["reference"] == "RF18 1042"


def test_the_letters_sent_before_are_listed() -> None:
    sent = (EarlierLetter(level=1, date=dt.date(2026, 10, 12)),)
    assert context(letter(earlier=sent))["lettres_precedentes"] == [
        {"niveau": 1, "date": "12\u00a0octobre 2026", "date_courte": "12/10/2026"}
    ]


def test_the_legal_notice_has_what_the_law_asks() -> None:
    """C. com. R123-237: name, form, capital, SIREN, register and town, seat."""
    assert legal_notice(SENDER) == (
        "Ateliers Morvan, SAS au capital de 50 000 € · SIREN 732 829 320 · RCS Nantes · "
        "Siège : 12 quai de la Fosse, 44000 Nantes · TVA FR40732829320"
    )


def test_a_sole_trader_carries_ei_beside_the_name() -> None:
    found = replace(SENDER, legal_form="EI", capital="")
    assert legal_notice(found).startswith("Ateliers Morvan EI · SIREN")
    assert legal_notice(replace(found, name="Morvan EI")).startswith("Morvan EI · SIREN")


def test_without_name_siren_and_seat_nothing_is_issued() -> None:
    assert check_sender(SENDER) == []
    found = [str(finding) for finding in check_sender(Sender(name=""))]
    assert all(each.endswith(" manque : aucune lettre n'est éditée sans") for each in found)
    assert [each.split(" manque")[0] for each in found] == [
        "Paramètres : la raison sociale (societe_nom)",
        "Paramètres : le SIREN (societe_siren)",
        "Paramètres : le siège (societe_adresse_1, societe_ville)",
    ]


def test_an_address_field_with_two_lines_stays_two_lines_and_a_name_becomes_one() -> None:
    to = recipient(name="Pons\nFils", address=("Bât. A\nEscalier 2",), contact="")
    client: Any = context(letter(recipient=to))["client"]
    assert client["nom"] == "Pons Fils"
    assert client["adresse"] == ["Pons Fils", "BAT. A", "ESCALIER 2", "35000 RENNES"]
