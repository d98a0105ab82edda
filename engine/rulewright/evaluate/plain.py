"""Inference by direct evaluation of each rule, without durable-rules, for `--engine plain`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from typing_extensions import assert_never

from rulewright.evaluate.engine import Engine, Step, step_of_field
from rulewright.model.conditions import Condition, Test, tests_of
from rulewright.model.dependencies import FieldItem, RuleItem, VerdictItem, bottom_up, dependencies
from rulewright.model.outcomes import Outcome, SubjectResult, Verdict, verdict_of
from rulewright.model.rulebook import Advise, Conclude, Require, Rule, Rulebook
from rulewright.model.values import Truth, Value
from rulewright.semantics.compiled import Predicate
from rulewright.semantics.exact_interpreter import ExactInterpreter
from rulewright.semantics.state import State, Subject

#: A function that derives the outcome of a rule for a subject.
_Evaluate: TypeAlias = Callable[[State, Subject], Outcome]


def plain_engine(rulebook: Rulebook) -> Engine:
    """Return an engine that evaluates each rule by itself."""
    interpreter = ExactInterpreter(rulebook)
    return Engine(rulebook, interpreter, _Plain(rulebook, interpreter))


class _Plain:
    """Evaluates the rules in the order of their dependencies."""

    def __init__(self, rulebook: Rulebook, interpreter: ExactInterpreter) -> None:
        self._rulebook = rulebook
        self._outcome_of = {rule.name: _outcome_of(rule, interpreter) for rule in rulebook.rules.values()}
        self._deciding = {
            kind: tuple(rule.name for rule in rulebook.rules_about(kind) if rule.decides) for kind in rulebook.kinds
        }
        #: The rules about each kind: name, tests of `applies`, tests of the verb's condition.
        self._tests = {
            kind: [
                (rule.name, _compiled(rule.applies, interpreter), _compiled(_own(rule), interpreter))
                for rule in rulebook.rules_about(kind)
            ]
            for kind in rulebook.kinds
        }

    def steps(self) -> list[Step]:
        found: list[Step] = []
        for item in bottom_up(dependencies(self._rulebook)):
            match item:
                case FieldItem(kind, name):
                    found.append(step_of_field(kind, name))
                case RuleItem(rule):
                    found.append((self._rulebook.rules[rule].about, self._outcome_step(rule)))
                case VerdictItem(kind):
                    found.append((kind, self.derive_verdict))
                case _:
                    assert_never(item)
        return found

    def _outcome_step(self, rule: str) -> Callable[[State, Subject], object]:
        return lambda state, subject: self.derive_outcome(state, subject, rule)

    def derive_outcome(self, state: State, subject: Subject, rule: str) -> Outcome:
        outcome = subject.outcomes[rule] = self._outcome_of[rule](state, subject)
        return outcome

    def derive_verdict(self, state: State, subject: Subject) -> Verdict:
        outcomes = [state.outcome(subject, rule) for rule in self._deciding[subject.kind]]
        verdict = subject.verdict = verdict_of(outcomes)
        return verdict

    def result(self, state: State, subject: Subject, values: Mapping[str, Value]) -> SubjectResult:
        truths: dict[Test, Truth] = {}
        outcomes: dict[str, Outcome] = {}
        for rule, applies, action in self._tests[subject.kind]:
            outcome = outcomes[rule] = state.outcome(subject, rule)
            mattering = applies if outcome is Outcome.NOT_APPLICABLE else [*applies, *action]
            for test, evaluate in mattering:
                if test not in truths:
                    truths[test] = Truth.of(evaluate(state, subject))
        return SubjectResult(subject.kind, subject.ref, values, outcomes, state.verdict(subject), truths)


def _own(rule: Rule) -> Condition | None:
    return rule.action.condition if isinstance(rule.action, Require) else rule.action.when


def _compiled(condition: Condition | None, interpreter: ExactInterpreter) -> list[tuple[Test, Predicate]]:
    return [(test, interpreter.condition(test)) for test in tests_of(condition)]


def _outcome_of(rule: Rule, interpreter: ExactInterpreter) -> _Evaluate:
    applies_to, condition = interpreter.condition(rule.applies), interpreter.condition(_own(rule))
    match rule.action:
        case Require():
            return lambda state, subject: _required(applies_to(state, subject), condition(state, subject))
        case Advise():
            return lambda state, subject: _acting(
                applies_to(state, subject), condition(state, subject), Outcome.ADVISED
            )
        case Conclude():
            return lambda state, subject: _acting(
                applies_to(state, subject), condition(state, subject), Outcome.CONCLUDED
            )
        case _:
            assert_never(rule.action)


def _required(applies: bool | None, holds: bool | None) -> Outcome:
    """Return the outcome of a requirement: met if it holds, even if it is unknown that the rule applies."""
    if applies is False:
        return Outcome.NOT_APPLICABLE
    if holds:
        return Outcome.MET
    return Outcome.VIOLATED if applies and holds is False else Outcome.UNKNOWN


def _acting(applies: bool | None, holds: bool | None, acted: Outcome) -> Outcome:
    if applies is False:
        return Outcome.NOT_APPLICABLE
    if holds is False:
        return Outcome.SILENT
    return acted if applies and holds else Outcome.UNKNOWN
