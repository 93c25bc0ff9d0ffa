"""Customers' files: rows of Clients, checked for form.

Source: product specification, section 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from xl_relances import french
from xl_relances.dunning.due_dates import parse_terms
from xl_relances.imports import dates
from xl_relances.imports.columns import Columns
from xl_relances.imports.dates import Cell, DateError, OpenError
from xl_relances.imports.lines import FileRead, LeftOut, clean, code
from xl_relances.imports.sources import Source
from xl_relances.imports.titles import TITLES

_COLUMNS = {name: title for title, name in TITLES.items()}
FIELDS = (
    "contact", "phone", "address_1", "address_2", "address_3", "postal_code", "city", "country",
    "email", "language", "type", "sending", "terms", "do_not_dun", "blocked_until",
    "block_reason",
)  # fmt: skip
_EMAIL = re.compile(r"[^@\s;,<>()\"]+@[^@\s;,<>()\".]+(?:\.[^@\s;,<>()\".]+)+")
_YES = {"1", "oui", "o", "x", "vrai", "true", "y", "yes"}


def is_email(text: str) -> bool:
    """Whether the text is one address, or several parted by « ; » or « , »."""
    parts = [part.strip() for part in re.split("[;,]", text) if part.strip()]
    return bool(parts) and all(_EMAIL.fullmatch(part) and part.isprintable() for part in parts)


def read_customers(source: Source, columns: Columns) -> FileRead:
    """The rows of a customers' file: our titles to texts, accounts as they stand."""
    result = FileRead(
        file=source.file,
        encoding=source.encoding,
        separator=source.separator,
        signature=source.header.signature,
        notes=list(source.notes),
    )
    width = len(source.header.titles)
    rows: list[tuple[int, Sequence[Cell]]] = []
    for line, cells in source.records():
        if not any(cell is not None and str(cell).strip() for cell in cells):
            continue
        result.rows_read += 1
        if len(cells) < width and source.text is not None:
            padded = [*cells, *([""] * (width - len(cells)))]
            rows.append((line, padded))
        elif len(cells) > width and any(str(cell).strip() for cell in cells[width:]):
            _leave(result, line, None, ";".join(map(clean, cells)), "séparateur dans un texte")
        else:
            rows.append((line, cells))
    blocked = _blocked(rows, columns)
    seen: dict[str, int] = {}
    for line, cells in rows:
        row = _row(result, line, cells, columns, blocked)
        account = row.get("Compte", "")
        if not account:
            _leave(result, line, "Compte", row.get("Nom", ""), "compte client manquant")
        elif account in seen:
            _leave(result, line, "Compte", account, f"compte déjà lu en ligne {seen[account]}")
        else:
            seen[account] = line
            result.customers.append(row)
    hidden = sum(line in source.hidden for line, _ in rows)
    if hidden:
        result.notes.append(french.count(hidden, "ligne masquée lue", "lignes masquées lues"))
    return result


def _leave(result: FileRead, line: int, column: str | None, value: str, reason: str) -> None:
    result.left_out.append(
        LeftOut(file=result.file, line=line, column=column, value=value[:120], reason=reason)
    )


def _blocked(rows: Iterable[tuple[int, Sequence[Cell]]], columns: Columns) -> dates.DateColumn:
    index = columns.index("blocked_until")
    if index is None:
        return dates.DateColumn()
    try:
        return dates.decide({cells[index] for _, cells in rows})
    except OpenError:
        return dates.DateColumn()


def _row(
    result: FileRead,
    line: int,
    cells: Sequence[Cell],
    columns: Columns,
    blocked: dates.DateColumn,
) -> Mapping[str, str]:
    def cell(name: str) -> Cell:
        index = columns.index(name)
        return cells[index] if index is not None else None

    account = code(cell("customer_code")) or code(cell("account"))
    name = clean(cell("customer_name")) or clean(cell("account_name"))
    row = {"Compte": account, "Nom": name}
    for field in FIELDS:
        joint = "\n" if field.startswith("address") else " "
        text = code(cell(field)) if field in {"postal_code", "phone"} else clean(cell(field), joint)
        if not text:
            continue
        text = _checked(result, line, field, text, cell(field), columns, blocked)
        if text:
            row[_COLUMNS[field]] = text
    return row


def _checked(
    result: FileRead,
    line: int,
    field: str,
    text: str,
    cell: Cell,
    columns: Columns,
    blocked: dates.DateColumn,
) -> str:
    """The text as Clients holds it; "" where it means nothing, which is said."""
    title = columns.title(field)
    low = text.lower()
    match field:
        case "email":
            if not is_email(text):
                result.notes.append(
                    f"ligne {line}, « {title} » : adresse e-mail douteuse, « {text} » lu"
                )
        case "terms":
            if low.isdecimal():
                return text
            if parse_terms(text) is None:
                result.notes.append(f"ligne {line}, « {title} » : délai inconnu, « {text} » laissé")
                return ""
        case "language":
            return french.language(text)
        case "type":
            return (
                "Particulier"
                if low.startswith(("part", "b2c", "consom"))
                else ("Professionnel" if low.startswith(("pro", "soci", "entr", "b2b")) else "")
            )
        case "sending":
            mail = any(word in low for word in ("mail", "courriel", "mél"))
            post = any(word in low for word in ("courrier", "poste", "papier", "lettre"))
            if not mail and not post:
                result.notes.append(f"ligne {line}, « {title} » : « {text} » lu, mis en courrier")
            return "Courrier et e-mail" if mail and post else "E-mail" if mail else "Courrier"
        case "do_not_dun":
            return "1" if low in _YES else ""
        case "blocked_until":
            try:
                day = blocked.read(cell)
            except DateError as error:
                result.notes.append(f"ligne {line}, « {title} » : {error}")
                return ""
            return day.isoformat() if day else ""
        case _:
            pass
    return text
