"""Cases in Spark: rows typed by a rulebook's vocabulary, each with its name, its date and what is wrong with it."""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from pathlib import PurePosixPath
from urllib.parse import unquote

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from rulewright.model.rulebook import Kind, Rulebook
from rulewright.model.values import FieldType
from rulewright.observe.columns import value_column
from rulewright.spark.cells import problem_of, value_of
from rulewright.spark.expressions import (
    WRONG_TYPE,
    column,
    first_wrong,
    nothing,
    short,
    small_frame,
    wrong,
)
from rulewright.spark.facts import REF
from rulewright.spark.problems import Problems, noted
from rulewright.spark.rows import BLANK, BLOCK, FILE, PLACE, RAW, Rows, listed_kind, wrong_kind

CASE, AS_OF, STATED_AS_OF, MINE, HEADLESS, WRONG = "case", "as_of", "stated_as_of", "mine", "headless", "wrong"


@dataclass(frozen=True, slots=True)
class Form:
    """How cases stand in the rows: each a case of all its kinds, or each a fact of one `kind`.

    `grouped` facts are of one case where their `case` is the same.
    """

    kind: str | None = None
    grouped: bool = False


@dataclass(frozen=True, slots=True)
class Dates:
    """On which day cases are judged: `on` if it is given, else their own, else `today`.

    `of_program` are the days of those that are judged by this program; none for all.
    """

    on: date | None
    today: date
    of_program: Collection[date] | None = None

    def column(self, stated: Column) -> Column:
        """The day of each case, from what it states."""
        return F.lit(self.on) if self.on is not None else F.coalesce(stated, F.lit(self.today))


def with_header(rows: Rows, form: Form) -> DataFrame:
    """The rows with the name and the date that they state, and what is wrong with these (`headless`)."""
    case, as_of = rows.header(CASE, FieldType.TEXT), rows.header(AS_OF, FieldType.DATE)
    problems = Problems()
    note = F.coalesce(
        noted(problem_of(CASE, case, FieldType.TEXT, problems), case.type, case.text),
        noted(problem_of(AS_OF, as_of, FieldType.DATE, problems), as_of.type, as_of.text),
    )
    frame = rows.frame.withColumns({"unsound": rows.unsound(), "header": note})
    columns = {
        HEADLESS: F.coalesce("unsound", problems.told(column("header"))),
        CASE: value_of(case),
        STATED_AS_OF: value_of(as_of),
    }
    if form.kind is not None:
        # without a case of its own, a fact is a case that is called as it is
        ref = rows.header(REF, FieldType.TEXT)
        named = F.when(problem_of(REF, ref, FieldType.TEXT, Problems()).isNull(), value_of(ref))
        columns[CASE] = F.coalesce(columns[CASE], named)
    frame = frame.withColumns(columns)
    if form.grouped:
        together = Window.partitionBy(CASE)
        first, last = F.min(STATED_AS_OF).over(together), F.max(STATED_AS_OF).over(together)
        two = wrong("F010", "`as_of` is ", first.cast("string"), " and ", last.cast("string"), " in the same case")
        differ = column(HEADLESS).isNull() & column(CASE).isNotNull() & (first != last)
        frame = frame.withColumns({HEADLESS: F.coalesce(column(HEADLESS), F.when(differ, two)), STATED_AS_OF: first})
    return frame


def typed_cases(rows: Rows, headed: DataFrame, form: Form, rulebook: Rulebook, dates: Dates, first: bool) -> DataFrame:
    """The rows typed by a rulebook: `mine` are those that are judged by it, and only these are filled.

    Rows without a sound header are told by the `first` of several programs. `raw` is kept where something is wrong.
    """
    as_of = dates.column(column(STATED_AS_OF))
    mine = ~column(BLANK)
    if dates.of_program is not None:
        of_program = as_of.isin(*dates.of_program)
        mine = mine & F.when(column(HEADLESS).isNotNull(), F.lit(first)).otherwise(of_program)
    frame = headed.withColumns({AS_OF: as_of, MINE: mine})
    if form.kind is not None:
        kind = rulebook.kinds[form.kind]
        frame = rows.with_fact(frame, kind, rulebook)
        told = [column(HEADLESS), column("w_fact")]
        if not form.grouped:
            told.append(_wrong_references_of_one(kind))
        facts = {"fact": F.when(column(MINE), column("fact"))}
    else:
        frame = rows.with_kinds(frame, rulebook)
        told = [column(HEADLESS), column("unknown_kind"), *_wrong_facts(rulebook)]
        facts = {listed_kind(kind): F.when(column(MINE), column(listed_kind(kind))) for kind in rulebook.kinds}
    if not rows.in_files:
        told.append(F.when(column(CASE).isNull(), wrong("F003", "`case`: nothing stands where a text is expected")))
    frame = frame.withColumn(WRONG, F.when(column(MINE), F.coalesce(*told)))
    kept = F.when(column(WRONG).isNotNull(), column(RAW))
    return frame.select(
        FILE,
        BLOCK,
        PLACE,
        BLANK,
        MINE,
        (column(HEADLESS).isNotNull()).alias(HEADLESS),
        CASE,
        AS_OF,
        WRONG,
        kept.alias(RAW),
        *(value.alias(name) for name, value in facts.items()),
    )


