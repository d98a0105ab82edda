"""The JSON Schemas for editors: they are schemas, take what the program takes, and mark what it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError, SafeConstructor

from rulewright.catalogue import check_file
from rulewright.language.functions import FUNCTIONS
from rulewright.model.rulebook import Rulebook
from rulewright.parse import language_keys
from rulewright.parse.rulebook import parse_rulebook
from rulewright.read.cases import read_case
from rulewright.read.documents import read_documents
from rulewright.schemas import Schema, case_schema, language_schema, tests_schema as schema_of_tests
from rulewright.testing.tests_reader import read_tests
from strategies import books, write_rulebook

ROOT = Path(__file__).parent.parent
BOOKS = sorted(path for folder in ("rulebook", "examples") for path in (ROOT / folder).rglob("????-??-??.yaml"))
#: Mistakes in the shape of a rulebook; those in its names and types only the program can tell.
SHAPE = ("R001", "R002", "R003", "R004", "R005", "R007", "R008", "R009", "R017")
#: What is of the right shape as JSON Schema can tell it, and why.
BEYOND = {
    "R003-lists-and-single-values": "values by date are each well formed",
}
#: Mistakes of other families that JSON Schema can tell all the same, and why.
WITHIN = {
    "R022-not-a-choice": "the outcomes of rules are words of the language",
    "R025-step-or-cost": "a step or a cost below zero is beyond its minimum",
}


class _Constructor(SafeConstructor):
    """What editors make of YAML 1.2: dates are texts."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def load(text: str) -> list[Any]:
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    return list(yaml.load_all(text))


def errors(schema: Schema, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(value)]


def rulebook(path: Path) -> Rulebook:
    found, _ = check_file(path)
    assert found is not None
    return found


def every_schema() -> Iterator[Schema]:
    yield language_schema()
    for path in BOOKS:
        yield case_schema(rulebook(path))
        yield schema_of_tests(rulebook(path))


def test_each_schema_is_a_schema_and_json() -> None:
    for schema in every_schema():
        Draft202012Validator.check_schema(schema)
        assert json.loads(json.dumps(schema)) == schema


