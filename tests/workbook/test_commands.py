"""One list of commands: ribbon, VBA, macros and guide agree with it, and the build sees to it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from macro_book import macro_book_parts

from xl_relances.workbook.checks import (
    code_name_problems,
    command_problems,
    functions_of,
    problems,
    source_problems,
    target_problems,
)
from xl_relances.workbook.commands import COMMANDS, MACROS, ROW_COMMANDS, STEP_COMMANDS
from xl_relances.workbook.macro_parts import vba_project
from xl_relances.workbook.ribbon import TAB_KEYTIP, ribbon_xml
from xl_relances.workbook.vba_project import VbaProject

GUIDE = Path(__file__).parents[2] / "docs" / "boutons.md"
REFERENCE = Path(__file__).parents[3] / "shared" / "spec"


def table(title: str) -> list[list[str]]:
    """Cells of the table under a title of the guide, without its two header lines."""
    section = GUIDE.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def bold(cell: str) -> list[str]:
    return re.findall(r"\*\*(.+?)\*\*", cell)


def changed(module: str, old: str, new: str) -> VbaProject:
    project = vba_project()
    assert old in project.module(module).source
    return replace(
        project,
        modules=tuple(
            replace(one, source=one.source.replace(old, new, 1)) if one.name == module else one
            for one in project.modules
        ),
    )


def test_python_commands_hold_nothing_that_runpython_breaks_on() -> None:
    for command in COMMANDS.values():
        assert command.python == f"import xl_relances.excel.macros as m; m.{command.name}()"
        assert not set(command.python) & set('"|$`')


def test_ribbon_and_vba_agree() -> None:
    assert command_problems(ribbon_xml(), vba_project()) == []
    assert target_problems(vba_project(), COMMANDS) == []
    assert source_problems(vba_project()) == []


def test_a_tag_without_command() -> None:
    spoilt = ribbon_xml().replace(b'tag="save"', b'tag="sauve"')
    assert command_problems(spoilt, vba_project()) == [
        "tag sauve has no command",
        "command save has no button",
    ]


def test_a_callback_without_sub() -> None:
    spoilt = ribbon_xml().replace(b'onAction="Relances_Action"', b'onAction="Relances_Acte"', 1)
    assert command_problems(spoilt, vba_project()) == ["callback Relances_Acte has no Sub"]


def test_a_command_without_sub_or_with_anothers() -> None:
    without = changed("Relances", "Public Sub Sauvegarder()", "Public Sub Garder()")
    assert command_problems(ribbon_xml(), without) == ["command save has no Sub Sauvegarder"]
    other = changed("Relances", "m.save()", "m.undo()")
    assert command_problems(ribbon_xml(), other) == [
        "Sub Sauvegarder does not run xl_relances.excel.macros.save and that only"
    ]


def test_a_target_that_does_not_exist() -> None:
    functions = COMMANDS.keys() - {"save"}
    assert target_problems(vba_project(), functions) == [
        "Relances: xl_relances.excel.macros.save does not exist"
    ]
    dollar = changed("Relances", "m.save()", "m.save('$')")
    (found,) = target_problems(dollar, COMMANDS)
    assert found.startswith("Relances: no Python command that RunPython takes:")


def test_functions_are_found_without_importing() -> None:
    assert "functions_of" in functions_of("xl_relances.workbook.checks")
    assert functions_of("xl_relances.no_such_module") == frozenset()
    assert functions_of("no_such_package.module") == frozenset()


def test_code_names() -> None:
    """Each sheet has a module and each module a sheet."""
    parts = macro_book_parts()
    project = vba_project()
    assert code_name_problems(parts, project) == []
    sheet = "xl/worksheets/sheet1.xml"
    renamed = parts | {sheet: parts[sheet].replace(b"FeuilAccueil", b"Feuil1")}
    assert code_name_problems(renamed, project) == [
        "code name Feuil1 has no module",
        "module FeuilAccueil has no sheet",
    ]
    nameless = parts | {sheet: parts[sheet].replace(b' codeName="FeuilAccueil"', b"")}
    assert code_name_problems(nameless, project)[0] == f"{sheet}: no code name"
    twice = parts | {sheet: parts[sheet].replace(b"FeuilAccueil", b"FeuilDetail")}
    assert "code name FeuilDetail is taken" in code_name_problems(twice, project)[0]


def test_source_that_is_not_ascii_or_not_of_the_installed_xlwings() -> None:
    accent = changed("Relances", "Option Explicit", "Option Explicit '\u00e9")
    assert source_problems(accent) == ["Relances, line 2: not ASCII"]
    old = changed("xlwings", "Version: 0.37.8", "Version: 0.37.7")
    assert source_problems(old) == ["xlwings is not that of the installed xlwings"]


def test_a_workbook_with_macros_has_no_problem() -> None:
    """All checks at once, as the build runs them; each command has its function and no other."""
    assert problems(macro_book_parts()) == []
    assert functions_of(MACROS) == COMMANDS.keys()


def test_the_guide_lists_every_button() -> None:
    """docs/boutons.md, « Tous les boutons »: word for word what the ribbon says."""
    assert [row[1:] for row in table("Tous les boutons")] == [
        [f"**{command.label}**", command.supertip, f"Alt, {TAB_KEYTIP}, {command.keytip}"]
        for command in COMMANDS.values()
    ]


def test_the_guide_maps_the_reference_screen_to_buttons_that_exist() -> None:
    """Each button named there is on the ribbon, each right click in the menus."""
    labels = {command.label: name for name, command in COMMANDS.items()}
    menu = {COMMANDS[name].screentip: name for name in (*ROW_COMMANDS, *STEP_COMMANDS)}
    for sentence, button, click in table("De l'ancien écran à celui-ci"):
        named = [labels[label] for label in bold(button)]
        clicked = [menu[label] for label in bold(click)]
        assert set(named) & {*ROW_COMMANDS, *STEP_COMMANDS} == set(clicked), sentence


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference screen's page is not here")
def test_the_guide_leaves_out_no_sentence_of_the_reference_screen() -> None:
    text = (REFERENCE / "reference-screen.fr.txt").read_text(encoding="utf-8")
    rows = table("De l'ancien écran à celui-ci")
    assert " ".join(row[0] for row in rows) == " ".join(text.split())
    assert all(row[1] for row in rows)
