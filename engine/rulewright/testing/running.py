"""Run tests, and count the outcomes that they show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rulewright.compile.program import Program
from rulewright.engines import Judge
from rulewright.model.contradictions import plain
from rulewright.model.explanation import Explanation
from rulewright.model.outcomes import CaseResult, Outcome, SubjectResult, Verdict
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import Absent, Value
from rulewright.testing.tests import Expected, Test


@dataclass(frozen=True, slots=True)
class Failure:
    """A difference between expectation and result, and its rule if it concerns a single rule."""

    what: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class TestRun:
    """The result of one test; the explanation is none if the case has errors or the test expects an error."""

    test: Test
    failures: tuple[Failure, ...]
    result: CaseResult
    explanation: Explanation | None


def run_tests(tests: Sequence[Test], program: Program, engine: str) -> list[TestRun]:
    """Run the tests of a rulebook and return their results, in the order of the tests."""
    judge = Judge(program, engine)
    judge.add([test.case for test in tests])
    return [_run(test, judge) for test in tests]


def _run(test: Test, judge: Judge) -> TestRun:
    result = judge.result(test.case)
    if result.verdict is None or test.error is not None:
        return TestRun(test, _error(test, result), result, None)
    explanation = judge.explain(test.case, result)
    failures = _verdict("the case", test.expected.verdict, result.verdict)
    asked = tuple(dict.fromkeys(missing.field or missing.kind for missing in explanation.missing))
    failures += _missing("the case", test.expected.missing, asked)
    for subject in result.subjects:
        failures += _compared(test.expected, subject)
        own = test.subjects.get(subject.ref)
        if own is not None:
            of = f"{subject.kind} `{subject.ref}`"
            about = [item for item in explanation.missing if (item.kind, item.ref) == (subject.kind, subject.ref)]
            asked = tuple(item.field or item.kind for item in about)
            failures += _verdict(of, own.verdict, subject.verdict) + _missing(of, own.missing, asked)
            failures += _compared(own, subject)
    return TestRun(test, tuple(dict.fromkeys(failures)), result, explanation)


def _error(test: Test, result: CaseResult) -> tuple[Failure, ...]:
    codes = [error.code for error in result.errors]
    if test.error in codes:
        return ()
    return (Failure(f"error: expected {test.error or 'none'}, came {', '.join(dict.fromkeys(codes)) or 'none'}"),)


def _verdict(of: str, expected: Verdict | None, came: Verdict) -> list[Failure]:
    if expected is None or expected is came:
        return []
    return [Failure(f"verdict of {of}: expected {expected.value}, came {came.value}")]


def _missing(of: str, expected: tuple[str, ...] | None, came: tuple[str, ...]) -> list[Failure]:
    if expected is None or set(expected) == set(came):
        return []
    return [
        Failure(f"missing of {of}: expected {', '.join(expected) or 'nothing'}, came {', '.join(came) or 'nothing'}")
    ]


def _compared(expected: Expected, subject: SubjectResult) -> list[Failure]:
    of = f"{subject.kind} `{subject.ref}`"
    failures = []
    for rule, outcome in expected.outcomes.items():
        came = subject.outcomes.get(rule)
        if came is not None and came is not outcome:
            failures.append(Failure(f"`{rule}` for {of}: expected {outcome.value}, came {came.value}", rule))
    for (kind, name), value in expected.values.items():
        if kind == subject.kind and (type(subject.values[name]), subject.values[name]) != (type(value), value):
            failures.append(Failure(f"`{name}` of {of}: expected {_shown(value)}, came {_shown(subject.values[name])}"))
    return failures


def _shown(value: Value) -> str:
    """Return a value in the notation of test files: the texts `unknown` and `none` are quoted."""
    absent = isinstance(value, str) and value in {one.value for one in Absent}
    return f'"{value}"' if absent else plain(value)


def coverage(tested: Iterable[TestRun], rulebook: Rulebook) -> dict[str, dict[Outcome, int]]:
    """Return the number of tests that show each outcome of each rule."""
    shown: dict[str, dict[Outcome, int]] = {rule: {} for rule in rulebook.rules}
    for one in tested:
        seen = {item for subject in one.result.subjects for item in subject.outcomes.items()}
        for rule, outcome in seen:
            shown[rule][outcome] = shown[rule].get(outcome, 0) + 1
    return shown
