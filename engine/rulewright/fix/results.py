"""The results of a search for changes, without the words of a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from rulewright.fix.parts import SubjectKey
from rulewright.fix.variables import FactKey, Variable
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult, Verdict

#: A requirement of a subject: the rule, and the kind and ref of the subject.
Requirement: TypeAlias = "tuple[str, str, str]"


class Undone(Enum):
    """A part of a search that was not done."""

    MORE_ANSWERS = "more answers"
    CUT_OFF = "cut off"
    NOT_PRICED = "not priced"
    LARGER_SETS = "larger sets"
    NOT_CONFIRMED = "not confirmed"
    MORE_CHANGES = "more changes"
    MORE_VALUES = "more values"
    MORE_OBSTACLES = "more obstacles"
    LARGER_OBSTACLES = "larger obstacles"
    OBSTACLES_CUT_OFF = "obstacles cut off"
    ADDED_FACTS = "added facts"
    REFERENCES = "references"


@dataclass(frozen=True, slots=True)
class Limit:
    """A part of a search that was not done, with the limit that it reached or the kinds that it concerns."""

    undone: Undone
    number: int = 0
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Solution:
    """Changes that are enough: the number of each value, and equally good alternatives for one fact."""

    point: Mapping[FactKey, int]
    alternatives: Mapping[FactKey, tuple[int, ...]]
    cost: Decimal


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """A solution, the case that it makes with the result of the engine, and the requirements that it satisfies."""

    solution: Solution
    case: Case
    result: CaseResult
    satisfies: tuple[Requirement, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A fact that would have to be different, with the requirements that it violates.

    `needed` is the number of a sufficient value; none if no such value was found.
    """

    variable: Variable
    violates: tuple[Requirement, ...]
    needed: int | None = None


@dataclass(frozen=True, slots=True)
class Unsolved:
    """A requirement that no examined value satisfies, by itself or (`alone`) together with all other requirements."""

    requirement: Requirement
    alone: bool


@dataclass(frozen=True, slots=True)
class FoundPart:
    """The answers for subjects that become ready together, or the facts and requirements that prevent it.

    `is_impossible` is true if the search proved that no allowed change is enough.
    """

    targets: tuple[SubjectKey, ...]
    answers: tuple[FoundAnswer, ...] = ()
    obstacles: tuple[tuple[Obstacle, ...], ...] = ()
    unsolvable: tuple[Unsolved, ...] = ()
    limits: tuple[Limit, ...] = ()
    is_impossible: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Subjects to leave out so that the remaining case has no blocker after the first changes, and its verdict."""

    subjects: tuple[SubjectKey, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The results of a search for changes to a case.

    `variables` are the facts that can change. `first` combines the changes of the first answers; `after` is the case
    with these changes and its result. Each group of `not_together` has subjects that can become ready one by one, but
    not all together.
    """

    case: Case
    result: CaseResult
    variables: Mapping[FactKey, Variable]
    parts: tuple[FoundPart, ...]
    first: Mapping[FactKey, int]
    after: tuple[Case, CaseResult]
    not_together: tuple[tuple[str, ...], ...]
    left_out: LeftOut | None = None
