"""The command line: the macros of the ribbon, without Excel.

Exit 0 done, 1 refused or findings, 2 usage.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xl_relances import __version__, french, ledger_commands
from xl_relances.errors import Finding
from xl_relances.options import BookArgument, JsonOption, YesOption, day
from xl_relances.terminal import boundary, console, open_book, say, tell

if TYPE_CHECKING:
    from xl_relances.run.issuing import Choice
    from xl_relances.run.mailing import MailReport

app = typer.Typer(
    name="xl-relances",
    help="Relances clients : du grand livre aux lettres et à l'historique, sans Excel.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _amount(text: str) -> str:
    if french.parse_amount(text) is None:
        raise typer.BadParameter(f"montant attendu, « {text} » lu")
    return text


def _letter(text: str) -> str:
    if text.lower() not in {"auto", "automatique"} and not text.isdecimal():
        raise typer.BadParameter(f"auto ou un numéro attendu, « {text} » lu")
    return text


DayOption = Annotated[
    date | None, typer.Option("--as-of", parser=day, metavar="DATE", help="Date de relance.")
]


def _version(wanted: bool) -> None:
    if wanted:
        print(f"xl-relances {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Version.")
    ] = False,
) -> None:
    """Relances clients : du grand livre aux lettres et à l'historique, sans Excel."""


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Dossier à remplir.")],
) -> None:
    """Pose relances.xlsm et les modèles Word dans un dossier, prêts à ouvrir."""
    from xl_relances.starting import NOTICE, start  # noqa: PLC0415

    with boundary():
        for path in start(folder):
            print(path)
        print(NOTICE)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DOSSIER", help="Où la poser.")] = Path(
        "demo"
    ),
) -> None:
    """Joue une société d'exemple : préparer, éditer, sauvegarder ; dit ce qui a été fait."""
    from xl_relances.demo import play  # noqa: PLC0415

    with boundary():
        play(out, console())


app.command(name="import")(ledger_commands.import_)
app.command()(ledger_commands.hold)


@app.command()
def prepare(
    books: Annotated[
        list[Path], typer.Argument(metavar="CLASSEUR...", help="Un classeur .xlsm ou plusieurs.")
    ],
    first: Annotated[str | None, typer.Option("--from", help="Premier compte.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Dernier compte.")] = None,
    currency: Annotated[str | None, typer.Option(help="Devise.")] = None,
    invoices_before: Annotated[
        date | None, typer.Option(parser=day, metavar="DATE", help="Factures établies avant le.")
    ] = None,
    min_balance: Annotated[
        str | None, typer.Option(parser=_amount, metavar="MONTANT", help="Solde minimum.")
    ] = None,
    letter: Annotated[
        str | None,
        typer.Option(parser=_letter, metavar="NUMÉRO", help="auto, ou un numéro pour tous."),
    ] = None,
    as_of: DayOption = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Dire ce qui changerait dans Préparation ; ne rien écrire."),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Plusieurs classeurs : combien à la fois."),
    ] = None,
    as_json: JsonOption = False,
    yes: YesOption = False,
) -> None:
    """Remplit Préparation, Détail et Non relancés d'après le grand livre."""
    from xl_relances import run  # noqa: PLC0415
    from xl_relances.reporting import preparation_record, prepared  # noqa: PLC0415

    typed = {
        "compte_debut": first,
        "compte_fin": last,
        "devise": currency,
        "factures_avant_le": french.short_date(invoices_before) if invoices_before else None,
        "solde_minimum": min_balance,
        "numero_lettre": letter,
        "date_relance": french.short_date(as_of) if as_of else None,
    }
    criteria = {name: value for name, value in typed.items() if value is not None}
    if len(books) > 1:
        flags = {"--dry-run": dry_run, "--yes": yes}
        options = [f"{_CRITERIA[name]}={value}" for name, value in criteria.items()]
        options += [flag for flag, on in flags.items() if on]
        _prepare_each(books, options, jobs=jobs, as_json=as_json)
        return
    (book,) = books
    if dry_run:
        _simulate(book, criteria, as_json=as_json)
        return
    with boundary(), open_book(book, yes=yes) as opened:
        report = run.prepare(opened, now=datetime.now(), typed=criteria)
        opened.save()
        if as_json:
            print(json.dumps(preparation_record(report), ensure_ascii=False, indent=1))
        else:
            prepared(report, console())
        say(report.findings)
    if any(finding.blocking for finding in report.findings):
        raise typer.Exit(1)


