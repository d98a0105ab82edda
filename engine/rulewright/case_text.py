"""Writing a case file: facts of some kinds, each with a comment, so that a reader can check where they came from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rulewright.model.values import Known

_INDENT = " " * 4
_FURTHEST_COMMENT = 48
#: Texts that no YAML reader, old or new, takes for anything but text; all others are quoted.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.*-]*")
_NOT_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One stated fact, the comment behind it, and the comments on lines of their own below it."""

    field: str
    value: Known
    comment: str
    below: tuple[str, ...] = ()


def case_text(
    head: Sequence[str], case: str, kinds: Mapping[str, Sequence[Sequence[Entry]]], as_of: date | None = None
) -> str:
    """The text of a case file with the subjects of each kind, under the comments of its head."""
    lines = [f"# {escaped(line)}" for line in head]
    lines.append(f"case: {_scalar(case)}")
    if as_of is not None:
        lines.append(f"as_of: {as_of}")
    for kind, subjects in kinds.items():
        lines.append(f"{kind}:" if subjects else f"{kind}: []")
        for subject in subjects:
            lines.extend(_mapping(subject))
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Return the text with every character that does not print (line ends, controls, bidi marks) as its escape."""
    return text if text.isprintable() else "".join(map(escaped_character, text))


def escaped_character(character: str) -> str:
    """Return a character that prints, or the escape of one that does not."""
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def _mapping(entries: Sequence[Entry]) -> Iterator[str]:
    facts = [f"{entry.field}: {_scalar(entry.value)}" for entry in entries]
    column = min(len(_INDENT) + max(map(len, facts)) + 2, _FURTHEST_COMMENT)
    for number, (entry, fact) in enumerate(zip(entries, facts, strict=True)):
        line = (_INDENT if number else "  - ") + fact
        yield f"{line:<{column - 1}} # {escaped(entry.comment)}"
        # comments on lines of their own belong to the entry before them
        yield from (f"{_INDENT}# {escaped(line)}" for line in entry.below)


def _scalar(value: Known) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and not value.isprintable():
        return json.dumps(value)  # which YAML reads, with every such character as an escape
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str) and (not _PLAIN.fullmatch(value) or value.lower() in _NOT_TEXT):
        return "'" + value.replace("'", "''") + "'"
    return str(value)
