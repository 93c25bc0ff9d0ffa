r"""How Windows reads the command line that xlwings builds: cmd.exe, then the C runtime.

Rules from Microsoft: cmd.exe looks for ``&`` and redirections outside of quotes, which
any quotation mark turns over, and takes ``^`` there for an escape; the C runtime then
splits words, ``\\"`` being a quotation mark of the text.
"""

from __future__ import annotations


def python_arguments(command_line: str) -> list[str]:
    """Arguments that the last program of a ``cmd.exe /C`` line gets, its name first."""
    return _split(_last_command(command_line.removeprefix("cmd.exe /C ")))


def _last_command(line: str) -> str:
    commands = [""]
    quoted = False
    signs = iter(line)
    for sign in signs:
        if sign == '"':
            quoted = not quoted
        if sign == "^" and not quoted:
            commands[-1] += next(signs, "")
        elif sign == "&" and not quoted:
            commands.append("")
        elif sign == ">" and not quoted:
            return commands[-1].removesuffix("2")
        else:
            commands[-1] += sign
    return commands[-1]


def _split(line: str) -> list[str]:
    arguments: list[str] = []
    word: str | None = None
    quoted = False
    backslashes = 0
    for sign in line:
        if sign == "\\":
            backslashes += 1
            continue
        if sign == '"':
            word = (word or "") + "\\" * (backslashes // 2)
            if backslashes % 2:
                word += '"'
            else:
                quoted = not quoted
        else:
            if backslashes:
                word = (word or "") + "\\" * backslashes
            if sign.isspace() and not quoted:
                if word is not None:
                    arguments.append(word)
                word = None
            else:
                word = (word or "") + sign
        backslashes = 0
    if word is not None or backslashes:
        arguments.append((word or "") + "\\" * backslashes)
    return arguments
