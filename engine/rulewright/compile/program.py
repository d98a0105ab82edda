"""The compiled program as plain data: derived fields, observed tests and inference rules of each level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from rulewright.compile.strata import Strata
from rulewright.model.conditions import Condition, Test
from rulewright.model.rulebook import Rulebook

#: Maximum numbers of reactions that match one message and of properties in it, within which durable-rules is exact.
MAXIMUM_REACTIONS = 48
MAXIMUM_PROPERTIES = 96
#: Target number of properties of a partition. Messages with fewer properties repeat more often in the cache.
TARGET_PROPERTIES = 10
#: Maximum number of parts of a conjunction or disjunction; a longer one is built from smaller ones.
MAXIMUM_PARTS = 12

TRUE, FALSE, UNKNOWN = "t", "f", "u"

#: A property and its value.
Atom: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reaction:
    """A rule of the inference: if the properties in `when` have these values, it sets those in `then`.

    `name` is the property that the reaction belongs to: the outcome of a rule, the truth of a condition, or the
    verdict.
    """

    name: str
    when: tuple[Atom, ...]
    then: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition: the reactions for one message with the values of `properties`; a ruleset of its own."""

    name: str
    properties: tuple[str, ...]
    reactions: tuple[Reaction, ...]


@dataclass(frozen=True, slots=True)
class ObservedTest:
    """A test and the property of its truth.

    The test matters to a subject if any of the `guards` is not false; the guard None always holds. With `of_stated`,
    the test reads the stated value of the field and ignores conclusions.
    """

    property: str
    test: Test
    guards: tuple[Condition | None, ...]
    of_stated: bool = False


@dataclass(frozen=True, slots=True)
class PriorRule:
    """A rule of an earlier level that this inference reads, and the property of its outcome."""

    rule: str
    property: str


@dataclass(frozen=True, slots=True)
class Inference:
    """The inference about the subjects of one kind at one level.

    `outcomes` maps each rule to the property of its outcome. `truths` maps each test of the rules to the property of
    its truth. `verdict` is the property of the verdict, if this inference decides it. Each partition reads only input
    and the results of earlier partitions. A situation has a letter for each observed test and each prior rule.
    """

    name: str
    kind: str
    observed: tuple[ObservedTest, ...]
    prior: tuple[PriorRule, ...]
    partitions: tuple[Partition, ...]
    outcomes: Mapping[str, str]
    truths: Mapping[Test, str]
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Level:
    """The derived fields and the inferences of one level, by kind; they read only lower levels."""

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
