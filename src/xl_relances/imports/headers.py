"""Titles of columns: which column holds what, by synonyms and by what the values look like.

Two columns that could both be one thing are asked about, unless one is empty or
both say the same. ``--column "Échéance=Date échéance"`` answers; the answer is
kept for files with the same titles.

Source: product specification, section 6; titles seen in exports are facts, listed
in ``synonyms.csv``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from xl_relances.errors import Finding, FindingsError
from xl_relances.imports.dates import Cell, is_none

SURE, LIKELY, BY_VALUES, GIVEN = "sûr", "probable", "d'après les valeurs", "indiqué"

TITLES = {
    "Compte": "customer_code", "Compte général": "account", "Nom": "customer_name",
    "Écriture": "entry_no", "Journal": "journal", "Pièce": "invoice_no", "Date": "document_date",
    "Échéance": "due_date", "Libellé": "label", "Débit": "debit", "Crédit": "credit",
    "Montant": "amount", "Sens": "side", "Solde": "balance", "Devise": "currency",
    "Montant devise": "currency_amount", "Lettrage": "allocation", "Litige": "dispute",
    "Dernière lettre": "level", "Relancé le": "letter_date", "Contact": "contact",
    "Téléphone": "phone", "Adresse 1": "address_1", "Adresse 2": "address_2",
    "Adresse 3": "address_3", "Code postal": "postal_code", "Ville": "city", "Pays": "country",
    "E-mail": "email", "Langue": "language", "Type": "type", "Envoi": "sending",
    "Délai de paiement": "terms", "Ne pas relancer": "do_not_dun",
    "Bloqué jusqu'au": "blocked_until", "Motif du blocage": "block_reason",
}  # fmt: skip
"""What the left side of ``--column`` may be, and the field it names."""

_FRENCH = {
    **{name: title for title, name in TITLES.items()},
    "account": "Compte", "customer": "Compte", "account_name": "Nom", "document_no": "Pièce",
    "heading": "Compte", "reference": "Pièce", "date": "Date", "entry_date": "Date",
    "balance_debit": "Débit", "balance_credit": "Crédit",
}  # fmt: skip

DATES = ("document_date", "date", "entry_date", "due_date", "letter_date", "blocked_until")
AMOUNTS = (
    "debit", "credit", "amount", "balance", "balance_debit", "balance_credit", "currency_amount",
)  # fmt: skip
_UNASKED = frozenset({
    "ignored", "bucket", "running", "identity", "validation_date", "allocation_date",
    "journal_name", "reference", "account_name", "entry_date",
})  # fmt: skip
_IDENTIFIERS = ("customer_code", "account", "customer")
_MONEY = ("debit", "credit", "amount", "balance", "balance_debit", "balance_credit")
_MOST_HEADERS = 60


def normal(title: str) -> str:
    """A title without accents, case, spaces and marks: « N° pièce » is ``npiece``."""
    text = unicodedata.normalize("NFKD", title.replace("œ", "oe").replace("°", ""))
    return "".join(c for c in text.lower() if c.isascii() and c.isalnum())


@cache
def synonyms() -> Mapping[str, str]:
    """Field of each normal title."""
    text = (files("xl_relances.imports") / "synonyms.csv").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for line in text.splitlines()[1:]:
        name, _, titles = line.partition(";")
        for title in titles.split("|"):
            found.setdefault(normal(title), name)
    return found


@dataclass(frozen=True, slots=True)
class Match:
    """A column and the field that it holds."""

    field: str
    index: int
    title: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Header:
    """The header row.

    Attributes:
        line: Its line or row number.
        titles: Its cells as texts.
    """

    line: int
    titles: tuple[str, ...]

    @property
    def signature(self) -> str:
        """What tells exports of the same layout: eight figures from its titles."""
        text = "\x1f".join(map(normal, self.titles))
        return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()

    @property
    def is_fec(self) -> bool:
        """Whether these are the fields of the article A47 A-1."""
        return {"journalcode", "ecriturenum", "ecrituredate", "comptenum"} <= set(
            map(normal, self.titles)
        )


@dataclass(slots=True)
class Columns:
    """Fields by name, where they stand and why."""

    matches: dict[str, Match] = field(default_factory=dict)

    def index(self, name: str) -> int | None:
        """The column of a field; None when the file has none."""
        match = self.matches.get(name)
        return match.index if match else None

    def title(self, name: str) -> str:
        """The file's own title of that field."""
        match = self.matches.get(name)
        return match.title if match else _FRENCH.get(name, name)

    def __contains__(self, name: str) -> bool:
        return name in self.matches

    @property
    def has_amounts(self) -> bool:
        """Whether it can tell what is owed."""
        return any(name in self.matches for name in _MONEY)


