"""Conditions and expressions about the subjects of one kind, as SQL over the relations of a level.

An expression has a value, null if it is none or unknown, and a two-valued flag that distinguishes them. A condition is
a boolean, null if it is unknown: SQL's three-valued logic is Kleene's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from sqlglot import exp
from typing_extensions import assert_never

from rulewright.language.operators import comparator, equality, presence
from rulewright.language.operators.ranges import possible_sql
from rulewright.model.conditions import (
    AllOf,
    AllRelated,
    AnyOf,
    AnyRelated,
    Arithmetic,
    AsOf,
    Comparison,
    Condition,
    CountOf,
    Expression,
    FieldOf,
    IsGiven,
    IsKnown,
    Literal,
    Membership,
    Not,
    NotCovered,
    ParameterOf,
    RelatedFacts,
    RuleOutcome,
    SumOf,
    Test,
)
from rulewright.model.outcomes import VERDICT, Outcome, Verdict
from rulewright.model.rulebook import Dated, Rulebook, Table
from rulewright.model.values import Absent
from rulewright.observe import sql
from rulewright.observe.columns import (
    AS_OF,
    CASE,
    REF,
    SQL_TYPES,
    VERDICT_COLUMN,
    listed_column,
    none_column,
    outcome_column,
    stated_column,
    value_column,
)
from rulewright.observe.lookups import KEY, SINCE, UNTIL, Lookup
from rulewright.observe.sql import Sql


@dataclass(frozen=True, slots=True)
class Translated:
    """An expression in SQL: its value and its none flag, or None for an expression that is never none."""

    value: Sql
    none: Sql | None = None


@dataclass(frozen=True, slots=True)
class TranslationContext:
    """The context of a translation.

    `relation` returns the facts of a kind under an alias. `grouped` registers a query over them, which runs once
    however often it is read. `nones` are the fields that can be none, by kind and name.
    """

    rulebook: Rulebook
    relation: Callable[[str, str], Sql]
    grouped: Callable[[str, exp.Select], Callable[[str], Sql]]
    aliases: Iterator[int]
    rule_numbers: Mapping[str, int]
    lookups: Mapping[str, Lookup]
    nones: Set[tuple[str, str]]


@dataclass(slots=True)
class _Group:
    """The facts of a kind that refer to a subject by one field, with their counts and sums.

    `sure_alias` is the alias of the facts that refer to the subject, `unsure_alias` that of the facts with an unknown
    reference.
    """

    inner: Translator
    through: str
    sure_alias: str
    unsure_alias: str
    columns: dict[str, Sql] = field(default_factory=dict)

    def where(self, related: RelatedFacts) -> Sql:
        return sql.TRUE if related.where is None else self.inner.condition(related.where)

    def column(self, part: Sql) -> str:
        name = f"a{len(self.columns)}"
        self.columns[name] = part
        return name

    def sure(self, name: str) -> Sql:
        return sql.coalesce(sql.column(name, self.sure_alias), sql.number(0))

    def unsure(self, name: str) -> Sql:
        return sql.coalesce(sql.column(name, self.unsure_alias), sql.number(0))


class Translator:
    """Translates conditions and expressions about the subjects of one kind, and collects the joins they need.

    With `of_stated`, it reads the stated values of the subject's fields and ignores derived ones.
    """

    def __init__(self, kind: str, alias: str, context: TranslationContext, of_stated: bool = False) -> None:
        self.kind = kind
        self.alias = alias
        self.context = context
        self.of_stated = of_stated
        self._joins: list[exp.Join] = []
        self._reached: dict[tuple[str, ...], tuple[str, str]] = {(): (kind, alias)}
        self._counted: dict[RelatedFacts, tuple[Sql, Sql, Sql]] = {}
        self._groups: dict[tuple[str, str], _Group] = {}
        self._tables: dict[str, str] = {}

    # --- expressions ---

    def expression(self, expression: Expression) -> Translated:
        """Return the value of an expression and its none flag."""
        match expression:
            case Literal(value):
                return Translated(sql.literal(value))
            case AsOf():
                return Translated(sql.column(AS_OF, self.alias))
            case ParameterOf(name):
                return Translated(self._parameter(name))
            case FieldOf(path):
                return self._field(path)
            case Arithmetic():
                return self._arithmetic(expression)
            case CountOf():
                low, high = self._range(expression)
                return Translated(sql.choose((sql.equal(low, high), low)))
            case SumOf(of_field, related):
                return Translated(self._sum(of_field, related))
            case _:
                assert_never(expression)

    def _parameter(self, name: str) -> Sql:
        values = self.context.rulebook.parameters[name].values
        return self.in_force(values, lambda dated: sql.literal(dated.value))  # type: ignore[arg-type]  # no list here

    def in_force(self, values: tuple[Dated, ...], value: Callable[[Dated], Sql]) -> Sql:
        """Return the newest value in force on the case's date; null if none is in force yet."""
        if len(values) == 1 and values[0].since is None:
            return value(values[0])
        as_of = sql.column(AS_OF, self.alias)
        branches = [
            (
                sql.TRUE if dated.since is None else sql.binary(exp.GTE, as_of, sql.literal(dated.since)),
                value(dated),
            )
            for dated in reversed(values)
        ]
        return sql.choose(*branches)

    def _field(self, path: tuple[str, ...]) -> Translated:
        if self.of_stated:
            return Translated(sql.column(stated_column(path[0]), self.alias))
        kind, alias = self._reach(path[:-1])
        name = path[-1]
        if name == VERDICT:
            verdict = sql.column(VERDICT_COLUMN, alias)
            return Translated(exp.Nullif(this=verdict, expression=sql.literal(Verdict.NEEDS_INFORMATION.value)))
        value = sql.column(value_column(name), alias)
        if (kind, name) not in self.context.nones:
            return Translated(value)
        none = sql.column(none_column(name), alias)
        # the columns of a missing target are null
        return Translated(value, none if alias == self.alias else sql.is_true(none))

    def cell(self, field: str, table_name: str) -> Translated:
        """Return the cell of a table for the subject's key, or of the row `otherwise`; unknown without a row."""
        table = self.context.rulebook.tables[table_name]
        key = self.expression(FieldOf((table.by,)))
        if table_name not in self._tables:
            lookup = self.context.lookups[table_name]
            joined = self._tables[table_name] = f"k{next(self.context.aliases)}"
            same = [sql.equal(sql.column(KEY, joined), key.value)]
            if lookup.dated:
                as_of = sql.column(AS_OF, self.alias)
                same.append(sql.binary(exp.GTE, as_of, sql.column(SINCE, joined)))
                same.append(sql.binary(exp.LTE, as_of, sql.column(UNTIL, joined)))
            self._join(sql.table(lookup.name, joined), same)
        alias = self._tables[table_name]
        value: Sql = sql.column(value_column(field), alias)
        none = sql.is_true(sql.column(none_column(field), alias))
        if table.otherwise is not None:
            rest = self._dated_cell(field, table)
            no_row = sql.all_true([sql.is_not_null(key.value), sql.is_null(sql.column(KEY, alias))])
            if rest.value is not sql.NULL:
                value = sql.choose((no_row, rest.value), otherwise=value)
            none = sql.any_true([none, sql.all_true([no_row, rest.none or sql.TRUE])])
        if key.none is not None:
            none = sql.any_true([key.none, none])
        return Translated(value, none)

    def _dated_cell(self, field: str, table: Table) -> Translated:
        """Return the cell of the row `otherwise` that is in force on the case's date."""
        cell = (table.otherwise or {}).get(field, ())
        if not cell:
            return Translated(sql.NULL, sql.TRUE)
        type_ = SQL_TYPES[self.context.rulebook.kinds[table.about].fields[field].type]
        value = self.in_force(cell, lambda dated: sql.cast(_cell_value(dated), type_))
        none = self.in_force(cell, lambda dated: sql.TRUE if dated.value is Absent.NONE else sql.FALSE)
        return Translated(value, sql.is_true(none))

    def _reach(self, path: tuple[str, ...]) -> tuple[str, str]:
        """Return the kind at the end of a path of references and the alias of its relation; the first call joins it."""
        if path not in self._reached:
            kind, alias = self._reach(path[:-1])
            target = self.context.rulebook.kinds[kind].fields[path[-1]].refers_to
            assert target is not None, "the parser lets only references be followed"
            joined = f"j{next(self.context.aliases)}"
            same = [
                sql.equal(sql.column(CASE, joined), sql.column(CASE, alias)),
                sql.equal(sql.column(REF, joined), sql.column(value_column(path[-1]), alias)),
            ]
            self._join(self.context.relation(target, joined), same)
            self._reached[path] = (target, joined)
        return self._reached[path]

    def _join(self, source: Sql, on: list[Sql]) -> None:
        self._joins.append(exp.Join(this=source, side="LEFT", on=sql.all_true(on)))

    def _arithmetic(self, expression: Arithmetic) -> Translated:
        parts = [self.expression(part) for part in expression.parts]
        nones = [part.none for part in parts if part.none is not None]
        values = [part.value for part in parts]
        return Translated(expression.operation.sql(values), sql.any_true(nones) if nones else None)

    # --- related facts ---

    def _range(self, expression: Expression) -> tuple[Sql, Sql]:
        """Return the minimum and maximum of an expression; the maximum is null if it is unlimited."""
        if isinstance(expression, CountOf):
            low, high, listed = self._counts(expression.related)
            return low, sql.choose((listed, high))
        value = self.expression(expression).value
        return value, value

    def _counts(self, related: RelatedFacts) -> tuple[Sql, Sql, Sql]:
        """Return the minimum and maximum number of related facts, and if the case lists their kind."""
        if related not in self._counted:
            group = self._group(related)
            where = group.where(related)
            one = sql.number(1)
            low = group.sure(group.column(exp.Count(this=sql.choose((where, one)))))
            high = group.column(exp.Count(this=sql.choose((sql.not_false(where), one))))
            total = sql.binary(exp.Add, group.sure(high), group.unsure(high))
            self._counted[related] = (low, total, sql.column(listed_column(related.of), self.alias))
        return self._counted[related]

    def _sum(self, of_field: str, related: RelatedFacts) -> Sql:
        group = self._group(related)
        where = group.where(related)
        added = group.inner.expression(FieldOf((of_field,)))
        counts = [sql.not_false(where)] + ([] if added.none is None else [sql.negation(added.none)])
        is_unknown = sql.any_true([sql.is_null(where), sql.is_null(added.value)])
        one = sql.number(1)
        total = group.column(exp.Sum(this=sql.choose((where, sql.cast(added.value, sql.EXACT)))))
        unsure_parts = group.column(exp.Count(this=sql.choose((sql.all_true([*counts, is_unknown]), one))))
        might = group.column(exp.Count(this=sql.choose((sql.all_true(counts), one))))
        resolved = sql.all_true(
            [
                sql.column(listed_column(related.of), self.alias),
                sql.equal(group.sure(unsure_parts), sql.number(0)),
                sql.equal(group.unsure(might), sql.number(0)),
            ]
        )
        return sql.choose((resolved, group.sure(total)))

    def _group(self, related: RelatedFacts) -> _Group:
        """Return the group of facts that refer to the subject by one field; it collects all counts and sums."""
        key = (related.of, related.through)
        if key not in self._groups:
            names = [f"a{next(self.context.aliases)}" for _ in range(3)]
            inner = Translator(related.of, names[2], self.context)
            self._groups[key] = _Group(inner, related.through, names[0], names[1])
        return self._groups[key]

    def _join_group(self, group: _Group) -> None:
        through = sql.column(value_column(group.through), group.inner.alias)
        case = sql.column(CASE, group.inner.alias)
        query = group.inner.select(
            [sql.alias(part, name) for name, part in {CASE: case, REF: through, **group.columns}.items()]
        )
        query = query.group_by(case, through, copy=False)
        source = self.context.grouped(group.inner.kind, query)
        for alias in (group.sure_alias, group.unsure_alias):
            ref = sql.column(REF, alias)
            referring = sql.equal(ref, sql.column(REF, self.alias)) if alias == group.sure_alias else sql.is_null(ref)
            self._join(source(alias), [sql.equal(sql.column(CASE, alias), sql.column(CASE, self.alias)), referring])

    # --- conditions ---

    def condition(self, condition: Condition) -> Sql:
        """Return the truth of a condition."""
        match condition:
            case AllOf(parts):
                return sql.all_true([self.condition(part) for part in parts])
            case AnyOf(parts):
                return sql.any_true([self.condition(part) for part in parts])
            case Not(part):
                return sql.negation(self.condition(part))
            case _:
                return self.test(condition)

    def test(self, test: Test) -> Sql:
        """Return the truth of a test."""
        match test:
            case Comparison(left, _, right):
                return self._comparison(test, left, right)
            case Membership(left):
                return self._membership(test, left)
            case IsGiven(operand):
                found = self.expression(operand)
                return presence.GIVEN.sql(found.value, found.none)
            case IsKnown(operand):
                found = self.expression(operand)
                return presence.KNOWN.sql(found.value, found.none)
            case AnyRelated(related):
                return self._any_related(related)
            case AllRelated(related):
                where = sql_not(related.where)
                inverse = RelatedFacts(related.of, related.through, where)
                return sql.negation(self._any_related(inverse))
            case RuleOutcome(rule, outcome):
                column = sql.column(outcome_column(self.context.rule_numbers[rule]), self.alias)
                known = exp.Nullif(this=column, expression=sql.literal(Outcome.UNKNOWN.value))
                return sql.binary(exp.EQ, known, sql.literal(outcome))
            case NotCovered():
                return sql.cast(sql.NULL, "BOOLEAN")
            case _:
                assert_never(test)

    def _any_related(self, related: RelatedFacts) -> Sql:
        low, high, listed = self._counts(related)
        nothing = sql.all_true([listed, sql.binary(exp.EQ, high, sql.number(0))])
        some = sql.all_true([listed, sql.binary(exp.GTE, low, sql.number(1))])
        return sql.choose((some, sql.TRUE), (nothing, sql.FALSE))

    def _comparison(self, test: Comparison, left: Expression, right: Expression) -> Sql:
        if isinstance(left, CountOf) or isinstance(right, CountOf):
            inverse = None if test.comparator.inverse is None else comparator(test.comparator.inverse)
            truth = possible_sql(test.comparator, inverse, *self._range(left), *self._range(right))
            nones = [] if isinstance(left, CountOf) else [self.expression(left).none]
            nones += [] if isinstance(right, CountOf) else [self.expression(right).none]
        else:
            first, second = self.expression(left), self.expression(right)
            values = [first.value, second.value]
            if test.ignore_case:
                values = [sql.folded(value) for value in values]
            truth = test.comparator.sql(*values)
            nones = [first.none, second.none]
        return _unless_none(truth, nones)

    def _membership(self, test: Membership, left: Expression) -> Sql:
        found = self.expression(left)
        value = sql.folded(found.value) if test.ignore_case else found.value

        def within(literals: tuple[Sql, ...]) -> Sql:
            options = [sql.folded(option) for option in literals] if test.ignore_case else list(literals)
            return equality.IN.sql(value, options)

        if isinstance(test.options, ParameterOf):
            values = self.context.rulebook.parameters[test.options.name].values
            truth = self.in_force(values, lambda dated: within(_list(dated)))
        else:
            truth = within(tuple(sql.literal(option.value) for option in test.options))
        return _unless_none(truth, [found.none])

    def select(self, columns: list[Sql]) -> exp.Select:
        """Return a query of columns over the kind's relation, with the joins collected so far."""
        for group in self._groups.values():
            self._join_group(group)
        query = sql.select(columns, self.context.relation(self.kind, self.alias))
        query.set("joins", self._joins)
        return query


def sql_not(condition: Condition | None) -> Condition:
    """Return the negation of a condition; never true for no condition."""
    return AnyOf(()) if condition is None else Not(condition)


def _cell_value(dated: Dated) -> Sql:
    """Return the value of a cell; null if the cell is none."""
    if isinstance(dated.value, tuple | Absent):
        return sql.NULL
    return sql.literal(dated.value)


def _list(dated: Dated) -> tuple[Sql, ...]:
    values = dated.value if isinstance(dated.value, tuple) else (dated.value,)
    return tuple(sql.literal(value) for value in values if not isinstance(value, Absent))


def _unless_none(truth: Sql, nones: list[Sql | None]) -> Sql:
    present = [none for none in nones if none is not None]
    return sql.choose((sql.any_true(present), sql.FALSE), otherwise=truth) if present else truth
