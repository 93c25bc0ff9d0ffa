"""Wrappers of the worksheet functions, as the build generates them without Excel."""

from __future__ import annotations

import re
import sys

import pytest

from xl_relances.workbook.udf_wrappers import _vba_text, function_modules

WRAPPERS, DESCRIPTIONS = function_modules()
NAMES = [
    "RELANCE_BALANCEAGEE", "RELANCE_DATE", "RELANCE_ECHEANCE", "RELANCE_INDEMNITE",
    "RELANCE_NIVEAU", "RELANCE_PENALITES", "RELANCE_RETARD", "RELANCE_SOLDE",
]  # fmt: skip


def test_one_wrapper_for_each_function() -> None:
    """The generator of xlwings wrote them, for the module that Excel's Python imports."""
    assert re.findall(r"^Function (\w+)\(", WRAPPERS.source, re.MULTILINE) == NAMES
    assert 'XLPy.CallUDF("xl_relances.excel.udfs", "RELANCE_RETARD"' in WRAPPERS.source
    assert "Optional calcul)" in WRAPPERS.source


def test_a_failure_shows_as_an_error_of_excel() -> None:
    """#N/A or #VALEUR!, never the traceback that xlwings would put into the cell."""
    assert "= Err.Description" not in WRAPPERS.source
    assert WRAPPERS.source.count("= FunctionError(Err.Description)") == len(NAMES)
    assert "CVErr(xlErrNA)" in DESCRIPTIONS.source
    assert "CVErr(xlErrValue)" in DESCRIPTIONS.source


def test_the_function_wizard_speaks_french() -> None:
    """In ASCII source, accents are ChrW calls; Excel takes 255 characters."""
    assert '"Jours de retard : 0 le jour de l\'" & ChrW(233) & "ch"' in DESCRIPTIONS.source
    assert DESCRIPTIONS.source.count("    Describe ") == len(NAMES)
    assert _vba_text('« é" »') == 'ChrW(171) & " " & ChrW(233) & """ " & ChrW(187)'
    with pytest.raises(ValueError, match="longer than the function wizard shows"):
        _vba_text("a" * 256)


def test_nothing_stays_of_the_stand_ins_for_pywin32() -> None:
    """The rest of the process must not believe that it runs on Windows."""
    assert not {"pythoncom", "pywintypes", "win32com", "xlwings.udfs"} & set(sys.modules)
