"""The values that are worth trying for each field: one for every way in which the tests can come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from math import ceil, floor

from typing_extensions import assert_never

from rulewright.language.operators.equality import IN
from rulewright.lint.terms import ANOTHER, AS_OF, Term, Terms
from rulewright.model.conditions import (
    AsOf,
    Comparison,
    Condition,
    Expression,
    FieldOf,
    IsGiven,
    IsKnown,
    Literal,
    Membership,
    ParameterOf,
    Test,
    tests_of,
)
from rulewright.model.rulebook import Field
from rulewright.model.values import (
    MAXIMUM_DECIMAL_PLACES,
    MAXIMUM_DIGITS,
    NUMBERS,
    Absent,
    FieldType,
    Known,
    Value,
    folded,
)

_LEAST_DECIMAL = Decimal(1).scaleb(-MAXIMUM_DECIMAL_PLACES)


def representatives(conditions: Iterable[Condition], terms: Terms) -> dict[Term, tuple[Value, ...]]:
    """The values to try for each field that decides a test of the conditions, in the order of the tests."""
    tests = [test for condition in conditions for test in tests_of(condition)]
    critical: dict[Term, set[Known]] = {}
    for test in tests:
        for expression in _compared(test):
            for term in _terms(expression, terms):
                critical.setdefault(term, set())
    _spread(tests, terms, critical)
    for test in tests:
        _add_start(test, terms, critical)
    _spread(tests, terms, critical)
    may_be_unknown = {
        term for test in tests if isinstance(test, IsKnown) for term in _terms(test.operand, terms) if term is not AS_OF
    }
    return {
        term: (*_values(term, values, terms), *([Absent.UNKNOWN] if term in may_be_unknown else []))
        for term, values in critical.items()
    }


def _spread(tests: Iterable[Test], terms: Terms, critical: dict[Term, set[Known]]) -> None:
    """Add to each field the values it is compared with, and those that matter to fields it is compared with."""
    grown = True
    while grown:
        before = sum(map(len, critical.values()))
        for test in tests:
            _add_critical(test, terms, critical)
        grown = sum(map(len, critical.values())) > before


def _add_start(test: Test, terms: Terms, critical: dict[Term, set[Known]]) -> None:
    """Add a value to start from to two fields that are compared with each other and with nothing else."""
    owns = [own for expression in _compared(test) if (own := _own_term(expression, terms)) is not None]
    if not isinstance(test, Comparison) or len(owns) != 2 or any(critical[own] for own in owns):
        return
    for own in owns:
        field = terms.fields[own] if isinstance(own, str) else None
        if field is not None and field.type in NUMBERS:
            critical[own].add(field.minimum or field.maximum or 0)
        elif field is None or field.type is FieldType.DATE:
            critical[own].add((field and (field.minimum or field.maximum)) or terms.rulebook.edition)


def _compared(test: Test) -> tuple[Expression, ...]:
    match test:
        case Comparison(left, _, right):
            return (left, right)
        case Membership(left, options):
            return (left, options) if isinstance(options, ParameterOf) else (left, *options)
        case IsGiven(operand) | IsKnown(operand):
            return (operand,)
        case _:
            return ()


def _terms(expression: Expression, terms: Terms) -> Iterator[Term]:
    """What decides the value of an expression: its field, or the field that picks the row of its column; the date."""
    if isinstance(expression, AsOf) or any(dated.since is not None for dated in terms.dated(expression)):
        yield AS_OF
    if isinstance(expression, FieldOf) and len(expression.path) == 1:
        name = expression.path[0]
        column = terms.column(name)
        while column is not None:
            name = column.table.by
            column = terms.column(name)
        if terms.free(name) is not None:
            yield name


def _add_critical(test: Test, terms: Terms, critical: dict[Term, set[Known]]) -> None:
    expressions = _compared(test)
    for expression in expressions:
        for dated in terms.dated(expression):
            if dated.since is not None:
                critical[AS_OF].add(dated.since)
        own = _own_term(expression, terms)
        if own is None or not isinstance(test, Comparison | Membership):
            continue
        operator = test.comparator if isinstance(test, Comparison) else IN
        for other in expressions:
            if other is expression:
                continue
            stated = _stated(other, terms)
            if expression is test.left:
                stated = (value for operand in stated for value in operator.boundaries(operand, ANOTHER))
            critical[own].update((*stated, *_shared(other, terms, critical)))


def _own_term(expression: Expression, terms: Terms) -> Term | None:
    """The term that an expression is itself, and not only follows from."""
    if isinstance(expression, AsOf):
        return AS_OF
    if isinstance(expression, FieldOf) and len(expression.path) == 1 and terms.free(expression.path[0]) is not None:
        return expression.path[0]
    return None


def _stated(expression: Expression, terms: Terms) -> Iterator[Known]:
    """Yield the values that the rulebook states for an expression."""
    if isinstance(expression, Literal):
        yield expression.value
    for dated in terms.dated(expression):
        values = dated.value if isinstance(dated.value, tuple) else (dated.value,)
        yield from (value for value in values if not isinstance(value, Absent))


def _shared(expression: Expression, terms: Terms, critical: dict[Term, set[Known]]) -> Iterator[Known]:
    """Yield the values that matter to another field."""
    own = _own_term(expression, terms)
    if own is not None:
        yield from tuple(critical[own])
    if isinstance(own, str):
        yield from terms.fields[own].choices


def _values(term: Term, critical: set[Known], terms: Terms) -> Iterator[Value]:
    if not isinstance(term, str):
        yield from _dates(critical, None, None) or (terms.rulebook.edition,)
        return
    field = terms.fields[term]
    if not field.may_be_given:
        yield Absent.UNKNOWN
        return
    match field.type:
        case FieldType.YES_NO:
            yield from (True, False)
        case FieldType.TEXT | FieldType.CHOICE | FieldType.REFERENCE:
            yield from _texts(field, critical, terms)
        case FieldType.WHOLE_NUMBER | FieldType.DECIMAL:
            yield from _numbers(field, critical)
        case FieldType.DATE:
            least = field.minimum if isinstance(field.minimum, date) else None
            most = field.maximum if isinstance(field.maximum, date) else None
            yield from _dates(critical, least, most) or ([least or most or terms.rulebook.edition])
        case _:
            assert_never(field.type)


def _texts(field: Field, critical: set[Known], terms: Terms) -> Iterator[str]:
    named = {value for value in critical if isinstance(value, str)}
    for table in terms.rulebook.tables.values():
        if table.about == terms.kind and table.by == field.name:
            named.update(table.rows)
    if field.type is not FieldType.CHOICE:
        yield from (*sorted(named), ANOTHER)
        return
    alike = {folded(name) for name in named}
    yield from (choice for choice in field.choices if folded(choice) in alike)
    yield from [choice for choice in field.choices if folded(choice) not in alike][:1]


def _numbers(field: Field, critical: set[Known]) -> list[int | Decimal]:
    numbers = sorted(value for value in critical if isinstance(value, int | Decimal) and not isinstance(value, bool))
    least, most = field.minimum, field.maximum
    tried: set[int | Decimal] = set()
    for number in numbers:
        if field.type is FieldType.WHOLE_NUMBER:
            tried.update((floor(number) - 1, floor(number), ceil(number), ceil(number) + 1))
        else:
            tried.update((number - 1, number, number + 1))
    if field.type is FieldType.DECIMAL:
        for one, other in pairwise(numbers):
            tried.add(((Decimal(one) + Decimal(other)) / 2).quantize(_LEAST_DECIMAL, ROUND_FLOOR))
    for bound in (least, most):
        if isinstance(bound, int | Decimal):
            tried.add(bound)
    possible = sorted(
        number
        for number in tried or {0}
        if abs(number) < 10**MAXIMUM_DIGITS
        and not (isinstance(least, int | Decimal) and number < least)
        and not (isinstance(most, int | Decimal) and number > most)
    )
    # a value that a rule names says more to its author than one beside it
    return sorted(possible, key=lambda number: number not in numbers)


def _dates(critical: set[Known], least: date | None, most: date | None) -> list[date]:
    named = sorted(value for value in critical if isinstance(value, date))
    day = timedelta(days=1)
    tried = {bound for bound in (least, most) if bound is not None}
    for value in named:
        tried.add(value)
        if value > date.min:
            tried.add(value - day)
        if value < date.max:
            tried.add(value + day)
    possible = [value for value in sorted(tried) if (least or value) <= value <= (most or value)]
    return sorted(possible, key=lambda value: value not in named)
