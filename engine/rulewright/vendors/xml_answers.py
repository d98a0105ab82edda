"""Parsing of XML answers into the values of JSON. Document types are refused, and with them custom entities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from rulewright.diagnostics import Diagnostic, Span
from rulewright.vendors.answer_files import VendorAnswer, decode_text
from rulewright.vendors.display import Json, Path, shown

#: Maximum nesting of elements.
_DEEPEST = 64
_AS_IT_COMES = "save the XML that the call answers, as it comes and whole"


class _RefusedError(Exception):
    """The answer has content that is refused; the parser stops there."""


@dataclass
class _Element:
    """An element under construction."""

    name: str
    path: Path
    children: dict[str, Json] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)


class _Reader:
    """Builds values from parser events: elements with child elements become objects, all others texts."""

    def __init__(self, lists: Mapping[str, str]) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.lists = lists
        self.top = _Element("", ())
        self.open = [self.top]
        self.places: dict[Path, tuple[int, int]] = {(): (1, 1)}

    def _start(self, name: str, _: Mapping[str, str]) -> None:
        if len(self.open) > _DEEPEST:
            raise _RefusedError(f"its elements nest more than {_DEEPEST} deep")
        around = self.open[-1]
        path = (*around.path, name)
        if self.lists.get(around.name) == name:
            members = around.children.setdefault(name, [])
            path = (*path, len(members) if isinstance(members, list) else 0)
        self.places[path] = (self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)
        element = _Element(name, path)
        if name in self.lists:
            element.children[self.lists[name]] = []
        self.open.append(element)

    def _end(self, name: str) -> None:
        element, around = self.open.pop(), self.open[-1]
        value: Json = element.children or "".join(element.text).strip()
        before = around.children.get(name)
        if isinstance(before, list):
            before.append(value)
        elif name in around.children:  # an unexpected repetition becomes a list, which no converter reads
            around.children[name] = [before, value]
        else:
            around.children[name] = value

    def _text(self, text: str) -> None:
        self.open[-1].text.append(text)

    def _document_type(self, *_: object) -> None:
        raise _RefusedError("it has a document type, which answers do not have")


def read_xml(lists: Mapping[str, str], file: str, content: bytes) -> VendorAnswer | Diagnostic:
    """Return the XML answer in a file, or a diagnostic. `lists` maps list elements to their repeated elements."""
    text = decode_text(file, content, "XML")
    if isinstance(text, Diagnostic):
        return text
    if text.lstrip().startswith(("{", "[")):
        return Diagnostic("I002", "this is not XML: it looks like JSON", Span(file), help=_AS_IT_COMES)
    reader = _Reader(lists)
    try:
        reader.parser.Parse(text, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code) or "syntax error"
        place = error.lineno, error.offset + 1
        return Diagnostic("I002", f"this is not XML: {shown(reason)}", Span(file, *place), help=_AS_IT_COMES)
    except _RefusedError as error:
        place = reader.parser.CurrentLineNumber, reader.parser.CurrentColumnNumber + 1
        return Diagnostic("I002", f"this XML is not read: {error}", Span(file, *place), help=_AS_IT_COMES)
    return VendorAnswer(file, dict(reader.top.children), reader.places.get)
