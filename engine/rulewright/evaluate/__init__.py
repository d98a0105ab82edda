"""Evaluation of cases by a program: facts to columns, level by level to situations, and back to results.

One case is a batch of one. DuckDB holds the columns, durable-rules infers each distinct situation once.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeAlias

from rulewright.compile.program import Inference, Program
from rulewright.diagnostics import Diagnostic
from rulewright.evaluate.database import Database
from rulewright.evaluate.results import KindResults
from rulewright.evaluate.situations import Situations
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import VERDICT, CaseResult, SubjectResult, Verdict, worst
from rulewright.model.values import Known
from rulewright.observe.columns import AS_OF, CASE, REF, ROW
from rulewright.observe.plan import Base, Plan, Step, plan

#: So many cases are held in columns at once.
CASES_AT_ONCE = 20_000
#: Situations of so many letters in all are kept for the next cases: hundreds of thousands of short ones.
MAXIMUM_LETTERS = 20_000_000

#: The facts of one kind, each with the number of its case.
_Facts: TypeAlias = "list[tuple[int, Fact]]"


class Engine:
    """Evaluates cases by one program; keeps the situations that it has inferred for the next cases."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._forget()

    def _forget(self) -> None:
        inferences = [inference for level in self.program.levels for inference in level.inferences.values()]
        self._situations = {each.name: Situations(self.program.rulebook, each) for each in inferences}
        # the kinds whose tables are known to be empty
        self._empty: set[str] = set()
        self.__dict__.pop("_database", None)
        self.__dict__.pop("_results", None)

    @cached_property
    def _plan(self) -> Plan:
        return plan(self.program)

    @cached_property
    def _database(self) -> Database:
        return Database(self._plan)

    @cached_property
    def _results(self) -> dict[str, KindResults]:
        return {
            kind: KindResults(self.program, kind, result.columns, self._situations)
            for kind, result in self._plan.results.items()
        }

    @property
    def situations(self) -> int:
        """How many distinct situations are known."""
        return sum(map(len, self._situations.values()))

    def evaluate(self, cases: Sequence[Case]) -> list[CaseResult]:
        """The result of each case, in their order."""
        results: list[CaseResult] = []
        for start in range(0, len(cases), CASES_AT_ONCE):
            if sum(each.letters for each in self._situations.values()) > MAXIMUM_LETTERS:
                self._forget()
            results.extend(self._evaluate(cases[start : start + CASES_AT_ONCE]))
        return results

    def _evaluate(self, cases: Sequence[Case]) -> list[CaseResult]:
        facts: dict[str, _Facts] = {
            kind: [(number, fact) for number, case in enumerate(cases) for fact in case.facts.get(kind, ())]
            for kind in self.program.rulebook.kinds
        }
        still_empty = {kind for kind, found in facts.items() if not found} & self._empty
        for kind, base in self._plan.bases.items():
            if kind not in still_empty:
                self._database.fill(base.table, _columns(base, cases, facts[kind]))
        for step in self._plan.steps:
            if step.kind not in still_empty:
                self._database.run(step.create)
                if step.inference is not None and facts[step.kind]:
                    self._infer(step, step.inference)
        self._empty = {kind for kind, found in facts.items() if not found}
        subjects: list[list[SubjectResult]] = [[] for _ in cases]
        errors: list[list[Diagnostic]] = [[] for _ in cases]
        for kind, found in facts.items():
            rows = self._database.run(self._plan.results[kind].query) if found else []
            for (number, fact), row in zip(found, rows, strict=True):
                result, contradictions = self._results[kind].subject(fact, row)
                subjects[number].append(result)
                errors[number].extend(contradictions)
        return [
            CaseResult(case.name, (), None, tuple(wrong))
            if wrong
            else CaseResult(case.name, tuple(found), worst(subject.verdict for subject in found))
            for case, found, wrong in zip(cases, subjects, errors, strict=True)
        ]

    def _infer(self, step: Step, inference: Inference) -> None:
        """Tell the database what the situations of a step come to, those that it does not have yet."""
        assert step.situations is not None
        situations = self._situations[inference.name]
        missing = [key for (key,) in self._database.run(step.distinct) if key not in situations.told]
        if missing:
            rows = [situations.outputs(key, step.level, step.situations.types) for key in missing]
            self._database.fill(step.situations, [list(column) for column in zip(*rows, strict=True)])
            situations.told.update(missing)


def _columns(base: Base, cases: Sequence[Case], facts: _Facts) -> list[list[Any]]:
    """The columns of a kind's facts, in the order of its table."""
    columns: list[list[Any]] = []
    for column, type_ in base.table.types.items():
        field = base.fields.get(column, "")
        if column == ROW:
            columns.append(list(range(len(facts))))
        elif column == CASE:
            columns.append([number for number, _ in facts])
        elif column == REF:
            columns.append([fact.ref for _, fact in facts])
        elif column == AS_OF:
            columns.append([cases[number].as_of for number, _ in facts])
        elif column in base.listed:
            columns.append([base.listed[column] in cases[number].facts for number, _ in facts])
        elif field == VERDICT:
            columns.append([Verdict.NOT_APPLICABLE.value] * len(facts))
        elif type_.startswith("DECIMAL"):
            columns.append([_decimal(fact.values.get(field)) for _, fact in facts])
        else:
            columns.append([fact.values.get(field) for _, fact in facts])
    return columns


def _decimal(value: Known | None) -> Decimal | None:
    """A number as DuckDB is given it in a list: one type, so that none goes by way of a float."""
    return None if value is None else Decimal(value)  # type: ignore[arg-type]  # a number, by the field's type
