"""The check of templates says everything wrong at once, before anything is rendered."""

from __future__ import annotations

from pathlib import Path

import pytest
from paper import SHIPPED, word_file

from xl_relances.errors import LetterError
from xl_relances.letters.templates import (
    check_template,
    check_templates,
    find_template,
    template_name,
)
from xl_relances.workbook.word import HEAD, NS, cell, paragraph, row, table

GOOD = (
    "{{ reference }} {{ solde_du }} {{ date_limite }} {{ reglements_jusquau }}\n"
    "{%p for e in echeances %}\n{{ e.piece }}\n{%p endfor %}"
)


def said(tmp_path: Path, body: str, **parts: str) -> list[str]:
    path = word_file(tmp_path / "fr" / "t.docx", f"{body}\n{GOOD}", **parts)
    findings = check_template(path)
    assert all(finding.where == "Modèle fr/t.docx" for finding in findings)
    return [finding.message for finding in findings]


def of_rows(*rows: str) -> str:
    return table([row([cell(paragraph(text), 1000)]) for text in rows], [1000])


def test_a_right_template_has_no_finding(tmp_path: Path) -> None:
    assert said(tmp_path, "{% if client.professionnel %}x{% endif %}") == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            "Cher {{ client.nomm }}",
            "champ inconnu « client.nomm » dans « Cher {{ client.nomm }} » : "
            "vouliez-vous client.nom ?",
            id="dotted-field",
        ),
        pytest.param(
            "{{ solde }}",
            "champ inconnu « solde » dans « {{ solde }} » : vouliez-vous solde_du ?",
            id="field",
        ),
        pytest.param(
            "{% for e in echeances %}{{ e.pieces }}{% endfor %}",
            "champ inconnu « e.pieces » dans « {% for e in echeances %}{{ e.pieces }}"
            "{% endfor %} » : vouliez-vous e.piece ?",
            id="loop-variable",
        ),
        pytest.param(
            "{{ echeances.piece }}",
            "champ inconnu « echeances.piece » dans « {{ echeances.piece }} » : il se lit dans une "
            "boucle, {%tr for e in echeances %} … {{ e.piece }}",
            id="member-outside-its-loop",
        ),
        pytest.param(
            "{% if client.langue == « fr » %}x{% endif %}",
            'guillemets « », tapez " à la place : {% if client.langue == « fr » %}, dans '
            "« {% if client.langue == « fr » %}x{% endif %} »",
            id="D15-french-quotes",
        ),
        pytest.param(
            "{{ date\u2011limite }}",
            "trait d'union insécable, effacez-le : {{ date\u2011limite }}, dans "
            "« {{ date\u2011limite }} »",
            id="no-break-hyphen",
        ),
        pytest.param(
            "<w:p><w:r><w:t>{{ date</w:t><w:noBreakHyphen/><w:t>limite }}</w:t></w:r></w:p>",
            "trait d'union insécable, effacez-le : {{ date\u2011limite }}, dans "
            "« {{ date\u2011limite }} »",
            id="no-break-hyphen-of-word",
        ),
        pytest.param(
            "{%p\u00a0if client.professionnel %}\nx\n{%p endif %}",
            "espace insécable après {%p dans « {%p if client.professionnel %} » : tapez une "
            "espace simple",
            id="no-break-space-after-the-prefix",
        ),
        pytest.param(
            of_rows("{%tr if niveau % 2 %}", "x", "{%tr endif %}"),
            "un signe % ou } dans {%tr if niveau % 2 %} : {%tr …%} n'en admet pas",
            id="D15-percent-in-a-row-tag",
        ),
        pytest.param(
            "Bonjour {%p if niveau == 1 %}\nx\n{%p endif %}",
            "« Bonjour » disparaîtrait : {%p if niveau == 1 %} doit être seul dans son paragraphe",
            id="text-beside-a-paragraph-tag",
        ),
        pytest.param(
            of_rows("Total {%tr for e in echeances %}", "{{ e.reste }}", "{%tr endfor %}"),
            "« Total » disparaîtrait : {%tr for e in echeances %} doit être seul dans sa ligne de "
            "tableau",
            id="text-beside-a-row-tag",
        ),
        pytest.param(
            "{%tr for e in echeances %}\nx\n{%tr endfor %}",
            "{%tr for e in echeances %} hors d'un tableau : {%tr …%} se place dans une ligne de "
            "tableau",
            id="row-tag-outside-a-table",
        ),
        pytest.param(
            "{% if niveau == %}x{% endif %}",
            "balise incorrecte {% if niveau == %} dans « {% if niveau == %}x{% endif %} » "
            "(« fin de balise » inattendu)",
            id="syntax",
        ),
        pytest.param(
            "{{ solde_du",
            "balise ouverte ou fermée seule dans « {{ solde_du »",
            id="open-tag",
        ),
        pytest.param(
            "{% if niveau == 1 %}x",
            "{% if %} n'est pas refermé par {% endif %}",
            id="open-block",
        ),
        pytest.param(
            "x{% endif %}",
            "{% endif %} en trop, ou mal placé, dans « x{% endif %} »",
            id="closed-twice",
        ),
        pytest.param(
            "{% include 'x' %}",
            "instruction inconnue « include 'x' » dans « {% include 'x' %} » : if, elif, else, "
            "for ou set",
            id="unknown-statement",
        ),
        pytest.param(
            "{{r solde_du }}", "{{r solde_du }} : écrivez le champ sans r, {{ … }}", id="rich-text"
        ),
    ],
)
def test_a_mistake_is_explained_with_its_paragraph(
    body: str, expected: str, tmp_path: Path
) -> None:
    assert expected in said(tmp_path, body)


