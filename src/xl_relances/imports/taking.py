"""Rows of a ledger export: which are entries, before any cell is read.

Lines of totals, repeated titles, headings and broken lines are told apart; account
and name are carried down where only the first row of a block has them.

Source: product specification, section 6; field cases D05 and D09.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from xl_relances.imports import dates, fec, fec_stream
from xl_relances.imports.columns import is_collective
from xl_relances.imports.dates import Cell
from xl_relances.imports.fec_entries import NotPlainError
from xl_relances.imports.fec_stream import Streamed
from xl_relances.imports.job import AT, DAYS, MONEY, Job, Picked
from xl_relances.imports.lines import clean, code
from xl_relances.imports.printed import HEAD, NAME, PAGE, RULES, heading_of
from xl_relances.imports.text import cut_off
from xl_relances.imports.titles import AMOUNTS, normal

_TOTAL = re.compile(
    r"\s*(?:(?:sous[\s-]*total|totaux|total|soldes?|cumul|report|[àa] reporter|grand total|balance)"
    r"\b|\*+\s*\w*\s*$)",  # SAP marks its sums with stars
    re.IGNORECASE,
)
_OPENED = re.compile(
    r"\s*(?:report [àa] nouveau|"
    r"soldes? (?:d'ouverture|initial|ant[ée]rieur|pr[ée]c[ée]dent|report[ée]))",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(\d{5,}[0-9A-Z]*)\s+[-–:]?\s*[^\W\d]{2}")
_GENERAL = re.compile(r"[1-7]\d\d")
_OTHER_CLASSES = re.compile(r"(?:401|408|421|43|44|455|512|53|58|6\d\d|7\d\d)\d*")


@dataclass(slots=True)
class Taken:
    """Rows picked out of the file, before any cell is read."""

    rows: list[tuple[int, Picked]] = field(default_factory=list)
    read: int = 0
    totals: int = 0
    repeated: int = 0
    headings: int = 0
    carried: int = 0
    others: Counter[str] = field(default_factory=Counter)


class Taker:
    """Takes the rows out of one file."""

    def __init__(self, job: Job) -> None:
        self.job = job
        needed = ("account", "customer_code", *AMOUNTS, "side", "document_date", "date")
        indexes = [job.columns.index(n) or 0 for n in needed if n != "currency_amount"]
        self._needed = max(indexes) + 1

    def take(self) -> Taken:
        """The rows of customers' accounts.

        Raises:
            RefusedError: There is none, or the file is cut off.
        """
        taken = self._take_fec() if self.job.is_fec else self._take()
        taken.rows = self._customers_only(taken)
        return taken

    def stream(self) -> Streamed | None:
        """A plain FEC read in one pass; None where the general reader has to."""
        text, usual = self.job.source.text, self._usual()
        if text is None or text.quoted or usual < self._needed or self.job.answers.dates:
            return None

        def whole(line: int, fields: Sequence[str]) -> Sequence[str] | None:
            cells = self._whole(line, fields, usual)
            return None if cells is None else [str(cell) for cell in cells]

        try:
            found = fec_stream.stream(self.job, text, usual=usual, whole=whole)
        except NotPlainError:
            self.job.forget()
            return None
        if found.last:
            self._check_end(*found.last, usual)
        if not found.entries.lines:
            self.job.forget()
            return None
        return found

    def _whole(self, line: int, fields: Sequence[Cell], usual: int) -> Sequence[Cell] | None:
        """The fields of a line with a wrong number of them, where that does no harm.

        Empty fields beyond the titles are harmless where most lines have them, else a
        separator in a label may have pushed the amounts aside. Fields may be missing
        behind the amounts.
        """
        width = self.job.width
        if len(fields) == width:
            return fields
        if not any(str(cell or "").strip() for cell in fields):
            return [""] * width
        if len(fields) == 1 < width and not self.job.is_fec and HEAD.fullmatch(str(fields[0])):
            return [fields[0], *([""] * (width - 1))]
        extra = fields[width:]
        if len(fields) == usual and not any(str(cell).strip() for cell in extra):
            return [*fields[:width], *([""] * (width - len(fields)))]
        if self._needed <= len(fields) < width:
            return [*fields, *([""] * (width - len(fields)))]
        separator = self.job.source.text.separator if self.job.source.text else ";"
        place = self.job.leave(
            line,
            None,
            separator.join(str(cell) for cell in fields),
            f"ligne coupée ou séparateur dans un texte : {len(fields)} champs au lieu de {width}",
        )
        self.job.broken[place] = fields
        return None

    def _usual(self) -> int:
        """How many fields most lines have: more or fewer than titles where ends are empty."""
        text = self.job.source.text
        width = self.job.width
        if text is None:
            return width
        counts = Counter(
            len(text.split(line))
            for number, line in enumerate(text.sample, start=text.first_line)
            if number > self.job.source.header.line and line.strip()
        )
        if not counts:
            return width
        most, times = counts.most_common(1)[0]
        return most if times * 2 > counts.total() else width

    def _check_end(self, line: int, fields: Sequence[Cell], usual: int) -> None:
        """A last line without its end and with fields missing: the file was cut off."""
        text = self.job.source.text
        width = self.job.width
        if (
            text is not None
            and text.ends_open
            and len(fields) < min(width, usual)
            and not _TOTAL.match("".join(map(str, fields)))
        ):
            raise cut_off(text.path, line)

    def _take_fec(self) -> Taken:
        taken = Taken()
        prefixes = (*self.job.roots, *fec.BESIDE)
        pick = self.job.picker()
        others: Counter[str] = Counter()
        lost: list[tuple[int, Picked]] = []
        for line, cells in self._records(taken, self._usual()):
            picked = pick(cells)
            general = code(picked[0])
            if general.startswith(prefixes):
                taken.rows.append((line, picked))
            elif code(picked[1]) and not fec.is_account(general):
                lost.append((line, picked))
            else:
                others[general] += 1
        ours = [picked for _, picked in taken.rows if code(picked[0]).startswith(self.job.roots)]
        if not ours:
            raise self.job.no_customers(others)
        known = {code(picked[1]) for picked in ours}
        for line, picked in lost:
            reason = f"numéro de compte abîmé ou manquant, « {code(picked[0])} » lu"
            place = self.job.leave(line, "account", code(picked[0]), reason)
            if (customer := code(picked[1])) in known:
                self.job.unread[place] = picked, customer, "debit"
        return taken

    def _records(self, taken: Taken, usual: int) -> Iterable[tuple[int, Sequence[Cell]]]:
        """Rows of the right width, counted; others are reported."""
        width = self.job.width
        titles = [normal(title) for title in self.job.source.header.titles]
        told = next(index for index, title in enumerate(titles) if title)
        first = self.job.source.header.titles[told]
        last: tuple[int, Sequence[Cell]] = (0, ())
        for line, cells in self.job.source.records():
            if not any(cell is not None and str(cell).strip(RULES) for cell in cells):
                continue
            taken.read += 1
            last = line, cells
            if len(cells) != width:
                whole = self._whole(line, cells, usual)
                if whole is None:
                    continue
                cells = whole  # noqa: PLW2901 - the same row, mended
            if _is(cells[told], first) and [normal(str(c or "")) for c in cells] == titles:
                taken.repeated += 1
                taken.read -= 1
                continue
            yield line, cells
        self._check_end(*last, usual)

    def _take(self) -> Taken:
        taken = Taken()
        usual = self._usual()
        pick = self.job.picker()
        account = name = ""
        coded = self.job.columns.index("customer_code") is not None
        at_account = AT["customer_code" if coded else "account"]
        at_name = AT["customer_name"] if "customer_name" in self.job.columns else AT["account_name"]
        titled = self.job.columns.index("heading")
        if titled is not None:
            account, name = self._heading_above()
        grouped = not coded and titled is None and "customer_name" not in self.job.columns
        group = ""
        index = self.job.columns.index("customer_code" if coded else "account")
        broken = 0
        for line, cells in self._records(taken, usual):
            picked = pick(cells)
            for fields in list(self.job.broken.values())[broken:]:
                # what follows a broken line is of the customer that it names, if any
                here = code(fields[index]) if index is not None and index < len(fields) else ""
                account, name = (here, "") if here and here != account else (account, name)
            broken = len(self.job.broken)
            if (line, index) in self.job.source.errors:
                account = name = ""  # nobody knows whose the rows below are
            dated = any(dates.looks_dated(picked[i]) for i in DAYS)
            amounts = [str(picked[i]).strip() for i in MONEY if picked[i] is not None]
            money = any(text and not PAGE.fullmatch(text) for text in amounts)
            if titled is not None and len(filled := _filled(cells)) <= 4:
                said = self._heading(cells[titled:])
                # an account of six figures, alone with its name, looks like a day
                if said and not (dated and (money or len(filled) > 2)):
                    account, name = said
                    taken.headings += 1
                    continue
                if account and not name and len(filled) == 1 and (m := NAME.fullmatch(filled[0])):
                    name = m[1]
            here = code(picked[at_account]) or (code(picked[0]) if coded else "")
            money = any(
                picked[i] is not None
                and (text := str(picked[i]).strip())
                and not PAGE.fullmatch(text)
                for i in MONEY
            )
            total = self._total(picked, cells, here)
            if total and not here:
                group = ""
            if total and not dated and not self._booked(picked):
                if money and _OPENED.match(total):
                    place = self.job.leave(
                        line, None, total, "solde d'ouverture sans date ni pièce"
                    )
                    mended = list(picked)
                    mended[at_account] = here or account or None
                    mended[at_name] = clean(picked[at_name]) or group or name
                    self.job.unread[place] = tuple(mended), here or account, "document_date"
                else:
                    taken.totals += 1
                    self.job.leave(line, None, total, "ligne de total", fault=False)
                    if account and account in total and self.job.columns.headings:
                        account = name = ""  # closed: the next heading may be one that none names
                continue
            if here and not dated and not money:
                account, name = self._split(here) or (here, "")
                name = clean(picked[at_name]) or name
                taken.headings += 1
                continue
            if grouped and not here and not dated and isinstance(cells[0], str) and clean(cells[0]):
                group = clean(cells[0])  # Odoo: the customer's name above his lines, with totals
                taken.headings += 1
                continue
            if group and is_collective(account_number(here)):
                mended = list(picked)
                mended[AT["customer_name"]] = group
                picked = tuple(mended)
                self.job.grouped = True
            if not here:
                if not money:
                    self.job.leave(line, None, _shown(cells), "ligne sans montant", fault=False)
                    taken.headings += 1
                    continue
                if not account or not (dated or clean(picked[AT["label"]])):
                    at_fault = "customer_code" if coded else "account"
                    place = self.job.leave(line, at_fault, _shown(cells), "compte client manquant")
                    self.job.unread[place] = picked, "", at_fault
                    continue
                mended = list(picked)
                mended[at_account] = here = account
                if not clean(picked[at_name]):
                    mended[at_name] = name
                picked = tuple(mended)
                taken.carried += titled is None
            if here != account:
                account, name = here, ""
            name = clean(picked[at_name]) or name
            taken.rows.append((line, picked))
        return taken

    def _booked(self, picked: Picked) -> bool:
        """Whether a number, or something in the place of a day, makes a row an entry."""
        at = (*DAYS, AT["entry_no"], AT["invoice_no"], AT["document_no"])
        said = [cell for cell in (picked[i] for i in at) if not dates.is_none(cell)]
        return any(clean(cell) and not _TOTAL.match(clean(cell)) for cell in said)

    def _split(self, text: str) -> tuple[str, str] | None:
        """Number and title of an account that one cell holds, « 411DUP Dupont »."""
        number, _, title = text.partition(" ")
        ours = number.startswith(self.job.roots) and number not in self.job.roots
        if title and (ours or _OTHER_CLASSES.match(number)):
            return number, title.strip(" -–:")
        return None  # « 411 Dupont » may be the account itself, as some write it

    def _heading(self, cells: Sequence[Cell]) -> tuple[str, str] | None:
        columns = self.job.columns
        labelled = not columns.matches["heading"].title
        return heading_of(cells, self.job.roots, columns.headings, labelled=labelled)

    def _heading_above(self) -> tuple[str, str]:
        """The heading right above the titles, which may stand below the first customer's."""
        name = ""
        for cells in reversed(self.job.source.above):
            filled = _filled(cells)
            if len(filled) == 1 and (said := NAME.fullmatch(filled[0])):
                name = name or said[1]
            elif filled and len(filled) <= 4 and (found := self._heading(filled)):
                return found[0], found[1] or name
        return "", ""

    def _total(self, picked: Picked, cells: Sequence[Cell], account: str) -> str:
        """The words of a line of totals; "" for any other line.

        A customer may be called Total: beside an account a name says nothing.
        """
        names = ("account", "customer_code", "label", "entry_no", "document_no")
        for name in names if account else (*names, "customer_name", "account_name"):
            value = picked[AT[name]]
            if isinstance(value, str) and _TOTAL.match(value):
                return value
        first = next((c for c in cells if isinstance(c, str) and c.strip()), "")
        return first if _TOTAL.match(first) else ""

    def _customers_only(self, taken: Taken) -> list[tuple[int, Picked]]:
        """Rows of customers' accounts; those of others are counted, and 413… summed later."""
        headed = "heading" in self.job.columns
        if "account" not in self.job.columns and not headed:
            return taken.rows
        both = self.job.is_fec or "customer_code" in self.job.columns
        accounts = Counter(account_number(code(picked[0])) for _, picked in taken.rows)
        ours = {a for a in accounts if a.startswith(self.job.roots)}
        others = {
            a
            for a in accounts
            if a not in ours
            and (
                _GENERAL.match(a)
                if self.job.is_fec
                else _OTHER_CLASSES.match(a)
                if ours
                else _OTHER_CLASSES.fullmatch(a)
            )
        }
        if self.job.source.every_account:
            others = set(accounts) - ours
        if not ours and both and others:
            raise self.job.no_customers(others)
        if not others or not (ours or headed):
            return taken.rows
        if not both and ours:
            others = {a for a in accounts if a not in ours and _GENERAL.match(a)}
        for account in others:
            if not (both and account.startswith(fec.BESIDE)):
                taken.others[account[:3]] += accounts[account]
        kept = []
        for row in taken.rows:
            account = account_number(code(row[1][0]))
            if account not in others or (both and account.startswith(fec.BESIDE)):
                kept.append(row)
        return kept


def _filled(cells: Sequence[Cell]) -> list[str]:
    return [text for cell in cells if (text := clean(cell))]


def _is(cell: Cell, title: str) -> bool:
    return isinstance(cell, str) and (cell == title or cell.strip() == title)


def _shown(cells: Sequence[Cell]) -> str:
    return " ; ".join(filter(None, map(clean, cells)))


def account_number(text: str) -> str:
    """An account's number, without the title that some exports write behind it."""
    match = _NUMBERED.match(text)
    return match[1] if match else text
