"""Live formulas of the workbook, as they are typed in US English and as they are stored.

Préparation joins Détail on ``Clé``, a number that Prepare gives to each account
and currency, the same in both tables. A criterion of SUMIFS that is a text
would be read as if typed: ``000123`` also finds ``123``, ``C*1`` finds ``C21``,
``<5`` and ``=A`` are comparisons, ``c1`` finds ``C1``. A number finds itself,
whatever the account is called, and wherever either table is sorted to.

A row without a key shows nothing. Zero in ``Lettre proposée`` is shown empty.

Source: product specification, section 2 (``Solde dû``, ``Échéances``, ``Lettre
proposée`` follow the ticks; ``N° lettre`` starts as a repeat).
"""

from __future__ import annotations

import re
from typing import Final

from xl_relances.book.layout import (
    CAMPAGNES_TABLE,
    CLIENTS_TABLE,
    DETAIL,
    DETAIL_TABLE,
    GRAND_LIVRE_TABLE,
    PREPARATION_TABLE,
    Table,
)
from xl_relances.book.named_cells import COURRIER

LONGEST_LINK = 250
"""Characters of a path in a formula, whose texts hold 255 at most; a longer one stays text."""

_LINK = re.compile(r'=HYPERLINK\("((?:[^"]|"")*)"', re.IGNORECASE)
_NEWER = re.compile(r"(?<![.\w])(MAXIFS)\(")
_ESCAPED = str.maketrans({sign: f"'{sign}" for sign in "[]#'"})


def column(table: Table, title: str) -> str:
    """``Detail[Reste]``; ``KeyError`` when the contract has no such column."""
    return f"{table.name}[{table.column(title).title.translate(_ESCAPED)}]"


def this_row(table: Table, title: str) -> str:
    """``Preparation[[#This Row],[Compte]]``, which Excel shows as ``[@Compte]``."""
    return f"{table.name}[[#This Row],[{table.column(title).title.translate(_ESCAPED)}]]"


def stored(formula: str) -> str:
    """The form in a file of a formula typed in Excel: newer functions carry a prefix."""
    return _NEWER.sub(r"_xlfn.\1(", formula)


def link(path: str) -> str | None:
    """Formula that opens the file at ``path`` (relative to the workbook) and shows its name.

    A path too long for a formula stays a text; without a path there is nothing.
    """
    if not path or len(path) > LONGEST_LINK:
        return path or None
    quoted = path.replace('"', '""')
    return f'=HYPERLINK("{quoted}","{quoted.rpartition("/")[2]}")'


def linked(typed: str) -> str:
    """The path in a cell that :func:`link` filled, from what is typed there."""
    found = _LINK.match(typed)
    return found[1].replace('""', '"') if found else typed.strip()


_REFERENCE = re.compile(
    r"""("(?:[^"]|"")*"|'(?:[^']|'')*'!|\[[^\]]*\])"""  # texts, sheets, columns of tables
    r"""|(?<![\w.$])(\$?[A-Z]{1,3}\$?)([1-9]\d{0,6})(?![\w.(!])"""
)


def moved(formula: str, rows: int) -> str:
    """The same formula ``rows`` lower down: relative rows move with it, as when Excel sorts."""

    def shifted(match: re.Match[str]) -> str:
        column, row = match[2], match[3]
        if match[1] is not None or column.endswith("$"):
            return match[0]
        return f"{column}{max(1, int(row) + rows)}"

    return _REFERENCE.sub(shifted, formula) if rows else formula


def day(value: str) -> str:
    """Formula text that shows a date as ``25/11/2026``.

    ``TEXT(…,"dd/mm/yyyy")`` will not do: its letters depend on the language of Excel.
    """
    return f'TEXT(DAY({value}),"00")&"/"&TEXT(MONTH({value}),"00")&"/"&YEAR({value})'


def stamp(value: str) -> str:
    """Formula text that shows a moment as ``25/11/2026 à 09:12``."""
    return f'{day(value)}&" à "&TEXT(HOUR({value}),"00")&":"&TEXT(MINUTE({value}),"00")'


