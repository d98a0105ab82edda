"""Safe display of values from foreign answers: on one line, printable, and short."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from rulewright.case_text import escaped_character

Json: TypeAlias = "bool | int | Decimal | str | list[Json] | dict[str, Json] | None"
#: The path of a value in an answer: keys of objects and indexes of lists.
Path: TypeAlias = "tuple[str | int, ...]"

#: Maximum number of characters of a shown value.
LONGEST_SHOWN = 80
MOST_KEYS_SHOWN = 6


def shown(text: str, longest: int = LONGEST_SHOWN) -> str:
    """Return the text on one line, escaped, and cut if it is longer than `longest`."""
    if len(text) <= longest and text.isprintable():
        return text
    pieces: list[str] = []
    room = longest
    for character in text:
        piece = escaped_character(character)
        if len(piece) > room:
            # drop the last piece, so that the text with the ellipsis is not too long
            return "".join(pieces[:-1]) + "…"
        pieces.append(piece)
        room -= len(piece)
    return "".join(pieces)


def raw(value: Json) -> str:
    """Return the value as in the answer, shortened for a comment."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Mapping):
        return "(an object)"
    if isinstance(value, list):
        return "(a list)"
    return _literal(value)


def described(value: Json) -> str:
    """Return a description of a value, for messages."""
    if isinstance(value, str):
        return f"the text `{shown(value)}`" if value else "an empty text"
    if isinstance(value, Mapping):
        return f"an object with {_some(list(value))}" if value else "an object without keys"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    return f"`{_literal(value)}`"


def spelled(path: Path) -> str:
    """Return a path as text, as in `Instances.Instance[2].RegionId`."""
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
