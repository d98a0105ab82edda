"""Documents of case files: one case per document in YAML and JSON, one case per line in JSON Lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath

from rulewright.diagnostics import Diagnostic, Related, Span, in_source_order
from rulewright.json_syntax import SECOND_VALUE, SEVERAL_LINES
from rulewright.model.values import FieldType, Known
from rulewright.scalars import Mismatch, describe, is_null, typed_value
from rulewright.source import Entry, ListNode, MappingNode, Node, ScalarNode, read_json, read_nodes, short

STANDARD_INPUT = "-"
#: The keys of a case that are not kinds of fact.
HEADER = ("case", "as_of", "rulebook")
_LINES = (".jsonl", ".ndjson")
MARK = b"\xef\xbb\xbf"
#: The reasons to skip a part of a file.
BLANK_LINES, EMPTY_DOCUMENTS = "blank lines", "empty documents"
#: Line ends of YAML, and the markers that separate documents at the beginning of a line.
_LINE_END = re.compile(rb"\r\n?|\n|\xc2\x85|\xe2\x80[\xa8\xa9]")
_LINE_BREAK = re.compile(rb"\r\n?|\n")
_AT_START = rb"(?:\A|(?<=[\r\n])|(?<=\xc2\x85)|(?<=\xe2\x80[\xa8\xa9]))"
_MARKER = re.compile(_AT_START + rb"(?:---|\.\.\.)(?=[ \t\r\n\x00]|\xc2\x85|\xe2\x80[\xa8\xa9]|\Z)")
#: White space, comments, directives and markers. Each alternative has one possible end, so that matching stays linear.
_NOTHING = re.compile(
    rb"(?:[ \t\r\n]+(?![ \t\r\n])|(?:(?<![^\s])#|"
    + _AT_START
    + rb"%)[^\r\n]*(?=[\r\n]|\Z)|"
    + _AT_START
    + rb"(?:---|\.\.\.)(?=[ \t\r\n]|\Z))*\Z"
)
_LOOKS_LIKE_JSON = re.compile(rb'\s*(?:\[\s*)?\{\s*"')


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """A case with only its name, date and rulebook read, so that its edition can be chosen."""

    name: str
    as_of: date | None
    node: MappingNode
    rulebook: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """A document of a YAML stream, a JSON text or a line, with its case and its diagnostics."""

    number: int
    line: int
    document: CaseDocument | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    skipped: str | None = None


def read_documents(data: bytes, name: str) -> tuple[list[CaseDocument], list[Diagnostic]]:
    """Return the cases in the bytes of a file called `name`, and the diagnostics of invalid documents."""
    parts = list(read_parts(data, name))
    documents = [part.document for part in parts if part.document is not None]
    diagnostics = [one for part in parts for one in part.diagnostics]
    if not documents and not diagnostics:
        diagnostics.append(empty_file(name))
    return documents, in_source_order(diagnostics)


def empty_file(name: str) -> Diagnostic:
    """Return the diagnostic of a file without a case."""
    help_ = "a case has a key for each kind of fact that it states"
    return Diagnostic("S008", "the file is empty", Span(name), help_)


def read_parts(data: bytes, name: str, *, is_json: bool | None = None) -> Iterator[DocumentPart]:
    """Yield each document of a file, or each line of JSON Lines, so that a mistake affects only its own part.

    `is_json` says whether the file holds one JSON value. By default, the extension of its name decides.
    """
    stem = "case" if name == STANDARD_INPUT else PurePath(name).name.split(".")[0] or "case"
    if are_lines(data, name):
        for number, line in enumerate(_lines(data), start=1):
            yield _part_of_line(line, name, number, number, f"{stem}-{number}")
        return
    is_json = _is_json_name(name) if is_json is None else is_json
    pieces = [Piece(1, data)] if is_json and data.strip() else [] if is_json else cut_documents(data)
    several = sum(not is_empty(piece.data) for piece in pieces) > 1
    numbered = 0
    for number, piece in enumerate(pieces, start=1):
        nodes, wrong = _nodes_of(piece, name, is_json=is_json)
        if not nodes and not wrong:
            yield DocumentPart(number, piece.line, skipped=EMPTY_DOCUMENTS)
            continue
        numbered += 1
        if wrong:  # reject the document even if some nodes could be read
            yield DocumentPart(number, piece.line, None, tuple(in_source_order(wrong)))
            continue
        diagnostics: list[Diagnostic] = []
        name_of = f"{stem}-{numbered}" if several else stem
        if len(nodes) > 1:
            diagnostics = [Diagnostic("S011", "a second document begins here", nodes[1].span, "begin it with `---`")]
            yield DocumentPart(number, piece.line, None, tuple(diagnostics))
            continue
        document = read_header(nodes[0], name_of, diagnostics, is_json=is_json)
        yield DocumentPart(number, nodes[0].span.line, document, tuple(in_source_order(diagnostics)))


@dataclass(frozen=True, slots=True)
class Piece:
    """A document of a YAML stream as bytes, with its first line."""

    line: int
    data: bytes


def cut_documents(data: bytes) -> list[Piece]:
    """Return the documents of a YAML stream.

    `---` and `...` at the beginning of a line separate documents, even inside a text. Comments and directives before a
    `---` belong to the document that it begins.
    """
    pieces: list[Piece] = []
    data = data.removeprefix(MARK)
    start, line, has_marker = 0, 1, False

    def end(at: int) -> None:
        nonlocal start, line, has_marker
        if has_marker or not is_empty(data[start:at]):
            pieces.append(Piece(line, data[start:at]))
        line += _count_lines(data[start:at])
        start, has_marker = at, False

    for found in _MARKER.finditer(data):
        if found[0] == b"...":
            after = _LINE_END.search(data, found.end())
            end(len(data) if after is None else after.end())
        else:
            if has_marker or not is_empty(data[start : found.start()]):
                end(found.start())
            has_marker = True
    end(len(data))
    return pieces


def count_documents(data: bytes, name: str, *, is_json: bool) -> int:
    """Return the number of documents or lines that `read_parts` reads, without reading them."""
    if are_lines(data, name):
        return data.count(b"\n") + (not data.endswith(b"\n"))
    return int(bool(data.strip())) if is_json else len(cut_documents(data))


def is_empty(data: bytes) -> bool:
    """Return whether a piece of YAML has only white space, comments, directives and markers."""
    return _NOTHING.match(data) is not None


def _count_lines(data: bytes) -> int:
    return len(_LINE_BREAK.findall(data))


def _lines(data: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        yield data[start:end]
        start = end + 1


def _nodes_of(piece: Piece, name: str, *, is_json: bool) -> tuple[list[Node], list[Diagnostic]]:
    if not is_json:
        nodes, wrong = read_nodes(piece.data, name, piece.line)
        # the text looks like JSON, so JSON's diagnostics help its author more
        if wrong and _LOOKS_LIKE_JSON.match(piece.data):
            _, mistakes = read_json(piece.data, name, piece.line)
            return nodes, mistakes or wrong
        if nodes or wrong or is_empty(piece.data):
            return nodes, wrong
        return [ScalarNode("null", plain=True, span=Span(name, piece.line))], []
    node, wrong = read_json(piece.data, name, piece.line)
    return ([] if node is None else [node]), [
        replace(one, help=_command(b"{")) if one.message == SECOND_VALUE else one for one in wrong
    ]


def read_line(data: bytes, name: str, line: int, default: str) -> tuple[CaseDocument | None, list[Diagnostic]]:
    """Return the case in one line of JSON, and its diagnostics. A blank line has neither."""
    part = _part_of_line(data, name, line, line, default)
    return part.document, list(part.diagnostics)


def _part_of_line(data: bytes, name: str, number: int, line: int, default: str) -> DocumentPart:
    if is_blank(data):
        return DocumentPart(number, line, skipped=BLANK_LINES)
    node, wrong = read_line_node(data, name, line)
    if node is None:
        return DocumentPart(number, line, None, tuple(wrong))
    diagnostics: list[Diagnostic] = []
    document = read_header(node, default, diagnostics, is_json=True)
    return DocumentPart(number, line, document, tuple(in_source_order(diagnostics)))


def is_blank(line: bytes) -> bool:
    """Return whether a line of JSON Lines has only JSON white space or a byte order mark."""
    return not line.removeprefix(MARK).strip(b" \t\r\n")


def read_line_node(data: bytes, name: str, line: int) -> tuple[Node | None, list[Diagnostic]]:
    """Return the node in one line of JSON, and its diagnostics. A blank line has neither."""
    if is_blank(data):
        return None, []
    node, wrong = read_json(data.rstrip(b"\r\n"), name, line)
    return node, [_with_command(one, data) for one in wrong]


def _with_command(diagnostic: Diagnostic, data: bytes) -> Diagnostic:
    """Replace the help by the command that writes one case per line, if the line is part of a longer JSON text."""
    if diagnostic.code != "S012" or diagnostic.message not in SEVERAL_LINES:
        return diagnostic
    return replace(diagnostic, help=_command(data.removeprefix(MARK).lstrip()))


def _command(data: bytes) -> str:
    values = "'.[]'" if data.startswith(b"[") else "."
    return f"write each case on a line of its own: `jq -c {values} FILE > cases.jsonl`"


def are_lines(data: bytes, name: str) -> bool:
    """Return whether the bytes are JSON Lines: by the name, or by two objects on lines of their own.

    Neither YAML nor JSON allows two consecutive objects, so no other file matches.
    """
    if name.removesuffix(".gz").removesuffix(".zst").lower().endswith(_LINES):
        return True
    first = _two_lines(data)
    whole = all(line.startswith(b"{") and line.endswith(b"}") for line in first)
    return len(first) == 2 and whole and any(map(_is_json, first))


def _two_lines(data: bytes) -> list[bytes]:
    """Return the first two lines that are not empty."""
    found: list[bytes] = []
    start = 0
    while start < len(data) and len(found) < 2:
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        line = data[start:end].removeprefix(MARK).strip()
        found += [line] if line else []
        start = end + 1
    return found


def _is_json_name(name: str) -> bool:
    return name.removesuffix(".gz").removesuffix(".zst").lower().endswith(".json")


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def read_header(
    node: Node, default: str, diagnostics: list[Diagnostic], *, is_json: bool = False
) -> CaseDocument | None:
    """Return the case of a node, or None; add its mistakes to the diagnostics."""
    if not isinstance(node, MappingNode):
        diagnostics.append(not_a_case(node, is_json=is_json))
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


def not_a_case(node: Node, *, is_json: bool) -> Diagnostic:
    """Return the diagnostic of a node that is not a mapping, in the terms of JSON or of YAML."""
    if isinstance(node, ScalarNode) and is_null(node):
        help_ = "write a case, or remove it"
        return Diagnostic("F008", "`null` stands where a case is expected", node.span, help_)
    if not is_json:
        help_ = "a case is a mapping with a key for each kind of fact; several cases are documents with `---` between"
        return Diagnostic("F008", f"{describe(node)} stands where a case is expected", node.span, help_)
    return Diagnostic("F008", f"{json_kind(node)} stands where a case is expected", node.span, json_help(node))


def json_kind(node: Node) -> str:
    """Return the JSON term for the kind of value in a node."""
    match node:
        case MappingNode():
            return "an object"
        case ListNode():
            return "an array"
        case ScalarNode(text, plain) if plain:
            return f"`{short(text)}`"
        case _:
            return "a string"


def json_help(node: Node) -> str:
    """Return the help for a JSON value that is not a case or fact."""
    if isinstance(node, ListNode):
        return _command(b"[")
    return "write a JSON object with a key for each kind of fact"


def _header_value(entry: Entry, diagnostics: list[Diagnostic]) -> Known | None:
    value = typed_value(entry.value, FieldType.DATE if entry.key.text == "as_of" else FieldType.TEXT)
    if entry.key.text != "as_of":
        value = as_name(value)
    if isinstance(value, Mismatch):
        message = f"`{entry.key.text}`: {value.message}"
        diagnostics.append(Diagnostic("F003", message, entry.value.span, value.help))
        return None
    return value


def as_name(value: Known | Mismatch) -> Known | Mismatch:
    """Return a value as a name, or a mismatch if the text is empty."""
    if isinstance(value, str) and not value.strip():
        return Mismatch("the text is empty", "leave it out, or write a name")
    return value


def unique_cases(documents: Iterable[CaseDocument]) -> tuple[list[CaseDocument], list[Diagnostic]]:
    """Return the first case of each name, and the diagnostics of later cases with the same name."""
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
