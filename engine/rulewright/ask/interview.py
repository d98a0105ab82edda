"""An interview as data: the case that it started from and what was answered since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, TypeAlias

from rulewright.model.facts import Case, Fact
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import Known


class Place(NamedTuple):
    """What can be asked for: a field of a subject, or, without a field, which facts of a kind there are."""

    kind: str
    ref: str = ""
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """The value of a field; a reference to a fact that is not there yet adds it."""

    value: Known


@dataclass(frozen=True, slots=True)
class Listed:
    """The refs of all facts of a kind."""

    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declined:
    """Nobody knows: it stays unknown and is not asked for again."""


Answer: TypeAlias = "Stated | Listed | Declined"


@dataclass(frozen=True)
class Interview:
    """The case so far and the way to it; each answer makes another interview, and `back` the one before."""

    rulebook: Rulebook
    start: Case
    answered: tuple[tuple[Place, Answer], ...] = ()

    def answer(self, place: Place, answer: Answer) -> Interview:
        """The interview after an answer."""
        return replace(self, answered=(*self.answered, (place, answer)))

    def back(self) -> Interview:
        """The interview before the last answer."""
        return replace(self, answered=self.answered[:-1])

    @cached_property
    def case(self) -> Case:
        """The case with all that was answered."""
        case = self.start
        for place, answer in self.answered:
            case = with_answer(self.rulebook, case, place, answer)
        return case

    @cached_property
    def declined(self) -> frozenset[Place]:
        """What nobody knows."""
        return frozenset(place for place, answer in self.answered if isinstance(answer, Declined))


def with_answer(rulebook: Rulebook, case: Case, place: Place, answer: Answer) -> Case:
    """The case with an answer in it."""
    match answer:
        case Declined():
            return case
        case Listed(refs):
            there = {fact.ref: fact for fact in case.facts.get(place.kind, ())}
            listed = tuple(there.get(ref) or Fact(place.kind, ref, {}) for ref in refs)
            return replace(case, facts={**case.facts, place.kind: listed})
        case Stated(value):
            return _stated(rulebook, case, place, value)


def with_answers(rulebook: Rulebook, case: Case, answers: Iterable[tuple[Place, Answer]]) -> Case:
    """The case with all of these answers in it, in whatever order: those that add facts come first."""
    waiting = sorted(answers, key=lambda one: _adds(rulebook, one[0]), reverse=True)
    number = -1
    while number != (number := sum(map(len, case.facts.values()))):  # a fact that is added can refer to a further one
        for place, answer in waiting:
            case = with_answer(rulebook, case, place, answer)
    return case


def _adds(rulebook: Rulebook, place: Place) -> int:
    """How early an answer to a question is taken: a list first, then what may add a fact."""
    if place.field is None:
        return 2
    return int(rulebook.kinds[place.kind].fields[place.field].refers_to is not None)


def _stated(rulebook: Rulebook, case: Case, place: Place, value: Known) -> Case:
    assert place.field is not None, "a value is of a field"
    name = place.field
    if place.kind not in case.facts:
        return case
    facts = dict(case.facts)
    facts[place.kind] = tuple(
        replace(fact, values={**fact.values, name: value}) if fact.ref == place.ref else fact
        for fact in facts[place.kind]
    )
    target = rulebook.kinds[place.kind].fields[name].refers_to
    if target is not None and not any(fact.ref == value for fact in facts.get(target, ())):
        facts[target] = (*facts.get(target, ()), Fact(target, str(value), {}))
    return replace(case, facts=facts)
