"""Cases in Spark: rows typed by a rulebook's vocabulary, with key, name, date and a flag for the fast path.

The `key` identifies a case: its rows are those with the same key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import unquote, urlparse

from pyspark.sql import Column, DataFrame, SparkSession, Window, functions as F

from rulewright.batch.rows import AS_OF, CASE, Rows as RowColumns
from rulewright.model.rulebook import Kind, Rulebook
from rulewright.observe.columns import value_column
from rulewright.spark.builders import column, every, small_frame, some, sure
from rulewright.spark.fact_columns import IS_FAST, REF, given_fields
from rulewright.spark.input_rows import BLANK, BLOCK, FILE, ID, PLACE, RAW, InputRows, listed_kind

KEY, STATED_AS_OF, MINE, DEFAULT, LINE = "key", "stated_as_of", "mine", "default_name", "line"
#: Name of a case without a name whose row has no place.
NAMELESS = "case"


@dataclass(frozen=True, slots=True)
class RowLayout:
    """The layout of cases in the rows.

    Without `rows`, each row is a case with all its kinds; with `rows`, each row is a fact. `is_grouped` facts with the
    same `case` form one case.
    """

    rows: RowColumns | None = None
    is_grouped: bool = False

    @property
    def kind(self) -> str | None:
        """Return the kind of which each row is a fact, or None if each row is a case."""
        return None if self.rows is None else self.rows.kind


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates on which cases are evaluated: `on` if given, else the stated date, else `today`.

    `of_program` are the dates of the cases that this program evaluates, or None for all dates.
    """

    on: date | None
    today: date
    of_program: Collection[date] | None = None

    def column(self, stated: Column) -> Column:
        """Return the date of each case from its stated date."""
        return F.lit(self.on) if self.on is not None else F.coalesce(stated, F.lit(self.today))


def with_header(rows: InputRows, layout: RowLayout) -> DataFrame:
    """Return the rows with their key, name and stated date, and a flag for the fast path."""
    case, as_of, ref = rows.name(CASE), rows.date(), rows.name(REF)
    fast = [rows.is_valid(), case.is_fast, as_of.is_fast]
    frame = rows.frame.withColumns({CASE: case.value, STATED_AS_OF: as_of.value, "own_ref": ref.value})
    if layout.kind is not None:
        fast.append(ref.is_fast)
    own = column(ID).cast("string")
    if not rows.in_files:
        own = F.coalesce(column("own_ref"), column(CASE)) if layout.kind is not None else column(CASE)
    key = own
    if layout.is_grouped:
        key = F.coalesce(F.concat(F.lit("="), column(CASE)), F.concat(F.lit("#"), own))
    frame = frame.withColumns({KEY: key, IS_FAST: every(fast)})
    if not rows.in_files:
        # nothing identifies a row without a name, or with a name that another row has
        keyed = Window.partitionBy(KEY)
        is_alone = F.count("*").over(keyed) == 1
        if layout.is_grouped:
            is_alone = is_alone | column(CASE).isNotNull()
        frame = frame.withColumn(IS_FAST, column(IS_FAST) & column(KEY).isNotNull() & is_alone)
    if layout.is_grouped:
        together = Window.partitionBy(KEY)
        first, last = F.min(STATED_AS_OF).over(together), F.max(STATED_AS_OF).over(together)
        # of several dates the first row's applies; the exact path determines it
        is_one = F.coalesce(first == last, F.lit(True))
        are_fast = F.min(IS_FAST).over(together)
        frame = frame.withColumns({IS_FAST: are_fast & is_one, STATED_AS_OF: first})
    return frame


