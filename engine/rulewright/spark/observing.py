"""The observation of a program on Spark: its SQL on the workers, the inference of situations on the driver.

The result is a dataframe for each kind, with its subjects and the outcomes of their rules.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession, functions as F

from rulewright.batch.options import Detail
from rulewright.batch.records import NAMED, RANKS
from rulewright.batch.rows import CASE as NAME
from rulewright.compile.program import Program
from rulewright.evaluate.kind_rules import Key, KindRules
from rulewright.evaluate.situations import Situations
from rulewright.model.outcomes import VERDICT, Verdict
from rulewright.model.rulebook import Conclude, Field, Rulebook
from rulewright.model.values import Absent
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
from rulewright.observe.plan import Base, Step, Target, plan
from rulewright.spark.builders import DataframeCache, column, nothing, quoted, small_frame, some, spark_type, sure
from rulewright.spark.case_records import CONFLICT, FINDINGS, LISTS, NUMBER, RANK, findings
from rulewright.spark.case_rows import KEY

#: Maximum number of tables derived from each other without a shuffle.
_LONGEST_CHAIN = 6
_CARRIED = "case_name"
_FINDINGS = "STRUCT(rule VARCHAR, outcome VARCHAR, severity VARCHAR)[]"


def derived_fields(rulebook: Rulebook, kind: str) -> list[Field]:
    """Return the fields that can get contradicting values: concluded fields, and computed fields that may be stated."""
    concluded = {
        name for rule in rulebook.rules_about(kind) if isinstance(rule.action, Conclude) for name in rule.action.values
    }
    return [
        each
        for each in rulebook.kinds[kind].fields.values()
        if each.from_table is None and (each.name in concluded or (each.computed is not None and each.may_be_given))
    ]


class Observation:
    """The results of a program for the facts of cases."""

    def __init__(
        self,
        cache: DataframeCache,
        spark: SparkSession,
        program: Program,
        facts: Callable[[str, Mapping[str, str]], DataFrame],
        present: Sequence[str],
        detail: Detail,
    ) -> None:
        """Observe all facts.

        `facts` returns the facts of a kind in the form of `cases.base_facts`; only the kinds `present` have any.
        """
        self.cache = cache
        self.spark = spark
        self.program = program
        self.present = present
        self.detail = detail
        self._views: list[str] = []
        self._rule_numbers = {name: number for number, name in enumerate(program.rulebook.rules)}
        self._situations = {
            inference.name: Situations(program.rulebook, inference)
            for level in program.levels
            for inference in level.inferences.values()
        }
        target = Target("spark", f"rulewright_{uuid.uuid4().hex}_")
        self.plan = plan(program, {_CARRIED: "VARCHAR"}, frozenset(), target)
        try:
            self.subjects = self._observed(facts)
        finally:
            for view in self._views:
                spark.catalog.dropTempView(view)

    @property
    def situations(self) -> int:
        """Return the number of distinct situations that were inferred."""
        return sum(map(len, self._situations.values()))

    def _observed(self, facts: Callable[[str, Mapping[str, str]], DataFrame]) -> dict[str, DataFrame]:
        for table, lookup in self.plan.lookups:
            self._view(table.name, self._small(table.types, list(zip(*lookup.values, strict=True))))
        for kind, base in self.plan.bases.items():
            self._view(base.table.name, _base(base, facts(kind, base.listed)))
        chains: dict[str, int] = {}
        for step in self.plan.steps:
            self.spark.sql(step.create)
            self._views.append(step.table)
            if step.kind in self.present:
                made = self.spark.table(step.table)
                # each task carries the lineage of its rows back to their last shuffle
                chain = 1 + max((chains[name] for name in chains if quoted(name) in step.create), default=0)
                if chain == _LONGEST_CHAIN:
                    made, chain = made.repartition(column(CASE)), 0
                chains[step.table] = chain
                self.cache.add(made).createOrReplaceTempView(step.table)
            if step.inference is not None:
                self._infer(step)
        return {kind: self._subjects(kind) for kind in self.present}

    def _view(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)
        self._views.append(name)

    def _small(self, types: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> DataFrame:
        """Return a small table with the types of the observation."""
        return small_frame(self.spark, {name: spark_type(type_) for name, type_ in types.items()}, rows)

    def _infer(self, step: Step) -> None:
        """Create the view with the column values that later levels read from the situations of a step."""
        assert step.situations is not None and step.inference is not None
        situations = self._situations[step.inference.name]
        keys = sorted(row[0] for row in self.spark.sql(step.distinct).collect()) if step.kind in self.present else []
        rows = [situations.outputs(key, step.level, step.situations.types) for key in keys]
        self._view(step.situations.name, self._small(step.situations.types, rows))

    # --- subjects ---

    def _subjects(self, kind: str) -> DataFrame:
        """Return the subjects of a kind with verdict, outcomes, and a flag for contradicting values."""
        rules = KindRules(self.program, kind, self._situations)
        rows = self.spark.sql(self.plan.results[kind].query)
        derived = derived_fields(self.program.rulebook, kind)
        if rules.columns:
            rows = self.cache.add(rows)
            keys = sorted(tuple(row) for row in rows.select(*map(column, rules.columns)).distinct().collect())
        else:
            keys = [()]
        types = {**dict.fromkeys(rules.columns, "VARCHAR"), **self._types(derived)}
        found = self._small(types, [[*key, *self._told(kind, rules, key, derived)] for key in keys])
        joined = rows.join(found, list(rules.columns)) if rules.columns else rows.crossJoin(found)
        conflict = column("concludes_two") | some(_conflicts(derived, self.plan.results[kind].columns))
        told = [FINDINGS] if self.detail is Detail.FINDINGS else LISTS
        return joined.select(
            column(CASE).alias(KEY),
            column(_CARRIED).alias(NAME),
            column(ROW).alias(NUMBER),
            REF,
            RANK,
            *told,
            conflict.alias(CONFLICT),
        )

    def _types(self, derived: Sequence[Field]) -> dict[str, str]:
        lists = {FINDINGS: _FINDINGS} if self.detail is Detail.FINDINGS else dict.fromkeys(LISTS, "INTEGER[]")
        concluded = {_concluded(each): SQL_TYPES[each.type] for each in derived}
        return {RANK: "INTEGER", **lists, "concludes_two": "BOOLEAN", **concluded}

    def _told(self, kind: str, rules: KindRules, key: Key, derived: Sequence[Field]) -> Iterator[Any]:
        """Yield the column values of the subjects with these situations."""
        result = rules.of(key)
        about = self.program.rulebook.rules_about(kind)
        yield RANKS.index(result.verdict)
        if self.detail is Detail.FINDINGS:
            yield findings(about, result.outcomes)
        else:
            for outcome in NAMED:
                yield [self._rule_numbers[rule.name] for rule in about if result.outcomes[rule.name] is outcome]
        concluded = {name: {value for value, _ in values} for name, values in result.concluded.items()}
        yield any(len(values) > 1 for values in concluded.values())
        for each in derived:
            yield next((value for value in concluded.get(each.name, ()) if not isinstance(value, Absent)), None)


def _concluded(field: Field) -> str:
    return f"concluded_{field.name}"


def _conflicts(derived: Sequence[Field], columns: Sequence[str]) -> Iterator[Column]:
    """Yield the conditions that the stated, computed and concluded values of a field differ."""
    for field in derived:
        stated, computed, none = (
            column(name) if name in columns else None
            for name in (stated_column(field.name), computed_column(field.name), computed_none_column(field.name))
        )
        concluded = column(_concluded(field))
        values = [value for value in (stated, computed, concluded) if value is not None]
        yield from (sure(first != second) for first, second in combinations(values, 2))
        if none is not None:
            yield from (sure(none) & other.isNotNull() for other in (stated, concluded) if other is not None)


def _base(base: Base, facts: DataFrame) -> DataFrame:
    """Return the table of a kind's facts in the form of the plan."""
    there = {CASE: KEY, _CARRIED: NAME, AS_OF: AS_OF, ROW: "number", **{name: name for name in base.listed}}
    stated = facts.select("fact.*").columns if "fact" in facts.columns else []
    columns = []
    for name, type_ in base.table.types.items():
        given = value_column(base.fields.get(name, ""))
        if name in there:
            value = column(there[name])
        elif base.fields.get(name) == VERDICT:
            value = F.lit(Verdict.NOT_APPLICABLE.value)
        elif name == REF and stated:
            value = column("fact").getField(REF)
        elif given in stated:
            value = column("fact").getField(given)
        else:
            value = nothing(spark_type(type_))
        columns.append(value.alias(name))
    return facts.select(*columns)
