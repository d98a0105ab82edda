"""The parts of a result, as plain data: subjects, findings with their evidence, changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias, TypeVar

from rulewright.diagnostics import Span
from rulewright.model.explanation import ExplainedTest, Finding as ExplainedFinding, Gap, MissingFact, SourcePlace
from rulewright.model.fixes import Answer, FactChange, Fixes as FoundFixes, Part as FoundPart
from rulewright.model.outcomes import Outcome, SubjectResult, Verdict
from rulewright.model.rulebook import RuleSeverity
from rulewright.model.values import Absent, Truth, Value as ModelValue

#: The value of a fact. None is known to be absent; a value that is unknown is not there at all.
FactValue: TypeAlias = str | bool | int | Decimal | date | None

V = TypeVar("V")


class BySubject(Mapping[tuple[str, str], V]):
    """A read-only mapping by subject. Its keys are pairs of a kind and a ref.

    The ref alone is enough to look up a subject, unless subjects of two kinds have it: then a KeyError names the pairs.
    """

    __slots__ = ("_by_ref", "_values")

    def __init__(self, values: Mapping[tuple[str, str], V]) -> None:
        self._values = dict(values)
        self._by_ref: dict[str, list[tuple[str, str]]] = {}
        for key in self._values:
            self._by_ref.setdefault(key[1], []).append(key)

    def __getitem__(self, key: str | tuple[str, str]) -> V:
        if not isinstance(key, str):
            return self._values[key]
        keys = self._by_ref.get(key, [])
        if len(keys) > 1:
            raise KeyError(f"{key!r} is the ref of several subjects: look up one of {keys}")
        if not keys:
            raise KeyError(key)
        return self._values[keys[0]]

    def __contains__(self, key: object) -> bool:
        return key in self._values or key in self._by_ref

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"BySubject({self._values!r})"


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject of a case: its kind and ref, its verdict, the outcome of each rule about it, and its values.

    `values` has the given and the derived values by field. A field whose value is unknown is not there; None is a
    value that is known to be absent.
    """

    kind: str
    ref: str
    verdict: Verdict
    outcomes: Mapping[str, Outcome]
    values: Mapping[str, FactValue]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One condition of a rule, for one subject: in words, its truth, the value it looked at and the place of the value.

    `truth` is none where the condition did not matter. `value` is the value as data, none where there is none or it is
    unknown; `shown` is the value in words. `at` is the place in a file or, for values from Python, the path such as
    `employee[0].contract`; it is none for a derived value.
    """

    test: str
    truth: Truth | None
    value: FactValue
    shown: str
    at: Span | None


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one rule for one subject, in words.

    `message` says why, `remedy` what to do (none if the rulebook has no advice or none is needed). `source` is the
    place in the document that the rule comes from, `further_sources` are other places that say the same. `evidence`
    has the conditions of the rule. `not_covered` is set if the outcome is unknown because the edition lacks the rule.
    """

    rule: str
    title: str
    kind: str
    ref: str
    outcome: Outcome
    severity: RuleSeverity
    message: str
    remedy: str | None
    source: SourcePlace | None
    further_sources: tuple[SourcePlace, ...]
    evidence: tuple[Evidence, ...]
    not_covered: Gap | None


@dataclass(frozen=True, slots=True)
class Change:
    """The change of one fact: the subject, the field, and its value before and after.

    `before` is none where the fact is not given: the change gives it. `after` is none where any other text will do;
    `alternatives` are values that would do as well. `at` is the place where the fact is given now. `sentence` says the
    change in words.
    """

    kind: str
    ref: str
    field: str
    label: str
    before: FactValue
    after: FactValue
    alternatives: tuple[FactValue, ...]
    at: Span | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A set of changes that resolves every known blocker of some subjects, its cost and the verdict after it.

    `missing` has the facts that are then still missing; `sentence` says all the changes in words.
    """

    changes: tuple[Change, ...]
    cost: Decimal
    verdict: Verdict
    missing: tuple[MissingFact, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class FixGroup:
    """Subjects that become ready together, by any one of `fixes`, the cheapest first.

    `subjects` are pairs of a kind and a ref. `is_smallest` is true if no smaller set of changes exists than the first
    fix. If no change makes the subjects ready, `is_impossible` is true: `obstacles` says in sentences which facts would
    have to be different though they cannot change, and `unsolvable` has the names of the rules that no value of any
    fact satisfies, each with the reason. `limits` says what was not examined.
    """

    subjects: tuple[tuple[str, str], ...]
    fixes: tuple[Fix, ...]
    obstacles: tuple[str, ...]
    unsolvable: Mapping[str, str]
    limits: tuple[str, ...]
    is_smallest: bool
    is_impossible: bool


@dataclass(frozen=True, slots=True)
class Fixes:
    """The smallest changes that make a case ready, verified by evaluating the changed case.

    `groups` are independent of each other: the case is ready after one fix of each. `changes` are those of the first
    fix of each group together, `verdict` is the verdict after them, and `missing` has the facts that are then still
    missing. `summary` says in a sentence how far the changes go. A case without blockers has no groups.
    """

    summary: str
    groups: tuple[FixGroup, ...]
    changes: tuple[Change, ...]
    verdict: Verdict
    missing: tuple[MissingFact, ...]
    notices: tuple[str, ...]


def fact_value(value: ModelValue) -> FactValue:
    """Return a value as the library shows it: none for an absent one."""
    return None if isinstance(value, Absent) else value


def subject_of(result: SubjectResult) -> Subject:
    """Return the view of a subject."""
    values = {name: fact_value(value) for name, value in result.values.items() if value is not Absent.UNKNOWN}
    return Subject(result.kind, result.ref, result.verdict, dict(result.outcomes), values)


def finding_of(finding: ExplainedFinding) -> Finding:
    """Return the view of a finding."""
    return Finding(
        finding.rule,
        finding.title,
        finding.kind,
        finding.ref,
        finding.outcome,
        finding.severity,
        finding.message,
        finding.remedy,
        finding.source,
        finding.further_sources,
        tuple(map(_evidence, finding.tests)),
        finding.gap,
    )


def _evidence(test: ExplainedTest) -> Evidence:
    at = test.at if test.at is not None and test.at.file else None
    return Evidence(test.test, test.truth, fact_value(test.value), test.shown, at)


def fixes_of(found: FoundFixes) -> Fixes:
    """Return the view of the changes of a case."""
    return Fixes(
        found.summary,
        tuple(map(_group, found.parts)),
        tuple(map(_change, found.first)),
        found.verdict_after,
        found.missing,
        found.notices,
    )


def _group(part: FoundPart) -> FixGroup:
    obstacles = [fact.sentence for facts in part.obstacles for fact in facts]
    return FixGroup(
        tuple((one.kind, one.ref) for one in part.subjects),
        tuple(map(_fix, part.answers)),
        tuple(dict.fromkeys(obstacles)),
        {unmet.rule.rule: unmet.why for unmet in part.unsolvable},
        part.limits,
        part.is_smallest,
        part.is_impossible,
    )


def _fix(answer: Answer) -> Fix:
    return Fix(tuple(map(_change, answer.changes)), answer.cost, answer.verdict, answer.missing, answer.sentence)


def _change(change: FactChange) -> Change:
    subject = change.subject
    return Change(
        subject.kind,
        subject.ref,
        change.field,
        change.label,
        change.before,
        change.after,
        change.alternatives,
        change.at,
        change.headline,
    )
