"""`is` and `in`: the same value, and one of the values of a list."""

from __future__ import annotations

from collections.abc import Sequence

from rulewright.language import operands
from rulewright.model.entries import Comparator, Ends, Inclusion, Keyword, Move, OnRanges, Operator, Sql
from rulewright.model.values import Known


def same(left: object, right: object) -> bool:
    """Return whether two values are the same; a yes/no is never a number, though Python's True equals 1."""
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def _same_sql(left: Sql, right: Sql) -> Sql:
    from rulewright.language import sql  # noqa: PLC0415  # loads sqlglot, which a single case does not need

    return sql.equal(left, right)


def _one_of(value: Known, options: Sequence[Known]) -> bool:
    return any(same(value, option) for option in options)


def _one_of_sql(value: Sql, options: Sequence[Sql]) -> Sql:
    from rulewright.language import sql  # noqa: PLC0415  # loads sqlglot, which a single case does not need

    return sql.one_of(value, options)


def _ranges_meet(left: Ends, right: Ends) -> tuple[bool, bool]:
    meet = max(left[0], right[0]) <= min(left[1], right[1])
    return meet, not (meet and left[0] == left[1] and right[0] == right[1])


def _ranges_meet_sql(low: Sql, high: Sql, other_low: Sql, other_high: Sql) -> Sql:
    from sqlglot import exp  # noqa: PLC0415  # a single case does not need it

    from rulewright.language import sql  # noqa: PLC0415  # loads sqlglot

    def is_fraction(value: Sql) -> Sql:
        """Build the test for a number that no count can equal."""
        exact = sql.cast(value, sql.EXACT)
        return sql.binary(exp.NEQ, exact, exp.Floor(this=exact))

    points = sql.all_true([sql.equal(low, high), sql.equal(other_low, other_high), sql.equal(low, other_low)])
    apart = [sql.binary(exp.LT, high, other_low), sql.binary(exp.GT, low, other_high)]
    never = sql.any_true([*apart, is_fraction(low), is_fraction(other_low)])
    return sql.choose((points, sql.TRUE), (never, sql.FALSE))


IS = Comparator(
    key="is",
    keywords=(
        Keyword("is", "Equal to.", synonyms=("==", "=", "===", "equals", "equal", "eq", "equal_to", "is_equal_to")),
        Keyword(
            "is_not",
            "Not equal to.",
            negated=True,
            synonyms=("!=", "<>", "not_equals", "not_equal", "ne", "neq", "differs_from", "isnt"),
        ),
    ),
    schema=operands.VALUE,
    holds=same,
    sql=_same_sql,
    moves=(Move.NEITHER, Move.NEITHER),
    boundaries=operands.itself,
    ranges=OnRanges(_ranges_meet, _ranges_meet_sql),
)

_WITH_LIST = "write `in:` with a list"
_WITHOUT_LIST = "write `not_in:` with a list"

IN = Inclusion(
    key="in",
    keywords=(
        Keyword(
            "in",
            "One of these.",
            hints=dict.fromkeys(("one_of", "any_of", "is_in", "includes", "among", "is_one_of"), _WITH_LIST),
        ),
        Keyword(
            "not_in",
            "None of these.",
            negated=True,
            hints=dict.fromkeys(("none_of", "is_not_in", "notin", "nin", "excludes", "not_one_of"), _WITHOUT_LIST),
        ),
    ),
    schema=operands.LIST,
    holds=_one_of,
    sql=_one_of_sql,
    boundaries=operands.itself,
)

OPERATORS: tuple[Operator, ...] = (IS, IN)
