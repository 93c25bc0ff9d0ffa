"""Tests of the import; a package, for its conftest beside the others."""
