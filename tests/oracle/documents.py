"""The parts of a rulebook that are looked up by name, and the facts of a case.

A column of a table is a field of the kind that the table is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from oracle.field_types import TYPES, day, host_name, is_null, text, yes_no
from oracle.values import NONE, UNKNOWN, Absent, Known, Value

#: The keys of a case that are not kinds of fact.
HEADER = ("case", "rulebook", "as_of")


@dataclass(frozen=True)
class Field:
    """A declared field. `table` is the table whose column it is; `concluded_by` are the rules that conclude it."""

    name: str
    type: str
    refers_to: str | None = None
    host_name: bool = False
    computed: Any = None
    table: Mapping[str, Any] | None = None
    concluded_by: tuple[str, ...] = ()

    def read(self, node: Any) -> Known:
        """Return the value that a case states."""
        value = TYPES[self.type](node)
        return host_name(value) if self.host_name and isinstance(value, str) else value


@dataclass(frozen=True)
class Subject:
    """A fact of a case: its kind, its ref, and the values that the case states."""

    kind: str
    ref: str
    stated: Mapping[str, Known] = field(hash=False, compare=False)


class Document:
    """A rulebook as its author wrote it, with the fields of each kind and the rules by name."""

    def __init__(self, rulebook: Mapping[str, Any]) -> None:
        self.parameters = _mapping(rulebook, "parameters")
        self.rules = {**_mapping(rulebook, "rules"), **_mapping(rulebook, "not_covered")}
        self.kinds = {str(kind): self._fields(rulebook, kind) for kind in rulebook["facts"]}

    def rules_about(self, kind: str) -> dict[str, Any]:
        """Return the rules about a kind by name."""
        return {name: rule for name, rule in self.rules.items() if rule["about"] == kind}

    def _fields(self, rulebook: Mapping[str, Any], kind: str) -> dict[str, Field]:
        declared = {name: (words, None) for name, words in _mapping(rulebook["facts"][kind], "fields").items()}
        for table in _mapping(rulebook, "tables").values():
            if table["about"] == kind:
                declared.update({name: (words, table) for name, words in _mapping(table, "columns").items()})
        return {name: self._field(kind, name, words, table) for name, (words, table) in declared.items()}

    def _field(self, kind: str, name: str, words: Mapping[str, Any], table: Mapping[str, Any] | None) -> Field:
        return Field(
            name,
            str(words["type"]),
            refers_to=str(words["to"]) if "to" in words else None,
            host_name="host_name" in words and yes_no(words["host_name"]),
            computed=words.get("computed"),
            table=table,
            concluded_by=tuple(
                rule for rule, body in self.rules_about(kind).items() if name in body.get("conclude", {})
            ),
        )


def _mapping(parent: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = {} if is_null(parent.get(key)) else parent[key]
    return found


def read_facts(document: Document, case: Mapping[str, Any]) -> dict[str, list[Subject]]:
    """Return the facts of a case by kind. A kind that the case does not list is not in the result.

    A kind is one mapping, whose ref is the kind if it states none, or a list, whose refs are `kind-1`, `kind-2` and so
    on. A field or a kind that is null is not stated.
    """
    return {
        kind: [_subject(document, kind, fact, ref) for fact, ref in _listed(case[kind], kind)]
        for kind in document.kinds
        if kind in case and not is_null(case[kind])
    }


def _listed(node: Any, kind: str) -> list[tuple[Mapping[str, Any], str]]:
    if isinstance(node, Mapping):
        return [(node, kind)]
    return [(fact, f"{kind}-{number}") for number, fact in enumerate(node, start=1)]


def _subject(document: Document, kind: str, fact: Mapping[str, Any], default: str) -> Subject:
    stated = {name: value for name, value in fact.items() if not is_null(value)}
    ref = stated.pop("ref", default)
    return Subject(kind, text(ref), {name: document.kinds[kind][name].read(value) for name, value in stated.items()})


# --- tables, parameters and values by date ----------------------------------------------------------------------------


def parameter_value(words: Mapping[str, Any], as_of: date) -> Value | tuple[Known, ...]:
    """Return the value of a parameter in force on a date; that of a list is a tuple."""
    read = TYPES[words["type"]]
    node = words["value"] if "value" in words else _in_force(words["values"], as_of)
    if isinstance(node, Absent):
        return node
    return tuple(read(item) for item in node) if isinstance(node, list) else read(node)


def cell_value(table: Mapping[str, Any], column: Field, key: Value, as_of: date) -> Value:
    """Return the cell of a column for `key`, the value of the field that picks the row.

    | `key` | the cell |
    |---|---|
    | is unknown or none | unknown or none |
    | has a row, or the table has the row `otherwise` | the cell of that row; none if the row has no such cell |
    | has no row, and the table says `otherwise: none` | none |
    | has no row, and the table says neither | unknown |
    """
    if isinstance(key, Absent):
        return key
    rows = {text(name): row for name, row in _mapping(table, "rows").items()}
    if key not in rows and "otherwise" not in rows:
        return NONE if "otherwise" in table else UNKNOWN
    row = rows[str(key)] if key in rows else rows["otherwise"]
    cell = None if is_null(row) else row.get(column.name)
    if isinstance(cell, list):
        cell = _in_force(cell, as_of)
    if isinstance(cell, Absent):
        return cell
    return NONE if is_null(cell) else TYPES[column.type](cell)


def _in_force(values: list[Mapping[str, Any]], as_of: date) -> Any:
    """Return the newest value that has begun; unknown before the first one. A value without `since` always held."""
    begun = [dated for dated in values if "since" not in dated or day(dated["since"]) <= as_of]
    newest = max(begun, key=lambda dated: day(dated["since"]) if "since" in dated else date.min, default=None)
    return UNKNOWN if newest is None else newest["value"]
