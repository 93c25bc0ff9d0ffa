"""Customer dunning inside Excel: ledger in, letters and history out."""

__version__ = "0.1.0"
