"""Writing a case file: the facts of one kind, each with a comment, so that a reader can check where they came from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark
from ruamel.yaml.scalarstring import PlainScalarString, SingleQuotedScalarString
from ruamel.yaml.tokens import CommentToken

from rulewright.importers.texts import escaped

_INDENT = 4
_FURTHEST_COMMENT = 48
#: Texts that no YAML reader, old or new, takes for anything but text; all others are quoted.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.*-]*")
_NOT_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One stated fact, the comment behind it, and the comments on lines of their own below it."""

    field: str
    value: str | bool | int | date
    comment: str
    below: tuple[str, ...] = ()


def case_text(head: Sequence[str], case: str, kind: str, subjects: Sequence[Sequence[Entry]]) -> str:
    """The text of a case file with the subjects of one kind, under the comments of its head."""
    document = CommentedMap()
    document["case"] = _scalar(escaped(case))
    if head:
        document.yaml_set_start_comment("\n".join(escaped(line) for line in head))
    members = CommentedSeq([_mapping(subject) for subject in subjects])
    if not subjects:
        members.fa.set_flow_style()
    document[kind] = members
    yaml = YAML()
    yaml.indent(mapping=2, sequence=_INDENT, offset=2)
    yaml.width = 2**20  # a text is never folded
    stream = StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()


def _mapping(entries: Sequence[Entry]) -> CommentedMap:
    mapping = CommentedMap((entry.field, _scalar(entry.value)) for entry in entries)
    widest = max(len(entry.field) + len(_written(mapping[entry.field])) for entry in entries)
    column = min(_INDENT + widest + len(": ") + 2, _FURTHEST_COMMENT)
    for entry in entries:
        # comments on lines of their own belong to the entry before them: this is how ruamel.yaml keeps them on reading
        lines = [f"# {escaped(entry.comment)}", *(f"{' ' * _INDENT}# {escaped(line)}" for line in entry.below)]
        token = CommentToken("\n".join(lines) + "\n", CommentMark(column))
        mapping.ca.items[entry.field] = [None, None, token, None]
    return mapping


def _scalar(value: str | bool | int | date) -> object:
    if isinstance(value, bool):
        return PlainScalarString("yes" if value else "no")
    if isinstance(value, str) and (not _PLAIN.fullmatch(value) or value.lower() in _NOT_TEXT):
        return SingleQuotedScalarString(value)
    return value


def _written(value: object) -> str:
    return f"'{value}'" if isinstance(value, SingleQuotedScalarString) else str(value)
