"""What the shipped letters say, per language and level.

A line is a paragraph; ``[echeances]`` stands for the table of items, ``[charges]``
for the sums of late-payment charges that some levels claim; a line ``{%p … %}`` is
a paragraph that only steers. A first word ``note:`` sets the line small, ``charge:``
as a sum after a dotted line. Professionals and consumers share one template: no fixed sum, no
article of the commercial code for consumers (C. com. L441-10 and D441-5 bind
professionals; C. civ. 1344-1 everybody).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The fixed words of one language."""

    language: str
    to_pay: str
    no_later_than: str
    reference: str
    holder: str
    contact: str
    place_and_date: str
    registered: str
    subject: str
    salutation: str
    columns: tuple[str, ...]
    days: str
    total: str
    continued: str
    page: str
    charges_title: str
    charges_columns: tuple[str, ...]
    charges_total: str
    charges_note: str
    scan: str


FRENCH = Words(
    language="fr-FR",
    to_pay="Somme à régler",
    no_later_than="au plus tard le {{ date_limite }}",
    reference="Référence à rappeler",
    holder="Titulaire",
    contact="Votre contact",
    place_and_date="||{{ societe.ville }}, le {{ date }}",
    registered="Lettre recommandée avec avis de réception",
    subject="Objet : {{ objet }}",
    salutation="Madame, Monsieur,",
    columns=(
        "Pièce", "Date", "Échéance", "Retard", "Montant", "Règlements", "Reste dû",
        "Dernière lettre",
    ),
    days="j",
    total="Total dû ({{ devise }})",
    continued="Lettre du {{ date }}, suite",
    page="Page ",
    charges_title=(
        "Décompte {% if client.professionnel %}des pénalités de retard{% if avec_indemnites %} et "
        "indemnités{% endif %}{% else %}des intérêts au taux légal{% endif %}, arrêté au "
        "{{ charges_arretees_au }}"
    ),
    charges_columns=(
        "Pièce", "Échéance", "Reste dû", "Jours", "Taux annuel",
        "{% if client.professionnel %}Pénalités{% else %}Intérêts{% endif %}",
        "{% if avec_indemnites %}Indemnité{% endif %}",
    ),
    charges_total="Total ({{ devise }})",
    charges_note=(
        "{% if avec_penalites %}{% if client.professionnel %}Pénalités{% else %}Intérêts"
        "{% endif %} = reste dû × taux × jours / 365, arrondi au centime pour chaque pièce ; jours "
        "comptés du lendemain {% if client.professionnel %}de l'échéance{% else %}de la mise en "
        "demeure{% endif %} au {{ charges_arretees_au }} inclus. {% endif %}Ces sommes ne sont pas "
        "comprises dans le total dû."
    ),
    scan=(
        "Pour payer {{ solde_du }}, scannez ce code avec l'application de votre banque, si elle "
        "le lit.{% if avec_charges %} Il règle le principal seul.{% endif %}"
    ),
)  # fmt: skip

ENGLISH = Words(
    language="en-GB",
    to_pay="Amount due",
    no_later_than="by {{ date_limite }}",
    reference="Reference to quote",
    holder="Account holder",
    contact="Your contact",
    place_and_date="||{{ societe.ville }}, {{ date }}",
    registered="Registered letter with receipt",
    subject="Subject: {{ objet }}",
    salutation="Dear Sir or Madam,",
    columns=("Document", "Date", "Due date", "Late", "Amount", "Paid", "Balance", "Last letter"),
    days="d",
    total="Total due ({{ devise }})",
    continued="Letter of {{ date }}, continued",
    page="Page ",
    charges_title=(
        "Statement of {% if client.professionnel %}penalties for late payment"
        "{% if avec_indemnites %} and fixed sums{% endif %}{% else %}interest at the legal rate"
        "{% endif %} as at {{ charges_arretees_au }}"
    ),
    charges_columns=(
        "Document",
        "Due date",
        "Balance",
        "Days",
        "Yearly rate",
        "{% if client.professionnel %}Penalties{% else %}Interest{% endif %}",
        "{% if avec_indemnites %}Fixed sum{% endif %}",
    ),
    charges_total="Total ({{ devise }})",
    charges_note=(
        "{% if avec_penalites %}{% if client.professionnel %}Penalties{% else %}Interest"
        "{% endif %} = balance × rate × days / 365, rounded to the cent for each document; days "
        "counted from the day after {% if client.professionnel %}the due date{% else %}the formal "
        "notice{% endif %} to {{ charges_arretees_au }} inclusive. {% endif %}These sums are not "
        "included in the total due."
    ),
    scan=(
        "To pay {{ solde_du }}, scan this code with your banking app, if it reads it."
        "{% if avec_charges %} It pays the principal only.{% endif %}"
    ),
)

