"""What the build refuses: mistakes that Excel would swallow or show at the first click.

Each function returns sentences, none when all is well; :func:`problems` runs them
all. The schema of customUI14 accepts more than Excel does, and Excel drops the
whole ribbon over one mistake, without a word.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

from xl_relances.workbook.commands import MACROS
from xl_relances.workbook.macro_parts import RIBBON, VBA_PROJECT, xlwings_modules
from xl_relances.workbook.ribbon import NAMESPACE
from xl_relances.workbook.vba_module import Module, ModuleKind
from xl_relances.workbook.vba_project import VbaProject

_ROOT_ORDER = ("commands", "ribbon", "backstage", "contextMenus")
_KEYTIP = re.compile(r"[A-Z]{1,3}")
_IDENTITY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TEXTS = ("label", "screentip", "supertip", "tag")
_ATTRIBUTES = {
    "tab": {"id", "label", "keytip"},
    "group": {"id", "label"},
    "button": {"id", "tag", "label", "imageMso", "onAction"},
    "menu": {"id", "label", "insertBeforeMso"},
    "menuSeparator": {"id", "insertBeforeMso"},
    "contextMenu": {"idMso"},
}
_TAB_BUTTON = {"size", "keytip", "screentip", "supertip"}
_CHILDREN = {
    "customUI": {"ribbon", "contextMenus"},
    "ribbon": {"tabs"},
    "tabs": {"tab"},
    "tab": {"group"},
    "group": {"button"},
    "contextMenus": {"contextMenu"},
    "contextMenu": {"button", "menu", "menuSeparator"},
    "menu": {"button"},
}
"""What we use of the schema, not all that it allows: in the tab, plain buttons only."""
_SUB = re.compile(r"^Public Sub (\w+)\(([^)]*)\)\r?\n(.*?)^End Sub", re.MULTILINE | re.DOTALL)
_CASE = re.compile(r'^\s*Case "(\w+)": (\w+)\r?$', re.MULTILINE)
_TARGET = re.compile(r'^\s*Python "import ([\w.]+) as m; m\.(\w+)\(\)"\r?$', re.MULTILINE)


def problems(package: Mapping[str, bytes]) -> list[str]:
    """Everything wrong with the macros and the ribbon of a finished workbook's parts."""
    project = VbaProject.from_bytes(package[VBA_PROJECT])
    ribbon = package[RIBBON]
    return [
        *code_name_problems(package, project),
        *source_problems(project),
        *ribbon_problems(ribbon, office_names()),
        *command_problems(ribbon, project),
        *target_problems(project, functions_of(MACROS)),
    ]


def code_name_problems(package: Mapping[str, bytes], project: VbaProject) -> list[str]:
    """Sheets without a code name, and code names without a document module, or the reverse."""
    found = []
    written = set()
    for name in sorted(package):
        if not re.fullmatch(r"xl/(workbook|(work|chart)sheets/\w+)\.xml", name):
            continue
        properties = re.search(rb'<(?:workbookPr|sheetPr)\b[^>]*?\bcodeName="(\w+)"', package[name])
        if properties is None:
            found.append(f"{name}: no code name")
            continue
        code_name = properties[1].decode()
        if code_name in written:
            found.append(f"{name}: code name {code_name} is taken")
        written.add(code_name)
    modules = {module.name for module in project.modules if module.kind is ModuleKind.DOCUMENT}
    found += [f"code name {name} has no module" for name in sorted(written - modules)]
    found += [f"module {name} has no sheet" for name in sorted(modules - written)]
    return found


def source_problems(project: VbaProject) -> list[str]:
    """Our source not ASCII, and an xlwings other than the one installed."""
    found = [
        f"{module.name}, line {number}: not ASCII"
        for module in project.modules
        for number, line in enumerate(module.source.splitlines(), 1)
        if not line.isascii()
    ]
    found += [
        f"{module.name} is not that of the installed xlwings"
        for module in xlwings_modules()
        if module not in project.modules
    ]
    return found


def ribbon_problems(ribbon: bytes, known: Mapping[str, Collection[str]]) -> list[str]:
    """Markup that Excel would refuse; ``known`` are Excel's names as in :func:`office_names`."""
    root = ET.fromstring(ribbon)  # noqa: S314 - our own
    if root.tag != f"{{{NAMESPACE}}}customUI":
        return [f"root element {root.tag}"]
    elements = [(parent, child) for parent in root.iter() for child in parent]
    found = [f"customUI: attribute {name}" for name in root.keys()]  # noqa: SIM118 - XML's
    found += list(_structure_problems(root, elements))
    for _, element in elements:
        found += _attribute_problems(element, known)
    for attribute, what in (("id", "id"), ("keytip", "keytip")):
        within = root.iter() if attribute == "id" else root.iter(f"{{{NAMESPACE}}}button")
        values = [element.get(attribute, "") for element in within]
        counted = Counter(value.upper() for value in values if value)
        found += [f"{what} {value} twice" for value, times in counted.items() if times > 1]
    keytips = sorted(button.get("keytip", "") for button in root.iter(f"{{{NAMESPACE}}}button"))
    found += [
        f"keytip {second} cannot be typed after {first}"
        for first, second in pairwise(keytips)
        if first and second != first and second.startswith(first)
    ]
    return found


