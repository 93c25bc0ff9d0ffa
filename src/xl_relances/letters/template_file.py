"""A Word template read, made jinja2 of and compiled, once for all its letters.

docxtpl turns what Word saved into jinja2 (``patch_xml``); that, the compiling and
the compressing of the parts without tags cost more than a letter, and none of
them depends on its data.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xl_relances import french
from xl_relances.errors import LetterError
from xl_relances.letters.logo import LogoPlace, find_picture, find_place, relations_of
from xl_relances.letters.payment_code import CODE_TEXT

if TYPE_CHECKING:
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

_RENDERED_TYPES = re.compile(r"\.main\+xml$|\.(header|footer|footnotes)\+xml$")
_EMPTY_CELL = re.compile(r"(</w:tcPr>|<w:tcPr/>|<w:tc>|<w:tc [^>]*[^>/]>)\s*</w:tc>")
_DRAWING_ID = re.compile(r'(<wp:docPr [^>]*?\bid=")\d+(")')
_ITEM_ROWS = re.compile(
    r"(\{%[^%]*\bfor\s+\w+\s+in\s+(?:echeances|decompte)\s*%\})((?:(?!\{%\s*for\b).)*?)(\{%\s*endfor\b)",
    re.DOTALL,
)
_PROPERTIES = re.compile(r"(<w:p(?: [^>]*)?>)(<w:pPr>(?:<w:pStyle [^>]*/>)?)?")
_PROOFS = ("client.compte", "reference", "solde_du")
_PRINTED = r"\{{\{{\s*{}\s*\}}\}}"
_KEEP = "{% if _gardee %}<w:keepNext/>{% endif %}"
_LAST = "{% set _gardee = loop.last %}"
_LAST_OR_FEW = "{% set _gardee = loop.last or loop.length <= 20 %}"
"""For the statement of charges, which may go to a page of its own; longer ones are parted."""


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A Word template, patched and compiled.

    Attributes:
        path: Its file.
        compiled: Each part that is rendered, by its name in the package.
        finish: What is to be done to the XML merged from each.
        rest: All other parts, as they are.
        logo: Where it wants the company's logo, if it does.
        code: Name of the part that a payment code replaces, if it prints one.
        proofs: Fields it prints that tell whose letter it is, and must be found in it.
    """

    path: Path
    compiled: Mapping[str, jinja2.Template]
    finish: Mapping[str, Callable[[str], str]]
    rest: dict[str, bytes]
    logo: LogoPlace | None
    code: str | None
    proofs: tuple[str, ...]


