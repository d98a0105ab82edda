"""Case files: YAML streams and JSON, a case a document; JSON Lines, a case a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from rulewright.diagnostics import Diagnostic, Related, Span, in_source_order
from rulewright.model.values import FieldType, Known
from rulewright.scalars import Mismatch, describe, is_null, typed_value
from rulewright.source import Entry, MappingNode, Node, read_nodes, short

STANDARD_INPUT = "-"
#: The keys of a case that are no kinds of fact.
HEADER = ("case", "as_of", "rulebook")
_LINES = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """A case of which only the name, the date and the rulebook are read, so that its edition can be chosen."""

    name: str
    as_of: date | None
    node: MappingNode
    rulebook: str | None = None


def read_documents(data: bytes, name: str) -> tuple[list[CaseDocument], list[Diagnostic]]:
    """The cases in the bytes of a file called `name`, and what is wrong with those that cannot be read."""
    diagnostics: list[Diagnostic] = []
    documents: list[CaseDocument] = []
    stem = "case" if name == STANDARD_INPUT else PurePath(name).name.split(".")[0] or "case"
    for number, node in _nodes(data, name, diagnostics):
        document = read_header(node, stem if number is None else f"{stem}-{number}", diagnostics)
        if document is not None:
            documents.append(document)
    if not documents and not diagnostics:
        help_ = "a case has a key for each kind of fact that it states"
        diagnostics.append(Diagnostic("S008", "the file is empty", Span(name), help_))
    return documents, in_source_order(diagnostics)


def _nodes(data: bytes, name: str, diagnostics: list[Diagnostic]) -> Iterator[tuple[int | None, Node]]:
    """The sound documents with their numbers: of the line, of the document in its stream; none where there is but one.

    A document with a mistake in its YAML is no case, even where something could be made of it.
    """
    if _are_lines(data, name):
        lines = [(number, line) for number, line in enumerate(data.split(b"\n"), start=1) if line.strip()]
        for number, line in lines:
            nodes, wrong = read_nodes(line, name, first_line=number)
            diagnostics += wrong
            for node in [] if wrong else nodes:
                yield number, node
        return
    nodes, wrong = read_nodes(data, name)
    diagnostics += wrong
    ends = [_place(node.span) for node in nodes[1:]]
    for number, node in enumerate(nodes, start=1):
        begins, end = _place(node.span), ends[number - 1] if number <= len(ends) else None
        inside = (one for one in wrong if one.span and _place(one.span) >= begins)
        if not any(end is None or (one.span and _place(one.span) < end) for one in inside):
            yield (number if len(nodes) > 1 else None), node


def _place(span: Span) -> tuple[int, int]:
    return span.line, span.column


def read_line(data: bytes, name: str, line: int, default: str) -> tuple[CaseDocument | None, list[Diagnostic]]:
    """The case in one line of JSON, and what is wrong with it; neither for a line with nothing in it."""
    node, diagnostics = read_line_node(data, name, line)
    if node is None:
        return None, diagnostics
    return read_header(node, default, diagnostics), in_source_order(diagnostics)


def read_line_node(data: bytes, name: str, line: int) -> tuple[Node | None, list[Diagnostic]]:
    """The node in one line of JSON, and what is wrong with it."""
    nodes, wrong = read_nodes(data, name, first_line=line)
    return (nodes[0] if nodes and not wrong else None), wrong


def _are_lines(data: bytes, name: str) -> bool:
    """Whether the bytes are JSON Lines: by the name, or since two objects stand on lines of their own.

    No YAML or JSON has two objects behind each other, so nothing else is taken for lines.
    """
    if PurePath(name).suffix in _LINES:
        return True
    first = _two_lines(data)
    whole = all(line.startswith(b"{") and line.endswith(b"}") for line in first)
    return len(first) == 2 and whole and any(map(_is_json, first))


def _two_lines(data: bytes) -> list[bytes]:
    """The first two lines that are not empty."""
    found: list[bytes] = []
    start = 0
    while start < len(data) and len(found) < 2:
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        line = data[start:end].removeprefix(b"\xef\xbb\xbf").strip()
        found += [line] if line else []
        start = end + 1
    return found


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def read_header(node: Node, default: str, diagnostics: list[Diagnostic]) -> CaseDocument | None:
    """The case that a node is, with its name and its date; what is wrong with these goes to the diagnostics."""
    if not isinstance(node, MappingNode):
        diagnostics.append(
            Diagnostic(
                "F008",
                f"{describe(node)} stands where a case is expected",
                node.span,
                "a case is a mapping with a key for each kind of fact; several cases are documents with `---` between",
            )
        )
        return None
    header: dict[str, Known] = {}
    wrong = len(diagnostics)
    for entry in node.entries:
        if entry.key.text in HEADER and not is_null(entry.value):
            value = _header_value(entry, diagnostics)
            if value is not None:
                header[entry.key.text] = value
    if len(diagnostics) > wrong:
        return None
    as_of, rulebook = header.get("as_of"), header.get("rulebook")
    return CaseDocument(
        str(header.get("case", default)),
        as_of if isinstance(as_of, date) else None,
        node,
        None if rulebook is None else str(rulebook),
    )


def _header_value(entry: Entry, diagnostics: list[Diagnostic]) -> Known | None:
    value = typed_value(entry.value, FieldType.DATE if entry.key.text == "as_of" else FieldType.TEXT)
    if entry.key.text != "as_of":
        value = named(value)
    if isinstance(value, Mismatch):
        message = f"`{entry.key.text}`: {value.message}"
        diagnostics.append(Diagnostic("F003", message, entry.value.span, value.help))
        return None
    return value


def named(value: Known | Mismatch) -> Known | Mismatch:
    """A text as a name, which is not empty."""
    if isinstance(value, str) and not value.strip():
        return Mismatch("the text is empty", "leave it out, or write a name")
    return value


def told_apart(documents: Iterable[CaseDocument]) -> tuple[list[CaseDocument], list[Diagnostic]]:
    """The cases with names of their own, and what is wrong with those that have the name of another."""
    first: dict[str, CaseDocument] = {}
    diagnostics = []
    for document in documents:
        other = first.setdefault(document.name, document)
        if other is not document:
            diagnostics.append(
                Diagnostic(
                    "F012",
                    f"a second case is called `{short(document.name)}`",
                    document.node.span,
                    "give each case a name of its own with `case:`",
                    (Related("the first is", other.node.span),),
                )
            )
    return list(first.values()), diagnostics
