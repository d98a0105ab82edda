"""Which question to ask next: one that can still change the verdict, the most decisive first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rulewright.ask.interview import Answer, Interview, Place, with_answers
from rulewright.ask.values import TriedAnswers
from rulewright.evaluate.plain import plain_engine
from rulewright.explain.index import Index
from rulewright.explain.missing_domain import Open, waits_of
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult, Outcome, Verdict
from rulewright.model.rulebook import Rulebook
from rulewright.semantics.reading import Reading

#: A blocking requirement of a subject: rule, kind and ref.
Requirement: TypeAlias = tuple[str, str, str]
#: A case on the way of a search, by what was answered on it.
_Way: TypeAlias = "frozenset[tuple[Place, Answer]]"

#: So many answers are looked at to tell how decisive a question is.
_SCORED = 6
#: So many cases are judged in the search for a way on which a fact matters; after that it is asked for.
_BUDGET = 600


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands: its verdict (none where it contradicts itself), and what each open requirement waits for.

    `stuck` is whether a requirement is open that nothing can settle any more.
    """

    verdict: Verdict | None
    outcomes: Mapping[Requirement, Outcome]
    waits: Mapping[Requirement, tuple[Place, ...]]
    instead: Mapping[Place, str]
    stuck: bool

    @property
    def is_open(self) -> bool:
        """Whether the verdict can still change."""
        return self.verdict is Verdict.NEEDS_INFORMATION

    def places(self) -> dict[Place, list[Requirement]]:
        """What can be asked for, with the requirements that wait for it, in the order of the case."""
        found: dict[Place, list[Requirement]] = {}
        for requirement, places in self.waits.items():
            for place in places:
                found.setdefault(place, []).append(requirement)
        return found


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked next: for which place, for the sake of which requirements, and what may be stated in its place."""

    place: Place
    needed_by: tuple[Requirement, ...]
    instead: str | None = None


class Chooser:
    """Chooses the questions of interviews about cases of one rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.index = Index.of(rulebook)
        self.engine = plain_engine(rulebook)
        self.tried = TriedAnswers(rulebook)

    def next(self, interview: Interview) -> Question | None:
        """The next question; none where no answer can change the verdict any more.

        The most decisive is the one that leaves the fewest requirements open, on the average over its answers; of
        several such the first of the case.
        """
        listed = self._listing(interview)
        if listed is not None:
            return listed
        search = _Search(self, interview)
        standing = search.look(frozenset())
        if not standing.is_open:
            return None
        places = standing.places()
        order = sorted(places, key=lambda place: search.left_open(place, standing))
        for place in order:
            if search.matters(place, self._settled_by(place, standing)):
                return self._question(place, places[place], standing, interview)
        return None

    def could_matter(self, interview: Interview, place: Place) -> bool:
        """Whether a fact can still change the verdict, alone or with others that can be asked for."""
        search = _Search(self, interview)
        standing = search.look(frozenset())
        waited_for = place in standing.places()
        return standing.is_open and waited_for and search.matters(place, self._settled_by(place, standing))

    def _settled_by(self, place: Place, standing: Standing) -> list[Requirement]:
        """The open requirements that a fact may settle: those that wait for it, then those that may come to.

        A requirement that waits for a reference does not say which facts it needs beyond it.
        """
        waiting = standing.places()[place]
        later = [
            requirement
            for requirement, needed in standing.waits.items()
            if requirement not in waiting and any(one != place and self._refers(one) for one in needed)
        ]
        return [*waiting, *later]

    def _refers(self, place: Place) -> bool:
        """Whether a place is a reference, or the list of the facts of a kind."""
        return place.field is None or self.rulebook.kinds[place.kind].fields[place.field].refers_to is not None

    def _listing(self, interview: Interview) -> Question | None:
        """The question which facts there are, of the kinds that verdicts are about, while there is none of them."""
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
        """A question for a place; for a reference to a kind that is not listed, which facts of it there are."""
        if place.field is not None:
            target = self.rulebook.kinds[place.kind].fields[place.field].refers_to
            if target is not None and target not in interview.case.facts and Place(target) not in interview.declined:
                return Question(Place(target), tuple(needed_by))
        return Question(place, tuple(needed_by), standing.instead.get(place))

    def standing(self, case: Case, declined: Iterable[Place]) -> Standing:
        """How a case stands, where these facts are not to be had."""
        result = self.engine.evaluate_case(case)
        if result.verdict is None:
            return Standing(None, {}, {}, {}, False)
        waits: dict[Requirement, tuple[Place, ...]] = {}
        instead: dict[Place, str] = {}
        closed, stuck = frozenset(declined), False
        if result.verdict is Verdict.NEEDS_INFORMATION:
            for rule, subject, items in waits_of(self.index, case, Reading(self.index.interpreter, case, result)):
                found = []
                for item in items:
                    if isinstance(item, Open):
                        place = Place(item.kind, item.ref, item.name)
                        if place not in closed and self.tried.of(place, case):
                            found.append(place)
                            if item.instead is not None:
                                instead[place] = item.instead
                waits[rule.name, subject.kind, subject.ref] = tuple(found)
                stuck = stuck or not found
        return Standing(result.verdict, _outcomes(self.rulebook, result), waits, instead, stuck)


