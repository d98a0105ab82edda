"""Representative values of each field: together they produce every possible result of the tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rulewright.language.operators.equality import IN
from rulewright.language.types import TYPES
from rulewright.language.types.dates import tried_dates
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
    Absent,
    FieldType,
    Known,
    Value,
)


def representatives(conditions: Iterable[Condition], terms: Terms) -> dict[Term, tuple[Value, ...]]:
    """Return the values to try for each term that decides a test of the conditions, in the order of the tests."""
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
    """Add to each term its boundary values, and those of compared terms, until none is new."""
    grown = True
    while grown:
        before = sum(map(len, critical.values()))
        for test in tests:
            _add_critical(test, terms, critical)
        grown = sum(map(len, critical.values())) > before


def _add_start(test: Test, terms: Terms, critical: dict[Term, set[Known]]) -> None:
    """Add a starting value to two terms that are compared only with each other."""
    owns = [own for expression in _compared(test) if (own := _as_term(expression, terms)) is not None]
    if not isinstance(test, Comparison) or len(owns) != 2 or any(critical[own] for own in owns):
        return
    for own in owns:
        field = terms.fields[own] if isinstance(own, str) else None
        ordered = TYPES[FieldType.DATE if field is None else field.type].ordered
        if ordered is not None:
            critical[own].add(ordered.start(field, terms.rulebook.edition))


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
    """Yield the terms that decide an expression: a field, the key field of a column's table, or the date."""
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
        own = _as_term(expression, terms)
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


def _as_term(expression: Expression, terms: Terms) -> Term | None:
    """Return the term that an expression consists of, or None for any other expression."""
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
    """Yield the values collected for another field, and its choices."""
    own = _as_term(expression, terms)
    if own is not None:
        yield from tuple(critical[own])
    if isinstance(own, str):
        yield from terms.fields[own].choices


def _values(term: Term, critical: set[Known], terms: Terms) -> Iterator[Value]:
    if not isinstance(term, str):
        yield from tried_dates(critical, None, None) or (terms.rulebook.edition,)
        return
    field = terms.fields[term]
    if not field.may_be_given:
        yield Absent.UNKNOWN
        return
    operands = critical | _keys(field, terms)
    yield from TYPES[field.type].tried(field, operands, terms.rulebook.edition, ANOTHER)


def _keys(field: Field, terms: Terms) -> set[Known]:
    """Return the keys of the tables whose rows a field picks."""
    tables = terms.rulebook.tables.values()
    return {key for table in tables if table.about == terms.kind and table.by == field.name for key in table.rows}
