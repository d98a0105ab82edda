"""A type of field: its properties, and each part of the product that reads them."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from jsonschema import Draft202012Validator

from batches import run
from evaluating import evaluate
from language_entries import LANGUAGE_PAGE
from language_trials import AS_OF, parsed
from rulewright.ask.interview import Place, Stated
from rulewright.ask.tried_answers import TriedAnswers
from rulewright.batch.rows import Rows
from rulewright.explain.wording import show_value
from rulewright.fix.variables import variables_of
from rulewright.language.types.entry import Mismatch, ValueType
from rulewright.lint.representatives import representatives
from rulewright.lint.terms import Terms
from rulewright.model.dependencies import conditions_of
from rulewright.model.facts import Case, Fact
from rulewright.model.languages import Language
from rulewright.model.outcomes import Outcome
from rulewright.model.rulebook import Field, Rulebook
from rulewright.model.values import FieldType, Known
from rulewright.parse.rulebook import parse_rulebook
from rulewright.schemas import case_schema
from rulewright.text_environment import FORMATS

#: For each type: values as JSON has them with what is read from each, a value that is none, and more keys of a field.
VALUES: Mapping[FieldType, tuple[Mapping[Any, Known], Any, str]] = {
    FieldType.TEXT: ({"ab": "ab", "e\u0301": "é", "no": "no"}, 3, ""),
    FieldType.CHOICE: ({"red": "red", "blue": "blue"}, "green", ", of: [red, blue]"),
    FieldType.REFERENCE: ({"r0": "r0"}, 3, ", to: thing"),
    FieldType.YES_NO: ({True: True, False: False}, "yes", ""),
    FieldType.WHOLE_NUMBER: ({3: 3, -4: -4}, 3.5, ""),
    FieldType.DECIMAL: ({3.5: Decimal("3.5"), 3: Decimal(3)}, "3.5", ""),
    FieldType.DATE: ({"2024-02-29": date(2024, 2, 29)}, "2023-02-29", ""),
}


def field_of(type_: FieldType) -> Field:
    return rulebook_of(type_).kinds["thing"].fields["x"]


def text_of(type_: FieldType) -> str:
    values, _, more = VALUES[type_]
    return f"""\
rulebook: trial
edition: 2024-01-01
language: 1
title: Trial
documents: {{page: {{title: Page}}}}
facts: {{thing: {{fields: {{x: {{type: {type_.value}, changes: {{}}{more}}}, note: {{type: text}}}}}}}}
rules:
  is-first: {{about: thing, require: {{x: {_as_written(next(iter(values)))}}}, source: {{document: page}}}}
