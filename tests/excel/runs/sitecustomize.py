"""Stands in for Excel in a Python that xlwings' own command line starts.

Excel has the workbook open before Python runs. Here the file engine opens it, as
``XLR_STAGE`` says; at the end what was shown is told and the workbook is saved.
"""

from __future__ import annotations

import atexit
import json
import os
from pathlib import Path

if "XLR_STAGE" in os.environ:
    from xl_relances import headless

    stage = json.loads(os.environ["XLR_STAGE"])
    book = headless.open_book(stage["book"])
    sheet, address = stage["selected"]
    book.sheets[sheet].activate()
    book.sheets[sheet].range(address).select()
    headless.engine.answers.extend(stage["answers"])

    @atexit.register
    def end() -> None:
        shown = [alert.prompt for alert in headless.engine.alerts]
        status = book.app.status_bar
        book.save()
        book.close()
        Path(stage["told"]).write_text(json.dumps([shown, status]), encoding="utf-8")
