"""« Motif », word by word: what people in accounts read beside each customer and each item.

Source: product specification, section 4, rules 2, 5, 7 and 9.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ledgers import AS_OF, account
from xl_relances.dunning.decision import Decisions
from xl_relances.dunning.history import Reached, Standing
from xl_relances.dunning.levels import DunningLevel, DunningProcedure, LevelMethod
from xl_relances.dunning.motif import Motifs
from xl_relances.dunning.preparation import prepare
from xl_relances.dunning.selection import CustomerTerms, Policy, Selection

SHIPPED = DunningProcedure.of(
    [
        DunningLevel(rank=rank, delay=delay, lateness=lateness)
        for rank, delay, lateness in ((1, 8, 8), (2, 14, 22), (3, 14, 36))
    ]
)
C1 = ("C1", "EUR")
FOUR = """
    Compte;Pièce;Date;Échéance;Débit
    C1;FA-1;01/08/2026;31/08/2026;1000
    C1;FA-2;01/09/2026;15/10/2026;1000
    C1;FA-3;01/09/2026;20/11/2026;1000
    C1;FA-4;01/09/2026;21/11/2026;500
"""
EACH_STATE = """
    Compte;Pièce;Date;Échéance;Débit;Crédit;Litige;Promesse;Jusqu'au;Motif
    C1;FA-1;01/08/2026;31/08/2026;100;;prix;;;retour
    C1;FA-2;01/08/2026;31/08/2026;100;;prix;;30/11/2026;
    C1;;01/09/2026;01/09/2026;100;;;;;
    C1;FA-3;01/09/2026;10/09/2026;100;;;;;
    C1;FA-4;01/09/2026;10/09/2026;100;;;;;
    C1;FA-5;01/09/2026;30/09/2026;100;;;oui;;virement
    C1;FA-6;01/09/2026;30/09/2026;100;;;oui;10/12/2026;
    C1;FA-7;20/11/2026;23/11/2026;100;;;;;
    C1;FA-8;20/11/2026;24/11/2026;100;;;;;
    C1;FA-9;01/09/2026;20/12/2026;100;;;;;
    C1;FA-10;01/09/2026;21/12/2026;100;;;;;
    C1;FA-11;;;100;;;;;
    C1;FA-12;;;100;;;;;
    C1;FA-13;02/09/2026;;0;0;;;;
    C1;AV-1;02/09/2026;;;350;;;;
"""


def said(text: str, **given: Any) -> list[str]:
    """The customer's sentence, then those of its items, in the order of Détail."""
    held = account(text)
    standing = Standing()
    place = given.pop("place", 0)
    if reached := given.pop("reached", None):  # of one item, by the last letter
        last = Reached(*reached)
        standing = Standing({held.items[place].identity: last}, {C1: last})
    unticked = {held.items[place].identity for place in given.pop("unticked", ())}
    forced = {C1} if given.pop("forced", False) else set()
    policy = Policy(
        customers={"C1": CustomerTerms(**given.pop("terms", {}))}, faults=given.pop("faults", {})
    )
    chosen = Selection(as_of=AS_OF, **given)
    preparation = prepare(
        [held], selection=chosen, procedure=SHIPPED, policy=policy, standing=standing,
        decisions=Decisions(unticked=unticked, forced=forced),
    )  # fmt: skip
    motifs = Motifs(chosen, policy, SHIPPED.highest)
    for row in preparation.summaries:
        return [motifs.summary(row)]
    (customer,) = preparation.in_range
    sentences = [motifs.customer(customer), *motifs.items(customer)]
    return [sentence.translate({0xA0: " ", 0x202F: " "}) for sentence in sentences]


