"""What is wrong with a Word template, all at once, before anything is rendered.

Word's own habits are looked for first (curly quotes, « », no-break hyphens, text
beside a tag that stands for its whole paragraph), then jinja2's syntax, then the
fields: every name, the dotted ones and those of loops too, must be one of
:data:`xl_relances.letters.fields.FIELDS`. Last, sample letters are merged.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xl_relances.errors import Finding, LetterError
from xl_relances.letters.render import render
from xl_relances.letters.sample import SAMPLES
from xl_relances.letters.template_fields import Use, fields_used, unknown
from xl_relances.letters.template_file import (
    environment,
    explained,
    paragraph_at,
    patched,
    plain,
    read_package,
    rendered_parts,
    tags_left,
)

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_BRACES = re.compile(r"\{\{|\}\}|\{%|%\}")
_PREFIX = re.compile(r"\{([%{])-?(tr|tc|p|r)(?=[\s\u00a0])")
_STRAIGHT = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
_OPENED = {"if": "{% endif %}", "for": "{% endfor %}"}
_SIGNS = {
    "«": 'guillemets « », tapez " à la place',
    "»": 'guillemets « », tapez " à la place',
    "\u2011": "trait d'union insécable, effacez-le",
    "–": "tiret demi-cadratin, tapez - à la place",
    "—": "tiret cadratin, tapez - à la place",
    "\u2212": "signe moins typographique, tapez - à la place",
    "…": "points de suspension en un signe, effacez-les",
}
"""Signs that Word puts in by itself and jinja2 does not know, and what to do."""

_EXPECTED = {
    "solde_du": "la somme due", "date_limite": "la date limite",
    "reglements_jusquau": "la date des règlements pris en compte",
}  # fmt: skip


def check_template(path: Path) -> list[Finding]:
    """Everything wrong with the template at ``path``; an empty list means it can be used.

    Findings that do not block are about what a letter should say and this one does not.
    """
    where = f"Modèle {path.parent.name}/{path.name}"
    try:
        parts = read_package(path)
        sources = patched(path, parts)
    except LetterError as error:
        return [Finding(where=where, message=str(error).partition(" : ")[2])]
    problems = [
        *_elsewhere(parts),
        *(problem for name in sources for problem in _word_problems(parts[name])),
    ]
    uses: list[Use] = []
    if not problems:
        found, uses = _jinja_problems(sources)
        problems += found
    findings = [Finding(where=where, message=text) for text in dict.fromkeys(problems)]
    if not findings:
        findings += _trial(path, where)
        findings += [Finding(where=where, message=text, blocking=False) for text in _advice(uses)]
    return findings


def _elsewhere(parts: Mapping[str, bytes]) -> Iterator[str]:
    """Tags in parts that are not merged: they would be sent as they stand."""
    merged = set(rendered_parts(parts))
    for name, content in parts.items():
        if name.endswith(".xml") and name not in merged:
            text = plain(content.decode("utf-8", "replace"), 10_000_000)
            tag = _TAG.search(text)
            if tag:
                place = "les propriétés du document" if "docProps" in name else name
                yield f"« {tag[0]} » dans {place} ne serait pas remplacé : retirez-le"


def _word_problems(content: bytes) -> Iterator[str]:
    """What Word's own habits did to the tags of one part."""
    from lxml import etree  # noqa: PLC0415

    for paragraph in etree.fromstring(content).iter(f"{_W}p"):
        if any("Fallback" in str(parent.tag) for parent in paragraph.iterancestors()):
            continue  # a second copy of a text box, for old versions of Word
        text = _text(paragraph)
        if not _BRACES.search(text):
            continue
        shown = plain(text)
        rest = _TAG.sub("", text)
        if _BRACES.search(rest):
            yield f"balise ouverte ou fermée seule dans « {shown} »"
            continue
        for tag in _TAG.findall(text):
            yield from _tag_problems(tag, text, paragraph)


def _tag_problems(tag: str, text: str, paragraph: Any) -> Iterator[str]:
    shown, short = plain(text), plain(tag)
    if tag.startswith("{#"):
        return
    signs = {advice for sign, advice in _SIGNS.items() if sign in tag}
    if signs:
        yield from (f"{advice} : {short}, dans « {shown} »" for advice in sorted(signs))
        return
    prefix = _PREFIX.match(tag)
    body = re.sub(r"^\{[%{]-?|-?[%}]\}$", "", tag).translate(_STRAIGHT)
    if prefix:
        yield from _placing(prefix, tag, text, paragraph)
        body = body[len(prefix[2]) :]
        if re.search(r"[%}]", body):
            yield f"un signe % ou }} dans {short} : {{%{prefix[2]} …%}} n'en admet pas"
            return
    yield from _syntax(tag, body.strip(), shown)


