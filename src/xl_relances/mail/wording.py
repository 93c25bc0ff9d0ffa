"""What an e-mail says: « Objet » and « Message » of the level, fields filled in.

The same fields as in the Word templates, in the same sandbox, strict: an unknown or
empty one is an error, never a hole. The text is plain; whatever it holds is escaped
where it becomes HTML, so that neither data nor Niveaux can slip tags into a mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from xl_relances.dunning.levels import DunningLevel
from xl_relances.errors import Finding, LetterError
from xl_relances.letters.cleaning import clean
from xl_relances.letters.fields import Context, context, legal_name, legal_notice
from xl_relances.letters.letter import Letter, Sender, cleaned
from xl_relances.letters.template_fields import fields_used, unknown
from xl_relances.letters.template_file import environment, explained, tags_left
from xl_relances.mail.message import header_text

if TYPE_CHECKING:
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

_FAILURES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What an expression written by a user may raise, beside jinja2's own errors."""

_SUBJECT, _MESSAGE = "Objet", "Message"

_ENGLISH = {
    "first": (
        "Payment reminder",
        (
            "Unless we are mistaken, the invoices listed in the attached letter are overdue and "
            "we have not yet received payment. We would be grateful if you could arrange it. If "
            "your payment has crossed with this message, please disregard it."
        ),
    ),
    "next": (
        "Overdue invoices: reminder",
        (
            "Unless we are mistaken, the invoices listed in the attached letter remain "
            "unpaid. Please settle them within the time it states, or let us know what prevents "
            "it."
        ),
    ),
    "last": (
        "Formal notice to pay",
        (
            "Please find attached our formal notice to pay, within the time it sets, the sums "
            "detailed in it, which remain unpaid."
        ),
    ),
}
"""For customers written to in English, while « Message » itself does not look at the language."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What one mail says: a subject of one line, a text with its signature, a footer."""

    subject: str
    text: str
    footer: str


def check_wording(levels: Iterable[DunningLevel]) -> list[Finding]:
    """Everything wrong with « Objet » and « Message » of these levels, before any mail is made."""
    findings = []
    for level in levels:
        for column, source in ((_SUBJECT, level.subject or level.label), (_MESSAGE, level.message)):
            findings += [
                Finding(
                    where="Paramètres",
                    column=column,
                    message=f"niveau {level.rank} : {problem}.",
                )
                for problem in dict.fromkeys(_problems(source))
            ]
    return findings


def _problems(source: str) -> Iterator[str]:
    import jinja2  # noqa: PLC0415 - a click that needs no letter must not pay for it

    if not source.strip():
        yield "vide, un e-mail a besoin d'un texte"
        return
    env = _plain()
    try:
        tree = env.parse(source)
        yield from (f"balise incomplète dans « {text} »" for text in tags_left(env, source))
    except jinja2.TemplateSyntaxError as error:
        yield f"balise incorrecte ({explained(error)})"
        return
    for use in fields_used(tree):
        advice = unknown(use)
        if advice is not None:
            yield f"champ inconnu « {use.written} »{advice}"


def subject_of(level: DunningLevel, letter: Letter, *, last: bool) -> str:
    """« Objet » of a letter and of its mail, its fields filled in, in the letter's language.

    Raises:
        LetterError: A field has no value, an expression fails, or nothing is left.
    """
    letter, _ = cleaned(replace(letter, subject=level.label))
    source = level.subject or level.label
    if _is_ours_in_english(level, letter):
        source, _ = _english(level, last=last)
    subject = header_text(_rendered(level, _SUBJECT, source, context(letter)))
    if not subject:
        raise LetterError(f"Paramètres, colonne « {_SUBJECT} » : niveau {level.rank} : vide")
    return subject


def _is_ours_in_english(level: DunningLevel, letter: Letter) -> bool:
    """Whether the customer reads English and the company's own texts do not see to it."""
    own = (level.subject or level.label) + level.message
    return letter.language == "en" and "client.langue" not in own


def _english(level: DunningLevel, *, last: bool) -> tuple[str, str]:
    return _ENGLISH["last" if last else "first" if level.rank == 1 else "next"]


def worded(level: DunningLevel, letter: Letter, *, last: bool) -> Wording:
    """What the mail that carries ``letter`` says.

    Args:
        level: Its level; ``Message`` is not empty.
        letter: The letter, as it was issued.
        last: Whether the level is the formal notice.

    Raises:
        LetterError: A field has no value, or an expression fails; names level and column.
    """
    letter, _ = cleaned(replace(letter, subject=level.label))
    message = level.message
    if _is_ours_in_english(level, letter):
        _, body = _english(level, last=last)
        message = f"Dear Sir or Madam,\n\n{body}\n\nKind regards,"
    values = context(letter)
    subject = subject_of(level, letter, last=last)
    values["objet"] = subject
    text = clean(_rendered(level, _MESSAGE, message, values))[0].strip()
    return Wording(
        subject=subject,
        text=_signed(text, letter.sender),
        footer=header_text(legal_notice(letter.sender, letter.language)),
    )


def _rendered(level: DunningLevel, column: str, source: str, values: Context) -> str:
    import jinja2  # noqa: PLC0415

    try:
        return _compiled(source).render(values)
    except (jinja2.TemplateError, *_FAILURES) as error:
        raise LetterError(
            f"Paramètres, colonne « {column} » : niveau {level.rank} : {explained(error)}"
        ) from error


@lru_cache(maxsize=64)
def _compiled(source: str) -> jinja2.Template:
    """A campaign has few texts and many mails."""
    return _plain().from_string(source)


def _plain() -> ImmutableSandboxedEnvironment:
    """The letters' environment for text: nothing to escape, no line left by a tag alone on it."""
    env = environment()
    env.autoescape, env.trim_blocks, env.lstrip_blocks = False, True, True
    return env


def _signed(text: str, sender: Sender) -> str:
    """``text`` with the signature under it, unless the message signs by itself."""
    lines = [header_text(line) for line in (sender.signatory, sender.role, legal_name(sender))]
    said = {line.strip() for line in text.split("\n")[-6:]}
    signature = [line for line in lines if line and line not in said]
    return f"{text}\n\n" + "\n".join(signature) if signature else text
