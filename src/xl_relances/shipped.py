"""The files that the package carries: relances.xlsm and the Word templates."""

from __future__ import annotations

from pathlib import Path


def shipped(name: str) -> Path:
    """Where ``name`` lies: inside an installed package, at the top of a checkout.

    Raises:
        FileNotFoundError: The package was built without it.
    """
    package = Path(__file__).parent
    for folder in (package / "shipped", package.parents[1]):
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(name)
