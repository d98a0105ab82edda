"""Chunks judged in columns: observation and situations in SQL, each distinct situation inferred once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from sqlglot import exp

from rulewright.batch.answers import ENDING, RANK, Answers
from rulewright.batch.database import Database
from rulewright.batch.facts import CASES, NAME, QUOTES, SOUND, empty_facts
from rulewright.batch.options import Detail, Options, OutputFormat
from rulewright.batch.programs import SharedProgram
from rulewright.batch.records import (
    NAMED,
    RANKS,
    shape_of,
    subject_ending,
)
from rulewright.batch.seen import Seen, look, seen
from rulewright.compile.program import Inference
from rulewright.evaluate.kind_rules import Key, KindRules, RuleResults
from rulewright.model.rulebook import Conclude, Field, Rulebook
from rulewright.model.values import Absent
from rulewright.observe import sql
from rulewright.observe.columns import (
    AS_OF,
    CASE,
    SQL_TYPES,
    computed_column,
    computed_none_column,
    stated_column,
)
from rulewright.observe.plan import Plan, Step, plan, results_table
from rulewright.observe.sql import Sql

#: The records of cases that were read by themselves, and the numbers of these.
EXACT_RECORDS, SET_APART = "exact_records", "set_apart"
#: The number of a combination of situations, and what is found where that is written in full.
COMBINATION, FINDINGS = "combination", "findings"
_DAYS = "days"
_CONFLICT = "conflict"


@dataclass(slots=True)
class KindCombinations:
    """What is kept of a kind: its combinations of situations by number, and those that the database knows."""

    name: str
    rules: KindRules
    derived: Sequence[Field]
    columns: Sequence[str]
    #: The place among the rules about the kind of each rule of the rulebook; the last for one about another kind.
    places: Sequence[int]
    combinations: list[Key] = field(default_factory=list)
    numbers: dict[Key, int] = field(default_factory=dict)
    untold: list[Key] = field(default_factory=list)
    #: Whether rules conclude several values for one field in any of them.
    has_conflicts: bool = False
    #: What stands in the table of the results, and how many are of each combination: none once some are taken out.
    seen: Seen = field(default_factory=Seen)
    counts: dict[Key, int] | None = None

    @property
    def table(self) -> str:
        """The table of what the combinations come to."""
        return f"combinations_of_{self.name}"

    @property
    def results(self) -> str:
        """The table of the results."""
        return results_table(self.name)


class Columnar:
    """Judges the facts of chunks by one program, in a database of its own that works with one thread.

    A loader fills the tables of facts and that of the cases set apart; `observe` makes the results, over which
    the records are queries.
    """

    def __init__(self, shared: SharedProgram, options: Options) -> None:
        self.shared = shared
        self.format = options.format
        self.detail = options.detail
        self.rows = options.rows
        self.rulebook: Rulebook = shared.program.rulebook
        self.answers = Answers(self.rulebook, options.format)
        self.plan: Plan = plan(shared.program, self._carried(), _told_of(shared.program.rulebook, options))
        self.database = Database(self.plan, in_order=True)
        self._told: dict[str, set[str]] = {}
        self._statements: dict[object, str] = {}
        self._lists: dict[str, list[Any]] = {}
        self.kinds = {name: self._kind(name) for name in self.rulebook.kinds}
        self._make_tables()

    def _carried(self) -> dict[str, str]:
        """What is carried along with the facts; the name of a case, where that is a row."""
        carried = {SOUND: "BOOLEAN", QUOTES: "INTEGER"}
        return carried if self.rows is None else {**carried, NAME: "VARCHAR"}

    def _kind(self, name: str) -> KindCombinations:
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
        about = {rule.name: place for place, rule in enumerate(self.rulebook.rules_about(name))}
        places = [about.get(rule, -1) for rule in self.rulebook.rules]
        return KindCombinations(name, rules, derived, self.plan.results[name].columns, places)

    def _make_tables(self) -> None:
        for name, base in self.plan.bases.items():
            self.run(self.facts_made(name, empty_facts(base)))
        for step in self.plan.steps:
            self.database.run(step.create)
        for result in self.plan.results.values():
            if result.part_of is not None:
                self.database.run(result.create)
        for kind in self.kinds.values():
            self.run(sql.create_table(kind.table, sql.nothing(self._combination_types(kind))))
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
        return sql.create_view(name, facts) if self.is_view(kind) else sql.create_table(name, facts)

    def is_view(self, kind: str) -> bool:
        """Whether the facts of a kind are read on the way."""
        refers = any(each.refers_to is not None for each in self.rulebook.kinds[kind].fields.values())
        is_of_rows = self.rows is not None and kind == self.rows.kind
        return is_of_rows and not refers and self._is_read_once(f'"{self.facts_table(kind)}"')

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
            if self.plan.results[name].part_of is None:
                self.database.run(self.plan.results[name].create)
            self._learn(self.kinds[name])

    def list_of(self, table: str, column: str, type_: str, values: Sequence[Any]) -> None:
        """Make a table of some values, so that the statements that look for them stay the same."""
        if self._lists.get(table) == list(values):
            return
        create = partial(sql.create_table, table, sql.from_lists({column: type_}))
        self.once(("list", table), create, [list(values)])
        self._lists[table] = list(values)

    def forget_list(self, table: str) -> None:
        """Note that a table of values is made in another way."""
        self._lists.pop(table, None)

    def restrict(self, kinds: Sequence[str], days: Sequence[date]) -> None:
        """Keep of the results, and of the cases of several kinds, those that are judged on these days."""
        self.list_of(_DAYS, AS_OF, "DATE", days)
        tables = [self.plan.results[name].part_of or self.kinds[name].results for name in kinds]
        for name in kinds:
            self.kinds[name].counts = None
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

    def _learn(self, kind: KindCombinations) -> None:
        """Tell the database what the new combinations of situations come to."""
        keys = [sql.column(column) for column in kind.rules.columns]
        query = sql.select([*keys, *look()], sql.table(kind.results)).group_by(*keys, copy=False)
        rows = self.once(("keys", kind.name), lambda: query)
        kind.seen = seen(row[len(keys) :] for row in rows)
        kind.counts = {row[: len(keys)]: row[len(keys)] for row in rows}
        new = [key for key in kind.counts if key not in kind.numbers]
        if not new:
            return
        with self.shared.lock:
            results = [kind.rules.of(key) for key in new]
        told = []
        for key, result in zip(new, results, strict=True):
            kind.numbers[key] = len(kind.combinations)
            kind.combinations.append(key)
            kind.untold.append(key)
            told.append((*key, kind.numbers[key], *self._combination(kind, result)))
        insert = partial(sql.insert, kind.table, sql.from_lists(self._combination_types(kind)))
        self.once(("learn", kind.name), insert, [list(column) for column in zip(*told, strict=True)])

    def _combination_types(self, kind: KindCombinations) -> dict[str, str]:
        types = {**dict.fromkeys(kind.rules.columns, "VARCHAR"), COMBINATION: "INTEGER", _CONFLICT: "BOOLEAN"}
        types |= {f"c_{each.name}": SQL_TYPES[each.type] for each in kind.derived}
        types[RANK] = "TINYINT"
        if self.detail is Detail.VERDICT:
            return types | self.answers.types
        if self.format is OutputFormat.JSON_LINES:
            return {**types, ENDING: "VARCHAR"}
        return {**types, FINDINGS: 'STRUCT("rule" VARCHAR, "outcome" VARCHAR, "severity" VARCHAR)[]'}

    def _combination(self, kind: KindCombinations, result: RuleResults) -> Iterator[Any]:
        concluded = {name: {value for value, _ in values} for name, values in result.concluded.items()}
        has_conflict = any(len(values) > 1 for values in concluded.values())
        kind.has_conflicts = kind.has_conflicts or has_conflict
        yield has_conflict
        for each in kind.derived:
            values = concluded.get(each.name, set())
            yield next((value for value in values if not isinstance(value, Absent)), None)
        yield RANKS.index(result.verdict)
        if self.detail is Detail.VERDICT:
            masks = [self.answers.mask(kind.places, result.outcomes, outcome) for outcome in NAMED]
            yield from masks
            yield from self.answers.cells(RANKS.index(result.verdict), masks)
        elif self.format is OutputFormat.JSON_LINES:
            yield subject_ending(result.verdict, result.outcomes, self.rulebook.rules_about(kind.name))
        else:
            yield [
                {"rule": rule.name, "outcome": result.outcomes[rule.name].value, "severity": rule.severity.value}
                for rule in self.rulebook.rules_about(kind.name)
            ]

    # --- cases that are read by themselves ---

    def conflicting(self, name: str, stated: frozenset[str] | None = None) -> exp.Select | None:
        """The cases in which something is stated, computed or concluded that contradicts something else.

        Nothing, where there can be none as these keys are all that are stated.
        """
        kind = self.kinds[name]
        if not kind.derived or not (kind.has_conflicts or self._may_differ(kind, stated)):
            return None
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
        return self.with_combinations(kind, [sql.column(CASE, "r")]).where(sql.any_true(conflicts), copy=False)

    def _may_differ(self, kind: KindCombinations, stated: frozenset[str] | None) -> bool:
        """Whether a field may get its value in a second way beside what rules conclude."""
        for each in kind.derived:
            if computed_column(each.name) in kind.columns or computed_none_column(each.name) in kind.columns:
                return True
            if stated_column(each.name) in kind.columns and (stated is None or each.name in stated):
                return True
        return False

    def with_combinations(self, kind: KindCombinations, columns: Sequence[Sql]) -> exp.Select:
        """Columns of the results `r` of a kind and of what their situations come to, `z`."""
        query = sql.select(columns, sql.table(kind.results, "r"))
        same = [sql.equal(sql.column(name, "r"), sql.column(name, "z")) for name in kind.rules.columns]
        query.set("joins", [exp.Join(this=sql.table(kind.table, "z"), on=sql.all_true(same))])
        return query


def _told_of(rulebook: Rulebook, options: Options) -> frozenset[tuple[str, str]]:
    """The fields whose values are counted by or shown."""
    view = None if options.view is None else rulebook.views.get(options.view)
    shown = () if view is None else ((view.about, name) for name in view.show)
    return frozenset((*options.by, *shown))
