"""The problem of a search: a case with its result, the limits of the search and its steps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rulewright.engines import Judge
from rulewright.explain.index import Index
from rulewright.fix.boxes import Boxes
from rulewright.fix.goals import Goal
from rulewright.fix.influence import Influence
from rulewright.fix.parts import SubjectKey
from rulewright.fix.results import Requirement
from rulewright.fix.search import Search, Work
from rulewright.fix.variables import FactKey, Variable
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult, Outcome
from rulewright.semantics.items import Item
from rulewright.semantics.reading import Reading

#: The steps for a case, as a multiple of the steps of one search. Most parts of a case need few steps.
_SEARCHES = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a search: changes in an answer, reported sets of facts, steps of one search.

    A step evaluates one value, outcome or verdict, or follows one reference, and takes about 50 microseconds, so one
    search ends in two seconds.
    """

    changes: int = 6
    answers: int = 20
    work: int = 40_000


@dataclass(frozen=True)
class Problem:
    """A case to search for changes."""

    judge: Judge
    case: Case
    result: CaseResult
    limits: Limits
    index: Index
    reading: Reading
    work: Work

    @classmethod
    def of(cls, judge: Judge, case: Case, result: CaseResult, limits: Limits) -> Problem:
        """Return the problem of a case with its result."""
        index = judge.explainer().index
        reading = Reading(index.interpreter, case, result)
        return cls(judge, case, result, limits, index, reading, Work(_SEARCHES * limits.work))

    def search(
        self, influence: Influence, variables: Mapping[FactKey, Variable], goal: Goal, fields: Iterable[Item]
    ) -> Search:
        """Return a new search for a goal, with a share of the steps."""
        items = influence.behind([*goal.wanted, *fields])
        boxes = Boxes(influence, self.reading, items, variables)
        return Search(boxes, influence, goal, variables, self.work.share(self.limits.work))

    def violated(self, targets: Collection[SubjectKey] | None = None) -> Iterator[Requirement]:
        """Yield the violated blocking requirements by rule, kind and ref, only for `targets` if given."""
        for rule in self.index.rulebook.rules.values():
            for subject in self.result.subjects:
                if not rule.decides or rule.about != subject.kind:
                    continue
                wanted = targets is None or (subject.kind, subject.ref) in targets
                if wanted and subject.outcomes[rule.name] is Outcome.VIOLATED:
                    yield rule.name, subject.kind, subject.ref
