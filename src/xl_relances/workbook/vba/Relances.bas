Attribute VB_Name = "Relances"
Option Explicit
' The build adds one Sub for each command of xl_relances/workbook/commands.py, which Alt+F8 lists,
' and the one that the ribbon calls: each is one line of Python, no rule lives here.

Private Sub StopPython()
    On Error Resume Next 'on a Mac there is nothing to stop
    KillPy
End Sub

Private Sub ChooseFiles()
    Dim Chosen As Variant
    On Error Resume Next 'without a dialog, what is typed in the cell stands
    #If Mac Then
        Chosen = Application.GetOpenFilename()
    #Else
        Chosen = Application.GetOpenFilename(MultiSelect:=True)
    #End If
    If Err.Number <> 0 Then Exit Sub
    On Error GoTo 0
    NoteFiles Chosen
End Sub

Private Sub AskDispute()
    AskHold "En litige jusqu'au (JJ/MM/AAAA), vide si vous ne savez pas :"
End Sub

Private Sub AskPromise()
    AskHold "Paiement promis jusqu'au (JJ/MM/AAAA) :"
End Sub

Private Sub AskHold(Question As String)
    Dim LastDay As Variant, Reason As Variant
    On Error Resume Next 'without a box, what is typed in the cells stands
    LastDay = Application.InputBox(Question, "Relances", Type:=2)
    If Err.Number <> 0 Then Exit Sub
    Reason = False
    If VarType(LastDay) = vbString Then Reason = Application.InputBox("Motif (facultatif) :", "Relances", Type:=2)
    On Error GoTo 0
    NoteHold LastDay, Reason
End Sub

Private Sub Python(command As String)
    On Error GoTo Failed
    RunPython command
    Exit Sub
Failed:
    MsgBox "Python n'a pas d" & ChrW(233) & "marr" & ChrW(233) & ". Dans une invite de commandes, " & _
        "tapez : xl-relances doctor" & vbLf & Err.Description, vbExclamation, "Relances"
End Sub