def environment() -> ImmutableSandboxedEnvironment:
    """The jinja2 environment of every template: sandboxed, strict, escaping.

    Printing nothing (None), a yes or no, or a group of fields is an error.
    """
    import jinja2  # noqa: PLC0415 - a click that needs no letter must not pay for it
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    def printable(value: Any) -> Any:
        if value is None:
            raise jinja2.TemplateRuntimeError("un champ sans valeur")
        if isinstance(value, bool):
            raise jinja2.TemplateRuntimeError("un oui ou non, à tester par {% if … %}")
        if isinstance(value, dict | list):
            raise jinja2.TemplateRuntimeError("un groupe de champs, qui ne s'imprime pas")
        return value

    class Environment(ImmutableSandboxedEnvironment):
        """The sandbox, with a short way to our own fields: a letter of many items has thousands."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            if type(obj) is dict and attribute in obj:
                return obj[attribute]
            return super().getattr(obj, attribute)

    return Environment(autoescape=True, undefined=jinja2.StrictUndefined, finalize=printable)


def load(path: Path) -> TemplateFile:
    """Read, patch and compile the template at ``path``.

    Raises:
        LetterError: It is no Word document, or a tag in it is not right.
    """
    import jinja2  # noqa: PLC0415

    env = environment()
    parts = read_package(path)
    sources = patched(path, parts)
    compiled, logo, code = {}, None, None
    for name, source in sources.items():
        try:
            left = tags_left(env, source)
            relations = parts.get(relations_of(name))
            opened, place = find_place(name, source, relations)
            coded = find_picture(name, source, relations, CODE_TEXT)
            compiled[name] = env.from_string(_total_kept(opened))
        except jinja2.TemplateSyntaxError as error:
            where = paragraph_at(source, error.lineno)
            raise LetterError(
                f"Modèle {path.name} : balise incorrecte dans « {where} » ({explained(error)})"
            ) from error
        if left:
            raise LetterError(f"Modèle {path.name} : balise incomplète dans « {left[0]} »")
        logo = logo or place
        code = code or (coded[1].media if coded else None)
    everything = "".join(sources.values())
    return TemplateFile(
        path=path,
        compiled=compiled,
        finish={name: _finish(source) for name, source in sources.items()},
        rest={name: content for name, content in parts.items() if name not in sources},
        logo=logo,
        code=code,
        proofs=tuple(name for name in _PROOFS if re.search(_PRINTED.format(name), everything)),
    )


def read_package(path: Path) -> dict[str, bytes]:
    """The parts of the Word document at ``path``.

    Raises:
        LetterError: It cannot be read, or is no Word document.
    """
    try:
        with zipfile.ZipFile(path) as package:
            parts = {info.filename: package.read(info) for info in package.infolist()}
    except FileNotFoundError:
        raise LetterError(f"Modèle {path.name} : introuvable dans {path.parent}") from None
    except OSError as error:
        raise LetterError(f"Modèle {path.name} : illisible ({french.refusal(error)})") from error
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise LetterError(f"Modèle {path.name} : {_NO_WORD}") from error
    except (zlib.error, EOFError, ValueError) as error:
        raise LetterError(f"Modèle {path.name} : {_DAMAGED}") from error
    if b"wordprocessingml.document.main+xml" not in parts.get("[Content_Types].xml", b""):
        raise LetterError(f"Modèle {path.name} : {_NO_WORD}")
    _check_sound(path, parts)
    return parts


def _check_sound(path: Path, parts: Mapping[str, bytes]) -> None:
    """What the text says of other parts must be readable before it is looked for."""
    from lxml import etree  # noqa: PLC0415

    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            try:
                etree.fromstring(content)
                if name.endswith(".rels"):
                    content.decode()
            except (etree.XMLSyntaxError, UnicodeDecodeError) as error:
                raise LetterError(f"Modèle {path.name} : {_DAMAGED}") from error


def patched(path: Path, parts: Mapping[str, bytes]) -> dict[str, str]:
    """The jinja2 sources of the parts that are rendered, each paragraph on a line of its own.

    Raises:
        LetterError: A part is no XML.
    """
    from docxtpl import DocxTemplate  # noqa: PLC0415
    from lxml import etree  # noqa: PLC0415

    patch = DocxTemplate(path).patch_xml
    sources = {}
    for name in rendered_parts(parts):
        try:
            tree = etree.fromstring(parts[name])
        except etree.XMLSyntaxError as error:
            raise LetterError(f"Modèle {path.name} : {_NO_WORD}") from error
        source = patch(etree.tostring(tree, encoding="unicode").replace("\n", " "))
        sources[name] = re.sub(r"<w:p([ >])", r"\n<w:p\1", source)
    return sources


def rendered_parts(parts: Mapping[str, bytes]) -> list[str]:
    """Names of the body, headers, footers and footnotes of a package."""
    from lxml import etree  # noqa: PLC0415

    named = (
        str(override.get("PartName")).lstrip("/")
        for override in etree.fromstring(parts["[Content_Types].xml"]).iter("{*}Override")
        if _RENDERED_TYPES.search(str(override.get("ContentType")))
    )
    return [name for name in named if name in parts]


def compressed(parts: Mapping[str, bytes]) -> bytes:
    """A zip of ``parts``, to which those of a letter are appended."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def paragraph_at(source: str, line: int) -> str:
    """The text of the paragraph that stands at ``line`` (from 1) of a source."""
    rows = source.split("\n")
    return plain(rows[line - 1]) if 0 < line <= len(rows) else ""