def counted(number: str, singular: str, plural: str) -> str:
    """Formula text for ``1 client``, ``42 clients``; zero is singular in French."""
    return f'FIXED({number},0)&IF({number}>1," {plural}"," {singular}")'


_KEY = this_row(PREPARATION_TABLE, "Clé")
_KEYS = column(DETAIL_TABLE, "Clé")
TICKED = f"{_KEYS},{_KEY},{column(DETAIL_TABLE, 'Relancer')},1"
"""Criteria of SUMIFS: the items of this row's customer that are ticked."""
_HIGHEST = f"MAXIFS({column(DETAIL_TABLE, 'Lettre proposée')},{TICKED})"
_FIRST_ITEM = f"ROW({DETAIL_TABLE.name}[[#Headers],[Clé]])+IFERROR(MATCH({_KEY},{_KEYS},0),0)"

TYPED: Final[dict[str, str]] = {
    "Solde dû": (f'=IF({_KEY}="","",ROUND(SUMIFS({column(DETAIL_TABLE, "Reste")},{TICKED}),3))'),
    "Échéances": (
        f'=IF({_KEY}="","",HYPERLINK("#\'{DETAIL}\'!A"&{_FIRST_ITEM},COUNTIFS({TICKED})))'
    ),
    "Lettre proposée": f'=IF({_HIGHEST}=0,"",{_HIGHEST})',
    "N° lettre": f"={this_row(PREPARATION_TABLE, 'Lettre proposée')}",
}
"""Columns of Préparation by title, for ``Range.formula`` of a living Excel.

``Échéances`` is a number and a link to the customer's first item in Détail.
Three places keep a sum of floats from showing as different from its cents.
"""

STORED: Final[dict[str, str]] = {title: stored(formula) for title, formula in TYPED.items()}
"""The same for a file, with which the first row and the columns of the table are shipped."""

_KEYS_HERE = column(PREPARATION_TABLE, "Clé")
_ISSUED = f"SUM({column(PREPARATION_TABLE, 'Éditée')})"
LETTERS_LEFT = (
    f"COUNTIFS({column(PREPARATION_TABLE, 'Relancer')},1,"
    f'{column(PREPARATION_TABLE, "Éditée")},"<>1",{column(PREPARATION_TABLE, "N° lettre")},">0")'
)
"""Rows that get a letter and have none yet: ticked, with a number."""
_LAST_DAY = day(f"MAX({column(GRAND_LIVRE_TABLE, 'Date')})")
_SAVED = f"MAX({column(CAMPAGNES_TABLE, 'Enregistrée le')})"
_ENVOI = column(CLIENTS_TABLE, "Envoi")
_BY_MAIL = f'COUNTA({_ENVOI})-COUNTIF({_ENVOI},"{COURRIER}")'

NOTHING_CHASED = "Prochaine étape : cocher « Relancer » dans Préparation, ou Préparer."
"""What Accueil says where Préparation holds rows and none of them gets a letter."""

STEP_STATES: Final[dict[str, str]] = {
    "etape_grand_livre": (
        f'=IF(COUNTA({column(GRAND_LIVRE_TABLE, "Compte")})=0,"à faire",'
        f'"fait : jusqu’au "&{_LAST_DAY})'
    ),
    "etape_preparation": f'=IF(preparation_le="","à faire","fait le "&{stamp("preparation_le")})',
    "etape_lettres": (
        f'=IF(COUNT({_KEYS_HERE})=0,"sans objet",'
        f'IF({_ISSUED}=0,"à faire",IF({LETTERS_LEFT}>0,"en cours","fait")))'
    ),
    "etape_envoi": (
        f'=IF(OR(COUNT({_KEYS_HERE})=0,{_BY_MAIL}=0),"sans objet","à faire après Éditer")'
    ),
    "etape_sauvegarde": (
        f'=IF({_ISSUED}>0,"à faire",IF({_SAVED}=0,"sans objet","fait le "&{stamp(_SAVED)}))'
    ),
}
"""State cell of each step on Accueil, by name; Prepare puts back what a command wrote over."""
