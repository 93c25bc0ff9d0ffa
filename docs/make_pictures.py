"""Pictures of README and guide, made from the real workbook and a real letter.

    python docs/make_pictures.py

Needs LibreOffice, pdftoppm and Pillow. The sheets are those of the sample
company once its letters 1 were issued, on a French system.
"""

from __future__ import annotations

import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

from PIL import Image, ImageChops

from xl_relances import demo, headless, run

HERE = Path(__file__).parent / "pictures"
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
 oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">
<value>fr-FR</value></prop></item>
</oor:items>
"""
SHEETS = {
    "Accueil": "accueil",
    "Sélection": "selection",
    "Préparation": "preparation",
    "Détail": "detail",
    "Non relancés": "non-relances",
    "Grand livre": "grand-livre",
    "Clients": "clients",
    "Historique": "historique",
    "Campagnes": "campagnes",
    "Paramètres": "parametres",
    "Tableau de bord": "tableau-de-bord",
    "À appeler": "a-appeler",
    "Balance âgée": "balance-agee",
    "Évolution": "evolution",
}
DOTS = 110
"""Dots an inch at which a page is read; the picture is then as wide as a page of text."""


def main() -> None:
    """Make every picture anew."""
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        book, letter = campaign(work / "demo")
        pages = pdf_pages(pdf(book, work))
        for title, name in SHEETS.items():
            save(pages[title], name)
        save(pdf_pages(pdf(letter, work), named=False)["1"], "letter", dots=80)


def campaign(folder: Path) -> tuple[Path, Path]:
    """The sample company's workbook with its letters 1 issued, and a letter 2."""
    path = demo.lay(folder)
    headless.engine.answer = lambda *_: "yes"
    with headless.open_book(path) as book:
        run.prepare(book, now=datetime(2026, 11, 25, 9))
        run.issue(book, choice=run.chosen(level=1))
        book.save()
        other = run.issue(book, choice=run.chosen(accounts=["411LOGISTI"]))
    return path, folder / other.issued[0].file


def pdf(source: Path, work: Path) -> Path:
    """``source`` as LibreOffice prints it."""
    profile = work / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    subprocess.run(
        [*command, "--convert-to", "pdf", "--outdir", str(work), str(source)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return work / f"{source.stem}.pdf"


def pdf_pages(source: Path, *, named: bool = True) -> dict[str, tuple[Path, int]]:
    """First page of each sheet by its title, which stands in the footer; else by number."""
    text = subprocess.run(
        ["pdftotext", "-layout", str(source), "-"], check=True, capture_output=True, text=True
    ).stdout
    pages: dict[str, tuple[Path, int]] = {}
    for number, page in enumerate(text.split("\f"), 1):
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        if not named:
            pages[str(number)] = (source, number)
        elif lines:
            title = next((t for t in SHEETS if lines[-1].startswith(t)), "")
            pages.setdefault(title, (source, number))
    return pages


def save(page: tuple[Path, int], name: str, *, dots: int = DOTS) -> None:
    """One page as a picture without its white margins."""
    source, number = page
    made = HERE / name
    subprocess.run(
        ["pdftoppm", "-r", str(dots), "-f", str(number), "-l", str(number), "-png", "-singlefile",
         str(source), str(made)],
        check=True,
    )  # fmt: skip
    file = made.with_suffix(".png")
    picture = Image.open(file).convert("RGB")
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    if box is not None and name != "letter":
        left, top, right, _ = box
        bottom = min(box[3], top + int(picture.height * 0.62))
        picture = picture.crop((left - 8, top - 8, right + 8, bottom + 8))
    picture.quantize(128).save(file, optimize=True)
    print(file.relative_to(HERE.parent.parent), picture.size)


if __name__ == "__main__":
    main()
