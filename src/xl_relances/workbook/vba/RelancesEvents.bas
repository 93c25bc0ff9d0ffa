Attribute VB_Name = "RelancesEvents"
Option Explicit
Option Private Module
' What a double-click does; True where it did something, so that the sheet sets Cancel.
' And what dialogs answered, for Python to read.

Public Function DoubleClick(ByVal Target As Range) As Boolean
    DoubleClick = ToggleTick(Target)
    If Not DoubleClick Then DoubleClick = ShowAccount(Target)
End Function

Public Function ToggleTick(ByVal Target As Range) As Boolean
    ' A tick is a cell whose number format shows one (U+2611), whatever its column.
    On Error GoTo Refused 'a protected sheet: Excel says so itself
    If InStr(Target.NumberFormat, ChrW(9745)) = 0 Then Exit Function
    If Target.HasFormula Then Exit Function
    If Target.Value = 1 Then Target.Value = 0 Else Target.Value = 1
    ToggleTick = True
Refused:
End Function

Private Function ShowAccount(ByVal Target As Range) As Boolean
    ' A cell under the title Compte of a table, not empty.
    On Error GoTo Elsewhere 'not in a table
    If Intersect(Target, Target.ListObject.DataBodyRange) Is Nothing Then Exit Function
    If Intersect(Target.EntireColumn, Target.ListObject.HeaderRowRange).Value <> "Compte" Then Exit Function
    If Target.Value = "" Then Exit Function
    On Error GoTo 0
    VoirLeDetail
    ShowAccount = True
Elsewhere:
End Function

Public Sub NoteFiles(ByVal Chosen As Variant)
    ' A path a line; False where the dialog was cancelled, an array where it takes several.
    Dim Path As Variant, Paths As String
    If IsArray(Chosen) Then
        For Each Path In Chosen
            If Paths <> "" Then Paths = Paths & vbLf
            Paths = Paths & Path
        Next
    ElseIf VarType(Chosen) = vbString Then
        Paths = Chosen
    End If
    ThisWorkbook.Names("fichiers_a_importer").RefersToRange.Value = Paths
End Sub

Public Sub NoteHold(ByVal LastDay As Variant, ByVal Reason As Variant)
    ' Two texts; False where a box was cancelled: then the cells are empty.
    If VarType(LastDay) <> vbString Or VarType(Reason) <> vbString Then
        LastDay = ""
        Reason = ""
    ElseIf Trim(LastDay) = "" Then
        LastDay = "sans date"
    End If
    ThisWorkbook.Names("suspension_jusquau").RefersToRange.Value = LastDay
    ThisWorkbook.Names("suspension_motif").RefersToRange.Value = Reason
End Sub
