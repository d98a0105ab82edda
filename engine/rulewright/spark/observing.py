"""The observation of a program on Spark: its plan's SQL over the facts, with the inference of situations on the driver.

What comes out are the subjects of each kind, each with the outcomes of its rules; nothing but SQL runs on the workers.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import Column, DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from rulewright.compile.program import Program
from rulewright.evaluate.letters import OUTCOMES
from rulewright.evaluate.situations import Situations
from rulewright.model.contradictions import plain
from rulewright.model.outcomes import VERDICT, Outcome, Verdict
from rulewright.model.rulebook import Conclude, Field, Rule
from rulewright.model.values import FieldType, Known, canonical
from rulewright.observe.columns import (
    AS_OF,
    CASE,
    REF,
    ROW,
    SQL_TYPES,
    computed_column,
    computed_none_column,
    situation_column,
    stated_column,
    value_column,
)
from rulewright.observe.plan import Base, Filled, Step, Target, plan
from rulewright.spark.expressions import WRONG_TYPE, Keeper, column, nothing, small_frame, spark_type, wrong

#: The outcomes that a record of a case lists by rule.
LISTED = {"violated": Outcome.VIOLATED, "unknown": Outcome.UNKNOWN, "advised": Outcome.ADVISED}
#: The verdicts from the least to the worst, by number, so that the greatest is the worst.
VERDICTS = (Verdict.NOT_APPLICABLE, Verdict.READY, Verdict.NEEDS_INFORMATION, Verdict.NOT_READY)
FINDING = "struct<rule: string, outcome: string, severity: string>"
SUBJECT_TYPES = {"verdict": "int", **dict.fromkeys(LISTED, "array<int>"), "findings": f"array<{FINDING}>"}


@dataclass(frozen=True, slots=True)
class _Settled:
    """A field that may get different values, and the columns of what is stated, and computed, of it."""

    field: Field
    stated: str | None
    computed: str | None
    none: str | None


class Observation:
    """What a program comes to for the facts of cases."""

    def __init__(
        self,
        keeper: Keeper,
        spark: SparkSession,
        program: Program,
        facts: Callable[[str, Mapping[str, str]], DataFrame],
        present: Sequence[str],
        with_findings: bool,
    ) -> None:
        """`facts` gives the facts of a kind as `cases.base_facts` does; only the kinds `present` have any."""
        self.keeper = keeper
        self.spark = spark
        self.program = program
        self.present = present
        self.with_findings = with_findings
        self.prefix = f"rulewright_{uuid.uuid4().hex}_"
        self.may_contradict = False
        self._views: list[str] = []
        rulebook = program.rulebook
        self._rule_numbers = {name: number for number, name in enumerate(rulebook.rules)}
        self._situations = {
            inference.name: Situations(rulebook, inference)
            for level in program.levels
            for inference in level.inferences.values()
        }
        self.plan = plan(program, Target("spark", self.prefix, alone=False))
        try:
            self.subjects = self._observed(facts)
        finally:
            for view in self._views:
                spark.catalog.dropTempView(view)

    @property
    def situations(self) -> int:
        """How many distinct situations were inferred."""
        return sum(map(len, self._situations.values()))

    def _observed(self, facts: Callable[[str, Mapping[str, str]], DataFrame]) -> dict[str, DataFrame]:
        for table, lookup in self.plan.lookups:
            types = {name: spark_type(type_) for name, type_ in table.types.items()}
            rows = list(zip(*lookup.values, strict=True))
            self._view(table.name, small_frame(self.spark, types, rows))
        for kind, base in self.plan.bases.items():
            self._view(base.table.name, _base(base, facts(kind, base.listed)))
        for step in self.plan.steps:
            self.spark.sql(step.create)
            self._views.append(step.table)
            if step.kind in self.present:
                self.keeper.keep(self.spark.table(step.table)).createOrReplaceTempView(step.table)
            if step.inference is not None:
                self._infer(step)
        return {kind: self._subjects(kind) for kind in self.present}

    def _view(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)
        self._views.append(name)

    def _infer(self, step: Step) -> None:
        """What later levels read of the situations of a step."""
        assert step.situations is not None and step.inference is not None
        situations = self._situations[step.inference.name]
        keys = sorted(row[0] for row in self.spark.sql(step.distinct).collect()) if step.kind in self.present else []
        rows = [situations.outputs(key, step.level, step.situations.types) for key in keys]
        self._view(step.situations.name, small_frame(self.spark, _spark_types(step.situations), rows))

    def _subjects(self, kind: str) -> DataFrame:
        """The subjects of a kind with their verdict and outcomes, and what contradicts itself in their values."""
        result = self.plan.results[kind]
        rows = self.spark.sql(result.query)
        inferences = {
            situation_column(level.number): self._situations[level.inferences[kind].name]
            for level in self.program.levels
            if kind in level.inferences
        }
        settled = list(self._settled_fields(kind, result.columns))
        self.may_contradict = self.may_contradict or bool(settled)
        if not inferences:
            outcomes = [nothing_inferred(name, type_) for name, type_ in SUBJECT_TYPES.items()]
            told = _contradiction(kind, settled, [])
            return rows.select(*_IDENTITY, *outcomes, told.alias("wrong"))
        rows = self.keeper.keep(rows)
        keys = list(inferences)
        combined = rows.select(*(column(key) for key in keys)).distinct().collect()
        concluding = [each.field for each in settled if self._concluding(kind, each.field)]
        types = {**dict.fromkeys(keys, "string"), **SUBJECT_TYPES}
        types |= {
            _concluded(field): f"array<struct<value: {spark_type(SQL_TYPES[field.type])}, told: string>>"
            for field in concluding
        }
        if not self.with_findings:
            del types["findings"]
        found = small_frame(
            self.spark, types, [self._row(kind, inferences, key, concluding) for key in sorted(combined)]
        )
        joined = rows.join(found, keys)
        told = _contradiction(kind, settled, concluding)
        outcomes = [
            column(name) if name in types else nothing_inferred(name, SUBJECT_TYPES[name]) for name in SUBJECT_TYPES
        ]
        return joined.select(*_IDENTITY, *outcomes, told.alias("wrong"))

    def _row(self, kind: str, inferences: Mapping[str, Situations], key: Row, concluding: Sequence[Field]) -> list[Any]:
        """What the subjects of a kind that are in these situations come to."""
        outcomes: dict[str, Outcome] = {}
        verdict = Verdict.NOT_APPLICABLE
        for name, situations in zip(key, inferences.values(), strict=True):
            situation = situations[name]
            verdict = situation.verdict or verdict
            for rule, letter in zip(situations.rules, situation.outcomes, strict=True):
                outcomes[rule.name] = OUTCOMES[letter]
        rules = self.program.rulebook.rules_about(kind)
        row: list[Any] = [*key, VERDICTS.index(verdict)]
        for listed in LISTED.values():
            row.append([self._rule_numbers[rule.name] for rule in rules if outcomes[rule.name] is listed])
        if self.with_findings:
            row.append(
                [
                    {"rule": rule.name, "outcome": outcomes[rule.name].value, "severity": rule.severity.value}
                    for rule in rules
                ]
            )
        for field in concluding:
            row.append(_conclusions(field, [rule for rule in rules if outcomes[rule.name] is Outcome.CONCLUDED]))
        return row

    def _concluding(self, kind: str, field: Field) -> list[Rule]:
        return [
            rule
            for rule in self.program.rulebook.rules_about(kind)
            if isinstance(rule.action, Conclude) and field.name in rule.action.values
        ]

    def _settled_fields(self, kind: str, columns: Sequence[str]) -> Iterator[_Settled]:
        """The fields that may get two different values."""

        def present(name: str) -> str | None:
            return name if name in columns else None

        for field in self.program.rulebook.kinds[kind].fields.values():
            stated, computed = present(stated_column(field.name)), present(computed_column(field.name))
            sources = (stated is not None) + (computed is not None) + len(self._concluding(kind, field))
            if field.from_table is None and sources > 1:
                yield _Settled(field, stated, computed, present(computed_none_column(field.name)))


_IDENTITY = (CASE, ROW, REF)


def nothing_inferred(name: str, type_: str) -> Column:
    """The column of a subject about whose kind there are no rules."""
    value = F.lit(0) if name == "verdict" else F.array()
    return value.cast(type_).alias(name)


def _base(base: Base, facts: DataFrame) -> DataFrame:
    """The table of a kind's facts, as the plan has it."""
    columns = []
    for name, type_ in base.table.types.items():
        if name == ROW:
            value = column("number")
        elif name == CASE:
            value = column("case")
        elif name == AS_OF:
            value = column("as_of")
        elif name in base.listed:
            value = column(name)
        elif "fact" not in facts.columns:
            value = nothing(spark_type(type_))
        elif name == REF:
            value = column("fact").getField("ref")
        elif base.fields.get(name) == VERDICT:
            value = F.lit(Verdict.NOT_APPLICABLE.value)
        elif name in base.fields:
            value = column("fact").getField(value_column(base.fields[name]))
        else:
            value = nothing(spark_type(type_))
        columns.append(value.alias(name))
    return facts.select(*columns)


