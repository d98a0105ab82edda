"""Column evaluation of chunks: SQL observes the facts, and each distinct situation is inferred once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rulewright.batch.answers import ENDING, RANK, Answers
from rulewright.batch.database import Database
from rulewright.batch.duckdb_sql import all_true, any_true, lists, name, no_rows, table_of, view_of
from rulewright.batch.options import Detail, Options, OutputFormat
from rulewright.batch.programs import SharedProgram
from rulewright.batch.reading import CASES, NAME, QUOTES, VALID, empty_facts
from rulewright.batch.records import (
    NAMED,
    RANKS,
    shape_of,
    subject_ending,
)
from rulewright.batch.table_counts import COUNTED, TableCounts, table_counts
from rulewright.compile.program import Inference
from rulewright.evaluate.kind_rules import Key, KindRules, RuleResults
from rulewright.model.rulebook import Conclude, Field, Rulebook
from rulewright.model.values import Absent
from rulewright.observe.columns import (
    AS_OF,
    CASE,
    SQL_TYPES,
    computed_column,
    computed_none_column,
    stated_column,
)
from rulewright.observe.plan import Plan, Step, plan, results_table

#: The tables of the records from the exact path, and of the numbers of its cases.
EXACT_RECORDS, EXACT_CASES = "exact_records", "exact_cases"
#: The columns of a combination's number and of its findings.
COMBINATION, FINDINGS = "combination", "findings"
_DAYS = "days"
_CONFLICT = "conflict"


@dataclass(slots=True)
class KindCombinations:
    """The cached combinations of situations of a kind, with their numbers in the database."""

    name: str
    rules: KindRules
    derived: Sequence[Field]
    columns: Sequence[str]
    #: For each rule of the rulebook, its index among the rules about this kind; -1 for a rule about another kind.
    places: Sequence[int]
    combinations: list[Key] = field(default_factory=list)
    numbers: dict[Key, int] = field(default_factory=dict)
    untold: list[Key] = field(default_factory=list)
    #: True if rules conclude several values for one field in any combination.
    has_conflicts: bool = False
    #: The counts of the results table, and the number of subjects by combination; None after rows are removed.
    counted: TableCounts = field(default_factory=TableCounts)
    counts: dict[Key, int] | None = None

    @property
    def table(self) -> str:
        """Return the name of the table of combinations and their results."""
        return f"combinations_of_{self.name}"

    @property
    def results(self) -> str:
        """Return the name of the results table."""
        return results_table(self.name)


class Columnar:
    """Evaluates chunks with one program, in a separate single-threaded database.

    A loader fills the tables of facts and of exact-path cases. `observe` creates the results tables, from which queries
    compose the records.
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
        self._lists: dict[str, list[Any]] = {}
        self.kinds = {name: self._kind(name) for name in self.rulebook.kinds}
        self._make_tables()

    def _carried(self) -> dict[str, str]:
        """Return the extra columns of the facts and their types; facts that are rows also carry the case name."""
        carried = {VALID: "BOOLEAN", QUOTES: "INTEGER"}
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
        run = self.database.run
        for kind, base in self.plan.bases.items():
            run(self.facts_made(kind, empty_facts(base)))
        for step in self.plan.steps:
            run(step.create)
        for result in self.plan.results.values():
            if result.part_of is not None:
                run(result.create)
        for each in self.kinds.values():
            run(table_of(each.table, no_rows(self._combination_types(each))))
        run(table_of(EXACT_RECORDS, no_rows(shape_of(self.format, self.detail).types)))
        run(table_of(EXACT_CASES, no_rows({CASE: "BIGINT"})))

    @property
    def combinations(self) -> int:
        """Return the number of cached combinations of situations."""
        return sum(len(kind.combinations) for kind in self.kinds.values())

    def new_situations(self) -> list[str]:
        """Return the combinations of situations not reported yet, each as a text."""
        found = [f"{kind.name}:{'|'.join(key)}" for kind in self.kinds.values() for key in kind.untold]
        for kind in self.kinds.values():
            kind.untold.clear()
        return found

    # --- observation ---

    def facts_table(self, kind: str) -> str:
        """Return the name of the table of a kind's facts."""
        return self.plan.bases[kind].table.name

    def facts_made(self, kind: str, facts: str) -> str:
        """Return the statement that creates the facts of a kind.

        Rows that only one statement reads become a view, which saves writing a table.
        """
        return (view_of if self.is_view(kind) else table_of)(self.facts_table(kind), facts)

    def is_view(self, kind: str) -> bool:
        """Return true if the facts of a kind are a view instead of a table."""
        refers = any(each.refers_to is not None for each in self.rulebook.kinds[kind].fields.values())
        is_of_rows = self.rows is not None and kind == self.rows.kind
        return is_of_rows and not refers and self._is_read_once(name(self.facts_table(kind)))

    def _is_read_once(self, table: str) -> bool:
        texts = [*(step.create for step in self.plan.steps), *(result.create for result in self.plan.results.values())]
        return sum(text.count(table) for text in texts) == 1

    def observe(self, kinds: Sequence[str]) -> None:
        """Create the results of the kinds that have facts."""
        for step in self.plan.steps:
            if step.kind in kinds:
                self.database.run(step.create)
                if step.inference is not None:
                    self._infer(step, step.inference)
        for kind in kinds:
            if self.plan.results[kind].part_of is None:
                self.database.run(self.plan.results[kind].create)
            self._learn(self.kinds[kind])

    def list_of(self, table: str, column: str, type_: str, values: Sequence[Any]) -> None:
        """Create a table of values, so that statements that filter by them keep the same text."""
        if self._lists.get(table) == list(values):
            return
        self.database.run(table_of(table, lists({column: type_})), [list(values)])
        self._lists[table] = list(values)

    def forget_list(self, table: str) -> None:
        """Mark the cached list of a table as stale, because another statement replaces the table."""
        self._lists.pop(table, None)

    def restrict(self, kinds: Sequence[str], days: Sequence[date]) -> None:
        """Remove results and cases whose evaluation date is not among these days."""
        self.list_of(_DAYS, AS_OF, "DATE", days)
        tables = [self.plan.results[kind].part_of or self.kinds[kind].results for kind in kinds]
        for kind in kinds:
            self.kinds[kind].counts = None
        listed = f"{name(AS_OF)} IN (SELECT {name(AS_OF)} FROM {name(_DAYS)})"
        for table in tables if self.rows is not None else [*tables, CASES]:
            self.database.run(table_of(table, f"SELECT * FROM {name(table)} WHERE {listed}"))

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
        """Insert the results of new combinations of situations into the database."""
        keys = list(map(name, kind.rules.columns))
        grouping = f" GROUP BY {', '.join(keys)}" if keys else ""
        rows = self.database.run(f"SELECT {', '.join([*keys, COUNTED])} FROM {name(kind.results)}{grouping}")
        kind.counted = table_counts(row[len(keys) :] for row in rows)
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
        insert = f"INSERT INTO {name(kind.table)} {lists(self._combination_types(kind))}"
        self.database.run(insert, [list(column) for column in zip(*told, strict=True)])

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

    # --- cases of the exact path ---

    def conflicting(self, kind_name: str, given: frozenset[str] | None = None) -> str | None:
        """Return the query of the cases with contradictory values for a field.

        Values can be given, computed or concluded. Return None if no contradiction is possible when only the fields
        `given` are stated.
        """
        kind = self.kinds[kind_name]
        if not kind.derived or not (kind.has_conflicts or self._may_differ(kind, given)):
            return None
        conflicts = [f"z.{name(_CONFLICT)}"]
        for each in kind.derived:
            ways = [
                column for column in (stated_column(each.name), computed_column(each.name)) if column in kind.columns
            ]
            candidates = [*(f"r.{name(column)}" for column in ways), f"z.{name(f'c_{each.name}')}"]
            for position, first in enumerate(candidates):
                conflicts += [f"COALESCE({first} <> {second}, FALSE)" for second in candidates[position + 1 :]]
            if computed_none_column(each.name) in kind.columns:
                is_none = f"COALESCE(r.{name(computed_none_column(each.name))}, FALSE)"
                others = [one for one in candidates if one != f"r.{name(computed_column(each.name))}"]
                conflicts += [f"({is_none} AND {other} IS NOT NULL)" for other in others]
        return f"{self.with_combinations(kind, [f'r.{name(CASE)}'])} WHERE {any_true(conflicts)}"

    def _may_differ(self, kind: KindCombinations, stated: frozenset[str] | None) -> bool:
        """Return true if a field can also have a stated or computed value besides its concluded one."""
        for each in kind.derived:
            if computed_column(each.name) in kind.columns or computed_none_column(each.name) in kind.columns:
                return True
            if stated_column(each.name) in kind.columns and (stated is None or each.name in stated):
                return True
        return False

    def with_combinations(self, kind: KindCombinations, columns: Sequence[str], joins: str = "") -> str:
        """Return the query of columns of a kind's results `r` joined with the results of their combinations `z`."""
        same = all_true([f"r.{name(column)} = z.{name(column)}" for column in kind.rules.columns])
        tables = f"{name(kind.results)} AS r JOIN {name(kind.table)} AS z ON {same}"
        return f"SELECT {', '.join(columns)} FROM {tables}{joins}"


def _told_of(rulebook: Rulebook, options: Options) -> frozenset[tuple[str, str]]:
    """Return the fields whose values the summary counts by or the view shows."""
    view = None if options.view is None else rulebook.views.get(options.view)
    shown = () if view is None else ((view.about, name) for name in view.show)
    return frozenset((*options.by, *shown))
