"""The events of a YAML text: from the parser in C where its answer is sure to be the exact one, else from ruamel.yaml.

Both parsers have the same names for the same events. The parser in C is twenty times as fast. It differs in the places
of values that are left out, in aliases, in characters that one of the two takes for a line break, and in its messages:
texts with any of these, and texts that it rejects, are read by ruamel.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

#: Tabs, and characters that are line breaks, or marks at the start, for one of the parsers only.
_UNLIKE = re.compile("[\t\r\x85\u2028\u2029\ufeff]")


class UnlikeError(Exception):
    """The parser in C may not give the events that ruamel.yaml gives."""


def fast_events(text: str) -> Iterator[Any]:
    """Yield the events of a text by the parser in C; raise an UnlikeError where ruamel.yaml may give others."""
    try:
        import yaml  # noqa: PLC0415  takes its time, and JSON does without

        loader = yaml.CSafeLoader
    except (ImportError, AttributeError) as error:  # built without libyaml
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
    from ruamel.yaml import YAML  # noqa: PLC0415  takes its time, and few texts need it

    yield from YAML(typ="safe", pure=True).parse(text)
