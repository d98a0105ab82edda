"""Evaluation of conditions and expressions against a finished result, for explanations and for `fix`."""

from __future__ import annotations

from rulewright.model.conditions import Condition, Expression, RelatedFacts
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import CaseResult, Outcome, Verdict
from rulewright.model.values import Known, Truth, Value
from rulewright.semantics.exact_interpreter import ExactInterpreter
from rulewright.semantics.items import Item, What
from rulewright.semantics.reference_index import ReferenceIndex
from rulewright.semantics.state import State, Subject, UnresolvedError


class _Finished:
    """Derives nothing, because a finished result is complete."""

    def derive_value(self, state: State, subject: Subject, field: str) -> Value:
        raise UnresolvedError(Item(What.VALUE, subject.kind, subject.ref, field))

    def derive_outcome(self, state: State, subject: Subject, rule: str) -> Outcome:
        raise UnresolvedError(Item(What.OUTCOME, subject.kind, subject.ref, rule))

    def derive_verdict(self, state: State, subject: Subject) -> Verdict:
        raise UnresolvedError(Item(What.VERDICT, subject.kind, subject.ref))


class Reading:
    """Evaluates conditions and expressions against the result of an engine."""

    def __init__(self, interpreter: ExactInterpreter, case: Case, result: CaseResult) -> None:
        self._interpreter = interpreter
        self._state = State(case, interpreter.rulebook.kinds, _Finished())
        for found in result.subjects:
            subject = self._state.at[found.kind, found.ref]
            subject.values = dict(found.values)
            subject.outcomes = dict(found.outcomes)
            subject.verdict = found.verdict

    def truth(self, condition: Condition | None, subject: Fact) -> Truth:
        """Return the truth of a condition about the subject; true for no condition."""
        return Truth.of(self._interpreter.condition(condition)(self._state, self._at(subject)))

    def value(self, expression: Expression, subject: Fact) -> Value:
        """Return the value of an expression about the subject; a count with a range of values is unknown."""
        return self._interpreter.expression(expression)(self._state, self._at(subject))

    def options(self, parameter: str) -> Value | tuple[Known, ...]:
        """Return the value or the list of a parameter in force."""
        return self._interpreter.options(parameter)(self._state.as_of)

    def refers(self, related: RelatedFacts, subject: Fact) -> list[tuple[Fact, Truth, Truth]] | None:
        """Return the facts that refer or may refer to the subject, each with both truths; None for an unlisted kind."""
        referring = self.referring(related)
        return None if referring is None else referring.maybe_to(subject.ref)

    def referring(self, related: RelatedFacts) -> ReferenceIndex | None:
        """Return the facts of the related kind by their reference; None for an unlisted kind."""
        return self._interpreter.referring(related)(self._state)

    def outcome(self, rule: str, subject: Fact) -> Outcome:
        """Return the outcome of a rule for the subject."""
        return self._state.outcome(self._at(subject), rule)

    def subject(self, kind: str, ref: str) -> Fact | None:
        """Return the fact of a kind and ref."""
        found = self._state.at.get((kind, ref))
        return None if found is None else found.fact

    def _at(self, subject: Fact) -> Subject:
        return self._state.at[subject.kind, subject.ref]
