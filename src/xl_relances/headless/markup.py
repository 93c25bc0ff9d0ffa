"""XML as text: the few operations that leave everything else byte for byte.

Parts of a workbook are edited by splicing, never parsed into a tree and written
back, so that what this engine does not know survives. No entity is ever
expanded: a part with a document type declaration is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape as _unescape_entities
from xml.parsers import expat

_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAG = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    r"""|<(?P<close>/?)(?P<name>[\w:.-]+)[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>""",
    re.DOTALL,
)
_PROLOG = re.compile(r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
_ROOT = re.compile(r"<([\w.-]+):\w+")
_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|#\d+|#[xX][0-9a-fA-F]+);")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x")


class DoctypeError(ValueError):
    """The XML declares a document type, the door to entity bombs."""


def decoded(data: bytes) -> str:
    """The text of a part, whatever its encoding; ``DoctypeError`` when it has a DTD."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16")
    else:
        data = data.removeprefix(b"\xef\xbb\xbf")
        declared = _DECLARED.match(data)
        encoding = declared.group(1).decode() if declared else "utf-8"
        text = data.decode("utf-8" if encoding.lower() == "utf-8" else encoding)
    if text.startswith("<!", _prolog_end(text)):
        raise DoctypeError
    return text


def refuse_doctype(content: bytes) -> None:
    """Raise ``DoctypeError`` where a part of ASCII-compatible encoding has a DTD."""
    text = content[:4096].decode("latin-1").removeprefix("\xef\xbb\xbf")
    if text.startswith("<!", _prolog_end(text)):
        raise DoctypeError


def without_prefix(text: str) -> str:
    """A part whose writer prefixes its own elements (``<x:worksheet>``), in the usual spelling."""
    root = _ROOT.match(text, _prolog_end(text))
    if not root:
        return text
    prefix = re.escape(root[1])
    text = re.sub(rf"<(/?){prefix}:", r"<\1", text)
    return re.sub(rf"\sxmlns:{prefix}=", " xmlns=", text, count=1)


def _prolog_end(text: str) -> int:
    prolog = _PROLOG.match(text)
    return prolog.end() if prolog else 0


def encoded(text: str) -> bytes:
    """UTF-8 bytes of a part that was ``decoded``; its declaration says UTF-8."""
    head, separator, rest = text.partition("?>")
    if separator and head.startswith("<?xml"):
        head = re.sub(r"""encoding\s*=\s*["'][\w.-]+["']""", 'encoding="UTF-8"', head)
        text = head + separator + rest
    return text.encode("utf-8")


def check_well_formed(pieces: Iterable[bytes]) -> None:
    """Raise ``expat.ExpatError`` or ``DoctypeError`` unless the pieces together are sound XML."""

    def refuse(*_: object) -> None:
        raise DoctypeError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    for piece in pieces:
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def unescaped(text: str) -> str:
    """Text content or an attribute value, without its entities."""
    return _ENTITY.sub(lambda m: _unescape_entities(m.group()), text) if "&" in text else text


def cell_text(text: str) -> str:
    """Text content of a cell: entities, line ends and Excel's ``_x000D_`` resolved."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = unescaped(text)
    if "_x" in text:
        text = _ESCAPED.sub(lambda m: chr(int(m.group(1), 16)), text)
    return text


def escaped_cell_text(text: str) -> str:
    """The reverse of ``cell_text``: what XML cannot hold becomes ``_x....._``."""
    if not _SPECIAL.search(text):
        return text
    text = _UNWRITABLE.sub(lambda m: f"_x{ord(m.group()):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escaped_attribute(text: str) -> str:
    """An attribute value, to stand between double quotes."""
    return (
        escaped_cell_text(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    )


def attributes(tag: str) -> dict[str, str]:
    """Attributes of a start tag, by name as written (``r:id``)."""
    return {m[1]: unescaped(m[2] or m[3] or "") for m in _ATTRIBUTE.finditer(tag)}


def with_attribute(tag: str, name: str, value: str | None) -> str:
    """The start tag with one attribute set, or removed when the value is None."""
    present = re.search(rf"""\s{re.escape(name)}\s*=\s*(?:"[^"]*"|'[^']*')""", tag)
    written = "" if value is None else f' {name}="{escaped_attribute(value)}"'
    if present:
        return tag[: present.start()] + written + tag[present.end() :]
    end = len(tag) - (2 if tag.endswith("/>") else 1)
    return tag[:end].rstrip() + written + tag[end:]


@dataclass(frozen=True, slots=True)
class Element:
    """Where an element stands in its text.

    Attributes:
        name: Local name, without prefix.
        start: Of ``<``.
        tag_end: After the ``>`` of the start tag.
        end: After the whole element.
    """

    name: str
    start: int
    tag_end: int
    end: int


def children(text: str, start: int = 0, end: int | None = None) -> Iterator[Element]:
    """The elements that lie side by side in ``text[start:end]``, not those inside them.

    A closing tag of an element opened before ``start`` is passed over, so a cut piece of a
    part may be given.
    """
    depth = 0
    opened, tag_end = 0, 0
    name = ""
    for match in _TAG.finditer(text, start, len(text) if end is None else end):
        if match["name"] is None:
            continue
        if match["close"]:
            if depth:
                depth -= 1
                if not depth:
                    yield Element(name, opened, tag_end, match.end())
        else:
            if not depth:
                opened, tag_end = match.start(), match.end()
                name = match["name"].rpartition(":")[2]
            if not text.endswith("/>", match.start(), match.end()):
                depth += 1
            elif not depth:
                yield Element(name, opened, tag_end, match.end())


def descendant_tags(text: str, name: str) -> Iterator[str]:
    """Every start tag of that local name, in document order."""
    for match in _TAG.finditer(text):
        if match["name"] and not match["close"] and match["name"].rpartition(":")[2] == name:
            yield match.group()
