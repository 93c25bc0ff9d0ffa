"""What the workbook is shipped with: the procedure of three letters and the rates.

Sources: product specification, section 2 (delays), ``domain.md`` (what each
letter says), ``taux.csv`` beside this module (rates, each with its source).
"""

from __future__ import annotations

import csv
from importlib.resources import files

Row = tuple[str | int | float | None, ...]

_HELLO = "Madame, Monsieur,\n\n"
_GOODBYE = "\n\nBien cordialement,"

_MESSAGES = (
    (
        "Sauf erreur ou omission de notre part, les factures détaillées dans la lettre jointe "
        "sont arrivées à échéance et ne nous sont pas encore réglées. Nous vous remercions de "
        "bien vouloir procéder à leur règlement. S’il nous est parvenu entre-temps, veuillez ne "
        "pas tenir compte de ce message."
    ),
    (
        "Sauf erreur de notre part, les factures détaillées dans la lettre jointe restent "
        "impayées à ce jour. Nous vous demandons de les régler au plus tard à la date qu’elle "
        "indique, ou de nous dire ce qui s’y oppose."
    ),
    (
        "Vous trouverez ci-joint notre mise en demeure de régler, dans le délai qu’elle fixe, "
        "les sommes qui y sont détaillées et qui restent impayées."
    ),
)
"""They recall no earlier letter: by lateness, or with a number given to all, there may be none.
The letter itself names those that there are."""

LEVELS: tuple[Row, ...] = (
    (1, "Rappel", "relance_1.docx", 8, 8, 1, 0, 0, 0, 8,
     "Rappel : règlement en attente", _HELLO + _MESSAGES[0] + _GOODBYE),
    (2, "Relance", "relance_2.docx", 14, 22, 1, 0, 0, 0, 8,
     "Relance : factures échues impayées", _HELLO + _MESSAGES[1] + _GOODBYE),
    (3, "Mise en demeure", "mise_en_demeure.docx", 14, 36, 0, 1, 1, 1, 8,
     "Mise en demeure de payer", _HELLO + _MESSAGES[2] + _GOODBYE),
)  # fmt: skip
"""Rows of ``Niveaux``, in the order of its columns."""


def rates() -> list[Row]:
    """Rows of ``Taux`` in per cent: half-year, ECB refinancing rate, legal rate, company's own.

    The legal rate is the one for professionals. A half-year whose rates were
    not found is there with empty cells: the user enters them, nothing is guessed.
    """
    text = (files("xl_relances.workbook") / "taux.csv").read_text("utf-8")
    return [
        (line["semestre"], _percent(line["taux_bce"]), _percent(line["taux_legal"]), None)
        for line in csv.DictReader(text.splitlines(), delimiter=";")
    ]


def _percent(text: str) -> float | None:
    return float(text) if text else None