def _wrong_references_of_one(kind: Kind) -> Column:
    """What is wrong with the references of a fact that is the only one of its case."""
    fact, checks = column("fact"), []
    for field in kind.fields.values():
        if field.refers_to is not None and field.may_be_given:
            value = fact.getField(value_column(field.name))
            missing = value.isNotNull()
            if field.refers_to == kind.name:
                missing = missing & (value != fact.getField(REF))
            checks.append((missing, _not_in_the_case(field.name, field.refers_to, value)))
    return first_wrong(checks)


def _not_in_the_case(field: str, refers_to: str, value: Column) -> Column:
    return wrong("F007", f"`{field}`: the {refers_to} `", short(value), "` is not in this case")


def _wrong_facts(rulebook: Rulebook) -> list[Column]:
    """What is wrong with the facts of a case by themselves, and with them together."""
    listed = {kind: column(listed_kind(kind)) for kind in rulebook.kinds}
    refs = {kind: facts.getField(REF) for kind, facts in listed.items()}
    found = [column(wrong_kind(kind)) for kind in listed]
    found += [_same_refs(kind, of_kind) for kind, of_kind in refs.items()]
    nothing_stated = reduce(operator.and_, (facts.isNull() for facts in listed.values()))
    found.append(F.when(nothing_stated, wrong("F011", "the case states no facts")))
    return [
        *found,
        *(each for kind in rulebook.kinds.values() for each in _wrong_references(kind, listed[kind.name], refs)),
    ]


def _wrong_references(kind: Kind, facts: Column, refs: Mapping[str, Column]) -> Iterator[Column]:
    """What is wrong with the references of facts to the facts of their case, by kind."""
    nobody = F.array().cast("array<string>")
    for field in kind.fields.values():
        if field.refers_to is not None and field.may_be_given:
            known = F.coalesce(refs[field.refers_to], nobody) if field.refers_to in refs else nobody
            values = facts.getField(value_column(field.name))
            missing = F.get(F.array_except(F.array_compact(values), known), 0)
            yield F.when(missing.isNotNull(), _not_in_the_case(field.name, field.refers_to, missing))


def _same_refs(kind: str, refs: Column) -> Column:
    """What is wrong where two facts of a kind have the same ref."""
    again = F.filter(refs, lambda ref: F.size(F.filter(refs, lambda other: other == ref)) > 1)
    told = wrong("F006", f"a second fact of the kind `{kind}` has the ref `", short(F.get(again, 0)), "`")
    return F.when(F.size(F.array_distinct(refs)) < F.size(refs), told)


