"""An xlwings engine over a workbook file: the same macros without Excel."""
