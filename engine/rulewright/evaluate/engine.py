"""The engine for single cases: the interpreter observes each subject, and the inference derives its outcomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from rulewright.diagnostics import Diagnostic
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult, Outcome, SubjectResult, Verdict, worst_verdict
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import Value
from rulewright.semantics.exact_interpreter import ExactInterpreter
from rulewright.semantics.fields import Fields
from rulewright.semantics.items import Item, What
from rulewright.semantics.state import State, Subject

#: A function that derives a part of each subject of a kind and stores it in the subject.
Step: TypeAlias = "tuple[str, Callable[[State, Subject], object]]"


def step_of_field(kind: str, field: str) -> Step:
    """Return the step that derives a field."""
    return kind, lambda state, subject: state.value(subject, field)


class Reasoning(Protocol):
    """Infers outcomes and verdicts from the values of fields."""

    def steps(self) -> Sequence[Step]:
        """Return the steps of an evaluation, each after those whose results it reads."""

    def derive_outcome(self, state: State, subject: Subject, rule: str) -> Outcome:
        """Return the outcome of a rule that no step has stored in the subject."""

    def derive_verdict(self, state: State, subject: Subject) -> Verdict:
        """Return the verdict of a subject, if no step has stored it."""

    def result(self, state: State, subject: Subject, values: Mapping[str, Value]) -> SubjectResult:
        """Return the result of a subject after all steps."""


class Engine:
    """Evaluates cases by one rulebook, each independently of the others."""

    def __init__(self, rulebook: Rulebook, interpreter: ExactInterpreter, reasoning: Reasoning) -> None:
        self._reasoning = reasoning
        self._kinds = tuple(rulebook.kinds)
        self._names = {kind.name: tuple(kind.fields) for kind in rulebook.kinds.values()}
        self._fields = Fields(rulebook, interpreter)
        self._steps = tuple(reasoning.steps())

    def evaluate(self, cases: Sequence[Case]) -> list[CaseResult]:
        """Return the results of cases in the same order."""
        return [self.evaluate_case(case) for case in cases]

    def evaluate_case(self, case: Case) -> CaseResult:
        """Return the result of a case; contradicting facts give errors and no verdict."""
        state = State(case, self._kinds, self)
        by_kind: dict[str, list[Subject]] = {}
        for subject in state.subjects:
            self._fields.begin(subject)
            by_kind.setdefault(subject.kind, []).append(subject)
        for kind, derive in self._steps:
            for subject in by_kind.get(kind, ()):
                derive(state, subject)
        results = [self._result(state, subject) for subject in state.subjects]
        if state.contradictions:
            return CaseResult(case.name, (), None, self._errors(state))
        return CaseResult(case.name, tuple(results), worst_verdict([result.verdict for result in results]))

    def _result(self, state: State, subject: Subject) -> SubjectResult:
        values = {name: state.value(subject, name) for name in self._names[subject.kind]}
        return self._reasoning.result(state, subject, values)

    def _errors(self, state: State) -> tuple[Diagnostic, ...]:
        items = (
            Item(What.VALUE, subject.kind, subject.ref, name)
            for subject in state.subjects
            for name in self._names[subject.kind]
        )
        return tuple(state.contradictions[item] for item in items if item in state.contradictions)

    # --- derivation on demand ---

    def derive_value(self, state: State, subject: Subject, field: str) -> Value:
        """Derive the value of a field, store it in the subject, and return it."""
        return self._fields.derive(state, subject, field)

    def derive_outcome(self, state: State, subject: Subject, rule: str) -> Outcome:
        """Derive the outcome of a rule, store it in the subject, and return it."""
        return self._reasoning.derive_outcome(state, subject, rule)

    def derive_verdict(self, state: State, subject: Subject) -> Verdict:
        """Derive the verdict of a subject, store it in the subject, and return it."""
        return self._reasoning.derive_verdict(state, subject)
