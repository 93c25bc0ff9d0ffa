"""Exports of accounting packages, read: what a file says, never what its name says."""
