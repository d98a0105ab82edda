"""Chunks judged in columns: observation, situations and records in SQL, each distinct situation inferred once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from sqlglot import exp

from rulewright.batch.facts import CASES, NAME, QUOTES, SOUND, empty_facts
from rulewright.batch.options import Detail, Options, OutputFormat
from rulewright.batch.programs import SharedProgram
from rulewright.batch.records import (
    LINE_START,
    NAMED,
    RANKS,
    SUBJECTS_END,
    Answer,
    Row,
    answer_cells,
    answer_ending,
    shape_of,
    subject_ending,
    subject_start,
    subjects_start,
)
from rulewright.batch.tally import told_of
from rulewright.compile.program import Inference
from rulewright.evaluate.database import Database
from rulewright.evaluate.kind_rules import Key, KindRules, RuleResults
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import Conclude, Field, Rulebook, View
from rulewright.model.values import Absent
from rulewright.observe import sql
from rulewright.observe.columns import (
    AS_OF,
    CASE,
    REF,
    ROW,
    SQL_TYPES,
    computed_column,
    computed_none_column,
    stated_column,
    value_column,
)
from rulewright.observe.plan import Plan, Step, plan, results_table
from rulewright.observe.sql import Sql

#: The records of cases that were read by themselves, and the numbers of these.
EXACT_RECORDS, SET_APART = "exact_records", "set_apart"
_DAYS = "days"
_ANSWERS, _GATHERED = "answers", "gathered"
_COMBINATION, _RANK, _CONFLICT, _ENDING, _FINDINGS = "combination", "rank", "conflict", "ending", "findings"


@dataclass(slots=True)
class _Kind:
    """What is kept of a kind: its combinations of situations by number, with what is counted of their outcomes.

    Those that are `untold` were not told of as new ones yet.
    """

    name: str
    rules: KindRules
    derived: Sequence[Field]
    columns: Sequence[str]
    combinations: list[Key] = field(default_factory=list)
    numbers: dict[Key, int] = field(default_factory=dict)
    untold: list[Key] = field(default_factory=list)
    told: list[Sequence[tuple[str, str]]] = field(default_factory=list)

    @property
    def table(self) -> str:
        return f"combinations_of_{self.name}"

    @property
    def results(self) -> str:
        return results_table(self.name)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many subjects came to a verdict by the same outcomes, with the same values of some fields."""

    verdict: Verdict
    told: Sequence[tuple[str, str]]
    number: int
    values: Row


