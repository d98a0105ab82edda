"""An interview as data: the case at its start, and the answers since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, TypeAlias

from rulewright.model.facts import Case, Fact
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import Known


class Place(NamedTuple):
    """A fact that can be asked for: a field of a subject or, without a field, the list of all facts of a kind."""

    kind: str
    ref: str = ""
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """The value of a field; a reference to a ref that is not in the case adds a fact with it."""

    value: Known


@dataclass(frozen=True, slots=True)
class Listed:
    """The refs of all facts of a kind."""

    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declined:
    """The answer of a user who does not know: the fact stays unknown and is not asked for again."""


Answer: TypeAlias = "Stated | Listed | Declined"


@dataclass(frozen=True)
class Interview:
    """A case with the answers so far. An interview never changes: `answer` and `back` return other interviews."""

    rulebook: Rulebook
    start: Case
    answered: tuple[tuple[Place, Answer], ...] = ()

    def answer(self, place: Place, answer: Answer) -> Interview:
        """Return the interview after an answer."""
        return replace(self, answered=(*self.answered, (place, answer)))

    def back(self) -> Interview:
        """Return the interview before the last answer."""
        return replace(self, answered=self.answered[:-1])

    @cached_property
    def case(self) -> Case:
        """Case with all answers."""
        case = self.start
        for place, answer in self.answered:
            case = with_answer(self.rulebook, case, place, answer)
        return case

    @cached_property
    def declined(self) -> frozenset[Place]:
        """Places that were declined."""
        return frozenset(place for place, answer in self.answered if isinstance(answer, Declined))


def with_answer(rulebook: Rulebook, case: Case, place: Place, answer: Answer) -> Case:
    """Return the case with an answer."""
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
    """Return the case with these answers. Their order does not matter: answers that add facts are applied first."""
    waiting = sorted(answers, key=lambda one: _adds(rulebook, one[0]), reverse=True)
    number = -1
    # an answer can give an added fact a reference that adds another fact
    while number != (number := sum(map(len, case.facts.values()))):
        for place, answer in waiting:
            case = with_answer(rulebook, case, place, answer)
    return case


def _adds(rulebook: Rulebook, place: Place) -> int:
    """Return the priority of an answer: 2 for a list, 1 for a reference, which may add a fact, 0 for others."""
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