def score(cells: Sequence[Cell]) -> int:
    """How much a row looks like titles: distinct fields named in it, 0 when it is none."""
    known = synonyms()
    named = [
        name
        for cell in cells
        if isinstance(cell, str) and (name := known.get(normal(cell))) is not None
    ]
    fields = set(named)
    useful = fields - {"ignored", "bucket"}
    if len(useful) < 2:
        return 0
    if any(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells):
        return 0
    return 2 * len(useful) + len(fields & {"ignored", "bucket"})


def find_header(rows: Iterable[tuple[int, Sequence[Cell]]]) -> tuple[int, Header] | None:
    """The row that names the columns among the first ones, with its score."""
    best: tuple[int, Header] | None = None
    for count, (line, cells) in enumerate(rows):
        if count >= _MOST_HEADERS:
            break
        points = score(cells)
        if points and (best is None or points > best[0]):
            titles = tuple(
                " ".join(cell.split()) if isinstance(cell, str) else "" for cell in cells
            )
            best = points, Header(line, titles)
    return best


def match_columns(
    file: str,
    header: Header,
    column: Callable[[int], Iterable[Cell]],
    given: Mapping[str, str],
    roots: Sequence[str],
) -> Columns:
    """The field of each column.

    Args:
        file: Its name, for the question.
        header: The titles.
        column: All cells of a column, by index.
        given: Answers of the user: our title to the file's title.
        roots: Beginnings of customers' accounts.

    Raises:
        FindingsError: Two columns compete, or an answer names no column.
    """
    known = synonyms()
    candidates: dict[str, list[Match]] = {}
    taken: set[int] = set()
    findings: list[Finding] = []
    for ours, theirs in given.items():
        name = _ours(ours)
        index = next((i for i, t in enumerate(header.titles) if normal(t) == normal(theirs)), None)
        if name is None or index is None:
            continue
        candidates[name] = [Match(name, index, header.titles[index], GIVEN)]
        taken.add(index)
    answered = set(candidates)
    for index, title in enumerate(header.titles):
        if index in taken:
            continue
        plain = normal(title)
        if (name := known.get(plain)) is not None:
            if name not in answered:
                candidates.setdefault(name, []).append(Match(name, index, title, SURE))
            taken.add(index)
    for index, title in enumerate(header.titles):
        name = None if index in taken else _misspelt(normal(title))
        if name is not None and name not in candidates:
            candidates[name] = [Match(name, index, title, LIKELY)]
            taken.add(index)
    mapping = Columns()
    for name, matches in candidates.items():
        chosen = matches[0]
        if len(matches) > 1:
            rest = _telling(matches, column, file)
            chosen = rest[0]
            if len(rest) > 1 and name not in _UNASKED:
                findings.append(_question(file, header, name, rest))
        mapping.matches[name] = chosen
    if findings:
        raise FindingsError(findings)
    _name_customers(mapping, column)
    _by_values(mapping, header, column, taken, roots)
    return mapping


def _ours(title: str) -> str | None:
    wanted = normal(title)
    return next((name for ours, name in TITLES.items() if normal(ours) == wanted), None)


def check_answers(given: Mapping[str, str], headers: Sequence[Header]) -> None:
    """Refuse an answer that names a column neither we nor any of the files have."""
    findings = []
    for ours, theirs in given.items():
        if _ours(ours) is None:
            findings.append(
                Finding(
                    where="--column",
                    message=f"« {ours} » n'est pas une de nos colonnes : {', '.join(TITLES)}.",
                )
            )
        elif headers and not any(
            normal(title) == normal(theirs) for header in headers for title in header.titles
        ):
            titles = ", ".join(filter(None, headers[0].titles))
            findings.append(
                Finding(
                    where="--column",
                    message=f"colonne « {theirs} » introuvable ; le fichier a : {titles}.",
                )
            )
    if findings:
        raise FindingsError(findings)


