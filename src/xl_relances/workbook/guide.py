"""The table of all buttons in docs/boutons.md, word for word what the ribbon says."""

from __future__ import annotations

from pathlib import Path

from xl_relances.workbook.commands import GROUPS
from xl_relances.workbook.ribbon import TAB_KEYTIP

GUIDE = Path(__file__).parents[3] / "docs" / "boutons.md"

_TITLE = "## Tous les boutons\n"
_HEAD = "| groupe | bouton | ce qu'il fait | touches |\n|---|---|---|---|\n"


def table() -> str:
    """The table, one row a button."""
    return _HEAD + "".join(
        f"| {group.label} | **{command.label}** | {command.supertip} "
        f"| Alt, {TAB_KEYTIP}, {command.keytip} |\n"
        for group in GROUPS
        for command in group.commands
    )


def with_table(text: str) -> str:
    """The guide with its table as it should be; everything else stays."""
    before, title, rest = text.partition(_TITLE)
    if not title:
        raise ValueError(f"no {_TITLE.strip()!r} in the guide")
    _, following, after = rest.partition("\n## ")
    return f"{before}{title}\n{table()}{following}{after}"


def is_true() -> bool:
    """Whether the guide's table is that of the ribbon."""
    text = GUIDE.read_text(encoding="utf-8")
    return with_table(text) == text


def write() -> bool:
    """Put the guide's table right; whether it had to be."""
    if is_true():
        return False
    GUIDE.write_text(with_table(GUIDE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    return True
