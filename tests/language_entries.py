"""The properties of an entry of the language: `incomplete` names those that it lacks."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import sqlglot
from jsonschema import Draft202012Validator
from sqlglot import exp

from language_trials import (
    SAMPLES,
    type_of,
)
from rulewright.language.operators import OPERATORS
from rulewright.language.phrases import FUNCTION_PHRASES, OPERATOR_PHRASES
from rulewright.language.phrases.forms import FunctionPhrases, OperatorPhrases
from rulewright.model.entries import Comparator, Entry, Function, Inclusion, Move, Operator, Presence
from rulewright.model.languages import Language
from rulewright.model.values import Absent, FieldType, Known
from rulewright.schemas import language_schema

LANGUAGE_PAGE = Path(__file__).parent.parent / "docs" / "language.md"


def incomplete(
    entry: Entry,
    operator_phrases: Mapping[Language, Mapping[str, OperatorPhrases]] = OPERATOR_PHRASES,
    function_phrases: Mapping[Language, Mapping[str, FunctionPhrases]] = FUNCTION_PHRASES,
    page: str | None = None,
) -> list[str]:
    """Return the names of the properties that an entry lacks, or that contradict its plain Python function."""
    page = LANGUAGE_PAGE.read_text(encoding="utf-8") if page is None else page
    checks: list[tuple[str, Callable[[], bool]]] = []
    if isinstance(entry, Operator):
        checks += _operator_checks(entry, page)
        for language in Language:
            found = operator_phrases[language].get(entry.key)
            checks.append((f"phrases ({language.value})", lambda found=found: _has_phrases(entry, found)))  # type: ignore[misc]
    elif isinstance(entry, Function):
        checks += _function_checks(entry, page)
        for language in Language:
            words = function_phrases[language].get(entry.key)
            checks.append(
                (f"phrases ({language.value})", lambda words=words: words is not None and bool(words.between))
            )  # type: ignore[misc]
    return [f"{entry.key}: {name}" for name, is_there in checks if not _holds(is_there)]


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (
        TypeError,
        ValueError,
        AttributeError,
        LookupError,
        StopIteration,
    ):  # the property is missing, or of another shape
        return False


def _operator_checks(entry: Operator, page: str) -> Iterator[tuple[str, Callable[[], bool]]]:
    yield "key", lambda: entry.key in [keyword.word for keyword in entry.keywords]
    yield "keywords", lambda: all(word.about.endswith(".") for word in entry.keywords) and bool(entry.keywords)
    yield "schema", lambda: bool(entry.schema) and _is_schema(entry.schema)
    yield "docs", lambda: all(f"`{word.word}`" in _operator_rows(page) for word in entry.keywords)
    match entry:
        case Comparator():
            yield "holds", lambda: {entry.holds(one, two) for one, two in _pairs(entry)} == {True, False}
            yield "sql", lambda: all(map(_is_sql, _sql_of(entry.sql(exp.column("a"), exp.column("b")))))
            yield "moves", lambda: _moves_are_true(entry)
            yield "boundaries", lambda: _boundaries_tell_apart(entry.boundaries, entry.holds, _samples(entry))
            yield "inverse", lambda: _inverse_is_true(entry)
            yield "ranges", lambda: _ranges_are_true(entry)
        case Inclusion():
            yield "holds", lambda: {entry.holds(one, _samples(entry)[:2]) for one in _samples(entry)} == {True, False}
            yield "sql", lambda: all(map(_is_sql, _sql_of(entry.sql(exp.column("a"), [exp.column("b")]))))
            yield (
                "boundaries",
                lambda: _boundaries_tell_apart(
                    entry.boundaries, lambda one, two: entry.holds(one, [two]), _samples(entry)
                ),
            )
        case Presence():
            yield "truth", lambda: len({entry.truth(value) for value in ("a", Absent.NONE, Absent.UNKNOWN)}) > 1
            yield "sql", lambda: all(map(_is_sql, _sql_of(entry.sql(exp.column("a"), exp.column("b")))))


def _function_checks(entry: Function, page: str) -> Iterator[tuple[str, Callable[[], bool]]]:
    columns = [exp.column("a"), exp.column("b")]
    yield "about", lambda: entry.about.endswith(".")
    yield "operands", lambda: bool(entry.operands.noun) and bool(entry.operands.types)
    yield "calculate", lambda: len({entry.calculate(pair) for pair in _operands(entry)}) > 1
    yield (
        "result",
        lambda: (
            entry.result is not None
            or all(type_of(entry.operands.types) is _type_of_value(entry.calculate(pair)) for pair in _operands(entry))
        ),
    )
    yield "sql", lambda: all(map(_is_sql, _sql_of(entry.sql(columns))))
    yield "moves", lambda: _function_moves_are_true(entry)
    yield "magnitude", lambda: _magnitude_is_true(entry)
    yield "docs", lambda: f"{{{entry.key}: [" in page


def _samples(entry: Operator) -> tuple[Known, ...]:
    keyword = entry.keywords[0]
    return SAMPLES[type_of(None if keyword.types is None else keyword.types.types)]


def _pairs(entry: Operator) -> list[tuple[Any, Any]]:
    return list(product(_samples(entry), repeat=2))


def _operands(entry: Function) -> list[tuple[Any, Any]]:
    return list(product(SAMPLES[type_of(entry.operands.types)], repeat=2))


def _type_of_value(value: Known) -> FieldType:
    return next(type_ for type_, samples in SAMPLES.items() if isinstance(value, type(samples[0])))


def _is_schema(schema: Mapping[str, Any]) -> bool:
    whole = {**schema, "$defs": language_schema()["$defs"]}
    Draft202012Validator.check_schema(whole)
    return not Draft202012Validator(whole).is_valid(None)


def _sql_of(tree: Any) -> list[tuple[str, str]]:
    return [(dialect, tree.sql(dialect)) for dialect in ("duckdb", "spark")]


def _is_sql(written: tuple[str, str]) -> bool:
    dialect, text = written
    return sqlglot.parse_one(text, dialect=dialect).sql(dialect) == text


def _operator_rows(page: str) -> str:
    """Return the table of operators in the page of the language."""
    lines = page.split("| operator | for |", 1)[1].splitlines()[1:]
    return "\n".join(lines[: next(number for number, line in enumerate(lines) if not line.startswith("|"))])


def _moves_are_true(entry: Comparator) -> bool:
    samples = _samples(entry)
    if Move.NEITHER in entry.moves:
        return entry.moves == (Move.NEITHER, Move.NEITHER)
    of_left, of_right = entry.moves
    rising = sorted(samples)  # type: ignore[type-var]
    return all(_goes([entry.holds(one, two) for one in rising], of_left) for two in samples) and all(
        _goes([entry.holds(one, two) for two in rising], of_right) for one in samples
    )


def _function_moves_are_true(entry: Function) -> bool:
    samples = SAMPLES[type_of(entry.operands.types)]
    rising = sorted(samples)  # type: ignore[type-var]
    return all(_goes([entry.calculate((one, two)) for one in rising], entry.move(0)) for two in samples) and all(
        _goes([entry.calculate((one, two)) for two in rising], entry.move(1)) for one in samples
    )


def _goes(results: Sequence[Any], move: Move) -> bool:
    return list(results) == sorted(results, reverse=move is Move.DOWN)


def _boundaries_tell_apart(
    boundaries: Callable[[Any, str], tuple[Known, ...]],
    holds: Callable[[Any, Any], bool],
    operands: Sequence[Known],
) -> bool:
    """Return whether the values to try against an operand have one that passes, or its neighbours do."""
    for operand in operands:
        tried = boundaries(operand, "…")
        near = [value + 1 for value in tried if isinstance(value, int)]
        near += [value - 1 for value in tried if isinstance(value, int)]
        if not any(holds(value, operand) for value in (*tried, *near)):
            return False
    return True


def _inverse_is_true(entry: Comparator) -> bool:
    if entry.inverse is None:
        return Move.NEITHER in entry.moves  # else counts that are ranges cannot be compared in SQL
    inverse = OPERATORS[entry.inverse]
    return isinstance(inverse, Comparator) and all(
        inverse.holds(one, two) is not entry.holds(one, two) for one, two in _pairs(entry)
    )


def _ranges_are_true(entry: Comparator) -> bool:
    takes_numbers = any(word.types is None or FieldType.WHOLE_NUMBER in word.types.types for word in entry.keywords)
    if entry.ranges is None:
        return not takes_numbers or Move.NEITHER not in entry.moves
    ends = [exp.column(name) for name in "abcd"]
    numbers = range(4)
    spans = [(low, high) for low in numbers for high in numbers if low <= high]
    for left, right in product(spans, repeat=2):
        truths = {entry.holds(one, two) for one in range(left[0], left[1] + 1) for two in range(right[0], right[1] + 1)}
        if entry.ranges.possible(left, right) != (True in truths, False in truths):
            return False
    return all(map(_is_sql, _sql_of(entry.ranges.sql(*ends))))


def _magnitude_is_true(entry: Function) -> bool:
    if FieldType.WHOLE_NUMBER not in entry.operands.types:
        most = entry.calculate((date.min, date.max))
        return isinstance(most, int) and entry.magnitude((0, 0)) >= most
    return all(
        abs(entry.calculate((one, two))) <= entry.magnitude((abs(one), abs(two)))  # type: ignore[arg-type]
        for one, two in product((-9, -1, 0, 1, 9), repeat=2)
    )


def _has_phrases(entry: Operator, found: OperatorPhrases | None) -> bool:
    if found is None:
        return False
    has_inverse = isinstance(entry, Comparator) and entry.inverse is not None
    of_dates = [found.dates] if found.dates is not None else []
    if any(word.types is not None and FieldType.DATE in word.types.types for word in entry.keywords) and not of_dates:
        return False
    parts = ["{left}"] if isinstance(entry, Presence) else ["{left}", "{right}"]
    for one in (found, *of_dates):
        said = [one.holds, one.holds_not]
        if not all(part in pattern for part in parts for pattern in said) or one.holds == one.holds_not:
            return False
        if not one.needed or bool(one.needed_not) is has_inverse:
            return False
    return True


def without(entry: Entry, name: str) -> Entry:
    """Return an entry that lacks a property."""
    empty: Any = () if isinstance(getattr(entry, name), tuple) else {} if name == "schema" else None
    return dataclasses.replace(entry, **{name: "" if name in ("about", "key") else empty})  # type: ignore[type-var]
