"""The domain of missing facts: the facts that can still change an unknown outcome or value.

An unknown condition depends on its unknown parts. A part with a known truth cannot change it, so the search skips that
part. It therefore finds every fact that can change an outcome, except below a test with `known`. Such a test is never
unknown: authors write it to avoid a question.

Each fact is examined by itself, so the result may include facts that no longer matter. Related facts may be unable to
take the values that several parts of a condition need. Another requirement may already exclude a value.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from typing_extensions import assert_never

from rulewright.explain.index import Index
from rulewright.explain.phrases import PHRASES
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
    Condition,
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
from rulewright.model.dependencies import conditions_of
from rulewright.model.facts import Case, Fact
from rulewright.model.languages import Language
from rulewright.model.outcomes import VERDICT, Outcome
from rulewright.model.rulebook import Field, Rule
from rulewright.model.values import Absent, FieldType, Truth
from rulewright.semantics.reading import Reading
from rulewright.source import short

#: Up to this many facts with an unknown subject are searched per subject, in the order of the case. The dependencies
#: of more are computed once and shared by all subjects, so that the search stays linear.
_FEW = 16


@dataclass(frozen=True, slots=True)
class MissingItem:
    """A fact that is not stated: a field of a subject or, without a name, the list of all facts of a kind.

    `instead` is a field of the same subject that can be stated in place of this fact.
    """

    kind: str
    ref: str
    name: str | None
    instead: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Unresolvable:
    """An unknown that no fact can resolve; `why` is the message for the report."""

    why: str


@dataclass(frozen=True, slots=True)
class _Value:
    """The query for the dependencies of a field of a subject."""

    subject: Fact
    name: str

    @property
    def key(self) -> tuple[str, ...]:
        return ("value", self.subject.kind, self.subject.ref, self.name)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The query for the dependencies of a rule's outcome for a subject."""

    subject: Fact
    rule: Rule

    @property
    def key(self) -> tuple[str, ...]:
        return ("outcome", self.subject.kind, self.subject.ref, self.rule.name)


@dataclass(frozen=True, slots=True)
class _Unplaced:
    """The query for the dependencies of related facts with an unknown subject; the answer fits every subject."""

    related: RelatedFacts
    irrelevant: Truth
    summed: str | None

    @property
    def key(self) -> tuple[str, ...]:
        # by identity, because a condition can be long to hash; the rulebook holds the object, so its id stays unique
        return ("unplaced", str(id(self.related)), self.irrelevant.value, self.summed or "")


@dataclass(frozen=True, slots=True, eq=False)
class SharedItems:
    """The dependencies of facts with an unknown subject, shared by all subjects.

    `subjects` has the kind and ref of every missing fact among the items.
    """

    items: tuple[MissingItem | Unresolvable, ...]
    subjects: frozenset[tuple[str, str]]


Dependencies: TypeAlias = tuple[MissingItem | Unresolvable | SharedItems, ...]
Query: TypeAlias = _Value | _Outcome | _Unplaced
#: Yields queries, receives their answers, and returns an answer.
Answering: TypeAlias = Generator[Query, Dependencies, Dependencies]
#: The dependencies of a condition or an expression, for a subject.
Reads: TypeAlias = Callable[[Fact], Answering]


def flat(dependencies: Iterable[MissingItem | Unresolvable | SharedItems]) -> Iterator[MissingItem | Unresolvable]:
    """Yield all items, and the items of shared dependencies one by one."""
    for item in dependencies:
        if isinstance(item, SharedItems):
            yield from item.items
        else:
            yield item


