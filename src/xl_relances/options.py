"""Arguments and options that commands share, and how a day is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from xl_relances import french

BookArgument = Annotated[Path, typer.Argument(metavar="CLASSEUR", help="Le classeur .xlsm.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Répondre oui aux questions.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Résultat en JSON.")]


def day(text: str) -> date:
    """A day as people and programs write it."""
    found = french.parse_date(text)
    if found is None:
        raise typer.BadParameter(f"date ISO ou JJ/MM/AAAA attendue, « {text} » lu")
    return found
