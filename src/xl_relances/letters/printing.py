"""PDFs of letters through LibreOffice, each verified.

soffice exits 0 although files failed, and does nothing when another one runs on
the same profile: it gets a profile of its own, files in chunks, a time limit, and
only what is found afterwards counts.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xl_relances import french
from xl_relances.errors import LetterError

CHUNK = 50
"""Letters converted by one start of LibreOffice."""

_SECONDS_FOR_A_START, _SECONDS_FOR_A_LETTER = 90, 6
"""Time limits, many times what was measured (1.5 s and 0.14 s)."""

_FILTER = (
    'pdf:writer_pdf_Export:{"UseLosslessCompression":{"type":"boolean","value":"true"},'
    '"ReduceImageResolution":{"type":"boolean","value":"false"}}'
)
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)


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


def find_soffice() -> Path | None:
    """LibreOffice's program, or None where it is not installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return Path(found) if found else next((Path(p) for p in _PLACES if Path(p).exists()), None)


def print_letters(letters: Sequence[Path], soffice: Path | None = None) -> list[Printed]:
    """The PDF of each letter, beside it, in the order given; one that fails stops no other.

    Raises:
        LetterError: LibreOffice is not there.
    """
    program = soffice or find_soffice()
    if program is None:
        raise LetterError("PDF : LibreOffice n'est pas installé sur ce poste")
    return [
        printed
        for start in range(0, len(letters), CHUNK)
        for printed in _chunk(program, letters[start : start + CHUNK])
    ]


def _chunk(program: Path, letters: Sequence[Path]) -> Iterator[Printed]:
    with tempfile.TemporaryDirectory(prefix="relances-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        copies = [place / "docx" / f"{at}.docx" for at in range(len(letters))]
        sources = [
            copy if _copy(letter, copy) else None
            for letter, copy in zip(letters, copies, strict=True)
        ]
        problem = _convert(program, [source for source in sources if source], place)
        for letter, source in zip(letters, sources, strict=True):
            if source is None:
                yield Printed(letter, None, "lettre illisible")
                continue
            yield _placed(letter, place / "pdf" / f"{source.stem}.pdf", problem)


def _copy(letter: Path, target: Path) -> bool:
    """Copy with NUMPAGES for SECTIONPAGES, which LibreOffice does not compute; whether it could."""
    target.parent.mkdir(exist_ok=True)
    try:
        with zipfile.ZipFile(letter) as source, zipfile.ZipFile(target, "w") as copy:
            for name in source.namelist():
                content = source.read(name)
                if re.match(r"word/footer\d*.*\.xml$", name):
                    content = content.replace(b" SECTIONPAGES ", b" NUMPAGES ")
                copy.writestr(name, content)
    except (OSError, zipfile.BadZipFile):
        return False
    return True


def _convert(program: Path, sources: Sequence[Path], place: Path) -> str:
    """Run LibreOffice once; what it said when it did not end well."""
    if not sources:
        return ""
    limit = _SECONDS_FOR_A_START + _SECONDS_FOR_A_LETTER * len(sources)
    profile = (place / "profile").as_uri()
    command = [
        str(program), f"-env:UserInstallation={profile}", "--headless", "--norestore",
        "--nolockcheck", "--convert-to", _FILTER, "--outdir", str(place / "pdf"),
        *map(str, sources),
    ]  # fmt: skip
    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0) if sys.platform == "win32" else 0
    try:
        done = subprocess.run(  # noqa: S603 - no shell; our own temporary names only
            command, capture_output=True, timeout=limit, check=False, creationflags=hidden
        )
    except subprocess.TimeoutExpired:
        return f"LibreOffice n'a pas fini en {french.count(limit, 'seconde')}"
    except OSError as error:
        return f"LibreOffice ne démarre pas ({error.strerror})"
    return f"LibreOffice s'est arrêté (code {done.returncode})" if done.returncode else ""


def _placed(letter: Path, made: Path, problem: str) -> Printed:
    """Move a PDF that is whole beside its letter."""
    try:
        content = made.read_bytes()
    except OSError:
        return Printed(letter, None, problem or "LibreOffice n'a pas écrit de PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b", content))
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:] or not pages:
        return Printed(letter, None, problem or "le PDF n'est pas entier")
    target = letter.with_suffix(".pdf")
    waiting = letter.with_name(f".{target.name}.tmp")
    try:
        waiting.write_bytes(content)
        waiting.replace(target)
    except OSError as error:
        waiting.unlink(missing_ok=True)
        return Printed(letter, None, f"écriture impossible ({error.strerror})")
    return Printed(letter, target)
