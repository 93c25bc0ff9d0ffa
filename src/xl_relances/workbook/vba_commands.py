"""The VBA of the commands: one Sub each, and the one that the ribbon calls."""

from __future__ import annotations

from xl_relances.workbook.commands import COMMANDS, Command
from xl_relances.workbook.ribbon import CALLBACK


def command_subs() -> str:
    """Source to stand behind the declarations of the module Relances; ASCII."""
    dispatch = [
        f"Public Sub {CALLBACK}(control As IRibbonControl)",
        "    Select Case control.Tag",
        *(f'        Case "{name}": {command.macro}' for name, command in COMMANDS.items()),
        "    End Select",
        "End Sub",
    ]
    return "\n".join([*dispatch, *(line for c in COMMANDS.values() for line in _sub(c)), ""])


def _sub(command: Command) -> list[str]:
    """Public without arguments: Alt+F8 lists it."""
    return [
        "",
        f"Public Sub {command.macro}()",
        *([f"    {command.first}"] if command.first else []),
        f'    Python "{command.python}"',
        "End Sub",
    ]