def test_curly_quotes_in_a_tag_work(tmp_path: Path) -> None:
    """Field case D15: Word's own quotes are read as straight ones."""
    body = "{{ client.contact|default(“x”) }}{% if client.langue == ‘fr’ %}x{% endif %}"
    assert said(tmp_path, body) == []


@pytest.mark.parametrize(
    "body",
    [
        "{{ echeances|length }} {{ echeances[0].piece }} {{ (echeances|first).reste }}",
        "{% for e in echeances|sort(attribute='date') %}{{ loop.index }}{{ e.reste }}{% endfor %}",
        "{% set nom = client.nom %}{{ nom|upper }} {{ client.nom.upper() }} {{ client['nom'] }}",
        "{% for ligne in client.adresse %}{{ ligne }}{% endfor %}",
        "{% for l in lettres_precedentes %}{{ l.date }}{% else %}aucune{% endfor %}",
        "{# un commentaire {{ x }} #}",
    ],
)  # fmt: skip
def test_what_jinja_offers_is_no_unknown_field(body: str, tmp_path: Path) -> None:
    assert said(tmp_path, body) == []


def test_all_findings_come_at_once(tmp_path: Path) -> None:
    found = said(tmp_path, "{{ a1 }}\n{{ a2 }}\n{{ societe.b3 }}")
    assert [message.split(" dans ")[0] for message in found] == [
        "champ inconnu « a1 »", "champ inconnu « a2 »", "champ inconnu « societe.b3 »",
    ]  # fmt: skip


@pytest.mark.parametrize("part", ["docProps__core.xml", "word__comments.xml", "word__endnotes.xml"])
def test_a_tag_where_nothing_is_merged_is_said(part: str, tmp_path: Path) -> None:
    found = said(tmp_path, "", **{part: f'{HEAD}<a xmlns="urn:x"><b>{{{{ client.nom }}}}</b></a>'})
    place = "les propriétés du document" if "core" in part else part.replace("__", "/")
    assert found == [f"« {{{{ client.nom }}}} » dans {place} ne serait pas remplacé : retirez-le"]


def test_a_paragraph_tag_in_a_text_box_is_said_and_a_field_there_works(tmp_path: Path) -> None:
    box = (
        "<w:p><w:r><w:pict><v:textbox xmlns:v='urn:v'><w:txbxContent>{}</w:txbxContent>"
        "</v:textbox></w:pict></w:r></w:p>"
    )
    assert said(tmp_path, box.format(paragraph("{{ client.nom }}"))) == []
    steps = "".join(map(paragraph, ("{%p if niveau == 1 %}", "x", "{%p endif %}")))
    assert said(tmp_path, box.format(steps))[0] == (
        "{%p if niveau == 1 %} dans une zone de texte : utilisez un tableau ou un cadre"
    )


