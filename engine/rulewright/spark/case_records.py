"""The records of cases, from the results of their subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import Column, DataFrame, functions as F

from rulewright.batch.options import Detail
from rulewright.batch.records import NAMED, RANKS, answer_of
from rulewright.batch.rows import CASE
from rulewright.model.outcomes import CaseResult, Outcome, SubjectResult
from rulewright.model.rulebook import Rule, Rulebook
from rulewright.spark.builders import column
from rulewright.spark.case_rows import KEY

#: Columns with the results of the subjects of a case.
RANK, CONFLICT, FINDINGS, NUMBER, REF = "rank", "conflict", "findings", "number", "ref"
LISTS = tuple(outcome.value for outcome in NAMED)
FINDING = "struct<rule: string, outcome: string, severity: string>"
_SUBJECTS = f"array<struct<kind: string, ref: string, verdict: string, findings: array<{FINDING}>>>"


def record_types(detail: Detail) -> dict[str, str]:
    """Return the columns of records with their Spark types."""
    more = {"subjects": _SUBJECTS} if detail is Detail.FINDINGS else dict.fromkeys(LISTS, "array<string>")
    return {CASE: "string", "verdict": "string", **more}


def findings(rules: Sequence[Rule], outcomes: Mapping[str, Outcome]) -> list[dict[str, str]]:
    """Return the outcomes of rules about a subject as data."""
    return [
        {"rule": rule.name, "outcome": outcomes[rule.name].value, "severity": rule.severity.value} for rule in rules
    ]


def record(rulebook: Rulebook, result: CaseResult, detail: Detail) -> tuple[Any, ...]:
    """Return the record of a case evaluated on the driver, in the order of the columns."""
    answer = answer_of(rulebook, result)
    if detail is not Detail.FINDINGS:
        return (result.case, answer.verdict.value, *(list(rules) for rules in answer.rules))
    return (result.case, answer.verdict.value, [_subject_of(rulebook, subject) for subject in result.subjects])


def _subject_of(rulebook: Rulebook, subject: SubjectResult) -> dict[str, Any]:
    told = findings(rulebook.rules_about(subject.kind), subject.outcomes)
    return {"kind": subject.kind, "ref": subject.ref, "verdict": subject.verdict.value, "findings": told}


def single_subject_records(subjects: DataFrame, kind: str, rulebook: Rulebook, detail: Detail) -> DataFrame:
    """Return the records of cases with one subject each, with their key and a flag for contradictions."""
    if detail is Detail.FINDINGS:
        columns = [F.array(_subject(kind)).cast(_SUBJECTS).alias("subjects")]
    else:
        columns = [_names(column(name), rulebook).alias(name) for name in LISTS]
    return subjects.select(KEY, CASE, _verdict(column(RANK)).alias("verdict"), *columns, CONFLICT)


def case_records(cases: DataFrame, subjects: Mapping[str, DataFrame], rulebook: Rulebook, detail: Detail) -> DataFrame:
    """Return the records of all `cases`, which can have several subjects, as `single_subject_records` does."""
    is_findings = detail is Detail.FINDINGS
    nothing = F.lit(None).cast(_SUBJECTS[len("array<") : -1])
    # a case that lists only empty kinds also has a record
    everything = cases.select(
        KEY,
        CASE,
        F.lit(-1).alias("kind_number"),
        F.lit(0).cast("bigint").alias(NUMBER),
        F.lit(0).alias(RANK),
        F.lit(False).alias(CONFLICT),
        *([nothing.alias("entry")] if is_findings else [F.array().cast("array<int>").alias(name) for name in LISTS]),
    )
    for number, kind in enumerate(rulebook.kinds):
        if kind in subjects:
            told = [_subject(kind).alias("entry")] if is_findings else [column(name) for name in LISTS]
            part = subjects[kind].select(KEY, CASE, F.lit(number).alias("kind_number"), NUMBER, RANK, CONFLICT, *told)
            everything = everything.unionByName(part)
    aggregates = [F.first(CASE).alias(CASE), F.max(RANK).alias(RANK), F.bool_or(CONFLICT).alias(CONFLICT)]
    if is_findings:
        placed = F.struct("kind_number", NUMBER, "entry")
        aggregates.append(F.collect_list(F.when(column("kind_number") >= 0, placed)).alias("entries"))
        entries = F.array_sort("entries", _in_order)
        columns = [entries.getField("entry").cast(_SUBJECTS).alias("subjects")]
    else:
        aggregates += [F.array_sort(F.array_distinct(F.flatten(F.collect_list(name)))).alias(name) for name in LISTS]
        columns = [_names(column(name), rulebook).alias(name) for name in LISTS]
    grouped = everything.groupBy(KEY).agg(*aggregates)
    return grouped.select(KEY, CASE, _verdict(column(RANK)).alias("verdict"), *columns, CONFLICT)


def _in_order(left: Column, right: Column) -> Column:
    order: Column = F.lit(0)
    for name in (NUMBER, "kind_number"):
        first, second = left.getField(name), right.getField(name)
        order = F.when(first < second, F.lit(-1)).when(first > second, F.lit(1)).otherwise(order)
    return order


def _subject(kind: str) -> Column:
    verdict = _verdict(column(RANK))
    return F.struct(F.lit(kind).alias("kind"), column(REF).alias("ref"), verdict.alias("verdict"), column(FINDINGS))


def _verdict(rank: Column) -> Column:
    return F.get(F.array(*(F.lit(verdict.value) for verdict in RANKS)), rank)


def _names(numbers: Column, rulebook: Rulebook) -> Column:
    names = F.array(*(F.lit(name) for name in rulebook.rules)).cast("array<string>")
    return F.transform(numbers, lambda number: F.get(names, number))