class Columnar:
    """Judges the facts of chunks by one program, in a database of its own that works with one thread.

    A loader fills the tables of facts and that of the cases set apart; `observe` makes the results, and the records are
    queries over these.
    """

    def __init__(self, shared: SharedProgram, options: Options) -> None:
        self.shared = shared
        self.format = options.format
        self.detail = options.detail
        self.rows = options.rows
        self.rulebook: Rulebook = shared.program.rulebook
        self.plan: Plan = plan(shared.program, self._carried(), _told_of(shared.program.rulebook, options))
        self.database = Database(self.plan, in_order=True)
        self._told: dict[str, set[str]] = {}
        self._statements: dict[object, str] = {}
        self._answers: set[tuple[int, ...]] = set()
        self.kinds = {name: self._kind(name) for name in self.rulebook.kinds}
        self._make_tables()

    def _carried(self) -> dict[str, str]:
        """What is carried along with the facts; the name of a case, where that is a row."""
        carried = {SOUND: "BOOLEAN", QUOTES: "INTEGER"}
        return carried if self.rows is None else {**carried, NAME: "VARCHAR"}

    def _kind(self, name: str) -> _Kind:
        rules = KindRules(self.shared.program, name, self.shared.situations)
        concluded = {
            (rule.about, value)
            for rule in self.rulebook.rules.values()
            if isinstance(rule.action, Conclude)
            for value in rule.action.values
        }
        derived = [
            each
            for each in self.rulebook.kinds[name].fields.values()
            if each.from_table is None and (each.computed is not None or (name, each.name) in concluded)
        ]
        return _Kind(name, rules, derived, self.plan.results[name].columns)

    def _make_tables(self) -> None:
        for name, base in self.plan.bases.items():
            self.run(self.facts_made(name, empty_facts(base)))
        for step in self.plan.steps:
            self.database.run(step.create)
        for kind in self.kinds.values():
            self.run(sql.create_table(kind.table, sql.nothing(self._combination_types(kind))))
        self.run(sql.create_table(_ANSWERS, sql.nothing(self._answer_types())))
        types = shape_of(self.format, self.detail).types
        self.run(sql.create_table(EXACT_RECORDS, sql.nothing(types)))
        self.run(sql.create_table(SET_APART, sql.nothing({CASE: "BIGINT"})))

    def run(self, query: Sql, parameters: Sequence[Any] = ()) -> list[Any]:
        """The rows of a query."""
        return self.database.run(sql.text(query), parameters)

    def once(self, key: object, build: Callable[[], Sql], parameters: Sequence[Any] = ()) -> list[Any]:
        """The rows of a query that is built once for each key."""
        return self.database.run(self.statement(key, build), parameters)

    def statement(self, key: object, build: Callable[[], Sql]) -> str:
        """The text of a query that is built once for each key."""
        if key not in self._statements:
            self._statements[key] = sql.text(build())
        return self._statements[key]

    @property
    def combinations(self) -> int:
        """How many combinations of situations are kept."""
        return sum(len(kind.combinations) for kind in self.kinds.values())

    def new_situations(self) -> list[str]:
        """The combinations of situations that were not told of before, each as a text."""
        found = [f"{kind.name}:{'|'.join(key)}" for kind in self.kinds.values() for key in kind.untold]
        for kind in self.kinds.values():
            kind.untold.clear()
        return found

    # --- observation ---

    def facts_table(self, kind: str) -> str:
        """The table of a kind's facts."""
        return self.plan.bases[kind].table.name

    def facts_made(self, kind: str, facts: exp.Query) -> Sql:
        """What makes the facts of a kind: rows that are read in one place only are read on the way, without a table."""
        name = self.facts_table(kind)
        refers = any(each.refers_to is not None for each in self.rulebook.kinds[kind].fields.values())
        if self.rows is not None and kind == self.rows.kind and not refers and self._is_read_once(f'"{name}"'):
            return sql.create_view(name, facts)
        return sql.create_table(name, facts)

    def _is_read_once(self, name: str) -> bool:
        texts = [*(step.create for step in self.plan.steps), *(result.create for result in self.plan.results.values())]
        return sum(text.count(name) for text in texts) == 1

    def observe(self, kinds: Sequence[str]) -> None:
        """Make the results of the kinds that have facts."""
        for step in self.plan.steps:
            if step.kind in kinds:
                self.database.run(step.create)
                if step.inference is not None:
                    self._infer(step, step.inference)
        for name in kinds:
            self.database.run(self.plan.results[name].create)
            self._learn(self.kinds[name])

    def list_of(self, table: str, column: str, type_: str, values: Sequence[Any]) -> None:
        """Make a table of some values, so that the statements that look for them stay the same."""
        create = partial(sql.create_table, table, sql.from_lists({column: type_}))
        self.once(("list", table), create, [list(values)])

    def restrict(self, kinds: Sequence[str], days: Sequence[date]) -> None:
        """Keep of the results, and of the cases of several kinds, those that are judged on these days."""
        self.list_of(_DAYS, AS_OF, "DATE", days)
        tables = [self.kinds[name].results for name in kinds]
        for table in tables if self.rows is not None else [*tables, CASES]:
            listed = sql.is_in(sql.column(AS_OF), sql.select([sql.column(AS_OF)], sql.table(_DAYS)))
            query = sql.select([sql.star()], sql.table(table)).where(listed, copy=False)
            self.once(("restrict", table), partial(sql.create_table, table, query))

    def _infer(self, step: Step, inference: Inference) -> None:
        assert step.situations is not None, "a step with an inference has a table for its situations"
        situations = self.shared.situations[inference.name]
        told = self._told.setdefault(f"{inference.name}-{step.level}", set())
        missing = [key for (key,) in self.database.run(step.distinct) if key not in told]
        if missing:
            with self.shared.lock:
                rows = [situations.outputs(key, step.level, step.situations.types) for key in missing]
            self.database.fill(step.situations, [list(column) for column in zip(*rows, strict=True)])
            told.update(missing)

    def _learn(self, kind: _Kind) -> None:
        """Tell the database what the new combinations of situations come to."""
        keys = [sql.column(column) for column in kind.rules.columns]
        if keys:
            query = sql.select(keys, sql.table(kind.results)).distinct(copy=False)
            found = [tuple(row) for row in self.once(("keys", kind.name), lambda: query)]
        else:
            found = [()]
        new = [key for key in found if key not in kind.numbers]
        if not new:
            return
        with self.shared.lock:
            results = [kind.rules.of(key) for key in new]
        rows = []
        for key, result in zip(new, results, strict=True):
            kind.numbers[key] = len(kind.combinations)
            kind.combinations.append(key)
            kind.untold.append(key)
            kind.told.append(told_of(result.outcomes))
            rows.append((*key, kind.numbers[key], *self._combination(kind, result)))
        insert = partial(sql.insert, kind.table, sql.from_lists(self._combination_types(kind)))
        self.once(("learn", kind.name), insert, [list(column) for column in zip(*rows, strict=True)])

    def _combination_types(self, kind: _Kind) -> dict[str, str]:
        types = {**dict.fromkeys(kind.rules.columns, "VARCHAR"), _COMBINATION: "INTEGER", _CONFLICT: "BOOLEAN"}
        types |= {f"c_{each.name}": SQL_TYPES[each.type] for each in kind.derived}
        types[_RANK] = "TINYINT"
        if self.detail is Detail.VERDICT:
            return types | self._answer_types()
        if self.format is OutputFormat.JSON_LINES:
            return {**types, _ENDING: "VARCHAR"}
        return {**types, _FINDINGS: 'STRUCT("rule" VARCHAR, "outcome" VARCHAR, "severity" VARCHAR)[]'}

    def _combination(self, kind: _Kind, result: RuleResults) -> Iterator[Any]:
        concluded = {name: {value for value, _ in values} for name, values in result.concluded.items()}
        yield any(len(values) > 1 for values in concluded.values())
        for each in kind.derived:
            values = concluded.get(each.name, set())
            yield next((value for value in values if not isinstance(value, Absent)), None)
        yield RANKS.index(result.verdict)
        rules = self.rulebook.rules_about(kind.name)
        if self.detail is Detail.VERDICT:
            masks = [self._bits(result.outcomes, outcome) for outcome in NAMED]
            yield from masks
            yield from self._answer(RANKS.index(result.verdict), masks)
        elif self.format is OutputFormat.JSON_LINES:
            yield subject_ending(result.verdict, result.outcomes, rules)
        else:
            yield [
                {"rule": rule.name, "outcome": result.outcomes[rule.name].value, "severity": rule.severity.value}
                for rule in rules
            ]

    def _bits(self, outcomes: Mapping[str, Outcome], wanted: Outcome) -> str:
        return "".join("1" if outcomes.get(name) is wanted else "0" for name in self.rulebook.rules) or "0"

    # --- cases that are read by themselves ---

    def conflicting(self, name: str) -> exp.Select | None:
        """The cases in which something is stated, computed or concluded that contradicts something else."""
        kind = self.kinds[name]
        conflicts: list[Sql] = [sql.column(_CONFLICT, "z")]
        for each in kind.derived:
            candidates = [
                sql.column(column, "r")
                for column in (stated_column(each.name), computed_column(each.name))
                if column in kind.columns
            ]
            concluded = sql.column(f"c_{each.name}", "z")
            none = next(
                (sql.column(column, "r") for column in (computed_none_column(each.name),) if column in kind.columns),
                None,
            )
            candidates.append(concluded)
            for position, first in enumerate(candidates):
                for second in candidates[position + 1 :]:
                    conflicts.append(sql.is_true(sql.binary(exp.NEQ, first, second)))
            if none is not None:
                others = [each_one for each_one in candidates if each_one.name != computed_column(each.name)]
                conflicts += [sql.all_true([sql.is_true(none), sql.is_not_null(other)]) for other in others]
        if not kind.derived:
            return None
        return self._with_combinations(kind, [sql.column(CASE, "r")]).where(sql.any_true(conflicts), copy=False)

    def _with_combinations(self, kind: _Kind, columns: Sequence[Sql]) -> exp.Select:
        """Columns of the results `r` of a kind and of what their situations come to, `z`."""
        query = sql.select(columns, sql.table(kind.results, "r"))
        same = [sql.equal(sql.column(name, "r"), sql.column(name, "z")) for name in kind.rules.columns]
        query.set("joins", [exp.Join(this=sql.table(kind.table, "z"), on=sql.all_true(same))])
        return query

    # --- records ---

    def records_of_rows(self, name: str, has_apart: bool) -> exp.Select:
        """The records of cases that are a row each."""
        kind = self.kinds[name]
        number, case_name, ref = sql.column(CASE, "r"), sql.column(NAME, "r"), sql.column(REF, "r")
        if self.detail is Detail.VERDICT:
            query = self._with_combinations(kind, [])
            columns = self._answer_columns(case_name, "z")
        else:
            query = self._with_combinations(kind, [])
            if self.format is OutputFormat.JSON_LINES:
                start = _chosen_by_rank(sql.column(_RANK, "z"), [subjects_start(verdict) for verdict in RANKS])
                parts = [
                    *(sql.string(LINE_START), case_name, start, sql.string(subject_start(name)), ref),
                    *(sql.column(_ENDING, "z"), sql.string(SUBJECTS_END)),
                ]
                columns = {"line": sql.function("CONCAT", *parts)}
            else:
                return self._finding_rows(kind, query, has_apart)
        query.set("expressions", _placed(number, sql.number(0), columns))
        return query.where(_not_apart(number), copy=False) if has_apart else query

    def _finding_rows(self, kind: _Kind, query: exp.Select, has_apart: bool, has_cases: bool = False) -> exp.Select:
        number = sql.column(CASE, "r")
        if has_cases:
            at = sql.equal(sql.column(CASE, "n"), number)
            query.append("joins", exp.Join(this=sql.table(CASES, "n"), on=at))
        inner = [
            sql.alias(number, "case_number"),
            sql.alias(sql.column(ROW, "r"), "place"),
            sql.alias(sql.column(NAME, "n" if has_cases else "r"), "case"),
            sql.alias(sql.column(REF, "r"), "ref"),
            sql.alias(_chosen_by_rank(sql.column(_RANK, "z"), [verdict.value for verdict in RANKS]), "verdict"),
            sql.alias(sql.function("UNNEST", sql.column(_FINDINGS, "z")), "finding"),
            sql.alias(sql.function("GENERATE_SUBSCRIPTS", sql.column(_FINDINGS, "z"), sql.number(1)), "number"),
        ]
        query.set("expressions", inner)
        if has_apart:
            query = query.where(_not_apart(number), copy=False)
        place = sql.binary(
            exp.Add,
            sql.binary(exp.Mul, sql.column("place"), sql.number(_RULES)),
            sql.column("number"),
        )
        kinds = list(self.rulebook.kinds)
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
        if self.rows is not None:
            self.once("cases of rows", self._cases_of_rows)
        self.once(("gather", tuple(kinds)), lambda: self._gather(kinds))
        if self.detail is Detail.VERDICT:
            self._learn_gathered()

    def _cases_of_rows(self) -> Sql:
        assert self.rows is not None, "cases that are a line each are read as such"
        name = sql.alias(sql.function("MIN", sql.column(NAME)), NAME)
        rows = sql.select([sql.column(CASE), name], sql.table(self.kinds[self.rows.kind].results))
        return sql.create_table(CASES, rows.group_by(sql.column(CASE), copy=False))

    def _gather(self, kinds: Sequence[str]) -> Sql:
        gathered = sql.subquery(self._gathered(kinds), "g")
        columns = [
            sql.column(CASE, "n"),
            sql.column(NAME, "n"),
            sql.alias(sql.coalesce(sql.column(_RANK, "g"), sql.number(0)), _RANK),
        ]
        if self.detail is Detail.VERDICT:
            nothing = sql.cast(sql.string("0" * len(self.rulebook.rules) or "0"), "BIT")
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
        if self.detail is not Detail.VERDICT and not self._is_lines:
            queries = [
                self._finding_rows(self.kinds[name], self._with_combinations(self.kinds[name], []), True, True)
                for name in kinds
            ]
            return sql.union(queries)
        case_name = sql.column(NAME, "g")
        query = sql.select([], sql.table(_GATHERED, "g"))
        if self.detail is Detail.VERDICT:
            same = [sql.equal(sql.column(part, "g"), sql.column(part, "a")) for part in self._answer_key()]
            query.set("joins", [exp.Join(this=sql.table(_ANSWERS, "a"), on=sql.all_true(same))])
            columns = self._answer_columns(case_name, "a")
        else:
            start = _chosen_by_rank(sql.column(_RANK, "g"), [subjects_start(verdict) for verdict in RANKS])
            parts = [sql.string(LINE_START), case_name, start, sql.column("subjects", "g"), sql.string(SUBJECTS_END)]
            columns = {"line": sql.function("CONCAT", *parts)}
        query.set("expressions", _placed(sql.column(CASE, "g"), sql.number(0), columns))
        return query

    def _gathered(self, kinds: Sequence[str]) -> exp.Select:
        """What the subjects of each case come to together."""
        parts: list[exp.Query] = []
        for place, name in enumerate(kinds):
            kind = self.kinds[name]
            columns: list[Sql] = [sql.column(CASE, "r"), sql.column(_RANK, "z")]
            if self.detail is Detail.VERDICT:
                columns += [sql.column(outcome.value, "z") for outcome in NAMED]
            elif self._is_lines:
                subject = sql.function(
                    "CONCAT", sql.string(subject_start(name)), sql.column(REF, "r"), sql.column(_ENDING, "z")
                )
                order = sql.binary(exp.Add, sql.column(ROW, "r"), sql.number(place * _FACTS))
                columns += [sql.alias(subject, "subject"), sql.alias(order, "place")]
            parts.append(self._with_combinations(kind, columns))
        number = sql.column(CASE)
        columns = [number, sql.alias(sql.function("MAX", sql.column(_RANK)), _RANK)]
        if self.detail is Detail.VERDICT:
            columns += [
                sql.alias(sql.function("BIT_OR", sql.column(outcome.value)), outcome.value) for outcome in NAMED
            ]
        elif self._is_lines:
            ordered = exp.Order(this=sql.string(","), expressions=[exp.Ordered(this=sql.column("place"))])
            columns.append(
                sql.alias(exp.Anonymous(this="STRING_AGG", expressions=[sql.column("subject"), ordered]), "subjects")
            )
        return sql.select(columns, sql.subquery(sql.union(parts), "s")).group_by(number, copy=False)

    # --- views ---

    def viewed(self, view: View, has_apart: bool) -> list[Row]:
        """The subjects that a view picks: the number of the case, that of the row, the case, the ref and the values."""
        kind = self.kinds[view.about]
        picked = [
            number
            for number, key in enumerate(kind.combinations)
            if kind.rules.of(key).outcomes.get(view.rule) == Outcome(view.outcome)
        ]
        name = sql.column(NAME, "r" if self.rows is not None else "n")
        values = [self.value_of(kind, each) for each in view.show]
        columns = [sql.column(CASE, "r"), sql.column(ROW, "r"), name, sql.column(REF, "r")]
        query = self._with_combinations(kind, [*columns, *values])
        if self.rows is None:
            at = sql.equal(sql.column(CASE, "n"), sql.column(CASE, "r"))
            query.append("joins", exp.Join(this=sql.table(CASES, "n"), on=at))
        conditions = [sql.one_of(sql.column(_COMBINATION, "z"), list(map(sql.number, picked or [-1])))]
        if has_apart:
            conditions.append(_not_apart(sql.column(CASE, "r")))
        return self.run(query.where(sql.all_true(conditions), copy=False))

    def value_of(self, kind: _Kind, name: str) -> Sql:
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

    def counted(self, name: str, has_apart: bool, by: Sequence[str] = ()) -> list[Counted]:
        """What the subjects of a kind came to, how many each, by the values of some fields."""
        kind = self.kinds[name]

        def build() -> Sql:
            keys = [sql.column(_COMBINATION, "z"), *(self.value_of(kind, one) for one in by)]
            query = self._with_combinations(kind, [*keys, exp.Count(this=exp.Star())])
            if has_apart:
                query = query.where(_not_apart(sql.column(CASE, "r")), copy=False)
            return query.group_by(*keys, copy=False)

        found = self.once(("counted", name, has_apart, tuple(by)), build)
        return [
            Counted(kind.rules.of(kind.combinations[number]).verdict, kind.told[number], times, tuple(values))
            for number, *values, times in found
        ]

    def counted_cases(self) -> dict[str, int]:
        """How many of the gathered cases have each verdict."""
        query = sql.select([sql.column(_RANK), exp.Count(this=exp.Star())], sql.table(_GATHERED))
        found = self.once("cases", lambda: query.group_by(sql.column(_RANK), copy=False))
        return {RANKS[rank].value: number for rank, number in found}

    def first_of_each(self, name: str, number: int, has_apart: bool) -> list[tuple[int, RuleResults]]:
        """The first cases with each combination of situations, so many of each."""
        kind = self.kinds[name]
        query = self._with_combinations(kind, [sql.column(CASE, "r"), sql.column(_COMBINATION, "z")])
        if has_apart:
            query = query.where(_not_apart(sql.column(CASE, "r")), copy=False)
        place = sql.window(exp.RowNumber(), by=sql.column(_COMBINATION), order=sql.column(CASE))
        ranked = sql.select([sql.star(), sql.alias(place, "nth")], sql.subquery(query.distinct(copy=False), "c"))
        first = sql.select([sql.column(CASE), sql.column(_COMBINATION)], sql.subquery(ranked, "d")).where(
            sql.binary(exp.LTE, sql.column("nth"), sql.number(number)), copy=False
        )
        return [(case, kind.rules.of(kind.combinations[found])) for case, found in self.run(first)]

    # --- answers ---

    def _answer_key(self) -> list[str]:
        return [_RANK, *(outcome.value for outcome in NAMED)]

    def _answer_types(self) -> dict[str, str]:
        types = {_RANK: "TINYINT", **{outcome.value: "BIT" for outcome in NAMED}}
        if self.format is OutputFormat.JSON_LINES:
            return {**types, _ENDING: "VARCHAR"}
        named = "VARCHAR[]" if self.format is OutputFormat.PARQUET else "VARCHAR"
        return {**types, "verdict": "VARCHAR", **{f"named_{outcome.value}": named for outcome in NAMED}}

    def _answer_columns(self, case_name: Sql, alias: str) -> dict[str, Sql]:
        if self.format is OutputFormat.JSON_LINES:
            parts = [sql.string(LINE_START), case_name, sql.column(_ENDING, alias)]
            return {"line": sql.function("CONCAT", *parts)}
        named = {outcome.value: sql.column(f"named_{outcome.value}", alias) for outcome in NAMED}
        return {"case": case_name, "verdict": sql.column("verdict", alias), **named}

    def _learn_gathered(self) -> None:
        """Tell the database what the new combinations of outcomes come to."""
        keys = [sql.cast(sql.column(part), "VARCHAR") for part in self._answer_key()]
        found = self.once("answers", lambda: sql.select(keys, sql.table(_GATHERED)).distinct(copy=False))
        new = [key for key in found if key not in self._answers]
        if not new:
            return
        rows = [(int(rank), *masks, *self._answer(int(rank), masks)) for rank, *masks in new]
        insert = partial(sql.insert, _ANSWERS, sql.from_lists(self._answer_types()))
        self.once("learn answers", insert, [list(column) for column in zip(*rows, strict=True)])
        self._answers.update(new)

    def _answer(self, rank: int, masks: Sequence[str]) -> Row:
        rules = tuple(
            tuple(name for name, bit in zip(self.rulebook.rules, mask, strict=False) if bit == "1") for mask in masks
        )
        answer = Answer(RANKS[rank], rules)
        return (answer_ending(answer),) if self._is_lines else answer_cells(answer, self.format)

    @property
    def _is_lines(self) -> bool:
        return self.format is OutputFormat.JSON_LINES


#: So many facts of a chunk, and rules about a kind, are told apart in the place of a record.
_FACTS, _RULES = 1_000_000_000, 100_000


def _told_of(rulebook: Rulebook, options: Options) -> frozenset[tuple[str, str]]:
    """The fields whose values are counted by or shown."""
    view = None if options.view is None else rulebook.views.get(options.view)
    shown = () if view is None else ((view.about, name) for name in view.show)
    return frozenset((*options.by, *shown))


def _chosen_by_rank(rank: Sql, texts: Sequence[str]) -> Sql:
    return sql.choose(*((sql.equal(rank, sql.number(number)), sql.string(text)) for number, text in enumerate(texts)))


def _placed(number: Sql, place: Sql, columns: Mapping[str, Sql]) -> list[Sql]:
    named = {"case_number": number, "place": place, **columns}
    return [sql.alias(part, name) for name, part in named.items()]


def _not_apart(number: Sql) -> Sql:
    apart = sql.select([sql.column(CASE)], sql.table(SET_APART))
    return sql.negation(sql.is_in(number, apart))
