"""Each entry of the language has all its properties, and each consumer takes it; a missing property is named."""

from __future__ import annotations

import pickle
from dataclasses import fields, replace

import pytest
from sqlglot import exp

from function_trials import FUNCTION_CONSUMERS, Calculation
from language_entries import LANGUAGE_PAGE, incomplete, without
from language_trials import parsed
from operator_trials import OPERATOR_CONSUMERS, Trial
from rulewright.language.functions import FUNCTIONS
from rulewright.language.operators import KEYWORDS, OPERATORS
from rulewright.language.operators.equality import IS
from rulewright.language.operators.order import AT_LEAST
from rulewright.language.operators.texts import STARTS_WITH
from rulewright.language.phrases import FUNCTION_PHRASES, OPERATOR_PHRASES
from rulewright.language.types import TYPES
from rulewright.model.dependencies import conditions_of
from rulewright.model.entries import Comparator, Entry, Function, Move
from rulewright.model.languages import Language
from rulewright.model.values import FieldType
from type_trials import TYPE_CONSUMERS, incomplete_type, type_without

ENTRIES: dict[str, Entry] = {**OPERATORS, **FUNCTIONS}
#: Properties that only some entries have, with an entry that has each.
SOMETIMES = {"inverse": AT_LEAST, "ranges": IS}
#: Properties of which each entry may have none.
OPTIONAL = {"most", "unit", "synonyms", "result"}


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_is_complete(key: str) -> None:
    assert incomplete(ENTRIES[key]) == []


@pytest.mark.parametrize("consumer", OPERATOR_CONSUMERS)
@pytest.mark.parametrize("word", KEYWORDS)
def test_every_consumer_takes_an_operator(word: str, consumer: str) -> None:
    keyword, operator = KEYWORDS[word]
    OPERATOR_CONSUMERS[consumer](Trial(operator, keyword))


@pytest.mark.parametrize("consumer", FUNCTION_CONSUMERS)
@pytest.mark.parametrize("key", FUNCTIONS)
def test_every_consumer_takes_a_function(key: str, consumer: str) -> None:
    FUNCTION_CONSUMERS[consumer](Calculation(FUNCTIONS[key]))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (key, field.name)
        for key, entry in ENTRIES.items()
        for field in fields(entry)  # type: ignore[arg-type]
        if field.name not in {"key", *OPTIONAL, *SOMETIMES}
    ],
)
def test_a_property_that_is_left_out_is_named(key: str, name: str) -> None:
    assert f"{key}: {name}" in incomplete(without(ENTRIES[key], name))


@pytest.mark.parametrize("name", SOMETIMES)
def test_a_property_that_only_some_operators_have_is_named(name: str) -> None:
    entry = SOMETIMES[name]
    assert f"{entry.key}: {name}" in incomplete(without(entry, name))


@pytest.mark.parametrize("language", Language)
def test_phrases_that_are_left_out_are_named(language: Language) -> None:
    assert incomplete(STARTS_WITH, operator_phrases={**OPERATOR_PHRASES, language: {}}) == [
        f"starts_with: phrases ({language.value})"
    ]
    assert incomplete(FUNCTIONS["plus"], function_phrases={**FUNCTION_PHRASES, language: {}}) == [
        f"plus: phrases ({language.value})"
    ]


def test_a_word_that_the_page_leaves_out_is_named() -> None:
    page = LANGUAGE_PAGE.read_text(encoding="utf-8")
    assert incomplete(STARTS_WITH, page=page.replace("`starts_with`", "")) == ["starts_with: docs"]
    assert incomplete(FUNCTIONS["minus"], page=page.replace("{minus: [", "")) == ["minus: docs"]


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (replace(STARTS_WITH, boundaries=lambda operand, filler: ("x",)), "boundaries"),
        (replace(STARTS_WITH, moves=(Move.UP, Move.DOWN)), "moves"),
        (replace(AT_LEAST, moves=(Move.DOWN, Move.UP)), "moves"),
        (replace(AT_LEAST, inverse="more_than"), "inverse"),
        (replace(FUNCTIONS["minus"], moves=(Move.UP,)), "moves"),
        (replace(FUNCTIONS["plus"], magnitude=max), "magnitude"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.key,
)
def test_a_property_that_contradicts_the_python_function_is_named(entry: Comparator | Function, name: str) -> None:
    assert f"{entry.key}: {name}" in incomplete(entry)


def test_every_phrase_belongs_to_an_entry() -> None:
    for language in Language:
        assert set(OPERATOR_PHRASES[language]) == set(OPERATORS)
        assert set(FUNCTION_PHRASES[language]) == set(FUNCTIONS)


@pytest.mark.parametrize("word", KEYWORDS)
def test_a_copy_of_a_condition_is_equal(word: str) -> None:
    keyword, operator = KEYWORDS[word]
    condition = conditions_of(parsed(Trial(operator, keyword).text).rules["thing-passes"])
    assert pickle.loads(pickle.dumps(condition)) == condition


# --- types ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type_", FieldType)
def test_a_type_is_complete(type_: FieldType) -> None:
    assert incomplete_type(TYPES[type_]) == []


@pytest.mark.parametrize("consumer", TYPE_CONSUMERS)
@pytest.mark.parametrize("type_", FieldType)
def test_every_consumer_takes_a_type(type_: FieldType, consumer: str) -> None:
    TYPE_CONSUMERS[consumer](type_)


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        (type_, field.name)
        for type_, entry in TYPES.items()
        for field in fields(entry)
        if field.name not in ("type", "ordered") or (entry.ordered is not None and field.name == "ordered")
    ],
)
def test_a_property_of_a_type_that_is_left_out_is_named(type_: FieldType, name: str) -> None:
    assert f"{type_.value}: {name}" in incomplete_type(type_without(TYPES[type_], name))


def test_a_type_that_the_page_leaves_out_is_named() -> None:
    page = LANGUAGE_PAGE.read_text(encoding="utf-8").replace("| `decimal` |", "| decimal |")
    assert incomplete_type(TYPES[FieldType.DECIMAL], page) == ["decimal: docs"]


def test_the_columns_of_spark_are_those_of_duckdb() -> None:
    pytest.importorskip("pyspark")
    from rulewright.spark.cells import VALUE_TYPES  # noqa: PLC0415  # pyspark is not there for everybody

    for type_, entry in TYPES.items():
        in_spark = exp.DataType.build(entry.sql, dialect="duckdb").sql("spark")
        assert VALUE_TYPES[type_].replace(" ", "") == in_spark.lower().replace(" ", "")
