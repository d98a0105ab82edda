"""What is missing: the facts that could still change an outcome that is unknown, and no others.

From an unknown condition down to its unknown parts: a part that is known already cannot change it, and a part of one
that is settled is never reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from typing_extensions import assert_never

from rulewright.model.conditions import (
    AllOf,
    AllRelated,
    AnyOf,
    AnyRelated,
    Arithmetic,
    AsOf,
    Condition,
    CountOf,
    Expression,
    FieldOf,
    IsGiven,
    IsKnown,
    Literal,
    Not,
    ParameterOf,
    RelatedFacts,
    RuleOutcome,
    SumOf,
    Test,
    expressions_of,
)
from rulewright.model.explanation import MissingFact
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import VERDICT, Outcome
from rulewright.model.rulebook import Conclude, Require, Rule, Rulebook
from rulewright.model.values import Absent, Truth
from rulewright.reference import Reading


@dataclass(frozen=True, slots=True)
class Open:
    """A fact that nobody stated: a field of a subject, or, without a field, the list of all facts of a kind.

    `instead` is the field of the same subject that may be stated in its place.
    """

    kind: str
    ref: str
    field: str | None
    instead: str | None = field(default=None, compare=False)


def missing_facts(rulebook: Rulebook, case: Case, reading: Reading) -> tuple[MissingFact, ...]:
    """The facts that could still change the outcome of a blocking requirement, in the order of the case."""
    found: dict[Open, list[str]] = {}
    search = _Search(rulebook, reading)
    for kind in rulebook.kinds:
        rules = [rule for rule in rulebook.rules_about(kind) if rule.decides]
        for subject in case.facts.get(kind, ()):
            for rule in rules:
                for item in search.rule(rule, subject):
                    needed_by = found.setdefault(item, [])
                    if rule.name not in needed_by:
                        needed_by.append(rule.name)
    return tuple(_worded(rulebook, item, tuple(rules)) for item, rules in found.items())


def _worded(rulebook: Rulebook, item: Open, needed_by: tuple[str, ...]) -> MissingFact:
    kind = rulebook.kinds[item.kind]
    if item.field is None:
        ask = kind.ask or f"Which facts of the kind {kind.label} are there?"
        return MissingFact(item.kind, item.ref, None, kind.label, ask, kind.note, None, needed_by)
    declared = kind.fields[item.field]
    ask = declared.ask or f"What is the {declared.label} of {item.ref}?"
    return MissingFact(item.kind, item.ref, item.field, declared.label, ask, declared.note, item.instead, needed_by)


class _Search:
    def __init__(self, rulebook: Rulebook, reading: Reading) -> None:
        self.rulebook = rulebook
        self.reading = reading

    def rule(self, rule: Rule, subject: Fact) -> Iterator[Open]:
        """What an unknown outcome waits for."""
        if self.reading.outcome(rule.name, subject) is not Outcome.UNKNOWN:
            return
        own = rule.action.condition if isinstance(rule.action, Require) else rule.action.when
        for condition in (rule.applies, own):
            if condition is not None:
                yield from self.condition(condition, subject)

    def condition(self, condition: Condition, subject: Fact) -> Iterator[Open]:
        """What an unknown condition waits for."""
        if self.reading.truth(condition, subject) is not Truth.UNKNOWN:
            return
        match condition:
            case AllOf(parts) | AnyOf(parts):
                for part in parts:
                    yield from self.condition(part, subject)
            case Not(part):
                yield from self.condition(part, subject)
            case _:
                yield from self.test(condition, subject)

    def test(self, test: Test, subject: Fact) -> Iterator[Open]:
        """What an unknown test waits for."""
        match test:
            case AnyRelated(related) | AllRelated(related):
                yield from self.related(related, subject, counted=isinstance(test, AnyRelated))
            case RuleOutcome(rule):
                yield from self.rule(self.rulebook.rules[rule], subject)
            case IsGiven() | IsKnown():
                yield from self.expression(expressions_of(test)[0], subject)
            case _:
                for expression in expressions_of(test):
                    yield from self.expression(expression, subject)

    def expression(self, expression: Expression, subject: Fact) -> Iterator[Open]:
        """What an unknown expression waits for."""
        match expression:
            case Literal() | ParameterOf() | AsOf():
                return
            case Arithmetic(_, parts):
                for part in parts:
                    if self.reading.value(part, subject) is Absent.UNKNOWN:
                        yield from self.expression(part, subject)
            case CountOf(related):
                yield from self.related(related, subject)
            case SumOf(of_field, related):
                yield from self.related(related, subject)
                for fact, refers, meets in self.reading.refers(related, subject) or ():
                    if Truth.FALSE not in (refers, meets):
                        yield from self.field(fact, of_field)
            case FieldOf(path):
                yield from self.path(path, subject)
            case _:
                assert_never(expression)

    def related(self, related: RelatedFacts, subject: Fact, counted: bool = True) -> Iterator[Open]:
        """What related facts wait for: the list of them, which of them refer to the subject, and their conditions."""
        facts = self.reading.refers(related, subject)
        if facts is None:
            yield Open(related.of, "", None)
            return
        settled = Truth.FALSE if counted else Truth.TRUE
        for fact, refers, meets in facts:
            if refers is Truth.FALSE or meets is settled:
                continue
            if refers is Truth.UNKNOWN:
                yield from self.field(fact, related.through)
            if related.where is not None:
                yield from self.condition(related.where, fact)

    def path(self, path: tuple[str, ...], subject: Fact) -> Iterator[Open]:
        """What the field at the end of a path waits for: the first reference that is unknown, else the field."""
        for name in path[:-1]:
            ref = self.reading.value(FieldOf((name,)), subject)
            if isinstance(ref, Absent):
                yield from self.field(subject, name)
                return
            target = self.rulebook.kinds[subject.kind].fields[name].refers_to
            reached = self.reading.subject(target or "", str(ref))
            if reached is None:
                return
            subject = reached
        if path[-1] == VERDICT:
            for rule in self.rulebook.rules_about(subject.kind):
                if rule.decides:
                    yield from self.rule(rule, subject)
        else:
            yield from self.field(subject, path[-1])

    def field(self, subject: Fact, name: str) -> Iterator[Open]:
        """What an unknown field waits for: what it follows from, else that somebody states it."""
        if self.reading.value(FieldOf((name,)), subject) is not Absent.UNKNOWN:
            return
        declared = self.rulebook.kinds[subject.kind].fields[name]
        below: list[Open] = []
        if declared.from_table is not None:
            below += self.field(subject, self.rulebook.tables[declared.from_table].by)
        elif declared.computed is not None:
            below += self.expression(declared.computed, subject)
        for rule in self.rulebook.rules_about(subject.kind):
            if isinstance(rule.action, Conclude) and name in rule.action.values:
                below += self.rule(rule, subject)
        instead = name if declared.may_be_given else None
        for item in below:
            own = instead if (item.kind, item.ref) == (subject.kind, subject.ref) else None
            yield Open(item.kind, item.ref, item.field, own or item.instead)
        if not below and declared.may_be_given:
            yield Open(subject.kind, subject.ref, name)
