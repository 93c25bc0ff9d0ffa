"""The rules of dunning, pure: no file, no spreadsheet, no clock."""
