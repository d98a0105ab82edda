"""Values of somebody else's answer in words that are safe to show: on one line, printable, not too long."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

Json: TypeAlias = "bool | int | Decimal | str | list[Json] | dict[str, Json] | None"
#: The way to a value from the top of an answer: keys of objects and places in lists.
Path: TypeAlias = "tuple[str | int, ...]"

#: A value is cut to this many characters where it is shown.
LONGEST_SHOWN = 80
MOST_KEYS_SHOWN = 6


def escaped(text: str) -> str:
    """The text with every character that does not print (line ends, controls, bidi marks) as its escape."""
    return text if text.isprintable() else "".join(_escaped(character) for character in text)


def shown(text: str, longest: int = LONGEST_SHOWN) -> str:
    """The text on one line, escaped, and cut where it is longer than `longest`."""
    if len(text) <= longest and text.isprintable():
        return text
    pieces: list[str] = []
    room = longest
    for character in text:
        piece = _escaped(character)
        if len(piece) > room:
            # the last piece gives way to the ellipsis, so that nothing is longer than asked for
            return "".join(pieces[:-1]) + "…"
        pieces.append(piece)
        room -= len(piece)
    return "".join(pieces)


def raw(value: Json) -> str:
    """The value as it stood in the answer, short and without markup, for a comment."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Mapping):
        return "(an object)"
    if isinstance(value, list):
        return "(a list)"
    return _literal(value)


def described(value: Json) -> str:
    """What a value is, for a message that says what was found."""
    if isinstance(value, str):
        return f"the text `{shown(value)}`" if value else "an empty text"
    if isinstance(value, Mapping):
        return f"an object with {_some(list(value))}" if value else "an object without keys"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    return f"`{_literal(value)}`"


def spelled(path: Path) -> str:
    """The way to a value as one would write it: `Instances.Instance[2].RegionId`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{shown(step)}" if text else shown(step)
    return text


def _some(keys: list[str]) -> str:
    named = ", ".join(f"`{shown(key, 40)}`" for key in keys[:MOST_KEYS_SHOWN])
    more = len(keys) - MOST_KEYS_SHOWN
    return ("the key " if len(keys) == 1 else "the keys ") + named + (f" and {more} more" if more > 0 else "")


def _literal(value: bool | int | Decimal | None) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else shown(str(value))


def _escaped(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