def plain(xml: str, most: int = 90) -> str:
    """The text of ``xml`` on one line, cut at ``most`` characters for a message."""
    text = " ".join(re.sub(r"<[^>]+>", "", xml).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def explained(error: Exception) -> str:
    """What jinja2 found, in French where it is one of its usual sentences."""
    message = str(getattr(error, "message", None) or error)
    for pattern, sentence in _SENTENCES:
        found = re.search(pattern, message)
        if found:
            words = [_WORDS.get(word, word) for word in found.groups()]
            return sentence.format(*words)
    return message


_SENTENCES = (
    (r"^unexpected '(.*)'$", "« {} » inattendu"),
    (r"^expected token '(.*)', got '(.*)'$", "« {1} » au lieu de « {0} »"),
    (r"^'(?:dict object)' has no attribute '(.*)'$", "champ inconnu « {} »"),
    (r"^'(\w+)' is undefined$", "champ inconnu « {} »"),
    (r"^access to attribute '(.*)' of .* is unsafe", "« {} » n'est pas permis"),
    (r"^No filter named '(.*?)'", "filtre inconnu « {} »"),
    (r"^No test named '(.*?)'", "test inconnu « {} »"),
    (r"^unsupported operand type\(s\) for (\S+):", "« {} » entre un texte et un nombre"),
    (r"division .*by zero|division or modulo by zero", "division par zéro"),
)
_WORDS = {
    "end of statement block": "fin de balise",
    "end of print statement": "fin de balise",
    "end of template": "fin du modèle",
}


def tags_left(env: jinja2.Environment, source: str) -> list[str]:
    """Texts of the paragraphs in which braces of a tag would be printed."""
    from jinja2 import nodes  # noqa: PLC0415

    rows = [
        plain(row)
        for piece in env.parse(source).find_all(nodes.TemplateData)
        for row in piece.data.split("\n")
    ]
    return [row for row in rows if re.search(r"\{\{|\}\}|\{%|%\}", row)]


_DAMAGED = "document abîmé ; rouvrez-le dans Word et enregistrez-le, ou reprenez une sauvegarde"
_NO_WORD = "ce n'est pas un document Word (.docx) entier"


def _total_kept(source: str) -> str:
    """``source`` with the last item kept on the page of what follows it, the total.

    Word keeps together whole rows whose paragraphs are kept with the next; asked
    of every row, it would start a long table on a new page.
    """

    def rows(found: re.Match[str]) -> str:
        if "<w:tr" not in found[2] or "<w:keepNext" in found[2]:
            return found[0]
        kept = _LAST_OR_FEW if "decompte" in found[1] else _LAST

        def keep(paragraph: re.Match[str]) -> str:
            opening, start = paragraph[1], paragraph[2]
            return opening + (f"{start}{_KEEP}" if start else f"<w:pPr>{_KEEP}</w:pPr>")

        return found[1] + kept + _PROPERTIES.sub(keep, found[2]) + found[3]

    return _ITEM_ROWS.sub(rows, source)


def _finish(source: str) -> Callable[[str], str]:
    """What the XML merged from ``source`` needs to be a part that Word opens.

    A cell that lost its paragraphs gets one; drawings repeated by a loop get
    numbers of their own; a table with repeated columns gets their widths.
    """
    from docxtpl import DocxTemplate  # noqa: PLC0415
    from lxml import etree  # noqa: PLC0415

    steps: list[Callable[[str], str]] = []
    if "<w:tc" in source:
        steps.append(_cells_filled)
    if "<wp:docPr" in source and re.search(r"\{%\s*for\b", source):
        steps.append(_numbered)
    if re.search(r"%\}\s*<w:tc[ >]|w:gridSpan w:val=\"\{\{", source):
        repair = DocxTemplate("").fix_tables
        steps.append(lambda xml: str(etree.tostring(repair(xml), encoding="unicode")))

    def finish(xml: str) -> str:
        for step in steps:
            xml = step(xml)
        return xml

    return finish


def _cells_filled(xml: str) -> str:
    """Looks closely only where a cell ends with something other than a paragraph: few letters."""
    if xml.count("</w:p></w:tc>") == xml.count("</w:tc>"):
        return xml
    return _EMPTY_CELL.sub(r"\1<w:p/></w:tc>", xml)


def _numbered(xml: str) -> str:
    numbers = iter(range(1001, 1_000_000))
    return _DRAWING_ID.sub(lambda found: f"{found[1]}{next(numbers)}{found[2]}", xml)
