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


def test_what_new_copies_and_guide_opens_is_in_the_wheel(installed: Path) -> None:
    """Found from the installed package; the workbook as the repository holds it."""
    code = "import sys; from xl_relances.shipped import shipped; print(shipped(sys.argv[1]))"
    for name in ("relances.xlsm", "word_templates/fr/relance_1.docx", GUIDES[0]):
        done = subprocess.run(
            [sys.executable, "-c", code, name], cwd=installed, check=True, capture_output=True,
            text=True, env=os.environ | {"PYTHONPATH": str(installed)},
        )  # fmt: skip
        found = Path(done.stdout.strip())
        assert found.is_relative_to(installed)
        if found.suffix != ".html":
            assert found.read_bytes() == (ROOT / name).read_bytes()


def test_the_guide_reads_without_a_network(installed: Path) -> None:
    """Whatever its pages show or link to lies beside them."""
    pages = sorted((installed / "xl_relances" / "shipped" / "guide").glob("*.html"))
    assert len(pages) > 12
    for page in pages:
        if page.stem == "404":  # for servers, which name folders otherwise
            continue
        text = page.read_text("utf-8")
        for target in re.findall(r'(?:src|href)="([^"#]+)', text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
