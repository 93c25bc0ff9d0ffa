"""The names a template may use, what they mean, and their values for one letter.

:data:`FIELDS` is the table of the user guide and of the template check;
:func:`context` gives exactly these names, as strings, whole numbers, yes or no,
and lists: nothing with a method of ours, so that a template cannot reach further.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

from xl_relances.letters.address import is_abroad
from xl_relances.letters.cleaning import one_line
from xl_relances.letters.language import figures, long_date, money, rates, recall, short_date
from xl_relances.letters.letter import EarlierLetter, Letter, LetterLine, Recipient, Sender
from xl_relances.letters.payment_code import transfer

Value: TypeAlias = "str | int | bool | list[str] | dict[str, Value] | list[dict[str, Value]]"
Context: TypeAlias = "dict[str, Value]"

FIELDS = {
    "date": "Date de la lettre, en toutes lettres : 3 février 2026",
    "date_courte": "Date de la lettre : 03/02/2026",
    "date_limite": "Dernier jour pour payer, en toutes lettres",
    "date_limite_courte": "Dernier jour pour payer : 03/02/2026",
    "reglements_jusquau": "Dernier jour dont les règlements sont pris en compte",
    "niveau": "Numéro de la lettre : 1, 2, 3",
    "objet": "Objet de la lettre",
    "reference": "Référence que le client doit rappeler en payant",
    "campagne": "Nom de la campagne",
    "recommande": "Oui si la lettre part en recommandé (à tester par if)",
    "devise": "Code de la devise : EUR",
    "solde_du": "Total dû, avec la devise : 1 234,56 €",
    "total": "Total dû, sans la devise : 1 234,56",
    "total_montants": "Somme des montants, sans la devise",
    "total_reglements": "Somme des règlements déduits, sans la devise",
    "nombre_echeances": "Nombre de lignes de la lettre",
    "retard_max": "Jours de retard de la ligne la plus ancienne",
    "avec_reglements": "Oui si un règlement ou un avoir est déduit d'une ligne (if)",
    "avec_pour_memoire": "Oui si une ligne figure pour mémoire (if)",
    "echeances": "Lignes de la lettre : {%tr for e in echeances %} … {%tr endfor %}",
    "echeances.piece": "Numéro de pièce ; s'il manque, le libellé, sinon l'écriture",
    "echeances.date": "Date de la pièce : 03/02/2026 ; vide si elle manque",
    "echeances.echeance": "Échéance : 03/02/2026",
    "echeances.retard": "Jours de retard : 34",
    "echeances.libelle": "Libellé de l'écriture",
    "echeances.montant": "Montant ouvert, sans la devise",
    "echeances.reglement": "Règlements et avoirs déduits, sans la devise ; vide s'il n'y en a pas",
    "echeances.reste": "Reste dû, sans la devise",
    "echeances.derniere_lettre": "Numéro de la dernière lettre reçue ; vide s'il n'y en a pas",
    "echeances.relance_le": "Date de cette lettre : 03/02/2026 ; vide s'il n'y en a pas",
    "echeances.pour_memoire": "Oui si la ligne figure pour mémoire (if)",
    "avec_charges": "Oui si des pénalités ou indemnités de retard sont réclamées (if)",
    "avec_penalites": "Oui si des pénalités, ou intérêts d'un particulier, sont réclamées (if)",
    "avec_indemnites": "Oui si l'indemnité forfaitaire de 40 € est réclamée (if)",
    "charges_arretees_au": "Dernier jour compté dans les pénalités, en toutes lettres",
    "penalites": "Total des pénalités ou intérêts, avec la devise ; à part du total dû",
    "indemnites": "Total des indemnités forfaitaires, avec la devise ; à part du total dû",
    "total_penalites": "Total des pénalités ou intérêts, sans la devise",
    "total_indemnites": "Total des indemnités forfaitaires, sans la devise",
    "nombre_indemnites": "Nombre de factures qui portent l'indemnité",
    "indemnite": "Indemnité d'une facture, avec la devise : 40,00 €",
    "charges": "Pénalités et indemnités ensemble, avec la devise",
    "total_avec_charges": "Total dû, pénalités et indemnités, avec la devise",
    "decompte": "Lignes qui portent des charges : {%tr for e in decompte %} … {%tr endfor %}",
    "decompte.piece": "Comme echeances.piece",
    "decompte.echeance": "Échéance : 03/02/2026",
    "decompte.reste": "Base du calcul, le reste dû, sans la devise",
    "decompte.jours": "Jours comptés ; vide s'il n'y a pas de pénalités",
    "decompte.taux": "Taux annuel : 12,15 %, ou 12,15 % puis 12,40 %",
    "decompte.penalites": "Pénalités ou intérêts, sans la devise ; vide s'il n'y en a pas",
    "decompte.indemnite": "Indemnité forfaitaire, sans la devise ; vide s'il n'y en a pas",
    "code_de_paiement": "Oui si un code de paiement est imprimé : image « code de paiement » (if)",
    "lettres_precedentes": "Lettres déjà reçues : {%p for l in lettres_precedentes %}",
    "lettres_precedentes.niveau": "Numéro de cette lettre",
    "lettres_precedentes.date": "Sa date, en toutes lettres",
    "lettres_precedentes.date_courte": "Sa date : 03/02/2026",
    "rappel": "« notre lettre du … » ou « nos lettres des … et … » ; vide s'il n'y en a pas",
    "client.nom": "Nom du client",
    "client.compte": "Compte du client",
    "client.contact": "Personne à qui la lettre est destinée",
    "client.adresse": "Lignes de l'adresse postale : {%p for ligne in client.adresse %}",
    "client.professionnel": "Oui pour un professionnel, non pour un particulier (if)",
    "client.telephone": "Téléphone du client",
    "client.email": "E-mail du client",
    "client.ville": "Ville du client",
    "client.pays": "Pays du client",
    "client.langue": "Langue de la lettre : fr, en",
    "societe.nom": "Raison sociale ; « EI » y est ajouté pour un entrepreneur individuel",
    "societe.forme": "Forme juridique",
    "societe.capital": "Capital, tel qu'il est saisi",
    "societe.siren": "SIREN",
    "societe.rcs": "RCS",
    "societe.tva": "N° de TVA",
    "societe.adresse": "Adresse du siège sur une ligne",
    "societe.ville": "Ville du siège",
    "societe.telephone": "Téléphone",
    "societe.email": "E-mail",
    "societe.site": "Site",
    "societe.contact": "Personne à appeler",
    "societe.joindre": "Contact, téléphone et e-mail sur une ligne, sans ceux qui manquent",
    "societe.signataire": "Nom du signataire",
    "societe.fonction": "Qualité du signataire",
    "societe.mentions": "Mentions légales : nom, forme, capital, SIREN, RCS, siège, TVA",
    "societe.titulaire": "Titulaire du compte bancaire",
    "societe.iban": "IBAN, par groupes de quatre",
    "societe.bic": "BIC",
    "societe.logo": "Oui si un logo est choisi (if)",
}
"""Field name -> its meaning, in French. ``echeances.piece`` is ``e.piece`` inside the loop."""


def context(letter: Letter) -> Context:
    """The values of :data:`FIELDS` for ``letter``, which is taken as cleaned."""
    currency, tongue = letter.currency, letter.language
    items = letter.lines
    set_off = sum((line.set_off for line in items), Decimal(0))
    days = [sent.date for sent in letter.earlier]
    charged = [line for line in items if line.interest_days or line.fixed_sum]
    single = max((line.fixed_sum for line in items), default=Decimal(0))
    charges = letter.interest + letter.fixed_sums
    return {
        "date": long_date(letter.date, tongue),
        "date_courte": short_date(letter.date, tongue),
        "date_limite": long_date(letter.deadline, tongue),
        "date_limite_courte": short_date(letter.deadline, tongue),
        "reglements_jusquau": long_date(letter.payments_until, tongue),
        "niveau": letter.level,
        "objet": one_line(letter.subject),
        "reference": one_line(letter.reference or letter.recipient.account),
        "campagne": one_line(letter.batch),
        "recommande": letter.registered,
        "devise": currency,
        "solde_du": money(letter.balance_due, currency, tongue),
        "total": figures(letter.balance_due, currency, tongue),
        "total_montants": figures(letter.balance_due + set_off, currency, tongue),
        "total_reglements": figures(set_off, currency, tongue),
        "nombre_echeances": len(items),
        "retard_max": max((line.days_overdue for line in items), default=0),
        "avec_reglements": any(line.set_off for line in items),
        "avec_pour_memoire": any(line.for_memory for line in items),
        "echeances": [_line(line, currency, tongue) for line in items],
        "avec_charges": bool(charged),
        "avec_penalites": any(line.interest_days for line in charged),
        "avec_indemnites": any(line.fixed_sum for line in charged),
        "charges_arretees_au": long_date(letter.date, tongue),
        "penalites": money(letter.interest, currency, tongue),
        "indemnites": money(letter.fixed_sums, currency, tongue),
        "total_penalites": figures(letter.interest, currency, tongue),
        "total_indemnites": figures(letter.fixed_sums, currency, tongue),
        "nombre_indemnites": sum(1 for line in charged if line.fixed_sum),
        "indemnite": money(single, currency, tongue),
        "charges": money(charges, currency, tongue),
        "total_avec_charges": money(letter.balance_due + charges, currency, tongue),
        "decompte": [_charged(line, currency, tongue) for line in charged],
        "code_de_paiement": transfer(letter) is not None,
        "lettres_precedentes": [_earlier(sent, tongue) for sent in letter.earlier],
        "rappel": recall(days, tongue),
        "client": _recipient(letter.recipient, tongue),
        "societe": _sender(letter.sender, tongue),
    }


def _line(line: LetterLine, currency: str, tongue: str) -> dict[str, Value]:
    return {
        "piece": one_line(line.title),
        "date": short_date(line.document_date, tongue) if line.document_date else "",
        "echeance": short_date(line.due_date, tongue),
        "retard": line.days_overdue,
        "libelle": one_line(line.label),
        "montant": figures(line.amount, currency, tongue),
        "reglement": figures(line.set_off, currency, tongue) if line.set_off else "",
        "reste": figures(line.remainder, currency, tongue),
        "derniere_lettre": str(line.last_level) if line.last_level else "",
        "relance_le": short_date(line.last_reminded, tongue) if line.last_reminded else "",
        "pour_memoire": line.for_memory,
    }


def _charged(line: LetterLine, currency: str, tongue: str) -> dict[str, Value]:
    bears = line.interest_days > 0
    return {
        "piece": one_line(line.title),
        "echeance": short_date(line.due_date, tongue),
        "reste": figures(line.remainder, currency, tongue),
        "jours": str(line.interest_days) if bears else "",
        "taux": rates(line.interest_rates, tongue) if bears else "",
        "penalites": figures(line.interest, currency, tongue) if bears else "",
        "indemnite": figures(line.fixed_sum, currency, tongue) if line.fixed_sum else "",
    }


def _earlier(sent: EarlierLetter, tongue: str) -> dict[str, Value]:
    return {
        "niveau": sent.level,
        "date": long_date(sent.date, tongue),
        "date_courte": short_date(sent.date, tongue),
    }


def _recipient(recipient: Recipient, tongue: str) -> dict[str, Value]:
    return {
        "nom": one_line(recipient.name),
        "compte": one_line(recipient.account),
        "contact": one_line(recipient.contact),
        "adresse": list(recipient.postal_block.lines),
        "professionnel": recipient.is_professional,
        "telephone": one_line(recipient.phone),
        "email": one_line(recipient.email),
        "ville": one_line(recipient.city),
        "pays": one_line(recipient.country),
        "langue": tongue,
    }


def _sender(sender: Sender, tongue: str) -> dict[str, Value]:
    name = one_line(legal_name(sender))
    texts = {
        "nom": name,
        "forme": sender.legal_form,
        "capital": sender.capital,
        "siren": grouped(sender.siren, 3),
        "rcs": sender.registry,
        "tva": sender.vat_number,
        "adresse": one_line(_seat(sender)),
        "ville": sender.city,
        "telephone": sender.phone,
        "email": sender.email,
        "site": sender.site,
        "contact": sender.contact,
        "joindre": ", ".join(t for t in (sender.contact, sender.phone, sender.email) if t),
        "signataire": sender.signatory,
        "fonction": sender.role,
        "mentions": legal_notice(sender, tongue),
        "titulaire": sender.account_holder or name,
        "iban": grouped(sender.iban, 4),
        "bic": sender.bic.replace(" ", "").upper(),
    }
    values: dict[str, Value] = {field: one_line(text) for field, text in texts.items()}
    return values | {"logo": sender.logo is not None}


def legal_name(sender: Sender) -> str:
    """The name; a sole trader's carries « EI » (C. com. R526-27)."""
    is_sole_trader = sender.legal_form.strip().upper() in {"EI", "ENTREPRENEUR INDIVIDUEL"}
    return (
        f"{sender.name} EI" if is_sole_trader and "EI" not in sender.name.split() else sender.name
    )


