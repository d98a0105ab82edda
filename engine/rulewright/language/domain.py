"""Domains: the meaning of each part of a condition or an expression over one kind of values.

The engine has exact values. Other domains have sets of values, dependencies, missing facts, or derivations. A domain
has one method for each kind of node, so a node that a domain does not handle is found before anything runs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

from rulewright.model.conditions import (
    AllOf,
    AllRelated,
    AnyOf,
    AnyRelated,
    Arithmetic,
    AsOf,
    Comparison,
    CountOf,
    FieldOf,
    IsGiven,
    IsKnown,
    Literal,
    Membership,
    Not,
    NotCovered,
    ParameterOf,
    RuleOutcome,
    SumOf,
)

#: An interpreted expression, and an interpreted condition: mostly functions of a subject.
E = TypeVar("E")
C = TypeVar("C")


class Domain(ABC, Generic[E, C]):
    """Interprets nodes, given their interpreted parts."""

    # --- expressions ---

    @abstractmethod
    def literal(self, node: Literal) -> E:
        """Interpret a value written in the rulebook."""

    @abstractmethod
    def field(self, node: FieldOf) -> E:
        """Interpret a path of references that ends in a field or a verdict."""

    @abstractmethod
    def parameter(self, node: ParameterOf) -> E:
        """Interpret a parameter."""

    @abstractmethod
    def as_of(self, node: AsOf) -> E:
        """Interpret the date of the case."""

    @abstractmethod
    def calculation(self, node: Arithmetic, parts: Sequence[E]) -> E:
        """Interpret a function of expressions."""

    @abstractmethod
    def count(self, node: CountOf, where: C | None) -> E:
        """Interpret a count of related facts as the side of a comparison, where it can be a range."""

    def number(self, node: CountOf, count: E) -> E:
        """Interpret a count as a single value; the same as the count unless a domain has ranges."""
        return count

    @abstractmethod
    def total(self, node: SumOf, where: C | None) -> E:
        """Interpret a sum over related facts."""

    # --- tests ---

    @abstractmethod
    def comparison(self, node: Comparison, left: E, right: E) -> C:
        """Interpret a comparison of two expressions, of which either can be a count."""

    @abstractmethod
    def membership(self, node: Membership, left: E) -> C:
        """Interpret the test for a value in a list."""

    @abstractmethod
    def presence(self, node: IsGiven | IsKnown, operand: E) -> C:
        """Interpret the test for a value that is given, or known."""

    @abstractmethod
    def quantifier(self, node: AnyRelated | AllRelated, where: C | None) -> C:
        """Interpret the test that some related facts, or all of them, meet a condition."""

    @abstractmethod
    def outcome(self, node: RuleOutcome) -> C:
        """Interpret the test of another rule's outcome."""

    @abstractmethod
    def not_covered(self, node: NotCovered) -> C:
        """Interpret a condition that the edition does not cover."""

    # --- connectives ---

    @abstractmethod
    def conjunction(self, node: AllOf, parts: Sequence[C]) -> C:
        """Interpret a conjunction."""

    @abstractmethod
    def disjunction(self, node: AnyOf, parts: Sequence[C]) -> C:
        """Interpret a disjunction."""

    @abstractmethod
    def negation(self, node: Not, part: C) -> C:
        """Interpret a negation."""
