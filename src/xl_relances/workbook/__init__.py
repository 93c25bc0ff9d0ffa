"""relances.xlsm and the Word templates, built from text."""
