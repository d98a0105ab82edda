"""Evaluation of cases by a program: facts to columns, level by level to situations, and back to results.

One case is a batch of one. DuckDB holds the columns, durable-rules infers each distinct situation once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any

import duckdb

from rulewright.compile.program import Inference, Program
from rulewright.diagnostics import Diagnostic
from rulewright.infer import Inferred, Reasoner
from rulewright.model.conditions import Test
from rulewright.model.contradictions import contradiction
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import VERDICT, CaseResult, Outcome, SubjectResult, Verdict, worst
from rulewright.model.rulebook import Conclude, Field
from rulewright.model.values import Absent, Known, Truth, Value, canonical
from rulewright.observe.columns import (
    AS_OF,
    CASE,
    REF,
    ROW,
    VERDICT_COLUMN,
    computed_column,
    computed_none_column,
    concluded_column,
    concluded_conflict_column,
    contradicted_column,
    none_column,
    outcome_column,
    situation_column,
    stated_column,
    value_column,
)
from rulewright.observe.plan import BaseTable, Plan, Step, plan

#: So many cases are held in columns at once.
CASES_AT_ONCE = 20_000

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_TRUTHS = {truth.value: truth for truth in Truth}


@dataclass(frozen=True, slots=True)
class Situation:
    """What one situation of one inference comes to: outcomes by rule, truths by test, and the reactions that fired."""

    outcomes: Mapping[str, Outcome]
    truths: Mapping[Test, Truth]
    verdict: Verdict | None
    inferred: Inferred


class Engine:
    """Evaluates cases by one program; keeps the situations that it has inferred for the next cases."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._reasoners: dict[str, Reasoner] = {}
        self._situations: dict[str, dict[str, Situation]] = {}

    @cached_property
    def _plan(self) -> Plan:
        return plan(self.program)

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(":memory:")

    @property
    def situations(self) -> int:
        """How many distinct situations have been inferred."""
        return sum(len(found) for found in self._situations.values())

    def evaluate(self, cases: Sequence[Case]) -> list[CaseResult]:
        """The result of each case, in their order."""
        results: list[CaseResult] = []
        for start in range(0, len(cases), CASES_AT_ONCE):
            results.extend(self._evaluate(cases[start : start + CASES_AT_ONCE]))
        return results

    def _evaluate(self, cases: Sequence[Case]) -> list[CaseResult]:
        facts = {
            kind: [(number, fact) for number, case in enumerate(cases) for fact in case.facts.get(kind, ())]
            for kind in self.program.rulebook.kinds
        }
        for kind, base in self._plan.bases.items():
            self._load(base, cases, facts[kind])
        for step in self._plan.steps:
            self._connection.execute(step.create)
            if step.inference is not None:
                self._infer(step, step.inference)
        subjects: list[list[SubjectResult]] = [[] for _ in cases]
        errors: list[list[Diagnostic]] = [[] for _ in cases]
        for kind, found in facts.items():
            for (number, fact), row in zip(found, self._rows(kind), strict=True):
                result, contradictions = self._subject(fact, row)
                subjects[number].append(result)
                errors[number].extend(contradictions)
        return [
            CaseResult(case.name, (), None, tuple(wrong))
            if wrong
            else CaseResult(case.name, tuple(found), worst(subject.verdict for subject in found))
            for case, found, wrong in zip(cases, subjects, errors, strict=True)
        ]

    # --- facts to columns and back ---

    def _load(self, base: BaseTable, cases: Sequence[Case], facts: Sequence[tuple[int, Fact]]) -> None:
        columns: list[list[Any]] = []
        for column, type_ in base.columns.items():
            field = base.fields.get(column)
            if column == ROW:
                columns.append(list(range(len(facts))))
            elif column == CASE:
                columns.append([number for number, _ in facts])
            elif column == REF:
                columns.append([fact.ref for _, fact in facts])
            elif column == AS_OF:
                columns.append([cases[number].as_of for number, _ in facts])
            elif field == VERDICT:
                columns.append([Verdict.NOT_APPLICABLE.value] * len(facts))
            elif field is None:
                kind = column.removeprefix("l_")
                columns.append([kind in cases[number].facts for number, _ in facts])
            elif type_.startswith("DECIMAL"):
                columns.append([_decimal(fact.values.get(field)) for _, fact in facts])
            else:
                columns.append([fact.values.get(field) for _, fact in facts])
        self._fill(base.name, base.columns, columns)

    def _fill(self, table: str, types: Mapping[str, str], columns: list[list[Any]]) -> None:
        """Make a table of these columns; DuckDB takes whole lists much faster than rows."""
        declared = ", ".join(f'"{name}" {type_}' for name, type_ in types.items())
        self._connection.execute(f'CREATE OR REPLACE TEMP TABLE "{table}" ({declared})')
        unnested = ", ".join(f"unnest(?::{type_}[])" for type_ in types.values())
        self._connection.execute(f'INSERT INTO "{table}" SELECT {unnested}', columns)

    def _rows(self, kind: str) -> list[dict[str, Any]]:
        result = self._plan.results[kind]
        rows = self._connection.execute(result.query).fetchall()
        return [dict(zip(result.columns, row, strict=True)) for row in rows]

    def _subject(self, fact: Fact, row: Mapping[str, Any]) -> tuple[SubjectResult, list[Diagnostic]]:
        rulebook = self.program.rulebook
        fields = rulebook.kinds[fact.kind].fields
        values = {name: _value(row, value_column(name), none_column(name), field) for name, field in fields.items()}
        outcomes: dict[str, Outcome] = {}
        truths: dict[Test, Truth] = {}
        verdict = Verdict.NOT_APPLICABLE
        for level in self.program.levels:
            inference = level.inferences.get(fact.kind)
            if inference is None:
                continue
            situation = self._situations[inference.name][row[situation_column(level.number)]]
            outcomes.update(situation.outcomes)
            truths.update(situation.truths)
            verdict = situation.verdict or verdict
        ordered = {rule.name: outcomes[rule.name] for rule in rulebook.rules_about(fact.kind)}
        errors = [
            self._contradiction(fact, field, row, ordered)
            for name, field in fields.items()
            if row.get(contradicted_column(name))
        ]
        return SubjectResult(fact.kind, fact.ref, values, ordered, verdict, truths), errors

    def _contradiction(
        self, fact: Fact, field: Field, row: Mapping[str, Any], outcomes: Mapping[str, Outcome]
    ) -> Diagnostic:
        raw = row.get(stated_column(field.name))
        stated = None if raw is None else canonical(raw, field.type)
        seen: list[Value] = [] if stated is None else [stated]
        derived: list[tuple[Value, str | None]] = []
        computed = _value(row, computed_column(field.name), computed_none_column(field.name), field)
        candidates: list[tuple[Value, str | None]] = [] if computed is Absent.UNKNOWN else [(computed, None)]
        candidates += [
            (rule.action.values[field.name], rule.name)
            for rule in self.program.rulebook.rules_about(fact.kind)
            if isinstance(rule.action, Conclude)
            and outcomes[rule.name] is Outcome.CONCLUDED
            and field.name in rule.action.values
        ]
        for value, rule_name in candidates:
            if value not in seen:
                seen.append(value)
                derived.append((value, rule_name))
        return contradiction(fact, field.name, stated, derived)

    # --- situations ---

    def _infer(self, step: Step, inference: Inference) -> None:
        key = situation_column(step.level)
        found = self._connection.execute(f'SELECT DISTINCT "{key}" FROM "{step.table}"').fetchall()
        known = self._situations.setdefault(inference.name, {})
        for (situation,) in found:
            if situation not in known:
                if inference.name not in self._reasoners:
                    self._reasoners[inference.name] = Reasoner(inference)
                known[situation] = self._situation(inference, situation, self._reasoners[inference.name])
        if step.join is None:
            return
        rows = [(situation, *self._outputs(step, known[situation])) for (situation,) in found]
        columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(1 + len(step.outputs))]
        self._fill(step.situations, {key: "VARCHAR", **step.outputs}, columns)
        self._connection.execute(step.join)

    def _situation(self, inference: Inference, situation: str, reasoner: Reasoner) -> Situation:
        inferred = reasoner.infer(situation)
        outcomes = {
            rule: _OUTCOMES[inferred.values.get(name, Outcome.UNKNOWN.value)]
            for rule, name in inference.outcomes.items()
        }
        truths = {
            test.test: _TRUTHS[letter]
            for test, letter in zip(inference.tests, situation, strict=False)
            if letter in _TRUTHS
        }
        verdict = None if inference.verdict is None else Verdict(inferred.values[inference.verdict])
        return Situation(MappingProxyType(outcomes), MappingProxyType(truths), verdict, inferred)

    def _outputs(self, step: Step, situation: Situation) -> list[Any]:
        """What later levels read of a situation, in the order of the step's outputs."""
        rulebook = self.program.rulebook
        outputs: dict[str, Any] = {}
        if situation.verdict is not None:
            outputs[VERDICT_COLUMN] = situation.verdict.value
        numbers = {rule: number for number, rule in enumerate(rulebook.rules)}
        for rule_name, outcome in situation.outcomes.items():
            outputs[outcome_column(numbers[rule_name])] = outcome.value
            action = rulebook.rules[rule_name].action
            if isinstance(action, Conclude):
                for name, value in action.values.items():
                    column, conflict = concluded_column(name, step.level), concluded_conflict_column(name, step.level)
                    outputs.setdefault(column, None)
                    outputs.setdefault(conflict, False)
                    if outcome is Outcome.CONCLUDED:
                        before = outputs[column]
                        outputs[conflict] = outputs[conflict] or (before is not None and before != value)
                        outputs[column] = value if before is None else before
        decimals = {name for name, type_ in step.outputs.items() if type_.startswith("DECIMAL")}
        return [_decimal(outputs[name]) if name in decimals else outputs[name] for name in step.outputs]


def _decimal(value: Known | None) -> Decimal | None:
    """A number as DuckDB is given it in a list: one type, so that none goes by way of a float."""
    return None if value is None else Decimal(value)  # type: ignore[arg-type]  # a number, by the field's type


def _value(row: Mapping[str, Any], value: str, none: str, field: Field) -> Value:
    if row.get(none):
        return Absent.NONE
    found = row.get(value)
    return Absent.UNKNOWN if found is None else canonical(found, field.type)
