"""From rows and situations back to results: the values of a subject, how its rules came out, and its contradictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rulewright.compile.program import Program
from rulewright.diagnostics import Diagnostic
from rulewright.evaluate.letters import LEFT_OUT, OUTCOMES, TRUTHS, Letters
from rulewright.evaluate.situations import Situations
from rulewright.model.conditions import Test
from rulewright.model.contradictions import contradiction
from rulewright.model.facts import Fact
from rulewright.model.outcomes import Outcome, SubjectResult, Verdict
from rulewright.model.rulebook import Conclude, Field
from rulewright.model.values import Absent, FieldType, Known, Truth, Value, canonical
from rulewright.observe.columns import (
    computed_column,
    computed_none_column,
    none_column,
    situation_column,
    value_column,
)

#: What rules conclude for a field: each value with the rule.
_Conclusions = Sequence[tuple[Value, str]]


@dataclass(frozen=True, slots=True)
class _Rules:
    """How the rules came out for subjects that are in the same situations."""

    outcomes: Mapping[str, Outcome]
    truths: Mapping[Test, Truth]
    verdict: Verdict
    concluded: Mapping[str, _Conclusions]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the value of a field comes from: what is stated, and the columns of what is observed, if anything is."""

    field: str
    type: FieldType
    is_stated: bool
    value: int | None
    none: int | None


class KindResults:
    """Makes the results of one kind's subjects from the rows of its last query."""

    def __init__(
        self, program: Program, kind: str, columns: Sequence[str], situations: Mapping[str, Situations]
    ) -> None:
        self._rules = program.rulebook.rules_about(kind)
        self._inferences = [
            (columns.index(situation_column(level.number)), situations[level.inferences[kind].name])
            for level in program.levels
            if kind in level.inferences
        ]
        self._rule_places = {rule.name: place for place, rule in enumerate(self._rules)}
        self._test_places: dict[Test, int] = {}
        for _, found in self._inferences:
            for test in found.inference.truths:
                self._test_places.setdefault(test, len(self._test_places))
        self._known: dict[tuple[str, ...], _Rules] = {}
        self._fields = program.rulebook.kinds[kind].fields
        self._sources = [_source(field, columns) for field in self._fields.values()]

    def subject(self, fact: Fact, row: Sequence[Any]) -> tuple[SubjectResult, list[Diagnostic]]:
        """The result of a subject, and the contradictions between its values."""
        key = tuple([row[position] for position, _ in self._inferences])
        rules = self._known.get(key) or self._new_rules(key)
        values: dict[str, Value] = {}
        errors: list[Diagnostic] = []
        for source in self._sources:
            name = source.field
            stated = fact.values.get(name) if source.is_stated else None
            if stated is not None:
                stated = canonical(stated, source.type)
            observed: Value = Absent.UNKNOWN
            if source.value is not None:
                found = row[source.value]
                if found is not None:
                    observed = canonical(found, source.type)
                elif source.none is not None and row[source.none]:
                    observed = Absent.NONE
            concluded = rules.concluded.get(name)
            if concluded is None and (stated is None or observed is Absent.UNKNOWN):
                values[name] = observed if stated is None else stated
            else:
                values[name], contradictions = _settled(fact, name, stated, observed, concluded or ())
                errors += contradictions
        return SubjectResult(fact.kind, fact.ref, values, rules.outcomes, rules.verdict, rules.truths), errors

    def _new_rules(self, key: tuple[str, ...]) -> _Rules:
        outcomes = [LEFT_OUT] * len(self._rule_places)
        truths = [LEFT_OUT] * len(self._test_places)
        verdict = Verdict.NOT_APPLICABLE
        for name, (_, situations) in zip(key, self._inferences, strict=True):
            situation = situations[name]
            for rule, letter in zip(situations.rules, situation.outcomes, strict=True):
                outcomes[self._rule_places[rule.name]] = letter
            for test, letter in zip(situations.inference.truths, situation.truths, strict=True):
                if letter != LEFT_OUT:
                    truths[self._test_places[test]] = letter
            verdict = situation.verdict or verdict
        concluded: dict[str, list[tuple[Value, str]]] = {}
        for rule in self._rules:
            if (
                isinstance(rule.action, Conclude)
                and OUTCOMES[outcomes[self._rule_places[rule.name]]] is Outcome.CONCLUDED
            ):
                for field, value in rule.action.values.items():
                    type_ = self._fields[field].type
                    concluded.setdefault(field, []).append((canonical(value, type_), rule.name))
        self._known[key] = _Rules(
            Letters(self._rule_places, "".join(outcomes), OUTCOMES),
            Letters(self._test_places, "".join(truths), TRUTHS),
            verdict,
            concluded,
        )
        return self._known[key]


def _source(field: Field, columns: Sequence[str]) -> _Source:
    def position(*names: str) -> int | None:
        return next((columns.index(name) for name in names if name in columns), None)

    return _Source(
        field.name,
        field.type,
        field.may_be_given and field.from_table is None,
        position(computed_column(field.name), value_column(field.name)),
        position(computed_none_column(field.name), none_column(field.name)),
    )


def _settled(
    fact: Fact, field: str, stated: Known | None, observed: Value, concluded: _Conclusions
) -> tuple[Value, tuple[Diagnostic, ...]]:
    """The value of a field that all agree on; unknown, with the contradiction, where they do not."""
    seen: list[Value] = [] if stated is None else [stated]
    derived: list[tuple[Value, str | None]] = []
    for value, rule in [(observed, None), *concluded]:
        if value is not Absent.UNKNOWN and value not in seen:
            seen.append(value)
            derived.append((value, rule))
    if len(seen) > 1:
        return Absent.UNKNOWN, (contradiction(fact, field, stated, derived),)
    return (seen[0] if seen else Absent.UNKNOWN), ()
