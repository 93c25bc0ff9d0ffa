"""The tab « Relances » and the right-click menus, as customUI14 markup.

Static: no callback draws anything, every button calls one Sub with its command
as tag. The tab has plain buttons only (a menu was reported to make the whole
ribbon vanish on a Mac); context menus exist on Windows only.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from xl_relances.workbook.commands import COMMANDS, GROUPS, ROW_COMMANDS, STEP_COMMANDS, Command

NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
CALLBACK = "Relances_Action"
TAB = "Relances"
TAB_KEYTIP = "ZR"
"""No tab of a French or English Excel begins with Z."""

CONTEXT_MENUS = {
    "Cell": "ContextMenuCell",
    "CellLayout": "ContextMenuCellLayout",
    "List": "ContextMenuListRange",
    "ListLayout": "ContextMenuListRangeLayout",
}
"""Cells and cells of a table, in normal and in page layout view; keys go into ids."""
_FIRST_ITEM = "Cut"
"""Our items stand above it, the first one of all four menus."""


def ribbon_xml() -> bytes:
    """``customUI/customUI14.xml``; the same bytes each time."""
    root = ET.Element("customUI", xmlns=NAMESPACE)
    tabs = ET.SubElement(ET.SubElement(root, "ribbon"), "tabs")
    tab = ET.SubElement(tabs, "tab", id="RelancesTab", label=TAB, keytip=TAB_KEYTIP)
    for group in GROUPS:
        box = ET.SubElement(tab, "group", id=group.id, label=group.label)
        for command in group.commands:
            ET.SubElement(box, "button", _tab_button(command))
    menus = ET.SubElement(root, "contextMenus")
    for suffix, menu in CONTEXT_MENUS.items():
        _fill(ET.SubElement(menus, "contextMenu", idMso=menu), suffix)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _tab_button(command: Command) -> dict[str, str]:
    return {
        "id": f"Relances_{command.name}",
        "tag": command.name,
        "label": command.label,
        "size": "large" if command.large else "normal",
        "imageMso": command.image,
        "keytip": command.keytip,
        "screentip": command.screentip,
        "supertip": command.supertip,
        "onAction": CALLBACK,
    }


def _fill(menu: ET.Element, suffix: str) -> None:
    first = {"insertBeforeMso": _FIRST_ITEM}
    for name in ROW_COMMANDS:
        ET.SubElement(menu, "button", _menu_button(COMMANDS[name], suffix) | first)
    steps = {"id": f"Relances{suffix}_steps", "label": TAB}
    submenu = ET.SubElement(menu, "menu", steps | first)
    for name in STEP_COMMANDS:
        ET.SubElement(submenu, "button", _menu_button(COMMANDS[name], suffix))
    ET.SubElement(menu, "menuSeparator", {"id": f"Relances{suffix}_end"} | first)


def _menu_button(command: Command, suffix: str) -> dict[str, str]:
    """A menu shows no screentip: the full name is its label."""
    return {
        "id": f"Relances{suffix}_{command.name}",
        "tag": command.name,
        "label": command.screentip,
        "imageMso": command.image,
        "onAction": CALLBACK,
    }
