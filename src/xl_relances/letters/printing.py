"""PDFs of letters, each verified, and one PDF of them all.

Whatever LibreOffice or Word says of its work, only what is found afterwards counts:
whole, and with the customer's texts in it.
"""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from xl_relances import french
from xl_relances.errors import LetterError
from xl_relances.letters.page_totals import of_one_letter
from xl_relances.letters.printers import Printer, find_printer

CHUNK = 50
"""Letters converted by one start of the program."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One letter's PDF.

    Attributes:
        letter: The Word file.
        pdf: Its PDF beside it; None when there is none.
        problem: Why not, a French clause; empty for a PDF that is there.
    """

    letter: Path
    pdf: Path | None
    problem: str = ""


def print_letters(
    letters: Sequence[Path],
    printer: Printer | None = None,
    *,
    proofs: Mapping[Path, Sequence[str]] | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Printed]:
    """The PDF of each letter, beside it, in the order given; one that fails stops no other.

    Args:
        letters: The Word files.
        printer: The program; None looks for one.
        proofs: Texts that the PDF of a letter must hold where the letter does: the customer's
            account, the name.
        progress: Told how many letters are behind.

    Raises:
        LetterError: Neither LibreOffice nor Word is there.
    """
    printer = printer or find_printer()
    found: list[Printed] = []
    for start in range(0, len(letters), CHUNK):
        found += _chunk(printer, letters[start : start + CHUNK], proofs or {})
        if progress is not None:
            progress(len(found))
    return found


def join(pdfs: Sequence[Path], target: Path) -> int:
    """Write one PDF of all, in order; the number of its pages.

    Raises:
        LetterError: One cannot be read, or ``target`` cannot be written.
    """
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415 - only when letters are printed
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    waiting = target.with_name(f".{target.name}.tmp")
    writer, pages, name = PdfWriter(), 0, target.name
    try:
        for pdf in pdfs:
            name = pdf.name
            reader = PdfReader(pdf)
            pages += len(reader.pages)
            writer.append(reader, import_outline=False)
        name = target.name
        writer.compress_identical_objects()
        with waiting.open("wb") as file:
            writer.write(file)
        if len(PdfReader(waiting).pages) != pages:
            raise LetterError(f"{name} : le PDF écrit n'est pas entier")
        waiting.replace(target)
    except OSError as error:
        raise LetterError(f"{name} : écriture impossible ({french.refusal(error)})") from error
    except (PyPdfError, ValueError) as error:
        raise LetterError(f"{name} : PDF illisible ou écriture impossible ({error})") from error
    finally:
        with contextlib.suppress(OSError):
            waiting.unlink(missing_ok=True)
    return pages


def _chunk(
    printer: Printer, letters: Sequence[Path], proofs: Mapping[Path, Sequence[str]]
) -> Iterator[Printed]:
    with tempfile.TemporaryDirectory(prefix="relances-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        copies = [place / "docx" / f"{at}.docx" for at in range(len(letters))]
        sources = [
            copy if _copy(letter, copy) else None
            for letter, copy in zip(letters, copies, strict=True)
        ]
        wanted = {
            letter: [proof for proof in proofs.get(letter, ()) if _says(source, proof)]
            for letter, source in zip(letters, sources, strict=True)
            if source
        }
        readable = [source for source in sources if source]
        problems = printer.convert(readable, place) if readable else {}
        for letter, source in zip(letters, sources, strict=True):
            if source is None:
                yield Printed(letter, None, "lettre illisible")
                continue
            made = place / "pdf" / f"{source.stem}.pdf"
            problem = problems.get(source, "")
            if made.is_file():
                yield _placed(letter, made, problem, wanted[letter])
            else:
                nothing = f"{printer.name} n'a pas écrit de PDF"
                yield Printed(letter, None, problem or nothing)


def _copy(letter: Path, target: Path) -> bool:
    """Copy with totals of pages that LibreOffice computes; whether it could."""
    target.parent.mkdir(exist_ok=True)
    try:
        with zipfile.ZipFile(letter) as source, zipfile.ZipFile(target, "w") as copy:
            for name in source.namelist():
                copy.writestr(name, of_one_letter(name, source.read(name)))
    except (OSError, zipfile.BadZipFile):
        return False
    return True


def _says(letter: Path, text: str) -> bool:
    """Whether the body of a Word file holds ``text``, which must be comparable with a PDF's."""
    if any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in text):
        return False  # a PDF tells the parts of a line that is read from the right in any order
    with zipfile.ZipFile(letter) as package:
        body = package.read("word/document.xml").decode("utf-8", "replace")
    return _comparable(text) in _comparable(unescape(re.sub(r"<[^>]+>", "", body)))


def _placed(letter: Path, made: Path, problem: str, proofs: Sequence[str]) -> Printed:
    """Move a PDF that is whole, and of that letter, beside it."""
    content = made.read_bytes()
    text = _text(content)
    if text is None:
        return Printed(letter, None, problem or "le PDF n'est pas entier")
    missing = [proof for proof in proofs if _comparable(proof) not in text]
    if missing:
        return Printed(letter, None, f"« {missing[0]} » n'est pas dans le PDF")
    target = letter.with_suffix(".pdf")
    waiting = letter.with_name(f".{target.name}.tmp")
    try:
        waiting.write_bytes(content)
        waiting.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            waiting.unlink(missing_ok=True)
        return Printed(letter, None, f"écriture impossible ({french.refusal(error)})")
    return Printed(letter, target)


def _text(content: bytes) -> str | None:
    """What the first page says, as :func:`_comparable` has it; None where it is no whole PDF."""
    from pypdf import PdfReader  # noqa: PLC0415 - only when letters are printed
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
        return None
    try:
        reader = PdfReader(io.BytesIO(content))
        return _comparable(reader.pages[0].extract_text()) if len(reader.pages) else None
    except (PyPdfError, ValueError, LookupError):
        return None


def _comparable(text: str) -> str:
    """Latin letters and figures of ``text`` in lower case: a PDF tells glyphs and lines."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if char.isascii() and char.isalnum())
