"""From rows and situations back to results: the values of a subject, how its rules came out, and its contradictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rulewright.compile.program import Program
from rulewright.diagnostics import Diagnostic
from rulewright.evaluate.kind_rules import Conclusions, KindRules
from rulewright.evaluate.situations import Situations
from rulewright.model.contradictions import contradiction
from rulewright.model.facts import Fact
from rulewright.model.outcomes import SubjectResult
from rulewright.model.rulebook import Field
from rulewright.model.values import Absent, FieldType, Known, Value, canonical
from rulewright.observe.columns import (
    computed_column,
    computed_none_column,
    none_column,
    value_column,
)


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
        self._rules = KindRules(program, kind, situations)
        self._key = [columns.index(name) for name in self._rules.columns]
        self._fields = program.rulebook.kinds[kind].fields
        self._sources = [_source(field, columns) for field in self._fields.values()]

    def subject(self, fact: Fact, row: Sequence[Any]) -> tuple[SubjectResult, list[Diagnostic]]:
        """The result of a subject, and the contradictions between its values."""
        rules = self._rules.of(tuple([row[position] for position in self._key]))
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
    fact: Fact, field: str, stated: Known | None, observed: Value, concluded: Conclusions
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
