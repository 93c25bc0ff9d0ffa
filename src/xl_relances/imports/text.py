"""Text files: lines, separators, quotes.

Line ends are LF, CRLF, CR, CR CR LF or a mixture. A quote mark opens a field only
where one closes it before a separator or the end of a line: a lone one is a
character like any other. A quoted field may hold separators and line breaks; the
line numbers said are always those of the file.

Source: product specification, section 6.
"""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from xl_relances.errors import RefusedError
from xl_relances.imports.encoding import CODECS, Survey, detect, survey

SEPARATORS = ("\t", "|", ";", ",")
BLOCK = 1 << 18
"""Bytes read at a time: few enough for what is made of them to stay in the processor's cache."""

LONGEST_LINE = 1 << 20
"""Characters; no ledger line comes near."""

_SEP_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_MOST_JOINED = 100
_SAMPLE = 200


@dataclass(slots=True)
class TextFile:
    """A text file whose encoding is known.

    Attributes:
        path: Where it lies.
        encoding: As the report says it.
        separator: One character; "" until it is chosen.
        declared: Whether a ``sep=`` line declares it.
        first_line: Number of the first line that is no ``sep=`` line.
        quoted: Whether a quote mark may open a field.
        ends_open: Whether the last line lacks its line end.
        width: Fields of a whole line, once the header is known.
    """

    path: Path
    encoding: str
    separator: str = ""
    declared: bool = False
    first_line: int = 1
    quoted: bool = True
    ends_open: bool = False
    width: int = 0
    sample: list[str] = field(default_factory=list)

    @property
    def codec(self) -> str:
        """What :meth:`blocks` are encoded in: UTF-16 is read as UTF-8, whose marks are bytes."""
        return "utf-8" if self.encoding.startswith("UTF") else CODECS[self.encoding]

    def blocks(self) -> Iterator[bytes]:
        """Whole lines as bytes, LF behind each.

        Raises:
            RefusedError: One line never ends.
        """
        carry = b""
        for block in self._bytes():
            carry += block
            whole = carry.rstrip(b"\r")  # a CR may be the first half of a line end
            cut = _with_line_feeds(whole)
            end = cut.rfind(b"\n") + 1
            carry = cut[end:] + carry[len(whole) :]
            if len(carry) > LONGEST_LINE:
                raise RefusedError(
                    f"{self.path.name} : une ligne de plus d'un million de caractères, ce "
                    "n'est pas un export comptable. Rien n'a été importé."
                )
            if end:
                yield cut[:end]
        last = _with_line_feeds(carry.rstrip(b"\x1a"))
        self.ends_open = bool(last) and not last.endswith(b"\n")
        if last:
            yield last + b"\n" * self.ends_open

    def _bytes(self) -> Iterator[bytes]:
        """The file, a few at a time; of UTF-16, what it says in UTF-8."""
        recode = self.encoding.startswith("UTF-16")
        decoder = codecs.getincrementaldecoder(CODECS[self.encoding])()
        with self.path.open("rb") as stream:
            while block := stream.read(BLOCK):
                yield self._decoded(decoder.decode, block).encode() if recode else block
        if recode:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                raise _cut(self.path) from None

    def _decoded(self, decode: Callable[[bytes], str], content: bytes) -> str:
        try:
            return decode(content)
        except UnicodeDecodeError:
            raise RefusedError(
                f"{self.path.name} : texte illisible en {self.encoding}. "
                "Donnez l'encodage avec --encoding, ou exportez à nouveau en UTF-8."
            ) from None

    def decoded(self, content: bytes) -> str:
        """The text of whole lines.

        Raises:
            RefusedError: They cannot be decoded.
        """
        return self._decoded(partial(str, encoding=self.codec), content)

    def lines(self, block: bytes) -> list[str]:
        """The lines of a block.

        Raises:
            RefusedError: They cannot be decoded.
        """
        return self.decoded(block[:-1]).split("\n")

    def batches(self) -> Iterator[tuple[int, list[str]]]:
        """Lists of lines with the number of their first one, below a ``sep=`` line.

        Raises:
            RefusedError: The text cannot be decoded, or one line never ends.
        """
        number = 1
        for block in self.blocks():
            lines = self.lines(block)
            skip = max(0, self.first_line - number)
            if skip < len(lines):
                yield number + skip, lines[skip:]
            number += len(lines)

    def records(self) -> Iterator[tuple[int, str]]:
        """Whole records with their line number; a quoted line break joins lines."""
        if not self.quoted:
            for number, lines in self.batches():
                yield from enumerate(lines, start=number)
            return
        waiting: deque[tuple[int, str]] = deque()
        source = (
            (number, line)
            for start, lines in self.batches()
            for number, line in enumerate(lines, start=start)
        )
        while True:
            if waiting:
                number, line = waiting.popleft()
            else:
                following = next(source, None)
                if following is None:
                    return
                number, line = following
            if '"' not in line or not self._opens(line):
                yield number, line
                continue
            while len(waiting) < _MOST_JOINED and (more := next(source, None)) is not None:
                waiting.append(more)
            joined = self._joined(line, [text for _, text in waiting])
            for _ in range(joined):
                line += "\n" + waiting.popleft()[1]
            yield number, line

    def _opens(self, line: str) -> bool:
        """Whether a quote mark opens a field that this line does not close."""
        fields, unclosed = self._split(line)
        return unclosed is not None and (
            not self.width or len(fields) != self.width or unclosed == len(fields) - 1
        )

    def _joined(self, line: str, following: Sequence[str]) -> int:
        """How many of the lines that follow belong to the record; 0 for a lone quote."""
        alone = len(self._split(line)[0])
        if self.width and alone == self.width and following:
            after = len(self._split(following[0])[0])
            if after == self.width:
                return 0
        text = line
        for count, more in enumerate(following, start=1):
            text += "\n" + more
            if '"' not in more:
                if len(text) > LONGEST_LINE:
                    return 0
                continue
            fields, unclosed = self._split(text)
            if unclosed is None:
                if not self.width:
                    return count
                return count if len(fields) <= self.width or not any(fields[self.width :]) else 0
        return 0

    def split(self, record: str) -> list[str]:
        """The fields of a record, quotes taken off."""
        if '"' not in record:
            return record.split(self.separator)
        return self._split(record)[0]

    def _split(self, record: str) -> tuple[list[str], int | None]:
        """Fields, and the index of the first whose opening quote nothing closes."""
        separator, fields, at, size = self.separator, list[str](), 0, len(record)
        unclosed = None
        while True:
            start = at
            while start < size and record[start] == " ":
                start += 1
            if start < size and record[start] == '"':
                end = self._closing(record, start + 1)
                if end is None:
                    unclosed = len(fields) if unclosed is None else unclosed
                else:
                    fields.append(record[start + 1 : end].replace('""', '"'))
                    at = record.find(separator, end + 1)
                    if at < 0:
                        return fields, unclosed
                    at += 1
                    continue
            end = record.find(separator, at)
            if end < 0:
                fields.append(record[at:])
                return fields, unclosed
            fields.append(record[at:end])
            at = end + 1

    def _closing(self, record: str, at: int) -> int | None:
        """Where the quote mark stands that closes a field opened before ``at``."""
        size = len(record)
        while (at := record.find('"', at)) >= 0:
            after = at + 1
            if after < size and record[after] == '"':
                at += 2
                continue
            while after < size and record[after] == " ":
                after += 1
            if after == size or record[after] == self.separator:
                return at
            at += 1
        return None


