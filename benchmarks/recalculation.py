"""Live formulas of Préparation: LibreOffice opens a prepared workbook and calculates it anew.

The same workbook opened with its stored values is what opening and writing it costs anyway.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

_SETTING = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>{mode}</value></prop></item>
</oor:items>
"""
_MODES = {"anew": 0, "stored": 1}
"""« Toujours » and « Jamais » of LibreOffice's settings."""


def open_in_libreoffice(book: Path, values: str, folder: Path) -> dict[str, float]:
    """Open, calculate or not, write again; ``values`` is ``anew`` or ``stored``."""
    profile = folder / f"profile-{values}"
    settings = profile / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(_SETTING.format(mode=_MODES[values]), encoding="utf-8")
    line = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to"]
    start = time.perf_counter()
    subprocess.run(
        [*line, "xlsx", "--outdir", str(folder / values), str(book)],
        check=True,
        capture_output=True,
    )
    return {"seconds": time.perf_counter() - start}
