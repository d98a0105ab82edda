"""The queries of a program: the derived columns and the situations of each kind at each level."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, groupby
from types import MappingProxyType

from sqlglot import exp

from rulewright.compile.program import Inference, Level, ObservedTest, Program
from rulewright.model.conditions import AllOf, AnyOf, Condition, Membership, Not, Test, tests_of
from rulewright.model.dependencies import FieldItem, conditions_of, related_facts
from rulewright.model.outcomes import OUTCOME_LETTERS, VERDICT
from rulewright.model.rulebook import Conclude, Rulebook
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
from rulewright.observe.derived import observed_columns, resolved_columns
from rulewright.observe.lookups import Lookup, lookups
from rulewright.observe.nones import fields_that_can_be_none
from rulewright.observe.sql import Sql
from rulewright.observe.translate import TranslationContext, Translator
from rulewright.observe.uses import RESULTS, Fields, Uses

#: Maximum nesting of subqueries. SQL parsers are slow or fail on deeper queries.
MAXIMUM_NESTING = 8

_ALWAYS = (ROW, CASE, REF, AS_OF)
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Filled:
    """A table filled from lists: its columns with their SQL types, and the statement with the lists as parameters."""

    name: str
    types: Mapping[str, str]
    statement: str


@dataclass(frozen=True, slots=True)
class Base:
    """The table of a kind's facts.

    `fields` maps columns to fields. `listed` maps each flag column to the kind whose listing it states.
    """

    table: Filled
    fields: Mapping[str, str]
    listed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """The query of one kind at one level; `create` makes the `table`.

    With an inference, `distinct` returns its situations. `situations` is the table for new situations, each with the
    column values that later levels read.
    """

    kind: str
    level: int
    table: str
    create: str
    inference: Inference | None = None
    distinct: str = ""
    situations: Filled | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The final query of a kind: a row for each subject, and the names of its columns; `create` makes a table of it.

    If the columns all belong to the table of a step, `create` makes a view, and `part_of` is that table.
    """

    query: str
    columns: tuple[str, ...]
    create: str
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All queries of a program, in order.

    `setup` is for a new database. `lookups` are filled there once. `longest_list` is the length of the longest list in
    a membership test.
    """

    setup: tuple[str, ...]
    lookups: tuple[tuple[Filled, Lookup], ...]
    bases: Mapping[str, Base]
    steps: tuple[Step, ...]
    results: Mapping[str, Result]
    longest_list: int


@dataclass(frozen=True, slots=True)
class Target:
    """The consumer of the queries: its SQL dialect, and the prefix of all table names."""

    dialect: str = "duckdb"
    prefix: str = ""


DUCKDB = Target()


def plan(
    program: Program, carried: Mapping[str, str] = NOTHING, result_fields: Fields | None = None, target: Target = DUCKDB
) -> Plan:
    """Return the queries of a program for a target; the statements that fill tables are always in DuckDB's dialect.

    The tables of facts also have the `carried` columns (with their SQL types), which the results return unchanged. The
    results have the fields in `result_fields`, by kind and name, or by default all derived fields.
    """
    return _Planner(program, carried, result_fields, target).plan()


def _table_of_results(kind: str, query: exp.Select, is_view: bool) -> Sql:
    return (sql.create_view if is_view else sql.create_table)(results_table(kind), query)


def results_table(kind: str) -> str:
    """Return the name of the table with the results of a kind."""
    return f"results_of_{kind}"


@dataclass(slots=True)
class _Relation:
    """The data of a kind up to a level: a table, or a query that becomes a table if it is read more than once.

    With `is_table` it is always a table.
    """

    name: str
    columns: list[str]
    query: exp.Select | None = None
    places: list[exp.Table] = field(default_factory=list)
    is_table: bool = False

    def source(self, alias: str) -> Sql:
        place = sql.table(self.name, alias)
        self.places.append(place)
        return place


@dataclass(frozen=True, slots=True)
class _Joined:
    """A table joined with the results of its situations."""

    table: str
    situations: str
    level: int
    columns: list[str]
    outputs: Mapping[str, str]

    def source(self, alias: str) -> Sql:
        key = situation_column(self.level)
        columns = [sql.column(name, "z" if name in self.outputs else "t") for name in self.columns]
        query = sql.select(columns, sql.table(self.table, "t"))
        same = sql.equal(sql.column(key, "t"), sql.column(key, "z"))
        query.set("joins", [exp.Join(this=sql.table(self.situations, "z"), on=same)])
        return sql.subquery(query, alias)


class _Planner:
    def __init__(
        self, program: Program, carried: Mapping[str, str], result_fields: Fields | None, target: Target
    ) -> None:
        self.program = program
        self.target = target
        self.rulebook = program.rulebook
        self.carried = carried
        self.is_batch = result_fields is not None
        self.uses = Uses(program, result_fields)
        self.relations: dict[str, _Relation | _Joined] = {}
        self.made: list[tuple[_Relation, str, Level | None]] = []
        self.lookups = lookups(self.rulebook, target.prefix)
        self.context = TranslationContext(
            self.rulebook,
            lambda kind, alias: self.relations[kind].source(alias),
            self._grouped,
            count(),
            self.uses.rule_numbers,
            self.lookups,
            fields_that_can_be_none(program),
        )
        self.listed = tuple(dict.fromkeys(related.of for related in related_facts(self.rulebook)))

    def plan(self) -> Plan:
        bases = {kind: self._base(kind) for kind in self.rulebook.kinds}
        for number, level in enumerate(self.program.levels, 1):
            # every query of a level reads the relations of lower levels
            found = {
                kind: self._relation(kind, level)
                for kind in self.rulebook.kinds
                if kind in level.fields or kind in level.inferences
            }
            for kind, relation in found.items():
                relation.is_table = number % MAXIMUM_NESTING == 0
                self.made.append((relation, kind, level))
                self.relations[kind] = self._joined(relation, kind, level)
        results = {kind: self._result(kind) for kind in self.rulebook.kinds}
        steps = [step for relation, kind, level in self.made if (step := self._step(relation, kind, level)) is not None]
        filled = tuple((_filled(found.name, found.types, replace=True), found) for found in self.lookups.values())
        situations = [step.situations for step in steps if step.situations is not None]
        return Plan(
            tuple(_empty_table(table) for table in situations),
            filled,
            bases,
            tuple(steps),
            {
                kind: Result(
                    query.sql(dialect=self.target.dialect),
                    columns,
                    self._text(_table_of_results(kind, query, part_of is not None)),
                    part_of,
                )
                for kind, (query, columns, part_of) in results.items()
            },
            _longest_list(self.rulebook),
        )

    # --- facts ---

    def _base(self, kind: str) -> Base:
        types = {ROW: "BIGINT", CASE: "BIGINT", REF: "VARCHAR", AS_OF: "DATE"}
        fields, listed = {}, {}
        for declared in self.rulebook.kinds[kind].fields.values():
            level = self.program.strata.levels.get(FieldItem(kind, declared.name))
            # a field that no level reads keeps its stated value, unless rules conclude it
            stated = level != 0 if level is not None else (kind, declared.name) in self.uses.concluded_at
            column = stated_column(declared.name) if stated else value_column(declared.name)
            is_given = declared.may_be_given and declared.from_table is None
            is_followed = self.is_batch and declared.refers_to is not None  # to check that the subject exists
            if (self.uses.last(kind, column) or is_followed) and (is_given or not stated):
                types[column] = SQL_TYPES[declared.type]
                fields[column] = declared.name
        for other in self.listed:
            types[listed_column(other)] = "BOOLEAN"
            listed[listed_column(other)] = other
        if self.uses.last(kind, VERDICT_COLUMN) and not any(rule.decides for rule in self.rulebook.rules_about(kind)):
            types[VERDICT_COLUMN] = "VARCHAR"
            fields[VERDICT_COLUMN] = VERDICT
        name = f"{self.target.prefix}facts_{kind}"
        types.update(self.carried)
        self.relations[kind] = _Relation(name, list(types))
        return Base(_filled(name, types, replace=True), fields, listed)

    # --- one kind at one level ---

    def _relation(self, kind: str, level: Level) -> _Relation:
        """Return the query of a level over lower levels: joins in the inner query, derived columns in the outer one."""
        translator = Translator(kind, "s", self.context)
        existing = list(self.relations[kind].columns)
        observed: dict[str, Sql] = {}
        resolved: dict[str, Sql] = {}
        for name in level.fields.get(kind, ()):
            declared = self.rulebook.kinds[kind].fields[name]
            is_only = self.uses.is_only_observed(kind, declared)
            observed.update(observed_columns(declared, translator, is_only))
            if not is_only and self.uses.last(kind, value_column(name)):
                levels = self.uses.concluded_at.get((kind, name), ())
                resolved.update(resolved_columns(declared, [*existing, *observed], levels, "o"))
        inference = level.inferences.get(kind)
        tests = self._tests(inference, translator) if inference is not None else {}
        inner = translator.select(
            [sql.all_of("s"), *(sql.alias(part, column) for column, part in {**observed, **tests}.items())]
        )
        name = f"{self.target.prefix}level{level.number}_{kind}"
        if inference is None and not resolved:
            return _Relation(name, [*existing, *observed], inner)
        remaining = [column for column in (*existing, *observed) if self._is_read_above(kind, column, level.number)]
        added = {column: value for column, value in resolved.items() if self._is_read_above(kind, column, level.number)}
        if inference is not None:
            added[situation_column(level.number)] = self._situation(inference)
        outer = sql.select(
            [
                *(sql.column(column, "o") for column in remaining),
                *(sql.alias(part, column) for column, part in added.items()),
            ],
            sql.subquery(inner, "o"),
        )
        return _Relation(name, [*remaining, *added], outer)

    def _grouped(self, kind: str, query: exp.Select) -> Callable[[str], Sql]:
        relation = _Relation(f"{self.target.prefix}grouped{len(self.made)}_{kind}", [], query)
        self.made.append((relation, kind, None))
        return relation.source

    def _is_read_above(self, kind: str, column: str, level: int) -> bool:
        always = column in _ALWAYS or column in self.carried or column.startswith("l_")
        return always or self.uses.last(kind, column) > level

    def _tests(self, inference: Inference, translator: Translator) -> dict[str, Sql]:
        of_stated = Translator(translator.kind, translator.alias, self.context, of_stated=True)
        return {
            test.property: (of_stated if test.of_stated else translator).test(test.test) for test in inference.observed
        }

    def _situation(self, inference: Inference) -> Sql:
        """Return the situation of a subject, with `-` for each test that does not matter."""
        where = {test.test: sql.column(test.property, "o") for test in inference.observed if not test.of_stated}
        letters: list[Sql] = []
        for _, group in groupby(inference.observed, key=lambda test: test.guards):
            letters += _letters(list(group), where)
        for rule in inference.prior:
            column = sql.column(outcome_column(self.uses.rule_numbers[rule.rule]), "o")
            branches = [
                (sql.equal(column, sql.string(outcome.value)), sql.string(letter))
                for outcome, letter in OUTCOME_LETTERS.items()
            ]
            letters.append(sql.choose(*branches))
        return sql.function("CONCAT", sql.string(""), *letters)

    def _outputs(self, kind: str, level: Level) -> dict[str, str]:
        """Return the columns of an inference that later levels read, with their SQL types."""
        inference = level.inferences.get(kind)
        if inference is None:
            return {}
        outputs = {}
        for rule_name in inference.outcomes:
            outputs[outcome_column(self.uses.rule_numbers[rule_name])] = "VARCHAR"
            action = self.rulebook.rules[rule_name].action
            if isinstance(action, Conclude):
                for name in action.values:
                    declared = self.rulebook.kinds[kind].fields[name]
                    outputs[concluded_column(name, level.number)] = SQL_TYPES[declared.type]
                    outputs[concluded_conflict_column(name, level.number)] = "BOOLEAN"
        if inference.verdict is not None:
            outputs[VERDICT_COLUMN] = "VARCHAR"
        return {name: type_ for name, type_ in outputs.items() if self.uses.last(kind, name) > level.number}

    def _joined(self, relation: _Relation, kind: str, level: Level) -> _Relation | _Joined:
        outputs = self._outputs(kind, level)
        if not outputs:
            return relation
        relation.is_table = True  # its situations are selected from the table
        columns = [*relation.columns, *outputs]
        return _Joined(relation.name, _situations(relation), level.number, columns, outputs)

    def _step(self, relation: _Relation, kind: str, level: Level | None) -> Step | None:
        """Return the step for the table of a level, or None if its query is inlined in its only reader."""
        assert relation.query is not None
        if len(relation.places) == 1 and not relation.is_table:
            place = relation.places[0]
            place.replace(sql.subquery(relation.query, place.alias))
            return None
        create = self._text(sql.create_table(relation.name, relation.query))
        outputs = {} if level is None else self._outputs(kind, level)
        if level is None or not outputs:
            return Step(kind, 0 if level is None else level.number, relation.name, create)
        key = situation_column(level.number)
        distinct = sql.select([sql.column(key)], sql.table(relation.name)).distinct(copy=False)
        situations = _filled(_situations(relation), {key: "VARCHAR", **outputs})
        inference = level.inferences[kind]
        return Step(kind, level.number, relation.name, create, inference, self._text(distinct), situations)

    def _result(self, kind: str) -> tuple[exp.Select, tuple[str, ...], str | None]:
        relation = self.relations[kind]
        always = (ROW, CASE, REF, AS_OF, *self.carried) if self.is_batch else (ROW,)
        columns = tuple(name for name in relation.columns if name in always or self.uses.last(kind, name) == RESULTS)
        part_of = None
        if self.is_batch and isinstance(relation, _Joined) and not set(columns) & set(relation.outputs):
            part_of = relation.table
        source = relation.source("s") if part_of is None else sql.table(part_of, "s")
        query = sql.select([sql.column(name, "s") for name in columns], source)
        return query if self.is_batch else query.order_by(sql.column(ROW, "s"), copy=False), columns, part_of

    def _text(self, query: Sql) -> str:
        return sql.text(query, self.target.dialect)


def _longest_list(rulebook: Rulebook) -> int:
    listed = [
        len(dated.value)
        for parameter in rulebook.parameters.values()
        for dated in parameter.values
        if isinstance(dated.value, tuple)
    ]
    conditions = [condition for rule in rulebook.rules.values() for condition in conditions_of(rule)]
    conditions += [related.where for related in related_facts(rulebook) if related.where is not None]
    for condition in conditions:
        for test in tests_of(condition):
            if isinstance(test, Membership) and isinstance(test.options, tuple):
                listed.append(len(test.options))
    return max(listed, default=0)


def _filled(name: str, types: Mapping[str, str], replace: bool = False) -> Filled:
    lists = sql.from_lists(types)
    return Filled(name, types, sql.text(sql.create_table(name, lists) if replace else sql.insert(name, lists)))


def _empty_table(table: Filled) -> str:
    return sql.text(sql.create_table(table.name, sql.nothing(table.types)))


def _situations(relation: _Relation) -> str:
    return f"situations_of_{relation.name}"


def _letters(group: Sequence[ObservedTest], truths: Mapping[Test, exp.Column]) -> list[Sql]:
    """Return the letters of tests with the same guards."""
    letters = []
    for test in group:
        truth = sql.column(test.property, "o")
        branches = [(truth, sql.string("t")), (sql.negation(truth), sql.string("f"))]
        letters.append(sql.choose(*branches, otherwise=sql.string("u")))
    guards = group[0].guards
    if None in guards:
        return letters
    matters = sql.any_true([sql.not_false(_guard(guard, truths)) for guard in guards if guard is not None])
    together = letters[0] if len(letters) == 1 else sql.function("CONCAT", *letters)
    return [sql.choose((sql.negation(matters), sql.string("-" * len(letters))), otherwise=together)]


def _guard(condition: Condition, truths: Mapping[Test, exp.Column]) -> Sql:
    """Return a condition over the truths of its tests, which exist as columns."""
    match condition:
        case AllOf(parts):
            return sql.all_true([_guard(part, truths) for part in parts])
        case AnyOf(parts):
            return sql.any_true([_guard(part, truths) for part in parts])
        case Not(part):
            return sql.negation(_guard(part, truths))
        case _:
            return truths[condition]