@pytest.mark.parametrize(
    ("given", "sentences"),
    [
        pytest.param(
            {},
            [
                (
                    "Lettre 1 : FA-1, 86 j de retard, et 3 autres échéances dont 2 pour mémoire ; "
                    "selon le retard : lettre 3"
                ),
                "Lettre 1 : FA-1, 86 j de retard",
                "Lettre 1 : FA-2, 41 j de retard",
                "Dans la lettre, pas encore prête : FA-3, 5 j de retard",
                "Dans la lettre, pas encore prête : FA-4, 4 j de retard",
            ],
            id="by-count",
        ),
        pytest.param(
            {"method": LevelMethod.LATENESS, "reached": (1, date(2026, 10, 1))},
            [
                (
                    "Lettre 3 : FA-1, 86 j de retard, lettre 1 le 01/10/2026, et 1 autre "
                    "échéance ; selon le nombre : lettre 2"
                ),
                "Lettre 3 : FA-1, 86 j de retard, lettre 1 le 01/10/2026",
                "Lettre 3 : FA-2, 41 j de retard",
                "Niveau 0 : FA-3, 5 j de retard",
                "Niveau 0 : FA-4, 4 j de retard",
            ],
            id="by-lateness",
        ),
        pytest.param(
            {"unticked": [0]},
            [
                (
                    "Lettre 1 : FA-2, 41 j de retard, et 2 autres échéances pour mémoire ; "
                    "selon le retard : lettre 3"
                ),
                "Retirée par vous : FA-1, 86 j de retard",
                "Lettre 1 : FA-2, 41 j de retard",
                "Dans la lettre, pas encore prête : FA-3, 5 j de retard",
                "Dans la lettre, pas encore prête : FA-4, 4 j de retard",
            ],
            id="one-taken-out",
        ),
        pytest.param(
            {"unticked": [0, 2, 3]},
            [
                "Lettre 1 : FA-2, 41 j de retard ; selon le retard : lettre 3",
                "Retirée par vous : FA-1, 86 j de retard",
                "Lettre 1 : FA-2, 41 j de retard",
                "Délai en cours : FA-3, 5 j de retard, prochaine lettre le 28/11/2026",
                "Délai en cours : FA-4, 4 j de retard, prochaine lettre le 29/11/2026",
            ],
            id="all-but-one-taken-out",
        ),
        pytest.param(
            {"unticked": [0, 1]},
            [
                "Pas de lettre : aucune échéance prête n'est cochée",
                "Retirée par vous : FA-1, 86 j de retard",
                "Retirée par vous : FA-2, 41 j de retard",
                "Délai en cours : FA-3, 5 j de retard, prochaine lettre le 28/11/2026",
                "Délai en cours : FA-4, 4 j de retard, prochaine lettre le 29/11/2026",
            ],
            id="all-that-are-ready-taken-out",
        ),
        pytest.param(
            {"reached": (2, date(2026, 10, 1))},
            [
                "Lettre 3 : FA-1, 86 j de retard, lettre 2 le 01/10/2026",
                "Lettre 3 : FA-1, 86 j de retard, lettre 2 le 01/10/2026",
                "Pas dans la lettre 3 : FA-2, 41 j de retard",
                "Délai en cours : FA-3, 5 j de retard, prochaine lettre le 28/11/2026",
                "Délai en cours : FA-4, 4 j de retard, prochaine lettre le 29/11/2026",
            ],
            id="a-formal-notice",
        ),
        pytest.param(
            {"reached": (1, date(2026, 11, 20))},
            [
                (
                    "Délai en cours : FA-1, 86 j de retard, lettre 1 le 20/11/2026, prochaine "
                    "lettre le 04/12/2026 ; aussi : 3 en attente du délai"
                ),
                (
                    "Délai en cours : FA-1, 86 j de retard, lettre 1 le 20/11/2026, prochaine "
                    "lettre le 04/12/2026"
                ),
                "Lettre trop récente : lettre 1 le 20/11/2026, pas d'autre avant le 04/12/2026",
                "Délai en cours : FA-3, 5 j de retard, prochaine lettre le 28/11/2026",
                "Délai en cours : FA-4, 4 j de retard, prochaine lettre le 29/11/2026",
            ],
            id="a-letter-of-five-days-ago",
        ),
        pytest.param(
            {"reached": (3, date(2026, 11, 12))},
            [
                (
                    "Lettre trop récente : lettre 3 le 12/11/2026, pas d'autre avant le "
                    "26/11/2026 ; aussi : 2 en attente du délai, 1 au dernier niveau"
                ),
                "Dernier niveau atteint : FA-1, 86 j de retard, lettre 3 le 12/11/2026",
                "Lettre trop récente : lettre 3 le 12/11/2026, pas d'autre avant le 26/11/2026",
                "Délai en cours : FA-3, 5 j de retard, prochaine lettre le 28/11/2026",
                "Délai en cours : FA-4, 4 j de retard, prochaine lettre le 29/11/2026",
            ],
            id="a-formal-notice-of-the-day-before-the-interval-ends",
        ),
        pytest.param(
            {"minimum": Decimal(5000)},
            [
                "Sous le minimum : 3 500,00 € échus, minimum 5 000,00 €",
                "Sous le minimum : 3 500,00 € échus, minimum 5 000,00 €",
                "Sous le minimum : 3 500,00 € échus, minimum 5 000,00 €",
                "Délai en cours : FA-3, 5 j de retard, prochaine lettre le 28/11/2026",
                "Délai en cours : FA-4, 4 j de retard, prochaine lettre le 29/11/2026",
            ],
            id="below-the-minimum",
        ),
    ],
)
def test_beside_a_customer_and_beside_its_items(given: Any, sentences: list[str]) -> None:
    """The customer's row names the furthest item, the items' rows say where each one stands."""
    assert said(FOUR, **given) == sentences