def _outcomes(rulebook: Rulebook, result: CaseResult) -> dict[Requirement, Outcome]:
    return {
        (name, subject.kind, subject.ref): outcome
        for subject in result.subjects
        for name, outcome in subject.outcomes.items()
        if rulebook.rules[name].decides
    }


@dataclass(frozen=True, slots=True)
class _Answered:
    """A question with an answer to it."""

    place: Place
    answer: Answer


class _OutOfBudgetError(Exception):
    """More cases would have to be judged than the search may take."""


class _Search:
    """Looks ahead from one interview: what a case would come to with further answers."""

    def __init__(self, chooser: Chooser, interview: Interview) -> None:
        self.chooser = chooser
        self.interview = interview
        self.seen: dict[_Way, Standing] = {}
        self.cases: dict[_Way, Case] = {frozenset(): interview.case}
        self.left = _BUDGET

    def look(self, way: _Way) -> Standing:
        """How the case stands after some answers."""
        if way not in self.seen:
            self.left -= 1
            self.seen[way] = self.chooser.standing(self.cases[way], self.interview.declined)
        return self.seen[way]

    def after(self, way: _Way, place: Place, answer: Answer) -> _Way:
        further = way | {(place, answer)}
        if further not in self.cases:
            self.cases[further] = with_answers(self.chooser.rulebook, self.interview.case, further)
        return further

    def answers(self, way: _Way, place: Place) -> tuple[Answer, ...]:
        return self.chooser.tried.of(place, self.cases[way])

    def left_open(self, place: Place, standing: Standing) -> float:
        """How many requirements an answer leaves open, on the average; none where it settles the verdict."""
        answers = self.answers(frozenset(), place)
        step = -(-len(answers) // _SCORED)
        left = []
        for answer in answers[::step]:
            after = self.look(self.after(frozenset(), place, answer))
            if after.verdict is not None:
                left.append(len(after.waits) if after.is_open else 0)
        return sum(left) / len(left) if left else len(standing.waits)

    def matters(self, place: Place, requirements: Iterable[Requirement]) -> bool:
        """Whether the verdict can come to depend on a fact.

        It does where some answers to other questions leave the verdict open, and an answer to this one with them
        settles it. First for each requirement by itself, over the facts that it waits for: where the verdict can be
        settled so by a violation, that is all; where the requirement cannot be settled so, the fact is not worth asking
        for. Where answers can do no more than meet it, a way has to be found on which all others are settled, too.
        """
        self.left = _BUDGET
        try:
            can_meet = False
            for requirement in requirements:
                for answer in self.answers(frozenset(), place):
                    found = self._alone(requirement, _Answered(place, answer), frozenset(), frozenset())
                    if found is Outcome.VIOLATED:
                        return True
                    can_meet = can_meet or found is not None
            answers = self.answers(frozenset(), place) if can_meet else ()
            return any(self._last(_Answered(place, answer), frozenset(), frozenset()) for answer in answers)
        except _OutOfBudgetError:
            return True

    def _alone(self, requirement: Requirement, given: _Answered, way: _Way, passed: frozenset[Place]) -> Outcome | None:
        """The worst that an answer makes of a requirement which without it stays open; none where it settles nothing.

        `way` are the other answers, `passed` the questions that stay open on it.
        """
        if self.left <= 0:
            raise _OutOfBudgetError
        without = self.look(way)
        if not without.is_open or without.outcomes.get(requirement, Outcome.UNKNOWN) is not Outcome.UNKNOWN:
            return None
        there = self.after(way, given.place, given.answer)
        standing = self.look(there)
        if standing.verdict is None:
            return None
        if standing.verdict is Verdict.NOT_READY:
            return Outcome.VIOLATED
        outcome = standing.outcomes.get(requirement, Outcome.UNKNOWN)
        if outcome is not Outcome.UNKNOWN:
            return outcome
        found: Outcome | None = None
        for other in standing.waits.get(requirement, ()):
            if other == given.place or other in passed:
                continue
            for answer in self.answers(there, other):
                further = self._alone(requirement, given, self.after(way, other, answer), passed)
                if further is Outcome.VIOLATED:
                    return further
                found = found or further
            passed |= {other}
        return found

    def _last(self, given: _Answered, way: _Way, passed: frozenset[Place]) -> bool:
        """Whether an answer settles a verdict that stays open without it, on some way of answering other questions."""
        if self.left <= 0:
            raise _OutOfBudgetError
        if not self.look(way).is_open:
            return False
        there = self.after(way, given.place, given.answer)
        standing = self.look(there)
        if standing.verdict is None or standing.stuck:
            return False
        if not standing.is_open:
            return True
        for other in standing.places():
            if other == given.place or other in passed:
                continue
            ways = [self.after(way, other, answer) for answer in self.answers(there, other)]
            for further in sorted(ways, key=lambda one: len(self.look(one).waits)):
                if self._last(given, further, passed):
                    return True
            passed |= {other}
        return False