WORDS = {"fr": FRENCH, "en": ENGLISH}

CHARGES = {
    "fr": """\
{%p if avec_charges %}
{%p if client.professionnel %}
Au principal s'ajoutent de plein droit, arrêtées au {{ charges_arretees_au }} et détaillées dans \
le décompte ci-après, les sommes suivantes{% if avec_penalites %} ; les pénalités courent jusqu'au \
paiement complet{% endif %} :
{%p else %}
Notre précédente mise en demeure fait courir les intérêts au taux légal (article 1344-1 du code \
civil). Au {{ charges_arretees_au }}, selon le décompte ci-après, ils s'ajoutent au principal :
{%p endif %}
{%p if avec_penalites %}
charge: {% if client.professionnel %}Pénalités de retard (article L441-10 du code de commerce)\
{% else %}Intérêts{% endif %}||{{ penalites }}
{%p endif %}
{%p if avec_indemnites %}
charge: Indemnité pour frais de recouvrement (article D441-5), {{ nombre_indemnites }} × \
{{ indemnite }}||{{ indemnites }}
{%p endif %}
{%p endif %}""",
    "en": """\
{%p if avec_charges %}
{%p if client.professionnel %}
To the principal are added as of right the following sums, as at {{ charges_arretees_au }} and \
detailed in the statement below{% if avec_penalites %}; the penalties run until payment in full\
{% endif %}:
{%p else %}
Our earlier formal notice made interest run at the legal rate (article 1344-1 of the French Civil \
Code). As at {{ charges_arretees_au }}, as detailed in the statement below, it is added to the \
principal:
{%p endif %}
{%p if avec_penalites %}
charge: {% if client.professionnel %}Penalties (article L441-10 of the French Commercial Code)\
{% else %}Interest{% endif %}||{{ penalites }}
{%p endif %}
{%p if avec_indemnites %}
charge: Fixed sum for recovery costs (article D441-5), {{ nombre_indemnites }} × \
{{ indemnite }}||{{ indemnites }}
{%p endif %}
{%p endif %}""",
}
"""Language -> what stands for ``[charges]``: each sum on a line of its own, never added up with
the principal."""

