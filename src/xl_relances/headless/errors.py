"""What can go wrong between a file and the engine; callers say it in their own words.

    HeadlessError              every error below; ``path`` is the workbook
    ├── NotAWorkbookError      no file that this engine reads; ``reason`` says why
    ├── WorkbookBusyError      somebody else holds it or changed it; ``reason`` says who
    ├── UnwritableError        the disk refused; the old file is intact; ``reason`` says why
    ├── ProtectedSheetError    a write to a locked cell of a protected ``sheet``
    └── FilteredRangeError     a block written under an active filter of ``sheet``

Texts are English and for logs: the classes and their attributes are the contract.
"""

from __future__ import annotations

from typing import Literal

NotAWorkbook = Literal[
    "missing", "not-a-zip", "xls", "encrypted", "not-a-workbook", "damaged", "too-large", "dtd"
]
Busy = Literal["excel", "libreoffice", "locked", "changed"]
Unwritable = Literal["read-only", "disk-full", "failed", "not-verified"]


class HeadlessError(Exception):
    """An error about one workbook.

    Attributes:
        path: The workbook's file, as the caller named it.
    """

    def __init__(self, message: str, path: str) -> None:
        self.path = path
        super().__init__(f"{message}: {path}")


class NotAWorkbookError(HeadlessError):
    """The file is no .xlsx or .xlsm workbook, or not one that can be trusted.

    Attributes:
        reason: ``missing`` (or not to be read), ``not-a-zip`` (HTML or CSV under a wrong name),
            ``xls`` (the format before 2007), ``encrypted`` (opens with a password only),
            ``not-a-workbook`` (a zip of something else, .xlsb, .ods, .docx), ``damaged``,
            ``too-large`` (a zip bomb) or ``dtd`` (XML that declares entities).
    """

    def __init__(self, path: str, reason: NotAWorkbook, detail: str = "") -> None:
        self.reason: NotAWorkbook = reason
        super().__init__(f"not a workbook ({reason}){' ' + detail if detail else ''}", path)


class WorkbookBusyError(HeadlessError):
    """Somebody else has the workbook.

    Attributes:
        reason: ``excel`` (its ``~$`` owner file), ``libreoffice`` (its ``.~lock``),
            ``locked`` (another run of ours) or ``changed`` (saved by somebody else since
            it was opened here).
    """

    def __init__(self, path: str, reason: Busy) -> None:
        self.reason: Busy = reason
        super().__init__(f"workbook is busy ({reason})", path)


class UnwritableError(HeadlessError):
    """The workbook could not be written; the file that was there is intact.

    Attributes:
        reason: ``read-only``, ``disk-full``, ``not-verified`` (what was written does not
            read back) or ``failed`` (anything else, see ``__cause__``).
    """

    def __init__(self, path: str, reason: Unwritable, detail: str = "") -> None:
        self.reason: Unwritable = reason
        super().__init__(f"cannot write ({reason}){' ' + detail if detail else ''}", path)


class ProtectedSheetError(HeadlessError):
    """A locked cell of a protected sheet was written.

    Attributes:
        sheet: Title of the sheet.
    """

    def __init__(self, path: str, sheet: str) -> None:
        self.sheet = sheet
        super().__init__(f"sheet {sheet!r} is protected", path)


class FilteredRangeError(HeadlessError):
    """A block was written over filtered rows, where Excel writes wrong values.

    Excel puts the first value in every visible row and leaves the hidden ones alone
    (xlwings#747, #679, #2619), so this engine refuses: clear the filter, write, apply it again.

    Attributes:
        sheet: Title of the sheet.
    """

    def __init__(self, path: str, sheet: str) -> None:
        self.sheet = sheet
        super().__init__(f"rows of sheet {sheet!r} are filtered", path)
