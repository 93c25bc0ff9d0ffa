"""The company's logo in a letter: the picture named « logo » in the template is replaced.

A template marks the place by a picture whose alternative text is ``logo``; the
company's file takes it, no larger than the picture it replaces, its shape kept.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from xl_relances import french
from xl_relances.errors import LetterError

WIDTH_FIELD, HEIGHT_FIELD = "_logo_largeur", "_logo_hauteur"
"""Names by which a patched template asks for the size, in English Metric Units."""

_DRAWING = re.compile(r"<w:drawing>.*?</w:drawing>", re.DOTALL)
_LOGO = "logo"
_EXTENT = re.compile(r'(<(?:wp:extent|a:ext) )cx="(\d+)" cy="(\d+)"')
_EMBEDDED = re.compile(r'\br:embed="([^"]+)"')


@dataclass(frozen=True, slots=True)
class LogoPlace:
    """Where a template wants the logo, or another picture of ours.

    Attributes:
        relations: Name of the part that relates the picture to its place.
        media: Name of the picture's part.
        width: Most it may take, in English Metric Units (914 400 to the inch).
        height: Likewise.
    """

    relations: str
    media: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG or JPEG file: its bytes, its extension, its size in pixels."""

    content: bytes
    extension: str
    width: int
    height: int

    def fitted(self, width: int, height: int) -> tuple[int, int]:
        """The size that fits ``width`` and ``height`` with the picture's shape kept."""
        scale = min(width / self.width, height / self.height)
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))


def find_place(part: str, source: str, relations: bytes | None) -> tuple[str, LogoPlace | None]:
    """``source`` with the size of its logo left open, and the place; unchanged without one.

    Args:
        part: Name of the part, ``word/header1.xml``.
        source: Its XML.
        relations: The part that holds its relationships.
    """
    found = find_picture(part, source, relations, _LOGO)
    if found is None:
        return source, None
    drawing, place = found
    open_size = rf'\1cx="{{{{ {WIDTH_FIELD} }}}}" cy="{{{{ {HEIGHT_FIELD} }}}}"'
    return source.replace(drawing, _EXTENT.sub(open_size, drawing)), place


def find_picture(
    part: str, source: str, relations: bytes | None, text: str
) -> tuple[str, LogoPlace] | None:
    """The drawing whose alternative text is ``text``, and its place; None without one."""
    named = re.compile(rf'<wp:docPr [^>]*\bdescr="{re.escape(text)}"', re.IGNORECASE)
    for drawing in _DRAWING.findall(source):
        embedded, extent = _EMBEDDED.search(drawing), _EXTENT.search(drawing)
        if not (named.search(drawing) and embedded and extent and relations):
            continue
        target = re.search(
            rf'<Relationship [^>]*?Id="{re.escape(embedded[1])}"[^>]*>', relations.decode()
        )
        link = target and re.search(r'Target="([^"]+)"', target[0])
        if not link:
            continue
        folder = PurePosixPath(part).parent
        media = link[1].lstrip("/") if link[1].startswith("/") else str(folder / link[1])
        return drawing, LogoPlace(relations_of(part), media, int(extent[2]), int(extent[3]))
    return None


def relations_of(part: str) -> str:
    """``word/_rels/header1.xml.rels`` for ``word/header1.xml``."""
    path = PurePosixPath(part)
    return str(path.parent / "_rels" / f"{path.name}.rels")


def read_picture(path: Path) -> Picture:
    """The picture at ``path``.

    Raises:
        LetterError: It cannot be read, or is neither PNG nor JPEG.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LetterError(f"Logo {path.name} : illisible ({french.refusal(error)})") from error
    size = _png_size(content) or _jpeg_size(content)
    if size is None or 0 in size:
        raise LetterError(f"Logo {path.name} : ce n'est pas une image PNG ou JPEG entière")
    extension = "png" if content.startswith(b"\x89PNG") else "jpeg"
    return Picture(content, extension, *size)


def replaced(parts: dict[str, bytes], place: LogoPlace, picture: Picture) -> dict[str, bytes]:
    """``parts`` of a package with ``picture`` at ``place``, its kind declared."""
    media = str(PurePosixPath(place.media).with_name(f"societe-logo.{picture.extension}"))
    types = parts["[Content_Types].xml"].decode()
    if f'Extension="{picture.extension}"' not in types:
        types = re.sub(
            r"(<Types [^>]*>)",
            rf'\1<Default Extension="{picture.extension}" '
            rf'ContentType="image/{picture.extension}"/>',
            types,
            count=1,
        )
    old, new = PurePosixPath(place.media).name, PurePosixPath(media).name
    relations = parts[place.relations].decode().replace(f'/{old}"', f'/{new}"')
    return {name: content for name, content in parts.items() if name != place.media} | {
        "[Content_Types].xml": types.encode(),
        place.relations: relations.encode(),
        media: picture.content,
    }


def _png_size(content: bytes) -> tuple[int, int] | None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or len(content) < 24:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return int(width), int(height)


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height from the first frame header (ITU T.81, B.2.2)."""
    if not content.startswith(b"\xff\xd8"):
        return None
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + int(struct.unpack(">H", content[at + 2 : at + 4])[0])
    return None
