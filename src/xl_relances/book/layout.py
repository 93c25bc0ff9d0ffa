"""Sheets, tables, columns and names of relances.xlsm: the public contract.

Every title below is French because users read it. Columns are found by title,
never by position. Users may add columns, sheets and names of their own. Titles
marked ``hidden`` exist in the sheet but are of no use to a reader.

Source: product specification, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

HEADER_ROW = 4
"""Row of every table's titles; row 1 holds the sheet's title, row 2 what to do."""

ACCUEIL = "Accueil"
SELECTION = "Sélection"
PREPARATION = "Préparation"
DETAIL = "Détail"
NON_RELANCES = "Non relancés"
GRAND_LIVRE = "Grand livre"
CLIENTS = "Clients"
HISTORIQUE = "Historique"
CAMPAGNES = "Campagnes"
PARAMETRES = "Paramètres"
TABLEAU_DE_BORD = "Tableau de bord"
A_APPELER = "À appeler"
BALANCE_AGEE = "Balance âgée"
EVOLUTION = "Évolution"
CONTROLE = "Contrôle"
CORRESPONDANCE = "Correspondance"
XLWINGS_CONF = "xlwings.conf"

SHEETS = (
    ACCUEIL, SELECTION, PREPARATION, DETAIL, NON_RELANCES, A_APPELER, GRAND_LIVRE, CLIENTS,
    HISTORIQUE, CAMPAGNES, PARAMETRES, TABLEAU_DE_BORD, BALANCE_AGEE, EVOLUTION, CONTROLE,
    CORRESPONDANCE, XLWINGS_CONF,
)  # fmt: skip
"""In the order of the tabs; the last three are hidden, two until they have something to say."""


class Kind(StrEnum):
    """What a column holds, hence its number format and how it is read."""

    TEXT = "text"
    DATE = "date"
    STAMP = "stamp"
    AMOUNT = "amount"
    INTEGER = "integer"
    TICK = "tick"
    PERCENT = "percent"
    LINK = "link"


NUMBER_FORMATS = {
    Kind.TEXT: "@",
    Kind.DATE: "dd/mm/yyyy",
    Kind.STAMP: "dd/mm/yyyy hh:mm",
    Kind.AMOUNT: "#,##0.00",
    Kind.INTEGER: "0",
    Kind.TICK: '[=1]"☑";[=0]"☐";General',
    Kind.PERCENT: "0.00",
    Kind.LINK: "General",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        title: Its header, the contract.
        kind: What its cells hold.
        width: In characters of the default font, as Excel counts.
        typed: Whether the user decides or types here (tinted ground).
        hidden: Whether the column is hidden in the shipped workbook.
        added: Whether it is ours beside the contract (left out of ``show --json``).
        live: Whether each row holds a formula of its own, written with the row.
    """

    title: str
    kind: Kind = Kind.TEXT
    width: float = 12
    typed: bool = False
    hidden: bool = False
    added: bool = False
    live: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A ListObject: the sheet it lies on, its name and its columns in shipped order."""

    sheet: str
    name: str
    columns: tuple[Column, ...]

    @property
    def contract(self) -> tuple[str, ...]:
        """Titles that are public, in order: the keys of ``show --json``."""
        return tuple(column.title for column in self.columns if not column.added)

    def column(self, title: str) -> Column:
        """The column of that title; ``KeyError`` when the contract has none."""
        for column in self.columns:
            if column.title == title:
                return column
        raise KeyError(title)


_T, _D, _A, _I, _K = Kind.TEXT, Kind.DATE, Kind.AMOUNT, Kind.INTEGER, Kind.TICK

PENALITES, INDEMNITE = "Pénalités", "Indemnité"
"""Ticks of Niveaux, and what the letter then claims in Préparation."""

CHARGES = (PENALITES, INDEMNITE)
"""Columns of Préparation, each hidden while no level asks for it."""

PREPARATION_TABLE = Table(PREPARATION, "Preparation", (
    Column("Compte", _T, 13),
    Column("Nom", _T, 30),
    Column("Devise", _T, 7),
    Column("Solde dû", _A, 12),
    Column(PENALITES, _A, 12, added=True, live=True),
    Column(INDEMNITE, _A, 12, added=True, live=True),
    Column("Échéances", _I, 10),
    Column("Retard max", _I, 8),
    Column("Dernière lettre", _I, 9),
    Column("Relancé le", _D, 11),
    Column("Lettre proposée", _I, 10),
    Column("N° lettre", _I, 8, typed=True),
    Column("Relancer", _K, 9, typed=True),
    Column("Éditée", _K, 8, typed=True),
    Column("Lettre", Kind.LINK, 24, live=True),
    Column("Motif", _T, 66),
    Column("Forcer", _K, 8, typed=True, added=True),
    Column("Campagne", _T, 14, hidden=True, added=True),
    Column("Empreinte", _T, 14, hidden=True, added=True),
    Column("Clé", _I, 8, hidden=True, added=True),
))  # fmt: skip
"""One row per customer and currency that gets a letter.

