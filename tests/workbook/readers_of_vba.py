"""olevba, an independent reader of VBA projects: what it lists, and what it unfolds."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from xl_relances.compound_file import MalformedProjectError

with warnings.catch_warnings():  # oletools leans on deprecated names of pyparsing
    warnings.simplefilter("ignore")
    from oletools import olevba


def decompress_stream(container: bytes) -> bytes:
    """The source in a compressed container, as oletools unfolds it."""
    return bytes(olevba.decompress_stream(bytearray(container)))


def modules_seen_by_olevba(project: bytes) -> dict[str, str]:
    """Source by file name (``Module1.bas``), in the order in which olevba lists them."""
    parser = olevba.VBA_Parser("vbaProject.bin", data=project)
    try:
        return {name: code for _, _, name, code in parser.extract_macros()}
    finally:
        parser.close()


@contextmanager
def read_or_refused(words: str) -> Iterator[None]:
    """What runs inside may be refused, in our one way and these words; nothing else."""
    try:
        yield
    except MalformedProjectError as error:
        if not re.search(words, str(error)):
            raise
