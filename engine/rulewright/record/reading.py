"""Read decision records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rulewright.diagnostics import Diagnostic, Span
from rulewright.read.documents import CaseDocument, read_header
from rulewright.record.writing import FORM
from rulewright.source import MappingNode, read_nodes


@dataclass(frozen=True, slots=True)
class Record:
    """A recorded decision: the case as it was read, the edition and engine that evaluated it, and the result.

    `result` is the JSON that `check` writes, without the keys that are fields of this class.
    """

    file: str
    document: CaseDocument
    as_of: date
    rulebook: str
    edition: date
    digest: str
    engine: str
    result: Mapping[str, Any]


def read_record(data: bytes, name: str) -> Record | list[Diagnostic]:
    """Return the decision in the bytes of the file `name`, or diagnostics if it is not a valid record."""
    nodes, wrong = read_nodes(data, name)
    if wrong:
        return wrong
    try:
        told = json.loads(data)
    except ValueError:  # YAML that is not JSON
        told = None
    if not isinstance(told, dict) or "record" not in told or not isinstance(nodes[0], MappingNode):
        return [_no_record(name, "it is not JSON with the key `record`")]
    if told["record"] != FORM:
        return [_no_record(name, f"its form is `{told['record']}`, and this program knows {FORM}")]
    try:
        return _record(told, nodes[0], name)
    except (KeyError, TypeError, ValueError, AttributeError):
        return [_no_record(name, "something is missing in it, or is not what it has to be")]


def _record(told: Mapping[str, Any], node: MappingNode, name: str) -> Record | list[Diagnostic]:
    diagnostics: list[Diagnostic] = []
    (facts,) = (entry.value for entry in node.entries if entry.key.text == "input")
    document = read_header(facts, str(told["case"]), diagnostics)
    if document is None:
        return diagnostics
    result = told["result"]
    for key in ("subjects", "findings", "missing"):
        if not all(isinstance(one, dict) for one in result[key]):
            raise TypeError(key)
    [(one["rule"], one["kind"], one["ref"], one["outcome"]) for one in result["findings"]]
    [(one["kind"], one["ref"], one["verdict"], one["derived"].items()) for one in result["subjects"]]
    return Record(
        name,
        document,
        date.fromisoformat(told["as_of"]),
        str(told["rulebook"]["name"]),
        date.fromisoformat(told["rulebook"]["edition"]),
        str(told["rulebook"]["digest"]),
        str(told["engine"]),
        {**result, "verdict": str(result["verdict"])},
    )


def _no_record(name: str, why: str) -> Diagnostic:
    help_ = "give the files that `rulewright check --record` wrote, as they are"
    return Diagnostic("U019", f"the file is no decision record: {why}", Span(name), help_)
