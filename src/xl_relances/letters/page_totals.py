"""« Page 1 / 3 » of a letter where LibreOffice prints it.

Word computes ``SECTIONPAGES``, the pages of one letter among many. LibreOffice does not:
it prints the figure that the file keeps from the last time. A letter alone gets
``NUMPAGES`` instead, which both compute; a document of many gets the right figures, as
far as they are known from the letters' own PDFs.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_FOOTER = re.compile(r"word/(header|footer)[^/]*\.xml$")
_KEPT_FIGURE = re.compile(
    rb"(\bSECTIONPAGES\b(?:(?!</w:p>).)*?<w:t(?: [^>]*)?>)\d*(</w:t>)", re.DOTALL
)


def of_one_letter(part: str, content: bytes) -> bytes:
    """A part of a letter alone, its pages counted as those of the whole file."""
    if not _FOOTER.match(part):
        return content
    return content.replace(b" SECTIONPAGES ", b" NUMPAGES ")


def of_many(part: str, content: bytes, pages: int | None) -> bytes:
    """A part of a letter of so many pages, in a document of many; None where it is not known."""
    return _with_figure(content, pages) if pages and _FOOTER.match(part) else content


@lru_cache(maxsize=256)
def _with_figure(content: bytes, pages: int) -> bytes:
    return _KEPT_FIGURE.sub(rb"\g<1>%d\g<2>" % pages, content)


def pages_of(pdf: Path) -> int | None:
    """The number of pages of a PDF; None where it cannot be read."""
    from pypdf import PdfReader  # noqa: PLC0415 - only when letters are printed
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        return len(PdfReader(pdf).pages)
    except (OSError, PyPdfError, ValueError):
        return None
