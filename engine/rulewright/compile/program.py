"""The compiled program as plain data: what is derived and observed at each level, and the rules that infer from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from rulewright.compile.strata import Strata
from rulewright.model.conditions import Condition, Test
from rulewright.model.rulebook import Rulebook

#: At most this many reactions can match one message, and at most this many properties are in it.
MAXIMUM_REACTIONS_PER_PAGE = 48
MAXIMUM_PROPERTIES_PER_PAGE = 96
#: A page takes in no more reactions once it reads so many properties: the fewer, the oftener is its message known.
PROPERTIES_PER_PAGE = 10
#: A conjunction or disjunction of more parts is built from smaller ones.
MAXIMUM_PARTS = 12

TRUE, FALSE, UNKNOWN = "t", "f", "u"

#: The value of a property.
Atom: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reaction:
    """A rule of the inference: when all these properties have these values, those get those values.

    `name` is the property that it is about: the outcome of a rule, the truth of a condition, the verdict.
    """

    name: str
    when: tuple[Atom, ...]
    then: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Reactions that match one message, which carries the values of these properties; a ruleset of its own."""

    name: str
    properties: tuple[str, ...]
    reactions: tuple[Reaction, ...]


@dataclass(frozen=True, slots=True)
class ObservedTest:
    """A test and the property that holds its truth.

    It matters to a subject where any of the `guards` is not false; a guard that is none always holds. `of_stated` looks
    at what the case file states of the field and not at what rules conclude.
    """

    property: str
    test: Test
    guards: tuple[Condition | None, ...]
    of_stated: bool = False


@dataclass(frozen=True, slots=True)
class PriorRule:
    """A rule of an earlier level that is read here, and the property of its outcome."""

    rule: str
    property: str


@dataclass(frozen=True, slots=True)
class Inference:
    """What is inferred about the subjects of one kind at one level.

    `outcomes` maps each rule to the property of its outcome and `truths` each test of the rules to that of its truth;
    `verdict` is the property of the verdict, if it is decided here. Each page reads only what those before it
    conclude. A situation is a letter for each observed test and each prior rule.
    """

    name: str
    kind: str
    observed: tuple[ObservedTest, ...]
    prior: tuple[PriorRule, ...]
    pages: tuple[Page, ...]
    outcomes: Mapping[str, str]
    truths: Mapping[Test, str]
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Level:
    """Fields that get a column and rules that are inferred, by kind, all from what lower levels give."""

    number: int
    fields: Mapping[str, tuple[str, ...]]
    inferences: Mapping[str, Inference]


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled rulebook."""

    rulebook: Rulebook
    strata: Strata
    levels: tuple[Level, ...]
    digest: str
