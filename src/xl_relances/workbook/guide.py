"""Tables of the guide that say what the code holds, word for word: buttons and letter fields."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xl_relances.letters.fields import FIELDS
from xl_relances.workbook.commands import GROUPS
from xl_relances.workbook.ribbon import TAB_KEYTIP

DOCS = Path(__file__).parents[3] / "docs"


def _buttons() -> str:
    """One row a button of the ribbon."""
    return "| groupe | bouton | ce qu'il fait | touches |\n|---|---|---|---|\n" + "".join(
        f"| {group.label} | **{command.label}** | {command.supertip} "
        f"| Alt, {TAB_KEYTIP}, {command.keytip} |\n"
        for group in GROUPS
        for command in group.commands
    )


def _fields() -> str:
    """One row a field that a letter may name."""
    return "| champ | ce qu'il donne |\n|---|---|\n" + "".join(
        f"| `{name}` | {_cell(meaning)} |\n" for name, meaning in FIELDS.items()
    )


def _cell(text: str) -> str:
    """Tags stand as code; a cell holds no bar."""
    return text.replace("{%", "`{%").replace("%}", "%}`").replace("|", "\\|")


_TABLES: dict[str, tuple[str, Callable[[], str]]] = {
    "boutons.md": ("## Tous les boutons\n", _buttons),
    "lettres.md": ("## Tous les champs\n", _fields),
}
"""Page -> the title right above its table, and the table; the table fills its section."""


def with_table(page: str, text: str) -> str:
    """The page with its table as it should be; everything else stays."""
    heading, table = _TABLES[page]
    before, title, rest = text.partition(heading)
    if not title:
        raise ValueError(f"no {heading.strip()!r} in {page}")
    _, following, after = rest.partition("\n## ")
    return f"{before}{title}\n{table()}{following}{after}"


def differing() -> list[Path]:
    """Pages whose table is not what the code holds."""
    return [DOCS / page for page in _TABLES if _right(DOCS / page) != _text(DOCS / page)]


def write() -> list[Path]:
    """Put the tables right; returns the pages that changed."""
    changed = differing()
    for path in changed:
        path.write_text(_right(path), encoding="utf-8", newline="\n")
    return changed


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _right(path: Path) -> str:
    return with_table(path.name, _text(path))
