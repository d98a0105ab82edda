"""Where values come from: the place in a case file where a fact was stated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from rulewright.diagnostics import Span
from rulewright.model.conditions import Arithmetic, Expression, FieldOf, Membership, Test, expressions_of, tests_of
from rulewright.model.dependencies import conditions_of
from rulewright.model.facts import Fact
from rulewright.model.outcomes import VERDICT, Outcome
from rulewright.model.rulebook import Conclude, Rule, Rulebook
from rulewright.model.values import Absent
from rulewright.reference import Reading

_About: TypeAlias = tuple[Expression, Fact]


class Origins:
    """Finds the places of the values of one case."""

    def __init__(self, rulebook: Rulebook, reading: Reading) -> None:
        self.rulebook = rulebook
        self.reading = reading

    def of(self, expression: Expression, fact: Fact) -> Span | None:
        """Where a value was stated; for one that follows from others, where the last of those was."""
        pending: list[_About] = [(expression, fact)]
        seen: set[tuple[str, str, str]] = set()
        while pending:  # conclusions chain as far as they like, so nothing here recurses along them
            expression, fact = pending.pop()
            if isinstance(expression, Arithmetic):
                pending += [(part, fact) for part in expression.parts]
            reached = self._reached(expression, fact) if isinstance(expression, FieldOf) else None
            if reached is None:
                continue
            owner, name = reached
            stated = owner.spans.get(name)
            if stated is not None:
                return stated
            if (owner.kind, owner.ref, name) not in seen:
                seen.add((owner.kind, owner.ref, name))
                pending += self._below(owner, name)
        return None

    def _reached(self, field: FieldOf, fact: Fact) -> tuple[Fact, str] | None:
        """The fact at the end of a path, and its field; none for a verdict, and where a reference is not known."""
        *references, last = field.path
        for name in references:
            ref = self.reading.value(FieldOf((name,)), fact)
            target = self.rulebook.kinds[fact.kind].fields[name].refers_to
            found = None if isinstance(ref, Absent) or target is None else self.reading.subject(target, str(ref))
            if found is None:
                return None
            fact = found
        return None if last == VERDICT else (fact, last)

    def _below(self, fact: Fact, name: str) -> Iterator[_About]:
        """What a field that nobody stated follows from."""
        field = self.rulebook.kinds[fact.kind].fields[name]
        if field.from_table is not None:
            yield FieldOf((self.rulebook.tables[field.from_table].by,)), fact
        elif field.computed is not None:
            yield field.computed, fact
        for rule in self.rulebook.rules_about(fact.kind):
            if not isinstance(rule.action, Conclude) or name not in rule.action.values:
                continue
            if self.reading.outcome(rule.name, fact) is Outcome.CONCLUDED:
                for test in tests_in(rule):
                    for expression in values_of(test)[:1]:
                        yield expression, fact


def values_of(test: Test) -> tuple[Expression, ...]:
    """The single values that a test compares; the list of a membership is not one."""
    return (test.left,) if isinstance(test, Membership) else expressions_of(test)


def tests_in(rule: Rule) -> tuple[Test, ...]:
    """The tests of a rule, each once."""
    return tuple(dict.fromkeys(test for condition in conditions_of(rule) for test in tests_of(condition)))
