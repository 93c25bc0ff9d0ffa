"""The recipient's block follows the postal norm; what does not fit is said, never cut."""

from __future__ import annotations

import pytest

from xl_relances.letters.address import PostalBlock, capitals, is_abroad, postal_block


def block(*address: str, name: str = "Dupont SA", code: str = "35000", city: str = "Rennes",
          country: str = "", contact: str = "") -> PostalBlock:  # fmt: skip
    return postal_block(
        name, address, postal_code=code, city=city, country=country, contact=contact
    )


def test_the_last_three_lines_are_capitals_without_accents() -> None:
    found = block("Bâtiment C", "18 rue de l'Évêché", "Zone du Pré", city="Évreux")
    assert found.lines == (
        "Dupont SA", "Bâtiment C", "18 RUE DE L'EVECHE", "ZONE DU PRE", "35000 EVREUX",
    )  # fmt: skip
    assert found.warnings == ()


def test_the_name_and_the_contact_stand_as_they_are_written() -> None:
    """Three lines in all: the name is one of the last three and stays as typed."""
    assert block("1, rue Basse").lines == ("Dupont SA", "1 RUE BASSE", "35000 RENNES")
    found = block("1 rue Basse", contact="À l'attention de M. Roux")
    assert found.lines[:2] == ("Dupont SA", "À l'attention de M. Roux")


def test_no_punctuation_from_line_4() -> None:
    found = block("Bât. A", "Appt. 3", "18, rue Saint-Jean (cour)", "B.P. 12", contact="M. Roux")
    assert found.lines[3:] == ("18 RUE SAINT JEAN COUR", "B P 12", "35000 RENNES")


def test_a_line_break_in_a_field_makes_two_lines() -> None:
    """Field case D14: both lines are printed."""
    found = block("Bât. A\nEscalier 2", city="Aix", code="13100")
    assert found.lines == ("Dupont SA", "BAT. A", "ESCALIER 2", "13100 AIX")


def test_abroad_the_country_is_last_and_in_capitals() -> None:
    found = block("12 O'Connell Street", city="Dublin", code="", country="Irlande")
    assert found.lines == ("Dupont SA", "12 O'CONNELL STREET", "DUBLIN", "IRLANDE")


@pytest.mark.parametrize("country", ["", "France", "FRANCE ", "fr", "France métropolitaine"])
def test_france_is_not_printed(country: str) -> None:
    assert not is_abroad(country)
    assert block("1 rue A", country=country).lines[-1] == "35000 RENNES"


@pytest.mark.parametrize(
    ("country", "most"), [pytest.param("", 6, id="france"), pytest.param("Italie", 7, id="abroad")]
)
def test_too_many_lines_are_joined_and_said(country: str, most: int) -> None:
    streets = ("Tour A", "Étage 3", "Porte 12", "Escalier B", "18 rue Longue", "Zone Nord")
    found = block(*streets, contact="M. Roux", country=country)
    assert len(found.lines) == most
    assert found.warnings == (f"adresse de {9 + bool(country)} lignes, {most} au plus : regroupée",)
    printed = " ".join(found.lines)
    assert all(capitals(word) in capitals(printed) for street in streets for word in street.split())


@pytest.mark.parametrize(
    ("length", "warned"), [pytest.param(38, False, id="38"), pytest.param(39, True, id="39")]
)
def test_a_line_over_38_characters_is_said_and_never_cut(length: int, warned: bool) -> None:
    name = "N" * length
    found = block("1 rue A", name=name)
    assert found.lines[0] == name
    assert found.warnings == (
        (f"« {name} » a 39 caractères, 38 au plus sur une ligne d'adresse",) if warned else ()
    )


def test_empty_lines_are_dropped_and_a_missing_street_is_said() -> None:
    found = block("", " \n ", city="Rennes")
    assert found.lines == ("Dupont SA", "35000 RENNES")
    assert found.warnings == ("adresse incomplète : la rue manque",)
    assert block("1 rue A", city="").warnings == ("adresse incomplète : la ville manque",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Évry", "EVRY"),
        ("œuvre", "OEUVRE"),
        ("Straße", "STRASSE"),
        ("Çà", "CA"),
        ("L’Haÿ", "L’HAY"),
    ],
)
def test_capitals(text: str, expected: str) -> None:
    assert capitals(text) == expected
