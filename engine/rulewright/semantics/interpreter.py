"""The interpreter: conditions and expressions, each compiled once into a function of a case's state and a subject.

A truth is `True`, `False`, or `None` where it is unknown (Kleene's third value). A value is known, none or unknown. The
number of related facts is a `Range` while some of them may or may not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from operator import ge, gt, le, lt
from typing import Any, NamedTuple, TypeAlias

from typing_extensions import assert_never

from rulewright.model.conditions import (
    AllOf,
    AllRelated,
    AnyOf,
    AnyRelated,
    Arithmetic,
    AsOf,
    Comparator,
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
    Operation,
    ParameterOf,
    RelatedFacts,
    RuleOutcome,
    SumOf,
)
from rulewright.model.outcomes import VERDICT, Outcome, Verdict
from rulewright.model.rulebook import Dated, Rulebook
from rulewright.model.values import Absent, Known, Truth, Value, all_of, any_of
from rulewright.semantics.operations import UNBOUNDED, calculated, compares, ranges_compare, same, single
from rulewright.semantics.related import Referring
from rulewright.semantics.state import State, Subject


class Range(NamedTuple):
    """The least and the most that a count can be."""

    least: Known
    most: Known


Truth3: TypeAlias = "bool | None"
#: A compiled condition.
Test: TypeAlias = Callable[[State, Subject], Truth3]
#: A compiled expression.
Read: TypeAlias = Callable[[State, Subject], Value]
#: A compiled side of a comparison, which may be a range.
Side: TypeAlias = "Callable[[State, Subject], Value | Range]"
#: A value with its date, in force on a date of the case.
InForce: TypeAlias = "Callable[[date], Value | tuple[Known, ...]]"

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
        self._conditions: dict[int, tuple[Condition, Test]] = {}
        self._expressions: dict[int, tuple[Expression, Read]] = {}
        self._paths: dict[tuple[str, ...], Read] = {}
        self._targets = {
            (kind.name, field.name): field.refers_to
            for kind in rulebook.kinds.values()
            for field in kind.fields.values()
        }
        self._parameters: dict[str, InForce] = {}

    # --- expressions ---

    def expression(self, expression: Expression) -> Read:
        """Return the function that evaluates an expression; a count that is a range is unknown."""
        if isinstance(expression, FieldOf):
            return self.path(expression.path)
        found = self._expressions.get(id(expression))
        if found is None:
            found = self._expressions[id(expression)] = (expression, self._expression(expression))
        return found[1]

    def _expression(self, expression: Expression) -> Read:
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
            case Arithmetic(operation, parts):
                return _calculation(operation, [self.expression(part) for part in parts])
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

    def path(self, path: tuple[str, ...]) -> Read:
        """Return the function that reads the field at the end of a path of references."""
        if path not in self._paths:
            self._paths[path] = self._path(path)
        return self._paths[path]

    def _path(self, path: tuple[str, ...]) -> Read:
        *references, last = path
        if self._of_stated and not references:
            return lambda state, subject: subject.stated.get(last, _UNKNOWN)
        read = _verdict if last == VERDICT else _field(last)
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

    def _sum(self, of_field: str, related: RelatedFacts) -> Read:
        group = self.referring(related)

        def may_add(state: State, facts: Iterable[Any]) -> bool:
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
            return calculated(Operation.PLUS, addends)

        return add

    # --- conditions ---

    def condition(self, condition: Condition | None) -> Test:
        """Return the function that evaluates a condition; true for no condition."""
        if condition is None:
            return _always
        found = self._conditions.get(id(condition))
        if found is None:
            found = self._conditions[id(condition)] = (condition, self._condition(condition))
        return found[1]

    def _condition(self, condition: Condition) -> Test:
        match condition:
            case AllOf(parts):
                return _conjunction([self.condition(part) for part in parts])
            case AnyOf(parts):
                return _disjunction([self.condition(part) for part in parts])
            case Not(part):
                return _negation(self.condition(part))
            case Comparison(left, comparator, right, ignore_case):
                return self._comparison(left, comparator, right, ignore_case)
            case Membership():
                return self._membership(condition)
            case IsGiven(operand):
                return _is_given(self.expression(operand))
            case IsKnown(operand):
                return _is_known(self.expression(operand))
            case AnyRelated(related):
                return self._some_related(related)
            case AllRelated(related):
                return self._every_related(related)
            case RuleOutcome(rule, outcome):
                return _outcome_is(rule, outcome)
            case NotCovered():
                return _never_known
            case _:
                assert_never(condition)

    def _comparison(self, left: Expression, comparator: Comparator, right: Expression, ignore_case: bool) -> Test:
        first, second = self._side(left), self._side(right)
        compare = comparison(comparator, ignore_case)
        if isinstance(left, CountOf) or isinstance(right, CountOf):
            return _range_comparison(first, comparator, second)
        if isinstance(right, Literal):
            operand = right.value

            def compare_with_literal(state: State, subject: Subject) -> Truth3:
                value: Any = first(state, subject)
                if value is _NONE:
                    return False
                return None if value is _UNKNOWN else compare(value, operand)

            return compare_with_literal

        def compare_both(state: State, subject: Subject) -> Truth3:
            one: Any = first(state, subject)
            other: Any = second(state, subject)
            if one is _NONE or other is _NONE:
                return False
            if one is _UNKNOWN or other is _UNKNOWN:
                return None
            return compare(one, other)

        return compare_both

    def _membership(self, test: Membership) -> Test:
        read = self.expression(test.left)
        is_same = comparison(Comparator.IS, test.ignore_case)
        if not isinstance(test.options, ParameterOf):
            listed = tuple(option.value for option in test.options)
            options: InForce = lambda _: listed  # noqa: E731
        else:
            options = self.parameter(test.options.name)

        def is_member(state: State, subject: Subject) -> Truth3:
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
            return any(is_same(value, option) for option in in_list)

        return is_member

    def _some_related(self, related: RelatedFacts) -> Test:
        group = self.referring(related)

        def some(state: State, subject: Subject) -> Truth3:
            referring = group(state)
            if referring is None:
                return None
            return _BOOLEAN[any_of((*(one.meets for one in referring.to(subject.ref)), referring.some))]

        return some

    def _every_related(self, related: RelatedFacts) -> Test:
        group = self.referring(related)

        def every(state: State, subject: Subject) -> Truth3:
            referring = group(state)
            if referring is None:
                return None
            return _BOOLEAN[all_of((*(one.meets for one in referring.to(subject.ref)), referring.every))]

        return every


_BOOLEAN = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}


def comparison(comparator: Comparator, ignore_case: bool) -> Callable[[Any, Any], bool]:
    """Return the function that compares two known values."""
    match comparator:
        case Comparator.IS if not ignore_case:
            return same
        case Comparator.AT_LEAST:
            return ge
        case Comparator.AT_MOST:
            return le
        case Comparator.MORE_THAN:
            return gt
        case Comparator.LESS_THAN:
            return lt
        case _:
            return lambda left, right: compares(left, comparator, right, ignore_case)


def in_force(values: Sequence[Dated]) -> InForce:
    """Return the function that gives what is in force on a date: the newest value that has begun, else unknown."""
    newest_first = sorted(
        ((dated.since or date.min, place, dated.value) for place, dated in enumerate(values)),
        key=lambda one: (one[0], -one[1]),
        reverse=True,
    )
    if len(newest_first) == 1 and newest_first[0][0] == date.min:
        only = newest_first[0][2]
        return lambda as_of: only

    def value_on(as_of: date) -> Value | tuple[Known, ...]:
        return next((value for since, _, value in newest_first if since <= as_of), _UNKNOWN)

    return value_on


def _field(name: str) -> Read:
    def read(state: State, subject: Subject) -> Value:
        found = subject.values.get(name)
        return state.deriver.derive_value(state, subject, name) if found is None else found

    return read


def _verdict(state: State, subject: Subject) -> Value:
    verdict = state.verdict(subject)
    return _UNKNOWN if verdict is Verdict.NEEDS_INFORMATION else verdict.value


def _calculation(operation: Operation, parts: Sequence[Read]) -> Read:
    def calculate(state: State, subject: Subject) -> Value:
        values = [part(state, subject) for part in parts]
        known = [value for value in values if not isinstance(value, Absent)]
        if len(known) < len(values):
            return _NONE if _NONE in values else _UNKNOWN
        return calculated(operation, known)

    return calculate


def _exact(count: Range) -> Value:
    return count.least if count.least == count.most else _UNKNOWN


def _grouped(state: State, of: str, facts: Iterable[Any], through: str, where: Test | None) -> Referring:
    def meets(subject: Subject) -> Truth:
        return Truth.TRUE if where is None else Truth.of(where(state, subject))

    subjects = [state.at[of, fact.ref] for fact in facts]
    return Referring((subject.fact, state.value(subject, through), meets(subject)) for subject in subjects)


def _range_comparison(first: Side, comparator: Comparator, second: Side) -> Test:
    def compare_ranges(state: State, subject: Subject) -> Truth3:
        left, right = first(state, subject), second(state, subject)
        if left is _NONE or right is _NONE:
            return False
        if isinstance(left, Absent) or isinstance(right, Absent):
            return None
        one = left if isinstance(left, Range) else (left, left)
        other = right if isinstance(right, Range) else (right, right)
        return _BOOLEAN[ranges_compare(one, comparator, other)]

    return compare_ranges


def _conjunction(parts: Sequence[Test]) -> Test:
    def all_hold(state: State, subject: Subject) -> Truth3:
        truth: Truth3 = True
        for part in parts:
            one = part(state, subject)
            if one is False:
                return False
            if one is None:
                truth = None
        return truth

    return all_hold


def _disjunction(parts: Sequence[Test]) -> Test:
    def any_holds(state: State, subject: Subject) -> Truth3:
        truth: Truth3 = False
        for part in parts:
            one = part(state, subject)
            if one is True:
                return True
            if one is None:
                truth = None
        return truth

    return any_holds


def _negation(part: Test) -> Test:
    def does_not_hold(state: State, subject: Subject) -> Truth3:
        truth = part(state, subject)
        return None if truth is None else not truth

    return does_not_hold


def _is_given(read: Read) -> Test:
    def is_given(state: State, subject: Subject) -> Truth3:
        value = read(state, subject)
        return None if value is _UNKNOWN else value is not _NONE

    return is_given


def _is_known(read: Read) -> Test:
    return lambda state, subject: read(state, subject) is not _UNKNOWN


def _outcome_is(rule: str, wanted: str) -> Test:
    def outcome_is(state: State, subject: Subject) -> Truth3:
        outcome = state.outcome(subject, rule)
        return None if outcome is Outcome.UNKNOWN else outcome.value == wanted

    return outcome_is


def _always(state: State, subject: Subject) -> Truth3:
    return True


def _never_known(state: State, subject: Subject) -> Truth3:
    return None
