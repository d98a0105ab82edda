"""What a search for changes comes to, before it is put into the words of any language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from rulewright.fix.parts import Subject
from rulewright.fix.variables import FactKey, Variable
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult, Verdict

#: A requirement of a subject: the rule, and the kind and ref of the subject.
Requirement: TypeAlias = "tuple[str, str, str]"


class Undone(Enum):
    """What a search left undone."""

    MORE_ANSWERS = "more answers"
    CUT_OFF = "cut off"
    MORE_CHANGES = "more changes"
    MORE_VALUES = "more values"
    MORE_OBSTACLES = "more obstacles"
    OBSTACLES_CUT_OFF = "obstacles cut off"


@dataclass(frozen=True, slots=True)
class Limit:
    """What a search left undone, and the number that it went up to, where there is one."""

    undone: Undone
    number: int = 0


@dataclass(frozen=True, slots=True)
class Solution:
    """Changes that are enough: the numbers of the values, and for one fact others that would do as well."""

    point: Mapping[FactKey, int]
    alternatives: Mapping[FactKey, tuple[int, ...]]
    cost: Decimal


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """A solution, the case that it makes with the result that the engine came to, and what it satisfies."""

    solution: Solution
    case: Case
    result: CaseResult
    satisfies: tuple[Requirement, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A fact that stands in the way, with the requirements that it violates."""

    variable: Variable
    violates: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class FoundPart:
    """Some subjects that are made ready together, or what stands in the way of it."""

    targets: tuple[Subject, ...]
    answers: tuple[FoundAnswer, ...]
    obstacles: tuple[tuple[Obstacle, ...], ...]
    unsolvable: tuple[Requirement, ...]
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """All that was found for a case, with its result.

    `variables` are the facts that can change, `first` what the first answers change together, `after` the case and its
    result then; each of `not_together` are subjects that can become ready, but not all of them together.
    """

    case: Case
    result: CaseResult
    variables: Mapping[FactKey, Variable]
    parts: tuple[FoundPart, ...]
    first: Mapping[FactKey, int]
    after: tuple[Case, CaseResult]
    not_together: tuple[tuple[str, ...], ...]
