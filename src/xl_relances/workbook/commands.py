"""The commands of the ribbon and of the right click: the one list of them.

The ribbon, the VBA that dispatches (``vba_commands``) and the table of the guide
(``guide``) are generated from it; the macros that run are checked against it.
Labels are short, so that six groups fit a laptop of 1366 pixels; screentips name
the action in full and serve as labels in the right-click menus.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

WAITING: frozenset[str] = frozenset()
"""Described below but not offered yet: once its macro exists, take the name out and build."""

IMPORT_FILES = "fichiers_a_importer"
"""Name of a cell of Accueil: what to import, a path a line, which the VBA of Importer fills from
Excel's own dialog."""

HOLD_UNTIL, HOLD_REASON = "suspension_jusquau", "suspension_motif"
"""Names of two cells of Accueil: day and reason, which the VBA of Litige and Promesse fills from
Excel's own boxes."""

NO_DAY = "sans date"
"""What stands in the first of them where the box was left empty; an empty cell is no answer."""

MACROS = "xl_relances.excel.macros"
"""The module with one function for each command."""


@dataclass(frozen=True, slots=True)
class Command:
    """A button.

    Attributes:
        name: The Python function, and the tag of the button.
        macro: The VBA Sub, French because Alt+F8 lists it.
        label: On the button.
        keytip: Typed after Alt and the tab's keytip.
        image: An ``imageMso``.
        screentip: What it does, in full.
        supertip: What happens to which rows, and what is never touched.
        large: Whether it is a step of the day.
        first: A VBA Sub of ours to call before Python.
    """

    name: str
    macro: str
    label: str
    keytip: str
    image: str
    screentip: str
    supertip: str
    large: bool = False
    first: str = ""

    @property
    def python(self) -> str:
        """What RunPython is told: no quotation mark, pipe, dollar or backtick in it."""
        return f"import {MACROS} as m; m.{self.name}()"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the tab, in the order of the work."""

    id: str
    label: str
    commands: tuple[Command, ...]


_HIDDEN = "Les lignes masquées par un filtre ne sont jamais touchées."

_ALL = (
    Group("RelancesGrandLivre", "Grand livre", (
        Command(
            "import_ledger", "Importer", "Importer", "I", "GetExternalDataFromText",
            "Importer le grand livre ou les clients",
            "Lit un FEC ou un export (CSV, texte, Excel) et remplace en une fois les lignes de "
            "Grand livre ou de Clients. Niveaux, dates de relance, litiges et colonnes ajoutées "
            "par vous sont gardés ; l'historique n'est jamais touché. Un rapport dit ce qui a "
            "été lu et ce qui ne l'a pas été.",
            first="ChooseFiles",
        ),
        Command(
            "control", "Controler", "Contrôler", "CO", "ErrorChecking",
            "Contrôler le classeur",
            "Vérifie grand livre, clients, paramètres et modèles, et liste sur la feuille Contrôle "
            "ce qui est à corriger, avec un lien vers chaque cellule. Ne corrige rien lui-même.",
        ),
    )),
    Group("RelancesPreparation", "Préparation", (
        Command(
            "go_to_selection", "CriteresDeSelection", "Sélection", "CR", "Filter",
            "Aller à la sélection des relances",
            "Montre la feuille Sélection : comptes, devise, factures établies avant le, solde "
            "minimum, numéro de la lettre, date de relance. Ne calcule rien : cliquez ensuite "
            "Préparer.",
        ),
        Command(
            "simulate", "Simuler", "Simuler", "U", "WhatIfAnalysisMenu",
            "Simuler : que changerait Préparer ?",
            "Compare la préparation en cours avec celle que donneraient la sélection, les niveaux "
            "et le grand livre d'à présent : lettres par niveau, montants, clients qui entrent, "
            "sortent ou changent, et pourquoi. N'écrit rien, nulle part.",
        ),
        Command(
            "prepare", "Preparer", "Préparer", "P", "RefreshAll",
            "Préparer les relances",
            "Remplit Préparation, Détail et Non relancés d'après le grand livre, l'historique et "
            "la sélection. Vos numéros et vos coches sont repris, les lettres déjà éditées "
            "restent telles quelles. N'écrit ni lettre ni historique : recommencez aussi souvent "
            "que vous voulez.",
            large=True,
        ),
        Command(
            "clear_preparation", "SupprimerLesRelances", "Supprimer les relances", "X", "Delete",
            "Supprimer les relances en cours",
            "Vide Préparation, Détail et Non relancés, après une question qui dit combien de "
            "clients. Les lettres déjà écrites restent dans leur dossier ; grand livre et "
            "historique ne sont jamais touchés.",
        ),
        Command(
            "show_detail", "VoirLeDetail", "Voir le détail", "DE", "OutlineShowDetail",
            "Voir les échéances du client",
            "Ne montre dans Détail que les échéances des clients des lignes sélectionnées ; un "
            "double-clic sur le compte fait de même. C'est un filtre : aucune ligne ne change.",
        ),
        Command(
            "show_all", "ToutAfficher", "Tout afficher", "T", "SortClear",
            "Afficher toutes les lignes",
            "Retire les filtres de Préparation et de Détail. Aucune ligne ne change.",
        ),
    )),
    Group("RelancesDecisions", "Décisions", (
        Command(
            "toggle_dunning", "RelancerOuNon", "Relancer ou non", "RL", "FormControlCheckBox",
            "Relancer / Ne pas relancer",
            "Inverse la coche Relancer des lignes sélectionnées, en plusieurs zones s'il le faut : "
            "dans Préparation la lettre entière, dans Détail l'échéance. "
            f"{_HIDDEN}",
        ),
        Command(
            "toggle_issued", "EditeeOuNon", "Éditée / Non éditée", "N", "FileMarkAsFinal",
            "Éditée / Non éditée",
            "Considère comme éditée la lettre des clients sélectionnés, même si elle n'a pas été "
            "imprimée, ou de nouveau comme non éditée. Aucun fichier n'est écrit ni supprimé. "
            f"{_HIDDEN}",
        ),
        Command(
            "remove_item", "RetirerEcheance", "Retirer l'échéance", "RE", "SheetRowsDelete",
            "Retirer l'échéance de la lettre",
            "Décoche les échéances sélectionnées dans Détail : la lettre ne les réclame pas. "
            "Elles restent au grand livre, une coche les remet. "
            f"{_HIDDEN}",
        ),
        Command(
            "raise_level", "LettrePlus", "Lettre +", "LP", "OutlineMoveUp",
            "Lettre de numéro supérieur",
            "Donne aux clients sélectionnés dans Préparation le numéro de lettre suivant, au plus "
            f"le dernier niveau. Ne change pas les échéances cochées. {_HIDDEN}",
        ),
        Command(
            "lower_level", "LettreMoins", "Lettre \u2212", "LM", "OutlineMoveDown",
            "Lettre de numéro inférieur",
            "Donne aux clients sélectionnés dans Préparation le numéro de lettre précédent, au "
            f"moins 1. Ne change pas les échéances cochées. {_HIDDEN}",
        ),
        Command(
            "promise", "Promesse", "Promesse", "J", "AcceptInvitation",
            "Noter une promesse de paiement…",
            "Demande pour quand et pourquoi, l'écrit dans Grand livre, colonnes Promesse, Jusqu'au "
            "et Motif, et refait la préparation : les échéances sélectionnées attendent ce jour, "
            "compris, puis reviennent d'elles-mêmes. Une ligne de client vaut pour ce qu'elle "
            f"réclame. Une lettre déjà éditée reste telle quelle. {_HIDDEN}",
            first="AskPromise",
        ),
        Command(
            "dispute", "Litige", "Litige", "LI", "DeclineInvitation",
            "Mettre en litige…",
            "Demande jusqu'à quand (vide : sans date de fin) et pourquoi, l'écrit dans "
            "Grand livre, colonnes Litige, Jusqu'au et Motif, et refait la préparation : les "
            "échéances sélectionnées sortent des lettres. Une ligne de client vaut pour ce qu'elle "
            f"réclame. Une lettre déjà éditée reste telle quelle. {_HIDDEN}",
            first="AskDispute",
        ),
        Command(
            "lift", "LeverLitigeOuPromesse", "Lever", "LV", "ReviewDeleteComment",
            "Lever le litige ou la promesse",
            "Efface Litige, Promesse, Jusqu'au et Motif des échéances sélectionnées dans Grand "
            "livre, et refait la préparation : elles peuvent de nouveau être relancées. Une ligne "
            f"de client vaut pour toutes ses échéances en litige ou promises. {_HIDDEN}",
        ),
    )),
    Group("RelancesLettres", "Lettres", (
        Command(
            "issue", "Editer", "Éditer…", "E", "MailMergeStartLetters",
            "Éditer les lettres de relance",
            "Demande pour quels clients (tous ceux non édités, les lignes sélectionnées, ou la "
            "plage de comptes et le numéro de la feuille Sélection), écrit une lettre Word pour "
            "chacun, puis coche Éditée. Annuler est possible. N'écrase aucune lettre d'une autre "
            "campagne ; l'historique n'est pas touché.",
            large=True,
        ),
        Command(
            "mail", "EMails", "E-mails", "M", "NewMailMessage",
            "E-mails aux clients",
            "Pour chaque client édité à qui l'on écrit par e-mail, prépare un brouillon avec sa "
            "lettre jointe, ou l'envoie, après une question, si Paramètres nomme un serveur. Un "
            "client sans adresse valable reste en courrier, et c'est dit. Jamais deux envois dans "
            "une même campagne.",
            large=True,
        ),
        Command(
            "export_pdf", "LettresEnPdf", "PDF", "F", "FileSaveAsPdfOrXps",
            "Lettres en PDF",
            "Fait un PDF de chaque lettre éditée de la campagne, avec LibreOffice, ou Word sous "
            "Windows. Les lettres Word restent, aucune ligne ne change.",
        ),
        Command(
            "print_merged", "DocumentAImprimer", "Document à imprimer", "DI", "FilePrint",
            "Un document à imprimer",
            "Réunit les lettres éditées à poster dans un document Word par modèle, dans l'ordre de "
            "Préparation, chacune sur sa page, et liste les recommandés ; celles qui partent par "
            "e-mail seul n'y sont pas. Les lettres restent, aucune ligne ne change.",
        ),
        Command(
            "open_folder", "OuvrirLeDossier", "Ouvrir le dossier", "O", "OpenFolder",
            "Ouvrir le dossier des lettres",
            "Montre les lettres de la campagne. Aucune ligne ne change.",
        ),
    )),
    Group("RelancesSauvegarde", "Sauvegarde", (
        Command(
            "save", "Sauvegarder", "Sauvegarder", "S", "RecordsSaveRecord",
            "Sauvegarder les relances",
            "Après confirmation, écrit dans Historique chaque échéance des lettres éditées, puis "
            "son niveau et sa date dans Grand livre, et retire ces clients de Préparation. Les "
            "lignes non éditées restent. Sauvegarder deux fois n'ajoute rien.",
            large=True,
        ),
        Command(
            "undo", "AnnulerLaCampagne", "Annuler la campagne", "A", "Undo",
            "Annuler la dernière campagne",
            "Après confirmation, marque la dernière campagne comme annulée et recalcule niveaux "
            "et dates du grand livre. Rien n'est effacé de l'historique, les lettres restent "
            "dans leur dossier.",
        ),
    )),
    Group("RelancesAide", "Aide", (
        Command(
            "open_templates", "ModelesWord", "Modèles Word", "W", "DocumentTemplate",
            "Ouvrir les modèles de lettres",
            "Montre les modèles, que vous modifiez vous-même dans Word. Aucune ligne ne change.",
        ),
        Command(
            "check_templates", "VerifierLesModeles", "Vérifier les modèles", "V",
            "FileDocumentInspect", "Vérifier les modèles de lettres",
            "Lit tous les modèles et dit les champs inconnus, les erreurs avec leur paragraphe et "
            "les fichiers manquants. N'écrit aucune lettre.",
        ),
        Command(
            "restart_python", "RedemarrerPython", "Redémarrer Python", "RP", "Refresh",
            "Redémarrer Python",
            "À essayer quand un bouton ne répond plus, ou après une mise à jour. Aucune ligne "
            "ne change.",
            first="StopPython",
        ),
        Command(
            "open_guide", "Guide", "Guide", "G", "Help",
            "Ouvrir le guide",
            "Montre le mode d'emploi. Aucune ligne ne change.",
        ),
    )),
)  # fmt: skip

ALL_COMMANDS = {command.name: command for group in _ALL for command in group.commands}
"""All commands by name, those that wait too."""

GROUPS = tuple(
    replace(group, commands=tuple(c for c in group.commands if c.name not in WAITING))
    for group in _ALL
)
"""The groups of the tab, with the commands that are offered."""

COMMANDS = {command.name: command for group in GROUPS for command in group.commands}
"""The commands that are offered by name, in the order of the tab."""

ROW_COMMANDS: tuple[str, ...] = tuple(name for name in (
    "show_detail", "show_all", "toggle_dunning", "raise_level", "lower_level", "toggle_issued",
    "remove_item", "promise", "dispute", "lift",
) if name in COMMANDS)  # fmt: skip
"""Right click on rows: the decisions of the reference screen."""

STEP_COMMANDS: tuple[str, ...] = tuple(name for name in (
    "go_to_selection", "simulate", "prepare", "clear_preparation", "issue", "export_pdf",
    "print_merged", "mail", "open_folder", "save", "undo",
) if name in COMMANDS)  # fmt: skip
"""Right click, submenu « Relances »: the steps of the work."""


def offered(name: str, text: str, otherwise: str) -> str:
    """``text`` where the workbook has that button, ``otherwise`` while it waits."""
    if name not in ALL_COMMANDS:
        raise KeyError(name)
    return text if name in COMMANDS else otherwise
