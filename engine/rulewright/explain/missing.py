"""What is missing: the facts that could still change an outcome that is unknown.

From an unknown condition down to its unknown parts: a part that is known already cannot change it, and a part of one
that is settled is never reached. So nothing that could change an outcome is left out, but for what is tested with
`known`, which is never unknown: that is how an author asks for nothing.

What is asked for can be too much, as each fact is looked at by itself. Where one fact, or facts that depend on each
other, stand in several parts of a condition, these may be unable to come out together as they would have to; and where
a fact matters for some value of another only, that value may already be ruled out by a requirement it would violate.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
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
from rulewright.model.rulebook import Rule, Rulebook
from rulewright.model.values import Absent, FieldType, Truth
from rulewright.reference import Reading
from rulewright.remembered import Kept, Remembered


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


Waits: TypeAlias = tuple[Open | Shut, ...]
Question: TypeAlias = _Value | _Outcome
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
    for rule, waits in asked:
        for item in waits:
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
            waits = waits or (self._not_in_force(declared.label, subject),)
        elif declared.computed is not None:
            waits += yield from self._expression(declared.computed, subject)
        for rule in self.index.concluding.get((subject.kind, name), ()):
            waits += yield _Outcome(subject, rule)
        if not declared.may_be_given:
            return waits or (Shut(self.phrases.nothing_tells.format(label=declared.label, ref=subject.ref)),)
        below = [item for item in waits if isinstance(item, Open)]
        if not below:
            return (Open(subject.kind, subject.ref, name),)
        here = (subject.kind, subject.ref)
        return tuple(replace(item, instead=name) if (item.kind, item.ref) == here else item for item in below)

    def _not_in_force(self, label: str, subject: Fact) -> Shut:
        return Shut(self.phrases.not_in_force.format(label=label, ref=subject.ref, date=self.case.as_of))

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
                # a none adds nothing, whether or not its fact counts
                summed = FieldOf((of_field,))
                facts = [fact for fact, *_ in self.reading.refers(related, subject) or ()]
                nothing = {fact.ref for fact in facts if self.reading.value(summed, fact) is Absent.NONE}
                waits += yield from self._related(related, subject, settled=Truth.FALSE, without=nothing)
                for fact, refers, meets in self.reading.refers(related, subject) or ():
                    if Truth.FALSE not in (refers, meets):
                        waits += yield _Value(fact, of_field)
            case FieldOf(path):
                waits += yield from self._path(path, subject)
            case _:
                assert_never(expression)
        return waits

    def _related(self, related: RelatedFacts, subject: Fact, settled: Truth, without: Iterable[str] = ()) -> Answering:
        """What related facts wait for: the list of them, which refer to the subject, and which meet their condition.

        A fact whose condition comes out as `settled` does not matter, whomever it refers to.
        """
        facts = self.reading.refers(related, subject)
        if facts is None:
            return (Open(related.of, "", None),)
        waits: Waits = ()
        for fact, refers, meets in facts:
            if refers is Truth.FALSE or meets is settled or fact.ref in without:
                continue
            if refers is Truth.UNKNOWN:
                waits += yield _Value(fact, related.through)
            if related.where is not None:
                waits += yield from self._condition(related.where, fact)
        return waits

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


def waits_of(index: Index, case: Case, reading: Reading) -> list[tuple[Rule, Fact, Waits]]:
    """The blocking requirements that are open, each with its subject and what it waits for."""
    search = _Search(index, case, reading)
    return [
        (rule, subject, search.answer(_Outcome(subject, rule)))
        for kind, rules in index.deciding.items()
        for subject in case.facts.get(kind, ())
        for rule in rules
        if reading.outcome(rule.name, subject) is Outcome.UNKNOWN
    ]