def _name(element: ET.Element) -> str:
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


def _structure_problems(
    root: ET.Element, elements: Iterable[tuple[ET.Element, ET.Element]]
) -> Iterator[str]:
    order = [_name(child) for child in root]
    if order != [name for name in _ROOT_ORDER if name in order]:
        yield f"parts of customUI in the order {', '.join(order)}"
    for parent, child in elements:
        if _name(child) not in _CHILDREN.get(_name(parent), ()):
            yield f"{_name(child)} inside {_name(parent)}"
        allowed = _ATTRIBUTES.get(_name(child), set())
        if _name(child) == "button" and _name(parent) == "group":
            allowed = allowed | _TAB_BUTTON
        elif _name(child) == "button" and _name(parent) == "contextMenu":
            allowed = allowed | {"insertBeforeMso"}
        where = child.get("id") or child.get("idMso") or _name(child)
        yield from (f"{where}: attribute {name}" for name in sorted(set(child.keys()) - allowed))


def _attribute_problems(element: ET.Element, known: Mapping[str, Collection[str]]) -> Iterator[str]:
    where = element.get("id") or element.get("idMso") or _name(element)
    identity = element.get("id")
    if identity is not None and not _IDENTITY.fullmatch(identity):
        yield f"{where}: no id"
    for name in _TEXTS:
        text = element.get(name)
        if text is not None and not 1 <= len(text) <= 1024:
            yield f"{where}: {name} of {len(text)} characters"
    if "&" in element.get("label", ""):
        yield f"{where}: & in its label"
    keytip = element.get("keytip")
    if keytip is not None and not _KEYTIP.fullmatch(keytip):
        yield f"{where}: keytip {keytip}"
    if element.get("size", "normal") not in {"normal", "large"}:
        yield f"{where}: size {element.get('size')}"
    for attribute, kind in (
        ("idMso", "menu"), ("imageMso", "image"), ("insertBeforeMso", "control"),
    ):  # fmt: skip
        value = element.get(attribute)
        if value is not None and value not in known.get(kind, ()):
            yield f"{where}: {attribute} {value} is not in office_names.txt"


def office_names() -> dict[str, frozenset[str]]:
    """Excel's names that we may use: ``menu``, ``control`` and ``image``."""
    text = (Path(__file__).parent / "office_names.txt").read_text(encoding="utf-8")
    pairs = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return {
        kind: frozenset(name for its_kind, name in pairs if its_kind == kind)
        for kind in {kind for kind, _ in pairs}
    }


def command_problems(ribbon: bytes, project: VbaProject) -> list[str]:
    """Callbacks without a Sub, tags without a case, cases without a Sub or a tag."""
    subs = _subs(project)
    root = ET.fromstring(ribbon)  # noqa: S314 - our own
    buttons = list(root.iter(f"{{{NAMESPACE}}}button"))
    callbacks = {button.get("onAction", "") for button in buttons}
    found = [f"callback {name} has no Sub" for name in sorted(callbacks - subs.keys())]
    tags = {button.get("tag", "") for button in buttons}
    cases = {
        tag: macro
        for name in sorted(callbacks & subs.keys())
        for tag, macro in _CASE.findall(subs[name])
    }
    found += [f"tag {tag} has no command" for tag in sorted(tags - cases.keys())]
    found += [f"command {tag} has no button" for tag in sorted(cases.keys() - tags)]
    for tag, macro in sorted(cases.items()):
        targets = _TARGET.findall(subs.get(macro, ""))
        if macro not in subs:
            found.append(f"command {tag} has no Sub {macro}")
        elif targets != [(MACROS, tag)]:
            found.append(f"Sub {macro} does not run {MACROS}.{tag} and that only")
    return found


def target_problems(project: VbaProject, functions: Collection[str]) -> list[str]:
    """What our VBA runs and Python lacks; ``functions`` are those of the macros' module."""
    found = []
    for module in _ours(project):
        for line in module.source.splitlines():
            if "import " not in line or line.lstrip().startswith("'"):
                continue
            target = _TARGET.fullmatch(line)
            command = line.partition('"')[2].rpartition('"')[0]
            if target is None or set(command) & set('"|$`'):
                found.append(f"{module.name}: no Python command that RunPython takes: {line}")
            elif target[1] != MACROS or target[2] not in functions:
                found.append(f"{module.name}: {target[1]}.{target[2]} does not exist")
    return found


def functions_of(module: str) -> frozenset[str]:
    """Names of the functions that a module defines, read without importing it."""
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:
        return frozenset()
    tree = ast.parse(Path(spec.origin).read_bytes())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def _ours(project: VbaProject) -> list[Module]:
    theirs = {module.name for module in xlwings_modules()}
    return [module for module in project.modules if module.name not in theirs]


def _subs(project: VbaProject) -> dict[str, str]:
    """The body of every public Sub of our standard modules, by its name."""
    return {
        name: body
        for module in _ours(project)
        if module.kind is ModuleKind.STANDARD
        for name, _, body in _SUB.findall(module.source)
    }
