"""Choose the next question of an interview: the most decisive one that can still change the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rulewright.ask.interview import Answer, Interview, Place, with_answers
from rulewright.ask.tried_answers import TriedAnswers
from rulewright.evaluate.plain import plain_engine
from rulewright.explain.index import Index
from rulewright.explain.missing_domain import MissingItem, unknown_requirements
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult, Outcome, Verdict
from rulewright.model.rulebook import Rulebook
from rulewright.semantics.reading import Reading

#: A blocking requirement of a subject: rule, kind and ref.
Requirement: TypeAlias = tuple[str, str, str]
#: A case in a search, identified by the answers that led to it.
_Way: TypeAlias = "frozenset[tuple[Place, Answer]]"

#: The most answers that are tried to score a question. They are a sample of all answers.
_SCORED = 6
#: The most cases that are evaluated to find out whether a fact matters. After that the fact is asked for.
_BUDGET = 600


@dataclass(frozen=True, slots=True)
class Standing:
    """The verdict of a case (none if it has errors), and the missing facts of each unknown requirement.

    `instead` has the fields that can be stated in place of a missing fact. `stuck` is true if no missing fact can
    resolve some unknown requirement.
    """

    verdict: Verdict | None
    outcomes: Mapping[Requirement, Outcome]
    missing: Mapping[Requirement, tuple[Place, ...]]
    instead: Mapping[Place, str]
    stuck: bool

    @property
    def needs_information(self) -> bool:
        """True if the verdict can still change."""
        return self.verdict is Verdict.NEEDS_INFORMATION

    def places(self) -> dict[Place, list[Requirement]]:
        """Return the facts to ask for, in the order of the case, with the requirements that depend on each."""
        found: dict[Place, list[Requirement]] = {}
        for requirement, places in self.missing.items():
            for place in places:
                found.setdefault(place, []).append(requirement)
        return found


@dataclass(frozen=True, slots=True)
class Question:
    """A question for a fact: its place, the requirements that depend on it, and a field that can be stated instead."""

    place: Place
    needed_by: tuple[Requirement, ...]
    instead: str | None = None


class Chooser:
    """Chooses the questions of interviews for one rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.index = Index.of(rulebook)
        self.engine = plain_engine(rulebook)
        self.tried = TriedAnswers(rulebook)

    def next(self, interview: Interview) -> Question | None:
        """Return the next question; none if no answer can change the verdict.

        The most decisive question leaves the fewest requirements unknown, on average over its answers. Among equals,
        the first in the order of the case is chosen.
        """
        listed = self._listing(interview)
        if listed is not None:
            return listed
        search = _Search(self, interview)
        standing = search.standing(frozenset())
        if not standing.needs_information:
            return None
        places = standing.places()
        order = sorted(places, key=lambda place: search.unknown_after(place, standing))
        for place in order:
            if search.matters(place, self._resolvable_by(place, standing)):
                return self._question(place, places[place], standing, interview)
        return None

    def could_matter(self, interview: Interview, place: Place) -> bool:
        """Return whether a fact can still change the verdict, alone or with other facts to ask for."""
        search = _Search(self, interview)
        standing = search.standing(frozenset())
        is_missing = place in standing.places()
        return standing.needs_information and is_missing and search.matters(place, self._resolvable_by(place, standing))

    def _resolvable_by(self, place: Place, standing: Standing) -> list[Requirement]:
        """Return the unknown requirements that a fact may resolve: its dependents first, then possible dependents.

        A requirement that depends on an unknown reference may depend on any fact of the subjects that it can reach.
        """
        waiting = standing.places()[place]
        later = [
            requirement
            for requirement, needed in standing.missing.items()
            if requirement not in waiting and any(one != place and self._refers(one) for one in needed)
        ]
        return [*waiting, *later]

    def _refers(self, place: Place) -> bool:
        """Return whether a place is a reference or the list of all facts of a kind."""
        return place.field is None or self.rulebook.kinds[place.kind].fields[place.field].refers_to is not None

    def _listing(self, interview: Interview) -> Question | None:
        """Return the question for the facts of a kind with a verdict; none if the interview started with one."""
        case = interview.case
        kinds = [kind for kind, rules in self.index.deciding.items() if rules]
        if any(interview.start.facts.get(kind) for kind in kinds):
            return None
        for kind in kinds:
            place = Place(kind)
            if kind not in case.facts and place not in interview.declined:
                rules = tuple((rule.name, kind, "") for rule in self.index.deciding[kind])
                return Question(place, rules)
        return None

    def _question(
        self, place: Place, needed_by: Sequence[Requirement], standing: Standing, interview: Interview
    ) -> Question:
        """Return the question for a place. For a reference to an unlisted kind, ask for the list of its facts first."""
        if place.field is not None:
            target = self.rulebook.kinds[place.kind].fields[place.field].refers_to
            if target is not None and target not in interview.case.facts and Place(target) not in interview.declined:
                return Question(Place(target), tuple(needed_by))
        return Question(place, tuple(needed_by), standing.instead.get(place))

    def standing(self, case: Case, declined: Iterable[Place]) -> Standing:
        """Evaluate a case and return its standing; declined facts are not asked for."""
        result = self.engine.evaluate_case(case)
        if result.verdict is None:
            return Standing(None, {}, {}, {}, False)
        missing: dict[Requirement, tuple[Place, ...]] = {}
        instead: dict[Place, str] = {}
        closed, stuck = frozenset(declined), False
        if result.verdict is Verdict.NEEDS_INFORMATION:
            for rule, subject, items in unknown_requirements(
                self.index, case, Reading(self.index.interpreter, case, result)
            ):
                found = []
                for item in items:
                    if isinstance(item, MissingItem):
                        place = Place(item.kind, item.ref, item.name)
                        if place not in closed and self.tried.of(place, case):
                            found.append(place)
                            if item.instead is not None:
                                instead[place] = item.instead
                missing[rule.name, subject.kind, subject.ref] = tuple(found)
                stuck = stuck or not found
        return Standing(result.verdict, _outcomes(self.rulebook, result), missing, instead, stuck)


