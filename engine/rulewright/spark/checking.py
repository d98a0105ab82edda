"""Checking of rows: selection of the program for each row, evaluation, and records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from types import TracebackType
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from rulewright.batch.options import Detail
from rulewright.batch.rows import AS_OF, CASE, Rows as RowColumns
from rulewright.compile.program import Program
from rulewright.diagnostics import Diagnostic, did_you_mean
from rulewright.model.rulebook import Rulebook
from rulewright.spark.builders import DataframeCache, column, small_frame
from rulewright.spark.case_records import CONFLICT, case_records, record, record_types, single_subject_records
from rulewright.spark.case_rows import (
    DEFAULT,
    KEY,
    LINE,
    STATED_AS_OF,
    Dates,
    RowLayout,
    base_facts,
    cases_of,
    placed,
    places,
    typed_cases,
    with_header,
)
from rulewright.spark.dated_programs import DatedPrograms, RefusedError
from rulewright.spark.exact_rows import ExactResults, ExactRow, case_names, evaluate_exactly
from rulewright.spark.fact_columns import IS_FAST, REF
from rulewright.spark.input_rows import FILE, RAW, InputRows, Keys
from rulewright.spark.observing import Observation, derived_fields
from rulewright.spark.typed_rows import typed_rows

#: Maximum number of rows that the exact path reads on the driver, at about a millisecond each.
MAXIMUM_ODD = 100_000
_REJECTED = {"file": "string", "line": "bigint", "column": "bigint", "code": "string", "message": "string"} | {
    "help": "string",
    "case": "string",
}


@dataclass(slots=True)
class Checked:
    """The result of a check.

    `records` has a row for each evaluated case, with its `case` and `verdict`. It also has the names of the rules that
    are `violated`, `unknown` and `advised`, or the `subjects`. `rejected` has a row for each error of a rejected case:
    `file`, `line` and `column` (if known), `code`, `message`, `help` and `case`. `situations` is the number of
    situations inferred on the driver, and `odd` the number of rows that the exact path read there.

    Spark caches the source of both dataframes until `close`, or until the end of the `with` block.
    """

    records: DataFrame
    rejected: DataFrame
    situations: int
    odd: int
    _close: Callable[[], None]

    def close(self) -> None:
        """Free Spark's cache; read both dataframes before."""
        self._close()

    def __enter__(self) -> Checked:
        return self

    def __exit__(
        self, type_: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def check(
    dataframe: DataFrame,
    rulebook: str | Program,
    *,
    edition: date | None = None,
    as_of: date | None = None,
    kind: str | None = None,
    ref: str = REF,
    case: str = CASE,
    detail: str = "verdict",
) -> Checked:
    """Check the cases of a dataframe against a rulebook, given by its name or path, or compiled.

    Each row is a case. `case` is its name, `as_of` its date (optional), and each other column is a kind of fact: a
    struct of fields or an array of structs. With `kind`, each row is a fact of that kind, with the columns `ref` and
    the fields. Rows with the same `case`, if there is such a column, form one case. `ref` and `case` name other columns
    for these. `detail` is `verdict` or `findings`.

    Raises `RefusedError` for an error that affects all rows; errors of single rows are in `rejected`.
    """
    rows = typed_rows(dataframe, Keys(ref, case))
    return check_rows(rows, rulebook, edition=edition, as_of=as_of, kind=kind, detail=detail)


def check_rows(
    rows: InputRows,
    rulebook: str | Program,
    *,
    edition: date | None = None,
    as_of: date | None = None,
    kind: str | None = None,
    detail: str = "verdict",
    maximum_odd: int = MAXIMUM_ODD,
) -> Checked:
    """Check rows, including lines of JSON, in the same way as `check`."""
    if detail not in (Detail.VERDICT.value, Detail.FINDINGS.value):
        raise ValueError(f"no such detail: {detail}")
    programs = DatedPrograms(rulebook, edition)
    columns = None if kind is None else RowColumns(kind, rows.keys.ref, rows.keys.case)
    layout = RowLayout(columns, kind is not None and rows.has(CASE))
    run = _Run(rows, layout, programs, as_of, as_of or programs.today(), Detail(detail), maximum_odd)
    try:
        return run.checked()
    except BaseException:
        run.cache.close()
        raise


@dataclass(slots=True)
class _Run:
    rows: InputRows
    layout: RowLayout
    programs: DatedPrograms
    as_of: date | None
    today: date
    detail: Detail
    maximum_odd: int
    cache: DataframeCache = field(default_factory=DataframeCache)
    placed_rows: list[DataFrame] = field(default_factory=list)

    @property
    def spark(self) -> SparkSession:
        return self.rows.frame.sparkSession

    def checked(self) -> Checked:
        headed = with_header(self.rows, self.layout)
        parts = self.parts(headed)
        typed = []
        for position, (program, days) in enumerate(parts):
            dates = Dates(self.as_of, self.today, days)
            frame = typed_cases(self.rows, headed, self.layout, program.rulebook, dates, position == 0)
            typed.append(self.cache.add(frame))
        found = places(self.spark, typed[0])
        self.placed_rows = [placed(frame, found, self.rows.in_files) for frame in typed]
        odd: list[ExactRow] = []
        records: list[DataFrame] = []
        cases = []
        for (program, _), rows in zip(parts, self.placed_rows, strict=True):
            made = cases_of(rows, self.layout, program.rulebook, self.rows.keys.headers)
            made = self.cache.add(made)
            cases.append(made)
            odd += self.exact_rows(rows, made.where(~column(IS_FAST)).select(KEY))
        named = case_names(odd, self.layout)
        if named:
            # a row of the exact path can belong to a case with other rows on the fast path
            keys = small_frame(self.spark, {KEY: "string"}, [[f"={name}"] for name in sorted(named)])
            read = {(row.file, row.line) for row in odd}
            for position, rows in enumerate(self.placed_rows):
                more = self.exact_rows(rows, keys)
                odd += [row for row in more if row.line is None or (row.file, row.line) not in read]
                cases[position] = cases[position].join(keys, KEY, "left_anti")
        situations = 0
        for (program, _), rows, made in zip(parts, self.placed_rows, cases, strict=True):
            evaluated, conflicting, inferred = self.evaluate(program, made)
            situations += inferred
            if conflicting is not None:
                odd += self.exact_rows(rows, conflicting)
            records.append(evaluated)
        here = evaluate_exactly(odd, self.layout, self.programs, self.as_of, self.today)
        if here.results:
            records.append(self.records_here(here))
        return Checked(
            reduce(DataFrame.unionByName, records),
            small_frame(self.spark, _REJECTED, [[told[name] for name in _REJECTED] for told in here.rejected]),
            situations,
            len(odd),
            self.cache.close,
        )

    def exact_rows(self, rows: DataFrame, keys: DataFrame) -> list[ExactRow]:
        """Return the rows with these keys for the exact path on the driver."""
        raw = column(RAW).cast("binary") if self.is_text else column(RAW)
        # rows without a name have the key null
        same = rows[KEY].eqNullSafe(keys[KEY])
        found = rows.join(keys.distinct(), same, "left_semi").select(FILE, LINE, DEFAULT, raw.alias(RAW))
        collected = found.limit(self.maximum_odd + 1).collect()
        if len(collected) > self.maximum_odd:
            first = evaluate_exactly(_exact_rows(collected[:10]), self.layout, self.programs, self.as_of, self.today)
            message = f"more than {self.maximum_odd:,} rows are not plainly what the rulebook takes"
            help_ = "these are read one by one on the driver: look at the first of them"
            if first.rejected:
                help_ = f"the first of them: {first.rejected[0]['code']} {first.rejected[0]['message']}"
            raise RefusedError([Diagnostic("U021", message, help=help_)])
        return _exact_rows(collected)

    @property
    def is_text(self) -> bool:
        """Return whether rows are lines of text."""
        return self.rows.frame.schema[RAW].dataType.simpleString() == "string"

    def evaluate(self, program: Program, cases: DataFrame) -> tuple[DataFrame, DataFrame | None, int]:
        """Evaluate a program's cases on the fast path.

        Return their records, the keys of contradicting cases, and the number of situations.
        """
        rulebook = program.rulebook
        present = [
            kind
            for kind in rulebook.kinds
            if kind == self.layout.kind or (self.layout.kind is None and self.rows.has(kind))
        ]
        observation = Observation(
            self.cache,
            self.spark,
            program,
            lambda kind, listed: base_facts(cases, kind, listed),
            present,
            self.detail,
        )
        if self.layout.kind is not None and not self.layout.is_grouped:
            found = single_subject_records(
                observation.subjects[self.layout.kind], self.layout.kind, rulebook, self.detail
            )
        else:
            fast = cases.where(column(IS_FAST))
            found = case_records(fast, observation.subjects, rulebook, self.detail)
        names = list(record_types(self.detail))
        if not any(derived_fields(rulebook, kind) for kind in present):
            return found.select(names), None, observation.situations
        conflicting = found.where(column(CONFLICT)).select(KEY)
        return found.where(~column(CONFLICT)).select(names), conflicting, observation.situations

    def records_here(self, here: ExactResults) -> DataFrame:
        """Return the records of the cases evaluated on the driver."""
        rows = [record(rulebook, result, self.detail) for rulebook, result in here.results]
        return small_frame(self.spark, record_types(self.detail), rows)

    def parts(self, headed: DataFrame) -> list[tuple[Program, list[date] | None]]:
        """Return the programs with the dates of the cases that each evaluates, or None for all dates."""
        days = [self.as_of or self.today]
        if not self.programs.is_fixed and self.as_of is None and self.rows.has(AS_OF):
            stated = headed.where(column(IS_FAST) & column(STATED_AS_OF).isNotNull())
            days = sorted({self.today, *(row[0] for row in stated.select(STATED_AS_OF).distinct().collect())})
        chosen: dict[str, tuple[Program, list[date]]] = {}
        for day in days:
            program = self.programs.on(day)
            chosen.setdefault(program.digest, (program, []))[1].append(day)
        wrong = dict.fromkeys(one for program, _ in chosen.values() for one in self.diagnostics(program.rulebook))
        if wrong:
            raise RefusedError(list(wrong))
        if len(chosen) == 1:
            return [(program, None) for program, _ in chosen.values()]
        return list(chosen.values())

    def diagnostics(self, rulebook: Rulebook) -> list[Diagnostic]:
        """Return the errors of a rulebook's vocabulary that affect all rows."""
        kind = None
        if self.layout.kind is not None:
            kind = rulebook.kinds.get(self.layout.kind)
            if kind is None:
                message = f"unknown kind of fact `{self.layout.kind}`"
                return [Diagnostic("F001", message, help=did_you_mean(self.layout.kind, rulebook.kinds))]
        return self.rows.diagnostics(rulebook, kind)


def _exact_rows(rows: Sequence[Any]) -> list[ExactRow]:
    return [ExactRow(row[FILE], row[LINE], row[DEFAULT], _raw(row[RAW])) for row in rows]


def _raw(raw: Any) -> Any:
    return bytes(raw) if isinstance(raw, bytearray) else raw
