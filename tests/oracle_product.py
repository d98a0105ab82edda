"""The product in the form of the oracle: texts in, plain data out.

Of the modules that test the oracle, this one alone imports the product's own modules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from enum import Enum
from typing import Any

from evaluating import engine_of, evaluate
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult
from rulewright.model.rulebook import Rulebook
from rulewright.parse.rulebook import parse_rulebook
from rulewright.read.cases import read_case
from rulewright.read.documents import CaseDocument
from rulewright.source import MappingNode, read_nodes

ENGINES: dict[str, Callable[[Rulebook, Sequence[Case]], list[CaseResult]]] = {
    "durable": lambda rulebook, cases: engine_of(rulebook).evaluate(cases),
    "plain": lambda rulebook, cases: [evaluate(rulebook, case) for case in cases],
}

_CONTRADICTION = re.compile(r"`(.*?)` of (\w+) `(.*?)` is ", re.DOTALL)


def results(rulebook: str, cases: Sequence[tuple[str, date]], engine: str) -> list[dict[str, Any]]:
    """Evaluate the texts of cases, each on its date, by the text of a rulebook, all of them together."""
    read = _rulebook(rulebook)
    return [_plain(result) for result in ENGINES[engine](read, [_case(text, day, read) for text, day in cases])]


def _rulebook(text: str) -> Rulebook:
    rulebook, diagnostics = parse_rulebook(text.encode(), "rulebook.yaml")
    assert rulebook is not None and not diagnostics, "\n".join(map(str, diagnostics))
    return rulebook


def _case(text: str, as_of: date, rulebook: Rulebook) -> Case:
    nodes, diagnostics = read_nodes(text.encode(), "case.yaml")
    assert not diagnostics, diagnostics
    assert isinstance(nodes[0], MappingNode)
    case, diagnostics = read_case(CaseDocument("case", None, nodes[0]), rulebook, as_of)
    assert case is not None, diagnostics
    return case


def _plain(result: CaseResult) -> dict[str, Any]:
    contradictions = []
    for error in result.errors:
        found = _CONTRADICTION.match(error.message)
        assert found is not None and error.code == "F010", error
        contradictions.append((found[2], found[3], found[1]))
    return {
        "verdict": _word(result.verdict),
        "subjects": {
            (subject.kind, subject.ref): {
                "values": dict(subject.values),
                "outcomes": {rule: _word(outcome) for rule, outcome in subject.outcomes.items()},
                "verdict": _word(subject.verdict),
            }
            for subject in result.subjects
        },
        "contradictions": sorted(contradictions),
    }


def _word(word: Enum | None) -> Any:
    return None if word is None else word.value