def test_a_customer_field_in_a_header_is_said(tmp_path: Path) -> None:
    header = f"{HEAD}<w:hdr {NS}>{paragraph('{{ client.nom }}')}</w:hdr>"
    path = word_file(tmp_path / "fr" / "t.docx", GOOD, **{"word__header1.xml": header})
    (finding,) = check_template(path)
    assert finding.message == (
        "« client.nom » en en-tête ou pied de page : un champ du client se place dans le corps "
        "de la lettre"
    )


def test_what_a_letter_should_say_is_recalled_without_blocking(tmp_path: Path) -> None:
    path = word_file(tmp_path / "fr" / "t.docx", "Payez.")
    findings = check_template(path)
    assert not any(finding.blocking for finding in findings)
    assert [finding.message for finding in findings] == [
        "la somme due ({{ solde_du }}) n'est pas dans la lettre",
        "la date limite ({{ date_limite }}) n'est pas dans la lettre",
        "la date des règlements pris en compte ({{ reglements_jusquau }}) n'est pas dans la lettre",
        "ni {{ reference }} ni {{ client.compte }} : le paiement sera difficile à attribuer",
        "la liste des factures ({%tr for e in echeances %}) n'est pas dans la lettre",
    ]


def test_what_shows_only_with_values_is_found_by_sample_letters(tmp_path: Path) -> None:
    assert said(tmp_path, "{{ nombre_echeances + reference }}") == [
        "« + » entre un texte et un nombre"
    ]
    assert said(tmp_path, "{{ client }}") == ["un groupe de champs, qui ne s'imprime pas"]


def test_a_file_that_is_no_word_document_is_said(tmp_path: Path) -> None:
    (tmp_path / "t.docx").write_bytes(b"PK\x03\x04")
    assert [finding.message for finding in check_template(tmp_path / "t.docx")] == [
        "ce n'est pas un document Word (.docx) entier"
    ]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        pytest.param({"language": "en", "account": "411A"}, "en/411A/l.docx", id="customer's-own"),
        pytest.param({"language": "en", "account": "411B"}, "en/l.docx", id="language"),
        pytest.param({"language": "de", "account": "411A"}, "fr/l.docx", id="default-language"),
        pytest.param({"language": ""}, "fr/l.docx", id="no-language"),
        pytest.param({"language": "fr", "account": "../en"}, "fr/l.docx", id="hostile-account"),
        pytest.param({"language": "../en"}, "fr/l.docx", id="hostile-language"),
    ],
)
def test_the_most_particular_template_wins(
    given: dict[str, str], found: str, tmp_path: Path
) -> None:
    for place in ("fr/l.docx", "en/l.docx", "en/411A/l.docx"):
        word_file(tmp_path / place, "x")
    assert find_template(tmp_path, "l.docx", **given) == tmp_path / found


@pytest.mark.parametrize("name", ["../x.docx", "a/b.docx", "C:\\x.docx", ".x", "", "a:b"])
def test_a_template_name_never_leads_out_of_its_folder(name: str) -> None:
    with pytest.raises(LetterError, match="Niveaux, colonne « Modèle » : "):
        template_name(name)
    assert template_name(" relance_1 ") == "relance_1.docx"


def test_missing_templates_are_said_for_every_level_and_language(tmp_path: Path) -> None:
    word_file(tmp_path / "fr" / "a.docx", GOOD)
    word_file(tmp_path / "fr" / "411A" / "a.docx", "{{ faux }}\n" + GOOD)
    found = check_templates(tmp_path, ["a.docx", "b.docx"], ["en", "fr", ""])
    assert [str(finding) for finding in found] == [
        "Modèle en/a.docx : absent, la lettre sera en langue « fr »",
        f"Modèle b.docx : introuvable dans {tmp_path / 'fr'}",
        "Modèle 411A/a.docx : champ inconnu « faux » dans « {{ faux }} »",
    ]
    assert [finding.blocking for finding in found] == [False, True, True]


def test_the_shipped_templates_have_no_finding() -> None:
    names = ["relance_1.docx", "relance_2.docx", "mise_en_demeure.docx"]
    assert check_templates(SHIPPED, names, ["fr", "en"]) == []
