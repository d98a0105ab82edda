"""Keys of the rulebook language, in one table for both the parser and the JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rulewright.language.functions import FUNCTIONS
from rulewright.language.operands import DATE, SCALAR, YES_NO
from rulewright.language.operators import KEYWORDS
from rulewright.language.operators.texts import IGNORE_CASE, IGNORE_CASE_ABOUT, IGNORE_CASE_SCHEMA
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import DateStep, Direction, RuleSeverity
from rulewright.model.values import FieldType

#: The language version that this program reads.
LANGUAGE = 1

NAME_PATTERN = "^[a-z][a-z0-9_]*$"
RULE_NAME_PATTERN = "^[a-z][a-z0-9]*([-_][a-z0-9]+)*$"

Schema = Mapping[str, Any]

_TEXT: Schema = {"type": "string"}
_BOUND: Schema = {"oneOf": [{"type": "number"}, DATE]}
_CELL: Schema = {
    "oneOf": [
        {"type": ["string", "number", "boolean", "null"]},
        {"type": "array", "items": {"$ref": "#/$defs/dated"}, "minItems": 1},
    ]
}


def _names(target: str, pattern: str = NAME_PATTERN) -> Schema:
    return {
        "type": ["object", "null"],
        "propertyNames": {"pattern": pattern},
        "additionalProperties": {"$ref": f"#/$defs/{target}"},
    }


def _ref(target: str) -> Schema:
    return {"$ref": f"#/$defs/{target}"}


_SOURCES: Schema = {"oneOf": [_ref("source"), {"type": "array", "items": _ref("source"), "minItems": 1}]}


@dataclass(frozen=True, slots=True)
class Key:
    """A key: its description for editors, the JSON Schema of its value, and whether it is required."""

    about: str
    schema: Schema
    required: bool = False


RULEBOOK: Mapping[str, Key] = {
    "rulebook": Key("The name of the rulebook, the same in all its editions.", _TEXT, True),
    "edition": Key("The date from which this edition is in force.", DATE, True),
    "language": Key("The version of the rulebook language.", {"const": LANGUAGE}, True),
    "title": Key("What the rulebook decides, in a few words.", _TEXT, True),
    "time_zone": Key("The time zone that today's date is of, as in `Europe/London`; UTC, if left out.", _TEXT),
    "complete": Key("`no` for an edition of which only a part is covered; it is taken only by name.", YES_NO),
    "not_covered": Key("What the edition does not cover, by a short name.", _names("not_covered", RULE_NAME_PATTERN)),
    "documents": Key("The source documents, by a short name.", _names("document", RULE_NAME_PATTERN)),
    "facts": Key("The vocabulary: the kinds of fact and their fields.", _names("kind"), True),
    "parameters": Key("Named constants, dated where they change.", _names("parameter")),
    "tables": Key(
        "Tables of the document; each column is a field of what the table is about.", _names("table", RULE_NAME_PATTERN)
    ),
    "rules": Key("The rules, by name.", _names("rule", RULE_NAME_PATTERN), True),
    "views": Key("Questions to many cases, by a short name.", _names("view", RULE_NAME_PATTERN)),
}

VIEW: Mapping[str, Key] = {
    "title": Key("What is shown, in a few words.", _TEXT, True),
    "rule": Key("The rule by whose outcome the subjects are picked.", _TEXT, True),
    "outcome": Key("How the rule came out for them.", {"enum": [each.value for each in Outcome]}, True),
    "show": Key(
        "The fields that are shown of each.", {"type": "array", "items": {"type": "string"}, "minItems": 1}, True
    ),
    "total": Key("A number field of these that is added up.", _TEXT),
}

NOT_COVERED: Mapping[str, Key] = {
    "about": Key("The kind of fact that is judged by what is not covered.", _TEXT, True),
    "applies": Key("Which facts of the kind are; all, if left out.", _ref("condition")),
    "what": Key("What is not covered, as in `the rules for parental leave`.", _TEXT, True),
    "covered_by": Key("An edition that does cover it.", DATE),
}

DOCUMENT: Mapping[str, Key] = {
    "title": Key("The title of the document.", _TEXT, True),
    "publisher": Key("Who published it.", _TEXT),
    "updated": Key("When it was last updated.", DATE),
    "url": Key("Where it is found.", _TEXT),
    "clauses": Key("What the document says, clause by clause, by a short name.", _names("clause", RULE_NAME_PATTERN)),
}

CLAUSE: Mapping[str, Key] = {
    "section": Key("The section of the document in which the clause stands.", _TEXT, True),
    "says": Key("What the clause says, in your own words.", _TEXT, True),
    "no_rule": Key("Why no rule carries the clause.", _TEXT),
}

KIND: Mapping[str, Key] = {
    "label": Key("What a reader calls this kind; the name, if left out.", _TEXT),
    "ask": Key("The question that asks for the facts of this kind.", _TEXT),
    "note": Key("What one should know about facts of this kind.", _TEXT),
    "fields": Key("The fields of the kind.", _names("field"), True),
}

FIELD: Mapping[str, Key] = {
    "type": Key("The type of the field.", {"enum": [type_.value for type_ in FieldType]}, True),
    "label": Key("What a reader calls the field; the name, if left out.", _TEXT),
    "of": Key(
        "The choices: a list, or a mapping from each choice to its label.",
        {
            "oneOf": [
                {"type": "array", "items": _TEXT, "minItems": 1},
                {"type": "object", "additionalProperties": _TEXT, "minProperties": 1},
            ]
        },
    ),
    "to": Key("The kind that a reference refers to.", _TEXT),
    "unit": Key("The unit of a number: month, day, year, a currency such as CNY, or any word.", _TEXT),
    "minimum": Key("The least value that is possible.", _BOUND),
    "maximum": Key("The greatest value that is possible.", _BOUND),
    "not_before": Key(
        "The date field, or the date fields, of the same fact that this date cannot be earlier than.",
        {"oneOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]},
    ),
    "host_name": Key("Whether its texts are host names, which are compared in one form; no, if left out.", YES_NO),
    "also_called": Key(
        "Other names of the texts that rules list, by the text: suggested to whoever states one of them, never taken.",
        {
            "type": "object",
            "additionalProperties": {"oneOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]},
            "minProperties": 1,
        },
    ),
    "ask": Key("The question that asks a person for this fact.", _TEXT),
    "note": Key("What one should know about this fact.", _TEXT),
    "changeable": Key("`no` if no user can change the field, `yes` if a user can change it to any value.", YES_NO),
    "changes": Key(
        "How a user can change the field, and at what cost; `fix` proposes no change of it, if left out.",
        _ref("changes"),
    ),
    "computed": Key("How the value follows from other fields.", _ref("expression")),
    "may_be_given": Key("Whether a case file may state it; no for computed fields, if left out.", YES_NO),
}

_COST: Schema = {"type": "number", "minimum": 0}

CHANGES: Mapping[str, Key] = {
    "direction": Key(
        "Which way a number or a date can be changed; any, if left out.",
        {"enum": [direction.value for direction in Direction]},
    ),
    "step": Key(
        "By what it is changed: a number, or day, month or year for a date; the smallest step, if left out.",
        {"oneOf": [{"type": "number", "exclusiveMinimum": 0}, {"enum": [step.value for step in DateStep]}]},
    ),
    "to": Key(
        "What a text, a choice or a yes/no can be changed to: a value, or a list of them; anything, if left out.",
        {"oneOf": [SCALAR, {"type": "array", "items": SCALAR, "minItems": 1}]},
    ),
    "cost": Key("What a change costs, in comparison with changes of other fields; 1, if left out.", _COST),
    "cost_per_step": Key("What each step of a change costs besides; 0, if left out.", _COST),
    "say": Key(
        "The change in words, as in: renew {{ ref }} by {{ difference }}; before, after show the values.", _TEXT
    ),
}

PARAMETER: Mapping[str, Key] = {
    "type": Key(
        "The type of the value, or of each value of a list.",
        {"enum": [type_.value for type_ in FieldType if type_ is not FieldType.REFERENCE]},
        True,
    ),
    "value": Key("The value: one, or a list.", {"oneOf": [SCALAR, {"type": "array", "items": SCALAR, "minItems": 1}]}),
    "values": Key("The values by date.", {"type": "array", "items": _ref("dated"), "minItems": 1}),
    "label": Key("What a reader calls it; the name, if left out.", _TEXT),
    "unit": Key("The unit of a number.", _TEXT),
    "note": Key("What one should know about it; whose choice it is.", _TEXT),
    "source": Key("Where it comes from.", _SOURCES),
}

DATED: Mapping[str, Key] = {
    "since": Key("The first day on which the value is in force; always, if left out.", DATE),
    "value": Key(
        "The value from that day on.",
        {
            "oneOf": [
                {"type": ["string", "number", "boolean", "null"]},
                {"type": "array", "items": SCALAR, "minItems": 1},
            ]
        },
        True,
    ),
    "source": Key("Where the value comes from.", _SOURCES),
}

#: The value of `otherwise` for a table whose columns are none without a row.
NO_CELLS = "none"

TABLE: Mapping[str, Key] = {
    "about": Key("The kind of fact that gets the columns as fields.", _TEXT, True),
    "by": Key("The field whose value picks the row.", _TEXT, True),
    "source": Key("Where the table comes from.", _SOURCES),
    "columns": Key("The columns, each declared as a field is.", _names("column"), True),
    "rows": Key(
        "The rows, by the value of the field `by`; a cell left out is none. The row `otherwise` holds for every value"
        " without a row.",
        {
            "type": ["object", "null"],
            "additionalProperties": {"type": ["object", "null"], "additionalProperties": _CELL},
        },
        True,
    ),
    "otherwise": Key(
        "`none`: the columns are none for a value without a row. Left out, they are unknown.",
        {"const": NO_CELLS},
    ),
}

SOURCE: Mapping[str, Key] = {
    "document": Key("The short name of the document.", _TEXT, True),
    "section": Key("The section of the document; that of the clauses, if left out.", _TEXT),
    "clause": Key(
        "The clause of the document, or a list of them.",
        {"oneOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]},
    ),
}

RULE: Mapping[str, Key] = {
    "about": Key("The kind of fact that the rule is about.", _TEXT, True),
    "title": Key("The rule in a few words; its name, if left out.", _TEXT),
    "applies": Key("Where the rule applies; everywhere, if left out.", _ref("condition")),
    "require": Key("The condition that must hold.", _ref("condition")),
    "when": Key("The condition under which the rule concludes or advises; always, if left out.", _ref("condition")),
    "conclude": Key(
        "The fields that get a value, and the value of each.",
        {"type": "object", "additionalProperties": SCALAR, "minProperties": 1},
    ),
    "advise": Key("What to tell, as a template.", _TEXT),
    "severity": Key(
        "blocking decides the verdict, warning and note do not.",
        {"enum": [severity.value for severity in RuleSeverity]},
    ),
    "source": Key("Where the rule comes from: one source, or a list of them with the main one first.", _SOURCES),
    "explain": Key("The reason in words, as a template.", _TEXT),
    "remedy": Key("What to do when a requirement is violated, as a template.", _TEXT),
    "rationale": Key("Why the rule is there.", _TEXT),
}

RELATED: Mapping[str, Key] = {
    "of": Key("The kind of the related facts.", _TEXT, True),
    "through": Key("Their field that refers to the subject; may be left out where they have only one.", _TEXT),
    "where": Key("The condition on each related fact.", _ref("condition")),
}

SUM: Mapping[str, Key] = {"field": Key("The number field that is added up.", _TEXT, True), **RELATED}

#: The keys of a field that a column does not have.
NOT_OF_COLUMNS = frozenset({"computed", "may_be_given", "changeable", "changes"})

OPERATORS: Mapping[str, Key] = {
    **{word: Key(written.keyword.about, written.operator.schema) for word, written in KEYWORDS.items()},
    IGNORE_CASE: Key(IGNORE_CASE_ABOUT, IGNORE_CASE_SCHEMA),
}

OPERATIONS: Mapping[str, Key] = {name: Key(function.about, function.schema) for name, function in FUNCTIONS.items()}

EXPRESSIONS: Mapping[str, Key] = {
    "field": Key("A field, or one reached through references, as in `manager.grade`.", _TEXT),
    "parameter": Key("A parameter of the rulebook.", _TEXT),
    "count": Key("How many related facts there are.", _ref("related")),
    "sum": Key("The sum of a number field over related facts.", _ref("sum")),
    **OPERATIONS,
}

TESTS_FILE: Mapping[str, Key] = {
    "rulebook": Key("The name of the rulebook that is tested.", _TEXT),
    "bases": Key(
        "Facts that several tests start from, by name, as in a case file.",
        {"type": ["object", "null"], "additionalProperties": {"$ref": "#/$defs/facts"}},
    ),
    "tests": Key("The tests.", {"type": "array", "items": {"$ref": "#/$defs/test"}, "minItems": 1}, True),
}

TEST: Mapping[str, Key] = {
    "name": Key("What the test shows, in a few words; unique.", _TEXT, True),
    "as_of": Key("The date the case is judged on; the edition's, if left out.", DATE),
    "base": Key("The base whose facts the test starts from.", _TEXT),
    "given": Key(
        "The facts, as in a case file; over a base, only what differs. Facts are merged by their `ref`, and `~` removes"
        " a field, or all facts of a kind.",
        _ref("facts"),
    ),
    "replace": Key("The facts that replace all facts of their kinds in the base.", _ref("facts")),
    "expect": Key("What has to come out.", _ref("expected"), True),
}

EXPECTED: Mapping[str, Key] = {
    "verdict": Key("The verdict, of the case or of the subject.", {"enum": [verdict.value for verdict in Verdict]}),
    "outcomes": Key(
        "The outcomes of rules, for every subject that they are about.",
        {"type": ["object", "null"], "additionalProperties": {"enum": [outcome.value for outcome in Outcome]}},
    ),
    "values": Key(
        "Values of fields; `unknown` and `none` too.",
        {"type": ["object", "null"], "additionalProperties": {"type": ["string", "number", "boolean"]}},
    ),
    "missing": Key("The fields that are asked for: these and no others.", {"type": "array", "items": _TEXT}),
}

#: The expected results of a case: of every subject, and of single subjects by their ref.
EXPECTED_OF_CASE: Mapping[str, Key] = {
    **EXPECTED,
    "subjects": Key(
        "What has to come out for single subjects, by their ref.",
        {"type": ["object", "null"], "additionalProperties": _ref("expected_of_subject")},
    ),
    "error": Key("The code of the error that the case has to end in.", _TEXT),
}
