"""Explanations as JSON: for machines, with every value as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from rulewright.model.explanation import ExplainedSubject, ExplainedTest, Explanation, Finding, MissingFact, SourcePlace
from rulewright.model.values import Absent
from rulewright.render.arrange import place
from rulewright.render.chain_json import chain_json
from rulewright.render.json_values import TRUTHS, Json, value_json

# JSON allows these in a string as they are, but each of them breaks something on the way: lines, terminals, encoders.
_TO_ESCAPE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def write_json(explanations: Sequence[Explanation], *, several: bool | None = None) -> str:
    """One case as an object, several (or none) as an array, indented; `several` settles which, whatever the number."""
    cases = [_case(explanation) for explanation in explanations]
    as_array = len(cases) != 1 if several is None else several
    return _dump(cases if as_array else cases[0], indent=2) + "\n"


def write_json_lines(explanations: Sequence[Explanation]) -> str:
    """Each case as an object on a line of its own."""
    return "".join(_dump(_case(explanation), indent=None) + "\n" for explanation in explanations)


def _dump(value: Json, indent: int | None) -> str:
    separators = (",", ":") if indent is None else (",", ": ")
    written = json.dumps(value, indent=indent, separators=separators, ensure_ascii=False, allow_nan=False)
    return escape_unusual(written)


def escape_unusual(written: str) -> str:
    """JSON in which the characters that break something on the way are escapes."""
    return _TO_ESCAPE.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _case(explanation: Explanation) -> Mapping[str, Json]:
    rulebook = explanation.rulebook
    written: dict[str, Json] = {
        "case": explanation.case,
        "verdict": explanation.verdict.value,
        "as_of": explanation.as_of.isoformat(),
        "rulebook": {"name": rulebook.name, "edition": rulebook.edition.isoformat(), "digest": rulebook.digest},
        "engine": explanation.engine,
        "subjects": [_subject(subject) for subject in explanation.subjects],
        "findings": [_finding(finding) for finding in explanation.findings],
        "missing": [_missing(missing) for missing in explanation.missing],
    }
    if explanation.notices:
        written["notices"] = explanation.notices
    if explanation.chain is not None:
        written["explanation"] = chain_json(explanation.chain)
    return written


def _subject(subject: ExplainedSubject) -> Mapping[str, Json]:
    return {
        "kind": subject.kind,
        "ref": subject.ref,
        "verdict": subject.verdict.value,
        # as in a case file, what is unknown is not there; null is what is known to be none
        "derived": {name: value_json(value) for name, value in subject.derived.items() if value is not Absent.UNKNOWN},
    }


def _finding(finding: Finding) -> Mapping[str, Json]:
    return {
        "rule": finding.rule,
        "kind": finding.kind,
        "ref": finding.ref,
        "outcome": finding.outcome.value,
        "severity": finding.severity.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "source": None if finding.source is None else _source(finding.source),
        "tests": [_test(test) for test in finding.tests],
    }


def _source(source: SourcePlace) -> Mapping[str, Json]:
    return {
        "document": source.document,
        "title": source.title,
        "section": source.section,
        "publisher": source.publisher,
        "updated": None if source.updated is None else source.updated.isoformat(),
        "url": source.url,
    }


def _test(test: ExplainedTest) -> Mapping[str, Json]:
    written: dict[str, Json] = {"test": test.test, "truth": TRUTHS[test.truth]}
    if test.truth is None:
        written["looked_at"] = False
    written["value"] = value_json(test.value)
    if isinstance(test.value, Absent):
        written["absent"] = test.value.value
    written["at"] = place(test.at)
    return written


def _missing(missing: MissingFact) -> Mapping[str, Json]:
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
