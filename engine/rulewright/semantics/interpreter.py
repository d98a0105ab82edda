"""The interpreter: conditions and expressions, each compiled once into a function of a case's state and a subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from typing_extensions import assert_never

from rulewright.language.functions import arithmetic
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
from rulewright.model.entries import Comparator
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
from rulewright.semantics.related import Referring, Related
from rulewright.semantics.state import State, Subject

_NONE, _UNKNOWN = Absent.NONE, Absent.UNKNOWN


class Interpreter:
    """Compiles the conditions and expressions of one rulebook; each is compiled once, and then used for all cases.

    With `of_stated`, fields of the subject are read as the case file states them, whatever rules conclude.
    """

    def __init__(self, rulebook: Rulebook, *, of_stated: bool = False) -> None:
        self.rulebook = rulebook
        self._of_stated = of_stated
        # by identity, as comparing whole conditions takes long; each is kept with its function, so that its identity
        # stays its own
        self._conditions: dict[int, tuple[Condition, Predicate]] = {}
        self._expressions: dict[int, tuple[Expression, Evaluator]] = {}
        self._paths: dict[tuple[str, ...], Evaluator] = {}
        self._targets = {
            (kind.name, field.name): field.refers_to
            for kind in rulebook.kinds.values()
            for field in kind.fields.values()
        }
        self._parameters: dict[str, InForce] = {}

    # --- expressions ---

    def expression(self, expression: Expression) -> Evaluator:
        """Return the function that evaluates an expression; a count that is a range is unknown."""
        if isinstance(expression, FieldOf):
            return self.path(expression.path)
        found = self._expressions.get(id(expression))
        if found is None:
            found = self._expressions[id(expression)] = (expression, self._expression(expression))
        return found[1]

    def _expression(self, expression: Expression) -> Evaluator:
        match expression:
            case Literal(value):
                return lambda state, subject: value
            case FieldOf(path):
                return self.path(path)
            case ParameterOf(name):
                options = self.parameter(name)
                return lambda state, subject: single(options(state.as_of), f"parameter `{name}`")
            case AsOf():
                return lambda state, subject: state.as_of
            case Arithmetic(function, parts):
                return calculation(function, [self.expression(part) for part in parts])
            case CountOf(related):
                count = self._count(related)
                return lambda state, subject: _exact(count(state, subject))
            case SumOf(of_field, related):
                return self._sum(of_field, related)
            case _:
                assert_never(expression)

    def _side(self, expression: Expression) -> Side:
        return self._count(expression.related) if isinstance(expression, CountOf) else self.expression(expression)

    def parameter(self, name: str) -> InForce:
        """Return the function that gives the value of a parameter, or its list, on a date."""
        if name not in self._parameters:
            self._parameters[name] = in_force(self.rulebook.parameters[name].values)
        return self._parameters[name]

    def path(self, path: tuple[str, ...]) -> Evaluator:
        """Return the function that reads the field at the end of a path of references."""
        if path not in self._paths:
            self._paths[path] = self._path(path)
        return self._paths[path]

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

    # --- related facts ---

    def referring(self, related: RelatedFacts) -> Callable[[State], Referring | None]:
        """Return the function that groups related facts by what they refer to; it gives none for an unlisted kind."""
        key, of, through = id(related), related.of, related.through
        where = None if related.where is None else self.condition(related.where)

        def group(state: State) -> Referring | None:
            cached = state.related
            if key not in cached:
                listed = state.facts.get(of)
                cached[key] = None if listed is None else _grouped(state, of, listed, through, where)
            return cached[key]

        return group

    def _count(self, related: RelatedFacts) -> Callable[[State, Subject], Range]:
        group = self.referring(related)

        def count(state: State, subject: Subject) -> Range:
            referring = group(state)
            if referring is None:
                return Range(0, UNBOUNDED)
            truths = [one.meets for one in referring.to(subject.ref)]
            least = truths.count(Truth.TRUE)
            return Range(least, least + truths.count(Truth.UNKNOWN) + referring.may_count)

        return count

    def _sum(self, of_field: str, related: RelatedFacts) -> Evaluator:
        group = self.referring(related)

        def may_add(state: State, facts: Iterable[Related]) -> bool:
            return any(
                one.meets is not Truth.FALSE and state.value(state.at[related.of, one.fact.ref], of_field) is not _NONE
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
                value = state.value(state.at[related.of, one.fact.ref], of_field)
                if one.meets is Truth.FALSE or value is _NONE:
                    continue
                if one.meets is Truth.UNKNOWN or isinstance(value, Absent):
                    return _UNKNOWN
                addends.append(value)
            return arithmetic.PLUS.calculate(addends)

        return add

    # --- conditions ---

    def condition(self, condition: Condition | None) -> Predicate:
        """Return the function that evaluates a condition; true for no condition."""
        if condition is None:
            return always
        found = self._conditions.get(id(condition))
        if found is None:
            found = self._conditions[id(condition)] = (condition, self._condition(condition))
        return found[1]

    def _condition(self, condition: Condition) -> Predicate:
        match condition:
            case AllOf(parts):
                return conjunction([self.condition(part) for part in parts])
            case AnyOf(parts):
                return disjunction([self.condition(part) for part in parts])
            case Not(part):
                return negation(self.condition(part))
            case Comparison(left, operator, right, ignore_case):
                return self._comparison(left, operator, right, ignore_case)
            case Membership():
                return self._membership(condition)
            case IsGiven(operand):
                return presence_test(presence.GIVEN, self.expression(operand))
            case IsKnown(operand):
                return presence_test(presence.KNOWN, self.expression(operand))
            case AnyRelated(related):
                return self._some_related(related)
            case AllRelated(related):
                return self._every_related(related)
            case RuleOutcome(rule, outcome):
                return outcome_is(rule, outcome)
            case NotCovered():
                return never_known
            case _:
                assert_never(condition)

    def _comparison(self, left: Expression, operator: Comparator, right: Expression, ignore_case: bool) -> Predicate:
        first, second = self._side(left), self._side(right)
        compare = comparison(operator, ignore_case)
        if isinstance(left, CountOf) or isinstance(right, CountOf):
            return range_comparison(first, operator, second)
        if isinstance(right, Literal):
            operand = right.value

            def compare_with_literal(state: State, subject: Subject) -> bool | None:
                value: Any = first(state, subject)
                if value is _NONE:
                    return False
                return None if value is _UNKNOWN else compare(value, operand)

            return compare_with_literal

        def compare_both(state: State, subject: Subject) -> bool | None:
            one: Any = first(state, subject)
            other: Any = second(state, subject)
            if one is _NONE or other is _NONE:
                return False
            if one is _UNKNOWN or other is _UNKNOWN:
                return None
            return compare(one, other)

        return compare_both

    def _membership(self, test: Membership) -> Predicate:
        read = self.expression(test.left)
        includes, ignore_case = equality.IN.includes, test.ignore_case
        if not isinstance(test.options, ParameterOf):
            listed = tuple(option.value for option in test.options)
            options: InForce = lambda _: listed  # noqa: E731
        else:
            options = self.parameter(test.options.name)

        def is_member(state: State, subject: Subject) -> bool | None:
            value = read(state, subject)
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

    def _some_related(self, related: RelatedFacts) -> Predicate:
        return self._quantified(related, any_of, lambda referring: referring.some)

    def _every_related(self, related: RelatedFacts) -> Predicate:
        return self._quantified(related, all_of, lambda referring: referring.every)

    def _quantified(
        self,
        related: RelatedFacts,
        combine: Callable[[Iterable[Truth]], Truth],
        of_unplaced: Callable[[Referring], Truth],
    ) -> Predicate:
        group = self.referring(related)

        def holds(state: State, subject: Subject) -> bool | None:
            referring = group(state)
            if referring is None:
                return None
            truths = [one.meets for one in referring.to(subject.ref)]
            return BOOLEAN[combine([*truths, of_unplaced(referring)])]

        return holds


def _exact(count: Range) -> Value:
    return count.least if count.least == count.most else _UNKNOWN


def _grouped(state: State, of: str, facts: Iterable[Fact], through: str, where: Predicate | None) -> Referring:
    def meets(subject: Subject) -> Truth:
        return Truth.TRUE if where is None else Truth.of(where(state, subject))

    subjects = [state.at[of, fact.ref] for fact in facts]
    return Referring((subject.fact, state.value(subject, through), meets(subject)) for subject in subjects)
