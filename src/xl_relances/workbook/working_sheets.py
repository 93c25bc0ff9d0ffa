"""The sheets that are one table each: what they say in rows 1 and 2."""

from __future__ import annotations

from dataclasses import dataclass

from xl_relances.book import layout
from xl_relances.book.formulas import STORED, column, counted, day
from xl_relances.book.layout import (
    APPELS_TABLE,
    BALANCE_AGEE_TABLE,
    CAMPAGNES_TABLE,
    CLIENTS_TABLE,
    CONTROLE_TABLE,
    CORRESPONDANCE_TABLE,
    DETAIL_TABLE,
    EVOLUTION_TABLE,
    GRAND_LIVRE_TABLE,
    HISTORIQUE_TABLE,
    NON_RELANCES_TABLE,
    PREPARATION_LINE,
    PREPARATION_TABLE,
    Table,
)
from xl_relances.workbook.conditions import letter
from xl_relances.workbook.draft import Draft, heading, title_rows
from xl_relances.workbook.tables import working_sheet

CURRENCY_SIGN = '" "&IF(societe_devise="EUR","€",societe_devise)'
"""Formula text: the company's currency behind an amount."""

_TO_HOME = ("← Accueil", f"'{layout.ACCUEIL}'!A1")
_TO_PREPARATION = ("← Préparation", f"'{layout.PREPARATION}'!A5")
_TO_DASHBOARD = ("← Tableau de bord", f"'{layout.TABLEAU_DE_BORD}'!A1")
_TO_DETAIL = ("→ Détail", f"'{layout.DETAIL}'!A5")


@dataclass(frozen=True, slots=True)
class Heading:
    """Rows 1 and 2 of a sheet.

    Attributes:
        table: The table below.
        back: Text and target of the link in A2.
        number: Formula text: how many rows the table holds.
        empty: What stands in row 1 while it holds none.
        filled: Formula text of the sentence when it holds some.
        instruction: What to do here, in one line.
    """

    table: Table
    back: tuple[str, str]
    number: str
    empty: str
    filled: str
    instruction: str

    @property
    def sentence(self) -> str:
        """The formula of row 1."""
        return f'=IF({self.number}=0,"{self.empty}",{self.filled})'


def _preparation() -> Heading:
    def of(title: str) -> str:
        return column(PREPARATION_TABLE, title)

    number = f"COUNT({of('Clé')})"
    due = f"SUMIFS({of('Solde dû')},{of('Devise')},societe_devise,{of('Relancer')},1)"
    letters = "".join(
        f'&", {label} : "&COUNTIFS({of("N° lettre")},"{test}",{of("Relancer")},1)'
        for label, test in (("lettres 1", "1"), ("2", "2"), ("3 et plus", ">2"))
    )
    others = f'COUNTIFS({of("Devise")},"<>"&societe_devise)-COUNTBLANK({of("Devise")})'
    aside = f"COUNTA({column(NON_RELANCES_TABLE, 'Motif')})"
    filled = (
        f'IF(preparation_date="","Campagne","Campagne du "&{day("preparation_date")})&" : "'
        f'&{counted(number, "relance", "relances")}&", "&FIXED({due},2)&{CURRENCY_SIGN}'
        f'&IF({others}>0," et "&({others})&" en autre devise","")'
        f"{letters}"
        f'&IF({aside}>0," ; "&{counted(aside, "laissé de côté", "laissés de côté")},"")'
    )
    return Heading(
        PREPARATION_TABLE, _TO_DETAIL, number, layout.EMPTY[layout.PREPARATION], filled,
        "Vérifiez le numéro de lettre, décochez les clients à épargner, puis cliquez Éditer. "
        "Double-clic sur un compte : ses échéances.",
    )  # fmt: skip


