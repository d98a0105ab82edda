"""JSON Schemas for editors: of the rulebook language, of a rulebook's case files, and of its test files."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rulewright.model.rulebook import Field, Kind, Rulebook
from rulewright.model.values import MAXIMUM_TEXT, FieldType
from rulewright.parse import keys
from rulewright.parse.keys import Key

_DRAFT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def language_schema() -> Schema:
    """The JSON Schema of the rulebook language."""
    return {
        "$schema": _DRAFT,
        "title": f"Rulewright rulebook, language {keys.LANGUAGE}",
        **_mapping(keys.RULEBOOK),
        "$defs": {
            "document": _mapping(keys.DOCUMENT),
            "kind": _mapping(keys.KIND),
            "field": _mapping(keys.FIELD),
            "parameter": _mapping(keys.PARAMETER),
            "dated": _mapping(keys.DATED),
            "table": _mapping(keys.TABLE),
            "source": _mapping(keys.SOURCE),
            "rule": _rule(),
            "condition": _condition(),
            "operators": _mapping(keys.OPERATORS),
            "related": _mapping(keys.RELATED),
            "counted": _mapping({**keys.RELATED, **keys.OPERATORS}),
            "sum": _mapping(keys.SUM),
            "summed": _mapping({**keys.SUM, **keys.OPERATORS}),
            "expression": {"oneOf": [{"type": ["string", "number"]}, {"$ref": "#/$defs/expression_mapping"}]},
            "expression_mapping": {**_mapping(keys.EXPRESSIONS), "minProperties": 1, "maxProperties": 1},
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


def _rule() -> Schema:
    verbs = [{"required": [verb]} for verb in ("require", "conclude", "advise")]
    return {**_mapping(keys.RULE), "oneOf": verbs}


def _condition() -> Schema:
    """A condition: a mapping whose keys are words of the language or, otherwise, fields."""
    condition = {"$ref": "#/$defs/condition"}
    several = {"type": "array", "items": condition, "minItems": 1}
    related = {"oneOf": [several, {"$ref": "#/$defs/related"}]}
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
                "additionalProperties": {"type": "string"},
            },
        },
        "additionalProperties": {
            "oneOf": [{"type": ["string", "number", "boolean"]}, {"$ref": "#/$defs/operators"}],
        },
    }


def case_schema(rulebook: Rulebook) -> Schema:
    """The JSON Schema of the case files of a rulebook."""
    return {
        "$schema": _DRAFT,
        "title": f"Case for {rulebook.name}, edition {rulebook.edition}",
        **_facts(rulebook, header=True),
    }


def tests_schema(rulebook: Rulebook) -> Schema:
    """The JSON Schema of the test file of a rulebook."""
    return {
        "$schema": _DRAFT,
        "title": f"Tests of {rulebook.name}, edition {rulebook.edition}",
        **_mapping(keys.TESTS_FILE),
        "$defs": {
            "test": _mapping(keys.TEST),
            "expected": _mapping(keys.EXPECTED_OF_CASE),
            "expected_of_subject": _mapping(keys.EXPECTED),
            "facts": _facts(rulebook, header=False),
        },
    }


def _facts(rulebook: Rulebook, header: bool) -> Schema:
    properties: Schema = {}
    if header:
        properties = {
            "case": {"description": "The name of the case.", "type": "string"},
            "as_of": {"description": "The date the case is judged on; today, if left out.", "type": "string"},
        }
    for kind in rulebook.kinds.values():
        fact = _fact(kind)
        several = {"type": "array", "items": fact}
        properties[kind.name] = _described({"oneOf": [fact, several, {"type": "null"}]}, kind.ask, kind.note)
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _fact(kind: Kind) -> Schema:
    properties: Schema = {"ref": {"description": "The name of this fact, for references.", "type": "string"}}
    for field in kind.fields.values():
        if field.may_be_given:
            properties[field.name] = _described(_value(field), field.ask, field.note)
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _described(schema: Schema, ask: str | None, note: str | None) -> Schema:
    described = " ".join(text for text in (ask, note and f"({note})") if text)
    return {"description": described, **schema} if described else schema


def _value(field: Field) -> Schema:
    match field.type:
        case FieldType.TEXT | FieldType.REFERENCE:
            return {"type": ["string", "null"], "maxLength": MAXIMUM_TEXT}
        case FieldType.CHOICE:
            return {"enum": [*field.choices, None]}
        case FieldType.YES_NO:
            return {"enum": [True, False, "yes", "no", None]}
        case FieldType.DATE:
            return {"type": ["string", "null"], "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
        case FieldType.WHOLE_NUMBER | FieldType.DECIMAL:
            number = "integer" if field.type is FieldType.WHOLE_NUMBER else "number"
            bounds = {"minimum": field.minimum, "maximum": field.maximum}
            numbers = {name: _number(bound) for name, bound in bounds.items() if isinstance(bound, (int, Decimal))}
            return {"type": [number, "null"], **numbers}


def _number(value: int | Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)
