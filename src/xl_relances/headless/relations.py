"""Relationships between parts, and the list of content types."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from xl_relances.headless.markup import (
    attributes,
    decoded,
    descendant_tags,
    encoded,
    escaped_attribute,
)
from xl_relances.headless.package import Package

CONTENT_TYPES = "[Content_Types].xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns='
    '"http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of a part.

    Attributes:
        key: Its ``Id``.
        kind: Last segment of its type: ``worksheet``, ``table``, ``hyperlink``.
        target: Name of the part it leads to, or the address when it is external.
    """

    key: str
    kind: str
    target: str


def relations_part(part: str) -> str:
    """Name of the part that holds another part's relationships."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relations(package: Package, part: str) -> dict[str, Relation]:
    """Relationships of a part by their ``Id``; none when it has no such part."""
    source = package.find(relations_part(part))
    if source is None:
        return {}
    found = {}
    for tag in descendant_tags(decoded(package.xml(source)), "Relationship"):
        given = attributes(tag)
        target = given.get("Target", "")
        if given.get("TargetMode") != "External":
            joined = posixpath.join(posixpath.dirname(part), target)
            target = posixpath.normpath(target if target.startswith("/") else joined).lstrip("/")
            target = package.find(target) or target
        key = given.get("Id", "")
        found[key] = Relation(key, given.get("Type", "").rpartition("/")[2], target)
    return found


def add_external_relation(package: Package, part: str, kind: str, address: str) -> str:
    """Relate a part to an address outside the file; returns the new ``Id``."""
    name = relations_part(part)
    source = package.find(name)
    text = decoded(package.xml(source)) if source else _EMPTY
    taken = set(relations(package, part))
    number = next(n for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
    line = (
        f'<Relationship Id="rId{number}" Type="{_OFFICE}{kind}" '
        f'Target="{escaped_attribute(address)}" TargetMode="External"/>'
    )
    if "</Relationships>" not in text:
        text = re.sub(r"/>\s*$", "></Relationships>", text)
    package.write(
        source or name, encoded(text.replace("</Relationships>", f"{line}</Relationships>"))
    )
    return f"rId{number}"


def remove_part(package: Package, part: str, owner: str) -> None:
    """Drop a part, its content type and its relationship from ``owner``."""
    package.remove(part)
    types = package.find(CONTENT_TYPES)
    if types:
        text = decoded(package.xml(types))
        for tag in descendant_tags(text, "Override"):
            if attributes(tag).get("PartName", "").casefold() == f"/{part}".casefold():
                text = text.replace(tag, "", 1)
        package.write(types, encoded(text))
    source = package.find(relations_part(owner))
    if source:
        text = decoded(package.xml(source))
        folder = posixpath.dirname(owner)
        for tag in descendant_tags(text, "Relationship"):
            target = attributes(tag).get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            if posixpath.normpath(whole).casefold() == part.casefold():
                text = text.replace(tag, "", 1)
        package.write(source, encoded(text))
