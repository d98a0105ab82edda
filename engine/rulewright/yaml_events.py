"""Events of a YAML text, from the parser in C where its events are exact, else from ruamel.yaml.

Both parsers use the same names for the same events. The parser in C is twenty times as fast. It differs in the places
of omitted values, in aliases, in some line breaks, and in its messages. Texts with any of these, and texts that the
parser in C rejects, are read by ruamel.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

#: Tabs, and characters that only one of the parsers treats as a line break or a byte order mark.
_UNLIKE = re.compile("[\t\r\x85\u2028\u2029\ufeff]")


class UnlikeError(Exception):
    """The parser in C may give other events than ruamel.yaml."""


def fast_events(text: str) -> Iterator[Any]:
    """Yield the events of a text by the parser in C; raise UnlikeError if ruamel.yaml may give others."""
    try:
        import yaml  # noqa: PLC0415  slow to import, and JSON needs no YAML parser

        loader = yaml.CSafeLoader
    except (ImportError, AttributeError) as error:  # PyYAML is missing or built without libyaml
        raise UnlikeError from error
    if _UNLIKE.search(text):
        raise UnlikeError
    try:
        for event in yaml.parse(text, Loader=loader):
            if _is_unlike(event):
                raise UnlikeError
            yield event
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise UnlikeError from error


def _is_unlike(event: Any) -> bool:
    match type(event).__name__:
        case "AliasEvent":
            return True
        case "ScalarEvent":
            is_left_out = not event.value and not event.style
            return is_left_out or event.anchor is not None or event.tag is not None
        case "MappingStartEvent" | "SequenceStartEvent":
            return event.anchor is not None or event.tag is not None
        case _:
            return False


def exact_events(text: str) -> Iterator[Any]:
    """Yield the events of a text by ruamel.yaml, which raises its own errors."""
    from ruamel.yaml import YAML  # noqa: PLC0415  slow to import, and few texts need it

    yield from YAML(typ="safe", pure=True).parse(text)