class MissingSearch:
    """Finds the dependencies of unknown values and outcomes in one case; each is computed once."""

    def __init__(self, index: Index, case: Case, reading: Reading, language: Language = Language.ENGLISH) -> None:
        self.phrases = PHRASES[language]
        self.index = index
        self.rulebook = index.rulebook
        self.case = case
        self.reading = reading
        self.answers: dict[tuple[str, ...], Dependencies] = {}
        self._interpreter = Interpreter(_Missing(self))

    def of_outcome(self, rule: Rule, subject: Fact) -> Dependencies:
        """Return the dependencies of a rule's outcome for a subject; empty if the outcome is known."""
        return self.answer(_Outcome(subject, rule))

    def answer(self, query: Query) -> Dependencies:
        """Return the answer to a query. A stack replaces recursion, because chains of conclusions have no limit."""
        pending = [] if query.key in self.answers else [(query.key, self._answering(query))]
        answer: Dependencies | None = None
        while pending:
            key, answering = pending[-1]
            try:
                asked = next(answering) if answer is None else answering.send(answer)
            except StopIteration as stop:
                answer = self.answers[key] = tuple(dict.fromkeys(stop.value))
                pending.pop()
                continue
            answer = self.answers.get(asked.key)
            if answer is None:
                pending.append((asked.key, self._answering(asked)))
        return self.answers[query.key]

    def _answering(self, query: Query) -> Answering:
        match query:
            case _Value(subject, name):
                return self._value(subject, name)
            case _Outcome(subject, rule):
                return self._outcome(subject, rule)
            case _Unplaced(related, irrelevant, summed):
                return self._unplaced(related, irrelevant, summed)
            case _:
                assert_never(query)

    # --- outcomes and values ---

    def _outcome(self, subject: Fact, rule: Rule) -> Answering:
        if self.reading.outcome(rule.name, subject) is not Outcome.UNKNOWN:
            return ()
        dependencies: Dependencies = ()
        for condition in conditions_of(rule):
            dependencies += yield from self._interpreter.condition(condition)(subject)
        return dependencies

    def _value(self, subject: Fact, name: str) -> Answering:
        """Return the dependencies of an unknown field: those of its derivation, or else the field itself."""
        if self.reading.value(FieldOf((name,)), subject) is not Absent.UNKNOWN:
            return ()
        declared = self.rulebook.kinds[subject.kind].fields[name]
        dependencies: Dependencies = ()
        if declared.from_table is not None:
            dependencies += yield _Value(subject, self.rulebook.tables[declared.from_table].by)
            dependencies = dependencies or (self._no_cell(declared, subject),)
        elif declared.computed is not None:
            dependencies += yield from self._interpreter.expression(declared.computed)(subject)
        for rule in self.index.concluding.get((subject.kind, name), ()):
            dependencies += yield _Outcome(subject, rule)
        if not declared.may_be_given:
            return dependencies or (
                Unresolvable(self.phrases.nothing_tells.format(label=declared.label, ref=subject.ref)),
            )
        here = (subject.kind, subject.ref)
        below: list[MissingItem | SharedItems] = []
        for item in dependencies:
            if isinstance(item, SharedItems) and here in item.subjects:
                below += [one for one in item.items if isinstance(one, MissingItem)]
            elif not isinstance(item, Unresolvable):
                below.append(item)
        if not below:
            return (MissingItem(subject.kind, subject.ref, name),)
        return tuple(
            replace(item, instead=name) if isinstance(item, MissingItem) and (item.kind, item.ref) == here else item
            for item in below
        )

    def _no_cell(self, field: Field, subject: Fact) -> Unresolvable:
        """Return why a table gives no value: it has no row for the key, or no value is in force yet."""
        table = self.rulebook.tables[field.from_table or ""]
        key = self.reading.value(FieldOf((table.by,)), subject)
        if isinstance(key, Absent) or table.row(str(key)) is not None:
            said = self.phrases.not_in_force.format(label=field.label, ref=subject.ref, date=self.case.as_of)
            return Unresolvable(said)
        is_choice = self.rulebook.kinds[subject.kind].fields[table.by].type is FieldType.CHOICE
        said = self.phrases.no_row if is_choice else self.phrases.no_row_for_text
        return Unresolvable(
            said.format(label=field.label, ref=subject.ref, table=table.name, by=table.by, key=short(str(key)))
        )

    def outcome(self, rule: str, subject: Fact) -> Answering:
        """Return the dependencies of the outcome of the rule with this name."""
        return (yield _Outcome(subject, self.rulebook.rules[rule]))

    def parameter(self, name: str) -> Answering:
        """Return an unresolvable item if the parameter has no value in force, and nothing otherwise."""
        yield from ()
        if self.reading.options(name) is not Absent.UNKNOWN:
            return ()
        return (Unresolvable(self.phrases.parameter_not_in_force.format(name=name, date=self.case.as_of)),)

    # --- related facts ---

    def related(self, related: RelatedFacts, subject: Fact, irrelevant: Truth, summed: str | None = None) -> Answering:
        """Return the dependencies of related facts: their list, their references to the subject, and their condition.

        A fact is skipped if its condition has the truth `irrelevant` or if it adds none to a sum: its reference cannot
        matter.
        """
        referring = self.reading.referring(related)
        if referring is None:
            return (MissingItem(related.of, "", None),)
        if len(referring.unplaced) <= _FEW:
            facts = [(fact, refers) for fact, refers, _ in self.reading.refers(related, subject) or ()]
            return (yield from self._of_related(related, facts, irrelevant, summed))
        facts = [(one.fact, Truth.TRUE) for one in referring.to(subject.ref)]
        dependencies: Dependencies = yield from self._of_related(related, facts, irrelevant, summed)
        return dependencies + (yield _Unplaced(related, irrelevant, summed))

    def _of_related(
        self, related: RelatedFacts, facts: Sequence[tuple[Fact, Truth]], irrelevant: Truth, summed: str | None
    ) -> Answering:
        """Return the dependencies of these facts; each comes with the truth of its reference to the subject."""
        dependencies: Dependencies = ()
        for fact, refers in facts:
            if self.reading.truth(related.where, fact) is irrelevant or self._adds_none(fact, summed):
                continue
            if refers is Truth.UNKNOWN:
                dependencies += yield _Value(fact, related.through)
            if related.where is not None:
                dependencies += yield from self._interpreter.condition(related.where)(fact)
        for fact, _ in facts if summed is not None else ():
            if self.reading.truth(related.where, fact) is not Truth.FALSE:
                dependencies += yield _Value(fact, summed or "")
        return dependencies

    def _unplaced(self, related: RelatedFacts, irrelevant: Truth, summed: str | None) -> Answering:
        """Return the dependencies of related facts with an unknown subject, as one shared item."""
        referring = self.reading.referring(related)
        facts = [] if referring is None else [(one.fact, Truth.UNKNOWN) for one in referring.unplaced]
        dependencies: Dependencies = yield from self._of_related(related, facts, irrelevant, summed)
        items = tuple(dict.fromkeys(flat(dict.fromkeys(dependencies))))
        subjects = frozenset((item.kind, item.ref) for item in items if isinstance(item, MissingItem))
        return (SharedItems(items, subjects),) if items else ()

    def _adds_none(self, fact: Fact, summed: str | None) -> bool:
        return summed is not None and self.reading.value(FieldOf((summed,)), fact) is Absent.NONE

    def path(self, path: tuple[str, ...], subject: Fact) -> Answering:
        """Return the dependencies of a path: those of its first unknown reference, or else of its last field."""
        for name in path[:-1]:
            ref = self.reading.value(FieldOf((name,)), subject)
            if isinstance(ref, Absent):
                return (yield _Value(subject, name))
            target = self.rulebook.kinds[subject.kind].fields[name].refers_to
            reached = self.reading.subject(target or "", str(ref))
            if reached is None:
                return ()
            subject = reached
        if path[-1] != VERDICT:
            return (yield _Value(subject, path[-1]))
        dependencies: Dependencies = ()
        for rule in self.index.deciding[subject.kind]:
            dependencies += yield _Outcome(subject, rule)
        return dependencies


