"""The ribbon: what Excel would refuse in silence is refused by the build."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from macro_book import macro_book_parts

from readers import Validator
from xl_relances.workbook import package
from xl_relances.workbook.checks import office_names, ribbon_problems
from xl_relances.workbook.commands import (
    ALL_COMMANDS,
    COMMANDS,
    GROUPS,
    ROW_COMMANDS,
    STEP_COMMANDS,
    WAITING,
)
from xl_relances.workbook.macro_parts import RIBBON
from xl_relances.workbook.ribbon import CONTEXT_MENUS, NAMESPACE, ribbon_xml

OFFICE = Path(__file__).parents[3] / "shared" / "data" / "office"
KNOWN = office_names()


def elements(name: str) -> list[ET.Element]:
    return list(ET.fromstring(ribbon_xml()).iter(f"{{{NAMESPACE}}}{name}"))


def test_our_ribbon_has_no_problem() -> None:
    assert ribbon_problems(ribbon_xml(), KNOWN) == []


def test_the_same_bytes_each_time() -> None:
    assert ribbon_xml() == ribbon_xml()


def test_groups_in_the_order_of_the_work() -> None:
    """Ledger, preparation, decisions, letters, save, help."""
    assert [group.get("label") for group in elements("group")] == [
        "Grand livre", "Préparation", "Décisions", "Lettres", "Sauvegarde", "Aide",
    ]  # fmt: skip
    assert [button.get("tag") for group in elements("group") for button in group] == list(COMMANDS)


def test_the_steps_of_the_day_are_big() -> None:
    assert [c.label for c in ALL_COMMANDS.values() if c.large] == [
        "Préparer", "Éditer…", "E-mails", "Sauvegarder",
    ]  # fmt: skip


def test_a_command_that_waits_has_no_button() -> None:
    """Nothing is shown that does nothing; taking its name out of WAITING puts it back."""
    text = ribbon_xml().decode()
    assert ALL_COMMANDS.keys() >= WAITING
    assert not [name for name in WAITING if f'"{name}"' in text]
    assert COMMANDS.keys() == ALL_COMMANDS.keys() - WAITING


def test_static() -> None:
    """Nothing is asked of VBA or Python to draw a button."""
    text = ribbon_xml().decode()
    assert "onLoad" not in text
    assert " get" not in text
    assert {button.get("onAction") for button in elements("button")} == {"Relances_Action"}


def test_right_click_has_the_same_items_on_cells_and_tables_in_both_views() -> None:
    """The decisions of the reference screen first, then the steps in a menu of their own."""
    menus = elements("contextMenu")
    assert [menu.get("idMso") for menu in menus] == list(CONTEXT_MENUS.values())
    for menu in menus:
        buttons = [button for button in menu if button.tag.endswith("}button")]
        (steps,) = (child for child in menu if child.tag.endswith("}menu"))
        assert tuple(button.get("tag") for button in buttons) == ROW_COMMANDS
        assert tuple(button.get("tag") for button in steps) == STEP_COMMANDS
        for button in (*buttons, *steps):
            assert button.get("label") == COMMANDS[button.get("tag", "")].screentip


def test_a_tab_that_fits_a_laptop() -> None:
    """About 5.6 pixels a letter, 28 for a small image, three small buttons to a column."""
    width = 0.0
    for group in GROUPS:
        width += 12
        column: list[float] = []
        for command in group.commands:
            longest = max(map(len, command.label.split())) if command.large else len(command.label)
            if command.large or len(column) == 3:
                width += max(column, default=0)
                column = []
            if command.large:
                width += max(44, longest * 5.6 + 8)
            else:
                column.append(28 + longest * 5.6)
        width += max(column, default=0)
    assert width <= 1340


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(('keytip="X"', 'keytip="P"'), "keytip P twice", id="same-keytip"),
        pytest.param(
            ('keytip="X"', 'keytip="PX"'), "keytip PX cannot be typed after P", id="keytip-behind"
        ),
        pytest.param(('keytip="X"', 'keytip="x"'), "Relances_clear_preparation: keytip x",
                     id="small-keytip"),
        pytest.param(
            ('id="RelancesCell_prepare"', 'id="Relances_prepare"'), "id RELANCES_PREPARE twice",
            id="same-id-in-a-menu",
        ),
        pytest.param(('id="RelancesAide"', 'id="1 aide"'), "1 aide: no id", id="no-id"),
        pytest.param(
            ('imageMso="RefreshAll"', 'imageMso="RefreshAl"'),
            "Relances_prepare: imageMso RefreshAl is not in office_names.txt", id="image",
        ),
        pytest.param(
            ('idMso="ContextMenuCell"', 'idMso="ContextMenuCel"'),
            "ContextMenuCel: idMso ContextMenuCel is not in office_names.txt", id="menu",
        ),
        pytest.param(
            ('insertBeforeMso="Cut"', 'insertBeforeMso="Cuts"'),
            "RelancesCell_show_detail: insertBeforeMso Cuts is not in office_names.txt",
            id="control",
        ),
        pytest.param(
            ('label="Aide"', 'label="Aide &amp; guide"'), "RelancesAide: & in its label",
            id="ampersand",
        ),
        pytest.param(('label="Aide"', 'label=""'), "RelancesAide: label of 0 characters",
                     id="empty"),
        pytest.param(
            ('label="Aide"', f'label="{"a" * 1025}"'), "RelancesAide: label of 1025 characters",
            id="long",
        ),
        pytest.param(
            ('size="large"', 'size="huge"'), "Relances_prepare: size huge", id="size",
        ),
        pytest.param(
            ("<customUI ", '<customUI onLoad="x" '), "customUI: attribute onLoad", id="on-load",
        ),
        pytest.param(
            ('label="Aide"', 'label="Aide" getLabel="x"'), "RelancesAide: attribute getLabel",
            id="get-label",
        ),
        pytest.param(
            ('id="RelancesCell_prepare"', 'size="large" id="RelancesCell_prepare"'),
            "RelancesCell_prepare: attribute size", id="size-in-a-menu",
        ),
        pytest.param(
            ('label="Aide">', 'label="Aide"><menu id="m" label="M" />'),
            "menu inside group", id="menu-in-the-tab",
        ),
        pytest.param(
            ("2009/07/customui", "2006/01/customui"),
            "root element {http://schemas.microsoft.com/office/2006/01/customui}customUI",
            id="namespace",
        ),
    ],
)  # fmt: skip
def test_what_the_build_refuses(change: tuple[str, str], problem: str) -> None:
    text = ribbon_xml().decode()
    assert change[0] in text
    found = ribbon_problems(text.replace(change[0], change[1], 1).encode(), KNOWN)
    assert problem in found


def test_parts_in_the_wrong_order() -> None:
    """Excel wants the ribbon before the context menus."""
    root = ET.fromstring(ribbon_xml())
    root[:] = reversed(root)
    assert ribbon_problems(ET.tostring(root), KNOWN)[0] == (
        "parts of customUI in the order contextMenus, ribbon"
    )


@pytest.mark.skipif(not OFFICE.is_dir(), reason="Microsoft's lists are not here")
@pytest.mark.parametrize(
    ("kinds", "file"),
    [(("menu",), "context_menus.txt"), (("image", "control"), "image_mso.txt")],
)
def test_names_that_excel_knows(kinds: tuple[str, ...], file: str) -> None:
    """Every name of ours is in the lists taken from Microsoft's own files."""
    lines = (OFFICE / file).read_text(encoding="utf-8").splitlines()
    theirs = {line.split("\t")[0] for line in lines}
    assert not {name for kind in kinds for name in KNOWN[kind]} - theirs


def test_our_list_has_no_name_too_many() -> None:
    """Images of commands that wait are in it."""
    text = ribbon_xml().decode() + "".join(f'"{c.image}"' for c in ALL_COMMANDS.values())
    assert all(f'"{name}"' in text for names in KNOWN.values() for name in names)


@pytest.mark.node
def test_microsofts_validator(validator: Validator, tmp_path: Path) -> None:
    """It finds nothing in our ribbon, and does find what is wrong in a spoilt one."""

    def findings(change: Callable[[bytes], bytes]) -> list[str]:
        parts = macro_book_parts()
        parts[RIBBON] = change(parts[RIBBON])
        path = tmp_path / "ribbon.xlsm"
        path.write_bytes(package.assemble(parts))
        return [finding for finding in validator.findings(path) if "customUI" in finding]

    assert findings(lambda ribbon: ribbon) == []
    assert len(findings(lambda ribbon: ribbon.replace(b'keytip="X"', b'keytip="XXXX"'))) == 1
