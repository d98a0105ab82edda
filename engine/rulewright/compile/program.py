"""The compiled program as plain data: what is derived and observed at each level, and the rules that infer from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulewright.model.conditions import Condition, Test
from rulewright.model.rulebook import Rulebook

#: At most this many reactions can match one message, and at most this many properties are in it.
MAXIMUM_REACTIONS_PER_PAGE = 48
MAXIMUM_PROPERTIES_PER_PAGE = 96
#: At most this many reactions are in one ruleset.
MAXIMUM_REACTIONS_PER_RULESET = 384
#: A conjunction or disjunction of more parts is built from smaller ones.
MAXIMUM_PARTS = 12

TRUE, FALSE, UNKNOWN = "t", "f", "u"


@dataclass(frozen=True, slots=True)
class Reaction:
    """A rule of the inference: when all these properties have these values, those get those values.

    `because` says in the rulebook's terms what it does: the rule or condition that it stands for.
    """

    name: str
    when: tuple[tuple[str, str], ...]
    then: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Reactions that match one message, which carries the values of these properties."""

    name: str
    properties: tuple[str, ...]
    reactions: tuple[Reaction, ...]


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Pages in the order in which they are asked; a page reads only what pages before it conclude."""

    name: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class ObservedTest:
    """A test and the property that holds its truth.

    It matters to a subject where any of the `guards` is not false; a guard that is none always holds.
    """

    property: str
    test: Test
    guards: tuple[Condition | None, ...]


@dataclass(frozen=True, slots=True)
class PriorRule:
    """A rule of an earlier level whose outcome counts for a verdict here, and the properties that its outcome sets."""

    rule: str
    property: str


@dataclass(frozen=True, slots=True)
class Inference:
    """What is inferred about the subjects of one kind at one level.

    `outcomes` maps each rule to the property of its outcome; `verdict` is the property of the verdict, if it is decided
    here. A situation is a letter for each test and each prior rule.
    """

    name: str
    kind: str
    tests: tuple[ObservedTest, ...]
    prior: tuple[PriorRule, ...]
    rulesets: tuple[Ruleset, ...]
    outcomes: Mapping[str, str]
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Level:
    """Fields that get their value and rules that are inferred, by kind, all from what lower levels give."""

    number: int
    fields: Mapping[str, tuple[str, ...]]
    inferences: Mapping[str, Inference]


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled rulebook. `base_fields` are, by kind, the fields that only case files give."""

    rulebook: Rulebook
    levels: tuple[Level, ...]
    base_fields: Mapping[str, tuple[str, ...]]
    digest: str
