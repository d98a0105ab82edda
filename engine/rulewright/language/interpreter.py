"""The interpreter of conditions and expressions, over any domain."""

from __future__ import annotations

from typing import Generic

from typing_extensions import assert_never

from rulewright.language.domain import C, Domain, E
from rulewright.model.conditions import (
    AllOf,
    AllRelated,
    AnyOf,
    AnyRelated,
    Arithmetic,
    AsOf,
    Comparison,
    Condition,
    CountOf,
    Expression,
    FieldOf,
    IsGiven,
    IsKnown,
    Literal,
    Membership,
    Not,
    NotCovered,
    ParameterOf,
    RelatedFacts,
    RuleOutcome,
    SumOf,
)


class Interpreter(Generic[E, C]):
    """Interprets the conditions and expressions of a rulebook over a domain, each node once."""

    def __init__(self, domain: Domain[E, C]) -> None:
        self._domain = domain
        # by identity, as comparing whole conditions takes long; each node is kept, so that its identity stays its own
        self._conditions: dict[int, tuple[Condition, C]] = {}
        self._expressions: dict[int, tuple[Expression, E]] = {}

    def condition(self, condition: Condition) -> C:
        """Return a condition, interpreted."""
        found = self._conditions.get(id(condition))
        if found is None:
            found = self._conditions[id(condition)] = (condition, self._condition(condition))
        return found[1]

    def expression(self, expression: Expression) -> E:
        """Return an expression, interpreted; a count is a single value."""
        if isinstance(expression, CountOf):
            return self._domain.number(expression, self.side(expression))
        return self.side(expression)

    def side(self, expression: Expression) -> E:
        """Return the side of a comparison, interpreted; a count can be a range."""
        found = self._expressions.get(id(expression))
        if found is None:
            found = self._expressions[id(expression)] = (expression, self._expression(expression))
        return found[1]

    def where(self, related: RelatedFacts) -> C | None:
        """Return the condition of related facts, interpreted; none without a condition."""
        return None if related.where is None else self.condition(related.where)

    def _expression(self, node: Expression) -> E:
        domain = self._domain
        match node:
            case Literal():
                return domain.literal(node)
            case FieldOf():
                return domain.field(node)
            case ParameterOf():
                return domain.parameter(node)
            case AsOf():
                return domain.as_of(node)
            case Arithmetic(_, parts):
                return domain.calculation(node, [self.expression(part) for part in parts])
            case CountOf(related):
                return domain.count(node, self.where(related))
            case SumOf(_, related):
                return domain.total(node, self.where(related))
            case _:
                assert_never(node)

    def _condition(self, node: Condition) -> C:
        domain = self._domain
        match node:
            case AllOf(parts):
                return domain.conjunction(node, [self.condition(part) for part in parts])
            case AnyOf(parts):
                return domain.disjunction(node, [self.condition(part) for part in parts])
            case Not(part):
                return domain.negation(node, self.condition(part))
            case Comparison(left, _, right):
                return domain.comparison(node, self.side(left), self.side(right))
            case Membership(left):
                return domain.membership(node, self.expression(left))
            case IsGiven(operand) | IsKnown(operand):
                return domain.presence(node, self.expression(operand))
            case AnyRelated(related) | AllRelated(related):
                return domain.quantifier(node, self.where(related))
            case RuleOutcome():
                return domain.outcome(node)
            case NotCovered():
                return domain.not_covered(node)
            case _:
                assert_never(node)