``Forcer`` shows customers brought in by hand (untick to leave them out again);
``Campagne`` is the batch of the row's letter, its first ten characters the
letter's date in ISO; ``Empreinte`` the digest of what an issued letter lists;
``Lettre`` a formula that opens the letter (see ``formulas.link``);
``Pénalités`` and ``Indemnité`` are never part of ``Solde dû``, and each is hidden while no
level asks for it (see ``charge_columns``);
``Clé`` joins the row to its items (see ``formulas``).
"""

DETAIL_TABLE = Table(DETAIL, "Detail", (
    Column("Compte", _T, 13),
    Column("Nom", _T, 26),
    Column("Devise", _T, 8),
    Column("Écriture", _T, 14),
    Column("Pièce", _T, 13),
    Column("Date", _D, 11),
    Column("Échéance", _D, 11),
    Column("Retard", _I, 8),
    Column("Libellé", _T, 28),
    Column("Débit", _A, 12),
    Column("Crédit", _A, 12),
    Column("Solde", _A, 12),
    Column("Imputé", _A, 12),
    Column("Reste", _A, 12),
    Column("Niveau", _I, 8),
    Column("Relancé le", _D, 11),
    Column("Lettre proposée", _I, 10),
    Column("Prochaine lettre", _D, 12),
    Column("Prescription", _D, 13, added=True),
    Column("Relancer", _K, 10, typed=True),
    Column("Motif", _T, 60),
    Column("Identité", _T, 20, hidden=True),
    Column("Proposé", _K, 8, hidden=True, added=True),
    Column("Clé", _I, 8, hidden=True, added=True),
))  # fmt: skip
"""One row per open item of every customer in range, its set-off and its reason.

