"""Run our VBA in a headless LibreOffice and print, as JSON, what RunPython was told.

Runs under a Python that has LibreOffice's ``uno`` module (Debian: /usr/bin/python3
with python3-uno), hence apart from the tests, which start it::

    vba_in_libreoffice.py BOOK.xlsm PROFILE < calls.json

``calls.json`` is a list of ``[macro, argument, ...]``; the answer is a list of what
was recorded during each call: commands in order, or null where the macro failed.
The call ``["code names"]`` is answered with the code name of every sheet.
LibreOffice cannot compile the modules of xlwings, and one module that does not
compile makes every call fail in silence: in the open document, never in the file,
they make way for a ``RunPython`` that records.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.uno import Exception as UnoError  # type: ignore[import-not-found]

HEAD = "Rem Attribute VBA_ModuleType=VBAModule\nOption VBASupport 1\n"
THEIRS = ("xlwings", "Dictionary", "xlwings_udfs")
RECORDER = (
    HEAD
    + """
Public Recorded As String
Public Function RunPython(PythonCommand As String)
    Recorded = Recorded & PythonCommand & Chr(10)
End Function
Public Sub KillPy()
    Recorded = Recorded & "KillPy" & Chr(10)
End Sub
Public Function TakeRecorded() As String
    TakeRecorded = Recorded & "done"
    Recorded = ""
End Function
Public Sub PressButton(TagOfButton As String)
    Dim Button As Object
    Set Button = CreateUnoService("com.sun.star.form.component.CommandButton")
    Button.Tag = TagOfButton
    Relances_Action Button
End Sub
Public Sub Choose(HowMany As Integer)
    Select Case HowMany
        Case 0: NoteFiles False
        Case 1: NoteFiles "/a/1 b.csv"
        Case 2: NoteFiles Array("/a/1 b.csv", "/a/2.txt")
    End Select
    RunPython CStr(ThisWorkbook.Names("fichiers_a_importer").RefersToRange.Value)
End Sub
Public Sub Hold(Answer As Integer)
    Select Case Answer
        Case 0: NoteHold "10/12/2026", "virement"
        Case 1: NoteHold " ", ""
        Case 2: NoteHold "10/12/2026", False
        Case 3: NoteHold False, False
    End Select
    RunPython CStr(ThisWorkbook.Names("suspension_jusquau").RefersToRange.Value)
    RunPython CStr(ThisWorkbook.Names("suspension_motif").RefersToRange.Value)
End Sub
Public Sub DoubleClickOn(SheetNumber As Integer, Address As String)
    If DoubleClick(ThisWorkbook.Worksheets(SheetNumber).Range(Address)) Then RunPython "taken"
    RunPython CStr(ThisWorkbook.Worksheets(SheetNumber).Range(Address).Value)
End Sub
"""
)


def main() -> None:
    book, profile = Path(sys.argv[1]), Path(sys.argv[2])
    calls = json.load(sys.stdin)
    pipe = f"relances-{profile.name}-{time.time_ns()}"
    office = subprocess.Popen(
        [
            "soffice", "--headless", "--norestore", "--nolockcheck",
            f"-env:UserInstallation={profile.resolve().as_uri()}",
            f"--accept=pipe,name={pipe};urp;",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        desktop = connect(pipe)
        try:
            document = load(desktop, book)
            prepare(document)
            json.dump([run(document, *call) for call in calls], sys.stdout)
            document.close(True)
        finally:
            try:
                desktop.terminate()
            except UnoError:
                office.kill()
    finally:
        try:
            office.wait(30)
        except subprocess.TimeoutExpired:
            office.kill()


def connect(pipe: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    for _ in range(240):
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except UnoError:
            time.sleep(0.25)
        else:
            return remote.ServiceManager.createInstanceWithContext(
                "com.sun.star.frame.Desktop", remote
            )
    raise TimeoutError("LibreOffice did not answer")


def load(desktop: Any, book: Path) -> Any:
    hidden, macros = PropertyValue(), PropertyValue()
    hidden.Name, hidden.Value = "Hidden", True
    macros.Name, macros.Value = "MacroExecutionMode", uno.Any("short", 4)  # always
    url = book.resolve().as_uri()
    return desktop.loadComponentFromURL(url, "_blank", 0, (hidden, macros))


def prepare(document: Any) -> None:
    library = document.BasicLibraries.getByName("VBAProject")
    for name in THEIRS:
        if library.hasByName(name):
            library.removeByName(name)
    library.insertByName("recorder", RECORDER)


def run(document: Any, macro: str, *arguments: Any) -> list[str] | None:
    if macro == "code names":
        return [sheet.CodeName for sheet in document.Sheets]
    try:
        invoke(document, macro, *arguments)
        recorded = invoke(document, "recorder.TakeRecorded")
    except UnoError as error:
        return [f"error: {error}"]
    return None if recorded is None else recorded.split("\n")[:-1]


def invoke(document: Any, macro: str, *arguments: Any) -> Any:
    address = f"vnd.sun.star.script:VBAProject.{macro}?language=Basic&location=document"
    script = document.getScriptProvider().getScript(address)
    return script.invoke(arguments, (), ())[0]


main()