def _spark_types(table: Filled) -> dict[str, str]:
    return {name: spark_type(type_) for name, type_ in table.types.items()}


# --- contradictions ---


def _concluded(field: Field) -> str:
    return f"concluded_{field.name}"


def _conclusions(field: Field, rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """The different values that rules conclude for a field, each with how it is told."""
    found: dict[Known, str] = {}
    for rule in rules:
        if isinstance(rule.action, Conclude) and field.name in rule.action.values:
            value = canonical(rule.action.values[field.name], field.type)
            found.setdefault(value, f"concluded as `{plain(value)}` by rule `{rule.name}`")
    return [{"value": value, "told": told} for value, told in found.items()]


def _contradiction(kind: str, fields: Sequence[_Settled], concluding: Sequence[Field]) -> Column:
    """What is wrong with a subject of which a field gets two values; of the first such field."""
    checks = [_contradiction_of(kind, settled, settled.field in concluding) for settled in fields]
    return F.coalesce(*checks, nothing(WRONG_TYPE))


def _contradiction_of(kind: str, settled: _Settled, is_concluded: bool) -> Column:
    field = settled.field
    empty = nothing(spark_type(SQL_TYPES[field.type]))
    stated = empty if settled.stated is None else column(settled.stated)
    computed = empty if settled.computed is None else column(settled.computed)
    is_none = F.lit(False) if settled.none is None else F.coalesce(column(settled.none), F.lit(False))
    computed_text = F.when(is_none, F.lit("none")).otherwise(_plain(computed, field))
    differs = is_none | (computed.isNotNull() & ~computed.eqNullSafe(stated))
    parts = F.array(
        F.when(stated.isNotNull(), F.concat(F.lit("stated as `"), _plain(stated, field), F.lit("`"))),
        F.when(differs, F.concat(F.lit("computed as `"), computed_text, F.lit("`"))),
    )
    if is_concluded:
        others = F.filter(
            column(_concluded(field)),
            lambda each: ~each.getField("value").eqNullSafe(stated) & ~each.getField("value").eqNullSafe(computed),
        )
        parts = F.concat(parts, others.getField("told"))
    parts = F.array_compact(parts)
    start = F.concat(F.lit(f"`{field.name}` of {kind} `"), column(REF), F.lit("` is "))
    return F.when(F.size(parts) > 1, wrong("F010", start, F.array_join(parts, " and ")))


def _plain(value: Column, field: Field) -> Column:
    """A value as an author writes it."""
    if field.type is FieldType.YES_NO:
        return F.when(value, F.lit("yes")).otherwise(F.lit("no"))
    if field.type in (FieldType.DECIMAL, FieldType.WHOLE_NUMBER):
        places = value.cast(spark_type(SQL_TYPES[FieldType.DECIMAL])).cast("string")
        return F.rtrim(F.rtrim(places, F.lit("0")), F.lit("."))
    return value.cast("string")