``Prescription`` is the last day on which the item may be claimed in court (see
``dunning.limitation``), coloured from six months before;
``Proposé`` keeps what Prepare ticked, so that the user's own ticks are known;
``Clé`` is a number of our own, one for each account and currency, the same in
Préparation: the live formulas join on it (see ``formulas``).
"""

NON_RELANCES_TABLE = Table(NON_RELANCES, "NonRelances", (
    Column("Compte", _T, 12),
    Column("Nom", _T, 30),
    Column("Devise", _T, 8),
    Column("Solde", _A, 14),
    Column("Forcer", _K, 8, typed=True),
    Column("Motif", _T, 90),
))  # fmt: skip

GRAND_LIVRE_TABLE = Table(GRAND_LIVRE, "GrandLivre", (
    Column("Compte", _T, 12, typed=True),
    Column("Nom", _T, 28, typed=True),
    Column("Écriture", _T, 15, typed=True),
    Column("Pièce", _T, 14, typed=True),
    Column("Date", _D, 11, typed=True),
    Column("Échéance", _D, 11, typed=True),
    Column("Libellé", _T, 32, typed=True),
    Column("Débit", _A, 13, typed=True),
    Column("Crédit", _A, 13, typed=True),
    Column("Devise", _T, 8, typed=True),
    Column("Lettrage", _T, 10, typed=True),
    Column("Litige", _T, 14, typed=True),
    Column("Promesse", _T, 10, typed=True),
    Column("Jusqu'au", _D, 11, typed=True),
    Column("Motif", _T, 24, typed=True),
    Column("Dernière lettre", _I, 10),
    Column("Relancé le", _D, 11),
    Column("Identité", _T, 20, hidden=True),
    Column("Échéance calculée", _D, 11, hidden=True, added=True),
))  # fmt: skip
"""``Litige`` or ``Promesse`` (any word) keeps an item out of letters until ``Jusqu'au``,
inclusive, for the reason in ``Motif``; a dispute without a day until it is removed.
``Échéance calculée`` is the due date that the import reckoned from terms: while
Échéance equals it, the sheet shows it in italics."""

CLIENTS_TABLE = Table(CLIENTS, "Clients", (
    Column("Compte", _T, 12, typed=True),
    Column("Nom", _T, 28, typed=True),
    Column("Contact", _T, 20, typed=True),
    Column("Téléphone", _T, 18, typed=True),
    Column("Adresse 1", _T, 28, typed=True),
    Column("Adresse 2", _T, 22, typed=True),
    Column("Adresse 3", _T, 18, typed=True),
    Column("Code postal", _T, 11, typed=True),
    Column("Ville", _T, 20, typed=True),
    Column("Pays", _T, 12, typed=True),
    Column("E-mail", _T, 30, typed=True),
    Column("Langue", _T, 8, typed=True),
    Column("Type", _T, 14, typed=True),
    Column("Envoi", _T, 18, typed=True),
    Column("Délai de paiement", _T, 12, typed=True),
    Column("Ne pas relancer", _K, 10, typed=True),
    Column("Bloqué jusqu'au", _D, 12, typed=True),
    Column("Motif du blocage", _T, 28, typed=True),
    Column("Autres comptes", _T, 28, hidden=True, added=True),
))  # fmt: skip
"""``Autres comptes`` is what 413, 416, 4191 held for the customer at the last import."""

HISTORIQUE_TABLE = Table(HISTORIQUE, "Historique", (
    Column("Campagne", _T, 14),
    Column("Date", _D, 11),
    Column("Compte", _T, 12),
    Column("Nom", _T, 26),
    Column("Devise", _T, 8),
    Column("Écriture", _T, 14),
    Column("Pièce", _T, 13),
    Column("Échéance", _D, 11),
    Column("Reste", _A, 12),
    Column("N° lettre", _I, 8),
    Column("Niveau", _I, 8),
    Column("Envoi", _T, 26),
    Column("Fichier", _T, 26),
    Column("Recommandé n°", _T, 18, typed=True),
    Column("Déposé le", _D, 11, typed=True),
    Column("AR le", _D, 11, typed=True),
    Column("Utilisateur", _T, 14),
    Column("Enregistré le", Kind.STAMP, 17),
    Column("Identité", _T, 20, hidden=True),
    Column("Contrôle", _T, 14, hidden=True, added=True),
))  # fmt: skip
"""One row per item of a saved letter; ``Contrôle`` tells rows edited by hand."""

CAMPAGNES_TABLE = Table(CAMPAGNES, "Campagnes", (
    Column("Campagne", _T, 14),
    Column("Date", _D, 11),
    Column("Critères", _T, 60),
    Column("Devise", _T, 8),
    Column("Clients", _I, 9),
    Column("Échéances", _I, 11),
    Column("Montant", _A, 14),
    Column("Empreinte", _T, 28),
    Column("Utilisateur", _T, 14),
    Column("Enregistrée le", Kind.STAMP, 17),
    Column("Annulée le", Kind.STAMP, 17),
))  # fmt: skip

NIVEAUX_TABLE = Table(PARAMETRES, "Niveaux", (
    Column("N°", _I, 6, typed=True),
    Column("Libellé", _T, 20, typed=True),
    Column("Modèle", _T, 24, typed=True),
    Column("Délai", _I, 8, typed=True),
    Column("Retard", _I, 8, typed=True),
    Column("Répéter", _K, 9, typed=True),
    Column(PENALITES, _K, 10, typed=True),
    Column(INDEMNITE, _K, 10, typed=True),
    Column("Recommandé", _K, 12, typed=True),
    Column("Délai accordé", _I, 14, typed=True),
    Column("Objet", _T, 40, typed=True),
    Column("Message", _T, 60, typed=True),
))  # fmt: skip

TAUX_TABLE = Table(PARAMETRES, "Taux", (
    Column("Semestre", _T, 11, typed=True),
    Column("Taux BCE", Kind.PERCENT, 11, typed=True),
    Column("Taux légal", Kind.PERCENT, 12, typed=True),
    Column("Taux société", Kind.PERCENT, 14, typed=True),
))  # fmt: skip
"""Rates in per cent a year, one row a half-year (``2026-S1``)."""

CONTROLE_TABLE = Table(CONTROLE, "Controle", (
    Column("Où", Kind.LINK, 26),
    Column("Colonne", _T, 18),
    Column("Effet", _T, 12),
    Column("Constat", _T, 100),
))  # fmt: skip
"""What Contrôler found: a link to the place at fault, and what to do there."""

CHOIX = tuple(f"Choix {number}" for number in range(1, 31))
"""Columns that hold what each row of Correspondance may be, for its drop-down."""

CORRESPONDANCE_TABLE = Table(CORRESPONDANCE, "Correspondance", (
    Column("Fichier", _T, 26),
    Column("Champ", _T, 16),
    Column("Colonne du fichier", _T, 28, typed=True),
    Column("Exemples", _T, 60),
    Column("Certitude", _T, 18),
    Column("Proposée", _T, 12, hidden=True, added=True),
    *(Column(title, _T, 12, hidden=True, added=True) for title in CHOIX),
))  # fmt: skip
"""Which column of the files last imported holds what; what the user changes is an answer."""

BALANCE_AGEE_TABLE = Table(BALANCE_AGEE, "BalanceAgee", (
    Column("Compte", _T, 13),
    Column("Nom", _T, 34),
    Column("Devise", _T, 8),
    Column("Non échu", _A, 13),
    Column("1–30", _A, 13),
    Column("31–60", _A, 13),
    Column("61–90", _A, 13),
    Column("> 90", _A, 13),
    Column("Crédits", _A, 13),
    Column("Total", _A, 14),
))  # fmt: skip
"""One row per customer and currency with an open item, then one per currency without an
account: the totals. Ages in days past the due date, as ``dunning.aging`` has them."""

EVOLUTION_TABLE = Table(EVOLUTION, "Evolution", (
    Column("Compte", _T, 13),
    Column("Nom", _T, 30),
    Column("Devise", _T, 8),
    Column("Réclamé", _A, 13),
    Column("Payé", _A, 13),
    Column("Payé en partie", _A, 13),
    Column("Sorti du grand livre", _A, 13),
    Column("Encore dû", _A, 13),
    Column("Nouvel échu", _A, 13),
    Column("Niveau avant", _I, 8),
    Column("Niveau", _I, 8),
    Column("État", _T, 34),
    Column("Campagne", _T, 14),
))  # fmt: skip
"""One row per customer and currency since the last campaign, as ``dunning.changes`` has it."""

APPELS_TABLE = Table(A_APPELER, "Appels", (
    Column("Compte", _T, 13),
    Column("Nom", _T, 34),
    Column("Contact", _T, 25),
    Column("Téléphone", _T, 18),
    Column("Devise", _T, 8),
    Column("Échu", _A, 13),
    Column("Échéances", _I, 11),
    Column("Plus ancienne", _D, 13),
    Column("Retard", _I, 8),
    Column("Dernière lettre", _I, 10),
    Column("Relancé le", _D, 11),
    Column("Promesse non tenue", _D, 11),
))  # fmt: skip
"""One row per customer and currency to call, the most pressing first."""

TABLES = (
    PREPARATION_TABLE, DETAIL_TABLE, NON_RELANCES_TABLE, APPELS_TABLE, GRAND_LIVRE_TABLE,
    CLIENTS_TABLE, HISTORIQUE_TABLE, CAMPAGNES_TABLE, NIVEAUX_TABLE, TAUX_TABLE,
    BALANCE_AGEE_TABLE, EVOLUTION_TABLE, CONTROLE_TABLE, CORRESPONDANCE_TABLE,
)  # fmt: skip


NO_MARK = ("0", "non", "n", "faux")
"""In Litige and Promesse any text is a mark but these, in any case: exports write them."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A block of figures of Tableau de bord, under the sentence that its chart shows.

    Attributes:
        name: Workbook name of its cells, titles left out; the last row stays blank.
        finding: Workbook name of the sentence's cell.
        empty: What the sentence says while there are no figures.
        rows: How many rows it may fill; blank ones are hidden, so that charts pass them by.
        columns: Its columns.
    """

    name: str
    finding: str
    empty: str
    rows: int
    columns: tuple[Column, ...]


AGES_FIGURES = Figures(
    "tdb_balance_agee", "titre_balance_agee", "Balance âgée : cliquez Préparer", 6, (
        Column("Devise", _T), Column("Non échu", _A), Column("1–30 j", _A), Column("31–60 j", _A),
        Column("61–90 j", _A), Column("> 90 j", _A), Column("Crédits", _A), Column("Total", _A),
        Column("> 60 j (%)", Kind.PERCENT),
    ))  # fmt: skip
DEBTORS_FIGURES = Figures(
    "tdb_debiteurs", "titre_debiteurs", "Premiers débiteurs : cliquez Préparer", 10, (
        Column("Client", _T), Column("Échu", _A), Column("Retard (j)", _I),
    ))  # fmt: skip
LETTERS_FIGURES = Figures(
    "tdb_lettres", "titre_lettres", "Lettres par campagne : cliquez Préparer", 6, (
        Column("Campagne", _T), Column("Lettre 1", _I), Column("Lettre 2", _I),
        Column("Lettre 3 et plus", _I),
    ))  # fmt: skip
RECOVERY_FIGURES = Figures(
    "tdb_recouvrement", "titre_recouvrement",
    "Rentré : se lira après une campagne sauvegardée", 5, (
        Column("Campagne", _T), Column("Rentré lettre\u00a01", _A),
        Column("Rentré lettre\u00a02", _A), Column("Rentré lettre\u00a03+", _A),
        Column("Encore dû", _A),
        Column("Rentré (%)", Kind.PERCENT),
    ))  # fmt: skip
DSO_FIGURES = Figures(
    "tdb_dso", "titre_dso", "DSO : cliquez Préparer", 6, (
        Column("Au", _T), Column("DSO (jours)", _I), Column("Encours TTC", _A),
        Column("Ventes TTC", _A), Column("Sur (jours)", _I),
    ))  # fmt: skip
DASHBOARD = (AGES_FIGURES, DEBTORS_FIGURES, LETTERS_FIGURES, RECOVERY_FIGURES, DSO_FIGURES)
"""What Prepare, Save and Undo write on Tableau de bord: values, no formulas."""

EMPTY = {
    PREPARATION: "Aucune relance : cliquez Préparer.",
    DETAIL: "Aucune échéance : cliquez Préparer.",
    NON_RELANCES: "Aucun client laissé de côté : cliquez Préparer.",
    GRAND_LIVRE: "Aucune écriture : cliquez Importer, ou collez votre grand livre sous les titres.",
    CLIENTS: "Aucun client : cliquez Importer, ou collez vos fiches sous les titres.",
    HISTORIQUE: "Aucune lettre sauvegardée : cliquez Sauvegarder après Éditer.",
    CAMPAGNES: "Aucune campagne : la première naît de Sauvegarder.",
    CONTROLE: "Rien à signaler au dernier contrôle.",
    ACCUEIL: "Pour commencer : cliquez Importer dans l’onglet Relances.",
    PARAMETRES: "À remplir : raison sociale, SIREN, adresse de la société.",
    TABLEAU_DE_BORD: "Rien à montrer : cliquez Préparer.",
    A_APPELER: "Personne à appeler : cliquez Préparer.",
    BALANCE_AGEE: "Aucune créance : cliquez Préparer.",
    EVOLUTION: "Aucune campagne à comparer : cliquez Préparer après une campagne sauvegardée.",
}
"""What row 1 of a sheet says while it holds nothing."""

LINES = {
    A_APPELER: "a_appeler_resume",
    BALANCE_AGEE: "balance_agee_resume",
    EVOLUTION: "evolution_resume",
}
"""Workbook names of row 1 of the sheets whose sentence a command writes."""

DASHBOARD_LINE = "tableau_de_bord_resume"
"""Tableau de bord, row 1: one sentence of what it shows."""

CAMPAIGN_LINES = 13
"""Accueil: row of the newest of the last three campaigns, columns B to E."""

CAMPAIGN_MOMENTS = "T"
"""Accueil: hidden column with the moment at which each of the three was saved."""

STEP_NAMES = (
    "etape_grand_livre", "etape_preparation", "etape_lettres", "etape_envoi", "etape_sauvegarde",
)  # fmt: skip
"""Accueil: the state cell of each of the five steps; its figures stand one cell to the right."""

PREPARATION_LINE = "preparation_resume"
"""Préparation, row 1: one sentence of what the sheet holds now."""
