"""Where the Word templates lie, and whether every one that is needed is there and right.

``<folder>/<langue>/<fichier>``; a customer's own stands in a folder named after
the account, ``<folder>/<langue>/<compte>/<fichier>``, and comes first.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from xl_relances.errors import Finding, LetterError
from xl_relances.letters.cleaning import safe_name
from xl_relances.letters.template_check import check_template

__all__ = [
    "check_template",
    "check_templates",
    "find_template",
    "language_written",
    "template_name",
]


def template_name(text: str) -> str:
    """``relance_1.docx`` for what stands in the column Modèle, with or without ``.docx``.

    Raises:
        LetterError: It is empty, or would lead out of the folder of the templates.
    """
    name = text.strip()
    if not name:
        raise LetterError("Niveaux, colonne « Modèle » : vide, nommez un fichier Word")
    if Path(name).name != name or any(sign in name for sign in '\\/:"*?<>|') or name[0] == ".":
        raise LetterError(
            f"Niveaux, colonne « Modèle » : « {name} » n'est pas un nom de fichier simple, "
            "comme relance_1.docx"
        )
    return name if name.lower().endswith(".docx") else f"{name}.docx"


def find_template(
    folder: Path, name: str, language: str, *, default_language: str = "fr", account: str = ""
) -> Path:
    """The template of one letter: the customer's own, else the language's, else the default's.

    Args:
        folder: ``word_templates``.
        name: As in the column Modèle.
        language: The customer's; empty means the default.
        default_language: The company's.
        account: The customer's account.

    Raises:
        LetterError: None of them exists; names the file and where it was looked for.
    """
    places = _places(folder, name, language, default_language, account)
    for place in places:
        if place.is_file():
            return place
    looked = " ni ".join(dict.fromkeys(str(place.parent) for place in places[-2:]))
    raise LetterError(f"Modèle {places[0].name} : introuvable dans {looked}")


def language_written(
    folder: Path, name: str, language: str, *, default_language: str = "fr", account: str = ""
) -> str:
    """The language of the template that :func:`find_template` finds: amounts, dates and mail too.

    Without any template it is the customer's.

    Raises:
        LetterError: ``name`` is no file name.
    """
    for place in _places(folder, name, language, default_language, account):
        if place.is_file():
            return place.relative_to(folder).parts[0]
    return language or default_language


def _places(
    folder: Path, name: str, language: str, default_language: str, account: str
) -> list[Path]:
    """Where a template may lie, the most particular first."""
    file = template_name(name)
    chosen = safe_name(language or default_language, longest=8)
    places = [folder / chosen / file, folder / safe_name(default_language, longest=8) / file]
    if account:
        places.insert(0, folder / chosen / safe_name(account) / file)
    return places


def check_templates(
    folder: Path, names: Iterable[str], languages: Iterable[str], *, default_language: str = "fr"
) -> list[Finding]:
    """Everything wrong with the templates of a procedure, before any letter is made.

    Args:
        folder: ``word_templates``.
        names: Column Modèle, one a level.
        languages: Languages of the customers; empty ones mean the default.
        default_language: The company's; its templates stand in for other languages.
    """
    findings: list[Finding] = []
    tongues = list(dict.fromkeys([default_language, *filter(None, languages)]))
    files: dict[Path, None] = {}
    for name in dict.fromkeys(names):
        for language in tongues:
            try:
                path = find_template(folder, name, language, default_language=default_language)
            except LetterError as error:
                where, _, what = str(error).partition(" : ")
                findings.append(Finding(where=where, message=what))
                break
            if path.parent.name != safe_name(language, longest=8):
                findings.append(
                    Finding(
                        where=f"Modèle {language}/{path.name}",
                        message=f"absent, la lettre sera en langue « {default_language} »",
                        blocking=False,
                    )
                )
            files[path] = None
            files |= dict.fromkeys(sorted((folder / language).glob(f"*/{path.name}")))
    for path in files:
        findings += check_template(path)
    return findings
