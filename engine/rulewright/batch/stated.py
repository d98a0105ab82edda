"""Cases of rows and lines read by a rulebook, without unknown columns and keys, and without rows that state nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rulewright.batch.columns import Columns, Unknown
from rulewright.batch.rows import REF, Rows
from rulewright.diagnostics import Diagnostic, Span
from rulewright.model.facts import Case
from rulewright.model.rulebook import Kind, Rulebook
from rulewright.read.cases import read_case
from rulewright.read.documents import HEADER, CaseDocument
from rulewright.scalars import is_null
from rulewright.source import Entry, ListNode, MappingNode, Node, ScalarNode, short

_DECIMAL_COMMA = re.compile(r"-?[0-9]+,[0-9]+")


def read_stated(
    document: CaseDocument, rulebook: Rulebook, as_of: date, rows: Rows | None, columns: Columns
) -> tuple[Case | None, list[Diagnostic]]:
    """Read a case as `read_case` does; `rows` says how its rows state facts, if it is one of rows."""
    if columns.unknown is not Unknown.REJECT:
        document = replace(document, node=_known(document.node, rulebook))
    wrong = [] if rows is None else _nothing_stated(document.node, rulebook.kinds[rows.kind])
    if wrong:
        return None, wrong
    case, found = read_case(document, rulebook, as_of)
    return case, found if rows is None or case is not None else _with_decimal_points(found, document.node)


def _nothing_stated(node: MappingNode, kind: Kind) -> list[Diagnostic]:
    """Return a mistake for each row that states no field though its kind has some."""
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
    """Return a case without the kinds and fields that a rulebook does not know."""
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
    """Return true where a key of a fact is its name or one of the fields that may be given."""
    field = kind.fields.get(name)
    return name == REF or (field is not None and field.may_be_given)


def _with_decimal_points(found: Sequence[Diagnostic], node: MappingNode) -> list[Diagnostic]:
    """Name the form of a decimal number where a cell has a comma in place of its point."""
    numbers = dict(_decimal_commas(node))
    return [
        replace(each, help=f"write a decimal point: {numbers[each.span].replace(',', '.')}")
        if each.code == "F003" and each.span in numbers
        else each
        for each in found
    ]


def _decimal_commas(node: Node) -> list[tuple[Span | None, str]]:
    if isinstance(node, ScalarNode):
        return [(node.span, node.text)] if node.plain and _DECIMAL_COMMA.fullmatch(node.text) else []
    if isinstance(node, ListNode):
        return [one for item in node.items for one in _decimal_commas(item)]
    return [one for entry in node.entries for one in _decimal_commas(entry.value)]
