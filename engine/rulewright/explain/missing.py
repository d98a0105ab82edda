"""What is missing: the facts that could still change an outcome that is unknown.

From an unknown condition down to its unknown parts: a part that is known already cannot change it, and a part of one
that is settled is never reached. So nothing that could change an outcome is left out, but for what is tested with
`known`, which is never unknown: that is how an author asks for nothing.

What is asked for can be too much, as each fact is looked at by itself. Where one fact, or facts that depend on each
other, stand in several parts of a condition, these may be unable to come out together as they would have to; and where
a fact matters for some value of another only, that value may already be ruled out by a requirement it would violate.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from typing_extensions import assert_never

from rulewright.explain.index import Index
from rulewright.explain.nearest import Suggestions
from rulewright.explain.own import waits_for_own_fields
from rulewright.explain.phrases import PHRASES
from rulewright.explain.subjects import Subjects
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
    Literal,
    Not,
    NotCovered,
    ParameterOf,
    RelatedFacts,
    RuleOutcome,
    SumOf,
    Test,
    expressions_of,
)
from rulewright.model.dependencies import conditions_of
from rulewright.model.explanation import MissingFact
from rulewright.model.facts import Case, Fact
from rulewright.model.languages import Language
from rulewright.model.outcomes import VERDICT, Outcome
from rulewright.model.rulebook import Field, Rule, Rulebook
from rulewright.model.values import Absent, FieldType, Truth
from rulewright.remembered import Kept, Remembered
from rulewright.semantics.reading import Reading
from rulewright.source import short

#: Of more facts whose subject is unknown, all subjects share what these wait for; of fewer, the order is the case's.
_FEW = 16


@dataclass(frozen=True, slots=True)
class Open:
    """A fact that nobody stated: a field of a subject, or, without a name, the list of all facts of a kind.

    `instead` is the field of the same subject that may be stated in its place.
    """

    kind: str
    ref: str
    name: str | None
    instead: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Shut:
    """Something unknown that no fact can tell: what it is, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class _Value:
    """The question what a field of a subject waits for."""

    subject: Fact
    name: str

    @property
    def key(self) -> tuple[str, ...]:
        return ("value", self.subject.kind, self.subject.ref, self.name)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The question what an outcome of a rule waits for."""

    subject: Fact
    rule: Rule

    @property
    def key(self) -> tuple[str, ...]:
        return ("outcome", self.subject.kind, self.subject.ref, self.rule.name)


@dataclass(frozen=True, slots=True)
class _Unplaced:
    """The question what related facts wait for whose subject is unknown: the same for every subject."""

    related: RelatedFacts
    settled: Truth
    summed: str | None

    @property
    def key(self) -> tuple[str, ...]:
        # by identity, as the condition of related facts can be long; they are those of the rulebook, which stay
        return ("unplaced", str(id(self.related)), self.settled.value, self.summed or "")


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """What facts of unknown subjects wait for, once for all subjects, and the subjects of what it waits for."""

    items: tuple[Open | Shut, ...]
    subjects: frozenset[tuple[str, str]]


Waits: TypeAlias = tuple[Open | Shut | Shared, ...]
Question: TypeAlias = _Value | _Outcome | _Unplaced
#: Asks questions, is given their answers, and comes to an answer of its own.
Answering: TypeAlias = Generator[Question, Waits, Waits]


def missing_facts(
    index: Index, case: Case, reading: Reading, language: Language = Language.ENGLISH
) -> tuple[tuple[MissingFact, ...], tuple[str, ...]]:
    """The facts that could still change the outcome of a blocking requirement, in the order of the case.

    With them what is unknown and cannot be told by any fact, in words.
    """
    search = _Search(index, case, reading, language)
    return _told(
        index.rulebook,
        language,
        (
            (rule, search.answer(_Outcome(subject, rule)))
            for kind, rules in index.deciding.items()
            for subject in case.facts.get(kind, ())
            for rule in rules
        ),
    )


class MissingFacts:
    """The missing facts of the cases of a rulebook; remembers what rules wait for that wait for their own subject."""

    def __init__(self, index: Index, language: Language = Language.ENGLISH) -> None:
        self.index = index
        self.language = language
        self._suggestions = Suggestions(index, language)
        self._deciding = {
            kind: [(position, rule) for position, rule in enumerate(index.rulebook.rules_about(kind)) if rule.decides]
            for kind in index.deciding
        }
        self._waits_for_own: Remembered[str, bool] = Remembered(
            lambda name: waits_for_own_fields(index, index.rulebook.rules[name])
        )
        self._waits: Kept[tuple[Any, ...], tuple[tuple[str | None, str | None], ...]] = Kept()

    def of(self, subjects: Subjects) -> tuple[tuple[MissingFact, ...], tuple[str, ...]]:
        """What `missing_facts` gives for a case."""
        missing, shut = _told(self.index.rulebook, self.language, self._asked(subjects))
        return self._suggestions.noted(missing, subjects.case), shut

    def _asked(self, subjects: Subjects) -> Iterator[tuple[Rule, Waits]]:
        search: _Search | None = None
        for kind, rules in self._deciding.items():
            for subject in subjects.by_kind.get(kind, ()):
                if Outcome.UNKNOWN not in subject.came_out.outcomes:
                    continue
                states = subject.states(self.index.rulebook.kinds[kind].fields)
                for position, rule in rules:
                    if subject.came_out.outcomes[position] is not Outcome.UNKNOWN:
                        continue
                    key = (rule.name, subjects.case.as_of, subject.came_out, states)
                    known = self._waits.get(key)
                    if known is not None:
                        yield rule, tuple([Open(kind, subject.result.ref, *waits) for waits in known])
                        continue
                    search = search or _Search(self.index, subjects.case, subjects.reading, self.language)
                    waits = search.answer(_Outcome(subject.fact, rule))
                    opened = [item for item in waits if isinstance(item, Open)]
                    if self._waits_for_own[rule.name] and len(opened) == len(waits):
                        self._waits.keep(key, tuple([(item.name, item.instead) for item in opened]))
                    yield rule, waits


def _told(
    rulebook: Rulebook, language: Language, asked: Iterable[tuple[Rule, Waits]]
) -> tuple[tuple[MissingFact, ...], tuple[str, ...]]:
    """What rules wait for, put together and into words."""
    found: dict[Open, list[str]] = {}
    shut: dict[str, None] = {}
    shared: set[tuple[str, Shared]] = set()
    for rule, waits in asked:
        new = [item for item in waits if not isinstance(item, Shared) or (rule.name, item) not in shared]
        shared.update((rule.name, item) for item in new if isinstance(item, Shared))
        for item in flat(new):
            if isinstance(item, Shut):
                shut[item.why] = None
            elif rule.name not in found.setdefault(item, []):
                found[item].append(rule.name)
    missing = (
        replace(
            asked_of(rulebook, item.kind, item.ref, item.name, language),
            instead=item.instead,
            needed_by=tuple(needed_by),
        )
        for item, needed_by in found.items()
    )
    return tuple(missing), tuple(shut)


def asked_of(
    rulebook: Rulebook, kind_name: str, ref: str, name: str | None, language: Language = Language.ENGLISH
) -> MissingFact:
    """A field of a subject, or without one the list of all facts of a kind, with the question that asks for it."""
    kind, said = rulebook.kinds[kind_name], PHRASES[language]
    if name is None:
        ask = kind.ask or said.which_facts.format(label=kind.label)
        return MissingFact(kind_name, ref, None, kind.label, ask, kind.note, None, ())
    declared = kind.fields[name]
    question = said.is_it_so if declared.type is FieldType.YES_NO else said.what_is
    ask = declared.ask or question.format(ref=ref, label=declared.label)
    return MissingFact(kind_name, ref, name, declared.label, ask, declared.note, None, ())


def flat(waits: Iterable[Open | Shut | Shared]) -> Iterator[Open | Shut]:
    """Yield everything that is waited for, one by one."""
    for item in waits:
        if isinstance(item, Shared):
            yield from item.items
        else:
            yield item


class _Search:
    """Answers what unknown values and outcomes of one case wait for, each once."""

    def __init__(self, index: Index, case: Case, reading: Reading, language: Language = Language.ENGLISH) -> None:
        self.phrases = PHRASES[language]
        self.index = index
        self.rulebook = index.rulebook
        self.case = case
        self.reading = reading
        self.answers: dict[tuple[str, ...], Waits] = {}

    def answer(self, question: Question) -> Waits:
        """The answer to a question; conclusions chain as far as they like, so nothing here recurses along them."""
        pending = [] if question.key in self.answers else [(question.key, self._answering(question))]
        answer: Waits | None = None
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
        return self.answers[question.key]

    def _answering(self, question: Question) -> Answering:
        match question:
            case _Value(subject, name):
                return self._value(subject, name)
            case _Outcome(subject, rule):
                return self._outcome(subject, rule)
            case _Unplaced(related, settled, summed):
                return self._unplaced(related, settled, summed)
            case _:
                assert_never(question)

    # --- outcomes and values ---

    def _outcome(self, subject: Fact, rule: Rule) -> Answering:
        if self.reading.outcome(rule.name, subject) is not Outcome.UNKNOWN:
            return ()
        waits: Waits = ()
        for condition in conditions_of(rule):
            waits += yield from self._condition(condition, subject)
        return waits

    def _value(self, subject: Fact, name: str) -> Answering:
        """What an unknown field waits for: what it follows from, else that somebody states it."""
        if self.reading.value(FieldOf((name,)), subject) is not Absent.UNKNOWN:
            return ()
        declared = self.rulebook.kinds[subject.kind].fields[name]
        waits: Waits = ()
        if declared.from_table is not None:
            waits += yield _Value(subject, self.rulebook.tables[declared.from_table].by)
            waits = waits or (self._no_cell(declared, subject),)
        elif declared.computed is not None:
            waits += yield from self._expression(declared.computed, subject)
        for rule in self.index.concluding.get((subject.kind, name), ()):
            waits += yield _Outcome(subject, rule)
        if not declared.may_be_given:
            return waits or (Shut(self.phrases.nothing_tells.format(label=declared.label, ref=subject.ref)),)
        here = (subject.kind, subject.ref)
        below: list[Open | Shared] = []
        for item in waits:
            if isinstance(item, Shared) and here in item.subjects:
                below += [one for one in item.items if isinstance(one, Open)]
            elif not isinstance(item, Shut):
                below.append(item)
        if not below:
            return (Open(subject.kind, subject.ref, name),)
        return tuple(
            replace(item, instead=name) if isinstance(item, Open) and (item.kind, item.ref) == here else item
            for item in below
        )

    def _no_cell(self, field: Field, subject: Fact) -> Shut:
        """Say why the cell of a known key is unknown: the table has no row for it, or nothing is in force yet."""
        table = self.rulebook.tables[field.from_table or ""]
        key = self.reading.value(FieldOf((table.by,)), subject)
        if isinstance(key, Absent) or table.row(str(key)) is not None:
            said = self.phrases.not_in_force.format(label=field.label, ref=subject.ref, date=self.case.as_of)
            return Shut(said)
        is_choice = self.rulebook.kinds[subject.kind].fields[table.by].type is FieldType.CHOICE
        said = self.phrases.no_row if is_choice else self.phrases.no_row_for_text
        return Shut(said.format(label=field.label, ref=subject.ref, table=table.name, by=table.by, key=short(str(key))))

    # --- conditions ---

    def _condition(self, condition: Condition, subject: Fact) -> Answering:
        if self.reading.truth(condition, subject) is not Truth.UNKNOWN:
            return ()
        match condition:
            case AllOf(parts) | AnyOf(parts):
                waits: Waits = ()
                for part in parts:
                    waits += yield from self._condition(part, subject)
                return waits
            case Not(part):
                return (yield from self._condition(part, subject))
            case _:
                return (yield from self._test(condition, subject))

    def _test(self, test: Test, subject: Fact) -> Answering:
        match test:
            case AnyRelated(related):
                return (yield from self._related(related, subject, settled=Truth.FALSE))
            case AllRelated(related):
                return (yield from self._related(related, subject, settled=Truth.TRUE))
            case RuleOutcome(rule):
                return (yield _Outcome(subject, self.rulebook.rules[rule]))
            case NotCovered():
                return ()  # no fact settles it, and its finding says so
            case _:
                waits: Waits = ()
                for expression in expressions_of(test):
                    waits += yield from self._expression(expression, subject)
                return waits

    # --- expressions ---

    def _expression(self, expression: Expression, subject: Fact) -> Answering:
        waits: Waits = ()
        match expression:
            case Literal() | AsOf():
                pass
            case ParameterOf(name):
                if self.reading.options(name) is Absent.UNKNOWN:
                    waits = (Shut(self.phrases.parameter_not_in_force.format(name=name, date=self.case.as_of)),)
            case Arithmetic(_, parts):
                for part in parts:
                    waits += yield from self._expression(part, subject)
            case CountOf(related):
                waits += yield from self._related(related, subject, settled=Truth.FALSE)
            case SumOf(of_field, related):
                waits += yield from self._related(related, subject, settled=Truth.FALSE, summed=of_field)
            case FieldOf(path):
                waits += yield from self._path(path, subject)
            case _:
                assert_never(expression)
        return waits

    def _related(self, related: RelatedFacts, subject: Fact, settled: Truth, summed: str | None = None) -> Answering:
        """What related facts wait for: the list of them, which refer to the subject, and which meet their condition.

        A fact whose condition comes out as `settled` does not matter, whomever it refers to; neither does one that adds
        none to a sum.
        """
        referring = self.reading.referring(related)
        if referring is None:
            return (Open(related.of, "", None),)
        if len(referring.unplaced) <= _FEW:
            facts = [(fact, refers) for fact, refers, _ in self.reading.refers(related, subject) or ()]
            return (yield from self._of_related(related, facts, settled, summed))
        facts = [(one.fact, Truth.TRUE) for one in referring.to(subject.ref)]
        waits: Waits = yield from self._of_related(related, facts, settled, summed)
        return waits + (yield _Unplaced(related, settled, summed))

    def _of_related(
        self, related: RelatedFacts, facts: Sequence[tuple[Fact, Truth]], settled: Truth, summed: str | None
    ) -> Answering:
        """What some related facts wait for, of each of which is said whether it refers to the subject."""
        waits: Waits = ()
        for fact, refers in facts:
            if self.reading.truth(related.where, fact) is settled or self._adds_none(fact, summed):
                continue
            if refers is Truth.UNKNOWN:
                waits += yield _Value(fact, related.through)
            if related.where is not None:
                waits += yield from self._condition(related.where, fact)
        for fact, _ in facts if summed is not None else ():
            if self.reading.truth(related.where, fact) is not Truth.FALSE:
                waits += yield _Value(fact, summed or "")
        return waits

    def _unplaced(self, related: RelatedFacts, settled: Truth, summed: str | None) -> Answering:
        """What related facts wait for whose subject is unknown, as one item."""
        referring = self.reading.referring(related)
        facts = [] if referring is None else [(one.fact, Truth.UNKNOWN) for one in referring.unplaced]
        waits: Waits = yield from self._of_related(related, facts, settled, summed)
        items = tuple(dict.fromkeys(flat(dict.fromkeys(waits))))
        subjects = frozenset((item.kind, item.ref) for item in items if isinstance(item, Open))
        return (Shared(items, subjects),) if items else ()

    def _adds_none(self, fact: Fact, summed: str | None) -> bool:
        return summed is not None and self.reading.value(FieldOf((summed,)), fact) is Absent.NONE

    def _path(self, path: tuple[str, ...], subject: Fact) -> Answering:
        """What the field at the end of a path waits for: the first reference that is unknown, else the field."""
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
        waits: Waits = ()
        for rule in self.index.deciding[subject.kind]:
            waits += yield _Outcome(subject, rule)
        return waits


def waits_of(index: Index, case: Case, reading: Reading) -> list[tuple[Rule, Fact, tuple[Open | Shut, ...]]]:
    """The blocking requirements that are open, each with its subject and what it waits for."""
    search = _Search(index, case, reading)
    return [
        (rule, subject, tuple(dict.fromkeys(flat(search.answer(_Outcome(subject, rule))))))
        for kind, rules in index.deciding.items()
        for subject in case.facts.get(kind, ())
        for rule in rules
        if reading.outcome(rule.name, subject) is Outcome.UNKNOWN
    ]
