"""The queries of a program: a table for each kind and level, with what is derived and each subject's situation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from sqlglot import exp

from rulewright.compile.program import Inference, Level, Program
from rulewright.model.conditions import AllOf, AnyOf, Condition, Not, Test
from rulewright.model.dependencies import Item, RuleItem, VerdictItem, dependencies, related_facts
from rulewright.model.outcomes import VERDICT, Outcome
from rulewright.model.rulebook import Conclude
from rulewright.observe import sql
from rulewright.observe.columns import (
    AS_OF,
    CASE,
    REF,
    ROW,
    SQL_TYPES,
    VERDICT_COLUMN,
    concluded_column,
    concluded_conflict_column,
    listed_column,
    outcome_column,
    situation_column,
    stated_column,
    value_column,
)
from rulewright.observe.derived import derived_columns
from rulewright.observe.sql import Sql
from rulewright.observe.translate import Surroundings, Translator

#: The letter of each outcome in a situation.
OUTCOME_LETTERS = dict(zip((outcome.value for outcome in Outcome), "mvacsun", strict=True))


@dataclass(frozen=True, slots=True)
class BaseTable:
    """The table that a kind's facts are loaded into: its columns and their SQL types; which field each holds."""

    name: str
    columns: Mapping[str, str]
    fields: Mapping[str, str]
    listed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What is done for one kind at one level.

    `create` makes the table; with an inference, its situations are inferred, `situations` filled with a row each (the
    situation and the `outputs`), and `join` makes the view that later levels read, where they read anything of it.
    """

    kind: str
    level: int
    table: str
    create: str
    inference: Inference | None
    situations: str
    outputs: Mapping[str, str]
    join: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """The last query of a kind: a row for each subject, its columns by name."""

    query: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All queries of a program, in order."""

    bases: Mapping[str, BaseTable]
    steps: tuple[Step, ...]
    results: Mapping[str, Result]


def plan(program: Program) -> Plan:
    """The queries of a program, in DuckDB's dialect."""
    return _Planner(program).plan()


