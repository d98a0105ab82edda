"""From rows to records: which program judges which rows, what is wrong with some, and what the others come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from types import TracebackType

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from rulewright.catalogue import Catalogue, find_rulebook
from rulewright.compile.program import Program
from rulewright.dates import today
from rulewright.diagnostics import Diagnostic, did_you_mean, has_errors
from rulewright.infer import missing_engine
from rulewright.model.outcomes import Verdict
from rulewright.model.rulebook import Rulebook
from rulewright.spark.cases import (
    AS_OF,
    CASE,
    HEADLESS,
    MINE,
    STATED_AS_OF,
    WRONG,
    Dates,
    Form,
    base_facts,
    grouped_cases,
    named_by_line,
    namesakes,
    survey,
    told_apart,
    typed_cases,
    with_header,
    with_lines,
)
from rulewright.spark.expressions import Keeper, column
from rulewright.spark.observing import Observation
from rulewright.spark.records import FINDINGS_DETAIL, VERDICT_DETAIL, judged_alone, judged_together, verdicts
from rulewright.spark.rows import BLOCK, FILE, PLACE, RAW, Rows, typed_rows


class RefusedError(Exception):
    """Nothing could be checked: the rulebook, an option or a column of the dataframe is at fault."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = tuple(diagnostics)


@dataclass(slots=True)
class Checked:
    """What a check came to.

    `records` has a row for each case that was judged, with its `case` and `verdict`, and with the names of the rules
    that are `violated`, `unknown` and `advised`, or with its `subjects`. `rejected` has a row for each that was not:
    its `file`, `line` and `case`, as far as it has them, the `code` and the `message` of the first thing wrong with it,
    and the `raw` row where that is at fault by itself. `situations` is how many were inferred.

    Spark keeps what both are read from until `close`, or the end of the `with` that this stands in.
    """

    records: DataFrame
    rejected: DataFrame
    situations: int
    _close: Callable[[], None]

    def verdicts(self) -> dict[Verdict, int]:
        """How many cases have each verdict; this reads all records."""
        return verdicts(self.records)

    def close(self) -> None:
        """Give back what Spark keeps for this; read both dataframes before."""
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
    detail: str = VERDICT_DETAIL,
) -> Checked:
    """Check the cases of a dataframe against a rulebook, which is named by its name or path, or compiled already.

    A row is a case: `case` is its name, `as_of` its date if it has one, and each further column is a kind of fact, a
    struct of fields or an array of such. With `kind`, a row is a fact of that kind: its columns are `ref` and the
    fields, and those of one `case` are together, where there is such a column. Raises `RefusedError` for what is wrong
    with all rows alike; a row at fault by itself is in `rejected`.
    """
    return check_rows(typed_rows(dataframe), rulebook, edition=edition, as_of=as_of, kind=kind, detail=detail)


def check_rows(
    rows: Rows,
    rulebook: str | Program,
    *,
    edition: date | None = None,
    as_of: date | None = None,
    kind: str | None = None,
    detail: str = VERDICT_DETAIL,
) -> Checked:
    """Check rows, which may be lines of JSON, as `check` does."""
    if detail not in (VERDICT_DETAIL, FINDINGS_DETAIL):
        raise ValueError(f"no such detail: {detail}")
    missing, choice = missing_engine(), _choice(rulebook, edition)
    if missing is not None or isinstance(choice, Diagnostic):
        raise RefusedError([found for found in (missing, choice) if isinstance(found, Diagnostic)])
    grouped = kind is not None and rows.has(CASE)
    run = _Run(rows, Form(kind, grouped), choice, as_of, detail)
    try:
        return run.checked()
    except BaseException:
        run.keeper.close()
        raise


@dataclass(frozen=True, slots=True)
class _Choice:
    """How the program for a day is chosen, and whether it is the same for all days."""

    program: Callable[[date], tuple[Program | None, list[Diagnostic]]]
    is_fixed: bool


def _choice(rulebook: str | Program, edition: date | None) -> _Choice | Diagnostic:
    if isinstance(rulebook, Program):
        return _Choice(lambda day: (rulebook, []), True)
    editions = find_rulebook(rulebook)
    if isinstance(editions, Diagnostic):
        return editions
    catalogue = Catalogue(editions)

    def program(day: date) -> tuple[Program | None, list[Diagnostic]]:
        chosen, told = catalogue.choose(day, edition)
        return (None if chosen is None else chosen.program), told

    return _Choice(program, edition is not None or editions.single is not None or len(editions.files) == 1)


