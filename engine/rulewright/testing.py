"""The tests beside a rulebook: facts in, expected verdicts, outcomes, values and questions out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

from rulewright.compile.program import Program
from rulewright.diagnostics import Diagnostic, Span, did_you_mean
from rulewright.engines import Judge
from rulewright.explain.wording import show_value
from rulewright.model.contradictions import plain
from rulewright.model.explanation import Explanation
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult, Outcome, SubjectResult, Verdict
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import Absent, FieldType, Value
from rulewright.parse.keys import EXPECTED, EXPECTED_OF_CASE, TEST, TESTS_FILE
from rulewright.parse.sections import Report, Section, as_list, as_mapping, read_scalar
from rulewright.read.cases import CaseDocument, read_case
from rulewright.scalars import Mismatch, typed_value
from rulewright.source import Entry, ListNode, MappingNode, Node, ScalarNode, read_nodes

Word = TypeVar("Word", bound=Enum)


@dataclass(frozen=True, slots=True)
class Expected:
    """What has to come out for a case or a subject; what is not said may be anything."""

    verdict: Verdict | None = None
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    missing: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Test:
    """One test: a case and what has to come out, for all its subjects and for single ones by ref."""

    name: str
    span: Span
    case: Case
    expected: Expected
    subjects: Mapping[str, Expected]
    error: str | None


@dataclass(frozen=True, slots=True)
class Failure:
    """One difference between what was expected and what came out, and the rule that it is about, if it is one rule."""

    what: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Tested:
    """How one test went, with the explanation of what came out (none where the case ended in errors)."""

    test: Test
    failures: tuple[Failure, ...]
    result: CaseResult
    explanation: Explanation | None


def read_tests(data: bytes, name: str, rulebook: Rulebook) -> tuple[list[Test], list[Diagnostic]]:
    """The tests in the bytes of a file called `name`, and what is wrong with them."""
    nodes, diagnostics = read_nodes(data, name)
    report = Report()
    report.diagnostics.extend(diagnostics)
    if not nodes:
        if not diagnostics:
            report.add("S008", "the file is empty", Span(name), "a test file has a list of `tests:`")
        return [], report.diagnostics
    root = as_mapping(nodes[0], "a file of tests", report)
    if root is None:
        return [], report.diagnostics
    section = Section(root, TESTS_FILE, "the test file", report)
    named = section.text("rulebook")
    if named is not None and named != rulebook.name:
        report.add(
            "T001", f"the tests are of `{named}`, and the rulebook is `{rulebook.name}`", section.span_of("rulebook")
        )
    bases = {entry.key.text: entry.value for entry in section.mapping("bases")}
    node = section.node("tests")
    tests: dict[str, Test] = {}
    for item in as_list(node, "a list of tests", report) if node is not None else ():
        test = _read_test(item, bases, rulebook, report)
        if test is None:
            continue
        if test.name in tests:
            report.add("T002", f"a second test is called `{test.name[:60]}`", test.span, "give each test its own name")
        tests[test.name] = test
    return list(tests.values()), report.diagnostics


def _read_test(node: Node, bases: Mapping[str, Node], rulebook: Rulebook, report: Report) -> Test | None:
    mapping = as_mapping(node, "a test", report)
    if mapping is None:
        return None
    section = Section(mapping, TEST, "a test", report)
    name, base, as_of = section.text("name"), section.text("base"), section.date("as_of")
    given = section.node("given") or MappingNode((), mapping.span)
    if base is not None:
        if base not in bases:
            report.add("T003", f"unknown base `{base[:60]}`", section.span_of("base"), did_you_mean(base, bases))
            return None
        given = merged(bases[base], given)
    facts = as_mapping(given, "the facts of a test", report)
    expected_node = section.node("expect")
    expect = None if expected_node is None else as_mapping(expected_node, "what is expected", report)
    if name is None or facts is None or expect is None:
        return None
    case, wrong = read_case(CaseDocument(name, None, facts), rulebook, as_of or rulebook.edition)
    report.diagnostics.extend(wrong)
    expectation = Section(expect, EXPECTED_OF_CASE, "what is expected", report)
    subjects = {}
    for entry in expectation.mapping("subjects"):
        own = as_mapping(entry.value, "what is expected of a subject", report)
        if own is not None:
            subjects[entry.key.text] = _read_expected(Section(own, EXPECTED, "what is expected", report), rulebook)
    expected = _read_expected(expectation, rulebook)
    error = expectation.text("error")
    if case is None:
        return None
    refs = {fact.ref for found in case.facts.values() for fact in found}
    for entry in expectation.mapping("subjects"):
        if entry.key.text not in refs:
            report.add(
                "T004", f"unknown subject `{entry.key.text[:60]}`", entry.key.span, did_you_mean(entry.key.text, refs)
            )
    return Test(name, mapping.span, case, expected, subjects, error)


def merged(base: Node, given: Node) -> Node:
    """The facts of a base with those of a test laid over them, field by field where both state one fact of a kind."""
    if not isinstance(base, MappingNode) or not isinstance(given, MappingNode):
        return given
    entries = {entry.key.text: entry for entry in base.entries}
    for entry in given.entries:
        below = entries.get(entry.key.text)
        value = merged(below.value, entry.value) if below is not None else entry.value
        entries[entry.key.text] = Entry(entry.key, value)
    return MappingNode(tuple(entries.values()), given.span)


def _read_expected(section: Section, rulebook: Rulebook) -> Expected:
    report = section.report
    fields = {name: field for kind in rulebook.kinds.values() for name, field in kind.fields.items()}
    values: dict[str, Value] = {}
    for entry in section.mapping("values"):
        declared = fields.get(entry.key.text)
        if declared is None:
            report.add(
                "T004", f"unknown field `{entry.key.text[:60]}`", entry.key.span, did_you_mean(entry.key.text, fields)
            )
            continue
        absent = _absent(entry.value) if declared.type is not FieldType.TEXT else None
        value = absent or typed_value(entry.value, declared.type, declared.choices or None)
        if isinstance(value, Mismatch):
            report.add("R003", value.message, entry.value.span, value.help)
        else:
            values[entry.key.text] = value
    outcomes = {}
    for entry in section.mapping("outcomes"):
        if entry.key.text not in rulebook.rules:
            report.add(
                "T004",
                f"unknown rule `{entry.key.text[:60]}`",
                entry.key.span,
                did_you_mean(entry.key.text, rulebook.rules),
            )
            continue
        outcome = _word(entry.value, Outcome, report)
        if outcome is not None:
            outcomes[entry.key.text] = outcome
    verdict_node = section.node("verdict")
    missing = section.node("missing")
    return Expected(
        None if verdict_node is None else _word(verdict_node, Verdict, report),
        outcomes,
        values,
        None if missing is None else _missing(missing, fields, report),
    )


def _absent(node: Node) -> Absent | None:
    if isinstance(node, ScalarNode) and node.plain and node.text in {absent.value for absent in Absent}:
        return Absent(node.text)
    return None


def _word(node: Node, words: type[Word], report: Report) -> Word | None:
    text = read_scalar(node, FieldType.TEXT, report)
    known = {word.value: word for word in words}
    if text in known:
        return known[str(text)]
    if isinstance(text, str):
        report.add("R004", f"`{text[:60]}` is no {words.__name__.lower()}", node.span, did_you_mean(text, known))
    return None


def _missing(node: Node, fields: Iterable[str], report: Report) -> tuple[str, ...]:
    if not isinstance(node, ListNode):
        as_list(node, "a list of fields", report)
        return ()
    names = [(item, read_scalar(item, FieldType.TEXT, report)) for item in node.items]
    for item, name in names:
        if isinstance(name, str) and name not in fields:
            report.add("T004", f"unknown field `{name[:60]}`", item.span, did_you_mean(name, fields))
    return tuple(str(name) for _, name in names if name is not None)


def run_tests(tests: Sequence[Test], program: Program, engine: str) -> list[Tested]:
    """How the tests of a rulebook go."""
    judge = Judge(program, engine)
    judge.add([test.case for test in tests])
    return [_run(test, judge) for test in tests]


def _run(test: Test, judge: Judge) -> Tested:
    result = judge.result(test.case)
    if result.verdict is None or test.error is not None:
        codes = ", ".join(error.code for error in result.errors) or "no error"
        failures = (
            []
            if test.error in {error.code for error in result.errors}
            else [Failure(f"error: expected {test.error or 'none'}, came {codes}")]
        )
        return Tested(test, tuple(failures), result, None)
    explanation = judge.explain(test.case, result)
    failures = _verdict("the case", test.expected.verdict, result.verdict)
    asked = tuple(dict.fromkeys(missing.field or missing.kind for missing in explanation.missing))
    failures += _asked("the case", test.expected.missing, asked)
    rulebook = judge.program.rulebook
    for subject in result.subjects:
        failures += _compared(test.expected, subject, rulebook)
        own = test.subjects.get(subject.ref)
        if own is not None:
            of = f"{subject.kind} `{subject.ref}`"
            asked = tuple(item.field or item.kind for item in explanation.missing if item.ref == subject.ref)
            failures += _verdict(of, own.verdict, subject.verdict) + _asked(of, own.missing, asked)
            failures += _compared(own, subject, rulebook)
    return Tested(test, tuple(failures), result, explanation)


def _verdict(of: str, expected: Verdict | None, came: Verdict) -> list[Failure]:
    if expected is None or expected is came:
        return []
    return [Failure(f"verdict of {of}: expected {expected.value}, came {came.value}")]


def _asked(of: str, expected: tuple[str, ...] | None, came: tuple[str, ...]) -> list[Failure]:
    if expected is None or set(expected) == set(came):
        return []
    return [
        Failure(f"missing of {of}: expected {', '.join(expected) or 'nothing'}, came {', '.join(came) or 'nothing'}")
    ]


def _compared(expected: Expected, subject: SubjectResult, rulebook: Rulebook) -> list[Failure]:
    of = f"{subject.kind} `{subject.ref}`"
    failures = []
    for rule, outcome in expected.outcomes.items():
        came = subject.outcomes.get(rule)
        if came is not None and came is not outcome:
            failures.append(Failure(f"`{rule}` for {of}: expected {outcome.value}, came {came.value}", rule))
    for name, value in expected.values.items():
        if name in subject.values and (type(subject.values[name]), subject.values[name]) != (type(value), value):
            declared = rulebook.kinds[subject.kind].fields[name]
            shown = show_value(declared, subject.values[name])
            failures.append(Failure(f"`{name}` of {of}: expected {plain(value)}, came {shown}"))
    return failures


def coverage(tested: Iterable[Tested], rulebook: Rulebook) -> dict[str, dict[Outcome, int]]:
    """How many tests show each outcome of each rule."""
    shown: dict[str, dict[Outcome, int]] = {rule: {} for rule in rulebook.rules}
    for one in tested:
        seen = {item for subject in one.result.subjects for item in subject.outcomes.items()}
        for rule, outcome in seen:
            shown[rule][outcome] = shown[rule].get(outcome, 0) + 1
    return shown
