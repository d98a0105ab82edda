"""Comparators of two ranges of numbers or dates, from how they move with their operands."""

from __future__ import annotations

from rulewright.model.entries import Comparator, Ends, Move, Sql


def possible(operator: Comparator, left: Ends, right: Ends) -> tuple[bool, bool]:
    """Return whether a comparison can hold for values of two ranges, and whether it can fail."""
    if operator.ranges is not None:
        return operator.ranges.possible(left, right)
    # an order that holds at the ends that hinder it holds everywhere; one that fails at those that favour it, nowhere
    (hindered, favoured), (other_hindered, other_favoured) = _in_order(operator, left, right)
    return operator.holds(favoured, other_favoured), not operator.holds(hindered, other_hindered)


def possible_sql(
    operator: Comparator, inverse: Comparator | None, low: Sql, high: Sql, other_low: Sql, other_high: Sql
) -> Sql:
    """Build the truth of a comparison of two ranges; null where it can hold and can fail."""
    from rulewright.language import sql  # noqa: PLC0415  # loads sqlglot, which a single case does not need

    if operator.ranges is not None:
        return operator.ranges.sql(low, high, other_low, other_high)
    if inverse is None:
        raise TypeError(f"{operator.key} has no inverse")
    (hindered, favoured), (other_hindered, other_favoured) = _in_order(operator, (low, high), (other_low, other_high))
    always, never = operator.sql(hindered, other_hindered), inverse.sql(favoured, other_favoured)
    return sql.choose((always, sql.TRUE), (never, sql.FALSE))


def _in_order(operator: Comparator, left: Ends, right: Ends) -> tuple[Ends, Ends]:
    """Return the ends of both ranges: of each the end that hinders the comparison, then the one that favours it."""
    if Move.NEITHER in operator.moves:
        raise TypeError(f"{operator.key} does not move in one direction with its operands")
    of_left, of_right = operator.moves
    return left if of_left is Move.UP else left[::-1], right if of_right is Move.UP else right[::-1]
