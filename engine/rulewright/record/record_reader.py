"""Read decision records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rulewright.diagnostics import Diagnostic, Span
from rulewright.read.documents import CaseDocument, read_header
from rulewright.record.record_writer import FORM
from rulewright.source import MappingNode, read_nodes


@dataclass(frozen=True, slots=True)
class DecisionRecord:
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


def read_record(data: bytes, name: str) -> DecisionRecord | list[Diagnostic]:
    """Return the decision in the bytes of the file `name`, or diagnostics if it is not a valid record."""
    nodes, wrong = read_nodes(data, name)
    if wrong:
        return wrong
    try:
        content = json.loads(data)
    except ValueError:  # YAML that is not JSON
        content = None
    if not isinstance(content, dict) or "record" not in content or not isinstance(nodes[0], MappingNode):
        return [_no_record(name, "it is not JSON with the key `record`")]
    if content["record"] != FORM:
        return [_no_record(name, f"its form is `{content['record']}`, and this program knows {FORM}")]
    try:
        return _record(content, nodes[0], name)
    except (KeyError, TypeError, ValueError, AttributeError):
        return [_no_record(name, "something is missing in it, or is not what it has to be")]


def _record(content: Mapping[str, Any], node: MappingNode, name: str) -> DecisionRecord | list[Diagnostic]:
    diagnostics: list[Diagnostic] = []
    (facts,) = (entry.value for entry in node.entries if entry.key.text == "input")
    document = read_header(facts, str(content["case"]), diagnostics)
    if document is None:
        return diagnostics
    result = content["result"]
    for key in ("subjects", "findings", "missing"):
        if not all(isinstance(one, dict) for one in result[key]):
            raise TypeError(key)
    [(one["rule"], one["kind"], one["ref"], one["outcome"]) for one in result["findings"]]
    [(one["kind"], one["ref"], one["verdict"], one["derived"].items()) for one in result["subjects"]]
    return DecisionRecord(
        name,
        document,
        date.fromisoformat(content["as_of"]),
        str(content["rulebook"]["name"]),
        date.fromisoformat(content["rulebook"]["edition"]),
        str(content["rulebook"]["digest"]),
        str(content["engine"]),
        {**result, "verdict": str(result["verdict"])},
    )


def _no_record(name: str, why: str) -> Diagnostic:
    help_ = "give the files that `rulewright check --record` wrote, as they are"
    return Diagnostic("U019", f"the file is no decision record: {why}", Span(name), help_)
