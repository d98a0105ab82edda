"""JSON Schemas for editors: of the rulebook language, of a rulebook's case files, and of its test files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rulewright.language import operands
from rulewright.language.types import TYPES
from rulewright.model.outcomes import Outcome, possible_outcomes
from rulewright.model.rulebook import Kind, Rulebook, RuleSeverity
from rulewright.model.values import FieldType
from rulewright.parse import language_keys
from rulewright.parse.language_keys import Key

_DRAFT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def language_schema() -> Schema:
    """Return the JSON Schema of the rulebook language."""
    column = {name: key for name, key in language_keys.FIELD.items() if name not in language_keys.NOT_OF_COLUMNS}
    return {
        "$schema": _DRAFT,
        "title": f"Rulewright rulebook, language {language_keys.LANGUAGE}",
        **_mapping(language_keys.RULEBOOK),
        "$defs": {
            "not_covered": _mapping(language_keys.NOT_COVERED),
            "document": _mapping(language_keys.DOCUMENT),
            "clause": _mapping(language_keys.CLAUSE),
            "kind": _mapping(language_keys.KIND),
            "field": _field(language_keys.FIELD),
            "column": _field(column),
            "changes": _mapping(language_keys.CHANGES),
            "parameter": {**_mapping(language_keys.PARAMETER), "oneOf": _one_of("value", "values")},
            "dated": _mapping(language_keys.DATED),
            "table": _mapping(language_keys.TABLE),
            "source": _mapping(language_keys.SOURCE),
            "rule": _rule(),
            "view": _mapping(language_keys.VIEW),
            "condition": _condition(),
            "operators": _operators({}),
            "related": _mapping(language_keys.RELATED),
            "counted": _operators(language_keys.RELATED),
            "sum": _mapping(language_keys.SUM),
            "summed": _operators(language_keys.SUM),
            "expression": {"oneOf": [{"type": ["string", "number"]}, {"$ref": "#/$defs/expression_mapping"}]},
            "expression_mapping": {**_mapping(language_keys.EXPRESSIONS), "minProperties": 1, "maxProperties": 1},
            "parameter_named": _mapping(
                {"parameter": Key(language_keys.EXPRESSIONS["parameter"].about, {"type": "string"}, True)}
            ),
        },
    }


def _mapping(found: Mapping[str, Key]) -> Schema:
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"description": key.about, **key.schema} for name, key in found.items()},
    }
    required = [name for name, key in found.items() if key.required]
    return {**schema, "required": required} if required else schema


def _one_of(*names: str) -> list[Schema]:
    return [{"required": [name]} for name in names]


def _when(key: str, value: str, then: Schema, otherwise: Schema) -> Schema:
    """Return a condition on the value of a key, with the schemas for a match and for any other value."""
    return {"if": {"properties": {key: {"const": value}}, "required": [key]}, "then": then, "else": otherwise}


def _field(found: Mapping[str, Key]) -> Schema:
    """Return the schema of a field. A choice needs `of`, a reference needs `to`; other fields allow neither."""
    choice, reference = FieldType.CHOICE.value, FieldType.REFERENCE.value
    return {
        **_mapping(found),
        "allOf": [
            _when("type", choice, {"required": ["of"]}, {"properties": {"of": False}}),
            _when("type", reference, {"required": ["to"]}, {"properties": {"to": False}}),
        ],
    }


def _rule() -> Schema:
    """Return the schema of a rule with exactly one verb and the keys that the verb allows."""
    with_verb = {
        "require": ("conclude", "advise", "when"),
        "conclude": ("require", "advise", "remedy"),
        "advise": ("require", "conclude", "explain"),
    }
    not_blocking: Schema = {"not": {"const": RuleSeverity.BLOCKING.value}}
    verbs = []
    for verb, never in with_verb.items():
        properties: Schema = dict.fromkeys(never, False)
        verbs.append(
            {
                "required": [verb],
                "properties": properties if verb == "require" else {**properties, "severity": not_blocking},
            }
        )
    return {**_mapping(language_keys.RULE), "oneOf": verbs}


def _operators(others: Mapping[str, Key]) -> Schema:
    """Return the schema of operators beside other keys, with at least one comparing operator."""
    comparing = [name for name in language_keys.OPERATORS if name != "ignore_case"]
    return {**_mapping({**others, **language_keys.OPERATORS}), "anyOf": _one_of(*comparing)}


def _condition() -> Schema:
    """Return the schema of a condition: a mapping whose keys are words of the language or fields."""
    condition = {"$ref": "#/$defs/condition"}
    several = {"type": "array", "items": condition, "minItems": 1}
    related = {"oneOf": [several, {"$ref": "#/$defs/related"}]}
    outcomes = [outcome.value for outcome in Outcome if outcome is not Outcome.UNKNOWN]
    return {
        "type": "object",
        "minProperties": 1,
        "properties": {
            "all": {"description": "All of these conditions hold, or all related facts meet one.", **related},
            "any": {"description": "One of these conditions holds, or some related fact meets one.", **related},
            "not": {"description": "The condition does not hold.", **condition},
            "count": {"description": "How many related facts there are.", "$ref": "#/$defs/counted"},
            "sum": {"description": "The sum of a field over related facts.", "$ref": "#/$defs/summed"},
            "outcome": {
                "description": "How other rules about the same subject came out.",
                "type": "object",
                "additionalProperties": {"enum": outcomes},
                "minProperties": 1,
            },
        },
        "additionalProperties": {
            "oneOf": [{"type": ["string", "number", "boolean"]}, {"$ref": "#/$defs/operators"}],
        },
    }


def case_schema(rulebook: Rulebook) -> Schema:
    """Return the JSON Schema of the case files of a rulebook."""
    return {
        "$schema": _DRAFT,
        "title": f"Case for {rulebook.name}, edition {rulebook.edition}",
        **_facts(rulebook, header=True),
    }


def tests_schema(rulebook: Rulebook) -> Schema:
    """Return the JSON Schema of the test file of a rulebook."""
    return {
        "$schema": _DRAFT,
        "title": f"Tests of {rulebook.name}, edition {rulebook.edition}",
        **_mapping(language_keys.TESTS_FILE),
        "$defs": {
            "test": _mapping(language_keys.TEST),
            "expected": {**_expected(language_keys.EXPECTED_OF_CASE, rulebook), "minProperties": 1},
            "expected_of_subject": _expected(language_keys.EXPECTED, rulebook),
            "facts": _facts(rulebook, header=False),
        },
    }


def _expected(found: Mapping[str, Key], rulebook: Rulebook) -> Schema:
    """Return the schema of an expected result, with the names of the rulebook's rules, fields and kinds."""
    schema = _mapping(found)
    properties: Schema = schema["properties"]
    properties["outcomes"] = {
        "description": found["outcomes"].about,
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {
            rule.name: {"description": rule.title, "enum": [outcome.value for outcome in possible_outcomes(rule)]}
            for rule in rulebook.rules.values()
        },
    }
    fields = {name: field.label for kind in rulebook.kinds.values() for name, field in kind.fields.items()}
    properties["values"] = {
        "description": found["values"].about,
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {
            name: {"description": label, "type": ["string", "number", "boolean"]} for name, label in fields.items()
        },
    }
    asked = sorted({*fields, *rulebook.kinds})
    properties["missing"] = {"description": found["missing"].about, "type": "array", "items": {"enum": asked}}
    return schema


