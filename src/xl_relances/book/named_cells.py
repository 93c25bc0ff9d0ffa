"""Named cells that the user fills, and the choices of their drop-downs: the public contract.

What stands beside each cell is here too; users read it.

Source: product specification, sections 2 and 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from xl_relances.book.layout import Kind


@dataclass(frozen=True, slots=True)
class Setting:
    """A named cell that the user fills.

    Attributes:
        name: The workbook name, the contract.
        label: What stands beside the cell.
        meaning: One grey sentence that says what it does.
        kind: What the cell holds.
        default: What the shipped workbook holds; None is an empty cell.
        choices: Values of its drop-down, when it has one.
    """

    name: str
    label: str
    meaning: str
    kind: Kind = Kind.TEXT
    default: str | int | float | None = None
    choices: tuple[str, ...] = ()


PAR_NOMBRE, PAR_RETARD = "Nombre", "Retard"
AUTOMATIQUE = "Automatique"
TOUS_LES_ECHUS, ECHEANCES_PRETES = "Tous les échus", "Échéances prêtes"
PARTICULIER, PROFESSIONNEL = "Particulier", "Professionnel"
SELON_IBAN, OUI, NON = "Selon l'IBAN", "Oui", "Non"
COURRIER, EMAIL, COURRIER_ET_EMAIL = "Courrier", "E-mail", "Courrier et e-mail"

SELECTION_SETTINGS = (
    Setting("compte_debut", "Compte client début",
            "Premier compte de la plage, compris. Vide : dès le premier."),
    Setting("compte_fin", "Compte client fin",
            "Dernier compte de la plage, compris, avec tous ceux qui commencent ainsi. "
            "Vide : jusqu'au dernier."),
    Setting("devise", "Uniquement clients tenus en",
            "Code de la devise (EUR). Vide : toutes, un client qui doit dans deux devises "
            "reçoit deux lettres."),
    Setting("factures_avant_le", "Factures établies avant le",
            "Date de pièce strictement antérieure (<). Ne touche pas les avoirs et règlements. "
            "Vide : toutes.", Kind.DATE),
    Setting("solde_minimum", "Laisser les soldes inférieurs à",
            "Un solde échu au-dessus de 0 mais inférieur à ce montant n'est pas relancé ; "
            "égal, il l'est.", Kind.AMOUNT),
    Setting("numero_lettre", "Numéro de la lettre à éditer",
            "Automatique, ou le numéro donné à tous.", Kind.TEXT, AUTOMATIQUE,
            (AUTOMATIQUE, "1", "2", "3")),
    Setting("date_relance", "Date de relance",
            "Date des lettres et du calcul des retards. Vide : aujourd'hui, au moment de Préparer.",
            Kind.DATE),
    Setting("calcul_niveau", "Calcul du niveau",
            "Nombre : une lettre après l'autre. Retard : d'après les jours de retard.",
            Kind.TEXT, PAR_NOMBRE, (PAR_NOMBRE, PAR_RETARD)),
)  # fmt: skip

ISSUE_SETTINGS = (
    Setting("edition_compte_debut", "Du compte",
            "Premier compte dont éditer la lettre, compris. Vide : dès le premier."),
    Setting("edition_compte_fin", "Au compte",
            "Dernier compte, compris, avec tous ceux qui commencent ainsi. Vide : jusqu'au "
            "dernier."),
    Setting("edition_lettre", "Lettre n°", "Seulement les lettres de ce numéro. Vide : toutes.",
            Kind.INTEGER),
)  # fmt: skip
"""What Éditer… offers as third choice: an account range, a level, or both."""

PREPARATION_STATE = (
    Setting("preparation_le", "Préparé le", "Quand Préparer a été cliqué.", Kind.STAMP),
    Setting("preparation_date", "Date des lettres", "Date de relance de cette préparation.",
            Kind.DATE),
    Setting("preparation_campagne", "Campagne", "Dossier des lettres et nom dans l'historique."),
    Setting("preparation_criteres", "Critères", "Critères avec lesquels elle a été faite."),
    Setting("preparation_grand_livre", "Empreinte du grand livre",
            "Change dès que le grand livre change : Éditer demande alors de préparer à nouveau."),
    Setting("preparation_historique", "Empreinte de l'historique",
            "Change dès que l'historique change : Sauvegarder demande alors de préparer."),
)  # fmt: skip
"""What the last Prepare was made with; written by Prepare and Save, not by the user."""

SHOWN_CHARGES = Setting(
    "preparation_charges", "Charges réclamées",
    "Par un niveau au moins : Préparation montre alors leurs colonnes.",
    Kind.TEXT, "Pénalités, Indemnité",
)  # fmt: skip
"""The columns of charges that Prepare last showed; it moves them only when this changes, so
that a column which the user hid or showed since stays so."""

COMPANY_SETTINGS = (
    Setting("societe_nom", "Raison sociale", "Nom de la société, en tête des lettres."),
    Setting("societe_forme", "Forme juridique", "SAS, SARL, SA, EI…"),
    Setting("societe_capital", "Capital", "Comme il doit être imprimé : 50 000 €."),
    Setting("societe_siren", "SIREN", "Neuf chiffres, exigé sur les lettres (C. com. R123-237)."),
    Setting("societe_rcs", "RCS", "Ville du registre : RCS Nantes."),
    Setting("societe_tva", "N° de TVA", "FR suivi de onze caractères."),
    Setting("societe_adresse_1", "Adresse", "Siège : numéro et voie."),
    Setting("societe_adresse_2", "Adresse (suite)", "Bâtiment, zone, boîte postale."),
    Setting("societe_code_postal", "Code postal", "Texte : les zéros de tête restent."),
    Setting("societe_ville", "Ville", "Ville du siège, aussi « Fait à »."),
    Setting("societe_pays", "Pays", "Vide pour la France."),
    Setting("societe_telephone", "Téléphone", "Numéro du service clients."),
    Setting("societe_email", "E-mail", "Adresse à laquelle les clients répondent."),
    Setting("societe_site", "Site", "Imprimé en pied de page s'il est rempli."),
    Setting("societe_contact", "Contact", "Personne à appeler au sujet d'une relance."),
    Setting("societe_signataire", "Signataire", "Nom sous la lettre."),
    Setting("societe_fonction", "Fonction", "Qualité du signataire."),
    Setting("societe_titulaire", "Titulaire du compte", "Vide : la raison sociale."),
    Setting("societe_iban", "IBAN", "Compte à créditer."),
    Setting("societe_bic", "BIC", "Code de la banque."),
    Setting("societe_logo", "Logo", "Fichier PNG ou JPEG, relatif au classeur. Vide : sans logo."),
    Setting("societe_devise", "Devise du grand livre", "Devise des lignes sans devise.",
            Kind.TEXT, "EUR"),
    Setting("societe_langue", "Langue par défaut", "Langue des modèles.", Kind.TEXT, "fr",
            ("fr", "en")),
)  # fmt: skip

DUNNING_SETTINGS = (
    Setting("intervalle_relances", "Intervalle entre deux lettres",
            "Jours entre deux lettres au même client, quel que soit le niveau.", Kind.INTEGER, 14),
    Setting("contenu_lettre", "Contenu de la lettre",
            "Tous les échus : la lettre liste aussi, pour mémoire, ce qui ne monte pas de niveau.",
            Kind.TEXT, TOUS_LES_ECHUS, (TOUS_LES_ECHUS, ECHEANCES_PRETES)),
    Setting("code_de_paiement", "Code de paiement",
            "Code à scanner pour payer le principal. Selon l'IBAN : si la banque n'est pas "
            "française, les applications françaises le lisent peu.",
            Kind.TEXT, SELON_IBAN, (SELON_IBAN, OUI, NON)),
    Setting("delai_de_paiement", "Délai de paiement",
            "Pour les écritures sans échéance : 30, 45FM, FM45, 30FM10. Vide : signalées."),
    Setting("racines_clients", "Racines des comptes clients",
            "Séparées par des virgules.", Kind.TEXT, "411"),
    Setting("dossier_lettres", "Dossier des lettres", "Relatif au classeur.", Kind.TEXT,
            "Relances"),
    Setting("dossier_modeles", "Dossier des modèles", "Relatif au classeur.", Kind.TEXT,
            "word_templates"),
)  # fmt: skip

MAIL_SETTINGS = (
    Setting("smtp_serveur", "Serveur SMTP", "Vide : les e-mails sont des brouillons."),
    Setting("smtp_port", "Port", "587 (STARTTLS) ou 465.", Kind.INTEGER, 587),
    Setting("smtp_utilisateur", "Utilisateur", "Le mot de passe reste dans le trousseau."),
    Setting("smtp_expediteur", "Expéditeur", "Adresse d'envoi. Vide : l'e-mail de la société."),
    Setting("smtp_par_minute", "E-mails par minute",
            "Limite du serveur ; Microsoft 365 en accepte 30.", Kind.INTEGER, 30),
    Setting("repondre_a", "Répondre à",
            "Adresse des réponses. Vide : l'e-mail de la société."),
)  # fmt: skip

SETTINGS = (
    *SELECTION_SETTINGS, *ISSUE_SETTINGS, *PREPARATION_STATE, SHOWN_CHARGES, *COMPANY_SETTINGS,
    *DUNNING_SETTINGS, *MAIL_SETTINGS,
)  # fmt: skip