def _outcomes(rulebook: Rulebook, result: CaseResult) -> dict[Requirement, Outcome]:
    return {
        (name, subject.kind, subject.ref): outcome
        for subject in result.subjects
        for name, outcome in subject.outcomes.items()
        if rulebook.rules[name].decides
    }


@dataclass(frozen=True, slots=True)
class _Answered:
    """A place with an answer to the question for it."""

    place: Place
    answer: Answer


class _OutOfBudgetError(Exception):
    """The search has evaluated as many cases as it may."""


class _Search:
    """Evaluates the case of one interview with further answers, each combination once."""

    def __init__(self, chooser: Chooser, interview: Interview) -> None:
        self.chooser = chooser
        self.interview = interview
        self.standings: dict[_Way, Standing] = {}
        self.cases: dict[_Way, Case] = {frozenset(): interview.case}
        self.left = _BUDGET

    def standing(self, way: _Way) -> Standing:
        """Return the standing of the case after some answers."""
        if way not in self.standings:
            self.left -= 1
            self.standings[way] = self.chooser.standing(self.cases[way], self.interview.declined)
        return self.standings[way]

    def after(self, way: _Way, place: Place, answer: Answer) -> _Way:
        further = way | {(place, answer)}
        if further not in self.cases:
            self.cases[further] = with_answers(self.chooser.rulebook, self.interview.case, further)
        return further

    def answers(self, way: _Way, place: Place) -> tuple[Answer, ...]:
        return self.chooser.tried.of(place, self.cases[way])

    def unknown_after(self, place: Place, standing: Standing) -> float:
        """Return the number of requirements that an answer leaves unknown, on average; 0 for a final verdict."""
        answers = self.answers(frozenset(), place)
        step = -(-len(answers) // _SCORED)
        left = []
        for answer in answers[::step]:
            after = self.standing(self.after(frozenset(), place, answer))
            if after.verdict is not None:
                left.append(len(after.missing) if after.needs_information else 0)
        return sum(left) / len(left) if left else len(standing.missing)

    def matters(self, place: Place, requirements: Iterable[Requirement]) -> bool:
        """Return whether the verdict can depend on a fact.

        It can if some answers to other questions leave the verdict unknown and an answer to this one makes it final.
        Each requirement is examined first, by itself, over the facts that it depends on. If an answer can violate it,
        the fact matters. If no answer resolves any requirement, the fact does not matter. If answers can only meet
        requirements, the fact matters only if further answers can also resolve all other requirements.

        The result is true if the search runs out of its budget.
        """
        self.left = _BUDGET
        try:
            can_meet = False
            for requirement in requirements:
                for answer in self.answers(frozenset(), place):
                    found = self._worst_outcome(requirement, _Answered(place, answer), frozenset(), frozenset())
                    if found is Outcome.VIOLATED:
                        return True
                    can_meet = can_meet or found is not None
            answers = self.answers(frozenset(), place) if can_meet else ()
            return any(self._makes_final(_Answered(place, answer), frozenset(), frozenset()) for answer in answers)
        except _OutOfBudgetError:
            return True

    def _worst_outcome(
        self, requirement: Requirement, given: _Answered, way: _Way, passed: frozenset[Place]
    ) -> Outcome | None:
        """Return the worst outcome that an answer gives a requirement; none if it resolves nothing.

        The requirement must stay unknown without the answer. `way` has the other answers, `passed` the questions that
        stay unanswered.
        """
        if self.left <= 0:
            raise _OutOfBudgetError
        without = self.standing(way)
        if not without.needs_information or without.outcomes.get(requirement, Outcome.UNKNOWN) is not Outcome.UNKNOWN:
            return None
        there = self.after(way, given.place, given.answer)
        standing = self.standing(there)
        if standing.verdict is None:
            return None
        if standing.verdict is Verdict.NOT_READY:
            return Outcome.VIOLATED
        outcome = standing.outcomes.get(requirement, Outcome.UNKNOWN)
        if outcome is not Outcome.UNKNOWN:
            return outcome
        found: Outcome | None = None
        for other in standing.missing.get(requirement, ()):
            if other == given.place or other in passed:
                continue
            for answer in self.answers(there, other):
                further = self._worst_outcome(requirement, given, self.after(way, other, answer), passed)
                if further is Outcome.VIOLATED:
                    return further
                found = found or further
            passed |= {other}
        return found

    def _makes_final(self, given: _Answered, way: _Way, passed: frozenset[Place]) -> bool:
        """Return whether an answer makes the verdict final that stays unknown without it.

        `way` has the other answers, to which the search adds more; `passed` has the questions that stay unanswered.
        """
        if self.left <= 0:
            raise _OutOfBudgetError
        if not self.standing(way).needs_information:
            return False
        there = self.after(way, given.place, given.answer)
        standing = self.standing(there)
        if standing.verdict is None or standing.stuck:
            return False
        if not standing.needs_information:
            return True
        for other in standing.places():
            if other == given.place or other in passed:
                continue
            ways = [self.after(way, other, answer) for answer in self.answers(there, other)]
            for further in sorted(ways, key=lambda one: len(self.standing(one).missing)):
                if self._makes_final(given, further, passed):
                    return True
            passed |= {other}
        return False
