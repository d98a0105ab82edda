"""Write changes into a case file; only the changed values differ from the original."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from rulewright.diagnostics import Diagnostic, Span
from rulewright.fix.variables import FactKey, changed
from rulewright.model.facts import Case
from rulewright.model.fixes import FactChange
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import Known
from rulewright.read.cases import read_case
from rulewright.read.documents import read_documents

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.*-]*")
_ANCHOR = re.compile(r"&\S+\s+")
#: Words that YAML 1.1 or 1.2 readers may not read as texts.
_NOT_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def changed_file(
    data: bytes, name: str, rulebook: Rulebook, case: Case, changes: Sequence[FactChange]
) -> str | Diagnostic:
    """Return the text of a case file with these changes, or a diagnostic; the file must hold this case only.

    The result is read again. If it is not the changed case, for example because two facts share a value, a diagnostic
    is returned.
    """
    after: dict[FactKey, Known] = {}
    for change in changes:
        if change.after is None:
            return _cannot(
                name, f"`{change.field}` of `{change.subject.ref}` can become any text, and one has to be chosen"
            )
        after[FactKey(change.subject.kind, change.subject.ref, change.field)] = change.after
    try:
        text = data.decode("utf-8-sig")
        root = YAML(pure=True).compose(text)
    except (UnicodeDecodeError, YAMLError):
        return _cannot(name, "only a case that stands alone in a YAML or JSON file can be rewritten")
    places: set[tuple[int, int, str]] = set()
    for key, value in after.items():
        node = _value_node(root, key)
        if node is None:
            return _cannot(name, f"`{key.field}` of `{key.ref}` is not found in the file")
        first, last = node.start_mark.index, node.end_mark.index
        anchor = _ANCHOR.match(text, first, last)
        first = first if anchor is None else anchor.end()
        places.add((first, last, _scalar(value, text[first:last])))
    for first, last, written in sorted(places, reverse=True):
        text = text[:first] + written + text[last:]
    return (
        text
        if _facts_of(text, name, rulebook, case) == changed(case, after).facts
        else _cannot(name, "the file states facts in a way in which one cannot change by itself")
    )


def _cannot(name: str, why: str) -> Diagnostic:
    return Diagnostic("U011", f"the changes cannot be written: {why}", Span(name), "make them by hand")


def _facts_of(text: str, name: str, rulebook: Rulebook, case: Case) -> object:
    documents, _ = read_documents(text.encode(), name)
    if len(documents) != 1:
        return None
    read, _ = read_case(documents[0], rulebook, case.as_of)
    return None if read is None else read.facts


def _value_node(root: Node | None, key: FactKey) -> ScalarNode | None:
    facts = _under(root, key.kind)
    if isinstance(facts, MappingNode):
        subjects: list[tuple[str, Node]] = [(key.kind, facts)]
    else:
        items = facts.value if isinstance(facts, SequenceNode) else []
        subjects = [(f"{key.kind}-{number}", item) for number, item in enumerate(items, start=1)]
    for default, subject in subjects:
        named = _under(subject, "ref")
        ref = named.value if isinstance(named, ScalarNode) and named.value not in ("", "~", "null") else default
        if ref == key.ref:
            found = _under(subject, key.field)
            return found if isinstance(found, ScalarNode) else None
    return None


def _under(node: Node | None, key: str) -> Node | None:
    return next((value for name, value in _entries(node) if name == key), None)


def _entries(node: Node | None) -> Iterator[tuple[str, Node]]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield key.value, value


def _scalar(value: Known, before: str) -> str:
    """Return a value as YAML, in the style of the value that it replaces."""
    if isinstance(value, bool):
        words = ("true", "false") if before.lower() in ("true", "false") else ("yes", "no")
        return words[not value]
    if isinstance(value, str):
        plain = before[:1] not in "\"'" and _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXT
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, date):
        return f'"{value}"' if before[:1] == '"' else str(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)