def _detail() -> Heading:
    accounts = column(DETAIL_TABLE, "Compte")
    ticks = f"SUM({column(DETAIL_TABLE, 'Relancer')})"
    number = f"COUNTA({accounts})"
    return Heading(
        DETAIL_TABLE, _TO_PREPARATION, number, layout.EMPTY[layout.DETAIL],
        f'{counted(number, "échéance ouverte", "échéances ouvertes")}&", dont "'
        f'&{counted(ticks, "relancée", "relancées")}',
        "Cochez ou décochez Relancer : ce qui est coché est ce que la lettre réclame. "
        "Retirer une échéance ne change pas les autres.",
    )  # fmt: skip


def _non_relances() -> Heading:
    number = f"COUNTA({column(NON_RELANCES_TABLE, 'Motif')})"
    forced = f"SUM({column(NON_RELANCES_TABLE, 'Forcer')})"
    return Heading(
        NON_RELANCES_TABLE, _TO_PREPARATION, number,
        layout.EMPTY[layout.NON_RELANCES],
        f'{counted(number, "ligne laissée de côté", "lignes laissées de côté")}'
        f'&IF({forced}>0,", dont "&{counted(forced, "forcée", "forcées")},"")',
        "Cochez Forcer pour relancer quand même un client, puis cliquez Préparer.",
    )  # fmt: skip


def _marked(cells: str) -> str:
    """How many of these cells hold a mark, as ``layout.NO_MARK`` has it."""
    return "-".join((f"COUNTA({cells})", *(f'COUNTIF({cells},"{no}")' for no in layout.NO_MARK)))


def _grand_livre() -> Heading:
    dates = column(GRAND_LIVRE_TABLE, "Date")
    disputed, promised = (_marked(column(GRAND_LIVRE_TABLE, t)) for t in ("Litige", "Promesse"))
    number = f"COUNTA({column(GRAND_LIVRE_TABLE, 'Compte')})"
    return Heading(
        GRAND_LIVRE_TABLE, _TO_HOME, number,
        layout.EMPTY[layout.GRAND_LIVRE],
        f'{counted(number, "écriture", "écritures")}&" du "&{day(f"MIN({dates})")}'
        f'&" au "&{day(f"MAX({dates})")}'
        f'&IF({disputed}>0,", dont "&({disputed})&" en litige","")'
        f'&IF({promised}>0,", "&{counted(promised, "promesse", "promesses")},"")',
        "Une ligne par écriture. Un mot dans Litige ou Promesse suspend l’échéance, jusqu’à la "
        "date comprise. Les deux dernières colonnes sont remplies par Sauvegarder.",
    )  # fmt: skip


def _clients() -> Heading:
    number = f"COUNTA({column(CLIENTS_TABLE, 'Compte')})"
    mails = f"COUNTA({column(CLIENTS_TABLE, 'E-mail')})"
    stopped = f"SUM({column(CLIENTS_TABLE, 'Ne pas relancer')})"
    return Heading(
        CLIENTS_TABLE, _TO_HOME, number,
        layout.EMPTY[layout.CLIENTS],
        f'{counted(number, "client", "clients")}&", "&{mails}&" avec e-mail"'
        f'&IF({stopped}>0,", "&{stopped}&" à ne pas relancer","")',
        "Adresse et e-mail des lettres ; une date dans Bloqué jusqu’au suspend les relances "
        "jusqu’à ce jour compris.",
    )  # fmt: skip


def _historique() -> Heading:
    number = f"COUNTA({column(HISTORIQUE_TABLE, 'Campagne')})"
    last = day(f"MAX({column(HISTORIQUE_TABLE, 'Date')})")
    return Heading(
        HISTORIQUE_TABLE, _TO_HOME, number,
        layout.EMPTY[layout.HISTORIQUE],
        f'{counted(number, "échéance relancée", "échéances relancées")}'
        f'&", dernière lettre le "&{last}',
        "Une ligne par échéance de chaque lettre. Notez ici le recommandé, son dépôt et son "
        "avis de réception ; le reste ne se modifie pas.",
    )  # fmt: skip