_CRITERIA = {
    "compte_debut": "--from",
    "compte_fin": "--to",
    "devise": "--currency",
    "factures_avant_le": "--invoices-before",
    "solde_minimum": "--min-balance",
    "numero_lettre": "--letter",
    "date_relance": "--as-of",
}
"""The option of each criterion."""


def _prepare_each(
    books: Sequence[Path], options: Sequence[str], *, jobs: int | None, as_json: bool
) -> None:
    """Prepare several books, a line for each as soon as those before it are done."""
    from xl_relances.companies import once_each, prepare_each  # noqa: PLC0415

    once, again = once_each(books)
    for book in again:
        print(f"{book} : nommé deux fois, préparé une seule.", file=sys.stderr)
    outcomes = []
    for outcome in prepare_each(once, options, jobs or min(len(once), os.cpu_count() or 1)):
        outcomes.append(outcome)
        if not as_json:
            failed = outcome.told is None
            print(outcome.line, file=sys.stderr if failed else sys.stdout, flush=True)
            for sentence in () if failed else outcome.errors:
                print(f"{outcome.book} : {sentence}", file=sys.stderr)
    if as_json:
        records = [outcome.record for outcome in outcomes]
        print(json.dumps(records, ensure_ascii=False, indent=1))
    if not all(outcome.clean for outcome in outcomes):
        raise typer.Exit(1)


def _simulate(book: Path, criteria: Mapping[str, str], *, as_json: bool) -> None:
    """Print what Prepare would change, from a workbook opened for reading only."""
    from xl_relances import run  # noqa: PLC0415
    from xl_relances.reporting import simulated  # noqa: PLC0415
    from xl_relances.run.simulation import records  # noqa: PLC0415

    with boundary(), open_book(book, read_only=True) as opened:
        simulation = run.simulate(opened, now=datetime.now(), typed=criteria)
    if as_json:
        print(json.dumps(records(simulation), ensure_ascii=False, indent=1))
    else:
        simulated(simulation, console())
    say(simulation.findings)
    if any(finding.blocking for finding in simulation.findings):
        raise typer.Exit(1)


@app.command()
def issue(
    book: BookArgument,
    account: Annotated[
        list[str] | None, typer.Option("--account", help="Seulement ce compte (répétable).")
    ] = None,
    level: Annotated[int | None, typer.Option(help="Seulement ce numéro de lettre.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DOSSIER", help="Où poser.")] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Et un PDF de chaque lettre.")] = False,
    merged: Annotated[
        bool, typer.Option("--merged", help="Et un document à imprimer par modèle.")
    ] = False,
    yes: YesOption = False,
) -> None:
    """Fait la lettre Word de chaque ligne de Préparation."""
    from xl_relances import run  # noqa: PLC0415
    from xl_relances.reporting import issued  # noqa: PLC0415

    failed: Sequence[Finding] = ()
    with boundary(), open_book(book, yes=yes) as opened:
        try:
            report = run.issue(
                opened, choice=run.chosen(accounts=account or (), level=level), folder=out
            )
        except run.NothingToIssueError:
            if not (pdf or merged):
                raise
        else:
            opened.save()
            issued(report, console())
            say([*report.failed, *report.findings])
            failed = report.failed
        if pdf or merged:
            choice = run.among_issued(accounts=account or (), level=level)
            failed = (*failed, *_printed(opened, choice, pdf=pdf, merged=merged))
    if failed:
        raise typer.Exit(1)


def _printed(book: Any, choice: Choice, *, pdf: bool, merged: bool) -> Sequence[Finding]:
    """Print the letters issued, those of earlier commands too; what could not be."""
    from xl_relances import run  # noqa: PLC0415
    from xl_relances.run import print_report  # noqa: PLC0415

    report: run.MergeReport | run.PdfReport
    if merged:
        report = run.merge_letters(book, choice, pdf=pdf)
        tell(print_report.merge_message(report))
    else:
        report = run.export_pdf(book, choice)
        tell(print_report.pdf_message(report))
    for sentence in report.passed_by:
        tell(sentence)
    say(report.failed)
    return report.failed


