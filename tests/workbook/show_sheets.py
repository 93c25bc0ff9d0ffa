"""Pictures of every sheet: ``python tests/workbook/show_sheets.py OUT_DIR ROWS``.

Fills a copy of relances.xlsm with invented rows, recalculates it in LibreOffice
under a profile of its own, prints it to PDF and each page to PNG.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from filled_workbook import convert, fill_demo

from xl_relances.workbook.build import COMMITTED


def main(out: Path, rows: int) -> None:
    out.mkdir(parents=True, exist_ok=True)
    filled = out / f"filled_{rows}.xlsx"
    fill_demo(COMMITTED, filled, rows)
    pdf = convert(filled, out, "pdf")
    subprocess.run(
        ["pdftoppm", "-r", "80", "-png", str(pdf), str(out / f"page_{rows}")],
        check=True,
    )
    print(*sorted(out.glob(f"page_{rows}*.png")), sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
