"""Merge a letter with its Word template into a file that opens.

Data are escaped and never evaluated; the template runs in a sandbox and sees the
plain values of :mod:`xl_relances.letters.fields` only. A letter is written under
a temporary name in its folder, read back and verified, then renamed: what stands
under its name is whole.
"""

from __future__ import annotations

import contextlib
import io
import os
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

from xl_relances import french
from xl_relances.errors import Finding, LetterError
from xl_relances.letters.cleaning import one_line
from xl_relances.letters.fields import context
from xl_relances.letters.letter import Letter, cleaned
from xl_relances.letters.logo import HEIGHT_FIELD, WIDTH_FIELD, read_picture, replaced
from xl_relances.letters.payment_code import BLANK, picture, transfer
from xl_relances.letters.template_file import TemplateFile, compressed, explained, load

_XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FAILURES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What an expression written by a user may raise, beside jinja2's own errors."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter on disk, and what to tell the user about it (never blocking)."""

    path: Path
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Base:
    """A template with the company's logo in place: all of a letter that is not merged."""

    template: TemplateFile
    package: bytes
    size: Mapping[str, int]


class TemplateCache:
    """Templates by file, read again when the file or the logo has changed."""

    def __init__(self) -> None:
        self._bases: dict[tuple[Path, Path | None], tuple[tuple[int, ...], _Base]] = {}

    def render(self, letter: Letter, template_path: Path, target: Path) -> Rendered:
        """Write ``letter`` to ``target``, whose folder is created.

        Raises:
            LetterError: The template cannot be used, or the file cannot be written.
        """
        base = self._base(template_path, letter.sender.logo)
        letter, findings = cleaned(letter)
        values = {**context(letter), **base.size}
        template = base.template
        parts = {name: _merged(template, name, values) for name in template.compiled}
        known = {
            "client.compte": one_line(letter.recipient.account),
            "reference": values["reference"],
            "solde_du": values["solde_du"],
        }
        pictures = {}
        if template.code is not None:
            paying = transfer(letter)
            pictures[template.code] = BLANK if paying is None else picture(paying)
        _write(base, parts, pictures, target, [str(known[field]) for field in template.proofs])
        return Rendered(target, tuple(findings))

    def _base(self, path: Path, logo: Path | None) -> _Base:
        stamp = _stamp(path) + (_stamp(logo) if logo else ())
        kept = self._bases.get((path, logo))
        if kept is None or kept[0] != stamp:
            kept = (stamp, _based(load(path), logo))
            self._bases[path, logo] = kept
        return kept[1]


def render(letter: Letter, template_path: Path, target: Path) -> Rendered:
    """Write one letter; for many, use one :class:`TemplateCache`.

    Raises:
        LetterError: The template cannot be used, or the file cannot be written.
    """
    return TemplateCache().render(letter, template_path, target)


def is_whole(path: Path) -> bool:
    """Whether a letter made before lies there to its end; after a power cut it may be empty."""
    try:
        return zipfile.is_zipfile(path)
    except OSError:
        return False


def write_through(paths: Iterable[Path]) -> None:
    """Have the disk, not only the system, hold these letters: quicker at once than one by one."""
    for path in paths:
        with contextlib.suppress(OSError):  # open in Word already: it has been written there
            file = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
            try:
                os.fsync(file)
            finally:
                os.close(file)


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes with the file; empty for none, which is said when it is read."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return (status.st_mtime_ns, status.st_size)


def _based(template: TemplateFile, logo: Path | None) -> _Base:
    place = template.logo
    rest = {name: content for name, content in template.rest.items() if name != template.code}
    if place is None:
        return _Base(template, compressed(rest), {})
    width, height = place.width, place.height
    if logo is not None:
        picture = read_picture(logo)
        width, height = picture.fitted(width, height)
        rest = replaced(rest, place, picture)
    return _Base(template, compressed(rest), {WIDTH_FIELD: width, HEIGHT_FIELD: height})


def _merged(template: TemplateFile, name: str, values: Mapping[str, Any]) -> bytes:
    import jinja2  # noqa: PLC0415 - a click that needs no letter must not pay for it

    try:
        xml = template.compiled[name].render(values)
    except (jinja2.TemplateError, *_FAILURES) as error:
        raise LetterError(f"Modèle {template.path.name} : {explained(error)}") from error
    return (_XML_HEAD + template.finish[name](xml).replace("\n", "")).encode()


def _write(
    base: _Base,
    parts: Mapping[str, bytes],
    pictures: Mapping[str, bytes],
    target: Path,
    proofs: list[str],
) -> None:
    file = io.BytesIO(base.package)
    file.seek(0, io.SEEK_END)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as package:
        for name, content in (*parts.items(), *pictures.items()):
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    waiting = target.with_name(f".{target.name}.tmp")  # a run cut off leaves it to the next one
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        waiting.write_bytes(file.getvalue())
        _verify(waiting, parts, target.name, proofs)
        waiting.replace(target)
    except ExpatError as error:
        raise LetterError(
            f"Modèle {base.template.path.name} : le document obtenu n'est pas entier, une balise "
            f"{{%p …%}} ou {{%tr …%}} est mal placée ({error})"
        ) from error
    except PermissionError as error:
        raise LetterError(
            f"{target.name} : fichier ouvert dans Word, ou dossier protégé ({target.parent})"
        ) from error
    except OSError as error:
        raise LetterError(
            f"{target.name} : écriture impossible ({french.refusal(error)})"
        ) from error
    except zipfile.BadZipFile as error:
        raise LetterError(f"{target.name} : le fichier écrit n'est pas entier") from error
    finally:
        with contextlib.suppress(OSError):
            waiting.unlink(missing_ok=True)


def _verify(path: Path, parts: Mapping[str, bytes], name: str, proofs: list[str]) -> None:
    """Read the file back: whole, its parts well-formed, what tells its customer in it."""
    from markupsafe import escape  # noqa: PLC0415

    with zipfile.ZipFile(path) as package:
        try:
            written = {part: package.read(part) for part in package.namelist()}
        except (zipfile.BadZipFile, zlib.error) as error:
            raise LetterError(f"{name} : le fichier écrit n'est pas entier") from error
    if any(written.get(part) != content for part, content in parts.items()):
        raise LetterError(f"{name} : le fichier écrit n'est pas entier")
    for content in parts.values():
        ParserCreate().Parse(content, True)  # builds nothing: half the time of a tree
    for proof in proofs:
        if not any(str(escape(proof)).encode() in content for content in parts.values()):
            raise LetterError(f"{name} : « {proof} » n'est pas dans la lettre")