def _with_line_feeds(text: bytes) -> bytes:
    """Every kind of line end as LF."""
    if b"\r" not in text:
        return text
    return text.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _cut(path: Path) -> RefusedError:
    return RefusedError(
        f"{path.name} : fichier coupé avant la fin. Exportez-le à nouveau. Rien n'a été importé."
    )


def cut_off(path: Path, line: int) -> RefusedError:
    """The sentence on a file whose last line stops in its middle."""
    return RefusedError(
        f"{path.name} : fichier coupé avant la fin (la ligne {line}, la dernière, est incomplète). "
        "Exportez-le à nouveau. Rien n'a été importé."
    )


def open_text(path: Path, encoding: str | None = None, found: Survey | None = None) -> TextFile:
    """A text file, its encoding told by evidence unless given.

    Raises:
        RefusedError: NUL bytes, an encoding that stays open, a file cut in a letter.
    """
    found = found or survey(path)
    name = _named(encoding) if encoding else detect(found)
    if name is None:
        raise RefusedError(
            f"{path.name} : l'encodage des lettres accentuées reste incertain. Dites-le avec "
            "--encoding (UTF-8, ISO-8859-15, CP1252, CP850 ou « Mac Roman »), ou exportez à "
            "nouveau en UTF-8."
        )
    if found.has_nul and not name.startswith("UTF-16"):
        raise RefusedError(
            f"{path.name} : contient des octets nuls, ce n'est pas un fichier texte. "
            "Exportez-le à nouveau en .csv ou .txt. Rien n'a été importé."
        )
    if found.cut and name == "UTF-8":
        raise _cut(path)
    result = TextFile(
        path, name, quoted=found.quoted or (name.startswith("UTF-16") and b'"' in found.head)
    )
    if name.startswith("UTF-16"):
        result.quoted = True
    result.sample = _first_lines(result)
    if result.sample and (match := _SEP_LINE.fullmatch(result.sample[0].lstrip("\ufeff"))):
        result.separator, result.declared, result.first_line = match[1], True, 2
        result.sample = result.sample[1:]
    return result


def _named(text: str) -> str:
    wanted = re.sub(r"[\s_-]", "", text).lower()
    for name in CODECS:
        if re.sub(r"[\s_-]", "", name).lower() == wanted:
            return name
    aliases = {"latin9": "ISO-8859-15", "iso88591": "ISO-8859-15", "windows1252": "CP1252",
               "ansi": "CP1252", "oem": "CP850", "dos": "CP850", "mac": "Mac Roman",
               "macintosh": "Mac Roman", "utf8bom": "UTF-8"}  # fmt: skip
    if wanted in aliases:
        return aliases[wanted]
    raise RefusedError(
        f"Encodage « {text} » inconnu : UTF-8, UTF-16, ISO-8859-15, CP1252, CP850 ou « Mac Roman »."
    )


def _first_lines(text: TextFile) -> list[str]:
    lines: list[str] = []
    for _, batch in text.batches():
        lines += batch[: _SAMPLE - len(lines)]
        if len(lines) >= _SAMPLE:
            break
    if lines:
        lines[0] = lines[0].removeprefix("\ufeff")
    return lines
