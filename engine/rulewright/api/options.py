"""Options of the command line in messages, said as arguments of calls."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from rulewright.diagnostics import Diagnostic

#: Options with a value in a message, and how a call says them.
_WITH_VALUES = (
    (re.compile(r"--columns '?([^\s=',]+)=([^\s',]+)'?"), r'`columns={"\1": "\2"}`'),
    (re.compile(r"`--(engine) (\w+)`"), r'`\1="\2"`'),
    (re.compile(r"--(format|input) ((?:\w+, )*\w+ or \w+|\w+)"), r"`\1` as \2"),
    (re.compile(r"--unknown-columns (\w+)"), r'`unknown_columns="\1"`'),
    (re.compile(r"--jobs (\d+)"), r"`jobs=\1`"),
)
#: The options that have a name of their own as arguments.
_NAMES = {"o": "output", "rulebook": "load"}
_OPTION = re.compile(r"(?<![\w-])--?(o|[a-z]+(?:-[a-z]+)*)(?![\w-])")


def in_python(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return diagnostics whose messages and ways out name arguments in place of options."""
    return [
        replace(one, message=_told(one.message), help=None if one.help is None else _told(one.help))
        if "-" in one.message or "-" in (one.help or "")
        else one
        for one in diagnostics
    ]


def _told(text: str) -> str:
    for pattern, replacement in _WITH_VALUES:
        text = pattern.sub(replacement, text)
    return _OPTION.sub(lambda found: f"`{_NAMES.get(found[1], found[1].replace('-', '_'))}`", text)
