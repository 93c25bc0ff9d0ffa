"""The door from Excel: the macros that the ribbon runs, and the worksheet functions.

Importing it makes xlwings harmless to other Excels, whichever of the two comes first.
"""

from __future__ import annotations

import atexit
import sys

import xlwings as xw


def spare_other_excels() -> None:
    """Keep xlwings from ending, with our process, every Excel that shows no window.

    One that holds a file in Protected View would be among them (xlwings issue 2456).
    """
    windows = getattr(xw, "_xlwindows", None)
    if sys.platform == "win32" and windows is not None:
        atexit.unregister(windows.cleanup)


spare_other_excels()
