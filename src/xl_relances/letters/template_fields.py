"""The fields that a template names, found in its parsed jinja2, and which of them exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xl_relances.letters.fields import FIELDS

if TYPE_CHECKING:
    from jinja2 import nodes

_LISTS = ("echeances", "decompte", "lettres_precedentes", "client.adresse")
_GROUPS = {"client", "societe", *(f"{name}[]" for name in _LISTS)}
_SAME_LIST = {"sort", "reverse", "list", "unique", "selectattr", "rejectattr", "select", "reject"}
_ONE_OF = {"first", "last", "random", "min", "max"}
_FREE = "?"
"""Path of what no field of ours is: ``loop``, a function of jinja2, a computed value."""


@dataclass(frozen=True, slots=True)
class Use:
    """One field named in a template.

    Attributes:
        path: What it stands for: ``echeances[].piece`` for ``e.piece`` in a loop.
        written: As it is written.
        line: Line of its paragraph in the source.
    """

    path: str
    written: str
    line: int


def known_paths() -> set[str]:
    """The paths of :data:`FIELDS`, members of a list marked ``[]``."""
    paths = set()
    for name in FIELDS:
        owner = next((each for each in _LISTS if name.startswith(f"{each}.")), None)
        paths.add(f"{owner}[]{name[len(owner) :]}" if owner else name)
    return paths


def unknown(use: Use) -> str | None:
    """None for a field that exists; else what to say after naming it."""
    known = known_paths()
    if use.path in known or use.path in _GROUPS:
        return None
    owner, _, member = use.path.rpartition(".")
    if owner in known and owner not in _LISTS and hasattr(str, member):
        return None
    if use.path.replace("[]", "") in known or f"{owner}[].{member}" in known:
        return " : il se lit dans une boucle, {%tr for e in echeances %} … {{ e.piece }}"
    near = difflib.get_close_matches(use.path, sorted(known), n=1, cutoff=0.7)
    if not near:
        return ""
    prefix = use.written.rpartition(".")[0] if near[0].rpartition(".")[0] == owner else ""
    shown = f"{prefix}.{near[0].rpartition('.')[2]}" if prefix else near[0].replace("[]", "")
    return f" : vouliez-vous {shown} ?"


def fields_used(tree: nodes.Template) -> Iterator[Use]:
    """Every field that ``tree`` names, through loops and ``set``; a dotted one once, whole."""
    yield from _walk(tree, {})


def _walk(node: nodes.Node, scope: dict[str, str]) -> Iterator[Use]:
    from jinja2 import nodes  # noqa: PLC0415

    if isinstance(node, nodes.For):
        yield from _walk(node.iter, scope)
        listed = _path(node.iter, scope)
        inner = {**scope, "loop": _FREE}
        member = f"{listed}[]" if listed in _LISTS else _FREE
        for name in node.target.find_all(nodes.Name):
            inner[name.name] = _FREE
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = member
        for child in (*([node.test] if node.test else []), *node.body):
            yield from _walk(child, inner)
        for child in node.else_:
            yield from _walk(child, scope)
        return
    if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
        yield from _walk(node.node, scope)
        scope[node.target.name] = _path(node.node, scope)
        return
    if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
        path = _path(node, scope)
        if path != _FREE:
            yield Use(path, _written(node), node.lineno)
            return
    for child in node.iter_child_nodes():
        yield from _walk(child, scope)


def _path(node: nodes.Node, scope: dict[str, str]) -> str:
    from jinja2 import nodes  # noqa: PLC0415
    from jinja2.defaults import DEFAULT_NAMESPACE  # noqa: PLC0415

    if isinstance(node, nodes.Name):
        return scope.get(node.name) or (_FREE if node.name in DEFAULT_NAMESPACE else node.name)
    if isinstance(node, nodes.Getattr):
        owner = _path(node.node, scope)
        return owner if owner == _FREE else f"{owner}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        owner = _path(node.node, scope)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return owner if owner == _FREE else f"{owner}.{node.arg.value}"
        return f"{owner}[]" if owner in _LISTS else _FREE
    if isinstance(node, nodes.Filter) and node.node is not None:
        owner = _path(node.node, scope)
        if owner in _LISTS and node.name in _SAME_LIST:
            return owner
        if owner in _LISTS and node.name in _ONE_OF:
            return f"{owner}[]"
    return _FREE


def _written(node: nodes.Node) -> str:
    from jinja2 import nodes  # noqa: PLC0415

    if isinstance(node, nodes.Getattr):
        return f"{_written(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        inside = node.arg.value if isinstance(node.arg, nodes.Const) else "…"
        return f"{_written(node.node)}[{inside!r}]" if inside != "…" else _written(node.node)
    return node.name if isinstance(node, nodes.Name) else "…"