"""


def rulebook_of(type_: FieldType) -> Rulebook:
    return parsed(text_of(type_))


def _as_written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _plain(value: Any) -> tuple[str, bool]:
    """A scalar of JSON as its text, and whether it has no quotes."""
    return (value, False) if isinstance(value, str) else (json.dumps(value), True)


# --- properties -------------------------------------------------------------------------------------------------------


def incomplete_type(entry: ValueType, page: str | None = None) -> list[str]:
    """Return the names of the properties that a type lacks, or that contradict each other."""
    page = LANGUAGE_PAGE.read_text(encoding="utf-8") if page is None else page
    return [f"{entry.type.value}: {name}" for name, is_there in _checks(entry, page) if not _holds(is_there)]


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (TypeError, AttributeError, duckdb.Error):  # the property is missing, or of another shape
        return False


def _checks(entry: ValueType, page: str) -> Iterator[tuple[str, Callable[[], bool]]]:
    values, wrong, _ = VALUES[entry.type]
    declared, known = field_of(entry.type), set(values.values())
    yield "expected", lambda: bool(entry.expected)
    yield "family", lambda: bool(entry.family)
    yield (
        "read",
        lambda: (
            all(entry.read(*_plain(came)) == value for came, value in values.items())
            and (entry.type is FieldType.CHOICE or isinstance(entry.read(*_plain(wrong)), Mismatch))
        ),
    )
    yield "schema", lambda: all(Draft202012Validator(entry.schema(declared)).is_valid(came) for came in values)
    yield "sql", lambda: duckdb.sql(f"SELECT CAST(NULL AS {entry.sql}) AS x").types[0] is not None
    yield "columns", lambda: entry.sql.split("(")[0] in entry.columns
    yield "tried", lambda: known & set(entry.tried(declared, known, AS_OF, "filler")) != set()
    yield "every", lambda: entry.every(declared) is None or known <= set(entry.every(declared) or ())
    yield "further", lambda: {type(one) for one in entry.further(declared, [1], [AS_OF])} <= set(map(type, known))
    yield "ordered", lambda: _is_in_order(entry, sorted(known, key=str))
    yield "is_text", lambda: entry.is_text is isinstance(next(iter(known)), str)
    yield "synonyms", lambda: bool(entry.synonyms) and all(entry.synonyms.values())
    yield "docs", lambda: f"\n| `{entry.type.value}` |" in page


def _is_in_order(entry: ValueType, known: list[Known]) -> bool:
    if entry.ordered is None:
        return isinstance(known[0], str | bool)
    step = entry.ordered.least_step(2)
    before: Any = known[0]
    after: Any = entry.ordered.moved(before, 3, step)
    return before < after and entry.ordered.is_possible(after) and entry.ordered.moved(after, -3, step) == before


def type_without(entry: ValueType, name: str) -> ValueType:
    """Return a type that lacks a property."""
    return dataclasses.replace(entry, **{name: not entry.is_text if name == "is_text" else None})


# --- consumers --------------------------------------------------------------------------------------------------------


def _parse(type_: FieldType) -> None:
    assert field_of(type_).type is type_
    wrong = text_of(type_).replace(f"type: {type_.value}", "type: nonsense")
    assert "R004" in [one.code for one in parse_rulebook(wrong.encode(), "trial.yaml")[1]]


def _case_schema(type_: FieldType) -> None:
    values, wrong, _ = VALUES[type_]
    validator = Draft202012Validator(case_schema(rulebook_of(type_)))
    assert all(validator.is_valid({"thing": {"x": value}}) for value in values)
    # a schema for editors knows no calendar, and takes the yes of YAML 1.2
    assert type_ in (FieldType.DATE, FieldType.YES_NO) or not validator.is_valid({"thing": {"x": wrong}})
    assert not validator.is_valid({"thing": {"x": ["a"]}})


def _columns(type_: FieldType) -> None:
    """Rows of JSON Lines and of CSV: each value is read as it is, and the value that is none is rejected."""
    values, wrong, _ = VALUES[type_]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trial" / "2024-01-01.yaml"
        path.parent.mkdir()
        path.write_text(text_of(type_), encoding="utf-8")
        rows = [json.dumps({"ref": f"r{place}", "note": "n", "x": came}) for place, came in enumerate([*values, wrong])]
        cells = ["ref,note,x", *(f"r{place},n,{_cell(came)}" for place, came in enumerate([*values, wrong]))]
        for name, lines in (("things.jsonl", rows), ("things.csv", cells)):
            file = Path(folder) / name
            file.write_text("\n".join(lines) + "\n", encoding="utf-8")
            came = run([file], path.parent, Path(folder) / "out.jsonl", rows=Rows("thing"), as_of=AS_OF)
            assert came.output is not None
            found = [json.loads(line)["verdict"] for line in came.output.decode().splitlines()]
            first = next(iter(values.values()))
            expected = ["ready" if value == first else "not_ready" for value in values.values()]
            # a cell has no quotes, so that it is read as its field is
            read_as_well = name.endswith(".csv") and type_ in _CELLS
            assert found[: len(values)] == expected and len(found) == len(values) + read_as_well, (name, found)
            assert bool(came.rejected) is not read_as_well


#: The types for which the value that is none in JSON is one in a cell.
_CELLS = (FieldType.TEXT, FieldType.YES_NO, FieldType.DECIMAL)


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _lint(type_: FieldType) -> None:
    rulebook = rulebook_of(type_)
    (tried,) = representatives(conditions_of(rulebook.rules["is-first"]), Terms("thing", rulebook)).values()
    first = next(iter(VALUES[type_][0].values()))
    assert first in tried and any(value != first for value in tried)


def _ask(type_: FieldType) -> None:
    rulebook = rulebook_of(type_)
    case = Case("case", AS_OF, {"thing": (Fact("thing", "f", {}), Fact("thing", "r0", {}))})
    found = TriedAnswers(rulebook).of(Place("thing", "f", "x"), case)
    values = [answer.value for answer in found if isinstance(answer, Stated)]
    assert len(values) > 1
    kinds = {type(value) for value in VALUES[type_][0].values()}
    assert all(isinstance(value, (int, Decimal) if kinds == {Decimal} else tuple(kinds)) for value in values)


def _fix(type_: FieldType) -> None:
    rulebook = rulebook_of(type_)
    first, *_ = VALUES[type_][0].values()
    case = Case("case", AS_OF, {"thing": (Fact("thing", "f", {"x": first}), Fact("thing", "r0", {}))})
    (variable,) = variables_of(rulebook, case).values()
    assert variable.choices.number > 1 and variable.value(1) != variable.value(0) == first


def _explain(type_: FieldType) -> None:
    declared = field_of(type_)
    for language in Language:
        shown = [show_value(declared, value, FORMATS[language]) for value in VALUES[type_][0].values()]
        assert all(shown) and len(set(shown)) == len(shown)


def _engine(type_: FieldType) -> None:
    rulebook = rulebook_of(type_)
    first = next(iter(VALUES[type_][0].values()))
    for value in VALUES[type_][0].values():
        result = evaluate(rulebook, Case("case", AS_OF, {"thing": (Fact("thing", "f", {"x": value}),)}))
        expected = Outcome.MET if value == first else Outcome.VIOLATED
        assert result.subjects[0].outcomes["is-first"] is expected


TYPE_CONSUMERS: Mapping[str, Callable[[FieldType], None]] = {
    "parse": _parse,
    "schema": _case_schema,
    "engine": _engine,
    "columns": _columns,
    "lint": _lint,
    "ask": _ask,
    "fix": _fix,
    "explain": _explain,
}