def _placing(prefix: re.Match[str], tag: str, text: str, paragraph: Any) -> Iterator[str]:
    """A tag that stands for its paragraph, row or cell takes everything in it away."""
    kind, short = prefix[2], plain(tag)
    if prefix[1] == "{" or kind == "r":
        yield f"{short} : écrivez le champ sans {kind}, {{{{ … }}}}"
        return
    if "\u00a0" in tag[: prefix.end() + 1]:
        yield f"espace insécable après {{%{kind} dans « {plain(text)} » : tapez une espace simple"
    if any(parent.tag.endswith("}txbxContent") for parent in paragraph.iterancestors()):
        yield f"{short} dans une zone de texte : utilisez un tableau ou un cadre"
        return
    holder = paragraph
    if kind != "p":
        holder = next(paragraph.iterancestors(f"{_W}{kind}"), None)
        if holder is None:
            place = "une ligne" if kind == "tr" else "une cellule"
            yield f"{short} hors d'un tableau : {{%{kind} …%}} se place dans {place} de tableau"
            return
    everything = " ".join(_text(each) for each in holder.iter(f"{_W}p"))
    beside = everything.replace(tag, "", 1)
    if beside.strip():
        what = {"p": "son paragraphe", "tr": "sa ligne de tableau", "tc": "sa cellule"}[kind]
        yield f"« {plain(beside)} » disparaîtrait : {short} doit être seul dans {what}"


def _syntax(tag: str, body: str, shown: str) -> Iterator[str]:
    import jinja2  # noqa: PLC0415

    word = body.split(None, 1)[0] if body.split() else ""
    if tag.startswith("{{"):
        trial = f"{{{{ {body} }}}}"
    elif word in _OPENED:
        trial = f"{{% {body} %}}{_OPENED[word]}"
    elif word in {"elif", "else"}:
        trial = f"{{% if 1 %}}{{% {body} %}}{{% endif %}}"
    elif word in {"endif", "endfor"} and body == word:
        return
    elif word == "set":
        trial = f"{{% {body} %}}"
    else:
        yield f"instruction inconnue « {body} » dans « {shown} » : if, elif, else, for ou set"
        return
    try:
        environment().parse(trial)
    except jinja2.TemplateSyntaxError as error:
        yield f"balise incorrecte {plain(tag)} dans « {shown} » ({explained(error)})"


def _jinja_problems(sources: Mapping[str, str]) -> tuple[list[str], list[Use]]:
    import jinja2  # noqa: PLC0415

    env, problems, uses = environment(), [], []
    for name, source in sources.items():
        try:
            tree = env.parse(source)
            problems += [f"balise incomplète dans « {text} »" for text in tags_left(env, source)]
        except jinja2.TemplateSyntaxError as error:
            problems.append(_unbalanced(error.message or "", paragraph_at(source, error.lineno)))
            continue
        for use in fields_used(tree):
            uses.append(use)
            paragraph = paragraph_at(source, use.line)
            advice = unknown(use)
            if advice is not None:
                problems.append(f"champ inconnu « {use.written} » dans « {paragraph} »{advice}")
            elif use.path.startswith("client") and re.search(r"(header|footer)\d*\.xml$", name):
                problems.append(
                    f"« {use.written} » en en-tête ou pied de page : un champ du client se place "
                    "dans le corps de la lettre"
                )
    return problems, uses


def _unbalanced(message: str, paragraph: str) -> str:
    missing = re.search(r"innermost block that needs to be closed is '(\w+)'", message)
    if missing:
        return f"{{% {missing[1]} %}} n'est pas refermé par {{% end{missing[1]} %}}"
    extra = re.search(r"unknown tag '(\w+)'", message)
    if extra:
        return f"{{% {extra[1]} %}} en trop, ou mal placé, dans « {paragraph} »"
    return f"balises mal emboîtées dans « {paragraph} » ({message})"


def _trial(path: Path, where: str) -> list[Finding]:
    """Merge the sample letters: what only shows when values are there."""
    with tempfile.TemporaryDirectory() as folder:
        for letter in SAMPLES:
            try:
                render(letter, path, Path(folder) / "essai.docx")
            except LetterError as error:
                return [Finding(where=where, message=str(error).partition(" : ")[2])]
    return []


def _advice(uses: list[Use]) -> Iterator[str]:
    named = {use.path for use in uses}
    for name, what in _EXPECTED.items():
        if name not in named and not (name == "solde_du" and "total" in named):
            yield f"{what} ({{{{ {name} }}}}) n'est pas dans la lettre"
    if not named & {"reference", "client.compte"}:
        yield "ni {{ reference }} ni {{ client.compte }} : le paiement sera difficile à attribuer"
    if "echeances" not in named:
        yield "la liste des factures ({%tr for e in echeances %}) n'est pas dans la lettre"


def _text(paragraph: Any) -> str:
    """The text of a paragraph as a reader sees it, without that of text boxes in it."""
    pieces = []
    for node in paragraph.iter():
        if not isinstance(node.tag, str) or not node.tag.startswith(_W):
            continue
        owner = next(node.iterancestors(f"{_W}p"), None)
        if owner is not paragraph:
            continue
        name = node.tag[len(_W) :]
        if name == "t":
            pieces.append(node.text or "")
        else:
            signs = {"tab": "\t", "br": "\n", "noBreakHyphen": "\u2011", "drawing": "\ufffc"}
            pieces.append(signs.get(name, "") if node.getparent().tag == f"{_W}r" else "")
    return "".join(pieces)
