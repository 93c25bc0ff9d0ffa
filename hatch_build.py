"""The guide, built as pages, goes into the wheel: the button « Guide » opens it anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class GuideBuildHook(BuildHookInterface[Any]):
    """Runs mkdocs before a wheel is packed; an editable install reads docs/ as it is."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the pages into the build folder and have them packed."""
        if version == "editable":
            return
        site = Path(self.directory) / "guide"
        subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(site)],
            cwd=self.root, check=True, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        )  # fmt: skip
        build_data["force_include"][str(site)] = "xl_relances/shipped/guide"
