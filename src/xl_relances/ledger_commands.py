"""Commands on the ledger: read it from files, note a dispute or a promise beside its entries."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from xl_relances import french
from xl_relances.options import BookArgument, JsonOption, YesOption, day
from xl_relances.terminal import boundary, open_book, say, tell


def import_(
    book: BookArgument,
    files: Annotated[
        list[Path], typer.Argument(metavar="FICHIER...", help="Grands livres, FEC, clients.")
    ],
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="NOTRE=LEUR", help='"Échéance=Date échéance" (répétable).'
        ),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Feuille du classeur à lire.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encodage du fichier texte.")] = None,
    dates: Annotated[str | None, typer.Option(help="Forme des dates : JJ/MM/AAAA, JJMMAA…")] = None,
    decimal: Annotated[str | None, typer.Option(help="Marque décimale : , ou .")] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Lit des exports comptables dans Grand livre et Clients ; l'historique reste."""
    from xl_relances.imports.sources import Answers  # noqa: PLC0415
    from xl_relances.run.importing import import_files  # noqa: PLC0415

    columns = {}
    for pair in column or ():
        ours, equals, theirs = pair.partition("=")
        if not equals or not ours.strip() or not theirs.strip():
            raise typer.BadParameter(f"« {pair} » : NOTRE=LEUR attendu.")
        columns[ours.strip()] = theirs.strip()
    if decimal not in {None, ",", "."}:
        raise typer.BadParameter(f"« {decimal} » : , ou . attendu.")
    answers = Answers(columns=columns, encoding=encoding, sheet=sheet, dates=dates, decimal=decimal)
    with boundary(), open_book(book, yes=yes) as opened:
        result = import_files(opened, files, answers=answers)
        opened.save()
        if as_json:
            print(json.dumps(result.as_json(), ensure_ascii=False, indent=1))
        else:
            tell("\n".join(result.sentences))
        say([row.finding for row in result.left_out])
    if result.left_out:
        raise typer.Exit(1)


_DISPUTE, _PROMISE, _LIFT = "dispute", "promise", "lift"
_WHAT = (_DISPUTE, _PROMISE, _LIFT)


def hold(
    book: BookArgument,
    what: Annotated[
        str,
        typer.Argument(
            metavar=f"[{'|'.join(_WHAT)}]", help="Litige, promesse de paiement, ou lever les deux."
        ),
    ],
    account: Annotated[
        list[str] | None, typer.Option("--account", help="Compte du client (répétable).")
    ] = None,
    item: Annotated[
        list[str] | None,
        typer.Option(
            "--item",
            metavar="PIÈCE",
            help="Pièce ou écriture (répétable) ; sinon tout ce que le client a d'échu.",
        ),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option(parser=day, metavar="DATE", help="Dernier jour, compris ; exigé à promise."),
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXTE", help="Pourquoi.")] = "",
    yes: YesOption = False,
) -> None:
    """Note un litige ou une promesse dans Grand livre, ou les lève ; refait la préparation."""
    from xl_relances.run import hold_choice, hold_report, holding  # noqa: PLC0415

    if what not in _WHAT:
        raise typer.BadParameter(f"« {what} » : {french.listing(_WHAT)} attendu.")
    if not account and not item:
        raise typer.BadParameter("--account ou --item attendu.")
    if what == _LIFT and (until or reason):
        raise typer.BadParameter("lift ne prend ni --until ni --reason.")
    choice = hold_choice.documents(account or (), item or ())
    now = datetime.now()
    with boundary(), open_book(book, yes=yes) as opened:
        if what == _LIFT:
            report = holding.lift(opened, choice, now=now)
        else:
            mark = hold_report.Mark.PROMISE if what == _PROMISE else hold_report.Mark.DISPUTE
            report = holding.hold(opened, choice, mark, until=until, reason=reason, now=now)
        if report.changed:
            opened.save()
        tell("\n".join(report.sentences))
    if report.left:
        raise typer.Exit(1)