def _campagnes() -> Heading:
    number = f"COUNTA({column(CAMPAGNES_TABLE, 'Campagne')})"
    undone = f"COUNT({column(CAMPAGNES_TABLE, 'Annulée le')})"
    return Heading(
        CAMPAGNES_TABLE, _TO_HOME, number, layout.EMPTY[layout.CAMPAGNES],
        f'{counted(number, "campagne", "campagnes")}'
        f'&IF({undone}>0,", dont "&{counted(undone, "annulée", "annulées")},"")',
        "Une ligne par campagne et devise. Annuler la dernière campagne reprend la plus récente.",
    )  # fmt: skip


def _controle() -> Heading:
    number = f"COUNTA({column(CONTROLE_TABLE, 'Constat')})"
    blocking = f'COUNTIF({column(CONTROLE_TABLE, "Effet")},"à corriger")'
    return Heading(
        CONTROLE_TABLE, _TO_HOME, number, layout.EMPTY[layout.CONTROLE],
        f'{counted(number, "constat", "constats")}&", dont "&{blocking}&" à corriger"',
        "Cliquez sur un lien pour aller à la cellule. Après correction, cliquez Contrôler : la "
        "liste est refaite.",
    )  # fmt: skip


def _correspondance() -> Heading:
    number = f"COUNTA({column(CORRESPONDANCE_TABLE, 'Champ')})"
    waiting = f'COUNTIF({column(CORRESPONDANCE_TABLE, "Certitude")},"à choisir")'
    return Heading(
        CORRESPONDANCE_TABLE, _TO_HOME, number, "Aucun fichier importé.",
        f'{counted(number, "champ", "champs")}&", dont "&{waiting}&" à choisir"',
        "Choisissez la colonne de chaque champ dans la liste, puis cliquez de nouveau Importer : "
        "le choix est retenu pour les fichiers de même forme.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """Rows 1 and 2 of a sheet that a command fills whole: its sentence is a value.

    Attributes:
        table: The table below.
        back: Text and target of the link in A2.
        instruction: What to read here, in one line.
    """

    table: Table
    back: tuple[str, str]
    instruction: str


WRITTEN = (
    Written(
        APPELS_TABLE, _TO_PREPARATION,
        "Échu ni contesté ni promis de la sélection : promesses non tenues, puis du plus "
        "gros au plus petit. Rempli par Préparer, Sauvegarder et Annuler.",
    ),
    Written(
        BALANCE_AGEE_TABLE, _TO_DASHBOARD,
        "Reste dû après imputation, par jours de retard ; les totaux par devise sont en bas. "
        "Rempli par Préparer, Sauvegarder et Annuler.",
    ),
    Written(
        EVOLUTION_TABLE, _TO_DASHBOARD,
        "Ce que la dernière campagne réclamait et ce qu’il en reste ; nouvel échu : devenu "
        "exigible depuis. Rempli par Préparer, Sauvegarder et Annuler.",
    ),
)  # fmt: skip

HEADINGS = (
    _preparation(), _detail(), _non_relances(), _grand_livre(), _clients(), _historique(),
    _campagnes(), _controle(), _correspondance(),
)  # fmt: skip


def add_working_sheets(draft: Draft) -> None:
    """Fill the sheets that hold one table each."""
    for head in HEADINGS:
        sheet = draft.book[head.table.sheet]
        live = STORED if head.table is PREPARATION_TABLE else None
        working_sheet(draft, sheet, head.table, back=head.back, formulas=live)
        heading(draft, sheet, head.sentence, head.empty, head.instruction)
    for written in WRITTEN:
        title = written.table.sheet
        sheet = draft.book[title]
        working_sheet(draft, sheet, written.table, back=written.back)
        title_rows(sheet, layout.EMPTY[title], written.instruction)
        draft.name(layout.LINES[title], sheet, "C1")
    for title in (layout.CONTROLE, layout.CORRESPONDANCE):
        draft.book[title].sheet_state = "hidden"
    preparation = draft.book[layout.PREPARATION]
    draft.name(PREPARATION_LINE, preparation, "C1")
    first, last = letter(PREPARATION_TABLE, "Solde dû"), letter(PREPARATION_TABLE, "N° lettre")
    draft.repeated[layout.PREPARATION] = [f"{first}5:{last}1048576"]