def test_a_letter_is_explained_by_what_is_furthest_not_by_what_is_latest() -> None:
    """The item that gives the letter its number; of several the one that is longest overdue."""
    found = said(FOUR, place=1, reached=(1, date(2026, 11, 1)))
    assert found[0].startswith("Lettre 2 : FA-2, 41 j de retard, lettre 1 le 01/11/2026, et 3 ")


def test_what_is_close_to_limitation_or_past_it_says_the_day() -> None:
    """Beside the item; beside the customer how many of those that the letter lists are barred."""
    found = said("""
        Compte;Pièce;Date;Échéance;Débit
        C1;FA-1;01/08/2021;31/08/2021;100
        C1;FA-2;01/03/2022;31/03/2022;100
        C1;FA-3;01/09/2022;30/09/2022;100
    """)
    assert found[0].endswith(" ; selon le retard : lettre 3 ; 1 échéance prescrite")
    assert [sentence.partition(" de retard")[2] for sentence in found[1:]] == [
        " ; prescrite le 01/08/2026", " ; prescription le 01/03/2027", "",
    ]  # fmt: skip


LETTER = "Lettre 1 : FA-1, 86 j de retard, et 3 autres échéances dont 2 pour mémoire"
OTHER = "selon le retard : lettre 3"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"first_account": "C2"}, "Hors de la plage de comptes"),
        ({"currency": "USD"}, "Autre devise que USD"),
        (
            {"faults": {"C1": "Clients, ligne 5, colonne « Bloqué » : date attendue."}},
            "À corriger d'abord : Clients, ligne 5, colonne « Bloqué » : date attendue",
        ),
        ({"terms": {"do_not_dun": True}}, "Ne pas relancer (fiche client)"),
        (
            {"terms": {"do_not_dun": True}, "forced": True},
            "Ne pas relancer (fiche client) ; Forcer sans effet",
        ),
        ({"terms": {"blocked_until": AS_OF}}, "Bloqué jusqu'au 25/11/2026 compris"),
        (
            {"terms": {"blocked_until": AS_OF, "block_reason": "accord"}},
            "Bloqué jusqu'au 25/11/2026 compris : accord",
        ),
        ({"terms": {"block_reason": "accord"}}, "Bloqué sans date de fin : accord"),
        (
            {"terms": {"blocked_until": AS_OF}, "forced": True},
            f"{LETTER} ; forcé ; {OTHER}",
        ),
        (
            {"terms": {"blocked_until": date(2026, 11, 24)}},
            f"{LETTER} ; {OTHER} ; blocage terminé le 24/11/2026",
        ),
        (
            {"terms": {"blocked_until": date(2026, 11, 24), "block_reason": "accord"}},
            f"{LETTER} ; {OTHER} ; blocage terminé le 24/11/2026 (accord)",
        ),
        ({"terms": {"blocked_until": date(2026, 11, 24)}, "minimum": Decimal(5000)},
         "Sous le minimum : 3 500,00 € échus, minimum 5 000,00 €"),
    ],
)  # fmt: skip
def test_what_the_user_said_of_a_customer_comes_first(given: Any, sentence: str) -> None:
    """Before anything that its items would say."""
    assert said(FOUR, **given)[0] == sentence


def test_each_state_of_an_item_has_its_sentence_and_its_count() -> None:
    """The customer's row counts the others in the order of the specification."""
    found = said(EACH_STATE)
    assert found == [
        (
            "Couvert : sans référence ; aussi : 2 couvertes, 2 en attente du délai, 2 sans "
            "échéance, 2 en litige, 2 promises, 2 non échues"
        ),
        "En litige : FA-1 (retour)",
        "En litige : FA-2, jusqu'au 30/11/2026 compris",
        "Couvert par AV-1",
        "Couvert par AV-1",
        "Couvert par AV-1",
        "Promesse de paiement : FA-5, sans date (virement) ; 50,00 € imputés (AV-1)",
        "Promesse de paiement : FA-6, jusqu'au 10/12/2026 compris",
        "Imputé sur sans référence, FA-3, FA-4 et FA-5",
        "Couvert : montant nul",
        "Délai en cours : FA-7, 2 j de retard, prochaine lettre le 01/12/2026",
        "Délai en cours : FA-8, 1 j de retard, prochaine lettre le 02/12/2026",
        "Non échue : FA-9, échéance le 20/12/2026",
        "Non échue : FA-10, échéance le 21/12/2026",
        "Sans échéance : FA-11, ni date ni délai de paiement",
        "Sans échéance : FA-12, ni date ni délai de paiement",
    ]
    bounded = said(EACH_STATE, invoices_before=date(2026, 11, 20))
    assert "2 hors de la date limite" in bounded[0]
    assert bounded[10] == "Hors de la date limite : FA-7, pas établie avant le 20/11/2026"
    assert "2 au niveau 0" in said(EACH_STATE, method=LevelMethod.LATENESS)[0]