class _Missing(Domain[Reads, Reads]):
    """Interprets nodes as their dependencies; a condition with a known truth has none."""

    def __init__(self, search: MissingSearch) -> None:
        self._search = search

    # --- expressions ---

    def literal(self, node: Literal) -> Reads:
        return _nothing

    def field(self, node: FieldOf) -> Reads:
        return lambda subject: self._search.path(node.path, subject)

    def parameter(self, node: ParameterOf) -> Reads:
        return lambda subject: self._search.parameter(node.name)

    def as_of(self, node: AsOf) -> Reads:
        return _nothing

    def calculation(self, node: Arithmetic, parts: Sequence[Reads]) -> Reads:
        return _all_of(parts)

    def count(self, node: CountOf, where: Reads | None) -> Reads:
        return lambda subject: self._search.related(node.related, subject, irrelevant=Truth.FALSE)

    def total(self, node: SumOf, where: Reads | None) -> Reads:
        return lambda subject: self._search.related(node.related, subject, irrelevant=Truth.FALSE, summed=node.of_field)

    # --- tests ---

    def comparison(self, node: Comparison, left: Reads, right: Reads) -> Reads:
        return self._while_unknown(node, _all_of((left, right)))

    def membership(self, node: Membership, left: Reads) -> Reads:
        parts = [left]
        if isinstance(node.options, ParameterOf):
            parts.append(self.parameter(node.options))
        return self._while_unknown(node, _all_of(parts))

    def presence(self, node: IsGiven | IsKnown, operand: Reads) -> Reads:
        return self._while_unknown(node, operand)

    def quantifier(self, node: AnyRelated | AllRelated, where: Reads | None) -> Reads:
        irrelevant = Truth.TRUE if isinstance(node, AllRelated) else Truth.FALSE
        return self._while_unknown(
            node, lambda subject: self._search.related(node.related, subject, irrelevant=irrelevant)
        )

    def outcome(self, node: RuleOutcome) -> Reads:
        return self._while_unknown(node, lambda subject: self._search.outcome(node.rule, subject))

    def not_covered(self, node: NotCovered) -> Reads:
        return _nothing  # no fact resolves it, and its finding says so

    # --- connectives ---

    def conjunction(self, node: AllOf, parts: Sequence[Reads]) -> Reads:
        return self._while_unknown(node, _all_of(parts))

    def disjunction(self, node: AnyOf, parts: Sequence[Reads]) -> Reads:
        return self._while_unknown(node, _all_of(parts))

    def negation(self, node: Not, part: Reads) -> Reads:
        return part

    def _while_unknown(self, node: Condition, reads: Reads) -> Reads:
        truth = self._search.reading.truth
        return lambda subject: reads(subject) if truth(node, subject) is Truth.UNKNOWN else _nothing(subject)


def _nothing(subject: Fact) -> Answering:
    yield from ()
    return ()


def _all_of(parts: Sequence[Reads]) -> Reads:
    def answer(subject: Fact) -> Answering:
        dependencies: Dependencies = ()
        for part in parts:
            dependencies += yield from part(subject)
        return dependencies

    return answer


def unknown_requirements(
    index: Index, case: Case, reading: Reading
) -> list[tuple[Rule, Fact, tuple[MissingItem | Unresolvable, ...]]]:
    """Return the unknown blocking requirements, each with its subject and its dependencies."""
    search = MissingSearch(index, case, reading)
    return [
        (rule, subject, tuple(dict.fromkeys(flat(search.of_outcome(rule, subject)))))
        for kind, rules in index.deciding.items()
        for subject in case.facts.get(kind, ())
        for rule in rules
        if reading.outcome(rule.name, subject) is Outcome.UNKNOWN
    ]
