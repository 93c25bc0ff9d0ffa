"""What pip installs: the workbook, the templates and the guide with its pictures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from xl_relances.excel.folders import GUIDES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built here and unpacked as pip would."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as package:
        package.extractall(folder / "site")
    return folder / "site"


@pytest.mark.parametrize("name", ["relances.xlsm", "docs/guide.md", "docs/boutons.md"])
def test_what_buttons_open_is_in_the_wheel(installed: Path, name: str) -> None:
    """Word for word what the repository holds, found from the installed package."""
    code = "import sys; from xl_relances.shipped import shipped; print(shipped(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, name], cwd=installed, check=True, capture_output=True,
        text=True, env=os.environ | {"PYTHONPATH": str(installed)},
    )  # fmt: skip
    found = Path(done.stdout.strip())
    assert found.is_relative_to(installed)
    assert found.read_bytes() == (ROOT / name).read_bytes()


@pytest.mark.parametrize("name", ["docs/guide.md", "docs/boutons.md"])
def test_links_and_pictures_of_the_guide_go_somewhere(installed: Path, name: str) -> None:
    """Nothing that it shows was left behind in the repository."""
    assert name in GUIDES
    page = installed / "xl_relances" / "shipped" / name
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).is_file(), target
