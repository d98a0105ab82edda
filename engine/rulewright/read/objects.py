"""Case documents from Python values: each value is read exactly, or refused with its path as the place."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

from rulewright.diagnostics import Diagnostic, Span
from rulewright.nodes import MAXIMUM_DEPTH, MAXIMUM_NODES, DateNode, Entry, ListNode, MappingNode, Node, ScalarNode
from rulewright.read.documents import CaseDocument, read_header
from rulewright.source import short

#: The place of the whole value.
WHOLE = Span("<dict>", 0, 0)
#: A limit below 4,300 digits, beyond which Python refuses to print an int. Real facts have far fewer.
_MAXIMUM_BITS = 10_000
#: The kinds of NumPy scalars that hold a yes/no, a number or a text.
_NUMPY_KINDS = frozenset("biufU")

_Read: TypeAlias = "Callable[[_Reader, Any, Span, int], Node]"


def read_object(value: object, default: str) -> tuple[CaseDocument | None, list[Diagnostic]]:
    """Return the case document of a mapping of Python values, and the diagnostics of its values.

    A refused value becomes null in the document, so that the other values are checked, too.
    """
    reader = _Reader()
    if not isinstance(value, Mapping):
        message = f"a value of the type `{type(value).__name__}` stands where a case is expected"
        return None, [Diagnostic("F008", message, WHOLE, "a case is a dict with a key for each kind of fact")]
    try:
        node = reader.mapping(value, WHOLE, 1)
    except _TooLargeError as error:
        return None, [*reader.diagnostics, error.diagnostic]
    document = read_header(node, default, reader.diagnostics)
    return document, reader.diagnostics


class _TooLargeError(Exception):
    """Carries the diagnostic of a value that nests too deep or is too large."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class _Reader:
    """Reads and counts the values of one case."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._number = 0

    def node(self, value: object, path: str, depth: int) -> Node:
        """Return the node of a value."""
        self._number += 1
        span = Span(path, 0, self._number)
        if self._number > MAXIMUM_NODES:
            message = f"the case has more than {MAXIMUM_NODES:,} values"
            raise _TooLargeError(Diagnostic("S007", message, span, "split it into several cases"))
        read = _READERS.get(type(value)) or _reader_of(value)
        return read(self, value, span, depth)

    def mapping(self, value: Mapping[object, object], span: Span, depth: int) -> MappingNode:
        """Return the node of a mapping."""
        self._refuse_depth(depth, span)
        entries: list[Entry] = []
        before = "" if span is WHOLE else span.file
        for key, inside in value.items():
            if not isinstance(key, str):
                message = f"the key `{short(repr(key))}` is of the type `{type(key).__name__}`: keys are texts"
                self.refuse("F008", message, span, "write the key as a str")
                continue
            name = str.__str__(key)
            path = (f"{before}.{name}" if before else name) if name.isidentifier() else f'{before}["{short(name)}"]'
            node = self.node(inside, path, depth + 1)
            entries.append(Entry(ScalarNode(name, False, node.span), node))
        return MappingNode(tuple(entries), span)

    def items(self, value: list[object] | tuple[object, ...], span: Span, depth: int) -> Node:
        """Return the node of a list or tuple."""
        self._refuse_depth(depth, span)
        path = span.file
        return ListNode(
            tuple([self.node(item, f"{path}[{place}]", depth + 1) for place, item in enumerate(value)]), span
        )

    def _refuse_depth(self, depth: int, span: Span) -> None:
        if depth > MAXIMUM_DEPTH:
            message = f"dicts and lists nest more than {MAXIMUM_DEPTH} deep, or contain themselves"
            raise _TooLargeError(Diagnostic("S005", message, span, "nest them less"))

    def refuse(self, code: str, message: str, span: Span, help_: str | None = None) -> ScalarNode:
        """Add a diagnostic and return null as the node of the refused value."""
        self.diagnostics.append(Diagnostic(code, message, span, help_))
        return ScalarNode("null", True, span)

    # --- scalars ---

    def null(self, value: None, span: Span, depth: int) -> Node:
        """Return the node of None, which states nothing."""
        return ScalarNode("null", True, span)

    def text(self, value: str, span: Span, depth: int) -> Node:
        """Return the node of a text."""
        text = str.__str__(value)
        if not text.isascii():
            half = next((one for one in text if "\ud800" <= one <= "\udfff"), None)
            if half is not None:
                message = f"the text has U+{ord(half):04X}, which is half of a character"
                return self.refuse("F003", message, span, "decode the text with its right encoding")
        return ScalarNode(text, False, span)

    def yes_no(self, value: bool, span: Span, depth: int) -> Node:
        """Return the node of a bool."""
        return ScalarNode("true" if value else "false", True, span)

    def whole_number(self, value: int, span: Span, depth: int) -> Node:
        """Return the node of an int."""
        number = int.__add__(value, 0)  # a subclass may print itself in another way
        if number.bit_length() > _MAXIMUM_BITS:
            return self.refuse("F003", "a number of more than 3,000 digits cannot be kept exactly", span)
        return ScalarNode(str(number), True, span)

    def floating(self, value: float, span: Span, depth: int) -> Node:
        """Return the node of a float, with the shortest digits that identify it, as in JSON."""
        text = float.__repr__(value)
        if not text[-1].isdigit():
            help_ = "leave the field out, or set it to None, if the number is unknown"
            return self.refuse("F003", f"`{text}` is not a number", span, help_)
        return ScalarNode(text, True, span)

    def decimal(self, value: Decimal, span: Span, depth: int) -> Node:
        """Return the node of a decimal."""
        if not value.is_finite():
            help_ = "leave the field out, or set it to None, if the number is unknown"
            return self.refuse("F003", f"`{Decimal.__str__(value)}` is not a number", span, help_)
        return ScalarNode(Decimal.__str__(value), True, span)

    def date(self, value: date, span: Span, depth: int) -> Node:
        """Return the node of a date."""
        return DateNode(date.isoformat(value), True, span)

    def moment(self, value: datetime, span: Span, depth: int) -> Node:
        """Refuse a date with a time."""
        return self.refuse("F003", "a date with a time cannot be read as a date", span, "call `.date()` on it")

    def unreadable(self, value: object, span: Span, depth: int) -> Node:
        """Refuse a value of any other type."""
        name = type(value).__name__
        help_ = "values are str, bool, int, float, Decimal, date, None, and dicts and lists of them"
        if isinstance(value, Enum):
            help_ = "take the `.value` of the enum"
        elif hasattr(value, "model_dump"):
            help_ = "call `.model_dump()` on it"
        elif isinstance(value, bytes | bytearray):
            help_ = "decode it to a str"
        return self.refuse("F008", f"a value of the type `{name}` cannot be read", span, help_)


_READERS: Mapping[type, _Read] = {
    str: _Reader.text,
    bool: _Reader.yes_no,
    int: _Reader.whole_number,
    float: _Reader.floating,
    type(None): _Reader.null,
    dict: _Reader.mapping,
    list: _Reader.items,
    tuple: _Reader.items,
    Decimal: _Reader.decimal,
    date: _Reader.date,
    datetime: _Reader.moment,
}


#: Readers of derived types. `datetime` comes before `date`, which it is derived from.
_OF_DERIVED: tuple[tuple[type, _Read], ...] = (
    (datetime, _Reader.moment),
    (date, _Reader.date),
    (str, _Reader.text),
    (int, _Reader.whole_number),
    (float, _Reader.floating),
    (Decimal, _Reader.decimal),
    (Mapping, _Reader.mapping),
    (list, _Reader.items),
    (tuple, _Reader.items),
)


def _reader_of(value: object) -> _Read:
    """Return the reader of a value of a derived type or of NumPy."""
    for type_, read in _OF_DERIVED:
        if isinstance(value, type_):
            return read
    return _numpy if _is_of_numpy(value) else _Reader.unreadable


def _is_of_numpy(value: object) -> bool:
    generic = getattr(sys.modules.get("numpy"), "generic", None)
    return generic is not None and isinstance(value, generic)


def _numpy(reader: _Reader, value: Any, span: Span, depth: int) -> Node:
    """Read a NumPy scalar as the equal Python value."""
    plain = value.item()
    is_day = value.dtype.kind == "M" and type(plain) is date
    if is_day or (value.dtype.kind in _NUMPY_KINDS and type(plain) in (bool, int, float, str)):
        return _READERS[type(plain)](reader, plain, span, depth)
    if isinstance(plain, datetime):
        return reader.moment(plain, span, depth)
    return reader.unreadable(value, span, depth)