def subschemas(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
    for item in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from subschemas(item)


def test_all_that_is_referred_to_is_defined_and_all_that_is_defined_is_used() -> None:
    for schema in every_schema():
        referred = {found["$ref"] for found in subschemas(schema) if "$ref" in found}
        assert referred == {f"#/$defs/{name}" for name in schema.get("$defs", {})}


# --- rulebooks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_rulebooks_that_are_accepted(path: Path) -> None:
    (document,) = load(path.read_text(encoding="utf-8"))
    assert errors(language_schema(), document) == []


@settings(max_examples=25)
@given(books())
def test_drawn_rulebooks_are_accepted(book: dict[str, Any]) -> None:
    (document,) = load(write_rulebook(book))
    assert errors(language_schema(), document) == []


def rulebooks_with_diagnostics() -> list[Path]:
    files = sorted((ROOT / "tests" / "diagnostics").glob("[RW]*/*.yaml"))
    return [file for file in files if "." not in file.stem]  # translations are no rulebooks


@pytest.mark.parametrize("path", rulebooks_with_diagnostics(), ids=lambda path: path.parent.name)
def test_rulebooks_that_are_refused(path: Path) -> None:
    (document,) = load(path.read_text(encoding="utf-8"))
    refused = bool(errors(language_schema(), document))
    name = path.parent.name
    assert refused == (name in WITHIN or (name.startswith(SHAPE) and name not in BEYOND))


RULEBOOK = """\
rulebook: leave
edition: 2024-01-01
language: 1
title: Leave
documents: {{handbook: {{title: Handbook}}}}
facts:
  employee: {{fields: {{grade: {{type: text}}, since: {{type: date}}, age: {{type: whole number}}}}}}
  request: {{fields: {{employee: {{type: reference, to: employee}}, days: {{type: whole number}}}}}}
parameters: {{most: {{type: whole number, value: 3}}, all_of: {{type: text, value: [a, b]}}}}
tables:
  grades: {{about: employee, by: grade, columns: {{room: {{type: whole number}}}}, rows: {{a: {{room: 1}}}}}}
rules:
  a: {{about: employee, require: {condition}}}
  b: {{about: employee, conclude: {{grade: a}}}}
"""


@pytest.mark.parametrize(
    "condition",
    [
        "{grade: a}",
        "{grade: no}",
        "{age: 3}",
        "{age: {at_least: 3, at_most: {field: room}}}",
        "{age: {is_not: {plus: [age, 1, {count: {of: request}}]}}}",
        "{age: {less_than: {minimum: [room, {maximum: [1, 2.5]}]}}}",
        "{age: {more_than: {sum: {field: days, of: request, through: employee, where: {days: 1}}}}}",
        "{since: {before: 2024-01-01, after: {parameter: most}}}",
        "{since: {on_or_before: {field: as_of}, on_or_after: as_of}}",
        "{age: {is: {months_between: [since, as_of]}}}",
        "{age: {is: {days_between: [since, as_of]}}}",
        "{age: {is: {minus: [age, 1]}}}",
        "{grade: {in: [a, b], ignore_case: yes}}",
        "{grade: {not_in: {parameter: all_of}, given: YES, known: false}}",
        "{all: [{grade: a}, {not: {grade: b}}]}",
        "{any: [{grade: a}], all: {of: request, where: {employee.grade: a}}}",
        "{any: {of: request, through: employee}}",
        "{count: {of: request, at_least: 1, where: {days: 3}}}",
        "{sum: {of: request, field: days, at_most: 1}}",
        "{outcome: {b: concluded}}",
        "{as_of: {before: 2024-01-01}}",
    ],
)
def test_every_word_of_conditions_is_in_both(condition: str) -> None:
    """What the schema takes the parser takes for what it is, be there mistakes in the types or not."""
    text = RULEBOOK.format(condition=condition)
    (document,) = load(text)
    assert errors(language_schema(), document) == []
    _, diagnostics = parse_rulebook(text.encode(), "rulebook.yaml")
    assert {diagnostic.code for diagnostic in diagnostics} <= {"R020", "R021"}


@pytest.mark.parametrize(
    "condition",
    [
        "{}",
        "[{grade: a}]",
        "grade",
        "{grade: [a, b]}",
        "{grade: ~}",
        "{grade: {}}",
        "{grade: {ignore_case: yes}}",
        "{grade: {equals: a}}",
        "{grade: {in: a}}",
        "{grade: {in: []}}",
        "{grade: {in: {field: grade}}}",
        "{grade: {given: 1}}",
        "{age: {at_least: [1]}}",
        "{age: {at_least: {add: [1, 2]}}}",
        "{age: {at_least: {plus: [1]}}}",
        "{age: {at_least: {minus: [1, 2, 3]}}}",
        "{age: {at_least: {field: age, parameter: most}}}",
        "{age: {at_least: {}}}",
        "{age: {at_least: {count: {where: {days: 1}}}}}",
        "{age: {at_least: {sum: {of: request}}}}",
        "{all: []}",
        "{all: {grade: a}}",
        "{any: [grade]}",
        "{not: [{grade: a}]}",
        "{count: {of: request}}",
        "{count: {at_least: 1}}",
        "{sum: {of: request, at_least: 1}}",
        "{outcome: {b: unknown}}",
        "{outcome: {b: done}}",
        "{outcome: {}}",
    ],
)
def test_conditions_that_both_refuse(condition: str) -> None:
    text = RULEBOOK.format(condition=condition)
    (document,) = load(text)
    assert errors(language_schema(), document)
    assert parse_rulebook(text.encode(), "rulebook.yaml")[1]


def objects_of_the_language() -> list[tuple[Mapping[str, language_keys.Key], str]]:
    """Each mapping of the language, and the text of a rulebook with a further key and a value in one."""
    rule = "{about: employee, require: {grade: a}, KEY}"
    parts = {
        "documents": ("{handbook: {title: Handbook, KEY}}", language_keys.DOCUMENT),
        "facts": ("{employee: {fields: {grade: {type: text}}, KEY}, request: {fields: {}}}", language_keys.KIND),
        "facts ": ("{employee: {fields: {grade: {type: text, KEY}}}}", language_keys.FIELD),
        "parameters": ("{most: {type: text, KEY}}", language_keys.PARAMETER),
        "parameters ": ("{most: {type: text, values: [{value: a, KEY}]}}", language_keys.DATED),
        "tables": ("{t: {about: employee, by: grade, columns: {}, rows: {}, KEY}}", language_keys.TABLE),
        "rules": (f"{{a: {rule}}}", language_keys.RULE),
        "rules ": (
            "{a: {about: employee, require: {grade: a}, source: {document: handbook, KEY}}}",
            language_keys.SOURCE,
        ),
        "rules  ": ("{a: {about: employee, require: {grade: {KEY}}}}", language_keys.OPERATORS),
        "rules   ": ("{a: {about: employee, require: {any: {of: request, KEY}}}}", language_keys.RELATED),
        "rules    ": ("{a: {about: employee, require: {grade: {is: {KEY}}}}}", language_keys.EXPRESSIONS),
        "rules     ": ("{a: {about: employee, require: {grade: {is: {sum: {of: request, KEY}}}}}}", language_keys.SUM),
    }
    found: list[tuple[Mapping[str, language_keys.Key], str]] = [
        (language_keys.RULEBOOK, "rulebook: a\nedition: 2024-01-01\nlanguage: 1\nfacts: {}\nrules: {}\nKEY\n")
    ]
    for name, (text, its_keys) in parts.items():
        written = {
            "documents": "{handbook: {title: Handbook}}",
            "facts": "{employee: {fields: {grade: {type: text}}}, "
            "request: {fields: {employee: {type: reference, to: employee}}}}",
            "rules": "{}",
            name.strip(): text,
        }
        lines = "".join(f"{key}: {value}\n" for key, value in written.items())
        found.append((its_keys, f"rulebook: a\nedition: 2024-01-01\nlanguage: 1\ntitle: a\n{lines}"))
    return found


@pytest.mark.parametrize("number", range(13))
def test_every_key_is_in_both(number: int) -> None:
    """The parser knows each key of the schema, the schema each of the parser's, and neither knows another."""
    known, text = objects_of_the_language()[number]
    unknown = {"R001", "R017"}

    def said(key: str) -> tuple[bool, bool]:
        whole = text.replace("KEY", f"{key}: 1")
        _, diagnostics = parse_rulebook(whole.encode(), "rulebook.yaml")
        parsed = any(one.code in unknown and f"`{key}`" in one.message for one in diagnostics)
        (document,) = load(whole)
        marked = any(f"'{key}' was unexpected" in message for message in deep_errors(language_schema(), document))
        return parsed, marked

    for key in known:
        with suppress(DuplicateKeyError):  # the key stands there already, and was accepted
            assert said(key) == (False, False), key
    assert said("nonsense") == (True, True)


def deep_errors(schema: Schema, value: Any) -> Iterator[str]:
    """The messages of all errors, those within alternatives too."""
    pending = list(Draft202012Validator(schema).iter_errors(value))
    while pending:
        error = pending.pop()
        yield error.message
        pending += error.context or ()


def test_the_operations_are_those_of_the_model() -> None:
    assert set(language_keys.OPERATIONS) == set(FUNCTIONS)
    assert set(language_keys.EXPRESSIONS) >= set(language_keys.OPERATIONS)
    assert all(
        key.about.endswith(".")
        for found in (language_keys.RULEBOOK, language_keys.RULE, language_keys.OPERATORS)
        for key in found.values()
    )


# --- cases and tests -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def leave() -> Rulebook:
    return rulebook(ROOT / "tests" / "case_diagnostics" / "rulebook.yaml")


def test_example_cases_are_accepted() -> None:
    shipped = {path.parent.name: rulebook(path) for path in BOOKS}
    examples = {"alibaba-cloud-icp-filing": "shop-launch.yaml", "annual-leave": "annual-leave/request.yaml"}
    for name, path in examples.items():
        (document,) = load((ROOT / "examples" / path).read_text(encoding="utf-8"))
        assert errors(case_schema(shipped[name]), document) == []


CASES = sorted((ROOT / "tests" / "case_diagnostics").glob("F*/case.yaml"))
#: What is wrong with these is in their refs, their number, or what follows from them.
BEYOND_CASES = ("F006", "F007", "F010", "F011", "F012", "F017")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_cases_that_are_refused(path: Path, leave: Rulebook) -> None:
    schema = case_schema(leave)
    marked = [bool(errors(schema, document)) for document in load(path.read_text(encoding="utf-8"))]
    assert any(marked) == (not path.parent.name.startswith(BEYOND_CASES))


@given(st.data())
def test_what_the_case_schema_takes_can_be_read(leave: Rulebook, data: st.DataObject) -> None:
    """Values that the schema takes are read; what the program refuses all the same is no matter of types."""
    values = st.sampled_from([None, True, "yes", "no", "junior", "2024-02-28", 0, 1, 61, 1.5, "a", "", 10**15, []])
    fields = st.dictionaries(st.sampled_from(["ref", "name", "grade", "hired", "remote", "tenure", "office"]), values)
    fact = data.draw(fields)
    if errors(case_schema(leave), {"employee": fact}):
        return
    written = json.dumps({"employee": fact}).replace('"yes"', "yes").replace('"no"', "no")
    documents, _ = read_documents(written.encode(), "case.yaml")
    _, diagnostics = read_case(documents[0], leave, leave.edition)
    assert [diagnostic.code for diagnostic in diagnostics] == []


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_test_files_are_accepted(path: Path) -> None:
    beside = path.with_name(f"{path.stem}.tests.yaml")
    (document,) = load(beside.read_text(encoding="utf-8"))
    assert errors(schema_of_tests(rulebook(path)), document) == []


@pytest.mark.parametrize(
    "test",
    [
        "{name: a, expect: {}}",
        "{name: a}",
        "{expect: {verdict: ready}}",
        "{name: a, expect: {verdict: redy}}",
        "{name: a, expect: {outcomes: {short: met}}}",
        "{name: a, expect: {outcomes: {short-enough: advised}}}",
        "{name: a, expect: {outcomes: {short-enough: not_applicable}}}",
        "{name: a, expect: {values: {day: 1}}}",
        "{name: a, expect: {missing: [day]}}",
        "{name: a, expect: {missing: days}}",
        "{name: a, expect: {subjects: {r: {error: F010}}}}",
        "{name: a, given: {requests: {days: 1}}, expect: {verdict: ready}}",
        "{name: a, given: {as_of: 2024-01-01, request: []}, expect: {verdict: ready}}",
        "{name: a, given: {request: {days: three}}, expect: {verdict: ready}}",
        "{name: a, as_of: today, given: {request: []}, expect: {verdict: ready}}",
    ],
)
def test_tests_that_both_refuse(leave: Rulebook, test: str) -> None:
    text = f"tests: [{test}]\n"
    (document,) = load(text)
    assert errors(schema_of_tests(leave), document)
    assert read_tests(text.encode(), "a.tests.yaml", leave)[1]
