"""The Word templates we ship, made from text: ``python -m xl_relances.workbook.templates``.

``--check`` compares ``word_templates/`` with what would be made, part by part,
and changes nothing. Users edit their copies in Word; these are the first ones.

The page (product letters.md): A4; the recipient's block 110 mm from the left and
55 mm from the top, 85 mm wide, for the window; to its left what a payment needs,
in the first third of the page; fold marks at 99 and 198 mm and the mark for C5 at
148.5 mm, on the first page only. The header of the first page is as tall as the
window, so that the text begins below it whatever the letter says.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from pathlib import Path

from xl_relances.letters.payment_code import CODE_TEXT
from xl_relances.workbook.word import (
    HEAD,
    NS,
    border,
    cell,
    field,
    frame_line,
    mm,
    package,
    paragraph,
    row,
    table,
    typeset,
)  # fmt: skip
from xl_relances.workbook.word_parts import (
    ACCENT,
    APP,
    CODE_RELATION,
    CODE_SIZE,
    CONTENT_TYPES,
    LETTER_RELATIONS,
    LOGO_RELATIONS,
    LOGO_SIZE,
    RELATIONS,
    SETTINGS,
    TEXT_WIDTH,
    core,
    logo_drawing,
    picture_drawing,
    placeholder,
    styles,
)
from xl_relances.workbook.wording import CHARGES, TEXTS, WORDS, Words

_COLUMNS = tuple(mm(width) for width in (29, 18.5, 18.5, 12, 23, 20, 23, 16))
_STATEMENT = tuple(mm(width) for width in (33, 19, 22, 12, 35, 20, 19))
_HEAD_RULE = border("bottom", eighths=8, colour=ACCENT)
_RULE = border("bottom", eighths=4, colour="D9D9D9")
_TOTAL_RULE = border("top", eighths=8, colour=ACCENT)
_KEPT = "<w:keepNext/>"
"""On the page of what follows."""
_WINDOW = (6236, 3118)
"""110 and 55 mm: where the address shows through a French window envelope."""
_WINDOW_WIDTH = 4819
_PAYMENT = (mm(25), mm(39))
_PAYMENT_WIDTH = mm(64)
_FOLDS = (99, 148.5, 198)

FOLDER = Path(__file__).parents[3] / "word_templates"


def template(language: str, name: str) -> dict[str, str | bytes]:
    """The parts of one template, in the order of the package."""
    words = WORDS[language]
    return {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": RELATIONS,
        "docProps/core.xml": core(name, words.language),
        "docProps/app.xml": APP,
        "word/document.xml": _document(words, TEXTS[language, name]),
        "word/_rels/document.xml.rels": LETTER_RELATIONS,
        "word/styles.xml": styles(words.language),
        "word/settings.xml": SETTINGS,
        "word/header1.xml": _first_header(),
        "word/_rels/header1.xml.rels": LOGO_RELATIONS,
        "word/media/logo.png": placeholder(LOGO_SIZE),
        "word/media/code.png": placeholder(CODE_SIZE),
        "word/header2.xml": _next_header(words),
        "word/footer1.xml": _footer(words),
        "word/footer2.xml": _footer(words),
    }


def _document(words: Words, text: str) -> str:
    blocks = []
    for line in text.replace("[charges]", CHARGES[words.language[:2]]).split("\n"):
        if line == "[echeances]":
            blocks += [_items(words), paragraph("", "Apres")]
        elif line.startswith("note: "):
            blocks.append(paragraph(typeset(line.removeprefix("note: ")), "Note"))
        elif line.startswith("charge: "):
            blocks.append(paragraph(typeset(line.removeprefix("charge: ")), "Charge"))
        else:
            blocks.append(paragraph(line if line.startswith("{%p") else typeset(line)))
    kept = [at for at, block in enumerate(blocks) if "{%p" not in block][-2:]
    for at in kept:  # a page never begins with the closing and the signature alone
        blocks[at] = blocks[at].replace("<w:p>", "<w:p><w:pPr><w:keepNext/></w:pPr>", 1)
    registered = f"{{% if recommande %}}**{words.registered}**{{% endif %}}"
    body = [
        paragraph("", "Fin"),  # where LibreOffice puts the page break between merged letters
        _window(),
        paragraph("", "Fin"),
        _payment(words),
        paragraph("", "Fin"),
        paragraph(registered + words.place_and_date, "LieuEtDate"),
        paragraph(typeset(words.subject), "Objet"),
        paragraph(words.salutation),
        *blocks,
        *_closing(words),
        *_statement(words),
    ]
    return f"{HEAD}<w:document {NS}><w:body>{''.join(body)}{_SECTION}</w:body></w:document>"


def _window() -> str:
    lines = (
        paragraph("{%p for ligne in client.adresse %}")
        + paragraph("{%p if ligne|length > 34 %}")
        + paragraph("{{ ligne }}", "DestinataireLong")
        + paragraph("{%p else %}")
        + paragraph("{{ ligne }}", "Destinataire")
        + paragraph("{%p endif %}")
        + paragraph("{%p endfor %}")
        + paragraph("", "Fin")
    )
    return table(
        [row([cell(lines, _WINDOW_WIDTH)], may_split=True)], [_WINDOW_WIDTH], floating=_WINDOW
    )


def _payment(words: Words) -> str:
    """What a payment needs, left of the window: the amount in the only box, then where to pay."""
    sides = ("top", "left", "bottom", "right")
    box = "".join(border(side, eighths=6, colour=ACCENT) for side in sides)
    due = (
        paragraph(words.to_pay, "PayerTitre")
        + paragraph("{{ solde_du }}", "PayerMontant")
        + paragraph(words.no_later_than, "PayerDate")
    )
    facts = [
        paragraph("", "Apres"),
        paragraph(f"{words.reference}{_colon(words)} **{{{{ reference }}}}**", "Payer"),
        *_if("societe.iban", paragraph(f"IBAN{_colon(words)} **{{{{ societe.iban }}}}**", "Payer")),
        *_if("societe.bic", paragraph(f"BIC{_colon(words)} {{{{ societe.bic }}}}", "Payer")),
        paragraph(f"{words.holder}{_colon(words)} {{{{ societe.titulaire }}}}", "Payer"),
        *_if(
            "societe.joindre",
            paragraph(f"{words.contact}{_colon(words)} {{{{ societe.joindre }}}}", "Payer"),
        ),
    ]
    return table(
        [
            row([cell(due, _PAYMENT_WIDTH, borders=box)]),
            row([cell("".join(facts), _PAYMENT_WIDTH)], may_split=True),
        ],
        [_PAYMENT_WIDTH],
        floating=_PAYMENT,
    )


def _colon(words: Words) -> str:
    return "\u00a0:" if words.language.startswith("fr") else ":"


def _if(condition: str, block: str) -> tuple[str, str, str]:
    return paragraph(f"{{%p if {condition} %}}"), block, paragraph("{%p endif %}")


def _items(words: Words) -> str:
    """The table of items: thin rules, header repeated, no row cut in two."""
    fields = (
        "{{ e.piece }}{% if e.pour_memoire %} *{% endif %}", "{{ e.date }}", "{{ e.echeance }}",
        "{{ e.retard }}\u00a0" + words.days,
        "{{ e.montant }}", "{{ e.reglement }}", "{{ e.reste }}", "{{ e.derniere_lettre }}",
    )  # fmt: skip
    shapes = ("CelluleTexte", "CelluleCentre", "CelluleCentre", *["CelluleChiffre"] * 4)
    shapes += ("CelluleCentre",)
    head = [
        cell(
            paragraph(title, shape.replace("Cellule", "Titre")),
            width,
            borders=_HEAD_RULE,
            properties='<w:vAlign w:val="bottom"/>',
        )
        for title, shape, width in zip(words.columns, shapes, _COLUMNS, strict=True)
    ]
    item = [
        cell(
            paragraph(text, shape),
            width,
            borders=_RULE,
        )
        for text, shape, width in zip(fields, shapes, _COLUMNS, strict=True)
    ]
    widths = (sum(_COLUMNS[:4]), *_COLUMNS[4:])
    sums = (
        (typeset(words.total), "TotalTexte"), ("{{ total_montants }}", "TotalChiffre"),
        ("{% if avec_reglements %}{{ total_reglements }}{% endif %}", "TotalChiffre"),
        ("{{ total }}", "TotalChiffre"), ("", "TotalChiffre"),
    )  # fmt: skip
    last = [
        cell(paragraph(text, shape), width, borders=_TOTAL_RULE, span=4 if at == 0 else 1)
        for at, ((text, shape), width) in enumerate(zip(sums, widths, strict=True))
    ]
    steer = [cell(paragraph(""), width) for width in _COLUMNS[1:]]
    return table(
        [
            row(head, header=True),
            row([cell(paragraph("{%tr for e in echeances %}"), _COLUMNS[0]), *steer]),
            row(item),
            row([cell(paragraph("{%tr endfor %}"), _COLUMNS[0]), *steer]),
            row(last),
        ],
        _COLUMNS,
        padding=(mm(0.8), mm(0.8)),
    )


def _statement(words: Words) -> list[str]:
    """What is charged on each item: below the signature, with a head of its own on every page."""
    shapes = ("Texte", "Centre", "Chiffre", "Chiffre", "Chiffre", "Chiffre", "Chiffre")
    fields = ("piece", "echeance", "reste", "jours", "taux", "penalites", "indemnite")
    sums = (
        (typeset(words.charges_total), "TotalTexte", 5),
        ("{% if avec_penalites %}{{ total_penalites }}{% endif %}", "TotalChiffre", 1),
        ("{% if avec_indemnites %}{{ total_indemnites }}{% endif %}", "TotalChiffre", 1),
    )
    widths = _STATEMENT
    head = [
        cell(paragraph(title, f"Titre{shape}"), width, borders=_HEAD_RULE)
        for title, shape, width in zip(words.charges_columns, shapes, widths, strict=True)
    ]
    item = [
        cell(paragraph(f"{{{{ e.{name} }}}}", f"Cellule{shape}"), width, borders=_RULE)
        for name, shape, width in zip(fields, shapes, widths, strict=True)
    ]
    steer = [cell(paragraph(""), width) for width in widths[1:]]
    total_widths = (sum(widths[:5]), *widths[5:])
    last = [
        cell(paragraph(text, shape, _KEPT), width, borders=_TOTAL_RULE, span=span)
        for (text, shape, span), width in zip(sums, total_widths, strict=True)
    ]
    listed = table(
        [
            row(head, header=True),
            row([cell(paragraph("{%tr for e in decompte %}"), widths[0]), *steer]),
            row(item),
            row([cell(paragraph("{%tr endfor %}"), widths[0]), *steer]),
            row(last),
        ],
        widths,
        padding=(mm(0.8), mm(0.8)),
    )
    return [
        paragraph("{%p if avec_charges %}"),
        paragraph(typeset(words.charges_title), "Decompte"),
        listed,
        paragraph("", "Apres", _KEPT),
        paragraph(typeset(words.charges_note), "Note"),
        paragraph("{%p endif %}"),
    ]


def _closing(words: Words) -> list[str]:
    """The signature, beside the payment code where the letter has one."""
    drawing = picture_drawing("Code", CODE_TEXT, CODE_SIZE, CODE_RELATION)
    widths = (mm(80), mm(48), TEXT_WIDTH - mm(128))
    low = '<w:vAlign w:val="center"/>'
    beside = row(
        [
            cell("".join(_signature()) + paragraph("", "Fin"), widths[0]),
            cell(paragraph(typeset(words.scan), "Code"), widths[1], properties=low),
            cell(paragraph("", "Code", content=drawing), widths[2]),
        ]
    )
    return [
        paragraph("{%p if code_de_paiement %}"),
        table([beside], widths),
        paragraph("", "Fin"),
        paragraph("{%p else %}"),
        *_signature(),
        paragraph("{%p endif %}"),
    ]


def _signature() -> list[str]:
    return [
        paragraph("{%p if societe.signataire %}"),
        paragraph("{{ societe.signataire }}", "Signature1"),
        paragraph("{{ societe.fonction }}", "Signature2"),
        paragraph("{%p else %}"),
        paragraph("{{ societe.nom }}", "Signature1"),
        paragraph("{%p endif %}"),
    ]


def _first_header() -> str:
    """Letterhead, then the height of the window, then the fold marks."""
    name = (
        paragraph("{%p if societe.logo %}")
        + paragraph("", "EnteteLogo", content=logo_drawing())
        + paragraph("{%p else %}")
        + paragraph("{{ societe.nom }}", "EnteteNom")
        + paragraph("{%p endif %}")
    )
    sender = (
        paragraph("{{ societe.adresse }}", "Entete")
        + "".join(_if("societe.telephone", paragraph("{{ societe.telephone }}", "Entete")))
        + "".join(_if("societe.email", paragraph("{{ societe.email }}", "Entete")))
        + "".join(_if("societe.site", paragraph("{{ societe.site }}", "Entete")))
    )
    widths = (mm(85), TEXT_WIDTH - mm(85))
    rule = border("bottom", eighths=12, colour=ACCENT)
    low = '<w:vAlign w:val="bottom"/>'
    letterhead = row(
        [
            cell(name, widths[0], borders=rule, properties=low),
            cell(sender + paragraph("", "Fin"), widths[1], borders=rule, properties=low),
        ],
        exact=mm(22),
    )
    window = row([cell(paragraph("", "Fin"), TEXT_WIDTH, span=2)], exact=mm(58))
    folds = "".join(frame_line(mm(5), mm(at), mm(5)) for at in _FOLDS)
    body = table([letterhead, window], widths) + folds + paragraph("", "Fin")
    return f"{HEAD}<w:hdr {NS}>{body}</w:hdr>"


def _next_header(words: Words) -> str:
    line = paragraph(f"{{{{ societe.nom }}}}||{words.continued}", "Suite")
    return f"{HEAD}<w:hdr {NS}>{line}</w:hdr>"


def _footer(words: Words) -> str:
    pages = field("PAGE", "1") + '<w:r><w:t xml:space="preserve"> / </w:t></w:r>'
    number = paragraph(words.page, "PiedPage", content=pages + field("SECTIONPAGES", "1"))
    return f"{HEAD}<w:ftr {NS}>{paragraph('{{ societe.mentions }}', 'Pied')}{number}</w:ftr>"


_SECTION = (
    '<w:sectPr><w:headerReference w:type="first" r:id="rId3"/>'
    '<w:headerReference w:type="default" r:id="rId4"/>'
    '<w:footerReference w:type="first" r:id="rId5"/>'
    '<w:footerReference w:type="default" r:id="rId6"/>'
    '<w:pgSz w:w="11906" w:h="16838"/>'
    f'<w:pgMar w:top="{mm(25)}" w:right="{mm(25)}" w:bottom="{mm(19)}" w:left="{mm(25)}" '
    f'w:header="{mm(12)}" w:footer="{mm(8)}" w:gutter="0"/>'
    '<w:pgNumType w:start="1"/><w:titlePg/></w:sectPr>'
)


def differences(path: Path, parts: dict[str, str | bytes]) -> list[str]:
    """Parts of the file at ``path`` that are not as they would be made."""
    if not path.exists():
        return ["(le fichier)"]
    wanted = {
        name: text.encode() if isinstance(text, str) else text for name, text in parts.items()
    }
    with zipfile.ZipFile(path) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    return sorted(
        name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)
    )


def main(arguments: list[str] | None = None) -> int:
    """Make the templates, or with ``--check`` say what differs. Exit 0, or 1 when it does."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder word_templates")
    chosen = parser.parse_args(arguments)
    differing = 0
    for language, name in TEXTS:
        path = chosen.out / language / f"{name}.docx"
        parts = template(language, name)
        changed = differences(path, parts)
        if changed and chosen.check:
            print(f"{path} : {', '.join(changed)}")
            differing += 1
        elif changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(package(parts))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
