"""The levels that read each column, so that each level carries only the columns read above it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import TypeAlias

from rulewright.compile.chaining import tested_field
from rulewright.compile.program import Program
from rulewright.model.conditions import tests_of
from rulewright.model.dependencies import FieldItem, Item, RuleItem, VerdictItem, conditions_of, expression_reads
from rulewright.model.rulebook import Conclude, Field
from rulewright.observe.columns import (
    VERDICT_COLUMN,
    computed_column,
    computed_none_column,
    concluded_column,
    concluded_conflict_column,
    none_column,
    outcome_column,
    situation_column,
    stated_column,
    value_column,
)

#: Level of the results, above all other levels.
RESULTS = 1 << 30


#: Fields by kind and name.
Fields: TypeAlias = Set[tuple[str, str]]


class Uses:
    """The highest level that reads each column of a kind.

    The results have the fields in `result_fields`, or by default all derived fields.
    """

    def __init__(self, program: Program, result_fields: Fields | None = None) -> None:
        self.program = program
        self.result_fields = result_fields
        self.rulebook = program.rulebook
        self.levels = program.strata.levels
        self.rule_numbers = {rule: number for number, rule in enumerate(self.rulebook.rules)}
        self.concluded_at: dict[tuple[str, str], list[int]] = {}
        for rule in self.rulebook.rules.values():
            if isinstance(rule.action, Conclude):
                for name in rule.action.values:
                    levels = self.concluded_at.setdefault((rule.about, name), [])
                    if self.levels[RuleItem(rule.name)] not in levels:
                        levels.append(self.levels[RuleItem(rule.name)])
        self._last: dict[tuple[str, str], int] = {}
        for kind, column, level in self._reads():
            self._last[kind, column] = max(level, self._last.get((kind, column), 0))

    def last(self, kind: str, column: str) -> int:
        """Return the highest level that reads a column, or 0."""
        return self._last.get((kind, column), 0)

    def is_only_observed(self, kind: str, field: Field) -> bool:
        """Return whether the expression or the table of a field is its only source."""
        return (kind, field.name) not in self.concluded_at and (not field.may_be_given or field.from_table is not None)

    def _reads(self) -> Iterator[tuple[str, str, int]]:
        for item, reads in self.program.strata.observes.items():
            if not isinstance(item, VerdictItem):
                for read in reads:
                    for kind, column in self._columns(read, item):
                        yield kind, column, self.levels[item]
        for rule in self.rulebook.rules.values():
            for condition in conditions_of(rule):
                for test in tests_of(condition):
                    field = tested_field(test)
                    if field is not None and (rule.about, field) in self.concluded_at:
                        yield rule.about, stated_column(field), self.levels[RuleItem(rule.name)]
        for level in self.program.levels:
            for inference in level.inferences.values():
                yield inference.kind, situation_column(level.number), RESULTS
                for prior in inference.prior:
                    yield inference.kind, outcome_column(self.rule_numbers[prior.rule]), level.number
        for declared in self.rulebook.kinds.values():
            for tested in declared.fields.values():
                yield from self._reads_of_resolved(declared.name, tested)

    def _columns(self, read: Item, reader: Item) -> Iterator[tuple[str, str]]:
        match read:
            case FieldItem(kind, field):
                yield kind, value_column(field)
                yield kind, none_column(field)
            case VerdictItem(kind):
                yield kind, VERDICT_COLUMN
            case RuleItem(rule) if self._reads_outcomes(reader, read):
                yield self.rulebook.rules[rule].about, outcome_column(self.rule_numbers[rule])
            case _:
                pass  # a concluded field reads conclusions, not outcomes

    def _reads_outcomes(self, reader: Item, rule: RuleItem) -> bool:
        """Return whether a rule, or the expression of a computed field, tests the outcome of a rule."""
        if not isinstance(reader, FieldItem):
            return isinstance(reader, RuleItem)
        computed = self.rulebook.kinds[reader.kind].fields[reader.field].computed
        return computed is not None and rule in expression_reads(computed, reader.kind, self.rulebook)

    def _reads_of_resolved(self, kind: str, field: Field) -> Iterator[tuple[str, str, int]]:
        """Yield the columns that resolve a field with several sources, and its columns in the results."""
        level = self.levels.get(FieldItem(kind, field.name), 0)
        is_result = self.result_fields is None or (kind, field.name) in self.result_fields
        if is_result and (self.result_fields is not None or (level > 0 and self.is_only_observed(kind, field))):
            yield kind, value_column(field.name), RESULTS
            yield kind, none_column(field.name), RESULTS
        if self.result_fields is not None and (kind, field.name) in self.concluded_at:
            yield kind, stated_column(field.name), RESULTS
        if level == 0 or self.is_only_observed(kind, field):
            return
        if field.computed is not None:
            yield kind, computed_column(field.name), RESULTS
            yield kind, computed_none_column(field.name), RESULTS
        yield kind, stated_column(field.name), level if self.result_fields is None else RESULTS
        for concluded_at in self.concluded_at.get((kind, field.name), ()):
            yield kind, concluded_column(field.name, concluded_at), level
            yield kind, concluded_conflict_column(field.name, concluded_at), level
