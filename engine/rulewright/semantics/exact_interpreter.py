"""Exact semantics: conditions and expressions become functions of the state of a case and a subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from rulewright.language.domain import Domain
from rulewright.language.functions import arithmetic
from rulewright.language.interpreter import Interpreter
from rulewright.language.operators import equality, presence
from rulewright.model.conditions import (
    AllOf,
    AllRelated,
    AnyOf,
    AnyRelated,
    Arithmetic,
    AsOf,
    Comparison,
    Condition,
    CountOf,
    Expression,
    FieldOf,
    IsGiven,
    IsKnown,
    Literal,
    Membership,
    Not,
    NotCovered,
    ParameterOf,
    RelatedFacts,
    RuleOutcome,
    SumOf,
)
from rulewright.model.facts import Fact
from rulewright.model.outcomes import VERDICT
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import Absent, Known, Truth, Value, all_of, any_of
from rulewright.semantics.compiled import (
    BOOLEAN,
    Evaluator,
    InForce,
    Predicate,
    Range,
    Side,
    always,
    calculation,
    comparison,
    conjunction,
    disjunction,
    field_value,
    in_force,
    negation,
    never_known,
    outcome_is,
    presence_test,
    range_comparison,
    verdict_value,
)
from rulewright.semantics.operations import UNBOUNDED, single
from rulewright.semantics.reference_index import ReferenceIndex, ReferringFact
from rulewright.semantics.state import State, Subject

_NONE, _UNKNOWN = Absent.NONE, Absent.UNKNOWN


class ExactInterpreter:
    """Compiles the conditions and expressions of one rulebook, each once for all cases.

    With `of_stated`, it reads the stated values of the subject's fields and ignores conclusions.
    """

    def __init__(self, rulebook: Rulebook, *, of_stated: bool = False) -> None:
        self.rulebook = rulebook
        self._exact = _Exact(rulebook, of_stated)
        self._interpreter = Interpreter(self._exact)

    def expression(self, expression: Expression) -> Evaluator:
        """Return the function that evaluates an expression; a count with a range of values is unknown."""
        return self._interpreter.expression(expression)

    def condition(self, condition: Condition | None) -> Predicate:
        """Return the function that evaluates a condition; true for no condition."""
        return always if condition is None else self._interpreter.condition(condition)

    def options(self, parameter: str) -> InForce:
        """Return the function that returns the value or the list of a parameter on a date."""
        return self._exact.options(parameter)

    def referring(self, related: RelatedFacts) -> Callable[[State], ReferenceIndex | None]:
        """Return the function that groups related facts by their reference; it returns None for an unlisted kind."""
        return self._exact.referring(related, self._interpreter.where(related))


class _Exact(Domain[Evaluator, Predicate]):
    """The domain of exact values: known, none or unknown; counts in comparisons are ranges (`Side`)."""

    def __init__(self, rulebook: Rulebook, of_stated: bool) -> None:
        self._rulebook = rulebook
        self._of_stated = of_stated
        self._paths: dict[tuple[str, ...], Evaluator] = {}
        self._targets = {
            (kind.name, field.name): field.refers_to
            for kind in rulebook.kinds.values()
            for field in kind.fields.values()
        }
        self._parameters: dict[str, InForce] = {}

    # --- expressions ---

    def literal(self, node: Literal) -> Evaluator:
        value = node.value
        return lambda state, subject: value

    def field(self, node: FieldOf) -> Evaluator:
        if node.path not in self._paths:
            self._paths[node.path] = self._path(node.path)
        return self._paths[node.path]

    def _path(self, path: tuple[str, ...]) -> Evaluator:
        *references, last = path
        if self._of_stated and not references:
            return lambda state, subject: subject.stated.get(last, _UNKNOWN)
        read = verdict_value if last == VERDICT else field_value(last)
        if not references:
            return read
        targets = self._targets

        def follow(state: State, subject: Subject) -> Value:
            for name in references:
                ref = state.value(subject, name)
                if isinstance(ref, Absent):
                    return ref
                referred = state.at.get((targets[subject.kind, name], ref))
                if referred is None:
                    return _UNKNOWN
                subject = referred
            return read(state, subject)

        return follow

    def parameter(self, node: ParameterOf) -> Evaluator:
        name, options = node.name, self.options(node.name)
        return lambda state, subject: single(options(state.as_of), f"parameter `{name}`")

    def options(self, parameter: str) -> InForce:
        """Return the function that returns the value or the list of a parameter on a date."""
        if parameter not in self._parameters:
            self._parameters[parameter] = in_force(self._rulebook.parameters[parameter].values)
        return self._parameters[parameter]

    def as_of(self, node: AsOf) -> Evaluator:
        return lambda state, subject: state.as_of

    def calculation(self, node: Arithmetic, parts: Sequence[Evaluator]) -> Evaluator:
        return calculation(node.operation, parts)

    # --- related facts ---

    def referring(self, related: RelatedFacts, where: Predicate | None) -> Callable[[State], ReferenceIndex | None]:
        """Return the function that groups related facts by their reference; it returns None for an unlisted kind."""
        key, of, through = id(related), related.of, related.through

        def group(state: State) -> ReferenceIndex | None:
            cached = state.related
            if key not in cached:
                listed = state.facts.get(of)
                cached[key] = None if listed is None else _grouped(state, of, listed, through, where)
            return cached[key]

        return group

    def count(self, node: CountOf, where: Predicate | None) -> Evaluator:
        group = self.referring(node.related, where)

        def count(state: State, subject: Subject) -> Value | Range:
            referring = group(state)
            if referring is None:
                return Range(0, UNBOUNDED)
            truths = [one.meets for one in referring.to(subject.ref)]
            least = truths.count(Truth.TRUE)
            return Range(least, least + truths.count(Truth.UNKNOWN) + referring.may_count)

        # only comparisons and `number` call this, and both expect a range
        return cast(Evaluator, count)

    def number(self, node: CountOf, count: Evaluator) -> Evaluator:
        def exact(state: State, subject: Subject) -> Value:
            least, most = cast("Callable[[State, Subject], Range]", count)(state, subject)
            return least if least == most else _UNKNOWN

        return exact

    def total(self, node: SumOf, where: Predicate | None) -> Evaluator:
        of_field, of, group = node.of_field, node.related.of, self.referring(node.related, where)

        def may_add(state: State, facts: Iterable[ReferringFact]) -> bool:
            return any(
                one.meets is not Truth.FALSE and state.value(state.at[of, one.fact.ref], of_field) is not _NONE
                for one in facts
            )

        def add(state: State, subject: Subject) -> Value:
            referring = group(state)
            if referring is None:
                return _UNKNOWN
            unplaced = referring.unplaced
            if unplaced and referring.cached(of_field, lambda: may_add(state, unplaced)):
                return _UNKNOWN
            addends: list[Known] = [0]
            for one in referring.to(subject.ref):
                value = state.value(state.at[of, one.fact.ref], of_field)
                if one.meets is Truth.FALSE or value is _NONE:
                    continue
                if one.meets is Truth.UNKNOWN or isinstance(value, Absent):
                    return _UNKNOWN
                addends.append(value)
            return arithmetic.PLUS.calculate(addends)

        return add

    def quantifier(self, node: AnyRelated | AllRelated, where: Predicate | None) -> Predicate:
        group = self.referring(node.related, where)
        every = isinstance(node, AllRelated)
        combine = all_of if every else any_of

        def holds(state: State, subject: Subject) -> bool | None:
            referring = group(state)
            if referring is None:
                return None
            truths = [one.meets for one in referring.to(subject.ref)]
            return BOOLEAN[combine([*truths, referring.every if every else referring.some])]

        return holds

    # --- tests ---

    def comparison(self, node: Comparison, left: Evaluator, right: Evaluator) -> Predicate:
        compare = comparison(node.comparator, node.ignore_case)
        if isinstance(node.left, CountOf) or isinstance(node.right, CountOf):
            return range_comparison(cast(Side, left), node.comparator, cast(Side, right))
        if isinstance(node.right, Literal):
            operand = node.right.value

            def compare_with_literal(state: State, subject: Subject) -> bool | None:
                value: Any = left(state, subject)
                if value is _NONE:
                    return False
                return None if value is _UNKNOWN else compare(value, operand)

            return compare_with_literal

        def compare_both(state: State, subject: Subject) -> bool | None:
            one: Any = left(state, subject)
            other: Any = right(state, subject)
            if one is _NONE or other is _NONE:
                return False
            if one is _UNKNOWN or other is _UNKNOWN:
                return None
            return compare(one, other)

        return compare_both

    def membership(self, node: Membership, left: Evaluator) -> Predicate:
        includes, ignore_case = equality.IN.includes, node.ignore_case
        if not isinstance(node.options, ParameterOf):
            listed = tuple(option.value for option in node.options)
            options: InForce = lambda _: listed  # noqa: E731
        else:
            options = self.options(node.options.name)

        def is_member(state: State, subject: Subject) -> bool | None:
            value = left(state, subject)
            if value is _NONE:
                return False
            in_list = options(state.as_of)
            if isinstance(value, Absent) or in_list is _UNKNOWN:
                return None
            if in_list is _NONE:
                return False
            if not isinstance(in_list, tuple):
                raise TypeError(f"{in_list!r} is no list")
            return includes(value, in_list, ignore_case)

        return is_member

    def presence(self, node: IsGiven | IsKnown, operand: Evaluator) -> Predicate:
        return presence_test(presence.GIVEN if isinstance(node, IsGiven) else presence.KNOWN, operand)

    def outcome(self, node: RuleOutcome) -> Predicate:
        return outcome_is(node.rule, node.outcome)

    def not_covered(self, node: NotCovered) -> Predicate:
        return never_known

    # --- connectives ---

    def conjunction(self, node: AllOf, parts: Sequence[Predicate]) -> Predicate:
        return conjunction(parts)

    def disjunction(self, node: AnyOf, parts: Sequence[Predicate]) -> Predicate:
        return disjunction(parts)

    def negation(self, node: Not, part: Predicate) -> Predicate:
        return negation(part)


def _grouped(state: State, of: str, facts: Iterable[Fact], through: str, where: Predicate | None) -> ReferenceIndex:
    def meets(subject: Subject) -> Truth:
        return Truth.TRUE if where is None else Truth.of(where(state, subject))

    subjects = [state.at[of, fact.ref] for fact in facts]
    return ReferenceIndex((subject.fact, state.value(subject, through), meets(subject)) for subject in subjects)