@app.command("mail")
def mail_command(
    book: BookArgument,
    drafts: Annotated[
        Path | None,
        typer.Option(metavar="DOSSIER", help="Où poser les brouillons ; sinon avec les lettres."),
    ] = None,
    smtp: Annotated[
        bool, typer.Option("--smtp", help="Envoyer par le serveur de Paramètres.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Dire ce qui partirait, à qui ; ne rien faire.")
    ] = False,
    as_json: JsonOption = False,
    yes: YesOption = False,
) -> None:
    """Prépare en brouillon, ou envoie, l'e-mail de chaque client édité qui en reçoit."""
    from xl_relances.run import mailing  # noqa: PLC0415

    if smtp and drafts:
        raise typer.BadParameter("--drafts ou --smtp, pas les deux.")
    way = mailing.Way.SMTP if smtp else mailing.Way.EML
    with boundary(), open_book(book, yes=yes, read_only=dry_run) as opened:
        report = mailing.mail(opened, clock=datetime.now, way=way, folder=drafts, dry_run=dry_run)
        if not dry_run:
            opened.save()
    if as_json:
        print(json.dumps(mailing.as_records(report), ensure_ascii=False, indent=1))
    else:
        if dry_run:
            _mail_lines(report)
        tell(mailing.message(report))
    say(report.findings)
    if report.stopped or any(finding.blocking for finding in report.findings):
        raise typer.Exit(1)


def _mail_lines(report: MailReport) -> None:
    for line in report.lines:
        to = ", ".join(line.to) or "—"
        letter = line.letter.name if line.letter else "—"
        reason = f" ({line.reason})" if line.reason else ""
        tell(f"{line.row.account} {line.row.name} : {line.result}{reason}")
        tell(f"    à {to} ; {line.subject or '—'} ; {letter}")


@app.command()
def save(book: BookArgument, yes: YesOption = False) -> None:
    """Écrit dans l'historique les lettres éditées ; seul moment où un niveau change."""
    from xl_relances import run  # noqa: PLC0415
    from xl_relances.reporting import saved  # noqa: PLC0415

    with boundary(), open_book(book, yes=yes) as opened:
        report = run.save(opened, now=datetime.now(), user=_user())
        opened.save()
        saved(report, console())
        say(report.findings)


@app.command()
def undo(book: BookArgument, yes: YesOption = False) -> None:
    """Annule la dernière campagne sauvegardée."""
    from xl_relances import run  # noqa: PLC0415
    from xl_relances.reporting import undone  # noqa: PLC0415

    with boundary(), open_book(book, yes=yes) as opened:
        report = run.undo(opened, now=datetime.now())
        opened.save()
        undone(report, console())
        say(report.findings)


@app.command()
def show(
    book: BookArgument,
    view: Annotated[
        str,
        typer.Argument(
            metavar="[preparation|detail|excluded|history|campaigns|aging|changes|calls]",
            help="Quoi montrer.",
        ),
    ] = "preparation",
    as_json: JsonOption = False,
) -> None:
    """Montre ce que tient le classeur."""
    from xl_relances import run  # noqa: PLC0415
    from xl_relances.reporting import shown  # noqa: PLC0415
    from xl_relances.run.showing import as_json as plain  # noqa: PLC0415

    if view not in run.VIEWS:
        raise typer.BadParameter(f"« {view} » : {french.listing(run.VIEWS, most=9)} attendu.")
    with boundary(), open_book(book, read_only=True) as opened:
        records = run.show(opened, view, today=date.today())
        if as_json:
            print(json.dumps(plain(records), ensure_ascii=False, indent=1))
        else:
            shown(view, records, console())


@app.command()
def check(book: BookArgument, as_json: JsonOption = False) -> None:
    """Contrôle le grand livre, les paramètres et les modèles."""
    from xl_relances import run  # noqa: PLC0415

    with boundary(), open_book(book, read_only=True) as opened:
        findings = run.check(opened, today=date.today())
    if as_json:
        rows = [
            {"Où": f.where, "Ligne": f.row, "Colonne": f.column, "Constat": f.message}
            for f in findings
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    elif findings:
        say(findings)
    else:
        print("Rien à signaler.")
    if findings:
        raise typer.Exit(1)


@app.command()
def doctor(
    book: Annotated[
        Path | None, typer.Argument(metavar="[CLASSEUR]", help="Le classeur .xlsm.")
    ] = None,
) -> None:
    """Dit ce qu'il faut à cette machine et à ce classeur pour Excel, et quoi faire."""
    from xl_relances.excel.doctor import examine  # noqa: PLC0415

    with boundary():
        lines = examine(book)
    for line in lines:
        print(line)
    if any(line.good is False for line in lines):
        raise typer.Exit(1)


def _user() -> str:
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return ""


def main() -> None:
    """Entry point of the ``xl-relances`` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()


if __name__ == "__main__":
    main()
