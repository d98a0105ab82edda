"""Cases read with a rulebook, without unknown columns and keys; rows that state nothing are reported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from rulewright.batch.columns import Columns, Unknown
from rulewright.batch.rows import REF, Rows
from rulewright.diagnostics import Diagnostic, Span
from rulewright.model.facts import Case
from rulewright.model.rulebook import Kind, Rulebook
from rulewright.model.values import FieldType
from rulewright.read.cases import read_case
from rulewright.read.documents import HEADER, CaseDocument
from rulewright.scalars import is_null
from rulewright.source import Entry, ListNode, MappingNode, Node, ScalarNode, short

_WITH_COMMA = re.compile(r"-?[0-9]+,[0-9]+")
#: The number of digits after a comma that may be a separator of thousands.
_THOUSANDS = 3


def read_stated(
    document: CaseDocument, rulebook: Rulebook, as_of: date, rows: Rows | None, columns: Columns
) -> tuple[Case | None, list[Diagnostic]]:
    """Read a case like `read_case`; `rows` is the form of the rows, if the case has rows."""
    if columns.unknown is not Unknown.REJECT:
        document = replace(document, node=_known(document.node, rulebook))
    wrong = [] if rows is None else _nothing_stated(document.node, rulebook.kinds[rows.kind])
    if wrong:
        return None, wrong
    case, found = read_case(document, rulebook, as_of)
    if rows is None or case is not None:
        return case, found
    return None, _with_decimal_points(found, document.node, rulebook.kinds[rows.kind])


def _nothing_stated(node: MappingNode, kind: Kind) -> list[Diagnostic]:
    """Return a diagnostic for each row without any field, if its kind has fields."""
    facts = node.get(kind.name)
    if not isinstance(facts, ListNode) or not any(field.may_be_given for field in kind.fields.values()):
        return []
    found = []
    for fact in facts.items:
        if isinstance(fact, MappingNode) and all(
            entry.key.text == REF or is_null(entry.value) for entry in fact.entries
        ):
            ref = fact.get(REF)
            named = f": it has only the name `{short(ref.text)}`" if isinstance(ref, ScalarNode) else ""
            message = f"the row states no field of `{kind.name}`{named}"
            found.append(Diagnostic("F014", message, fact.span, "remove the row, or state a field"))
    return found


def _known(node: MappingNode, rulebook: Rulebook) -> MappingNode:
    """Return a case without kinds and fields unknown to the rulebook."""
    entries = []
    for entry in node.entries:
        kind = rulebook.kinds.get(entry.key.text)
        if kind is not None:
            entries.append(Entry(entry.key, _known_fields(entry.value, kind)))
        elif entry.key.text in HEADER:
            entries.append(entry)
    return MappingNode(tuple(entries), node.span)


def _known_fields(node: Node, kind: Kind) -> Node:
    if isinstance(node, ListNode):
        return ListNode(tuple(_known_fields(item, kind) for item in node.items), node.span)
    if isinstance(node, MappingNode):
        return MappingNode(tuple(entry for entry in node.entries if is_known(entry.key.text, kind)), node.span)
    return node


def is_known(name: str, kind: Kind) -> bool:
    """Return true if a key of a fact is its ref or a field that may be given."""
    field = kind.fields.get(name)
    return name == REF or (field is not None and field.may_be_given)


def _with_decimal_points(found: Sequence[Diagnostic], node: MappingNode, kind: Kind) -> list[Diagnostic]:
    """Replace the help of diagnostics for cells with a comma by the correct form of the number."""
    ways_out = dict(_ways_out(node.get(kind.name), kind))
    return [
        replace(each, help=ways_out[each.span]) if each.code == "F003" and each.span in ways_out else each
        for each in found
    ]


def _ways_out(facts: Node | None, kind: Kind) -> Iterator[tuple[Span | None, str]]:
    for fact in facts.items if isinstance(facts, ListNode) else ():
        for entry in fact.entries if isinstance(fact, MappingNode) else ():
            field, cell = kind.fields.get(entry.key.text), entry.value
            if field is None or not isinstance(cell, ScalarNode) or not _WITH_COMMA.fullmatch(cell.text):
                continue
            point, plain = cell.text.replace(",", "."), cell.text.replace(",", "")
            if field.type is FieldType.WHOLE_NUMBER:
                yield cell.span, "write a whole number without a comma"
            elif len(cell.text.partition(",")[2]) == _THOUSANDS:
                yield cell.span, f"write a decimal point, {point}, or no separator of thousands, {plain}"
            else:
                yield cell.span, f"write a decimal point: {point}"
