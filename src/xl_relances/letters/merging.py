"""Many letters as one Word document to print, a section a letter, in the order given.

Each letter keeps its headers, footers, pictures and page numbers: parts that are
the same for many letters are stored once, so that the work and the file grow in
line with the letters. Letters whose styles differ cannot share a document: they
go to further ones.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from xl_relances import french
from xl_relances.errors import LetterError
from xl_relances.letters.logo import relations_of
from xl_relances.letters.page_totals import of_many

_MAIN = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_NS = {"r": _R.strip("{}"), "w": _W.strip("{}")}
_COMMON = ("styles", "numbering", "footnotes", "endnotes", "comments", "theme/theme1")
"""Parts that a document has once and that show: letters that share them share a document."""

_OF_A_SECTION = re.compile(r"/(header|footer|image|hyperlink|chart|oleObject|package)$")


def merge(
    letters: Sequence[Path], target: Path, pages: Mapping[Path, int | None] | None = None
) -> list[tuple[Path, list[Path]]]:
    """Write ``letters`` into ``target``, those with other styles into ``<target>-2.docx``.

    Args:
        letters: The Word files, in the order to print.
        target: The document.
        pages: Of each letter, where they are known: LibreOffice cannot count them itself.

    Returns:
        Each document written, with the letters in it, in order.

    Raises:
        LetterError: A letter cannot be read, or a document cannot be written.
    """
    groups: dict[str, tuple[_Document, list[Path]]] = {}
    for path in letters:
        known = (pages or {}).get(path)
        parts = {name: of_many(name, part, known) for name, part in _read(path).items()}
        kept = groups.setdefault(_common(parts), (_Document(parts), []))
        kept[0].add(parts, path.name)
        kept[1].append(path)
    written = []
    for at, (document, members) in enumerate(groups.values(), start=1):
        place = target if at == 1 else target.with_stem(f"{target.stem}-{at}")
        _write(document, place, len(members))
        written.append((place, members))
    return written


class _Document:
    """A document under way: the package of its first letter, and the bodies so far."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self.types = _types(parts)
        self.relations: dict[str, dict[str, str]] = {}
        self._identifiers: dict[tuple[tuple[str, str], ...], str] = {}
        for relation in _relations(parts, _MAIN).values():
            if not _OF_A_SECTION.search(relation["Type"]):
                self._identified(relation)
        used = {relations_of(_MAIN), _MAIN, "[Content_Types].xml"}
        own = re.compile(r"word/((_rels/)?(header|footer)|media/)")
        self.parts = {
            name: content
            for name, content in parts.items()
            if name not in used and not own.match(name)
        }
        for name in list(self.parts):  # pictures of bullets, themes and the like
            for relation in _relations(parts, name).values():
                shown = _target(name, relation["Target"])
                if relation.get("TargetMode") != "External" and shown in parts:
                    self.parts[shown] = parts[shown]
        self.namespaces: dict[str, str] = {}
        self.ignorable: dict[str, None] = {}
        self.bodies: list[Any] = []
        self.sections = 0
        self._stored: dict[str, str] = {}
        self._drawings = 0

    def add(self, parts: Mapping[str, bytes], name: str) -> None:
        """Append one letter, its section last."""
        from lxml import etree  # noqa: PLC0415

        root = etree.fromstring(parts[_MAIN])
        body: Any = root.find(f"{_W}body")
        if body is None:
            raise LetterError(f"{name} : ce n'est pas une lettre Word entière")
        types, relations, new = _types(parts), _relations(parts, _MAIN), dict[str, str]()
        for node in body.xpath(".//*[@r:*]", namespaces=_NS):
            for key, old in node.attrib.items():
                if str(key).startswith(_R) and old in relations:
                    if old not in new:
                        new[old] = self._related(parts, relations[old], types)
                    node.set(key, new[old])
        for node in body.iter(f"{{{_DRAWING}}}docPr"):
            self._drawings += 1
            node.set("id", str(self._drawings))
        for node in body.xpath(".//*[@w14:paraId]", namespaces={"w14": _W14.strip("{}")}):
            for key in ("paraId", "textId"):
                node.attrib.pop(_W14 + key, "")
        self.namespaces |= {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
        self.ignorable |= dict.fromkeys(root.get(f"{_MC}Ignorable", "").split())
        self.bodies.append(_sectioned(body))
        self.sections += 1

    def _related(
        self, parts: Mapping[str, bytes], relation: Mapping[str, str], types: Mapping[str, str]
    ) -> str:
        """The identifier, here, of what ``relation`` leads to in its own package."""
        relation = dict(relation)
        if relation.get("TargetMode") != "External":
            source = _target(_MAIN, relation["Target"])
            relation["Target"] = "/" + self._store(parts, source, types)
        return self._identified(relation)

    def _identified(self, relation: dict[str, str]) -> str:
        """The identifier of ``relation``; the same one has the same."""
        key = tuple(sorted(relation.items()))
        if key not in self._identifiers:
            self._identifiers[key] = f"rId{len(self.relations) + 1}"
            self.relations[self._identifiers[key]] = relation
        return self._identifiers[key]

    def _store(self, parts: Mapping[str, bytes], source: str, types: Mapping[str, str]) -> str:
        """Keep a part and what it leads to; the same content is kept once."""
        content, links = parts[source], _relations(parts, source)
        for link in links.values():
            if link.get("TargetMode") != "External":
                link["Target"] = "/" + self._store(parts, _target(source, link["Target"]), types)
        key = hashlib.sha256(content + repr(sorted(links.items())).encode()).hexdigest()
        if key not in self._stored:
            path = PurePosixPath(source)
            stem = re.sub(r"\d+$", "", path.stem)
            name = str(path.with_name(f"{stem}_{len(self._stored) + 1}{path.suffix}"))
            self._stored[key] = name
            self.parts[name] = content
            if links:
                self.parts[relations_of(name)] = _relations_xml(links)
            self.types[f"/{name}"] = types.get(f"/{source}") or types.get(path.suffix[1:], "")
        return self._stored[key]

    def package(self) -> dict[str, bytes]:
        """All parts of the document."""
        from lxml import etree  # noqa: PLC0415

        root = etree.Element(f"{_W}document", nsmap=self.namespaces | {"mc": _MC.strip("{}")})
        ignorable = [prefix for prefix in self.ignorable if prefix in self.namespaces]
        if ignorable:
            root.set(f"{_MC}Ignorable", " ".join(ignorable))
        body = etree.SubElement(root, f"{_W}body")
        for at, children in enumerate(self.bodies):
            body.extend(list(children))
            if at < len(self.bodies) - 1:
                _end_section(body)
        main = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        names = {f"/{name}" for name in self.parts} | {f"/{_MAIN}"}
        return {
            "[Content_Types].xml": _types_xml(self.types, names),
            _MAIN: main,
            relations_of(_MAIN): _relations_xml(self.relations),
            **self.parts,
        }


_HAIRLINE = (
    f'<w:p xmlns:w="{_W.strip("{}")}"><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" '
    'w:lineRule="exact"/></w:pPr></w:p>'
)
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _sectioned(body: Any) -> Any:
    """``body`` with its section last, on a new page, its numbers from 1."""
    from lxml import etree  # noqa: PLC0415

    section = body.find(f"{_W}sectPr")
    if section is None:
        section = etree.SubElement(body, f"{_W}sectPr")
    kind = section.find(f"{_W}type")
    if kind is not None:
        kind.set(f"{_W}val", "nextPage")
    numbers = section.find(f"{_W}pgNumType")
    if numbers is None:
        numbers = etree.Element(f"{_W}pgNumType")
        before = ("headerReference", "footerReference", "footnotePr", "endnotePr", "type", "pgSz",
                  "pgMar", "paperSrc", "pgBorders", "lnNumType")  # fmt: skip
        place = sum(1 for each in section if str(each.tag)[len(_W) :] in before)
        section.insert(place, numbers)
    numbers.set(f"{_W}start", "1")
    return body


def _end_section(body: Any) -> None:
    """Move the section that ends ``body`` into its last paragraph, as Word has it in between.

    Where that follows a table, LibreOffice would no longer float the tables of the
    letter, the recipient's among them: the section then gets a hair-thin paragraph.
    """
    from lxml import etree  # noqa: PLC0415

    section = body[-1]
    body.remove(section)
    last = body[-1] if len(body) else None
    if last is None or last.tag != f"{_W}p" or last.find(f"{_W}pPr/{_W}sectPr") is not None:
        last = etree.SubElement(body, f"{_W}p")
    elif len(body) > 1 and body[-2].tag == f"{_W}tbl":
        last = etree.fromstring(_HAIRLINE)
        body.append(last)
    properties = last.find(f"{_W}pPr")
    if properties is None:
        properties = etree.Element(f"{_W}pPr")
        last.insert(0, properties)
    properties.append(section)


def _read(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as package:
            parts = {name: package.read(name) for name in package.namelist()}
    except OSError as error:
        raise LetterError(f"{path.name} : lettre illisible ({french.refusal(error)})") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise LetterError(f"{path.name} : lettre illisible, éditez-la à nouveau") from error
    if _MAIN not in parts:
        raise LetterError(f"{path.name} : ce n'est pas une lettre Word entière")
    return parts


def _common(parts: Mapping[str, bytes]) -> str:
    found = hashlib.sha256()
    for name in _COMMON:
        found.update(parts.get(f"word/{name}.xml", b"") + b"\0")
    return found.hexdigest()


def _relations(parts: Mapping[str, bytes], part: str) -> dict[str, dict[str, str]]:
    from lxml import etree  # noqa: PLC0415

    content = parts.get(relations_of(part))
    if content is None:
        return {}
    nodes = [dict(node.attrib) for node in etree.fromstring(content)]
    return {str(node.pop("Id")): {str(k): str(v) for k, v in node.items()} for node in nodes}


def _relations_xml(relations: Mapping[str, Mapping[str, str]]) -> bytes:
    from lxml import etree  # noqa: PLC0415

    space = f"{_PACKAGE}/relationships"
    root = etree.Element(f"{{{space}}}Relationships", nsmap={None: space})  # type: ignore[dict-item]
    for identifier, relation in relations.items():
        etree.SubElement(root, f"{{{space}}}Relationship", {"Id": identifier, **relation})
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _target(part: str, target: str) -> str:
    """The name of the part that ``target`` leads to from ``part``."""
    if target.startswith("/"):
        return target[1:]
    steps: list[str] = []
    for step in (*PurePosixPath(part).parent.parts, *target.split("/")):
        if step == "..":
            steps.pop()
        elif step != ".":
            steps.append(step)
    return "/".join(steps)


def _types(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Content types: by ``/part`` and by extension."""
    from lxml import etree  # noqa: PLC0415

    return {
        str(node.get("PartName") or node.get("Extension")): str(node.get("ContentType"))
        for node in etree.fromstring(parts["[Content_Types].xml"])
    }


def _types_xml(types: Mapping[str, str], names: Iterable[str]) -> bytes:
    from lxml import etree  # noqa: PLC0415

    space, present = f"{_PACKAGE}/content-types", set(names)
    root = etree.Element(f"{{{space}}}Types", nsmap={None: space})  # type: ignore[dict-item]
    for name, kind in sorted(types.items(), key=lambda item: item[0].startswith("/")):
        if not name.startswith("/"):
            etree.SubElement(root, f"{{{space}}}Default", Extension=name, ContentType=kind)
        elif name in present:
            etree.SubElement(root, f"{{{space}}}Override", PartName=name, ContentType=kind)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _write(document: _Document, target: Path, sections: int) -> None:
    parts = document.package()
    waiting = target.with_name(f".{target.name}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(waiting, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in parts.items():
                package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        with zipfile.ZipFile(waiting) as package:
            whole = package.testzip() is None and package.read(_MAIN) == parts[_MAIN]
        if not whole or parts[_MAIN].count(b"<w:sectPr") < sections:
            raise LetterError(f"{target.name} : le document écrit n'est pas entier")
        waiting.replace(target)
    except OSError as error:
        reason = french.refusal(error)
        raise LetterError(f"{target.name} : écriture impossible ({reason})") from error
    finally:
        with contextlib.suppress(OSError):
            waiting.unlink(missing_ok=True)
