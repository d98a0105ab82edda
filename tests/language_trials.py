"""Small rulebooks in which one word of the language is tried, and what tests of all words share."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

from batches import run
from rulewright.batch.rows import Rows
from rulewright.compile.compiler import compile_rulebook
from rulewright.model.facts import Case, Fact
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import FieldType, Known
from rulewright.observe.plan import Target, plan
from rulewright.parse.rulebook import parse_rulebook

AS_OF = date(2024, 5, 1)
SAMPLES: Mapping[FieldType, tuple[Known, ...]] = {
    FieldType.TEXT: ("ab", "abc", "a", "b", "", "Ab", "cab"),
    FieldType.WHOLE_NUMBER: (5, 3, 4, 6, 7),
    FieldType.DATE: (AS_OF, *(AS_OF + timedelta(days) for days in (-40, -1, 1, 40))),
}


def type_of(types: frozenset[FieldType] | None) -> FieldType:
    """Return the type whose samples a word is tried with."""
    return next(type_ for type_ in SAMPLES if types is None or type_ in types)


def as_yaml(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_yaml, value)) + "]"
    return json.dumps(value) if isinstance(value, str) else str(value)


def parsed(text: str) -> Rulebook:
    rulebook, diagnostics = parse_rulebook(text.encode(), "trial.yaml")
    assert rulebook is not None and not diagnostics, "\n".join(map(str, diagnostics))
    return rulebook


def fact(kind: str, **values: Known) -> Case:
    return Case("case", AS_OF, {kind: (Fact(kind, "f", values),)})


def thing(**values: Known) -> Case:
    return fact("thing", note="n", **values)


def verdicts_in_columns(text: str, cases: Sequence[Case]) -> list[str]:
    """Return the verdicts of a batch in columns, whose rows each have one fact."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        rulebook = Path(folder) / "trial" / "2024-01-01.yaml"
        rulebook.parent.mkdir()
        rulebook.write_text(text, encoding="utf-8")
        for kind in dict.fromkeys(kind for case in cases for kind in case.facts):
            facts = [one for case in cases for one in case.facts.get(kind, ())]
            rows = "".join(json.dumps({"ref": one.ref, **one.values}, default=str) + "\n" for one in facts)
            (Path(folder) / f"{kind}.jsonl").write_text(rows, encoding="utf-8")
            came = run(
                [Path(folder) / f"{kind}.jsonl"],
                rulebook.parent,
                Path(folder) / "out.jsonl",
                rows=Rows(kind),
                as_of=AS_OF,
            )
            assert came.output is not None and not came.rejected, came
            found += [json.loads(line)["verdict"] for line in came.output.decode().splitlines()]
    return found


def is_planned_for_spark(rulebook: Rulebook) -> None:
    """Compare the tests and values in queries for Spark with those for DuckDB, which other tests run."""
    of_duckdb, of_spark = (_columns(rulebook, dialect) for dialect in ("duckdb", "spark"))
    assert of_spark and of_spark == of_duckdb


def _columns(rulebook: Rulebook, dialect: str) -> list[tuple[str, str]]:
    """Return the tests and the computed values of all queries, in the words of Spark."""
    made = plan(compile_rulebook(rulebook), target=Target(dialect))
    texts = [*(step.create for step in made.steps), *(result.query for result in made.results.values())]
    queries = [sqlglot.parse_one(text, dialect=dialect) for text in texts]
    return [
        (column.alias, column.this.sql("spark"))
        for query in queries
        for column in query.find_all(exp.Alias)
        if column.alias[:1] == "t" or column.alias in ("f_c", "n_c")
    ]
