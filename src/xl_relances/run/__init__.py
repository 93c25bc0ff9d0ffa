"""One dunning run over a workbook: prepare, simulate, issue, save, undo, show, check.

Every command takes an ``xw.Book``, of a living Excel or of a file, reads it in
a constant number of calls, lets the core decide, asks the user where something
would be lost (``book.app.alert``), and writes. The clock is an argument.
"""

from xl_relances.run.checking import check
from xl_relances.run.issue_report import IssueReport
from xl_relances.run.issuing import NothingToIssueError, chosen, issue
from xl_relances.run.preparing import clear, prepare
from xl_relances.run.print_report import MergeReport, PdfReport
from xl_relances.run.printing import among_issued, export_pdf, merge_letters
from xl_relances.run.refreshing import PrepareReport
from xl_relances.run.saving import SaveReport, save
from xl_relances.run.showing import VIEWS, show
from xl_relances.run.simulating import simulate
from xl_relances.run.simulation import Simulation
from xl_relances.run.undoing import UndoReport, undo

__all__ = [
    "VIEWS",
    "IssueReport",
    "MergeReport",
    "NothingToIssueError",
    "PdfReport",
    "PrepareReport",
    "SaveReport",
    "Simulation",
    "UndoReport",
    "among_issued",
    "check",
    "chosen",
    "clear",
    "export_pdf",
    "issue",
    "merge_letters",
    "prepare",
    "save",
    "show",
    "simulate",
    "undo",
]