def typed_cases(
    rows: InputRows, headed: DataFrame, layout: RowLayout, rulebook: Rulebook, dates: Dates, first: bool
) -> DataFrame:
    """Return the rows typed by a rulebook; `mine` is true for rows that this program evaluates, others are null.

    With several programs, the `first` gets the rows whose header needs the exact path.
    """
    as_of = dates.column(column(STATED_AS_OF))
    mine = ~column(BLANK)
    if dates.of_program is not None:
        of_program = F.when(column(IS_FAST), as_of.isin(*dates.of_program)).otherwise(F.lit(first))
        mine = mine & of_program
    frame = headed.withColumns({AS_OF: as_of, MINE: mine})
    if layout.kind is not None:
        kind = rulebook.kinds[layout.kind]
        frame = rows.with_fact(frame, kind)
        names, fast = ["fact"], column("fact").getField(IS_FAST)
        if any(field.may_be_given for field in kind.fields.values()):
            fields = given_fields(kind, rows.keys.headers)
            fast = fast & some(column("fact").getField(value_column(field.name)).isNotNull() for field in fields)
    else:
        frame = rows.with_kinds(frame, rulebook)
        names, fast = [listed_kind(kind) for kind in rulebook.kinds], column("are_kinds_fast")
    return frame.select(
        *(column(name) for name in (ID, FILE, BLOCK, PLACE, BLANK, MINE, KEY, CASE, AS_OF)),
        (column(IS_FAST) & sure(fast)).alias(IS_FAST),
        F.when(column(MINE), column(RAW)).alias(RAW),
        *(F.when(column(MINE), column(name)).alias(name) for name in names),
    )


# --- places of rows ---


def places(spark: SparkSession, typed: DataFrame) -> DataFrame:
    """Return the first line of each block of a file; this also fills the cache of the rows."""
    counts = typed.groupBy(FILE, BLOCK).agg(F.count("*").alias("lines"), F.min(PLACE).alias("first"))
    before: dict[str, int] = {}
    found = []
    for row in sorted(counts.collect(), key=lambda row: (row[FILE] or "", row[BLOCK] or 0)):
        if row[FILE] is not None:
            start = before.get(row[FILE], 0)
            # rows of Parquet have a number in their file, those of text files a number among all rows
            found.append((row[FILE], row[BLOCK], start + 1 - row["first"], _stem(row[FILE])))
            before[row[FILE]] = start + row["lines"]
    return small_frame(spark, {FILE: "string", BLOCK: "bigint", "shift": "bigint", "stem": "string"}, found)


def path_of(file: str) -> str:
    """Return a file name for messages: the path of a local file, the address of any other."""
    address = urlparse(file)
    return unquote(address.path) if address.scheme == "file" else file


def _stem(file: str) -> str:
    return PurePosixPath(unquote(file)).name.split(".")[0] or NAMELESS


def placed(typed: DataFrame, found: DataFrame, in_files: bool) -> DataFrame:
    """Return the rows of a program with their line and their default name."""
    mine = typed.where(column(MINE))
    if not in_files:
        return mine.withColumns({LINE: F.lit(None).cast("bigint"), DEFAULT: F.lit(NAMELESS)})
    joined = mine.join(found, [FILE, BLOCK], "left").withColumn(LINE, column(PLACE) + column("shift"))
    return joined.withColumn(DEFAULT, F.concat("stem", F.lit("-"), column(LINE).cast("string")))


# --- cases ---