def legal_notice(sender: Sender, language: str = "fr") -> str:
    """The mentions of C. com. R123-237 on one line, for letters and e-mails.

    Name, form, capital, SIREN, register, seat and VAT number, without those that are empty.
    """
    english = language == "en"
    form = sender.legal_form.strip()
    if form.upper() == "EI":
        form = ""
    if sender.capital.strip():
        capital = f"{'capital' if english else 'capital de'} {sender.capital.strip()}"
        form = f"{form} au {capital}".strip() if not english else f"{form}, {capital}".strip(", ")
    seat, registry = one_line(_seat(sender)), sender.registry.strip()
    if registry and not registry.upper().startswith("RCS"):
        registry = f"RCS {registry}"
    parts = (
        ", ".join(part for part in (legal_name(sender), form) if part),
        f"SIREN {grouped(sender.siren, 3)}" if sender.siren.strip() else "",
        registry,
        (f"Registered office: {seat}" if english else f"Siège : {seat}") if seat else "",
        (f"VAT {sender.vat_number}" if english else f"TVA {sender.vat_number}")
        if sender.vat_number.strip()
        else "",
    )
    return " · ".join(part for part in parts if part)


def grouped(text: str, size: int) -> str:
    """``text`` in groups of ``size``: ``FR76 3000 …``, ``123 456 789``.

    What holds signs other than letters and digits is left as typed.
    """
    compact = "".join(text.split()).upper()
    if not compact.isalnum():
        return one_line(text)
    return " ".join(compact[at : at + size] for at in range(0, len(compact), size))


def _seat(sender: Sender) -> str:
    town = f"{sender.postal_code} {sender.city}".strip()
    country = sender.country if is_abroad(sender.country) else ""
    return ", ".join(
        part for part in (*map(one_line, sender.address), town, country) if part.strip()
    )