# --- where rows are ---


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of all rows together: how many cases have no name, and where the lines of each file begin."""

    unnamed: int
    places: DataFrame


def survey(spark: SparkSession, typed: DataFrame) -> Survey:
    """Count the rows of a program, and where in its file each block of rows begins; this fills what is persisted."""
    counts = typed.groupBy(FILE, BLOCK).agg(
        F.count("*").alias("lines"),
        F.count_if(~column(BLANK)).alias("filled"),
        F.min(PLACE).alias("first"),
        F.count_if(column(MINE) & column(CASE).isNull() & column(WRONG).isNull()).alias("unnamed"),
    )
    blocks = sorted(counts.collect(), key=lambda row: (row[FILE] or "", row[BLOCK] or 0))
    filled: dict[str, int] = {}
    for row in blocks:
        filled[row[FILE]] = filled.get(row[FILE], 0) + row["filled"]
    before: dict[str, int] = {}
    places = []
    for row in blocks:
        if row[FILE] is None:
            continue
        start = before.get(row[FILE], 0)
        # rows of Parquet have their number in the file; those of text files one that is theirs among all rows
        places.append((row[FILE], row[BLOCK], start + 1 - row["first"], _stem(row[FILE]), filled[row[FILE]] > 1))
        before[row[FILE]] = start + row["lines"]
    types = {FILE: "string", BLOCK: "bigint", "shift": "bigint", "stem": "string", "several": "boolean"}
    return Survey(sum(row["unnamed"] for row in blocks), small_frame(spark, types, places))


def _stem(file: str) -> str:
    return PurePosixPath(unquote(file)).name.split(".")[0] or "case"


def with_lines(frame: DataFrame, found: Survey) -> DataFrame:
    """The frame with the number of each row in its file, as `line`."""
    return frame.join(found.places, [FILE, BLOCK], "left").withColumn("line", column(PLACE) + column("shift"))


def named_by_line(typed: DataFrame, found: Survey) -> DataFrame:
    """The cases, those without a name called as their file, with their number where it has several."""
    frame = with_lines(typed, found)
    named = F.concat(
        column("stem"),
        F.when(column("several"), F.concat(F.lit("-"), column("line").cast("string"))).otherwise(F.lit("")),
    )
    return frame.withColumn(CASE, F.coalesce(CASE, F.when(column(MINE) & ~column(HEADLESS), named))).select(
        *typed.columns
    )


# --- cases and their names ---


def namesakes(cases: DataFrame, in_files: bool) -> DataFrame | None:
    """The rows whose case has the name of one before them; none where all have names of their own.

    Where rows have no order these are all of that name.
    """
    named = cases.where(_is_named())
    hashes = named.select(F.xxhash64(CASE).alias("hash")).groupBy("hash").count().where("count > 1").select("hash")
    if not hashes.take(1):
        return None
    suspects = named.withColumn("hash", F.xxhash64(CASE)).join(hashes, "hash", "left_semi")
    window = Window.partitionBy(CASE)
    number = F.row_number().over(window.orderBy(FILE, BLOCK, PLACE)) if in_files else F.count("*").over(window)
    again = suspects.withColumn("number", number).where("number > 1").withColumn("again", F.lit(True))
    return again.select(FILE, BLOCK, PLACE, "again") if in_files else again.select(CASE, "again").distinct()


def told_apart(typed: DataFrame, again: DataFrame | None) -> DataFrame:
    """The cases with what is wrong with those that `namesakes` found."""
    if again is None:
        return typed
    marked = typed.join(again, [name for name in again.columns if name != "again"], "left")
    second = F.when(_is_named() & column("again"), wrong("F012", "a second case is called `", short(column(CASE)), "`"))
    return marked.withColumn(WRONG, F.coalesce(second, WRONG)).select(*typed.columns)


def _is_named() -> Column:
    return column(MINE) & ~column(HEADLESS) & column(CASE).isNotNull()


def grouped_cases(typed: DataFrame, kind: Kind) -> DataFrame:
    """Cases of the facts of one kind, which stand in rows of their own: as they would come from nested rows."""
    mine = typed.where(column(MINE) & column(CASE).isNotNull())
    entry = F.struct(FILE, BLOCK, PLACE, "fact", WRONG, RAW)
    entries = F.array_sort(F.collect_list(entry), _in_file_order)
    frame = mine.groupBy(CASE).agg(F.first(AS_OF).alias(AS_OF), entries.alias("entries"))
    at_fault = F.get(F.filter("entries", lambda each: each.getField(WRONG).isNotNull()), 0).getField(WRONG)
    facts = column("entries").getField("fact")
    refs = facts.getField(REF)
    return frame.select(
        CASE,
        AS_OF,
        F.coalesce(
            at_fault,
            _same_refs(kind.name, refs),
            *_wrong_references(kind, facts, {kind.name: refs}),
            nothing(WRONG_TYPE),
        ).alias(WRONG),
        facts.alias(listed_kind(kind.name)),
    )


def _in_file_order(left: Column, right: Column) -> Column:
    order: Column = F.lit(0)
    for name in (PLACE, BLOCK, FILE):
        first, second = left.getField(name), right.getField(name)
        order = F.when(first < second, F.lit(-1)).when(first > second, F.lit(1)).otherwise(order)
    return order


def base_facts(cases: DataFrame, form: Form, kind: str, listed: Mapping[str, str]) -> DataFrame:
    """The facts of a kind as rows: their number in their case, the case, its date, and `fact`, for sound cases."""
    sound = cases.where(column(WRONG).isNull())
    if form.kind is not None and not form.grouped:
        found = sound if form.kind == kind else sound.where(F.lit(False))
        flags = [F.lit(other == form.kind).alias(name) for name, other in listed.items()]
        fact = column("fact")
        if form.kind != kind:
            return found.select(F.lit(0).cast("bigint").alias("number"), CASE, AS_OF, *flags)
        return found.select(F.lit(0).cast("bigint").alias("number"), CASE, AS_OF, fact, *flags)
    present = [name for name in cases.columns if name.startswith("k_")]
    flags = [
        (column(listed_kind(other)).isNotNull() if listed_kind(other) in present else F.lit(False)).alias(name)
        for name, other in listed.items()
    ]
    if listed_kind(kind) not in present:
        return sound.where(F.lit(False)).select(F.lit(0).cast("bigint").alias("number"), CASE, AS_OF, *flags)
    exploded = F.posexplode(listed_kind(kind)).alias("number", "fact")
    return sound.select(CASE, AS_OF, *flags, exploded).withColumn("number", column("number").cast("bigint"))
