"""The door from Excel: the macros that the ribbon runs."""
