"""Apache Spark comes to the same results as the local engine, row for row, and tells of every row that it does not take."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulewright.compile.compiler import compile_rulebook
from rulewright.compile.program import Program
from rulewright.evaluate import Engine
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult, Outcome
from rulewright.model.rulebook import Rulebook
from rulewright.read.cases import read_case
from rulewright.read.documents import read_documents, told_apart
from strategies import books, cases_of, read

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

REQUIRED = "RULEWRIGHT_REQUIRE_SPARK" in os.environ
try:
    import pyspark  # noqa: F401
except ImportError:
    REASON = "pyspark is not installed: pip install 'rulewright[spark]'"
else:
    REASON = "" if shutil.which("java") or os.environ.get("JAVA_HOME") else "there is no Java"
pytestmark = pytest.mark.skipif(bool(REASON) and not REQUIRED, reason=REASON)

AS_OF = date(2026, 6, 1)


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        # no Python can run on a worker
        .config("spark.pyspark.python", "/bin/false")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    yield session
    session.stop()


# --- what the local engine says ---------------------------------------------------------------------------------------


def judged_here(data: bytes, name: str, program: Program, as_of: date = AS_OF) -> dict[str, CaseResult]:
    """The results of the cases of a file, as the local engine has them; cases at fault are left out."""
    documents, _ = told_apart(read_documents(data, name)[0])
    cases = [read_case(document, program.rulebook, document.as_of or as_of)[0] for document in documents]
    results = Engine(program).evaluate([case for case in cases if case is not None])
    return {result.case: result for result in results if result.verdict is not None}


def record(result: CaseResult, rulebook: Rulebook, detail: str) -> dict[str, Any]:
    """What is written of a case."""
    assert result.verdict is not None
    if detail == "findings":
        subjects = [
            {
                "kind": subject.kind,
                "ref": subject.ref,
                "verdict": subject.verdict.value,
                "findings": [
                    {
                        "rule": rule.name,
                        "outcome": subject.outcomes[rule.name].value,
                        "severity": rule.severity.value,
                    }
                    for rule in rulebook.rules_about(subject.kind)
                ],
            }
            for subject in result.subjects
        ]
        return {"case": result.case, "verdict": result.verdict.value, "subjects": subjects}
    listed = {}
    for outcome in (Outcome.VIOLATED, Outcome.UNKNOWN, Outcome.ADVISED):
        found = {name for subject in result.subjects for name, out in subject.outcomes.items() if out is outcome}
        listed[outcome.value] = [name for name in rulebook.rules if name in found]
    return {"case": result.case, "verdict": result.verdict.value, **listed}


def records(frame: DataFrame) -> list[dict[str, Any]]:
    return [row.asDict(recursive=True) for row in frame.collect()]


def as_json(cases: Sequence[Case]) -> str:
    """Cases as lines of JSON."""

    def plain(value: object) -> Any:
        if isinstance(value, Decimal):
            return f"<{value:f}>"
        return value.isoformat() if isinstance(value, date) else value

    lines = []
    for case in cases:
        facts = {
            kind: [{"ref": fact.ref, **{name: plain(value) for name, value in fact.values.items()}} for fact in found]
            for kind, found in case.facts.items()
        }
        line = json.dumps({"case": case.name, "as_of": case.as_of.isoformat(), **facts})
        lines.append(line.replace('"<', "").replace('>"', ""))
    return "\n".join(lines) + "\n"


# --- every operator, in both dialects ---------------------------------------------------------------------------------


@st.composite
def drawn(draw: Any) -> tuple[Rulebook, list[Case]]:
    rulebook = read(draw(books()))
    return rulebook, draw(cases_of(rulebook, most=8))


@settings(max_examples=int(os.environ.get("EX", "10")))
@given(found=drawn())
def test_random_rulebooks_come_out_as_they_do_here(
    found: tuple[Rulebook, list[Case]], spark: SparkSession, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from rulewright.spark import check_rows, json_lines

    rulebook, cases = found
    program = compile_rulebook(rulebook)
    file = tmp_path_factory.mktemp("cases") / "cases.jsonl"
    file.write_text(as_json(cases), encoding="utf-8")
    here = judged_here(file.read_bytes(), str(file), program)
    with check_rows(json_lines(spark, str(file)), program, detail="findings") as checked:
        there = {each["case"]: each for each in records(checked.records)}
        rejected = {row["case"] for row in checked.rejected.collect()}
    assert there == {name: record(result, rulebook, "findings") for name, result in here.items()}
    assert rejected == {case.name for case in cases} - set(here)
