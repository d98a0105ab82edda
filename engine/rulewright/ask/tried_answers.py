"""Find the answers to try for a question: one for each effect that an answer can have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from rulewright.ask.interview import Answer, Listed, Place, Stated
from rulewright.language.types import TYPES
from rulewright.lint.representatives import representatives
from rulewright.lint.terms import ANOTHER, Terms
from rulewright.lint.traversal import all_expressions, all_tests
from rulewright.model.conditions import (
    Arithmetic,
    Comparison,
    CountOf,
    Expression,
    FieldOf,
    IsGiven,
    IsKnown,
    Literal,
    Membership,
    ParameterOf,
    SumOf,
    Test,
)
from rulewright.model.facts import Case
from rulewright.model.outcomes import VERDICT
from rulewright.model.rulebook import Field, Rulebook
from rulewright.model.values import MAXIMUM_DIGITS, Absent, Known

#: The most facts of a kind that are tried, and the most numbers or dates of a field. Both limit the search.
_MOST_FACTS, _MOST_VALUES = 3, 24
#: The placeholder for a text that no rule names, or for the remainder of a text if a rule names a part of it.
_OTHER_TEXT = "something else"


class TriedAnswers:
    """Finds the answers to try for questions about cases of one rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._tested = {kind: _tested_values(rulebook, kind) for kind in rulebook.kinds}
        self._calculated = set(_calculated(rulebook))
        self._numbers = sorted(set(_numbers(rulebook)))

    def of(self, place: Place, case: Case) -> tuple[Answer, ...]:
        """Return the answers to try for a place without a value; empty if the question cannot be answered."""
        if place.field is None:
            return tuple(Listed(_refs(place.kind, number)) for number in range(_MOST_FACTS + 1))
        field = self.rulebook.kinds[place.kind].fields[place.field]
        return tuple(Stated(value) for value in self._values(place, field, case))

    def _values(self, place: Place, field: Field, case: Case) -> Iterable[Known]:
        if field.refers_to is not None:
            facts = case.facts.get(field.refers_to)
            return [fact.ref for fact in facts] if facts is not None else _refs(field.refers_to, 1)
        found = list(self._tested[place.kind].get(field.name, ()))
        calculated = (place.kind, field.name) in self._calculated
        entry = TYPES[field.type]
        every = entry.every(field)
        if every is not None:
            return every
        if entry.is_text:
            return found or [_OTHER_TEXT]
        more = entry.further(field, self._numbers, _anchors(case)) if calculated or not found else ()
        return _thinned(dict.fromkeys([*found, *(value for value in more if _fits(field, value))]))


def _anchors(case: Case) -> list[date]:
    """Return the date of the check and the first dates that the case states, at most four in all."""
    stated = [value for found in case.facts.values() for fact in found for value in fact.values.values()]
    return list(dict.fromkeys([case.as_of, *(value for value in stated if isinstance(value, date))]))[:4]


def _tested_values(rulebook: Rulebook, kind: str) -> dict[str, list[Known]]:
    """Return the values that tests distinguish, by field of a kind, including tests that reach it by references."""
    tests = [own for about, test in all_tests(rulebook) if (own := _about(test, about, kind, rulebook)) is not None]
    found = representatives(tests, Terms(kind, rulebook))
    return {
        term: [
            value.replace(ANOTHER, _OTHER_TEXT) if isinstance(value, str) else value
            for value in values
            if not isinstance(value, Absent)
        ]
        for term, values in found.items()
        if isinstance(term, str)
    }


def _about(test: Test, about: str, kind: str, rulebook: Rulebook) -> Test | None:
    """Return a test as a test of a kind, without the references that lead to the kind; none for any other test."""
    if about == kind and all(len(path) == 1 for path in _paths(test)):
        return test
    match test:
        case Comparison(left, _, right):
            own = [_stripped(side, about, kind, rulebook) for side in (left, right)]
            first, second = own
            return None if first is None or second is None else replace(test, left=first, right=second)
        case Membership(left):
            stripped = _stripped(left, about, kind, rulebook)
            return None if stripped is None else replace(test, left=stripped)
        case IsGiven(operand) | IsKnown(operand):
            stripped = _stripped(operand, about, kind, rulebook)
            return replace(test, operand=stripped) if isinstance(stripped, FieldOf) else None
        case _:
            return None


def _paths(test: Test) -> list[tuple[str, ...]]:
    match test:
        case Comparison(left, _, right):
            return [side.path for side in (left, right) if isinstance(side, FieldOf)]
        case Membership(FieldOf(path)) | IsGiven(FieldOf(path)) | IsKnown(FieldOf(path)):
            return [path]
        case _:
            return []


def _stripped(side: Expression, about: str, kind: str, rulebook: Rulebook) -> Expression | None:
    if isinstance(side, Literal | ParameterOf):
        return side
    if not isinstance(side, FieldOf) or side.path[-1] == VERDICT:
        return None
    owner: str | None = about
    for name in side.path[:-1]:
        owner = None if owner is None else rulebook.kinds[owner].fields[name].refers_to
    return FieldOf(side.path[-1:]) if owner == kind else None


def _calculated(rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    """Yield the fields that enter a calculation, or that are compared with another field or a calculated value."""
    for kind, expression in all_expressions(rulebook):
        match expression:
            case Arithmetic(_, parts):
                for part in parts:
                    yield from _fields(part, kind, rulebook)
            case SumOf(of_field, related):
                yield related.of, of_field
            case _:
                continue
    for kind, test in all_tests(rulebook):
        if isinstance(test, Comparison):
            sides = (test.left, test.right)
            if sum(isinstance(side, FieldOf | Arithmetic | CountOf | SumOf) for side in sides) == 2:
                for side in sides:
                    yield from _fields(side, kind, rulebook)


def _fields(expression: Expression, kind: str, rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    if isinstance(expression, FieldOf) and expression.path[-1] != VERDICT:
        owner = kind
        for name in expression.path[:-1]:
            owner = rulebook.kinds[owner].fields[name].refers_to or owner
        yield owner, expression.path[-1]


def _numbers(rulebook: Rulebook) -> Iterator[int | Decimal]:
    """Yield the numbers in the expressions, parameters and tables of a rulebook."""
    values: list[object] = [one.value for _, one in all_expressions(rulebook) if isinstance(one, Literal)]
    for parameter in rulebook.parameters.values():
        values += [dated.value for dated in parameter.values]
    for table in rulebook.tables.values():
        values += [dated.value for row in table.all_rows for cell in row.values() for dated in cell]
    for value in values:
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, int | Decimal) and not isinstance(one, bool):
                yield one


def _fits(field: Field, value: Known) -> bool:
    least, most = field.minimum, field.maximum
    if isinstance(value, int | Decimal) and abs(value) >= 10**MAXIMUM_DIGITS:
        return False
    # bounds are of the field's type
    return (least is None or value >= least) and (most is None or value <= most)  # type: ignore[operator]


def _thinned(values: Iterable[Known]) -> list[Known]:
    """Return an even sample of the values, at most `_MOST_VALUES`."""
    found = list(values)
    step = -(-len(found) // _MOST_VALUES) or 1
    return found[::step]


def _refs(kind: str, number: int) -> tuple[str, ...]:
    return tuple(f"{kind}-{position}" for position in range(1, number + 1))