def cases_of(rows: DataFrame, layout: RowLayout, rulebook: Rulebook, headers: Sequence[str]) -> DataFrame:
    """Return the cases of the rows that `placed` returned; columns named in `headers` are no fields.

    Each case has its key, name and date, the facts of each kind as `k_KIND`, and a flag for the fast path.
    """
    if layout.kind is None:
        facts = {kind: column(listed_kind(kind)) for kind in rulebook.kinds}
        fast = [column(IS_FAST), some(of_kind.isNotNull() for of_kind in facts.values())]
        name = F.coalesce(column(CASE), column(DEFAULT))
    else:
        kind = rulebook.kinds[layout.kind]
        if layout.is_grouped:
            rows = _grouped(rows, kind)
        else:
            ref = F.coalesce(column("fact").getField(REF), column(DEFAULT))
            rows = rows.withColumn(listed_kind(kind.name), F.array(column("fact").withField(REF, ref)))
        facts = {kind.name: column(listed_kind(kind.name))}
        fast = [column(IS_FAST)]
        # the default name of a case is that of its first fact
        name = F.coalesce(column(CASE), F.get(facts[kind.name], 0).getField(REF))
    refs = {kind: of_kind.getField(REF) for kind, of_kind in facts.items()}
    headers = () if layout.kind is None else headers
    for kind_name, of_kind in facts.items():
        fast += _fast_conditions(rulebook.kinds[kind_name], of_kind, refs, headers)
    return rows.select(
        KEY, name.alias(CASE), AS_OF, every(fast).alias(IS_FAST), *(column(listed_kind(kind)) for kind in facts)
    )


def _grouped(rows: DataFrame, kind: Kind) -> DataFrame:
    """Return the rows of each case in one row, in the order of their files."""
    entry = F.struct(FILE, BLOCK, PLACE, DEFAULT, "fact")
    frame = rows.groupBy(KEY).agg(
        F.first(CASE).alias(CASE),
        F.first(AS_OF).alias(AS_OF),
        F.bool_and(IS_FAST).alias(IS_FAST),
        F.array_sort(F.collect_list(entry), _in_file_order).alias("entries"),
    )
    is_single = F.size("entries") == 1

    def fact(entry: Column, number: Column) -> Column:
        numbered = F.concat(F.lit(f"{kind.name}-"), (number + 1).cast("string"))
        default = F.when(is_single, entry.getField(DEFAULT)).otherwise(numbered)
        own = entry.getField("fact")
        return own.withField(REF, F.coalesce(own.getField(REF), default))

    return frame.withColumn(listed_kind(kind.name), F.transform("entries", fact))


def _in_file_order(left: Column, right: Column) -> Column:
    order: Column = F.lit(0)
    for name in (PLACE, BLOCK, FILE):
        first, second = left.getField(name), right.getField(name)
        order = F.when(first < second, F.lit(-1)).when(first > second, F.lit(1)).otherwise(order)
    return order


def _fast_conditions(kind: Kind, facts: Column, refs: Mapping[str, Column], headers: Sequence[str]) -> Iterator[Column]:
    """Yield the conditions for the fast path: valid facts, distinct refs, and references to existing subjects."""
    own = refs[kind.name]
    yield F.coalesce(F.forall(facts, lambda fact: fact.getField(IS_FAST)), F.lit(True))
    yield F.coalesce(F.size(F.array_distinct(own)) == F.size(own), F.lit(True))
    nobody = F.array().cast("array<string>")
    for field in given_fields(kind, headers):
        if field.refers_to is not None:
            known = F.coalesce(refs[field.refers_to], nobody) if field.refers_to in refs else nobody
            values = F.array_compact(facts.getField(value_column(field.name)))
            yield F.coalesce(F.size(F.array_except(values, known)) == 0, F.lit(True))


def base_facts(cases: DataFrame, kind: str, listed: Mapping[str, str]) -> DataFrame:
    """Return the facts of a kind as rows with number, case, date and `fact`, for cases on the fast path.

    `listed` maps each flag column to the kind it is about.
    """
    flags = [
        (column(listed_kind(other)).isNotNull() if listed_kind(other) in cases.columns else F.lit(False)).alias(name)
        for name, other in listed.items()
    ]
    header = [column(KEY), column(CASE), column(AS_OF), *flags]
    fast = cases.where(column(IS_FAST))
    if listed_kind(kind) not in cases.columns:
        return fast.where(F.lit(False)).select(*header, F.lit(0).cast("bigint").alias("number"))
    found = fast.select(*header, F.posexplode(listed_kind(kind)).alias("number", "fact"))
    return found.withColumn("number", column("number").cast("bigint"))
