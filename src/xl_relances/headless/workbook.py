"""The workbook's own parts: sheets, names, date system, calculation, shared strings."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from xl_relances.headless.cells import CellReader, shared_strings
from xl_relances.headless.encode import CellWriter
from xl_relances.headless.errors import (
    NotAWorkbook,
    NotAWorkbookError,
    UnwritableError,
    WorkbookBusyError,
)
from xl_relances.headless.locks import Interruption, Lock, Stamp, check_owner_files, stamp
from xl_relances.headless.markup import (
    DoctypeError,
    Element,
    attributes,
    children,
    decoded,
    encoded,
    escaped_attribute,
    escaped_cell_text,
    refuse_doctype,
    unescaped,
    with_attribute,
    without_prefix,
)
from xl_relances.headless.package import Package
from xl_relances.headless.relations import Relation, relations, remove_part
from xl_relances.headless.saving import save, sweep
from xl_relances.headless.styles import Styles

_BEFORE_NAMES = {"fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews",
                 "sheets", "functionGroups", "externalReferences", "AlternateContent",
                 "revisionPtr"}  # fmt: skip
_BEFORE_CALCULATION = _BEFORE_NAMES | {"definedNames"}


@dataclass(slots=True)
class SheetEntry:
    """A sheet as the workbook lists it.

    Attributes:
        title: Its name on the tab.
        part: Name of its part.
        kind: ``worksheet``, ``chartsheet``, ``dialogsheet`` or a macro sheet.
        state: ``visible``, ``hidden`` or ``veryHidden``.
    """

    title: str
    part: str
    kind: str
    state: str


@dataclass(slots=True)
class DefinedName:
    """A name of the workbook or of one sheet.

    Attributes:
        name: As written.
        refers_to: Formula without ``=``.
        scope: Position of the sheet it belongs to; None for the workbook.
        tag: Its start tag, kept for its other attributes.
    """

    name: str
    refers_to: str
    scope: int | None
    tag: str


class Workbook:
    """An open workbook: its package and what every sheet of it shares."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open a file; see ``errors`` for what may be wrong with it.

        Args:
            path: Of the file.
            read_only: Neither lock the file nor mind who else has it open.
        """
        self.path = path
        self.read_only = read_only
        self.package = Package.open(str(path))
        if not read_only:
            check_owner_files(path)
        self._stamp = stamp(path)
        self._lock = None if read_only else Lock(path)
        if self._lock is not None and self._lock.held:
            sweep(path)
        try:
            self._read()
        except (KeyError, ValueError, StopIteration, UnicodeDecodeError) as error:
            self.close()
            raise NotAWorkbookError(str(path), reason_of(error), str(error)) from error
        except NotAWorkbookError:
            self.close()
            raise

    def _read(self) -> None:
        package = self.package
        main = next(
            (r.target for r in relations(package, "").values() if r.kind == "officeDocument"), None
        )
        if main is None or main not in package or not main.endswith(".xml"):
            raise NotAWorkbookError(str(self.path), "not-a-workbook")
        self.part = main
        self.xml = without_prefix(decoded(package.xml(main)))
        self._saved_xml = self.xml
        root = next(children(self.xml))
        if root.name != "workbook":
            raise NotAWorkbookError(str(self.path), "not-a-workbook")
        self._inside = root.tag_end
        related = relations(package, main)
        self.sheets = list(self._sheet_entries(related))
        shown = [sheet for sheet in self.sheets if sheet.kind == "worksheet"]
        if not shown or any(sheet.part not in package for sheet in shown):
            raise ValueError("no worksheet, or one without a part")
        _ = self.active_index  # found wrong here rather than later
        self.names = list(self._defined_names())
        self.names_changed = False
        self.formulas_changed = False
        self.values_changed = False
        setting = self._tag("workbookPr")
        self.date1904 = attributes(setting).get("date1904", "0") in {"1", "true"}
        by_kind = {relation.kind: relation.target for relation in related.values()}
        self._styles_part = by_kind.get("styles")
        self._strings_part = by_kind.get("sharedStrings")
        self._chain_part = by_kind.get("calcChain")
        part = self._styles_part
        known = part is not None and part in package
        self.styles = Styles(without_prefix(decoded(package.xml(str(part)))) if known else None)
        self.writer = CellWriter(self.styles, self.date1904)
        self._texts: list[str] | None = None

    @property
    def reader(self) -> CellReader:
        """Reads cells with the workbook's texts, styles and date system."""
        if self._texts is None:
            part = self._strings_part
            content = self.package.xml(part) if part and part in self.package else b""
            try:
                if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
                    content = encoded(decoded(content))
                refuse_doctype(content)
                self._texts = shared_strings(content)
            except (ValueError, ET.ParseError) as error:
                raise NotAWorkbookError(
                    str(self.path), reason_of(error), f"{part}: {error}"
                ) from error
        return CellReader(self._texts, self.styles.dates, self.date1904)

    def _elements(self) -> list[Element]:
        return list(children(self.xml, self._inside))

    def _tag(self, name: str) -> str:
        return next((self.xml[e.start : e.tag_end] for e in self._elements() if e.name == name), "")

    def _sheet_entries(self, related: dict[str, Relation]) -> list[SheetEntry]:
        found = []
        for element in self._elements():
            if element.name == "sheets":
                for child in children(self.xml, element.tag_end, element.end):
                    given = attributes(self.xml[child.start : child.tag_end])
                    key = next(v for k, v in given.items() if k.rpartition(":")[2] == "id")
                    relation = related[key]
                    state = given.get("state", "visible")
                    found.append(SheetEntry(given["name"], relation.target, relation.kind, state))
        return found

    def _defined_names(self) -> list[DefinedName]:
        found = []
        for element in self._elements():
            if element.name == "definedNames":
                for child in children(self.xml, element.tag_end, element.end):
                    tag = self.xml[child.start : child.tag_end]
                    given = attributes(tag)
                    inside = self.xml[child.tag_end : child.end].rpartition("</")[0]
                    scope = int(given["localSheetId"]) if "localSheetId" in given else None
                    found.append(DefinedName(given["name"], unescaped(inside), scope, tag))
        return found

    @property
    def active_index(self) -> int:
        """Position of the sheet that shows when the workbook opens."""
        found = re.search(r"<(?:\w+:)?workbookView\b[^>]*>", self.xml)
        return int(attributes(found.group()).get("activeTab", "0")) if found else 0

    def set_active(self, index: int) -> None:
        """Make that sheet the one that shows when the workbook opens."""
        found = re.search(r"<(?:\w+:)?workbookView\b[^>]*>", self.xml)
        if found:
            tag = with_attribute(found.group(), "activeTab", str(index))
            self.xml = self.xml[: found.start()] + tag + self.xml[found.end() :]

    def set_state(self, index: int, state: str) -> None:
        """Show or hide a sheet."""
        entry = self.sheets[index]
        entry.state = state
        for element in self._elements():
            if element.name == "sheets":
                child = list(children(self.xml, element.tag_end, element.end))[index]
                tag = self.xml[child.start : child.tag_end]
                tag = with_attribute(tag, "state", None if state == "visible" else state)
                self.xml = self.xml[: child.start] + tag + self.xml[child.tag_end :]

    def _place_after(self, before: set[str]) -> int:
        place = self._inside
        for element in self._elements():
            if element.name in before:
                place = element.end
        return place

    def _write_names(self) -> None:
        lines = "".join(
            f"{name.tag.removesuffix('/>').rstrip('>')}>{escaped_cell_text(name.refers_to)}</definedName>"
            for name in self.names
        )
        section = f"<definedNames>{lines}</definedNames>" if lines else ""
        for element in self._elements():
            if element.name == "definedNames":
                self.xml = self.xml[: element.start] + section + self.xml[element.end :]
                return
        place = self._place_after(_BEFORE_NAMES)
        self.xml = self.xml[:place] + section + self.xml[place:]

    def new_name(self, name: str, refers_to: str, scope: int | None) -> DefinedName:
        """Add a name, in the order Excel keeps them."""
        local = "" if scope is None else f' localSheetId="{scope}"'
        tag = f'<definedName name="{escaped_attribute(name)}"{local}>'
        added = DefinedName(name, refers_to.removeprefix("="), scope, tag)
        self.names.append(added)
        self.names.sort(key=lambda known: known.name.casefold())
        self.names_changed = True
        return added

    def _ask_for_calculation(self) -> None:
        tag = self._tag("calcPr")
        if tag:
            self.xml = self.xml.replace(tag, with_attribute(tag, "fullCalcOnLoad", "1"), 1)
        else:
            place = self._place_after(_BEFORE_CALCULATION)
            self.xml = f'{self.xml[:place]}<calcPr fullCalcOnLoad="1"/>{self.xml[place:]}'

    def finish(self) -> None:
        """Put what sheets left to do for the whole workbook into the package."""
        if self.names_changed:
            self._write_names()
            self.names_changed = False
        if self.values_changed:
            self._ask_for_calculation()
            self.values_changed = False
        if self.formulas_changed and self._chain_part and self._chain_part in self.package:
            remove_part(self.package, self._chain_part, self.part)
        self.formulas_changed = False
        if self.xml != self._saved_xml:
            self.package.write(self.part, encoded(self.xml))
            self._saved_xml = self.xml
        if self.styles.changed and self._styles_part:
            self.package.write(self._styles_part, encoded(self.styles.xml))
            self.styles.changed = False

    def save(self, path: Path | None = None) -> None:
        """Write the file, here or elsewhere; see ``saving``."""
        target = path or self.path
        elsewhere = target != self.path
        lock = self._lock
        if elsewhere:
            if target.suffix.lower() != self.path.suffix.lower():
                raise ValueError(f"cannot turn {self.path.suffix} into {target.suffix}")
            check_owner_files(target)
            lock = Lock(target)
        else:
            if self.read_only:
                raise UnwritableError(str(target), "read-only")
            check_owner_files(target)
            self._check_unchanged()

        def announce(after: Stamp | None) -> None:
            if not elsewhere:  # again: writing takes a while, and some drives know no locks
                self._check_unchanged()
            if lock is not None:  # None once closed, when somebody saves all the same
                lock.announce(after)

        try:
            save(self.package, target, announce)
        except BaseException:
            if elsewhere and lock is not None:
                lock.release()
            raise
        if elsewhere:
            self.close()
            self._lock, self.path, self.read_only = lock, target, False
        self.package.changed.clear()
        self._stamp = stamp(target)

    def _check_unchanged(self) -> None:
        if self._stamp != stamp(self.path):
            raise WorkbookBusyError(str(self.path), "changed")

    @property
    def interruption(self) -> Interruption | None:
        """Where the run before was killed; None when it ended as it should, or when only read."""
        return None if self._lock is None else self._lock.interruption

    def check_writable(self) -> None:
        """Raise ``UnwritableError`` where it is known before any work that no save can succeed."""
        refused = self._lock is not None and self._lock.refused
        if self.read_only or refused or not os.access(self.path, os.W_OK):
            raise UnwritableError(str(self.path), "read-only")

    def close(self) -> None:
        """Let others have the file."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def reason_of(error: Exception) -> NotAWorkbook:
    """Why a part that cannot be read makes a file no workbook."""
    return "dtd" if isinstance(error, DoctypeError) else "damaged"