def _misspelt(plain: str) -> str | None:
    """The field of a known title one letter away (two in long ones)."""
    if len(plain) < 6:
        return None
    room = 1 if len(plain) < 11 else 2
    for known, name in synonyms().items():
        if abs(len(known) - len(plain)) <= room and len(known) >= 6 and _near(known, plain, room):
            return name
    return None


def _near(one: str, other: str, room: int) -> bool:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1] <= room


def _telling(
    matches: list[Match], column: Callable[[int], Iterable[Cell]], _file: str
) -> list[Match]:
    """Candidates that say something, and not the same thing."""
    cells = {match.index: [_said(cell) for cell in column(match.index)] for match in matches}
    told = [match for match in matches if any(cells[match.index])]
    if not told:
        return matches[:1]
    rest = [told[0]]
    for match in told[1:]:
        if all(cells[match.index] != cells[known.index] for known in rest):
            rest.append(match)
    return rest


def _said(cell: Cell) -> Cell:
    return cell.strip() if isinstance(cell, str) else cell


def _question(file: str, header: Header, name: str, matches: Sequence[Match]) -> Finding:
    ours = _FRENCH.get(name, name)
    named = " et ".join(f"« {match.title} »" for match in matches)
    return Finding(
        where=file,
        row=header.line,
        column=ours,
        message=f"plusieurs colonnes possibles, {named}. Choisissez avec "
        f'--column "{ours}={matches[0].title}".',
    )


def _name_customers(mapping: Columns, column: Callable[[int], Iterable[Cell]]) -> None:
    """« Client » or « Tiers » holds a code or a name: its values and its neighbours tell."""
    match = mapping.matches.pop("customer", None)
    if match is None:
        return
    texts = [cell for cell in column(match.index) if isinstance(cell, str) and cell.strip()]
    names = sum(" " in text.strip() or text != text.upper() for text in texts)
    is_name = names * 2 > len(texts)
    has_code = "customer_code" in mapping
    if is_name or has_code:
        if "customer_name" not in mapping and (has_code or "account" in mapping):
            mapping.matches["customer_name"] = Match(
                "customer_name", match.index, match.title, BY_VALUES
            )
            return
        if has_code:
            return
    mapping.matches["customer_code"] = Match("customer_code", match.index, match.title, BY_VALUES)


def _by_values(
    mapping: Columns,
    header: Header,
    column: Callable[[int], Iterable[Cell]],
    taken: set[int],
    roots: Sequence[str],
) -> None:
    """Columns without a title that we know, when what they hold leaves no doubt.

    A printed ledger names its accounts in headings of their own, « 411DUP Dupont »:
    that column is the field « heading ».
    """
    if any(name in mapping for name in _IDENTIFIERS):
        return
    for index in range(len(header.titles)):
        texts = [str(cell).strip() for cell in column(index) if not is_none(cell)]
        ours = sum(text.startswith(tuple(roots)) for text in texts)
        if index not in taken and texts and ours > 0.9 * len(texts):
            mapping.matches["account"] = Match("account", index, header.titles[index], BY_VALUES)
            return
        if any(heading(text, roots) for text in texts):
            mapping.matches["heading"] = Match("heading", index, header.titles[index], BY_VALUES)
            return
    if "customer_name" in mapping and mapping.has_amounts:
        match = mapping.matches["customer_name"]
        mapping.matches["customer_code"] = Match(
            "customer_code", match.index, match.title, BY_VALUES
        )


_HEADING = re.compile(
    r"(?:n° ?)?(?:compte|tiers|client)?\s*:?\s*(?P<account>[0-9A-Z][0-9A-Z.]*)[\s:–-]*(?P<name>.*)",
    re.IGNORECASE,
)


def heading(text: str, roots: Sequence[str]) -> tuple[str, str] | None:
    """Account and name that a heading of a printed ledger says; None for any other text."""
    match = _HEADING.fullmatch(text.strip())
    if match is None or not match["account"].startswith(tuple(roots)):
        return None
    return match["account"], match["name"].strip()


SHOWN = frozenset(_FRENCH)
"""Fields whose column the report shows."""


def our_title(name: str) -> str:
    """Our title of a field."""
    return _FRENCH.get(name, name)