@dataclass(slots=True)
class _Run:
    rows: Rows
    form: Form
    choice: _Choice
    as_of: date | None
    detail: str
    keeper: Keeper = field(default_factory=Keeper)

    @property
    def spark(self) -> SparkSession:
        return self.rows.frame.sparkSession

    def checked(self) -> Checked:
        now = today()
        headed = with_header(self.rows, self.form)
        programs = self.programs(headed, now)
        parts = []
        for position, (program, days) in enumerate(programs):
            dates = Dates(self.as_of, now, days)
            typed = typed_cases(self.rows, headed, self.form, program.rulebook, dates, position == 0)
            parts.append((program, self.keeper.keep(typed)))
        surveys = [survey(self.spark, typed) for _, typed in parts]
        named = [
            named_by_line(typed, found) if found.unnamed and self.rows.in_files else typed
            for (_, typed), found in zip(parts, surveys, strict=True)
        ]
        again = None
        if not self.form.grouped:
            names = [each.select(FILE, BLOCK, PLACE, MINE, HEADLESS, CASE) for each in named]
            again = namesakes(reduce(DataFrame.unionByName, names), self.rows.in_files)
        records, rejected, situations = [], [], 0
        for (program, _), typed, found in zip(parts, named, surveys, strict=True):
            judged = self.judged(program, told_apart(typed, again).where(column(MINE)))
            records.append(judged.records)
            rejected.append(with_lines(judged.rejected, found))
            situations += judged.situations
        told = [column(WRONG).getField(part).alias(part) for part in ("code", "message")]
        return Checked(
            reduce(DataFrame.unionByName, records),
            reduce(DataFrame.unionByName, rejected).select(FILE, "line", CASE, *told, RAW),
            situations,
            self.keeper.close,
        )

    def judged(self, program: Program, rows: DataFrame) -> _Judged:
        """What a program makes of its rows."""
        cases = rows
        if self.form.kind is not None and self.form.grouped:
            cases = self.keeper.keep(grouped_cases(rows, program.rulebook.kinds[self.form.kind]))
            of_case = cases.select(CASE, column(WRONG).alias("wrong_case"))
            own_or_other = F.coalesce(WRONG, "wrong_case")
            rows = rows.join(of_case, CASE, "left").withColumn(WRONG, own_or_other)
        present = [
            kind
            for kind in program.rulebook.kinds
            if kind == self.form.kind or (self.form.kind is None and self.rows.has(kind))
        ]
        observation = Observation(
            self.keeper,
            self.spark,
            program,
            lambda kind, listed: base_facts(cases, self.form, kind, listed),
            present,
            self.detail == FINDINGS_DETAIL,
        )
        if self.form.kind is not None and not self.form.grouped:
            found = judged_alone(observation.subjects[self.form.kind], self.form.kind, program.rulebook, self.detail)
        else:
            sound = cases.where(column(WRONG).isNull())
            found = judged_together(sound, observation.subjects, program.rulebook, self.detail)
        rejected = rows.where(column(WRONG).isNotNull()).select(*_OF_REJECTED)
        if observation.may_contradict:
            contradicted = found.where(column(WRONG).isNotNull()).select(CASE, WRONG)
            sound = rows.where(column(WRONG).isNull()).drop(WRONG)
            rejected = rejected.unionByName(sound.join(contradicted, CASE).select(*_OF_REJECTED))
        return _Judged(found.where(column(WRONG).isNull()).drop(WRONG), rejected, observation.situations)

    def programs(self, headed: DataFrame, now: date) -> list[tuple[Program, list[date] | None]]:
        """The programs with the days of the cases that each judges; none for all days."""
        days = [self.as_of or now]
        if not self.choice.is_fixed and self.as_of is None and self.rows.has(AS_OF):
            found = headed.where(column(STATED_AS_OF).isNotNull()).select(STATED_AS_OF).distinct().collect()
            days = sorted({now, *(row[STATED_AS_OF] for row in found)})
        chosen: dict[str, tuple[Program, list[date]]] = {}
        wrong: dict[Diagnostic, None] = {}
        for day in days:
            program, told = self.choice.program(day)
            if program is None:
                wrong.update((item, None) for item in told if has_errors([item]))
                continue
            chosen.setdefault(program.digest, (program, []))[1].append(day)
        for program, _ in chosen.values():
            wrong.update(dict.fromkeys(self.diagnostics(program.rulebook)))
        if wrong:
            raise RefusedError(list(wrong))
        if len(chosen) == 1:
            return [(program, None) for program, _ in chosen.values()]
        return list(chosen.values())

    def diagnostics(self, rulebook: Rulebook) -> list[Diagnostic]:
        """What is wrong with all rows alike by a rulebook."""
        kind = None
        if self.form.kind is not None:
            kind = rulebook.kinds.get(self.form.kind)
            if kind is None:
                message = f"unknown kind of fact `{self.form.kind}`"
                return [Diagnostic("F001", message, help=did_you_mean(self.form.kind, rulebook.kinds))]
        return self.rows.diagnostics(rulebook, kind)


@dataclass(frozen=True, slots=True)
class _Judged:
    records: DataFrame
    rejected: DataFrame
    situations: int


_OF_REJECTED = (FILE, BLOCK, PLACE, CASE, WRONG, RAW)