class _Planner:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.rulebook = program.rulebook
        self.relations: dict[str, str] = {}
        self.columns: dict[str, list[str]] = {}
        self.aliases: Iterator[int] = count()
        numbers = {rule: number for number, rule in enumerate(self.rulebook.rules)}
        self.surroundings = Surroundings(self.rulebook, lambda kind: self.relations[kind], self.aliases, numbers)
        reads = [read for item, found in dependencies(self.rulebook).items() for read in _direct(item, found)]
        self.outcomes_read = {read.rule for read in reads if isinstance(read, RuleItem)}
        self.outcomes_read |= {
            prior.rule
            for level in program.levels
            for inference in level.inferences.values()
            for prior in inference.prior
        }
        self.verdicts_read = {read.kind for read in reads if isinstance(read, VerdictItem)}
        self.listed = tuple(dict.fromkeys(related.of for related in related_facts(self.rulebook)))

    def plan(self) -> Plan:
        bases = {kind: self._base(kind) for kind in self.rulebook.kinds}
        steps: list[Step] = []
        for level in self.program.levels:
            before = dict(self.relations)
            made = [
                self._step(kind, level)
                for kind in self.rulebook.kinds
                if kind in level.fields or kind in level.inferences
            ]
            # all steps of a level read what stood before it
            self.relations = before
            for step, relation, columns in made:
                steps.append(step)
                self.relations[step.kind] = relation
                self.columns[step.kind] = columns
        results = {}
        for kind in self.rulebook.kinds:
            columns = self.columns[kind]
            query = exp.select(*(sql.column(name) for name in columns)).from_(exp.to_table(self.relations[kind]))
            results[kind] = Result(sql.text(query.order_by(sql.column(ROW))), tuple(columns))
        return Plan(bases, tuple(steps), results)

    def _base(self, kind: str) -> BaseTable:
        base_fields = set(self.program.base_fields[kind])
        columns = {ROW: "BIGINT", CASE: "BIGINT", REF: "VARCHAR", AS_OF: "DATE"}
        fields = {}
        for field in self.rulebook.kinds[kind].fields.values():
            if field.name in base_fields:
                column = value_column(field.name)
            elif field.may_be_given and field.from_table is None:
                column = stated_column(field.name)
            else:
                continue
            columns[column] = SQL_TYPES[field.type]
            fields[column] = field.name
        for listed in self.listed:
            columns[listed_column(listed)] = "BOOLEAN"
        name = f"facts_{kind}"
        self.relations[kind] = name
        self.columns[kind] = list(columns)
        if kind in self.verdicts_read and not any(rule.decides for rule in self.rulebook.rules_about(kind)):
            self.columns[kind].append(VERDICT_COLUMN)
            columns[VERDICT_COLUMN] = "VARCHAR"
            fields[VERDICT_COLUMN] = VERDICT
        return BaseTable(name, columns, fields, self.listed)

    # --- one kind at one level ---

    def _step(self, kind: str, level: Level) -> tuple[Step, str, list[str]]:
        translator = Translator(kind, "s", self.surroundings)
        kept = list(self.columns[kind])
        added: dict[str, Sql] = {}
        for name in level.fields.get(kind, ()):
            added.update(derived_columns(self.rulebook.kinds[kind].fields[name], translator, kept))
        inference = level.inferences.get(kind)
        tests = {}
        if inference is not None:
            tests = {test.property: translator.test(test.test) for test in inference.tests}
        inner = translator.select(
            [sql.alias(sql.column(name, "s"), name) for name in kept]
            + [sql.alias(value, name) for name, value in {**added, **tests}.items()]
        )
        table = f"level{level.number}_{kind}"
        columns = [*kept, *added]
        outputs: dict[str, str] = {}
        if inference is None:
            return Step(kind, level.number, table, _create(table, inner), None, "", outputs, None), table, columns
        situation = sql.alias(self._situation(inference), situation_column(level.number))
        outer = exp.select(*(sql.column(name) for name in columns), situation).from_(
            exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier("observed", quoted=True)))
        )
        columns.append(situation_column(level.number))
        outputs = self._outputs(inference, level.number)
        situations = f"situations{level.number}_{kind}"
        join = relation = None
        if outputs:
            relation = f"joined{level.number}_{kind}"
            join = sql.text(self._join(relation, table, situations, columns, outputs, level.number))
            columns = [*columns, *outputs]
        step = Step(kind, level.number, table, _create(table, outer), inference, situations, outputs, join)
        return step, relation or table, columns

    def _situation(self, inference: Inference) -> Sql:
        """The letters of a subject's situation; `-` for a test that does not matter to it."""
        where = {test.test: sql.column(test.property, "observed") for test in inference.tests}
        letters: list[Sql] = []
        for test in inference.tests:
            truth = sql.column(test.property, "observed")
            branches = [
                (truth, exp.Literal.string("t")),
                (sql.negation(truth.copy()), exp.Literal.string("f")),
            ]
            guards = [_guard(guard, where) for guard in test.guards if guard is not None]
            if len(guards) == len(test.guards):
                matters = sql.any_true([sql.not_false(guard) for guard in guards])
                branches.insert(0, (sql.negation(matters), exp.Literal.string("-")))
            letters.append(sql.choose(*branches, otherwise=exp.Literal.string("u")))
        for rule in inference.prior:
            column = sql.column(outcome_column(self.surroundings.rule_numbers[rule.rule]), "observed")
            branches = [
                (sql.binary(exp.EQ, column.copy(), exp.Literal.string(outcome)), exp.Literal.string(letter))
                for outcome, letter in OUTCOME_LETTERS.items()
            ]
            letters.append(sql.choose(*branches))
        return sql.function("CONCAT", exp.Literal.string(""), *letters)

    def _outputs(self, inference: Inference, level: int) -> dict[str, str]:
        outputs = {}
        for rule_name in inference.outcomes:
            rule = self.rulebook.rules[rule_name]
            if rule_name in self.outcomes_read:
                outputs[outcome_column(self.surroundings.rule_numbers[rule_name])] = "VARCHAR"
            if isinstance(rule.action, Conclude):
                for name in rule.action.values:
                    field = self.rulebook.kinds[inference.kind].fields[name]
                    outputs[concluded_column(name, level)] = SQL_TYPES[field.type]
                    outputs[concluded_conflict_column(name, level)] = "BOOLEAN"
        if inference.verdict is not None and inference.kind in self.verdicts_read:
            outputs[VERDICT_COLUMN] = "VARCHAR"
        return outputs

    def _join(
        self, view: str, table: str, situations: str, columns: list[str], outputs: Mapping[str, str], level: int
    ) -> exp.Expression:
        key = situation_column(level)
        query = exp.select(*(sql.alias(sql.column(name, "s"), name) for name in columns))
        query = query.select(*(sql.alias(sql.column(name, "z"), name) for name in outputs))
        query = query.from_(exp.alias_(exp.to_table(table), "s", table=True, quoted=True)).join(
            exp.alias_(exp.to_table(situations), "z", table=True, quoted=True),
            on=sql.binary(exp.EQ, sql.column(key, "s"), sql.column(key, "z")),
        )
        return exp.Create(this=exp.to_table(view), kind="VIEW", expression=query, replace=True)


def _create(table: str, query: exp.Expression) -> str:
    created = exp.Create(
        this=exp.to_table(table),
        kind="TABLE",
        expression=query,
        replace=True,
        properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
    )
    return sql.text(created)


def _direct(item: Item, reads: tuple[Item, ...]) -> tuple[Item, ...]:
    """What an item reads by a column; a verdict is inferred together with the outcomes that it reads."""
    return () if isinstance(item, VerdictItem) else reads


def _guard(condition: Condition, truths: Mapping[Test, exp.Column]) -> Sql:
    """A condition over the truths of its tests, which are columns already."""
    match condition:
        case AllOf(parts):
            return sql.all_true([_guard(part, truths) for part in parts])
        case AnyOf(parts):
            return sql.any_true([_guard(part, truths) for part in parts])
        case Not(part):
            return sql.negation(_guard(part, truths))
        case _:
            return truths[condition].copy()
