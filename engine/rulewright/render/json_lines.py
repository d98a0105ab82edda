"""Fast writer of JSON Lines: content shared by many cases is written once and filled in for each case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeAlias

from rulewright.caches import Kept
from rulewright.diagnostics import Span
from rulewright.model.explanation import (
    ExplainedSubject,
    ExplainedTest,
    Explanation,
    Finding,
    RulebookIdentity,
)
from rulewright.render.json import case_json, finding_json, in_one_line, missing_json, subject_json, test_json

# Placeholders of the first writing. If a placeholder also occurs in other content, that content is written in full.
_MARK = "\0"
_WRITTEN_MARK = in_one_line(_MARK)
_PLACE = Span(_MARK, 1, 1)
_WRITTEN_PLACE = in_one_line(str(_PLACE))

#: JSON written once, split where values are filled in.
_Parts: TypeAlias = "list[str]"


class JsonLines:
    """Writes explanations as JSON Lines, and caches written parts for later cases."""

    def __init__(self) -> None:
        # a key with an identity needs a reference to its object, so that no other object gets that identity
        self._cases: Kept[tuple[Any, ...], tuple[RulebookIdentity, _Parts]] = Kept()
        self._subjects: Kept[tuple[Any, ...], _Parts] = Kept()
        self._findings: Kept[tuple[Any, ...], tuple[object, _Parts]] = Kept()
        self._tests: Kept[tuple[Any, ...], _Parts] = Kept()
        self._files: Kept[str, str] = Kept()
        self._refs: Kept[str, str] = Kept()

    def write(self, explanations: Sequence[Explanation]) -> str:
        """Return each case as an object on its own line."""
        return "".join([f"{self._case(explanation)}\n" for explanation in explanations])

    def _case(self, explanation: Explanation) -> str:
        key = (explanation.verdict, explanation.as_of, id(explanation.rulebook), explanation.engine)
        known = self._cases.get(key)
        if known is None:
            bare = replace(explanation, case=_MARK, subjects=(), findings=(), missing=(), notices=())
            known = self._cases.keep(key, (explanation.rulebook, in_one_line(case_json(bare)).split(_WRITTEN_MARK)))
        parts = known[1]
        if len(parts) != 2:
            return in_one_line(case_json(explanation))
        subjects = ",".join([self._subject(subject) for subject in explanation.subjects])
        findings = ",".join([self._finding(finding) for finding in explanation.findings])
        missing = ",".join([in_one_line(missing_json(one)) for one in explanation.missing])
        notices = f',"notices":{in_one_line(explanation.notices)}' if explanation.notices else ""
        head = in_one_line(explanation.case).join(parts).removesuffix('"subjects":[],"findings":[],"missing":[]}')
        return f'{head}"subjects":[{subjects}],"findings":[{findings}],"missing":[{missing}]{notices}}}'

    def _subject(self, subject: ExplainedSubject) -> str:
        derived = [(name, type(value), _exactly(value)) for name, value in subject.derived.items()]
        key = (subject.kind, subject.verdict, *derived)
        parts = self._subjects.get(key)
        if parts is None:
            bare = replace(subject, ref=_MARK)
            parts = self._subjects.keep(key, in_one_line(subject_json(bare)).split(_WRITTEN_MARK))
        return in_one_line(subject.ref).join(parts) if len(parts) == 2 else in_one_line(subject_json(subject))

    def _finding(self, finding: Finding) -> str:
        key = (finding.rule, finding.kind, finding.outcome, finding.severity, id(finding.source), finding.gap)
        known = self._findings.get(key)
        if known is None:
            bare = replace(finding, ref=_MARK, message=_MARK, remedy=_MARK, tests=())
            written = in_one_line(finding_json(bare)).removesuffix("]}")
            known = self._findings.keep(key, (finding, written.split(_WRITTEN_MARK)))
        parts = known[1]
        if len(parts) != 4:
            return in_one_line(finding_json(finding))
        before_ref, before_message, before_remedy, before_tests = parts
        ref = self._refs.get(finding.ref) or self._refs.keep(finding.ref, in_one_line(finding.ref))
        message = in_one_line(finding.message)
        remedy = "null" if finding.remedy is None else in_one_line(finding.remedy)
        tests = ",".join([self._test(test) for test in finding.tests])
        return f"{before_ref}{ref}{before_message}{message}{before_remedy}{remedy}{before_tests}{tests}]}}"

    def _test(self, test: ExplainedTest) -> str:
        value = test.value
        key = (test.test, test.truth, type(value), _exactly(value))
        parts = self._tests.get(key)
        if parts is None:
            parts = self._tests.keep(key, in_one_line(test_json(replace(test, at=_PLACE))).split(_WRITTEN_PLACE))
        if len(parts) != 2:
            return in_one_line(test_json(test))
        at = test.at
        if at is None or not at.file:
            return "null".join(parts)
        file = self._files.get(at.file) or self._files.keep(at.file, in_one_line(at.file)[:-1])
        return f'{file}:{at.line}:{at.column}"'.join(parts)


def _exactly(value: object) -> object:
    """Return a value for a cache key. A decimal becomes a text, to preserve its trailing zeros."""
    return str(value) if isinstance(value, Decimal) else value