TEXTS = {
    ("fr", "relance_1"): """\
Sauf erreur ou omission de notre part, votre compte présente à ce jour un solde échu de \
**{{ solde_du }}**, détaillé ci-dessous. Nous vous remercions de nous régler cette somme au \
plus tard le **{{ date_limite }}**, en rappelant la référence **{{ reference }}**.
[echeances]
note: {% if avec_pour_memoire %}* Pour mémoire, compris dans le total. {% endif %}Règlements \
reçus jusqu'au {{ reglements_jusquau }} pris en compte. Si le vôtre nous est parvenu depuis, \
merci de ne pas tenir compte de cette lettre.
[charges]
{%p if societe.joindre %}
Une facture vous manque, ou l'une d'elles appelle une remarque de votre part ? Nous sommes à \
votre disposition : {{ societe.joindre }}.
{%p endif %}
Nous vous prions d'agréer, Madame, Monsieur, l'expression de nos salutations distinguées.""",
    ("fr", "relance_2"): """\
{%p if rappel %}
Malgré {{ rappel }}, **{{ solde_du }}** de factures échues restent impayés.
{%p else %}
Votre compte présente un solde échu de **{{ solde_du }}**.
{%p endif %}
Nous vous demandons de régler les sommes ci-dessous au plus tard le **{{ date_limite }}**. Sans \
paiement ni réponse de votre part à cette date, nous vous adresserons une mise en demeure.
[echeances]
note: {% if avec_pour_memoire %}* Pour mémoire, compris dans le total. {% endif %}Règlements \
reçus jusqu'au {{ reglements_jusquau }} pris en compte. Si le vôtre nous est parvenu depuis, \
merci de ne pas tenir compte de cette lettre.{% if client.professionnel and not avec_charges %} \
Entre professionnels, tout retard de paiement rend exigibles de plein droit des pénalités \
et une indemnité forfaitaire pour frais de recouvrement (articles L441-10 et D441-5 du code de \
commerce).{% endif %}
[charges]
Si un désaccord ou une difficulté explique ce retard, faites-le-nous savoir sans attendre.
Nous vous prions d'agréer, Madame, Monsieur, nos salutations distinguées.""",
    ("fr", "mise_en_demeure"): """\
{%p if rappel %}
Malgré {{ rappel }}, les sommes échues ci-dessous restent impayées.
{%p else %}
Les sommes échues ci-dessous restent impayées.
{%p endif %}
**Par la présente, nous vous mettons en demeure de nous payer la somme de {{ solde_du }}, en \
principal, au plus tard le {{ date_limite }}** (article 1344 du code civil).
[echeances]
note: {% if avec_pour_memoire %}* Pour mémoire, compris dans le total. {% endif %}Règlements \
reçus jusqu'au {{ reglements_jusquau }} pris en compte.
[charges]
{%p if avec_charges %}
À défaut de paiement à cette date, nous pourrons saisir le tribunal compétent sans nouvel avis.
{%p elif client.professionnel %}
À défaut de paiement intégral à cette date, nous pourrons saisir le tribunal compétent sans \
nouvel avis. Au principal s'ajoutent de plein droit les pénalités de retard, qui courent depuis \
le lendemain de chaque échéance (article L441-10 du code de commerce), et l'indemnité \
forfaitaire pour frais de recouvrement, due pour chaque facture payée en retard (article D441-5 \
du même code).
{%p else %}
À défaut de paiement intégral à cette date, nous pourrons saisir le tribunal compétent sans \
nouvel avis. La présente mise en demeure fait courir les intérêts au taux légal (article 1344-1 \
du code civil).
{%p endif %}
Si vous avez payé depuis, ou si vous contestez cette somme, écrivez-nous avant cette date.
Veuillez agréer, Madame, Monsieur, nos salutations distinguées.""",
    ("en", "relance_1"): """\
According to our records, and unless we are mistaken, **{{ solde_du }}** on your account is now \
past due, as listed below. We would be grateful if you could pay this amount by \
**{{ date_limite }}**, quoting the reference **{{ reference }}**.
[echeances]
note: {% if avec_pour_memoire %}* For reference, included in the total. {% endif %}Payments \
received until {{ reglements_jusquau }} are taken into account. If yours has reached us since, \
please disregard this letter.
[charges]
{%p if societe.joindre %}
Should you need a copy of an invoice, or have a question about one, please contact us: \
{{ societe.joindre }}.
{%p endif %}
Yours faithfully,""",
    ("en", "relance_2"): """\
{%p if rappel %}
Despite {{ rappel }}, **{{ solde_du }}** on your account remains past due.
{%p else %}
**{{ solde_du }}** on your account is past due.
{%p endif %}
We ask you to pay the items below by **{{ date_limite }}**. If by then we have received neither \
payment nor answer, we shall send you a formal notice to pay.
[echeances]
note: {% if avec_pour_memoire %}* For reference, included in the total. {% endif %}Payments \
received until {{ reglements_jusquau }} are taken into account. If yours has reached us since, \
please disregard this letter.{% if client.professionnel and not avec_charges %} \
Between professionals, any late payment makes penalties and a fixed sum for recovery \
costs payable as of right (articles L441-10 and D441-5 of the French Commercial Code).{% endif %}
[charges]
If a disagreement or a difficulty explains this delay, please let us know without waiting.
Yours faithfully,""",
    ("en", "mise_en_demeure"): """\
{%p if rappel %}
Despite {{ rappel }}, the amounts below, all past due, remain unpaid.
{%p else %}
The amounts below, all past due, remain unpaid.
{%p endif %}
**We hereby give you formal notice (mise en demeure) to pay us the principal sum of \
{{ solde_du }} by {{ date_limite }}** (article 1344 of the French Civil Code).
[echeances]
note: {% if avec_pour_memoire %}* For reference, included in the total. {% endif %}Payments \
received until {{ reglements_jusquau }} are taken into account.
[charges]
{%p if avec_charges %}
Failing payment by that date, we may bring the matter before the competent court without \
further notice.
{%p elif client.professionnel %}
Failing payment in full by that date, we may bring the matter before the competent court \
without further notice. To the principal are added, as of right, the penalties for late \
payment, which run from the day after each due date (article L441-10 of the French Commercial \
Code), and the fixed sum for recovery costs owed for each invoice paid late (article D441-5 of \
the same Code).
{%p else %}
Failing payment in full by that date, we may bring the matter before the competent court \
without further notice. This formal notice makes interest run at the legal rate (article 1344-1 \
of the French Civil Code).
{%p endif %}
If you have paid since, or if you dispute this amount, please write to us before that date.
Yours faithfully,""",
}
"""(language, file name without .docx) -> the text of the letter."""
