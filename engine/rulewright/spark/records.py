"""What is written of each case, from what its subjects came to."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rulewright.model.outcomes import Verdict
from rulewright.model.rulebook import Rulebook
from rulewright.observe.columns import CASE as CASE_COLUMN
from rulewright.observe.columns import REF, ROW
from rulewright.spark.cases import CASE, WRONG
from rulewright.spark.expressions import WRONG_TYPE, column
from rulewright.spark.observing import LISTED, VERDICTS

VERDICT_DETAIL, FINDINGS_DETAIL = "verdict", "findings"

_FINDINGS = "array<struct<rule: string, outcome: string, severity: string>>"
_SUBJECTS = f"array<struct<kind: string, ref: string, verdict: string, findings: {_FINDINGS}>>"


def judged_alone(subjects: DataFrame, kind: str, rulebook: Rulebook, detail: str) -> DataFrame:
    """The records of cases of which each is one subject, with what contradicts itself beside them as `wrong`."""
    if detail == FINDINGS_DETAIL:
        columns = [F.array(_subject(kind)).cast(_SUBJECTS).alias("subjects")]
    else:
        columns = [_names(column(name), rulebook).alias(name) for name in LISTED]
    case = column(CASE_COLUMN).alias(CASE)
    return subjects.select(case, _verdict(column("verdict")).alias("verdict"), *columns, WRONG)


def judged_together(cases: DataFrame, subjects: Mapping[str, DataFrame], rulebook: Rulebook, detail: str) -> DataFrame:
    """The records of cases of several subjects, `cases` being all of them, with `wrong` beside them."""
    parts = []
    for number, kind in enumerate(rulebook.kinds):
        if kind in subjects:
            entry = _subject(kind) if detail == FINDINGS_DETAIL else F.lit(None)
            order = [F.lit(number).alias("kind_number"), column(ROW).alias("number")]
            parts.append(
                subjects[kind].select(
                    column(CASE_COLUMN).alias(CASE), *order, "verdict", *LISTED, entry.alias("entry"), WRONG
                )
            )
    # cases that list no more than empty kinds have a record, too
    everything = cases.select(
        CASE,
        F.lit(-1).alias("kind_number"),
        F.lit(0).cast("bigint").alias("number"),
        F.lit(0).alias("verdict"),
        *(F.array().cast("array<int>").alias(name) for name in LISTED),
        F.lit(None).alias("entry"),
        F.lit(None).cast(WRONG_TYPE).alias(WRONG),
    )
    for part in parts:
        everything = everything.unionByName(part)
    place = F.struct("kind_number", "number")
    aggregates = [
        F.max("verdict").alias("verdict"),
        F.min_by(WRONG, F.when(column(WRONG).isNotNull(), place)).alias(WRONG),
    ]
    if detail == FINDINGS_DETAIL:
        entries = F.array_sort(
            F.collect_list(F.when(column("kind_number") >= 0, F.struct(place.alias("place"), "entry")))
        )
        columns = [entries.getField("entry").cast(_SUBJECTS).alias("subjects")]
    else:
        aggregates += [F.array_sort(F.array_distinct(F.flatten(F.collect_list(name)))).alias(name) for name in LISTED]
        columns = [_names(column(name), rulebook).alias(name) for name in LISTED]
    if detail == FINDINGS_DETAIL:
        aggregates.append(columns.pop())
        columns = [column("subjects")]
    grouped = everything.groupBy(CASE).agg(*aggregates)
    return grouped.select(CASE, _verdict(column("verdict")).alias("verdict"), *columns, WRONG)


def _subject(kind: str) -> Column:
    verdict = _verdict(column("verdict"))
    return F.struct(F.lit(kind).alias("kind"), column(REF).alias("ref"), verdict.alias("verdict"), "findings")


def _verdict(number: Column) -> Column:
    chosen = F.when(number == 0, VERDICTS[0].value)
    for position, verdict in enumerate(VERDICTS[1:], 1):
        chosen = chosen.when(number == position, verdict.value)
    return chosen


def _names(numbers: Column, rulebook: Rulebook) -> Column:
    names = F.array(*(F.lit(name) for name in rulebook.rules)).cast("array<string>")
    return F.transform(numbers, lambda number: F.get(names, number))


def verdicts(records: DataFrame) -> dict[Verdict, int]:
    """How many records have each verdict."""
    counts = {row["verdict"]: row["count"] for row in records.groupBy("verdict").count().collect()}
    return {verdict: counts.get(verdict.value, 0) for verdict in Verdict}
