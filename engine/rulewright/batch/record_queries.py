"""The queries over what the facts of a chunk came to: the records, the rows of views, and the counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from sqlglot import exp

from rulewright.batch.answers import ENDING, RANK
from rulewright.batch.columnar import COMBINATION, FINDINGS, SET_APART, Columnar, KindCombinations
from rulewright.batch.facts import CASES, NAME
from rulewright.batch.options import Detail, OutputFormat
from rulewright.batch.records import (
    LINE_START,
    NAMED,
    RANKS,
    SUBJECTS_END,
    Row,
    subject_start,
    subjects_start,
)
from rulewright.evaluate.kind_rules import RuleResults
from rulewright.model.outcomes import Outcome
from rulewright.model.rulebook import View
from rulewright.observe import sql
from rulewright.observe.columns import CASE, REF, ROW, computed_column, stated_column, value_column
from rulewright.observe.sql import Sql

_ANSWERS, _GATHERED = "answers", "gathered"
#: So many facts of a chunk, and rules about a kind, are told apart in the place of a record.
_FACTS, _RULES = 1_000_000_000, 100_000


class RecordQueries:
    """What is written and counted of the cases that one program judges in columns, but for those set apart."""

    def __init__(self, columnar: Columnar) -> None:
        self.columnar = columnar
        self._answers = columnar.answers
        self._told: set[tuple[int, ...]] = set()
        self._is_lines = columnar.format is OutputFormat.JSON_LINES
        columnar.run(sql.create_table(_ANSWERS, sql.nothing(self._answers.types)))

    def records_of_rows(self, name: str, has_apart: bool) -> exp.Select:
        """The records of cases that are a row each."""
        kind = self.columnar.kinds[name]
        number, case_name, ref = sql.column(CASE, "r"), sql.column(NAME, "r"), sql.column(REF, "r")
        if self.columnar.detail is Detail.VERDICT:
            query = self.columnar.with_combinations(kind, [])
            columns = self._answers.columns(case_name, "z")
        else:
            query = self.columnar.with_combinations(kind, [])
            if self.columnar.format is OutputFormat.JSON_LINES:
                start = _chosen_by_rank(sql.column(RANK, "z"), [subjects_start(verdict) for verdict in RANKS])
                parts = [
                    *(sql.string(LINE_START), case_name, start, sql.string(subject_start(name)), ref),
                    *(sql.column(ENDING, "z"), sql.string(SUBJECTS_END)),
                ]
                columns = {"line": sql.function("CONCAT", *parts)}
            else:
                return self._finding_rows(kind, query, has_apart)
        query.set("expressions", _placed(number, sql.number(0), columns))
        return query.where(_not_apart(number), copy=False) if has_apart else query

    def _finding_rows(
        self, kind: KindCombinations, query: exp.Select, has_apart: bool, has_cases: bool = False
    ) -> exp.Select:
        number = sql.column(CASE, "r")
        if has_cases:
            at = sql.equal(sql.column(CASE, "n"), number)
            query.append("joins", exp.Join(this=sql.table(CASES, "n"), on=at))
        inner = [
            sql.alias(number, "case_number"),
            sql.alias(sql.column(ROW, "r"), "place"),
            sql.alias(sql.column(NAME, "n" if has_cases else "r"), "case"),
            sql.alias(sql.column(REF, "r"), "ref"),
            sql.alias(_chosen_by_rank(sql.column(RANK, "z"), [verdict.value for verdict in RANKS]), "verdict"),
            sql.alias(sql.function("UNNEST", sql.column(FINDINGS, "z")), "finding"),
            sql.alias(sql.function("GENERATE_SUBSCRIPTS", sql.column(FINDINGS, "z"), sql.number(1)), "number"),
        ]
        query.set("expressions", inner)
        if has_apart:
            query = query.where(_not_apart(number), copy=False)
        place = sql.binary(
            exp.Add,
            sql.binary(exp.Mul, sql.column("place"), sql.number(_RULES)),
            sql.column("number"),
        )
        kinds = list(self.columnar.rulebook.kinds)
        place = sql.binary(exp.Add, place, sql.number(kinds.index(kind.name) * _FACTS * _RULES))

        def part(text: str) -> Sql:
            return sql.function("STRUCT_EXTRACT", sql.column("finding"), sql.string(text))

        columns = {
            "case": sql.column("case"),
            "kind": sql.string(kind.name),
            "ref": sql.column("ref"),
            "verdict": sql.column("verdict"),
            "rule": part("rule"),
            "outcome": part("outcome"),
            "severity": part("severity"),
        }
        return sql.select(_placed(sql.column("case_number"), place, columns), sql.subquery(query, "f"))

    def gather(self, kinds: Sequence[str]) -> None:
        """Make the table of what the subjects of each case come to together."""
        if self.columnar.rows is not None:
            self.columnar.once("cases of rows", self._cases_of_rows)
        self.columnar.once(("gather", tuple(kinds)), lambda: self._gather(kinds))
        if self.columnar.detail is Detail.VERDICT:
            self._learn_gathered()

    def _cases_of_rows(self) -> Sql:
        assert self.columnar.rows is not None, "cases that are a line each are read as such"
        name = sql.alias(sql.function("MIN", sql.column(NAME)), NAME)
        rows = sql.select([sql.column(CASE), name], sql.table(self.columnar.kinds[self.columnar.rows.kind].results))
        return sql.create_table(CASES, rows.group_by(sql.column(CASE), copy=False))

    def _gather(self, kinds: Sequence[str]) -> Sql:
        gathered = sql.subquery(self._gathered(kinds), "g")
        columns = [
            sql.column(CASE, "n"),
            sql.column(NAME, "n"),
            sql.alias(sql.coalesce(sql.column(RANK, "g"), sql.number(0)), RANK),
        ]
        if self.columnar.detail is Detail.VERDICT:
            nothing = sql.cast(sql.string(self._answers.no_rules), "BIT")
            columns += [
                sql.alias(sql.coalesce(sql.column(outcome.value, "g"), nothing), outcome.value) for outcome in NAMED
            ]
        elif self._is_lines:
            columns.append(sql.alias(sql.coalesce(sql.column("subjects", "g"), sql.string("")), "subjects"))
        query = sql.select(columns, sql.table(CASES, "n"))
        at = sql.equal(sql.column(CASE, "g"), sql.column(CASE, "n"))
        query.set("joins", [exp.Join(this=gathered, side="LEFT", on=at)])
        return sql.create_table(_GATHERED, query.where(_not_apart(sql.column(CASE, "n")), copy=False))

    def records_of_cases(self, kinds: Sequence[str]) -> exp.Query:
        """The records of the cases that were gathered."""
        if self.columnar.detail is not Detail.VERDICT and not self._is_lines:
            queries = [
                self._finding_rows(
                    self.columnar.kinds[name],
                    self.columnar.with_combinations(self.columnar.kinds[name], []),
                    True,
                    True,
                )
                for name in kinds
            ]
            return sql.union(queries)
        case_name = sql.column(NAME, "g")
        query = sql.select([], sql.table(_GATHERED, "g"))
        if self.columnar.detail is Detail.VERDICT:
            same = [sql.equal(sql.column(part, "g"), sql.column(part, "a")) for part in self._answers.key]
            query.set("joins", [exp.Join(this=sql.table(_ANSWERS, "a"), on=sql.all_true(same))])
            columns = self._answers.columns(case_name, "a")
        else:
            start = _chosen_by_rank(sql.column(RANK, "g"), [subjects_start(verdict) for verdict in RANKS])
            parts = [sql.string(LINE_START), case_name, start, sql.column("subjects", "g"), sql.string(SUBJECTS_END)]
            columns = {"line": sql.function("CONCAT", *parts)}
        query.set("expressions", _placed(sql.column(CASE, "g"), sql.number(0), columns))
        return query

    def _gathered(self, kinds: Sequence[str]) -> exp.Select:
        """What the subjects of each case come to together."""
        parts: list[exp.Query] = []
        for place, name in enumerate(kinds):
            kind = self.columnar.kinds[name]
            columns: list[Sql] = [sql.column(CASE, "r"), sql.column(RANK, "z")]
            if self.columnar.detail is Detail.VERDICT:
                columns += [sql.column(outcome.value, "z") for outcome in NAMED]
            elif self._is_lines:
                subject = sql.function(
                    "CONCAT", sql.string(subject_start(name)), sql.column(REF, "r"), sql.column(ENDING, "z")
                )
                order = sql.binary(exp.Add, sql.column(ROW, "r"), sql.number(place * _FACTS))
                columns += [sql.alias(subject, "subject"), sql.alias(order, "place")]
            parts.append(self.columnar.with_combinations(kind, columns))
        number = sql.column(CASE)
        columns = [number, sql.alias(sql.function("MAX", sql.column(RANK)), RANK)]
        if self.columnar.detail is Detail.VERDICT:
            columns += [
                sql.alias(sql.function("BIT_OR", sql.column(outcome.value)), outcome.value) for outcome in NAMED
            ]
        elif self._is_lines:
            ordered = exp.Order(this=sql.string(","), expressions=[exp.Ordered(this=sql.column("place"))])
            columns.append(
                sql.alias(exp.Anonymous(this="STRING_AGG", expressions=[sql.column("subject"), ordered]), "subjects")
            )
        return sql.select(columns, sql.subquery(sql.union(parts), "s")).group_by(number, copy=False)

    def _learn_gathered(self) -> None:
        """Tell the database what the new combinations of outcomes come to."""
        keys = [sql.cast(sql.column(part), "VARCHAR") for part in self._answers.key]
        found = self.columnar.once("answers", lambda: sql.select(keys, sql.table(_GATHERED)).distinct(copy=False))
        new = [key for key in found if key not in self._told]
        if not new:
            return
        rows = [(int(rank), *masks, *self._answers.cells(int(rank), masks)) for rank, *masks in new]
        insert = partial(sql.insert, _ANSWERS, sql.from_lists(self._answers.types))
        self.columnar.once("learn answers", insert, [list(column) for column in zip(*rows, strict=True)])
        self._told.update(new)

    # --- views ---

    def viewed(self, view: View, has_apart: bool) -> list[Row]:
        """The subjects that a view picks: the number of the case, that of the row, the case, the ref and the values."""
        kind = self.columnar.kinds[view.about]
        picked = [
            number
            for number, key in enumerate(kind.combinations)
            if kind.rules.of(key).outcomes.get(view.rule) == Outcome(view.outcome)
        ]
        name = sql.column(NAME, "r" if self.columnar.rows is not None else "n")
        values = [self._value_of(kind, each) for each in view.show]
        columns = [sql.column(CASE, "r"), sql.column(ROW, "r"), name, sql.column(REF, "r")]
        query = self.columnar.with_combinations(kind, [*columns, *values])
        if self.columnar.rows is None:
            at = sql.equal(sql.column(CASE, "n"), sql.column(CASE, "r"))
            query.append("joins", exp.Join(this=sql.table(CASES, "n"), on=at))
        conditions = [sql.one_of(sql.column(COMBINATION, "z"), list(map(sql.number, picked or [-1])))]
        if has_apart:
            conditions.append(_not_apart(sql.column(CASE, "r")))
        return self.columnar.run(query.where(sql.all_true(conditions), copy=False))

    def _value_of(self, kind: KindCombinations, name: str) -> Sql:
        """The value of a field, in a query over results and combinations: whatever way it has got it."""
        if value_column(name) in kind.columns:
            return sql.column(value_column(name), "r")
        ways: list[Sql] = [
            sql.column(column, "r") for column in (stated_column(name), computed_column(name)) if column in kind.columns
        ]
        if any(each.name == name for each in kind.derived):
            ways.append(sql.column(f"c_{name}", "z"))
        return sql.coalesce(*ways) if ways else sql.NULL

    # --- counts ---

    def counted(self, name: str, has_apart: bool, by: Sequence[str] = ()) -> list[tuple[RuleResults, int, Row]]:
        """What the subjects of a kind came to, how many each, by the values of some fields."""
        kind = self.columnar.kinds[name]
        if kind.counts is not None and not has_apart and not by:
            return [(kind.rules.of(key), number, ()) for key, number in kind.counts.items() if number]

        def build() -> Sql:
            keys = [sql.column(COMBINATION, "z"), *(self._value_of(kind, one) for one in by)]
            query = self.columnar.with_combinations(kind, [*keys, exp.Count(this=exp.Star())])
            if has_apart:
                query = query.where(_not_apart(sql.column(CASE, "r")), copy=False)
            return query.group_by(*keys, copy=False)

        found = self.columnar.once(("counted", name, has_apart, tuple(by)), build)
        return [(kind.rules.of(kind.combinations[number]), times, tuple(values)) for number, *values, times in found]

    def counted_cases(self) -> dict[str, int]:
        """How many of the gathered cases have each verdict."""
        query = sql.select([sql.column(RANK), exp.Count(this=exp.Star())], sql.table(_GATHERED))
        found = self.columnar.once("cases", lambda: query.group_by(sql.column(RANK), copy=False))
        return {RANKS[rank].value: number for rank, number in found}

    def first_of_each(self, name: str, number: int, has_apart: bool) -> list[tuple[int, RuleResults]]:
        """The first cases with each combination of situations, so many of each."""
        kind = self.columnar.kinds[name]
        query = self.columnar.with_combinations(kind, [sql.column(CASE, "r"), sql.column(COMBINATION, "z")])
        if has_apart:
            query = query.where(_not_apart(sql.column(CASE, "r")), copy=False)
        place = sql.window(exp.RowNumber(), by=sql.column(COMBINATION), order=sql.column(CASE))
        ranked = sql.select([sql.star(), sql.alias(place, "nth")], sql.subquery(query.distinct(copy=False), "c"))
        first = sql.select([sql.column(CASE), sql.column(COMBINATION)], sql.subquery(ranked, "d")).where(
            sql.binary(exp.LTE, sql.column("nth"), sql.number(number)), copy=False
        )
        return [(case, kind.rules.of(kind.combinations[found])) for case, found in self.columnar.run(first)]


def _chosen_by_rank(rank: Sql, texts: Sequence[str]) -> Sql:
    return sql.choose(*((sql.equal(rank, sql.number(number)), sql.string(text)) for number, text in enumerate(texts)))


def _placed(number: Sql, place: Sql, columns: Mapping[str, Sql]) -> list[Sql]:
    named = {"case_number": number, "place": place, **columns}
    return [sql.alias(part, name) for name, part in named.items()]


def _not_apart(number: Sql) -> Sql:
    apart = sql.select([sql.column(CASE)], sql.table(SET_APART))
    return sql.negation(sql.is_in(number, apart))
