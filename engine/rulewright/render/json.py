"""Explanations as JSON for programs, with exact values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from rulewright.json_runs import run_json
from rulewright.json_values import TRUTHS, Json, escape_unusual, json_value
from rulewright.model.explanation import (
    ExplainedSubject,
    ExplainedTest,
    Explanation,
    Finding,
    MissingFact,
    RulebookIdentity,
    SourcePlace,
)
from rulewright.model.run import Run
from rulewright.model.values import Absent
from rulewright.render.arrange import place
from rulewright.render.chain_json import chain_json

_IN_ONE_LINE = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def write_json(explanations: Sequence[Explanation], *, run: Run, several: bool | None = None) -> str:
    """Return one case as an object, several or none as an array, indented.

    `several` overrides the choice between object and array. Each case has the run, but only the first case has its
    inputs and rejected rows, as they may be many.
    """
    cases = [
        {**case_json(explanation), "run": run_json(run, with_lists=number == 0)}
        for number, explanation in enumerate(explanations)
    ]
    as_array = len(cases) != 1 if several is None else several
    return dump(cases if as_array else cases[0]) + "\n"


def in_one_line(value: Json) -> str:
    """Return a value as JSON without white space and with unusual characters escaped."""
    return escape_unusual(_IN_ONE_LINE.encode(value))


def dump(value: Json) -> str:
    """Return a value as indented JSON with unusual characters escaped."""
    return escape_unusual(json.dumps(value, indent=2, separators=(",", ": "), ensure_ascii=False, allow_nan=False))


def case_json(explanation: Explanation) -> Mapping[str, Json]:
    """Return a case with its whole explanation."""
    written: dict[str, Json] = {
        "case": explanation.case,
        "verdict": explanation.verdict.value,
        "as_of": explanation.as_of.isoformat(),
        "rulebook": _rulebook(explanation.rulebook),
        "engine": explanation.engine,
        "subjects": [subject_json(subject) for subject in explanation.subjects],
        "findings": [finding_json(finding) for finding in explanation.findings],
        "missing": [missing_json(missing) for missing in explanation.missing],
    }
    if explanation.notices:
        written["notices"] = explanation.notices
    if explanation.chain is not None:
        written["explanation"] = chain_json(explanation.chain)
    return written


def _rulebook(rulebook: RulebookIdentity) -> Mapping[str, Json]:
    written: dict[str, Json] = {
        "name": rulebook.name,
        "edition": rulebook.edition.isoformat(),
        "digest": rulebook.digest,
    }
    return written if rulebook.complete else {**written, "complete": False}


def subject_json(subject: ExplainedSubject) -> Mapping[str, Json]:
    """Return a subject of a case."""
    return {
        "kind": subject.kind,
        "ref": subject.ref,
        "verdict": subject.verdict.value,
        # as in a case file, an unknown value is left out; null is a value known to be none
        "derived": {name: json_value(value) for name, value in subject.derived.items() if value is not Absent.UNKNOWN},
    }


def finding_json(finding: Finding) -> Mapping[str, Json]:
    """Return the outcome of a rule for a subject."""
    written: dict[str, Json] = {
        "rule": finding.rule,
        "kind": finding.kind,
        "ref": finding.ref,
        "outcome": finding.outcome.value,
        "severity": finding.severity.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "source": None if finding.source is None else _source(finding.source),
    }
    if finding.gap is not None:
        covered_by = finding.gap.covered_by
        written["not_covered"] = {
            "what": finding.gap.what,
            "covered_by": None if covered_by is None else covered_by.isoformat(),
        }
    if finding.further_sources:
        written["further_sources"] = [_source(source) for source in finding.further_sources]
    written["tests"] = [test_json(test) for test in finding.tests]
    return written


def _source(source: SourcePlace) -> Mapping[str, Json]:
    return {
        "document": source.document,
        "title": source.title,
        "section": source.section,
        "publisher": source.publisher,
        "updated": None if source.updated is None else source.updated.isoformat(),
        "url": source.url,
    }


def test_json(test: ExplainedTest) -> Mapping[str, Json]:
    """Return a test of a finding."""
    written: dict[str, Json] = {"test": test.test, "truth": TRUTHS[test.truth]}
    if test.truth is None:
        written["looked_at"] = False
    written["value"] = json_value(test.value)
    if isinstance(test.value, Absent):
        written["absent"] = test.value.value
    written["at"] = place(test.at)
    return written


def missing_json(missing: MissingFact) -> Mapping[str, Json]:
    """Return a fact that could still change an outcome."""
    written: dict[str, Json] = {
        "kind": missing.kind,
        "ref": missing.ref,
        "field": missing.field,
        "ask": missing.ask,
    }
    if missing.instead is not None:
        written["instead"] = missing.instead
    if missing.note is not None:
        written["note"] = missing.note
    written["needed_by"] = missing.needed_by
    return written
