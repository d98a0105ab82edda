"""The influence of facts: for each value, outcome and verdict of a case, the facts that can change it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from typing_extensions import assert_never

from rulewright.explain.index import Index
from rulewright.fix.possible_sets import Possible, exactly
from rulewright.fix.variables import FactKey
from rulewright.language.domain import Domain
from rulewright.language.interpreter import Interpreter
from rulewright.model.conditions import (
    AllOf,
    AllRelated,
    AnyOf,
    AnyRelated,
    Arithmetic,
    AsOf,
    Comparison,
    CountOf,
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
)
from rulewright.model.dependencies import FieldItem, RuleItem, VerdictItem, bottom_up, conditions_of, dependencies
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import VERDICT, CaseResult, Outcome, SubjectResult, Verdict
from rulewright.model.rulebook import Field, Rulebook
from rulewright.model.values import Absent, Value
from rulewright.semantics.items import Item, What

_NOTHING: frozenset[FactKey] = frozenset()

Outcomes = frozenset[Outcome]


def value_item(subject: Fact, field: str) -> Item:
    """Return the item for the value of a field of the subject."""
    return Item(What.VALUE, subject.kind, subject.ref, field)


def outcome_item(subject: Fact, rule: str) -> Item:
    """Return the item for the outcome of a rule for the subject."""
    return Item(What.OUTCOME, subject.kind, subject.ref, rule)


def outcome_key(requirement: tuple[str, str, str]) -> Item:
    """Return the item for the outcome of a requirement, given by rule, kind and ref."""
    rule, kind, ref = requirement
    return Item(What.OUTCOME, kind, ref, rule)


def verdict_item(subject: Fact) -> Item:
    """Return the item for the verdict of the subject."""
    return Item(What.VERDICT, subject.kind, subject.ref)


@dataclass(frozen=True, slots=True)
class ReferringFacts:
    """The facts of a kind by the ref that they refer to, and the facts with an unknown or changeable reference."""

    fixed: Mapping[str, Sequence[Fact]]
    changeable: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Present:
    """The values, outcomes and verdicts of a case as it is."""

    values: Mapping[Item, Possible]
    outcomes: Mapping[Item, Outcomes]
    verdicts: Mapping[Item, frozenset[Verdict]]

    @classmethod
    def of(cls, values: Mapping[Item, Value], case: Case, result: CaseResult) -> Present:
        """Return the values, outcomes and verdicts of a case, given its values and its result."""
        outcomes: dict[Item, Outcomes] = {}
        verdicts: dict[Item, frozenset[Verdict]] = {}
        for fact, subject in _with_results(case, result):
            for rule, outcome in subject.outcomes.items():
                outcomes[outcome_item(fact, rule)] = frozenset({outcome})
            verdicts[verdict_item(fact)] = frozenset({subject.verdict})
        return cls({item: exactly(value) for item, value in values.items()}, outcomes, verdicts)

    def copies(self) -> tuple[dict[Item, Possible], dict[Item, Outcomes], dict[Item, frozenset[Verdict]]]:
        """Return copies of all three, to be changed."""
        return dict(self.values), dict(self.outcomes), dict(self.verdicts)


class Influence:
    """The dependencies of the items in a case, among each other and on free facts.

    A reference that depends on a free fact may lead to any fact of its kind. Any other reference is fixed.
    """

    def __init__(self, index: Index, case: Case, result: CaseResult, free: Collection[FactKey]) -> None:
        self.index = index
        self.rulebook: Rulebook = index.rulebook
        self.case = case
        self.free = free
        self._result = result
        self.values = {
            value_item(fact, name): value
            for fact, subject in _with_results(case, result)
            for name, value in subject.values.items()
        }
        self.subjects = {(fact.kind, fact.ref): fact for facts in case.facts.values() for fact in facts}
        self._referring: dict[tuple[str, str], ReferringFacts] = {}
        self._reads = Interpreter(_Dependencies(self))
        #: The items that depend on a free fact, each after the items that it reads, with its direct dependencies.
        self.reads: dict[Item, tuple[Item, ...]] = {}
        self.free_facts: dict[Item, frozenset[FactKey]] = {}
        for level in bottom_up(dependencies(self.rulebook)) if free else ():
            kind = self.rulebook.rules[level.rule].about if isinstance(level, RuleItem) else level.kind
            for subject in case.facts.get(kind, ()):
                match level:
                    case FieldItem(_, name):
                        self._add_field(subject, self.rulebook.kinds[kind].fields[name])
                    case RuleItem(rule):
                        conditions = map(self._reads.condition, conditions_of(self.rulebook.rules[rule]))
                        reads = (item for read in conditions for item in read(subject))
                        self._add_item(outcome_item(subject, rule), reads)
                    case VerdictItem():
                        deciding = (outcome_item(subject, rule.name) for rule in index.deciding[kind])
                        self._add_item(verdict_item(subject), deciding)
                    case _:
                        assert_never(level)

    @cached_property
    def present(self) -> Present:
        """Values, outcomes and verdicts without any change."""
        return Present.of(self.values, self.case, self._result)

    def referring(self, related: RelatedFacts) -> ReferringFacts:
        """Return the related facts of a kind by the ref that they refer to."""
        through = related.of, related.through
        if through not in self._referring:
            fixed: dict[str, list[Fact]] = {}
            changeable: list[Fact] = []
            for fact in self.case.facts.get(related.of, ()):
                item = value_item(fact, related.through)
                value = self.values[item]
                if item in self.free_facts or value is Absent.UNKNOWN:
                    changeable.append(fact)
                elif not isinstance(value, Absent):
                    fixed.setdefault(str(value), []).append(fact)
            self._referring[through] = ReferringFacts(fixed, changeable)
        return self._referring[through]

    def of(self, item: Item) -> frozenset[FactKey]:
        """Return the free facts that an item depends on."""
        return self.free_facts.get(item, _NOTHING)

    def behind(self, items: Iterable[Item]) -> list[Item]:
        """Return these items and all their dependencies in the order of evaluation; fixed items are left out."""
        needed: set[Item] = set()
        pending = [item for item in items if item in self.free_facts]
        while pending:
            item = pending.pop()
            if item not in needed:
                needed.add(item)
                pending.extend(self.reads[item])
        return [item for item in self.free_facts if item in needed]

    def several_sources(self) -> Iterator[Item]:
        """Yield the values that depend on free facts and have several sources, which may disagree."""
        for item in self.free_facts:
            if item.what is not What.VALUE:
                continue
            field = self.rulebook.kinds[item.kind].fields[item.name]
            key = FactKey(item.kind, item.ref, field.name)
            stated = key in self.free or field.name in self.subjects[item.kind, item.ref].values
            concluding = self.index.concluding.get((item.kind, item.name), ())
            if field.from_table is None and stated + (field.computed is not None) + len(concluding) > 1:
                yield item

    # --- dependencies of items ---

    def _add_item(self, item: Item, reads: Iterable[Item], stated: frozenset[FactKey] = _NOTHING) -> None:
        reads_free = tuple(dict.fromkeys(read for read in reads if read in self.free_facts))
        free_facts = stated.union(*(self.free_facts[read] for read in reads_free))
        if free_facts:
            self.reads[item], self.free_facts[item] = reads_free, free_facts

    def _add_field(self, subject: Fact, field: Field) -> None:
        reads: list[Item] = []
        if field.from_table is not None:
            reads.append(value_item(subject, self.rulebook.tables[field.from_table].by))
        if field.computed is not None:
            reads.extend(self._reads.expression(field.computed)(subject))
        for rule in self.index.concluding.get((subject.kind, field.name), ()):
            reads.append(outcome_item(subject, rule.name))
        key = FactKey(subject.kind, subject.ref, field.name)
        self._add_item(value_item(subject, field.name), reads, frozenset({key}) if key in self.free else _NOTHING)

    # --- lookups for the domain of dependencies ---

    def follow(self, path: tuple[str, ...], subject: Fact) -> Iterator[Item]:
        """Yield the items on a path of references: the references, and the fields or verdicts at its end."""
        reached = [subject]
        for name in path[:-1]:
            reads = [value_item(fact, name) for fact in reached]
            yield from reads
            target = self.rulebook.kinds[reached[0].kind].fields[name].refers_to or ""
            if any(item in self.free_facts for item in reads):
                reached = list(self.case.facts.get(target, ()))
            else:
                refs = dict.fromkeys(self.values[item] for item in reads)
                reached = [fact for ref in refs if (fact := self._subject(target, ref)) is not None]
            if not reached:
                return
        for fact in reached:
            yield verdict_item(fact) if path[-1] == VERDICT else value_item(fact, path[-1])

    def _subject(self, kind: str, ref: Value) -> Fact | None:
        return None if isinstance(ref, Absent) else self.subjects.get((kind, str(ref)))

    def may_refer(self, related: RelatedFacts, subject: Fact) -> Iterator[Fact]:
        """Yield the facts that refer to the subject now or may do so after a change."""
        referring = self.referring(related)
        yield from referring.fixed.get(subject.ref, ())
        yield from referring.changeable


#: The items that a condition or an expression reads, for a subject.
Reads: TypeAlias = Callable[[Fact], Iterable[Item]]


class _Dependencies(Domain[Reads, Reads]):
    """The domain of dependencies: interprets nodes as the items that they read for any values."""

    def __init__(self, influence: Influence) -> None:
        self._influence = influence

    def literal(self, node: Literal) -> Reads:
        return _nothing

    def field(self, node: FieldOf) -> Reads:
        return lambda subject: self._influence.follow(node.path, subject)

    def parameter(self, node: ParameterOf) -> Reads:
        return _nothing

    def as_of(self, node: AsOf) -> Reads:
        return _nothing

    def calculation(self, node: Arithmetic, parts: Sequence[Reads]) -> Reads:
        return _all_of(parts)

    def count(self, node: CountOf, where: Reads | None) -> Reads:
        return self._related(node.related, where)

    def total(self, node: SumOf, where: Reads | None) -> Reads:
        related = self._related(node.related, where)

        def read(subject: Fact) -> Iterator[Item]:
            yield from related(subject)
            for fact in self._influence.may_refer(node.related, subject):
                yield value_item(fact, node.of_field)

        return read

    def _related(self, related: RelatedFacts, where: Reads | None) -> Reads:
        def read(subject: Fact) -> Iterator[Item]:
            for fact in self._influence.may_refer(related, subject):
                yield value_item(fact, related.through)
                if where is not None:
                    yield from where(fact)

        return read

    def comparison(self, node: Comparison, left: Reads, right: Reads) -> Reads:
        return _all_of((left, right))

    def membership(self, node: Membership, left: Reads) -> Reads:
        return left

    def presence(self, node: IsGiven | IsKnown, operand: Reads) -> Reads:
        return operand

    def quantifier(self, node: AnyRelated | AllRelated, where: Reads | None) -> Reads:
        return self._related(node.related, where)

    def outcome(self, node: RuleOutcome) -> Reads:
        return lambda subject: (outcome_item(subject, node.rule),)

    def not_covered(self, node: NotCovered) -> Reads:
        return _nothing

    def conjunction(self, node: AllOf, parts: Sequence[Reads]) -> Reads:
        return _all_of(parts)

    def disjunction(self, node: AnyOf, parts: Sequence[Reads]) -> Reads:
        return _all_of(parts)

    def negation(self, node: Not, part: Reads) -> Reads:
        return part


def _nothing(subject: Fact) -> Iterable[Item]:
    return ()


def _all_of(parts: Sequence[Reads]) -> Reads:
    return lambda subject: (item for part in parts for item in part(subject))


def _with_results(case: Case, result: CaseResult) -> Iterator[tuple[Fact, SubjectResult]]:
    facts = {(fact.kind, fact.ref): fact for found in case.facts.values() for fact in found}
    for subject in result.subjects:
        yield facts[subject.kind, subject.ref], subject
