Attribute VB_Name = "Relances"
Option Explicit
' One Sub for each command, listed by Alt+F8, and each one line of Python: no rule lives here.
' The build checks this module against xl_relances/workbook/commands.py.

Public Sub Relances_Action(control As IRibbonControl)
    Select Case control.Tag
        Case "import_ledger": Importer
        Case "control": Controler
        Case "go_to_selection": CriteresDeSelection
        Case "prepare": Preparer
        Case "clear_preparation": SupprimerLesRelances
        Case "show_detail": VoirLeDetail
        Case "show_all": ToutAfficher
        Case "toggle_dunning": RelancerOuNon
        Case "raise_level": LettrePlus
        Case "lower_level": LettreMoins
        Case "toggle_issued": EditeeOuNon
        Case "remove_item": RetirerEcheance
        Case "issue": Editer
        Case "mail": EMails
        Case "export_pdf": LettresEnPdf
        Case "print_merged": DocumentAImprimer
        Case "open_folder": OuvrirLeDossier
        Case "save": Sauvegarder
        Case "undo": AnnulerLaCampagne
        Case "open_templates": ModelesWord
        Case "check_templates": VerifierLesModeles
        Case "restart_python": RedemarrerPython
        Case "open_guide": Guide
    End Select
End Sub

Public Sub Importer()
    Python "import xl_relances.excel.macros as m; m.import_ledger()"
End Sub

Public Sub Controler()
    Python "import xl_relances.excel.macros as m; m.control()"
End Sub

Public Sub CriteresDeSelection()
    Python "import xl_relances.excel.macros as m; m.go_to_selection()"
End Sub

Public Sub Preparer()
    Python "import xl_relances.excel.macros as m; m.prepare()"
End Sub

Public Sub SupprimerLesRelances()
    Python "import xl_relances.excel.macros as m; m.clear_preparation()"
End Sub

Public Sub VoirLeDetail()
    Python "import xl_relances.excel.macros as m; m.show_detail()"
End Sub

Public Sub ToutAfficher()
    Python "import xl_relances.excel.macros as m; m.show_all()"
End Sub

Public Sub RelancerOuNon()
    Python "import xl_relances.excel.macros as m; m.toggle_dunning()"
End Sub

Public Sub LettrePlus()
    Python "import xl_relances.excel.macros as m; m.raise_level()"
End Sub

Public Sub LettreMoins()
    Python "import xl_relances.excel.macros as m; m.lower_level()"
End Sub

Public Sub EditeeOuNon()
    Python "import xl_relances.excel.macros as m; m.toggle_issued()"
End Sub

Public Sub RetirerEcheance()
    Python "import xl_relances.excel.macros as m; m.remove_item()"
End Sub

Public Sub Editer()
    Python "import xl_relances.excel.macros as m; m.issue()"
End Sub

Public Sub EMails()
    Python "import xl_relances.excel.macros as m; m.mail()"
End Sub

Public Sub LettresEnPdf()
    Python "import xl_relances.excel.macros as m; m.export_pdf()"
End Sub

Public Sub DocumentAImprimer()
    Python "import xl_relances.excel.macros as m; m.print_merged()"
End Sub

Public Sub OuvrirLeDossier()
    Python "import xl_relances.excel.macros as m; m.open_folder()"
End Sub

Public Sub Sauvegarder()
    Python "import xl_relances.excel.macros as m; m.save()"
End Sub

Public Sub AnnulerLaCampagne()
    Python "import xl_relances.excel.macros as m; m.undo()"
End Sub

Public Sub ModelesWord()
    Python "import xl_relances.excel.macros as m; m.open_templates()"
End Sub

Public Sub VerifierLesModeles()
    Python "import xl_relances.excel.macros as m; m.check_templates()"
End Sub

Public Sub RedemarrerPython()
    On Error Resume Next 'on a Mac there is nothing to stop
    KillPy
    On Error GoTo 0
    Python "import xl_relances.excel.macros as m; m.restart_python()"
End Sub

Public Sub Guide()
    Python "import xl_relances.excel.macros as m; m.open_guide()"
End Sub

Private Sub Python(command As String)
    On Error GoTo Failed
    RunPython command
    Exit Sub
Failed:
    MsgBox "Python n'a pas d" & ChrW(233) & "marr" & ChrW(233) & ". Dans une invite de commandes, " & _
        "tapez : xl-relances doctor" & vbLf & Err.Description, vbExclamation, "Relances"
End Sub