def _facts(rulebook: Rulebook, header: bool) -> Schema:
    properties: Schema = {}
    if header:
        named = {"enum": [rulebook.name, None]}
        as_of = {"anyOf": [operands.DATE, {"type": "null"}]}
        properties = {
            "case": {"description": "The name of the case; the file's, if left out.", "type": ["string", "null"]},
            "rulebook": {"description": "The rulebook of the case; chosen by the command, if left out.", **named},
            "as_of": {
                "description": "The date the case is evaluated for; today in the rulebook's time zone, if left out.",
                **as_of,
            },
        }
    for kind in rulebook.kinds.values():
        fact = _fact(kind)
        several = {"type": "array", "items": fact}
        properties[kind.name] = _described({"oneOf": [fact, several, {"type": "null"}]}, kind.ask, kind.note)
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _fact(kind: Kind) -> Schema:
    ref = {"description": "The name of this fact, for references.", "type": "string", "minLength": 1}
    properties: Schema = {"ref": ref}
    for field in kind.fields.values():
        if field.may_be_given:
            properties[field.name] = _described({**TYPES[field.type].schema(field)}, field.ask, field.note)
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _described(schema: Schema, ask: str | None, note: str | None) -> Schema:
    described = " ".join(text for text in (ask, note and f"({note})") if text)
    return {"description": described, **schema} if described else schema
