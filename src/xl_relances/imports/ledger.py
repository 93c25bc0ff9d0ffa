"""A ledger export, read whole: FEC, grand livre, open items.

Every row is an entry, a line of totals, a heading, or a finding; none is dropped
in silence. Amounts and dates are decided for whole columns before the first row
is read.

Source: product specification, section 6; domain notes; field cases D01 to D10.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from operator import attrgetter

from xl_relances import french
from xl_relances.errors import Finding, FindingsError
from xl_relances.imports import amounts, dates
from xl_relances.imports.amounts import AmountForm
from xl_relances.imports.columns import Columns
from xl_relances.imports.dates import Cell, DateColumn, OpenError, is_none
from xl_relances.imports.entries import Converter
from xl_relances.imports.job import AT, Job, Picked
from xl_relances.imports.lines import FileRead
from xl_relances.imports.sources import NOTHING, Answers, Source
from xl_relances.imports.taking import Taken, Taker
from xl_relances.imports.titles import AMOUNTS
from xl_relances.imports.unreadable import keep_broken


def read_ledger(
    source: Source, columns: Columns, *, roots: Sequence[str], currency: str, answers: Answers
) -> FileRead:
    """The lines of a ledger export.

    Args:
        source: The file.
        columns: Where its fields stand.
        roots: Beginnings of customers' accounts.
        currency: The company's.
        answers: What the user said beforehand.

    Raises:
        RefusedError: It holds nothing to import, or is cut off.
        FindingsError: A column's form stays open.
    """
    job = Job(
        source=source,
        columns=columns,
        roots=tuple(roots),
        base=currency,
        answers=answers,
        result=FileRead(
            file=source.file,
            encoding=source.encoding,
            separator=source.separator,
            signature=source.header.signature,
            is_fec=source.header.is_fec,
        ),
    )
    return _Reader(job).read()


class _Reader:
    """Reads one ledger export: in one pass where it is a plain FEC, else in three."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def read(self) -> FileRead:
        taker, result = Taker(self.job), self.job.result
        streamed = taker.stream() if self.job.is_fec else None
        taken = Taken()
        if streamed is not None:
            result.rows_read, result.lines = streamed.read, streamed.entries.lines
            result.beside = streamed.entries.balances
        else:
            taken = taker.take()
            result.rows_read = taken.read
            form, days = self._forms(taken.rows)
            Converter(self.job, form, days).convert(taken.rows)
        if self.job.broken:
            keep_broken(self.job, {line.entry.account for line in result.lines})
        result.left_out.sort(key=lambda left: left.line)
        self._name_all()
        self._say(taken)
        return result

    def _name_all(self) -> None:
        """Lines without a name take the one that another line of the account has."""
        lines = self.job.result.lines
        if all(map(attrgetter("entry.name"), lines)):
            return
        names: dict[str, str] = {}
        for line in lines:
            if line.entry.name:
                names.setdefault(line.entry.account, line.entry.name)
        self.job.result.lines = [
            line
            if line.entry.name or line.entry.account not in names
            else line._replace(entry=line.entry._replace(name=names[line.entry.account]))
            for line in lines
        ]

    def _forms(
        self, rows: Sequence[tuple[int, Picked]]
    ) -> tuple[AmountForm, dict[str, DateColumn]]:
        findings: list[Finding] = []
        texts: set[Cell] = set()
        for name in (*AMOUNTS, "paid"):
            if name in self.job.columns:
                at = AT[name]
                texts.update([picked[at] for _, picked in rows if isinstance(picked[at], str)])
        form = AmountForm()
        try:
            form = amounts.decide(texts, forced=self.job.answers.decimal)
        except OpenError as error:
            findings.append(
                self._open("debit", f"{error}. Dites-le avec --decimal , ou --decimal .")
            )
        form.base = "" if "currency" in self.job.columns else self.job.base
        days: dict[str, DateColumn] = {}
        found = {
            name: {picked[AT[name]] for _, picked in rows}
            for name in (
                "document_date", "date", "entry_date", "due_date", "letter_date", "hold_until",
            )
            if name in self.job.columns
        }  # fmt: skip
        pool = {text for values in found.values() for text in dates.short_figures(values)}
        for name, values in found.items():
            at = AT[name]
            try:
                days[name] = dates.decide(values, forced=self.job.answers.dates, pool=pool)
            except OpenError as error:
                findings.append(
                    self._open(
                        name,
                        f"{error}. Corrigez le fichier, ou dites la forme avec --dates "
                        f"({', '.join(dates.FORMS)})",
                        self._cells(rows, at),
                    )
                )
        if findings:
            raise FindingsError(findings)
        for name, column in days.items():
            self.job.result.notes += [f"{self.job.columns.title(name)} : {n}" for n in column.notes]
        return form, days

    def _cells(self, rows: Sequence[tuple[int, Picked]], at: int) -> str:
        """Row numbers of real dates and of texts in a column that mixes them."""
        texts = [str(n) for n, p in rows if isinstance(p[at], str) and not is_none(p[at])]
        real = [str(n) for n, p in rows if isinstance(p[at], date)]
        if not texts or not real:
            return ""
        return (
            f" ; lignes {french.listing(real, most=8)} : dates, "
            f"lignes {french.listing(texts, most=8)} : textes"
        )

    def _open(self, name: str, message: str, where: str = "") -> Finding:
        if name == "debit" and name not in self.job.columns:
            name = next((n for n in AMOUNTS if n in self.job.columns), name)
        return Finding(
            where=self.job.source.file,
            column=self.job.columns.title(name),
            message=f"{message}{where}. {NOTHING}",
        )

    def _say(self, taken: Taken) -> None:
        say = self.job.result.notes.append
        self.job.result.notes[:0] = self.job.source.notes
        if taken.totals:
            say(french.count(taken.totals, "ligne de total laissée", "lignes de total laissées"))
        if taken.repeated:
            say(
                french.count(taken.repeated, "ligne de titres répétée", "lignes de titres répétées")
            )
        if taken.headings:
            say(french.count(taken.headings, "ligne sans écriture", "lignes sans écriture"))
        if taken.carried:
            say(
                "compte et nom repris de la ligne d'au-dessus pour "
                + french.count(taken.carried, "ligne")
            )
        if taken.others:
            roots = ", ".join(self.job.roots)
            say(
                french.count(taken.others.total(), "ligne")
                + f" d'autres comptes que {roots} non reprises "
                f"({french.listing(sorted(taken.others), most=6)})"
            )
        if self.job.source.hidden:
            hidden = sum(line in self.job.source.hidden for line, _ in self.job.source.rows)
            if hidden:
                say(french.count(hidden, "ligne masquée lue", "lignes masquées lues"))