def test_one_of_each_is_counted_in_the_singular() -> None:
    ledger = "\n".join(
        line
        for line in EACH_STATE.splitlines()
        if not any(f";FA-{number};" in line for number in (2, 4, 6, 8, 10, 12))
    )
    assert said(ledger.replace(";350;", ";200;"))[0] == (
        "Couvert : sans référence ; aussi : 1 couverte, 1 en attente du délai, 1 sans échéance, "
        "1 en litige, 1 promise, 1 non échue"
    )
    assert "1 au niveau 0" in said(ledger, method=LevelMethod.LATENESS)[0]
    bounded = said(ledger, invoices_before=date(2026, 11, 20))
    assert "1 hors de la date limite" in bounded[0]


def test_a_credit_says_where_it_went_and_what_is_left_of_it() -> None:
    """Its own letters or invoices, or none at all."""
    assert said("""
        Compte;Pièce;Date;Échéance;Débit;Crédit;Lettrage
        C1;FA-1;01/08/2026;31/08/2026;100;;
        C1;FA-2;01/09/2026;20/12/2026;1000;;a
        C1;RG-1;01/09/2026;;;300;
        C1;RG-2;01/09/2026;;;10;a
        C1;AV-1;02/09/2026;;;50;
    """) == [
        "Couvert : FA-1 ; aussi : 1 non échue",
        "Couvert par RG-1",
        "Imputé sur FA-1, reste −200,00 €",
        "Imputé sur FA-2",
        "Crédit sans échéance à solder",
        "Non échue : FA-2, échéance le 20/12/2026 ; 10,00 € imputés (RG-2)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("credit", "sentence"), [("1000", "Compte soldé"), ("1000,01", "Compte créditeur")]
)
def test_an_account_that_owes_nothing_says_so_and_nothing_else(credit: str, sentence: str) -> None:
    """Not even a promise that is over: nothing of it is left to pay."""
    assert said(f"""
        Compte;Pièce;Date;Échéance;Débit;Crédit;Promesse;Jusqu'au
        C1;FA-1;01/08/2026;20/12/2026;1000;;oui;10/11/2026
        C1;RG-1;01/09/2026;;;{credit};;
    """)[0] == sentence  # fmt: skip


def test_the_gap_of_allocation_names_the_codes_that_do_not_balance() -> None:
    """So that somebody looks for what was allocated to them, on either side."""
    assert said("""
        Compte;Pièce;Date;Échéance;Débit;Crédit;Lettrage
        C1;FA-1;01/08/2026;31/08/2026;1000;;
        C1;FA-2;01/09/2026;30/09/2026;1000;;
        C1;RG-1;01/09/2026;;;1500;A
        C1;FV-1;01/09/2026;;200;;B
    """) == [
        ("Lettre 1 : FA-2, 56 j de retard ; selon le retard : lettre 3 ; lettrage A : −1 500,00 € "
        "sans facture dans le grand livre ; lettrage B : 200,00 € sans règlement dans le grand "
        "livre"),
        "Écart de lettrage imputé sur FA-1 et FA-2",
        "Couvert par écart de lettrage",
        "Lettre 1 : FA-2, 56 j de retard ; 300,00 € imputés (écart de lettrage)",
    ]  # fmt: skip


def test_promises_not_kept_and_disputes_that_are_over_are_named_by_their_days() -> None:
    """Once each, in the order of the calendar."""
    found = said("""
        Compte;Pièce;Date;Échéance;Débit;Litige;Promesse;Jusqu'au
        C1;FA-1;01/08/2026;31/08/2026;1000;;oui;12/11/2026
        C1;FA-2;01/09/2026;30/09/2026;1000;;oui;10/11/2026
        C1;FA-3;01/09/2026;30/09/2026;1000;;oui;12/11/2026
        C1;FA-4;01/09/2026;30/09/2026;1000;prix;;11/11/2026
        C1;FA-5;01/09/2026;30/09/2026;1000;prix;;10/11/2026
    """)
    assert found[0] == (
        "Lettre 1 : FA-1, 86 j de retard, et 4 autres échéances ; selon le retard : lettre 3 ; "
        "promesses des 10/11/2026 et 12/11/2026 non tenues ; "
        "litiges terminés les 10/11/2026 et 11/11/2026"
    )
    assert found[1] == "Lettre 1 : FA-1, 86 j de retard ; promesse du 12/11/2026 non tenue"
    assert found[4] == "Lettre 1 : FA-4, 56 j de retard ; litige terminé le 11/11/2026"
